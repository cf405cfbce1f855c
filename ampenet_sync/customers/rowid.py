"""A name for a row as it stands in the source, so that a repaired copy of it finds it again. It changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyarrow as pa

_DIGITS = 16
_FIRST = str.maketrans("0123456789", "abcdefabcd")  # no spreadsheet takes it for a number, such as 1234567890123e45


def row_ids(source: pa.Table, written: Iterable[str]) -> list[str]:
    """For each row 16 hexadecimal digits over the names and values of the source's columns, and the row as written.

    The first of them is a letter. Rows that are the same letter by letter have the same name.
    """
    names = "\0".join(source.column_names).encode()
    columns = [column.to_pylist() for column in source.columns]
    rows = zip(*columns, strict=True) if columns else iter(())
    return [_name(names, (*cells, text)) for cells, text in zip(rows, written, strict=True)]


def _name(names: bytes, values: tuple[str, ...]) -> str:
    hasher = hashlib.sha256(names)
    for value in values:
        data = value.encode()
        hasher.update(len(data).to_bytes(8, "little") + data)
    digits = hasher.hexdigest()[:_DIGITS]
    return digits[0].translate(_FIRST) + digits[1:]
