"""A CSV file as it is, within gzip, or as members of a zip → streams of bytes that are those of a text."""

from __future__ import annotations

import errno
import gzip
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.kinds import HEAD, FileKind, kind_of
from ampenet_sync.sources.packed import Unpacked, open_zip

_TABLES = {".csv", ".tsv", ".tab", ".txt"}
_NO_DATA = {"Thumbs.db", "desktop.ini"}
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_AGAIN = "fetch it again; if it stays so, pack it anew"

_EXCEL = "save it as .xlsx and write xlsx: instead of csv:"
_UNPACK = "unpack it, or pack it as .gz or .zip"
_EXPORT = "export it as CSV UTF-8"
_WAYS_OUT = {
    FileKind.OLD_OFFICE: _EXCEL,
    FileKind.OLD_EXCEL: _EXCEL,
    FileKind.SQLITE: "write sql: {url: sqlite:///…, table: …}",
    FileKind.ARROW: _EXPORT + " or Parquet",
    **dict.fromkeys(
        (FileKind.BZIP2, FileKind.XZ, FileKind.ZSTD, FileKind.SEVEN_ZIP, FileKind.RAR, FileKind.TAR), _UNPACK
    ),
    FileKind.POINTER: "fetch it: git lfs pull",
    FileKind.PARQUET: "write parquet: instead of csv:",
    FileKind.SEALED_PARQUET: "write it without encryption, and parquet: instead of csv:",
    FileKind.PAGE: "look whether the download asked for a password; " + _EXPORT,
    FileKind.XML: f"{_EXPORT}; an XML spreadsheet: {_EXCEL}",
    FileKind.CARD: "export the contacts as CSV: in Google Contacts choose Export, Google CSV",
    FileKind.DUMP: "export the table as CSV (in phpMyAdmin: Export, format CSV), or read the database itself with sql:",
    FileKind.MAIL: "save the table attached to it, and name that",
}


@dataclass(frozen=True)
class Part:
    """One text file: what messages and rows call it, its bytes some at a time, and how many bytes on disk were read."""

    name: str
    chunks: Iterator[bytes]
    position: Callable[[], int]


def open_parts(path: Path, *, name: str, chunk: int) -> Iterator[Part]:
    """The file itself, or each CSV in a zip in the order of their names, one after the other.

    Raises SourceError `truncated_file`, `damaged_file`, `password`, `bad_archive`, `other_format` or `too_large`.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD)
        handle.seek(0)
        kind = kind_of(head)
        if kind is FileKind.ZIP:
            yield from _members(handle, name, chunk)
        elif kind is FileKind.GZIP:
            bound = Unpacked(path.stat().st_size, name)
            with gzip.GzipFile(fileobj=handle) as unpacked:
                yield Part(name, _chunks(unpacked, name, chunk, bound), handle.tell)
        else:
            yield Part(name, _chunks(handle, name, chunk), handle.tell)


def _members(handle: BinaryIO, name: str, chunk: int) -> Iterator[Part]:
    with _clear_errors(name):
        archive = open_zip(handle, name=name)
    size = handle.seek(0, os.SEEK_END)
    bound = Unpacked(size, name)
    with archive:
        members = _tables(archive, name)
        whole, done = sum(member.file_size for member in members), 0
        for member in members:
            place = f"{name}/{member.filename}"
            with _clear_errors(place):
                unpacked = archive.open(member)
            with unpacked:
                read = partial(_share_read, unpacked, done, whole, size)
                yield Part(place, _chunks(unpacked, place, chunk, bound), read)
            done += member.file_size


def _share_read(unpacked: IO[bytes], done: int, whole: int, size: int) -> int:
    """Of the archive's `size` bytes the share that the unpacked ones are of all."""
    return size * (done + unpacked.tell()) // max(whole, 1)


def _tables(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The CSV members sorted by name. Anything else beside them is an error: it may hold customers, too."""
    files = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
    names = [info.filename for info in files]
    if "[Content_Types].xml" in names:
        raise _other_format(name, "an Excel workbook or another Office file", hint="write xlsx: instead of csv:")
    if "mimetype" in names and "content.xml" in names:
        raise _other_format(name, "an OpenDocument file", hint=_EXCEL)
    tables = [info for info in files if _suffix(info) in _TABLES]
    others = sorted(info.filename for info in files if _suffix(info) not in _TABLES)
    if others or not tables:
        what = f"holds {others[0]}, which is no CSV" if others else "holds no CSV"
        raise SourceError(f"{name} {what}", code="bad_archive", hint="pack the CSV files alone, named .csv")
    if len(set(names)) < len(names):
        raise SourceError(f"{name} holds two files of one name", code="bad_archive", hint="pack it anew")
    for info in tables:
        _check_member(info, name)
    return sorted(tables, key=lambda info: info.filename)


def _check_member(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        message = f"{name}/{info.filename} is encrypted"
        raise SourceError(message, code="password", hint="pack it without a password")
    if info.compress_type not in _METHODS:
        message = f"{name}/{info.filename} is packed by method {info.compress_type}, which is not read"
        raise SourceError(message, code="bad_archive", hint="pack it with the usual method (deflate)")


def _suffix(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(info.filename).suffix.lower()


def _is_hidden(name: str) -> bool:
    """What macOS and file managers add."""
    path = PurePosixPath(name)
    return path.name in _NO_DATA or any(part == "__MACOSX" or part.startswith(".") for part in path.parts)


def _chunks(stream: IO[bytes] | gzip.GzipFile, name: str, chunk: int, bound: Unpacked | None = None) -> Iterator[bytes]:
    """The bytes, `chunk` at a time; the first are those of a text, or an error says what they seem to be."""
    first = True
    while True:
        with _clear_errors(name):
            data = stream.read(chunk)
        if first:
            _check_text(data[:HEAD], name)
        first = False
        if not data:
            return
        if bound:
            bound.add(len(data))
        yield data


def _check_text(head: bytes, name: str) -> None:
    """Raises SourceError `other_format` where the first bytes, once unpacked, are those of no text table."""
    kind = kind_of(head)
    if kind in (FileKind.ZIP, FileKind.GZIP):
        raise _other_format(name, "packed twice", hint="unpack it once")
    if kind is not None:
        raise _other_format(name, kind.value, hint=_WAYS_OUT.get(kind, _EXPORT))


def _other_format(name: str, what: str, *, hint: str) -> SourceError:
    return SourceError(f"{name} is no CSV: it seems to be {what}", code="other_format", hint=hint)


@contextmanager
def _clear_errors(name: str) -> Iterator[None]:
    """What gzip and zip say of a damaged file → SourceError. An error of the disk stays an OSError."""
    try:
        yield
    except EOFError:
        raise SourceError(
            f"{name} is cut off: it ends before its end mark", code="truncated_file", hint=_AGAIN
        ) from None
    except zipfile.BadZipFile as error:
        if "CRC" in str(error):
            raise _damaged(name) from None
        raise SourceError(f"{name} is a zip cut off or damaged", code="truncated_file", hint=_AGAIN) from None
    except (gzip.BadGzipFile, zlib.error, struct.error, ValueError, NotImplementedError, RuntimeError, LookupError):
        raise _damaged(name) from None
    except OSError as error:
        if error.errno == errno.EINVAL:  # a place before the file's beginning
            raise _damaged(name) from None
        raise


def _damaged(name: str) -> SourceError:
    return SourceError(
        f"{name} is damaged: its contents don't agree with their check sum", code="damaged_file", hint=_AGAIN
    )
