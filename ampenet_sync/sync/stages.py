"""The stages in which a plan is carried out. Forecast, output, apply and every crash point walk the same list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class CallsEach:
    """What one change takes, and to ask one contact. Before a delete the status is read; what the ledger alone knows
    is read first, too."""

    update: int = 1
    delete: int = 2
    ask: int = 2


SEEN_BEFORE = CallsEach()  # the group was listed


def read_before(*, search_shows_status: bool) -> CallsEach:
    """What a change takes where each contact is read by itself before it: where that shows its status, too, a delete
    needs no other look."""
    return CallsEach(update=2, delete=2 if search_shows_status else 3)


class Name(StrEnum):
    """What is done in a stage."""

    SETTLE = "settle doubts"  # look up what an earlier run left without an answer
    GROUP = "make the group"
    LINK = "link"  # only the ledger learns whose contacts these are
    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"
    ASK = "ask who opted out"  # of whoever is linked by then and not heard since the plan was made
    LOOK_UP = "look up"  # what this run left without an answer, and then again what certainly was not applied


@dataclass(frozen=True)
class Stage:
    """One stage of one plan: how many of the plan's rows it carries out, from which position on, and the calls."""

    name: Name
    first: int = 0
    rows: int = 0
    calls: int = 0


def stages_of(
    *,
    updates: int,
    creates: int,
    deletes: int,
    links: int,
    new_group: bool,
    each: CallsEach = SEEN_BEFORE,
    asks: int = 0,
) -> tuple[Stage, ...]:
    """Every stage of a plan in its order, those with nothing to do, too. The rows stand in the file as updates,
    creates, deletes and links."""
    changes = updates + creates + deletes
    return (
        Stage(Name.SETTLE),
        Stage(Name.GROUP, calls=int(new_group)),
        Stage(Name.LINK, changes, links),
        Stage(Name.UPDATE, 0, updates, each.update * updates),
        Stage(Name.CREATE, updates, creates, creates),
        Stage(Name.DELETE, updates + creates, deletes, each.delete * deletes),
        Stage(Name.ASK, calls=each.ask * asks),
        Stage(Name.LOOK_UP),
    )
