"""Connections that decide all the while, in a process of their own: what others do to a server shows in how long they wait.

Plain sockets and one thread, so that the clients take as little as possible of the cores that they share with the server.
"""
import json
import multiprocessing
import selectors
import socket
import time

REQUEST = (
    "POST /v1/decide?reasons=false HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n{key}"
    "Content-Length: {length}\r\n\r\n{body}")


class Answer:
    """One connection's answer as it comes in; only as much of HTTP as the server speaks."""

    def __init__(self):
        self.bytes = b""

    def take(self, received):
        """Returns the status once the answer is whole."""
        self.bytes += received
        end = self.bytes.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.bytes[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return int(head.split(b" ", 2)[1]) if len(self.bytes) >= end + 4 + length else None


class Client:
    def __init__(self, port, number, placement, key):
        self.port, self.number, self.placement, self.key = port, number, placement, key
        self.count, self.socket, self.asked, self.next = 0, None, None, 0

    def ask(self, selector):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.settimeout(20)
            selector.register(self.socket, selectors.EVENT_READ, self)
        body = json.dumps({"customer": f"visitor-{self.number}-{self.count % 500}", "placement": self.placement})
        self.count += 1
        self.answer, self.asked = Answer(), time.monotonic()
        self.socket.sendall(REQUEST.format(port=self.port, key=self.key, length=len(body), body=body).encode())

    def close(self, selector):
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
        self.socket, self.asked = None, None


def run(port, connections, placement, key, pause, pipe):
    """Asks until it is told to end; hands over what there was since the last time when asked."""
    key = f"Authorization: Bearer {key}\r\n" if key else ""
    selector = selectors.DefaultSelector()
    clients = [Client(port, number, placement, key) for number in range(connections)]
    waits, failures = [], []
    while True:
        now = time.monotonic()
        for client in clients:
            try:
                if client.asked is None and now >= client.next:
                    client.ask(selector)
                elif client.asked is not None and now - client.asked > 20:
                    raise TimeoutError("no answer in 20 s")
            except OSError as error:
                failures.append((now, repr(error)))
                client.close(selector)
                client.next = now + 0.1
        for event, _ in selector.select(0.002):
            client = event.data
            try:
                received = client.socket.recv(65_536)
                if not received:
                    raise ConnectionError("closed by the server")
                status = client.answer.take(received)
            except OSError as error:
                failures.append((time.monotonic(), repr(error)))
                client.close(selector)
                continue
            if status is not None:
                done = time.monotonic()
                waits.append((client.asked, done - client.asked))
                if status != 200:
                    failures.append((done, client.answer.bytes[:300].decode(errors="replace")))
                client.asked, client.next = None, done + pause
        if pipe.poll():
            # Who still waits has waited so long already.
            now = time.monotonic()
            pipe.send((waits + [(c.asked, now - c.asked) for c in clients if c.asked is not None], failures))
            waits, failures = [], []
            if pipe.recv() == "end":
                return


class Steady:
    """`connections` that decide, each with a pause between two requests."""

    def __init__(self, port, key=None, connections=16, placement="home", pause=0.02):
        self.pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self.process = context.Process(
            target=run, args=(port, connections, placement, key, pause, theirs), daemon=True)
        self.process.start()

    def since(self, word="go on"):
        """What there was since the last time: seconds that each decision waited, and what failed."""
        self.pipe.send(word)
        waits, failures = self.pipe.recv()
        return sorted(wait for _, wait in waits), [what for _, what in failures]

    def end(self):
        found = self.since("end")
        self.process.join(10)
        return found


def milliseconds(waits, share=0.99):
    """Of sorted seconds the wait that so large a share does not exceed."""
    return 1_000 * waits[int(share * (len(waits) - 1))] if waits else 0.0
