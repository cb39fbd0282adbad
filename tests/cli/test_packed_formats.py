"""FLAC, FLAC in Ogg and MPEG audio from outside: what is kept, what is said, and with which status. The files are made here."""

import json
import struct
import unittest

from support import DONE, FAILED, Case, encode, ictus, tone

RATE_HZ = 22050


def crc(data, polynomial, width):
    value, top, mask = 0, 1 << (width - 1), (1 << width) - 1
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & mask
    return value


def flac_parts(seconds=0.4, bits=16, comments=()):
    """The metadata blocks of a FLAC stream and its frames, whose samples stand there as they are."""
    samples = [round(x * ((1 << (bits - 1)) - 1)) for x in tone(seconds, RATE_HZ)]
    size = 1024
    info = struct.pack(">HH6x", size, size)
    info += (RATE_HZ << 44 | bits - 1 << 36 | len(samples)).to_bytes(8, "big") + bytes(16)
    texts = [text.encode() for text in comments]
    comment = struct.pack("<I4sI", 4, b"test", len(texts)) + b"".join(struct.pack("<I", len(t)) + t for t in texts)
    metadata = [b"\x00" + len(info).to_bytes(3, "big") + info, b"\x84" + len(comment).to_bytes(3, "big") + comment]
    frames = []
    for number, at in enumerate(range(0, len(samples), size)):
        block = samples[at:at + size]
        head = b"\xff\xf8\x70" + bytes([{8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7}[bits] << 1, number])
        head += struct.pack(">H", len(block) - 1)
        head += bytes([crc(head, 0x07, 8)])
        text = "00000010" + "".join(format(sample & ((1 << bits) - 1), f"0{bits}b") for sample in block)
        text += "0" * (-len(text) % 8)
        frame = head + int(text, 2).to_bytes(len(text) // 8, "big")
        frames.append(frame + struct.pack(">H", crc(frame, 0x8005, 16)))
    return metadata, frames, len(samples)


def flac(**layout):
    metadata, frames, _ = flac_parts(**layout)
    return b"fLaC" + b"".join(metadata) + b"".join(frames)


def ogg_page(flags, granule, serial, number, packet):
    segments = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    head = b"OggS" + struct.pack("<BBqII", 0, flags, granule, serial, number)
    tail = bytes([len(segments)]) + segments + packet
    return head + struct.pack("<I", crc(head + bytes(4) + tail, 0x04C11DB7, 32)) + tail


def ogg_flac_pages(serial=1, **layout):
    """A packet a page."""
    metadata, frames, length = flac_parts(**layout)
    pages = [ogg_page(2, 0, serial, 0, b"\x7fFLAC\x01\x00" + struct.pack(">H", 1) + b"fLaC" + metadata[0]),
             ogg_page(0, 0, serial, 1, metadata[1])]
    for number, frame in enumerate(frames):
        is_last = number + 1 == len(frames)
        pages.append(ogg_page(4 if is_last else 0, min(1024 * (number + 1), length), serial, 2 + number, frame))
    return pages


def silent_mp3(frames=40):
    """Layer III, 128 kbit/s, 44.1 kHz, mono: side information of zeros says that nothing sounds."""
    return (b"\xff\xfb\x90\xc0" + bytes(413)) * frames


class PackedFormats(Case):
    def facts(self, name="out.evs"):
        return json.loads(ictus("info", "--json", name).stdout)

    def encoded(self, data, status, *texts):
        self.put("in.x", data)
        run = encode("-f", "in.x", "-o", "out.evs")
        self.assert_ended(run, status, *texts)
        for line in run.stderr.splitlines():
            self.assertRegex(line, r"^(ictus: |in\.x -> out\.evs: |  )", "words of a library")
        return self.facts()["original_samples"]

    def test_depths(self):
        for bits in (12, 20, 32):
            with self.subTest(bits=bits):
                self.assertEqual(self.encoded(flac(bits=bits), DONE), 8820)

    def test_joined(self):
        self.assertEqual(self.encoded(flac() + flac(seconds=0.2), DONE), 8820 + 4410)
        joined = b"".join(ogg_flac_pages(1) + ogg_flac_pages(2, seconds=0.2))
        self.assertEqual(self.encoded(joined, DONE), 8820 + 4410)

    def test_ends_that_are_missing(self):
        whole = flac()
        self.assertEqual(self.encoded(whole[:-1], FAILED, "is cut short: its header promises 8820 frames and 8192 are there"),
                         8192)
        pages = ogg_flac_pages()
        self.assertEqual(self.encoded(b"".join(pages[:-2]), FAILED, "is cut short: "), 7168)
        self.encoded(silent_mp3()[:-7], FAILED, "is cut short: it ends inside a frame")

    def test_damage(self):
        damaged = bytearray(flac())
        damaged[len(damaged) // 2] ^= 1
        self.assertEqual(self.encoded(bytes(damaged), FAILED, "became silence"), 8820)
        pages = ogg_flac_pages()
        self.assertEqual(self.encoded(b"".join(pages[:5] + pages[6:]), FAILED, "lacks 1 page"), 8820)

    def test_a_damaged_mp3_in_our_words_only(self):
        damaged = bytearray(silent_mp3())
        damaged[9000:9400] = bytes(i * 37 & 255 for i in range(400))
        self.put("in.mp3", damaged)
        run = encode("-q", "in.mp3")
        self.assert_ended(run, FAILED)
        for line in run.stderr.splitlines():
            self.assertRegex(line, r"^(ictus: |  )", "words of a library")
        self.assertIn("that are no frames; silence took the place of 1 frame", run.stderr)
        self.assertEqual(self.facts("in.evs")["original_samples"], 40 * 1152)

    def test_what_is_mended_is_a_warning(self):
        self.encoded(flac() + b"left over", DONE, "warning: 'in.x' has 9 bytes behind its sound, which were left out")
        run = encode("--json", "-f", "in.x", "-o", "out.evs")
        self.assertIn("'in.x' has 9 bytes behind its sound, which were left out", json.loads(run.stdout)["warnings"])

    def test_codec_that_is_unknown(self):
        self.put("in.ogg", ogg_page(2, 0, 1, 0, b"Speex   1.2" + bytes(69)))
        self.assert_refused(encode("in.ogg"), FAILED, "is an Ogg file with Speex, which cannot be decoded", left=["in.ogg"])

    def test_through_a_pipe(self):
        for data, samples in ((flac(bits=20), 8820), (b"".join(ogg_flac_pages()), 8820), (silent_mp3(), 40 * 1152)):
            self.put("out.evs", encode("-", stdin=data).stdout)
            self.assertEqual(self.facts()["original_samples"], samples)


class AllTags(Case):
    COMMENTS = ["TITLE=Für Elise", "ARTIST=One", "Artist=Two", "ALBUMARTIST=All", "COMPOSER=B", "TRACKNUMBER=3", "DISCNUMBER=1",
                "DATE=2020", "ISRC=X1", "REPLAYGAIN_TRACK_GAIN=-3 dB", "GENRE=Piano"]

    def test_there_and_back(self):
        expected = {}
        for comment in self.COMMENTS:
            name, value = comment.split("=", 1)
            expected.setdefault(name.lower(), []).append(value)
        for data in (flac(comments=self.COMMENTS), b"".join(ogg_flac_pages(comments=self.COMMENTS))):
            self.put("in.flac", data)
            self.assert_ended(encode("-f", "in.flac", "-o", "out.evs"), DONE)
            self.assertEqual(json.loads(ictus("info", "--json", "out.evs").stdout)["tags"], expected)
        run = ictus("decode", "out.evs", "-o", "back.wav")
        self.assert_ended(run, DONE, "a WAV file has no place for the tags albumartist, discnumber, isrc and replaygain_track_gain")
        back = (self.folder / "back.wav").read_bytes()
        for entry in (b"INAM", b"IMUS", b"ITRK", b"IGNR", "Für Elise".encode(), b"One; Two"):
            self.assertIn(entry, back)
        # What a WAV file says of itself is taken as it is said.
        self.assert_ended(encode("back.wav", "-o", "again.evs"), DONE)
        tags = json.loads(ictus("info", "--json", "again.evs").stdout)["tags"]
        self.assertEqual((tags["artist"], tags["composer"]), (["One; Two"], ["B"]))
        raw = ictus("decode", "--raw", "out.evs", "-o", "back.raw")
        self.assertNotIn("warning", raw.stderr)

    def test_one_field_set_twice(self):
        self.put("in.flac", flac(comments=self.COMMENTS))
        self.assert_ended(encode("in.flac", "--tag", "ARTIST=Three", "--tag", "artist=Four", "-o", "out.evs"), DONE)
        tags = json.loads(ictus("info", "--json", "out.evs").stdout)["tags"]
        self.assertEqual(tags["ARTIST"], ["Three", "Four"])
        self.assertNotIn("artist", tags)
        self.assertEqual(tags["title"], ["Für Elise"])

    def test_more_than_a_stream_holds(self):
        comments = ["TITLE=short", "LYRICS=" + "x" * 1_000_000, "COMMENT=" + "y" * 40_000, "ISRC=X1"]
        self.put("in.flac", flac(comments=comments))
        run = encode("in.flac", "-o", "out.evs")
        self.assert_ended(run, DONE, "warning: in.flac: a stream has no room for the tag lyrics of the input; it was left out")
        tags = json.loads(ictus("info", "--json", "out.evs").stdout)["tags"]
        self.assertEqual(sorted(tags), ["comment", "isrc", "title"])
        many = [f"NAME{i}=value" for i in range(300)]
        self.put("many.flac", flac(comments=many))
        self.assert_ended(encode("many.flac", "-o", "many.evs"), DONE, "and 24 more of the input; they were left out")


if __name__ == "__main__":
    unittest.main()
