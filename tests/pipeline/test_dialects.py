"""The main job on the sample shop in each dialect, on a smooth day and on a day when every tenth request goes wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from ampenet_sync.pipeline.applying import SegmentRun, sync_segments
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import Sent, send_campaign
from ampenet_sync.sandbox import Fault, Sandbox
from tests.world import Clock, Place, Trouble

SAMPLE = Path(__file__).parents[2] / "sample_data"
DIALECTS = ["3.1", "3.8", "3.9"]
TENTH = "drop_before:0.02,drop_after:0.02,html_502:0.02,truncated:0.02,error_after:0.02"


def shop_at(folder: Path, sandbox: Sandbox, clock: Clock) -> Place:
    for name in ("ampenet.yaml", "customers.csv"):
        shutil.copy(SAMPLE / name, folder / name)
    place = Place(folder, sandbox, clock, token=sandbox.token, url=sandbox.url)
    place.make_ledger()
    return place


def synced(place: Place, *names: str) -> list[SegmentRun]:
    with place.opened() as world:
        return sync_segments(world, place.intake(), names)


def sent(place: Place, name: str) -> Sent:
    with place.opened() as world:
        intake = place.intake()
        digest = preview_campaign(world, intake, name).audience.digest
        return send_campaign(world, intake, name, audience=digest)


def most_copies(sandbox: Sandbox) -> int:
    return max(Counter(message["to"] + message["message"] for message in sandbox.messages()).values())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_main_job_ends_right_and_the_dialect_is_found_out(tmp_path: Path, dialect: str) -> None:
    clock = Clock()
    with Sandbox(dialect=dialect, clock=clock) as sandbox:
        place = shop_at(tmp_path, sandbox, clock)
        assert [run.applied.done for run in synced(place) if run.applied] == [296, 61, 33]
        assert [run.applied.done for run in synced(place) if run.applied] == [0, 0, 0]
        with place.opened() as world:
            assert (world.client.detected.dialect.name, world.client.detected.certain) == (dialect, True)
        assert (sent(place, "karibu").sent, sent(place, "risiti").sent) == (52, 32)
        assert (len(sandbox.messages()), most_copies(sandbox)) == (84, 1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_bad_day_loses_nobody_and_texts_nobody_twice(tmp_path: Path, dialect: str) -> None:
    clock = Clock()
    with Sandbox(dialect=dialect, clock=clock, faults=TENTH, seed=7) as sandbox:
        place = shop_at(tmp_path, sandbox, clock)
        for _ in range(4):
            runs = synced(place, "vip", "kenya")
        assert [(run.applied.done, run.applied.in_doubt) for run in runs if run.applied] == [(0, 0), (0, 0)]
        assert {group["name"]: group["contacts"] for group in sandbox.groups()} == {"Duka Kenya": 33, "Duka VIP": 61}
        assert len({contact["phone"] for contact in sandbox.contacts("Duka VIP")}) == 61
        found = sent(place, "karibu")
        assert found.sent + found.unknown == 52
        assert (len(sandbox.messages()), most_copies(sandbox)) == (found.sent, 1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_lost_answer_is_found_at_the_new_end_of_a_long_list(tmp_path: Path, dialect: str) -> None:
    clock, lost = Clock(), Trouble()
    with Sandbox(dialect=dialect, clock=clock, fault=lost) as sandbox:
        place = shop_at(tmp_path, sandbox, clock)
        assert sent(place, "karibu").sent == 52
        clock.sleep(3600)
        lost.on("/sms/send", Fault.drop_after, times=3)
        found = sent(place, "risiti")
        assert (found.sent, found.unknown, len(sandbox.messages())) == (32, 0, 84)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_messages_are_read_from_the_new_end_whichever_end_the_install_begins_at(tmp_path: Path, dialect: str) -> None:
    clock = Clock()
    with Sandbox(dialect=dialect, clock=clock) as sandbox:
        place = shop_at(tmp_path, sandbox, clock)
        sent(place, "karibu")
        with place.opened() as world:
            pages = [[message.uid for message in page.items] for page in world.client.messages_from_new_end()]
    assert max(pages[0]) == max(uid for page in pages for uid in page)
    assert len({uid for page in pages for uid in page}) == 52
