"""Whether a statement is one query by its own syntax. It is a first look: the transaction and the account are the lock.

A server judges too late: MariaDB carries out `call p()` and `begin not atomic …` and then says that no rows came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ampenet_sync.errors import SourceError

QUERIES: Final = ("select", "with", "table", "values")
ALWAYS_WRITING: Final = ("insert", "update", "delete")  # also as the name of a column: then it goes into quotes
WRITING: Final = ("insert", "update", "delete", "merge", "replace")

_WORD: Final = r"(?P<word>[^\W\d][\w$]*)|(?P<sign>[();])"
_BLANK: Final = r"(?P<blank>\s+|--[^\n]*|/\*(?:.|\n)*?\*/)"
_PLAIN: Final = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_ESCAPED: Final = r"'(?:[^'\\]|''|\\.)*'"
_DOUBLE: Final = r"\"(?:[^\"\\]|\"\"|\\.)*\""
_DOLLARS: Final = r"\$(?P<tag>\w*)\$(?:.|\n)*?\$(?P=tag)\$"
_MYSQL: Final = (
    # There `/*!` begins code, and `--` a comment only before a blank.
    r"(?P<code>/\*M?!)|(?P<blank>\s+|--(?=\s|$)[^\n]*|\#[^\n]*|/\*(?:.|\n)*?\*/)|"
    rf"(?P<text>{_ESCAPED}|{_DOUBLE}|`(?:[^`]|``)*`)|{_WORD}"
)
_PARTS: Final = {
    "postgresql": rf"{_BLANK}|(?P<text>[eE]{_ESCAPED}|{_PLAIN}|{_DOLLARS})|{_WORD}",
    "sqlite": rf"{_BLANK}|(?P<text>{_PLAIN}|`[^`]*`|\[[^\]]*\])|{_WORD}",
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
}
_COMMENT: Final = re.compile(r"/\*|\*/")
_READERS: Final = {name: re.compile(parts + r"|(?P<other>.)", re.DOTALL) for name, parts in _PARTS.items()}


class _Part(NamedTuple):
    kind: str
    text: str
    at: int


def check_query(query: str, backend: str) -> None:
    """Raises SourceError `bad_query` where it is no query, or more than one, or one that writes or locks, with line and
    column. Statements of a database that isn't known here pass, as long as they begin like a query."""
    parts = [part for part in _parts(query, backend) if part.kind != "blank"]
    first = next((part for part in parts if part.text != "("), None)
    if first is None or first.text.lower() not in QUERIES:
        word = f"{first.text[:30]!r}" if first else "nothing"
        raise _refused(query, first, f"it begins with {word}; a query begins with {', '.join(QUERIES).upper()}")
    for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        if why := _why_not(before, part, after):
            raise _refused(query, part, why)


def _why_not(before: _Part | None, part: _Part, after: _Part | None) -> str:
    word = part.text.lower() if part.kind == "word" else ""
    follows = after.text.lower() if after is not None else ""
    if part.kind == "code":
        return "a comment that begins with /*! is code"
    if part.text == ";" and after is not None:
        return "a second statement follows the semicolon"
    if word == "into":
        return "INTO writes the rows somewhere"
    begins = before is not None and before.text in ("(", ")")
    if word in WRITING and follows != "(" and (begins or word in ALWAYS_WRITING):
        return f"{word.upper()} writes"
    if (word == "for" and follows in ("update", "share", "no", "key")) or (word == "lock" and follows == "in"):
        return "it locks rows, which others wait for"
    return ""


def _parts(query: str, backend: str) -> Iterator[_Part]:
    reader, at = _READERS.get(backend, _READERS["postgresql"]), 0
    while match := reader.match(query, at):
        at = match.end()
        if backend == "postgresql" and match[0].startswith("/*"):
            at = _after_comment(query, match.start())
        kind = "text" if match.lastgroup == "tag" else match.lastgroup or "other"
        yield _Part(kind, match[0], match.start())


def _after_comment(query: str, at: int) -> int:
    """PostgreSQL's comments may stand inside each other; where one doesn't end, the query does."""
    depth = 0
    for mark in _COMMENT.finditer(query, at):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(query)


def _refused(query: str, part: _Part | None, why: str) -> SourceError:
    before = query[: part.at] if part else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    message = f"customers.source.sql.query, line {line}, column {column}: {why}"
    hint = "write one SELECT that reads; quote a column that has such a name. A source is never written to"
    return SourceError(message, code="bad_query", hint=hint)
