"""What one command works with: its options, configuration, and the live platform or the sandbox. No output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ampenet_sync.cli.terminal import tell_wait
from ampenet_sync.rehearsal import FOLDER, SANDBOX_HOST, rehearsal

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.world import Progress, World

_COMMAND = re.compile(r"(?<![\w./'\"-])ampenet-sync (?=([a-z-]+))")  # not as a part of a path


@dataclass
class Session:
    """The options given before the command, and what is known when an error ends it.

    `changing` is set just before the first call that changes something at Ampenet; `ledgered` is whether the ledger
    remembers what was done.
    """

    config_path: Path = Path("ampenet.yaml")
    sandbox: bool = False
    json: bool = False
    typed: Sequence[str] = ()
    changing: bool = False
    ledgered: bool = True

    def config(self) -> Config:
        """Read ampenet.yaml; under --sandbox with a data folder and a ledger apart from the real ones."""
        from ampenet_sync.config import load

        config = load(self.config_path)
        return rehearsal(config, config.home / FOLDER, base_url="http://127.0.0.1:1") if self.sandbox else config

    def check(self) -> Config:
        """What can be found wanting without a call or a look at the source: configuration, ledger, token."""
        config = self.config()
        if not self.sandbox:
            from ampenet_sync.config import token
            from ampenet_sync.pipeline.status import check_ledger

            check_ledger(config)
            token(config)
        return config

    def with_options(self, words: str) -> str:
        """Advice that names our commands, with the options this one was started with."""
        named = str(self.config_path) != "ampenet.yaml"
        options = f" --config {shlex.quote(str(self.config_path))}" if named else ""
        options += " --sandbox" if self.sandbox else ""
        given = words.replace("ampenet-sync --sandbox ", "ampenet-sync ") if self.sandbox else words
        return _COMMAND.sub(lambda found: f"ampenet-sync{options} " if _is_command(found[1]) else found[0], given)

    @property
    def host(self) -> str | None:
        """The destination's name in the ledger, where it isn't the configured host."""
        return SANDBOX_HOST if self.sandbox else None

    @contextmanager
    def world(self, progress: Progress) -> Iterator[World]:
        """The configured platform, or with --sandbox the embedded one, which goes on where its last rehearsal ended."""
        config = self.config()
        if self.sandbox:
            with sandbox_world(config, config.home, progress=progress) as world:
                yield world
            return
        from ampenet_sync.config import token
        from ampenet_sync.pipeline.world import open_world

        with open_world(config, token(config), progress=progress, told=tell_wait) as world:
            yield world


@contextmanager
def sandbox_world(config: Config, home: Path, *, progress: Progress) -> Iterator[World]:
    """An embedded sandbox whose state and ledger live in `home`, turned as AMPENET_SANDBOX_… say."""
    from ampenet_sync import rehearsal
    from ampenet_sync.cli.sandbox import switches_of_environment

    switches = switches_of_environment(dialect=config.api.dialect)
    with rehearsal.sandbox_world(config, home, switches=switches, progress=progress) as world:
        yield world


def _is_command(word: str) -> bool:
    """Whether a word after our name is typed there; it isn't in `the version of ampenet-sync that wrote it`."""
    from ampenet_sync.cli.app import app

    return word.startswith("--") or word in app.commands
