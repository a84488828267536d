"""Measuring over HTTP by the real program: the same reports as on the command line, and no way to the server's own files."""
import json
import random

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


def test_an_unknown_measurement_names_the_known_ones(server):
    answer = server.post("/v1/measure/astrology", {"files": {}})
    assert answer.status_code == 404
    known = answer.json()["detail"].rstrip(".").split("Known: ")[1].split(", ")
    assert "geo-lift" in known and "lift" not in known, "what reads a store is no business of posted files"


def test_the_live_page_and_list_are_there_before_anything_is_measured(server):
    assert server.get("/v1/measurements").json() == {"measurements": []}
    page = server.get("/measure")
    assert page.status_code == 200 and "Measure" in page.text
