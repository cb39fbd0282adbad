"""info, dump and test: what they print, what they read before it, and what they do not load."""

import csv
import io
import json
import math
import os
import random
import struct
import unittest

from pyramids import varint, wire
from support import (MODEL_RATE_HZ, DONE, FAILED, ROOT, SANITIZED, Case, block_ends, blocks, clip, clip_pyramid, clip_stream, encode, ictus, is_of_libtorch,
                     long_stream, mapped_libraries, start, weights_path)

CONFORMANCE = ROOT / "tests" / "conformance"
HOUR_S = 3600


def table(run, separator="\t"):
    lines = [line for line in run.stdout.decode().splitlines(True) if not line.startswith("# ")]
    return list(csv.DictReader(io.StringIO("".join(lines)), delimiter=separator))


def facts_of(stream):
    return json.loads(ictus("info", "--json", "-", stdin=stream).stdout)


class Info(Case):
    def facts(self, stream):
        run = ictus("info", "--json", "-", stdin=stream)
        self.assert_ended(run, DONE)
        return json.loads(run.stdout)

    def test_json_has_the_documented_fields(self):
        self.put("a.evs", clip_stream())
        run = ictus("info", "--json", "a.evs")
        self.assert_ended(run, DONE)
        facts = json.loads(run.stdout)
        self.assertEqual(list(facts), [
            "schema", "file", "complete", "codec", "format_version", "model_id", "weights_hash", "precision",
            "gain_step_db", "onset_step_samples", "numbers", "channels", "sample_rate_hz", "samples", "duration_s", "original_sample_rate_hz", "original_channels",
            "original_samples", "events", "events_per_s", "bytes", "bitrate_bps", "tags"])
        self.assertEqual(facts["schema"], 1)
        self.assertEqual(facts["file"], "a.evs")
        self.assertIs(facts["complete"], True)
        self.assertEqual(facts["codec"], "events")
        self.assertEqual(facts["precision"], "coded")
        self.assertEqual(len(facts["numbers"]), 32)
        self.assertEqual({tuple(number) for number in facts["numbers"]}, {("name", "unit", "low", "high", "is_ratio", "steps")})
        self.assertTrue(all(number["steps"] in range(1, 4097) for number in facts["numbers"]))  # the model's
        self.assertEqual(facts["channels"], 2)
        self.assertEqual((facts["gain_step_db"], facts["onset_step_samples"]), (0.5, 64))
        self.assertEqual((facts["original_sample_rate_hz"], facts["original_channels"]), (44100, 2))
        self.assertEqual(facts["original_samples"], 44100 * 3 // 2)
        self.assertEqual((facts["sample_rate_hz"], facts["samples"]), (MODEL_RATE_HZ, MODEL_RATE_HZ * 3 // 2))
        self.assertAlmostEqual(facts["duration_s"], 1.5, places=4)
        self.assertEqual(facts["bytes"], len(clip_stream()))
        self.assertAlmostEqual(facts["bitrate_bps"], 8 * facts["bytes"] / facts["duration_s"])
        self.assertEqual(facts["tags"], {"TITLE": ["A test"]})
        self.assertRegex(facts["weights_hash"], "^[0-9a-f]{32}$")

    def test_text(self):
        self.put("a.evs", clip_stream())
        run = ictus("info", "a.evs")
        self.assert_ended(run, DONE)
        text = run.stdout.decode()
        for words in ("a.evs\n", "44100 Hz, 2 channels, 66150 samples", "1.500 s", "kbit/s", "TITLE = A test"):
            self.assertIn(words, text)

    def test_every_precision_says_its_steps(self):
        usual = [2093, 51, 281, 401, 41, 221, 33, 41, 129, 31, 81, 31, 41, 31, 21, 41] + 16 * [31]
        for name, precision, steps, of_numbers, text in [
            ("coded-steps", "coded", [1.5, 100], [2, 3, 4, 1, 4096, 255, 32, 33] + 24 * [24],
             "coded: numbers of 1 to 4096 steps, gains of 1.5 dB, onsets of 100 samples\n"),
            ("coded-one-event", "coded", [0.5, 64], usual, "coded: numbers of 21 to 2093 steps, gains of 0.5 dB, onsets of 64 samples\n"),
            ("coded-names", "coded", [0.5, 64], 32 * [5], "coded: numbers of 5 steps, gains of 0.5 dB, onsets of 64 samples\n"),
            ("float32", "float32", [None] * 2, 32 * [None], "precision    float32\n"),
        ]:  # fmt: skip
            with self.subTest(name):
                stream = (CONFORMANCE / "valid" / f"{name}.evs").read_bytes()
                facts = self.facts(stream)
                self.assertEqual(facts["precision"], precision)
                self.assertEqual([facts[f] for f in ("gain_step_db", "onset_step_samples")], steps)
                self.assertEqual([number["steps"] for number in facts["numbers"]], of_numbers)
                self.assertIn(text, ictus("info", stdin=stream).stdout.decode())

    def test_names_of_numbers_are_told(self):
        stream = (CONFORMANCE / "valid" / "coded-names.evs").read_bytes()
        facts = self.facts(stream)
        self.assertEqual(facts["channels"], 2)
        self.assertEqual([list(number.values()) for number in facts["numbers"][:4]],
                         [["frequency", "Hz", 20, 20000, True, 5], ["x_2", "", -1, 1, False, 5],
                          ["temperature", "\u00b0C / 2", -273.15, 1e30, False, 5], [None, None, -1, 1, False, 5]])
        lines = ictus("info", stdin=stream).stdout.decode().splitlines()
        self.assertIn("  number           as      from        to  steps  in", lines)
        self.assertIn("  frequency        v0        20     20000      5  Hz", lines)
        self.assertIn("  x_2              v1        -1         1      5", lines)
        self.assertIn("  temperature      v2   -273.15     1e+30      5  \u00b0C / 2", lines)
        self.assertTrue(any(line.split() == "sound 44100 Hz, 2 channels, 65536 samples".split() for line in lines))
        standard = self.facts((CONFORMANCE / "valid" / "coded-one-event.evs").read_bytes())["numbers"]
        self.assertEqual([number["name"] for number in standard[:3] + standard[15:17]], ["pitch", "balance", "glide", "position", None])
        self.assertEqual(list(standard[12].values()), ["inharmonicity", "", 1e-6, 0.003, True, 41])

    def test_a_list_keeps_names_steps_and_channels(self):
        for name in ("coded-names", "coded-steps", "coded-one-event", "coded-all-symbols", "names-none", "header-fields"):
            for words in ([], ["--format", "json"], ["--format", "csv"]):
                with self.subTest(name=name, words=words):
                    stream = (CONFORMANCE / "valid" / f"{name}.evs").read_bytes()
                    text = ictus("dump", *words, stdin=stream).stdout
                    back = ictus("assemble", "-", "-o", "-", stdin=text)
                    self.assert_ended(back, DONE)
                    self.assertEqual(ictus("dump", *words, stdin=back.stdout).stdout, text)
                    kept = ("precision", "gain_step_db", "onset_step_samples", "numbers", "channels", "model_id", "events")
                    self.assertEqual([self.facts(back.stdout)[fact] for fact in kept], [self.facts(stream)[fact] for fact in kept])

    def test_a_list_tells_each_number_on_a_line(self):
        text = ictus("dump", stdin=(CONFORMANCE / "valid" / "coded-one-event.evs").read_bytes()).stdout.decode()
        for line in ('# numbers: ["pitch Hz 25 10500 ratio 2093 steps"]', '# numbers: ["tilt 0.03125 32 ratio 31 steps"]',
                     '# numbers: ["position -1 1 41 steps"]', '# numbers: ["31 steps"]', "# channels: 1"):
            self.assertIn(line, text.splitlines())
        self.assertEqual(text.count("# numbers:"), 17)

    def test_pipe_and_file_say_the_same(self):
        self.put("a.evs", clip_stream())
        named = json.loads(ictus("info", "--json", "a.evs").stdout)
        for words in (["info", "--json"], ["info", "--json", "-"]):
            piped = json.loads(ictus(*words, stdin=clip_stream()).stdout)
            self.assertEqual({**named, "file": "-"}, piped)

    def test_single_values(self):
        facts = self.facts(clip_stream())
        for field, value in facts.items():
            if field in ("tags", "numbers", "complete", "file"):
                continue
            got = ictus("info", "--get", field, stdin=clip_stream()).stdout.decode()
            self.assertEqual(got, f"{value}\n")
        for short, field in [("bitrate", "bitrate_bps"), ("duration", "duration_s"), ("sample_rate", "sample_rate_hz")]:
            self.assertEqual(ictus("info", "--get", short, stdin=clip_stream()).stdout.decode(), f"{facts[field]}\n")

    def test_tags_of_one_name_stand_together_however_it_is_written(self):
        words = ["TITLE=One", "Artist=A", "title=Two", "artist=B", "X=1"]
        stream = encode("-", *(word for tag in words for word in ("--tag", tag)), stdin=clip()).stdout
        self.assertEqual(json.loads(ictus("info", "--json", stdin=stream).stdout)["tags"],
                         {"TITLE": ["One", "Two"], "Artist": ["A", "B"], "X": ["1"]})

    def test_many_files_one_line_each(self):
        self.put("a.evs", clip_stream())
        self.put("b.evs", clip_stream())
        lines = ictus("info", "--json", "a.evs", "b.evs").stdout.splitlines()
        self.assertEqual([json.loads(line)["file"] for line in lines], ["a.evs", "b.evs"])

    def test_cut_stream_is_told_as_far_as_it_goes(self):
        cut = clip_stream()[: block_ends(clip_stream())[1]]
        run = ictus("info", "--json", stdin=cut)
        self.assert_ended(run, FAILED, "standard input: block 2 at byte", "cut short")
        facts = json.loads(run.stdout)
        self.assertIs(facts["complete"], False)
        self.assertIsNone(facts["original_samples"])
        self.assertGreater(facts["events"], 0)

    def test_foreign_text_cannot_steer_the_terminal(self):
        tagged = encode("-", "--tag", "COMMENT=red \x1b[31m bell \x07 \x9b", stdin=clip()).stdout
        text = ictus("info", stdin=tagged).stdout.decode()
        self.assertIn(r"COMMENT = red \x1B[31m bell \x07 \u009B", text)
        self.assertEqual(self.facts(tagged)["tags"]["COMMENT"], ["red \x1b[31m bell \x07 \x9b"])

    def test_model(self):
        run = ictus("info", "--model", "--json", weights_path("events"))
        self.assert_ended(run, DONE)
        facts = json.loads(run.stdout)
        self.assertEqual(facts["schema"], 1)
        self.assertEqual(facts["parameters"], sum(facts["parts"].values()))
        self.assertGreater(len(facts["parts"]), 1)
        self.assertEqual(facts["bytes"], weights_path("events").stat().st_size)
        self.assertEqual(facts["weights_hash"], self.facts(clip_stream())["weights_hash"])
        text = ictus("info", "--model", weights_path("events")).stdout.decode()
        for part, count in facts["parts"].items():
            self.assertRegex(text, rf"{part} +{count}\n")
        self.assertIn(facts["weights_hash"], text)


class Dump(Case):
    def test_formats_agree(self):
        tsv = table(ictus("dump", stdin=clip_stream()))
        commas = table(ictus("dump", "--format", "csv", stdin=clip_stream()), ",")
        first, *lines, last = ictus("dump", "--format", "json", stdin=clip_stream()).stdout.splitlines()
        self.assertGreater(len(tsv), 0)
        self.assertEqual(list(tsv[0]), ["event", "onset_s", "gain_db", *(f"v{i}" for i in range(32))])
        self.assertEqual(tsv, commas)
        self.assertEqual(len(lines), len(tsv))
        for row, line in zip(tsv, lines):
            event = json.loads(line)
            self.assertEqual(list(event), ["event", "onset_s", "gain_db", "vector"])
            self.assertEqual([event["event"], event["onset_s"], event["gain_db"]],
                             [int(row["event"]), float(row["onset_s"]), float(row["gain_db"])])
            self.assertEqual(event["vector"], [float(row[f"v{i}"]) for i in range(32)])
        info = json.loads(ictus("info", "--json", stdin=clip_stream()).stdout)
        said = [line[2:].split(": ", 1) for line in ictus("dump", stdin=clip_stream()).stdout.decode().splitlines()
                if line.startswith("# ")]
        listed = {name: json.loads(value) for name, value in said if name != "numbers"}
        listed["numbers"] = [text for name, value in said if name == "numbers" for text in json.loads(value)]
        self.assertEqual({**json.loads(first), **json.loads(last)}, listed)
        self.assertEqual({**json.loads(first), **json.loads(last)},
                         {**{name: info[name] for name, _ in said if name not in ("tags", "numbers")}, "tags": ["TITLE=A test"],
                          "numbers": [" ".join(map(str, filter(None, (
                              number["name"], number["unit"], *((f"{number['low']:g}", f"{number['high']:g}") if number["name"] else ()),
                              "ratio" if number["is_ratio"] else "", f"{number['steps']} steps")))) for number in info["numbers"]
                              ][:16] + ["31 steps"]})

    def test_rows_count_up_and_are_in_order_of_time(self):
        rows = table(ictus("dump", stdin=clip_stream()))
        self.assertEqual([int(row["event"]) for row in rows], list(range(len(rows))))
        onsets = [float(row["onset_s"]) for row in rows]
        self.assertEqual(onsets, sorted(onsets))
        self.assertEqual(str(len(rows)), ictus("info", "--get", "events", stdin=clip_stream()).stdout.decode().strip())

    def test_numbers_read_back_exactly(self):
        numbers = facts_of(clip_stream())["numbers"]
        for row in table(ictus("dump", stdin=clip_stream())):
            samples = float(row["onset_s"]) * MODEL_RATE_HZ
            self.assertLess(abs(samples - 64 * round(samples / 64)), 0.5e-6 * MODEL_RATE_HZ + 1e-3)   # six digits are printed
            self.assertEqual(2 * float(row["gain_db"]), int(2 * float(row["gain_db"])))
            for i in range(32):
                steps = (float(row[f"v{i}"]) + 1) / 2 * (numbers[i]["steps"] - 1)
                # A float of 24 bits.
                self.assertAlmostEqual(steps, round(steps), delta=2**-24 * numbers[i]["steps"])
        exact = table(ictus("dump", stdin=encode("-", "--lossless", stdin=clip()).stdout))
        for row in exact:
            for i in range(32):
                number = float(row[f"v{i}"])
                self.assertAlmostEqual(number, struct.unpack("f", struct.pack("f", number))[0], delta=3e-8)
                self.assertLessEqual(len(row[f"v{i}"]), 16)  # no longer than a 32-bit float needs

    def test_no_vectors(self):
        rows = table(ictus("dump", "--no-vectors", stdin=clip_stream()))
        self.assertEqual(list(rows[0]), ["event", "onset_s", "gain_db"])
        line = json.loads(ictus("dump", "--no-vectors", "--format", "json", stdin=clip_stream()).stdout.splitlines()[0])
        self.assertEqual(list(line), ["event", "onset_s", "gain_db"])

    def test_describe_says_how_events_sound(self):
        run = ictus("dump", "--describe", "--no-vectors", stdin=clip_stream())
        self.assert_ended(run, DONE)
        rows = table(run)
        self.assertEqual(list(rows[0]), ["event", "onset_s", "gain_db", "duration_s", "loudness_db", "pitch_hz", "note",
                                         "brightness_hz", "decay_s"])
        self.assertEqual(len(rows), len(table(ictus("dump", stdin=clip_stream()))))
        for row in rows:
            self.assertGreaterEqual(float(row["duration_s"]), 0.0)
            self.assertEqual(row["pitch_hz"] == "", row["note"] == "")
            if row["note"]:
                self.assertRegex(row["note"], r"^[A-G]#?-?\d+$")
        for line in ictus("dump", "--describe", "--format", "json", stdin=clip_stream()).stdout.splitlines()[1:-1]:
            event = json.loads(line)
            self.assertIsInstance(event["duration_s"], float)
            self.assertIsInstance(event["note"], (str, type(None)))

    def test_events_before_the_damage_are_printed(self):
        cut = clip_stream()[: block_ends(clip_stream())[-2]]
        whole = ictus("dump", stdin=clip_stream())
        run = ictus("dump", stdin=cut)
        self.assert_ended(run, FAILED, "standard input: block", "cut short", "what came before it is sound")
        self.assertEqual(run.stdout, whole.stdout[: whole.stdout.index(b"# samples: ")])

    def test_what_has_come_through_a_pipe_is_printed_at_once(self):
        lines = self.assert_prints_as_it_reads(clip_stream(), block_ends(clip_stream()))
        self.assertEqual(b"".join(lines), ictus("dump", stdin=clip_stream()).stdout)


class Test(Case):
    def test_sound_streams(self):
        self.put("a.evs", clip_stream())
        run = ictus("test", "a.evs", "-", stdin=clip_stream())
        self.assert_ended(run, DONE, "a.evs: sound, 1.5 s, ", "standard input: sound, ")
        self.assertEqual(run.stdout, b"")
        self.assertEqual(ictus("test", "-q", "a.evs").stderr, "")

    def test_bytes_after_the_end(self):
        self.put("a.evs", clip_stream() + clip_stream())
        self.assert_refused(ictus("test", "-q", "a.evs"), FAILED, "a.evs: block", "bytes after the end block",
                            left=["a.evs"])


class WithoutNetwork(Case):
    def test_libtorch_is_loaded_only_for_networks(self):
        self.put("a.evs", clip_stream())
        self.put("a.wav", clip())
        for words in (["info", "a.evs"], ["dump", "a.evs"], ["test", "a.evs"], ["--help"], ["info", "--json", "a.evs"],
                      ["encode", "--effort", "0", "a.wav", "-o", "b.evs"], ["decode", "a.evs", "-o", "b.wav"],
                      ["decode", "--stems", "stems", "a.evs"], ["dump", "--describe", "a.evs"],
                      ["vary", "--keep", "pitch>100 || duration>0", "a.evs", "c.evs"]):
            self.assert_loads_no_libtorch(*words)

    def test_a_program_that_runs_a_network_has_it_in_its_memory(self):
        process = start("decode", "-")
        self.addCleanup(process.stderr.close)
        process.stdin.write(clip_pyramid()[: block_ends(clip_pyramid())[0]])
        process.stdin.flush()
        # The header of the WAV file says that the model is loaded.
        self.assertEqual(process.stdout.read(4), b"RIFF")
        self.assertTrue(any(map(is_of_libtorch, mapped_libraries(process))))
        process.kill()
        process.communicate()

    def test_mistakes_are_told_without_it(self):
        for words in (["encode", "--effrot"], ["encode", "missing.wav"], ["decode", "missing.evs"]):
            run = ictus(*words, env={**os.environ, "LD_DEBUG": "libs"})
            self.assertNotIn("torch", run.stderr)


class HourLong(Case):
    @classmethod
    def setUpClass(cls):
        cls.hour = long_stream(HOUR_S)
        cls.five_minutes = long_stream(300)

    def test_the_stream_is_what_it_should_be(self):
        run = ictus("info", "--get", "duration", stdin=self.hour)
        self.assert_ended(run, DONE)
        self.assertGreaterEqual(float(run.stdout), HOUR_S)
        self.assertGreater(len(blocks(self.hour)), 100)

    def test_the_first_lines_need_no_more_than_the_first_blocks(self):
        lines = self.assert_prints_as_it_reads(self.hour, block_ends(self.hour))
        self.assertGreater(sum(line[:1].isdigit() for line in lines), 10_000)
        self.assert_reads_little_before_its_first_line(self.put("hour.evs", self.hour))

    def test_no_network_for_an_hour(self):
        self.put("hour.evs", self.hour)
        for command in ("info", "dump"):
            self.assert_loads_no_libtorch(command, "hour.evs")

    def test_info_does_not_decode_events(self):
        # As many as an hour has, and noise in place of their symbols, which info does not look at.
        chance = random.Random(1)
        count = math.ceil(HOUR_S * 22050 / 65536)
        events = [wire.Block(0x12, varint(2 * 32) + chance.randbytes(560)) for _ in range(count)]
        length = 65536 * count
        end = wire.Block(wire.END, varint(32 * count) + varint(length) + varint(2 * length))
        header = blocks(clip_stream())[0]
        head = clip_stream()[:9] + header + struct.pack("<I", wire.xxh32(header, 0))
        self.put("hour.evs", head + b"".join(block.bytes(i) for i, block in enumerate([*events, end], start=1)))
        self.assertEqual(ictus("info", "--get", "events", "hour.evs").stdout, b"%d\n" % (32 * count))

    @unittest.skipIf(SANITIZED, "sanitisers keep memory that was freed")
    def test_memory_does_not_grow_with_length(self):
        self.assert_memory_does_not_grow(self.hour, self.five_minutes)


if __name__ == "__main__":
    unittest.main()
