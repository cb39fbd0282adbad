"""How soon a page of `ictus explore` shows its first picture, and how smoothly it pans, in headless Chromium.

    /usr/bin/python3 tests/bench/explore_page.py PAGE.html [RUNS]

It prints, as the median of the runs: milliseconds from the beginning of the navigation to the first picture
of the map, and the pictures a second, each of another part of the piece, while the mouse drags the map.
"""

import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "browser"))
from browser import start  # noqa: E402

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


def mouse(browser, kind, x, y, **more):
    event = {"type": kind, "x": x, "y": y, "button": "middle", "buttons": 4, "clickCount": 1, **more}
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


def main():
    address = pathlib.Path(sys.argv[1]).resolve().as_uri()
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    browser = started()
    try:
        first_picture_ms(browser, address)  # the browser's own beginning is not measured
        first_ms, rates = [], []
        for _ in range(runs):
            first_ms.append(first_picture_ms(browser, address))
            rates.append(pictures_per_second(browser))
    finally:
        browser.quit()
    print(f"first picture  {statistics.median(first_ms):.0f} ms")
    print(f"panning        {statistics.median(rates):.1f} pictures a second")


if __name__ == "__main__":
    main()
