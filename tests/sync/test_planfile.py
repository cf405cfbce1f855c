"""A plan as a file: the same bytes for the same plan, read back as written, refused when touched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ampenet_sync.errors import PlanRefused
from ampenet_sync.schemas import Plan as Schema
from ampenet_sync.sync.planfile import PLAN as KIND
from ampenet_sync.sync.planfile import (
    Counts,
    Forecast,
    Header,
    PlanFile,
    PlanSource,
    plan_schema,
    read_plan,
    write_plan,
)
from ampenet_sync.sync.rows import Change, Reason, Row, Values
from tests.sealing import seal, written_plan

NAMES = {"first_name": "Asha", "last_name": "Mollel"}
ASHA = Values("255712000001", NAMES)
HEADER = Header(
    ledger="l", host="h", account="a", segment="vip", group_name="VIP", group_uid="", mode="mirror",
    run_date="2026-11-24", fields=("first_name", "last_name"), config_digest="c", after="", customers=3,
    quarantined=0, violations=("deletes 1 of 2",), forecast=Forecast(calls=5, pages=1, seconds=6),
    source=PlanSource(
        name="customers.csv", kind="csv", digest="s", rows=3, size=99, files=1, modified="", open_end=False,
        blank_rows=0, rows_above=0, repaired=0,
    ),
    counts=Counts(
        creates=1, updates=1, deletes=1, links=0, unchanged=0, drift=0, foreign=0, held=0, suppressed=0, opted_out=0,
        in_doubt=0, linked=2,
    ),
)  # fmt: skip
ROWS = (
    Row(
        Change.UPDATE,
        Reason.DIFFERS,
        "u1",
        "k1",
        ASHA,
        Values(ASHA.phone, {**NAMES, "first_name": ""}),
        True,
        "customers.csv:7",
    ),
    Row(Change.CREATE, Reason.NEW, None, "k2", None, Values("255712000002", NAMES), True),
    Row(Change.DELETE, Reason.LEFT_SEGMENT, "u3", "k3", Values("255712000003", NAMES), None, True),
)


def write(folder: Path, header: Header = HEADER, rows: Sequence[Row] = ROWS) -> PlanFile:
    return written_plan(header, rows, folder)


def test_a_plan_reads_back_as_it_was_written(tmp_path: Path) -> None:
    plan = write(tmp_path)
    read = read_plan(plan.path)
    assert (read.header, tuple(read.rows), read.digest) == (HEADER, ROWS, plan.digest)


def test_a_written_plan_is_what_its_schema_says(tmp_path: Path) -> None:
    table = pq.read_table(write(tmp_path).path).to_pandas()
    assert len(Schema.validate(table, lazy=True)) == 3


def test_the_same_plan_is_the_same_bytes_in_a_private_file_named_by_its_digest(tmp_path: Path) -> None:
    plan = write(tmp_path / "a")
    first, second = plan.path, write(tmp_path / "b", rows=list(ROWS)).path
    assert first.read_bytes() == second.read_bytes()
    assert first.name == f"vip-{plan.digest}.plan.parquet"
    assert first.stat().st_mode & 0o777 == 0o600 and first.parent.stat().st_mode & 0o777 == 0o700


def test_any_other_row_or_promise_has_another_digest(tmp_path: Path) -> None:
    others = [
        write(tmp_path, rows=ROWS[:2]),
        write(tmp_path, rows=ROWS[::-1]),
        write(tmp_path, replace(HEADER, after="x")),
    ]
    assert len({write(tmp_path).digest, *(other.digest for other in others)}) == 4


def test_a_digest_does_not_depend_on_how_the_rows_were_cut_into_pieces(tmp_path: Path) -> None:
    table = pq.read_table(write(tmp_path).path).replace_schema_metadata()
    whole, pieces = (write_plan(HEADER, table.to_batches(size), tmp_path).digest for size in (None, 1))
    assert whole == pieces == write(tmp_path).digest


def tampered_row(path: Path) -> None:
    table = pq.ParquetFile(path).read()
    column = table.column("phone_after").to_pylist()
    column[1] = "255799999999"
    names = table.schema.names
    columns = [table.column(name) if name != "phone_after" else [column] for name in names]
    changed = table.set_column(names.index("phone_after"), "phone_after", columns[names.index("phone_after")])
    pq.write_table(changed, path)


def tampered_header(path: Path) -> None:
    table = pq.ParquetFile(path).read()
    said = json.loads(table.schema.metadata[b"ampenet.plan"])
    said["header"]["violations"] = []
    pq.write_table(table.replace_schema_metadata({b"ampenet.plan": json.dumps(said).encode()}), path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def another_kind(path: Path) -> None:
    pq.write_table(pq.ParquetFile(path).read().replace_schema_metadata({}), path)


@pytest.mark.parametrize("touch", [tampered_row, tampered_header, cut, another_kind])
def test_a_plan_that_was_touched_is_refused(tmp_path: Path, touch) -> None:
    path = write(tmp_path).path
    touch(path)
    with pytest.raises(PlanRefused) as refused:
        read_plan(path)
    assert refused.value.code == "bad_plan"


def test_a_plan_that_is_not_there_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(tmp_path / "nothing.plan.parquet")
    assert refused.value.code == "no_plan" and "ampenet-sync plan" in refused.value.hint


def test_a_plan_of_another_version_of_this_tool_is_refused_with_the_way_out(tmp_path: Path) -> None:
    header = {"segment": "vip", "violations": [], "foretold": 7}
    seal(KIND, plan_schema(HEADER.fields), tmp_path / "p", header, [])
    with pytest.raises(PlanRefused) as refused:
        read_plan(tmp_path / "p")
    assert (refused.value.code, refused.value.hint) == ("bad_plan", "make a new one: ampenet-sync plan")


def test_a_plan_in_an_older_format_is_refused_with_both_formats_and_the_way_out(tmp_path: Path) -> None:
    older = replace(KIND, version=1)
    seal(older, plan_schema(HEADER.fields), tmp_path / "p", {"segment": "vip"}, [])
    with pytest.raises(PlanRefused) as refused:
        read_plan(tmp_path / "p")
    assert (refused.value.code, refused.value.hint) == ("plan_format", "make a new one: ampenet-sync plan")
    assert "has format 1 of a plan; this version of ampenet-sync reads format 8" in refused.value.message
