"""Scores (MIDI files) rendered with soundfonts, played less mechanically than they are written."""
import csv
import functools
from pathlib import Path
import numpy as np
from . import dsp, midi

# Groups from which all parts of one performance are drawn.
ENSEMBLES = {
    "strings": [40, 41, 42, 43, 40, 42], "string orchestra": [48, 49, 40, 42, 48], "pizzicato": [45, 45, 46, 43],
    "brass": [56, 57, 58, 59, 60, 61], "winds": [68, 69, 70, 71, 73, 60], "saxophones": [64, 65, 66, 67],
    "flutes": [72, 73, 74, 75, 78, 79], "choir": [52, 53, 54, 52], "guitars": [24, 25, 26, 27, 32, 33],
    "electric": [27, 28, 29, 30, 33, 34, 16, 18], "mallets": [9, 11, 12, 13, 8, 10], "plucked": [46, 106, 104, 107, 15, 6],
    "keyboards": [0, 1, 2, 3, 4, 5, 6, 7], "organ": [19, 16, 20, 21, 22, 23], "chapel": [19, 52, 53, 48], "synthetic": list(range(80, 104)),
    "folk": [105, 110, 21, 22, 24, 73, 79, 109, 111], "small orchestra": [48, 40, 42, 73, 71, 60, 47, 68, 70, 46],
    "trio sonata": [40, 73, 6, 42, 74, 68], "jazz": [0, 26, 32, 11, 65, 66, 59],
}
SOLO = [0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 11, 11, 12, 13, 14, 15, 16, 19, 19, 20, 21, 24, 24, 25, 26, 27, 46, 46, 104, 106, 107, 108]
ALL = [p for family in midi.FAMILIES.values() for p in family]


class Scores:
    def __init__(self, folder, synth, extra=None):
        self.synth, self.files = synth, []
        if folder:
            names = {}
            index = Path(folder) / "index.tsv"
            if index.exists():
                with open(index, encoding="utf-8") as f:
                    names = {row["file"]: row for row in csv.DictReader(f, delimiter="\t")}
            for path in sorted(Path(folder).glob("*.mid")):
                row = names.get(path.name, {})
                if not names or float(row.get("seconds") or 0) > 8:
                    self.files.append((path, f"score {path.name} (Mutopia {row.get('mutopia_id', '')})", "public domain"))
        self.files += extra or []
        if not self.files:
            raise RuntimeError("no scores")

    @functools.lru_cache(maxsize=64)
    def notes(self, path):
        return midi.read(path if isinstance(path, bytes) else path.read_bytes())

    def make(self, rng, index):
        path, name, licence = self.files[int(rng.integers(len(self.files)))]
        notes = self.notes(path)
        if len(notes) < 8:
            return None
        notes = excerpt(rng, notes)
        if len(notes) < 6:
            return None
        events, seconds = perform(rng, notes)
        font = self.synth.pick_font(rng)
        place = rng.random()
        reverb = None
        if place < 0.35:
            reverb = (rng.uniform(0.1, 0.95), rng.uniform(0, 0.8), 0.5, rng.uniform(0.1, 0.8))
        x = dsp.halve(self.synth.render(rng, font, events, seconds, reverb))
        if place > 0.75:
            x = dsp.room(rng, x)
        if rng.random() < 0.3:
            x = dsp.add_floor(rng, x, -75, -45)
        return x, f"{name}; {font[1]}", f"{licence}; {font[2]}"


def excerpt(rng, notes):
    """20 to 55 s from a random point, moved to start soon after zero."""
    length = rng.uniform(20, 55)
    total = notes[-1].start + notes[-1].seconds
    start = rng.uniform(0, max(0.0, total - length * 0.7)) if rng.random() < 0.8 else 0.0
    chosen = [n for n in notes if start <= n.start < start + length]
    if not chosen:
        return []
    first = chosen[0].start - rng.uniform(0.05, 0.5)
    return [n._replace(start=n.start - first, seconds=min(n.seconds, 12.0)) for n in chosen]


def choose_programs(rng, parts):
    """part -> program; parts: part -> (median pitch, written program)."""
    way = rng.random()
    if way < 0.2:
        return {part: written for part, (_, written) in parts.items()}
    if way < 0.45:
        program = int(rng.choice(SOLO))
        return {part: program for part in parts}
    if way < 0.85:
        pool = ENSEMBLES[str(rng.choice(list(ENSEMBLES)))]
    else:
        pool = ALL
    chosen = {}
    for part, (pitch, _) in parts.items():
        fitting = [p for p in pool if midi.program_range(p)[0] - 2 <= pitch <= midi.program_range(p)[1] + 2] or pool
        chosen[part] = int(rng.choice(fitting))
    return chosen


def controllers(rng, program, channel, seconds):
    """Events of swell and modulation of instruments that sustain, and of the pedal of pianos."""
    events = []
    if program in midi.SUSTAINED and rng.random() < 0.6:
        swell = dsp.smooth_curve(rng, int(seconds * 20) + 8, rng.uniform(0.7, 3), rng.uniform(40, 95), 127, rate=20)
        for k in range(0, int(seconds * 20)):
            events.append((k / 20, "cc", channel, 11, int(swell[k])))
    if program in midi.SUSTAINED and rng.random() < 0.3:
        events.append((0.0, "cc", channel, 1, int(rng.integers(10, 90))))
    if program in (0, 1, 2, 3, 4, 5) and rng.random() < 0.6:
        t = 0.0
        while t < seconds:
            t += rng.uniform(0.8, 3)
            events += [(t, "cc", channel, 64, 0), (t + 0.06, "cc", channel, 64, 127)]
    return events


def perform(rng, notes):
    """Humanised events and their length in seconds."""
    parts = {}
    for note in notes:
        if not note.drum:
            parts.setdefault(note.part, []).append(note)
    programs = choose_programs(rng, {part: (np.median([n.pitch for n in ns]), ns[0].program) for part, ns in parts.items()})
    transpose = int(rng.integers(-5, 7)) if rng.random() < 0.8 else 0
    tempo = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
    end = max(n.start for n in notes) + 13
    grid = np.arange(0, end + 1, 0.05)
    drift = dsp.smooth_curve(rng, len(grid), rng.uniform(1.0, 5.0), -1, 1, rate=20) * rng.choice([0.02, 0.06, 0.12])
    warped = np.concatenate([[0], np.cumsum(0.05 * np.exp(drift) / tempo)])[:len(grid)]

    def when(t):
        return float(np.interp(t, grid, warped))
    jitter = rng.choice([0.002, 0.006, 0.012, 0.02])
    phrase = dsp.smooth_curve(rng, len(grid), rng.uniform(1.5, 6), -1, 1, rate=20) * rng.uniform(5, 25)
    spread = rng.uniform(0.005, 0.03) if rng.random() < 0.2 else 0.0
    events, last = [], 0.0
    channels, setting = {}, {}
    for i, (part, ns) in enumerate(parts.items()):
        channel = i % 30
        channel += channel >= 9
        channels[part] = channel
        program = programs[part]
        setting[part] = (program, rng.uniform(-0.008, 0.008), rng.uniform(0.45, 1.02) if rng.random() < 0.4 else rng.uniform(0.85, 1.02),
                         rng.uniform(-12, 12), rng.uniform(45, 95))
        events.append((0.0, "program", channel, program, 0))
        events += controllers(rng, program, channel, when(end))
    written = [n.velocity for n in notes]
    flat = max(written) - min(written) < 12
    chord = {}
    for note in notes:
        if note.drum:
            channel, pitch, (_, lag, held, louder, base) = 9, note.pitch, (0, 0.0, 1.0, 0.0, 80.0)
        else:
            channel = channels[note.part]
            program, lag, held, louder, base = setting[note.part]
            pitch = midi.fit_pitch(note.pitch + transpose, program)
        key = (channel, round(note.start, 3))
        chord[key] = chord.get(key, -1) + 1
        start = max(0.01, when(note.start) + lag + rng.normal(0, jitter) + spread * chord[key])
        stop = start + max(0.04, (when(note.start + note.seconds) - when(note.start)) * held)
        loud = (base if flat else note.velocity) + louder + np.interp(note.start, grid, phrase) + rng.normal(0, 6)
        events.append((start, "on", channel, pitch, int(np.clip(loud, 8, 127))))
        events.append((stop, "off", channel, pitch, 0))
        last = max(last, stop)
    if any(n.drum for n in notes):
        events.append((0.0, "program", 9, 0, 128))
    return events, min(62.0, last + rng.uniform(0.8, 2.5))
