"""The sample: its files agree, come out of the generator unchanged, and its configuration and templates load."""

from __future__ import annotations

import csv
import runpy
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, text

from ampenet_sync.campaigns import compile_template, count
from ampenet_sync.config import Config, load
from ampenet_sync.contacts import desired_contacts, select_members
from ampenet_sync.customers import read_customers, settings_of
from tests.rendering import render_distinct

SAMPLE = Path(__file__).parent.parent / "sample_data"
MAKE: dict[str, Any] = runpy.run_path(str(SAMPLE / "make_sample.py"))
FILL: dict[str, Any] = runpy.run_path(str(SAMPLE / "fill_sql.py"))
REASONS = {
    *("blank", "digits_lost", "several_numbers", "letters", "extension", "too_short", "too_long", "invalid"),
    *("country_not_allowed", "missing_key", "duplicate_key", "name_too_long", "bad_region", "bad_type"),
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (SAMPLE / "customers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def config() -> Config:
    return load(SAMPLE / "ampenet.yaml", environ={})


def good(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for line, row in enumerate(rows, 2) if line not in MAKE["expected_reasons"]()]


def test_csv_and_parquet_hold_the_same_text(rows: list[dict[str, str]]) -> None:
    table = pq.read_table(SAMPLE / "customers.parquet")
    assert {str(kind) for kind in table.schema.types} == {"string"}
    assert table.to_pylist() == rows


def test_the_generator_writes_the_committed_files(tmp_path: Path) -> None:
    MAKE["write"](tmp_path)
    assert (tmp_path / "customers.csv").read_bytes() == (SAMPLE / "customers.csv").read_bytes()
    assert pq.read_table(tmp_path / "customers.parquet").equals(pq.read_table(SAMPLE / "customers.parquet"))


def test_an_sql_table_is_filled_with_the_same_text_and_again_without_doubling(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    url = f"sqlite:///{tmp_path / 'customers.db'}"
    assert [FILL["fill"](url), FILL["fill"](url)] == [312, 312]
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(text("SELECT * FROM customers")).mappings()]
    engine.dispose()
    assert found == rows


def test_312_rows_of_which_each_reason_has_one_and_all_are_under_the_limit(
    rows: list[dict[str, str]], config: Config
) -> None:
    reasons = MAKE["expected_reasons"]()
    assert Counter(reasons.values()) == dict.fromkeys(REASONS, 1)
    allowed = config.segments["customers"].limits.quarantined.allowed(len(rows))
    assert len(rows) == 312 and allowed is not None and len(reasons) < allowed


def test_written_numbers_of_good_rows_are_valid_once_their_known_oddities_are_read(rows: list[dict[str, str]]) -> None:
    for row in good(rows):
        number = phonenumbers.parse(plain(row["phone"]), row["country"] or "TZ")
        assert phonenumbers.is_valid_number(number), row["customer_id"]
        assert phonenumbers.region_code_for_number(number) in ("TZ", "KE"), row["customer_id"]


def plain(phone: str) -> str:
    """A number as the sample writes it → one libphonenumber reads by itself."""
    phone = phone.strip().removesuffix(".0")
    if phone.endswith("E+11"):
        phone = phone.removesuffix("E+11").replace(".", "")
    if phone.startswith("00"):
        return "+" + phone[2:]
    return "+" + phone if phone.startswith(("255", "254")) and len(phone) == 12 else phone


def test_two_numbers_are_shared_by_two_gold_customers_each(rows: list[dict[str, str]]) -> None:
    numbers = Counter(
        phonenumbers.parse(plain(row["phone"]), row["country"] or "TZ").national_number for row in good(rows)
    )
    shared = {number for number, holders in numbers.items() if holders > 1}
    assert shared == {714000985, 655000986}
    for end in ("985", "986"):
        assert [row["tier"] for row in good(rows) if row["phone"].endswith(end)] == ["gold", "gold"]


def test_about_a_fifth_does_not_consent_in_mixed_words(rows: list[dict[str, str]]) -> None:
    words = Counter(row["sms_opt_in"] for row in rows)
    no = sum(words[word] for word in ("hapana", "no", ""))
    assert 0.15 <= no / len(rows) <= 0.25
    assert set(words) == {"ndiyo", "Ndiyo", "NDIYO", "ndio", "yes", "TRUE", "1", "hapana", "no", ""}


def test_the_configuration_loads_and_names_columns_that_are_there(config: Config, rows: list[dict[str, str]]) -> None:
    assert set(config.segments) == {"customers", "vip", "kenya"} and set(config.campaigns) == {"karibu", "risiti"}
    assert set(config.customers.columns().values()) <= set(rows[0])


@pytest.mark.parametrize(("campaign", "encodings"), [("karibu", {"GSM-7", "UCS-2"}), ("risiti", {"GSM-7"})])
def test_messages_begin_with_the_sender_and_render_for_the_sample(
    campaign: str, encodings: set[str], config: Config, rows: list[dict[str, str]]
) -> None:
    written = config.campaigns[campaign]
    known = ["first_name", "last_name", *config.customers.fields]
    template = compile_template(written.message, known=known)
    members = [row for row in good(rows) if (row["tier"] == "gold" if campaign == "karibu" else row["country"] == "KE")]
    columns = {"first_name": "given_name", "last_name": "family_name"} | config.customers.fields
    frame = pq.read_table(SAMPLE / "customers.parquet").to_pandas()
    chosen = frame[frame["customer_id"].isin([row["customer_id"] for row in members])]
    table = render_distinct(template, {name: chosen[column] for name, column in columns.items()})
    texts = table.loc[table["fault"] == "", "text"]
    assert texts.str.startswith("DUKA LETU: ").all() and {count(said).encoding for said in texts} == encodings
    assert table["variable"].tolist().count("CITY") == (1 if campaign == "risiti" else 0)


def test_each_faulty_row_is_quarantined_for_its_own_reason_and_no_other_row(config: Config, tmp_path: Path) -> None:
    intake = read_customers(settings_of(config), environ={}, folder=tmp_path)
    found = dict(zip(intake.quarantine["source_line"].tolist(), intake.quarantine["reason"].tolist(), strict=True))
    assert found == MAKE["expected_reasons"]()
    assert (intake.rows, len(intake.customers)) == (312, 298)


@pytest.mark.parametrize(("segment", "contacts", "shared"), [("customers", 296, 2), ("vip", 61, 2), ("kenya", 33, 0)])
def test_each_segment_has_its_contacts_and_shared_phones(
    segment: str, contacts: int, shared: int, config: Config, tmp_path: Path
) -> None:
    intake = read_customers(settings_of(config), environ={}, folder=tmp_path)
    chosen = select_members(intake, config, segment=segment, run_date=date(2026, 12, 1))
    desired = desired_contacts(chosen.members)
    assert (len(desired.contacts), len(desired.losers)) == (contacts, shared)
