"""Who comes in: keys, people, pages from elsewhere, the access log, and a store that is taken away."""
import contextlib
import http.server
import json
import re
import shutil
import socket
import sqlite3
import ssl
import stat
import subprocess
import threading
import time

import pytest
import requests
from conftest import Server, free_port, weir
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from test_console import browser  # noqa: F401

PASSWORD = "four words at random"


@pytest.fixture
def closed(tmp_path, shop):
    """A server that needs keys, with its first one as `closed.key`."""
    server = Server(tmp_path, catalog=shop, is_open=False).start()
    server.key = (tmp_path / "weir.db.first-key").read_text().strip()
    yield server
    server.stop()


def manage(server, *arguments, **options):
    return weir(*arguments, "--url", server.url, "--key", server.key, **options)


def test_the_first_key_is_for_the_owner_and_in_no_log(closed, tmp_path):
    assert closed.key.startswith("wk_")
    assert closed.key not in closed.output()
    assert "weir.db.first-key" in closed.output()
    for name in ("weir.db", "weir.db-wal", "weir.db-shm", "weir.db.lock", "weir.db.first-key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
    answer = requests.get(closed.url + "/v1/keys", headers={"Authorization": f"Bearer {closed.key}"}, timeout=10)
    assert [key["name"] for key in answer.json()["keys"]] == ["admin"]


def test_commands_work_beside_a_running_server(closed):
    page = json.loads(manage(closed, "keys", "add", "page", "--scope", "collect", "--origin", "https://Shop.example",
                             "--expires", "2099-01-01T00:00:00Z", "--json").stdout)["key"]
    body = {"userId": "ada", "event": "Seen"}
    key = {"Authorization": f"Bearer {page}"}
    assert closed.post("/v1/track", body, headers=key).status_code == 403
    assert closed.post("/v1/track", body, headers={**key, "Origin": "https://shop.example"}).status_code == 200
    assert "https://shop.example" in manage(closed, "keys", "list").stdout
    manage(closed, "keys", "remove", "page")
    assert "page" not in manage(closed, "keys", "list").stdout
    last = manage(closed, "keys", "remove", "admin", check=False)
    assert last.returncode == 77 and "last who may manage" in last.stderr

    closed.post("/v1/track", {"event": "Seen"}, headers={"Authorization": f"Bearer {closed.key}"})
    waiting = json.loads(manage(closed, "quarantine", "list", "--json").stdout)
    number = str(waiting["messages"][0]["number"])
    assert manage(closed, "quarantine", "discard", number).stdout == "1 given up.\n"
    assert manage(closed, "quarantine", "list").stdout == "The quarantine is empty.\n"
    locked = weir("quarantine", "discard", number, "--store", closed.store, check=False)
    assert locked.returncode == 75 and "--url" in locked.stderr


def test_people_sign_in_on_a_page_and_out_everywhere(closed, browser):  # noqa: F811
    manage(closed, "users", "add", "ann", "--role", "viewer", input=PASSWORD + "\n")
    browser.get(closed.url + "/budgets")
    assert "Sign in" in browser.title
    browser.find_element(By.ID, "name").send_keys("ann")
    browser.find_element(By.ID, "password").send_keys("another password")
    browser.find_element(By.CSS_SELECTOR, "button").click()
    WebDriverWait(browser, 10).until(lambda b: "do not belong together" in b.page_source)
    assert browser.find_element(By.ID, "name").get_attribute("value") == "ann"
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "button").click()
    WebDriverWait(browser, 10).until(lambda b: "Budgets" in b.title)
    assert browser.current_url == closed.url + "/budgets"
    assert browser.execute_script("return document.cookie") == ""
    cookie = browser.get_cookie("weir_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    browser.find_element(By.LINK_TEXT, "Account").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "ann"
    browser.find_element(By.XPATH, "//button[text()='Sign out everywhere']").click()
    WebDriverWait(browser, 10).until(lambda b: "Sign in" in b.title)
    stolen = {"weir_session": cookie["value"]}
    assert requests.get(closed.url + "/budgets", cookies=stolen, timeout=10).status_code == 401


@contextlib.contextmanager
def page_elsewhere(html):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            pass

    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    yield f"http://localhost:{elsewhere.server_port}/"
    elsewhere.shutdown()


ATTACK = """
<form id="f" method="post" enctype="text/plain" action="URL/v1/keys">
<input name='{"name": "evil", "scopes": ["manage"], "x": "' value='"}'></form>
<script>
fetch("URL/v1/keys", {method: "POST", mode: "no-cors", credentials: "include", body: '{"name": "evil", "scopes": ["manage"]}'})
  .catch(() => 0).then(() => fetch("URL/v1/budgets", {credentials: "include"})).then(r => r.text())
  .then(t => { window.name = "read " + t }, () => 0).then(() => document.getElementById("f").submit());
</script>
"""


@pytest.mark.parametrize("is_open", [True, False])
def test_a_page_from_elsewhere_acts_with_nobodys_browser(tmp_path, shop, browser, is_open):  # noqa: F811
    server = Server(tmp_path, catalog=shop, is_open=is_open).start()
    try:
        if not is_open:
            key = (tmp_path / "weir.db.first-key").read_text().strip()
            browser.get(server.url + "/")
            browser.find_element(By.ID, "password").send_keys(key)
            browser.find_element(By.CSS_SELECTOR, "button").click()
            WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.ID, "latest"))
        with page_elsewhere(ATTACK.replace("URL", server.url)) as url:
            browser.get(url)
            WebDriverWait(browser, 10).until(lambda b: b.current_url.startswith(server.url))
            assert "foreign_origin" in browser.page_source or "elsewhere" in browser.page_source
            assert not browser.execute_script("return window.name").startswith("read")
        names = weir("keys", "list", "--store", server.store).stdout
        assert "evil" not in names
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["localhost.evil.com", "localhost.evil.com:PORT", "127.0.0.1.evil.com", "", "evil.com"])
def test_an_open_server_answers_by_its_own_name_only(server, host):
    host = host.replace("PORT", str(server.port))
    for path in ("/", "/healthz", "/v1/budgets", "/nothing", "/console/console.css"):
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            status = s.makefile("rb").readline().split()[1]
        assert status == b"403", path


def test_a_key_that_stands_in_pages_tells_nothing_of_anybody(closed):
    said = manage(closed, "keys", "add", "page", "--scope", "collect", "--scope", "decide", "--origin", "https://shop.example", "--json")
    page = {"Authorization": f"Bearer {json.loads(said.stdout)['key']}", "Origin": "https://shop.example"}
    own = {"Authorization": f"Bearer {closed.key}"}
    refusal = {"userId": "ada", "type": "identify", "context": {"consent": {"categoryPreferences": {"marketing": "denied"}}}}
    assert closed.post("/v1/track", {"userId": "ada", "event": "Seen", "context": refusal["context"]}, headers=own).status_code == 200
    asked = {"customer": "ada", "placement": "home"}
    answer = closed.post("/v1/decide?reasons=true", asked, headers=page).json()
    assert set(answer) == {"decision", "customer", "placement", "time", "offer", "repeated"} and answer["offer"] is None
    many = closed.post("/v1/decide/batch", {"requests": [{"customer": f"c{n}", "placement": "home"} for n in range(30)]}, headers=page).json()
    offers = [one["offer"] for one in many["decisions"] if one["offer"]]
    assert offers and all(set(offer) == {"id", "name", "coupon", "message"} for offer in offers)
    # An idempotency key that it used is free for the shop's own programs.
    keyed = {"Idempotency-Key": "order-17"}
    assert closed.post("/v1/decide", {"customer": "mallory", "placement": "home"}, headers=page | keyed).status_code == 200
    assert closed.post("/v1/decide", asked, headers=own | keyed).status_code == 200
    assert closed.post("/v1/ingest/messages", '{"type":"page","userId":"u"}', headers=page).status_code == 403


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_store_that_is_taken_away_stops_the_server(server, how):
    server.post("/v1/track", {"userId": "ada", "event": "Seen"})
    if how == "deleted":
        server.store.unlink()
    else:
        other = server.folder / "other.db"
        other.write_bytes(b"")
        other.rename(server.store)
    begun = time.monotonic()
    assert server.process.wait(5) != 0
    assert time.monotonic() - begun < 2
    last = server.output().strip().splitlines()[-1]
    assert "no longer in its place" in last and str(server.store) in last


def test_what_is_logged_stands_on_one_line_and_tells_nothing(tmp_path, shop):
    server = Server(tmp_path, "--log-level", "info", catalog=shop).start()
    try:
        secret = "wk_" + "a1B2" * 11
        server.get("/v1/customers/ada%40example.com%0Aforged", headers={"Authorization": f"Bearer {secret}"})
        server.post("/v1/decide", {"customer": "ada@example.com", "placement": "x\nforged line"})
        server.post("/v1/batch", {"batch": [{"type": secret, "writeKey": secret}], "writeKey": secret})
        server.post("/v1/batch", '{"writeKey": "' + secret + '", ' + secret)
    finally:
        server.stop()
    log = server.output()
    assert "Refused" in log
    assert secret not in log and "ada@example.com" not in log
    assert not re.search(r"^forged", log, re.M)
    assert secret.encode() not in server.store.read_bytes()


def pair(folder, name):
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl")
def test_with_tls_browsers_stay_with_it_and_a_wrong_pair_is_named(tmp_path, shop):
    certificate, key = pair(tmp_path, "one")
    _, other = pair(tmp_path, "other")
    wrong = weir("serve", "--port", free_port(), "--store", tmp_path / "x.db", "--tls-certificate", certificate, "--tls-key",
                 other, check=False)
    assert wrong.returncode != 0 and str(certificate) in wrong.stderr and str(other) in wrong.stderr

    server = Server(tmp_path, "--tls-certificate", str(certificate), "--tls-key", str(key), catalog=shop, is_open=False)
    server.scheme, server.verify = "https", str(certificate)
    server.start()
    try:
        first = (tmp_path / "weir.db.first-key").read_text().strip()
        answer = requests.post(server.url + "/sign-in", {"name": "", "password": first}, verify=server.verify,
                               allow_redirects=False, timeout=10)
        assert answer.status_code == 303
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "__Host-weir_session=" in answer.headers["Set-Cookie"] and "; Secure" in answer.headers["Set-Cookie"]
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", server.port)) as s, pytest.raises(OSError):
            old.wrap_socket(s)
    finally:
        server.stop()


def test_tampering_with_the_access_log_is_found_and_located(closed, tmp_path):
    for number in range(8):
        manage(closed, "keys", "add", f"k{number}", "--scope", "collect")
    checkpoint = tmp_path / "checkpoint.txt"
    checkpoint.write_text(weir("audit", "access", "--checkpoint", "--store", closed.store).stdout)
    assert "key-made" in manage(closed, "audit", "access").stdout
    closed.stop()
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    assert weir("audit", "verify", "--against", empty, "--store", closed.store, check=False).returncode == 65
    sound = weir("audit", "verify", "--against", checkpoint, "--store", closed.store)
    assert "as they were written" in sound.stdout

    def verdict(*changes):
        copy = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}.db"
        shutil.copy(closed.store, copy)
        with contextlib.closing(sqlite3.connect(copy)) as database, database:
            for change in changes:
                database.execute(change)
        result = weir("audit", "verify", "--against", checkpoint, "--store", copy, check=False)
        assert result.returncode == 1
        return result.stdout

    assert "Entry 4 " in verdict("UPDATE access_log SET subject = 'x' WHERE number = 4")
    assert "Entry 4 " in verdict("UPDATE access_log SET time = time + 1 WHERE number = 4")
    assert "Entry 4 " in verdict("DELETE FROM access_log WHERE number = 4")
    assert "Entry 4 " in verdict(
        "UPDATE access_log SET number = -1 WHERE number = 4", "UPDATE access_log SET number = 4 WHERE number = 5",
        "UPDATE access_log SET number = 5 WHERE number = -1")
    assert "end was cut off" in verdict("DELETE FROM access_log WHERE number > 7")


def test_a_campaign_in_a_folder_of_its_own_is_read(tmp_path, shop):
    folder = shop / "campaigns" / "winter"
    folder.mkdir()
    (shop / "campaigns" / "welcome.yaml").rename(folder / "welcome.yaml")
    assert "1 campaigns" in weir("validate", shop).stdout
    (folder / "broken.yaml").write_text("id: [")
    broken = weir("validate", shop, check=False)
    assert broken.returncode == 78 and "campaigns/winter/broken.yaml" in broken.stderr
