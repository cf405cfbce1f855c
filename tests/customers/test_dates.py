"""Dates and moments: each is the day it is in the shop's time zone, in the spelling that was asked for, or a misfit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.config.types import DateForm
from ampenet_sync.contacts import select_members
from ampenet_sync.customers.dates import read_days, read_order
from ampenet_sync.errors import ConfigError
from tests.customers.shop import CONFIG, Shop, read_customers
from tests.examples import examples

DAR = "Africa/Dar_es_Salaam"


def days(*cells: str, form: str | None = None, zone: str = DAR) -> list[date | None]:
    asked = DateForm(form) if form else None
    return list(read_days(pa.chunked_array([cells], pa.string()), asked, zone=zone).to_pylist())


def in_order(*cells: str, form: str | None = None, zone: str = DAR) -> list[str]:
    asked = DateForm(form) if form else None
    order = read_order(pa.chunked_array([cells], pa.string()), asked, zone=zone).to_pylist()
    return [cell for _, cell in sorted(zip(order, cells, strict=True))]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01T22:30:00Z",
        "2026-01-01T22:30Z",
        "2026-01-01T22:30:00.000Z",
        "2026-01-01T22:30:00+00:00",
        "2026-01-01 22:30:00+00",
        "2026-01-01 22:30:00.123456+0000",
        "2026-01-01 22:30:00 UTC",
        "2026-01-02T01:30:00+03:00",
        "2026-01-02 01:30:00 +0300",
        "2026-01-01 17:30:00-05",
        "2026-01-02 04:15:00+05:45",
        "2026-01-02 00:57:16+02:27:16",
    ],
)
def test_a_moment_with_a_zone_is_the_day_it_was_in_the_shop(moment: str) -> None:
    assert days(moment, "2026-01-02") == [date(2026, 1, 2), date(2026, 1, 2)]
    assert days(moment, zone="America/New_York") == [date(2026, 1, 1)]


def test_a_moment_without_a_zone_is_the_day_that_is_written() -> None:
    assert days("2026-01-01T22:30:00", "2026-01-01 23:59", "2026-01-01") == [date(2026, 1, 1)] * 3


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "2026-02-30T06:14Z", "2026-13-01", "2026-1-2", "26-01-02", "2026-01-02T25:00", "2026-01-02T06:61",
     "2026-01-02Z", "2026-01-02T06", "2026-01-02T06:14+16:00", "2026-01-02T06:14 EAT", "20260102", "02/01/2026",
     "1767334470", "2026-01-02 BC", "infinity", "0000-00-00", "10000-01-01", "-0001-01-01", "2026-01-02\n2026-01-03"],
)  # fmt: skip
def test_what_is_not_plainly_a_day_is_none(cell: str) -> None:
    assert days(cell, "2026-01-02") == [None, date(2026, 1, 2)]


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        ("%d/%m/%Y", "05/01/2026", date(2026, 1, 5)),
        ("%d/%m/%Y", "5/1/2026", date(2026, 1, 5)),
        ("%m/%d/%Y", "05/01/2026", date(2026, 5, 1)),
        ("%d/%m/%Y", "31/02/2026", None),
        ("%d/%m/%Y", "30/13/2026", None),
        ("%d/%m/%Y", "05-01-2026", None),
        ("%d/%m/%Y", "05/01/26", None),
        ("%d/%m/%Y", "05/01/2026 14:30", None),
        ("%d/%m/%y", "05/01/26", date(2026, 1, 5)),
        ("%d/%m/%y", "05/01/69", date(1969, 1, 5)),
        ("%d/%m/%y", "05/01/68", date(2068, 1, 5)),
        ("%d.%m.%Y", "5.1.2026", date(2026, 1, 5)),
        ("%Y%m%d", "20260105", date(2026, 1, 5)),
        ("%Y%m%d", "2026105", None),
        ("%d%m%Y", "05012026", date(2026, 1, 5)),
        ("%d-%b-%Y", "05-Jan-2026", date(2026, 1, 5)),
        ("%d-%b-%Y", "05-JAN-2026", date(2026, 1, 5)),
        ("%d %B %Y", "5 Januari 2026", date(2026, 1, 5)),
        ("%d %B %Y", "5 machi 2026", date(2026, 3, 5)),
        ("%d %B %Y", "5  May\u00a02026", date(2026, 5, 5)),
        ("%d %B %Y", "5 Mei 2026", date(2026, 5, 5)),
        ("%B %d, %Y", "November 30, 2026", date(2026, 11, 30)),
        ("%d %b %Y", "5 Foo 2026", None),
        ("%d/%m/%Y %H:%M", "05/01/2026 23:59", date(2026, 1, 5)),
        ("%d/%m/%Y %H:%M", "05/01/2026 24:00", None),
        ("%d/%m/%Y %H:%M:%S", "05/01/2026 06:14:30", date(2026, 1, 5)),
        ("%d/%m/%y %I:%M %p", "5/1/26 2:30 PM", date(2026, 1, 5)),
        ("%d/%m/%y %I:%M %p", "5/1/26 12:00 a.m.", date(2026, 1, 5)),
        ("%d/%m/%y %I:%M %p", "5/1/26 13:30 PM", None),
        ("%d/%m/%Y %H:%M %z", "05/01/2026 22:30 +0000", date(2026, 1, 6)),
        ("%d%%%m%%%Y", "05%01%2026", date(2026, 1, 5)),
        ("%d/%m/%Y", "2026-01-05", date(2026, 1, 5)),
        ("%d/%m/%Y", "2026-01-05T22:30:00Z", date(2026, 1, 6)),
        ("%Y-%d-%m", "2026-05-13", None),
        ("%Y-%d-%m", "2026-05-01", date(2026, 1, 5)),
    ],
)
def test_another_spelling_is_read_only_as_it_was_asked_for(form: str, cell: str, day: date | None) -> None:
    assert days(cell, "", form=form) == [day, None]


FORMATS = ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y %H:%M:%S", "%Y%m%d%H%M%S", "%d-%b-%Y", "%B %d, %Y %I:%M %p", "%d/%m/%y"]


@examples(200)
@given(st.sampled_from(FORMATS), st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)))
def test_what_python_writes_in_a_format_is_read_back(form: str, moment: datetime) -> None:
    assert days(moment.strftime(form), form=form) == [moment.date()]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-01-02T02:00:00+03:00", "2026-01-01T23:30:00Z"),
        ("2026-01-01", "2026-01-01T00:00:01"),
        ("2026-01-01T20:59:59Z", "2026-01-02"),
        ("2026-01-02", "2026-01-01T21:00:01Z"),
        ("2026-01-01T08:00:00.25Z", "2026-01-01T08:00:00.3Z"),
        ("2026-01-01T08:00:00Z", "2026-01-01T08:00:00.0000001Z"),
        ("1969-12-31", "1970-01-01"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_moments_stand_in_the_order_of_time(earlier: str, later: str) -> None:
    assert in_order(later, earlier) == [earlier, later]


def test_the_same_moment_in_two_zones_is_equally_new() -> None:
    cells = ("2026-01-01T22:30:00Z", "2026-01-02 01:30:00+03", "2026-01-02T01:30:00")
    order = read_order(pa.chunked_array([cells]), None, zone=DAR).to_pylist()
    assert len(set(order)) == 1


def test_the_hour_that_a_clock_shows_twice_is_two_hours() -> None:
    first, second = "2026-11-01T01:30:00-04:00", "2026-11-01T01:10:00-05:00"
    assert in_order(second, first, zone="America/New_York") == [first, second]


@examples(100)
@given(st.lists(st.tuples(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 14)), min_size=2))
def test_any_moments_stand_in_the_order_of_time(pairs: list[tuple[datetime, int]]) -> None:
    moments = [moment.replace(tzinfo=timezone(timedelta(hours=hours))) for moment, hours in pairs]
    order = read_order(pa.chunked_array([[moment.isoformat() for moment in moments]]), None, zone=DAR).to_pylist()
    by_text = sorted(range(len(moments)), key=lambda at: (order[at], at))
    assert by_text == sorted(range(len(moments)), key=lambda at: (moments[at], at))


@examples(100)
@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from([DAR, "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/London"]),
)
def test_the_day_is_the_one_python_says(moment: datetime, zone: str) -> None:
    there = moment.replace(tzinfo=UTC)
    assert days(there.isoformat(), zone=zone) == [there.astimezone(ZoneInfo(zone)).date()]


JOINED = CONFIG.replace("since: date", 'since: {date: "%d/%m/%Y"}')


def test_a_segment_and_a_field_see_the_day_in_the_shop_s_zone(shop: Shop) -> None:
    text = CONFIG.replace("  key: id\n", "  key: id\n  fields: {D: since}\n")
    config = shop("1,0712345678,,,,,,,2026-01-01T22:30:00Z,,", where="since = '2026-01-02'", text=text)
    chosen = select_members(
        read_customers(config), config, segment="s", run_date=date(2026, 11, 30), columns=["field.D"]
    )
    assert list(chosen.members["field.D"]) == ["2026-01-02"]


def test_another_time_zone_is_another_day_another_reading_and_another_digest(shop: Shop) -> None:
    row = "1,0712345678,,,,,,,2026-01-01T22:30:00Z,,"
    fields = CONFIG.replace("  key: id\n", "  key: id\n  fields: {D: since}\n")
    here, there = (shop(row, text=f"time_zone: {zone}\n{fields}") for zone in (DAR, "Europe/London"))
    assert [read_customers(config).customers["field.D"][0] for config in (here, there)] == ["2026-01-02", "2026-01-01"]
    assert read_customers(here).customers_path != read_customers(there).customers_path
    assert here.digest(segment="s") != there.digest(segment="s")


def test_dates_that_were_asked_for_choose_members_and_the_newest_row(shop: Shop) -> None:
    text = JOINED.replace("  key: id\n", "  key: id\n  collisions: {newest: since}\n  fields: {D: since}\n")
    rows = ("1,0712345678,Old,,,,,,31/12/2025,,", "1,0712345679,New,,,,,,01/02/2026,,")
    config = shop(*rows, where="since > '2026-01-01'", text=text)
    customers = read_customers(config).customers
    assert list(customers["first_name"]) == ["New"] and list(customers["field.D"]) == ["2026-02-01"]
    assert len(select_members(read_customers(config), config, segment="s", run_date=date(2026, 11, 30)).members) == 1


def test_the_clerk_is_shown_a_date_as_it_was_asked_for(shop: Shop) -> None:
    config = shop("1,0712345678,,,,,,,2026/01/05,,", where="since < run_date", text=JOINED)
    (row,) = read_customers(config).quarantine.to_dict("records")
    assert row["hint"] == "Column since does not hold a date such as 30/11/2026."
    assert row["hint_sw"] == "Safu wima since haina tarehe kama 30/11/2026."


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('{date: "dd/mm/yyyy"}', "'dd/mm/yyyy' has no day: write what strptime calls its parts"),
        ('{date: "%m/%Y"}', "'%m/%Y' has no day"),
        ('{date: "%d/%m"}', "'%d/%m' has no year"),
        ('{date: "%d/%m/%Y %y"}', "more than one year"),
        ('{date: "%d/%b/%m/%Y"}', "more than one month"),
        ('{date: "%x"}', "%x is no part of a date that is understood here; there are %d %m %b %B %Y %y %H"),
        ('{date: "%-d/%m/%Y"}', "%- is no part of a date"),
        ('{date: "%d/%m/%Y %I:%M"}', "%I and %p belong together"),
        ('{date: "%d/%m/%Y %H:%M %p"}', "%I and %p belong together"),
        ('{date: "%d/%m/%Y %M"}', "has a minute without an hour"),
        ('{date: "%d/%m/%Y %"}', "%"),
        ("{date: [a]}", "write text, integer, number, date or boolean, or how its cells are written"),
        ("{dates: '%d'}", "write text, integer, number, date or boolean"),
        ("{date: '%d/%m/%Y', number: '1'}", "write text, integer, number, date or boolean"),
        ("datetime", "write text, integer, number, date or boolean"),
    ],
)
def test_a_format_nobody_can_read_by_is_refused_with_its_place(shop: Shop, written: str, message: str) -> None:
    if message == "%":
        assert shop(text=CONFIG.replace("since: date", f"since: {written}"))  # a sign like any other
        return
    with pytest.raises(ConfigError) as refused:
        shop(text=CONFIG.replace("since: date", f"since: {written}"))
    assert refused.value.message.startswith("ampenet.yaml:11: customers.types.since: ")
    assert message.lower() in refused.value.message.lower()
