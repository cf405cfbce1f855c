"""Customers and quarantine on disk: private, whole, and the same when read back."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from ampenet_sync.customers import load_intake
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.files import write_private
from ampenet_sync.schemas import Customers, Quarantine
from tests.customers.shop import CONFIG, Shop, read_customers

ROWS = ("1,0712345678,Zoë,,,yes,5,,,,gold", '2,,"=1+1","\nx",,,,,,,@x')


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_intake_is_read_back_as_it_was(shop: Shop) -> None:
    intake = read_customers(shop(*ROWS))
    again = load_intake(intake.customers_path)
    assert again == intake
    assert (again.rows, again.usable, again.quarantined, again.reasons) == (2, 1, 1, {"blank": 1})


def test_both_tables_are_what_their_schemas_say(shop: Shop) -> None:
    intake = read_customers(shop(*ROWS))
    pd.testing.assert_frame_equal(Customers.validate(intake.customers, lazy=True), intake.customers)
    pd.testing.assert_frame_equal(Quarantine.validate(intake.quarantine, lazy=True), intake.quarantine)


def test_the_files_are_private_and_nothing_lies_beside_them(shop: Shop, tmp_path: Path) -> None:
    intake = read_customers(shop(*ROWS), folder=tmp_path / "deep" / "data")
    paths = [intake.customers_path, intake.quarantine_path]
    assert sorted((tmp_path / "deep" / "data").iterdir()) == sorted(paths)
    assert [mode(path) for path in paths] == [0o600, 0o600]
    assert mode(tmp_path / "deep") == mode(tmp_path / "deep" / "data") == 0o700


def test_the_same_rows_read_in_the_same_way_give_the_same_files(shop: Shop) -> None:
    first = read_customers(shop(*ROWS))
    before = first.customers_path.read_bytes(), first.quarantine_path.read_bytes()
    again = read_customers(shop(*ROWS))
    assert again == first and (again.customers_path.read_bytes(), again.quarantine_path.read_bytes()) == before


def test_another_way_of_reading_does_not_touch_the_files_of_the_first(shop: Shop) -> None:
    first = read_customers(shop(*ROWS))
    other = read_customers(shop(*ROWS, text=CONFIG.replace("  last_name: ukoo\n", "")))
    assert other.identity == first.identity and other.customers_path != first.customers_path
    assert load_intake(first.customers_path) == first


def test_an_error_on_the_way_leaves_no_file(shop: Shop, tmp_path: Path) -> None:
    def fail(rows: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_customers(shop(*ROWS), folder=tmp_path / "data", progress=fail)
    assert [path.name for path in (tmp_path / "data").iterdir()] == [".gitignore"]


def test_old_readings_and_what_a_killed_one_left_are_swept_away(shop: Shop, tmp_path: Path) -> None:
    old, left = tmp_path / "data" / "customers-0123.parquet", tmp_path / "data" / ".customers-x.tmp"
    new, growing = tmp_path / "data" / "quarantine-4567.parquet", tmp_path / "data" / ".quarantine-y.tmp"
    (tmp_path / "data").mkdir()
    for path, days in ((old, 8), (left, 1), (new, 6), (growing, 0)):
        path.write_bytes(b"")
        os.utime(path, (path.stat().st_mtime - days * 86_400,) * 2)
    intake = read_customers(shop(*ROWS), folder=tmp_path / "data")
    expected = [growing, new, intake.customers_path, intake.quarantine_path]
    assert sorted((tmp_path / "data").iterdir()) == sorted(expected)


def test_some_columns_of_the_first_rows_are_read_alone(shop: Shop) -> None:
    header = "id,simu,jina,ukoo,nchi,sms,points,spent,since,vip,id.x\n"
    intake = read_customers(shop(ROWS[0], "2,0754123456,,,,,,,,,b", header=header))
    assert intake.read(["source.id", "phone"], first=1).to_numpy().tolist() == [["1", "255712345678"]]
    assert list(intake.read(["source.id"]).columns) == ["source.id"]


def test_a_missing_half_is_an_error(shop: Shop) -> None:
    intake = read_customers(shop(*ROWS))
    intake.quarantine_path.unlink()
    with pytest.raises(SourceError, match="it is not there") as caught:
        load_intake(intake.customers_path)
    assert caught.value.code == "no_intake"


def test_a_damaged_file_is_an_error(shop: Shop) -> None:
    intake = read_customers(shop(*ROWS))
    intake.customers_path.write_bytes(b"nothing")
    with pytest.raises(SourceError, match="it is damaged"):
        load_intake(intake.customers_path)


def test_halves_of_two_readings_do_not_belong_together(shop: Shop) -> None:
    first, other = read_customers(shop(*ROWS)), read_customers(shop(ROWS[0]))
    other.quarantine_path.replace(first.quarantine_path)
    with pytest.raises(SourceError, match="don't belong together"):
        load_intake(first.customers_path)


def test_a_place_that_takes_no_file_is_named(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written") as caught:
        read_customers(shop(*ROWS), folder=tmp_path / "file")
    assert caught.value.code == "unwritable"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")

    def fail(beside: Path) -> None:
        beside.write_text("half")
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        write_private(tmp_path / "f", fail)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f", "old")]


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    write_private(tmp_path / "open" / "f", lambda beside: beside.write_text("x"))
    assert (mode(tmp_path / "open"), mode(tmp_path / "open" / "f")) == (0o755, 0o600)
