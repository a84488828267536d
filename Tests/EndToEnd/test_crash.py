"""kill -9 at random moments under load: what was acknowledged is there, once, and no budget is overspent."""
import os
import random
import signal
import sqlite3
import threading
import time
import uuid

import requests

from conftest import Server, weir

ROUNDS = int(os.environ.get("WEIR_CRASH_ROUNDS", "6"))


class Load:
    """Clients that note what was acknowledged."""

    def __init__(self, server, seed):
        self.server = server
        self.random = random.Random(seed)
        self.events, self.decisions, self.outcomes = [], [], []
        self.unanswered = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(kind, seed * 10 + n)) for n, kind in
                        enumerate(["events", "decide", "decide", "outcomes"])]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _run(self, kind, seed):
        randomness, session = random.Random(seed), requests.Session()
        while not self.stopping.is_set():
            try:
                getattr(self, "_" + kind)(session, randomness)
            except requests.RequestException:
                time.sleep(0.01)  # The server was killed; what was under way has no answer.

    def _events(self, session, randomness):
        ids = [uuid.UUID(int=randomness.getrandbits(128)).hex for _ in range(20)]
        batch = [{"type": "track", "event": "Order Completed", "userId": f"c{randomness.randrange(200)}", "messageId": i,
                  "properties": {"revenue": 10}} for i in ids]
        answer = session.post(self.server.url + "/v1/batch", json={"batch": batch}, timeout=5)
        if answer.status_code == 200:
            self.events += ids

    def _decide(self, session, randomness):
        key = uuid.UUID(int=randomness.getrandbits(128)).hex
        body = {"customer": f"c{randomness.randrange(200)}", "placement": "home"}
        self.unanswered.append((key, body))
        answer = session.post(self.server.url + "/v1/decide", json=body, headers={"Idempotency-Key": key}, timeout=5)
        if answer.status_code == 200:
            self.decisions.append((key, body, answer.json()))
            self.unanswered.remove((key, body))

    def _outcomes(self, session, randomness):
        if not self.decisions:
            return time.sleep(0.005)
        decision = randomness.choice(self.decisions)[2]["decision"]
        answer = session.post(self.server.url + "/v1/outcomes", json={"decision": decision, "outcome": "converted"}, timeout=5)
        if answer.status_code == 200 and answer.json()["results"][0]["result"] in ("recorded", "already_recorded"):
            self.outcomes.append(decision)


def small_budget(shop):
    """So small that it runs out: the limit must hold in every crash."""
    path = shop / "weir.yaml"
    path.write_text(path.read_text().replace("limit: 5000 USD", "limit: 900 USD"))
    (shop / "weir.yaml").write_text("\n".join(
        line for line in path.read_text().splitlines() if not line.strip().startswith(("- overall:", "- offer:", "caps:"))))


def rows(server, query):
    with sqlite3.connect(f"file:{server.store}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(tmp_path, shop):
    small_budget(shop)
    seed = int(os.environ.get("WEIR_CRASH_SEED", random.randrange(1 << 30)))
    print(f"WEIR_CRASH_SEED={seed}")
    moments = random.Random(seed)
    server = Server(tmp_path, catalog=shop)
    events, decisions, outcomes = [], [], set()
    for round in range(ROUNDS):
        server.start()
        with Load(server, seed + round) as load:
            time.sleep(moments.uniform(0.05, 0.9))
            server.stop(signal.SIGKILL)
        events += load.events
        decisions += load.decisions
        outcomes |= set(load.outcomes)

        # A retry of an acknowledged decision gets the same answer; one that got no answer can be asked again.
        server.start()
        for key, body, answer in moments.sample(load.decisions, min(20, len(load.decisions))):
            again = server.post("/v1/decide", body, headers={"Idempotency-Key": key}).json()
            assert again["decision"] == answer["decision"] and again["offer"] == answer["offer"]
        for key, body in load.unanswered[:5]:
            assert server.post("/v1/decide", body, headers={"Idempotency-Key": key}).status_code == 200
        assert server.stop() == 0

        accounts = weir("audit", "accounts", "--store", server.store).stdout
        assert "DOES NOT HOLD" not in accounts and "sums to zero" in accounts
    weir("audit", "replay", "--all", "--store", server.store)

    stored = [row[0] for row in rows(server, "SELECT message_id FROM events")]
    assert len(stored) == len(set(stored)), "an event was kept twice"
    assert set(events) <= set(stored), "an acknowledged event is missing"
    ids = {f"d-{row[0]}" for row in rows(server, "SELECT id FROM decisions")}
    assert {answer["decision"] for _, _, answer in decisions} <= ids, "an acknowledged decision is missing"
    converted = [f"d-{row[0]}" for row in rows(server, "SELECT decision FROM outcomes WHERE kind = 1")]
    assert len(converted) == len(set(converted)), "an outcome was counted twice"
    assert outcomes <= set(converted), "an acknowledged outcome is missing"
    print(f"{ROUNDS} crashes: {len(events)} events, {len(decisions)} decisions, {len(outcomes)} outcomes acknowledged")
    assert events and decisions and outcomes
