"""What script/bench-generator measures: notes made for labels, their pitch as heard by aubio, scores and times."""

import itertools
import json
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

import measure
import tables
from measure import ICTUS, ROOT

sys.path.append(str(ROOT / "tests/conformance"))
import blocks as wire  # noqa: E402
import read_blocks  # noqa: E402
from token_pyramid_files import SCALE, SIGNATURE, packed_tokens  # noqa: E402

RATE_HZ = 16000
LABEL = re.compile(r"(.+)_[^_]+_(?:\d+-){1,2}(\d{3})-(\d{3})(?:-\d+)?$")
# Which end of each metric is good. NDB/k, PIS and so on are described in `ictus help evaluate`.
HIGHER_IS_BETTER = {"Density", "Coverage", "PIS", "IIS"}
METRICS = ["NDB/k", "Density", "Coverage", "PIS", "IIS", "PKID", "IKID", "Frechet distance", "MSE", "MAE"]
CENTS = 50
AS_REAL, BETTER, BETWEEN, NOT_TOLD = "as real notes", "better than real notes", "between the bounds", "not told from the lower bound"


def ictus(*words):
    return [ICTUS, *[str(word) for word in words]]


def pitch_in_name(path):
    """The MIDI number in a note's name, or None."""
    found = LABEL.fullmatch(path.stem)
    return int(found[2]) if found else None


def label_order(path):
    found = LABEL.fullmatch(path.stem)
    return found[1], int(found[2])


def halves(notes, seed=1):
    """Two disjoint halves with as many notes of each label, as nearly as can be; which note falls into which is by chance."""
    dice = random.Random(seed)
    drawn = sorted(notes)
    dice.shuffle(drawn)
    drawn.sort(key=label_order)     # keeps the order by chance among equals
    pairs, single = [], []          # of one label; what is left over, in the order of labels
    for _, same in itertools.groupby(drawn, key=label_order):
        same = list(same)
        pairs += zip(same[::2], same[1::2])
        single += same[len(same) // 2 * 2:]
    pairs += itertools.zip_longest(single[::2], single[1::2])
    pairs = [pair if dice.random() < 0.5 else pair[::-1] for pair in pairs]
    return tuple([pair[side] for pair in pairs if pair[side]] for side in (0, 1))


def linked(notes, folder):
    """A folder with these notes alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for note in notes:
        os.symlink(note.resolve(), folder / note.name)
    return folder


# --- Sets of notes ---------------------------------------------------------------------------------------

resume = False  # keep sets of notes that an earlier run has made


def is_there(folder):
    """Whether the set is kept; otherwise the folder is emptied."""
    if resume and folder.is_dir() and any(folder.iterdir()):
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def make(folder, *words):
    """Notes made by `ictus generate`."""
    if not is_there(folder):
        measure.run(ictus("generate", "-q", *words, "-o", f"{folder}/"))


def decoded(pyramids, folder):
    if is_there(folder):
        return
    folder.mkdir(parents=True)
    measure.run(ictus("decode", "-q", *pyramids, "-o", f"{folder}/"))


def reconstructed(notes, work):
    """The notes through the tokenizer alone: no generator of its tokens can do better."""
    coded = work / "reconstructed-tokens"
    if not is_there(coded):
        coded.mkdir(parents=True)
        measure.run(ictus("encode", "-q", "--codec", "mars", *notes, "-o", f"{coded}/"))
    decoded(sorted(coded.glob("*.mars")), work / "reconstructed")


class Blocks(read_blocks.BlockReader):
    """The blocks of a token pyramid as they stand in the file."""

    def raw(self):
        self.take(9)  # signature and version
        blocks = []
        while self.at < len(self.data):
            self.block()
            blocks.append(self.data[self.offset : self.at])
            self.number += 1
        return blocks


class Moved:
    """A block of a file, to stand elsewhere: its checksum counts where."""

    def __init__(self, raw):
        self.raw = raw

    def bytes(self, number):
        return self.raw[:-4] + wire.xxh32(self.raw[:-4], number).to_bytes(4, "little")


class Pyramid(NamedTuple):
    """A token pyramid of one clip; its scales as blocks of tokens that no prior has packed."""
    header: Moved
    scales: list
    end: Moved


def read_pyramid(path):
    raw = Blocks(path.read_bytes()).raw()
    first = next(block for block in raw[1:] if block[0] & 0x3F in (0x13, SCALE))
    lines = [json.loads(line) for line in measure.output_of(ictus("dump", "--format", "json", path)).splitlines()]
    codebook = json.loads(measure.output_of(ictus("info", "--json", path)))["codebook_size"]
    scales = []
    for line in lines:
        head = first[2 if first[1] < 0x80 else 3:][:2] if line["scale"] == 0 else b""   # columns and level
        scales.append(wire.Block(SCALE + line["scale"], head + packed_tokens(line["tokens"], codebook)))
    return Pyramid(Moved(raw[0]), scales, Moved(raw[-1]))


def shuffled(pyramids, folder, keep_scales):
    """Pyramids whose fine scales were written for another note's label: header, coarse scales and end of one, the
    scales between them of another, in turn; where both are of one clip and no scale is left out they fit."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = sorted(pyramids)
    read = [read_pyramid(path) for path in files]
    step = max(1, len(files) // 2 - 1)
    for i, path in enumerate(files):
        own, other = read[i], read[(i + step) % len(files)]
        blocks = [own.header, *own.scales[:keep_scales], *other.scales[keep_scales:], own.end]
        (folder / path.name).write_bytes(wire.stream(SIGNATURE, blocks))
    return sorted(folder.glob("*.mars"))


# --- Scores ----------------------------------------------------------------------------------------------


class Scores(NamedTuple):
    metrics: dict    # by name: (value, low, high) or None
    family: float    # share of the notes on which the family judge agrees with the label
    pitch: float
    real_family: float
    real_pitch: float
    parameters: dict


def evaluate(reference, generated, *words):
    found = json.loads(measure.output_of(ictus("evaluate", "--reference", reference, "--generated", generated, "--json", "-q",
                                               *words)))
    metrics = {}
    for key, metric in found["metrics"].items():
        name = metric.get("name", key)
        metrics[name] = None if metric["value"] is None else (metric["value"], metric["low"], metric["high"])
    agreement = found["agreement"]
    share = lambda judge, side: agreement[judge][side]["share"]  # noqa: E731
    return Scores(metrics, share("family", "generated"), share("pitch", "generated"), share("family", "reference"),
                  share("pitch", "reference"),
                  {m.get("name", k): m.get("parameters") for k, m in found["metrics"].items()})


def better(name, one, other):
    return one > other if name in HIGHER_IS_BETTER else one < other


def ends(name, metric):
    """The worse and the better end of its interval, so that more is better."""
    _, low, high = metric
    return (low, high) if name in HIGHER_IS_BETTER else (-high, -low)


def place(name, metric, upper, lower):
    """Where a set lies beside real notes and the lower bound, as far as their intervals tell; None where one is missing."""
    if not (metric and upper and lower):
        return None
    (worst, best), (upper_worst, upper_best), (_, lower_best) = (ends(name, each) for each in (metric, upper, lower))
    if worst > upper_best:
        return BETTER
    if best >= upper_worst:
        return AS_REAL
    return BETWEEN if worst > lower_best else NOT_TOLD


def reaches(name, metric, other):
    """Whether the set is within the other's interval or better, as far as intervals tell; None where one is missing."""
    return ends(name, metric)[1] >= ends(name, other)[0] if metric and other else None


# --- Pitch -----------------------------------------------------------------------------------------------


class Heard(NamedTuple):
    right: int
    octave: int  # right but for octaves
    wrong: int
    silent: int  # nothing heard

    @property
    def total(self):
        return sum(self)

    @property
    def share(self):
        return self.right / max(self.total, 1)


def heard_pitch(path):
    """The median of the pitches, as MIDI numbers, that aubio hears in the note; None without any."""
    lines = measure.output_of(["aubiopitch", "-i", path, "-p", "yinfast", "-u", "midi", "-B", "2048", "-H", "512", "-s", "-60"])
    pitches = [float(line.split()[1]) for line in lines.splitlines() if len(line.split()) == 2]
    pitches = [pitch for pitch in pitches if pitch > 10]
    return statistics.median(pitches) if pitches else None


def pitches(notes, asked_of=pitch_in_name):
    counts = [0, 0, 0, 0]
    for note in notes:
        pitch = heard_pitch(note)
        if pitch is None:
            counts[3] += 1
            continue
        off = pitch - asked_of(note)
        if abs(off) <= CENTS / 100:
            counts[0] += 1
        else:
            counts[1 if abs(off - 12 * round(off / 12)) <= CENTS / 100 else 2] += 1
    return Heard(*counts)


# --- Times -----------------------------------------------------------------------------------------------


class Speed(NamedTuple):
    note_s: float    # a note as sound, after loading, median
    tokens_s: float  # its tokens alone
    start_s: float   # the whole program for one note


def speed(model, work, count=8):
    """On one core."""
    def median(*words):
        shutil.rmtree(work, ignore_errors=True)
        lines = subprocess.run(measure.on_one_core(ictus("generate", "--seed", 1, "-n", count, "--threads", 1, "--json", "--model",
                                                         model, *words, "-o", f"{work}/")),
                               check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        return statistics.median(json.loads(line)["elapsed_s"] for line in lines)

    note_s, tokens_s = median("--format", "wav"), median("--format", "mars")
    starts = []
    for seed in range(5):
        began = time.perf_counter()
        measure.run(measure.on_one_core(ictus("generate", "-q", "-f", "--seed", seed, "--model", model, "-o", work / "one.wav")))
        starts.append(time.perf_counter() - began)
    return Speed(note_s, tokens_s, statistics.median(starts))


# --- Tables ----------------------------------------------------------------------------------------------


def number(value):
    if value is None:
        return "-"
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def cell(metric):
    if metric is None:
        return "-"
    value, low, high = metric
    return number(value) if low is None else f"{number(value)} ({number(low)} .. {number(high)})"


def percent(share):
    return "-" if share is None else f"{100 * share:.0f} %"


def scores_table(rows):
    """`rows`: (what, Scores)."""
    names = [name for name in [*METRICS, "FAD"] if any(scores.metrics.get(name) for _, scores in rows)]
    lines = [[name + (", higher is better" if name in HIGHER_IS_BETTER else ""), *[cell(scores.metrics.get(name)) for _, scores in rows]]
             for name in names]
    lines.append(["family judge agrees", *[percent(scores.family) for _, scores in rows]])
    lines.append(["pitch judge agrees", *[percent(scores.pitch) for _, scores in rows]])
    return tables.markdown(["", *[what for what, _ in rows]], lines)
