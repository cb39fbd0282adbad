"""The page of an evaluation in a browser: what a person sees, clicks and hears.

The page is that of the program make_page in the folder ICTUS_BIN_DIR (default: build/dev/bin).
"""

import json
import pathlib
import subprocess
import tempfile
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from browser import BIN, SLOW, TIMEOUT_S, start

# As make_page.cpp has them: samples at 16 kHz.
HOSTILE = "</script><script>document.title = 'harm'</script> & \"quotes\" 'here'"
SAMPLES = {"first": 32000, "second": 24001, HOSTILE: 40013, "real": 16000}
SAMPLES.update({f"near {number}": (8000, 9600, 11200)[number % 3] for number in range(9)})


def setUpModule():
    """One browser for all tests, which starts in seconds."""
    global browser, address
    folder = tempfile.TemporaryDirectory(prefix="ictus-browser-")
    unittest.addModuleCleanup(folder.cleanup)
    path = pathlib.Path(folder.name) / "page.html"
    path.write_bytes(subprocess.run([BIN / "make_page"], stdout=subprocess.PIPE, check=True).stdout)
    address = path.as_uri()
    browser = start()
    unittest.addModuleCleanup(browser.quit)


class Page(unittest.TestCase):
    def setUp(self):
        self.set_width(1280)
        browser.get(address)
        self.run_js("document.querySelector('audio').defaultPlaybackRate = arguments[0]", SLOW)

    def tearDown(self):
        self.assertEqual([entry["message"] for entry in browser.get_log("browser")], [])

    def set_width(self, width_px):
        metrics = {"width": width_px, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run_js(self, script, *arguments):
        return browser.execute_script(script, *arguments)

    def audio(self, name):
        return self.run_js(f"return document.querySelector('audio').{name}")

    def wait_until(self, condition, what):
        WebDriverWait(browser, TIMEOUT_S, 0.02).until(lambda _: condition(), "waited in vain until " + what)

    def all(self, selector):
        return browser.find_elements(By.CSS_SELECTOR, selector)

    def figures(self):
        """The figures by the names of their sounds."""
        return dict(
            self.run_js(
                "return [...document.querySelectorAll('.sound')]"
                ".map((figure) => [figure.querySelector('.name').innerText, figure])"
            )
        )

    def clips(self):
        """The names of the clips that can be seen, from the top."""
        return [part(clip, ".generated .name").text for clip in self.all(".clip") if clip.is_displayed()]


def part(element, selector):
    return element.find_element(By.CSS_SELECTOR, selector)


def play_button(figure):
    return part(figure, "button.play")


def position_s(figure):
    """As a person sees it."""
    return float(part(figure, ".now").text)


class Loading(Page):
    def test_nothing_is_fetched_from_elsewhere(self):
        browser.get_log("performance")
        browser.get(address)
        play_button(self.figures()["first"]).click()
        self.wait_until(lambda: self.audio("currentTime") > 0, "something was heard")
        requests = []
        for entry in browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                requests.append(message["params"]["request"]["url"])
        self.assertIn(address, requests)  # or the log tells nothing
        self.assertEqual({url for url in requests if not url.startswith("data:")}, {address})

    def test_all_pictures_are_decoded(self):
        sizes = self.run_js("return [...document.images].map((image) => [image.complete, image.naturalWidth])")
        self.assertEqual(len(sizes), len(SAMPLES) + 1)  # and the key of colours
        for complete, width_px in sizes:
            self.assertTrue(complete)
            self.assertGreater(width_px, 0)

    def test_pictures_are_as_wide_as_the_sounds_are_long(self):
        widths = {name: part(figure, "img").size["width"] for name, figure in self.figures().items()}
        self.assertAlmostEqual(widths["first"] / widths[HOSTILE], 32000 / 40013, delta=0.01)
        self.assertAlmostEqual(widths["near 0"] / widths["near 2"], 8000 / 11200, delta=0.01)

    def test_hostile_words_are_shown_as_they_are(self):
        self.assertEqual(browser.title, "Three tones " + HOSTILE)
        self.assertEqual(part(browser, "h1").text, "Three tones " + HOSTILE)
        self.assertEqual([fact.text for fact in self.all(".facts li")], ["3 notes, 16 kHz", HOSTILE, "{{title}}"])
        self.assertEqual(len(self.all("script")), 1)
        button = play_button(self.figures()[HOSTILE])
        self.assertEqual(button.get_attribute("aria-label"), "Play " + HOSTILE)
        heard = [element.text for element in self.all(".judgement div:last-child dd")]
        self.assertEqual(heard, ["organ A3", "brass A4", "flute A5"])

    def test_everything_fits_on_screens_from_360_pixels(self):
        for width_px in (360, 768, 1600):
            self.set_width(width_px)
            for details in self.all("details:not([open]) summary"):
                details.click()
            self.assertEqual(self.run_js("return innerWidth"), width_px)
            self.assertLessEqual(self.run_js("return document.documentElement.scrollWidth"), width_px)
            beyond = self.run_js(
                "return [...document.querySelectorAll('body *')]"
                ".filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)"
                ".filter((element) => !element.closest('thead'))"  # cut off, for screen readers alone
                ".map((element) => element.outerHTML.slice(0, 100))"
            )
            self.assertEqual(beyond, [])

    def test_everything_that_can_be_used_has_a_name(self):
        for element in self.all("button, a, input, select, img"):
            label = element.accessible_name
            self.assertTrue(label, element.get_attribute("outerHTML")[:100])


class Playing(Page):
    def test_every_sound_has_its_length(self):
        figures = self.figures()
        self.assertEqual(set(figures), set(SAMPLES))
        for name, figure in figures.items():
            with self.subTest(name):
                play_button(figure).click()
                address = part(figure, "a.save").get_attribute("href")
                self.wait_until(
                    lambda: self.audio("src") == address and self.audio("readyState") > 0, "the sound was read"
                )
                self.assertAlmostEqual(self.audio("duration"), SAMPLES[name] / 16000, delta=0.050)
                shown_s = float(part(figure, ".seek").get_attribute("max"))
                self.assertAlmostEqual(shown_s, SAMPLES[name] / 16000, delta=0.001)

    def test_a_sound_plays_and_stops_another(self):
        first, second = (self.figures()[name] for name in ("first", "second"))
        play_button(first).click()
        self.wait_until(lambda: self.audio("currentTime") > 0.1, "time went on")
        self.wait_until(lambda: position_s(first) > 0, "the position was shown")
        self.assertEqual(play_button(first).get_attribute("aria-label"), "Pause first")
        play_button(second).click()
        self.wait_until(lambda: position_s(second) > 0, "the other one was heard")
        self.assertEqual(position_s(first), 0)
        self.assertEqual(play_button(first).get_attribute("aria-label"), "Play first")
        self.assertEqual(len(self.all(".playing")), 1)
        self.assertEqual(len(self.all("audio")), 1)

    def test_a_sound_can_be_paused_and_goes_on_from_there(self):
        figure = self.figures()["first"]
        play_button(figure).click()
        self.wait_until(lambda: self.audio("currentTime") > 0.2, "time went on")
        play_button(figure).click()
        self.wait_until(lambda: self.audio("paused"), "it paused")
        paused_s = self.audio("currentTime")
        play_button(figure).click()
        self.wait_until(lambda: self.audio("currentTime") > paused_s, "it went on")
        self.assertGreaterEqual(self.audio("currentTime"), paused_s)

    def test_a_sound_that_ended_can_be_heard_again(self):
        figure = self.figures()["near 0"]
        for _ in range(2):
            play_button(figure).click()
            self.wait_until(lambda: not self.audio("paused") and self.audio("currentTime") > 0, "it began")
            self.wait_until(lambda: not self.all(".playing"), "it ended")
            self.assertEqual(float(part(figure, ".seek").get_attribute("value")), 0)

    def test_a_click_into_the_picture_goes_there(self):
        figure = self.figures()["second"]
        picture = part(figure, ".seek")
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture)
        quarter = picture.size["width"] // 4
        for offset_px, share in ((quarter, 0.75), (-quarter, 0.25)):
            ActionChains(browser).move_to_element_with_offset(picture, offset_px, 0).click().perform()
            expected_s = share * SAMPLES["second"] / 16000
            self.wait_until(lambda: abs(self.audio("currentTime") - expected_s) < 0.03, "the sound was there")
            self.assertAlmostEqual(position_s(figure), expected_s, delta=0.08)
            self.assertAlmostEqual(float(picture.get_attribute("value")), expected_s, delta=0.03)
        self.assertTrue(self.audio("paused"))

    def test_keys_play_and_move(self):
        figure = self.figures()["first"]
        slider = part(figure, ".seek")
        slider.send_keys(Keys.END)
        self.wait_until(lambda: abs(self.audio("currentTime") - 2.0) < 0.01, "it was at the end")
        slider.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
        self.wait_until(lambda: 0 < self.audio("currentTime") < 0.1, "it was one step from the beginning")
        slider.send_keys(" ")
        self.wait_until(lambda: self.audio("currentTime") > 0.2, "time went on")
        slider.send_keys(" ")
        self.wait_until(lambda: self.audio("paused"), "it paused")


class Choosing(Page):
    def show(self, which):
        part(browser, f"[data-show={which}]").click()

    def test_agreement_is_said_in_words(self):
        words = [verdict.text for verdict in self.all(".verdict")]
        self.assertEqual(words, ["The judge agrees", "The judge disagrees", "The judge agrees"])

    def test_the_filter_hides_clips(self):
        status = part(browser, "[role=status]")
        self.show("disagrees")
        self.assertEqual(self.clips(), ["second"])
        self.assertEqual(status.get_attribute("textContent"), "1 of 3 shown")
        self.assertEqual(part(browser, "[data-show=disagrees]").get_attribute("aria-pressed"), "true")
        self.show("agrees")
        self.assertEqual(self.clips(), ["first", HOSTILE])
        self.show("all")
        self.assertEqual(self.clips(), ["first", "second", HOSTILE])
        self.assertEqual(status.get_attribute("textContent"), "3 of 3 shown")

    def test_what_is_hidden_falls_silent(self):
        play_button(self.figures()["first"]).click()
        self.wait_until(lambda: self.audio("currentTime") > 0, "it played")
        self.show("disagrees")
        self.wait_until(lambda: self.audio("paused"), "it paused")
        self.assertGreater(self.audio("currentTime"), 0)  # it did not just end

    def test_clips_are_ordered_by_their_distance(self):
        order = Select(part(browser, "select"))
        order.select_by_value("nearest")
        self.assertEqual(self.clips(), ["second", "first", HOSTILE])
        order.select_by_value("farthest")
        self.assertEqual(self.clips(), [HOSTILE, "first", "second"])
        order.select_by_value("made")
        self.assertEqual(self.clips(), ["first", "second", HOSTILE])


if __name__ == "__main__":
    unittest.main()
