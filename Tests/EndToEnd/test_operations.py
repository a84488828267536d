"""Running it: TLS, a graceful stop, files, and the demo on a few households."""
import gzip
import json
import os
import re
import subprocess

import pytest
import requests

from conftest import ROOT, Server, weir


def test_https_from_certificate_files(tmp_path, shop):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True)
    server = Server(tmp_path, "--tls-certificate", certificate, "--tls-key", key, catalog=shop)
    server.options = [str(option) for option in server.options]
    server.scheme, server.verify = "https", str(certificate)
    server.start()
    try:
        answer = requests.post(server.url + "/v1/decide", json={"customer": "ada", "placement": "home"}, verify=str(certificate), timeout=10)
        assert answer.status_code == 200 and answer.json()["decision"] == "d-1"
    finally:
        server.stop()


def test_a_stop_answers_commits_and_ends(server):
    decision = server.post("/v1/decide", {"customer": "ada", "placement": "home"}).json()["decision"]
    assert server.stop() == 0
    assert "identical" in weir("audit", "replay", decision, "--store", server.store).stdout
    server.start()
    assert server.get(f"/v1/decisions/{decision}").json()["decision"] == decision


def test_files_land_once_and_bad_lines_wait(tmp_path, shop):
    store = tmp_path / "files.db"
    weir("apply", shop, "--store", store)
    lines = [json.dumps({"type": "track", "event": "Order Completed", "userId": f"c{n}", "properties": {"revenue": n},
                         "timestamp": "2026-05-01T10:00:00Z"}) for n in range(500)]
    (tmp_path / "events.ndjson.gz").write_bytes(gzip.compress("\n".join(lines + ["{broken", ""]).encode()))
    first = weir("ingest", tmp_path / "events.ndjson.gz", "--store", store).stdout
    assert "500 events, 0 known already, 1 in quarantine" in first
    assert "0 events, 500 known already" in weir("ingest", tmp_path / "events.ndjson.gz", "--store", store).stdout

    (tmp_path / "orders.csv").write_text("basket,household,when,amount\n1,ada,2026-05-02T11:00:00Z,12.50\n2,ada,yesterday,3\n")
    (tmp_path / "orders.yaml").write_text(
        "type: track\nevent: Order Completed\nuserId: household\ntimestamp: when\nmessageId: [basket]\n"
        "properties:\n  revenue: {column: amount, type: number}\n")
    table = weir("ingest", tmp_path / "orders.csv", "--mapping", tmp_path / "orders.yaml", "--source", "till", "--store", store).stdout
    assert "1 events, 0 known already, 1 in quarantine" in table
    assert "line 3" in weir("quarantine", "list", "--store", store).stdout


def test_each_command_shows_an_example():
    names = re.findall(r"^  ([a-z]+)  +\S", weir("help").stdout.split("SUBCOMMANDS:")[1], re.M)
    assert {"serve", "init", "ingest", "validate", "apply", "decide", "audit", "bench", "demo"} <= set(names)
    for name in names:
        if name != "help":
            assert f"weir {name}" in weir("help", name).stdout.split("OVERVIEW:")[1], name


@pytest.fixture
def households(tmp_path):
    with gzip.open(ROOT / "Examples/complete-journey/data/campaigns.csv.gz", "rt") as file:
        received = [line.split(",")[1].strip() for line in file][1:]
    path = tmp_path / "households.txt"
    path.write_text("\n".join(sorted(set(received))[:150]) + "\n")
    return path


def test_the_demo_on_some_households(tmp_path, households):
    report, store = tmp_path / "report.json", tmp_path / "demo.db"
    shown = weir("demo", "--headless", "--port", "0", "--json", report, "--store", store, "--cutoff", "2017-09-01",
                 "--households-from", households, cwd=ROOT).stdout
    assert "It does not show" in shown
    result = json.loads(report.read_text())
    assert result["households"] == 150 and result["quarantined"] == 0
    assert result["events"] > result["baskets"] > 1_000 and result["decisions"] > result["baskets"]
    assert set(result["targeting"]["individual"]) >= {"auc", "log_loss", "calibration_error", "top5", "top10", "top20"}
    assert set(result["targeting"]["segment"]) == set(result["targeting"]["individual"])
    assert result["budget"]["overspend"] == 0 and result["budget"]["spent"] >= 0
    assert 0 < result["latency"]["outcome_to_model_p99_ms"] < 1_000
    assert "0 different" in weir("audit", "replay", "--all", "--store", store).stdout
    # A machine without fused arithmetic, on which the C library computes another way: the same decisions to the last bit.
    other = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX2,-FMA,-FMA4", "OPENBLAS_CORETYPE": "Prescott"}
    assert "0 different" in weir("audit", "replay", "--all", "--store", store, env={**os.environ, **other}).stdout
    assert "DOES NOT HOLD" not in weir("audit", "accounts", "--store", store).stdout


def test_a_bad_list_of_households_names_the_line(tmp_path):
    path = tmp_path / "households.txt"
    path.write_text("900\nsmith\n")
    result = weir("demo", "--headless", "--households-from", path, check=False, cwd=ROOT)
    assert result.returncode != 0 and "line 2" in result.stderr and "smith" in result.stderr
