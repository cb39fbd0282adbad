"""Pipes: lengths that are unknown, sound that comes out while it goes in."""

import os
import select
import struct
import subprocess
import time
import unittest

from support import (DONE, FAILED, ICTUS, TIMEOUT_S, Case, clip, clip_stream, encode, ictus, is_of_libtorch, libraries,
                     libtorch_is_seen, read_wav, start, tone, wav_bytes)


def unknown_length(wav):
    """The WAV as programs write it that do not know how long it will be."""
    data_at = wav.index(b"data") + 4
    return wav[:4] + b"\xff" * 4 + wav[8:data_at] + b"\xff" * 4 + wav[data_at + 4 :]


class Pipes(Case):
    def test_unknown_length_is_read_to_its_end(self):
        run = encode("-", "--tag", "TITLE=A test", stdin=unknown_length(clip()))
        self.assert_ended(run, DONE)
        self.assertEqual(run.stdout, clip_stream())

    def test_through_all_in_one_pipeline(self):
        self.put("a.wav", clip())
        line = 'cat a.wav | "$0" encode --effort 0 - | "$0" decode - > b.wav; echo "${PIPESTATUS[*]}"'
        run = subprocess.run(["bash", "-c", line, ICTUS], capture_output=True, timeout=TIMEOUT_S)
        self.assertEqual(run.stdout, b"0 0 0\n")
        data = (self.folder / "b.wav").read_bytes()
        self.assertEqual(data[:4], b"RIFF")
        # Standard output was a file here, so its header says how long it is.
        self.assertEqual(read_wav(data), (44100, 2, 2, 66150))

    def test_headerless_in_and_out(self):
        samples = wav_bytes(tone(0.3))[44:]
        events = encode("--raw", "s16le:22050:1", stdin=samples)
        self.assert_ended(events, DONE)
        back = ictus("decode", "--raw", stdin=events.stdout)
        self.assert_ended(back, DONE)
        self.assertEqual(len(back.stdout), 2 * len(samples))  # at twice the rate

    def test_sound_comes_out_while_it_goes_in(self):
        encoder = subprocess.Popen([ICTUS, "encode", "-q", "--effort", "0", "--raw", "s16le:22050:1", "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        decoder = subprocess.Popen([ICTUS, "decode", "-q", "--raw", "-"], stdin=encoder.stdout,
                                   stdout=subprocess.PIPE)
        encoder.stdout.close()
        second = wav_bytes(tone(1.0))[44:]
        # The input stays open: whatever comes out came before the end was known.
        os.set_blocking(encoder.stdin.fileno(), False)
        sent = heard = 0
        deadline = time.monotonic() + TIMEOUT_S
        while heard < 2 * 44100 and time.monotonic() < deadline:
            if sent < 30 * len(second):
                try:
                    sent += os.write(encoder.stdin.fileno(), second[sent % len(second) :])
                except BlockingIOError:
                    pass
            if select.select([decoder.stdout], [], [], 0.01)[0]:
                heard += len(os.read(decoder.stdout.fileno(), 1 << 16))
        self.assertGreaterEqual(heard, 2 * 44100, f"a second of sound after {sent / 2 / 22050:.0f} s of input")
        encoder.stdin.close()
        heard += len(decoder.stdout.read())
        decoder.stdout.close()
        self.assertEqual((encoder.wait(TIMEOUT_S), decoder.wait(TIMEOUT_S)), (DONE, DONE))
        self.assertEqual(heard, 2 * sent)  # at twice the rate

    def test_a_stream_that_comes_byte_by_byte_is_decoded_whole(self):
        for codec in ("events", "mars"):
            with self.subTest(codec=codec):
                stream = clip_stream(codec)
                expected = ictus("decode", "--raw", "-", stdin=stream)
                self.assert_ended(expected, DONE)
                process = start("decode", "--raw", "-q", "-")
                for place in range(6):
                    process.stdin.write(stream[place : place + 1])
                    process.stdin.flush()
                    time.sleep(0.01)
                out, errors = process.communicate(stream[6:], timeout=TIMEOUT_S)
                self.assertEqual((process.returncode, errors), (DONE, b""))
                self.assertEqual(out, expected.stdout)

    def test_streams_of_both_codecs_in_one_command(self):
        self.put("a.evs", clip_stream())
        self.put("b.mars", clip_stream("mars"))
        self.put("c.evs", b"text")
        (self.folder / "out").mkdir()
        run = ictus("decode", "--threads", "1", "b.mars", "c.evs", "a.evs", "-o", "out/")
        self.assert_ended(run, FAILED, "1 of 3 inputs failed")
        self.assertLess(run.stderr.index("b.mars ->"), run.stderr.index("c.evs: the input is neither"))
        self.assertLess(run.stderr.index("c.evs: the input is neither"), run.stderr.index("a.evs ->"))
        self.assertEqual(self.files(), ["a.evs", "b.mars", "c.evs", "out", "out/a.wav", "out/b.wav"])

    def test_streams_in_named_pipes(self):
        for name, codec in (("a", "events"), ("b", "mars")):
            self.put(f"{name}.evs.stream", clip_stream(codec))
            os.mkfifo(self.folder / f"{name}.evs")
        (self.folder / "out").mkdir()
        # One after the other, as it is read.
        writer = subprocess.Popen(["sh", "-c", "cat a.evs.stream > a.evs; cat b.evs.stream > b.evs"])
        self.addCleanup(writer.kill)
        run = ictus("decode", "--threads", "1", "a.evs", "b.evs", "-o", "out/")
        self.assert_ended(run, DONE, "a.evs ->", "b.evs ->")
        self.assertEqual(writer.wait(TIMEOUT_S), 0)

    def test_what_is_no_stream_is_told_without_libtorch(self):
        self.assertTrue(libtorch_is_seen())
        self.put("a.evs", clip())
        self.put("b.evs", b"")
        for words in (("decode", "a.evs"), ("decode", "a.evs", "b.evs", "missing.evs", "-o", "out/"), ("explore", "a.evs")):
            with self.subTest(words=words):
                self.assertFalse([*filter(is_of_libtorch, libraries(*words, status=FAILED))])
        run = ictus("decode", "-", stdin=clip())
        self.assert_refused(run, FAILED, "standard input: the input is neither", left=["a.evs", "b.evs"])

    def test_wav_on_a_pipe_has_the_unknown_length(self):
        run = ictus("decode", "-", stdin=clip_stream())
        self.assert_ended(run, DONE)
        self.assertEqual(struct.unpack_from("<I", run.stdout, 4)[0], 0xFFFFFFFF)


if __name__ == "__main__":
    unittest.main()
