"""Notes that no model is trained on, for script/bench --notes: recorded ones and those of an unseen soundfont."""
import numpy as np
import notes as bench       # tests/bench/notes.py
from . import dsp, note_sources, single_notes, sources, synth

OF_EACH_PACKAGE, OF_FOLDER, OF_SOUNDFONT = 16, 60, 100
FAMILIES = list(single_notes.FAMILIES)[:11]      # those of NSynth


def _recordings(instrument, paths, count, source, licence):
    """Up to `count` recordings, evenly over the range among those that are long enough."""
    kept = []
    for path in sorted(paths, key=lambda path: (sources.pitch_of(path.name), path.name)):
        x = bench.cut(dsp.decode(path, bench.RATE_HZ))
        if x is not None:
            kept.append((f"recorded-{instrument}-{path.stem.replace('s', '#')}", x, source, licence))
    return bench.spread(kept, count)


def _soundfont(seed):
    """The families in turn; program, pitch, velocity and level by chance, no room and no noise."""
    fonts = single_notes.Soundfonts((synth.TIM,))
    made = {}
    index = 0
    while len(made) < OF_SOUNDFONT:
        rng = np.random.default_rng([seed, 77, index])
        index += 1
        drawn = fonts.draw(rng)
        _, family, _, _, pitch, velocity = drawn
        name = f"soundfont-{family}-{bench.pitch_name(pitch)}-{velocity}"
        if family != FAMILIES[len(made) % len(FAMILIES)] or name in made:
            continue
        x = fonts.play(rng, drawn, 0.0, 3.0, side=1.0)
        x = None if x is None else bench.cut(x)
        if x is not None:
            made[name] = (x * np.float32(dsp.db(rng.uniform(-20, -1)) / dsp.peak(x)), *fonts.source(drawn))
    return [(name, x, source, licence) for name, (x, source, licence) in made.items()]


FAMILY_OF = {"bassoon": "reed", "contrabass": "string", "flute": "flute", "french-horn": "brass", "harp": "string", "organ": "organ",
             "piano": "keyboard", "trombone": "brass", "trumpet": "brass", "tuba": "brass", "violin": "string", "xylophone": "mallet",
             "upright-piano": "keyboard", "classical-guitar": "guitar"}


def labelled(packages, folder):
    """(name, samples, source, licence) of every recorded one, named FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY."""
    table = note_sources.read_table()
    found = []
    for instrument, family in FAMILY_OF.items():
        own = table[instrument]
        if own["of"].startswith("npm "):
            paths = (packages / sources.tonejs([instrument])[0]).glob("*.mp3")
        else:
            paths = (folder / instrument).glob("*.flac") if folder else []
        takes = {}
        for path in sorted(paths):
            pitch = sources.pitch_of(path.name)
            x = note_sources.Real.samples(path) if pitch is not None else None
            if x is None:
                continue
            take = takes[pitch] = takes.get(pitch, -1) + 1
            found.append((f"{family}_{instrument}_000-000-{pitch:03}-000-{take}", single_notes.to_int16(x * np.float32(dsp.db(-3) / dsp.peak(x))),
                          f"{own['of']} ({own['author']})", own["licence"]))
    return found


def all_of(packages, folder, seed):
    """(name, samples, source, licence) of every note; `folder` is of recorded notes by instrument, or None."""
    found = []
    for instrument in sources.HELD_OUT:
        package = sources.tonejs([instrument])[0]
        found += _recordings(instrument, [p for p in (packages / package).glob("*.mp3") if sources.pitch_of(p.name) is not None], OF_EACH_PACKAGE,
                             f"npm {package} ({sources.INSTRUMENTS[instrument]}, edited by N. Brosowsky)", "CC-BY-3.0")
    instruments = sorted(p for p in folder.iterdir() if p.is_dir()) if folder else []
    for path in instruments:
        found += _recordings(path.name, [p for p in path.glob("*.flac") if sources.pitch_of(p.name) is not None], OF_FOLDER // len(instruments),
                             f"{path.name} of the folder {folder.name}", "as that folder says")
    found += _soundfont(seed)
    return [(name, single_notes.to_int16(x * np.float32(min(1.0, dsp.db(-1) / dsp.peak(x)))), source, licence) for name, x, source, licence in found]
