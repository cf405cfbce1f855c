"""Delimiter, quote and header are recognised from the first lines; where two readings are as likely, it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ampenet_sync.config import Source
from tests.sources.reading import Whole, read, refused

ROWS = "k1,0712345678,Asha\nk2,0712345679,Juma\n"


def from_text(folder: Path, text: str, **options: str) -> Whole:
    (folder / "c.csv").write_bytes(text.encode())
    return read(folder, csv="c.csv", **options)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_four_delimiters_are_recognised(tmp_path: Path, sign: str) -> None:
    found = from_text(tmp_path, ("id,phone,name\n" + ROWS).replace(",", sign))
    assert found.rows[1] == {"id": "k2", "phone": "0712345679", "name": "Juma"}


def test_a_sign_that_stands_in_cells_alone_is_no_delimiter(tmp_path: Path) -> None:
    text = "id;amount;note\n1;1,50;a|b\n2;2,50;a|b\n3;3,50;c\n"
    assert from_text(tmp_path, text).rows[0] == {"id": "1", "amount": "1,50", "note": "a|b"}


def test_a_sign_that_stands_in_the_header_alone_is_no_delimiter(tmp_path: Path) -> None:
    assert from_text(tmp_path, "id,phone|mobile\n1,2\n3,4\n").rows[0] == {"id": "1", "phone|mobile": "2"}


def test_a_delimiter_within_quotes_does_not_count(tmp_path: Path) -> None:
    text = 'id;address\n1;"Street, 1; Dar"\n2;"Street, 2; Dar"\n'
    assert from_text(tmp_path, text).rows[1] == {"id": "2", "address": "Street, 2; Dar"}


def test_two_delimiters_that_fit_alike_are_asked_about(tmp_path: Path) -> None:
    text = "id;a,name\n1;x,y\n2;x,y\n"
    (tmp_path / "c.csv").write_text(text)
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message) == (
        "unclear_delimiter",
        "c.csv:1: the columns may be separated by commas or semicolons",
    )
    assert from_text(tmp_path, text, delimiter=";").rows[0] == {"id": "1", "a,name": "x,y"}


def test_a_configured_delimiter_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id;phone\n1;2\n")
    error = refused(tmp_path, csv="c.csv", delimiter="|")
    assert error.code == "other_separator" and "separated by semicolons" in error.message


def test_any_plain_sign_may_be_configured(tmp_path: Path) -> None:
    assert from_text(tmp_path, "id~phone\n1~'2~3'\n", delimiter="~", quote="'").rows == [{"id": "1", "phone": "2~3"}]


def test_the_word_tab_is_a_tab() -> None:
    assert Source(csv="c.csv", delimiter="tab").delimiter == "\t" == Source(csv="c.csv", delimiter="\\t").delimiter


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": "§"},
        {"delimiter": "a"},
        {"delimiter": "\n"},
        {"delimiter": ";;"},
        {"quote": "«"},
        {"delimiter": '"', "quote": '"'},
        {"encoding": "base64"},
        {"encoding": "rot13"},
        {"encoding": "unicode_escape"},
        {"encoding": "utf-9"},
    ],
)
def test_what_no_file_is_written_with_is_refused_in_the_configuration(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate({"csv": "c.csv", **options})


def test_single_quotes_are_recognised_where_the_whole_header_stands_in_them(tmp_path: Path) -> None:
    found = from_text(tmp_path, "'id';'phone'\n'1';'07;12'\n'it''s';'2'\n")
    assert found.rows == [{"id": "1", "phone": "07;12"}, {"id": "it's", "phone": "2"}]


def test_an_apostrophe_before_a_number_stays_text(tmp_path: Path) -> None:
    assert from_text(tmp_path, "id,phone\n1,'0712345678\n").rows[0]["phone"] == "'0712345678"


def test_excels_own_first_line_names_the_delimiter_and_is_no_header(tmp_path: Path) -> None:
    found = from_text(tmp_path, "sep=;\r\nid;phone\r\n1;2\r\n")
    assert (found.rows, found.lines) == ([{"id": "1", "phone": "2"}], [3])


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert from_text(tmp_path, 'phone\n0712345678\n""\n0712345679\n').rows[1:] == [
        {"phone": ""},
        {"phone": "0712345679"},
    ]


def test_blank_columns_without_a_name_at_the_end_are_left_out(tmp_path: Path) -> None:
    """As Excel exports them: it also leaves out the last separators of some rows."""
    found = from_text(tmp_path, 'id,phone,,\n1,2,,\n3,4\n5,"6",\n')
    assert found.rows == [{"id": "1", "phone": "2"}, {"id": "3", "phone": "4"}, {"id": "5", "phone": "6"}]
    assert found.faults == {}


def test_a_value_under_a_column_without_a_name_sets_its_row_aside(tmp_path: Path) -> None:
    found = from_text(tmp_path, "id,phone,\n1,2,\n3,4,x\n5,6,\n")
    assert (found.faults, found.written) == ({3: "ragged_row"}, {3: "3,4,x"})
    assert found.rows[1] == {"id": "", "phone": ""}


@pytest.mark.parametrize("name", ["2026-01-31", "31-01-2026", "2026", "phone 1", "points > 1000", "@handle", "mail"])
def test_a_name_with_digits_is_still_a_name(tmp_path: Path, name: str) -> None:
    assert from_text(tmp_path, f"id,{name}\n1,2\n").rows == [{"id": "1", name: "2"}]


@pytest.mark.parametrize("first", ["k1,0712345678", "k1,+255 712 345 678", '"k1","255712345678"', "asha@example.org,x"])
def test_a_first_line_that_is_a_record_is_said_to_be_none_of_names(tmp_path: Path, first: str) -> None:
    (tmp_path / "c.csv").write_text(f"\n{first}\n{first}\n")
    error = refused(tmp_path, csv="c.csv")
    assert error.code == "no_header" and error.message.startswith("c.csv:2: there is no header: column")


def test_a_title_above_the_header_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Customers\nid,phone,name\n" + ROWS * 3)
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message[:8]) == ("bad_header", "c.csv:1:") and "remove a title" in error.hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("BEGIN:VCARD\nTEL:1\n", "a file of contacts (vCard)"),
        ("BEGIN:VCALENDAR\n", "a calendar (iCalendar)"),
        ("-- PostgreSQL database dump\n", "a dump of a database (SQL)"),
        ("--\n-- Table structure\n--\n\nDROP TABLE IF EXISTS `c`;\n", "a dump of a database (SQL)"),
        ("/*!40101 SET NAMES utf8 */;\n", "a dump of a database (SQL)"),
        ("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS in the place of the file"),
        ("MIME-Version: 1.0\n", "an e-mail"),
    ],
)
def test_a_file_that_is_no_table_is_said_to_be_what_it_is(text: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(text)
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message) == ("other_format", f"c.csv is no CSV: it seems to be {what}") and error.hint


@pytest.mark.parametrize(
    "head", ["begin,end", "set,phone", "insert into", "create", "-- id --,phone", "from city", "pragma"]
)
def test_a_header_that_begins_like_another_format_is_a_header(head: str, tmp_path: Path) -> None:
    rows = "1,2\n" if "," in head else "1\n"
    assert len(from_text(tmp_path, f"{head}\n{rows}").rows) == 1
