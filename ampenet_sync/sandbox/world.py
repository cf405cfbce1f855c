"""The state of the pretend platform, changed by effects alone. No HTTP, no clock, no files: only values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ampenet_sync.sandbox.changes import CHANGES, Effect
from ampenet_sync.sandbox.entries import Group, Message, Scheduled

__all__ = ["Effect", "World"]


class World:
    """Groups, contacts, messages and the balance; changed only through `record`, rebuilt by `replay`.

    `keep` gets each effect before it is carried out, so what was kept is never behind what was answered.
    `balance` counts units; None is unlimited.
    """

    def __init__(self, *, balance: int | None, keep: Callable[[Effect], None] = lambda effect: None) -> None:
        self.balance = balance
        self.effects: list[Effect] = []
        self.groups: dict[str, Group] = {}
        self.group_of: dict[str, Group] = {}
        self.messages: list[Message] = []
        self.report: list[Message] = []
        self.token_report: list[Message] = []
        self.message_by_uid: dict[str, Message] = {}
        self.scheduled: dict[int, Scheduled] = {}
        self.blacklist: set[str] = set()
        self._keep = keep
        self._last_uid = 0
        self._last_id = 0

    def record(self, kind: str, at: float, *, by: str = "api", **values: Any) -> Effect:
        """Keep one effect, carry it out, return it."""
        effect = {"seq": len(self.effects) + 1, "kind": kind, "at": at, "by": by, **values}
        self._keep(effect)
        self._carry_out(effect)
        return effect

    def replay(self, effects: Iterable[Effect]) -> None:
        """Carry out effects that were kept before."""
        for effect in effects:
            self._carry_out(effect)

    def clear(self) -> None:
        """Empty every table; effects stay known and uids go on increasing."""
        tables = (self.groups, self.group_of, self.messages, self.report, self.token_report, self.message_by_uid)
        for table in (*tables, self.scheduled, self.blacklist):
            table.clear()

    def next_uid(self, at: float) -> str:
        """13 hex characters, 8 of seconds and 5 of microseconds, greater than each before."""
        seconds, micros = divmod(int(at * 1_000_000), 1_000_000)
        return format(max(self._last_uid + 1, seconds << 20 | micros), "013x")

    def next_id(self) -> int:
        """The number of the next row, of whatever kind."""
        return self._last_id + 1

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self.groups.values() if group.name == name), None)

    def group(self, name_or_uid: str) -> Group:
        """The group of this uid or name; LookupError without one."""
        group = self.groups.get(name_or_uid) or self.group_named(name_or_uid)
        if group is None:
            raise LookupError(f"the sandbox has no group {name_or_uid!r}")
        return group

    def _carry_out(self, effect: Effect) -> None:
        CHANGES[effect["kind"]](self, effect)
        self._last_uid = max(self._last_uid, int(effect.get("uid", "0"), 16))
        self._last_id = max(self._last_id, effect.get("id", 0))
        self.effects.append(effect)
