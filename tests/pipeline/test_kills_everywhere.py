"""SIGKILL of a sync at every boundary of ledger and HTTP, in each dialect and on each database, with lost answers.

After each kill the same command runs again: the group is what it should be, nobody stands there twice, what others
made is untouched and nothing is lost. AMPENET_TEST_KILLS says how many random ones each dialect takes on SQLite (25);
PostgreSQL takes a third of that. `make kills` takes more, and every boundary in turn.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ampenet_sync.sandbox import DialectName, Sandbox
from tests.dying import FORK, QUICK, Killer, sync_in_child
from tests.world import CONFIG, Place, WallClock

KILLS = int(os.environ.get("AMPENET_TEST_KILLS", "25"))
STEP = 1 if KILLS > 25 else 14  # of a run's boundaries every so manieth; all of them in the long form
LOST = "drop_after:0.025,drop_before:0.025"  # of a hundred answers five are lost, half of them after the effect
FOREIGN = {"255713000001": "Theirs", "255713000002": "Others"}
TRIES = 6  # runs after a kill, until one of them has nothing left to do
DIALECTS: tuple[DialectName, ...] = ("3.1", "3.8", "3.9")
pytestmark = pytest.mark.timeout(240 + 8 * KILLS)


@dataclass
class Shop:
    """A group with foreign contacts, and customers of whom each day some come, leave, change names and numbers."""

    place: Place
    killer: Killer
    chance: random.Random
    foreign: dict[str, str] = field(default_factory=dict)
    day: int = 0
    boundaries: int = 0
    faults: str = LOST

    def new_day(self) -> None:
        self.day += 1
        day = self.day
        self.place.write(
            f"stays,255712000001,Stays{day},Duka,yes",
            f"moves,25571200001{day % 2},Moves,Duka,yes",
            f"day{day},2557121{day:05d},Day{day},Duka,yes",
            f"week{day // 4},2557122{day // 4:05d},Week,Duka,yes",
        )

    def desired(self) -> dict[str, str]:
        day = self.day
        ours = {"255712000001": f"Stays{day}", f"25571200001{day % 2}": "Moves"}
        ours |= {f"2557121{day:05d}": f"Day{day}", f"2557122{day // 4:05d}": "Week"}
        return ours | FOREIGN

    def child(self, *, fatal: int = 0, at_effect: int = 0, after: float | None = None) -> bool:
        """Run the command in a process and kill it at a boundary, at an effect or some seconds after its first request.

        Whether it died of that.
        """
        counted, place = FORK.SimpleQueue(), self.place
        child = FORK.Process(target=sync_in_child, args=(place.folder, place.url, place.token, fatal, counted))
        self.killer.arm(child, at_effect)
        child.start()
        if after is not None:
            self.killer.asked.wait(30)
            WallClock().sleep(after)
            child.kill()
        child.join(120)
        if child.exitcode == 0:
            self.boundaries = sum(counted.get().values())
        assert child.exitcode in (0, -signal.SIGKILL), "the command failed instead of being killed"
        return child.exitcode != 0

    def killed_somehow(self) -> bool:
        match self.chance.choice(("boundary", "effect", "moment")):
            case "boundary":
                return self.child(fatal=self.chance.randint(1, max(self.boundaries, 60)))
            case "effect":
                return self.child(at_effect=self.chance.randint(1, 6))
            case _:
                return self.child(after=self.chance.uniform(0.0, 0.25))

    def recover(self) -> None:
        """The same command, until it has nothing left to do; answers may be lost here, too."""
        for attempt in range(TRIES):
            if attempt == TRIES - 1:
                self.place.sandbox.switch(faults="")
            applied = self.place.sync(executor=None)
            assert applied.refused == 0
            if not (applied.paused or applied.in_doubt or applied.moved):
                break
        if "actual: ledger" in self.place.text:
            self.list_once()
        self.place.sandbox.switch(faults=self.faults)

    def list_once(self) -> None:
        """A create without an answer can only be looked up in a listing; until then its phone is left alone."""
        self.place.sandbox.switch(faults="")
        there, text = self.place.group(), self.place.text
        assert set(there) <= set(self.desired())
        (self.place.folder / "ampenet.yaml").write_text(text.replace("actual: ledger", "actual: live"))
        self.place.sync(executor=None)
        (self.place.folder / "ampenet.yaml").write_text(text)

    def check(self) -> None:
        """The world is as if nobody had been killed."""
        assert self.place.group() == self.desired()
        assert {phone: uid for phone, uid in self.uids().items() if phone in FOREIGN} == self.foreign
        links = self.place.links()
        assert sorted(link.customer_key for link in links) == sorted(
            ["stays", "moves", f"day{self.day}", f"week{self.day // 4}"]
        )
        assert all(link.owned for link in links)

    def uids(self) -> dict[str, str]:
        return {contact["phone"]: contact["uid"] for contact in self.place.sandbox.contacts("VIP")}


@pytest.fixture
def shop(dialect: DialectName, ledger_url: str, actual: str, tmp_path: Path) -> Iterator[Shop]:
    killer = Killer()
    with Sandbox(balance=None, dialect=dialect, fault=killer.fault, on_effect=killer.on_effect, seed=7) as sandbox:
        place = Place(tmp_path, sandbox, WallClock(), token=sandbox.token, url=sandbox.url, patience=QUICK)
        place.text = CONFIG.replace("api: {", f'ledger: "{ledger_url}"\napi: {{dialect: "{dialect}", ').replace(
            "mode: mirror", f"mode: mirror, actual: {actual}"
        )
        shop = Shop(place, killer, random.Random(f"{dialect} {actual}"))
        shop.new_day()
        place.make_ledger()
        sandbox.add_group("VIP")
        for phone, name in FOREIGN.items():
            sandbox.add_contact("VIP", phone, name)
        shop.foreign = shop.uids()
        place.sync(executor=None)
        sandbox.switch(faults=LOST)
        yield shop


def attempts(shop: Shop, wanted: int) -> None:
    """Days on each of which a sync is killed in some way, some of them twice, until so many were killed."""
    done = 0
    for _ in range(4 * wanted):
        shop.new_day()
        died = shop.killed_somehow()
        if died and shop.chance.random() < 0.25:  # again, while it recovers
            done += shop.killed_somehow()
        shop.recover()
        shop.check()
        done += died
        if done >= wanted:
            return
    pytest.fail(f"only {done} of {wanted} were killed: the test shows too little")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("actual", ["live"])
def test_a_sync_that_is_killed_anywhere_is_finished_by_the_next(shop: Shop, ledger_url: str) -> None:
    attempts(shop, KILLS if ledger_url.startswith("sqlite") else KILLS // 3)


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("dialect", ["3.8", "3.9"])
@pytest.mark.parametrize("actual", ["ledger"])
def test_so_is_that_of_a_group_which_nobody_lists(shop: Shop) -> None:
    attempts(shop, KILLS // 3)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("actual", ["live"])
def test_a_sync_that_is_killed_at_one_boundary_after_the_other_is_finished_by_the_next(shop: Shop) -> None:
    shop.faults = ""  # so that each run passes the same boundaries
    shop.place.sandbox.switch(faults="")
    fatal = 1 + shop.chance.randrange(STEP)
    shop.new_day()
    while shop.child(fatal=fatal):
        shop.recover()
        shop.check()
        shop.new_day()
        fatal += STEP
    shop.check()
    assert fatal >= shop.boundaries > 60, "the run has hardly any boundaries"
