"""Which source of notes is for whom: models/note-sources.tsv, and the recorded notes of a folder that it lists."""
import csv
from pathlib import Path
import numpy as np
from . import dsp
from .single_notes import LENGTH, RATE

TABLE = Path(__file__).resolve().parents[2] / "models/note-sources.tsv"
PARTS = ("generator", "judges", "tests")
ONSET, LEAD = 0.01, 0.02        # of the peak; seconds that are kept before it


def read_table():
    """Its rows by source. A source is a player, a library or a soundfont, and belongs to one part alone."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    table = {row["source"]: row for row in rows}
    assert len(table) == len(rows) and all(row["part"] in PARTS for row in rows)
    return table


class Real:
    """The recorded notes of one part in a folder like ../shared/data/real, whose notes/index.tsv says what they are."""

    def __init__(self, folder, part):
        table = read_table()
        with open(folder / "notes/index.tsv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        sources = {row["file"].split("/")[0] for row in rows}
        if unknown := sorted(sources - table.keys()):
            raise SystemExit(f"{folder}/notes: {', '.join(unknown)}: not in {TABLE.name}, which says what each source is for")
        self.all, instruments, takes = [], {}, {}   # (name, path, source, licence)
        for row in rows:
            source = row["file"].split("/")[0]
            number = instruments.setdefault(source, {}).setdefault(row["instrument"], len(instruments[source]))
            velocity = int(row["velocity_estimate"] or 0)
            label = f"{row['family']}_{source}.{row['instrument']}_000-{number:03}-{int(row['midi']):03}-{velocity:03}"
            take = takes[label] = takes.get(label, -1) + 1
            if table[source]["part"] == part:
                own = table[source]
                self.all.append((f"{label}-{take}", folder / "notes" / row["file"], f"{own['of']} ({own['author']})", own["licence"]))

    @staticmethod
    def samples(path):
        """From just before the onset, LENGTH samples at most; None if nothing is to be heard."""
        x = dsp.decode(path, RATE)
        loud = np.flatnonzero(np.abs(x) > ONSET * dsp.peak(x))
        if not len(loud) or dsp.peak(x) < 1e-4:
            return None
        x = x[max(0, loud[0] - int(LEAD * RATE)):][:LENGTH]
        return dsp.fade(x, 0.001, 0.05 if len(x) == LENGTH else 0.005, RATE)
