"""What becomes of recorded notes an octave higher: in decoded sound, by detectors that know nothing of events, and in the list."""

import json
import math
import subprocess
from array import array
from typing import NamedTuple

import detectors
import measure
import notes
import recorded_notes
import single_events
import tables
from measure import ICTUS

COUNT = 10
LEAD_S = 0.3                # of silence before each note
RATE_HZ = 44100
THERE, BACK = "+7", "-7"
BAR_CENTS, BAR_ONSET_MS, BAR_LEVEL_DB = 5.0, 1.0, 1.0
PITCH = 0                   # its place among the numbers of an event


class Octave(NamedTuple):
    """A note an octave higher, against the note."""
    name: str
    cents: float            # more than an octave
    onset_ms: float         # later
    level_db: float         # louder


def made_by(words, source=b""):
    return subprocess.run([ICTUS, *map(str, words)], check=True, input=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def samples_of(stream):
    """Decoded, one channel."""
    import numpy as np
    return np.frombuffer(made_by(["decode", "--raw", "--samples", "float32"], stream), "<f4").astype(np.float64)


def events_of(stream):
    return [line for line in map(json.loads, made_by(["dump", "--format", "json"], stream).splitlines()) if "event" in line]


def varied(stream, *words):
    return made_by(["vary", *words], stream)


def every_note(folder):
    return [path for instrument in recorded_notes.UNSEEN for path in recorded_notes.recordings(instrument, folder, None)]


def encoded(recording, folder):
    """A note after some silence, as a stream."""
    sound = folder / "in.wav"
    measure.to_wav(recording, sound, RATE_HZ)
    samples, _ = recorded_notes.read_wav(sound)
    recorded_notes.write_wav(sound, array("h", bytes(2 * round(LEAD_S * RATE_HZ))) + samples, RATE_HZ)
    stream = folder / f"{recording.parent.name}-{recording.stem}.evs"
    made_by(["encode", "-f", sound, "-o", stream])
    return stream


def octave_of(stream):
    low, high = (samples_of(data) for data in (stream.read_bytes(), varied(stream.read_bytes(), "--transpose", "12")))
    return Octave(stream.stem, detectors.apart_cents(low, high, RATE_HZ),
                  1e3 * (detectors.begins_s(high, RATE_HZ) - detectors.begins_s(low, RATE_HZ)),
                  detectors.level_db(high) - detectors.level_db(low))


class Listed(NamedTuple):
    """What the lists say: of transposing by an octave, and of there and back."""
    moved: int
    stayed: int             # as noise, or at the end of the range
    others_changed: int     # numbers but pitch, and onsets
    cents: float            # from an octave, at most
    louder_db: tuple        # gains, least and most
    back_steps: float       # of any number, or of the gain, at most


def listed(streams):
    moved = stayed = others = 0
    cents, gains, back_steps = [], [], []
    for stream in streams:
        facts, before = single_events.facts_of(stream), events_of(stream.read_bytes())
        octave = events_of(varied(stream.read_bytes(), "--transpose", "12"))
        semitones = 12 * math.log2(facts["numbers"][PITCH]["high"] / facts["numbers"][PITCH]["low"])
        for old, new in zip(before, octave, strict=True):
            others += (new["onset_s"], new["vector"][1:]) != (old["onset_s"], old["vector"][1:])
            if new["vector"] == old["vector"]:
                stayed += 1
                continue
            moved += 1
            cents.append(100 * (semitones * (new["vector"][PITCH] - old["vector"][PITCH]) / 2 - 12))
            gains.append(new["gain_db"] - old["gain_db"])
        back = events_of(varied(varied(stream.read_bytes(), "--transpose", THERE), "--transpose", BACK))
        steps = [2 / (number["steps"] - 1) for number in facts["numbers"]]
        for old, new in zip(before, back, strict=True):
            others += new["onset_s"] != old["onset_s"]
            back_steps.append(abs(new["gain_db"] - old["gain_db"]) / facts["gain_step_db"])
            back_steps += [abs(a - b) / step for a, b, step in zip(new["vector"], old["vector"], steps)]
            others += old["vector"][len(steps):] != new["vector"][len(steps):]
    return Listed(moved, stayed, others, max(map(abs, cents)), (min(gains), max(gains)), max(back_steps))


def worst(values):
    return max(values, key=abs)


def lines(folder_of_notes, folder, say):
    streams = [encoded(recording, folder) for recording in notes.spread(every_note(folder_of_notes), COUNT)]
    octaves = [octave_of(stream) for stream in streams]
    for octave in octaves:
        say(f"{octave.name}: {octave.cents:+.2f} cents, {octave.onset_ms:+.2f} ms, {octave.level_db:+.2f} dB")
    table = []
    for what, bar, unit, found in (("frequency", f"doubles within {BAR_CENTS:g} cents", "cents", [octave.cents for octave in octaves]),
                                   ("onset", f"stays within {BAR_ONSET_MS:g} ms", "ms", [octave.onset_ms for octave in octaves]),
                                   ("level (RMS)", f"stays within {BAR_LEVEL_DB:g} dB", "dB", [octave.level_db for octave in octaves])):
        limit = {"cents": BAR_CENTS, "ms": BAR_ONSET_MS, "dB": BAR_LEVEL_DB}[unit]
        near = sum(abs(value) <= limit for value in found)
        table.append([f"{COUNT} recorded notes an octave higher, decoded: {what}", bar, f"{near} of {COUNT}; at most {worst(found):+.2f} {unit}",
                      tables.yes(near == COUNT)])
    told = listed(streams)
    table.append(["the same in the list", f"an octave within {BAR_CENTS:g} cents, onsets and all other numbers but gains the same",
                  f"{told.moved} events, within {told.cents:.1f} cents, gains {told.louder_db[0]:+.1f} to {told.louder_db[1]:+.1f} dB; {told.stayed} "
                  f"stay; {told.others_changed} others changed", tables.yes(told.cents <= BAR_CENTS and told.others_changed == 0)])
    table.append([f"transposed by {THERE}, then by {BACK}, {COUNT} notes", "the same list within a step",
                  f"at most {told.back_steps:.2g} steps away", tables.yes(told.back_steps <= 1.001)])
    return table
