"""Makes the files that benchmarks/hostile.py gives to the product: small ones that come to far more."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TABLE = "id,phone,name\n1,0712345678,Asha\n"
XLSX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": '<workbook xmlns:r="urn:r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" '
    'Target="worksheets/s.xml"/></Relationships>',
}


def gz(path: Path, pieces: list[bytes]) -> None:
    with gzip.open(path, "wb", 6) as file:
        for piece in pieces:
            file.write(piece)


def zip_of(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def overlaid(path: Path) -> None:
    """One packed file of 200 MB that the list names four hundred times."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", b"1,0712345678,Asha\n" * 11_000_000)
        first = archive.infolist()[0]
        for n in range(1, 400):
            twin = zipfile.ZipInfo(f"{n}.csv")
            for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)
    path.write_bytes(sink.getvalue())


def nested(path: Path) -> None:
    data = TABLE.encode() * 1_000
    for _ in range(3):
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("c.csv", data)
        data = sink.getvalue()
    path.write_bytes(data)


def sparse(path: Path, start: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def parquet(path: Path, values: list[str], rows: int) -> None:
    """One column in which the same text stands in every row, kept once in the file."""
    indices = pa.repeat(pa.scalar(0, pa.int32()), rows)
    phones = pa.DictionaryArray.from_arrays(indices, pa.array(values)) if rows > 1 else pa.array(values)
    table = pa.table({"phone": phones, "id": phones})
    pq.write_table(table, path, compression="zstd", store_schema=False)


def rows(*first: str) -> str:
    cells = lambda *texts: "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)  # noqa: E731
    start = ("r1",) if first else ()
    rows = (cells(*first, "id", "phone", "name"), cells(*start, "7", "0712000001", "Asha"))
    return "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, start=1))


def book(path: Path, rows: str, *, styles: str = "") -> None:
    parts = {**XLSX, "xl/worksheets/s.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>"}
    if styles:
        parts["xl/styles.xml"] = styles
        relation = '<Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>'
        parts["xl/_rels/workbook.xml.rels"] = XLSX["xl/_rels/workbook.xml.rels"].replace("</Relationships>", relation)
    zip_of(path, {name: text.encode() for name, text in parts.items()})
