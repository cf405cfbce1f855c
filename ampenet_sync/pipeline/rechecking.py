"""Hold a plan against the customers as they are now: which of its rows are no longer what the source says."""

from __future__ import annotations

from collections.abc import Callable

from ampenet_sync.contacts import Intake, OptOuts, opt_outs
from ampenet_sync.pipeline.target import find_target
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.apply import Why
from ampenet_sync.sync.plan import Desired, Held, Rules, managed
from ampenet_sync.sync.planfile import PlanFile
from ampenet_sync.sync.rows import Change, Row


def moved_in_source(world: World, intake: Intake, plan: PlanFile, *, rules: Rules) -> dict[int, Why]:
    """Position → why a row of the plan must not be carried out any more. It only ever takes rows out.

    Rows may leave the plan also where the source is the same: `where` may go by the day, `members` by a database.
    """
    target = find_target(world, intake, plan.header.segment)
    judge = _judge(target.desired, target.held, opt_outs(intake, world.config), rules)
    found = ((position, judge(row)) for position, row in enumerate(plan.rows))
    return {position: why for position, why in found if why is not None}


def _judge(desired: list[Desired], held: Held, left: OptOuts, rules: Rules) -> Callable[[Row], Why | None]:
    by_key = {want.customer_key: want for want in desired}
    phones = {want.values.phone for want in desired}

    def written(row: Row) -> Why | None:
        """Of a create or an update: whether the customer would still be written like this."""
        want = by_key.get(row.customer_key)
        if want is None:
            return "customer_gone"
        wanted = managed(rules, want.values, row.before) if row.before else want.values
        if wanted != row.after:
            return "customer_changed"
        opted_out = row.change is Change.CREATE and left.covers(row.values.phone, row.customer_key)
        return "opted_out" if opted_out else None

    def deleted(row: Row) -> Why | None:
        if row.values.phone in phones or row.customer_key in by_key:
            return "customer_back"
        return "customer_held" if held.covers(row.customer_key, row.values.phone) else None

    def judge(row: Row) -> Why | None:
        match row.change:
            case Change.CREATE | Change.UPDATE:
                return written(row)
            case Change.DELETE:
                return deleted(row)
            case Change.LINK | Change.SKIP:
                return None

    return judge
