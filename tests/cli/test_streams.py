"""Pipes: lengths that are unknown, sound that comes out while it goes in."""

import os
import select
import struct
import subprocess
import time
import unittest

from support import (DONE, ICTUS, TIMEOUT_S, Case, clip, clip_stream, encode, ictus, read_wav, tone, wav_bytes)


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
        self.assertEqual(read_wav(data)[3], 33075)

    def test_headerless_in_and_out(self):
        samples = wav_bytes(tone(0.3))[44:]
        events = encode("--raw", "s16le:22050:1", stdin=samples)
        self.assert_ended(events, DONE)
        back = ictus("decode", "--raw", stdin=events.stdout)
        self.assert_ended(back, DONE)
        self.assertEqual(len(back.stdout), len(samples))

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
        while heard < 2 * 22050 and time.monotonic() < deadline:
            if sent < 30 * len(second):
                try:
                    sent += os.write(encoder.stdin.fileno(), second[sent % len(second) :])
                except BlockingIOError:
                    pass
            if select.select([decoder.stdout], [], [], 0.01)[0]:
                heard += len(os.read(decoder.stdout.fileno(), 1 << 16))
        self.assertGreaterEqual(heard, 2 * 22050, f"a second of sound after {sent / 2 / 22050:.0f} s of input")
        encoder.stdin.close()
        heard += len(decoder.stdout.read())
        decoder.stdout.close()
        self.assertEqual((encoder.wait(TIMEOUT_S), decoder.wait(TIMEOUT_S)), (DONE, DONE))
        self.assertEqual(heard, sent)

    def test_wav_on_a_pipe_has_the_unknown_length(self):
        run = ictus("decode", "-", stdin=clip_stream())
        self.assert_ended(run, DONE)
        self.assertEqual(struct.unpack_from("<I", run.stdout, 4)[0], 0xFFFFFFFF)


if __name__ == "__main__":
    unittest.main()
