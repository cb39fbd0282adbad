"""The tools of script/bench: the program that compares sounds, what counts events, the tables and the picture."""

import importlib.util
import json
import math
import pathlib
import struct
import subprocess
import tempfile
import unittest
import wave
from array import array
from collections import Counter

import detectors
import found_notes
import generation
import held_notes
import leave_one_out
import mars
import measure
import note_levels
import notes
import onsets
import rates_picture
import recorded_notes
import scores
import simple_signals
import single_events
import steady_tones
import stopping
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


def write_samples(path, samples, rate_hz=44100):
    return recorded_notes.write_wav(path, array("h", map(round, samples)), rate_hz)


def sine(frequency_hz, level=LOUD, seconds=0.5, rate_hz=44100):
    return [level * math.sin(2 * math.pi * frequency_hz * i / rate_hz) for i in range(int(seconds * rate_hz))]


class CompareSounds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ictus-bench-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compare(self, *words):
        return subprocess.run([measure.COMPARE, *map(str, words)], capture_output=True, text=True)

    def put(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_a_recording_is_like_itself(self):
        a = write_wav(self.folder / "a.wav", 440)
        self.assertEqual(measure.distances_db(a, a), [0.0] * 4)
        self.assertEqual(set(measure.compared([(a, a)])[0].values()), {0.0})

    def test_rates_differ_and_the_sound_does_not(self):
        a = write_wav(self.folder / "a.wav", 440)
        b = write_wav(self.folder / "b.wav", 440, rate_hz=48000)
        comparison = measure.compared([(a, b)])[0]
        self.assertLess(comparison["log_mel_db"], 1.0)
        self.assertLess(comparison["loudness_error_db"], 0.1)

    def test_the_mean_is_that_of_the_resolutions(self):
        mean, *each = measure.distances_db(write_wav(self.folder / "a.wav", 440), write_wav(self.folder / "b.wav", 3000))
        self.assertGreater(mean, 1.0)
        self.assertAlmostEqual(mean, sum(each) / 3, places=3)

    def test_at_a_lower_rate_what_is_above_does_not_count(self):
        a = write_wav(self.folder / "a.wav", 440)
        b = write_samples(self.folder / "b.wav", map(sum, zip(sine(440), sine(10000, 100))))
        self.assertGreater(measure.distances_db(a, b)[0], 3 * measure.distances_db(a, b, 16000)[0])

    def test_each_pair_has_a_line(self):
        a, softer = write_wav(self.folder / "a.wav", 440), write_wav(self.folder / "softer.wav", 440, LOUD / 2)
        found = measure.compared([(a, softer), (a, a), (softer, a)])
        for comparison, level_db in zip(found, (-6.02, 0.0, 6.02)):
            self.assertAlmostEqual(comparison["level_db"], level_db, delta=0.01)
            self.assertAlmostEqual(comparison["loudness_bias_db"], level_db, delta=0.01)
            self.assertAlmostEqual(comparison["loudness_error_db"], abs(level_db), delta=0.01)
        self.assertEqual([round(comparison["convergence"], 2) for comparison in found], [0.5, 0.0, 1.0])
        self.assertEqual(measure.compared([]), [])

    def test_silence_is_infinitely_far_below(self):
        a, silence = write_wav(self.folder / "a.wav", 440), write_wav(self.folder / "silence.wav", 440, 0)
        self.assertEqual(measure.compared([(a, silence)])[0]["level_db"], -math.inf)
        self.assertEqual(measure.compared([(silence, a)])[0]["loudness_bias_db"], math.inf)

    def test_a_band(self):
        a = write_samples(self.folder / "a.wav", map(sum, zip(sine(440), sine(12000, 4000))))
        b = write_samples(self.folder / "b.wav", map(sum, zip(sine(440, 300), sine(13000, 2000))))
        told = measure.told_by_compare("band", 11000, 16000, "--", a, b, a, a)
        self.assertAlmostEqual(told[0]["band_level_db"], -6.02, delta=0.1)
        self.assertEqual(told[1]["band_level_db"], 0.0)
        self.assertEqual(self.compare("band", 11000, 16000, "--rate", 22050, a, b).returncode, 1)

    def test_thirds_of_an_octave_over_time(self):
        """A tone, then one that is two octaves higher and half as strong."""
        found = write_samples(self.folder / "a.wav", sine(440) + sine(1760, LOUD / 2))
        told = measure.told_by_compare("bands", "--every", 0.5, found)
        loudest = [max((line for line in told if line["time_s"] == time_s), key=lambda line: line["power_db"])
                   for time_s in (0.0, 0.5)]
        self.assertEqual(loudest[1]["band"] - loudest[0]["band"], 6)
        self.assertAlmostEqual(loudest[1]["power_db"] - loudest[0]["power_db"], -6.02, delta=0.3)
        self.assertEqual(len(told), 2 * 23)

    def test_left_and_right(self):
        a, softer = write_wav(self.folder / "a.wav", 440), write_wav(self.folder / "softer.wav", 440, LOUD / 2)
        for channels, error_db in (((a, softer, a, softer), 0.0), ((a, softer, a, a), 6.02), ((a, softer, softer, a), 12.04)):
            self.assertAlmostEqual(measure.told_by_compare("left-right", *channels)[0]["left_right_error_db"], error_db, delta=0.05)

    def test_a_tone(self):
        found = write_wav(self.folder / "a.wav", 1000 * 2 ** (3 / 1200), LOUD / 2, 2)
        level_dbfs = 20 * math.log10(LOUD / 32768 / math.sqrt(2))
        told = measure.told_by_compare("tone", 1000, level_dbfs, 0.25, 1.75, found)[0]
        self.assertAlmostEqual(told["level_db"], -6.02, delta=0.01)
        self.assertAlmostEqual(told["pitch_cents"], 3.0, delta=0.01)
        self.assertLess(told["swing_db"], 0.05)
        silence = write_wav(self.folder / "silence.wav", 440, 0)
        self.assertTrue(math.isnan(measure.told_by_compare("tone", 1000, level_dbfs, 0, 1, silence)[0]["pitch_cents"]))
        self.assertEqual(self.compare("tone", 1000, level_dbfs, 5, 6, found).returncode, 1)     # behind its end

    def test_a_pitch_that_moves(self):
        samples, turns = [], 0.0
        for i in range(44100):
            samples.append(LOUD * math.sin(2 * math.pi * turns))
            turns += (400 + 200 * (i + 0.5) / 44100) * 2 ** (10 / 1200) / 44100
        found = write_samples(self.folder / "a.wav", samples)
        track = self.put("track.tsv", "0 400\n0.5\t500\n1 600\n")
        told = measure.told_by_compare("pitch", track, found)
        self.assertEqual(len(told), 48)
        self.assertAlmostEqual(told[0]["time_s"], 0.03, places=3)
        for frame in told:
            self.assertAlmostEqual(frame["pitch_cents"], 10.0, delta=0.2)
        later = measure.told_by_compare("pitch", self.put("later.tsv", "0.5 500\n0.8 560\n"), found)
        self.assertAlmostEqual(later[0]["time_s"], 0.53, places=3)
        self.assertAlmostEqual(later[0]["pitch_cents"], 10.0, delta=0.2)
        for wrong in ("", "0 400\n", "0 400\n0 500\n", "1 400\n0 500\n", "0 400\nx\n", "0 0\n1 0\n"):
            run = self.compare("pitch", self.put("wrong.tsv", wrong), found)
            self.assertEqual((run.returncode, run.stdout), (1, ""), wrong)

    def test_notes(self):
        truth = self.put("truth.tsv", "0.25\t60\n1.00\t62\t100\n")
        found = self.put("found.tsv", "0.27\t60\n1.06\t62\n1.5\t50\n")
        told = measure.told_by_compare("notes", truth, found, truth, truth)
        self.assertEqual([list(line.values()) for line in told], [[1, 0.3333, 0.5, 0.4], [2, 1, 1, 1]])
        self.assertEqual(measure.told_by_compare("notes", truth, self.put("none.tsv", ""))[0]["f1"], 0)

    def test_mistakes(self):
        a = write_wav(self.folder / "a.wav", 440)
        for words in ((), ("sounds",), ("sounds", a), ("sounds", a, a, a), ("distance", a, a), ("tone", 0, 0, 0, 1, a), ("tone", 440, 0, 0, a),
                      *(("sounds", a, a, "--rate", rate) for rate in ("x", "0", "16000.5", ""))):
            run = self.compare(*words)
            self.assertEqual((run.returncode, run.stdout), (2, ""), words)
            self.assertTrue(run.stderr)
        missing = self.compare("sounds", a, a, a, self.folder / "none.wav")
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertIn("none.wav", missing.stderr)
        self.assertEqual(self.compare("--help").returncode, 0)


def row(recording, codec, distance_db, seconds=10.0, events=None):
    return measure.Row(recording, codec, seconds, 3750, 8e-3 * 3750 / seconds, distance_db, 1.0, 2.0, 3.0,
                       2.0, 1.5, 300.0, 0.5, 0.4, 250.0, events, -1.5, 2.5, -1.0)


ROWS = [row("a", "ictus", 5.0, events=70), row("a", "Opus 6 CBR", 7.0),
        row("b", "ictus", 4.0, 20.0, 90), row("b", "Opus 6 CBR", 3.0, 20.0)]


class Tables(unittest.TestCase):
    def test_rows_survive_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.tsv"
            measure.write_tsv(path, ROWS)
            self.assertEqual(measure.read_tsv(path), ROWS)
            bare = [r._replace(level_db=None, loudness_error_db=None, loudness_bias_db=None) for r in ROWS]
            measure.write_tsv(path, bare)
            self.assertEqual(measure.read_tsv(path), bare)
            lines = path.read_text().splitlines()       # as older results have it
            path.write_text("".join("\t".join(line.split("\t")[:-3]) + "\n" for line in lines))
            self.assertEqual(measure.read_tsv(path), bare)

    def test_bars(self):
        rows = ROWS + [row("a", "ictus 6", 3.0), row("b", "ictus 6", 3.2, 20.0), row("a", "Opus 12 CBR", 2.5), row("b", "Opus 12 CBR", 3.9, 20.0),
                       row("a", "Opus 8 CBR", 4.0), row("b", "Opus 8 CBR", 4.0, 20.0)._replace(loudness_error_db=2.4)]
        lines = tables.bars(rows)
        self.assertEqual([line[-1] for line in lines], ["**no**", "**no**", "yes", "**no**", "**no**", "**no**", "**no**", "**no**", "**no**"])
        self.assertEqual([line[1] for line in lines],
                         ["2.7 dB", "2.4 dB", "2.6 dB", "within 0.7 dB", "2.2 dB", "none", "within 0.7 dB", "10x real time", "300x real time"])
        self.assertEqual([line[3] for line in lines],
                         ["4.50 dB; 2.25 kbit/s, highest 3.00", "3.10 dB; 2.25 kbit/s, highest 3.00", "2.50 dB", "-1.00 dB", "2.50 dB", "1 of 2: b", "-1.50 dB",
                          "7.5x, 10.0x by CPU time; slowest 5.0x (a)", "30x, 38x by CPU time; slowest 20x (a)"])
        self.assertEqual([lines[1][2], lines[4][2]], ["Opus at 12 kbit/s, 3.20 dB", "Opus at 12 kbit/s, 2.50 dB"])

        thorough = [row("a", "ictus 6 effort 8", 2.3), row("b", "ictus 6 effort 8", 2.5, 20.0)]
        self.assertEqual(tables.bars(rows + thorough)[2],
                         ["the same with `--effort 8`", "2.4 dB", "Opus at 12 kbit/s, 3.20 dB", "2.40 dB; 2.25 kbit/s, highest 3.00", "yes, and beyond"])

        # By the loudness of both: nearer than all bars, and than Opus.
        loud = [r._replace(loudness_error_db=1.0 if r.codec.startswith("ictus") else 1.1, loudness_bias_db=-0.6) for r in rows]
        self.assertEqual([line[-1] for line in tables.bars(loud)[2:6]], ["yes, and beyond", "yes", "yes, and beyond", "yes"])

        # Good on the mean, but one file is too large; as far as the bar, but farther than Opus at 12 kbit/s; fast.
        rows = [r._replace(loudness_error_db=None) for r in rows]     # which leaves out what stands on it
        changed = {("a", "ictus"): {"kbit_s": 3.3, "distance_db": 2.4}, ("b", "ictus"): {"distance_db": 2.6},
                   ("a", "ictus 6"): {"distance_db": 2.3}, ("b", "ictus 6"): {"distance_db": 2.4},
                   ("a", "Opus 12 CBR"): {"distance_db": 2.2}, ("b", "Opus 12 CBR"): {"distance_db": 2.4}}
        changed = [r._replace(encode_wall_s=0.5, decode_wall_s=0.02, **changed.get((r.recording, r.codec), {})) for r in rows]
        self.assertEqual([line[-1] for line in tables.bars(changed)], ["**no**", "yes", "yes, and beyond", "yes, and beyond"])
        slow = [r._replace(encode_wall_s=4.0, decode_wall_s=0.6, distance_db=4.8) for r in rows]
        self.assertEqual([line[-1] for line in tables.bars(slow)], ["**no**", "**no**", "**no**", "**no**"])

    def test_bars_of_notes(self):
        rows = [row("recorded-harp-A3", "mars", 2.0, 4.0), row("soundfont-harp-A3-90", "mars", 8.0, 4.0), row("recorded-harp-A3", "Opus 6 CBR", 1.0)]
        rows = [r._replace(kbit_s=kbit_s) for r, kbit_s in zip(rows, (1.5, 1.6, 9.0))]
        scales = [mars.Scale("1 x 1", 2, 22, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("2 x 2", 8, 88, Counter([1, 2, 3, 4, 5, 6]), {"a": 5.0, "b": 4.0})]

        def lines(rows, scales):
            return tables.note_bars(rows, lambda row: row.recording.startswith("recorded"), scales, 8)

        self.assertEqual(len(lines([r._replace(loudness_error_db=None) for r in rows], scales)), 6)
        rows = [r._replace(distance_db=0.8 * r.distance_db, loudness_error_db=1.5, loudness_bias_db=-0.4) for r in rows]
        self.assertEqual([line[2] for line in lines(rows, scales)],
                         ["1.55, mean over the notes; highest 1.60", "1.60 dB", "1.50 dB", "-0.40 dB", "8.00, 4.50 dB", "75.0 %", "2.0x, 2.7x by CPU time",
                          "8.0x, 10.0x by CPU time"])
        self.assertEqual([line[-1] for line in lines(rows, scales)], ["yes", "yes", "yes", "yes", "yes", "yes", "**no**", "yes"])
        worse = [r._replace(kbit_s=1.7, distance_db=1.7, loudness_error_db=2.1, loudness_bias_db=-0.6) for r in rows]
        self.assertEqual([line[-1] for line in lines(worse, scales[::-1])][:6], ["**no**"] * 5 + ["yes"])
        self.assertEqual(lines(rows, scales[:1])[5][-1], "**no**")

    def test_tables_are_rectangular(self):
        scales = [mars.Scale("1 x 1", 2, 22, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("2 x 2", 8, 88, Counter([1, 1, 2, 2, 3, 3, 4, 4]), {"a": 5.0, "b": 4.0})]
        groups = {"of a": lambda name: name == "a", "all": lambda name: True}
        of_rows = {name: lambda row, belongs=belongs: belongs(row.recording) for name, belongs in groups.items()}
        for text in (tables.by_codec(ROWS), tables.by_recording(ROWS), tables.loudness_by_recording(ROWS[:3]), tables.bar_table([["a", "b", "c", "yes"]]),
                     tables.far_bar_table([["a", "b", "c", "yes"], ["a", "b", "c", "d", "yes"]]), tables.in_groups(ROWS, of_rows),
                     tables.by_kind(ROWS, lambda row: row.recording), tables.by_scale(scales, 10.0, groups),
                     tables.by_codebook(scales, 8, mars.entropy_bits)):
            self.assertEqual(len({line.count("|") for line in text.splitlines()}), 1, text)

    def test_a_place_in_a_page_is_filled(self):
        page = "before\n<!-- a -->\n\nold\n<!-- /a -->\nafter\n"
        new = tables.filled(page, "<!-- a -->\n", "<!-- /a -->\n", "new\n")
        self.assertEqual(new, "before\n<!-- a -->\n\nnew\n\n<!-- /a -->\nafter\n")
        self.assertEqual(tables.filled(new, "<!-- a -->\n", "<!-- /a -->\n", "new\n"), new)
        for wrong in (page + page, page.replace("/a", "/b"), ""):
            with self.assertRaises(ValueError):
                tables.filled(wrong, "<!-- a -->\n", "<!-- /a -->\n", "new\n")

    def test_the_better_of_both_is_marked(self):
        lines = tables.by_recording(ROWS).splitlines()
        self.assertIn("| **5.00** | 7.00 |", lines[2])
        self.assertIn("| 4.00 | **3.00** |", lines[3])
        self.assertIn("| 4.50 | 5.00 |", lines[4])

    def test_loudness_of_codecs(self):
        rows = [*ROWS[:3], ROWS[3]._replace(loudness_bias_db=-3.0, level_db=None)]
        lines = tables.by_codec(rows).splitlines()
        self.assertIn("| 4.50 | 2.50 | -1.00 | -1.50 |", lines[2])
        self.assertIn("| 5.00 | 2.50 | -2.00 |  |", lines[3])
        self.assertEqual(tables.loudness_by_recording(rows[:3]).splitlines()[2:],
                         ["| a | 2.5 / -1.0 / -1.5 | 2.5 / -1.0 / -1.5 |", "| b | 2.5 / -1.0 / -1.5 |  |"])

    def test_numbers_that_are_none(self):
        self.assertEqual([tables.number(*words) for words in ((1.25, "+.1f"), (None, ".1f"), (math.nan, ".1f"), (1.0, ".1f", False), (0.0, ".1f"))],
                         ["+1.2", "", "", "", "0.0"])

    def test_groups(self):
        lines = tables.in_groups(ROWS, {"of a": lambda row: row.recording == "a", "all": lambda row: True}).splitlines()
        self.assertEqual(lines[2], "| ictus | 3.00 | 2.25 | 5.00 / 2.50 / -1.00 | 4.50 / 2.50 / -1.00 |")
        self.assertEqual(lines[3], "| Opus 6 CBR | 3.00 | 2.25 | 7.00 / 2.50 / -1.00 | 5.00 / 2.50 / -1.00 |")
        self.assertEqual(tables.distances([row._replace(loudness_error_db=None, loudness_bias_db=None) for row in ROWS[:2]]), "6.00")

    def test_scales_and_codes(self):
        scales = [mars.Scale("1 x 1", 2, 200, Counter([1, 2]), {"a": 9.0, "b": 7.0}),
                  mars.Scale("1 x 2", 2, 300, Counter([2, 3]), {"a": 5.0, "b": 4.0})]
        self.assertEqual(tables.by_scale(scales, 10.0, {"all": lambda name: True}).splitlines()[2:],
                         ["| 1 | 1 x 1 | 0.020 | 0.020 | 8.00 |", "| 2 | 1 x 2 | 0.030 | 0.050 | 4.50 |"])
        self.assertEqual(tables.by_codebook(scales, 8, mars.entropy_bits).splitlines()[2:],
                         ["| 1: 1 x 1 | 2 | 2 | 25.0 % | 1.00 | 2 |", "| 2: 1 x 2 | 2 | 2 | 25.0 % | 1.00 | 2 |",
                          "| all | 4 | 3 | 37.5 % | 1.50 | 3 |"])


class Generated(unittest.TestCase):
    def test_halves_are_disjoint_and_alike_in_their_labels(self):
        notes = [pathlib.Path(f"{family}_s_000-{pitch:03}-100-{take}.flac") for family in ("flute", "synth_lead") for pitch in range(60, 71)
                 for take in range(4)] + [pathlib.Path("organ_s_000-060-100.flac")]
        one, other = generation.halves(notes)
        self.assertEqual(sorted(one + other), sorted(notes))
        self.assertFalse(set(one) & set(other))
        labels = [Counter(map(generation.label_order, half)) for half in (one, other)]
        self.assertEqual(sum(abs(labels[0][label] - labels[1][label]) for label in labels[0] | labels[1]), 1)
        self.assertEqual(generation.halves(notes[::-1]), (one, other))  # by the names alone
        self.assertNotEqual(generation.halves(notes, 2), (one, other))
        self.assertNotEqual([path.stem[-1] for path in one], ["0", "2"] * 22)

    def test_where_a_set_lies_is_told_by_intervals(self):
        upper, lower = (0.1, 0.05, 0.15), (0.8, 0.7, 0.9)
        for metric, expected in [((0.3, 0.2, 0.4), generation.BETWEEN), ((0.16, 0.14, 0.2), generation.AS_REAL), ((0.01, 0.0, 0.04), generation.BETTER),
                                 ((0.6, 0.4, 0.75), generation.NOT_TOLD), ((0.95, 0.92, 0.99), generation.NOT_TOLD)]:
            self.assertEqual(generation.place("NDB/k", metric, upper, lower), expected)
            mirrored = [tuple(-value for value in (each[0], each[2], each[1])) for each in (metric, upper, lower)]
            self.assertEqual(generation.place("Coverage", *mirrored), expected)
        self.assertIsNone(generation.place("NDB/k", None, upper, lower))
        self.assertIsNone(generation.place("NDB/k", upper, upper, None))

    def test_reaching_another_set(self):
        other = (0.5, 0.4, 0.6)
        for metric, lower, higher in [((0.5, 0.45, 0.5), True, True), ((0.1, 0.0, 0.2), True, False), ((0.9, 0.8, 1.0), False, True),
                                      ((0.9, 0.6, 1.0), True, True)]:
            self.assertEqual(generation.reaches("FAD", metric, other), lower)
            self.assertEqual(generation.reaches("PIS", metric, other), higher)
        self.assertIsNone(generation.reaches("PIS", None, other))


class HeldNotes(unittest.TestCase):
    def test_the_fewest_that_carry_a_share(self):
        self.assertEqual([held_notes.fewest(energies) for energies in ([7.0], [0.0, 91.0, 9.0], [8.9, 1.0, 0.1], [1, 5, 3, 1], [1] * 10)],
                         [1, 1, 2, 3, 9])
        self.assertEqual([held_notes.fewest(energies) for energies in ([], [0.0, 0.0])], [0, 0])
        self.assertEqual([held_notes.fewest([4, 3, 2, 1], share) for share in (0.4, 0.41, 1.0)], [1, 2, 4])

    def test_table_and_bars(self):
        found = [held_notes.Note("piano", f"A{k}", 20, carrying) for k, carrying in enumerate((1, 1, 2, 6))]
        found += [held_notes.Note("flute", "C5", 10, 3), held_notes.Note("flute", "D5", 12, 1), held_notes.Note("cello", "C2", 5, 1)]
        self.assertEqual(held_notes.table(found).splitlines()[2:],
                         ["| piano | 4 | 20.0 | 1.5 | 2.5 | 6 | 75 % | 50 % |", "| flute | 2 | 11.0 | 2 | 2.0 | 3 | 100 % | 50 % |",
                          "| cello | 1 | 5.0 | 1 | 1.0 | 1 | 100 % | 100 % |", "| all | 7 | 15.3 | 1 | 2.1 | 6 | 86 % | 57 % |"])
        self.assertEqual([line[3:] for line in held_notes.bars(found)],
                         [["median 1.5, most 6; at most 3 in 3 of 4 notes", "**no**"], ["median 2, most 3; at most 3 in 2 of 2 notes", "yes"],
                          ["median 1, most 1; at most 3 in 1 of 1 notes", "yes, and beyond"]])


class Onsets(unittest.TestCase):
    def begins_at(self, before, level, after):
        return onsets.begins_at(array("h", [before] * 1000 + [level, -level] * 500 + [after] * 1000), 44100)

    def test_where_a_sound_begins(self):
        self.assertEqual([self.begins_at(*levels) for levels in ((0, 10000, 0), (100, 10000, 0))], [1000, 1000])
        # 8 samples of 1000 are more than a thousandth of 88 samples of 9000.
        self.assertEqual(self.begins_at(0, 1000, 9000), 1007)
        # 30 dB under the loudest place, within a window of 88 samples, it is not begun yet.
        self.assertEqual(self.begins_at(0, 100, 9000), 2000)
        self.assertEqual(self.begins_at(1000, 10000, 0), 87)

    def test_the_loudest_event(self):
        events = [(100, -3.0, [0.0]), (5000, -20.0, [1.0]), (7000, -6.0, [0.5])]
        self.assertEqual(onsets.onset_of_loudest(events, [1.0, 4.0, 3.0]), 5000)
        self.assertEqual(onsets.onset_of_loudest([], []), math.inf)

    def test_table_and_bars(self):
        found = [onsets.Note("harp", str(k), ms) for k, ms in enumerate((-1, 2, 4, -6, 8, 10, 12, 14, 20))] + [onsets.Note("piano", "9", -30)]
        self.assertEqual(onsets.table(found).splitlines()[2:],
                         ["| harp | 9 | +8.0 | 8.0 | 20.0 | 67 % | 33 % |", "| piano | 1 | -30.0 | 30.0 | 30.0 | 0 % | 0 % |",
                          "| all | 10 | +6.0 | 9.0 | 30.0 | 60 % | 30 % |"])
        self.assertEqual(onsets.bars(found)[0][3:], ["60 % within 10 ms, 30 % within 5 ms; median 9.0 ms", "**no**"])
        near = [note._replace(late_ms=0.33 * note.late_ms) for note in found]
        self.assertEqual(onsets.bars(near)[0][-1], "yes")
        nearer = [note._replace(late_ms=0.16 * note.late_ms) for note in found]
        self.assertEqual(onsets.bars(nearer)[0][-1], "yes, and beyond")


class LeftOut(unittest.TestCase):
    def test_rise_against_share(self):
        found = [leave_one_out.Left("a", 0.02, 0.35, 10.0, 0.05), leave_one_out.Left("a", 0.02, 0.45, 10.0, 0.03), leave_one_out.Left("b", 0.0, -0.01, 20.0, -0.1)]
        self.assertEqual([left.spared for left in found], [True, False, True])
        self.assertAlmostEqual(found[0].rise, 0.035)
        self.assertEqual(leave_one_out.table(found).splitlines()[2:],
                         ["| a | 2 | 2.00 | 4.00 | 0.400 | 0.450 | 10.0 | 50 % | 50 % |", "| b | 1 | 0.00 | -0.05 | -0.010 | -0.010 | 20.0 | 100 % | 100 % |",
                          "| all | 3 | 2.00 | 3.50 | 0.350 | 0.450 | 13.3 | 67 % | 67 % |"])
        self.assertEqual(leave_one_out.bars(found)[0][3:], ["2 of 3 events; median rise 3.50 %, share 2.00 %", "**no**"])
        self.assertEqual(leave_one_out.bars(found[::2])[0][-1], "yes")


def facts_of_stream(samples):
    """As `ictus info --json` has them of a stream of the installed model."""
    models = map(json.loads, measure.output_of([measure.ICTUS, "info", "--model", "--json"]).splitlines())
    return {**next(model for model in models if model["codec"] == "events"), "samples": samples}


class SingleEvents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ictus-bench-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.facts = facts_of_stream(400000)

    def test_a_stream_comes_back(self):
        path = self.folder / "some.evs"
        events = [(70, -30.5, [k / 40 for k in range(32)]), (65535, -20.25, [-1.0] * 32), (65536, 3.0, [1.0] * 32)]
        events = [(onset, gain_db, list(struct.unpack("<32f", struct.pack("<32f", *vector)))) for onset, gain_db, vector in events]
        single_events.write(path, self.facts, events)
        stream = single_events.read(path)
        self.assertEqual((stream.facts["samples"], stream.facts["weights_hash"]), (400000, self.facts["weights_hash"]))
        self.assertEqual([event[:2] for event in stream.events], [event[:2] for event in events])
        for found, event in zip(stream.events, events):
            for number, expected in zip(found[2], event[2]):
                self.assertAlmostEqual(number, expected, delta=1e-6)
        self.assertEqual(len(stream.durations_s), 3)

    def test_energies_are_those_of_events_alone(self):
        path = self.folder / "some.evs"
        vector = [0.5, -0.5] * 16
        # 10 dB are ten times the energy; the two overlap, which changes neither.
        single_events.write(path, self.facts, [(20000, -40.0, vector), (20000 + 3 * 4096, -30.0, vector)])
        quiet, loud = single_events.energies(single_events.read(path), self.folder / "events")
        self.assertGreater(quiet, 0)
        self.assertAlmostEqual(loud / quiet, 10.0, delta=0.2)


class SimpleSignals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = {signal.name: signal for signal in simple_signals.signals()}

    def test_signals_are_what_they_are_called(self):
        self.assertEqual([(name, len(signal.samples)) for name, signal in self.made.items() if len(signal.samples) != 4 * 44100], [])
        for name, signal in self.made.items():
            samples = simple_signals.at_level(signal.samples, -20)
            self.assertEqual(max(map(abs, samples)), 0 if name == "silence" else round(32767 * 0.025))
            self.assertEqual(len(simple_signals.levels_of(signal)), 1 if name == "silence" else 3)
        click = self.made["click"].samples
        self.assertEqual([i for i, x in enumerate(click) if x], [44100])
        with tempfile.TemporaryDirectory(prefix="ictus-bench-") as name:
            folder = pathlib.Path(name)
            for signal in self.made.values():
                if not signal.hz_at:
                    continue
                samples = simple_signals.at_level(signal.samples, -20)
                sound = recorded_notes.write_wav(folder / "sound.wav", samples, 44100)
                cents, swing_db = simple_signals.pitch_and_swing(signal, samples, sound, folder)
                self.assertEqual(len(cents), 1 if signal.is_tone else 188)
                self.assertLess(max(map(abs, cents)), 0.5, signal.name)
                self.assertLess(swing_db, 1.0)
            self.assertEqual(simple_signals.pitch_and_swing(self.made["click"], samples, sound, folder), (None, None))
        self.assertAlmostEqual(simple_signals.rms_dbfs(array("h", [16384, -16384])), -6.02, delta=0.01)
        self.assertEqual(simple_signals.rms_dbfs(array("h", [0, 0])), -math.inf)

    def test_pitches_move_as_they_should(self):
        glide, vibrato = simple_signals.glide(220), simple_signals.vibrato(880)
        self.assertEqual([round(glide(t)) for t in (0, 1, 2, 3, 4)], [220, 220, 311, 440, 440])
        self.assertAlmostEqual(1200 * math.log2(vibrato(0.25 / 5.5) / 880), 50)
        self.assertAlmostEqual(1200 * math.log2(vibrato(0.75 / 5.5) / 880), -50)

    def result(self, **changes):
        return simple_signals.Result("glide", -20, 3, -0.5, 0.4, [1.0, -20.0, 3.0], 1.0, 0.5, -0.25, None)._replace(**changes)

    def test_table_and_bars(self):
        found = [self.result(), self.result(events=4), self.result(cents=[1.0, 21.0, math.nan, 2.0]), self.result(signal="click", cents=None, high_db=-3.0),
                 self.result(signal="click", cents=None, high_db=-3.1), self.result(signal="silence", level_db=0.0, events=0, cents=None)]
        self.assertEqual([line[2:] for line in simple_signals.bars(found)],
                         [["0 of 5", "yes"], ["1 of 3; 3 to 4 events", "**no**"], ["1 of 2", "**no**"]])
        lost = [self.result(level_db=-41.0), self.result(events=0), self.result(level_db=-math.inf), self.result(level_db=-39.0)]
        self.assertEqual([result.is_lost for result in lost], [True, True, True, False])
        self.assertEqual(simple_signals.bars(lost + found[3:])[0][2:], ["3 of 6: glide, -20 dB; glide, -20 dB; glide, -20 dB", "**no**"])
        rows = simple_signals.table(found + lost[:1] + [self.result(signal="silence", level_db=math.inf, log_mel_db=math.inf)]).splitlines()[2:]
        self.assertEqual(len({line.count("|") for line in rows}), 1)
        self.assertEqual(rows[0], "| glide | -20 dB | 3 | -0.5 | 0.4 | 3, 20 cents; 100 % | 1.00 | 0.50 | -0.25 |  |")
        self.assertIn("| 2, 21 cents; 50 % |", rows[2])
        self.assertIn("| silence |  | 0 | silence |", rows[5])
        self.assertIn("| glide | -20 dB | 3 | **silence** |  |  |", rows[6])
        self.assertIn("| **sound** |", rows[7])

    def test_tones(self):
        back = steady_tones.Tone(440, 0, 2, -1.0, 1.5, 5.0)
        self.assertTrue(back.is_back)
        for changes in ({"events": 3}, {"level_db": -1.1}, {"swing_db": 1.6}, {"cents": -5.1}, {"cents": math.nan}):
            self.assertFalse(back._replace(**changes).is_back, changes)
        lost = back._replace(hz=5000, level_db=-165.0, cents=math.nan)
        self.assertEqual([tone.is_lost for tone in (back, lost, back._replace(events=0))], [False, True, True])
        self.assertEqual(steady_tones.table([back, lost]).splitlines()[2:],
                         ["| 440 Hz | 0 dB | 2 | -1.0 | 1.5 | +5.0 | yes |", "| 5000 Hz | 0 dB | 2 | **silence** |  |  |  |"])
        self.assertEqual([line[2:] for line in steady_tones.bars([back, lost])], [["1 of 2; 1 come back as silence", "**no**"]])
        self.assertEqual(steady_tones.bars([back])[0][2:], ["1 of 1", "yes"])
        samples = steady_tones.sine(1000, -20)
        self.assertEqual((len(samples), samples[-1], max(samples)), (4 * 44100, 0, round(0.025 * 32767)))


@unittest.skipUnless(importlib.util.find_spec("numpy"), "needs python3-numpy")
class Detectors(unittest.TestCase):
    """On sounds whose pitch, beginning and level are known."""

    def struck(self, hz, begin_s=0.3, partials=range(1, 9), stiffness=0.0, level=0.3):
        import numpy as np
        time_s = np.arange(3 * 44100) / 44100 - begin_s
        sound = sum(np.sin(2 * np.pi * hz * h * np.sqrt((1 + stiffness * h ** 2) / (1 + stiffness)) * time_s) / h for h in partials)
        return np.where(time_s >= 0, level * np.exp(-3 * np.maximum(time_s, 0)) * sound, 0.0)

    def test_when_a_note_begins(self):
        for begin_s in (0.01, 0.3, 1.2345):
            self.assertAlmostEqual(detectors.begins_s(self.struck(220, begin_s), 44100), begin_s, delta=0.0015)

    def test_how_high_it_is(self):
        for hz in (65.4, 220.0, 1046.5, 3951.0):
            for cents in (-30, 0, 12.5):
                found = detectors.pitch_hz(self.struck(hz * 2 ** (cents / 1200)), 44100, hz)
                self.assertAlmostEqual(1200 * math.log2(found / hz), cents, delta=0.5)

    def test_a_stiff_string_without_its_first_partial(self):
        for stiffness in (0.0, 3e-4, 2e-3):
            found = detectors.pitch_hz(self.struck(55 * 2 ** (10 / 1200), partials=range(3, 12), stiffness=stiffness), 44100, 55)
            self.assertAlmostEqual(1200 * math.log2(found / 55), 10, delta=2)

    def test_two_notes_are_compared_by_their_strongest_partials(self):
        low = self.struck(110, partials=(2, 3, 5))
        self.assertAlmostEqual(detectors.apart_cents(low, self.struck(220, partials=(2, 3, 5)), 44100), 0, delta=0.2)
        self.assertAlmostEqual(detectors.apart_cents(low, self.struck(220 * 2 ** (8 / 1200), partials=(2, 3, 5)), 44100), 8, delta=0.2)
        self.assertAlmostEqual(detectors.level_db(0.5 * low) - detectors.level_db(low), -6.02, delta=0.01)


class Scores(unittest.TestCase):
    def test_beginnings(self):
        """As the printed music has them."""
        def first(piece, count):
            return [key for _, key in scores.sounding(piece)[:count]]
        prelude, elise, invention = scores.pieces()
        self.assertEqual(first(prelude, 8), [60, 64, 67, 72, 76, 67, 72, 76])
        self.assertEqual(first(elise, 9), [76, 75, 76, 75, 76, 71, 74, 72, 45])
        self.assertEqual(first(invention, 7), [60, 62, 64, 65, 62, 64, 60])
        self.assertEqual(len(prelude.notes), 32 * 16 + 5)
        for voice in (0, 1):
            self.assertEqual(max(note.onset + note.duration for note in invention.notes if note.voice == voice), 19.0)

    def test_tempi(self):
        tempi = [(0.0, 60.0), (4.0, 120.0), (6.0, 30.0)]
        self.assertEqual([scores.seconds_at(tempi, quarter) for quarter in (0, 2, 4, 5, 6, 7)], [0, 2, 4, 4.5, 5, 7])

    @unittest.skipUnless(importlib.util.find_spec("mido"), "needs python3-mido")
    def test_midi_files_say_the_same(self):
        for piece in scores.pieces():
            for made in (piece, scores.one_by_one(piece), scores.repeated(piece, 60)):
                with tempfile.TemporaryDirectory() as folder:
                    data = scores.write_midi(made, pathlib.Path(folder) / "a.mid").read_bytes()
                for (onset_s, key), (read_s, read_key, _) in zip(scores.sounding(made), sorted(found_notes.read_midi(data)), strict=True):
                    self.assertEqual(read_key, key)
                    self.assertLess(abs(read_s - onset_s), 1e-4)


class FoundNotes(unittest.TestCase):
    def test_pieces_are_the_same_every_time_and_in_range(self):
        notes = found_notes.piece(100, 3)
        self.assertEqual(notes, found_notes.piece(100, 3))
        self.assertNotEqual(notes, found_notes.piece(101, 3))
        self.assertGreater(len(notes), 2 * len(found_notes.piece(100, 1)))
        self.assertEqual(notes, sorted(notes))
        self.assertTrue(all(45 <= note.pitch <= 84 and 0.25 <= note.onset_s < 11 for note in notes))

    @unittest.skipUnless(importlib.util.find_spec("mido"), "needs python3-mido")
    def test_midi_there_and_back(self):
        notes = found_notes.piece(100, 3)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.mid"
            found_notes.write_midi(notes, 40, path)
            back = found_notes.read_midi(path.read_bytes())
        self.assertEqual(len(back), len(notes))
        for (onset_s, pitch, velocity), note in zip(sorted(back), sorted(notes, key=lambda note: (note.onset_s, note.pitch, note.velocity))):
            self.assertAlmostEqual(onset_s, note.onset_s, delta=1e-6)
            self.assertEqual((pitch, velocity), (note.pitch, note.velocity))

    def test_the_best_floor_is_taken(self):
        truth = [found_notes.Note(0.25 * k, 60 + k, 0.2, 100) for k in range(4)]
        found = [(0.25 * k + 0.01, 60 + k, 127 - 10 * k) for k in range(4)]     # velocities 127 to 97
        found += [(3.0 + 0.1 * k, 70, 85) for k in range(6)]                    # 42 below
        found += [(5.0 + 0.1 * k, 70, 20) for k in range(6)]
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(found_notes.best_match(truth, found, pathlib.Path(folder)), (1.0, 1.0, 1.0, 4))
            precision, recall, f1, count = found_notes.best_match(truth, [(0.26, 61, 10)], pathlib.Path(folder))
            self.assertEqual((precision, recall, f1, count), (1.0, 0.25, 0.4, 1))
            self.assertEqual(found_notes.best_match(truth, [], pathlib.Path(folder)), (0.0, 0.0, 0.0, 0))

    def test_table(self):
        found = [found_notes.Found("piano", 10, 8, 0.5, 0.4, 0.44, 30), found_notes.Found("flute", 20, 20, 1.0, 1.0, 1.0, 20)]
        self.assertEqual(found_notes.table(found).splitlines()[2:],
                         ["| piano | 10 | 8 | 0.50 | 0.40 | 0.44 | 3.0 |", "| flute | 20 | 20 | 1.00 | 1.00 | 1.00 | 1.0 |",
                          "| mean |  |  | 0.75 | 0.70 | 0.72 | 2.0 |"])
        self.assertEqual(found_notes.bars(found)[0][2], "0.72; 2.0 events a note")


class NoteLevels(unittest.TestCase):
    def test_pans_have_equal_power(self):
        for degrees, left_right_db in ((-30, 11.44), (0, 0.0), (30, -11.44)):
            left, right = note_levels.panned(degrees)
            self.assertAlmostEqual(left * left + right * right, 1.0)
            self.assertAlmostEqual(20 * math.log10(left / right), left_right_db, places=2)

    def test_a_mix_has_each_note_in_its_place(self):
        notes = [array("h", [level] * 2000) for level in (100, 3000, 50)]
        left, right = note_levels.mixed(notes, 4000)      # each begins where the one before ends
        self.assertEqual((len(left), len(right)), (6000, 6000))
        self.assertEqual(max(map(abs, left + right)), round(0.5 * 32767))
        for k, left_right_db in enumerate((11.44, 0.0, -11.44)):
            at = 1000 + 2000 * k
            self.assertAlmostEqual(20 * math.log10(left[at] / right[at]), left_right_db, places=1)
            self.assertAlmostEqual(math.hypot(left[at], right[at]) / math.hypot(left[0], right[0]), 1.0, places=3)

    def test_table_and_bars(self):
        found = [note_levels.Note("piano", "A0", 1.0, -1.0, 3.0, -2.0, 4, 1), note_levels.Note("piano", "A1", 2.0, 0.0, 4.0, 0.0, 6, 2),
                 note_levels.Note("guitar", "A2", 3.0, 0.5, 3.2, -1.0, 2, 3)]
        self.assertEqual(note_levels.table(found).splitlines()[2:],
                         ["| piano | 2 | 1.50 | -0.50 | 3.50 | -1.00 | 5 | 6 | 1.5 | 2 | 100 % |", "| guitar | 1 | 3.00 | +0.50 | 3.20 | -1.00 | 2 | 2 | 3 | 3 | 0 % |",
                          "| all | 3 | 2.00 | -0.17 | 3.40 | -1.00 | 4 | 6 | 2 | 3 | 67 % |"])
        self.assertEqual([line[2:] for line in note_levels.bars(found, 3.0)],
                         [["3.40 dB", "yes"], ["-1.00 dB", "yes"], ["4 (2 to 6)", "yes"], ["67 %", "**no**"], ["3.0 dB", "yes"]])
        worse = [note._replace(loudness_error_db=3.6, loudness_bias_db=1.6, events=6, carrying=1) for note in found]
        self.assertEqual([line[-1] for line in note_levels.bars(worse, 3.1)], ["**no**", "**no**", "**no**", "yes", "**no**"])
        self.assertEqual(len(note_levels.each_table(found).splitlines()), 5)

    def test_few_events(self):
        found = [stopping.Stopped("events=2", 1.75, 3.456, 4.0)]
        self.assertEqual(stopping.table(found).splitlines()[2:], ["| events=2 | 1.8 | 3.46 | 4.00 |"])


class RecordedNotes(unittest.TestCase):
    def test_names_and_order(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "classical-guitar"
            folder.mkdir()
            for stem in ("C4", "A#2", "B2", "C3vL", "SpanishClassicalGuitar-20190618"):
                (folder / f"{stem}.flac").touch()
            (folder / "D3.txt").touch()
            found = recorded_notes.recordings("guitar", folder.parent, None)
            self.assertEqual([path.stem for path in found], ["A#2", "B2", "C3vL", "C4"])
        self.assertEqual([recorded_notes.sources.pitch_of(stem) for stem in ("C4", "As2", "A#2vH", "C-1", "Harp")], [60, 46, 46, 0, None])

    def test_wav_and_fade(self):
        samples = array("h", [100, -100, 1000, -1000, 1000, -1000])
        recorded_notes.fade_out(samples, 4)
        self.assertEqual(list(samples), [100, -100, 750, -500, 250, 0])
        with tempfile.TemporaryDirectory() as folder:
            path = recorded_notes.write_wav(pathlib.Path(folder) / "a.wav", samples, 48000)
            self.assertEqual(recorded_notes.read_wav(path), (samples, 48000))


class Picture(unittest.TestCase):
    ROWS = ROWS + [row("a", "ictus 6", 3.0)._replace(kbit_s=5.5), row("b", "ictus 6", 4.0)._replace(kbit_s=6.0), row("a", "Speex 5.95", 6.0)]

    def test_curves(self):
        self.assertEqual(rates_picture.curves(self.ROWS), {"ictus": [(2.25, 4.5), (5.75, 3.5)], "Opus": [(2.25, 5.0)], "Speex 5.95": [(3.0, 6.0)]})
        self.assertEqual(rates_picture.described(ROWS[:2]),
                         "Log-mel distance by bitrate. ictus: 5.00 dB at 3.00 kbit/s; Opus: 7.00 dB at 3.00 kbit/s")

    @unittest.skipUnless(importlib.util.find_spec("matplotlib"), "needs python3-matplotlib")
    def test_the_same_results_give_the_same_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            a, b = pathlib.Path(folder) / "a.svg", pathlib.Path(folder) / "b.svg"
            self.assertFalse(rates_picture.is_of(self.ROWS, a))
            rates_picture.draw(self.ROWS, a)
            rates_picture.draw(self.ROWS, b)
            self.assertEqual(a.read_bytes(), b.read_bytes())
            self.assertTrue(rates_picture.is_of(self.ROWS, a))
            self.assertFalse(rates_picture.is_of(ROWS, a))


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
