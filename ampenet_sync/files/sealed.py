"""A private Parquet table with a JSON header, named by a digest over both: written and read a piece at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ampenet_sync.codes import PlanCode
from ampenet_sync.errors import PlanRefused
from ampenet_sync.files.growing import Growing, growing
from ampenet_sync.files.pages import Unreadable, open_parquet, pages_of

H = TypeVar("H")

ROWS_IN_GROUP = 65_536
DIGEST_DIGITS = 32  # hexadecimal (128 bits), as a person's yes is bound to them

# What libraries and the taking apart say of a file that is no sealed one, or that another hand sealed.
MISFITS = (KeyError, TypeError, ValueError, AttributeError, RecursionError, OSError, pa.ArrowException, Unreadable)


@dataclass(frozen=True)
class Kind:
    """A kind of sealed file: its word, the command that makes one, and the version of its format.

    `changed`, `missing` and `other_format` are the codes of what is refused. `schema` gives the columns that go with a
    header (KeyError, TypeError or ValueError where it is none): text, bool or int64 without nulls. `check` raises
    ValueError for a piece of the table that none of this kind has.
    """

    word: str
    made_by: str
    version: int
    changed: PlanCode
    missing: PlanCode
    other_format: PlanCode
    schema: Callable[[dict[str, Any]], pa.Schema]
    check: Callable[[pa.Table], None]

    @property
    def key(self) -> bytes:
        """Under which the header stands in the file's footer."""
        return f"ampenet.{self.word}".encode()


class TableDigest:
    """Names a header and all rows, however the rows are cut into pieces. Each column is read as two streams: lengths of
    its texts, and their bytes."""

    def __init__(self, schema: pa.Schema) -> None:
        self._streams = [(hashlib.sha256(), hashlib.sha256()) for _ in schema]
        self._rows = 0

    def add(self, piece: pa.RecordBatch | pa.Table) -> None:
        self._rows += piece.num_rows
        for streams, column in zip(self._streams, piece.columns, strict=True):
            for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
                for stream, content in zip(streams, _content(chunk), strict=False):
                    stream.update(content)

    def named(self, kind: Kind, header: dict[str, Any]) -> str:
        """The digest of the rows so far under this header."""
        whole = hashlib.sha256(json.dumps([kind.word, kind.version, header, self._rows], sort_keys=True).encode())
        for streams in self._streams:
            for stream in streams:
                whole.update(stream.digest())
        return whole.hexdigest()[:DIGEST_DIGITS]


class Sealing:
    """A sealed file in the making: pieces of its table go in, then a header ends it."""

    def __init__(self, kind: Kind, schema: pa.Schema, file: Growing) -> None:
        self._kind, self._schema, self._file = kind, schema, file
        self._digest, self._waiting, self._rows = TableDigest(schema), list[pa.RecordBatch](), 0
        file.write(schema.empty_table())

    def add(self, piece: pa.RecordBatch) -> None:
        self._digest.add(piece)
        while piece.num_rows:
            part = piece.slice(0, ROWS_IN_GROUP - self._rows)
            piece = piece.slice(part.num_rows)
            self._waiting.append(part)
            self._rows += part.num_rows
            if self._rows == ROWS_IN_GROUP:
                self._flush()

    def end(self, header: dict[str, Any], place: Callable[[str], Path]) -> Sealed:
        """Give the file its header and its place, which depends on its digest."""
        self._flush()
        digest = self._digest.named(self._kind, header)
        seal = json.dumps({"format": self._kind.version, "digest": digest, "header": header}, sort_keys=True)
        self._file.close({self._kind.key: seal.encode()})
        path = place(digest)
        self._file.name(path)
        return Sealed(header, digest, open_parquet(pa.OSFile(str(path))), path)

    def _flush(self) -> None:
        if self._waiting:
            self._file.write(pa.Table.from_batches(self._waiting).combine_chunks())
        self._waiting, self._rows = [], 0


@contextmanager
def sealing(kind: Kind, schema: pa.Schema, folder: Path) -> Iterator[Sealing]:
    """A file (0600) that is gone after the block, unless it was ended. The same header and rows give the same bytes."""
    with growing(folder, kind.word, compression="zstd") as file:
        yield Sealing(kind, schema, file)


@dataclass(frozen=True)
class Sealed:
    """A sealed file that is what its digest names: it was just written, or looked through once. It stays open."""

    header: dict[str, Any]
    digest: str
    file: pq.ParquetFile = field(compare=False, repr=False)
    path: Path

    @property
    def rows(self) -> int:
        return int(self.file.metadata.num_rows)

    def groups(
        self, first: int = 0, end: int | None = None, *, columns: list[str] | None = None
    ) -> Iterator[tuple[int, pa.Table]]:
        """The rows from position `first` to before `end`, some thousands at a time, with the position of each first."""
        start, last = 0, self.rows if end is None else end
        for number in range(self.file.num_row_groups):
            rows = self.file.metadata.row_group(number).num_rows
            begin, stop = max(first, start), min(last, start + rows)
            if begin < stop:
                yield begin, self.file.read_row_group(number, columns=columns).slice(begin - start, stop - begin)
            start += rows


def open_sealed(kind: Kind, path: Path) -> Sealed:
    """Raises PlanRefused where the file is missing, of another kind or version, or was changed; SourceError `too_large`
    where a page would unpack to more than any may."""
    with understood(kind, path):
        handle = pa.OSFile(str(path))
        file = open_parquet(handle)
        pages_of(handle, file.metadata, file.schema_arrow.names, name=path.name)
        seal = json.loads((file.metadata.metadata or {})[kind.key])
        header, digest = dict(seal["header"]), seal["digest"]
        _check_version(kind, path, seal["format"])
        sealed = Sealed(header, digest, file, path)
        genuine = _named(kind, sealed) == digest
    if not genuine:
        message = f"{path} was changed after it was made"
        raise PlanRefused(message, code=kind.changed, hint=f"make a new one: {kind.made_by}")
    return sealed


@contextmanager
def understood(kind: Kind, path: Path) -> Iterator[None]:
    """Within the block a file's content is taken apart. What was sealed anew by another hand may hold anything:
    whatever doesn't fit is refused as PlanRefused `bad_plan` or `bad_audience`."""
    try:
        yield
    except FileNotFoundError:
        message = f"there is no {kind.word} at {path}"
        raise PlanRefused(message, code=kind.missing, hint=f"make one: {kind.made_by}") from None
    except MISFITS:
        message = f"{path} is no {kind.word} of this tool"
        raise PlanRefused(message, code=kind.changed, hint=f"make a new one: {kind.made_by}") from None


def header_of(header_type: type[H], header: dict[str, Any]) -> H:
    """The header as its class. Raises ValueError where a field is missing, unknown or of another type, however deep."""
    known = TypeAdapter(header_type)
    parsed = known.validate_json(json.dumps(header), strict=True)
    if known.dump_python(parsed, mode="json") != header:
        raise ValueError("other fields")
    return parsed


def _named(kind: Kind, sealed: Sealed) -> str:
    """The digest that the file's content has. Raises ValueError for a table that none of this kind has."""
    schema = kind.schema(sealed.header)
    if sealed.file.schema_arrow.remove_metadata() != schema:
        raise ValueError("other columns")
    digest = TableDigest(schema)
    for _, table in sealed.groups():
        if any(column.null_count for column in table.columns):
            raise ValueError("an empty cell")
        kind.check(table)
        digest.add(table)
    return digest.named(kind, sealed.header)


def _content(column: pa.Array) -> tuple[bytes | memoryview, ...]:
    """The bytes of a column without nulls, wherever its memory begins: little-endian on every machine."""
    if not len(column):
        return ()
    if not pa.types.is_string(column.type):
        kind = "u1" if pa.types.is_boolean(column.type) else "<i8"
        return (np.asarray(column).astype(kind).tobytes(),)
    _, offsets, texts = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    text = memoryview(texts)[int(ends[0]) : int(ends[-1])] if texts is not None else b""
    return np.diff(ends).astype("<i4").tobytes(), text


def _check_version(kind: Kind, path: Path, version: object) -> None:
    if version != kind.version:
        message = (
            f"{path} has format {version} of a {kind.word}; this version of ampenet-sync reads format {kind.version}"
        )
        raise PlanRefused(message, code=kind.other_format, hint=f"make a new one: {kind.made_by}")
