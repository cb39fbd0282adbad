"""Recorded single notes: how loud they come back, in how many events, and where a mix of three of them stands."""

import math
import statistics
from array import array
from typing import NamedTuple

import measure
import recorded_notes
import simple_signals
import single_events
import tables
from held_notes import SHARE, fewest

OF_EACH = 20                    # of both instruments of recorded_notes.UNSEEN
LONGEST_S = 6.0
BAR_ERROR_DB, BAR_BIAS_DB = 3.5, 1.5
BAR_EVENTS, BAR_CARRYING, BAR_CARRYING_SHARE = 5, 2, 0.9
MIX_DEGREES = (-30, 0, 30)      # of 45, left to right
MIX_PAUSE_S = 0.5               # between the beginnings of its notes
BAR_LEFT_RIGHT_DB = 3.0

ABOUT = f"""\
{OF_EACH} notes of each instrument, from its whole range, at most {LONGEST_S:g} s of each; no training hears them. Level, log-mel distance and
loudness-weighted error with its bias ([lib/metrics/loudness_error.hpp](../../lib/metrics/loudness_error.hpp)) are those of what is decoded.
The energy of an event is that of its stem (`ictus decode --stems`); counted are the fewest whose energies add up to {100 * SHARE:g} %
of those of all events of the note. All numbers are means, those of events medians.

The mix has three of these notes, of equal power, {MIX_PAUSE_S:g} s after each other, {-MIX_DEGREES[0]} of 45 degrees to the left, in the middle and as far to
the right (equal-power panning); measured is by how much the level of the left over the right channel is off, in thirds of
an octave over time ([lib/metrics/left_right_error.hpp](../../lib/metrics/left_right_error.hpp)).
"""


class Note(NamedTuple):
    """What has become of one note."""
    instrument: str
    name: str
    log_mel_db: float
    level_db: float
    loudness_error_db: float
    loudness_bias_db: float
    events: int
    carrying: int               # how many of them carry SHARE of the energy


def carrying(streams, folder):
    """Of each stream the fewest events that carry SHARE of the energy, by one run of the program. `folder` is new."""
    measure.run(measure.on_one_core([measure.ICTUS, "decode", "-q", "--threads", 1, "--stems", folder, "--raw",
                                     "--samples", "float32", *streams]))
    found = []
    for stream in streams:
        lines = (folder / f"{stream.stem}-stems.tsv").read_text(encoding="utf-8").splitlines()[1:]
        found.append(fewest([single_events.energy_of(folder / line.split("\t")[1]) for line in lines]))
    return found


def measure_notes(unseen, folder, count=OF_EACH, say=lambda text: None):
    """[Note]; `unseen` is the folder of recorded_notes; what is made on the way stays in `folder`, which is new."""
    found = []
    for instrument in recorded_notes.UNSEEN:
        of_instrument = folder / instrument
        of_instrument.mkdir(parents=True)
        sounds = []
        for recording in recorded_notes.chosen(instrument, unseen, None, count):
            sound = of_instrument / f"{recording.stem}.wav"
            sounds.append(recorded_notes.write_wav(sound, *recorded_notes.excerpt(recording, sound, LONGEST_S)))
        back = simple_signals.there_and_back(sounds, of_instrument)
        compared = measure.compared([(sound, decoded) for sound, (_, decoded) in zip(sounds, back)])
        shares = carrying([sound.with_suffix(".evs") for sound in sounds], of_instrument / "stems")
        for sound, (events, _), comparison, few in zip(sounds, back, compared, shares):
            found.append(Note(instrument, sound.stem, *(comparison[name] for name in Note._fields[2:6]), events, few))
            say(f"{instrument} {sound.stem}: {events} events, {few} carry {100 * SHARE:g} %, error {comparison['loudness_error_db']:.1f} dB, "
                f"bias {comparison['loudness_bias_db']:+.1f} dB")
    return found


def panned(degrees):
    """The gains of left and right, -45 to 45 degrees."""
    angle = math.radians(degrees + 45)
    return math.cos(angle), math.sin(angle)


def mixed(notes, rate_hz):
    """16-bit samples of left and right: lists of samples of one rate, each of the same power, panned to MIX_DEGREES."""
    pause = round(MIX_PAUSE_S * rate_hz)
    length = max(k * pause + len(note) for k, note in enumerate(notes))
    left, right = [0.0] * length, [0.0] * length
    for k, (note, degrees) in enumerate(zip(notes, MIX_DEGREES)):
        gain = 1 / math.sqrt(sum(x * x for x in note))
        to_left, to_right = panned(degrees)
        for i, x in enumerate(note):
            left[k * pause + i] += to_left * gain * x
            right[k * pause + i] += to_right * gain * x
    scale = 0.5 * 32767 / max(map(abs, left + right))
    return [array("h", (round(scale * x) for x in channel)) for channel in (left, right)]


def left_right_error_db(unseen, folder):
    """Of what is decoded of the mix; `folder` is new."""
    folder.mkdir(parents=True)
    chosen = [recorded_notes.recordings("piano", unseen, None)[k] for k in (8, 30)]
    chosen.insert(1, recorded_notes.recordings("guitar", unseen, None)[20])
    notes = []
    for recording in chosen:
        measure.to_wav(recording, folder / "note.wav", simple_signals.RATE_HZ, LONGEST_S)
        notes.append(recorded_notes.read_wav(folder / "note.wav")[0])
    channels = mixed(notes, simple_signals.RATE_HZ)
    apart = [recorded_notes.write_wav(folder / f"{side}.wav", channel, simple_signals.RATE_HZ) for side, channel in zip(("left", "right"), channels)]
    both = folder / "mix.wav"
    measure.run(["ffmpeg", "-v", "error", "-y", "-i", apart[0], "-i", apart[1], "-filter_complex", "[0:a][1:a]join=inputs=2:channel_layout=stereo",
                 "-c:a", "pcm_s16le", both])
    _, decoded = simple_signals.there_and_back([both], folder)[0]
    return measure.told_by_compare("left-right", "--", *apart, *channels_of(decoded, folder))[0]["left_right_error_db"]


def channels_of(sound, folder):
    """Left and right as files; a sound of one channel has it on both sides."""
    files = []
    for channel in (0, int(measure.probe(sound, "channels")) - 1):
        files.append(folder / f"decoded-{len(files)}.wav")
        measure.run(["ffmpeg", "-v", "error", "-y", "-i", sound, "-af", f"pan=mono|c0=c{channel}", "-c:a", "pcm_f32le", files[-1]])
    return files


def table(found):
    rows = []
    for instrument in [*recorded_notes.UNSEEN, "all"]:
        own = [note for note in found if instrument in (note.instrument, "all")]
        few = [note.carrying for note in own]
        rows.append([instrument, len(own), *(f"{tables.mean(getattr(note, name) for note in own):{form}}" for name, form in
                                             (("log_mel_db", ".2f"), ("level_db", "+.2f"), ("loudness_error_db", ".2f"), ("loudness_bias_db", "+.2f"))),
                     f"{statistics.median(note.events for note in own):g}", max(note.events for note in own), f"{statistics.median(few):g}", max(few),
                     tables.percent(count <= BAR_CARRYING for count in few)])
    return tables.markdown(["", "notes", "log-mel, dB", "level, dB", "loudness error, dB", "its bias, dB", "events", "most",
                            f"they carry {100 * SHARE:g} %", "most", f"notes with at most {BAR_CARRYING}"], rows)


def each_table(found):
    return tables.markdown(["note", "log-mel, dB", "level, dB", "loudness error, dB", "its bias, dB", "events", f"carry {100 * SHARE:g} %"],
                           [[f"{note.instrument} {note.name}", f"{note.log_mel_db:.2f}", f"{note.level_db:+.1f}", f"{note.loudness_error_db:.2f}",
                             f"{note.loudness_bias_db:+.2f}", note.events, note.carrying] for note in found])


def bars(found, left_right_db):
    error, bias = (tables.mean(getattr(note, name) for note in found) for name in ("loudness_error_db", "loudness_bias_db"))
    events = statistics.median(note.events for note in found)
    few = tables.mean(note.carrying <= BAR_CARRYING for note in found)
    return [
        [f"recorded notes, {len(found)}: loudness-weighted error", f"at most {BAR_ERROR_DB:g} dB", f"{error:.2f} dB", tables.yes(error <= BAR_ERROR_DB)],
        ["its bias", f"within {BAR_BIAS_DB:g} dB", f"{bias:+.2f} dB", tables.yes(abs(bias) <= BAR_BIAS_DB)],
        ["events of a recorded note, median", f"at most {BAR_EVENTS}",
         f"{events:g} ({min(note.events for note in found)} to {max(note.events for note in found)})", tables.yes(events <= BAR_EVENTS)],
        [f"notes of which {BAR_CARRYING} events carry {100 * SHARE:g} %", f"{100 * BAR_CARRYING_SHARE:g} %", f"{100 * few:.0f} %",
         tables.yes(few >= BAR_CARRYING_SHARE)],
        ["left over right of a panned mix of three recorded notes", f"within {BAR_LEFT_RIGHT_DB:g} dB", f"{left_right_db:.1f} dB",
         tables.yes(left_right_db <= BAR_LEFT_RIGHT_DB)],
    ]
