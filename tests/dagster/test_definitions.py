"""What there is: assets, partitions, pool, schedule, and a code location that Dagster itself accepts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from ampenet_sync.config import load
from ampenet_sync.dagster import AmpenetResource, build_definitions
from tests.dagster.conftest import SAMPLE

ROOT = SAMPLE.parent
CALLING = {"plan", "contacts_applied"} | {
    f"campaigns/{c}/{a}" for c in ("karibu", "risiti") for a in ("audience", "send")
}


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_definitions(AmpenetResource(), load(SAMPLE / "ampenet.yaml", environ={}))


def test_there_is_an_asset_for_each_step_and_campaign(defs: dg.Definitions) -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert keys == CALLING | {"customers", "quarantine"}


def test_segments_kept_in_a_group_are_the_partitions(defs: dg.Definitions) -> None:
    partitions = defs.resolve_asset_graph().get(dg.AssetKey("plan")).partitions_def
    assert partitions is not None and partitions.get_partition_keys() == ["customers", "vip", "kenya"]


def test_whatever_calls_the_api_is_in_the_pool(defs: dg.Definitions) -> None:
    nodes = [node for node in defs.resolve_asset_graph().asset_nodes if node.pools]
    assert {node.key.to_user_string(): node.pools for node in nodes} == {key: {"ampenet"} for key in CALLING}


def test_the_schedule_is_stopped_and_neither_applies_nor_sends(defs: dg.Definitions) -> None:
    (schedule,) = defs.schedules
    job = defs.resolve_job_def(schedule.job_name)
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == {
        "customers",
        "quarantine",
        "plan",
    }
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    assert schedule.execution_timezone == "Africa/Dar_es_Salaam"


def test_the_schedule_asks_for_one_run_a_segment(defs: dg.Definitions) -> None:
    (schedule,) = defs.schedules
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance, repository_def=defs.get_repository_def())
        asked = schedule.evaluate_tick(context).run_requests
    assert [request.partition_key for request in asked] == ["customers", "vip", "kenya"]


def test_nothing_is_automated_by_conditions_or_sensors(defs: dg.Definitions) -> None:
    assert all(node.automation_condition is None for node in defs.resolve_asset_graph().asset_nodes)
    assert not defs.sensors


def test_only_apply_and_send_can_be_configured(defs: dg.Definitions) -> None:
    job = defs.resolve_implicit_global_asset_job_def()
    fields = {node.name: node.definition.config_schema.as_field() for node in job.graph.nodes}
    asked = {
        name: sorted(field.config_type.fields) for name, field in fields.items() if hasattr(field.config_type, "fields")
    }
    sends = {f"campaigns__{name}__send": ["audience"] for name in ("karibu", "risiti")}
    assert {name: found for name, found in asked.items() if found} == {"contacts_applied": ["allow"], **sends}


def test_a_configuration_of_campaigns_alone_has_no_partitioned_assets(tmp_path: Path) -> None:
    text = "customers: {source: {csv: c.csv}, phone: p}\nsegments: {all: {}}\n"
    (tmp_path / "ampenet.yaml").write_text(text, encoding="utf-8")
    defs = build_definitions(AmpenetResource(), load(tmp_path / "ampenet.yaml", environ={}))
    assert {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()} == {
        "customers",
        "quarantine",
    }


def test_the_resource_shows_nothing_of_itself() -> None:
    assert repr(AmpenetResource()) == "AmpenetResource()"


def test_dagster_accepts_the_code_location(tmp_path: Path) -> None:
    env = {**os.environ, "AMPENET_CONFIG": str(SAMPLE / "ampenet.yaml"), "DAGSTER_HOME": str(tmp_path)}
    env.pop("AMPENET_API_TOKEN", None)
    command = [sys.executable, "-m", "dagster", "definitions", "validate"]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
