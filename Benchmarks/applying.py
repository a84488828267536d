"""A catalog that declares features anew while customers are served: how long requests wait meanwhile.

wrk asks for decisions from 31 connections; one client asks for a decision and another for /healthz every few milliseconds
and keeps each answer's time, first without and then during `weir apply`.
"""
import http.client
import json
import shutil
import subprocess
import threading
import time

import catalog

EVENTS = 1_000_000
CUSTOMERS = 20_000


class Probe(threading.Thread):
    """Asks one thing again and again, and keeps when it asked and how long the answer took."""

    def __init__(self, port, method, path, body=None):
        super().__init__(daemon=True)
        self.port, self.method, self.path, self.body = port, method, path, body
        self.answers, self.failures, self.isOver = [], 0, False

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.isOver:
            start = time.perf_counter()
            try:
                connection.request(self.method, self.path, self.body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                self.failures += answer.status != 200
            except OSError:
                self.failures += 1
                connection.close()
            self.answers.append((start, time.perf_counter() - start))
            time.sleep(0.003)

    def milliseconds(self, begin, end):
        """p99 and the longest of the answers that were asked for in a span of time."""
        times = sorted(took for start, took in self.answers if begin <= start < end)
        if not times:
            raise SystemExit(f"no answer from {self.path} in {end - begin:.1f} s")
        return 1_000 * times[int(0.99 * (len(times) - 1))], 1_000 * times[-1]


def during_apply(server, folder, results, seconds):
    """`server` runs on a store of `EVENTS` events under the catalog in `folder / "catalog"`."""
    changed = folder / "changed"
    shutil.copytree(folder / "catalog", changed)
    text = (changed / "weir.yaml").read_text()
    (changed / "weir.yaml").write_text(text.replace("half_life: 7d", "half_life: 9d"))
    body = json.dumps({"customer": "customer-1", "placement": "till"})
    probes = {"decide": Probe(server.port, "POST", "/v1/decide", body), "healthz": Probe(server.port, "GET", "/healthz")}
    load = subprocess.Popen(
        ["wrk", "-t1", "-c31", "-d600s", "-s", str(catalog.HERE / "decide.lua"), server.url], stdout=subprocess.DEVNULL)
    try:
        for probe in probes.values():
            probe.start()
        time.sleep(2)
        begin = time.perf_counter()
        time.sleep(seconds)
        middle = time.perf_counter()
        subprocess.run([server.weir, "apply", str(changed), "--url", server.url], check=True, capture_output=True)
        end = time.perf_counter()
        for probe in probes.values():
            probe.isOver = True
            probe.join()
    finally:
        load.terminate()
        load.wait()
    results["apply_seconds"] = end - middle
    for name, probe in probes.items():
        before, _ = probe.milliseconds(begin, middle)
        p99, longest = probe.milliseconds(middle, end)
        results[f"apply_{name}_p99_before_ms"] = before
        results[f"apply_{name}_p99_ms"] = p99
        results[f"apply_{name}_p99_ratio"] = p99 / before
        results[f"apply_{name}_longest_ms"] = longest
        results[f"apply_{name}_failures"] = probe.failures
