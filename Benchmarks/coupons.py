"""Codes at the moment of use: decisions that give them, then validating and redeeming them, on one server in one run."""
import json
import pathlib
import urllib.request

CODES = 120_000

CATALOG = """
currency: USD
salt: bench
consent: {default: {marketing: granted}}
features:
  - {name: orders, aggregate: count, event: Order Completed}
goals:
  - {id: redemption, event: Order Completed, coupon: coupon, window: 30d}
placements: [{id: till, policy: greedy}]
budgets:
  - {id: year, limit: 900000000 USD, from: 2020-01-01, to: 2039-12-31, return_floor: 0.01}
campaigns:
  - id: codes
    placements: [till]
    goal: redemption
    channel: till
    budgets: [year]
    offers:
      - {id: off, cost: 5 USD, value: 600 USD, codes: {pool: bench}}
"""

SCRIPT = """-- Made by coupons.py: one code per request, each once.
local codes = {}
for line in io.lines("CODES") do codes[#codes + 1] = line end
local headers = { ["Content-Type"] = "application/json" }
local index = 0
function request()
    index = index + 1
    local code, customer = codes[(index - 1) % #codes + 1]:match("(%S+) (%S+)")
    local body = string.format('{"code":"%s","customer":"%s","order_id":"o-%s-%d","basket":{"value":"59.90"}}',
        code, customer, code, math.floor((index - 1) / #codes))
    return wrk.format("POST", "/v1/coupons/ACTION", headers, body)
end
"""


def write_catalog(folder):
    folder.mkdir(parents=True)
    (folder / "weir.yaml").write_text(CATALOG)
    return folder


def post(server, path, body):
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=120) as response:
        return json.load(response)


def give(server):
    """Fills the pool and gives each code to somebody."""
    # Some are left for the decisions that are measured beside.
    post(server, "/v1/coupons/pools/bench", {"make": {"count": 2 * CODES}})
    codes = []
    for start in range(0, CODES, 1_000):
        requests = [{"customer": f"customer-{start + n}", "placement": "till"} for n in range(1_000)]
        answer = post(server, "/v1/decide/batch?reasons=false", {"requests": requests})
        codes += [(decision["offer"]["coupon"], decision["customer"]) for decision in answer["decisions"]]
    return codes


def measure(server, folder, results, wrk, median, seconds):
    """- Parameter wrk: Runs a script against the server and answers with rate and latencies."""
    codes = give(server)
    script = folder / "use.lua"

    def use(action, part):
        listed = folder / "codes.txt"
        listed.write_text("".join(f"{code} {customer}\n" for code, customer in part))
        script.write_text(SCRIPT.replace("CODES", str(listed)).replace("ACTION", action))
        return wrk(server, script, seconds)

    figures = {"decide": [], "validate": [], "redeem": []}
    third = len(codes) // 3
    for run in range(3):
        part = codes[run * third:(run + 1) * third]
        figures["decide"].append(wrk(server, "decide.lua", seconds))
        figures["validate"].append(use("validate", part))
        figures["redeem"].append(use("redeem", part))
    for action in ("validate", "redeem"):
        runs = figures[action]
        results[f"coupon_{action}_per_second"] = median([run["rate"] for run in runs])
        results[f"coupon_{action}_p50_ms"] = median([run["p50_ms"] for run in runs])
        results[f"coupon_{action}_p99_ms"] = median([run["p99_ms"] for run in runs])
    results["coupon_redeem_p99_of_decide"] = median(
        [redeem["p99_ms"] / decide["p99_ms"] for redeem, decide in zip(figures["redeem"], figures["decide"])])
    results["coupon_validate_p99_of_decide"] = median(
        [validate["p99_ms"] / decide["p99_ms"] for validate, decide in zip(figures["validate"], figures["decide"])])
