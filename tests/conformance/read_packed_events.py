"""The packed events of a coded event stream, read as formats/SPEC.md, part V, has them."""

import copy
import functools
import pathlib

from read_blocks import MAX_POSITION, Content, Damaged

START = pathlib.Path(__file__).resolve().parents[2] / "formats" / "start_events.txt"
GAIN = 32
MAX_EVENTS = 4096
WEIGHTS = (256, 245, 235, 225, 215, 206, 197, 189, 181, 173, 166, 159, 152, 146, 140, 134)


class RangeDecoder:
    """Section 23."""

    def __init__(self, content):
        self.content, self.taken = content, 0
        self.range, self.code = 2**32 - 1, 0
        for _ in range(4):
            self.take_byte()

    def take_byte(self):
        byte = 0
        if self.taken < len(self.content):
            byte = self.content[self.taken]
            self.taken += 1
        self.code = (self.code << 8 | byte) % 2**32

    def symbol(self, frequencies):
        unit = self.range // sum(frequencies)
        place = self.code // unit
        symbol = below = 0
        while symbol < len(frequencies) - 1 and below + frequencies[symbol] <= place:
            below += frequencies[symbol]
            symbol += 1
        self.code -= unit * below
        self.range = self.range - unit * below if symbol == len(frequencies) - 1 else unit * frequencies[symbol]
        while self.range < 2**24:
            self.range <<= 8
            self.take_byte()
        return symbol

    def even(self, digits):
        number = 0
        for _ in range(digits):
            number = 2 * number + self.symbol([1, 1])
        return number

    def below(self, digits):
        return 2 ** (digits - 1) + self.even(digits - 1) if digits else 0

    def size(self):
        return self.below(self.even(6))

    def adaptive(self, counts):
        symbol = self.symbol(counts)
        counts[symbol] += 2
        if sum(counts) >= 256:
            counts[:] = [(c + 1) // 2 for c in counts]
        return symbol


class Told:
    """In place of a decoder, of symbols that are known."""

    def __init__(self, symbols):
        self.symbols = iter(symbols)

    def symbol(self, frequencies):
        return next(self.symbols)


def spread(values, reach):
    """Each value as a triangle, falling to nothing at `reach`."""
    heights = [0] * len(values)
    for at, value in enumerate(values):
        if value:
            for i in range(max(0, at - reach + 1), min(len(values), at + reach)):
                heights[i] += value * (reach - abs(i - at))
    return heights


class Number:
    """What is known of one number."""

    def __init__(self, n):
        self.n, self.wide, self.narrow = n, max(1, n // 3), max(1, n // 10)
        self.counts, self.wide_counts = [[0] * n, [0] * n], [0] * n
        self.trust = [65536 // 5] * 5
        self.usual = None

    def symbol(self, decoder, votes, context):
        """`votes`: the weight of the recent events with each value."""
        n, counts, of_all = self.n, self.counts[context], self.wide_counts
        rows = [of_all, spread(votes, self.wide), spread(votes, self.narrow), votes, counts]
        flats = [24 * self.wide**2, 64 * self.wide**2, 64 * self.narrow**2, 64]
        shares = [(trust << 44) // (sum(row) + flat) for trust, row, flat in zip(self.trust, rows, flats + [6])]
        # What an expert says of every value alike; the fifth asks the first before it has counted.
        even = [flat * share // n for flat, share in zip(flats, shares)]
        asked = 6 * shares[4] // (sum(of_all) + flats[0])
        even.append(flats[0] * asked // n)
        frequencies = []
        for i in range(n):
            said = sum(row[i] * share for row, share in zip(rows, shares)) + of_all[i] * asked + sum(even)
            frequencies.append((said >> 44) + 1)
        s = decoder.symbol(frequencies)
        said = [row[s] * share + all_alike for row, share, all_alike in zip(rows, shares, even)]
        said[4] += of_all[s] * asked
        said = [one >> 28 for one in said]
        self.trust = [256 + 64256 * one // sum(said) for one in said]
        return s

    def learn(self, s, context):
        self.counts[context][s] += 1
        for i in range(max(0, s - self.wide + 1), min(self.n, s + self.wide)):
            self.wide_counts[i] += self.wide - abs(i - s)
        both = [a + b for a, b in zip(*self.counts)]
        self.usual = both.index(max(both))

    def halve(self):
        self.counts = [[count // 2 for count in counts] for counts in self.counts]
        self.wide_counts = [count // 2 for count in self.wide_counts]


class Numbers:
    """Section 24."""

    def __init__(self, vector_steps, gain_step):
        self.numbers = [Number(n) for n in [*vector_steps, 1275 // gain_step + 1]]
        self.events, self.recent = 0, []

    def event(self, decoder):
        event, contexts, context = [], [], 0
        distances = [0] * len(self.recent)
        for k, number in enumerate(self.numbers):
            contexts.append(context)
            if number.n == 1:
                event.append(0)
                continue
            votes = [0] * number.n
            for other, distance in zip(self.recent, distances):
                e = 5 * (distance - min(distances)) // 64
                votes[other[k]] += WEIGHTS[e % 16] >> e // 16
            s = number.symbol(decoder, votes, context)
            context = int(s == number.usual)
            for j, other in enumerate(self.recent):
                distances[j] += min(307, 1024 * abs(s - other[k]) // (number.n - 1))
            event.append(s)
        for number, s, context in zip(self.numbers, event, contexts):
            number.learn(s, context)
        self.events += 1
        if self.events % 256 == 0:
            for number in self.numbers:
                number.halve()
        self.recent = (self.recent + [event])[-64:]
        return event


@functools.cache
def begun(vector_steps, gain_step):
    """Numbers after the events of the start."""
    numbers = Numbers(vector_steps, gain_step)
    for line in START.read_text().splitlines():
        *symbols, gain = map(int, line.split())
        numbers.event(Told(symbols + [(gain + 1000) // gain_step]))
    return numbers


class PackedEvents:
    """Section 22: all blocks of one file, one after the other."""

    def __init__(self, vector_steps, gain_step, onset_step, is_standard):
        begin = begun if is_standard else Numbers
        self.numbers = copy.deepcopy(begin(tuple(vector_steps), gain_step))
        self.onset_step = onset_step
        self.end, self.span = 0, 65536
        self.units = [[1, 3] for _ in range(16)]

    def gap(self, decoder, steps, events):
        z = max(0, (steps // events).bit_length() - 2)
        units = 0
        while units < 16 and decoder.adaptive(self.units[units]):
            units += 1
        if units == 16:
            units += decoder.size()
        gap = units * 2**z + decoder.even(z)
        if gap > steps:
            raise Damaged("an onset lies beyond the end of the block")
        return gap

    def block(self, content):
        """(end, events), an event being its onset and the symbols of its 33 numbers."""
        left = Content(content)
        count, is_new_span = divmod(left.varint(2), 2)
        if is_new_span:
            self.span = left.varint(8)
        start, self.end = self.end, self.end + self.span
        if self.end > MAX_POSITION:
            raise Damaged("the block ends too late")
        if count > MAX_EVENTS or count and not self.span:
            raise Damaged("bad number of events")
        decoder = RangeDecoder(left.data)
        step, last = 0, (self.span - 1) // self.onset_step
        events = []
        for i in range(count):
            step += self.gap(decoder, last - step, count - i)
            events.append((start + step * self.onset_step, self.numbers.event(decoder)))
        if decoder.taken < len(decoder.content):
            raise Damaged("bytes after the events")
        return self.end, events
