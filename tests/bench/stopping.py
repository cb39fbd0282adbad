"""How near recorded notes come with few events: `ictus encode --until`."""

from typing import NamedTuple

import measure
import recorded_notes
import simple_signals
import tables

OF_EACH = 5                     # of both instruments of recorded_notes.UNSEEN
LONGEST_S = 4.0
REASONS = (*(f"events={count}" for count in (1, 2, 4, 8, 16, 32)), *(f"left=-{db}dB" for db in (10, 15, 20, 25)),
           *(f"distance={db}dB" for db in (6, 4, 3, 2)))

ABOUT = f"""\
{OF_EACH} notes of each instrument, at most {LONGEST_S:g} s of each, at 12 kbit/s, which is no limit here, and ended by `--until`. All numbers
are means.
"""


class Stopped(NamedTuple):
    reason: str
    events: float
    log_mel_db: float
    loudness_error_db: float


def measure_notes(unseen, folder, reasons=REASONS, say=lambda text: None):
    """[Stopped]; `unseen` is the folder of recorded_notes; what is made on the way stays in `folder`, which is new."""
    folder.mkdir(parents=True)
    sounds = []
    for instrument in recorded_notes.UNSEEN:
        for recording in recorded_notes.chosen(instrument, unseen, None, OF_EACH):
            sound = folder / f"{instrument}-{recording.stem}.wav"
            sounds.append(recorded_notes.write_wav(sound, *recorded_notes.excerpt(recording, sound, LONGEST_S)))
    found = []
    for reason in reasons:
        back = simple_signals.there_and_back(sounds, folder, ("--bitrate", "12", "--until", reason))
        compared = measure.compared([(sound, decoded) for sound, (_, decoded) in zip(sounds, back)])
        found.append(Stopped(reason, tables.mean(events for events, _ in back), tables.mean(one["log_mel_db"] for one in compared),
                             tables.mean(one["loudness_error_db"] for one in compared)))
        say(f"--until {reason}: {found[-1].events:.1f} events, {found[-1].log_mel_db:.2f} dB")
    return found


def table(found):
    return tables.markdown(["`--until`", "events", "log-mel, dB", "loudness error, dB"],
                           [[one.reason, f"{one.events:.1f}", f"{one.log_mel_db:.2f}", f"{one.loudness_error_db:.2f}"] for one in found])
