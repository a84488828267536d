#!/usr/bin/env python3
"""Sends a server what its own description allows, and what it does not (schemathesis): no answer may be a 5xx that the
description has not, and each must be one that it has.

    python Fuzzing/api.py --weir .build/release/weir [--seconds 60]
"""
import argparse
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(url, server):
    for _ in range(600):
        try:
            return urllib.request.urlopen(url + "/readyz", timeout=1)
        except OSError:
            if server.poll() is not None:
                sys.exit("weir serve ended before it was ready.")
            time.sleep(0.1)
    sys.exit("weir serve is not ready after a minute.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    weir = options.weir.resolve()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([weir, "init", "shop"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{free_port()}"
        with open(f"{folder}/log", "w") as log:
            server = subprocess.Popen(
                [weir, "serve", "--open", "--port", url.rsplit(":", 1)[1], "--store", "weir.db", "--catalog", "shop"],
                cwd=folder, stdout=log, stderr=log)
        try:
            wait_until_ready(url, server)
            run = subprocess.run(
                [pathlib.Path(sys.executable).parent / "schemathesis", "run", url + "/openapi.json", "--checks", CHECKS,
                 "--max-time", str(options.seconds), "--continue-on-failure", "--suppress-health-check", "all",
                 "--request-timeout", "30"], cwd=folder)
            if server.poll() is not None:
                sys.exit(f"weir serve ended with {server.returncode}:\n" + pathlib.Path(f"{folder}/log").read_text()[-3000:])
        finally:
            server.terminate()
            server.wait(60)
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
