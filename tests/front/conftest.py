"""A shop whose live platform is a sandbox of its own, as the environment of whoever runs a script says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ampenet_sync.config import load
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.sandbox import Sandbox
from tests.world import CONFIG, HEADER, people

LIMITED = CONFIG.replace(
    "{deletes: none, updates: none, source_shrink: none, quarantined: none}", "{source_shrink: none}"
)


@dataclass
class Shop:
    folder: Path
    sandbox: Sandbox

    @property
    def path(self) -> Path:
        return self.folder / "ampenet.yaml"

    def write(self, *rows: str) -> None:
        (self.folder / "customers.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")

    def make_ledger(self) -> None:
        make_ledger(load(self.path))

    def group(self) -> list[str]:
        return sorted(contact["phone"] for contact in self.sandbox.contacts("VIP"))

    def texted(self) -> list[str]:
        return sorted(message["to"] for message in self.sandbox.messages())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Ten customers, limits of 10 % deletes, and no ledger yet."""
    with Sandbox() as sandbox:
        monkeypatch.setenv("AMPENET_BASE_URL", sandbox.url)
        monkeypatch.setenv("AMPENET_API_TOKEN", sandbox.token)
        shop = Shop(tmp_path, sandbox)
        shop.path.write_text(LIMITED, encoding="utf-8")
        shop.write(*people(10))
        yield shop
