"""The sample shop as Dagster sees it: its definitions over a sandbox, in a folder and an instance of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ampenet_sync.api import connect
from ampenet_sync.config import Config, load
from ampenet_sync.dagster import AmpenetResource, build_definitions
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.sandbox import Sandbox
from tests.world import Clock, Trouble

SAMPLE = Path(__file__).parent.parent.parent / "sample_data"
SEGMENTS = ("customers", "vip", "kenya")


@dataclass
class Shop:
    """Materializes like a person in the UI: by asset key, with a partition or run config where one is needed."""

    folder: Path
    sandbox: Sandbox
    instance: dg.DagsterInstance
    trouble: Trouble
    clock: Clock = field(default_factory=Clock)

    def config(self) -> Config:
        return load(self.folder / "ampenet.yaml", environ={"AMPENET_BASE_URL": self.sandbox.url})

    @property
    def ampenet(self) -> AmpenetResource:
        def client(config: Config) -> Any:
            return connect(config.api, self.sandbox.token, clock=self.clock, sleep=self.clock.sleep)

        return AmpenetResource(read=self.config, client=client, clock=self.clock, sleep=self.clock.sleep)

    def materialize(
        self, *keys: str, partition: str | None = None, config: dict[str, Any] | None = None, ampenet: Any = None
    ) -> dg.ExecuteInProcessResult:
        defs = build_definitions(ampenet or self.ampenet, self.config())
        job = defs.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey.from_user_string(key) for key in keys],
            partition_key=partition,
            run_config=config,
            raise_on_error=False,
        )

    def read(self) -> dg.ExecuteInProcessResult:
        return self.materialize("customers", "quarantine")

    def apply(self, segment: str, *, allow: str | None = None) -> dg.ExecuteInProcessResult:
        config = {"ops": {"contacts_applied": {"config": {"allow": allow}}}}
        return self.materialize("contacts_applied", partition=segment, config=config)

    def send(self, campaign: str, audience: str) -> dg.ExecuteInProcessResult:
        config = {"ops": {f"campaigns__{campaign}__send": {"config": {"audience": audience}}}}
        return self.materialize(f"campaigns/{campaign}/send", config=config)

    def drop_rows(self, *, keep: int) -> None:
        """Leave the header and the first rows of the source."""
        source = self.folder / "customers.csv"
        lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
        source.write_text("".join(lines[: keep + 1]), encoding="utf-8")

    def observed(self, key: str) -> dict[str, Any]:
        """Label → value of the asset's one observation: what a red step left behind."""
        (found,) = self.instance.fetch_observations(dg.AssetKey.from_user_string(key), limit=10).records
        return {name: value.value for name, value in found.asset_observation.metadata.items()}

    def group(self, name: str) -> list[str]:
        return [contact["phone"] for contact in self.sandbox.contacts(name)]

    def texted(self) -> list[str]:
        return sorted(message["to"] for message in self.sandbox.messages())


def metadata(result: dg.ExecuteInProcessResult, key: str) -> dict[str, Any]:
    """Label → value of the asset's materialization in this run."""
    wanted = dg.AssetKey.from_user_string(key)
    (found,) = (event for event in result.all_events if event.is_step_materialization and event.asset_key == wanted)
    return {name: value.value for name, value in found.materialization.metadata.items()}


def failure(result: dg.ExecuteInProcessResult) -> str:
    """What the one failed step says."""
    failed = [event for event in result.all_events if event.is_step_failure]
    assert len(failed) == 1
    return str(failed[0].step_failure_data.error_display_string)


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    shutil.copy(SAMPLE / "ampenet.yaml", folder)
    shutil.copy(SAMPLE / "customers.csv", folder)
    trouble = Trouble()
    with Sandbox(fault=trouble) as sandbox, dg.DagsterInstance.ephemeral() as instance:
        shop = Shop(folder, sandbox, instance, trouble)
        make_ledger(shop.config(), clock=shop.clock)
        yield shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path) as shop:
        yield shop


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """After the whole job: every segment applied, both campaigns sent."""
    with opened(tmp_path_factory.mktemp("shop")) as shop:
        assert shop.read().success
        for segment in SEGMENTS:
            assert shop.materialize("plan", "contacts_applied", partition=segment).success
        for campaign in shop.config().campaigns:
            preview = shop.materialize(f"campaigns/{campaign}/audience")
            audience = metadata(preview, f"campaigns/{campaign}/audience")["audience"]
            assert shop.send(campaign, audience).success
        yield shop
