"""Makes a small store with a released program, to be opened by later ones: see README.md.

    python3 Tests/OlderStores/make.py --weir PATH/TO/weir --output Tests/OlderStores/4.db
"""
import argparse
import base64
import json
import pathlib
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

CATALOG = {
    "weir.yaml": """\
currency: USD
salt: kept
holdout: 15 %
metric: {name: sales, event: Order Completed, value: revenue}
groups: [tier]
consent:
  default: {marketing: granted}
features:
  - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d}
  - {name: spend, aggregate: sum, event: Order Completed, value: revenue, half_life: 14d}
  - {name: days_since_order, aggregate: recency, event: Order Completed}
  - {name: views_by_category, aggregate: count, event: Product Viewed, by: category, half_life: 14d}
goals:
  - id: use
    event: Order Completed
    coupon: coupon
    window: 5s
    negatives: immediate
    reversal: {event: Order Refunded}
  - id: visit
    event: Shop Visited
    window: 7d
    baseline: learned
placements:
  - {id: till, policy: {squarecb: {gamma: 20}}}
  - {id: mail, policy: thompson}
budgets:
  - {id: year, limit: 200 USD, from: 2026-01-01, to: 2036-12-31}
caps:
  - overall: 4 per 1d
experiments:
  - id: coffee
    campaigns: [spring]
    share: 60 %
    arms:
      - {id: control, offers: none}
      - {id: coffee, offers: [coffee]}
      - {id: all, offers: all}
    metrics: [value, use]
""",
    "campaigns/spring.yaml": """\
id: spring
kind: coupon
placements: [till]
eligible: "orders_60d >= 0"
goal: use
purpose: marketing
channel: till
budgets: year
holdout: 10 %
caps:
  - offer: 2 per 1d
offers:
  - {id: coffee, cost: 1.50 USD, value: 4 USD, coupon: C150, message: "Hello {{trait.firstName|there}}: {{offer.coupon}}"}
  - {id: cake, cost: 2 USD, value: 5 USD, coupon: CAKE, stock: 15, about: {views_by_category: [cake]}}
""",
    "campaigns/letter.yaml": """\
id: letter
kind: message
placements: [mail]
goal: visit
purpose: marketing
channel: email
budgets: year
offers:
  - {id: news, cost: 0.05 USD, value: 1 USD}
""",
}


class Server:
    def __init__(self, weir, store, catalog):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [weir, "serve", "--open", "--port", str(port), "--store", str(store), "--catalog", str(catalog)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while True:
            try:
                urllib.request.urlopen(self.url + "/readyz", timeout=1)
                return
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("weir serve ended")
                time.sleep(0.05)

    def post(self, path, body):
        headers = {"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(b"till:").decode()}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        if self.process.wait(60):
            raise SystemExit("weir serve failed")


def fill(server):
    """Two rounds of shopping by 40 people: some are known by two names, some refuse, some use what they got."""
    draw = random.Random(7)
    count = 0

    def message(kind, customer, **fields):
        nonlocal count
        count += 1
        return {"type": kind, "userId": customer, "messageId": f"m-{count}", **fields}

    people = [f"p{number}" for number in range(40)]
    server.post("/v1/batch", {"batch": [
        message("identify", person, traits={"firstName": person.upper(), "tier": "gold" if index % 4 == 0 else "base"},
                context={"consent": {"categoryPreferences": {"marketing": index % 7 != 0, "marketing:email": index % 5 != 0}}})
        for index, person in enumerate(people)]})
    decisions = []
    for _ in range(3):
        batch = []
        for person in people:
            name = draw.choice(["Product Viewed", "Order Completed"])
            properties = {"category": draw.choice(["cake", "tea"]), "revenue": draw.randint(3, 40), "order_id": f"o{count}"}
            batch.append(message("track", person, event=name, properties=properties))
        server.post("/v1/batch", {"batch": batch + batch[:3]})
        for person in people:
            placement = draw.choice(["till", "till", "mail"])
            decisions.append((person, placement, server.post("/v1/decide", {
                "customer": person, "placement": placement, "context": {"basket": draw.randint(1, 90)}})))
    # A visitor decides and is then known.
    server.post("/v1/decide", {"anonymousId": "visitor", "placement": "till", "context": {}})
    server.post("/v1/batch", {"batch": [message("identify", "p1", anonymousId="visitor", traits={})]})
    used = []
    for person, placement, answer in decisions:
        offer = answer.get("offer")
        if placement == "mail" and draw.random() < 0.4:
            server.post("/v1/batch", {"batch": [message("track", person, event="Shop Visited", properties={})]})
        elif offer and draw.random() < 0.5:
            properties = {"coupon": offer["coupon"], "order_id": f"o{count}", "revenue": draw.randint(5, 50)}
            used.append((person, properties))
            server.post("/v1/batch", {"batch": [message("track", person, event="Order Completed", properties=properties)]})
    for person, properties in used[::4]:
        server.post("/v1/batch", {"batch": [message("track", person, event="Order Refunded", properties=properties)]})
    time.sleep(7)  # The windows of the coupons close.


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-older-") as name:
        folder = pathlib.Path(name)
        for path, text in CATALOG.items():
            file = folder / "catalog" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        store = folder / "weir.db"

        def run(*arguments):
            subprocess.run([options.weir, *arguments], check=True, stdout=subprocess.DEVNULL)

        server = Server(options.weir, store, folder / "catalog")
        try:
            fill(server)
        finally:
            server.stop()
        run("dataset", "--goal", "use", "--store", str(store), "--output", str(folder / "use.csv"))
        run("train", "--input", str(folder / "use.csv"), "--target", "label", "--time", "time", "--learner", "small",
            "--output", str(folder / "model.json"))
        run("models", "register", str(folder / "model.json"), "--goal", "use", "--name", "small", "--store", str(store))
        run("models", "shadow", "small", "--store", str(store))
        run("audit", "replay", "--all", "--store", str(store))
        run("audit", "accounts", "--store", str(store))
        # The rest of what a store may hold, and no page that is not used.
        database = sqlite3.connect(store)
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("VACUUM")
        database.close()
        shutil.copy(store, options.output)
    print(f"{options.output}: {pathlib.Path(options.output).stat().st_size} bytes")


if __name__ == "__main__":
    main()
