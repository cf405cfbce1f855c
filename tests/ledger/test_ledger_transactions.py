"""What a transaction of the ledger promises on either database, and that no error tells a secret or a phone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger, create_ledger, open_ledger, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.engines import begun
from tests.services import POSTGRES_URL, require
from tests.world import Clock

SECRET = "hunter2-s3cret"


def test_writers_wait_for_each_other(ledger: Ledger) -> None:
    def write(number: int) -> None:
        for step in range(5):
            suppressions.suppress(ledger, phone=f"2557120{number}{step}", reason="asked")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert suppressions.count(ledger) == 40


def test_what_a_writer_read_stays_true_until_it_commits(url: str, tmp_path: Path, ledger: Ledger) -> None:
    """Each reads a number and writes the next: without the lock two would write the same."""

    def add(_: int) -> None:
        own = open_ledger(url, tmp_path, clock=Clock())
        for _ in range(5):
            with own.write() as db:
                seen = int(db.scalar(text("SELECT value FROM meta WHERE key = 'counter'")) or 0)
                db.execute(text("DELETE FROM meta WHERE key = 'counter'"))
                db.execute(text("INSERT INTO meta VALUES ('counter', :next)"), {"next": str(seen + 1)})
        own.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    with ledger.read() as db:
        assert db.scalar(text("SELECT value FROM meta WHERE key = 'counter'")) == "20"


def test_a_reader_sees_one_state_and_keeps_no_writer_waiting(ledger: Ledger) -> None:
    count = text("SELECT count(*) FROM suppressions")
    with ledger.read() as db:
        assert db.scalar(count) == 0
        writer = threading.Thread(target=suppressions.suppress, args=(ledger,), kwargs={"phone": "2", "reason": "x"})
        writer.start()
        writer.join(100)
        assert not writer.is_alive() and db.scalar(count) == 0
    assert suppressions.count(ledger) == 1


def test_a_block_that_fails_writes_nothing(ledger: Ledger) -> None:
    with pytest.raises(KeyError), ledger.write() as db:
        suppressions.suppress_in(db, phone="255712000001", customer_key="", reason="asked", at=1.0)
        raise KeyError
    assert suppressions.count(ledger) == 0


def test_of_many_that_make_a_ledger_at_once_one_does(url: str, tmp_path: Path) -> None:
    def make(_: int) -> tuple[str, bool]:
        ledger, made = create_ledger(url, tmp_path, clock=Clock())
        ledger.close()
        return ledger.id, made

    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(make, range(6)))
    assert len({ledger for ledger, _ in made}) == 1 and [one for _, one in made].count(True) == 1


def test_an_error_of_the_database_names_no_phone(ledger: Ledger) -> None:
    with ledger.write() as db:
        db.execute(text("DROP TABLE suppressions"))
    with pytest.raises(LedgerError) as failed:
        suppressions.suppress(ledger, phone="255712000001", reason="asked")
    assert failed.value.code == "ledger_unusable"
    assert "255712000001" not in f"{failed.value}{failed.value.__context__}"


def test_neither_does_a_broken_rule(ledger: Ledger) -> None:
    row = {"phone": "255712000001", "customer_key": "", "reason": "asked", "created_at": 1.0}
    with pytest.raises(IntegrityError) as twice, ledger.write() as db:
        db.execute(insert(t.suppressions), row)
        db.execute(insert(t.suppressions), row)
    assert "255712000001" not in f"{twice.value!r}{twice.value}{twice.value.orig!r}{twice.value.__context__!r}"


def test_a_value_that_does_not_fit_is_not_repeated(postgresql_url: str, tmp_path: Path) -> None:
    ledger, _ = create_ledger(postgresql_url, tmp_path, clock=Clock())
    with pytest.raises(LedgerError) as failed, ledger.read() as db:
        db.execute(text("SELECT cast(:phone AS float)"), {"phone": "255712000001x"})
    assert "255712000001" not in f"{failed.value}{failed.value.__context__!r}"
    ledger.close()


def test_a_claim_is_on_the_disk_when_its_commit_returns(postgresql_url: str, tmp_path: Path) -> None:
    """Also where the server was told to be quick."""
    hasty = sa.make_url(postgresql_url)
    options = f"{hasty.query['options']} -csynchronous_commit=off"
    address = hasty.update_query_dict({"options": options}).render_as_string(hide_password=False)
    ledger, _ = create_ledger(address, tmp_path, clock=Clock())
    with ledger.write() as db:
        assert db.scalar(text("SHOW synchronous_commit")) == "on"
    with ledger.read() as db:
        assert db.scalar(text("SHOW synchronous_commit")) == "off"
    ledger.close()


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("read", ("repeatable read", "7s", "8s", "off")),
        ("write", ("read committed", "30s", "1min", "on")),
        ("slots", ("read committed", "30s", "1min", "off")),
        ("make", ("read committed", "30s", "1min", "on")),
    ],
)
def test_a_transaction_begins_in_one_message_with_all_its_settings_whatever_the_server_s_are(
    postgresql_url: str, tmp_path: Path, kind: str, settings: tuple[str, ...]
) -> None:
    names = ("transaction_isolation", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    server = "default_transaction_isolation=serializable lock_timeout=7s idle_in_transaction_session_timeout=8s"
    there = sa.make_url(postgresql_url)
    options = " ".join(
        [str(there.query["options"]), *(f"-c{each}" for each in server.split()), "-csynchronous_commit=off"]
    )
    address = there.update_query_dict({"options": options}).render_as_string(hide_password=False)
    ledger, _ = create_ledger(address, tmp_path, clock=Clock())
    sent = list[str]()
    sa.event.listen(ledger.engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    with begun(ledger.engine, kind) as db:
        assert len(sent) == 1 and sent[0].startswith("BEGIN")
        assert tuple(db.scalar(text(f"SHOW {name}")) for name in names) == settings
    with begun(ledger.engine, "read") as db:
        assert db.scalar(text("SHOW lock_timeout")) == "7s", "none of it outlives the transaction"
    ledger.close()


def test_who_waits_too_long_for_the_lock_is_refused_and_the_next_is_not(postgresql_url: str, tmp_path: Path) -> None:
    ledger, _ = create_ledger(postgresql_url, tmp_path, clock=Clock())
    other = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with other.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE meta IN EXCLUSIVE MODE")
        killer = threading.Timer(0.5, _cancel_who_waits, args=(other,))
        killer.start()
        with pytest.raises(LedgerError, match="can't be used"), ledger.write():
            raise AssertionError("it has no lock")
        killer.join()
    assert suppressions.suppress(ledger, phone="255712000001", reason="asked")
    ledger.close()


def _cancel_who_waits(engine: sa.Engine) -> None:
    """As the server does after `lock_timeout`, but at once."""
    with engine.begin() as db:
        db.exec_driver_sql(
            "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'meta'::regclass"
        )


def test_a_connection_the_server_closed_meanwhile_is_replaced(postgresql_url: str, tmp_path: Path) -> None:
    ledger, _ = create_ledger(postgresql_url, tmp_path, clock=Clock())
    with ledger.write() as db:
        number = db.scalar(text("SELECT pg_backend_pid()"))
    with sa.create_engine(postgresql_url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")
    assert suppressions.suppress(ledger, phone="255712000001", reason="asked")
    ledger.close()


def test_somebody_else_s_tables_are_not_taken_for_ours(postgresql_url: str, tmp_path: Path) -> None:
    with sa.create_engine(postgresql_url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (id integer)")
    with pytest.raises(LedgerError, match='"messages" already exists'):
        create_ledger(postgresql_url, tmp_path, clock=Clock())
    with pytest.raises(LedgerError) as missing:
        open_ledger(postgresql_url, tmp_path, clock=Clock())
    assert missing.value.code == "no_ledger"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://user:{secret}@127.0.0.1:1/db",
        "postgresql://user:{secret}@127.0.0.1:1/db",
        "postgres://user:{secret}@127.0.0.1:1/db?password={secret}",
        "mysql://user:{secret}@127.0.0.1/db",
        "postgresql+psycopg://user@127.0.0.1:1/db?password={secret}",
        "postgresql+psycopg://user:{secret}@127.0.0.1:1/db?nonsense={secret}",
        "postgresql+psycopg://user:{secret}@127.0.0.1:x/db",
        "postgresql+psycopg2://user:{secret}@127.0.0.1/db",
        "mysql+pymysql://user:{secret}@127.0.0.1/db",
        "user:{secret}@127.0.0.1/db",
    ],
)
def test_no_error_shows_the_password_of_the_address(address: str, tmp_path: Path) -> None:
    require(POSTGRES_URL)
    for open_it in (open_ledger, create_ledger):
        with pytest.raises(LedgerError) as failed:
            open_it(address.format(secret=SECRET), tmp_path, clock=Clock())
        told = failed.value
        assert SECRET not in f"{told!r}{told}{told.hint}{told.__context__!r}{told.__cause__!r}"


def test_a_ledger_does_not_show_its_address(ledger: Ledger) -> None:
    assert "://" not in repr(ledger)
