"""Gradient boosting and logistic regression on 1,000,000 rows of 64 features: seconds to fit, AUC on the last fifth.

The peer makes the file once, in WEIR_BENCHMARK_CACHE or the system's folder for temporary files, unless the data folder
holds training/*.npy. XGBoost's Python package should have the version of the C library: install it beside the others with
`pip install --no-deps --target PREFIX/xgboost-VERSION xgboost==VERSION`, PREFIX being that of this Python. Reading is
timed on neither side; making XGBoost's matrix is on both.
"""
import ctypes
import ctypes.util
import os
import pathlib
import sys
import tempfile

from common import last_json, peer, run as measure

# All else is the default of BoostingSettings, which the peer's script sets likewise.
ROUNDS, DEPTH, RATE = 100, 6, 0.1
THREADS = (1, 2)


def library_version():
    """The version of the C library that Weir is linked with, as "1.7.4"; None where it is not found."""
    path = ctypes.util.find_library("xgboost")
    if not path:
        return None
    parts = [ctypes.c_int() for _ in range(3)]
    ctypes.CDLL(path).XGBoostVersion(*map(ctypes.byref, parts))
    return ".".join(str(p.value) for p in parts)


def table(data):
    given = sorted((data / "training").glob("*.npy"))
    if given:
        return given[0]
    cache = pathlib.Path(os.environ.get("WEIR_BENCHMARK_CACHE") or pathlib.Path(tempfile.gettempdir()) / "weir-benchmarks")
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / "training-1000000x64.npy"
    if not path.exists():
        here = os.path.dirname(os.path.abspath(__file__))
        measure([sys.executable, os.path.join(here, "..", "peers", "training_peer.py"), "--write", path, "--only", "generate"])
    return path


def run(weir, data):
    path, version = table(data), library_version()
    same = pathlib.Path(sys.prefix) / f"xgboost-{version}"
    sides = {"weir": {"library": version, "seconds": 0, "peak_mb": 0}, "peer": {"seconds": 0, "peak_mb": 0}}

    def add(side, figures, took):
        sides[side].update(figures)
        sides[side]["seconds"] = round(sides[side]["seconds"] + took["seconds"], 3)
        sides[side]["peak_mb"] = max(sides[side]["peak_mb"], took["peak_mb"])

    def ours(learner, threads, *more):
        command = [weir, "train", path, "--target", "y", "--learner", learner, "--threads", threads, "--json", *more]
        out, took = measure(command)
        line = last_json(out)
        name = learner if threads == 1 else f"{learner}_{threads}_threads"
        add("weir", {f"{name}_fit_seconds": line["fit_seconds"], f"{name}_auc": line["auc"]}, took)

    def theirs(learner, threads):
        environment = {}
        if same.is_dir():
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(same), os.environ.get("PYTHONPATH")]))
        line, took = peer(
            "training_peer.py", "--write", path, "--only", learner, "--threads", threads, "--rounds", ROUNDS, "--depth", DEPTH,
            "--learning-rate", RATE, environment=environment)
        # Of the two ways to make XGBoost's matrix the faster one counts.
        best = min(line["models"].values(), key=lambda model: model["fit_seconds"])
        name = learner if threads == 1 else f"{learner}_{threads}_threads"
        figures = {f"{name}_fit_seconds": best["fit_seconds"], f"{name}_auc": best["auc"], "packages": line["packages"]}
        if "solver_seconds" in best:  # Without filling in missing values and standardising, which are part of fitting.
            figures[f"{name}_solver_seconds"] = best["solver_seconds"]
        add("peer", figures, took)

    # One after the other for each task, so that both meet the same machine.
    for threads in THREADS:
        theirs("boosted", threads)
        ours("boosted", threads, "--rounds", ROUNDS, "--depth", DEPTH, "--learning-rate", RATE)
    theirs("logistic", 1)
    ours("logistic", 1)
    sides["peer"]["same_xgboost"] = sides["peer"]["packages"]["xgboost"] == version
    return sides
