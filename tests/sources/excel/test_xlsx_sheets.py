"""Which sheet, which row is the heading, which rows count: found where it is plain, asked for where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.reading import read, refused

NEEDED = frozenset({"id", "phone"})
TABLE = text_row(1, "id", "phone") + text_row(2, "1", "0712345678") + text_row(3, "2", "0713345678")


def put(folder: Path, *sheets: str | tuple[str, str, str], name: str = "c.xlsx") -> None:
    (folder / name).write_bytes(workbook(*sheets))


def test_a_heading_is_found_below_title_rows(tmp_path: Path) -> None:
    rows = text_row(1, "Customers of Dodoma") + text_row(3, "", "made on Monday") + text_row(5, "id", "phone", "city")
    put(tmp_path, sheet(rows + text_row(6, "1", "0712345678", "Dodoma") + text_row(9, "2", "0713345678")))
    for needed in (NEEDED, frozenset[str]()):
        found = read(tmp_path, needed, xlsx="c.xlsx")
        assert found.rows == [
            {"id": "1", "phone": "0712345678", "city": "Dodoma"},
            {"id": "2", "phone": "0713345678", "city": ""},
        ]
        assert found.lines == [6, 9] and found.files == ["c.xlsx!Sheet1"]


def test_a_heading_with_the_needed_columns_wins_over_a_wider_row(tmp_path: Path) -> None:
    rows = text_row(1, "id", "phone") + text_row(2, "1", "0712345678", "", "a note beside", "and another", "one more")
    put(tmp_path, sheet(rows))
    assert read(tmp_path, NEEDED, xlsx="c.xlsx").rows == [{"id": "1", "phone": "0712345678"}]


def test_rows_without_any_heading_are_an_error(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>255712345678</v></c></row>'
    put(tmp_path, sheet(row + row.replace('1"', '2"')))
    error = refused(tmp_path, xlsx="c.xlsx")
    assert (error.code, error.message) == ("no_heading", "c.xlsx!Sheet1: no row names the columns")


def test_the_same_name_twice_is_an_error_with_file_sheet_and_row(tmp_path: Path) -> None:
    put(tmp_path, sheet(text_row(2, "id", "phone", "phone") + text_row(3, "1", "2", "3")))
    for needed in (NEEDED, frozenset[str]()):
        error = refused(tmp_path, needed, xlsx="c.xlsx")
        assert (error.code, error.message) == ("duplicate_column", "c.xlsx!Sheet1:2: columns of the same name: phone")


@pytest.mark.parametrize("cells", [("1", "x", "2"), ("1", "", "2", "x")])
def test_values_below_no_name_are_an_error(tmp_path: Path, cells: tuple[str, ...]) -> None:
    put(tmp_path, sheet(text_row(1, "id", "", "phone") + text_row(2, *cells)))
    error = refused(tmp_path, NEEDED, xlsx="c.xlsx")
    assert error.code == "nameless_column" and error.message.startswith("c.xlsx!Sheet1:2: ")


def test_an_empty_column_and_notes_beyond_the_table_do_no_harm(tmp_path: Path) -> None:
    put(
        tmp_path,
        sheet(text_row(1, "id", "", "phone") + text_row(2, "1", "", "2", "", "call her") + text_row(3, *"   ")),
    )
    assert read(tmp_path, NEEDED, xlsx="c.xlsx").rows[0] == {"id": "1", "phone": "2"}


def test_a_heading_without_rows_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, sheet(text_row(1, "id", "phone") + '<row r="2"><c r="A2" s="1"/></row>'))
    assert refused(tmp_path, NEEDED, xlsx="c.xlsx").code == "empty_source"


def test_several_filled_sheets_are_asked_about(tmp_path: Path) -> None:
    put(tmp_path, ("Old", "visible", sheet(TABLE)), ("Now", "visible", sheet(TABLE)), ("Empty", "visible", sheet("")))
    error = refused(tmp_path, NEEDED, xlsx="c.xlsx")
    assert (error.code, error.message) == ("which_sheet", "c.xlsx has several filled sheets: Old, Now")
    assert read(tmp_path, NEEDED, xlsx="c.xlsx", sheet="Now").files == ["c.xlsx!Now"]


def test_a_hidden_sheet_counts_only_when_it_is_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        ("Now", "visible", sheet(TABLE)),
        ("Lists", "veryHidden", sheet(text_row(1, "id", "phone") + text_row(2, "9", "9"))),
    )
    assert read(tmp_path, NEEDED, xlsx="c.xlsx").files == ["c.xlsx!Now"]
    assert read(tmp_path, NEEDED, xlsx="c.xlsx", sheet="Lists").rows == [{"id": "9", "phone": "9"}]


def test_rows_in_hidden_sheets_only_are_asked_about(tmp_path: Path) -> None:
    put(tmp_path, ("Now", "visible", sheet("")), ("Lists", "hidden", sheet(TABLE)))
    error = refused(tmp_path, xlsx="c.xlsx")
    assert (error.code, error.message) == ("which_sheet", "c.xlsx has rows in hidden sheets only: Lists")


def test_a_sheet_that_is_not_there_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    put(tmp_path, ("Customers", "visible", sheet(TABLE)))
    error = refused(tmp_path, xlsx="c.xlsx", sheet="customer")
    assert (error.code, error.hint) == ("missing_sheet", "did you mean 'Customers'?")


def test_nothing_in_any_sheet_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, sheet(""), sheet('<row r="1"><c r="A1"/></row>'))
    assert refused(tmp_path, xlsx="c.xlsx").code == "empty_source"


@pytest.mark.parametrize(
    ("attributes", "before"),
    [
        ('hidden="1"', ""),
        ('ht="0" customHeight="1"', ""),
        ('hidden="true" outlineLevel="1"', ""),
        ("", '<sheetFormatPr zeroHeight="1"/>'),
    ],
)
def test_hidden_rows_are_asked_about(tmp_path: Path, attributes: str, before: str) -> None:
    rows = text_row(1, "id", "phone", attributes='hidden="0"') + text_row(2, "1", "2", attributes='hidden="0"')
    put(tmp_path, sheet(rows + text_row(3, "3", "4", attributes=attributes), before=before))
    error = refused(tmp_path, NEEDED, xlsx="c.xlsx")
    assert (error.code, error.message) == ("hidden_rows", "c.xlsx!Sheet1: row 3 is hidden")
    assert "rows: visible" in error.hint
    assert read(tmp_path, NEEDED, xlsx="c.xlsx", rows="visible").lines == [2]
    assert read(tmp_path, NEEDED, xlsx="c.xlsx", rows="all").lines == [2, 3]


def test_the_hidden_rows_are_counted(tmp_path: Path) -> None:
    hidden = "".join(text_row(number, str(number), "2", attributes='hidden="1"') for number in range(3, 20_003))
    put(tmp_path, sheet(text_row(1, "id", "phone") + text_row(2, "1", "2") + hidden))
    assert refused(tmp_path, xlsx="c.xlsx").message == "c.xlsx!Sheet1: 20000 rows are hidden, the first is row 3"
    (tmp_path / "d.xlsx").write_bytes(workbook(sheet(text_row(1, "id", "phone") + hidden)))
    assert refused(tmp_path, xlsx="d.xlsx", rows="visible").message.endswith("no rows (20000 are hidden)")


def test_hidden_rows_above_the_heading_and_blank_ones_are_nobodys_business(tmp_path: Path) -> None:
    blank = '<row r="9" hidden="1"><c r="A9" s="1"/></row>'
    rows = text_row(1, "Title", attributes='hidden="1"') + text_row(2, "id", "phone") + text_row(3, "1", "2") + blank
    put(tmp_path, sheet(rows))
    assert read(tmp_path, NEEDED, xlsx="c.xlsx").lines == [3]


def test_a_hidden_column_is_read_like_any_other(tmp_path: Path) -> None:
    put(tmp_path, sheet(TABLE, before='<cols><col min="2" max="2" hidden="1"/></cols>'))
    assert read(tmp_path, NEEDED, xlsx="c.xlsx").rows[0]["phone"] == "0712345678"


def test_merged_cells_have_their_value_in_the_first_row_only(tmp_path: Path) -> None:
    rows = text_row(1, "id", "phone") + text_row(2, "1", "0712345678") + text_row(3, "2")
    put(tmp_path, sheet(rows, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'))
    assert [row["phone"] for row in read(tmp_path, NEEDED, xlsx="c.xlsx").rows] == ["0712345678", ""]


def test_a_wrong_stated_size_hides_no_rows(tmp_path: Path) -> None:
    put(tmp_path, sheet(TABLE, before='<dimension ref="A1:A2"/>'))
    assert len(read(tmp_path, NEEDED, xlsx="c.xlsx").rows) == 2


def test_a_glob_reads_its_workbooks_in_order_and_passes_over_excels_owner_files(tmp_path: Path) -> None:
    put(tmp_path, ("South", "visible", sheet(TABLE)), name="b.xlsx")
    put(tmp_path, ("North", "visible", sheet(TABLE)), name="a.xlsx")
    (tmp_path / "~$a.xlsx").write_bytes(b"\x05Asha")
    found = read(tmp_path, NEEDED, xlsx="*.xlsx")
    assert found.files == ["a.xlsx!North", "b.xlsx!South"] and found.lines == [2, 3, 2, 3]


def test_other_columns_in_a_second_workbook_are_an_error_with_its_row(tmp_path: Path) -> None:
    put(tmp_path, sheet(TABLE), name="a.xlsx")
    put(tmp_path, sheet(text_row(4, "phone", "id") + text_row(5, "1", "2")), name="b.xlsx")
    error = refused(tmp_path, NEEDED, xlsx="*.xlsx")
    assert error.code == "other_header" and error.message.startswith("b.xlsx!Sheet1:4: other columns")
