"""The memory of encoding and decoding does not grow with the length of the sound.

These are short sounds, quick enough for every run of the tests; `script/bench FOLDER --long` does it with an hour.
"""

import pathlib
import sys
import tempfile
import unittest

import measure

sys.path.insert(0, str(measure.ROOT / "tests/cli"))
import support  # noqa: E402

SHORT_S, LONG_S = 12, 72


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ictus-memory-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        second = support.tone(4)
        for seconds in (SHORT_S, LONG_S):
            (cls.folder / f"{seconds}.wav").write_bytes(support.wav_bytes(second * (seconds // 4)))
            (cls.folder / f"{seconds}.evs").write_bytes(support.long_stream(seconds))
            measure.output_of([measure.ICTUS, "encode", "-q", "--codec", "mars", "--effort", 0, cls.folder / f"{seconds}.wav",
                               "-o", cls.folder / f"{seconds}.mars"])

    def assert_like_the_short(self, *words, ending):
        short, long = (measure.run([measure.ICTUS, *words, self.folder / f"{seconds}{ending}", "-o", "/dev/null"]).peak_mib
                       for seconds in (SHORT_S, LONG_S))
        self.assertLess(long, 1.1 * short, f"{long:.0f} MiB for {LONG_S} s, {short:.0f} MiB for {SHORT_S} s")

    def test_encoding(self):
        # On each thread but one there is a piece of a minute that waits in memory: what is short has one piece.
        self.assert_like_the_short("encode", "-q", "--effort", 0, "--threads", 1, ending=".wav")

    def test_decoding(self):
        self.assert_like_the_short("decode", "-q", ending=".evs")

    def test_encoding_with_mars(self):
        self.assert_like_the_short("encode", "-q", "--codec", "mars", "--effort", 0, ending=".wav")

    def test_decoding_with_mars(self):
        self.assert_like_the_short("decode", "-q", ending=".mars")


if __name__ == "__main__":
    unittest.main()
