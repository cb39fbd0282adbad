"""The installed library from outside the tree: examples by find_package, pkg-config, Python, and which names it has."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/cli"))
from support import BIN, clip_stream, ictus  # noqa: E402

BUILD = pathlib.Path(os.environ["ICTUS_BUILD_DIR"])
# Nothing of the tree may be needed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("ICTUS_")}


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, **{"env": ENVIRONMENT, **options})
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="ictus-interface-")
        cls.addClassCleanup(cls.scratch.cleanup)
        folder = pathlib.Path(cls.scratch.name)
        cls.prefix, cls.built = folder / "prefix", folder / "built"
        for component in ("ictus", "library", "dev"):
            run("cmake", "--install", BUILD, "--prefix", cls.prefix, "--component", component)
        cls.libictus = next(cls.prefix.glob("lib*/**/libictus.so"))
        run("cmake", "-S", ROOT / "examples", "-B", cls.built, f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        run("cmake", "--build", cls.built)
        cls.stream = folder / "a.evs"
        cls.stream.write_bytes(clip_stream())

    def test_the_player_plays_what_ictus_decodes(self):
        played = run(self.built / "play_events", self.stream)
        self.assertEqual(played, ictus("decode", "--raw", "--samples", "float32", self.stream, "-o", "-").stdout)
        self.assertGreater(len(played), 4 * 2 * 44100)

    def test_the_table_says_what_the_list_does(self):
        rows = [line.split("\t") for line in run(self.built / "events_to_table", self.stream).decode().splitlines()]
        listed = [line.split("\t") for line in ictus("dump", "--units", self.stream).stdout.decode().splitlines()
                  if not line.startswith("#")]
        self.assertEqual(rows[0][:4], ["onset_s", "gain_db", "pitch_Hz", "balance_dB"])
        self.assertEqual(len(rows), len(listed))
        self.assertGreater(len(rows), 1)
        attack, listed_attack = rows[0].index("attack_s"), listed[0].index("attack_s")
        for row, other in zip(rows[1:], listed[1:]):
            self.assertEqual(row[0], other[1])
            self.assertAlmostEqual(float(row[1]), float(other[2]), places=4)
            self.assertAlmostEqual(float(row[attack]) / float(other[listed_attack]), 1, places=2)

    def test_examples_say_what_is_wrong(self):
        for example in ("play_events", "events_to_table"):
            done = subprocess.run([self.built / example, "/nowhere/a.evs"], env=ENVIRONMENT, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("/nowhere/a.evs: cannot be opened (no such file or directory)", done.stderr)

    def test_pkg_config(self):
        folder = next(self.prefix.glob("lib*/**/pkgconfig"))
        flags = run("pkg-config", "--cflags", "--libs", "ictus", env={**ENVIRONMENT, "PKG_CONFIG_PATH": str(folder)})
        program = pathlib.Path(self.scratch.name) / "table"
        run("cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wstrict-prototypes", ROOT / "examples/events_to_table.c",
            "-o", program, *flags.decode().split(), "-lm")
        found = run(program, self.stream, env={**ENVIRONMENT, "LD_LIBRARY_PATH": str(self.libictus.parent)})
        self.assertEqual(found, run(self.built / "events_to_table", self.stream))

    def test_only_the_interface_is_seen(self):
        names = {line.split()[-1] for line in run("nm", "--dynamic", "--defined-only", self.libictus).decode().splitlines()}
        names = {name.partition("@")[0] for name in names if not name.startswith("ICTUS_")}
        header = (ROOT / "lib/interface/ictus/events.h").read_text()
        declared = set(re.findall(r"\b(ictus_\w+)\(", re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)))
        self.assertEqual({name for name in names if name.startswith("ictus_")}, declared)
        self.assertEqual([name for name in names - declared if not re.match(r"_ZNK?5ictus6events", name)], [])
        kept = set((ROOT / "tests/interface/c_names.txt").read_text().split())
        self.assertEqual(kept - declared, set(), "functions that programs use are gone; ICTUS_INTERFACE has to grow")
        self.assertEqual(declared - kept, set(), "new functions are to be kept: add them to tests/interface/c_names.txt")

    def test_it_needs_no_libtorch_and_no_sound_library(self):
        needed = run("readelf", "--dynamic", self.libictus).decode()
        self.assertIn("Library soname: [libictus.so.0]", needed)
        libraries = re.findall(r"Shared library: \[(.*?)\]", needed)
        self.assertTrue(any(name.startswith("libstdc++") for name in libraries), libraries)
        self.assertEqual([name for name in libraries if re.search("torch|c10|sndfile|cairo|FLAC|soxr", name)], [])

    def python(self, program, **environment):
        return run(sys.executable, "-B", "-c", "import ictus_events, numpy\n" + program, self.stream,
                   env={**ENVIRONMENT, "ICTUS_LIBRARY": str(self.libictus), "PYTHONPATH": str(ROOT / "examples"), **environment})

    def test_arrays_in_python(self):
        written = self.python("import sys; stream = ictus_events.read(sys.argv[1])\n"
                              "assert stream.events['vector'].shape == (len(stream.events), 32)\n"
                              "assert (stream.sample_rate_hz, stream.channels) == (44100, 2)\n"
                              "assert ('TITLE', 'A test') in stream.tags, stream.tags\n"
                              "assert stream.length_samples == 66150\n"
                              "assert stream.numbers[0].name == 'pitch' and stream.numbers[0].unit == 'Hz'\n"
                              "pitches = stream.numbers[0].value_of(stream.events['vector'][:, 0])\n"
                              "assert pitches.shape == (len(stream.events),) and (pitches >= 25).all()\n"
                              "for event in stream.events:\n"
                              "    print(event['onset_samples'], event['gain_db'], *event['vector'])")
        listed = ictus("dump", self.stream).stdout.decode().splitlines()
        listed = numpy.array([line.split("\t") for line in listed if line[0].isdigit()], "f8")
        self.assertGreater(len(listed), 0)
        read = numpy.array([line.split() for line in written.decode().splitlines()], "f8")
        numpy.testing.assert_array_equal(read[:, 0], numpy.round(listed[:, 1] * 44100))
        numpy.testing.assert_allclose(read[:, 1:], listed[:, 2:], rtol=1e-6)

    def test_sound_in_python(self):
        samples = self.python("import sys; samples = ictus_events.decode(sys.argv[1])\n"
                              "assert samples.dtype == numpy.float32 and samples.shape == (66150, 2), samples.shape\n"
                              "sys.stdout.buffer.write(samples.tobytes())")
        self.assertEqual(samples, ictus("decode", "--raw", "--samples", "float32", self.stream, "-o", "-").stdout)

    def test_errors_in_python(self):
        self.python("try:\n    ictus_events.read('/nowhere')\n"
                    "except ictus_events.Error as error:\n    assert str(error).startswith('/nowhere: cannot be opened'), error\n"
                    "else:\n    raise AssertionError('nothing was raised')\n")
        self.python("try:\n    ictus_events.decode(__import__('sys').argv[1], model='/dev/null')\n"
                    "except ictus_events.Error as error:\n    assert error.hint, error\n"
                    "else:\n    raise AssertionError('nothing was raised')\n")

    def test_the_installed_program_finds_its_weights(self):
        program = self.prefix / "bin/ictus"
        sound = pathlib.Path(self.scratch.name) / "a.wav"
        run(program, "decode", self.stream, "-o", sound)
        again = run(program, "encode", "--effort", "0", sound, "-o", "-")
        self.assertEqual(again, ictus("encode", "--effort", "0", sound, "-o", "-").stdout)
        self.assertEqual(len(list(self.prefix.glob("share/man/man1/*.1.gz"))), len(list((ROOT / "man").glob("*.1"))))
        refused = subprocess.run([program, "generate", "--seed", "1", "-o", "-"], env=ENVIRONMENT, capture_output=True, text=True)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the part of ictus that runs networks, is missing", refused.stderr)
        self.assertIn("install the package ictus-networks", refused.stderr)


if __name__ == "__main__":
    assert BIN.is_dir()
    unittest.main()
