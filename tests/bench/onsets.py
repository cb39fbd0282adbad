"""How far the onset of a struck or plucked note's loudest event is from where the note begins."""

import math
import random
import statistics
from array import array
from itertools import accumulate
from typing import NamedTuple

import measure
import recorded_notes
import single_events
import tables

NOTES = {"piano": 20, "guitar": 20, "harp": 12, "xylophone": 8}     # how many of each
LONGEST_S = 2.5
SILENCE_S = (0.3, 1.2)
WINDOW_S, RISE = 2e-3, 1e-3     # the sound begins where a window first has RISE of the loudest one's energy, -30 dB
BAR_MS, BAR_SHARE = 10.0, 0.95
BEYOND_MS, BEYOND_SHARE = 5.0, 0.98

ABOUT = f"""\
Struck and plucked notes, at most {LONGEST_S:g} s of each, after a silence of {SILENCE_S[0]:g} to {SILENCE_S[1]:g} s: piano and guitar of a folder that
no training hears, harp and xylophone from npm packages whose notes are among the recorded ones of the training sound. A note
begins where {1e3 * WINDOW_S:g} ms of it first have {100 * RISE:g} % of the energy of its loudest {1e3 * WINDOW_S:g} ms (-30 dB). Its onset, as coded, is that of
the event that has the most energy by itself.
"""


class Note(NamedTuple):
    instrument: str
    name: str
    late_ms: float      # the onset as coded less the true one


def begins_at(samples, rate_hz):
    """The sample at which the sound begins."""
    size = round(WINDOW_S * rate_hz)
    sums = [0, *accumulate(sample * sample for sample in samples)]
    windows = [later - earlier for earlier, later in zip(sums, sums[size:])]
    threshold = RISE * max(windows)
    return next(k for k, energy in enumerate(windows) if energy > threshold) + size - 1


def onset_of_loudest(events, energies):
    """In samples; infinite where there are no events."""
    return max(zip(energies, events))[1][0] if events else math.inf


def measure_notes(unseen, fetched, folder, part=1, say=lambda text: None):
    """`unseen` and `fetched` are the folders of recorded_notes; a `part` of NOTES is measured. Files stay in `folder`."""
    found = []
    for instrument, count in NOTES.items():
        of_instrument = folder / instrument
        of_instrument.mkdir(parents=True)
        begin_s = {}
        for recording in recorded_notes.chosen(instrument, unseen, fetched, max(2, round(part * count))):
            sound = of_instrument / f"{recording.stem}.wav"
            note, rate_hz = recorded_notes.excerpt(recording, sound, LONGEST_S)
            silence = array("h", bytes(2 * round(random.Random(f"{instrument} {recording.stem}").uniform(*SILENCE_S) * rate_hz)))
            recorded_notes.write_wav(sound, silence + note, rate_hz)
            begin_s[sound] = (len(silence) + begins_at(note, rate_hz)) / rate_hz
        measure.run(measure.on_one_core(measure.Ictus().encode_many(begin_s, of_instrument)))
        for sound, begin in begin_s.items():
            stream = single_events.read(sound.with_suffix(".evs"))
            energies = single_events.energies(stream, of_instrument / "events")
            coded = onset_of_loudest(stream.events, energies) / stream.facts["sample_rate_hz"]
            found.append(Note(instrument, sound.stem, 1e3 * (coded - begin)))
            say(f"onset {instrument} {sound.stem}: {found[-1].late_ms:+.1f} ms")
    return found


def table(found):
    rows = []
    for instrument in [*dict.fromkeys(note.instrument for note in found), "all"]:
        late = [note.late_ms for note in found if instrument in (note.instrument, "all")]
        away = [abs(ms) for ms in late]
        rows.append([instrument, len(late), f"{statistics.median(late):+.1f}", f"{statistics.median(away):.1f}", f"{max(away):.1f}",
                     tables.percent(ms <= BAR_MS for ms in away), tables.percent(ms <= BEYOND_MS for ms in away)])
    return tables.markdown(["", "notes", "late by, ms (median)", "away, ms (median)", "farthest", f"within {BAR_MS:g} ms",
                            f"within {BEYOND_MS:g} ms"], rows)


def bars(found):
    """A line of the table of bars."""
    away = [abs(note.late_ms) for note in found]
    near, nearer = (tables.mean(ms <= limit for ms in away) for limit in (BAR_MS, BEYOND_MS))
    return [["onsets of isolated struck and plucked notes", f"{100 * BAR_SHARE:g} % within {BAR_MS:g} ms",
             f"{100 * BEYOND_SHARE:g} % within {BEYOND_MS:g} ms",
             f"{100 * near:.0f} % within {BAR_MS:g} ms, {100 * nearer:.0f} % within {BEYOND_MS:g} ms; median {statistics.median(away):.1f} ms",
             tables.verdict(near >= BAR_SHARE, nearer >= BEYOND_SHARE)]]
