"""Lists of events that were in a spreadsheet: read as what they were, or refused by line and column, never read wrongly.

Python's csv module stands for the spreadsheets: it reads a list as they do, and writes it in the ways of each.
"""

import codecs
import csv
import io
import json
import re
import unittest

from support import DONE, FAILED, ROOT, Case, clip, clip_stream, dumped, encode, ictus

TAGS = ["TITLE=A, B", "Artist=\"C\"; D's", "title=Für Élise 𝄞\nand more", "COMMENT=a,,b;;c\\", "X==", 'Y=","']


def tagged_stream():
    return encode("-", *(word for tag in TAGS for word in ("--tag", tag)), stdin=clip()).stdout


def dump(stream, form):
    run = ictus("dump", "--format", form, stdin=stream)
    assert run.returncode == DONE, run.stderr
    return run.stdout.decode()


def opened(text, separators):
    """The cells that a spreadsheet makes of a list. LibreOffice cuts at several separators."""
    if len(separators) > 1:
        return [re.split(f"[{separators}]", line) for line in text.splitlines()]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separators))


def is_comment(row):
    return any(row) and next(filter(None, row)).startswith("#")


def data(rows):
    return [row for row in rows if any(row) and not is_comment(row)]


def filled_up(rows):
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def changed(rows, change):
    """The cells of all events, none of the comments and names."""
    names = data(rows)[0]
    return [row if is_comment(row) or row is names else list(map(change, row)) for row in rows]


def with_commas(rows):
    return changed(rows, lambda cell: cell.replace(".", ","))


def as_in_norway(rows):
    """U+2212, and large exponents."""
    return changed(with_commas(rows), lambda cell: cell.replace("e-", "E-").replace("-", "\u2212"))


def saved(rows, separator, encoding="utf-8", end="\r\n", mark=b"", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return mark + text.getvalue().encode(encoding)


def reordered(rows):
    rows = filled_up(rows)
    return [row if is_comment(row) else [cell.title() if row is data(rows)[0] else cell for cell in reversed(row)]
            for row in rows]


# Each takes the rows of a list and gives the bytes of a file.
DIALECTS = {
    "LibreOffice": lambda rows: saved(filled_up(rows), ",", end="\n"),
    "LibreOffice, all texts quoted": lambda rows: saved(filled_up(rows), ",", end="\n", quoting=csv.QUOTE_ALL),
    "LibreOffice in German": lambda rows: saved(filled_up(with_commas(rows)), ",", end="\n"),
    "LibreOffice with an empty column in front": lambda rows: saved([["", *row, ""] for row in filled_up(rows)], ","),
    "Excel": lambda rows: saved(filled_up(rows), ","),
    "Excel, rows not filled up": lambda rows: saved(rows, ","),
    "Excel, UTF-8": lambda rows: saved(filled_up(rows), ",", mark=codecs.BOM_UTF8),
    "Excel in German": lambda rows: saved(filled_up(with_commas(rows)), ";", encoding="cp1252"),
    "Excel in German, UTF-8": lambda rows: saved(filled_up(with_commas(rows)), ";", mark=codecs.BOM_UTF8),
    "Excel in Norwegian, UTF-8": lambda rows: saved(filled_up(as_in_norway(rows)), ";", mark=codecs.BOM_UTF8),
    "Excel with its separator": lambda rows: b"sep=;\r\n" + saved(filled_up(with_commas(rows)), ";"),
    "Excel, text between tabs": lambda rows: saved(filled_up(rows), "\t", encoding="cp1252"),
    "Excel, Unicode text": lambda rows: saved(filled_up(rows), "\t", "utf-16-le", mark=codecs.BOM_UTF16_LE),
    "Excel in German, Unicode text": lambda rows: saved(filled_up(with_commas(rows)), "\t", "utf-16-le",
                                                        mark=codecs.BOM_UTF16_LE),
    "Excel for Mac OS 9": lambda rows: saved(filled_up(rows), ",", end="\r"),
    "UTF-16 in big endian": lambda rows: saved(filled_up(rows), ";", "utf-16-be", mark=codecs.BOM_UTF16_BE),
    "UTF-16 without a mark": lambda rows: saved(filled_up(rows), "\t", "utf-16-le"),
    "ends of lines of several systems": lambda rows: b"".join([
        saved(rows[:2], ";", end="\r"), saved(rows[2:9], ";", end="\n"), b"\r\n\n\r", saved(rows[9:], ";")]),
    "columns in another order": lambda rows: saved(reordered(rows), ";"),
}


class TextAndBack(Case):
    def check(self, stream, forms=("csv", "tsv")):
        for form in forms:
            text = dump(stream, form)
            expected = ictus("assemble", stdin=text.encode())
            self.assert_ended(expected, DONE)
            for separators in ({"csv": ",", "tsv": "\t"}[form], "\t,;"):
                rows = opened(text, separators)
                for name, dialect in DIALECTS.items():
                    with self.subTest(form=form, separators=separators, name=name):
                        run = ictus("assemble", "-q", stdin=dialect(rows))
                        self.assert_ended(run, DONE)
                        self.assertNotIn("warning", run.stderr)
                        self.assertEqual(run.stdout, expected.stdout)

    def test_in_every_dialect_to_the_same_bytes(self):
        stream = tagged_stream()
        self.assertEqual(ictus("assemble", stdin=dump(stream, "csv").encode()).stdout, stream)
        self.assertEqual(json.loads(dump(stream, "json").splitlines()[0])["tags"], TAGS)
        self.check(stream)

    def test_with_numbers_of_many_digits_and_exponents(self):
        lossless = encode("-", "--lossless", stdin=clip()).stdout
        small = ictus("vary", "--perturb", "0.00001", "--stretch", "0.7531", stdin=lossless).stdout
        self.check(small, ["csv"])

    def test_uncommon_streams(self):
        paths = [path for path in sorted((ROOT / "tests/conformance/valid").glob("*.evs"))
                 if dumped(path.read_bytes()) or b"\xFF" in path.read_bytes()]
        self.assertGreater(len(paths), 3)
        for path in paths[:4]:
            self.check(path.read_bytes(), ["csv"])

    def test_pandas(self):
        stream = clip_stream()
        rows = data(opened(dump(stream, "csv"), ","))
        facts = "".join(line + "\n" for line in dump(stream, "tsv").splitlines() if line.startswith("# "))
        for label, first in (("", True), ("Unnamed: 0", True), ("index", True), ("Unnamed: 40", False)):
            for decimal in ".,":
                names, *events = rows if decimal == "." else with_commas(rows)
                index = [[label, *names]] + [[str(i), *row] for i, row in enumerate(events)]
                empty = [[*names, label]] + [[*row, ""] for row in events]
                text = saved(index if first else empty, "," if decimal == "." else ";", end="\n")
                with self.subTest(label=label, decimal=decimal):
                    run = ictus("assemble", stdin=text)
                    self.assert_ended(run, DONE)
                    self.assertEqual(dumped(run.stdout), dumped(stream))
                    # The facts, put back above it, make it whole.
                    self.assertEqual(ictus("assemble", stdin=facts.encode() + text).stdout, stream)

    def test_json_lines_in_any_encoding(self):
        text = dump(tagged_stream(), "json")
        expected = ictus("assemble", stdin=text.encode()).stdout
        for data_in in (codecs.BOM_UTF8 + text.encode(), text.encode("utf-16"), text.encode("utf-16-be"),
                        text.replace("\n", "\r\n").encode("utf-8-sig"), text.replace("\n", "\r").encode()):
            run = ictus("assemble", stdin=data_in)
            self.assert_ended(run, DONE)
            self.assertEqual(run.stdout, expected)

    def test_lines_of_facts_are_proof_against_spreadsheets(self):
        for form in ("csv", "tsv"):
            comments = [line for line in dump(tagged_stream(), form).splitlines() if line.startswith("#")]
            self.assertEqual([json.loads(line[8:])[0] for line in comments if line.startswith("# tags: ")], TAGS)
            for line in comments:
                self.assertTrue(line.isascii() and line.isprintable(), line)
                self.assertFalse(set(",;") & set(line), line)


class HandMade(Case):
    given = {"piano.evs": clip_stream}

    def test_the_suffix_says_nothing(self):
        for name in ("a.csv", "a.tsv", "a.txt", "a"):
            for separator in ",;\t":
                self.put(name, separator.join(["onset_s", "vector\n0", "piano.evs#1\n"]).encode())
                self.assert_ended(ictus("assemble", "-f", name, "-o", "out.evs"), DONE)
                self.assertEqual([event["onset_s"] for event in dumped("out.evs")], [0])

    def test_a_tag_that_was_cut_is_joined_and_that_is_said(self):
        head = '"# tags: [""TITLE=A"{0}" B""]"{0}\nonset_s{0}vector{0}\n0{0}piano.evs#1{0}\n'
        for separator in ",;\t":
            run = ictus("assemble", stdin=head.format(separator).encode())
            self.assert_ended(run, DONE, 'warning: standard input: line 1: tags was cut into cells by a spreadsheet',
                              '["TITLE=A, B"]')
            self.assertEqual(ictus("info", "--json", stdin=run.stdout).stdout.count(b'"A, B"'), 1)

    def test_what_is_in_doubt_or_spoilt_is_named_and_nothing_is_written(self):
        def in_table(separator, *rows):
            return "\n".join(separator.join(row) for row in [("onset_s", "gain_db", "vector"), *rows]) + "\n"
        good = ("0", "-12", "piano.evs#0")
        for text, *words in [
            (in_table(";", good, ("1", "01. Feb", "piano.evs#1")), "line 3, column gain_db: '01. Feb' is not a number", "date"),
            (in_table(",", good, ("1", "'-5", "piano.evs#1")), "line 3, column gain_db: ''-5' is not a number", "text"),
            (in_table(",", good, ("########", "-5", "piano.evs#1")), "line 3, column onset_s: '########'", "too narrow"),
            (in_table("\t", good, ("1", "########", "piano.evs#1")), "line 3, column gain_db: '########'", "too narrow"),
            (in_table("\t", good, ("00:01.5", "-5", "piano.evs#1")), "line 3, column onset_s: '00:01.5'", "seconds"),
            (in_table(",", good, ("1,5", "-5", "piano.evs#1")), "line 3: has 4 cells where the first line names 3", "semicolons"),
            (in_table("\t", good, ("1,500", "-5", "piano.evs#1")), "line 3, column onset_s: '1,500' is a number with decimals or"),
            (in_table(";", ("0,5", *good[1:]), ("1.500", "-5", "piano.evs#1")), "line 3, column onset_s: '1.500' is a number"),
            ('# tags: ["TITLE=A",ARTIST=B],,\n' + in_table(",", good), "line 1, column tags: ", "each tag on a line of its own"),
            ("PK\x03\x04 what is in an archive", "a spreadsheet's own file", "save the sheet as CSV"),
        ]:  # fmt: skip
            with self.subTest(text=text):
                self.put("list.csv", text.encode())
                self.assert_refused(ictus("assemble", "list.csv"), FAILED, "list.csv: ", *words, left=["list.csv", "piano.evs"])

    def test_older_encodings_make_no_text_that_is_none(self):
        good = "onset_s;vector\n0;piano.evs#0\n"
        for line, is_fact in (('# tags: ["TITLE=Für"]\n', True), ('"# tags: [""TITLE=Für""]";\n', True), ("# für wen\n", False)):
            for encoding in ("cp1252", "latin-1", "mac-roman"):
                run = ictus("assemble", stdin=(line + good).encode(encoding))
                if is_fact:
                    self.assert_refused(run, FAILED, "line 1, column tags: ", "is not in UTF-8", left=["piano.evs"])
                else:
                    self.assert_ended(run, DONE)
            run = ictus("assemble", stdin=(line + good).encode("utf-16"))
            self.assert_ended(run, DONE)
            self.assertEqual("Für" in ictus("info", "--json", stdin=run.stdout).stdout.decode(), is_fact)


if __name__ == "__main__":
    unittest.main()
