"""Runs codecs on recordings and measures them: size, log-mel distance, loudness-weighted error, time, memory."""

import csv
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("ICTUS_BIN_DIR", ROOT / "build/release/bin")).resolve()
ICTUS, COMPARE = str(BIN / "ictus"), str(BIN / "compare_sounds")
ENDINGS = {".wav", ".flac", ".ogg", ".oga", ".opus", ".aiff", ".aif", ".mp3", ".w64", ".caf", ".au"}


class Usage(NamedTuple):
    """What one process and those it waited for took. The memory is at least that of Python, some 15 MiB."""
    wall_s: float
    cpu_s: float
    peak_mib: float


class Row(NamedTuple):
    """One recording through one codec."""
    recording: str
    codec: str
    duration_s: float
    bytes: int
    kbit_s: float
    distance_db: float
    distance_512_db: float
    distance_1024_db: float
    distance_2048_db: float
    encode_wall_s: float
    encode_cpu_s: float
    encode_peak_mib: float
    decode_wall_s: float
    decode_cpu_s: float
    decode_peak_mib: float
    events: int | None = None
    level_db: float | None = None
    loudness_error_db: float | None = None
    loudness_bias_db: float | None = None


# What rows may be without, such as those of other codecs, and their types.
OPTIONAL = {"events": int, "level_db": float, "loudness_error_db": float, "loudness_bias_db": float}


def on_one_core(command):
    """The command, bound to one core where the system can do that."""
    if not shutil.which("taskset"):
        return command
    return ["taskset", "--cpu-list", str(max(os.sched_getaffinity(0))), *command]


def run(command, stdout=subprocess.DEVNULL):
    """Runs a command to its end. Raises RuntimeError with its words when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, text=True)
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: ended with {process.returncode}\n{words}")
    return Usage(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def output_of(command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def told_by_compare(*words):
    """What compare_sounds prints, as a dictionary of numbers for each line below the names."""
    names, *lines = output_of([COMPARE, *words]).splitlines()
    return [dict(zip(names.split("\t"), map(float, line.split("\t")))) for line in lines]


def compared(pairs, rate_hz=22050):
    """For each (reference, test): log_mel_db, that of each resolution, level_db, loudness_error_db, loudness_bias_db, convergence."""
    return told_by_compare("sounds", "--rate", rate_hz, "--", *(path for pair in pairs for path in pair)) if pairs else []


def distances_db(reference, test, rate_hz=22050):
    """The mean, and that of each resolution, of both sounds at `rate_hz`."""
    return distances_of(compared([(reference, test)], rate_hz)[0])


def distances_of(comparison):
    return [comparison[name] for name in ("log_mel_db", "log_mel_512_db", "log_mel_1024_db", "log_mel_2048_db")]


def probe(path, entry):
    """What ffprobe says of the first stream of a sound file, such as its "duration"."""
    return output_of(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", f"stream={entry}", "-of", "csv=p=0",
                      path]).strip().rstrip(",")


def duration_s(path):
    return float(probe(path, "duration"))


def to_wav(source, target, rate_hz, seconds=None):
    """Mono (the mean of the channels, as ictus makes it) at another rate, 16 bits."""
    channels = int(probe(source, "channels"))
    mean = "+".join(f"{1 / channels:.6f}*c{i}" for i in range(channels))
    excerpt = ["-t", str(seconds)] if seconds else []
    run(["ffmpeg", "-v", "error", "-y", "-i", source, *excerpt, "-af", f"pan=mono|c0={mean}", "-ar", rate_hz,
         "-c:a", "pcm_s16le", target])


class Codec:
    """How one codec is asked to go there and back. Conversions before and after are not measured."""
    name = ""
    ending, sound_ending = ".coded", ".wav"

    def prepare(self, recording, folder):
        """What the encoder is given."""
        return recording

    def encode(self, source, coded):
        raise NotImplementedError

    def decode(self, coded, sound):
        raise NotImplementedError

    def finish(self, sound):
        """What the distance is measured on."""
        return sound


class Ictus(Codec):
    """One of ictus' own codecs. Unlike the others it takes many files at a time. `words` are more options of `ictus encode`."""

    def __init__(self, codec="events", ending=".evs", name="ictus", words=()):
        self.codec, self.ending, self.name, self.words = codec, ending, name, words

    def prepare(self, recording, folder):
        """The sound without its tags, which come on top of a bitrate, and which the other codecs are not given either."""
        untagged = folder / f"{recording.stem}.untagged.wav"
        run(["ffmpeg", "-v", "error", "-y", "-i", recording, "-map_metadata", -1, "-fflags", "+bitexact", "-c:a", "pcm_f32le", untagged])
        return untagged

    def encode(self, source, coded):
        return self.encode_many([source], coded)

    def decode(self, coded, sound):
        return self.decode_many([coded], sound)

    def encode_many(self, sources, target):
        device = ["--device", "cpu"] if self.codec == "mars" else []
        return [ICTUS, "encode", "-q", "-f", *device, "--threads", 1, "--codec", self.codec, *self.words, *sources, "-o", target]

    def decode_many(self, coded, target, *words):
        return [ICTUS, "decode", "-q", "-f", "--device", "cpu", "--threads", 1, *words, *coded, "-o", target]


class Opus(Codec):
    def __init__(self, kbit_s, rate_hz=48000, words=()):
        self.kbit_s, self.rate_hz, self.words = kbit_s, rate_hz, words
        self.name = f"Opus {kbit_s} CBR"

    def prepare(self, recording, folder):
        return resampled(recording, folder, self.rate_hz)

    def encode(self, source, coded):
        return ["opusenc", "--quiet", "--hard-cbr", "--bitrate", self.kbit_s, "--downmix-mono", *self.words, source, coded]

    def decode(self, coded, sound):
        return ["opusdec", "--quiet", "--force-wav", coded, sound]


class Codec2(Codec):
    name = "Codec 2 3200"
    sound_ending = ".raw"

    def prepare(self, recording, folder):
        wav = resampled(recording, folder, 8000)
        raw = wav.with_suffix(".raw")
        run(["ffmpeg", "-v", "error", "-y", "-i", wav, "-f", "s16le", raw])
        return raw

    def encode(self, source, coded):
        return ["c2enc", 3200, source, coded]

    def decode(self, coded, sound):
        return ["c2dec", 3200, coded, sound]

    def finish(self, sound):
        # It is 20 ms late and, unlike the others, does not make up for that itself.
        wav = sound.with_suffix(".back.wav")
        run(["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", 8000, "-ac", 1, "-i", sound, "-af", "atrim=start=0.02", wav])
        return wav


class Speex(Codec):
    name = "Speex 5.95"

    def prepare(self, recording, folder):
        return resampled(recording, folder, 8000)

    def encode(self, source, coded):
        return ["speexenc", "--narrowband", "--quality", 2, source, coded]

    def decode(self, coded, sound):
        return ["speexdec", coded, sound]


class Vorbis(Codec):
    name = "Vorbis q-1"

    def prepare(self, recording, folder):
        return resampled(recording, folder, 22050)

    def encode(self, source, coded):
        return ["oggenc", "--quiet", "--quality", -1, source, "-o", coded]

    def decode(self, coded, sound):
        return ["oggdec", "--quiet", coded, "-o", sound]


def ictus_at(kbit_s, effort=None):
    if effort is None:
        return Ictus(name=f"ictus {kbit_s:g}", words=("--mono", "--bitrate", kbit_s))
    return Ictus(name=f"ictus {kbit_s:g} effort {effort}", words=("--mono", "--bitrate", kbit_s, "--effort", effort))


# One channel, as the others are given; and all that there are, whose mean is measured.
CODECS = [Ictus(words=("--mono",)), Ictus(name="ictus stereo"), ictus_at(6), ictus_at(6, effort=8), Opus(6), Opus(8), Opus(12), Codec2(),
          Speex(), Vorbis()]
RATES = [ictus_at(kbit_s) for kbit_s in (1, 2)]     # for the picture, beside those above
# At 16 kHz. Files of single notes are small: opusenc is not to reserve room for tags in them.
MARS = Ictus("mars", ".mars", "mars")
NOTE_CODECS = [MARS, *(Opus(kbit_s, 16000, ("--padding", 0)) for kbit_s in (6, 8, 12)), Codec2()]


def resampled(recording, folder, rate_hz):
    wav = folder / f"{recording.stem}.{rate_hz}.wav"
    if not wav.exists():
        to_wav(recording, wav, rate_hz)
    return wav


def paths_of(recording, codec, folder):
    """Where its coded form and the decoded sound go."""
    stem = f"{recording.stem}.{codec.name.replace(' ', '-').lower()}"
    return folder / (stem + codec.ending), folder / (stem + codec.sound_ending)


def measure(recording, codec, folder, rate_hz=22050):
    """Takes a recording through a codec; what is made on the way stays in `folder`."""
    coded, sound = paths_of(recording, codec, folder)
    encoding = run(on_one_core(codec.encode(codec.prepare(recording, folder), coded)))
    decoding = run(on_one_core(codec.decode(coded, sound)))
    return row_of(recording, codec, coded, codec.finish(sound), encoding, decoding, rate_hz)


def row_of(recording, codec, coded, sound, encoding, decoding, rate_hz):
    seconds = duration_s(recording)
    size = coded.stat().st_size
    events = int(output_of([ICTUS, "info", "--get", "events", coded])) if coded.suffix == ".evs" else None
    comparison = compared([(recording, sound)], rate_hz)[0]
    return Row(recording.stem, codec.name, seconds, size, 8e-3 * size / seconds, *distances_of(comparison), *encoding, *decoding,
               events, *(comparison[name] for name in ("level_db", "loudness_error_db", "loudness_bias_db")))


def recordings_in(folder):
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def write_tsv(path, rows):
    def text(value):
        if value is None:
            return ""
        return f"{value:.4f}" if isinstance(value, float) else str(value)
    lines = ["\t".join(Row._fields)] + ["\t".join(text(value) for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_tsv(path):
    types = Row.__annotations__
    rows = []
    with open(path, encoding="utf-8", newline="") as file:
        for fields in csv.DictReader(file, delimiter="\t"):
            values = {}
            for name, text in fields.items():
                if name in OPTIONAL:
                    values[name] = OPTIONAL[name](text) if text else None
                else:
                    values[name] = types[name](text)
            rows.append(Row(**values))
    return rows


def contended(usages):
    """Whether programs that use one core had to share it: the clock went on faster than their CPU time."""
    usages = list(usages)
    return sum(usage.wall_s for usage in usages) > 1.3 * sum(usage.cpu_s for usage in usages)


def machine(usages):
    """One line on what this was measured on."""
    name = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    shared = "; other programs were running, so that speeds by the clock are too low" if contended(usages) else ""
    return f"{name}, {os.cpu_count()} cores, of which one was used{shared}"
