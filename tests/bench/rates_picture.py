"""Draws log-mel distance against bitrate, from the results of script/bench: the picture in README.md."""

import re

import tables

OWN_COLOUR, OTHER_COLOUR, GREY, GRID = "#b5261e", "#2f5d8a", "#5a5a5a", "#dddddd"
SIZE_INCHES = (7.0, 3.9)
BITRATES_KBIT_S = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
FAMILIES = {tables.OWN: r"ictus( [\d.]+)?", "Opus": r"Opus \d+ CBR"}     # codecs that are one at several bitrates


def curves(rows):
    """{name: [(kbit/s, dB), ...]} from the lowest bitrate to the highest, means over the recordings."""
    found = {}
    for codec in tables.codecs_of(rows):
        own = tables.of_codec(rows, codec)
        name = next((family for family, pattern in FAMILIES.items() if re.fullmatch(pattern, codec)), codec)
        found.setdefault(name, []).append((tables.mean(row.kbit_s for row in own), tables.mean(row.distance_db for row in own)))
    return {name: sorted(points) for name, points in found.items()}


def described(rows):
    """What the picture shows, in words. It stands in the picture's file as well."""
    return "Log-mel distance by bitrate. " + "; ".join(
        f"{name}: " + ", ".join(f"{db:.2f} dB at {kbit_s:.2f} kbit/s" for kbit_s, db in points) for name, points in curves(rows).items())


def is_of(rows, path):
    """Whether the picture was drawn from these results."""
    return path.exists() and f">{described(rows)}<" in path.read_text(encoding="utf-8")


def draw(rows, path):
    """An SVG file. The same rows give the same bytes, with one version of Matplotlib."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    look = {"svg.hashsalt": "ictus", "font.size": 10, "axes.edgecolor": GREY, "xtick.color": GREY, "ytick.color": GREY}
    found = curves(rows)
    with plt.rc_context(look):
        figure, axis = plt.subplots(figsize=SIZE_INCHES, constrained_layout=True)
        axis.set_xscale("log")
        points = [point for curve in found.values() for point in curve]
        # To the right there is room for a name.
        axis.set_xlim(0.8 * min(kbit_s for kbit_s, _ in points), 1.7 * max(kbit_s for kbit_s, _ in points))
        axis.set_ylim(0, 1.1 * max(db for _, db in points))
        for name, curve in found.items():
            own = name == tables.OWN
            colour = OWN_COLOUR if own else OTHER_COLOUR if name in FAMILIES else GREY
            axis.plot(*zip(*curve), marker="o", markersize=6 if own else 5, linewidth=2.4 if own else 1.6, color=colour)
            axis.annotate(name, curve[-1], (8, 0), textcoords="offset points", color=colour, fontsize=13 if own else 11,
                          fontweight="bold" if own else "normal", va="center")
        axis.annotate("default", *curves(tables.of_codec(rows, tables.OWN))[tables.OWN], (0, 8), textcoords="offset points",
                      color=OWN_COLOUR, fontsize=9, ha="center")
        axis.set_xticks([kbit_s for kbit_s in BITRATES_KBIT_S if axis.get_xlim()[0] <= kbit_s <= axis.get_xlim()[1]])
        axis.xaxis.set_major_formatter("{x:g}")
        axis.minorticks_off()
        axis.grid(color=GRID, linewidth=0.8)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
        axis.set_xlabel("kbit/s, of whole files")
        axis.set_ylabel("log-mel distance, dB (lower is better)")
        figure.savefig(path, metadata={"Date": None, "Creator": None, "Description": described(rows)})
        plt.close(figure)
