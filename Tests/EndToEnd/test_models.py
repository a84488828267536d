"""Trained models on a real server: candidate, shadow, champion; poisoned ones are stopped, a bad champion is rolled back."""
import csv
import json
import math
import random

import pytest
import requests

from conftest import Server, weir

CATALOG = """\
currency: USD
salt: models
holdout: 0
consent: {default: {marketing: granted}}
groups: [region]
features:
  - {name: orders, aggregate: count, event: Order Completed, transform: none, center: 5, scale: 3}
  - {name: views, aggregate: count, event: Product Viewed, transform: none, center: 5, scale: 3}
goals:
  - {id: click, window: 1d, negatives: reported}
placements:
  - {id: home, policy: {epsilon_greedy: {epsilon: 0.5}}}
campaigns:
  - id: banners
    placements: [home]
    goal: click
    channel: web
    offers:
      - {id: red, cost: 0.10 USD, value: 2 USD}
      - {id: blue, cost: 0.10 USD, value: 2 USD}
"""
PEOPLE = 60


class Shop:
    """People whose orders and views decide what they click, in front of a real server."""

    def __init__(self, server):
        self.server = server
        self.random = random.Random(7)
        self.session = requests.Session()
        self.is_turned = False
        self.people = [(self.random.randint(0, 10), self.random.randint(0, 10)) for _ in range(PEOPLE)]
        batch = []
        for person, (orders, views) in enumerate(self.people):
            batch += [("Order Completed", person)] * orders + [("Product Viewed", person)] * views
        events = [
            {"type": "track", "event": name, "userId": f"p{person}", "messageId": f"m{index}", "properties": {"revenue": 1}}
            for index, (name, person) in enumerate(batch)
        ]
        events += [
            {"type": "identify", "userId": f"p{person}", "messageId": f"i{person}",
             "traits": {"region": "north" if person % 2 else "south"}}
            for person in range(PEOPLE)
        ]
        for start in range(0, len(events), 100):
            assert server.post("/v1/batch", {"batch": events[start:start + 100]}).status_code == 200

    def probability(self, person, offer):
        orders, views = self.people[person]
        logit = 0.5 * (orders - 5) - 0.3 * (views - 5) + (0.3 if offer == "red" else -0.3) - 0.5
        return 1 / (1 + math.exp(logit if self.is_turned else -logit))

    def serve(self, count):
        for index in range(count):
            person = index % PEOPLE
            answer = self.session.post(
                self.server.url + "/v1/decide", json={"customer": f"p{person}", "placement": "home"}).json()
            offer = (answer.get("offer") or {}).get("id")
            if offer is None:
                continue
            outcome = "converted" if self.random.random() < self.probability(person, offer) else "not_converted"
            told = self.session.post(
                self.server.url + "/v1/outcomes", json={"decision": answer["decision"], "outcome": outcome})
            assert told.status_code == 200, told.text

    def stage(self, model, stage, force=False):
        return self.server.post(
            f"/v1/models/stage{'?force=true' if force else ''}",
            {"model": model, "stage": stage, "reason": "test"})

    def model(self, name):
        return self.server.get(f"/v1/models/{name}").json()

    def deciding(self):
        return self.server.get("/v1/models").json()["goals"][0]["deciding"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "shop").mkdir()
    (folder / "shop" / "weir.yaml").write_text(CATALOG)
    server = Server(folder, catalog=folder / "shop").start()
    shop = Shop(server)
    shop.serve(1_500)
    train(shop, folder)
    yield shop
    server.stop()


def train(shop, folder):
    """A good model and three poisoned ones, all registered as shadows."""
    table = folder / "clicks.csv"
    weir("dataset", "--goal", "click", "--store", shop.server.store, "--output", table)
    rows = list(csv.DictReader(table.open()))
    assert len(rows) > 700

    shuffled = [dict(row) for row in rows]
    labels = [row["label"] for row in rows]
    random.Random(1).shuffle(labels)
    for row, label in zip(shuffled, labels):
        row["label"] = label
    stuck = [dict(row, orders="5.0") for row in rows]
    for name, content in [("good", rows), ("shuffled", shuffled), ("stuck", stuck)]:
        path = folder / f"{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(content)
        weir("train", "--input", path, "--target", "label", "--time", "time", "--learner", "logistic",
             "--calibration", "none", "--name", name, "--output", folder / f"{name}.json")
    scaled = json.loads((folder / "good.json").read_text())
    scaled["name"] = "scaled"
    linear = scaled["model"]["form"]["linear"]["_0"]
    linear["bias"] *= 3
    for term in linear["terms"]:
        if "number" in term:
            term["number"]["weight"] *= 3
            term["number"]["missing"] *= 3
        else:
            term["category"]["weights"] = [3 * w for w in term["category"]["weights"]]
            term["category"]["missing"] *= 3
    (folder / "scaled.json").write_text(json.dumps(scaled))
    for name in ["good", "shuffled", "stuck", "scaled"]:
        weir("models", "register", folder / f"{name}.json", "--goal", "click", "--url", shop.server.url)
        assert shop.stage(name, "shadow").status_code == 200
    shop.serve(1_500)


@pytest.mark.parametrize("name, gates", [
    ("shuffled", {"ranking", "accuracy", "policy value"}), ("stuck", {"drift"}), ("scaled", {"calibration"})])
def test_a_poisoned_candidate_is_stopped_at_its_gate(shop, name, gates):
    answer = shop.stage(name, "champion")
    assert answer.status_code == 422, answer.text
    failed = {gate["name"] for gate in shop.model(name)["gates"] if gate["verdict"] == "failed"}
    assert failed & gates, shop.model(name)["gates"]
    assert shop.model(name)["stage"] == "shadow"


def test_a_good_model_passes_decides_and_is_rolled_back_when_the_world_turns(shop):
    gates = {gate["name"]: gate for gate in shop.model("good")["gates"]}
    assert all(gates[name]["verdict"] == "passed" for name in ["evidence", "ranking", "calibration", "drift", "groups"]), gates
    answer = shop.stage("good", "champion")
    assert answer.status_code == 200, answer.text
    assert shop.deciding() == "good"
    shop.serve(300)
    assert shop.deciding() == "good", "a champion that is right stays"

    shop.is_turned = True
    shop.serve(3_000)
    assert shop.deciding() == "online"
    last = shop.model("good")["history"][-1]
    assert (last["stage"], last["actor"]) == ("retired", "breaker")
    assert "different." not in weir("audit", "replay", "--all", "--store", shop.server.store).stdout.replace("0 different.", "")


def test_the_pages_show_models_policies_and_budgets(shop):
    for path in ["/models", "/models/scaled", "/policies", "/budgets", "/console/models/models.csv"]:
        page = shop.server.get(path)
        assert page.status_code == 200, (path, page.text)
    assert "calibration" in shop.server.get("/models/scaled").text


def test_a_form_without_this_servers_token_is_refused(shop):
    answer = shop.server.post(
        "/models/scaled", "stage=retired&reason=x&token=guessed",
        headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 403
    assert shop.model("scaled")["stage"] == "shadow"
