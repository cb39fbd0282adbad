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
from read_packed_events import GAIN, PackedEvents

EVENTS, PACKED_EVENTS = 0x02, 0x12
QUANTISED, FLOAT32, CODED = range(3)
MAX_EVENTS = 4096
DIMENSIONS = 32


def float32(value):
    """The nearest float32; from the double of a quotient the rounding is the same."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


class Reader(read_blocks.BlockReader):
    SIGNATURE = bytes.fromhex("89 45 56 53 0D 0A 1A 0A")

    def __init__(self, data):
        super().__init__(data)
        self.end_samples = self.events = 0

    def header(self):
        table = self.header_table()
        self.precision = table.scalar(6, "<B", 0)
        if self.precision > CODED:
            raise Refused("unknown precision")
        header = {
            "model_id": read_blocks.model_id_of(table, 0),
            "weights_hash": table.struct(1, 16).hex(),
            "tags": read_blocks.tags_of(table, 2),
            "original_sample_rate_hz": table.scalar(3, "<I", 44100),
            "original_channels": table.scalar(4, "<H", 2),
            "sample_rate_hz": table.scalar(5, "<I", 22050),
            "precision": ["quantised", "float32", "coded"][self.precision],
        }
        read_blocks.check_sound(header)
        if self.precision == CODED:
            steps = self.steps(table)
            header |= steps
            self.packed = PackedEvents(*steps.values())
        return header

    def steps(self, table):
        """The steps of a coded stream."""
        self.vector_levels = table.scalar(7, "<B", 16)
        self.gain_step_centibels = table.scalar(8, "<B", 10)
        onset_step_samples = table.scalar(9, "<H", 64)
        if not (1 <= self.vector_levels <= 127 and 1 <= self.gain_step_centibels <= 100 and onset_step_samples):
            raise Damaged("bad steps")
        return {
            "vector_levels": self.vector_levels,
            "gain_step_centibels": self.gain_step_centibels,
            "onset_step_samples": onset_step_samples,
        }

    def packed_block(self, content):
        end, coded = self.packed.block(content)
        events = []
        for onset, numbers in coded:
            gain = float32((numbers[GAIN] * self.gain_step_centibels - 1000) / 10)
            vector = [float32((s - self.vector_levels) / self.vector_levels) for s in numbers[:GAIN]]
            events.append([onset, gain, vector])
        self.events += len(events)
        return {"end_samples": end, "events": events}

    def event_block(self, content):
        table = Table(content)
        width = table.scalar(2, "<B", 2)
        if width > 8:
            raise Damaged("onsets too wide")
        size = 4 if self.precision == FLOAT32 else 1
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
            if self.precision == FLOAT32:
                gain = struct.unpack_from("<f", gains, 4 * i)[0]
                vector = [struct.unpack_from("<f", vectors, 4 * (d * count + i))[0] for d in range(DIMENSIONS)]
            else:
                gain = gains[i] * 0.5 - 100
                codes = [struct.unpack_from("<b", vectors, d * count + i)[0] for d in range(DIMENSIONS)]
                vector = [float32(code / 127) for code in codes]
            if not math.isfinite(gain) or not all(-1 <= v <= 1 for v in vector):
                raise Damaged("a gain or a vector is out of range")
            events.append([onset, gain, vector])
        self.end_samples = end
        self.events += count
        return {"end_samples": end, "events": events}

    def packed_totals(self, content):
        at = 0

        def take(size):
            nonlocal at
            at += size
            if at > len(content):
                raise Damaged("the totals are cut short")
            return content[at - size : at]

        totals = [read_blocks.varint(take, 8) for _ in range(3)]
        if at != len(content):
            raise Damaged("there is more after the totals")
        return totals

    def totals(self, content):
        if self.precision == CODED:
            events, length, original_length = self.packed_totals(content)
        else:
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
        if kind in (EVENTS, PACKED_EVENTS):
            if (kind == PACKED_EVENTS) != (reader.precision == CODED):
                raise Damaged("events of another precision")
            found["blocks"].append((reader.packed_block if kind == PACKED_EVENTS else reader.event_block)(content))
        elif kind == END:
            found["totals"] = reader.totals(content)
        else:
            raise Refused("a critical block of an unknown kind")


def read(data):
    """Everything that can be read: header, blocks, totals, and how it went."""
    return read_blocks.read(Reader(data), {"blocks": []}, parts)


if __name__ == "__main__":
    read_blocks.main(read)
