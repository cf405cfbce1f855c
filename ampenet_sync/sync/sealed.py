"""A private Parquet table with a JSON header, named by a digest over both. What it means: not decided here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ampenet_sync.contacts.files import write_private
from ampenet_sync.errors import PlanRefused
from ampenet_sync.sources.parquet.pages import Unreadable, pages_of
from ampenet_sync.sources.parquet.rows import open_parquet

H = TypeVar("H")

# What libraries and the taking apart say of a file that is no sealed one, or that another hand sealed.
MISFITS = (KeyError, TypeError, ValueError, AttributeError, RecursionError, OSError, pa.ArrowException, Unreadable)


@dataclass(frozen=True)
class Kind:
    """A kind of sealed file: its word, its columns, the command that makes one, and the version of its format."""

    word: str
    schema: Any  # pyarrow.Schema
    made_by: str
    version: int = 1


def digest_of(kind: Kind, header: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """32 hexadecimal digits (128 bits, as a person's yes is bound to them) over the header and every record."""
    hasher = hashlib.sha256(json.dumps([kind.word, kind.version, header], sort_keys=True).encode())
    for record in records:
        hasher.update(json.dumps([record[name] for name in kind.schema.names]).encode())
    return hasher.hexdigest()[:32]


def write_sealed(kind: Kind, path: Path, header: dict[str, Any], *, records: list[dict[str, Any]], digest: str) -> None:
    """Write the file (0600), beside and renamed. The same header and records give the same bytes."""
    said = json.dumps({"format": kind.version, "digest": digest, "header": header}, sort_keys=True).encode()
    table = pa.Table.from_pylist(records, schema=kind.schema.with_metadata({_key(kind): said}))
    write_private(path, lambda beside: pq.write_table(table, beside, compression="zstd"))


def read_sealed(kind: Kind, path: Path) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """(header, records, digest). Raises PlanRefused where the file is missing, of another kind or version, or was
    changed; SourceError `too_large` where it would unpack to more than any file may."""
    with understood(kind, path):
        table = _table(kind, path)
        said = json.loads((table.schema.metadata or {})[_key(kind)])
        header, digest, records = dict(said["header"]), said["digest"], table.to_pylist()
        _check_version(kind, path, said["format"])
        genuine = table.schema.remove_metadata() == kind.schema and digest_of(kind, header, records) == digest
    if not genuine:
        message = f"{path} was changed after it was made"
        raise PlanRefused(message, code=f"bad_{kind.word}", hint=f"make a new one: {kind.made_by}")
    return header, records, digest


@contextmanager
def understood(kind: Kind, path: Path) -> Iterator[None]:
    """Within the block a file's content is taken apart. What was sealed anew by another hand may hold anything:
    whatever doesn't fit is refused as PlanRefused `bad_plan` or `bad_audience`."""
    try:
        yield
    except FileNotFoundError:
        message = f"there is no {kind.word} at {path}"
        raise PlanRefused(message, code=f"no_{kind.word}", hint=f"make one: {kind.made_by}") from None
    except MISFITS:
        message = f"{path} is no {kind.word} of this tool"
        raise PlanRefused(message, code=f"bad_{kind.word}", hint=f"make one: {kind.made_by}") from None


def header_of(header_type: type[H], header: dict[str, Any]) -> H:
    """The header as its class. Raises ValueError where a field is missing, unknown or of another type."""
    if set(header) != {known.name for known in fields(header_type)}:  # type: ignore[arg-type]
        raise ValueError("other fields")
    return TypeAdapter(header_type).validate_json(json.dumps(header), strict=True)


def _table(kind: Kind, path: Path) -> pa.Table:
    with path.open("rb") as handle:
        file = open_parquet(handle)
        pages_of(handle, file.metadata, file.schema_arrow.names, name=path.name)  # refuses what unpacks to too much
        table = file.read()
    if any(column.null_count for column in table.columns):
        raise ValueError("an empty cell")
    return table


def _check_version(kind: Kind, path: Path, found: object) -> None:
    if found != kind.version:
        message = (
            f"{path} has format {found} of a {kind.word}; this version of ampenet-sync reads format {kind.version}"
        )
        raise PlanRefused(message, code=f"{kind.word}_format", hint=f"make a new one: {kind.made_by}")


def _key(kind: Kind) -> bytes:
    return f"ampenet.{kind.word}".encode()
