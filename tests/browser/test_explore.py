"""The page of `ictus explore` in a browser: what a person sees, clicks, hears, edits and saves.

The pages are those of the program make_explore_page in the folder ICTUS_BIN_DIR (default: build/dev/bin).
"""

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
from selenium.webdriver.support.ui import WebDriverWait

from browser import BIN, TIMEOUT_S, start

# As make_explore_page.cpp has them.
RATE_HZ = 24000
LENGTH_S = 10.0
COUNT = 40
HOSTILE = "</script><script>document.title = 'harm'</script> <!-- & \"quotes\" \\ 'here'"
LIST_NAME = "many tones.tsv"
VALUES = "-1 -0.8333333 -0.6666667 -0.5 -0.33333334 -0.16666667 0".split()
VALUES += "0.16666667 0.33333334 0.5 0.6666667 0.8333333 1".split()

# What is handed to the sound card: the events by their samples, with the gain that they go through.
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
  window.started.push({
    when, offset, duration, rate, now: this.context.currentTime, gain: this.connected_to.gain.value,
    samples: Array.from(this.buffer.getChannelData(0).slice(from, from + Math.round(duration * rate))),
  });
  return start.call(this, when, offset, duration);
};
"""


def onset_s(event, count=COUNT, length_s=LENGTH_S):
    return (event + 0.5) * length_s / count


def place(event):
    return math.fmod(0.618 * event, 1.0)


def frequency_hz(event):
    return 200.0 + 37.0 * (event % 100)


def duration_s(event):
    return 0.2 + 0.1 * (event % 4)


def loudness_db(event):
    return -12 - event * 7 % 40


def sound_of(event):
    """The samples that went into the page."""
    level = 2.0 * 10 ** (loudness_db(event) / 20)
    length_s = duration_s(event)
    times_s = [i / RATE_HZ for i in range(round(length_s * RATE_HZ))]
    return [
        level
        * min(1.0, (length_s - t) / 0.01)
        * math.exp(-5 * t / length_s)
        * math.sin(2 * math.pi * frequency_hz(event) * t)
        for t in times_s
    ]


def product(one, other):
    return sum(a * b for a, b in zip(one, other))


def likeness(one, other):
    """1 for the same sound at the same time, whatever its level."""
    return product(one, other) / math.sqrt(product(one, one) * product(other, other))


def lag_samples(heard, expected):
    """By how many samples a sound comes later than it should, at most 1 ms; never 1 ms if it is within it."""
    reach = RATE_HZ // 1000
    middle = expected[reach:-reach]
    return max(range(-reach, reach + 1), key=lambda lag: likeness(heard[reach + lag :], middle))


def make_page(folder, *arguments):
    path = folder / f"{'-'.join(arguments)}.html"
    made = subprocess.run([BIN / "make_explore_page", *arguments], capture_output=True, check=True)
    path.write_bytes(made.stdout)
    return path


def setUpModule():
    """One browser for all tests, which starts in seconds."""
    global browser, folder, page
    temporary = tempfile.TemporaryDirectory(prefix="ictus-browser-")
    unittest.addModuleCleanup(temporary.cleanup)
    folder = pathlib.Path(temporary.name)
    page = make_page(folder, str(COUNT))
    browser = start()
    unittest.addModuleCleanup(browser.quit)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    downloads = {"behavior": "allow", "downloadPath": str(folder), "eventsEnabled": False}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)


class Page(unittest.TestCase):
    def setUp(self):
        self.set_size(1280, 800)
        self.open(page)

    def tearDown(self):
        self.assertEqual([entry["message"] for entry in browser.get_log("browser")], [])

    def open(self, path):
        browser.get(path.as_uri())
        self.wait_until(lambda: self.view()["to"] > 0, "the map was drawn")

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

    # ---- The map

    def view(self):
        """The axes, as the map tells them: from, to in seconds, low, high, and where on the map that is."""
        told = self.run_js("return {...document.getElementById('map').dataset}")
        return {name: float(value) for name, value in told.items()}

    def place_of(self, event, at_s=None, count=COUNT, length_s=LENGTH_S):
        """Where an event is drawn, in pixels of the map."""
        view = self.view()
        at_s = onset_s(event, count, length_s) if at_s is None else at_s
        x = view["left"] + (at_s - view["from"]) / (view["to"] - view["from"]) * view["width"]
        y = view["top"] + (view["high"] - place(event)) / (view["high"] - view["low"]) * view["height"]
        return x, y

    def colours_at(self, places):
        """Red, green and blue of what is drawn there, without axes, rings and lines."""
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
        self.move_to(*self.place_of(event)).click().perform()

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

    def drag_event(self, event, by_px):
        x, y = map(round, self.place_of(event))
        self.drag((x, y), (x + by_px, y))

    def s_per_px(self):
        view = self.view()
        return (view["to"] - view["from"]) / view["width"]

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

    def piece(self, name):
        """Of the audio element, which plays the whole piece."""
        return self.run_js(f"return document.querySelector('audio').{name}")

    def started(self, count):
        """What has been started since the last call, at least so many."""
        self.wait_until(lambda: self.run_js("return started.length") >= count, f"{count} sounds were started")
        return self.run_js("return started.splice(0)")

    def assert_is_sound_of(self, heard, event):
        expected = sound_of(event)
        self.assertEqual(heard["rate"], RATE_HZ)
        self.assertAlmostEqual(heard["duration"], duration_s(event), delta=1e-6)
        self.assertGreater(likeness(heard["samples"], expected), 0.9)
        self.assertLess(abs(lag_samples(heard["samples"], expected)), RATE_HZ / 1000)

    def event_of(self, heard):
        """The event whose sound this most probably is."""
        return max(
            (event for event in range(COUNT) if abs(duration_s(event) - heard["duration"]) < 1e-6),
            key=lambda event: likeness(heard["samples"][:2400], sound_of(event)[:2400]),
        )

    # ---- The list

    def original_list(self):
        return self.expected_list()

    def download(self):
        path = folder / LIST_NAME
        path.unlink(missing_ok=True)
        self.find("download").click()
        self.wait_until(path.exists, "the list was downloaded")
        return path.read_bytes().decode("utf-8")

    def expected_list(self, onsets_s={}, left_out=()):
        """The list of make_explore_page with these onsets by event and without these events."""
        columns = ["event", "onset_s", "gain_db", *(f"v{i}" for i in range(32))]
        head = ["# ictus events, format 1", "# title " + HOSTILE, "\t".join(columns)]
        entries = []
        for event in range(COUNT):
            time_s = onsets_s.get(event, onset_s(event))
            vector = [VALUES[(event * event + 5 * i + event * i) % 13] for i in range(32)]
            line = "\t".join([str(event), f"{time_s:.6f}", str(-(event * 7 % 40)), *vector])
            followers = ["# ~ after 20 ~", ""] if event == 20 else []
            entries.append((time_s, event, followers if event in left_out else [line, *followers]))
        body = [line for _, _, lines in sorted(entries) for line in lines]
        return "\n".join([*head, *body, "# the end <!-- of it", ""])

    def onsets_in(self, text):
        rows = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")][1:]
        return {int(row[0]): float(row[1]) for row in rows}


class Loading(Page):
    def test_nothing_is_fetched_from_elsewhere(self):
        browser.get_log("performance")
        self.open(page)
        self.click(3)
        self.started(1)
        self.press(" ")
        self.wait_until(lambda: self.piece("currentTime") > 0, "it played")
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
        for element in self.all("button, a, input, canvas[tabindex]"):
            if element.is_displayed():
                self.assertTrue(element.accessible_name, element.get_attribute("id"))


class Looking(Page):
    def test_events_are_where_the_axes_say(self):
        places = [self.place_of(event) for event in range(COUNT)]
        for event, colour in enumerate(self.colours_at(places)):
            self.assertLess(min(colour), 200, event)  # the ground is nearly white
        between = [(places[event][0], places[event + 5][1]) for event in range(0, 30, 7)]
        for colour in self.colours_at(between):
            self.assertGreater(min(colour), 200)

    def test_the_pointer_finds_the_facts(self):
        for event, pitch in ((1, "N1 237.0 Hz"), (24, "no pitch"), (39, "no pitch"), (38, "N38 1606.0 Hz")):
            self.move_to(*self.place_of(event)).perform()
            self.wait_until(lambda: f"Event {event}\n" in self.text("tooltip"), "the tooltip was there")
            expected = [
                f"Event {event}",
                f"{onset_s(event):.3f} s",
                pitch,
                f"Decay {duration_s(event) / 2:.2f} s",
                f"Loudness \u2212{-loudness_db(event)}.0 dB",
            ]
            self.assertEqual(self.text("tooltip").split("\n"), expected)
        self.move_to(3, 3).perform()
        self.wait_until(lambda: not self.find("tooltip").is_displayed(), "it was gone")

    def test_the_wheel_zooms_at_the_pointer(self):
        x, y = self.place_of(30)
        before = self.s_per_px()
        turn = {"type": "mouseWheel", **self.on_page(x, y), "deltaX": 0, "deltaY": -240}
        for _ in range(4):
            browser.execute_cdp_cmd("Input.dispatchMouseEvent", turn)
        self.wait_until(lambda: self.s_per_px() < before / 6, "the map was zoomed")
        # Half a pixel, to which the pointer was rounded, is several of them now.
        self.assertAlmostEqual(self.place_of(30)[0], x, delta=before / self.s_per_px())
        self.find("fit").click()
        self.wait_until(lambda: abs(self.s_per_px() - before) < 1e-9, "all was seen")

    def test_the_ground_can_be_dragged_and_keys_move_it_too(self):
        self.press("+", "+", "+", "+")
        self.next_picture()
        before = self.view()
        middle = round(before["width"] / 2)
        self.drag((middle + 60, 4), (middle + 10, 4))
        moved_s = self.view()["from"] - before["from"]
        self.assertAlmostEqual(moved_s / self.s_per_px(), 50, delta=1.5)
        self.press(Keys.ARROW_LEFT)
        self.next_picture()
        self.assertLess(self.view()["from"], before["from"])
        self.assertEqual(self.text("status"), "None so far")

    def test_the_other_axis_is_that_of_pitch(self):
        self.press("v")
        self.wait_until(lambda: self.view()["left"] > 0, "there was room for the names of notes")
        self.assertIn("by pitch", self.text("caption"))
        lowest, highest = math.log2(frequency_hz(1)), math.log2(frequency_hz(38))
        strip, view = 0.12, self.view()

        def height_of(event):
            if event % 3 == 0:
                return place(event) * (strip - 0.02)
            share = (math.log2(frequency_hz(event)) - lowest + 1 / 12) / (highest - lowest + 2 / 12)
            return strip + 0.02 + share * (0.98 - strip)

        def place_of(event):
            share = (view["high"] - height_of(event)) / (view["high"] - view["low"])
            return self.place_of(event)[0], view["top"] + share * view["height"]

        places = [place_of(event) for event in range(COUNT)]
        self.wait_until(
            lambda: all(min(colour) < 200 for colour in self.colours_at(places)), "all were at their pitch"
        )

    def test_thousands_of_events_are_drawn_and_panned(self):
        many = make_page(folder, "10000", "400", "0.02")
        self.open(many)
        places = [self.place_of(event, count=10000, length_s=400.0) for event in range(0, 10000, 199)]
        for colour in self.colours_at(places):
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
        event = 5000
        self.move_to(*self.place_of(event, count=10000, length_s=400.0)).perform()
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
    def test_a_click_plays_the_event_and_nothing_else(self):
        for event in (0, 1, 10, 17, 39):
            with self.subTest(event):
                self.click(event)
                (heard,) = self.started(1)
                self.assertAlmostEqual(heard["when"], heard["now"], delta=0.1)
                self.assert_is_sound_of(heard, event)
                self.assertEqual(self.text("event-name"), f"Event {event}")

    def test_sounds_are_as_loud_as_they_were_and_quiet_ones_are_lifted_alone(self):
        quiet = 5
        self.assertEqual(loudness_db(quiet), -47)
        for lifted, rise in ((True, 10 ** ((47 - 25) / 20)), (False, 1.0)):
            if self.find("lift").is_selected() != lifted:
                self.find("lift").click()
            for event, expected in ((0, 1.0), (quiet, rise)):
                self.click(event)
                (heard,) = self.started(1)
                sound = sound_of(event)
                level = heard["gain"] * product(heard["samples"], sound) / product(sound, sound)
                self.assertAlmostEqual(level / expected, 1.0, delta=0.15)

    def test_everything_is_played_as_it_is_and_the_line_moves(self):
        self.press(" ")
        self.wait_until(lambda: self.piece("currentTime") > 0.3, "it played")
        self.wait_until(lambda: self.text("now") > "0:00.2", "the line moved")
        self.assertEqual(self.find("play").accessible_name, "Pause")
        self.find("play").click()
        self.wait_until(lambda: self.piece("paused"), "it paused")
        self.assertEqual(self.find("play").accessible_name, "Play everything")
        self.assertEqual(self.run_js("return started.length"), 0)

    def test_a_click_on_the_time_axis_goes_there(self):
        view = self.view()
        x, _ = self.place_of(20)
        self.move_to(x, view["top"] + view["height"] + 15).click().perform()
        self.wait_until(lambda: self.text("now") == f"0:0{onset_s(20):.1f}", "the line was there")
        self.press(" ")
        self.wait_until(lambda: self.piece("currentTime") > onset_s(20), "it went on from there")
        self.press(" ")

    def test_what_is_edited_is_played_event_by_event(self):
        self.click(2)
        self.press("m")
        self.click(4)
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, held=[Keys.SHIFT])  # by 20 ms
        self.started(2)
        view = self.view()
        at_s = onset_s(1) + 0.1
        x, _ = self.place_of(0, at_s)
        self.move_to(x, view["top"] + view["height"] + 15).click().perform()
        self.run_js("window.frozen_s = 1000")
        self.press(" ")
        heard = self.started(4)
        self.run_js("window.frozen_s += 0.5")
        while len(heard) < 6:
            heard += self.started(1)
        self.press(" ")
        self.assertEqual(self.piece("src"), "")
        events = [self.event_of(sound) for sound in heard[1:6]]
        self.assertEqual(events, [3, 4, 5, 6, 7])
        for event, sound in zip(events, heard[1:]):
            self.assert_is_sound_of(sound, event)
            expected_s = onset_s(event) + (0.02 if event == 4 else 0.0)
            self.assertAlmostEqual(sound["when"] - heard[1]["when"], expected_s - onset_s(3), delta=1e-4)
        # Event 1 had begun and is entered where it is by then: 0.1 s, as near as a pixel is.
        self.assertAlmostEqual(duration_s(1) - heard[0]["duration"], 0.1, delta=self.s_per_px())
        first_s = heard[0]["when"] - (duration_s(1) - heard[0]["duration"])
        self.assertAlmostEqual(heard[1]["when"] - first_s, onset_s(3) - onset_s(1), delta=1e-3)

    def test_an_edit_is_heard_at_once(self):
        self.press(" ")
        self.wait_until(lambda: self.piece("currentTime") > 0.1, "it played")
        self.press("n", "m")
        self.started(1)
        self.assertTrue(self.piece("paused"))
        before = self.text("now")
        self.wait_until(lambda: self.text("now") > before, "the line went on")
        self.press("z", held=[Keys.CONTROL])
        self.wait_until(lambda: not self.piece("paused"), "the piece was heard")
        self.press(" ")


class Editing(Page):
    def test_without_changes_the_list_stays_as_it_is(self):
        self.assertEqual(self.download(), self.original_list())

    def test_the_page_says_what_to_do_with_the_list(self):
        self.assertEqual(self.text("command"), f"ictus assemble '{LIST_NAME}' -o new.evs")

    def test_muted_events_are_left_out(self):
        self.click(7)
        self.find("mute").click()
        self.click(8)
        self.press("m")
        self.assertEqual(self.text("status"), "2 muted")
        self.assertEqual(self.find("mute").get_attribute("aria-pressed"), "true")
        self.assertEqual(self.download(), self.expected_list(left_out={7, 8}))
        self.press("m")
        self.assertEqual(self.download(), self.expected_list(left_out={7}))

    def test_soloed_events_are_left_alone(self):
        self.click(9)
        self.find("solo").click()
        self.click(30)
        self.press("s")
        self.assertEqual(self.text("status"), "2 soloed")
        self.assertEqual(self.download(), self.expected_list(left_out=set(range(COUNT)) - {9, 30}))
        self.press("m")
        self.assertEqual(self.download(), self.expected_list(left_out=set(range(COUNT)) - {9}))

    def test_a_dragged_event_has_another_onset_and_another_line(self):
        self.drag_event(10, 150)
        by_s = 150 * self.s_per_px()
        text = self.download()
        new_s = self.onsets_in(text)[10]
        self.assertAlmostEqual(new_s, onset_s(10) + by_s, delta=0.02)
        self.assertGreater(by_s, onset_s(12) - onset_s(10))  # it passes others
        self.assertEqual(text, self.expected_list({10: new_s}))
        self.assertEqual(self.text("status"), "1 moved")
        self.assertIn("Was at\n2.625 s", self.text("event-facts"))
        self.find("reset").click()
        self.assertEqual(self.download(), self.original_list())

    def test_escape_takes_a_drag_back(self):
        x, y = self.place_of(10)
        chain = self.move_to(x, y).click_and_hold()
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
        onsets_s = self.onsets_in(self.download())
        self.assertEqual((onsets_s[1], onsets_s[38]), (0.0, LENGTH_S))

    def test_changes_are_undone_and_done_again(self):
        self.click(3)
        self.press("m")
        self.drag_event(20, 60)
        moved = self.download()
        self.press("s")
        for _ in range(2):
            self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.download(), self.expected_list(left_out={3}))
        self.find("undo").click()
        self.assertEqual(self.download(), self.original_list())
        self.assertFalse(self.find("undo").is_enabled())
        self.find("redo").click()
        self.press("z", held=[Keys.CONTROL, Keys.SHIFT])
        self.assertEqual(self.download(), moved)
        self.press("n", "m")
        self.assertFalse(self.find("redo").is_enabled())

    def test_several_are_chosen_and_move_together(self):
        # From the upper edge, where there are no discs.
        start = (round(self.place_of(5)[0]), 3)
        end = (round(self.place_of(12)[0]), round(self.view()["height"] / 2))
        self.drag(start, end, Keys.SHIFT)
        inside = [
            event
            for event in range(COUNT)
            if start[0] <= self.place_of(event)[0] <= end[0] and start[1] <= self.place_of(event)[1] <= end[1]
        ]
        self.assertGreater(len(inside), 2)
        self.assertEqual(self.text("event-name"), f"{len(inside)} events")
        self.move_to(*self.place_of(30)).key_down(Keys.SHIFT).click().key_up(Keys.SHIFT).perform()
        self.assertEqual(self.text("event-name"), f"{len(inside) + 1} events")
        self.drag_event(30, -80)
        onsets_s = self.onsets_in(self.download())
        moves_s = {event: onsets_s[event] - onset_s(event) for event in range(COUNT)}
        for event in range(COUNT):
            expected_s = moves_s[30] if event in inside else moves_s[event] if event == 30 else 0.0
            self.assertAlmostEqual(moves_s[event], expected_s, delta=2e-6)
        self.assertAlmostEqual(moves_s[30] / self.s_per_px(), -80, delta=1.5)
        self.press("z", held=[Keys.CONTROL])
        self.assertEqual(self.download(), self.original_list())


class Keyboard(Page):
    def focused(self):
        return self.run_js("return document.activeElement.id")

    def test_everything_can_be_done_with_keys_alone(self):
        for _ in range(20):
            self.press(Keys.TAB)
            if self.focused() == "overlay":
                break
        self.assertEqual(self.focused(), "overlay")
        outline = self.run_js("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid")
        self.press("n", "n", ".", "p")
        spoken = self.find("announcement").get_attribute("textContent")
        self.assertEqual(spoken, "Event 1 at 0.375 s, N1 237.0 Hz, decay 0.15 s, loudness \u221219.0 dB")
        self.assertTrue(self.find("tooltip").is_displayed())
        self.press(Keys.ENTER)
        (heard,) = self.started(1)
        self.assert_is_sound_of(heard, 1)
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, held=[Keys.SHIFT])
        self.press(Keys.ARROW_LEFT, held=[Keys.SHIFT, Keys.CONTROL])
        self.press("n", "m")
        for _ in range(20):
            self.press(Keys.TAB)
            if self.focused() == "download":
                break
        path = folder / LIST_NAME
        path.unlink(missing_ok=True)
        self.press(Keys.ENTER)
        self.wait_until(path.exists, "the list was downloaded")
        expected = self.expected_list({1: onset_s(1) + 0.019}, left_out={2})
        self.assertEqual(path.read_bytes().decode("utf-8"), expected)

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
