"""Speech: synthetic English voices and recorded Russian sentences, as if read aloud at home."""
import re
import subprocess
import tempfile
from pathlib import Path
import numpy as np
from . import dsp

FLITE = {  # voice: usual pitch, author
    "kal16": (105, "CMU, A. W. Black, K. Lenzo"), "awb": (130, "CMU, A. W. Black"), "rms": (100, "CMU"), "slt": (180, "CMU")}
FESTIVAL = {"voice_cmu_us_slt_arctic_hts": "festvox-us-slt-hts (CMU)", "voice_ked_diphone": "festvox-kdlpc16k (University of Edinburgh)"}
LICENCE = "BSD-like (CMU Flite, Festival)"
RUSSIAN = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits/wav")

NOUNS = """harbour letter garden morning winter river teacher soldier window mountain question answer village kitchen candle brother sister
shadow engine market journey promise stranger bottle forest thunder island captain feather orchard blanket machine whisper colour picture
father mother daughter physician sailor carriage evening station ocean copper silver violin thief judge farmer church bridge horse dog
baby circus dinner autumn voice measure fortune pleasure change joke church treasure youth thought earth breath cloth path""".split()
VERBS = """found carried watched followed answered remembered crossed opened painted borrowed counted mended admired forgot heard built
chose burned polished measured gathered visited described refused imagined reached covered touched drew chased judged washed thanked
believed measured joined enjoyed changed""".split()
INTRANSITIVE = "waited laughed trembled vanished returned slept hesitated wept shouted listened departed sang whistled lingered fell".split()
ADJECTIVES = """old quiet yellow narrow foolish gentle heavy broken curious pale distant honest hollow bitter cheerful sudden wooden
enormous clever proud ancient frozen purple thin rough smooth joyful vague generous usual thick strange""".split()
ADVERBS = "slowly softly at once never again quite often very carefully without a word at last almost by chance in silence every evening".split()
NAMES = "Emma Henry Mister Churchill Captain Ashby Missus Weston Frank Isabella Doctor Grey Catherine George Louisa Thomas Zoe Judith".split()
PLACES = """in the garden|beyond the hills|under the bridge|by the fire|at the market|near the old church|on the road to Bath|across the water|
behind the curtain|in the middle of the night|before breakfast|after the storm|for three whole days|with great joy|beneath the thin ice""".replace("\n", "").split("|")


def sentence(rng, words):
    def pick(options):
        return str(options[int(rng.integers(len(options)))])

    def thing():
        roll = rng.random()
        if roll < 0.2:
            return pick(NAMES)
        noun = pick(words) if rng.random() < 0.25 and words else pick(NOUNS)
        article = pick(["the", "the", "a", "his", "her", "their", "this", "every", "no", "our"])
        return f"{article} {pick(ADJECTIVES)} {noun}" if roll < 0.6 else f"{article} {noun}"

    def clause():
        roll = rng.random()
        if roll < 0.55:
            return f"{thing()} {pick(VERBS)} {thing()}" + (f" {pick(PLACES)}" if rng.random() < 0.5 else "")
        if roll < 0.8:
            return f"{thing()} {pick(INTRANSITIVE)} {pick(PLACES)}"
        return f"{thing()} was {pick(['not', 'always', 'rather', 'so', 'perhaps'])} {pick(ADJECTIVES)}"
    roll = rng.random()
    if roll < 0.35:
        text = clause()
    elif roll < 0.7:
        text = f"{clause()}, {pick(['and', 'but', 'because', 'while', 'although', 'until', 'for', 'so'])} {clause()}"
    elif roll < 0.8:
        text = f"{pick(['when', 'if', 'since', 'before'])} {clause()}, {clause()}; {clause()}"
    elif roll < 0.9:
        text = f"{pick(['why did', 'how could', 'when will'])} {thing()} {pick(['leave', 'forget', 'choose', 'visit', 'measure'])} {thing()}?"
    else:
        text = f"{clause()}, said {pick(NAMES)}, {clause()}"
    if rng.random() < 0.08:
        text += f", in {int(rng.integers(1700, 2030))}, for {int(rng.integers(2, 999))} pounds"
    text = text[0].upper() + text[1:]
    return text if text.endswith("?") else text + pick([".", ".", ".", "!"])


class Speech:
    def __init__(self):
        words = Path("/usr/share/dict/american-english")
        self.words = [w for w in words.read_text().split() if re.fullmatch(r"[a-z]{4,10}", w)] if words.exists() else []
        self.russian = sorted(RUSSIAN.glob("*.wav"))
        self.order = np.random.default_rng(0).permutation(len(self.russian))

    def make(self, rng, index):
        seconds = rng.uniform(20, 40)
        kind = rng.random()
        # Size of the vocal tract: over 1 is a smaller head, with higher formants (and pitch).
        size = float(rng.choice([1.0, 1.0, 1.0, rng.uniform(0.88, 1.0), rng.uniform(1.0, 1.15), rng.uniform(1.15, 1.28), rng.uniform(1.3, 1.45)]))
        wide = False
        if kind < 0.5 and self.russian:
            voice, pieces = self._recorded(index, seconds * size)
            tempo = 1 / size * rng.uniform(0.92, 1.12)
        elif kind < 0.85:
            voice, pieces = self._flite(rng, seconds * size, size)
            tempo = 1.0 if rng.random() < 0.7 else rng.uniform(0.88, 1.15)
        else:
            voice, pieces, wide = self._festival(rng, seconds * size)
            tempo = 1 / size * rng.uniform(0.95, 1.1)
        pieces = [self._vary(x, rate, size, tempo) for rate, x in pieces]
        gap = rng.uniform(0.15, 0.8)
        parts = []
        loudest = max(dsp.rms(x) for x in pieces) + 1e-9
        for x in pieces:
            parts += [np.zeros(int(gap * rng.uniform(0.5, 2) * dsp.RATE), np.float32),
                      x * np.float32(loudest / (dsp.rms(x) + 1e-9) * dsp.db(rng.uniform(-3, 1)))]
        parts.append(np.zeros(int(rng.uniform(0.2, 0.8) * dsp.RATE), np.float32))
        x = np.concatenate(parts)
        if rng.random() < 0.55:
            x = dsp.room(rng, x, t60=rng.uniform(0.12, 0.6), wet=rng.uniform(0.03, 0.3))
        if rng.random() < 0.4:   # a microphone's colour
            from scipy import signal
            x = signal.sosfilt(signal.butter(1, rng.uniform(60, 200), "highpass", fs=dsp.RATE, output="sos"), x).astype(np.float32)
        if rng.random() < 0.8:
            floor = dsp.noise_floor(rng, len(x)) * np.float32(dsp.peak(x) * dsp.db(rng.triangular(-68, -55, -35)))
            if not wide and rng.random() < 0.7:     # the recording as a whole was sampled at 16 kHz
                floor = dsp.resample(dsp.resample(floor, 16000 / dsp.RATE), dsp.RATE / 16000)
            n = min(len(x), len(floor))
            x = x[:n] + floor[:n]
        return x, voice, LICENCE

    def _vary(self, x, rate, size, tempo):
        """Changes tract size by playing faster, the tempo by sox's overlap-add; leaves nothing above the source's band."""
        x = np.asarray(x, np.float32)
        if abs(size - 1) > 0.01:
            x = dsp.resample(x, 1 / size)
        if abs(tempo - 1) > 0.02:
            x = _sox(x, rate, ["tempo", "-s", f"{tempo:.4f}"])
        return dsp.fade(dsp.resample(x, dsp.RATE / rate), 0.01, 0.02)

    def _recorded(self, index, seconds):
        pieces, total, at = [], 0.0, index * 7
        while total < seconds:
            rate, x = _read(self.russian[self.order[at % len(self.order)]])
            at += 1
            pieces.append((rate, x))
            total += len(x) / rate + 0.4
        return "festvox-ru (Nickolay V. Shmyrev), recorded", pieces

    def _flite(self, rng, seconds, size):
        voice = str(rng.choice(list(FLITE)))
        usual, author = FLITE[voice]
        # Both pitch and tract move with size; half the time the pitch is set against it.
        pitch = usual * (rng.uniform(0.85, 1.2) if rng.random() < 0.6 else rng.uniform(0.9, 1.15) / size)
        stretch = rng.uniform(0.85, 1.3) * size
        pieces, total = [], 0.0
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "a.wav"
            while total < seconds:
                text = sentence(rng, self.words)
                subprocess.run(["flite", "-voice", voice, "--setf", f"int_f0_target_mean={pitch * rng.uniform(0.96, 1.04):.1f}",
                                "--setf", f"int_f0_target_stddev={rng.uniform(10, 35):.1f}",
                                "--setf", f"duration_stretch={stretch * rng.uniform(0.95, 1.05):.3f}", "-t", text, "-o", str(wav)],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                rate, x = _read(wav)
                pieces.append((rate, x))
                total += len(x) / rate + 0.4
        return f"flite voice {voice} ({author}), synthetic", pieces

    def _festival(self, rng, seconds):
        voice = str(rng.choice(list(FESTIVAL)))
        pieces, total = [], 0.0
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "a.wav"
            while total < seconds:
                text = " ".join(sentence(rng, self.words) for _ in range(2))
                stretch = f"(Parameter.set 'Duration_Stretch {rng.uniform(0.9, 1.3):.2f})"
                subprocess.run(["text2wave", "-eval", f"({voice})", "-eval", stretch, "-o", str(wav)], input=text.encode(), check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                rate, x = _read(wav)
                if len(x) < rate // 2:
                    continue
                pieces.append((rate, x))
                total += len(x) / rate + 0.4
        return f"{FESTIVAL[voice]}, synthetic", pieces, pieces[0][0] > 16000


def _read(path):
    """A WAV file of 16 bits, whatever its header says of sizes."""
    from scipy.io import wavfile
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rate, x = wavfile.read(path)
    if x.ndim > 1:
        x = x[:, 0]
    return rate, x.astype(np.float32) / 32768


def _sox(x, rate, effects):
    form = ["-t", "f32", "-r", str(rate), "-c", "1", "-"]
    out = subprocess.run(["sox", "-V1"] + form + form + effects, input=np.ascontiguousarray(x, "<f4").tobytes(), check=True, stdout=subprocess.PIPE)
    return np.frombuffer(out.stdout, "<f4").astype(np.float32)
