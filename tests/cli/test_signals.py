"""Signals mid-way, and readers of pipes that go away."""

import os
import pathlib
import pty
import re
import signal
import subprocess
import unittest

from support import (DONE, FAILED, ICTUS, TIMEOUT_S, Case, block_ends, clip, clip_stream, ictus, long_stream, start,
                     tone, wav_bytes)


class Interrupted(Case):
    """The input comes through a pipe that is kept open, so that the program is certainly mid-way."""

    def begin(self, *words, head, **options):
        process = start(*words, stdout=subprocess.DEVNULL, **options)
        self.addCleanup(process.stderr.close)
        process.stdin.write(head)
        process.stdin.flush()
        self.wait_until(self.temporary_files, "the output is begun")
        return process

    def end(self, process, signal_number):
        process.send_signal(signal_number)
        process.wait(TIMEOUT_S)
        process.stdin.close()

    def test_nothing_is_left_and_the_status_names_the_signal(self):
        for words, head in [
            (["encode", "--effort", "0", "-", "-o", "out.evs"], clip()[:100_000]),
            (["decode", "-", "-o", "out.wav"], clip_stream()[: block_ends(clip_stream())[0]]),
        ]:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                with self.subTest(command=words[0], signal=number.name):
                    process = self.begin(*words, head=head)
                    self.end(process, number)
                    self.assertEqual(process.returncode, -number)
                    self.assertEqual(self.files(), [])

    def test_the_file_to_be_replaced_is_kept(self):
        self.put("out.evs", b"precious")
        process = self.begin("encode", "--effort", "0", "-", "-f", "-o", "out.evs", head=clip()[:100_000])
        self.end(process, signal.SIGINT)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual(self.files(), ["out.evs"])
        self.assertEqual((self.folder / "out.evs").read_bytes(), b"precious")

    def test_a_signal_that_the_caller_ignores_is_ignored(self):
        process = self.begin("encode", "--effort", "0", "-", "-o", "out.evs", head=clip()[:100_000],
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        ignored = re.search(r"SigIgn:\s*(\w+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]
        self.assertTrue(int(ignored, 16) >> (signal.SIGHUP - 1) & 1)
        # Sent while the program waits for more, so that a signal which it does not ignore would end it before it reads on.
        process.send_signal(signal.SIGHUP)
        process.stdin.write(clip()[100_000:])
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), DONE)
        self.assertEqual(self.files(), ["out.evs"])

    def test_reader_of_the_messages_gone(self):
        process = self.begin("encode", "--effort", "0", "-", "-o", "out.evs", head=clip()[:100_000])
        process.stderr.close()
        process.stdin.write(clip()[100_000:])
        process.stdin.close()
        process.wait(TIMEOUT_S)
        # The result line meets a closed pipe, after the output was complete.
        self.assertEqual(self.files(), ["out.evs"])


class ReaderGone(Case):
    def test_filters_end_quietly(self):
        self.put("long.evs", long_stream(600))
        self.put("a.evs", clip_stream())
        self.put("a.wav", wav_bytes(tone(1.5)))
        for words in (["dump", "long.evs"], ["decode", "a.evs", "-o", "-"], ["encode", "--effort", "0", "a.wav", "-o", "-"],
                      ["info", "a.evs"]):
            with self.subTest(words=words):
                reading, writing = os.pipe()
                os.close(reading)
                run = ictus(*words, stdout=writing)
                os.close(writing)
                self.assertEqual(run.returncode, -signal.SIGPIPE)
                self.assertEqual(run.stderr, "")

    def test_in_a_pipeline(self):
        self.put("long.evs", long_stream(600))
        run = subprocess.run(["bash", "-c", '"$0" dump long.evs | head -n 2; echo "${PIPESTATUS[0]}"', ICTUS],
                             capture_output=True)
        self.assertEqual(len(run.stdout.splitlines()), 3)
        self.assertEqual(run.stdout.splitlines()[2], b"141")
        self.assertEqual(run.stderr, b"")

    def test_where_sigpipe_is_ignored_it_is_an_error(self):
        self.put("a.evs", clip_stream())
        for words in (["dump", "a.evs"], ["decode", "a.evs", "-o", "-"]):
            reading, writing = os.pipe()
            os.close(reading)
            run = ictus(*words, stdout=writing, restore_signals=False,
                        preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
            os.close(writing)
            self.assert_ended(run, FAILED, "standard output", "roken pipe")


class Progress(Case):
    def words_on_terminal(self, *words):
        """What ictus writes to a terminal on stderr."""
        outer, inner = pty.openpty()
        run = ictus(*words, stderr=inner)
        os.close(inner)
        text = b""
        try:
            while piece := os.read(outer, 4096):
                text += piece
        except OSError:  # how a terminal ends on Linux
            pass
        os.close(outer)
        self.assertEqual(run.returncode, DONE)
        return text.decode()

    def test_line_on_a_terminal_only(self):
        self.put("a.wav", clip())
        shown = self.words_on_terminal("encode", "--effort", "0", "a.wav")
        self.assertIn("\ra.wav: ", shown)
        self.assertIn("x real time\x1b[K", shown)
        self.assertTrue(shown.endswith("real time\r\n"), shown)
        quiet = ictus("encode", "--effort", "0", "-f", "a.wav")
        self.assertNotIn("\r", quiet.stderr)
        self.assertEqual(len(quiet.stderr.splitlines()), 1)

    def test_can_be_forced_and_forbidden(self):
        self.put("a.wav", clip())
        self.assertIn("\r", ictus("encode", "--effort", "0", "--progress=always", "a.wav").stderr)
        shown = self.words_on_terminal("encode", "--effort", "0", "-f", "--progress=never", "a.wav")
        self.assertNotIn("\x1b", shown)

    def test_quiet_says_nothing_but_errors(self):
        self.put("a.wav", clip())
        self.assertEqual(self.words_on_terminal("encode", "--effort", "0", "-q", "a.wav"), "")
        self.assertIn("exists already", ictus("encode", "-q", "a.wav").stderr)


if __name__ == "__main__":
    unittest.main()
