#!/usr/bin/python3
"""Holds both readers against the conformance files, and the Python reader against the C++ writer.

    run.py EVS_JSON    EVS_JSON is the program built from evs_json.cpp
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import read_evs
from summary import stream_summary

HERE = pathlib.Path(__file__).resolve().parent


def read_with_cpp(program, paths):
    """What the C++ reader finds in the files, in their order."""
    output = subprocess.run([program, *paths], check=True, capture_output=True, text=True).stdout
    found = [json.loads(line) for line in output.splitlines()]
    assert len(found) == len(paths)
    for one in found:
        place = re.match(r"block (\d+) at byte (\d+)\b", one.get("error", ""))
        if place:
            one["at"] = {"block": int(place[1]), "byte": int(place[2])}
    return found


def check_files(program):
    """The number of files and the complaints."""
    paths = sorted(HERE.glob("*/*.evs"))
    complaints = []
    for path, by_cpp in zip(paths, read_with_cpp(program, paths)):
        expected = json.loads(path.with_suffix(".json").read_text())
        words = expected.pop("error_contains", "")
        by_python = read_evs.read(path.read_bytes())
        if stream_summary(by_python) != expected:
            complaints.append(f"{path}: read_evs.py finds {stream_summary(by_python)}")
        if stream_summary(by_cpp) != expected:
            complaints.append(f"{path}: the C++ reader finds {stream_summary(by_cpp)}")
        if words not in by_cpp.get("error", ""):
            complaints.append(f"{path}: the C++ reader says '{by_cpp.get('error')}', not '{words}'")
    return len(paths), complaints


def check_written(program):
    """The same for streams that the C++ writer makes."""
    complaints = []
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([program, "--write", directory], check=True)
        paths = sorted(pathlib.Path(directory).glob("*.evs"))
        for path in paths:
            expected = json.loads(path.with_suffix(".json").read_text())
            if read_evs.read(path.read_bytes()) != expected:
                complaints.append(f"{path.name}: read_evs.py does not find what was written")
    return len(paths), complaints


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: run.py EVS_JSON")
    files, complaints = check_files(sys.argv[1])
    samples, more = check_written(sys.argv[1])
    for complaint in complaints + more:
        print(complaint)
    print(f"{files} files, {samples} written samples, {len(complaints + more)} complaints")
    sys.exit(bool(complaints or more) or not files or not samples)


if __name__ == "__main__":
    main()
