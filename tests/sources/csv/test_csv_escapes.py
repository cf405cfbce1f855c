"""Backslashes that escape, as MySQL and phpMyAdmin write them: recognised where it is plain, asked where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pydantic import ValidationError

from ampenet_sync.config import Source
from ampenet_sync.sources.csv.read import csv_batches
from tests.examples import examples
from tests.sources.reading import Whole, read, refused, whole

HEAD = "id,name\n"
MANY = "1,Asha\n" * 700_000  # more than one block


def from_text(folder: Path, text: str, **options: str) -> Whole:
    (folder / "c.csv").write_text(text, encoding="utf-8", newline="")
    return read(folder, csv="c.csv", **options)


def names(folder: Path, *rows: str, **options: str) -> list[str]:
    return [row["name"] for row in from_text(folder, HEAD + "".join(f"{row}\n" for row in rows), **options).rows]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"O\'Neil", "O'Neil"),
        (r'"O\'Neil"', "O'Neil"),
        (r'"Asha \"Mama\" Juma"', 'Asha "Mama" Juma'),
        (r'"Asha \"Mama\", Juma"', 'Asha "Mama", Juma'),
        (r'"N\'gasa\\Juma"', r"N'gasa\Juma"),
        (r'"N\'gasa\nJuma\tAli"', "N'gasa\nJuma\tAli"),
        ('"N\\\'gasa\\\nJuma"', "N'gasa\nJuma"),
        (r"N\'gasa\, Juma", "N'gasa, Juma"),
        (r'"\'\\\'"', r"'\'"),
    ],
)
def test_escapes_of_mysql_become_what_they_mean(written: str, name: str, tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}1,{written}\n2,Zawadi\n")
    assert [row["name"] for row in found.rows] == [name, "Zawadi"] and found.faults == {}
    assert found.lines[1] == 2 + 1 + written.count("\n")


def test_escapes_in_a_heading_are_taken_off_too(tmp_path: Path) -> None:
    found = from_text(tmp_path, 'id,ng\\\'ombe,"a \\"b\\""\n1,3,x\n')
    assert found.rows == [{"id": "1", "ng'ombe": "3", 'a "b"': "x"}]
    needed = frozenset({"id", "ng'ombe"})
    (tmp_path / "c.csv").write_text("Ng\\'ombe wetu\nid;ng\\'ombe\n1;3\n2;4\n")
    assert read(tmp_path, needed, csv="c.csv").rows[0] == {"id": "1", "ng'ombe": "3"}


def test_nothing_is_nothing_where_escapes_are(tmp_path: Path) -> None:
    assert names(tmp_path, r"1,\N", r"2,O\'Neil", r"3,\NA") == ["", "O'Neil", "NA"]


def test_a_tab_separated_export_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "c.tsv").write_text("id\tname\tnote\n1\tO\\'Neil\ta\\tb\n")
    assert read(tmp_path, csv="c.tsv").rows == [{"id": "1", "name": "O'Neil", "note": "a\tb"}]


@pytest.mark.parametrize("name", [r"A\B", r"C:\new\table", r"\N", r"a\\b", r"\\server\share", "x\\", r"5\" pipe"])
def test_a_backslash_stays_where_nothing_says_that_it_escapes(name: str, tmp_path: Path) -> None:
    assert names(tmp_path, f"1,{name}", "2,Asha") == [name, "Asha"]


@pytest.mark.parametrize("cell", ['"C:\\"', '"5\\"""', '"a\\b"'])
def test_a_quote_behind_a_backslash_still_ends_a_cell(cell: str, tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}1,{cell}\n2,Asha\n")
    assert found.faults == {} and found.rows[0]["name"] == cell[1:-1].replace('""', '"')


@pytest.mark.parametrize("other", [r"A\B", r"https:\/\/x", '"C:\\"'])
def test_where_one_backslash_escapes_and_another_stands_for_itself_it_is_asked(other: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}1,{other}\n2,O\\'Neil\n")
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message[:8]) == ("unclear_escape", "c.csv:3:")
    assert "escape: '\\'" in error.hint and "escape: none" in error.hint and "Neil" not in error.message + error.hint


def test_the_setting_answers_it(tmp_path: Path) -> None:
    rows = (r"1,A\B", r"2,O\'Neil")
    assert names(tmp_path, *rows, escape="\\") == ["AB", "O'Neil"]
    assert names(tmp_path, *rows, escape="none") == ["A\\B", "O\\'Neil"]


@pytest.mark.parametrize("escape", ["/", "\\\\", "yes", ""])
def test_nothing_but_a_backslash_escapes(escape: str) -> None:
    with pytest.raises(ValidationError, match="write one backslash"):
        Source(csv="c.csv", escape=escape)


def test_escape_belongs_to_csv() -> None:
    with pytest.raises(ValidationError, match="escape belongs to csv, not to xlsx"):
        Source(xlsx="c.xlsx", escape="none")


def test_the_first_escape_may_come_late(tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}{MANY}2,O\\'Neil\n{MANY[:70]}3,\\'s\n")
    assert found.rows[-1]["name"] == "'s" and found.rows[700_000]["name"] == "O'Neil"


def test_an_escape_that_comes_after_plain_backslashes_is_asked_about_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}1,A\\B\n{MANY}2,O\\'Neil\n")
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message[:13]) == ("unclear_escape", "c.csv:700003:")


def test_a_plain_backslash_that_comes_after_escapes_is_asked_about_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}1,O\\'Neil\n{MANY}2,A\\B\n")
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message[:13]) == ("unclear_escape", "c.csv:700003:")


def test_a_row_that_is_quarantined_stands_there_as_it_is_written(tmp_path: Path) -> None:
    found = from_text(tmp_path, HEAD + "1,O\\'Neil\n2,a\\'b,\\\\c\n")
    assert (found.faults, found.written) == ({3: "ragged_row"}, {3: "2,a\\'b,\\\\c"})


def test_single_quotes_around_cells_are_escaped_too(tmp_path: Path) -> None:
    assert from_text(tmp_path, "'id','name'\n'1','O\\'Neil'\n'2','Asha'\n").rows[0]["name"] == "O'Neil"


CELLS = st.text(alphabet="a\\\"',;\n\t é", max_size=6)


def escaped(cell: str) -> str:
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t")):
        cell = cell.replace(plain, written)
    return f'"{cell}"'


@examples(300, HealthCheck.function_scoped_fixture)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), block=st.sampled_from([1, 2, 3, 7, 1000]))
def test_whatever_mysql_escapes_is_read_back_however_the_bytes_come(
    rows: list[tuple[str, str]], block: int, tmp_path: Path
) -> None:
    text = "x,y\n" + "".join(",".join(map(escaped, row)) + "\n" for row in rows)
    (tmp_path / "c.csv").write_text(text, encoding="utf-8", newline="")
    source = Source(csv="c.csv", delimiter=",", escape="\\")
    found = whole(list(csv_batches(source, folder=tmp_path, block_bytes=block)))
    assert [tuple(row.values()) for row in found.rows] == rows
    assert (found.lines, found.faults) == (list(range(2, len(rows) + 2)), {})
