"""Gradient boosting and logistic regression on a million rows of 64 features, with a click-like label.

The data are synthetic and seeded: half of the features matter, some bend, some work in pairs, 2 % of the values are
missing. They are written once, as a NumPy file of named 32-bit columns whose last one is the label y. The first 80 %
of the rows are learnt from. Reading is not timed; making XGBoost's matrix is. XGBoost is the package found first on
PYTHONPATH; --threads sets its threads (scikit-learn's solver runs on OPENBLAS_NUM_THREADS).
"""
from common import clock, options, report
import os
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
import xgboost

FEATURES, SHARE = 64, 0.8

def generate(path, rows, seed):
    random = np.random.default_rng(seed)
    names = [f"x{i}" for i in range(FEATURES)] + ["y"]
    table = np.lib.format.open_memmap(path + ".part", mode="w+", shape=(rows,), dtype=[(n, "<f4") for n in names])
    values = table.view("<f4").reshape(rows, FEATURES + 1)
    weights = random.normal(0, 0.25, FEATURES) * (np.arange(FEATURES) % 2 == 0)
    for start in range(0, rows, 100_000):
        x = random.standard_normal((min(100_000, rows - start), FEATURES), dtype=np.float32)
        x[:, 8:16] = np.round(x[:, 8:16] * 2)          # counts and steps
        x[:, 16:24] = np.exp(x[:, 16:24])              # long tails, like spend
        margin = x @ weights.astype(np.float32) - 2
        margin += 0.6 * np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 3] + 0.4 * (x[:, 5] > 1) - 0.5 * (x[:, 17] > 2) * x[:, 2]
        values[start:start + len(x), FEATURES] = random.random(len(x)) < 1 / (1 + np.exp(-margin))
        x[random.random(x.shape, dtype=np.float32) < 0.02] = np.nan
        values[start:start + len(x), :FEATURES] = x
    table.flush()
    os.replace(path + ".part", path)

def arguments(parser):
    parser.add_argument("--write", required=True, help="the .npy file; made if it does not exist")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--depth", type=int, default=6)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--row-share", type=float, default=0.8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=["generate", "boosted", "logistic"], help="one step alone")

def main():
    opt = options(__doc__, "", arguments)
    if not os.path.exists(opt.write):
        generate(opt.write, opt.rows, opt.seed)
    if opt.only == "generate":
        return
    values = np.load(opt.write).view("<f4").reshape(-1, FEATURES + 1)
    cut = int(len(values) * SHARE)
    x, y = np.ascontiguousarray(values[:, :FEATURES]), values[:, FEATURES].copy()
    del values
    train, test = x[:cut], x[cut:]
    out = {"rows": len(x), "train_rows": cut, "features": FEATURES, "rounds": opt.rounds, "depth": opt.depth,
           "xgboost_threads": opt.threads, "models": {}}

    def keep(name, seconds, p, **more):
        p = p.astype(float)
        out["models"][name] = {"fit_seconds": seconds, "auc": roc_auc_score(y[cut:], p), "log_loss": log_loss(y[cut:], p), **more}

    if opt.only != "logistic":
        settings = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": opt.depth, "max_bin": 256,
                    "eta": opt.learning_rate, "subsample": opt.row_share, "nthread": opt.threads, "seed": 0}
        # The package offers two matrices for `hist`; both are timed, and the faster one counts.
        for name, kind in (("boosted", xgboost.DMatrix), ("boosted_quantile", xgboost.QuantileDMatrix)):
            with clock() as made:
                matrix = kind(train, label=y[:cut], nthread=opt.threads)
            with clock() as fitted:
                booster = xgboost.train(settings, matrix, opt.rounds)
            del matrix
            keep(name, made.seconds + fitted.seconds, booster.predict(xgboost.DMatrix(test)), matrix_seconds=made.seconds)
    if opt.only != "boosted":
        # The solver takes no missing values and wants standardised columns: both are part of fitting, as for Weir, and
        # the solver's own time stands beside.
        with clock() as made:
            ready = make_pipeline(SimpleImputer(), StandardScaler())
            scaled = ready.fit_transform(train)
        with clock() as fitted:
            model = LogisticRegression(C=1, max_iter=500).fit(scaled, y[:cut])
        keep("logistic", made.seconds + fitted.seconds, model.predict_proba(ready.transform(test))[:, 1],
             solver_seconds=fitted.seconds, iterations=int(model.n_iter_[0]))
    report("training_peer", out, ["scikit-learn", "xgboost", "numpy"])

if __name__ == "__main__":
    main()
