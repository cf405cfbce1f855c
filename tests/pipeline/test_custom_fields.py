"""Custom fields of customers: written to contacts where the dialect has them, compared with what was last written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.sandbox import Sandbox
from tests.pipeline.test_intake_stories import planned
from tests.world import CONFIG, Clock, Place

FIELDS = CONFIG.replace("  consent: sms\n", "  fields: {CITY: last}\n  consent: sms\n").replace(
    "  last_name: last\n", ""
)


@pytest.fixture
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A shop at a sandbox of the dialect asked for, whose group VIP has a custom field and somebody in it."""
    clock = Clock()
    with Sandbox(dialect=request.param, clock=clock) as sandbox:
        sandbox.add_group("VIP")
        sandbox.set_group_fields("VIP", ["CITY"])
        sandbox.add_contact("VIP", "255712000099", "Somebody", "Else")
        place = Place(tmp_path, sandbox, clock, token=sandbox.token, url=sandbox.url)
        place.write("k1,255712000001,Asha,Dodoma,yes", "k2,255712000002,Juma,Arusha,yes", text=FIELDS)
        place.make_ledger()
        yield place


def cities(place: Place) -> dict[str, str]:
    return {contact["phone"]: contact.get("fields", {}).get("CITY", "") for contact in place.sandbox.contacts("VIP")}


OURS = {"255712000001": "Dodoma", "255712000002": "Arusha", "255712000099": ""}


@pytest.mark.parametrize("shop", ["3.9"], indirect=True)
def test_on_3_9_custom_fields_are_written_and_then_nothing_is_left_to_do(shop: Place) -> None:
    assert shop.sync().done == 2
    assert cities(shop) == OURS
    assert list(planned(shop).plan.rows) == []


@pytest.mark.parametrize("shop", ["3.9"], indirect=True)
def test_a_changed_custom_field_is_an_update_that_shows_both_sides(shop: Place) -> None:
    shop.sync()
    shop.write("k1,255712000001,Asha,Mwanza,yes", "k2,255712000002,Juma,Arusha,yes")
    (row,) = planned(shop).plan.rows
    assert (row.change.value, row.reason.value) == ("update", "differs")
    assert row.before and row.after and (row.before.fields["CITY"], row.after.fields["CITY"]) == ("Dodoma", "Mwanza")
    shop.sync()
    assert cities(shop) == {**OURS, "255712000001": "Mwanza"}
    assert list(planned(shop).plan.rows) == []


@pytest.mark.parametrize("shop", ["3.1", "3.8"], indirect=True)
def test_on_older_dialects_custom_fields_stay_with_us(shop: Place) -> None:
    assert shop.sync().done == 2
    shop.write("k1,255712000001,Asha,Mwanza,yes", "k2,255712000002,Juma,Arusha,yes")
    assert planned(shop).plan.header.fields == ("first_name", "last_name")
    assert list(planned(shop).plan.rows) == []


@pytest.mark.parametrize("shop", ["3.1"], indirect=True)
def test_a_plan_made_before_anybody_told_the_dialect_is_carried_out_after_somebody_did(shop: Place) -> None:
    shop.text = FIELDS.replace("group: VIP", "group: New")
    shop.write("k1,255712000001,Asha,Dodoma,yes")
    plan = planned(shop)
    assert plan.plan.header.fields == ("first_name", "last_name", "CITY")
    with shop.opened() as world:
        assert world.client.dialect.name == "3.1", "now it is known"
        assert apply_file(world, plan.path, intake=shop.intake()).done == 1
    assert list(planned(shop).plan.rows) == []


@pytest.mark.parametrize(("shop", "updates"), [("3.1", 0), ("3.8", 0), ("3.9", 1)], indirect=["shop"])
def test_a_custom_field_that_is_new_to_us_is_an_update_only_where_there_are_any(shop: Place, updates: int) -> None:
    shop.write("k1,255712000001,Asha,Dodoma,yes", text=CONFIG.replace("  last_name: last\n", ""))
    shop.sync()
    shop.write("k1,255712000001,Asha,Dodoma,yes", text=FIELDS)
    found = planned(shop).plan
    assert [row.reason.value for row in found.rows] == ["differs"] * updates
