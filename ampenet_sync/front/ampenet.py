"""One configuration, opened: what a script does with it. Everything heavy is imported when it is first needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ampenet_sync.errors import ConfigError
from ampenet_sync.front.results import Applied, Customers, Due, Plan, Preview, Sent, Status, Synced
from ampenet_sync.rehearsal import FOLDER, SANDBOX_HOST, rehearsal, sandbox_world

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.applying import Window
    from ampenet_sync.pipeline.intake import Intake
    from ampenet_sync.pipeline.noticing import Kind, Occasion
    from ampenet_sync.pipeline.steering import What
    from ampenet_sync.pipeline.world import World
    from ampenet_sync.sandbox import SwitchValues

Progress = Callable[[str, int, int | None], None]
NOWHERE = "http://127.0.0.1:1"  # of a rehearsal whose sandbox isn't open yet: nothing is called there


def silent(what: str, done: int, total: int | None) -> None:
    """Nobody looks on."""


def open(path: str | PathLike[str] = "ampenet.yaml", *, sandbox: bool = False, progress: Progress = silent) -> Ampenet:
    """Open the configuration at `path`, to be left by `with` or `close`. No call is made and no file written yet.

    With `sandbox` everything is rehearsed, as by `ampenet-sync --sandbox`: on the embedded sandbox, with a ledger of
    its own in `.ampenet/sandbox` that goes on where the last rehearsal ended. Without it, token and server come from
    where the command line takes them. `progress` is called while long work goes on, with what is done, how many, and of
    how many (None where that is not known).

    Raises ConfigError where ampenet.yaml can't be read.
    """
    from ampenet_sync.config import load

    config = load(Path(path))
    if sandbox:
        config = rehearsal(config, config.home / FOLDER, base_url=NOWHERE)
    return Ampenet(config, sandbox=sandbox, progress=progress)


class Ampenet:
    """What `open` gives: the customers, groups and campaigns of one configuration.

    Where `customers` may be handed over, None reads the source as it is at that moment. Each method raises
    AmpenetError: ConfigError, SourceError or LedgerError where something must be corrected here, ApiError where the
    platform didn't answer or said no, Busy where another process holds the group or the campaign.
    """

    def __init__(self, config: Config, *, sandbox: bool, progress: Progress) -> None:
        self._config, self._sandbox, self._progress = config, sandbox, progress
        self._stack, self._closed = ExitStack(), False
        self._opened: World | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the ledger and the connections back. What was handed out before stays good."""
        self._closed, self._opened = True, None
        self._stack.close()

    def read_customers(self, customers: Any = None) -> Customers:
        """Read and judge every row of the source, or of `customers`: a pandas frame, or anything with Arrow's stream.

        Makes no call. Raises SourceError where the source can't be read completely.
        """
        from ampenet_sync.front.translate import customers_of
        from ampenet_sync.pipeline.intake import take_in

        taken = take_in(self._config, customers=customers, progress=self._progress)
        return customers_of(taken, self._config)

    def plan(
        self, *segments: str, customers: Customers | None = None, refresh_opt_outs: bool = False
    ) -> tuple[Plan, ...]:
        """Compare segments with their groups, all of them or those named. Nothing at Ampenet is changed.

        With `refresh_opt_outs` applying the plan also asks each contact whether they opted out; the forecast counts it.
        """
        from ampenet_sync.front.translate import plan_of
        from ampenet_sync.pipeline.planning import kept_segments, plan_segment

        names = kept_segments(self._config, segments)
        intake, world = self._intake(customers), self._world()
        planned = (plan_segment(world, intake, name, refresh_opt_outs=refresh_opt_outs) for name in names)
        return tuple(plan_of(plan) for plan in planned)

    def apply(
        self,
        plan: Plan | str | PathLike[str],
        *,
        allow: str | None = None,
        customers: Customers | None = None,
        max_calls: int | None = None,
        max_seconds: float | None = None,
    ) -> Applied:
        """Carry out a plan, or the file of one, exactly; rows that moved since it was made are left alone.

        The source is read again for that, unless the plan's customers were handed in: then hand in those of now, or
        only contacts are looked at.

        Raises Unsafe where the plan is over a limit, unless `allow` is its digest: a person's yes, after a look.
        Raises PlanRefused where the plan is no longer good. Applied again, it goes on where it was. After `max_calls`
        or `max_seconds` no change begins any more, and the outcome is paused.
        """
        from ampenet_sync.front.translate import applied_of
        from ampenet_sync.pipeline.applying import apply_file, read_plan

        path = plan.path if isinstance(plan, Plan) else Path(plan)
        with self._noticing("apply") as occasion:
            header = read_plan(path).header
            occasion.subject = header.segment
            intake = None if header.source.kind == "handed" and customers is None else self._intake(customers)
            occasion.at(self._world())
            window = self._window(max_calls, max_seconds)
            applied = apply_file(self._world(), path, allow=allow, intake=intake, window=window)
            occasion.came_to(applied)
        return applied_of(applied)

    def sync(
        self,
        *segments: str,
        customers: Customers | None = None,
        max_calls: int | None = None,
        max_seconds: float | None = None,
        refresh_opt_outs: bool = False,
    ) -> tuple[Synced, ...]:
        """Plan and apply in one go. A segment that is unsafe, refused or held elsewhere is left out, the others go on.

        Raises Unsafe, before anything is changed, where the source as a whole is over a limit. After `max_calls` or
        `max_seconds` no change begins any more, and what is left is paused. With `refresh_opt_outs` each contact of the
        groups is asked afterwards whether they opted out; who did is suppressed.
        """
        from ampenet_sync.front.translate import synced_of
        from ampenet_sync.pipeline.applying import sync_segments

        with self._noticing("sync", " ".join(segments)) as occasion:
            occasion.at(self._world())
            window = self._window(max_calls, max_seconds)
            taken = self._intake(customers)
            runs = sync_segments(self._world(), taken, segments, window=window, refresh_opt_outs=refresh_opt_outs)
            occasion.came_to(runs)
        return tuple(synced_of(run) for run in runs)

    def preview(self, campaign: str, *, customers: Customers | None = None) -> Preview:
        """Freeze who would get which text, with what it costs. Nothing is sent."""
        from ampenet_sync.front.translate import preview_of
        from ampenet_sync.pipeline.previewing import preview_campaign

        intake = self._intake(customers)
        return preview_of(preview_campaign(self._world(), intake, campaign))

    def send(self, campaign: str, *, audience: str, customers: Customers | None = None) -> Sent:
        """Text a previewed audience, each number at most once; every part is paid. Sent again, it goes on where it was.

        `audience` is the digest of the preview that was looked at. Consent, opt-outs and suppressions are asked once
        more, of the customers as they are now: hand none over that were read long ago. Raises PlanRefused where the
        audience is no longer good, Unsafe where it is over the campaign's cap or the month's budget.
        """
        from ampenet_sync.front.translate import sent_of
        from ampenet_sync.pipeline.sending import send_campaign

        with self._noticing("campaign send", campaign) as occasion:
            intake = self._intake(customers)
            occasion.at(self._world())
            sent = send_campaign(self._world(), intake, campaign, audience=audience)
            occasion.came_to(sent)
        return sent_of(sent)

    def approve(self, campaign: str, *, audience: str, by: str) -> None:
        """Note that `by` says yes to a previewed audience, to be sent at the campaign's `send_at` by `send_due`.

        Raises PlanRefused where it couldn't be sent then, Unsafe where it is over the campaign's cap or the budget of
        the month in which it would be sent.
        """
        from ampenet_sync.pipeline.scheduling import approve_campaign

        self._check()
        approve_campaign(self._world(), campaign, audience=audience, by=by)

    def send_due(self, *, customers: Customers | None = None) -> tuple[Due, ...]:
        """Start each approved campaign whose time has come, once; none is: an empty tuple, and no source is read."""
        from ampenet_sync.front.translate import due_of
        from ampenet_sync.pipeline.scheduling import send_due

        with self._noticing("campaign send", "--due") as occasion:
            self._check()
            occasion.at(self._world())
            due = send_due(self._world(), lambda: self._intake(customers))
            occasion.came_to(due)
        return tuple(due_of(run) for run in due.runs)

    def pause(self, campaign: str, *, by: str) -> None:
        """Let nothing more of the campaign leave, also of a send that is at work. Makes no call."""
        self._order("pause", campaign, by=by)

    def resume(self, campaign: str, *, by: str) -> None:
        """Take a pause back; what was left is sent by the next `send`. Makes no call."""
        self._order("resume", campaign, by=by)

    def cancel(self, campaign: str, *, by: str, edition: str | None = None) -> None:
        """Never send more of an edition, today's where none is named. Nothing takes that back. Makes no call."""
        self._order("cancel", campaign, by=by, edition=edition)

    def status(self) -> Status:
        """What the ledger knows of plans and campaigns. Makes no call."""
        from ampenet_sync.front.translate import status_of
        from ampenet_sync.pipeline.status import make_ledger, read_status

        if self._sandbox:
            make_ledger(self._config)
        return status_of(read_status(self._config, host=SANDBOX_HOST if self._sandbox else None))

    def _noticing(self, kind: Kind, subject: str = "") -> AbstractContextManager[Occasion]:
        """Whom ampenet.yaml names is told how the block ended; what can't be delivered is a warning of the log."""
        from ampenet_sync.pipeline.noticing import noticing

        warn = logging.getLogger("ampenet_sync").warning
        return noticing(kind, lambda: self._config, subject=subject, warn=warn)

    def _intake(self, customers: Customers | None) -> Intake:
        """Ledger and token are looked for first: a reading may take minutes."""
        from ampenet_sync.front.translate import rules_of

        self._check()
        customers = customers or self.read_customers()
        if customers._rules != rules_of(self._config):
            message = "these customers were read by the rules of another configuration"
            raise ConfigError(message, code="other_customers", hint="read them again with this one")
        return customers._intake

    def _order(self, what: What, campaign: str, *, by: str, edition: str | None = None) -> None:
        from ampenet_sync.pipeline.steering import order

        host = SANDBOX_HOST if self._sandbox else None
        order(self._config, what, campaign, by=by, edition=edition, host=host)

    def _check(self) -> None:
        if self._sandbox:
            return
        from ampenet_sync.config import token
        from ampenet_sync.pipeline.status import check_ledger

        check_ledger(self._config)
        token(self._config)

    def _world(self) -> World:
        if self._closed:
            raise ValueError("this configuration was closed: open it anew")
        if self._opened is None:
            self._opened = self._stack.enter_context(self._opening())
        return self._opened

    def _window(self, max_calls: int | None, max_seconds: float | None) -> Window:
        """From now on."""
        from ampenet_sync.pipeline.applying import Window

        world = self._world()
        return Window(
            None if max_calls is None else world.client.calls + max_calls,
            None if max_seconds is None else world.clock() + max_seconds,
        )

    def _opening(self) -> AbstractContextManager[World]:
        config = self._config
        if self._sandbox:
            switches: SwitchValues = {} if config.api.dialect == "auto" else {"dialect": config.api.dialect}
            return sandbox_world(config, config.home, switches=switches, progress=self._progress)
        from ampenet_sync.config import token
        from ampenet_sync.pipeline.world import open_world

        return open_world(config, token(config), progress=self._progress)
