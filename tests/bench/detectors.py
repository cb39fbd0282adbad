"""When a single note begins, how high and how loud it is, found in its samples alone; by the Debian package python3-numpy."""

PARTIALS = 12
PEAKS = 8               # of a spectrum, by which two notes are compared
APART_CENTS = 60.0      # how far from where it is expected a partial is looked for
STRETCHED = 1.25        # by which the highest of them is higher at most
FAINT_DB = 30.0         # partials softer than the strongest by more are left out
PITCHED_S = (0.08, 1.2)     # after the beginning of a note
WINDOW_S, BEGINS_DB = 2e-3, -30.0   # a note begins where so short a part first has so much of the energy of the loudest


def level_db(samples):
    """The root mean square; 0 dB is that of 1."""
    import numpy as np
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def begins_s(samples, rate_hz):
    """When a note begins: at the end of the first window that is loud enough, as that window ends with what makes it so."""
    import numpy as np
    size = round(WINDOW_S * rate_hz)
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    energies = sums[size:] - sums[:-size]
    return (float(np.argmax(energies > 10 ** (BEGINS_DB / 10) * energies.max())) + size - 1) / rate_hz


def peak_near(spectrum, bin_hz, near_hz, apart_cents=APART_CENTS):
    """(frequency, amplitude) of the highest value near a frequency, between bins by a parabola through the logarithms."""
    import numpy as np
    low, high = (max(1, round(near_hz * 2 ** (cents / 1200) / bin_hz)) for cents in (-apart_cents, apart_cents))
    place = low + int(np.argmax(spectrum[low:high + 1]))
    left, middle, right = np.log(np.maximum(spectrum[place - 1:place + 2], 1e-30))
    curve = left - 2 * middle + right
    away = 0.5 * (left - right) / curve if curve < 0 else 0.0
    return (place + float(np.clip(away, -0.5, 0.5))) * bin_hz, float(spectrum[place])


def spectrum_of(samples, rate_hz):
    """(amplitudes, their distance in Hz) of a note once it has begun."""
    import numpy as np
    begin = round(begins_s(samples, rate_hz) * rate_hz)
    part = samples[begin + round(PITCHED_S[0] * rate_hz):begin + round(PITCHED_S[1] * rate_hz)]
    size = 8 * 2 ** (len(part) - 1).bit_length()
    return np.abs(np.fft.rfft(part * np.hanning(len(part)), size)), rate_hz / size


def strongest_peaks(spectrum, bin_hz, below_hz):
    """[(frequency, amplitude)] of those that stand out by themselves, the strongest first."""
    import numpy as np
    left, found = spectrum.copy(), []
    left[:round(20 / bin_hz)] = 0
    left[round(below_hz / bin_hz):] = 0
    while len(found) < PEAKS:
        hz = bin_hz * int(np.argmax(left))
        found.append(peak_near(spectrum, bin_hz, hz, 0.0))
        if found[-1][1] < found[0][1] * 10 ** (-FAINT_DB / 20):
            return found[:-1]
        low, high = (round(hz * 2 ** (cents / 1200) / bin_hz) for cents in (-2 * APART_CENTS, 2 * APART_CENTS))
        left[low:high + 1] = 0
    return found


def apart_cents(low, high, rate_hz, octaves=1):
    """By how much more, or less, than so many octaves a note is higher than another: of its strongest partials, whatever they are, the
    median."""
    import numpy as np
    spectrum, bin_hz = spectrum_of(low, rate_hz)
    other, other_bin_hz = spectrum_of(high, rate_hz)
    wanted = [hz * 2 ** octaves for hz, _ in strongest_peaks(spectrum, bin_hz, 0.45 * rate_hz / 2 ** octaves)]
    return float(np.median([1200 * np.log2(peak_near(other, other_bin_hz, hz)[0] / hz) for hz in wanted]))


def pitch_hz(samples, rate_hz, near_hz):
    """The frequency of the first partial of a note that is about so high. Where it is faint it is found by the others: it is that of the
    series h f_1 sqrt((1 + B h^2) / (1 + B)), as stiff strings have it, at which there is most."""
    import numpy as np
    spectrum, bin_hz = spectrum_of(samples, rate_hz)
    numbers = np.arange(1, PARTIALS + 1)
    numbers = numbers[numbers * near_hz * STRETCHED < 0.5 * rate_hz]
    strongest = max(peak_near(spectrum, bin_hz, h * near_hz)[1] for h in numbers)
    first_hz, first = peak_near(spectrum, bin_hz, near_hz)
    if first >= strongest * 10 ** (-FAINT_DB / 20):
        return first_hz
    cents = np.arange(-APART_CENTS, APART_CENTS, 0.5)
    stiffness = np.concatenate([[0.0], np.geomspace(1e-6, 3e-3, 60)])
    partials = numbers * np.sqrt((1 + stiffness[:, None] * numbers ** 2) / (1 + stiffness[:, None]))    # [stiffness, number]
    hz = near_hz * 2 ** (cents[:, None, None] / 1200) * partials
    found = np.sqrt(spectrum[np.round(hz / bin_hz).astype(int)]).sum(axis=2)        # so that no partial decides alone
    return float(near_hz * 2 ** (cents[np.argmax(found.max(axis=1))] / 1200))
