"""The tools of script/bench: the program that measures the distance, and the tables."""

import importlib.util
import math
import pathlib
import struct
import subprocess
import tempfile
import unittest
import wave
from collections import Counter

import mars
import measure
import notes
import tables

LOUD = 12000


def write_wav(path, frequency_hz, level=LOUD, seconds=0.5, rate_hz=44100):
    samples = [int(level * math.sin(2 * math.pi * frequency_hz * i / rate_hz)) for i in range(int(seconds * rate_hz))]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


class LogMelDistance(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ictus-bench-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def distance(self, *words):
        return subprocess.run([measure.DISTANCE, *map(str, words)], capture_output=True, text=True)

    def test_a_recording_is_like_itself(self):
        a = write_wav(self.folder / "a.wav", 440)
        self.assertEqual(measure.distances_db(a, a), [0.0] * 4)

    def test_rates_differ_and_the_sound_does_not(self):
        a = write_wav(self.folder / "a.wav", 440)
        b = write_wav(self.folder / "b.wav", 440, rate_hz=48000)
        self.assertLess(measure.distances_db(a, b)[0], 1.0)

    def test_the_mean_is_that_of_the_resolutions(self):
        mean, *each = measure.distances_db(write_wav(self.folder / "a.wav", 440), write_wav(self.folder / "b.wav", 3000))
        self.assertGreater(mean, 1.0)
        self.assertAlmostEqual(mean, sum(each) / 3, places=3)

    def test_at_a_lower_rate_what_is_above_does_not_count(self):
        a = write_wav(self.folder / "a.wav", 440)
        b = write_wav(self.folder / "b.wav", 440, level=100)
        high = write_wav(self.folder / "high.wav", 10000, level=100)
        with wave.open(str(a)) as one, wave.open(str(high)) as other:
            both = [x + y for x, y in zip(*(struct.unpack(f"<{f.getnframes()}h", f.readframes(f.getnframes())) for f in (one, other)))]
        with wave.open(str(b), "wb") as out:
            out.setparams((1, 2, 44100, 0, "NONE", ""))
            out.writeframes(struct.pack(f"<{len(both)}h", *both))
        self.assertGreater(measure.distances_db(a, b)[0], 3 * measure.distances_db(a, b, 16000)[0])

    def test_mistakes(self):
        a = write_wav(self.folder / "a.wav", 440)
        self.assertEqual(self.distance(a).returncode, 2)
        self.assertEqual([self.distance(a, a, rate).returncode for rate in ("x", "0", "16000.5", "")], [2] * 4)
        missing = self.distance(a, self.folder / "none.wav")
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertIn("none.wav", missing.stderr)


def row(recording, codec, distance_db, seconds=10.0, events=None):
    return measure.Row(recording, codec, seconds, 3750, 8e-3 * 3750 / seconds, distance_db, 1.0, 2.0, 3.0,
                       2.0, 1.5, 300.0, 0.5, 0.4, 250.0, events)


ROWS = [row("a", "ictus", 5.0, events=70), row("a", "Opus 6 CBR", 7.0),
        row("b", "ictus", 4.0, 20.0, 90), row("b", "Opus 6 CBR", 3.0, 20.0)]


class Tables(unittest.TestCase):
    def test_rows_survive_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.tsv"
            measure.write_tsv(path, ROWS)
            self.assertEqual(measure.read_tsv(path), ROWS)

    def test_bars(self):
        lines = {line[0]: line[1:] for line in tables.bars(ROWS)}
        self.assertEqual(lines["log-mel distance, mean"], ["below Opus at 6 kbit/s CBR, 5.00 dB", "4.50 dB", "yes"])
        self.assertEqual(lines["bitrate, header included"][-1], "yes")
        self.assertEqual(lines["encode, one core"][-2:], ["7.5x, 10.0x by CPU time; slowest 5.0x (a)", "yes"])
        self.assertEqual(lines["decode, one core"][-2:], ["30x, 38x by CPU time", "yes"])
        worse = [r._replace(distance_db=9.0, kbit_s=4.2) if r.codec == "ictus" else r for r in ROWS]
        self.assertEqual([line[-1] for line in tables.bars(worse)], ["**no**", "**no**", "yes", "yes"])

    def test_bars_of_notes(self):
        rows = [row("recorded-harp-A3", "mars", 2.0, 4.0), row("soundfont-harp-A3-90", "mars", 8.0, 4.0), row("recorded-harp-A3", "Opus 6 CBR", 1.0)]
        rows = [r._replace(kbit_s=kbit_s) for r, kbit_s in zip(rows, (1.5, 1.6, 9.0))]
        scales = [mars.Scale("1 x 1", 2, 22, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("2 x 2", 8, 88, Counter([1, 2, 3, 4, 5, 6]), {"a": 5.0, "b": 4.0})]

        def lines(rows, scales):
            return tables.note_bars(rows, lambda row: row.recording.startswith("recorded"), scales, 8)

        self.assertEqual([line[2] for line in lines(rows, scales)],
                         ["1.55, mean over the notes; highest 1.60", "2.00 dB", "8.00, 4.50 dB", "75.0 %", "2.0x, 2.7x by CPU time",
                          "8.0x, 10.0x by CPU time"])
        self.assertEqual([line[-1] for line in lines(rows, scales)], ["yes", "yes", "yes", "yes", "**no**", "yes"])
        worse = [r._replace(kbit_s=1.7, distance_db=2.3) for r in rows]
        self.assertEqual([line[-1] for line in lines(worse, scales[::-1])][:4], ["**no**", "**no**", "**no**", "yes"])
        self.assertEqual(lines(rows, scales[:1])[3][-1], "**no**")

    def test_tables_are_rectangular(self):
        scales = [mars.Scale("1 x 1", 2, 22, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("2 x 2", 8, 88, Counter([1, 1, 2, 2, 3, 3, 4, 4]), {"a": 5.0, "b": 4.0})]
        groups = {"of a": lambda name: name == "a", "all": lambda name: True}
        of_rows = {name: lambda row, belongs=belongs: belongs(row.recording) for name, belongs in groups.items()}
        for text in (tables.by_codec(ROWS), tables.by_recording(ROWS), tables.bar_table(tables.bars(ROWS)), tables.in_groups(ROWS, of_rows),
                     tables.by_kind(ROWS, lambda row: row.recording), tables.by_scale(scales, 10.0, groups),
                     tables.by_codebook(scales, 8, mars.entropy_bits)):
            self.assertEqual(len({line.count("|") for line in text.splitlines()}), 1, text)

    def test_the_better_of_both_is_marked(self):
        lines = tables.by_recording(ROWS).splitlines()
        self.assertIn("| **5.00** | 7.00 |", lines[2])
        self.assertIn("| 4.00 | **3.00** |", lines[3])
        self.assertIn("| 4.50 | 5.00 |", lines[4])

    def test_groups(self):
        lines = tables.in_groups(ROWS, {"of a": lambda row: row.recording == "a", "all": lambda row: True}).splitlines()
        self.assertEqual(lines[2], "| ictus | 3.00 | 2.25 | 5.00 | 4.50 |")
        self.assertEqual(lines[3], "| Opus 6 CBR | 3.00 | 2.25 | 7.00 | 5.00 |")

    def test_scales_and_codes(self):
        scales = [mars.Scale("1 x 1", 2, 200, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("1 x 2", 2, 300, Counter([2, 3]), {"a": 5.0, "b": 4.0})]
        self.assertEqual(tables.by_scale(scales, 10.0, {"all": lambda name: True}).splitlines()[2:],
                         ["| 1 | 1 x 1 | 0.020 | 0.020 | 8.00 |", "| 2 | 1 x 2 | 0.030 | 0.050 | 4.50 |"])
        self.assertEqual(tables.by_codebook(scales, 8, mars.entropy_bits).splitlines()[2:],
                         ["| 1: 1 x 1 | 2 | 2 | 25.0 % | 1.00 | 2 |", "| 2: 1 x 2 | 2 | 2 | 25.0 % | 1.00 | 2 |",
                          "| all | 4 | 3 | 37.5 % | 1.50 | 3 |"])


class Notes(unittest.TestCase):
    def test_names(self):
        self.assertEqual(notes.parse("recorded-french-horn-A#2"), ("recorded", "french-horn", "A#2"))
        self.assertEqual(notes.parse("soundfont-synth_lead-A4-100"), ("soundfont", "synth_lead", "A4-100"))
        self.assertIsNone(notes.parse("speech-male-ashiel"))
        self.assertIsNone(notes.parse("recorded-A4"))
        self.assertEqual([notes.pitch_name(midi) for midi in (0, 60, 70)], ["C-1", "C4", "A#4"])

    def test_spread(self):
        self.assertEqual(notes.spread(range(101), 5), [0, 25, 50, 75, 100])
        self.assertEqual(notes.spread("abc", 5), ["a", "b", "c"])

    @unittest.skipUnless(importlib.util.find_spec("numpy"), "needs python3-numpy")
    def test_cut(self):
        import numpy as np
        tone = np.sin(np.arange(5 * notes.RATE_HZ)).astype(np.float32)
        silence = np.zeros(notes.RATE_HZ, np.float32)
        note = notes.cut(np.concatenate([silence, tone]))
        self.assertEqual((len(note), note[-1], np.count_nonzero(note[:notes.LEAD - 1])), (notes.LONGEST, 0.0, 0))
        note = notes.cut(np.concatenate([tone[:2 * notes.RATE_HZ], silence]))   # keeps its own length
        self.assertAlmostEqual(len(note), 2 * notes.RATE_HZ, delta=8)
        self.assertIsNone(notes.cut(np.concatenate([silence, tone[:1000], silence])))
        self.assertIsNone(notes.cut(silence))


if __name__ == "__main__":
    unittest.main()
