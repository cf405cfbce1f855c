"""A shop whose syncs are killed, on days that differ; after each kill it recovers and is looked at whole."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ampenet_sync.ledger import changes, destinations, suppressions
from ampenet_sync.sandbox import DialectName, Sandbox
from tests.dying import FORK, QUICK, Fatal, sync_in_child
from tests.world import ACCOUNT, CONFIG, Place, Trouble, WallClock

KILLS = int(os.environ.get("AMPENET_TEST_KILLS", "25"))
LONG = KILLS > 25
DIALECTS: tuple[DialectName, ...] = ("3.1", "3.8", "3.9")
LOST = "drop_after:0.025,drop_before:0.025"  # of a hundred answers five are lost, half of them after the effect
# Made there by hand. The last two are customers now and then, and so linked, but never ours.
FOREIGN = {"255713000001": "Theirs", "255713000002": "Others", "255713000003": "Friend", "255713000004": "Friend"}
FRIENDS = {"friend0", "friend1"}  # their customer keys; who is no customer any more stays linked
TRIES = 6  # runs after a kill, until one of them has nothing left to do
CARRIED_OUT = ": carried out"  # ends the boundary between an effect and its answer


@dataclass
class Killer:
    """Kills the armed child at its nth effect, of a kind or of any, and hears of its first one."""

    child: Any = None
    kind: str = ""
    left: int = 0
    asked: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, child: Any, at_effect: int, kind: str = "") -> None:
        with self.lock:
            self.child, self.left, self.kind = child, at_effect, kind
        self.asked.clear()

    def on_effect(self, effect: dict[str, Any]) -> None:
        self.asked.set()
        with self.lock:
            if self.kind in ("", effect["kind"]):
                self.left -= 1
                if self.left == 0:
                    os.kill(self.child.pid, signal.SIGKILL)


@dataclass
class Shop:
    """A group with foreign contacts, and customers of whom each day some come, leave, change names and numbers."""

    place: Place
    killer: Killer
    chance: random.Random
    text: str
    day: int = 0
    suffix: str = ""  # of the segment's and the group's name
    passed: Counter[str] = field(default_factory=Counter)  # boundaries of the last run that was not killed
    strangers: dict[str, Any] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    guests: list[int] = field(default_factory=list)  # made there by others, and customers for these days
    removed: set[str] = field(default_factory=set)  # customer keys
    faults: str = LOST

    @property
    def group(self) -> str:
        return f"VIP{self.suffix}"

    def keep(self, *, suffix: str = "", actual: str = "live") -> None:
        """From now on another segment in another group, or another way to know what stands there."""
        self.suffix = suffix
        text = self.text.replace("vip", f"vip{suffix}").replace("VIP", f"VIP{suffix}")
        self.place.text = text.replace("mode: mirror", f"mode: mirror, actual: {actual}")

    def new_day(self, *, guest: bool = False) -> None:
        """`guest`: somebody whom others made there is a customer for a day."""
        self.day += 1
        day = self.day
        if guest:
            self.place.sandbox.add_contact("VIP", f"2557131{day:05d}", f"Guest{day}", "Duka")
            self.guests.append(day)
            self.strangers = {**self.contacts(), **self.strangers}
            self.strangers = {phone: self.strangers[phone] for phone in self.foreign}
        self.place.write(
            f"stays,255712000001,Stays{day},Duka,yes",
            f"moves,25571200001{day % 2},Moves,Duka,yes",
            f"day{day},2557121{day:05d},Day{day},Duka,yes",
            f"week{day // 4},2557122{day // 4:05d},Week,Duka,yes",
            f"friend{day % 2},25571300000{3 + day % 2},Friend,Duka,yes",
            *([f"guest{day},2557131{day:05d},Guest{day},Duka,yes"] if guest else []),
        )

    @property
    def foreign(self) -> dict[str, str]:
        """Phone → first name of whom others made there."""
        return FOREIGN | {f"2557131{day:05d}": f"Guest{day}" for day in self.guests}

    @property
    def leaving(self) -> str:
        """The phone of who was a customer on the day before, and is none any more."""
        return f"2557121{self.day - 1:05d}"

    def leaving_opts_out(self) -> None:
        """A message of theirs may have got there at the last moment; it counts for ever."""
        self.place.sandbox.unsubscribe(self.leaving)
        self.opted_out.add(self.leaving)

    def somebody_removes_the_leaving(self) -> None:
        """The ledger remembers whom it met no more, and that it was not we who removed them."""
        self.place.sandbox.remove_contact("VIP", self.leaving)
        self.removed.add(f"day{self.day - 1}")

    def desired(self) -> dict[str, str]:
        """Phone → first name, of whom we are to have there."""
        day = self.day
        ours = {"255712000001": f"Stays{day}", f"25571200001{day % 2}": "Moves"}
        ours |= {f"2557121{day:05d}": f"Day{day}", f"2557122{day // 4:05d}": "Week"}
        return ours | (self.foreign if not self.suffix else {f"25571300000{3 + day % 2}": "Friend"})

    def child(
        self,
        fatal: Fatal | None = None,
        *,
        at_effect: int = 0,
        kind: str = "",
        after: float | None = None,
        threads: int = 4,
    ) -> bool:
        """Run the command in a process and kill it at a boundary, at an effect or some seconds after its first effect.

        Whether it died of that.
        """
        counted, before = FORK.SimpleQueue(), len(self.place.sandbox.effects())
        if fatal is not None and fatal.name.endswith(CARRIED_OUT):
            fatal, at_effect, kind = None, fatal.passing, fatal.name.removesuffix(CARRIED_OUT)
        child = FORK.Process(target=sync_in_child, args=(*self.place_of_child, fatal, threads, counted))
        self.killer.arm(child, at_effect, kind)
        child.start()
        if after is not None:
            while not self.killer.asked.wait(0.05) and child.is_alive():
                pass
            WallClock().sleep(after)
            child.kill()
        child.join(120)
        assert child.exitcode in (0, -signal.SIGKILL), "the command failed instead of being killed"
        if child.exitcode == 0:
            effects = self.place.sandbox.effects()[before:]
            self.passed = Counter(counted.get()) + Counter(f"{effect['kind']}{CARRIED_OUT}" for effect in effects)
        return child.exitcode != 0

    @property
    def place_of_child(self) -> tuple[Path, str, str]:
        return self.place.folder, self.place.url, self.place.token

    def recover(self) -> None:
        """The same command, until it has nothing left to do; answers may be lost here, too."""
        self.place.trouble.over()
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
        there, text = self.place.group(self.group), self.place.text
        assert set(there) <= set(self.desired())
        (self.place.folder / "ampenet.yaml").write_text(text.replace("actual: ledger", "actual: live"))
        self.place.sync(executor=None)
        (self.place.folder / "ampenet.yaml").write_text(text)

    def check(self) -> None:
        """The world is as if nobody had been killed."""
        assert self.place.group(self.group) == self.desired()
        there = self.contacts()
        assert {contact["last_name"] for contact in there.values()} == {"Duka"}
        if not self.suffix:
            assert {phone: there[phone] for phone in self.strangers} == self.strangers
        links = {link.customer_key: link for link in self.place.links(self.group)}
        friend, moves = f"friend{self.day % 2}", f"25571200001{self.day % 2}"
        guests = {f"guest{day}" for day in self.guests}
        ours = {"stays", "moves", f"day{self.day}", f"week{self.day // 4}", friend}
        ours |= guests & {f"guest{self.day}"}
        assert ours <= set(links) <= ours | FRIENDS | guests | self.removed
        not_ours = set(links) & (FRIENDS | guests) if not self.suffix else set()
        assert {key for key in links if not links[key].owned} == not_ours
        assert {"stays": links["stays"].uid, "moves": links["moves"].uid} == {
            "stays": there["255712000001"]["uid"], "moves": there[moves]["uid"]
        }  # fmt: skip
        self.check_ledger()

    def check_ledger(self) -> None:
        """Nothing is in doubt for ever, and whoever opted out is known."""
        uid = next(group["uid"] for group in self.place.sandbox.groups() if group["name"] == self.group)
        with self.place.ledger() as ledger:
            destination = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
            assert changes.open_claims(ledger, destination, uid) == []
            assert suppressions.all_suppressed(ledger).phones >= self.opted_out

    def contacts(self) -> dict[str, dict[str, Any]]:
        """Phone → everything that stands there about it."""
        return {contact["phone"]: contact for contact in self.place.sandbox.contacts(self.group)}


@contextmanager
def open_shop(folder: Path, dialect: DialectName, ledger_url: str) -> Iterator[Shop]:
    """Two days are over, and four contacts of others stand in the group; it was listed with both friends in it."""
    killer, trouble = Killer(), Trouble()
    with Sandbox(balance=None, dialect=dialect, on_effect=killer.on_effect, fault=trouble, seed=7) as sandbox:
        place = Place(folder, sandbox, WallClock(), trouble, token=sandbox.token, url=sandbox.url, patience=QUICK)
        text = CONFIG.replace("api: {", f'ledger: "{ledger_url}"\napi: {{dialect: "{dialect}", ')
        text += "suppressions: [{csv: stop.csv}]\n"
        shop = Shop(place, killer, random.Random(dialect), text)
        (folder / "stop.csv").write_text("phone\n255719999999\n")
        shop.keep()
        shop.new_day()
        place.make_ledger()
        sandbox.add_group("VIP")
        for phone, name in FOREIGN.items():
            sandbox.add_contact("VIP", phone, name, "Duka")
        shop.strangers = shop.contacts()
        place.sync(executor=None)
        shop.new_day()
        place.sync(executor=None)
        shop.check()
        yield shop
