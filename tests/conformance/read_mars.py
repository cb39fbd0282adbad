#!/usr/bin/python3
"""A second reader of the ictus token pyramid, written from formats/SPEC.md alone.

    read_mars.py FILE    prints what the file holds as JSON

Exit status 0: the file is sound. 1: it is damaged or cannot be read; what came before the damage is
printed all the same.
"""

import pathlib

import read_blocks
import read_packed_tokens
from read_blocks import END, MAX_POSITION, Content, Damaged, Refused

FIRST_SCALE, MAX_SCALES = 0x20, 32
PACKED_SCALE, PRIOR = 0x13, 0x14
# The priors at hand, by the bytes that name them.
PRIORS = {path.suffixes[0][1:]: path for path in pathlib.Path(__file__).resolve().parent.glob("prior.*.safetensors")}
MAX_CLIP_SAMPLES, MAX_CLIP_COLUMNS, MAX_CODEBOOK = 1 << 24, 4096, 1 << 16
MAX_SIDE, MAX_TOKENS = 4096, 262144
MAX_LABEL, MAX_NAME, MAX_MIDI = 66, 64, 127


def require(condition, what):
    if not condition:
        raise Damaged(what)


def scales_of(data):
    content, scales = Content(data), []
    while content.data and len(scales) <= MAX_SCALES:
        scales.append([content.varint(2), content.varint(2)])
    require(1 <= len(scales) <= MAX_SCALES, "bad number of scales")
    for rows, columns in scales:
        require(1 <= rows <= MAX_SIDE and 1 <= columns <= MAX_SIDE, "a side of a grid is out of range")
        require(rows * columns <= MAX_TOKENS, "a grid too large")
    return scales


def label_of(data, instrument):
    if not data:
        return None
    require(2 <= len(data) <= MAX_LABEL, "a label too short or too long")
    require(max(data[:2]) <= MAX_MIDI, "pitch or velocity is out of range")
    family = read_blocks.text_of(data[2:])
    instrument = read_blocks.text_of(instrument)
    require(len(instrument.encode()) <= MAX_NAME, "the name of the instrument is too long")
    require(not read_blocks.has_control_characters(family + instrument), "control characters in a label")
    return {"family": family, "pitch": data[0], "velocity": data[1], "instrument": instrument}


class Reader(read_blocks.BlockReader):
    SIGNATURE = bytes.fromhex("89 4D 52 53 0D 0A 1A 0A")
    PACKED_HEADER = 0x15
    HEADER_TYPES = "string 16s bytes I H strings bytes Q I I H I h string".split()

    def __init__(self, data):
        super().__init__(data)
        self.clips, self.last_samples, self.end_samples = 0, 0, 0
        self.clip = None  # the clip of which some scales have been read
        self.prior = None

    def header(self):
        fields = self.header_fields()
        header = self.head = {
            "model_id": read_blocks.model_id_of(fields.get(0, b"")),
            "weights_hash": read_blocks.required(fields, 1).hex(),
            "scales": scales_of(fields.get(2, b"")),
            "original_sample_rate_hz": fields.get(3, 16000),
            "original_channels": fields.get(4, 1),
            "tags": read_blocks.tags_of(fields.get(5, [])),
            "label": label_of(fields.get(6, b""), fields.get(13, b"")),
            "seed": fields.get(7),
            "sample_rate_hz": fields.get(8, 16000),
            "clip_samples": fields.get(9, 65536),
            "clip_columns": fields.get(10, 16),
            "codebook_size": fields.get(11, 2048),
            "full_scale_centibels": fields.get(12, 223),
        }
        read_blocks.check_sound(header)
        require(1 <= header["clip_samples"] <= MAX_CLIP_SAMPLES, "bad length of a clip")
        require(1 <= header["clip_columns"] <= MAX_CLIP_COLUMNS, "bad number of columns")
        require(header["clip_samples"] % header["clip_columns"] == 0, "columns that are no whole samples")
        require(2 <= header["codebook_size"] <= MAX_CODEBOOK, "bad size of the codebook")
        require(-1000 <= header["full_scale_centibels"] <= 1000, "full scale out of range")
        self.column_samples = header["clip_samples"] // header["clip_columns"]
        return header

    def read_prior(self, content):
        require(not (self.prior or self.clip or self.clips), "a prior where clips have begun")
        require(len(content) == 4, "a prior that is not named")
        if content.hex() not in PRIORS:
            raise Refused("a prior that is not here")
        self.prior = read_packed_tokens.Prior(PRIORS[content.hex()].read_bytes())
        fits = ("scales", "clip_samples", "clip_columns", "codebook_size")
        if any(self.prior.config[key] != self.head[key] for key in fits) or self.prior.config["tokenizer_hash"] != self.head["weights_hash"]:
            raise Refused("a prior for other pyramids")

    def tokens(self, coarser, columns, content, packed):
        scale = len(coarser)
        if packed:
            return read_packed_tokens.tokens_of(self.prior, content, coarser, columns)
        rows, whole_columns = self.head["scales"][scale]
        count = rows * -(-whole_columns * columns // self.head["clip_columns"])
        width = (self.head["codebook_size"] - 1).bit_length()
        require(len(content) == (count * width + 7) // 8, "too few or too many bytes of tokens")
        numbers = []
        for at in range(0, len(content), width):  # eight tokens take `width` bytes
            bits = int.from_bytes(content[at : at + width], "little")
            numbers += [bits >> i * width & (1 << width) - 1 for i in range(8)]
        tokens, rest = numbers[:count], numbers[count:]
        require(max(tokens) < self.head["codebook_size"], "a token outside the codebook")
        require(not any(rest), "bits after the last token")
        return tokens

    def scale(self, scale, data, packed=False):
        """The clip, when this was its last scale."""
        clip, content = self.clip, Content(data)
        require(scale == (len(clip["scales"]) if clip else 0), "a scale out of order")
        require(scale < len(self.head["scales"]), "a scale that the header does not have")
        if scale == 0:
            columns, level = content.varint(2), content.take(1)[0]
            require(1 <= columns <= self.head["clip_columns"], "bad number of columns")
            require(self.last_samples in (0, self.head["clip_samples"]), "a clip after one that is not whole")
            require(self.end_samples + columns * self.column_samples <= MAX_POSITION, "the clip ends too late")
            clip = {"columns": columns, "level_db": level * 0.5 - 100 if level else None, "scales": []}
        if clip["level_db"] is None:
            require(not content.data, "tokens in a silent clip")
        else:
            clip["scales"].append(self.tokens(clip["scales"], clip["columns"], content.data, packed))
        self.clip = clip
        if clip["level_db"] is not None and len(clip["scales"]) < len(self.head["scales"]):
            return None
        self.clip = None
        self.clips += 1
        self.last_samples = clip["columns"] * self.column_samples
        self.end_samples += self.last_samples
        return clip

    def totals(self, data):
        require(self.clip is None, "an end within a clip")
        content = Content(data)
        clips, length, original_length = (content.varint(8) for _ in range(3))
        require(not content.data, "bytes after the totals")
        require(clips == self.clips, "the number of clips differs")
        require(max(length, original_length) <= MAX_POSITION, "a length is above the limit")
        start = self.end_samples - self.last_samples
        require(start < length <= self.end_samples if clips else length == 0, "the length does not fit the clips")
        self.require_end()
        return {"clips": clips, "length_samples": length, "original_length_samples": original_length}


def parts(reader, found):
    try:
        while "totals" not in found:
            kind, content = reader.next_block()
            if kind == END:
                found["totals"] = reader.totals(content)
            elif kind == PRIOR:
                reader.read_prior(content)
            elif kind == PACKED_SCALE:
                require(reader.prior, "packed tokens without a prior")
                clip = reader.scale(len(reader.clip["scales"]) if reader.clip else 0, content, packed=True)
                if clip:
                    found["clips"].append(clip)
            elif FIRST_SCALE <= kind < FIRST_SCALE + MAX_SCALES:
                clip = reader.scale(kind - FIRST_SCALE, content)
                if clip:
                    found["clips"].append(clip)
            else:
                raise Refused("a critical block of an unknown kind")
    finally:
        if reader.clip:
            found["unfinished"] = reader.clip


def read(data):
    """Everything that can be read: header, clips, the scales of one unfinished, totals, and how it went."""
    return read_blocks.read(Reader(data), {"clips": []}, parts)


if __name__ == "__main__":
    read_blocks.main(read)
