"""Who may come in and how fast: slow, many and greedy clients beside one that decides."""
import json
import socket
import time

import pytest
import requests

from conftest import Server, weir


def key(server, name, *scopes):
    options = [part for scope in scopes for part in ("--scope", scope)]
    made = weir("keys", "add", name, *options, "--url", server.url, "--key", server.admin, "--json")
    return json.loads(made.stdout)["key"]


@pytest.fixture
def guarded(tmp_path, shop):
    """A server that asks for keys and has room for few connections."""
    servers = []

    def start(*options):
        server = Server(tmp_path, *options, catalog=shop, is_open=False).start()
        text = (tmp_path / "weir.db.first-key").read_text()
        server.admin = next(word for word in text.split() if word.startswith("wk_"))
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


def connect(server, text=b""):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    connection.sendall(text)
    return connection


HEAD = b"POST /v1/track HTTP/1.1\r\nHost: weir\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"


def decide(server, key, number, session=requests):
    return session.post(
        server.url + "/v1/decide", json={"customer": f"c{number}", "placement": "home"},
        headers={"Authorization": f"Bearer {key}"}, timeout=5)


def test_connections_that_show_no_key_give_way_to_those_that_decide(guarded):
    server = guarded("--connections", "64")
    deciding = key(server, "webshop", "decide")
    session = requests.Session()
    assert decide(server, deciding, 0, session).status_code == 200
    silent = [connect(server, HEAD + b"\r\n{") for _ in range(200)]
    for number in range(20):
        assert decide(server, deciding, number, session).status_code == 200
        assert decide(server, deciding, number).status_code == 200
    metrics = requests.get(server.url + "/metrics", headers={"X-API-Key": server.admin}, timeout=5).text
    met = next(line for line in metrics.splitlines() if line.startswith('weir_limits_total{limit="connections"}'))
    assert int(met.split()[-1]) >= 140
    for connection in silent:
        connection.close()


def test_what_comes_too_slowly_ends(guarded):
    server = guarded()
    start = time.time()
    silent = connect(server)
    head = connect(server, b"POST /v1/tr")
    body = connect(server, HEAD + b"\r\n{")
    for connection in [body, silent, head]:
        connection.settimeout(40)
        while connection.recv(1_000):
            pass
    assert 9 < time.time() - start < 35


def test_a_client_that_asks_before_it_sends_its_body_is_answered(server):
    body = b'{"type":"track","event":"Product Viewed","userId":"ada"}'
    with connect(server) as connection:
        connection.settimeout(20)
        for _ in range(2):  # The connection serves the next request too.
            head = (b"POST /v1/track HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
            connection.sendall(head)
            assert connection.recv(4096).startswith(b"HTTP/1.1 100 Continue\r\n")
            connection.sendall(body)
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and b'"accepted":1' in answer, answer


def test_a_key_in_the_headers_is_looked_at_before_the_body(guarded):
    server = guarded()
    deciding = key(server, "webshop", "decide").encode()
    for path, secret, status in [(b"/v1/track", deciding, b"403"), (b"/v1/decide", b"wk_wrong", b"401")]:
        connection = connect(server, HEAD.replace(b"/v1/track", path) + b"Authorization: Bearer " + secret + b"\r\n\r\n")
        connection.settimeout(5)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 " + status)
        connection.close()


def test_a_key_that_sends_too_much_is_told_to_wait_and_no_other_is(guarded):
    server = guarded("--key-rate", "100")
    collecting, other = key(server, "collector", "collect"), key(server, "webshop", "decide")
    batch = {"batch": [{"type": "track", "userId": "ada", "event": "Seen"}] * 150}

    def send():
        return requests.post(
            server.url + "/v1/batch", json=batch, headers={"Authorization": f"Bearer {collecting}"}, timeout=5)

    answers = [send() for _ in range(4)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    refused = answers[-1]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 3
    assert refused.json()["code"] == "rate_limited" and "collector" in refused.json()["detail"]
    assert decide(server, other, 1).status_code == 200
    time.sleep(int(refused.headers["Retry-After"]))
    assert send().status_code == 200


def test_an_address_without_a_key_may_not_ask_for_ever(guarded):
    server = guarded("--address-rate", "5")
    session = requests.Session()
    # One key after the other is tried.
    statuses = [session.post(server.url + "/v1/track", json={"writeKey": f"wk_{n}"}).status_code for n in range(30)]
    assert statuses[0] == 401 and statuses[-1] == 429
