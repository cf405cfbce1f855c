"""What is called .xlsx and isn't, or is no whole one: one clear error with the way out, never a short list."""

from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from tests.sources.excel.malformed_xlsx import TABLE, malformed_xlsx
from tests.sources.excel.workbooks import sheet, workbook
from tests.sources.reading import read, refused

MALFORMED = malformed_xlsx()


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_workbook_is_one_clear_error_in_bounded_time_and_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MALFORMED[name])
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refused(tmp_path, xlsx=name)
    assert name in error.message and error.hint and "0712" not in str(error)
    assert time.process_time() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("locked.xlsx", "password", "locked with a password"),
        ("sealed_zip.xlsx", "password", "locked with a password"),
        ("old.xlsx", "other_format", "an old workbook (.xls)"),
        ("older.xlsx", "other_format", "an old workbook (.xls)"),
        ("binary.xlsx", "other_format", "a binary workbook (.xlsb)"),
        ("open_document.xlsx", "other_format", "an OpenDocument file (.ods)"),
        ("page.xlsx", "other_format", "a web page (HTML)"),
        ("text.xlsx", "other_format", "plain text, as CSV is"),
        ("utf16_text.xlsx", "other_format", "plain text, as CSV is"),
        ("parquet.xlsx", "other_format", "a Parquet file"),
        ("half.xlsx", "bad_xlsx", "damaged"),
        ("flipped.xlsx", "bad_xlsx", "damaged"),
        ("laughs.xlsx", "bad_xlsx", "XML entities"),
        ("bomb.xlsx", "too_large", "unpacks to far more"),
        ("text_bomb.xlsx", "too_large", "unpacks to far more"),
        ("attribute_bomb.xlsx", "too_large", "unpacks to far more"),
        ("strings_bomb.xlsx", "too_large", "unpacks to far more"),
    ],
)
def test_the_error_says_what_it_is_instead(name: str, code: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MALFORMED[name])
    error = refused(tmp_path, xlsx=name)
    assert error.code == code and said in error.message


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.9999])
def test_a_workbook_cut_off_anywhere_is_an_error(share: float, tmp_path: Path) -> None:
    data = workbook(sheet(TABLE))
    (tmp_path / "c.xlsx").write_bytes(data[: int(len(data) * share)])
    assert refused(tmp_path, xlsx="c.xlsx").code in ("bad_xlsx", "other_format")


@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.99])
def test_a_sheet_cut_off_inside_a_whole_zip_is_an_error(share: float, tmp_path: Path) -> None:
    xml = sheet(TABLE)
    (tmp_path / "c.xlsx").write_bytes(workbook(xml[: int(len(xml) * share)]))
    assert refused(tmp_path, xlsx="c.xlsx").code == "bad_xlsx"


def test_a_workbook_with_any_byte_changed_is_whole_or_an_error(tmp_path: Path) -> None:
    """300 random bytes: whatever is read is all of it, and nothing but SourceError is raised."""
    data, chance = workbook(sheet(TABLE)), random.Random(7)
    whole = None
    for _ in range(300):
        at = chance.randrange(len(data))
        (tmp_path / "c.xlsx").write_bytes(data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :])
        try:
            found = read(tmp_path, xlsx="c.xlsx").rows
        except SourceError:
            continue
        whole = whole or found
        assert found == whole and len(found) == 198
    assert whole is not None


def test_a_workbook_that_is_saved_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    path.write_bytes(workbook(sheet(TABLE)))
    batches = open_batches(Source(xlsx="c.xlsx"), folder=tmp_path)
    next(batches)
    path.write_bytes(workbook(sheet(TABLE), parts={"docProps/core.xml": "<x/>"}))
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "changed_file"


def test_a_large_workbook_takes_bounded_memory(tmp_path: Path) -> None:
    """50,000 rows of eight columns, every text its own: at most 125 MB more than before."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>{255712000000 + n}</v></c>'
        + "".join(f'<c r="{letter}{n}" t="s"><v>{n * 6 + at}</v></c>' for at, letter in enumerate("CDEFGH"))
        + "</row>"
        for n in range(2, 50_002)
    )
    heading = (
        '<row r="1">' + "".join(f'<c r="{letter}1" t="str"><v>{letter}</v></c>' for letter in "ABCDEFGH") + "</row>"
    )
    strings = [f"text number {n}" for n in range(300_020)]
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(heading + rows), strings=strings))
    del rows, strings
    assert _extra_megabytes(tmp_path) < 125


def _extra_megabytes(folder: Path) -> float:
    """Memory of reading c.xlsx in a fresh process, beyond what the imports take."""
    code = (
        "import resource, sys\nfrom pathlib import Path\nimport pyarrow\n"
        "from ampenet_sync.config import Source\nfrom ampenet_sync.sources import excel, open_batches\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nbefore = peak()\n"
        "rows = sum(b.table.num_rows for b in open_batches(Source(xlsx='c.xlsx'), folder=Path(sys.argv[1])))\n"
        "assert rows == 50_000, rows\nprint((peak() - before) / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_a_part_whose_size_is_a_lie_is_an_error(tmp_path: Path) -> None:
    """The zip says the sheet is shorter than it is: the rest would be cut off."""
    data = bytearray(workbook(sheet(TABLE)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    old, new = size.to_bytes(4, "little"), (size - 500).to_bytes(4, "little")
    (tmp_path / "c.xlsx").write_bytes(bytes(data).replace(old, new))
    assert refused(tmp_path, xlsx="c.xlsx").code == "bad_xlsx"
