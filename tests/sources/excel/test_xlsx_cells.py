"""Cells of a workbook: every value becomes text that says exactly the same."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.reading import read


def cell(folder: Path, xml: str, **options: Any) -> str:
    """The text of B2, with a key beside it."""
    rows = text_row(1, "id", "v") + f'<row r="2"><c r="A2"><v>7</v></c>{xml}</row>'
    (folder / "c.xlsx").write_bytes(workbook(sheet(rows), **options))
    return read(folder, xlsx="c.xlsx").rows[0]["v"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("255712345678", "255712345678"),
        ("2.55712345678E11", "255712345678"),
        ("255712345678.0", "255712345678"),
        ("1500.0", "1500"),
        ("0.10000000000000001", "0.1"),
        ("-0", "0"),
        ("-12", "-12"),
        ("199001011234500012", "199001011234500012"),
        ("1.9900101123450001E+19", "1.9900101123450001E+19"),
        ("1e999", "1e999"),
        ("nan", "nan"),
    ],
)
def test_a_number_keeps_its_digits(tmp_path: Path, written: str, text: str) -> None:
    assert cell(tmp_path, f'<c r="B2"><v>{written}</v></c>') == text


@pytest.mark.parametrize(
    ("written", "style", "text"),
    [
        ("46356", 1, "2026-11-30"),
        ("46356.378472222219", 1, "2026-11-30T09:05:00"),
        ("0.378472222222222", 1, "09:05:00"),
        ("1.104166666666667", 2, "26:30:00"),
        ("46356", 3, "2026-11-30"),
        ("46356", 4, "46356"),
        ("712345678", 1, "712345678"),
        ("46356", 99, "46356"),
    ],
)
def test_a_date_is_written_as_iso_and_a_phone_in_a_date_format_keeps_its_digits(
    tmp_path: Path, written: str, style: int, text: str
) -> None:
    assert cell(tmp_path, f'<c r="B2" s="{style}"><v>{written}</v></c>') == text


def test_the_years_of_old_macintosh_workbooks_are_right(tmp_path: Path) -> None:
    assert cell(tmp_path, '<c r="B2" s="1"><v>44894</v></c>', book='<workbookPr date1904="1"/>') == "2026-11-30"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="B2" t="b"><v>1</v></c>', "true"),
        ('<c r="B2" t="b"><v>0</v></c>', "false"),
        ('<c r="B2" t="d"><v>2026-11-30T00:00:00</v></c>', "2026-11-30"),
        ('<c r="B2" t="str"><f>A2</f><v>0712</v></c>', "0712"),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="B2"><f>A2+1</f><v>8</v></c>', "8"),
        ('<c r="B2" t="s"><v>1</v></c>', " 007 "),
        ('<c r="B2" t="inlineStr"><is><r><t>As</t></r><r><t>ha</t></r><rPh><t>x</t></rPh></is></c>', "Asha"),
        ('<c r="B2" t="inlineStr"><is><t>a_x000D_b_x005F_x000D_ _xD83D__xDE00_</t></is></c>', "a\rb_x000D_ 😀"),
        ('<c r="B2" s="3"/>', ""),
        ('<c t="str"><v>no reference</v></c>', "no reference"),
    ],
)
def test_every_kind_of_cell_says_what_it_says(tmp_path: Path, xml: str, text: str) -> None:
    assert cell(tmp_path, xml, strings=["a", " 007 "]) == text


def test_elements_with_a_prefix_and_strict_workbooks_are_read(tmp_path: Path) -> None:
    rows = '<x:row><x:c t="str"><x:v>id</x:v></x:c></x:row><x:row><x:c><x:v>255712345678</x:v></x:c></x:row>'
    strict = f'<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    (tmp_path / "c.xlsx").write_bytes(workbook(strict))
    assert read(tmp_path, xlsx="c.xlsx").rows == [{"id": "255712345678"}]


def test_a_formula_without_its_result_sets_the_row_aside_with_what_is_written(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "phone", "name"], [1, "0712345678", "Asha"], [2, "=B2", "Ali, Juma"], [3, "0713345678", "=C2"]):
        book.active.append(row)
    book.save(tmp_path / "c.xlsx")
    found = read(tmp_path, frozenset({"id", "phone"}), xlsx="c.xlsx")
    assert found.faults == {3: "formula", 4: "formula"}  # any column: a segment may ask for it
    assert found.written == {3: '2,=B2,"Ali, Juma"', 4: "3,0713345678,=C2"}
    assert found.rows[1] == {"id": "", "phone": "", "name": ""}


def test_a_zero_that_nobody_calculated_is_no_result(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2"><f>B2*2</f><v>0</v></c><c r="B2"><v>0</v></c></row>'
    for name, book in (("left.xlsx", '<calcPr fullCalcOnLoad="1"/>'), ("done.xlsx", "<calcPr/>")):
        (tmp_path / name).write_bytes(workbook(sheet(text_row(1, "id", "v") + row), book=book))
    assert read(tmp_path, xlsx="left.xlsx").faults == {2: "formula"}
    assert read(tmp_path, xlsx="done.xlsx").rows == [{"id": "0", "v": "0"}]


def test_an_error_sets_its_row_aside_whether_it_was_calculated_or_pasted(tmp_path: Path) -> None:
    cells = ("<f>1/0</f><v>#DIV/0!</v>", "<v>#VALUE!</v>", "<v>#N/A</v>")
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}" t="e">{inside}</c></row>'
        for at, inside in enumerate(cells, start=2)
    )
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(text_row(1, "id", "name") + rows + text_row(5, "5", "Asha"))))
    found = read(tmp_path, xlsx="c.xlsx")
    assert found.faults == dict.fromkeys((2, 3, 4), "formula")
    assert found.written == {2: "2,#DIV/0!", 3: "3,#VALUE!", 4: "4,#N/A"} and found.rows[3]["name"] == "Asha"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<c><v>2.55712E11</v></c>", "2.55712E+11"),
        ("<c><v>255712000000</v></c>", "2.55712E+11"),
        ("<c><v>300000000000</v></c>", "3.0E+11"),
        ("<c><v>255712340000</v></c>", "255712340000"),
        ("<c><v>71200000</v></c>", "71200000"),
        ('<c t="str"><v>255712000000</v></c>', "255712000000"),
    ],
)
def test_a_phone_that_excel_has_rounded_is_handed_on_as_lost(tmp_path: Path, xml: str, text: str) -> None:
    rows = text_row(1, "phone", "id") + f'<row r="2">{xml}<c><v>255712000000</v></c></row>'
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(rows)))
    assert read(tmp_path, xlsx="c.xlsx", phone="phone").rows == [{"phone": text, "id": "255712000000"}]


def test_a_nul_and_a_cell_longer_than_excel_allows_set_their_rows_aside(tmp_path: Path) -> None:
    rows = (
        text_row(1, "id", "v") + text_row(2, "1", "a_x0000_") + text_row(3, "2", "x" * 32_768) + text_row(4, "3", "ok")
    )
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet(rows)))
    found = read(tmp_path, xlsx="c.xlsx")
    assert found.faults == {2: "unreadable_bytes", 3: "cell_too_long"}
    assert len(found.written[3]) == 10_000 and found.rows[2] == {"id": "3", "v": "ok"}


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 6)),
    st.text(
        st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"], exclude_characters="\ufffe\uffff_"), max_size=8
    ),
    st.dates(date(1901, 1, 1), date(2999, 1, 1)),
    st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda length: timedelta(seconds=length.seconds)),
)


@examples(150)
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_openpyxl_writes_is_read_as_openpyxl_reads_it(rows: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.xlsx"
        book = openpyxl.Workbook()
        book.active.append(["id", "a", "b", "c"])
        for row in rows:
            book.active.append(["key", *(None if isinstance(v, str) and v.startswith("=") else v for v in row)])
        book.save(path)
        peer = openpyxl.load_workbook(path, read_only=True, data_only=True)
        expected = [
            [said(value) for value in row] for row in peer.active.iter_rows(min_row=2, max_col=4, values_only=True)
        ]
        peer.close()
        found = read(Path(folder), frozenset({"id", "a", "b", "c"}), xlsx="c.xlsx")
    assert [list(row.values()) for row in found.rows] == expected


def said(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        case time():
            return value.isoformat()
    return str(value)
