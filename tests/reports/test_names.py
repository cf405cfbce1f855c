"""Terminal, JSON and Dagster show the same figures under the same names."""

from __future__ import annotations

import pytest

from ampenet_sync.api.tally import Tally
from ampenet_sync.contacts import Collisions
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.reports import names, planrows
from ampenet_sync.reports.outcome import applied_line, applied_object, sent_line, sent_object
from ampenet_sync.reports.plan import plans_object, plans_table
from ampenet_sync.reports.preview import preview_lines, preview_object
from ampenet_sync.sync.applied import Applied
from tests.world import CONFIG, Place, people


def planned(place: Place) -> Planned:
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def test_json_and_terminal_have_every_count_of_a_plan_by_the_same_name(place: Place) -> None:
    place.sandbox.add_group("VIP")
    place.sandbox.add_contact("VIP", "255712000999", "Somebody", "Else")
    place.write(*people(3), "k4,255712000004,Name4,yes,yes", text=CONFIG.replace("last_name: last", "opted_out: last"))
    found = planned(place)
    (plan,) = plans_object([found], place.intake())["plans"]
    header = found.plan.header
    assert {name: plan[name] for name in names.PLAN_COUNTS} == {n: getattr(header.counts, n) for n in names.PLAN_COUNTS}
    rare = [name.replace("_", " ") for name in names.PLAN_COUNTS[4:] if getattr(header.counts, name)]
    always = ["creates", "updates", "deletes", "unchanged"]
    headings = [str(column.header) for column in plans_table([found]).columns]
    assert rare and headings == ["segment", "group", *always, *rare, "verdict"]


def test_json_and_terminal_have_every_outcome_by_the_same_name() -> None:
    applied = Applied("vip", done=1, refused=2, in_doubt=3, moved=4, suppressed=5, paused="", refusals={"dead": 2})
    (segment,) = applied_object(applied, calls=Tally().used())["segments"]
    assert [segment[name] for name in names.APPLIED_COUNTS] == [1, 2, 3, 4, 5]
    assert applied_line(applied) == "vip: 1 done, 2 refused (dead), 3 in doubt, 4 moved, 5 suppressed"


def test_rows_of_a_plan_have_the_agreed_names(place: Place) -> None:
    found = planned(place)
    with place.opened() as world:
        apply_file(world, found.path)
    shown = planrows.rows_object(found.plan, found.plan.rows, total=3)["rows"]
    assert [tuple(row) for row in shown] == [names.ROW_NAMES] * 3
    assert names.NAMELESS_ROW == ("change", "reason", "key", "phone", "source")


def test_a_send_has_every_count_by_the_same_name(place: Place) -> None:
    preview = place.preview()
    sent = place.send(preview.audience.digest)
    shown = sent_object(sent, calls=0)
    assert [shown[name] for name in names.SENT_COUNTS] == [3, 0, 0, 0, 0, 0]
    assert sent_line(sent) == "Campaign hello, edition 1: 3 sent"


@pytest.mark.parametrize("reason", ["no_consent", "shared_phone"])
def test_json_and_terminal_name_the_same_exclusions(place: Place, reason: str) -> None:
    place.write(*people(2), "k3,255712000001,Name3,Duka,yes", "k4,255712000004,Name4,Duka,no")
    preview = place.preview()
    assert isinstance(preview.collisions, Collisions)
    assert preview_object(preview)["excluded"][reason] == 1
    assert any(line.endswith(f"({reason})") for line in preview_lines(preview))
