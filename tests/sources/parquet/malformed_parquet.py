"""Parquet files that are broken or foreign, made in code: name → bytes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from tests.sources.excel.workbooks import zipped

TABLE = pa.table({"id": [str(n) for n in range(5_000)], "phone": [255712000000 + n for n in range(5_000)]})


def parquet(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def malformed_parquet() -> dict[str, bytes]:
    """Each must end in one clear SourceError."""
    good = parquet(TABLE, compression="none", write_page_checksum=True)
    return {
        "empty.parquet": b"",
        "magic.parquet": b"PAR1",
        "only_magic.parquet": b"PAR1PAR1",
        "half.parquet": good[: len(good) // 2],
        "no_start.parquet": good[len(good) // 2 :],
        "no_footer.parquet": good[:-8] + b"\xff\xff\xff\x7fPAR1",
        "footer.parquet": good[:-200] + bytes(192) + good[-8:],
        "flipped.parquet": good[:9000] + bytes([good[9000] ^ 0x55]) + good[9001:],
        "middle_gone.parquet": good[:4000] + good[8000:],
        "encrypted.parquet": b"PARE" + good[4:-4] + b"PARE",
        "text.parquet": b"id,phone\n1,2\n",
        "zip.parquet": zipped({"c.csv": "id\n1\n"}),
        "arrow.parquet": _arrow(),
        "no_rows.parquet": parquet(TABLE.slice(0, 0)),
        "no_columns.parquet": parquet(pa.table({})),
        "same_names.parquet": parquet(pa.table([[1], [2]], names=["id", "id"])),
        "photo.parquet": parquet(pa.table({"id": [1], "photo": [b"\xff"]})),
    }


def _arrow() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue()
