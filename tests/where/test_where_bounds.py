"""A `where` can't take the machine's memory or its day: too much is refused before it runs, too slow is stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from ampenet_sync.contacts import select_members
from ampenet_sync.errors import ConfigError
from ampenet_sync.where.cost import Fault
from ampenet_sync.where.read import closed_connection, read_where
from ampenet_sync.where.run import Judge
from tests.customers.shop import Shop, read_customers

ROW = "1,0712345678,Asha,,,yes,5,12.5,2026-01-05,yes,gold"
DAY = date(2026, 11, 30)


@pytest.fixture
def closed() -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection on which a segment's `where` runs."""
    connection = closed_connection("Africa/Dar_es_Salaam")
    yield connection
    connection.close()


def rows_of(*texts: str) -> pa.Table:
    return pa.table({"tier": list(texts), "_": np.arange(len(texts))})


def refusal(where: str, connection: duckdb.DuckDBPyConnection) -> str:
    with pytest.raises(Fault) as caught:
        read_where(where, connection)
    return caught.value.message


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("repeat('x', 3000000) = ''", "repeat may make 3,000,000 letters of one row; at most 2,097,152 are made"),
        ("repeat(repeat(tier, 9), 9) = ''", "repeat may make 2,654,127 letters"),
        ("repeat('x', points) = ''", "the number in repeat has to stand there as a number, such as 20"),
        ("repeat('x', 1000 * 1000) = ''", "the number in repeat has to stand there as a number"),
        ("lpad(tier, 3000000, '0') = ''", "lpad may make 3,000,000 letters"),
        ("rpad(tier, length(tier), '0') = ''", "the number in rpad has to stand there as a number"),
        ("replace(tier, 'a', tier) = ''", "replace may make 1,073,709,056 letters"),
        ("replace(replace(tier, 'a', 'bbbbbbbb'), 'b', 'cccccccc') = ''", "replace may make 2,654,127 letters"),
        ("replace(tier, jina, 'twenty letters of it' || tier) = ''", "replace may make"),
        (f"regexp_replace(tier, '', '{'y' * 99}', 'g') = ''", "regexp_replace may make"),
        ("regexp_replace(tier, '.*', tier, 'g') = ''", "regexp_replace may make"),
        ("len(split(split(tier, '')::varchar, '')) = 1", "split may make"),
        (" || ".join(["tier"] * 70) + " = ''", "|| may make"),
        ("concat_ws(tier, " + ", ".join(["'a'"] * 70) + ") = ''", "concat_ws may make"),
        ("tier::blob::varchar::blob::varchar = ''", "it may make"),
        ("levenshtein(tier, jina) < 3", "levenshtein takes too long for a text of 32,767 and 32,767 letters"),
        ("damerau_levenshtein(tier, jina) < 3", "damerau_levenshtein takes too long for a text"),
        ("jaro_winkler_similarity(tier, jina) > 0.9", "jaro_winkler_similarity takes too long"),
        ("tier like '%' || jina || '_%'", "like takes too long for a text of 32,767 and "),
        ("regexp_matches(tier, '(a{0,100}){90}b')", "regexp_matches takes too long for a text of 32,767 letters"),
        ("regexp_matches(tier, jina)", "the pattern in regexp_matches has to stand there as a text in quotes"),
        ("tier similar to jina", "the pattern in regexp_full_match has to stand there"),
        ("lpad(tier, length := 9, characters := '0') = ''", "the arguments of lpad are written without names"),
        (" or ".join(["tier = 'x'"] * 6000), "it has 83,996 letters; at most 32,768 are read"),
        ("(" * 40_000 + ")" * 40_000, "it has 80,000 letters"),
        ("printf('%1000000000d', 1) = ''", "the function printf is not allowed"),
        ("format('{:>1000000000}', tier) = ''", "the function format is not allowed"),
        ("len(range(1000000000)) = 1", "the function range is not allowed"),
        ("len(generate_series(1, 1000000000)) = 1", "the function generate_series is not allowed"),
        ("bar(1, 0, 2, 1000000) = ''", "the function bar is not allowed"),
        ("string_agg(tier, ',') = ''", "the function string_agg is not allowed"),
        ("bitstring('1', 1000000000) is null", "the function bitstring is not allowed"),
        ("list_resize([1], 1000000000) is null", "the function list_resize is not allowed"),
    ],
)
def test_what_makes_too_much_or_takes_too_long_for_a_row_is_refused(
    where: str, message: str, closed: duckdb.DuckDBPyConnection
) -> None:
    assert message in refusal(where, closed)


@pytest.mark.parametrize("deep", ["(" * 15_000 + ")" * 15_000, "not " * 9_000 + "true", "lower(" * 9_000])
def test_an_expression_of_thousands_of_parts_inside_each_other_is_an_error_like_any_other(
    deep: str, shop: Shop
) -> None:
    with pytest.raises(ConfigError) as caught:
        select_members(read_customers(shop(ROW)), shop(ROW, where=deep), segment="s", run_date=DAY)
    assert caught.value.code == "bad_where"


def test_the_attacks_are_real_duckdb_s_own_memory_limit_does_not_hold_them(closed: duckdb.DuckDBPyConnection) -> None:
    """The control: on the same connection, under 256 MB, DuckDB makes a text of 300 MB and counts none of it."""
    assert closed.execute("select current_setting('memory_limit')").fetchone() == ("244.1 MiB",)
    assert closed.execute("select length(repeat('x', 300000000))").fetchone() == (300_000_000,)
    assert closed.execute("select length(replace(repeat('a', 9000), 'a', repeat('b', 9000)))").fetchone() == (
        81_000_000,
    )


def test_the_error_names_the_place_in_ampenet_yaml_the_limit_and_the_way_out(shop: Shop) -> None:
    with pytest.raises(ConfigError) as caught:
        select_members(read_customers(shop(ROW)), shop(ROW, where="repeat(tier, 100) = ''"), segment="s", run_date=DAY)
    assert caught.value.message == (
        "ampenet.yaml:14: segments.s.where: repeat may make 3,276,700 letters of one row; at most 2,097,152 are made"
    )
    assert caught.value.hint == "shorten what it is made of, as with left(column, 100)"


@pytest.mark.parametrize(
    "where",
    [
        "lpad(tier, 5, '0') = '00abc'",
        "repeat(tier, 2) = 'abcabc'",
        "replace(tier, 'b', 'a comma, or so') = 'aa comma, or soc'",
        "levenshtein(tier, 'abd') = 1",
        "damerau_levenshtein(tier, 'acb') = 1",
        "levenshtein(left(tier, 1000), left(tier || 'x', 1000)) = 1",
        "regexp_matches(left(tier, 100), '(.{0,50}){2}c')",
        r"not regexp_full_match(tier, '(\+?255|0)[67]\d{2}[ -]?\d{3}[ -]?\d{3}')",
        r"regexp_replace(tier, '(a)(b)', '\2\1') = 'bac'",
        "regexp_replace(tier, '[a-b]', '', 'g') = 'c'",
        "tier like '%b%' and tier ilike 'AB_' and tier like 'a!%' escape '!' is false",
        "concat_ws(', ', tier, tier) = 'abc, abc' and split_part(tier, 'b', 2) = 'c'",
        "strftime(date '2026-11-30', '%A %d %B %Y') = 'Monday 30 November 2026'",
        "substr(tier, 2, 1) = 'b' and tier[2:3] = 'bc' and right(tier, 1) = 'c'",
        "case when tier is null then '' else upper(trim(tier)) end = 'ABC'",
        "list_contains(split(tier, ''), 'b') and strip_accents(tier) = nfc_normalize(tier)",
        " or ".join(f"lower(trim(tier)) = 'city {n}'" for n in range(500)) + " or tier = 'abc'",
    ],
)
def test_the_same_functions_in_ordinary_measure_are_carried_out(where: str, closed: duckdb.DuckDBPyConnection) -> None:
    assert Judge(where, closed).kept(rows_of("abc")).tolist() == [0]


def test_the_longest_cells_run_a_few_rows_at_a_time_and_all_are_judged(closed: duckdb.DuckDBPyConnection) -> None:
    texts = [("a" * 32_766) + ("b" if n % 3 else "c") for n in range(900)]
    found = Judge("replace(tier, 'b', '') || tier || tier || tier <> '' and tier like '%c'", closed).kept(
        rows_of(*texts)
    )
    assert found.tolist() == list(range(0, 900, 3))


def test_a_slow_expression_is_stopped_with_its_limit(closed: duckdb.DuckDBPyConnection) -> None:
    """The control is in the same test: with time enough it is carried out."""
    slow, table = "regexp_matches(tier, '(a{0,100}){2}b')", rows_of(*["a" * 30_000] * 40)
    judge, started = Judge(slow, closed, seconds=0.05, rows_a_second=10**9), time.monotonic()
    with pytest.raises(Fault) as caught:
        judge.kept(table)
    assert time.monotonic() - started < 5
    assert caught.value.message == "it takes longer than 0.05 seconds for 40 rows"
    assert "left(column, 100)" in caught.value.hint
    few = Judge(slow, closed, seconds=60).kept(table.slice(0, 1))
    assert few.tolist() == []


def test_time_that_is_used_up_in_one_table_is_not_given_again_in_the_next(closed: duckdb.DuckDBPyConnection) -> None:
    ticks = iter(range(0, 1_000, 6))
    judge = Judge("tier = 'a'", closed, clock=lambda: float(next(ticks)))
    assert judge.kept(rows_of("a")).tolist() == [0] and judge.kept(rows_of("b")).tolist() == []
    with pytest.raises(Fault, match="longer than 10 seconds for 3 rows"):
        judge.kept(rows_of("a"))


def test_more_rows_have_more_time(closed: duckdb.DuckDBPyConnection) -> None:
    ticks = iter(range(0, 1_000, 6))
    judge = Judge("tier = 'a'", closed, clock=lambda: float(next(ticks)))
    for _ in range(3):
        assert len(judge.kept(rows_of(*["a"] * 60_000))) == 60_000


def test_an_ordinary_expression_on_200_000_rows_takes_a_small_part_of_its_time(
    closed: duckdb.DuckDBPyConnection,
) -> None:
    where = (
        r"lower(trim(tier)) in ('gold 7', 'gold 17') or (tier like '%99' and not regexp_matches(tier, '^\w+ \d{5}$'))"
    )
    table, started = rows_of(*[f"Gold {n}" for n in range(200_000)]), time.monotonic()
    found = Judge(where, closed).kept(table)
    assert found.tolist()[:3] == [7, 17, 99] and time.monotonic() - started < 10
