"""The ledger as a file: made once and on purpose, private, durable, and silent about whom it knows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import create_ledger, open_ledger, suppressions
from tests.world import Clock

URL = "sqlite:///data/ledger.db"


def test_a_ledger_is_made_once_and_keeps_its_identity(tmp_path: Path) -> None:
    first, made = create_ledger(URL, tmp_path, clock=Clock())
    second, again = create_ledger(URL, tmp_path, clock=Clock())
    assert (made, again) == (True, False) and first.id == second.id
    first.close()
    second.close()


def test_a_missing_ledger_is_an_error_and_is_not_made_in_passing(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as missing:
        open_ledger(URL, tmp_path, clock=Clock())
    assert missing.value.code == "no_ledger" and "ledger init" in missing.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    with pytest.raises(LedgerError) as missing:
        open_ledger("sqlite:///ledger.db", tmp_path, clock=Clock())
    assert missing.value.code == "no_ledger"


def test_another_database_is_no_ledger_and_garbage_is_said_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.executescript("create table shop (id)")
    (tmp_path / "garbage.db").write_bytes(b"no database at all" * 100)
    for name, code in (("other.db", "no_ledger"), ("garbage.db", "ledger_unusable")):
        with pytest.raises(LedgerError) as refused:
            open_ledger(f"sqlite:///{name}", tmp_path, clock=Clock())
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite://", "ledger_url"),
        ("sqlite:///:memory:", "ledger_url"),
        ("nonsense", "ledger_url"),
        ("mysql+pymysql://localhost/x", "not_supported_yet"),
        ("postgresql+psycopg2://localhost/x", "ledger_url"),
        ("nothing+known://localhost/x", "ledger_url"),
    ],
)
def test_an_address_that_would_forget_or_is_not_understood_is_refused(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(LedgerError) as refused:
        create_ledger(url, tmp_path, clock=Clock())
    assert refused.value.code == code


def test_the_ledger_and_its_side_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    ledger, _ = create_ledger(URL, tmp_path, clock=Clock())
    suppressions.suppress(ledger, phone="255712000001", reason="asked")
    files = sorted((tmp_path / "data").iterdir())
    assert [file.name for file in files] == [".gitignore", "ledger.db", "ledger.db-shm", "ledger.db-wal"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    ledger.close()


def test_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    ledger, _ = create_ledger(URL, tmp_path, clock=Clock())
    with ledger.read() as db:
        assert db.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert db.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.scalar(text("PRAGMA secure_delete")) == 1
    ledger.close()
