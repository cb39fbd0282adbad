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
from read_blocks import END, MAX_POSITION, Content, Damaged, FlatBuffer, Refused, required
from read_packed_events import GAIN, PackedEvents

EVENTS, PACKED_EVENTS = 0x02, 0x12
CODED, FLOAT32 = range(2)
MAX_EVENTS = 4096
DIMENSIONS = 32
# Of the fields of the tables.
EVENTS_TYPES, END_TYPES = ("bytes", "Q", "B"), ("24s",)
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
    PACKED_HEADER = 0x11
    HEADER_TYPES = "string 16s strings B B I H I B H [H] string [f] I".split()

    def __init__(self, data):
        super().__init__(data)
        self.end_samples = self.events = 0

    def header(self):
        fields = self.header_fields()
        self.precision = fields.get(8, CODED)
        if self.precision > FLOAT32:
            raise Refused("unknown precision")
        channels = fields.get(3, 1)
        header = {
            "model_id": read_blocks.model_id_of(fields.get(0, b"")),
            "weights_hash": required(fields, 1).hex(),
            "tags": read_blocks.tags_of(fields.get(2, [])),
            "original_sample_rate_hz": fields.get(5, 44100),
            "original_channels": fields.get(6, channels),
            "channels": channels,
            "sample_rate_hz": fields.get(7, 44100),
            "names": self.names(fields),
            "precision": ["coded", "float32"][self.precision],
        }
        read_blocks.check_sound(header)
        if header["channels"] not in (1, 2):
            raise Damaged("bad number of channels")
        if self.precision == CODED:
            header |= self.steps(fields)
        return header

    def names(self, fields):
        standard, _ = standard_numbers()
        if 11 not in fields:
            return "standard"
        text = read_blocks.text_of(fields[11])
        lines = text.split("\n") if text else []
        limits = fields.get(12, [])
        if len(lines) > DIMENSIONS or len(limits) != 2 * len(lines):
            raise Damaged("bad number of names or ranges")
        ratios = fields.get(13, 0)
        names = []
        for k, line in enumerate(lines):
            name, _, unit = line.partition(" ")
            low, high = limits[2 * k : 2 * k + 2]
            is_ratio = bool(ratios >> k & 1)
            if not NAME.fullmatch(name) or name in [other[0] for other in names]:
                raise Damaged("bad name")
            if len(unit.encode()) > 15 or read_blocks.has_control_characters(unit):
                raise Damaged("bad unit")
            if not (math.isfinite(low) and math.isfinite(high) and low < high) or is_ratio and low <= 0:
                raise Damaged("bad range")
            names.append([name, unit, low, high, is_ratio])
        return "standard" if names == standard else names

    def steps(self, fields):
        """The steps of a coded stream."""
        _, standard = standard_numbers()
        self.vector_steps = standard
        if 10 in fields:
            given = fields[10]
            if not 1 <= len(given) <= DIMENSIONS:
                raise Damaged("bad number of steps")
            self.vector_steps = given + given[-1:] * (DIMENSIONS - len(given))
        self.gain_step_centibels = fields.get(4, 5)
        onset_step_samples = fields.get(9, 64)
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
        fields = FlatBuffer(content).fields(EVENTS_TYPES)
        columns, span, width = fields.get(0, b""), fields.get(1, 65536), fields.get(2, 2)
        if width > 8:
            raise Damaged("onsets too wide")
        count, rest = divmod(len(columns), width + 132)
        if rest or count > MAX_EVENTS:
            raise Damaged("bad number of events")
        start = onset = self.end_samples
        end = start + span
        if end > MAX_POSITION:
            raise Damaged("the block ends too late")
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
            events, length, original_length = struct.unpack("<3Q", required(FlatBuffer(content).fields(END_TYPES), 0))
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
