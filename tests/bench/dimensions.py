"""What each of an event's numbers does to its sound, measured on events of recordings."""

import math
import random
import statistics
from typing import NamedTuple

import single_events
import tables

STEP = 1 / 3                # by how much a number is moved, up and down
SAME_WAY = 0.75             # part of the moves that must agree before a direction is told
STRONGEST = 3               # of each column are set in bold
BETWEEN_SAMPLES = 64        # from the onset of one moved event to the next, so that no block holds too many
FEWEST = 200                # events
PARTS = 5                   # of the events; sums of numbers are fitted to all but one and tried on that


class Sound(NamedTuple):
    """How an event sounds by itself. What the ear hears as ratios is in octaves, above 1 Hz and 1 s."""
    loudness_db: float
    brightness_octaves: float
    pitch_octaves: float | None     # where it has one
    decay_octaves: float
    duration_octaves: float


class Move(NamedTuple):
    number: int
    upwards: bool
    before: Sound
    after: Sound


class Change(NamedTuple):
    """What moving a number changes, as amounts."""
    median: float
    tenth: float        # a tenth of the moves change more
    direction: int      # 1 where raising the number raises this, -1 where it lowers it, 0 where it depends


class Effect(NamedTuple):
    """Of moving one number."""
    loudness: Change        # in dB
    brightness: Change      # in octaves, as those that follow
    decay: Change
    duration: Change
    another_pitch: float    # part of the moves of events with a pitch that gave another, over a semitone away, or none


def sound_of(line):
    """From a line of `ictus dump --describe --format json`."""
    return Sound(line["loudness_db"], math.log2(max(line["brightness_hz"], 1)), line["pitch_hz"] and math.log2(line["pitch_hz"]),
                 math.log2(line["decay_s"]), math.log2(line["duration_s"]))


def moved(vector):
    """(number, whether upwards, the vector with it moved) for all moves that stay within -1 to 1."""
    for number, value in enumerate(vector):
        for step in (-STEP, STEP):
            if abs(value + step) < 1 + 1e-6:
                yield number, step > 0, [*vector[:number], max(-1.0, min(1.0, value + step)), *vector[number + 1:]]


def moves(lines, facts, path):
    """All moves of events. They are lines as sound_of() takes them, of streams with the model of `facts`, as `ictus info --json`
    has them; `path` is written in between."""
    wanted = [(line, *move) for line in lines for move in moved(line["vector"])]
    single_events.write(path, facts, [(k * BETWEEN_SAMPLES, line["gain_db"], vector) for k, (line, _, _, vector) in enumerate(wanted)],
                        len(wanted) * BETWEEN_SAMPLES)
    return [Move(number, upwards, sound_of(line), sound_of(found))
            for (line, number, upwards, _), found in zip(wanted, single_events.described(path), strict=True)]


def change_of(moves_of_number, field):
    """`field` is one of Sound's that every event has."""
    changes = [(getattr(move.after, field) - getattr(move.before, field)) * (1 if move.upwards else -1) for move in moves_of_number]
    amounts = [abs(change) for change in changes]
    rising, falling = (tables.mean(sign * change > 0 for change in changes) >= SAME_WAY for sign in (1, -1))
    return Change(statistics.median(amounts), statistics.quantiles(amounts, n=10, method="inclusive")[-1], rising - falling)


def has_another_pitch(move):
    after = move.after.pitch_octaves
    return after is None or abs(after - move.before.pitch_octaves) > 1 / 12


def effect_of(moves_of_number):
    """Of two moves or more."""
    pitched = [has_another_pitch(move) for move in moves_of_number if move.before.pitch_octaves is not None]
    changes = [change_of(moves_of_number, field) for field in ("loudness_db", "brightness_octaves", "decay_octaves", "duration_octaves")]
    return Effect(*changes, another_pitch=tables.mean(pitched) if pitched else 0.0)


def told(vectors, values):
    """Which part of the variance of `values` between events a weighted sum of all their numbers tells, of events that it was not
    fitted to, and which the one number that tells most."""
    import numpy as np
    x, y = np.column_stack([vectors, np.ones(len(vectors))]), np.array(values)
    left = np.empty(len(y))
    for part in range(PARTS):
        tried = np.arange(len(y)) % PARTS == part
        left[tried] = y[tried] - x[tried] @ np.linalg.lstsq(x[~tried], y[~tried], rcond=None)[0]
    alone = [np.corrcoef(column, y)[0, 1] ** 2 if np.std(column) > 0 else 0.0 for column in x.T[:-1]]
    return 1 - np.var(left) / np.var(y), max(alone)


def effect_table(effects, spreads):
    """`effects` and `spreads` in the order of the numbers."""
    forms = {"loudness": "{:.1f}".format, "brightness": "{:.2f}".format, "decay": lambda octaves: f"{2 ** octaves:.2f}x"}
    forms["duration"] = forms["decay"]
    strongest = {field: sorted(getattr(effect, field)[:2] for effect in effects)[-STRONGEST:] for field in forms}
    most_pitches = sorted(effect.another_pitch for effect in effects)[-STRONGEST:]

    def bold(text, is_strong):
        return f"**{text}**" if is_strong else text

    def cell(effect, field):
        change = getattr(effect, field)
        text = f"{forms[field](change.median)} / {forms[field](change.tenth)}" + ("", " ↑", " ↓")[change.direction]
        return bold(text, change[:2] in strongest[field])

    rows = [[f"v{number}", *[cell(effect, field) for field in forms],
             bold(f"{100 * effect.another_pitch:.0f} %", effect.another_pitch in most_pitches), f"{spread:.2f}"]
            for number, (effect, spread) in enumerate(zip(effects, spreads, strict=True))]
    return tables.markdown(["number", "loudness, dB", "brightness, octaves", "decay", "duration", "another pitch", "spread"], rows)


def told_table(lines):
    rows = []
    for name, field in (("pitch, of events that have one", "pitch_octaves"), ("brightness", "brightness_octaves"),
                        ("decay", "decay_octaves"), ("duration", "duration_octaves")):
        known = [(line["vector"], value) for line in lines for value in [getattr(sound_of(line), field)] if value is not None]
        together, alone = told(*zip(*known))
        rows.append([name, f"{100 * together:.0f} %", f"{100 * alone:.0f} %"])
    return tables.markdown(["logarithm of", "all 32 numbers", "the best one"], rows)


def text_of(paths, count, seed, folder):
    """What is measured of all events of these streams, `count` of them being moved. `folder` is written to. Raises ValueError when
    there are too few."""
    every = [line for path in paths for line in single_events.described(path)]
    if len(every) < FEWEST:
        raise ValueError(f"there are {len(every)} events in all, too few to say anything; {FEWEST} are needed")
    random.Random(seed).shuffle(every)
    chosen = every[:count]
    by_number = {}
    for move in moves(chosen, single_events.facts_of(paths[0]), folder / "moved.evs"):
        by_number.setdefault(move.number, []).append(move)
    effects = [effect_of(by_number[number]) for number in sorted(by_number)]
    spreads = [statistics.pstdev(numbers) for numbers in zip(*(line["vector"] for line in every))]
    return (f"Each number of {len(chosen)} events, chosen by chance from the {len(every)} of {len(paths)} encoded recordings, was moved "
            f"up and down by a third while the others stayed as they were. How to read it: *1.05x / 1.20x ↑* under *decay* means that half "
            f"of the moves made the decay of the event, heard by itself, longer or shorter by a factor of 1.05 or more, a tenth of them by "
            f"1.20 or more, and that in three of four cases raising the number made it longer (↓: shorter; no arrow: that depends on the "
            f"event). *Another pitch*: of the moves of events with a pitch, those after which it was more than a semitone away, or gone. "
            f"*Spread*: the number's standard deviation over all the events. Bold: the {STRONGEST} strongest of a column.\n\n"
            f"{effect_table(effects, spreads)}\n"
            f"What the numbers say together: the part of the variance between all those events that a weighted sum of the 32 numbers tells, "
            f"of events that it was not fitted to, beside what the one number tells that tells most.\n\n"
            f"{told_table(every)}")
