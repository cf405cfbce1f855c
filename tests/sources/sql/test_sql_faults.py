"""A database that breaks off, takes too long or would be written to: one clear error, never a short list."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.reading import read, refused
from tests.sources.sql.cutting import line
from tests.sources.sql.malformed_sqlite import malformed_sqlite, sqlite_file

ROWS = 12_000
MALFORMED = malformed_sqlite()


@pytest.fixture(params=[POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """URL and name of a table with 12,000 customers on a real server, dropped afterwards."""
    engine, name = require(request.param), f"customers_{uuid.uuid4().hex[:12]}"
    table = sa.Table(
        name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("phone", sa.String(20))
    )
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"id": n, "phone": f"0712{n:06d}"} for n in range(1, ROWS + 1)])
    yield request.param, name
    table.drop(engine)
    engine.dispose()


def sql(url: str, **what: object) -> dict[str, object]:
    return {"sql": {"url": url, **what}}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_cut_anywhere_is_an_error(
    server: tuple[str, str], reset: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """At twenty points from the greeting to the last but one byte; whatever is in flight, no traceback is printed."""
    url, table = server
    with line(url) as whole:
        assert len(read(tmp_path, **sql(whole.url, table=table)).rows) == ROWS
    total = whole.came_back
    points = [1, 50, *(int(total * share / 100) for share in range(3, 100, 6)), total - 100, total - 20]
    for point in points:
        with line(url, cut_after=point, reset=reset) as cut:
            try:
                rows = read(tmp_path, **sql(cut.url, table=table)).rows
            except SourceError as error:
                assert error.code == "sql"
            else:  # all rows had come, and only our goodbye was cut off
                assert len(rows) == ROWS and point > total - 150
    assert "Traceback" not in capfd.readouterr().err


def test_a_query_that_takes_too_long_is_stopped(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    heavy = f"select count(*) as n from {table} a, {table} b, {table} c"
    start = time.monotonic()
    error = refused(tmp_path, **sql(url, query=heavy, timeout_seconds=1))
    assert error.code == "timeout" and "timeout_seconds" in error.hint and time.monotonic() - start < 90


def test_a_query_that_takes_too_long_in_sqlite_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(sqlite_file())
    heavy = "select count(*) as n from customers a, customers b, customers c"
    start = time.monotonic()
    error = refused(tmp_path, **sql("sqlite:///c.db", query=heavy, timeout_seconds=1))
    assert error.code == "timeout" and time.monotonic() - start < 90


def test_whoever_takes_the_rows_may_take_his_time(server: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(sqlite_file(rows=ROWS))
    for url, table in (("sqlite:///c.db", "customers"), *([server] if server[0] == POSTGRES_URL else [])):
        source = Source.model_validate(sql(url, table=table, timeout_seconds=1))
        rows = 0
        for batch in open_batches(source, folder=tmp_path, environ={}):
            rows += batch.table.num_rows
            time.sleep(1.2)
        assert rows == ROWS


@pytest.mark.parametrize(
    "query",
    [
        "delete from {table}",
        "select 1 as id; delete from {table}",
        "select 1 as id; commit; delete from {table}",
        "update {table} set phone = ''",
        "create table {table}_b (id int)",
        "select write_{table}() as id",
    ],
)
def test_a_server_stays_as_it_was_whatever_the_query(server: tuple[str, str], query: str, tmp_path: Path) -> None:
    url, table = server
    engine = require(url)
    head = f"create function write_{table}() returns int "
    body = {
        "postgresql": f"language sql as $$ delete from {table} returning 1 $$",
        "mysql": f"modifies sql data begin delete from {table}; return 1; end",
    }
    with engine.begin() as connection:
        connection.exec_driver_sql(head + body[engine.dialect.name])
    try:
        refused(tmp_path, **sql(url, query=query.format(table=table)))
        assert len(read(tmp_path, **sql(url, table=table)).rows) == ROWS
        assert f"{table}_b" not in sa.inspect(engine).get_table_names()
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop function write_{table}")
        engine.dispose()


@pytest.mark.parametrize(
    "query",
    [
        "delete from customers",
        "select 1 as id; delete from customers",
        "pragma query_only = off; delete from customers",
    ],
)
def test_a_sqlite_file_stays_as_it_was_whatever_the_query(query: str, tmp_path: Path) -> None:
    data = sqlite_file()
    (tmp_path / "c.db").write_bytes(data)
    refused(tmp_path, **sql("sqlite:///c.db", query=query))
    assert (tmp_path / "c.db").read_bytes() == data


def test_a_reader_that_stops_early_does_not_fetch_the_rest(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    cross = f"select a.id, a.phone from {table} a, {table} b"  # 144 million rows
    start = time.monotonic()
    batches = open_batches(Source.model_validate(sql(url, query=cross)), folder=tmp_path, environ={})
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert time.monotonic() - start < 90


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_sqlite_file_is_one_clear_error(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MALFORMED[name])
    error = refused(tmp_path, **sql(f"sqlite:///{name}", table="customers"))
    assert "0712" not in str(error) and error.hint


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999])
def test_a_sqlite_file_cut_off_anywhere_is_an_error(share: float, tmp_path: Path) -> None:
    data = sqlite_file()
    (tmp_path / "c.db").write_bytes(data[: int(len(data) * share)])
    refused(tmp_path, **sql("sqlite:///c.db", table="customers"))


def test_a_sqlite_file_with_any_byte_changed_raises_nothing_but_source_errors(tmp_path: Path) -> None:
    data, chance = sqlite_file(rows=300), random.Random(7)
    for _ in range(200):
        at = chance.randrange(len(data))
        (tmp_path / "c.db").write_bytes(data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :])
        try:
            read(tmp_path, **sql("sqlite:///c.db", table="customers"))
        except SourceError as error:
            assert "Asha" not in str(error)


def test_text_in_sqlite_that_is_no_utf8_sets_its_row_aside(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE c (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql("INSERT INTO c VALUES (1, 'Asha'), (2, CAST(x'5a6feb' AS TEXT)), (3, 'Zoë')")
    engine.dispose()
    found = read(tmp_path, **sql("sqlite:///c.db", table="c"))
    assert found.faults == {2: "unreadable_bytes"} and found.written == {2: "2,Zo\ufffd"}
    assert found.rows == [{"id": "1", "name": "Asha"}, {"id": "", "name": ""}, {"id": "3", "name": "Zoë"}]


def test_bytes_among_text_in_sqlite_set_their_row_aside(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE c (id INTEGER PRIMARY KEY, phone TEXT, photo BLOB)")
        connection.exec_driver_sql(
            "INSERT INTO c VALUES (1, '0712345678', x'ff'), (2, x'3037ff', NULL), (3, '', x'fe')"
        )
    engine.dispose()
    found = read(tmp_path, frozenset({"id", "phone"}), **sql("sqlite:///c.db", table="c"))
    assert found.faults == {2: "unreadable_bytes"} and found.written == {2: "2,07\ufffd"}
    assert [row["phone"] for row in found.rows] == ["0712345678", "", ""]
    assert refused(tmp_path, **sql("sqlite:///c.db", table="c")).code == "unreadable_column"
    assert refused(tmp_path, frozenset({"photo"}), **sql("sqlite:///c.db", table="c")).code == "unreadable_column"


def test_a_column_nobody_needs_may_hold_what_is_no_text(server: tuple[str, str], tmp_path: Path) -> None:
    url, _ = server
    engine, name = require(url), f"odd_{uuid.uuid4().hex[:12]}"
    kinds = {
        "postgresql": (
            "a jsonb, b bytea, c text[], d bit(3), e inet, f int4range, until timestamptz, born date",
            "'{}', '\\xff', '{x}', B'101', '10.0.0.1', '[1,2)', 'infinity', '-infinity'",
        ),
        "mysql": ("a json, b blob, d bit(3), until datetime", "'{}', x'ff', b'101', '2026-11-30'"),
    }[engine.dialect.name]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {name} (id int primary key, {kinds[0]})")
        connection.exec_driver_sql(f"INSERT INTO {name} VALUES (1, {kinds[1]})")
    try:
        row = read(tmp_path, frozenset({"id"}), **sql(url, table=name)).rows[0]
        assert row["id"] == "1" and not {"b", "c", "e", "f"} & set(row)
        assert row["until"] in ("infinity", "2026-11-30T00:00:00") and row.get("born", "-infinity") == "-infinity"
        assert refused(tmp_path, frozenset({"b"}), **sql(url, table=name)).code == "unreadable_column"
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop table {name}")
        engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://shop:hun%40ter%2F2@127.0.0.1:1/shop",
        "postgresql+psycopg://shop@127.0.0.1:1/shop?password=hun%40ter%2F2",
        "postgresql+psycopg://shop@127.0.0.1:1/shop?sslpassword=hun%40ter%2F2&options=hun%40ter",
        "postgresql+psycopg://hun%40ter%2F2:hun%40ter%2F2@127.0.0.1:1/hun%40ter%2F2",
        "mysql+pymysql://shop:hun%40ter%2F2@127.0.0.1:1/shop?passwd=hun%40ter%2F2",
        "mysql+pymysql://shop:hun%40ter%2F2@127.0.0.1:1/shop?ssl_key=/none",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dhun%40ter%2F2%3B",
        "postgresql+psycopg://shop:hun@ter/2@127.0.0.1:1/shop",
    ],
)
def test_a_password_is_masked_in_every_spelling(url: str, tmp_path: Path) -> None:
    error = refused(tmp_path, **sql(url, table="customers"))
    said = f"{error} {error.hint} {error.__cause__!r}"
    assert not any(secret in said for secret in ("hun@ter/2", "hun%40ter%2F2", "hun%40ter"))


def test_many_rows_take_bounded_memory(server: tuple[str, str], tmp_path: Path) -> None:
    """400,000 of them in a fresh process: at most 60 MB beyond what it held when it began."""
    url, table = server
    query = f"select a.id, a.phone, 'a customer of ours' as name from {table} a, {table} b limit 400000"
    code = (
        "import resource, sys\nfrom pathlib import Path\nimport pyarrow, sqlalchemy\n"
        "from ampenet_sync.config import Source\nfrom ampenet_sync.sources import open_batches, sql\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nbefore = peak()\n"
        "source = Source.model_validate({'sql': {'url': sys.argv[1], 'query': sys.argv[2]}})\n"
        "rows = sum(b.table.num_rows for b in open_batches(source, folder=Path('.'), environ={}))\n"
        "assert rows == 400_000, rows\nprint((peak() - before) / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, url, query], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 60
