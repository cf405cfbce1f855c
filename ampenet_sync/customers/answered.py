"""How often a column says yes, no, nothing or what nobody understands, and the line that would settle the latter."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Consent, Customers, OptedOut
from ampenet_sync.config.consent import ANYTHING
from ampenet_sync.config.words import folded
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import content, texts
from ampenet_sync.customers.consent import distinct_answers
from ampenet_sync.phones import shown_name

NAMED = 5  # words that are told
LONGEST = 30  # letters of one of them
KNOWN = 1_000  # different words that are counted each for itself: a wrong column may hold one for each customer

_DATE = re.compile(
    r"(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})"
    r"([t ]\d\d?:\d\d(:\d\d(\.\d{1,9})?)?( ?([ap]m|z|utc|[+-]\d\d(:?\d\d)?))?)?"
)
_CUT, _MASKED = "…", "•"


@dataclass(frozen=True)
class Answered:
    """Customers by what their cell of one column says; each of them is in one of the four counts.

    `words` are the commonest that nobody understands, each as it may be shown, with its customers. `line` is what to
    write under `customers` once somebody knows what they mean, "" where all is understood or no word can be listed.
    """

    column: str
    yes: int = 0
    no: int = 0
    nothing: int = 0
    unclear: int = 0
    words: tuple[tuple[str, int], ...] = ()
    line: str = ""

    @property
    def counts(self) -> dict[str, int]:
        return {"yes": self.yes, "no": self.no, "nothing": self.nothing, "unclear": self.unclear}


class Counting:
    """The same while rows still come in, and while some are taken out again."""

    def __init__(self, rule: Consent | OptedOut, null_words: Sequence[str]) -> None:
        self.column = rule.column or ""
        self._rule, self._null_words = rule, null_words
        self._counts: Counter[str] = Counter()
        self._words: Counter[str] = Counter()

    def add(self, column: pa.ChunkedArray, *, times: int = 1) -> None:
        """Cells as they are written in the source. `times` is -1 for rows that turned out to be nobody's."""
        cells, counts = pc.value_counts(column).flatten()
        answers = distinct_answers(cells, self._rule.words, self._null_words)
        for kind in ("yes", "no", "nothing", "unclear"):
            self._counts[kind] += times * (pc.sum(counts.filter(getattr(answers, kind).combine_chunks())).as_py() or 0)
        unclear = answers.unclear.combine_chunks()
        words = content(pa.chunked_array([cells.filter(unclear)]), ()).to_pylist()
        for word, count in zip(map(folded, words), counts.filter(unclear).to_pylist(), strict=True):
            if word in self._words or len(self._words) < KNOWN:
                self._words[word] += times * count

    def answered(self) -> Answered:
        counts = {kind: self._counts[kind] for kind in ("yes", "no", "nothing", "unclear")}
        left = sorted(((-count, word) for word, count in self._words.items() if count > 0))[:NAMED]
        words = tuple((shown_word(word), -count) for count, word in left)
        line = _line(self._rule, [word for word, _ in words]) if counts["unclear"] else ""
        return Answered(self.column, **counts, words=words, line=line)


def answer_columns(mapped: Customers) -> list[str]:
    """The customers' columns that `answers_of` looks at."""
    return [f"{SOURCE}{rule.column}" for rule in (mapped.consent, mapped.opted_out) if rule and rule.column]


def answers_of(
    customers: pd.DataFrame, rule: Consent | OptedOut | None, *, null_words: Sequence[str]
) -> Answered | None:
    """The counts over some of the customers, with their `answer_columns`; None where no column says it."""
    if rule is None or rule.column is None:
        return None
    counting = Counting(rule, null_words)
    counting.add(texts(customers[f"{SOURCE}{rule.column}"], pa.large_string()))
    return counting.answered()


def shown_word(word: str) -> str:
    """A word as anybody may see it: short, in letters that a screen shows, and masked where it may be a phone."""
    seen = "".join(letter for letter in word if letter.isprintable())
    shown = seen if _DATE.fullmatch(seen) else shown_name(seen)
    whole = len(shown) <= LONGEST and seen == word
    return shown if whole else shown[: LONGEST - 1] + _CUT


def _line(rule: Consent | OptedOut, words: Sequence[str]) -> str:
    """Each word stands in both lists, which is refused as long as nobody struck it from one of them: it isn't guessed.

    What is masked or cut can't be compared and stands in neither. Nobody can list dates.
    """
    key = "opted_out" if isinstance(rule, OptedOut) else "consent"
    column = f"{key}: {{column: {_written(shown_name(rule.column or ''))}"
    if isinstance(rule, OptedOut) and any(_DATE.fullmatch(word) for word in words):
        return f"{column}, yes: {ANYTHING}}}"
    new = [word for word in words if _CUT not in word and _MASKED not in word and word != ANYTHING]
    if not new:
        return ""
    lists = (", ".join(map(_written, [*known, *new])) for known in (rule.words.yes, rule.words.no))
    return f"{column}, yes: [{next(lists)}], no: [{next(lists)}]}}"


def _written(word: str) -> str:
    """As it stands in a list of YAML."""
    plain = re.fullmatch(r"[^\W\d_][\w ]*\w|[^\W\d_]", word) and word not in ("null", "none")
    return word if plain else json.dumps(word, ensure_ascii=False)
