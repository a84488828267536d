"""BG/NBD and Gamma-Gamma on CDNOW with lifetimes: 39 weeks of calibration, 39 weeks of holdout.

Calibration 1997-01-01..1997-09-30, holdout 1997-10-01..1998-06-30. Time unit: weeks (days / 7). Transactions of one customer on one day
count once. frequency = repeat days; recency = last minus first day; T = 1997-09-30 minus first day.
Gamma-Gamma on customers with at least one repeat and a positive mean; the mean is over repeat days of the calibration (lifetimes' default).
`holdout_spend` takes the days bought times lifetimes' mean value, which is of single transactions; `holdout_spend_summed` takes what was spent.
"""
from common import clock, options, report
import os
import numpy as np, pandas as pd
from scipy.special import betaln, gammaln
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import calibration_and_holdout_data, summary_data_from_transaction_data

END, LAST = "1997-09-30", "1998-06-30"

def log_likelihood(p, x, recency, total):
    """Fader, Hardie and Lee (2005), summed over customers; constants included."""
    r, alpha, a, b = p["r"], p["alpha"], p["a"], p["b"]
    stay = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + total)
    leave = np.where(x > 0, betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + recency), -np.inf)
    return float((gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.logaddexp(stay, leave)).sum())

def study(d):
    with clock() as made:
        s = calibration_and_holdout_data(d, "customer_id", "date", calibration_period_end=END, observation_period_end=LAST, freq="D", monetary_value_col="value")
    t = s[["frequency_cal", "recency_cal", "T_cal"]].astype(float).copy(); t["recency_cal"] /= 7; t["T_cal"] /= 7
    with clock() as fit:
        bg = BetaGeoFitter(penalizer_coef=0).fit(t.frequency_cal, t.recency_cal, t.T_cal)
    weeks = (pd.Timestamp(LAST) - pd.Timestamp(END)).days / 7
    with clock() as predict:
        expected = bg.conditional_expected_number_of_purchases_up_to_time(weeks, t.frequency_cal, t.recency_cal, t.T_cal)
        alive = bg.conditional_probability_alive(t.frequency_cal, t.recency_cal, t.T_cal)
    real = s.frequency_holdout
    m = (s.frequency_cal > 0) & (s.monetary_value_cal > 0)
    with clock() as fit_money:
        gg = GammaGammaFitter(penalizer_coef=0).fit(s.frequency_cal[m], s.monetary_value_cal[m])
    money = gg.conditional_expected_average_profit(s.frequency_cal[m], s.monetary_value_cal[m])
    buyers = m & (real > 0) & (s.monetary_value_holdout > 0)
    value, spent = expected * 0, real * s.monetary_value_holdout
    value[m] = expected[m] * money
    value[~m] = expected[~m] * gg.conditional_expected_average_profit(pd.Series(0, index=s.index[~m]), pd.Series(0.0, index=s.index[~m]))
    after = d[(d["date"] > END) & (d["date"] <= LAST)]
    summed = after.groupby("customer_id")["value"].sum().reindex(s.index).fillna(0)
    return {"customers": len(s), "repeat_customers": int((s.frequency_cal > 0).sum()), "bgnbd": bg.params_.to_dict(), "bgnbd_log_likelihood": log_likelihood(bg.params_, t.frequency_cal.values, t.recency_cal.values, t.T_cal.values),
            "holdout_days_bought": {"mean_real": real.mean(), "mean_predicted": expected.mean(), "mae": (expected - real).abs().mean(), "rmse": ((expected - real) ** 2).mean() ** .5, "correlation": np.corrcoef(expected, real)[0, 1], "total_real": real.sum(), "total_predicted": expected.sum()},
            "mean_probability_alive": np.mean(alive),
            "gamma_gamma": gg.params_.to_dict(), "holdout_mean_value": {"customers": int(buyers.sum()), "mae": (money[buyers[m]] - s.monetary_value_holdout[buyers]).abs().mean(), "correlation": np.corrcoef(money[buyers[m]], s.monetary_value_holdout[buyers])[0, 1]},
            "holdout_spend": {"mae": (value - spent).abs().mean(), "correlation": np.corrcoef(value, spent)[0, 1], "total_real": spent.sum(), "total_predicted": value.sum()},
            "holdout_spend_summed": {"mae": (value - summed).abs().mean(), "total_real": summed.sum(), "total_predicted": value.sum()},
            "seconds": {"summary": made.seconds, "fit_bgnbd": fit.seconds, "predict": predict.seconds, "fit_gamma_gamma": fit_money.seconds}}

def main():
    opt = options(__doc__, "shared/data/cdnow")
    out = {name: study(pd.read_csv(os.path.join(opt.data, file), parse_dates=["date"], dtype={"customer_id": str})) for name, file in (("sample", "sample.csv.gz"), ("master", "transactions.csv.gz"))}
    report("clv_lifetimes", out, ["Lifetimes", "scipy"])

if __name__ == "__main__":
    main()
