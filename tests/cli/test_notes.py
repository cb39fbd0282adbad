"""What the events of single notes are like: where they begin and how many they are."""

import array
import json
import math
import random
import unittest

from support import DONE, Case, dumped, encode, ictus, wav_bytes

RATE_HZ = 22050


def struck(pitch_hz, seconds):
    """A string that is struck: partials that fall the faster the higher they are."""
    samples = []
    for k in range(int(seconds * RATE_HZ)):
        t = k / RATE_HZ
        samples.append(sum(0.3 / n * math.exp(-1.5 * n * t) * math.sin(2 * math.pi * n * pitch_hz * t) for n in range(1, 9)))
    return samples


class Notes(Case):
    def events(self, samples):
        self.put("in.wav", wav_bytes(samples, RATE_HZ))
        self.assert_ended(encode("in.wav", "-o", "out.evs"), DONE)
        return dumped("out.evs")

    def test_the_loudest_event_of_a_struck_note_begins_with_it(self):
        begins_s = {110.0: 0.4137, 196.0: 1.7071, 330.0: 3.2529, 523.0: 4.5003}
        samples = [0.0] * int(6 * RATE_HZ)
        for pitch_hz, begin_s in begins_s.items():
            for k, x in enumerate(struck(pitch_hz, 1.2)):
                samples[round(begin_s * RATE_HZ) + k] += x
        events = self.events(samples)
        for pitch_hz, begin_s in begins_s.items():
            near = [event for event in events if -0.1 < event["onset_s"] - begin_s < 1.1]
            loudest = max(near, key=lambda event: event["gain_db"])
            self.assertAlmostEqual(loudest["onset_s"], begin_s, delta=0.005, msg=f"{pitch_hz} Hz")

    def test_a_single_note_is_few_events(self):
        events = self.events(struck(220.0, 2.5))
        self.assertLessEqual(len(events), 25)
        loudest_db = max(event["gain_db"] for event in events)
        self.assertLessEqual(sum(event["gain_db"] > loudest_db - 10 for event in events), 4)


class TonesInNoise(Case):
    def test_a_high_tone_in_the_knock_with_which_it_begins_is_a_note(self):
        """As the highest keys of a piano are, whose hammer is louder than their strings."""
        rate_hz, dice = 44100, random.Random(5)
        for tone_hz in (2793.8, 3520.0, 4186.0):
            low = band = 0.0
            knock = []
            for k in range(int(0.7 * rate_hz)):     # a resonance at 400 Hz, after Chamberlin (1980)
                low += 0.057 * band
                band += 0.057 * (dice.uniform(-1, 1) - low - 0.7 * band)
                knock.append(band * math.exp(-25 * k / rate_hz))
            loudest = max(map(abs, knock))
            samples = [0.9 * x / loudest + 0.06 * math.exp(-7 * k / rate_hz) * math.sin(2 * math.pi * tone_hz * k / rate_hz)
                       for k, x in enumerate(knock)]
            for gain_db in (-6, -26, -46):
                with self.subTest(tone_hz=tone_hz, gain_db=gain_db):
                    self.put("in.wav", wav_bytes([10 ** (gain_db / 20) * x for x in samples], rate_hz))
                    self.assert_ended(encode("-f", "in.wav", "-o", "out.evs"), DONE)
                    run = ictus("dump", "--describe", "--format", "json", "out.evs")
                    self.assert_ended(run, DONE)
                    heard = [event.get("pitch_hz") for event in map(json.loads, run.stdout.splitlines()) if "event" in event]
                    cents = [abs(1200 * math.log2(hz / tone_hz)) for hz in heard if hz]
                    self.assertLess(min(cents, default=math.inf), 30)


def level_db_at(hz, samples, rate_hz):
    """Of the samples' part at a frequency, after Goertzel (1958)."""
    turn = 2 * math.pi * hz / rate_hz
    real = sum(x * math.cos(turn * k) for k, x in enumerate(samples))
    imaginary = sum(x * math.sin(turn * k) for k, x in enumerate(samples))
    return 20 * math.log10(math.hypot(real, imaginary) / len(samples) + 1e-12)


class SoftTones(Case):
    def test_a_soft_tone_beside_a_loud_one_is_an_event_and_heard(self):
        rate_hz, seconds = 44100, 2
        for soft_hz in (1500, 2300, 5000):
            with self.subTest(soft_hz):
                samples = [0.25 * math.sin(2 * math.pi * 440 * k / rate_hz) + 0.25 * 10 ** (-30 / 20) *
                           math.sin(2 * math.pi * soft_hz * k / rate_hz) for k in range(seconds * rate_hz)]
                self.put("tones.wav", wav_bytes(samples, rate_hz))
                self.assert_ended(ictus("encode", "-f", "tones.wav", "-o", "tones.evs"), DONE)
                stream = (self.folder / "tones.evs").read_bytes()
                self.assertLessEqual(len(dumped(stream)), 3)
                run = ictus("decode", "--raw", "--samples", "float32", stdin=stream)
                self.assert_ended(run, DONE)
                middle = slice(rate_hz // 2, rate_hz * 3 // 2)
                back = list(array.array("f", run.stdout))[middle]
                for hz, within_db in ((440, 2), (soft_hz, 12)):
                    self.assertAlmostEqual(level_db_at(hz, back, rate_hz), level_db_at(hz, samples[middle], rate_hz), delta=within_db)


if __name__ == "__main__":
    unittest.main()
