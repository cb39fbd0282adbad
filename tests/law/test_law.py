"""The law of the house: no folder includes what the table of CONTRIBUTING.md does not give it."""

import pathlib
import re
import shutil
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What the table calls libraries from outside, by the headers that are theirs. The standard library and the system are free.
OUTSIDE = {"FlatBuffers": ["flatbuffers/"], "zstd": ["zstd.h"], "xxHash": ["xxhash.h"], "nlohmann-json": ["nlohmann/"], "utfcpp": ["utf8.h"],
           "libtorch": ["torch/", "ATen/", "c10/"], "libsndfile": ["sndfile.h"], "libFLAC": ["FLAC/"], "libogg": ["ogg/"],
           "libvorbis": ["vorbis/"], "libopus": ["opus/"], "libmpg123": ["mpg123.h"], "soxr": ["soxr.h"], "kissfft": ["kissfft.hh"],
           "TagLib": ["tpropertymap.h", "tdebuglistener.h", "mpegfile.h", "id3v2tag.h", "id3v1tag.h", "apetag.h"],
           "cairo": ["cairo"], "fontconfig": ["fontconfig/"], "CLI11": ["CLI/"], "fmt": ["fmt/"]}


def table(text):
    """Folder: what it may use, word by word, from top to bottom."""
    rows = re.findall(r"^\| `((?:lib|apps)/[\w-]+|formats|models)` `.*?\|.*?\| (.*?) \| .*? \|$", text, re.MULTILINE)
    return {folder: [word.strip() for word in re.split(r"[,;]| and ", words.replace("the second also", ","))
                     if word.strip()] for folder, words in rows}


def folder_called(word, law):
    """The folder that the table means by a word."""
    names = {"note names": "lib/notes", **{folder.split("/")[-1]: folder for folder in law}}
    return names.get(word)


def may_use(law):
    """Folder: all folders and outside libraries that it may include, its own and what those it may use may."""
    allowed = {}
    for place, (folder, words) in enumerate(law.items()):
        folders, outside = {folder}, set()
        for word in words:
            if word == "all of the above":
                folders |= set(list(law)[:place])
                outside |= set(OUTSIDE)
            elif other := folder_called(word, law):
                folders.add(other)
            else:
                outside |= {name for name in OUTSIDE if name.lower() == word.lower()}
        for other in folders - {folder}:
            if other in allowed:
                folders = folders | allowed[other][0]
        allowed[folder] = folders, outside
    return allowed


def violations(root):
    law = table((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    allowed = may_use(law)
    found = []
    for path in sorted(path for folder in ("lib", "apps", "formats", "models") for path in (root / folder).rglob("*.?pp")):
        name = str(path.relative_to(root))
        folder = next((known for known in law if name.startswith(known + "/")), None)
        if folder is None:
            found.append(f"{name}: lies in no folder of the table")
            continue
        folders, outside = allowed[folder]
        for quoted, angled in re.findall(r'^#include (?:"([^"]+)"|<([^>]+)>)', path.read_text(encoding="utf-8"), re.MULTILINE):
            if quoted:
                target = next((known for known in law if quoted.startswith(known + "/")), None)
                if target is not None and target not in folders:
                    found.append(f"{name}: {folder} may not include {quoted}")
            else:
                library = next((one for one, headers in OUTSIDE.items() if any(angled.startswith(header) for header in headers)), None)
                if library is not None and library not in outside:
                    found.append(f"{name}: {folder} may not include <{angled}> of {library}")
    return found


class Law(unittest.TestCase):
    def test_it_is_kept(self):
        self.assertEqual(violations(ROOT), [])

    def test_the_table_has_every_folder(self):
        law = table((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
        there = {f"{above}/{path.name}" for above in ("lib", "apps") for path in (ROOT / above).iterdir() if path.is_dir()}
        self.assertEqual({folder for folder in law if "/" in folder}, there)

    def test_no_two_folders_use_each_other(self):
        allowed = may_use(table((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
        self.assertEqual([(one, other) for one, (folders, _) in allowed.items() for other in folders - {one}
                          if one in allowed[other][0]], [])

    def test_what_breaks_it_is_found(self):
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(scratch)
            for folder in ("lib", "apps", "formats", "models"):
                shutil.copytree(ROOT / folder, root / folder, ignore=lambda at, names: [
                    name for name in names if not (pathlib.Path(at) / name).is_dir() and not re.search(r"\.[ch]pp$", name)])
            shutil.copy(ROOT / "CONTRIBUTING.md", root)
            for path, line in (("lib/synthesis/pan.hpp", '#include "lib/analysis/encoder.hpp"'),
                               ("lib/compose/join.cpp", "#include <torch/torch.h>"),
                               ("apps/options/options.hpp", '#include "apps/cli/jobs.hpp"'),
                               ("formats/quantise.cpp", "#include <sndfile.h>")):
                with self.subTest(path=path):
                    whole = (root / path).read_text(encoding="utf-8")
                    (root / path).write_text(line + "\n" + whole, encoding="utf-8")
                    found = violations(root)
                    self.assertEqual(len(found), 1, found)
                    self.assertIn(path, found[0])
                    (root / path).write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    unittest.main()
