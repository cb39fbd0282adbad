"""Several inputs: one that is bad does not stop the others."""

import json
import unittest

from support import DONE, FAILED, Case, clip, clip_stream, encode, ictus, tone, wav_bytes


class Many(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "out").mkdir()

    def test_going_on_past_bad_ones(self):
        self.put("a.wav", clip())
        self.put("bad.wav", b"no sound at all")
        self.put("c.wav", wav_bytes(tone(0.3)))
        run = encode("a.wav", "bad.wav", "missing.wav", "c.wav", "-o", "out/")
        self.assert_ended(run, FAILED, "a.wav -> out/a.evs", "c.wav -> out/c.evs", "missing.wav: cannot be opened",
                          "bad.wav' is not a sound file")
        self.assertTrue(run.stderr.endswith(
            "ictus: 2 of 4 inputs failed or are damaged:\n  bad.wav\n  missing.wav\n"), run.stderr)
        self.assertEqual(self.files(), ["a.wav", "bad.wav", "c.wav", "out", "out/a.evs", "out/c.evs"])

    def test_decoding(self):
        for name in ("a.evs", "b.evs", "c.evs"):
            self.put(name, clip_stream())
        self.put("b.evs", clip_stream()[:40])
        run = ictus("decode", "a.evs", "b.evs", "c.evs", "-o", "out")
        self.assert_ended(run, FAILED, "1 of 3 inputs failed", "b.evs: block 0 at byte 9")
        self.assertEqual(self.files(), ["a.evs", "b.evs", "c.evs", "out", "out/a.wav", "out/c.wav"])

    def test_info_and_test(self):
        self.put("a.evs", clip_stream())
        self.put("b.evs", b"text")
        run = ictus("info", "b.evs", "a.evs")
        self.assert_ended(run, FAILED, "b.evs: the input is neither an event stream nor a token pyramid", "1 of 2 inputs failed")
        self.assertIn(b"a.evs\n", run.stdout)
        self.assert_ended(ictus("test", "b.evs", "a.evs"), FAILED, "a.evs: sound")

    def test_all_bad_is_told_at_once(self):
        run = encode("x.wav", "y.wav", "-o", "out")
        self.assert_refused(run, FAILED, "x.wav: cannot be opened", "2 of 2 inputs failed", left=["out"])

    def test_results_as_json(self):
        self.put("a.wav", clip())
        self.put("cut.wav", clip()[:-1000])
        self.put("bad.wav", b"no sound at all")
        run = encode("--json", "--threads", "1", "a.wav", "cut.wav", "bad.wav")
        self.assertEqual(run.returncode, FAILED)
        self.assertNotIn("real time", run.stderr)
        done, damaged, failed = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([result["schema"] for result in (done, damaged, failed)], [1, 1, 1])
        self.assertEqual((done["input"], done["output"], done["status"]), ("a.wav", "a.evs", "done"))
        self.assertEqual(done["stream_bytes"], (self.folder / "a.evs").stat().st_size)
        self.assertAlmostEqual(done["duration_s"], 1.5, places=3)
        self.assertEqual(done["warnings"], [])
        self.assertEqual((damaged["status"], failed["status"]), ("damaged", "failed"))
        self.assertIn("bad.wav", failed["error"])
        self.assertEqual(self.files(), ["a.evs", "a.wav", "bad.wav", "cut.evs", "cut.wav"] + ["out"])

    def test_threads_change_nothing(self):
        names = [f"{i}.wav" for i in range(4)]
        for i, name in enumerate(names):
            self.put(name, wav_bytes(tone(0.5 + 0.2 * i, seed=i)))
        (self.folder / "out2").mkdir()
        self.assert_ended(encode(*names, "-o", "out", "--threads", "1"), DONE)
        self.assert_ended(encode(*names, "-o", "out2", "--threads", "2"), DONE)
        for name in names:
            stem = name.removesuffix(".wav")
            self.assertEqual((self.folder / f"out/{stem}.evs").read_bytes(),
                             (self.folder / f"out2/{stem}.evs").read_bytes())


if __name__ == "__main__":
    unittest.main()
