"""Whatever a database hands over, our reader writes so that `types:` reads the same value, or tells plainly."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ampenet_sync.config import Source
from ampenet_sync.config.types import Kind
from ampenet_sync.customers.typed import read_typed
from ampenet_sync.errors import SourceError
from tests.examples import examples
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.rows import read_rows

ZONE = "Africa/Dar_es_Salaam"
drawn = examples(8, HealthCheck.function_scoped_fixture)

whole = st.integers(-(2**15), 2**15 - 1)
big = st.integers(-(2**63), 2**63 - 1)
numbers = st.decimals(-(10**9), 10**9, places=2)
floats = st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda value: value or 0.0)
days = st.dates(date(1000, 1, 1), date(9999, 12, 31))
moments = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)).map(lambda moment: moment.replace(microsecond=0))
zoned = st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))

SHARED: dict[str, tuple[Kind, st.SearchStrategy[Any]]] = {
    "smallint": ("integer", whole),
    "integer": ("integer", whole),
    "bigint": ("integer", big),
    "numeric(20,2)": ("number", numbers),
    "double precision": ("number", floats),
    "date": ("date", days),
    "boolean": ("boolean", st.booleans()),
}
POSTGRES = {
    **SHARED,
    "numeric": ("number", numbers),
    "timestamp": ("date", moments),
    "timestamptz": ("date", zoned),
    "bit(1)": ("boolean", st.sampled_from("01")),
}
MARIA = {
    **SHARED,
    "tinyint(1)": ("boolean", st.booleans()),
    "bit(1)": ("boolean", st.booleans()),
    "bit(64)": ("integer", st.integers(0, 2**63 - 1)),
    "datetime": ("date", moments),
    "year": ("integer", st.integers(1901, 2155)),
}
SQLITE = {
    "integer": ("integer", big),
    "real": ("number", st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value or 0.0)),
    "boolean": ("boolean", st.booleans()),
    "text": ("date", zoned.map(lambda moment: moment.isoformat(" "))),
}
CASES = [
    *(("postgresql", kind) for kind in POSTGRES),
    *(("mariadb", kind) for kind in MARIA),
    *(("sqlite", kind) for kind in SQLITE),
]


@pytest.fixture
def column(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, sa.Engine, str]]:
    """URL and engine of a database, and the name of a table in it with the one column `v` of the asked type."""
    backend, kind = request.param
    url = {"postgresql": POSTGRES_URL, "mariadb": MYSQL_URL, "sqlite": f"sqlite:///{tmp_path / 'shop.db'}"}[backend]
    engine, name = require(url), f"typed_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table {name} (v {kind})")
    yield url, engine, name
    with engine.begin() as connection:
        connection.exec_driver_sql(f"drop table {name}")
    engine.dispose()


def stored(column: tuple[str, sa.Engine, str], values: list[Any]) -> None:
    _, engine, name = column
    with engine.begin() as connection:
        connection.exec_driver_sql(f"delete from {name}")
        connection.execute(sa.text(f"insert into {name} values (:v)"), [{"v": value} for value in values])


def typed(url: str, query: str, kind: Kind) -> list[Any]:
    source = Source.model_validate({"sql": {"url": url, "query": query}})
    column = read_typed(read_rows(source, folder=Path("/")).table["v"], kind, zone=ZONE)
    pairs = zip(column.values.to_pylist(), column.bad.to_pylist(), strict=True)
    return ["misfit" if bad else value for value, bad in pairs]


def meant(value: Any, kind: Kind) -> Any:
    """The value that a column of this kind holds when this was stored."""
    if value is None:
        return None
    if kind == "date":
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime):
            return moment
        return (moment.astimezone(ZoneInfo(ZONE)) if moment.tzinfo else moment).date()
    return {"number": float, "integer": int, "boolean": lambda text: bool(int(text))}[kind](value)


@pytest.mark.parametrize(("column", "case"), [(each, each) for each in CASES], indirect=["column"], ids=str)
@drawn
@given(data=st.data())
def test_every_value_of_a_database_is_read_as_itself(
    column: tuple[str, sa.Engine, str], case: tuple[str, str], data: st.DataObject
) -> None:
    kind, values = {"postgresql": POSTGRES, "mariadb": MARIA, "sqlite": SQLITE}[case[0]][case[1]]
    these = data.draw(st.lists(st.none() | values, min_size=1, max_size=6))
    stored(column, these)
    assert sorted(map(str, typed(column[0], f"select v from {column[2]}", kind))) == sorted(
        str(meant(value, kind)) for value in these
    )


@pytest.mark.parametrize("zone", ["UTC", "Africa/Nairobi", "America/New_York"])
def test_the_session_s_time_zone_makes_no_other_day(zone: str) -> None:
    require(POSTGRES_URL)
    url = sa.make_url(POSTGRES_URL).update_query_dict({"options": f"-c timezone={zone}"})
    query = "select v from (values ('2026-01-01 22:30+00'::timestamptz), ('2026-01-01 20:30+00')) t(v)"
    assert typed(url.render_as_string(hide_password=False), query, "date") == [date(2026, 1, 2), date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("'infinity'::date", "date"),
        ("'-infinity'::timestamptz", "date"),
        ("'0044-03-15 BC'::date", "date"),
        ("'10000-01-01'::timestamp", "date"),
        ("'9999-12-31 23:59:59-05'::timestamptz", "date"),
        ("'Infinity'::numeric", "number"),
        ("'Infinity'::float8", "number"),
        ("'$1,500.00'::money", "number"),
        ("'101'::bit(3)", "date"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_what_no_type_can_hold_is_a_misfit_and_no_crash(expression: str, kind: Kind, zone: str) -> None:
    require(POSTGRES_URL)
    url = sa.make_url(POSTGRES_URL).update_query_dict({"options": f"-c timezone={zone}"})
    assert typed(url.render_as_string(hide_password=False), f"select {expression} as v", kind) == ["misfit"]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'06:14:30.5+03'::timetz", "06:14:30.500000+03:00"),
        ("'26:30:00'::interval", "26:30:00"),
        ("'gold'::name", "gold"),
        ("'ab'::char(4)", "ab  "),
        ("'101'::varbit", "101"),
        ("'NaN'::numeric", ""),
        ("'00000000-0000-0000-0000-000000000007'::uuid", str(uuid.UUID(int=7))),
        ("'08:00:2b:01:02:03'::macaddr", "08:00:2b:01:02:03"),
        ("'(1,2)'::point", "(1,2)"),
        ("'a b'::tsvector", "'a' 'b'"),
        ("'<a/>'::xml", "<a/>"),
        ("null", ""),
    ],
)
def test_postgresql_s_other_types_are_text_that_says_the_same(expression: str, text: str) -> None:
    require(POSTGRES_URL)
    assert typed(POSTGRES_URL, f"select {expression} as v", "text") == [text]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("cast('26:30:00' as time)", "26:30:00"),
        ("cast('00:00:00.25' as time(2))", "0:00:00.25"),
        ("json_object('a', 1)", json.dumps({"a": 1})),
        ("cast('::1' as inet6)", "::1"),
        ("cast('00000000-0000-0000-0000-000000000007' as uuid)", str(uuid.UUID(int=7))),
        ("null", ""),
    ],
)
def test_mariadb_s_other_types_are_text_that_says_the_same(expression: str, text: str) -> None:
    require(MYSQL_URL)
    assert typed(MYSQL_URL, f"select {expression} as v", "text") == [text]


@pytest.mark.parametrize("backend", [POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def test_a_query_of_bytes_is_refused(backend: str) -> None:
    require(backend)
    query = "select '\\x01'::bytea as v" if backend == POSTGRES_URL else "select cast('a' as binary(1)) as v"
    with pytest.raises(SourceError) as refused:
        typed(backend, query, "text")
    assert refused.value.code == "unreadable_column"


def test_mariadb_s_day_that_is_none_is_a_null_word() -> None:
    engine, name = require(MYSQL_URL), f"zero_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql("set sql_mode = ''")
        connection.exec_driver_sql(f"create table {name} (v date, w datetime)")
        connection.exec_driver_sql(f"insert into {name} values ('0000-00-00', '0000-00-00 00:00:00')")
    source = Source.model_validate({"sql": {"url": MYSQL_URL, "table": name}})
    rows = read_rows(source, folder=Path("/")).table.to_pylist()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"drop table {name}")
    assert rows == [{"v": "0000-00-00", "w": "0000-00-00 00:00:00"}]
