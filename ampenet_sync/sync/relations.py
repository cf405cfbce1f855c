"""A database of DuckDB for one question: the tables that it reads, and the queries that stand in .sql files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb


_SECTION = re.compile(r"^--@ (.+)$", re.M)
_REPEATED = re.compile(r"(EACH|ANY|ALL)\[\[(.*?)\]\]", re.S)
_JOINT = {"ANY": (" OR ", "false"), "ALL": (" AND ", "true")}

MEMORY = "1GB"  # beyond it DuckDB goes on in files of the folder handed in


@contextmanager
def database(folder: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory within the block; `folder`, which is private, takes what memory can't."""
    import duckdb  # slow to import

    db = duckdb.connect(":memory:", config={"temp_directory": str(folder or ""), "memory_limit": MEMORY})
    try:
        for setting in ("preserve_insertion_order = false", "python_enable_replacements = false"):
            db.execute(f"SET {setting}")
        yield db
    finally:
        db.close()


class Relation(Protocol):
    """Something that can be handed to a query under a name."""

    def hand_in(self, db: duckdb.DuckDBPyConnection, name: str) -> None: ...


@dataclass(frozen=True)
class InMemory:
    """An Arrow table."""

    table: pa.Table

    def hand_in(self, db: duckdb.DuckDBPyConnection, name: str) -> None:
        db.register(name, self.table)


@dataclass(frozen=True)
class Set:
    """Texts, each once, in one column, v."""

    texts: Collection[str]

    def hand_in(self, db: duckdb.DuckDBPyConnection, name: str) -> None:
        db.register(name, pa.table({"v": pa.array(sorted(self.texts), pa.string())}))


@dataclass(frozen=True)
class InFile:
    """A Parquet file. `columns`: name in the query → column of the file, None for null; `rows`: the numbers (int64,
    from 0) of those rows that are meant, None for all."""

    path: Path
    columns: Mapping[str, str | None]
    rows: Any = None  # pyarrow.Array

    def hand_in(self, db: duckdb.DuckDBPyConnection, name: str) -> None:
        chosen = ", ".join(f"{_source(column)} AS {_quoted(alias)}" for alias, column in self.columns.items())
        view = f"SELECT {chosen} FROM read_parquet({_text(self.path)}, file_row_number = true)"  # noqa: S608 - quoted
        if self.rows is not None:
            db.register(f"{name}_rows", pa.table({"number": self.rows}))
            view += f" SEMI JOIN {name}_rows ON number = file_row_number"
        db.execute(f"CREATE TEMP VIEW {name} AS {view}")


def _source(column: str | None) -> str:
    return "NULL::VARCHAR" if column is None else _quoted(column)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    """A path as DuckDB takes it for one file: signs that would make a pattern of it stand for themselves."""
    literal = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return "'" + literal.replace("'", "''") + "'"


def section(file: str, name: str, fields: tuple[str, ...]) -> str:
    """A section of the file. `EACH[[…]]` in it stands for the text once for each field, where FIELD is its name,
    `ANY[[…]]` for whether it holds for one of them, `ALL[[…]]` for whether it does for all."""

    def repeat(match: re.Match[str]) -> str:
        texts = [match[2].replace("FIELD", name) for name in fields]
        if match[1] == "EACH":
            return ", ".join(texts)
        joint, of_none = _JOINT[match[1]]
        return "(" + (joint.join(texts) or of_none) + ")"

    return _REPEATED.sub(repeat, _sections(file)[name])


@cache
def _sections(file: str) -> dict[str, str]:
    _, *parts = _SECTION.split(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))
