"""Codes at the moment of use: the examples of docs/coupons.md, and kill -9 under clients that redeem the same codes."""
import json
import os
import random
import re
import signal
import subprocess
import threading
import time

import requests

from conftest import ROOT, WEIR, Server, weir

ROUNDS = int(os.environ.get("WEIR_CRASH_ROUNDS", "3"))
CLIENTS = 64
CODES = 1_000


def catalog(folder, limit=20_000, cost=5):
    folder.mkdir()
    (folder / "weir.yaml").write_text(f"""
currency: USD
salt: codes
consent: {{default: {{marketing: granted}}}}
features:
  - {{name: orders, aggregate: count, event: Order Completed}}
goals:
  - {{id: redemption, event: Order Completed, coupon: coupon, window: 14d, reversal: {{event: Order Refunded}}}}
placements: [{{id: checkout, policy: greedy}}]
budgets:
  - {{id: promotions, limit: {limit} USD, from: 2020-01-01, to: 2100-01-01, return_floor: 0.01}}
campaigns:
  - id: codes
    placements: [checkout]
    goal: redemption
    channel: web
    budgets: [promotions]
    offers:
      - {{id: off, cost: {cost} USD, value: 600 USD, codes: {{pool: spring}}}}
""")
    return folder


def contains(value, expected):
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(k in value and contains(value[k], v) for k, v in expected.items())
    return value == expected


def test_the_examples_of_the_documentation(tmp_path):
    text = (ROOT / "docs" / "coupons.md").read_text()
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.S)
    campaign = next(body for kind, body in blocks if kind == "yaml")
    folder = catalog(tmp_path / "shop")
    whole = (folder / "weir.yaml").read_text().split("campaigns:")[0]
    (folder / "weir.yaml").write_text(whole)
    (folder / "campaigns").mkdir()
    (folder / "campaigns" / "codes.yaml").write_text(campaign)
    server = Server(tmp_path, catalog=folder).start()
    try:
        tested, output = 0, ""
        for kind, body in blocks:
            if kind == "sh":
                script = body.replace("http://127.0.0.1:8080", server.url).replace("weir coupons", f"{WEIR} coupons")
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True)
                assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
                output, tested = done.stdout, tested + 1
            elif kind == "json":
                assert contains(json.loads(output), json.loads(body)), f"{output}\nis not\n{body}"
            elif kind == "text":
                assert output.strip() == body.strip()
        assert tested > 8
    finally:
        server.stop()
    # What the server showed, the store shows too.
    shown = weir("coupons", "show", "QX7RT4WPAC", "--store", server.store).stdout
    assert "redeemed" in shown and "released" in shown
    assert "spring" in weir("coupons", "list", "--store", server.store).stdout
    accounts = weir("audit", "accounts", "--store", server.store).stdout
    assert "DOES NOT HOLD" not in accounts and "sums to zero" in accounts
    weir("audit", "replay", "--all", "--store", server.store)


class Tills:
    """64 clients that use the same codes, each for orders of its own, and note what was acknowledged."""

    def __init__(self, server, codes, seed):
        self.server, self.codes, self.seed = server, codes, seed
        self.acknowledged = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _run(self, number):
        randomness, session, count = random.Random(self.seed * 100 + number), requests.Session(), 0
        mine = []
        while not self.stopping.is_set():
            count += 1
            if mine and randomness.random() < 0.2:
                action, (code, customer, order) = randomness.choice(["redeem", "release"]), randomness.choice(mine)
            else:
                action, (code, customer) = "redeem", randomness.choice(self.codes)
                order = f"{self.seed}-{number}-{count}"
            body = {"code": code, "customer": customer, "order_id": order, "basket": {"value": "80.00"}}
            try:
                answer = session.post(f"{self.server.url}/v1/coupons/{action}", json=body, timeout=10)
            except requests.RequestException:
                time.sleep(0.01)  # The server was killed; what was under way has no answer.
                continue
            if answer.status_code == 200:
                self.acknowledged.append((action, code, order, answer.json()))
                if action == "redeem":
                    mine.append((code, customer, order))
            else:
                assert answer.status_code in (404, 409), answer.text


def test_the_same_codes_under_kill(tmp_path):
    seed = int(os.environ.get("WEIR_CRASH_SEED", random.randrange(1 << 30)))
    print(f"WEIR_CRASH_SEED={seed}")
    moments = random.Random(seed)
    folder = catalog(tmp_path / "shop")
    server = Server(tmp_path, catalog=folder)
    server.start()
    made = server.post("/v1/coupons/pools/spring", {"make": {"count": CODES}})
    assert made.status_code == 201 and made.json()["free"] == CODES
    answers = server.post("/v1/decide/batch?reasons=false", {
        "requests": [{"customer": f"c{n}", "placement": "checkout"} for n in range(CODES)]}).json()["decisions"]
    codes = [(answer["offer"]["coupon"], answer["customer"]) for answer in answers]
    assert len({code for code, _ in codes}) == CODES
    late = server.post("/v1/decide", {"customer": "late", "placement": "checkout"}).json()
    assert late["offer"] is None and late["candidates"][0]["gate"]["code"] == "out_of_codes"
    server.stop(signal.SIGKILL)

    acknowledged = 0
    for round in range(ROUNDS):
        server.start()
        with Tills(server, codes, seed + round) as tills:
            time.sleep(moments.uniform(0.3, 1.5))
            server.stop(signal.SIGKILL)
        acknowledged += len(tills.acknowledged)

        server.start()
        state = {}
        for action, code, order, answer in tills.acknowledged:
            state.setdefault((code, order), []).append((action, answer))
        uses = {}
        for (code, order), told in moments.sample(sorted(state.items(), key=lambda item: item[0]), min(200, len(state))):
            shown = server.get(f"/v1/coupons/codes/{code}").json()
            kinds = {use.get("order_id"): use["kind"] for use in shown["uses"]}
            assert order in kinds, f"{order} was told that it uses {code}, and is not known"
            # One whose last answer was told in one order of things only: nothing but its own use can have changed it.
            if [action for action, _ in told] == ["redeem"] and kinds[order] == "redeemed":
                again = server.post("/v1/coupons/redeem", {"code": code, "order_id": order}).json()
                assert again["repeated"] and again["discount"] == told[0][1]["discount"]
                other = server.post("/v1/coupons/redeem", {"code": code, "order_id": "other"})
                assert other.status_code == 409 and other.json()["code"] == "code_used"
                uses[code] = order
        inUse = 0
        for code, _ in codes:
            if code in uses:
                continue
        pools = server.get("/v1/coupons/pools").json()["pools"]
        inUse = next(pool for pool in pools if pool["pool"] == "spring")["redeemed"]
        budget = server.get("/v1/budgets").json()["budgets"][0]
        assert server.stop() == 0
        accounts = weir("audit", "accounts", "--store", server.store).stdout
        assert "DOES NOT HOLD" not in accounts and "sums to zero" in accounts
        assert float(budget["spent"].split()[0]) == 5 * inUse, f"{budget} for {inUse} codes in use"

    check_log(server.store, acknowledged)
    weir("audit", "replay", "--all", "--store", server.store)
    print(f"{ROUNDS} crashes, {acknowledged} answers acknowledged, {inUse} codes in use")
    assert acknowledged > 0


def check_log(store, acknowledged):
    """Each code given once and in use by one order at a time, from the first record to the last."""
    import sqlite3

    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT kind, code, order_id FROM coupon_uses ORDER BY sequence").fetchall()
    given, using = set(), {}
    for kind, code, order in rows:
        if kind == 1:
            assert code not in given, f"{code} was given twice"
            given.add(code)
        elif kind == 2:
            assert code not in using, f"{code} was used twice"
            using[code] = order
        else:
            assert using.pop(code) == order
    assert len(given) == CODES
