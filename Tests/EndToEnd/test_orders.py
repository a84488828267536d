"""Orders, refunds, codes and clocks as shops send them: each file of steps is a conversation with a server of its own."""
import datetime
import json
import pathlib
import re
import time

import pytest
import requests
from conftest import Server, weir

FOLDER = pathlib.Path(__file__).parent / "orders"


def moment(seconds=0.0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at(value, path):
    """The value at the end of a path; None where there is none."""
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def fill(text, answers):
    """Puts moments (`{{now-5}}`) and what earlier answers said (`{{d.decision}}`) into a text."""

    def value(match):
        name = match[1]
        if name.startswith("now"):
            return moment(float(name[3:] or 0))
        if name == "today":
            return moment()[:10]
        step, path = name.split(".", 1)
        return str(at(answers[step], path))

    return re.sub(r"\{\{([^}]+)\}\}", value, text)


def follow(server, steps):
    """Takes the steps one after another; answers with what was not as expected."""
    answers, wrong = {}, []
    for step in steps:
        time.sleep(step.get("wait", 0))
        method, path = fill(step["send"], answers).split(" ", 1)
        data = step["raw"].encode() if "raw" in step else None
        if "body" in step:
            data = fill(json.dumps(step["body"]), answers).encode()
        headers = {"content-type": "application/json", **step.get("headers", {})}
        response = requests.request(method, server.url + path, data=data, headers=headers, timeout=40)
        try:
            body = response.json()
        except ValueError:
            body = {}
        answer = {"status": response.status_code, "body": body}
        if "as" in step:
            answers[step["as"]] = body
        for path, wanted in step.get("check", []):
            found = at(answer, path)
            if found != wanted:
                wrong.append(f"{step['send']}: {path} is {found!r}, not {wanted!r}")
    return wrong


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("orders"), catalog=FOLDER / "catalog").start()
    yield server
    server.stop()


@pytest.mark.parametrize("name", sorted(file.name.removesuffix(".steps.json") for file in FOLDER.glob("*.steps.json")))
def test_steps(server, name):
    """What shops send ends as the shop means it."""
    steps = json.loads((FOLDER / f"{name}.steps.json").read_text())["steps"]
    assert follow(server, steps) == []


def ingest(store, stem, mapping):
    file = FOLDER / f"24-refunds-with-order-ids.{stem}"
    return weir("ingest", file, "--mapping", FOLDER / f"24-refunds-with-order-ids.{mapping}.yaml", "--store", store)


def test_refunds_that_go_by_their_orders_numbers(tmp_path):
    """A refund that goes by its order's number is no repetition of the order; the same row once more is."""
    store = tmp_path / "weir.db"
    assert "2 events" in ingest(store, "orders.csv", "orders").stdout
    assert "1 events, 0 known already" in ingest(store, "csv", "refunds").stdout
    assert "0 events" in ingest(store, "csv", "refunds").stdout
    assert "0 events" in ingest(store, "orders.csv", "orders").stdout
