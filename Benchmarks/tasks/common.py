"""What the tasks of compare.py share: running a command and saying what it took."""
import json
import os
import subprocess
import sys
import time

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers")


def run(command, environment=None, timeout=3600):
    """Runs a command; returns (its standard output, {"seconds", "peak_mb"}). One thread unless it says otherwise."""
    env = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", **(environment or {}))
    started = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, env=env)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}")
    scale = 1 if sys.platform == "darwin" else 1024
    return out.decode(), {"seconds": round(seconds, 3), "peak_mb": round(usage.ru_maxrss * scale / 1e6, 1)}


def last_json(text):
    """The last line of `text` that is a JSON object."""
    lines = [line for line in text.splitlines() if line.startswith("{")]
    return json.loads(lines[-1])


def peer(script, *arguments, environment=None):
    """Runs a script of Benchmarks/peers with this Python; returns (its JSON line, what it took)."""
    out, took = run([sys.executable, os.path.join(PEERS, script), *arguments], environment)
    return last_json(out), took
