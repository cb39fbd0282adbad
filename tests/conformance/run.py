#!/usr/bin/python3
"""Holds both readers of each format against the conformance files, and the Python readers against the C++
writers.

    run.py EVS_JSON MARS_JSON    the programs built from evs_json.cpp and mars_json.cpp
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import read_evs
import read_mars
from summary import file_summary

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


def check_files(extension, reader, program):
    """The number of files and the complaints."""
    paths = sorted(HERE.glob("*/*" + extension))
    complaints = []
    for path, by_cpp in zip(paths, read_with_cpp(program, paths)):
        expected = json.loads(path.with_suffix(".json").read_text())
        words = expected.pop("error_contains", "")
        by_python = reader.read(path.read_bytes())
        if file_summary(by_python) != expected:
            complaints.append(f"{path}: {reader.__name__}.py finds {file_summary(by_python)}")
        if file_summary(by_cpp) != expected:
            complaints.append(f"{path}: the C++ reader finds {file_summary(by_cpp)}")
        if words not in by_cpp.get("error", ""):
            complaints.append(f"{path}: the C++ reader says '{by_cpp.get('error')}', not '{words}'")
    return len(paths), complaints


def check_written(extension, reader, program):
    """The same for files that the C++ writer makes."""
    complaints = []
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([program, "--write", directory], check=True)
        paths = sorted(pathlib.Path(directory).glob("*" + extension))
        for path in paths:
            expected = json.loads(path.with_suffix(".json").read_text())
            if reader.read(path.read_bytes()) != expected:
                complaints.append(f"{path.name}: {reader.__name__}.py does not find what was written")
    return len(paths), complaints


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: run.py EVS_JSON MARS_JSON")
    failed = False
    for extension, reader, program in (".evs", read_evs, sys.argv[1]), (".mars", read_mars, sys.argv[2]):
        files, complaints = check_files(extension, reader, program)
        samples, more = check_written(extension, reader, program)
        for complaint in complaints + more:
            print(complaint)
        print(f"{files} {extension} files, {samples} written samples, {len(complaints + more)} complaints")
        failed |= bool(complaints or more) or not files or not samples
    sys.exit(failed)


if __name__ == "__main__":
    main()
