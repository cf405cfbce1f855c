"""Packed CSV files that are cut off, damaged, locked or of another kind, made in code: name → bytes and error code."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile

from tests.sources.csv.malformed_csv import HEAD, Case

CSV = HEAD + b"".join(b"k%d,0712%06d,%d\n" % (n, n, n * 7919 % 10_007) for n in range(5000))


def malformed_packed() -> dict[str, Case]:
    return {**_gzips(), **_zips()}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def _gzips() -> dict[str, Case]:
    good = gzip.compress(CSV)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        info = tarfile.TarInfo("customers.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    return {
        "half.csv.gz": (good[: len(good) // 2], "truncated_file"),
        "without_its_end.csv.gz": (good[:-3], "truncated_file"),
        "second_member_cut.csv.gz": (good + gzip.compress(CSV)[:-20], "truncated_file"),
        "flipped.csv.gz": (good[:2000] + bytes([good[2000] ^ 0xFF]) + good[2001:], "damaged_file"),
        "bad_sum.csv.gz": (good[:-8] + bytes(4) + good[-4:], "damaged_file"),
        "bad_length.csv.gz": (good[:-4] + bytes(4), "damaged_file"),
        "text_behind.csv.gz": (good + b"id,phone,name\n", "damaged_file"),
        "only_the_mark.csv.gz": (b"\x1f\x8b", "truncated_file"),
        "unknown_method.csv.gz": (b"\x1f\x8b\x07" + good[3:], "damaged_file"),
        "nothing_inside.csv.gz": (gzip.compress(b""), "empty_source"),
        "twice.csv.gz": (gzip.compress(good), "other_format"),
        "folder.tar.gz": (gzip.compress(tar.getvalue()), "other_format"),
        "page.csv.gz": (gzip.compress(b"<html>Log in</html>"), "other_format"),
        "zeros_bomb.csv.gz": (gzip.compress(bytes(300_000_000), 1), "record_too_long"),
        "lines_bomb.csv.gz": (gzip.compress(b"\n" * 100_000_000, 1), "empty_source"),
        "gzip_called_csv.csv": (good[: len(good) // 2], "truncated_file"),
    }


def _zips() -> dict[str, Case]:
    good = zipped({"customers.csv": CSV})
    name = b"customers.csv"
    inside = good.index(name) + 1000
    return {
        "half.zip": (good[: len(good) // 2], "truncated_file"),
        "without_its_end.zip": (good[:-10], "truncated_file"),
        "flipped.zip": (good[:inside] + bytes([good[inside] ^ 0xFF]) + good[inside + 1 :], "damaged_file"),
        "locked.zip": (_flagged(good), "password"),
        "bzip2_inside.zip": (zipped({"customers.csv": CSV}, zipfile.ZIP_BZIP2), "bad_archive"),
        "empty.zip": (zipped({}), "bad_archive"),
        "no_csv.zip": (zipped({"customers.doc": CSV}), "bad_archive"),
        "only_folders.zip": (zipped({"data/": b"", "__MACOSX/._customers.csv": b"x"}), "bad_archive"),
        "workbook_beside.zip": (zipped({"a.csv": CSV, "b.xlsx": b"PK"}), "bad_archive"),
        "packed_twice.zip": (zipped({"a.csv": good}), "other_format"),
        "other_header.zip": (zipped({"a.csv": CSV, "b.csv": b"phone,id\n1,2\n"}), "other_header"),
        "empty_member.zip": (zipped({"a.csv": CSV, "b.csv": b""}), "empty_source"),
        "other_name_inside.zip": (good.replace(name, b"Customers.csv", 1), "truncated_file"),
        "noise.zip": (b"PK\x03\x04" + random.Random(2).randbytes(5000), "truncated_file"),
    }


def _flagged(data: bytes) -> bytes:
    """Every part says that it is encrypted."""
    changed = bytearray(data)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(sign) + offset] |= 1
    return bytes(changed)
