"""How many events a single held note takes."""

import statistics
from typing import NamedTuple

import measure
import recorded_notes
import single_events
import tables

INSTRUMENTS = ("piano", "flute", "cello")
OF_EACH = 10
SHORTEST_S, LONGEST_S = 2.0, 6.0
SHARE = 0.9     # of the energy
BAR_EVENTS, BEYOND_EVENTS = 3, 1

ABOUT = f"""\
{OF_EACH} notes of each instrument, from its whole range, {SHORTEST_S:g} to {LONGEST_S:g} s each: the piano of a folder that no training
hears, flute and cello from npm packages whose notes are among the recorded ones of the training sound. The energy of an
event is that of the sound decoded from it alone, until it stays 40 dB below its loudest moment; counted are the fewest
events whose energies add up to {100 * SHARE:g} % of those of all events of the note.
"""


class Note(NamedTuple):
    instrument: str
    name: str
    events: int
    carrying: int       # how many of them carry SHARE of the energy


def fewest(energies, share=SHARE):
    """How many of the largest add up to that share of their sum; 0 if all are nothing."""
    left = share * sum(energies)
    count = 0
    for energy in sorted(energies, reverse=True):
        if left <= 0:
            break
        left -= energy
        count += 1
    return count


def measure_notes(unseen, fetched, folder, count=OF_EACH, say=lambda text: None):
    """`unseen` and `fetched` are the folders of recorded_notes; what is made on the way stays in `folder`."""
    found = []
    for instrument in INSTRUMENTS:
        of_instrument = folder / instrument
        of_instrument.mkdir(parents=True)
        sounds = []
        for recording in recorded_notes.chosen(instrument, unseen, fetched, count, SHORTEST_S):
            sound = of_instrument / f"{recording.stem}.wav"
            sounds.append(recorded_notes.write_wav(sound, *recorded_notes.excerpt(recording, sound, LONGEST_S)))
        measure.run(measure.on_one_core(measure.Ictus().encode_many(sounds, of_instrument)))
        for sound in sounds:
            energies = single_events.energies(single_events.read(sound.with_suffix(".evs")), of_instrument / "events")
            found.append(Note(instrument, sound.stem, len(energies), fewest(energies)))
            say(f"held {instrument} {sound.stem}: {found[-1].carrying} of {found[-1].events} events carry {100 * SHARE:g} %")
    return found


def by_instrument(found):
    """[instrument, its notes]"""
    return [(name, [note for note in found if note.instrument == name]) for name in dict.fromkeys(note.instrument for note in found)]


def table(found):
    rows = []
    for instrument, own in [*by_instrument(found), ("all", found)]:
        carrying = [note.carrying for note in own]
        rows.append([instrument, len(own), f"{tables.mean(note.events for note in own):.1f}", f"{statistics.median(carrying):g}",
                     f"{tables.mean(carrying):.1f}", max(carrying), tables.percent(count <= BAR_EVENTS for count in carrying),
                     tables.percent(count <= BEYOND_EVENTS for count in carrying)])
    return tables.markdown(["", "notes", "events a note", f"they carry {100 * SHARE:g} %: median", "mean", "most",
                            f"notes with at most {BAR_EVENTS}", f"with {BEYOND_EVENTS}"], rows)


def bars(found):
    """A line of the table of bars for each instrument; it holds when it does for every note."""
    lines = []
    for instrument, own in by_instrument(found):
        carrying = [note.carrying for note in own]
        lines.append([f"events that carry {100 * SHARE:g} % of a held note: {instrument}", f"at most {BAR_EVENTS}", f"{BEYOND_EVENTS}",
                      f"median {statistics.median(carrying):g}, most {max(carrying)}; at most {BAR_EVENTS} in "
                      f"{sum(count <= BAR_EVENTS for count in carrying)} of {len(own)} notes",
                      tables.verdict(max(carrying) <= BAR_EVENTS, max(carrying) <= BEYOND_EVENTS)])
    return lines
