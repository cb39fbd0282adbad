"""What is typed: help, mistakes, suggestions, exit status 2."""

import os
import pty
import random
import re
import subprocess
import unittest

from support import DONE, FAILED, USAGE, Case, ictus

COMMANDS = ["encode", "decode", "info", "dump", "assemble", "vary", "mix", "cat", "play", "plot", "explore", "test", "train",
            "train tokenizer", "train generator", "train judge", "generate", "evaluate", "help"]


class Help(Case):
    def test_help_is_data_and_goes_to_stdout(self):
        for command in ["", *COMMANDS]:
            for words in ([*command.split(), "--help"], [*command.split(), "-h"], ["help", *command.split()]):
                run = ictus(*words)
                self.assertEqual(run.returncode, DONE, words)
                self.assertEqual(run.stderr, "")
                self.assertTrue(run.stdout.decode().startswith("Usage: " + " ".join(["ictus", *command.split()])))

    def test_help_wins_over_mistakes_beside_it(self):
        run = ictus("encode", "--effort", "soon", "--nonsense", "--help")
        self.assert_ended(run, DONE)
        self.assertIn(b"Usage: ictus encode", run.stdout)

    def test_help_after_the_separator_is_a_file_name(self):
        self.assert_refused(ictus("test", "--", "--help"), FAILED, "--help: cannot be opened")

    def test_all_after_the_separator_are_names(self):
        for words, name in [
            (["encode", "a.wav", "--", "-b.wav"], "-b.wav"),
            (["dump", "--", "-a.evs"], "-a.evs"),
            (["dump", "--", "--"], "--"),
            (["vary", "--", "-a.evs", "-b.evs"], "-a.evs"),
            (["vary", "a.evs", "--", "-b.evs"], "a.evs"),
            (["info", "--json", "--", "--json"], "--json"),
            (["mix", "--", "encode"], "encode"),
        ]:
            self.assert_refused(ictus(*words), FAILED, name + ": cannot be opened")
        self.assert_refused(ictus("dump", "--", "a.evs", "-b.evs"), USAGE, "only one FILE is taken")
        self.assert_refused(ictus("vary", "a", "b", "--", "-c"), USAGE, "at most 2 names are taken")
        self.assert_refused(ictus("decode", "-o", "--", "a.evs"), USAGE, "--output: its value is missing")
        self.assertIn(b"Usage: ictus encode", ictus("help", "--", "encode").stdout)

    def test_lines_of_help_fit_a_terminal(self):
        for command in COMMANDS:
            for line in ictus(*command.split(), "--help").stdout.decode().splitlines():
                self.assertLessEqual(len(line), 82, line)

    def test_help_has_examples_and_exit_status(self):
        for command in COMMANDS:
            if command in ("train", "help"):
                continue
            text = ictus(*command.split(), "--help").stdout.decode()
            self.assertIn("Examples:\n", text)
            self.assertIn("Exit status: 0 done, 1 ", text)

    def test_version(self):
        for words in (["--version"], ["-V"]):
            run = ictus(*words)
            self.assert_ended(run, DONE)
            self.assertRegex(run.stdout.decode(), r"^ictus \d+\.\d+\.\d+\n$")


class Mistakes(Case):
    def assert_usage(self, words, *texts):
        self.assert_refused(ictus(*words), USAGE, *texts)

    def test_words_that_mean_nothing(self):
        for words, texts in [
            ([], ["no command was given", "Try 'ictus --help'."]),
            (["train"], ["no command was given", "Try 'ictus train --help'."]),
            (["enode"], ["unknown command 'enode'; did you mean 'encode'?", "Try 'ictus --help'."]),
            (["train", "tokeniser"], ["unknown command 'tokeniser'; did you mean 'tokenizer'?"]),
            (["help", "encde"], ["unknown command 'encde'; did you mean 'encode'?"]),
            (["help", "train", "judges"], ["unknown command 'judges'; did you mean 'judge'?"]),
            (["encode", "--effrot", "3"], ["unknown option '--effrot'; did you mean '--effort'?",
                                           "Try 'ictus encode --help'."]),
            (["decode", "--progres=never"], ["unknown option '--progres'; did you mean '--progress'?"]),
            (["encode", "-x"], ["unknown option '-x'", "Try 'ictus encode --help'."]),
            (["train", "tokenizer", "more"], ["there is no place for 'more'"]),
            (["train", "tokeniser"], ["unknown command 'tokeniser'; did you mean 'tokenizer'?"]),
            (["frobnicate"], ["unknown command 'frobnicate'\n"]),
        ]:
            with self.subTest(words=words):
                self.assert_usage(words, *texts)

    def test_values(self):
        for words, texts in [
            (["encode", "-o"], ["--output: its value is missing"]),
            (["encode", "-o", "a", "-o", "b"], ["--output was given more than once"]),
            (["encode", "-o", ""], ["--output: the name is empty"]),
            (["encode", "--effort", "10"], ["--effort: 10 is out of range", "0 to 9"]),
            (["encode", "--effort", "-1"], ["--effort: -1 is out of range"]),
            (["encode", "--effort", "5x"], ["--effort: '5x' is not a whole number"]),
            (["encode", "--bitrate", "0"], ["--bitrate: 0 is out of range", "0.5 to 100"]),
            (["encode", "--threads", "two"], ["--threads: 'two' is not a whole number"]),
            *[([command, "--device", "cpu", "a.evs"], ["unknown option '--device'"]) for command in ("vary", "plot", "dump", "explore")],
            (["encode", "--device", "gpu"], ["--device: 'gpu' is no device", "cuda:N"]),
            (["encode", "--device", "cuda:"], ["--device: 'cuda:' is no device"]),
            (["encode", "--progress=alway"], ["there is no 'alway'; did you mean 'always'?"]),
            (["encode", "--quiet=yes"], ["--quiet takes no value"]),
            (["encode", "--tag", "TITLE"], ["--tag: 'TITLE' is not FIELD=VALUE", "For example"]),
            (["encode", "--tag", "=x"], ["is not FIELD=VALUE"]),
            (["encode", "--raw", "s16le:44100"], ["--raw: 's16le:44100' is no full description", "ENCODING:RATE:CHANNELS"]),
            (["encode", "--raw", "s16le"], ["no full description", "nothing is guessed"]),
            (["encode", "--raw", "s61le:44100:2"], ["there is no 's61le'; did you mean 's16le'?"]),
            (["encode", "--raw", "s16le:0:2"], ["--raw (rate): 0 is out of range"]),
            (["encode", "--raw", "s16le:44100:0"], ["--raw (channels): 0 is out of range"]),
            (["decode", "--samples", "pcm32"], ["--samples: there is no 'pcm32'", "pcm16, pcm24, float32"]),
            (["decode", "--scales", "0"], ["--scales: 0 is out of range", "1 to 32"]),
            (["encode", "--codec", "marz"], ["--codec: there is no 'marz'; did you mean 'mars'?", "events, mars"]),
            (["decode", "--rate", "fast"], ["--rate: 'fast' is not a whole number"]),
            (["decode", "--rate", "10"], ["--rate: 10 is out of range"]),
            (["dump", "--format", "xml"], ["--format: there is no 'xml'", "tsv, csv, json, midi"]),
            (["dump", "--model", "m", "f"], ["--model is for --describe and --format midi alone"]),
            (["info", "--json", "--get", "events"], ["cannot be used together"]),
            (["info", "--get", "bitrat"], ["--get: there is no field 'bitrat'; did you mean 'bitrate_bps'?"]),
            (["train", "tokenizer", "--out", "m"], ["--data DIR is missing"]),
            (["train", "tokenizer", "--data", "."], ["--out FILE is missing"]),
            (["train", "tokenizer", "--hours", "-1"], ["--hours: '-1' is not a positive number"]),
            (["train", "tokenizer", "--lost-after", "0"], ["--lost-after: 0 is out of range", "1 to 3600"]),
            (["train", "tokenizer", "--resume", "a", "--init", "b"], ["cannot be used together"]),
            (["train", "tokenizer", "--out", "m"], ["--data DIR is missing", "Try 'ictus train tokenizer --help'."]),
            (["train", "tokenizer", "--data", "."], ["--out FILE is missing"]),
            (["train", "generator", "--out", "m"], ["--data DIR is missing", "Try 'ictus train generator --help'."]),
            (["train", "generator", "--data", "."], ["--out FILE is missing"]),
            (["train", "tokenizer", "--tokenizer", "m"], ["unknown option '--tokenizer'"]),
            (["generat"], ["unknown command 'generat'; did you mean 'generate'?"]),
            (["generate", "--temprature", "1"], ["unknown option '--temprature'; did you mean '--temperature'?"]),
            (["generate", "--model", ""], ["--model: the name is empty"]),
            (["train", "judge", "--data", ".", "--out", "m"], ["--about is missing", "family or pitch"]),
            (["evaluate", "--generated", "b"], ["--reference DIR is missing", "Try 'ictus evaluate --help'."]),
            (["evaluat"], ["unknown command 'evaluat'; did you mean 'evaluate'?"]),
            # Half a character in three bytes, and "/" in two, which is longer than need be.
            (["encode", "--tag", "TITLE=\udced\udca0\udc80", "a.wav"], ["--tag: the value of 'TITLE' is not UTF-8"]),
            (["encode", "--tag", "TITLE=\udcc0\udcaf", "a.wav"], ["--tag: the value of 'TITLE' is not UTF-8"]),
            (["train", "judge", "--about", "pich"], ["--about: there is no 'pich'; did you mean 'pitch'?"]),
        ]:
            with self.subTest(words=words):
                self.assert_usage(words, *texts)

    def test_inputs_and_outputs_that_do_not_go_together(self):
        for words, texts in [
            (["encode", "a.wav", "b.wav", "-o", "c.evs"], ["2 inputs do not fit into one output", "-o DIR/"]),
            (["encode", "-", "-"], ["standard input can be read only once"]),
            (["encode", "a.wav", "a.flac"], ["a.wav and a.flac would both become a.evs"]),
            (["encode", "x/a.wav", "y/a.wav", "-o", "out/"], ["would both become out/a.evs"]),
            (["decode", "a.evs", "--json", "-o", "-"], ["--json and the data cannot both go to standard output"]),
            (["encode", "-", "-o", "out/"], ["standard input has no name"]),
            (["dump", "a.evs", "b.evs"], ["only one FILE is taken", "Try 'ictus dump --help'."]),
        ]:
            with self.subTest(words=words):
                self.assert_usage(words, *texts)

    def test_options_that_could_do_nothing(self):
        """Each is refused with what it is for and what to do, before anything is looked at: none of these files is there."""
        cold = ["generate", "--family", "flute", "--pitch", "A4", "--temperature", "0"]
        evaluate = ["evaluate", "--reference", "a", "--generated", "b"]
        force = ["--force replaces a file, and the result goes to standard output", "name a file with -o"]
        quiet = ["--quiet says nothing but errors, and --progress always asks for a line", "Leave out one of them."]
        chance = ["--seed is for --random-vectors, --perturb and --random-times alone", "Leave it out."]
        for words, texts in [
            # What is written to standard output replaces nothing.
            (["encode", "-f"], force),
            (["encode", "-f", "-"], force),
            (["encode", "-f", "a.wav", "-o", "-"], force),
            (["decode", "-f", "a.evs", "-o", "-"], force),
            (["assemble", "-f", "-"], force),
            (["vary", "-f", "a.evs"], force),
            (["vary", "-f", "a.evs", "-"], force),
            (["mix", "-f", "a.evs", "b.evs"], force),
            (["cat", "-f", "a.evs", "-o", "-"], force),
            (["plot", "-f", "a.evs", "-o", "-"], force),
            (["explore", "-f", "-"], force),
            (["generate", "-f", "-o", "-"], force),
            # Words that contradict each other.
            *((words + ["-q", "--progress=always"], quiet) for words in (
                ["encode", "a.wav"], ["decode", "a.evs"], ["explore", "a.evs"], ["generate"], evaluate,
                ["train", "tokenizer", "--data", ".", "--out", "m"])),
            # Nothing random.
            (["vary", "--seed", "3", "a.evs"], chance),
            (["vary", "--gain", "3", "--stretch", "2", "--shift", "1s", "--keep", "gain>-9", "--seed", "1", "a.evs"], chance),
            (["vary", "--morph", "b.evs:0.5", "--seed", "1", "a.evs"], chance),
            (["vary", "--morph", "b.evs:0.5", "--random-vectors", "a.evs"],
             ["--random-vectors takes the place of the vectors that --morph would move", "by a pipe"]),
            (["vary", "--from", "model", "a.evs"], ["--from requires --random-vectors"]),
            (["vary", "--each", "a.evs"], ["--each requires --perturb"]),
            (["vary", "--random-vectors", "--model", "m", "a.evs"], ["--model is for conditions on what is heard"]),
            (["encode", "--device", "cpu", "a.wav"], ["--device is for --codec mars alone"]),
            (cold + ["--top-k", "5"], ["--top-k chooses among tokens, and with --temperature 0 it is always the likeliest",
                                       "Leave out --top-k or --temperature 0."]),
            (["generate", "--temperature", "0", "--top-p", "0.9"], ["--top-p chooses among tokens, and with --temperature 0"]),
            (["generate", "--like", "a.mars", "--temperature", "0", "--top-k", "0"], ["--top-k chooses among tokens"]),
            (["generate", "--top-k", "1", "--top-p", "0.9"], ["--top-p chooses among tokens, and with --top-k 1"]),
            (["generate", "--top-k", "1", "--temperature", "2"], ["--temperature chooses among tokens, and with --top-k 1"]),
            (cold + ["-n", "4"], ["with --temperature 0 all 4 notes of a label are the same", "Leave out --count or"]),
            (["generate", "--like", "a.mars", "--top-k", "1", "-n", "2"], ["with --top-k 1 all 2 notes of a label are the same"]),
            (cold + ["--velocity", "64", "--each", "-n", "2"], ["all 2 notes of a label are the same"]),
            (cold + ["--seed", "7", "-o", "a.wav"], ["--seed is for what is left to chance, and with --temperature 0 nothing is"]),
            (["generate", "--labels-of", ".", "--temperature", "0", "--seed", "7"], ["--seed is for what is left to chance"]),
            # What the others do not need.
            (evaluate + ["--force"], ["--force is for reports alone", "Name with --report the folder"]),
            (evaluate + ["--report-clips", "9"], ["--report-clips is for reports alone", "Name with --report the folder"]),
            (["decode", "--scales", "3", "--events", "1..4", "a.evs"],
             ["--scales is for token pyramids, and --events for event streams", "one by one"]),
            (["decode", "--scales", "3", "--stems", "d", "a.evs"], ["--scales is for token pyramids", "Leave out --scales."]),
            (["generate", "--keep-scales", "2"], ["--keep-scales keeps scales of a file", "Name one with --like."]),
            (["plot", "--kind", "residual", "--original", "a.wav", "--seed", "2", "a.evs"], ["--seed is for --kind map and roll"]),
            (["encode", "--codec", "mars", "--bitrate", "2", "a.wav"], ["--bitrate is for events"]),
            (["encode", "--shard", "1/2", "-"], ["--shard is for files, and the result goes to standard output"]),
            (["encode", "--skip-done", "-f", "a.wav"], ["--skip-done keeps outputs that are there", "Leave one of them out."]),
        ]:
            with self.subTest(words=words):
                self.assert_usage(words, *texts)

    def test_options_that_need_do_nothing_this_time(self):
        """What states a default, or is for other inputs of a loop, is taken: it is the file that is not there."""
        cold = ["generate", "--model", "none", "--family", "flute", "--pitch", "A4", "--temperature", "0"]
        for words, missing in [
            (["encode", "-f", "--threads", "4", "-q", "--progress=never", "none.wav"], "none.wav"),
            (["encode", "-f", "none.wav", "-o", "/dev/null"], "none.wav"),
            (["encode", "-f", "none.wav", "-"], "none.wav"),
            (["encode", "--lossless", "--bitrate", "9", "--codec", "events", "none.wav"], "none.wav"),
            (["encode", "-q", "--json", "none.wav", "-o", "x.evs"], None),
            (["encode", "--shard", "1/1", "--skip-done", "none.wav"], "none.wav"),
            (["decode", "-f", "--rate", "original", "--samples", "pcm16", "none.evs", "-o", "x.wav"], "none.evs"),
            (["decode", "--rate", "100", "none.evs"], "none.evs"),
            (["decode", "--rate", "3072000", "none.evs"], "none.evs"),
            (["dump", "--format", "json", "--no-vectors", "none.evs"], "none.evs"),
            (["vary", "--perturb", "0", "--seed", "3", "none.evs", "-o", "x.evs"], "none.evs"),
            (["vary", "--stretch", "1", "--gain", "0", "--shift", "0", "-f", "none.evs", "x.evs"], "none.evs"),
            (["vary", "--random-vectors", "--from", "file", "--perturb", "0.1", "none.evs", "-o", "x.evs"], "none.evs"),
            (["mix", "-f", "none.evs", "-o", "x.evs"], "none.evs"),
            (["plot", "--kind", "map", "--seed", "1", "--theme", "light", "none.evs"], "none.evs"),
            (cold + ["--guidance", "1"], "none"),
            (cold + ["--seed", "7", "-o", "x.mars"], "none"),
            (cold + ["--seed", "7"], "none"),
            (cold + ["--seed", "7", "-o", "d/"], "none"),
            (["generate", "--model", "none", "--temperature", "0", "--seed", "7", "-n", "9", "-o", "d/"], "none"),
            (["generate", "--model", "none", "--top-k", "0", "--top-p", "1", "--seed", "7"], "none"),
            (["evaluate", "--reference", "none", "--generated", "none", "--bootstrap", "0", "--seed", "2"], "none"),
            (["train", "tokenizer", "--data", "none", "--out", "m", "--resume", "c", "-f", "--seed", "1"], "none"),
        ]:
            with self.subTest(words=words):
                run = ictus(*words, stdout=subprocess.DEVNULL)
                self.assertEqual((run.returncode, self.files()), (FAILED, []), run.stderr)
                if missing:
                    self.assertIn(f"{missing}: ", run.stderr)

    def test_help_names_the_ranges_that_are_taken(self):
        for words, text in [(["encode"], "at 100 Hz to 3072000 Hz, with up to 1024 channels"),
                            (["encode"], "RATE 100 to 3072000, in Hz, and CHANNELS 1 to 1024"),
                            (["decode"], "in Hz, 100 to 3072000,")]:
            self.assertIn(text, re.sub(r"\s+", " ", ictus(*words, "--help").stdout.decode()))
        for value, text in [("s16le:99:1", "(rate): 99 is out of range"), ("s16le:3072001:1", "(rate): 3072001 is out of range"),
                            ("s16le:100:1025", "(channels): 1025 is out of range")]:
            self.assert_usage(["encode", "--raw", value, "a.raw"], text)
        for value in ("99", "3072001"):
            self.assert_usage(["decode", "--rate", value, "a.evs"], f"--rate: {value} is out of range", "100 to 3072000")

    def test_file_named_like_a_command(self):
        self.assert_refused(ictus("encode", "decode"), FAILED, "decode: cannot be opened")

    def test_control_characters_in_names_do_not_reach_the_terminal(self):
        run = ictus("test", "a\x1b[31mb")
        self.assert_refused(run, FAILED, "a\\x1B[31mb: cannot be opened")
        self.assertNotIn("\x1b", run.stderr)


class AnyWords(Case):
    def test_no_words_make_it_crash_or_end_oddly(self):
        dice = random.Random(7)
        words = [*"encode decode info dump test train generate evaluate events help - -- -o -f -q -h -V --output --force --json --get".split(),
                 *"assemble vary mix cat plot explore --keep --morph --perturb --each --random-times --random-vectors --from".split(),
                 *"--stretch --shift --gain --seed --length --kind --original --size --theme --events 3..1 gain>-9 x.evs:1 -6dB".split(),
                 *"2s none.evs=1dB@2s none.tsv 300x200 roll map midi".split(),
                 *"--effort --tag --raw --model --device --threads --progress --describe --rate --version --codec --scales".split(),
                 *"--generate --samples --format --data --out --steps 0 -1 7 99999999999999999999 1e9 nan".split(),
                 *"auto always cpu cuda:9 mars tokenizer x.mars s16le:1:1 A=b man bash tsv none.wav none.evs none/ --o --=x -oq --tag=".split(),
                 "", "=", "\xff\xfe", "%s%n", "a" * 5000, "\n"]
        for _ in range(150):
            line = [dice.choice(words) for _ in range(dice.randrange(1, 7))]
            with self.subTest(line=line):
                run = ictus(*line)
                self.assertIn(run.returncode, (DONE, FAILED, USAGE))
                self.assertEqual(run.returncode == DONE, run.stderr == "")
                self.assertEqual(self.files(), [])


class Terminals(Case):
    def setUp(self):
        super().setUp()
        self.terminal, self.inner = pty.openpty()
        self.addCleanup(os.close, self.terminal)
        self.addCleanup(os.close, self.inner)

    def test_nothing_is_awaited_from_a_terminal(self):
        for command in ("encode", "decode", "info", "dump", "assemble", "vary", "mix -", "cat", "plot", "explore", "test"):
            run = ictus(*command.split(), stdin_file=self.inner)
            self.assert_refused(run, USAGE, "no input was named, and standard input is a terminal")

    def test_binary_is_not_written_to_a_terminal(self):
        self.put("a.wav", b"x")
        for words in ("encode a.wav -o -", "decode a.wav -o -", "assemble a.wav -o -", "vary a.wav", "vary a.wav -",
                      "mix a.wav", "cat a.wav", "cat a.wav -o -", "plot a.wav -o -"):
            run = ictus(*words.split(), stdout=self.inner)
            self.assert_refused(run, USAGE, "binary and is not written to a terminal", left=["a.wav"])

    def test_message_lines_begin_with_the_program(self):
        run = ictus("enode")
        self.assertTrue(re.match(r"ictus: ", run.stderr))


if __name__ == "__main__":
    unittest.main()
