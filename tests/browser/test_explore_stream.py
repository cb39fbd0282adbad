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

import test_explore
from browser import BIN
from test_explore import RATE_HZ

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


def at_page_rate(samples):
    """By straight lines between the samples, which is enough to recognise a sound by its lower part."""
    count = int(len(samples) * RATE_HZ / STREAM_RATE_HZ) - 1
    places = [i * STREAM_RATE_HZ / RATE_HZ for i in range(count)]
    return [samples[int(p)] + (p - int(p)) * (samples[int(p) + 1] - samples[int(p)]) for p in places]


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


class Stream(test_explore.Page):
    def setUp(self):
        self.set_size(1280, 800)
        self.open(page)

    def stem(self, event):
        digits = len(str(len(events)))
        samples = array.array("f", (folder / "stems" / f"strokes-{event:0{digits}}.raw").read_bytes())
        return at_page_rate(samples)

    def drawn_at(self, onset_s):
        """Places of the map at this time where something is drawn, from the axes and the pixels."""
        view = self.view()
        x = view["left"] + (onset_s - view["from"]) / (view["to"] - view["from"]) * view["width"]
        ys = range(int(view["top"]), int(view["top"] + view["height"]), 2)
        colours = self.colours_at([(x, y) for y in ys])
        return [(x, y) for y, colour in zip(ys, colours) if max(colour) - min(colour) > 30]

    def chosen(self):
        return int(self.text("event-name").split()[1])

    def test_a_click_plays_the_samples_of_the_event(self):
        loudest = max(events, key=lambda event: event["loudness_db"])
        places = self.drawn_at(loudest["onset_s"])
        self.assertTrue(places)
        self.move_to(*places[len(places) // 2]).click().perform()
        (heard,) = self.started(1)
        event = self.chosen()
        self.assertLess(abs(events[event]["onset_s"] - loudest["onset_s"]), 0.2)
        expected = self.stem(event)
        length = min(len(expected), len(heard["samples"]))
        self.assertGreater(length, 0.8 * len(heard["samples"]))
        self.assertGreater(test_explore.likeness(heard["samples"][:length], expected[:length]), 0.9)
        self.assertLess(abs(test_explore.lag_samples(heard["samples"], expected[: length - 100])), RATE_HZ / 1000)

    def test_each_event_has_its_own_sound(self):
        """By keys, from event to event: what is heard is most like the stem of that event."""
        first = min(len(events), 8)
        for event in range(first):
            self.press("n", "\ue007")
            (heard,) = self.started(1)
            self.assertEqual(self.chosen(), event)
            stems = [self.stem(other) for other in range(first)]
            likenesses = [test_explore.likeness(heard["samples"][: len(stem)], stem[: len(heard["samples"])]) for stem in stems]
            self.assertGreater(likenesses[event], 0.8)
            self.assertEqual(max(range(first), key=likenesses.__getitem__), event)

    def test_an_exported_edit_assembles_and_decodes(self):
        self.press("n", "m", "n")
        self.press("\ue014", "\ue014", held=["\ue008"])  # shift and the right arrow
        path = folder / "strokes.tsv"
        path.unlink(missing_ok=True)
        self.find("download").click()
        self.wait_until(path.exists, "the list was downloaded")
        ictus("assemble", "-q", "-f", path, "-o", folder / "edited.evs")
        edited = events_in(folder / "edited.evs")
        self.assertEqual(len(edited), len(events) - 1)
        self.assertEqual(sorted(event["vector"] for event in edited), sorted(event["vector"] for event in events[1:]))
        (moved,) = [event for event in edited if event["vector"] == events[1]["vector"]]
        self.assertGreater(moved["onset_s"], events[1]["onset_s"] + 0.001)
        facts = json.loads(ictus("info", "--json", folder / "edited.evs"))
        self.assertEqual(facts["samples"], 3 * STREAM_RATE_HZ)
        ictus("decode", "-q", "-f", folder / "edited.evs", "-o", folder / "edited.wav")
        with wave.open(str(folder / "edited.wav")) as sound:
            self.assertEqual(sound.getnframes(), 3 * STREAM_RATE_HZ)
            self.assertNotEqual(set(sound.readframes(2 * STREAM_RATE_HZ)), {0})

    def test_everything_is_played_and_nothing_is_fetched(self):
        self.press(" ")
        self.wait_until(lambda: self.piece("currentTime") > 0, "it played")
        self.assertAlmostEqual(self.piece("duration"), 3.0, delta=0.05)


if __name__ == "__main__":
    unittest.main()
