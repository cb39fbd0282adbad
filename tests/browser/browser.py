"""Headless Chromium, as tests and measurements start it."""

import os
import pathlib

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ICTUS_BIN_DIR", ROOT / "build/dev/bin")).resolve()
# Far longer than anything takes on a busy machine.
TIMEOUT_S = 600
# Sounds go on so slowly in a browser that there is time to look at them, however busy the machine is.
SLOW = 1 / 8


def start():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (
        "--headless",
        "--no-sandbox",  # which root may not use
        "--disable-dev-shm-usage",  # which is small in containers
        "--autoplay-policy=no-user-gesture-required",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
