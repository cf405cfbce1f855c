"""The beginning of a CSV file → its delimiter, quote and escapes. Where two readings are as likely, it asks."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from ampenet_sync.config import Source
from ampenet_sync.config.unseen import is_blank
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csv.escapes import has_escapes, hidden_sample
from ampenet_sync.sources.csv.records import Signs, count_lines
from ampenet_sync.sources.header import DELIMITERS, LOOK_FOR_HEADING, find_heading_row, nearest_heading_row

SAMPLE_BYTES = 262_144
_SAMPLE_RECORDS = 200
_AGREE = 0.5  # a delimiter fits where more than this share of the records is as wide as the header

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # a first line that Excel understands

Records = list[list[str]]


@dataclass(frozen=True)
class Form:
    """How cells are parted and quoted, and how many records stand before any heading (a `sep=;`).

    `escaped` is whether backslashes escape what follows; None where none of the first records tells.
    """

    signs: Signs
    skip: int
    escaped: bool | None


def find_form(data: bytes, source: Source, *, needed: frozenset[str], line: int, whole: bool, name: str) -> Form:
    """`data` is the beginning of the file in UTF-8 from its first line that is not blank, or all of it.

    The heading is known by the `needed` columns, or by `source.header_row`; without both it is the first record.
    Raises SourceError `unclear_delimiter`, `other_separator` or `unclear_escape`.
    """
    sample = data[:SAMPLE_BYTES].decode("utf-8", "ignore")
    body, sign, skip = _after_separator_line(sample, source.delimiter)
    line += count_lines(sample[: len(sample) - len(body)].encode())
    sampling = _Sampling(needed, source.header_row, line, whole and len(body) < SAMPLE_BYTES)
    quote = source.quote or _quote(body, sampling)
    place, some = f"{name}:{line}", Signs.of(sign or ",", quote)
    escaped = None if source.escape is None else source.escape != "none"
    if escaped is None and "\\" in body:
        hidden = hidden_sample(body.encode(), some).decode()
        signs = Signs.of(_delimiter(hidden, quote, sign, sampling, place), quote)
        escaped = has_escapes(body.encode(), signs, name=name, line=line, whole=sampling.whole)
    if escaped:
        body = hidden_sample(body.encode(), some).decode()
    return Form(Signs.of(_delimiter(body, quote, sign, sampling, place), quote), skip, escaped)


@dataclass(frozen=True)
class _Sampling:
    """By what the heading is known in a sample, where its first line is in the file, and whether it is the whole."""

    needed: frozenset[str]
    header_row: int | None
    line: int
    whole: bool


def _after_separator_line(body: str, delimiter: str | None) -> tuple[str, str | None, int]:
    match = _SEPARATOR_LINE.match(body)
    if match and body[match.end() : match.end() + 1] in ("\r", "\n"):
        return body[match.end() :].lstrip("\r\n"), delimiter or match[1], 1
    return body, delimiter, 0


def _delimiter(body: str, quote: str, wanted: str | None, sampling: _Sampling, place: str) -> str:
    signs = {**DELIMITERS, **({wanted: ""} if wanted else {})}
    tables = {sign: _table(_sample(body, sign, quote, sampling), sampling.needed) for sign in signs}
    if wanted:
        return _confirmed(wanted, tables, place)
    return _likeliest(_naming_most(tables, sampling.needed), place)


def _quote(body: str, sampling: _Sampling) -> str:
    """Double quotes, but where the whole heading stands in single ones."""
    lines = body.splitlines()[: LOOK_FOR_HEADING if sampling.needed else 1]
    for at, line in enumerate(lines):
        for cells in (line.split(sign) for sign in DELIMITERS):
            if all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells):
                inside = [cell[1:-1] for cell in cells]
                if not at or find_heading_row([inside], sampling.needed) is not None:
                    return "'"
    return '"'


def _sample(body: str, delimiter: str, quote: str, sampling: _Sampling) -> Records:
    """The first records that are not blank, from `header_row` on; one that the sample's end has cut is left out."""
    records: Records = []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, quotechar=quote)
    begins = sampling.line
    try:
        for cells in reader:
            if cells and begins >= (sampling.header_row or 0):
                records.append(cells)
            begins = sampling.line + reader.line_num
            if len(records) > _SAMPLE_RECORDS:
                break
    except csv.Error:  # a cell longer than the module takes
        return records
    return records[:-1] if len(records) > 1 and not sampling.whole else records


def _table(sample: Records, needed: frozenset[str]) -> Records:
    """The records from the heading on: the row that names all needed columns, else most, else one as wide as most."""
    if not needed or not sample:
        return sample
    first = sample[:LOOK_FOR_HEADING]
    at = find_heading_row(first, needed)
    at = nearest_heading_row(first, needed) if at is None else at
    return sample[at if at is not None else first_usual(first) :]


def first_usual(rows: Records) -> int:
    """The first of the rows that are as wide as most, blank ones aside."""
    widths = [0 if all(map(is_blank, cells)) else len(cells) for cells in rows]
    usual = Counter(width for width in widths if width).most_common(1)
    return widths.index(usual[0][0]) if usual else 0


def _naming_most(tables: dict[str, Records], needed: frozenset[str]) -> dict[str, Records]:
    """Those delimiters by which the heading names most of the needed columns; all where it makes no difference."""
    named = {sign: _named(table, needed) for sign, table in tables.items()}
    return {sign: table for sign, table in tables.items() if named[sign] == max(named.values())}


def _named(table: Records, needed: frozenset[str]) -> int:
    return sum(find_heading_row(table[:1], frozenset({column})) is not None for column in needed)


def _fits(sample: Records) -> float:
    """The share of records that are as wide as a header of more than one column."""
    rows = [len(cells) for cells in sample[1:]]
    return rows.count(len(sample[0])) / len(rows) if rows and len(sample[0]) > 1 else 0.0


def _likeliest(samples: dict[str, Records], place: str) -> str:
    wide = {sign: _fits(sample) for sign, sample in samples.items() if sample and len(sample[0]) > 1}
    if not wide:
        return ","
    fitting = [sign for sign, share in wide.items() if share > _AGREE] or [
        sign for sign, share in wide.items() if share == max(wide.values())
    ]
    if len(fitting) == 1 or all(len(sample) < 2 for sample in samples.values()):
        return fitting[0]
    words = " or ".join(DELIMITERS[sign] for sign in fitting)
    hint = f'write delimiter: "{fitting[0]}" (or another one) beside csv'.replace("\t", "\\t")
    message = f"{place}: the columns may be separated by {words}"
    raise SourceError(message, code="unclear_delimiter", hint=hint)


def _confirmed(delimiter: str, samples: dict[str, Records], place: str) -> str:
    """A configured delimiter that isn't there, while another one is, was not meant."""
    if samples[delimiter] and len(samples[delimiter][0]) == 1:
        for sign, word in DELIMITERS.items():
            if _fits(samples[sign]) > _AGREE:
                hint = "leave customers.source.delimiter out: it is recognised"
                message = f"{place}: the columns are separated by {word}, not by the delimiter of ampenet.yaml"
                raise SourceError(message, code="other_separator", hint=hint)
    return delimiter
