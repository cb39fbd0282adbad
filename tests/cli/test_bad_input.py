"""Inputs that are damaged, empty, extreme or not what they claim: message, status, and what is left."""

import json
import math
import os
import struct
import unittest

from support import (DONE, FAILED, Case, block_ends, clip, clip_stream, encode, float_wav_bytes, ictus,
                     other_weights, read_wav, tone, wav_bytes, weights_path)

# At most so many cuts and flips of each kind; the step is odd, so that every kind of field is met.
TRIES = 150


class BadSound(Case):
    def assert_not_encoded(self, data, *texts):
        self.put("in.wav", data)
        self.assert_refused(encode("in.wav"), FAILED, "in.wav", *texts, left=["in.wav"])
        self.assert_refused(encode("-", "-o", "out.evs", stdin=data), FAILED, "standard input", *texts, left=["in.wav"])
        self.assert_refused(encode("-", stdin=data), FAILED, "standard input", *texts, left=["in.wav"])

    def assert_encoded(self, data, samples, status=DONE, *texts):
        """`samples` is the length at the model's rate."""
        self.put("in.wav", data)
        run = encode("-f", "in.wav")
        self.assert_ended(run, status, *texts)
        self.assertEqual(self.files(), ["in.evs", "in.wav"])
        facts = json.loads(ictus("info", "--json", "in.evs").stdout)
        self.assertIs(facts["complete"], True)
        self.assertEqual(facts["samples"], samples)
        self.assert_ended(ictus("decode", "in.evs", "-o", "back.wav"), DONE)
        self.assertEqual(read_wav("back.wav")[3], samples)
        os.unlink("back.wav")
        return facts

    def test_not_sound(self):
        self.assert_not_encoded(b"A text, and no sound.\n" * 100, "is not a sound file of a known format")

    def test_empty_file(self):
        self.assert_not_encoded(b"", "is empty (0 bytes)")

    def test_no_samples(self):
        self.assert_not_encoded(wav_bytes([]), "holds no samples")

    def test_header_alone(self):
        self.assert_not_encoded(clip()[:20], "header")

    def test_missing(self):
        self.assert_refused(encode("none.wav"), FAILED, "none.wav: cannot be opened (no such file or directory)")

    def test_cut_short(self):
        whole = wav_bytes(tone(1.0))
        cut = whole[: 44 + 2 * 11025]
        facts = self.assert_encoded(cut, 22050, FAILED, "ictus: 'in.wav'", "in.wav -> in.evs: 0.5 s")
        self.assertEqual(facts["original_samples"], 11025)
        piped = encode("-", stdin=cut)
        self.assert_ended(piped, FAILED, "standard input")
        self.assertEqual(piped.stdout, (self.folder / "in.evs").read_bytes())

    def test_cut_inside_a_sample(self):
        self.put("in.wav", clip()[:-3])
        self.assert_ended(encode("in.wav"), FAILED, "in.wav")
        self.assertEqual(self.files(), ["in.evs", "in.wav"])

    def test_samples_that_are_no_numbers(self):
        samples = tone(0.5)
        samples[100], samples[200], samples[300] = math.nan, math.inf, -math.inf
        self.assert_encoded(float_wav_bytes(samples), 2 * len(samples), DONE,
                            "warning: in.wav: 3 samples were no finite numbers and became silence")

    def test_nothing_but_nan(self):
        self.assert_encoded(float_wav_bytes([math.nan] * 2205), 4410, DONE, "2205 samples were no finite numbers")

    def test_beyond_full_scale(self):
        self.put("in.wav", float_wav_bytes([50.0 * x for x in tone(0.5)]))
        self.assert_ended(encode("--lossless", "in.wav"), DONE)
        run = ictus("decode", "--raw", "--samples", "float32", "in.evs", "-o", "-")
        exact = struct.unpack(f"<{len(run.stdout) // 4}f", run.stdout)
        run = ictus("decode", "--raw", "in.evs", "-o", "-")
        limited = struct.unpack(f"<{len(run.stdout) // 2}h", run.stdout)
        self.assertEqual((len(exact), len(limited)), (22050, 22050))
        for x, y in zip(exact, limited):  # limited, never wrapped around
            self.assertAlmostEqual(max(-1.0, min(1.0, x)), y / 32768, delta=4 / 32768)
        if max(map(abs, exact)) > 1.01:
            self.assertRegex(run.stderr, r"warning: in.evs: \d+ samples were beyond full scale")

    def test_one_sample(self):
        self.assert_encoded(wav_bytes([0.5]), 2)

    def test_tenth_of_a_second(self):
        self.assert_encoded(wav_bytes(tone(0.1)), 4410)

    def test_silence(self):
        facts = self.assert_encoded(wav_bytes([0.0] * 22050), 44100)
        self.assertEqual(facts["events"], 0)

    def test_384_khz(self):
        facts = self.assert_encoded(wav_bytes(tone(0.25, 384_000), 384_000), 11025)
        self.assertEqual((facts["original_sample_rate_hz"], facts["original_samples"]), (384_000, 96_000))

    def test_64_channels(self):
        facts = self.assert_encoded(wav_bytes(tone(0.1, channels=64), channels=64), 4410)
        self.assertEqual(facts["original_channels"], 64)

    def test_raw_sound_must_be_described(self):
        samples = wav_bytes(tone(0.2))[44:]
        self.assert_not_encoded(samples, "is not a sound file of a known format")
        run = encode("--raw", "s16le:22050:1", "-", stdin=samples)
        self.assert_ended(run, DONE)
        self.assertEqual(run.stdout, encode("-", stdin=wav_bytes(tone(0.2))).stdout)

    def test_raw_sound_with_a_header_is_none(self):
        """A header is no sound, and of what is packed nothing is."""
        raw = ["--raw", "s16le:22050:1"]
        headers = [wav_bytes(tone(0.2)), b"RF64\xff\xff\xff\xffWAVE", b"BW64\xff\xff\xff\xffWAVE", b"FORM\0\0\1\0AIFF",
                   b"FORM\0\0\1\0AIFC", b"fLaC", b"OggS", b"caff", b".snd", b"riff\x2e\x91\xcf\x11\xa5\xd6"]
        for header in headers:
            for words, options in ((["in.wav"], {}), (["-"], {"stdin": header + bytes(4000)})):
                with self.subTest(header=header[:12], words=words):
                    self.put("in.wav", header + bytes(4000))
                    run = encode(*raw, *words, **options)
                    self.assert_refused(run, FAILED, "has the header of a sound file, and is said to be samples alone",
                                        "leave out --raw", left=["in.wav"])
        # Samples may begin as these do, but for the kind that stands behind.
        for start in (b"", b"R", b"RIFF" + bytes(8), b"FORM" + bytes(8), b"riff" + bytes(8), b"\xff\xff\xff\xfb"):
            self.assertEqual(encode(*raw, "-", stdin=start + bytes(4000 - len(start))).returncode, DONE, start)

    def test_rates_from_end_to_end(self):
        for rate_hz, seconds in ((100, 3), (3_072_000, 0.06)):
            facts = self.assert_encoded(wav_bytes(tone(seconds, rate_hz), rate_hz), round(seconds * 44100))
            self.assertEqual((facts["original_sample_rate_hz"], facts["original_samples"]), (rate_hz, round(seconds * rate_hz)))
            for words in (["--rate", rate_hz], ["--rate", "original"]):
                self.assert_ended(ictus("decode", "-f", "in.evs", "-o", "out.wav", *words), DONE)
                self.assertEqual(read_wav("out.wav"), (rate_hz, 1, 2, round(seconds * rate_hz)))
            os.unlink("out.wav")
        os.unlink("in.evs")
        for rate_hz in (99, 3_072_001):
            self.assert_not_encoded(wav_bytes([0.0] * 200, rate_hz), f"has a sample rate of {rate_hz} Hz",
                                    "rates from 100 Hz to 3072000 Hz work")

    def test_raw_sound_that_ends_inside_a_frame(self):
        self.put("in.pcm", wav_bytes(tone(0.2))[44:] + b"x")
        self.assert_ended(encode("--raw", "s16le:22050:1", "in.pcm"), FAILED, "in.pcm")
        self.assertEqual(self.files(), ["in.evs", "in.pcm"])

    def test_tags_that_do_not_fit(self):
        words = [word for i in range(10) for word in ("--tag", f"COMMENT{i}={'x' * 10_000}")]
        self.put("in.wav", clip())
        self.assert_refused(encode("in.wav", *words), FAILED, "in.wav: the header with its tags takes",
                            "leave out the longest tags", left=["in.wav"])


class BadStreams(Case):
    def test_not_a_stream(self):
        for data, text in [(b"", "the input is empty"), (clip(), "the input is neither an event stream nor a token pyramid"),
                           (clip_stream()[:5], "cut short in its first 9 bytes"),
                           (clip_stream()[:8] + b"\x63" + clip_stream()[9:], "format version 99"),
                           (clip_stream().replace(b"\r\n", b"\n"), "signature of the event stream is damaged")]:
            for command in ("decode", "info", "dump", "test"):
                with self.subTest(text=text, command=command):
                    self.put("in.evs", data)
                    self.assert_refused(ictus(command, "in.evs"), FAILED, "ictus: in.evs: ", text, left=["in.evs"])

    def test_cut_at_any_byte(self):
        stream = clip_stream()
        step = max(1, len(stream) // TRIES) | 1
        header_end = block_ends(stream)[0]
        for length in sorted({*range(0, len(stream), step), *block_ends(stream)[:-1], len(stream) - 1}):
            run = ictus("test", "-", stdin=stream[:length])
            self.assertEqual(run.returncode, FAILED, f"cut to {length} bytes")
            if length >= header_end:
                self.assertRegex(run.stderr, r"standard input: block \d+ at byte \d+: the stream is cut short")

    def test_any_byte_flipped(self):
        self.assert_any_flipped_byte_is_found(clip_stream(), TRIES)

    def test_cut_stream_is_decoded_as_far_as_it_goes(self):
        ends = block_ends(clip_stream())
        self.put("in.evs", clip_stream()[: ends[-2]])
        run = ictus("decode", "in.evs")
        self.assert_ended(run, FAILED, f"in.evs: block {len(ends) - 1} at byte {ends[-2]}: the stream is cut short",
                          "in.evs -> in.wav")
        self.assertEqual(self.files(), ["in.evs", "in.wav"])
        self.assertGreater(read_wav("in.wav")[3], 44100)

    def test_stream_cut_after_its_header_leaves_nothing(self):
        self.put("in.evs", clip_stream()[: block_ends(clip_stream())[0]])
        self.assert_refused(ictus("decode", "in.evs"), FAILED, "in.evs: block 1", "cut short",
                            "there is nothing in it to keep", left=["in.evs"])

    def test_damage_in_the_first_block_of_events(self):
        stream = bytearray(clip_stream())
        stream[block_ends(clip_stream())[0] + 20] ^= 0x10
        self.put("in.evs", bytes(stream))
        self.assert_refused(ictus("decode", "in.evs"), FAILED, "in.evs: block 1", "checksum", left=["in.evs"])


class BadWeights(Case):
    given = {"in.evs": clip_stream, "in.wav": clip}

    def assert_nothing_done(self, model, *texts):
        self.assert_refused(ictus("decode", "in.evs", "-o", "out.wav", "--model", model), FAILED, *texts,
                            left=self.before)
        self.assert_refused(encode("in.wav", "-o", "out.evs", "--model", model), FAILED, *texts, left=self.before)
        self.assert_refused(ictus("info", "--model", model), FAILED, model, left=self.before)

    def put_weights(self, data):
        self.put("w.safetensors", data)
        self.before = self.files()

    def test_missing(self):
        self.before = self.files()
        for words in (["decode", "in.evs", "-o", "x.wav"], ["encode", "in.wav", "-o", "x.evs"],
                      ["dump", "--describe", "in.evs"]):
            self.assert_refused(ictus(*words, "--model", "none"), FAILED,
                                "none: there are no such weights, named by --model", left=self.before)
            run = ictus(*words, env={**os.environ, "ICTUS_MODEL": "nowhere/to/be/found"})
            self.assert_refused(run, FAILED, "nowhere/to/be/found: there are no such weights, named by ICTUS_MODEL",
                                left=self.before)

    def test_truncated(self):
        weights = weights_path("events").read_bytes()
        for length in (0, 4, 100, len(weights) // 2, len(weights) - 1):
            self.put_weights(weights[:length])
            self.assert_nothing_done("w.safetensors", "w.safetensors")

    def test_not_weights(self):
        self.put_weights(clip())
        self.assert_nothing_done("w.safetensors", "w.safetensors")

    def test_weights_of_something_else(self):
        header = json.dumps({"__metadata__": {"format": "recipe"},
                             "cake": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
        header += b" " * (-len(header) % 8)
        self.put_weights(struct.pack("<Q", len(header)) + header + bytes(4))
        self.assert_nothing_done("w.safetensors", "w.safetensors")

    def test_other_weights_than_those_of_the_stream(self):
        self.put_weights(other_weights())
        own = json.loads(ictus("info", "--json", "in.evs").stdout)["weights_hash"]
        other = json.loads(ictus("info", "--model", "--json", "w.safetensors").stdout)["weights_hash"]
        self.assertNotEqual(own, other)
        for words in (["decode", "in.evs", "-o", "out.wav"], ["dump", "--describe", "in.evs"]):
            run = ictus(*words, "--model", "w.safetensors")
            self.assert_refused(run, FAILED, "in.evs: made with the weights", own, other, "--model FILE",
                                left=self.before)


if __name__ == "__main__":
    unittest.main()
