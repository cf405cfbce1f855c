"""Files called .xlsx that are broken, foreign or meant to do harm, made in code: name → bytes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sources.excel.workbooks import MAIN, sheet, text_row, workbook, zipped

TABLE = text_row(1, "id", "phone") + "".join(text_row(n, str(n), f"0712{n:06d}") for n in range(2, 200))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LAUGHS = "<!DOCTYPE x [" + '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def malformed_xlsx() -> dict[str, bytes]:
    """Each must end in one clear SourceError."""
    good = workbook(sheet(TABLE))
    return {
        "empty.xlsx": b"",
        "locked.xlsx": OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512),
        "old.xlsx": OLE + "Workbook".encode("utf-16-le") + bytes(512),
        "older.xlsx": b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(512),
        "binary.xlsx": zipped({"_rels/.rels": "", "xl/workbook.bin": b"\x83\x01"}),
        "open_document.xlsx": zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
        "page.xlsx": b"<html><table><tr><td>id</td><td>phone</td></tr></table></html>",
        "spreadsheetml.xlsx": b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>',
        "text.xlsx": b"id,phone\n1,0712345678\n",
        "contacts.xlsx": b"BEGIN:VCARD\r\nTEL:0712345678\r\nEND:VCARD\r\n",
        "utf16_text.xlsx": "id\tphone\n1\t0712345678\n".encode("utf-16"),
        "parquet.xlsx": _parquet(),
        "zip.xlsx": zipped({"customers.csv": "id,phone\n1,2\n"}),
        "half.xlsx": good[: len(good) // 2],
        "flipped.xlsx": _flipped(good),
        "sealed_zip.xlsx": _sealed(good),
        "no_sheet_part.xlsx": workbook(sheet(TABLE), parts={"xl/_rels/workbook.xml.rels": "<Relationships/>"}),
        "half_xml.xlsx": workbook(sheet(TABLE)[:4000]),
        "no_xml.xlsx": workbook("id,phone"),
        "no_such_text.xlsx": workbook(sheet(TABLE + '<row r="900"><c r="A900" t="s"><v>7</v></c></row>')),
        "rows_twice.xlsx": workbook(sheet(TABLE + text_row(7, "7", "0712345678"))),
        "cells_twice.xlsx": workbook(
            sheet(TABLE + '<row r="900"><c r="B900"><v>1</v></c><c r="B900"><v>2</v></c></row>')
        ),
        "row_of_nobody.xlsx": workbook(sheet(TABLE + '<row r="900"><c r="B901"><v>1</v></c></row>')),
        "row_too_far.xlsx": workbook(sheet(TABLE + '<row r="99999999999"><c><v>1</v></c></row>')),
        "laughs.xlsx": workbook(f"{LAUGHS}]>" + sheet(text_row(1, "id") + text_row(2, "&a9;"))),
        "laughing_strings.xlsx": workbook(
            sheet(TABLE), parts={"xl/sharedStrings.xml": f'{LAUGHS}]><sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'}
        ),
        "bomb.xlsx": workbook(sheet(TABLE + "<row/>" * 25_000_000)),
        "text_bomb.xlsx": workbook(sheet(text_row(1, "id") + text_row(2, "x" * 60_000_000))),
        "attribute_bomb.xlsx": workbook(sheet(TABLE + f'<row r="900" x="{"x" * 60_000_000}"/>')),
        "strings_bomb.xlsx": workbook(
            sheet(TABLE),
            parts={"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{"x" * 60_000_000}</t></si></sst>'},
        ),
        "styles_bomb.xlsx": workbook(
            sheet(TABLE), parts={"xl/styles.xml": "<styleSheet>" + "<xf/>" * 4_000_000 + "</styleSheet>"}
        ),
        "no_heading.xlsx": workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>')),
        "no_rows.xlsx": workbook(sheet(text_row(1, "id", "phone"))),
        "nothing.xlsx": workbook(sheet("")),
        "same_names.xlsx": workbook(sheet(text_row(1, "id", "id") + text_row(2, "1", "2"))),
        "two_sheets.xlsx": workbook(sheet(TABLE), sheet(TABLE)),
        "hidden_rows.xlsx": workbook(sheet(TABLE + text_row(900, "900", "0712345678", attributes='hidden="1"'))),
    }


def _flipped(data: bytes) -> bytes:
    """One byte of the sheet's packed bytes is another; the checksum tells."""
    at = data.index(b"xl/worksheets/sheet1.xml") + 400
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def _sealed(data: bytes) -> bytes:
    """Every part says that it is encrypted."""
    changed = bytearray(data)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            changed[at + offset] |= 1
            at = data.find(sign, at + 1)
    return bytes(changed)


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), sink)
    return sink.getvalue()
