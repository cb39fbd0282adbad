"""Standard MIDI files to notes in seconds, and General MIDI knowledge."""
import struct
from bisect import bisect_right
from collections import namedtuple

Note = namedtuple("Note", "start seconds pitch velocity part program drum")

FAMILIES = {
    "keyboard": range(0, 8), "mallet": range(8, 16), "organ": range(16, 24), "guitar": range(24, 32),
    "bass": range(32, 40), "string": range(40, 46), "harp, timpani": range(46, 48), "ensemble": range(48, 52),
    "vocal": range(52, 55), "brass": range(56, 64), "reed": range(64, 72), "flute": range(72, 80),
    "synth lead": range(80, 88), "synth pad": range(88, 96), "synth effect": range(96, 104),
    "folk": range(104, 112), "pitched percussion": range(112, 118),
}

# Sounding range (lowest, highest pitch) where it is narrower than the keyboard.
RANGES = {8: (60, 108), 9: (72, 108), 10: (60, 96), 11: (53, 89), 12: (48, 96), 13: (60, 108), 14: (48, 84), 15: (55, 91),
          24: (40, 84), 25: (40, 84), 26: (40, 84), 27: (40, 84), 28: (40, 76), 29: (40, 84), 30: (40, 84), 31: (52, 88),
          40: (55, 98), 41: (48, 86), 42: (36, 76), 43: (28, 60), 44: (36, 91), 45: (36, 88), 46: (28, 98), 47: (36, 60),
          48: (28, 96), 49: (28, 96), 52: (43, 84), 53: (43, 84), 54: (43, 84), 55: (36, 84),
          56: (54, 86), 57: (36, 74), 58: (26, 62), 59: (54, 82), 60: (36, 77), 61: (36, 86), 62: (36, 86), 63: (36, 86),
          64: (56, 88), 65: (49, 81), 66: (44, 76), 67: (36, 69), 68: (58, 91), 69: (52, 81), 70: (34, 74), 71: (50, 91),
          72: (72, 105), 73: (60, 96), 74: (60, 96), 75: (60, 96), 76: (48, 84), 77: (55, 91), 78: (72, 98), 79: (60, 96),
          104: (48, 84), 105: (48, 84), 106: (48, 84), 107: (43, 84), 108: (48, 88), 109: (48, 76), 110: (55, 96), 111: (58, 91),
          112: (60, 96), 114: (52, 88), 115: (55, 84), 116: (40, 72), 117: (40, 72)}
for p in list(range(32, 40)):
    RANGES[p] = (24, 60)

SUSTAINED = set(range(16, 24)) | set(range(40, 45)) | set(range(48, 55)) | set(range(56, 80)) | set(range(80, 96)) | {109, 110, 111}


def program_range(program):
    return RANGES.get(program, (30, 98))


def fit_pitch(pitch, program):
    """The pitch, moved by octaves into the instrument's range."""
    low, high = program_range(program)
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return min(max(pitch, 0), 127)


def _chunks(data):
    at = 0
    while at + 8 <= len(data):
        kind, size = data[at:at + 4], struct.unpack(">I", data[at + 4:at + 8])[0]
        yield kind, data[at + 8:at + 8 + size]
        at += 8 + size


def _variable_length(body, at):
    """A number of a track and where what follows it begins."""
    value = 0
    while True:
        byte = body[at]
        at += 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at


def read(data):
    """Notes of a MIDI file (bytes), sorted by start."""
    tracks, division = [], 480
    for kind, body in _chunks(data):
        if kind == b"MThd":
            division = struct.unpack(">H", body[4:6])[0]
        elif kind == b"MTrk":
            tracks.append(body)
    if division & 0x8000:
        raise ValueError("SMPTE time is not supported")
    tempos, raw = {0: 500000}, []
    for number, body in enumerate(tracks):
        at, tick, status = 0, 0, 0
        program, open_notes = [0] * 16, {}
        while at < len(body):
            delta, at = _variable_length(body, at)
            tick += delta
            if body[at] & 128:
                status = body[at]
                at += 1
            if status == 0xFF:
                kind = body[at]
                size, at = _variable_length(body, at + 1)
                if kind == 0x51 and size == 3:
                    tempos[tick] = int.from_bytes(body[at:at + 3], "big")
                at += size
                if kind == 0x2F:
                    break
            elif status in (0xF0, 0xF7):
                size, at = _variable_length(body, at)
                at += size
            else:
                command, channel = status >> 4, status & 15
                a = body[at]
                b = body[at + 1] if command not in (12, 13) else 0
                at += 1 if command in (12, 13) else 2
                key = (channel, a)
                if command == 12:
                    program[channel] = a
                elif command in (8, 9) and key in open_notes:
                    start, velocity, prog = open_notes.pop(key)
                    raw.append((start, tick, a, velocity, (number, channel), prog, channel == 9))
                if command == 9 and b:
                    open_notes[key] = (tick, b, program[channel])
    ticks = sorted(tempos)
    seconds = [0.0]
    for before, tick in zip(ticks, ticks[1:]):
        seconds.append(seconds[-1] + (tick - before) * tempos[before] / 1e6 / division)

    def time(tick):
        i = bisect_right(ticks, tick) - 1
        return seconds[i] + (tick - ticks[i]) * tempos[ticks[i]] / 1e6 / division
    notes = [Note(time(s), max(0.02, time(e) - time(s)), p, v, part, prog, drum) for s, e, p, v, part, prog, drum in raw]
    return sorted(notes, key=lambda n: n.start)
