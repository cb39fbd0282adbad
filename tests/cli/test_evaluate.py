"""Evaluating notes: the table, the numbers behind it, the report, and what is said when something is missing."""

import functools
import json
import math
import os
import pathlib
import random
import shutil
import signal
import struct
import unittest

from support import DONE, FAILED, TIMEOUT_S, USAGE, Case, _scratch, ictus, read_wav, start, wav_bytes

RATE_HZ = 16000
FAMILIES = ["flute", "organ"]
PITCHES = range(60, 72)
METRICS = ["ndb", "js_divergence", "density", "coverage", "pis", "iis", "pkid", "ikid", "frechet", "fad", "mse", "mae"]
FOR_MANY = {"ndb", "js_divergence"}     # need more notes than most tests here have
WITH_FEW = [metric for metric in METRICS if metric not in FOR_MANY | {"fad"}]


@functools.cache
def note(family, pitch, version=0, rate_hz=RATE_HZ, channels=1):
    """A WAV of 0.3 s: partials of the pitch, more of them for an organ, and some noise."""
    dice = random.Random(f"{family} {pitch} {version}")
    hz = 440 * 2 ** ((pitch - 69) / 12)
    partials = [(k, dice.uniform(0.5, 1) / k ** (2 if family == "flute" else 0.5)) for k in range(1, 6)]
    samples = []
    for i in range(int(0.3 * rate_hz)):
        t = i / rate_hz
        value = 0.1 * math.exp(-4 * t) * sum(gain * math.sin(2 * math.pi * k * hz * t) for k, gain in partials)
        samples.extend([value + 0.002 * (dice.random() - 0.5)] * channels)
    return wav_bytes(samples, rate_hz, channels)


def config(question):
    return json.dumps({
        "model": {"id": f"tiny-{question}", "question": question, "families": FAMILIES, "lowest_pitch": PITCHES[0],
                  "highest_pitch": PITCHES[-1], "sample_rate_hz": RATE_HZ, "clip_samples": 4096, "window_samples": 1024,
                  "hop_samples": 512, "lowest_hz": 110.0, "bands_per_octave": 12, "bands": 60, "channels": [8, 8],
                  "band_steps": [2, 2], "frame_steps": [2, 2], "blocks": [0, 1], "embedding_size": 6},
        "training": {"steps": 12, "batch": 4, "validate_every": 12, "checkpoint_every": 12},
    }).encode()


@functools.cache
def judge(question):
    """A judge that has learnt a little, trained once."""
    folder = pathlib.Path(_scratch) / "judges"
    for family in FAMILIES:
        for pitch in PITCHES:
            path = folder / f"notes/{family}_made_000-{pitch:03}-100.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(note(family, pitch))
    (folder / "tiny.json").write_bytes(config(question))
    run = ictus("train", "judge", "--about", question, "--data", folder / "notes", "--config", folder / "tiny.json",
                "--out", folder / question, "--device", "cpu", "--threads", 1)
    assert run.returncode == DONE, run.stderr
    return folder / question


def environment():
    return {**os.environ, "ICTUS_FAMILY_JUDGE": str(judge("family")), "ICTUS_PITCH_JUDGE": str(judge("pitch"))}


def evaluate(*words, reference="real", generated="made", **options):
    return ictus("evaluate", "--reference", reference, "--generated", generated, "--device", "cpu", *words,
                 **{"env": environment(), **options})


def answer(logits):
    return max(range(len(logits)), key=logits.__getitem__)


def softmax(logits):
    powers = [math.exp(x - max(logits)) for x in logits]
    return [power / sum(powers) for power in powers]


def inception_score(all_logits):
    all_p = [softmax(logits) for logits in all_logits]
    mean = [sum(column) / len(all_p) for column in zip(*all_p)]
    return math.exp(sum(p * math.log(p / m) for ps in all_p for p, m in zip(ps, mean) if p > 0) / len(all_p))


def kernel_distance(a, b):
    def kernel(x, y):
        return 16 / (16 + sum((p - q) ** 2 for p, q in zip(x, y)))

    def within(x):
        return sum(kernel(p, q) for i, p in enumerate(x) for j, q in enumerate(x) if i != j) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * sum(kernel(p, q) for p in a for q in b) / (len(a) * len(b))


class Folders(Case):
    """real/: 48 notes of two families; made/: 24 other ones."""

    def setUp(self):
        super().setUp()
        for family in FAMILIES:
            for pitch in PITCHES:
                for version in (0, 1):
                    self.put(f"real/{family}_r_{version:03}-{pitch:03}-{50 + 50 * version:03}.wav", note(family, pitch, version))
                self.put(f"made/{family}_m_000-{pitch:03}-090.wav", note(family, pitch, 2))

    def told(self, *words, status=DONE, **options):
        run = evaluate("--json", *words, **options)
        self.assert_ended(run, status)
        self.assertEqual(run.stdout.count(b"\n"), 1)
        return json.loads(run.stdout)


class Numbers(Folders):
    def test_table(self):
        run = evaluate()
        self.assert_ended(run, DONE)
        self.assertEqual(run.stderr, "")
        text = run.stdout.decode()
        self.assertRegex(text, r"\Areference  real:  48 notes, 48 with a label\ngenerated  made:  24 notes, 24 with a label\n")
        for name in ["Density", "Coverage", "PIS", "IIS", "PKID", "IKID", "Frechet distance", "MSE", "MAE"]:
            self.assertRegex(text, rf"(?m)^{name} +-?[0-9.e-]+ +-?[0-9.e-]+ \.\. -?[0-9.e-]+ +\S")
        self.assertRegex(text, r"(?m)^NDB/k +- +needs at least 500 reference notes, there are 48$")
        self.assertRegex(text, r"(?m)^FAD +- +needs the weights of VGGish, --vggish$")
        self.assertRegex(text, r"(?m)^Frechet distance .* of Gaussians of 6-d embeddings of tiny-family$")
        self.assertRegex(text, r"(?m)^family +[0-9.]+ % \([0-9.]+ \.\. [0-9.]+\) of 48 +[0-9.]+ % .* of 24 +tiny-family$")
        self.assertRegex(text, r"(?m)^pitch .*tiny-pitch$")

    def test_numbers_are_those_of_their_definitions(self):
        told = self.told()
        notes = told["notes"]
        self.assertEqual([len(notes["reference"]), len(notes["generated"])], [48, 24])
        self.assertEqual(list(told["metrics"]), METRICS)
        for question, score, distance in (("pitch", "pis", "pkid"), ("family", "iis", "ikid")):
            logits = {side: [one[question + "_logits"] for one in notes[side]] for side in notes}
            value = told["metrics"][score]
            self.assertAlmostEqual(value["value"], inception_score(logits["generated"]), places=5)
            self.assertAlmostEqual(value["parameters"]["reference"], inception_score(logits["reference"]), places=5)
            self.assertAlmostEqual(told["metrics"][distance]["value"],
                                   kernel_distance(logits["reference"], logits["generated"]), places=5)
            classes = told["judges"][question]["classes"]
            self.assertEqual(classes, FAMILIES if question == "family" else [str(pitch) for pitch in PITCHES])
            for side in notes:
                right = sum(classes[answer(one[question + "_logits"])] == str(one[question]) for one in notes[side])
                for one in notes[side]:
                    self.assertEqual(one["heard_" + question], classes[answer(one[question + "_logits"])])
                agreement = told["agreement"][question][side]
                self.assertEqual((agreement["labelled"], agreement["judged"]), (len(notes[side]),) * 2)
                self.assertAlmostEqual(agreement["share"], right / len(notes[side]))
        for name in ("mse", "mae"):
            self.assertAlmostEqual(told["metrics"][name]["value"], sum(pair[name] for pair in told["pairs"]) / 24)
        for key in WITH_FEW:
            metric = told["metrics"][key]
            self.assertLessEqual(metric["low"], metric["high"])
            self.assertIsNone(metric["missing"])
        self.assertEqual((told["seed"], told["bootstrap"], told["confidence"]), (1, 200, 0.95))
        self.assertEqual(told["judges"]["family"]["model_id"], "tiny-family")
        self.assertRegex(told["judges"]["pitch"]["weights_hash"], r"^[0-9a-f]{32}$")

    def test_a_folder_against_itself(self):
        told = self.told(generated="real")
        values = {key: metric["value"] for key, metric in told["metrics"].items()}
        for key in ("mse", "mae"):
            self.assertEqual(values[key], 0.0, key)
        self.assertLess(values["frechet"], 1e-6)
        self.assertAlmostEqual(values["density"], 1.2)  # each note lies in its own ball, too
        self.assertEqual(values["coverage"], 1.0)
        for key in ("pkid", "ikid"):  # the unbiased estimate falls below 0 by at most 2 / n
            self.assertLessEqual(values[key], 1e-9)
            self.assertGreaterEqual(values[key], -2 / 48)
        self.assertAlmostEqual(values["pis"], told["metrics"]["pis"]["parameters"]["reference"])
        self.assertEqual(told["agreement"]["pitch"]["reference"]["share"], told["agreement"]["pitch"]["generated"]["share"])
        self.assertEqual({pair["by"] for pair in told["pairs"]}, {"name"})

    def test_noise_is_worse_than_notes(self):
        dice = random.Random(5)
        for i in range(24):
            samples = [0.3 * (dice.random() - 0.5) for _ in range(4800)]
            self.put(f"noise/flute_n_{i:03}-060-090.wav", wav_bytes(samples, RATE_HZ))
        notes, noise = self.told(), self.told(generated="noise")
        for key in ("frechet", "mse", "mae"):
            self.assertGreater(noise["metrics"][key]["value"], notes["metrics"][key]["value"], key)
        for key in ("density", "coverage"):
            self.assertLess(noise["metrics"][key]["value"], notes["metrics"][key]["value"], key)

    def test_repeatable_and_the_seed_matters(self):
        first = evaluate("--json", "--seed", 3).stdout
        self.assertEqual(first, evaluate("--json", "--seed", 3).stdout)
        one, other = json.loads(first), self.told("--seed", 4)
        self.assertEqual(one["metrics"]["frechet"]["value"], other["metrics"]["frechet"]["value"])
        self.assertNotEqual(one["metrics"]["pis"]["low"], other["metrics"]["pis"]["low"])

    def test_without_intervals(self):
        told = self.told("--bootstrap", 0)
        self.assertEqual({metric["low"] for metric in told["metrics"].values()}, {None})
        run = evaluate("--bootstrap", 0)
        self.assertNotIn(b"interval", run.stdout)
        self.assertNotIn(b"..", run.stdout)

    def test_pairs(self):
        shutil.rmtree("made")
        self.put("made/sub/flute_r_001-061-100.wav", note("flute", 61, 3))  # the name of a reference note
        self.put("made/flute_x_000-062-060.wav", note("flute", 62, 3))      # nearest to the velocity 50
        self.put("made/flute_x_000-062-080.wav", note("flute", 62, 3))      # nearest to 100
        self.put("made/flute_x_000-080-080.wav", note("flute", 80, 3))      # no such pitch
        told = self.told()
        self.assertEqual([(pair["generated"], pair["reference"], pair["by"]) for pair in told["pairs"]],
                         [("flute_x_000-062-060.wav", "flute_r_000-062-050.wav", "label"),
                          ("flute_x_000-062-080.wav", "flute_r_001-062-100.wav", "label"),
                          ("sub/flute_r_001-061-100.wav", "flute_r_001-061-100.wav", "name")])
        self.assertEqual(told["metrics"]["mse"]["parameters"]["pairs"], 3)
        self.assertIn("3 pairs (1 by name, 2 by family and pitch)", evaluate().stdout.decode())
        # The judge does not know the pitch 80.
        agreement = told["agreement"]["pitch"]["generated"]
        self.assertEqual((agreement["labelled"], agreement["judged"]), (4, 3))

    def test_names_without_labels(self):
        for i, path in enumerate(sorted((self.folder / "made").iterdir())):
            path.rename(path.parent / f"{i}.wav")
        told = self.told()
        self.assertEqual(told["generated"]["labelled"], 0)
        self.assertIsNone(told["agreement"]["family"]["generated"]["share"])
        self.assertIsNone(told["metrics"]["mse"]["value"])
        self.assertIn("no generated note has the name", told["metrics"]["mse"]["missing"])
        text = evaluate().stdout.decode()
        self.assertRegex(text, r"(?m)^MSE +- +no generated note has the name")
        self.assertIn("- (no label)", text)


class Bins(Folders):
    """real/ and made/: 11 of each of their notes, each a little different."""

    def setUp(self):
        super().setUp()
        for path in sorted((self.folder / "real").iterdir()) + sorted((self.folder / "made").iterdir()):
            for version in range(1, 11):
                data = bytearray(path.read_bytes())
                for at in range(400, 900, 2):   # the lower byte of some samples
                    data[at] = (data[at] + version * at) % 256
                self.put(f"{path.parent.name}/{path.stem[:-3]}{version:03}.wav", bytes(data))

    def test_fifty_at_least(self):
        one = sorted((self.folder / "made").iterdir())[0].read_bytes()
        for i in range(264):
            self.put(f"one/flute_n_{i:03}-060-090.wav", one)
        few = self.told("--bootstrap", 20, generated="one")["metrics"]
        told = self.told("--bootstrap", 20, "--clusters", 60)
        self.assertEqual((told["reference"]["notes"], told["generated"]["notes"]), (528, 264))
        for key in FOR_MANY:
            metric = told["metrics"][key]
            self.assertIsNone(metric["missing"])
            self.assertEqual((metric["parameters"]["clusters"], few[key]["parameters"]["clusters"]), (52, 50))
            self.assertTrue(0 <= metric["low"] <= metric["high"] <= 1)
            self.assertGreater(few[key]["value"], metric["value"], key)
        self.assertGreater(few["ndb"]["value"], 0.5)    # nearly all bins are without a note
        self.assertLess(few["coverage"]["value"], told["metrics"]["coverage"]["value"])

    def test_a_folder_against_itself(self):
        run = evaluate("--bootstrap", 0, "--clusters", 60, generated="real")
        self.assert_ended(run, DONE)
        self.assertRegex(run.stdout.decode(), r"(?m)^NDB/k +0 +k = 52 \(not 60: at least 10 reference notes and 5 generated ones a bin\)")
        self.assertRegex(run.stdout.decode(), r"(?m)^JS divergence +0 +of the same bins$")

    def test_too_few_generated_notes(self):
        for path in sorted((self.folder / "made").iterdir())[249:]:
            path.unlink()
        self.assertEqual(self.told("--bootstrap", 0)["metrics"]["ndb"]["missing"], "needs at least 250 generated notes, there are 249")


class Training(Folders):
    def test_copies_are_found(self):
        for path in (self.folder / "made").iterdir():
            self.put("trained/copies/" + path.name, path.read_bytes())
        told = self.told("--training", "trained")
        found = told["memorisation"]
        self.assertEqual(found["training_notes"], 24)
        self.assertEqual(found["nearer_than_median"]["value"], 1.0)
        self.assertEqual(found["nearer_than_5th_percentile"]["value"], 1.0)
        self.assertLess(found["generated_median_distance"], 1e-9)
        self.assertGreater(found["reference_median_distance"], 0.0)
        for one in told["notes"]["generated"]:
            self.assertEqual(one["nearest"][0]["name"], "copies/" + one["name"])
            distances = [neighbour["distance"] for neighbour in one["nearest"]]
            self.assertEqual((len(distances), distances), (3, sorted(distances)))
        text = evaluate("--training", "trained").stdout.decode()
        self.assertRegex(text, r"(?m)^Nearer than median +1\.000 +1\.000 \.\. 1\.000 +")
        self.assertRegex(text, r"(?m)^distance to the nearest training note: reference median ")

    def test_notes_as_new_as_real_ones(self):
        found = self.told("--training", "made", generated="real")["memorisation"]
        self.assertAlmostEqual(found["nearer_than_median"]["value"], 0.5, delta=0.05)
        self.assertLessEqual(found["nearer_than_5th_percentile"]["value"], 0.05)

    def test_reference_that_was_trained_on(self):
        run = evaluate("--training", "real")
        self.assert_ended(run, DONE, "warning: reference notes are among the training notes")


class Report(Folders):
    def test_what_is_in_it(self):
        run = evaluate("--report", "out/", "--training", "real", "--report-clips", 5)
        self.assert_ended(run, DONE, "out/index.html: a page with 5 clips")
        out = self.folder / "out"
        self.assertEqual(sorted(os.listdir(out)), ["evaluation.json", "index.html", "table.txt"])
        self.assertEqual((out / "table.txt").read_bytes(), run.stdout)
        told = json.loads((out / "evaluation.json").read_bytes())
        self.assertEqual(told, self.told("--training", "real"))
        page = (out / "index.html").read_text()
        for word in ("NDB/k", "Frechet distance", "Coverage", "Family agreement", "Nearer than median", "tiny-pitch", "Evaluation of made"):
            self.assertIn(word, page)
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))
        shown = [one["name"] for one in told["notes"]["generated"] if one["name"] in page]
        self.assertEqual(len(shown), 5)
        self.assertEqual({name.split("_")[0] for name in shown}, set(FAMILIES))

    def test_existing_report_is_refused_and_replaced(self):
        self.put("out/table.txt", b"precious")
        self.put("out/other.txt", b"kept")
        before = self.files()
        run = evaluate("--report", "out")
        self.assert_refused(run, FAILED, "out/table.txt: the output exists already", "-f replaces it", left=before)
        self.assert_ended(evaluate("--report", "out", "-f", "--report-clips", 0), DONE, "a page with 0 clips")
        self.assertEqual((self.folder / "out/other.txt").read_bytes(), b"kept")
        self.assertNotEqual((self.folder / "out/table.txt").read_bytes(), b"precious")
        self.assertEqual(sorted(os.listdir("out")), ["evaluation.json", "index.html", "other.txt", "table.txt"])

    def test_places_where_none_can_be_made(self):
        self.put("file", b"x")
        before = self.files()
        for path, text in [("file", "file: is a file, not a folder"), ("none/out", "the folder none does not exist")]:
            self.assert_refused(evaluate("--report", path), FAILED, text, left=before)

    def test_links_stay(self):
        os.mkdir("store")
        os.symlink("store/report", "out")
        os.symlink("nowhere/report", "lost")
        before = self.files()
        self.assert_refused(evaluate("--report", "lost"), FAILED, "the folder nowhere does not exist", left=before)
        self.assert_ended(evaluate("--report", "out", "--report-clips", 0), DONE)
        os.remove("store/report/table.txt")
        os.symlink("../table", "store/report/table.txt")
        self.assert_ended(evaluate("--report", "out", "-f", "--report-clips", 0), DONE)
        self.assertEqual((os.readlink("out"), os.readlink("store/report/table.txt")), ("store/report", "../table"))
        self.assertTrue(os.path.isfile("store/table"))

    def test_nothing_is_left_when_it_fails(self):
        (self.folder / "empty").mkdir()
        before = self.files()
        self.assert_refused(evaluate("--report", "out", generated="empty"), FAILED, left=before)

    def test_signal(self):
        before = self.files()
        for number in (signal.SIGINT, signal.SIGTERM):
            process = start("evaluate", "--reference", "real", "--generated", "made", "--bootstrap", "100000", "--report", "out",
                            "--progress=always", env=environment())
            self.words_until(process, b"computing")
            process.send_signal(number)
            process.communicate(timeout=TIMEOUT_S)
            self.assertEqual(process.returncode, -number)
            self.assertEqual(self.files(), before)


class BadInput(Folders):
    def test_folders(self):
        (self.folder / "empty").mkdir()
        self.put("text/notes.txt", b"no sound")
        self.put("broken/a.wav", b"RIFF")
        self.put("file", b"x")
        before = self.files()
        for side in ("reference", "generated", "training"):
            for path, text in [("none", "none: no such folder"), ("file", "file: no such folder"),
                               ("empty", "empty: there is no sound file in this folder"),
                               ("text", "text: there is no sound file in this folder"),
                               ("broken", "broken: none of the 1 sound file in this folder can be read")]:
                with self.subTest(side=side, path=path):
                    words = ["evaluate", "--reference", "real", "--generated", "made", "--report", "out"]
                    if side == "training":
                        words += ["--training", path]
                    else:
                        words[words.index("--" + side) + 1] = path
                    run = ictus(*words, env=environment())
                    self.assert_refused(run, FAILED, text, left=before)

    def test_files_that_cannot_be_read_are_left_out(self):
        self.put("made/flute_m_000-060-010.wav", b"RIFF nonsense")
        self.put("real/deeper/cut.wav", note("flute", 60)[:200])
        self.put("real/empty.flac", b"")
        run = evaluate("--json")
        self.assert_ended(run, FAILED, "flute_m_000-060-010.wav", "3 of 75 files could not be read and were left out:",
                          "  real/deeper/cut.wav\n", "real/empty.flac\n", "  made/flute_m_000-060-010.wav\n")
        told = json.loads(run.stdout)
        self.assertEqual((told["reference"]["notes"], told["generated"]["notes"]), (48, 24))
        self.assertEqual(told["reference"]["left_out"], ["deeper/cut.wav", "empty.flac"])

    def test_any_rate_and_channels(self):
        self.put("made/flute_m_000-060-090.wav", note("flute", 60, 2, 44100, 2))
        self.put("real/flute_r_000-060-050.wav", note("flute", 60, 0, 8000))
        self.assertEqual(read_wav(self.folder / "made/flute_m_000-060-090.wav")[:2], (44100, 2))
        run = evaluate("--json")
        self.assert_ended(run, DONE)
        self.assertEqual(run.stderr, "2 files resampled to 16000 Hz\n")
        self.assertEqual(json.loads(run.stdout)["generated"]["resampled"], {"16000": 1})
        self.assertEqual(evaluate("-q").stderr, "")

    def test_too_few_notes(self):
        for path in list((self.folder / "made").iterdir())[3:]:
            path.unlink()
        told = self.told("--training", "made")
        self.assertEqual(told["metrics"]["ndb"]["missing"], "needs at least 500 reference notes, there are 48")
        self.assertIsNone(told["metrics"]["ndb"]["value"])
        self.assertIsNotNone(told["metrics"]["frechet"]["value"])
        self.assertTrue(any("Frechet distance of 3 vectors" in warning for warning in told["warnings"]), told["warnings"])
        for path in list((self.folder / "real").iterdir())[19:]:
            path.unlink()
        run = evaluate("--training", "made")
        self.assert_ended(run, DONE, "warning: Frechet distance of 3 vectors of 6 numbers")
        self.assertRegex(run.stdout.decode(), r"(?m)^Density +- +needs at least 20 reference notes, there are 19$")
        self.assertRegex(run.stdout.decode(), r"(?m)^Nearer than median +- +needs at least 20 reference notes, there are 19$")

    def test_no_metric_at_all(self):
        for path in list((self.folder / "made").iterdir())[1:]:
            path.unlink()
        next((self.folder / "made").iterdir()).rename(self.folder / "made/one.wav")
        before = self.files()
        run = evaluate("--report", "out")
        self.assert_refused(run, FAILED, "not one of the metrics can be computed", "PIS: needs at least 2 generated notes, there is 1",
                            left=before)

    def test_judges(self):
        self.put("text", b"no weights")
        before = self.files()
        for words, texts in [
            (["--family-judge", judge("pitch")], ["a judge of pitches, where one of families is wanted", "--family-judge"]),
            (["--pitch-judge", judge("family")], ["a judge of families, where one of pitches is wanted", "--pitch-judge"]),
            (["--family-judge", "none"], ["none: there are no such weights, named by --family-judge"]),
            (["--pitch-judge", "text"], ["text"]),
            (["--vggish", "none"], ["none: cannot be opened", "torchvggish"]),
            (["--vggish", "text"], ["text", "torchvggish"]),
            (["--vggish", judge("family")], ["not the weights of VGGish", "torchvggish"]),
        ]:
            with self.subTest(words=words):
                self.assert_refused(evaluate(*words), FAILED, *texts, left=before)
        env = {**environment(), "ICTUS_PITCH_JUDGE": "nowhere"}
        self.assert_refused(evaluate(env=env), FAILED, "nowhere: there are no such weights, named by ICTUS_PITCH_JUDGE",
                            left=before)
        self.assert_ended(evaluate("--pitch-judge", judge("pitch"), env=env), DONE)

    def test_usage(self):
        for words, text in [
            (["--generated", "made"], "--reference DIR is missing"), (["--reference", "real"], "--generated DIR is missing"),
            (["--reference", "real", "--generated", "made", "--clusters", "49"], "--clusters: 49 is out of range"),
            (["--reference", "real", "--generated", "made", "--bootstrap", "-1"], "--bootstrap: -1 is out of range"),
            (["--reference", "real", "--generated", "made", "--seed", "x"], "--seed: 'x' is not a whole number"),
            (["--reference", ""], "--reference: the name is empty"), (["made"], "there is no place for 'made'"),
        ]:
            self.assert_refused(ictus("evaluate", *words), USAGE, text, left=self.files())


class Vggish(Folders):
    def weights(self):
        """Weights of VGGish that are all 0 but for the last bias: every embedding is that bias."""
        shapes = {"features.0": (64, 1, 3, 3), "features.3": (128, 64, 3, 3), "features.6": (256, 128, 3, 3),
                  "features.8": (256, 256, 3, 3), "features.11": (512, 256, 3, 3), "features.13": (512, 512, 3, 3),
                  "embeddings.0": (4096, 12288), "embeddings.2": (4096, 4096), "embeddings.4": (128, 4096)}
        header, at = {}, 0
        for name, shape in shapes.items():
            for end, size in ((".weight", shape), (".bias", shape[:1])):
                count = 2 * math.prod(size)
                header[name + end] = {"dtype": "F16", "shape": size, "data_offsets": [at, at + count]}
                at += count
        text = json.dumps(header).encode()
        path = self.folder / "vggish"
        with path.open("wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            out.truncate(8 + len(text) + at - 256)
            out.seek(0, os.SEEK_END)
            out.write(struct.pack("<128e", *range(128)))
        return path

    def test_fad_is_taken_over_it(self):
        told = self.told("--vggish", self.weights(), "--bootstrap", 20)
        metric = told["metrics"]["fad"]
        self.assertEqual((metric["value"], metric["low"], metric["high"]), (0.0, 0.0, 0.0))
        self.assertEqual(metric["parameters"], {"embedding": "vggish", "dimensions": 128, "reference_vectors": 48,
                                                "generated_vectors": 24})
        self.assertEqual(told["vggish"], str(self.folder / "vggish"))
        self.assertEqual(told["metrics"]["frechet"]["parameters"]["embedding"], "tiny-family")


class Words(Folders):
    def test_quiet_and_progress(self):
        run = evaluate("-q")
        self.assert_ended(run, DONE)
        self.assertEqual(run.stderr, "")
        run = evaluate("--progress=always")
        self.assertIn("reference: ", run.stderr)
        self.assertIn("of 48 notes heard", run.stderr)

    def test_names_cannot_steer_the_terminal(self):
        (self.folder / "real").rename(self.folder / "re\x1b[31mal")
        run = evaluate(reference="re\x1b[31mal")
        self.assert_ended(run, DONE)
        self.assertNotIn(b"\x1b", run.stdout)

    def test_names_in_any_encoding(self):
        made = self.folder / os.fsdecode(b"m\xe9<b>&\x1b\tade")
        (self.folder / "made").rename(made)
        (made / "flute_m_000-060-090.wav").rename(made / os.fsdecode(b"\xff\t\"<i>flute_m_000-060-090.wav"))
        (made / os.fsdecode(b"bad\xe9\x1b.wav")).write_bytes(b"no sound")
        run = evaluate("--report", "out", "--report-clips", 24, "--json", generated=made.name)
        self.assert_ended(run, FAILED, "bad\\xE9\\x1B.wav", "m\\xE9<b>&\\x1B\\x09ade")
        self.assertNotRegex(run.stderr, "[\x00-\x09\x0b-\x1f]")
        told = json.loads(run.stdout.decode())
        self.assertEqual(told["generated"]["left_out"], ["bad\ufffd\x1b.wav"])
        self.assertEqual(told, json.loads((self.folder / "out/evaluation.json").read_bytes().decode()))
        for name in ("table.txt", "index.html"):
            text = (self.folder / "out" / name).read_bytes().decode()
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
        self.assertIn("<title>Evaluation of m\ufffd&lt;b&gt;&amp;", text)
        self.assertIn("\ufffd\t&quot;&lt;i&gt;flute_m_000-060-090.wav", text)
        self.assertNotIn("<i>", text)

    def test_full_device(self):
        with open("/dev/full", "wb") as full:
            run = evaluate(stdout=full)
        self.assert_ended(run, FAILED, "standard output", "pace left on device")


if __name__ == "__main__":
    unittest.main()
