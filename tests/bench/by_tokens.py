#!/usr/bin/python3
"""Weights of a generator as a start for the same network that writes token after token.

    tests/bench/by_tokens.py GENERATOR START
    ictus train generator --data NOTES --config tests/bench/by-tokens.json --init START --out BY_TOKENS

Every weight is kept; what shows the network the token before starts at zero. script/bench-generator --baseline takes
what training makes of it.
"""

import json
import struct
import sys
from pathlib import Path


def converted(data):
    size = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8 : 8 + size]), data[8 + size :]
    metadata = header.pop("__metadata__")
    config = json.loads(metadata["config"]) | {"order": "tokens", "id": "mars-by-tokens"}
    metadata |= {"config": json.dumps(config), "steps": "0"}
    tensors = {name: (entry["dtype"], entry["shape"], numbers[slice(*entry["data_offsets"])]) for name, entry in header.items()}
    for name, shape in (("before.weight", [config["width"], config["code_size"]]), ("before.bias", [config["width"]])):
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        tensors[name] = ("F16", shape, bytes(2 * count))
    entries, parts, at = {"__metadata__": metadata}, [], 0
    for name, (dtype, shape, part) in sorted(tensors.items()):
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Path(sys.argv[2]).write_bytes(converted(Path(sys.argv[1]).read_bytes()))
