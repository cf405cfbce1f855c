"""Where a command writes, and the command to type next. Every outcome ends with one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ampenet_sync.cli import codes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import short
from ampenet_sync.rehearsal import SANDBOX_HOST

if TYPE_CHECKING:
    from ampenet_sync.pipeline.applying import Applied, SegmentRun
    from ampenet_sync.pipeline.planning import Planned
    from ampenet_sync.pipeline.quarantine import Exported, Imported
    from ampenet_sync.pipeline.sending import Sent
    from ampenet_sync.pipeline.world import World


def where(world: World) -> str:
    """Said before anything is written. LOCAL is a server of this machine that isn't ours: it may lead anywhere."""
    kind = "SANDBOX" if world.host == SANDBOX_HOST else "LOCAL" if world.rehearsal else "LIVE"
    place = "embedded" if kind == "SANDBOX" else world.host
    return f"{kind} {place} · account {world.account.name or world.account.uid} · balance {world.client.balance().text}"


def command(session: Session, words: str) -> str:
    return session.with_options(f"ampenet-sync {words}")


def after_plan(session: Session, planned: Sequence[Planned]) -> list[str]:
    unsafe = [found for found in planned if found.plan.header.verdict == "unsafe"]
    words = [f"Plan of {found.plan.header.segment}: {short(found.path)}" for found in planned]
    words += [f"Next, after a look: {command(session, _allow(found))}" for found in unsafe]
    if not codes.pending(planned):
        return [*words, "Nothing to do: the groups are as they should be."]
    return words if len(unsafe) == len(planned) else [*words, f"Next: {command(session, 'sync')}"]


def after_sync(session: Session, runs: Sequence[SegmentRun]) -> list[str]:
    left_out = [f"Next, for {run.segment}: {_way_out(session, run)}" for run in runs if run.applied is None]
    applied = [run.applied for run in runs if run.applied is not None]
    if any(found.paused or found.in_doubt for found in applied):
        return [*left_out, f"Next: {command(session, 'sync --yes')}  (it goes on where this run ended)"]
    if any(found.refused or found.moved for found in applied):
        return [*left_out, f"Next: {command(session, 'plan')}  (it shows what is still to do)"]
    return left_out or [f"Next: {command(session, 'campaign preview NAME')}"]


def after_apply(session: Session, applied: Applied, plan: Path, *, allow: str | None) -> str:
    if applied.paused or applied.in_doubt:
        again = f"apply {plan}" + (f" --allow {allow}" if allow else "")
        return f"Next: {command(session, again)} --yes  (it goes on where this run ended)"
    return f"Next: {command(session, 'plan')}  (it shows what is still to do, if anything)"


def after_send(session: Session, sent: Sent) -> str:
    if sent.paused:
        again = command(session, f"campaign send {sent.campaign} --audience {sent.audience} --yes")
        return f"Next: {again}  (nobody is texted twice)"
    return f"Next: {command(session, 'status')}"


def after_export(session: Session, exported: Exported) -> str:
    if not exported.reasons:
        return f"Nothing to mend. Next: {command(session, 'plan')}"
    words = f"quarantine import {short(exported.path)}"
    return f"Next: mend the rows in the file, or in the source itself, then  {command(session, words)}"


def after_import(session: Session, imported: Imported) -> str:
    if imported.dry_run:
        return f"Next: {command(session, f'quarantine import {short(imported.path)}')}"
    if imported.mended:
        return f"Next: {command(session, 'plan')}  (repaired rows in it: {imported.repairs:,})"
    return f"Next: mend rows in {short(imported.path)}, then the same command again"


def _way_out(session: Session, run: SegmentRun) -> str:
    if run.planned is None:
        return session.with_options(run.refused.hint) if run.refused else ""
    return f"after a look, {command(session, _allow(run.planned))}"


def _allow(found: Planned) -> str:
    return f"apply {short(found.path)} --allow {found.plan.digest}"
