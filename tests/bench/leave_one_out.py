"""What a recording loses when one of its events is left out."""

import random
import statistics
from typing import NamedTuple

import measure
import single_events
import tables

SECONDS = 12
OF_EACH = 10
TIMES = 2       # what the distance may rise by, as times the event's share of the energy

ABOUT = f"""\
The first {SECONDS} s of each recording, and {OF_EACH} of its events by chance. An event's share is the energy of the sound decoded from
it alone, divided by the sum of those of all events. What the distance rises by when the event is left out is divided by
the distance of silence, of a stream with all events left out; the event is spared when that is less than {TIMES} times its
share.
"""


class Left(NamedTuple):
    """One event that is left out."""
    recording: str
    share: float            # of the energy
    rise_db: float          # of the distance
    silence_db: float       # the distance of silence

    @property
    def rise(self):
        """As part of the distance of silence."""
        return self.rise_db / self.silence_db

    @property
    def spared(self):
        return self.rise < TIMES * self.share


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
    distance_db = {left: measure.distances_db(sound, path.with_suffix(".wav"))[0] for left, path in paths.items()}
    return [Left(recording.stem, energies[k] / sum(energies), distance_db[k] - distance_db["all"], distance_db["silence"])
            for k in chosen]


def table(found):
    rows = []
    for recording in [*dict.fromkeys(left.recording for left in found), "all"]:
        own = [left for left in found if recording in (left.recording, "all")]
        rows.append([recording, len(own), f"{100 * statistics.median(left.share for left in own):.2f}",
                     f"{100 * statistics.median(left.rise for left in own):.2f}", f"{statistics.median(left.rise_db for left in own):.3f}",
                     f"{max(left.rise_db for left in own):.3f}", f"{tables.mean(left.silence_db for left in own):.1f}",
                     tables.percent(left.spared for left in own)])
    return tables.markdown(["", "events", "share, % (median)", "rise, % (median)", "rise, dB (median)", "highest", "silence, dB",
                            f"rise below {TIMES}x the share"], rows)


def bars(found):
    """A line of the table of bars; it holds when it does for every event."""
    spared = sum(left.spared for left in found)
    return [["an event left out: the distance rises", f"by less than {TIMES}x its share of the energy", "–",
             f"{spared} of {len(found)} events; median rise {100 * statistics.median(left.rise for left in found):.2f} %, share "
             f"{100 * statistics.median(left.share for left in found):.2f} %",
             tables.verdict(spared == len(found))]]
