"""Budgeted allocation: shares of the optimum, on instances that the peer's script writes.

HiGHS solves seed 1 with 20,000 and 100,000 customers; the latter takes minutes, and WEIR_COMPARE_QUICK=1 leaves it out.
Where HiGHS is not run, the share is taken of the upper bound that Weir prints; on the instances that both solve, that
bound is compared with HiGHS's optimum, so a bound that is too low would show.
"""
import os
import pathlib
import sys
import tempfile

import common

SEEDS = range(1, 6)


def run(weir, data):
    is_quick = os.environ.get("WEIR_COMPARE_QUICK") == "1"
    ours, theirs = {}, {}
    seconds = peak = peer_seconds = peer_peak = 0.0
    with tempfile.TemporaryDirectory() as folder:

        def write(customers, seed, steady=False):
            path = pathlib.Path(folder) / f"{customers}-{seed}-{'steady' if steady else 'drifting'}.csv.gz"
            kind = ["--steady"] if steady else []
            common.run([sys.executable, os.path.join(common.PEERS, "allocation_lp.py"), "--customers", customers,
                        "--offers", 8, "--seed", seed, "--write", path, *kind])
            return path

        def allocate(path, *options):
            nonlocal seconds, peak
            out, took = common.run([weir, "allocate", "--input", path, "--json", *options])
            answer = common.last_json(out)
            if any(s > l for s, l in zip(answer["spend"], answer["limits"])):
                raise SystemExit(f"A budget was overspent on {path.name}: {answer}")
            seconds, peak = seconds + took["seconds"], max(peak, took["peak_mb"])
            return answer

        for customers in (20_000, 100_000):
            optimum = None
            if is_quick and customers == 100_000:
                print("WEIR_COMPARE_QUICK=1: HiGHS does not solve the instance of 100,000 customers, which takes it "
                      "over 6 minutes.", file=sys.stderr)
                theirs["100000"] = {"left_out": "WEIR_COMPARE_QUICK=1"}
            else:
                answer, took = common.peer("allocation_lp.py", "--customers", str(customers), "--offers", "8", "--seed",
                                           "1", "--solve")
                optimum = answer["optimum"]
                theirs[str(customers)] = {"optimum": optimum, "solve_seconds": answer["seconds"]}
                peer_seconds, peer_peak = peer_seconds + took["seconds"], max(peer_peak, took["peak_mb"])
            for steady in (False, True):
                batch, online = [], []
                for seed in SEEDS:
                    path = write(customers, seed, steady)
                    whole, stream = allocate(path), allocate(path, "--online")
                    best = whole["upper_bound"]
                    if seed == 1 and not steady:
                        figures = {"value": round(whole["value"], 2), "upper_bound": round(best, 2),
                                   "solve_seconds": round(whole["seconds"], 3),
                                   "online_seconds": round(stream["seconds"], 3)}
                        if optimum:
                            figures["bound_by_optimum"] = round(best / optimum, 6)
                            best = optimum
                        ours[f"{customers}_seed_1"] = figures
                    batch.append(round(whole["value"] / best, 5))
                    online.append(round(stream["value"] / best, 5))
                    path.unlink()
                kind = "steady" if steady else "drifting"
                ours[f"{customers}_{kind}"] = {"batch_share": batch, "online_share": online,
                                               "least_batch": min(batch), "least_online": min(online)}
        large = allocate(write(1_000_000, 1))
        ours["1000000"] = {"value": round(large["value"], 2), "share_of_bound": round(1 - large["gap"], 7),
                           "solve_seconds": round(large["seconds"], 3), "read_seconds": round(large["read_seconds"], 3)}
    return {"weir": {**ours, "seconds": round(seconds, 3), "peak_mb": peak},
            "peer": {**theirs, "seconds": round(peer_seconds, 3), "peak_mb": peer_peak}}
