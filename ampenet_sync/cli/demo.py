"""The demo: the whole job on the configured sample against the embedded sandbox, told as it goes. Nothing is live."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from ampenet_sync.cli.contacts import plan_all
from ampenet_sync.cli.sample import in_checkout
from ampenet_sync.cli.session import sandbox_world
from ampenet_sync.cli.terminal import Terminal, short
from ampenet_sync.config import Config, load
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.intake import Intake, take_in
from ampenet_sync.pipeline.planning import Planned
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import Sent, send_campaign
from ampenet_sync.pipeline.world import World
from ampenet_sync.reports.intake import intake_block
from ampenet_sync.reports.outcome import applied_line, sent_line
from ampenet_sync.reports.plan import plan_block, plans_table
from ampenet_sync.reports.preview import preview_lines

FOLDER = "demo"
CONFIG = Path("ampenet.yaml")


def run_demo(config_path: Path, machine: Machine) -> int:
    """Start afresh, then tell the story; returns the exit code."""
    terminal = Terminal(as_json=False)
    config, began = load(config_path), machine.monotonic()
    home = config.home / FOLDER
    shutil.rmtree(home, ignore_errors=True)
    name = short(config.path)
    terminal.say(f"This is a rehearsal of {name}: SANDBOX, embedded. No phone rings and nothing is paid.\n")
    _chapter(terminal, "1. Read the customers")
    with terminal.bars():
        intake = take_in(config, progress=terminal.progress)
    terminal.say(*intake_block(intake, config.zone))
    with sandbox_world(config, home, machine=machine, progress=terminal.progress) as world:
        _contacts(terminal, world, intake)
        sent = [_campaign(terminal, world, intake, name) for name in config.campaigns]
        calls = world.client.calls
    _ending(terminal, config, sent, calls=calls, seconds=machine.monotonic() - began, home=home)
    return 0


def _contacts(terminal: Terminal, world: World, intake: Intake) -> None:
    _chapter(terminal, "2. Plan: customers beside what stands in the groups. Nothing is changed yet")
    planned = plan_all(world, intake, (), terminal=terminal)
    terminal.say(*plan_block(planned))
    _chapter(terminal, "3. Apply the plans, exactly as shown")
    for entry in planned:
        _apply(terminal, world, entry)
    _chapter(terminal, "4. Plan again: now there is nothing to do")
    terminal.say(plans_table(plan_all(world, intake, (), terminal=terminal)))


def _apply(terminal: Terminal, world: World, planned: Planned) -> None:
    with terminal.bars():
        applied = apply_file(world, planned.path)
    terminal.say(applied_line(applied))


def _campaign(terminal: Terminal, world: World, intake: Intake, name: str) -> Sent:
    number = 5 + list(world.config.campaigns).index(name)
    _chapter(terminal, f"{number}. Campaign '{name}': preview, then send to exactly these people")
    preview = preview_campaign(world, intake, name)
    terminal.say(*preview_lines(preview))
    with terminal.bars():
        sent = send_campaign(world, intake, name, audience=preview.audience.digest)
    terminal.say(sent_line(sent))
    again = send_campaign(world, intake, name, audience=preview.audience.digest)
    terminal.say(f"Started a second time, it sends nothing: still {again.sent:,} sent.")
    return sent


def _ending(terminal: Terminal, config: Config, sent: list[Sent], *, calls: int, seconds: float, home: Path) -> None:
    _chapter(terminal, "The end")
    terminal.say(
        f"{sum(campaign.sent for campaign in sent):,} messages, {calls:,} calls, {seconds:.1f} s.",
        f"Plans, audiences, the ledger and the sandbox's log are in {short(home)}",
        "",
        *_next(config),
        *(["  make ui                       shows the same job in Dagster"] if in_checkout() else []),
    )


def _next(config: Config) -> list[str]:
    """Whoever has an ampenet.yaml here, goes on with it; who watched the sample writes one."""
    if CONFIG.exists():
        named = "" if config.path == CONFIG.absolute() else f" --config {shlex.quote(str(short(config.path)))}"
        return ["Next:", f"  ampenet-sync{named} --sandbox sync   rehearses the same, step by step, without an account"]
    return [
        "Next, with your own customers:",
        "  ampenet-sync init             writes a commented ampenet.yaml and the ledger",
        "  ampenet-sync --sandbox sync   rehearses it, without an account",
    ]


def _chapter(terminal: Terminal, title: str) -> None:
    terminal.say("", title, "─" * len(title))
