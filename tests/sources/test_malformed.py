"""Broken files of every kind: each ends in quarantined rows or in one clear error, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sources.csv.malformed_csv import malformed_csv
from tests.sources.csv.malformed_packed import malformed_packed
from tests.sources.excel.malformed_xlsx import malformed_xlsx
from tests.sources.parquet.malformed_parquet import malformed_parquet
from tests.sources.sql.malformed_sqlite import malformed_sqlite

SECONDS, MEGABYTES = 60, 512
ROOT = Path(__file__).parents[2]

# Reads every file of a folder, one after the other, and says of each what came of it and the CPU seconds.
READER = """
import json, pathlib, sys, time
from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from ampenet_sync.sources.batch import Reading
folder, found = pathlib.Path(sys.argv[1]), {}
for path in sorted(folder.iterdir()):
    name, kind = path.name, {".xlsx": "xlsx", ".parquet": "parquet", ".db": "sql"}.get(path.suffix, "csv")
    source = {"sql": {"url": f"sqlite:///{name}", "table": "customers"}} if kind == "sql" else {kind: name}
    began, faults, reading = time.process_time(), set(), Reading(kind, name)
    try:
        for batch in open_batches(Source.model_validate(source), folder=folder, environ={}):
            reading.add(batch)
            faults |= set(batch.faults.to_pylist()) if batch.faults is not None else set()
        reading.identity()
        outcome = ["rows", *sorted(faults - {""})]
    except SourceError as error:
        outcome = ["error", error.code, str(error) + error.hint]
    found[name] = [outcome, time.process_time() - began]
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))  # since exec
json.dump({"files": found, "peak": peak // 1024}, sys.stdout)
"""


@dataclass(frozen=True)
class Report:
    """For each file what it ended in, and its CPU seconds; the peak is in megabytes over all of them."""

    files: dict[str, tuple[list[str], float]]
    peak: int


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("malformed")
    for name, data in _files():
        (folder / name).write_bytes(data)
    ran = subprocess.run([sys.executable, "-c", READER, str(folder)], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return Report(**json.loads(ran.stdout))


def _files() -> list[tuple[str, bytes]]:
    cases = {**malformed_csv(), **malformed_packed()}
    plain = {**malformed_xlsx(), **malformed_parquet(), **malformed_sqlite()}
    return [*((name, data) for name, (data, _) in cases.items()), *plain.items()]


def test_there_are_more_than_a_hundred_of_all_kinds(report: Report) -> None:
    kinds = [Path(name).suffix for name in report.files]
    assert len(kinds) > 150 and {".csv", ".gz", ".zip", ".xlsx", ".parquet", ".db"} == set(kinds)


def test_each_ends_in_rows_quarantined_or_in_one_error(report: Report) -> None:
    """Anything but SourceError would have ended the process; sound rows alone would mean that nobody noticed."""
    unnoticed = [name for name, (outcome, _) in report.files.items() if outcome == ["rows"]]
    assert unnoticed == []


def test_each_csv_ends_in_what_it_was_made_for(report: Report) -> None:
    wanted = {name: code for name, (_, code) in {**malformed_csv(), **malformed_packed()}.items()}
    assert {name: report.files[name][0][1] for name in wanted} == wanted


def test_each_error_names_the_file_and_a_way_out_and_no_values(report: Report) -> None:
    for name, (outcome, _) in report.files.items():
        if outcome[0] == "error":
            assert "0712" not in outcome[2] and "Asha" not in outcome[2], name
            assert name in outcome[2] or "column" in outcome[2] or name.endswith(".db"), name


def test_all_of_them_stay_within_the_memory_and_the_time(report: Report) -> None:
    assert report.peak < MEGABYTES
    assert {name: seconds for name, (_, seconds) in report.files.items() if seconds > SECONDS} == {}
