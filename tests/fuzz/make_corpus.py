#!/usr/bin/python3
"""Makes corpus/safetensors, corpus/sound_header, corpus/score, and what spreadsheets make of lists in corpus/event_list: small files
from which the fuzzers start."""

import codecs
import csv
import io
import json
import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
FOLDER = CORPUS / "safetensors"
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


def little(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def big(name, body):
    return name + struct.pack(">I", len(body)) + body + b"\0" * (len(body) % 2)


SOUNDS = FOLDER.parent / "sound_header"
SAMPLES = bytes(range(24))
FMT = little(b"fmt ", struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16))
GUID = bytes.fromhex("000000001000800000aa00389b71")
EXTENSIBLE = little(b"fmt ", struct.pack("<HHIIHHHHIH", 0xFFFE, 6, 48000, 576000, 12, 16, 22, 16, 0x3F, 1) + GUID)
INFO = little(b"LIST", b"INFO" + little(b"INAM", b"Title\0") + little(b"ICMT", b"odd"))
DATA = little(b"data", SAMPLES)
DS64 = little(b"ds64", struct.pack("<QQQI4sQ", 200, 24, 12, 1, b"axml", 4))
RATE = bytes.fromhex("400eac44000000000000")
COMM = struct.pack(">hIh", 1, 12, 16) + RATE
SSND = big(b"SSND", bytes(8) + SAMPLES)
W64 = bytes.fromhex("f3acd3118cd100c04f8edb8a")


def w64(name, body):
    return name + W64 + struct.pack("<Q", len(body) + 24) + body + b"\0" * (-len(body) % 8)


def caf(name, body):
    return name + struct.pack(">q", len(body)) + body


for name, content in {
    "plain.wav": little(b"RIFF", b"WAVE" + FMT + DATA + INFO),
    "unpadded.wav": little(b"RIFF", b"WAVE" + little(b"abcd", b"odd")[:-1] + FMT + INFO + DATA),
    "extensible.wav": little(b"RIFF", b"WAVE" + EXTENSIBLE + DATA),
    "coded.wav": little(b"RIFF", b"WAVE" + FMT.replace(b"\1\0", b"\2\0", 1) + little(b"fact", bytes(4)) + DATA),
    "rifx.wav": big(b"RIFX", b"WAVE" + big(b"fmt ", struct.pack(">HHIIHH", 1, 1, 44100, 88200, 2, 16)) + big(b"data", SAMPLES)),
    "bw64.wav": b"BW64\xff\xff\xff\xffWAVE" + DS64 + FMT + b"axml\xff\xff\xff\xff<a/>data\xff\xff\xff\xff" + SAMPLES,
    "plain.aiff": big(b"FORM", b"AIFF" + big(b"COMM", COMM) + big(b"NAME", b"Title") + SSND),
    "late.aiff": big(b"FORM", b"AIFF" + SSND + big(b"COMM", COMM)),
    "coded.aifc": big(b"FORM", b"AIFC" + big(b"COMM", COMM + b"sowt\0\0") + big(b"CHAN", struct.pack(">III", 1 << 16, 4, 0)) + SSND),
    "plain.w64": b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000") + struct.pack("<Q", 152) + b"wave" + W64
    + w64(b"fmt ", FMT[8:]) + w64(b"data", SAMPLES),
    "plain.au": struct.pack(">4sIIIII", b".snd", 32, 24, 3, 44100, 1) + b"a note\0\0" + SAMPLES,
    "plain.caf": b"caff\0\1\0\0" + caf(b"desc", struct.pack(">d4sIIIII", 44100.0, b"lpcm", 0, 2, 1, 1, 16))
    + caf(b"info", struct.pack(">I", 1) + b"title\0Title\0") + caf(b"data", bytes(4) + SAMPLES),
    "entries.info": little(b"INAM", b"abc\0") + little(b"IART", b"Saint-Sa\xebns\0") + little(b"ISFT", b"x"),
}.items():
    SOUNDS.mkdir(exist_ok=True)
    (SOUNDS / name).write_bytes(content)


COMMENTS = ['# model_id: "events-3"', '# weights_hash: "3de61592c154277261c910f16850c523"', "# sample_rate_hz: 22050",
            '# tags: ["TITLE=A, B"]', "# samples: 33075"]
TABLE = [["onset_s", "gain_db", "vector", "note"], ["0.5", "-12.5", "piano.evs#12", "A4"], ["1.25", "", "a#b#7", ""],
         ["1.5e+00", "-3", "c#0", "C#4"]]


def write_list(name, rows, separator=",", end="\r\n", encoding="utf-8", mark=b""):
    """As a spreadsheet saves it: lines filled up, quotation marks where they are needed."""
    width = max(map(len, rows))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(row + [""] * (width - len(row)) for row in rows)
    (CORPUS / "event_list" / name).write_bytes(mark + text.getvalue().encode(encoding))


def with_commas(rows):
    """Decimal commas below the names."""
    return rows[:1] + [[cell.replace(".", ",") if i < 2 else cell for i, cell in enumerate(row)] for row in rows[1:]]


def in_cells(separator):
    """The comments, cut at the separator."""
    return [line.split(separator) for line in COMMENTS]


write_list("sheet-commas.csv", in_cells(",") + TABLE, mark=codecs.BOM_UTF8)
write_list("sheet-semicolons.csv", [["sep=;"]] + in_cells(",") + with_commas(TABLE), ";")
write_list("sheet-quoted-commas.csv", in_cells("\t") + with_commas(TABLE), ",", "\n")
write_list("sheet-utf-16-le.txt", in_cells("\t") + with_commas(TABLE), "\t", "\r\n", "utf-16-le", codecs.BOM_UTF16_LE)
write_list("sheet-utf-16-be.txt", in_cells("\t") + TABLE, "\t", "\r", "utf-16-be", codecs.BOM_UTF16_BE)
write_list("sheet-no-mark.txt", TABLE, "\t", "\n", "utf-16-le")
write_list("sheet-index.csv", [["", *TABLE[0]]] + [[str(i), *row] for i, row in enumerate(TABLE[1:])], end="\n")
write_list("sheet-empty-columns.csv", [["", *row, ""] for row in in_cells(",") + TABLE + [[""]]], ",", "\r")
write_list("sheet-thousands.csv", [TABLE[0], ["1.234,5", "\u22123,25", "a#1"], ["2\u00a0500,25", "1,5E-05", "a#1"],
                                   ["3'000", "-0,125", "two\r\nlines#1"]], ";")
write_list("sheet-spoilt.csv", [TABLE[0], ["########", "01. Feb", "a#1"], ["00:01.5", "'-5", "b#2"]])
write_list("sheet-latin-1.csv", [['# tags: ["TITLE=F\u00fcr"]'], *TABLE], ";", "\r\n", "cp1252")


def chunk(name, body):
    return name + struct.pack(">I", len(body)) + body


def score(name, *tracks, kind=1, division=96):
    body = chunk(b"MThd", struct.pack(">HHH", kind, len(tracks), division)) + b"".join(chunk(b"MTrk", track) for track in tracks)
    (CORPUS / "score" / name).write_bytes(body)


END = b"\x00\xff\x2f\x00"
score("tempo.mid", b"\x00\xff\x03\x04tune\x60\xff\x51\x03\x03\xd0\x90" + END,
      b"\x60\x90\x3c\x40\x60\x3c\x00\x81\x00\x91\x3e\x40\x60\x81\x3e\x00" + END)
score("controls.mid", b"\x00\xb0\x65\x00\x00\x64\x00\x00\x06\x0c\x00\x26\x32\x00\xe0\x00\x60\x00\xb0\x07\x50\x00\x0b\x40\x00\x0a\x00"
      b"\x00\x40\x7f\x00\xc0\x28\x00\x90\x3c\x40\x30\x80\x3c\x00\x30\xe0\x00\x40\x30\xb0\x40\x00\x00\x79\x00\x00\x7b\x00" + END,
      kind=0, division=0xE728)
score("drums.mid", b"\x00\xf0\x02\x41\xf7\x00\xff\x01\x02hi\x00\x99\x24\x40\x30\x2a\x40\x30\xd9\x10\x00\xa9\x24\x40" + END, kind=0)
