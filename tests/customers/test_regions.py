"""The country column, as people fill it in, and the phones that are read with it."""

from __future__ import annotations

import pytest

from ampenet_sync.errors import ConfigError
from tests.customers.shop import CONFIG, Shop, read_customers


def row(phone: str, country: str, key: str = "1") -> str:
    return f'{key},{phone},,,"{country}",,,,,,'


def phones(shop: Shop, *rows: str, text: str = CONFIG) -> list[str]:
    return list(read_customers(shop(*rows, text=text)).customers["phone"])


def reasons(shop: Shop, *rows: str, text: str = CONFIG) -> list[str]:
    return list(read_customers(shop(*rows, text=text)).quarantine["reason"])


@pytest.mark.parametrize("country", ["Kenya", "KENYA", "kenya ", "KE", "KEN", "254", "+254", "00254", "Kenya (+254)"])
def test_a_national_number_is_read_in_the_country_however_it_is_written(shop: Shop, country: str) -> None:
    assert phones(shop, row("0712345678", country)) == ["254712345678"]


@pytest.mark.parametrize(("country", "code"), [("Uingereza", "44"), ("Afrika Kusini", "27"), ("Misri", "20")])
def test_countries_may_have_their_swahili_names(shop: Shop, country: str, code: str) -> None:
    number = {"44": "07911 123456", "27": "071 123 4567", "20": "0100 123 4567"}[code]
    assert phones(shop, row(number, country), text=CONFIG.replace("countries: [TZ, KE]\n", ""))[0].startswith(code)


@pytest.mark.parametrize(
    "number", ["+255712345678", "00255712345678", "(+255) 712 345 678", "'+255712345678", "+254712345678"]
)
def test_a_number_with_its_own_code_needs_no_country(shop: Shop, number: str) -> None:
    assert len(phones(shop, row(number, "Atlantis"))) == 1


@pytest.mark.parametrize("number", ["0712345678", "712345678", "255712345678", "0912345678", "071234567"])
def test_without_it_an_unknown_country_is_the_reason_whatever_the_default_makes_of_the_number(
    shop: Shop, number: str
) -> None:
    assert reasons(shop, row(number, "Atlantis")) == ["bad_region"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [("", "blank"), ("hana", "letters"), ("2557•••678", "hidden_digits"), ("-712345678", "negative")],
)
def test_what_is_wrong_in_any_country_is_told_first(shop: Shop, number: str, reason: str) -> None:
    assert reasons(shop, row(number, "Atlantis")) == [reason]


@pytest.mark.parametrize("country", ["+1", "44", "Congo", "Kenya +255", "TZ/KE", "1", "27", "Tanganyika"])
def test_what_may_mean_several_countries_or_none_sets_the_row_aside_with_the_way_out(shop: Shop, country: str) -> None:
    aside = read_customers(shop(row("0712345678", country))).quarantine
    assert list(aside["reason"]) == ["bad_region"] and "Kenya, KE, KEN or +254" in aside["hint"][0]


def test_where_the_phone_is_the_key_a_row_of_an_unknown_country_has_none(shop: Shop) -> None:
    aside = read_customers(shop(row("0712345678", "Atlantis"), text=CONFIG.replace("  key: id\n", ""))).quarantine
    assert (list(aside["customer_key"]), list(aside["reason"])) == ([""], ["bad_region"])


@pytest.mark.parametrize(
    ("line", "hint"),
    [("region: UK", "such as GB"), ("region: XX", "such as TZ or KE"), ("countries: [TZ, UK]", "such as GB")],
)
def test_two_letters_that_are_no_country_are_told_with_the_right_ones(shop: Shop, line: str, hint: str) -> None:
    key = line.partition(":")[0]
    old = {"region": "region: TZ\n", "countries": "countries: [TZ, KE]\n"}[key]
    with pytest.raises(ConfigError) as caught:
        read_customers(shop(row("0712345678", ""), text=CONFIG.replace(old, f"{line}\n", 1)))
    assert hint in str(caught.value.hint)
