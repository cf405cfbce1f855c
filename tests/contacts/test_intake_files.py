"""Customers and quarantine on disk: private, whole, and the same when read back."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from ampenet_sync.contacts import load_intake, read_customers, save_intake, write_private
from ampenet_sync.errors import SourceError
from tests.contacts.shop import Shop

ROWS = ("1,0712345678,Zoë,,,yes,5,,,,gold", '2,,"=1+1","\nx",,,,,,,@x')


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_intake_is_read_back_as_it_was(shop: Shop, tmp_path: Path) -> None:
    intake = read_customers(shop(*ROWS))
    customers, _ = save_intake(intake, tmp_path / "data")
    again = load_intake(customers)
    pd.testing.assert_frame_equal(again.customers, intake.customers)
    pd.testing.assert_frame_equal(again.quarantine, intake.quarantine)
    assert (again.identity, again.rows) == (intake.identity, 2)


def test_the_files_are_private_and_named_after_the_source(shop: Shop, tmp_path: Path) -> None:
    intake = read_customers(shop(*ROWS))
    paths = save_intake(intake, tmp_path / "deep" / "data")
    digest = intake.identity.digest[:16]
    assert [path.name for path in paths] == [f"customers-{digest}.parquet", f"quarantine-{digest}.parquet"]
    assert [mode(path) for path in paths] == [0o600, 0o600]
    assert mode(tmp_path / "deep") == mode(tmp_path / "deep" / "data") == 0o700
    assert len(list((tmp_path / "deep" / "data").iterdir())) == 2


def test_a_missing_half_is_an_error(shop: Shop, tmp_path: Path) -> None:
    customers, quarantine = save_intake(read_customers(shop(*ROWS)), tmp_path)
    quarantine.unlink()
    with pytest.raises(SourceError, match="it is not there") as caught:
        load_intake(customers)
    assert caught.value.code == "no_intake"


def test_a_damaged_file_is_an_error(shop: Shop, tmp_path: Path) -> None:
    customers, _ = save_intake(read_customers(shop(*ROWS)), tmp_path)
    customers.write_bytes(b"nothing")
    with pytest.raises(SourceError, match="it is damaged"):
        load_intake(customers)


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
