"""Numbers as an example shows them: read only so, never by a guess of what a comma means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.config.types import NumberForm, read_type
from ampenet_sync.contacts import select_members
from ampenet_sync.customers.numbers import plain_integers, plain_numbers
from ampenet_sync.errors import ConfigError
from tests.customers.shop import CONFIG, Shop, read_customers
from tests.examples import examples


def form(example: str, kind: str = "number") -> NumberForm:
    read_back = read_type({kind: example})
    assert isinstance(read_back, NumberForm)
    return read_back


def plain(example: str, *cells: str) -> list[str | None]:
    return list(plain_numbers(pa.chunked_array([cells], pa.string()), form(example)).to_pylist())


@pytest.mark.parametrize(
    ("example", "cell", "number"),
    [
        ("1,234.50", "1,234.50", "1234.50"),
        ("1,234.50", "1,234,567.5", "1234567.5"),
        ("1,234.50", "1234.50", "1234.50"),
        ("1,234.50", "-1,234", "-1234"),
        ("1,234.50", "+5", "5"),
        ("1,234.50", "\N{MINUS SIGN}5", "-5"),
        ("1,234.50", "1,23", None),
        ("1,234.50", "1,2345", None),
        ("1,234.50", "1234,567", None),
        ("1,234.50", "1.234,50", None),
        ("1,234.50", "1 234.50", None),
        ("1,234.50", "TZS 1,234.50", None),
        ("1,234.50", "1,234.50/=", None),
        ("1,234.50", "--5", None),
        ("1,234.50", "(5)", None),
        ("1.234,50", "1.234,50", "1234.50"),
        ("1.234,50", "1.234", "1234"),
        ("1.234,50", "12,5", "12.5"),
        ("1.234,50", "1,234.50", None),
        ("1.234,50", "12.5", None),
        ("1 234,50", "1 234,50", "1234.50"),
        ("1 234,50", "1\u00a0234\u202f567,50", "1234567.50"),
        ("1'234.50", "1'234.50", "1234.50"),
        ("1'234.50", "1\u2019234.50", "1234.50"),
        ("1,50", "1,50", "1.50"),
        ("1,50", "1.500,50", None),
        ("1500/=", "1500/=", "1500"),
        ("1500/=", "1500 /=", "1500"),
        ("1500/=", "1500", "1500"),
        ("1500/=", "1,500/=", None),
        ("1500/=", "1500/-", None),
        ("1,500/-", "1,500/-", "1500"),
        ("TZS 1,500", "TZS 1,500", "1500"),
        ("TZS 1,500", "tzs1,500.75", "1500.75"),
        ("TZS 1,500", "1,500", "1500"),
        ("TZS 1,500", "TZS -1,500", "-1500"),
        ("TZS 1,500", "-TZS 1,500", "-1500"),
        ("TZS 1,500", "-TZS -1,500", None),
        ("TZS 1,500", "KES 1,500", None),
        ("TZS 1,500", "TZS", None),
        ("Tsh. 1,500.00/=", "tsh.1,500/=", "1500"),
        ("Tsh. 1,500.00/=", "1,500/=", "1500"),
        ("$1,234.50", "$1,234.50", "1234.50"),
        ("12.5%", "12.5 %", "12.5"),
        ("(1,500)", "(1,500)", "-1500"),
        ("(1,500)", "1,500", "1500"),
        ("(1,500)", "(1,500", None),
        ("(1,500)", "(-1,500)", None),
        ("(TZS 1,500)", "(TZS 1,500)", "-1500"),
        ("(TZS 1,500)", "TZS (1,500)", "-1500"),
        ("1.234,50-", "1.234,50-", "-1234.50"),
        ("1.234,50-", "1.234,50", "1234.50"),
        ("1.234,50-", "-1,50-", None),
    ],
)
def test_a_number_is_read_only_as_its_example_shows(example: str, cell: str, number: str | None) -> None:
    assert plain(example, cell) == [number]


STYLES = {
    "1,234.50": ("{:,.2f}", str.maketrans("", "")),
    "1.234,50": ("{:,.2f}", str.maketrans(",.", ".,")),
    "1 234,50": ("{:,.2f}", str.maketrans(",.", " ,")),
    "1'234.50": ("{:,.2f}", str.maketrans(",", "'")),
    "TZS 1,234.50": ("TZS {:,.2f}", str.maketrans("", "")),
    "1234/=": ("{:.2f}/=", str.maketrans("", "")),
}


@examples(300)
@given(st.sampled_from(sorted(STYLES)), st.decimals(-(10**12), 10**12, places=2))
def test_what_a_program_writes_in_a_style_is_read_back(example: str, number: Decimal) -> None:
    pattern, signs = STYLES[example]
    (read_back,) = plain(example, pattern.format(number).translate(signs))
    assert read_back is not None and Decimal(read_back) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("250", "250"),
        ("+7", "7"),
        ("-250.00", "-250"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", None),
        ("1.5", None),
        ("1e3", None),
        ("1,500", None),
        ("٣", None),
    ],
)
def test_an_integer_has_64_bits(cell: str, number: str | None) -> None:
    assert plain_integers(pa.chunked_array([[cell]]), None).to_pylist() == [number]


@pytest.mark.parametrize(("cell", "number"), [("1,234", "1234"), ("1,234.00", "1234"), ("1,234.5", None)])
def test_an_integer_may_be_written_as_an_example_shows(cell: str, number: str | None) -> None:
    assert plain_integers(pa.chunked_array([[cell]]), form("1,234", "integer")).to_pylist() == [number]


SPENT = 'spent: {number: "TZS 1,234.50"}'


def test_money_chooses_members_and_is_a_field_in_one_form(shop: Shop) -> None:
    text = CONFIG.replace("spent: number", SPENT).replace("  key: id\n", "  key: id\n  fields: {S: spent}\n")
    rows = [f'{n},071234567{n},,,,,,"{cell}",,,' for n, cell in enumerate(("TZS 1,500.50", "900", "-", "2,000"))]
    config = shop(*rows, where="spent > 1000", text=text)
    intake = read_customers(config)
    assert list(intake.customers["field.S"]) == ["1500.5", "900", "", "2000"] and intake.reasons == {}
    chosen = select_members(intake, config, segment="s", run_date=date(2026, 11, 30)).members
    assert list(chosen["customer_key"]) == ["0", "3"]


def test_the_clerk_is_shown_the_example(shop: Shop) -> None:
    config = shop("1,0712345678,,,,,,1500/=,,,", where="spent > 1", text=CONFIG.replace("spent: number", SPENT))
    (row,) = read_customers(config).quarantine.to_dict("records")
    assert row["hint"] == "Column spent does not hold a number such as TZS 1,234.50."


def test_yes_and_no_may_be_words_of_one_s_own(shop: Shop) -> None:
    text = CONFIG.replace("vip: boolean", "vip: {boolean: {yes: [Ja], no: [Nei]}}")
    rows = [f"{n},071234567{n},,,,,,,,{cell}," for n, cell in enumerate(("ja", "NEI", "yes"))]
    config = shop(*rows, where="vip", text=text)
    intake = read_customers(config)
    assert list(intake.quarantine["hint"]) == ["Column vip does not hold Ja or Nei."]
    assert list(select_members(intake, config, segment="s", run_date=date(2026, 11, 30)).members["customer_key"]) == [
        "0"
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('{number: "1.500"}', "'1.500' can be read in two ways: write 1.234,50, or 1234.50"),
        ('{number: "1,234,56"}', "does not show thousands and decimals"),
        ('{number: "12,34,567"}', "does not show thousands and decimals"),
        ('{number: "1.234 567"}', "does not show thousands and decimals"),
        ('{number: "1,234.567,8"}', "does not show thousands and decimals"),
        ('{number: "TZS"}', "is no example of a number"),
        ('{number: "1 to 5"}', "is no example of a number"),
        ('{number: "1,500."}', "a word or a sign such as TZS or /="),
        ('{integer: "1,234.50"}', "is no whole number: write {number: …}"),
        ("{boolean: {ja: [x]}}", "write text, integer, number, date or boolean"),
        ("{boolean: {yes: []}}", "write the words for yes and no as lists"),
        ("{text: x}", "write text, integer, number, date or boolean"),
    ],
)
def test_an_example_that_shows_nothing_certain_is_refused_with_its_place(
    shop: Shop, written: str, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        shop(text=CONFIG.replace("spent: number", f"spent: {written}"))
    assert refused.value.message.startswith("ampenet.yaml:11: customers.types.spent: ")
    assert message in refused.value.message
