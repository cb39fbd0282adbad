"""Made-up music for every General MIDI program: solo lines, chords, counterpoint, drums, bands."""
import numpy as np
from . import dsp, midi
from .scores import ALL, ENSEMBLES

SCALES = [[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 8, 11], [0, 2, 4, 7, 9], [0, 3, 5, 7, 10], [0, 2, 4, 6, 8, 10],
          [0, 1, 4, 5, 7, 8, 11], [0, 2, 3, 5, 7, 9, 10], list(range(12))]
# Instruments that are often heard alone; the rest come by way of ALL.
SOLO = [56, 40, 73, 53, 11, 24, 0, 42, 60, 65, 71, 13, 9, 6, 46, 19, 25, 57, 68, 70, 52, 12, 14, 22, 27, 30, 33, 41, 43, 45, 58, 66, 72, 75, 77, 79, 104, 105, 110]


class Line:
    """One part on one channel."""

    def __init__(self, rng, channel, program, events, scale, root):
        self.rng, self.channel, self.program, self.events = rng, channel, program, events
        self.low, self.high = midi.program_range(program)
        self.pitches = [p for p in range(self.low, self.high + 1) if (p - root) % 12 in scale]
        self.at = int(rng.integers(len(self.pitches)))
        self.loud = rng.uniform(45, 110)
        self.reach = int(rng.choice([2, 2, 5, 12]))     # of the pitch bend, semitones
        events.append((0.0, "program", channel, program, 0))
        events += [(0.0, "cc", channel, 11, 127), (0.0, "reach", channel, self.reach, 0)]

    def step(self):
        """The next pitch of a melody."""
        move = int(np.round(self.rng.normal(0, 2.2)))
        if self.rng.random() < 0.06:
            move = int(self.rng.integers(-7, 8))
        self.at = int(np.clip(self.at + move, 0, len(self.pitches) - 1))
        if self.at in (0, len(self.pitches) - 1):
            self.at = len(self.pitches) // 2
        return self.pitches[self.at]

    def note(self, start, seconds, pitch, loud=None):
        rng = self.rng
        start = max(0.01, start + rng.normal(0, 0.008))
        loud = self.loud + rng.normal(0, 9) if loud is None else loud
        self.events.append((start, "on", self.channel, pitch, int(np.clip(loud, 6, 127))))
        self.events.append((start + max(0.03, seconds), "off", self.channel, pitch, 0))

    def express(self, start, seconds, bends=True):
        """Swell, vibrato or glide over one held note."""
        rng, ch = self.rng, self.channel
        way = rng.random()
        steps = max(2, int(seconds * 40))
        t = np.linspace(0, 1, steps)
        if way < 0.45:
            shape = [t, 1 - t, np.sin(np.pi * t), 0.4 + 0.6 * np.sin(np.pi * t) ** 2][int(rng.integers(4))]
            for k in range(steps):
                self.events.append((start + t[k] * seconds, "cc", ch, 11, int(30 + 97 * shape[k])))
        else:
            self.events.append((start, "cc", ch, 11, 127))
        if not bends:
            return
        bend = np.zeros(steps)
        if rng.random() < 0.45 and seconds > 0.4:   # vibrato, growing
            hz, depth = rng.uniform(4, 7.5), rng.uniform(600, 4400) / self.reach
            bend += depth * np.clip(t * seconds / rng.uniform(0.2, 0.8), 0, 1) * np.sin(2 * np.pi * hz * t * seconds)
        if rng.random() < 0.25:                     # scoop, fall or glide
            size = rng.uniform(-8191, 8191)
            curve = [np.exp(-t * seconds / 0.08), t ** 2, t][int(rng.integers(3))]
            bend += size * curve
        if np.any(bend):
            for k in range(steps):
                self.events.append((start + t[k] * seconds, "bend", ch, int(np.clip(bend[k], -8192, 8191)), 0))
            self.events.append((start + seconds + 0.005, "bend", ch, 0, 0))


def melody(rng, line, seconds, beat, start=0.2):
    """Phrases of legato, detached or mixed notes with rests between."""
    t = start
    while t < seconds - 1:
        style = rng.random()
        values = rng.choice([0.25, 0.5, 0.5, 1, 1, 1.5, 2, 3, 4], size=int(rng.integers(3, 12)))
        scale = rng.choice([0.5, 1, 1, 2])
        for value in values:
            length = float(np.clip(value * beat * scale, 0.07, 5))
            held = length * (rng.uniform(0.15, 0.5) if style < 0.25 else rng.uniform(0.9, 1.04) if style < 0.7 else rng.uniform(0.4, 1))
            pitch = line.step()
            line.note(t, held, pitch)
            if held > 0.25 and line.program in midi.SUSTAINED | {24, 25, 26, 27, 29, 30, 33, 35, 104}:
                line.express(t, held, bends=line.program not in range(16, 24) and rng.random() < 0.6)
            t += length
            if t > seconds - 0.6:
                return
        t += rng.choice([0, 0.5, 1, 2]) * beat * rng.uniform(0.5, 1.5)


def isolated(rng, line, seconds, beat):
    t = 0.2
    while t < seconds - 1.5:
        held = float(rng.choice([0.08, 0.3, 0.8, 1.5, 3]))
        pitch = int(rng.integers(line.low, line.high + 1))
        line.note(t, held, pitch, rng.uniform(15, 127))
        if held > 0.7 and line.program in midi.SUSTAINED and rng.random() < 0.6:
            line.express(t, held)
        t += held * rng.uniform(0.3, 1.2) + rng.uniform(0.05, 1.8)


def arpeggio(rng, line, seconds, beat):
    t = 0.2
    step = float(rng.choice([0.125, 0.25, 0.333, 0.5])) * beat
    if rng.random() < 0.4:
        line.events += [(k * 1.7, "cc", line.channel, 64, 0 if k == 0 else 127) for k in range(2)]
    while t < seconds - 1:
        base = int(rng.integers(max(1, len(line.pitches) - 8)))
        pattern = rng.permutation([0, 2, 4, 7, 4, 2][:int(rng.integers(3, 7))])
        for _ in range(int(rng.integers(1, 5))):
            for offset in pattern:
                line.note(t, step * rng.uniform(0.5, 3), line.pitches[min(base + int(offset), len(line.pitches) - 1)])
                t += step
                if t > seconds - 0.8:
                    return


def chords(rng, line, seconds, beat):
    t = 0.2
    while t < seconds - 1.2:
        base = int(rng.integers(max(1, len(line.pitches) - 7)))
        size = int(rng.integers(2, 6))
        length = float(rng.choice([0.5, 1, 2, 4])) * beat
        held = length * (rng.uniform(0.2, 0.6) if rng.random() < 0.3 else rng.uniform(0.85, 1.0))
        roll = rng.uniform(0.01, 0.06) if rng.random() < 0.35 else 0.0
        for k in range(size):
            line.note(t + roll * k, held, line.pitches[min(base + 2 * k, len(line.pitches) - 1)])
        if held > 1 and line.program in midi.SUSTAINED and rng.random() < 0.5:
            line.express(t, held, bends=False)
        t += length


# Percussion (General MIDI key numbers): kit for grooves, hand percussion for solos.
KICK, SNARE, HAT, CYMBAL, TOM = [35, 36], [37, 38, 39, 40], [42, 44, 46], [49, 51, 52, 53, 55, 57, 59], [41, 43, 45, 47, 48, 50]
HAND = [85, 85, 82, 70, 69, 75, 76, 77, 80, 81, 54, 56, 58, 60, 61, 62, 63, 64, 65, 66, 67, 68, 71, 72, 73, 74, 78, 79, 83, 84, 37, 39]


def drums(rng, events, seconds, beat, kit=None, channel=9, solo=None):
    """A groove, or castanets, shakers, bells and the like alone."""
    kit = int(rng.choice([0, 0, 8, 16, 24, 25, 32, 40, 48])) if kit is None else kit
    events.append((0.0, "program", channel, kit, 128))
    steps, t = 16, 0.15
    swing = rng.uniform(0, 0.3) if rng.random() < 0.4 else 0.0
    solo = rng.random() < 0.45 if solo is None else solo

    def hit(at, key, loud):
        at = max(0.01, at + rng.normal(0, 0.006))
        events.append((at, "on", channel, int(key), int(np.clip(loud, 8, 127))))
        events.append((at + 0.15, "off", channel, int(key), 0))
    keys = [int(k) for k in (rng.choice(HAND, size=int(rng.integers(1, 4)), replace=False) if solo else
                             [rng.choice(KICK), rng.choice(SNARE), rng.choice(HAT), rng.choice(HAT)])]
    if not solo and rng.random() < 0.5:
        keys += [int(k) for k in rng.choice(HAND, size=int(rng.integers(1, 3)))]
    while t < seconds - 1:
        density = rng.uniform(0.1, 0.7, len(keys))
        pattern = rng.random((len(keys), steps)) < density[:, None]
        if not solo:
            pattern[0, ::8], pattern[1, 4::8], pattern[2, ::2] = True, True, True
        accents = rng.uniform(40, 125, (len(keys), steps))
        for bar in range(int(rng.integers(1, 5))):
            fill = rng.random() < 0.15
            for s in range(steps):
                at = t + (s + (swing if s % 2 else 0)) * beat / 4
                if at > seconds - 0.4:
                    return
                for k, key in enumerate(keys):
                    if pattern[k, s] and not (fill and s >= 12):
                        hit(at, key, accents[k, s] + rng.normal(0, 8))
                if fill and s >= 12:
                    hit(at, rng.choice(SNARE + TOM if not solo else keys), rng.uniform(50, 125))
                if solo and rng.random() < 0.05:       # a roll
                    for r in range(int(rng.integers(3, 9))):
                        hit(at + r * rng.uniform(0.03, 0.07), keys[0], rng.uniform(30, 110))
                if not solo and s == 0 and rng.random() < 0.3:
                    hit(at, rng.choice(CYMBAL), rng.uniform(50, 115))
            t += steps * beat / 4
            if rng.random() < (0.25 if solo else 0.05):
                t += rng.uniform(0.2, 1.5)


class Polyphony:
    def __init__(self, synth):
        self.synth = synth

    def make(self, rng, index):
        events = []
        seconds = rng.uniform(20, 45)
        beat = 60 / rng.uniform(50, 170)
        scale, root = SCALES[int(rng.integers(len(SCALES)))], int(rng.integers(12))

        def line(channel, program):
            return Line(rng, channel, int(program), events, scale, root)
        way = rng.random()
        program = rng.choice(SOLO) if rng.random() < 0.55 else rng.choice(ALL)
        if way < 0.30:
            melody(rng, line(0, program), seconds, beat)
        elif way < 0.40:
            isolated(rng, line(0, program), seconds, beat)
        elif way < 0.47:
            arpeggio(rng, line(0, program), seconds, beat)
        elif way < 0.54:
            chords(rng, line(0, program), seconds, beat)
        elif way < 0.68:
            drums(rng, events, seconds, beat)
        elif way < 0.86:                       # counterpoint, 2 to 8 voices
            pool = ENSEMBLES[str(rng.choice(list(ENSEMBLES)))] if rng.random() < 0.5 else ALL
            for i in range(int(rng.integers(2, 9))):
                part = line(i if i < 9 else i + 1, rng.choice(pool))
                [melody, melody, melody, arpeggio, chords, isolated][int(rng.integers(6))](rng, part, seconds, beat * float(rng.choice([0.5, 1, 1, 2])))
        else:                                  # a band
            drums(rng, events, seconds, beat, solo=False)
            melody(rng, line(0, rng.choice(list(range(32, 40)))), seconds, beat)
            chords(rng, line(1, rng.choice([0, 4, 16, 24, 25, 27, 29, 48, 61, 89])), seconds, beat)
            if rng.random() < 0.7:
                melody(rng, line(2, rng.choice(ALL)), seconds, beat)
        font = self.synth.pick_font(rng)
        place = rng.random()
        reverb = (rng.uniform(0.1, 0.9), rng.uniform(0, 0.8), 0.5, rng.uniform(0.1, 0.7)) if place < 0.25 else None
        x = dsp.halve(self.synth.render(rng, font, events, seconds + rng.uniform(0, 2), reverb))
        if place > 0.8:
            x = dsp.room(rng, x)
        if rng.random() < 0.3:
            x = dsp.add_floor(rng, x, -75, -45)
        return x, font[1], font[2]
