"""What decoders and generators sound like today is what they sounded like when levels.json was made."""

import copy
import os
import unittest

import golden

NETWORKS = os.environ.get("ICTUS_TEST_NETWORKS") != "0"


class Golden(unittest.TestCase):
    def assert_unchanged(self, name, tolerance_db):
        try:
            found = golden.measured(name)
        except RuntimeError as error:
            self.fail(f"{error}\nWhere weights are new, script/make-golden makes the golden sounds anew.")
        self.assertEqual(golden.differences(golden.read_levels()[name], found, tolerance_db), [])

    def test_decoded_events(self):
        self.assert_unchanged("events", golden.DECODED_TOLERANCE_DB)

    @unittest.skipUnless(NETWORKS, "built without networks")
    def test_decoded_pyramids(self):
        self.assert_unchanged("mars", golden.DECODED_TOLERANCE_DB)

    @unittest.skipUnless(NETWORKS, "built without networks")
    def test_generated_notes(self):
        for name in golden.NOTES:
            with self.subTest(note=name):
                self.assert_unchanged(name, golden.GENERATED_TOLERANCE_DB)

    def test_what_would_be_noticed(self):
        """A table of a sound that is a little louder, or duller, or begins later, or has its channels exchanged."""
        before = golden.read_levels()["events"]

        def changed(change):
            after = copy.deepcopy(before)
            change(after)
            return golden.differences(before, after, golden.DECODED_TOLERANCE_DB)

        def louder(after):
            after[:] = [[[level + 0.6 for level in row] for row in rows] for rows in after]

        def duller(after):
            after[:] = [[row[:19] + [level - 1 for level in row[19:]] for row in rows] for rows in after]

        def later(after):
            after[:] = [rows[:1] + rows[:-1] for rows in after]

        self.assertEqual(changed(lambda after: None), [])
        for change in (louder, duller, later, list.reverse):
            with self.subTest(change=change.__name__):
                self.assertNotEqual(changed(change), [])


if __name__ == "__main__":
    unittest.main()
