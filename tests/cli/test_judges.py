"""Training a judge so small that it learns next to nothing: from a folder of named notes to what info says of it."""

import json
import unittest

from support import DONE, FAILED, USAGE, Case, ictus, tone, wav_bytes

RATE_HZ = 8000
FAMILIES = ["flute", "organ"]


def config(question="pitch", **changes):
    return json.dumps({
        "model": {"id": "judge-tiny", "question": question, "families": FAMILIES, "lowest_pitch": 60,
                  "highest_pitch": 71, "sample_rate_hz": RATE_HZ, "clip_samples": 4096, "window_samples": 512,
                  "hop_samples": 256, "lowest_hz": 110.0, "bands_per_octave": 12, "bands": 48, "channels": [8, 8],
                  "band_steps": [2, 2], "frame_steps": [2, 2], "blocks": [0, 1], "embedding_size": 8, **changes},
        "training": {"steps": 2, "batch": 2, "validate_every": 2, "checkpoint_every": 2},
    }).encode()


def train(*words, about="pitch", data="notes"):
    return ictus("train", "judge", "--about", about, "--data", data, "--config", "tiny.json", "--device", "cpu",
                 "--threads", 1, *words)


class Judges(Case):
    given = {"tiny.json": config}

    def put_notes(self):
        for family in FAMILIES:
            for pitch in range(60, 72):
                self.put(f"notes/{family}_made_000-{pitch:03}-100.wav", wav_bytes(tone(0.4, RATE_HZ, seed=pitch), RATE_HZ))

    def test_training_is_repeatable_and_info_tells_what_was_made(self):
        self.put_notes()
        self.put("notes/unnamed.wav", wav_bytes(tone(0.4, RATE_HZ), RATE_HZ))
        for name in ("a.model", "b.model"):
            run = train("--out", name, "--seed", 3)
            self.assert_ended(run, DONE, "h to train on", "held out", "% right", "done after 2 steps")
            self.assertEqual(run.stdout, b"")
        self.assertEqual((self.folder / "a.model").read_bytes(), (self.folder / "b.model").read_bytes())
        for end in ("", ".checkpoint", ".tsv"):
            self.assertIn("a.model" + end, self.files())
        told = json.loads(ictus("info", "--model", "--json", "a.model").stdout)
        self.assertEqual((told["codec"], told["model_id"], told["sample_rate_hz"]), ("judge", "judge-tiny", RATE_HZ))
        self.assertEqual(told["metadata"]["format"], "ictus-judge")
        self.assertEqual(told["metadata"]["config"]["question"], "pitch")
        self.assertEqual(told["metadata"]["steps"], "2")
        # The last layer has 8 inputs and a bias for each of the pitches 60 to 71.
        self.assertEqual(told["parts"]["decide.weight"] + told["parts"]["decide.bias"], 12 * (8 + 1))
        run = ictus("info", "--model", "a.model")
        self.assert_ended(run, DONE)
        self.assertIn(b"judge-tiny", run.stdout)

    def test_going_on_and_starting_from_weights(self):
        self.put_notes()
        self.assert_ended(train("--out", "a.model"), DONE)
        run = train("--out", "a.model", "--resume", "a.model.checkpoint", "--steps", 4)
        self.assert_ended(run, DONE, "done after 4 steps")
        self.assert_ended(train("--out", "b.model", "--init", "a.model", "--steps", 1), DONE, "done after 1 steps")
        self.put("tiny.json", config("family"))
        run = train("--out", "c.model", "--init", "a.model", about="family")
        self.assert_ended(run, FAILED, "a judge of family is asked for", "pitch", "--about")

    def test_a_judge_is_no_codec(self):
        self.put_notes()
        self.assert_ended(train("--out", "a.model"), DONE)
        self.put("a.wav", wav_bytes(tone(0.5)))
        for codec in ("events", "mars"):
            run = ictus("encode", "--codec", codec, "a.wav", "-o", "x.evs" if codec == "events" else "x.mars", "--model",
                        "a.model")
            self.assert_ended(run, FAILED, "a.model: not ")

    def test_folders_without_notes_for_it(self):
        self.put("sound/a.wav", wav_bytes(tone(0.4, RATE_HZ), RATE_HZ))
        run = train("--out", "x.model", data="sound")
        self.assert_ended(run, FAILED, "sound: no note for a judge to learn from",
                          "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY", "flute, organ")
        self.assertFalse((self.folder / "x.model").exists())
        run = train("--out", "x.model", data="none")
        self.assert_ended(run, FAILED, "none: is no folder")

    def test_what_to_judge_must_be_said(self):
        self.put_notes()
        run = ictus("train", "judge", "--data", "notes", "--out", "x.model")
        self.assert_ended(run, USAGE, "--about is missing", "family or pitch")
        run = train("--out", "x.model", about="loudness")
        self.assert_ended(run, USAGE, "--about: there is no 'loudness'", "family, pitch")
        run = train("--out", "x.model", about="family")  # the configuration's is the pitch
        self.assert_ended(run, FAILED, "a judge of family is asked for")


if __name__ == "__main__":
    unittest.main()
