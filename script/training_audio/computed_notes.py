"""Notes computed from nothing, for judges: of the families of which no recording is free enough, or only one is. They
share no sample with what generators hear. Organs are pipes, tone wheels and reeds; leads and pads are oscillators and
filters; a choir is pulses through the formants of vowels.
"""
import numpy as np
from scipy import signal
from . import dsp
from .single_notes import LENGTH, RATE

TABLE = 2048            # samples of a cycle
HIGHEST_HZ = 7600.0     # of a partial
# Source: family, lowest and highest pitch.
SOURCES = {"computed-organ": ("organ", 36, 96), "computed-lead": ("synth_lead", 40, 92), "computed-pad": ("pad", 36, 84),
           "computed-choir": ("vocal", 43, 84)}
# Formants in Hz with their levels in dB, of vowels as they are sung.
VOWELS = {"a": [(750, 0), (1200, -5), (2600, -20), (3300, -22)], "o": [(450, 0), (800, -9), (2600, -24), (3200, -28)],
          "u": [(330, 0), (700, -14), (2500, -32), (3200, -36)], "e": [(480, 0), (1900, -12), (2550, -16), (3300, -22)],
          "i": [(300, 0), (2200, -17), (2900, -20), (3500, -24)]}


def hz_of(pitch):
    return 440.0 * 2 ** ((pitch - 69) / 12)


def cycle(rng, gains, hz):
    """One cycle of a wave with these gains of its partials, of which those that would lie too high are left out."""
    spectrum = np.zeros(TABLE // 2 + 1, complex)
    count = min(len(gains), int(HIGHEST_HZ / hz), TABLE // 4)
    spectrum[1:count + 1] = gains[:count] * np.exp(1j * rng.uniform(0, 2 * np.pi, count))
    wave = np.fft.irfft(spectrum, TABLE)
    return wave / (dsp.rms(wave) + 1e-12)


def played(rng, wave, hz):
    """The wave over and over, at a frequency that may change."""
    at = (rng.random() + np.cumsum(hz) / RATE) % 1.0 * TABLE
    low = at.astype(int) % TABLE
    return (wave[low] + (at - np.floor(at)) * (wave[(low + 1) % TABLE] - wave[low])).astype(np.float32)


def bent(rng, hz, depth_cents=0.0, rate_hz=5.5, delay_s=0.0, drift_cents=2.0):
    """The frequency over time: vibrato that sets in late, and drift."""
    t = np.arange(LENGTH) / RATE
    cents = depth_cents * np.clip((t - delay_s) / 0.4, 0, 1) * np.sin(2 * np.pi * rate_hz * t + rng.uniform(0, 6.28))
    return hz * 2 ** ((cents + dsp.smooth_curve(rng, LENGTH, 0.4, -drift_cents, drift_cents, RATE)) / 1200)


def envelope(rng, attack_s, held_s, release_s, sustain=1.0):
    """Up, down to `sustain`, on until the key is let go, and down."""
    t = np.arange(LENGTH) / RATE
    body = np.clip(t / attack_s, 0, 1) * (sustain + (1 - sustain) * np.exp(-np.maximum(0, t - attack_s) / rng.uniform(0.1, 0.8)))
    return (body * np.exp(-6.9 * np.maximum(0, t - held_s) / release_s)).astype(np.float32)


def held(rng):
    return 3.0 if rng.random() < 0.6 else float(np.exp(rng.uniform(np.log(0.25), np.log(3.8))))


def powers(count, slope, even=1.0):
    """Gains of partials that fall as k^-slope, with every second one weaker."""
    k = np.arange(1, count + 1)
    return k ** -slope * np.where(k % 2 == 0, even, 1.0)


def resonance(gains, hz, centre_hz, width_octaves, gain_db):
    k = np.arange(1, len(gains) + 1)
    return gains * dsp.db(gain_db * np.exp(-(np.log2(k * hz / centre_hz) / width_octaves) ** 2))


def wind(rng, low_hz, high_hz):
    sos = signal.butter(2, [low_hz, min(high_hz, 7900.0)], "bandpass", fs=RATE, output="sos")
    x = signal.sosfilt(sos, rng.standard_normal(LENGTH)).astype(np.float32)
    return x / (dsp.rms(x) + 1e-12)


def pipe_organ(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    slopes = {"flute": (2.4, 4.0), "principal": (1.2, 2.0), "string": (0.7, 1.2), "reed": (0.3, 1.0)}
    wet = rng.random() < 0.25                               # a tremulant
    attack = rng.uniform(0.02, 0.12)
    for rank in range(int(rng.integers(1, 6))):
        ratio = 1.0 if rank == 0 else float(rng.choice([0.5, 1, 2, 2, 3, 4, 4, 6, 8]))
        kind = str(rng.choice(list(slopes)))
        gains = powers(120, rng.uniform(*slopes[kind]), rng.uniform(0.05, 0.4) if kind == "flute" and rng.random() < 0.6 else 1.0)
        if kind == "reed":
            gains = resonance(gains, hz * ratio, rng.uniform(600, 2500), 0.8, rng.uniform(3, 12))
        course = bent(rng, hz * ratio * 2 ** (rng.normal(0, 3) / 1200), 8.0 if wet else 0.0, rng.uniform(4.5, 6.5))
        out += played(rng, cycle(rng, gains, hz * ratio), course) * np.float32(dsp.db(0 if rank == 0 else rng.uniform(-14, 2)))
    chiff = wind(rng, min(2 * hz, 3000), min(8 * hz, 7000)) * np.exp(-np.arange(LENGTH) / RATE / rng.uniform(0.02, 0.06))
    out += (chiff * dsp.db(rng.uniform(-26, -8)) + wind(rng, 200, 5000) * dsp.db(rng.uniform(-60, -38))).astype(np.float32)
    return out * envelope(rng, attack, held(rng), rng.uniform(0.06, 0.4)), rng.uniform(0.4, 1.0)


def tone_wheels(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    swirl = rng.uniform(0, 1) < 0.6
    rate = float(rng.choice([0.8, 6.6]))
    course = bent(rng, hz, rng.uniform(3, 12) if swirl else 0.0, rate, drift_cents=0.5)
    for ratio in (0.5, 1.5, 1, 2, 3, 4, 5, 6, 8):
        bar = int(rng.integers(0, 9)) if ratio != 1 else int(rng.integers(5, 9))
        if bar and hz * ratio < HIGHEST_HZ:
            out += played(rng, cycle(rng, np.ones(1), hz * ratio), course * ratio) * np.float32(dsp.db(3.0 * (bar - 8)))
    if swirl:
        t = np.arange(LENGTH) / RATE
        out *= (1 + rng.uniform(0.05, 0.35) * np.sin(2 * np.pi * rate * t + 1)).astype(np.float32)
    drive = rng.uniform(0.1, 2.0)
    out = np.tanh(drive * out / dsp.peak(out)) / drive
    click = wind(rng, 500, 6000) * np.exp(-np.arange(LENGTH) / RATE / 0.004) * dsp.db(rng.uniform(-40, -14)) * dsp.rms(out)
    return (out + click).astype(np.float32) * envelope(rng, rng.uniform(0.003, 0.012), held(rng), rng.uniform(0.01, 0.05)), 0.2


def reed_organ(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    for ratio in [1.0, 2.0, 0.5, 1.0][:int(rng.integers(1, 5))]:
        gains = resonance(powers(150, rng.uniform(0.4, 1.3)), hz * ratio, rng.uniform(500, 3000), 1.0, rng.uniform(0, 10))
        out += played(rng, cycle(rng, gains, hz * ratio), bent(rng, hz * ratio * 2 ** (rng.normal(0, 4) / 1200))) * np.float32(dsp.db(rng.uniform(-9, 0)))
    out *= 1 + dsp.smooth_curve(rng, LENGTH, 0.15, -0.08, 0.08, RATE)
    out += wind(rng, 300, 4000) * np.float32(dsp.db(rng.uniform(-56, -36)))
    return out * envelope(rng, rng.uniform(0.03, 0.25), held(rng), rng.uniform(0.05, 0.25)), 0.4


def organ(rng, hz):
    return [pipe_organ, pipe_organ, tone_wheels, reed_organ][int(rng.integers(4))](rng, hz)


def oscillator(rng, cutoff_hz, hz, peak_db):
    """Gains of a saw, a square, a pulse or a triangle, through a low-pass with a resonance."""
    kind = int(rng.integers(4))
    k = np.arange(1, 201)
    duty = rng.uniform(0.08, 0.45)
    gains = [1.0 / k, np.where(k % 2, 1.0 / k, 0.0), np.abs(np.sin(np.pi * k * duty)) / k, np.where(k % 2, 1.0 / k ** 2, 0.0)][kind]
    return resonance(gains / np.sqrt(1 + (k * hz / cutoff_hz) ** 8) ** 0.75, hz, cutoff_hz, 0.25, peak_db)


def lead(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    bright, dark = rng.uniform(2500, 9000), rng.uniform(400, 2500)
    opening = np.exp(-np.arange(LENGTH) / RATE / rng.uniform(0.05, 1.5)).astype(np.float32) * rng.random()
    depth, rate, delay = rng.uniform(0, 40) * (rng.random() < 0.5), rng.uniform(4.5, 7), rng.uniform(0, 0.6)
    slide = 2 ** (rng.choice([-2, -1, 1, 0, 0, 0, 0]) * np.exp(-np.arange(LENGTH) / RATE / 0.04) / 12)
    peak_db = rng.uniform(0, 12)
    for one in range(int(rng.integers(1, 4))):
        own = hz * 2 ** (rng.normal(0, 7 if one else 1) / 1200) * (1.0 if one == 0 or rng.random() < 0.7 else float(rng.choice([0.5, 2])))
        course = bent(rng, own, depth, rate, delay, drift_cents=1.0) * slide
        phase_seed = int(rng.integers(1 << 30))     # both cutoffs are one oscillator
        waves = [played(np.random.default_rng(phase_seed), cycle(np.random.default_rng(phase_seed), oscillator(
            np.random.default_rng(phase_seed), cutoff, own, peak_db), own), course) for cutoff in (bright, dark)]
        out += waves[0] * opening + waves[1] * (1 - opening) * np.float32(rng.uniform(0.5, 1))
    if rng.random() < 0.3:
        drive = rng.uniform(1, 6)
        out = (np.tanh(drive * out / dsp.peak(out)) / drive).astype(np.float32)
    return out * envelope(rng, rng.uniform(0.002, 0.03), held(rng), rng.uniform(0.03, 0.4), rng.uniform(0.3, 1)), 0.3


def pad(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    low, high = rng.uniform(300, 1200), rng.uniform(1200, 6000)
    sweep = dsp.smooth_curve(rng, LENGTH, rng.uniform(0.6, 2.5), 0, 1, RATE)
    for one in range(int(rng.integers(3, 9))):
        ratio = 1.0 if one < 2 else float(rng.choice([0.5, 1, 1, 1, 2, 1.5 if rng.random() < 0.15 else 1]))
        own = hz * ratio * 2 ** (rng.normal(0, 8) / 1200)
        course = bent(rng, own, rng.uniform(0, 8), rng.uniform(0.2, 5), drift_cents=rng.uniform(1, 8))
        for cutoff, part in ((low, 1 - sweep), (high, sweep)):
            out += played(rng, cycle(rng, oscillator(rng, cutoff, own, rng.uniform(0, 6)), own), course) * part
    if rng.random() < 0.35:
        out += wind(rng, 400, 6000) * np.float32(dsp.rms(out) * dsp.db(rng.uniform(-30, -10)))
    return out * envelope(rng, rng.uniform(0.15, 1.4), max(1.0, held(rng)), rng.uniform(0.4, 2.0)), 0.6


def choir(rng, hz):
    out = np.zeros(LENGTH, np.float32)
    vowel = VOWELS[str(rng.choice(list(VOWELS)))]
    size = rng.uniform(0.92, 1.22) if hz > 260 else rng.uniform(0.82, 1.05)
    voices = int(rng.choice([1, 1, 2, 4, 8]))
    attack = rng.uniform(0.05, 0.35)
    for _ in range(voices):
        gains = powers(150, rng.uniform(1.0, 2.0))
        shape = np.full(150, dsp.db(-45.0))
        k = np.arange(1, 151)
        for centre, level in vowel:
            centre *= size * rng.uniform(0.95, 1.05)
            shape += dsp.db(level) / np.sqrt(1 + ((k * hz - centre) / (50 + 0.04 * centre)) ** 2)
        course = bent(rng, hz * 2 ** (rng.normal(0, 9 if voices > 1 else 2) / 1200), rng.uniform(5, 60), rng.uniform(4.8, 6.6),
                      rng.uniform(0, 0.5), drift_cents=rng.uniform(3, 12))
        x = played(rng, cycle(rng, gains * shape, hz), course) * (1 + dsp.smooth_curve(rng, LENGTH, 0.2, -0.2, 0.2, RATE))
        out += x * envelope(rng, attack * rng.uniform(0.7, 1.4), held(rng) if voices == 1 else 3.0, rng.uniform(0.08, 0.4))
    breath = wind(rng, 800, 6000) * np.float32(dsp.rms(out) * dsp.db(rng.uniform(-44, -22)))
    return out + breath * envelope(rng, attack, 3.0, 0.2), 0.6


MAKERS = {"computed-organ": organ, "computed-lead": lead, "computed-pad": pad, "computed-choir": choir}


def make(rng, source):
    """A note of one of SOURCES: its pitch, and LENGTH samples of any level."""
    _, low, high = SOURCES[source]
    pitch = int(rng.integers(low, high + 1))
    x, room = MAKERS[source](rng, hz_of(pitch))
    if rng.random() < room:
        x = dsp.room(rng, x, wet=rng.uniform(0.05, 0.4))[:LENGTH]
    return pitch, dsp.fade(x, 0.001, 0.05, RATE)
