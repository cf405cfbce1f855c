"""How large the pages of a Parquet file are, from their own headers, before any of them is unpacked.

What a file says of itself at its end may be a lie; a reader takes as much memory as the header before each page says.
The headers are Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md),
their fields stand in https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (PageHeader).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow.parquet as pq

from ampenet_sync.config.bounds import PAGE_BYTES, PAGES
from ampenet_sync.errors import SourceError

_FIRST_LOOK, _HEADER_BYTES = 1 << 12, 1 << 20  # bytes of a header: most of them, and one with long statistics
_READ_AHEAD = 1 << 20  # bytes of a column held at a time, however large a row group is
_DEEPEST = 16  # structures inside each other

# Fields of PageHeader; the last two are structures whose first field is the number of values.
_UNPACKED, _PACKED, _DATA, _DATA_2 = 2, 3, 5, 8

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
_WHOLE = (4, 5, 6)


@dataclass(frozen=True)
class Page:
    """`rows` that a page holds (0: it is a dictionary) in so many bytes, unpacked."""

    rows: int
    size: int


class Unreadable(Exception):
    """Bytes that are no header of a page."""


def open_parquet(handle: BinaryIO, *, dictionaries: Sequence[str] = ()) -> pq.ParquetFile:
    """Columns named by `dictionaries` stay packed: each different text once, and for each row which one."""
    return pq.ParquetFile(
        handle, buffer_size=_READ_AHEAD, page_checksum_verification=True, read_dictionary=list(dictionaries)
    )


def pages_of(handle: BinaryIO, metadata: pq.FileMetaData, columns: Sequence[str], *, name: str) -> list[list[Page]]:
    """The pages of each of these flat columns in the order of the rows.

    Raises SourceError `too_large` where one unpacks to more than PAGE_BYTES, and Unreadable.
    """
    pages: dict[str, list[Page]] = {column: [] for column in columns}
    for group in range(metadata.num_row_groups):
        for at in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(at)
            if chunk.path_in_schema in pages and chunk.num_values:
                place = f"{name}: column {chunk.path_in_schema}, row group {group + 1}"
                pages[chunk.path_in_schema] += _checked(_pages(handle, chunk), place)
    return list(pages.values())


def _checked(pages: Iterator[Page], place: str) -> Iterator[Page]:
    hint = "export the customers alone, with the settings that the program has by default"
    for count, page in enumerate(pages, start=1):
        if page.size > PAGE_BYTES:
            message = f"{place}: a page of {page.size >> 20} MB, unpacked; at most {PAGE_BYTES >> 20} MB are read"
            raise SourceError(message, code="too_large", hint=hint)
        if count > PAGES:
            raise SourceError(f"{place}: more than {PAGES:,} pages", code="too_large", hint=hint)
        yield page


def _pages(handle: BinaryIO, chunk: pq.ColumnChunkMetaData) -> Iterator[Page]:
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        at = min(at, chunk.dictionary_page_offset)
    end = at + chunk.total_compressed_size
    while at < end:
        header = _header_at(handle, at)
        yield Page(header.rows, header.unpacked)
        at += header.length + header.packed


def _header_at(handle: BinaryIO, at: int) -> _Header:
    for length in (_FIRST_LOOK, _HEADER_BYTES):
        handle.seek(at)
        try:
            return _Header(handle.read(length))
        except IndexError:
            continue
    raise Unreadable


class _Header:
    """One PageHeader: how long it is, and the sizes it names."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.unpacked = self.packed = -1
        self.rows = 0
        for field, kind in self._fields():
            if field == _UNPACKED and kind in _WHOLE:
                self.unpacked = self._number()
            elif field == _PACKED and kind in _WHOLE:
                self.packed = self._number()
            elif field in (_DATA, _DATA_2) and kind == _STRUCT:
                self.rows = self._first_number()
            else:
                self._skip(kind, 0)
        self.length = self._at
        if self.unpacked < 0 or self.packed < 0 or self.rows < 0 or self.length > len(data):
            raise Unreadable

    def _fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of a structure; whoever asks reads the value before the next one."""
        field = 0
        while (head := self._byte()) != _STOP:
            field = field + (head >> 4) if head >> 4 else self._number()
            yield field, head & 0x0F

    def _first_number(self) -> int:
        """The first field of a structure, which is passed over to its end."""
        number = -1
        for field, kind in self._fields():
            if field == 1 and kind in _WHOLE:
                number = self._number()
            else:
                self._skip(kind, 1)
        return number

    def _skip(self, kind: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise Unreadable
        if kind in (_TRUE, _FALSE):
            return
        if kind == _STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth + 1)
        elif kind in (_LIST, _SET):
            self._skip_list(depth)
        elif kind == _BINARY:
            length = self._plain_number()
            self._at += length
        elif kind in (_BYTE, _DOUBLE):
            self._at += 1 if kind == _BYTE else 8
        elif kind in _WHOLE:
            self._plain_number()
        else:
            raise Unreadable  # no field of a page's header is a map

    def _skip_list(self, depth: int) -> None:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._plain_number()
        if count > len(self._data):
            raise Unreadable
        for _ in range(count):
            self._skip(_BYTE if head & 0x0F in (_TRUE, _FALSE) else head & 0x0F, depth + 1)

    def _number(self) -> int:
        """Zigzag: 0, -1, 1, -2, …"""
        value = self._plain_number()
        return (value >> 1) ^ -(value & 1)

    def _plain_number(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Unreadable

    def _byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte
