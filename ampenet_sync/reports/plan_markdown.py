"""Plans as Markdown, for a pull request or a chat. What the source or the platform says is mere letters in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ampenet_sync.reports.plain import plain
from ampenet_sync.reports.planfacts import (
    EXAMPLES,
    NONE_KEPT,
    NOTHING,
    Example,
    Proposal,
    Rows,
    facts,
    figures,
    rows_by_reason,
    together,
    verdict,
    verdict_words,
)

LONGEST = 60_000  # letters: GitHub takes 65,536 in a comment
FEWER = (EXAMPLES, 3, 0)  # examples of each reason, so that it doesn't get longer

# What Markdown could take for its own. A blank of no width behind a sign keeps it from leading anywhere or calling
# somebody: those links are made of the text as it is shown, where a backslash is gone already.
NO_WIDTH = "\N{ZERO WIDTH SPACE}"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\\": "&#92;"})
_SIGNS = re.compile(r"[`*\[\]~$]|(?<!&)#|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LEADING = re.compile(r"^(?:[-+=]|\d+(?=[.)](?: |$)))")
_LEADS_ON = re.compile(r"@(?=\w)|#(?=\w)|:(?=//)|\bwww(?=\.)|\bGH-(?=\d)|\b(?:mailto|xmpp):", re.IGNORECASE)


def plans_markdown(proposals: Sequence[Proposal]) -> str:
    """A section for each plan; several have a table first. The same plans give the same text."""
    for most in FEWER:
        text = "\n".join(_lines(proposals, most=most)) + "\n"
        if len(text) <= LONGEST:
            break
    return text


def inert(text: str) -> str:
    """Letters that nothing in Markdown takes for markup, link, mention or the end of a cell; in one line."""
    text = _LEADS_ON.sub(lambda match: match[0] + NO_WIDTH, " ".join(plain(text).split()))
    text = _SIGNS.sub(r"\\\g<0>", text.translate(_ENTITIES))  # of `&#` only our own entities are left
    return _LEADING.sub(lambda match: f"\\{match[0]}" if match[0] in "-+=" else f"{match[0]}\\", text)


def _lines(proposals: Sequence[Proposal], *, most: int) -> Iterator[str]:
    if not proposals:
        yield NONE_KEPT
    if len(proposals) > 1:
        yield from _summary(proposals)
    for proposal in proposals:
        yield from _section(proposal, most=most)
    if not most:
        yield "Examples are left out: with them this would be longer than a comment may be."


def _summary(proposals: Sequence[Proposal]) -> Iterator[str]:
    """One line for each segment, and what all of them take."""
    headers = [proposal.plan.header for proposal in proposals]
    unsafe = sum(verdict(header) == "unsafe" for header in headers)
    yield f"# Plans of {len(proposals)} segments{f': {unsafe} unsafe' if unsafe else ''}"
    yield ""
    shown = {name: None for header in headers for name in figures(header)}
    rows = (
        [proposal.segment, proposal.group, verdict(header), *(f"{figures(header).get(name, 0):,}" for name in shown)]
        for proposal, header in zip(proposals, headers, strict=True)
    )
    yield from _table(["segment", "group", "verdict"], list(shown), rows)
    yield ""
    yield together(proposals)
    yield ""


def _section(proposal: Proposal, *, most: int) -> Iterator[str]:
    header = proposal.plan.header
    yield f"## Plan of {inert(proposal.segment)}: {verdict(header)}"
    yield ""
    yield f"**{verdict(header).capitalize()}.** {verdict_words(header)} A plan by itself changes nothing."
    yield ""
    if header.violations:
        yield from (f"- over the limit: {inert(violation)}" for violation in header.violations)
        yield ""
    counts = figures(header)
    yield from _table([], list(counts), [[f"{count:,}" for count in counts.values()]])
    yield ""
    for rows in rows_by_reason(proposal.plan, most=most):
        yield from _rows(rows)
    yield from (f"- {name}: {words}" for name, words in facts(proposal, escape=inert, place="**{}**".format))
    yield f"- Digest: `{proposal.plan.digest}`"
    yield ""
    yield from _command(proposal)


def _rows(rows: Rows) -> Iterator[str]:
    yield f"**{rows.count:,} {rows.title}**: {rows.why}"
    yield ""
    if not rows.examples:
        return
    cells = ([each.phone, each.key, _changes(each), each.source] for each in rows.examples)
    yield from _table(["phone", "key", "name" if rows.examples[0].names else "before → after", "source"], [], cells)
    yield ""
    if rows.more:
        yield f"… and {rows.more:,} more"
        yield ""


def _changes(example: Example) -> str:
    return example.names or ", ".join(f"{change.name} {change.before} → {change.after}" for change in example.changes)


def _command(proposal: Proposal) -> Iterator[str]:
    """The command in a fence that is longer than any within it."""
    if verdict(proposal.plan.header) == NOTHING:
        return
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", proposal.apply)), default=0))
    unsafe = verdict(proposal.plan.header) == "unsafe"
    yield "To carry it out although it is over a limit:" if unsafe else "To carry it out:"
    yield ""
    yield f"{fence}sh"
    yield plain(proposal.apply)
    yield fence
    yield ""


def _table(texts: Sequence[str], numbers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table whose cells are inert; numbers stand to the right, behind the texts."""
    yield _row([*texts, *numbers])
    yield f"|{'|'.join([*('---' for _ in texts), *('--:' for _ in numbers)])}|"
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(inert, cells))} |"
