"""PostgreSQL's values through psycopg → text: what Python has no moment for, and whole columns as COPY writes them.

A column's text must say letter by letter what its values fetched row by row would say. So the types that PostgreSQL
writes as we do are taken over, three more are rewritten in Arrow, some are read cell by cell by psycopg's own readers,
and of any other type nothing is promised here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.sources.texts import column_text, to_text

# A column as COPY writes it, null where it is null → our text.
Reader: TypeAlias = Callable[[pa.Array], pa.Array]

_MOMENTS = ("date", "timestamp", "timestamptz")
_AS_WRITTEN = ("int2", "int4", "int8", "oid", "uuid", "date")
_ONE_BY_ONE = ("float4", "float8", "time", "timetz", "interval")

_MOMENT = r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)$"
# With a zone, in years that are Python's in every zone.
_YEAR = r"(?:000[2-9]|00[1-9]\d|0[1-9]\d\d|[1-8]\d{3}|9[0-8]\d\d|99[0-8]\d|999[0-8])"
_ZONED = rf"^{_YEAR}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{{1,6}})?[+-]\d\d(?::\d\d)?$"


def prepare_psycopg(connection: Any) -> None:
    """From now on this connection hands `infinity` and years beyond 9999 over as PostgreSQL's own text."""
    from psycopg import DataError
    from psycopg.adapt import Loader
    from psycopg.pq import Format

    def lenient(usual: type[Any]) -> type[Loader]:
        class Lenient(Loader):
            """As usual, but what can't be read is handed on as PostgreSQL writes it."""

            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._usual = usual(oid, context)

            def load(self, data: Any) -> Any:
                try:
                    return self._usual.load(data)
                except DataError:
                    return bytes(data).decode("ascii", "replace")

        return Lenient

    for name in _MOMENTS:
        oid = connection.adapters.types[name].oid
        usual = connection.adapters.get_loader(oid, Format.TEXT)
        if usual is not None:
            connection.adapters.register_loader(oid, lenient(usual))


def column_readers(connection: Any, oids: Iterable[int]) -> list[Reader] | None:
    """How to read each column of these types as COPY writes them through this connection of psycopg.

    None where one is of a type of which nothing is promised, or the session writes text or moments in a way of its own.
    """
    written = connection.info.parameter_status
    if connection.info.encoding != "utf-8" or written("server_encoding") == "SQL_ASCII":
        return None
    if not (written("DateStyle") or "").startswith("ISO"):
        return None
    readers = [_reader(connection, oid) for oid in oids]
    known = [reader for reader in readers if reader is not None]
    return known if len(known) == len(readers) else None


def _reader(connection: Any, oid: int) -> Reader | None:
    info = connection.adapters.types.get(oid)
    match info.name if info is not None and oid == info.oid else "":  # a list of its values bears the same name
        case "bool":
            return _booleans
        case "numeric":
            return _numbers
        case "timestamp":
            return _moments
        case "timestamptz":
            return functools.partial(_zoned_moments, load=_loader(connection, oid))
        case name if name in _ONE_BY_ONE:
            return functools.partial(_one_by_one, load=_loader(connection, oid))
        case name if name in _AS_WRITTEN:
            return _as_written
    return _as_written if _is_text(connection, oid) else None


def _loader(connection: Any, oid: int) -> Callable[[bytes], Any]:
    from psycopg.pq import Format

    load: Callable[[bytes], Any] = connection.adapters.get_loader(oid, Format.TEXT)(oid, connection).load
    return load


def _is_text(connection: Any, oid: int) -> bool:
    """Whether psycopg hands such values over as PostgreSQL writes them; so it does with those that it doesn't know."""
    from psycopg.pq import Format

    loaders = connection.adapters
    text = loaders.get_loader(loaders.types["text"].oid, Format.TEXT)
    return loaders.get_loader(oid, Format.TEXT) in (None, text)


def _as_written(column: pa.Array) -> pa.Array:
    return column.fill_null("")


def _booleans(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, "t"), "true", "false").fill_null("")


def _numbers(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, "NaN"), "", column).fill_null("")


def _moments(column: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(column, pattern=_MOMENT, replacement=r"\1T\2").fill_null("")


def _zoned_moments(column: pa.Array, *, load: Callable[[bytes], Any]) -> pa.Array:
    """In UTC. Offsets with seconds, as of days before there were zones, and years at the ends are read one by one."""
    usual = pc.match_substring_regex(column, pattern=_ZONED)
    moments = pc.if_else(usual, column, None).cast(pa.timestamp("us", "UTC"))
    texts = to_text(pa.chunked_array([moments]), name="").combine_chunks()
    if pc.all(usual).as_py() is not False:
        return texts
    others = _one_by_one(pc.if_else(usual, None, column), load=load)
    return pc.if_else(usual.fill_null(False), texts, others)


def _one_by_one(column: pa.Array, *, load: Callable[[bytes], Any]) -> pa.Array:
    """Each different value by psycopg's own reader."""
    cells = column.to_pylist()
    different = list(dict.fromkeys(cells))
    values = [None if cell is None else load(cell.encode()) for cell in different]
    texts = dict(zip(different, column_text(values, name="").to_pylist(), strict=True))
    return pa.array([texts[cell] for cell in cells], pa.string())
