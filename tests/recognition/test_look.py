"""Which kind of file it is, and where its heading stands, when nobody has said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.recognition.look import LOOKED_AT, source_of
from tests.recognition.sheets import columns, lines, looked_at, recognised
from tests.sources.excel.workbooks import sheet, text_row, workbook
from tests.sources.kinds import written

ROWS = (("Na.", "Namba ya simu", "Jina"), ("1", "0754000101", "Asha"), ("2", "0754000102", "Juma"))
MEANT = {"phone": "Namba ya simu", "first_name": "Jina"}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_the_kind_is_known_by_the_bytes_whatever_the_name_says(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path, ROWS)
    other = (tmp_path / f"c.{kind}").rename(tmp_path / "wateja.dat")
    assert source_of(other, folder=tmp_path).kind == kind
    assert columns(recognised(other)) == MEANT


@pytest.mark.parametrize(
    "titles", [["CHAMA CHA UMOJA,,"], ["CHAMA CHA UMOJA", "Orodha ya 2026"], ["Umoja,,", ",,", ",,Moshi"]]
)
def test_a_heading_below_titles_is_looked_for(titles: list[str], tmp_path: Path) -> None:
    path = lines(tmp_path, *titles, *(",".join(row) for row in ROWS))
    seen = recognised(path)
    assert (columns(seen), seen.rows) == (MEANT, 2)


def test_a_heading_below_the_titles_of_a_workbook_is_looked_for(tmp_path: Path) -> None:
    written("xlsx", tmp_path, (("UMOJA", "", "Moshi"), ("", "", ""), *ROWS))
    assert columns(recognised(tmp_path / "c.xlsx")) == MEANT


def test_rows_that_end_in_one_comma_more_than_the_heading_are_read_below_it(tmp_path: Path) -> None:
    seen = recognised(lines(tmp_path, "Simu", "0754000101,", "0754000102,"))
    assert (columns(seen), seen.rows) == ({"phone": "Simu"}, 2)


def test_semicolons_and_blank_rows_need_no_word(tmp_path: Path) -> None:
    seen = recognised(lines(tmp_path, *(";".join(row) for row in ROWS), ";;", ";;"))
    assert (columns(seen), seen.rows) == (MEANT, 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty_source"), ("Simu,Jina\n", "empty_source"), ("%PDF-1.7 \n%abc\n", "other_format"),
     ("BEGIN:VCARD\nTEL:0754000101\n", "other_format"), ("<html><table></table></html>", "other_format")],
)  # fmt: skip
def test_a_file_that_holds_no_customers_is_one_clear_error(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "wateja.csv"
    path.write_text(text)
    with pytest.raises(SourceError) as caught:
        looked_at(path)
    assert caught.value.code == code and "0754" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("data", "said"),
    [(bytes(range(256)) * 20, "its bytes are no text"), (b"\0" * 5000, "its bytes are no text"),
     ("Simu,Jina\n".encode("utf-16-le") * 9, "not written in UTF-8")],
)  # fmt: skip
def test_bytes_that_are_no_text_are_told_from_a_text_in_another_encoding(
    data: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "wateja.csv").write_bytes(data)
    with pytest.raises(SourceError, match=said):
        looked_at(tmp_path / "wateja.csv")


def test_bytes_that_are_no_text_in_a_file_called_a_workbook_are_told_as_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "wateja.xlsx").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(SourceError, match="is no workbook") as caught:
        looked_at(tmp_path / "wateja.xlsx")
    assert caught.value.code == "other_format"


def test_a_heading_of_phones_with_a_comma_is_no_heading_of_several_columns(tmp_path: Path) -> None:
    seen = recognised(lines(tmp_path, '"Simu, WhatsApp"', "0754000101", "0754000102"))
    assert columns(seen) == {"phone": "Simu, WhatsApp"}


@pytest.mark.parametrize("name", ["wateja.xls", "wateja.csv"])
def test_an_old_workbook_is_named_as_such(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(SourceError, match=r"an old workbook \(\.xls\)") as caught:
        looked_at(tmp_path / name)
    assert "save it as .xlsx" in caught.value.hint


def test_a_missing_file_is_answered_with_what_is_there(tmp_path: Path) -> None:
    lines(tmp_path, "Simu", name="wateja.csv")
    with pytest.raises(SourceError) as caught:
        source_of(Path("watej.csv"), folder=tmp_path)
    assert (caught.value.code, caught.value.hint) == ("missing_file", "did you mean wateja.csv?")


def test_of_several_sheets_one_has_to_be_named(tmp_path: Path) -> None:
    rows = "".join(text_row(at, *row) for at, row in enumerate(ROWS, start=1))
    path = tmp_path / "c.xlsx"
    path.write_bytes(workbook(("Bei", "visible", sheet(text_row(1, "Bidhaa"))), ("Wateja", "visible", sheet(rows))))
    with pytest.raises(SourceError) as caught:
        recognised(path)
    assert caught.value.code == "which_sheet"
    assert columns(recognised(path, settings={"sheet": "Wateja"})) == MEANT


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"sheet": "Wateja"}, "source: sheet belongs to xlsx, not to csv"), ({"delimeter": ";"}, "source delimeter: ")],
)
def test_a_setting_of_another_kind_of_file_is_an_error(settings: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        source_of(lines(tmp_path, "Simu"), folder=tmp_path, settings=settings)
    assert caught.value.code == "bad_value" and caught.value.message.startswith(said)


def test_another_encoding_is_read_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("Simu,Jina\n0754000101,Zoë\n".encode("cp1252"))
    with pytest.raises(SourceError) as caught:
        recognised(path)
    assert caught.value.code == "bad_encoding"
    assert columns(recognised(path, settings={"encoding": "cp1252"})) == {"phone": "Simu", "first_name": "Jina"}


def test_of_a_long_file_the_first_rows_tell(tmp_path: Path) -> None:
    path = lines(tmp_path, "Simu", *(f"0754{at:06}" for at in range(LOOKED_AT + 5)))
    seen = recognised(path)
    assert (seen.rows, seen.whole, seen.columns["phone"].fits) == (LOOKED_AT, False, LOOKED_AT)
