"""Rows of people who were forgotten are left out before anything is written of them. Who that is, is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.cells import contents
from ampenet_sync.customers.regions import regions
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.tidy import tidy
from ampenet_sync.phones import normalise
from ampenet_sync.sources import Batch

Forgets = Callable[[str, str], bool]  # phone and key → whether one of them was forgotten

# What may be a number in a text that can't be read as one, such as two numbers in a cell, or a row in pieces.
_PERHAPS: Final = re.compile(r"\+?\(?\d[\d ().\-\u00a0]{5,24}\d")


def without_forgotten(settings: IntakeSettings, batch: Batch, forgets: Forgets) -> tuple[Batch, int]:
    """The batch without their rows, and how many those were."""
    whose = zip(*_named(settings, batch), strict=True)
    keep = pa.array([not any(forgets(phone, key) for phone in phones or [""]) for phones, key in whose], pa.bool_())
    left_out = len(keep) - (pc.sum(keep).as_py() or 0)
    if not left_out:
        return batch, 0
    faults, written = (None if text is None else text.filter(keep) for text in (batch.faults, batch.written))
    rows = {"table": batch.table.filter(keep), "lines": batch.lines.filter(keep)}
    return replace(batch, **rows, faults=faults, written=written), left_out


def _named(settings: IntakeSettings, batch: Batch) -> tuple[list[list[str]], list[str]]:
    """Of each row the phones that may be theirs, mobile or not, and the key."""
    mapped = settings.customers
    names = [name for name in (mapped.phone, mapped.key, mapped.region) if name]
    table = contents(batch.table.select(names), names, mapped.null_words)
    places, _ = regions(table, mapped.region, settings.region)
    read = normalise(table[mapped.phone], places, countries=(), mobile=False)
    phones = [[phone] if phone else [] for phone in read.phone.to_pylist()]
    written = None if batch.written is None else batch.written.to_pylist()
    for at, numbers in enumerate(phones):
        if not numbers:
            cell = table[mapped.phone][at].as_py()
            phones[at] = _within(settings, f"{cell} {written[at] if written else ''}")
    keys = tidy(table[mapped.key]).to_pylist() if mapped.key else [numbers[0] if numbers else "" for numbers in phones]
    return phones, keys


def _within(settings: IntakeSettings, text: str) -> list[str]:
    """Each piece of a text that reads as a number at home."""
    pieces = list(dict.fromkeys(_PERHAPS.findall(text)))
    if not pieces:
        return []
    read = normalise(pa.chunked_array([pieces]), settings.region, countries=(), mobile=False)
    return [phone for phone in read.phone.to_pylist() if phone]
