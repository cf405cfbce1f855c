"""What short commands cost, each as a process of its own with its bytecode cached: CPU seconds, the least of some runs.

`status` looks into a ledger with a million contacts; `--help` and the rehearsal of the sample stand beside it.
`python benchmarks/status.py CONTACTS`.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from shop import GROUP, first, open_shop, tails

from ampenet_sync.ledger import groups, links, plans
from ampenet_sync.ledger.links import Link

CONTACTS = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 1_000_000
RUNS = 5
SAMPLE = Path(__file__).parent.parent / "sample_data"
COMMAND = Path(sys.executable).with_name("ampenet-sync")
CONFIG = """
customers: {source: {csv: customers.csv}, key: id, phone: phone, first_name: first, consent: ok}
segments: {all: {group: All, mode: mirror}}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder)
        show(f"status with {CONTACTS:,} contacts", folder, "status", aim=1.0)
        show("--help", folder, "--help", aim=0.15)
        for part in ("ampenet.yaml", "customers.csv"):
            shutil.copy(SAMPLE / part, folder / part)
        show("--sandbox plan of the sample", folder, "--sandbox", "plan")


def fill(folder: Path) -> None:
    _, ledger, there = open_shop(folder, CONFIG)
    links.write_links(ledger, there, GROUP, linked())
    groups.pin_group(ledger, there, "all", uid=GROUP, name="All")
    plans.note_plan(ledger, there, digest="d" * 32, segment="all")
    ledger.close()


def linked() -> Iterator[Link]:
    for number, tail in enumerate(tails(CONTACTS)):
        yield Link(f"{number:013x}", str(number), f"255{tail}", {"first_name": first(number)}, owned=True)


def show(title: str, folder: Path, *words: str, aim: float | None = None) -> None:
    least = min(cost(folder, *words) for _ in range(RUNS))
    print(f"{title:<40}{least:>8.2f} s" + (f"  (aim: {aim} s)" if aim else ""))


def cost(folder: Path, *words: str) -> float:
    """CPU seconds of one process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([COMMAND, *words], cwd=folder, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
