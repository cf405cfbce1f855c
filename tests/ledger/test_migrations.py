"""Ledgers of older versions: brought up to date when opened, wholly or not at all, and nothing is forgotten."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import (
    Ledger,
    changes,
    create_ledger,
    intakes,
    migrations,
    open_ledger,
    plans,
    suppressions,
)
from ampenet_sync.ledger.engines import engine_at, locate
from ampenet_sync.ledger.links import Link
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.migrations import SCHEMA_VERSION
from ampenet_sync.ledger.plans import AcceptedSource
from ampenet_sync.machine import HERE
from tests.ledger import version1
from tests.links import links_of
from tests.messaged import messaged_phones
from tests.world import Clock

OTHER = "sqlite:///other.db"


@pytest.fixture(params=[1, 2, 5])
def old(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    """The address of a ledger of version 1, 2 or 5."""
    engine = sa.create_engine(url.replace("sqlite:///", f"sqlite:///{tmp_path}/"), poolclass=sa.NullPool)
    version1.build(engine)
    later = engine_at(locate(url, tmp_path), HERE)
    migrations.migrate(later, migrations.STEPS[: request.param - 1])
    later.dispose()
    return url


def version(ledger: Ledger) -> str | None:
    with ledger.read() as db:
        return db.scalar(sa.text("SELECT value FROM meta WHERE key = 'schema_version'"))


def shape(ledger: Ledger) -> dict[str, object]:
    """Tables with their columns and indexes, as the database tells them."""
    with ledger.read() as db:
        there = sa.inspect(db)
        return {
            name: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in there.get_columns(name)),
                sorted((i["name"] or "", *i["column_names"], i["unique"]) for i in there.get_indexes(name)),
                sorted(tuple(u["column_names"]) for u in there.get_unique_constraints(name)),
                there.get_pk_constraint(name)["constrained_columns"],
            )
            for name in there.get_table_names()
        }


def test_what_old_versions_remembered_is_remembered(old: str, tmp_path: Path) -> None:
    ledger = open_ledger(old, tmp_path, clock=Clock())
    assert (ledger.id, version(ledger)) == ("0123456789abcdef", str(SCHEMA_VERSION))
    asha = {"first_name": "Asha", "last_name": "Mollel"}
    assert links_of(ledger, 1, "g1") == [Link("u1", "k1", "255712000001", asha, True)]
    assert [claim.intent.phone for claim in changes.open_claims(ledger, 1, "g1")] == ["255712000002"]
    assert messaged_phones(ledger, Edition(1, "hello", "1")) == {"255712000001"}
    assert suppressions.all_suppressed(ledger).covers("255712000003", "")
    assert plans.accepted_source(ledger, "customers.csv") == AcceptedSource(rows=312, open_end=None)
    assert intakes.readings(ledger, "customers.csv") == []
    ledger.close()


def test_an_old_ledger_becomes_what_a_new_one_is(old: str, tmp_path: Path) -> None:
    brought = open_ledger(old, tmp_path, clock=Clock())
    found = shape(brought)
    brought.close()
    if old.startswith("postgresql"):
        with sa.create_engine(old, poolclass=sa.NullPool).begin() as connection:
            for table in found:
                connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
    new, made = create_ledger(old if old.startswith("postgresql") else OTHER, tmp_path, clock=Clock())
    assert made and shape(new) == found
    new.close()


def test_a_ledger_made_over_an_old_one_is_the_old_one(old: str, tmp_path: Path) -> None:
    ledger, made = create_ledger(old, tmp_path, clock=Clock())
    assert (made, ledger.id, version(ledger)) == (False, "0123456789abcdef", str(SCHEMA_VERSION))
    ledger.close()


def test_of_many_that_open_an_old_ledger_one_changes_it(old: str, tmp_path: Path) -> None:
    opened: list[str] = []

    def work() -> None:
        ledger = open_ledger(old, tmp_path, clock=Clock())
        opened.append(ledger.id)
        ledger.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == ["0123456789abcdef"] * 6


def test_a_step_that_fails_leaves_the_old_ledger_as_it_was(old: str, tmp_path: Path) -> None:
    def begin(db: sa.Connection) -> None:
        db.execute(sa.text("CREATE TABLE half (id INTEGER)"))

    def fail(db: sa.Connection) -> None:
        db.execute(sa.text("SELECT nothing FROM nowhere"))

    engine = engine_at(locate(old, tmp_path), HERE)
    with pytest.raises(LedgerError) as failed:
        migrations.migrate(engine, (*migrations.STEPS[:4], begin, fail))  # the newest of them has version 5
    engine.dispose()
    assert failed.value.code == "ledger_unusable"
    ledger = open_ledger(old, tmp_path, clock=Clock())
    assert "half" not in shape(ledger) and version(ledger) == str(SCHEMA_VERSION)
    ledger.close()


@pytest.mark.parametrize("written", [str(SCHEMA_VERSION + 1), "99", "0", "two", ""])
def test_a_version_we_do_not_know_is_refused_and_left_alone(
    ledger: Ledger, url: str, tmp_path: Path, written: str
) -> None:
    with ledger.write() as db:
        db.execute(sa.text("UPDATE meta SET value = :written WHERE key = 'schema_version'"), {"written": written})
    with pytest.raises(LedgerError) as refused:
        open_ledger(url, tmp_path, clock=Clock())
    assert refused.value.code == "ledger_schema" and "version of ampenet-sync that wrote it" in refused.value.hint
    assert version(ledger) == written
