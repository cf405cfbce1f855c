"""Whoever does what a hint about SQL says has a source that can be read; and MySQL's bits need no hint."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from ampenet_sync.config import Config, Source, load
from ampenet_sync.contacts import select_members
from ampenet_sync.errors import ConfigError, SourceError
from tests.customers.shop import read_customers
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.rows import Rows, read_rows

Made = Callable[[str, str], str]


@pytest.fixture
def table() -> Iterator[Made]:
    """table(url, "phone text, …") → the name of a new table there, dropped afterwards."""
    made: list[tuple[sa.Engine, str]] = []

    def make(url: str, columns: str) -> str:
        engine, name = require(url), f"hinted_{uuid.uuid4().hex[:12]}"
        made.append((engine, name))
        run(url, f"create table {name} ({columns})")
        return name

    yield make
    for engine, name in made:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop table {name}")
        engine.dispose()


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


def rows(url: str, exact: frozenset[str] = frozenset(), **what: object) -> Rows:
    source = Source.model_validate({"sql": {"url": url, **what}})
    return read_rows(source, folder=Path("/"), exact=exact)


def refused(url: str, exact: frozenset[str] = frozenset(), **what: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        rows(url, exact, **what)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("bytea", "'Asha'::bytea", "Asha"),
        ("jsonb", """'{"a": 1}'""", '{"a": 1}'),
        ("text[]", "array['x', 'y']", "{x,y}"),
        ("inet", "'10.0.0.1'", "10.0.0.1/32"),
        ("cidr", "'10.0.0.0/8'", "10.0.0.0/8"),
        ("int4range", "'[1,5)'", "[1,5)"),
    ],
)
def test_what_the_hint_writes_makes_text_in_postgresql(table: Made, kind: str, value: str, text: str) -> None:
    name = table(POSTGRES_URL, f'"Ya mteja" {kind}')
    run(POSTGRES_URL, f"insert into {name} values ({value})")
    error = refused(POSTGRES_URL, query=f"select * from {name}")
    assert error.code == "unreadable_column" and "customers.source.sql.query" in error.hint
    expression = re.search(r'write (.* as "Ya mteja"),', error.hint)
    assert expression is not None
    assert rows(POSTGRES_URL, query=f"select {expression[1]} from {name}").table.to_pylist() == [{"Ya mteja": text}]


@pytest.mark.parametrize(("kind", "value"), [("blob", "'Zoë'"), ("varbinary(9)", "'Zoë'")])
def test_what_the_hint_writes_makes_text_in_mariadb(table: Made, kind: str, value: str) -> None:
    name = table(MYSQL_URL, f"`Ya mteja` {kind}")
    run(MYSQL_URL, f"insert into {name} values ({value})")
    expression = re.search(r"write (.* as `Ya mteja`),", refused(MYSQL_URL, query=f"select * from {name}").hint)
    assert expression is not None
    assert rows(MYSQL_URL, query=f"select {expression[1]} from {name}").table.to_pylist() == [{"Ya mteja": "Zoë"}]


def test_what_the_hint_writes_makes_text_in_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    run(url, "create table c (v blob)", "insert into c values (x'41736861')")
    expression = re.search(r"write (.* as v),", refused(url, query="select * from c").hint)
    assert expression is not None
    assert rows(url, query=f"select {expression[1]} from c").table.to_pylist() == [{"v": "Asha"}]


def test_what_is_handed_in_gets_no_hint_about_a_query() -> None:
    from ampenet_sync.sources.handed import handed_batches

    frame = pd.DataFrame({"v": pd.Series([b"Asha"], dtype="object")})
    with pytest.raises(SourceError) as caught:
        list(handed_batches(frame))
    assert "query" not in caught.value.hint and "handed in" in caught.value.hint
    frame["v"] = frame["v"].map(bytes.decode)
    (batch,) = handed_batches(frame)
    assert batch.table["v"].to_pylist() == ["Asha"]


@pytest.mark.parametrize(
    ("url", "change"),
    [(POSTGRES_URL, "alter column phone type {0}"), (MYSQL_URL, "modify phone {0}")],
    ids=["postgresql", "mariadb"],
)
@pytest.mark.parametrize("kind", ["text", "bigint"])
def test_phones_stored_as_the_hint_says_are_read(table: Made, url: str, change: str, kind: str) -> None:
    name = table(url, "phone float(24)")
    error = refused(url, frozenset({"phone"}), table=name)
    assert error.code == "digits_lost" and kind in error.hint
    run(url, f"alter table {name} {change.format(kind)}", f"insert into {name} values (255712345678)")
    assert rows(url, frozenset({"phone"}), table=name).table["phone"].to_pylist() == ["255712345678"]


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (POSTGRES_URL, "select cast(pg_sleep(2) as text) as v"),
        (MYSQL_URL, "select sleep(0.02) as v from information_schema.collations limit 100"),
    ],
    ids=["postgresql", "mariadb"],
)
def test_a_raised_time_limit_is_enough(url: str, query: str) -> None:
    require(url)
    error = refused(url, query=query, timeout_seconds=1)
    assert error.code == "timeout" and "raise sql.timeout_seconds" in error.hint
    assert rows(url, query=query, timeout_seconds=60).identity.rows


CONFIG = """\
customers:
  source: {csv: c.csv}
  key: id
  phone: phone
  consent: ok
segments: {s: {SEGMENT}}
"""


def configured(folder: Path, segment: str, text: str = CONFIG) -> Config:
    (folder / "c.csv").write_text("id,phone,ok,points,since\n1,0712345678,1,7,2026-01-05\n2,0712345679,0,x,soon\n")
    (folder / "ampenet.yaml").write_text(text.replace("SEGMENT", segment))
    return load(folder / "ampenet.yaml", environ={})


def chosen(config: Config) -> list[str]:
    day = pd.Timestamp("2026-11-30").date()
    return list(select_members(read_customers(config), config, segment="s", run_date=day).members["customer_key"])


@pytest.mark.parametrize("url", [POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def test_members_selected_as_the_hint_says_are_found(table: Made, tmp_path: Path, url: str) -> None:
    name = table(url, "id integer, points integer")
    run(url, f"insert into {name} values (1, 5)")
    wrong, right = (f'members: {{sql: {{url: "{url}", query: "select {what} from {name}"}}}}' for what in ("*", "id"))
    with pytest.raises(ConfigError, match="the query has 2 columns") as caught:
        chosen(configured(tmp_path, wrong))
    assert caught.value.hint == "select the customers' keys alone"
    assert chosen(configured(tmp_path, right)) == ["1"]


def test_what_can_t_be_compared_can_once_it_is_typed_or_compared_as_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        chosen(configured(tmp_path, "where: cast(points as integer) > 5"))
    assert caught.value.hint.startswith("columns: ") or "customers.types" in str(caught.value)
    assert "write the column under customers.types, or compare it as text" in caught.value.message
    typed = CONFIG.replace("  consent: ok\n", "  consent: ok\n  types: {points: integer}\n")
    assert chosen(configured(tmp_path, "where: points > 5", typed)) == ["1"]
    assert chosen(configured(tmp_path, "where: points = '7'")) == ["1"]


BITS = "id integer primary key, phone varchar(20), ok bit(1), level bit(8)"


@pytest.fixture
def bits(table: Made) -> str:
    name = table(MYSQL_URL, BITS)
    run(
        MYSQL_URL,
        f"insert into {name} values (1, '0712345678', b'1', b'101'), (2, '0712345679', b'0', b'0'), "
        f"(3, '0712345670', null, null)",
    )
    return name


@pytest.mark.parametrize(
    "what", [{"table": "NAME"}, {"query": "select * from NAME order by id"}], ids=["table", "query"]
)
def test_mysql_s_bits_are_numbers(bits: str, what: dict[str, str]) -> None:
    columns = rows(MYSQL_URL, **{key: text.replace("NAME", bits) for key, text in what.items()}).table
    assert columns["ok"].to_pylist() == ["1", "0", ""] and columns["level"].to_pylist() == ["5", "0", ""]


@pytest.mark.parametrize(
    "what", ["table: NAME", 'query: "select * from NAME"', 'query: "select id, phone, ok+0 as ok from NAME"']
)
def test_a_bit_says_who_agreed(bits: str, tmp_path: Path, what: str) -> None:
    source = f'source: {{sql: {{url: "{MYSQL_URL}", {what.replace("NAME", bits)}}}}}'
    config = configured(tmp_path, "where: ok = '1'", CONFIG.replace("source: {csv: c.csv}", source))
    customers = read_customers(config).customers.sort_values("customer_key")
    assert list(customers["consent"]) == [True, False, False]
    assert chosen(config) == ["1"]


def test_rows_with_bytes_among_text_are_still_quarantined_beside_bits(table: Made) -> None:
    name = table(MYSQL_URL, "id integer primary key, ok bit(1), photo blob")
    run(MYSQL_URL, f"insert into {name} values (1, b'1', 'x')")
    assert refused(MYSQL_URL, query=f"select * from {name}").message.startswith("column photo holds bytes")


@pytest.mark.parametrize("expression", ["b'1'::bit(1)", "b'1'::varbit(1)"])
def test_postgresql_s_bits_stay_the_text_they_are(expression: str) -> None:
    require(POSTGRES_URL)
    assert rows(POSTGRES_URL, query=f"select {expression} as ok").table["ok"].to_pylist() == ["1"]
