"""The notes on which the mars codec is measured: how they are cut, named and grouped. script/render-notes --test makes them.

recorded-INSTRUMENT-PITCH.wav are recordings, soundfont-FAMILY-PITCH-VELOCITY.wav come from a soundfont that is not among
those of the training.
"""

from collections import Counter
from typing import NamedTuple

RATE_HZ = 16000
LONGEST, SHORTEST = 4 * RATE_HZ, RATE_HZ
ONSET, LEAD = 0.01, RATE_HZ // 50       # of the peak; what may stand before the onset
FADE = RATE_HZ // 20
END = 10 ** (-70 / 20)                  # of the peak: what stays below it to the end is not part of the note
GROUPS = {"recorded": "recorded", "soundfont": "unseen soundfont"}
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class Note(NamedTuple):
    group: str
    instrument: str
    label: str      # pitch, and velocity where it is known


def pitch_name(midi):
    return f"{NAMES[midi % 12]}{midi // 12 - 1}"


def parse(stem):
    """What a file's name says of it, or None."""
    group, _, rest = stem.partition("-")
    if group == "recorded":
        instrument, _, label = rest.rpartition("-")
    else:
        instrument, _, label = rest.partition("-")
    return Note(group, instrument, label) if group in GROUPS and instrument and label else None


def cut(samples):
    """The note from its onset, at most 4 s, faded where it is cut; None if less than 1 s is left. A NumPy array at RATE_HZ."""
    import numpy as np
    loud = np.abs(samples)
    peak = loud.max(initial=0)
    if peak == 0:
        return None
    onset = int(np.argmax(loud > ONSET * peak))
    end = len(loud) - int(np.argmax(loud[::-1] > END * peak))
    note = np.array(samples[max(0, onset - LEAD):end], np.float32)
    if len(note) < SHORTEST:
        return None
    if len(note) > LONGEST:
        note = note[:LONGEST]
        note[-FADE:] *= np.linspace(1, 0, FADE, dtype=np.float32)
    return note


def spread(items, count):
    """At most `count` of the items, evenly over their order."""
    if len(items) <= count:
        return list(items)
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def histogram(seconds):
    """How many last up to 1.5, 2, 2.5 ... 4 s, as a line."""
    bins = Counter(min(3.5, max(1.0, int(s * 2) / 2)) for s in seconds)
    return ", ".join(f"{low:g} to {low + 0.5:g} s: {bins[low]}" for low in sorted(bins))
