"""Writes catalog/ from the campaigns in data/: python3 Examples/complete-journey/make-catalog.py

Needs nothing but Python. The files it writes are part of the project; run it again only where this script changes.
"""
import collections
import csv
import datetime
import gzip
import pathlib

HERE = pathlib.Path(__file__).parent
OUT = HERE / "catalog"

ROOT = """\
# Complete Journey: a grocer's year. Written by make-catalog.py.
currency: USD
salt: complete journey 2017
holdout: 10 %

consent:
  default:
    marketing: granted        # all households here joined the retailer's loyalty programme

metric:
  name: sales per household
  event: Order Completed
  value: revenue

# The constants (center, scale) are round numbers near the usual values before August 2017.
features:
{features}

goals:
  # The real mailings: did the household redeem a coupon of that campaign? Learned at the age of 21 days with what is
  # known by then; a first redemption later is learned when it comes.
  - id: redemption
    event: Coupon Redeemed
    coupon: campaign
    window: 170d
    negatives: settle
    settle_after: 21d

  # The till's own offers: only what the log can answer is reported, so that nothing is invented.
  - id: till-redemption
    window: 7d
    negatives: reported

placements:
  - {{id: mail, name: Mailing, policy: greedy}}
  - {{id: till, name: Till, policy: {{squarecb: {{gamma: 100}}}}}}

budgets:
  - id: year
    name: Till offers 2017
    limit: 3500 USD
    from: 2017-01-01
    to: 2018-01-01
    curve: {curve}            # campaigns on offer in each part of the year, known in advance

caps:
  - overall: 2 per 7d
  - offer: 1 per 14d
"""

# name, how it is counted, centre and scale of what the model sees
FEATURES = [
    ("spend_60d", "aggregate: sum, event: Order Completed, value: revenue, window: 61d", 5.5, 1.5),
    ("baskets_60d", "aggregate: count, event: Order Completed, window: 61d", 2.5, 1),
    ("retail_discount_60d", "aggregate: sum, event: Order Completed, value: retail_discount, window: 61d", 4, 1),
    ("spend_all", "aggregate: sum, event: Order Completed, value: revenue", 6.5, 1.5),
    ("coupon_discount_all", "aggregate: sum, event: Order Completed, value: coupon_discount", 1.5, 1.5),
    ("coupon_baskets_all", "aggregate: count, event: Order Completed, where: {coupon_used: true}", 1, 1),
    ("coupon_basket_rate", "aggregate: rate, event: Order Completed, where: {coupon_used: true}, "
     "per: {event: Order Completed}, smoothing: 5, transform: none", 0, 0.1),
    ("redemptions_all", "aggregate: count, event: Coupon Redeemed", 0.5, 0.5),
    ("campaigns_redeemed_all", "aggregate: distinct, event: Coupon Redeemed, value: campaign", 0.3, 0.5),
    ("campaigns_received", "aggregate: count, event: Campaign Sent", 1, 0.5),
    # Split by a key; each offer looks up its own keys.
    ("own_spend", "aggregate: sum, event: Order Completed, each: coverage, value: sales, by: campaign, half_life: 30d", 2.5, 1.5),
    ("own_baskets", "aggregate: count, event: Order Completed, each: coverage, by: campaign, half_life: 30d", 1.5, 1),
    ("category_lines", "aggregate: count, event: Order Completed, each: categories, by: id, half_life: 30d", 2.5, 1),
    ("coupon_code_redemptions", "aggregate: count, event: Coupon Redeemed, by: coupon", 0, 0.5),
    ("category_redemptions", "aggregate: count, event: Coupon Redeemed, each: categories, by: id", 0, 0.5),
]

CAMPAIGN = """\
# A {kind} campaign of 2017. Written by make-catalog.py.
campaigns:
  - id: mail-{number}
    name: Campaign {number}, {kind}, as mailed
    kind: {kind}
    placements: [mail]
    from: {start}
    to: {end}
    goal: redemption
    channel: mail
    offers:
      - id: mailing-{number}
        name: Mailing {number}
        cost: 0 USD
        value: 4 USD
        coupon: "{campaign}"
        about: &about
          own_spend: ["{campaign}"]
          own_baskets: ["{campaign}"]
          category_lines: &categories [{categories}]
          coupon_code_redemptions: [{codes}]
          category_redemptions: *categories

  - id: till-{number}
    name: Campaign {number}, {kind}, at the till
    kind: {kind}
    placements: [till]
    from: {start}
    to: {end}
    goal: till-redemption
    channel: till
    budgets: [year]
    offers:
      - id: till-offer-{number}
        name: $1.50 off, campaign {number}
        cost: 1.50 USD
        value: 4 USD
        about: *about
        message: "$1.50 off your next purchase from campaign {number}."
"""


def read(name):
    with gzip.open(HERE / "data" / f"{name}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def by_campaign(rows, column):
    values = collections.defaultdict(set)
    for row in rows:
        values[row["campaign_id"]].add(row[column])
    return {campaign: ", ".join(f'"{value}"' for value in sorted(found, key=int)) for campaign, found in values.items()}


def curve(campaigns, parts=24):
    """How many campaigns are on offer in each part of the year; never 0, since a budget's plan must move."""
    first, last = datetime.date(2017, 1, 1), datetime.date(2018, 1, 2)
    days = [0] * parts
    for number in range((last - first).days):
        day = first + datetime.timedelta(number)
        on = sum(row["start_date"] <= day.isoformat() <= row["end_date"] for row in campaigns)
        days[number * parts // (last - first).days] += on
    return "[" + ", ".join(f"{max(count / 15.25, 0.1):.1f}" for count in days) + "]"


def main():
    campaigns = read("campaign_descriptions")
    codes = by_campaign(read("coupons"), "coupon_upc")
    categories = by_campaign(read("coupon_categories"), "category_id")
    (OUT / "campaigns").mkdir(parents=True, exist_ok=True)
    features = "\n".join(
        f"  - {{name: {name}, {how}, center: {center}, scale: {scale}}}" for name, how, center, scale in FEATURES)
    (OUT / "weir.yaml").write_text(ROOT.format(features=features, curve=curve(campaigns)))
    for row in campaigns:
        campaign = row["campaign_id"]
        number = f"{int(campaign):02}"
        (OUT / "campaigns" / f"campaign-{number}.yaml").write_text(CAMPAIGN.format(
            kind=row["campaign_type"], number=number, campaign=campaign, start=row["start_date"], end=row["end_date"],
            categories=categories[campaign], codes=codes[campaign]))


if __name__ == "__main__":
    main()
