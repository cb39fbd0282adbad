"""The conformance files of the token pyramid; see generate.py."""

import random
from functools import partial

import event_stream_files
import prior_file
from blocks import END, HASH, HEADER, Block, Construction, Files, Strings, Vector
from blocks import differing, flatbuffer, packed_bytes, packed_number, varint, zstd_frame
from packed_events import RangeWriter
from read_packed_tokens import Prior
from summary import clip_summary

SIGNATURE = b"\x89MRS\r\n\x1a\n\x01"
SCALE = 0x20  # the kind of scale 0
PACKED_SCALE, PRIOR, PACKED_HEADER = 0x13, 0x14, 0x15
FILES = Files(SIGNATURE, PACKED_HEADER, "clips")
conformance, add, stream, refused = FILES.made_by, FILES.add, FILES.stream, FILES.refused

DEFAULT_HEADER = {
    "model_id": "",
    "weights_hash": HASH.hex(),
    "scales": [[1, 1], [2, 2]],
    "original_sample_rate_hz": 16000,
    "original_channels": 1,
    "tags": [],
    "label": None,
    "seed": None,
    "sample_rate_hz": 16000,
    "clip_samples": 65536,
    "clip_columns": 16,
    "codebook_size": 2048,
    "full_scale_centibels": 223,
}


def packed_scales(scales):
    return b"".join(varint(side) for grid in scales for side in grid)


def header_fields(**values):
    """Fields and expectation of a header; what is not given has its default and is left out."""
    expected = DEFAULT_HEADER | {"model_id": "mars-1"} | values
    fields = {
        0: expected["model_id"].encode(),
        1: ("16s", bytes.fromhex(expected["weights_hash"])),
        2: Vector(packed_scales(expected["scales"])),
    }
    if expected["tags"]:
        fields[5] = Strings(f"{field}={value}".encode() for field, value in expected["tags"])
    if expected["label"] is not None:
        label = expected["label"]
        fields[6] = Vector(bytes([label["pitch"], label["velocity"]]) + label["family"].encode())
        if label.setdefault("instrument", ""):
            fields[13] = label["instrument"].encode()
    if expected["seed"] is not None:
        fields[7] = ("Q", expected["seed"])
    numbers = (
        (3, "I", "original_sample_rate_hz"), (4, "H", "original_channels"), (8, "I", "sample_rate_hz"),
        (9, "I", "clip_samples"), (10, "H", "clip_columns"), (11, "I", "codebook_size"), (12, "h", "full_scale_centibels"),
    )  # fmt: skip
    return fields | differing(numbers, expected, DEFAULT_HEADER), expected


def packed_tokens(tokens, codebook_size):
    """Each token in as few bits as the codebook allows, lowest bit first."""
    width = len(f"{codebook_size - 1:b}")
    bits = "".join(f"{token:0{width}b}"[::-1] for token in tokens)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


class Piece(Construction):
    """A pyramid under construction."""

    def __init__(self, **header):
        super().__init__(FILES, *header_fields(**header))
        self.clips = []  # (clip, numbers of its blocks)

    def whole(self, clip):
        return clip["level_db"] is None or len(clip["scales"]) == len(self.header["scales"])

    def counts(self, columns):
        """Numbers of tokens of the scales of a clip."""
        whole = self.header["clip_columns"]
        return [rows * ((each * columns + whole - 1) // whole) for rows, each in self.header["scales"]]

    def content(self, scale, tokens, columns, level):
        head = varint(columns) + bytes([level]) if scale == 0 else b""
        return head + packed_tokens(tokens, self.header["codebook_size"])

    def scale_block(self, scales, k, columns, level, frame):
        content = self.content(k, scales[k], columns, level)
        return Block(SCALE + k, content, frame[k](content) if k in frame else None)

    def add(self, scales, columns=None, level=160, frame={}):
        """A clip, or the scales with which it begins; `frame` maps a scale to a function that makes the
        Zstandard frame from its content."""
        columns = self.header["clip_columns"] if columns is None else columns
        assert [len(tokens) for tokens in scales] == self.counts(columns)[: len(scales)]
        first = len(self.blocks)
        for k in range(len(scales) if level else 1):
            self.put(self.scale_block(scales if level else [[]], k, columns, level, frame))
        clip = {"columns": columns, "level_db": level * 0.5 - 100 if level else None, "scales": scales}
        self.clips.append((clip, range(first, len(self.blocks))))
        self.end_samples += columns * (self.header["clip_samples"] // self.header["clip_columns"])
        return self

    def silence(self, columns=None):
        return self.add([], columns, 0)

    def random(self, seed, columns=None, level=160):
        """A clip of random tokens."""
        chance = random.Random(seed)
        below = self.header["codebook_size"]
        counts = self.counts(self.header["clip_columns"] if columns is None else columns)
        return self.add([[chance.randrange(below) for _ in range(count)] for count in counts], columns, level)

    def end(self, length=None, original_length=None, content=None, **changes):
        self.set_totals({"clips": len(self.clips)}, length, original_length)
        if content is None:
            content = b"".join(varint(total) for total in (self.totals | changes).values())
        return self.put(Block(END, content))

    def complete(self):
        return self.expecting([clip_summary(clip) for clip, _ in self.clips])

    def damaged(self, at, words, data=None, result="damaged"):
        """Damaged in block `at`; nothing but the clips and scales before it is found."""
        expected = {
            "result": result,
            "at": {"block": at, "byte": self.offset(at)},
            "error_contains": words,
            "header": self.header,
            "clips": [],
        }
        for clip, numbers in self.clips:
            before = sum(number < at for number in numbers)
            if before == len(numbers) and self.whole(clip):
                expected["clips"].append(clip_summary(clip))
            elif before:
                expected["unfinished"] = clip_summary(clip | {"scales": clip["scales"][:before]})
        return stream(*self.blocks) if data is None else data, expected


class PackedPiece(Piece):
    """One whose tokens are packed by the small prior, which it names."""

    def __init__(self, name=prior_file.ID, **header):
        super().__init__(**({"scales": prior_file.SCALES, "codebook_size": prior_file.CODEBOOK} | header))
        self.prior = Prior(prior_file.prior_file())
        self.put(Block(PRIOR, name))

    def add(self, scales, columns=None, level=160, more=b"", plain=()):
        """`plain`: the scales that are not packed; `more`: what stands behind the tokens of those that are."""
        self.more, self.plain = more, plain
        return super().add(scales, columns, level)

    def scale_block(self, scales, k, columns, level, frame):
        if not level or k in self.plain:
            return super().scale_block(scales, k, columns, level, frame)
        head = self.content(k, [], columns, level)
        return Block(PACKED_SCALE, head + self.packed(scales[:k], scales[k], columns) + self.more)

    def silent_clip_was_put(self):
        clip = {"columns": self.header["clip_columns"], "level_db": None, "scales": []}
        self.clips.append((clip, [len(self.blocks) - 1]))
        self.end_samples += self.header["clip_samples"]
        return self

    def packed(self, coarser, tokens, columns):
        writer = RangeWriter()
        for place, token in enumerate(tokens):
            writer.put(token, self.prior.frequencies([*coarser, tokens[:place]], columns, place))
        return writer.content()


ONE = [[291], [0, 2047, 1024, 7]]
EIGHT = [[side, side] for side in (1, 2, 3, 4, 6, 8, 11, 14)]
LAST_POSITION = 2**53 - 1


# --- Valid and uncommon -----------------------------------------------------------------------------

# Made by zstd 1.5.4 from the content of the file that uses it; other versions may make other bytes.
LIBZSTD_FRAME = "28b52ffd00009d00006007404002d077000424007d0701007f53c50b"


add("valid", "one-clip", "the smallest useful file; the worked example of SPEC.md, section 18",
    lambda: Piece().add(ONE).end(64000).complete())
add("valid", "no-clips", "no sound: header and end", lambda: Piece().end().complete())


@conformance("valid", "three-clips", "the usual shape: eight scales, two whole clips and a shorter one, two tags")
def _():
    tags = [["ENCODER", "ictus 0.1.0"], ["TITLE", "Prelude"]]
    piece = Piece(scales=EIGHT, original_sample_rate_hz=44100, original_channels=2, tags=tags)
    piece.random(1).random(2, level=201).random(3, 5, 90)
    return piece.end(151000, 416194).complete()


add("valid", "silent-clips", "silent clips between others and at the end, where one is shorter",
    lambda: Piece().silence().add(ONE).silence().silence().add(ONE, level=255).silence(1).end().complete())


@conformance("valid", "generated", "a label and a seed")
def _():
    label = {"family": "flute", "pitch": 60, "velocity": 100}
    return Piece(label=label, seed=1234567890123456789).add(ONE).end(64000).complete()


@conformance("valid", "generated-instrument", "a label that names an instrument of the family")
def _():
    label = {"family": "flute", "pitch": 60, "velocity": 100, "instrument": "flûte-de-pan"}
    return Piece(label=label).add(ONE).end(64000).complete()


@conformance("valid", "other-shape", "no header field has its default; tokens of 9 bits")
def _():
    piece = Piece(
        model_id="pyramide-é", weights_hash="ff" * 16, scales=[[1, 2], [3, 7], [130, 5]], clip_samples=30000,
        original_sample_rate_hz=96000, original_channels=6, sample_rate_hz=48000, clip_columns=10,
        codebook_size=300, full_scale_centibels=-7, tags=[["TITLE", "Étude 🎻"], ["x", ""], ["y", "a=b"]], seed=0,
        label={"family": "Flöte", "pitch": 127, "velocity": 127},
    )  # fmt: skip
    return piece.random(4).random(5, 7).end().complete()


add("valid", "pyramid-packed-header", "a packed header", lambda: Piece(tags=[["TITLE", "Prelude"]]).pack_header().add(ONE).end(64000).complete())


@conformance("valid", "pyramid-packed-header-fields", "a packed header in which no field has its default, with the largest seed and a negative full scale")
def _():
    piece = Piece(
        model_id="pyramide-é", weights_hash="ff" * 16, scales=[[1, 2], [3, 7], [130, 5]], clip_samples=30000,
        original_sample_rate_hz=96000, original_channels=300, sample_rate_hz=48000, clip_columns=10, codebook_size=300,
        full_scale_centibels=-7, tags=[["TITLE", "Étude 🎻"], ["x", ""], ["y", "a=b"]], seed=2**64 - 1,
        label={"family": "Flöte", "pitch": 127, "velocity": 127, "instrument": "flûte-de-pan"},
    )  # fmt: skip
    return piece.pack_header().random(4).random(5, 7).end().complete()


@conformance("valid", "all-levels", "clips at every level from 0, which is silence, to 255")
def _():
    piece = Piece(scales=[[1, 1]])
    for level in range(256):
        piece.add([[level]] if level else [], level=level)
    return piece.end().complete()


add("valid", "shorter-clips", "a last clip of one column, with scales of one, few and many columns",
    lambda: Piece(scales=[[2, 1], [1, 16], [1, 17], [1, 4096]]).random(6).random(7, 1).end(65537).complete())


@conformance("valid", "zstd-scale", "a scale in a Zstandard frame as libzstd makes it")
def _():
    frame = {1: lambda content: bytes.fromhex(LIBZSTD_FRAME)}
    return Piece(scales=[[1, 1], [14, 14]]).add([[5], [7, 8, 9, 1000] * 49], frame=frame).end().complete()


add("valid", "packed-tokens", "tokens packed by a prior: two whole clips, silence, and a shorter clip",
    lambda: PackedPiece().random(1).random(2, level=201).silence().random(3, 5).end().complete())
add("valid", "packed-in-part", "clips of which a prior packs some scales",
    lambda: PackedPiece().add([[3], [4, 5, 6, 7], [8] * 12], plain=[1]).add([[9], [1, 2, 3, 4], [0] * 12], plain=[0, 2]).end().complete())
add("uncommon", "packed-silence", "a silent clip in a block of packed tokens",
    lambda: PackedPiece().put(Block(PACKED_SCALE, b"\x10\0")).silent_clip_was_put().add([[3], [4, 5, 6, 7], [8] * 12]).end().complete())
add("valid", "packed-no-clips", "a prior, and no clip", lambda: PackedPiece().end().complete())


@conformance("uncommon", "packed-expected", "tokens packed by a prior, each the one that was expected most, which take next to no bits")
def _():
    piece = PackedPiece()
    scales = []
    for scale, count in enumerate(piece.counts(16)):
        scales.append([])
        for place in range(count):
            frequencies = piece.prior.frequencies(scales, 16, place)
            scales[scale].append(frequencies.index(max(frequencies)))
    return piece.add(scales).end().complete()


@conformance("uncommon", "zstd-stored-scales", "Zstandard frames of stored bytes in header, scales and end")
def _():
    def stored(content):
        return zstd_frame(content[:1], b"", content[1:])

    piece = Piece().add(ONE, frame={0: stored, 1: stored}).end()
    for number in 0, 3:
        content = piece.blocks[number].stored
        piece.blocks[number] = Block(piece.blocks[number].head[0], content, stored(content))
    return piece.complete()


add("uncommon", "codebook-2", "the smallest codebook: tokens of 1 bit",
    lambda: Piece(codebook_size=2, scales=[[1, 1], [3, 3], [4, 4]]).random(8).end().complete())
add("uncommon", "codebook-65536", "the largest codebook: tokens of 16 bits",
    lambda: Piece(codebook_size=65536).add([[65535], [0, 256, 255, 65535]]).end().complete())
add("uncommon", "codebook-65535", "tokens of 16 bits, of which one value is outside the codebook",
    lambda: Piece(codebook_size=65535).add([[65534], [0, 1, 2, 3]]).end().complete())


@conformance("uncommon", "most-tokens", "grids of 64 x 4096 and 4096 x 64, packed into few bytes")
def _():
    piece = Piece(codebook_size=65536, scales=[[64, 4096], [4096, 64]])
    frame = {
        0: lambda content: zstd_frame(content[:2], *[(1, 1 << 17)] * 4),
        1: lambda content: zstd_frame(*[(2, 1 << 17)] * 4),
    }
    return piece.add([[0x0101] * 262144, [0x0202] * 262144], frame=frame).end().complete()


add("uncommon", "most-scales", "32 scales",
    lambda: Piece(scales=[[1, 1 + k % 3] for k in range(32)]).random(9).random(10, 15).end().complete())


@conformance("uncommon", "largest-clip", "a clip of 2^24 samples in 4096 columns, and one of 4095")
def _():
    piece = Piece(clip_samples=1 << 24, clip_columns=4096, scales=[[1, 4096], [1, 3]])
    return piece.random(11).random(12, 4095).end(original_length=LAST_POSITION).complete()


add("uncommon", "least-clip", "clips of one sample",
    lambda: Piece(clip_samples=1, clip_columns=1).add(ONE).silence().add(ONE).end().complete())
add("uncommon", "least-length", "a length of which the last clip covers one sample",
    lambda: Piece().add(ONE).silence().end(65537, 0).complete())


@conformance("uncommon", "pyramid-skippable", "skippable blocks of unknown kinds, also between the scales of a clip")
def _():
    piece = Piece().put(Block(0xB0, b"private")).add(ONE)
    piece.blocks.insert(3, Block(0xA1, b"type 33, skippable, is no scale"))
    return piece.put(Block(0xBF, b"?", b"no frame")).end().complete()


@conformance("uncommon", "pyramid-appended-fields", "fields of the header that this version does not know")
def _():
    fields, _ = header_fields()
    piece = Piece()
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | {14: ("Q", 77), 15: b"later"}))
    return piece.add(ONE).end().complete()


@conformance("uncommon", "pyramid-explicit-defaults", "fields that are present although they have their defaults")
def _():
    fields, _ = header_fields()
    piece = Piece()
    given = {3: ("I", 16000), 4: ("H", 1), 5: Strings(), 6: Vector(b""), 8: ("I", 16000)}
    given |= {9: ("I", 65536), 10: ("H", 16), 11: ("I", 2048), 12: ("h", 223)}
    piece.blocks[0] = Block(HEADER, flatbuffer(fields | given))
    return piece.add(ONE).end().complete()


@conformance("uncommon", "least-pyramid-header", "a header with nothing but the weights hash and the scales")
def _():
    piece = Piece(model_id="")
    piece.blocks[0] = Block(HEADER, flatbuffer({1: ("16s", HASH), 2: Vector(b"\1\1\2\2")}))
    return piece.end().complete()


@conformance("uncommon", "pyramid-header-limits", "the longest names, 256 tags, the largest seed, rates and sides")
def _():
    piece = Piece(
        model_id="m" * 255, tags=[["T", str(i)] for i in range(256)], original_channels=65535, seed=2**64 - 1,
        sample_rate_hz=10_000_000, original_sample_rate_hz=10_000_000, scales=[[4096, 1]] * 31 + [[1, 4096]],
        label={"family": "f" * 64, "pitch": 0, "velocity": 0},
    )  # fmt: skip
    return piece.end().complete()


@conformance("uncommon", "pyramid-packed-header-explicit-defaults", "fields of a packed header that are present although they have their defaults")
def _():
    given = {3: ("I", 16000), 4: ("H", 1), 6: Vector(b""), 8: ("I", 16000), 9: ("I", 65536)}
    given |= {0: b"", 10: ("H", 16), 11: ("I", 2048), 12: ("h", 223), 13: b""}
    return Piece(model_id="").pack_header(given).add(ONE).end().complete()


add("uncommon", "pyramid-packed-header-unknown-fields", "a packed header with fields that this version does not know, in a Zstandard frame",
    lambda: Piece(seed=0).pack_header(more=packed_number(14, 77) + packed_bytes(15, b"", b"later"), frame=zstd_frame).add(ONE).end().complete())
add("uncommon", "full-scale-least", "a packed header with the least full scale, -100 dB",
    lambda: Piece(full_scale_centibels=-1000).pack_header().end().complete())
add("uncommon", "full-scale-most", "a packed header with the greatest full scale, 100 dB",
    lambda: Piece(full_scale_centibels=1000).pack_header().end().complete())


add("uncommon", "label-without-family", "a label of two bytes",
    lambda: Piece(label={"family": "", "pitch": 21, "velocity": 1}).end().complete())


# --- Faulty: signature, version, order of blocks, damage --------------------------------------------


@conformance("faulty", "event-stream", "an event stream")
def _():
    data, _ = event_stream_files.Piece().end().complete()
    return refused(data, "is an event stream, not a token pyramid")


FILES.add_wrong_beginnings("pyramid-", "token pyramid", Piece().add(ONE).end().blocks)


@conformance("faulty", "packed-cut", "ends within the third scale of packed tokens; two of the clip's scales are kept")
def _():
    piece = PackedPiece().random(1)
    return piece.damaged(4, "cut short within the block", stream(*piece.blocks)[:-3])


add("faulty", "packed-more", "a byte behind packed tokens",
    lambda: PackedPiece().add([[3]], more=b"\1\1\1\1\1").damaged(2, "there is more after its tokens"))
add("faulty", "packed-without-prior", "packed tokens, and no prior is named",
    lambda: Piece().put(Block(PACKED_SCALE, b"\x10\xa0\1")).damaged(1, "nothing before says by which prior"))
add("faulty", "prior-twice", "a prior that is named twice",
    lambda: PackedPiece().put(Block(PRIOR, prior_file.ID)).damaged(2, "named where clips have begun"))
add("faulty", "prior-late", "a prior that is named after a clip",
    lambda: Piece().add(ONE).put(Block(PRIOR, prior_file.ID)).damaged(3, "named where clips have begun"))
add("faulty", "prior-short", "the name of a prior of 3 bytes",
    lambda: PackedPiece(prior_file.ID[:3]).damaged(1, "does not name a prior"))
add("faulty", "prior-unknown", "a prior that is not at hand",
    lambda: PackedPiece(b"none").damaged(1, "not here", result="refused"))
add("faulty", "prior-for-another-shape", "a prior for pyramids of another shape",
    lambda: PackedPiece(scales=[[1, 1], [2, 2], [3, 5]]).damaged(1, "of another shape", result="refused"))
add("faulty", "prior-for-other-weights", "a prior for the tokens of other weights",
    lambda: PackedPiece(weights_hash="ff" * 16).damaged(1, "for other weights", result="refused"))


@conformance("faulty", "cut-in-scale", "ends within the third scale of the second clip; two of its scales are kept")
def _():
    piece = Piece(scales=EIGHT).random(1).random(2)
    return piece.damaged(11, "cut short within the block", stream(*piece.blocks[:12])[:-3])


add("faulty", "cut-between-scales", "ends between two scales", lambda: Piece().add(ONE).add(ONE[:1]).damaged(4, "without an end block"))


@conformance("faulty", "cut-in-first-scale", "ends within scale 0, of which nothing can be kept")
def _():
    piece = Piece().add(ONE).add(ONE[:1])
    return piece.damaged(3, "cut short within the block", stream(*piece.blocks)[:-1])


add("faulty", "cut-between-clips", "ends between two clips", lambda: Piece().add(ONE).damaged(3, "without an end block"))


@conformance("faulty", "flipped-bit-in-scale", "one bit of a token is changed")
def _():
    piece = Piece().add(ONE).add(ONE).end()
    data = bytearray(stream(*piece.blocks))
    data[piece.offset(4) + 4] ^= 0x01
    return piece.damaged(4, "checksum", bytes(data))


@conformance("faulty", "missing-scale", "a scale is left out")
def _():
    piece = Piece(scales=EIGHT).random(1).end()
    data = stream(*piece.blocks)
    return piece.damaged(3, "checksum", data[: piece.offset(3)] + data[piece.offset(4) :])


@conformance("faulty", "scale-out-of-order", "scale 2 where scale 1 is expected, with the right checksum")
def _():
    piece = Piece(scales=EIGHT).add([[1]])
    return piece.put(Block(SCALE + 2, bytes(13))).end().damaged(2, "scale 2 where scale 1 was expected")


@conformance("faulty", "scale-twice", "scale 0 where scale 1 is expected")
def _():
    piece = Piece().add(ONE[:1])
    return piece.put(piece.blocks[1]).end().damaged(2, "scale 0 where scale 1 was expected")


add("faulty", "scale-first", "scale 1 where the first clip should begin",
    lambda: Piece().put(Block(SCALE + 1, bytes(6))).end().damaged(1, "scale 1 where scale 0 was expected"))


@conformance("faulty", "scale-beyond-last", "a scale that the header does not have")
def _():
    piece = Piece().add(ONE[:1])
    return piece.put(Block(SCALE + 2, b"")).end().damaged(2, "scale 2 of a pyramid that ends with scale 1")


@conformance("faulty", "scale-after-silence", "a second scale of a silent clip")
def _():
    piece = Piece().silence()
    return piece.put(Block(SCALE + 1, bytes(6))).end().damaged(2, "scale 1 where scale 0 was expected")


add("faulty", "end-in-clip", "an end block between the scales of a clip",
    lambda: Piece().add(ONE[:1]).end().damaged(2, "end block stands where scale 1 was expected"))


@conformance("faulty", "events-in-pyramid", "a critical block that only event streams have")
def _():
    piece = Piece().add(ONE).add(ONE[:1]).put(Block(0x02, b"")).end()
    return piece.damaged(4, "kind 2, which this version does not know", result="refused")


add("faulty", "pyramid-no-header", "begins with a scale",
    lambda: refused(stream(*Piece().add(ONE).end().blocks[1:]), "does not begin with a header", at=9))


@conformance("faulty", "pyramid-second-header", "a header block between two scales")
def _():
    piece = Piece().add(ONE[:1])
    return piece.put(piece.blocks[0]).end().damaged(2, "second header")


@conformance("faulty", "pyramid-packed-second-header", "a packed header block between two scales")
def _():
    piece = Piece().pack_header().add(ONE[:1])
    return piece.put(piece.blocks[0]).end().damaged(2, "second header")


@conformance("faulty", "pyramid-bytes-after-end", "one byte follows the end block")
def _():
    piece = Piece().add(ONE).end()
    return piece.damaged(4, "after the end block", stream(*piece.blocks) + b"\0")


# --- Faulty: header ---------------------------------------------------------------------------------


def bad_header(changes, words, without=()):
    fields = {k: v for k, v in (header_fields()[0] | changes).items() if k not in without}
    return refused(stream(Block(HEADER, flatbuffer(fields)), *Piece().end().blocks[1:]), words, at=9)


def bad_scales(scales, words):
    return bad_header({2: Vector(scales if isinstance(scales, bytes) else packed_scales(scales))}, words)


add("faulty", "pyramid-no-weights-hash", "a header without the hash of the weights", lambda: bad_header({}, "not a header", without=[1]))
add("faulty", "pyramid-sample-rate-0", "a sample rate of 0", lambda: bad_header({8: ("I", 0)}, "sample rate of 0 Hz"))
add("faulty", "pyramid-tag-without-field", "a tag that begins with '='", lambda: bad_header({5: Strings([b"=value"])}, "no field name"))
add("faulty", "no-scales", "a header without scales", lambda: bad_header({}, "0 scales is outside 1 to 32", without=[2]))
add("faulty", "too-many-scales", "33 scales", lambda: bad_scales([[1, 1]] * 33, "33 scales is outside 1 to 32"))
add("faulty", "half-a-scale", "the last scale has rows and no columns", lambda: bad_scales(b"\1\1\2", "list of scales"))
add("faulty", "scales-not-shortest", "a side of a grid in two bytes that needs one", lambda: bad_scales(b"\1\1\x82\0\2", "list of scales"))
add("faulty", "scales-three-bytes", "a side of a grid in three bytes", lambda: bad_scales(b"\1\1\x80\x80\1\2", "list of scales"))
add("faulty", "rows-0", "a grid without rows", lambda: bad_scales([[1, 1], [0, 2]], "scale 1, 0 x 2, has a side"))
add("faulty", "columns-4097", "a grid of 4097 columns", lambda: bad_scales([[1, 4097]], "scale 0, 1 x 4097, has a side"))
add("faulty", "grid-too-large", "a grid of 4096 x 65 tokens",
    lambda: bad_scales([[1, 1], [4096, 65]], "scale 1, 4096 x 65, holds more than 262144 tokens"))
add("faulty", "clip-samples-0", "clips of no length", lambda: bad_header({9: ("I", 0)}, "a clip of 0 samples"))
add("faulty", "clip-samples-above-limit", "clips of 2^24 + 16 samples",
    lambda: bad_header({9: ("I", (1 << 24) + 16)}, "a clip of 16777232 samples"))
add("faulty", "clip-columns-0", "clips of no columns", lambda: bad_header({10: ("H", 0)}, "a clip of 0 columns"))
add("faulty", "clip-columns-above-limit", "clips of 8192 columns", lambda: bad_header({10: ("H", 8192)}, "a clip of 8192 columns"))
add("faulty", "clip-columns-uneven", "clips whose samples cannot be divided into their columns",
    lambda: bad_header({10: ("H", 17)}, "cannot be divided into 17 columns"))
add("faulty", "codebook-1", "a codebook of one entry", lambda: bad_header({11: ("I", 1)}, "a codebook of 1 entries"))
add("faulty", "codebook-65537", "a codebook of 65537 entries", lambda: bad_header({11: ("I", 65537)}, "a codebook of 65537 entries"))
add("faulty", "full-scale-above-limit", "a full scale at 100.1 dB",
    lambda: bad_header({12: ("h", 1001)}, "a full scale at 1001 tenths of a dB"))
add("faulty", "full-scale-below-limit", "a full scale at -3276.8 dB",
    lambda: bad_header({12: ("h", -32768)}, "a full scale at -32768 tenths of a dB"))
add("faulty", "label-one-byte", "a label of one byte", lambda: bad_header({6: Vector(b"\x3c")}, "label is shorter than 2 bytes"))
add("faulty", "label-pitch-128", "a pitch that is no MIDI number", lambda: bad_header({6: Vector(b"\x80\x40flute")}, "a pitch of 128"))
add("faulty", "label-velocity-128", "a velocity that is no MIDI number",
    lambda: bad_header({6: Vector(b"\x3c\x80flute")}, "a velocity of 128"))
add("faulty", "family-too-long", "a family of 65 bytes",
    lambda: bad_header({6: Vector(b"\x3c\x40" + b"f" * 65)}, "family of the label is longer"))
add("faulty", "family-not-utf-8", "a family in Latin-1",
    lambda: bad_header({6: Vector(b"\x3c\x40Fl\xf6te")}, "family of the label is not well-formed"))
add("faulty", "family-control-character", "a family with an escape character",
    lambda: bad_header({6: Vector(b"\x3c\x40\x1b[31mflute")}, "family of the label has a control character"))


@conformance("faulty", "label-beyond-end", "the length of the label reaches beyond the content")
def _():
    content = flatbuffer(header_fields()[0] | {6: Vector(b"\x3c\x40flute")})
    at = content.index(b"\x3c\x40flute") - 4
    return refused(stream(Block(HEADER, content[:at] + b"\0\1\0\0" + content[at + 4 :])), "not a header", at=9)


# --- Faulty: packed header --------------------------------------------------------------------------


def bad_packed_header(content, words):
    return refused(stream(Block(PACKED_HEADER, content), *Piece().end().blocks[1:]), words, at=9)


HASH_AND_SCALES = packed_bytes(1, HASH) + packed_bytes(2, b"\1\1\2\2")

for name, about, content, words in (
    ("short-above", "a full scale of 2^15, which is no short", HASH_AND_SCALES + packed_number(12, 2 * 2**15), "its content is not a header"),
    ("short-below", "a full scale of -2^15 - 1, which is no short",
     HASH_AND_SCALES + packed_number(12, 2 * 2**15 + 1), "its content is not a header"),
    ("short-least", "a full scale of -2^15, the least short", HASH_AND_SCALES + packed_number(12, 2 * 2**15 - 1),
     "a full scale at -32768 tenths of a dB"),
    ("short-most", "a full scale of 2^15 - 1, the greatest short", HASH_AND_SCALES + packed_number(12, 2 * (2**15 - 1)),
     "a full scale at 32767 tenths of a dB"),
    ("seed-2-64", "a seed of 2^64", HASH_AND_SCALES + packed_number(7, 2**64), "its content is not a header"),
    ("columns-65552", "clips of 2^16 + 16 columns, which are no ushort", HASH_AND_SCALES + packed_number(10, 65552),
     "its content is not a header"),
    ("scales-twice", "scales twice", HASH_AND_SCALES + packed_bytes(2, b"\4\4"), "its content is not a header"),
    ("scales-as-number", "a number for scales", packed_bytes(1, HASH) + packed_number(2, 1), "its content is not a header"),
    ("label-as-number", "a number for a label", HASH_AND_SCALES + packed_number(6, 60), "its content is not a header"),
    ("no-weights-hash", "a packed header without the hash of the weights", HASH_AND_SCALES[18:], "its content is not a header"),
    ("label-one-byte", "a label of one byte in a packed header", HASH_AND_SCALES + packed_bytes(6, b"\x3c"), "label is shorter than 2 bytes"),
    ("no-scales", "a packed header without scales", packed_bytes(1, HASH), "0 scales is outside 1 to 32"),
):  # fmt: skip
    add("faulty", "pyramid-packed-header-" + name, about, partial(bad_packed_header, content, words))


# --- Faulty: clips ----------------------------------------------------------------------------------


def bad_scale(scale, content, words, **header):
    """A sound clip and scale 0 of another where that is asked for, then a scale that is not sound."""
    piece = Piece(**header).random(1)
    if scale:
        piece.add([[0]])
    at = len(piece.blocks)
    return piece.put(Block(SCALE + scale, content)).end().damaged(at, words)


NO_HEAD = "does not begin with the columns and the level"


add("faulty", "scale-empty", "scale 0 without content", lambda: bad_scale(0, b"", NO_HEAD))
add("faulty", "no-level", "scale 0 that ends after the number of columns", lambda: bad_scale(0, b"\x10", NO_HEAD))
add("faulty", "columns-not-shortest", "a number of columns in two bytes that needs one",
    lambda: bad_scale(0, b"\x90\x00\xa0\x01\x00", NO_HEAD))
add("faulty", "columns-0", "a clip of no columns", lambda: bad_scale(0, b"\x00\xa0\x01\x00", "a clip of 0 columns is outside 1 to 16"))
add("faulty", "columns-above-clip", "a clip of 17 columns where a whole one has 16",
    lambda: bad_scale(0, b"\x11\xa0\x01\x00", "a clip of 17 columns is outside 1 to 16"))


@conformance("faulty", "clip-after-short", "a clip after one that is not whole")
def _():
    piece = Piece().random(1).random(2, 15)
    return piece.put(Block(SCALE, b"\x10\xa0\x01\x00")).end().damaged(5, "a clip follows one of 15 columns")


add("faulty", "silence-with-tokens", "tokens in a silent clip",
    lambda: bad_scale(0, b"\x10\x00\x00\x00", "more after a silent clip: 2 bytes"))
add("faulty", "tokens-cut", "a scale with one byte less than its tokens take",
    lambda: bad_scale(1, bytes(5), "has 5 bytes for tokens that take 6"))
add("faulty", "tokens-missing", "scale 0 without its token, in a clip that is not silent",
    lambda: bad_scale(0, b"\x10\xa0", "has 0 bytes for tokens that take 2"))
add("faulty", "byte-after-tokens", "a scale with one byte more than its tokens take",
    lambda: bad_scale(1, bytes(7), "more after its tokens: 1 byte"))
add("faulty", "bits-after-tokens", "a bit that no token takes is 1",
    lambda: bad_scale(1, bytes(5) + b"\x10", "unused bits after its tokens are not 0"))
add("faulty", "last-bit-after-tokens", "the highest bit that no token takes is 1",
    lambda: bad_scale(1, bytes(5) + b"\x80", "unused bits after its tokens are not 0"))


@conformance("faulty", "token-outside-codebook", "a token that is the size of the codebook")
def _():
    content = packed_tokens([0, 299, 300, 0], 300)
    return bad_scale(1, content, "token 2 is 300, outside the codebook of 300", codebook_size=300)


@conformance("faulty", "token-65535", "token 65535 in a codebook of 65535")
def _():
    content = packed_tokens([0, 0, 0, 65535], 65535)
    return bad_scale(1, content, "token 3 is 65535, outside the codebook of 65535", codebook_size=65535)


# --- Faulty: end ------------------------------------------------------------------------------------


def bad_end(words, **end):
    piece = Piece().add(ONE).random(1, 4).end(**end)
    return piece.damaged(5, words)


NO_TOTALS = "not three whole numbers"


add("faulty", "end-empty", "an end block without content", lambda: bad_end(NO_TOTALS, content=b""))
add("faulty", "end-cut", "an end block that ends within its last number",
    lambda: bad_end(NO_TOTALS, content=varint(2) + varint(70000) + b"\x80\x80"))
add("faulty", "end-not-shortest", "a length in four bytes that needs three",
    lambda: bad_end(NO_TOTALS, content=varint(2) + b"\xf0\xa2\x84\x00" + varint(70000)))
add("faulty", "end-nine-bytes", "a length in nine bytes", lambda: bad_end(NO_TOTALS, content=varint(2) + varint(70000) + varint(2**56)))
add("faulty", "byte-after-totals", "a byte after the totals",
    lambda: bad_end("more after its totals: 1 byte", content=varint(2) + varint(70000) * 2 + b"\0"))
add("faulty", "clips-differ", "the end block counts one clip more than there are",
    lambda: bad_end("counts 3 clips where there are 2", clips=3))
add("faulty", "length-beyond-clips", "a length of one sample more than the clips cover",
    lambda: bad_end("81921 samples does not end in the last clip", length=81921))
add("faulty", "length-before-last-clip", "a length that needs no sample of the last clip",
    lambda: bad_end("65536 samples does not end in the last clip", length=65536))
add("faulty", "length-without-clips", "a length where there are no clips",
    lambda: Piece().end(1).damaged(1, "a length of 1 samples is stated where there are no clips"))
add("faulty", "original-length-above-limit", "an original length of 2^53", lambda: bad_end("a length is above", original_length=2**53))
