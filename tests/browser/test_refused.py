"""The pages in browsers that cannot play them: another file of the same sound is played, or words say what to do.

The browser is Chromium as in the other tests, made to refuse what others do. The pages are those of make_explore_page
and make_page in the folder ICTUS_BIN_DIR (default: build/dev/bin).
"""

import base64
import json
import struct
import subprocess
import unittest

from selenium.webdriver.common.keys import Keys

import test_evaluation
import test_explore
from browser import BIN
from test_explore import COUNT, onset_s

# Files of the kinds in `refused` are not played; `offered` has what was to be, by its kind.
REFUSE = """
const refused = %s;
window.offered = {};
const address_of = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  offered[blob.type] = blob;
  return address_of(refused.includes(blob.type) ? new Blob(["no sound"], blob) : blob);
};
const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
Object.defineProperty(HTMLMediaElement.prototype, "src", {
  ...source,
  set(address) {
    const is_refused = refused.some((kind) => address.startsWith("data:" + kind));
    source.set.call(this, is_refused ? "data:audio/ogg;base64,bm8gc291bmQ=" : address);
  },
});
"""
EVERYTHING = ["audio/ogg", "audio/webm", "audio/x-caf", "audio/wav"]

# What a browser does that waits for a click, until `held` is false.
HOLD_BACK = """
window.held = true;
const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "state").get;
Object.defineProperty(BaseAudioContext.prototype, "state", {get() { return held ? "suspended" : state.call(this); }});
const resume = AudioContext.prototype.resume;
AudioContext.prototype.resume = function () { return held ? new Promise(() => {}) : resume.call(this); };
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  return held ? Promise.reject(new DOMException("the user did not interact", "NotAllowedError")) : play.call(this);
};
"""


def without(*names):
    """A browser that has none of these."""
    return "".join(f"delete window.{name};" for name in names)


def ogg_packets(data):
    """The packets of an Ogg file of one stream (RFC 3533), and how many samples its last page says."""
    packets, begun, at, samples = [], b"", 0, 0
    while at < len(data):
        assert data[at : at + 4] == b"OggS"
        (samples,) = struct.unpack_from("<q", data, at + 6)
        count = data[at + 26]
        sizes = data[at + 27 : at + 27 + count]
        at += 27 + count
        for size in sizes:
            begun += data[at : at + size]
            at += size
            if size < 255:
                packets.append(begun)
                begun = b""
    return packets, samples


def caf_chunks(data):
    """The chunks of a CAF file by their names."""
    assert data[:8] == b"caff\0\1\0\0"
    chunks, at = {}, 8
    while at < len(data):
        name, size = struct.unpack_from(">4sq", data, at)
        chunks[name.decode()] = data[at + 12 : at + 12 + size]
        at += 12 + size
    assert at == len(data)
    return chunks


def caf_packets(chunks):
    """Cut by the sizes in the packet table, which are in 7 bits a byte."""
    packets, at, size = [], 4, 0
    for byte in chunks["pakt"][24:]:
        size = size << 7 | byte & 127
        if byte < 128:
            packets.append(chunks["data"][at : at + size])
            at += size
            size = 0
    assert at == len(chunks["data"])
    return packets


def unpadded(packet):
    """An Opus packet of one frame without its padding (RFC 6716, section 3.2.5)."""
    if packet[0] & 3 != 3:
        return packet
    assert packet[1] & 0xBF == 1, "one frame"
    at, padding = 2, 0
    while packet[1] & 0x40:
        padding += min(packet[at], 254)
        at += 1
        if packet[at - 1] < 255:
            break
    assert not any(packet[len(packet) - padding :])
    return bytes([packet[0] & 0xFC]) + packet[at : len(packet) - padding]


class Refused:
    """For either page: opens it in a browser with something missing."""

    changed = None

    def change_browser(self, *scripts):
        """What these do is done before those of each page, until other ones are given."""
        source = f"(() => {{{''.join(scripts)}}})();"
        self.change_back()
        self.changed = self.driver().execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})

    def change_back(self):
        if self.changed:
            self.driver().execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", self.changed)
        self.changed = None

    def tearDown(self):
        self.change_back()
        super().tearDown()

    def words(self):
        """What is said about the sound, where a person sees it and a screen reader reads it out."""
        notices = [notice for notice in self.all("[role=alert]") if notice.is_displayed()]
        return notices[0].text if notices else ""

    def wait_for_words(self, part):
        self.wait_until(lambda: part in self.words(), f"'{part}' was said")


class Explore(Refused, test_explore.Page):
    def setUp(self):
        self.set_size(1280, 800)

    def driver(self):
        return test_explore.browser

    def open_with(self, *scripts):
        self.change_browser(*scripts)
        self.open(test_explore.page)

    def assert_says(self, words, *scripts):
        """What is said of a click, by a browser after these scripts."""
        self.open_with(*scripts)
        self.click(4)
        self.wait_for_words(words)

    def assert_all_but_sound_works(self):
        self.click(7)
        self.assertEqual(self.text("event-name"), "Event 7")
        self.press("m")
        self.press("n", "n")
        self.press(Keys.ARROW_RIGHT, held=[Keys.SHIFT])
        self.assertEqual(self.text("status"), "1 muted, 1 moved")
        self.assertEqual(self.downloaded_list(), self.expected_list({9: onset_s(9) + 0.01}, left_out={7}))
        self.press("z", "z", held=[Keys.CONTROL])
        self.assertEqual(self.downloaded_list(), self.expected_list())

    def test_without_web_assembly_all_but_sound_works(self):
        self.assert_says("does not run WebAssembly", without("WebAssembly"))
        self.press(Keys.ESCAPE)
        self.assert_all_but_sound_works()
        self.press(" ")
        self.wait_until(lambda: self.find("play").accessible_name == "Play everything", "it gave up")
        self.assertIn("does not run WebAssembly", self.words())

    def test_a_browser_that_is_too_old_says_so(self):
        self.assert_says("too old to play this page", without("DecompressionStream"))
        self.assert_says("no SIMD", "WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('no SIMD'));")

    def test_without_web_audio_all_but_sound_works(self):
        self.assert_says("it has no Web Audio", without("AudioContext"))
        self.press(Keys.ESCAPE)
        self.assert_all_but_sound_works()

    def test_without_workers_single_events_are_played(self):
        self.open_with("window.Worker = class { constructor() { throw new Error('no workers'); } };")
        self.find("play").click()
        self.wait_for_words("no workers")
        self.assertEqual(self.find("play").accessible_name, "Play everything")
        self.find("lift").click()
        self.click(4)
        self.assert_is_sound_of(4)

    def test_a_browser_that_waits_for_a_click_says_so(self):
        self.open_with(HOLD_BACK)
        self.click(3)
        self.wait_for_words("Press the play button once more")
        self.press(" ")
        self.wait_until(lambda: self.find("play").accessible_name == "Play everything", "the piece was held back")
        self.assertEqual(self.run_js("return started.length"), 0)
        self.run_js("window.held = false")
        self.find("lift").click()
        self.click(4)
        self.assert_is_sound_of(4)
        self.assertEqual(self.words(), "")

    def test_a_sound_output_that_fails_is_said(self):
        for script, words in (
            ("AudioContext = class { constructor() { throw new DOMException('too many', 'NotSupportedError'); } };", "too many"),
            ("Object.defineProperty(BaseAudioContext.prototype, 'state', {get: () => 'interrupted'});"
             "AudioContext.prototype.resume = () => Promise.reject(new DOMException('no', 'InvalidStateError'));",
             "whether the device has a sound output"),
        ):
            with self.subTest(words):
                self.open_with(script)
                self.click(3)
                self.wait_for_words(words)

    def test_a_page_that_is_cut_off_says_so(self):
        whole = test_explore.page.read_text("utf-8")
        weights_at, player_at = (whole.index(f'id="{name}">') for name in ("weights", "player"))
        # Before both, in each, within a group of four letters, and shortly before the end.
        places = [weights_at - 26, weights_at + 1000, player_at + 100, player_at + 101, player_at + 50000, len(whole) - 60]
        path = test_explore.folder / "cut.html"
        for end in places:
            with self.subTest(end):
                path.write_text(whole[:end], "utf-8")
                self.open(path)
                self.wait_for_words("The end of this page is missing")
                self.press(" ")
                self.click(COUNT - 3)
                self.find("download").click()
                self.press("m")
                self.assertIn("The end of this page is missing", self.words())
                self.assertEqual(self.find("play").accessible_name, "Play everything")

    def test_a_page_that_does_not_start_says_so(self):
        """As where the browser is too old for its script, or the script is cut off."""
        whole = test_explore.page.read_text("utf-8")
        path = test_explore.folder / "dead.html"
        path.write_text(whole[: whole.index("function play_event")], "utf-8")
        for address, script in ((path.as_uri(), ""), (test_explore.page.as_uri(), without("ResizeObserver"))):
            with self.subTest(script):
                self.change_browser(script)
                self.driver().get(address)
                (notice,) = self.all(".unstarted")
                self.wait_until(notice.is_displayed, "it was said")
                self.assertIn("open it in a recent Firefox", notice.text)
        self.assertIn("ResizeObserver", self.driver().get_log("browser")[0]["message"])
        self.open_with()
        self.assertEqual(self.all(".unstarted"), [])


class Evaluation(Refused, test_evaluation.Page):
    def setUp(self):
        self.set_width(1280)

    def driver(self):
        return test_evaluation.browser

    def open_with(self, *scripts):
        self.change_browser(*scripts)
        self.driver().get(test_evaluation.address)

    def play(self, name):
        figure = self.figures()[name]
        test_evaluation.play_button(figure).click()
        return figure

    def test_another_file_is_played(self):
        for refused, kind in ((["audio/ogg"], "webm"), (EVERYTHING[:3], "wav")):
            with self.subTest(kind):
                self.open_with(REFUSE % json.dumps(refused))
                self.run_js("document.querySelector('audio').defaultPlaybackRate = arguments[0]", test_evaluation.SLOW)
                for name in ("first", "second"):
                    figure = self.play(name)
                    self.wait_until(lambda: test_evaluation.position_s(figure) > 0.05, "it was heard")
                    self.assertAlmostEqual(self.audio("duration"), test_evaluation.SAMPLES[name] / 16000, delta=0.02)
                    self.assertEqual(test_evaluation.play_button(figure).get_attribute("aria-label"), "Pause " + name)
                    self.assertTrue(self.audio("src").startswith("blob:"))
                    test_evaluation.play_button(figure).click()
                    self.wait_until(lambda: self.audio("paused"), "it paused")
                self.assertEqual(self.words(), "")

    def test_a_place_in_the_sound_is_kept(self):
        self.open_with(REFUSE % '["audio/ogg"]')
        figure = self.figures()["first"]
        slider = test_evaluation.part(figure, ".seek")
        slider.send_keys(Keys.END)
        self.wait_until(lambda: self.audio("readyState") > 0, "another file was read")
        self.wait_until(lambda: abs(self.audio("currentTime") - 2.0) < 0.01, "it was at the end")
        self.assertTrue(self.audio("paused"))

    def test_where_nothing_is_taken_words_say_what_to_do(self):
        self.open_with(REFUSE % json.dumps(EVERYTHING))
        for name in ("first", "second"):
            figure = self.play(name)
            self.wait_for_words("cannot play this sound, which is in the Opus format")
            self.assertIn("Save it", self.words())
            self.assertEqual(len(figure.find_elements("css selector", "[role=alert]")), 1)
            self.assertEqual(self.all(".playing"), [])
            self.assertTrue(test_evaluation.part(figure, "a.save").get_attribute("href").startswith("data:audio/ogg"))
        test_evaluation.play_button(figure).click()
        self.assertIn("cannot play", self.words())
        test_evaluation.part(self.driver(), "[data-show=disagrees]").click()
        self.assertEqual(self.clips(), ["second"])

    def test_the_same_packets_are_offered_as_caf(self):
        self.open_with(REFUSE % json.dumps(EVERYTHING))
        figure = self.play("first")
        self.wait_for_words("cannot play this sound")
        ogg = test_evaluation.part(figure, "a.save").get_attribute("href").partition("base64,")[2]
        caf = self.driver().execute_async_script(
            "const done = arguments[0];"
            "offered['audio/x-caf'].arrayBuffer().then((buffer) => done(btoa(String.fromCharCode(...new Uint8Array(buffer)))))"
        )
        (head, _, *packets), samples = ogg_packets(base64.b64decode(ogg))
        skipped = struct.unpack_from("<H", head, 10)[0]
        chunks = caf_chunks(base64.b64decode(caf))
        described = struct.unpack(">d4s5I", chunks["desc"])
        self.assertEqual(described, (48000.0, b"opus", 0, 0, 960, 1, 0))
        # All are as long, so the last one is left out if it lasts less: 20 ms are 960 samples.
        sound = [unpadded(packet) for packet in caf_packets(chunks)]
        self.assertEqual(sound, packets[: len(sound)])
        self.assertGreaterEqual(len(sound), len(packets) - 1)
        self.assertEqual(len({len(packet) for packet in caf_packets(chunks)}), 1)
        count, valid, priming, remainder = struct.unpack_from(">qqii", chunks["pakt"])
        self.assertEqual((count, priming), (len(sound), skipped))
        self.assertEqual(priming + valid + remainder, 960 * count)
        self.assertLessEqual(abs(valid - (samples - skipped)), 960)

    def test_without_web_codecs_too(self):
        self.open_with(REFUSE % json.dumps(EVERYTHING[:3]), without("AudioDecoder"))
        self.play("first")
        self.wait_for_words("cannot play this sound")

    def test_a_browser_that_waits_for_a_click_says_so(self):
        self.open_with(HOLD_BACK)
        figure = self.play("first")
        self.wait_for_words("Press the play button once more")
        self.run_js("window.held = false")
        test_evaluation.play_button(figure).click()
        self.wait_until(lambda: test_evaluation.position_s(figure) > 0, "it was heard")
        self.assertEqual(self.words(), "")

    def test_a_page_that_does_not_start_says_so(self):
        made = subprocess.run([BIN / "make_page"], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
        path = test_explore.folder / "dead.html"
        path.write_text(made[: made.rindex("<script>")], "utf-8")
        self.driver().get(path.as_uri())
        (notice,) = self.all(".unstarted")
        self.wait_until(notice.is_displayed, "it was said")
        self.open_with()
        self.assertEqual(self.all(".unstarted"), [])


def setUpModule():
    test_explore.setUpModule()
    test_evaluation.setUpModule()


if __name__ == "__main__":
    unittest.main()
