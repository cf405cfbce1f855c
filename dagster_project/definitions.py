"""What Dagster loads: the library's assets over ampenet.yaml, in a checkout without one over the sample's."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from ampenet_sync.config import load
from ampenet_sync.dagster import AmpenetResource, build_definitions
from ampenet_sync.dagster.resources import config_path

SAMPLE = Path(__file__).parent.parent / "sample_data" / "ampenet.yaml"


def _path() -> Path:
    """The file that AMPENET_CONFIG names, else ampenet.yaml here, else the sample's."""
    path = config_path()
    return SAMPLE if path == Path("ampenet.yaml") and not path.exists() else path


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(AmpenetResource(read=lambda: load(_path())))
