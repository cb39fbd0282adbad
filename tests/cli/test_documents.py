"""Man pages, help and completions agree with one another and with the program."""

import re
import shlex
import shutil
import subprocess
import sys
import unittest

from support import DONE, FAILED, ICTUS, ROOT, Case, ictus

MAN = ROOT / "man"
COMMANDS = ["encode", "decode", "info", "dump", "assemble", "vary", "mix", "cat", "play", "plot", "explore", "test",
            "train tokenizer", "generate", "evaluate"]
# Pages that also tell of commands with options of their own.
MORE_COMMANDS = ["train generator", "train judge"]


def page(command):
    return (MAN / f"ictus-{command.split()[0]}.1").read_text()


def options_of(command):
    """Every option that --help lists."""
    text = ictus(*command.split(), "--help").stdout.decode()
    return re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", text, re.MULTILINE)


def example_lines(path):
    """The lines of a page on which something is typed or shown, as a person sees them."""
    examples = re.findall(r"^\.nf\n(.*?)^\.fi$", path.read_text(), re.MULTILINE | re.DOTALL)
    text = "".join(examples).replace("\\-", "-").replace("\\(aq", "'").replace("\\(dq", '"')
    return [line.strip() for line in text.splitlines()]


def calls_in(line):
    """The words of each call of ictus in a line for the shell."""
    separators = "|&;<>"
    words = shlex.shlex(line, posix=True, punctuation_chars=separators)
    words.whitespace_split = True
    words.commenters = ""
    calls = [[]]
    for word in words:
        if word and set(word) <= set(separators):
            calls.append([])
        else:
            calls[-1].append(word)
    return [call[1:] for call in calls if call[:1] == ["ictus"]]


class ManPages(Case):
    def test_options_have_not_drifted(self):
        run = subprocess.run([sys.executable, ROOT / "script/generate-man", "--check", ICTUS], capture_output=True)
        self.assertEqual(run.returncode, DONE, run.stderr.decode())

    def test_every_command_has_its_page(self):
        listed = re.findall(r"^  (\w+)  ", ictus("--help").stdout.decode().split("Commands:")[1], re.MULTILINE)
        front = (MAN / "ictus.1").read_text()
        for command in listed:
            if command == "help":
                self.assertIn("ictus help", front)
                continue
            self.assertTrue((MAN / f"ictus-{command}.1").exists(), command)
            self.assertIn(f".BR ictus\\-{command} (1)", front)

    def test_training_takes_the_same_options_for_every_network(self):
        own = {"train generator": {"--tokenizer"}, "train judge": {"--about", "--tokenizer"}}
        for command in MORE_COMMANDS:
            self.assertEqual({*options_of(command)} - {*options_of("train tokenizer")}, own[command])

    def test_every_option_is_documented(self):
        for command in [*COMMANDS, *MORE_COMMANDS]:
            options = options_of(command)
            self.assertIn("--help", options)
            for option in options:
                self.assertIn("\\fB" + option.replace("-", "\\-") + "\\fR", page(command), command)

    def test_sections_in_their_order(self):
        for command in COMMANDS:
            sections = re.findall(r"^\.SH (.+)$", page(command), re.MULTILINE)
            wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "OPTIONS", "EXIT STATUS", "SEE ALSO"]
            self.assertEqual([section for section in sections if section in wanted], wanted, command)

    def test_version_is_that_of_the_program(self):
        version = ictus("--version").stdout.decode().strip()
        for path in MAN.glob("*.1"):
            self.assertIn(f'"{version}"', path.read_text().splitlines()[0], path.name)

    def test_every_field_of_info_is_documented(self):
        help_of_fields = ictus("info", "--get", "?").stderr
        fields = re.search(r"Fields are (.+)\.", help_of_fields).group(1).split(", ")
        self.assertIn("bitrate_bps", fields)
        for field in [*fields, "tags", "scales"]:
            self.assertIn(field, page("info"))

    def test_documented_examples_parse(self):
        known = [*(command.split()[0] for command in COMMANDS), "help"]
        for path in MAN.glob("*.1"):
            for line in path.read_text().replace("\\-", "-").replace("\\(aq", "'").splitlines():
                for call in re.findall(r"^\t?ictus (\w+) ", line):
                    self.assertIn(call, known)

    def test_documented_examples_fail_only_for_want_of_their_files(self):
        for command in ("assemble", "vary", "mix", "cat", "plot", "explore"):
            calls = [call for line in example_lines(MAN / f"ictus-{command}.1") for call in calls_in(line)]
            self.assertIn(command, [call[0] for call in calls])
            for call in calls:
                with self.subTest(call=call):
                    self.assert_refused(ictus(*call), FAILED)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_nothing_to_complain_of(self):
        for path in MAN.glob("*.1"):
            run = subprocess.run(["groff", "-man", "-Tutf8", "-ww", path], capture_output=True)
            self.assertEqual(run.stderr.decode(), "", path.name)


class Completions(Case):
    def completed(self, *words):
        """What bash would offer in place of the last word."""
        script = """
            source <("$0" --generate bash) || exit
            compopt() { :; }  # only possible while a person completes
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            _ictus && printf '%s\\n' "${COMPREPLY[@]}"
        """
        run = subprocess.run(["bash", "-c", script, ICTUS, *words], capture_output=True)
        self.assertEqual(run.stderr, b"")
        return run.stdout.decode().split()

    def test_bash_commands_and_options(self):
        self.assertEqual(self.completed("ictus", "en"), ["encode"])
        self.assertEqual(set(self.completed("ictus", "")) & {"encode", "train", "help"}, {"encode", "train", "help"})
        self.assertEqual(self.completed("ictus", "train", "g"), ["generator"])
        self.assertEqual(self.completed("ictus", "train", ""), ["tokenizer", "generator", "prior", "judge", "--help", "-h"])
        self.assertEqual(self.completed("ictus", "help", "d"), ["decode", "dump"])
        self.assertEqual(self.completed("ictus", "encode", "--eff"), ["--effort"])
        for command in [*COMMANDS, *MORE_COMMANDS]:
            self.assertEqual(set(options_of(command)), {word for word in self.completed("ictus", *command.split(), "--")})

    def test_bash_values(self):
        self.assertEqual(self.completed("ictus", "decode", "--samples", "pcm"), ["pcm16", "pcm24"])
        self.assertEqual(self.completed("ictus", "encode", "a.wav", "--progress", "=", "al"), ["always"])
        self.assertEqual(self.completed("ictus", "dump", "--format", "="), ["tsv", "csv", "json", "midi"])
        self.assertEqual(self.completed("ictus", "encode", "--device", "cu"), ["cuda"])
        self.assertEqual(self.completed("ictus", "encode", "--codec", ""), ["events", "mars"])
        self.assertEqual(self.completed("ictus", "generate", "--family", ""), ["any"])
        self.assertEqual(self.completed("ictus", "generate", "--format", "m"), ["mars"])
        self.assertEqual(self.completed("ictus", "train", "judge", "--about", ""), ["family", "pitch"])
        self.assertEqual(self.completed("ictus", "vary", "--from", ""), ["file", "model"])
        self.assertEqual(self.completed("ictus", "plot", "--kind", "r"), ["roll", "residual"])

    def test_scripts_are_sound(self):
        for shell in ("bash", "zsh", "fish"):
            script = ictus("--generate", shell)
            self.assertEqual(script.returncode, DONE)
            for word in ("encode", "events-per-second", "no-vectors", "pcm24"):
                self.assertIn(word, script.stdout.decode())
            if shutil.which(shell):
                path = self.put("script", script.stdout)
                check = subprocess.run([shell, "-n", path], capture_output=True)
                self.assertEqual((check.returncode, check.stderr), (0, b""), shell)


if __name__ == "__main__":
    unittest.main()
