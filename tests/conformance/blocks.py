"""What the conformance files are made of: blocks, Zstandard frames, FlatBuffers and packed headers, byte by byte as
formats/SPEC.md, part I, has them, without the project's code and without that of the readers."""

import struct
from functools import partial

HEADER, END = 0x01, 0x03
HASH = bytes(range(0x10, 0x20))


def stream(signature, blocks):
    return signature + b"".join(block.bytes(number) for number, block in enumerate(blocks))


def differing(table, values, defaults):
    """Fields of a header, as (number, form, name), with the values that are not the defaults."""
    return {number: (form, values[name]) for number, form, name in table if values.get(name) != defaults.get(name)}


class Files(list):
    """The files of one format: (group, name, what it tests, function that makes bytes and expectation)."""

    def __init__(self, signature, packed_header, found):
        """`packed_header` is the kind of such a block, `found` what an expectation calls what is in a file."""
        super().__init__()
        self.signature = signature
        self.packed_header = packed_header
        self.found = found

    def add(self, group, name, about, make):
        self.append((group, name, about, make))

    def made_by(self, group, name, about):
        """Adds the file that a function makes."""
        return lambda make: self.add(group, name, about, make)

    def stream(self, *blocks):
        return stream(self.signature, blocks)

    def refused(self, data, words, at=None):
        """A file of which nothing is found, and its expectation; `at` is the byte where the header is wrong."""
        expected = {"result": "refused", "error_contains": words, self.found: []}
        if at is not None:
            expected["at"] = {"block": 0, "byte": at}
        return data, expected

    def add_wrong_beginnings(self, prefix, called, blocks):
        """Files whose signature or header is wrong; `blocks` are those of a sound one, from the header on."""
        whole = self.stream(*blocks)
        for name, about, data, words, at in (
            ("text-mode", "CR LF has become LF everywhere", whole.replace(b"\r\n", b"\n"), f"signature of the {called} is damaged", None),
            ("version-2", "a later format version", whole[:8] + b"\x02" + whole[9:], "format version 2", None),
            ("cut-in-signature", "ends within the first nine bytes", self.signature[:8], "cut short", None),
            ("cut-in-header", "ends within the header block", self.stream(blocks[0])[:-9], "cut short", 9),
        ):
            self.add("faulty", prefix + name, about, partial(self.refused, data, words, at))


class Construction:
    """A file under construction: blocks and what a reader should find in them."""

    def __init__(self, files, fields, header):
        self.files = files
        self.fields = fields
        self.header = header
        self.blocks = [Block(HEADER, flatbuffer(fields))]
        self.end_samples = 0

    def pack_header(self, given={}, more=b"", frame=None):
        """Packs the header, with fields that are given besides and what stands behind them."""
        content = packed_fields(self.fields | given) + more
        self.blocks[0] = Block(self.files.packed_header, content, frame(content) if frame else None)
        return self

    def put(self, block):
        """Any block, from which nothing is expected."""
        self.blocks.append(block)
        return self

    def set_totals(self, counted, length, original_length):
        length = self.end_samples if length is None else length
        original_length = length if original_length is None else original_length
        self.totals = counted | {"length_samples": length, "original_length_samples": original_length}

    def bytes(self):
        return self.files.stream(*self.blocks)

    def offset(self, number):
        """Where a block begins."""
        return len(self.files.stream(*self.blocks[:number]))

    def expecting(self, found):
        """The whole file, in which a reader finds this."""
        expected = {"result": "complete", "header": self.header, "totals": self.totals, self.files.found: found}
        return self.bytes(), expected


def xxh32(data, seed):
    """XXH32, written here once more so that generator and reader do not share a mistake."""
    primes = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)

    def wrap(x):
        return x & 0xFFFFFFFF

    def turn(x, r):
        return wrap(x << r) | wrap(x) >> (32 - r)

    rest = data
    if len(data) < 16:
        h = seed + primes[4]
    else:
        v = [seed + primes[0] + primes[1], seed + primes[1], seed, seed - primes[0]]
        while len(rest) >= 16:
            v = [wrap(turn(wrap(x + w * primes[1]), 13) * primes[0]) for x, w in zip(v, struct.unpack("<4I", rest[:16]))]
            rest = rest[16:]
        h = turn(v[0], 1) + turn(v[1], 7) + turn(v[2], 12) + turn(v[3], 18)
    h = wrap(h + len(data))
    while len(rest) >= 4:
        h = wrap(turn(wrap(h + int.from_bytes(rest[:4], "little") * primes[2]), 17) * primes[3])
        rest = rest[4:]
    for byte in rest:
        h = wrap(turn(wrap(h + byte * primes[4]), 11) * primes[0])
    h = wrap((h ^ h >> 15) * primes[1])
    h = wrap((h ^ h >> 13) * primes[2])
    return h ^ h >> 16


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


class Block:
    """One block; its checksum is made when its number is known."""

    def __init__(self, kind, content, frame=None, sizes=None):
        self.head = bytes([kind | (0x40 if frame is not None else 0)])
        if sizes is None:
            sizes = varint(len(content)) if frame is None else varint(len(frame)) + varint(len(content))
        self.head += sizes
        self.stored = content if frame is None else frame

    def bytes(self, number):
        data = self.head + self.stored
        return data + struct.pack("<I", xxh32(data, number))


# --- Zstandard frames of stored and repeated bytes (RFC 8878, section 3.1.1) ------------------------


def zstd_frame(*parts):
    """Each part is bytes, stored as they are, or (byte, count), stored once."""
    out = bytes.fromhex("28B52FFD") + b"\x00" + b"\x50"  # no content size, no checksum; window 1 MiB
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        kind, size, data = (0, len(part), part) if isinstance(part, bytes) else (1, part[1], bytes([part[0]]))
        assert size <= 1 << 17
        out += (last | kind << 1 | size << 3).to_bytes(3, "little") + data
    return out


# --- FlatBuffers ------------------------------------------------------------------------------------


class Vector(bytes):
    """A vector of bytes."""


class Numbers:
    """A vector of numbers of one format."""

    def __init__(self, form, numbers):
        self.count, self.bytes = len(numbers), struct.pack(f"<{len(numbers)}{form}", *numbers)


class Strings(list):
    """A vector of strings."""


def out_of_line(value, at):
    """The bytes of a string or vector that begins at `at`."""
    if isinstance(value, Strings):
        out = bytearray(struct.pack("<I", len(value)) + bytes(4 * len(value)))
        for i, text in enumerate(value):
            out += bytes(-len(out) % 4)
            struct.pack_into("<I", out, 4 + 4 * i, len(out) - (4 + 4 * i))
            out += out_of_line(text, at + len(out))
        return bytes(out)
    if isinstance(value, Numbers):
        return struct.pack("<I", value.count) + value.bytes
    terminator = b"" if isinstance(value, Vector) else b"\0"
    return struct.pack("<I", len(value)) + value + terminator


def flatbuffer(fields, vtable_last=False):
    """A FlatBuffer of one table. `fields` maps id to (format, value, …) for numbers and structs, or to
    bytes (a string), Vector, Numbers or Strings."""
    vtable = bytearray(4 + 2 * (max(fields, default=-1) + 1))
    begin = 4 if vtable_last else 4 + len(vtable)
    begin += (4 - begin) % 8  # so that the first field stands at a multiple of 8
    table = bytearray(4)
    references = []

    def width(number):
        field = fields[number]
        return struct.calcsize("<" + field[0][-1]) if isinstance(field, tuple) else 4

    for number in sorted(fields, key=lambda n: (-width(n), n)):
        table += bytes(-(begin + len(table)) % width(number))
        struct.pack_into("<H", vtable, 4 + 2 * number, len(table))
        if isinstance(fields[number], tuple):
            table += struct.pack("<" + fields[number][0], *fields[number][1:])
        else:
            references.append((begin + len(table), fields[number]))
            table += bytes(4)
    struct.pack_into("<HH", vtable, 0, len(vtable), len(table))

    if vtable_last:
        out = bytearray(bytes(begin) + table)
    else:
        out = bytearray(4) + vtable
        out += bytes(begin - len(out)) + table
    struct.pack_into("<I", out, 0, begin)
    for place, value in references:
        out += bytes(-len(out) % 4)
        struct.pack_into("<I", out, place, len(out) - place)
        out += out_of_line(value, len(out))
    out += bytes(-len(out) % 8)
    vtable_at = 4
    if vtable_last:
        vtable_at = len(out)
        out += vtable
    struct.pack_into("<i", out, begin, begin - vtable_at)
    return bytes(out)


# --- Packed headers (section 4) ---------------------------------------------------------------------


def packed_number(number, value):
    return varint(8 * (number + 1)) + varint(value)


def packed_bytes(number, *values):
    """A field of bytes, or several with the same key."""
    return b"".join(varint(8 * (number + 1) + 2) + varint(len(value)) + value for value in values)


def packed_fields(fields):
    """A packed header with the fields that a FlatBuffer would have."""
    out = b""
    for number, field in sorted(fields.items()):
        if isinstance(field, Strings):
            out += packed_bytes(number, *field)
        elif isinstance(field, Numbers):
            out += packed_bytes(number, field.bytes)
        elif isinstance(field, bytes):
            out += packed_bytes(number, field)
        elif field[0] == "16s":
            out += packed_bytes(number, field[1])
        else:
            form, value = field
            out += packed_number(number, value if form != "h" else 2 * value if value >= 0 else -2 * value - 1)
    return out
