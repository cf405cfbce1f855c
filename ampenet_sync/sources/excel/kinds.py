"""The first bytes of a file called .xlsx → nothing, or an error that says what it is instead. No part is read."""

from __future__ import annotations

import codecs
import zipfile
from typing import BinaryIO

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.kinds import HEAD, FileKind, kind_of
from ampenet_sync.sources.packed import open_zip

_OLE_LOOK = 1 << 26  # bytes of an old container in which the sign of a password is looked for
_MARKS = codecs.BOM_UTF8 + codecs.BOM_UTF16_LE
_AS_XLSX = "open it in Excel or LibreOffice, save it as .xlsx (Excel Workbook) and give that"
_INSTEAD = {
    FileKind.PARQUET: ("a Parquet file", "write customers.source as {parquet: …}"),
    FileKind.CARD: (FileKind.CARD.value, "export the contacts as CSV, and write csv: instead of xlsx:"),
}


def check_kind(stream: BinaryIO, *, name: str) -> None:
    """Raises SourceError: `password`, `other_format`, `empty_source` or `bad_xlsx`; leaves the stream at its start."""
    start = stream.read(HEAD)
    if not start:
        hint = "look whether the export went wrong; an empty file is never taken for an empty list"
        raise SourceError(f"{name} is an empty file", code="empty_source", hint=hint)
    match kind_of(start):
        case FileKind.ZIP:
            _check_zip(stream, name)
        case FileKind.OLD_OFFICE:
            raise _ole(start + stream.read(_OLE_LOOK), name)
        case kind:
            raise _other(start, kind, name)
    stream.seek(0)


def locked(name: str) -> SourceError:
    hint = "open it in Excel, take the password away (File, Info, Protect Workbook), save it and give that"
    return SourceError(f"{name} is locked with a password", code="password", hint=hint)


def _check_zip(stream: BinaryIO, name: str) -> None:
    try:
        with open_zip(stream, name=name) as archive:
            parts = {part.replace("\\", "/").lower() for part in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        hint = "it was cut off or changed on its way; copy or export it anew"
        raise SourceError(f"{name} is damaged: its end is missing", code="bad_xlsx", hint=hint) from None
    if "mimetype" in parts or "content.xml" in parts:
        raise _format(name, "an OpenDocument file (.ods)", _AS_XLSX)
    if "xl/workbook.bin" in parts:
        raise _format(name, "a binary workbook (.xlsb)", _AS_XLSX)
    if "_rels/.rels" not in parts or not any(part.startswith("xl/") for part in parts):
        raise _format(name, "a zip file without a workbook", "unpack it, and give the .xlsx or the csv inside")


def _ole(data: bytes, name: str) -> SourceError:
    """The container of old Office files, and of new ones that are locked."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return locked(name)
    return _format(name, FileKind.OLD_EXCEL.value, _AS_XLSX)


def _other(start: bytes, kind: FileKind | None, name: str) -> SourceError:
    """Of texts the letters alone count, as some are written in UTF-16."""
    text = start.lstrip(_MARKS + b" \t\r\n\0").replace(b"\0", b"").lower()
    if text.startswith(b"<"):
        page = b"<html" in text or b"<table" in text or b"<!doctype html" in text
        return _format(name, FileKind.PAGE.value if page else "an XML file", _AS_XLSX)
    kind = kind or kind_of(text)
    if kind is not None:
        return _format(name, *_INSTEAD.get(kind, (kind.value, _AS_XLSX)))
    if _is_text(start):
        return _format(name, "plain text, as CSV is", "write customers.source as {csv: …}")
    return _format(name, "no workbook", _AS_XLSX)


def _is_text(start: bytes) -> bool:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start[2:].replace(b"\0", b"")
    return not any(byte < 9 or 13 < byte < 27 for byte in start)


def _format(name: str, kind: str, hint: str) -> SourceError:
    return SourceError(f"{name} is {kind}, not an .xlsx workbook", code="other_format", hint=hint)
