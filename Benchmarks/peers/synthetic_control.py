"""Synthetic control with pysyncon, and geo lift by de-meaned synthetic control.

--data FOLDER with basque.csv.gz and germany.csv.gz: each set up as in pysyncon's own example; --placebo adds its placebo test.
--data FOLDER with test.csv.gz (location, date, Y): chicago + portland (mean of the two) from period 91 on.
Placebo: rank of the treated unit by mean squared gap from the treatment on over that before (1 is the largest), and for each unit the
ratio and the mean squared gap in the window that the search minimises. p_value is pysyncon's own.
Geo lift: unit means over the pre-period are taken out (fixed effects); donor weights are >= 0, sum to 1 and minimise the squared
pre-period error; percent lift = sum of effects / (sum of observed - sum of effects); incremental = ATT x periods x treated markets;
p-value: 10,000 random permutations (seed 0) of the residuals of a refit on all periods under the null of no effect (conformal), statistic:
mean of |residual| over the test periods. The ridge-augmented figures follow augsynth: penalty by leaving out one period, one standard
error rule. (pysyncon's AugSynth stops early on these numbers.)
Seconds leave out imports and reading.
"""
from common import clock, options, report
import contextlib, os, sys
import numpy as np, pandas as pd
from scipy.optimize import minimize
from pysyncon import Dataprep, Synth
from pysyncon.utils import PlaceboTest

def controls(d, unit, treated): return [u for u in d[unit].unique() if u != treated]

def basque(d):
    prep = Dataprep(foo=d, predictors=["school.illit", "school.prim", "school.med", "school.high", "school.post.high", "invest"], predictors_op="mean", time_predictors_prior=range(1964, 1970),
        special_predictors=[("gdpcap", range(1960, 1970), "mean")] + [("sec." + s, range(1961, 1970, 2), "mean") for s in ("agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa")] + [("popdens", [1969], "mean")],
        dependent="gdpcap", unit_variable="regionname", time_variable="year", treatment_identifier="Basque Country (Pais Vasco)", controls_identifier=controls(d, "regionname", "Basque Country (Pais Vasco)"), time_optimize_ssr=range(1960, 1970))
    return prep, dict(optim_method="Nelder-Mead", optim_initial="equal"), range(1955, 1975), range(1975, 1998), 1975, range(1960, 1970)

def germany(d):
    def prep(window, school, invest, ssr):
        return Dataprep(foo=d, predictors=["gdp", "trade", "infrate"], predictors_op="mean", time_predictors_prior=window, special_predictors=[("industry", window, "mean"), ("schooling", school, "mean"), (invest, [1980], "mean")],
            dependent="gdp", unit_variable="country", time_variable="year", treatment_identifier="West Germany", controls_identifier=controls(d, "country", "West Germany"), time_optimize_ssr=ssr)
    train = Synth(); train.fit(dataprep=prep(range(1971, 1981), [1970, 1975], "invest70", range(1981, 1991)))
    return prep(range(1981, 1991), [1980, 1985], "invest80", range(1960, 1990)), dict(custom_V=train.V), range(1960, 1990), range(1990, 2004), 1990, range(1981, 1991)

def study(name, d, placebo):
    with clock() as c:
        prep, fit, before, after, start, window = globals()[name](d)
        synth = Synth(); synth.fit(dataprep=prep, **fit)
    z0, z1 = prep.make_outcome_mats(time_period=before)
    gap = z1 - synth._synthetic(z0)
    out = {"weights": dict(synth.weights(threshold=.001).items()), "att": synth.att(time_period=after)["att"], "pre_mspe": float((gap ** 2).mean()), "seconds": c.seconds}
    if placebo:
        with clock() as c:
            with contextlib.redirect_stdout(sys.stderr):
                test = PlaceboTest(); test.fit(dataprep=prep, scm=Synth(), scm_options=fit)
        gaps = pd.concat([test.gaps, test.treated_gap], axis=1)
        ratio = (gaps.loc[list(after)] ** 2).mean() / (gaps.loc[list(before)] ** 2).mean()
        out |= {"placebo_seconds": c.seconds, "placebo_p_value": float(test.pvalue(treatment_time=start)), "placebo_rank": int((ratio >= ratio.iloc[-1]).sum()),
                "placebos": {u: {"ratio": float(ratio[u]), "window_mspe": float((gaps.loc[list(window), u] ** 2).mean())} for u in gaps.columns}}
    return out

def simplex(x, y):
    """argmin ||y - x w||, w >= 0, sum w = 1."""
    n = x.shape[1]; g, b = x.T @ x, x.T @ y; scale = np.trace(g) / n; g, b = g / scale, b / scale
    r = minimize(lambda w: .5 * w @ g @ w - b @ w, np.full(n, 1 / n), jac=lambda w: g @ w - b, bounds=[(0, 1)] * n, constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)}, method="SLSQP", options={"maxiter": 2000, "ftol": 1e-14})
    return r.x

def geo(d, treated, start):
    wide = d.pivot(index="date", columns="location", values="Y").sort_index()
    donors = [c for c in wide.columns if c not in treated]
    raw, x = wide[treated].mean(axis=1).values, wide[donors].values
    pre = np.arange(len(raw)) < start - 1; post = ~pre; k = post.sum()
    y, x = raw - raw[pre].mean(), x - x[pre].mean(0)
    plain = np.sqrt(((y - x.mean(1))[pre] ** 2).sum())
    def figures(w, seconds):
        effect = y - x @ w; l2 = np.sqrt((effect[pre] ** 2).sum())
        return {"att": effect[post].mean(), "lift": effect[post].sum() / (raw[post].sum() - effect[post].sum()), "incremental": effect[post].mean() * k * len(treated), "l2_imbalance": l2, "scaled_l2_imbalance": l2 / plain,
                "weights": {n: v for n, v in sorted(zip(donors, w), key=lambda z: -z[1])[:10]}, "seconds": seconds}
    with clock() as c:
        w = simplex(x[pre], y[pre])
        res = (y - y.mean()) - (x - x.mean(0)) @ simplex(x - x.mean(0), y - y.mean())
        rng = np.random.default_rng(0)
        null = np.array([np.abs(rng.permutation(res)[-k:]).mean() for _ in range(10000)])
    out = {"classic": {**figures(w, c.seconds), "p_value": float((null >= np.abs(res[post]).mean() - 1e-12).mean())}}
    with clock() as c:
        a, b = y[pre] - x[pre].mean(1), x[pre] - x[pre].mean(1, keepdims=True)
        augment = lambda a, b, w, penalty: w + (a - b @ w) @ np.linalg.inv(b @ b.T + penalty * np.eye(len(b))) @ b
        penalties = np.linalg.svd(b, compute_uv=False)[0] ** 2 * 1e-8 ** (np.arange(21) / 20)
        errors = []
        for i in range(len(a) - 1):
            keep = np.arange(len(a)) != i; w0 = simplex(b[keep], a[keep])
            errors.append([(a[i] - b[i] @ augment(a[keep], b[keep], w0, p)) ** 2 for p in penalties])
        mean = np.mean(errors, 0); best = mean.argmin()
        penalty = penalties[mean <= mean[best] + np.std(errors, 0, ddof=1)[best] / len(errors) ** .5].max()
        augmented = augment(a, b, simplex(b, a), penalty)
    out["ridge"] = {**figures(augmented, c.seconds), "penalty": penalty}
    return out

def main():
    opt = options(__doc__, "../shared/data/synthetic-control", lambda p: p.add_argument("--placebo", action="store_true", help="also run pysyncon's placebo test (slow)"))
    out, file = {}, lambda name: os.path.join(opt.data, name + ".csv.gz")
    for name in ("basque", "germany"):
        if os.path.exists(file(name)):
            out[name] = study(name, pd.read_csv(file(name)), opt.placebo)
    if os.path.exists(file("test")):
        out["geolift"] = geo(pd.read_csv(file("test")), ["chicago", "portland"], 91)
    report("synthetic_control", out, ["pysyncon", "scipy"])

if __name__ == "__main__":
    main()
