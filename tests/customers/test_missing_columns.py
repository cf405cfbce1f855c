"""Columns that the source has not are named all at once, each with what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.customers.written import nearest, nearest_name
from ampenet_sync.errors import ConfigError, SourceError
from tests.customers.shop import read_customers
from tests.sources.kinds import written

CONFIG = """\
customers:
  source: {SOURCE}
  key: customer_id
  phone: phone
  first_name: name
  fields: {CITY: city}
  types: {city: text}
segments: {all: {}}
"""


def config_of(folder: Path, source: str = "csv: c.csv", text: str = CONFIG) -> Config:
    (folder / "ampenet.yaml").write_text(text.replace("SOURCE", source), encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={})


def refused(folder: Path, *rows: tuple[str, ...], kind: str = "csv", text: str = CONFIG) -> ConfigError:
    written(kind, folder, rows)
    with pytest.raises(ConfigError) as caught:
        read_customers(config_of(folder, f"{kind}: c.{kind}", text))
    return caught.value


def test_all_missing_columns_are_named_at_once_each_with_its_place_and_its_nearest(tmp_path: Path) -> None:
    error = refused(tmp_path, ("Namba ya mwanachama", "Simu", "Jina", "Mji"), ("1", "0712", "Asha", "Moshi"))
    assert error.code == "missing_column"
    assert error.message == (
        "ampenet.yaml:3: customers.key: the source has no column 'customer_id'"
        "; nor 'phone' (ampenet.yaml:4: customers.phone); nor 'name' (ampenet.yaml:5: customers.first_name)"
        "; nor 'city' (ampenet.yaml:6: customers.fields.CITY)"
    )
    assert error.hint.startswith(
        "did you mean 'customer_id' → Namba ya mwanachama, 'phone' → Simu, 'name' → Jina, 'city' → Mji? columns: "
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_row_that_has_most_of_them_is_named(kind: str, tmp_path: Path) -> None:
    rows = (("CHAMA CHA UMOJA",), ("customer_id", "phone", "jina", "city"), ("1", "0712", "Asha", "Moshi"))
    error = refused(tmp_path, *rows, kind=kind)
    assert "no column 'name'" in error.message and error.hint.startswith("did you mean jina? columns: customer_id, ")
    assert "; the row that names most of them (3 of 4) is c." in error.hint and error.hint.endswith(":2")


def test_where_no_row_names_any_that_is_said(tmp_path: Path) -> None:
    error = refused(tmp_path, ("CHAMA",), ("a", "b", "c", "d"), ("1", "2", "3", "4"))
    assert error.hint == "columns: a, b, c, d; none of the first 100 rows of c.csv names any of them"


def test_upper_and_lower_case_stays_a_question(tmp_path: Path) -> None:
    error = refused(tmp_path, ("customer_id", "Phone", "name", "city"), ("1", "0712", "Asha", "Moshi"))
    assert error.hint.startswith("did you mean Phone? ")


def test_what_is_not_seen_is_no_difference(tmp_path: Path) -> None:
    written(
        "csv",
        tmp_path,
        (("\ufeffcustomer_id", "phone ", "name\u00a0", "ci\u00adty"), ("1", "0712345678", "Asha", "Moshi")),
    )
    assert read_customers(config_of(tmp_path)).column_names()[-4:] == [
        *("source.customer_id", "source.phone", "source.name", "source.city")
    ]


def test_a_heading_that_has_a_use_is_not_proposed_for_another(tmp_path: Path) -> None:
    error = refused(tmp_path, ("customer_id", "phone", "city", "surname"), ("1", "0712", "Moshi", "Mushi"))
    assert "no column 'name'" in error.message and not error.hint.startswith("did you mean")


def test_handed_in_rows_have_no_lines_to_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_customers(config_of(tmp_path), handed=pd.DataFrame({"customer_id": ["1"], "simu": ["0712"]}))
    assert caught.value.hint == "did you mean 'phone' → simu? columns: customer_id, simu"


def test_a_named_column_that_stands_twice_is_an_error_of_the_source(tmp_path: Path) -> None:
    written(
        "csv", tmp_path, (("customer_id", "phone", "name", "city", "phone"), ("1", "0712", "Asha", "Moshi", "0713"))
    )
    with pytest.raises(SourceError, match=r"c\.csv:1: columns of the same name: phone") as caught:
        read_customers(config_of(tmp_path))
    assert caught.value.code == "duplicate_column"
    assert read_customers(config_of(tmp_path, text=CONFIG.replace("phone: phone", "phone: phone (2)"))).rows == 1


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        ("phone", ["phones", "simu"], "phones"),
        ("phone", ["simu", "jina"], "simu"),
        ("simu", ["Mobile", "Jina"], "Mobile"),
        ("given_name", ["Jina la ukoo", "Jina la kwanza"], "Jina la kwanza"),
        ("name", ["surname", "jina"], "jina"),
        ("name", ["surname"], ""),
        ("tier", ["teir", "phone"], "teir"),
        ("mji", ["City", "Nchi"], "City"),
        ("points", ["phone"], ""),
    ],
)
def test_the_nearest_is_by_spelling_and_by_what_words_mean(word: str, names: list[str], near: str) -> None:
    hint = nearest(word, names)
    assert hint.startswith(f"did you mean {near}? ") if near else hint == f"columns: {', '.join(names)}"


def test_what_a_key_means_helps_where_its_own_name_says_nothing() -> None:
    assert nearest_name("kol_7", ["tier", "simu"], meaning="phone") == "simu"
