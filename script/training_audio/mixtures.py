"""Two of the other kinds at once: a voice over instruments, a tune over weather, two tunes."""
import numpy as np
from . import dsp
from .synthetic import outdoors, vowels

PAIRS = [("sung", "polyphony"), ("sung", "notes"), ("sung", "scores"), ("speech", "polyphony"), ("speech", "scores"), ("speech", "outdoors"),
         ("notes", "notes"), ("notes", "effects"), ("notes", "outdoors"), ("scores", "effects"), ("effects", "polyphony")]


class Mixtures:
    def __init__(self, made):
        self.made = made

    def _one(self, rng, kind, index):
        if kind == "sung":
            return vowels(rng, 35.0), "computed by this project: vowels", "CC0"
        if kind == "outdoors":
            return outdoors(rng, 35 * dsp.RATE), "computed by this project: outdoors", "CC0"
        return self.made[kind].make(rng, index)

    def make(self, rng, index):
        first, second = PAIRS[int(rng.integers(len(PAIRS)))]
        a, b = self._one(rng, first, index * 11 + 5), self._one(rng, second, index * 13 + 7)
        if a is None or b is None:
            return None
        level = dsp.db(rng.uniform(-32, -12) if second == "outdoors" else rng.uniform(-14, 4))
        x = a[0] / (dsp.rms(a[0]) + 1e-9)
        x = x.astype(np.float32)[:45 * dsp.RATE]
        dsp.add(x, (b[0] * (level / (dsp.rms(b[0]) + 1e-9))).astype(np.float32), 0)
        return x, f"{a[1]} + {b[1]}", "; ".join(dict.fromkeys(f"{a[2]}; {b[2]}".split("; ")))
