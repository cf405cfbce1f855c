"""A segment's members as a query names them."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from ampenet_sync.contacts import Chosen, select_members
from ampenet_sync.errors import ConfigError, SourceError
from tests.customers.shop import CONFIG, Shop, read_customers

ROWS = ("1,0712345678,Asha,,,,,,,,", "2,0754123456,Juma,,,,,,,,", "3,071,Neema,,,,,,,,", "2,0754123456,Twin,,,,,,,,")
QUERY = "    members: {sql: {url: 'env:CRM', query: 'select QUERY'}}"
CRM = {"CRM": "sqlite:///crm.db"}


def chosen(shop: Shop, folder: Path, *keys: str | None, query: str = "k from m", text: str = CONFIG) -> Chosen:
    with sqlite3.connect(folder / "crm.db") as database:
        database.execute("create table m (k, other)")
        database.executemany("insert into m values (?, 1)", [(key,) for key in keys])
    config = shop(*ROWS, text=text.replace("    where: WHERE", QUERY.replace("QUERY", query)))
    intake = read_customers(config, environ={})
    return select_members(intake, config, segment="s", run_date=date(2026, 11, 30), environ=CRM)


def test_members_are_the_customers_whose_keys_are_named(shop: Shop, tmp_path: Path) -> None:
    found = chosen(shop, tmp_path, " 2 ", "1", "2")
    assert list(found.members["customer_key"]) == ["1", "2"] and found.unknown == 0


def test_keys_that_no_row_has_are_counted_and_quarantined_ones_are_not(shop: Shop, tmp_path: Path) -> None:
    found = chosen(shop, tmp_path, "2", "3", "8", "9", "", None)
    assert list(found.members["customer_key"]) == ["2"] and found.unknown == 2


def test_a_number_is_a_key_as_it_is_written(shop: Shop, tmp_path: Path) -> None:
    assert list(chosen(shop, tmp_path, "1", query="cast(k as integer) from m").members["customer_key"]) == ["1"]


def test_no_rows_are_never_an_empty_segment(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ampenet.yaml:14: segments.s.members: .* holds no rows") as caught:
        chosen(shop, tmp_path)
    assert caught.value.code == "empty_source"


def test_keys_of_another_kind_are_an_error(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none of its 2 keys is in") as caught:
        chosen(shop, tmp_path, "C-1", "C-2")
    assert caught.value.code == "unknown_members" and "column id" in caught.value.hint


def test_a_query_of_two_columns_is_refused(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the query has 2 columns"):
        chosen(shop, tmp_path, "1", query="* from m")


def test_without_keys_of_customers_nobody_can_be_named(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ampenet.yaml:13: segments.s.members: the customers have no keys") as caught:
        chosen(shop, tmp_path, "1", text=CONFIG.replace("  key: id\n", ""))
    assert caught.value.code == "bad_members"


def test_what_the_database_says_names_the_segment(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="members: the database said") as caught:
        chosen(shop, tmp_path, "1", query="k from gone")
    assert "customers.source" not in f"{caught.value} {caught.value.hint}"
