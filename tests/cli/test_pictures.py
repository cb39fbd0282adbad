"""plot, explore and MIDI: what is made of a stream to look at and to take elsewhere."""

import base64
import io
import itertools
import json
import math
import os
import re
import struct
import unittest
import zlib

import mido

from support import (DONE, FAILED, ROOT, USAGE, Case, block_ends, clip, clip_stream, dumped, encode, ictus,
                     tone, wav_bytes)

RATE_HZ = 22050


def png(data):
    """Width, height and rows of pixels as bytes, of the PNGs that cairo writes: 8 bits a colour, no interlacing."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, content, header = 8, b"", None
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", data[at + 8 : at + 8 + size])
        elif kind == b"IDAT":
            content += data[at + 8 : at + 8 + size]
        at += size + 12
    width, height, depth, colour, *_ = header
    assert depth == 8 and colour in (2, 6), header
    channels = 3 if colour == 2 else 4
    raw, stride, rows, before = zlib.decompress(content), width * channels, [], bytearray(width * channels)
    for y in range(height):
        filter_type, *row = raw[y * (stride + 1) : (y + 1) * (stride + 1)]
        for i in range(stride):
            left = row[i - channels] if i >= channels else 0
            up, upper_left = before[i], before[i - channels] if i >= channels else 0
            if filter_type == 1:
                row[i] = (row[i] + left) & 255
            elif filter_type == 2:
                row[i] = (row[i] + up) & 255
            elif filter_type == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif filter_type == 4:
                nearest = min((left, up, upper_left), key=lambda value: abs(left + up - upper_left - value))
                row[i] = (row[i] + nearest) & 255
        rows.append([tuple(row[x * channels : x * channels + 3]) for x in range(width)])
        before = row
    return width, height, rows


class Plot(Case):
    given = {"song.evs": clip_stream, "song.wav": clip}

    def picture(self, *words, name="out.png"):
        run = ictus("plot", "-q", "-f", *words, "song.evs", "-o", name)
        self.assert_ended(run, DONE)
        return (self.folder / name).read_bytes()

    def test_beside_the_input_by_default(self):
        self.assert_ended(ictus("plot", "song.evs"), DONE, "song.evs -> song.png: 1.5 s, ")
        self.assertEqual(png((self.folder / "song.png").read_bytes())[:2], (1200, 600))
        run = ictus("plot", stdin=clip_stream())
        self.assertEqual(png(run.stdout)[:2], (1200, 600))

    def test_every_kind_as_every_file(self):
        for kind in (["map"], ["roll"], ["spectrogram"], ["spectrogram", "--original", "song.wav"],
                     ["residual", "--original", "song.wav"]):
            for suffix, signature in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
                data = self.picture("--kind", *kind, name=f"out.{suffix}")
                self.assertTrue(data.startswith(signature), (kind, suffix))
                self.assertEqual(data, self.picture("--kind", *kind, name=f"out.{suffix}"), "not repeatable")

    def test_themes_and_sizes(self):
        for kind in ("map", "roll", "spectrogram"):
            light = png(self.picture("--kind", kind, "--size", "600x400"))
            dark = png(self.picture("--kind", kind, "--size", "600x400", "--theme", "dark"))
            self.assertEqual((light[:2], dark[:2]), ((600, 400), (600, 400)))
            self.assertGreater(min(light[2][0][0]), 230)
            self.assertLess(max(dark[2][0][0]), 50)

    def test_the_map_shows_an_event_where_it_begins(self):
        """Two events of the clip far apart: the coloured pixels lie at two places, as far apart as their times."""
        events = dumped("song.evs")
        self.put("two.evs", ictus("vary", "-q", "--keep", f"event==0 || event=={len(events) - 1}", "song.evs").stdout)
        first, last = (event["onset_s"] for event in dumped("two.evs"))
        self.assert_ended(ictus("plot", "-q", "two.evs", "-o", "two.png"), DONE)
        width, height, rows = png((self.folder / "two.png").read_bytes())
        coloured = [x for y in range(80, height - 60) for x in range(60, width)
                    if max(rows[y][x]) - min(rows[y][x]) > 40]
        middle = (min(coloured) + max(coloured)) / 2
        places = [sum(xs) / len(xs) for xs in ([x for x in coloured if x < middle], [x for x in coloured if x > middle])]
        # The plane is about 1130 pixels wide for the clip's length and a margin.
        per_s = (places[1] - places[0]) / (last - first)
        self.assertGreater(per_s * 1.5, 1000)
        self.assertLess(per_s * 1.5, 1140)

    def test_other_seeds_draw_other_maps(self):
        self.assertNotEqual(self.picture("--seed", "1"), self.picture("--seed", "2"))

    def test_no_picture_and_no_page_needs_libtorch(self):
        self.assert_loads_no_libtorch("plot", "song.evs")
        for kind in ("roll", "spectrogram"):
            self.assert_loads_no_libtorch("plot", "--kind", kind, "song.evs", "-o", f"{kind}.png")
        self.assert_loads_no_libtorch("plot", "--kind", "residual", "--original", "song.wav", "song.evs", "-o", "residual.png")
        self.assert_loads_no_libtorch("explore", "song.evs")
        self.assert_loads_no_libtorch("dump", "--format", "midi", "song.evs")

    def test_the_residual_of_the_decoded_sound_itself_is_dark(self):
        """What is left of the decoded sound after taking the decoded sound away is next to nothing."""
        self.assert_ended(ictus("decode", "-q", "song.evs", "-o", "decoded.wav"), DONE)

        def brightness(original):
            width, height, rows = png(self.picture("--kind", "residual", "--original", original, "--theme", "dark"))
            panel = [sum(rows[y][x]) for y in range(100, height - 70, 5) for x in range(int(0.68 * width), int(0.9 * width), 5)]
            return sum(panel) / len(panel)
        self.assertLess(brightness("decoded.wav"), 0.5 * brightness("song.wav"))

    def test_mistakes(self):
        left = ["song.evs", "song.wav"]
        for words, *texts in [
            (["--kind", "tree"], "--kind: there is no 'tree'", "map, roll, spectrogram, residual"),
            (["--kind", "residual"], "--original FILE is missing"),
            (["--original", "song.wav"], "--original is for --kind spectrogram and residual alone"),
            (["--size", "big"], "--size: 'big' is no size"),
            (["--size", "10x10"], "--size (width): 10 is out of range"),
            (["-o", "out.jpg"], "out.jpg: the name does not say what kind of picture", ".png, .svg or .pdf"),
            (["--kind", "spectrogram", "--seed", "3"], "--seed is for --kind map and roll alone"),
        ]:
            self.assert_refused(ictus("plot", "song.evs", *words), USAGE, *texts, left=left)
        self.assert_refused(ictus("plot", "--kind", "residual", "--original", "none.wav", "song.evs"), FAILED, "none.wav",
                            left=left)
        self.put("song.png", b"precious")
        self.assert_refused(ictus("plot", "song.evs"), FAILED, "song.png: the output exists already", left=[*left, "song.png"])

    def test_a_machine_without_fonts_is_told_once_what_to_install(self):
        self.put("fonts.conf", b'<?xml version="1.0"?><fontconfig></fontconfig>')
        no_fonts = {**os.environ, "FONTCONFIG_FILE": str(self.folder / "fonts.conf")}
        self.put("other.evs", clip_stream())
        (self.folder / "pictures").mkdir()
        for kind in ("map", "roll"):
            run = ictus("plot", "-f", "--kind", kind, "song.evs", "other.evs", "-o", "pictures", env=no_fonts)
            self.assert_ended(run, DONE)
            warning, *results = run.stderr.splitlines()
            self.assertRegex(warning, "^ictus: warning: no font .*install one, such as fonts-dejavu-core$")
            self.assertEqual([line[:14] for line in results], ["song.evs -> pi", "other.evs -> p"])
            self.assertEqual(png((self.folder / "pictures/song.png").read_bytes())[:2], (1200, 600))
        self.assertNotIn("warning", ictus("plot", "-f", "song.evs").stderr)
        self.assertEqual(ictus("plot", "-q", "-f", "song.evs", env=no_fonts).stderr, "")

    def test_what_the_library_of_fonts_says_is_not_seen(self):
        """Of settings that are missing or wrong it complains by itself, and finds fonts all the same."""
        self.put("wrong.conf", b"no settings")
        for settings in ("missing.conf", "wrong.conf"):
            for kind in ("map", "roll"):
                run = ictus("plot", "-f", "--kind", kind, "song.evs",
                            env={**os.environ, "FONTCONFIG_FILE": str(self.folder / settings)})
                self.assert_ended(run, DONE)
                self.assertRegex(run.stderr, r"\A(ictus: warning: no font .*\n)?song.evs -> song.png: .*\n\Z")

    def test_pictures_are_drawn_whatever_the_name_is(self):
        names = ["\U0001f3b9\U0001f3b6", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "a\u0301\u200d\u202e", "x" * 240,
                 "\ufffe", "\ufdd0 \ufdef", "\U0001ffff\U0010fffe"]
        for name in [name.encode() for name in names] + [b"caf\xe9", b"\xff\xc3", b"\xed\xa0\x80"]:
            (self.folder / os.fsdecode(name + b".evs")).write_bytes(clip_stream())
            for suffix in ("png", "svg", "pdf"):
                with self.subTest(name=name, suffix=suffix):
                    run = ictus("plot", "-q", "-f", os.fsdecode(name + b".evs"), "-o", f"out.{suffix}")
                    self.assert_ended(run, DONE)

    def test_streams_without_events(self):
        self.put("empty.evs", (ROOT / "tests/conformance/valid/coded-no-events.evs").read_bytes())
        self.assert_refused(ictus("plot", "empty.evs"), FAILED, "empty.evs: has no events to draw",
                            left=["empty.evs", "song.evs", "song.wav"])

    def test_many_and_damaged_ones(self):
        lossless = encode("-", "--lossless", stdin=wav_bytes(tone(7.0))).stdout
        self.put("cut.evs", lossless[: block_ends(lossless)[1] + 20])
        (self.folder / "pictures").mkdir()
        run = ictus("plot", "song.evs", "cut.evs", "-o", "pictures")
        self.assert_ended(run, FAILED, "cut.evs: block 2 at byte", "1 of 2 inputs failed or are damaged")
        for name in ("song", "cut"):
            self.assertEqual(png((self.folder / f"pictures/{name}.png").read_bytes())[:2], (1200, 600))


class Midi(Case):
    def notes(self, stream):
        """(onset in s, length in s, pitch, velocity) by an independent reader, in real time."""
        run = ictus("dump", "--format", "midi", stdin=stream)
        self.assert_ended(run, DONE)
        file = mido.MidiFile(file=io.BytesIO(run.stdout))
        self.assertEqual(file.type, 0)
        now, sounding, found = 0.0, {}, []
        for message in file:  # mido's iteration gives delta times in seconds by the tempo in the file
            now += message.time
            if message.type == "note_on" and message.velocity > 0:
                self.assertNotIn(message.note, sounding)
                sounding[message.note] = (now, message.velocity)
            elif message.type in ("note_off", "note_on"):
                begin, velocity = sounding.pop(message.note)
                found.append((begin, now - begin, message.note, velocity))
        self.assertEqual(sounding, {})
        return file, sorted(found, key=lambda note: (round(note[0], 3), note[2]))

    def test_the_events_that_have_a_pitch(self):
        described = [json.loads(line) for line in
                     ictus("dump", "--describe", "--format", "json", stdin=clip_stream()).stdout.splitlines()[1:-1]]
        pitched = [event for event in described if event["pitch_hz"]]
        self.assertGreater(len(pitched), 1)
        _, notes = self.notes(clip_stream())
        # Every note is an event with that pitch and onset, no two of one key begin in the same moment, and the loudest
        # is the loudest.
        expected = [(event["onset_s"], round(69 + 12 * math.log2(event["pitch_hz"] / 440))) for event in pitched]
        for onset, _, pitch, _ in notes:
            self.assertTrue(any(abs(onset - at) < 0.002 and pitch == wanted for at, wanted in expected), (onset, pitch))
        self.assertGreaterEqual(len(notes), 2)
        for i, (onset, _, pitch, _) in enumerate(notes):
            self.assertFalse(any(other[2] == pitch and abs(other[0] - onset) < 0.07 for other in notes[:i]))
        self.assertEqual(max(velocity for *_, velocity in notes), 127)

    def test_a_struck_note_is_found_at_its_pitch_and_time(self):
        samples = [0.0] * int(4 * RATE_HZ)
        for begin_s, pitch in ((0.5, 57), (1.5, 64), (2.5, 69)):
            hz = 440 * 2 ** ((pitch - 69) / 12)
            for k in range(int(0.9 * RATE_HZ)):
                t = k / RATE_HZ
                samples[int(begin_s * RATE_HZ) + k] += sum(0.3 / n * math.exp(-3 * n * t) * math.sin(2 * math.pi * n * hz * t) for n in range(1, 7))
        stream = ictus("encode", "-", stdin=wav_bytes(samples)).stdout
        _, notes = self.notes(stream)
        for begin_s, pitch in ((0.5, 57), (1.5, 64), (2.5, 69)):
            near = [note for note in notes if begin_s - 0.05 < note[0] < begin_s + 0.8]
            self.assertEqual(max(near, key=lambda note: note[3])[2], pitch)
            self.assertLess(min(abs(note[0] - begin_s) for note in near), 0.03)

    def test_the_title_is_the_name_of_the_track(self):
        file, _ = self.notes(clip_stream())
        self.assertEqual(file.tracks[0].name, "A test")

    def test_the_title_however_its_name_is_written(self):
        sound = wav_bytes(tone(1.5))
        for words, name in ((["--tag", "title=A test"], "A test"), (["--tag", "Artist=B", "--tag", "Title=A, B"], "A, B"),
                            (["--tag", "TITLE=One", "--tag", "title=Two"], "One / Two"), (["--tag", "SUBTITLE=A"], "")):
            stream = encode("-", *words, stdin=sound).stdout
            file, _ = self.notes(stream)
            self.assertEqual(file.tracks[0].name, name)

    def test_bends_follow_glide_vibrato_and_cents(self):
        listed = ("onset_s\tnote\tcents\tglide_semitones\tglide_time_s\tvibrato_semitones\tvibrato_rate_hz\thold_s\tdecay_s\n"
                  "0.5\tA4\t30\t-7\t0.4\t0\t5\t1\t5\n"
                  "1\tC5\t-20\t0\t0.1\t0.5\t5\t1\t5\n")
        made = ictus("assemble", stdin=listed.encode())
        self.assert_ended(made, DONE)
        run = ictus("dump", "--format", "midi", "--bends", stdin=made.stdout)
        self.assert_ended(run, DONE)
        now, wheel, ranges, ways = 0.0, {}, {}, {}
        channel_of = {}
        for message in mido.MidiFile(file=io.BytesIO(run.stdout)):
            now += message.time
            if message.type == "control_change" and message.control == 6:
                ranges[message.channel] = message.value
            elif message.type == "pitchwheel":
                wheel[message.channel] = message.pitch / 8192 * ranges[message.channel]
                for key, channel in channel_of.items():
                    if channel == message.channel:
                        ways[key].append((now, wheel[channel]))
            elif message.type == "note_on":
                channel_of[message.note] = message.channel
                ways[message.note] = [(now, wheel[message.channel])]
            elif message.type == "note_off":
                del channel_of[message.note]
        self.assertEqual(sorted(ways), [69, 72])

        def at(way, s):
            return [semitones for when, semitones in way if when <= s + 0.0005][-1]

        for after in (0.0, 0.1, 0.2, 0.3, 0.4, 0.8):
            self.assertAlmostEqual(at(ways[69], 0.5 + after), 0.3 - 7 * max(0, 1 - after / 0.4), delta=0.35)
        for after in (0.05, 0.15, 0.25):
            self.assertAlmostEqual(at(ways[72], 1 + after), -0.2 + 0.5 * math.sin(2 * math.pi * 5 * after), delta=0.1)

    def test_bends_are_for_midi(self):
        self.assert_refused(ictus("dump", "--bends", stdin=clip_stream()), USAGE, "--bends is for --format midi")

    def test_refusals(self):
        run = ictus("dump", "--format", "midi", "--describe", stdin=clip_stream())
        self.assert_refused(run, USAGE, "a MIDI file has no columns")
        self.put("quiet.evs", ictus("vary", "-q", "--keep", "pitch==0", stdin=clip_stream()).stdout)
        self.assert_refused(ictus("dump", "--format", "midi", "quiet.evs"), FAILED, "quiet.evs: none of its", "has a pitch",
                            left=["quiet.evs"])


def columns_in(page, rows):
    """The columns of numbers in a page, of which lib/report/packed_columns.hpp says how they are packed."""
    data = base64.b64decode(re.search('id="events">([^<]*)<', page)[1])
    columns, at = [], 0
    while at < len(data):
        count, bits, width = struct.unpack_from("<IBB", data, at)
        values = struct.unpack_from(f"<{count}{'f' if width == 4 else 'd'}", data, at + 6)
        at += 6 + count * width
        codes = int.from_bytes(data[at : at + (rows * bits + 7) // 8], "little")
        is_raw = bits == 0 and count > 1
        columns.append(values if is_raw else [values[codes >> (row * bits) & (1 << bits) - 1] for row in range(rows)])
        at += (rows * bits + 7) // 8
    return columns


class Explore(Case):
    def test_a_page_with_everything_in_it(self):
        self.put("song.evs", clip_stream())
        self.assert_ended(ictus("explore", "song.evs"), DONE, "song.evs -> song.html: ")
        page = (self.folder / "song.html").read_text()
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        self.assertFalse(re.findall(r"(?:src|href)=\"(?!data:|#)", page))
        self.assertNotRegex(page, r"https?://(?!www\.w3\.org/)")
        events = dumped("song.evs")
        steps, gains, *numbers = columns_in(page, len(events))
        for event, onset, gain, *vector in zip(events, itertools.accumulate(steps), gains, *numbers[:32]):
            self.assertEqual(f"{event['onset_s']:.6f}", f"{onset / 44100:.6f}")
            self.assertAlmostEqual(event["gain_db"], gain, delta=1e-5)
            for told, there in zip(event["vector"], vector, strict=True):
                self.assertAlmostEqual(told, there, delta=1e-7)
        self.assert_ended(ictus("explore", "song.evs"), FAILED, "song.html: the output exists already")
        run = ictus("explore", "-", stdin=clip_stream())
        self.assert_ended(run, DONE)
        self.assertTrue(run.stdout.startswith(b"<!DOCTYPE html>"))

    def test_a_page_of_a_damaged_stream_states_no_length(self):
        """As `ictus dump` does not, so that what is assembled of its list is not cut to nothing."""
        lossless = encode("-", "--lossless", stdin=wav_bytes(tone(7.0))).stdout
        self.put("cut.evs", lossless[: block_ends(lossless)[1] + 20])
        self.assert_ended(ictus("explore", "cut.evs"), FAILED, "cut.evs: block 2 at byte")
        page = (self.folder / "cut.html").read_text()
        self.assertTrue("sample_rate_hz" in page)
        self.assertFalse("original_samples" in page)

    def test_streams_without_events(self):
        self.put("empty.evs", (ROOT / "tests/conformance/valid/coded-no-events.evs").read_bytes())
        self.assert_refused(ictus("explore", "empty.evs"), FAILED, "empty.evs: ", left=["empty.evs"])


if __name__ == "__main__":
    unittest.main()
