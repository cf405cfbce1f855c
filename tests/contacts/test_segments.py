"""`where` chooses members, and can do nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ampenet_sync.contacts import select_members
from ampenet_sync.errors import ConfigError
from tests.customers.shop import CONFIG, Shop, read_customers

ROWS = (
    "1,0712345678,Asha,,,yes,5,12.5,2026-01-05,yes,gold",
    "2,0754123456,Juma,,,no,,,,,gold",
    "3,0754123457,Neema,,,no,250,3,2026-11-01,no,silver",
)
DAY = date(2026, 11, 30)


def members(shop: Shop, where: str) -> list[str]:
    config = shop(*ROWS, where=where)
    return list(select_members(read_customers(config), config, segment="s", run_date=DAY).members["customer_key"])


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("tier = 'gold'", ["1", "2"]),
        ("TIER = 'gold'", ["1", "2"]),
        ("tier = 'gold' and vip", ["1"]),
        ("points > 20", ["3"]),
        ("points is null", ["2"]),
        ("not points > 20", ["1"]),
        ("coalesce(points, 0) < 20", ["1", "2"]),
        ("spent between 10 and 20.5", ["1"]),
        ("since >= run_date - interval 30 day", ["3"]),
        ("since > run_date - 29", []),
        ("date_diff('day', since, run_date) > 100", ["1"]),
        ("since < '2026-06-01'", ["1"]),
        ("jina in ('Asha', 'Neema')", ["1", "3"]),
        ("jina like 'A%' or lower(jina) = 'neema'", ["1", "3"]),
        ("simu = '0754123456'", ["2"]),
        ("case when tier = 'gold' then points > 1 else false end", ["1"]),
        ("tier = 'points'", []),
        ("tier = 'gold' -- the good ones", ["1", "2"]),
        ("true", ["1", "2", "3"]),
        ("false", []),
    ],
)
def test_members_are_those_for_whom_it_is_true(shop: Shop, where: str, keys: list[str]) -> None:
    assert members(shop, where) == keys


@pytest.mark.parametrize(
    ("zone", "keys"), [("Africa/Nairobi", ["2"]), ("UTC", ["1"]), ("America/New_York", ["1"]), ("Pacific/Apia", ["2"])]
)
def test_a_moment_is_on_the_day_it_has_in_the_configured_zone_not_in_the_machine_s(
    shop: Shop, zone: str, keys: list[str]
) -> None:
    where = "strptime('2026-11-30 22:00 +0000', '%Y-%m-%d %H:%M %z')::date - run_date = id::int - 1"
    config = shop(*ROWS, where=where, text=f"time_zone: {zone}\n{CONFIG}")
    chosen = select_members(read_customers(config), config, segment="s", run_date=DAY)
    assert list(chosen.members["customer_key"]) == keys


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("teir = 'gold'", "there is no column 'teir'"),
        ('tier = "gold"', "there is no column 'gold' (text is written in single quotes)"),
        ("customers.tier = 'gold'", "customers.tier is no column"),
        ("tier in (select tier from customers)", "a query inside is not allowed"),
        ("exists (select 1)", "a query inside is not allowed"),
        ("tier = (select content from read_text('/etc/hostname'))", "a query inside is not allowed"),
        ("random() < 0.5", "the function random is not allowed"),
        ("since < now()", "write run_date"),
        ("since < today()", "write run_date"),
        ("since < current_date", "there is no column 'current_date'"),
        ("age(since) > interval 3 day", "the function age is not allowed"),
        ("read_text('/etc/hostname') = ''", "the function read_text is not allowed"),
        ("current_setting('threads') = 1", "the function current_setting is not allowed"),
        ("lowr(tier) = 'gold'", "did you mean lower?"),
        ("sum(points) > 1", "the function sum is not allowed"),
        ("row_number() over () = 1", "a window over other rows is not allowed"),
        ("tier = ?", "a parameter is not allowed"),
        ("tier = 'gold'; drop table customers", "more than one statement"),
        ("true) or (true", "syntax error"),
        ("true union select true", "set operation"),
        ("true limit 1", "modifier"),
        ("true, false", "single expression"),
        ("tier = 'gold' and", "syntax error"),
        ("", "segments.s.where"),
        ("tier > 1", "customers.types"),
        (" + ".join(["points"] * 900) + " > 1", "it is too deep"),
        ("strptime(tier, '%Y') is null", "a value in some row can't be compared so"),
        ("tier", "a value in some row can't be compared so"),
    ],
)
def test_anything_but_an_expression_about_one_row_is_refused(shop: Shop, where: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        members(shop, where)
    assert caught.value.code == "bad_where" and message in caught.value.message


def test_the_error_has_line_segment_columns_and_the_nearest_name(shop: Shop) -> None:
    with pytest.raises(ConfigError) as caught:
        members(shop, "teir = 'gold'")
    assert caught.value.message.startswith("ampenet.yaml:14: segments.s.where: ")
    assert caught.value.hint.startswith("did you mean tier? columns: id, simu,")
    assert caught.value.hint.endswith("tier, run_date")


def test_no_value_of_a_customer_gets_into_an_error(shop: Shop) -> None:
    with pytest.raises(ConfigError) as caught:
        members(shop, "cast(jina as integer) > 1")
    assert "Asha" not in f"{caught.value} {caught.value.hint}"


def test_a_segment_without_where_has_everybody(shop: Shop) -> None:
    config = shop(*ROWS)
    segment = config.segments["s"].model_copy(update={"where": None})
    config = config.model_copy(update={"segments": {"s": segment}})
    assert len(select_members(read_customers(config), config, segment="s", run_date=DAY).members) == 3


def test_nobody_is_a_table_of_the_same_shape(shop: Shop) -> None:
    config = shop(*ROWS, where="false")
    intake = read_customers(config)
    nobody = select_members(intake, config, segment="s", run_date=DAY, columns=intake.column_names()).members
    assert len(nobody) == 0 and (nobody.dtypes == intake.customers.dtypes).all()


def test_where_is_looked_at_even_if_no_row_can_be_used(shop: Shop) -> None:
    empty = read_customers(shop("1,,,,,,,,,,"))
    config = shop("1,,,,,,,,,,", where="tier = 'gold'")
    assert len(select_members(empty, config, segment="s", run_date=DAY).members) == 0
    with pytest.raises(ConfigError, match="there is no column 'teir'"):
        select_members(empty, shop("1,,,,,,,,,,", where="teir = ''"), segment="s", run_date=DAY)


def test_only_the_columns_that_were_asked_for_come(shop: Shop) -> None:
    config = shop(*ROWS, where="tier = 'silver' and points > 1")
    intake = read_customers(config)
    found = select_members(intake, config, segment="s", run_date=DAY).members
    assert list(found.columns) == ["customer_key", "phone", "first_name", "last_name", "consent"]
    (row,) = select_members(intake, config, segment="s", run_date=DAY, columns=["source.jina"]).members.to_numpy()
    assert list(row) == ["Neema"]


def test_the_order_of_the_source_is_kept(shop: Shop) -> None:
    rows = [f"{n},07{n:08d},,,,,{n % 7},,,," for n in range(12_000_000, 12_006_000)]
    config = shop(*rows, where="points < 3")
    chosen = select_members(read_customers(config), config, segment="s", run_date=DAY, columns=["source_line"])
    found = chosen.members
    assert len(found) > 2_000 and list(found["source_line"]) == sorted(found["source_line"])


def test_a_column_called_run_date_is_not_mistaken_for_the_day(shop: Shop) -> None:
    header = "id,simu,jina,ukoo,nchi,sms,points,spent,since,vip,run_date\n"
    config = shop(ROWS[0], where="run_date = 'gold'", header=header)
    with pytest.raises(ConfigError, match="the source has a column of that name"):
        select_members(read_customers(config), config, segment="s", run_date=DAY)


def test_columns_with_spaces_and_dots_are_written_in_double_quotes(shop: Shop) -> None:
    header = "id,simu,jina,ukoo,nchi,sms,points,spent,since,vip,the tier.v2\n"
    config = shop(*ROWS, where="\"the tier.v2\" = 'silver'", header=header)
    found = select_members(read_customers(config), config, segment="s", run_date=DAY).members
    assert list(found["customer_key"]) == ["3"]


def test_choosing_leaves_no_file_behind(shop: Shop, tmp_path: Path) -> None:
    members(shop, "tier = 'gold'")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ampenet", "ampenet.yaml", "customers.csv"]
    assert [path.name for path in (tmp_path / ".ampenet").iterdir() if path.name != ".gitignore"] == ["customers"]
