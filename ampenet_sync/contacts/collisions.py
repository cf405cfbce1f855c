"""Of several rows or customers that claim the same, the one that counts: by a rule, not by chance. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config, Newest
from ampenet_sync.contacts.typed import Kind, read_typed

if TYPE_CHECKING:
    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Rule:
    """The first, the last, or the one with the greatest value of `column` (`source.<column>`, read as `kind`).

    A blank value is older than any other; untyped values are compared as text, letter by letter. Of those that are
    equally new the first counts.
    """

    order: Literal["first", "last", "newest"] = "first"
    column: str = ""
    kind: Kind = "text"


FIRST = Rule()


def rule_of(config: Config) -> Rule:
    """The rule that customers.collisions names."""
    chosen = config.customers.collisions
    if isinstance(chosen, Newest):
        return Rule("newest", f"source.{chosen.newest}", config.customers.types.get(chosen.newest, "text"))
    return Rule(chosen)


def winners(claims: Numbers, rule: Rule, *, values: pa.ChunkedArray | None = None) -> Numbers:
    """The position of the row that counts for each claim 0, 1, 2 …; rows stand in the order of the source.

    `values` are the texts of the rule's column, as long as `claims`.
    """
    rows = len(claims)
    if rule.order == "newest" and values is not None:
        order = np.lexsort((np.arange(rows), _age(values, rule.kind), claims))
    else:
        order = np.argsort(claims, kind="stable")
    sorted_claims = claims[order]
    if rule.order == "last":
        return order[np.flatnonzero(np.append(sorted_claims[1:] != sorted_claims[:-1], rows > 0))]
    return order[np.flatnonzero(np.insert(sorted_claims[1:] != sorted_claims[:-1], 0, rows > 0))]


def _age(values: pa.ChunkedArray, kind: Kind) -> Numbers:
    """1 for the newest value, then 2, 3 …; blank ones and those not of their type are the oldest."""
    typed = read_typed(values, kind).values
    if kind == "text":
        text = pc.utf8_trim_whitespace(typed)
        typed = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    ranks = pc.rank(typed, sort_keys="descending", tiebreaker="dense")
    return np.asarray(ranks, dtype=np.int64)
