"""The examples of README.md run, and its table is that of the results."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import measure

sys.path.insert(0, str(measure.ROOT / "tests/cli"))
import support  # noqa: E402

README = (measure.ROOT / "README.md").read_text(encoding="utf-8")
# Scripts build the project, training takes hours, and only administrators install packages.
NOT_HERE = ("script/", "ictus train ", "sudo ")


def examples():
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.strip() and not line.startswith(NOT_HERE):
                yield line


class Examples(unittest.TestCase):
    def test_they_run(self):
        with tempfile.TemporaryDirectory(prefix="ictus-readme-") as name:
            folder = pathlib.Path(name)
            song = support.wav_bytes(support.tone(1.5, 44100, 2), 44100, 2)
            for recording in ("song.wav", "note.wav", "one.flac", "two.flac"):  # what is in a file counts, not its ending
                (folder / recording).write_bytes(song)
            (folder / "real").mkdir()
            for pitch in range(60, 66):
                (folder / f"real/flute_synthetic_001-{pitch:03}-100.wav").write_bytes(song)
            shutil.copy(measure.ROOT / "models/mars/weights/mars.safetensors", folder / "my.tokenizer")
            programs = folder / "bin"
            programs.mkdir()
            for program, does in (("arecord", "exec cat song.wav"), ("aplay", "exec cat > heard.wav")):
                (programs / program).write_text(f"#!/bin/sh\n{does}\n")
                (programs / program).chmod(0o755)
            environment = {**os.environ, "PATH": f"{programs}:{measure.BIN}:{os.environ['PATH']}"}
            ran = 0
            for line in examples():
                run = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=folder, env=environment,
                                     capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, f"{line}\n{run.stderr}")
                ran += 1
            self.assertGreater(ran, 10)
            self.assertEqual((folder / "heard.wav").read_bytes()[:4], b"RIFF")
            self.assertEqual(sorted(path.name for path in (folder / "events").iterdir()), ["one.evs", "two.evs"])


class Table(unittest.TestCase):
    @unittest.skipUnless((measure.ROOT / "tests/bench/results-recordings.tsv").exists(), "there are no results yet")
    def test_it_is_that_of_the_results(self):
        run = subprocess.run([sys.executable, "-B", measure.ROOT / "script/update-readme", "--check"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)


class Links(unittest.TestCase):
    def test_they_lead_somewhere(self):
        for document in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
            text = (measure.ROOT / document).read_text(encoding="utf-8")
            for target in re.findall(r"\]\(([^)#]+)\)", text):
                if "://" not in target:
                    self.assertTrue((measure.ROOT / target).exists(), f"{document}: {target}")


if __name__ == "__main__":
    unittest.main()
