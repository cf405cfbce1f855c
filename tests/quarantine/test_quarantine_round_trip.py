"""A quarantine goes out into a file and comes back letter by letter, whatever its cells hold."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ampenet_sync.quarantine.export import FORMATS, Format, export_quarantine
from ampenet_sync.quarantine.returned import compare, read_repaired
from tests.examples import examples
from tests.quarantine.sheets import COLUMNS, edit, quarantine

NASTY = [
    *("=1+1", "'=1+1", "''", "'", "+255712345678", "-1", "@SUM(A1)", " =1", "＝1", "\t=1", "\n", "\r", "\r\n", "a\rb"),
    *("\x00", "a\x01b", "\x0b\x0c\x1f", "_x0041_", "_x005F_x0041_", "_x0041_x0042_", "x005F_", "_x005F_", "_xD83D_"),
    *(" lead", "trail ", "  ", "0712345678", "00", "1e5", "2.55712E+11", "TRUE", "2026-01-05", "1/2", "#N/A", "NULL"),
    *(
        "😀👩‍👩‍👧",
        "مرحبا\u200f",
        "\u202egnp",
        "\ufeffx",
        "\ufffe\uffff",
        "\u2028",
        "é",
        "e\u0301",
        '"',
        'a"b""',
        ",;\t|",
    ),
    *("<t>&amp;</t>", "]]>", "x" * 300, "nan", "None", "\x7f\x85", "=cmd|' /C calc'!A0", "\U0010fffd"),
]
TEXTS = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=12), st.sampled_from(NASTY).flatmap(lambda a: st.just(a * 2))
)
slow = examples(60, HealthCheck.function_scoped_fixture)


def back(frame: pd.DataFrame, path: Path, columns: tuple[str, ...] = COLUMNS) -> list[tuple[str, ...]]:
    found = read_repaired(path, columns)
    assert found["row_id"].to_pylist() == list(frame["row_id"])
    return list(zip(*(found[f"source.{column}"].to_pylist() for column in columns), strict=True))


@pytest.mark.parametrize("form", FORMATS)
def test_every_nasty_text_comes_back_as_it_was(form: Format, tmp_path: Path) -> None:
    rows = [(text, "0754 00", text[::-1]) for text in [*NASTY, "y" * 30_000]]
    frame = quarantine(*rows)
    export_quarantine(frame, tmp_path / f"q.{form}")
    assert back(frame, tmp_path / f"q.{form}") == rows


@pytest.mark.parametrize("form", FORMATS)
@slow
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(form: Format, rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    frame = quarantine(*rows)
    export_quarantine(frame, tmp_path / f"q.{form}")
    assert back(frame, tmp_path / f"q.{form}") == rows
    compared = compare(
        read_repaired(tmp_path / f"q.{form}", COLUMNS), frame, None, phone="phone", form=form, name="q", imported=""
    )
    assert (compared.repaired, compared.untouched, compared.unknown) == ((), len(rows), ())


@pytest.mark.parametrize("form", FORMATS)
@slow
@given(names=st.lists(TEXTS, min_size=2, max_size=5, unique=True))
def test_any_column_name_comes_back_as_it_was(form: Format, names: list[str], tmp_path: Path) -> None:
    row = tuple(f"cell {at}" for at in range(len(names)))
    frame = quarantine(row, columns=names)
    export_quarantine(frame, tmp_path / f"q.{form}")
    assert back(frame, tmp_path / f"q.{form}", tuple(names)) == [row]


@slow
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=2, max_size=4))
def test_what_a_person_does_not_touch_in_the_workbook_stays_as_it_was(
    rows: list[tuple[str, ...]], tmp_path: Path
) -> None:
    frame = quarantine(*rows)
    export_quarantine(frame, tmp_path / "q.xlsx")
    edit(tmp_path / "q.xlsx", 3, "phone", "0754000102")
    assert back(frame, tmp_path / "q.xlsx") == [rows[0], (rows[1][0], "0754000102", rows[1][2]), *rows[2:]]


def test_texts_that_excel_shares_between_cells_come_back_as_they_were(tmp_path: Path) -> None:
    """Excel moves every text into one part of the file, which openpyxl reads in another way than texts in cells."""
    rows = [(text, text, "") for text in NASTY]
    frame = quarantine(*rows)
    export_quarantine(frame, tmp_path / "q.xlsx")
    _share(tmp_path / "q.xlsx")
    assert back(frame, tmp_path / "q.xlsx") == rows


def _share(path: Path) -> None:
    """Rewrite the workbook with its first sheet's texts in xl/sharedStrings.xml, as Excel saves it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    texts: list[str] = []

    def moved(found: re.Match[str]) -> str:
        texts.append(found[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(r't="inlineStr"><is>(<t.*?</t>)</is>', moved, parts[sheet], flags=re.DOTALL)
    name_space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{name_space}">' + "".join(f"<si>{t}</si>" for t in texts) + "</sst>"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    named = f'<Relationship Type="{relation}" Target="sharedStrings.xml" Id="rId9" /></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace("</Relationships>", named)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text.encode())
