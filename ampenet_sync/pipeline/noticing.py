"""The story of a notice: a run ended, whatever way it went, and whom ampenet.yaml names is told how.

Each door (command line, Python, Dagster) holds an `Occasion` while it reads, plans and carries out, and tells of it
when everything is committed and closed. A notice that can't be delivered is a warning and never more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from ampenet_sync.config import Config
from ampenet_sync.errors import AmpenetError
from ampenet_sync.ledger import messages, runs
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.pipeline.applying import SegmentRun
from ampenet_sync.pipeline.delivering import WITHIN, Delivery, Send, deliver, through_apprise
from ampenet_sync.pipeline.notices import (
    Ending,
    Notice,
    ending_of_due,
    ending_of_error,
    ending_of_runs,
    ending_of_sent,
    notice_of,
)
from ampenet_sync.pipeline.scheduling import DueSends
from ampenet_sync.pipeline.sending import Sent
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.applied import Applied

__all__ = ["Delivery", "Occasion", "Send", "noticing", "send_test", "tell", "through_apprise"]

Kind = Literal["sync", "apply", "import", "campaign send"]
Outcome = Sequence[SegmentRun] | Applied | Sent | DueSends
Warn = Callable[[str], None]
Hint = Callable[[AmpenetError], str]

LOOK = "look: ampenet-sync status"


@dataclass
class Occasion:
    """One run that may be told of, and what is known of it so far.

    `subject` is the segments or the campaign it is about. Without an ending it is nobody's business: somebody only
    looked, or said no.
    """

    kind: Kind
    subject: str = ""
    where: str = ""
    ending: Ending | None = None
    next_lines: tuple[str, ...] = ()
    _world: World | None = field(default=None, repr=False)

    def at(self, world: World) -> None:
        """The platform was reached, and this is where it writes."""
        account = world.account.name or world.account.uid
        self._world, self.where = world, f"{_kind_of(world.config, world.host)} {world.host}, account {account}"

    def came_to(
        self, outcome: Sequence[SegmentRun] | Applied | Sent | DueSends, *, next_lines: Sequence[str] = ()
    ) -> None:
        """What became of it, while the world it happened in is still open."""
        if self._world is None:
            raise ValueError("an outcome comes after the platform was reached")
        world, calls = self._world, self._world.client.calls
        if isinstance(outcome, Sent):
            self.ending = ending_of_sent(outcome, parts=_parts(world, outcome), calls=calls)
        elif isinstance(outcome, DueSends):
            parts = {run.campaign: _parts(world, run.sent) for run in outcome.runs if run.sent}
            self.ending = ending_of_due(outcome, parts=parts, calls=calls)
        else:
            ended = [SegmentRun(outcome.segment, None, outcome)] if isinstance(outcome, Applied) else list(outcome)
            ids = [run.applied.run for run in ended if run.applied is not None and run.applied.run]
            by_kind = {run: runs.done_by(world.ledger, run) for run in ids}
            self.ending = ending_of_runs(ended, calls=calls, by_kind=by_kind)
        self.next_lines = tuple(next_lines) or (f"Next: {LOOK}",)

    def failed(self, error: BaseException, *, hint: str = "", stands: str = "") -> None:
        """It ended in an error. `stands` says what was changed before that, where it is known."""
        if isinstance(error, AmpenetError) and error.code == "not_confirmed":
            return
        self.ending = ending_of_error(error, stands=stands)
        self.next_lines = (f"Next: {hint or LOOK}",)

    def notice(self, config: Config) -> Notice | None:
        if self.ending is None:
            return None
        where = self.where or f"{_kind_of(config, config.api.host)} {config.api.host}, not reached"
        what = f"{self.kind} {self.subject}".rstrip()
        return notice_of(what, self.ending, where=where, next_lines=self.next_lines)


def _parts(world: World, sent: Sent) -> int:
    return messages.parts_sent(world.ledger, Edition(world.destination, sent.campaign, sent.edition))


def tell(
    occasion: Occasion,
    config: Callable[[], Config],
    *,
    warn: Warn,
    send: Send = through_apprise,
    within: float = WITHIN,
) -> None:
    """Tell everybody who wants to hear of such a run; of a rehearsal nobody. Raises nothing: `warn` hears of what
    couldn't be delivered."""
    try:
        known = config()
        notice = occasion.notice(known)
        if notice is None or _is_rehearsal(known):
            return
        wanted = [recipient for recipient in known.notify if notice.urgency in recipient.on]
        for delivery in deliver(wanted, notice, send=send, within=within):
            if delivery.error is not None:
                warn(f"notice to {delivery.name} was not delivered: {delivery.error.message} [{delivery.error.code}]")
    except AmpenetError:
        return  # ampenet.yaml can't be read, which ended the run, so it was said already
    except Exception as error:  # noqa: BLE001 - no notice may change what became of a run
        warn(f"the notice could not be made: {type(error).__name__} [unforeseen]")


@contextmanager
def noticing(
    kind: Kind,
    config: Callable[[], Config],
    *,
    warn: Warn,
    subject: str = "",
    send: Send = through_apprise,
    hint: Hint = lambda error: error.hint,
) -> Iterator[Occasion]:
    """Tell of what happens in the block when it is left, whatever way. Opened before the world, told after it."""
    occasion = Occasion(kind, subject)
    try:
        yield occasion
    except BaseException as error:
        occasion.failed(error, hint=hint(error) if isinstance(error, AmpenetError) else "")
        raise
    finally:
        tell(occasion, config, warn=warn, send=send)


def send_test(config: Config, *, send: Send = through_apprise, within: float = WITHIN) -> list[Delivery]:
    """Hand everybody a notice that says it is a test, whatever they want to hear of."""
    words = ("This is a test: nothing happened.", "Notices of runs will look like this.")
    notice = notice_of(
        "notify test",
        Ending("info", words),
        where=f"{_kind_of(config, config.api.host)} {config.api.host}",
        next_lines=(),
    )
    return deliver(config.notify, notice, send=send, within=within)


def _kind_of(config: Config, host: str) -> str:
    """LOCAL is a server of this machine, which may lead anywhere."""
    if _is_rehearsal(config) or host == "sandbox":
        return "SANDBOX"
    return "LOCAL" if config.api.is_local else "LIVE"


def _is_rehearsal(config: Config) -> bool:
    """A configuration that was turned to a sandbox has a ledger apart from the real one."""
    return config.live_ledger != config.ledger
