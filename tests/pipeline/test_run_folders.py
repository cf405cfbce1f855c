"""The private folder of a run: there while it works, gone after it, and swept where it was killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ampenet_sync.ledger.runs import begin_run
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.world import FOLDERS
from tests.world import Place

DEAD = Machine(pid=lambda: 2**30)  # no process of any system has that number


def folders(place: Place) -> list[str]:
    return sorted(path.name for path in place.config.home.glob(f"{FOLDERS}*"))


def left_behind(place: Place, machine: Machine) -> Path:
    with place.ledger() as ledger:
        run = begin_run(replace(ledger, machine=machine), "sync")
    folder = place.config.home / f"{FOLDERS}{run}"
    folder.mkdir()
    (folder / "listing.parquet").write_bytes(b"255712000001")
    return folder


def test_a_run_has_a_folder_that_only_its_owner_may_enter_and_that_ends_with_it(place: Place) -> None:
    with place.opened() as world, world.working("sync", "vip") as run:
        assert run.folder.stat().st_mode & 0o777 == 0o700
    assert folders(place) == []


def test_what_breaks_a_run_takes_its_folder_away_too(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), place.opened() as world, world.working("sync", "vip"):
        raise ZeroDivisionError
    assert folders(place) == []


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_of_one_that_lives(place: Place) -> None:
    killed, living = left_behind(place, DEAD), left_behind(place, Machine())
    place.sync()
    assert not killed.exists() and living.exists()
