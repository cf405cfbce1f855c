"""A plan in sentences and examples, for those who approve it elsewhere than at a terminal: its page and its Markdown.

Phones are masked, and whatever looks like one. Everything else that the source and the platform say stands here as it
is, but for letters that turn or hide others: each layout makes it harmless in its own way. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from ampenet_sync.phones import shown_name
from ampenet_sync.pipeline.applying import PLAN_MAX_AGE
from ampenet_sync.reports.names import ALWAYS_SHOWN, PLAN_COUNTS, counted, in_words
from ampenet_sync.reports.plain import plain
from ampenet_sync.reports.plan import stages_line
from ampenet_sync.reports.planrows import BLANK, REASON_WORDS, field_changes, nameless
from ampenet_sync.sync.planfile import Forecast, Header, PlanFile
from ampenet_sync.sync.rows import CALLS, CHANGE_OF, CHANGED_ELSEWHERE, REMOVED_ELSEWHERE, SHOWN, Change, Reason, Row

EXAMPLES = 10  # of each reason
LONGEST_VALUE = 120  # letters of one field
NIGHT = 8  # hours
NOTHING = "nothing to do"
NONE_KEPT = "No segment is kept in a group, so there is nothing to plan."
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TITLES = {
    Change.UPDATE: "to update",
    Change.CREATE: "to create",
    Change.DELETE: "to delete",
    Change.LINK: "to link, without a call",
    Change.SKIP: "left alone",
}
Words = Callable[[str], str]
FIGURES = (*PLAN_COUNTS[:ALWAYS_SHOWN], "links", *PLAN_COUNTS[ALWAYS_SHOWN:])


@dataclass(frozen=True)
class Proposal:
    """A plan that somebody is to approve, with what its file doesn't say.

    `place` is LIVE, LOCAL or SANDBOX; `apply` the command that carries the plan out; `rate` the calls permitted in a
    minute. `made_at` is in the time zone to show it in, None where the ledger doesn't know. `group_now` is what the
    group is called at Ampenet where that was looked up; `warnings` are what a person should know besides.
    """

    plan: PlanFile
    place: str
    apply: str
    rate: int
    made_at: datetime | None = None
    group_now: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def segment(self) -> str:
        return self.plan.header.segment

    @property
    def group(self) -> str:
        """The name of the group, or its uid where the configuration names that alone."""
        return plain(self.group_now or self.plan.header.group_name or self.plan.header.group_uid)


@dataclass(frozen=True)
class FieldChange:
    """One field of a contact, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Example:
    """One row of a plan: masked phone and key, the fields that change or the names, `file:line` in the source."""

    phone: str
    key: str
    changes: tuple[FieldChange, ...]
    names: str
    source: str


@dataclass(frozen=True)
class Rows:
    """All rows of one reason: what becomes of them, how many they are, why, and the first of them."""

    change: Change
    count: int
    why: str
    examples: tuple[Example, ...]

    @property
    def title(self) -> str:
        return TITLES[self.change]

    @property
    def makes_calls(self) -> bool:
        return self.change in CALLS

    @property
    def more(self) -> int:
        return self.count - len(self.examples)


def verdict(header: Header) -> str:
    """`unsafe`, `safe`, or `nothing to do`, which needs nobody's approval."""
    if header.violations:
        return "unsafe"
    return "safe" if header.counts.changes else NOTHING


def verdict_words(header: Header) -> str:
    """The verdict as a sentence."""
    return {
        "unsafe": f"It exceeds {counted(len(header.violations), 'limit')}, so it is not carried out before somebody "
        "has looked at it and allowed it.",
        "safe": "It is within every limit.",
        NOTHING: "The group is as it should be.",
    }[verdict(header)]


def figures(header: Header) -> dict[str, int]:
    """What the plan comes to, by the figures' names; those that are seldom there only where they aren't zero."""
    counts = {in_words(name): getattr(header.counts, name) for name in FIGURES}
    return {name: count for at, (name, count) in enumerate(counts.items()) if at < ALWAYS_SHOWN or count}


def rows_by_reason(plan: PlanFile, *, most: int = EXAMPLES) -> Iterator[Rows]:
    """What is done and what is left alone, and why, with the first rows of each reason."""
    counts = plan.reasons()
    for reason in sorted(counts, key=lambda reason: list(Change).index(CHANGE_OF[reason])):
        rows = islice(plan.chosen(reasons=[reason]), most) if most else ()
        examples = tuple(example(row) for row in rows)
        yield Rows(CHANGE_OF[reason], counts[reason], REASON_WORDS[reason], examples)


def example(row: Row) -> Example:
    _, _, key, phone, source = nameless(row)
    changes = tuple(FieldChange(*map(_shown, change)) for change in field_changes(row))
    names = "" if changes else " ".join(filter(None, (row.values.fields[name] for name in SHOWN)))
    return Example(phone, key, changes, "" if changes else _shown(names or BLANK), plain(source))


def elsewhere_words(plan: PlanFile) -> str:
    """What others than this program did in the group: "" where they did nothing."""
    counts = plan.reasons()
    seen = [
        (sum(counts.get(reason, 0) for reason in CHANGED_ELSEWHERE), "changed"),
        (sum(counts.get(reason, 0) for reason in REMOVED_ELSEWHERE), "removed"),
        (plan.header.counts.foreign + counts.get(Reason.FOREIGN, 0), "added"),
    ]
    words = [f"{counted(count, 'contact')} {done}" for count, done in seen if count]
    return f"{', '.join(words)} by somebody else." if words else ""


def stages_words(plan: PlanFile) -> str:
    """What is carried out, in its order."""
    return stages_line(plan).removeprefix("In this order: ")


def forecast_words(forecast: Forecast, rate: int) -> str:
    """`4 calls and 1 page to read, at least 13 h 20 min at 60 calls a minute: two nights of eight hours.`"""
    calls = f"{counted(forecast.calls, 'call')} and {counted(forecast.pages, 'page')} to read"
    seconds = round((forecast.calls + forecast.pages) * 60 / rate)
    if not seconds:
        return f"{calls}, within a second at {counted(rate, 'call')} a minute."
    return f"{calls}, at least {lasting(seconds)} at {counted(rate, 'call')} a minute{_nights(seconds)}."


def lasting(seconds: int) -> str:
    """`45 s`, `12 min`, `13 h 20 min`; never less than it is."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    return " ".join(filter(None, (f"{hours:,} h" if hours else "", f"{minutes} min" if minutes else "")))


def welcome_words(header: Header) -> str:
    """What is known of the text that a new contact may get; "" where none is made."""
    if not header.counts.creates:
        return ""
    if not header.group_uid:
        return "This plan makes the group. One made through the API has no welcome SMS until somebody sets one there."
    who = counted(header.counts.creates, "new contact")
    return (
        f"Ampenet may send the group's welcome SMS to {who}, and it is paid for. The API doesn't say whether the group "
        "has one: look at its settings there before you say yes."
    )


def group_words(proposal: Proposal) -> str:
    """`VIP (65f0…)`, with the name it has now where that is another one."""
    header = proposal.plan.header
    uid = f" ({header.group_uid})" if header.group_uid and header.group_uid != proposal.group else ""
    new = "" if header.group_uid else " (to be made)"
    renamed = proposal.group_now and header.group_name and proposal.group_now != header.group_name
    return f"{proposal.group}{uid}{new}{f', configured as {plain(header.group_name)}' if renamed else ''}"


def source_words(header: Header) -> str:
    """What the plan was made from."""
    if header.undoes:
        return f"the ledger: it undoes run {header.undoes}"
    name = plain(header.source.name)
    return f"{name}: {counted(header.customers, 'customer')}, {header.quarantined:,} quarantined"


def notes(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What a person should know besides the figures, each with its heading."""
    header = proposal.plan.header
    yield from (("Not as it was before", plain(sentence)) for sentence in header.not_restored)
    yield from (("Warning", plain(warning)) for warning in proposal.warnings)
    if header.shared_phones:
        yield "Shared", f"{counted(header.shared_phones, 'phone')} of several customers, each of them one contact."
    if header.unknown_members:
        keys = counted(header.unknown_members, "key")
        yield "Not found", f"{keys} of the segment's members not found in {plain(header.source.name)}."


def facts(proposal: Proposal, *, escape: Words = plain, place: Words = str) -> Iterator[tuple[str, str]]:
    """What stands below the rows, each with its heading: costs, risks, where it was made and until when it is good.

    `escape` is what a layout does to words of the source and the platform, `place` how it writes LIVE or SANDBOX.
    """
    header = proposal.plan.header
    yield from ((name, escape(words)) for name, words in notes(proposal))
    if elsewhere := elsewhere_words(proposal.plan):
        yield "Drift", elsewhere
    if verdict(header) != NOTHING:
        yield "In this order", stages_words(proposal.plan)
        yield "Forecast", forecast_words(header.forecast, proposal.rate)
    if welcome := welcome_words(header):
        yield "Welcome SMS", welcome
    yield "Where", f"{place(proposal.place)} {escape(header.host)}, account {escape(header.account)}"
    yield "Group", escape(group_words(proposal))
    yield "Made from", escape(source_words(header))
    if proposal.made_at:
        yield "Made", moment(proposal.made_at)
    yield "Good until", good_until(proposal)


def good_until(proposal: Proposal) -> str:
    """The end of its 24 hours; in other words where nobody knows when it was made."""
    if proposal.made_at is None:
        return "24 hours after it was made"
    return moment(proposal.made_at + timedelta(seconds=PLAN_MAX_AGE))


def moment(at: datetime) -> str:
    """`27 Nov 2026, 08:33 EAT`."""
    return f"{at.day} {at:%b %Y, %H:%M %Z}".strip()


def together(proposals: Sequence[Proposal]) -> str:
    """The forecast of all of them, one after the other."""
    if not proposals:
        return NONE_KEPT
    forecasts = [proposal.plan.header.forecast for proposal in proposals]
    calls, pages = sum(each.calls for each in forecasts), sum(each.pages for each in forecasts)
    forecast = Forecast(calls, pages, sum(each.seconds for each in forecasts))
    return f"All of them: {forecast_words(forecast, proposals[0].rate)}"


def _nights(seconds: int) -> str:
    """Nothing of what is over within an hour."""
    nights = -(-seconds // (NIGHT * 3600))
    if seconds <= 3600:
        return ""
    number = NUMBERS[nights] if nights < len(NUMBERS) else f"{nights:,}"
    return f": {number} night{'' if nights == 1 else 's'} of {NUMBERS[NIGHT]} hours"


def _shown(text: str) -> str:
    """A value that is somebody's phone after all is masked, whatever column it stands in; a long one is cut."""
    shown = shown_name(plain(text))
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
