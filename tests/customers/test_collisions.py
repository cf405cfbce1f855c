"""Of several rows with one key one counts, by the rule that is configured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ampenet_sync.contacts import collisions_of, desired_contacts
from ampenet_sync.customers import Intake, Rule, load_intake
from ampenet_sync.customers.aside import texts_wide
from ampenet_sync.customers.duplicates import find_losers
from ampenet_sync.customers.keys import Keys
from ampenet_sync.customers.winners import winners
from ampenet_sync.errors import ConfigError
from ampenet_sync.files.growing import growing
from ampenet_sync.schemas import Customers, Quarantine
from tests.customers.shop import CONFIG, Shop, read_customers

OLD, NEW = "1,0712345678,Old,,,,1,,2025-01-05,,", "1,0754123456,New,,,,9,,2026-01-05,,"
OTHER = "2,0754000000,Other,,,,,,,,"


def read(shop: Shop, rule: str, *rows: str) -> Intake:
    return read_customers(shop(*rows, text=CONFIG.replace("  key: id\n", f"  key: id\n  collisions: {rule}\n")))


@pytest.mark.parametrize(
    ("rule", "rows", "names"),
    [
        ("first", (OLD, OTHER, NEW), ["Old", "Other"]),
        ("last", (OLD, OTHER, NEW), ["Other", "New"]),
        ("{newest: since}", (OLD, OTHER, NEW), ["Other", "New"]),
        ("{newest: since}", (NEW, OTHER, OLD), ["New", "Other"]),
        ("{newest: since}", (OLD, OLD.replace("Old", "Twin"), OTHER), ["Old", "Other"]),
        ("{newest: tier}", (OLD, NEW + "2026", OTHER), ["New", "Other"]),
        ("{newest: points}", (OLD.replace(",1,,", ",10,,"), NEW, OTHER), ["Old", "Other"]),
        ("{newest: simu}", (OLD, NEW, OTHER), ["New", "Other"]),
    ],
)
def test_the_rule_names_the_row_that_counts(shop: Shop, rule: str, rows: tuple[str, ...], names: list[str]) -> None:
    intake = read(shop, rule, *rows)
    assert list(intake.customers["first_name"]) == names
    assert (intake.usable, intake.reasons) == (2, {"duplicate_key": 1})
    Customers.validate(intake.customers, lazy=True)
    Quarantine.validate(intake.quarantine, lazy=True)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("9", "10"),
        ("007", "8"),
        ("99999999999999999998", "99999999999999999999"),
        ("", "0"),
        ("2023-12-31", "2024-02-01"),
        ("2024-01-01", "2024-01-01 00:01"),
        ("2024-01-01 08:00:00", "2024-01-01T18:00"),
        ("2024-01-01T08:00:00.9", "2024-01-01 08:00:00.95"),
        ("2024-01-01T08:00:00Z", "2024-01-01T08:00:00.5Z"),
    ],
)
def test_untyped_dates_and_digits_compare_as_what_they_are(shop: Shop, older: str, newer: str) -> None:
    rows = (NEW + older, OLD + newer)
    for ordered in (rows, rows[::-1]):
        assert list(read(shop, "{newest: tier}", *ordered).customers["first_name"]) == ["Old"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("31/12/2023", "01/02/2024"),
        ("a", ""),
        ("9", "2024-01-01"),
        ("2024-02-31", "2024-01-01"),
        ("2024-01-01T08:00:00Z", "2024-01-01T08:00:00"),
        ("1.5", "10"),
        ("-1", "1"),
    ],
)
def test_other_untyped_values_are_refused_with_their_place_and_without_themselves(
    shop: Shop, one: str, other: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(shop, "{newest: tier}", OLD + one, NEW + other)
    assert refused.value.code == "untyped_newest" and "customers.types" in refused.value.hint
    assert refused.value.message == (
        "ampenet.yaml:6: customers.collisions.newest: "
        "the values of column 'tier' are neither all dates as 2026-11-30 nor all digits"
    )


def test_untyped_values_that_nobody_has_to_compare_may_be_anything(shop: Shop) -> None:
    assert read(shop, "{newest: tier}", OLD + "31/12/2023", OTHER + "gold").usable == 2


def test_a_column_that_is_typed_as_text_compares_letter_by_letter(shop: Shop) -> None:
    text = CONFIG.replace("  key: id\n", "  key: id\n  collisions: {newest: tier}\n").replace(
        "vip: boolean", "vip: boolean, tier: text"
    )
    assert list(read_customers(shop(OLD + "9", NEW + "10", text=text)).customers["first_name"]) == ["Old"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024-01-01 08:00:00", "2024-01-01 18:00:00"),
        ("2024-01-01", "2024-01-01T00:00:01"),
        ("2024-01-01 08:00:30.10", "2024-01-01 08:00:30.2"),
    ],
)
def test_a_typed_date_s_time_of_day_decides(shop: Shop, one: str, other: str) -> None:
    rows = (OLD.replace("2025-01-05", one), NEW.replace("2026-01-05", other))
    for ordered in (rows, rows[::-1]):
        assert list(read(shop, "{newest: since}", *ordered).customers["first_name"]) == ["New"]


def test_a_date_and_its_midnight_are_equally_new(shop: Shop) -> None:
    rows = (OLD.replace("2025-01-05", "2026-01-05T00:00:00.0"), NEW)
    assert list(read(shop, "{newest: since}", *rows).customers["first_name"]) == ["Old"]


def test_the_hint_says_in_both_languages_which_row_counts(shop: Shop) -> None:
    (row,) = read(shop, "last", OLD, NEW).quarantine.to_dict("records")
    assert row["hint"].endswith("only one row counts. The one that counts is customers.csv:3.")
    assert row["hint_sw"].endswith("Inayohesabiwa ni customers.csv:3.")
    assert (row["source_line"], row["source.jina"], row["customer_key"]) == (2, "Old", "1")


def test_a_row_that_counts_and_is_quarantined_itself_is_the_one_to_repair(shop: Shop) -> None:
    quarantine = read(shop, "last", OLD, "1,071,,,,,,,,,").quarantine
    assert list(quarantine["reason"]) == ["too_short", "duplicate_key"]
    assert quarantine["hint"].iloc[1].endswith("customers.csv:3, and it is quarantined too: repair that one.")


def test_a_repeated_key_without_any_usable_row_leaves_two_whole_files(shop: Shop) -> None:
    intake = read(shop, "first", "1,bad,,,,,,,,,", "1,worse,,,,,,,,,")
    assert (intake.usable, len(intake.customers), len(intake.quarantine)) == (0, 0, 2)
    assert set(intake.reasons) == {"letters"}
    assert load_intake(intake.customers_path) == intake


def test_faults_stand_before_duplicates_and_each_in_the_order_of_the_source(shop: Shop) -> None:
    rows = (OLD, NEW, "3,,,,,,,,,,", OTHER, OTHER, "4,,,,,,,,,,")
    assert list(read(shop, "first", *rows).quarantine["source_line"]) == [4, 7, 3, 6]


def test_without_keys_the_second_row_of_a_phone_is_a_duplicate(shop: Shop) -> None:
    intake = read_customers(shop(OLD, OLD, OTHER, text=CONFIG.replace("  key: id\n", "")))
    assert (intake.usable, intake.reasons) == (2, {"duplicate_key": 1})


def test_rows_without_a_key_are_no_duplicates_of_each_other(shop: Shop) -> None:
    assert read(shop, "first", ",0712345678,,,,,,,,,", ",0712345679,,,,,,,,,").reasons == {"missing_key": 2}


def test_duplicates_are_found_across_batches_of_rows(shop: Shop) -> None:
    rows = [f"{n % 70_000},0712345678,N{n},,,,,,,," for n in range(140_000)]
    intake = read(shop, "last", *rows)
    assert (intake.usable, intake.reasons) == (70_000, {"duplicate_key": 70_000})
    names = intake.read(["first_name"])["first_name"]
    assert (names.iloc[0], names.iloc[-1]) == ("N70000", "N139999")


def test_rows_that_are_suspected_for_nothing_lose_nothing(tmp_path: Path) -> None:
    place = {"source_file": ["c.csv"] * 3, "source_line": [2, 3, 4]}
    with growing(tmp_path, "customers") as customers, growing(tmp_path, "quarantine") as quarantine:
        for file, rows in ((customers, 3), (quarantine, 0)):
            file.write(texts_wide(pa.table({"customer_key": ["a", "b", "a"], **place}).slice(0, rows)))
            file.close()
        good, everybody = np.array([True] * 3), np.arange(3)
        assert list(find_losers(customers, quarantine, everybody, good=good, rule=Rule("last")).rows) == [0]
        assert list(find_losers(customers, quarantine, everybody[:2], good=good, rule=Rule("last")).rows) == []


def test_different_keys_hardly_ever_have_one_hash() -> None:
    keys = Keys()
    texts = [f"C{n:07d}" for n in range(200_000)] + ["é", "ab", "ba", "a", "aa", "\x00", "\x00\x00"]
    keys.add(pa.chunked_array([texts[:1000], texts[1000:]]), pa.array([True] * len(texts)))
    assert len(keys.suspects()) == 0


def test_the_winner_is_the_same_as_in_a_plain_loop() -> None:
    chance = np.random.default_rng(5)
    claims = chance.integers(0, 300, 2_000)
    claims = np.unique(claims, return_inverse=True)[1]
    values = [f"{n}" for n in chance.integers(0, 9, 2_000)]
    found = winners(claims, Rule("newest", "source.x", "integer"), values=pa.chunked_array([values]))
    for claim, winner in enumerate(found):
        rows = [row for row in range(2_000) if claims[row] == claim]
        assert winner == max(rows, key=lambda row: (int(values[row]), -row))


def members(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_key", "phone", "source.seen"], dtype="str")
    return frame.assign(first_name=frame["customer_key"], last_name="", consent=True)


@pytest.mark.parametrize(
    ("rule", "winner"),
    [(Rule("first"), "a"), (Rule("last"), "c"), (Rule("newest", "source.seen", "date"), "b")],
)
def test_a_shared_phone_goes_to_whom_the_rule_names(rule: Rule, winner: str) -> None:
    shared = members(
        ("a", "255712345678", ""), ("x", "255712345679", ""), ("b", "255712345678", "2026-01-02"),
        ("c", "255712345678", "2026-01-01"),
    )  # fmt: skip
    found = desired_contacts(shared, rule=rule)
    assert sorted(found.contacts["customer_key"]) == sorted(["x", winner])
    assert list(found.losers["customer_key"]) == [key for key in "abc" if key != winner]
    assert set(found.losers["winner_key"]) == {winner}


def test_collisions_are_told_in_groups_and_not_without_end() -> None:
    rows = [(f"k{n}", f"2557123456{n % 30:02d}", "") for n in range(1_000)]
    found = collisions_of(desired_contacts(members(*rows)).losers)
    assert (found.phones, found.losers, len(found.groups)) == (30, 970, 20)
    assert (found.groups[0].winner_key, found.groups[0].keys[:2], found.groups[0].others) == ("k0", ("k30", "k60"), 33)
    assert len(found.groups[0].keys) == 20
