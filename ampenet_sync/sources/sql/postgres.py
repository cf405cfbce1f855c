"""PostgreSQL's moments that Python has none for, `infinity` and years beyond 9999 → their own text."""

from __future__ import annotations

from typing import Any

_MOMENTS = ("date", "timestamp", "timestamptz")


def prepare_psycopg(connection: Any) -> None:
    """From now on this connection hands such moments over as text."""
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
