"""The beginning of a CSV file → its delimiter, quote and header. Where two readings are as likely, it asks."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csvcells import Header
from ampenet_sync.sources.csvrecords import Signs
from ampenet_sync.sources.header import check_is_header, check_names

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MAX_COLUMNS = 16_384  # as in a spreadsheet
SAMPLE_BYTES = 262_144
_SAMPLE_RECORDS = 200
_AGREE = 0.5  # a delimiter fits where more than this share of the records is as wide as the header
_TELLING = 5  # so many records must differ from the header before the header is blamed

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # a first line that Excel understands

Records = list[list[str]]


def find_signs(data: bytes, *, delimiter: str | None, quote: str | None, whole: bool, place: str) -> tuple[Signs, int]:
    """How cells are parted and quoted, and how many records stand before the header (a `sep=;`).

    `data` is the beginning of the file in UTF-8 from its first line that is not blank, at `place`, or all of it.
    Raises SourceError `unclear_delimiter`, `other_separator` or `bad_header`.
    """
    body = data[:SAMPLE_BYTES].decode("utf-8", "ignore")
    said = _SEPARATOR_LINE.match(body)
    if said and body[said.end() : said.end() + 1] in ("\r", "\n"):
        body, delimiter, skip = body[said.end() :].lstrip("\r\n"), delimiter or said[1], 1
    else:
        skip = 0
    quote = quote or _quote(body)
    samples = {
        sign: _sample(body, sign, quote, whole) for sign in {**DELIMITERS, **({delimiter: ""} if delimiter else {})}
    }
    found = _confirmed(delimiter, samples, place) if delimiter else _likeliest(samples, place)
    _check_wide_enough(samples[found], place)
    return Signs.of(found, quote), skip


def read_header(record: bytes, signs: Signs, *, place: str) -> Header:
    """The names as they are written; those without a name at the end are counted only.

    Raises SourceError `bad_header`, `no_header`, `missing_name` or `duplicate_column`.
    """
    text, options = record.decode("utf-8"), {"delimiter": chr(signs.delimiter), "quotechar": chr(signs.quote)}
    try:
        (cells,) = csv.reader(io.StringIO(text, newline=""), strict=True, **options)  # type: ignore[arg-type]
    except csv.Error:
        hint = "look for a stray quote in the first line"
        raise SourceError(f"{place}: the header can't be read", code="bad_header", hint=hint) from None
    named = len(cells)
    while named and not cells[named - 1].strip():
        named -= 1
    names = cells[:named]
    if len(cells) > MAX_COLUMNS or "\0" in text:
        what = (
            f"more than {MAX_COLUMNS} columns" if len(cells) > MAX_COLUMNS else "bytes in the header that are no text"
        )
        raise SourceError(f"{place}: {what}", code="bad_header", hint="look whether this file is the right one")
    check_is_header(cells, name=place)
    check_names(names or [""], name=place)
    return Header(names, len(cells) - named)


def _quote(body: str) -> str:
    """Double quotes, but where the whole first line stands in single ones."""
    line = (body.splitlines() or [""])[0]
    for sign in DELIMITERS:
        if all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in line.split(sign)):
            return "'"
    return '"'


def _sample(body: str, delimiter: str, quote: str, whole: bool) -> Records:
    """The first records that are not blank; one that the sample's end has cut is left out."""
    found: Records = []
    try:
        for cells in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, quotechar=quote):
            if cells:
                found.append(cells)
            if len(found) > _SAMPLE_RECORDS:
                break
    except csv.Error:  # a cell longer than the module takes
        return found
    return found[:-1] if len(found) > 1 and not (whole and len(body) < SAMPLE_BYTES) else found


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


def _check_wide_enough(sample: Records, place: str) -> None:
    """Most rows wider than the header: there is a title above it, or a name is missing."""
    rows = [len(cells) for cells in sample[1:]]
    if len(rows) < _TELLING:
        return
    width, count = Counter(rows).most_common(1)[0]
    if width > len(sample[0]) and count > _AGREE * len(rows):
        hint = "the first line must name every column; remove a title above it"
        message = f"{place}: {len(sample[0])} columns in the header, but {width} in most of the rows after it"
        raise SourceError(message, code="bad_header", hint=hint)
