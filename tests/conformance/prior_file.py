"""A small token prior, for pyramids of three scales and a codebook of 20; see formats/SPEC.md, section 28."""

import json
import random
import struct

from blocks import HASH

SCALES = [[1, 1], [2, 2], [3, 4]]
CODEBOOK = 20
CODE_SIZE, HIDDEN = 3, 5
# The first bytes of XXH3-128 of the file, as `xxhsum -H2` has them.
ID = bytes.fromhex("95dfc109")

CONFIG = {
    "id": "small-prior", "tokenizer_hash": HASH.hex(), "clip_samples": 65536, "clip_columns": 16,
    "codebook_size": CODEBOOK, "scales": SCALES, "code_size": CODE_SIZE, "hidden": HIDDEN,
}  # fmt: skip


def prior_file():
    """Its bytes: halves of all sizes, some of them so large that they are limited, or exactly between two whole numbers."""
    chance = random.Random(28)
    shapes = {
        "codes": (CODEBOOK, CODE_SIZE), "columns": (7, HIDDEN), "first.weight": (HIDDEN, 17 * CODE_SIZE),
        "last.bias": (CODEBOOK,), "last.weight": (CODEBOOK, HIDDEN), "rows": (6, HIDDEN), "second.bias": (HIDDEN,),
        "second.weight": (HIDDEN, HIDDEN),
    }  # fmt: skip
    header, data = {"__metadata__": {"config": json.dumps(CONFIG, separators=(",", ":")), "format": "ictus-prior"}}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        numbers = [chance.gauss(0, 1.2 if name != "first.weight" else 0.4) for _ in range(count)]
        numbers[:3] = {"codes": [40.0, -40.0, 0.5 / 64], "second.weight": [9.0, 0.5 / 4096, -0.5 / 4096]}.get(name, numbers[:3])
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [len(data), len(data) + 2 * count]}
        data += struct.pack(f"<{count}e", *numbers)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
