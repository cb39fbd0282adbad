"""Token pyramids put together by hand, as formats/SPEC.md has them."""

import math
import random
import sys

from support import ROOT

sys.path.append(str(ROOT / "tests/conformance"))
import blocks as wire  # noqa: E402
from blocks import Strings, Vector, flatbuffer, varint  # noqa: E402

SIGNATURE = b"\x89MRS\r\n\x1a\n\x01"
HEADER, END, FIRST_SCALE = 1, 3, 0x20
SKIPPABLE = 0x80

RATE_HZ = 16000
CLIP_SAMPLES = 65536
CLIP_COLUMNS = 16
CODEBOOK_SIZE = 2048
SCALES = ((1, 1), (2, 2), (3, 4), (8, 16))
SILENCE = 0


def header(scales=SCALES, codebook_size=CODEBOOK_SIZE, tags=(), label=None, seed=None, weights_hash=bytes(16),
           full_scale_db=None):
    fields = {
        0: b"mars-1",
        1: ("16s", weights_hash),
        2: Vector(b"".join(varint(side) for grid in scales for side in grid)),
        3: ("I", 44100),
        4: ("H", 2),
        11: ("I", codebook_size),
    }
    if tags:
        fields[5] = Strings(f"{field}={value}".encode() for field, value in tags)
    if label:
        family, pitch, velocity = label
        fields[6] = Vector(bytes([pitch, velocity]) + family.encode())
    if seed is not None:
        fields[7] = ("Q", seed)
    if full_scale_db is not None:
        fields[12] = ("h", round(10 * full_scale_db))
    return HEADER, flatbuffer(fields)


def packed(tokens, codebook_size=CODEBOOK_SIZE):
    """Each token in as many bits as the codebook needs, lowest first."""
    bits = (codebook_size - 1).bit_length()
    whole = sum(token << (i * bits) for i, token in enumerate(tokens))
    return whole.to_bytes((len(tokens) * bits + 7) // 8, "little")


def grid(scale, columns=CLIP_COLUMNS, scales=SCALES):
    rows, whole = scales[scale]
    return rows, math.ceil(whole * columns / CLIP_COLUMNS)


def clip(tokens, columns=CLIP_COLUMNS, spectral_level_db=-12.5):
    """The blocks of a clip; `tokens` has a list for each scale."""
    head = varint(columns) + bytes([round(2 * (spectral_level_db + 100))])
    return [(FIRST_SCALE + k, (head if k == 0 else b"") + packed(scale)) for k, scale in enumerate(tokens)]


def silent_clip(columns=CLIP_COLUMNS):
    return [(FIRST_SCALE, varint(columns) + bytes([SILENCE]))]


def end(clips, length_samples, original_length_samples=400_000):
    return END, varint(clips) + varint(length_samples) + varint(original_length_samples)


def stream(*blocks):
    """Of (kind, content) each."""
    return wire.stream(SIGNATURE, [wire.Block(kind, content) for kind, content in blocks])


def some_tokens(columns=CLIP_COLUMNS, seed=1, scales=SCALES):
    dice = random.Random(seed)
    return [[dice.randrange(CODEBOOK_SIZE if rows < 8 else 50) for _ in range(rows * width)]
            for rows, width in (grid(k, columns, scales) for k in range(len(scales)))]


# A whole clip, a silent one and a short one, all known.
TOKENS = [some_tokens(), [], some_tokens(5, seed=2)]
LENGTH = 2 * CLIP_SAMPLES + 18_000
BLOCKS = [header(tags=[("TITLE", "A test")]), *clip(TOKENS[0]), *silent_clip(), *clip(TOKENS[2], columns=5, spectral_level_db=-60),
          end(3, LENGTH)]
EXAMPLE = stream(*BLOCKS)
GENERATED = stream(header(label=("flute", 60, 100), seed=2**64 - 1), *BLOCKS[1:])


def long_pyramid(seconds):
    clips = math.ceil(seconds * RATE_HZ / CLIP_SAMPLES)
    return stream(BLOCKS[0], *(clip(TOKENS[0]) * clips), end(clips, clips * CLIP_SAMPLES))
