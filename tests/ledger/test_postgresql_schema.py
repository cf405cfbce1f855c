"""On PostgreSQL the ledger has a schema of its own: nobody's table is met, and what earlier versions made is moved."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger, create_ledger, open_ledger, suppressions
from ampenet_sync.ledger.throttle import open_throttle
from tests.services import POSTGRES_URL, require

PHONE = "255754000101"


@pytest.fixture
def base() -> Iterator[str]:
    """The address of an empty database, which is gone afterwards."""
    engine, name = require(POSTGRES_URL), f"ledger_{uuid.uuid4().hex[:12]}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f"CREATE DATABASE {name}")
        yield sa.make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
        db.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def tables(url: str, schema: str) -> set[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as db:
        return set(sa.inspect(db).get_table_names(schema))


def said(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as db:
        for statement in statements:
            db.exec_driver_sql(statement)


def earlier(base: str, folder: Path) -> Ledger:
    """One as earlier versions made it, in `public`, with a row."""
    ledger, _ = create_ledger(f"{base}?options=-csearch_path%3Dpublic", folder)
    suppressions.suppress(ledger, phone=PHONE, reason="asked")
    ledger.close()
    return ledger


def test_a_new_ledger_stands_beside_tables_of_the_same_names(base: str, tmp_path: Path) -> None:
    said(base, "create table meta (id int, note text)", "create table groups (id int)", "insert into groups values (7)")
    ledger, made = create_ledger(base, tmp_path)
    ledger.close()
    assert made and {"meta", "groups", "throttles"} <= tables(base, "ampenet")
    assert tables(base, "public") == {"meta", "groups"}


def test_its_schema_can_be_named(base: str, tmp_path: Path) -> None:
    ledger, _ = create_ledger(f"{base}?schema=shop_ledger", tmp_path)
    throttle = open_throttle(ledger, "key", 60, deadline=1.0, sleep=ledger.machine.sleep)
    throttle.close()
    ledger.close()
    assert "meta" in tables(base, "shop_ledger") and tables(base, "ampenet") == tables(base, "public") == set()
    with pytest.raises(LedgerError) as missing:
        open_ledger(base, tmp_path)
    assert missing.value.code == "no_ledger"


@pytest.mark.parametrize("name", ["Shop", "a;drop", "pg_x", 'a"b', "7a"])
def test_a_name_that_is_no_plain_one_is_refused(name: str, tmp_path: Path) -> None:
    url = sa.make_url(POSTGRES_URL).update_query_dict({"schema": name}).render_as_string(hide_password=False)
    with pytest.raises(LedgerError) as refused:
        open_ledger(url, tmp_path)
    assert refused.value.code == "ledger_url"


@pytest.mark.parametrize("door", [open_ledger, lambda url, folder: create_ledger(url, folder)[0]], ids=["open", "init"])
def test_one_of_an_earlier_version_is_moved_with_all_it_knows(door, base: str, tmp_path: Path) -> None:
    before = earlier(base, tmp_path)
    names = tables(base, "public")
    said(base, "create table public.customers (id int)")
    ledger = door(base, tmp_path)
    assert ledger.id == before.id and suppressions.all_suppressed(ledger).phones == {PHONE}
    assert suppressions.suppress(ledger, phone="255754000102", reason="asked"), "its numbers go on"
    ledger.close()
    assert (tables(base, "ampenet"), tables(base, "public")) == (names, {"customers"})


def test_of_many_that_open_it_one_moves_it(base: str, tmp_path: Path) -> None:
    before = earlier(base, tmp_path)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: open_ledger(base, tmp_path), range(6)))
    assert {ledger.id for ledger in found} == {before.id}
    for ledger in found:
        ledger.close()


def test_a_move_that_fails_leaves_the_old_one_as_it_was(base: str, tmp_path: Path) -> None:
    earlier(base, tmp_path)
    names = tables(base, "public")
    said(base, "create schema ampenet", "create table ampenet.suppressions (id int)")
    with pytest.raises(LedgerError, match="already exists"):
        open_ledger(base, tmp_path)
    assert tables(base, "public") == names and tables(base, "ampenet") == {"suppressions"}


@pytest.mark.parametrize(
    "foreign",
    ["create table meta (key text, value text)", "create table meta (id int)", "create table leases (id int)"],
)
def test_a_table_of_somebody_else_is_never_taken_for_one(foreign: str, base: str, tmp_path: Path) -> None:
    said(base, foreign)
    with pytest.raises(LedgerError) as missing:
        open_ledger(base, tmp_path)
    assert missing.value.code == "no_ledger" and tables(base, "ampenet") == set()
