"""A plan or an audience that somebody changed and sealed anew, with a right digest, is refused by an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.campaigns.audience import AUDIENCE, read_audience, write_audience
from ampenet_sync.errors import AmpenetError, PlanRefused
from ampenet_sync.files.sealed import Kind, open_sealed
from ampenet_sync.sync.planfile import PLAN as PLANS
from ampenet_sync.sync.planfile import plan_schema, read_plan
from tests.campaigns.test_audience import HEADER, TABLE
from tests.sealing import seal, written_plan
from tests.sync.test_planfile import HEADER as PLAN_HEADER
from tests.sync.test_planfile import ROWS as PLAN_ROWS

Header, Records = dict[str, Any], list[dict[str, Any]]
SCHEMAS = {PLANS: plan_schema(PLAN_HEADER.fields), AUDIENCE: AUDIENCE.schema({})}
READERS: dict[Kind, Callable[[Path], object]] = {PLANS: read_plan, AUDIENCE: read_audience}

# What is changed in the first record or in the header, as columns → values.
ROWS: list[tuple[Kind, dict[str, Any]]] = [
    (AUDIENCE, {"phone": "0712"}),
    (AUDIENCE, {"phone": "255712000001 or 1=1"}),
    (AUDIENCE, {"parts": -1}),
    (AUDIENCE, {"billed": -(2**63)}),
    (AUDIENCE, {"encoding": "EBCDIC"}),
    (AUDIENCE, {"excluded": "because"}),
    (AUDIENCE, {"customer_key": ""}),
    (AUDIENCE, {"customer_key": "b"}),
    (AUDIENCE, {"text": None}),
    (PLANS, {"change": "destroy"}),
    (PLANS, {"reason": "because"}),
    (PLANS, {"phone_after": None}),
    (PLANS, {"owned": None}),
]
HEADERS: list[tuple[Kind, dict[str, Any]]] = [
    (AUDIENCE, {"messages": "many"}),
    (AUDIENCE, {"messages": None}),
    (AUDIENCE, {"amount": {"a": 1}}),
    (AUDIENCE, {"excluded": ["no_consent"]}),
    (AUDIENCE, {"excluded": {"no_consent": "x"}}),
    (AUDIENCE, {"unheard_of": 1}),
    (PLANS, {"violations": "none"}),
    (PLANS, {"violations": [1]}),
    (PLANS, {"counts": {"creates": 1.5}}),
    (PLANS, {"consent_answers": []}),
    (PLANS, {"segment": None}),
    (PLANS, {"counts": {**asdict(PLAN_HEADER.counts), "creates": 2}}),
    (PLANS, {"counts": {**asdict(PLAN_HEADER.counts), "deletes": 0}}),
    (PLANS, {"counts": {**asdict(PLAN_HEADER.counts), "updates": 2, "creates": 0}}),
    (PLANS, {"unheard_of": 1}),
]


def genuine(kind: Kind, folder: Path) -> tuple[Header, Records]:
    made = written_plan(PLAN_HEADER, PLAN_ROWS, folder) if kind is PLANS else write_audience(HEADER, TABLE, folder)
    sealed = open_sealed(kind, made.path)
    return sealed.header, sealed.file.read().to_pylist()


def refusal(kind: Kind, path: Path) -> AmpenetError:
    with pytest.raises(PlanRefused) as refused:
        READERS[kind](path)
    assert refused.value.hint and "255712" not in str(refused.value) and refused.value.__cause__ is None
    return refused.value


def resealed(kind: Kind, path: Path, header: Header, records: Records) -> Path:
    return seal(kind, SCHEMAS[kind], path, header, records)


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.word)
def test_the_seal_alone_is_no_lock_what_is_sealed_anew_with_another_content_is_read(kind: Kind, tmp_path: Path) -> None:
    header, records = genuine(kind, tmp_path / "own")
    name = "group_name" if kind is PLANS else "campaign"
    assert READERS[kind](resealed(kind, tmp_path / "file", header | {name: "other"}, records)).header != header  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "change"), ROWS, ids=lambda value: str(getattr(value, "word", value)))
def test_rows_that_none_of_ours_has_are_refused(kind: Kind, change: dict[str, Any], tmp_path: Path) -> None:
    header, (first, *others) = genuine(kind, tmp_path / "own")
    path = resealed(kind, tmp_path / "file", header, [{**first, **change}, *others])
    assert refusal(kind, path).code == f"bad_{kind.word}"


@pytest.mark.parametrize(("kind", "change"), HEADERS, ids=lambda value: str(getattr(value, "word", value)))
def test_headers_that_none_of_ours_has_are_refused(kind: Kind, change: dict[str, Any], tmp_path: Path) -> None:
    header, records = genuine(kind, tmp_path / "own")
    path = resealed(kind, tmp_path / "file", header | change, records)
    assert refusal(kind, path).code == f"bad_{kind.word}"


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.word)
@pytest.mark.parametrize("name", [0, -1])
def test_a_field_or_a_column_that_is_missing_is_refused(kind: Kind, name: int, tmp_path: Path) -> None:
    header, records = genuine(kind, tmp_path / "own")
    less = {key: value for key, value in header.items() if key != list(header)[name]}
    assert refusal(kind, resealed(kind, tmp_path / "header", less, records)).code == f"bad_{kind.word}"
    table = pq.ParquetFile(tmp_path / "header").read()
    pq.write_table(table.drop_columns([SCHEMAS[kind].names[name]]), tmp_path / "column")
    assert refusal(kind, tmp_path / "column").code == f"bad_{kind.word}"


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.word)
@pytest.mark.parametrize("said", ["[]", "null", "7", '{"format": 3}', "[" * 100_000, "{", '{"header": 7}'])
def test_a_seal_that_says_something_else_is_refused(kind: Kind, said: str, tmp_path: Path) -> None:
    _, records = genuine(kind, tmp_path / "own")
    schema = SCHEMAS[kind].with_metadata({f"ampenet.{kind.word}".encode(): said.encode()})
    pq.write_table(pa.Table.from_pylist(records, schema=schema), tmp_path / "file")
    assert refusal(kind, tmp_path / "file").code == f"bad_{kind.word}"


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.word)
def test_columns_of_another_type_are_refused(kind: Kind, tmp_path: Path) -> None:
    header, records = genuine(kind, tmp_path / "own")
    resealed(kind, tmp_path / "file", header, records)
    table = pq.ParquetFile(tmp_path / "file").read()
    other = pa.schema([(name, pa.large_string()) for name in table.schema.names], metadata=table.schema.metadata)
    columns = [pa.array(map(str, column.to_pylist()), pa.large_string()) for column in table.columns]
    pq.write_table(pa.table(columns, schema=other), tmp_path / "file")
    assert refusal(kind, tmp_path / "file").code == f"bad_{kind.word}"


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.word)
def test_a_cell_that_unpacks_to_a_hundred_megabytes_is_refused_before_it_is(kind: Kind, tmp_path: Path) -> None:
    header, records = genuine(kind, tmp_path / "own")
    name = "first_name_after" if kind is PLANS else "text"
    resealed(kind, tmp_path / "file", header, [{**records[0], name: "a" * 100_000_000}])
    assert (tmp_path / "file").stat().st_size < 100_000, "it is small, so nothing but its unpacked size tells"
    with pytest.raises(AmpenetError) as refused:
        READERS[kind](tmp_path / "file")
    assert refused.value.code == "too_large"


def test_the_headers_here_are_those_that_are_written(tmp_path: Path) -> None:
    assert set(genuine(AUDIENCE, tmp_path)[0]) == set(json.loads(json.dumps(asdict(HEADER))))
