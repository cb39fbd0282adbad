"""What each event of a stream gives by itself.

`ictus` says what a stream holds; the writer of the conformance files, which shares no code with the project, writes streams
with some of its events, their numbers as they are; and `ictus` decodes those.
"""

import json
import shutil
import sys
from array import array
from operator import mul
from typing import NamedTuple

import measure
from measure import ICTUS, on_one_core, output_of, run

sys.path.insert(0, str(measure.ROOT / "tests/conformance"))
from event_stream_files import Piece  # noqa: E402

BLOCK_SAMPLES = 65536
LEAD_SAMPLES, AFTER_S = 4096, 0.2       # what of a single event's sound is decoded before its onset and after it has died away
FILES_AT_ONCE = 500                     # on one command line


class Stream(NamedTuple):
    facts: dict         # as `ictus info --json` has them
    events: list        # (onset in samples, gain in dB, 32 numbers)
    durations_s: list   # of each event: until it stays 40 dB below its loudest moment


def facts_of(path):
    return json.loads(output_of([ICTUS, "info", "--json", path]))


def described(path):
    """Each event as `ictus dump` has it, with how it sounds by itself."""
    dump = output_of([ICTUS, "dump", "--describe", "--format", "json", path])
    return [line for line in map(json.loads, dump.splitlines()) if "event" in line]


def read(path):
    facts, lines = facts_of(path), described(path)
    return Stream(facts, [(round(line["onset_s"] * facts["sample_rate_hz"]), line["gain_db"], line["vector"]) for line in lines],
                  [line["duration_s"] for line in lines])


def write(path, facts, events, length_samples=None):
    """A stream of the same model with these events alone, in the order of their onsets; as long as the other, if no length is given."""
    length = facts["samples"] if length_samples is None else length_samples
    names = [[number[key] for key in ("name", "unit", "low", "high", "is_ratio")] for number in facts.get("numbers", []) if number["name"]]
    piece = Piece(precision="float32", model_id=facts["model_id"], weights_hash=facts["weights_hash"], names=names,
                  channels=facts.get("channels", 1), sample_rate_hz=facts["sample_rate_hz"],
                  original_sample_rate_hz=facts["sample_rate_hz"])
    for begin in range(0, length, BLOCK_SAMPLES):
        span = min(BLOCK_SAMPLES, length - begin)
        piece.add([event for event in events if begin <= event[0] < begin + span], span)
    path.write_bytes(piece.end(length).complete()[0])


def write_single(path, stream, number):
    """A stream with this event alone, from shortly before its onset until it has died away, or the other stream ends."""
    onset, gain_db, vector = stream.events[number]
    begin = max(0, onset - LEAD_SAMPLES) // LEAD_SAMPLES * LEAD_SAMPLES     # so that it falls into the decoder's frames as before
    end = onset + int((stream.durations_s[number] + AFTER_S) * stream.facts["sample_rate_hz"])
    write(path, stream.facts, [(onset - begin, gain_db, vector)], min(end, stream.facts["samples"]) - begin)


def decode_many(streams, folder, *words):
    """Decodes them into the folder, in few runs of the program."""
    for first in range(0, len(streams), FILES_AT_ONCE):
        run(on_one_core(measure.Ictus().decode_many(streams[first:first + FILES_AT_ONCE], folder, *words)))


def energy_of(path):
    """The sum of the squares of 32-bit floats without a header."""
    samples = array("f")
    samples.frombytes(path.read_bytes())
    return sum(map(mul, samples, samples))


def energies(stream, folder):
    """That of each event: of what is decoded from it alone. `folder` is emptied, and removed at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = [folder / f"{k}.evs" for k in range(len(stream.events))]
    for k, path in enumerate(paths):
        write_single(path, stream, k)
    decode_many(paths, folder, "--raw", "--samples", "float32")
    found = [energy_of(path.with_suffix(".raw")) for path in paths]
    shutil.rmtree(folder)
    return found
