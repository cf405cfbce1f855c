"""Column names of a source: each of them once, the same ones in every file. What the columns hold is not looked at."""

from __future__ import annotations

from ampenet_sync.errors import SourceError


def check_names(names: list[str], *, name: str) -> None:
    """Raises SourceError `duplicate_column` where a name stands twice."""
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        written = ", ".join(column or "(no name)" for column in twice)
        hint = "rename or remove one of them: nobody can tell which one is meant"
        raise SourceError(f"{name}: columns of the same name: {written}", code="duplicate_column", hint=hint)


def check_same(first: tuple[str, list[str]], other: tuple[str, list[str]], *, line: int = 1) -> None:
    """Raises SourceError `other_header` where a further file (name, columns) has other columns or another order."""
    if first[1] == other[1]:
        return
    there = ", ".join(first[1])
    message = f"{other[0]}:{line}: other columns than in {first[0]}: {', '.join(other[1])}; there: {there}"
    raise SourceError(message, code="other_header", hint="all files of one source need the same header")
