"""One seed gives one trace: whatever differs from run to run comes from the machine that is handed in."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.sandbox import Fault, Sandbox
from tests.world import CONFIG, HEADER, NOON, Clock, Trouble, one_thread, people

TOKEN = "7|seed"
SLOW = CONFIG.replace("{requests_per_minute: 6000}", "{requests_per_minute: 30, page_concurrency: 1}")

Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Trace:
    """What the platform was asked and when, and each table's rows afterwards."""

    calls: list[tuple[float, str, str, str]] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)

    def ids(self) -> set[str]:
        """The ids that were drawn: the ledger's own, its runs' and the throttle's."""
        drawn = [row["value"] for row in self.rows["meta"] if row["key"] == "ledger_id"]
        drawn += [row["id"] for name in ("runs", "throttle_slots") for row in self.rows[name]]
        return set(map(str, drawn))


def machine_of(seed: int, clock: Clock) -> Machine:
    chance = Random(seed)
    return Machine(
        clock=clock,
        monotonic=clock,
        sleep=clock.sleep,
        random=chance.random,
        uuid4=lambda: UUID(int=chance.getrandbits(128), version=4),
        host=lambda: "shop",
        pid=lambda: 7,
    )


def shop(folder: Path, url: str) -> Config:
    folder.mkdir()
    (folder / "customers.csv").write_text(HEADER + "".join(f"{row}\n" for row in people(30)), encoding="utf-8")
    os.utime(folder / "customers.csv", (NOON, NOON))
    (folder / "ampenet.yaml").write_text(SLOW, encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={"AMPENET_BASE_URL": url})


def job(config: Config, machine: Machine, clock: Clock) -> None:
    """A sync and a campaign, as one process does them."""
    make_ledger(config, clock=clock, machine=machine)
    handed = {"clock": clock, "sleep": clock.sleep, "machine": machine, "executor": one_thread}
    with open_world(config, TOKEN, host="sandbox", **handed) as world:
        intake = take_in(config)
        sync_segments(world, intake)
        preview = preview_campaign(world, intake, "hello")
        send_campaign(world, intake, "hello", audience=preview.audience.digest)


def rows_of(home: Path) -> Rows:
    return {name: rows for file in ("ledger.db", "throttle.db") for name, rows in tables(home / file)}


def tables(file: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            yield name, [dict(row) for row in db.execute(f"SELECT * FROM {name}")]


def traced(folder: Path, seed: int) -> Trace:
    """The job of a shop whose platform fails now and then: reads are asked again, writes are left in doubt."""
    clock, trouble, trace = Clock(), Trouble(), Trace()

    def asked(request: Any) -> Fault | None:
        trace.calls.append((clock.now, request.method, request.path, str(request.body)))
        return trouble(request)

    trouble.on("/all", Fault.html_502, times=2)
    trouble.on("/store", Fault.drop_after, skip=3)
    with Sandbox(token=TOKEN, fault=asked, clock=clock, sleep=clock.sleep) as sandbox:
        config = shop(folder, sandbox.url)
        job(config, machine_of(seed, clock), clock)
    trace.rows = rows_of(config.home)
    for row in (row for name in ("throttles", "throttle_slots", "throttle_waits") for row in trace.rows[name]):
        del row["key"]  # it stands for the address too, whose port the system chose
    return trace


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return traced(tmp_path_factory.mktemp("first") / "shop", 7)


def test_two_syncs_and_sends_of_one_seed_ask_the_same_at_the_same_moments(seven: Trace, tmp_path: Path) -> None:
    again = traced(tmp_path / "shop", 7)
    assert again.calls == seven.calls
    assert {row["host"] for row in again.rows["runs"]} == {"shop"}
    assert again.rows == seven.rows


def test_another_seed_draws_other_ids_and_waits(seven: Trace, tmp_path: Path) -> None:
    other = traced(tmp_path / "shop", 8)
    assert other.ids() and not other.ids() & seven.ids()
    assert [call[0] for call in other.calls] != [call[0] for call in seven.calls]


def test_the_trace_is_of_a_job_with_failures_in_it(seven: Trace) -> None:
    assert len(seven.rows["changes"]) >= 30 and len(seven.rows["messages"]) == 30
    assert sum(path.endswith("/all") for _, _, path, _ in seven.calls) > 2
