"""What docs/offers.md shows, on a real server: each row of its table is an offer that is given and used."""
import json
import re

import pytest
import requests
from conftest import ROOT, Server, weir

PAGE = (ROOT / "docs" / "offers.md").read_text()


def rows():
    """Cost, order and what it costs, of each row of the table; an empty cost is the row's above."""
    cost = None
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or not re.fullmatch(r"\d+\.\d\d", cells[3]):
            continue
        cost = cells[1].strip("`") or cost
        yield cost, json.loads(cells[2].strip("`")), cells[3]


ROWS = list(rows())


def blocks(language):
    return [part.split("```")[0] for part in PAGE.split(f"```{language}\n")[1:]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The page's own catalog, and beside it an offer, a placement and a budget for each row of the table."""
    folder = tmp_path_factory.mktemp("offers")
    root, campaign = blocks("yaml")[:2]
    (folder / "catalog" / "campaigns").mkdir(parents=True)
    placements = "".join(f", {{id: row{n}, policy: greedy}}" for n in range(len(ROWS)))
    root = root.replace("placements: [{id: home, policy: greedy}", "placements: [{id: home, policy: greedy}" + placements)
    assert placements in root
    for number, (cost, _, _) in enumerate(ROWS):
        root += f"  - {{id: row{number}, limit: 100 USD, from: 2026-01-01, to: 2035-12-31, return_floor: 0.01}}\n"
        (folder / "catalog" / "campaigns" / f"row{number}.yaml").write_text(
            f"id: row{number}\nplacements: row{number}\ngoal: redemption\nchannel: web\nbudgets: row{number}\noffers:\n"
            f"  - {{id: offer{number}, cost: \"{cost}\", value: 90, coupon: CODE{number}}}\n")
    (folder / "catalog" / "weir.yaml").write_text(root)
    (folder / "catalog" / "campaigns" / "spring.yaml").write_text(campaign)
    server = Server(folder, catalog=folder / "catalog").start()
    yield server
    server.stop()


def decide(shop, customer, placement, context=None):
    response = requests.post(
        shop.url + "/v1/decide", timeout=40,
        json={"customer": customer, "placement": placement, "context": context or {}})
    assert response.status_code == 200, response.text
    return response.json()


def track(shop, customer, name, properties):
    answer = requests.post(
        shop.url + "/v1/track", json={"userId": customer, "event": name, "properties": properties}, timeout=40).json()
    assert answer["success"], answer


def budget(shop, name):
    listed = requests.get(shop.url + "/v1/budgets", timeout=40).json()
    return next(entry for entry in listed["budgets"] if entry["id"] == name)


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_each_row_costs_what_it_says(shop, number):
    _, order, costs = ROWS[number]
    decide(shop, f"person{number}", f"row{number}")
    before = budget(shop, f"row{number}")
    assert float(before["spent"]) == 0 and float(before["reserved"]) >= float(costs)
    track(shop, f"person{number}", "Order Completed", {"order_id": f"R{number}", "coupon": f"code{number}", **order})
    after = budget(shop, f"row{number}")
    assert (float(after["spent"]), float(after["reserved"])) == (float(costs), 0)
    track(shop, f"person{number}", "Order Refunded", {"order_id": f"R{number}"})
    assert float(budget(shop, f"row{number}")["spent"]) == 0


def test_the_answer_shows_the_discount_and_prices_it_by_the_basket(shop):
    answer = decide(shop, "grace", "home", {"basket": 42.5})
    shown = json.loads(blocks("json")[1])["offer"]
    for name, value in shown.items():
        assert answer["offer"][name] == value
    assert answer["candidates"][0]["per_use"] == {"value": 19.13, "cost": 8.5}
    usual = decide(shop, "heidi", "home")["candidates"][0]["per_use"]
    assert 9 < usual["cost"] < 12 and abs(usual["value"] - 27) < 0.01
    for number in range(4):
        track(shop, "ivan", "Order Completed", {"order_id": f"I{number}", "revenue": 10})
    small = decide(shop, "ivan", "home")["candidates"][0]["per_use"]
    assert 2 < small["cost"] < usual["cost"] / 1.5
    decision = decide(shop, "ivan", "home")["decision"]
    replay = weir("audit", "replay", decision, "--store", shop.store)
    assert "identical" in replay.stdout


def test_an_order_corrected_and_refunded_in_part(shop):
    start = float(budget(shop, "year")["spent"])

    def spent():
        return round(float(budget(shop, "year")["spent"]) - start, 2)

    decide(shop, "judy", "home")
    for revenue, expected in [(50, 10), (50, 10), (30, 6), (100, 15)]:
        track(shop, "judy", "Order Completed", {"order_id": "J1", "coupon": "save20", "revenue": revenue})
        assert spent() == expected
    track(shop, "judy", "Order Refunded", {"order_id": "J1", "revenue": 25})
    assert spent() == 11.25


def test_a_catalog_is_checked_and_compared_in_words(shop, tmp_path):
    assert "twenty: 20 % of the basket, at most 15.00 USD" in weir("validate", shop.folder / "catalog").stdout
    changed = tmp_path / "changed"
    (changed / "campaigns").mkdir(parents=True)
    for file in (shop.folder / "catalog").rglob("*.yaml"):
        text = file.read_text().replace("cost: 20 % of the basket, at most 15 USD\n", "cost: 15 % of the basket, at most 15 USD\n")
        (changed / file.relative_to(shop.folder / "catalog")).write_text(text)
    shown = weir("apply", changed, "--dry-run", "--url", shop.url).stdout
    assert blocks("text")[0].strip() in shown
    (changed / "campaigns" / "spring.yaml").write_text(
        (changed / "campaigns" / "spring.yaml").read_text().replace(", at most 15 USD", ""))
    refused = weir("validate", changed, check=False)
    assert refused.returncode != 0 and "has no most that it can cost" in refused.stdout + refused.stderr


def test_all_decisions_follow_from_the_log(shop):
    replay = weir("audit", "replay", "--all", "--from-events", "--store", shop.store).stdout
    assert "0 different" in replay, replay
