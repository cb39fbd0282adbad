"""Scores played by a recorded piano: when notes begin and how high they are, in the list and in sound; an hour of it; bad scores."""

import math
import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import detectors
import measure
import scores
import tables
import transposing
from measure import ICTUS
from transposing import RATE_HZ, events_of, made_by, samples_of

PIANO = "upright-piano/C3vH.flac"
LEAD_S, PART_S = 0.05, 1.5      # of sound before a note that is listened to, and after it began
MINUTES = (5, 60)
BAR_MS, BAR_CENTS, BAR_SPEED = 2.0, 5.0, 100.0
NEAR_S = 0.02                   # within which a note of the score is looked for in the list


class Deviation(NamedTuple):
    """The farthest from the score."""
    notes: int
    ms: float
    cents: float


def hz_of(key):
    return 440 * 2 ** ((key - 69) / 12)


def cents_above(hz, key):
    return 1200 * math.log2(hz / hz_of(key))


def pitch_of(event):
    """In Hz, by the range of the first number in formats/SPEC.md, section 9."""
    return 25 * (10500 / 25) ** ((event["vector"][0] + 1) / 2)


def in_list(piece, stream):
    """Every note of the score has an event of its own, and there are no others."""
    left = events_of(stream)
    late_ms, off_cents = [], []
    for onset_s, key in scores.sounding(piece):
        near = [event for event in left if abs(event["onset_s"] - onset_s) <= NEAR_S]
        if not near:
            raise RuntimeError(f"{piece.name}: no event plays key {key} at {onset_s:.3f} s")
        event = min(near, key=lambda event: abs(cents_above(pitch_of(event), key)))
        left.remove(event)
        late_ms.append(1e3 * (event["onset_s"] - onset_s))
        off_cents.append(cents_above(pitch_of(event), key))
    if left:
        raise RuntimeError(f"{piece.name}: {len(left)} events are no notes of the score")
    return Deviation(len(late_ms), max(map(abs, late_ms)), max(map(abs, off_cents)))


def in_sound(piece, stream):
    """Of notes that begin from silence and sound alone."""
    import numpy as np
    lead = round(LEAD_S * RATE_HZ)
    samples = np.concatenate([np.zeros(lead), samples_of(stream)])
    late_ms, off_cents = [], []
    for onset_s, key in scores.sounding(piece):
        begin = round(onset_s * RATE_HZ)
        part = samples[begin:begin + lead + round(PART_S * RATE_HZ)]
        late_ms.append(1e3 * (detectors.begins_s(part, RATE_HZ) - LEAD_S))
        off_cents.append(cents_above(detectors.pitch_hz(part, RATE_HZ, hz_of(key)), key))
    return Deviation(len(late_ms), max(map(abs, late_ms)), max(map(abs, off_cents)))


def played(piece, instrument, folder):
    return made_by(["play", scores.write_midi(piece, folder / f"{piece.name}.mid"), "--with", instrument, "-o", "-"])


def accuracy(instrument, folder, say):
    table = []
    for piece in scores.pieces():
        keys = scores.one_by_one(piece)
        by_list = in_list(piece, played(piece, instrument, folder))
        by_sound = in_sound(keys, played(keys, instrument, folder))
        say(f"{piece.name}: {by_list}, {by_sound}")
        table.append([f"{piece.title}, {by_list.notes} notes, played by a recorded piano: list", f"onsets within {BAR_MS:g} ms, pitches within "
                      f"{BAR_CENTS:g} cents of the MIDI", f"{by_list.ms:.2f} ms, {by_list.cents:.1f} cents at most",
                      tables.yes(by_list.ms <= BAR_MS and by_list.cents <= BAR_CENTS)])
        table.append([f"its {by_sound.notes} keys, each from silence and alone: decoded", "the same", f"{by_sound.ms:.2f} ms, "
                      f"{by_sound.cents:.1f} cents at most", tables.yes(by_sound.ms <= BAR_MS and by_sound.cents <= BAR_CENTS)])
    return table


def hour(instrument, folder):
    """The prelude over and over."""
    def peak_mib(*words):
        run = subprocess.run(["/usr/bin/time", "-f", "%M", ICTUS, *words, "-o", "/dev/null"], check=True, stderr=subprocess.PIPE)
        return int(run.stderr.splitlines()[-1]) / 1024
    peaks = {"play": {}, "decode": {}}
    for minutes in MINUTES:
        midi = scores.write_midi(scores.repeated(scores.pieces()[0], 60 * minutes), folder / f"{minutes}-minutes.mid")
        stream = folder / f"{minutes}-minutes-played.evs"
        made_by(["play", "-f", midi, "--with", instrument, "-o", stream])
        peaks["play"][minutes] = peak_mib("play", "-q", "-f", midi, "--with", instrument)
        peaks["decode"][minutes] = peak_mib("decode", "-q", "-f", stream)
    pipe = '"$0" play -q "$1" --with "$2" -o - | "$0" decode -q --threads 1 - --raw -o - > /dev/null'
    usage = measure.run(measure.on_one_core(["bash", "-c", f"set -o pipefail; {pipe}", ICTUS, midi, instrument]))
    seconds = 60 * MINUTES[-1]
    table = [[f"play into decode, {MINUTES[-1]} minutes of MIDI, one core", f"{BAR_SPEED:g}x real time",
              f"{tables.times(seconds / usage.wall_s)} real time, {tables.times(seconds / usage.cpu_s)} by CPU time",
              tables.yes(seconds / usage.wall_s >= BAR_SPEED)]]
    for command, peak in peaks.items():
        short, long = (peak[minutes] for minutes in MINUTES)
        table.append([f"peak memory of {command}, {MINUTES[1]} minutes of MIDI", f"as for {MINUTES[0]}", f"{long:.1f} MiB against {short:.1f} MiB",
                      tables.yes(long <= tables.BAR_MEMORY * short)])
    return table


# What is asked for, the exit status, and what is named; SCORE, SOUND and NOISE are files that are there.
MISTAKES = (
    (["play", "none.mid"], 1, "none.mid"), (["play", "SOUND"], 1, "is no MIDI file"), (["play", "SCORE", "--with", "none.evs"], 1, "none.evs"),
    (["play", "SCORE", "--with", "SCORE"], 1, "score.mid"), (["play", "SCORE", "--with", "SOUND#99"], 1, "has no event 99"),
    (["play", "SCORE", "--with", "NOISE"], 1, "has no event with a pitch"), (["play", "SCORE", "--with", "17=SOUND"], 2, "17 is out of range"),
    (["play", "SCORE", "--with", "flutes=SOUND"], 1, "flutes=sound.evs"), (["play", "LOW"], 1, "beyond the pitches that a stream holds"),
    (["vary", "SOUND", "--keep", "gain >"], 2, "--keep"), (["vary", "SOUND", "--keep", "volume > 3"], 2, "volume"),
    (["vary", "SOUND", "--where", "(note > A4", "--gain", "1dB"], 2, "--where"), (["vary", "SOUND", "--transpose", "high"], 2, "is no interval"),
    (["vary", "SOUND", "--tune", "H dur"], 2, "--tune"), (["vary", "SOUND", "--quantise", "1/0@96bpm"], 2, "--quantise"),
    (["vary", "SOUND", "--keep", "1 < time < 3"], 2, "--keep"))
CUTS = 200                      # places at which a score is cut


def is_refused(words, status, named, folder):
    """Whether it ends with that status, in words with the name in them, and leaves nothing."""
    before = sorted(os.listdir(folder))
    run = subprocess.run([ICTUS, *words, "-o", "out.evs"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return run.returncode == status and named in run.stderr and run.stdout == "" and sorted(os.listdir(folder)) == before


def bad_input(stream):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = {"SCORE": "score.mid", "SOUND": "sound.evs", "NOISE": "noise.evs", "LOW": "low.mid"}
        midi = scores.write_midi(scores.pieces()[1], folder / files["SCORE"]).read_bytes()
        low = scores.Piece("low", "Below", [scores.Note(0.0, 1.0, 3, 80)], [(0.0, 60.0)], [])
        scores.write_midi(low, folder / files["LOW"])
        (folder / files["SOUND"]).write_bytes(stream.read_bytes())
        (folder / files["NOISE"]).write_bytes(made_by(["assemble"], b"onset_s\tnote\tbalance_db\n0\tA4\t-40\n"))
        cuts = [4 + (len(midi) - 5) * k // (CUTS - 1) for k in range(CUTS)]
        cut_right = 0
        for cut in cuts:
            (folder / "cut.mid").write_bytes(midi[:cut])
            cut_right += is_refused(["play", "cut.mid"], 1, "cut.mid: is cut short at byte", folder)
        (folder / "cut.mid").unlink()
        right = []
        for words, status, named in MISTAKES:
            for name, file in files.items():
                words = [word.replace(name, file) for word in words]
            right.append(is_refused(words, status, named, folder))
    wrong = [" ".join(words) for (words, _, _), holds in zip(MISTAKES, right) if not holds]
    return [["scores cut short at any byte", "named, exit status 1, nothing left", f"{cut_right} of {CUTS}", tables.yes(cut_right == CUTS)],
            ["notes beyond the range, unknown instruments, expressions that do not parse", "named, exit status right, nothing left",
             f"{sum(right)} of {len(right)}" + (f"; not: {'; '.join(wrong)}" if wrong else ""), tables.yes(all(right))]]


def lines(folder_of_notes, folder, say):
    sound, instrument = folder / "piano.wav", folder / "piano.evs"
    measure.to_wav(folder_of_notes / PIANO, sound, transposing.RATE_HZ)
    made_by(["encode", "-f", sound, "-o", instrument])
    table = accuracy(instrument, folder, say)
    table += hour(instrument, folder)
    say("an hour of MIDI measured")
    return table + bad_input(instrument)
