"""The sample shop that comes with the package, written out as files to look at and to change."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

FOLDER = Path("ampenet-demo")
CONFIG, CUSTOMERS = "ampenet.yaml", "customers.csv"
CHECKOUT = Path(__file__).parent.parent.parent / "sample_data"


def in_checkout() -> bool:
    """Whether this runs from the source tree, where the sample stands at the top and `make` has targets for it."""
    return not _packaged().is_dir()


def write_sample(folder: Path = FOLDER) -> Path:
    """Write the sample's two files into the folder; one that is there is kept. → the path of its configuration."""
    origin = CHECKOUT if in_checkout() else _packaged()
    folder.mkdir(exist_ok=True)
    for name in (CONFIG, CUSTOMERS):
        if not (folder / name).exists():
            (folder / name).write_bytes((origin / name).read_bytes())
    return folder / CONFIG


def _packaged() -> Traversable:
    return files("ampenet_sync") / "sample_data"
