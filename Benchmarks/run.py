"""Measures the real program: python3 Benchmarks/run.py --weir .build/release/weir --json bench.json

Everything runs on this machine, over 127.0.0.1, with the store on disk and `durability: fsync`. wrk and the clients share
the cores with the server, so the figures are lower than a server of its own would give.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import applying
import catalog
import coupons

CUSTOMERS = 10_000
HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A `weir serve` of its own, on a store in `folder`."""

    def __init__(self, weir, folder, catalog_folder=None, options=("--open",)):
        self.weir = weir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [weir, "serve", *options, "--port", str(self.port), "--store", str(folder / "bench.db")]
        if catalog_folder:
            command += ["--catalog", str(catalog_folder)]
        self.log = open(folder / "serve.log", "ab")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.seconds_to_ready = self._wait()

    def _wait(self):
        while True:
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=1) as response:
                    if response.status == 200:
                        return time.perf_counter() - self.started
            except OSError:
                pass
            if self.process.poll() is not None:
                raise SystemExit(f"weir serve ended with {self.process.returncode}: see {self.log.name}")
            time.sleep(0.005)

    def memory(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) * 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        self.process.wait(60)
        self.log.close()


def wrk(server, script, seconds, connections=32, path="/"):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if script:
        command += ["-s", str(HERE / script)]
    cpu = server.cpu_seconds()
    text = subprocess.run(command + [server.url + path], capture_output=True, text=True, check=True).stdout
    cpu = server.cpu_seconds() - cpu

    def milliseconds(percent):
        value, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text).groups()
        return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if failed:
        raise SystemExit(f"{failed.group(1)} requests failed:\n{text}")
    return {"rate": rate, "p50_ms": milliseconds(50), "p99_ms": milliseconds(99), "server_cpu_us": cpu / seconds / rate * 1e6}


def median(values):
    return sorted(values)[len(values) // 2]


def over_http(weir, folder, results, seconds):
    store = folder / "http"
    store.mkdir()
    server = Server(weir, store, folder / "catalog")
    try:
        wrk(server, "events.lua", 3)  # Profiles to decide for, and a warm server.
        wrk(server, "decide.lua", 2)
        pairs = [(wrk(server, None, seconds, path="/healthz"), wrk(server, "decide.lua", seconds)) for _ in range(3)]
        results["http_empty_per_second"] = median([empty["rate"] for empty, _ in pairs])
        results["http_decisions_per_second"] = median([decide["rate"] for _, decide in pairs])
        results["http_decide_share_of_empty"] = median([decide["rate"] / empty["rate"] for empty, decide in pairs])
        for figure in ("p50_ms", "p99_ms"):
            results[f"http_decide_{figure}"] = median([decide[figure] for _, decide in pairs])
        results["http_empty_server_cpu_us"] = median([empty["server_cpu_us"] for empty, _ in pairs])
        results["http_decide_server_cpu_us"] = median([decide["server_cpu_us"] for _, decide in pairs])
        batches = [wrk(server, "events.lua", seconds, connections=8) for _ in range(3)]
        results["http_events_per_second"] = 100 * median([batch["rate"] for batch in batches])
        results["decisions_of_a_customer_ms"] = decisions_of_customers(server)
    finally:
        server.stop()


def decisions_of_customers(server):
    """How long a customer's latest 20 decisions take to be answered, among all that were made meanwhile."""
    times = []
    for number in range(50):
        started = time.perf_counter()
        path = f"/v1/decisions?customer=customer-{number * 199}&limit=20"
        with urllib.request.urlopen(server.url + path, timeout=60) as response:
            answer = json.load(response)
        took = 1000 * (time.perf_counter() - started)
        if answer["decisions"]:  # By chance a customer may have had none yet.
            times.append(took)
    return median(times)


def write_events(path, count, customers):
    with open(path, "w") as out:
        for index in range(count):
            out.write(json.dumps({
                "type": "track", "event": "Order Completed", "userId": f"customer-{index % customers}", "messageId": f"file-{index:08}-3f9a",
                "timestamp": f"2026-0{1 + index % 9}-1{index % 10}T12:00:00.000Z",
                "properties": {"order_id": f"o-{index}", "revenue": 10 + index % 90, "store": f"s{index % 8}", "currency": "USD",
                               "products": [{"product_id": f"p{index % 97}", "category": f"c{index % 31}", "price": 3.5, "quantity": 2}]},
                "context": {"library": {"name": "bench", "version": "1"}}}) + "\n")


def ingest(weir, folder, store, count, customers):
    store.mkdir()
    events, database = store / "events.ndjson", str(store / "bench.db")
    write_events(events, count, customers)
    subprocess.run([weir, "apply", str(folder / "catalog"), "--store", database], check=True, capture_output=True)
    text = subprocess.run([weir, "ingest", str(events), "--store", database], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"(\d+) a second", text).group(1)), round(events.stat().st_size / count)


def by_file(weir, folder, results, customers):
    """Ingests from files, of as many customers as over HTTP and with one event each of many, then starts on that."""
    results["file_events_per_second"], results["file_event_bytes"] = ingest(
        weir, folder, folder / "file", 500_000, CUSTOMERS)
    store = folder / "many"
    results["file_events_of_new_customers_per_second"], _ = ingest(weir, folder, store, customers, customers)
    server = Server(weir, store)
    results["restart_profiles"] = customers
    results["restart_seconds"] = server.seconds_to_ready
    results["resident_bytes_per_profile_64_features"] = server.memory() / customers
    server.stop(signal.SIGKILL)
    server = Server(weir, store)
    results["restart_after_kill_seconds"] = server.seconds_to_ready
    server.stop()


def while_applying(weir, folder, results, seconds):
    store = folder / "applying"
    ingest(weir, folder, store, applying.EVENTS, applying.CUSTOMERS)
    server = Server(weir, store, folder / "catalog")
    try:
        applying.during_apply(server, folder, results, seconds)
    finally:
        server.stop()


def with_codes(weir, folder, results, seconds):
    store = folder / "codes"
    store.mkdir()
    server = Server(weir, store, coupons.write_catalog(folder / "codes-catalog"))
    try:
        # So short that no code comes twice: what is told again is answered without the disk.
        coupons.measure(server, store, results, wrk, median, min(seconds, 3))
    finally:
        server.stop()


GOALS = [
    # figure, words, goal, whether lower is better, format
    ("decide_ns", "decide, 10 candidates, 64 features, one core", 10_000, True, "{:,.0f} ns"),
    ("http_empty_per_second", "empty JSON route (GET /healthz), 32 connections", None, False, "{:,.0f}/s"),
    ("http_decisions_per_second", "durable decisions over HTTP, 32 connections", None, False, "{:,.0f}/s"),
    ("http_decide_share_of_empty", "… as a share of the empty route", 0.5, False, "{:.2f}"),
    ("http_decide_p50_ms", "… p50", None, True, "{:.2f} ms"),
    ("http_decide_p99_ms", "… p99", 10, True, "{:.2f} ms"),
    ("coupon_validate_per_second", "codes validated over HTTP, 32 connections", None, False, "{:,.0f}/s"),
    ("coupon_validate_p50_ms", "… p50", None, True, "{:.2f} ms"),
    ("coupon_validate_p99_ms", "… p99", None, True, "{:.2f} ms"),
    ("coupon_validate_p99_of_decide", "… p99 as a multiple of a decision's in the same run", 1, True, "{:.2f} ×"),
    ("coupon_redeem_per_second", "codes redeemed over HTTP, durable, 32 connections", None, False, "{:,.0f}/s"),
    ("coupon_redeem_p50_ms", "… p50", None, True, "{:.2f} ms"),
    ("coupon_redeem_p99_ms", "… p99", None, True, "{:.2f} ms"),
    ("coupon_redeem_p99_of_decide", "… p99 as a multiple of a decision's in the same run", 1, True, "{:.2f} ×"),
    ("decisions_of_a_customer_ms", "one customer's latest 20 decisions over HTTP", 10, True, "{:.2f} ms"),
    ("http_empty_server_cpu_us", "server's CPU time per empty request", None, True, "{:.1f} µs"),
    ("http_decide_server_cpu_us", "server's CPU time per decision", None, True, "{:.1f} µs"),
    ("http_events_per_second", "durable events over HTTP, batches of 100", 30_000, False, "{:,.0f}/s"),
    ("file_events_per_second", "durable events from a file", 60_000, False, "{:,.0f}/s"),
    ("file_events_of_new_customers_per_second", "… each of a customer not seen before", None, False, "{:,.0f}/s"),
    ("profile_bytes", "a hot profile, 10 features and 20 keys", 2_048, True, "{:,.0f} bytes"),
    ("resident_bytes_per_profile_64_features", "the whole server per profile, 64 features", None, True, "{:,.0f} bytes"),
    ("restart_seconds", "restart with 500,000 profiles", 10, True, "{:.2f} s"),
    ("restart_after_kill_seconds", "… after kill -9", 10, True, "{:.2f} s"),
    ("apply_seconds", "apply that declares features anew, 1,000,000 events", None, True, "{:.1f} s"),
    ("apply_decide_p99_ratio", "… p99 of decide meanwhile, as a multiple", 2, True, "{:.2f} ×"),
    ("apply_healthz_p99_ratio", "… p99 of /healthz meanwhile, as a multiple", 2, True, "{:.2f} ×"),
    ("apply_decide_longest_ms", "… longest wait for a decision", 250, True, "{:.0f} ms"),
    ("apply_healthz_longest_ms", "… longest wait for /healthz", 250, True, "{:.0f} ms"),
]


def report(results):
    print(f"{'':58} {'measured':>16}   {'goal':>12}")
    for figure, words, goal, lower, shape in GOALS:
        if figure not in results:
            continue
        value = results[figure]
        verdict = ""
        if goal is not None:
            met = value <= goal if lower else value >= goal
            verdict = f"{'≤' if lower else '≥'} {shape.format(goal)} {'met' if met else 'MISSED'}"
        print(f"{words:58} {shape.format(value):>16}   {verdict}")


def machine():
    info = pathlib.Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", info.read_text()).group(1) if info.exists() else platform.processor()
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=".build/release/weir")
    parser.add_argument("--json", default="bench.json")
    parser.add_argument("--seconds", type=int, default=8, help="per measurement over HTTP")
    parser.add_argument("--profiles", type=int, default=500_000)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: make setup-bench")
    results = {"machine": machine(), "command": " ".join(["make bench"]), "durability": "fsync"}
    results |= json.loads(subprocess.run([options.weir, "bench", "--json"], capture_output=True, text=True, check=True).stdout)
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as name:
        folder = pathlib.Path(name)
        catalog.write(folder / "catalog")
        over_http(options.weir, folder, results, options.seconds)
        with_codes(options.weir, folder, results, options.seconds)
        by_file(options.weir, folder, results, options.profiles)
        while_applying(options.weir, folder, results, options.seconds)
    report(results)
    pathlib.Path(options.json).write_text(json.dumps(results, indent=2) + "\n")
    print(f"Written: {options.json}")


if __name__ == "__main__":
    main()
