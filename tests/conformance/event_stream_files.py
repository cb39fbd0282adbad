"""The conformance files of the event stream; see generate.py."""

import random
import struct

import blocks
from blocks import END, HASH, HEADER, Block, Files, Strings, Vector, flatbuffer, varint, zstd_frame
from packed_events import PackedWriter
from summary import block_summary

SIGNATURE = b"\x89EVS\r\n\x1a\n\x01"
EVENTS, PACKED_EVENTS = 0x02, 0x12
DIMENSIONS = 32
FILES = Files()
conformance = FILES.add


def stream(*parts):
    return blocks.stream(SIGNATURE, parts)


DEFAULT_HEADER = {
    "model_id": "",
    "weights_hash": HASH.hex(),
    "tags": [],
    "original_sample_rate_hz": 44100,
    "original_channels": 2,
    "sample_rate_hz": 22050,
    "precision": "quantised",
}
# Of a coded stream.
DEFAULT_STEPS = {"vector_levels": 16, "gain_step_centibels": 10, "onset_step_samples": 64}


def header_fields(**values):
    """Fields and expectation of a header; what is not given has its default and is left out."""
    steps = DEFAULT_STEPS if values.get("precision") == "coded" else {}
    expected = DEFAULT_HEADER | steps | {"model_id": "events-1"} | values
    fields = {1: ("16s", bytes.fromhex(expected["weights_hash"]))}
    fields[0] = expected["model_id"].encode()
    if expected["tags"]:
        fields[2] = Strings(f"{field}={value}".encode() for field, value in expected["tags"])
    for number, form, name in (
        (3, "I", "original_sample_rate_hz"),
        (4, "H", "original_channels"),
        (5, "I", "sample_rate_hz"),
    ):
        if expected[name] != DEFAULT_HEADER[name]:
            fields[number] = (form, expected[name])
    if expected["precision"] != "quantised":
        fields[6] = ("B", ["quantised", "float32", "coded"].index(expected["precision"]))
    for number, form, name in zip((7, 8, 9), "BBH", steps):
        if expected[name] != DEFAULT_STEPS[name]:
            fields[number] = (form, expected[name])
    return fields, expected


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def columns(gaps, gains, vectors, onset_bytes=2, numbers="B"):
    """The columns of one block; gains and vectors as they are stored."""
    count = len(gaps)
    out = bytes(gap >> 8 * k & 0xFF for k in range(onset_bytes) for gap in gaps)
    out += struct.pack(f"<{count}{numbers}", *gains)
    signed = numbers.replace("B", "b")
    return out + b"".join(struct.pack(f"<{count}{signed}", *(v[d] for v in vectors)) for d in range(DIMENSIONS))


class Piece:
    """A stream under construction: blocks and what a reader should find in them."""

    def __init__(self, **header):
        fields, self.header = header_fields(**header)
        self.precision = self.header["precision"]
        self.blocks = [Block(HEADER, flatbuffer(fields))]
        self.found = []
        self.end_samples = 0
        self.events = 0
        if self.precision == "coded":
            self.steps = [self.header[name] for name in DEFAULT_STEPS]
            self.packer = PackedWriter(*self.steps)

    def events_fields(self, events, span=65536, onset_bytes=2):
        """Events are (onset, gain, vector) as stored: codes when quantised, else floats."""
        previous, gaps = self.end_samples, []
        for onset, _, _ in events:
            gaps.append(onset - previous)
            previous = onset
        numbers = "f" if self.precision == "float32" else "B"
        fields = {}
        if events:
            data = columns(gaps, [e[1] for e in events], [e[2] for e in events], onset_bytes, numbers)
            fields[0] = Vector(data)
        if span != 65536:
            fields[1] = ("Q", span)
        if onset_bytes != 2:
            fields[2] = ("B", onset_bytes)
        return fields

    def expect(self, events, span):
        self.end_samples += span
        self.events += len(events)
        if self.precision == "quantised":
            events = [(o, g * 0.5 - 100, [float32(q / 127) for q in v]) for o, g, v in events]
        else:
            events = [(o, float32(g), [float32(x) for x in v]) for o, g, v in events]
        self.found.append(block_summary({"end_samples": self.end_samples, "events": events}))

    def add(self, events, span=65536, onset_bytes=2, frame=None, extra={}, vtable_last=False):
        """A sound event block; `frame` makes the Zstandard frame from the content."""
        content = flatbuffer(self.events_fields(events, span, onset_bytes) | extra, vtable_last)
        self.blocks.append(Block(EVENTS, content, frame(content) if frame else None))
        self.expect(events, span)
        return self

    def packed(self, events, span=65536, **how):
        """The content of a block of coded events, which are (step within the block, gain, vector) as codes."""
        levels = self.steps[0]
        return self.packer.block(span, [(step, [q + levels for q in v] + [g]) for step, g, v in events], **how)

    def add_packed(self, events, span=65536, frame=None, shorten=True):
        """A sound block of coded events."""
        content = self.packed(events, span, shorten=shorten)
        self.blocks.append(Block(PACKED_EVENTS, content, frame(content) if frame else None))
        levels, gain_step, onset_step = self.steps
        start, self.end_samples, self.events = self.end_samples, self.end_samples + span, self.events + len(events)
        events = [
            (start + step * onset_step, float32((g * gain_step - 1000) / 10), [float32(q / levels) for q in v])
            for step, g, v in events
        ]
        self.found.append(block_summary({"end_samples": self.end_samples, "events": events}))
        return self

    def put(self, block):
        """Any block, from which nothing is expected."""
        self.blocks.append(block)
        return self

    def end(self, length=None, original_length=None, extra={}, **changes):
        length = self.end_samples if length is None else length
        self.totals = {
            "events": self.events,
            "length_samples": length,
            "original_length_samples": 2 * length if original_length is None else original_length,
        }
        totals = (self.totals | changes).values()
        if self.precision == "coded":
            return self.put(Block(END, b"".join(map(varint, totals))))
        return self.put(Block(END, flatbuffer({0: ("3Q", *totals)} | extra)))

    def offset(self, number):
        """Where a block begins."""
        return len(stream(*self.blocks[:number]))

    def complete(self):
        expected = {"result": "complete", "header": self.header, "totals": self.totals, "blocks": self.found}
        return stream(*self.blocks), expected

    def damaged(self, at, words, data=None, byte=None):
        """Damaged in block `at`; nothing but the blocks added with add() before it is found."""
        expected = {
            "result": "damaged",
            "at": {"block": at, "byte": self.offset(at) if byte is None else byte},
            "error_contains": words,
            "header": self.header,
            "blocks": self.found[: at - 1],
        }
        return stream(*self.blocks) if data is None else data, expected


def refused(data, words, at=None):
    expected = {"result": "refused", "error_contains": words, "blocks": []}
    if at is not None:
        expected["at"] = {"block": 0, "byte": at}
    return data, expected


def some_events(seed, count, start=0, span=65536):
    chance = random.Random(seed)
    onsets = sorted(start + chance.randrange(span) for _ in range(count))
    return [(o, chance.randrange(256), [chance.randint(-127, 127) for _ in range(DIMENSIONS)]) for o in onsets]


def coded_events(seed, count, last=1023, levels=16, most_gain=127):
    """Events as a network makes them: some alike, some new. Steps from 0 to `last`."""
    chance = random.Random(seed)
    sounds = [[chance.randint(-levels, levels) for _ in range(DIMENSIONS)] for _ in range(4)]
    events = []
    for step in sorted(chance.randint(0, last) for _ in range(count)):
        near = [max(-levels, min(levels, q + round(chance.gauss(0, levels / 8)))) for q in chance.choice(sounds)]
        events.append((step, min(most_gain, max(0, round(chance.gauss(0.6, 0.1) * most_gain))), near))
    return events


ONE = [(1000, 160, [d - 16 for d in range(DIMENSIONS)])]


# --- The files --------------------------------------------------------------------------------------

# Made by zstd 1.5.4 from the contents of the files that use them; other versions may make other bytes.
LIBZSTD_FRAME = (
    "28b52ffd00689d020022440c13d0a5030300a035810f000097a808a1441299027613b48eb541dd03c6a281ebb5955705fcac123a"
    "975f981f7f782c7e120c2000936c0ead4cfd019011324246c81c5448a892d155e6607487290ab00e"
)
CHECKSUM_FRAME = (
    "28b52ffd24400102000c0000000600080004000000080000000400000023000000e803a0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    "000102030405060708090a0b0c0d0e0f00000000001961f438"
)


@conformance("valid", "one-event", "the smallest useful file; the worked example of SPEC.md, section 13")
def _():
    return Piece().add(ONE).end(44100).complete()


@conformance("valid", "no-events", "silence: header and end, no event blocks")
def _():
    return Piece().end(22050).complete()


@conformance("valid", "two-blocks", "the usual shape: blocks of 32 events each, the last one shorter, two tags")
def _():
    piece = Piece(tags=[["ENCODER", "ictus 0.1.0"], ["TITLE", "Prelude"]])
    piece.add(some_events(1, 32)).add(some_events(2, 32, 65536)).add(some_events(3, 9, 131072, 20000), 20000)
    return piece.end(151072).complete()


@conformance("valid", "float32", "precision float32, with -0, the smallest subnormal and values that 8 bits cannot hold")
def _():
    piece = Piece(precision="float32")
    special = [-0.0, 2.0**-149, -1.0, 1.0, 1 / 3] + [d / 40 for d in range(27)]
    piece.add([(0, -123.456, special), (70, 31.25, special[::-1])])
    return piece.end().complete()


@conformance("valid", "all-codes", "every gain code from 0 to 255 and every vector code from -127 to 127")
def _():
    events = [(i, i, [(i + 5 * d) % 255 - 127 for d in range(DIMENSIONS)]) for i in range(256)]
    return Piece().add(events).end().complete()


@conformance("valid", "header-fields", "no header field has its default")
def _():
    piece = Piece(
        model_id="événements-2", original_sample_rate_hz=96000, original_channels=6, sample_rate_hz=48000,
        weights_hash="ff" * 16, tags=[["TITLE", "Étude 🎻"], ["ARTIST", "A"], ["ARTIST", "B"], ["x", ""], ["y", "a=b"]],
    )  # fmt: skip
    return piece.add(ONE).end(65000, 130001).complete()


@conformance("valid", "zstd", "an event block in a Zstandard frame as libzstd makes it, with Huffman coding and matches")
def _():
    events = [(31 * i, 150 + i % 3, [(i * d) % 7 - 3 for d in range(DIMENSIONS)]) for i in range(48)]
    return Piece().add(events, frame=lambda content: bytes.fromhex(LIBZSTD_FRAME)).end().complete()


CODED_ONE = [(15, 80, [d // 2 - 8 for d in range(DIMENSIONS)])]


@conformance("valid", "coded-one-event", "one event in coded precision; the worked example of SPEC.md, section 25")
def _():
    return Piece(precision="coded").add_packed(CODED_ONE).end(44100).complete()


@conformance("valid", "coded-no-events", "silence in coded precision")
def _():
    return Piece(precision="coded").end(22050).complete()


@conformance("valid", "coded", "the usual shape in coded precision: blocks of 32 events each, the last one shorter")
def _():
    piece = Piece(precision="coded", tags=[["ENCODER", "ictus 0.1.0"]])
    piece.add_packed(coded_events(1, 32)).add_packed(coded_events(2, 32)).add_packed(coded_events(3, 9, 312), 20001)
    return piece.end(151073).complete()


@conformance("valid", "coded-all-symbols", "every gain from 0 to 127 and every vector number from -16 to 16, coded")
def _():
    events = [(8 * i, i, [(i + 5 * d) % 33 - 16 for d in range(DIMENSIONS)]) for i in range(128)]
    return Piece(precision="coded").add_packed(events).end().complete()


@conformance("valid", "coded-steps", "coded, with none of the steps as usual")
def _():
    piece = Piece(precision="coded", vector_levels=12, gain_step_centibels=15, onset_step_samples=100)
    piece.add_packed(coded_events(4, 20, 655, 12, 85)).add_packed(coded_events(5, 20, 655, 12, 85))
    return piece.end().complete()


@conformance("valid", "coded-long", "300 coded events: counts and pools have been halved, recent events forgotten")
def _():
    piece = Piece(precision="coded")
    for seed in range(6):
        piece.add_packed(coded_events(seed % 4, 50))
    return piece.end().complete()


@conformance("uncommon", "zstd-stored", "Zstandard frames of one stored and of several blocks, in header, events and end")
def _():
    fields, _ = header_fields()
    content = flatbuffer(fields)
    piece = Piece()
    piece.blocks[0] = Block(HEADER, content, zstd_frame(content))
    piece.add(ONE, frame=lambda c: zstd_frame(c[:10], c[10:11], b"", c[11:])).end()
    end = piece.blocks[-1].stored
    piece.blocks[-1] = Block(END, end, zstd_frame(end))
    return piece.complete()


@conformance("uncommon", "zstd-own-size", "a Zstandard frame that carries its own content size and content checksum")
def _():
    return Piece().add(ONE, frame=lambda content: bytes.fromhex(CHECKSUM_FRAME)).end().complete()


@conformance("uncommon", "most-events", "4096 events in one block, all alike, stored as repeated bytes")
def _():
    events = [(4 * i, 100, [0] * DIMENSIONS) for i in range(1, 4097)]

    def frame(content):
        # gap 4 in the low plane, 0 in the high, gain 100, zeros
        head = content.index(b"\x04" * 4096)
        body = content[head:]
        assert body.startswith(b"\x04" * 4096 + b"\x00" * 4096 + b"\x64" * 4096)
        zeros = len(body) - 3 * 4096
        return zstd_frame(content[:head], (4, 4096), (0, 4096), (100, 4096), (0, 1 << 17), (0, zeros - (1 << 17)))

    return Piece().add(events, frame=frame).end().complete()


@conformance("uncommon", "chord", "several events at one onset, at the first and the last position of a block")
def _():
    events = [(0, 1, [1] * 32), (0, 2, [2] * 32), (99, 3, [3] * 32), (99, 4, [4] * 32)]
    return Piece().add(events, 100).add([(100, 5, [5] * 32)], 1).end().complete()


@conformance("uncommon", "onset-bytes", "onsets of 0, 1, 3 and 8 bytes")
def _():
    piece = Piece()
    piece.add([(0, 9, [0] * 32)] * 2, 200, 0).add([(300, 9, [0] * 32), (399, 9, [0] * 32)], 200, 1)
    piece.add([(400, 9, [0] * 32), (16_000_000, 9, [0] * 32)], 20_000_000, 3)
    piece.add([(20_000_400, 9, [0] * 32), (2**52, 9, [0] * 32)], 2**52, 8)
    return piece.end(original_length=1).complete()


@conformance("uncommon", "empty-blocks", "blocks without events, one of them of no length, one with an empty vector")
def _():
    piece = Piece().add([]).add([], 0).add([], 5)
    piece.blocks[-1] = Block(EVENTS, flatbuffer({0: Vector(b""), 1: ("Q", 5)}))
    return piece.add([(65541, 7, [7] * 32)]).end().complete()


@conformance("uncommon", "last-position", "positions and lengths at their limit, 2^53 - 1")
def _():
    last = 2**53 - 1
    piece = Piece().add([(last - 1, 100, [0] * 32)], last, 7)
    return piece.end(last, last).complete()


@conformance("uncommon", "skippable", "skippable blocks of unknown kinds, also with bit 6 and no Zstandard frame")
def _():
    piece = Piece().put(Block(0xB0, b"private")).add(ONE).put(Block(0x80, b"")).put(Block(0xBF, b"?", b"no frame"))
    return piece.put(Block(0x83, b"type 3, skippable, is no end block")).end().complete()


@conformance("uncommon", "appended-fields", "fields that this version does not know, appended to every table")
def _():
    fields, _ = header_fields()
    piece = Piece()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {10: ("Q", 77), 11: b"later"}))
    return piece.add(ONE, extra={3: ("I", 5), 4: Vector(b"later")}).end(extra={1: b"later"}).complete()


@conformance("uncommon", "explicit-defaults", "fields that are present although they have their defaults")
def _():
    fields, _ = header_fields()
    piece = Piece()
    given = {3: ("I", 44100), 4: ("H", 2), 5: ("I", 22050), 6: ("B", 0), 2: Strings()}
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | given))
    return piece.add(ONE, extra={1: ("Q", 65536), 2: ("B", 2)}).end().complete()


@conformance("uncommon", "least-header", "a header with nothing but the weights hash")
def _():
    piece = Piece(model_id="")
    piece.blocks[0] = Block(HEADER, flatbuffer({1: ("16s", HASH)}))
    return piece.end().complete()


@conformance("uncommon", "vtable-last", "a FlatBuffer whose vtable stands behind the data, where no common writer puts it")
def _():
    return Piece().add(ONE, 1001, vtable_last=True).end().complete()


@conformance("uncommon", "header-limits", "the longest model id, 256 tags, and the largest rates and number of channels")
def _():
    piece = Piece(
        model_id="m" * 255, tags=[["T", str(i)] for i in range(256)], original_channels=65535,
        sample_rate_hz=10_000_000, original_sample_rate_hz=10_000_000,
    )  # fmt: skip
    return piece.end().complete()


@conformance("uncommon", "coded-fewest", "coded in the fewest steps: vectors of -1, 0 and 1, gains of 10 dB, onsets of 65535 samples")
def _():
    piece = Piece(precision="coded", vector_levels=1, gain_step_centibels=100, onset_step_samples=65535)
    piece.add_packed(coded_events(6, 40, 1, 1, 12)).add_packed(coded_events(7, 3, 0, 1, 12), 65535)
    return piece.end().complete()


@conformance("uncommon", "coded-most", "coded in the most steps: vectors of 1/127, gains of 0.1 dB, onsets of 1 sample")
def _():
    piece = Piece(precision="coded", vector_levels=127, gain_step_centibels=1, onset_step_samples=1)
    extremes = [(0, 0, [-127] * 32), (0, 1275, [127] * 32), (65535, 0, [0] * 32)]
    return piece.add_packed(coded_events(8, 30, 65535, 127, 1275)).add_packed(extremes).end().complete()


@conformance("uncommon", "coded-blocks", "coded: chords at the edges of blocks, blocks without events and of no length, starts between the steps")
def _():
    piece = Piece(precision="coded")
    piece.add_packed([]).add_packed([], 0).add_packed([], 0).add_packed(CODED_ONE * 3, 1001)
    piece.add_packed([(0, 1, [1] * 32), (0, 2, [2] * 32), (15, 3, [3] * 32), (15, 4, [4] * 32)], 1001)
    return piece.add_packed([(0, 5, [5] * 32)], 1).end().complete()


@conformance("uncommon", "coded-far", "coded: a block of 2^53 - 1 samples with all its 40 events at the end, which is one long gap")
def _():
    piece = Piece(precision="coded", onset_step_samples=1)
    return piece.add_packed([(2**53 - 2, 64, [0] * 32)] * 40, 2**53 - 1).end(2**53 - 1, 1).complete()


@conformance("uncommon", "coded-same", "coded: 290 events of the same numbers, which leave next to nothing to other symbols, then all others")
def _():
    events = [(i, 50, [16, -16] * 16) for i in range(290)]
    return Piece(precision="coded").add_packed(events).add_packed(coded_events(9, 10)).end().complete()


@conformance("uncommon", "coded-not-shortened", "packed events that end in bytes a writer should leave out")
def _():
    return Piece(precision="coded").add_packed([], shorten=False).add_packed(CODED_ONE, shorten=False).end().complete()


@conformance("uncommon", "coded-in-frame", "packed events in a Zstandard frame, which makes them larger")
def _():
    return Piece(precision="coded").add_packed(CODED_ONE, frame=lambda content: zstd_frame(content)).end().complete()


@conformance("uncommon", "coded-steps-given", "steps that are present although they have their defaults")
def _():
    fields, _ = header_fields(precision="coded")
    piece = Piece(precision="coded")
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {7: ("B", 16), 8: ("B", 10), 9: ("H", 64)}))
    return piece.add_packed(CODED_ONE).end().complete()


@conformance("uncommon", "steps-ignored", "a quantised stream whose header has steps, even such as no coded stream could have")
def _():
    fields, _ = header_fields()
    piece = Piece()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {7: ("B", 0), 8: ("B", 255), 9: ("H", 0)}))
    return piece.add(ONE).end().complete()


# --- Faulty: signature, version, order of blocks, damage --------------------------------------------


@conformance("faulty", "empty", "no bytes at all")
def _():
    return refused(b"", "is empty")


@conformance("faulty", "wave", "another kind of file")
def _():
    return refused(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "not an event stream")


@conformance("faulty", "token-pyramid", "a token pyramid")
def _():
    return refused(b"\x89MRS\r\n\x1a\n\x01", "is a token pyramid, not an event stream")


@conformance("faulty", "text-mode", "CR LF has become LF everywhere")
def _():
    return refused(stream(*Piece().add(ONE).end().blocks).replace(b"\r\n", b"\n"), "signature of the event stream is damaged")


@conformance("faulty", "version-2", "a later format version")
def _():
    data = stream(*Piece().add(ONE).end().blocks)
    return refused(data[:8] + b"\x02" + data[9:], "format version 2")


@conformance("faulty", "cut-in-signature", "ends within the first nine bytes")
def _():
    return refused(SIGNATURE[:8], "cut short")


@conformance("faulty", "cut-in-header", "ends within the header block")
def _():
    return refused(stream(*Piece().blocks)[:-9], "cut short", at=9)


@conformance("faulty", "cut-in-block", "ends within the second event block")
def _():
    piece = Piece().add(ONE).add([(66000, 1, [0] * 32)])
    return piece.damaged(2, "cut short within the block", stream(*piece.blocks)[:-20])


@conformance("faulty", "cut-in-sizes", "ends within the sizes of a block")
def _():
    piece = Piece().add(ONE).put(Block(EVENTS, bytes(300)))
    return piece.damaged(2, "cut short within the block", stream(*piece.blocks)[: piece.offset(2) + 2])


@conformance("faulty", "no-end", "ends between two blocks, without an end block")
def _():
    piece = Piece().add(ONE)
    return piece.damaged(2, "without an end block")


@conformance("faulty", "flipped-bit-in-header", "one bit of the header's content is changed")
def _():
    data = bytearray(stream(*Piece().add(ONE).end().blocks))
    data[40] ^= 0x10
    return refused(bytes(data), "checksum", at=9)


@conformance("faulty", "flipped-bit-in-block", "one bit of the second event block is changed")
def _():
    piece = Piece().add(ONE).add([(66000, 1, [0] * 32)]).end()
    data = bytearray(stream(*piece.blocks))
    data[piece.offset(2) + 30] ^= 0x01
    return piece.damaged(2, "checksum", bytes(data))


@conformance("faulty", "missing-block", "the second of three event blocks is left out")
def _():
    piece = Piece().add(ONE).add([(66000, 1, [0] * 32)]).add([(140000, 2, [0] * 32)]).end()
    data = stream(*piece.blocks)
    return piece.damaged(2, "checksum", data[: piece.offset(2)] + data[piece.offset(3) :])


@conformance("faulty", "repeated-block", "an event block occurs twice")
def _():
    piece = Piece().add(ONE).end()
    data = stream(*piece.blocks)
    return piece.damaged(2, "checksum", data[: piece.offset(2)] + data[piece.offset(1) :])


@conformance("faulty", "no-header", "begins with an event block")
def _():
    return refused(stream(*Piece().add(ONE).end().blocks[1:]), "does not begin with a header", at=9)


@conformance("faulty", "second-header", "a header block after an event block")
def _():
    piece = Piece().add(ONE)
    return piece.put(piece.blocks[0]).end().damaged(2, "second header")


@conformance("faulty", "unknown-critical-kind", "a critical block of a kind that this version does not know")
def _():
    piece = Piece().add(ONE).put(Block(0x04, b"new")).end()
    data, expected = piece.damaged(2, "kind 4, which this version does not know")
    return data, expected | {"result": "refused"}


@conformance("faulty", "bytes-after-end", "one byte follows the end block")
def _():
    piece = Piece().add(ONE).end()
    return piece.damaged(3, "after the end block", stream(*piece.blocks) + b"\0")


@conformance("faulty", "joined", "two streams in one file")
def _():
    piece = Piece().add(ONE).end()
    return piece.damaged(3, "after the end block", 2 * stream(*piece.blocks))


# --- Faulty: sizes and frames -----------------------------------------------------------------------


def bad_block(block, words):
    return Piece().add(ONE).put(block).end().damaged(2, words)


@conformance("faulty", "stored-size-above-limit", "a stored size of 1048577 bytes")
def _():
    return bad_block(Block(EVENTS, b"", sizes=varint(1048577)), "stored size of 1048577 bytes is above the limit")


@conformance("faulty", "content-size-above-limit", "a content size of 1048577 bytes")
def _():
    frame = zstd_frame(b"x")
    sizes = varint(len(frame)) + varint(1048577)
    return bad_block(Block(EVENTS, b"", frame, sizes), "content size of 1048577 bytes is above the limit")


@conformance("faulty", "size-of-four-bytes", "a size that goes on after its third byte")
def _():
    return bad_block(Block(EVENTS, b"", sizes=b"\x80\x80\x80\x00"), "at most three bytes")


@conformance("faulty", "size-not-shortest", "a size in two bytes that needs one")
def _():
    return bad_block(Block(EVENTS, bytes(16), sizes=b"\x90\x00"), "shortest form")


@conformance("faulty", "zstd-garbage", "bit 6 is set and the content is no Zstandard frame")
def _():
    return bad_block(Block(EVENTS, bytes(40), b"this is no frame"), "not one Zstandard frame")


@conformance("faulty", "zstd-two-frames", "two Zstandard frames in one block")
def _():
    content = flatbuffer({1: ("Q", 5)})
    frames = zstd_frame(content[:8]) + zstd_frame(content[8:])
    return bad_block(Block(EVENTS, content, frames), "not one Zstandard frame")


@conformance("faulty", "zstd-skippable-frame", "a skippable Zstandard frame before the frame")
def _():
    content = flatbuffer({1: ("Q", 5)})
    frames = bytes.fromhex("502A4D18 01000000 00") + zstd_frame(content)
    return bad_block(Block(EVENTS, content, frames), "not one Zstandard frame")


@conformance("faulty", "zstd-larger", "a frame that decodes to a megabyte where 100 bytes are stated")
def _():
    frame = zstd_frame(*[(0, 1 << 17)] * 8)
    return bad_block(Block(EVENTS, bytes(100), frame), "does not decode to the size stated")


@conformance("faulty", "zstd-smaller", "a frame that decodes to fewer bytes than are stated")
def _():
    content = flatbuffer({1: ("Q", 5)})
    return bad_block(Block(EVENTS, content, zstd_frame(content[:-1])), "does not decode to the size stated")


# --- Faulty: FlatBuffers ----------------------------------------------------------------------------

NO_EVENTS = "not a list of events"


@conformance("faulty", "content-empty", "an event block without content")
def _():
    return bad_block(Block(EVENTS, b""), NO_EVENTS)


@conformance("faulty", "root-outside", "the root table lies outside of the content")
def _():
    return bad_block(Block(EVENTS, struct.pack("<I", 1000) + bytes(28)), NO_EVENTS)


@conformance("faulty", "vtable-outside", "the vtable lies outside of the content")
def _():
    content = bytearray(flatbuffer({1: ("Q", 5)}))
    struct.pack_into("<i", content, struct.unpack_from("<I", content)[0], 1000)
    return bad_block(Block(EVENTS, bytes(content)), NO_EVENTS)


@conformance("faulty", "vector-beyond-end", "the length of the columns reaches beyond the content")
def _():
    content = flatbuffer(Piece().events_fields(ONE)).replace(struct.pack("<I", 35), struct.pack("<I", 35000))
    return bad_block(Block(EVENTS, content), NO_EVENTS)


@conformance("faulty", "string-not-terminated", "no NUL after the model id")
def _():
    content = flatbuffer(header_fields()[0]).replace(b"events-1\0", b"events-1!")
    return refused(stream(Block(HEADER, content)), "not a header", at=9)


# --- Faulty: header ---------------------------------------------------------------------------------


def bad_header(changes, words, without=()):
    fields = {k: v for k, v in (header_fields()[0] | changes).items() if k not in without}
    return refused(stream(Block(HEADER, flatbuffer(fields)), *Piece().end().blocks[1:]), words, at=9)


@conformance("faulty", "no-weights-hash", "a header without the hash of the weights")
def _():
    return bad_header({}, "not a header", without=[1])


@conformance("faulty", "sample-rate-0", "a sample rate of 0")
def _():
    return bad_header({5: ("I", 0)}, "sample rate of 0 Hz")


@conformance("faulty", "sample-rate-above-limit", "an original sample rate above the limit")
def _():
    return bad_header({3: ("I", 10_000_001)}, "sample rate of 10000001 Hz")


@conformance("faulty", "no-channels", "the number of channels is 0")
def _():
    return bad_header({4: ("H", 0)}, "channels is 0")


@conformance("faulty", "unknown-precision", "a precision that this version does not know")
def _():
    data, expected = bad_header({6: ("B", 3)}, "precision 3")
    return data, expected


@conformance("faulty", "model-id-too-long", "a model id of 256 bytes")
def _():
    return bad_header({0: b"m" * 256}, "model id is longer")


@conformance("faulty", "tag-without-equals", "a tag without '='")
def _():
    return bad_header({2: Strings([b"TITLE"])}, "has no '='")


@conformance("faulty", "tag-without-field", "a tag that begins with '='")
def _():
    return bad_header({2: Strings([b"=value"])}, "no field name")


@conformance("faulty", "tag-control-character", "a line feed in the field of a tag")
def _():
    return bad_header({2: Strings([b"TI\nTLE=value"])}, "control character")


@conformance("faulty", "tag-not-utf-8", "a tag in Latin-1")
def _():
    return bad_header({2: Strings(["TITLE=Étude".encode("latin-1")])}, "UTF-8")


@conformance("faulty", "tag-overlong", "'/' in two bytes, an overlong form of UTF-8")
def _():
    return bad_header({2: Strings([b"TITLE=\xc0\xaf"])}, "UTF-8")


@conformance("faulty", "tag-with-nul", "NUL within the value of a tag")
def _():
    return bad_header({2: Strings([b"TITLE=a\0b"])}, "UTF-8")


@conformance("faulty", "too-many-tags", "257 tags")
def _():
    return bad_header({2: Strings([b"A=B"] * 257)}, "257 tags")


@conformance("faulty", "header-too-large", "a header of more than 65536 bytes, packed into few")
def _():
    content = flatbuffer(header_fields()[0] | {2: Strings([b"A=" + b"x" * 70000])})
    at = content.index(b"x" * 70000)
    frame = zstd_frame(content[:at], (ord("x"), 70000), content[at + 70000 :])
    return refused(stream(Block(HEADER, content, frame)), "larger than 65536 bytes", at=9)


# --- Faulty: events and end -------------------------------------------------------------------------


def bad_events(fields, words, **header):
    piece = Piece(**header).add([])
    return piece.put(Block(EVENTS, flatbuffer(fields))).end().damaged(2, words)


def event_fields(gap, gain, vector, onset_bytes=2, numbers="B", **more):
    fields = {0: Vector(columns([gap], [gain], [vector], onset_bytes, numbers))}
    if onset_bytes != 2:
        fields[2] = ("B", onset_bytes)
    return fields


@conformance("faulty", "columns-not-whole", "one byte more than whole events")
def _():
    return bad_events({0: Vector(bytes(36))}, "no whole number of events")


@conformance("faulty", "onset-bytes-9", "onsets of 9 bytes")
def _():
    return bad_events(event_fields(1, 1, [0] * 32, 9), "more than 8")


@conformance("faulty", "onset-at-end", "an onset at the end of its block")
def _():
    fields = event_fields(100, 1, [0] * 32) | {1: ("Q", 100)}
    return bad_events(fields, "beyond the end of the block")


@conformance("faulty", "onset-wraps", "a gap of 2^64 - 1, which as a signed number would lead back")
def _():
    return bad_events(event_fields(2**64 - 1, 1, [0] * 32, 8), "beyond the end of the block")


@conformance("faulty", "event-in-no-span", "an event in a block of no length")
def _():
    return bad_events(event_fields(0, 1, [0] * 32) | {1: ("Q", 0)}, "beyond the end of the block")


@conformance("faulty", "span-above-limit", "a block that ends above 2^53 - 1")
def _():
    return bad_events({1: ("Q", 2**53 - 65536)}, "above 9007199254740991")


@conformance("faulty", "span-wraps", "a span of 2^64 - 1")
def _():
    return bad_events({1: ("Q", 2**64 - 1)}, "above 9007199254740991")


@conformance("faulty", "too-many-events", "4097 events in one block, packed into few bytes")
def _():
    piece = Piece().add([])
    content = flatbuffer({0: Vector(bytes(35 * 4097))})
    head = len(content) - content[::-1].index(struct.pack("<I", 35 * 4097)[::-1])
    rest = len(content) - head
    frame = zstd_frame(content[:head], (0, 1 << 17), (0, rest - (1 << 17)))
    return piece.put(Block(EVENTS, content, frame)).end().damaged(2, "4097 events are more than 4096")


@conformance("faulty", "vector-minus-128", "a vector byte of -128")
def _():
    return bad_events(event_fields(1, 1, [0] * 31 + [-128]), "outside -1 to 1")


def bad_float(gain, vector, words):
    return bad_events(event_fields(1, gain, vector, 2, "f"), words, precision="float32")


@conformance("faulty", "gain-nan", "a float32 gain that is not a number")
def _():
    return bad_float(float("nan"), [0.0] * 32, "gain that is not finite")


@conformance("faulty", "gain-infinite", "a float32 gain of minus infinity")
def _():
    return bad_float(float("-inf"), [0.0] * 32, "gain that is not finite")


@conformance("faulty", "vector-nan", "a float32 vector with a value that is not a number")
def _():
    return bad_float(0.0, [0.0] * 5 + [float("nan")] + [0.0] * 26, "outside -1 to 1")


@conformance("faulty", "vector-above-1", "a float32 vector with the next value above 1")
def _():
    return bad_float(0.0, [0.0] * 31 + [1 + 2.0**-23], "outside -1 to 1")


@conformance("faulty", "precision-differs", "quantised columns in a file that says float32")
def _():
    return bad_events(event_fields(1, 1, [0] * 32), "no whole number of events", precision="float32")


@conformance("faulty", "count-differs", "the end block counts one event more than there are")
def _():
    return Piece().add(ONE).end(events=2).damaged(2, "counts 2 events where there are 1")


@conformance("faulty", "length-above-limit", "a length of 2^53")
def _():
    return Piece().add(ONE).end(2**53, 0).damaged(2, "length above")


@conformance("faulty", "no-totals", "an end block without totals")
def _():
    return Piece().add(ONE).put(Block(END, flatbuffer({}))).damaged(2, "not an end block")


# --- Faulty: coded streams --------------------------------------------------------------------------


def bad_steps(words, **steps):
    fields, _ = header_fields(precision="coded", **steps)
    return refused(stream(Block(HEADER, flatbuffer(fields)), Block(END, bytes(3))), words, at=9)


@conformance("faulty", "vector-levels-0", "coded with 0 vector levels")
def _():
    return bad_steps("vector levels of 0", vector_levels=0)


@conformance("faulty", "vector-levels-128", "coded with 128 vector levels")
def _():
    return bad_steps("vector levels of 128", vector_levels=128)


@conformance("faulty", "gain-step-0", "coded with gains in steps of 0")
def _():
    return bad_steps("gain step in centibels of 0", gain_step_centibels=0)


@conformance("faulty", "gain-step-101", "coded with gains in steps of 10.1 dB")
def _():
    return bad_steps("gain step in centibels of 101", gain_step_centibels=101)


@conformance("faulty", "onset-step-0", "coded with onsets in steps of 0")
def _():
    return bad_steps("onset step in samples of 0", onset_step_samples=0)


@conformance("faulty", "coded-in-quantised", "packed events in a quantised stream")
def _():
    content = Piece(precision="coded").packed(CODED_ONE)
    return Piece().add(ONE).put(Block(PACKED_EVENTS, content)).end().damaged(2, "not stored as the header says")


@conformance("faulty", "quantised-in-coded", "quantised events in a coded stream")
def _():
    block = Block(EVENTS, flatbuffer(Piece().events_fields(ONE)))
    return Piece(precision="coded").add_packed(CODED_ONE).put(block).end().damaged(2, "not stored as the header says")


def bad_packed(content, words):
    """`content` makes the second block of packed events."""
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    return piece.put(Block(PACKED_EVENTS, content(piece))).end().damaged(2, words)


@conformance("faulty", "coded-flipped-bit", "one bit of the second block of packed events is changed")
def _():
    piece = Piece(precision="coded").add_packed(CODED_ONE).add_packed(coded_events(1, 3)).end()
    data = bytearray(stream(*piece.blocks))
    data[piece.offset(2) + 20] ^= 0x08
    return piece.damaged(2, "checksum", bytes(data))


@conformance("faulty", "coded-missing-block", "a block of packed events is left out, and the numbers of the blocks are put right")
def _():
    # The next block was packed by what the missing one taught; read without that it is something else.
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    piece.packed(coded_events(1, 30))
    return piece.put(Block(PACKED_EVENTS, piece.packed(coded_events(2, 30)))).end().damaged(2, "beyond the end")


@conformance("faulty", "coded-too-many-events", "packed events that say there are 4097")
def _():
    return bad_packed(lambda piece: piece.packed([], claimed=4097), "4097 events are more than 4096")


@conformance("faulty", "coded-event-in-no-span", "packed events in a block of no length")
def _():
    return bad_packed(lambda piece: piece.packed([], 0, claimed=1), "it has events and no length")


@conformance("faulty", "coded-span-above-limit", "packed events that end above 2^53 - 1")
def _():
    return bad_packed(lambda piece: piece.packed([], 2**53 - 65536), "above 9007199254740991")


@conformance("faulty", "coded-span-wraps", "packed events with a span of 2^56 - 1, the most that its bytes hold")
def _():
    return bad_packed(lambda piece: piece.packed([], 2**56 - 1), "above 9007199254740991")


@conformance("faulty", "coded-span-of-nine-bytes", "packed events with a span of nine bytes")
def _():
    return bad_packed(lambda piece: piece.packed([], 2**56), "does not begin with the number of events")


@conformance("faulty", "coded-onset-at-end", "a packed event one step beyond the last of its block")
def _():
    return bad_packed(lambda piece: piece.packed([(1024, 1, [0] * 32)]), "beyond the end of the block")


@conformance("faulty", "coded-gap-wraps", "a gap of 2^64, which in 64 bits would be none")
def _():
    return bad_packed(lambda piece: piece.packed([(2**64, 1, [0] * 32)]), "beyond the end of the block")


@conformance("faulty", "coded-bytes-left", "bytes after the last packed event")
def _():
    return bad_packed(lambda piece: piece.packed(CODED_ONE) + bytes(4), "bytes after its events")


@conformance("faulty", "coded-cut", "packed events without their second half, under the right checksum: zeros take its place")
def _():
    return bad_packed(lambda piece: piece.packed([(1023, 127, [16] * 32)] * 20)[:9], "beyond the end")


@conformance("faulty", "coded-ones", "nothing but bits of 1 for packed events")
def _():
    return bad_packed(lambda piece: b"\xff" * 64, "does not begin with the number of events")


@conformance("faulty", "coded-ones-as-symbols", "nothing but bits of 1 for the symbols of 20 packed events")
def _():
    return bad_packed(lambda piece: varint(40) + b"\xff" * 400, "beyond the end of the block")


@conformance("faulty", "coded-empty", "a block of packed events without content")
def _():
    return bad_packed(lambda piece: b"", "does not begin with the number of events")


@conformance("faulty", "coded-no-span", "packed events that end where a span should follow")
def _():
    return bad_packed(lambda piece: b"\x01", "does not begin with the number of events")


@conformance("faulty", "coded-count-not-shortest", "the number of packed events in two bytes where one would do")
def _():
    return bad_packed(lambda piece: b"\x80\x00", "does not begin with the number of events")


@conformance("faulty", "coded-bytes-left-without-events", "a byte after the head of a block without events, more than the range coder looks at")
def _():
    return bad_packed(lambda piece: varint(0) + bytes(5), "bytes after its events")


@conformance("faulty", "coded-count-differs", "the end block of a coded stream counts one event more than there are")
def _():
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    return piece.end(events=2).damaged(2, "counts 2 events where there are 1")


@conformance("faulty", "coded-end-longer", "a byte after the totals of a coded stream")
def _():
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    return piece.put(Block(END, varint(1) + varint(65536) + varint(65536) + b"\0")).damaged(2, "not an end block")


@conformance("faulty", "coded-end-shorter", "a coded stream without the last of its totals")
def _():
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    return piece.put(Block(END, varint(1) + varint(65536))).damaged(2, "not an end block")


@conformance("faulty", "coded-end-flatbuffer", "the end block of a quantised stream in a coded one")
def _():
    piece = Piece(precision="coded").add_packed(CODED_ONE)
    return piece.put(Piece().end().blocks[-1]).damaged(2, "not an end block")
