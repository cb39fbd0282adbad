"""The mars codec on many short files, such as single notes: one run of the program over all of them, what each scale
of its tokens adds, and how many of its codes are used."""

import json
import math
from collections import Counter
from typing import NamedTuple

import measure
from measure import MARS

RATE_HZ = 16000


class Scale(NamedTuple):
    """One scale of the pyramids of all notes together."""
    grid: str
    tokens: int
    bits: int                 # framing included
    codes: Counter            # how often each occurs
    distances_db: dict        # by note, of the sound decoded from this scale and those before it


def fresh(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def share(usage, part):
    """That of one file in a run over many; the memory is that of the run."""
    return measure.Usage(usage.wall_s * part, usage.cpu_s * part, usage.peak_mib)


def measure_together(notes, codec, folder):
    """Rows of all notes through one of ictus' codecs. Times are those of a single run, shared out by length."""
    coded, sound = fresh(folder / f"{codec.name}-coded"), fresh(folder / f"{codec.name}-sound")
    encoding = measure.run(measure.on_one_core(codec.encode_many(notes, coded)))
    streams = [coded / (note.stem + codec.ending) for note in notes]
    decoding = measure.run(measure.on_one_core(codec.decode_many(streams, sound)))
    seconds = [measure.duration_s(note) for note in notes]
    return [measure.row_of(note, codec, stream, sound / f"{note.stem}.wav", share(encoding, s / sum(seconds)),
                           share(decoding, s / sum(seconds)), RATE_HZ)
            for note, stream, s in zip(notes, streams, seconds)]


def json_lines(words):
    return [json.loads(line) for line in measure.output_of(words).splitlines() if line.strip()]


def scales_of(notes, folder, say=lambda text: None):
    """What was encoded by measure_together(), scale by scale; and the size of the codebook."""
    streams = [folder / f"{MARS.name}-coded" / (note.stem + MARS.ending) for note in notes]
    facts = json_lines([measure.ICTUS, "info", "--json", *streams])
    codebook = facts[0]["codebook_size"]
    codes = [Counter() for _ in facts[0]["scales"]]
    for stream in streams:
        for line in json_lines([measure.ICTUS, "dump", "--format", "json", stream]):
            if line["scale"] is not None:       # else a silent clip
                codes[line["scale"]].update(line["tokens"])
    scales = []
    for k, one in enumerate(facts[0]["scales"]):
        sound = fresh(folder / f"scales-{k + 1}")
        measure.run(measure.on_one_core(MARS.decode_many(streams, sound, "--scales", k + 1)))
        distances = {note.stem: measure.distances_db(note, sound / f"{note.stem}.wav", RATE_HZ)[0] for note in notes}
        scales.append(Scale(f"{one['rows']} x {one['columns']}", sum(f["scales"][k]["tokens"] for f in facts),
                            sum(f["scales"][k]["bits"] for f in facts), codes[k], distances))
        say(f"{k + 1} scales: {sum(distances.values()) / len(distances):.2f} dB")
    return scales, codebook


def entropy_bits(codes):
    """Of one token, as often as each occurs."""
    total = sum(codes.values())
    return -sum(n / total * math.log2(n / total) for n in codes.values()) if total else 0.0


def model(streams):
    """The name and weights that the first stream was encoded with."""
    facts = json_lines([measure.ICTUS, "info", "--json", streams[0]])[0]
    return facts["model_id"], facts["weights_hash"]
