"""Token priors: what is packed by them, and what becomes of files whose prior is not there."""

import json
import math
import os
import unittest

from support import (DONE, FAILED, TINY_RATE_HZ, Case, blocks, clip, encode, ictus, other_weights, put_sounds, tiny_tokenizer,
                     tone, wav_bytes, weights_path)

PACKED_SCALE, PRIOR, FIRST_SCALE = 0x13, 0x14, 0x20
RECIPE = {"model": {"hidden": 32}, "training": {"steps": 300, "batch": 16, "checkpoint_every": 150, "validate_every": 150}}


def with_prior(path):
    return {**os.environ, "ICTUS_TOKEN_PRIOR": str(path)}


def note():
    """Three seconds of a struck string: ten partials that die away, the higher ones sooner."""
    return wav_bytes([0.1 * sum(math.exp(-i / 16000 * (1 + 0.5 * k)) / k * math.sin(2 * math.pi * 220 * k * i / 16000)
                                for k in range(1, 11)) for i in range(48000)], 16000)


def kinds(stream):
    return [block[0] for block in blocks(stream)]


class Shipped(Case):
    """The prior that comes with ictus."""

    given = {"a.wav": note}

    def packed(self):
        self.assert_ended(encode("--codec", "mars", "a.wav", "-f"), DONE)
        return (self.folder / "a.mars").read_bytes()

    def test_tokens_take_fewer_bits_and_are_the_same(self):
        packed = self.packed()
        self.assertEqual(kinds(packed)[:2], [0x15, PRIOR])
        self.assertGreater(kinds(packed).count(PACKED_SCALE), 4)
        plain = self.put("plain.mars", self.plain())
        self.assertEqual(set(kinds(plain.read_bytes())) & {PRIOR, PACKED_SCALE}, set())
        self.assertEqual(ictus("dump", "a.mars").stdout, ictus("dump", "plain.mars").stdout)
        sounds = [ictus("decode", name, "--raw", "-o", "-").stdout for name in ("a.mars", "plain.mars")]
        self.assertEqual(sounds[0], sounds[1])
        facts = [json.loads(ictus("info", "--json", name).stdout) for name in ("a.mars", "plain.mars")]
        self.assertEqual(facts[0]["tokens"], facts[1]["tokens"])
        self.assertEqual([fact["prior"] for fact in facts], ["mars-1-prior", None])
        self.assertIn(b"mars-1-prior", ictus("info", "a.mars").stdout)
        self.assertLess(facts[0]["bytes"], 0.85 * facts[1]["bytes"])

    def plain(self):
        """The same tokens without a prior, and by one of other weights, which packs nothing."""
        prior = weights_path("mars").with_name("prior.safetensors")
        weights = prior.read_bytes()
        digits = b'"tokenizer_hash\\":\\"'
        at = weights.index(digits) + len(digits)
        other = self.put("other.prior", weights[:at] + (b"0" if weights[at:at + 1] != b"0" else b"1") + weights[at + 1:])
        made = []
        for named in ("none", other):
            run = encode("--codec", "mars", "a.wav", "-o", "-", env=with_prior(named))
            self.assert_ended(run, DONE)
            made.append(run.stdout)
        self.assertEqual(made[0], made[1])
        return made[0]

    def test_pipe_and_file_and_threads_give_the_same_bytes(self):
        packed = self.packed()
        self.assertEqual(encode("--codec", "mars", stdin=note()).stdout, packed)
        self.assertEqual(encode("--codec", "mars", "--threads", 2, "a.wav", "-o", "-").stdout, packed)

    def test_generated_pyramids_are_packed_too(self):
        run = ictus("generate", "--family", "flute", "--pitch", "60", "--seed", 1, "-o", "n.mars")
        self.assert_ended(run, DONE)
        self.assertIn(PRIOR, kinds((self.folder / "n.mars").read_bytes()))
        self.assert_ended(ictus("decode", "n.mars", "-o", "n.wav"), DONE)

    def test_what_is_generated_follows_it_as_far_as_it_is_told_to(self):
        def made(*words, **options):
            run = ictus("generate", "--family", "flute", "--pitch", "60", "--seed", 1, "-o", "n.mars", "-f", *words, **options)
            self.assert_ended(run, DONE)
            told = json.loads(ictus("info", "--json", "n.mars").stdout)
            return ictus("dump", "n.mars").stdout, sum(scale["bits"] for scale in told["scales"])

        usual, alone, close = made(), made("--coherence", 0), made("--coherence", 2)
        self.assertEqual(made("--coherence", 0, env=with_prior("none"))[0], alone[0])
        self.assertEqual(made(env=with_prior("none"))[0], alone[0])
        # The more tokens are as expected, the fewer bits they take.
        self.assertLess(close[1], usual[1])
        self.assertLess(usual[1], alone[1])

    def test_info_names_it(self):
        told = [json.loads(line) for line in ictus("info", "--model", "--json").stdout.splitlines()]
        prior = next(one for one in told if one["metadata"]["format"] == "ictus-prior")
        tokenizer = next(one for one in told if one["metadata"]["format"] == "ictus-tokenizer")
        self.assertEqual(prior["metadata"]["config"]["tokenizer_hash"], tokenizer["weights_hash"])
        self.assertNotIn("sample_rate_hz", prior)
        self.assertIn(prior["model_id"].encode(), ictus("info", "--model", prior["file"]).stdout)

    def test_a_prior_that_is_not_there(self):
        packed = self.packed()
        prior = weights_path("mars").with_name("prior.safetensors")
        other = self.put("other.prior", self.changed(prior.read_bytes()))
        for words in (["dump", "a.mars"], ["info", "a.mars"], ["decode", "a.mars", "-o", "x.wav"]):
            run = ictus(*words, env=with_prior(other))
            self.assert_ended(run, FAILED, "a.mars", "block 1 at byte", "packed by the prior " + packed_by(packed),
                              "ICTUS_TOKEN_PRIOR")
            run = ictus(*words, env=with_prior("none"))
            self.assert_ended(run, FAILED, "packed by the prior " + packed_by(packed) + ", which is not here")
            run = ictus(*words, env=with_prior("lost.prior"))
            self.assert_ended(run, FAILED, "lost.prior: there are no such weights, named by ICTUS_TOKEN_PRIOR")
        self.assertFalse((self.folder / "x.wav").exists())

    @staticmethod
    def changed(weights):
        return weights[:-1] + bytes([weights[-1] ^ 1])

    def test_weights_that_are_no_prior(self):
        for weights, text in ((other_weights(), "no token prior"), (b"precious", "other.prior")):
            other = self.put("other.prior", weights)
            run = encode("--codec", "mars", "a.wav", "-f", env=with_prior(other))
            self.assert_ended(run, FAILED, text)
            self.assertFalse((self.folder / "a.mars").exists())


def packed_by(stream):
    return next(block for block in blocks(stream) if block[0] == PRIOR)[2:6].hex()


class Trained(Case):
    """One for a tokenizer of one's own, from its pyramids to files that it packs."""

    def setUp(self):
        super().setUp()
        put_sounds(self.folder / "notes")
        self.model = tiny_tokenizer()
        (self.folder / "pyramids").mkdir()
        run = encode("--codec", "mars", "--model", self.model, *sorted((self.folder / "notes").iterdir()), "-o", "pyramids/")
        self.assert_ended(run, DONE)
        self.put("recipe.json", json.dumps(RECIPE).encode())

    def train(self, *words, data="pyramids", **options):
        return ictus("train", "prior", "--data", data, "--config", "recipe.json", "--tokenizer", self.model,
                     "--device", "cpu", *words, **options)

    def test_from_pyramids_to_smaller_files(self):
        run = self.train("--out", "my.prior", "--threads", 2)
        self.assert_ended(run, DONE, "held out ", " bits a token", "done after 300 steps")
        self.put("new.wav", wav_bytes(tone(2.0, TINY_RATE_HZ, seed=77), TINY_RATE_HZ))
        for name, words in (("plain", {}), ("packed", {"env": with_prior("my.prior")})):
            run = encode("--codec", "mars", "--model", self.model, "new.wav", "-o", f"{name}.mars", **words)
            self.assert_ended(run, DONE)
        sizes = [(self.folder / f"{name}.mars").stat().st_size for name in ("plain", "packed")]
        self.assertLess(sizes[1], 0.9 * sizes[0])
        run = ictus("dump", "packed.mars", env=with_prior("my.prior"))
        self.assertEqual(run.stdout, ictus("dump", "plain.mars").stdout)
        self.assert_ended(ictus("dump", "packed.mars"), FAILED, "packed by the prior", "ICTUS_TOKEN_PRIOR")
        # What is packed is learned from by the prior at hand, and where none is, refused.
        (self.folder / "again").mkdir()
        self.put("again/packed.mars", (self.folder / "packed.mars").read_bytes())
        run = self.train("--out", "b.prior", "--steps", 1, data="again", env=with_prior("my.prior"))
        self.assert_ended(run, DONE)
        self.assert_ended(self.train("--out", "c.prior", data="again"), FAILED, "packed.mars", "packed by the prior")

    def test_stopped_and_resumed_as_if_never_stopped(self):
        self.assert_ended(self.train("--out", "whole.prior", "--threads", 1), DONE)
        self.assert_ended(self.train("--out", "part.prior", "--threads", 1, "--hours", "1e-9"), DONE, "stopped after 1 steps")
        self.assert_ended(self.train("--out", "part.prior", "--threads", 1, "--resume", "part.prior.checkpoint"), DONE)
        self.assertEqual((self.folder / "part.prior").read_bytes(), (self.folder / "whole.prior").read_bytes())

    def test_mistakes(self):
        (self.folder / "empty").mkdir()
        self.assert_ended(self.train("--out", "x", data="empty"), FAILED, "empty: no token pyramids", "ictus encode --codec mars")
        (self.folder / "other").mkdir()
        self.put("other/a.mars", b"")
        self.assert_ended(self.train("--out", "x", data="other"), FAILED, "a.mars")
        run = encode("--codec", "mars", "-o", "other/a.mars", "-f", stdin=clip())
        self.assert_ended(run, DONE)
        self.assert_ended(self.train("--out", "x", data="other"), FAILED, "a.mars: made by another tokenizer", "--tokenizer")
        self.put("recipe.json", json.dumps({"model": {"hidden": 0}}).encode())
        self.assert_ended(self.train("--out", "x"), FAILED, "hidden must be from 1 to 4096")
        self.put("recipe.json", json.dumps({"training": {"tokens_a_clip": 0}}).encode())
        self.assert_ended(self.train("--out", "x"), FAILED, "tokens_a_clip must be 1 or more")
        self.assertFalse((self.folder / "x").exists())


if __name__ == "__main__":
    unittest.main()
