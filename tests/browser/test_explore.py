"""The page of `ictus explore` in a browser: what a person sees, clicks, hears, edits and saves.

The pages are those of the program make_explore_page in the folder ICTUS_BIN_DIR (default: build/dev/bin).
"""

import array
import base64
import json
import math
import pathlib
import subprocess
import tempfile
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.mouse_button import MouseButton
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from browser import BIN, TIMEOUT_S, start

# As make_explore_page.cpp has them.
RATE_HZ = 44100
CHANNELS = 2
LENGTH_S = 10.0
COUNT = 40
HOSTILE = "</script><script>document.title = 'harm'</script> <!-- & \"quotes\" \\ 'here'"
LIST_NAME = "many tones.tsv"

# What is handed to the sound card, with the gains that it goes through.
WATCH = """
window.started = [];
// With `frozen_s` the time that the page sees stands still, and what it plans can be looked at.
const clock = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "currentTime");
Object.defineProperty(BaseAudioContext.prototype, "currentTime", {
  configurable: true,
  get() { return window.frozen_s ?? clock.get.call(this); },
});
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  this.connected_to = to;
  return connect.call(this, to, ...rest);
};
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, offset, duration) {
  const rate = this.buffer.sampleRate;
  const from = Math.round(offset * rate);
  const count = Math.round(duration * rate);
  const together = new Float32Array(count * this.buffer.numberOfChannels);
  for (let c = 0; c < this.buffer.numberOfChannels; ++c) {
    const samples = this.buffer.getChannelData(c);
    for (let i = 0; i < count; ++i) together[i * this.buffer.numberOfChannels + c] = samples[from + i];
  }
  let gain = 1;
  for (let node = this.connected_to; node && node.gain; node = node.connected_to) gain *= node.gain.value;
  const bytes = new Uint8Array(together.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  window.started.push({when, now: this.context.currentTime, event_ms: performance.now(), rate, count, gain, samples: btoa(text)});
  return start.call(this, when, offset, duration);
};
"""


def floats(data):
    return array.array("f", data)


def noise_db(heard, expected):
    """How far the difference of two sounds lies below the second one."""
    difference = sum((a - b) ** 2 for a, b in zip(heard, expected))
    return 10 * math.log10((sum(b * b for b in expected) + 1e-30) / (difference + 1e-30))


def key_of_hz(hz):
    return 69 + 12 * math.log2(hz / 440)


def make_page(folder, name, *arguments):
    """Returns its path and the facts of its events."""
    made = folder / name
    made.mkdir()
    subprocess.run([BIN / "make_explore_page", made, *arguments], check=True)
    return made / "page.html", json.loads((made / "facts.json").read_text())["events"]


def setUpModule():
    """One browser for all tests, which starts in seconds."""
    global browser, folder, page, facts
    temporary = tempfile.TemporaryDirectory(prefix="ictus-browser-")
    unittest.addModuleCleanup(temporary.cleanup)
    folder = pathlib.Path(temporary.name)
    page, facts = make_page(folder, "tones", str(COUNT))
    browser = start()
    unittest.addModuleCleanup(browser.quit)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    downloads = {"behavior": "allow", "downloadPath": str(folder), "eventsEnabled": False}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)


def onset_s(event):
    return facts[event]["onset_samples"] / RATE_HZ


def solo_of(event):
    """The samples of an event by itself, as the program renders them, channels side by side."""
    return floats((page.parent / f"event-{event}.f32").read_bytes())


class Page(unittest.TestCase):
    channels = CHANNELS

    def setUp(self):
        self.set_size(1280, 800)
        self.open(page)

    def tearDown(self):
        self.assertEqual([entry["message"] for entry in browser.get_log("browser")], [])

    def open(self, path):
        browser.get(path.as_uri())
        self.wait_until(lambda: self.view()["to"] > 0, "the events were drawn")

    def set_size(self, width_px, height_px):
        metrics = {"width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run_js(self, script, *arguments):
        return browser.execute_script(script, *arguments)

    def wait_until(self, condition, what):
        WebDriverWait(browser, TIMEOUT_S, 0.02).until(lambda _: condition(), "waited in vain until " + what)

    def all(self, selector):
        return browser.find_elements(By.CSS_SELECTOR, selector)

    def find(self, id_):
        return browser.find_element(By.ID, id_)

    def text(self, id_):
        return self.find(id_).text

    def next_picture(self):
        browser.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
        )

    # ---- The piano roll and the map

    def view(self):
        """The axes, as the page tells them: seconds, heights and keys at the edges, and where on the map that is."""
        told = self.run_js("return {...document.getElementById('map').dataset}")
        return {name: float(value) for name, value in told.items()}

    def place_of(self, event, at_s=None, key=None, of=None):
        """Where an event begins in the piano roll, in pixels: by its pitch, or in the strip for those without one."""
        view = self.view()
        fact = (of or facts)[event]
        at_s = fact["onset_samples"] / RATE_HZ if at_s is None else at_s
        x = view["left"] + (at_s - view["from"]) / (view["to"] - view["from"]) * view["width"]
        if key is None and fact["pitch_hz"] > 0:
            key = key_of_hz(fact["pitch_hz"])
        if key is None:
            height = math.fmod(0.618 * event, 1.0) * 0.10
            share = (height - view["low"]) / (view["high"] - view["low"])
        else:
            share = (key - view["key_low"]) / (view["key_high"] - view["key_low"])
        return x, view["top"] + (1 - share) * view["height"]

    def place_on_map(self, event):
        view = self.view()
        x, _ = self.place_of(event)
        share = (math.fmod(0.618 * event, 1.0) - view["low"]) / (view["high"] - view["low"])
        return x, view["top"] + (1 - share) * view["height"]

    def colours_at(self, places):
        """Red, green and blue of what is drawn there, without axes, outlines and lines."""
        view = self.view()
        return self.run_js(
            """
            const discs = document.getElementById("discs");
            const copy = document.createElement("canvas");
            copy.width = discs.width;
            copy.height = discs.height;
            const context = copy.getContext("2d", {willReadFrequently: true});
            context.drawImage(discs, 0, 0);
            return arguments[0].map(([x, y]) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)]);
            """,
            [(int(x - view["left"]), int(y - view["top"])) for x, y in places],
        )

    def mouse(self):
        return ActionChains(browser, duration=20)

    def move_to(self, x, y, chain=None):
        chain = chain or self.mouse()
        on_page = self.on_page(x, y)
        chain.w3c_actions.pointer_action.move_to_location(on_page["x"], on_page["y"])
        return chain

    def on_page(self, x, y):
        """A place of the map as one of the window, in whole pixels."""
        box = self.run_js("return document.getElementById('map').getBoundingClientRect()")
        return {"x": round(box["x"] + x), "y": round(box["y"] + y)}

    def click(self, event):
        x, y = self.place_of(event)
        self.move_to(x + 1, y).click().perform()

    def drag(self, start, end, key=None):
        chain = self.move_to(*start)
        if key:
            chain.key_down(key)
        chain.click_and_hold()
        self.move_to(*end, chain)
        chain.release()
        if key:
            chain.key_up(key)
        chain.perform()
        self.next_picture()

    def drag_event(self, event, by_px, up_px=0, key=None):
        x, y = map(round, self.place_of(event))
        self.drag((x + 1, y), (x + 1 + by_px, y - up_px), key)

    def s_per_px(self):
        view = self.view()
        return (view["to"] - view["from"]) / view["width"]

    def px_per_key(self):
        view = self.view()
        return view["height"] / (view["key_high"] - view["key_low"])

    def press(self, *keys, held=()):
        chain = ActionChains(browser)
        for key in held:
            chain.key_down(key)
        for key in keys:
            chain.send_keys(key)
        for key in held:
            chain.key_up(key)
        chain.perform()

    # ---- Sounds

    def started(self, count=1):
        """What has been started since the last call, at least so many pieces of sound."""
        self.wait_until(lambda: self.run_js("return started.length") >= count, f"{count} pieces were started")
        pieces = self.run_js("return started.splice(0)")
        for piece in pieces:
            piece["samples"] = floats(base64.b64decode(piece["samples"]))
        return pieces

    def heard(self, count):
        """So many samples of each channel, of pieces that join without a gap."""
        pieces, samples = [], array.array("f")
        while len(samples) < self.channels * count:
            for piece in self.started():
                self.assertEqual(piece["rate"], RATE_HZ)
                if pieces:
                    before = pieces[-1]
                    self.assertAlmostEqual(piece["when"], before["when"] + before["count"] / RATE_HZ, delta=1e-7)
                pieces.append(piece)
                samples.extend(piece["samples"])
        return samples[: self.channels * count], pieces

    def assert_is_sound_of(self, event):
        """What is heard next is the event by itself, as the program renders it."""
        expected = solo_of(event)
        samples, pieces = self.heard(len(expected) // self.channels)
        self.assertGreater(noise_db(samples, expected), 90)
        return pieces

    def play_frozen(self):
        """Presses play while the page's clock stands still."""
        self.run_js("window.frozen_s = 1000")
        self.find("play").click()

    def heard_piece(self, first, count):
        """So many samples of each channel from `first` on, of what is played; the page's clock goes on as far as it is needed."""
        got = array.array("f", bytes(4 * self.channels * count))
        reached = first
        while reached < first + count:
            for piece in self.started():
                at = self.channels * (reached - first)
                part = piece["samples"][: len(got) - at]
                got[at : at + len(part)] = part
                reached += piece["count"]
            self.run_js("window.frozen_s += 0.5")
        return got

    # ---- The list

    def download(self, button="download", name=LIST_NAME):
        path = folder / name
        path.unlink(missing_ok=True)
        self.find(button).click()
        self.wait_for_file(path)
        return path.read_bytes()

    def wait_for_file(self, path):
        """Chromium holds the name with an empty file until what it has fetched takes its place."""
        self.wait_until(lambda: path.exists() and path.stat().st_size > 0, path.name + " was downloaded")

    def downloaded_list(self):
        return self.download().decode("utf-8")

    def rows_in(self, text):
        """The cells of each line of a list by the number of its event."""
        rows = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")][1:]
        return {int(row[0]): row[1:] for row in rows}

    def expected_list(self, onsets_s={}, left_out=()):
        """The list of make_explore_page with these onsets by event and without these events."""
        columns = ["event", "onset_s", "gain_db", *(f"v{i}" for i in range(32))]
        head = ["# ictus events, format 1", "# title " + HOSTILE, "\t".join(columns)]
        entries = []
        for event in range(COUNT):
            time_s = onsets_s.get(event, onset_s(event))
            vector = [shortest(number) for number in facts[event]["vector"]]
            entries.append((time_s, event, "\t".join([str(event), f"{time_s:.6f}", str(-(event * 7 % 40)), *vector])))
        body = [line for _, event, line in sorted(entries) if event not in left_out]
        return "\n".join([*head, *body, "# the end <!-- of it", ""])

    def onsets_in(self, text):
        return {event: float(row[0]) for event, row in self.rows_in(text).items()}


def shortest(number):
    """The fewest digits that give a number of single precision back."""
    exact = array.array("f", [number])
    for digits in range(1, 10):
        text = f"{number:.{digits}g}"
        if array.array("f", [float(text)]) == exact:
            return text
    raise AssertionError(number)


class Loading(Page):
    def test_nothing_is_fetched_from_elsewhere(self):
        browser.get_log("performance")
        self.open(page)
        self.click(4)
        self.started()
        self.press(" ")
        self.wait_until(lambda: self.text("now") > "0:00.0", "it played")
        requests = []
        for entry in browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                requests.append(message["params"]["request"]["url"])
        self.assertIn(page.as_uri(), requests)  # or the log tells nothing
        elsewhere = {url for url in requests if not url.startswith(("data:", "blob:"))}
        self.assertEqual(elsewhere, {page.as_uri()})

    def test_hostile_words_are_shown_as_they_are(self):
        self.assertEqual(browser.title, "Tones " + HOSTILE)
        self.assertEqual(browser.find_element(By.TAG_NAME, "h1").text, "Tones " + HOSTILE)
        self.assertEqual([fact.text for fact in self.all(".facts li")], [f"{COUNT} events", "{{title}}"])
        ends = page.read_text("utf-8").count("</script>")
        self.assertEqual(self.run_js("return document.scripts.length"), ends)

    def test_everything_fits_on_screens_from_360_pixels(self):
        self.press("n")
        for details in self.all("details"):
            details.find_element(By.TAG_NAME, "summary").click()
        for width_px in (360, 390, 768, 1280, 1600):
            self.set_size(width_px, 800)
            self.next_picture()
            self.assertLessEqual(self.run_js("return document.documentElement.scrollWidth"), width_px)
            beyond = self.run_js(
                "return [...document.querySelectorAll('body *')]"
                ".filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)"
                ".map((element) => element.outerHTML.slice(0, 100))"
            )
            self.assertEqual(beyond, [])

    def test_everything_that_can_be_used_has_a_name(self):
        for details in self.all("details"):
            details.find_element(By.TAG_NAME, "summary").click()
        for element in self.all("button, a, input, select, summary, canvas[tabindex]"):
            if element.is_displayed():
                self.assertTrue(element.accessible_name, element.get_attribute("outerHTML"))

    def test_ten_thousand_events_are_less_than_a_megabyte(self):
        many, _ = make_page(folder, "megabyte", "10000", "600")
        self.assertLess(many.stat().st_size, 1_000_000)


class Looking(Page):
    def test_events_are_where_the_axes_say(self):
        places = [self.place_of(event) for event in range(COUNT)]
        for event, colour in enumerate(self.colours_at([(x + 1, y) for x, y in places])):
            self.assertLess(min(colour), 200, event)  # the ground is nearly white
        before = self.colours_at([(x - 2, y) for x, y in places if x > self.view()["left"] + 2])
        self.assertGreater(sum(min(colour) > 200 for colour in before), 0.8 * COUNT)  # or another event lies there

    def test_bars_are_as_long_as_events_are_heard(self):
        event = 31  # nothing lies behind it
        x, y = self.place_of(event)
        length_px = facts[event]["duration_s"] / self.s_per_px()
        inside, outside = self.colours_at([(x + 0.9 * length_px, y), (x + length_px + 4, y)])
        self.assertNotEqual(inside, outside)
        self.assertGreater(min(outside), 200)

    def test_the_pointer_finds_the_facts(self):
        for event in (1, 25, 38):
            x, y = self.place_of(event)
            self.move_to(x + 1, y).perform()
            self.wait_until(lambda: f"Event {event}\n" in self.text("tooltip"), "the tooltip was there")
            name, at, pitch, length, loudness = self.text("tooltip").split("\n")
            self.assertEqual(at, f"{onset_s(event):.3f} s")
            self.assertIn(f"{facts[event]['pitch_hz']:.1f} Hz", pitch)
            self.assertAlmostEqual(float(length.split()[0]), facts[event]["duration_s"], delta=0.006)
            self.assertAlmostEqual(-float(loudness.split()[1][1:]), facts[event]["loudness_db"], delta=0.06)
        self.move_to(*self.place_of(24)).perform()
        self.wait_until(lambda: "no pitch" in self.text("tooltip"), "noise has no pitch")
        self.move_to(self.view()["left"] + 3, 3).perform()
        self.wait_until(lambda: not self.find("tooltip").is_displayed(), "it was gone")

    def test_the_wheel_zooms_at_the_pointer(self):
        x, y = self.place_of(31)
        before = self.s_per_px()
        turn = {"type": "mouseWheel", **self.on_page(x, y), "deltaX": 0, "deltaY": -240}
        for _ in range(4):
            browser.execute_cdp_cmd("Input.dispatchMouseEvent", turn)
        self.wait_until(lambda: self.s_per_px() < before / 6, "the map was zoomed")
        # Half a pixel, to which the pointer was rounded, is several of them now.
        self.assertAlmostEqual(self.place_of(31)[0], x, delta=before / self.s_per_px())
        self.find("fit").click()
        self.wait_until(lambda: abs(self.s_per_px() - before) < 1e-9, "all was seen")

    def test_the_ground_can_be_dragged_and_keys_move_it_too(self):
        self.press("+", "+", "+", "+")
        self.next_picture()
        before = self.view()
        middle = round(before["left"] + before["width"] / 2)
        self.drag((middle + 60, 4), (middle + 10, 4))
        moved_s = self.view()["from"] - before["from"]
        self.assertAlmostEqual(moved_s / self.s_per_px(), 50, delta=1.5)
        self.press(Keys.ARROW_LEFT)
        self.next_picture()
        self.assertLess(self.view()["from"], before["from"])
        self.assertEqual(self.text("status"), "None so far")

    def test_the_map_has_similar_sounds_beside_each_other(self):
        self.press("v")
        self.wait_until(lambda: self.view()["left"] == 0, "no room was left for the names of notes")
        self.assertIn("similar sounds", self.text("caption"))
        places = [self.place_on_map(event) for event in range(COUNT)]
        self.wait_until(lambda: all(min(colour) < 200 for colour in self.colours_at(places)), "all were at their places")
        between = [(places[event][0], places[event + 5][1]) for event in range(0, 30, 7)]
        for colour in self.colours_at(between):
            self.assertGreater(min(colour), 200)
        self.move_to(*places[7]).click().perform()
        self.assert_is_sound_of(7)

    def test_thousands_of_events_are_drawn_and_panned(self):
        many, events = make_page(folder, "many", "10000", "400")
        self.open(many)
        places = [self.place_of(event, of=events) for event in range(1, 10000, 199)]
        for colour in self.colours_at([(x + 1, y) for x, y in places]):
            self.assertLess(min(colour), 225)
        self.press("+")
        before = self.view()["from"]
        action = ActionBuilder(browser, duration=10)
        center = self.find("overlay")
        action.pointer_action.move_to(center).pointer_down(MouseButton.MIDDLE)
        for step in range(20):
            action.pointer_action.move_to(center, -5 * step, 0)
        action.pointer_action.pointer_up(MouseButton.MIDDLE)
        action.perform()
        self.next_picture()
        self.assertAlmostEqual((self.view()["from"] - before) / self.s_per_px(), 95, delta=1.5)
        self.press(*["+"] * 12)
        self.next_picture()
        inside = (e for e, fact in enumerate(events) if fact["pitch_hz"] > 0 and fact["onset_samples"] / RATE_HZ > self.view()["from"] + 0.5)
        event = next(inside)
        x, y = self.place_of(event, of=events)
        self.move_to(x + 1, y).perform()
        self.wait_until(lambda: self.text("tooltip").startswith(f"Event {event}\n"), "the event was found")
        self.press(Keys.ESCAPE)

    def test_help_lists_the_keys(self):
        self.press("?")
        self.wait_until(lambda: self.find("help").is_displayed(), "help was there")
        self.assertIn("undo", self.text("help"))
        self.press("m", Keys.ESCAPE)
        self.wait_until(lambda: not self.find("help").is_displayed(), "it was gone")
        self.find("help-open").click()
        self.find("help-close").click()
        self.assertFalse(self.find("help").is_displayed())


class Hearing(Page):
    def test_a_click_plays_the_samples_of_the_event_and_nothing_else(self):
        self.find("lift").click()
        for event in (1, 10, 12, 17, 38):
            with self.subTest(event):
                self.click(event)
                pieces = self.assert_is_sound_of(event)
                self.assertEqual(pieces[0]["gain"], 1)
                self.assertLess(pieces[0]["when"] - pieces[0]["now"], 0.01)
                self.assertEqual(self.text("event-name"), f"Event {event}")

    def test_quiet_sounds_are_lifted_alone(self):
        for event in (1, 5, 20):
            self.click(event)
            gain = self.started()[0]["gain"]
            self.assertAlmostEqual(20 * math.log10(gain), max(-25 - facts[event]["loudness_db"], 0), delta=0.3)

    def test_the_whole_piece_is_what_the_program_decodes(self):
        self.play_frozen()
        heard = self.heard_piece(0, round(LENGTH_S * RATE_HZ))
        self.assertGreater(noise_db(heard, floats((page.parent / "piece.f32").read_bytes())), 90)

    def test_the_line_moves_while_it_plays(self):
        self.press(" ")
        self.wait_until(lambda: self.text("now") > "0:00.2", "the line moved")
        self.assertEqual(self.find("play").accessible_name, "Pause")
        self.find("play").click()
        self.assertEqual(self.find("play").accessible_name, "Play everything")
        stopped = self.text("now")
        self.next_picture()
        self.assertEqual(self.text("now"), stopped)

    def test_a_click_on_the_time_axis_goes_there(self):
        view = self.view()
        x, _ = self.place_of(20)
        self.move_to(x, view["top"] + view["height"] + 15).click().perform()
        self.wait_until(lambda: self.text("now") == f"0:0{onset_s(20):.1f}", "the line was there")
        self.press(" ")
        whole = floats((page.parent / "piece.f32").read_bytes())
        first = self.started()[0]
        # Where a pixel of the axis is, in samples of the piece.
        around = round(onset_s(20) * RATE_HZ)
        reach = round(self.s_per_px() * RATE_HZ)
        found = max(
            range(around - reach, around + reach),
            key=lambda at: -sum(abs(a - b) for a, b in zip(first["samples"][:400], whole[2 * at : 2 * at + 400])),
        )
        got = first["samples"][: 2 * first["count"]]
        self.assertGreater(noise_db(got, whole[2 * found : 2 * found + len(got)]), 90)
        self.press(" ")

    def test_an_edit_is_heard_without_a_pause(self):
        """Muting everything while it plays: what was handed over before is silence then."""
        self.play_frozen()
        before = self.started(2)
        self.assertGreater(max(map(abs, before[1]["samples"])), 0.01)
        self.press("a", held=[Keys.CONTROL])
        self.press("m")
        after = self.started(1)
        self.assertEqual(max(max(map(abs, piece["samples"])) for piece in after), 0)
        self.assertEqual(self.find("play").accessible_name, "Pause")

    def test_a_loop_is_played_again_and_again(self):
        view = self.view()
        below = view["top"] + view["height"] + 15
        (from_x, _), (to_x, _) = self.place_of(8), self.place_of(10)
        self.drag((from_x, below), (to_x, below), Keys.SHIFT)
        self.assertEqual(self.find("loop").get_attribute("aria-pressed"), "true")
        self.play_frozen()
        length = round((onset_s(10) - onset_s(8)) * RATE_HZ)
        slip = round(2 * self.s_per_px() * RATE_HZ)
        heard = self.heard_piece(0, 3 * length)
        first = heard[: 2 * 8000]
        self.assertGreater(max(map(abs, first)), 0.0)
        again = max(
            range(length - slip, length + slip),
            key=lambda at: -sum(abs(a - b) for a, b in zip(heard[2 * at : 2 * at + 1000], first)),
        )
        self.assertEqual(heard[2 * again : 2 * again + len(first)], first)
        self.press(" ", "l")
        self.assertEqual(self.find("loop").get_attribute("aria-pressed"), "false")

    def test_a_dragged_event_is_heard_as_it_is_then(self):
        self.find("lift").click()
        self.click(1)
        self.assert_is_sound_of(1)
        x, y = map(round, self.place_of(1))
        chain = self.move_to(x + 1, y).click_and_hold()
        self.move_to(x + 1, y - round(12 * self.px_per_key()), chain).perform()
        self.assertTrue(self.started())
        self.mouse().release().perform()
        self.assertIn("reshaped", self.text("status"))
        hz = float(self.text("event-facts").split(" Hz")[0].split()[-1])
        self.assertAlmostEqual(key_of_hz(hz) - key_of_hz(facts[1]["pitch_hz"]), 12, delta=0.06)

    def heard_hz(self):
        """Of what sounds next, which is a tone."""
        heard, pieces = self.heard(8192)
        louder = max(heard[0::2], heard[1::2], key=max)
        crossings = sum(a < 0 <= b for a, b in zip(louder[2000:], louder[2001:]))
        return crossings / (len(louder) - 2001) * RATE_HZ, max(louder)

    def test_letters_play_the_chosen_event(self):
        self.find("lift").click()
        self.click(1)
        self.assert_is_sound_of(1)
        self.press("k")
        for key, hz in (("a", 261.6), ("l", 587.3)):
            self.press(key)
            self.assertAlmostEqual(self.heard_hz()[0], hz, delta=8)
        self.press("x")
        self.press("a")
        self.assertAlmostEqual(self.heard_hz()[0], 523.3, delta=8)
        self.press("k")
        self.press("m")
        self.assertEqual(self.text("status"), "1 muted")

    def test_a_midi_keyboard_plays_the_chosen_event(self):
        self.run_js(
            "const input = {name: 'Piano'};"
            "navigator.requestMIDIAccess = async () => ({inputs: new Map([['a', input]])});"
            "window.midi = (...data) => input.onmidimessage({data});"
        )
        self.find("lift").click()
        self.click(1)
        self.assert_is_sound_of(1)
        self.all("details summary")[1].click()
        self.find("midi").click()
        self.wait_until(lambda: self.text("midi-state") == "Piano", "the keyboard was found")
        self.run_js("midi(0x90, 69, 100)")
        hz, level = self.heard_hz()
        self.assertAlmostEqual(hz, 440, delta=8)
        self.run_js("midi(0x80, 69, 0); midi(0x90, 57, 50)")
        hz, softer = self.heard_hz()
        self.assertAlmostEqual(hz, 220, delta=8)
        self.assertAlmostEqual(20 * math.log10(softer / level), -12, delta=1.5)
        self.run_js("midi(0x90, 57, 0)")
        self.assertEqual(self.text("status"), "None so far")


class Editing(Page):
    def test_without_changes_the_list_stays_as_it_is(self):
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_the_page_says_what_to_do_with_the_list(self):
        self.assertEqual(self.text("command"), f"ictus assemble '{LIST_NAME}' -o new.evs")

    def mark(self, by_button, by_key, button, key):
        """Two events, the one by its button and the other by a key."""
        self.click(by_button)
        self.find(button).click()
        self.click(by_key)
        self.press(key)

    def test_muted_events_are_left_out(self):
        self.mark(7, 8, "mute", "m")
        self.assertEqual(self.text("status"), "2 muted")
        self.assertEqual(self.find("mute").get_attribute("aria-pressed"), "true")
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out={7, 8}))
        self.press("m")
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out={7}))

    def test_soloed_events_are_left_alone(self):
        self.mark(10, 31, "solo", "s")
        self.assertEqual(self.text("status"), "2 soloed")
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out=set(range(COUNT)) - {10, 31}))
        self.press("m")
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out=set(range(COUNT)) - {10}))

    def test_a_dragged_event_has_another_onset_and_another_line(self):
        self.drag_event(10, 150)
        by_s = 150 * self.s_per_px()
        text = self.downloaded_list()
        new_s = self.onsets_in(text)[10]
        self.assertAlmostEqual(new_s, onset_s(10) + by_s, delta=0.02)
        self.assertGreater(by_s, onset_s(12) - onset_s(10))  # it passes others
        self.assertEqual(text, self.expected_list({10: new_s}))
        self.assertEqual(self.text("status"), "1 moved")
        self.assertIn("Was at\n2.625 s", self.text("event-facts"))
        self.find("reset").click()
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_dragged_upwards_it_has_another_pitch_and_nothing_else(self):
        self.drag_event(10, 0, up_px=round(5 * self.px_per_key()))
        row = self.rows_in(self.downloaded_list())[10]
        before = self.rows_in(self.expected_list())[10]
        self.assertEqual(row[:2] + row[3:], before[:2] + before[3:])
        semitones = (float(row[2]) - float(before[2])) * 6 * math.log2(10500 / 25)
        self.assertAlmostEqual(semitones, 5, delta=0.03)

    def test_the_end_of_a_bar_stretches_it(self):
        event = 31
        x, y = map(round, self.place_of(event))
        length_px = facts[event]["duration_s"] / self.s_per_px()
        end = round(x + length_px)
        self.drag((end, y), (end + round(length_px), y))
        row = self.rows_in(self.downloaded_list())[event]
        hold_s = 0.02 * (12 / 0.02) ** ((float(row[10]) + 1) / 2)
        self.assertAlmostEqual(hold_s / 0.5, 2, delta=0.15)
        self.assertEqual(row[:2], self.rows_in(self.expected_list())[event][:2])

    def test_keys_transpose_and_change_gain_and_length(self):
        self.click(10)
        self.press(Keys.ARROW_UP, held=[Keys.SHIFT])
        self.press("]", "]", "[", "}")
        row = self.rows_in(self.downloaded_list())[10]
        before = self.rows_in(self.expected_list())[10]
        self.assertEqual(float(row[1]), float(before[1]) + 1)
        self.assertAlmostEqual((float(row[2]) - float(before[2])) * 6 * math.log2(10500 / 25), 1, delta=0.03)
        self.assertGreater(float(row[10]), float(before[10]))

    def test_sliders_change_the_numbers(self):
        self.click(10)
        self.all("details summary")[0].click()
        slider = self.find("numbers").find_element(By.CSS_SELECTOR, "input")  # of the balance
        slider.send_keys(Keys.HOME)
        row = self.rows_in(self.downloaded_list())[10]
        self.assertEqual(row[3], "-1")
        self.assertEqual(slider.get_attribute("aria-valuetext"), "\u221240 dB")
        self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_copies_are_pasted_at_the_line_and_removed(self):
        self.click(10)
        self.press("c", held=[Keys.CONTROL])
        self.press("v", held=[Keys.CONTROL])
        self.assertEqual(self.text("status"), "1 copied")
        rows = self.rows_in(self.downloaded_list())
        self.assertEqual(rows[COUNT], ["0.000000", *rows[10][1:]])
        self.find("remove").click()
        self.assertEqual(self.downloaded_list(), self.expected_list())
        self.click(11)
        self.press(Keys.DELETE)
        self.assertEqual(self.text("status"), "1 removed")
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out={11}))
        self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_a_drag_with_alt_leaves_the_event_where_it_is(self):
        self.drag_event(10, 40, key=Keys.ALT)
        rows = self.rows_in(self.downloaded_list())
        self.assertAlmostEqual(float(rows[10][0]), onset_s(10), delta=1e-6)
        self.assertAlmostEqual(float(rows[COUNT][0]), onset_s(10) + 40 * self.s_per_px(), delta=0.02)
        self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_events_are_drawn_to_the_grid(self):
        Select(self.find("grid")).select_by_visible_text("1/8")
        self.click(10)  # at 2.625 s; at 120 beats a minute the lines are 0.25 s apart
        self.press("q")
        self.assertEqual(self.onsets_in(self.downloaded_list())[10], 2.75)
        self.drag_event(13, 60)
        at_s = self.onsets_in(self.downloaded_list())[13]
        self.assertAlmostEqual(4 * at_s, round(4 * at_s), delta=1e-3)
        self.assertGreater(at_s, onset_s(13))

    def test_escape_takes_a_drag_back(self):
        x, y = self.place_of(10)
        chain = self.move_to(x + 1, y).click_and_hold()
        self.move_to(x + 100, y, chain).perform()
        self.wait_until(lambda: self.text("status") == "1 moved", "it was moved")
        self.press(Keys.ESCAPE)
        self.wait_until(lambda: self.text("status") == "None so far", "it was back")
        self.mouse().release().perform()
        self.assertEqual(self.text("status"), "None so far")
        self.assertFalse(self.find("undo").is_enabled())

    def test_events_stay_within_the_piece(self):
        self.drag_event(1, -60)
        self.drag_event(38, 60)
        onsets_s = self.onsets_in(self.downloaded_list())
        self.assertEqual(onsets_s[1], 0.0)
        self.assertAlmostEqual(onsets_s[38], LENGTH_S - 1 / RATE_HZ, delta=1e-6)

    def test_changes_are_undone_and_done_again(self):
        self.click(4)
        self.press("m")
        self.drag_event(20, 60)
        moved = self.downloaded_list()
        self.press("s")
        for _ in range(2):
            self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list(left_out={4}))
        self.find("undo").click()
        self.assertEqual(self.downloaded_list(), self.expected_list())
        self.assertFalse(self.find("undo").is_enabled())
        self.find("redo").click()
        self.press("z", held=[Keys.CONTROL, Keys.SHIFT])
        self.assertEqual(self.downloaded_list(), moved)
        self.press("n", "m")
        self.assertFalse(self.find("redo").is_enabled())

    def test_several_are_chosen_and_move_together(self):
        # From the upper edge, where nothing lies.
        start = (round(self.place_of(5)[0]), 3)
        end = (round(self.place_of(20)[0]) + 2, round(self.view()["height"] / 2))
        self.drag(start, end, Keys.SHIFT)
        inside = [
            event
            for event in range(COUNT)
            if start[0] <= self.place_of(event)[0] <= end[0] and start[1] <= self.place_of(event)[1] <= end[1]
        ]
        self.assertGreater(len(inside), 2)
        self.assertEqual(self.text("event-name"), f"{len(inside)} events")
        x, y = self.place_of(31)
        self.move_to(x + 1, y).key_down(Keys.SHIFT).click().key_up(Keys.SHIFT).perform()
        self.assertEqual(self.text("event-name"), f"{len(inside) + 1} events")
        self.drag_event(31, -80)
        onsets_s = self.onsets_in(self.downloaded_list())
        moves_s = {event: onsets_s[event] - onset_s(event) for event in range(COUNT)}
        for event in range(COUNT):
            expected_s = moves_s[31] if event in inside else moves_s[event] if event == 31 else 0.0
            self.assertAlmostEqual(moves_s[event], expected_s, delta=2e-6)
        self.assertAlmostEqual(moves_s[31] / self.s_per_px(), -80, delta=1.5)
        self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list())


class Keyboard(Page):
    def focused(self):
        return self.run_js("return document.activeElement.id")

    def tab_to(self, id_):
        for _ in range(40):
            self.press(Keys.TAB)
            if self.focused() == id_:
                return
        self.fail(f"{id_} was not reached")

    def test_everything_can_be_done_with_keys_alone(self):
        self.find("lift").click()
        self.run_js("document.activeElement.blur()")
        self.open(page)
        self.tab_to("overlay")
        outline = self.run_js("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid")
        self.press("n", "n", ".", "p")
        spoken = self.find("announcement").get_attribute("textContent")
        self.assertRegex(spoken, r"^Event 1 at 0\.375 s, A#3 \+29 ct, 237\.0 Hz, 0\.3\d s long, loudness \u2212\d\.\d dB$")
        self.assertTrue(self.find("tooltip").is_displayed())
        self.press(Keys.ENTER)
        self.assertTrue(self.started())
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, held=[Keys.SHIFT])
        self.press(Keys.ARROW_LEFT, held=[Keys.SHIFT, Keys.CONTROL])
        self.press("n", "m")
        self.tab_to("download")
        path = folder / LIST_NAME
        path.unlink(missing_ok=True)
        self.press(Keys.ENTER)
        self.wait_for_file(path)
        expected = self.expected_list({1: onset_s(1) + 0.019}, left_out={2})
        got = self.onsets_in(path.read_bytes().decode("utf-8"))
        self.assertAlmostEqual(got.pop(1), onset_s(1) + 0.019, delta=2e-5)
        wanted = self.onsets_in(expected)
        wanted.pop(1)
        self.assertEqual(got, wanted)

    def test_space_on_a_button_is_the_button(self):
        self.press("n")
        self.run_js("document.getElementById('mute').focus()")
        self.press(" ")
        self.assertEqual(self.text("status"), "1 muted")
        self.assertEqual(self.find("play").accessible_name, "Play everything")

    def test_the_first_and_the_last_event_are_ends(self):
        self.press("p")
        self.assertEqual(self.text("event-name"), "Event 0")
        self.press("p")
        self.assertEqual(self.text("event-name"), "Event 0")
        self.press(*["n"] * (COUNT + 3))
        self.assertEqual(self.text("event-name"), f"Event {COUNT - 1}")


if __name__ == "__main__":
    unittest.main()
