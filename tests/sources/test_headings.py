"""Which row names the columns, and what they are called: one rule for every kind of source."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from tests.sources.kinds import FILES, KINDS, Rows, batches, cells, written
from tests.sources.reading import read, refused

NEEDED = ("id", "phone")
LISTED = ("1", "0712345678", "Asha")
TITLED = (("CHAMA CHA UMOJA",), ("Orodha, 2026", "kurasa 1"), ("id", "phone", "jina"), LISTED)


def failed(
    kind: str, folder: Path, *rows: tuple[str, ...], needed: tuple[str, ...] = NEEDED, **options: object
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        batches(kind, folder, *rows, needed=needed, **options)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_read_as_they_are_seen_in_every_source(kind: str, tmp_path: Path) -> None:
    names = ("\ufeffid ", "phone\u200b", "jina  la\u00a0kwanza")
    (row,) = cells(batches(kind, tmp_path, names, LISTED, needed=NEEDED))
    assert row == {"id": "1", "phone": "0712345678", "jina la kwanza": "Asha"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_line_break_within_a_heading_is_a_blank(kind: str, tmp_path: Path) -> None:
    assert list(cells(batches(kind, tmp_path, ("id", "phone", "Jina\nla kwanza"), LISTED, needed=NEEDED))[0])[2] == (
        "Jina la kwanza"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_stands_twice_and_that_nobody_names_is_no_error(kind: str, tmp_path: Path) -> None:
    (row,) = cells(batches(kind, tmp_path, ("id", "note", "phone", "note "), ("1", "a", "2", "b"), needed=NEEDED))
    assert row == {"id": "1", "note (1)": "a", "phone": "2", "note (2)": "b"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_stands_twice_and_is_named_is_an_error_that_shows_the_difference(
    kind: str, tmp_path: Path
) -> None:
    error = failed(kind, tmp_path, ("id", "phone", "phone\u00a0"), ("1", "2", "3"))
    assert error.code == "duplicate_column"
    assert error.message.endswith("columns of the same name: phone and phone⟨NBSP⟩")
    assert "'phone (1)'" in error.hint


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_two_columns_of_a_name_may_be_named_by_its_number(kind: str, tmp_path: Path) -> None:
    found = batches(kind, tmp_path, ("id", "phone", "phone"), ("1", "2", "3"), needed=("id", "phone (2)"))
    assert cells(found) == [{"id": "1", "phone (1)": "2", "phone (2)": "3"}]


def test_a_number_that_another_column_bears_is_passed_over(tmp_path: Path) -> None:
    found = batches("csv", tmp_path, ("id", "x", "x (1)", "x", "phone"), ("1", "a", "b", "c", "2"), needed=NEEDED)
    assert list(cells(found)[0]) == ["id", "x (2)", "x (1)", "x (3)", "phone"]


def test_files_whose_headings_look_alike_are_one_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,phone\n1,2\n")
    (tmp_path / "b.csv").write_text("Title\n\n id;phone\u00a0\n3;4\n", encoding="utf-8")
    assert read(tmp_path, frozenset(NEEDED), csv="*.csv").rows == [{"id": "1", "phone": "2"}, {"id": "3", "phone": "4"}]


@pytest.mark.parametrize("kind", FILES)
def test_the_heading_is_the_first_row_with_all_columns_that_are_needed(kind: str, tmp_path: Path) -> None:
    (batch,) = batches(kind, tmp_path, *TITLED, needed=NEEDED)
    assert batch.table.to_pylist() == [{"id": "1", "phone": "0712345678", "jina": "Asha"}]
    assert (batch.lines.to_pylist(), batch.heading, batch.rows_above) == ([4], 3, 2)


@pytest.mark.parametrize("kind", FILES)
def test_blank_rows_and_an_empty_column_beside_a_title_do_no_harm(kind: str, tmp_path: Path) -> None:
    rows = (("", "UMOJA", ""), ("", "", ""), ("", "id", "phone"), ("", "1", "0712345678"), ("", "2", "0712345679"))
    (batch,) = batches(kind, tmp_path, *rows, needed=NEEDED)
    assert batch.table["id"].to_pylist() == ["1", "2"] and (batch.heading, batch.rows_above) == (3, 1)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_delimiter_is_recognised_below_title_lines_that_hold_another(sign: str, tmp_path: Path) -> None:
    table = "id,phone,jina\n1,0712345678,Asha\n2,0712345679,Juma\n".replace(",", sign)
    (tmp_path / "c.csv").write_text(f'Chama, tawi, mji\r\nOrodha, yote, 2026\r\n\r\n"a, b"\r\n{table}')
    found = read(tmp_path, frozenset(NEEDED), csv="c.csv")
    assert (found.rows[1], found.lines) == ({"id": "2", "phone": "0712345679", "jina": "Juma"}, [6, 7])


def test_a_title_may_stand_below_a_separator_line_and_above_single_quotes(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("sep=;\nUmoja\n'id';'phone'\n'1';'07;12'\n")
    found = read(tmp_path, frozenset(NEEDED), csv="c.csv")
    assert (found.rows, found.lines) == ([{"id": "1", "phone": "07;12"}], [4])


def test_a_heading_below_titles_that_hold_line_breaks_keeps_the_lines_right(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"Chama\ncha\nUmoja",\nid,phone\n1,2\n')
    assert read(tmp_path, frozenset(NEEDED), csv="c.csv").lines == [5]


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(("titles", "heading"), [(99, 100), (100, 1)])
def test_a_heading_is_looked_for_in_a_hundred_rows(kind: str, titles: int, heading: int, tmp_path: Path) -> None:
    rows = [*[("a title", "of two")] * titles, ("id", "phone"), ("1", "0712345678")]
    assert batches(kind, tmp_path, *rows, needed=NEEDED)[0].heading == heading


@pytest.mark.parametrize("kind", FILES)
def test_where_no_row_has_all_columns_the_one_with_most_is_the_heading(kind: str, tmp_path: Path) -> None:
    (batch,) = batches(kind, tmp_path, ("Umoja",), ("id", "simu", "jina"), LISTED, needed=(*NEEDED, "jina"))
    assert (batch.heading, batch.table.column_names) == (2, ["id", "simu", "jina"])


@pytest.mark.parametrize("kind", FILES)
def test_where_no_row_has_any_column_it_is_the_first_one_that_is_wide_enough(kind: str, tmp_path: Path) -> None:
    (batch,) = batches(kind, tmp_path, ("Umoja",), ("namba", "simu", "jina"), ("a", "b", "c"), needed=NEEDED)
    assert (batch.heading, batch.table.column_names) == (2, ["namba", "simu", "jina"])


@pytest.mark.parametrize("kind", FILES)
def test_customers_above_the_heading_are_not_passed_over(kind: str, tmp_path: Path) -> None:
    """As after sorting a sheet together with its heading."""
    error = failed(kind, tmp_path, ("1", "0712345678"), ("id", "phone"), ("2", "0712345679"))
    assert error.code == "rows_above_heading" and "looks like a customer's (line 1)" in error.message
    assert "0712" not in error.message + error.hint


@pytest.mark.parametrize("kind", FILES)
def test_header_row_says_which_row_it_is(kind: str, tmp_path: Path) -> None:
    rows = (("id", "phone"), ("1", "0712345678"), ("id", "phone"), ("2", "0712345679"))
    (batch,) = batches(kind, tmp_path, *rows, needed=NEEDED, header_row=3)
    assert (batch.table["id"].to_pylist(), batch.lines.to_pylist(), batch.rows_above) == (["2"], [4], 2)


@pytest.mark.parametrize("kind", FILES)
def test_a_header_row_where_nothing_is_written_is_an_error(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path, (("id", "phone"), ("1", "2")))
    error = refused(tmp_path, frozenset(NEEDED), header_row=7, **{kind: f"c.{kind}"})
    assert error.code == "bad_header_row" and "7, which header_row names" in error.message


def test_header_row_counts_the_lines_of_an_editor(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"a\nb";c\n\nid;phone\n1;2\n')
    assert read(tmp_path, csv="c.csv", header_row=4).rows == [{"id": "1", "phone": "2"}]
    assert refused(tmp_path, csv="c.csv", header_row=3).code == "bad_header_row"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"parquet": "c.parquet", "header_row": 2}, "header_row belongs to csv and xlsx, not to parquet"),
        ({"csv": "c.csv", "header_row": 0}, "greater than or equal to 1"),
        ({"csv": "c.csv", "header_row": 1001}, "less than or equal to 1000"),
        ({"csv": "c.csv", "header_row": "two"}, "valid integer"),
    ],
)
def test_a_header_row_that_can_be_none_is_refused_in_the_configuration(source: Rows, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Source.model_validate(source)


@pytest.mark.parametrize("kind", FILES)
def test_lines_that_stand_in_one_cell_are_said_to_do_so(kind: str, tmp_path: Path) -> None:
    error = failed(kind, tmp_path, ("id,phone,jina",), ("1,0712345678,Asha",))
    assert error.code == "quoted_lines" and "Text to Columns" in error.hint


def test_quoted_lines_are_told_by_their_semicolons_and_below_a_title_too(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('Umoja\n"id;phone;""jina"""\n"1;0712345678;""Asha"""\n')
    error = refused(tmp_path, frozenset(NEEDED), csv="c.csv")
    assert (error.code, error.message[:8]) == ("quoted_lines", "c.csv:2:")


def test_quoted_lines_below_a_heading_without_quotes_are_told_too(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('id,phone,jina\n"1,0712345678,Asha"\n"2,0712345679,""Juma, Ali"""\n')
    assert refused(tmp_path, frozenset(NEEDED), csv="c.csv").code == "quoted_lines"


def test_one_column_whose_name_holds_a_comma_is_no_row_in_quotes(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"phone, mobile"\n"0712345678"\n')
    assert read(tmp_path, frozenset({"phone, mobile"}), csv="c.csv").rows == [{"phone, mobile": "0712345678"}]


def test_blank_cells_at_the_end_of_every_row_are_read_over(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,phone\n1,2,,\n3,4, ,\n5,6,x,\n7,8\n")
    found = read(tmp_path, frozenset(NEEDED), csv="c.csv")
    assert [row["id"] for row in found.rows] == ["1", "3", "", "7"]
    assert (found.faults, found.written) == ({4: "ragged_row"}, {4: "5,6,x,"})


def test_a_blank_cell_at_the_end_of_one_row_may_be_a_comma_that_shifted_it(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,phone\n1,2\n3,4,\n5,6\n")
    assert read(tmp_path, frozenset(NEEDED), csv="c.csv").faults == {3: "ragged_row"}


def test_a_value_in_an_empty_column_that_has_no_name_sets_its_row_aside(tmp_path: Path) -> None:
    rows = "".join(f",{at},0712345678\n" for at in range(300))
    (tmp_path / "c.csv").write_text(f",id,phone\n{rows}x,301,0712345678\n")
    found = read(tmp_path, frozenset(NEEDED), csv="c.csv")
    assert (len(found.rows), found.faults) == (301, {302: "ragged_row"})
