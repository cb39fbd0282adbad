"""Single notes of 65,536 samples at 16 kHz, from soundfonts and from recordings; see script/render-notes.

A note's name says what it is: FAMILY_SOURCE.INSTRUMENT_BANK-PROGRAM-PITCH-VELOCITY, a number more if drawn again. Where a
source is an instrument, it stands alone.
"""
import numpy as np
from scipy import fft, signal
from . import dsp, general_midi, notes, sources, synth

RATE, LENGTH = 16000, 65536
RENDER = 3 * RATE       # rendered straight at 16 kHz, soundfonts would alias: the synthesiser has no low-pass
SILENT = 1e-4           # of the peak of a note as the synthesiser gives it; loud ones reach 0.3

# By General MIDI program, as NSynth names its families; those after synth_lead are ours. Left out are the orchestra hit,
# percussive programs and sound effects.
FAMILIES = {"keyboard": range(0, 8), "mallet": range(8, 16), "organ": range(16, 24), "guitar": range(24, 32), "bass": range(32, 40),
            "string": range(40, 52), "vocal": range(52, 55), "brass": range(56, 64), "reed": range(64, 72), "flute": range(72, 80),
            "synth_lead": range(80, 88), "pad": range(88, 104), "world": range(104, 112)}
WEIGHT = {"pad": 0.3, "world": 0.6}     # the chance of each of their programs, where one of the others has 1
DRUMS, DRUM_BANK = 3.0, 128             # of all drum kits together
SHORT = {synth.FLUID: "fluidr3", synth.MUSESCORE: "musescore", synth.TIM: "timgm6mb"}
RECORDED_FAMILIES = {"salamander": "keyboard", "bass-electric": "bass", "guitar-electric": "guitar", "guitar-acoustic": "guitar",
                     "saxophone": "reed", "harmonium": "organ", "cello": "string", "clarinet": "reed"}

_TAPS = signal.firwin(511, 7650, fs=RENDER, window=("kaiser", 9.0))     # flat to 7.4 kHz, 90 dB down at 8 kHz
_SIZE = 3 * fft.next_fast_len(-(-(LENGTH * 3 + len(_TAPS)) // 3))
_GAIN = fft.rfft(_TAPS, _SIZE).astype(np.complex64)[:_SIZE // 6 + 1]


def family_of(program):
    return next((name for name, programs in FAMILIES.items() if program in programs), None)


def decimate(x):
    """LENGTH * 3 samples at RENDER to LENGTH at RATE: low-pass and every third, by way of the spectrum."""
    y = fft.irfft(fft.rfft(x.astype(np.float32), _SIZE)[:len(_GAIN)] * _GAIN, _SIZE // 3) / 3
    delay = (len(_TAPS) - 1) // 2 // 3
    return y[delay:delay + LENGTH].astype(np.float32)


def to_int16(x):
    return np.clip(np.round(x * 32767), -32768, 32767).astype("<i2")


def finish(rng, x):
    """LENGTH samples at a random level; None if nothing is to be heard."""
    x = np.asarray(x, np.float32)[:LENGTH]
    x = np.concatenate([x, np.zeros(LENGTH - len(x), np.float32)])
    if not np.all(np.isfinite(x)) or dsp.peak(x) < 1e-6:
        return None
    return at_random_level(rng, x)


def at_random_level(rng, x):
    return to_int16(x * np.float32(dsp.db(rng.uniform(-20, -1)) / dsp.peak(x)))


def surroundings(rng, x):
    """One in four in a made-up room, one in three with a noise floor.

    Both are made for dsp.RATE; played at 16 kHz the rooms are a little larger and the noise a little darker."""
    if rng.random() < 0.25:
        x = dsp.room(rng, x)[:LENGTH]
    if rng.random() < 0.33:
        x = dsp.add_floor(rng, x, -70, -45)
    return x


class Soundfonts:
    """Notes of all presets that sound and are not held out, both fonts alike, every program as often as the other."""

    def __init__(self, fonts=(synth.FLUID, synth.MUSESCORE)):
        self.synth = synth.Synth(fonts, RENDER, held_out=True)
        self.short = [SHORT[font] for font in fonts]
        self.presets = {}   # by program, or -1 for drums: for each font that has any, (its index, [(bank, program)])
        for i, (_, _, _, presets) in enumerate(self.synth.fonts):
            programs = {}
            for bank, program in sorted(presets):
                key = -1 if bank == DRUM_BANK else program
                if key == -1 or family_of(program):
                    programs.setdefault(key, []).append((bank, program))
            for key, found in programs.items():
                self.presets.setdefault(key, []).append((i, found))
        self.programs = sorted(self.presets)
        weights = np.array([DRUMS if p == -1 else WEIGHT.get(family_of(p), 1.0) for p in self.programs])
        self.chances = weights / weights.sum()

    def draw(self, rng):
        """What note it is to be: font, family, bank, program, pitch, velocity."""
        key = self.programs[int(rng.choice(len(self.programs), p=self.chances))]
        font, presets = self.presets[key][int(rng.integers(len(self.presets[key])))]
        bank, program = presets[int(rng.integers(len(presets)))]
        pitch = int(rng.integers(27, 88) if key == -1 else rng.integers(36, 85) if rng.random() < 0.6 else rng.integers(24, 101))
        return font, "percussion" if key == -1 else family_of(program), bank, program, pitch, int(rng.integers(25, 128))

    def name(self, drawn):
        font, family, bank, program, pitch, velocity = drawn
        instrument = "" if family == "percussion" else f".{general_midi.PROGRAMS[program]}"
        return f"{family}_{self.short[font]}{instrument}_{bank:03}-{program:03}-{pitch:03}-{velocity:03}"

    def source(self, drawn):
        """Its source and licence."""
        return self.synth.fonts[drawn[0]][1:3]

    def play(self, rng, drawn, onset, hold, cents=0.0, side=None):
        """The bare note at RATE, or None if it is silent."""
        font, _, bank, program, pitch, velocity = drawn
        events = [(0, "program", 0, program, bank), (0, "bend", 0, cents / 200 * 8192, 0),
                  (onset, "on", 0, pitch, velocity), (onset + hold, "off", 0, pitch, 0)]
        x = self.synth.render(rng, self.synth.fonts[font], events, 3 * LENGTH / RENDER, side=side)
        return decimate(x) if dsp.peak(x) > SILENT else None

    def make(self, rng, drawn):
        onset = rng.uniform(0, 0.02) if rng.random() < 0.85 else rng.uniform(0, 0.3)
        hold = 3.0 if rng.random() < 2 / 3 else rng.uniform(0.15, 4)
        cents = rng.uniform(-30, 30) if rng.random() < 0.2 else 0.0
        x = self.play(rng, drawn, onset, hold, cents)
        return None if x is None else finish(rng, surroundings(rng, x))


class Recorded:
    """Versions of recorded notes, each played a little faster or slower. Never of those in sources.HELD_OUT."""

    def __init__(self, folder):
        self.all = []       # family, instrument, source, pitch as recorded, velocity, path, version, semitones up
        found = notes.Notes(folder).instruments
        for instrument, family in RECORDED_FAMILIES.items():
            assert instrument not in sources.HELD_OUT
            source, options = found[instrument]
            for pitch, path in options:
                velocity, shifts = (0, range(-3, 3)) if instrument != "salamander" else \
                    (int(path.parts[-3].split("velocity")[1]) * 8 - 1, (0, 0, 0))
                taken = sum(item[1:5] == (instrument, source, pitch, velocity) for item in self.all)    # a pitch recorded twice
                self.all += [(family, instrument, source, pitch, velocity, path, taken + v, shift) for v, shift in enumerate(shifts)]

    def name(self, item):
        """In place of a program stands the pitch that was recorded. A velocity of 0: not known."""
        family, instrument, _, pitch, velocity, _, version, shift = item
        return f"{family}_{instrument}_000-{pitch:03}-{pitch + shift:03}-{velocity:03}-{version}"

    def make(self, rng, item):
        _, _, _, _, _, path, _, shift = item
        x = dsp.decode(path, RENDER)[:RENDER * 12]
        loud = np.flatnonzero(np.abs(x) > 0.01 * dsp.peak(x))
        if not len(loud):
            return None
        x = x[max(0, loud[0] - int(rng.uniform(0.002, 0.02) * RENDER)):]
        semitones = shift + rng.uniform(-0.3, 0.3)
        x = dsp.resample(x, RATE / RENDER * 2 ** (-semitones / 12))[:LENGTH]
        x = dsp.fade(x, 0.001, rng.uniform(0.005, 0.08), RATE)
        if rng.random() < 0.3:      # let go before its end
            n = int(rng.uniform(0.3, 3.5) * RATE)
            if n < len(x):
                x = dsp.fade(x[:n], 0, rng.uniform(0.02, 0.15), RATE)
        return finish(rng, surroundings(rng, np.concatenate([x, np.zeros(LENGTH - len(x), np.float32)])))
