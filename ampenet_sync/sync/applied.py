"""What became of a plan: how many of its changes are done, refused or in doubt, and who was left alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from ampenet_sync.sync.standing import Why

NAMED = 20  # rows that moved, or were refused, and are named; the others are counted


@dataclass(frozen=True)
class MovedRow:
    """A row of the plan that was left alone, as anybody may see it, and why."""

    change: str
    key: str
    phone: str
    why: Why


@dataclass(frozen=True)
class RefusedRow:
    """A change that the platform refused, as anybody may see it: for which reason, and for the how many-th time in a
    row for this one."""

    change: str
    key: str
    phone: str
    code: str
    times: int


@dataclass(frozen=True)
class Applied:
    """What became of one plan. `paused` says why the run stopped early, "" where it didn't.

    `moved` rows were left alone; the first `NAMED` of them stand in `moved_rows`. Of `refused` ones `NAMED` stand in
    `refused_rows`, those that were refused most often first; the next plan tries each again. `total` changes were
    to be made. `run` is the run's id in the ledger.
    """

    segment: str
    done: int
    refused: int
    in_doubt: int
    moved: int
    suppressed: int
    paused: str
    refusals: dict[str, int] = field(default_factory=dict)
    moved_rows: tuple[MovedRow, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()
    total: int = 0
    run: str = ""
    asked: int = 0
    opted_out_there: int = 0
    unasked: int = 0

    def plus(self, later: Applied) -> Applied:
        """Both together, where `later` went on with what this one had to leave in doubt."""
        codes = sorted(self.refusals.keys() | later.refusals.keys())
        return Applied(
            segment=self.segment,
            done=self.done + later.done,
            refused=self.refused + later.refused,
            in_doubt=later.in_doubt,
            moved=self.moved + later.moved,
            suppressed=self.suppressed + later.suppressed,
            paused=later.paused,
            refusals={code: self.refusals.get(code, 0) + later.refusals.get(code, 0) for code in codes},
            moved_rows=(self.moved_rows + later.moved_rows)[:NAMED],
            refused_rows=(self.refused_rows + later.refused_rows)[:NAMED],
            total=self.total,
            run=self.run,
            asked=self.asked + later.asked,
            opted_out_there=self.opted_out_there + later.opted_out_there,
            unasked=self.unasked + later.unasked,
        )


def not_begun(segment: str, why: str) -> Applied:
    """Of a segment whose turn didn't come."""
    return Applied(segment, done=0, refused=0, in_doubt=0, moved=0, suppressed=0, paused=why)
