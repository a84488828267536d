"""Every command that prints a result gives it as text, as one line of JSON and, where there is a table, as CSV."""
import csv
import io
import json
import random

import pytest

from conftest import weir


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A store with a catalog, events and a message in the quarantine, and tables to learn and to judge from."""
    folder = tmp_path_factory.mktemp("results")
    store = folder / "weir.db"
    weir("init", folder / "shop")
    weir("apply", folder / "shop", "--store", store)
    events = [json.dumps({"type": "track", "event": "Order Completed", "userId": f"u{n}", "messageId": f"m{n}",
                          "properties": {"revenue": 12.5}}) for n in range(5)]
    (folder / "events.ndjson").write_text("\n".join(events + ["{"]))
    weir("ingest", folder / "events.ndjson", "--store", store)
    weir("keys", "add", "till", "--scope", "collect", "--store", store)
    weir("decide", "--customer", "u1", "--placement", "home", "--store", store)
    draw = random.Random(1)
    rows = ["time,group,treated,label,x,reward,propensity,policy"]
    for n in range(600):
        treated, x = draw.randrange(2), draw.random()
        label = int(draw.random() < 0.2 + 0.3 * x + 0.1 * treated)
        rows.append(f"{n},{'ab'[n % 2]},{treated},{label},{x:.4f},{label},0.5,{draw.choice([0.25, 0.75])}")
    (folder / "rows.csv").write_text("\n".join(rows))
    (folder / "offers.csv").write_text("# limits 10\ncustomer,offer,budget,value,cost\na,x,0,3,1\nb,x,0,2,1\n")
    stream = ["decision,action,reward,s1,a1"]
    stream += [f"{n},{a},{int(draw.random() < 0.3)},0.5,{n % 3}" for n in range(40) for a in "pq"]
    (folder / "stream.csv").write_text("\n".join(stream))
    weir("train", "--input", folder / "rows.csv", "--target", "label", "--time", "time", "--features", "x,group",
         "--learner", "logistic", "--output", folder / "model.json")
    return folder


COMMANDS = {
    "validate": (["validate", "{folder}/shop"], False),
    "apply": (["apply", "{folder}/shop", "--dry-run", "--store", "{folder}/weir.db"], True),
    "ingest": (["ingest", "{folder}/events.ndjson", "--store", "{folder}/weir.db"], True),
    "quarantine": (["quarantine", "list", "--store", "{folder}/weir.db"], True),
    "keys": (["keys", "list", "--store", "{folder}/weir.db"], True),
    "decide": (["decide", "--customer", "u2", "--placement", "home", "--store", "{folder}/weir.db"], True),
    "audit replay": (["audit", "replay", "--all", "--store", "{folder}/weir.db"], False),
    "audit accounts": (["audit", "accounts", "--store", "{folder}/weir.db"], True),
    "models": (["models", "list", "--store", "{folder}/weir.db"], True),
    "experiments": (["experiments", "list", "--store", "{folder}/weir.db"], True),
    "train": (["train", "--input", "{folder}/rows.csv", "--target", "label", "--time", "time", "--features", "x,group",
               "--learner", "logistic"], True),
    "uplift": (["uplift", "--input", "{folder}/rows.csv", "--treatment", "treated", "--treated", "1", "--control", "0",
                "--outcome", "label", "--features", "x", "--learner", "t", "--base", "linear", "--bootstrap", "20"], True),
    "evaluate": (["evaluate", "--input", "{folder}/rows.csv", "--bootstrap", "50"], True),
    "drift": (["drift", "--reference", "{folder}/rows.csv", "--live", "{folder}/rows.csv"], True),
    "allocate": (["allocate", "--input", "{folder}/offers.csv"], True),
    "bandit": (["bandit", "--stream", "{folder}/stream.csv"], True),
    "predict": (["predict", "--model", "{folder}/model.json", "--input", "{folder}/rows.csv", "--explain"], True),
    "simulate": (["simulate", "--world", "steady", "--policy", "uniform,weir", "--seeds", "1", "--customers", "50", "--days",
                  "14"], True),
    "plan": (["measure", "plan", "--baseline", "0.05", "--effect", "10%"], True),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_result_has_every_form(files, name):
    arguments, has_table = COMMANDS[name]
    arguments = [argument.format(folder=files) for argument in arguments]
    assert weir(*arguments).stdout.strip()
    line = weir(*arguments, "--json").stdout
    assert line.count("\n") == 1 and isinstance(json.loads(line), dict)
    assert isinstance(json.loads(weir(*arguments, "--format", "json").stdout), dict)
    answer = weir(*arguments, "--format", "csv", check=has_table)
    if not has_table:
        assert answer.returncode == 64 and "no table" in answer.stderr
        return
    rows = list(csv.reader(io.StringIO(answer.stdout)))
    assert len({len(row) for row in rows}) == 1 and len(rows[0]) >= 1
