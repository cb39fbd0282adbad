"""What composing in the event list holds and takes: exactness, memory, pictures, pages, MIDI; with transposing.py and playing.py."""

import io
import re
import statistics
import subprocess
import time
import wave

import hour
import measure
import playing
import recorded_notes
import scores
import single_events
import tables
import transposing
from measure import ICTUS, output_of
from transposing import made_by

MINUTES = (5, 60)
TRIES = 7
MANY, SOME, PAGE = 10_000, 500, 1_000
BAR_MANY_S, BAR_SOME_S = 5.0, 1.0
BAR_FIRST_MS = 20.0
BAR_PICTURE_MS, BAR_PICTURES_PER_S, BAR_HEARD_MS = 1000.0, 30.0, 50.0
BAR_PAGE_S, BAR_PAGE_MB, BAR_SAMPLES_DB = 5.0, 1.0, 90.0
BAR_NOTES = 0.95


def encoded(recordings, folder):
    """The recordings as streams."""
    streams = []
    for recording in recordings:
        wav, stream = folder / "in.wav", folder / f"{recording.stem}.evs"
        measure.to_wav(recording, wav, 44100)
        made_by(["encode", "-q", "-f", wav, "-o", stream])
        streams.append(stream)
    return streams


def exactness(streams):
    same_sound = same_bytes = untouched = 0
    for stream in streams:
        back = made_by(["assemble"], made_by(["dump", stream]))
        same_bytes += back == stream.read_bytes()
        same_sound += made_by(["decode"], back) == made_by(["decode", stream, "-o", "-"])
        untouched += made_by(["vary", stream]) == stream.read_bytes()
    count = len(streams)
    return [["decode(assemble(dump(x))) and decode(x)", f"the same samples, {count} of {count}",
             f"{same_sound} of {count} (and the stream itself the same bytes, {same_bytes} of {count})", tables.yes(same_sound == count)],
            ["vary with nothing to do", "the same bytes", f"{untouched} of {count}", tables.yes(untouched == count)]]


def long_stream(streams, minutes, path):
    """The streams one after another, over and over, until they last so long."""
    lengths_s = [single_events.facts_of(stream)["duration_s"] for stream in streams]
    chosen, length_s = [], 0.0
    while length_s < 60 * minutes:
        chosen.append(streams[len(chosen) % len(streams)])
        length_s += lengths_s[(len(chosen) - 1) % len(streams)]
    path.write_bytes(made_by(["cat", *chosen]))


def peak_mib(words):
    """By GNU time: what Python is told of a child is at least the memory of Python, from which it began."""
    run = subprocess.run(["/usr/bin/time", "-f", "%M", ICTUS, *words, "-o", "/dev/null"], check=True, stderr=subprocess.PIPE)
    return int(run.stderr.splitlines()[-1]) / 1024


def memory(streams, folder):
    lines = []
    paths = {minutes: folder / f"{minutes}-minutes.evs" for minutes in MINUTES}
    for minutes, path in paths.items():
        long_stream(streams, minutes, path)
    for name, words in (("vary --gain", ["vary", "-q", "--gain", "-6dB", "{}"]), ("cat", ["cat", "-q", "{}", "{}"]),
                        ("mix", ["mix", "-q", "{}", "{}=-3dB@2.5s"])):
        short, long = (peak_mib([word.format(paths[minutes]) for word in words]) for minutes in MINUTES)
        lines.append([f"peak memory of {name}, {MINUTES[1]} minutes", f"as for {MINUTES[0]}",
                      f"{long:.1f} MiB against {short:.1f} MiB", tables.yes(long <= tables.BAR_MEMORY * short)])
    return lines, paths[MINUTES[1]]


def taken_s(words):
    taken = []
    for _ in range(TRIES):
        began = time.perf_counter()
        made_by(words)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def first_byte_ms(words):
    began = time.perf_counter()
    process = subprocess.Popen([ICTUS, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    process.stdout.read(1)
    elapsed_ms = 1e3 * (time.perf_counter() - began)
    process.stdout.close()
    process.wait()
    return elapsed_ms


def first_bytes(stream, folder):
    """Of an hour, and of a score played by an instrument that comes with the program."""
    midi = scores.write_midi(scores.pieces()[0], folder / "score.mid")
    # `info --model` needs it, which shows that it would be seen.
    method_works = hour.loads_libtorch("info", "--model")
    lines = []
    for words in (["dump", stream], ["vary", "--transpose", "12", stream], ["vary", "--gain", "-6dB", stream], ["play", midi]):
        taken = [first_byte_ms(words) for _ in range(3 * TRIES)]
        name = " ".join(words[:-1])
        lines.append([f"first byte of {name}", f"within {BAR_FIRST_MS:g} ms", f"{statistics.median(taken):.1f} ms (median of {len(taken)})",
                      tables.yes(statistics.median(taken) <= BAR_FIRST_MS)])
        loads = hour.loads_libtorch(*words)
        lines.append([f"{name} loads libtorch", "no", "yes" if loads else "no", tables.yes(not loads and method_works)])
    return lines


def with_events(count, stream, path):
    """The first events of a stream, as a stream that ends with them."""
    lines = made_by(["dump", stream]).splitlines(keepends=True)
    begin = next(i for i, line in enumerate(lines) if line.startswith(b"0\t"))
    path.write_bytes(made_by(["assemble"], b"".join(lines[: begin + count])))
    return path


def pictures(stream, folder):
    lines = []
    for count, bar_s in ((MANY, BAR_MANY_S), (SOME, BAR_SOME_S)):
        cut = with_events(count, stream, folder / f"{count}-events.evs")
        for kind in ("map", "roll"):
            seconds = taken_s(["plot", "-q", "-f", "--kind", kind, cut, "-o", folder / "picture.png"])
            lines.append([f"plot --kind {kind} of {count:,} events", f"below {bar_s:g} s", f"{seconds:.2f} s (median of {TRIES})",
                          tables.yes(seconds < bar_s)])
    return lines


def page_figures(page, sound):
    """(milliseconds to the first picture, pictures a second while panning, milliseconds until what is dragged is heard),
    in headless Chromium, which saves the sound of the page as `sound`."""
    sound.unlink(missing_ok=True)
    told = output_of(["/usr/bin/python3", "-B", measure.ROOT / "tests/bench/explore_page.py", page, "--save", sound])
    return [float(re.search(r"[\d.]+", line)[0]) for line in told.splitlines()]


def samples_in(path):
    """Of a WAV file of 24 bits."""
    import numpy as np
    with wave.open(str(path)) as sound:
        parts = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8).reshape(-1, 3).astype(np.int32)
    return ((parts[:, 2] << 24 | parts[:, 1] << 16 | parts[:, 0] << 8) >> 8).astype(float)


def apart_db(sound, other):
    """How far the difference lies below the second one."""
    import numpy as np
    heard, expected = samples_in(sound), samples_in(other)
    if len(heard) != len(expected):
        return float("-inf")
    return 10 * float(np.log10(np.sum(expected ** 2) / max(np.sum((heard - expected) ** 2), 1e-9)))


def pages(stream, folder, say):
    lines = []
    for count in (PAGE, MANY):
        cut = with_events(count, stream, folder / f"{count}-events.evs")
        page, sound, decoded = (folder / f"{count}-events{ending}" for ending in (".html", ".page.wav", ".wav"))
        began = time.perf_counter()
        made_by(["explore", "-q", "-f", cut, "-o", page])
        made_s, size_mb = time.perf_counter() - began, page.stat().st_size / 1e6
        say(f"page of {count} events: {size_mb:.2f} MB, {made_s:.1f} s")
        first_ms, per_s, heard_ms = page_figures(page, sound)
        if count == PAGE:
            lines.append([f"first picture of the page, {count:,} events", f"within {BAR_PICTURE_MS / 1e3:g} s", f"{first_ms:.0f} ms",
                          tables.yes(first_ms <= BAR_PICTURE_MS)])
        lines.append([f"pictures a second while panning, {count:,} events", f"{BAR_PICTURES_PER_S:g}", f"{per_s:.0f}",
                      tables.yes(per_s >= BAR_PICTURES_PER_S)])
    made_by(["decode", "-f", "--samples", "pcm24", cut, "-o", decoded])
    below_db = apart_db(sound, decoded)
    return lines + [
        [f"a dragged event is heard, {MANY:,} events", f"within {BAR_HEARD_MS:g} ms", f"{heard_ms:.0f} ms", tables.yes(heard_ms <= BAR_HEARD_MS)],
        [f"making the page, {MANY:,} events", f"within {BAR_PAGE_S:g} s", f"{made_s:.1f} s", tables.yes(made_s <= BAR_PAGE_S)],
        [f"size of the page, {MANY:,} events", f"below {BAR_PAGE_MB:g} MB", f"{size_mb:.2f} MB", tables.yes(size_mb < BAR_PAGE_MB)],
        [f"samples that the page renders, {MANY:,} events", f"the program's within {BAR_SAMPLES_DB:g} dB", f"the difference is {below_db:.0f} dB softer",
         tables.yes(below_db >= BAR_SAMPLES_DB)]]


def loudest_pitch(midi):
    """Of the notes in a MIDI file the one with the greatest velocity, the earliest of several; by the Debian package python3-mido."""
    import mido
    now, best = 0.0, None
    for message in mido.MidiFile(file=io.BytesIO(midi)):
        now += message.time
        if message.type == "note_on" and message.velocity > 0 and (best is None or message.velocity > best[0]):
            best = (message.velocity, message.note)
    return best and best[1]


def midi_of(recording, folder):
    """The MIDI file of a recorded note; nothing when no event of it has a pitch."""
    wav, stream = folder / "note.wav", folder / "note.evs"
    measure.to_wav(recording, wav, 44100)
    made_by(["encode", "-q", "-f", wav, "-o", stream])
    run = subprocess.run([ICTUS, "dump", "--format", "midi", stream], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout


def midi(folder_of_notes, folder, say):
    every, wrong = transposing.every_note(folder_of_notes), []
    for path in every:
        written = midi_of(path, folder)
        found = loudest_pitch(written) if written else None
        if found is None or abs(found - recorded_notes.sources.pitch_of(path.name)) > 1:
            wrong.append(f"{path.parent.name} {path.stem} ({found})")
    say(f"wrong: {'; '.join(wrong)}")
    right = len(every) - len(wrong)
    return [[f"loudest note of the MIDI of {len(every)} recorded notes", f"right within a semitone in {BAR_NOTES:.0%}", f"{right} ({right / len(every):.1%})",
             tables.yes(right >= BAR_NOTES * len(every))]]


def lines(recordings, folder_of_notes, folder, say):
    folder.mkdir(parents=True, exist_ok=True)
    streams = encoded(recordings, folder)
    say(f"encoded {len(streams)} recordings")
    table = transposing.lines(folder_of_notes, folder, say)
    table += playing.lines(folder_of_notes, folder, say)
    table += exactness(streams)
    more, longest = memory(streams, folder)
    table += more
    say("memory measured")
    table += first_bytes(longest, folder)
    table += pictures(longest, folder)
    say("pictures measured")
    table += pages(longest, folder, say)
    return table + midi(folder_of_notes, folder, say)
