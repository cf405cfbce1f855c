"""SQL through SQLAlchemy: values become exact text, nothing is written, no password is shown."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ampenet_sync.config import Source
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.sources.texts import column_text
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.rows import Rows, read_rows

NAIROBI = datetime.timezone(datetime.timedelta(hours=3))


def read(folder: Path, url: str, **what: str) -> Rows:
    return read_rows(Source.model_validate({"sql": {"url": url, **what}}), folder=folder, environ={"SHOP": url})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with shop.db: two customers whose rows were inserted against the order of their key."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (id INTEGER PRIMARY KEY, phone TEXT, points REAL)")
        connection.exec_driver_sql("INSERT INTO customers VALUES (2, '0754123456', 1.5), (1, '0712345678', NULL)")
    engine.dispose()
    return tmp_path


def test_columns_that_must_be_exact_are_read_from_sqlite_too(shop: Path) -> None:
    source = Source.model_validate({"sql": {"url": "sqlite:///shop.db", "table": "customers"}})
    rows = read_rows(source, folder=shop, exact=frozenset({"id", "phone"}), environ={})
    assert rows.table["phone"].to_pylist() == ["0712345678", "0754123456"]


def test_a_table_comes_as_text_in_the_order_of_its_key(shop: Path) -> None:
    rows = read(shop, "sqlite:///shop.db", table="customers")
    assert rows.table.to_pylist() == [
        {"id": "1", "phone": "0712345678", "points": ""},
        {"id": "2", "phone": "0754123456", "points": "1.5"},
    ]
    assert (rows.identity.kind, rows.identity.name, rows.identity.rows) == ("sql", "table customers", 2)
    assert rows.lines.to_pylist() == [1, 2]


def test_a_query_reaches_the_database_as_it_is_written(shop: Path) -> None:
    query = "select phone as simu, '12:30 :x 5%' as note from customers where phone like '07%' order by id desc;"
    rows = read(shop, "sqlite:///shop.db", query=query)
    assert rows.table["simu"].to_pylist() == ["0754123456", "0712345678"]
    assert rows.table["note"].to_pylist() == ["12:30 :x 5%"] * 2


def test_the_url_may_stand_in_the_environment(shop: Path) -> None:
    source = Source.model_validate({"sql": {"url": "env:SHOP", "table": "customers"}})
    assert read_rows(source, folder=shop, environ={"SHOP": "sqlite:///shop.db"}).identity.rows == 2
    with pytest.raises(ConfigError, match="SHOP is not set"):
        read_rows(source, folder=shop, environ={})


def test_a_missing_database_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, "sqlite:///none.db", table="customers")
    assert caught.value.code == "missing_file" and list(tmp_path.iterdir()) == []


def test_no_rows_are_an_error(shop: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(shop, "sqlite:///shop.db", query="select * from customers where id > 5")
    assert caught.value.code == "empty_source"


@pytest.mark.parametrize(
    "query", ["delete from customers", "drop table customers", "insert into customers values (3,'',1)"]
)
def test_a_query_that_writes_is_stopped(shop: Path, query: str) -> None:
    with pytest.raises(SourceError):
        read(shop, "sqlite:///shop.db", query=query)
    assert read(shop, "sqlite:///shop.db", table="customers").identity.rows == 2


def test_two_columns_of_one_name_are_an_error(shop: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(shop, "sqlite:///shop.db", query="select id, phone as id from customers")
    assert caught.value.code == "duplicate_column"


def test_a_wrong_query_says_what_the_database_said(shop: Path) -> None:
    with pytest.raises(SourceError, match="no such column: telephone") as caught:
        read(shop, "sqlite:///shop.db", query="select telephone from customers")
    assert caught.value.code == "sql"


def test_a_missing_table_is_an_error(shop: Path) -> None:
    for table, hint in (("customer", "did you mean customers?"), ("clients", "check customers.source.sql.table")):
        with pytest.raises(SourceError, match=f"there is no table {table}") as caught:
            read(shop, "sqlite:///shop.db", table=table)
        assert caught.value.code == "missing_table" and hint in caught.value.hint


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql+pg8000://shop:hunter2@127.0.0.1:1/shop", "no_driver"),
        ("postgresql+psycopg://shop:hunter2@127.0.0.1:1/shop", "sql"),
        ("nosuch://shop:hunter2@127.0.0.1/shop", "sql"),
        ("shop:hunter2 at home", "bad_url"),
        ("postgresql+psycopg://shop:hunter2@127.0.0.1:port/shop", "bad_url"),
    ],
)
def test_errors_never_show_the_password(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, url, table="customers")
    error = caught.value
    assert error.code == code and "hunter2" not in f"{error} {error.hint} {error.__cause__!r}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("007", "007"),
        (True, "true"),
        (255712345678, "255712345678"),
        (255712345678.0, "255712345678"),
        (0.1, "0.1"),
        (float("nan"), ""),
        (Decimal("1500.50"), "1500.50"),
        (Decimal("1E+3"), "1000"),
        (datetime.date(2026, 11, 30), "2026-11-30"),
        (datetime.datetime(2026, 11, 30, 9, 5), "2026-11-30T09:05:00"),
        (datetime.datetime(2026, 11, 30, 9, 5, 0, 250000), "2026-11-30T09:05:00.25"),
        (datetime.datetime(2026, 11, 30, 9, 5, tzinfo=NAIROBI), "2026-11-30T06:05:00Z"),
        (datetime.time(9, 5), "09:05:00"),
        (datetime.timedelta(days=1, hours=2, minutes=30), "26:30:00"),
        (datetime.timedelta(seconds=-1.5), "-0:00:01.5"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    ],
)
def test_a_value_becomes_text_that_says_the_same(value: Any, text: str) -> None:
    assert column_text([value, "x"], name="c").to_pylist() == [text, "x"]


@pytest.mark.parametrize("value", [b"0712", memoryview(b"0712"), {"a": 1}, [1]])
def test_bytes_and_structures_are_refused(value: Any) -> None:
    with pytest.raises(SourceError, match="column photo") as caught:
        column_text(["x", value], name="photo")
    assert caught.value.code == "unreadable_column"


class ShortFloat(sa.types.UserDefinedType[float]):
    """Of 32 bits. Where Dagster was imported, sa.Float(24) has 64 in MariaDB: it changes SQLAlchemy for everybody."""

    cache_ok = True

    def get_col_spec(self) -> str:
        return "FLOAT(24)"


@pytest.fixture(params=[POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """URL and name of a table with 25,000 customers on a real server, dropped afterwards."""
    engine, name = require(request.param), f"customers_{uuid.uuid4().hex[:12]}"
    columns = [sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False), sa.Column("phone", sa.String(20))]
    table = sa.Table(name, sa.MetaData(), *columns, sa.Column("paid", sa.Numeric(12, 2)), sa.Column("low", ShortFloat))
    with engine.begin() as connection:
        table.create(connection)
        rows = [{"id": n, "phone": f"0712{n:06d}", "paid": Decimal("1500.50"), "low": 1.5} for n in range(25_000)]
        connection.execute(table.insert(), rows)
    yield request.param, name
    table.drop(engine)
    engine.dispose()


def test_a_server_is_read_in_batches(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    seen: list[int] = []
    source = Source.model_validate({"sql": {"url": url, "table": table}})
    rows = read_rows(source, folder=tmp_path, progress=lambda so_far, total: seen.append(so_far))
    assert seen == [10_000, 20_000, 25_000]
    assert rows.table.slice(24_999).to_pylist() == [
        {"id": "24999", "phone": "0712024999", "paid": "1500.50", "low": "1.5"}
    ]


@pytest.mark.parametrize("begin", ["postgres", "postgresql", "mysql", "mariadb"])
def test_an_address_as_other_programs_write_it_needs_no_driver(tmp_path: Path, begin: str) -> None:
    real = POSTGRES_URL if begin.startswith("postgres") else MYSQL_URL
    require(real)
    url = f"{begin}://{real.partition('://')[2]}"
    assert read(tmp_path, url, query="select '0712345678' as phone").table["phone"].to_pylist() == ["0712345678"]


def test_percent_and_colon_reach_a_server_unharmed(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    rows = read(tmp_path, url, query=f"select id from {table} where phone like '%24999' and ':x' = ':x'")
    assert rows.table["id"].to_pylist() == ["24999"]


def test_a_server_is_not_written_to(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    with pytest.raises(SourceError):
        read(tmp_path, url, query=f"delete from {table}")
    assert read(tmp_path, url, query=f"select count(*) as n from {table}").table["n"].to_pylist() == ["25000"]


def test_a_server_hears_that_we_only_read(server: tuple[str, str], tmp_path: Path) -> None:
    asked = {"postgresql": "select current_setting('transaction_read_only') as it"}
    query = asked.get(sa.make_url(server[0]).get_backend_name(), "select @@tx_read_only as it")
    assert read(tmp_path, server[0], query=query).table["it"].to_pylist()[0] in ("on", "1")


def test_phones_in_a_short_float_column_are_refused(server: tuple[str, str], tmp_path: Path) -> None:
    url, table = server
    source = Source.model_validate({"sql": {"url": url, "query": f"select low as phone from {table}"}})
    with pytest.raises(SourceError) as caught:
        read_rows(source, folder=tmp_path, exact=frozenset({"phone"}))
    assert caught.value.code == "digits_lost"


def test_a_driver_that_quotes_a_phone_does_not_show_it(tmp_path: Path) -> None:
    require(POSTGRES_URL)
    with pytest.raises(SourceError, match="invalid input syntax") as caught:
        read(tmp_path, POSTGRES_URL, query="select cast('0712345678x' as integer) as id")
    assert "0712345678" not in str(caught.value)


def test_a_refused_login_does_not_show_the_password(tmp_path: Path) -> None:
    require(MYSQL_URL)
    url = sa.make_url(MYSQL_URL).set(username="nobody", password="hunter2")
    with pytest.raises(SourceError) as caught:
        read(tmp_path, url.render_as_string(hide_password=False), table="customers")
    assert caught.value.code == "sql" and "hunter2" not in str(caught.value)
