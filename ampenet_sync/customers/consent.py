"""Who agreed to marketing, and who opted out, as the columns of the source say it. Who is texted: not decided here."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Customers, OptedOut
from ampenet_sync.config.consent import Words
from ampenet_sync.config.words import ZERO_DATES, folded
from ampenet_sync.customers.answers import Answers, read_answers
from ampenet_sync.customers.cells import content


def consents(table: pa.Table, mapped: Customers) -> pa.ChunkedArray:
    """Of rows with the source's columns, who agreed to marketing: only a clear yes is one."""
    consent = mapped.consent
    if consent is None or consent.column is None:
        return _everywhere(table, consent is not None)  # an attestation speaks for all
    return answers_in(table[consent.column], consent.words, mapped.null_words).yes


def have_left(column: pa.ChunkedArray, rule: OptedOut, null_words: Sequence[str]) -> pa.ChunkedArray:
    """Which cells of that column say that somebody is not to be texted: whatever is written does, but a clear no."""
    answers = answers_in(column, rule.words, null_words)
    return pc.or_(answers.yes, answers.unclear)


def answers_in(column: pa.ChunkedArray, words: Words, null_words: Sequence[str]) -> Answers:
    """What each cell says in these words. Each different cell is looked at once."""
    distinct = pc.unique(column)
    answers, rows = distinct_answers(distinct, words, null_words), pc.index_in(column, distinct)
    return Answers(*(truths.take(rows) for truths in (answers.yes, answers.no, answers.nothing, answers.unclear)))


def distinct_answers(cells: pa.Array, words: Words, null_words: Sequence[str]) -> Answers:
    """The same for cells as they are written. A word that is listed is none for nothing, whatever else it may be."""
    listed = {folded(word) for word in (*words.yes, *words.no)}
    nothing = [word for word in (*null_words, *ZERO_DATES) if folded(word) not in listed]
    answers = read_answers(content(pa.chunked_array([cells]), nothing), yes=words.yes, no=words.no)
    if not words.anything:
        return answers
    return Answers(pc.or_(answers.yes, answers.unclear), answers.no, answers.nothing, _nowhere(answers.unclear))


def _everywhere(table: pa.Table, value: bool) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(value, table.num_rows)])


def _nowhere(truths: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(False, len(truths))])
