"""Names that are not those of plain files, and names in any encoding: what they stand for, what outputs are called after
them, and that no output is spoilt by them."""

import csv
import html.parser
import io
import json
import os
import pathlib
import pty
import re
import socket
import stat
import subprocess
import threading
import unittest
import xml.dom.minidom

from support import (DONE, FAILED, ICTUS, TIMEOUT_S, TINY_TOKENIZER, USAGE, Case, clip, clip_pyramid, clip_stream, dumped, encode, ictus,
                     put_sounds, skip_without_networks, tiny_generator, tiny_tokenizer, tone, wav_bytes)


def shell(line, *words):
    """A line of bash in which "$ictus" is the program; text in stderr."""
    run = subprocess.run(["bash", "-c", line, "bash", *words], capture_output=True, timeout=TIMEOUT_S,
                         env={**os.environ, "ictus": ICTUS})
    run.stderr = run.stderr.decode()
    skip_without_networks(run.stderr)
    return run


class Inputs(Case):
    """a.wav, a.evs and a.tsv, and for each command that makes one output of one input the words, the input and how the
    output begins."""

    COMMANDS = [(["encode", "--effort", "0"], "a.wav", b"\x89EVS"), (["decode"], "a.evs", b"RIFF"),
                (["assemble"], "a.tsv", b"\x89EVS"), (["vary", "--random-times"], "a.evs", b"\x89EVS"),
                (["cat"], "a.evs", b"\x89EVS"), (["mix"], "a.evs", b"\x89EVS"), (["plot"], "a.evs", b"\x89PNG"),
                (["plot", "--kind", "roll"], "a.evs", b"\x89PNG"), (["explore"], "a.evs", b"<!DO")]

    def setUp(self):
        super().setUp()
        self.put("a.wav", clip())
        self.put("a.evs", clip_stream())
        self.put("a.tsv", ictus("dump", "a.evs").stdout)
        self.before = self.files()

    def read(self, name):
        return (self.folder / name).read_bytes()


class StandardOutput(Inputs):
    def test_by_each_name_it_is_standard_output(self):
        os.symlink("/dev/stdout", "link")
        os.symlink("link", "link2")
        expected = encode("a.wav", "-o", "-").stdout
        for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1", "//dev/../dev/stdout",
                     "link", "link2"):
            with self.subTest(name=name):
                run = encode("a.wav", "-o", name)
                self.assert_ended(run, DONE, "a.wav -> standard output: ")
                self.assertEqual(run.stdout, expected)
        self.assertTrue((self.folder / "link").is_symlink())

    def test_of_every_command_in_a_group_and_appended(self):
        for words, name, beginning in self.COMMANDS:
            quoted = " ".join(words)
            run = shell(f'{{ echo head; "$ictus" {quoted} -q {name} -o /dev/stdout; echo tail; }} > mixed')
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            mixed = self.read("mixed")
            self.assertTrue(mixed.startswith(b"head\n" + beginning) and mixed.endswith(b"tail\n"), mixed[:20])
            self.put("log", b"before\n")
            run = shell(f'"$ictus" {quoted} -q -f {name} -o /dev/stdout >> log; echo after >> log')
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            log = self.read("log")
            self.assertTrue(log.startswith(b"before\n" + beginning) and log.endswith(b"after\n"), log[:20])
            # The header of a WAV that is appended does not say how long it is; its samples are the same.
            begin = -4 * 66150 if beginning == b"RIFF" else 0
            self.assertEqual(log[7:-6][begin:], mixed[5:-5][begin:])

    def test_json_and_terminals_are_refused_as_for_a_dash(self):
        self.assert_refused(encode("--json", "a.wav", "-o", "/dev/stdout"), USAGE, "cannot both go to standard output",
                            left=self.before)
        outer, inner = pty.openpty()
        self.addCleanup(os.close, outer)
        self.addCleanup(os.close, inner)
        terminal = os.ttyname(inner)
        for name, status in (("/dev/stdout", USAGE), ("/dev/fd/1", USAGE), (terminal, FAILED), ("/dev/fd/9", FAILED)):
            with self.subTest(name=name):
                self.assert_ended(shell(f'"$ictus" decode a.evs -o {name} > {terminal} 9>&1'), status, "terminal")
        self.assertEqual(self.files(), self.before)


class StandardInput(Inputs):
    def test_by_each_name_it_goes_to_standard_output(self):
        os.symlink("/dev/stdin", "link")
        for words, name, beginning in self.COMMANDS:
            if words[0] in ("vary", "cat", "mix"):
                continue  # which write to standard output whatever they read
            for stdin in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "link") if words == ["decode"] else ("/dev/stdin",):
                run = ictus(*words, stdin, stdin=self.read(name))
                self.assert_ended(run, DONE)
                self.assertEqual(run.stdout[:4], beginning)
        self.assertEqual(self.files(), self.before + ["link"])

    def test_as_a_dash_it_has_no_name(self):
        (self.folder / "out").mkdir()
        run = encode("/dev/stdin", "-o", "out/", stdin=clip())
        self.assert_refused(run, USAGE, "standard input has no name to be filed under", "Name a file with -o",
                            left=self.before + ["out"])
        told = json.loads(ictus("info", "--json", "/dev/stdin", stdin=clip_stream()).stdout)
        self.assertEqual(told["file"], "-")

    def test_from_where_it_stands(self):
        whole = encode("a.wav", "-o", "-").stdout
        self.put("joined", b"12345" + clip())
        for name in ("-", "/dev/stdin", "/dev/fd/0", "/dev/fd/3"):
            run = shell(f'{{ head -c 5 > /dev/null; "$ictus" encode -q --effort 0 {name} -o - 3<&0; }} < joined')
            self.assertEqual((run.returncode, run.stderr), (0, ""), name)
            self.assertEqual(run.stdout, whole)

    def test_socket(self):
        for name in ("-", "/dev/stdin", "/dev/fd/0"):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                thread = threading.Thread(target=lambda: (ours.sendall(clip_stream()), ours.shutdown(socket.SHUT_WR)))
                thread.start()
                run = ictus("decode", name, stdin_file=theirs)
                thread.join()
            self.assert_ended(run, DONE, "standard input -> standard output")
            self.assertEqual(run.stdout[:4], b"RIFF")

    def test_is_read_only_once(self):
        for words in (["info", "-", "-"], ["info", "-", "/dev/stdin"], ["cat", "/dev/fd/0", "/dev/stdin"],
                      ["mix", "/dev/stdin=-3dB", "-"], ["vary", "-", "-o", "-", "--morph", "/dev/stdin:0.5"],
                      ["vary", "--morph", "-:0.5"], ["plot", "--kind", "residual", "--original", "/dev/stdin", "-"],
                      ["decode", "-", "/dev/stdin", "--stems", "out"]):
            with self.subTest(words=words):
                self.assert_refused(ictus(*words, stdin=clip_stream()), USAGE, "read only once", left=self.before)

    def test_with_a_gain(self):
        run = ictus("mix", "/dev/stdin=-3dB@1s", "a.evs", stdin=clip_stream())
        self.assert_ended(run, DONE)
        self.assertEqual(len(dumped(run.stdout)), 2 * len(dumped("a.evs")))


class Descriptors(Inputs):
    def test_process_substitution(self):
        expected = encode("a.wav", "-o", "-").stdout
        run = shell('"$ictus" encode -q --effort 0 <(cat a.wav) -o >(cat > out.evs)')
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.wait_until(lambda: "out.evs" in self.files() and self.read("out.evs") == expected, "all has arrived")
        for words, name, beginning in self.COMMANDS:
            run = shell(f'"$ictus" {" ".join(words)} -q <(cat {name}) -o - > out')
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertEqual(self.read("out")[:4], beginning)

    def test_nothing_is_called_after_them(self):
        (self.folder / "out").mkdir()
        for words, name, _ in self.COMMANDS:
            if words[0] in ("vary", "cat", "mix"):
                continue
            for output in ("", "-o out/"):
                run = shell(f'"$ictus" {" ".join(words)} <(cat {name}) {output}')
                self.assert_refused(run, USAGE, "/dev/fd/", "has no name to be filed under", "Name a file with -o.",
                                    left=self.before + ["out"])
        # A device neither.
        self.assert_refused(encode("/dev/null"), USAGE, "/dev/null has no name to be filed under", left=self.before + ["out"])
        # A named pipe has one.
        os.mkfifo("pipe.wav")
        writer = threading.Thread(target=lambda: (self.folder / "pipe.wav").write_bytes(clip()))
        writer.start()
        self.assert_ended(encode("pipe.wav"), DONE, "pipe.wav -> pipe.evs: ")
        writer.join()

    def test_stems_and_titles(self):
        run = shell('"$ictus" decode -q <(cat a.evs) --stems out')
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("event-stems.tsv", os.listdir("out"))
        self.assertEqual(shell('"$ictus" explore -q <(cat a.evs) -o a.html').returncode, DONE)
        self.assertIn(b"<title>event stream</title>", self.read("a.html"))

    def test_names_in_a_list_are_those_of_the_current_folder(self):
        self.put("list", b"onset_s\tvector\n0.5\ta.evs#0\n")
        run = shell('"$ictus" assemble -q <(cat list) -o b.evs')
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(dumped("b.evs")[0]["vector"], dumped("a.evs")[0]["vector"])

    def test_each_is_read_only_once(self):
        for line in ('"$ictus" cat /dev/fd/3 /dev/fd/3 3< a.evs', '"$ictus" cat /dev/fd/3 /proc/self/fd/3 3< a.evs',
                     'cat a.evs | "$ictus" cat - /dev/fd/3 3<&0', '"$ictus" cat /dev/fd/3 /dev/fd/4 3< <(cat a.evs) 4<&3'):
            with self.subTest(line=line):
                self.assert_refused(shell(line), USAGE, "read only once", left=self.before)
        both = shell('"$ictus" cat -q <(cat a.evs) <(cat a.evs)')
        self.assertEqual(both.returncode, DONE, both.stderr)
        self.assertEqual(len(dumped(both.stdout)), 2 * len(dumped("a.evs")))

    def test_files_that_are_open_are_written_as_they_are(self):
        expected = ictus("decode", "-q", "a.evs", "-o", "-", stdout=subprocess.PIPE).stdout
        run = shell('{ echo head >&3; "$ictus" decode -q --raw a.evs -o /dev/fd/3; echo tail >&3; } 3> out')
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(self.read("out"), b"head\n" + expected[len(expected) - 4 * 66150 :] + b"tail\n")
        self.put("log", b"before\n")
        self.assertEqual(shell('"$ictus" plot -q -f a.evs -o /dev/fd/3 3>> log').returncode, DONE)
        self.assertEqual(self.read("log")[:11], b"before\n\x89PNG")

    def test_what_cannot_be_written(self):
        self.put("out", b"precious")
        self.assert_refused(shell('"$ictus" decode -f a.evs -o /dev/fd/3 3< out'), FAILED, "/dev/fd/3: is open for reading alone",
                            left=self.before + ["out"])
        self.assert_refused(shell('"$ictus" decode -f a.evs -o /dev/fd/9 9>&-'), USAGE, "/dev/fd/9: no such descriptor is open",
                            left=self.before + ["out"])
        self.assert_refused(shell('"$ictus" decode /dev/fd/9 -o out.wav 9>&-'), USAGE, "no such descriptor is open",
                            left=self.before + ["out"])

    def test_a_file_that_another_process_has_open_is_not_replaced(self):
        with open("log", "ab") as log:
            log.write(b"before\n")
            log.flush()
            run = ictus("decode", "-f", "a.evs", "-o", f"/proc/{os.getpid()}/fd/{log.fileno()}")
            log.write(b"after\n")
        self.assert_refused(run, FAILED, "is a file that another process has open", left=self.before + ["log"])
        self.assertEqual(self.read("log"), b"before\nafter\n")

    def test_closed_standard_streams(self):
        expected = ictus("decode", "a.evs", "-o", "-").stdout
        run = shell('"$ictus" decode --progress always --raw - -o a.raw < a.evs 2>&-')
        self.assertEqual(run.returncode, DONE)
        self.assertEqual(self.read("a.raw"), expected[len(expected) - 4 * 66150 :])
        self.assert_ended(shell('"$ictus" decode a.evs -o - >&-'), FAILED, "standard output")
        self.assert_ended(shell('"$ictus" decode - -o b.wav <&-'), FAILED, "standard input")


class Specials(Inputs):
    def test_devices_and_pipes_stay_with_force_and_through_links(self):
        os.mkfifo("pipe")
        os.symlink("pipe", "to-pipe")
        os.symlink("/dev/null", "to-null")
        for words, name, beginning in self.COMMANDS:
            self.assert_ended(ictus(*words, "-f", name, "-o", "to-null"), DONE)
            received = []
            reader = threading.Thread(target=lambda: received.append((self.folder / "pipe").read_bytes()))
            reader.start()
            self.assert_ended(ictus(*words, "-f", name, "-o", "to-pipe"), DONE)
            reader.join()
            self.assertEqual(received[0][:4], beginning)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode) and stat.S_ISFIFO(os.lstat("pipe").st_mode))
        self.assertEqual((os.readlink("to-pipe"), os.readlink("to-null")), ("pipe", "/dev/null"))

    def test_pictures_and_codecs_by_names_in_capitals(self):
        self.assert_ended(ictus("plot", "a.evs", "-o", "A.SVG"), DONE)
        self.assertIn(b"<svg", self.read("A.SVG"))
        self.assert_ended(encode("a.wav", "-o", "A.MARS"), DONE)
        self.assertEqual(self.read("A.MARS")[:4], clip_pyramid()[:4])


class Links(Inputs):
    def test_to_what_is_not_there_yet(self):
        os.mkdir("store")
        os.symlink("store/out.png", "second.png")
        os.symlink(self.folder / "second.png", "third.png")
        for target in ("store/out.png", f"{self.folder}/store/out.png", "second.png", "third.png"):
            # A short way is enough to look at all kinds of links; all commands write through the same one.
            for words, name, beginning in self.COMMANDS if target == "store/out.png" else self.COMMANDS[6:7]:
                os.symlink(target, "link.png")
                self.assert_ended(ictus(*words, name, "-o", "link.png"), DONE)
                self.assertEqual((os.readlink("link.png"), os.listdir("store")), (target, ["out.png"]))
                self.assertEqual(self.read("store/out.png")[:4], beginning)
                # Once it is there it is replaced as any file is.
                self.assert_ended(ictus(*words, name, "-o", "link.png"), FAILED, "exists already")
                self.assert_ended(ictus(*words, "-f", name, "-o", "link.png"), DONE)
                self.assertEqual((os.readlink("link.png"), os.listdir("store")), (target, ["out.png"]))
                os.unlink("store/out.png")
                os.unlink("link.png")
        self.assertEqual((os.readlink("second.png"), os.readlink("third.png")),
                         ("store/out.png", f"{self.folder}/second.png"))

    def test_into_no_folder_is_refused_before_anything_is_read(self):
        os.mkfifo("pipe")  # reading it would take for ever: nobody writes
        os.symlink("nowhere/out.png", "link.png")
        os.symlink("nowhere/", "folder.png")
        os.symlink("b.png", "a.png")
        os.symlink("a.png", "b.png")
        left = self.before + ["pipe", "link.png", "folder.png", "a.png", "b.png"]
        for words, _, _ in self.COMMANDS:
            for output, reason in (("link.png", "link.png: is a link to nowhere/out.png, and the folder nowhere does not exist"),
                                   ("folder.png", "does not exist"), ("a.png", "oo many levels of symbolic links")):
                run = ictus(*words, "-f", "pipe", "-o", output)
                self.assert_refused(run, FAILED, reason, left=left)
        self.assertEqual(os.readlink("link.png"), "nowhere/out.png")

    def test_two_outputs_at_the_end_of_links(self):
        (self.folder / "out").mkdir()
        self.put("b.evs", clip_stream())
        os.symlink("b.wav", "out/a.wav")
        run = ictus("decode", "-f", "a.evs", "b.evs", "-o", "out")
        self.assert_refused(run, USAGE, "a.evs and b.evs would both become out/b.wav",
                            left=self.before + ["b.evs", "out", "out/a.wav"])

    def test_folders_that_are_not_there_yet(self):
        os.mkdir("store")
        os.symlink("store/stems", "stems")
        self.assert_ended(ictus("decode", "a.evs", "--stems", "stems"), DONE)
        self.assertEqual(os.readlink("stems"), "store/stems")
        self.assertIn("a-stems.tsv", os.listdir("store/stems"))

    def test_names_that_are_too_long_are_refused_before_anything_is_read(self):
        os.mkfifo("p" * 253)
        self.assert_refused(encode("p" * 253), FAILED, "ile name too long", left=self.before + ["p" * 253])


class Training(Case):
    def setUp(self):
        super().setUp()
        put_sounds(self.folder / "notes")
        self.put("tiny.json", json.dumps(TINY_TOKENIZER).encode())

    def train(self, *words):
        return ictus("train", "tokenizer", "--data", "notes", "--config", "tiny.json", "--device", "cpu", "--threads", 1,
                     *words)

    def test_model_and_checkpoint_are_written_through_links(self):
        (self.folder / "store").mkdir()
        os.symlink("store/m", "m.model")
        os.symlink("store/c", "m.model.checkpoint")
        self.assert_ended(self.train("--out", "m.model"), DONE)
        self.assert_ended(self.train("--out", "m.model", "--resume", "m.model.checkpoint"), DONE)
        self.assertEqual((os.readlink("m.model"), os.readlink("m.model.checkpoint")), ("store/m", "store/c"))
        self.assertEqual(sorted(os.listdir("store")), ["c", "m"])
        self.assertEqual(self.temporary_files(), [])

    def test_table_does_not_empty_what_it_is_appended_to(self):
        self.put("log", b"before\n")
        run = shell('"$ictus" train tokenizer --data notes --config tiny.json --device cpu --threads 1 --out m.model -q '
                    '--log /dev/stdout >> log; echo after >> log')
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        log = (self.folder / "log").read_bytes()
        self.assertTrue(log.startswith(b"before\nstep\tseconds\tname\tvalue\n") and log.endswith(b"after\n"), log)

    def test_what_is_no_file_is_refused(self):
        before = self.files()
        for name in ("/dev/null", "/dev/stdout", "/dev/fd/1"):
            self.assert_refused(self.train("-f", "--out", name), USAGE, f"--out: {name} is no file", left=before)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.assertFalse(os.path.exists("/dev/null.checkpoint"))
        os.symlink("nowhere/m", "m.model")
        self.assert_refused(self.train("--out", "m.model"), FAILED, "the folder nowhere does not exist", left=before + ["m.model"])


class Generating(Case):
    def generate(self, *words, **options):
        return ictus("generate", "--model", tiny_generator(), "--tokenizer", tiny_tokenizer(), "--device", "cpu", "--seed", 7,
                     *words, **options)

    def test_standard_streams_links_and_folders(self):
        sound = self.generate("-o", "-").stdout
        self.assertEqual(sound[:4], b"RIFF")
        self.assertEqual(self.generate("-o", "/dev/stdout").stdout, sound)
        os.mkdir("store")
        os.symlink("store/note.wav", "note.wav")
        os.symlink("store/notes", "notes")
        self.assert_ended(self.generate("-o", "note.wav"), DONE)
        self.assert_ended(self.generate("-o", "notes/"), DONE)
        self.assertEqual(self.generate("-o", "note.wav").returncode, FAILED)
        self.assertEqual((os.readlink("note.wav"), os.readlink("notes")), ("store/note.wav", "store/notes"))
        self.assertEqual((self.folder / "store/note.wav").read_bytes()[:4], b"RIFF")
        self.assertEqual(len(os.listdir("store/notes")), 1)

    def test_variations_are_called_after_the_original(self):
        self.assert_ended(self.generate("-o", "Prelude No. 5.mars"), DONE)
        os.rename("Prelude No. 5.mars", "Prelude No. 5")
        self.assert_ended(self.generate("--like", "Prelude No. 5"), DONE, "Prelude No. 5-000007.wav")
        with open("Prelude No. 5", "rb") as opened:
            run = self.generate("--like", "/dev/stdin", "--format", "mars", stdin_file=opened)
        self.assert_ended(run, DONE, "variation-000007.mars")


class Suffixes(Case):
    """Only the suffix of such a file is replaced."""

    def made_of(self, names, data, *words):
        for name in names:
            self.put(name, data)
        before = set(self.files())
        self.assert_ended(ictus(*words, "--", *names), DONE)
        return sorted(set(self.files()) - before)

    def test_sound(self):
        names = {"Prelude No. 5": "Prelude No. 5.evs", "take.2024-05-01": "take.2024-05-01.evs", "v1.2": "v1.2.evs",
                 "Song (feat. Someone).wav": "Song (feat. Someone).evs", ".wav": ".wav.evs", "CAPS.WAV": "CAPS.evs",
                 "a.Flac": "a.evs", "b.rf64": "b.evs", "c.AIFC": "c.evs", "d.w64": "d.evs", "e.opus": "e.evs", "f.": "f..evs",
                 "g.wav.bak": "g.wav.bak.evs", "-h.caf": "-h.evs", "i.tsv": "i.tsv.evs", "No. 5/j": "No. 5/j.evs"}
        made = self.made_of(names, wav_bytes(tone(0.3)), "encode", "-q", "--effort", "0")
        self.assertEqual(made, sorted(names.values()))

    def test_streams(self):
        names = {"Prelude No. 5": "Prelude No. 5", "a.EVS": "a", "b.evs": "b", "song.wav": "song.wav", ".evs": ".evs",
                 "take.2024-05-01": "take.2024-05-01", "c.wav.evs": "c.wav"}
        for words, suffix in ((["decode", "-q"], ".wav"), (["decode", "-q", "--raw"], ".raw"), (["plot", "-q"], ".png"),
                              (["explore", "-q"], ".html")):
            with self.subTest(words=words):
                self.assertEqual(self.made_of(names, clip_stream(), *words), sorted(stem + suffix for stem in names.values()))
        self.put("d.Mars", clip_pyramid())
        self.assert_ended(ictus("decode", "d.Mars"), DONE, "d.Mars -> d.wav")
        title = (self.folder / "Prelude No. 5.html").read_text()
        self.assertIn("<title>Prelude No. 5</title>", title)

    def test_lists(self):
        text = ictus("dump", "-", stdin=clip_stream()).stdout
        names = {"a.tsv": "a.evs", "b.TXT": "b.evs", "Prelude No. 5": "Prelude No. 5.evs", "c.v2": "c.v2.evs", "d.csv": "d.evs"}
        self.assertEqual(self.made_of(names, text, "assemble", "-q"), sorted(names.values()))

    def test_stems(self):
        made = self.made_of(["Prelude No. 5", "Prelude No. 6.evs"], clip_stream(), "decode", "-q", "--events", "0",
                            "--stems", "out")
        self.assertEqual([name for name in made if name.endswith(".tsv")],
                         ["out/Prelude No. 5-stems.tsv", "out/Prelude No. 6-stems.tsv"])

    def test_stems_of_one_name(self):
        for name in ("x/song.evs", "y/song.evs"):
            self.put(name, clip_stream())
        run = ictus("decode", "-f", "--stems", "out", "x/song.evs", "y/song.evs")
        self.assert_refused(run, USAGE, "the files of x/song.evs and y/song.evs would have the same names, song-*",
                            left=["x", "x/song.evs", "y", "y/song.evs"])

    def test_two_of_one_name(self):
        for name in ("a.wav", "a.flac", "b 1.2", "b 1.3"):
            self.put(name, wav_bytes(tone(0.3)))
        os.mkdir("out")
        self.assertEqual(encode("a.wav", "a.flac", "-o", "out").returncode, USAGE)
        self.assert_ended(encode("b 1.2", "b 1.3", "-o", "out"), DONE)
        self.assertEqual(sorted(os.listdir("out")), ["b 1.2.evs", "b 1.3.evs"])


# As bytes: Latin-1, control characters, what means something in HTML, JSON, tables and terminals, no characters at all.
STRANGE = [b"Pr\xe9lude", b"a\tb\nc\rd", b"\x1b[31mred\x07", b'"quoted" \'twice\'', b"<script>alert(1)<!-- &amp;", b"-dash",
           b"\xc2\x85\xc2\x9b31m", b"\xed\xa0\x80\xff\xfe\xf4\x90\x80\x80", b"\xef\xbf\xbf\xef\xb7\x90", b"]]>-->",
           b"\\u0041\\x41 %s {} {{title}}", "Prélude à l’après-midi 前奏 🎹".encode()]


class Page(html.parser.HTMLParser):
    """What a page holds: its elements, and the texts of its title and of its JSON."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.inside = [], {}, None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.inside = dict(attributes).get("id") if tag == "script" else tag if tag in ("title", "h1") else None

    def handle_data(self, data):
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + data

    def handle_endtag(self, tag):
        self.inside = None


class Encodings(Case):
    def path(self, name, suffix=b""):
        return os.fsdecode(name + suffix)

    def put_bytes(self, name, data):
        pathlib.Path(self.path(name)).write_bytes(data)

    def assert_clean(self, text):
        """One that a terminal can be given. (The harness has decoded it as UTF-8 already.)"""
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

    def test_words_and_json(self):
        for name in STRANGE:
            self.put_bytes(name + b".wav", wav_bytes(tone(0.3)))
            for words in (["encode", "--effort", "0", "--json"], ["decode", "--json", "-f"], ["info", "--json"]):
                suffix = b".wav" if words[0] == "encode" else b".evs"
                run = ictus(*words, "--", self.path(name, suffix))
                self.assert_ended(run, DONE)
                told = json.loads(run.stdout.decode())
                # As much of it as is UTF-8 is there.
                known = (name + suffix).decode(errors="ignore")
                self.assertEqual(told.get("file", told.get("input")).replace("\ufffd", ""), known)
            for words in (["info"], ["info", "--get", "file"], ["dump", "--no-vectors"], ["test"], ["decode", "-f"]):
                run = ictus(*words, self.path(b"./" + name, b".evs"))
                self.assert_ended(run, DONE)
                self.assertEqual(len(run.stderr.splitlines()), words[0] in ("test", "decode"))
                self.assert_clean(run.stderr)
                self.assertNotRegex(run.stdout.decode(), r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

    def test_errors(self):
        for name in (b"\xe9\x1b[31m\t\"<'\n", STRANGE[7]):
            for words in (["info", "--"], ["encode", "--"], ["decode", "-o"], ["encode", "--json", "--"], ["dump", "--"],
                          ["evaluate", "--reference", ".", "--generated"], ["train", "tokenizer", "--out", "x", "--data"],
                          ["info", "--model", "--"], ["generate", "--like"], ["encode", "a.wav", "--model"],
                          ["assemble", "--"], ["plot", "-o"]):
                run = ictus(*words, self.path(name + b"/none"), *(["x.evs"] if words[-1] == "-o" else []))
                self.assertIn(run.returncode, (FAILED, USAGE))
                self.assert_clean(run.stderr)
                for line in run.stdout.splitlines():
                    json.loads(line.decode())

    def test_folder_to_be_made_can_be_pasted(self):
        self.put("a.wav", wav_bytes(tone(0.3)))
        for name in STRANGE:
            run = encode("a.wav", f"--output={self.path(name)}/a.evs")
            self.assert_ended(run, FAILED, "make it first: mkdir -p ")
            command = re.search("mkdir -p .*", run.stderr)[0]
            self.assertEqual(shell(command).returncode, 0)
            self.assertTrue(os.path.isdir(name), command)

    def test_tables_of_stems(self):
        for name in STRANGE:
            self.put_bytes(name + b".evs", clip_stream())
            self.assert_ended(ictus("decode", "-q", "--stems", "out", "--events", "0,1", "--", self.path(name, b".evs")), DONE)
            (table,) = [file for file in os.listdir("out") if file.endswith("-stems.tsv")]
            text = (self.folder / "out" / table).read_bytes().decode()
            lines = [line.split("\t") for line in text.splitlines()]
            self.assertEqual(lines, list(csv.reader(io.StringIO(text), delimiter="\t")))
            self.assertEqual({len(line) for line in lines}, {4})
            self.assertEqual({line[1] for line in lines[1:]}, set(os.listdir("out")) - {table})
            subprocess.run(["rm", "-r", "out"], check=True)

    def test_pages(self):
        self.put("plain.evs", clip_stream())
        self.assert_ended(ictus("explore", "plain.evs"), DONE)
        plain = Page((self.folder / "plain.html").read_bytes().decode())
        for name in STRANGE:
            self.put_bytes(name + b".evs", clip_stream())
            self.assert_ended(ictus("explore", "-q", "-o", "page.html", "-f", "--", self.path(name, b".evs")), DONE)
            text = (self.folder / "page.html").read_bytes().decode()
            self.assertNotRegex(text, "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
            page = Page(text)
            self.assertEqual(page.elements, plain.elements)
            self.assertEqual(page.texts["title"], page.texts["h1"])
            self.assertTrue(json.loads(page.texts["data"])["list_name"].endswith(".tsv"))
            self.assertEqual(page.texts["events"], plain.texts["events"])
            self.assertEqual(json.loads(page.texts["data"])["list_head"], json.loads(plain.texts["data"])["list_head"])
            known = name.decode(errors="ignore")
            if known.isprintable():
                self.assertEqual(page.texts["title"].replace("\ufffd", ""), known)

    def test_pictures(self):
        for name in STRANGE:
            self.put_bytes(name + b".evs", clip_stream())
            for suffix, beginning in ((b".png", b"\x89PNG"), (b".svg", b"<?xml"), (b".pdf", b"%PDF")):
                run = ictus("plot", "-f", "--output=" + self.path(name, suffix), "--", self.path(name, b".evs"))
                self.assert_ended(run, DONE)
                self.assert_clean(run.stderr)
                self.assertTrue(pathlib.Path(self.path(name, suffix)).read_bytes().startswith(beginning))
            xml.dom.minidom.parse(self.path(name, b".svg"))


if __name__ == "__main__":
    unittest.main()
