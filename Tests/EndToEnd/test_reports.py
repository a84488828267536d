"""Reports as pages in headless Chromium: they need nothing else, fit every width, follow the system's colours and print."""
import base64
import os
import pathlib
import random
import re
import zlib

import pytest
from conftest import weir
from test_console import browser  # noqa: F401 (a fixture)


def units(path):
    """An A/B test with an effect, a column from before it, and a segment."""
    draws = random.Random(4)
    lines = ["customer,arm,bought,revenue,before,tier"]
    for index in range(4000):
        arm = "AB"[index % 2]
        before = draws.expovariate(1 / 40)
        bought = draws.random() < (0.10 if arm == "A" else 0.16)
        lines.append(f"c{index},{arm},{int(bought)},{0.4 * before + bought * draws.uniform(5, 60):.2f},{before:.2f},"
                     f"{draws.choice(['gold', 'silver'])}")
    path.write_text("\n".join(lines) + "\n")


def weeks(path):
    """What three channels cost and brought, by day."""
    draws = random.Random(5)
    lines = ["date,channel,spend,visits,orders,new_customers,revenue"]
    for day in range(56):
        for channel, size in (("search", 900), ("mail", 150), ("print", 400)):
            orders = int(size * draws.uniform(0.05, 0.08))
            lines.append(f"2026-{3 + day // 28:02d}-{1 + day % 28:02d},{channel},{size * draws.uniform(0.8, 1.2):.2f},"
                         f"{size * 2},{orders},{orders // 2},{orders * draws.uniform(38, 46):.2f}")
    path.write_text("\n".join(lines) + "\n")


def purchases(path):
    """Two years of purchases, so that some cohorts are mature."""
    draws = random.Random(6)
    lines = ["customer_id,date,value"]
    for customer in range(300):
        day, rate = draws.randrange(300), draws.gammavariate(1.2, 0.02)
        while day < 730 and rate > 0:
            lines.append(f"p{customer},{2024 + day // 365}-{day % 365 // 31 + 1:02d}-{day % 28 + 1:02d},{draws.uniform(5, 80):.2f}")
            day += 1 + int(draws.expovariate(rate))
            if draws.random() < 0.05:
                break
    path.write_text("\n".join(lines) + "\n")


def regions(path):
    """Twelve regions by day that move alike, of which two get a campaign from the 60th day on."""
    draws = random.Random(7)
    sizes = [draws.uniform(80, 300) for _ in range(12)]
    lines = ["location,date,Y,treated"]
    for day in range(80):
        wave = 1 + 0.2 * ((day % 7) in (5, 6)) + 0.002 * day
        for region, size in enumerate(sizes):
            treated = region < 2 and day >= 60
            value = size * wave * (1.15 if treated else 1) + draws.gauss(0, 6)
            date = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}"
            lines.append(f"r{region},{date},{value:.1f},{int(treated)}")
    path.write_text("\n".join(lines) + "\n")


def one_series(path):
    """A hundred and twenty days of one series that rises by a tenth at the end."""
    import datetime
    draws = random.Random(8)
    lines = ["date,outcome"]
    for day in range(120):
        date = datetime.date(2026, 1, 1) + datetime.timedelta(days=day)
        value = 100 + 12 * (date.weekday() >= 5) + draws.gauss(0, 4) + (11 if day >= 100 else 0)
        lines.append(f"{date},{value:.2f}")
    path.write_text("\n".join(lines) + "\n")


def paths(path):
    """Journeys through six channels, some of which end in a purchase."""
    draws = random.Random(9)
    channels = ["search", "display", "mail", "social", "affiliates", "direct visits"]
    lines = ["path,total_conversions,total_conversion_value,total_null"]
    for _ in range(400):
        steps = [draws.choice(channels) for _ in range(draws.randint(1, 6))]
        buys = draws.randint(0, 9)
        lines.append(f"{' > '.join(steps)},{buys},{buys * draws.uniform(20, 90):.2f},{draws.randint(0, 60)}")
    path.write_text("\n".join(lines) + "\n")


def signals(path):
    """Three triggers; every ninth signal is still waiting when watching ends."""
    draws = random.Random(10)
    lines = ["trigger,signal,treated"]
    for index in range(600):
        start = 1_767_225_600 + index * 600
        delay = draws.expovariate(1 / (60, 900, 7200)[index % 3])
        lines.append(f"{('basket left', 'price dropped', 'lapsed')[index % 3]},{start},{'' if index % 9 == 0 else round(start + delay, 1)}")
    path.write_text("\n".join(lines) + "\n")


KINDS = {
    "attribution": (paths, ["--resamples", "50"]),
    "response-time": (signals, []),
    "geo-lift": (regions, ["--treated", "r0,r1", "--start", "2026-03-05"]),
    "synthetic-control": (regions, ["--unit", "location", "--time", "date", "--outcome", "Y", "--treated", "r0",
                                    "--start", "2026-03-05", "--exclude", "r1", "--demeaned"]),
    "difference-in-differences": (regions, ["--unit", "location", "--time", "date", "--outcome", "Y", "--treated", "treated"]),
    "interrupted-series": (one_series, ["--start", "2026-04-11"]),
    "experiment": (units, ["--arm", "arm", "--metric", "bought", "--metric", "revenue", "--segment", "tier",
                           "--covariate", "revenue=before"]),
    "economics": (weeks, []),
    "lifetime-value": (purchases, ["--draws", "20", "--resamples", "20"]),
    "plan": (None, ["--baseline", "0.05", "--effect", "10%", "--daily", "2000"]),
}


@pytest.fixture(scope="module", params=KINDS)
def report(request, tmp_path_factory):
    """A page that the program wrote."""
    folder = tmp_path_factory.mktemp("report")
    write, options = KINDS[request.param]
    if write:
        write(folder / "input.csv")
        options = ["--input", folder / "input.csv", *options]
    page = folder / f"{request.param}.html"
    weir("measure", request.param, *options, "--output", page)
    return page


def show(browser, page, scheme="light", width=1440):  # noqa: F811
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.get(page.as_uri())
    folder = os.environ.get("WEIR_SCREENSHOTS")
    if folder:
        size = browser.execute_script("return document.documentElement.scrollHeight")
        shot = browser.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": size, "scale": 1}})
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        (pathlib.Path(folder) / f"{page.stem}-{scheme}-{width}.png").write_bytes(base64.b64decode(shot["data"]))


def brightness(browser):  # noqa: F811
    colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


def test_it_asks_for_nothing_from_elsewhere(report):
    text = report.read_text()
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', text)
    assert [address for address in addresses if not address.startswith(("data:", "#"))] == []
    assert "<script" not in text and "url(" not in text


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_it_fits_and_is_quiet(report, browser, width):  # noqa: F811
    grounds = {}
    for scheme in ("light", "dark"):
        show(browser, report, scheme, width)
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "cut off sideways"
        grounds[scheme] = brightness(browser)
    assert grounds["light"] > 600 and grounds["dark"] < 200
    assert browser.get_log("browser") == []


def test_the_answer_comes_first_and_is_the_largest(report, browser):  # noqa: F811
    show(browser, report)
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('main p, main h1, main h2, main h3')]"
        ".filter(e => !e.closest('.card')).map(e => [e.className, parseFloat(getComputedStyle(e).fontSize)])")
    answer = next(size for name, size in sizes if name == "answer")
    assert answer == max(size for _, size in sizes)
    assert browser.execute_script("return document.querySelector('.answer').getBoundingClientRect().bottom < innerHeight / 2")


def test_every_picture_has_a_size_and_a_name_and_a_table(report, browser):  # noqa: F811
    show(browser, report, width=390)
    pictures = browser.execute_script(
        "return [...document.querySelectorAll('svg:not(svg svg)')].map(s => { const r = s.getBoundingClientRect();"
        " return [r.width, r.height, s.getAttribute('aria-hidden') === 'true' || !!s.querySelector('title')?.textContent,"
        " s.outerHTML.slice(0, 200)] })")
    assert pictures
    assert [p for p in pictures if p[0] < 5 or p[1] < 5 or not p[2]] == []
    assert not re.search(r'="(?:nan|inf|-inf)%?"', report.read_text())
    without = browser.execute_script(
        "return [...document.querySelectorAll('figure')].filter(f => !f.querySelector('table') &&"
        " !f.closest('section').parentElement.querySelector('table')).map(f => f.id)")
    assert without == []


def test_its_values_can_be_reached_by_keyboard(report, browser):  # noqa: F811
    show(browser, report)
    count = browser.execute_script("return document.querySelectorAll('.stops > g[tabindex=\"0\"]').length")
    assert count == browser.execute_script("return [...document.querySelectorAll('.stops')].filter(s => s.children.length).length")
    regions = browser.execute_script(
        "return [...document.querySelectorAll('.scroll')].every(s => s.tabIndex === 0 && s.getAttribute('role') === 'region')")
    assert regions


def test_it_prints_on_a4_in_light_without_empty_pages(report, browser):  # noqa: F811
    show(browser, report, "dark")
    options = {"preferCSSPageSize": True, "printBackground": False}
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", options)["data"])
    if os.environ.get("WEIR_SCREENSHOTS"):
        (pathlib.Path(os.environ["WEIR_SCREENSHOTS"]) / f"{report.stem}.pdf").write_bytes(pdf)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert boxes and all(abs(float(w) - 595) < 2 and abs(float(h) - 842) < 2 for w, h in boxes)
    # An empty page has a stream of drawing commands that says next to nothing.
    drawn = contents(pdf)
    assert len(drawn) == len(boxes)
    assert min(map(len, drawn)) > 300, [len(page) for page in drawn]

    # On paper the light colours stand, and no table is wider than the sheet.
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                            {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": 688, "height": 1000, "deviceScaleFactor": 1, "mobile": False})
    ink = browser.execute_script("return getComputedStyle(document.querySelector('.answer')).color")
    assert sum(int(part) for part in re.findall(r"\d+", ink)[:3]) < 150
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 688
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def contents(pdf):
    """The drawing commands of each page."""
    found = []
    for page in re.findall(rb"/Type /Page\b.*?endobj", pdf, re.S):
        number = int(re.search(rb"/Contents (\d+) 0 R", page).group(1))
        stream = re.search(rb"(?:^|\n)%d 0 obj.*?stream\r?\n(.*?)endstream" % number, pdf, re.S).group(1)
        found.append(zlib.decompressobj().decompress(stream))
    return found
