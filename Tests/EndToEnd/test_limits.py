"""What one request can cost: each of these once stopped the process, held everybody up or filled the disk."""
import gzip
import json
import threading
import time

import pytest
import requests

from conftest import Server, weir


class Deciding:
    """Connections that decide all the while; says what failed and how long the slowest waited."""

    def __init__(self, server, connections=4, headers={}):
        self.server, self.headers = server, headers
        self.failures, self.times, self.isDone = [], [], False
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(connections)]

    def run(self, number):
        session, count = requests.Session(), 0
        while not self.isDone:
            start = time.time()
            try:
                body = {"customer": f"visitor-{number}-{count}", "placement": "home"}
                answer = session.post(self.server.url + "/v1/decide", json=body, headers=self.headers, timeout=20)
                if answer.status_code != 200:
                    self.failures.append((answer.status_code, answer.text[:200]))
            except requests.RequestException as error:
                self.failures.append(repr(error))
            self.times.append(time.time() - start)
            count += 1
            time.sleep(0.01)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.isDone = True
        for thread in self.threads:
            thread.join()


def batch(server, messages, **shared):
    body = gzip.compress(json.dumps({"batch": messages, **shared}).encode())
    return requests.post(server.url + "/v1/batch", data=body, headers={"Content-Encoding": "gzip"}, timeout=60)


def metric(server, name):
    return next(float(line.split()[-1]) for line in server.get("/metrics").text.splitlines() if line.startswith(name))


def test_refused_elements_beyond_a_number_are_counted_and_not_kept(server):
    with Deciding(server) as deciding:
        body = b'{"batch":[' + b"1," * 254_000 + b"1]}"
        answer = requests.post(
            server.url + "/v1/batch", data=gzip.compress(body), headers={"Content-Encoding": "gzip"}, timeout=60)
    assert answer.status_code == 200
    assert len(answer.content) < 200_000
    assert len(answer.json()["rejected"]) == 500
    assert answer.json()["notKept"] == 254_001 - 500
    assert deciding.failures == []
    assert metric(server, 'weir_limits_total{limit="refused_per_body"}') == 254_001 - 500
    # One row leaves without the others being read, then all at once.
    numbers = [message["number"] for message in server.get("/v1/quarantine").json()["messages"]]
    removed = requests.delete(server.url + "/v1/quarantine", json={"numbers": numbers[:1]}, timeout=30)
    assert removed.json() == {"removed": 1}
    assert requests.delete(server.url + "/v1/quarantine", json={}, timeout=30).status_code == 400
    purged = weir("quarantine", "purge", "--source", "open", "--url", server.url, "--json")
    assert json.loads(purged.stdout) == {"given_up": 499}
    assert server.get("/v1/quarantine").json() == {"messages": []}


def test_ids_and_contexts_have_limits_that_are_named(server):
    long = "x" * 900_000
    for body, field in [
        ({"customer": long, "placement": "home"}, "customer"),
        ({"anonymousId": "x" * 257, "placement": "home"}, "anonymousId"),
        ({"customer": "ada", "placement": "x" * 257}, "placement"),
        ({"customer": "ada", "placement": "home", "context": {"page": "x" * 8_192}}, "context"),
    ]:
        answer = server.post("/v1/decide", body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == f"#/{field}"
        assert f"“{field}”" in answer.json()["detail"] and "at most" in answer.json()["detail"]
        assert len(answer.content) < 2_000
    answer = server.post(
        "/v1/decide", {"customer": "ada", "placement": "home"}, headers={"Idempotency-Key": "k" * 257})
    assert answer.status_code == 400 and "Idempotency-Key" in answer.json()["detail"]
    good = server.post("/v1/decide", {"customer": "x" * 256, "placement": "home", "context": {"page": "x" * 8_000}})
    assert good.status_code == 200
    assert metric(server, 'weir_limits_total{limit="id"}') == 4
    assert metric(server, 'weir_limits_total{limit="context"}') == 1


def test_trait_names_without_end_hold_nobody_up(server):
    with Deciding(server) as deciding:
        for request in range(12):
            messages = [
                {"type": "identify", "userId": "ada",
                 "traits": {f"t{request}-{n}-{i}": i for i in range(400)}} for n in range(60)]
            answer = batch(server, messages)
            assert answer.json()["accepted"] == 60
    assert deciding.failures == []
    assert max(deciding.times) < 2
    assert metric(server, 'weir_limits_total{limit="person"}') > 0
    wide = server.post("/v1/identify", {"userId": "ada", "traits": {f"t{i}": 1 for i in range(513)}}).json()
    assert wide["accepted"] == 0 and wide["rejected"][0]["pointer"] == "#/traits"


def test_what_a_batch_shares_is_not_copied_without_end(server):
    messages = [{"type": "track", "userId": "ada", "event": "Seen"}] * 2_000
    answer = batch(server, messages, context={"page": "x" * 100_000}).json()
    assert answer["accepted"] == 20
    assert answer["rejected"][0]["pointer"] == "#/context"


def test_aliases_stay_quick_and_merge_no_known_users(server, tmp_path, shop):
    for user in ["ada", "bob"]:
        server.post("/v1/track", {"userId": user, "event": "Seen"})
    # With a key such as stands in every page.
    key = server.post("/v1/keys", {"name": "page", "scopes": ["collect"]}).json()["key"]
    alias = {"userId": "bob", "previousId": "ada", "writeKey": key}
    refused = server.post("/v1/alias", alias).json()
    assert refused["accepted"] == 0
    assert refused["rejected"][0]["pointer"] == "#/previousId"
    assert "merge_users" in refused["rejected"][0]["detail"]
    assert server.get("/v1/quarantine").json()["messages"][0]["message"]["previousId"] == "ada"
    # An anonymous person still becomes a known one.
    assert server.post("/v1/identify", {"userId": "ada", "anonymousId": "a-1"}).json()["accepted"] == 1
    assert server.post("/v1/alias", {"userId": "ada", "previousId": "a-2"}).json()["accepted"] == 1
    with Deciding(server) as deciding:
        for start in range(0, 20_000, 2_000):
            chain = [
                {"type": "alias", "userId": f"u{n + 1}", "previousId": f"u{n}"} for n in range(start, start + 2_000)]
            assert batch(server, chain).status_code == 200
            one = [{"type": "identify", "userId": "eve", "anonymousId": f"d{n}"} for n in range(start, start + 2_000)]
            assert batch(server, one).json()["accepted"] == 2_000
        start = time.time()
        for _ in range(50):
            server.post("/v1/decide", {"customer": "u0", "placement": "home"})
        assert time.time() - start < 5
    assert deciding.failures == []
    assert metric(server, 'weir_limits_total{limit="identifiers"}') > 0
    # Where the catalog says so, users become one.
    root = shop / "weir.yaml"
    root.write_text(root.read_text() + "\nidentity: {merge_users: allowed}\n")
    weir("apply", shop, "--url", server.url)
    assert server.post("/v1/alias", {"userId": "bob", "previousId": "ada"}).json()["accepted"] == 1
