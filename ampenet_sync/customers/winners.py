"""Of several rows or customers that claim the same, the one that counts: by a rule, not by chance. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Newest
from ampenet_sync.config.types import DateForm, Type, kind_of
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.dates import read_order
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.typed import read_typed
from ampenet_sync.customers.written import place
from ampenet_sync.errors import ConfigError

if TYPE_CHECKING:
    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Rule:
    """The first, the last, or the one with the greatest value of `column` (`source.<column>`, read as `kind`).

    A blank value is older than any other. Untyped ones (`kind` None) must all be dates or all digits; `where` is the
    place in ampenet.yaml that an error names. What names no time zone happened in `zone`; `null_words` are blank. Of
    those that are equally new the first counts.
    """

    order: Literal["first", "last", "newest"] = "first"
    column: str = ""
    kind: Type | None = "text"
    where: str = ""
    zone: str = "UTC"
    null_words: tuple[str, ...] = ()


FIRST = Rule()


def rule_of(settings: IntakeSettings) -> Rule:
    """The rule that customers.collisions names."""
    chosen = settings.customers.collisions
    if isinstance(chosen, Newest):
        where = place(settings.path, "customers", "collisions", "newest")
        kind = settings.customers.types.get(chosen.newest)
        words = settings.customers.null_words
        return Rule("newest", f"{SOURCE}{chosen.newest}", kind, where, zone=settings.time_zone, null_words=words)
    return Rule(chosen)


def winners(claims: Numbers, rule: Rule, *, values: pa.ChunkedArray | None = None) -> Numbers:
    """The position of the row that counts for each claim 0, 1, 2 …; rows stand in the order of the source.

    `values` are the texts of the rule's column, as long as `claims`. Raises ConfigError `untyped_newest` where they
    have no type and don't tell how they compare.
    """
    rows = len(claims)
    if rule.order == "newest" and values is not None:
        order = np.lexsort((np.arange(rows), _age(values, rule), claims))
    else:
        order = np.argsort(claims, kind="stable")
    sorted_claims = claims[order]
    if rule.order == "last":
        return order[np.flatnonzero(np.append(sorted_claims[1:] != sorted_claims[:-1], rows > 0))]
    return order[np.flatnonzero(np.insert(sorted_claims[1:] != sorted_claims[:-1], 0, rows > 0))]


def _age(values: pa.ChunkedArray, rule: Rule) -> Numbers:
    """1 for the newest value, then 2, 3 …; blank ones and those not of their type are the oldest."""
    text = pc.utf8_trim_whitespace(content(values, rule.null_words))
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
    if rule.kind is None:
        typed = _untyped(text, rule)
    elif kind_of(rule.kind) == "date":
        typed = read_order(text, rule.kind if isinstance(rule.kind, DateForm) else None, zone=rule.zone)
    else:
        typed = read_typed(text, rule.kind, zone=rule.zone).values
    ranks = pc.rank(typed, sort_keys="descending", tiebreaker="dense")
    return np.asarray(ranks, dtype=np.int64)


def _untyped(text: pa.ChunkedArray, rule: Rule) -> pa.ChunkedArray:
    """Values that all have one plain form are compared as what they are; in any other case their order is a guess."""
    for form, read in _FORMS:
        if pc.all(pc.match_substring_regex(text, pattern=form)).as_py() is not False:
            moments = read(text, rule.zone)
            if moments.null_count == text.null_count:
                return moments
    name = rule.column.removeprefix(SOURCE)
    message = f"{rule.where}: the values of column '{name}' are neither all dates as 2026-11-30 nor all digits"
    hint = f"write the column under customers.types, such as {name}: number, so that it is known how they compare"
    raise ConfigError(message, code="untyped_newest", hint=hint)


def _moments(text: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    return read_order(text, None, zone=zone)


def _counts(text: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    """Digits of one length, so that numbers of any size compare as text."""
    return pc.utf8_lpad(text, width=pc.max(pc.utf8_length(text)).as_py() or 0, padding="0")


# What untyped values may all look like, and how they are read. Times with and without a zone are not compared.
_FORMS = (
    (r"^\d+$", _counts),
    (r"^.{10}([T ][\d:.]*)?$", _moments),
    (r"^(.{10}|.{10}[T ].*([Z]|UTC|[+-]\d[\d:]*))$", _moments),
)
