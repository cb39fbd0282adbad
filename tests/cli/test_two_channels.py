"""What comes back of sound in two channels, of simple tones, and of a pitch that somebody edits."""

import array
import cmath
import functools
import json
import math
import unittest

from support import DONE, MODEL_RATE_HZ, Case, dumped, ictus, read_wav, wav_bytes

SECONDS = 1.5


def tone(hz, seconds=SECONDS, peak=0.3):
    """With soft ends, which make no click."""
    count = round(seconds * MODEL_RATE_HZ)
    return [peak * min(1, i / 500, (count - i) / 500) * math.sin(2 * math.pi * hz * i / MODEL_RATE_HZ) for i in range(count)]


@functools.cache
def encoded(*sounds, seconds=SECONDS):
    """The stream of tones, each a frequency and its part of left and right; of one channel where no part is given."""
    if len(sounds) == 1 and not isinstance(sounds[0], tuple):
        sound = wav_bytes(tone(sounds[0], seconds), MODEL_RATE_HZ)
    else:
        tones = [(tone(hz, seconds), left, right) for hz, left, right in sounds]
        frames = [sum(side) for i in range(len(tones[0][0])) for side in
                  ([left * one[i] for one, left, _ in tones], [right * one[i] for one, _, right in tones])]
        sound = wav_bytes(frames, MODEL_RATE_HZ, 2)
    run = ictus("encode", stdin=sound)
    assert run.returncode == DONE, run.stderr
    return run.stdout


def decoded(stream):
    """The samples of each channel."""
    run = ictus("decode", "--raw", "--samples", "float32", stdin=stream)
    assert run.returncode == DONE, run.stderr
    channels = json.loads(ictus("info", "--json", stdin=stream).stdout)["channels"]
    samples = array.array("f", run.stdout)
    return [samples[channel::channels] for channel in range(channels)]


def amplitude(samples, hz):
    """Of what sounds at this frequency, in the middle of the samples, under a Hann window."""
    middle = samples[len(samples) // 4 : -(len(samples) // 4)]
    step = -2j * math.pi * hz / MODEL_RATE_HZ
    return abs(sum(x * (1 - math.cos(2 * math.pi * i / len(middle))) * cmath.exp(step * i) for i, x in enumerate(middle))) / len(middle) * 2


def level_db(samples):
    middle = samples[len(samples) // 4 : -(len(samples) // 4)]
    return 10 * math.log10(sum(x * x for x in middle) / len(middle))


PANNED = ((440, 0.8, 0.2), (1500, 0.2, 0.8), (3100, 0.5, 0.5))


class TwoChannels(Case):
    def test_each_sound_is_where_it_was(self):
        left, right = decoded(encoded(*PANNED))
        for hz, in_left, in_right in PANNED:
            self.assertAlmostEqual(20 * math.log10(amplitude(left, hz) / amplitude(right, hz)),
                                   20 * math.log10(in_left / in_right), delta=3, msg=f"{hz} Hz")

    def test_files_have_two_channels(self):
        self.put("in.evs", encoded(*PANNED))
        facts = json.loads(ictus("info", "--json", "in.evs").stdout)
        self.assertEqual((facts["channels"], facts["original_channels"], facts["samples"]), (2, 2, SECONDS * MODEL_RATE_HZ))
        self.assertIn("44100 Hz, 2 channels", ictus("info", "in.evs").stdout.decode())
        self.assert_ended(ictus("decode", "in.evs"), DONE)
        self.assertEqual(read_wav("in.wav"), (MODEL_RATE_HZ, 2, 2, SECONDS * MODEL_RATE_HZ))
        self.assert_ended(ictus("decode", "--stems", "stems", "in.evs"), DONE)
        stems = sorted(self.folder.glob("stems/*.wav"))
        self.assertEqual(len(stems), facts["events"])
        for stem in stems:
            self.assertEqual(read_wav(stem)[:3], (MODEL_RATE_HZ, 2, 2))

    def test_mono_brings_two_channels_to_their_mean(self):
        left, right = tone(440), tone(1500)
        both = wav_bytes([side for pair in zip(left, right) for side in pair], MODEL_RATE_HZ, 2)
        mean = wav_bytes([(one + other) / 2 for one, other in zip(left, right)], MODEL_RATE_HZ)
        run = ictus("encode", "--mono", stdin=both)
        self.assertEqual(run.returncode, DONE, run.stderr)
        facts = json.loads(ictus("info", "--json", stdin=run.stdout).stdout)
        self.assertEqual((facts["channels"], facts["original_channels"]), (1, 2))
        (back,) = decoded(run.stdout)
        for hz, own in ((440, left), (1500, right)):
            self.assertAlmostEqual(20 * math.log10(2 * amplitude(back, hz) / amplitude(own, hz)), 0, delta=1)
        # Rounding of the mean to 16 bits aside, it is the same sound.
        (other,) = decoded(ictus("encode", stdin=mean).stdout)
        self.assertAlmostEqual(level_db(back), level_db(other), delta=0.5)

    def test_one_channel_stays_one(self):
        self.put("in.evs", encoded(100))
        self.assertEqual(ictus("info", "--get", "channels", "in.evs").stdout, b"1\n")
        self.assert_ended(ictus("decode", "--stems", "stems", "in.evs"), DONE)
        for stem in self.folder.glob("stems/*.wav"):
            self.assertEqual(read_wav(stem)[1], 1)


class Tones(Case):
    def test_they_come_back_as_loud_as_few_events(self):
        for hz in (100, 5000):
            with self.subTest(hz=hz):
                self.assertLessEqual(len(dumped(encoded(hz))), 3)
                (back,) = decoded(encoded(hz))
                self.assertAlmostEqual(level_db(back), level_db(tone(hz)), delta=1)
                self.assertAlmostEqual(20 * math.log10(amplitude(back, hz) / amplitude(tone(hz), hz)), 0, delta=1)


class EditedPitch(Case):
    def test_the_sound_moves_as_the_list_says(self):
        lines = ictus("dump", stdin=encoded(440)).stdout.decode().splitlines()
        columns = next(line for line in lines if line.startswith("event\t")).split("\t")
        pitch = columns.index("v0")
        # The number is the logarithm of the frequency, from -1 at 25 Hz to 1 at 10.5 kHz.
        fifth = 2 * math.log(1.5) / math.log(10500 / 25)
        edited = []
        for line in lines:
            cells = line.split("\t")
            if cells[0].isdigit():
                cells[pitch] = str(float(cells[pitch]) + fifth)
            edited.append("\t".join(cells))
        run = ictus("assemble", stdin="\n".join(edited).encode())
        self.assert_ended(run, DONE)
        (before,), (after,) = decoded(encoded(440)), decoded(run.stdout)
        self.assertGreater(amplitude(before, 440), 10 * amplitude(before, 660))
        self.assertGreater(amplitude(after, 660), 10 * amplitude(after, 440))
        # Beside it there is less: the pitch is right to some 10 cents and not only nearer.
        for cents in (-35, 35):
            self.assertGreater(amplitude(after, 660), amplitude(after, 660 * 2 ** (cents / 1200)))


if __name__ == "__main__":
    unittest.main()
