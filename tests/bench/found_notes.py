"""Notes found in music whose notes are known: made-up pieces, played by a soundfont that no training heard.

The soundfont is the Debian package timgm6mb-soundfont (GPL-2), played by the program of fluidsynth: for measuring alone, neither
is part of the project or trained on.
"""

import io
import random
from pathlib import Path
from typing import NamedTuple

import measure
import single_events
import tables

SOUNDFONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
# What plays, its General MIDI program from 0 on, and how many voices it has.
PIECES = (("piano", 0, 1), ("guitar", 24, 2), ("violin", 40, 1), ("flute", 73, 1), ("trumpet", 56, 2), ("clarinet", 71, 2),
          ("vibraphone", 11, 3), ("piano, three voices", 0, 3))
SEED = 100
BEGIN_S, END_S = 0.25, 11.0
LENGTHS_S = (0.25, 0.5, 0.5, 0.75, 1.0, 1.5)
STEPS = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7, -7)
LOWEST, HIGHEST = 45, 84
VOICES = (67, 60, 52)           # where each begins
FLOORS = (36, 48, 60, 24, 127)  # velocities below the greatest

ABOUT = f"""\
Pieces of {END_S + 1:g} s with random steps, which a soundfont that no training heard plays without a room. Of the notes of
`ictus dump --format midi` those count whose velocity is at most {FLOORS[0]}, {FLOORS[1]}, {FLOORS[2]}, {FLOORS[3]} or {FLOORS[4]} below the greatest, whichever gives the best
F1. A note is found when its onset is within 50 ms and its pitch within half a semitone
([lib/metrics/note_match.hpp](../../lib/metrics/note_match.hpp)).
"""


class Note(NamedTuple):
    onset_s: float
    pitch: int
    length_s: float
    velocity: int


class Found(NamedTuple):
    """What was found of one piece."""
    piece: str
    truth: int
    found: int
    precision: float
    recall: float
    f1: float
    events: int


def piece(seed, voices):
    """Its notes, in order."""
    dice, notes = random.Random(seed), []
    for voice in range(voices):
        now, pitch = BEGIN_S, VOICES[voice] + dice.randint(-2, 2)
        while now < END_S:
            length = dice.choice(LENGTHS_S)
            pitch = max(LOWEST, min(HIGHEST, pitch + dice.choice(STEPS)))
            notes.append(Note(round(now, 3), pitch, 0.9 * length, dice.randint(60, 110)))
            now += length
    return sorted(notes)


def write_midi(notes, program, path):
    """Ticks are milliseconds. By the Debian package python3-mido, as read_midi()."""
    import mido
    events = [(note.onset_s, True, note.pitch, note.velocity) for note in notes]
    events += [(note.onset_s + note.length_s, False, note.pitch, 0) for note in notes]
    track, now = mido.MidiTrack([mido.Message("program_change", program=program)]), 0
    for time_s, _, pitch, velocity in sorted(events):       # of one moment what ends before what begins
        tick = round(1000 * time_s)
        track.append(mido.Message("note_on", note=pitch, velocity=velocity, time=tick - now))
        now = tick
    midi = mido.MidiFile(ticks_per_beat=500)
    midi.tracks.append(track)
    midi.save(path)


def read_midi(data):
    """[(onset in s, pitch, velocity)]"""
    import mido
    now, notes = 0.0, []
    for message in mido.MidiFile(file=io.BytesIO(data)):
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            notes.append((now, message.note, message.velocity))
    return notes


def play(midi, sound):
    if not SOUNDFONT.exists():
        raise RuntimeError(f"{SOUNDFONT} is missing; script/setup bench installs it")
    measure.run(["fluidsynth", "-ni", "-q", "-g", 0.7, "-r", 44100, "-R", 0, "-C", 0, "-T", "wav", "-F", sound, SOUNDFONT, midi])


def write_list(path, notes):
    """Onsets and pitches, for compare_sounds."""
    path.write_text("".join(f"{note[0]:.6f}\t{note[1]}\n" for note in notes), encoding="utf-8")
    return path


def best_match(truth, found, folder):
    """(precision, recall, F1, how many were taken) at the velocity floor that gives the best F1."""
    loudest = max((velocity for _, _, velocity in found), default=0)
    taken = [[note for note in found if note[2] >= loudest - floor] for floor in FLOORS]
    true_list, lists = write_list(folder / "truth.tsv", truth), []
    for k, notes in enumerate(taken):
        lists += [true_list, write_list(folder / f"found-{k}.tsv", notes)]
    told = measure.told_by_compare("notes", *lists)
    match, notes = max(zip(told, taken), key=lambda each: each[0]["f1"])
    return match["precision"], match["recall"], match["f1"], len(notes)


def measure_pieces(folder, pieces=PIECES, say=lambda text: None):
    """[Found]; what is made on the way stays in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for k, (name, program, voices) in enumerate(pieces):
        midi, sound, stream = (folder / f"{k}{ending}" for ending in (".in.mid", ".wav", ".evs"))
        truth = piece(SEED + k, voices)
        write_midi(truth, program, midi)
        play(midi, sound)
        measure.run(measure.on_one_core(measure.Ictus().encode(sound, stream)))
        written = folder / f"{k}.out.mid"
        with open(written, "wb") as out:
            measure.run([measure.ICTUS, "dump", "--format", "midi", stream], stdout=out)
        data = written.read_bytes()
        precision, recall, f1, count = best_match(truth, read_midi(data) if data else [], folder)
        found.append(Found(name, len(truth), count, precision, recall, f1, single_events.facts_of(stream)["events"]))
        say(f"notes of {name}: F1 {f1:.2f}")
    return found


def table(found):
    rows = [[one.piece, one.truth, one.found, f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}", f"{one.events / one.truth:.1f}"]
            for one in found]
    means = [tables.mean(values) for values in zip(*((one.precision, one.recall, one.f1) for one in found))]
    rows.append(["mean", "", "", *(f"{value:.2f}" for value in means), f"{tables.mean(one.events / one.truth for one in found):.1f}"])
    return tables.markdown(["piece", "notes", "found", "precision", "recall", "F1", "events a note"], rows)


def bars(found):
    """There is no bar for it yet."""
    return [["notes found in music, F1", "–", f"{tables.mean(one.f1 for one in found):.2f}; "
             f"{tables.mean(one.events / one.truth for one in found):.1f} events a note", "–"]]
