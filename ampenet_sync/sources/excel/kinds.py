"""The first bytes of a file called .xlsx → nothing, or an error that says what it is instead. No part is read."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.packed import open_zip

_OLE, _OLE_LOOK = b"\xd0\xcf\x11\xe0", 1 << 26
_AS_XLSX = "open it in Excel or LibreOffice, save it as .xlsx (Excel Workbook) and give that"


def check_kind(stream: BinaryIO, *, name: str) -> None:
    """Raises SourceError: `password`, `other_format`, `empty_source` or `bad_xlsx`; leaves the stream at its start."""
    start = stream.read(4096)
    if not start:
        hint = "look whether the export went wrong; an empty file is never taken for an empty list"
        raise SourceError(f"{name} is an empty file", code="empty_source", hint=hint)
    if start.startswith(b"PK"):
        _check_zip(stream, name)
    elif start.startswith(_OLE):
        raise _ole(start + stream.read(_OLE_LOOK), name)
    else:
        raise _other(start, name)
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
    return _format(name, "an old workbook (.xls)", _AS_XLSX)


def _other(start: bytes, name: str) -> SourceError:
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").replace(b"\0", b"").lower()
    if text.startswith(b"<"):
        page = b"<html" in text or b"<table" in text or b"<!doctype html" in text
        return _format(name, "a web page (HTML)" if page else "an XML file", _AS_XLSX)
    if start[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"):
        return _format(name, "an old workbook (.xls)", _AS_XLSX)
    if start.startswith(b"PAR1"):
        return _format(name, "a Parquet file", "write customers.source as {parquet: …}")
    if text.startswith(b"begin:vcard"):
        return _format(
            name, "a file of contacts (vCard)", "export the contacts as CSV, and write csv: instead of xlsx:"
        )
    if _is_text(start):
        return _format(name, "plain text, as CSV is", "write customers.source as {csv: …}")
    return _format(name, "no workbook", _AS_XLSX)


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        start = start[2:].replace(b"\0", b"")
    return not any(byte < 9 or 13 < byte < 27 for byte in start)


def _format(name: str, kind: str, hint: str) -> SourceError:
    return SourceError(f"{name} is {kind}, not an .xlsx workbook", code="other_format", hint=hint)
