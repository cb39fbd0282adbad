"""Spectrograms on a logarithmic scale of frequency, and pictures of few bytes: what the scripts that draw have in common."""

import wave

import numpy as np
from PIL import Image

WINDOW_S, HOP_S = 0.064, 0.010
LOWEST_HZ, HIGHEST_HZ, ROWS = 50.0, 10500.0, 360


def read_wav(path, program):
    """Samples [n] from -1 to 1, channels mixed, and their rate in Hz; ends `program` with words where it is none of 16 bits."""
    with wave.open(str(path), "rb") as sound:
        if sound.getsampwidth() != 2:
            raise SystemExit(f"{program}: {path}: not a WAV file with 16-bit samples")
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())
        return samples.mean(axis=1) / 32768.0, sound.getframerate()


def levels_db(samples, rate_hz, seconds):
    """[row, frame], rows equally far apart on a logarithmic scale."""
    size = int(round(WINDOW_S * rate_hz))
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(samples, size)
    powers = []
    for i in range(int(seconds / HOP_S)):
        at = size // 2 + int(round(i * HOP_S * rate_hz))
        frame = padded[at:at + size]
        powers.append(np.abs(np.fft.rfft(np.pad(frame, (0, size - len(frame))) * window)) ** 2 / window.sum() ** 2)
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, ROWS + 1) * size / rate_hz
    powers = np.array(powers)
    sums = np.concatenate([np.zeros((len(powers), 1)), np.cumsum(powers, axis=1)], axis=1)
    # The power between two edges, which may be less than a bin apart.
    at_edges = np.array([np.interp(edges + 0.5, np.arange(sums.shape[1]), row) for row in sums])
    return 10 * np.log10(np.diff(at_edges, axis=1).T / np.diff(edges)[:, None] + 1e-12)


def save(figure, picture):
    """Writes a .png, .svg or .pdf."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=100)
    if picture.suffix.lower() == ".png":  # 256 colours are enough, and take a third of the bytes
        with Image.open(picture) as drawn:
            small = drawn.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(picture, optimize=True)
