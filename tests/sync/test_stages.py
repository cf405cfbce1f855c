"""The stages of a plan: one list, whose rows stand one behind the other and whose calls are the forecast."""

from __future__ import annotations

from ampenet_sync.sync.rows import CALLS, Change
from ampenet_sync.sync.stages import Name, stages_of
from tests.pipeline.test_intake_stories import planned
from tests.world import Place, people


def test_every_plan_has_the_same_stages_in_one_order() -> None:
    nothing = stages_of(updates=0, creates=0, deletes=0, links=0, new_group=False)
    assert [stage.name for stage in nothing] == list(Name)
    assert sum(stage.calls + stage.rows for stage in nothing) == 0


def test_the_rows_of_the_stages_stand_in_the_file_one_behind_the_other() -> None:
    stages = {stage.name: stage for stage in stages_of(updates=3, creates=5, deletes=2, links=4, new_group=False)}
    spans = [(stages[name].first, stages[name].rows) for name in (Name.UPDATE, Name.CREATE, Name.DELETE, Name.LINK)]
    assert spans == [(0, 3), (3, 5), (8, 2), (10, 4)]


def test_a_delete_costs_a_look_at_the_status_too_and_a_new_group_a_call() -> None:
    stages = stages_of(updates=3, creates=5, deletes=2, links=4, new_group=True)
    assert sum(stage.calls for stage in stages) == 1 + 3 + 5 + 2 * 2


def test_the_spans_of_a_plan_hold_just_the_rows_of_their_kind(place: Place) -> None:
    place.write(*people(6))
    place.sync()
    place.sandbox.add_contact("VIP", "255712000020", "Name20", "Duka")
    changed = [row.replace("Name2,", "Neema,") for row in people(4)]
    place.write(*changed, "k20,255712000020,Name20,Duka,yes", "k9,255712000009,Name9,Duka,yes")
    plan = planned(place).plan
    kinds = {Name(kind.value): kind for kind in (*CALLS, Change.LINK)}
    for stage in plan.stages:
        if stage.name in kinds:
            found = [
                kind for _, piece in plan.pieces(stage.first, stage.first + stage.rows) for kind in piece["change"]
            ]
            assert [str(kind) for kind in found] == [kinds[stage.name].value] * stage.rows
    assert {name: plan.header.counts.__dict__[f"{name}s"] for name in CALLS} == {"update": 1, "create": 1, "delete": 2}
    assert plan.header.forecast.calls == sum(stage.calls for stage in plan.stages)
