"""Which files an export or a report may not be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.customers import settings_of
from ampenet_sync.errors import ConfigError
from ampenet_sync.quarantine.targets import check_target, free_name
from tests.customers.shop import CONFIG, Shop

WRONG = [
    ("{csv: customers.csv}", "customers.csv"),
    ("{csv: customers.csv}", "link.csv"),
    ("{csv: 'c*.csv'}", "c-rejected.csv"),
    ("{xlsx: 'in/*.xlsx'}", "in/repair.xlsx"),
    ("{parquet: in}", "in/repair.parquet"),
    ("{sql: {url: 'sqlite:///c.db', table: c}}", "c.db"),
]
RIGHT = [
    ("{csv: customers.csv}", "repair.csv"),
    ("{csv: 'c*.csv'}", "repair.csv"),
    ("{parquet: in}", "repair.parquet"),
    ("{sql: {url: 'sqlite:///c.db', table: c}}", "repair.csv"),
    ("{sql: {url: 'sqlite://', query: SELECT 1}}", "repair.csv"),
]


@pytest.mark.parametrize(("source", "name"), WRONG)
def test_nothing_is_written_where_the_source_is_read_from_or_would_be(
    source: str, name: str, shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link.csv").symlink_to("customers.csv")
    config = shop("1,0712345678,Asha,,,yes,,,,,a", text=CONFIG.replace("{csv: customers.csv}", source))
    with pytest.raises(ConfigError, match=r"customers\.source reads it") as caught:
        check_target(settings_of(config), tmp_path / name)
    assert caught.value.code == "precious_target"


@pytest.mark.parametrize(("source", "name"), RIGHT)
def test_any_other_place_is_fine(source: str, name: str, shop: Shop, tmp_path: Path) -> None:
    config = shop("1,0712345678,Asha,,,yes,,,,,a", text=CONFIG.replace("{csv: customers.csv}", source))
    check_target(settings_of(config), tmp_path / name)


def test_the_first_name_that_is_free_is_taken(tmp_path: Path) -> None:
    taken = tmp_path / "quarantine.xlsx"
    assert free_name(taken) == taken
    for path in (taken, tmp_path / "quarantine-2.xlsx"):
        path.touch()
    assert free_name(taken) == tmp_path / "quarantine-3.xlsx"
