"""What docs/composing.md and docs/playing.md tell to type runs, one block after the other, in a folder with nothing but a
recording and, for the second, a score."""

import array
import os
import re
import subprocess
import unittest
import wave

from support import BIN, DONE, ROOT, TIMEOUT_S, Case, tone, wav_bytes
from test_play import notes, score

COMPOSING, PLAYING = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("composing.md", "playing.md"))
BLOCKS, PLAYED_BLOCKS = (re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for text in (COMPOSING, PLAYING))
# What each block leaves behind, or the last of it.
MADE = ["song.evs", "song.tsv", "song.html", "notes.evs", "stems/notes-stems.tsv", "tune.evs", "cloud.evs", "piece.evs",
        "piece.mid", "piece.wav"]
PLAYED = ["plain.wav", "song.evs", "sounds.evs", "piece.evs", "shaped.evs", "piece.wav"]
SONG_S = 6


class Composing(Case):
    def test_there_are_ten_commands(self):
        for text, blocks, count in ((COMPOSING, BLOCKS, 10), (PLAYING, PLAYED_BLOCKS, 6)):
            self.assertEqual(len(blocks), count)
            self.assertEqual(re.findall(r"^## (\d+)\. ", text, re.MULTILINE), [str(i + 1) for i in range(count)])

    def run_block(self, block, made):
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
        self.assertFalse((self.folder / made).exists(), made)
        run = subprocess.run(["bash", "-euo", "pipefail", "-c", block], env=environment, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, DONE, f"{block}\n{run.stderr}")
        self.assertNotIn("warning", run.stderr)
        self.assertGreater((self.folder / made).stat().st_size, 0, made)

    def test_they_run_one_after_the_other(self):
        self.put("song.wav", wav_bytes(tone(SONG_S)))
        for block, made in zip(BLOCKS, MADE):
            self.run_block(block, made)

        stems = (self.folder / "stems/notes-stems.tsv").read_text().splitlines()[1:]
        self.assertGreater(len(stems), 0)
        for line in stems:
            self.assertTrue((self.folder / "stems" / line.split("\t")[1]).exists(), line)
        self.assertEqual((self.folder / "piece.mid").read_bytes()[:4], b"MThd")
        with wave.open("piece.wav", "rb") as sound:
            self.assertGreater(sound.getnframes() / sound.getframerate(), SONG_S)
            samples = array.array("h", sound.readframes(sound.getnframes()))
        self.assertGreater(max(map(abs, samples)), 1000)

    def test_a_score_is_played(self):
        self.put("song.wav", wav_bytes(tone(SONG_S)))
        tune = [(0.25 * i, 0.2, 48 + 5 * i % 24, 60 + i) for i in range(16)]
        self.put("score.mid", score(notes(tune) + notes([(0.5 * i, 0.1, 38, 90) for i in range(8)], 9)))
        for block, made in zip(PLAYED_BLOCKS, PLAYED):
            self.run_block(block, made)
        with wave.open("piece.wav", "rb") as sound:
            self.assertEqual(sound.getnchannels(), 2)
            self.assertAlmostEqual(sound.getnframes() / sound.getframerate(), 0.25 * 15 + 0.2 + 4, delta=0.01)
            samples = array.array("h", sound.readframes(sound.getnframes()))
        self.assertGreater(max(map(abs, samples)), 1000)

    def test_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#]+)\)", COMPOSING + PLAYING):
            if "://" not in target:
                self.assertTrue((ROOT / "docs" / target).exists(), target)


if __name__ == "__main__":
    unittest.main()
