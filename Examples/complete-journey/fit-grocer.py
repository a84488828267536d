"""Prints the figures of the Complete Journey year that the simulated grocer is fitted to.

    python3 fit-grocer.py

Needs numpy and pandas. The constants in Sources/Simulation/World+Grocer.swift are these, rounded.
"""

from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parent / "data"


def read(name, **options):
    return pd.read_csv(DATA / f"{name}.csv.gz", **options)


baskets = read("baskets", parse_dates=["timestamp"])
trips = baskets.groupby("household_id").size()
regular = trips[trips >= 12]
logs = np.log(regular / 365 * 7)
print(f"trips per week of {len(regular)} households with 12 or more: log mean {logs.mean():.2f}, sd {logs.std():.2f}")
print(f"mean basket {baskets.sales_value.mean():.2f}, a quarter of it {baskets.sales_value.mean() / 4:.2f}")

weekdays = baskets.timestamp.dt.dayofweek.value_counts(normalize=True).sort_index() * 7
print("traffic Monday ... Sunday", weekdays.round(3).tolist())
months = baskets.groupby(baskets.timestamp.dt.month).size() / np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
print("traffic January ... December", (months / months.mean()).round(3).tolist())

redeemed = read("coupon_redemptions").drop_duplicates(["household_id", "campaign_id"]).assign(redeemed=1)
sent = (
    read("campaigns")
    .merge(read("campaign_descriptions"), on="campaign_id")
    .merge(redeemed[["household_id", "campaign_id", "redeemed"]], how="left", on=["household_id", "campaign_id"])
    .fillna({"redeemed": 0})
)
print("share redeemed by type", sent.groupby("campaign_type").redeemed.mean().round(3).to_dict())

# How much of the variance of redeeming lies between households (analysis of variance, unequal numbers of mailings).
households = sent.groupby("household_id").redeemed.agg(["sum", "size"])
size, rate = households["size"], households["sum"] / households["size"]
overall = households["sum"].sum() / size.sum()
between = (size * (rate - overall) ** 2).sum()
free = len(households) - 1
share = (between / (overall * (1 - overall)) - free) / (size.sum() - (size**2).sum() / size.sum() - free)
variation = np.sqrt(share * overall * (1 - overall)) / overall
print(f"share redeemed {overall:.3f}, between households {share:.2f} of the variance, coefficient of variation {variation:.2f}")

coupons = baskets.assign(used=baskets.coupon_disc > 0).groupby("household_id").used.mean()
both = pd.DataFrame({"rate": rate, "coupons": coupons}).dropna()
print(f"rank correlation of redeeming with other coupons {both.corr(method='spearman').iloc[0, 1]:.2f}")

lines = read("basket_categories").merge(baskets[["basket_id", "household_id"]], on="basket_id")
top = lines.groupby("category_id").basket_id.nunique().nlargest(10).index[2:]
counts = lines[lines.category_id.isin(top)].groupby(["household_id", "category_id"]).basket_id.nunique().unstack(fill_value=0)
counts = counts.reindex(regular.index, fill_value=0) + 0.5
spread = np.log(counts.div(counts.sum(axis=1), axis=0)).std()
print("spread of the logarithm of a category's share", spread.round(2).tolist())
