"""The tools of script/bench: the program that measures the distance, and the tables."""

import math
import pathlib
import struct
import subprocess
import tempfile
import unittest
import wave

import measure
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

    def test_mistakes(self):
        a = write_wav(self.folder / "a.wav", 440)
        self.assertEqual(self.distance(a).returncode, 2)
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

    def test_tables_are_rectangular(self):
        for text in (tables.by_codec(ROWS), tables.by_recording(ROWS), tables.bar_table(tables.bars(ROWS))):
            self.assertEqual(len({line.count("|") for line in text.splitlines()}), 1, text)

    def test_the_better_of_both_is_marked(self):
        lines = tables.by_recording(ROWS).splitlines()
        self.assertIn("| **5.00** | 7.00 |", lines[2])
        self.assertIn("| 4.00 | **3.00** |", lines[3])
        self.assertIn("| 4.50 | 5.00 |", lines[4])


if __name__ == "__main__":
    unittest.main()
