"""The real program, started for each test on a free port with a store of its own."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", ROOT / ".build" / "release" / "weir"))


def weir(*arguments, check=True, **options):
    """Runs a command of the program and returns what it printed."""
    result = subprocess.run([str(WEIR), *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)
    if check and result.returncode != 0:
        raise AssertionError(f"weir {' '.join(map(str, arguments))} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, folder, *options, catalog=None, is_open=True):
        self.folder = pathlib.Path(folder)
        self.store = self.folder / "weir.db"
        self.options = list(options) + (["--catalog", str(catalog)] if catalog else []) + (["--open"] if is_open else [])
        self.process = None
        self.scheme, self.verify = "http", True

    def start(self, ready=True):
        self.port = free_port()
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        self.log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen(
            [str(WEIR), "serve", "--port", str(self.port), "--store", str(self.store), *self.options],
            stdout=self.log, stderr=self.log)
        deadline = time.time() + 60
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"weir serve ended: {self.output()}")
            try:
                status = requests.get(self.url + ("/readyz" if ready else "/healthz"), timeout=1, verify=self.verify).status_code
                if status == 200:
                    return self
            except requests.RequestException:
                pass
            time.sleep(0.02)
        raise AssertionError(f"weir serve is not ready after a minute: {self.output()}")

    def output(self):
        return (self.folder / "serve.log").read_text()

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.log.close()
        return self.process.returncode

    def post(self, path, body, **options):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        return requests.post(self.url + path, data=data, headers=headers, timeout=30, **options)

    def get(self, path, **options):
        return requests.get(self.url + path, timeout=30, **options)


@pytest.fixture
def shop(tmp_path):
    """A first catalog, as `weir init` writes it."""
    weir("init", tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def server(tmp_path, shop):
    server = Server(tmp_path, catalog=shop).start()
    yield server
    server.stop()
