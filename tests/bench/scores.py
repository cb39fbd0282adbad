"""Three pieces in the public domain as lists of notes, and MIDI files of them, by the Debian package python3-mido.

    /usr/bin/python3 tests/bench/scores.py FOLDER       writes them there

When a note begins is reckoned here from beats and tempi, apart from the MIDI file, so that it can be compared with what is
made of that.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

TICKS = 480     # a quarter
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Note(NamedTuple):
    """In quarters from the beginning. A voice has a track and a channel of its own."""
    onset: float
    duration: float
    key: int
    velocity: int
    voice: int = 0


class Piece(NamedTuple):
    """`tempi` are (quarter, quarters a minute), from the beginning on; `pedal` (quarter, whether it is down), of all voices."""
    name: str
    title: str
    notes: list
    tempi: list
    pedal: list


def key_of(name):
    """C4 is 60."""
    letter, accidental, octave = re.fullmatch(r"([A-G])([#b]?)(-?\d)", name).groups()
    return 12 * (int(octave) + 1) + STEPS[letter] + {"": 0, "#": 1, "b": -1}[accidental]


def line(words, voice, unit, velocity):
    """Notes one after another: `C4` lasts a unit, `C4:2` two, and `-` is a rest."""
    now, notes = 0.0, []
    for word in words.split():
        name, _, units = word.partition(":")
        duration = unit * float(units or 1)
        if name != "-":
            notes.append(Note(now, duration, key_of(name), velocity, voice))
        now += duration
    return notes


# J. S. Bach, The Well-Tempered Clavier, book 1, BWV 846: the chord of each bar, which is broken in the same way.
PRELUDE = """
C4 E4 G4 C5 E5 / C4 D4 A4 D5 F5 / B3 D4 G4 D5 F5 / C4 E4 G4 C5 E5 / C4 E4 A4 E5 A5 / C4 D4 F#4 A4 D5 / B3 D4 G4 D5 G5 /
B3 C4 E4 G4 C5 / A3 C4 E4 G4 C5 / D3 A3 D4 F#4 C5 / G3 B3 D4 G4 B4 / G3 Bb3 E4 G4 C#5 / F3 A3 D4 A4 D5 / F3 Ab3 D4 F4 B4 /
E3 G3 C4 G4 C5 / E3 F3 A3 C4 F4 / D3 F3 A3 C4 F4 / G2 D3 G3 B3 F4 / C3 E3 G3 C4 E4 / C3 G3 Bb3 C4 E4 / F2 F3 A3 C4 E4 /
F#2 C3 A3 C4 Eb4 / Ab2 F3 B3 C4 D4 / G2 F3 G3 B3 D4 / G2 E3 G3 C4 E4 / G2 D3 G3 C4 F4 / G2 D3 G3 B3 F4 / G2 Eb3 A3 C4 F#4 /
G2 E3 G3 C4 G4 / G2 D3 G3 C4 F4 / G2 D3 G3 B3 F4 / C2 C3 G3 Bb3 E4
"""
PRELUDE_END = "C2 C3 E4 G4 C5"


def prelude():
    notes = []
    bars = [[key_of(name) for name in bar.split()] for bar in PRELUDE.split("/")]
    for half, keys in enumerate(keys for bar in bars for keys in (bar, bar)):
        begin = 2.0 * half
        notes += [Note(begin, 2.0, keys[0], 64), Note(begin + 0.25, 1.75, keys[1], 60)]
        notes += [Note(begin + 0.5 + 0.25 * i, 0.25, keys[2 + i % 3], 56 + 4 * (i % 3)) for i in range(6)]
    end = 4.0 * len(bars)
    notes += [Note(end, 4.0, key_of(name), 70) for name in PRELUDE_END.split()]
    return Piece("prelude", "Prelude in C major, BWV 846", notes, [(0.0, 66.0), (end - 4.0, 52.0), (end - 1.5, 40.0)], [])


# L. van Beethoven, Bagatelle WoO 59, "Fuer Elise": the first eight bars, and their pedal.
ELISE_RIGHT = """
E5 D#5 E5 D#5 E5 B4 D5 C5 A4:2 - C4 E4 A4 B4:2 - E4 G#4 B4 C5:2 - E4 E5 D#5
E5 D#5 E5 B4 D5 C5 A4:2 - C4 E4 A4 B4:2 - E4 C5 B4 A4:4
"""
ELISE_LEFT = "-:8 A2 E3 A3 -:3 E2 E3 G#3 -:3 A2 E3 A3 -:9 A2 E3 A3 -:3 E2 E3 G#3 -:3 A2 E3 A3"


def elise():
    right, left = line(ELISE_RIGHT, 0, 0.25, 72), line(ELISE_LEFT, 1, 0.25, 58)
    bars = [note.onset for note in left if note.key in (key_of("A2"), key_of("E2"))]
    pedal = [change for bar in bars for change in ((bar, True), (bar + 1.25, False))]
    return Piece("elise", "Bagatelle in A minor, WoO 59", right + left, [(0.0, 72.0), (max(bars), 60.0)], pedal)


# J. S. Bach, Invention in C major, BWV 772: the first four bars, without ornaments, and the two chords they lead to here.
INVENTION_RIGHT = """
- C4 D4 E4 F4 D4 E4 C4 G4:2 C5:2 B4:2 C5:2 D5 G4 A4 B4 C5 A4 B4 G4 D5:2 G5:2 F5:2 G5:2
E5 A5 G5 F5 E5 G5 F5 A5 G5 F5 E5 D5 C5 E5 D5 F5 E5 D5 C5 B4 A4 C5 B4 D5 C5 B4 A4 G4 F#4 A4 G4 B4 A4:4 G4:8
"""
INVENTION_LEFT = """
-:9 C3 D3 E3 F3 D3 E3 C3 G3:2 G2:2 -:5 G3 A3 B3 C4 A3 B3 G3
C4:2 B3:2 C4:2 D4:2 E4:2 G3:2 A3:2 B3:2 C4:2 E3:2 F#3:2 G3:2 A3:2 B3:2 C4:4 D3:4 G2:8
"""


def invention():
    notes = line(INVENTION_RIGHT, 0, 0.25, 80) + line(INVENTION_LEFT, 1, 0.25, 74)
    return Piece("invention", "Invention in C major, BWV 772", notes, [(0.0, 80.0), (16.0, 63.5)], [])


def pieces():
    return [prelude(), elise(), invention()]


def seconds_at(tempi, quarter):
    """When a beat is, by the tempi."""
    seconds = 0.0
    for (begin, a_minute), (end, _) in zip(tempi, [*tempi[1:], (max(quarter, tempi[-1][0]), 0)]):
        seconds += 60.0 / a_minute * max(0.0, min(quarter, end) - begin)
    return seconds


def sounding(piece):
    """[(onset in s, key)], in order of time; of two at a time the lower key first."""
    return sorted((seconds_at(piece.tempi, note.onset), note.key) for note in piece.notes)


def one_by_one(piece, every=8.0):
    """Each key of a piece by itself, from the lowest on, long enough for the one before to be silent: at 60 quarters a minute."""
    keys = sorted({note.key for note in piece.notes})
    return Piece(f"{piece.name}-keys", piece.title, [Note(every * i, 1.0, key, 80) for i, key in enumerate(keys)], [(0.0, 60.0)], [])


def repeated(piece, seconds):
    """The piece over and over, until it lasts so long."""
    length = max(note.onset + note.duration for note in piece.notes)
    count = int(-(-seconds // seconds_at(piece.tempi, length)))
    notes = [note._replace(onset=note.onset + k * length) for k in range(count) for note in piece.notes]
    tempi = [(begin + k * length, a_minute) for k in range(count) for begin, a_minute in piece.tempi]
    pedal = [(begin + k * length, is_down) for k in range(count) for begin, is_down in piece.pedal]
    return piece._replace(notes=notes, tempi=tempi, pedal=pedal)


def messages_of(piece, voice):
    """[(tick, order, message)]: at one moment keys are let go before others are pressed."""
    import mido
    found = []
    for note in piece.notes:
        if note.voice == voice:
            for at, order, kind, velocity in ((note.onset, 2, "note_on", note.velocity), (note.onset + note.duration, 0, "note_off", 0)):
                found.append((round(TICKS * at), order, mido.Message(kind, channel=voice, note=note.key, velocity=velocity)))
    for at, is_down in piece.pedal:
        found.append((round(TICKS * at), 1, mido.Message("control_change", channel=voice, control=64, value=127 * is_down)))
    return found


def track_of(messages):
    import mido
    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(messages, key=lambda entry: entry[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def write_midi(piece, path):
    """Format 1: a track of the title and the tempi, and one of each voice."""
    import mido
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    tempi = [(0, 0, mido.MetaMessage("track_name", name=piece.title))]
    tempi += [(round(TICKS * at), 1, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(a_minute))) for at, a_minute in piece.tempi]
    file.tracks.append(track_of(tempi))
    for voice in sorted({note.voice for note in piece.notes}):
        file.tracks.append(track_of(messages_of(piece, voice)))
    file.save(path)
    return path


if __name__ == "__main__":
    for each in pieces():
        print(write_midi(each, Path(sys.argv[1]) / f"{each.name}.mid"))
