"""Steady sines from 60 Hz to 9 kHz at three levels: whether each comes back as one event of its pitch and level."""

import math
from array import array
from typing import NamedTuple

import measure
import recorded_notes
import simple_signals
import tables
from simple_signals import FADE_IN_S, FADE_OUT_S, LEVELS_DB, PEAK, RATE_HZ, SECONDS, STEADY_S

TONES_HZ = (60, 110, 261.6, 440, 1000, 1760, 2500, 3520, 5000, 7040, 9000)
BAR_EVENTS, BAR_LEVEL_DB, BAR_SWING_DB, BAR_CENTS = 2, 1.0, 1.5, 5.0

ABOUT = f"""\
Sines of {SECONDS} s with an amplitude of a quarter of full scale, and as many dB below it. Measured from {STEADY_S[0]:g} to {STEADY_S[1]:g} s
([lib/metrics/tone.hpp](../../lib/metrics/tone.hpp)): the median of levels of 20 ms against the sine's, their swing from the 5th to the 95th
percentile, and how much too high the highest peak of the spectrum is. Below {simple_signals.LOST_DB} dB it is silence. A tone has come back when it has at most {BAR_EVENTS} events, its
level is within {BAR_LEVEL_DB:g} dB, its swing at most {BAR_SWING_DB:g} dB and its pitch within {BAR_CENTS:g} cents.
"""


class Tone(NamedTuple):
    """What has become of one tone."""
    hz: float
    level_below_db: int
    events: int
    level_db: float
    swing_db: float
    cents: float                # nan of silence

    @property
    def is_back(self):
        return (self.events <= BAR_EVENTS and abs(self.level_db) <= BAR_LEVEL_DB and self.swing_db <= BAR_SWING_DB
                and abs(self.cents) <= BAR_CENTS)

    @property
    def is_lost(self):
        return self.events == 0 or self.level_db < simple_signals.LOST_DB


def sine(hz, level_db):
    """16-bit samples."""
    amplitude = 32767 * PEAK * 10 ** (level_db / 20)
    count, fade_in, fade_out = RATE_HZ * SECONDS, round(FADE_IN_S * RATE_HZ), round(FADE_OUT_S * RATE_HZ)
    return array("h", (round(amplitude * min(1.0, i / fade_in, (count - 1 - i) / fade_out) * math.sin(2 * math.pi * hz * i / RATE_HZ))
                       for i in range(count)))


def measure_tones(folder, tones_hz=TONES_HZ, say=lambda text: None):
    """[Tone]; what is made on the way stays in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tried = [(hz, level_db) for hz in tones_hz for level_db in LEVELS_DB]
    sounds = [recorded_notes.write_wav(folder / f"{hz:g}{level_db}.wav", sine(hz, level_db), RATE_HZ) for hz, level_db in tried]
    found = []
    for (hz, level_db), (events, decoded) in zip(tried, simple_signals.there_and_back(sounds, folder)):
        level_dbfs = 20 * math.log10(PEAK / math.sqrt(2)) + level_db
        told = measure.told_by_compare("tone", hz, f"{level_dbfs:.4f}", *STEADY_S, decoded)[0]
        found.append(Tone(hz, level_db, events, told["level_db"], told["swing_db"], told["pitch_cents"]))
        say(f"tone of {hz:g} Hz, {level_db} dB: {events} events, {told['level_db']:+.1f} dB, {told['pitch_cents']:+.1f} cents")
    return found


def table(found):
    rows = []
    for tone in found:
        level = "**silence**" if tone.is_lost else f"{tone.level_db:+.1f}"
        rows.append([f"{tone.hz:g} Hz", f"{tone.level_below_db} dB", tone.events, level, tables.number(tone.swing_db, ".1f", not tone.is_lost),
                     tables.number(tone.cents, "+.1f", not tone.is_lost), "yes" if tone.is_back else ""])
    return tables.markdown(["tone", "at", "events", "level, dB", "swing, dB", "pitch, cents", "comes back"], rows)


def bars(found):
    back, lost = sum(tone.is_back for tone in found), sum(tone.is_lost for tone in found)
    return [[f"tones of {min(tone.hz for tone in found):g} Hz to {max(tone.hz for tone in found) / 1000:g} kHz, each at {len(LEVELS_DB)} levels: at most "
             f"{BAR_EVENTS} events, level within {BAR_LEVEL_DB:g} dB, swing {BAR_SWING_DB:g} dB, {BAR_CENTS:g} cents", "all",
             f"{back} of {len(found)}" + (f"; {lost} come back as silence" if lost else ""), tables.yes(back == len(found))]]
