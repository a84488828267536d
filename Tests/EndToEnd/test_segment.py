"""The official client library, with only its host changed."""
import re
import time

import segment.analytics.client as segment

from conftest import weir

EVENTS = 10_000


def send(server, prefix):
    errors = []
    client = segment.Client(
        "any-key", host=server.url, max_queue_size=EVENTS + 10, on_error=lambda error, items: errors.append(error),
        upload_size=100, gzip=True)
    for index in range(EVENTS):
        client.track(f"customer-{index % 500}", "Order Completed", {"revenue": 12.5, "order_id": f"o-{index}"},
                     message_id=f"{prefix}-{index}")
    client.flush()
    client.join()
    assert errors == []


def count(server):
    return int(re.search(r"^weir_events_total(?:{[^}]*})? (\d+)", server.get("/metrics").text, re.M).group(1))


def test_ten_thousand_events_arrive_and_count_once_when_sent_twice(server):
    send(server, "first")
    assert count(server) == EVENTS
    send(server, "first")
    assert count(server) == EVENTS
    server.stop()
    assert f"{EVENTS} events" in weir_counts(server)


def weir_counts(server):
    """What the store itself holds, read after the server has ended."""
    import sqlite3

    with sqlite3.connect(f"file:{server.store}?mode=ro", uri=True) as database:
        return f"{database.execute('SELECT COUNT(*) FROM events').fetchone()[0]} events"


def test_every_kind_of_call_is_accepted(server):
    client = segment.Client("any-key", host=server.url, sync_mode=True)
    client.identify("ada", {"firstName": "Ada"})
    client.track("ada", "Product Viewed", {"category": "tea"})
    client.page("ada", "Docs", "API", {"path": "/docs"})
    client.screen("ada", "Main", "Home")
    client.group("ada", "guild", {"name": "Guild"})
    client.alias("anon-1", "ada")
    deadline = time.time() + 5
    while count(server) < 6 and time.time() < deadline:
        time.sleep(0.05)
    assert count(server) == 6
