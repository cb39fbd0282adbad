"""Pieces of recorded and produced music, only those tracks whose licence asks for no more than a name."""
import functools
import tempfile
import zipfile
from pathlib import Path
from . import dsp, sources

BLOBWARS = Path("/usr/share/games/blobwars/music")
UFOAI = Path("/usr/share/games/ufoai/base/0music.pk3")


class Music:
    """Every part of every piece is used once."""

    def __init__(self, rng):
        self.tracks = []
        names = [f"music/{p.name}" for p in sorted(BLOBWARS.glob("*")) if p.suffix != ".tags"]
        for name, author, licence in sources.free_files("/usr/share/doc/blobwars-data/copyright", names):
            self.tracks.append((f"blobwars-data {name} ({author})", licence, BLOBWARS / Path(name).name, None))
        self.archive = zipfile.ZipFile(UFOAI)
        inside = {f"base/{n}": n for n in self.archive.namelist() if n.endswith(".ogg")}
        for name, author, licence in sources.free_files("/usr/share/doc/ufoai-music/copyright", sorted(inside)):
            self.tracks.append((f"ufoai-music {name} ({author})", licence, UFOAI, inside[name]))
        self._cut(rng)

    @functools.lru_cache(maxsize=32)
    def _decoded(self, path, inside):
        if not inside:
            return dsp.decode(path)
        with tempfile.NamedTemporaryFile(suffix=".ogg") as f:
            f.write(self.archive.read(inside))
            f.flush()
            return dsp.decode(f.name)

    def _cut(self, rng):
        """All pieces of about 30 s, in random order; decodes every track once."""
        self.cuts = []
        for track in self.tracks:
            n = len(self._decoded(*track[2:])) / dsp.RATE
            start = 0.0
            while start < n - 12:
                length = rng.uniform(24, 40)
                self.cuts.append((track, start, length))
                start += length
        self.cuts = [self.cuts[i] for i in rng.permutation(len(self.cuts))]

    def make(self, rng, index):
        if index >= len(self.cuts):
            return None
        track, start, length = self.cuts[index]
        x = self._decoded(*track[2:])[int(start * dsp.RATE):int((start + length) * dsp.RATE)]
        return x, track[0], track[1]
