"""What a recording loses when one of its events is left out."""

import random
import statistics
from typing import NamedTuple

import measure
import single_events
import tables

SECONDS = 12
OF_EACH = 10
BAR_SHARE = 0.8
TIMES = 2       # what the distance may rise by, as times the event's share of the energy

ABOUT = f"""\
The first {SECONDS} s of each recording, and {OF_EACH} of its events by chance. An event's share is the energy of the sound decoded from
it alone, divided by the sum of those of all events. What the loudness-weighted error rises by when the event is left out is
divided by that of silence, of a stream with all events left out; the event is spared when that is less than {TIMES} times its
share. The last column is the same by the log-mel distance.
"""


class Left(NamedTuple):
    """One event that is left out."""
    recording: str
    share: float            # of the energy
    rise_db: float          # of the loudness-weighted error
    silence_db: float       # that of silence
    log_mel_rise: float     # of the log-mel distance, as part of that of silence

    @property
    def rise(self):
        """As part of the error of silence."""
        return self.rise_db / self.silence_db

    @property
    def spared(self):
        return self.rise < TIMES * self.share

    @property
    def spared_by_log_mel(self):
        return self.log_mel_rise < TIMES * self.share


def measure_recording(recording, folder, count=OF_EACH):
    """`folder` is new and keeps what is made on the way."""
    folder.mkdir(parents=True)
    sound, coded = folder / "recording.wav", folder / "recording.evs"
    measure.to_wav(recording, sound, 44100, SECONDS)
    measure.run(measure.on_one_core(measure.Ictus().encode(sound, coded)))
    stream = single_events.read(coded)
    energies = single_events.energies(stream, folder / "events")
    chosen = random.Random(recording.stem).sample(range(len(energies)), min(count, len(energies)))
    paths = {"all": folder / "all.evs", "silence": folder / "silence.evs"} | {k: folder / f"without-{k}.evs" for k in chosen}
    for left, path in paths.items():
        single_events.write(path, stream.facts, [] if left == "silence" else [event for k, event in enumerate(stream.events) if k != left])
    single_events.decode_many(list(paths.values()), folder)
    compared = dict(zip(paths, measure.compared([(sound, path.with_suffix(".wav")) for path in paths.values()], 22050)))

    def rise_db(left, what):
        return compared[left][what] - compared["all"][what]

    silence = compared["silence"]
    return [Left(recording.stem, energies[k] / sum(energies), rise_db(k, "loudness_error_db"), silence["loudness_error_db"],
                 rise_db(k, "log_mel_db") / silence["log_mel_db"]) for k in chosen]


def table(found):
    rows = []
    for recording in [*dict.fromkeys(left.recording for left in found), "all"]:
        own = [left for left in found if recording in (left.recording, "all")]
        rows.append([recording, len(own), f"{100 * statistics.median(left.share for left in own):.2f}",
                     f"{100 * statistics.median(left.rise for left in own):.2f}", f"{statistics.median(left.rise_db for left in own):.3f}",
                     f"{max(left.rise_db for left in own):.3f}", f"{tables.mean(left.silence_db for left in own):.1f}",
                     tables.percent(left.spared for left in own), tables.percent(left.spared_by_log_mel for left in own)])
    return tables.markdown(["", "events", "share, % (median)", "rise, % (median)", "rise, dB (median)", "highest", "silence, dB",
                            f"rise below {TIMES}x the share", "by log-mel"], rows)


def bars(found):
    """A line of the table of bars."""
    spared = sum(left.spared for left in found)
    return [["an event left out: the loudness-weighted error rises",
             f"by less than {TIMES}x its share of the energy, {100 * BAR_SHARE:g} % of events", "–",
             f"{spared} of {len(found)} events; median rise {100 * statistics.median(left.rise for left in found):.2f} %, share "
             f"{100 * statistics.median(left.share for left in found):.2f} %",
             tables.verdict(spared >= BAR_SHARE * len(found))]]
