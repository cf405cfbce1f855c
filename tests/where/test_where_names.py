"""Names of columns in `where`, in types and in rules: as people see them, and never one for another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.contacts import select_members
from ampenet_sync.errors import ConfigError
from ampenet_sync.quarantine import export_quarantine
from ampenet_sync.quarantine.export import source_columns
from ampenet_sync.quarantine.returned import read_repaired
from tests.customers.shop import read_customers

CONFIG = """\
customers:
  source: {csv: c.csv}
  key: "namba ya\\u00a0mwanachama"
  phone: simu
  types: {"alama  zote": integer}
  collisions: {newest: " ilibadilishwa "}
segments: {s: {where: WHERE}}
"""
HEADER = "\ufeffnamba  ya mwanachama,simu\u200b,jina la\u00a0kwanza, alama zote,ilibadilishwa,mji,mji \n"
ROWS = (
    "1,0712345678,Asha,5,2026-01-01,Moshi,Arusha\n"
    "1,0712345678,Neema,7,2026-02-01,Moshi,Arusha\n"
    "2,0754123456,Juma,20,2026-01-01,Mbeya,Moshi\n"
)


def config_of(folder: Path, where: str) -> Config:
    (folder / "c.csv").write_text(HEADER + ROWS, encoding="utf-8")
    quoted = "'" + where.replace("'", "''") + "'"
    (folder / "ampenet.yaml").write_text(CONFIG.replace("WHERE", quoted), encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={})


def members(folder: Path, where: str) -> list[str]:
    config = config_of(folder, where)
    found = select_members(read_customers(config), config, segment="s", run_date=date(2026, 11, 30))
    return list(found.members["customer_key"])


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("\"jina  la kwanza\" = 'Neema'", ["1"]),
        ("\"JINA LA\u00a0KWANZA\" = 'Neema'", ["1"]),
        ("\"jina la kwanza\" = 'Juma' or \"jina  la  kwanza\" = 'Neema'", ["1", "2"]),
        ('"alama zote" > 6', ["1", "2"]),
        ('"alama zote " > 6 and "alama  zote" < 10', ["1"]),
        ("\"mji (1)\" = 'Moshi'", ["1"]),
        ("\"MJI (2)\" = 'Moshi'", ["2"]),
        ("\"simu\ufeff\" like '07%'", ["1", "2"]),
    ],
)
def test_a_column_is_found_however_its_blanks_are_written(where: str, keys: list[str], tmp_path: Path) -> None:
    assert members(tmp_path, where) == keys


@pytest.mark.parametrize("name", ["mji", "MJI", '"mji "'])
def test_a_column_that_stands_twice_must_be_named_with_its_number(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        members(tmp_path, f"{name} = 'Moshi'")
    assert caught.value.code == "bad_where"
    assert 'stands 2 times in the source: write "mji (1)" or "mji (2)"' in caught.value.message


def test_a_column_that_is_not_there_is_answered_with_what_means_the_same(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        members(tmp_path, "first_name = 'Asha'")
    assert caught.value.hint.startswith("did you mean jina la kwanza? columns: namba ya mwanachama, simu, ")


def test_the_rule_of_the_newest_finds_its_column(tmp_path: Path) -> None:
    intake = read_customers(config_of(tmp_path, "true"))
    assert list(intake.customers["source.jina la kwanza"]) == ["Neema", "Juma"]


def test_a_quarantine_shows_the_names_as_they_are_seen_and_takes_them_back(tmp_path: Path) -> None:
    config = config_of(tmp_path, "true")
    (tmp_path / "c.csv").write_text(HEADER + "3,0712,Zawadi,1,2026-01-01,,\n", encoding="utf-8")
    quarantine = read_customers(config).quarantine
    columns = source_columns(list(quarantine.columns))
    assert columns[:3] == ["namba ya mwanachama", "simu", "jina la kwanza"] and columns[-2:] == ["mji (1)", "mji (2)"]
    export_quarantine(quarantine, tmp_path / "q.csv")
    spaced = (tmp_path / "q.csv").read_text(encoding="utf-8-sig").replace('"simu"', '" simu\u00a0"')
    (tmp_path / "q.csv").write_text(spaced, encoding="utf-8")
    assert read_repaired(tmp_path / "q.csv", columns)["source.simu"].to_pylist() == ["0712"]
