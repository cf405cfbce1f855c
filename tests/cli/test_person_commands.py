"""explain: the whole story of one person, from the source, the plans, the audiences and the ledger."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import ROWS, Shop

ASHA = "255754000101"


def kinds(told: dict[str, Any]) -> list[str]:
    return [event["kind"] for event in told["events"]]


def a_month(shop: Shop) -> None:
    """Asha is made a contact, texted, renamed and suppressed."""
    shop.run("sync", "--yes")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    shop.write(ROWS.replace("Asha", "Asha Maria"))
    shop.run("sync", "--yes")
    shop.run("suppress", "add", "0754 000 101", "--reason", "called on Monday")


def test_a_story_tells_plans_changes_messages_and_suppressions_in_order_of_time(shop: Shop) -> None:
    a_month(shop)
    told = shop.run("explain", "0754-000-101", "--json").json
    assert set(told) == {"phone", "keys", "groups", "suppressed", "events", "not_read"}
    assert (told["phone"], told["keys"], told["suppressed"], told["not_read"]) == ("2557•••101", ["1"], True, [])
    assert {group["group"] for group in told["groups"]} == {"Everybody", "Gold"}
    times = [event["at"] for event in told["events"]]
    assert times == sorted(times)
    changes = [event for event in told["events"] if event["kind"] == "change" and event["segment"] == "all"]
    assert [(one["what"], one["outcome"]) for one in changes] == [("create", "done"), ("update", "done")]
    assert changes[0]["before"] is None and changes[0]["after"]["first_name"] == "Asha"
    assert changes[1]["before"]["first_name"] == "Asha" and changes[1]["after"]["first_name"] == "Asha Maria"
    [message] = [event for event in told["events"] if event["kind"] == "message"]
    assert (message["campaign"], message["outcome"], message["text"]) == ("hello", "sent", None)
    planned = [event["what"] for event in told["events"] if event["kind"] == "plan" and event["segment"] == "gold"]
    assert planned == ["create", "update"]
    [stop] = [event for event in told["events"] if event["kind"] == "suppression"]
    assert stop["reason"] == "called on Monday" and not stop["hearsay"]
    assert kinds(told)[-3:] == ["source", "segment", "segment"] and told["events"][-3]["source"] == "customers.csv:2"
    assert not any(event["hearsay"] for event in told["events"])


def test_unmasked_it_shows_the_number_and_the_text(shop: Shop) -> None:
    a_month(shop)
    told = shop.run("explain", "1", "--unmask", "--json").json
    assert told["phone"] == ASHA and told["keys"] == ["1"]
    assert next(event["text"] for event in told["events"] if event["kind"] == "message").startswith("SHOP: Habari Asha")
    assert "explain" in (shop.folder / ".ampenet" / "unmasked.log").read_text()


def test_a_person_reads_it_as_a_table(shop: Shop) -> None:
    a_month(shop)
    said = shop.run("explain", "0754 000 101").out
    assert "first_name Asha → Asha Maria" in said and "message hello" in said and "belongs in gold" in said
    assert "stands in the source: customers.csv:2" in said
    assert "Suppressed: never made a contact" in said


def test_nobody_known_is_no_error(shop: Shop) -> None:
    told = shop.run("explain", "+254 700 999 999", "--json")
    assert told.code == 0 and told.json["events"] == [] and told.json["groups"] == []
    assert shop.run("explain", "nobody-77", "--json").json["events"] == []
    assert "Nobody of this phone or key is known." in shop.run("explain", "+254 700 999 999").out


def test_whoever_is_quarantined_or_not_in_a_segment_is_told_why(shop: Shop) -> None:
    aside = shop.run("explain", "5", "--json").json["events"]
    assert [(event["kind"], event["reason"], event["source"]) for event in aside] == [
        ("quarantine", "too_short", "customers.csv:6")
    ]
    juma = shop.run("explain", "0754 000 102", "--json").json["events"]
    assert [(event["segment"], event["outcome"], event["reason"]) for event in juma if event["kind"] == "segment"] == [
        ("all", "in", ""),
        ("gold", "not_in", "where"),
    ]


def test_without_a_source_the_ledger_tells_what_it_knows(shop: Shop) -> None:
    shop.run("sync", "--yes")
    (shop.folder / "customers.csv").unlink()
    told = shop.run("explain", "0754 000 101", "--json")
    assert told.code == 0 and [one["name"] for one in told.json["not_read"]] == ["source"]
    assert "missing_file" in told.json["not_read"][0]["why"] and "change" in kinds(told.json)
    assert "Not read: source" in shop.run("explain", "0754 000 101").out


def test_what_only_a_listing_showed_is_hearsay(shop: Shop) -> None:
    shop.sandbox.add_group("Everybody")
    shop.sandbox.add_contact("Everybody", phone=ASHA, first_name="Asha")
    shop.run("sync", "all", "--yes")
    told = shop.run("explain", "0754 000 101", "--json").json
    assert told["groups"][0]["hearsay"]
    assert [(event["what"], event["hearsay"]) for event in told["events"] if event["kind"] == "contact"] == [
        ("foreign", True)
    ]


def test_a_number_that_moved_is_found_by_either_number(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    shop.write(ROWS.replace("0754 000 101", "0754 000 109"))
    shop.run("sync", "all", "--yes")
    for number in ("0754 000 101", "0754 000 109"):
        told = shop.run("explain", number, "--json").json
        moved = next(event for event in told["events"] if event["kind"] == "change" and event["what"] == "update")
        assert (moved["before"]["phone"], moved["after"]["phone"]) == ("2557•••101", "2557•••109")


def test_a_plan_that_cannot_be_read_is_named_and_the_rest_is_told(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    [plan] = (shop.folder / ".ampenet" / "plans").glob("all-*.parquet")
    plan.write_bytes(b"no plan")
    told = shop.run("explain", "0754 000 101", "--json").json
    assert [one["name"] for one in told["not_read"]] == [plan.name] and "change" in kinds(told)
