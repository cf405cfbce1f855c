"""A run that keeps to so many calls or seconds pauses, and the next one goes on where it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ampenet_sync.pipeline.applying import Window, apply_file, sync_segments
from ampenet_sync.pipeline.planning import plan_segment
from tests.world import CONFIG, Place, people, phones

SECOND = "  more: {group: More, mode: mirror}\ncampaigns:"


def sync(place: Place, window: Window) -> tuple[int, str, int]:
    """(changes done, why it paused, calls)."""
    with place.opened() as world:
        applied = sync_segments(world, place.intake(), window=window)[0].applied
        assert applied is not None
        return applied.done, applied.paused, world.client.calls


def test_no_change_begins_once_the_calls_are_made_and_the_next_run_goes_on(place: Place) -> None:
    place.write(*people(40))
    done, paused, calls = sync(place, Window(calls=20))
    assert paused == "the calls it may make are made"
    assert 0 < done < 40 and calls == 20
    assert sorted(place.group()) == phones(done)
    done, paused, _ = sync(place, Window(calls=100))
    assert (sorted(place.group()), paused) == (phones(40), "")


def test_threads_together_make_exactly_the_calls_they_may(place: Place) -> None:
    place.write(*people(60))
    with place.opened(executor=lambda: ThreadPoolExecutor(8)) as world:
        sync_segments(world, place.intake(), window=Window(calls=30))
        assert world.client.calls == 30


def test_a_delete_begins_only_where_both_its_calls_fit(place: Place) -> None:
    place.write(*people(4), text=CONFIG.replace("6000", '6000, dialect: "3.1"'))  # so that no call finds it out
    place.sync()
    _, _, looks = sync(place, Window())
    place.write(*people(1))
    assert sync(place, Window(calls=looks + 1))[::2] == (0, looks)
    assert sync(place, Window(calls=looks + 2))[::2] == (1, looks + 2)
    assert sorted(place.group()) == [phones(4)[0], *phones(4)[2:]]


@pytest.mark.parametrize(("rows", "calls"), [(4, 2), (2, 3)], ids=["update", "delete"])
def test_nobody_is_read_before_a_change_whose_calls_do_not_fit(place: Place, rows: int, calls: int) -> None:
    """From the ledger a change takes the reading as well, and on 3.1 a delete the look at its status."""
    text = CONFIG.replace("6000", '6000, dialect: "3.1"').replace("mode: mirror,", "mode: mirror, actual: ledger,")
    place.write(*people(4), text=text)
    place.sync()
    _, _, looks = sync(place, Window())
    place.write(*(people(2) if calls == 3 else [row.replace("Duka", "Soko") for row in people(4)]))
    for more in range(2 * calls + 1):
        before = place.count("/search")
        done, _, made = sync(place, Window(calls=looks + more))
        assert made == looks + done * calls and place.count("/search") - before == done == min(more // calls, rows)
        rows -= done


def test_no_change_begins_once_the_time_is_over(place: Place) -> None:
    place.write(*people(200), text=CONFIG.replace("6000", "60"))  # the first 60 calls may leave at once
    begun = place.clock()
    done, paused, _ = sync(place, Window(until=begun + 90))
    assert paused == "the time it may take is over"
    assert 60 < done < 200 and place.clock() - begun <= 90 + 60
    done, paused, _ = sync(place, Window(until=place.clock() + 3600))
    assert (sorted(place.group()), paused) == (phones(200), "")


def test_a_plan_that_paused_is_applied_on_until_it_is_done(place: Place) -> None:
    place.write(*people(30))
    with place.opened() as world:
        path = plan_segment(world, place.intake(), "vip").path
    nights = 0
    paused = "not begun"
    while paused:
        with place.opened() as world:
            paused = apply_file(world, path, window=Window(calls=15)).paused
            nights += 1
            assert world.client.calls <= 15
    assert sorted(place.group()) == phones(30)
    assert 2 < nights < 10


@pytest.mark.parametrize("window", [Window(calls=1), Window(until=0.0)], ids=["calls", "time"])
def test_segments_whose_turn_does_not_come_are_paused_and_make_no_call(place: Place, window: Window) -> None:
    place.write(*people(3), text=CONFIG.replace("campaigns:", SECOND))
    with place.opened() as world:
        window = replace(window, calls=window.calls and world.client.calls)
        before = world.client.calls
        runs = sync_segments(world, place.intake(), window=window)
        assert world.client.calls == before
    assert [
        (run.segment, run.applied and run.applied.done, bool(run.applied and run.applied.paused)) for run in runs
    ] == [
        ("vip", 0, True),
        ("more", 0, True),
    ]
    assert place.sandbox.groups() == []
