"""The slots of one token as rows: taken, answered, given back, each in one short transaction. It never waits.

SQLite keeps them in `throttle.db` beside the ledger: there they never wait for a claim's way to the disk, and no claim
waits for them. PostgreSQL keeps them in the ledger's database, locked by token. Neither forces a commit to the disk:
what a power cut forgets is at most a window of calls, and it takes as long to start again. A killed process loses none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TypeVar

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
from ampenet_sync.ledger.together import Together
from ampenet_sync.machine import Machine
from ampenet_sync.throttle import Rate, State, Taken, Turn
from ampenet_sync.throttle.policy import mark_until

T = TypeVar("T")

FILE = "throttle.db"
FILE_VERSION = 1
FORGOTTEN = 86_400.0  # a token unused for so long
SIMULATED = "simulated "  # begins the keys of slots that a clock handed in dates


def drawn_id(machine: Machine) -> int:
    """Drawn, not counted: no number comes twice, even if the database forgot the last ones."""
    return machine.uuid4().int >> 66


@dataclass(frozen=True)
class Slots:
    """One token's slots. Without a clock each transaction asks the server for its time: machines need not agree."""

    engine: Engine
    key: str
    clock: Clock | None
    new_id: Callable[[], int]
    _together: Together = field(default_factory=Together, init=False, repr=False, compare=False)

    def begun(self) -> AbstractContextManager[Connection]:
        return begun(self.engine, "slots")

    def held(self, work: Callable[[Turn], T]) -> T:
        """What is done while the token's row is locked, together with what other threads wait to do."""

        def locked(db: Connection) -> T:
            with _held(self, db) as turn:
                return work(turn)

        return self._together.write(self.begun, locked)


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
_BY_ID = (t.throttle_slots.c.key == _KEY, t.throttle_slots.c.id == bindparam("id_"))
_OCCUPY = update(t.throttle_slots).where(*_BY_ID).returning(t.throttle_slots.c.lead)
_RETURN = delete(t.throttle_slots).where(*_BY_ID).returning(t.throttle_slots.c.calls)
_WAITING = select(func.count()).where(
    t.throttle_waits.c.key == _KEY, t.throttle_waits.c.until > _NOW, t.throttle_waits.c.until <= bindparam("latest")
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
    file, new_id = sqlite_file(ledger.engine.url), partial(drawn_id, ledger.machine)
    key = f"{SIMULATED}{key}" if ledger.simulated else key
    if file is None:
        slots = Slots(ledger.engine, key, ledger.clock if ledger.simulated else None, new_id)
    else:
        make_private_file(file.with_name(FILE))
        url = ledger.engine.url.set(database=str(file.with_name(FILE)))
        slots = Slots(engine_at(url, ledger.machine, durable=False), key, ledger.clock, new_id)
        _make_tables(slots.engine)
    with slots.begun() as db, _held(slots, db) as turn:
        db.execute(_WRITE, {"key_": slots.key, "used_at": turn.now})
    _forget_unused(slots, turn.now)
    return slots


def close_slots(slots: Slots) -> None:
    """Let go of the file's connections; of PostgreSQL's the ledger does."""
    if sqlite_file(slots.engine.url) is not None:
        slots.engine.dispose()


def take(slots: Slots, rate: Rate, *, campaign: bool, waiter: int) -> Taken | float:
    """A slot; or how long to wait before asking again, in seconds.

    `waiter` is the same number each time one caller asks again: while a campaign waits, a free slot is left to it.
    """
    return slots.held(lambda turn: turn.take(rate, campaign=campaign, waiter=waiter))


def answered(
    slots: Slots, rate: Rate, number: int, *, limit: int | None, remaining: int | None, wait: float | None
) -> None:
    """A window from now the slot is free. What the answer tells about limit, others and silence holds for everybody."""
    slots.held(lambda turn: turn.answered(rate, number, limit=limit, remaining=remaining, wait=wait))


def give_back(slots: Slots, number: int) -> None:
    """Nothing was sent, so nothing was counted."""
    slots.held(lambda turn: turn.give_back(number))


def stop_waiting(slots: Slots, waiter: int) -> None:
    with slots.begun() as db:
        db.execute(_UNMARK, {"id_": waiter})


@dataclass(frozen=True)
class _Rows:
    """The rows of one token in a transaction that keeps all others out."""

    db: Connection
    key: str

    def free(self, now: float) -> int:
        return sum(self.db.scalars(_FREED, {"key_": self.key, "now": now}))

    def next_free(self, latest: float) -> float:
        self.db.execute(_IMPOSSIBLE, {"key_": self.key, "now": latest, "free_at": latest})
        first = self.db.scalar(_NEXT_FREE, {"key_": self.key})
        return latest if first is None else float(first)

    def put(self, number: int, *, calls: int, lead: int, free_at: float) -> None:
        row = {"id": number, "key": self.key, "calls": calls, "lead": lead, "free_at": free_at}
        self.db.execute(insert(t.throttle_slots), row)

    def prolong(self, number: int, free_at: float) -> int | None:
        lead = self.db.scalar(_OCCUPY, {"key_": self.key, "id_": number, "free_at": free_at})
        return None if lead is None else int(lead)

    def remove(self, number: int) -> int:
        return sum(self.db.scalars(_RETURN, {"key_": self.key, "id_": number}))

    def waiting(self, state: State, now: float) -> int:
        """A process that was killed while it waited leaves a mark, so each runs out without a sign of life."""
        if now >= state.campaigns_until:  # no mark lasts longer
            return 0
        return int(self.db.scalar(_WAITING, {"key_": self.key, "now": now, "latest": mark_until(now)}) or 0)

    def mark(self, waiter: int, now: float) -> None:
        self.db.execute(_UNMARK, {"id_": waiter})
        self.db.execute(insert(t.throttle_waits), {"id": waiter, "key": self.key, "until": mark_until(now)})

    def unmark(self, waiter: int, state: State, now: float) -> None:
        if now < state.campaigns_until:
            self.db.execute(_UNMARK, {"id_": waiter})


@contextmanager
def _held(slots: Slots, db: Connection) -> Iterator[Turn]:
    """Lock the token's row, read it, and write it back if it was changed."""
    query = _STATE if slots.clock else _STATE_AND_TIME
    row = db.execute(query, {"key_": slots.key}).one_or_none()
    if row is None:
        db.execute(_BEGIN, {"key_": slots.key})
        row = db.execute(query, {"key_": slots.key}).one()
    before = State(*row[: len(_COLUMNS)])
    now = slots.clock() if slots.clock else float(row.now)
    turn = Turn(_Rows(db, slots.key), now, before, slots.new_id)
    yield turn
    if turn.state != before:
        db.execute(_WRITE, {"key_": slots.key, "used_at": turn.now, **asdict(turn.state)})


def _forget_unused(slots: Slots, now: float) -> None:
    """Drop what is left of tokens nobody uses any more, such as those of sandboxes, if this clock dated it."""
    key, simulated = t.throttles.c.key, t.throttles.c.key.startswith(SIMULATED)
    dated_here = simulated if slots.key.startswith(SIMULATED) else ~simulated
    old = select(key).where(t.throttles.c.used_at < now - FORGOTTEN, key != slots.key, dated_here)
    with slots.begun() as db:
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
