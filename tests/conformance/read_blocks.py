"""What the second readers of both formats share, written from formats/SPEC.md, part I, alone.

It parses the FlatBuffers by hand and uses nothing outside Python's standard library but libzstd, through
ctypes.
"""

import ctypes
import ctypes.util
import json
import struct
import sys

VERSION = 1
HEADER, END = 0x01, 0x03
SKIPPABLE, COMPRESSED = 0x80, 0x40
MAX_CONTENT, MAX_HEADER, MAX_TAGS, MAX_MODEL_ID = 1 << 20, 1 << 16, 256, 255
MAX_POSITION, MAX_RATE = 2**53 - 1, 10_000_000


class Refused(Exception):
    """No file of this format and version, a damaged header, or something critical and unknown."""


class Damaged(Exception):
    """The file is damaged here; the blocks before are sound."""


# --- XXH32 ------------------------------------------------------------------------------------------

P1, P2, P3, P4, P5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
MASK = 0xFFFFFFFF


def rotate(x, r):
    return (x << r | x >> (32 - r)) & MASK


def xxh32(data, seed):
    at, h = 0, (seed + P5) & MASK
    if len(data) >= 16:
        lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
        while at + 16 <= len(data):
            for i, word in enumerate(struct.unpack_from("<4I", data, at)):
                lanes[i] = rotate((lanes[i] + word * P2) & MASK, 13) * P1 & MASK
            at += 16
        h = sum(rotate(lane, r) for lane, r in zip(lanes, (1, 7, 12, 18))) & MASK
    h = (h + len(data)) & MASK
    while at + 4 <= len(data):
        h = rotate((h + struct.unpack_from("<I", data, at)[0] * P3) & MASK, 17) * P4 & MASK
        at += 4
    for byte in data[at:]:
        h = rotate((h + byte * P5) & MASK, 11) * P1 & MASK
    h = (h ^ h >> 15) * P2 & MASK
    h = (h ^ h >> 13) * P3 & MASK
    return h ^ h >> 16


# --- Zstandard --------------------------------------------------------------------------------------


def load_zstd():
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    size = ctypes.c_size_t
    library.ZSTD_findFrameCompressedSize.restype = size
    library.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, size]
    library.ZSTD_decompress.restype = size
    library.ZSTD_decompress.argtypes = [ctypes.c_char_p, size, ctypes.c_char_p, size]
    return library


def decompress(frame, content_size):
    zstd = load_zstd()
    if frame[:4] != bytes.fromhex("28B52FFD") or zstd.ZSTD_findFrameCompressedSize(frame, len(frame)) != len(frame):
        raise Damaged("not one Zstandard frame")
    content = ctypes.create_string_buffer(max(content_size, 1))
    if zstd.ZSTD_decompress(content, content_size, frame, len(frame)) != content_size:
        raise Damaged("the frame does not decode to the content size")
    return content.raw[:content_size]


# --- Varints ----------------------------------------------------------------------------------------


def varint(take, most_bytes):
    """A number whose bytes come from take(1)."""
    value = 0
    for k in range(most_bytes):
        byte = take(1)[0]
        value |= (byte & 0x7F) << 7 * k
        if byte < 0x80:
            if k and not byte:
                raise Damaged("a number is not in the shortest form")
            return value
    raise Damaged(f"a number is longer than {most_bytes} bytes")


class Content:
    """A packed content, from its first byte on."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        if size > len(self.data):
            raise Damaged("the content is too short")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def varint(self, most_bytes):
        return varint(self.take, most_bytes)


# --- Tables -----------------------------------------------------------------------------------------

# What is read of a table is its fields that are present, as id -> value. The types of the fields that a reader
# knows stand in the order of their ids: of a number or struct its format, "[H]" and "[f]" of vectors of numbers,
# "string", "strings", and "bytes", which is a vector of them.
NUMBERS = ("B", "H", "I", "Q", "h")


def elements(vector, data):
    form = "<" + vector.strip("[]")
    if len(data) % struct.calcsize(form):
        raise Damaged("no whole number of elements")
    return [element for element, in struct.iter_unpack(form, data)]


def required(fields, number):
    if number not in fields:
        raise Damaged("a field that must be present is absent")
    return fields[number]


class FlatBuffer:
    """One whose root is a table. Every access is checked against the end of the content."""

    def __init__(self, content):
        self.content = content
        self.at = self.number("<I", 0)
        self.vtable = self.at - self.number("<i", self.at)
        self.vtable_size = self.number("<H", self.vtable)
        self.take(self.vtable, self.vtable_size)

    def take(self, at, size):
        if at < 0 or size < 0 or at + size > len(self.content):
            raise Damaged("the FlatBuffer points outside of itself")
        return self.content[at : at + size]

    def number(self, form, at):
        return struct.unpack(form, self.take(at, struct.calcsize(form)))[0]

    def string(self, at):
        length = self.number("<I", at)
        text = self.take(at + 4, length + 1)
        if text[-1] != 0:
            raise Damaged("a string is not terminated")
        return text[:-1]

    def value(self, type_, at):
        """Of the field that lies here."""
        if type_ in NUMBERS or type_[0].isdigit():
            return self.number("<" + type_, at)
        at += self.number("<I", at)
        if type_ == "string":
            return self.string(at)
        count, at = self.number("<I", at), at + 4
        if type_ == "bytes":
            return self.take(at, count)
        if type_ == "strings":
            return [self.string(place + self.number("<I", place)) for place in range(at, at + 4 * count, 4)]
        return elements(type_, self.take(at, count * struct.calcsize("<" + type_[1])))

    def fields(self, types):
        slots = range(self.vtable + 4, self.vtable + self.vtable_size - 1, 2)
        offsets = [self.number("<H", slot) for slot in slots]
        return {number: self.value(type_, self.at + at) for number, (type_, at) in enumerate(zip(types, offsets)) if at}


def packed_value(type_, value):
    """What a number, or bytes, says in a field of this type."""
    if isinstance(value, int) != (type_ in NUMBERS):
        raise Damaged("a value of the wrong kind")
    if type_ in NUMBERS:
        if value >> 8 * struct.calcsize("<" + type_):
            raise Damaged("a number that does not fit its type")
        return value if type_ != "h" else -(value + 1) // 2 if value % 2 else value // 2
    if type_[0].isdigit() and len(value) != struct.calcsize(type_):
        raise Damaged("a struct of another size")
    return elements(type_, value) if type_[0] == "[" else value


def packed_fields(content, types):
    """Section 4, packed header."""
    left, fields, before = Content(content), {}, 0
    while left.data:
        number, kind = divmod(left.varint(2) - 8, 8)
        if number < 0 or kind not in (0, 2):
            raise Damaged("a key of an unknown kind")
        value = left.take(left.varint(3)) if kind else left.varint(10)
        if not kind and value >= 2**64:
            raise Damaged("a number above 2^64 - 1")
        type_ = types[number] if number < len(types) else None
        if number < before or number in fields and type_ != "strings":
            raise Damaged("a field out of order, or twice")
        if type_ == "strings":
            fields[number] = fields.get(number, []) + [packed_value("bytes", value)]
        elif type_:
            fields[number] = packed_value(type_, value)
        before = number
    return fields


# --- Texts ------------------------------------------------------------------------------------------


def text_of(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged("not well-formed UTF-8") from error
    if "\0" in text:
        raise Damaged("NUL in a text")
    return text


def has_control_characters(text):
    return any(c < " " or c == "\x7f" for c in text)


# --- The frame --------------------------------------------------------------------------------------


class BlockReader:
    """Blocks from the first to the last. A format's reader derives from it."""

    SIGNATURE = bytes(8)
    PACKED_HEADER = 0
    HEADER_TYPES = []

    def __init__(self, data):
        self.data, self.at, self.number, self.offset = data, 0, 0, 0

    def take(self, size):
        if self.at + size > len(self.data):
            raise Damaged("cut short")
        self.at += size
        return self.data[self.at - size : self.at]

    def size(self):
        value = varint(self.take, 3)
        if value > MAX_CONTENT:
            raise Damaged("a size is above the limit")
        return value

    def block(self):
        """(kind, content); the content is None in a skippable block."""
        self.offset = self.at
        kind = self.take(1)[0]
        stored_size = self.size()
        content_size = self.size() if kind & COMPRESSED else stored_size
        stored = self.take(stored_size)
        checksum = xxh32(self.data[self.offset : self.at], self.number)
        if struct.unpack("<I", self.take(4))[0] != checksum:
            raise Damaged("wrong checksum")
        if kind & SKIPPABLE:
            return kind & ~COMPRESSED, None
        return kind & ~COMPRESSED, decompress(stored, content_size) if kind & COMPRESSED else stored

    def signature(self):
        if self.data[:8] != self.SIGNATURE:
            raise Refused("another kind of file")
        if len(self.data) < 9:
            raise Refused("cut short")
        if self.data[8] != VERSION:
            raise Refused(f"format version {self.data[8]}")
        self.at = 9

    def header_fields(self):
        kind, content = self.block()
        if kind not in (HEADER, self.PACKED_HEADER):
            raise Damaged("no header")
        if len(content) > MAX_HEADER:
            raise Damaged("the header is too large")
        if kind == self.PACKED_HEADER:
            return packed_fields(content, self.HEADER_TYPES)
        return FlatBuffer(content).fields(self.HEADER_TYPES)

    def next_block(self):
        """The next critical block."""
        while True:
            self.number += 1
            kind, content = self.block()
            if kind in (HEADER, self.PACKED_HEADER):
                raise Damaged("a second header")
            if not kind & SKIPPABLE:
                return kind, content

    def require_end(self):
        if self.at != len(self.data):
            self.number, self.offset = self.number + 1, self.at
            raise Damaged("bytes after the end block")


# --- What both headers have -------------------------------------------------------------------------


def model_id_of(model_id):
    if len(model_id) > MAX_MODEL_ID:
        raise Damaged("the model id is too long")
    return text_of(model_id)


def tags_of(texts):
    if len(texts) > MAX_TAGS:
        raise Damaged("too many tags")
    tags = []
    for text in texts:
        field, equals, value = text_of(text).partition("=")
        if not field or not equals or has_control_characters(field):
            raise Damaged("bad tag")
        tags.append([field, value])
    return tags


def check_sound(header):
    if not all(1 <= header[rate] <= MAX_RATE for rate in ("sample_rate_hz", "original_sample_rate_hz")):
        raise Damaged("bad sample rate")
    if header["original_channels"] < 1:
        raise Damaged("no channels")


# --- A file -----------------------------------------------------------------------------------------


def read(reader, found, parts):
    """Adds to `found` all that can be read, and how it went; `parts` reads what follows the header."""
    found["result"] = "complete"
    begun = False
    try:
        reader.signature()
        begun = True
        found["header"] = reader.header()
        parts(reader, found)
    except (Damaged, Refused) as error:
        whole_header = isinstance(error, Damaged) and "header" in found
        found["result"] = "damaged" if whole_header else "refused"
        found["error"] = str(error)
        if begun:
            found["at"] = {"block": reader.number, "byte": reader.offset}
    return found


def main(read_file):
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FILE")
    with open(sys.argv[1], "rb") as file:
        found = read_file(file.read())
    print(json.dumps(found))
    sys.exit(found["result"] != "complete")
