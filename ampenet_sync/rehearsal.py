"""A rehearsal: any configuration turned to an embedded sandbox, with a data folder and a ledger of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ampenet_sync.machine import HERE, Machine

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.world import Progress, World
    from ampenet_sync.sandbox import SwitchValues
    from ampenet_sync.stopping import Stop

FOLDER = "sandbox"  # within the data folder: what one rehearsal did, the next one finds
SANDBOX_HOST = "sandbox"
SANDBOX_RATE = 60_000  # calls a minute: the sandbox has no limit of its own
SANDBOX_SETTLE = 1.0  # seconds: it never acts later than it answers, unless asked to


def rehearsal(config: Config, home: Path, *, base_url: str) -> Config:
    """The same configuration, turned to a sandbox and to a data folder that may be thrown away."""
    return config.with_home(home, base_url=base_url, requests_per_minute=SANDBOX_RATE, settle_seconds=SANDBOX_SETTLE)


@contextmanager
def sandbox_world(
    config: Config,
    home: Path,
    *,
    switches: SwitchValues,
    progress: Progress,
    stop: Stop | None = None,
    run: str = "",
    machine: Machine = HERE,
) -> Iterator[World]:
    """An embedded sandbox whose state and ledger live in `home`."""
    from ampenet_sync.config.folders import make_private_folder
    from ampenet_sync.pipeline.status import make_ledger
    from ampenet_sync.pipeline.world import open_world
    from ampenet_sync.sandbox import Sandbox

    make_private_folder(home)
    with Sandbox(log=home / "sandbox.jsonl", clock=machine.clock, **switches) as sandbox:
        turned = rehearsal(config, home, base_url=sandbox.url)
        make_ledger(turned, machine=machine)
        with open_world(
            turned,
            sandbox.token,
            host=SANDBOX_HOST,
            rehearsal=True,
            machine=machine,
            stop=stop,
            run=run,
            progress=progress,
        ) as world:
            yield world
