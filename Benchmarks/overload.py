"""Three times as many events as the server can take, and a hostile collector beside them: do others still decide?

    python3 Benchmarks/overload.py --weir .build/release/weir

Measures how many events a second the server takes from collectors that wait for their answers, then has two collectors send
three times as many without waiting, a third send what is dear (bodies that unpack to 250,000 elements, new traits without end,
chains of aliases), and 16 connections of another key decide all the while. Prints how long these waited before, meanwhile and
after, how many of the collectors' requests were told to come back (429 with Retry-After), how soon after the load all was as
before, and the most memory that the server took. The clients run on the server's own cores.
"""
import argparse
import gzip
import itertools
import json
import os
import pathlib
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import catalog  # noqa: E402
from flood import Flood, request  # noqa: E402
from run import Server, machine  # noqa: E402
from steady import Steady, milliseconds  # noqa: E402

EVENTS = 100  # in a batch
P99 = 50  # ms
RECOVERY = 5  # s
turn = itertools.count()


def orders():
    return [{"type": "track", "event": "Order Completed", "userId": f"c{next(turn) % 10_000}",
             "properties": {"order_id": f"o{next(turn)}", "revenue": 10 + n % 90, "store": f"s{n % 8}", "currency": "USD"}}
            for n in range(EVENTS)]


def packed(messages):
    return gzip.compress(json.dumps({"batch": messages}).encode(), 1)


def hostile(key):
    nothing = gzip.compress(b'{"batch":[' + b"1," * 249_999 + b"1]}")
    traits = [packed([{"type": "identify", "userId": "ada", "traits": {f"t{next(turn)}": n for n in range(100)}} for _ in range(150)])
              for _ in range(20)]
    chains = [packed([{"type": "alias", "userId": f"u{k}-{n + 1}", "previousId": f"u{k}-{n}"} for n in range(2_000)]) for k in range(20)]
    bodies = [body for three in zip([nothing] * 20, traits, chains) for body in three]
    return [request("/v1/batch", key, body) for body in bodies]


class Closed(Server):
    """A server that needs keys; `admin` is the first."""

    def __init__(self, weir, folder, catalog_folder):
        super().__init__(weir, folder, catalog_folder, options=())
        self.admin = (folder / "bench.db.first-key").read_text().strip()

    def key(self, name, scope):
        asked = urllib.request.Request(
            self.url + "/v1/keys", json.dumps({"name": name, "scopes": [scope]}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.admin}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)["key"]


def capacity(server, bodies, seconds):
    """Batches a second of a collector with 16 connections that each wait for their answers."""
    flood = Flood(server.port, bodies, rate=None, connections=16)
    time.sleep(seconds)
    counts = flood.end()
    return counts[200] / counts["seconds"]


def measure(server, seconds):
    found = {}
    collectors = [server.key(f"collector-{n}", "collect") for n in range(2)]
    bodies = [[request("/v1/batch", key, packed(orders())) for _ in range(60)] for key in collectors]
    capacity(server, bodies[0], 2)
    found["capacity_events_per_second"] = EVENTS * capacity(server, bodies[0], seconds)
    steady = Steady(server.port, server.key("webshop", "decide"), placement="till")
    time.sleep(1)
    steady.since()
    time.sleep(seconds)
    waits, failures = steady.since()
    found["usual_p99_ms"], found["usual_longest_ms"] = milliseconds(waits), milliseconds(waits, 1)
    found["memory_before"] = server.memory()

    rate = 3 * found["capacity_events_per_second"] / EVENTS / len(collectors)
    floods = [Flood(server.port, requests, rate, connections=64) for requests in bodies]
    floods.append(Flood(server.port, hostile(server.key("hostile", "collect")), rate=30, connections=32))
    time.sleep(1)
    steady.since()
    memory = 0
    for _ in range(2 * seconds):
        time.sleep(1)
        memory = max(memory, server.memory())
    waits, failed = steady.since()
    counts = [flood.end() for flood in floods]
    over = time.monotonic()
    steady.since()
    found["p99_ms"], found["longest_ms"], found["decisions"] = milliseconds(waits), milliseconds(waits, 1), len(waits)
    found["failed"] = len(failures) + len(failed)
    found["failure"] = (failures + failed or [None])[0]
    found["memory"] = memory
    found["collectors"] = [{str(what): count for what, count in one.items()} for one in counts]
    found["offered_of_capacity"] = (
        EVENTS * sum(one["offered"] / one["seconds"] for one in counts[:2]) / found["capacity_events_per_second"])
    # As before: half a second in which p99 is what it was, with room for chance.
    found["recovery_s"] = None
    while time.monotonic() < over + 20:
        time.sleep(0.5)
        waits, _ = steady.since()
        if milliseconds(waits) <= 1.5 * found["usual_p99_ms"] + 5:
            found["recovery_s"] = time.monotonic() - over
            break
    time.sleep(2)
    steady.end()
    found["memory_after"] = server.memory()
    return found


def report(found):
    refused = [one.get("429", 0) for one in found["collectors"]]
    rows = [
        ("events a second that the server takes", f"{found['capacity_events_per_second']:,.0f}", ""),
        ("offered, as a multiple", f"{found['offered_of_capacity']:.1f}", "3"),
        ("16 connections that decide: p99, longest before", f"{found['usual_p99_ms']:.1f}, {found['usual_longest_ms']:.1f} ms", ""),
        ("… meanwhile", f"{found['p99_ms']:.1f}, {found['longest_ms']:.1f} ms", f"p99 ≤ {P99} ms"),
        ("… of so many that failed", f"{found['decisions']:,}: {found['failed']}", "0"),
        ("429 to the two collectors, to the hostile one", f"{refused[0] + refused[1]:,}, {refused[2]:,}", "with Retry-After"),
        ("all as before after", f"{found['recovery_s']:.1f} s" if found["recovery_s"] else "more than 20 s", f"≤ {RECOVERY} s"),
        ("memory before, the most meanwhile, after", ", ".join(
            f"{found[name] / 1e6:,.0f} MB" for name in ("memory_before", "memory", "memory_after")), ""),
    ]
    for what, measured, goal in rows:
        print(f"{what:52} {measured:>28}   {goal}")
    print(json.dumps(found["collectors"]))
    if found["failure"]:
        print(found["failure"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=".build/release/weir")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-overload-") as name:
        folder = pathlib.Path(name)
        catalog.write(folder / "catalog")
        server = Closed(options.weir, folder, folder / "catalog")
        try:
            found = measure(server, options.seconds)
        finally:
            server.stop()
    report(found)
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=2) + "\n")
    isMet = (found["p99_ms"] <= P99 and not found["failed"] and found["recovery_s"] and found["recovery_s"] <= RECOVERY
             and all(not one.get("429 without Retry-After") for one in found["collectors"]))
    return 0 if isMet else 1


if __name__ == "__main__":
    sys.exit(main())
