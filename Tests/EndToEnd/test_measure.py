"""Measuring over HTTP by the real program: the same reports as on the command line, and no way to the server's own files."""
import json
import pathlib
import random
import threading

import pytest

from conftest import Server, weir


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("measure")).start(ready=False)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    draw = random.Random(1)
    path = tmp_path_factory.mktemp("files") / "units.csv"
    lines = ["customer,arm,bought"]
    for unit in range(4_000):
        arm = "AB"[unit % 2]
        lines.append(f"c{unit},{arm},{int(draw.random() < (0.10 if arm == 'A' else 0.16))}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_report_over_http_is_that_of_the_command_line(server, units):
    options = {"arm": "arm", "unit": "customer", "metric": ["bought"], "control": "A"}
    answer = server.post("/v1/measure/experiment", {"options": options, "files": {"input": units.read_text()}})
    assert answer.status_code == 200, answer.text
    line = weir("measure", "experiment", "--input", units, "--arm", "arm", "--unit", "customer", "--metric", "bought",
                "--control", "A", "--json").stdout
    assert answer.json()["figures"] == json.loads(line)["figures"]
    page = server.post("/v1/measure/experiment?format=html", {"options": options, "files": {"input": units.read_text()}})
    assert page.headers["content-type"].startswith("text/html") and "<svg" in page.text


@pytest.mark.parametrize("options, files, said", [
    ({"input": "/etc/hostname", "arm": "arm", "metric": "x"}, {}, "options.input"),
    ({"output": "x.json", "arm": "arm", "metric": "x"}, {"input": "a\n1\n"}, "options.output"),
    ({"cases": "/etc/hostname"}, {"input": "a\n1\n"}, "options.cases"),
    ({"store": "weir.db", "id": "x"}, {}, "options.store"),
    ({"arm=x --input": "/etc/hostname"}, {}, "small letters"),
    ({"arm": "arm", "metric": "x"}, {"../../escape": "a\n1\n"}, "files.../../escape"),
    ({"arm": "nowhere", "metric": "bought"}, {"input": "arm,bought\nA,1\n"}, "nowhere"),
])
def test_what_it_must_not_or_cannot_do_is_refused(server, options, files, said):
    answer = server.post("/v1/measure/experiment", {"options": options, "files": files})
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]


FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"
HARD = [
    ("interrupted-series", "control-is-multiple.csv", {"outcome": "gross", "control": "net", "start": "2026-02-23"}),
    ("lifetime-value", "small-shop.csv", {"horizon": 26, "draws": 200}),
]


@pytest.mark.parametrize("kind, file, options", HARD)
def test_a_file_that_tells_next_to_nothing_gets_a_report_or_an_error(server, kind, file, options):
    answer = server.post(f"/v1/measure/{kind}", {"options": options, "files": {"input": (FIXTURES / file).read_text()}})
    assert answer.status_code in (200, 422), answer.text
    assert answer.status_code == 200 or "control" in answer.json()["detail"]


def test_what_would_end_a_computation_ends_neither_the_server_nor_decisions(tmp_path):
    weir("init", tmp_path / "shop")
    server = Server(
        tmp_path, "--measure-memory-mb", "64", "--measure-seconds", "20", catalog=tmp_path / "shop").start()
    failed, decided, stop = [], [], threading.Event()

    def decide(number):
        while not stop.is_set():
            try:
                answer = server.post("/v1/decide", {"customer": f"c{number}-{len(decided)}", "placement": "home"})
                (decided if answer.status_code == 200 else failed).append(answer.status_code)
            except Exception as error:  # noqa: BLE001 (whatever it is, a decision failed)
                failed.append(error)

    deciding = [threading.Thread(target=decide, args=(number,)) for number in range(4)]
    for thread in deciding:
        thread.start()
    try:
        wide = "unit,time,outcome,treated\n" + "".join(
            f"u{unit},{time},{unit * time % 7},{int(unit < 300 and time > 40)}\n" for unit in range(4_000) for time in range(60))
        posts = [(kind, options, (FIXTURES / file).read_text()) for kind, file, options in HARD] * 3
        posts.append(("difference-in-differences", {"treated": "treated"}, wide))
        for kind, options, text in posts:
            answer = server.post(f"/v1/measure/{kind}", {"options": options, "files": {"input": text}})
            assert answer.status_code in (200, 422), answer.text
            if answer.status_code == 422:
                assert len(answer.json()["detail"]) > 40, answer.text
        # Which limit it meets first is the machine's to say.
        assert answer.json()["code"] == "measurement_over_limit", answer.text
        assert "64 MB" in answer.json()["detail"] or "20 s" in answer.json()["detail"], answer.text
    finally:
        stop.set()
        for thread in deciding:
            thread.join()
        assert server.get("/healthz").status_code == 200
        assert server.stop() == 0
    assert not failed and len(decided) > 20, failed[:3]


def test_the_command_that_the_server_runs_answers_by_itself():
    body = json.dumps({"options": {"baseline": 0.05, "effect": "10%", "daily": 2000}})
    report = json.loads(weir("measure", "request", "--kind", "plan", "--json", input=body).stdout)
    line = weir("measure", "plan", "--baseline", "0.05", "--effect", "10%", "--daily", "2000", "--json").stdout
    assert report == json.loads(line)
    refused = weir("measure", "request", "--kind", "plan", input='{"options": {"basline": 1}}', check=False)
    assert refused.returncode == 65
    assert refused.stderr == "options.basline: there is no such option. Did you mean “baseline”?\n"


def test_an_unknown_measurement_names_the_known_ones(server):
    answer = server.post("/v1/measure/astrology", {"files": {}})
    assert answer.status_code == 404
    known = answer.json()["detail"].rstrip(".").split("Known: ")[1].split(", ")
    assert "geo-lift" in known and "lift" not in known, "what reads a store is no business of posted files"


def test_the_live_page_and_list_are_there_before_anything_is_measured(server):
    assert server.get("/v1/measurements").json() == {"measurements": []}
    page = server.get("/measure")
    assert page.status_code == 200 and "Measure" in page.text


LIFT_CATALOG = """\
currency: USD
salt: lift
holdout: 30 %
consent: {default: {marketing: granted}}
metric: {name: sales per customer, event: Order Completed, value: revenue}
goals:
  - {id: order, event: Order Completed, window: 30d}
placements:
  - {id: home, policy: greedy}
campaigns:
  - id: coffee
    placements: [home]
    goal: order
    channel: web
    offers:
      - {id: cup, cost: 1 USD, value: 5 USD}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """600 people, of whom the treated buy twice as often, in front of a real server."""
    folder = tmp_path_factory.mktemp("lift")
    (folder / "shop").mkdir()
    (folder / "shop" / "weir.yaml").write_text(LIFT_CATALOG)
    server = Server(folder, catalog=folder / "shop").start()
    draw = random.Random(3)
    orders = []
    for person in range(600):
        answer = server.post("/v1/decide", {"customer": f"p{person}", "placement": "home"}).json()
        if draw.random() < (0.6 if answer.get("offer") else 0.3):
            orders.append({"type": "track", "event": "Order Completed", "userId": f"p{person}", "messageId": f"o{person}",
                           "properties": {"revenue": 20}})
    for start in range(0, len(orders), 100):
        assert server.post("/v1/batch", {"batch": orders[start:start + 100]}).status_code == 200
    yield server
    server.stop()


def test_the_lift_of_live_decisions_is_found_from_the_log(shop):
    found = {m["id"]: m for m in shop.get("/v1/measurements").json()["measurements"]}
    assert "lift-all" in found, found
    report = shop.get("/v1/measurements/lift-all").json()
    line = json.loads(weir("measure", "lift", "--store", shop.store, "--json").stdout)
    assert line["figures"] == report["figures"]
    lifts = [figure for name, figure in report["figures"].items() if figure.get("lower") is not None]
    assert any(figure["lower"] > 0 for figure in lifts), report["figures"]


def test_the_console_shows_what_is_measured_live(shop):
    assert "/measure/lift/all" in shop.get("/measure").text
    assert shop.get("/measure/lift/all").status_code == 200
    page = shop.get("/measure/lift/all.html")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    assert shop.get("/measure/lift/all.json").json()["kind"] == "lift"
    assert shop.get("/measure/lift/all.csv").headers["content-type"].startswith("text/csv")
    assert shop.get("/measure/lift/nobody").status_code == 404


@pytest.mark.parametrize("kind", ["economics", "response-time"])
def test_what_offers_cost_and_how_quickly_signals_were_answered_is_found_from_the_log(shop, kind):
    report = shop.get(f"/v1/measurements/{kind}-all").json()
    line = json.loads(weir("measure", kind, "--store", shop.store, "--json").stdout)
    assert line["figures"] == report["figures"]
    assert f"/measure/{kind}/all" in shop.get("/measure").text
    assert shop.get(f"/measure/{kind}/all").status_code == 200
    assert shop.get(f"/measure/{kind}/all.csv").headers["content-type"].startswith("text/csv")


def test_the_cost_of_live_offers_is_what_was_used(shop):
    figures = shop.get("/v1/measurements/economics-all").json()["figures"]
    assert figures["cost_per_conversion"]["value"] == 1
    assert figures["roas"]["value"] == 20
    assert 0 < figures["incremental_roas"]["value"] < 20, "some would have bought anyway"


@pytest.mark.parametrize("arguments, said", [
    ([], "--input"), (["--input", "a.csv", "--store", "b.db"], "--store"), (["--store", "b.db", "--currency", "EUR"], "--currency")])
@pytest.mark.parametrize("kind", ["economics", "response-time"])
def test_files_and_stores_do_not_mix(kind, arguments, said):
    answer = weir("measure", kind, *arguments, check=False)
    assert answer.returncode != 0 and said in answer.stderr
