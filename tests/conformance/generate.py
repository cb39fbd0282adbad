#!/usr/bin/python3
"""Makes the conformance files: valid/, uncommon/ and faulty/, each with a README.md.

    generate.py            writes the files beside this script
    generate.py --check    only compares, also with the worked examples in SPEC.md; exit status 1 when
                           something differs

Every file is put together in event_stream_files.py, with packed_events.py, and token_pyramid_files.py as
formats/SPEC.md has it.
Beside FILE.evs or FILE.mars stands FILE.json: what a reader finds in it, with the values of each block or
clip as a hash (see summary.py). For a faulty file "error_contains" holds words that ictus' own message has
in it.
"""

import json
import pathlib
import re
import sys

import event_stream_files
import prior_file
import token_pyramid_files

HERE = pathlib.Path(__file__).resolve().parent
SPEC = HERE.parents[1] / "formats" / "SPEC.md"
FORMATS = {".evs": event_stream_files.FILES, ".mars": token_pyramid_files.FILES}
EXAMPLES = {4: "packed-header.evs", 13: "one-event.evs", 18: "one-clip.mars", 25: "coded-one-event.evs"}

GROUPS = {
    "valid": "Files that every reader reads completely.",
    "uncommon": "Sound files that our writer does not make, but that every reader reads completely.",
    "faulty": "Files that every reader refuses or finds damaged, after it has returned the blocks before.",
}


def results():
    """All files with their bytes, by path."""
    yield HERE / f"prior.{prior_file.ID.hex()}.safetensors", prior_file.prior_file()
    for group, about_group in GROUPS.items():
        lines = [f"# {group}", "", about_group, ""]
        lines += ["Made by `../generate.py`; under the licence of the project.", "", "| file | tests |", "|---|---|"]
        for extension, files in FORMATS.items():
            for _, name, about, make in (entry for entry in files if entry[0] == group):
                data, expected = make()
                text = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
                yield HERE / group / f"{name}{extension}", data
                yield HERE / group / f"{name}.json", text.encode()
                lines.append(f"| `{name}{extension}` | {about} |")
        yield HERE / group / "README.md", ("\n".join(lines) + "\n").encode()


def worked_example(section):
    """The bytes in the rows of the example in this section of SPEC.md."""
    text = SPEC.read_text(encoding="utf-8").split(f"## {section}.")[1].split("\n## ")[0]
    return bytes.fromhex("".join(re.findall(r"^\| \d+ \| `([0-9A-F ]+)` \|", text, re.MULTILINE)))


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit("usage: generate.py [--check]")
    files = list(results())
    made = dict(files)
    assert len(made) == len(files), "two files would have the same expectation beside them"
    if not check:
        for path, data in made.items():
            path.write_bytes(data)
        print(f"wrote {len(made)} files")
        return
    there = {path for group in GROUPS for path in (HERE / group).iterdir()} | set(HERE.glob("prior.*"))
    wrong = sorted(there.symmetric_difference(made)) + [p for p in sorted(there & set(made)) if p.read_bytes() != made[p]]
    for path in wrong:
        print(f"{path} is not what generate.py makes")
    for section, name in EXAMPLES.items():
        if worked_example(section) != made[HERE / "valid" / name]:
            print(f"{SPEC}, section {section}, is not the file {name}")
            wrong.append(SPEC)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
