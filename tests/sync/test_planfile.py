"""A plan as a file: the same bytes for the same plan, read back as written, refused when touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ampenet_sync.errors import PlanRefused
from ampenet_sync.schemas import Plan as Schema
from ampenet_sync.sync.planfile import PLAN as KIND
from ampenet_sync.sync.planfile import Header, make_plan, read_plan, write_plan
from ampenet_sync.sync.rows import Change, Reason, Row, Values
from ampenet_sync.sync.sealed import digest_of, write_sealed

ASHA = Values("255712000001", "Asha", "Mollel")
HEADER = Header(
    ledger="l", host="h", account="a", segment="vip", group_name="VIP", group_uid="", mode="mirror",
    run_date="2026-11-24", source="customers.csv", source_digest="s", config_digest="c", after="", customers=3,
    quarantined=0, creates=1, updates=1, deletes=1, links=0, unchanged=0, drift=0, foreign=0, held=0, suppressed=0,
    in_doubt=0, linked=2, calls=5, pages=1, seconds=6, violations=("deletes 1 of 2",), source_open_end=False,
)  # fmt: skip
ROWS = (
    Row(Change.UPDATE, Reason.DIFFERS, "u1", "k1", ASHA, ASHA._replace(first_name=""), True, "customers.csv:7"),
    Row(Change.CREATE, Reason.NEW, None, "k2", None, ASHA._replace(phone="255712000002"), True),
    Row(Change.DELETE, Reason.LEFT_SEGMENT, "u3", "k3", ASHA._replace(phone="255712000003"), None, True),
)
PLAN = make_plan(HEADER, ROWS)


def test_a_plan_reads_back_as_it_was_written(tmp_path: Path) -> None:
    assert read_plan(write_plan(PLAN, tmp_path)) == PLAN


def test_a_written_plan_is_what_its_schema_says(tmp_path: Path) -> None:
    table = pq.read_table(write_plan(PLAN, tmp_path)).to_pandas()
    assert len(Schema.validate(table, lazy=True)) == 3


def test_the_same_plan_is_the_same_bytes_in_a_private_file_named_by_its_digest(tmp_path: Path) -> None:
    first, second = write_plan(PLAN, tmp_path / "a"), write_plan(make_plan(HEADER, list(ROWS)), tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert first.name == f"vip-{PLAN.digest}.plan.parquet"
    assert first.stat().st_mode & 0o777 == 0o600 and first.parent.stat().st_mode & 0o777 == 0o700


def test_any_other_row_or_promise_has_another_digest() -> None:
    others = [make_plan(HEADER, ROWS[:2]), make_plan(HEADER, ROWS[::-1]), make_plan(replace(HEADER, after="x"), ROWS)]
    assert len({PLAN.digest, *(other.digest for other in others)}) == 4


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
    path = write_plan(PLAN, tmp_path)
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
    write_sealed(KIND, tmp_path / "p", header, records=[], digest=digest_of(KIND, header, []))
    with pytest.raises(PlanRefused) as refused:
        read_plan(tmp_path / "p")
    assert (refused.value.code, refused.value.hint) == ("bad_plan", "make a new one: ampenet-sync plan")


def test_a_plan_in_an_older_format_is_refused_with_both_formats_and_the_way_out(tmp_path: Path) -> None:
    older = replace(KIND, version=1)
    write_sealed(older, tmp_path / "p", {"segment": "vip"}, records=[], digest=digest_of(older, {"segment": "vip"}, []))
    with pytest.raises(PlanRefused) as refused:
        read_plan(tmp_path / "p")
    assert (refused.value.code, refused.value.hint) == ("plan_format", "make a new one: ampenet-sync plan")
    assert "has format 1 of a plan; this version of ampenet-sync reads format 3" in refused.value.message
