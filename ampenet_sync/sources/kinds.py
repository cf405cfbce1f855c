"""What a file is by its first bytes: one table for all readers. What to do about it each of them says itself."""

from __future__ import annotations

import codecs
import re
from enum import Enum
from typing import Final

HEAD: Final = 4096  # first bytes that are looked at
ZIP_END: Final = b"PK\x05\x06"  # of a zip with nothing in it, and at the end of any


class FileKind(Enum):
    """What people call it."""

    ZIP = "a zip file"
    GZIP = "packed with gzip"
    PARQUET = "Parquet"
    SEALED_PARQUET = "encrypted Parquet"
    OLD_OFFICE = "an old Excel workbook (.xls), or one with a password"
    OLD_EXCEL = "an old workbook (.xls)"
    SQLITE = "an SQLite database"
    ARROW = "an Arrow file"
    PDF = "a PDF"
    RICH_TEXT = "a text document (RTF)"
    BZIP2 = "packed with bzip2"
    XZ = "packed with xz"
    ZSTD = "packed with zstd"
    SEVEN_ZIP = "packed with 7-Zip"
    RAR = "packed with RAR"
    TAR = "a tar archive"
    PICTURE = "a picture"
    POINTER = "a pointer of Git LFS in the place of the file"
    PAGE = "a web page (HTML)"
    XML = "XML"
    JSON = "JSON"
    CARD = "a file of contacts (vCard)"
    CALENDAR = "a calendar (iCalendar)"
    DUMP = "a dump of a database (SQL)"
    MAIL = "an e-mail"


_FIRST_BYTES: Final = (
    (b"PK\x03\x04", FileKind.ZIP),
    (ZIP_END, FileKind.ZIP),
    (b"PK\x07\x08", FileKind.ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLD_OFFICE),
    # Excel 2 to 5 without a container: what kind of record follows, and how long it is.
    *(
        (bytes([9, version, length, 0]), FileKind.OLD_EXCEL)
        for version, length in ((0, 4), (2, 6), (4, 6), (8, 8), (8, 16))
    ),
    (b"SQLite format 3\0", FileKind.SQLITE),
    (b"ARROW1\0\0", FileKind.ARROW),
    (b"%PDF-", FileKind.PDF),
    (b"{\\rtf", FileKind.RICH_TEXT),
    (b"BZh", FileKind.BZIP2),
    (b"\xfd7zXZ\0", FileKind.XZ),
    (b"\x28\xb5\x2f\xfd", FileKind.ZSTD),
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"\x89PNG\r\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"version https://git-lfs.github.com/", FileKind.POINTER),
)
# Such letters may well begin a text: only with bytes behind them that no text has are they a sign.
_WITH_BINARY: Final = ((b"PAR1", FileKind.PARQUET), (b"PARE", FileKind.SEALED_PARQUET))
_BINARY: Final = re.compile(rb"[\0-\x08\x0e-\x1f]")
_TAR: Final = slice(257, 262), b"ustar"

_TEXTS: Final = (
    (re.compile(rb"\s*<(!doctype|html|head|body|table|meta|style|script|!--)", re.IGNORECASE), FileKind.PAGE),
    (re.compile(rb"\s*<\?xml", re.IGNORECASE), FileKind.XML),
    (re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"\]])'), FileKind.JSON),
    (re.compile(rb"\s*BEGIN:\s*VCARD", re.IGNORECASE), FileKind.CARD),
    (re.compile(rb"\s*BEGIN:\s*VCALENDAR", re.IGNORECASE), FileKind.CALENDAR),
    (
        re.compile(
            rb"\s*(--[^\n]*\n\s*)*(--[^\n]*\b(dump|sql)\b|/\*!\d+|(create|drop)[ ]+(table|database)[ ]+\S|"
            rb"insert[ ]+into[ ]+\S|set[ ]+\w+[ ]*=|begin([ ]+transaction)?;|start[ ]+transaction;|pragma[ ]+\w+[ ]*=)",
            re.IGNORECASE,
        ),
        FileKind.DUMP,
    ),
    (
        re.compile(
            rb"(Return-Path:|Received:|Delivered-To:|MIME-Version:)[^,;\t\r\n]*\r?\n",
            re.IGNORECASE,
        ),
        FileKind.MAIL,
    ),
)


def kind_of(head: bytes) -> FileKind | None:
    """By the first HEAD bytes; None for a text of no other kind, such as a CSV, and for what isn't known here."""
    for sign, kind in _FIRST_BYTES:
        if head.startswith(sign):
            return kind
    for sign, kind in _WITH_BINARY:
        if head.startswith(sign) and _BINARY.search(head):
            return kind
    place, sign = _TAR
    if head[place] == sign:
        return FileKind.TAR
    text = head.removeprefix(codecs.BOM_UTF8)
    return next((kind for looks, kind in _TEXTS if looks.match(text)), None)
