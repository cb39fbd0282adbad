"""Free drum hits, loops, ambiences and oddities as sequences, loops and beats."""
import functools
from pathlib import Path
import numpy as np
from . import dsp, sources

ROOT = Path("/usr/share/sonic-pi/samples")


class Effects:
    def __init__(self):
        names = [f"etc/samples/{p.name}" for p in sorted(ROOT.glob("*.flac"))]
        self.files = [(ROOT / Path(n).name, author) for n, author, licence in
                      sources.free_files("/usr/share/doc/sonic-pi-samples/copyright", names) if licence == "CC0"]

    @functools.lru_cache(maxsize=300)
    def _decoded(self, path):
        return dsp.decode(path)

    def _pick(self, rng, short):
        while True:
            path, _ = self.files[int(rng.integers(len(self.files)))]
            x = self._decoded(path)
            if (len(x) < 1.2 * dsp.RATE) == short or rng.random() < 0.05:
                ratio = 2 ** (rng.normal(0, 3) / 12) if rng.random() < 0.5 else 1.0
                return dsp.fade(dsp.resample(x[:dsp.RATE * 15], ratio) if ratio != 1 else x[:dsp.RATE * 15], 0.0, 0.01)

    def make(self, rng, index):
        seconds = rng.uniform(20, 40)
        out = np.zeros(int((seconds + 1) * dsp.RATE), np.float32)
        way = rng.random()
        if way < 0.4:                       # single sounds with gaps
            t = rng.uniform(0, 0.5)
            while t < seconds - 0.5:
                x = self._pick(rng, rng.random() < 0.6) * np.float32(dsp.db(rng.uniform(-18, 0)))
                dsp.add(out, x, t * dsp.RATE)
                t += len(x) / dsp.RATE * rng.uniform(0.4, 1.1) + rng.uniform(0.02, 1.2)
        elif way < 0.75:                    # a beat of short sounds
            step = rng.uniform(0.09, 0.25)
            sounds = [self._pick(rng, True) for _ in range(int(rng.integers(2, 7)))]
            length = int(rng.choice([8, 12, 16, 32]))
            pattern = rng.random((len(sounds), length)) < rng.uniform(0.1, 0.5, len(sounds))[:, None]
            k = 0
            while k * step < seconds - 0.3:
                if k % (length * 4) == 0 and k:
                    pattern ^= rng.random(pattern.shape) < 0.08
                for s, x in enumerate(sounds):
                    if pattern[s, k % length]:
                        dsp.add(out, x * np.float32(dsp.db(rng.uniform(-10, 0))), (k * step + max(-0.01, rng.normal(0, 0.004))) * dsp.RATE)
                k += 1
        else:                               # a loop or ambience repeated, with hits over it
            x = self._pick(rng, False)
            t = 0.0
            while t < seconds:
                dsp.add(out, x, t * dsp.RATE)
                t += max(0.3, len(x) / dsp.RATE * rng.choice([1.0, 1.0, 0.98]))
            for _ in range(int(rng.integers(0, 20))):
                dsp.add(out, self._pick(rng, True) * np.float32(dsp.db(rng.uniform(-12, 0))), rng.uniform(0, seconds) * dsp.RATE)
        x = dsp.fade(out, 0.0, 0.5)
        if rng.random() < 0.35:
            x = dsp.room(rng, x)
        if rng.random() < 0.35:
            x = dsp.add_floor(rng, x, -70, -42)
        return x, "sonic-pi-samples (authors of freesound.org)", "CC0"
