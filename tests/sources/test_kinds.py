"""Every reader tells what a file is by the one table of first bytes."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync import sources
from ampenet_sync.sources.kinds import HEAD, FileKind, kind_of


def written(what: str) -> bytes:
    sink = io.BytesIO()
    if what == "zip":
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr("a.csv", "id")
    elif what == "empty zip":
        zipfile.ZipFile(sink, "w").close()
    else:
        pq.write_table(pa.table({"id": [1]}), sink)
    return sink.getvalue()


CASES = {
    "zip": (written("zip"), FileKind.ZIP),
    "empty zip": (written("empty zip"), FileKind.ZIP),
    "gzip": (gzip.compress(b"id"), FileKind.GZIP),
    "parquet": (written("parquet"), FileKind.PARQUET),
    "a column called PAR1": (b"PAR1,phone\n1,0712345678\n", None),
    "a column called PARENT": (b"PARENT,phone\n1,0712345678\n", None),
    "bzip2": (b"BZh91AY&SY", FileKind.BZIP2),
    "Excel 95": (b"\x09\x08\x10\x00\x00\x06\x05\x00", FileKind.OLD_EXCEL),
    "a tab in UTF-16": ("\tid\n".encode("utf-16-le"), None),
    "a page below a mark": (b"\xef\xbb\xbf<!DOCTYPE html>", FileKind.PAGE),
    "a card": (b"BEGIN:VCARD\r\n", FileKind.CARD),
    "a CSV": (b"id,phone\n1,0712345678\n", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize("what", CASES)
def test_a_file_is_known_by_its_first_bytes(what: str) -> None:
    data, kind = CASES[what]
    assert kind_of(data[:HEAD]) is kind


def test_no_reader_spells_first_bytes_itself() -> None:
    spelt = re.compile(r'b"(?:PK\\x0[357]|PAR|\\x1f\\x8b|\\xd0\\xcf|SQLite|ARROW|%PDF|\\xef\\xbb\\xbf|\\xff\\xfe)')
    files = Path(sources.__file__).parent.rglob("*.py")
    assert [path.name for path in files if spelt.search(path.read_text(encoding="utf-8"))] == ["kinds.py"]
