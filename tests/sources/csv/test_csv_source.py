"""CSV files: every cell as it is written, or a clear error with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.rows import Rows, read_rows


def read(folder: Path, pattern: str = "c.csv") -> Rows:
    return read_rows(Source(csv=pattern), folder=folder)


def fails(folder: Path, content: bytes) -> SourceError:
    (folder / "c.csv").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(folder)
    return caught.value


def test_cells_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('id,phone,note\n007,0712345678,NULL\n1.50,,nan\nNA," x ","a ""b"""\n')
    assert read(tmp_path).table.to_pylist() == [
        {"id": "007", "phone": "0712345678", "note": "NULL"},
        {"id": "1.50", "phone": "", "note": "nan"},
        {"id": "NA", "phone": " x ", "note": 'a "b"'},
    ]


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("\ufeffsimu,jina\r\n0712345678,Aïsha\r\n".encode())
    assert read(tmp_path).table.to_pylist() == [{"simu": "0712345678", "jina": "Aïsha"}]


def test_lines_are_those_an_editor_shows(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b'\na,b\r\n1,x\r\n\r\n2,"two\nlines"\n3,z')
    assert read(tmp_path).lines.to_pylist() == [3, 5, 7]


def test_lines_without_line_breaks_in_cells_skip_blank_ones(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"a,b\n1,x\n\n\n2,y\n")
    assert read(tmp_path).lines.to_pylist() == [2, 5]


def test_a_glob_reads_its_files_sorted_by_name(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("b", "a"):
        (tmp_path / "data" / f"c-{name}.csv").write_text(f"id\n{name}\n")
    rows = read(tmp_path, "data/c-*.csv")
    assert rows.table["id"].to_pylist() == ["a", "b"]
    assert rows.files.to_pylist() == ["data/c-a.csv", "data/c-b.csv"]
    assert rows.lines.to_pylist() == [2, 2]


def test_a_folder_with_brackets_in_its_name_is_no_glob(tmp_path: Path) -> None:
    folder = tmp_path / "shop [new]"
    folder.mkdir()
    (folder / "c-1.csv").write_text("id\n1\n")
    assert read(folder, "c-*.csv").table["id"].to_pylist() == ["1"]


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\n1\n")
    rows = read_rows(Source(csv=str(tmp_path / "c.csv")), folder=tmp_path / "elsewhere")
    assert rows.table["id"].to_pylist() == ["1"]


def test_other_columns_in_a_second_file_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,phone\n1,2\n")
    (tmp_path / "b.csv").write_text("phone,id\n1,2\n")
    with pytest.raises(SourceError, match=r"b\.csv:1: other columns than in a\.csv") as caught:
        read(tmp_path, "*.csv")
    assert caught.value.code == "other_header"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_joins_a_glob_while_it_is_read_is_noticed(kind: str, tmp_path: Path) -> None:
    data = {"csv": b"id\n1\n", "xlsx": workbook(sheet(text_row(1, "id") + text_row(2, "1")))}[kind]
    (tmp_path / f"a.{kind}").write_bytes(data)
    batches = open_batches(Source.model_validate({kind: f"*.{kind}"}), folder=tmp_path)
    next(batches)
    (tmp_path / f"b.{kind}").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "changed_file" and f"*.{kind}" in str(caught.value)


def test_a_row_in_the_place_of_another_files_header_shows_no_phone(tmp_path: Path) -> None:
    (tmp_path / "c1.csv").write_text("id,phone,name\n1,0712345678,Asha\n")
    (tmp_path / "c2.csv").write_text("D2,0712345679/0712345680,Juma\nD3,0712345681,Neema\n")
    with pytest.raises(SourceError) as caught:
        read(tmp_path, "c*.csv")
    assert caught.value.code == "other_header"
    assert caught.value.message.endswith("D2, •••, Juma; there: id, phone, name")


@pytest.mark.parametrize("pattern", ["none.csv", "none-*.csv", "."])
def test_no_file_is_an_error(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, pattern)
    assert caught.value.code == "missing_file" and pattern in caught.value.message


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b"id,phone", b"id,phone\n", b"id,phone\r\n\r\n", b"\n\nid,phone"]
)
def test_no_rows_are_an_error_and_not_an_empty_list(tmp_path: Path, content: bytes) -> None:
    assert fails(tmp_path, content).code == "empty_source"


def test_one_file_of_a_glob_without_rows_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "b.csv").write_text("id\n")
    with pytest.raises(SourceError, match=r"b\.csv: a header, but no rows"):
        read(tmp_path, "*.csv")


def faulty(folder: Path, content: bytes) -> list[tuple[int, str, str]]:
    """Line, fault and text of the rows that were quarantined."""
    (folder / "c.csv").write_bytes(content)
    found = []
    for batch in open_batches(Source(csv="c.csv"), folder=folder):
        if batch.faults is not None and batch.written is not None:
            rows = zip(batch.lines.to_pylist(), batch.faults.to_pylist(), batch.written.to_pylist(), strict=True)
            found += [row for row in rows if row[1]]
    return found


def test_a_row_of_another_width_is_quarantined_with_its_line_and_text(tmp_path: Path) -> None:
    content = b'id,phone\n1,"x\ny"\n\n2,0712345678,more\n3\n4,5\n'
    assert faulty(tmp_path, content) == [(5, "ragged_row", "2,0712345678,more"), (6, "ragged_row", "3")]
    assert read(tmp_path).table["phone"].to_pylist() == ["x\ny", "", "", "5"]


def test_the_same_column_twice_is_an_error(tmp_path: Path) -> None:
    error = fails(tmp_path, b"id,phone,phone\n1,2,3\n")
    assert (error.code, error.message) == ("duplicate_column", "c.csv:1: columns of the same name: phone")


def test_a_quote_never_closed_does_not_swallow_the_rest(tmp_path: Path) -> None:
    error = fails(tmp_path, b'id,phone\n1,"0712345678\n2,0712345678\n')
    assert error.code == "open_quote" and error.message.startswith("c.csv:2:")


def test_a_file_that_grows_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\n1\n")

    def grow(rows: int, total: int | None) -> None:
        with (tmp_path / "c.csv").open("a") as handle:
            handle.write("2\n")

    with pytest.raises(SourceError) as caught:
        read_rows(Source(csv="c.csv"), folder=tmp_path, progress=grow)
    assert caught.value.code == "changed_file"


def test_the_digest_names_the_values_and_not_the_file(tmp_path: Path) -> None:
    for name, content in (("a", "id,x\n1,ab\n"), ("b", "id,x\n1,ab\n"), ("c", "id,x\n1a,b\n"), ("d", "id,y\n1,ab\n")):
        (tmp_path / f"{name}.csv").write_text(content)
    a, b, c, d = (read(tmp_path, f"{name}.csv").identity for name in "abcd")
    assert a.digest == b.digest and len({a.digest, c.digest, d.digest}) == 3
    assert (a.kind, a.name, a.rows, a.size) == ("csv", "a.csv", 1, 10)


def test_the_digest_does_not_depend_on_how_rows_are_spread_over_files(tmp_path: Path) -> None:
    (tmp_path / "whole.csv").write_text("id\n1\n22\n333\n")
    (tmp_path / "part-1.csv").write_text("id\n1\n")
    (tmp_path / "part-2.csv").write_text("id\n22\n333\n")
    assert read(tmp_path, "whole.csv").identity.digest == read(tmp_path, "part-*.csv").identity.digest


def test_progress_tells_the_rows_so_far(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\n" + "1\n" * 70_000)
    seen: list[tuple[int, int | None]] = []
    read_rows(Source(csv="c.csv"), folder=tmp_path, progress=lambda rows, total: seen.append((rows, total)))
    assert seen == [(65_536, 70_000), (70_000, 70_000)]


@pytest.mark.parametrize(
    ("content", "open_end"),
    [
        (b"id,x\n1,2\n", False),
        (b"id,x\n1,2", True),
        (b"id,x\r\n1,2\r", True),
        (b'id,x\r1,"a\nb"\r', False),
        (b"id,x\n1,2\n\n\n", False),
    ],
)
def test_a_last_line_without_its_line_break_is_an_open_end(tmp_path: Path, content: bytes, open_end: bool) -> None:
    (tmp_path / "c.csv").write_bytes(content)
    assert [batch.open_end for batch in open_batches(Source(csv="c.csv"), folder=tmp_path)] == [open_end]


def test_an_open_end_is_told_of_the_last_batch_alone(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"id\n" + b"1\n" * 70_000 + b"2")
    batches = list(open_batches(Source(csv="c.csv"), folder=tmp_path))
    assert [batch.open_end for batch in batches] == [False, True]
