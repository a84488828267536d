"""Wrong input gets a clear answer, and nothing beside it is harmed."""
import gzip
import json

import pytest

from conftest import Server, weir

GOOD = {"type": "track", "event": "Order Completed", "userId": "ada", "properties": {"revenue": 5}}


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["detail"] and body["code"] and body["message"]
    return json.dumps(body, ensure_ascii=False)


def test_malformed_json_says_where(server):
    assert "Line 1" in problem(server.post("/v1/batch", '{"batch": [}'), 400)
    assert "Line 1" in problem(server.post("/v1/decide", '{"customer": '), 400)


def test_wrong_types_are_all_named(server):
    text = problem(server.post("/v1/decide", {"customer": [7], "placement": ["home"], "context": "x"}), 400)
    assert "customer" in text and "placement" in text and "context" in text


def test_missing_ids(server):
    assert "customer" in problem(server.post("/v1/decide", {"placement": "home"}), 400)
    answer = server.post("/v1/batch", {"batch": [GOOD, {"type": "track", "event": "x"}, GOOD | {"messageId": "m2"}]}).json()
    assert answer["accepted"] == 2
    assert answer["rejected"][0]["pointer"].startswith("#/batch/1")
    assert "userId" in answer["rejected"][0]["detail"]


def test_a_body_of_two_megabytes(server):
    assert server.post("/v1/decide", b'{"customer": "' + b"x" * 2_000_000 + b'"}').status_code == 413
    assert server.post("/v1/batch", json.dumps({"batch": [GOOD | {"properties": {"x": "y" * 2_000_000}}]})).status_code in (400, 413)
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}")
    assert server.post("/v1/batch", bomb, headers={"Content-Encoding": "gzip"}).status_code in (400, 413)
    assert server.post("/v1/track", GOOD).status_code == 200


def test_an_unknown_placement_suggests_the_known(server):
    assert "home" in problem(server.post("/v1/decide", {"customer": "ada", "placement": "hoem"}), 404)


def test_a_key_that_is_used_for_something_else(server):
    body = {"customer": "ada", "placement": "home"}
    first = server.post("/v1/decide", body, headers={"Idempotency-Key": '"k1"'}).json()
    again = server.post("/v1/decide", body, headers={"Idempotency-Key": "k1"}).json()
    assert again["decision"] == first["decision"] and again["offer"] == first["offer"]
    problem(server.post("/v1/decide", body | {"customer": "bob"}, headers={"Idempotency-Key": "k1"}), 422)


def test_outcomes_of_unknown_decisions_stand_beside_good_ones(server):
    decision = server.post("/v1/decide", {"customer": "ada", "placement": "home"}).json()["decision"]
    answer = server.post("/v1/outcomes", {"outcomes": [
        {"decision": "d-999999", "outcome": "converted"}, {"decision": "nonsense", "outcome": "converted"},
        {"decision": decision, "outcome": "perhaps"}, {"decision": decision, "outcome": "converted"}]})
    assert answer.status_code == 200, answer.text
    assert "recorded" in answer.text and "unknown_decision" in answer.text


def test_quarantine_is_listed_mended_and_given_up(tmp_path, server):
    server.post("/v1/batch", {"batch": [{"type": "track", "event": "Order Completed"}, {"type": "walk", "userId": "ada"}]})
    listed = weir("quarantine", "list", "--store", server.store).stdout
    assert "userId" in listed and "type" in listed
    number = listed.split()[0]
    mended = json.dumps(GOOD | {"messageId": "mended"})
    weir("quarantine", "resubmit", number, "--message", mended, "--url", server.url)
    server.stop()
    left = weir("quarantine", "list", "--store", server.store).stdout
    weir("quarantine", "discard", left.split()[0], "--store", server.store)
    assert "empty" in weir("quarantine", "list", "--store", server.store).stdout


def test_a_typo_in_a_campaign_names_file_line_and_remedy(shop):
    path = shop / "campaigns" / "welcome.yaml"
    path.write_text(path.read_text().replace("placements:", "placments:"))
    result = weir("validate", shop, check=False)
    assert result.returncode != 0
    assert "campaigns/welcome.yaml:4" in result.stderr and "placements" in result.stderr


def test_a_budget_in_another_currency(shop, server):
    (shop / "weir.yaml").write_text((shop / "weir.yaml").read_text().replace("limit: 5000 USD", "limit: 5000 EUR"))
    result = weir("apply", shop, "--url", server.url, check=False)
    assert result.returncode != 0 and "EUR" in result.stderr and "USD" in result.stderr
    files = [{"name": "weir.yaml", "text": (shop / "weir.yaml").read_text()},
             {"name": "campaigns/welcome.yaml", "text": (shop / "campaigns" / "welcome.yaml").read_text()}]
    problem(server.post("/v1/catalog", {"files": files}), 422)
    assert server.post("/v1/decide", {"customer": "ada", "placement": "home"}).status_code == 200


def test_a_catalog_is_swapped_while_traffic_flows(shop, server):
    assert "limit" in weir_apply(shop, server, "limit: 5000 USD", "limit: 6000 USD")
    assert server.get("/v1/budgets").json()["budgets"][0]["limit"].startswith("6000")
    assert server.post("/v1/decide", {"customer": "ada", "placement": "home"}).json()["catalog_version"] == 2


def weir_apply(shop, server, old, new):
    (shop / "weir.yaml").write_text((shop / "weir.yaml").read_text().replace(old, new))
    return weir("apply", shop, "--url", server.url).stdout


def test_time_is_refused_unless_replaying(server):
    assert "time" in problem(server.post("/v1/decide", {"customer": "a", "placement": "home", "time": "2017-01-01"}), 400)


def test_a_message_from_the_future_waits_in_the_quarantine(server):
    answer = server.post("/v1/track", GOOD | {"timestamp": "2999-01-01T00:00:00Z"}).json()
    assert answer["accepted"] == 0 and "clock" in json.dumps(answer).lower()


def test_without_a_key_nothing_is_let_in(tmp_path, shop):
    server = Server(tmp_path, catalog=shop, is_open=False).start()
    try:
        assert server.post("/v1/decide", {"customer": "a", "placement": "home"}).status_code == 401
        assert server.get("/").status_code == 401
        key = (tmp_path / "weir.db.first-key").read_text().strip()
        collect = server.post("/v1/keys", {"name": "shop", "scopes": ["collect"]}, headers={"Authorization": f"Bearer {key}"}).json()["key"]
        assert server.post("/v1/track", GOOD | {"writeKey": collect}).status_code == 200
        assert server.post("/v1/track", GOOD, auth=(collect, "")).status_code == 200
        assert server.post("/v1/decide", {"customer": "a", "placement": "home"}, headers={"X-API-Key": collect}).status_code == 403
    finally:
        server.stop()


@pytest.mark.parametrize("option", ["--host=0.0.0.0"])
def test_an_open_server_stays_on_this_machine(tmp_path, shop, option):
    result = weir("serve", "--open", option, "--store", tmp_path / "x.db", check=False)
    assert result.returncode != 0 and "--open" in result.stderr


def test_a_store_has_one_writer(tmp_path, server):
    result = weir("ingest", "-", "--store", server.store, check=False, input="")
    assert result.returncode != 0 and "--url" in result.stderr or "another" in result.stderr.lower()


def test_a_packed_body_where_none_is_unpacked(server):
    body = gzip.compress(json.dumps({"customer": "ada", "placement": "home"}).encode())
    assert "Content-Encoding" in problem(server.post("/v1/decide", body, headers={"Content-Encoding": "gzip"}), 415)


def test_a_key_for_a_whole_batch_is_refused_and_not_ignored(server):
    body = {"requests": [{"customer": "ada", "placement": "home"}]}
    assert "idempotencyKey" in problem(server.post("/v1/decide/batch", body, headers={"Idempotency-Key": "k"}), 400)
