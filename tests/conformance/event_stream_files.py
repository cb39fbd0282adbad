"""The conformance files of the event stream; see generate.py."""

import random
import struct
from functools import partial

from blocks import END, HASH, HEADER, Block, Construction, Files, Numbers, Strings, Vector
from blocks import differing, flatbuffer, packed_bytes, packed_fields, packed_number, varint, zstd_frame
from packed_events import PackedWriter
from summary import block_summary

SIGNATURE = b"\x89EVS\r\n\x1a\n\x01"
EVENTS, PACKED_EVENTS, PACKED_HEADER = 0x02, 0x12, 0x11
DIMENSIONS = 32
FILES = Files(SIGNATURE, PACKED_HEADER, "blocks")
conformance, add, stream, refused = FILES.made_by, FILES.add, FILES.stream, FILES.refused


# Section 9: names, units, ranges, whether they are ratios, and steps, of the numbers of which a header says nothing.
STANDARD = [
    ("pitch", "Hz", 25, 10500, True, 2093), ("balance", "dB", -40, 60, False, 51),
    ("glide", "semitones", -14, 14, False, 281), ("glide_time", "s", 0.02, 3, True, 401),
    ("vibrato", "semitones", 0, 2, False, 41), ("vibrato_rate", "Hz", 3, 9, True, 221),
    ("vibrato_phase", "turns", -0.5, 0.5, False, 33), ("attack", "s", 0.001, 1, True, 41),
    ("hold", "s", 0.02, 12, True, 129), ("damping", "s", 0.005, 3, True, 31),
    ("decay", "s", 0.03, 500, True, 81), ("tilt", "", 0.03125, 32, True, 31),
    ("inharmonicity", "", 1e-6, 3e-3, True, 41), ("room", "dB", -60, 0, False, 31),
    ("room_time", "s", 0.1, 6, True, 21), ("position", "", -1, 1, False, 41),
]  # fmt: skip
STANDARD_STEPS = [number[5] for number in STANDARD] + [31] * 16
DEFAULT_HEADER = {
    "model_id": "",
    "weights_hash": HASH.hex(),
    "tags": [],
    "original_sample_rate_hz": 44100,
    "original_channels": None,  # as many as channels
    "channels": 1,
    "sample_rate_hz": 44100,
    "names": "standard",
    "precision": "coded",
}
# Of a coded stream.
DEFAULT_STEPS = {"gain_step_centibels": 5, "onset_step_samples": 64, "vector_steps": "standard"}


def names_fields(numbers):
    """The fields of named numbers, which are (name, unit, low, high, is_ratio)."""
    lines = "\n".join(name + (" " + unit if unit else "") for name, unit, *_ in numbers)
    fields = {11: lines.encode()}
    if numbers:
        fields[12] = Numbers("f", [limit for number in numbers for limit in number[2:4]])
    ratios = sum(number[4] << k for k, number in enumerate(numbers))
    return fields | ({13: ("I", ratios)} if ratios else {})


def header_fields(**values):
    """Fields and expectation of a header; what is not given has its default and is left out."""
    steps = DEFAULT_STEPS if values.get("precision", "coded") == "coded" else {}
    expected = DEFAULT_HEADER | steps | {"model_id": "events-1"} | values
    fields = {1: ("16s", bytes.fromhex(expected["weights_hash"]))}
    fields[0] = expected["model_id"].encode()
    if expected["tags"]:
        fields[2] = Strings(f"{field}={value}".encode() for field, value in expected["tags"])
    numbers = (5, "I", "original_sample_rate_hz"), (3, "B", "channels"), (7, "I", "sample_rate_hz")
    fields |= differing(numbers, expected, DEFAULT_HEADER)
    expected["original_channels"] = expected["original_channels"] or expected["channels"]
    if expected["original_channels"] != expected["channels"]:
        fields[6] = ("H", expected["original_channels"])
    if expected["precision"] != "coded":
        fields[8] = ("B", 1)
    fields |= differing(((4, "B", "gain_step_centibels"), (9, "H", "onset_step_samples")), expected, steps)
    if expected.get("vector_steps", "standard") != "standard":
        given = expected["vector_steps"]
        fields[10] = Numbers("H", given)
        expected["vector_steps"] = given + given[-1:] * (DIMENSIONS - len(given))
    if expected["names"] != "standard":
        fields |= names_fields(expected["names"])
        expected["names"] = [[name, unit, float32(low), float32(high), is_ratio] for name, unit, low, high, is_ratio in expected["names"]]
    return fields, expected


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def columns(gaps, gains, vectors, onset_bytes=2):
    """The columns of one block."""
    count = len(gaps)
    out = bytes(gap >> 8 * k & 0xFF for k in range(onset_bytes) for gap in gaps)
    out += struct.pack(f"<{count}f", *gains)
    return out + b"".join(struct.pack(f"<{count}f", *(v[d] for v in vectors)) for d in range(DIMENSIONS))


def number_of(q, steps):
    return float32((2 * q - (steps - 1)) / (steps - 1)) if steps > 1 else 0.0


class Piece(Construction):
    """A stream under construction."""

    def __init__(self, **header):
        super().__init__(FILES, *header_fields(**header))
        self.precision = self.header["precision"]
        self.found = []
        self.events = 0
        if self.precision == "coded":
            given = self.header["vector_steps"]
            self.vector_steps = STANDARD_STEPS if given == "standard" else given
            is_standard = self.vector_steps == STANDARD_STEPS
            self.gain_step, self.onset_step = self.header["gain_step_centibels"], self.header["onset_step_samples"]
            self.packer = PackedWriter(self.vector_steps, self.gain_step, self.onset_step, is_standard)

    def events_fields(self, events, span=65536, onset_bytes=2):
        """Events are (onset, gain, vector)."""
        previous, gaps = self.end_samples, []
        for onset, _, _ in events:
            gaps.append(onset - previous)
            previous = onset
        fields = {}
        if events:
            fields[0] = Vector(columns(gaps, [e[1] for e in events], [e[2] for e in events], onset_bytes))
        if span != 65536:
            fields[1] = ("Q", span)
        if onset_bytes != 2:
            fields[2] = ("B", onset_bytes)
        return fields

    def expect(self, events, span):
        self.end_samples += span
        self.events += len(events)
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
        return self.packer.block(span, [(step, [*vector, gain]) for step, gain, vector in events], **how)

    def add_packed(self, events, span=65536, frame=None, shorten=True):
        """A sound block of coded events."""
        content = self.packed(events, span, shorten=shorten)
        self.blocks.append(Block(PACKED_EVENTS, content, frame(content) if frame else None))
        start = self.end_samples
        self.expect(
            [
                (start + step * self.onset_step, (g * self.gain_step - 1000) / 10, list(map(number_of, v, self.vector_steps)))
                for step, g, v in events
            ],
            span,
        )
        return self

    def end(self, length=None, original_length=None, extra={}, **changes):
        self.set_totals({"events": self.events}, length, original_length)
        *totals, original_length = (self.totals | changes).values()
        if self.precision == "coded":
            totals += [original_length] * (original_length != totals[-1])
            return self.put(Block(END, b"".join(map(varint, totals))))
        return self.put(Block(END, flatbuffer({0: ("3Q", *totals, original_length)} | extra)))

    def complete(self):
        return self.expecting(self.found)

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


class Plain(Piece):
    """A stream of float32 events."""

    def __init__(self, **header):
        super().__init__(precision="float32", **header)


def some_events(seed, count, start=0, span=65536):
    chance = random.Random(seed)
    onsets = sorted(start + chance.randrange(span) for _ in range(count))
    return [(o, chance.uniform(-90, 20), [chance.uniform(-1, 1) for _ in range(DIMENSIONS)]) for o in onsets]


def coded_events(seed, count, last=1023, steps=STANDARD_STEPS, most_gain=127):
    """Events as an encoder makes them: some alike, some new. Steps from 0 to `last`."""
    chance = random.Random(seed)
    sounds = [[chance.randrange(n) for n in steps] for _ in range(4)]
    events = []
    for step in sorted(chance.randint(0, last) for _ in range(count)):
        sound = zip(chance.choice(sounds), steps)
        near = [q if chance.random() < 0.3 else max(0, min(n - 1, q + round(chance.gauss(0, n / 16)))) for q, n in sound]
        events.append((step, min(most_gain, max(0, round(chance.gauss(0.6, 0.1) * most_gain))), near))
    return events


ONE = [(1000, -20.0, [(d - 16) / 16 for d in range(DIMENSIONS)])]


# --- The files --------------------------------------------------------------------------------------

# Made by zstd 1.5.4 from the contents of the files that use them; other versions may make other bytes.
LIBZSTD_FRAME = (
    "28b52ffd00581d0500f4030c000000060008000400000008000020190000001f00484200004c4200005042c0be80be000000"
    "000000003e0000803e0000c00000003e3e803e0080bec03e26209082198b921ee231543df441290a6080f394c2262158f285"
    "339c678b412fb5e5485834e3ac32ced1c2e8a37b6a0b4bc0783be3740ba34f7a77259395b9e74ebe02f450389637abc52d07"
    "bfbc10fa0964292cfdfb293cbb141ad19d37c5045307"
)
CHECKSUM_FRAME = (
    "28b52ffd24a00d03002209151db025690dd0a68296c862404711c76df1a28bd81296175d184c1ac738059bb2251bb29dedd8"
    "8cadd85ecdc55ccb85ae73bd801e9ece099d9613736abe5ff119dff19d0ff9924ff9d000cb81801b262e481c9c10030038c1"
    "e225ce5da50e441d19a0"
)


add("valid", "one-event", "the smallest useful file; the worked example of SPEC.md, section 13",
    lambda: Plain().add(ONE).end(44100).complete())
add("valid", "no-events", "silence: header and end, no event blocks", lambda: Plain().end(22050).complete())


@conformance("valid", "two-blocks", "the usual shape: blocks of 32 events each, the last one shorter, two tags")
def _():
    piece = Plain(tags=[["ENCODER", "ictus 0.1.0"], ["TITLE", "Prelude"]])
    piece.add(some_events(1, 32)).add(some_events(2, 32, 65536)).add(some_events(3, 9, 131072, 20000), 20000)
    return piece.end(151072).complete()


@conformance("valid", "float32", "precision float32, with -0, the smallest subnormal and values that lie on no steps")
def _():
    piece = Plain()
    special = [-0.0, 2.0**-149, -1.0, 1.0, 1 / 3] + [d / 40 for d in range(27)]
    piece.add([(0, -123.456, special), (70, 31.25, special[::-1])])
    return piece.end().complete()


@conformance("valid", "header-fields", "no header field has its default")
def _():
    piece = Plain(
        model_id="événements-2", original_sample_rate_hz=96000, original_channels=6, sample_rate_hz=48000, names=[("a", "b", 1, 2, True)],
        weights_hash="ff" * 16, channels=2, tags=[["TITLE", "Étude 🎻"], ["ARTIST", "A"], ["ARTIST", "B"], ["x", ""], ["y", "a=b"]],
    )  # fmt: skip
    return piece.add(ONE).end(65000, 130001).complete()


@conformance("valid", "zstd", "an event block in a Zstandard frame as libzstd makes it, with Huffman coding and matches")
def _():
    events = [(31 * i, 50 + i % 3, [((i * d) % 7 - 3) / 8 for d in range(DIMENSIONS)]) for i in range(48)]
    return Plain().add(events, frame=lambda content: bytes.fromhex(LIBZSTD_FRAME)).end().complete()


CODED_ONE = [(15, 160, [steps // 2 + d % 4 for d, steps in enumerate(STANDARD_STEPS)])]


add("valid", "coded-one-event", "one event in coded precision; the worked example of SPEC.md, section 25",
    lambda: Piece().add_packed(CODED_ONE).end(44100).complete())
add("valid", "coded-no-events", "silence in coded precision", lambda: Piece().end(22050).complete())


@conformance("valid", "coded", "the usual shape in coded precision: blocks of 32 events each, the last one shorter")
def _():
    piece = Piece(tags=[["ENCODER", "ictus 0.1.0"]])
    piece.add_packed(coded_events(1, 32)).add_packed(coded_events(2, 32)).add_packed(coded_events(3, 9, 312), 20001)
    return piece.end(151073).complete()


@conformance("valid", "coded-all-symbols", "every gain and every value of each number but the first, of which there are more, coded")
def _():
    events = [(3 * i, i % 128, [(7 * i + d) % steps for d, steps in enumerate(STANDARD_STEPS)]) for i in range(281)]
    return Piece().add_packed(events).end().complete()


@conformance("valid", "coded-steps", "coded, with none of the steps as usual, some even, and one number that is always 0")
def _():
    steps = [2, 3, 4, 1, 4096, 255, 32, 33] + [24] * 24
    piece = Piece(vector_steps=steps[:9], gain_step_centibels=15, onset_step_samples=100)
    piece.add_packed(coded_events(4, 20, 655, steps, 85)).add_packed(coded_events(5, 20, 655, steps, 85))
    return piece.end().complete()


@conformance("valid", "coded-names", "a coded stream of two channels whose numbers have names of their own")
def _():
    names = [("frequency", "Hz", 20, 20000, True), ("x_2", "", -1, 1, False), ("temperature", "\u00b0C / 2", -273.15, 1e30, False)]
    return Piece(channels=2, names=names, vector_steps=[5]).add_packed(coded_events(4, 5, steps=[5] * 32)).end().complete()


add("valid", "names-none", "a stream whose numbers have no names", lambda: Plain(names=[]).add(ONE).end().complete())


add("valid", "packed-header", "a packed header, and silence; the worked example of SPEC.md, section 4",
    lambda: Piece(original_sample_rate_hz=48000).pack_header().end(22050, 24000).complete())


@conformance("valid", "packed-header-fields", "a packed header of a coded stream in which no field but the precision has its default")
def _():
    names = [("frequency", "Hz", 20, 20000, True), ("x_2", "", -1, 1, False), ("temperature", "\u00b0C / 2", -273.15, 1e30, False)]
    piece = Piece(
        model_id="événements-2", weights_hash="ff" * 16, tags=[["TITLE", "Étude 🎻"], ["ARTIST", "A"], ["ARTIST", "B"], ["x", ""], ["y", "a=b"]],
        channels=2, gain_step_centibels=15, original_sample_rate_hz=96000, original_channels=300, sample_rate_hz=48000,
        onset_step_samples=100, vector_steps=[3, 300], names=names,
    )  # fmt: skip
    piece.pack_header().add_packed(coded_events(4, 5, 655, [3] + [300] * 31, 85))
    return piece.end(65000, 130001).complete()


@conformance("valid", "coded-long", "300 coded events: counts have been halved, recent events forgotten")
def _():
    steps = [9, 4] * 16
    piece = Piece(vector_steps=steps)
    for seed in range(6):
        piece.add_packed(coded_events(seed % 4, 50, steps=steps))
    return piece.end().complete()


@conformance("uncommon", "zstd-stored", "Zstandard frames of one stored and of several blocks, in header, events and end")
def _():
    fields, _ = header_fields(precision="float32")
    content = flatbuffer(fields)
    piece = Plain()
    piece.blocks[0] = Block(HEADER, content, zstd_frame(content))
    piece.add(ONE, frame=lambda c: zstd_frame(c[:10], c[10:11], b"", c[11:])).end()
    end = piece.blocks[-1].stored
    piece.blocks[-1] = Block(END, end, zstd_frame(end))
    return piece.complete()


add("uncommon", "zstd-own-size", "a Zstandard frame that carries its own content size and content checksum",
    lambda: Plain().add(ONE, frame=lambda content: bytes.fromhex(CHECKSUM_FRAME)).end().complete())


@conformance("uncommon", "most-events", "4096 events in one block, all alike, stored as repeated bytes")
def _():
    events = [(4 * i, 0, [0] * DIMENSIONS) for i in range(1, 4097)]

    def frame(content):
        # gap 4 in the low plane, 0 in the high, then gains and vectors of 0
        head = content.index(b"\x04" * 4096)
        zeros = len(content) - head - 4096
        whole, rest = divmod(zeros, 1 << 17)
        return zstd_frame(content[:head], (4, 4096), *[(0, 1 << 17)] * whole, (0, rest))

    return Plain().add(events, frame=frame).end().complete()


@conformance("uncommon", "chord", "several events at one onset, at the first and the last position of a block")
def _():
    events = [(0, 1, [0.1] * 32), (0, 2, [0.2] * 32), (99, 3, [0.3] * 32), (99, 4, [0.4] * 32)]
    return Plain().add(events, 100).add([(100, 5, [0.5] * 32)], 1).end().complete()


@conformance("uncommon", "onset-bytes", "onsets of 0, 1, 3 and 8 bytes")
def _():
    piece = Plain()
    piece.add([(0, 9, [0] * 32)] * 2, 200, 0).add([(300, 9, [0] * 32), (399, 9, [0] * 32)], 200, 1)
    piece.add([(400, 9, [0] * 32), (16_000_000, 9, [0] * 32)], 20_000_000, 3)
    piece.add([(20_000_400, 9, [0] * 32), (2**52, 9, [0] * 32)], 2**52, 8)
    return piece.end(original_length=1).complete()


@conformance("uncommon", "empty-blocks", "blocks without events, one of them of no length, one with an empty vector")
def _():
    piece = Plain().add([]).add([], 0).add([], 5)
    piece.blocks[-1] = Block(EVENTS, flatbuffer({0: Vector(b""), 1: ("Q", 5)}))
    return piece.add([(65541, 7, [0.7] * 32)]).end().complete()


@conformance("uncommon", "last-position", "positions and lengths at their limit, 2^53 - 1")
def _():
    last = 2**53 - 1
    piece = Plain().add([(last - 1, 100, [0] * 32)], last, 7)
    return piece.end(last, last).complete()


@conformance("uncommon", "skippable", "skippable blocks of unknown kinds, also with bit 6 and no Zstandard frame")
def _():
    piece = Plain().put(Block(0xB0, b"private")).add(ONE).put(Block(0x80, b"")).put(Block(0xBF, b"?", b"no frame"))
    return piece.put(Block(0x83, b"type 3, skippable, is no end block")).end().complete()


@conformance("uncommon", "appended-fields", "fields that this version does not know, appended to every table")
def _():
    fields, _ = header_fields(precision="float32")
    piece = Plain()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {14: ("Q", 77), 15: b"later"}))
    return piece.add(ONE, extra={3: ("I", 5), 4: Vector(b"later")}).end(extra={1: b"later"}).complete()


@conformance("uncommon", "explicit-defaults", "fields that are present although they have their defaults")
def _():
    fields, _ = header_fields(precision="float32")
    piece = Plain()
    given = {5: ("I", 44100), 6: ("H", 1), 3: ("B", 1), 7: ("I", 44100), 13: ("I", 0), 2: Strings()}
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | given))
    return piece.add(ONE, extra={1: ("Q", 65536), 2: ("B", 2)}).end().complete()


@conformance("uncommon", "least-header", "a header with nothing but the weights hash")
def _():
    piece = Piece(model_id="")
    piece.blocks[0] = Block(HEADER, flatbuffer({1: ("16s", HASH)}))
    return piece.end().complete()


add("uncommon", "vtable-last", "a FlatBuffer whose vtable stands behind the data, where no common writer puts it",
    lambda: Plain().add(ONE, 1001, vtable_last=True).end().complete())


@conformance("uncommon", "header-limits", "the longest model id, 256 tags, and the largest rates and number of channels")
def _():
    piece = Plain(
        model_id="m" * 255, tags=[["T", str(i)] for i in range(256)], original_channels=65535,
        sample_rate_hz=10_000_000, original_sample_rate_hz=10_000_000,
    )  # fmt: skip
    return piece.end().complete()


@conformance("uncommon", "coded-fewest", "coded in the fewest steps: vectors of -1, 0 and 1, gains of 10 dB, onsets of 65535 samples")
def _():
    steps = [3] * DIMENSIONS
    piece = Piece(vector_steps=[3], gain_step_centibels=100, onset_step_samples=65535)
    piece.add_packed(coded_events(6, 40, 1, steps, 12)).add_packed(coded_events(7, 3, 0, steps, 12), 65535)
    return piece.end().complete()


@conformance("uncommon", "coded-one-step", "coded vectors that are always 0")
def _():
    piece = Piece(vector_steps=[1])
    return piece.add_packed(coded_events(8, 9, steps=[1] * DIMENSIONS)).end().complete()


@conformance("uncommon", "coded-most", "coded in the most steps: vectors of 4096 values, gains of 0.1 dB, onsets of 1 sample")
def _():
    piece = Piece(vector_steps=[4096], gain_step_centibels=1, onset_step_samples=1)
    extremes = [(0, 0, [0] * 32), (0, 1275, [4095] * 32), (65535, 0, [2048] * 32)]
    return piece.add_packed(coded_events(8, 9, 65535, [4096] * 32, 1275)).add_packed(extremes).end().complete()


@conformance("uncommon", "coded-blocks", "coded: chords at the edges of blocks, blocks without events and of no length, starts between the steps")
def _():
    piece = Piece()
    piece.add_packed([]).add_packed([], 0).add_packed([], 0).add_packed(CODED_ONE * 3, 1001)
    piece.add_packed([(0, 1, [1] * 32), (0, 2, [2] * 32), (15, 3, [3] * 32), (15, 4, [4] * 32)], 1001)
    return piece.add_packed([(0, 5, [5] * 32)], 1).end().complete()


@conformance("uncommon", "coded-far", "coded: a block of 2^53 - 1 samples with all its 40 events at the end, which is one long gap")
def _():
    piece = Piece(onset_step_samples=1)
    return piece.add_packed([(2**53 - 2, 64, [0] * 32)] * 40, 2**53 - 1).end(2**53 - 1, 1).complete()


@conformance("uncommon", "coded-same", "coded: 290 events of the same numbers, which leave next to nothing to other symbols, then all others")
def _():
    steps = [5] * DIMENSIONS
    events = [(i, 50, [4, 0] * 16) for i in range(290)]
    return Piece(vector_steps=[5]).add_packed(events).add_packed(coded_events(9, 10, steps=steps)).end().complete()


add("uncommon", "coded-not-shortened", "packed events that end in bytes a writer should leave out",
    lambda: Piece().add_packed([], shorten=False).add_packed(CODED_ONE, shorten=False).end().complete())
add("uncommon", "coded-in-frame", "packed events in a Zstandard frame, which makes them larger",
    lambda: Piece().add_packed(CODED_ONE, frame=lambda content: zstd_frame(content)).end().complete())


@conformance("uncommon", "coded-original-length-given", "a length and channels of the original that are told although they are those of the decoded sound")
def _():
    fields, _ = header_fields()
    piece = Piece()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {6: ("H", 1)}))
    piece.add_packed(CODED_ONE).set_totals({"events": 1}, None, None)
    return piece.put(Block(END, b"".join(map(varint, piece.totals.values())))).complete()


@conformance("uncommon", "coded-steps-given", "steps and names that are present although they are the standard ones")
def _():
    fields, _ = header_fields()
    piece = Piece()
    given = {4: ("B", 5), 9: ("H", 64), 10: Numbers("H", STANDARD_STEPS)} | names_fields([number[:5] for number in STANDARD])
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | given))
    return piece.add_packed(CODED_ONE).end().complete()


@conformance("uncommon", "ranges-ignored", "ranges and ratios without names, which are then the standard ones")
def _():
    fields, _ = header_fields()
    piece = Piece()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {12: Numbers("f", [3, 2, 1]), 13: ("I", 2**32 - 1)}))
    return piece.add_packed(CODED_ONE).end().complete()


@conformance("uncommon", "names-limits", "32 numbers with the longest names and units, and ranges as wide as they can be")
def _():
    names = [(f"n{k:02}" + "_" * 28, "\u00b5" * 7 + "m", -(2.0**127), 2.0**127, False) for k in range(32)]
    names[5] = ("a", " ", 2.0**-149, 2.0**127, True)
    return Plain(names=names, channels=2).add(ONE).end().complete()


@conformance("uncommon", "steps-ignored", "a float32 stream whose header has steps, even such as no coded stream could have")
def _():
    fields, _ = header_fields(precision="float32")
    piece = Plain()
    given = {4: ("B", 255), 9: ("H", 0), 10: Numbers("H", [0] * 33)}
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | given))
    return piece.add(ONE).end().complete()


@conformance("uncommon", "packed-header-unknown-fields", "a packed header with fields that this version does not know, numbers and bytes, some of them twice")
def _():
    more = b"".join(packed_number(number, value) for number, value in ((14, 0), (15, 77), (15, 2**64 - 1)))
    more += packed_bytes(16, b"", b"later") + packed_number(16, 1) + packed_bytes(2046, b"the last that a key can tell")
    return Piece().pack_header(more=more).end().complete()


add("uncommon", "packed-header-in-frame", "a packed header in a Zstandard frame",
    lambda: Piece(tags=[["TITLE", "Prelude"]]).pack_header(frame=zstd_frame).add_packed(CODED_ONE).end().complete())


@conformance("uncommon", "packed-header-explicit-defaults", "fields of a packed header that are present although they have their defaults")
def _():
    given = {3: ("B", 1), 4: ("B", 5), 5: ("I", 44100), 6: ("H", 1), 7: ("I", 44100), 8: ("B", 0), 9: ("H", 64)}
    given |= {0: b"", 10: Numbers("H", STANDARD_STEPS)} | names_fields([number[:5] for number in STANDARD])
    return Piece(model_id="").pack_header(given).add_packed(CODED_ONE).end().complete()


@conformance("uncommon", "packed-header-least", "a packed header with nothing but the weights hash")
def _():
    piece = Piece(model_id="")
    piece.blocks[0] = Block(PACKED_HEADER, packed_bytes(1, HASH))
    return piece.end().complete()


add("uncommon", "packed-header-float32", "a float32 stream whose header is packed, and has steps that no coded stream could have",
    lambda: Plain().pack_header({4: ("B", 255), 9: ("H", 0), 10: Numbers("H", [0] * 33)}).add(ONE).end().complete())
add("uncommon", "packed-header-names-none", "a packed header whose names are present and empty, as are the ranges",
    lambda: Piece(names=[]).pack_header({12: Numbers("f", [])}).add_packed(CODED_ONE).end().complete())
add("uncommon", "packed-header-ranges-ignored", "a packed header with ranges and ratios without names, which are then the standard ones",
    lambda: Piece().pack_header({12: Numbers("f", [3, 2, 1]), 13: ("I", 2**32 - 1)}).add_packed(CODED_ONE).end().complete())


@conformance("uncommon", "packed-header-limits", "a packed header with the longest model id, 256 tags, and the largest rates and number of channels")
def _():
    piece = Piece(
        model_id="m" * 255, tags=[["T", str(i)] for i in range(256)], original_channels=65535,
        sample_rate_hz=10_000_000, original_sample_rate_hz=10_000_000,
    )  # fmt: skip
    return piece.pack_header().end().complete()


add("uncommon", "packed-header-skippable", "a skippable block of type 17, which is no packed header",
    lambda: Piece().pack_header().put(Block(0x91, b"later")).end().complete())


# --- Faulty: signature, version, order of blocks, damage --------------------------------------------


add("faulty", "empty", "no bytes at all", lambda: refused(b"", "is empty"))
add("faulty", "wave", "another kind of file", lambda: refused(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "not an event stream"))
add("faulty", "token-pyramid", "a token pyramid", lambda: refused(b"\x89MRS\r\n\x1a\n\x01", "is a token pyramid, not an event stream"))


FILES.add_wrong_beginnings("", "event stream", Plain().add(ONE).end().blocks)


@conformance("faulty", "cut-in-block", "ends within the second event block")
def _():
    piece = Plain().add(ONE).add([(66000, 1, [0] * 32)])
    return piece.damaged(2, "cut short within the block", stream(*piece.blocks)[:-20])


@conformance("faulty", "cut-in-sizes", "ends within the sizes of a block")
def _():
    piece = Plain().add(ONE).put(Block(EVENTS, bytes(300)))
    return piece.damaged(2, "cut short within the block", stream(*piece.blocks)[: piece.offset(2) + 2])


@conformance("faulty", "no-end", "ends between two blocks, without an end block")
def _():
    piece = Plain().add(ONE)
    return piece.damaged(2, "without an end block")


@conformance("faulty", "flipped-bit-in-header", "one bit of the header's content is changed")
def _():
    data = bytearray(stream(*Plain().add(ONE).end().blocks))
    data[40] ^= 0x10
    return refused(bytes(data), "checksum", at=9)


@conformance("faulty", "flipped-bit-in-block", "one bit of the second event block is changed")
def _():
    piece = Plain().add(ONE).add([(66000, 1, [0] * 32)]).end()
    data = bytearray(stream(*piece.blocks))
    data[piece.offset(2) + 30] ^= 0x01
    return piece.damaged(2, "checksum", bytes(data))


@conformance("faulty", "missing-block", "the second of three event blocks is left out")
def _():
    piece = Plain().add(ONE).add([(66000, 1, [0] * 32)]).add([(140000, 2, [0] * 32)]).end()
    data = stream(*piece.blocks)
    return piece.damaged(2, "checksum", data[: piece.offset(2)] + data[piece.offset(3) :])


@conformance("faulty", "repeated-block", "an event block occurs twice")
def _():
    piece = Plain().add(ONE).end()
    data = stream(*piece.blocks)
    return piece.damaged(2, "checksum", data[: piece.offset(2)] + data[piece.offset(1) :])


add("faulty", "no-header", "begins with an event block",
    lambda: refused(stream(*Plain().add(ONE).end().blocks[1:]), "does not begin with a header", at=9))


@conformance("faulty", "second-header", "a header block after an event block")
def _():
    piece = Plain().add(ONE)
    return piece.put(piece.blocks[0]).end().damaged(2, "second header")


add("faulty", "packed-second-header", "a packed header block after another one",
    lambda: Piece().pack_header().put(Block(PACKED_HEADER, packed_bytes(1, HASH))).end().damaged(1, "second header"))
add("faulty", "packed-second-header-after-flatbuffer", "a packed header block in a file whose first header is a FlatBuffer",
    lambda: Plain().add(ONE).put(Block(PACKED_HEADER, packed_bytes(1, HASH))).end().damaged(2, "second header"))
add("faulty", "second-header-after-packed", "a header block that is a FlatBuffer in a file whose first header is packed",
    lambda: Piece().pack_header().put(Piece().blocks[0]).end().damaged(1, "second header"))


@conformance("faulty", "first-block-of-a-pyramid", "begins with a packed header as token pyramids have it")
def _():
    header = Block(0x15, packed_fields(header_fields()[0]))
    return refused(stream(header, *Piece().end().blocks[1:]), "does not begin with a header", at=9)


@conformance("faulty", "first-block-unknown", "begins with a critical block of a kind that this version does not know")
def _():
    header = Block(0x16, packed_fields(header_fields()[0]))
    return refused(stream(header, *Piece().end().blocks[1:]), "does not begin with a header", at=9)


@conformance("faulty", "unknown-critical-kind", "a critical block of a kind that this version does not know")
def _():
    piece = Plain().add(ONE).put(Block(0x04, b"new")).end()
    data, expected = piece.damaged(2, "kind 4, which this version does not know")
    return data, expected | {"result": "refused"}


@conformance("faulty", "bytes-after-end", "one byte follows the end block")
def _():
    piece = Plain().add(ONE).end()
    return piece.damaged(3, "after the end block", stream(*piece.blocks) + b"\0")


@conformance("faulty", "joined", "two streams in one file")
def _():
    piece = Plain().add(ONE).end()
    return piece.damaged(3, "after the end block", 2 * stream(*piece.blocks))


# --- Faulty: sizes and frames -----------------------------------------------------------------------


def bad_block(block, words):
    return Plain().add(ONE).put(block).end().damaged(2, words)


add("faulty", "stored-size-above-limit", "a stored size of 1048577 bytes",
    lambda: bad_block(Block(EVENTS, b"", sizes=varint(1048577)), "stored size of 1048577 bytes is above the limit"))


@conformance("faulty", "content-size-above-limit", "a content size of 1048577 bytes")
def _():
    frame = zstd_frame(b"x")
    sizes = varint(len(frame)) + varint(1048577)
    return bad_block(Block(EVENTS, b"", frame, sizes), "content size of 1048577 bytes is above the limit")


add("faulty", "size-of-four-bytes", "a size that goes on after its third byte",
    lambda: bad_block(Block(EVENTS, b"", sizes=b"\x80\x80\x80\x00"), "at most three bytes"))
add("faulty", "size-not-shortest", "a size in two bytes that needs one",
    lambda: bad_block(Block(EVENTS, bytes(16), sizes=b"\x90\x00"), "shortest form"))
add("faulty", "zstd-garbage", "bit 6 is set and the content is no Zstandard frame",
    lambda: bad_block(Block(EVENTS, bytes(40), b"this is no frame"), "not one Zstandard frame"))


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


add("faulty", "content-empty", "an event block without content", lambda: bad_block(Block(EVENTS, b""), NO_EVENTS))
add("faulty", "root-outside", "the root table lies outside of the content",
    lambda: bad_block(Block(EVENTS, struct.pack("<I", 1000) + bytes(28)), NO_EVENTS))


@conformance("faulty", "vtable-outside", "the vtable lies outside of the content")
def _():
    content = bytearray(flatbuffer({1: ("Q", 5)}))
    struct.pack_into("<i", content, struct.unpack_from("<I", content)[0], 1000)
    return bad_block(Block(EVENTS, bytes(content)), NO_EVENTS)


@conformance("faulty", "vector-beyond-end", "the length of the columns reaches beyond the content")
def _():
    content = flatbuffer(Plain().events_fields(ONE)).replace(struct.pack("<I", 134), struct.pack("<I", 134000))
    return bad_block(Block(EVENTS, content), NO_EVENTS)


@conformance("faulty", "string-not-terminated", "no NUL after the model id")
def _():
    content = flatbuffer(header_fields()[0]).replace(b"events-1\0", b"events-1!")
    return refused(stream(Block(HEADER, content)), "not a header", at=9)


# --- Faulty: header ---------------------------------------------------------------------------------


def bad_header(changes, words, without=()):
    fields = {k: v for k, v in (header_fields()[0] | changes).items() if k not in without}
    return refused(stream(Block(HEADER, flatbuffer(fields)), *Plain().end().blocks[1:]), words, at=9)


add("faulty", "no-weights-hash", "a header without the hash of the weights", lambda: bad_header({}, "not a header", without=[1]))
add("faulty", "sample-rate-0", "a sample rate of 0", lambda: bad_header({7: ("I", 0)}, "sample rate of 0 Hz"))
add("faulty", "sample-rate-above-limit", "an original sample rate above the limit",
    lambda: bad_header({5: ("I", 10_000_001)}, "sample rate of 10000001 Hz"))
add("faulty", "no-channels", "the number of channels is 0", lambda: bad_header({6: ("H", 0)}, "channels is 0"))
add("faulty", "decoded-channels-0", "a decoded sound of no channels", lambda: bad_header({3: ("B", 0)}, "0 channels"))
add("faulty", "decoded-channels-3", "a decoded sound of three channels", lambda: bad_header({3: ("B", 3)}, "3 channels"))


@conformance("faulty", "unknown-precision", "a precision that this version does not know")
def _():
    data, expected = bad_header({8: ("B", 2)}, "precision 2")
    return data, expected


add("faulty", "model-id-too-long", "a model id of 256 bytes", lambda: bad_header({0: b"m" * 256}, "model id is longer"))
add("faulty", "tag-without-equals", "a tag without '='", lambda: bad_header({2: Strings([b"TITLE"])}, "has no '='"))
add("faulty", "tag-without-field", "a tag that begins with '='", lambda: bad_header({2: Strings([b"=value"])}, "no field name"))
add("faulty", "tag-control-character", "a line feed in the field of a tag",
    lambda: bad_header({2: Strings([b"TI\nTLE=value"])}, "control character"))
add("faulty", "tag-not-utf-8", "a tag in Latin-1", lambda: bad_header({2: Strings(["TITLE=Étude".encode("latin-1")])}, "UTF-8"))
add("faulty", "tag-overlong", "'/' in two bytes, an overlong form of UTF-8", lambda: bad_header({2: Strings([b"TITLE=\xc0\xaf"])}, "UTF-8"))
add("faulty", "tag-with-nul", "NUL within the value of a tag", lambda: bad_header({2: Strings([b"TITLE=a\0b"])}, "UTF-8"))
add("faulty", "too-many-tags", "257 tags", lambda: bad_header({2: Strings([b"A=B"] * 257)}, "257 tags"))


@conformance("faulty", "header-too-large", "a header of more than 65536 bytes, packed into few")
def _():
    content = flatbuffer(header_fields()[0] | {2: Strings([b"A=" + b"x" * 70000])})
    at = content.index(b"x" * 70000)
    frame = zstd_frame(content[:at], (ord("x"), 70000), content[at + 70000 :])
    return refused(stream(Block(HEADER, content, frame)), "larger than 65536 bytes", at=9)


# --- Faulty: packed header --------------------------------------------------------------------------


def bad_packed_header(content, words, frame=None):
    return refused(stream(Block(PACKED_HEADER, content, frame), *Piece().end().blocks[1:]), words, at=9)


MODEL_ID, WEIGHTS_HASH = packed_bytes(0, b"events-1"), packed_bytes(1, HASH)
LEAST = MODEL_ID + WEIGHTS_HASH
NAMED = packed_bytes(11, b"a")

for name, about, content in (
    ("empty", "a packed header without any field", b""),
    ("cut", "a packed header that ends within bytes", MODEL_ID + WEIGHTS_HASH[:-1]),
    ("cut-in-key", "a packed header that ends within a key", LEAST + b"\x80"),
    ("cut-in-number", "a packed header that ends within a number", LEAST + packed_number(5, 48000)[:-1]),
    ("cut-after-key", "a packed header that ends with a key", LEAST + packed_number(5, 0)[:-1]),
    ("unknown-cut", "a packed header that ends within bytes of a field that this version does not know",
     LEAST + packed_bytes(20, b"later")[:-1]),
    ("key-of-64-bits", "a key of another kind, which Protocol Buffers have for 64 bits", b"\x09" + bytes(8) + WEIGHTS_HASH),
    ("key-of-32-bits", "a key of another kind, which Protocol Buffers have for 32 bits, of a field that this version does not know",
     LEAST + varint(8 * 21 + 5) + bytes(4)),
    ("key-of-group", "a key of another kind, which Protocol Buffers once had for groups", LEAST + varint(8 * 21 + 3)),
    ("key-0", "a key of 0: a number of no field", b"\x00\x00" + LEAST),
    ("key-2", "a key of 2: bytes of no field", b"\x02\x00" + LEAST),
    ("key-of-three-bytes", "a key of three bytes", LEAST + packed_number(2047, 0)),
    ("key-not-shortest", "a key in two bytes that needs one", b"\x8a\x00" + MODEL_ID[1:] + WEIGHTS_HASH),
    ("count-not-shortest", "a count of bytes in two bytes that needs one", b"\x0a\x88\x00events-1" + WEIGHTS_HASH),
    ("number-not-shortest", "a number in two bytes that needs one", LEAST + b"\x20\x81\x00"),
    ("number-of-eleven-bytes", "a number of eleven bytes, of a field that this version does not know",
     LEAST + varint(8 * 21) + b"\x80" * 10 + b"\x01"),
    ("number-2-64", "a number of 2^64, of a field that this version does not know", LEAST + packed_number(20, 2**64)),
    ("out-of-order", "fields in another order than that of their ids", WEIGHTS_HASH + MODEL_ID),
    ("unknown-out-of-order", "fields that this version does not know in another order than that of their ids",
     LEAST + packed_number(21, 0) + packed_number(20, 0)),
    ("string-twice", "the model id twice", MODEL_ID * 2 + WEIGHTS_HASH),
    ("number-twice", "a sample rate twice", LEAST + packed_number(5, 48000) * 2),
    ("steps-twice", "steps twice", LEAST + packed_bytes(10, b"\x05\0", b"\x07\0")),
    ("tags-apart", "tags before and after another field",
     LEAST + packed_bytes(2, b"A=1") + packed_number(3, 2) + packed_bytes(2, b"B=2")),
    ("string-as-number", "a number for a model id", packed_number(0, 1) + WEIGHTS_HASH),
    ("hash-as-number", "a number for a weights hash", MODEL_ID + packed_number(1, 1)),
    ("tag-as-number", "a number for a tag", LEAST + packed_bytes(2, b"A=1") + packed_number(2, 1)),
    ("steps-as-number", "a number for steps", LEAST + packed_number(10, 5)),
    ("number-as-bytes", "bytes for a sample rate", LEAST + packed_bytes(5, b"\x80\xbb\0\0")),
    ("ubyte-257", "257 channels, which are no ubyte", LEAST + packed_number(3, 257)),
    ("ushort-65537", "65537 original channels, which are no ushort", LEAST + packed_number(6, 65537)),
    ("uint-above", "a sample rate of 2^32 + 44100, which is no uint", LEAST + packed_number(7, 2**32 + 44100)),
    ("no-weights-hash", "a packed header without the hash of the weights", MODEL_ID + packed_number(5, 48000)),
    ("hash-of-15-bytes", "a weights hash of 15 bytes", MODEL_ID + packed_bytes(1, HASH[:15])),
    ("hash-of-17-bytes", "a weights hash of 17 bytes", MODEL_ID + packed_bytes(1, HASH + b"\0")),
    ("steps-not-whole", "steps of three bytes", LEAST + packed_bytes(10, b"\x05\0\x05")),
    ("ranges-not-whole", "ranges of nine bytes", LEAST + NAMED + packed_bytes(12, struct.pack("<2fB", 0, 1, 0))),
    ("ignored-ranges-not-whole", "ranges of five bytes, and no names", LEAST + packed_bytes(12, bytes(5))),
    ("ignored-steps-not-whole", "steps of three bytes in a float32 stream", LEAST + packed_number(8, 1) + packed_bytes(10, bytes(3))),
):  # fmt: skip
    add("faulty", "packed-header-" + name, about, partial(bad_packed_header, content, "its content is not a header"))

for name, about, content, words in (
    ("sample-rate-0", "a sample rate of 0 in a packed header", LEAST + packed_number(7, 0), "sample rate of 0 Hz"),
    ("channels-3", "a decoded sound of three channels by a packed header", LEAST + packed_number(3, 3), "3 channels"),
    ("precision-2", "a precision that this version does not know in a packed header", LEAST + packed_number(8, 2), "precision 2"),
    ("model-id-too-long", "a model id of 256 bytes in a packed header", packed_bytes(0, b"m" * 256) + WEIGHTS_HASH, "model id is longer"),
    ("tag-empty", "a tag without '=' in a packed header, of no bytes at all", LEAST + packed_bytes(2, b""), "has no '='"),
    ("tag-with-nul", "NUL at the end of a tag in a packed header", LEAST + packed_bytes(2, b"TITLE=a\0"), "UTF-8"),
    ("too-many-tags", "257 tags in a packed header", LEAST + packed_bytes(2, *[b"A=B"] * 257), "257 tags"),
    ("steps-none", "steps of no bytes in a packed header", LEAST + packed_bytes(10, b""), "steps for 0 numbers"),
    ("ranges-missing", "names without ranges in a packed header", LEAST + NAMED, "0 limits of ranges for 1 named numbers"),
):  # fmt: skip
    add("faulty", "packed-header-" + name, about, partial(bad_packed_header, content, words))


@conformance("faulty", "packed-header-too-large", "a packed header of more than 65536 bytes, in a Zstandard frame of few")
def _():
    content = LEAST + packed_bytes(2, b"A=" + b"x" * 70000)
    frame = zstd_frame(content[:-70000], (ord("x"), 70000))
    return bad_packed_header(content, "larger than 65536 bytes", frame)


# --- Faulty: events and end -------------------------------------------------------------------------


def bad_events(fields, words, **header):
    piece = Plain(**header).add([])
    return piece.put(Block(EVENTS, flatbuffer(fields))).end().damaged(2, words)


def event_fields(gap, gain, vector, onset_bytes=2):
    fields = {0: Vector(columns([gap], [gain], [vector], onset_bytes))}
    if onset_bytes != 2:
        fields[2] = ("B", onset_bytes)
    return fields


add("faulty", "columns-not-whole", "one byte more than whole events",
    lambda: bad_events({0: Vector(bytes(135))}, "no whole number of events"))
add("faulty", "onset-bytes-9", "onsets of 9 bytes", lambda: bad_events(event_fields(1, 1, [0] * 32, 9), "more than 8"))


@conformance("faulty", "onset-at-end", "an onset at the end of its block")
def _():
    fields = event_fields(100, 1, [0] * 32) | {1: ("Q", 100)}
    return bad_events(fields, "beyond the end of the block")


add("faulty", "onset-wraps", "a gap of 2^64 - 1, which as a signed number would lead back",
    lambda: bad_events(event_fields(2**64 - 1, 1, [0] * 32, 8), "beyond the end of the block"))
add("faulty", "event-in-no-span", "an event in a block of no length",
    lambda: bad_events(event_fields(0, 1, [0] * 32) | {1: ("Q", 0)}, "beyond the end of the block"))
add("faulty", "span-above-limit", "a block that ends above 2^53 - 1",
    lambda: bad_events({1: ("Q", 2**53 - 65536)}, "above 9007199254740991"))
add("faulty", "span-wraps", "a span of 2^64 - 1", lambda: bad_events({1: ("Q", 2**64 - 1)}, "above 9007199254740991"))


@conformance("faulty", "too-many-events", "4097 events in one block, packed into few bytes")
def _():
    piece = Plain().add([])
    content = flatbuffer({0: Vector(bytes(134 * 4097))})
    head = len(content) - content[::-1].index(struct.pack("<I", 134 * 4097)[::-1])
    rest = len(content) - head
    frame = zstd_frame(content[:head], *[(0, 1 << 17)] * (rest >> 17), (0, rest % (1 << 17)))
    return piece.put(Block(EVENTS, content, frame)).end().damaged(2, "4097 events are more than 4096")


def bad_float(gain, vector, words):
    return bad_events(event_fields(1, gain, vector), words)


add("faulty", "gain-nan", "a float32 gain that is not a number", lambda: bad_float(float("nan"), [0.0] * 32, "gain that is not finite"))
add("faulty", "gain-infinite", "a float32 gain of minus infinity", lambda: bad_float(float("-inf"), [0.0] * 32, "gain that is not finite"))
add("faulty", "vector-nan", "a float32 vector with a value that is not a number",
    lambda: bad_float(0.0, [0.0] * 5 + [float("nan")] + [0.0] * 26, "outside -1 to 1"))
add("faulty", "vector-above-1", "a float32 vector with the next value above 1",
    lambda: bad_float(0.0, [0.0] * 31 + [1 + 2.0**-23], "outside -1 to 1"))
add("faulty", "count-differs", "the end block counts one event more than there are",
    lambda: Plain().add(ONE).end(events=2).damaged(2, "counts 2 events where there are 1"))
add("faulty", "length-above-limit", "a length of 2^53", lambda: Plain().add(ONE).end(2**53, 0).damaged(2, "length above"))
add("faulty", "no-totals", "an end block without totals",
    lambda: Plain().add(ONE).put(Block(END, flatbuffer({}))).damaged(2, "not an end block"))


# --- Faulty: coded streams --------------------------------------------------------------------------


def bad_steps(words, **steps):
    fields, _ = header_fields(**steps)
    return refused(stream(Block(HEADER, flatbuffer(fields)), Block(END, bytes(3))), words, at=9)


add("faulty", "vector-steps-0", "coded, with numbers of no value",
    lambda: bad_steps("number 2 of vectors, a number of steps of 0", vector_steps=[31, 0]))
add("faulty", "vector-steps-4097", "coded, with a number of 4097 values",
    lambda: bad_steps("number 32 of vectors, a number of steps of 4097", vector_steps=[31] * 31 + [4097]))
add("faulty", "vector-steps-none", "coded, with steps for none of the numbers",
    lambda: bad_header({10: Numbers("H", [])}, "steps for 0 numbers"))
add("faulty", "vector-steps-33", "coded, with steps for more numbers than there are",
    lambda: bad_header({10: Numbers("H", [31] * 33)}, "steps for 33 numbers"))


def bad_names(words, *numbers, **changes):
    fields = names_fields(numbers) | {int(key[1:]): value for key, value in changes.items()}
    return bad_header(fields, words)


add("faulty", "name-capital", "a number whose name has a capital letter",
    lambda: bad_names("named number 2 is not a name", ("a", "", 0, 1, False), ("Pitch", "Hz", 0, 1, False)))
add("faulty", "name-empty", "a line without a name",
    lambda: bad_names("named number 2 is not a name", ("a", "", 0, 1, False), ("", "", 0, 1, False)))
add("faulty", "name-too-long", "a name of 32 letters", lambda: bad_names("named number 1 is not a name", ("a" * 32, "", 0, 1, False)))
add("faulty", "name-twice", "two numbers of one name",
    lambda: bad_names("name of one before", ("a", "", 0, 1, False), ("b", "", 0, 1, False), ("a", "Hz", 0, 1, False)))
add("faulty", "names-too-many", "33 named numbers", lambda: bad_names("33 named numbers", *[(f"n{k}", "", 0, 1, False) for k in range(33)]))
add("faulty", "unit-too-long", "a unit of 16 bytes, which are 9 letters",
    lambda: bad_names("has a unit", ("a", "\u00b5" * 7 + "ms", 0, 1, False)))
add("faulty", "unit-control-character", "a tab in a unit", lambda: bad_names("has a unit", ("a", "m\ts", 0, 1, False)))
add("faulty", "unit-not-utf-8", "a unit in Latin-1",
    lambda: bad_names("has a unit", ("a", "", 0, 1, False), _11="a \u00b5s".encode("latin-1")))
add("faulty", "range-empty", "a range from 1 to 1", lambda: bad_names("has a range", ("a", "", 1, 1, False)))
add("faulty", "range-infinite", "a range up to infinity", lambda: bad_names("has a range", ("a", "", 1, float("inf"), False)))
add("faulty", "range-nan", "a range from what is not a number", lambda: bad_names("has a range", ("a", "", float("nan"), 1, False)))
add("faulty", "ratio-from-0", "ratios in a range that begins with 0", lambda: bad_names("has ratios", ("a", "", 0, 1, True)))
add("faulty", "ranges-missing", "names without ranges", lambda: bad_header({11: b"a\nb"}, "0 limits of ranges for 2 named numbers"))
add("faulty", "ranges-one-more", "a limit more than there are ranges",
    lambda: bad_names("3 limits of ranges for 1 named numbers", ("a", "", 0, 1, False), _12=Numbers("f", [0, 1, 2])))
add("faulty", "gain-step-0", "coded with gains in steps of 0", lambda: bad_steps("gain step in centibels of 0", gain_step_centibels=0))
add("faulty", "gain-step-101", "coded with gains in steps of 10.1 dB",
    lambda: bad_steps("gain step in centibels of 101", gain_step_centibels=101))
add("faulty", "onset-step-0", "coded with onsets in steps of 0", lambda: bad_steps("onset step in samples of 0", onset_step_samples=0))


@conformance("faulty", "coded-in-float32", "packed events in a float32 stream")
def _():
    content = Piece().packed(CODED_ONE)
    return Plain().add(ONE).put(Block(PACKED_EVENTS, content)).end().damaged(2, "not stored as the header says")


@conformance("faulty", "float32-in-coded", "float32 events in a coded stream")
def _():
    block = Block(EVENTS, flatbuffer(Plain().events_fields(ONE)))
    return Piece().add_packed(CODED_ONE).put(block).end().damaged(2, "not stored as the header says")


def bad_packed(content, words):
    """`content` makes the second block of packed events."""
    piece = Piece().add_packed(CODED_ONE)
    return piece.put(Block(PACKED_EVENTS, content(piece))).end().damaged(2, words)


@conformance("faulty", "coded-flipped-bit", "one bit of the second block of packed events is changed")
def _():
    piece = Piece().add_packed(CODED_ONE).add_packed(coded_events(1, 3)).end()
    data = bytearray(stream(*piece.blocks))
    data[piece.offset(2) + 20] ^= 0x08
    return piece.damaged(2, "checksum", bytes(data))


@conformance("faulty", "coded-missing-block", "a block of packed events is left out, and the numbers of the blocks are put right")
def _():
    # The next block was packed by what the missing one taught; read without that it is something else.
    piece = Piece().add_packed(CODED_ONE)
    piece.packed(coded_events(1, 30))
    return piece.put(Block(PACKED_EVENTS, piece.packed(coded_events(5, 30)))).end().damaged(2, "an event lies beyond the end of the block")


add("faulty", "coded-too-many-events", "packed events that say there are 4097",
    lambda: bad_packed(lambda piece: piece.packed([], claimed=4097), "4097 events are more than 4096"))
add("faulty", "coded-event-in-no-span", "packed events in a block of no length",
    lambda: bad_packed(lambda piece: piece.packed([], 0, claimed=1), "it has events and no length"))
add("faulty", "coded-span-above-limit", "packed events that end above 2^53 - 1",
    lambda: bad_packed(lambda piece: piece.packed([], 2**53 - 65536), "above 9007199254740991"))
add("faulty", "coded-span-wraps", "packed events with a span of 2^56 - 1, the most that its bytes hold",
    lambda: bad_packed(lambda piece: piece.packed([], 2**56 - 1), "above 9007199254740991"))
add("faulty", "coded-span-of-nine-bytes", "packed events with a span of nine bytes",
    lambda: bad_packed(lambda piece: piece.packed([], 2**56), "does not begin with the number of events"))
add("faulty", "coded-onset-at-end", "a packed event one step beyond the last of its block",
    lambda: bad_packed(lambda piece: piece.packed([(1024, 1, [0] * 32)]), "beyond the end of the block"))
add("faulty", "coded-gap-wraps", "a gap of 2^64, which in 64 bits would be none",
    lambda: bad_packed(lambda piece: piece.packed([(2**64, 1, [0] * 32)]), "beyond the end of the block"))
add("faulty", "coded-bytes-left", "bytes after the last packed event",
    lambda: bad_packed(lambda piece: piece.packed(CODED_ONE) + bytes(4), "bytes after its events"))
add("faulty", "coded-cut", "packed events without their second half, under the right checksum: zeros take its place",
    lambda: bad_packed(lambda piece: piece.packed([(1023, 127, [20] * 32)] * 20)[:9], "beyond the end"))
add("faulty", "coded-ones", "nothing but bits of 1 for packed events",
    lambda: bad_packed(lambda piece: b"\xff" * 64, "does not begin with the number of events"))
add("faulty", "coded-ones-as-symbols", "nothing but bits of 1 for the symbols of 20 packed events",
    lambda: bad_packed(lambda piece: varint(40) + b"\xff" * 400, "beyond the end of the block"))
add("faulty", "coded-empty", "a block of packed events without content",
    lambda: bad_packed(lambda piece: b"", "does not begin with the number of events"))
add("faulty", "coded-no-span", "packed events that end where a span should follow",
    lambda: bad_packed(lambda piece: b"\x01", "does not begin with the number of events"))
add("faulty", "coded-count-not-shortest", "the number of packed events in two bytes where one would do",
    lambda: bad_packed(lambda piece: b"\x80\x00", "does not begin with the number of events"))
add("faulty", "coded-bytes-left-without-events", "a byte after the head of a block without events, more than the range coder looks at",
    lambda: bad_packed(lambda piece: varint(0) + bytes(5), "bytes after its events"))


@conformance("faulty", "coded-count-differs", "the end block of a coded stream counts one event more than there are")
def _():
    piece = Piece().add_packed(CODED_ONE)
    return piece.end(events=2).damaged(2, "counts 2 events where there are 1")


@conformance("faulty", "coded-end-longer", "a byte after the totals of a coded stream")
def _():
    piece = Piece().add_packed(CODED_ONE)
    return piece.put(Block(END, varint(1) + varint(65536) + varint(65536) + b"\0")).damaged(2, "not an end block")


@conformance("faulty", "coded-end-shorter", "a coded stream without its length")
def _():
    piece = Piece().add_packed(CODED_ONE)
    return piece.put(Block(END, varint(1))).damaged(2, "not an end block")


@conformance("faulty", "coded-end-flatbuffer", "the end block of a float32 stream in a coded one")
def _():
    piece = Piece().add_packed(CODED_ONE)
    return piece.put(Plain().end().blocks[-1]).damaged(2, "not an end block")
