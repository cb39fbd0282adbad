"""The packed events of a coded event stream, read as formats/SPEC.md, part V, has them."""

from read_blocks import MAX_POSITION, Damaged, varint

DIMENSIONS, GAIN = 32, 32
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


class Kind:
    """What the numbers of a vector share, or what the gain has for itself."""

    def __init__(self, symbols, reach):
        self.symbols, self.reach = symbols, max(1, reach)
        self.pool, self.trust = [2] * symbols, 32768


class Numbers:
    """Section 24."""

    def __init__(self, levels, gain_step):
        self.levels, self.events, self.recent = levels, 0, []
        vector = Kind(2 * levels + 1, 2 * levels // 3)
        self.kinds = [vector] * DIMENSIONS + [Kind(1275 // gain_step + 1, 90 // gain_step)]
        self.counts = [[0] * kind.symbols for kind in self.kinds]

    def weight(self, distance):
        e = 20 * distance // self.levels
        return WEIGHTS[e % 16] >> e // 16

    def votes(self, number, weights):
        kind = self.kinds[number]
        votes = [0] * kind.symbols
        for weight, event in zip(weights, self.recent):
            for i in range(max(0, event[number] - kind.reach + 1), min(kind.symbols, event[number] + kind.reach)):
                votes[i] += weight * (kind.reach - abs(i - event[number]))
        return votes

    def number(self, decoder, number, weights):
        kind, counts, votes = self.kinds[number], self.counts[number], self.votes(number, weights)
        before = 128 * kind.reach**2
        c = ((65536 - kind.trust) << 32) // (sum(counts) + 48)
        p = 48 * c // sum(kind.pool)
        v = (kind.trust << 32) // (sum(votes) + before)
        u = before * v // sum(kind.pool)
        frequencies = [((C * c + V * v + P * (p + u)) >> 32) + 1 for C, V, P in zip(counts, votes, kind.pool)]
        s = decoder.symbol(frequencies)
        x = (counts[s] * c + kind.pool[s] * p) >> 16
        y = (votes[s] * v + kind.pool[s] * u) >> 16
        kind.trust = 655 + 64226 * y // (x + y)
        kind.pool[s] += 1
        if sum(kind.pool) >= 8192:
            kind.pool = [(P + 1) // 2 for P in kind.pool]
        return s

    def event(self, decoder):
        event = []
        distances = [0] * len(self.recent)
        for number in range(DIMENSIONS + 1):
            if number % 4 == 0:
                weights = [self.weight(d - min(distances)) for d in distances]
            s = self.number(decoder, number, weights)
            distances = [d + abs(s - other[number]) for d, other in zip(distances, self.recent)]
            event.append(s)
        for counts, s in zip(self.counts, event):
            counts[s] += 1
        self.events += 1
        if self.events % 256 == 0:
            self.counts = [[C // 2 for C in counts] for counts in self.counts]
        self.recent = (self.recent + [event])[-64:]
        return event


class PackedEvents:
    """Section 22: all blocks of one file, one after the other."""

    def __init__(self, levels, gain_step, onset_step):
        self.numbers, self.onset_step = Numbers(levels, gain_step), onset_step
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
        at = 0

        def take(size):
            nonlocal at
            at += size
            if at > len(content):
                raise Damaged("cut short")
            return content[at - size : at]

        count, is_new_span = divmod(varint(take, 2), 2)
        if is_new_span:
            self.span = varint(take, 8)
        start, self.end = self.end, self.end + self.span
        if self.end > MAX_POSITION:
            raise Damaged("the block ends too late")
        if count > MAX_EVENTS or count and not self.span:
            raise Damaged("bad number of events")
        decoder = RangeDecoder(content[at:])
        step, last = 0, (self.span - 1) // self.onset_step
        events = []
        for i in range(count):
            step += self.gap(decoder, last - step, count - i)
            events.append((start + step * self.onset_step, self.numbers.event(decoder)))
        if decoder.taken < len(decoder.content):
            raise Damaged("bytes after the events")
        return self.end, events
