"""The slots of one token as rows: taken, answered, given back, each in one short transaction. It never waits.

SQLite keeps them in `throttle.db` beside the ledger: there they never wait for a claim's way to the disk, and no claim
waits for them. PostgreSQL keeps them in the ledger's database, locked by token. Neither forces a commit to the disk:
what a power cut forgets is at most a window of calls, and it takes as long to start again. A killed process loses none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.clocks import SERVER_TIME, Clock
from ampenet_sync.ledger.database import Ledger, make_private_file
from ampenet_sync.ledger.engines import begun, engine_at, sqlite_file

FILE = "throttle.db"
FILE_VERSION = 1
BELIEVED = 10  # windows for which a lower limit holds, although the platform names higher ones meanwhile
LONGEST = (
    600.0  # seconds: nothing silences everybody for longer, neither an absurd answer nor a clock that was set back
)
MARK = 3.0  # seconds a waiting campaign is waited for without a sign of life
LEFT_TO_CAMPAIGN = 0.05  # a sync call's nap while a free slot is left to a campaign that has not woken yet
AT_WORK = 10.0  # seconds after a campaign's call in which more of them are expected
KEPT = 4  # one slot in so many is kept for the calls a campaign at work will make; sync takes what is free beyond
SYNC_NAP = 0.5
FORGOTTEN = 86_400.0  # a token unused for so long
SIMULATED = "simulated "  # begins the keys of slots that a clock handed in dates


@dataclass(frozen=True)
class Rate:
    """So many calls in a window (seconds); after `deadline` seconds no answer is waited for any more."""

    calls: int
    window: float
    deadline: float


@dataclass(frozen=True)
class Slots:
    """One token's slots. Without a clock each transaction asks the server for its time: machines need not agree."""

    engine: Engine
    key: str
    clock: Clock | None


@dataclass(frozen=True)
class Taken:
    id: int
    free_at: float


@dataclass
class State:
    """The row of `throttles`, changed in memory and written at the end of the transaction."""

    busy: int = 0
    taken: int = 0
    learned: int = 0
    learned_until: float = 0.0
    quiet_until: float = 0.0
    campaigns_until: float = 0.0

    def permitted(self, calls: int, now: float) -> int:
        return min(calls, self.learned) if _ahead(self.learned_until, now) else calls

    def count(self, calls: int) -> None:
        self.busy += calls
        self.taken += calls


_KEY: BindParameter[str] = bindparam("key_")
_NOW: BindParameter[float] = bindparam("now")
_COLUMNS = [t.throttles.c[name] for name in State.__dataclass_fields__]
_STATE = select(*_COLUMNS).where(t.throttles.c.key == _KEY).with_for_update()
_STATE_AND_TIME = _STATE.add_columns(SERVER_TIME.label("now"))
_WRITE = update(t.throttles).where(t.throttles.c.key == _KEY)
_OVER = (t.throttle_slots.c.key == _KEY, t.throttle_slots.c.free_at <= _NOW)
_FREED = delete(t.throttle_slots).where(*_OVER).returning(t.throttle_slots.c.calls)
_IMPOSSIBLE = update(t.throttle_slots).where(t.throttle_slots.c.key == _KEY, t.throttle_slots.c.free_at > _NOW)
_NEXT_FREE = select(func.min(t.throttle_slots.c.free_at)).where(t.throttle_slots.c.key == _KEY)
_ONE = (t.throttle_slots.c.key == _KEY, t.throttle_slots.c.id == bindparam("id_"))
_OCCUPY = update(t.throttle_slots).where(*_ONE).returning(t.throttle_slots.c.lead)
_RETURN = delete(t.throttle_slots).where(*_ONE).returning(t.throttle_slots.c.calls)
_WAITING = select(func.count()).where(
    t.throttle_waits.c.key == _KEY, t.throttle_waits.c.until > _NOW, t.throttle_waits.c.until <= _NOW + MARK
)
_UNMARK = delete(t.throttle_waits).where(t.throttle_waits.c.id == bindparam("id_"))
_BEGIN = text(
    "INSERT INTO throttles (key, busy, taken, learned, learned_until, quiet_until, campaigns_until, used_at) "
    "VALUES (:key_, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (key) DO NOTHING"
)


def open_slots(ledger: Ledger, key: str) -> Slots:
    """The slots that all processes of this ledger share under `key`, a digest that tells one token from another.

    They go by the ledger's clock. Simulated ones stand apart: whose clock is another would take them for long free, or
    for taken until some other day.
    """
    file = sqlite_file(ledger.engine.url)
    key = f"{SIMULATED}{key}" if ledger.simulated else key
    if file is None:
        slots = Slots(ledger.engine, key, ledger.clock if ledger.simulated else None)
    else:
        make_private_file(file.with_name(FILE))
        url = ledger.engine.url.set(database=str(file.with_name(FILE)))
        slots = Slots(engine_at(url, durable=False), key, ledger.clock)
        _make_tables(slots.engine)
    with _held(slots) as turn:
        turn.db.execute(_WRITE, {"key_": slots.key, "used_at": turn.now})
    _forget_unused(slots, turn.now)
    return slots


def close_slots(slots: Slots) -> None:
    """Let go of the file's connections; of PostgreSQL's the ledger does."""
    if sqlite_file(slots.engine.url) is not None:
        slots.engine.dispose()


def new_id() -> int:
    """Drawn, not counted: no number comes twice, even if the database forgot the last ones."""
    return uuid.uuid4().int >> 66


def take(slots: Slots, rate: Rate, *, campaign: bool, waiter: int) -> Taken | float:
    """A slot; or how long to wait before asking again, in seconds.

    `waiter` is the same number each time one caller asks again: while a campaign waits, a free slot is left to it.
    """
    with _held(slots) as turn:
        turn.clear()
        nap = turn.nap(rate, campaign=campaign)
        if campaign and (nap is not None or turn.state.campaigns_until > turn.now):
            turn.mark(waiter, waits=nap is not None)
        return turn.take(rate, campaign=campaign) if nap is None else nap


def answered(
    slots: Slots, rate: Rate, number: int, *, limit: int | None, remaining: int | None, wait: float | None
) -> None:
    """A window from now the slot is free. What the answer tells about limit, others and silence holds for everybody."""
    with _held(slots) as turn:
        lead = turn.occupy(number, rate)
        if limit is not None and 0 < limit < rate.calls:
            turn.learn(limit, rate)
        if remaining is not None and lead is not None:
            turn.leave_to_others(rate, remaining, lead)
        if wait is not None and wait > 0:
            turn.state.quiet_until = max(turn.state.quiet_until, turn.now + min(wait, LONGEST))


def give_back(slots: Slots, number: int) -> None:
    """Nothing was sent, so nothing was counted."""
    with _held(slots) as turn:
        for calls in turn.db.scalars(_RETURN, {"key_": slots.key, "id_": number}):
            turn.state.count(-calls)


def stop_waiting(slots: Slots, waiter: int) -> None:
    with begun(slots.engine, "slots") as db:
        db.execute(_UNMARK, {"id_": waiter})


@dataclass(frozen=True)
class _Turn:
    """One process's moment with the slots, in which nobody else changes them."""

    db: Connection
    key: str
    now: float
    state: State

    def clear(self) -> None:
        self.state.busy -= sum(self.db.scalars(_FREED, {"key_": self.key, "now": self.now}))

    def nap(self, rate: Rate, *, campaign: bool) -> float | None:
        """None where a slot may be taken now."""
        if _ahead(self.state.quiet_until, self.now):
            return self.state.quiet_until - self.now
        permitted = self.state.permitted(rate.calls, self.now)
        free = permitted - self.state.busy
        if free <= 0:
            return self._next_free() - self.now
        if not campaign and self.now < self.state.campaigns_until:
            if free <= self._campaigns_waiting():
                return LEFT_TO_CAMPAIGN
            if free <= permitted // KEPT:
                return SYNC_NAP
        return None

    def take(self, rate: Rate, *, campaign: bool) -> Taken:
        self.state.count(1)
        if campaign:
            self.state.campaigns_until = self.now + AT_WORK
        slot = Taken(new_id(), self.now + rate.deadline + rate.window)
        self._put(slot.id, calls=1, free_at=slot.free_at)
        return slot

    def occupy(self, number: int, rate: Rate) -> int | None:
        """The slot is used up from now for a window, also where it was thought free already (then: None)."""
        free_at = self.now + rate.window
        lead = self.db.scalar(_OCCUPY, {"key_": self.key, "id_": number, "free_at": free_at})
        if lead is None:
            self.state.count(1)
            self._put(number, calls=1, free_at=free_at)
        return None if lead is None else int(lead)

    def learn(self, limit: int, rate: Rate) -> None:
        """The lowest limit named counts until only higher ones were named for a while: routes differ."""
        if limit <= self.state.permitted(rate.calls, self.now):
            self.state.learned = limit
            self.state.learned_until = self.now + min(BELIEVED * rate.window, LONGEST)

    def leave_to_others(self, rate: Rate, remaining: int, lead: int) -> None:
        """Less is left than we think: what somebody else used of the token counts as used here.

        Ours are all calls that may have been counted before the answer was written: those busy when its slot was taken
        and those taken since, whether or not they are free again by now.
        """
        ours = lead + self.state.taken
        calls = self.state.permitted(rate.calls, self.now) - ours - remaining
        if calls > 0:
            self.state.count(calls)
            self._put(new_id(), calls=calls, free_at=self.now + rate.window)

    def mark(self, waiter: int, *, waits: bool) -> None:
        self.db.execute(_UNMARK, {"id_": waiter})
        if waits:
            until = self.now + MARK
            self.state.campaigns_until = max(self.state.campaigns_until, until)
            self.db.execute(insert(t.throttle_waits), {"id": waiter, "key": self.key, "until": until})

    def _put(self, number: int, *, calls: int, free_at: float) -> None:
        lead = self.state.busy - self.state.taken
        row = {"id": number, "key": self.key, "calls": calls, "lead": lead, "free_at": free_at}
        self.db.execute(insert(t.throttle_slots), row)

    def _campaigns_waiting(self) -> int:
        return int(self.db.scalar(_WAITING, {"key_": self.key, "now": self.now}) or 0)

    def _next_free(self) -> float:
        """When the first slot is free. One further off than any can be was taken under a clock that was set back."""
        latest = self.now + LONGEST
        self.db.execute(_IMPOSSIBLE, {"key_": self.key, "now": latest, "free_at": latest})
        return float(self.db.execute(_NEXT_FREE, {"key_": self.key}).scalar_one())


@contextmanager
def _held(slots: Slots) -> Iterator[_Turn]:
    """Lock the token's row, read it, and write it back if it was changed."""
    query = _STATE if slots.clock else _STATE_AND_TIME
    with begun(slots.engine, "slots") as db:
        row = db.execute(query, {"key_": slots.key}).one_or_none()
        if row is None:
            db.execute(_BEGIN, {"key_": slots.key})
            row = db.execute(query, {"key_": slots.key}).one()
        before = State(*row[: len(_COLUMNS)])
        turn = _Turn(db, slots.key, slots.clock() if slots.clock else float(row.now), replace(before))
        yield turn
        if turn.state != before:
            db.execute(_WRITE, {"key_": slots.key, "used_at": turn.now, **asdict(turn.state)})


def _ahead(until: float, now: float) -> bool:
    """Whether a time is still to come; one too far ahead was written under a clock that was set back."""
    return now < until <= now + LONGEST


def _forget_unused(slots: Slots, now: float) -> None:
    """Drop what is left of tokens nobody uses any more, such as those of sandboxes, if this clock dated it."""
    key, simulated = t.throttles.c.key, t.throttles.c.key.startswith(SIMULATED)
    dated_here = simulated if slots.key.startswith(SIMULATED) else ~simulated
    old = select(key).where(t.throttles.c.used_at < now - FORGOTTEN, key != slots.key, dated_here)
    with begun(slots.engine, "slots") as db:
        gone = list(db.scalars(old.with_for_update(skip_locked=True)))
        for table in (t.throttle_slots, t.throttle_waits, t.throttles) if gone else ():
            db.execute(delete(table).where(table.c.key.in_(gone)))


def _make_tables(engine: Engine) -> None:
    with begun(engine, "write") as db:
        version = db.scalar(text("PRAGMA user_version"))
        if version == 0 and not inspect(db).has_table("throttles"):
            t.throttling.create_all(db)
            db.execute(text(f"PRAGMA user_version = {FILE_VERSION}"))
        elif version != FILE_VERSION:
            hint = (
                "while this program runs nowhere, delete that file: it holds no more than the calls of the last minutes"
            )
            message = f"the throttle at {engine.url.database} is of another version"
            raise LedgerError(message, code="throttle_schema", hint=hint)
