"""The console's first page in headless Chromium: no errors, nothing cut off, at desktop and phone width, light and dark."""
import os
import pathlib
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


@pytest.fixture
def browser():
    driver = shutil.which("chromedriver")
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    options = webdriver.ChromeOptions()
    if binary:
        options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver) if driver else None)
    yield browser
    browser.quit()


def fill(server):
    for index in range(60):
        server.post("/v1/track", {"event": "Order Completed", "userId": f"c{index}", "properties": {"revenue": 20 + index}})
        answer = server.post("/v1/decide", {"customer": f"c{index}", "placement": "home"}).json()
        if answer["offer"] and index % 3 == 0:
            server.post("/v1/outcomes", {"decision": answer["decision"], "outcome": "converted"})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width,height", [(1440, 1200), (390, 844)])
def test_the_first_page(server, browser, scheme, width, height):
    fill(server)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.get(server.url + "/")
    WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.CSS_SELECTOR, "svg"))
    assert "Weir" in browser.title
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth"), "cut off sideways"
    background = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(part) for part in background.strip("rgba()").split(",")[:3])
    assert (brightness > 600) == (scheme == "light")

    # A live update arrives without a reload, and keeps the page's errors at none.
    before = browser.find_element(By.ID, "latest").text
    for _ in range(3):
        server.post("/v1/decide", {"customer": "somebody-new", "placement": "home"})
    WebDriverWait(browser, 10).until(lambda b: b.find_element(By.ID, "latest").text != before)
    errors = [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert errors == []
    folder = os.environ.get("WEIR_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(pathlib.Path(folder) / f"now-{scheme}-{width}.png"))


def test_a_decision_is_one_click_away(server, browser):
    fill(server)
    browser.get(server.url + "/")
    link = browser.find_element(By.CSS_SELECTOR, "a[href^='/decisions/d-']")
    target = link.get_attribute("href")
    browser.get(target)
    assert "d-" in browser.find_element(By.TAG_NAME, "main").text
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []
