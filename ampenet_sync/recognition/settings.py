"""What was recognised → settings: in memory for one import, or the text of a whole ampenet.yaml. Nothing is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow.compute as pc

from ampenet_sync.config import Source
from ampenet_sync.config.columnwords import meaning_of, with_meaning
from ampenet_sync.config.starter import GROUP, MESSAGE, NAMELESS, line, scalar, starter
from ampenet_sync.config.types import Kind
from ampenet_sync.config.words import NULL_WORDS
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.typed import read_typed
from ampenet_sync.recognition.columns import Recognised, Recognition, Role
from ampenet_sync.recognition.look import Look

# What an import goes by. Consent is about messages, and an import makes contacts only.
CHOSEN: Final[tuple[Role, ...]] = ("phone", "key", "first_name", "last_name", "region", "opted_out")

# An import only ever adds and corrects, and a file may well be shorter than the last one of that name.
LIMITS: Final = {"source_shrink": "none", "quarantined": "50%"}

_TYPES: Final[tuple[Kind, ...]] = ("integer", "number", "date", "boolean")
_COUNTED: Final = r"^0\d"  # a code such as 0012 is no number
_LISTED: Final = 12  # columns without a use that are named
_ZONE: Final = "Africa/Dar_es_Salaam"


def customers_of(recognition: Recognition, source: Source) -> dict[str, Any]:
    """The section `customers` of a configuration, for an import."""
    columns: dict[str, Any] = {role: seen.column for role, seen in recognition.columns.items() if role in CHOSEN}
    return {"source": source, **columns}


def import_settings(recognition: Recognition, source: Source, *, group: str) -> dict[str, Any]:
    """Sections of a configuration that keeps these customers in one group, and deletes nobody there."""
    segment = {"group": {"name": group}, "mode": "upsert", "limits": LIMITS}
    return {"customers": customers_of(recognition, source), "segments": {segment_name(group): segment}}


def segment_name(group: str) -> str:
    """The same for each import into one group, so that the ledger knows what it made there: `import-wateja-3f9a2b`."""
    plain = re.sub(r"[^a-z0-9]+", "-", group.casefold()).strip("-")[:32].strip("-")
    digest = hashlib.sha256(group.encode()).hexdigest()[:6]
    return "-".join(part for part in ("import", plain, digest) if part)


def starter_for(
    recognition: Recognition,
    look: Look,
    source: Source,
    *,
    region: str,
    countries: Sequence[str],
    group: str | None = None,
) -> str:
    """A whole ampenet.yaml for the file, which loads as it is; its only segment is kept in `group`."""
    named = {"first_name", "last_name"} & recognition.columns.keys()
    message = MESSAGE if "first_name" in named else NAMELESS
    lines = "".join(f"{text}\n" for text in _customer_lines(recognition, look, source))
    return starter(lines, region=region, countries=countries, message=message, group=group or GROUP)


def _customer_lines(recognition: Recognition, look: Look, source: Source) -> Iterator[str]:
    """The section `customers`, each line with what it rests on."""
    yield line(f"source: {{{_source(source)}}}", f"looked at {_rows(recognition)}")
    for role, words in _WORDS.items():
        seen = recognition.columns.get(role)
        if seen is not None:
            yield line(f"{role}: {scalar(seen.column)}", f"{_rests_on(seen, recognition)}; {words[0]}")
        elif role == "key" and (called := with_meaning("key", look.headings)):
            yield line(f"# key: {scalar(called[0])}", "blank in some row, or twice the same: the phone is the key")
        elif words[1]:
            yield line(f"# {role}: …", words[1])
    used = {seen.column for seen in recognition.columns.values()}
    rest = [name for name in look.headings if name not in used]
    fields = [f"{tag}: {scalar(name)}" for tag, name in _fields(rest)]
    types = [f"{scalar(name)}: {kind}" for name in rest if (kind := _type(look, name))]
    if fields:
        yield line(f"# fields: {{{', '.join(fields)}}}", "more variables for messages")
    if types:
        yield line(f"# types: {{{', '.join(types)}}}", "for `where`; everything else is text")
    if rest:
        more = f" and {len(rest) - _LISTED} more" if len(rest) > _LISTED else ""
        yield line(f"# not used: {', '.join(map(scalar, rest[:_LISTED]))}{more}")


# Key → what it is for, and what is said where no column was recognised.
_WORDS: Final[dict[Role, tuple[str, str]]] = {
    "key": (
        "a changed number stays the same customer",
        "no column is called like an id, so the phone is the key",
    ),
    "phone": ("the number to text", ""),
    "first_name": ("{{ first_name }} in messages", "no column of names was recognised"),
    "last_name": ("{{ last_name }} in messages", ""),
    "region": ("the country of each number", "a column with TZ, KE … where numbers are of several countries"),
    "consent": (
        "the column that says yes to marketing (yes, true, 1, ndiyo)",
        "the column that says yes to marketing; without it nobody gets any",
    ),
    "opted_out": (
        "who left is not texted",
        "a column that says who left: a yes or a date there, and nobody is texted",
    ),
}
_FIELDS: Final = {"city": "CITY", "email": "EMAIL", "birthday": "BIRTHDAY"}


def _rests_on(seen: Recognised, recognition: Recognition) -> str:
    """How many cells fit, and which other columns might be meant."""
    others = f", not {' or '.join(scalar(name) for name, _ in seen.others)}" if seen.others else ""
    return f"{seen.fits:,} of {recognition.rows:,}{others}"


def _rows(recognition: Recognition) -> str:
    if recognition.rows == 1:
        return "the only row"
    return f"{'all' if recognition.whole else 'the first'} {recognition.rows:,} rows"


def _source(source: Source) -> str:
    """What stands between the braces of customers.source."""
    written = source.model_dump(mode="json", exclude_none=True)
    return ", ".join(f"{key}: {scalar(str(value))}" for key, value in written.items())


def _fields(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Tag → the first column that means it."""
    for meaning, tag in _FIELDS.items():
        for name in names:
            if meaning_of(name) == meaning:
                yield tag, name
                break


def _type(look: Look, name: str) -> Kind | None:
    """The first type that every filled cell is of; None for text."""
    cells = pc.utf8_trim_whitespace(content(look.table[name], NULL_WORDS))
    filled = cells.filter(pc.not_equal(cells, ""))
    if not len(filled) or pc.any(pc.match_substring_regex(filled, _COUNTED)).as_py():
        return None
    return next((kind for kind in _TYPES if not pc.any(read_typed(filled, kind, zone=_ZONE).bad).as_py()), None)
