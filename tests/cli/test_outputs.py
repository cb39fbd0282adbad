"""Where the output goes, what is never overwritten, and what is left when it cannot be written."""

import os
import stat
import subprocess
import threading
import unittest

from support import DONE, FAILED, ICTUS, Case, clip, clip_stream, encode, ictus, read_wav


class Names(Case):
    def test_beside_the_input_by_default(self):
        self.put("music/song.one.wav", clip())
        self.assert_ended(encode("music/song.one.wav"), DONE, "music/song.one.wav -> music/song.one.evs: 1.5 s, ")
        self.assertEqual((self.folder / "music/song.one.evs").read_bytes()[:4], b"\x89EVS")
        (self.folder / "music/song.one.wav").unlink()
        self.assert_ended(ictus("decode", "music/song.one.evs"), DONE)
        self.assertEqual(self.files(), ["music", "music/song.one.evs", "music/song.one.wav"])

    def test_folder(self):
        self.put("a.wav", clip())
        (self.folder / "out").mkdir()
        self.assert_ended(encode("a.wav", "-o", "out"), DONE, "a.wav -> out/a.evs")
        self.assertEqual(self.files(), ["a.wav", "out", "out/a.evs"])

    def test_headerless_output_has_a_suffix_of_its_own(self):
        self.put("a.evs", clip_stream())
        self.assert_ended(ictus("decode", "--raw", "a.evs"), DONE, "a.evs -> a.raw")
        self.assertEqual(len((self.folder / "a.raw").read_bytes()), 2 * 2 * 66150)

    def test_standard_input_goes_to_standard_output(self):
        for words in ([], ["-"], ["-", "-o", "-"]):
            run = ictus("decode", *words, stdin=clip_stream())
            self.assert_ended(run, DONE, "standard input -> standard output: ")
            self.assertEqual(run.stdout[:4], b"RIFF")
        self.assertEqual(self.files(), [])

    def test_folder_that_does_not_exist(self):
        self.put("a.wav", clip())
        for output in ("none/a.evs", "none/"):
            self.assert_refused(encode("a.wav", "-o", output), FAILED, "the folder none does not exist",
                                "mkdir -p 'none'", left=["a.wav"])

    def test_file_where_a_folder_should_be(self):
        self.put("a.wav", clip())
        self.put("plain", b"")
        self.assert_refused(encode("a.wav", "-o", "plain/a.evs"), FAILED, "the folder plain does not exist",
                            left=["a.wav", "plain"])

    def test_input_that_is_a_folder(self):
        (self.folder / "sub").mkdir()
        for command in ("encode", "decode", "info", "dump", "test"):
            self.assert_refused(ictus(command, "sub"), FAILED, "sub: is a folder, not a file", left=["sub"])


class Overwriting(Case):
    def test_existing_output_is_refused(self):
        self.put("a.wav", clip())
        self.put("a.evs", b"precious")
        run = encode("a.wav")
        self.assert_refused(run, FAILED, "a.evs: the output exists already", "-f replaces it", left=["a.wav", "a.evs"])
        self.assertEqual((self.folder / "a.evs").read_bytes(), b"precious")

    def test_force_replaces_and_keeps_the_permissions(self):
        self.put("a.wav", clip())
        self.put("a.evs", b"old").chmod(0o640)
        self.assert_ended(encode("-f", "a.wav"), DONE)
        self.assertEqual((self.folder / "a.evs").read_bytes()[:4], b"\x89EVS")
        self.assertEqual(stat.S_IMODE((self.folder / "a.evs").stat().st_mode), 0o640)
        self.assertEqual(self.files(), ["a.evs", "a.wav"])

    def test_new_file_has_the_usual_permissions(self):
        self.put("a.wav", clip())
        self.assert_ended(encode("a.wav", umask=0o027), DONE)
        self.assertEqual(stat.S_IMODE((self.folder / "a.evs").stat().st_mode), 0o640)

    def test_failed_run_with_force_keeps_the_old_file(self):
        self.put("a.wav", b"this is no sound")
        self.put("a.evs", b"precious")
        self.assert_refused(encode("-f", "a.wav"), FAILED, "a.wav", left=["a.wav", "a.evs"])
        self.assertEqual((self.folder / "a.evs").read_bytes(), b"precious")

    def test_symbolic_link_stays_and_its_file_is_replaced(self):
        self.put("a.wav", clip())
        self.put("real/target.evs", b"old")
        (self.folder / "a.evs").symlink_to("real/target.evs")
        self.assert_refused(encode("a.wav"), FAILED, "exists already",
                            left=["a.wav", "a.evs", "real", "real/target.evs"])
        self.assert_ended(encode("-f", "a.wav"), DONE)
        self.assertTrue((self.folder / "a.evs").is_symlink())
        self.assertEqual((self.folder / "real/target.evs").read_bytes()[:4], b"\x89EVS")

    def test_a_file_that_appears_meanwhile_is_not_overwritten(self):
        os.mkfifo("pipe")
        process = subprocess.Popen([ICTUS, "encode", "--effort", "0", "pipe", "-o", "a.evs"], stderr=subprocess.PIPE)
        with open("pipe", "wb") as pipe:
            pipe.write(clip()[:60000])
            pipe.flush()
            self.wait_until(self.temporary_files, "the output is begun")
            self.put("a.evs", b"precious")
            pipe.write(clip()[60000:])
        _, words = process.communicate()
        self.assertEqual(process.returncode, FAILED)
        self.assertIn("a.evs: the output exists already", words.decode())
        self.assertEqual((self.folder / "a.evs").read_bytes(), b"precious")
        self.assertEqual(self.files(), ["a.evs", "pipe"])


class SameFile(Case):
    def assert_kept(self, run):
        self.assert_refused(run, FAILED, "is both input and output", "give the output another name",
                            left=self.before)
        self.assertEqual((self.folder / "a.wav").read_bytes(), clip())

    def setUp(self):
        super().setUp()
        self.put("a.wav", clip())
        os.link("a.wav", "hard.wav")
        os.symlink("a.wav", "soft.wav")
        self.before = self.files()

    def test_by_any_name_even_with_force(self):
        for output in ("a.wav", "./a.wav", "hard.wav", "soft.wav", str(self.folder / "a.wav")):
            for force in ([], ["-f"]):
                self.assert_kept(encode("a.wav", "-o", output, *force))

    def test_on_standard_streams(self):
        with open("a.wav", "rb") as opened:
            self.assert_kept(encode("-", "-o", "hard.wav", "-f", stdin_file=opened))
        with open("a.wav", "ab") as opened:
            run = encode("a.wav", "-o", "-", stdout=opened)
        self.assert_kept(run)


class SpecialFiles(Case):
    given = {"a.wav": clip, "a.evs": clip_stream}

    def test_null_device(self):
        self.assert_ended(encode("a.wav", "-o", "/dev/null"), DONE)
        self.assert_ended(ictus("decode", "a.evs", "-o", "/dev/null"), DONE)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_full_device(self):
        for words in (["encode", "a.wav", "-o", "/dev/full"], ["decode", "a.evs", "-o", "/dev/full"]):
            self.assert_refused(ictus(*words), FAILED, "/dev/full", "pace left on device", left=["a.wav", "a.evs"])

    def test_full_standard_output(self):
        with open("/dev/full", "wb") as full:
            for words in (["encode", "a.wav", "-o", "-"], ["decode", "a.evs", "-o", "-"], ["info", "a.evs"],
                          ["info", "--json", "a.evs"], ["dump", "a.evs"], ["--help"], ["info", "--model"],
                          ["decode", "a.evs", "--json", "-o", "/dev/null"]):
                with self.subTest(words=words):
                    self.assert_refused(ictus(*words, stdout=full), FAILED, "standard output", "pace left on device",
                                        left=["a.wav", "a.evs"])

    def test_full_disk(self):
        # A limit on the size of files stands for a full disk: the write fails, here with EFBIG.
        limited = "trap '' XFSZ; ulimit -f 8; exec \"$0\" decode a.evs -o b.wav"
        run = subprocess.run(["bash", "-c", limited, ICTUS], capture_output=True)
        run.stderr = run.stderr.decode()
        self.assert_refused(run, FAILED, "b.wav", "ile too large", left=["a.wav", "a.evs"])

    def test_named_pipe(self):
        os.mkfifo("pipe")
        received = []
        reader = threading.Thread(target=lambda: received.append((self.folder / "pipe").read_bytes()))
        reader.start()
        run = ictus("decode", "a.evs", "-o", "pipe")
        reader.join()
        self.assert_ended(run, DONE)
        self.assertEqual(received[0][:4], b"RIFF")
        self.assertTrue(stat.S_ISFIFO(os.stat("pipe").st_mode))


class Sound(Case):
    """Options of decode that shape the output."""

    given = {"a.evs": clip_stream}

    def test_exact_length_at_the_models_and_at_the_original_rate(self):
        self.assert_ended(ictus("decode", "a.evs", "-o", "model.wav"), DONE)
        self.assert_ended(ictus("decode", "a.evs", "-o", "original.wav", "--rate", "original"), DONE)
        self.assert_ended(ictus("decode", "a.evs", "-o", "8k.wav", "--rate", "8000"), DONE)
        self.assertEqual(read_wav("model.wav"), (44100, 2, 2, 66150))
        self.assertEqual(read_wav("original.wav"), (44100, 2, 2, 66150))
        self.assertEqual(read_wav("8k.wav"), (8000, 2, 2, 12000))

    def test_sample_formats(self):
        self.assert_ended(ictus("decode", "a.evs", "--samples", "pcm24"), DONE)
        self.assertEqual(read_wav("a.wav"), (44100, 2, 3, 66150))
        raw = ictus("decode", "-", "--samples", "float32", "--raw", stdin=clip_stream())
        self.assert_ended(raw, DONE)
        self.assertEqual(len(raw.stdout), 4 * 2 * 66150)

    def test_lossless_events_cost_bytes(self):
        self.assertGreater(len(encode("-", "--lossless", stdin=clip()).stdout), 2 * len(clip_stream()))

    def test_tags_are_merged(self):
        first = encode("-", "--tag", "TITLE=one", "--tag", "ARTIST=someone", stdin=clip()).stdout
        self.put("one.evs", first)
        self.assert_ended(ictus("decode", "one.evs"), DONE)
        self.assert_ended(encode("one.wav", "--tag", "Title=two", "--tag", "artist=", "-o", "two.evs"), DONE)
        text = ictus("info", "two.evs").stdout.decode()
        self.assertIn("Title = two", text)
        self.assertNotIn("one\n", text.split("two.evs")[1])
        self.assertNotIn("someone", text)


if __name__ == "__main__":
    unittest.main()
