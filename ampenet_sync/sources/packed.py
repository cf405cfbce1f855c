"""The bounds of packed files: how many files a zip may list, and how much may be unpacked. No format is known here."""

from __future__ import annotations

import os
import re
import zipfile
from typing import BinaryIO

from ampenet_sync.config.bounds import PACKED_FREE, PACKED_RATIO, ROWS_FREE, ZIP_LISTED, ZIP_MEMBERS
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.kinds import ZIP_END

_END, _END64 = re.compile(ZIP_END), re.compile(rb"PK\x06\x06")
_TAIL = (1 << 16) + 200  # bytes in which a zip says where its list is: a comment of 64 KB may follow
_LOOK = "look what is in it; a list of customers packs to a tenth of its size"


def open_zip(handle: BinaryIO, *, name: str) -> zipfile.ZipFile:
    """Raises SourceError `too_large` before a list of files is read that is too long, or where they lie over each
    other; zipfile.BadZipFile and its like where it is damaged."""
    size = handle.seek(0, os.SEEK_END)
    handle.seek(max(size - _TAIL, 0))
    listed = _listed_bytes(handle.read())
    if listed > ZIP_LISTED:
        raise _refusal(f"{name}: the list of its files has {listed:,} bytes; at most {ZIP_LISTED:,} are read")
    handle.seek(0)
    archive = zipfile.ZipFile(handle)
    members = archive.infolist()
    if len(members) > ZIP_MEMBERS:
        raise _refusal(f"{name}: it holds {len(members):,} files; at most {ZIP_MEMBERS:,} are read")
    if sum(member.compress_size for member in members) > size:
        raise _refusal(f"{name}: its files lie over each other: together they are larger than it is")
    return archive


class Unpacked:
    """What came out of one packed file so far, all its members together."""

    def __init__(self, size: int, name: str) -> None:
        self._bytes, self._name = 0, name
        self._most = max(PACKED_FREE, PACKED_RATIO * size)

    def add(self, count: int) -> None:
        """Raises SourceError `too_large`."""
        self._bytes += count
        if self._bytes > self._most:
            raise _refusal(
                f"{self._name}: it unpacks to more than {self._most >> 20:,} MB; that much are read of a file "
                f"of its size ({PACKED_RATIO} times it, or {PACKED_FREE >> 20} MB)"
            )


def check_rows(rows: int, size: int, *, name: str) -> None:
    """Each customer has another phone, so a row takes a byte of the file at least. Raises SourceError `too_large`."""
    if rows > max(ROWS_FREE, size):
        message = f"{name}: {rows:,} rows in {size:,} bytes can't be different customers"
        raise SourceError(message, code="too_large", hint="look whether the export went wrong")


def _listed_bytes(tail: bytes) -> int:
    """As every place says that may be the end of a zip: one of them is what will be believed."""
    short = [int.from_bytes(tail[end.start() + 12 : end.start() + 16], "little") for end in _END.finditer(tail)]
    long = [int.from_bytes(tail[end.start() + 40 : end.start() + 48], "little") for end in _END64.finditer(tail)]
    return max([size for size in short if size != 0xFFFFFFFF] + long, default=0)


def _refusal(message: str) -> SourceError:
    return SourceError(message, code="too_large", hint=_LOOK)
