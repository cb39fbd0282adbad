"""info, dump and test with token pyramids; these need no weights."""

import collections
import csv
import io
import json
import math
import os
import subprocess
import unittest

import pyramids
from pyramids import BLOCKS, CLIP_COLUMNS, CLIP_SAMPLES, EXAMPLE, GENERATED, LENGTH, RATE_HZ, SCALES, TOKENS
from support import DONE, FAILED, ICTUS, SANITIZED, USAGE, Case, block_ends, clip_stream, ictus, peak_kib

# At most so many cuts and flips of each kind; the step is odd, so that every kind of field is met.
TRIES = 150
# The blocks: 0 the header, 1 to 4 the first clip, 5 silence, 6 to 9 the last clip, 10 the end.
ENDS = block_ends(EXAMPLE)


def facts(data, status=DONE):
    run = ictus("info", "--json", "-", stdin=data)
    assert run.returncode == status, run.stderr
    return json.loads(run.stdout)


def entropy_bits(tokens):
    counts = collections.Counter(tokens)
    return -sum(n / len(tokens) * math.log2(n / len(tokens)) for n in counts.values())


class Info(Case):
    def test_json_has_the_documented_fields(self):
        self.put("a.mars", EXAMPLE)
        run = ictus("info", "--json", "a.mars")
        self.assert_ended(run, DONE)
        found = json.loads(run.stdout)
        self.assertEqual(list(found), [
            "schema", "file", "complete", "codec", "format_version", "model_id", "weights_hash", "sample_rate_hz",
            "samples", "duration_s", "original_sample_rate_hz", "original_channels", "original_samples", "clips",
            "tokens", "tokens_per_s", "codebook_size", "prior", "level_db", "family", "instrument", "pitch", "velocity", "seed", "scales", "bytes",
            "bitrate_bps", "tags"])
        self.assertEqual((found["schema"], found["file"], found["complete"]), (1, "a.mars", True))
        self.assertEqual((found["codec"], found["format_version"]), ("mars", 1))
        self.assertEqual((found["model_id"], found["weights_hash"]), ("mars-1", "00" * 16))
        self.assertEqual((found["sample_rate_hz"], found["samples"]), (RATE_HZ, LENGTH))
        self.assertAlmostEqual(found["duration_s"], LENGTH / RATE_HZ)
        self.assertEqual((found["original_sample_rate_hz"], found["original_channels"]), (44100, 2))
        self.assertEqual(found["original_samples"], 400_000)
        self.assertEqual((found["clips"], found["codebook_size"]), (3, 2048))
        self.assertEqual(found["tokens"], sum(len(scale) for clip in TOKENS for scale in clip))
        self.assertAlmostEqual(found["tokens_per_s"], found["tokens"] / found["duration_s"])
        self.assertEqual(found["level_db"], -34.8)
        self.assertIsNone(found["prior"])
        self.assertEqual([found[field] for field in ("family", "pitch", "velocity", "seed")], [None] * 4)
        self.assertEqual(found["bytes"], len(EXAMPLE))
        self.assertAlmostEqual(found["bitrate_bps"], 8 * len(EXAMPLE) / found["duration_s"])
        self.assertEqual(found["tags"], {"TITLE": ["A test"]})

    def test_scales(self):
        scales = facts(EXAMPLE)["scales"]
        self.assertEqual([(scale["rows"], scale["columns"]) for scale in scales], list(SCALES))
        sizes = [0] + [end - begin for begin, end in zip(ENDS, ENDS[1:])]
        for k, scale in enumerate(scales):
            tokens = TOKENS[0][k] + TOKENS[2][k]
            self.assertEqual(scale["tokens"], len(tokens))
            self.assertAlmostEqual(scale["entropy_bits_per_token"], entropy_bits(tokens))
            # Silence takes bits of the first scale.
            self.assertEqual(scale["bits"], 8 * (sizes[1 + k] + (sizes[5] if k == 0 else 0) + sizes[6 + k]))
            self.assertAlmostEqual(scale["bitrate_bps"], scale["bits"] / (LENGTH / RATE_HZ))

    def test_text(self):
        self.put("a.mars", EXAMPLE)
        run = ictus("info", "a.mars")
        self.assert_ended(run, DONE)
        text = run.stdout.decode()
        for words in ("a.mars\n", "mars, format 1", "mars-1 (0000", "16000 Hz, 149072 samples",
                      "44100 Hz, 2 channels, 400000 samples", "9.317 s", "3, up to 4.096 s each", "codebook of 2048", "-34.8 dB re full scale",
                      "kbit/s", "TITLE = A test"):
            self.assertIn(words, text)
        self.assertNotIn("generated", text)
        table = [line.split() for line in text.splitlines()[-len(SCALES):]]
        for k, (cells, scale) in enumerate(zip(table, facts(EXAMPLE)["scales"])):
            self.assertEqual(cells[:4], [str(k), str(scale["rows"]), "x", str(scale["columns"])])
            self.assertEqual(cells[4:6], [str(scale["tokens"]), str(scale["bits"])])
            self.assertAlmostEqual(float(cells[6]), scale["entropy_bits_per_token"], delta=0.006)
            self.assertAlmostEqual(float(cells[7]), scale["bitrate_bps"] / 1000, delta=0.0006)

    def test_generated_sound_says_what_it_was_asked_to_be(self):
        found = facts(GENERATED)
        self.assertEqual([found[field] for field in ("family", "pitch", "velocity", "seed")],
                         ["flute", 60, 100, 2**64 - 1])
        self.assertIn("flute, pitch 60, velocity 100, seed 18446744073709551615",
                      ictus("info", stdin=GENERATED).stdout.decode())
        any_family = pyramids.stream(pyramids.header(label=("", 21, 0)), *BLOCKS[1:])
        self.assertEqual(facts(any_family)["family"], "")
        self.assertIn("any family, pitch 21, velocity 0\n", ictus("info", stdin=any_family).stdout.decode())

    def test_single_values(self):
        for field, value in facts(GENERATED).items():
            if field not in ("tags", "scales", "complete", "file"):
                told = "unknown" if value is None else value
                self.assertEqual(ictus("info", "--get", field, stdin=GENERATED).stdout.decode(), f"{told}\n")
        self.assertEqual(ictus("info", "--get", "seed", stdin=EXAMPLE).stdout, b"unknown\n")
        for field in ("tags", "scales"):
            self.assert_refused(ictus("info", "--get", field, stdin=EXAMPLE), USAGE, f"there is no field '{field}'")

    def test_values_of_the_other_codec(self):
        self.put("a.mars", EXAMPLE)
        self.put("a.evs", clip_stream())
        run = ictus("info", "--get", "events", "a.evs", "a.mars")
        self.assert_ended(run, FAILED, "a.mars: has no field events, as its codec is mars", "1 of 2 inputs failed")
        self.assertEqual(len(run.stdout.splitlines()), 1)
        run = ictus("info", "--get", "clips", "a.evs", "a.mars")
        self.assert_ended(run, FAILED, "a.evs: has no field clips, as its codec is events")
        self.assertEqual(run.stdout, b"3\n")

    def test_pipe_and_file_say_the_same_whatever_the_name(self):
        self.put("a.evs", EXAMPLE)
        named = json.loads(ictus("info", "--json", "a.evs").stdout)
        self.assertEqual({**named, "file": "-"}, facts(EXAMPLE))

    def test_cut_stream_is_told_as_far_as_it_goes(self):
        for blocks, clips, samples, last in [
            (1, 0, 0, None), (2, 1, CLIP_SAMPLES, 1), (4, 1, CLIP_SAMPLES, 3), (5, 1, CLIP_SAMPLES, None),
            (6, 2, 2 * CLIP_SAMPLES, None), (7, 3, 2 * CLIP_SAMPLES + 5 * 4096, 1),
            (10, 3, 2 * CLIP_SAMPLES + 5 * 4096, None),
        ]:
            for more in (0, 3):
                cut = EXAMPLE[: ENDS[blocks - 1] + more]
                with self.subTest(blocks=blocks, more=more):
                    found = facts(cut, FAILED)
                    self.assertEqual((found["complete"], found["original_samples"]), (False, None))
                    self.assertEqual((found["clips"], found["samples"]), (clips, samples))
                    text = ictus("info", stdin=cut).stdout.decode()
                    self.assertIn("no: this is what comes before the damage", text)
                    self.assertEqual(f"the last clip has {last} of its 4 scales" in text, last is not None, text)

    def test_empty_pyramid(self):
        empty = pyramids.stream(BLOCKS[0], pyramids.end(0, 0, 0))
        found = facts(empty)
        self.assertEqual((found["clips"], found["tokens"], found["samples"], found["bitrate_bps"]), (0, 0, 0, 0))
        self.assertEqual([scale["entropy_bits_per_token"] for scale in found["scales"]], [0] * len(SCALES))

    def test_foreign_text_cannot_steer_the_terminal(self):
        tagged = pyramids.stream(pyramids.header(tags=[("COMMENT", "red \x1b[31m")]), *BLOCKS[1:])
        self.assertIn(r"COMMENT = red \x1B[31m", ictus("info", stdin=tagged).stdout.decode())


class Dump(Case):
    def rows(self, data, *words, separator="\t", status=DONE):
        run = ictus("dump", *words, stdin=data)
        self.assertEqual(run.returncode, status, run.stderr)
        return list(csv.reader(io.StringIO(run.stdout.decode()), delimiter=separator))

    def test_rows(self):
        names, *rows = self.rows(EXAMPLE)
        self.assertEqual(names, ["clip", "time_s", "level_db", "scale", "row", *(f"t{i}" for i in range(16))])
        wanted = []
        for number, (tokens, columns, level) in enumerate(zip(TOKENS, (CLIP_COLUMNS, CLIP_COLUMNS, 5), ("-34.8", "", "-82.3"))):
            time_s = f"{number * CLIP_SAMPLES / RATE_HZ:.6f}"
            if not tokens:
                wanted.append([str(number), time_s, level] + [""] * 18)
            for k, scale in enumerate(tokens):
                rows_of_grid, width = pyramids.grid(k, columns)
                for row in range(rows_of_grid):
                    cells = [str(token) for token in scale[row * width : (row + 1) * width]]
                    wanted.append([str(number), time_s, level, str(k), str(row), *cells, *[""] * (16 - width)])
        self.assertEqual(rows, wanted)

    def test_commas(self):
        self.assertEqual(self.rows(EXAMPLE, "--format", "csv", separator=","), self.rows(EXAMPLE))

    def test_json(self):
        run = ictus("dump", "--format", "json", stdin=EXAMPLE)
        self.assert_ended(run, DONE)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(list(lines[0]), ["clip", "time_s", "scale", "rows", "columns", "level_db", "tokens"])
        self.assertEqual([line["tokens"] for line in lines], [*TOKENS[0], [], *TOKENS[2]])
        self.assertEqual(lines[4], {"clip": 1, "time_s": 4.096, "scale": None, "rows": 0, "columns": 0, "level_db": None,
                                    "tokens": []})
        self.assertEqual([(line["rows"], line["columns"]) for line in lines[5:]],
                         [pyramids.grid(k, 5) for k in range(len(SCALES))])
        self.assertEqual({line["level_db"] for line in lines[5:]}, {-82.3})

    def test_levels_are_told_below_that_of_full_scale(self):
        # What is stored, -12.5 dB, is on the scale of the spectrogram; the header says where full scale lies there.
        for full_scale_db, level_db in ((None, -34.8), (22.3, -34.8), (16.3, -28.8), (0, -12.5), (-7.5, -5.0)):
            with self.subTest(full_scale_db=full_scale_db):
                data = pyramids.stream(pyramids.header(full_scale_db=full_scale_db), *BLOCKS[1:])
                self.assertEqual({row[2] for row in self.rows(data)[1:5]}, {f"{level_db:.1f}"})
                self.assertEqual(facts(data)["level_db"], level_db)
        silent = pyramids.stream(BLOCKS[0], *pyramids.silent_clip(), pyramids.end(1, CLIP_SAMPLES))
        self.assertIsNone(facts(silent)["level_db"])
        self.assertNotIn("full scale", ictus("info", stdin=silent).stdout.decode())

    def test_tokens_before_the_damage_are_printed(self):
        whole = ictus("dump", stdin=EXAMPLE).stdout
        for blocks in (1, 2, 4, 6, 8):
            run = ictus("dump", stdin=EXAMPLE[: ENDS[blocks - 1] + 2])
            self.assert_ended(run, FAILED, f"standard input: block {blocks} at byte", "cut short")
            self.assertTrue(whole.startswith(run.stdout))
            scales = [row[3] for row in csv.reader(io.StringIO(run.stdout.decode()), delimiter="\t")]
            self.assertEqual(scales[-1], {1: "scale", 2: "0", 4: "2", 6: "", 8: "1"}[blocks])

    def test_clips_that_have_come_through_a_pipe_are_printed_at_once(self):
        process = subprocess.Popen([ICTUS, "dump"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(EXAMPLE[: ENDS[4]])
        process.stdin.flush()
        self.assertTrue(process.stdout.readline().startswith(b"clip\t"))
        for _ in range(sum(rows for rows, _ in SCALES)):
            self.assertTrue(process.stdout.readline().startswith(b"0\t"))
        process.stdin.write(EXAMPLE[ENDS[4] :])
        process.stdin.close()
        process.stdout.read()
        self.assertEqual(process.wait(), DONE)
        process.stdout.close()

    def test_what_is_for_events_is_refused(self):
        self.put("a.mars", EXAMPLE)
        for words in (["--no-vectors"], ["--describe"], ["--describe", "--no-vectors"]):
            self.assert_refused(ictus("dump", *words, "a.mars"), FAILED,
                                f"a.mars: {words[0]} is for event streams, and this is a token pyramid", "leave it out",
                                left=["a.mars"])


class Test(Case):
    def test_sound_pyramids(self):
        self.put("a.mars", EXAMPLE)
        run = ictus("test", "a.mars", "-", stdin=pyramids.stream(BLOCKS[0], *pyramids.silent_clip(), pyramids.end(1, 9)))
        self.assert_ended(run, DONE, "a.mars: sound, 9.3 s, 3 clips, 194 tokens\n",
                          "standard input: sound, 0.0 s, 1 clip, 0 tokens\n")
        self.assertEqual(run.stdout, b"")
        self.assertEqual(ictus("test", "-q", "a.mars").stderr, "")

    def test_blocks_that_may_be_skipped_are(self):
        skipped = pyramids.stream(*BLOCKS[:3], (pyramids.SKIPPABLE | 0x30, b"anything"), *BLOCKS[3:])
        self.assert_ended(ictus("test", stdin=skipped), DONE)


class Bad(Case):
    """Pyramids that are not what they should be: message, status, and nothing on standard output."""

    def assert_bad(self, data, *texts, at=None):
        self.put("in.mars", data)
        for command in ("test", "info", "dump", "decode"):
            with self.subTest(command=command, texts=texts):
                # Decoding looks at the weights before it comes to the damage.
                words = texts if at is None or command != "decode" else ()
                run = ictus(command, "in.mars")
                if at is None:
                    self.assert_refused(run, FAILED, "ictus: in.mars: ", *words, left=["in.mars"])
                else:
                    self.assert_ended(run, FAILED, "ictus: in.mars: ", *words)
                    self.assertEqual(self.files(), ["in.mars"])
                    if command != "decode":
                        self.assertIn(f"block {at} at byte {ENDS[at - 1]}: ", run.stderr)

    def test_not_a_pyramid(self):
        for data, text in [(b"", "the input is empty"),
                           (b"A text, and no pyramid.\n" * 9, "neither an event stream nor a token pyramid"),
                           (b"\x89MR", "neither an event stream nor a token pyramid"),
                           (b"\x89MRZ" + EXAMPLE[4:], "neither an event stream nor a token pyramid"),
                           (EXAMPLE[:5], "cut short in its first 9 bytes"),
                           (EXAMPLE[:8] + b"\x63" + EXAMPLE[9:], "format version 99"),
                           (EXAMPLE.replace(b"\r\n", b"\n"), "signature of the token pyramid is damaged"),
                           (b"\x89MRS" + clip_stream()[4:], "block 0 at byte 9"),
                           (b"\x89EVS" + EXAMPLE[4:], "block 0 at byte 9")]:
            self.assert_bad(data, text)

    def test_files_that_cannot_be_read(self):
        (self.folder / "sub").mkdir()
        for command in ("test", "info", "dump", "decode"):
            self.assert_refused(ictus(command, "sub"), FAILED, "sub: is a folder, not a file", left=["sub"])
            self.assert_refused(ictus(command, "none.mars"), FAILED, "none.mars: cannot be opened", left=["sub"])

    @unittest.skipIf(os.geteuid() == 0, "nothing is closed to this user")
    def test_file_that_may_not_be_read(self):
        self.put("a.mars", EXAMPLE).chmod(0)
        self.assert_refused(ictus("info", "a.mars"), FAILED, "a.mars: cannot be opened (permission denied)",
                            left=["a.mars"])

    def test_cut_at_any_byte(self):
        step = max(1, len(EXAMPLE) // TRIES) | 1
        for length in sorted({*range(0, len(EXAMPLE), step), *ENDS[:-1], len(EXAMPLE) - 1}):
            run = ictus("test", "-", stdin=EXAMPLE[:length])
            self.assertEqual(run.returncode, FAILED, f"cut to {length} bytes")
            if length >= ENDS[0]:
                self.assertRegex(run.stderr, r"standard input: block \d+ at byte \d+: the stream is cut short")

    def test_any_byte_flipped(self):
        self.assert_any_flipped_byte_is_found(EXAMPLE, TRIES)

    def test_token_outside_the_codebook(self):
        tokens = [list(scale) for scale in TOKENS[0]]
        tokens[1][3] = 1999
        tokens[0] = [0]
        small = pyramids.header(codebook_size=1500)
        self.put("in.mars", pyramids.stream(small, *pyramids.clip(tokens), pyramids.end(1, 100)))
        run = ictus("test", "in.mars")
        self.assert_refused(run, FAILED, "in.mars: block 2 at byte", "token 3 is 1999, outside the codebook of 1500",
                            left=["in.mars"])

    def test_scales_in_another_order(self):
        swapped = [*BLOCKS[:2], BLOCKS[3], BLOCKS[2], *BLOCKS[4:]]
        self.assert_bad(pyramids.stream(*swapped), "scale 2 where scale 1 was expected", at=2)

    def test_scale_left_out_and_given_twice(self):
        self.assert_bad(pyramids.stream(*BLOCKS[:2], *BLOCKS[3:]), "scale 2 where scale 1 was expected", at=2)
        self.assert_bad(pyramids.stream(*BLOCKS[:3], *BLOCKS[2:]), "scale 1 where scale 2 was expected", at=3)

    def test_clip_after_a_short_one(self):
        blocks = [*BLOCKS[:10], *BLOCKS[1:5], pyramids.end(4, LENGTH)]
        self.assert_bad(pyramids.stream(*blocks), "only the last may have fewer than 16", at=10)

    def test_totals_that_differ(self):
        for totals in (pyramids.end(2, LENGTH), pyramids.end(3, LENGTH + CLIP_SAMPLES), pyramids.end(3, 100)):
            self.assert_bad(pyramids.stream(*BLOCKS[:-1], totals), at=10)

    def test_grid_too_large_to_allocate(self):
        for scales in (((4096, 4096),), ((65535, 1),), ((1, 0),), ((1, 1),) * 33, ()):
            self.assert_bad(pyramids.stream(pyramids.header(scales=scales), *BLOCKS[1:]), "block 0 at byte 9")

    def test_largest_grids_take_little_until_they_come(self):
        largest = pyramids.stream(pyramids.header(scales=((512, 512),) * 32, codebook_size=65536), pyramids.end(0, 0, 0))
        self.put("largest.mars", largest)
        self.put("small.mars", EXAMPLE)
        for command in ("test", "info", "dump"):
            self.assertLess(peak_kib(command, "largest.mars"), peak_kib(command, "small.mars") + 40_000)

    def test_bytes_after_the_end(self):
        self.put("a.mars", EXAMPLE + EXAMPLE)
        self.assert_refused(ictus("test", "-q", "a.mars"), FAILED, "a.mars: block", "bytes after the end block",
                            left=["a.mars"])

    def test_critical_block_of_an_unknown_kind(self):
        self.put("a.mars", pyramids.stream(*BLOCKS[:5], (0x1F, b"new"), *BLOCKS[5:]))
        self.assert_refused(ictus("test", "a.mars"), FAILED, "a.mars: block 5 at byte", "does not know",
                            "a newer version of ictus", left=["a.mars"])


class HourLong(Case):
    @classmethod
    def setUpClass(cls):
        cls.hour = pyramids.long_pyramid(3600)
        cls.five_minutes = pyramids.long_pyramid(300)

    def test_the_first_lines_need_no_more_than_the_first_clip(self):
        ends = block_ends(self.hour)
        lines = self.assert_prints_as_it_reads(self.hour, [ends[0], ends[1 + len(pyramids.SCALES)]])
        self.assertTrue(lines[0].startswith(b"clip\t"))
        self.assertGreater(len(lines), 10_000)
        self.assert_reads_little_before_its_first_line(self.put("hour.mars", self.hour))

    def test_no_network_for_an_hour(self):
        self.put("hour.mars", self.hour)
        for command in ("info", "dump"):
            self.assert_loads_no_libtorch(command, "hour.mars")

    @unittest.skipIf(SANITIZED, "sanitisers keep memory that was freed")
    def test_memory_does_not_grow_with_length(self):
        self.assert_memory_does_not_grow(self.hour, self.five_minutes)


class WithoutNetwork(Case):
    def test_libtorch_is_not_loaded(self):
        self.put("a.mars", EXAMPLE)
        for words in (["info", "a.mars"], ["info", "--json", "a.mars"], ["dump", "a.mars"], ["test", "a.mars"]):
            self.assert_loads_no_libtorch(*words)


if __name__ == "__main__":
    unittest.main()
