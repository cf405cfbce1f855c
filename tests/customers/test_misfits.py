"""A cell that doesn't fit its column's type costs a customer his place only where something reads the column."""

from __future__ import annotations

from datetime import date

import pytest

from ampenet_sync.config import Config
from ampenet_sync.contacts import select_members
from ampenet_sync.customers import load_intake, settings_of
from ampenet_sync.customers.needed import needed_columns
from ampenet_sync.errors import SourceError
from tests.customers.shop import CONFIG, Shop, read_customers

ROW = "9,0712345678,Asha,,,yes,five,dear,soon,perhaps,gold"
TYPED = {"points", "spent", "since", "vip"}
MORE = CONFIG.replace("  key: id\n", "  key: id\n  fields: {P: points, S: spent, T: tier}\n") + (
    "campaigns:\n  c: {segment: s, sender_id: DUKA, kind: transactional, message: MESSAGE}\n"
)


def with_message(message: str) -> str:
    return MORE.replace("MESSAGE", f"'{message}'")


def test_where_nothing_needs_the_columns_the_row_is_a_customer_and_the_cells_are_counted(shop: Shop) -> None:
    intake = read_customers(shop(ROW, "8,0712345679,,,,,5,1,,no,", ROW.replace("9", "7", 1)))
    assert (intake.usable, intake.reasons) == (3, {})
    assert intake.misfits == {"points": 2, "spent": 2, "since": 2, "vip": 2}
    assert load_intake(intake.customers_path).misfits == intake.misfits


def test_the_field_of_a_misfit_is_blank_and_the_source_as_written(shop: Shop) -> None:
    row = read_customers(shop(ROW, text=with_message("Habari"))).customers.iloc[0]
    assert (row["field.P"], row["field.S"], row["field.T"]) == ("", "", "gold")
    assert (row["source.points"], row["source.spent"]) == ("five", "dear")


@pytest.mark.parametrize(
    ("where", "column"),
    [
        ("points > 5", "points"),
        ("POINTS > 5", "points"),
        ('"Points" is null', "points"),
        ("spent between 1 and 2", "spent"),
        ("case when since < run_date then true else false end", "since"),
        ("not vip", "vip"),
    ],
)
def test_what_where_names_sets_the_row_aside_and_the_others_are_told(shop: Shop, where: str, column: str) -> None:
    intake = read_customers(shop(ROW, "8,0712345679,,,,,,,,,", where=where))
    assert intake.reasons == {"bad_type": 1} and intake.usable == 1
    assert intake.quarantine["hint"][0].startswith(f"Column {column} does not hold")
    assert set(intake.misfits) == TYPED - {column}


def test_every_segment_s_where_counts(shop: Shop) -> None:
    text = CONFIG + "  t:\n    where: points > 1\n"
    assert read_customers(shop(ROW, text=text)).reasons == {"bad_type": 1}


def test_a_word_in_quotes_is_no_column(shop: Shop) -> None:
    assert read_customers(shop(ROW, where="tier = 'points'")).reasons == {}


def test_a_where_that_cannot_be_read_needs_every_typed_column(shop: Shop) -> None:
    assert needed_columns(settings_of(shop(where="points >"))) == TYPED


def test_the_newest_rule_needs_its_column(shop: Shop) -> None:
    text = CONFIG.replace("  key: id\n", "  key: id\n  collisions: {newest: since}\n")
    intake = read_customers(shop(ROW, text=text))
    assert intake.reasons == {"bad_type": 1} and "since" not in intake.misfits


@pytest.mark.parametrize(
    ("message", "needed"),
    [
        ("Habari {{ P }}", {"points"}),
        ('Habari {{ p | default("0") }}', {"points"}),
        ('{% if s == "1" %}Habari{% endif %}', {"spent"}),
        ("{{ P }} na {{ S }}", {"points", "spent"}),
        ("{{ T }} na {{ first_name }}", set()),
        ('{{ T | default("P") }}', set()),
        ("P na S, bei 5", set()),
    ],
)
def test_a_template_s_fields_need_their_columns(shop: Shop, message: str, needed: set[str]) -> None:
    intake = read_customers(shop(ROW, text=with_message(message)))
    assert needed_columns(settings_of(shop(ROW, text=with_message(message)))) == needed
    assert intake.reasons == ({"bad_type": 1} if needed else {}) and set(intake.misfits) == TYPED - needed


def test_members_need_the_key_they_name(shop: Shop) -> None:
    members = 'members: {sql: {url: "sqlite:///x.db", table: vip}}'
    text = CONFIG.replace("types: {", "types: {id: integer, ").replace("where: WHERE", members)
    assert needed_columns(settings_of(shop(text=text))) == {"id"}


def test_without_types_nothing_is_needed(shop: Shop) -> None:
    text = CONFIG.replace("  types: {points: integer, spent: number, since: date, vip: boolean}\n", "")
    assert needed_columns(settings_of(shop(text=text, where="points = '5'"))) == set()


def test_blank_cells_and_words_for_nothing_are_no_misfits(shop: Shop) -> None:
    assert read_customers(shop("9,0712345678,,,,,,-,NULL,N/A,")).misfits == {}


def test_another_need_is_another_reading(shop: Shop) -> None:
    paths = {read_customers(shop(ROW, where=where)).customers_path for where in ("true", "points > 1")}
    assert len(paths) == 2


def test_customers_of_an_earlier_reading_are_not_chosen_by_what_it_passed_over(shop: Shop) -> None:
    intake, now = read_customers(shop(ROW)), shop(ROW, where="points is null")
    with pytest.raises(SourceError) as refused:
        chosen(intake.customers_path, now)
    assert refused.value.code == "other_reading" and "column points" in refused.value.message
    assert "read the customers again" in refused.value.hint
    assert chosen(intake.customers_path, shop(ROW, where="tier = 'gold'")) == ["9"]


def chosen(path: object, config: Config) -> list[str]:
    intake = load_intake(path)  # type: ignore[arg-type]
    return list(select_members(intake, config, segment="s", run_date=date(2026, 11, 30)).members["customer_key"])


def test_a_repaired_cell_is_no_misfit_any_more(shop: Shop) -> None:
    first = read_customers(shop(ROW))
    second = read_customers(shop(ROW.replace("five", "5").replace("dear", "1")))
    assert set(first.misfits) == TYPED and set(second.misfits) == {"since", "vip"}
