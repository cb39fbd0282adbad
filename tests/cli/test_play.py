"""Scores played by the sounds of events."""

import json
import math
import struct
import unittest

from support import DONE, FAILED, ROOT, USAGE, Case, clip_stream, encode, ictus, wav_bytes, MODEL_RATE_HZ as RATE_HZ


def number(value):
    """Of variable length, as MIDI files have it."""
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(0x80 | value & 0x7F)
    return bytes(reversed(parts))


def score(messages, ticks=500, title=None, format_=0):
    """A MIDI file of (second, bytes); 500 ticks a quarter at 120 of them a minute, so that a tick is 1 ms."""
    track = b"\x00\xff\x03" + number(len(title)) + title.encode() if title else b""
    now = 0
    for second, message in sorted(messages, key=lambda pair: pair[0]):
        tick = round(1000 * second)
        track += number(tick - now) + bytes(message)
        now = tick
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, format_, 1, ticks) + b"MTrk" + struct.pack(">I", len(track)) + track


def notes(some, channel=0):
    """Messages of (onset, duration, key, velocity)."""
    return [message for onset_s, duration_s, key, velocity in some
            for message in ((onset_s, (0x90 | channel, key, velocity)), (onset_s + duration_s, (0x80 | channel, key, 0)))]


def value(event, place, low, high, is_ratio=True):
    part = (event["vector"][place] + 1) / 2
    return low * (high / low) ** part if is_ratio else low + part * (high - low)


def hz(event):
    return value(event, 0, 25, 10500)


def key_hz(key):
    return 440 * 2 ** ((key - 69) / 12)


def tone(level=0.3, partials=6, frequency_hz=220, seconds=2):
    return [level * math.exp(-2 * i / RATE_HZ) * sum(math.sin(2 * math.pi * frequency_hz * h * i / RATE_HZ) / h
                                                     for h in range(1, partials + 1)) for i in range(seconds * RATE_HZ)]


class Play(Case):
    def events(self, stream):
        return [line for line in map(json.loads, ictus("dump", "--format", "json", stdin=stream).stdout.splitlines())
                if "event" in line]

    def played(self, messages, *words):
        run = ictus("play", *words, stdin=score(messages))
        self.assert_ended(run, DONE)
        return self.events(run.stdout)

    def test_every_note_is_an_event_at_its_time_and_pitch(self):
        tune = [(0.1 * i, 0.35, 40 + i, 40 + 2 * i) for i in range(40)]
        for words in ([], ["--with", self.put("tone.wav", wav_bytes(tone(), RATE_HZ))]):
            events = self.played(notes(tune), *words)
            self.assertEqual(len(events), len(tune))
            for event, (onset_s, duration_s, key, _) in zip(events, tune):
                self.assertLess(abs(event["onset_s"] - onset_s), 0.001)
                self.assertLess(abs(1200 * math.log2(hz(event) / key_hz(key))), 3)
                self.assertAlmostEqual(value(event, 8, 0.02, 12) / duration_s, 1, delta=0.03)
        # By 40 log10 of the part of a velocity.
        soft, loud = (event["gain_db"] for event in self.played(notes([(0.1, 0.3, 60, 40), (1.0, 0.3, 60, 118)]), *words))
        self.assertAlmostEqual(loud - soft, 40 * math.log10(118 / 40), delta=0.51)

    def test_it_is_as_loud_at_every_pitch(self):
        self.put("tone.wav", wav_bytes(tone(), RATE_HZ))
        keys = [43, 50, 57, 64, 71, 78]
        stream = ictus("play", "--with", "tone.wav", stdin=score(notes([(1.0 * i, 0.6, key, 100) for i, key in enumerate(keys)]))).stdout
        raw = ictus("decode", "--raw", "--samples", "float32", stdin=stream).stdout
        samples = struct.unpack(f"<{len(raw) // 4}f", raw)
        levels_db = [10 * math.log10(sum(x * x for x in samples[i * RATE_HZ:(i + 1) * RATE_HZ])) for i in range(len(keys))]
        self.assertLess(max(levels_db) - min(levels_db), 1.0)

    def test_it_sounds_at_its_pitch_and_is_let_go(self):
        self.put("tone.wav", wav_bytes(tone(), RATE_HZ))
        stream = ictus("play", "--with", "tone.wav", stdin=score(notes([(0.5, 1, 64, 127)]))).stdout
        raw = ictus("decode", "--raw", "--samples", "float32", stdin=stream).stdout
        samples = struct.unpack(f"<{len(raw) // 4}f", raw)

        def part_at(frequency_hz):
            some = samples[30000:60000]
            angle = 2 * math.pi * frequency_hz / RATE_HZ
            window = [0.5 - 0.5 * math.cos(2 * math.pi * i / len(some)) for i in range(len(some))]
            return math.hypot(sum(w * x * math.cos(angle * i) for i, (w, x) in enumerate(zip(window, some))),
                              sum(w * x * math.sin(angle * i) for i, (w, x) in enumerate(zip(window, some))))
        around = {cents: part_at(key_hz(64) * 2 ** (cents / 1200)) for cents in range(-20, 21, 5)}
        self.assertLessEqual(abs(max(around, key=around.get)), 5)

        def power(begin_s, end_s):
            return sum(x * x for x in samples[int(begin_s * RATE_HZ):int(end_s * RATE_HZ)])

        self.assertLess(power(0, 0.45), 1e-6 * power(0.5, 0.95))
        self.assertLess(power(2.5, 2.95), 1e-3 * power(1.0, 1.45))

    def test_pedal_wheel_and_position(self):
        low, high = self.played([(0, (0xB0, 64, 127)), *notes([(0.1, 0.1, 60, 90)]), (1.1, (0xB0, 64, 0)),
                                 (1.2, (0xB0, 10, 127)), (1.2, (0xE0, 0, 96)), *notes([(1.3, 1, 72, 90)]), (1.5, (0xE0, 0, 64))])
        self.assertAlmostEqual(value(low, 8, 0.02, 12), 1.0, delta=0.03)
        self.assertAlmostEqual(high["vector"][15], 1)
        # From a semitone above to its pitch in 0.2 s.
        self.assertLess(abs(1200 * math.log2(hz(high) / key_hz(72))), 3)
        self.assertAlmostEqual(value(high, 2, -14, 14, False), 1.0, delta=0.06)
        self.assertAlmostEqual(value(high, 3, 0.02, 3), 0.2, delta=0.005)

    def test_who_plays_what(self):
        """By its pitch of 880 Hz and its long attack the one event is known from the others."""
        self.put("one.evs", encode("-", stdin=wav_bytes(tone(frequency_hz=220), RATE_HZ)).stdout)
        strongest = max(self.events((self.folder / "one.evs").read_bytes()), key=lambda event: event["gain_db"])
        slow = ictus("vary", "--attack", "500ms", "one.evs").stdout
        self.put("slow.evs", slow)

        def attack(event):
            return value(event, 7, 0.001, 1)

        song = notes([(0, 1, 57, 100)], 0) + notes([(2, 1, 57, 100)], 1) + notes([(4, 1, 38, 100)], 9)
        number_ = f"#{strongest['event']}"
        first, second, third = self.played(song, "--with", "one.evs" + number_, "--with", "2=slow.evs" + number_)
        self.assertLess(attack(first), 0.1)
        self.assertAlmostEqual(attack(second), 0.5, delta=0.1)
        # Drums have their own unless they are given some, and those keep their pitch.
        self.assertNotEqual(third["vector"][16:], first["vector"][16:])
        *_, drum = self.played(song, "--with", "drums=slow.evs" + number_)
        self.assertAlmostEqual(hz(drum), hz(strongest), delta=0.01 * hz(strongest))

    def test_the_knock_of_a_struck_note_plays_nothing(self):
        """However near it is to a low note, and however loud."""
        struck = ("onset_s\tgain_db\tnote\tattack_s\thold_s\tdecay_s\n"
                  "0\t-14\tD2\t0.002\t0.1\t0.3\n0.002\t-13\tA4\t0.02\t2\t5\n")
        self.put("struck.evs", ictus("assemble", stdin=struck.encode()).stdout)
        low, = self.played(notes([(0, 1, 38, 100)]), "--with", "struck.evs")
        self.assertAlmostEqual(value(low, 7, 0.001, 1), 0.02, delta=0.002)
        self.assertLess(abs(1200 * math.log2(hz(low) / key_hz(38))), 3)
        # Asked for by its number it does.
        low, = self.played(notes([(0, 1, 38, 100)]), "--with", "struck.evs#0")
        self.assertAlmostEqual(value(low, 7, 0.001, 1), 0.002, delta=0.0003)

    def test_every_program_has_an_instrument(self):
        messages = []
        for program in range(128):
            messages += [(program, (0xC0, program)), *notes([(program + 0.1, 0.5, 60, 100)])]
        messages += notes([(128 + i / 8, 0.1, key, 100) for i, key in enumerate(range(27, 88))], 9)
        events = self.played(messages)
        self.assertEqual(len(events), 128 + 61)
        self.assertGreater(len({tuple(event["vector"][16:]) for event in events}), 30)

    def test_the_stream(self):
        song = score(notes([(0, 1, 60, 100), (1, 1, 62, 100)]), title="A tune")
        self.put("tune.mid", song)
        self.assert_ended(ictus("play", "tune.mid", "tune.evs"), DONE, "tune.mid -> tune.evs: 6.0 s, 2 events")
        self.assertEqual((self.folder / "tune.evs").read_bytes(), ictus("play", stdin=song).stdout)
        facts = json.loads(ictus("info", "--json", "tune.evs").stdout)
        self.assertEqual(facts["samples"], 6 * RATE_HZ)
        self.assertEqual(facts["tags"], {"TITLE": ["A tune"]})
        louder = self.events(ictus("play", "--gain", "-6dB", stdin=song).stdout)
        for a, b in zip(louder, self.events((self.folder / "tune.evs").read_bytes()), strict=True):
            self.assertAlmostEqual(a["gain_db"], b["gain_db"] - 6, delta=1e-4)

    def test_mistakes(self):
        song = score(notes([(0, 1, 60, 100)]))
        self.put("tune.mid", song)
        self.put("one.evs", clip_stream())
        self.put("hiss.txt", b"no sound at all")
        left = ["tune.mid", "one.evs", "hiss.txt"]
        for words, status, *texts in [
            (["none.mid"], FAILED, "none.mid: cannot be opened"),
            (["hiss.txt"], FAILED, "hiss.txt: is no MIDI file"),
            (["one.evs"], FAILED, "one.evs: is no MIDI file"),
            (["tune.mid", "--with", "none.evs"], FAILED, "none.evs: cannot be opened"),
            (["tune.mid", "--with", "hiss.txt"], FAILED, "hiss.txt"),
            (["tune.mid", "--with", "one.evs#999"], FAILED, "one.evs: has no event 999"),
            (["tune.mid", "--with", "17=one.evs"], USAGE, "17 is out of range"),
            (["tune.mid", "--with", "1="], USAGE, "names no sound"),
            (["tune.mid", "--with", "one.evs", "--with", "one.evs"], USAGE, "two sounds are for all channels"),
            (["tune.mid", "--with", "1=one.evs", "--with", "1..3=one.evs"], USAGE, "channel 1 has two sounds"),
            (["tune.mid", "--gain", "loud"], USAGE, "is no level"),
            (["tune.mid", "-o", "one.evs"], FAILED, "one.evs"),
            (["tune.mid", "--with", "one.evs", "-f", "-o", "one.evs"], FAILED, "one.evs: is both input and output"),
        ]:
            self.assert_refused(ictus("play", *words, *([] if "-o" in words else ["-o", "x.evs"])), status, *texts, left=left)
        for cut in range(4, len(song)):
            run = ictus("play", "-o", "x.evs", stdin=song[:cut])
            self.assert_refused(run, FAILED, "standard input: is cut short at byte", left=left)
        # A year of silence would be one of work.
        late = score([*notes([(0, 1, 60, 100)]), (100_000, (0x90, 60, 0))])
        self.assert_refused(ictus("play", "-o", "x.evs", stdin=late), FAILED, "standard input: lasts 28 hours", "up to 24 hours", left=left)
        self.assert_refused(ictus("play", "-o", "x.evs", stdin=score([])), FAILED, "standard input: has no notes", left=left)
        self.assert_refused(ictus("play", "-o", "x.evs", stdin=score(notes([(0, 1, 2, 90)]))), FAILED,
                            "1 note lies beyond the pitches that a stream holds", left=left)
        run = ictus("play", stdin=score(notes([(0, 1, 2, 90), (1, 1, 60, 90)])))
        self.assert_ended(run, DONE, "warning: standard input: 1 note lies beyond the pitches that a stream holds")
        self.assertEqual(len(self.events(run.stdout)), 1)
        foreign = next(path for path in sorted((ROOT / "tests/conformance/valid").glob("*.evs")))
        self.assert_refused(ictus("play", "tune.mid", "--with", str(foreign), "-o", "x.evs"), FAILED, foreign.name, left=left)


if __name__ == "__main__":
    unittest.main()
