"""Pages of another origin, in a real browser: analytics.js's and RudderStack's ways to send, sendBeacon, and weir.js."""
import functools
import http.server
import pathlib
import re
import sqlite3
import threading
import time

import pytest

from conftest import ROOT, Server, weir
from test_console import browser  # noqa: F401: a fixture

CATALOG = pathlib.Path(__file__).parent / "cases" / "catalog"


@pytest.fixture
def pages(tmp_path):
    """A folder whose files a server of another origin gives out."""
    folder = tmp_path / "pages"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder_url = f"http://127.0.0.1:{server.server_address[1]}"
    yield folder, folder_url
    server.shutdown()


@pytest.fixture
def shop_server(tmp_path, pages):
    """A server with a key for pages, which lets pages of that one origin use it."""
    server = Server(tmp_path, "--origin", pages[1], catalog=CATALOG, is_open=False)
    said = weir("keys", "add", "page", "--scope", "collect", "--scope", "decide", "--store", server.store).stdout
    server.key = re.search(r"wk_[\w-]+", said)[0]
    server.start()
    yield server
    server.stop()


def stored(server, expected, seconds=15):
    """The events in the store, once there are as many as expected."""
    deadline = time.time() + seconds
    while True:
        with sqlite3.connect(f"file:{server.store}?mode=ro", uri=True) as database:
            found = database.execute("SELECT kind, name, user_id, anonymous_id, properties, context FROM events ORDER BY sequence").fetchall()
        if len(found) >= expected or time.time() > deadline:
            return found
        time.sleep(0.1)


def open_page(browser, pages, html, name="page.html"):
    (pages[0] / name).write_text(f"<!doctype html><meta charset=utf-8><title>Shop</title><body>{html}")
    browser.get(f"{pages[1]}/{name}")


def run(browser, script):
    return browser.execute_async_script(f"const done = arguments[arguments.length - 1]; (async () => {{ {script} }})().then(done, error => done('failed: ' + error));")


def test_a_page_sends_as_analytics_js_does(browser, pages, shop_server):
    open_page(browser, pages, "")
    answers = run(browser, f"""
        const settings = await (await fetch("{shop_server.url}/v1/projects/{shop_server.key}/settings")).json();
        const target = settings.integrations["Segment.io"];
        const base = target.protocol + "://" + target.apiHost;
        const common = {{anonymousId: "a-1", writeKey: target.apiKey, sentAt: new Date(), messageId: null}};
        const answers = [];
        for (const [path, more] of [["t", {{type: "track", event: "Seen"}}], ["i", {{type: "identify", userId: "ada"}}], ["p", {{type: "page"}}],
                                    ["s", {{type: "screen", name: "Home"}}], ["g", {{type: "group", groupId: "g"}}], ["a", {{type: "alias", userId: "ada", previousId: "x"}}]]) {{
            const answer = await fetch(base + "/" + path, {{method: "POST", body: JSON.stringify({{...common, ...more}}), headers: {{"Content-Type": "text/plain"}}}});
            answers.push((await answer.json()).accepted);
        }}
        const batch = await fetch(base + "/b", {{method: "POST", body: JSON.stringify({{writeKey: target.apiKey, batch: [{{type: "page", anonymousId: "b"}}]}})}});
        answers.push((await batch.json()).accepted);
        return answers;""")
    assert answers == [1] * 7


def test_a_page_sends_as_rudderstacks_client_does_and_by_beacon(browser, pages, shop_server):
    open_page(browser, pages, "")
    accepted = run(browser, f"""
        const answer = await fetch("{shop_server.url}/v1/track", {{method: "POST",
            headers: {{"Content-Type": "application/json", Authorization: "Basic " + btoa("{shop_server.key}:"), AnonymousId: btoa("a-2")}},
            body: JSON.stringify({{type: "track", event: "Seen", anonymousId: "a-2", context: {{traits: {{}}}}}})}});
        navigator.sendBeacon("{shop_server.url}/v1/batch", JSON.stringify({{writeKey: "{shop_server.key}", batch: [{{type: "page", anonymousId: "a-3"}}]}}));
        return (await answer.json()).accepted;""")
    assert accepted == 1
    assert [row[3] for row in stored(shop_server, 2)] == ["a-2", "a-3"]


def test_a_page_of_an_origin_that_is_not_allowed_reads_nothing(browser, pages, shop_server):
    (pages[0] / "other.html").write_text("<title>Other</title>")
    browser.get(pages[1].replace("127.0.0.1", "localhost") + "/other.html")
    assert "failed" in run(browser, f'return await (await fetch("{shop_server.url}/v1/decide", {{method: "POST", body: "{{}}", headers: {{Authorization: "Bearer {shop_server.key}"}}}})).text();')


def documented_snippet(server):
    """The snippet of docs/ingestion.md, with this server and key in it."""
    text = (ROOT / "docs" / "ingestion.md").read_text()
    snippet = re.search(r"```html\n(.*?)```", text, re.S)[1]
    assert len(snippet.strip().splitlines()) <= 10
    return snippet.replace("https://weir.example", server.url).replace("wk_…", server.key)


def test_weir_js_sends_decides_and_falls_back(browser, pages, shop_server):
    script = shop_server.get("/weir.js")
    assert script.headers["Content-Type"].startswith("text/javascript") and len(script.content) < 6 * 1024
    open_page(browser, pages, documented_snippet(shop_server) + '<p id=none>As ever</p><p id=home></p>')
    texts = run(browser, """
        while (!weir.flush) await new Promise(go => setTimeout(go, 20));
        weir.identify("ada", {note: "cut \\ud83d"});
        weir.track("Order Completed", {revenue: 42.5});
        await weir.decide("nowhere", {element: "#none"});
        const refused = document.querySelector("#none").textContent;
        await weir.decide("nowhere", {element: "#none", fallback: "Free returns"});
        const decision = await weir.decide("home", {element: "#home", fallback: "Nothing today"});
        return [refused, document.querySelector("#none").textContent, document.querySelector("#home").textContent, decision.customer];""")
    assert texts[:2] == ["As ever", "Free returns"] and texts[2] and texts[3] == "ada"
    found = stored(shop_server, 3)
    assert [(kind, name) for kind, name, *_ in found][-2:] == [("identify", ""), ("track", "Order Completed")]
    assert len({row[3] for row in found}) == 1


def test_weir_js_keeps_what_cannot_be_sent_and_waits_for_consent(browser, pages, shop_server):
    page = f'<script src="{shop_server.url}/weir.js" data-key="{shop_server.key}" data-consent="required"></script>'
    open_page(browser, pages, page)
    assert run(browser, 'weir.track("Before"); await new Promise(go => setTimeout(go, 400)); return localStorage.length') == 0
    assert stored(shop_server, 1, seconds=0.5) == []
    run(browser, 'weir.consent({marketing: true}); return 0')
    found = stored(shop_server, 2)
    assert [row[1] for row in found] == ["Before", "Segment Consent Preference Updated"]
    assert all('"categoryPreferences":{"marketing":true}' in row[5] for row in found)
    port = shop_server.port
    shop_server.stop()
    run(browser, 'weir.track("While away"); await new Promise(go => setTimeout(go, 800)); return 0')
    restart(shop_server, port)
    assert [row[1] for row in stored(shop_server, 3, seconds=30)][2:] == ["While away"]


def restart(server, port):
    import conftest

    known, conftest.free_port = conftest.free_port, lambda: port
    try:
        server.start()
    finally:
        conftest.free_port = known
