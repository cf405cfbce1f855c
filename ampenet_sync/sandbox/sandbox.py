"""The pretend platform as one object: world, log, serving and wire put together. It decides nothing about a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from ampenet_sync.sandbox import outside, routes, views
from ampenet_sync.sandbox.door import open_door
from ampenet_sync.sandbox.effects import EffectLog
from ampenet_sync.sandbox.faults import ChooseFault
from ampenet_sync.sandbox.keys import Keys
from ampenet_sync.sandbox.outside import OPENING_BALANCE
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.switches import Switches, SwitchValues
from ampenet_sync.sandbox.visit import stranger_message
from ampenet_sync.sandbox.wire import Wire
from ampenet_sync.sandbox.world import Effect, World


class Sandbox:
    """A pretend Ampenet on a port of this machine; `with Sandbox(dialect="3.8") as sandbox:` serves until the end.

    - `log`: an append-only file of accepted effects that is the state: the next sandbox with it goes on from there.
    - `balance`: units at the very beginning (a log's own beginning wins), None for unlimited.
    - `sender_ids`: the only ones allowed; None lets every well-formed one pass.
    - `switches`: `dialect`, `requests_per_minute`, `faults`, … as `Switches` tells; `switch` turns them while it runs.
    - `fault` is asked once for each request, before the mix of `faults`; `on_effect` is called after an effect is kept
      and before its answer is written (not for late effects); both run in the request's thread without a lock.
    - `clock` gives epoch seconds; `sleep` is used by slow answers (default: real time, cut short by `close`).
    - `token` is drawn anew for each sandbox unless handed in; nothing is answered without it, but the page at
      `page_url` to who has its whole link. The control endpoint is below `origin`.

    What goes wrong inside `fault` or `on_effect` drops that connection and is raised again at the end of `with`.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        token: str | None = None,
        log: Path | str | None = None,
        balance: int | None = OPENING_BALANCE,
        sender_ids: Collection[str] | None = None,
        fault: ChooseFault | None = None,
        on_effect: Callable[[Effect], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
        **switches: Unpack[SwitchValues],
    ) -> None:
        self._keys = Keys() if token is None else Keys(token)
        self.token = self._keys.token
        turned = Switches().turned(switches)
        self._stopped = threading.Event()
        self._log = None if log is None else EffectLog(Path(log), opening={"balance": balance})
        try:
            allowed = None if sender_ids is None else frozenset(sender_ids)
            self._serving = Serving(
                _world(self._log, balance),
                Rules(token=self.token, sender_ids=allowed, switches=turned),
                fault=fault,
                on_effect=on_effect,
                clock=clock,
                sleep=sleep or self._stopped.wait,
            )
            self._wire = Wire(open_door(self._serving, self._keys, bound=host), host=host, port=port, clock=clock)
        except BaseException:
            self._close_log()
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is None and self._wire.failure is not None:
            raise self._wire.failure

    def __repr__(self) -> str:
        return f"Sandbox({self.url})"

    @property
    def url(self) -> str:
        """The base URL a client is configured with."""
        return f"{self.origin}{routes.BASE_PATH}"

    @property
    def page_url(self) -> str:
        """The page where a person sees groups, contacts, phones and requests. Who has the whole link sees them."""
        return f"{self.origin}/#key={self._keys.page}"

    @property
    def origin(self) -> str:
        """Where it answers, without a path."""
        return f"http://{self._wire.host}:{self._wire.port}"

    def start(self) -> None:
        """Begin to answer, in threads of its own."""
        self._wire.start()

    def serve_forever(self) -> None:
        """Answer until the user interrupts or `close` is called elsewhere; for a program that does nothing else."""
        self.start()
        try:
            self._stopped.wait()
        finally:
            self.close()

    def close(self) -> None:
        """Cut all connections and let go of port and log; what was recorded can still be looked at."""
        self._serving.stop()
        self._stopped.set()
        self._wire.close()
        self._close_log()

    def effects(self) -> list[Effect]:
        """Every accepted effect in order: seq, kind, at, by ("api" or "outside") and all its values."""
        with self._serving.looking() as (world, _):
            return [dict(effect) for effect in world.effects]

    def requests(self) -> list[tuple[str, str]]:
        """Method and path (below the base path, without query) of each request, as they came in."""
        return list(self._serving.requests)

    def throttling(self) -> tuple[int, int]:
        """How many calls the present limit has counted, and how many it has refused as too many."""
        return self._serving.throttling()

    def switches(self) -> Switches:
        """How it is turned now."""
        return self._serving.rules.switches

    def switch(self, **switches: Unpack[SwitchValues]) -> None:
        """Turn some switches while it runs; the others stay. ValueError turns none."""
        self._serving.turn(switches)

    def groups(self) -> list[dict[str, Any]]:
        """The groups by name: uid, name, contacts (how many), and the texts welcome, unsubscribe, keyword."""
        with self._serving.looking() as (world, _):
            return views.groups(world)

    def contacts(self, group: str) -> list[dict[str, Any]]:
        """The contacts of a group (name or uid) by phone: uid, phone as text, first_name, last_name, status; where the
        group has custom fields, also `fields` by tag."""
        with self._serving.looking() as (world, _):
            return views.contacts(world, group)

    def messages(self) -> list[dict[str, Any]]:
        """What we handed to the gateway, in the order it left: uid, to, from, message, status, parts."""
        with self._serving.looking() as (world, _):
            return views.messages(world)

    def received(self) -> list[dict[str, Any]]:
        """What people wrote to us, in order, with the same keys."""
        with self._serving.looking() as (world, _):
            return views.received(world)

    def balance(self) -> int | None:
        """The units left; None is unlimited."""
        with self._serving.looking() as (world, _):
            return world.balance

    def add_group(self, name: str) -> str:
        """Somebody makes a group in the web page; its uid."""
        with self._serving.looking() as (world, now):
            return outside.add_group(world, now, name=name)

    def rename_group(self, group: str, name: str) -> None:
        """Somebody renames a group in the web page, which leaves its automatic texts alone."""
        with self._serving.looking() as (world, now):
            outside.rename_group(world, now, group=group, name=name)

    def remove_group(self, group: str) -> None:
        """Somebody removes a group and so its contacts."""
        with self._serving.looking() as (world, now):
            outside.remove_group(world, now, group=group)

    def set_group_texts(
        self, group: str, *, welcome: str | None = None, unsubscribe: str | None = None, keyword: str | None = None
    ) -> None:
        """Somebody sets a group's automatic texts; with a welcome text each contact stored there costs a message."""
        with self._serving.looking() as (world, now):
            outside.set_group_texts(world, now, group=group, welcome=welcome, unsubscribe=unsubscribe, keyword=keyword)

    def set_group_fields(self, group: str, tags: list[str]) -> None:
        """Somebody defines a group's custom fields, by their tags; they count on 3.9."""
        with self._serving.looking() as (world, now):
            outside.set_group_fields(world, now, group=group, tags=tags)

    def add_contact(self, group: str, phone: str, first_name: str = "", last_name: str = "") -> str:
        """Somebody adds a contact in the web page; its uid."""
        with self._serving.looking() as (world, now):
            return outside.add_contact(world, now, group=group, phone=phone, first_name=first_name, last_name=last_name)

    def edit_contact(
        self,
        group: str,
        phone: str,
        *,
        new_phone: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
    ) -> None:
        """Somebody edits a contact in the web page; what is not named stays."""
        edited = {"new_phone": new_phone, "first_name": first_name, "last_name": last_name}
        with self._serving.looking() as (world, now):
            outside.edit_contact(world, now, group=group, phone=phone, **edited)

    def remove_contact(self, group: str, phone: str) -> None:
        """Somebody removes a contact in the web page."""
        with self._serving.looking() as (world, now):
            outside.remove_contact(world, now, group=group, phone=phone)

    def unsubscribe(self, phone: str) -> int:
        """A person opts out, in every group that has the phone; how many contacts changed."""
        with self._serving.looking() as (world, now):
            return outside.unsubscribe(world, now, phone=phone)

    def receive(self, phone: str, text: str, *, to: str = "AMPENET") -> str:
        """A person writes to one of our sender ids; the uid of its row in the report."""
        with self._serving.looking() as (world, now):
            return outside.receive(world, now, phone=phone, text=text, to=to)

    def add_stranger_message(self, phone: str, text: str, *, sender: str = "OTHERS") -> str:
        """Another customer of the platform sends a text, whose row stands in the same report; its uid."""
        with self._serving.looking() as (world, now):
            return stranger_message(world, now, phone=phone, sender=sender, text=text)

    def set_message_status(self, uid: str, status: str) -> None:
        """The gateway tells later what became of a message: "Failed", "Expired", …"""
        with self._serving.looking() as (world, now):
            outside.set_message_status(world, now, uid=uid, status=status)

    def reset(self, balance: int | None = OPENING_BALANCE) -> None:
        """Empty the account; effects stay known, and uids go on increasing."""
        with self._serving.looking() as (world, now):
            outside.reset(world, now, balance=balance)

    def blacklist(self, phone: str) -> None:
        """The account's blacklist gets a phone: single sends to it are refused, sends to several are not."""
        with self._serving.looking() as (world, now):
            outside.blacklist(world, now, phone=phone)

    def set_balance(self, units: int | None) -> None:
        """Somebody buys units, or an administrator corrects them; None is unlimited."""
        with self._serving.looking() as (world, now):
            outside.set_balance(world, now, units=units)

    def _close_log(self) -> None:
        if self._log is not None:
            self._log.close()


def _world(log: EffectLog | None, balance: int | None) -> World:
    if log is None:
        return World(balance=balance)
    world = World(balance=log.opening["balance"], keep=log.append)
    world.replay(log.effects)
    return world
