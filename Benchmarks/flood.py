"""A client that sends bodies at a rate of its own, whether the server keeps up or not, in a process of its own."""
import collections
import multiprocessing
import selectors
import socket
import time

from steady import Answer


class Sender:
    def __init__(self, port):
        self.port, self.socket, self.rest, self.isBusy = port, None, b"", False

    def begin(self, request, selector):
        if self.socket is None:
            self.socket = socket.socket()
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.connect(("127.0.0.1", self.port))
            self.socket.setblocking(False)
            selector.register(self.socket, selectors.EVENT_READ, self)
        self.rest, self.answer, self.isBusy = request, Answer(), True
        self.push(selector)

    def push(self, selector):
        try:
            self.rest = self.rest[self.socket.send(self.rest):]
        except BlockingIOError:
            pass
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.rest else 0)
        selector.modify(self.socket, events, self)

    def close(self, selector):
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
        self.socket, self.isBusy = None, False


def run(port, requests, rate, connections, pipe):
    selector = selectors.DefaultSelector()
    senders = [Sender(port) for _ in range(connections)]
    free = collections.deque(senders)
    counts = collections.Counter()
    start, due = time.monotonic(), 0
    while not pipe.poll():
        while (due < (time.monotonic() - start) * rate) if rate else free:
            counts["offered"] += 1
            due += 1
            if not free:
                counts["no connection was free"] += 1
                continue
            sender = free.popleft()
            try:
                sender.begin(requests[due % len(requests)], selector)
            except OSError:
                counts["closed"] += 1
                sender.close(selector)
                free.append(sender)
        for key, events in selector.select(0.002):
            sender = key.data
            try:
                if events & selectors.EVENT_WRITE:
                    sender.push(selector)
                if not events & selectors.EVENT_READ:
                    continue
                received = sender.socket.recv(65_536)
                status = sender.answer.take(received) if received and sender.isBusy else None
                if received and (status is None or not sender.isBusy):
                    continue
                isWhole = status is not None
                if isWhole:
                    counts[status] += 1
                    head = sender.answer.bytes.split(b"\r\n\r\n", 1)[0].lower()
                    if status == 429 and b"retry-after:" not in head:
                        counts["429 without Retry-After"] += 1
                    # An answer that came before the body was read ends the connection.
                    if sender.rest or b"connection: close" in head:
                        sender.close(selector)
                    sender.isBusy = False
                else:
                    if sender.isBusy:
                        counts["closed"] += 1
                        free.append(sender)
                    sender.close(selector)
                    continue
            except OSError:
                if sender.isBusy:
                    counts["closed"] += 1
                    free.append(sender)
                sender.close(selector)
                continue
            free.append(sender)
    pipe.send(counts)


class Flood:
    """Sends `requests`, whole HTTP requests as bytes, in turn, so many a second over so many connections.

    Without a rate each connection sends its next as soon as its last is answered.
    """

    def __init__(self, port, requests, rate, connections=32):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(
            target=run, args=(port, requests, rate, connections, theirs), daemon=True)
        self.started = time.monotonic()
        self.process.start()

    def end(self):
        """Counts by status, and how many were offered."""
        self.pipe.send("end")
        counts = self.pipe.recv()
        self.process.join(10)
        counts["seconds"] = time.monotonic() - self.started
        return counts


def request(path, key, body, packed=True):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    if key:
        head += f"Authorization: Bearer {key}\r\n"
    if packed:
        head += "Content-Encoding: gzip\r\n"
    return head.encode() + b"\r\n" + body
