"""What one asset hands to the next: the path of its newest file. Rows stay in files; Dagster stores none of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    Materialized = dg.MaterializeResult[None]
else:
    Materialized = dg.MaterializeResult  # as an annotation Dagster knows the bare name alone


def newest_file(instance: dg.DagsterInstance, key: dg.AssetKey, *, partition: str | None = None) -> Path:
    """The path that the asset's newest materialization names. Raises Failure where there is none."""
    wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition] if partition else None)
    records = instance.fetch_materializations(wanted, limit=1).records
    materialization = records[0].asset_materialization if records else None
    path = materialization.metadata.get("path") if materialization else None
    if not isinstance(path, dg.PathMetadataValue) or not path.path:
        what = f"{key.to_user_string()} of {partition}" if partition else key.to_user_string()
        raise dg.Failure(f"there is no file of {what} yet: materialize it first", allow_retries=False)
    return Path(path.path)
