"""Recorded single notes, played one after the other and over each other, with their natural decays."""
import functools
import numpy as np
from . import dsp, sources

PERCUSSIVE = {"piano", "guitar-acoustic", "guitar-electric", "harp", "bass-electric", "xylophone", "salamander"}


class Notes:
    def __init__(self, folder):
        self.instruments = {}
        for path in sorted(folder.glob("tonejs-instrument-*-mp3/*.mp3")):
            name = path.parent.name[len("tonejs-instrument-"):-len("-mp3")]
            if name in sources.INSTRUMENTS:
                self._add(name, f"npm {path.parent.name} ({sources.INSTRUMENTS[name]}, edited by N. Brosowsky)", path)
        for path in sorted(folder.glob("audio-samples-piano-velocity*/audio/*.ogg")):
            self._add("salamander", "npm @audio-samples/piano-velocity (Alexander Holm)", path)
        self.names = list(self.instruments)

    def _add(self, name, source, path):
        pitch = sources.pitch_of(path.name)
        if pitch is not None:
            self.instruments.setdefault(name, (source, []))[1].append((pitch, path))

    @functools.lru_cache(maxsize=1000)
    def _decoded(self, path):
        return dsp.decode(path, dsp.RENDER)

    def note(self, options, pitch, rng):
        """The recording nearest to the pitch, played a little faster or slower."""
        near = min(abs(p - pitch) for p, _ in options)
        found, path = [o for o in options if abs(o[0] - pitch) == near][int(rng.integers(sum(abs(p - pitch) == near for p, _ in options)))]
        cents = float(np.clip(pitch - found, -4, 4)) + rng.normal(0, 0.06)
        x = self._decoded(path)[:dsp.RENDER * 12]
        return dsp.resample(x, dsp.RATE / dsp.RENDER * 2 ** (-cents / 12))

    def make(self, rng, index):
        name = "salamander" if rng.random() < 0.16 and "salamander" in self.names else str(rng.choice(self.names))
        seconds = rng.uniform(20, 45)
        out = np.zeros(int((seconds + 3) * dsp.RATE), np.float32)
        played = [self._play(rng, name, out, seconds)]
        if rng.random() < 0.15:                      # a duet
            played.append(self._play(rng, str(rng.choice(self.names)), out, seconds))
        x = dsp.fade(out, 0.0, 1.0)
        if rng.random() < 0.45:
            x = dsp.room(rng, x)
        if rng.random() < 0.5:
            x = dsp.add_floor(rng, x, -70, -40)
        return x, "; ".join(dict.fromkeys(played)), "CC-BY-3.0"

    def _play(self, rng, name, out, seconds):
        source, options = self.instruments[name]
        low, high = min(p for p, _ in options) - 1, max(p for p, _ in options) + 1
        style = ["isolated", "melody", "melody", "chords", "arpeggio"][int(rng.integers(5))]
        if style in ("chords", "arpeggio") and name in ("trumpet", "flute", "violin", "clarinet", "bassoon", "tuba", "trombone", "saxophone") and rng.random() < 0.6:
            style = "melody"
        beat = rng.uniform(0.25, 0.9)
        scale = [0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.5 else [0, 2, 3, 5, 7, 8, 11]
        root = int(rng.integers(12))
        ladder = [p for p in range(low, high + 1) if (p - root) % 12 in scale]
        at = len(ladder) // 2
        t = rng.uniform(0.05, 0.6)
        ring = name in PERCUSSIVE
        while t < seconds - 1:
            if style == "isolated":
                chord, step = [int(rng.integers(low, high + 1))], rng.uniform(0.6, 4)
                held = step * rng.uniform(0.4, 2.0) if rng.random() < 0.7 else 12
            else:
                at = int(np.clip(at + np.round(rng.normal(0, 2)), 0, len(ladder) - 1))
                if at in (0, len(ladder) - 1) and rng.random() < 0.5:
                    at = len(ladder) // 2
                step = beat * float(rng.choice([0.5, 1, 1, 1, 2, 3]))
                size = int(rng.integers(2, 5)) if style == "chords" else 1
                chord = [ladder[min(at + 2 * k, len(ladder) - 1)] for k in range(size)]
                if style == "arpeggio":
                    step = beat * 0.5
                    chord = [ladder[min(at + 2 * int(rng.integers(4)), len(ladder) - 1)]]
                held = step * rng.uniform(0.8, 1.1) + (rng.uniform(0.3, 4) if ring and rng.random() < 0.7 else 0)
                if rng.random() < 0.12:
                    held = step * 0.4
            for k, pitch in enumerate(dict.fromkeys(chord)):
                x = self.note(options, pitch, rng)
                n = int(min(held * dsp.RATE, len(x)))
                if n < len(x):
                    x = dsp.fade(x[:n + int(0.12 * dsp.RATE)], 0.0, min(0.1, held / 3))
                loud = rms_gain(x) * dsp.db(rng.uniform(-14, 0))
                dsp.add(out, x * np.float32(loud), (t + k * rng.uniform(0, 0.02)) * dsp.RATE)
            t += step
            if rng.random() < 0.08:
                t += rng.uniform(0.3, 2.5)
        return source


def rms_gain(x):
    """Recordings of one instrument are not equally loud; bring them half the way together."""
    return float((0.1 / (dsp.rms(x[:dsp.RATE // 2]) + 1e-4)) ** 0.5)
