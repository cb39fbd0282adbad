"""Signal helpers shared by the generators: decoding, resampling, rooms, noise floors, levels.

All signals are one-dimensional float32 arrays at RATE unless a name says otherwise.
"""
import subprocess
import numpy as np
from scipy import signal

RATE = 22050    # of the files written
RENDER = 44100  # of the soundfont synthesiser

# Low-pass for 44,100 -> 22,050 Hz: flat to 10 kHz, 90 dB down from 11,025 Hz.
_HALF = signal.firwin(255, 10530, fs=RENDER, window=("kaiser", 9.0)).astype(np.float32)
_HIGHPASS = signal.butter(2, 12, "highpass", fs=RATE, output="sos")


def db(x):
    return 10.0 ** (x / 20.0)


def peak(x):
    return float(np.max(np.abs(x))) if len(x) else 0.0


def rms(x):
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))) if len(x) else 0.0


def halve(x):
    """RENDER to RATE."""
    n = (len(_HALF) - 1) // 2
    y = signal.upfirdn(_HALF, np.concatenate([x, np.zeros(n, np.float32)]), 1, 2)
    return y[n // 2:n // 2 + len(x) // 2].astype(np.float32)


def decode(path, rate=RATE, effects=None):
    """Any file ffmpeg reads, as mono at `rate` (soxr, 28 bits)."""
    chain = [f"aresample={rate}:resampler=soxr:precision=28"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", str(path), "-ac", "1",
               "-af", ",".join((effects or []) + chain), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, np.float32)


def resample(x, ratio):
    """Band-limited change of length by `ratio` (over 1 is longer, and lower when played at the same rate)."""
    from scipy import fft
    pad = 2048
    n = fft.next_fast_len(len(x) + 2 * pad)
    m = int(round(n * ratio))
    padded = np.zeros(n, np.float32)
    padded[pad:pad + len(x)] = x
    spectrum = fft.rfft(padded)
    out = np.zeros(m // 2 + 1, spectrum.dtype)
    k = min(len(spectrum), len(out))
    out[:k] = spectrum[:k]
    if ratio < 1:   # a soft edge below the new Nyquist frequency, against ringing
        edge = max(2, k // 50)
        out[k - edge:k] *= np.linspace(1, 0, edge, dtype=np.float32)
    y = fft.irfft(out, m) * (m / n)
    start = int(round(pad * ratio))
    return y[start:start + int(round(len(x) * ratio))].astype(np.float32)


def fade(x, seconds_in=0.005, seconds_out=0.03, rate=RATE):
    x = np.array(x, np.float32)
    a, b = min(len(x), int(seconds_in * rate)), min(len(x), int(seconds_out * rate))
    if a:
        x[:a] *= np.linspace(0, 1, a, dtype=np.float32)
    if b:
        x[-b:] *= np.linspace(1, 0, b, dtype=np.float32)
    return x


def add(target, x, at):
    """Adds x into target from sample `at`; what does not fit is lost."""
    at = int(at)
    if at < 0:
        x, at = x[-at:], 0
    n = min(len(x), len(target) - at)
    if n > 0:
        target[at:at + n] += x[:n]


def smooth_curve(rng, n, seconds_per_knot, low, high, rate=RATE):
    """A slow random curve between low and high, a knot every so many seconds."""
    knots = max(4, int(n / rate / seconds_per_knot) + 4)
    values = rng.uniform(low, high, knots)
    position = np.linspace(0, knots - 1.001, n)
    i = position.astype(int)
    f = position - i
    f = f * f * (3 - 2 * f)
    return (values[i] * (1 - f) + values[i + 1] * f).astype(np.float32)


def shaped_noise(rng, n, slope=0.0, low=0.0, high=RATE / 2, bumps=0, rate=RATE):
    """Gaussian noise of unit RMS; power falls as f^-slope between low and high, with gentle random bumps."""
    from scipy import fft
    m = fft.next_fast_len(n)
    f = np.fft.rfftfreq(m, 1 / rate)
    gain = np.maximum(f, 30.0) ** (-slope / 2)
    gain /= 1 + (low / np.maximum(f, 1.0)) ** 4
    gain /= np.sqrt(1 + (f / max(high, 1.0)) ** 8)
    log_f = np.log2(np.maximum(f, 30.0))
    for _ in range(bumps):
        gain *= db(rng.uniform(-9, 9) * np.exp(-((log_f - rng.uniform(6, 13)) / rng.uniform(0.2, 1.5)) ** 2))
    spectrum = fft.rfft(rng.standard_normal(m).astype(np.float32)) * gain.astype(np.float32)
    x = fft.irfft(spectrum, m)[:n].astype(np.float32)
    return x / (rms(x) + 1e-12)


def noise_floor(rng, n):
    """What a quiet room and a microphone add: coloured noise, sometimes mains hum. Unit RMS."""
    x = shaped_noise(rng, n, rng.uniform(0, 1.8), rng.uniform(0, 80), rng.uniform(4000, 16000), 3)
    if rng.random() < 0.25:
        t = np.arange(n, dtype=np.float32) / RATE
        base = rng.choice([50.0, 60.0])
        for h in (1, 2, 3, 4, 5, 7):
            x += rng.uniform(0, 0.8) / h * np.sin(2 * np.pi * base * h * t + rng.uniform(0, 6.28))
    return x / (rms(x) + 1e-12)


def add_floor(rng, x, low_db, high_db):
    """Adds a steady noise floor at low_db..high_db under the peak."""
    return x + noise_floor(rng, len(x)) * np.float32(peak(x) * db(rng.uniform(low_db, high_db)))


def room(rng, x, t60=None, wet=None):
    """A made-up room: direct sound, early reflections of a shoebox, a tail that decays faster in the treble."""
    t60 = t60 or float(np.exp(rng.uniform(np.log(0.15), np.log(2.5))))
    wet = wet if wet is not None else rng.uniform(0.05, 0.5)
    n = int(min(3.0, t60 * 1.1 + 0.05) * RATE)
    t = np.arange(n) / RATE
    tail = np.zeros(n, np.float32)
    edges = [0, 180, 360, 720, 1440, 2900, 5800, RATE / 2]
    treble = rng.uniform(0.25, 0.9)
    for i in range(len(edges) - 1):
        decay = t60 * (1 + (treble - 1) * i / (len(edges) - 2)) * rng.uniform(0.85, 1.15)
        band = shaped_noise(rng, n, 0, edges[i], edges[i + 1])
        width = (edges[i + 1] - edges[i]) / (RATE / 2)
        tail += band * np.float32(np.sqrt(width)) * np.exp(-6.908 * t / decay).astype(np.float32)
    predelay = int(rng.uniform(0.002, 0.02) * (0.5 + t60) * RATE)
    tail = np.concatenate([np.zeros(predelay, np.float32), tail])
    size = rng.uniform(1.5, 6, 3) * (0.6 + t60)
    for _ in range(int(rng.integers(4, 12))):
        distance = float(np.linalg.norm(size * rng.uniform(0, 1.3, 3)))
        at = int(distance / 343 * RATE)
        if 0 < at < len(tail):
            tail[at] += rng.choice([-1, 1]) * rng.uniform(0.3, 1) / (1 + distance) * 3
    tail *= np.float32(wet / (np.sqrt(np.sum(tail ** 2)) + 1e-9))
    tail[0] += 1 - wet * 0.5
    return signal.oaconvolve(x, tail)[:len(x) + int(0.4 * n)].astype(np.float32)


def finish(rng, x, keep_floor=True):
    """Level, DC, ends: to int16. None if the file is silent or broken."""
    x = np.asarray(x, np.float32)
    if len(x) < 4 * RATE or not np.all(np.isfinite(x)) or peak(x) < 1e-5:
        return None
    x = signal.sosfilt(_HIGHPASS, x).astype(np.float32)
    x = fade(x, 0.004, 0.02)
    x *= np.float32(db(rng.uniform(-20, -1)) / peak(x))
    frames = x[:len(x) // 1024 * 1024].reshape(-1, 1024)
    level = 10 * np.log10(np.mean(frames ** 2, axis=1) + 1e-12)
    if np.mean(level > -72) < 0.35 or np.max(level) < -50:
        return None
    if keep_floor:  # triangular dither, so that fades end in noise and not in steps
        x = x + (rng.random(len(x), np.float32) - rng.random(len(x), np.float32)) / np.float32(32768)
    return np.clip(np.round(x * 32767), -32768, 32767).astype("<i2")
