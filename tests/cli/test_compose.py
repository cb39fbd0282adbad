"""assemble, vary, mix, cat, and decoding a few events: composing in the event list."""

import json
import math
import random
import struct
import subprocess
import unittest

from support import (DONE, FAILED, ICTUS, ROOT, USAGE, Case, block_ends, clip, clip_pyramid, clip_stream, dumped, encode, ictus,
                     long_stream, peak_kib, tone, wav_bytes, MODEL_RATE_HZ as RATE_HZ)

CONFORMANCE = ROOT / "tests" / "conformance"


def varied(stream, *words):
    run = ictus("vary", "-q", *words, stdin=stream)
    assert run.returncode == DONE, run.stderr
    return run.stdout


def decoded(stream, *words):
    run = ictus("decode", "-q", "--samples", "float32", *words, stdin=stream)
    assert run.returncode == DONE, run.stderr
    return run.stdout


def info(stream):
    return json.loads(ictus("info", "--json", stdin=stream).stdout)


def assembled(text, *words):
    return ictus("assemble", *words, stdin=text if isinstance(text, bytes) else text.encode())


def cents(event):
    """Of its pitch, above 25 Hz; the first number of its vector."""
    return 600 * (event["vector"][0] + 1) * math.log2(10500 / 25)


def is_noise(event):
    """Whether its partials lie 20 dB below its noise, or more; the balance goes from -40 to 60 dB in steps of 2."""
    return 50 * (event["vector"][1] + 1) - 40 < -19


def names_pitch(stream):
    return any(number["name"] == "pitch" for number in info(stream).get("numbers", []))


def onsets(stream):
    """In samples."""
    return [round(event["onset_s"] * RATE_HZ) for event in dumped(stream)]


def other_clip_stream():
    return encode("-", stdin=wav_bytes(tone(2.0, seed=9))).stdout


class TextAndBack(Case):
    def test_what_was_dumped_is_assembled_to_the_same_sound(self):
        streams = [clip_stream(), encode("-", "--lossless", stdin=clip()).stdout]
        streams += [varied(clip_stream(), *words) for words in (["--gain", "-2.5"], ["--shift", "0.333"], ["--stretch", "0.77"],
                                                                ["--random-times"])]
        streams.append(ictus("mix", "-q", "/dev/stdin=-3.3dB", self.put("a.evs", clip_stream()), stdin=other_clip_stream()).stdout)
        streams.append(ictus("cat", "-q", "-", "a.evs", stdin=other_clip_stream()).stdout)
        for number, stream in enumerate(streams):
            for form in ("tsv", "csv", "json"):
                with self.subTest(number=number, form=form):
                    text = ictus("dump", "--format", form, stdin=stream).stdout
                    back = assembled(text)
                    self.assert_ended(back, DONE)
                    self.assertEqual(dumped(back.stdout), dumped(stream))
                    facts, again = info(stream), info(back.stdout)
                    for field in ("samples", "original_samples", "original_channels", "tags", "weights_hash"):
                        self.assertEqual(again[field], facts[field])
            self.assertEqual(decoded(back.stdout), decoded(stream))

    def test_what_an_encoder_wrote_is_assembled_to_the_same_bytes(self):
        for stream in (clip_stream(), other_clip_stream(), encode("-", "--lossless", stdin=clip()).stdout):
            self.assertEqual(assembled(ictus("dump", stdin=stream).stdout).stdout, stream)

    def test_every_form_of_stream_there_and_back(self):
        for path in sorted((CONFORMANCE / "valid").glob("*.evs")):
            stream = path.read_bytes()
            back = assembled(ictus("dump", stdin=stream).stdout)
            self.assert_ended(back, DONE)
            self.assertEqual(dumped(back.stdout), dumped(stream), path.name)
            self.assertEqual(info(back.stdout)["samples"], info(stream)["samples"], path.name)

    def test_in_units_there_and_back(self):
        """What lies on steps comes back to the byte; what does not, to some digits."""
        streams = [clip_stream(), other_clip_stream(), varied(clip_stream(), "--transpose", "30ct", "--brightness", "1dB"),
                   (CONFORMANCE / "valid/coded-all-symbols.evs").read_bytes()]
        for number, stream in enumerate(streams):
            for form in ("tsv", "csv"):
                text = ictus("dump", "--units", "--format", form, stdin=stream).stdout
                back = assembled(text)
                self.assert_ended(back, DONE)
                self.assertEqual(dumped(back.stdout), dumped(stream), (number, form))
                self.assertEqual(info(back.stdout)["samples"], info(stream)["samples"])
        exact = encode("-", "--lossless", stdin=clip()).stdout
        for a, b in zip(dumped(assembled(ictus("dump", "--units", stdin=exact).stdout).stdout), dumped(exact), strict=True):
            self.assertEqual(a["vector"][16:], b["vector"][16:])
            for x, y in zip(a["vector"][:16], b["vector"][:16]):
                self.assertAlmostEqual(x, y, delta=1e-5)

    def test_units_are_what_the_numbers_say(self):
        lines = [line.split("\t") for line in ictus("dump", "--units", stdin=clip_stream()).stdout.decode().splitlines()
                 if not line.startswith("#")]
        names, rows = lines[0], [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]
        self.assertEqual(names[:6], ["event", "onset_s", "gain_db", "note", "cents", "balance_db"])
        self.assertEqual(names[-16:], [f"v{i}" for i in range(16, 32)])
        for row, event in zip(rows, dumped(clip_stream()), strict=True):
            octave, name = int(row["note"][-1]), "C C# D D# E F F# G G# A A# B".split().index(row["note"][:-1])
            hz = 440 * 2 ** ((12 * (octave + 1) + name - 69 + float(row["cents"]) / 100) / 12)
            self.assertLess(abs(1200 * math.log2(hz / 25) - cents(event)), 0.01)
            self.assertLessEqual(abs(float(row["cents"])), 50)
            vector = event["vector"]
            self.assertAlmostEqual(float(row["attack_s"]), 0.001 * 1000 ** ((vector[7] + 1) / 2), delta=1e-4 * float(row["attack_s"]))
            self.assertAlmostEqual(float(row["balance_db"]), 10 + 50 * vector[1], delta=1e-3)
            self.assertAlmostEqual(float(row["position"]), vector[15], delta=1e-4)

    def test_units_in_json_are_those_of_columns(self):
        for stream in (clip_stream(), encode("-", "--lossless", stdin=clip()).stdout):
            text = ictus("dump", "--units", "--format", "json", stdin=stream).stdout.decode()
            objects = [line for line in map(json.loads, text.splitlines()) if "event" in line]
            names, *rows = [line.split("\t") for line in ictus("dump", "--units", stdin=stream).stdout.decode().splitlines()
                            if not line.startswith("#")]
            for line, row in zip(objects, rows, strict=True):
                timbre = line.pop("timbre")
                self.assertEqual(list(line), names[:-16])
                self.assertEqual(line.pop("note"), row[names.index("note")])
                self.assertEqual([*line.values(), *timbre], [float(cell) for cell in row if cell != row[names.index("note")]])

    def test_an_edit_is_all_that_changes(self):
        lines = ictus("dump", stdin=clip_stream()).stdout.decode().splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("0\t"))
        cells = lines[first].split("\t")
        cells[2] = str(float(cells[2]) - 4.25)
        lines[first] = "\t".join(cells)
        del lines[first + 1]
        before, after = dumped(clip_stream()), dumped(assembled("\n".join(lines)).stdout)
        self.assertEqual(len(after), len(before) - 1)
        self.assertEqual(after[0]["gain_db"], before[0]["gain_db"] - 4.25)
        self.assertEqual([event["vector"] for event in after[1:]], [event["vector"] for event in before[2:]])

    def test_beside_the_list_by_default(self):
        self.put("song.tsv", ictus("dump", stdin=clip_stream()).stdout)
        self.assert_ended(ictus("assemble", "song.tsv"), DONE, "song.tsv -> song.evs: 1.5 s, ")
        self.assertEqual((self.folder / "song.evs").read_bytes(), clip_stream())
        self.assert_ended(ictus("assemble", "song.tsv"), FAILED, "exists already")

    def test_no_network_is_loaded(self):
        self.put("a.tsv", ictus("dump", stdin=clip_stream()).stdout)
        self.put("a.evs", clip_stream())
        for words in (["assemble", "a.tsv", "-o", "b.evs"], ["vary", "--gain", "3", "a.evs", "c.evs"],
                      ["mix", "a.evs", "-o", "d.evs"], ["cat", "a.evs", "-o", "e.evs"], ["plot", "a.evs"]):
            self.assert_loads_no_libtorch(*words)


class HandMade(Case):
    def setUp(self):
        super().setUp()
        self.put("sounds/piano.evs", clip_stream())
        self.events = dumped(clip_stream())

    def test_a_short_list_with_borrowed_vectors(self):
        self.put("tune.txt", b"# four strokes\n"
                             b"onset_s  vector                gain_db\n"
                             b"0        sounds/piano.evs#0    -\n"
                             b"0.5      sounds/piano.evs#1    -12.5\n"
                             b"0.75     sounds/piano.evs#0    -30\n")
        run = ictus("assemble", "tune.txt")
        self.assert_ended(run, DONE, "tune.txt -> tune.evs: 4.8 s, 3 events")
        made = dumped("tune.evs")
        self.assertEqual([event["vector"] for event in made], [self.events[i]["vector"] for i in (0, 1, 0)])
        self.assertEqual([event["gain_db"] for event in made], [self.events[0]["gain_db"], -12.5, -30])
        self.assertEqual(onsets("tune.evs"), [0, 22050, 33075])
        facts = info((self.folder / "tune.evs").read_bytes())
        self.assertEqual(facts["weights_hash"], info(clip_stream())["weights_hash"])
        self.assertEqual(facts["samples"], 33075 + 4 * RATE_HZ)
        self.assertEqual(ictus("decode", "tune.evs").returncode, DONE)

    def test_a_tune_of_notes_alone(self):
        run = assembled("onset_s note hold_s gain_db cents\n0 A4 0.5 - -\n0.5 Bb3 0.25 -12 10\n1 72 - -15 -\n")
        self.assert_ended(run, DONE)
        made = dumped(run.stdout)
        step = 1200 * math.log2(10500 / 25) / 2092
        for event, wanted_hz, hold_s, gain_db in zip(made, [440, 233.0819 * 2 ** (10 / 1200), 523.2511], [0.5, 0.25, 0.5], [-20, -12, -15]):
            self.assertLess(abs(cents(event) - 1200 * math.log2(wanted_hz / 25)), 0.51 * step)
            self.assertAlmostEqual(0.02 * 600 ** ((event["vector"][8] + 1) / 2) / hold_s, 1, delta=0.03)
            self.assertEqual(event["gain_db"], gain_db)
        # It is a tone: nearly all of its power lies at its partials, and it is let go after half a second.
        raw = decoded(assembled("onset_s note\n0 A4\n").stdout, "--raw")
        samples = struct.unpack(f"<{len(raw) // 4}f", raw)

        def power(some):
            return sum(x * x for x in some)

        self.assertGreater(power(samples[4410:17640]), 1e4 * power(samples[44100:57330]))
        some = samples[4410:17640]
        self.assertLess(power([x - y for x, y in zip(some[100:], some)]), 0.01 * power(some))     # as good as a period

    def test_a_borrowed_sound_plays_a_tune(self):
        pitched = next(event for event in self.events if not is_noise(event))
        run = assembled(f"onset_s vector note position\n0 sounds/piano.evs#{pitched['event']} C4 -1\n"
                        f"1 sounds/piano.evs#{pitched['event']} - 1\n")
        self.assert_ended(run, DONE)
        low, same = dumped(run.stdout)
        self.assertLess(abs(cents(low) - 1200 * math.log2(261.6256 / 25)), 2.6)
        self.assertEqual((low["vector"][15], same["vector"][15]), (-1, 1))
        self.assertEqual((low["vector"][1:15], low["gain_db"]), (pitched["vector"][1:15], pitched["gain_db"]))
        self.assertEqual(same["vector"][:15], pitched["vector"][:15])

    def test_mistakes_in_units(self):
        for text, *complaints in [
            ("onset_s note\n0 H4\n", "line 2, column note: 'H4' is no note"),
            ("onset_s note\n0 C0\n", "column note: 'C0' lies beyond what an event can have"),
            ("onset_s note attack_s\n0 A4 3\n", "line 2, column attack_s: '3' is out of range", "from 0.001 to 1"),
            ("onset_s note attack_s\n0 A4 soon\n", "column attack_s: 'soon' is not a number"),
            ("onset_s cents hold_s\n0 3 1\n", "the column cents needs a column note"),
            ("onset_s note pitch_hz\n0 A4 440\n", "the columns note and pitch_hz say the same"),
            ("onset_s note wobble_s\n0 A4 1\n", "there is no column 'wobble_s'", "attack_s"),
            ("onset_s attack_s " + " ".join(f"v{i}" for i in range(32)) + "\n", "the column 'attack_s' says what v7 does"),
        ]:
            self.assert_refused(assembled(text, "-o", "x.evs"), FAILED, *complaints, left=["sounds", "sounds/piano.evs"])
        self.assert_ended(ictus("dump", "--units", "--describe", stdin=clip_stream()), USAGE, "--units and --describe cannot be used together")
        self.assert_ended(ictus("dump", "--units", "--format", "midi", stdin=clip_stream()), USAGE, "a MIDI file has no columns")
        foreign = next(path for path in sorted((CONFORMANCE / "valid").glob("*.evs")) if not names_pitch(path.read_bytes()))
        self.assert_ended(ictus("dump", "--units", stdin=foreign.read_bytes()), FAILED, "names no numbers with units")

    def test_names_are_relative_to_the_list(self):
        self.put("sounds/tune.txt", b"onset_s vector\n0 piano.evs#2\n")
        self.assert_ended(ictus("assemble", "sounds/tune.txt"), DONE)
        self.assert_ended(assembled("onset_s vector\n0 sounds/piano.evs#2\n"), DONE)

    def test_vectors_of_its_own_are_of_the_usual_model(self):
        head = "onset_s gain_db " + " ".join(f"v{i}" for i in range(32)) + "\n"
        run = assembled(head + "0.25 -20 " + " ".join(["0.1"] * 32), "--length", "500ms")
        self.assert_ended(run, DONE)
        facts = info(run.stdout)
        self.assertEqual((facts["weights_hash"], facts["samples"]), (info(clip_stream())["weights_hash"], RATE_HZ // 2))
        self.assertEqual(facts["sample_rate_hz"], RATE_HZ)

    def test_lines_out_of_order_are_put_in_order(self):
        run = assembled("onset_s vector\n2 sounds/piano.evs#0\n1 sounds/piano.evs#1\n")
        self.assert_ended(run, DONE, "warning: standard input: line 3 begins before the one above it")
        self.assertEqual([event["onset_s"] for event in dumped(run.stdout)], [1, 2])

    def test_events_after_the_end_make_it_longer(self):
        text = ictus("dump", stdin=clip_stream()).stdout.decode()
        last = text.splitlines()[-3].split("\t")
        run = assembled(text + "\t".join([last[0], "3.0", *last[2:]]) + "\n")
        self.assert_ended(run, DONE, "the last event begins after the end that the list states, 1.500 s",
                          "the sound now ends at 7.000 s")
        self.assertEqual(info(run.stdout)["samples"], 7 * RATE_HZ)

    def test_a_length_that_is_asked_for_cuts(self):
        run = assembled("onset_s vector\n0 sounds/piano.evs#0\n1 sounds/piano.evs#1\n3 sounds/piano.evs#1\n", "--length", "2s")
        self.assert_ended(run, DONE, "1 event begins after the length that was asked for, 2.000 s, and is left out")
        self.assertEqual(onsets(run.stdout), [0, RATE_HZ])
        self.assertEqual(info(run.stdout)["samples"], 2 * RATE_HZ)

    def test_numbers_that_lie_on_no_steps_are_kept_and_told(self):
        run = assembled("onset_s gain_db vector\n0 -20.123 sounds/piano.evs#0\n")
        self.assert_ended(run, DONE, "warning: ", "32-bit floats")
        self.assertEqual((dumped(run.stdout)[0]["gain_db"], info(run.stdout)["precision"]), (-20.123, "float32"))

    def test_a_wrong_sample_rate_is_refused(self):
        facts = info(clip_stream())
        head = f'# model_id: "{facts["model_id"]}"\n# weights_hash: "{facts["weights_hash"]}"\n# sample_rate_hz: 22050\n'
        run = assembled(head + "onset_s vector\n0 sounds/piano.evs#0\n")
        self.assert_ended(run, FAILED, "standard input is at 22050 Hz, and sounds/piano.evs at 44100 Hz")
        self.assertEqual(run.stdout, b"")

    def test_what_is_wrong_is_named_and_nothing_is_written(self):
        good = "onset_s gain_db vector\n0 -20 sounds/piano.evs#0\n"
        events = len(self.events)
        self.put("other.evs", clip_stream())
        self.put("note.mars", clip_pyramid())
        for text, *words in [
            (good + "1 loud sounds/piano.evs#0\n", "list.txt: line 3, column gain_db: 'loud' is not a number"),
            (good + "1 nan sounds/piano.evs#0\n", "list.txt: line 3, column gain_db: 'nan' is not a number"),
            (good + "1 -20 sounds/piano.evs#999999\n", f"has no event 999999; it has {events} events, counted from 0"),
            (good + "1 -20 none.evs#0\n", "line 3, column vector: none.evs: cannot be opened"),
            (good + "1 -20 note.mars#0\n", "line 3, column vector: note.mars: ", "this is a token pyramid"),
            (good + "1 -20 piano\n", "line 3, column vector: 'piano' does not name an event", "STREAM#NUMBER"),
            (good + "1 -20\n", "line 3: has 2 cells where the first line names 3 columns"),
            ("onset_s onset_s vector\n", "line 1: the column 'onset_s' comes twice"),
            ("onset_s volume vector\n", "line 1: there is no column 'volume'", "columns are onset_s, gain_db, vector"),
            ("", "list.txt: has no events"),
            ("onset_s vector\n", "list.txt: has no events"),
            ('# model_id: "events-9"\n' + good, "says only one of model_id and weights_hash"),
            (ictus("dump", "--no-vectors", "sounds/piano.evs").stdout.decode(), "there are no vectors"),
        ]:  # fmt: skip
            self.put("list.txt", text.encode())
            before = self.files()
            run = ictus("assemble", "list.txt")
            self.assert_refused(run, FAILED, "list.txt: ", *words, left=before)
            with self.subTest(text=text):
                self.assertNotIn("list.txt: list.txt", run.stderr)

    def test_what_is_no_text_is_no_list(self):
        self.put("sound.wav", clip())
        for name, words in (("sounds/piano.evs", "is an event stream, not a list of events"), ("sound.wav", "is no text")):
            before = self.files()
            self.assert_refused(ictus("assemble", name, "-o", "out.evs"), FAILED, words, left=before)

    def test_vectors_of_different_models_are_refused(self):
        self.put("foreign.evs", (CONFORMANCE / "valid/two-blocks.evs").read_bytes())
        run = assembled("onset_s vector\n0 foreign.evs#0\n1 sounds/piano.evs#0\n")
        self.assert_ended(run, FAILED, "foreign.evs", "piano.evs", info(clip_stream())["weights_hash"],
                          info((self.folder / "foreign.evs").read_bytes())["weights_hash"])
        self.assertEqual(run.stdout, b"")


class Vary(Case):
    def test_nothing_to_do_changes_no_byte(self):
        paths = [*(CONFORMANCE / "valid").glob("*.evs"), *(CONFORMANCE / "uncommon").glob("*.evs")]
        self.assertGreater(len(paths), 20)
        for stream in [clip_stream(), *(path.read_bytes() for path in paths)]:
            run = ictus("vary", stdin=stream)
            self.assert_ended(run, DONE, "standard input -> standard output: the same, ")
            self.assertEqual(run.stdout, stream)
        self.put("a.evs", clip_stream())
        for words in (["a.evs", "b.evs"], ["a.evs", "-o", "c.evs"], ["--gain", "0dB", "a.evs", "d.evs"],
                      ["--stretch", "1", "--shift", "0s", "--perturb", "0", "a.evs", "e.evs"]):
            self.assert_ended(ictus("vary", *words), DONE)
            self.assertEqual((self.folder / words[-1]).read_bytes(), clip_stream())

    def test_gain_is_added_and_nothing_else(self):
        before = dumped(clip_stream())
        for gain, words in [(-6.0, "-6dB"), (3.5, "3.5"), (-0.3, "-0.3dB")]:
            after = dumped(varied(clip_stream(), "--gain", words))
            for a, b in zip(after, before, strict=True):
                self.assertAlmostEqual(a["gain_db"], b["gain_db"] + gain, places=4)
                self.assertEqual((a["onset_s"], a["vector"]), (b["onset_s"], b["vector"]))

    def test_decoded_sound_follows_the_gain(self):
        def power(stream):
            data = decoded(stream, "--raw")
            return sum(x * x for x in struct.unpack(f"<{len(data) // 4}f", data))
        self.assertAlmostEqual(10 * math.log10(power(varied(clip_stream(), "--gain", "-6dB")) / power(clip_stream())), -6, delta=0.5)

    def test_gains_that_no_file_holds_are_limited_and_told(self):
        run = ictus("vary", "--gain", "150dB", stdin=clip_stream())
        self.assert_ended(run, DONE, "warning: ", "gains were beyond -100 to 27.5 dB")
        self.assertEqual({event["gain_db"] for event in dumped(run.stdout)}, {27.5})

    def test_transpose(self):
        before = dumped(clip_stream())
        step = 1200 * math.log2(10500 / 25) / 2092     # of a file's pitches, in cents
        for words, semitones in [("12", 12), ("-5st", -5), ("+250ct", 2.5)]:
            run = ictus("vary", "--transpose", words, stdin=clip_stream())
            self.assert_ended(run, DONE)
            for a, b in zip(dumped(run.stdout), before, strict=True):
                wanted = 0 if is_noise(b) else 100 * semitones
                self.assertAlmostEqual(cents(a) - cents(b), wanted, delta=0.51 * step)
                # Nothing else, but gains of what has a pitch: it is as loud as before, see below.
                kept_gain = {"gain_db": b["gain_db"]} if wanted else {}
                self.assertEqual({**a, **kept_gain, "vector": a["vector"][1:]}, {**b, "vector": b["vector"][1:]})
            back = dumped(varied(run.stdout, "--transpose", str(-semitones)))
            for a, b in zip(back, before, strict=True):
                self.assertLessEqual(abs(cents(a) - cents(b)), 1.01 * step)
                self.assertLessEqual(abs(a["gain_db"] - b["gain_db"]), info(clip_stream())["gain_step_db"] + 1e-4)
                self.assertEqual(a["vector"][1:], b["vector"][1:])

    def test_every_event_stays_as_loud_at_another_pitch(self):
        """Events whose high partials die away far sooner, or later, than the low ones."""
        text = ("onset_s\tgain_db\tnote\thold_s\tdecay_s\ttilt\n"
                "0\t-20\tC3\t1.5\t3\t30\n3\t-20\tA4\t1.5\t0.5\t30\n6\t-20\tC5\t1.5\t0.5\t0.04\n")
        stream = assembled(text, "--length", "9s").stdout

        def levels(data):
            raw = decoded(data, "--raw")
            samples = struct.unpack(f"<{len(raw) // 4}f", raw)
            return [10 * math.log10(sum(x * x for x in samples[i * 3 * RATE_HZ:(i + 1) * 3 * RATE_HZ])) for i in range(3)]

        before = levels(stream)
        changes = [[after - level for after, level in zip(levels(varied(stream, "--transpose", words)), before)] for words in ("12", "-7")]
        for change in changes:
            self.assertLess(max(map(abs, change)), 0.5, changes)
        # With the gains that it had, one of them would be softer or louder by more.
        gains = [event["gain_db"] for event in dumped(varied(stream, "--transpose", "12"))]
        self.assertGreater(max(abs(gain + 20) for gain in gains), 1)

    def test_a_transposed_note_sounds_at_its_pitch_as_loud_and_when_it_did(self):
        rate_hz = RATE_HZ
        note = [0.3 * math.exp(-2 * i / rate_hz) * sum(math.sin(2 * math.pi * 220 * h * i / rate_hz) / h for h in range(1, 7))
                for i in range(2 * rate_hz)]
        stream = encode("-", stdin=wav_bytes([0.0] * 4410 + note, rate_hz)).stdout
        octave = varied(stream, "--transpose", "12")
        self.assertEqual(onsets(octave), onsets(stream))

        def samples_of(data):
            raw = decoded(data, "--raw")
            return struct.unpack(f"<{len(raw) // 4}f", raw)

        def part_at(samples, hz):
            """Amplitude of a sine that lies there, of the half second after the attack."""
            some = samples[8820:30870]
            window = [0.5 - 0.5 * math.cos(2 * math.pi * i / len(some)) for i in range(len(some))]
            real = sum(w * x * math.cos(2 * math.pi * hz * i / rate_hz) for i, (w, x) in enumerate(zip(window, some)))
            imaginary = sum(w * x * math.sin(2 * math.pi * hz * i / rate_hz) for i, (w, x) in enumerate(zip(window, some)))
            return math.hypot(real, imaginary)

        low, high = samples_of(stream), samples_of(octave)
        self.assertAlmostEqual(10 * math.log10(sum(x * x for x in high) / sum(x * x for x in low)), 0, delta=1)
        around = {cents: part_at(high, 440 * 2 ** (cents / 1200)) for cents in (-20, -15, -10, -5, 0, 5, 10, 15, 20)}
        self.assertLessEqual(abs(max(around, key=around.get)), 5)
        self.assertLess(part_at(high, 220), 0.03 * part_at(low, 220))

    def test_what_cannot_be_transposed_is_told(self):
        hiss = random.Random(1)
        noise = encode("-", stdin=wav_bytes([hiss.uniform(-0.3, 0.3) for _ in range(RATE_HZ)], RATE_HZ)).stdout
        count = sum(map(is_noise, dumped(noise)))
        self.assertGreater(count, 0)
        run = ictus("vary", "--transpose", "3", stdin=noise)
        self.assert_ended(run, DONE, f"standard input: {'1 event is' if count == 1 else f'{count} events are'} noise: not transposed")
        run = ictus("vary", "--transpose", "110", stdin=clip_stream())
        self.assert_ended(run, DONE, "warning: standard input: ", " would leave the range of pitches: not transposed")
        self.assertEqual(dumped(run.stdout), dumped(clip_stream()))
        for words, complaint in [("high", "is no interval"), ("121", "out of range"), ("5dB", "is no interval")]:
            self.assert_ended(ictus("vary", "--transpose", words, stdin=noise), USAGE, complaint)
        foreign = next(path for path in sorted((CONFORMANCE / "valid").glob("*.evs")) if not names_pitch(path.read_bytes()))
        self.assert_ended(ictus("vary", "--transpose", "1", stdin=foreign.read_bytes()), FAILED, "names no number of pitch")

    def test_numbers_are_set_or_moved(self):
        before = dumped(clip_stream())
        number = {name: place for place, name in enumerate(
            "pitch balance glide glide_time vibrato vibrato_rate vibrato_phase attack hold damping decay tilt "
            "inharmonicity room room_time position".split())}

        def moved(place, *words):
            """The values of a number after as before, by the ranges of SPEC.md, section 9, and all else unchanged."""
            after = dumped(varied(clip_stream(), *words))
            for a, b in zip(after, before, strict=True):
                a["vector"][place], kept = b["vector"][place], a["vector"][place]
                self.assertEqual(a, b)
                a["vector"][place] = kept
            return [(a["vector"][place], b["vector"][place]) for a, b in zip(after, before)]

        seconds = {"attack": (0.001, 1, 41), "hold": (0.02, 12, 129), "decay": (0.03, 500, 81)}
        for name, (low, high, steps) in seconds.items():
            for a, b in moved(number[name], f"--{name}", "2x"):
                wanted = min(1, b + 2 * math.log(2) / math.log(high / low))
                self.assertAlmostEqual(a, wanted, delta=1.01 / (steps - 1), msg=name)
            for a, _ in moved(number[name], f"--{name}", "500ms"):
                self.assertAlmostEqual(low * (high / low) ** ((a + 1) / 2), 0.5, delta=0.5 * math.log(high / low) / (steps - 1))
        for a, b in moved(number["balance"], "--noise", "10dB"):
            self.assertAlmostEqual(a, max(-1, b - 0.2), delta=0.02)
        for a, _ in moved(number["position"], "--pan", "-0.5"):
            self.assertAlmostEqual(a, -0.5, delta=1e-6)
        for a, b in moved(number["room"], "--room", "-12dB"):
            self.assertAlmostEqual(a, max(-1, b - 0.4), delta=0.04)
        for a, _ in moved(number["glide"], "--glide", "-2st"):
            self.assertAlmostEqual(14 * a, -2, delta=0.05)
        after = dumped(varied(clip_stream(), "--vibrato", "30ct@5.5Hz"))
        for event in after:
            self.assertAlmostEqual(1 + event["vector"][number["vibrato"]], 0.3, delta=0.026)
            self.assertAlmostEqual(3 * 3 ** ((event["vector"][number["vibrato_rate"]] + 1) / 2), 5.5, delta=0.03)

    def test_what_is_panned_has_two_channels(self):
        mono = encode("-", stdin=wav_bytes(tone(1.0, RATE_HZ), RATE_HZ)).stdout
        self.assertEqual(info(mono)["channels"], 1)
        stream = varied(mono, "--pan", "1")
        self.assertEqual(info(stream)["channels"], 2)
        raw = decoded(stream, "--raw")
        samples = struct.unpack(f"<{len(raw) // 4}f", raw)
        left, right = (sum(x * x for x in samples[side::2]) for side in (0, 1))
        self.assertGreater(right, 1e4 * left)

    def test_only_some_are_shaped(self):
        before = dumped(clip_stream())
        middle = sorted(event["gain_db"] for event in before)[len(before) // 2]
        after = dumped(varied(clip_stream(), "--where", f"gain >= {middle}", "--pan", "1", "--gain", "-3dB"))
        self.assertEqual(len(after), len(before))
        chosen = 0
        for a, b in zip(after, before):
            if b["gain_db"] >= middle:
                chosen += 1
                self.assertEqual((a["gain_db"], a["vector"][15]), (b["gain_db"] - 3, 1))
            else:
                self.assertEqual(a, b)
        self.assertTrue(0 < chosen < len(before))
        # A note is that of the pitch as it stands in the file.
        high = dumped(varied(clip_stream(), "--keep", "note > C5"))
        self.assertEqual([event["vector"] for event in high],
                         [b["vector"] for b in before if not is_noise(b) and cents(b) > 1200 * math.log2(523.2511 / 25)])

    def test_tuned(self):
        run = ictus("vary", "--tune", "D dorian", stdin=clip_stream())
        self.assert_ended(run, DONE)
        step = 1200 * math.log2(10500 / 25) / 2092
        tuned = 0
        for a, b in zip(dumped(run.stdout), dumped(clip_stream()), strict=True):
            if is_noise(b):
                self.assertEqual(a, b)
                continue
            key = 69 + (cents(a) - 1200 * math.log2(440 / 25)) / 100
            self.assertLess(min(abs(key - 12 * octave - tone) for octave in range(11) for tone in (0, 2, 4, 5, 7, 9, 11)),
                            0.0051 * step)
            self.assertLessEqual(abs(cents(a) - cents(b)), 100 + step)
            tuned += 1
        self.assertGreater(tuned, 0)

    def test_quantised(self):
        before = onsets(clip_stream())
        beat = RATE_HZ * 60 / 120 / 4
        after = onsets(varied(clip_stream(), "--quantise", "1/16@120bpm"))
        self.assertEqual(len(after), len(before))
        for onset in after[:-1]:
            self.assertLessEqual(abs(onset - beat * round(onset / beat)), 33)
        self.assertEqual(onsets(varied(clip_stream(), "--quantise", "1/16@120", "--strength", "0")), before)
        swung = onsets(varied(clip_stream(), "--quantise", "1/16@120", "--swing", "0.5"))
        for onset in swung[:-1]:
            pair = onset / (2 * beat)
            self.assertLess(min(abs(pair % 1 - place) for place in (0, 0.75, 1)), 33 / (2 * beat))

    def test_brighter(self):
        """Three saws, whose partials fall by 6 dB an octave: the share of the upper ones follows."""
        note = [0.2 * math.exp(-i / RATE_HZ) * sum(math.sin(2 * math.pi * 220 * h * i / RATE_HZ) / h for h in range(1, 20))
                for i in range(RATE_HZ)]
        stream = encode("-", stdin=wav_bytes(note, RATE_HZ)).stdout

        def part_at(data, hz):
            raw = decoded(data, "--raw")
            some = struct.unpack(f"<{len(raw) // 4}f", raw)[8820:17640]
            window = [0.5 - 0.5 * math.cos(2 * math.pi * i / len(some)) for i in range(len(some))]
            real = sum(w * x * math.cos(2 * math.pi * hz * i / RATE_HZ) for i, (w, x) in enumerate(zip(window, some)))
            imaginary = sum(w * x * math.sin(2 * math.pi * hz * i / RATE_HZ) for i, (w, x) in enumerate(zip(window, some)))
            return 20 * math.log10(math.hypot(real, imaginary))

        def upper_db(data):
            """Partials 4 and 8 against the first two: three octaves up and one, on average."""
            return (part_at(data, 880) + part_at(data, 1760) - part_at(data, 220) - part_at(data, 440)) / 2
        plain = upper_db(stream)
        self.assertGreater(upper_db(varied(stream, "--brightness", "3dB")), plain + 3)
        self.assertLess(upper_db(varied(stream, "--brightness", "-3dB")), plain - 3)

    def test_what_cannot_be_shaped_is_told(self):
        for words, *complaints in [
            (["--tune", "H major"], "is no scale"), (["--tune", "D dorain"], "there is no 'dorain'; did you mean 'dorian'?"),
            (["--tune", "C"], "'C' is no scale", "'D dorian'"), (["--tune", "major"], "'major' is no scale"),
            (["--tune", "1 major"], "'1 major' is no scale"), (["--quantise", "1/0@96bpm"], "is no grid"), (["--quantise", "96bpm"], "is no time"),
            (["--strength", "0.5", "--gain", "1"], "--strength"), (["--swing", "0.5", "--gain", "1"], "--swing"),
            (["--quantise", "1/16@96bpm", "--swing", "1"], "out of range"), (["--vibrato", "-30ct"], "is negative"),
            (["--vibrato", "30ct@5s"], "is no vibrato"), (["--attack", "0x"], "out of range"), (["--attack", "0ms"], "no time above 0"),
            (["--pan", "2"], "out of range"), (["--attack", "2"], "--attack: 2 is out of range"),
            (["--vibrato", "1ct@20Hz"], "vibrato_rate goes from 3 to 9 Hz"), (["--glide", "15st"], "out of range"), (["--where", "gain>0"], "nothing is asked for that shapes them"),
            (["--where", "gain>0", "--stretch", "2"], "--where"), (["--where", "wobble>0", "--gain", "1"], "there is nothing called 'wobble'"),
        ]:
            self.assert_ended(ictus("vary", *words, stdin=clip_stream()), USAGE, *complaints)
        run = ictus("vary", "--attack", "1000x", stdin=clip_stream())
        self.assert_ended(run, DONE, "warning: standard input: numbers of ", " would leave their ranges, and end there")
        foreign = next(path for path in sorted((CONFORMANCE / "valid").glob("*.evs")) if not names_pitch(path.read_bytes()))
        for words, name in [(["--attack", "2x"], "attack"), (["--tune", "chromatic"], "pitch"), (["--keep", "hold>1s"], "hold")]:
            self.assert_ended(ictus("vary", *words, stdin=foreign.read_bytes()), FAILED, f"names no number of {name}")

    def test_shift(self):
        before = onsets(clip_stream())
        for words, samples in [("1.5s", 66150), ("200ms", 8820), ("0.5", 22050)]:
            shifted = varied(clip_stream(), "--shift", words)
            self.assertEqual(onsets(shifted), [onset + samples for onset in before])
            self.assertEqual(info(shifted)["samples"], info(clip_stream())["samples"] + samples)
            self.assertEqual(dumped(varied(shifted, "--shift", "-" + words)), dumped(clip_stream()))
            self.assertEqual(info(varied(shifted, "--shift", "-" + words))["original_samples"],
                             info(clip_stream())["original_samples"])
        run = ictus("vary", "--shift", "-500ms", stdin=clip_stream())
        kept = [onset - 22050 for onset in before if onset >= 22050]
        self.assert_ended(run, DONE, f"warning: standard input: {len(before) - len(kept)} events would begin before the start")
        self.assertEqual(onsets(run.stdout), kept)

    def test_stretch(self):
        slower = varied(clip_stream(), "--stretch", "1.25")
        for after, before in zip(onsets(slower), onsets(clip_stream()), strict=True):
            self.assertLessEqual(abs(after - 1.25 * before), 32.5)  # half a step
        self.assertEqual(info(slower)["samples"], round(1.25 * info(clip_stream())["samples"]))

    def test_random_times_keep_all_but_the_times(self):
        one, same, other = (varied(clip_stream(), "--random-times", "--seed", seed) for seed in (3, 3, 4))
        self.assertEqual(one, same)
        self.assertNotEqual(one, other)

        def shapes(stream):
            return sorted((event["gain_db"], event["vector"]) for event in dumped(stream))
        self.assertEqual(shapes(one), shapes(clip_stream()))
        self.assertEqual(info(one)["samples"], info(clip_stream())["samples"])
        self.assertLess(max(onsets(one)), info(one)["samples"])

    def test_a_perturbation_moves_all_events_in_one_direction(self):
        lossless = encode("-", "--lossless", stdin=clip()).stdout
        before = dumped(lossless)

        def steps(*words):
            after = dumped(varied(lossless, "--perturb", "0.1", *words))
            self.assertEqual([event["gain_db"] for event in after], [event["gain_db"] for event in before])
            return [[x - y if abs(x) < 1 else None for x, y in zip(a["vector"], b["vector"])]
                    for a, b in zip(after, before, strict=True)]
        for number in range(32):
            moves = [row[number] for row in steps() if row[number] is not None]
            self.assertLess(max(moves) - min(moves), 1e-5)
        moves = [row[0] for row in steps("--each") if row[0] is not None]
        self.assertGreater(max(moves) - min(moves), 0.05)

    def test_a_small_perturbation_is_not_lost_in_the_steps_of_the_file(self):
        before, after = dumped(clip_stream()), dumped(varied(clip_stream(), "--perturb", "0.05"))
        for number in range(32):
            moves = [round(a["vector"][number] - b["vector"][number], 5) for a, b in zip(after, before, strict=True)
                     if abs(a["vector"][number]) < 1]
            self.assertLessEqual(len(set(moves)), 1)  # all by the same
        changed = sum(a != b for x, y in zip(after, before) for a, b in zip(x["vector"], y["vector"]))
        self.assertGreater(changed, 16 * len(before))

    def test_random_vectors_are_like_those_of_the_file_or_of_the_training(self):
        before = dumped(clip_stream())
        for origin in ("file", "model"):
            one, same, other = (varied(clip_stream(), "--random-vectors", "--from", origin, "--seed", seed) for seed in (1, 1, 2))
            self.assertEqual(one, same)
            self.assertNotEqual(one, other)
            after = dumped(one)
            self.assertEqual([(event["onset_s"], event["gain_db"]) for event in after],
                             [(event["onset_s"], event["gain_db"]) for event in before])
            self.assertFalse([a for a, b in zip(after, before) if a["vector"] == b["vector"]])
        # A single vector has no spread: what is drawn like it is itself.
        single = varied(clip_stream(), "--keep", "event==0")
        self.assertEqual(dumped(varied(single, "--random-vectors")), dumped(single))

    def test_morph(self):
        self.put("other.evs", other_clip_stream())
        self.assertEqual(dumped(varied(clip_stream(), "--morph", "other.evs:0")), dumped(clip_stream()))
        vectors = [event["vector"] for event in dumped("other.evs")]
        there = dumped(varied(clip_stream(), "--morph", "other.evs:1"))
        self.assertTrue(all(event["vector"] in vectors for event in there))
        self.assertEqual([(event["onset_s"], event["gain_db"]) for event in there],
                         [(event["onset_s"], event["gain_db"]) for event in dumped(clip_stream())])
        run = ictus("vary", "--morph", "none.evs:0.5", stdin=clip_stream())
        self.assert_refused(run, FAILED, "none.evs: cannot be opened", left=["other.evs"])

    def test_keep(self):
        before = dumped(clip_stream())
        for condition, keeps in [
            ("gain>-30 && time<0.8s", lambda e: e["gain_db"] > -30 and e["onset_s"] < 0.8),
            ("event%2==0 || !(v3<0)", lambda e: e["event"] % 2 == 0 or not e["vector"][3] < 0),
            ("time >= 100ms", lambda e: e["onset_s"] >= 0.1),
        ]:
            kept = dumped(varied(clip_stream(), "--keep", condition))
            expected = [event for event in before if keeps(event)]
            self.assertTrue(0 < len(expected) < len(before), condition)
            self.assertEqual([event["vector"] for event in kept], [event["vector"] for event in expected])

    def test_keep_by_what_is_heard(self):
        described = [json.loads(line) for line in
                     ictus("dump", "--describe", "--format", "json", stdin=clip_stream()).stdout.splitlines()[1:-1]]
        kept = dumped(varied(clip_stream(), "--keep", "pitch>=A3 && duration>50ms"))
        expected = [event for event in described if (event["pitch_hz"] or 0) >= 220 and event["duration_s"] > 0.05]
        self.assertTrue(0 < len(expected) < len(described))
        self.assertEqual([event["vector"] for event in kept], [event["vector"] for event in expected])

    def test_a_condition_that_does_not_parse_is_shown(self):
        run = ictus("vary", "--keep", "gain>>-30", stdin=clip_stream())
        self.assert_refused(run, USAGE)
        self.assertEqual(run.stderr, "ictus: --keep: '>' is not expected here\n  gain>>-30\n       ^\n")
        run = ictus("vary", "--keep", "loud > 3", stdin=clip_stream())
        self.assert_refused(run, USAGE, "there is nothing called 'loud'; known are event, time, gain", "  loud > 3\n  ^\n")

    def test_nothing_left_is_no_output(self):
        self.put("a.evs", clip_stream())
        count = len(dumped(clip_stream()))
        for words in (["--keep", "gain>100"], ["--shift", "-10s"]):
            self.assert_refused(ictus("vary", "-q", *words, "a.evs", "b.evs"), FAILED,
                                f"a.evs: nothing is left of its {count} events", left=["a.evs"])

    def test_what_is_sound_in_a_damaged_stream_is_used(self):
        lossless = encode("-", "--lossless", stdin=wav_bytes(tone(7.0))).stdout
        cut = lossless[: block_ends(lossless)[2] + 20]
        run = ictus("vary", "--gain", "-6", stdin=cut)
        self.assert_ended(run, FAILED, "standard input: block 3 at byte", "cut short")
        self.assertTrue(info(run.stdout)["complete"])
        self.assertEqual(onsets(run.stdout), [onset for onset in onsets(lossless) if onset < info(run.stdout)["samples"]])
        only_header = clip_stream()[: block_ends(clip_stream())[0] + 3]
        for command in ("vary", "cat", "mix"):
            self.put("b.evs", only_header)
            words = ["--gain", "1", "b.evs", "c.evs"] if command == "vary" else ["b.evs", "-o", "c.evs"]
            self.assert_refused(ictus(command, *words), FAILED, "b.evs: block 1 at byte", "there is nothing in it to keep", left=["b.evs"])
        (self.folder / "b.evs").unlink()
        self.put("cut.evs", cut)
        self.assert_refused(ictus("vary", "cut.evs", "b.evs"), FAILED, "cut short", "'ictus cat' saves", left=["cut.evs"])
        self.assert_ended(ictus("cat", "cut.evs", "-o", "saved.evs"), FAILED, "cut short")
        self.assertEqual(onsets("saved.evs"), onsets(run.stdout))

    def test_operations_compose_in_pipes(self):
        line = f"{ICTUS} vary -q --gain -6 - | {ICTUS} vary -q --shift 1s | {ICTUS} vary -q --stretch 1 --keep 'event>2' - -"
        run = subprocess.run(["bash", "-c", line], input=clip_stream(), stdout=subprocess.PIPE, check=True)
        expected = varied(clip_stream(), "--keep", "event>2", "--shift", "1s", "--gain", "-6")
        self.assertEqual(dumped(run.stdout), dumped(expected))

    def test_memory_does_not_grow_with_length(self):
        self.put("long.evs", long_stream(3600))
        self.put("short.evs", long_stream(300))
        for words in (["vary", "-q", "--gain", "-6", "{}", "-o", "{}.out"], ["cat", "-q", "{}", "{}", "-o", "{}.cat"],
                      ["mix", "-q", "{}", "{}@1s", "-o", "{}.mix"]):
            short, long = (peak_kib(*[word.format(name) if "{}" in word else word for word in words])
                           for name in ("short.evs", "long.evs"))
            self.assertLess(long, 1.1 * short, words)
        # What has to hold all events takes more, which shows that it would be seen.
        held = peak_kib("vary", "-q", "--random-times", "long.evs", "-o", "long.times")
        self.assertGreater(held, 1.5 * peak_kib("vary", "-q", "--stretch", "1.25", "long.evs", "-o", "long.stretched"))


class MixAndCat(Case):
    given = {"a.evs": clip_stream, "b.evs": other_clip_stream}

    def test_mix(self):
        self.assert_ended(ictus("mix", "a.evs=0dB", "b.evs=-3dB@2.5s", "-o", "both.evs"), DONE, "2 streams -> both.evs: 4.5 s, ")
        a, b, both = dumped("a.evs"), dumped("b.evs"), dumped("both.evs")
        expected = [(round(e["onset_s"] * RATE_HZ), e["gain_db"], e["vector"]) for e in a]
        expected += [(round(e["onset_s"] * RATE_HZ) + 110250, e["gain_db"] - 3, e["vector"]) for e in b]
        expected.sort(key=lambda event: event[0])
        self.assertEqual([(round(e["onset_s"] * RATE_HZ), e["gain_db"], e["vector"]) for e in both], expected)
        self.assertEqual(info((self.folder / "both.evs").read_bytes())["samples"], 110250 + 2 * RATE_HZ)

    def test_mix_of_one_and_gains_without_offsets(self):
        one = ictus("mix", "-q", "a.evs")
        self.assertEqual(decoded(one.stdout), decoded(clip_stream()))
        both = ictus("mix", "-q", "a.evs@500ms", "b.evs=-1.5").stdout
        self.assertEqual(len(dumped(both)), len(dumped("a.evs")) + len(dumped("b.evs")))
        self.assertEqual(min(onset for onset in onsets(both)), min(min(onsets("a.evs")) + 22050, min(onsets("b.evs"))))

    def test_cat(self):
        self.assert_ended(ictus("cat", "a.evs", "b.evs", "a.evs", "-o", "aba.evs"), DONE, "3 streams -> aba.evs: 5.0 s, ")
        a, b = dumped("a.evs"), dumped("b.evs")
        length_a, length_b = info(clip_stream())["samples"], 2 * RATE_HZ
        made = [(round(e["onset_s"] * RATE_HZ), e["vector"]) for e in dumped("aba.evs")]
        expected = [(round(e["onset_s"] * RATE_HZ) + begin, e["vector"])
                    for begin, events in ((0, a), (length_a, b), (length_a + length_b, a)) for e in events]
        self.assertEqual(made, expected)
        self.assertEqual(info((self.folder / "aba.evs").read_bytes())["samples"], 2 * length_a + length_b)

    def test_cat_of_one_from_a_pipe(self):
        run = ictus("cat", stdin=clip_stream())
        self.assert_ended(run, DONE)
        self.assertEqual(decoded(run.stdout), decoded(clip_stream()))

    def test_streams_of_different_precision(self):
        self.put("exact.evs", encode("-", "--lossless", stdin=clip()).stdout)
        for command in ("mix", "cat"):
            run = ictus(command, "-q", "a.evs", "exact.evs")
            self.assert_ended(run, DONE)
            vectors = [event["vector"] for event in dumped(run.stdout)]
            for stream in ("a.evs", "exact.evs"):
                for event in dumped(stream):
                    self.assertIn(event["vector"], vectors)

    def test_different_models_are_refused_with_both_names(self):
        foreign = CONFORMANCE / "valid/two-blocks.evs"
        self.put("foreign.evs", foreign.read_bytes())
        for words in (["mix", "a.evs", "foreign.evs"], ["cat", "a.evs", "foreign.evs"],
                      ["vary", "--morph", "foreign.evs:0.5", "a.evs"]):
            run = ictus(*words)
            self.assert_refused(run, FAILED, "a.evs has events of the model", info(clip_stream())["weights_hash"],
                                "foreign.evs of", info(foreign.read_bytes())["weights_hash"], left=self.files())

    def test_outputs_are_safe(self):
        self.assert_refused(ictus("mix", "a.evs", "b.evs", "-o", "a.evs", "-f"), FAILED, "a.evs: is both input and output",
                            left=["a.evs", "b.evs"])
        self.assert_refused(ictus("cat", "a.evs", "-o", "b.evs"), FAILED, "b.evs: the output exists already", left=["a.evs", "b.evs"])
        self.assert_refused(ictus("vary", "--gain", "1", "a.evs", "a.evs", "-f"), FAILED, "is both input and output",
                            left=["a.evs", "b.evs"])
        self.assert_refused(ictus("mix", "a.evs", "none.evs"), FAILED, "none.evs: cannot be opened", left=["a.evs", "b.evs"])

    def test_mistakes(self):
        for words, *texts in [
            (["mix"], "there is nothing to mix"),
            (["mix", "a.evs@-1s"], "would begin before the start"),
            (["vary", "a.evs", "b.evs", "-o", "c.evs"], "two outputs are named, b.evs and c.evs"),
            (["vary", "a.evs", "b.evs", "c.evs"], "at most 2 names are taken"),
            (["decode", "--stems", "out", "--json", "a.evs"], "--json and --stems cannot be used together"),
            (["vary", "--each", "a.evs"], "--each requires --perturb"),
            (["vary", "--from", "model", "a.evs"], "--from requires --random-vectors"),
            (["vary", "--stretch", "0", "a.evs"], "--stretch: 0 is out of range"),
            (["vary", "--shift", "soon", "a.evs"], "--shift: 'soon' is no time"),
            (["vary", "--gain", "loud", "a.evs"], "--gain: 'loud' is no level"),
            (["vary", "--morph", "b.evs", "a.evs"], "--morph: 'b.evs' does not name a stream and an amount"),
            (["vary", "--morph", "b.evs:2", "a.evs"], "--morph: 2 is out of range"),
            (["vary", "--model", "m", "--gain", "1", "a.evs"], "--model is for conditions on what is heard"),
            (["assemble", "--length", "-3s", "x"], "--length: -3s is negative"),
        ]:
            self.assert_refused(ictus(*words), USAGE, *texts, left=["a.evs", "b.evs"])

    def test_token_pyramids_are_refused(self):
        self.put("note.mars", clip_pyramid())
        for words in (["vary", "--gain", "1", "note.mars"], ["vary", "note.mars"], ["mix", "note.mars"], ["cat", "note.mars"],
                      ["plot", "note.mars", "-o", "-"], ["decode", "--events", "1", "note.mars", "-o", "-"]):
            self.assert_refused(ictus(*words), FAILED, "note.mars: ", "this is a token pyramid", left=self.files())


class Decode(Case):
    def test_events_add_up(self):
        count = len(dumped(clip_stream()))
        self.assertGreater(count, 3)
        everything = decoded(clip_stream(), "--events", f"0..{count - 1}")
        self.assertEqual(everything, decoded(clip_stream()))
        some = decoded(clip_stream(), "--events", "0,2..3")
        self.assertEqual(some, decoded(varied(clip_stream(), "--keep", "event==0 || event==2 || event==3")))
        self.assertEqual(len(some), len(everything))
        self.assertNotEqual(some, everything)

    def test_events_that_are_not_there(self):
        self.put("a.evs", clip_stream())
        count = len(dumped(clip_stream()))
        self.assert_refused(ictus("decode", "--events", "100000..100010", "a.evs"), FAILED,
                            f"a.evs: has none of the events that --events asks for; it has {count} events, counted from 0",
                            left=["a.evs"])
        self.assert_refused(ictus("decode", "--events", "100000", "--stems", "out", "a.evs"), FAILED, "has none of the events", left=["a.evs"])
        self.assert_refused(ictus("decode", "--stems", "out", "none.evs"), FAILED, "none.evs: cannot be opened", left=["a.evs"])
        self.assert_refused(ictus("decode", "--events", "1,x", "a.evs"), USAGE, "--events: 'x' is not a whole number", left=["a.evs"])
        self.assert_refused(ictus("decode", "--events", "-1", "a.evs"), USAGE, "--events: -1 is out of range", left=["a.evs"])

    def test_stems(self):
        self.put("song.evs", clip_stream())
        events = dumped(clip_stream())
        self.assert_ended(ictus("decode", "--stems", "stems", "--samples", "float32", "song.evs"), DONE, f"song.evs -> stems: {len(events)} files")
        digits = len(str(len(events)))
        names = [f"song-{event['event']:0{digits}}.wav" for event in events]
        self.assertEqual(self.files(), sorted(["song.evs", "stems", "stems/song-stems.tsv", *(f"stems/{name}" for name in names)]))
        rows = [line.split("\t") for line in (self.folder / "stems/song-stems.tsv").read_text().splitlines()]
        self.assertEqual(rows[0], ["event", "file", "onset_s", "gain_db"])
        self.assertEqual([row[1] for row in rows[1:]], names)
        self.assertEqual([float(row[2]) for row in rows[1:]], [event["onset_s"] for event in events])

    def test_a_stem_is_its_event_from_its_onset_on(self):
        self.put("song.evs", clip_stream())
        self.assert_ended(ictus("decode", "-q", "--stems", "out", "--raw", "--samples", "float32", "song.evs"), DONE)
        events = dumped(clip_stream())
        loudest = max(events, key=lambda event: event["gain_db"])

        def samples_of(data):
            return struct.unpack(f"<{len(data) // 4}f", data)

        def power(samples):
            return sum(x * x for x in samples)
        stem = samples_of((self.folder / "out" / f"song-{loudest['event']:0{len(str(len(events)))}}.raw").read_bytes())
        whole = samples_of(decoded(clip_stream(), "--raw", "--events", loudest["event"]))
        onset = round(loudest["onset_s"] * RATE_HZ)
        self.assertLess(abs(10 * math.log10(power(stem[: len(whole) - onset]) / power(whole[onset:]))), 2)
        self.assertGreater(power(stem[: len(stem) // 2]), power(stem[len(stem) // 2 :]))

    def test_stems_of_some_events_and_no_overwriting(self):
        self.put("song.evs", clip_stream())
        self.assert_ended(ictus("decode", "-q", "--stems", "out", "--events", "1,3", "song.evs"), DONE)
        self.assertEqual(len([name for name in self.files() if name.endswith(".wav")]), 2)
        before = self.files()
        self.assert_refused(ictus("decode", "--stems", "out", "song.evs"), FAILED, "the output exists already", left=before)
        self.assert_ended(ictus("decode", "-q", "-f", "--stems", "out", "song.evs"), DONE)
        self.assert_refused(ictus("decode", "--stems", "out", "-o", "x.wav", "song.evs"), USAGE,
                            "--output and --stems cannot be used together", left=self.files())


if __name__ == "__main__":
    unittest.main()
