"""Where a command writes, and the command to type next. Every outcome ends with one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ampenet_sync.cli import codes
from ampenet_sync.cli.hints import without_settings
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import short
from ampenet_sync.errors import PlanRefused, sayable
from ampenet_sync.rehearsal import SANDBOX_HOST

if TYPE_CHECKING:
    from ampenet_sync.pipeline.account import Account, Client
    from ampenet_sync.pipeline.applying import Applied, SegmentRun
    from ampenet_sync.pipeline.planning import Planned
    from ampenet_sync.pipeline.previewing import Preview
    from ampenet_sync.pipeline.quarantine import Exported, Imported
    from ampenet_sync.pipeline.scheduling import DueSends
    from ampenet_sync.pipeline.sending import Sent
    from ampenet_sync.pipeline.showing import OpenedPlan, PlanFile
    from ampenet_sync.pipeline.status import LookBack
    from ampenet_sync.pipeline.world import World


def where(world: World) -> str:
    """Said before anything is written. LOCAL is a server of this machine that isn't ours: it may lead anywhere."""
    return _where(world.client, world.account, host=world.host, rehearsal=world.rehearsal)


def where_of(session: Session, client: Client) -> str:
    """The same for commands that need no ledger."""
    api = session.config().api
    return _where(client, client.me(), host=session.host or api.host, rehearsal=session.sandbox or api.is_local)


def _where(client: Client, account: Account, *, host: str, rehearsal: bool) -> str:
    kind = kind_of(host, rehearsal=rehearsal)
    place = "embedded" if kind == "SANDBOX" else host
    return f"{kind} {place} · account {account.name or account.uid} · balance {client.balance().text}"


def kind_of(host: str, *, rehearsal: bool) -> str:
    return "SANDBOX" if host == SANDBOX_HOST else "LOCAL" if rehearsal else "LIVE"


def command(session: Session, words: str) -> str:
    return session.with_options(f"ampenet-sync {words}")


def after_plan(session: Session, planned: Sequence[Planned]) -> list[str]:
    unsafe = [entry for entry in planned if entry.plan.header.verdict == "unsafe"]
    words = [f"Plan of {entry.plan.header.segment}: {short(entry.path)}" for entry in planned]
    pending = [entry for entry in planned if codes.pending([entry])]
    if not pending:
        return [*words, "Nothing to do: the groups are as they should be."]
    words += [f"Every row: {command(session, f'show {_name(session, entry.path, entry.plan)}')}" for entry in pending]
    words += [f"Next: {command(session, _apply(session, entry))}" for entry in pending if entry not in unsafe]
    return words + [f"Next, after a look: {command(session, _apply(session, entry))}" for entry in unsafe]


def apply_command(session: Session, plan: Planned | OpenedPlan) -> str:
    """The command that carries this plan out; one over a limit is allowed by it."""
    return command(session, _apply(session, plan))


def after_runs(session: Session, past: LookBack) -> list[str]:
    undone = next((run for run in past.runs if run.kind in ("apply", "sync") and run.changes.get("done")), None)
    take_back = [f"To take one back: {command(session, f'undo {undone.id}')}"] if undone else []
    return [*take_back, *(f"Next: {command(session, f'release {hold.segment}')}" for hold in past.held)]


def after_show(session: Session, opened: OpenedPlan) -> list[str]:
    """The plan may be carried out already; only `apply` asks the ledger."""
    return [f"Next: {command(session, _apply(session, opened))}"] if codes.pending([opened]) else []


def after_sync(
    session: Session, runs: Sequence[SegmentRun], *, names: Sequence[str] = (), bounds: Sequence[str] = ()
) -> list[str]:
    """`names` are the segments that were asked for, `bounds` the run's options; the same are asked for again."""
    left_out = [f"Next, for {run.segment}: {_way_out(session, run)}" for run in runs if run.applied is None]
    applied = [run.applied for run in runs if run.applied is not None]
    if any(segment.paused or segment.in_doubt for segment in applied):
        again = command(session, " ".join(["sync", *names, *bounds, "--yes"]))
        return [*left_out, f"Next: {again}  (it goes on where this run ended)"]
    if any(segment.refused or segment.moved for segment in applied):
        return [*left_out, f"Next: {command(session, 'plan')}  (it shows what is still to do)"]
    campaign = next(iter(session.config().campaigns), "")
    return left_out or [f"Next: {command(session, f'campaign preview {campaign}' if campaign else 'status')}"]


def after_dry_import(session: Session, planned: Sequence[Planned], again: Sequence[str]) -> list[str]:
    """`again` are the words of the same command."""
    pending = [entry for entry in planned if codes.pending([entry])]
    if not pending:
        return ["Nothing to do: everybody of the file is in the group, as the file has them."]
    unsafe = [entry for entry in pending if entry.plan.header.verdict == "unsafe"]
    look = "Next, after a look" if unsafe else "Next"
    return [f"{look}: {command(session, _typed(again, allow=unsafe[0].plan.digest if unsafe else None))}"]


def after_file(session: Session, runs: Sequence[SegmentRun], again: Sequence[str]) -> list[str]:
    """The same for an import that was carried out."""
    for run in runs:
        if run.applied is None and run.planned is not None:
            allowed = _typed(again, allow=run.planned.plan.digest)
            return [f"Next, for {run.segment}: after a look, {command(session, allowed)}"]
        if run.refused is not None and run.refused.exit_code != codes.BUSY:
            return [f"Next, for {run.segment}: {without_settings(run.refused)}"]
        if run.applied is None or run.applied.paused or run.applied.in_doubt or run.applied.moved:
            return [f"Next: {command(session, _typed(again))}  (it goes on where this run ended)"]
    file, group = again[1], again[3]
    if session.config_path.exists():
        return [f"Next: {command(session, f'groups show {shlex.quote(group)}')}"]
    keep = command(session, f"init --from {_safe(file)} --group {_safe(group)}")
    return [f"Next, to keep the group equal to the file, or to text it: {keep}"]


def after_apply(session: Session, applied: Applied, plan: str, *, allow: str | None, bounds: Sequence[str] = ()) -> str:
    if applied.paused or applied.in_doubt:
        allowed = [f"--allow {allow}"] if allow else []
        again = " ".join(["apply", shlex.quote(plan), *allowed, *bounds])
        return f"Next: {command(session, again)} --yes  (it goes on where this run ended)"
    return f"Next: {command(session, 'plan')}  (it shows what is still to do, if anything)"


@contextmanager
def allowing(session: Session, opened: OpenedPlan) -> Iterator[None]:
    """A plan that isn't allowed, or not by its own digest, leaves the block with the command that allows it."""
    try:
        yield
    except PlanRefused as error:
        name = _name(session, opened.path, opened.plan)
        if error.code in ("unsafe_plan", "allow_mismatch") and opened.plan.header.verdict == "unsafe":
            see, go_on = f"ampenet-sync show {name}", f"ampenet-sync {_apply(session, opened)}"
            error.hint = f"look at every row: {see}; if they are right: {go_on}"
        elif error.code == "allow_mismatch":
            error.hint = f"this plan needs no --allow: ampenet-sync apply {name}"
        raise


def quarantined(session: Session, rows: int) -> list[str]:
    """That some rows of the source are nobody's until they are repaired, and the way to see them."""
    if not rows:
        return []
    alone = rows == 1
    who = (
        "1 row of the source is not usable and gets" if alone else f"{rows:,} rows of the source are not usable and get"
    )
    return [f"Quarantined: {who} no message. To see why: {command(session, 'quarantine export')}"]


def after_preview(session: Session, preview: Preview) -> list[str]:
    header = preview.audience.header
    send = f"campaign send {header.campaign} --audience {preview.audience.digest}"
    return [f"Next: {command(session, send)}"] if header.messages else []


def after_due(session: Session, due: DueSends) -> list[str]:
    """One line for each that waits for somebody."""
    waiting = [run for run in due.runs if run.refused]
    hints = [f"Next, for {run.campaign}: {session.with_options(run.refused.hint)}" for run in waiting if run.refused]
    return [*hints, *(after_send(session, run.sent) for run in due.runs if run.sent and run.sent.paused)]


def after_approval(session: Session) -> str:
    """Something has to start it at its time: cron, for one."""
    return f"Next, at its time, or every five minutes from a crontab: {command(session, 'campaign send --due --yes')}"


def after_order(session: Session, what: str, name: str) -> str:
    if what == "pause":
        return f"Next, to let it go on: {command(session, f'campaign resume {name}')}"
    return f"Next: {command(session, f'campaign status {name}')}"


def after_send(session: Session, sent: Sent, *, most: int | None = None) -> str:
    if sent.ordered == "cancelled":
        return f"Next: {command(session, f'campaign status {sent.campaign}')}  (nobody else gets this edition)"
    if sent.ordered == "paused":
        return after_order(session, "pause", sent.campaign)
    if sent.paused:
        bound = f" --max-messages {most}" if most else ""
        again = command(session, f"campaign send {sent.campaign} --audience {sent.audience}{bound} --yes")
        return f"Next: {again}  (nobody is texted twice)"
    return f"Next: {command(session, 'status')}"


def after_export(session: Session, exported: Exported) -> str:
    if not exported.reasons:
        return f"Nothing to repair. Next: {command(session, 'plan')}"
    words = f"quarantine import {_path(exported.path)}"
    return f"Next: repair the rows in the file, or correct the source itself, then  {command(session, words)}"


def after_import(session: Session, imported: Imported) -> str:
    if imported.dry_run:
        return f"Next: {command(session, f'quarantine import {_path(imported.path)}')}"
    if imported.repaired:
        return f"Next: {command(session, 'plan')}  (repaired rows in it: {imported.repairs:,})"
    return f"Next: repair rows in {short(imported.path)}, then the same command again"


def _way_out(session: Session, run: SegmentRun) -> str:
    if run.planned is None:
        return session.with_options(run.refused.hint) if run.refused else ""
    return f"after a look, {command(session, _apply(session, run.planned))}"


def _apply(session: Session, entry: Planned | OpenedPlan) -> str:
    """Carry out exactly this plan; one over a limit needs its digest a second time."""
    name = _name(session, entry.path, entry.plan)
    unsafe = entry.plan.header.verdict == "unsafe"
    return f"apply {name} --allow {entry.plan.digest}" if unsafe else f"apply {name}"


def _name(session: Session, path: Path, plan: PlanFile) -> str:
    """The digest where the plan is in the data folder, else its path."""
    kept = path.resolve().parent == (session.config().home / "plans").resolve()
    return plan.digest if kept else _path(path)


def _typed(words: Sequence[str], *, allow: str | None = None) -> str:
    """The words as somebody types them, with the digest that is to be allowed."""
    return " ".join([*map(_safe, words), *(["--allow", allow] if allow else [])])


def _safe(word: str) -> str:
    """In quotes where it needs them; of one that may be a phone, nothing."""
    return shlex.quote(word) if sayable(word) == word else "•••"


def _path(path: Path) -> str:
    """As somebody in this folder would type it, in quotes where it needs them."""
    return shlex.quote(str(short(path)))
