"""Signals computed from nothing: bird-like and whale-like song, sirens, vowels, struck things, noise, weather, rooms."""
import numpy as np
from scipy import signal
from . import dsp
from .dsp import RATE


def envelope(rng, n, attack=None, release=None):
    t = np.linspace(0, 1, n)
    attack = rng.uniform(0.05, 0.4) if attack is None else attack
    release = rng.uniform(0.1, 0.6) if release is None else release
    return (np.clip(t / attack, 0, 1) * np.clip((1 - t) / release, 0, 1)) ** rng.uniform(0.7, 2)


def tone(rng, hz, harmonics=((1, 1.0),)):
    """Sum of harmonics of a moving frequency, none over the Nyquist frequency."""
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    out = np.zeros(len(hz))
    for k, a in harmonics:
        if np.min(hz) * k < RATE / 2:
            out += a * np.sin(k * phase + rng.uniform(0, 6.28)) * (np.clip((10500 - hz * k) / 700, 0, 1))
    return out


def syllable(rng, low, high):
    """One element of bird song: sweep, arch, trilled or warbled whistle, or a buzz."""
    n = int(np.exp(rng.uniform(np.log(0.02), np.log(0.35))) * RATE)
    t = np.linspace(0, 1, n)
    a, b = rng.uniform(low, high, 2)
    kind = int(rng.integers(6))
    seconds = n / RATE
    hz = [a + (b - a) * t, a + (b - a) * np.sin(np.pi * t), a * (b / a) ** t ** rng.uniform(0.4, 2.5), np.full(n, a) + (b - a) * 0.05 * t,
          a + (b - a) * 0.4 * np.sin(2 * np.pi * rng.uniform(8, 45) * seconds * t), a + (b - a) * np.exp(-t * rng.uniform(4, 12))][kind]
    if rng.random() < 0.3:
        hz = hz + rng.uniform(50, 500) * np.sin(2 * np.pi * rng.uniform(20, 130) * seconds * t)
    hz = np.clip(hz, 300, 9500)
    overtones = [(1, 1.0)]
    if rng.random() < 0.55:
        overtones += [(2, dsp.db(rng.uniform(-40, -10))), (3, dsp.db(rng.uniform(-50, -18)))]
    x = tone(rng, hz, overtones) * envelope(rng, n)
    if rng.random() < 0.15:
        x *= 1 + 0.8 * np.sin(2 * np.pi * rng.uniform(60, 260) * np.arange(n) / RATE)
    return x.astype(np.float32)


def somewhere(rng, x, in_room, low_db, high_db):
    """In a room, with this chance, and over a floor of noise."""
    if rng.random() < in_room:
        x = dsp.room(rng, x)[:len(x)]
    return dsp.add_floor(rng, x, low_db, high_db)


def birds(rng, seconds):
    out = np.zeros(int(seconds * RATE), np.float32)
    for bird in range(int(rng.choice([1, 1, 1, 2, 3]))):
        low = rng.uniform(1500, 3500)
        high = low + rng.uniform(800, 5000)
        repertoire = [syllable(rng, low, high) for _ in range(int(rng.integers(3, 14)))]
        loud = 1.0 if bird == 0 else dsp.db(rng.uniform(-26, -8))
        t = rng.uniform(0.1, 1.5)
        while t < seconds - 0.5:
            count = int(rng.integers(1, 14))
            trill = rng.random() < 0.35
            chosen = repertoire[int(rng.integers(len(repertoire)))]
            gap = rng.uniform(0.01, 0.12)
            strength = rng.uniform(0.4, 1)
            for k in range(count):
                x = chosen if trill else repertoire[int(rng.integers(len(repertoire)))]
                if not trill:
                    gap = rng.uniform(0.01, 0.2)
                x = dsp.resample(x, 2 ** rng.normal(0, 0.02)) if rng.random() < 0.5 else x
                dsp.add(out, x * np.float32(loud * strength * rng.uniform(0.5, 1)), t * RATE)
                t += len(x) / RATE + gap
            t += rng.uniform(0.3, 3.5)
    if rng.random() < 0.7:
        out = dsp.room(rng, out, t60=rng.uniform(0.3, 1.6), wet=rng.uniform(0.05, 0.35))[:len(out)]
    noise = outdoors(rng, len(out)) * np.float32(dsp.peak(out) * dsp.db(rng.uniform(-60, -28)))
    return out + noise


def outdoors(rng, n):
    x = dsp.shaped_noise(rng, n, rng.uniform(0.5, 2.2), rng.uniform(10, 200), rng.uniform(4000, 12000), 3)
    x *= dsp.smooth_curve(rng, n, rng.uniform(0.5, 4), 0.5, 1.2)
    if rng.random() < 0.4:       # leaves or insects
        band = rng.uniform(2500, 6500)
        x += rng.uniform(0.1, 0.6) * dsp.shaped_noise(rng, n, 0, band, band + rng.uniform(500, 3500)) * dsp.smooth_curve(rng, n, 0.7, 0.2, 1)
    return x / (dsp.rms(x) + 1e-9)


def whale(rng, seconds):
    out = np.zeros(int(seconds * RATE), np.float32)
    t = rng.uniform(0.2, 2)
    motif = []
    while t < seconds - 2:
        if motif and rng.random() < 0.45:
            x = motif[int(rng.integers(len(motif)))]
        else:
            n = int(rng.uniform(0.3, 4.5) * RATE)
            s = np.linspace(0, 1, n)
            a, b = np.exp(rng.uniform(np.log(80), np.log(1200), 2))
            hz = a * (b / a) ** (s ** rng.uniform(0.4, 2.5))
            if rng.random() < 0.5:
                hz *= 2 ** (rng.uniform(0, 0.7) * np.sin(np.pi * s) + rng.uniform(0, 0.1) * np.sin(2 * np.pi * rng.uniform(2, 9) * s * n / RATE))
            hz *= 1 + 0.01 * dsp.smooth_curve(rng, n, 0.05, -1, 1)
            slope = rng.uniform(0.6, 2.2)
            harmonics = [(k, k ** -slope * rng.uniform(0.3, 1.2)) for k in range(1, int(rng.integers(3, 26)))]
            x = tone(rng, hz, harmonics) * envelope(rng, n, rng.uniform(0.05, 0.5), rng.uniform(0.1, 0.6))
            if rng.random() < 0.25:     # a growl: pulses
                x *= (1 + signal.sawtooth(2 * np.pi * np.cumsum(rng.uniform(12, 60) * (1 + 0.3 * s)) / RATE)) * 0.5
            x = x.astype(np.float32)
            motif.append(x)
        dsp.add(out, x * np.float32(rng.uniform(0.3, 1) / (dsp.peak(x) + 1e-6)), t * RATE)
        t += len(x) / RATE * rng.uniform(0.7, 1.2) + rng.uniform(0, 2)
    out = dsp.room(rng, out, t60=rng.uniform(0.8, 2.7), wet=rng.uniform(0.1, 0.7))[:len(out)]
    sea = dsp.shaped_noise(rng, len(out), rng.uniform(1, 2.4), rng.uniform(20, 120), rng.uniform(1500, 9000), 4) * dsp.smooth_curve(rng, len(out), 2, 0.6, 1.2)
    return out + sea * np.float32(dsp.peak(out) * dsp.db(rng.uniform(-50, -22)))


def siren(rng, seconds):
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    low, high = rng.uniform(250, 900), rng.uniform(900, 2400)
    rate = rng.uniform(0.08, 4)
    shape = [0.5 + 0.5 * np.sin(2 * np.pi * rate * t), 0.5 + 0.5 * signal.sawtooth(2 * np.pi * rate * t, 0.7),
             (signal.square(2 * np.pi * rate * t) + 1) / 2][int(rng.integers(3))]
    shape = signal.lfilter([0.003], [1, -0.997], shape)
    hz = low * (high / low) ** shape
    x = tone(rng, hz, [(k, k ** -rng.uniform(0.5, 2)) for k in range(1, int(rng.integers(2, 14)))]) * dsp.smooth_curve(rng, n, 3, 0.1, 1)
    x = dsp.room(rng, x.astype(np.float32))[:n]
    return x + outdoors(rng, n) * np.float32(dsp.peak(x) * dsp.db(rng.uniform(-45, -18)))


VOWELS = [(730, 1090, 2440, 3400), (270, 2290, 3010, 3500), (300, 870, 2240, 3300), (530, 1840, 2480, 3500), (570, 840, 2410, 3300),
          (440, 1020, 2240, 3300), (660, 1720, 2410, 3500), (490, 1350, 1690, 3200)]


def vowels(rng, seconds):
    """Sung glides: a glottal buzz through moving formants, by frequency-domain filtering of short frames."""
    n = int(seconds * RATE)
    out = np.zeros(n, np.float32)
    t = 0.2
    tract = rng.uniform(0.85, 1.4)
    base = rng.uniform(80, 400)
    while t < seconds - 1:
        m = int(rng.uniform(0.3, 2.8) * RATE)
        s = np.arange(m) / RATE
        hz = base * 2 ** (rng.integers(-7, 13) / 12 + rng.normal(0, 0.3) * np.linspace(0, 1, m) ** rng.uniform(0.5, 2) * (rng.random() < 0.5))
        hz *= 1 + rng.uniform(0, 0.025) * np.sin(2 * np.pi * rng.uniform(4, 7) * s) * np.clip(s / 0.4, 0, 1) + 0.004 * dsp.smooth_curve(rng, m, 0.03, -1, 1)
        hz = np.clip(hz, 60, 1100)
        tilt = rng.uniform(0.8, 1.6)
        buzz = tone(rng, hz, [(k, k ** -tilt) for k in range(1, int(min(70, 10000 / hz.min())))])
        buzz += rng.uniform(0.005, 0.05) * rng.standard_normal(m)
        window, hop = np.hanning(1025)[:-1], 256
        a, b = np.array(VOWELS[int(rng.integers(8))]) * tract, np.array(VOWELS[int(rng.integers(8))]) * tract
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(buzz, (1024, 2048)), 1024)[::hop] * window
        f = np.fft.rfftfreq(1024, 1 / RATE)
        position = np.linspace(0, 1, len(frames))[:, None]
        gain = np.full((len(frames), len(f)), 0.02)
        for k in range(4):
            centre, width = a[k] + (b[k] - a[k]) * position, (60 + 30 * k) * rng.uniform(0.8, 1.6)
            gain += (0.7 ** k) / (1 + ((f - centre) / width) ** 2)
        y = np.fft.irfft(np.fft.rfft(frames, axis=1) * gain, axis=1) * window
        x = np.zeros(len(frames) * hop + 1024)
        for k in range(len(frames)):
            x[k * hop:k * hop + 1024] += y[k]
        x = x[1024:1024 + m] * envelope(rng, m, 0.08, 0.15)
        dsp.add(out, (x / (np.max(np.abs(x)) + 1e-9) * rng.uniform(0.4, 1)).astype(np.float32), t * RATE)
        t += m / RATE + (rng.uniform(0, 0.8) if rng.random() < 0.4 else 0.02)
    return somewhere(rng, out, 0.7, -65, -38)


def struck(rng, seconds):
    """Modes of bars, bells, bowls, blocks, bottles, struck by something hard or soft."""
    n = int(seconds * RATE)
    out = np.zeros(n, np.float32)
    things = []
    for _ in range(int(rng.integers(1, 6))):
        base = np.exp(rng.uniform(np.log(150), np.log(4500)))
        kind = int(rng.integers(4))
        ratios = [np.array([1, 2.756, 5.404, 8.933, 13.34]), np.array([1, 2, 2.4, 3, 4, 5.33, 6.6, 8]) * rng.uniform(0.99, 1.01, 8),
                  np.sort(rng.uniform(1, 9, int(rng.integers(4, 24)))), np.arange(1, 30) * np.sqrt(1 + rng.uniform(0, 2e-3) * np.arange(1, 30) ** 2)][kind]
        decay = np.exp(rng.uniform(np.log(0.015), np.log(2.5))) * ratios ** -rng.uniform(0.2, 1.3)
        things.append((base, ratios, decay))
    t = rng.uniform(0.05, 0.5)
    step = rng.uniform(0.08, 1.2)
    steady = rng.random() < 0.5
    while t < seconds - 0.3:
        base, ratios, decay = things[int(rng.integers(len(things)))]
        if rng.random() < 0.4:
            base = base * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 12]) / 12)
        m = int(min(4.0, decay.max() * 7 + 0.02) * RATE)
        s = np.arange(m) / RATE
        hard = rng.uniform(1500, 9000)
        x = np.zeros(m)
        for r, d in zip(ratios, decay):
            if base * r < 10000:
                x += rng.uniform(0.2, 1) / (1 + (base * r / hard) ** 2) * np.exp(-s / d) * np.sin(2 * np.pi * base * r * s + rng.uniform(0, 6.28))
        click = int(rng.uniform(0.001, 0.012) * RATE)
        x[:click] += rng.uniform(0, 0.8) * rng.standard_normal(click) * np.exp(-np.arange(click) / click * 3)
        dsp.add(out, (x / (np.max(np.abs(x)) + 1e-9) * dsp.db(rng.uniform(-24, 0))).astype(np.float32), t * RATE)
        t += step * (rng.choice([0.5, 1, 1, 2]) if steady else rng.uniform(0.1, 2)) + max(0, rng.normal(0, 0.004))
    return somewhere(rng, out, 0.6, -72, -40)


def bursts(rng, seconds):
    """Filtered noise bursts and clicks: footsteps, brushes, taps, hiss, applause."""
    n = int(seconds * RATE)
    out = np.zeros(n, np.float32)
    t, applause = 0.1, rng.random() < 0.2
    while t < seconds - 0.3:
        m = int(np.exp(rng.uniform(np.log(0.002), np.log(0.03 if applause else 0.8))) * RATE) + 8
        low = np.exp(rng.uniform(np.log(40), np.log(5000)))
        x = dsp.shaped_noise(rng, m, rng.uniform(0, 1), low, low * rng.uniform(1.3, 12))
        x *= np.exp(-np.linspace(0, rng.uniform(2, 8), m)) if rng.random() < 0.7 else envelope(rng, m)
        dsp.add(out, (x / (np.max(np.abs(x)) + 1e-9) * dsp.db(rng.uniform(-24, 0))).astype(np.float32), t * RATE)
        t += rng.exponential(0.015 if applause else 0.35) + (0 if applause else 0.02)
    return somewhere(rng, out, 0.6, -70, -35)


def weather(rng, seconds):
    """Wind, rain, surf, traffic: coloured noise that changes slowly."""
    n = int(seconds * RATE)
    kind = int(rng.integers(4))
    if kind == 0:       # wind
        x = sum(dsp.shaped_noise(rng, n, rng.uniform(1, 2.5), 20, rng.uniform(200, 3000), 2) * dsp.smooth_curve(rng, n, rng.uniform(0.3, 2), 0, 1) ** 2 for _ in range(3))
    elif kind == 1:     # rain: hiss and drops
        x = dsp.shaped_noise(rng, n, rng.uniform(0, 1), rng.uniform(200, 1500), 9000, 2) * dsp.smooth_curve(rng, n, 2, 0.6, 1)
        drops = np.zeros(n, np.float32)
        for _ in range(int(seconds * rng.uniform(5, 120))):
            m = int(rng.uniform(0.003, 0.03) * RATE)
            hz = rng.uniform(800, 7000)
            drop = np.exp(-np.linspace(0, 6, m)) * np.sin(2 * np.pi * hz * np.arange(m) / RATE)
            dsp.add(drops, drop.astype(np.float32) * np.float32(rng.exponential(1.5)), rng.uniform(0, n))
        x = x + drops
    elif kind == 2:     # surf
        x = dsp.shaped_noise(rng, n, rng.uniform(0.5, 1.5), 30, 8000, 2) * (0.15 + dsp.smooth_curve(rng, n, rng.uniform(2, 5), 0, 1) ** 2)
    else:               # engines passing
        x = dsp.shaped_noise(rng, n, rng.uniform(1, 2), 25, 5000, 2) * 0.3
        for _ in range(int(rng.integers(1, 6))):
            near = np.exp(-((np.arange(n) / RATE - rng.uniform(0, seconds)) / rng.uniform(1, 5)) ** 2)
            hz = rng.uniform(25, 110) * dsp.smooth_curve(rng, n, 4, 0.85, 1.15)
            buzz = tone(rng, hz, [(k, rng.uniform(0.2, 1) / k) for k in range(1, 30)])
            x = x + (near * (buzz * 0.5 + dsp.shaped_noise(rng, n, 1, 200, 4000))).astype(np.float32)
    return x.astype(np.float32)


def room_tone(rng, seconds):
    """Nearly nothing: a noise floor, and now and then a small sound."""
    n = int(seconds * RATE)
    x = dsp.noise_floor(rng, n) * dsp.smooth_curve(rng, n, 5, 0.85, 1)
    for _ in range(int(rng.integers(0, 12))):
        m = int(rng.uniform(0.01, 0.4) * RATE)
        low = rng.uniform(60, 2000)
        dsp.add(x, dsp.shaped_noise(rng, m, 0.5, low, low * 4) * envelope(rng, m).astype(np.float32) * np.float32(rng.uniform(0.5, 8)), rng.uniform(0, n))
    return x


KINDS = [(birds, 0.28), (whale, 0.2), (siren, 0.05), (vowels, 0.12), (struck, 0.15), (bursts, 0.08), (weather, 0.08), (room_tone, 0.04)]


class Synthetic:
    def make(self, rng, index):
        maker = KINDS[int(rng.choice(len(KINDS), p=[p for _, p in KINDS]))][0]
        x = maker(rng, rng.uniform(20, 40))
        return np.asarray(x, np.float32), f"computed by this project: {maker.__name__}", "CC0"
