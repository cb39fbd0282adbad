#!/usr/bin/python3
"""A second reader of the ictus event stream, written from formats/SPEC.md alone.

    read_evs.py FILE    prints what the file holds as JSON

Exit status 0: the file is sound. 1: it is damaged or cannot be read; what came before the damage is
printed all the same.
"""

import math
import re
import struct

import read_blocks
from read_blocks import END, MAX_POSITION, Content, Damaged, Refused, Table
from read_packed_events import GAIN, PackedEvents

EVENTS, PACKED_EVENTS = 0x02, 0x12
CODED, FLOAT32 = range(2)
MAX_EVENTS = 4096
DIMENSIONS = 32
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")

# Section 9, the standard numbers: names, units and ranges, and steps.
STANDARD_NUMBERS = """
pitch Hz 25 10500 ratio 2093
balance dB -40 60 linear 51
glide semitones -14 14 linear 281
glide_time s 0.02 3 ratio 401
vibrato semitones 0 2 linear 41
vibrato_rate Hz 3 9 ratio 221
vibrato_phase turns -0.5 0.5 linear 33
attack s 0.001 1 ratio 41
hold s 0.02 12 ratio 129
damping s 0.005 3 ratio 31
decay s 0.03 500 ratio 81
tilt - 0.03125 32 ratio 31
inharmonicity - 0.000001 0.003 ratio 41
room dB -60 0 linear 31
room_time s 0.1 6 ratio 21
position - -1 1 linear 41
"""


def standard_numbers():
    names, steps = [], []
    for line in STANDARD_NUMBERS.split("\n")[1:-1]:
        name, unit, low, high, kind, values = line.split()
        names.append([name, unit.strip("-"), float32(float(low)), float32(float(high)), kind == "ratio"])
        steps.append(int(values))
    return names, steps + [31] * (DIMENSIONS - len(steps))


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
        self.precision = table.scalar(8, "<B", CODED)
        if self.precision > FLOAT32:
            raise Refused("unknown precision")
        header = {
            "model_id": read_blocks.model_id_of(table, 0),
            "weights_hash": table.struct(1, 16).hex(),
            "tags": read_blocks.tags_of(table, 2),
            "original_sample_rate_hz": table.scalar(5, "<I", 44100),
            "original_channels": table.scalar(6, "<H", table.scalar(3, "<B", 1)),
            "channels": table.scalar(3, "<B", 1),
            "sample_rate_hz": table.scalar(7, "<I", 44100),
            "names": self.names(table),
            "precision": ["coded", "float32"][self.precision],
        }
        read_blocks.check_sound(header)
        if header["channels"] not in (1, 2):
            raise Damaged("bad number of channels")
        if self.precision == CODED:
            header |= self.steps(table)
        return header

    def names(self, table):
        standard, _ = standard_numbers()
        at = table.field(11)
        if at is None:
            return "standard"
        text = read_blocks.text_of(table.string_at(at + table.number("<I", at)))
        lines = text.split("\n") if text else []
        first, count = table.vector(12, 4)
        if len(lines) > DIMENSIONS or count != 2 * len(lines):
            raise Damaged("bad number of names or ranges")
        ratios = table.scalar(13, "<I", 0)
        names = []
        for k, line in enumerate(lines):
            name, _, unit = line.partition(" ")
            low, high = (table.number("<f", first + 8 * k + 4 * side) for side in range(2))
            is_ratio = bool(ratios >> k & 1)
            if not NAME.fullmatch(name) or name in [other[0] for other in names]:
                raise Damaged("bad name")
            if len(unit.encode()) > 15 or read_blocks.has_control_characters(unit):
                raise Damaged("bad unit")
            if not (math.isfinite(low) and math.isfinite(high) and low < high) or is_ratio and low <= 0:
                raise Damaged("bad range")
            names.append([name, unit, low, high, is_ratio])
        return "standard" if names == standard else names

    def steps(self, table):
        """The steps of a coded stream."""
        _, standard = standard_numbers()
        self.vector_steps = standard
        if table.field(10) is not None:
            first, count = table.vector(10, 2)
            if not 1 <= count <= DIMENSIONS:
                raise Damaged("bad number of steps")
            given = [table.number("<H", first + 2 * k) for k in range(count)]
            self.vector_steps = given + given[-1:] * (DIMENSIONS - count)
        self.gain_step_centibels = table.scalar(4, "<B", 5)
        onset_step_samples = table.scalar(9, "<H", 64)
        if not all(1 <= steps <= 4096 for steps in self.vector_steps):
            raise Damaged("bad steps of a number")
        if not (1 <= self.gain_step_centibels <= 100 and onset_step_samples):
            raise Damaged("bad steps")
        self.packed = PackedEvents(
            self.vector_steps, self.gain_step_centibels, onset_step_samples, self.vector_steps == standard
        )
        return {
            "gain_step_centibels": self.gain_step_centibels,
            "onset_step_samples": onset_step_samples,
            "vector_steps": "standard" if self.vector_steps == standard else self.vector_steps,
        }

    def packed_block(self, content):
        end, coded = self.packed.block(content)
        events = []
        for onset, numbers in coded:
            gain = float32((numbers[GAIN] * self.gain_step_centibels - 1000) / 10)
            vector = [
                float32((2 * q - (steps - 1)) / (steps - 1)) if steps > 1 else 0.0
                for q, steps in zip(numbers, self.vector_steps)
            ]
            events.append([onset, gain, vector])
        self.events += len(events)
        return {"end_samples": end, "events": events}

    def event_block(self, content):
        table = Table(content)
        width = table.scalar(2, "<B", 2)
        if width > 8:
            raise Damaged("onsets too wide")
        first, length = table.vector(0, 1)
        count, rest = divmod(length, width + 132)
        if rest or count > MAX_EVENTS:
            raise Damaged("bad number of events")
        start = onset = self.end_samples
        end = start + table.scalar(1, "<Q", 65536)
        if end > MAX_POSITION:
            raise Damaged("the block ends too late")
        columns = content[first : first + length]
        gains = columns[width * count :]
        vectors = gains[4 * count :]

        events = []
        for i in range(count):
            onset += sum(columns[k * count + i] << 8 * k for k in range(width))
            if onset >= end:
                raise Damaged("an onset lies beyond the end of the block")
            gain = struct.unpack_from("<f", gains, 4 * i)[0]
            vector = [struct.unpack_from("<f", vectors, 4 * (d * count + i))[0] for d in range(DIMENSIONS)]
            if not math.isfinite(gain) or not all(-1 <= v <= 1 for v in vector):
                raise Damaged("a gain or a vector is out of range")
            events.append([onset, gain, vector])
        self.end_samples = end
        self.events += count
        return {"end_samples": end, "events": events}

    def packed_totals(self, content):
        left = Content(content)
        events, length = left.varint(8), left.varint(8)
        original_length = left.varint(8) if left.data else length
        if left.data:
            raise Damaged("there is more after the totals")
        return events, length, original_length

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
