"""The main job on the sample shop: customers → contacts → messages, through the pipeline alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ampenet_sync.errors import SourceError, Unsafe
from ampenet_sync.ledger import suppressions
from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import send_campaign
from tests.world import Place

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture
def duka(place: Place) -> Place:
    """The sample shop instead of the small one."""
    for name in ("ampenet.yaml", "customers.csv"):
        shutil.copy(SAMPLE / name, place.folder / name)
    return place


def counts(place: Place) -> dict[str, int]:
    return {group["name"]: group["contacts"] for group in place.sandbox.groups()}


def synced(place: Place) -> list[tuple[str, int, int]]:
    with place.opened() as world:
        runs = sync_segments(world, place.intake())
    return [(run.applied.segment, run.applied.done, run.applied.refused) for run in runs if run.applied]


def cut_source(place: Place, share: float) -> None:
    path = place.folder / "customers.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[1 : 1 + int(share * (len(lines) - 1))]]), encoding="utf-8")


def test_the_sample_becomes_three_groups_and_a_second_time_there_is_nothing_to_do(duka: Place) -> None:
    assert synced(duka) == [("customers", 296, 0), ("vip", 61, 0), ("kenya", 33, 0)]
    assert counts(duka) == {"Duka Kenya": 33, "Duka VIP": 61, "Duka customers": 296}
    before = duka.sandbox.effects()
    assert synced(duka) == [("customers", 0, 0), ("vip", 0, 0), ("kenya", 0, 0)]
    assert duka.sandbox.effects() == before


def test_both_campaigns_reach_each_consenting_number_once(duka: Place) -> None:
    intake = duka.intake()
    sent = {}
    with duka.opened() as world:
        for name in ("karibu", "risiti"):
            audience = preview_campaign(world, intake, name).audience
            for _ in range(2):
                found = send_campaign(world, intake, name, audience=audience.digest)
            sent[name] = (audience.header.messages, audience.header.excluded, found.sent, found.unknown)
    assert sent == {
        "karibu": (52, {"no_consent": 9, "shared_phone": 2}, 52, 0),
        "risiti": (32, {"missing_variable": 1}, 32, 0),
    }
    messages = duka.sandbox.messages()
    assert len(messages) == 84 and len({(m["to"], m["message"]) for m in messages}) == 84


def test_half_the_rows_gone_stops_every_segment_before_anything_is_changed(duka: Place) -> None:
    synced(duka)
    before = duka.sandbox.effects()
    cut_source(duka, 0.5)
    with pytest.raises(Unsafe) as stopped:
        synced(duka)
    assert stopped.value.exit_code == 4 and "source_shrink 156 of 312 rows (50 %)" in stopped.value.message
    assert duka.sandbox.effects() == before


def test_an_empty_source_is_an_error_and_changes_nothing(duka: Place) -> None:
    synced(duka)
    before = duka.sandbox.effects()
    cut_source(duka, 0.0)
    with pytest.raises(SourceError) as stopped:
        synced(duka)
    assert stopped.value.code == "empty_source" and duka.sandbox.effects() == before


def test_suppressed_customers_are_neither_created_nor_texted(duka: Place) -> None:
    customers = duka.intake().customers
    gold = customers[(customers["source.tier"] == "gold") & customers["consent"]].iloc[:2]
    with duka.ledger() as ledger:
        suppressions.suppress(ledger, phone=gold.iloc[0]["phone"], reason="asked")
        suppressions.suppress(ledger, customer_key=gold.iloc[1]["customer_key"], reason="asked")
    synced(duka)
    assert (counts(duka)["Duka VIP"], counts(duka)["Duka customers"]) == (59, 294)
    with duka.opened() as world:
        audience = preview_campaign(world, duka.intake(), "karibu").audience
        send_campaign(world, duka.intake(), "karibu", audience=audience.digest)
    assert audience.header.excluded["suppressed"] == 2
    assert not set(gold["phone"]) & set(duka.texted())
