"""How much CPU reading a CSV takes: this package, pyarrow.csv and pandas with dtype=str, on the same file. No phones.

python benchmarks/csv_reading.py --rows 1000000
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from ampenet_sync.config import Source
from ampenet_sync.sources import open_batches
from ampenet_sync.sources.batch import Digest

NAMES = ["Asha", "Juma", "Neema", "Baraka", "Zawadi", "Aïsha", "Mwanaidi", "Otieno"]
TOWNS = ["Dodoma", "Arusha", "Mbeya", "Dar es Salaam", "Nairobi", "Mombasa"]
KINDS = ("plain", "quoted", "stray")  # nothing quoted · every cell quoted · an inch sign in one cell of a thousand


def write_csv(path: Path, rows: int, kind: str) -> None:
    """`rows` customers with six columns, the same ones each time."""
    rng = random.Random(7)
    quote = '"' if kind == "quoted" else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("customer_id,phone,given_name,family_name,town,note\n")
        for at in range(rows):
            note = '5" pipe' if kind == "stray" and at % 1000 == 0 else f"n{rng.randrange(10_000)}"
            cells = [f"C{at:08d}", f"07{rng.randrange(10**8):08d}", rng.choice(NAMES), rng.choice(NAMES)]
            cells += [rng.choice(TOWNS), note]
            file.write(",".join(f"{quote}{cell}{quote}" for cell in cells) + "\n")


def with_us(path: Path, *, digest: bool) -> int:
    rows, seen = 0, None
    for batch in open_batches(Source(csv=path.name), folder=path.parent):
        rows += batch.table.num_rows
        if digest:
            seen = seen or Digest(batch.table.column_names)
            seen.add(batch.table)
    return rows


def with_pyarrow(path: Path) -> int:
    names = path.open(encoding="utf-8").readline().strip().replace('"', "").split(",")
    convert = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return int(pyarrow.csv.read_csv(path, convert_options=convert).num_rows)


def with_pandas(path: Path) -> int:
    return len(pd.read_csv(path, dtype=str, keep_default_na=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    ways: dict[str, Callable[[Path], int]] = {
        "ours": lambda path: with_us(path, digest=False),
        "ours with digest": lambda path: with_us(path, digest=True),
        "pyarrow.csv": with_pyarrow,
        "pandas dtype=str": with_pandas,
    }
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder) / f"{kind}.csv"
            write_csv(path, rows, kind)
            print(f"{kind}: {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
            for name, read in ways.items():
                began = time.process_time()
                assert read(path) == rows
                spent = time.process_time() - began
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"  {name:<18} {spent:6.2f} CPU s   peak so far {peak:,.0f} MB")


if __name__ == "__main__":
    main()
