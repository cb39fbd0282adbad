#!/usr/bin/python3
"""Makes corpus/safetensors: small sound files from which the fuzzers start."""

import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus" / "safetensors"
SIZES = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8, "I64": 8, "I32": 4, "U8": 1}


def write(name, tensors, metadata=None, padding=0):
    """`tensors` maps a name to (type, shape)."""
    header = {} if metadata is None else {"__metadata__": metadata}
    at = 0
    for tensor, (dtype, shape) in tensors.items():
        size = SIZES[dtype]
        for dimension in shape:
            size *= dimension
        header[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode() + b" " * padding
    data = bytes(i % 251 for i in range(at))
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


write("empty", {})
write("types", {f"t{i}": (dtype, [i + 1]) for i, dtype in enumerate(SIZES)}, padding=5)
write("shapes", {"scalar": ("F32", []), "none": ("F32", [3, 0]), "four": ("U8", [1, 2, 3, 4])})
write("metadata", {"a": ("U8", [2])}, {"config": '{"hop": 256, "name": "é\\n"}', "": ""})
write("layers", {f"block.{i}.{w}": ("F32", [2, 2]) for i in range(3) for w in ("weight", "bias")}, {"format": "pt"})
