"""The page that `ictus explore` makes of a recording: a click plays the right event, an edit becomes sound.

The programs are those in the folder ICTUS_BIN_DIR (default: build/dev/bin).
"""

import array
import io
import json
import math
import subprocess
import unittest
import wave

from selenium.webdriver.common.keys import Keys

import test_explore
from browser import BIN
from test_explore import floats, noise_db

STREAM_RATE_HZ = 44100
STROKES = {0.3: 262.0, 1.1: 440.0, 1.9: 660.0}  # when in s, and their pitches in Hz


def ictus(*words):
    return subprocess.run([BIN / "ictus", *map(str, words)], capture_output=True, check=True).stdout


def recording():
    """Three struck notes, as a WAV file."""
    samples = array.array("h", bytes(2 * 3 * STREAM_RATE_HZ))
    for begin_s, hz in STROKES.items():
        for i in range(int(0.7 * STREAM_RATE_HZ)):
            t = i / STREAM_RATE_HZ
            level = sum(0.3 / n * math.exp(-4 * n * t) * math.sin(2 * math.pi * n * hz * t) for n in range(1, 6))
            samples[int(begin_s * STREAM_RATE_HZ) + i] += int(20000 * level)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(STREAM_RATE_HZ)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def events_in(stream):
    lines = ictus("dump", "--describe", "--format", "json", stream).splitlines()
    return [line for line in map(json.loads, lines) if "event" in line]


def setUpModule():
    global folder, stream, events, page
    test_explore.setUpModule()
    folder = test_explore.folder
    stream = folder / "strokes.evs"
    (folder / "strokes.wav").write_bytes(recording())
    ictus("encode", "-q", folder / "strokes.wav")
    ictus("explore", "-q", stream)
    ictus("decode", "-q", "--stems", folder / "stems", "--raw", "--samples", "float32", stream)
    events = events_in(stream)
    page = folder / "strokes.html"


def decoded(path):
    return floats(ictus("decode", "-q", "--raw", "--samples", "float32", path, "-o", "-"))


class Stream(test_explore.Page):
    channels = 1

    def setUp(self):
        self.set_size(1280, 800)
        self.open(page)

    def stem(self, event):
        digits = len(str(len(events)))
        return floats((folder / "stems" / f"strokes-{event:0{digits}}.raw").read_bytes())

    def test_each_event_has_its_own_samples(self):
        """By keys, from event to event: what is heard is the stem of that event."""
        self.find("lift").click()
        self.run_js("document.activeElement.blur()")
        for event in range(min(len(events), 8)):
            self.press("n", "\ue007")
            self.assertEqual(self.text("event-name"), f"Event {event}")
            expected = self.stem(event)
            samples, _ = self.heard(len(expected))
            self.assertGreater(noise_db(samples, expected), 90)

    def test_everything_is_played_as_it_is_decoded(self):
        expected = decoded(stream)
        self.play_frozen()
        self.assertGreater(noise_db(self.heard_piece(0, len(expected)), expected), 90)

    def test_a_list_without_changes_is_what_dump_prints(self):
        self.assertEqual(self.download(name="strokes.tsv"), ictus("dump", stream))
        lossless = folder / "lossless.evs"
        ictus("encode", "-q", "-f", "--lossless", "--effort", "0", folder / "strokes.wav", "-o", lossless)
        ictus("explore", "-q", "-f", lossless)
        self.open(folder / "lossless.html")
        self.assertEqual(self.download(name="lossless.tsv"), ictus("dump", lossless))
        expected = decoded(lossless)
        self.play_frozen()
        self.assertGreater(noise_db(self.heard_piece(0, len(expected)), expected), 90)

    def edit(self):
        """Something of all that can be done to events."""
        self.press("n", "m", "n")
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_UP, Keys.ARROW_UP, held=[Keys.SHIFT])
        self.press("n", "[", "[", "}", "}")
        self.press("d", held=[Keys.CONTROL])
        self.press("n", Keys.DELETE)

    def test_an_edited_list_becomes_what_the_page_plays(self):
        self.edit()
        path = folder / "strokes.tsv"
        path.write_bytes(self.download(name="strokes.tsv"))
        ictus("assemble", "-q", "-f", path, "-o", folder / "edited.evs")
        edited = events_in(folder / "edited.evs")
        self.assertEqual(len(edited), len(events) - 1)
        facts = json.loads(ictus("info", "--json", folder / "edited.evs"))
        self.assertEqual(facts["samples"], 3 * STREAM_RATE_HZ)
        expected = decoded(folder / "edited.evs")
        self.assertLess(noise_db(decoded(stream), expected), 30)  # it sounds different
        self.play_frozen()
        self.assertGreater(noise_db(self.heard_piece(0, len(expected)), expected), 90)

    def test_a_change_while_it_plays_becomes_the_same(self):
        self.play_frozen()
        self.started()
        self.edit()
        path = folder / "strokes.tsv"
        path.write_bytes(self.download(name="strokes.tsv"))
        ictus("assemble", "-q", "-f", path, "-o", folder / "edited.evs")
        self.find("play").click()
        self.play_from_the_beginning()
        expected = decoded(folder / "edited.evs")
        self.assertGreater(noise_db(self.heard_piece(0, len(expected)), expected), 90)

    def play_from_the_beginning(self):
        view = self.view()
        at_0 = view["left"] + (0 - view["from"]) / (view["to"] - view["from"]) * view["width"]
        self.move_to(at_0 - 2, view["top"] + view["height"] + 15).click().perform()
        self.run_js("started.length = 0")
        self.find("play").click()

    def test_the_sound_is_saved_as_it_is_decoded(self):
        data = self.download("save-sound", "strokes.wav")
        ictus("decode", "-q", "-f", "--samples", "pcm24", stream, "-o", folder / "program.wav")
        expected = (folder / "program.wav").read_bytes()
        with wave.open(io.BytesIO(data)) as saved, wave.open(io.BytesIO(expected)) as wanted:
            self.assertEqual(saved.getparams(), wanted.getparams())
            got, want = saved.readframes(saved.getnframes()), wanted.readframes(wanted.getnframes())

        def levels(frames):
            return [int.from_bytes(frames[i : i + 3], "little", signed=True) for i in range(0, len(frames), 3)]

        self.assertGreater(noise_db(levels(got), levels(want)), 90)

    def test_the_notes_are_saved_as_they_are_dumped(self):
        data = self.download("save-notes", "strokes.mid")
        self.assertEqual(data, ictus("dump", "--format", "midi", stream))


if __name__ == "__main__":
    unittest.main()
