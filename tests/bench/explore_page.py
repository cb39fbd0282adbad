"""How soon a page of `ictus explore` shows its first picture, how smoothly it pans, and how soon what is dragged is
heard, in headless Chromium.

    /usr/bin/python3 tests/bench/explore_page.py PAGE.html [--runs N] [--save SOUND.wav]

It prints, as the median of the runs: milliseconds from the beginning of the navigation to the first picture
of the map; the pictures a second, each of another part of the piece, while the mouse drags the map; and the
milliseconds from a move of the mouse that drags an event to another pitch until its sound begins, as far as the page
and the browser know of it. With --save the page saves its sound before anything is dragged.
"""

import argparse
import math
import pathlib
import re
import statistics
import sys
import tempfile
import time

from selenium.webdriver.common.action_chains import ActionChains

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "browser"))
from browser import TIMEOUT_S, start  # noqa: E402

SIZE_PX = (1280, 800)
MOVES = 240

# The map is filled by putImageData: the first picture is there with the frame after its first call.
WATCH = """
window.pictures_ms = [];
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...all) {
  put.apply(this, all);
  const drawn = performance.now();
  if (window.pictures_ms.length === 0) requestAnimationFrame(() => setTimeout(() => {
    window.first_ms = performance.now();
  }));
  window.pictures_ms.push(drawn);
};
window.moved_ms = 0;
addEventListener("pointermove", (event) => { window.moved_ms = event.timeStamp; }, true);
window.heard_ms = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, ...rest) {
  const wait_s = when - this.context.currentTime + this.context.baseLatency;
  window.heard_ms.push(performance.now() - window.moved_ms + 1000 * wait_s);
  return start.call(this, when, ...rest);
};
"""


def started():
    browser = start()
    metrics = {"width": SIZE_PX[0], "height": SIZE_PX[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    return browser


def first_picture_ms(browser, address):
    browser.get(address)
    return browser.execute_script("return window.first_ms")


def mouse(browser, kind, x, y, button="middle"):
    buttons = 4 if button == "middle" else 1
    event = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def pictures_per_second(browser):
    """Drags to and fro with the middle button, which pans wherever it is pressed, after a little zoom."""
    box = browser.execute_script("return document.getElementById('map').getBoundingClientRect()")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    wheel = {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": -100}
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", wheel)
    mouse(browser, "mousePressed", x, y)
    browser.execute_script("window.pictures_ms.length = 0")
    for move in range(MOVES):
        away = move % 80
        mouse(browser, "mouseMoved", x + 4 * (away if away < 40 else 80 - away) - 80 + move % 2, y)
    pictures = browser.execute_script("return window.pictures_ms")
    mouse(browser, "mouseReleased", x, y)
    return 1000 * (len(pictures) - 1) / (pictures[-1] - pictures[0])


def drag_ms(browser):
    """Drags the first event that a key chooses up and down by semitones: until each of these is heard."""
    ActionChains(browser).send_keys("0", *["+"] * 8, "n", "n", "n").perform()
    time.sleep(0.5)
    place = browser.execute_script(
        "const box = document.getElementById('map').getBoundingClientRect();"
        "const [move] = document.getElementById('tooltip').style.transform.match(/[-\\d.]+px/g);"
        "return {left: box.x, top: box.y, tip: parseFloat(move), view: {...document.getElementById('map').dataset},"
        " pitch: document.getElementById('event-facts').textContent,"
        " time: document.getElementById('tooltip').children[1].textContent}"
    )
    view = {name: float(value) for name, value in place["view"].items()}
    hz = re.search(r"([\d.]+) Hz", place["pitch"])
    if not hz:
        return []
    key = 69 + 12 * math.log2(float(hz[1]) / 440)
    at_s = float(place["time"].split()[0])
    x = place["left"] + view["left"] + (at_s - view["from"]) / (view["to"] - view["from"]) * view["width"] + 2
    px_per_key = view["height"] / (view["key_high"] - view["key_low"])
    y = place["top"] + view["top"] + (view["key_high"] - key) * px_per_key
    mouse(browser, "mousePressed", x, y, "left")
    mouse(browser, "mouseMoved", x, y - 4 * px_per_key, "left")  # the first one opens the output
    time.sleep(1)
    heard = []
    for move in range(20):
        browser.execute_script("window.heard_ms.length = 0")
        mouse(browser, "mouseMoved", x, y - (5 + move % 7) * px_per_key, "left")
        time.sleep(0.3)
        heard += browser.execute_script("return window.heard_ms.slice(0, 1)")
    mouse(browser, "mouseReleased", x, y, "left")
    return heard


def save_sound(browser, path):
    """Waits until the page has rendered and saved it."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        where = {"behavior": "allow", "downloadPath": str(pathlib.Path(folder).resolve()), "eventsEnabled": False}
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", where)
        browser.execute_script("document.getElementById('save-sound').click()")
        deadline = time.monotonic() + TIMEOUT_S
        while not (saved := list(pathlib.Path(folder).glob("*.wav"))):
            if time.monotonic() > deadline:
                raise RuntimeError("the page saved no sound")
            time.sleep(0.2)
        saved[0].rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", metavar="PAGE.html", type=pathlib.Path)
    parser.add_argument("--runs", metavar="N", type=int, default=5)
    parser.add_argument("--save", metavar="SOUND.wav", type=pathlib.Path)
    options = parser.parse_args()
    address = options.page.resolve().as_uri()
    browser = started()
    try:
        first_picture_ms(browser, address)  # the browser's own beginning is not measured
        first_ms, rates = [], []
        for _ in range(options.runs):
            first_ms.append(first_picture_ms(browser, address))
            rates.append(pictures_per_second(browser))
        if options.save:
            save_sound(browser, options.save)
        heard_ms = drag_ms(browser)
    finally:
        browser.quit()
    print(f"first picture  {statistics.median(first_ms):.0f} ms")
    print(f"panning        {statistics.median(rates):.1f} pictures a second")
    if heard_ms:
        print(f"dragged, heard {statistics.median(heard_ms):.1f} ms, at most {max(heard_ms):.1f} ms")


if __name__ == "__main__":
    main()
