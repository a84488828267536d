"""Messages and files as shops really send them: the inputs under cases/, each with a sibling of the same kind."""
import csv
import datetime
import decimal
import gzip
import json
import pathlib
import random
import re
import sqlite3
import time

import pytest
import requests

from conftest import Server, weir

CASES = pathlib.Path(__file__).parent / "cases"
STEPS = sorted(CASES.glob("*.steps.json")) + sorted(CASES.glob("already-right/*.steps.json"))


def moment(offset=0.0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at(value, path):
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


class Steps:
    """A file of requests with what their answers must hold: {{now-5}}, {{today}}, {{t0}} and {{NAME.path}} are filled in."""

    def __init__(self, file):
        self.steps, self.start, self.seen = json.loads(file.read_text())["steps"], moment(), {}

    def fill(self, text):
        def value(match):
            name = match[1]
            if name == "t0":
                return self.start
            if name == "today":
                return moment()[:10]
            if name.startswith("now"):
                return moment(float(name[3:] or 0))
            known, path = name.split(".", 1)
            return str(at(self.seen[known], path))
        return re.sub(r"\{\{([^}]+)\}\}", value, text)

    def run(self, server):
        for step in self.steps:
            time.sleep(step.get("wait", 0))
            method, path = self.fill(step["send"]).split(" ", 1)
            data = step["raw"] if "raw" in step else self.fill(json.dumps(step["body"])) if "body" in step else None
            headers = {"Content-Type": "application/json", **step.get("headers", {})}
            answer = requests.request(method, server.url + path, data=data and data.encode(), headers=headers, timeout=40)
            body = answer.json() if answer.text else None
            self.seen[step.get("as", "")] = body
            whole = {"status": answer.status_code, "headers": dict(answer.headers), "body": body}
            for place, expected in step.get("check", []):
                assert at(whole, place) == expected, f"{step['send']} {place}: {answer.text[:600]}"


@pytest.fixture
def cases(tmp_path):
    server = Server(tmp_path, catalog=CASES / "catalog").start()
    yield server
    server.stop()


@pytest.mark.parametrize("file", STEPS, ids=lambda file: file.name.removesuffix(".steps.json"))
def test_messages(cases, file):
    Steps(file).run(cases)


def rows(store, query):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def read(folder, text, mapping, *options, name="table.csv", check=True):
    """Reads a table into a store of its own; returns what was said, and the events with their properties."""
    file, plan = folder / name, folder / "mapping.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    if mapping is not None:
        plan.write_text(mapping)
        options = ("--mapping", plan, *options)
    said = weir("ingest", file, "--store", folder / "x.db", *options, check=check)
    return said, events(folder / "x.db")


def events(store):
    found = rows(store, "SELECT name, user_id, event_time, properties FROM events ORDER BY sequence")
    return [(name, user, when, json.loads(properties)) for name, user, when, properties in found]


def microseconds(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1e6)


MAPPING = """\
type: track
event: Order Completed
userId: Email
timestamp: Date
messageId: Order
properties:
  order_id: Order
  revenue: {column: Total, type: number}
"""


def case(tmp_path, name):
    text, mapping = (CASES / f"{name}.csv").read_bytes(), (CASES / f"{name}.yaml").read_text()
    return read(tmp_path, text, mapping)


def test_shopify_orders_have_their_moments(tmp_path):
    said, found = case(tmp_path, "22-shopify-orders")
    assert "2 events, 1 known already, 0 in quarantine" in said.stdout
    assert [when for _, _, when, _ in found] == [microseconds("2026-11-20T07:49:58+00:00"), microseconds("2026-11-21T12:59:30+00:00")]
    assert [properties["revenue"] for *_, properties in found] == [53.8, 12]


@pytest.mark.parametrize("written, expected", [
    ("2026-11-20 10:15:00 UTC", "2026-11-20T10:15:00+00:00"), ("1795169700", "2026-11-20T10:15:00+00:00"),
    ("1795169700000", "2026-11-20T10:15:00+00:00"), ("11/20/2026", "2026-11-20T00:00:00+00:00"),
    ("20.11.2026 10:15", "2026-11-20T10:15:00+00:00"), ('"Nov 20, 2026 10:15 AM"', "2026-11-20T10:15:00+00:00"),
    ("20 Nov 2026 22:15 +0100", "2026-11-20T21:15:00+00:00"), ("20261120", "2026-11-20T00:00:00+00:00"),
    ('"Fri, 20 Nov 2026 10:15:00 GMT"', "2026-11-20T10:15:00+00:00"), ("2026/11/20 10:15", "2026-11-20T10:15:00+00:00"),
])
def test_other_ways_to_write_a_moment(tmp_path, written, expected):
    _, found = read(tmp_path, f"Order,Email,Date,Total\nA1,a@x.org,{written},5\n", MAPPING)
    assert [when for _, _, when, _ in found] == [microseconds(expected)]


def test_a_day_or_a_month_first_must_be_said(tmp_path):
    text = "Order,Email,Date,Total\nA1,a@x.org,02/03/2026,5\n"
    said, _ = read(tmp_path, text, MAPPING, check=False)
    assert said.returncode == 1 and "0 events" in said.stdout
    (tmp_path / "b").mkdir()
    _, found = read(tmp_path / "b", text, MAPPING + "dates: {order: day, zone: Europe/Berlin}\n")
    assert [when for _, _, when, _ in found] == [microseconds("2026-03-02T00:00:00+01:00")]


def test_european_numbers(tmp_path):
    said, found = case(tmp_path, "23-decimal-comma")
    assert "2 events" in said.stdout
    assert [properties["revenue"] for *_, properties in found] == [1234.5, 42.5]


@pytest.mark.parametrize("written, expected", [
    ("$1,234.50", 1234.5), ("1,234.50", 1234.5), ("USD 12.00", 12), ("(12.00)", -12), (" 12.00 ", 12), ("1 234,50 €", 1234.5),
])
def test_other_ways_to_write_a_number(tmp_path, written, expected):
    _, found = read(tmp_path, f'Order,Email,Date,Total\nA1,a@x.org,2026-11-20,"{written}"\n', MAPPING)
    assert [properties["revenue"] for *_, properties in found] == [expected]


def test_a_number_that_may_mean_two_is_refused_until_it_is_said(tmp_path):
    text = "Order;Email;Date;Total\nA1;a@x.org;2026-11-20;1.000\n"
    said, found = read(tmp_path, text, MAPPING, check=False)
    assert said.returncode == 1 and found == []
    assert "declare “decimal" in weir("quarantine", "list", "--store", tmp_path / "x.db").stdout
    (tmp_path / "b").mkdir()
    _, found = read(tmp_path / "b", text, MAPPING + 'decimal: ","\n')
    assert [properties["revenue"] for *_, properties in found] == [1000]


def test_lines_above_the_header_and_totals_below(tmp_path):
    said, found = case(tmp_path, "26-lines-above-the-header")
    assert "1 events, 0 known already, 0 in quarantine" in said.stdout and "1 rows left out" in said.stdout
    assert [properties for *_, properties in found] == [{"order_id": "E1", "revenue": 12}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "gzip"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_tables_of_every_form(tmp_path, encoding, separator):
    lines = ["# Start date: 20261101", "Bestellungen", "", separator.join(["Order", "Email", "Date", "Total", "Straße"])]
    lines += [separator.join(["E1", "zoë@x.org", "2026-11-20 10:00:00 +0100", "1.234,5" if separator != "," else "1234.5", "Weg 1"])]
    lines += [separator.join(["Summe:", "", "", "1", ""])]
    text = "\r\n".join(lines)
    data = gzip.compress(text.encode()) if encoding == "gzip" else text.encode(encoding)
    mapping = MAPPING + "  street: Straße\n" + ("encoding: Latin-1\n" if encoding == "latin-1" else "")
    said, found = read(tmp_path, data, mapping)
    assert "1 events, 0 known already, 0 in quarantine" in said.stdout, said.stdout
    assert found == [("Order Completed", "zoë@x.org", microseconds("2026-11-20T09:00:00+00:00"),
                      {"order_id": "E1", "revenue": 1234.5, "street": "Weg 1"})]


def test_a_refund_is_another_message_than_its_order(tmp_path):
    read(tmp_path, "Order,Email,Date,Total\nN1,a@x.org,2026-11-20,12\n", MAPPING)
    refund = MAPPING.replace("Order Completed", "Order Refunded")
    said, found = read(tmp_path, "Order,Email,Date,Total\nN1,a@x.org,2026-11-21,12\n", refund)
    assert "1 events, 0 known already" in said.stdout
    assert [name for name, *_ in found] == ["Order Completed", "Order Refunded"]
    said, _ = read(tmp_path, "Order,Email,Date,Total\nN1,a@x.org,2026-11-21,12\n", refund)
    assert "0 events, 1 known already" in said.stdout


def test_refused_rows_wait_once_and_can_be_mended_in_a_file(tmp_path):
    text = "Report\nOrder,Email,Date,Total\nA1,a@x.org,2026-11-20,5\nA2,,2026-11-20,6\nA3,c@x.org,someday,7\nA4,d@x.org,2026-11-20,8\n"
    for _ in range(2):
        said, _ = read(tmp_path, text, MAPPING, check=False)
        assert "2 in quarantine" in said.stdout and said.returncode == 0
        assert len(rows(tmp_path / "x.db", "SELECT 1 FROM quarantine")) == 2
    mended = tmp_path / "mended.csv"
    (tmp_path / "b").mkdir()
    said, _ = read(tmp_path / "b", text, MAPPING, "--refused", mended, check=False)
    assert rows(tmp_path / "b" / "x.db", "SELECT 1 FROM quarantine") == []
    mended.write_text(mended.read_text().replace("A2,,", "A2,b@x.org,").replace("someday", "2026-11-21"))
    said, found = read(tmp_path / "b", mended.read_bytes(), MAPPING)
    assert "2 events, 0 known already, 0 in quarantine" in said.stdout
    assert [user for _, user, *_ in found] == ["a@x.org", "d@x.org", "b@x.org", "c@x.org"]


def test_a_file_is_read_beside_a_running_server(tmp_path, cases):
    mapping, table = tmp_path / "m.yaml", tmp_path / "orders.csv"
    mapping.write_text(MAPPING)
    lines = [f"A{index},c{index}@x.org,2026-11-20 10:00:00 +0100,{index}.5" for index in range(1, 2001)]
    table.write_text("Title\nOrder,Email,Date,Total\n" + "\n".join(lines) + "\nB1,,2026-11-20,1\n")
    command = ("ingest", table, "--mapping", mapping, "--url", cases.url, "--source", "till")
    assert "2000 events, 0 known already, 1 in quarantine" in weir(*command).stdout
    assert "0 events, 2000 known already, 1 in quarantine" in weir(*command).stdout
    waiting = cases.get("/v1/quarantine").json()["messages"]
    assert [(one["source"], one["detail"].split(":")[0]) for one in waiting] == [("till", "line 2003")]
    messages = tmp_path / "events.ndjson"
    messages.write_text("".join(json.dumps({"type": "track", "event": "Seen", "userId": f"u{index}"}) + "\n" for index in range(1, 60)))
    assert "59 events" in weir("ingest", messages, "--url", cases.url).stdout
    decision = cases.post("/v1/decide", {"customer": "c50@x.org", "placement": "gate"}).json()
    assert "gate" not in decision["candidates"][0] or decision["candidates"][0]["gate"] is None


def test_a_file_body_is_read_by_a_named_mapping(cases):
    table = (CASES / "22-shopify-orders.csv").read_text().replace("Lineitem quantity", "Accepts Marketing").replace("53.80", "53.80")
    header, *lines = table.splitlines()
    header = header.replace("Discount Code", "Discount Code,Discount Amount,Shipping,Taxes")
    answer = cases.post("/v1/ingest/shopify-order", table)
    assert answer.status_code == 404 and "shopify-orders" in answer.json()["detail"]
    answer = cases.post("/v1/ingest/messages", '{"type":"track","event":"Seen","userId":"ada"}\n{"type":\n').json()
    assert (answer["accepted"], answer["refused"], answer["rejected"][0]["line"]) == (1, 1, 2)


def test_official_clients_lose_nothing_beside_a_poisoned_message(cases):
    import segment.analytics.client as segment

    errors = []
    client = segment.Client("any-key", host=cases.url, on_error=lambda error, items: errors.append(error), upload_size=100)
    for index in range(1, 51):
        client.track(f"c{index}", "Order Completed", {"revenue": index})
    client.track("poison", "Review", {"text": "cut \ud83d"})
    client.track("poison", "Reading", {"value": float("nan")})
    client.identify(4711, {"vip": True})
    client.page("ada", "Docs", "API")
    client.screen("ada", "Main", "Home")
    client.group("ada", "guild", {"name": "Guild"})
    client.alias("anon-1", "ada")
    client.flush()
    client.join()
    assert errors == []
    cases.stop()
    assert len(rows(cases.store, "SELECT 1 FROM events")) == 55
    assert len(rows(cases.store, "SELECT 1 FROM quarantine")) == 2


def test_rudderstacks_client_delivers_every_kind_of_call(cases):
    rudder = pytest.importorskip("rudderstack.analytics.client")
    errors = []
    client = rudder.Client("any-key", host=cases.url, on_error=lambda error, items: errors.append(error), gzip=False)
    client.identify("ada", {"vip": True})
    client.track("ada", "Order Completed", {"revenue": 42.5})
    client.track("poison", "Review", {"text": "cut \ud83d"})
    client.page("ada", "Docs", "API")
    client.screen("ada", "Main", "Home")
    client.group("ada", "guild", {"name": "Guild"})
    client.alias("anon-1", "ada")
    client.flush()
    client.join()
    assert errors == []
    cases.stop()
    assert len(rows(cases.store, "SELECT 1 FROM events")) == 6


EXPORTS = pathlib.Path(__file__).parent / "exports"


def table(name, encoding="utf-8"):
    with open(EXPORTS / f"{name}.csv", newline="", encoding=encoding) as file:
        return list(csv.DictReader(file))


def money(text):
    return decimal.Decimal(text.replace(",", "") or 0)


#: By mapping: its file, the rows that count, the event, the property with money and the column it is in.
READY = {
    "shopify-orders": ("shopify-orders", lambda row: row["Total"], "Order Completed", "revenue", "Total"),
    "shopify-refunds": ("shopify-orders", lambda row: money(row["Refunded Amount"]), "Order Refunded", "total", "Refunded Amount"),
    "woocommerce-orders": ("woocommerce-orders", lambda row: row["Order Status"] != "Cancelled", "Order Completed", "revenue", "Order Total Amount"),
    "stripe-charges": ("stripe-charges", lambda row: row["Status"] != "Failed", "Order Completed", "revenue", "Amount"),
    "stripe-refunds": ("stripe-charges", lambda row: money(row["Amount Refunded"]), "Order Refunded", "total", "Amount Refunded"),
    "woocommerce-refunds": ("woocommerce-refunds", lambda row: money(row["Order Refund Amount"]), "Order Refunded", "total", "Order Refund Amount"),
    "stripe-disputes": ("stripe-test-mode", lambda row: row["Dispute Status"] == "lost", "Order Refunded", "total", "Disputed Amount"),
    "salesforce-opportunities": ("salesforce-opportunities", lambda row: row["Stage"] == "Closed Won", "Order Completed", "revenue", "Amount"),
}


@pytest.mark.parametrize("mapping", READY)
def test_a_ready_mapping_counts_what_the_file_holds(tmp_path, mapping):
    name, counts, event, amount, column = READY[mapping]
    said = weir("ingest", EXPORTS / f"{name}.csv", "--mapping", mapping, "--store", tmp_path / "x.db")
    assert ", 0 in quarantine" in said.stdout, said.stdout
    expected = [row for row in table(name) if counts(row)]
    found = events(tmp_path / "x.db")
    assert [kind for kind, *_ in found] == [event] * len(expected)
    assert sum(decimal.Decimal(str(properties[amount])) for *_, properties in found) == sum(money(row[column]) for row in expected)
    assert len({properties["order_id"] for *_, properties in found}) == len(expected)


def test_orders_that_fell_through_are_taken_back_by_the_same_file(tmp_path):
    file = EXPORTS / "woocommerce-refunds.csv"
    said = weir("ingest", file, "--mapping", "woocommerce-orders", "--store", tmp_path / "x.db")
    assert "2 events" in said.stdout and "3 rows left out: 1 have “Failed” in “Order Status”" in said.stdout
    assert "3 events" in weir("ingest", file, "--mapping", "woocommerce-cancellations", "--store", tmp_path / "x.db").stdout
    fallen = [row["Order Number"] for row in table("woocommerce-refunds") if row["Order Status"] not in ("Completed", "Processing")]
    found = [(name, properties["order_id"]) for name, _, _, properties in events(tmp_path / "x.db")]
    assert found[2:] == [("Order Cancelled", order) for order in fallen]


def test_payments_in_test_mode_are_no_money(tmp_path):
    live = [row for row in table("stripe-test-mode") if row["Mode"] == "Live"]
    for mapping, amount, column in [("stripe-charges", "revenue", "Amount"), ("stripe-refunds", "total", "Amount Refunded")]:
        said = weir("ingest", EXPORTS / "stripe-test-mode.csv", "--mapping", mapping, "--store", tmp_path / f"{mapping}.db")
        assert "1 have “Test” in “Mode”" in said.stdout, said.stdout
        found = [properties[amount] for *_, properties in events(tmp_path / f"{mapping}.db")]
        assert sum(decimal.Decimal(str(one)) for one in found) == sum(money(row[column]) for row in live)


def test_amounts_in_minor_units(tmp_path):
    """4250 is 42.50 in dollars and 4250 in yen, and of another mode than live it is nothing."""
    scale = {"usd": 100, "jpy": 1}
    live = [row for row in table("stripe-api-charges") if row["livemode"] == "true"]
    for mapping, amount, column in [("stripe-api-charges", "revenue", "amount"), ("stripe-api-refunds", "total", "amount_refunded")]:
        said = weir("ingest", EXPORTS / "stripe-api-charges.csv", "--mapping", mapping, "--store", tmp_path / f"{mapping}.db")
        assert "1 have “false” in “livemode”" in said.stdout, said.stdout
        counted = [row for row in live if row["status"] == "succeeded" and int(row[column])]
        assert [properties[amount] for *_, properties in events(tmp_path / f"{mapping}.db")] == [int(row[column]) / scale[row["currency"]] for row in counted]


def test_purchases_of_ga4_below_their_grand_total(tmp_path):
    said = weir("ingest", EXPORTS / "ga4-purchases.csv", "--mapping", "ga4-purchases", "--store", tmp_path / "x.db")
    assert "2 events, 0 known already, 0 in quarantine" in said.stdout and "1 add others up" in said.stdout
    found = events(tmp_path / "x.db")
    lines = [line.split(",") for line in (EXPORTS / "ga4-purchases.csv").read_text().splitlines() if line.startswith("T") and line[1].isdigit()]
    assert [(user, properties["revenue"], properties.get("coupon")) for _, user, _, properties in found] == [
        (line[2], float(line[4]), None if line[3] == "(not set)" else line[3]) for line in lines]


def test_reports_of_spend_become_the_table_that_economics_reads(tmp_path):
    google, meta, output = EXPORTS / "google-ads-campaigns.csv", EXPORTS / "meta-ads-campaigns.csv", tmp_path / "spend.csv"
    said = weir("spend", google, meta, "--output", output)
    assert "3 left out" in said.stdout and "0 refused" in said.stdout and "--currency EUR" in said.stdout
    read = list(csv.DictReader(output.open()))
    assert list(read[0]) == ["date", "campaign", "channel", "spend", "impressions", "visits"]

    def sums(rows, column, mark):
        return sum(decimal.Decimal(re.sub(r"[^0-9.]", "", row[column].replace(*mark[0]).replace(*mark[1]))) for row in rows if any(c.isdigit() for c in row[column]))

    days = [row for row in csv.DictReader(google.open().readlines()[2:]) if row["Day"].startswith("2026")]
    of_google = [row for row in read if row["channel"] == "google_ads"]
    assert sum(decimal.Decimal(row["spend"] or 0) for row in of_google) == sums(days, "Cost", [(",", ""), ("", "")])
    assert sum(int(row["impressions"]) for row in of_google) == sums(days, "Impr.", [(",", ""), ("", "")])
    rows_of_meta = [row for row in csv.DictReader(meta.open(), delimiter=";") if row["Campaign name"]]
    of_meta = {row["date"]: row for row in read if row["channel"] == "meta"}
    assert decimal.Decimal(of_meta["2026-11-01"]["spend"]) == sums(rows_of_meta, "Amount spent (EUR)", [(".", ""), (",", ".")])
    assert of_meta["2026-11-02"]["spend"] == ""
    # With what it brought beside it economics has something to say: the return is that on all that was spent.
    whole = tmp_path / "whole.csv"
    whole.write_text("\n".join(line + ("," + ("revenue" if index == 0 else "1000")) for index, line in enumerate(output.read_text().splitlines())) + "\n")
    report = json.loads(weir("measure", "economics", "--input", whole, "--currency", "EUR", "--json").stdout)
    spent = sum(decimal.Decimal(row["spend"] or 0) for row in read)
    assert abs(report["figures"]["roas"]["value"] - 1000 * len(read) / float(spent)) < 1e-9
    # As events they are refused, and it is said what they are.
    refused = weir("ingest", google, "--mapping", "google-ads-campaigns", "--store", tmp_path / "x.db", check=False)
    assert refused.returncode == 64 and "weir spend" in refused.stderr
    assert "weir spend" in weir("ingest", "--try", google).stdout


@pytest.mark.parametrize("mapping, people, refused", [("mailchimp-audience", 2, 0), ("hubspot-contacts", 2, 1)])
def test_a_ready_mapping_knows_people(tmp_path, mapping, people, refused):
    said = weir("ingest", EXPORTS / f"{mapping}.csv", "--mapping", mapping, "--store", tmp_path / "x.db")
    assert f"{people} events, 0 known already, {refused} in quarantine" in said.stdout
    found = rows(tmp_path / "x.db", "SELECT user_id, properties, context FROM events")
    assert {row[0] for row in found} == {row["Email Address" if "mailchimp" in mapping else "Email"] for row in table(mapping)} - {""}
    if mapping == "hubspot-contacts":
        # Who has not unsubscribed from everything has not agreed to anything by that.
        assert '"marketing:email":false' in found[1][2] and "consent" not in found[0][2]


def test_a_trial_shows_rows_and_proposes_a_mapping(tmp_path):
    shown = json.loads(weir("ingest", "--try", EXPORTS / "shopify-orders.csv", "--json").stdout)
    assert shown["messages"][0]["event"] == "Order Completed"
    assert "--mapping shopify-orders" in weir("ingest", "--try", EXPORTS / "shopify-orders.csv").stdout
    unknown = tmp_path / "till.csv"
    unknown.write_text("Bestellungen 2026\nKundennummer;Datum;Bestellnummer;Betrag\n17;20.11.2026;B1;1.234,50\n18;21.11.2026;B2;12,50\n")
    shown = json.loads(weir("ingest", "--try", unknown, "--json").stdout)
    assert [message["properties"]["revenue"] for message in shown["messages"]] == [1234.5, 12.5]
    proposal = tmp_path / "proposal.yaml"
    proposal.write_text(shown["mapping"])
    said = weir("ingest", unknown, "--mapping", proposal, "--store", tmp_path / "y.db")
    assert "2 events, 0 known already, 0 in quarantine" in said.stdout
    assert not (tmp_path / "weir.db").exists()


def test_forms_in_combination(tmp_path):
    """200 tables: encodings, marks, decimal marks, titles, totals and line ends, each read to the same orders and money."""
    draw = random.Random(20261130)
    files, expected = [], {}
    for index in range(200):
        encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
        separator, end = draw.choice([",", ";", "\t", "|"]), draw.choice(["\n", "\r\n", "\r"])
        point = draw.choice([",", "."])
        lines = [["Sales report"], ["20261101", "20261130"], [], ["# comment"]][:draw.randrange(5)]
        columns = ["Date", "Total", "Email", "Note", "Order"]
        draw.shuffle(columns)
        body, total = [], decimal.Decimal(0)
        for row in range(draw.randrange(1, 8)):
            cents = draw.randrange(1, 10_000_000)
            total += decimal.Decimal(cents) / 100
            whole = f"{cents // 100:,}".replace(",", "." if point == "," else ",") if draw.random() < 0.5 else str(cents // 100)
            cells = {"Date": draw.choice(["2026-11-20", "20.11.2026 10:15", "2026-11-20 10:15:00 +0100"]), "Email": f"zoë{row}@x.org",
                     "Total": f"{whole}{point}{cents % 100:02}", "Note": draw.choice(["", "a, b; c", 'say "hi"', "x|y\tz"]), "Order": f"F{index}-{row}"}
            body.append([cells[column] for column in columns])
        totals = [["Total"] + [""] * 4] if draw.random() < 0.5 else []
        text = end.join(separator.join('"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',;|\t"') or draw.random() < 0.2 else cell
                                       for cell in row) for row in lines + [columns] + body + totals) + end
        file = tmp_path / f"{index}.csv"
        file.write_bytes(text.encode(encoding))
        files.append((file, encoding == "latin-1"))
        expected[index] = (len(body), total)
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "latin.yaml").write_text(MAPPING + "encoding: Latin-1\n")
    counts = {}
    for mapping, isLatin in [("m.yaml", False), ("latin.yaml", True)]:
        own = [file for file, latin in files if latin == isLatin]
        said = json.loads(weir("ingest", *own, "--mapping", tmp_path / mapping, "--store", tmp_path / "x.db", "--json").stdout)
        counts |= {int(pathlib.Path(file["file"]).stem): (file["accepted"], file["quarantined"]) for file in said["files"]}
    assert counts == {index: (count, 0) for index, (count, _) in expected.items()}
    assert any(latin for _, latin in files)
    found = events(tmp_path / "x.db")
    for index, (count, total) in expected.items():
        own = [decimal.Decimal(str(properties["revenue"])) for *_, properties in found if properties["order_id"].startswith(f"F{index}-")]
        assert (len(own), sum(own)) == (count, total), index
