"""Small files of customers as other programs write them, and what is recognised in them. It holds no expectations."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ampenet_sync.recognition import Look, Recognition, look, recognise, source_of

PHONES = ("0754 000 101", "+255 754-000-102", "255754000103", "0754000104", "712000105")


def sheet(folder: Path, headings: str, cells: Mapping[str, Sequence[str]], *, name: str = "c.csv") -> Path:
    """A CSV whose heading is this line; `cells` are those below some of its names, all others are blank."""
    names = next(csv.reader([headings]))
    rows = max(map(len, cells.values()))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([[dict(cells).get(name, [""] * rows)[at] for name in names] for at in range(rows)])
    (folder / name).write_text(text.getvalue(), encoding="utf-8")
    return folder / name


def lines(folder: Path, *written: str, name: str = "c.csv") -> Path:
    """A file of these lines."""
    (folder / name).write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    return folder / name


def looked_at(path: Path, **settings: str) -> Look:
    return look(source_of(path, folder=path.parent, settings=settings), folder=path.parent)


def recognised(path: Path, *, region: str = "TZ", settings: Mapping[str, str] | None = None, **by_hand: str) -> Any:
    """The whole recognition of a file, with numbers of Tanzania and Kenya."""
    hand: dict[Any, str] = dict(by_hand)
    return recognise(looked_at(path, **(settings or {})), region=region, countries=("TZ", "KE"), by_hand=hand)


def columns(seen: Recognition) -> dict[str, str]:
    """Role → heading."""
    return {role: column.column for role, column in seen.columns.items()}
