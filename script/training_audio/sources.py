"""Fetches the packages that hold the sources, and reads which files of them are free enough."""
import fnmatch
import os
import re
import subprocess
import tarfile
from pathlib import Path

DEBIAN = ["libfluidsynth3", "fluid-soundfont-gm", "musescore-general-soundfont-lossless", "ffmpeg", "flac", "sox", "python3-numpy",
          "python3-scipy", "flite", "festival", "festvox-us-slt-hts", "festvox-kdlpc16k", "festvox-ru", "wamerican",
          "sonic-pi-samples", "blobwars-data", "ufoai-music", "freedoom", "npm"]
NOTES_DEBIAN = ["libfluidsynth3", "ffmpeg", "python3-numpy", "python3-scipy", "python3-soundfile", "npm"]
SOUNDFONTS = ["fluid-soundfont-gm", "musescore-general-soundfont-lossless"]     # of training
# Recorded by; all edited by N. Brosowsky, who gives them out under CC-BY 3.0. His guitar-nylon is left out: the licence
# of the recordings it was made from (a pack of quartertone's on freesound.org) could not be confirmed.
_VERSILIAN, _KARORYFER = "Versilian Studios", "Karoryfer Samples"
INSTRUMENTS = {"bass-electric": _KARORYFER, "bassoon": _VERSILIAN, "cello": "flcellogrl of freesound.org", "clarinet": "unnamed",
               "contrabass": _VERSILIAN, "flute": _VERSILIAN, "french-horn": _VERSILIAN, "guitar-acoustic": "University of Iowa",
               "guitar-electric": _KARORYFER, "harmonium": "Donya Quick", "harp": _VERSILIAN, "organ": _VERSILIAN, "piano": _VERSILIAN,
               "saxophone": _KARORYFER, "trombone": _VERSILIAN, "trumpet": _VERSILIAN, "tuba": _VERSILIAN, "violin": _VERSILIAN,
               "xylophone": _VERSILIAN}
SALAMANDER = [f"@audio-samples/piano-velocity{v}" for v in (3, 6, 10, 14)]
HELD_OUT = [name for name, by in INSTRUMENTS.items() if by == _VERSILIAN]      # from the notes of script/render-notes, which tests them


def tonejs(names):
    return [f"tonejs-instrument-{name}-mp3" for name in names]


NPM = tonejs(INSTRUMENTS) + SALAMANDER
FREE = ("CC0", "CC0-1.0", "public-domain", "CC-BY-3.0", "CC-BY-4.0", "MIT", "Expat")

SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def _installed(package):
    out = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", package], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return out.startswith(b"ii")


def install(packages=DEBIAN):
    missing = [p for p in packages if not _installed(p) and not (p == "npm" and _which("npm"))]
    if missing:
        print("installing", *missing, flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        command = (["sudo"] if os.geteuid() else []) + ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        subprocess.run(command + missing, check=True, env=environment, stdout=subprocess.DEVNULL)


def _which(name):
    return any((Path(d) / name).exists() for d in os.environ["PATH"].split(":"))


def fetch_npm(folder, packages=None):
    """Unpacks the npm packages of recorded notes (all of NPM, if none are given) into folder; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in NPM if packages is None else packages:
        target = folder / package.strip("@").replace("/", "-")
        if target.exists():
            continue
        print("fetching", package, flush=True)
        name = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.PIPE).stdout.decode().split()[-1]
        part = folder / (target.name + ".part")
        with tarfile.open(folder / name) as archive:
            archive.extractall(part)
        (part / "package").rename(target)
        part.rmdir()
        (folder / name).unlink()


def pitch_of(name):
    """The MIDI number of the pitch that a recorded note's file name begins with, such as A#4vH or As4; None if there is none."""
    found = re.match(r"([A-G])(s|#)?(-?\d)", name)
    return SEMITONE[found[1]] + bool(found[2]) + 12 * (int(found[3]) + 1) if found else None


def free_files(copyright_file, names):
    """(name, author, licence) of those names to which a Debian copyright file gives a licence in FREE.

    Of several paragraphs that match a file the last one counts, as the format says."""
    paragraphs, current, field = [], {}, None
    for line in Path(copyright_file).read_text(encoding="utf-8").splitlines() + [""]:
        if not line.strip():
            if current:
                paragraphs.append(current)
            current, field = {}, None
        elif line[0] in " \t" and field:
            current[field].append(line.strip())
        elif ":" in line:
            field, rest = line.split(":", 1)
            if field == "Files" and "Files" in current:   # a missing empty line between two paragraphs
                paragraphs.append(current)
                current = {}
            current[field] = [rest.strip()] if rest.strip() else []
    paragraphs = [p for p in paragraphs if "Files" in p]
    found = []
    for name in names:
        match = None
        for p in paragraphs:
            if any(fnmatch.fnmatch(name, pattern) for pattern in " ".join(p["Files"]).split()):
                match = p
        licence = match["License"][0] if match and match.get("License") else ""
        if licence in FREE:
            found.append((name, ", ".join(match.get("Copyright", [])), licence))
    return found


def freedoom_scores():
    """The MIDI music in Freedoom's two archives, as (bytes, name, licence)."""
    found, seen = [], set()
    for path in sorted(Path("/usr/share/games/doom").glob("freedoom*.wad")):
        data = path.read_bytes()
        count, at = int.from_bytes(data[4:8], "little"), int.from_bytes(data[8:12], "little")
        for i in range(count):
            entry = data[at + 16 * i:at + 16 * i + 16]
            offset, size = int.from_bytes(entry[:4], "little"), int.from_bytes(entry[4:8], "little")
            lump = data[offset:offset + size]
            if lump[:4] == b"MThd" and lump not in seen:
                seen.add(lump)
                name = entry[8:].rstrip(b"\0").decode("ascii", "replace")
                found.append((lump, f"score {name} of freedoom (Freedoom contributors)", "BSD-3-Clause"))
    return found
