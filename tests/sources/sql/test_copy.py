"""PostgreSQL's rows by COPY are letter by letter those that are fetched one by one, and end as surely."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ampenet_sync.config import Source
from ampenet_sync.config.bounds import BATCH_BYTES
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import Batch, open_batches
from tests.examples import examples
from tests.services import POSTGRES_URL, require

FETCHED = "; -- a comment behind the end is nothing for COPY"
SIGNS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from('\ufeff"\\,\r\n\tN.')
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": SIGNS,
    "varchar": st.sampled_from(["", "\\.", "\\N", "NULL", '"', "\ufeff", "NaN", "t"]),
    "char(3)": st.sampled_from(["", "a", "abc"]),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(-(10**30), 10**30, places=20) | st.sampled_from(["NaN", "Infinity", "1e40"]),
    "float8": st.floats(),
    "float4": st.floats(width=32),
    "boolean": st.booleans(),
    "uuid": st.uuids(),
    "date": st.dates() | st.sampled_from(["infinity", "-infinity", "0044-03-15 BC", "10000-01-01"]),
    "timestamp": st.datetimes() | st.sampled_from(["infinity", "0044-03-15 BC", "10000-01-01"]),
    "timestamptz": st.datetimes(timezones=st.just(UTC))
    | st.datetimes(timezones=st.just(timezone(timedelta(hours=-5, minutes=-30))))
    | st.sampled_from(["infinity", "-infinity", "0044-03-15 BC", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59-05"]),
    "time": st.times(),
    "timetz": st.times(timezones=st.just(UTC)),
    "interval": st.timedeltas(timedelta(days=-9999), timedelta(days=9999)) | st.just("1 year 2 mons -3 days"),
    "bit(4)": st.sampled_from(["0000", "1010"]),
    "money": st.decimals(-(10**9), 10**9, places=2),
}


ZONES = ["UTC", "Africa/Nairobi", "America/New_York"]


def batches(query: str, url: str = POSTGRES_URL, **what: object) -> Iterator[Batch]:
    source = Source.model_validate({"sql": {"url": url, "query": query, **what}})
    return open_batches(source, folder=Path("/"), environ={})


def rows(query: str, url: str = POSTGRES_URL) -> list[dict[str, str]]:
    return [row for batch in batches(query, url) for row in batch.table.to_pylist()]


def refused(query: str, **what: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        list(batches(query, **what))
    return caught.value


def with_options(options: str) -> str:
    return sa.make_url(POSTGRES_URL).update_query_dict({"options": options}).render_as_string(hide_password=False)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Iterator[tuple[sa.Engine, str]]:
    """An empty table of a number `n` and `v` of the asked type."""
    engine, name = require(POSTGRES_URL), f"copied_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table {name} (n int, v {request.param})")
    yield engine, name
    with engine.begin() as connection:
        connection.exec_driver_sql(f"drop table {name}")
    engine.dispose()


@pytest.mark.parametrize(("table", "kind"), [(kind, kind) for kind in KINDS], indirect=["table"], ids=str)
@examples(8, HealthCheck.function_scoped_fixture)
@given(data=st.data())
def test_every_value_is_the_one_that_is_fetched(table: tuple[sa.Engine, str], kind: str, data: st.DataObject) -> None:
    engine, name = table
    values = data.draw(st.lists(st.none() | KINDS[kind], min_size=1, max_size=10))
    rows = [{"n": n, "v": None if value is None else str(value)} for n, value in enumerate(values)]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"delete from {name}")
        connection.execute(sa.text(f"insert into {name} values (:n, cast(:v as {kind}))"), rows)
    url = with_options(f"-c timezone={data.draw(st.sampled_from(ZONES))}")
    query = f"select v, n, current_query() like 'COPY%' as copied from {name} order by n"
    (copied,), (fetched,) = batches(query, url), batches(query + FETCHED, url)
    assert copied.table.select(["v", "n"]).to_pylist() == fetched.table.select(["v", "n"]).to_pylist()
    assert copied.table.schema == fetched.table.schema and copied.lines == fetched.lines
    assert copied.table["v"].nbytes == fetched.table["v"].nbytes
    assert set(copied.table["copied"].to_pylist()) == {"true"} and set(fetched.table["copied"].to_pylist()) == {"false"}


def test_rows_come_by_copy_and_behind_a_semicolon_one_by_one() -> None:
    require(POSTGRES_URL)
    assert rows("select current_query() as q")[0]["q"].startswith("COPY (")
    assert rows(f"select current_query() as q{FETCHED}")[0]["q"].startswith("FETCH ")


@pytest.mark.parametrize(
    "query",
    ["values (1)", "table pg_catalog.pg_am", "(select 1) union (select 2)", "with a as (select 1) table a"],
)
def test_every_kind_of_query_can_be_copied(query: str) -> None:
    require(POSTGRES_URL)
    assert rows(query) == rows(query + FETCHED)


@pytest.mark.parametrize("kind", ["bytea", "int[]", "text[]", "jsonb", "inet", "int4range"])
def test_other_types_are_fetched_one_by_one(kind: str) -> None:
    require(POSTGRES_URL)
    (row,) = rows(f"select null::{kind} as v, current_query() as q")
    assert row["v"] == "" and row["q"].startswith("FETCH ")


@pytest.mark.parametrize(
    "options", ["-c datestyle=German", "-c client_encoding=LATIN1", "-c datestyle=SQL,DMY"], ids=str
)
def test_a_session_that_writes_in_its_own_way_is_fetched_from(options: str) -> None:
    require(POSTGRES_URL)
    (row,) = rows("select '2026-11-30'::date as v, 'Zoë' as name, current_query() as q", with_options(options))
    assert (row["v"], row["name"]) == ("2026-11-30", "Zoë") and row["q"].startswith("FETCH ")


@pytest.mark.parametrize("end", ["", FETCHED], ids=["copied", "fetched"])
def test_an_error_after_the_first_rows_is_the_same_error(end: str) -> None:
    require(POSTGRES_URL)
    error = refused(f"select 1 / (15000 - i) as v from generate_series(1, 20000) i{end}")
    assert (error.code, error.message) == ("sql", "the database said: division by zero")
    error = refused(f"select '24:00:00'::time as v{end}")
    assert error.code == "sql" and "can't parse time '24:00:00'" in error.message


def test_batches_are_of_ten_thousand_rows_or_of_bounded_bytes() -> None:
    require(POSTGRES_URL)
    query = "select i, repeat('x', {0}) as v from generate_series(1, 25000) i"
    assert [batch.table.num_rows for batch in batches(query.format(1))] == [10_000, 10_000, 5_000]
    wide = list(batches(query.format(5_000)))
    assert max(batch.size for batch in wide) < BATCH_BYTES + 1_000_000
    assert [line for batch in wide for line in batch.lines.to_pylist()] == list(range(1, 25_001))


def test_a_cell_of_many_megabytes_comes_whole() -> None:
    require(POSTGRES_URL)
    (row,) = rows("select repeat(E'Zoë \"x\"\\r\\n', 3000000) as v")
    assert row["v"] == 'Zoë "x"\r\n' * 3_000_000


def test_a_query_as_long_as_an_ampenet_yaml_can_be_reaches_the_server() -> None:
    require(POSTGRES_URL)
    assert rows(f"select '{'x' * 1_000_000}' as v") == [{"v": "x" * 1_000_000}]


@pytest.mark.parametrize("far", [0, 15_000], ids=["before the first row", "after some"])
def test_no_server_is_waited_for_longer_than_for_a_part_of_its_rows(far: int) -> None:
    """And it doesn't work on for nobody."""
    engine, mark = require(POSTGRES_URL), uuid.uuid4().hex
    slow = f"case when i > {far} then pg_sleep(30) end"
    begun = time.monotonic()
    error = refused(f"select i, {slow} as v, '{mark}' as m from generate_series(1, 20000) i", timeout_seconds=1)
    assert error.code == "timeout" and "raise sql.timeout_seconds" in error.hint and time.monotonic() - begun < 25
    _until_nobody_works(engine, mark)


def test_a_reading_that_ends_early_ends_the_query_too() -> None:
    engine, mark = require(POSTGRES_URL), uuid.uuid4().hex
    reading = batches(f"select i, '{mark}' as m from generate_series(1, 2000000) i")
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    _until_nobody_works(engine, mark)


def _until_nobody_works(engine: sa.Engine, mark: str) -> None:
    asked = f"select count(*) from pg_stat_activity where query like '%{mark}%' and pid <> pg_backend_pid()"
    end = time.monotonic() + 25
    with engine.connect() as connection:
        while connection.exec_driver_sql(asked.replace("%", "%%")).scalar():
            assert time.monotonic() < end, "the server still works on it"
            connection.rollback()
            time.sleep(0.1)
    engine.dispose()
