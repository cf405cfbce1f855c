"""The whole job through assets: what stands in the groups, who was texted, and what Dagster remembers of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import dagster as dg
from dagster._serdes import serialize_value

from ampenet_sync.contacts import desired_contacts, select_members
from ampenet_sync.dagster.handed import newest_file
from ampenet_sync.phones import mask
from ampenet_sync.pipeline.intake import load_intake
from ampenet_sync.reports.names import NAMELESS_ROW, PLAN_COUNTS
from tests.dagster.conftest import SEGMENTS, Shop, metadata


def kept(shop: Shop) -> str:
    """Everything Dagster stored of every run: events with their metadata and errors, run config, tags."""
    runs = [record.dagster_run for record in shop.instance.get_run_records()]
    logs = [entry for run in runs for entry in shop.instance.all_logs(run.run_id)]
    assert len(runs) > 5 and len(logs) > 100
    return "\n".join(serialize_value(kept) for kept in [*runs, *logs]).encode().decode("unicode_escape")


def test_each_group_holds_exactly_its_segments_contacts(ended: Shop) -> None:
    intake = load_intake(newest_file(ended.instance, dg.AssetKey("customers")))
    for segment in SEGMENTS:
        config = ended.config()
        members = select_members(intake, config, segment=segment, run_date=None).members
        found = ended.group(config.segments[segment].group.name)
        assert found == sorted(desired_contacts(members).contacts["phone"])


def test_the_sample_comes_to_296_61_and_33_contacts(ended: Shop) -> None:
    groups = {group["name"]: group["contacts"] for group in ended.sandbox.groups()}
    assert groups == {"Duka customers": 296, "Duka VIP": 61, "Duka Kenya": 33}


def test_everybody_of_both_audiences_has_exactly_one_message_of_it(ended: Shop) -> None:
    texts = [(message["to"], message["message"][:40]) for message in ended.sandbox.messages()]
    assert len(texts) == len(set(texts)) == 52 + 32


def test_a_second_send_succeeds_and_texts_nobody(ended: Shop) -> None:
    before = ended.texted()
    preview = newest_metadata(ended, "campaigns/karibu/audience")
    again = ended.send("karibu", preview["audience"])
    assert again.success and ended.texted() == before
    assert metadata(again, "campaigns/karibu/send")["sent"] == 52


def test_a_second_plan_has_nothing_to_do(ended: Shop) -> None:
    again = metadata(ended.materialize("plan", partition="vip"), "plan")
    assert (again["creates"], again["updates"], again["deletes"], again["verdict"]) == (0, 0, 0, "safe")


def test_customers_are_counted_by_country_and_described_in_a_page(ended: Shop) -> None:
    shown = newest_metadata(ended, "customers")
    assert (shown["country/TZ"], shown["country/KE"], shown["share_a_phone"]) == (263, 35, 4)
    page = Path(newest_metadata(ended, "quarantine")["report"])
    assert page.parent == ended.config().home and page.stat().st_mode & 0o777 == 0o600
    assert not re.search(r"25[45]\d{9}", page.read_text(encoding="utf-8"))


def test_customers_tell_what_of_the_source_was_passed_over(ended: Shop) -> None:
    shown = newest_metadata(ended, "customers")
    assert (shown["source_blank_rows"], shown["source_rows_above"]) == (0, 0)


def test_the_audience_shows_what_an_analyst_must_know(ended: Shop) -> None:
    shown = newest_metadata(ended, "campaigns/karibu/audience")
    assert (shown["messages"], shown["currency"], shown["dagster/row_count"]) == (52, "TZS", 63)
    assert shown["cost"] > 0 and "letters that cost more" in shown["warnings"]
    assert shown["excluded/shared_phone"] == 2


def test_the_audience_accounts_for_everybody_of_its_segment_and_tells_who_is_quarantined(ended: Shop) -> None:
    shown = newest_metadata(ended, "campaigns/karibu/audience")
    excluded = sum(int(str(value)) for name, value in shown.items() if name.startswith("excluded/"))
    assert (shown["members"], shown["quarantined"]) == (63, 14) and 52 + excluded == 63
    assert str(shown["quiet_hours"]).startswith("Quiet hours 20:00-08:00: live, ")


def test_a_plan_has_the_counts_and_the_nameless_columns_that_terminal_and_json_have(ended: Shop) -> None:
    shown = metadata(ended.materialize("plan", partition="vip"), "plan")
    assert set(PLAN_COUNTS) <= set(shown)
    assert str(shown["sample"]).startswith(f"| {' | '.join(NAMELESS_ROW)} |")


def test_the_audiences_digest_is_its_data_version(ended: Shop) -> None:
    key = dg.AssetKey(["campaigns", "risiti", "audience"])
    event = ended.instance.get_latest_materialization_event(key)
    tags = event.asset_materialization.tags
    assert tags["dagster/data_version"] == newest_metadata(ended, "campaigns/risiti/audience")["audience"]


def test_reasons_are_numbers_and_columns_carry_the_schemas_words(ended: Shop) -> None:
    quarantine, customers = newest_metadata(ended, "quarantine"), newest_metadata(ended, "customers")
    assert (quarantine["dagster/row_count"], quarantine["reason/blank"]) == (14, 1)
    assert (customers["dagster/row_count"], customers["rows_read"]) == (298, 312)
    columns = {column.name: column for column in customers["dagster/column_schema"].columns}
    assert columns["phone"].type == "str" and "E.164" in columns["phone"].description
    assert "source.tier" in columns


def test_no_whole_number_of_anybody_is_kept_by_dagster(ended: Shop) -> None:
    everything = kept(ended)
    intake = load_intake(newest_file(ended.instance, dg.AssetKey("customers")))
    phones = set(intake.customers["phone"])
    with (ended.folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        written = {row["phone"].strip() for row in csv.DictReader(file)}
    assert any(mask(phone) in everything for phone in phones), "the scan doesn't see the samples"
    leaked = [phone for phone in phones if phone in everything or phone[3:] in everything]
    assert (len(phones), leaked) == (296, [])
    assert [number for number in written if len(number) > 6 and number in everything] == []


def test_neither_names_nor_the_token_are_kept_by_dagster(ended: Shop) -> None:
    everything = kept(ended)
    assert ended.sandbox.token not in everything
    intake = load_intake(newest_file(ended.instance, dg.AssetKey("customers")))
    words = set(re.findall(r"\w+", everything))
    names = {*intake.customers["first_name"], *intake.customers["last_name"]} - {""}
    assert len(names) > 50 and sorted(words & names) == []


def newest_metadata(shop: Shop, key: str) -> dict[str, object]:
    event = shop.instance.get_latest_materialization_event(dg.AssetKey.from_user_string(key))
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}
