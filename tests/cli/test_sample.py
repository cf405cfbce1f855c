"""The demo's sample: written out where nothing is configured, kept where somebody changed it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ampenet_sync.cli.sample import write_sample
from tests.processes import finding

ROOT = Path(__file__).parent.parent.parent


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in finding(ROOT).items() if not name.startswith("AMPENET_")}
    command = [sys.executable, "-m", "ampenet_sync", *options, "demo"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_where_nothing_is_configured_the_demo_writes_its_sample_out(tmp_path: Path) -> None:
    ran = demo(tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert f"This is a rehearsal of ampenet-demo{os.sep}ampenet.yaml" in ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ampenet-demo"]


def test_the_configuration_that_is_here_is_the_one_rehearsed(tmp_path: Path) -> None:
    write_sample(tmp_path)
    rows = (tmp_path / "customers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "customers.csv").write_text("".join(rows[:9]), encoding="utf-8")
    ran = demo(tmp_path)
    assert (ran.returncode, "8 rows of customers.csv" in ran.stdout) == (0, True), ran.stderr
    assert not (tmp_path / "ampenet-demo").exists()


def test_a_configuration_that_is_asked_for_and_missing_is_an_error(tmp_path: Path) -> None:
    ran = demo(tmp_path, "--config", "other.yaml")
    assert (ran.returncode, "other.yaml" in ran.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_sample_that_somebody_changed_is_kept(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "shop")
    path.write_text("changed", encoding="utf-8")
    (tmp_path / "shop/customers.csv").unlink()
    assert write_sample(tmp_path / "shop") == path
    assert path.read_text(encoding="utf-8") == "changed"
    assert (tmp_path / "shop/customers.csv").read_bytes() == (ROOT / "sample_data/customers.csv").read_bytes()
