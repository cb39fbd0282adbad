"""The soundfont synthesiser (libfluidsynth) as a function from events to samples."""
import ctypes
import numpy as np
from .dsp import RENDER

FLUID = ("fluid-soundfont-gm (Frank Wen and others)", "MIT", "/usr/share/sounds/sf2/FluidR3_GM.sf2")
MUSESCORE = ("musescore-general-soundfont-lossless (S. Christian Collins and others)", "MIT, parts PD or CC0",
             "/usr/share/sounds/sf2/MuseScore_General_Full.sf2")
TIM = ("timgm6mb-soundfont (Tim Brechbill)", "GPL-2", "/usr/share/sounds/sf2/TimGM6mb.sf2")     # for tests alone


def versilian(bank, program):
    """Whether MuseScore General makes this preset from recordings by Versilian Studios, as its table of sample sources says:
    ensemble strings, a synthesiser's with them, one kit's cymbals."""
    return (program in (44, 45, 48, 49) and bank != 128) or (bank, program) in ((8, 50), (128, 58))


class Synth:
    """Loads the soundfonts once. Events are tuples (seconds, kind, channel, a, b), kind one of
    on, off, cc, bend (a in -8192..8191), reach (of the bend, a semitones), program (a program, b bank). With held_out set
    FLUID's presets play in place of those of MUSESCORE that are versilian()."""

    CHANNELS = 32

    def __init__(self, fonts=(FLUID, MUSESCORE), rate=RENDER, held_out=False):
        self.rate, self.held_out = rate, held_out
        lib = self.lib = ctypes.CDLL("libfluidsynth.so.3")
        for name in ("new_fluid_settings", "new_fluid_synth", "fluid_synth_get_sfont_by_id", "fluid_sfont_iteration_next"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.fluid_preset_get_name.restype = ctypes.c_char_p
        lib.fluid_set_log_function(2, None, None)   # no warnings
        lib.fluid_set_log_function(3, None, None)
        settings = ctypes.c_void_p(lib.new_fluid_settings())
        for key, value in ((b"synth.sample-rate", rate), (b"synth.gain", 0.35)):
            lib.fluid_settings_setnum(settings, key, ctypes.c_double(value))
        for key, value in ((b"synth.midi-channels", self.CHANNELS), (b"synth.polyphony", 256), (b"synth.chorus.active", 0)):
            lib.fluid_settings_setint(settings, key, value)
        self.synth = ctypes.c_void_p(lib.new_fluid_synth(settings))
        lib.fluid_synth_set_interp_method(self.synth, -1, 7)
        self.fonts = []
        for name, licence, path in fonts:
            font = lib.fluid_synth_sfload(self.synth, path.encode(), 0)
            if font < 0:
                raise RuntimeError(f"cannot load {path}")
            presets = self._presets(font)
            if held_out and name == MUSESCORE[0]:
                presets = {preset for preset in presets if not versilian(*preset)}
            self.fonts.append((font, name, licence, presets))

    def _presets(self, font):
        """(bank, program) of every preset that sounds without a special controller."""
        lib, found = self.lib, set()
        sfont = ctypes.c_void_p(lib.fluid_synth_get_sfont_by_id(self.synth, font))
        lib.fluid_sfont_iteration_start(sfont)
        while True:
            preset = lib.fluid_sfont_iteration_next(sfont)
            if not preset:
                return found
            preset = ctypes.c_void_p(preset)
            if b"expr" not in lib.fluid_preset_get_name(preset).lower():
                found.add((lib.fluid_preset_get_banknum(preset), lib.fluid_preset_get_num(preset)))

    def pick_font(self, rng):
        return self.fonts[int(rng.random() < 0.5)]

    def render(self, rng, font, events, seconds, reverb=None, side=None):
        """Mono at the rate given to the constructor. reverb: None or (room, damping, width, level). side: below 0.2 the left
        channel, below 0.4 the right one, above that both together; drawn if None."""
        lib, synth = self.lib, self.synth
        lib.fluid_synth_system_reset(synth)
        lib.fluid_synth_reverb_on(synth, -1, int(reverb is not None))
        if reverb is not None:
            for setter, value in zip(("roomsize", "damp", "width", "level"), reverb):
                getattr(lib, f"fluid_synth_set_reverb_group_{setter}")(synth, -1, ctypes.c_double(value))
        send = 0 if reverb is None else int(rng.integers(30, 128))
        for channel in range(self.CHANNELS):
            lib.fluid_synth_pitch_wheel_sens(synth, channel, 2)
            lib.fluid_synth_cc(synth, channel, 91, send)
            lib.fluid_synth_cc(synth, channel, 93, 0)
        n = int(seconds * self.rate)
        left, right = np.zeros(n, np.float32), np.zeros(n, np.float32)
        lp, rp = (a.ctypes.data_as(ctypes.c_void_p) for a in (left, right))
        order = {"program": 0, "reach": 1, "cc": 1, "bend": 1, "off": 2, "on": 3}
        done = 0
        for at, kind, channel, a, b in sorted(events, key=lambda e: (round(e[0], 4), order[e[1]])):
            until = min(n, int(at * self.rate))
            if until > done:
                lib.fluid_synth_write_float(synth, until - done, lp, done, 1, rp, done, 1)
                done = until
            if until >= n:
                break
            if kind == "on":
                lib.fluid_synth_noteon(synth, channel, int(a), int(b))
            elif kind == "off":
                lib.fluid_synth_noteoff(synth, channel, int(a))
            elif kind == "cc":
                lib.fluid_synth_cc(synth, channel, int(a), int(b))
            elif kind == "bend":
                lib.fluid_synth_pitch_bend(synth, channel, int(np.clip(a + 8192, 0, 16383)))
            elif kind == "reach":
                lib.fluid_synth_pitch_wheel_sens(synth, channel, int(a))
            elif kind == "program":
                replaced = self.held_out and font[1] == MUSESCORE[0] and versilian(int(b), int(a))
                font_id, _, _, presets = self.fonts[0] if replaced else font
                bank, program = (int(b), int(a)) if (int(b), int(a)) in presets else (128 if b == 128 else 0, 0 if b == 128 else int(a))
                lib.fluid_synth_set_channel_type(synth, channel, int(bank == 128))
                lib.fluid_synth_program_select(synth, channel, font_id, bank, program)
        if done < n:
            lib.fluid_synth_write_float(synth, n - done, lp, done, 1, rp, done, 1)
        lib.fluid_synth_all_sounds_off(synth, -1)
        side = rng.random() if side is None else side
        return left if side < 0.2 else right if side < 0.4 else (left + right) * 0.5
