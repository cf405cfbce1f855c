"""What becomes of odd customers in a plan: rows that can't be told apart, shared phones, customers handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pandas as pd
import pytest

from ampenet_sync.errors import SourceError
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.reports.intake import intake_block
from ampenet_sync.reports.plan import plan_block, plans_object
from ampenet_sync.reports.preview import preview_object
from ampenet_sync.sync.planfile import read_plan
from tests.world import CONFIG, Place, people

STRICT = CONFIG.replace("quarantined: none", "quarantined: 5%")
COLUMNS = ["id", "phone", "first", "last", "sms"]


def planned(place: Place) -> Planned:
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def test_a_row_that_cant_be_told_apart_may_be_anybodys_so_nobody_is_deleted(place: Place) -> None:
    place.write(*people(4))
    place.sync()
    place.write(*people(2), "k3,255712000003,Name3,Du,ka,yes")
    header = planned(place).plan.header
    assert (header.counts.deletes, header.counts.held, header.quarantined) == (0, 2, 1)


def test_an_empty_line_of_commas_holds_nobody(place: Place) -> None:
    place.write(*people(4))
    place.sync()
    place.write(*people(2), ",,,,")
    assert planned(place).plan.header.counts.deletes == 2


def test_twenty_customers_and_ten_blank_rows_are_twenty_customers_and_a_safe_plan(place: Place) -> None:
    place.write(*people(20), *[",,,,"] * 10, text=STRICT)
    header = planned(place).plan.header
    assert (header.customers, header.quarantined, header.counts.creates, header.verdict) == (20, 0, 20, "safe")
    assert (header.source.rows, header.source.blank_rows) == (20, 10)


def test_a_line_of_blanks_may_be_nobodys_and_holds_nobody(place: Place) -> None:
    place.write(*people(4))
    place.sync()
    place.write(*people(2), "   ", ",,", '" "," "', "\u00a0,\u200b,,,")
    header = planned(place).plan.header
    assert (header.counts.deletes, header.counts.held, header.quarantined, header.source.blank_rows) == (2, 0, 0, 4)


def test_what_was_passed_over_is_told_to_people_and_to_scripts(place: Place) -> None:
    place.write(*people(2), ",,,,")
    path = place.folder / "customers.csv"
    path.write_text(f"Wateja\n{path.read_text()}")
    intake = place.intake()
    assert "Passed over: 1 blank row and 1 row above the heading" in list(intake_block(intake, UTC))
    told = plans_object([planned(place)], intake)
    assert (told["blank_rows"], told["rows_above"], told["customers"]) == (1, 1, 2)


def test_who_loses_a_phone_keeps_his_contact_and_is_told_of(place: Place) -> None:
    place.write(*people(3))
    place.sync()
    place.write(*people(2), "k3,255712000001,Name3,Duka,yes")
    found = planned(place)
    assert (found.plan.header.shared_phones, found.plan.header.counts.held, found.plan.header.counts.deletes) == (
        1,
        1,
        0,
    )
    (plan,) = plans_object([found], place.intake())["plans"]
    told = {"winner_key": "k1", "keys": ["k3"], "others": 1, "phone": "2557•••001"}
    assert plan["collisions"] == [told]
    lines = [line for line in plan_block([found]) if isinstance(line, str)]
    assert "  2557•••001 is k1's, not k3's" in lines


def test_the_rule_decides_who_has_a_shared_phone_and_whose_text_it_gets(place: Place) -> None:
    text = CONFIG.replace("  key: id\n", "  key: id\n  collisions: last\n")
    place.write("k1,0712000001,Asha,,yes", "k2,0712000001,Juma,,yes", text=text)
    with place.opened() as world:
        plan = plan_segment(world, place.intake(), "vip").plan
        preview = preview_campaign(world, place.intake(), "hello")
    assert [row.customer_key for row in plan.rows] == ["k2"]
    (message,) = preview.audience.recipients["text"]
    assert "Juma" in message
    (told,) = preview_object(preview)["collisions"]
    assert (told["winner_key"], told["keys"]) == ("k2", ["k1"])


def test_keys_that_are_phones_are_masked(place: Place) -> None:
    place.write("0712000001,0712000001,A,,yes", "+255712000001,0712000001,B,,yes")
    found = planned(place)
    said = str(plans_object([found], place.intake())) + "".join(map(str, plan_block([found])))
    assert "712000001" not in said and "•••001" in said


def test_a_plan_tells_which_source_it_was_made_from(place: Place) -> None:
    place.write(*people(3))
    found, intake = planned(place), place.intake()
    header = read_plan(found.path).header
    assert (header.source.name, header.source.kind, header.source.rows, header.source.files) == (
        "customers.csv",
        "csv",
        3,
        1,
    )
    assert header.source.size == (place.folder / "customers.csv").stat().st_size
    assert header.source.modified.endswith("+00:00") and header.source.digest == intake.identity.digest


def test_customers_handed_in_are_planned_like_those_of_a_source(place: Place) -> None:
    place.write(*people(3))
    frame = pd.DataFrame([row.split(",") for row in people(3)], columns=COLUMNS)
    from_file = planned(place)
    with place.opened() as world:
        handed = plan_segment(world, take_in(world.config, customers=frame), "vip")
    assert [replace(row, source="") for row in handed.plan.rows] == [
        replace(row, source="") for row in from_file.plan.rows
    ]
    assert [row.source for row in handed.plan.rows] == ["handed in:1", "handed in:2", "handed in:3"]
    assert (handed.plan.header.source.name, handed.plan.header.source.kind) == ("handed in", "handed")


def test_nobody_handed_in_is_an_error_like_an_empty_source(place: Place) -> None:
    place.write(*people(1))
    with pytest.raises(SourceError) as caught:
        take_in(place.config, customers=pd.DataFrame(columns=COLUMNS, dtype="str"))
    assert caught.value.code == "empty_source"
