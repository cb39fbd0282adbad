"""The same input gives the same output: again, through a pipe, and in company."""

import math
import struct
import unittest

from support import DONE, Case, clip, clip_pyramid, clip_stream, dumped, encode, ictus, tone, wav_bytes


class Repeatability(Case):
    def test_encoding_twice(self):
        self.put("a.wav", clip())
        self.assert_ended(encode("a.wav", "-o", "1.evs", "--tag", "TITLE=A test"), DONE)
        self.assertEqual((self.folder / "1.evs").read_bytes(), clip_stream())

    def test_piped_equals_file(self):
        self.put("a.wav", clip())
        with open("a.wav", "rb") as opened:
            redirected = encode("-", "--tag", "TITLE=A test", stdin_file=opened)
        self.assert_ended(redirected, DONE)
        self.assertEqual(redirected.stdout, clip_stream())
        self.assert_ended(encode("a.wav", "-o", "a.evs", "--tag", "TITLE=A test"), DONE)
        self.assertEqual((self.folder / "a.evs").read_bytes(), clip_stream())

    def test_a_sound_of_several_pieces_on_any_number_of_threads(self):
        # Pieces are a minute long, and silence is encoded in no time.
        silence = [0.0] * (56 * 22050)
        self.put("a.wav", wav_bytes(silence + tone(8.0) + silence + tone(8.0, seed=2)))
        streams = []
        for threads in (1, 2, 3):
            self.assert_ended(encode("--threads", threads, "a.wav", "-f", "-o", "a.evs"), DONE)
            streams.append((self.folder / "a.evs").read_bytes())
        with open("a.wav", "rb") as opened:
            streams.append(encode("-", stdin_file=opened).stdout)
        self.assertEqual(len(set(streams)), 1)
        onsets = [event["onset_s"] for event in dumped(streams[0])]
        self.assertTrue(any(60 < onset < 64 for onset in onsets) and any(120 < onset < 128 for onset in onsets))

    def test_decoding_twice_and_through_a_pipe(self):
        self.put("a.evs", clip_stream())
        first = ictus("decode", "--raw", "a.evs", "-o", "-")
        again = ictus("decode", "--raw", "a.evs", "-o", "-")
        piped = ictus("decode", "--raw", stdin=clip_stream())
        self.assert_ended(first, DONE)
        self.assertEqual(first.stdout, again.stdout)
        self.assertEqual(first.stdout, piped.stdout)
        self.assert_ended(ictus("decode", "a.evs", "-o", "a.wav"), DONE)
        self.assertTrue((self.folder / "a.wav").read_bytes().endswith(first.stdout[-20_000:]))

    def test_decoding_alone_and_in_company(self):
        names = [f"{i}.evs" for i in range(3)]
        for i, name in enumerate(names):
            self.put(name, encode("-", stdin=wav_bytes(tone(0.4 + 0.3 * i, seed=i))).stdout)
        for folder, threads in (("one", 1), ("two", 2)):
            (self.folder / folder).mkdir()
            self.assert_ended(ictus("decode", *names, "-o", folder, "--threads", threads), DONE)
        for i in range(3):
            self.assertEqual((self.folder / f"one/{i}.wav").read_bytes(), (self.folder / f"two/{i}.wav").read_bytes())


class Devices(Case):
    """A graphics processor and the CPU agree within a tolerance."""

    def on_cuda(self, *words, **options):
        run = ictus(*words, "--device", "cuda", **options)
        if run.returncode != DONE and "no CUDA device" in run.stderr:
            self.skipTest("there is no CUDA device: CUDA was not compared with the CPU")
        self.assert_ended(run, DONE)
        return run

    def test_decoding(self):
        words = ["decode", "--raw", "--samples", "float32", "-"]
        cuda = self.on_cuda(*words, stdin=clip_pyramid()).stdout
        cpu = ictus(*words, "--device", "cpu", stdin=clip_pyramid()).stdout
        self.assertEqual(len(cuda), len(cpu))
        a, b = (struct.unpack(f"<{len(sound) // 4}f", sound) for sound in (cuda, cpu))
        error = math.fsum((x - y) ** 2 for x, y in zip(a, b))
        self.assertLess(error, 1e-4 * math.fsum(y * y for y in b), "40 dB below the sound")


if __name__ == "__main__":
    unittest.main()
