"""The exported quarantine: what a person sees in it, and which files can't be made or taken back."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.quarantine import export_quarantine
from ampenet_sync.quarantine.export import FORMATS, Format
from ampenet_sync.quarantine.returned import read_repaired
from tests.quarantine.sheets import COLUMNS, edit, quarantine

FRAME = quarantine(("1", "0754 00", "=1+1"), ("2", "0755 00", ""))
OURS = ["row_id", "source_file", "source_line", "reason", "hint", "hint_sw"]


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("form", FORMATS)
def test_the_file_is_private_and_whole(form: Format, tmp_path: Path) -> None:
    export_quarantine(FRAME, tmp_path / f"q.{form}")
    assert [path.name for path in tmp_path.iterdir()] == [f"q.{form}"]
    assert stat.S_IMODE((tmp_path / f"q.{form}").stat().st_mode) == 0o600


def test_our_columns_come_first_then_the_sources_under_their_own_names(tmp_path: Path) -> None:
    export_quarantine(FRAME, tmp_path / "q.csv")
    assert csv_rows(tmp_path / "q.csv")[0] == [*OURS, "id", "phone", "note"]


def test_the_row_as_written_stands_there_where_its_cells_cannot_be_told_apart(tmp_path: Path) -> None:
    export_quarantine(quarantine(("", "", ""), written=["1;0754"]), tmp_path / "q.csv")
    heading, row = csv_rows(tmp_path / "q.csv")
    assert heading == [*OURS, "written", "id", "phone", "note"]
    assert row[6:] == ["1;0754", "", "", ""]


def test_columns_of_the_source_named_like_ours_stay_apart(tmp_path: Path) -> None:
    frame = quarantine(("1", "0754", "x"), columns=("row_id", "reason", "ampenet:hint"))
    for form in FORMATS:
        export_quarantine(frame, tmp_path / f"q.{form}")
        back = read_repaired(tmp_path / f"q.{form}", ["row_id", "reason", "ampenet:hint"])
        assert back["row_id"].to_pylist() == list(frame["row_id"])
        assert back["source.row_id"].to_pylist() == ["1"]
    assert csv_rows(tmp_path / "q.csv")[0][0] == "ampenet:ampenet:row_id"


def test_the_workbook_keeps_its_heading_in_sight_and_every_cell_is_text(tmp_path: Path) -> None:
    export_quarantine(FRAME, tmp_path / "q.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "q.xlsx")["Quarantine"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I3")
    assert {cell.number_format for row in sheet for cell in row} == {"@"}
    assert {cell.data_type for row in sheet for cell in row if cell.value} == {"s"}
    assert sheet["C2"].value == "2" and sheet["I2"].value == "=1+1"


def test_a_page_in_two_languages_says_what_to_do_and_counts_the_reasons(tmp_path: Path) -> None:
    export_quarantine(FRAME, tmp_path / "q.xlsx")
    page = openpyxl.load_workbook(tmp_path / "q.xlsx")["Read me - Soma"]
    text = "\n".join(str(cell.value) for row in page for cell in row)
    for said in ("quarantine import FILE", "quarantine import FAILI", "too_short: 2", "too few digits", "chache mno"):
        assert said in text


def test_formulas_in_the_csv_are_only_text(tmp_path: Path) -> None:
    export_quarantine(quarantine(("=cmd", "\t@x", "'a"), columns=("+a", "b", "c")), tmp_path / "q.csv")
    assert [row[-3:] for row in csv_rows(tmp_path / "q.csv")] == [["'+a", "b", "c"], ["'=cmd", "'\t@x", "''a"]]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_quarantine_is_a_heading(form: Format, tmp_path: Path) -> None:
    export_quarantine(quarantine(), tmp_path / f"q.{form}")
    assert read_repaired(tmp_path / f"q.{form}", COLUMNS).num_rows == 0


def test_a_name_that_tells_no_format_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"q\.txt tells no format"):
        export_quarantine(FRAME, tmp_path / "q.txt")
    export_quarantine(FRAME, tmp_path / "q.txt", form="csv")
    assert csv_rows(tmp_path / "q.txt")[0][:6] == OURS


def test_a_cell_too_long_for_a_workbook_is_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="row 2, column note: 32,768 letters") as caught:
        export_quarantine(quarantine(("1", "2", "😀" * 16_384)), tmp_path / "q.xlsx")
    assert (caught.value.code, "--format csv" in caught.value.hint) == ("too_big_for_xlsx", True)
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_workbook_holds_are_an_error_at_once(tmp_path: Path) -> None:
    from ampenet_sync.quarantine.workbook import write_xlsx

    table = pa.table({"row_id": pa.repeat("a", 1_048_576)})
    with pytest.raises(ConfigError, match="1,048,576 rows of 1 columns don't fit"):
        write_xlsx(table, tmp_path / "q.xlsx", reasons={})


# What comes back


def exported(folder: Path, form: Format = "csv") -> Path:
    export_quarantine(FRAME, folder / f"q.{form}")
    return folder / f"q.{form}"


def phones(path: Path) -> list[str]:
    return read_repaired(path, COLUMNS)["source.phone"].to_pylist()


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "utf-8"), (";", "utf-8")]
)
def test_a_csv_is_read_as_spreadsheets_save_it(separator: str, encoding: str, tmp_path: Path) -> None:
    rows = csv_rows(exported(tmp_path))
    with (tmp_path / "saved.txt").open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows([*rows, [""] * len(rows[0])])
    assert phones(tmp_path / "saved.txt") == ["0754 00", "0755 00", ""]


def test_the_format_is_told_by_the_content_not_by_the_name(tmp_path: Path) -> None:
    for form in FORMATS:
        exported(tmp_path, form).rename(tmp_path / "given")
        assert phones(tmp_path / "given") == ["0754 00", "0755 00"]


def test_our_columns_but_the_row_id_may_be_deleted_moved_or_written_over(tmp_path: Path) -> None:
    rows = [
        [row[8], row[0], row[7], row[6], "done" if at else "reason"]
        for at, row in enumerate(csv_rows(exported(tmp_path)))
    ]
    with (tmp_path / "q.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert phones(tmp_path / "q.csv") == ["0754 00", "0755 00"]


def test_a_number_in_the_workbook_is_its_digits(tmp_path: Path) -> None:
    path = exported(tmp_path, "xlsx")
    edit(path, 2, "phone", 255712345678)
    edit(path, 3, "phone", 255712345679.0)
    assert phones(path) == ["255712345678", "255712345679"]


def test_a_sheet_with_another_name_and_place_is_found(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(exported(tmp_path, "xlsx"))
    book.worksheets[0].title = "Jumatatu"
    book.move_sheet("Jumatatu", 1)
    book.save(tmp_path / "q.xlsx")
    assert phones(tmp_path / "q.xlsx") == ["0754 00", "0755 00"]


def test_a_formula_without_its_result_is_an_error(tmp_path: Path) -> None:
    path = exported(tmp_path, "xlsx")
    edit(path, 2, "phone", "=A2")
    with pytest.raises(SourceError, match="row 2, column 8 holds a formula without a result") as caught:
        phones(path)
    assert caught.value.code == "formula"


def write(text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text.encode(encoding)) and None  # type: ignore[func-returns-value]


GOOD = "row_id,id,phone,note\na,1,2,3\n"
WRONG: list[tuple[str, str, Callable[[Path], None]]] = [
    ("no_row_id", "no column row_id", write("id,phone,note\n1,2,3\n")),
    ("no_row_id", "no column row_id", write("")),
    ("no_row_id", "no column row_id", write("%PDF-1.7 ...")),
    ("other_columns", "missing: note", write("row_id,id,phone\na,1,2\n")),
    ("other_columns", "missing: phone; not in the source: simu", write("row_id,id,simu,note\na,1,2,3\n")),
    ("other_columns", "not in the source: extra", write("row_id,id,phone,note,extra\na,1,2,3,4\n")),
    ("other_columns", "twice: id", write("row_id,id,phone,note,id\na,1,2,3,4\n")),
    ("ragged_row", "row 3 has more or fewer cells", write(GOOD + "b,1,2\n")),
    ("bad_csv", "a quote is opened", write(GOOD + 'b,"1,2,3\n')),
    ("bad_encoding", "not written in UTF-8", write(GOOD + "b,1,2,Zoë\n", "cp1252")),
    ("bad_encoding", "not written in UTF-8", lambda path: path.write_bytes(b"\xff\xfea") and None),
    ("bad_xlsx", "is damaged", lambda path: path.write_bytes(b"PK\x03\x04 and no more") and None),
    ("bad_parquet", "no whole Parquet file", lambda path: path.write_bytes(b"PAR1 and no more") and None),
    (
        "other_format",
        "not an .xlsx workbook",
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and None,
    ),
    ("no_row_id", "no column row_id", lambda path: pq.write_table(pa.table({"id": ["1"]}), path)),
    ("no_row_id", "no sheet has a column row_id", lambda path: openpyxl.Workbook().save(path)),
    ("missing_file", "No such file", lambda path: None),
    ("missing_file", "Is a directory", lambda path: path.mkdir()),
]


@pytest.mark.parametrize(("code", "said", "make"), WRONG)
def test_a_file_that_cannot_be_used_is_one_clear_error(
    code: str, said: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "given")
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "given", COLUMNS)
    assert caught.value.code == code and said in caught.value.message


@pytest.mark.parametrize("kept", [50, 400, 1500, 4000, -200, -30, -1])
@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_file_that_was_cut_off_is_an_error(form: Format, kept: int, tmp_path: Path) -> None:
    data = exported(tmp_path, form).read_bytes()
    (tmp_path / "cut").write_bytes(data[: kept if abs(kept) < len(data) else -7])
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "cut", COLUMNS)
    assert caught.value.code in ("bad_xlsx", "bad_parquet")


def test_a_parquet_file_that_pandas_wrote_is_read_with_its_numbers_and_blanks(tmp_path: Path) -> None:
    frame = pd.read_parquet(exported(tmp_path, "parquet")).assign(phone=[255712345678, 255712345679], note=[None, "x"])
    frame.to_parquet(tmp_path / "q.parquet")
    found = read_repaired(tmp_path / "q.parquet", COLUMNS)
    assert found["source.phone"].to_pylist() == ["255712345678", "255712345679"]
    assert found["source.note"].to_pylist() == ["", "x"]


def test_rows_that_a_filter_hides_are_read_too(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(exported(tmp_path, "xlsx"))
    book.worksheets[0].row_dimensions[2].hidden = True
    book.save(tmp_path / "q.xlsx")
    assert phones(tmp_path / "q.xlsx") == ["0754 00", "0755 00"]


def test_a_parquet_file_whose_text_is_none_is_an_error(tmp_path: Path) -> None:
    bytes_as_text = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
    )
    cells = {"row_id": ["a"], "id": ["1"], "phone": ["2"], "note": bytes_as_text}
    pq.write_table(pa.table(cells), tmp_path / "q.parquet")
    with pytest.raises(SourceError, match="no whole Parquet file"):
        read_repaired(tmp_path / "q.parquet", COLUMNS)


def test_a_repaired_file_that_is_not_there_is_answered_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "repair.xlsx").write_bytes(b"x")
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "repair.xslx", COLUMNS)
    assert caught.value.code == "missing_file" and f"did you mean {tmp_path / 'repair.xlsx'}?" in caught.value.hint
