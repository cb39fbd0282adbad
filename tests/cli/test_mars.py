"""encode and decode with token pyramids, by the shipped weights."""

import json
import math
import os
import pathlib
import pty
import signal
import stat
import struct
import subprocess
import unittest

import pyramids
from support import (DONE, FAILED, ICTUS, TIMEOUT_S, USAGE, Case, block_ends, clip, clip_pyramid, clip_stream, encode,
                     ictus, other_weights, read_wav, start, tone, wav_bytes, weights_path)

RATE_HZ = 16000


def encode_mars(*words, **options):
    return encode("--codec", "mars", *words, **options)


def level_db(data):
    """The power of 16-bit samples."""
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return 10 * math.log10(sum(x * x for x in samples) / len(samples) / 32768**2)


def facts(stream):
    return json.loads(ictus("info", "--json", stdin=stream).stdout)


class Choosing(Case):
    """Which codec encodes, and that decoding needs no telling."""

    given = {"a.wav": clip}

    def assert_codec(self, path, codec):
        self.assertEqual((self.folder / path).read_bytes()[:4], {"mars": b"\x89MRS", "events": b"\x89EVS"}[codec])

    def test_by_option(self):
        self.assert_ended(encode_mars("a.wav"), DONE, "a.wav -> a.mars: 1.5 s, 1 clip, ")
        self.assert_codec("a.mars", "mars")
        self.assertEqual(encode_mars(stdin=clip()).stdout[:4], b"\x89MRS")
        self.assert_ended(encode("--codec", "events", "a.wav"), DONE, "a.wav -> a.evs: ")
        self.assert_codec("a.evs", "events")

    def test_by_the_name_of_the_output(self):
        self.assert_ended(encode("a.wav", "-o", "b.mars"), DONE, "a.wav -> b.mars: ")
        self.assert_codec("b.mars", "mars")
        for name in ("b.evs", "mars", "b.mars.evs"):
            self.assert_ended(encode("a.wav", "-o", name), DONE)
            self.assert_codec(name, "events")
        self.assert_ended(encode_mars("a.wav", "-o", "c.bin"), DONE)
        self.assert_codec("c.bin", "mars")

    def test_folder(self):
        (self.folder / "out").mkdir()
        self.put("b.wav", wav_bytes(tone(0.3)))
        self.assert_ended(encode_mars("a.wav", "b.wav", "-o", "out/"), DONE, "out/a.mars", "out/b.mars")
        self.assertEqual(self.files(), ["a.wav", "b.wav", "out", "out/a.mars", "out/b.mars"])

    def test_contradictions(self):
        for words, texts in [
            (["--codec", "events", "-o", "x.mars"], ["another kind of file than the name x.mars", "ends in .evs"]),
            (["--codec", "mars", "-o", "x.evs"], ["another kind of file than the name x.evs", "ends in .mars"]),
            (["--codec", "mars", "--lossless"], ["--lossless is for events", "--codec events"]),
            (["--codec", "mars", "--bitrate", "3"], ["--bitrate is for events"]),
            (["-o", "x.mars", "--lossless"], ["--lossless is for events"]),
            (["-o", "x.mars", "--mono"], ["--mono is for events"]),
            (["--codec", "opus"], ["--codec: there is no 'opus'", "events, mars"]),
        ]:
            with self.subTest(words=words):
                self.assert_refused(ictus("encode", "a.wav", *words), USAGE, *texts, left=["a.wav"])

    def test_decoding_goes_by_the_content_whatever_the_name(self):
        self.put("tokens.evs", clip_pyramid())
        self.put("events.mars", clip_stream())
        run = ictus("decode", "tokens.evs", "events.mars", "--threads", 2)
        self.assert_ended(run, DONE, "tokens.evs -> tokens.wav: 1.5 s, 1 clip, ", "events.mars -> events.wav: 1.5 s, ")
        self.assertEqual(read_wav("tokens.wav")[0], RATE_HZ)
        self.assertEqual(read_wav("events.wav")[0], 44100)
        piped = ictus("decode", stdin=clip_pyramid())
        self.assert_ended(piped, DONE)
        self.assertEqual(piped.stdout[:4], b"RIFF")


class There(Case):
    def test_stream_says_what_it_was_made_from(self):
        found = facts(clip_pyramid())
        self.assertEqual((found["codec"], found["complete"]), ("mars", True))
        self.assertEqual((found["original_sample_rate_hz"], found["original_channels"]), (44100, 2))
        self.assertEqual((found["original_samples"], found["samples"]), (66150, 24000))
        self.assertEqual((found["clips"], found["sample_rate_hz"]), (1, RATE_HZ))
        self.assertEqual(found["tags"], {"TITLE": ["A test"]})
        self.assertEqual([found["family"], found["seed"]], [None, None])
        at_hand = json.loads(ictus("info", "--model", "--json", weights_path("mars")).stdout)
        self.assertEqual((found["model_id"], found["weights_hash"]), (at_hand["model_id"], at_hand["weights_hash"]))

    def test_results_as_json(self):
        self.put("a.wav", clip())
        run = encode_mars("--json", "a.wav")
        self.assert_ended(run, DONE)
        found = facts((self.folder / "a.mars").read_bytes())
        told = json.loads(run.stdout)
        self.assertEqual((told["output"], told["status"], told["schema"]), ("a.mars", "done", 1))
        self.assertEqual((told["clips"], told["tokens"]), (1, found["tokens"]))
        self.assertEqual(told["stream_bytes"], found["bytes"])
        self.assertNotIn("events", told)
        self.put("cut.mars", clip_pyramid()[:-30])
        run = ictus("decode", "--json", "a.mars", "cut.mars", "--threads", 1, "-f")
        self.assertEqual(run.returncode, FAILED)
        whole, cut = map(json.loads, run.stdout.splitlines())
        self.assertEqual((whole["status"], whole["clips"], whole["tokens"]), ("done", 1, found["tokens"]))
        self.assertEqual((cut["status"], cut["clips"]), ("damaged", 1))

    def test_lengths_are_exact(self):
        # Around a clip and its steps, and around the windows of its spectrogram.
        clip_samples = round(facts(clip_pyramid())["sample_rate_hz"] * 4.096)
        for samples in (1, 100, 255, 4095, 4096, 4097, clip_samples - 1, clip_samples, clip_samples + 1,
                        clip_samples + 200, clip_samples + 600, 2 * clip_samples + 300):
            with self.subTest(samples=samples):
                raw = b"\x10\x20" * samples
                run = encode_mars("--raw", f"s16le:{RATE_HZ}:1", stdin=raw)
                self.assert_ended(run, DONE)
                self.assertEqual(facts(run.stdout)["samples"], samples)
                back = ictus("decode", "--raw", stdin=run.stdout)
                self.assert_ended(back, DONE)
                self.assertEqual(len(back.stdout), len(raw))

    def test_rates_and_samples(self):
        self.put("a.mars", clip_pyramid())
        self.assert_ended(ictus("decode", "a.mars", "-o", "original.wav", "--rate", "original"), DONE)
        self.assert_ended(ictus("decode", "a.mars", "-o", "8k.wav", "--rate", "8000", "--samples", "pcm24"), DONE)
        self.assertEqual(read_wav("original.wav"), (44100, 1, 2, 66150))
        self.assertEqual(read_wav("8k.wav"), (8000, 1, 3, 12000))

    def test_loudness_comes_back(self):
        loud, soft = (level_db(ictus("decode", "--raw", stdin=encode_mars(stdin=sound).stdout).stdout)
                      for sound in (wav_bytes([factor * x for x in tone(1.0, RATE_HZ)], RATE_HZ) for factor in (0.8, 0.08)))
        self.assertAlmostEqual(loud - soft, 20.0, delta=4.0)

    def test_silence(self):
        silence = encode_mars(stdin=wav_bytes([0.0] * 5 * RATE_HZ, RATE_HZ)).stdout
        found = facts(silence)
        self.assertEqual((found["clips"], found["tokens"], found["samples"]), (2, 0, 5 * RATE_HZ))
        back = ictus("decode", "--raw", "--samples", "float32", stdin=silence)
        self.assert_ended(back, DONE)
        self.assertEqual(back.stdout, bytes(4 * 5 * RATE_HZ))

    def test_sound_that_is_not_as_it_should_be(self):
        for data, text in [(b"", "is empty"), (b"A text, and no sound.\n" * 9, "not a sound file"),
                           (wav_bytes([]), "holds no samples")]:
            self.assert_refused(encode_mars("-", "-o", "x.mars", stdin=data), FAILED, "standard input", text)
        cut = encode_mars(stdin=clip()[:-1001])
        self.assert_ended(cut, FAILED, "standard input")
        self.assertIs(facts(cut.stdout)["complete"], True)

    def test_tags_and_effort(self):
        tagged = encode_mars("--tag", "ARTIST=someone", stdin=clip())
        self.assert_ended(tagged, DONE)
        self.assertEqual(facts(tagged.stdout)["tags"], {"ARTIST": ["someone"]})
        self.put("a.mars", tagged.stdout)
        self.assert_ended(ictus("decode", "a.mars"), DONE)
        self.assertEqual(facts(encode_mars("a.wav", "-o", "-").stdout)["tags"]["artist"], ["someone"])
        self.assert_ended(ictus("encode", "--effort", 9, "--codec", "mars", stdin=wav_bytes(tone(0.3))), DONE)


class Seams(Case):
    """Clips follow each other every 65,536 samples; nothing of that is to be heard."""

    def test_a_steady_sound_stays_steady(self):
        samples = [0.2 * math.sin(2 * math.pi * 440 * i / RATE_HZ) + 0.1 * math.sin(2 * math.pi * 660 * i / RATE_HZ)
                   for i in range(9 * RATE_HZ)]
        run = ictus("decode", "--raw", stdin=encode_mars(stdin=wav_bytes(samples, RATE_HZ)).stdout)
        levels = [level_db(run.stdout[2 * at:2 * at + 1600]) for at in range(RATE_HZ, 8 * RATE_HZ, 800)]
        usual = sorted(levels)[len(levels) // 2]
        at_seams = [level for k, level in enumerate(levels) if abs((RATE_HZ + 800 * k + 400) % 65536 - 32768) > 32768 - 3000]
        self.assertGreater(len(at_seams), 6)
        for level in at_seams:
            self.assertAlmostEqual(level, usual, delta=4)


class Scales(Case):
    def scales(self):
        return len(facts(clip_pyramid())["scales"])

    def test_coarse_scales_alone(self):
        self.put("a.mars", clip_pyramid())
        whole = ictus("decode", "--raw", "a.mars", "-o", "-").stdout
        sounds = []
        for scales in (1, 2, self.scales()):
            run = ictus("decode", "--raw", "--scales", scales, "a.mars", "-o", "-")
            self.assert_ended(run, DONE)
            self.assertEqual(len(run.stdout), len(whole))
            sounds.append(run.stdout)
        self.assertEqual(sounds[-1], whole)
        self.assertEqual(len({*sounds}), 3)

    def test_more_than_the_file_has(self):
        self.put("a.mars", clip_pyramid())
        self.assert_refused(ictus("decode", "--scales", self.scales() + 1, "a.mars"), FAILED,
                            f"a.mars: has {self.scales()} scales, fewer than --scales asks for", left=["a.mars"])
        for value in ("0", "33", "all"):
            self.assert_refused(ictus("decode", "--scales", value, "a.mars"), USAGE, "--scales: ", left=["a.mars"])

    def test_event_streams_have_none(self):
        self.put("a.mars", clip_pyramid())
        self.put("b.evs", clip_stream())
        run = ictus("decode", "--scales", 1, "b.evs")
        self.assert_refused(run, FAILED, "b.evs: --scales is for token pyramids, and this is an event stream",
                            left=["a.mars", "b.evs"])
        run = ictus("decode", "--scales", 1, "a.mars", "b.evs")
        self.assert_ended(run, FAILED, "a.mars -> a.wav", "1 of 2 inputs failed")
        self.assertEqual(self.files(), ["a.mars", "a.wav", "b.evs"])


class CutShort(Case):
    """A file cut short plays what it holds: whole clips, and the whole scales of the one after them."""

    def setUp(self):
        super().setUp()
        self.ends = block_ends(clip_pyramid())

    def test_some_scales(self):
        whole_length = facts(clip_pyramid())["clips"] * 24_576  # of its clip, in whole steps of 4096
        for scales in (1, 3):
            before = 1 + scales  # blocks behind the header: what the tokens are packed by, and the scales
            cut = clip_pyramid()[: self.ends[before] + 1]
            run = ictus("decode", "--raw", stdin=cut)
            self.assert_ended(run, FAILED, f"standard input: block {before + 1} at byte {self.ends[before]}: ",
                              "cut short", "standard input -> standard output: 1.5 s, 1 clip, ")
            self.assertEqual(len(run.stdout), 2 * whole_length)
            # As if only so many had been asked for; the end is not where the sound ended, but the clip.
            same = ictus("decode", "--raw", "--scales", scales, stdin=clip_pyramid()).stdout
            heard, wanted = (struct.unpack("<9000h", sound[:18_000]) for sound in (run.stdout, same))
            self.assertEqual(heard, wanted)

    def test_file_output_is_kept_and_the_status_says_so(self):
        self.put("a.mars", clip_pyramid()[:-30])
        self.assert_ended(ictus("decode", "a.mars"), FAILED, "a.mars: block", "cut short", "a.mars -> a.wav")
        self.assertEqual(self.files(), ["a.mars", "a.wav"])
        self.assertGreater(read_wav("a.wav")[3], 24_000 - 1)

    def test_first_bytes_of_a_pipe(self):
        self.put("a.mars", clip_pyramid())
        line = 'head -c "$1" a.mars | "$0" decode - -o first.wav; echo "${PIPESTATUS[*]}"'
        run = subprocess.run(["bash", "-c", line, ICTUS, str(self.ends[2] + 5)], capture_output=True)
        self.assertEqual(run.stdout, b"0 1\n")
        self.assertGreater(read_wav("first.wav")[3], 24_000 - 1)

    def test_nothing_but_the_header(self):
        for length in (self.ends[0], self.ends[0] + 4):
            self.put("a.mars", clip_pyramid()[:length])
            self.assert_refused(ictus("decode", "a.mars"), FAILED, "a.mars: block 1", "there is nothing in it to keep",
                                left=["a.mars"])

    def test_damage_in_the_middle(self):
        data = bytearray(encode_mars(stdin=wav_bytes(tone(6.0, RATE_HZ), RATE_HZ)).stdout)
        ends = block_ends(bytes(data))
        scales = self.scales_of(bytes(data))
        data[ends[scales + 2] + 4] ^= 0x10  # in the third scale of the second clip
        self.put("a.mars", bytes(data))
        run = ictus("decode", "a.mars")
        self.assert_ended(run, FAILED, f"a.mars: block {scales + 3} at byte {ends[scales + 2]}: ", "checksum",
                          "a.mars -> a.wav: 6.1 s, 2 clips, ")
        self.assertEqual(read_wav("a.wav")[3], 65_536 + 8 * 4096)

    def scales_of(self, stream):
        return len(facts(stream)["scales"])


class Weights(Case):
    given = {"in.mars": clip_pyramid, "in.wav": clip}

    def assert_nothing_done(self, model, *texts, **options):
        self.assert_refused(ictus("decode", "in.mars", "-o", "x.wav", "--model", model, **options), FAILED, *texts,
                            left=self.before)
        self.assert_refused(encode_mars("in.wav", "-o", "x.mars", "--model", model, **options), FAILED, *texts,
                            left=self.before)

    def test_missing(self):
        self.assert_nothing_done("none", "none: there are no such weights, named by --model", "ictus train tokenizer")
        for words in (["decode", "in.mars", "-o", "x.wav"], ["encode", "in.wav", "-o", "x.mars"]):
            run = ictus(*words, env={**os.environ, "ICTUS_MARS_MODEL": "nowhere"})
            self.assert_refused(run, FAILED, "nowhere: there are no such weights, named by ICTUS_MARS_MODEL",
                                left=self.before)

    def test_each_codec_has_its_own_variable(self):
        odd = {**os.environ, "ICTUS_MODEL": "nowhere", "ICTUS_MARS_MODEL": str(weights_path("mars"))}
        self.assert_ended(ictus("decode", "in.mars", "-o", "x.wav", env=odd), DONE)
        odd = {**os.environ, "ICTUS_MARS_MODEL": "nowhere", "ICTUS_MODEL": str(weights_path("events"))}
        self.assert_ended(encode("in.wav", "-o", "in.evs", env=odd), DONE)
        self.assert_ended(ictus("decode", "in.evs", "-o", "y.wav", env=odd), DONE)

    def test_weights_of_the_other_codec(self):
        self.assert_nothing_done(weights_path("events"), "events.safetensors")
        self.put("in.evs", clip_stream())
        run = ictus("decode", "in.evs", "-o", "x.wav", "--model", weights_path("mars"))
        self.assert_refused(run, FAILED, str(weights_path("mars")), left=[*self.before, "in.evs"])

    def test_damaged(self):
        weights = weights_path("mars").read_bytes()
        for data in (b"", weights[:100], weights[: len(weights) // 2], weights[:-1], clip()):
            self.put("w.safetensors", data)
            self.before = ["in.mars", "in.wav", "w.safetensors"]
            self.assert_nothing_done("w.safetensors", "w.safetensors")
            self.assert_refused(ictus("info", "--model", "w.safetensors"), FAILED, "w.safetensors", left=self.before)

    def test_other_weights_than_those_of_the_stream(self):
        self.put("w.safetensors", other_weights("mars"))
        own = facts(clip_pyramid())["weights_hash"]
        other = json.loads(ictus("info", "--model", "--json", "w.safetensors").stdout)["weights_hash"]
        self.assertNotEqual(own, other)
        run = ictus("decode", "in.mars", "-o", "x.wav", "--model", "w.safetensors")
        self.assert_refused(run, FAILED, "in.mars: made with the weights", own, other, "--model FILE",
                            left=[*self.before, "w.safetensors"])

    def test_pyramid_of_another_tokenizer(self):
        self.put("other.mars", pyramids.EXAMPLE)
        self.assert_refused(ictus("decode", "other.mars"), FAILED, "other.mars: made with the weights mars-1 (0000",
                            left=[*self.before, "other.mars"])
        # The hash of these weights, but another shape: no such file is written, and none is decoded.
        own = bytes.fromhex(facts(clip_pyramid())["weights_hash"])
        self.put("other.mars", pyramids.stream(pyramids.header(weights_hash=own), *pyramids.BLOCKS[1:]))
        self.assert_refused(ictus("decode", "other.mars"), FAILED, "other.mars: ", "shape",
                            left=[*self.before, "other.mars"])

    def test_device_that_is_not_there(self):
        self.assert_refused(ictus("decode", "in.mars", "-o", "x.wav", "--device", "cuda:99"), FAILED, "cuda:99",
                            left=self.before)

    def test_one_missing_model_does_not_stop_the_other_codec(self):
        self.put("other.evs", clip_stream())
        (self.folder / "out").mkdir()
        run = ictus("decode", "other.evs", "in.mars", "-o", "out", env={**os.environ, "ICTUS_MARS_MODEL": "nowhere"})
        self.assert_ended(run, FAILED, "nowhere: there are no such weights", "1 of 2 inputs failed")
        self.assertEqual([name for name in self.files() if name.startswith("out/")], ["out/other.wav"])


class InfoModel(Case):
    def test_both_models(self):
        run = ictus("info", "--model", "--json")
        self.assertEqual(run.returncode, DONE, run.stderr)
        models = [json.loads(line) for line in run.stdout.splitlines()]
        # A generator and judges may be installed as well.
        self.assertEqual([model["codec"] for model in models[:2]], ["events", "mars"])
        self.assertEqual([model["model_id"].split("-")[0] for model in models[:2]], ["events", "mars"])
        for model in models:
            self.assertEqual(model["parameters"], sum(model["parts"].values()))
            self.assertGreater(len(model["parts"]), 1)
            self.assertEqual(model["bytes"], pathlib.Path(model["file"]).stat().st_size)

    def test_files_of_either_kind(self):
        run = ictus("info", "--model", weights_path("mars"), weights_path("events"))
        self.assert_ended(run, DONE)
        text = run.stdout.decode()
        self.assertLess(text.index("codec                    mars"), text.index("codec                    events"))
        config = json.loads(ictus("info", "--model", "--json", weights_path("mars")).stdout)["metadata"]["config"]
        self.assertEqual(config["sample_rate_hz"], RATE_HZ)


class Outputs(Case):
    given = {"a.wav": clip, "b.mars": clip_pyramid}

    def test_existing_output_is_refused_and_replaced(self):
        self.put("a.mars", b"precious")
        self.assert_refused(encode_mars("a.wav"), FAILED, "a.mars: the output exists already", "-f replaces it",
                            left=["a.mars", *self.before])
        self.assert_ended(encode_mars("-f", "a.wav"), DONE)
        self.assertEqual((self.folder / "a.mars").read_bytes()[:4], b"\x89MRS")

    def test_input_and_output_are_one(self):
        os.link("b.mars", "hard.mars")
        for run in (encode("-f", "b.mars", "-o", "b.mars"), ictus("decode", "-f", "b.mars", "-o", "hard.mars")):
            self.assert_refused(run, FAILED, "is both input and output", left=[*self.before, "hard.mars"])
        self.assertEqual((self.folder / "b.mars").read_bytes(), clip_pyramid())

    def test_full_device(self):
        for run in (encode_mars("a.wav", "-o", "/dev/full"), ictus("decode", "b.mars", "-o", "/dev/full")):
            self.assert_refused(run, FAILED, "/dev/full", "pace left on device", left=self.before)
        with open("/dev/full", "wb") as full:
            for words in (["encode", "--codec", "mars", "a.wav", "-o", "-"], ["decode", "b.mars", "-o", "-"],
                          ["info", "b.mars"], ["dump", "b.mars"]):
                self.assert_refused(ictus(*words, stdout=full), FAILED, "standard output", "pace left on device",
                                    left=self.before)

    def test_special_files(self):
        self.assert_ended(encode_mars("a.wav", "-o", "/dev/null"), DONE)
        self.assert_ended(ictus("decode", "b.mars", "-o", "/dev/null"), DONE)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_terminal(self):
        terminal, inner = pty.openpty()
        run = encode_mars("a.wav", "-o", "-", stdout=inner)
        self.assert_refused(run, USAGE, "binary and is not written to a terminal", left=self.before)
        os.close(terminal)
        os.close(inner)

    def test_reader_gone(self):
        for words in (["encode", "--codec", "mars", "a.wav", "-o", "-"], ["decode", "b.mars", "-o", "-"],
                      ["dump", "b.mars"], ["info", "b.mars"]):
            with self.subTest(words=words):
                reading, writing = os.pipe()
                os.close(reading)
                run = ictus(*words, stdout=writing)
                os.close(writing)
                self.assertEqual((run.returncode, run.stderr), (-signal.SIGPIPE, ""))

    def test_signal_mid_way(self):
        for words, head in [(["encode", "--codec", "mars", "-", "-o", "out.mars"], clip()[:100_000]),
                            (["decode", "-", "-o", "out.wav"], clip_pyramid()[: block_ends(clip_pyramid())[0]])]:
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(command=words[0], signal=number.name):
                    process = start(*words, stdout=subprocess.DEVNULL)
                    process.stdin.write(head)
                    process.stdin.flush()
                    self.wait_until(self.temporary_files, "the output is begun")
                    process.send_signal(number)
                    process.wait(TIMEOUT_S)
                    process.stdin.close()
                    process.stderr.close()
                    self.assertEqual(process.returncode, -number)
                    self.assertEqual(self.files(), self.before)


class Streaming(Case):
    def test_through_all_in_one_pipeline(self):
        self.put("a.wav", clip())
        line = 'cat a.wav | "$0" encode --codec mars - | "$0" decode - > b.wav; echo "${PIPESTATUS[*]}"'
        run = subprocess.run(["bash", "-c", line, ICTUS], capture_output=True, timeout=TIMEOUT_S)
        self.assertEqual(run.stdout, b"0 0 0\n")
        self.assertEqual(read_wav("b.wav")[3], 24_000)

    def test_clips_come_out_while_sound_goes_in(self):
        encoder = subprocess.Popen([ICTUS, "encode", "-q", "--effort", "0", "--codec", "mars", "--raw", "s16le:16000:1"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        dump = subprocess.Popen([ICTUS, "dump"], stdin=encoder.stdout, stdout=subprocess.PIPE)
        encoder.stdout.close()
        encoder.stdin.write(wav_bytes(tone(6.0, RATE_HZ), RATE_HZ)[44:])
        encoder.stdin.flush()
        # The input stays open: what comes out came before the end was known.
        self.assertTrue(dump.stdout.readline().startswith(b"clip\t"))
        self.assertTrue(dump.stdout.readline().startswith(b"0\t0.000000\t"))
        encoder.stdin.close()
        self.assertIn(b"\n1\t4.096000\t", dump.stdout.read())
        dump.stdout.close()
        self.assertEqual((encoder.wait(TIMEOUT_S), dump.wait(TIMEOUT_S)), (DONE, DONE))


class Repeatability(Case):
    def test_encoding(self):
        self.put("a.wav", clip())
        for name in ("1.mars", "2.mars"):
            self.assert_ended(encode("a.wav", "-o", name, "--tag", "TITLE=A test"), DONE)
            self.assertEqual((self.folder / name).read_bytes(), clip_pyramid())

    def test_decoding_twice_and_through_a_pipe(self):
        self.put("a.mars", clip_pyramid())
        first, again = (ictus("decode", "--raw", "a.mars", "-o", "-").stdout for _ in range(2))
        self.assertEqual(len(first), 48_000)
        self.assertEqual(first, again)
        self.assertEqual(first, ictus("decode", "--raw", stdin=clip_pyramid()).stdout)

    def test_threads_change_nothing(self):
        names = [f"{i}.wav" for i in range(4)]
        for i, name in enumerate(names):
            self.put(name, wav_bytes(tone(0.5 + i, seed=i)))
        for folder, threads in (("one", 1), ("two", 2)):
            (self.folder / folder).mkdir()
            self.assert_ended(encode_mars(*names, "-o", folder, "--threads", threads), DONE)
            streams = [f"{folder}/{i}.mars" for i in range(4)]
            self.assert_ended(ictus("decode", *streams, "--threads", threads), DONE)
        for i in range(4):
            for suffix in ("mars", "wav"):
                self.assertEqual((self.folder / f"one/{i}.{suffix}").read_bytes(),
                                 (self.folder / f"two/{i}.{suffix}").read_bytes())


if __name__ == "__main__":
    unittest.main()
