"""What the columns for consent and opting out say, as sentences and as objects for JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ampenet_sync.customers import Answered
from ampenet_sync.phones import shown_name
from ampenet_sync.reports.plain import plain

CONSENT, OPTED_OUT = "Consent", "Opted out"
_SO_FAR = {CONSENT: "Nobody gets marketing on such a word.", OPTED_OUT: "Whatever is not understood counts as a yes."}


def answer_lines(consent: Answered | None, opted_out: Answered | None) -> Iterator[str]:
    """One line for each column; where something is not understood also what, and the setting that would settle it."""
    for name, answered in ((CONSENT, consent), (OPTED_OUT, opted_out)):
        if answered is not None:
            yield f"{name}: {counts_line(answered)}"
            yield from unclear_lines(name, answered)


def counts_line(answered: Answered) -> str:
    """`239 yes, 45 no, 14 didn't say`, and what is not understood, where there is any."""
    unclear = f", {answered.unclear:,} not understood" if answered.unclear else ""
    return f"{answered.yes:,} yes, {answered.no:,} no, {answered.nothing:,} didn't say{unclear}"


def unclear_lines(name: str, answered: Answered) -> Iterator[str]:
    if answered.unclear:
        yield f"  not understood: {words_line(answered)}"
        yield f"  {_SO_FAR[name]} {way_out(answered)}"
        if answered.line:
            yield f"    {answered.line}"


def way_out(answered: Answered) -> str:
    """The sentence before the line to write, or instead of it."""
    if not answered.line:
        return "None of these can be listed: is it the right column?"
    if answered.line.endswith("yes: any}"):
        return "If that is right, write under customers:"
    return "Strike each word from one of the lists, and write under customers:"


def words_line(answered: Answered) -> str:
    """`labda (3), subscribed (1), …`"""
    said = [f"{plain(word)} ({count:,})" for word, count in answered.words]
    more = answered.unclear > sum(count for _, count in answered.words)
    return ", ".join([*said, "…"] if more else said)


def answers_object(consent: Answered | None, opted_out: Answered | None) -> dict[str, Any]:
    return {"consent": answered_object(consent), "opted_out": answered_object(opted_out)}


def answered_object(answered: Answered | None) -> dict[str, Any] | None:
    """The four counts, the commonest words that are not understood, and the line to write; None without a column."""
    if answered is None:
        return None
    words: Counter[str] = Counter()  # two may look alike once they are masked
    for word, count in answered.words:
        words[word] += count
    return {"column": shown_name(answered.column), **answered.counts, "words": dict(words), "line": answered.line}
