"""CPU seconds and peak memory of a function in a process of its own, so that peers can be compared in one run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

pa.set_memory_pool(pa.system_memory_pool())  # as the command line has it

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """Medians over the rounds: CPU seconds of the work, and MB of memory above what the process held before it."""

    cpu: float
    megabytes: float


def nothing() -> None:
    """Nothing has to be ready."""


def compare(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = 3,
    ready: Callable[[], object] = nothing,
) -> tuple[Cost, Cost]:
    """Both in turn, so that a drifting machine meets both alike. `ready` makes what both are handed."""
    mine, theirs = compare_all(ours, peer, rounds=rounds, ready=ready)
    return mine, theirs


def compare_all(*works: Callable[[], object], rounds: int = 3, ready: Callable[[], object] = nothing) -> list[Cost]:
    """Any number of works, all in turn."""
    runs = [[alone(work, ready) for work in works] for _ in range(rounds)]
    return [_median(costs) for costs in map(list, zip(*runs, strict=True))]


def show(title: str, ours: Cost, peer: Cost, *, peer_name: str, aim: str = "") -> None:
    show_all(title, {"ampenet-sync": ours, peer_name: peer}, aim=aim)
    print(f"  {ours.cpu / peer.cpu:.2f} of the peer's CPU")


def show_all(title: str, costs: dict[str, Cost], *, aim: str = "") -> None:
    print(f"\n{title}")
    print(f"  {'':<44}{'CPU s':>8}{'extra MB':>10}")
    for name, cost in costs.items():
        print(f"  {name:<44}{cost.cpu:>8.2f}{cost.megabytes:>10.0f}")
    if aim:
        print(f"  aim: {aim}")


def alone(work: Callable[[], object], ready: Callable[[], object] = nothing) -> Cost:
    """What the work takes in a process of its own, in which `ready` was done before: objects that the parent had made
    would be copied page by page as soon as the work looks at them, and count as its own."""
    return in_process(lambda: _cost(work, ready))


def in_process(work: Callable[[], T]) -> T:
    """What the work returns, done in a process of its own that leaves nothing behind in this one."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(work, there))
    process.start()
    there.close()  # so that the end of a process that fails is heard
    result: T = here.recv()
    process.join()
    return result


def _report(work: Callable[[], object], to: Connection) -> None:
    to.send(work())
    os._exit(0)


def _cost(work: Callable[[], object], ready: Callable[[], object]) -> Cost:
    ready()
    gc.freeze()  # what was made ready is no garbage of the work
    before, held = time.process_time(), _resident()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return Cost(time.process_time() - before, peak - held)


def _resident() -> float:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.megabytes for c in costs))
