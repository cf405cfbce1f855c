"""Real SIGKILLs in the middle of apply and of send; then the same command again, and the world is as it should be.

AMPENET_TEST_KILLS says how many of each (20). A child is killed between an effect and its answer (by the sandbox), at
its own crash points, or at random moments of a fixed seed.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.sandbox import Sandbox
from tests.dying import FORK, QUICK, Killer
from tests.world import CONFIG, Place, WallClock

KILLS = int(os.environ.get("AMPENET_TEST_KILLS", "20"))
pytestmark = pytest.mark.timeout(180 + 10 * KILLS)


@pytest.fixture
def killer() -> Killer:
    return Killer()


@pytest.fixture
def shop(tmp_path: Path, killer: Killer) -> Iterator[Place]:
    with Sandbox(balance=None, fault=killer.fault, on_effect=killer.on_effect) as sandbox:
        place = Place(tmp_path, sandbox, WallClock(), token=sandbox.token, url=sandbox.url, patience=QUICK)
        place.write("k0,255712000000,Name0,Duka,yes")
        place.make_ledger()
        yield place


def in_child(folder: Path, url: str, token: str, digest: str, point: str, passing: int) -> None:
    """What the child does: the command, up to the nth passing of a crash point."""
    passed, lock = Counter[str](), threading.Lock()

    def crash(here: str) -> None:
        with lock:
            passed[here] += 1
            if here == point and passed[here] == passing:
                os.kill(os.getpid(), signal.SIGKILL)

    place = Place(folder, None, WallClock(), token=token, url=url, patience=QUICK)
    handed: dict[str, Any] = {"crash": crash, "executor": None}
    place.send(digest, **handed) if digest else place.sync(**handed)


def killed(place: Place, killer: Killer, chance: random.Random, *, round_: int, digest: str = "") -> bool:
    """Start the command in a child and kill it in one of three ways. Whether it died of that."""
    way = ("at an effect", "at a crash point", "some time")[round_ % 3]
    points = ("claimed", "answered") if digest else ("claimed", "answered", "status read")
    point = chance.choice(points) if way == "at a crash point" else ""
    passing = chance.randint(1, 4 if point == "status read" else 8)
    arguments = (place.folder, place.url, place.token, digest, point, passing)
    child = FORK.Process(target=in_child, args=arguments)
    killer.arm(child, chance.randint(1, 9) if way == "at an effect" else 0)
    child.start()
    if way == "some time":
        killer.asked.wait(120)
        WallClock().sleep(chance.uniform(0.0, 0.25))
        child.kill()
    child.join(120)
    assert way == "some time" or child.exitcode == -signal.SIGKILL, f"round {round_}: {way} {point} {child.exitcode}"
    return child.exitcode == -signal.SIGKILL


def members(round_: int) -> list[int]:
    """Eight customers; each round four leave and four come."""
    return list(range(4 * round_, 4 * round_ + 8))


def rows(round_: int) -> list[str]:
    return [f"k{n},255712{n:06d},Name{n}r{round_},Duka,yes" for n in members(round_)]


def until(kills: int, attempt: Callable[[int], bool]) -> None:
    """Rounds until so many of them ended in a kill."""
    round_ = done = 0
    while done < kills:
        done += attempt(round_)
        round_ += 1
        assert round_ < 3 * kills + 10, "hardly any child was killed"


def test_a_killed_apply_is_finished_by_the_next_one_without_a_twin_or_a_loss(shop: Place, killer: Killer) -> None:
    chance = random.Random(1)

    def attempt(round_: int) -> bool:
        shop.write(*rows(round_))
        died = killed(shop, killer, chance, round_=round_)
        applied = shop.sync(executor=None)
        assert (applied.in_doubt, applied.refused, applied.moved, applied.paused) == (0, 0, 0, "")
        assert shop.group() == {f"255712{n:06d}": f"Name{n}r{round_}" for n in members(round_)}
        links = shop.links()
        assert sorted(link.customer_key for link in links) == sorted(f"k{n}" for n in members(round_))
        assert all(link.owned for link in links)
        return died

    until(KILLS, attempt)
    before = shop.sandbox.effects()
    assert shop.sync(executor=None).done == 0 and shop.sandbox.effects() == before


def test_a_killed_send_is_finished_by_the_next_one_and_nobody_is_texted_twice(shop: Place, killer: Killer) -> None:
    chance, unknown = random.Random(2), 0

    def attempt(round_: int) -> bool:
        nonlocal unknown
        text = CONFIG.replace("sender_id: DUKA", f'sender_id: DUKA\n    edition: "{round_}"').replace(
            "Habari", f"r{round_}"
        )
        shop.write(
            *(f"k{n},255712{n:06d},Name{n},Duka,yes" for n in range(12)), text=text.replace("Habari", f"r{round_}")
        )
        digest = shop.preview().audience.digest
        died = killed(shop, killer, chance, round_=round_, digest=digest)
        sent = shop.send(digest, executor=None)
        texted = Counter(m["to"] for m in shop.sandbox.messages() if m["message"].startswith(f"DUKA: r{round_} "))
        assert set(texted.values()) == {1}
        assert (sent.sent, sent.sent + sent.unknown) == (len(texted), 12)
        assert (sent.refused, sent.expired, sent.remaining, sent.paused) == (0, 0, 0, "")
        assert sent.unknown <= 4, "more in doubt than were under way at the kill"
        unknown += sent.unknown
        return died

    until(KILLS, attempt)
    assert KILLS < 20 or unknown > 0, "no kill fell between claim and bytes: the test shows too little"
