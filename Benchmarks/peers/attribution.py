"""Attribution: rule-based models, first-order Markov removal effects and Shapley values.

Reads paths.csv.gz (aggregated paths) and/or synthetic/journeys.csv.gz (single journeys with touch times). Credit is in
conversions. first, last, linear_touch and markov come from ChannelAttribution; the others are short numpy code here:
  linear: 1/length per touch.  position: 40% first, 40% last, 20% spread over the middle; two touches 50/50; one touch 100%.
  time_decay: weight 2^(-hours before the journey's end / 168) per touch, normalised within the journey (needs touch times).
  markov_exact: absorbing chain, start -> channels (self-transitions kept) -> conversion/null, maximum-likelihood transition probabilities; a
    removed channel sends its visitors to null; removal effects scaled to the number of conversions. Solved as a linear system.
  shapley: players are channels; v(S) = sum of conversions of the journeys whose set of channels is within S (the exact credit is then each
    journey's conversions shared equally among its distinct channels).
  shapley_rate: v(S) = conversion rate of journeys whose channel set is within S (0 if there are none), exact over all subsets
    (up to 12 channels), scaled to the number of conversions.
"""
from common import options
import json, math, os, resource, time
from importlib.metadata import version
import numpy as np, pandas as pd

class clock:
    """with clock() as c: ...; c.seconds"""
    def __enter__(self):
        self.start = time.perf_counter(); return self
    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start

def by_channel(pairs):
    out = {}
    for channel, credit in pairs:
        out[channel] = out.get(channel, 0.0) + credit
    return dict(sorted(out.items()))

def spread(paths, conversions, weights):
    return by_channel((c, n * w) for path, n in zip(paths, conversions) if n for c, w in zip(path, weights(path)))

def position(path):
    n = len(path)
    return [1.0] if n == 1 else [.5, .5] if n == 2 else [.4] + [.2 / (n - 2)] * (n - 2) + [.4]

def markov_exact(paths, conversions, nulls):
    names = sorted({c for p in paths for c in p}); index = {c: i + 1 for i, c in enumerate(names)}; n = len(names)
    count = np.zeros((n + 1, n + 2))
    for path, won, lost in zip(paths, conversions, nulls):
        state = 0
        for c in path:
            count[state, index[c] - 1] += won + lost; state = index[c]
        count[state, n] += won; count[state, n + 1] += lost
    p = count / np.maximum(count.sum(1, keepdims=True), 1)
    q, r = np.zeros((n + 1, n + 1)), p[:, n]
    q[:, 1:] = p[:, :n]
    def chance(removed=None):
        m = q.copy()
        if removed is not None: m[:, removed] = 0
        return np.linalg.solve(np.eye(n + 1) - m, r)[0]
    base = chance()
    effect = {c: 1 - chance(i) / base for c, i in index.items()}
    total, won = sum(effect.values()), sum(conversions)
    return {c: e / total * won for c, e in effect.items()}, effect, base

def shapley(paths, conversions):
    return by_channel((c, n / len(set(path))) for path, n in zip(paths, conversions) if n for c in set(path))

def shapley_rate(paths, conversions, nulls):
    names = sorted({c for p in paths for c in p}); n = len(names)
    if n > 12: return None
    won, seen = np.zeros(1 << n), np.zeros(1 << n)
    bit = {c: 1 << i for i, c in enumerate(names)}
    for path, w, l in zip(paths, conversions, nulls):
        s = 0
        for c in set(path): s |= bit[c]
        won[s] += w; seen[s] += w + l
    for i in range(n):                                       # sums over subsets
        for s in range(1 << n):
            if s >> i & 1: won[s] += won[s ^ 1 << i]; seen[s] += seen[s ^ 1 << i]
    value = np.divide(won, seen, out=np.zeros(1 << n), where=seen > 0)
    fact = [math.factorial(i) for i in range(n + 1)]
    out = {}
    for i, c in enumerate(names):
        out[c] = sum(fact[bin(s).count("1")] * fact[n - 1 - bin(s).count("1")] / fact[n] * (value[s | 1 << i] - value[s]) for s in range(1 << n) if not s >> i & 1)
    total = sum(out.values())
    return {c: v / total * sum(conversions) for c, v in out.items()}

def library(frame):
    """ChannelAttribution's own figures, computed from a frame in memory: its calls split the paths, nothing else is read.

    Its Markov model simulates: timed with its default settings, and again with a tight limit of convergence, which the
    figures are taken from. Each call is timed three times and the shortest kept."""
    import contextlib, io
    with contextlib.redirect_stdout(io.StringIO()):         # it prints an advertisement when imported
        import ChannelAttribution as ca
        def timed(function, times=3, **more):
            best = math.inf
            for _ in range(times):
                with clock() as c:
                    result = function(frame, "path", "total_conversions", sep=">", flg_pro=False, **more)
                best = min(best, c.seconds)
            return result, best
        h, heuristics = timed(ca.heuristic_models)
        _, default = timed(ca.markov_model, var_null="total_null", order=1, seed=1234567, verbose=False)
        m, tight = timed(ca.markov_model, 1, var_null="total_null", order=1, out_more=True, seed=1234567, conv_par=.005, nfold=10, verbose=False)
    r = m["result"] if isinstance(m, dict) else m[0] if isinstance(m, (list, tuple)) else m
    effects = m.get("removal_effects") if isinstance(m, dict) else m[2] if isinstance(m, (list, tuple)) else None
    out = {name: dict(zip(h.channel_name, h[column])) for name, column in (("first", "first_touch"), ("last", "last_touch"), ("linear_touch", "linear_touch")) if column in h}
    out["markov"] = dict(zip(r.channel_name, r[r.columns[1]]))
    if effects is not None: out["markov_removal_effects"] = dict(zip(effects.channel_name, effects[effects.columns[1]]))
    out = {k: dict(sorted(v.items())) for k, v in out.items()}
    out["seconds"] = {"heuristics": heuristics, "markov_default": default, "markov": tight}
    return out

def models(paths, conversions, nulls, hours=None, frame=None):
    out = {}
    with clock() as c:
        out["first"], out["last"] = spread(paths, conversions, lambda p: [1] + [0] * (len(p) - 1)), spread(paths, conversions, lambda p: [0] * (len(p) - 1) + [1])
        out["linear"], out["position"] = spread(paths, conversions, lambda p: [1 / len(p)] * len(p)), spread(paths, conversions, position)
    out["seconds_rules"] = c.seconds
    if hours is not None:
        with clock() as c:
            def credit():
                for path, n, h in zip(paths, conversions, hours):
                    if n:
                        w = [2 ** (-x / 168) for x in h]; s = sum(w)
                        for ch, v in zip(path, w): yield ch, n * v / s
            out["time_decay_half_life_168h"] = by_channel(credit())
        out["seconds_time_decay"] = c.seconds
    with clock() as c:
        out["markov_exact"], out["markov_exact_removal_effects"], out["markov_conversion_probability"] = markov_exact(paths, conversions, nulls)
    out["seconds_markov_exact"] = c.seconds
    with clock() as c:
        out["shapley"], out["shapley_rate"] = shapley(paths, conversions), shapley_rate(paths, conversions, nulls)
    out["seconds_shapley"] = c.seconds
    try:
        out["channel_attribution"] = library(frame)
    except Exception as error:
        out["channel_attribution"] = {"failed": str(error)[:200]}
    return out

def main():
    opt = options(__doc__, "shared/data/attribution")
    out, packages = {}, ["numpy", "pandas"]
    file = os.path.join(opt.data, "paths.csv.gz")
    if os.path.exists(file):
        d = pd.read_csv(file)
        out["paths"] = {"rows": len(d), "conversions": int(d.total_conversions.sum()), **models([p.split(">") for p in d.path], d.total_conversions.tolist(), d.total_null.tolist(), frame=d)}
    file = os.path.join(opt.data, "synthetic", "journeys.csv.gz")
    if os.path.exists(file):
        d = pd.read_csv(file, dtype={"path": str, "hours_before_end": str})
        g = d.assign(total_conversions=d.converted, total_null=1 - d.converted).groupby("path")[["total_conversions", "total_null"]].sum().reset_index()
        out["synthetic"] = {"rows": len(d), "conversions": int(d.converted.sum()), **models([p.split(">") for p in d.path], d.converted.tolist(), (1 - d.converted).tolist(), [[float(x) for x in h.split(">")] for h in d.hours_before_end], g)}
    try:
        import ChannelAttribution; packages.append("ChannelAttribution")
    except ImportError:
        pass
    # In full, since Weir is held against it to nine digits.
    print(json.dumps({"task": "attribution", **out, "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1),
                      "threads": 1, "packages": {p: version(p) for p in packages}}, default=lambda x: x.item()))

if __name__ == "__main__":
    main()
