"""A writer of packed events, from formats/SPEC.md, part V, alone: without the project's code and without that
of the readers."""

import collections
import itertools

from blocks import varint

NUMBERS = 33
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


class NumberWriter:
    """Section 24."""

    def __init__(self, levels, gain_step):
        self.levels = levels
        self.sizes = [2 * levels + 1] * 32 + [1275 // gain_step + 1]
        self.reaches = [max(1, 2 * levels // 3)] * 32 + [max(1, 90 // gain_step)]
        self.kinds = [0] * 32 + [1]
        self.pools = [[2] * self.sizes[0], [2] * self.sizes[32]]
        self.trusts = [32768, 32768]
        self.counts = [[0] * size for size in self.sizes]
        self.recent = collections.deque(maxlen=64)
        self.events = 0

    def votes(self, k, weights):
        """By second differences: each vote is a triangle, which rises by its weight, turns, and ends."""
        size, reach = self.sizes[k], self.reaches[k]
        bends = [0] * (size + 2 * reach)
        for weight, event in zip(weights, self.recent):
            at = event[k]
            bends[at] += weight
            bends[at + reach] -= 2 * weight
            bends[at + 2 * reach] += weight
        heights = list(itertools.accumulate(itertools.accumulate(bends)))
        return heights[reach - 1 : reach - 1 + size]

    def put(self, coder, event):
        distances = [0] * len(self.recent)
        weights = []
        for k in range(NUMBERS):
            if k in range(0, NUMBERS, 4):
                steps = [(d - min(distances)) * 20 // self.levels for d in distances]
                weights = [FALLING[e & 15] // 2 ** (e >> 4) for e in steps]
            self.put_number(coder, k, event[k], weights)
            distances = [d + abs(event[k] - other[k]) for d, other in zip(distances, self.recent)]
        for k, symbol in enumerate(event):
            self.counts[k][symbol] += 1
        self.events += 1
        if not self.events % 256:
            self.counts = [[count >> 1 for count in counts] for counts in self.counts]
        self.recent.append(event)

    def put_number(self, coder, k, symbol, weights):
        counts, votes = self.counts[k], self.votes(k, weights)
        pool, trust = self.pools[self.kinds[k]], self.trusts[self.kinds[k]]
        pool_votes = 128 * self.reaches[k] ** 2
        of_count = (65536 - trust) * 2**32 // (sum(counts) + 48)
        of_vote = trust * 2**32 // (sum(votes) + pool_votes)
        by_count, by_vote = of_count * 48 // sum(pool), of_vote * pool_votes // sum(pool)
        shares = zip(counts, votes, pool)
        coder.put(symbol, [1 + (c * of_count + v * of_vote + p * (by_count + by_vote)) // 2**32 for c, v, p in shares])
        said_by_count = (counts[symbol] * of_count + pool[symbol] * by_count) // 65536
        said_by_vote = (votes[symbol] * of_vote + pool[symbol] * by_vote) // 65536
        self.trusts[self.kinds[k]] = 655 + 64226 * said_by_vote // (said_by_count + said_by_vote)
        pool[symbol] += 1
        if sum(pool) > 8191:
            pool[:] = [-(-count // 2) for count in pool]


class PackedWriter:
    """Section 22."""

    def __init__(self, levels, gain_step, onset_step):
        self.numbers, self.onset_step, self.span = NumberWriter(levels, gain_step), onset_step, 65536
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
