"""What a `where` may cost for one row: letters it makes in passing, and steps of what looks at them one by one.

DuckDB neither counts them against its memory limit nor stops within them, so they are reckoned from its parse before.
Regular expressions are DuckDB's (RE2): they take time in proportion to the text, whatever the pattern, but for each
letter of it up to as many steps as the pattern has parts once its counts in braces are written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from ampenet_sync.config.bounds import CELL_LETTERS, WHERE_AT_ONCE, WHERE_MADE, WHERE_STEPS

Node = dict[str, Any]

VALUE: Final = 64  # letters of a number, a date or a yes as text, at the most
ITEM: Final = 16  # bytes that DuckDB keeps of each text in a list, beside its letters

_COUNTED = re.compile(r"\{(\d+)?,?(\d+)?\}")
_NOT_TEXT = frozenset(
    """
    + - * / // % ** ^ & << >> ~~ !~~ ~~* !~~* ~~~ @ like_escape not_like_escape ilike_escape not_ilike_escape
    abs ceil ceiling floor round trunc sign mod sqrt pow power fdiv fmod length len strlen position strpos instr
    contains starts_with prefix ends_with suffix regexp_matches regexp_full_match ascii unicode md5 chr levenshtein
    damerau_levenshtein jaccard jaro_winkler_similarity date_part datepart date_trunc datetrunc date_diff datediff
    date_sub datesub date_add year month day dayofmonth dayofweek isodow dayofyear week weekofyear quarter hour minute
    second last_day monthname dayname make_date strptime try_strptime to_years to_months to_weeks to_days to_hours
    to_minutes to_seconds list_contains list_has array_contains
    """.split()  # noqa: SIM905 - a page of words reads better than a page of quotes
)
_SHORT_TYPES = frozenset(
    """
    boolean bool tinyint smallint integer int int1 int2 int4 int8 bigint long short signed hugeint utinyint usmallint
    uinteger ubigint uhugeint float float4 float8 real double decimal numeric dec date time timestamp timestamptz
    timestamp_s timestamp_ms timestamp_ns interval uuid
    """.split()  # noqa: SIM905
)
_TEXT_TYPES = frozenset({"varchar", "text", "string", "char", "bpchar"})
_EITHER = frozenset({"OPERATOR_COALESCE", "ARRAY_EXTRACT", "ARRAY_SLICE"})
_SHOWN = {"~~": "like", "!~~": "not like", "~~*": "ilike", "!~~*": "not ilike", "~~~": "glob"}
_LIKE = frozenset(_SHOWN)
_LIKE_ESCAPE = frozenset({"like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"})
_PATTERN = frozenset({"regexp_matches", "regexp_full_match", "regexp_extract", "regexp_replace"})
_EDITS = frozenset({"levenshtein", "damerau_levenshtein", "jaro_winkler_similarity"})
_ACCENTS = frozenset({"strip_accents", "nfc_normalize"})
_CUT = frozenset({"left", "right"})


class Fault(Exception):
    """What is wrong with the expression, before its segment and its place in ampenet.yaml are known.

    `unknown` is the column that isn't there, `hint` the way out.
    """

    def __init__(self, message: str, *, unknown: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.unknown = unknown
        self.hint = hint


@dataclass(frozen=True)
class Cost:
    """Of one row at the most: letters that are made, all parts of the expression together, and steps."""

    made: int
    steps: int


def cost(nodes: list[Node], cell: int = CELL_LETTERS) -> Cost:
    """Of an expression whose `nodes` are in any order in which a part comes before what is inside it, where no cell has
    more than `cell` letters. Raises Fault where it is over the bounds, or can't be reckoned."""
    letters: dict[int, int] = {}
    made = steps = 0
    for node in reversed(nodes):
        parts = _Parts(node, letters, cell)
        took, kept = parts.steps(), parts.letters()
        if took > WHERE_STEPS:
            raise _too_slow(parts)
        if kept > WHERE_MADE:
            raise _too_long(parts.name or "it", kept, WHERE_MADE)
        letters[id(node)], steps = kept, steps + took
        made += 0 if node["class"] == "COLUMN_REF" else kept
    if made > WHERE_AT_ONCE:
        raise _too_long("all of it", made, WHERE_AT_ONCE)
    return Cost(made, steps)


class _Parts:
    """One node, with what is known of the nodes inside it."""

    def __init__(self, node: Node, letters: dict[int, int], cell: int) -> None:
        self.node, self.cell = node, cell
        self.name = str(node.get("function_name", "")).lower()
        self.inner = list(_inner(node))
        self.sizes = [letters[id(part)] for part in self.inner]

    def letters(self) -> int:
        """How long the text may be that comes out."""
        match self.node["class"]:
            case "COLUMN_REF":
                return max(self.cell, VALUE)
            case "CONSTANT":
                return len(str(self.node["literal"]["text"] or ""))
            case "FUNCTION":
                return _made_by(self)
            case "CAST":
                return self._cast()
            case "CASE" | "COLLATE":
                return sum(self.sizes)
            case "OPERATOR" if self.node["type"] in _EITHER:
                return sum(self.sizes)
        return VALUE

    def steps(self) -> int:
        """How many of the steps that one letter after the other takes."""
        if self.name in _PATTERN:
            return self.size(0) * _pattern_parts(self.text(1))
        if self.name in _LIKE | _LIKE_ESCAPE | _EDITS:
            return self.size(0) * self.size(1)
        return self.size(0) ** 2 // ITEM if self.name in _ACCENTS else 0

    def size(self, at: int) -> int:
        return self.sizes[at] if at < len(self.sizes) else 0

    def number(self, at: int) -> int:
        """A number that stands there as one; else how often a text is repeated can't be reckoned."""
        value = self.constant(at, "INTEGER")
        if value is None:
            raise Fault(f"the number in {self.name} has to stand there as a number, such as 20")
        return int(value)

    def text(self, at: int) -> str:
        value = self.constant(at, "STRING")
        if value is None:
            raise Fault(f"the pattern in {self.name} has to stand there as a text in quotes")
        return value

    def constant(self, at: int, kind: str) -> str | None:
        part = self.inner[at] if at < len(self.inner) else None
        if part is None or part["class"] != "CONSTANT" or part["literal"]["kind"] != kind:
            return None
        return str(part["literal"]["text"])

    def _cast(self) -> int:
        kind = str(self.node["type_expr"].get("type_name", "")).lower()
        if kind in _SHORT_TYPES:
            return VALUE
        return max(self.size(0) * (1 if kind in _TEXT_TYPES else ITEM), VALUE)


def _made_by(parts: _Parts) -> int:
    """Of a function; one that has no rule of its own makes no more than it is given."""
    if parts.name == "damerau_levenshtein":
        return 8 * (parts.size(0) + 1) * (parts.size(1) + 1)  # a table of numbers
    if parts.name in _NOT_TEXT:
        return VALUE
    rule = _RULES.get(parts.name)
    return rule(parts) if rule else sum(parts.sizes) + VALUE


def _repeated(parts: _Parts) -> int:
    return parts.size(0) * max(parts.number(1), 0)


def _padded(parts: _Parts) -> int:
    return max(parts.number(1), 0)


def _cut(parts: _Parts) -> int:
    """The count is the last argument; a negative one counts from the other end."""
    count = parts.constant(len(parts.inner) - 1, "INTEGER")
    short = count is not None and int(count) >= 0 and len(parts.inner) > (1 if parts.name in _CUT else 2)
    return min(parts.size(0), int(count or 0)) if short else parts.size(0)


def _replaced(parts: _Parts) -> int:
    old = parts.constant(1, "STRING")
    return parts.size(0) + parts.size(0) // max(len(old or ""), 1) * parts.size(2)


def _matches_replaced(parts: _Parts) -> int:
    new, text = parts.size(2), parts.size(0)
    options = parts.constant(3, "STRING")
    if len(parts.inner) < 4 or (options is not None and "g" not in options):
        return text + new + text * (parts.constant(2, "STRING") or "\\" * new).count("\\")
    return 2 * (text + 1) * max(new, 1)


def _split(parts: _Parts) -> int:
    """A list of its letters, where it is cut at nothing."""
    return parts.size(0) * (ITEM + 2)


def _listed(parts: _Parts) -> int:
    return 2 * sum(parts.sizes) + ITEM * len(parts.sizes)  # twice: quotes and brackets of the list as text


def _joined(parts: _Parts) -> int:
    return sum(parts.sizes) + parts.size(0) * len(parts.sizes)


def _dated(parts: _Parts) -> int:
    return max(parts.sizes, default=0) * ITEM


_RULES: dict[str, Callable[[_Parts], int]] = {
    "repeat": _repeated,
    "lpad": _padded,
    "rpad": _padded,
    "left": _cut,
    "right": _cut,
    "substr": _cut,
    "substring": _cut,
    "replace": _replaced,
    "regexp_replace": _matches_replaced,
    "string_split": _split,
    "str_split": _split,
    "split": _split,
    "list_value": _listed,
    "row": _listed,
    "concat_ws": _joined,
    "strftime": _dated,
    "split_part": lambda parts: parts.size(0),
    "regexp_extract": lambda parts: parts.size(0) * (ITEM + 2) if len(parts.inner) > 3 else parts.size(0),
    "strip_accents": lambda parts: 3 * parts.size(0),
    "nfc_normalize": lambda parts: 3 * parts.size(0),
}


def _pattern_parts(pattern: str) -> int:
    """Of a regular expression with its counts in braces written out."""
    counts = (max(int(low or 1), int(high or 1)) for low, high in _COUNTED.findall(pattern))
    return (len(pattern) + 1) * prod(max(count, 1) for count in counts)


def _inner(node: Node) -> Iterator[Node]:
    """The expressions directly inside, in their order; names and types aren't among them."""
    for key, value in node.items():
        if key == "type_expr":
            continue
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                continue
            if "class" in part:
                yield part
            elif key in ("arguments", "case_checks"):
                yield from (inner for inner in part.values() if isinstance(inner, dict) and "class" in inner)


def _too_long(what: str, made: int, bound: int) -> Fault:
    message = f"{what} may make {made:,} letters of one row; at most {bound:,} are made"
    return Fault(message, hint="shorten what it is made of, as with left(column, 100)")


def _too_slow(parts: _Parts) -> Fault:
    shown = " and ".join(f"{size:,}" for size in parts.sizes[: 1 if parts.name in _PATTERN | _ACCENTS else 2])
    name = _SHOWN.get(parts.name, parts.name)
    message = f"{name} takes too long for a text of {shown} letters; at most {WHERE_STEPS:,} steps are taken"
    way = "a shorter pattern, or smaller counts in its braces, or left(column, 100)"
    return Fault(message, hint=f"write {way if parts.name in _PATTERN else 'left(column, 100) in it'}")
