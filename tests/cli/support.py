"""What the tests of the command line share: running the programs, making sound, looking at what is left.

The programs are those in the folder ICTUS_BIN_DIR (default: build/dev/bin). The weights are found as a user's
would be, or named by ICTUS_MODEL and ICTUS_MARS_MODEL.
"""

import array
import atexit
import functools
import io
import json
import math
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/conformance"))
from read_blocks import xxh32  # noqa: E402

BIN = pathlib.Path(os.environ.get("ICTUS_BIN_DIR", ROOT / "build/dev/bin")).resolve()
ICTUS = str(BIN / "ictus")
# Far longer than anything takes on a machine that is busy with other things; a program that hangs fails its test instead of
# the whole run.
TIMEOUT_S = 900
# Whether the programs were built with sanitisers, which keep memory that was freed.
SANITIZED = os.environ.get("ICTUS_TEST_SANITIZED") == "1"
# Whether they were built with what needs libtorch. Else a test is skipped where it runs a network.
NETWORKS = os.environ.get("ICTUS_TEST_NETWORKS") != "0"

DONE, FAILED, USAGE = 0, 1, 2


def ictus(*words, stdin=b"", **options):
    """Runs ictus and returns the finished process, with bytes in stdout and text in stderr."""
    process = subprocess.run(
        [ICTUS, *map(str, words)],
        **({"input": stdin} if "stdin_file" not in options else {"stdin": options.pop("stdin_file")}),
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": TIMEOUT_S, **options},
    )
    process.stderr = (process.stderr or b"").decode()
    skip_without_networks(process.stderr)
    return process


def skip_without_networks(stderr):
    """Skips the test where a command asked for networks and the programs were built without them."""
    if not NETWORKS and "the part of ictus that runs networks, is missing" in stderr:
        raise unittest.SkipTest("built without networks")


def encode(*words, **options):
    """`ictus encode` with the least effort: these tests are not about quality."""
    return ictus("encode", "--effort", 0, *words, **options)


def dumped(stream):
    """The events of a stream, a name or bytes, as `ictus dump` prints them."""
    run = ictus("dump", "--format", "json", "-", stdin=stream) if isinstance(stream, bytes) else \
        ictus("dump", "--format", "json", stream)
    assert run.returncode == DONE, run.stderr
    return [line for line in map(json.loads, run.stdout.splitlines()) if "event" in line]


def start(*words, **options):
    """Starts ictus with pipes to all its streams."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([ICTUS, *map(str, words)], **{**pipes, **options})


def libraries(*words, status=DONE):
    """The shared libraries that the command loads, as the dynamic linker tells them."""
    run = ictus(*words, env={**os.environ, "LD_DEBUG": "libs"})
    assert run.returncode == status, run.stderr[-500:]
    return {line.split("calling init:")[1].strip() for line in run.stderr.splitlines() if "calling init:" in line}


def peak_kib(*words):
    """The memory that the command needs. GNU time tells it: what Python itself would be told of a child counts the memory of
    Python, from which the child began, and that is more than these commands need."""
    run = subprocess.run(["/usr/bin/time", "-f", "%M", ICTUS, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert run.returncode == DONE, words
    return int(run.stderr.splitlines()[-1])


def is_of_libtorch(library):
    return "torch" in library or "c10" in library


@functools.cache
def libtorch_is_seen():
    """Whether the linker tells of it where it is loaded: for a command that runs a network, whatever becomes of it."""
    return any(map(is_of_libtorch, libraries("info", "--model", "/dev/null", status=FAILED)))


def mapped_libraries(process):
    """The shared libraries that a running program has in its memory."""
    lines = pathlib.Path(f"/proc/{process.pid}/maps").read_text().splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if ".so" in line}


def position_in(process, path):
    """How many bytes of an open file a running program has read."""
    for descriptor in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        if os.path.realpath(descriptor) == os.path.realpath(path):
            return int(re.search(r"pos:\s*(\d+)", pathlib.Path(f"/proc/{process.pid}/fdinfo/{descriptor.name}").read_text())[1])
    raise AssertionError(f"{path} is not open")


# ---- Sound

# The event model's. Streams have one channel or two, as the sound that they were made of.
MODEL_RATE_HZ = 44100


def tone(seconds, rate_hz=22050, channels=1, seed=1):
    """Samples in [-1, 1], interleaved: struck notes with some noise."""
    dice = random.Random(seed)
    pitches = [110.0 * 2 ** (dice.randrange(36) / 12) for _ in range(int(seconds * 4) + 1)]
    samples = []
    for i in range(int(seconds * rate_hz)):
        time_s = i / rate_hz
        note = int(time_s * 4)
        since_s = time_s - note / 4
        value = 0.4 * math.exp(-6 * since_s) * math.sin(2 * math.pi * pitches[note] * time_s)
        value += 0.002 * (dice.random() - 0.5)
        samples.extend([value] * channels)
    return samples


def pcm16(samples):
    return array.array("h", [int(max(-1.0, min(1.0, x)) * 32767) for x in samples]).tobytes()


def wav_bytes(samples, rate_hz=22050, channels=1):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(pcm16(samples))
    return buffer.getvalue()


def float_wav_bytes(samples, rate_hz=22050, channels=1):
    data = struct.pack(f"<{len(samples)}f", *samples)
    fmt = struct.pack("<HHIIHH", 3, channels, rate_hz, rate_hz * channels * 4, channels * 4, 32)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def read_wav(data):
    """(rate, channels, bytes per sample, frames) of a whole PCM WAV."""
    with wave.open(io.BytesIO(data) if isinstance(data, bytes) else str(data), "rb") as sound:
        return sound.getframerate(), sound.getnchannels(), sound.getsampwidth(), sound.getnframes()


@functools.cache
def clip():
    """A short stereo WAV at 44.1 kHz."""
    return wav_bytes(tone(1.5, 44100, 2), 44100, 2)


@functools.cache
def clip_stream(codec="events"):
    """The same as an event stream or a token pyramid."""
    run = encode("-", "--codec", codec, "--tag", "TITLE=A test", stdin=clip())
    if run.returncode != DONE:
        raise AssertionError("the clip could not be encoded: " + run.stderr)
    return run.stdout


def clip_pyramid():
    return clip_stream("mars")


# ---- Streams, by formats/SPEC.md


def blocks(stream):
    """The blocks of a sound stream, without their checksums."""
    found = []
    at = 9
    while at < len(stream):
        begin = at
        kind = stream[at]
        at += 1
        sizes = []
        for _ in range(2 if kind & 0x40 else 1):
            value = shift = 0
            while True:
                byte = stream[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            sizes.append(value)
        at += sizes[0]
        found.append(stream[begin:at])
        at += 4
    return found


def block_ends(stream):
    """The offsets at which the blocks of a sound stream end."""
    ends = [9]
    for block in blocks(stream):
        ends.append(ends[-1] + len(block) + 4)
    return ends[1:]


def long_stream(seconds):
    """A stream of at least this length, made of one block of the clip's events over and over. They are lossless,
    because a block of coded events depends on those before."""
    clip_events = encode("-", "--lossless", stdin=clip()).stdout
    header, events = blocks(clip_events)[:2]
    facts = json.loads(ictus("info", "--json", "-", stdin=clip_events).stdout)
    # The length that each block adds is that of the first one, which is known from where a cut stream ends.
    cut = clip_events[: block_ends(clip_events)[1]]
    first = json.loads(ictus("info", "--json", "-", stdin=cut).stdout)
    count = math.ceil(seconds * facts["sample_rate_hz"] / first["samples"])
    parts = [clip_events[:9]]
    for number, block in enumerate([header] + [events] * count):
        parts.append(block + struct.pack("<I", xxh32(block, number)))
    length = count * first["samples"]
    # One FlatBuffer: root offset, vtable of one field, table, the totals.
    content = struct.pack("<IHHHxxiQQQ", 12, 6, 28, 4, 8, count * first["events"], length, 2 * length)
    end = b"\x03" + bytes([len(content)]) + content
    parts.append(end + struct.pack("<I", xxh32(end, count + 1)))
    return b"".join(parts)


# ---- Weights


@functools.cache
def weights_path(codec):
    """The weights that a command uses when none are named."""
    run = ictus("info", "--model", "--json")
    for line in run.stdout.splitlines():
        if json.loads(line)["codec"] == codec:
            return pathlib.Path(json.loads(line)["file"])
    raise AssertionError("these tests need the weights of each codec: " + run.stderr)


def other_weights(codec="events"):
    """Weights that load and differ in the last bit of one number."""
    weights = bytearray(weights_path(codec).read_bytes())
    header_size = struct.unpack_from("<Q", weights)[0]
    weights[8 + header_size] ^= 1
    return bytes(weights)


# ---- Models so small that they learn nothing, trained once a run

TINY_RATE_HZ = 8000
TINY_CLIP_SAMPLES = 2048
TINY_FAMILIES = ["flute", "organ", "synth_lead"]
TINY_INSTRUMENTS = {"pan-flute": "flute", "reed-organ": "organ", "church-organ": "organ"}
TINY_PITCHES = (48, 72)
TINY_TOKENIZER = {
    "model": {"id": "mars-tiny", "sample_rate_hz": TINY_RATE_HZ, "window_samples": 256, "hop_samples": 64,
              "clip_frames": 32, "cmx_regions": [{"bins": 128, "rows": 4}], "cmx_columns": 2, "outer_channels": 16,
              "inner_channels": 16, "encoder_blocks": 1, "decoder_blocks": 1, "attention_heads": 2,
              "full_band_channels": 8, "full_band_hidden": 16, "code_size": 4, "codebook_size": 50,
              "scales": [[1, 1], [2, 2], [4, 4], [8, 8]]},
    "training": {"steps": 2, "batch": 2, "validate_every": 2, "checkpoint_every": 2, "validation_excerpts": 1},
}
TINY_GENERATOR = {
    "model": {"id": "tiny_notes", "width": 16, "depth": 2, "heads": 2, "hidden": 32, "families": TINY_FAMILIES,
              "instruments": TINY_INSTRUMENTS, "lowest_pitch": TINY_PITCHES[0], "highest_pitch": TINY_PITCHES[1]},
    "training": {"steps": 2, "batch": 2, "validate_every": 2, "checkpoint_every": 2, "validation_excerpts": 1},
}


def put_sounds(folder):
    """Short sounds to train a tiny tokenizer on."""
    folder.mkdir(parents=True)
    # One file in forty is held out, by its name; some of these are.
    for i in range(60):
        (folder / f"{i:02}.wav").write_bytes(wav_bytes(tone(0.4, TINY_RATE_HZ, seed=i), TINY_RATE_HZ))


def put_notes(folder):
    """Short sounds whose names say that they are notes."""
    folder.mkdir(parents=True)
    for family in TINY_FAMILIES:
        for pitch in range(60, 66):
            name = f"{family}_made_000-{pitch:03}-100.wav"
            (folder / name).write_bytes(wav_bytes(tone(0.4, TINY_RATE_HZ, seed=pitch), TINY_RATE_HZ))


def _trained(network, configuration, put_data, *words):
    folder = pathlib.Path(tempfile.mkdtemp(dir=_scratch))
    put_data(folder / "data")
    (folder / "config.json").write_text(json.dumps(configuration))
    run = ictus("train", network, "--data", folder / "data", "--config", folder / "config.json", "--device", "cpu",
                "--threads", 1, "--out", folder / f"{network}.model", *words)
    assert run.returncode == DONE, run.stderr
    return folder / f"{network}.model"


@functools.cache
def tiny_tokenizer(seed=1):
    """The path of its weights."""
    return _trained("tokenizer", TINY_TOKENIZER, put_sounds, "--seed", seed)


@functools.cache
def tiny_generator(order="scales", families=tuple(TINY_FAMILIES)):
    """The path of the weights of one for the tiny tokenizer."""
    instruments = {name: family for name, family in TINY_INSTRUMENTS.items() if family in families}
    model = {**TINY_GENERATOR["model"], "order": order, "families": families, "instruments": instruments}
    return _trained("generator", {**TINY_GENERATOR, "model": model}, put_notes, "--tokenizer", tiny_tokenizer())


# ---- Cases

_scratch = tempfile.mkdtemp(prefix="ictus-cli-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)


class Case(unittest.TestCase):
    """Each test has a folder of its own and is in it. `given` are the files in there, and what makes each."""

    given = {}

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=_scratch))
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(os.chdir, before)
        for name, make in self.given.items():
            self.put(name, make())
        self.before = self.files()

    def put(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def files(self):
        """All that lies in the folder, hidden files too."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def temporary_files(self):
        return [name for name in self.files() if name.endswith(".part")]

    def wait_until(self, condition, what):
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited in vain until " + what)
            time.sleep(0.01)

    def assert_loads_no_libtorch(self, *words):
        loaded = libraries(*words)
        self.assertTrue(any("libstdc++" in name for name in loaded), "the linker told nothing")
        self.assertFalse(list(filter(is_of_libtorch, loaded)), words)
        self.assertTrue(libtorch_is_seen())

    def start_with_deadline(self, *words, **options):
        """Starts ictus. Who waits for what it prints waits no longer than for anything else."""
        process = start(*words, **options)
        self.addCleanup(process.stdout.close)
        deadline = threading.Timer(TIMEOUT_S, process.kill)
        deadline.start()
        self.addCleanup(deadline.cancel)
        return process

    def assert_prints_as_it_reads(self, stream, pieces):
        """What `ictus dump` has printed before it could know the rest, of a stream whose first blocks end at `pieces`; and that
        it has no network in its memory by then. Returns all lines."""
        process = self.start_with_deadline("dump", stderr=subprocess.DEVNULL)
        process.stdin.write(stream[: pieces[1]])
        process.stdin.flush()
        # The rest is not written yet: these lines cannot come of it.
        lines = [process.stdout.readline()]
        while lines[-1].startswith(b"# "):
            lines.append(process.stdout.readline())
        lines.append(process.stdout.readline())  # below the names of the columns
        self.assertTrue(lines[-1], "nothing was printed before the input had ended")
        self.assertFalse(list(filter(is_of_libtorch, mapped_libraries(process))))
        self.assertTrue(any("libstdc++" in name for name in mapped_libraries(process)), "the kernel told nothing")
        rest = threading.Thread(target=lambda: (process.stdin.write(stream[pieces[1] :]), process.stdin.close()))
        rest.start()
        lines += process.stdout.read().splitlines(keepends=True)
        rest.join()
        self.assertEqual(process.wait(TIMEOUT_S), DONE)
        return lines

    def assert_reads_little_before_its_first_line(self, path):
        """`ictus dump` of a file stops where nobody reads what it prints; until then it has not read the half of it."""
        process = self.start_with_deadline("dump", path, stderr=subprocess.DEVNULL)
        self.assertTrue(process.stdout.readline())
        self.assertLess(position_in(process, path), os.path.getsize(path) / 2)
        process.stdin.close()
        while process.stdout.read(1 << 16):
            pass
        self.assertEqual(process.wait(TIMEOUT_S), DONE)

    def assert_any_flipped_byte_is_found(self, stream, tries):
        """By `ictus test`; at some of its places, and at both ends at each."""
        data = bytearray(stream)
        step = max(1, len(data) // tries) | 1
        for at in sorted({*range(0, len(data), step), *range(16), *range(len(data) - 16, len(data))}):
            for bits in (0x01, 0xFF):
                data[at] ^= bits
                run = ictus("test", "-", stdin=bytes(data))
                self.assertEqual(run.returncode, FAILED, f"byte {at}")
                self.assertTrue(run.stderr.startswith("ictus: standard input: "), run.stderr)
                data[at] ^= bits

    def assert_memory_does_not_grow(self, long, short):
        """With the length of a stream, whatever only reads it."""
        long, short = self.put("long", long), self.put("short", short)
        for command in ("info", "dump", "test"):
            self.assertLess(peak_kib(command, long), 1.1 * peak_kib(command, short), command)

    def words_until(self, process, end):
        """What a running program says on stderr until it says that."""
        words = b""
        while end not in words:
            piece = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(piece, words)
            words += piece
        return words

    def assert_ended(self, run, status, *texts):
        self.assertEqual(run.returncode, status, run.stderr)
        for text in texts:
            self.assertIn(text, run.stderr)

    def assert_refused(self, run, status, *texts, left=()):
        """It failed with these words on stderr, nothing on stdout, and only `left` in the folder."""
        self.assert_ended(run, status, *texts)
        self.assertEqual(run.stdout or b"", b"")
        self.assertTrue(run.stderr.startswith("ictus: "), run.stderr)
        self.assertEqual(self.files(), sorted(left))
