"""The packed tokens of a token pyramid, read as formats/SPEC.md, part VI, has them."""

import json
import math
import struct

from read_blocks import Damaged
from read_packed_events import RangeDecoder

BESIDE = ((0, -1), (0, -2), (-1, 0), (-1, -1), (-1, 1), (-2, 0))
POWERS = [round(2 ** (16 - i / 256)) for i in range(256)]


def whole(number, bits, most):
    """The whole number nearest to number x 2^bits, halves away from 0, limited."""
    size = math.floor(abs(number) * 2**bits + 0.5)
    return min(size, most) * (-1 if number < 0 else 1)


class Prior:
    """Section 28."""

    def __init__(self, data):
        (size,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + size])
        self.config = json.loads(header["__metadata__"]["config"])

        def rows_of(name, bits, most):
            first, last = header[name]["data_offsets"]
            numbers = struct.unpack_from(f"<{(last - first) // 2}e", data, 8 + size + first)
            numbers = [whole(number, bits, most) for number in numbers]
            each = header[name]["shape"][-1]
            return [numbers[at : at + each] for at in range(0, len(numbers), each)]

        self.codes = rows_of("codes", 6, 2047)
        self.rows, self.columns = rows_of("rows", 18, 2**30), rows_of("columns", 18, 2**30)
        self.first, self.second, self.last = (rows_of(f"{name}.weight", 12, 32767) for name in ("first", "second", "last"))
        self.second_bias, self.last_bias = (rows_of(f"{name}.bias", 18, 2**30)[0] for name in ("second", "last"))

    def columns_of(self, scale, columns):
        return -(-self.config["scales"][scale][1] * columns // self.config["clip_columns"])

    def vectors(self, scales, columns, row, column):
        """What the first layer sees, for a token of the last of `scales`, of which those before it are there."""
        scale = len(scales) - 1
        rows, own_columns = self.config["scales"][scale][0], self.columns_of(scale, columns)
        nothing = [0] * self.config["code_size"]

        def inside(r, c):
            return 0 <= r < rows and 0 <= c < own_columns

        def above(coarser, r, c):
            """The code of the coarser scale's cell over the middle of a place."""
            cells, cell_columns = self.config["scales"][coarser][0], self.columns_of(coarser, columns)
            at = (2 * r + 1) * cells // (2 * rows) * cell_columns + (2 * c + 1) * cell_columns // (2 * own_columns)
            return self.codes[scales[coarser][at]]

        vectors = []
        for down, along in BESIDE:
            r, c = row + down, column + along
            vectors += self.codes[scales[scale][r * own_columns + c]] if inside(r, c) else nothing
        for r in (row - 1, row, row + 1):
            for c in (column - 1, column, column + 1):
                over = [above(k, r, c) for k in range(scale)] if inside(r, c) else []
                vectors += [max(-2047, min(2047, sum(parts))) for parts in zip(nothing, *over)]
        for coarser in (scale - 1, scale - 2):
            vectors += above(coarser, row, column) if coarser >= 0 else nothing
        return vectors

    def frequencies(self, scales, columns, place):
        scale = len(scales) - 1
        row, column = divmod(place, self.columns_of(scale, columns))
        before = self.config["scales"][:scale]
        vectors = self.vectors(scales, columns, row, column)
        by_row = self.rows[sum(grid[0] for grid in before) + row]
        by_column = self.columns[sum(grid[1] for grid in before) + column]

        def sums(layer, inputs, bias):
            return [b + sum(w * x for w, x in zip(weights, inputs)) for weights, b in zip(layer, bias)]

        def limited(values):
            return [max(0, min(2047, value >> 12)) for value in values]

        first = limited(sums(self.first, vectors, [a + b for a, b in zip(by_row, by_column)]))
        more = limited(sums(self.second, first, self.second_bias))
        second = [min(2047, a + b) for a, b in zip(first, more)]
        logs = [value >> 10 for value in sums(self.last, second, self.last_bias)]
        below = [max(logs) - log for log in logs]
        powers = [POWERS[d % 256] >> d // 256 for d in below]
        scale_by = 2**41 // sum(powers)
        return [1 + (power * scale_by >> 24) for power in powers]


def tokens_of(prior, content, scales, columns):
    """The tokens of the next scale after `scales`."""
    decoder, scale = RangeDecoder(content), len(scales)
    tokens = []
    for place in range(prior.config["scales"][scale][0] * prior.columns_of(scale, columns)):
        tokens.append(decoder.symbol(prior.frequencies([*scales, tokens], columns, place)))
    if decoder.taken < len(content):
        raise Damaged("bytes after the last token")
    return tokens
