"""Two published comparative case studies, Basque Country and West Germany, with their placebo tests, against pysyncon.

Both sides get the same predictors, windows and training period. `seconds` of Weir is the whole program, reading and report
included; `fit_seconds` of the peer leaves out imports and reading. `placebo_losses_at_or_below_peer` counts the placebos whose error in
the window that the search minimises is no larger than the peer's: where it is smaller, the peer's search had stopped early, and ranks
may differ for that reason. `same_place_as_peer` counts the units whose place among all is the same.
"""
from common import last_json, peer, run as measure

STUDIES = {
    "basque": {
        "--unit": "regionname", "--time": "year", "--outcome": "gdpcap", "--treated": "Basque Country (Pais Vasco)", "--start": "1975",
        "--window": "1960-1969",
        "--predictors": "school.illit@1964-1969,school.prim@1964-1969,school.med@1964-1969,school.high@1964-1969,"
        "school.post.high@1964-1969,invest@1964-1969,gdpcap@1960-1969,sec.agriculture@1961-1969/2,sec.energy@1961-1969/2,"
        "sec.industry@1961-1969/2,sec.construction@1961-1969/2,sec.services.venta@1961-1969/2,sec.services.nonventa@1961-1969/2,"
        "popdens@1969"},
    "germany": {
        "--unit": "country", "--time": "year", "--outcome": "gdp", "--treated": "West Germany", "--start": "1990", "--window": "1981-1990",
        "--predictors": "gdp@1981-1990,trade@1981-1990,infrate@1981-1990,industry@1981-1990,schooling@1980+1985,invest80@1980",
        "--training-predictors": "gdp@1971-1980,trade@1971-1980,infrate@1971-1980,industry@1971-1980,schooling@1970+1975,invest70@1980"},
}


def run(weir, data):
    folder = data / "synthetic-control"
    line, theirs = peer("synthetic_control.py", "--data", folder, "--placebo")
    ours = {"seconds": 0, "peak_mb": 0}
    for name, settings in STUDIES.items():
        if name not in line:
            continue
        command = [weir, "measure", "synthetic-control", "--input", folder / f"{name}.csv.gz", "--json"]
        # The peer's placebos keep the importances of the training years; for Basque they search for their own.
        shared = ["--shared-importances"] if "--training-predictors" in settings else []
        out, took = measure(command + shared + [part for pair in settings.items() for part in pair])
        found = last_json(out)
        value = lambda figure: found["figures"][figure]["value"]
        placebos = {row["unit"]: {"ratio": row["ratio"], "window_mspe": row["window_mspe"]} for row in found["tables"]["placebos"]}
        other = line[name]
        theirs[name] = {**other, "fit_seconds": round(other["seconds"] + other["placebo_seconds"], 3)}
        order = lambda side: sorted(side, key=lambda unit: -side[unit]["ratio"])
        mine, others = order(placebos), order(other["placebos"])
        ours[name] = {
            "weights": {row["donor"]: row["weight"] for row in found["tables"]["weights"] if row["weight"] > 0.001},
            "att": value("att"), "pre_mspe": value("pre_mspe"), "placebo_p_value": value("placebo_p_value"),
            "placebo_rank": int(value("placebo_rank")), "placebos": placebos,
            "att_over_peer": value("att") / other["att"], "same_place_as_peer": sum(a == b for a, b in zip(mine, others)),
            "placebo_losses_at_or_below_peer": sum(
                placebos[u]["window_mspe"] <= p["window_mspe"] * (1 + 1e-6) for u, p in other["placebos"].items()),
            "times_faster": round(theirs[name]["fit_seconds"] / took["seconds"], 1), "seconds": took["seconds"]}
        ours["seconds"] = round(ours["seconds"] + took["seconds"], 3)
        ours["peak_mb"] = max(ours["peak_mb"], took["peak_mb"])
    return {"weir": ours, "peer": theirs}
