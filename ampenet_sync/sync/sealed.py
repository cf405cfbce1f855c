"""A private Parquet table with a JSON header, named by a digest over both. What it means: not decided here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.contacts.files import write_private
from ampenet_sync.errors import PlanRefused


@dataclass(frozen=True)
class Kind:
    """A kind of sealed file: its word, its columns, the command that makes one, and the version of its format."""

    word: str
    schema: Any  # pyarrow.Schema
    made_by: str
    version: int = 1


def digest_of(kind: Kind, header: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """16 hexadecimal digits over the header and every record."""
    hasher = hashlib.sha256(json.dumps([kind.word, kind.version, header], sort_keys=True).encode())
    for record in records:
        hasher.update(json.dumps([record[name] for name in kind.schema.names]).encode())
    return hasher.hexdigest()[:16]


def write_sealed(kind: Kind, path: Path, header: dict[str, Any], *, records: list[dict[str, Any]], digest: str) -> None:
    """Write the file (0600), beside and renamed. The same header and records give the same bytes."""
    said = json.dumps({"format": kind.version, "digest": digest, "header": header}, sort_keys=True).encode()
    table = pa.Table.from_pylist(records, schema=kind.schema.with_metadata({_key(kind): said}))
    write_private(path, lambda beside: pq.write_table(table, beside, compression="zstd"))


def read_sealed(kind: Kind, path: Path) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """(header, records, digest). Raises PlanRefused where the file is missing, of another kind or version, or was
    changed."""
    try:
        table = pq.read_table(path)
        said = json.loads((table.schema.metadata or {})[_key(kind)])
        header, digest, records = said["header"], said["digest"], table.to_pylist()
        _check_version(kind, path, said["format"])
        genuine = table.schema.names == kind.schema.names and digest_of(kind, header, records) == digest
    except FileNotFoundError:
        message = f"there is no {kind.word} at {path}"
        raise PlanRefused(message, code=f"no_{kind.word}", hint=f"make one: {kind.made_by}") from None
    except (KeyError, TypeError, ValueError, OSError, pa.ArrowException):
        message = f"{path} is no {kind.word} of this tool"
        raise PlanRefused(message, code=f"bad_{kind.word}", hint=f"make one: {kind.made_by}") from None
    if not genuine:
        message = f"{path} was changed after it was made"
        raise PlanRefused(message, code=f"bad_{kind.word}", hint=f"make a new one: {kind.made_by}")
    return header, records, digest


def _check_version(kind: Kind, path: Path, found: object) -> None:
    if found != kind.version:
        message = (
            f"{path} has format {found} of a {kind.word}; this version of ampenet-sync reads format {kind.version}"
        )
        raise PlanRefused(message, code=f"{kind.word}_format", hint=f"make a new one: {kind.made_by}")


def _key(kind: Kind) -> bytes:
    return f"ampenet.{kind.word}".encode()
