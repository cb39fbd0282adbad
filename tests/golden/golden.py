"""What the golden sounds are: committed streams and labels of notes, and the levels of what becomes of them.

levels.json has, for each channel of each sound, every quarter of a second: its level and those of 23 thirds of an octave from
50 Hz on, in dB. script/make-golden writes it, and the streams beside it.
"""

import array
import json
import math
import os
import pathlib
import subprocess
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("ICTUS_BIN_DIR", HERE.parents[1] / "build/dev/bin")).resolve()
LEVELS = HERE / "levels.json"

EVERY_S = 0.25
# What is this much softer than the loudest band of its sound is not compared: nobody hears it beside that.
FLOOR_DB = 50.0
# Between machines samples differ in their last bits. A decoder sums up what it is told, so that levels hardly differ.
DECODED_TOLERANCE_DB = 0.5
# The tokens of a generated note may differ where two were all but equally likely; always the likeliest is taken.
GENERATED_TOLERANCE_DB = 3.0

STREAMS = {"events": "events.evs", "mars": "pyramids.mars"}
NOTES = {"flute": ("--family", "flute", "--pitch", 72), "mallet": ("--family", "mallet", "--pitch", 60, "--velocity", 127),
         "bass": ("--family", "bass", "--pitch", 40, "--velocity", 75)}
SOUNDS = [*STREAMS, *NOTES]


def ictus(*words):
    run = subprocess.run([BIN / "ictus", *map(str, words)], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr)


def make_sound(name, path):
    """The WAV file of a golden sound, as these programs make it."""
    if name in STREAMS:
        ictus("decode", "-q", HERE / STREAMS[name], "-o", path)
    else:
        ictus("generate", "-q", *NOTES[name], "--temperature", 0, "-o", path)


def measured(name):
    """Its levels: for each channel the rows of a table, [level, band, band, ...] in dB."""
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch, "sound.wav")
        make_sound(name, path)
        with wave.open(str(path), "rb") as sound:
            rate_hz, channels = sound.getframerate(), sound.getnchannels()
            samples = array.array("h", sound.readframes(sound.getnframes()))
        return [levels(samples[channel::channels], rate_hz, pathlib.Path(scratch, "channel.wav")) for channel in range(channels)]


def levels(samples, rate_hz, path):
    """The rows of one channel, which is written to `path` for measuring."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(samples.tobytes())
    told = subprocess.run([BIN / "compare_sounds", "bands", path, "--every", str(EVERY_S), "--rate", str(rate_hz)],
                          check=True, capture_output=True, text=True).stdout
    rows = {}
    for line in told.splitlines()[1:]:
        time_s, _, level_db = map(float, line.split("\t"))
        rows.setdefault(time_s, []).append(level_db)
    step = int(EVERY_S * rate_hz)
    parts = [samples[begin:begin + step] for begin in range(0, len(samples), step)]
    return [[level_of(part), *bands] for part, bands in zip(parts, rows.values(), strict=True)]


def level_of(samples):
    power = sum(sample * sample for sample in samples) / len(samples) / 32768 ** 2
    return 10 * math.log10(power) if power > 0 else -math.inf


def differences(golden, found, tolerance_db):
    """Where two tables of a sound differ by more: (channel, time in s, band or 0 for the level, dB before, dB now)."""
    shape = [[len(row) for row in channel] for channel in golden]
    if shape != [[len(row) for row in channel] for channel in found]:
        return [("another number of channels, another length or another rate",)]
    told = []
    # Levels and powers of bands are in other units: each has its own loudest.
    for column in range(len(golden[0][0])):
        columns = range(1) if column == 0 else range(1, len(golden[0][0]))
        floor = max(row[each] for channel in golden for row in channel for each in columns) - FLOOR_DB
        for channel, (rows, now) in enumerate(zip(golden, found)):
            for place, (before, after) in enumerate(zip(rows, now)):
                if abs(max(floor, before[column]) - max(floor, after[column])) > tolerance_db:
                    told.append((channel, place * EVERY_S, column, before[column], after[column]))
    return told


def read_levels():
    return json.loads(LEVELS.read_text(encoding="utf-8"))


def write_levels(sounds):
    """One row a line, so that a change is seen in the diff."""
    def row(numbers):
        return "[" + ", ".join(f"{max(-200.0, number):.1f}" for number in numbers) + "]"

    channels = {name: ",\n".join("  [" + ",\n   ".join(map(row, rows)) + "]" for rows in tables) for name, tables in sounds.items()}
    LEVELS.write_text("{\n" + ",\n".join(f'"{name}": [\n{rows}]' for name, rows in channels.items()) + "\n}\n", encoding="utf-8")
