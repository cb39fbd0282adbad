"""Sounds that a computer makes and that are hard for events: what becomes of them, as a table and as a picture."""

from array import array
from typing import NamedTuple

import measure
import recorded_notes
import single_events
import tables

RATE_HZ, SECONDS = 22050, 4
PEAK, FLOOR = 0.5, 0.0005       # of full scale; noise 60 dB under the peak, since no recording is silent
PICTURED_FROM_S, PICTURED_S, WINDOW = 1.0, 1.2, 1024
PICTURED = {"two of 220 and 223 Hz, beating": 2000, "an octave up and down, 1 s each": 2000, "chirps of 1 to 4 kHz, 12 a second": 6000,
            "clicks, 12 a second": 11025}     # up to which frequency, in Hz


class Limit(NamedTuple):
    sound: str
    events: int
    kbit_s: float
    distance_db: float


def sounds():
    """{name: samples}, all of them SECONDS long."""
    import numpy as np
    t = np.arange(RATE_HZ * SECONDS) / RATE_HZ

    def tone(pitch_hz, partials=6):
        phase = 2 * np.pi * np.cumsum(np.broadcast_to(pitch_hz, t.shape)) / RATE_HZ
        return sum(np.sin(k * phase) / k for k in range(1, partials + 1))

    def struck(times_a_second, falling, what):
        """`what(k)` begins at the k-th stroke and falls by e in 1 / `falling` seconds."""
        since = [t - k / times_a_second for k in range(SECONDS * times_a_second)]
        return sum(np.where(s >= 0, np.exp(-falling * np.maximum(s, 0)) * what(k), 0) for k, s in enumerate(since))

    chance = np.random.default_rng(1)
    noise = chance.standard_normal(t.shape)
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    made = {
        "a held tone of 220 Hz": tone(220),
        "two of 220 and 223 Hz, beating": tone(220) + tone(223),
        "the tone with vibrato, ±50 cents": tone(220 * 2 ** (np.sin(2 * np.pi * 5.5 * t) / 24)),
        "an octave up and down, 1 s each": tone(220 * 2 ** abs(t % 2 - 1)),
        "chirps of 1 to 4 kHz, 12 a second": tone(2500 + 1500 * np.sin(2 * np.pi * 6 * t), partials=1),
        "a scale, 8 notes a second": struck(8, 6, lambda k: tone(220 * 2 ** (scale[k % 8] / 12))),
        "clicks, 12 a second": struck(12, 400, lambda k: noise),
        "white noise": noise,
    }
    return {name: PEAK * samples / np.max(np.abs(samples)) + FLOOR * chance.standard_normal(t.shape) for name, samples in made.items()}


def measured(folder):
    """Encodes and decodes them in the folder: [Limit], and {name: (sound, decoded sound)}, both as arrays of 16-bit samples."""
    found, heard = [], {}
    for k, (name, samples) in enumerate(sounds().items()):
        sound, coded, decoded = (folder / f"{k}{ending}" for ending in (".wav", ".evs", ".decoded.wav"))
        recorded_notes.write_wav(sound, array("h", (32767 * samples).astype("int16").tobytes()), RATE_HZ)
        measure.run(measure.Ictus().encode(sound, coded))
        measure.run(measure.Ictus().decode(coded, decoded))
        facts = single_events.facts_of(coded)
        found.append(Limit(name, facts["events"], 1e-3 * facts["bitrate_bps"], measure.distances_db(sound, decoded)[0]))
        heard[name] = recorded_notes.read_wav(sound)[0], recorded_notes.read_wav(decoded)[0]
    return found, heard


def table(found):
    return tables.markdown(["4 s of", "events a second", "kbit/s", "log-mel distance, dB"],
                           [[limit.sound, f"{limit.events / SECONDS:.0f}", f"{limit.kbit_s:.1f}", f"{limit.distance_db:.1f}"] for limit in found])


def draw(heard, path):
    """A PNG file: spectrograms of some of the sounds, above those of what is decoded."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    from PIL import Image

    figure, axes = plt.subplots(2, len(PICTURED), figsize=(8.0, 3.8), sharex=True, sharey="col", layout="constrained")
    for column, (name, highest_hz) in enumerate(PICTURED.items()):
        for axis, samples in zip(axes[:, column], heard[name]):
            excerpt = np.array(samples)[int(PICTURED_FROM_S * RATE_HZ):int((PICTURED_FROM_S + PICTURED_S) * RATE_HZ)] / 32768
            axis.specgram(excerpt, NFFT=WINDOW, Fs=RATE_HZ / 1000, noverlap=WINDOW * 7 // 8, pad_to=2 * WINDOW, vmin=-85, vmax=-5,
                          cmap="magma", xextent=(0, PICTURED_S))
            axis.set_ylim(0, highest_hz / 1000)
            axis.set_xticks([0, 0.5, 1])
            axis.tick_params(labelsize=7)
        axes[0, column].set_title(name.replace(", ", ",\n"), fontsize=8)
        axes[1, column].set_xlabel("s", fontsize=8)
    for axis, what in zip(axes[:, 0], ("the sound, kHz", "decoded, kHz")):
        axis.set_ylabel(what, fontsize=8)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    with Image.open(path) as picture:   # 64 colours are enough
        small = picture.convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
