"""May this leave now: all that can stand against it, asked by preview, by start and by the claim of each message.


| ground           | concerns | preview | start              | each claim          |
|------------------|----------|---------|--------------------|---------------------|
| audience_foreign | audience | warns   | refuses            |                     |
| audience_old     | audience | warns   | refuses            |                     |
| audience_stale   | audience | warns   | refuses            |                     |
| nobody           | audience | warns   |                    |                     |
| over_cap         | limits   | warns   | refuses, as unsafe |                     |
| over_budget      | limits   | warns   | refuses, as unsafe |                     |
| balance          | account  | warns   | refuses            |                     |
| letters          | texts    | warns   |                    |                     |
| split            | texts    | warns   |                    |                     |
| expired          | expiry   | warns   |                    | the message expires |
| quiet_hours      | hours    | warns   |                    | the run pauses      |
| wait             | hours    | warns   |                    |                     |

Start and claim go by the first that applies. A preview says all of them, sorted by what they concern. Another ground is
one more entry of `GROUNDS`. What other sends use up meanwhile, as of the month's budget, each claim asks within its own
transaction (`ledger/bounds.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ampenet_sync.api import Balance
from ampenet_sync.campaigns.audience import AudienceFile
from ampenet_sync.campaigns.departure import Departure, Hours
from ampenet_sync.codes import Code
from ampenet_sync.config import Campaign
from ampenet_sync.errors import PlanRefused, Unsafe

AUDIENCE_MAX_AGE = 24 * 3600.0  # seconds
NEW_AUDIENCE = "preview it again: ampenet-sync campaign preview NAME"

Concern = Literal["audience", "account", "texts", "limits", "hours", "expiry"]  # in the order of a preview
Effect = Literal["expires", "pauses"]


@dataclass(frozen=True)
class BudgetLeft:
    """The parts that a month allows, and those of them that were sent or may have been, over all campaigns."""

    month: str
    parts: int
    spent: int

    @property
    def left(self) -> int:
        return max(0, self.parts - self.spent)


@dataclass(frozen=True)
class Facts:
    """What is known of one audience at one moment; times are epoch seconds.

    `leaves_at` is when the last of the messages in question would leave, and `live` when all would at the live rate.
    `made_at` is when the ledger dated the audience, None where it doesn't know it; `config_digest` names today's
    configuration. The balance costs a call, so it is asked for only where a ground needs it.
    """

    campaign: Campaign
    audience: AudienceFile
    hours: Hours
    now: float
    leaves_at: float
    live: Departure
    made_at: float | None
    config_digest: str
    balance: Callable[[], Balance]
    budget: BudgetLeft | None = None

    def at(self, now: float) -> Facts:
        """The same for one message that would leave now."""
        return replace(self, now=now, leaves_at=now)


@dataclass(frozen=True)
class Wording:
    """How a verdict is put: `warning` is what a preview says, where that isn't the `sentence`; `hint` the way out."""

    sentence: str
    warning: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Ground:
    """One line of the table. `start` is the error that a start is refused with, `claim` what it means to a message."""

    code: Code
    concerns: Concern
    judge: Callable[[Facts], Wording | None]
    start: type[PlanRefused] | None = None
    claim: Effect | None = None


@dataclass(frozen=True)
class Verdict:
    """A ground that applies. `effect` is what it means to a message that is about to be claimed."""

    code: Code
    concerns: Concern
    sentence: str
    warning: str
    hint: str
    error: type[PlanRefused] | None
    effect: Effect | None


def warnings(facts: Facts) -> list[Verdict]:
    """Everything that stands against it, or would before its last message has left, in the order of a preview."""
    return sorted(_verdicts(GROUNDS, facts), key=lambda verdict: get_args(Concern).index(verdict.concerns))


def check_start(facts: Facts) -> None:
    """Raises PlanRefused or Unsafe, by the first ground on which a start is refused."""
    for verdict in _verdicts(_AT_START, facts):
        if verdict.error:
            raise verdict.error(verdict.sentence, code=verdict.code, hint=verdict.hint)


def against_claim(facts: Facts) -> Verdict | None:
    """What stands against the claim of one message: only what can change while a run goes on."""
    return next(_verdicts(_AT_CLAIM, facts), None)


def _verdicts(grounds: Iterable[Ground], facts: Facts) -> Iterator[Verdict]:
    for ground in grounds:
        if wording := ground.judge(facts):
            warning = wording.warning or wording.sentence
            yield Verdict(
                ground.code, ground.concerns, wording.sentence, warning, wording.hint, ground.start, ground.claim
            )


def _foreign(facts: Facts) -> Wording | None:
    if facts.made_at is not None:
        return None
    return Wording("the ledger doesn't know this audience", hint=_anew(facts))


def _old(facts: Facts) -> Wording | None:
    if facts.made_at is None or facts.now - facts.made_at <= AUDIENCE_MAX_AGE:
        return None
    return Wording("the audience is older than 24 hours", hint=_anew(facts))


def _stale(facts: Facts) -> Wording | None:
    if facts.audience.header.config_digest == facts.config_digest:
        return None
    return Wording("the configuration changed since the preview", hint=_anew(facts))


def _anew(facts: Facts) -> str:
    return NEW_AUDIENCE.replace("NAME", facts.audience.header.campaign)


def _nobody(facts: Facts) -> Wording | None:
    return None if facts.audience.header.messages else Wording("nobody would get this message")


def _over_cap(facts: Facts) -> Wording | None:
    header, cap = facts.audience.header, facts.campaign.cap
    for count, most, what in ((header.messages, cap.messages, "messages"), (header.parts, cap.parts, "parts")):
        if most is not None and count > most:
            over = f"{count:,} {what}; the cap is {most:,}"
            sentence = f"campaign {header.campaign}: {over}"
            return Wording(sentence, f"send will refuse this: {over}", "raise cap in ampenet.yaml or narrow it")
    return None


def _over_budget(facts: Facts) -> Wording | None:
    header, budget = facts.audience.header, facts.budget
    if budget is None or header.parts <= budget.left:
        return None
    over = f"{header.parts:,} parts; of the {budget.parts:,} of {budget.month} {budget.left:,} are left"
    hint = "raise budget.month in ampenet.yaml, narrow the campaign, or wait for the next month"
    return Wording(f"campaign {header.campaign}: {over}", f"send will refuse this: {over}", hint)


def _balance(facts: Facts) -> Wording | None:
    header = facts.audience.header
    balance = facts.balance() if header.messages else None
    if balance is None or balance.units is None or balance.units >= header.parts:
        return None
    return Wording(
        f"the balance is {balance.text}; {header.parts:,} parts are needed",
        f"the balance is {balance.text}, which is not enough for {header.parts:,} parts",
        "top up the account, then send again",
    )


def _letters(facts: Facts) -> Wording | None:
    count = int((facts.audience.table["encoding"] == "UCS-2").sum())
    what = "texts hold letters that cost more (70 characters a part instead of 160)"
    return Wording(f"{count:,} {what}") if count else None


def _split(facts: Facts) -> Wording | None:
    table = facts.audience.table  # who is excluded has no parts at all
    count = int((table["parts"] != table["billed"]).sum())
    return Wording(f"{count:,} texts are sent in more parts than the platform bills") if count else None


def _expired(facts: Facts) -> Wording | None:
    if not facts.hours.over(facts.leaves_at):
        return None
    return Wording("the campaign is over", "the campaign expires before its last message would leave")


def _quiet_hours(facts: Facts) -> Wording | None:
    resumes = facts.hours.resumes_at(facts.now)
    if resumes is None:
        return None
    return Wording(
        f"quiet hours: nobody is texted before {resumes:%Y-%m-%d %H:%M %Z}",
        f"it is quiet hours: nothing leaves before {resumes:%Y-%m-%d %H:%M}",
    )


def _wait(facts: Facts) -> Wording | None:
    live = facts.live
    if live.until is None or facts.hours.quiet is None or facts.hours.resumes_at(facts.now):
        return None
    who = f"{live.waiting:,} of {facts.audience.header.messages:,} messages"
    return Wording(f"{who} would fall into quiet hours and wait until {live.until:%Y-%m-%d %H:%M}")


GROUNDS = (
    Ground("audience_foreign", "audience", _foreign, start=PlanRefused),
    Ground("audience_old", "audience", _old, start=PlanRefused),
    Ground("audience_stale", "audience", _stale, start=PlanRefused),
    Ground("nobody", "audience", _nobody),
    Ground("over_cap", "limits", _over_cap, start=Unsafe),
    Ground("over_budget", "limits", _over_budget, start=Unsafe),
    Ground("balance", "account", _balance, start=PlanRefused),
    Ground("letters", "texts", _letters),
    Ground("split", "texts", _split),
    Ground("expired", "expiry", _expired, claim="expires"),
    Ground("quiet_hours", "hours", _quiet_hours, claim="pauses"),
    Ground("wait", "hours", _wait),
)
_AT_START = tuple(ground for ground in GROUNDS if ground.start)
_AT_CLAIM = tuple(ground for ground in GROUNDS if ground.claim)
