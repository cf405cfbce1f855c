"""How long commands take, a process each: `--help`, `status` of a full ledger, a rehearsed plan.

    python benchmarks/status.py [CONTACTS]

CPU seconds of the whole process with compiled modules in place; beside them a Python that only imports click. The
ledger holds CONTACTS (1,000,000) links of one group, and as many changes of the plan that made them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from shop import GROUP, open_shop

from ampenet_sync.ledger import groups, links, plans, runs
from ampenet_sync.ledger.links import Link

CONTACTS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = 5
SAMPLE = Path(__file__).parents[1] / "sample_data"
COMMAND = Path(sys.executable).with_name("ampenet-sync")
CONFIG = """
customers: {source: {csv: customers.csv}, key: id, phone: phone, first_name: first}
segments: {all: {group: All, mode: mirror}}
"""
_CHANGES = sa.text(
    "INSERT INTO changes (destination, plan, position, group_uid, change, customer_key, phone, fields, owned, state, "
    "run, attempts, send_before, claimed_at, finished_at) SELECT destination, 'a plan', id, group_uid, 'create', "
    "customer_key, phone, fields, owned, 'done', :run, 1, 0, 0, 0 FROM contacts"
)


@dataclass(frozen=True)
class Took:
    """CPU seconds of a process, and seconds by the clock."""

    cpu: float
    seconds: float


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder)
        shutil.copytree(SAMPLE, folder / "sample", ignore=shutil.ignore_patterns(".ampenet"))
        print(f"\nCommands, a process each; medians of {ROUNDS}")
        print(f"  {'':<44}{'CPU s':>8}{'wall s':>8}")
        _show("python -c 'import click'", [sys.executable, "-c", "import click"], folder)
        _show("--help (aim: 0.15 s CPU)", [COMMAND, "--help"], folder)
        _show(f"status, {CONTACTS:,} contacts (aim: 1 s)", [COMMAND, "status"], folder)
        _show("--sandbox plan on the sample", [COMMAND, "--sandbox", "plan"], folder / "sample")


def _fill(folder: Path) -> None:
    _, ledger, destination = open_shop(folder, CONFIG)
    links.write_links(ledger, destination, GROUP, _links())
    groups.pin_group(ledger, destination, "all", uid=GROUP, name="All")
    plans.note_plan(ledger, destination, digest="a plan", segment="all")
    run = runs.begin_run(ledger, "benchmark")
    with ledger.write() as db:
        db.execute(_CHANGES, {"run": run})
    ledger.close()


def _links() -> Iterator[Link]:
    for n in range(CONTACTS):
        yield Link(f"{n:013x}", f"k{n}", f"2557{n:08d}", {"first_name": "Asha", "last_name": "Mushi"}, owned=True)


def _show(name: str, command: list[str | Path], folder: Path) -> None:
    took = [_took(command, folder) for _ in range(ROUNDS + 1)][1:]  # the first compiles modules and fills caches
    cpu, seconds = (statistics.median(getattr(t, name) for t in took) for name in Took.__dataclass_fields__)
    print(f"  {name:<44}{cpu:>8.2f}{seconds:>8.2f}")


def _took(command: list[str | Path], folder: Path) -> Took:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Took(used.ru_utime + used.ru_stime, time.perf_counter() - begun)


if __name__ == "__main__":
    main()
