"""Customers from one big CSV to validated desired contacts: rows a second and the most memory held. No peer."""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import rich.progress

from ampenet_sync.config import load
from ampenet_sync.contacts import desired_contacts, select_members
from ampenet_sync.customers import read_customers, rule_of, settings_of

CONFIG = """
customers:
  source: {csv: customers.csv}
  key: id
  phone: phone
  first_name: first
  last_name: last
  consent: ok
  fields: {CITY: city}
  types: {points: integer, joined: date}
  collisions: {newest: joined}
segments: {all: {group: All, mode: mirror, where: points >= 10}}
"""
LIMIT = 1_536  # MB that 5 M customers may take


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=1_000_000)
    rows = asked.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder, rows)
        cpu, wall = time.process_time(), time.monotonic()
        said = _ours(folder)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{rows:,} rows of CSV, 8 columns: {said}")
    print(
        f"  {rows / wall:,.0f} rows/s, {wall:.1f} s ({cpu:.1f} s of CPU), peak {peak:,.0f} MB (limit {LIMIT:,} for 5 M)"
    )


def _make(folder: Path, rows: int) -> None:
    """TZ-shaped numbers as people write them; 1 % unusable, 0.1 % of keys twice, 0.2 % of phones shared."""
    chance = random.Random(7)
    with (folder / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,ok,city,points,joined\n")
        for row in range(rows):
            key = row - 1 if row % 1_000 == 999 else row
            number = row - 3 if row % 500 == 107 else row
            tail = f"7{number % 90_000_000 + 10_000_000:08d}"
            written = (f"0{tail}", f"0{tail}", f"+255 {tail[:3]} {tail[3:6]} {tail[6:]}", f"255{tail}")[row % 4]
            written = "2.55712E+11" if row % 100 == 50 else written
            joined = f"20{10 + row % 16}-0{1 + row % 9}-1{row % 10}"
            file.write(f"C{key:07d},{written},Asha {chance.randrange(900)},Mushi,yes,Dodoma,{row % 500},{joined}\n")
    (folder / "ampenet.yaml").write_text(CONFIG, encoding="utf-8")


def _ours(folder: Path) -> str:
    config = load(folder / "ampenet.yaml", environ={})
    settings = settings_of(config)
    with rich.progress.Progress() as bars:
        task = bars.add_task("reading", total=None)
        intake = read_customers(settings, progress=lambda done, total: bars.update(task, completed=done, total=total))
    chosen = select_members(intake, config, segment="all", run_date=date(2026, 11, 22))
    found = desired_contacts(chosen.members, rule=rule_of(settings))
    return f"{intake.usable:,} customers, {len(found.contacts):,} contacts, {len(found.losers):,} share a phone"


if __name__ == "__main__":
    main()
