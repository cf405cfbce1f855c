"""Environments for what was built: the wheel, the distributions it declares, and nothing else. No index is asked.

Each declared distribution, and each that one declares in turn, is linked from the environment that runs the tests.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from zipfile import Path as ZipPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own; `packages` is its site-packages."""

    folder: Path
    packages: Path

    @property
    def commands(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.commands / "python"


def install(wheel: Path, folder: Path) -> Environment:
    """The wheel by pip in a new environment, beside links to what it declares without an extra."""
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, timeout=120)
    for found in _declared(wheel):
        for name in _top_level(found):
            link = packages / name
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(name))).absolute())
    return Environment(folder, packages)


def _declared(wheel: Path) -> Iterator[Distribution]:
    """Every distribution that the wheel needs, directly or not."""
    (info,) = (entry for entry in ZipPath(wheel).iterdir() if entry.name.endswith(".dist-info"))
    waiting, seen = list(_needed(PathDistribution(info), {""})), set()  # type: ignore[arg-type]  # a path within a zip
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        found = distribution(requirement.name)
        yield found
        waiting += _needed(found, requirement.extras or {""})


def _needed(found: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in found.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            yield requirement


def _top_level(found: Distribution) -> set[str]:
    """The names of its files and folders in site-packages, without scripts and caches."""
    return {path.parts[0] for path in found.files or ()} - {"..", "__pycache__"}
