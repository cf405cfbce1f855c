"""A path that leads nowhere: the error says why it may, and what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.reading import read, refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("customers.csv", "wateja-2026.csv", "notes.txt"):
        (tmp_path / "data" / name).write_text("id\n1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("data/custmers.csv", "did you mean data/customers.csv?"),
        ("data/Customers.CSV", "did you mean data/customers.csv?"),
        ("data/customers", "did you mean data/customers.csv?"),
        ("data/customers.csv.csv", "did you mean data/customers.csv?"),
        ("data/customers.xlsx", "did you mean data/customers.csv?"),
        ("dta/customers.csv", "did you mean data?"),
        ("data/zzz.csv", "/data there are: customers.csv, notes.txt, wateja-2026.csv"),
        ("data/zzz-*.csv", "/data there are: customers.csv, notes.txt, wateja-2026.csv"),
        ("data", "it is a folder: name a file in it, or several as in data/*.csv"),
        ("data/customers.csv ", "there is one without the blank at its end"),
        (r"data\customers.csv", "write / between folders: data/customers.csv, which is there"),
        (r"data\other.csv", "write / between folders: data/other.csv;"),
        (r"C:\Users\Asha\customers.csv", "this is a path of Windows"),
        ("C:/Users/Asha/customers.csv", "this is a path of Windows"),
        (r"\\server\share\customers.csv", "this is a path of Windows"),
        ("data\new.csv", "in double quotes YAML reads \\n and \\t as one sign"),
        ("data\0.csv", "in double quotes YAML reads"),
        ("$HOME/customers.csv", "variables are not filled in"),
        ("%USERPROFILE%/customers.csv", "variables are not filled in"),
        ("https://example.org/customers.csv", "fetch it first"),
        ("file:///data/customers.csv", "write the path alone: /data/customers.csv"),
        ("~nobody-of-this-name/customers.csv", "~nobody-of-this-name stands for nobody's home here"),
        ("id,phone\n" * 2000, "in double quotes YAML reads"),
        ("x" * 5000, "/data"),
    ],
)
def test_the_hint_says_what_is_wrong_or_what_is_near(folder: Path, pattern: str, hint: str) -> None:
    base = folder if "x" * 9 not in pattern else folder / "data"
    error = refused(base, csv=pattern)
    assert error.code == "missing_file" and hint in error.hint and "customers.source" in error.hint


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_every_kind_of_file_has_the_hint(folder: Path, kind: str) -> None:
    assert refused(folder, **{kind: "data/custmers.csv"}).hint.startswith("did you mean data/customers.csv?")


def test_a_database_that_is_not_there_has_it_too(folder: Path) -> None:
    error = refused(folder, sql={"url": "sqlite:///data/custmers.csv", "table": "t"})
    assert error.hint == "did you mean data/customers.csv?; check the URL's path"


def test_names_that_may_be_phones_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / "255712345678.csv").write_text("id\n1\n")
    assert "there are: •••; " in refused(tmp_path, csv="zzz").hint


def test_a_path_from_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.csv").write_text("id\n1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read(tmp_path / "elsewhere", csv="~/c.csv").files == [str(tmp_path / "c.csv")]
