"""An experiment on a real server: a guardrail stops the arm that loses sales, and the report from the log finds the rest."""
import json
import random
import signal

import pytest
import requests

from conftest import Server, weir

CATALOG = """\
currency: USD
salt: experiments
holdout: 0
consent: {default: {marketing: granted}}
goals:
  - {id: purchase, event: Order Completed, window: 1d}
placements:
  - {id: home, policy: greedy}
metric: {name: sales per customer, event: Order Completed, value: revenue}
campaigns:
  - id: coffee
    placements: [home]
    goal: purchase
    channel: web
    offers:
      - {id: latte, cost: 0, value: 2}
      - {id: decaf, cost: 0, value: 1}
experiments:
  - id: coffee-test
    campaigns: coffee
    arms:
      - {id: control, offers: none}
      - {id: latte, offers: [latte]}
      - {id: decaf, offers: [decaf]}
    guardrails:
      - {metric: value, not_below: -5 %}
    sequential: true
"""
REVENUE = {"control": 10, "latte": 14, "decaf": 5}


@pytest.fixture
def server(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "weir.yaml").write_text(CATALOG)
    server = Server(tmp_path, catalog=tmp_path / "shop").start()
    yield server
    server.stop()


def serve(server, customers, seed=1):
    """Each customer is decided for and buys for as much as their arm says; the arms they were in, with what they got."""
    draw, session, seen, events = random.Random(seed), requests.Session(), [], []
    for number in customers:
        answer = session.post(server.url + "/v1/decide", json={"customer": f"c{number}", "placement": "home"}).json()
        arm = answer["experiments"][0]["arm"]
        seen.append((arm, (answer["offer"] or {}).get("id")))
        revenue = max(0, draw.gauss(REVENUE[arm], REVENUE[arm] / 2))
        events.append({"type": "track", "event": "Order Completed", "userId": f"c{number}", "messageId": f"m{number}",
                       "properties": {"revenue": round(revenue, 2)}})
        if len(events) == 50:
            assert server.post("/v1/batch", {"batch": events}).status_code == 200
            events = []
    return seen


def experiment(server):
    return server.get("/v1/experiments").json()["experiments"][0]


def test_a_guardrail_stops_the_arm_that_loses_sales_through_crashes(server):
    seen = serve(server, range(1_500))
    assert all(offer == {"control": None, "latte": "latte"}[arm] for arm, offer in seen if arm != "decaf")
    assert ("decaf", "decaf") in seen
    status = experiment(server)
    assert status["state"] == "running" and status["contaminated"] == 0
    arms = {arm["id"]: arm for arm in status["arms"]}
    assert arms["decaf"]["stopped"]["actor"] == "guardrail", status
    assert "stopped" not in arms["latte"] and "stopped" not in arms["control"]
    assert arms["latte"]["means"]["value"] > arms["control"]["means"]["value"]
    assert "decaf" in weir("experiments", "--url", server.url).stdout

    server.stop(signal.SIGKILL)
    server.start()
    later = serve(server, range(1_500, 1_600), seed=2)
    assert {offer for arm, offer in later if arm == "decaf"} == {None}, "what is stopped stays stopped"
    assert {offer for arm, offer in later if arm == "latte"} == {"latte"}
    again = {arm["id"]: arm for arm in experiment(server)["arms"]}
    assert again["decaf"]["stopped"] == arms["decaf"]["stopped"]
    assert "0 different" in weir("audit", "replay", "--all", "--store", server.store).stdout


def test_an_arm_is_stopped_by_hand(server):
    serve(server, range(30))
    told = weir("experiments", "stop", "coffee-test", "latte", "--reason", "complaints", "--url", server.url)
    assert "stopped" in told.stdout
    assert {offer for arm, offer in serve(server, range(30, 60)) if arm == "latte"} == {None}
    listed = json.loads(weir("experiments", "--json", "--url", server.url).stdout)["experiments"][0]
    assert [arm["stopped"]["reason"] for arm in listed["arms"] if "stopped" in arm] == ["complaints"]
    for body, status, code in [
        ({"experiment": "coffee-tset", "arm": "latte"}, 404, "unknown_experiment"),
        ({"experiment": "coffee-test", "arm": "latte"}, 422, "arm_stop_refused"),
        ({"experiment": "coffee-test", "arm": "control"}, 422, "arm_stop_refused"),
        ({"experiment": "coffee-test"}, 400, "invalid_request"),
    ]:
        answer = server.post("/v1/experiments/stop", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_decision_tells_its_arm_and_what_was_withheld(server):
    for number in range(20):
        answer = server.post("/v1/decide", {"customer": f"c{number}", "placement": "home"}).json()
        full = server.get(f"/v1/decisions/{answer['decision']}").json()
        arm = full["experiments"][0]["arm"]
        assert full["experiments"] == [{"experiment": "coffee-test", "arm": arm, "exposed": True}]
        assert full.get("withheld") == "latte"
        gates = {c["offer"]: c.get("gate", {}).get("code") for c in full["candidates"]}
        assert gates == {offer: None if offer == arm else "experiment" for offer in ["latte", "decaf"]}
