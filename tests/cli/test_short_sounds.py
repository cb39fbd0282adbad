"""Short sounds, and sounds with long tags: what is audible has events, and is heard again about as loud as it was."""

import array
import json
import math
import random
import unittest

from support import DONE, Case, block_ends, dumped, ictus, wav_bytes

RATE_HZ = 44100


def plucked(seconds, hz=440.0):
    """A string after Karplus and Strong (1983): noise that goes round and is smoothed."""
    dice = random.Random(7)
    string = [dice.uniform(-1, 1) for _ in range(round(RATE_HZ / hz))]
    mean = sum(string) / len(string)  # which would never die away, and no ear hears
    string = [x - mean for x in string]
    for _ in range(8):  # plucked with a finger, not with a blade
        string = [0.5 * (x + y) for x, y in zip(string, string[1:] + string[:1])]
    samples = []
    for i in range(round(seconds * RATE_HZ)):
        at = i % len(string)
        samples.append(string[at])
        string[at] = 0.996 * 0.5 * (string[at] + string[(at + 1) % len(string)])
    return samples


def sine(seconds, hz=440.0):
    return [math.sin(2 * math.pi * hz * i / RATE_HZ) for i in range(round(seconds * RATE_HZ))]


def noise(seconds):
    dice = random.Random(8)
    return [dice.uniform(-1, 1) for _ in range(round(seconds * RATE_HZ))]


def at_peak(samples, peak_db):
    gain = 10 ** (peak_db / 20) / max(map(abs, samples))
    return [gain * x for x in samples]


def peak_db(samples):
    return 20 * math.log10(max(max(map(abs, samples)), 1e-9))


def rms_db(samples):
    return 10 * math.log10(sum(x * x for x in samples) / len(samples))


def decoded(stream):
    run = ictus("decode", "--raw", "--samples", "float32", stdin=stream)
    assert run.returncode == DONE, run.stderr
    return array.array("f", run.stdout)


def bytes_of_events(stream):
    """That --bitrate limits: the blocks between header and end, without the framing of the first."""
    ends = block_ends(stream)
    return ends[-2] - ends[0] - 7


class Sounds(Case):
    def encoded(self, sounds, *words):
        """The streams of sounds by name, made in one run, which has nothing to say of them."""
        (self.folder / "out").mkdir(exist_ok=True)
        for name, samples in sounds.items():
            self.put(f"{name}.wav", wav_bytes(samples, RATE_HZ))
        run = ictus("encode", "-f", *words, *(f"{name}.wav" for name in sounds), "-o", "out/")
        self.assert_ended(run, DONE)
        self.assertNotIn("warning", run.stderr)
        return {name: (self.folder / f"out/{name}.evs").read_bytes() for name in sounds}

    def assert_heard(self, sounds, *words, within_db=6.0):
        streams = self.encoded(sounds, *words)
        for name, samples in sounds.items():
            with self.subTest(name):
                self.assertGreater(len(dumped(streams[name])), 0)
                back = decoded(streams[name])
                self.assertEqual(len(back), len(samples))
                self.assertAlmostEqual(peak_db(back), peak_db(samples), delta=within_db)

    def test_plucked_strings(self):
        self.assert_heard({f"{ms}ms{-level}dB": at_peak(plucked(ms / 1000), level)
                           for ms in (50, 100, 200, 300, 400) for level in (-6, -26, -46)})

    def assert_audible(self, sounds):
        """Not near silence: how loud the model makes such sounds is measured by no test."""
        for name, stream in self.encoded(sounds).items():
            with self.subTest(name):
                self.assertGreater(len(dumped(stream)), 0)
                self.assertGreater(peak_db(decoded(stream)), -30)

    def test_low_and_high_strings(self):
        self.assert_audible({f"{hz}Hz": at_peak(plucked(0.2, hz), -6) for hz in (110, 220, 880, 1760)})

    def test_tones_and_bursts(self):
        self.assert_audible({**{f"sine{ms}": at_peak(sine(ms / 1000, 1000), -6) for ms in (50, 150, 400)},
                             **{f"noise{ms}": at_peak(noise(ms / 1000), -6) for ms in (50, 150, 400)}})

    def test_what_is_cut_off_at_the_end_has_no_click_there(self):
        swept = [math.sin(2 * math.pi * (300 + 300 * t) * t) for t in (i / RATE_HZ for i in range(RATE_HZ // 2))]
        shaken = [math.sin(2 * math.pi * 440 * t + 3 * math.sin(2 * math.pi * 5.5 * t)) for t in (i / RATE_HZ for i in range(RATE_HZ // 2))]
        sounds = {f"{name}{-level}dB": at_peak(samples, level) for level in (-6, -26, -46)
                  for name, samples in (("sine", sine(0.5, 660)), ("glide", swept), ("vibrato", shaken))}
        for name, stream in self.encoded(sounds).items():
            with self.subTest(name):
                self.assertEqual(len(dumped(stream)), 1)
                self.assertLessEqual(len(stream), 120)
                self.assertAlmostEqual(rms_db(decoded(stream)), rms_db(sounds[name]), delta=1)

    def test_half_a_second_of_something_simple_takes_few_bytes(self):
        click = [0.0] * (RATE_HZ // 2)
        click[RATE_HZ // 10] = 1.0
        chord = [(x + y) * math.exp(-6 * i / RATE_HZ) for i, (x, y) in enumerate(zip(sine(0.5, 440), sine(0.5, 554.4)))]
        sounds = {"click": (click, 120), "chord": (chord, 120), "string": (plucked(0.5), 120), "noise": (noise(0.5), 130)}
        for name, (samples, most) in sounds.items():
            for level in (-6, -26, -46):
                stream = self.encoded({name: at_peak(samples, level)})[name]
                with self.subTest(f"{name} at {level} dB"):
                    self.assertLessEqual(len(stream), most)

    def test_noise_is_a_few_events(self):
        sounds = {f"noise{ms}ms{-level}dB": at_peak(noise(ms / 1000), level) for ms in (200, 500, 1000, 2000) for level in (-12, -32)}
        for name, stream in self.encoded(sounds).items():
            with self.subTest(name):
                self.assertLessEqual(len(dumped(stream)), 5)

    def test_a_tone_is_heard_in_noise(self):
        def level_db(samples, hz):
            """Of all within 5 Hz."""
            power = 0.0
            for near_hz in range(hz - 5, hz + 6):
                turns = [2 * math.pi * near_hz * i / RATE_HZ for i in range(len(samples))]
                power += sum(sum(x * wave(t) for x, t in zip(samples, turns)) ** 2 for wave in (math.cos, math.sin))
            return 10 * math.log10(power)

        for hz in (440, 1000, 3000):
            both = [0.1 * x + 0.05 * y for x, y in zip(noise(1), sine(1, hz))]
            stream = self.encoded({"both": both})["both"]
            with self.subTest(hz=hz):
                self.assertAlmostEqual(level_db(decoded(stream), hz), level_db(both, hz), delta=4)

    def test_an_event_is_there_at_the_lowest_rates(self):
        sounds = {f"{ms}ms": at_peak(plucked(ms / 1000), -6) for ms in (10, 50, 100, 200)}
        for words in (["--bitrate", 0.5], ["--lossless", "--bitrate", 0.5]):
            with self.subTest(words=words):
                for stream in self.encoded(sounds, *words).values():
                    events = len(dumped(stream))
                    self.assertGreater(events, 0)
                    if events > 1:  # as much as a second may take
                        self.assertLessEqual(bytes_of_events(stream), 125 * 0.5)
        for stream in self.encoded(sounds, "--events-per-second", 0.1).values():
            self.assertEqual(len(dumped(stream)), 1)

    def test_a_click_is_an_event_wherever_it_stands(self):
        sounds = {}
        for second in (0, 1, 2.9, 3.5):
            silence = [0.0] * round(4 * RATE_HZ)
            silence[round(second * RATE_HZ)] = 0.3
            sounds[f"at{second}"] = silence
        for name, stream in self.encoded(sounds, "--bitrate", 0.5).items():
            with self.subTest(name):
                onsets = [event["onset_s"] for event in dumped(stream)]
                self.assertGreater(len(onsets), 0)
                self.assertAlmostEqual(min(onsets), float(name[2:]), delta=0.1)

    def test_what_is_not_audible_needs_no_event_and_no_word(self):
        quiet = self.encoded({"silence": [0.0] * RATE_HZ, "quiet": at_peak(sine(0.05), -75)}, "--bitrate", 0.5)
        self.assertEqual(dumped(quiet["silence"]), [])

    def test_what_lies_above_the_models_ear_does_not_vanish_without_a_word(self):
        for codec, rate_hz, tones in (("events", 22050, ((30000, True), (16000, False), (440, False))),
                                      ("mars", 8000, ((16000, True), (440, False)))):
            for hz, has_warning in tones:
                # Without a hard beginning and end, which would be heard as clicks.
                slower = sine(0.6, hz * RATE_HZ / 96000)
                swelling = [x * math.sin(math.pi * i / len(slower)) ** 2 for i, x in enumerate(slower)]
                self.put("in.wav", wav_bytes(at_peak(swelling, -6), 96000))
                run = ictus("encode", "--effort", 0, "-f", "--codec", codec, "in.wav", "-o", "out")
                self.assertEqual(run.returncode, DONE, run.stderr)
                words = f"warning: in.wav: all that is loud in its sound, which has peaks of -6 dBFS, lies above the {rate_hz} Hz"
                self.assertEqual(words in run.stderr, has_warning, run.stderr)

    def test_tags_take_nothing_from_the_sound(self):
        dice = random.Random(1)
        text = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8000))
        # Two strings, one after the other: a single event may be kept whatever it costs.
        self.put("in.wav", wav_bytes(at_peak(plucked(1) + plucked(1, 660.0), -6), RATE_HZ))
        found = []
        for length in (0, 400, 800, 8000):
            self.assert_ended(ictus("encode", "--effort", 1, "-f", "in.wav", "--tag", f"COMMENT={text[:length]}"), DONE)
            found.append(dumped("in.evs"))
        self.assertGreater(len(found[0]), 1)
        for others in found[1:]:
            self.assertEqual(others, found[0])

    def test_short_sounds_keep_to_the_rate_as_far_as_whole_events_allow(self):
        for seconds, kbit_s in ((0.1, 3.2), (0.3, 3.2), (0.5, 1), (1, 0.5), (1, 3.2), (2, 1.5)):
            with self.subTest(seconds=seconds, kbit_s=kbit_s):
                stream = self.encoded({"in": at_peak(plucked(seconds), -6)}, "--bitrate", kbit_s)["in"]
                if len(dumped(stream)) > 1:  # below a second, as much as a second may take
                    self.assertLessEqual(bytes_of_events(stream), 125 * kbit_s * max(seconds, 1))

    def test_results_as_json_have_a_place_for_warnings(self):
        self.put("in.wav", wav_bytes(at_peak(plucked(0.1), -6), RATE_HZ))
        told = json.loads(ictus("encode", "--json", "in.wav").stdout)
        self.assertEqual(told["warnings"], [])
        self.assertGreater(told["events"], 0)


if __name__ == "__main__":
    unittest.main()
