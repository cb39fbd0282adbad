"""Training a network so small that it learns nothing: from a folder of sound to files coded with it."""

import json
import os
import re
import signal
import unittest

from support import (DONE, FAILED, TIMEOUT_S, TINY_RATE_HZ, TINY_TOKENIZER, Case, clip_pyramid, encode, ictus,
                     put_sounds, read_wav, start, tiny_tokenizer, tone, wav_bytes, weights_path)

RATE_HZ = TINY_RATE_HZ
CONFIG = json.dumps(TINY_TOKENIZER).encode()


def put_training_data(case):
    case.put("tiny.json", CONFIG)
    put_sounds(case.folder / "notes")


def train(*words, **options):
    return ictus("train", "tokenizer", "--data", "notes", "--config", "tiny.json", "--device", "cpu", "--threads", 1,
                 *words, **options)


class Tokenizer(Case):
    def setUp(self):
        super().setUp()
        put_training_data(self)

    def tiny(self):
        """The weights of the tiny tokenizer, made once."""
        return self.put("tiny.model", tiny_tokenizer().read_bytes())

    def test_what_it_leaves_and_that_it_is_repeatable(self):
        for name in ("a.model", "b.model"):
            run = train("--out", name, "--seed", 3)
            self.assert_ended(run, DONE, "done after 2 steps")
            self.assertEqual(run.stdout, b"")
        made = [name for name in self.files() if name.startswith(("a.", "b."))]
        self.assertEqual(made, [name + end for name in ("a.model", "b.model") for end in ("", ".checkpoint", ".tsv")])
        self.assertEqual((self.folder / "a.model").read_bytes(), (self.folder / "b.model").read_bytes())
        self.assertTrue((self.folder / "a.model.tsv").read_bytes().startswith(b"step\tseconds\tname\tvalue\n"))

    def test_encode_decode_and_info_with_it(self):
        model = self.tiny()
        sound = tone(1.3, RATE_HZ)
        self.put("a.wav", wav_bytes(sound, RATE_HZ))
        self.assert_ended(encode("--codec", "mars", "--model", model, "a.wav"), DONE, "a.wav -> a.mars: 1.3 s, 6 clips, ")
        facts = json.loads(ictus("info", "--json", "a.mars").stdout)
        self.assertEqual((facts["model_id"], facts["codebook_size"], facts["samples"]), ("mars-tiny", 50, len(sound)))
        self.assertEqual([(scale["rows"], scale["columns"]) for scale in facts["scales"]], [(1, 1), (2, 2), (4, 4), (8, 8)])
        for words in ([], ["--scales", 2]):
            self.assert_ended(ictus("decode", "-f", "--model", model, "a.mars", "-o", "b.wav", *words), DONE)
            self.assertEqual(read_wav("b.wav"), (RATE_HZ, 1, 2, len(sound)))
        by_variable = ictus("decode", "--raw", "a.mars", "-o", "-", env={**os.environ, "ICTUS_MARS_MODEL": str(model)})
        self.assert_ended(by_variable, DONE)
        told = json.loads(ictus("info", "--model", "--json", model).stdout)
        self.assertEqual((told["codec"], told["model_id"], told["sample_rate_hz"]), ("mars", "mars-tiny", RATE_HZ))
        self.assertEqual(told["weights_hash"], facts["weights_hash"])
        self.assertEqual(told["metadata"]["steps"], "2")
        self.assertEqual(told["metadata"]["config"]["codebook_size"], 50)

    def test_streams_and_weights_that_do_not_belong_together(self):
        model = self.tiny()
        self.put("a.mars", clip_pyramid())
        self.put("a.wav", wav_bytes(tone(0.5, RATE_HZ), RATE_HZ))
        run = ictus("decode", "--model", model, "a.mars", "-o", "x.wav")
        self.assert_ended(run, FAILED, "a.mars: made with the weights", "the model at hand is mars-tiny", "--model FILE")
        self.assert_ended(encode("a.wav", "-o", "b.mars", "--model", model), DONE)
        run = ictus("decode", "b.mars", "-o", "x.wav")
        self.assert_ended(run, FAILED, "b.mars: made with the weights mars-tiny")
        self.assertFalse((self.folder / "x.wav").exists())

    def test_interrupted_and_resumed(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                process = start("train", "tokenizer", "--data", "notes", "--config", "tiny.json", "--device", "cpu",
                                "--threads", "1", "--steps", "100000", "--out", "t.model", "-f", "--progress=always")
                process.stdin.close()
                words = self.words_until(process, b"step 3/")
                process.send_signal(number)
                words += process.stderr.read()
                process.stderr.close()
                process.stdout.close()
                self.assertEqual(process.wait(TIMEOUT_S), -number)
                steps = int(re.search(rb"stopped after (\d+) steps", words)[1])
                self.assertGreaterEqual(steps, 3)
                told = json.loads(ictus("info", "--model", "--json", "t.model").stdout)
                self.assertEqual(told["metadata"]["steps"], str(steps))
                run = train("--out", "t.model", "--resume", "t.model.checkpoint", "--steps", steps + 2)
                self.assert_ended(run, DONE, f"done after {steps + 2} steps")
                self.assertEqual(self.temporary_files(), [])

    def test_what_lies_there_is_kept(self):
        for name in ("t.model", "t.model.checkpoint", "t.model.tsv", "my.tsv"):
            with self.subTest(name):
                self.put(name, b"precious")
                before = self.files()
                words = ["--log", name] if name == "my.tsv" else []
                self.assert_refused(train("--out", "t.model", *words), FAILED, f"{name}: the output exists already",
                                    "-f replaces it", left=before)
                self.assertEqual((self.folder / name).read_bytes(), b"precious")
                (self.folder / name).unlink()
        self.put("my.tsv", b"precious")
        self.assert_ended(train("--out", "t.model", "--log", "my.tsv", "-f"), DONE)
        self.assertTrue((self.folder / "my.tsv").read_bytes().startswith(b"step\t"))
        # Going on, the table is written on.
        self.assert_ended(train("--out", "t.model", "--log", "my.tsv", "--resume", "t.model.checkpoint", "--steps", 4), DONE)
        steps = [line.split(b"\t")[0] for line in (self.folder / "my.tsv").read_bytes().splitlines()]
        self.assertTrue({b"2", b"4"} <= set(steps), steps)

    def test_nothing_left_to_train(self):
        self.assert_ended(train("--out", "t.model"), DONE, "done after 2 steps")
        for words in ([], ["--steps", 2]):
            run = train("--out", "other.model", "--resume", "t.model.checkpoint", *words, "-f")
            self.assert_ended(run, DONE, "done after 2 steps")
            self.assertEqual((self.folder / "other.model").read_bytes(), (self.folder / "t.model").read_bytes())
            (self.folder / "other.model").unlink()
        run = train("--out", "third.model", "--resume", "t.model.checkpoint", "--steps", 1)
        self.assert_ended(run, FAILED, "t.model.checkpoint: has had 2 steps already, and --steps asks for 1",
                          "those before the checkpoint included")
        self.assertFalse((self.folder / "third.model").exists())

    def test_starting_from_weights(self):
        model = self.tiny()
        self.assert_ended(train("--out", "b.model", "--init", model, "--steps", 1), DONE, "done after 1 steps")
        run = train("--out", "c.model", "--resume", model)
        self.assert_ended(run, FAILED, "tiny.model: not a training checkpoint of a tokenizer", "--init")
        run = train("--out", "c.model", "--init", weights_path("events"))
        self.assert_ended(run, FAILED, "events.safetensors: neither a tokenizer nor a training checkpoint of one")

    def test_checkpoint_is_no_model(self):
        self.assert_ended(train("--out", "t.model"), DONE)
        self.put("a.wav", wav_bytes(tone(0.5)))
        run = encode("a.wav", "-o", "a.mars", "--model", "t.model.checkpoint")
        self.assert_ended(run, FAILED, "t.model.checkpoint")
        self.assert_ended(ictus("info", "--model", "t.model.checkpoint"), FAILED,
                          "t.model.checkpoint: neither an event model nor a tokenizer")

    def test_quiet(self):
        self.assertEqual(train("--out", "q.model", "-q").stderr, "")


class Mistakes(Case):
    def test_found_at_once_for_each_network(self):
        self.put("my.model", b"precious")
        (self.folder / "music").mkdir()
        left = ["music", "my.model"]
        for network in ("tokenizer", "generator"):
            for words, text in [
                (["--data", "none", "--out", "x"], "none: is no folder"),
                (["--data", "music", "--out", "my.model"], "my.model: the output exists already"),
                (["--data", "music", "--out", "none/my.model"], "the folder none does not exist"),
            ]:
                self.assert_refused(ictus("train", network, *words), FAILED, text, left=left)

    def test_configuration(self):
        put_training_data(self)
        for config, text in [({"model": {"codebook_size": 0}}, "codebook_size is 0"),
                             ({"training": {"stepz": 1}}, "unknown key 'stepz'"),
                             ({"recipe": {}}, "unknown section 'recipe'"),
                             ({"model": {"scales": [[99, 99]]}}, "the rows of a scale")]:
            self.put("wrong.json", json.dumps(config).encode())
            run = ictus("train", "tokenizer", "--data", "notes", "--config", "wrong.json", "--out", "x.model")
            self.assert_ended(run, FAILED, text)
            self.assertFalse((self.folder / "x.model").exists())
        self.put("wrong.json", b"{")
        self.assert_ended(ictus("train", "tokenizer", "--data", "notes", "--config", "wrong.json", "--out", "x.model"),
                          FAILED, "wrong.json")

    def test_no_sound(self):
        self.put("tiny.json", CONFIG)
        (self.folder / "notes").mkdir()
        self.assert_refused(train("--out", "x.model"), FAILED, "notes: ", "no sound", left=["notes", "tiny.json"])


if __name__ == "__main__":
    unittest.main()
