"""Signals that are simple enough to say what should become of them: a tone, a click, a chord, a glide, vibrato, noise, silence.

Each is tried at three levels. What is made: 4 s at 44.1 kHz, one channel of 16 bits.
"""

import math
import random
import statistics
from array import array
from typing import Callable, NamedTuple

import measure
import recorded_notes
import single_events
import tables

RATE_HZ, SECONDS = 44100, 4
PEAK = 0.25                     # of full scale
LEVELS_DB = (0, -20, -40)       # below that
STEADY_S = (0.5, 3.0)           # the part of a tone that is measured
FADE_IN_S, FADE_OUT_S = 0.01, 0.1
CLICK_S = 1.0
PARTIALS = 10
VIBRATO_HZ, VIBRATO_CENTS = 5.5, 50
GLIDE_S = (1.0, 3.0)
HIGH_HZ = (11000, 16000)
LOST_DB = -40                   # what comes back softer than that is silence
BAR_EVENTS, BAR_CENTS, BAR_LEVEL_DB = 3, 20, 3

ABOUT = f"""\
{SECONDS} s each, whose peak lies so far below a quarter of full scale as the second column says. Level: the root mean square of
what is decoded over that of the signal; below {LOST_DB} dB it is silence. Swing: of levels of 20 ms, from the 5th to the 95th percentile. Pitch: by how much a
tone is too high; of what moves, the deviation of its first partial, every 20 ms, as median and greatest amount, and in how
many of these frames it is within {BAR_CENTS} cents. Glides rise by an octave within {GLIDE_S[1] - GLIDE_S[0]:g} s; vibrato is {VIBRATO_CENTS} cents at {VIBRATO_HZ} Hz; both
have {PARTIALS} partials. Loudness: the loudness-weighted error and its bias
([lib/metrics/loudness_error.hpp](../../lib/metrics/loudness_error.hpp)), at 22.05 kHz as the log-mel distance. The last column is the level from
{HIGH_HZ[0] / 1000:g} to {HIGH_HZ[1] / 1000:g} kHz, of signals that have sound there.
"""


class Signal(NamedTuple):
    """`sample_at` is of time in s, or of the number of a sample where there is no pitch; `hz_at` of time, where a pitch moves."""
    name: str
    samples: array              # of floats, with a peak of 1, or silent
    hz_at: Callable | None = None
    is_tone: bool = False
    has_highs: bool = False


class Result(NamedTuple):
    """What has become of one signal at one level; None where there is nothing to measure."""
    signal: str
    level_below_db: int
    events: int
    level_db: float             # -inf where it comes back as digital silence
    swing_db: float | None
    cents: list | None          # of a tone one number, else one for each frame; nan where no pitch was found
    log_mel_db: float
    loudness_error_db: float
    loudness_bias_db: float
    high_db: float | None

    @property
    def is_lost(self):
        return self.signal != "silence" and (self.events == 0 or not self.level_db > LOST_DB)


def harmonic(hz_at, partials):
    """Partial k has 1/k of the amplitude of the first. Phases follow the pitch, however it moves."""
    samples, turns = array("f"), 0.0
    for i in range(RATE_HZ * SECONDS):
        samples.append(sum(math.sin(2 * math.pi * k * turns) / k for k in range(1, partials + 1)))
        turns += (hz_at(i / RATE_HZ) + hz_at((i + 1) / RATE_HZ)) / 2 / RATE_HZ
    return samples


def normal(samples):
    """With a peak of 1, faded in and out."""
    peak = max(map(abs, samples))
    fade_in, fade_out = round(FADE_IN_S * RATE_HZ), round(FADE_OUT_S * RATE_HZ)
    return array("f", (x / peak * min(1.0, i / fade_in, (len(samples) - 1 - i) / fade_out) for i, x in enumerate(samples)))


def glide(from_hz):
    begin, end = GLIDE_S
    return lambda t: from_hz * 2 ** min(1.0, max(0.0, (t - begin) / (end - begin)))


def vibrato(hz):
    return lambda t: hz * 2 ** (VIBRATO_CENTS / 1200 * math.sin(2 * math.pi * VIBRATO_HZ * t))


def signals():
    count = RATE_HZ * SECONDS
    dice = random.Random(1)
    click = array("f", bytes(4 * count))
    click[round(CLICK_S * RATE_HZ)] = 1.0
    chord = [harmonic(lambda t, hz=hz: hz, 6) for hz in (261.63, 329.63, 392.0)]
    made = [Signal("tone of 440 Hz", normal(harmonic(lambda t: 440.0, 1)), lambda t: 440.0, is_tone=True),
            Signal("click", click, has_highs=True),
            Signal("chord C4 E4 G4", normal([sum(each) for each in zip(*chord)]))]
    for hz in (220.0, 880.0):
        made.append(Signal(f"glide from {hz:g} Hz", normal(harmonic(glide(hz), PARTIALS)), glide(hz)))
    for hz in (220.0, 880.0):
        made.append(Signal(f"vibrato on {hz:g} Hz", normal(harmonic(vibrato(hz), PARTIALS)), vibrato(hz)))
    made.append(Signal("white noise", normal([dice.uniform(-1, 1) for _ in range(count)]), has_highs=True))
    made.append(Signal("silence", array("f", bytes(4 * count))))
    return made


def levels_of(signal):
    """Silence has none, and is tried once."""
    return LEVELS_DB if any(signal.samples) else LEVELS_DB[:1]


def at_level(samples, level_db):
    """As 16 bits."""
    gain = 32767 * PEAK * 10 ** (level_db / 20)
    return array("h", (round(gain * x) for x in samples))


def rms_dbfs(samples):
    """Of 16-bit samples; -inf of silence."""
    power = sum(x * x for x in samples) / len(samples)
    return 10 * math.log10(power / 32768 ** 2) if power else -math.inf


def write_track(path, hz_at, from_s, to_s):
    """The frequency at every millisecond, for compare_sounds."""
    times = [from_s + k / 1000 for k in range(round(1000 * (to_s - from_s)) + 1)]
    path.write_text("".join(f"{t:.3f}\t{hz_at(t):.6f}\n" for t in times), encoding="utf-8")
    return path


def pitch_and_swing(signal, samples, decoded, folder):
    """The deviations in cents and the swing in dB; None of what has no pitch."""
    if not signal.hz_at:
        return None, None
    level_dbfs = rms_dbfs(samples[round(STEADY_S[0] * RATE_HZ):round(STEADY_S[1] * RATE_HZ)])
    tone = measure.told_by_compare("tone", signal.hz_at(0), f"{level_dbfs:.4f}", *STEADY_S, decoded)[0]
    if signal.is_tone:
        return [tone["pitch_cents"]], tone["swing_db"]
    track = write_track(folder / "track.tsv", signal.hz_at, FADE_OUT_S, SECONDS - FADE_OUT_S)
    return [frame["pitch_cents"] for frame in measure.told_by_compare("pitch", track, decoded)], tone["swing_db"]


def there_and_back(sounds, folder, words=()):
    """Encodes, with more options, and decodes WAV files that lie in `folder`, in one run each: [(how many events, decoded sound)]."""
    codec = measure.Ictus(words=words)
    decoded = folder / "decoded"
    decoded.mkdir(exist_ok=True)
    measure.run(measure.on_one_core(codec.encode_many(sounds, folder)))
    streams = [sound.with_suffix(codec.ending) for sound in sounds]
    measure.run(measure.on_one_core(codec.decode_many(streams, decoded, "--samples", "float32")))
    return [(single_events.facts_of(stream)["events"], decoded / sound.name) for stream, sound in zip(streams, sounds)]


def measure_signals(folder, say=lambda text: None):
    """[Result]; what is made on the way stays in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tried = [(signal, level_db) for signal in signals() for level_db in levels_of(signal)]
    samples = [at_level(signal.samples, level_db) for signal, level_db in tried]
    sounds = [recorded_notes.write_wav(folder / f"{k:02}.wav", each, RATE_HZ) for k, each in enumerate(samples)]
    back = there_and_back(sounds, folder)
    compared = measure.compared([(sound, decoded) for sound, (_, decoded) in zip(sounds, back)])
    found = []
    for (signal, level_db), each, sound, (events, decoded), comparison in zip(tried, samples, sounds, back, compared):
        cents, swing_db = pitch_and_swing(signal, each, decoded, folder)
        high_db = measure.told_by_compare("band", *HIGH_HZ, "--", sound, decoded)[0]["band_level_db"] if signal.has_highs else None
        found.append(Result(signal.name, level_db, events, comparison["level_db"], swing_db, cents, comparison["log_mel_db"],
                            comparison["loudness_error_db"], comparison["loudness_bias_db"], high_db))
        say(f"{signal.name}, {level_db} dB: {events} events, {comparison['level_db']:+.1f} dB")
    return found


def within(cents):
    """How many frames are within BAR_CENTS, of 1; frames in which there is no pitch are not."""
    return tables.mean(abs(each) <= BAR_CENTS for each in cents)


def pitch_text(result):
    if result.cents is None or result.is_lost:
        return ""
    if len(result.cents) == 1:
        return f"{result.cents[0]:+.1f} cents"
    away = [abs(each) for each in result.cents if not math.isnan(each)]
    if not away:
        return "none"
    return f"{statistics.median(away):.0f}, {max(away):.0f} cents; {100 * within(result.cents):.0f} %"


def table(found):
    rows = []
    for result in found:
        if result.signal == "silence":
            is_silent = result.level_db == 0
            rows.append([result.signal, "", result.events, "silence" if is_silent else "**sound**", "", "",
                         *(f"{value:.2f}" if math.isfinite(value) else "" for value in result[6:8]), "", ""])
            continue
        level = "**silence**" if result.is_lost else f"{result.level_db:+.1f}"
        rows.append([result.signal, f"{result.level_below_db} dB", result.events, level, tables.number(result.swing_db, ".1f", not result.is_lost),
                     pitch_text(result), f"{result.log_mel_db:.2f}", f"{result.loudness_error_db:.2f}", f"{result.loudness_bias_db:+.2f}",
                     tables.number(result.high_db, "+.1f")])
    return tables.markdown(["signal", "at", "events", "level, dB", "swing, dB", "pitch", "log-mel, dB", "loudness error, dB", "its bias, dB",
                            f"{HIGH_HZ[0] / 1000:g} to {HIGH_HZ[1] / 1000:g} kHz, dB"], rows)


def bars(found):
    """Lines of the table of bars."""
    audible = [result for result in found if result.signal != "silence"]
    lost = [f"{result.signal}, {result.level_below_db} dB" for result in audible if result.is_lost]
    lines = [["simple signals that come back as silence", "none", f"{len(lost)} of {len(audible)}" + (f": {'; '.join(lost)}" if lost else ""),
              tables.yes(not lost)]]
    moving = [result for result in audible if result.cents and len(result.cents) > 1]
    good = [result for result in moving if result.events <= BAR_EVENTS and within(result.cents) == 1 and not result.is_lost]
    lines.append([f"glides and vibratos of at most {BAR_EVENTS} events, pitch within {BAR_CENTS} cents throughout", "all",
                  f"{len(good)} of {len(moving)}; {min(result.events for result in moving)} to {max(result.events for result in moving)} events",
                  tables.yes(len(good) == len(moving))])
    high = [result for result in audible if result.high_db is not None]
    near = sum(abs(result.high_db) <= BAR_LEVEL_DB for result in high)
    lines.append([f"level from {HIGH_HZ[0] / 1000:g} to {HIGH_HZ[1] / 1000:g} kHz within {BAR_LEVEL_DB} dB, click and noise", "all", f"{near} of {len(high)}",
                  tables.yes(near == len(high))])
    return lines
