"""Hold a plan against the customers as they are now: which of its rows are no longer what the source says."""

from __future__ import annotations

from collections.abc import Sequence

from ampenet_sync.contacts import Holders
from ampenet_sync.customers import Intake
from ampenet_sync.pipeline.target import find_target
from ampenet_sync.pipeline.world import World
from ampenet_sync.runs import Run
from ampenet_sync.sync.planfile import PlanFile
from ampenet_sync.sync.relations import Set, database
from ampenet_sync.sync.standing import Why, moved_rows

# One line for each way in which a customer moves. A field that the configuration doesn't map is as it was before.
_MOVED = """
SELECT position, CASE
    WHEN change = 'delete' AND (same_phone OR same_key) THEN 'customer_back'
    WHEN change = 'delete' AND ($held_everybody OR held) THEN 'customer_held'
    WHEN change = 'delete' THEN NULL
    WHEN NOT same_key THEN 'customer_gone'
    WHEN phone <> phone_after OR {differs} THEN 'customer_changed'
    WHEN change = 'create' AND opted_out THEN 'opted_out'
END AS why
FROM (
    SELECT
        p.*, d.phone, {wanted},
        d.customer_key IS NOT NULL AS same_key,
        p.phone_before IN (SELECT phone FROM desired) AS same_phone,
        p.customer_key IN (SELECT v FROM held_keys) OR p.phone_before IN (SELECT v FROM held_phones) AS held,
        p.customer_key IN (SELECT v FROM opted_out_keys) OR p.phone_after IN (SELECT v FROM opted_out_phones)
            AS opted_out
    FROM piece p LEFT JOIN desired d ON d.customer_key = p.customer_key
    WHERE p.change IN ('create', 'update', 'delete')
)
WHERE why IS NOT NULL
"""


def moved_in_source(world: World, intake: Intake, plan: PlanFile, *, run: Run) -> dict[int, Why]:
    """Position → why a row of the plan must not be carried out any more. It only ever takes rows out.

    Rows may leave the plan also where the source is the same: `where` may go by the day, `members` by a database.
    """
    holders = Holders(intake, world.config)
    header = plan.header
    target = find_target(world, holders, header.segment, fields=header.fields)
    query, left = _query(header.fields), holders.opted_out()
    moved = dict[int, Why]()
    with database(run.folder) as db:
        target.desired.hand_in(db, "desired")
        for name, people in (("held", target.held), ("opted_out", left)):
            Set(people.phones).hand_in(db, f"{name}_phones")
            Set(people.keys).hand_in(db, f"{name}_keys")
        for first, piece in plan.pieces(0, len(plan)):
            moved |= moved_rows(db, query, first, piece, held_everybody=target.held.everybody)
    return moved


def _query(fields: Sequence[str]) -> str:
    differs = (f'coalesce("want_{name}", "{name}_before") <> "{name}_after"' for name in fields)
    return _MOVED.format(
        differs=" OR ".join(differs), wanted=", ".join(f'd."{name}" AS "want_{name}"' for name in fields)
    )
