"""Small files that unpack to far more than a list of customers: refused, each with its file, place and bound."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.errors import SourceError
from ampenet_sync.files.pages import Page, pages_of
from ampenet_sync.quarantine.returned import read_repaired
from ampenet_sync.sources.parquet.rows import rows_at_once
from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.reading import read, refused

MEGABYTES = 700
TABLE = text_row(1, "id", "phone") + "".join(text_row(n, str(n), f"0712{n:06d}") for n in range(2, 200))

READ = """
import sys
from pathlib import Path
from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
path = Path(sys.argv[1])
kind = "xlsx" if path.suffix == ".xlsx" else "parquet"
try:
    source = Source.model_validate({kind: path.name})
    rows = sum(batch.table.num_rows for batch in open_batches(source, folder=path.parent))
    print("rows", rows)
except SourceError as error:
    print(error.code, error.message)
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def outcome(path: Path) -> tuple[str, int]:
    """What reading the file in a process of its own ended in, and the peak of its memory in megabytes."""
    ran = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    first, peak = ran.stdout.splitlines()
    return first, int(peak)


def packed(values: list[str], *, rows: int) -> pa.Table:
    """One column in which the same text stands in every row, kept once in the file."""
    phones = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array(values))
    return pa.table({"phone": phones})


def test_a_cell_of_200_mb_in_a_few_kilobytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"phone": ["x" * 200_000_000]}), path, compression="zstd")
    said, peak = outcome(path)
    assert path.stat().st_size < 10_000
    assert said == "too_large c.parquet: column phone, row group 1: a page of 190 MB, unpacked; at most 64 MB are read"
    assert peak < 200


def test_a_long_cell_sets_its_row_aside_as_in_a_csv(tmp_path: Path) -> None:
    table = pa.table({"phone": ["0712000001", "0" * 32_767, "0" * 32_768, "é" * 32_767]})
    pq.write_table(table, tmp_path / "c.parquet")
    found = read(tmp_path, parquet="c.parquet")
    assert found.faults == {3: "cell_too_long"}
    assert len(found.written[3]) == 10_000 and len(found.rows[3]["phone"]) == 32_767


def test_a_long_text_that_is_repeated_takes_no_memory_before_its_rows_are_quarantined(tmp_path: Path) -> None:
    pq.write_table(packed(["y" * 1_000_000], rows=20_000), tmp_path / "c.parquet", store_schema=False)
    said, peak = outcome(tmp_path / "c.parquet")
    assert said == "rows 20000" and peak < MEGABYTES
    assert set(read(tmp_path, parquet="c.parquet").faults.values()) == {"cell_too_long"}


def test_texts_that_unpack_to_far_more_than_their_file_are_refused(tmp_path: Path) -> None:
    pq.write_table(packed(["y" * 30_000], rows=900_000), tmp_path / "c.parquet", store_schema=False)
    said, peak = outcome(tmp_path / "c.parquet")
    assert said == "too_large c.parquet: its texts unpack to more than 250 times its size"
    assert peak < MEGABYTES


def test_more_rows_than_bytes_are_no_customers(tmp_path: Path) -> None:
    pq.write_table(packed(["0712000001"], rows=3_000_000), tmp_path / "c.parquet")
    refusal = refused(tmp_path, parquet="c.parquet")
    assert refusal.code == "too_large" and "3,000,000 rows in" in refusal.message


def test_the_same_column_of_ordinary_texts_is_read_whole(tmp_path: Path) -> None:
    """The control: a word that stands in every row is common, and so are long notes that differ."""
    rows = 70_000
    table = packed(["Tanzania"], rows=rows).append_column("note", [[f"{n} " + "n" * 900 for n in range(rows)]])
    pq.write_table(table, tmp_path / "c.parquet")
    found = read(tmp_path, parquet="c.parquet")
    assert len(found.rows) == rows and found.faults == {}
    assert found.rows[-1]["note"].startswith("69999 n")


@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False}, {"data_page_version": "2.0"}, {"data_page_size": 999}]
)
def test_the_pages_of_a_column_hold_all_its_rows(tmp_path: Path, options: dict[str, object]) -> None:
    table = pa.table({"id": [str(n) for n in range(9_000)], "n": pa.array(range(9_000), pa.int32())})
    path = tmp_path / "c.parquet"
    pq.write_table(table, path, row_group_size=4_000, compression="none", **options)
    with path.open("rb") as handle:
        found = pages_of(handle, pq.ParquetFile(path).metadata, ["id", "n"], name="c.parquet")
    assert [sum(page.rows for page in pages) for pages in found] == [9_000, 9_000]
    assert sum(page.size for pages in found for page in pages) < path.stat().st_size


def test_where_long_texts_stand_together_fewer_rows_are_read_at_once() -> None:
    short, long = Page(10_000, 100_000), Page(100, 1_000_000)
    assert rows_at_once([[short] * 100], rows=1_000_000) == 65_536
    assert rows_at_once([[short] * 50 + [long] * 400 + [short] * 50], rows=1_040_000) == 512
    assert rows_at_once([[Page(0, 1_000), Page(1, 60_000_000), Page(1, 60_000_000)]], rows=2) == 1


def test_a_part_of_four_million_elements_is_refused(tmp_path: Path) -> None:
    styles = "<styleSheet>" + "<xf/>" * 4_000_000 + "</styleSheet>"
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(TABLE), parts={"xl/styles.xml": styles}))
    said, peak = outcome(tmp_path / "c.xlsx")
    assert said.startswith("too_large c.xlsx: xl/styles.xml unpacks to far more than a list of customers: more than ")
    assert peak < 200


def test_a_sheet_of_many_elements_in_few_bytes_is_refused(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}">{"<c/>" * 16_000}</row>' for n in range(900, 1_200))
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(TABLE + rows)))
    assert refused(tmp_path, xlsx="c.xlsx").code == "too_large"


def test_as_many_formats_as_excel_allows_are_read(tmp_path: Path) -> None:
    formats = '<xf numFmtId="0" fontId="0"><alignment horizontal="left"/></xf>' * 65_490
    styles = f"<styleSheet><cellXfs>{formats}</cellXfs></styleSheet>"
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(TABLE), parts={"xl/styles.xml": styles}))
    assert len(read(tmp_path, xlsx="c.xlsx").rows) == 198


# A quarantine that is given back.


def test_a_stray_cell_in_the_last_corner_of_a_given_back_workbook_is_a_note(tmp_path: Path) -> None:
    rows = text_row(1, "row_id", "id", "phone") + text_row(2, "a1", "7", "0712000001")
    stray = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    (tmp_path / "q.xlsx").write_bytes(workbook(sheet(rows + stray)))
    given = read_repaired(tmp_path / "q.xlsx", ["id", "phone"])
    assert given.to_pylist() == [{"row_id": "a1", "source.id": "7", "source.phone": "0712000001"}]


def test_a_stray_cell_far_down_in_its_own_columns_is_a_row_that_keeps_its_number(tmp_path: Path) -> None:
    rows = text_row(1, "row_id", "id", "phone") + text_row(1_048_576, "", "7", "")
    (tmp_path / "q.xlsx").write_bytes(workbook(sheet(rows)))
    given = read_repaired(tmp_path / "q.xlsx", ["id", "phone"])
    assert given.num_rows == 1_048_575 and given["source.id"][-1].as_py() == "7"


def test_a_given_back_workbook_with_thousands_of_headings_is_refused(tmp_path: Path) -> None:
    heading = "".join(f'<c t="inlineStr"><is><t>h{n}</t></is></c>' for n in range(16_000))
    rows = f'<row r="1"><c t="inlineStr"><is><t>row_id</t></is></c>{heading}</row>'
    rows += "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(2, 3_000))
    (tmp_path / "q.xlsx").write_bytes(workbook(sheet(rows)))
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "q.xlsx", ["id", "phone"])
    assert caught.value.code == "too_large" and "2,998 rows of 16,001 columns" in caught.value.message


@pytest.mark.parametrize("table", [pa.table({"row_id": ["x" * 200_000_000]}), packed(["y" * 30_000], rows=900_000)])
def test_a_given_back_parquet_file_is_bounded_as_a_source_is(tmp_path: Path, table: pa.Table) -> None:
    path = tmp_path / "q.parquet"
    pq.write_table(table, path, compression="zstd", store_schema=False)
    with pytest.raises(SourceError) as caught:
        read_repaired(path, ["id", "phone"])
    assert caught.value.code == "too_large" and path.stat().st_size < 100_000


def test_a_given_back_csv_of_more_bytes_than_are_compared_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "q.csv").open("wb") as file:
        file.truncate((1 << 25) + 1)
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "q.csv", ["id", "phone"])
    assert caught.value.code == "too_large" and "32 MB" in caught.value.message
