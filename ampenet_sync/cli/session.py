"""What one command works with: its options, configuration, and the live platform or the sandbox. No output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ampenet_sync.cli.logs import Format, Log, hour, moment
from ampenet_sync.cli.progress import CHANGING, Bars
from ampenet_sync.errors import sayable
from ampenet_sync.machine import HERE, Machine
from ampenet_sync.rehearsal import FOLDER, SANDBOX_HOST, rehearsal
from ampenet_sync.stopping import Stop

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.noticing import Kind, Occasion
    from ampenet_sync.pipeline.world import Progress, World

TRACED = ("plan", "apply", "sync", "import", "campaign")  # commands that are runs
_ADVISED = re.compile(r"^Next[^:]*:\s+(ampenet-sync .*?)(?:\s{2,}\(|$)")
_COMMAND = re.compile(r"(?<![\w./'\"-])ampenet-sync (?=([a-z-]+))")  # not as a part of a path


@dataclass
class Session:
    """The options given before the command, and what is known when an error ends it.

    `made` is a configuration that stands in no file, and then the one that counts; `unconfigured` is whether a file is
    looked at that nobody configured.
    `changing` is set just before the first call that changes something at Ampenet; `ledgered` is whether the ledger
    remembers what was done. `reached` is how far its longest work has come: what, done, of how many. `occasion` is what
    somebody may be told of when the command is over.
    """

    config_path: Path = Path("ampenet.yaml")
    sandbox: bool = False
    json: bool = False
    made: Config | None = None
    unconfigured: bool = False
    typed: Sequence[str] = ()
    verbose: bool = False
    log_format: Format = "text"
    changing: bool = False
    ledgered: bool = True
    traced: bool = False
    occasion: Occasion | None = None
    reached: tuple[str, int, int | None] | None = None
    stop: Stop = field(default_factory=Stop)
    machine: Machine = HERE
    run: str = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.run, self.started = self.machine.uuid4().hex[:8], self.machine.clock()

    @cached_property
    def log(self) -> Log:
        return Log(self.run, self.machine.clock, self.log_format)

    @cached_property
    def bars(self) -> Bars:
        return Bars(self.log, clock=self.machine.clock, verbose=self.verbose)

    def begin(self, command: str) -> None:
        """In a log, the first line of a run: what was typed, but for words that may be somebody's number."""
        self.traced = command in TRACED
        if self.traced:
            self.log.note(f"began: {shlex.join(map(sayable, self.typed))}")

    def end(self, code: int) -> None:
        """And its last."""
        if self.traced:
            self.log.note(f"ended with exit code {code}", exit_code=code)

    def trace(self, next_lines: Sequence[str]) -> dict[str, str | None]:
        """What the answer of a run says of the run itself; `next` is the first command that a person would be told."""
        advised = (match[1] for line in next_lines if (match := _ADVISED.search(line)))
        times = {"started": moment(self.started), "ended": moment(self.machine.clock())}
        return {"run": self.run, **times, "next": next(advised, None)}

    def config(self) -> Config:
        """Read ampenet.yaml; under --sandbox with a data folder and a ledger apart from the real ones."""
        from ampenet_sync.config import load

        config = self.made or load(self.config_path)
        return rehearsal(config, config.home / FOLDER, base_url="http://127.0.0.1:1") if self.sandbox else config

    def begin_occasion(self, kind: Kind, subject: str = "") -> Occasion:
        """From here on whom ampenet.yaml names is told how the command ends."""
        from ampenet_sync.pipeline.noticing import Occasion

        self.occasion = Occasion(kind, subject)
        return self.occasion

    def looking_back(self) -> Config:
        """For commands that only ask the ledger: a rehearsal that has none yet gets an empty one."""
        config = self.config()
        if self.sandbox:
            from ampenet_sync.pipeline.status import make_ledger

            make_ledger(config)
        return config

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
        return _COMMAND.sub(lambda match: f"ampenet-sync{options} " if _is_command(match[1]) else match[0], given)

    @property
    def host(self) -> str | None:
        """The destination's name in the ledger, where it isn't the configured host."""
        return SANDBOX_HOST if self.sandbox else None

    @contextmanager
    def world(self, progress: Progress) -> Iterator[World]:
        """The configured platform, or with --sandbox the embedded one, which goes on where its last rehearsal ended."""
        config = self.config()

        def noting(what: str, done: int, total: int | None) -> None:
            self.reached = (what, done, total) if what in CHANGING else self.reached
            progress(what, done, total)

        if self.sandbox:
            with sandbox_world(
                config, config.home, machine=self.machine, progress=noting, stop=self.stop, run=self.run
            ) as world:
                self._reached_world(world)
                yield world
            return
        from ampenet_sync.config import token
        from ampenet_sync.pipeline.world import open_world

        self.bars.rate = config.api.requests_per_minute / 60
        with open_world(
            config,
            token(config),
            machine=self.machine,
            stop=self.stop,
            run=self.run,
            progress=noting,
            on_wait=self.tell_wait,
            used_up=self.bars.used_up,
        ) as world:
            self._reached_world(world)
            yield world

    def _reached_world(self, world: World) -> None:
        if self.occasion is not None:
            self.occasion.at(world)

    def tell_wait(self, seconds: float) -> None:
        """Why nothing happens for so long."""
        goes_on = hour(self.machine.clock() + seconds)
        self.log.line(f"The platform asks everybody to wait {seconds:,.0f} seconds: going on at {goes_on}.")


@contextmanager
def sandbox_world(
    config: Config, home: Path, *, machine: Machine, progress: Progress, stop: Stop | None = None, run: str = ""
) -> Iterator[World]:
    """An embedded sandbox whose state and ledger live in `home`, turned as AMPENET_SANDBOX_… say."""
    from ampenet_sync import rehearsal
    from ampenet_sync.cli.sandbox import switches_of_environment

    switches = switches_of_environment(dialect=config.api.dialect)
    with rehearsal.sandbox_world(
        config, home, machine=machine, switches=switches, progress=progress, stop=stop, run=run
    ) as world:
        yield world


def _is_command(word: str) -> bool:
    """Whether a word after our name is typed there; it isn't in `the version of ampenet-sync that wrote it`."""
    from ampenet_sync.cli.app import app

    return word.startswith("--") or word in app.commands
