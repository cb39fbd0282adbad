"""Rows of measurements as tables in Markdown."""

import math
from collections import Counter

# Of the events codec: what must hold, and what is aimed at beyond it.
BAR_KBIT_S, BAR_DB, BEYOND_DB = 3.2, 2.7, 2.4
MORE_KBIT_S, MORE_BAR_DB, MORE_BAR_LOUDNESS_DB = 6.0, 2.4, 2.2
BAR_LOUDNESS_DB, BEYOND_LOUDNESS_DB, BAR_BIAS_DB, BEYOND_BIAS_DB, BAR_LEVEL_DB = 2.6, 2.0, 0.7, 0.5, 0.7
BAR_ENCODE, BEYOND_ENCODE = 10.0, 20.0
BAR_DECODE, BEYOND_DECODE = 300.0, 600.0
NOTE_BAR_KBIT_S, NOTE_BAR_DB, NOTE_BAR_CODES, NOTE_BAR_SPEED = 1.6, 1.63, 0.6, 5.0
NOTE_BAR_LOUDNESS_DB, NOTE_BAR_BIAS_DB = 2.0, 0.5
BAR_MEMORY = 1.10
BAR_FIRST_LINE_MS = 50.0
OWN, MORE, STEREO = "ictus", f"ictus {MORE_KBIT_S:g}", "ictus stereo"
THOROUGH = f"{MORE} effort 8"
RIVAL, LOUDNESS_RIVAL, MORE_RIVAL = "Opus 6 CBR", "Opus 8 CBR", "Opus 12 CBR"


def markdown(header, rows, numbers=True):
    """The first column is text, the others are numbers, or text as well."""
    others = ["---:" if numbers else "---"] * (len(header) - 1)
    lines = ["| " + " | ".join(header) + " |", "|" + "|".join(["---", *others]) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def filled(page, begin, end, text):
    """`page` with `text` between two marks; raises ValueError unless each of them stands there once."""
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"there is no place for what stands between {begin.strip()} and {end.strip()}")
    before, after = page.split(begin)[0], page.split(end)[1]
    return f"{before}{begin}\n{text}\n{end}{after}"


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def mean_of(rows, what):
    """None where a row is without it."""
    values = [getattr(row, what) for row in rows]
    return None if None in values else mean(values)


def number(value, form, shown=True):
    """Nothing where there is no number."""
    return format(value, form) if shown and value is not None and not math.isnan(value) else ""


def of_codec(rows, codec):
    return [row for row in rows if row.codec == codec]


def codecs_of(rows):
    return list(dict.fromkeys(row.codec for row in rows))


def speed(rows, what):
    """Seconds of sound for each second, over all rows; `what` is a field such as encode_wall_s."""
    return sum(row.duration_s for row in rows) / max(sum(getattr(row, what) for row in rows), 1e-9)


def times(value):
    return f"{value:.0f}x" if value >= 20 else f"{value:.1f}x" if value >= 2 else f"{value:.2f}x"


def by_codec(rows):
    table = []
    for codec in codecs_of(rows):
        own = of_codec(rows, codec)
        table.append([codec, f"{mean(row.kbit_s for row in own):.2f}", f"{mean(row.distance_db for row in own):.2f}",
                      number(mean_of(own, "loudness_error_db"), ".2f"), number(mean_of(own, "loudness_bias_db"), "+.2f"),
                      number(mean_of(own, "level_db"), "+.2f"), times(speed(own, "encode_wall_s")), times(speed(own, "encode_cpu_s")),
                      times(speed(own, "decode_wall_s")), times(speed(own, "decode_cpu_s"))])
    return markdown(["codec", "kbit/s", "log-mel distance, dB", "loudness error, dB", "its bias, dB", "level, dB", "encode", "by CPU time",
                     "decode", "by CPU time"], table)


def loudness_by_recording(rows):
    """Of every codec: loudness-weighted error, its bias, and the level."""
    codecs, table = codecs_of(rows), []
    for recording in dict.fromkeys(row.recording for row in rows):
        beside = {row.codec: row for row in rows if row.recording == recording}
        table.append([recording, *(" / ".join([number(row.loudness_error_db, ".1f"), number(row.loudness_bias_db, "+.1f"),
                                               number(row.level_db, "+.1f")]) if (row := beside.get(codec)) else "" for codec in codecs)])
    return markdown(["recording", *codecs], table)


def by_recording(rows):
    """ictus in detail, the others by their distance."""
    others = [codec for codec in codecs_of(rows) if codec != OWN]
    table = []
    for row in of_codec(rows, OWN):
        beside = {other.codec: other for other in rows if other.recording == row.recording}
        best = min(other.distance_db for other in beside.values() if other.codec in (OWN, RIVAL))
        shown = [f"**{beside[codec].distance_db:.2f}**" if beside[codec].distance_db == best and codec == RIVAL
                 else f"{beside[codec].distance_db:.2f}" if codec in beside else "" for codec in others]
        own = f"**{row.distance_db:.2f}**" if row.distance_db == best else f"{row.distance_db:.2f}"
        table.append([row.recording, f"{row.duration_s:.1f}", row.events, f"{row.kbit_s:.2f}", own, *shown,
                      times(row.duration_s / row.encode_wall_s), times(row.duration_s / row.decode_wall_s),
                      f"{row.encode_peak_mib:.0f}", f"{row.decode_peak_mib:.0f}"])
    own = of_codec(rows, OWN)
    table.append(["mean", f"{mean(row.duration_s for row in own):.1f}", f"{mean(row.events for row in own):.0f}",
                  f"{mean(row.kbit_s for row in own):.2f}", f"{mean(row.distance_db for row in own):.2f}",
                  *[f"{mean(row.distance_db for row in of_codec(rows, codec)):.2f}" for codec in others],
                  times(speed(own, "encode_wall_s")), times(speed(own, "decode_wall_s")),
                  f"{mean(row.encode_peak_mib for row in own):.0f}", f"{mean(row.decode_peak_mib for row in own):.0f}"])
    return markdown(["recording", "s", "events", "kbit/s", "ictus, dB", *[f"{codec}, dB" for codec in others],
                     "encode", "decode", "encode, MiB", "decode, MiB"], table)


def yes(holds):
    return "yes" if holds else "**no**"


def verdict(holds, beyond=False):
    """Of a bar, and of what is aimed at beyond it."""
    return "yes, and beyond" if holds and beyond else yes(holds)


def percent(truths):
    return f"{100 * mean(truths):.0f} %"


def distance_bar(rows, what, kbit_s, bar_db, beyond, reached):
    """`beyond` and `reached` say what is aimed at and whether a mean distance is that."""
    bitrates, distance_db = [row.kbit_s for row in rows], mean(row.distance_db for row in rows)
    small = max(bitrates) <= kbit_s
    return [what, f"{bar_db:g} dB", beyond, f"{distance_db:.2f} dB; {mean(bitrates):.2f} kbit/s, highest {max(bitrates):.2f}",
            verdict(small and distance_db <= bar_db, reached(distance_db))]


def loudness_bars(rows):
    """Of loudness-weighted error, its bias and the level: means over recordings, and the rival's error; none for rows without them."""
    own, more, theirs = of_codec(rows, OWN), of_codec(rows, MORE), of_codec(rows, LOUDNESS_RIVAL)
    error, bias, level = (mean_of(own, what) for what in ("loudness_error_db", "loudness_bias_db", "level_db"))
    more_error, best = mean_of(more, "loudness_error_db"), mean_of(of_codec(rows, MORE_RIVAL), "loudness_error_db")
    if None in (error, bias, level, more_error, best, mean_of(theirs, "loudness_error_db")):
        return []
    of_theirs = {row.recording: row.loudness_error_db for row in theirs}
    worse = [row.recording for row in own if row.loudness_error_db > of_theirs[row.recording]]
    return [["loudness-weighted error, mean", f"{BAR_LOUDNESS_DB:g} dB", f"{BEYOND_LOUDNESS_DB:g} dB", f"{error:.2f} dB",
             verdict(error <= BAR_LOUDNESS_DB, error <= BEYOND_LOUDNESS_DB)],
            ["its bias", f"within {BAR_BIAS_DB:g} dB", f"{BEYOND_BIAS_DB:g} dB", f"{bias:+.2f} dB",
             verdict(abs(bias) <= BAR_BIAS_DB, abs(bias) <= BEYOND_BIAS_DB)],
            [f"the same error at no more than {MORE_KBIT_S:g} kbit/s", f"{MORE_BAR_LOUDNESS_DB:g} dB",
             f"Opus at 12 kbit/s, {best:.2f} dB", f"{more_error:.2f} dB", verdict(more_error <= MORE_BAR_LOUDNESS_DB, more_error <= best)],
            ["recordings whose error is greater than from Opus at 8 kbit/s", "none", "–",
             f"{len(worse)} of {len(own)}" + (f": {', '.join(worse)}" if worse else ""), yes(not worse)],
            ["level against the recording, mean", f"within {BAR_LEVEL_DB:g} dB", "–", f"{level:+.2f} dB", yes(abs(level) <= BAR_LEVEL_DB)]]


def speed_bar(rows, what, bar, beyond):
    """`what` is encode or decode."""
    by_clock = speed(rows, f"{what}_wall_s")
    slowest = min(rows, key=lambda row: row.duration_s / getattr(row, f"{what}_wall_s"))
    return [f"{what}, one core", f"{bar:g}x real time", f"{beyond:g}x",
            f"{times(by_clock)}, {times(speed(rows, f'{what}_cpu_s'))} by CPU time; slowest "
            f"{times(slowest.duration_s / getattr(slowest, f'{what}_wall_s'))} ({slowest.recording})",
            verdict(by_clock >= bar, by_clock >= beyond)]


def stereo_lines(rows):
    """What becomes of all channels of a recording, by their mean; no bar is set for it."""
    own = of_codec(rows, STEREO)
    if not own:
        return []
    measured = (f"{mean(row.distance_db for row in own):.2f} dB; {mean(row.kbit_s for row in own):.2f} kbit/s; "
                f"encode {times(speed(own, 'encode_wall_s'))}, decode {times(speed(own, 'decode_wall_s'))}")
    return [["the same in two channels where there are two: log-mel distance of their mean", "–", "–", measured, "–"]]


def more_lines(rows):
    """What more bits bring, and more time with them, if that was measured."""
    theirs = mean(row.distance_db for row in of_codec(rows, MORE_RIVAL))
    said = {MORE: f"the same at no more than {MORE_KBIT_S:g} kbit/s", THOROUGH: "the same with `--effort 8`"}
    return [distance_bar(of_codec(rows, codec), what, MORE_KBIT_S, MORE_BAR_DB, f"Opus at 12 kbit/s, {theirs:.2f} dB", lambda db: db <= theirs)
            for codec, what in said.items() if of_codec(rows, codec)]


def bars(rows):
    """[what, bar, beyond it, measured, whether it holds] of what a run over recordings can tell."""
    own = of_codec(rows, OWN)
    return [
        distance_bar(own, f"log-mel distance, mean, at no more than {BAR_KBIT_S:g} kbit/s", BAR_KBIT_S, BAR_DB, f"{BEYOND_DB:g} dB",
                     lambda db: db <= BEYOND_DB),
        *more_lines(rows),
        *loudness_bars(rows),
        *stereo_lines(rows),
        speed_bar(own, "encode", BAR_ENCODE, BEYOND_ENCODE),
        speed_bar(own, "decode", BAR_DECODE, BEYOND_DECODE),
    ]


def note_bars(rows, recorded, scales, codebook):
    """The same of a run over notes: `recorded` tells which are recordings, `scales` what each scale of the tokens gives."""
    own = of_codec(rows, "mars")
    bitrates = [row.kbit_s for row in own]
    played = [row for row in own if recorded(row)]
    ours = mean(row.distance_db for row in played)
    error, bias = mean_of(played, "loudness_error_db"), mean_of(played, "loudness_bias_db")
    lines = [["bitrate, header included", f"at most {NOTE_BAR_KBIT_S:g} kbit/s",
              f"{mean(bitrates):.2f}, mean over the notes; highest {max(bitrates):.2f}", yes(mean(bitrates) <= NOTE_BAR_KBIT_S)],
             ["log-mel distance, recorded notes", f"at most {NOTE_BAR_DB:g} dB", f"{ours:.2f} dB", yes(ours <= NOTE_BAR_DB)]]
    if None not in (error, bias):
        lines += [["loudness-weighted error, recorded notes", f"at most {NOTE_BAR_LOUDNESS_DB:g} dB", f"{error:.2f} dB", yes(error <= NOTE_BAR_LOUDNESS_DB)],
                  ["its bias", f"within {NOTE_BAR_BIAS_DB:g} dB", f"{bias:+.2f} dB", yes(abs(bias) <= NOTE_BAR_BIAS_DB)]]
    steps = [mean(scale.distances_db.values()) for scale in scales]
    lines.append(["progressive: the distance falls with every scale", "always", ", ".join(f"{db:.2f}" for db in steps) + " dB",
                  yes(all(later < earlier for earlier, later in zip(steps, steps[1:])))])
    used = len(sum((scale.codes for scale in scales), Counter())) / codebook
    lines.append(["codes in use", f"at least {100 * NOTE_BAR_CODES:g} %", f"{100 * used:.1f} %", yes(used >= NOTE_BAR_CODES)])
    for what in ("encode", "decode"):
        by_clock = speed(own, f"{what}_wall_s")
        lines.append([f"{what}, one core", f"at least {NOTE_BAR_SPEED:g}x real time",
                      f"{times(by_clock)}, {times(speed(own, f'{what}_cpu_s'))} by CPU time", yes(by_clock >= NOTE_BAR_SPEED)])
    return lines


def bar_table(lines):
    return markdown(["what", "bar", "measured", "holds"], lines, numbers=False)


def far_bar_table(lines):
    """With a column of what is aimed at beyond the bar, which lines without one leave open."""
    wide = [line if len(line) == 5 else [*line[:2], "–", *line[2:]] for line in lines]
    return markdown(["what", "bar", "beyond it", "measured", "holds"], wide, numbers=False)


def in_groups(rows, groups):
    """`groups` are names with the test of a row that belongs there; a column of bitrates and one of distances for each, with the
    loudness-weighted error and its bias."""
    table = []
    for codec in codecs_of(rows):
        own = [[row for row in of_codec(rows, codec) if belongs(row)] for belongs in groups.values()]
        table.append([codec] + [f"{mean(row.kbit_s for row in each):.2f}" for each in own]
                     + [distances(each) for each in own])
    return markdown(["codec", *[f"kbit/s, {name}" for name in groups], *[f"dB, {name}" for name in groups]], table)


def distances(rows):
    """The mean log-mel distance, and where it was measured the loudness-weighted error and its bias."""
    found = [(mean(row.distance_db for row in rows), ".2f"), (mean_of(rows, "loudness_error_db"), ".2f"), (mean_of(rows, "loudness_bias_db"), "+.2f")]
    return " / ".join(format(value, form) for value, form in found if value is not None)


def by_kind(rows, kind_of):
    """Mean distances by what `kind_of` says of a row, such as its instrument; bitrate and speed are those of the first codec."""
    codecs = codecs_of(rows)
    kinds = {}
    for row in rows:
        kinds.setdefault(kind_of(row), []).append(row)
    table = []
    for kind, each in kinds.items():
        first = of_codec(each, codecs[0])
        means = {codec: mean(row.distance_db for row in of_codec(each, codec)) for codec in codecs}
        best = min(means.values())
        table.append([kind, len(first), f"{mean(row.duration_s for row in first):.1f}", f"{mean(row.kbit_s for row in first):.2f}",
                      *[f"**{m:.2f}**" if m == best else f"{m:.2f}" for m in means.values()]])
    return markdown(["", "files", "s", f"{codecs[0]}, kbit/s", *[f"{codec}, dB" for codec in codecs]], table)


def by_scale(scales, seconds, groups):
    """What decoding the coarsest scales alone gives. `groups` are names with the test of a note's name that belongs there."""
    table, bits = [], 0
    for k, scale in enumerate(scales):
        bits += scale.bits
        table.append([k + 1, scale.grid, f"{1e-3 * scale.bits / seconds:.3f}", f"{1e-3 * bits / seconds:.3f}",
                      *[f"{mean(d for note, d in scale.distances_db.items() if belongs(note)):.2f}" for belongs in groups.values()]])
    return markdown(["scales", "grid of the last", "it takes, kbit/s", "together", *[f"dB, {name}" for name in groups]], table)


def by_codebook(scales, codebook, entropy_bits):
    """How much of the codebook occurs, in each scale and in all; `entropy_bits` is of counts."""
    table = []
    whole = [(f"{k + 1}: {scale.grid}", scale.codes) for k, scale in enumerate(scales)]
    for name, codes in [*whole, ("all", sum((codes for _, codes in whole), Counter()))]:
        bits = entropy_bits(codes)
        table.append([name, sum(codes.values()), len(codes), f"{100 * len(codes) / codebook:.1f} %", f"{bits:.2f}", f"{2 ** bits:.0f}"])
    return markdown(["scale", "tokens", "codes that occur", f"of {codebook}", "entropy, bits a token", "as many codes, used evenly"], table)
