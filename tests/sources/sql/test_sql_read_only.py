"""A source's database stays as it was, whatever the query; a plain connection shows that the attacks are real."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.sql.query import check_query
from ampenet_sync.sources.sql.sqlite import TimeLimit, open_read_only
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.rows import read_rows

PATIENT = 600

# Dialect → statements that write or lock. T is the table, P a procedure that empties it.
WRITING = {
    "postgresql": [
        "with gone as (delete from T returning id) select id from gone",
        "with gone as materialized (delete from T returning id) select id from gone",
        "with x as (select 1) insert into T values (7, '')",
        "select id into T_copy from T",
        "call P()",
        "do $$ begin delete from T; end $$",
        "copy (select 1) to program 'true'",
        "select 1 as id; delete from T",
        "explain analyze delete from T",
        "select id from T for update",
        "select 1 as id /* /* */ ' */ ; delete from T --'",
        "with recursive a as (select 1 as o) search depth first by o set p delete from T returning id",
    ],
    "mysql": [
        "call P()",
        "begin not atomic delete from T; end",
        "/*! delete from T */",
        "/*M! delete from T */",
        "/* a note */ -- and another\n call P()",
        "select id into @x from T limit 1",
        "select id from T where id = 1 for update",
        "select id from T lock in share mode",
        "(select 1) /*! into @x */",
        "prepare s from 'delete from T'",
        "select 1 as id delete from T",
        "delete from T returning id",
    ],
}
READING = {
    "postgresql": [
        "select 'a; delete from T into x' as id, \"phone\" from T;",
        "/* into /* delete */ ; */ select id -- ; delete\n from T",
        "(select id from T) union all (select id from T) order by 1 ;  -- done",
        "with a as (select id, replace(phone, ';', '') as updated from T) select * from a",
        "table T",
        "values (1, 'x'), (2, 'y')",
        "select $tag$; delete from T into $tag$ as id",
        "select E'it\\'s; into ' as id",
        'SELECT id AS "into" FROM T',
    ],
    "mysql": [
        "select 'it\\'s; into' as id, `phone` from T;",
        'select "; delete into" as id from T # into',
        "select insert(phone, 1, 1, '+') as id from T",
        "select id, 1 --1 as n from T",
        "values (1, 'x')",
        "with a as (select id from T) select (replace('a', 'a', 'b')) as id from a",
    ],
    "sqlite": [
        'select [id], `phone` as "into" from customers; ',
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select i as id from n",
        "values (1), (2)",
    ],
}


def source(url: str, query: str, **more: object) -> Source:
    return Source.model_validate({"sql": {"url": url, "query": query, **more}})


def refusal(url: str, query: str, folder: Path, **more: object) -> SourceError:
    with pytest.raises(SourceError) as refused:
        read_rows(source(url, query, **more), folder=folder)
    assert refused.value.hint
    return refused.value


@pytest.fixture(params=[POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[sa.Engine, str]]:
    """A table of two customers, and a procedure that empties it; both are gone afterwards."""
    engine, table = require(request.param), f"read_only_{uuid.uuid4().hex[:12]}"
    empties = {
        "postgresql": f"create procedure p_{table}() language sql as $$ delete from {table} $$",
        "mysql": f"create procedure p_{table}() delete from {table}",
    }[engine.dialect.name]
    with engine.begin() as db:
        db.exec_driver_sql(f"create table {table} (id int primary key, phone varchar(20))")
        db.exec_driver_sql(f"insert into {table} values (1, '0712'), (2, '0754')")
        db.exec_driver_sql(empties)
    yield engine, table
    with engine.begin() as db:
        db.exec_driver_sql(f"drop procedure p_{table}")
        db.exec_driver_sql(f"drop table if exists {table}_copy")
        db.exec_driver_sql(f"drop table {table}")
    engine.dispose()


def named(statement: str, table: str) -> str:
    return re.sub(r"\bP\(\)", f"p_{table}()", re.sub(r"\bT(?=_copy\b|\b)", table, statement))


def test_what_writes_or_locks_on_a_server_is_refused_before_it_is_asked(
    server: tuple[sa.Engine, str], tmp_path: Path
) -> None:
    engine, table = server
    for statement in WRITING[engine.dialect.name]:
        error = refusal(engine.url.render_as_string(hide_password=False), named(statement, table), tmp_path)
        assert (error.code, "line 1, column" in error.message or "\n" in statement) == ("bad_query", True), statement
    with engine.begin() as db:
        assert db.exec_driver_sql(f"select count(*) from {table}").scalar_one() == 2


# Of these, what a plain connection carries out as it stands.
EMPTYING = {
    "postgresql": [
        "with gone as (delete from T returning id) select id from gone",
        "call P()",
        WRITING["postgresql"][5],
    ],
    "mysql": ["call P()", "begin not atomic delete from T; end", "/*! delete from T */", "delete from T returning id"],
}


def test_the_attacks_are_real_a_plain_connection_carries_them_out(server: tuple[sa.Engine, str]) -> None:
    engine, table = server
    for statement in EMPTYING[engine.dialect.name]:
        assert statement in WRITING[engine.dialect.name]
        with engine.connect() as db:
            db.exec_driver_sql(named(statement, table))
            assert db.exec_driver_sql(f"select count(*) from {table}").scalar_one() == 0, statement
            db.rollback()


def test_what_only_reads_is_read(server: tuple[sa.Engine, str], tmp_path: Path) -> None:
    engine, table = server
    for query in READING[engine.dialect.name]:
        rows = read_rows(source(engine.url.render_as_string(hide_password=False), named(query, table)), folder=tmp_path)
        assert rows.table.num_rows >= 1, query


def test_what_its_syntax_does_not_show_is_stopped_by_the_read_only_transaction(tmp_path: Path) -> None:
    engine, name = require(POSTGRES_URL), f"numbers_{uuid.uuid4().hex[:12]}"
    with engine.begin() as db:
        db.exec_driver_sql(f"create sequence {name}")
        assert db.exec_driver_sql(f"select nextval('{name}')").scalar_one() == 1
    try:
        error = refusal(POSTGRES_URL, f"select nextval('{name}') as id", tmp_path)
        assert "read-only transaction" in error.message
    finally:
        with engine.begin() as db:
            db.exec_driver_sql(f"drop sequence {name}")
        engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as db:
        db.execute("create table customers (id integer primary key, phone text)")
        db.execute("insert into customers values (1, '0712'), (2, '0754')")
    db.close()
    return path


SQLITE = [
    "attach 'OTHER' as other",
    "vacuum into 'OTHER'",
    "pragma writable_schema = on",
    "pragma journal_mode = delete",
    "insert into customers values (3, '') returning id",
    "with x as (select 1) delete from customers",
    "create temp table t as select 1",
    "replace into customers values (1, '')",
]


@pytest.mark.parametrize("statement", SQLITE)
def test_sqlite_is_asked_for_queries_alone(statement: str, file: Path, tmp_path: Path) -> None:
    before, other = file.read_bytes(), tmp_path / "other.db"
    written = statement.replace("OTHER", str(other))
    assert refusal("sqlite:///shop.db", written, tmp_path).code == "bad_query"
    assert file.read_bytes() == before and not other.exists()


@pytest.mark.parametrize("statement", SQLITE)
def test_and_its_connection_itself_denies_whatever_writes(statement: str, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    written = statement.replace("OTHER", str(other))
    with pytest.raises(sqlite3.DatabaseError):
        open_read_only(file, TimeLimit(PATIENT)).execute(written).fetchall()
    assert not other.exists()
    plain = sqlite3.connect(file, isolation_level=None)
    plain.execute(written)  # which would have done it
    plain.close()


def test_no_function_of_sqlite_loads_code(file: Path) -> None:
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        open_read_only(file, TimeLimit(PATIENT)).execute("select load_extension('x')")


def test_a_query_of_sqlite_that_never_ends_is_stopped(file: Path, tmp_path: Path) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as id from n"
    assert refusal("sqlite:///shop.db", endless, tmp_path, timeout_seconds=1).code == "timeout"


def test_a_text_that_sqlite_makes_of_nothing_is_bounded(file: Path, tmp_path: Path) -> None:
    made = "select hex(zeroblob(500000000)) as id"
    assert "too big" in refusal("sqlite:///shop.db", made, tmp_path).message


def test_what_only_reads_of_sqlite_is_read(file: Path, tmp_path: Path) -> None:
    for query in READING["sqlite"]:
        assert read_rows(source("sqlite:///shop.db", query), folder=tmp_path).table.num_rows >= 2, query


@pytest.mark.parametrize("name", ["a?mode=rwc.db", "a#b.db", "a%20b.db", "file.db", "asha's.db"])
def test_a_path_is_a_path_and_never_an_option(name: str, file: Path, tmp_path: Path) -> None:
    file.rename(tmp_path / name)
    with closing(open_read_only(tmp_path / name, TimeLimit(PATIENT))) as db:
        assert db.execute("select * from customers").fetchall() == [(1, "0712"), (2, "0754")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize(
    "url",
    ["sqlite:///file:shop.db?mode=rwc&uri=true", "sqlite:///file:new.db", "sqlite://", "sqlite:///shop.db?uri=true"],
)
def test_an_address_with_options_of_sqlite_is_refused(url: str, file: Path, tmp_path: Path) -> None:
    assert refusal(url, "select 1 as id", tmp_path).code == "bad_url"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.db"]


@pytest.mark.parametrize(
    "query", ["", "  -- nothing\n", ";", "((", "exec p", "show tables", "set x = 1", "(delete from t)"]
)
def test_what_is_no_query_is_named(query: str) -> None:
    for backend in ("postgresql", "mysql", "sqlite", "oracle"):
        with pytest.raises(SourceError) as refused:
            check_query(query, backend)
        assert refused.value.code == "bad_query" and "a query begins with SELECT" in refused.value.message


def test_the_place_is_that_of_the_word() -> None:
    with pytest.raises(SourceError, match="line 3, column 3: INTO writes the rows somewhere"):
        check_query("select id\nfrom t\n  into x", "postgresql")


@pytest.mark.parametrize("count", [10_000, 200_000])
@pytest.mark.parametrize("piece", ["(", "'", "/*", "/**/", "/*/*", "--", "$a$", "\\", "select ", "`"])
def test_no_query_takes_long_to_judge(piece: str, count: int) -> None:
    for backend in ("postgresql", "mysql"):
        try:
            check_query(f"select {piece * count}", backend)
        except SourceError as error:
            assert error.code == "bad_query"
