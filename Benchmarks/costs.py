"""What one request can cost: python3 Benchmarks/costs.py --weir .build/release/weir

Sends the dearest request of each kind that the server takes to a server with the starter catalog and some history, several
times, each time as nobody has sent it before, and prints the most that one took: of the processors, of them by the committer
(the thread through which everybody's records go), of memory, of the disk, and how long the answer was. Then sends it again
while a connection decides beside it, and prints how long the slowest of those decisions waited. The last column is the most
that one key can have in a minute: as many requests as its rate lets in, or as the processors can do.
"""
import argparse
import gzip
import http.client
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from run import Server, machine  # noqa: E402
from steady import Steady, milliseconds  # noqa: E402

KEY_RATE = 100_000  # records a second, as docs/operations.md has it
number = itertools.count()


def fresh():
    return next(number)


class Probe:
    """A server's process, as the system counts it."""

    def __init__(self, server):
        self.server, self.pid = server, server.process.pid

    def spent(self, thread=None):
        """Milliseconds of the processors, of all threads or of those of a name."""
        spent = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            try:
                if thread is None or (task / "comm").read_text().strip() == thread:
                    spent += int((task / "schedstat").read_text().split()[0])
            except OSError:
                pass  # A thread that has ended.
        return spent / 1e6

    def written(self):
        return int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{self.pid}/io").read_text(), re.M)[1])

    def memory(self, name):
        return int(re.search(rf"{name}:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text())[1]) * 1024

    def settle(self):
        """Waits until nothing is done any more, such as profiles that are still being saved."""
        before = self.spent()
        for _ in range(100):
            time.sleep(0.1)
            now = self.spent()
            if now - before < 1.5:
                break
            before = now
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")  # The peak of memory begins anew.


class Client:
    def __init__(self, port):
        self.port = port

    def send(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def post(self, path, body, packed=False):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if packed:
            data = gzip.compress(data, 9)
        return data, {"Content-Encoding": "gzip"} if packed else {}


def batch(messages, **shared):
    return "POST", "/v1/batch", {"batch": messages, **shared}, True


def events(count, people=None, **more):
    turn = fresh()
    return [{"type": "track", "event": "Order Completed", "userId": f"p{turn}-{n % people if people else n}",
             "properties": {"revenue": 5, "order_id": f"o{turn}-{n}"}, **more} for n in range(count)]


def identifies():
    turn = fresh()
    return [{"type": "identify", "userId": f"ada{turn}", "traits": {f"t{n}-{i}": i for i in range(14)}} for n in range(2_000)]


def long_events(count):
    return [{"type": "track", "event": "Seen", "userId": f"l{fresh()}", "properties": {f"p{i}": "x" * 3_000 for i in range(10)}}
            for _ in range(count)]


def aliases():
    turn = fresh()
    return [{"type": "alias", "userId": f"u{turn}-{n + 1}", "previousId": f"u{turn}-{n}"} for n in range(2_500)]


def merges():
    """Each anonymous person is somebody already."""
    turn = fresh()
    return [message for n in range(1_200) for message in (
        {"type": "track", "event": "Seen", "anonymousId": f"a{turn}-{n}"},
        {"type": "identify", "userId": f"m{turn}-{n}", "anonymousId": f"a{turn}-{n}"})]


def refused(count, length):
    return [{"type": "track", "userId": "ada", "event": "", "x": "y" * length, "n": fresh()} for _ in range(count)]


def asked(count, context):
    turn = fresh()
    return [{"customer": f"d{turn}-{n}", "placement": "home", "context": {"page": "x" * context}} for n in range(count)]


def lines(megabytes):
    turn = fresh()
    one = '{"type":"track","event":"Seen","userId":"f%d-%d"}\n'
    count = megabytes * 1_000_000 // len(one % (turn, 100_000))
    return "".join(one % (turn, n) for n in range(count)).encode()


def kinds(client):
    """Name, request, how many records the key's rate counts it as (0: one for each request), and how often it is sent."""

    def decided(count):
        _, answer = client.send("POST", "/v1/decide/batch?reasons=false", json.dumps({"requests": asked(count, 0)}))
        return [one["decision"] for one in json.loads(answer)["decisions"]]

    def waiting(count):
        for _ in range(count // 500):
            method, path, body, packed = batch(refused(500, 100))
            data, headers = client.post(path, body, packed)
            client.send(method, path, data, headers)
        _, answer = client.send("GET", "/v1/quarantine?limit=1000")
        first = json.loads(answer)["messages"][0]["number"]
        return list(range(first, first + 2 * count))

    return [
        ("track, 32 KB", lambda: ("POST", "/v1/track", long_events(1)[0], False), 30, 5),
        ("batch, 255,000 elements that are none", lambda: ("POST", "/v1/batch", b'{"batch":[' + b"1," * 254_999 + b"1]}", True), 255_000, 3),
        ("batch, 2,500 events of as many people", lambda: batch(events(2_500)), 2_500, 5),
        ("batch, 2,500 events of one person", lambda: batch(events(2_500, people=1)), 2_500, 5),
        ("batch, 2,000 identifies, 28,000 new traits", lambda: batch(identifies()), 2_000, 3),
        ("batch, 15 events of 32 KB", lambda: batch(long_events(15)), 460, 5),
        ("batch, 2,500 events sharing 820 bytes", lambda: batch(events(2_500), context={"page": "x" * 800}), 2_500, 3),
        ("batch, 2,500 aliases in a chain", lambda: batch(aliases()), 2_500, 3),
        ("batch, 1,200 people who become known", lambda: batch(merges()), 2_400, 3),
        ("batch, 480 refused messages of 1 KB", lambda: batch(refused(480, 900)), 480, 3),
        ("file of 10 MB, 200,000 events", lambda: ("POST", "/v1/ingest/messages", lines(10), False), 200_000, 1),
        ("file of 3 MB, 1,500,000 lines that are none", lambda: ("POST", "/v1/ingest/messages", b"1\n" * 1_500_000, False), 1_500_000, 1),
        ("decide, context of 8 KB", lambda: ("POST", "/v1/decide", asked(1, 8_000)[0], False), 8, 10),
        ("decide/batch, 1,000", lambda: ("POST", "/v1/decide/batch", {"requests": asked(1_000, 600)}, False), 1_000, 3),
        ("decide/batch, 125 contexts of 8 KB", lambda: ("POST", "/v1/decide/batch", {"requests": asked(125, 8_000)}, False), 1_000, 3),
        ("outcomes, 1,000 conversions", lambda: ("POST", "/v1/outcomes", {"outcomes": [
            {"decision": one, "outcome": "converted"} for one in decided(1_000)]}, False), 1_000, 3),
        ("decisions of a customer, 1,000", lambda: ("GET", "/v1/decisions?customer=busy&limit=1000&reasons=true", None, False), 1, 3),
        ("a decision", lambda: ("GET", "/v1/decisions/d-100", None, False), 1, 5),
        ("budgets", lambda: ("GET", "/v1/budgets", None, False), 1, 5),
        ("metrics", lambda: ("GET", "/metrics", None, False), 1, 5),
        ("quarantine, list of 1,000", lambda: ("GET", "/v1/quarantine?limit=1000", None, False), 1, 3),
        ("quarantine, 5,000 given up by number", lambda: ("DELETE", "/v1/quarantine", {"numbers": waiting(5_000)}, False), 1, 2),
        ("quarantine, 10,000 given up at once", lambda: waiting(10_000) and ("DELETE", "/v1/quarantine", {"all": True}, False), 1, 2),
        ("quarantine, 5,000 sent again", lambda: ("POST", "/v1/quarantine/resubmit", {"numbers": waiting(5_000)}, False), 1, 1),
        ("page Now", lambda: ("GET", "/", None, False), 1, 3),
        ("page of a decision", lambda: ("GET", "/decisions/d-100", None, False), 1, 3),
        ("page Models", lambda: ("GET", "/models", None, False), 1, 3),
        ("page Policies", lambda: ("GET", "/policies", None, False), 1, 3),
        ("page Budgets", lambda: ("GET", "/budgets", None, False), 1, 3),
        ("page Measure", lambda: ("GET", "/measure", None, False), 1, 3),
        ("measurement, live, economics-all", lambda: ("GET", "/v1/measurements/economics-all", None, False), 1, 2),
        ("dataset of a goal", lambda: ("GET", f"/v1/datasets/{client.goal}", None, False), 1, 2),
        ("experiments", lambda: ("GET", "/v1/experiments", None, False), 1, 3),
        ("access log", lambda: ("GET", "/v1/access-log?limit=1000", None, False), 1, 3),
        ("measure plan (a process of its own)", lambda: ("POST", "/v1/measure/plan", {
            "options": {"baseline": "0.05", "effect": "10%"}}, False), 1, 2),
        ("model of 10 MB that is none", lambda: ("POST", f"/v1/models?goal={client.goal}", b"[1" + b",1" * 5_000_000 + b"]", False), 1, 2),
        ("catalog, trial run", lambda: ("POST", "/v1/catalog?dry_run=true", {"files": client.files}, False), 1, 3),
        ("catalog of 900 KB that is none", lambda: ("POST", "/v1/catalog?dry_run=true", {"files": [
            {"name": "weir.yaml", "text": "a: " + "[" * 440_000}]}, False), 1, 2),
        ("a new key", lambda: ("POST", "/v1/keys", {"name": f"k{fresh()}", "scopes": ["collect"]}, False), 1, 5),
    ]


def measure(kind, client, probe, is_alone=False):
    name, make, records, times = kind
    if is_alone:
        times = 1
    row = {"name": name, "sent": 0, "processor": 0, "committer": 0, "written": 0, "memory": 0, "answer": 0, "wait": 0,
           "longest": 0, "records": records}

    def groups():
        """Of how many groups took longer than each bound, in milliseconds."""
        text = client.send("GET", "/metrics")[1].decode()
        buckets = re.findall(r'^weir_commit_seconds_bucket\{le="([\d.]+)"\} (\d+)', text, re.M)
        count = int(re.search(r"^weir_commit_seconds_count (\d+)", text, re.M)[1])
        return [(1_000 * float(bound), count - int(within)) for bound, within in buckets]

    def send(made):
        method, path, body, packed = made
        data, headers = client.post(path, body, packed) if body is not None else (None, {})
        status, content = client.send(method, path, data, headers)
        if status >= 500 or status in (404, 405, 429):
            raise SystemExit(f"{name}: {status} {content[:300]}")
        return len(data or b""), len(content)

    for _ in range(times):
        made = make()
        probe.settle()
        committer = probe.spent("weir.commit")
        spent, written, memory, before = probe.spent(), probe.written(), probe.memory("VmRSS"), groups()
        sent, answer = send(made)
        now, after = probe.spent(), groups()
        longer = [bound for (bound, then), (_, still) in zip(before, after) if still == then]
        for figure, value in [
            ("sent", sent), ("processor", now - spent), ("committer", probe.spent("weir.commit") - committer),
            ("longest", longer[0] if longer else 2_500),
            ("written", probe.written() - written), ("memory", max(0, probe.memory("VmHWM") - memory)),
            ("answer", answer),
        ]:
            row[figure] = max(row[figure], value)
    if not is_alone:
        made = [make() for _ in range(min(times, 3))]
        probe.settle()
        steady = Steady(client.port, connections=1, pause=0.001)
        time.sleep(0.5)
        steady.since()
        for one in made:
            send(one)
        waits, failures = steady.end()
        if failures:
            raise SystemExit(f"{name}: a decision failed: {failures[0]}")
        row["wait"] = milliseconds(waits, 1)
    by_rate = 60 * KEY_RATE / max(1, records)
    by_processor = 60_000 * os.cpu_count() / max(0.05, row["processor"])
    row["requests_a_minute"] = min(by_rate, by_processor)
    row["bounded_by"] = "rate" if by_rate <= by_processor else "processors"
    row["written_a_minute"] = row["requests_a_minute"] * row["written"]
    return row


def size(count):
    for unit, least in [("GB", 1e9), ("MB", 1e6), ("KB", 1e3)]:
        if count >= least:
            return f"{count / least:,.1f} {unit}" if count < 10 * least else f"{count / least:,.0f} {unit}"
    return f"{count:.0f} bytes"


def table(rows, file=sys.stdout):
    if file is sys.stdout:
        head()
    for row in rows:
        print(f"| {row['name']} | {size(row['sent'])} | {row['processor']:.0f} ms | {row['committer']:.0f} ms | ≤ {row['longest']:g} ms "
              f"| {size(row['written'])} | {size(row['memory'])} | {size(row['answer'])} | {row['wait']:.0f} ms "
              f"| {row['requests_a_minute']:,.0f} ({row['bounded_by']}), {size(row['written_a_minute'])} |", file=file, flush=True)


def head():
    print("| request | sent | processor | committer | longest group | written | memory | answer | a decision waits | a minute of one key |")
    print("|---|---|---|---|---|---|---|---|---|---|")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=".build/release/weir")
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    parser.add_argument("--alone", action="store_true", help="once each, without decisions beside it")
    parser.add_argument("--json", help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-costs-") as name:
        folder = pathlib.Path(name)
        subprocess.run([options.weir, "init", str(folder / "shop")], check=True, capture_output=True)
        server = Server(options.weir, folder, folder / "shop")
        try:
            client = Client(server.port)
            files = sorted((folder / "shop").rglob("*.yaml"))
            client.files = [{"name": str(file.relative_to(folder / "shop")), "text": file.read_text()} for file in files]
            client.goal = re.search(r"goals:\s*(?:#.*\n\s*)*- (?:\{)?id: ([\w-]+)", files[-1].read_text() + "".join(
                file.read_text() for file in files))[1]
            for _ in range(20):
                method, path, body, packed = batch(events(2_000))
                data, headers = client.post(path, body, packed)
                assert client.send(method, path, data, headers)[0] == 200
            for _ in range(5):
                body = {"requests": asked(500, 100) + [{"customer": "busy", "placement": "home"}] * 300}
                assert client.send("POST", "/v1/decide/batch?reasons=false", json.dumps(body))[0] == 200
            probe = Probe(server)
            rows = []
            for kind in kinds(client):
                if options.only in kind[0]:
                    rows.append(measure(kind, client, probe, options.alone))
                    table(rows[-1:], file=sys.stderr)
        finally:
            server.stop()
    table(rows)
    load = os.getloadavg()[0]
    print(f"\n{machine()}, load {load:.1f}")
    over = [row["name"] for row in rows if row["longest"] > 100]
    print(f"More than 100 ms of the committer at once: {', '.join(over) or 'none'}.")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
