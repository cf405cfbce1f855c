"""What a file that was given as CSV seems to be by its first bytes. It reads no file and knows no more of a format."""

from __future__ import annotations

import re

from ampenet_sync.errors import SourceError

GZIP, ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
HEAD = 4096

_EXCEL = "save it as .xlsx and write xlsx: instead of csv:"
_UNPACK = "unpack it, or pack it as .gz or .zip"
_EXPORT = "export it as CSV UTF-8"
_CONTACTS = "export the contacts as CSV: in Google Contacts choose Export, Google CSV"
_DUMP = "export the table as CSV (in phpMyAdmin: Export, format CSV), or read the database itself with sql:"

# First bytes → what it is, and the way out.
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), or one with a password", _EXCEL),
    (b"SQLite format 3\0", "an SQLite database", "write sql: {url: sqlite:///…, table: …}"),
    (b"ARROW1\0\0", "an Arrow file", _EXPORT + " or Parquet"),
    (b"%PDF-", "a PDF", _EXPORT),
    (b"{\\rtf", "a text document (RTF)", _EXPORT),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\0", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "packed with 7-Zip", _UNPACK),
    (b"Rar!\x1a\x07", "packed with RAR", _UNPACK),
    (b"\x89PNG\r\n", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"version https://git-lfs.github.com/", "a pointer of Git LFS in the place of the file", "fetch it: git lfs pull"),
)
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1f]")
_PAGE = re.compile(rb"\s*<(!doctype|html|head|body|table|meta|style|script|!--)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_CARD = re.compile(rb"\s*BEGIN:\s*VCARD", re.IGNORECASE)
_CALENDAR = re.compile(rb"\s*BEGIN:\s*VCALENDAR", re.IGNORECASE)
_MAIL = re.compile(rb"(Return-Path:|Received:|Delivered-To:|MIME-Version:)[^,;\t\r\n]*\r?\n", re.IGNORECASE)
_SQL = re.compile(
    rb"\s*(--[^\n]*\n\s*)*(--[^\n]*\b(dump|sql)\b|/\*!\d+|(create|drop)[ ]+(table|database)[ ]+\S|"
    rb"insert[ ]+into[ ]+\S|set[ ]+\w+[ ]*=|begin([ ]+transaction)?;|start[ ]+transaction;|pragma[ ]+\w+[ ]*=)",
    re.IGNORECASE,
)
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"\]])')


def check_text(head: bytes, *, name: str) -> None:
    """Raises SourceError `other_format` where the first bytes of a file, once unpacked, are those of no text table."""
    for magic, what, hint in (*_MAGIC, *_more(head)):
        if head.startswith(magic):
            raise other_format(name, what, hint=hint)


def other_format(name: str, what: str, *, hint: str) -> SourceError:
    return SourceError(f"{name} is no CSV: it seems to be {what}", code="other_format", hint=hint)


def _more(head: bytes) -> list[tuple[bytes, str, str]]:
    """What a few bytes alone don't show, as further entries that fit."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    fits = (
        (head.startswith(b"PAR1") and _BINARY.search(head), "Parquet", "write parquet: instead of csv:"),
        (head.startswith((GZIP, *ZIP)), "packed twice", "unpack it once"),
        (head[257:262] == b"ustar", "a tar archive", _UNPACK),
        (_PAGE.match(text), "a web page (HTML)", "look whether the download asked for a password; " + _EXPORT),
        (_XML.match(text), "XML", _EXPORT + "; an XML spreadsheet: " + _EXCEL),
        (_JSON.match(text), "JSON", _EXPORT),
        (_CARD.match(text), "a file of contacts (vCard)", _CONTACTS),
        (_CALENDAR.match(text), "a calendar (iCalendar)", _EXPORT),
        (_SQL.match(text), "a dump of a database (SQL)", _DUMP),
        (_MAIL.match(text), "an e-mail", "save the table attached to it, and name that"),
    )
    return [(b"", what, hint) for found, what, hint in fits if found]
