"""What an hour of sound takes: memory against that of five minutes, and how soon info and dump answer."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import ICTUS, ROOT, on_one_core, output_of, run
from tables import BAR_FIRST_LINE_MS, BAR_MEMORY, yes

sys.path.insert(0, str(ROOT / "tests/cli"))
import pyramids  # noqa: E402

RATE_HZ = 44100
MINUTES = (5, 60)
TRIES = 21


def make_recording(recordings, minutes, path):
    """The recordings one after another, over and over, mono, for so many minutes."""
    parts = []
    for recording in recordings:
        part = path.parent / f"{recording.stem}.part.wav"
        if not part.exists():
            run(["ffmpeg", "-v", "error", "-y", "-i", recording, "-ac", 1, "-ar", RATE_HZ, "-c:a", "pcm_s16le", part])
        parts.append(part)
    listed = path.with_suffix(".txt")
    listed.write_text("".join(f"file '{part.resolve()}'\n" for part in parts), encoding="utf-8")
    run(["ffmpeg", "-v", "error", "-y", "-stream_loop", -1, "-f", "concat", "-safe", 0, "-i", listed,
         "-t", minutes * 60, "-c:a", "pcm_s16le", path])


def first_line_ms(*words):
    began = time.perf_counter()
    process = subprocess.Popen([ICTUS, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    elapsed_ms = 1e3 * (time.perf_counter() - began)
    process.stdout.read()
    process.stdout.close()
    process.wait()
    return elapsed_ms


def loads_libtorch(*words):
    """Whether the dynamic linker says so."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ICTUS, *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, "LD_DEBUG": "files", "LD_DEBUG_OUTPUT": f"{folder}/linker"})
        return any(b"libtorch" in path.read_bytes() for path in Path(folder).iterdir())


def first_lines(of, stream):
    """Lines of the table of bars: how soon a stream is told about, and that no network is loaded for it."""
    # `info --model` needs it, which shows that it would be seen.
    method_works = loads_libtorch("info", "--model")
    table = []
    for command in ("info", "dump"):
        taken = [first_line_ms(command, stream) for _ in range(TRIES)]
        median = statistics.median(taken)
        table.append([f"first line of {command}, {of}", f"within {BAR_FIRST_LINE_MS:g} ms",
                      f"{median:.1f} ms (median of {TRIES}; {min(taken):.1f} to {max(taken):.1f})",
                      yes(median <= BAR_FIRST_LINE_MS)])
        loads = loads_libtorch(command, stream)
        table.append([f"{command} loads libtorch, {of}", "no", "yes" if loads else "no", yes(not loads and method_works)])
    return table


def lines(recordings, folder, tell):
    """Lines of the table of bars, and what encoding took. It takes as long as encoding an hour does."""
    folder.mkdir(parents=True, exist_ok=True)
    encoding, decoding, streams = {}, {}, {}
    for minutes in MINUTES:
        sound = folder / f"{minutes}-minutes.wav"
        streams[minutes] = folder / f"{minutes}-minutes.evs"
        make_recording(recordings, minutes, sound)
        network = ["-q", "-f", "--threads", 1]
        encoding[minutes] = run(on_one_core([ICTUS, "encode", *network, sound, "-o", streams[minutes]]))
        tell(f"encoding {minutes} minutes: {encoding[minutes].peak_mib:.0f} MiB, {encoding[minutes].wall_s:.0f} s")
        decoding[minutes] = run(on_one_core([ICTUS, "decode", *network, streams[minutes], "-o", "/dev/null"]))
        tell(f"decoding {minutes} minutes: {decoding[minutes].peak_mib:.0f} MiB, {decoding[minutes].wall_s:.0f} s")
        sound.unlink()

    short, long = MINUTES
    table = []
    for what, usage in (("encoding", encoding), ("decoding", decoding)):
        ratio = usage[long].peak_mib / usage[short].peak_mib
        table.append([f"peak memory of {what} {long} minutes", f"within {BAR_MEMORY - 1:.0%} of {short} minutes",
                      f"{usage[long].peak_mib:.0f} MiB against {usage[short].peak_mib:.0f} MiB ({ratio - 1:+.1%})",
                      yes(ratio <= BAR_MEMORY)])
        table.append([f"speed of {what} {long} minutes", "–",
                      f"{60 * long / usage[long].wall_s:.1f}x real time; {60 * long / usage[long].cpu_s:.1f}x by CPU time", "–"])
    pyramid = folder / f"{long}-minutes.mars"
    pyramid.write_bytes(pyramids.long_pyramid(60 * long))
    table += first_lines(f"{long} minutes", streams[long])
    table += first_lines(f"{long} minutes of tokens by chance", pyramid)
    size = streams[long].stat().st_size
    events = output_of([ICTUS, "info", "--get", "events", streams[long]]).strip()
    table.append([f"size of {long} minutes", "–", f"{size / 1e6:.2f} MB, {8e-3 * size / (60 * long):.2f} kbit/s, {events} events", "–"])
    return table, list(encoding.values())
