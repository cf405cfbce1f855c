"""The pretend platform as one object: world, log, serving and wire put together. It decides nothing about a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ampenet_sync.sandbox import outside, routes, views
from ampenet_sync.sandbox.effects import EffectLog
from ampenet_sync.sandbox.faults import ChooseFault
from ampenet_sync.sandbox.rules import SANDBOX_TOKEN, Rules
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.window import Window
from ampenet_sync.sandbox.wire import Wire
from ampenet_sync.sandbox.world import Effect, World

OPENING_BALANCE = 10_000


class Sandbox:
    """A pretend Ampenet on a port of this machine, dialect 3.8; `with Sandbox() as sandbox:` serves until the end.

    - `log`: an append-only file of accepted effects that is the state: the next sandbox with it goes on from there.
    - `balance`: units at the very beginning (a log's own beginning wins), None for unlimited.
    - `requests_per_minute`: more are answered "Too Many Attempts."; `strict_http`: errors carry 401, 404, 422, 429.
    - `sender_ids`: the only ones allowed; None lets every well-formed one pass.
    - `fault` is asked once for each request and `on_effect` is called after an effect is kept and before its answer is
      written (not for late effects); both run in the request's thread without a lock.
    - `clock` gives epoch seconds; `sleep` is used by slow answers (default: real time, cut short by `close`).

    What goes wrong inside `fault` or `on_effect` drops that connection and is raised again at the end of `with`.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        token: str = SANDBOX_TOKEN,
        log: Path | str | None = None,
        balance: int | None = OPENING_BALANCE,
        requests_per_minute: int | None = None,
        strict_http: bool = False,
        sender_ids: Collection[str] | None = None,
        fault: ChooseFault | None = None,
        on_effect: Callable[[Effect], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.token = token
        self._stopped = threading.Event()
        self._log = None if log is None else EffectLog(Path(log), opening={"balance": balance})
        try:
            allowed = None if sender_ids is None else frozenset(sender_ids)
            self._serving = Serving(
                _world(self._log, balance),
                Rules(token=token, strict_http=strict_http, sender_ids=allowed),
                window=None if requests_per_minute is None else Window(requests_per_minute),
                fault=fault,
                on_effect=on_effect,
                clock=clock,
                sleep=sleep or self._stopped.wait,
            )
            self._wire = Wire(self._serving.respond, host=host, port=port)
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
        return f"http://{self._wire.host}:{self._wire.port}{routes.BASE_PATH}"

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

    def groups(self) -> list[dict[str, Any]]:
        """The groups by name: uid, name, contacts (how many), and the texts welcome, unsubscribe, keyword."""
        with self._serving.looking() as (world, _):
            return views.groups(world)

    def contacts(self, group: str) -> list[dict[str, Any]]:
        """The contacts of a group (name or uid) by phone: uid, phone as text, first_name, last_name, status."""
        with self._serving.looking() as (world, _):
            return views.contacts(world, group)

    def messages(self) -> list[dict[str, Any]]:
        """The messages in the order they left: uid, to, from, message, status, parts."""
        with self._serving.looking() as (world, _):
            return views.messages(world)

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
            return outside.set_status(world, now, phone=phone, status="unsubscribe")

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
