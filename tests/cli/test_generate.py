"""Notes that were never played: generators so small that they learnt nothing, from their training to files of notes."""

import json
import os
import pty
import re
import signal
import subprocess
import unittest
import wave

import pyramids
from support import (DONE, FAILED, ICTUS, TIMEOUT_S, TINY_CLIP_SAMPLES, TINY_FAMILIES, TINY_GENERATOR, TINY_RATE_HZ,
                     USAGE, Case, block_ends, clip_pyramid, clip_stream, encode, ictus, put_notes, put_sounds, read_wav,
                     start, tiny_generator, tiny_tokenizer, tone, wav_bytes, weights_path)

SCALES = [1, 4, 16, 64]  # tokens of each
FLUTE = ["--family", "flute", "--pitch", "A4", "--velocity", "90"]


def environment(order="scales"):
    return {**os.environ, "ICTUS_GENERATOR": str(tiny_generator(order)), "ICTUS_MARS_MODEL": str(tiny_tokenizer())}


def generate(*words, order="scales", **options):
    return ictus("generate", "--device", "cpu", *words, **{"env": environment(order), **options})


def facts(path):
    return json.loads(ictus("info", "--json", path).stdout)


def label(path):
    found = facts(path)
    return found["family"], found["pitch"], found["velocity"]


def samples(path):
    with wave.open(str(path), "rb") as sound:
        return sound.readframes(sound.getnframes())


def tokens(path):
    """Of each clip those of each scale."""
    found = {}
    for line in ictus("dump", "--format", "tsv", path).stdout.decode().splitlines()[1:]:
        number, _, level, scale, _, *row = line.split("\t")
        if level:
            found.setdefault(int(number), {}).setdefault(int(scale), []).extend(int(token) for token in row if token)
    return found


def pyramid(sound):
    """Sound coded by the tiny tokenizer."""
    run = encode("--codec", "mars", "--model", tiny_tokenizer(), stdin=wav_bytes(sound, TINY_RATE_HZ))
    assert run.returncode == DONE, run.stderr
    return run.stdout


class Notes(Case):
    def test_sound(self):
        run = generate(*FLUTE, "--seed", 7, "-o", "a.wav")
        self.assert_ended(run, DONE, "a.wav: flute, A4, velocity 90, seed 7, 0.3 s in ")
        self.assertEqual(run.stdout, b"")
        self.assertEqual(self.files(), ["a.wav"])
        self.assertEqual(read_wav("a.wav"), (TINY_RATE_HZ, 1, 2, TINY_CLIP_SAMPLES))

    def test_tokens_and_that_they_are_the_same_sound(self):
        for order in ("scales", "tokens"):
            with self.subTest(order=order):
                self.assert_ended(generate(*FLUTE, "--seed", 7, "-o", "a.wav", "-f", order=order), DONE)
                self.assert_ended(generate(*FLUTE, "--seed", 7, "-o", "a.mars", "-f", order=order), DONE)
                self.assert_ended(ictus("decode", "-f", "--model", tiny_tokenizer(), "a.mars", "-o", "b.wav"), DONE)
                self.assertEqual(samples("a.wav"), samples("b.wav"))
                self.assertEqual([len(scale) for scale in tokens("a.mars")[0].values()], SCALES)

    def test_header_says_what_was_asked_for(self):
        self.assert_ended(generate(*FLUTE, "--seed", 123456789, "-o", "a.mars"), DONE)
        self.assert_ended(ictus("test", "a.mars"), DONE)
        found = facts("a.mars")
        self.assertEqual(label("a.mars"), ("flute", 69, 90))
        self.assertEqual(found["seed"], 123456789)
        self.assertEqual((found["model_id"], found["clips"], found["samples"]), ("mars-tiny", 1, TINY_CLIP_SAMPLES))
        self.assertIs(found["complete"], True)
        self.assertIn("flute, pitch 69, velocity 90, seed 123456789", ictus("info", "a.mars").stdout.decode())
        largest = 2**63 - 1
        self.assert_ended(generate("--seed", largest, "-n", 2, "--format", "mars", "-o", "two/"), DONE)
        self.assertEqual(sorted(facts(path)["seed"] for path in self.folder.glob("two/*")), [largest, largest + 1])

    def test_name_of_its_own(self):
        self.assert_ended(generate("--family", "organ", "--pitch", 60, "--seed", 3), DONE,
                          "organ_tiny-notes_000003-060-100.wav: organ, C4, velocity 100, seed 3")
        self.assert_ended(generate("--family", "synth_lead", "--pitch", "C4", "--velocity", 1, "--format", "mars"), DONE)
        self.assertEqual(len(self.files()), 2)
        self.assertRegex(self.files()[1], r"^synth_lead_tiny-notes_[0-9]{6}-060-001\.mars$")

    def test_a_note_made_by_chance_can_be_made_again(self):
        self.assert_ended(generate("--format", "mars"), DONE)
        name = self.files()[0]
        family, pitch, velocity = label(name)
        self.assertEqual(velocity, 100)
        run = generate("--family", family, "--pitch", pitch, "--seed", facts(name)["seed"], "-o", "again.mars")
        self.assert_ended(run, DONE)
        self.assertEqual((self.folder / name).read_bytes(), (self.folder / "again.mars").read_bytes())
        self.assert_ended(generate("--seed", facts(name)["seed"], "-o", "and_again.mars"), DONE)
        self.assertEqual((self.folder / name).read_bytes(), (self.folder / "and_again.mars").read_bytes())

    def test_velocity_is_loudness(self):
        levels = []
        for velocity in (1, 64, 127):
            name = f"{velocity}.mars"
            run = generate("--seed", 1, "--velocity", velocity, "--temperature", 0, "--guidance", 0, "-o", name)
            self.assert_ended(run, DONE)
            levels.append(float(ictus("dump", name).stdout.decode().splitlines()[1].split("\t")[2]))
        # The same tokens, for the label does not count: 24 dB over 127 steps, in steps of half a decibel.
        self.assertAlmostEqual(levels[2] - levels[0], 24 * 126 / 127, delta=0.5)
        self.assertAlmostEqual(levels[2] - levels[1], 24 * 63 / 127, delta=0.5)


class Many(Case):
    def test_each_is_what_it_would_be_alone_on_any_number_of_threads(self):
        words = ["--pitch", "C3..C5", "--velocity", "25..127", "--seed", 1, "-n", 8]
        for folder, threads in (("one", 1), ("two", 2)):
            self.assert_ended(generate(*words, "--threads", threads, "-o", folder + "/"), DONE)
        (self.folder / "tokens").mkdir()
        self.assert_ended(generate(*words, "--format", "mars", "-o", "tokens"), DONE)
        names = [name[4:-4] for name in self.files() if name.startswith("one/")]
        self.assertEqual(len(names), 8)
        self.assertEqual(sorted(int(re.search(r"_(\d{6})-", name)[1]) for name in names), list(range(1, 9)))
        for number, name in enumerate(names):
            family, seed, pitch, velocity = re.fullmatch(r"(\w+)_tiny-notes_(\d{6})-(\d{3})-(\d{3})", name).groups()
            self.assertIn(family, TINY_FAMILIES)
            made = (self.folder / f"one/{name}.wav").read_bytes()
            self.assertEqual(made, (self.folder / f"two/{name}.wav").read_bytes())
            self.assertEqual(label(f"tokens/{name}.mars"), (family, int(pitch), int(velocity)))
            if number > 2:
                continue
            alone = ["--family", family, "--pitch", int(pitch), "--velocity", int(velocity), "--seed", int(seed)]
            self.assert_ended(generate(*alone, "-o", "alone.wav", "-f"), DONE)
            self.assertEqual((self.folder / "alone.wav").read_bytes(), made)
        self.assertEqual(len({(self.folder / f"one/{name}.wav").read_bytes() for name in names}), 8)

    def test_each_combination(self):
        run = generate("--family", "organ,flute", "--pitch", "C4,62..61", "--velocity", "50,100", "--each", "-n", 2,
                       "--seed", 10, "--format", "mars", "-o", "all/")
        self.assert_ended(run, DONE)
        made = [label(path) for path in self.folder.glob("all/*.mars")]
        self.assertEqual(sorted(made), sorted(2 * [(family, pitch, velocity) for family in ("flute", "organ")
                                                   for pitch in (60, 61, 62) for velocity in (50, 100)]))
        self.assertEqual(sorted(facts(path)["seed"] for path in self.folder.glob("all/*")), list(range(10, 34)))

    def test_instruments(self):
        run = generate("--instrument", "pan-flute,reed-organ", "--pitch", "60,61", "--each", "--seed", 10, "--format", "mars", "-o", "all/")
        self.assert_ended(run, DONE)
        self.assertEqual([name for name in self.files() if name != "all"],
                         ["all/flute_tiny-notes.pan-flute_000010-060-100.mars", "all/flute_tiny-notes.pan-flute_000011-061-100.mars",
                          "all/organ_tiny-notes.reed-organ_000012-060-100.mars", "all/organ_tiny-notes.reed-organ_000013-061-100.mars"])
        name = "all/organ_tiny-notes.reed-organ_000012-060-100.mars"
        self.assertEqual((facts(name)["family"], facts(name)["instrument"]), ("organ", "reed-organ"))
        self.assertIn("reed-organ (organ), pitch 60, velocity 100, seed 12", ictus("info", name).stdout.decode())
        # Named alone, it brings its family; the labels of a folder and of a variation say it too.
        (self.folder / "one").mkdir()
        (self.folder / "one/organ_x.reed-organ_000012-060-100.wav").touch()
        for words in (["--instrument", "reed-organ", "--pitch", 60, "--seed", 12, "-o", "again.mars"],
                      ["--family", "organ,flute", "--instrument", "reed-organ", "--pitch", 60, "--seed", 12, "-o", "again.mars"],
                      ["--like", name, "--keep-scales", 0, "--seed", 12, "-o", "again.mars"],
                      ["--labels-of", "one", "--seed", 12, "-o", "again.mars"]):
            target = ["-o", "again/", "--format", "mars"] if "--labels-of" in words else ["-o", "again.mars"]
            self.assert_ended(generate(*words[:-2], *target, "-f"), DONE)
            made = next(self.folder.glob("again/*.mars")) if "--labels-of" in words else self.folder / "again.mars"
            self.assertEqual(made.read_bytes(), (self.folder / name).read_bytes(), words)
        self.assert_ended(generate("--family", "flute", "--pitch", 60, "--seed", 12, "-o", "family.mars"), DONE)
        self.assertEqual((facts("family.mars")["family"], facts("family.mars")["instrument"]), ("flute", ""))

    def test_chance_stays_within_what_was_asked_for(self):
        run = generate("--family", "organ,flute", "--pitch", "Bb3,B3", "--velocity", "10..12", "-n", 12, "--seed", 1,
                       "--format", "mars", "-o", "some/")
        self.assert_ended(run, DONE)
        made = {label(path) for path in self.folder.glob("some/*.mars")}
        self.assertGreater(len(made), 3)
        for family, pitch, velocity in made:
            self.assertIn(family, ("organ", "flute"))
            self.assertIn(pitch, (58, 59))
            self.assertIn(velocity, (10, 11, 12))

    def test_results_as_json(self):
        run = generate("--json", "--seed", 5, "-n", 3, "--family", "flute", "--pitch", 60, "-o", "d/")
        self.assert_ended(run, DONE)
        self.assertEqual(run.stderr, "")
        results = sorted((json.loads(line) for line in run.stdout.splitlines()), key=lambda result: result["seed"])
        self.assertEqual([result["seed"] for result in results], [5, 6, 7])
        for result in results:
            self.assertEqual((result["schema"], result["status"], result["generator_id"]), (1, "done", "tiny_notes"))
            self.assertEqual([result[field] for field in ("family", "pitch", "pitch_name", "velocity")],
                             ["flute", 60, "C4", 100])
            self.assertEqual(result["duration_s"], TINY_CLIP_SAMPLES / TINY_RATE_HZ)
            self.assertTrue((self.folder / result["output"]).is_file())
            self.assertNotIn("like", result)

    def test_quiet_and_progress(self):
        self.assertEqual(generate("-q", "-o", "a.wav").stderr, "")
        self.assertIn("of 3 notes", generate("--progress=always", "-n", 3, "-o", "d/").stderr)


class LabelsOf(Case):
    def test_one_for_each_with_its_name(self):
        for name in ("flute_real_001-060-090.wav", "deep/organ_real_002-061-080.wav", "organ_real_003-100-080.wav",
                     "harp_real_004-060-080.wav", "song.wav"):
            self.put("real/" + name, wav_bytes(tone(0.1)))
        run = generate("--labels-of", "real", "--seed", 20, "--format", "mars", "-o", "made/")
        self.assert_ended(run, DONE, "real: 3 files without a label that the generator tiny_notes can make left out")
        self.assertEqual([name for name in self.files() if name.startswith("made/")],
                         ["made/flute_real_001-060-090.mars", "made/organ_real_002-061-080.mars"])
        self.assertEqual(label("made/flute_real_001-060-090.mars"), ("flute", 60, 90))
        self.assertEqual(label("made/organ_real_002-061-080.mars"), ("organ", 61, 80))
        self.assertEqual({facts(path)["seed"] for path in self.folder.glob("made/*")}, {20, 21})

    def test_folders_that_do_not_do(self):
        self.put("none/song.wav", wav_bytes(tone(0.1)))
        self.put("twice/a/flute_real_001-060-090.wav", wav_bytes(tone(0.1)))
        self.put("twice/b/flute_real_001-060-090.wav", wav_bytes(tone(0.1)))
        before = self.files()
        for words, status, text in [
            (["none", "-o", "made/"], FAILED, "none: holds no note that the generator tiny_notes can make"),
            (["nowhere", "-o", "made/"], FAILED, "nowhere: no such folder"),
            (["twice", "-o", "made/"], FAILED, "twice: several of its notes would become flute_real_001-060-090.wav"),
            (["twice", "-o", "one.wav"], USAGE, "several notes do not fit into one output, one.wav"),
        ]:
            with self.subTest(words=words):
                self.assert_refused(generate("--labels-of", *words), status, text, left=before)


class Outputs(Case):
    def test_standard_output(self):
        self.assert_ended(generate(*FLUTE, "--seed", 7, "-o", "a.wav"), DONE)
        run = generate(*FLUTE, "--seed", 7, "-o", "-")
        self.assert_ended(run, DONE, "standard output: flute, A4")
        self.assertEqual(run.stdout[:4], b"RIFF")
        self.assertTrue(run.stdout.endswith(samples("a.wav")))
        line = ('"$0" generate --device cpu --family flute --pitch 69 --velocity 90 --seed 7 --format mars -o - | '
                '"$0" decode - -o b.wav; echo "${PIPESTATUS[*]}"')
        run = subprocess.run(["bash", "-c", line, ICTUS], capture_output=True, env=environment(), timeout=TIMEOUT_S)
        self.assertEqual(run.stdout, b"0 0\n")
        self.assertEqual(samples("a.wav"), samples("b.wav"))

    def test_existing_outputs_are_refused_before_anything_is_made(self):
        self.put("a.wav", b"precious")
        self.assert_refused(generate("-o", "a.wav"), FAILED, "a.wav: the output exists already", "-f replaces it",
                            left=["a.wav"])
        words = [*FLUTE, "--seed", 1, "-n", 3]
        last = "flute_tiny-notes_000003-069-090.wav"
        self.put("d/" + last, b"precious")
        self.put(last, b"precious")
        before = self.files()
        for output in (["-o", "d/"], ["-o", "d"], []):
            with self.subTest(output=output):
                self.assert_refused(generate(*words, *output), FAILED, f"{last}: the output exists already", left=before)
        for name in ("a.wav", last, "d/" + last):
            self.assertEqual((self.folder / name).read_bytes(), b"precious")
        self.assert_ended(generate(*words, "-o", "d/", "-f"), DONE)
        self.assertEqual(len(list(self.folder.glob("d/*"))), 3)
        self.assertEqual((self.folder / f"d/{last}").read_bytes()[:4], b"RIFF")

    def test_folders(self):
        self.put("plain", b"")
        for output, text in [("none/d/", "none/d/: cannot be made"), ("plain/", "plain/: cannot be made"),
                             ("none/a.wav", "the folder none does not exist")]:
            with self.subTest(output=output):
                self.assert_refused(generate("-o", output), FAILED, text, left=["plain"])
        self.assert_ended(generate("-n", 2, "-o", "d/"), DONE)
        self.assert_ended(generate("-n", 2, "-o", "d"), DONE)
        self.assertEqual(len(list(self.folder.glob("d/*.wav"))), 4)

    def test_full_disk(self):
        for words in (["-o", "/dev/full"], ["--format", "mars", "-o", "/dev/full"]):
            self.assert_refused(generate(*words), FAILED, "/dev/full", "pace left on device")
        with open("/dev/full", "wb") as full:
            self.assert_refused(generate("-o", "-", stdout=full), FAILED, "standard output", "pace left on device")
            self.assert_refused(generate("--json", "-o", "/dev/null", stdout=full), FAILED, "standard output",
                                "pace left on device")
        # A limit on the size of files stands for a full disk: the write fails, here with EFBIG.
        limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" generate --device cpu -n 2 -o d/"
        run = subprocess.run(["bash", "-c", limited, ICTUS], capture_output=True, env=environment())
        run.stderr = run.stderr.decode()
        self.assert_refused(run, FAILED, "d/", "ile too large", "2 of 2 inputs failed")

    def test_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number.name):
                process = start("generate", "--device", "cpu", "-n", "100000", "--seed", "1", "-o", "d/",
                                env=environment())
                self.addCleanup(process.stdout.close)
                self.addCleanup(process.stderr.close)
                self.addCleanup(process.stdin.close)
                self.wait_until(lambda: list(self.folder.glob("d/*.wav")), "a note is there")
                process.send_signal(number)
                self.assertEqual(process.wait(TIMEOUT_S), -number)
                self.assertEqual(self.temporary_files(), [])
                for path in self.folder.glob("d/*.wav"):  # what is there is whole
                    self.assertEqual(read_wav(path)[3], TINY_CLIP_SAMPLES)
                    path.unlink()
                (self.folder / "d").rmdir()

    def test_reader_gone(self):
        reading, writing = os.pipe()
        os.close(reading)
        run = generate("-o", "-", stdout=writing)
        os.close(writing)
        self.assertEqual((run.returncode, run.stderr), (-signal.SIGPIPE, ""))

    def test_terminal(self):
        terminal, inner = pty.openpty()
        self.assert_refused(generate("-o", "-", stdout=inner), USAGE, "binary and is not written to a terminal")
        os.close(terminal)
        os.close(inner)


class Variations(Case):
    def setUp(self):
        super().setUp()
        self.put("in.mars", pyramid(tone(0.6, TINY_RATE_HZ)))  # two whole clips and 704 samples
        self.length = 4800

    def vary(self, *words, name="in.mars", **options):
        return generate("--like", name, "--seed", 1, *words, **options)

    def test_coarse_scales_are_kept(self):
        original = tokens("in.mars")
        self.assertEqual(len(original), 3)
        for order, keep in [*(("scales", keep) for keep in range(5)), ("tokens", 2)]:
            with self.subTest(order=order, keep=keep):
                self.assert_ended(self.vary("--keep-scales", keep, "-o", "out.mars", "-f", order=order), DONE,
                                  "out.mars: variation, seed 1, 0.6 s in ")
                self.assert_ended(ictus("test", "out.mars"), DONE)
                varied = tokens("out.mars")
                self.assertEqual([len(varied[2][scale]) for scale in range(4)], SCALES)
                for number in (0, 1):
                    for scale in range(4):
                        same = varied[number][scale] == original[number][scale]
                        self.assertTrue(same if scale < keep else not same or scale == 0)  # which has one token
        self.assertEqual(facts("out.mars")["samples"], self.length)
        self.assertEqual((facts("out.mars")["family"], facts("out.mars")["seed"]), (None, 1))

    def test_three_scales_unless_told(self):
        self.assert_ended(self.vary("-o", "a.mars"), DONE)
        self.assert_ended(self.vary("--keep-scales", 3, "-o", "b.mars"), DONE)
        self.assertEqual((self.folder / "a.mars").read_bytes(), (self.folder / "b.mars").read_bytes())

    def test_sound_is_as_long_and_as_loud(self):
        self.assert_ended(self.vary("-o", "out.wav"), DONE)
        self.assertEqual(read_wav("out.wav"), (TINY_RATE_HZ, 1, 2, self.length))
        self.assert_ended(self.vary("-o", "out.mars"), DONE)
        levels = []
        for name in ("in.mars", "out.mars"):
            lines = [line.split("\t") for line in ictus("dump", name).stdout.decode().splitlines()]
            levels.append([line[2] for line in lines if line[3:5] == ["0", "0"]])  # the only row of the first scale
        self.assertEqual(len(levels[0]), 3)
        self.assertEqual(levels[0], levels[1])

    def test_several_with_names_after_the_original(self):
        run = self.vary("-n", 3, "-o", "v/")
        self.assert_ended(run, DONE)
        self.assertEqual([name for name in self.files() if name.startswith("v/")],
                         ["v/in-000001.wav", "v/in-000002.wav", "v/in-000003.wav"])
        self.assertEqual(len({samples(path) for path in self.folder.glob("v/*")}), 3)
        self.assert_ended(self.vary(name="-", stdin=(self.folder / "in.mars").read_bytes()), DONE, "variation-000001.wav")
        self.assertEqual(samples("variation-000001.wav"), samples("v/in-000001.wav"))
        told = json.loads(self.vary("--json", "-o", "x.wav").stdout)
        self.assertEqual((told["like"], told["kept_scales"]), ("in.mars", 3))
        self.assertNotIn("family", told)

    def test_shorter_than_a_clip(self):
        self.put("short.mars", pyramid(tone(0.05, TINY_RATE_HZ)))
        for keep in (0, 4):
            self.assert_ended(self.vary("--keep-scales", keep, "-o", "out.wav", "-f", name="short.mars"), DONE)
            self.assertEqual(read_wav("out.wav")[3], 400)

    def test_silence_stays_silent(self):
        sound = tone(0.256, TINY_RATE_HZ)
        self.put("pause.mars", pyramid(sound + [0.0] * (3 * TINY_CLIP_SAMPLES) + sound))
        silent = {*range(5)} - {*tokens("pause.mars")}
        self.assertTrue(silent)
        for keep in (0, 4):
            self.assert_ended(self.vary("--keep-scales", keep, "-o", "out.mars", "-f", name="pause.mars"), DONE)
            self.assertEqual({*range(5)} - {*tokens("out.mars")}, silent)
            if keep == 4:
                self.assertEqual(tokens("out.mars"), tokens("pause.mars"))
        self.put("nothing.mars", pyramid([0.0] * TINY_CLIP_SAMPLES))
        self.assert_ended(self.vary("-o", "nothing.wav", name="nothing.mars"), DONE)
        self.assertEqual(read_wav("nothing.wav")[3], TINY_CLIP_SAMPLES)

    def test_label(self):
        self.assert_ended(generate(*FLUTE, "--seed", 7, "-o", "flute.mars"), DONE)
        for words, expected in [([], ("flute", 69, 90)), (["--family", "organ"], ("organ", 69, 90)),
                                (["--pitch", "C3", "--velocity", 5], ("flute", 48, 5))]:
            with self.subTest(words=words):
                self.assert_ended(self.vary(*words, "-o", "out.mars", "-f", name="flute.mars"), DONE)
                self.assertEqual(label("out.mars"), expected)
        self.assert_ended(self.vary("--keep-scales", 4, "-o", "out.mars", "-f", name="flute.mars"), DONE)
        self.assertEqual(tokens("out.mars"), tokens("flute.mars"))
        self.assert_ended(self.vary("--family", "organ", "-o", "out.mars", "-f"), DONE)
        self.assertEqual((label("out.mars")[0], label("out.mars")[2]), ("organ", 100))
        # A generator that knows no flute.
        env = {**environment(), "ICTUS_GENERATOR": str(tiny_generator(families=("organ", "synth_lead")))}
        run = self.vary("-o", "no.mars", name="flute.mars", env=env)
        self.assert_ended(run, FAILED, "'flute' is no family that the generator knows",
                          "its families are organ, synth_lead")
        self.assertFalse((self.folder / "no.mars").exists())
        self.assert_ended(self.vary("--family", "organ", "-o", "yes.mars", name="flute.mars", env=env), DONE)

    def test_files_that_cannot_be_varied(self):
        self.put("events.evs", clip_stream())
        self.put("other.mars", clip_pyramid())
        whole = (self.folder / "in.mars").read_bytes()
        self.put("cut.mars", whole[:-30])
        self.put("damaged.mars", whole[: len(whole) // 2] + b"\0" + whole[len(whole) // 2 + 1 :])
        self.put("header.mars", whole[: block_ends(whole)[0]])
        self.put("sound.wav", wav_bytes(tone(0.1)))
        before = self.files()
        for name, text in [("events.evs", "events.evs: --like is for token pyramids, and this is an event stream"),
                           ("other.mars", "other.mars: made with the weights"), ("cut.mars", "cut.mars: block"),
                           ("damaged.mars", "damaged.mars: block"), ("header.mars", "header.mars: block 1"),
                           ("sound.wav", "sound.wav"), ("none.mars", "none.mars: cannot be opened")]:
            with self.subTest(name=name):
                self.assert_refused(self.vary("-o", "d/", "-n", 2, name=name), FAILED, text, left=before)

    def test_pyramid_of_another_shape_than_its_weights(self):
        own = bytes.fromhex(facts("in.mars")["weights_hash"])
        self.put("odd.mars", pyramids.stream(pyramids.header(weights_hash=own), *pyramids.BLOCKS[1:]))
        run = self.vary("-o", "out.wav", name="odd.mars")
        self.assert_refused(run, FAILED, "odd.mars: ", "another shape", left=["in.mars", "odd.mars"])

    def test_scales_that_are_not_there(self):
        self.assert_refused(self.vary("--keep-scales", 5, "-o", "out.wav"), FAILED,
                            "in.mars: has 4 scales, fewer than --keep-scales asks for", "keep 0 to 4", left=["in.mars"])
        self.assert_refused(generate("--keep-scales", 2), USAGE, "--keep-scales keeps scales of a file", "--like",
                            left=["in.mars"])
        self.assert_refused(self.vary("--each", "-o", "d/"), USAGE, "--each", "cannot be used together", left=["in.mars"])


class Mistakes(Case):
    def test_words(self):
        out_of_range = [("--guidance", 101), ("--temperature", -0.1), ("--top-k", -1), ("--top-p", 0), ("--top-p", 1.5), ("--coherence", 11), ("--coherence", -1), ("--seed", -1)]
        for words, texts in [
            *[([option, value], [f"{option}: {value} is out of range"]) for option, value in out_of_range],
            (["--guidance", "-1"], ["--guidance: -1 is out of range", "0 to 100"]),
            (["--guidance", "nan"], ["--guidance: 'nan' is not a number"]),
            (["--temperature", "hot"], ["--temperature: 'hot' is not a number"]),
            (["--top-k", "0.5"], ["--top-k: '0.5' is not a whole number"]),
            (["-n", "0"], ["--count: 0 is out of range", "1 to 1000000"]),
            (["--pitch", "H9"], ["--pitch: 'H9' is no pitch", "A4, C#3 or Bb2", "C3..C5"]),
            (["--pitch", "128"], ["--pitch: '128' is no pitch"]),
            (["--pitch", "C3.."], ["--pitch: '' is no pitch"]),
            (["--pitch", ""], ["--pitch: '' is no pitch"]),
            (["--family", ""], ["--family: '' holds an empty name"]),
            (["--family", "flute,"], ["--family: 'flute,' holds an empty name"]),
            (["--family", "flute,flute"], ["--family: 'flute' comes twice"]),
            (["--velocity", "0"], ["--velocity: 0 is out of range", "1 to 127"]),
            (["--velocity", "100..128"], ["--velocity: 128 is out of range"]),
            (["--velocity", "loud"], ["--velocity: 'loud' is not a whole number"]),
            (["--keep-scales", "33", "--like", "x"], ["--keep-scales: 33 is out of range"]),
            (["--format", "mp3"], ["--format: there is no 'mp3'", "wav, mars"]),
            (["--format", "mars", "-o", "x.wav"], ["--format asks for another kind of file than the name x.wav does"]),
            (["--format", "wav", "-o", "x.mars"], ["--format asks for another kind of file than the name x.mars does"]),
            (["-n", "2", "-o", "one.wav"], ["several notes do not fit into one output, one.wav", "-o DIR/"]),
            (["--each", "-o", "one.wav"], ["several notes do not fit into one output, one.wav"]),
            (["-n", "2", "-o", "-"], ["several notes do not fit into one output, standard output"]),
            (["--json", "-o", "-"], ["--json and the data cannot both go to standard output"]),
            (["flute.wav"], ["there is no place for 'flute.wav'", "Try 'ictus generate --help'."]),
        ]:
            with self.subTest(words=words):
                self.assert_refused(ictus("generate", *words), USAGE, *texts)
        run = generate("--each", "--velocity", "any", "-n", 1000, "-o", "d/")
        self.assert_refused(run, USAGE, "--each makes 7725000 notes", "1000000")

    def test_what_the_generator_does_not_know(self):
        self.assert_refused(generate("--instrument", "harp"), FAILED, "--instrument: the generator tiny_notes knows no 'harp'",
                            "'ictus info --model' lists its 3 instruments")
        self.assert_refused(generate("--instrument", "reed-organ", "--family", "flute"), FAILED,
                            "'reed-organ' is of the family organ, which --family leaves out", "leave out --family")
        run = generate("--family", "flute,harp")
        self.assert_refused(run, FAILED, "--family: the generator tiny_notes knows no 'harp'",
                            "its families are flute, organ, synth_lead")
        for pitch, name in ((47, "B2"), (73, "C#5")):
            self.assert_refused(generate("--pitch", f"60,{pitch}"), FAILED, f"--pitch: {name} ({pitch}) is outside",
                                "it makes C3 to C5 (48 to 72)")

    def test_weights(self):
        for words, texts in [
            (["--model", "none"], ["none: there are no such weights, named by --model", "ictus train generator"]),
            (["--tokenizer", "none"], ["none: there are no such weights, named by --tokenizer", "ictus train tokenizer"]),
            (["--model", tiny_tokenizer()], ["tokenizer.model: not a generator", "--model"]),
            (["--tokenizer", tiny_generator()], ["generator.model: not a tokenizer"]),
            (["--model", str(tiny_generator()) + ".checkpoint"], ["generator.model.checkpoint: not a generator"]),
            (["--tokenizer", tiny_tokenizer(seed=2)],
             ["the generator tiny_notes writes the tokens of the tokenizer mars-tiny", "ictus train generator"]),
            (["--tokenizer", weights_path("mars")], ["and this one is mars-1"]),
        ]:
            with self.subTest(words=words):
                self.assert_refused(generate(*words), FAILED, *texts)
        run = ictus("generate", "--device", "cuda:99", env=environment())
        self.assert_refused(run, FAILED, "cuda:99")
        run = generate(env={**environment(), "ICTUS_GENERATOR": "nowhere"})
        self.assert_refused(run, FAILED, "nowhere: there are no such weights, named by ICTUS_GENERATOR")

    def test_damaged_weights(self):
        weights = tiny_generator().read_bytes()
        for data in (b"", weights[:100], weights[: len(weights) // 2], weights[:-1],
                     weights.replace(b'\\"organ\\"', b'\\"../or\\"'),
                     weights.replace(b'\\"depth\\":2', b'\\"depth\\":3')):
            self.put("w.model", data)
            self.assert_refused(generate("--model", "w.model"), FAILED, "w.model", left=["w.model"])
        self.assert_refused(ictus("info", "--model", "w.model"), FAILED, "w.model", left=["w.model"])


class Sampling(Case):
    def made(self, *words):
        self.assert_ended(generate(*FLUTE, "-o", "x.mars", "-f", *words), DONE)
        return tokens("x.mars")

    def test_settings(self):
        usual = self.made("--seed", 1)
        self.assertEqual(usual, self.made("--seed", 1, "--guidance", 3, "--temperature", 0.8, "--top-k", 10, "--top-p", 1, "--coherence", 0.5))
        for words in (["--seed", 2], ["--seed", 1, "--top-k", 2], ["--seed", 1, "--top-p", 0.1]):
            self.assertNotEqual(usual, self.made(*words))
        likeliest = self.made("--seed", 1, "--temperature", 0)
        for words in (["--top-k", 1], ["--top-p", 1e-6]):
            self.assertEqual(likeliest, self.made("--seed", 2, *words))


class Training(Case):
    def setUp(self):
        super().setUp()
        put_notes(self.folder / "notes")
        self.put("tiny.json", json.dumps(TINY_GENERATOR).encode())

    def train(self, *words, data="notes", tokenizer=None, config=("--config", "tiny.json")):
        return ictus("train", "generator", "--data", data, *config, "--device", "cpu", "--threads", 1, "--tokenizer",
                     tokenizer or tiny_tokenizer(), *words)

    def test_what_it_leaves_and_that_it_is_repeatable(self):
        self.put("notes/unnamed.wav", wav_bytes(tone(0.1)))
        for name in ("a.model", "b.model"):
            run = self.train("--out", name, "--seed", 3)
            self.assert_ended(run, DONE, "h to train on", "nats a token", "done after 2 steps")
            self.assertEqual(run.stdout, b"")
        made = [name for name in self.files() if name.startswith(("a.", "b."))]
        self.assertEqual(made, [name + end for name in ("a.model", "b.model") for end in ("", ".checkpoint", ".tsv")])
        self.assertEqual((self.folder / "a.model").read_bytes(), (self.folder / "b.model").read_bytes())
        self.assertTrue((self.folder / "a.model.tsv").read_bytes().startswith(b"step\tseconds\tname\tvalue\n"))
        self.assertIn(b"\tval_nats_scale_3\t", (self.folder / "a.model.tsv").read_bytes())

    def test_going_on_and_starting_from_weights(self):
        self.assert_ended(self.train("--out", "a.model"), DONE)
        run = self.train("--out", "a.model", "--resume", "a.model.checkpoint", "--steps", 4)
        self.assert_ended(run, DONE, "done after 4 steps")
        self.assertEqual(json.loads(ictus("info", "--model", "--json", "a.model").stdout)["metadata"]["steps"], "4")
        self.assert_ended(self.train("--out", "b.model", "--init", "a.model", "--steps", 1), DONE, "done after 1 steps")
        for start_from in (["--resume", "a.model.checkpoint"], ["--init", "a.model"]):
            run = self.train("--out", "c.model", *start_from, tokenizer=tiny_tokenizer(seed=2), config=())
            self.assert_ended(run, FAILED, "generator tiny_notes writes the tokens of the tokenizer mars-tiny (weights ",
                              "name the tokenizer that it was trained with")
            self.assertFalse((self.folder / "c.model").exists())
        run = self.train("--out", "c.model", "--init", tiny_tokenizer())
        self.assert_ended(run, FAILED, "tokenizer.model: neither a generator nor a training checkpoint of one")

    def test_interrupted(self):
        process = start("train", "generator", "--data", "notes", "--config", "tiny.json", "--device", "cpu", "--threads",
                        "1", "--tokenizer", str(tiny_tokenizer()), "--steps", "100000", "--out", "t.model",
                        "--progress=always")
        process.stdin.close()
        words = self.words_until(process, b"step 3/")
        process.send_signal(signal.SIGINT)
        words += process.stderr.read()
        process.stderr.close()
        process.stdout.close()
        self.assertEqual(process.wait(TIMEOUT_S), -signal.SIGINT)
        steps = int(re.search(rb"stopped after (\d+) steps", words)[1])
        run = self.train("--out", "t.model", "--resume", "t.model.checkpoint", "--steps", steps + 2)
        self.assert_ended(run, DONE, f"done after {steps + 2} steps")
        self.assertEqual(self.temporary_files(), [])

    def test_folders_without_notes_for_it(self):
        put_sounds(self.folder / "sounds")
        (self.folder / "empty").mkdir()
        for data in ("sounds", "empty"):
            self.assert_ended(self.train("--out", "x.model", data=data), FAILED, f"{data}: no note to learn from",
                              "flute_mine_001-069-100.wav", "flute, organ, synth_lead", "48 to 72")
            self.assertFalse((self.folder / "x.model").exists())
        self.assert_ended(self.train("--out", "x.model", data="none"), FAILED, "none: is no folder")

    def test_tokenizer(self):
        self.assert_ended(self.train("--out", "x.model", tokenizer="none"), FAILED,
                          "none: there are no such weights, named by --tokenizer")
        self.assert_ended(self.train("--out", "x.model", tokenizer=tiny_generator()), FAILED,
                          "generator.model: not a tokenizer")
        env = {**os.environ, "ICTUS_MARS_MODEL": str(tiny_tokenizer())}
        run = ictus("train", "generator", "--data", "notes", "--config", "tiny.json", "--device", "cpu", "--out",
                    "x.model", env=env)
        self.assert_ended(run, DONE)

    def test_a_generator_is_no_codec(self):
        self.put("a.wav", wav_bytes(tone(0.2)))
        for codec in ("events", "mars"):
            run = ictus("encode", "--codec", codec, "a.wav", "--model", tiny_generator())
            self.assert_ended(run, FAILED, "generator.model: not ")


class Info(Case):
    def test_of_a_generator(self):
        told = json.loads(ictus("info", "--model", "--json", tiny_generator()).stdout)
        self.assertEqual((told["codec"], told["model_id"], told["sample_rate_hz"]), ("mars", "tiny_notes", TINY_RATE_HZ))
        self.assertEqual(told["metadata"]["format"], "ictus-generator")
        self.assertEqual(told["metadata"]["steps"], "2")
        config = told["metadata"]["config"]
        self.assertEqual((config["families"], config["tokenizer_id"]), (TINY_FAMILIES, "mars-tiny"))
        tokenizer = json.loads(ictus("info", "--model", "--json", tiny_tokenizer()).stdout)
        self.assertEqual(config["tokenizer_hash"], tokenizer["weights_hash"])
        # The last layer has 16 inputs and a bias for each of 50 codes.
        self.assertEqual(told["parts"]["logits.weight"] + told["parts"]["logits.bias"], 50 * (16 + 1))
        self.assertEqual(told["parameters"], sum(told["parts"].values()))
        run = ictus("info", "--model", tiny_generator())
        self.assert_ended(run, DONE)
        self.assertIn(b"tiny_notes", run.stdout)
        self.assertRegex(run.stdout.decode(), r"\n  +organ  +church-organ, reed-organ\n")

    def test_of_all_installed_models(self):
        run = ictus("info", "--model", "--json", env=environment())
        self.assertEqual(run.returncode, DONE, run.stderr)
        ids = [json.loads(line)["model_id"] for line in run.stdout.splitlines()]
        self.assertEqual(ids[1:3], ["mars-tiny", "tiny_notes"])
        # What is not installed is said, and is no failure.
        for line in run.stderr.splitlines():
            self.assertRegex(line, "^(family|pitch) judge: not installed$")
        run = ictus("info", "--model", "--json", env={**environment(), "ICTUS_GENERATOR": "nowhere"})
        self.assert_ended(run, FAILED, "nowhere: there are no such weights, named by ICTUS_GENERATOR")
        self.assertEqual([json.loads(line)["model_id"] for line in run.stdout.splitlines()], [*ids[:2], *ids[3:]])


if __name__ == "__main__":
    unittest.main()
