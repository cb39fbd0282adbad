#!/usr/bin/python3
"""A second reader of the ictus event stream, written from formats/SPEC.md alone.

    read_evs.py FILE    prints what the file holds as JSON

Exit status 0: the file is sound. 1: it is damaged or cannot be read; what came before the damage is
printed all the same.
"""

import math
import struct

import read_blocks
from read_blocks import END, MAX_POSITION, Damaged, Refused, Table

EVENTS = 2
MAX_EVENTS = 4096
DIMENSIONS = 32


class Reader(read_blocks.BlockReader):
    SIGNATURE = bytes.fromhex("89 45 56 53 0D 0A 1A 0A")

    def __init__(self, data):
        super().__init__(data)
        self.end_samples = self.events = 0

    def header(self):
        table = self.header_table()
        self.precision = table.scalar(6, "<B", 0)
        if self.precision > 1:
            raise Refused("unknown precision")
        header = {
            "model_id": read_blocks.model_id_of(table, 0),
            "weights_hash": table.struct(1, 16).hex(),
            "tags": read_blocks.tags_of(table, 2),
            "original_sample_rate_hz": table.scalar(3, "<I", 44100),
            "original_channels": table.scalar(4, "<H", 2),
            "sample_rate_hz": table.scalar(5, "<I", 22050),
            "precision": ["quantised", "float32"][self.precision],
        }
        read_blocks.check_sound(header)
        return header

    def event_block(self, content):
        table = Table(content)
        width = table.scalar(2, "<B", 2)
        if width > 8:
            raise Damaged("onsets too wide")
        size = 4 if self.precision else 1
        first, length = table.vector(0, 1)
        count, rest = divmod(length, width + 33 * size)
        if rest or count > MAX_EVENTS:
            raise Damaged("bad number of events")
        start = onset = self.end_samples
        end = start + table.scalar(1, "<Q", 65536)
        if end > MAX_POSITION:
            raise Damaged("the block ends too late")
        columns = content[first : first + length]
        gains = columns[width * count :]
        vectors = gains[size * count :]

        events = []
        for i in range(count):
            onset += sum(columns[k * count + i] << 8 * k for k in range(width))
            if onset >= end:
                raise Damaged("an onset lies beyond the end of the block")
            if self.precision:
                gain = struct.unpack_from("<f", gains, 4 * i)[0]
                vector = [struct.unpack_from("<f", vectors, 4 * (d * count + i))[0] for d in range(DIMENSIONS)]
            else:
                gain = gains[i] * 0.5 - 100
                codes = [struct.unpack_from("<b", vectors, d * count + i)[0] for d in range(DIMENSIONS)]
                # The nearest float32; from the double the rounding is the same.
                vector = [struct.unpack("<f", struct.pack("<f", code / 127))[0] for code in codes]
            if not math.isfinite(gain) or not all(-1 <= v <= 1 for v in vector):
                raise Damaged("a gain or a vector is out of range")
            events.append([onset, gain, vector])
        self.end_samples = end
        self.events += count
        return {"end_samples": end, "events": events}

    def totals(self, content):
        events, length, original_length = struct.unpack("<3Q", Table(content).struct(0, 24))
        if events != self.events:
            raise Damaged("the number of events differs")
        if max(length, original_length) > MAX_POSITION:
            raise Damaged("a length is above the limit")
        self.require_end()
        return {"events": events, "length_samples": length, "original_length_samples": original_length}


def parts(reader, found):
    while "totals" not in found:
        kind, content = reader.next_block()
        if kind == EVENTS:
            found["blocks"].append(reader.event_block(content))
        elif kind == END:
            found["totals"] = reader.totals(content)
        else:
            raise Refused("a critical block of an unknown kind")


def read(data):
    """Everything that can be read: header, blocks, totals, and how it went."""
    return read_blocks.read(Reader(data), {"blocks": []}, parts)


if __name__ == "__main__":
    read_blocks.main(read)
