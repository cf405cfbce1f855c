"""A row in which nothing is written is no row, whatever the source."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.config import Source
from ampenet_sync.sources import Batch, Reading, open_batches, without_blank_rows
from ampenet_sync.sources.handed import handed_batches
from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.kinds import KINDS, batches, cells

NEEDED = ("id", "phone")
BLANKS = (" ", "\u00a0\t", "\u3000", "\u200b", "\ufeff", "\u200e ", "\u2800", "\u00ad")


def from_csv(folder: Path, text: str, **options: str) -> list[Batch]:
    (folder / "c.csv").write_text(text, encoding="utf-8")
    source = Source.model_validate({"csv": "c.csv", **options})
    return list(without_blank_rows(open_batches(source, folder=folder, needed=frozenset(NEEDED))))


def ids_and_blank(found: list[Batch]) -> tuple[list[str], int]:
    return [row["id"] for row in cells(found)], sum(batch.blank_rows for batch in found)


@pytest.mark.parametrize("kind", KINDS)
def test_blank_rows_are_passed_over_and_counted_in_every_source(kind: str, tmp_path: Path) -> None:
    rows = [NEEDED, ("1", "0712"), *[(blank, blank) for blank in BLANKS], ("", ""), (" ", ""), ("2", "")]
    found = list(without_blank_rows(iter(batches(kind, tmp_path, *rows, needed=NEEDED))))
    assert ids_and_blank(found) == (["1", "2"], 10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ["0", "-", ".", "NULL", "nan", "\\N", "é", "😀", " x"])
def test_whatever_is_seen_makes_a_row_a_row(kind: str, cell: str, tmp_path: Path) -> None:
    found = list(without_blank_rows(iter(batches(kind, tmp_path, NEEDED, ("1", "2"), ("", cell), needed=NEEDED))))
    assert ids_and_blank(found) == (["1", ""], 0)


@pytest.mark.parametrize(
    "line", [",", " , ", '"",""', '" "," "', "", "   ", ",,,,", '"","",""', '" "', "\u00a0", ";;", "\t,\t", '"" ,']
)
def test_a_line_of_separators_quotes_and_blanks_is_no_row_however_many_there_are(line: str, tmp_path: Path) -> None:
    separator = ";" if ";" in line else ","
    text = "id,phone\n1,2\nLINE\n3,4\n".replace(",", separator).replace("LINE", line)
    (batch,) = from_csv(tmp_path, text)
    assert batch.table["id"].to_pylist() == ["1", "3"] and batch.lines.to_pylist() == [2, 4]
    assert batch.blank_rows == (line != "")  # an empty line was never a row
    assert batch.faults is None or batch.faults.to_pylist() == ["", ""]


@pytest.mark.parametrize(
    ("line", "fault"),
    [(",,x,", "ragged_row"), (";;;", "ragged_row"), ("\0,", "unreadable_bytes")],
)
def test_a_row_whose_cells_cant_be_told_apart_is_not_blank(line: str, fault: str, tmp_path: Path) -> None:
    (batch,) = from_csv(tmp_path, f"id,phone\n1,2\n{line}\n3,4\n")
    assert batch.faults is not None and batch.faults.to_pylist() == ["", fault, ""] and batch.blank_rows == 0


def test_a_last_line_of_spaces_without_a_line_break_is_no_sign_of_a_cut(tmp_path: Path) -> None:
    (batch,) = from_csv(tmp_path, "id,phone\n1,2\n   ")
    assert batch.table.num_rows == 1 and batch.open_end


def test_numbers_and_nothing_of_any_type_count_alike(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"id": [1, math.nan, pd.NA], "phone": ["0712", None, pd.NaT], "seen": pd.to_datetime([None] * 3)}
    )
    assert ids_and_blank(list(without_blank_rows(handed_batches(frame)))) == (["1"], 2)
    pq.write_table(
        pa.table({"id": pa.array([None, 1.5]), "phone": pa.array([None, 0], pa.int64())}), tmp_path / "c.parquet"
    )
    found = open_batches(Source(parquet="c.parquet"), folder=tmp_path)
    assert ids_and_blank(list(without_blank_rows(found))) == (["1.5"], 1)


def test_what_only_a_folders_name_says_makes_no_row(tmp_path: Path) -> None:
    folder = tmp_path / "c" / "country=TZ"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"id": ["1", None], "phone": ["0712", ""]}), folder / "a.parquet")
    found = open_batches(Source(parquet="c"), folder=tmp_path, needed=frozenset(NEEDED))
    assert cells(list(without_blank_rows(found))) == [{"id": "1", "phone": "0712", "country": "TZ"}]


def test_empty_rows_of_a_sheet_are_counted_up_to_the_last_one_that_is_filled(tmp_path: Path) -> None:
    rows = text_row(1, "id", "phone") + text_row(4, "1", "2") + text_row(5, " ", " ") + text_row(8, "3", "4")
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(rows + '<row r="9"><c r="A9" s="1"/></row>')))
    found = open_batches(Source(xlsx="c.xlsx"), folder=tmp_path, needed=frozenset(NEEDED))
    assert ids_and_blank(list(without_blank_rows(found))) == (["1", "3"], 5)


def test_a_whole_batch_of_blank_rows_still_tells_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,phone\n,\n,\n")
    (tmp_path / "b.csv").write_text("id,phone\n1,2\n")
    reading = Reading("csv", "*.csv")
    for batch in without_blank_rows(open_batches(Source(csv="*.csv"), folder=tmp_path)):
        reading.add(batch)
    identity = reading.identity()
    assert (identity.rows, identity.blank_rows, identity.files, identity.size) == (1, 2, 2, 26)


def test_the_digest_is_that_of_the_same_source_without_blank_rows(tmp_path: Path) -> None:
    digests = []
    for text in ("id,phone\n1,2\n3,4\n", "id,phone\n,\n1,2\n , \n3,4\n,,,\n"):
        reading = Reading("csv", "c.csv")
        for batch in from_csv(tmp_path, text):
            reading.add(batch)
        digests.append(reading.identity().digest)
    assert digests[0] == digests[1]
