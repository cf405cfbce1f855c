"""CSV files that are broken, cut off or something else, made in code: name → bytes and what they must end in."""

from __future__ import annotations

import io
import random
import sqlite3

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from tests.sources.excel.workbooks import sheet, text_row, workbook

HEAD = b"id,phone,name\n"
ROWS = b"".join(b"k%d,0712%06d,Asha\n" % (n, n) for n in range(40))
MANY = b"k1,0712345678,Asha\n" * 300_000  # more than one block

Case = tuple[bytes, str]


def malformed_csv() -> dict[str, Case]:
    """Each with the fault of its worst row, or the code of its one error."""
    return {**_rows(), **_quotes(), **_headers(), **_encodings(), **_foreign(), **_huge()}


def _rows() -> dict[str, Case]:
    return {
        "too_few.csv": (HEAD + ROWS + b"k,0712345678\n" + ROWS, "ragged_row"),
        "too_many.csv": (HEAD + ROWS + b"k,0712345678,A,B\n" + ROWS, "ragged_row"),
        "unquoted_comma.csv": (HEAD + b"k1,0712345678,Street 1, Dar\n" + ROWS, "ragged_row"),
        "spaces_only.csv": (HEAD + ROWS + b"   \n" + ROWS, "ragged_row"),
        "dos_end.csv": (HEAD + ROWS + b"\x1a\n", "ragged_row"),
        "total_line.csv": (HEAD + ROWS + b"Total: 40\n", "ragged_row"),
        "one_long_row.csv": (HEAD + ROWS + b"," * 5000 + b"\n" + ROWS, "ragged_row"),
        "ragged_in_a_later_block.csv": (HEAD + MANY + b"k\n" + ROWS, "ragged_row"),
        "all_ragged.csv": (HEAD + b"k,0712345678\n" * 200_000, "ragged_row"),
        "stray_old_mac_end.csv": (HEAD + ROWS + b"k1,0712\r345678,Asha\n" + ROWS, "ragged_row"),
        "nul.csv": (HEAD + ROWS + b"k,07123\x0045678,A\n" + ROWS, "unreadable_bytes"),
        "nuls_instead_of_a_row.csv": (HEAD + ROWS + b"\0,\0\0\0,\0\n" + ROWS, "unreadable_bytes"),
        "nul_hole.csv": (HEAD + ROWS + bytes(500) + b"\n" + ROWS, "ragged_row"),
        "long_cell.csv": (HEAD + b"k,0712345678," + b"x" * 32_768 + b"\n" + ROWS, "cell_too_long"),
        "long_quoted_cell.csv": (HEAD + b'k,0712345678,"' + b"x\n" * 20_000 + b'"\n' + ROWS, "cell_too_long"),
        "cell_under_no_name.csv": (b"id,phone,\n1,0712345678,\n2,0712345678,x\n3,0712345678,\n", "ragged_row"),
        "no_rows.csv": (HEAD, "empty_source"),
        "blank_lines.csv": (b"\n\r\n\n", "empty_source"),
        "blanks.csv": (b"\n  \n\t\n", "empty_source"),
        "empty.csv": (b"", "empty_source"),
        "mark_only.csv": (b"\xef\xbb\xbf", "empty_source"),
        "cut_in_a_row.csv": (HEAD + ROWS + b"k41,07", "truncated_file"),
        "cut_in_a_later_block.csv": (HEAD + MANY + b"k41,07", "truncated_file"),
        "cut_in_the_header.csv": (b"id,pho", "empty_source"),
    }


def _quotes() -> dict[str, Case]:
    return {
        "quote_never_closed.csv": (HEAD + b'k,"0712345678,A\n' + ROWS, "open_quote"),
        "quote_swallows_a_row.csv": (HEAD + b'k,"0712345678,A\nk2,"0712345679",B\n' + ROWS, "open_quote"),
        "quote_swallows_blocks.csv": (HEAD + b'k,"0712345678,A\n' + MANY + b'k,"0712345679",B\n', "open_quote"),
        "quote_in_the_header.csv": (b'id,"phone,name\n' + ROWS, "open_quote"),
        "text_after_a_quote.csv": (HEAD + b'k,"0712345678"x,A\n' + ROWS, "ragged_row"),
        "space_after_a_quote.csv": (HEAD + b'k,"0712345678" ,A\n' + ROWS, "ragged_row"),
        "undoubled_quotes.csv": (HEAD + b'k,0712345678,"Asha "Mama" Juma"\n' + ROWS, "ragged_row"),
        "half_escaped_by_backslash.csv": (
            HEAD + b'k,0712345678,"Asha \\"Mama\\" Juma"\nk,,A\\B\n' + ROWS,
            "ragged_row",
        ),
        "apostrophes_half_escaped.csv": (HEAD + b"k,0712345678,O\\'Neil\nk,,A\\B\n" + ROWS, "unclear_escape"),
        "apostrophe_escaped_in_a_later_block.csv": (HEAD + b"k,,A\\B\n" + MANY + b"k,,O\\'Neil\n", "unclear_escape"),
        "cut_in_a_quoted_cell.csv": (HEAD + ROWS + b'k,"0712', "open_quote"),
        "broken_header.csv": (b'id,"phone"x,name\n' + ROWS, "bad_header"),
        "single_quotes_broken.csv": (b"'id','phone'\n'k','0712345678'x\n'k','0712345679'\n", "ragged_row"),
    }


def _headers() -> dict[str, Case]:
    return {
        "no_header.csv": (ROWS, "no_header"),
        "no_header_international.csv": (b"k,+255 712 345 678\n" * 4, "no_header"),
        "no_header_mail.csv": (b"k,asha@example.org\n" * 4, "no_header"),
        "same_name_twice.csv": (b"id,phone,phone\n1,2,3\n", "duplicate_column"),
        "name_missing.csv": (b"id,,phone\n1,2,3\n", "missing_name"),
        "index_without_name.csv": (b",id,phone\n0,1,2\n1,2,3\n", "missing_name"),
        "no_names.csv": (b",,\n1,2,3\n", "missing_name"),
        "blank_name.csv": (b"id, ,phone\n1,2,3\n", "missing_name"),
        "title_above.csv": (b"Customers\n" + HEAD + ROWS, "bad_header"),
        "title_with_comma_above.csv": (b"Customers, 2026\n" + HEAD + ROWS, "bad_header"),
        "name_missing_at_the_end.csv": (b"id,phone\n" + ROWS, "bad_header"),
        "nul_in_the_header.csv": (b"id,pho\0ne\n1,2\n", "bad_header"),
        "too_many_columns.csv": (b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n", "bad_header"),
        "two_delimiters.csv": (b"id;a,name\n1;x,y\n2;x,y\n", "unclear_delimiter"),
        "no_header_but_a_rule.csv": (b"=====\n" + HEAD + ROWS, "bad_header"),
    }


def _encodings() -> dict[str, Case]:
    text = "id,phone,name\n" + "k1,0712345678,Zoë Müller\n" * 40
    good = text.encode()
    return {
        "cp1252.csv": (text.encode("cp1252"), "bad_encoding"),
        "mac_roman.csv": (text.replace("ë", "è").encode("mac_roman"), "bad_encoding"),
        "one_bad_byte.csv": (good + b"k2,0712345678,Zo\xeb\n" + good, "bad_encoding"),
        "bad_byte_in_a_later_block.csv": (HEAD + MANY + b"k2,0712345678,Zo\xeb\n", "bad_encoding"),
        "utf16_without_mark.csv": (text.encode("utf-16-le"), "bad_encoding"),
        "utf16_be_without_mark.csv": (text.encode("utf-16-be"), "bad_encoding"),
        "utf32_without_mark.csv": (text.encode("utf-32-le"), "bad_encoding"),
        "utf16_odd.csv": (text.encode("utf-16")[:-1], "truncated_file"),
        "utf16_half_pair.csv": (b"\xff\xfe" + "id,name\n1,".encode("utf-16-le") + b"\x00\xd8\n\0", "bad_encoding"),
        "surrogates.csv": (HEAD + b"k,0712345678,\xed\xa0\x80\n", "bad_encoding"),
        "overlong.csv": (HEAD + b"k,0712345678,\xc0\xaf\n", "bad_encoding"),
        "cut_in_a_letter.csv": (good[: good.rindex("ü".encode()) + 1], "truncated_file"),
        "noise.csv": (random.Random(1).randbytes(50_000), "bad_encoding"),
    }


def _foreign() -> dict[str, Case]:
    return {
        "workbook.csv": (workbook(sheet(text_row(1, "id", "phone"))), "other_format"),
        "old_workbook.csv": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "other_format"),
        "parquet.csv": (_parquet(), "other_format"),
        "arrow.csv": (_arrow(), "other_format"),
        "database.csv": (_database(), "other_format"),
        "page.csv": (b"<!DOCTYPE html><html><body>Log in</body></html>", "other_format"),
        "table_page.csv": (b"\xef\xbb\xbf\n <table><tr><td>id</td></tr></table>", "other_format"),
        "xml.csv": (b'<?xml version="1.0"?><Workbook></Workbook>', "other_format"),
        "json.csv": (b'[{"id": 1, "phone": "0712345678"}]', "other_format"),
        "json_lines.csv": (b'{"id": 1, "phone": "0712345678"}\n{"id": 2}\n', "other_format"),
        "pdf.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "other_format"),
        "bzip2.csv": (b"BZh91AY&SY" + bytes(100), "other_format"),
        "contacts.csv": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Asha\r\nTEL:0712345678\r\nEND:VCARD\r\n", "other_format"),
        "contacts_below_a_mark.csv": (b"\xef\xbb\xbf\nbegin:vcard\nTEL:0712345678\n", "other_format"),
        "calendar.csv": (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "other_format"),
        "mysql_dump.csv": (b"-- MySQL dump 10.13\n--\n\nCREATE TABLE c (id int);\n", "other_format"),
        "phpmyadmin_dump.csv": (b"-- phpMyAdmin SQL Dump\n-- version 5.2.1\n\nSET SQL_MODE = 'x';\n", "other_format"),
        "sqlite_dump.csv": (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "other_format"),
        "inserts.csv": (b"INSERT INTO `c` VALUES (1,'0712345678'),(2,'0712345679');\n", "other_format"),
        "pointer.csv": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0a\n", "other_format"),
        "mail.csv": (b"Return-Path: <asha@example.org>\r\nSubject: list\r\n\r\n", "other_format"),
        "zstd.csv": (b"\x28\xb5\x2f\xfd" + bytes(100), "other_format"),
    }


def _huge() -> dict[str, Case]:
    return {
        "one_line.csv": (HEAD + b"x" * 60_000_000, "record_too_long"),
        "one_header.csv": (b"x," * 20_000_000, "record_too_long"),
        "many_delimiters.csv": (HEAD + b"," * 60_000_000 + b"\n", "record_too_long"),
        "many_quotes.csv": (HEAD + b'"' * 30_000_000 + b"\n", "record_too_long"),
        "many_blank_lines.csv": (b"\n" * 30_000_000, "empty_source"),
        "nuls.csv": (bytes(30_000_000), "record_too_long"),
        "record_in_one_block.csv": (HEAD + b'k,0712345678,"' + b"x\n" * 700_000 + b'"\n' + ROWS, "open_quote"),
        "stray_quotes.csv": (HEAD + b'k,0712345678,"a"b\n' * 200_000, "ragged_row"),
    }


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), sink)
    return sink.getvalue()


def _arrow() -> bytes:
    sink = io.BytesIO()
    feather.write_feather(pa.table({"id": [1]}), sink)
    return sink.getvalue()


def _database() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table customers (id text)")
        data = connection.serialize()
    connection.close()
    return data
