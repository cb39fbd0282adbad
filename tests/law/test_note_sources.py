"""models/note-sources.tsv: each source of notes is for one part alone, and what is learned from is free."""

import ast
import csv
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
from training_audio import general_midi, sources  # noqa: E402

FREE = {"MIT", "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "Unlicense", "MIT; parts CC0 or public domain", "any projects, without restrictions"}


def constant(module, name):
    """A literal of a module that cannot be imported without NumPy."""
    for line in ast.parse((ROOT / f"script/training_audio/{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and [target.id for target in line.targets if isinstance(target, ast.Name)] == [name]:
            return ast.literal_eval(line.value)
    raise AssertionError(f"{module}.py has no {name}")


class NoteSources(unittest.TestCase):
    def setUp(self):
        with (ROOT / "models/note-sources.tsv").open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file, delimiter="\t"))

    def of(self, part):
        return {row["source"] for row in self.rows if row["part"] == part}

    def test_each_is_for_one_part_and_says_why(self):
        names = [row["source"] for row in self.rows]
        self.assertEqual(len(set(names)), len(names))
        self.assertEqual({row["part"] for row in self.rows}, {"generator", "judges", "tests"})
        self.assertEqual({row["kind"] for row in self.rows}, {"soundfont", "recorded", "computed"})
        for row in self.rows:
            self.assertTrue(all(row.values()) and None not in row, row)
            self.assertNotIn("_", row["source"], "it stands between two of them in the names of notes")

    def test_what_is_learned_from_is_free(self):
        for row in self.rows:
            if row["part"] != "tests":
                self.assertIn(row["licence"], FREE, row["source"])
            if row["licence"].startswith("CC-BY"):
                self.assertTrue(row["author"], row["source"])

    def test_the_recipe_knows_each_instrument_that_is_rendered(self):
        recipe = json.loads((ROOT / "models/mars/generator-recipe.json").read_text(encoding="utf-8"))
        self.assertEqual(set(general_midi.PROGRAMS) - recipe["model"]["instruments"].keys(), {"orchestra-hit"})

    def test_the_scripts_take_them_for_what_the_table_says(self):
        self.assertLessEqual(set(constant("single_notes", "RECORDED_FAMILIES")), self.of("generator"))
        self.assertLessEqual({"fluidr3", "musescore"}, self.of("generator"))
        self.assertLessEqual(set(constant("computed_notes", "SOURCES")), self.of("judges"))
        self.assertLessEqual({*sources.HELD_OUT, *constant("test_notes", "FAMILY_OF"), "timgm6mb"}, self.of("tests"))


if __name__ == "__main__":
    unittest.main()
