"""A writer of packed events, from formats/SPEC.md, part V, alone: without the project's code and without that
of the readers."""

import collections
import copy
import functools
import itertools
import pathlib

from blocks import varint

START = pathlib.Path(__file__).resolve().parents[2] / "formats" / "start_events.txt"

FALLING = [256, 245, 235, 225, 215, 206, 197, 189, 181, 173, 166, 159, 152, 146, 140, 134]


class RangeWriter:
    """Section 23. `low` is never cut: its carries find their way by themselves."""

    def __init__(self):
        self.low, self.range, self.written = 0, 2**32 - 1, 0

    def put(self, symbol, frequencies):
        unit, below = self.range // sum(frequencies), sum(frequencies[:symbol])
        self.low += unit * below
        self.range = unit * frequencies[symbol] if symbol + 1 < len(frequencies) else self.range - unit * below
        while self.range < 1 << 24:
            self.low, self.range, self.written = self.low << 8, self.range << 8, self.written + 1

    def put_even(self, number, digits):
        for k in reversed(range(digits)):
            self.put(number >> k & 1, [1, 1])

    def put_below(self, number):
        self.put_even(number, max(0, number.bit_length() - 1))

    def put_size(self, number):
        self.put_even(number.bit_length(), 6)
        self.put_below(number)

    def put_adaptive(self, symbol, counts):
        self.put(symbol, counts)
        counts[symbol] += 2
        if sum(counts) > 255:
            for i, count in enumerate(counts):
                counts[i] = -(-count // 2)

    def content(self, shorten=True):
        size, number = self.written + 4, self.low
        if shorten:
            last = self.low + self.range - 1
            zeros = max(z for z in range(5) if last >> 8 * z << 8 * z >= self.low)
            number = last >> 8 * zeros << 8 * zeros
        data = number.to_bytes(size, "big")
        return data.rstrip(b"\0") if shorten else data


def triangles(values, reach):
    """Of each value a triangle, by second differences: it rises by the value, turns, and ends."""
    bends = [0] * (len(values) + 2 * reach)
    for at, value in enumerate(values):
        bends[at] += value
        bends[at + reach] -= 2 * value
        bends[at + 2 * reach] += value
    heights = list(itertools.accumulate(itertools.accumulate(bends)))
    return heights[reach - 1 : reach - 1 + len(values)]


class NumberWriter:
    """Section 24."""

    LEAST, WHOLE, FLAT_COUNTS, FLAT_VOTES, ASKED = 256, 65536, 24, 64, 6

    def __init__(self, steps):
        self.steps = steps
        self.wide, self.narrow = (max(1, steps // part) for part in (3, 10))
        self.by_context = {False: [0] * steps, True: [0] * steps}
        self.spread = [0] * steps
        self.trust = [self.WHOLE // 5] * 5
        self.usual = -1

    def put(self, coder, symbol, recent, context):
        """`recent`: pairs of a recent event's symbol and its weight."""
        votes = [0] * self.steps
        for other, weight in recent:
            votes[other] += weight
        wide_area, narrow_area = self.wide * self.wide, self.narrow * self.narrow
        counts = self.by_context[context]
        opinions = [
            self.opinion(0, self.spread, self.FLAT_COUNTS * wide_area),
            self.opinion(1, triangles(votes, self.wide), self.FLAT_VOTES * wide_area),
            self.opinion(2, triangles(votes, self.narrow), self.FLAT_VOTES * narrow_area),
            self.opinion(3, votes, self.FLAT_VOTES),
        ]
        share = self.trust[4] * 2**44 // (sum(counts) + self.ASKED)
        flat = self.FLAT_COUNTS * wide_area
        asked = self.ASKED * share // (sum(self.spread) + flat)
        beside = flat * asked // self.steps
        opinions.append([count * share + spread * asked + beside for count, spread in zip(counts, self.spread)])
        coder.put(symbol, [1 + sum(column) // 2**44 for column in zip(*opinions)])
        weights = [opinion[symbol] // 2**28 for opinion in opinions]
        left = self.WHOLE - 5 * self.LEAST
        self.trust = [self.LEAST + left * weight // sum(weights) for weight in weights]

    def opinion(self, expert, row, flat):
        share = self.trust[expert] * 2**44 // (sum(row) + flat)
        return [value * share + flat * share // self.steps for value in row]

    def learn(self, symbol, context):
        self.by_context[context][symbol] += 1
        one = [0] * self.steps
        one[symbol] = 1
        self.spread = [a + b for a, b in zip(self.spread, triangles(one, self.wide))]
        totals = [a + b for a, b in zip(*self.by_context.values())]
        self.usual = max(range(self.steps), key=lambda value: (totals[value], -value))

    def halve(self):
        for row in (*self.by_context.values(), self.spread):
            row[:] = [value >> 1 for value in row]


class EventWriter:
    """All numbers of events, section 24."""

    def __init__(self, vector_steps, gain_step):
        self.numbers = [NumberWriter(steps) for steps in (*vector_steps, 1275 // gain_step + 1)]
        self.recent = collections.deque(maxlen=64)
        self.events = 0

    def put(self, coder, event):
        distances = [0] * len(self.recent)
        contexts = [False]
        for k, number in enumerate(self.numbers):
            if number.steps == 1:
                contexts.append(contexts[-1])
                continue
            steps = [(d - min(distances)) * 5 // 64 for d in distances]
            weights = [FALLING[e & 15] // 2 ** (e >> 4) for e in steps]
            number.put(coder, event[k], [(other[k], weight) for other, weight in zip(self.recent, weights)], contexts[k])
            contexts.append(event[k] == number.usual)
            for j, other in enumerate(self.recent):
                distances[j] += min(307, abs(event[k] - other[k]) * 1024 // (number.steps - 1))
        for number, symbol, context in zip(self.numbers, event, contexts):
            number.learn(symbol, context)
        self.events += 1
        if not self.events % 256:
            for number in self.numbers:
                number.halve()
        self.recent.append(event)


class Nobody:
    """In place of a RangeWriter, for events that are not written."""

    def put(self, symbol, frequencies):
        pass


@functools.cache
def started(vector_steps, gain_step):
    """A writer after the start, section 24."""
    writer = EventWriter(vector_steps, gain_step)
    for line in START.read_text().splitlines():
        event = [int(word) for word in line.split()]
        event[-1] = (event[-1] + 1000) // gain_step
        writer.put(Nobody(), event)
    return writer


class PackedWriter:
    """Section 22."""

    def __init__(self, vector_steps, gain_step, onset_step, is_standard):
        begin = started if is_standard else EventWriter
        self.numbers = copy.deepcopy(begin(tuple(vector_steps), gain_step))
        self.onset_step, self.span = onset_step, 65536
        self.goes_on = [[1, 3] for _ in range(16)]

    def block(self, span, events, claimed=None, shorten=True):
        """An event is (step, symbols of its 33 numbers). `claimed`: how many events it says there are."""
        count = len(events) if claimed is None else claimed
        head = varint(2 * count + (span != self.span))
        if span != self.span:
            head += varint(span)
        self.span = span
        coder = RangeWriter()
        before, last = 0, (span - 1) // self.onset_step
        for i, (step, symbols) in enumerate(events):
            self.put_gap(coder, step - before, (last - before) // (count - i))
            self.numbers.put(coder, symbols)
            before = step
        return head + coder.content(shorten)

    def put_gap(self, coder, gap, mean):
        unit_digits = max(2, mean.bit_length()) - 2
        units = gap >> unit_digits
        for k in range(min(16, units + 1)):
            coder.put_adaptive(int(k < units), self.goes_on[k])
        if units >= 16:
            coder.put_size(units - 16)
        coder.put_even(gap, unit_digits)
