"""How much an event stream may take."""

import json
import random
import unittest

from support import DONE, Case, block_ends, ictus, wav_bytes

RATE_HZ = 22050
SECONDS = 7


def busy_sound():
    """Strokes of tones in quick succession, so that no bitrate is too high for it."""
    chance = random.Random(5)
    samples = []
    while len(samples) < SECONDS * RATE_HZ:
        length = chance.randrange(1500, 4000)
        step, level, loud = chance.uniform(0.05, 0.4), chance.uniform(0.1, 0.5), chance.uniform(0.005, 0.04)
        tone = [level * ((k * step) % 2 - 1) + loud * chance.uniform(-1, 1) for k in range(length)]
        samples += [x * (1 - k / length) ** 2 for k, x in enumerate(tone)]
    return wav_bytes(samples[:SECONDS * RATE_HZ], RATE_HZ)


class Rates(Case):
    def facts(self, *words):
        # Without any refinement too few events are worth their bits for a bitrate to be the limit.
        run = ictus("encode", "--effort", 1, *words, "-f", "in.wav", "-o", "out.evs")
        self.assert_ended(run, DONE)
        size = (self.folder / "out.evs").stat().st_size
        return size * 8e-3 / SECONDS, json.loads(ictus("info", "--json", "out.evs").stdout)["events"]

    def test_header_and_end_are_all_that_a_file_has_besides_events(self):
        self.put("in.wav", busy_sound())
        self.facts("--bitrate", 1)
        ends = block_ends((self.folder / "out.evs").read_bytes())
        self.assertLess(ends[-1] - (ends[-2] - ends[0]), 110)

    def test_tags_come_on_top(self):
        self.put("in.wav", busy_sound())
        taken, count = self.facts("--bitrate", 1)
        with_tags, as_many = self.facts("--bitrate", 1, "--tag", "COMMENT=" + "tags are as long as people want " * 40)
        self.assertEqual(as_many, count)
        self.assertGreater(with_tags, taken)

    def test_a_file_takes_no_more_than_is_allowed(self):
        self.put("in.wav", busy_sound())
        events = []
        for kbit_s in (0.5, 1, 3.2):
            taken, count = self.facts("--bitrate", kbit_s)
            self.assertLessEqual(taken, kbit_s)
            if kbit_s <= 1:     # the sound is busy enough for these
                self.assertGreater(taken, 0.8 * kbit_s)
            events.append(count)
        self.assertEqual(events, sorted(set(events)), "more bits, more events")
        self.assertEqual(self.facts(), self.facts("--bitrate", 3.2))

    def test_events_can_be_counted_out(self):
        self.put("in.wav", busy_sound())
        _, count = self.facts("--events-per-second", 2)
        self.assertLessEqual(count, 2 * SECONDS)
        self.assertGreater(count, SECONDS)
        # One at most while ten seconds are not over, though there are three hops.
        self.assertEqual(self.facts("--events-per-second", 0.1)[1], 1)

    def test_events_are_no_more_than_bring_the_sound_near_enough(self):
        self.put("in.wav", busy_sound())
        _, all_of_them = self.facts("--bitrate", 12)
        for name, amounts in (("left", ("-2dB", "-4dB", "-6dB")), ("distance", ("18dB", "15dB", "13dB"))):
            with self.subTest(name):
                counts = [self.facts("--bitrate", 12, "--until", f"{name}={amount}")[1] for amount in amounts]
                self.assertEqual(counts, sorted(set(counts)), "nearer, more events")
                self.assertGreater(counts[0], 0)
                self.assertLess(counts[-1], all_of_them)
        # Of several, the first that is reached.
        few = self.facts("--bitrate", 12, "--until", "left=-3dB")[1]
        self.assertEqual(self.facts("--bitrate", 12, "--until", "left=-3dB,events=100000")[1], few)

    def test_events_of_a_file_can_be_counted(self):
        self.put("in.wav", busy_sound())
        for count in (1, 5, 32):
            self.assertEqual(self.facts("--bitrate", 12, "--until", f"events={count}")[1], count)

    def test_what_is_not_said_well_is_refused(self):
        self.put("in.wav", busy_sound())
        for words in ("left=3dB", "distance=-3dB", "events=0", "events=2.5", "near=3", "left", "", "left=-3dB,,events=1"):
            with self.subTest(words):
                run = ictus("encode", "--until", words, "in.wav", "-o", "refused.evs")
                self.assertEqual(run.returncode, 2)
                self.assertIn("--until", run.stderr)
                self.assertFalse((self.folder / "refused.evs").exists())

    def test_lossless_has_no_bitrate_of_its_own(self):
        self.put("in.wav", busy_sound())
        taken, count = self.facts("--lossless")
        self.assertGreater(taken, 3.2)
        self.assertGreater(count, 10 * SECONDS)
        self.assertLessEqual(self.facts("--lossless", "--bitrate", 5)[0], 5)


if __name__ == "__main__":
    unittest.main()
