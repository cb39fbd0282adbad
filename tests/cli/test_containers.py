"""Sound files that are not as the book says: what is there is used, what was mended is said, what is missing is said with
status 1. And channels that cancel each other."""

import array
import json
import math
import struct
import unittest

from support import DONE, FAILED, Case, dumped, encode, ictus, pcm16, tone

RATE = 22050
GUID = bytes.fromhex("f3acd3118cd100c04f8edb8a")


def chunk(name, body, order="<", pad=True, size=None):
    stated = len(body) if size is None else size
    return name + struct.pack(order + "I", stated) + body + (b"\0" if pad and len(body) % 2 else b"")


def fmt(channels=1, bits=16, align=None, mask=None):
    align = channels * bits // 8 if align is None else align
    plain = struct.pack("<HIIHH", channels, RATE, RATE * align, align, bits)
    if mask is None:
        return chunk(b"fmt ", struct.pack("<H", 1) + plain)
    extension = struct.pack("<HHIH", 22, bits, mask, 1) + bytes.fromhex("000000001000800000aa00389b71")
    return chunk(b"fmt ", struct.pack("<H", 0xFFFE) + plain + extension)


def riff(*chunks, name=b"RIFF", size=None):
    body = b"WAVE" + b"".join(chunks)
    return name + struct.pack("<I", len(body) if size is None else size) + body


def length_and_level(stream):
    """Of what it decodes to: frames, and dB with all channels together. Rounding of what is encoded moves single events."""
    samples = array.array("f", ictus("decode", "--raw", "--samples", "float32", stdin=stream).stdout)
    frames = len(samples) // json.loads(ictus("info", "--json", stdin=stream).stdout)["channels"]
    return frames, 10 * math.log10(sum(x * x for x in samples) / frames + 1e-12)


def big16(samples):
    numbers = array.array("h", pcm16(samples))
    numbers.byteswap()
    return numbers.tobytes()


def aiff(samples, stated=None):
    sound = bytes(8) + big16(samples)
    comm = struct.pack(">hIh", 1, len(samples), 16) + struct.pack(">HQ", 0x400D, RATE << 49)
    body = b"AIFF" + chunk(b"COMM", comm, ">") + chunk(b"SSND", sound, ">", size=stated)
    return b"FORM" + struct.pack(">I", len(body) if stated is None else 0) + body


def au(samples, stated=None):
    sound = big16(samples)
    size = len(sound) if stated is None else stated
    return struct.pack(">4sIIIII", b".snd", 24, size, 3, RATE, 1) + sound


def caf(samples, stated=None):
    sound = bytes(4) + big16(samples)
    desc = struct.pack(">d4sIIIII", float(RATE), b"lpcm", 0, 2, 1, 1, 16)
    return (b"caff\0\1\0\0desc" + struct.pack(">q", len(desc)) + desc + b"data"
            + struct.pack(">q", len(sound) if stated is None else stated) + sound)


def w64(samples, stated=None):
    sound = pcm16(samples)
    form = fmt()[8:]
    head = b"fmt " + GUID + struct.pack("<Q", 24 + len(form)) + form
    data = b"data" + GUID + struct.pack("<Q", 24 + len(sound) if stated is None else stated) + sound
    size = 40 + len(head) + len(data) if stated is None else 0
    return b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000") + struct.pack("<Q", size) + b"wave" + GUID + head + data


def wav(samples, stated=None):
    sound = pcm16(samples)
    return riff(fmt(), chunk(b"data", sound, size=stated))


def rf64(samples, stated=None, name=b"RF64"):
    sound = pcm16(samples)
    sizes = struct.pack("<QQQI", len(sound) + 100, len(sound) if stated is None else 0, len(sound) // 2, 0)
    return riff(chunk(b"ds64", sizes), fmt(), chunk(b"data", sound, size=0xFFFFFFFF), name=name, size=0xFFFFFFFF)


def bw64(samples, stated=None):
    return rf64(samples, stated, b"BW64")


CONTAINERS = [wav, rf64, bw64, aiff, au, caf, w64]


class Containers(Case):
    SOUND = tone(0.6)

    def encoded(self, data, status=DONE, *texts):
        """The same from a file and from a pipe; returns the stream."""
        self.put("in", data)
        run = encode("-f", "in", "-o", "out.evs")
        self.assert_ended(run, status, *texts)
        piped = encode("-", stdin=data)
        self.assert_ended(piped, status, *texts)
        stream = (self.folder / "out.evs").read_bytes()
        self.assertEqual(piped.stdout, stream)
        return stream

    def expected(self):
        return dumped(self.encoded(wav(self.SOUND)))

    def test_every_container_gives_the_same_events(self):
        expected = self.expected()
        for container in CONTAINERS:
            with self.subTest(container.__name__):
                stream = self.encoded(container(self.SOUND))
                self.assertEqual(dumped(stream), expected)

    def test_placeholders_for_sizes(self):
        expected = self.expected()
        for container, placeholder in [(wav, 0), (wav, 0xFFFFFFFF), (wav, 0x7FFFFFDB), (rf64, 0), (bw64, 0), (aiff, 0),
                                       (aiff, 0x7F000008), (au, 0), (au, 0xFFFFFFFF), (caf, -1), (caf, 0), (w64, 0)]:
            with self.subTest(f"{container.__name__} {placeholder}"):
                run = encode("-", stdin=container(self.SOUND, placeholder))
                self.assert_ended(run, DONE)
                self.assertNotIn("warning", run.stderr)
                self.assertEqual(dumped(run.stdout), expected)

    def test_ends_that_are_missing(self):
        for container in CONTAINERS:
            with self.subTest(container.__name__):
                whole = container(self.SOUND)
                cut = whole[: len(whole) * 6 // 10]
                stream = self.encoded(cut, FAILED, "is cut short: its header promises 13230 frames")
                facts = json.loads(ictus("info", "--json", "-", stdin=stream).stdout)
                self.assertIs(facts["complete"], True)
                self.assertLess(7700, facts["original_samples"])
                self.assertLess(facts["original_samples"], 8000)

    def test_what_is_mended_is_said_and_nothing_is_missing(self):
        expected = self.expected()
        sound = pcm16(self.SOUND)
        n = len(sound)
        wide = array.array("i", [x << 16 for x in array.array("h", sound)]).tobytes()
        low = array.array("i", [(x << 8) + 1 for x in array.array("h", sound)]).tobytes()
        # The same samples without their fourth bytes.
        packed = dumped(encode("-", stdin=riff(fmt(bits=24), chunk(b"data", bytes(b for i, b in enumerate(low) if i % 4 < 3)))).stdout)
        for data, words in [
            (riff(chunk(b"LIST", b"INFO!", pad=False), fmt(), chunk(b"data", sound)), "pad byte behind its LIST chunk"),
            (riff(chunk(b"bext", b"x" * 603, pad=False), fmt(), chunk(b"data", sound)), "pad byte behind its bext chunk"),
            (riff(fmt(), chunk(b"LIST", b"INFOabcd", size=9999), chunk(b"data", sound)), "size of its LIST chunk is wrong"),
            (riff(fmt(), chunk(b"data", sound, size=n + 44), size=n + 36), "nothing is missing"),
            (riff(fmt(), chunk(b"data", sound), b"\x9c" * 999), "999 bytes behind the sound"),
            (riff(fmt(align=0), chunk(b"data", sound)), "frames of 0 bytes"),
            (riff(fmt(align=16), chunk(b"data", sound)), "frames of 16 bytes"),
            (riff(fmt(bits=24, align=4), chunk(b"data", low)), "first three bytes of four"),
        ]:
            with self.subTest(words):
                stream = self.encoded(data, DONE, "warning: ", words)
                self.assertEqual(dumped(stream), packed if low in data else expected)
                told = json.loads(encode("-f", "--json", "in", "-o", "out.evs").stdout)
                self.assertEqual(told["status"], "done")
                self.assertTrue(any(words in warning for warning in told["warnings"]), told)
        for data in [riff(fmt(bits=24, align=4), chunk(b"data", wide)), riff(fmt(mask=0xFF), chunk(b"data", sound)),
                     riff(fmt(), chunk(b"data", sound, size=n + 1), size=n + 37)]:
            run = encode("-", stdin=data)
            self.assert_ended(run, DONE)
            self.assertNotIn("warning", run.stderr)
            self.assertEqual(dumped(run.stdout), expected)

    def test_headers_that_contradict_themselves(self):
        sound = pcm16(self.SOUND)
        for form in [fmt(align=3), fmt(channels=2, align=3), fmt(bits=40, align=5)]:
            self.put("in", riff(form, chunk(b"data", sound)))
            self.assert_refused(encode("in", "-o", "out.evs"), FAILED, "contradicts itself", "raw PCM", left=["in"])


def level_db(samples):
    return 10 * math.log10(sum(x * x for x in samples) / len(samples))


class Mix(Case):
    def gains(self, stream):
        return sorted(event["gain_db"] for event in dumped(stream))

    def stereo(self, samples, factor):
        frames = [x for sample in samples for x in (sample, factor * sample)]
        return riff(fmt(2), chunk(b"data", pcm16(frames)))

    def test_channels_that_cancel_are_heard_and_said(self):
        sound = tone(1.0)
        plain = encode("-", stdin=wav(sound)).stdout
        # Left and right are kept, so nothing cancels; each is as loud as the whole of the sound alone.
        self.put("in.wav", self.stereo(sound, -1))
        run = encode("in.wav")
        self.assert_ended(run, DONE)
        self.assertNotIn("warning", run.stderr)
        opposed = (self.folder / "in.evs").read_bytes()
        self.assertGreater(len(dumped(opposed)), 0)
        heard = array.array("h", ictus("decode", "--raw", stdin=opposed).stdout)
        alone = array.array("h", ictus("decode", "--raw", stdin=plain).stdout)
        for side in (heard[0::2], heard[1::2]):
            self.assertAlmostEqual(level_db(side), level_db(alone), delta=1.5)
        # A token pyramid has one channel.
        self.assert_ended(encode("--codec", "mars", "in.wav"), DONE,
                          "warning: in.wav: its channels cancel each other for 1.0 s, first at 0.0 s")
        told = json.loads(encode("--codec", "mars", "-f", "--json", "in.wav").stdout)
        self.assertIn("cancel", told["warnings"][0])

    def test_ordinary_stereo_is_not_complained_of(self):
        for factor in (1, 0.3, 0):
            run = encode("-", stdin=self.stereo(tone(1.0), factor))
            self.assert_ended(run, DONE)
            self.assertNotIn("warning", run.stderr)

    def test_a_mix_that_loses_power_says_how_much(self):
        run = encode("--codec", "mars", "-", stdin=self.stereo(tone(1.0), -0.5))
        self.assert_ended(run, DONE, "warning: standard input: the mix of its 2 channels to one lost 10 dB")

    def test_the_centre_of_surround_sound_keeps_its_level(self):
        sound = tone(0.6)
        alone = encode("-", stdin=wav(sound)).stdout
        wanted = length_and_level(alone)
        for mask in (0x3F, 0x60F):
            frames_of_six = [x for sample in sound for x in (0, 0, sample, 0, 0, 0)]
            run = encode("-", stdin=riff(fmt(6, mask=mask), chunk(b"data", pcm16(frames_of_six))))
            self.assert_ended(run, DONE)
            self.assertNotIn("warning", run.stderr)
            frames, level = length_and_level(run.stdout)
            self.assertEqual(frames, wanted[0])
            self.assertAlmostEqual(level, wanted[1], delta=1)
            mono = encode("--mono", "-", stdin=riff(fmt(6, mask=mask), chunk(b"data", pcm16(frames_of_six))))
            self.assertEqual(dumped(mono.stdout), dumped(alone))

    def test_low_frequencies_alone_do_not_vanish_without_a_word(self):
        frames = [x for sample in tone(0.6) for x in (0, 0, 0, sample, 0, 0)]
        run = encode("-", stdin=riff(fmt(6, mask=0x3F), chunk(b"data", pcm16(frames))))
        self.assert_ended(run, DONE, "warning: standard input: the mix of its 6 channels to two lost all of their power")


if __name__ == "__main__":
    unittest.main()
