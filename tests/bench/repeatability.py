"""Whether the same recording gives the same bytes again: run again, through a pipe, beside another file."""

import shutil
import subprocess

from measure import ICTUS


def ictus(*words, **options):
    return subprocess.run([ICTUS, *map(str, words)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          **options).stdout


def lines(recordings, folder, codec="events", ending=".evs"):
    """Lines of the table of bars, measured on two recordings."""
    device = ["--device", "cpu"] if codec == "mars" else []
    encode, decode = ["encode", *device, "--codec", codec], ["decode", *device]
    a, b = recordings[:2]
    streams = [ictus(*encode, "-o", "-", path) for path in (a, b)]
    again = ictus(*encode, "-o", "-", a)
    with open(a, "rb") as opened:
        piped = ictus(*encode, "-", stdin=opened)
    paths = []
    for path, stream in zip((a, b), streams):
        paths.append(folder / f"{path.stem}.repeated{ending}")
        paths[-1].write_bytes(stream)
    sounds = [ictus(*decode, "-o", "-", path) for path in paths]
    decoded_again = ictus(*decode, "-o", "-", paths[0])
    decoded_pipe = ictus(*decode, "-", input=streams[0])
    both = folder / "two-threads"
    shutil.rmtree(both, ignore_errors=True)
    both.mkdir(parents=True)
    ictus(*encode, "-q", "--threads", 2, "-o", both, a, b)
    company = [(both / f"{path.stem}{ending}").read_bytes() for path in (a, b)]
    ictus(*decode, "-q", "--raw", "--threads", 2, "-o", both, *paths)
    heard = [(both / f"{path.stem}.raw").read_bytes() for path in paths]
    alone = [ictus(*decode, "--raw", "-o", "-", path) for path in paths]
    tested = " and ".join(path.stem for path in (a, b))
    return [[f"repeatability: {what}", "equal", tested, "yes" if holds else "**no**"] for what, holds in [
        ("encoding twice", streams[0] == again), ("decoding twice", sounds[0] == decoded_again),
        ("one thread and two", company == streams and heard == alone),
        ("pipe and file", piped == streams[0] and decoded_pipe == sounds[0])]]
