"""Hostile files and expressions, one after the other in one process: what each is answered with, its time and memory.

Every file is small or easily made, and made in a process of its own, so that its making isn't counted. The bounds that
stop them are in ampenet_sync/config/bounds.py.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hostile_files import TABLE, book, gz, nested, overlaid, parquet, rows, sparse, zip_of

from ampenet_sync.config import load
from ampenet_sync.contacts import select_members
from ampenet_sync.customers import read_customers, settings_of
from ampenet_sync.errors import AmpenetError
from ampenet_sync.quarantine.export import ROW_ID
from ampenet_sync.quarantine.returned import compare, form_of, read_repaired

MEGABYTES, SECONDS = 700, 20  # that each may take at the most

CONFIG = """\
region: TZ
customers:
  source: SOURCE
  key: id
  phone: phone
  consent: {attested: "a benchmark"}
segments: {s: {where: WHERE}}
"""
LONG = "a" * 32_000
Make = Callable[[Path], object]
Run = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """`make` writes the file into a folder; `run` gives it to the product."""

    name: str
    file: str
    make: Make
    run: Run


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--only", default="", help="cases whose name holds this")
    only = asked.parse_args().only
    print(f"\nHostile input, one process; each may take {MEGABYTES} MB and {SECONDS} s")
    print(f"  {'':<52}{'file':>10}{'s':>7}{'peak MB':>9}  answer")
    for case in [case for case in cases() if only in case.name]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            maker = multiprocessing.get_context("fork").Process(target=case.make, args=(folder,))
            maker.start()
            maker.join()
            _show(case, folder)


def _show(case: Case, folder: Path) -> None:
    _forget_peak()
    started = time.monotonic()
    try:
        answer = str(case.run(folder))
    except AmpenetError as error:
        answer = f"{error.code}: {error.message}"
    seconds, peak = time.monotonic() - started, _peak()
    over = "" if seconds < SECONDS and peak < MEGABYTES else "  OVER"
    size = (folder / case.file).stat().st_size
    print(f"  {case.name:<52}{size:>10,}{seconds:>7.2f}{peak:>9,}  {answer[:110]}{over}", flush=True)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def cases() -> Iterator[Case]:
    yield from _csv_cases()
    yield from _parquet_cases()
    yield from _workbook_cases()
    yield from _returned_cases()
    yield from _configuration_cases()
    yield from _where_cases()


# Sources.


def _csv_cases() -> Iterator[Case]:
    zeros, rows = "gzip: 4 GB of zeros", "gzip: 300 MB of rows with a letter each"
    yield _source(zeros, "c.csv.gz", lambda path: gz(path, [bytes(1 << 24)] * 256))
    yield _source(rows, "c.csv.gz", lambda path: gz(path, [TABLE.encode(), *[b"a\n" * (1 << 20)] * 150]))
    yield _source("gzip: 4 GB of blank lines", "c.csv.gz", lambda path: gz(path, [b"\n" * (1 << 24)] * 256))
    same = [TABLE.encode(), *[b"1,0712345678,Asha\n" * 100_000] * 600]
    yield _source("gzip: 1 GB of one row again and again", "c.csv.gz", lambda path: gz(path, same))
    yield _source("zip: 2 GB of one long cell", "c.zip", lambda path: zip_of(path, {"a.csv": b"x" * (1 << 31)}))
    many = {f"{n}.csv": TABLE.encode() for n in range(60_000)}
    yield _source("zip: 60,000 files", "c.zip", lambda path: zip_of(path, many))
    yield _source("zip: 400 files that lie over each other", "c.zip", overlaid)
    yield _source("zip: a zip in a zip in a zip", "c.zip", nested)
    yield _source("CSV: 2 GB without a line break", "c.csv", lambda path: sparse(path, TABLE.encode(), 1 << 31))
    wide = ",".join(f"c{n}" for n in range(200_000))
    yield _source("CSV: 200,000 columns", "c.csv", lambda path: path.write_text(f"id,phone,{wide}\n1,0712,\n"))
    broad = "id,phone" + "," * 16_000 + "\n"
    yield _source("CSV: 300 rows of 16,002 cells", "c.csv", lambda path: path.write_text(broad * 300))
    names = "id,phone," + ",".join(f"c{n}" for n in range(4_000)) + "\n"
    cells = "1,0712345678" + "," * 4_000 + "\n"
    yield _source("CSV: 1,000 rows of 4,002 named cells", "c.csv", lambda path: path.write_text(names + cells * 1_000))
    more = "id,phone," + ",".join(f"c{n}" for n in range(16_000)) + "\n1,0712\n"
    yield _source("CSV: 16,002 columns", "c.csv", lambda path: path.write_text(more))
    yield _source(
        "CSV: 16,000 columns of one name", "c.csv", lambda path: path.write_text("id,phone" + ",x" * 16_000 + "\n1\n")
    )
    quotes = TABLE + '"' * 8_000_000
    yield _source("CSV: 8 million quotes", "c.csv", lambda path: path.write_text(quotes))


def _parquet_cases() -> Iterator[Case]:
    yield _source("Parquet: a cell of 200 MB", "c.parquet", lambda path: parquet(path, ["x" * 200_000_000], 1))
    yield _source(
        "Parquet: 900,000 times one of 30,000 letters", "c.parquet", lambda p: parquet(p, ["y" * 30_000], 900_000)
    )
    yield _source("Parquet: 100 million rows in a few bytes", "c.parquet", lambda p: parquet(p, ["071"], 100_000_000))
    wide = lambda path: pq.write_table(pa.table({f"c{n}": ["1"] for n in range(30_000)}), path)  # noqa: E731
    yield _source("Parquet: 30,000 columns", "c.parquet", wide)


def _workbook_cases() -> Iterator[Case]:
    styles = "<styleSheet>" + "<xf/>" * 4_000_000 + "</styleSheet>"
    yield _source("xlsx: a part of 4 million elements", "c.xlsx", lambda p: book(p, rows(), styles=styles))
    stray = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    yield _source("xlsx: a stray cell at XFD1048576", "c.xlsx", lambda path: book(path, rows() + stray))
    empty = "".join(f'<row r="{n}">{"<c/>" * 16_000}</row>' for n in range(900, 1_500))
    yield _source("xlsx: 10 million cells with nothing in them", "c.xlsx", lambda path: book(path, rows() + empty))
    huge = '<row r="9"><c t="inlineStr"><is><t>{}</t></is></c></row>'
    yield _source("xlsx: a text of 1 GB", "c.xlsx", lambda p: book(p, rows() + huge.format("x" * 1_000_000_000)))


# A quarantine that is given back.


def _returned_cases() -> Iterator[Case]:
    stray = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    yield _returned("given back: a stray cell at XFD1048576", "q.xlsx", lambda p: book(p, rows("row_id") + stray))
    full = lambda: "".join(f'<row r="{n}">{"<c><v>1</v></c>" * 50}</row>' for n in range(9, 100_000))  # noqa: E731
    yield _returned("given back: a workbook of 5 million cells", "q.xlsx", lambda p: book(p, rows("row_id") + full()))
    head = "row_id,id,phone,name"
    yield _returned("given back: a CSV of 20 million columns", "q.csv", lambda p: p.write_text(head + "," * 20_000_000))
    yield _returned(
        "given back: a CSV of 16 million cells", "q.csv", lambda p: p.write_text(f"{head}\n" + "a,b,c,d\n" * 4_000_000)
    )
    people = lambda: "".join(f"r{n},{n},07{n},{'x' * 90}\n" for n in range(290_000))  # noqa: E731
    yield _returned(
        "given back: a CSV nearly as large as is compared", "q.csv", lambda p: p.write_text(f"{head}\n{people()}")
    )
    yield _returned("given back: a Parquet cell of 200 MB", "q.parquet", lambda p: parquet(p, ["x" * 200_000_000], 1))


# ampenet.yaml.


def _configuration_cases() -> Iterator[Case]:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    yield _settings("ampenet.yaml: aliases for 10^27 items", bomb)
    yield _settings("ampenet.yaml: 400,000 lists inside each other", "a: " + "[" * 400_000)
    yield _settings("ampenet.yaml: 100,000 JSON objects inside each other", '{"a":' * 100_000)
    yield _settings("ampenet.yaml: 100,000 keys", "".join(f"k{n}: v\n" for n in range(100_000)))
    yield _settings("ampenet.yaml: a value of 1 MB", "a: '" + "x" * 1_040_000 + "'")
    yield _settings("ampenet.yaml: 20 MB", "#" * 20_000_000)


# A segment's `where`, over one row, or over 20,000 rows with a cell of 32,000 letters each.


def _where_cases() -> Iterator[Case]:
    for where in (
        "repeat(name, 1000000000) = ''",
        "lpad(name, 1000000000, 'x') = ''",
        "replace(name, 'a', name) = ''",
        "levenshtein(name, phone) = 1",
        "(" * 16_000 + "true" + ")" * 16_000,
        "regexp_matches(name, '(a{0,100}){90}b')",
    ):
        yield _where(where, rows=1)
    for where in (
        "levenshtein(name, left(phone, 1000)) = 1",
        "regexp_matches(name, '(a{0,30}){6}b')",
        f"name like '%{'a' * 4_000}_b'",
        "replace(name, 'a', 'bbbbbbbbbbbbbbbbbbbb') || name || name = ''",
        "nfc_normalize(name) = ''",
        "len(split(name, '')) = 1",
    ):
        yield _where(where, rows=5_000)


def _source(name: str, file: str, make: Make) -> Case:
    kind = {"gz": "csv", "zip": "csv"}.get(Path(file).suffix[1:], Path(file).suffix[1:])

    def run(folder: Path) -> str:
        _configure(folder, f"{{{kind}: {file}}}")
        intake = read_customers(settings_of(load(folder / "ampenet.yaml", environ={})))
        return f"{intake.rows:,} rows, {intake.quarantined:,} set aside"

    return Case(name, file, lambda folder: make(folder / file), run)


def _returned(name: str, file: str, make: Make) -> Case:
    columns = ["id", "phone", "name"]

    def run(folder: Path) -> str:
        given = read_repaired(folder / file, columns)
        nobody = pd.DataFrame({ROW_ID: [], **{f"source.{column}": [] for column in columns}}, dtype="str")
        form = form_of(folder / file)
        found = compare(given, nobody, None, phone="phone", form=form, name=file, imported="")
        return f"{found.rows:,} rows"

    return Case(name, file, lambda folder: make(folder / file), run)


def _settings(name: str, text: str) -> Case:
    def run(folder: Path) -> object:
        return load(folder / "ampenet.yaml", environ={})

    return Case(name, "ampenet.yaml", lambda folder: (folder / "ampenet.yaml").write_text(text), run)


def _where(where: str, *, rows: int) -> Case:
    def make(folder: Path) -> None:
        with (folder / "c.csv").open("w", encoding="utf-8") as file:
            file.write("id,phone,name\n")
            file.writelines(f"{n},07{12_000_000 + n:08d},{LONG}\n" for n in range(rows))
        _configure(folder, "{csv: c.csv}", where)

    def run(folder: Path) -> str:
        config = load(folder / "ampenet.yaml", environ={})
        chosen = select_members(read_customers(settings_of(config)), config, segment="s", run_date=date(2026, 11, 30))
        return f"{len(chosen.members):,} members"

    return Case(f"where, {rows:,} rows: {where[:28]}", "c.csv", make, run)


def _configure(folder: Path, source: str, where: str = "true") -> None:
    quoted = "'" + where.replace("'", "''") + "'"
    (folder / "ampenet.yaml").write_text(CONFIG.replace("SOURCE", source).replace("WHERE", quoted), encoding="utf-8")


if __name__ == "__main__":
    main()
