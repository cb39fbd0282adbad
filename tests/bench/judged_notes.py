#!/usr/bin/python3
"""How often the judges are right about real notes of sources that they have not heard, by reference, family and source.

    tests/bench/judged_notes.py REFERENCES

REFERENCES is a folder of folders of labelled notes, as `script/render-notes --part references` makes it. Writes
tests/bench/results-judges.md. ICTUS_FAMILY_JUDGE and ICTUS_PITCH_JUDGE name other weights; then it prints only.
"""

import json
import os
import pathlib
import re
import sys
from collections import Counter

import generation
import measure
import tables

OCTAVE = 12
SOURCE = re.compile(r".+_([^_.]+)[^_]*_[0-9-]+$")


def source_of(name):
    return SOURCE.fullmatch(pathlib.Path(name).stem)[1]


def heard(folder):
    """(names and weights of the judges, what they said of each labelled note of the folder, agreement with its interval)."""
    told = json.loads(measure.output_of(generation.ictus("evaluate", "--reference", folder, "--generated", folder, "--json", "-q")))
    notes = [note for note in told["notes"]["reference"] if note["family"] and note["family"] != "percussion"]
    agreement = {question: told["agreement"][question]["reference"] for question in ("family", "pitch")}
    return told["judges"], notes, agreement


def knows(judges, note):
    return str(note["pitch"]) in judges["pitch"]["classes"]


def shares(judges, notes):
    """Of notes: how many, how often the family is right, and the pitch, and the pitch but for octaves."""
    pitched = [note for note in notes if knows(judges, note)]
    off = [int(note["heard_pitch"]) - note["pitch"] for note in pitched]
    return [len(notes), tables.percent([note["heard_family"] == note["family"] for note in notes]),
            tables.percent([step == 0 for step in off]) if off else "-", tables.percent([step % OCTAVE == 0 for step in off]) if off else "-"]


def taken_for(notes):
    """What notes of one family were heard as, most often first."""
    return ", ".join(f"{family} {count}" for family, count in Counter(note["heard_family"] for note in notes).most_common(5))


def interval(agreement):
    share = agreement["share"]
    return f"{100 * share:.1f} % ({100 * agreement['low']:.1f} .. {100 * agreement['high']:.1f}) of {agreement['judged']}"


def report(folder, judges, notes, agreement):
    header = ["", "notes", "family", "pitch", "pitch but for octaves"]
    by_source = {}
    by_family = {}
    for note in notes:
        by_source.setdefault(source_of(note["name"]), []).append(note)
        by_family.setdefault(note["family"], []).append(note)
    text = f"\n## {folder.name}\n\nFamily {interval(agreement['family'])}, pitch {interval(agreement['pitch'])}.\n\n"
    text += tables.markdown(header, [[name, *shares(judges, each)] for name, each in sorted(by_source.items())])
    rows = [[name, len(each), taken_for(each)] for name, each in sorted(by_family.items())]
    return text + "\nWhat each family was heard as:\n\n" + tables.markdown(["family", "notes", "heard as"], rows, numbers=False)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    text, names = "", ""
    for folder in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir() and not path.name.startswith(".")):
        judges, notes, agreement = heard(folder)
        names = ", ".join(f"{judge['model_id']} (weights {judge['weights_hash'][:8]})" for judge in judges.values())
        text += report(folder, judges, notes, agreement)
    text = (f"# Results: judges\n\nWritten by `tests/bench/judged_notes.py REFERENCES`, with {names}. In brackets the 95 % interval of the share when "
            "notes are drawn anew; another source can be farther off than that says.\n" + text)
    print(text)
    if not {"ICTUS_FAMILY_JUDGE", "ICTUS_PITCH_JUDGE"} & os.environ.keys():
        (measure.ROOT / "tests/bench/results-judges.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
