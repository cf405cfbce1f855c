"""What is installed: one name, the same files whichever way they were built, the README's story beside foreign code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.docs.console import Shell, fits, steady, steps
from tests.install.conftest import ROOT, build
from tests.install.environments import Environment

FOREIGN = 'raise RuntimeError("somebody else\'s code was imported")\n'
PAGES = ("page.css", "plan.html", "quality.html")  # templates of reports/ and the look they share
STORY = ("## Your own CSV in five minutes", "## In Python")  # sections of the README


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment with packages of its own that have the names of our rooms."""
    for name in ("schemas", "dagster_project"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(FOREIGN, encoding="utf-8")
    return tmp_path


def run(environment: Environment, folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of the environment, with the folder's modules found first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMPENET_", "PYTHON"))}
    command, *arguments = words
    return subprocess.run(
        [str(environment.commands / command), *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(folder), **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_owns_one_name_at_the_top(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in contents(wheel)}
    assert {name for name in top if not name.endswith(".dist-info")} == {"ampenet_sync"}


def test_the_wheel_holds_contracts_dagster_library_and_sample(wheel: Path) -> None:
    files = contents(wheel)
    wanted = {
        "ampenet_sync/schemas/__init__.py": ROOT / "schemas/__init__.py",
        "ampenet_sync/schemas/plan.py": ROOT / "schemas/plan.py",
        "ampenet_sync/sample_data/customers.csv": ROOT / "sample_data/customers.csv",
        "ampenet_sync/dagster/definitions.py": ROOT / "ampenet_sync/dagster/definitions.py",
        "ampenet_sync/sandbox/page.html": ROOT / "ampenet_sync/sandbox/page.html",
        **{f"ampenet_sync/reports/{name}": ROOT / "ampenet_sync/reports" / name for name in PAGES},
        "ampenet_sync/py.typed": ROOT / "ampenet_sync/py.typed",
    }
    assert {name: files.get(name) for name in wanted} == {name: path.read_bytes() for name, path in wanted.items()}


def test_every_module_of_the_tree_is_in_the_wheel(wheel: Path) -> None:
    rooms = {"ampenet_sync": "ampenet_sync", "schemas": "ampenet_sync/schemas"}
    modules = {f"{to}/{path.relative_to(ROOT / at)}" for at, to in rooms.items() for path in (ROOT / at).rglob("*.py")}
    assert {name for name in contents(wheel) if name.endswith(".py")} == modules


def test_a_wheel_straight_from_the_tree_has_the_same_files_as_one_by_way_of_the_sdist(
    wheel: Path, tmp_path: Path
) -> None:
    build(ROOT, tmp_path, "--wheel")
    (direct,) = tmp_path.glob("*.whl")
    assert contents(direct) == contents(wheel)


def test_foreign_packages_of_our_rooms_names_are_really_found_first(environment: Environment, folder: Path) -> None:
    for name in ("schemas", "dagster_project"):
        ran = run(environment, folder, "python", "-c", f"import {name}")
        assert "somebody else's code was imported" in ran.stderr


def test_nothing_is_there_but_the_wheel_and_what_it_declares(environment: Environment) -> None:
    there = {path.name for path in environment.packages.iterdir()}
    assert {"ampenet_sync", "pandas", "duckdb"} <= there
    assert not {"matplotlib", "dagster", "pytest", "schemas", "dagster_project", "psycopg"} & there


def test_the_first_csv_and_the_script_go_as_the_readme_prints_them(environment: Environment, folder: Path) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    story = "".join(page.partition(heading)[2].partition("\n## ")[0] for heading in STORY)
    shell = Shell(folder, commands=[environment.commands], PYTHONPATH=str(folder))
    commands = list(steps(story))
    assert len([step for step in commands if step.command.startswith("ampenet-sync")]) >= 6
    assert "python rehearse.py" in [step.command for step in commands]
    for step in commands:
        printed = shell.run(step)
        if step.expected is not None and not fits(step.expected, printed):
            assert steady(printed) == steady(step.expected), step.command


def test_the_demo_runs_on_the_packaged_sample_and_leaves_it_to_be_looked_at(
    environment: Environment, folder: Path
) -> None:
    ran = run(environment, folder, "ampenet-sync", "demo")
    assert ran.returncode == 0, ran.stderr
    for words in ("298 customers, 14 quarantined", "customers: 296 done", "84 messages"):
        assert words in ran.stdout
    assert "make ui" not in ran.stdout
    assert (folder / "ampenet-demo/customers.csv").read_bytes() == (ROOT / "sample_data/customers.csv").read_bytes()


def test_a_report_without_matplotlib_names_the_extra(environment: Environment, folder: Path) -> None:
    assert run(environment, folder, "ampenet-sync", "init").returncode == 0
    ran = run(environment, folder, "ampenet-sync", "report")
    assert (ran.returncode, "[missing_extra]" in ran.stderr) == (1, True)
    assert "pip install 'ampenet-sync[report]'" in ran.stderr


def test_without_dagster_its_library_names_the_extra(environment: Environment, folder: Path) -> None:
    ran = run(environment, folder, "python", "-c", "import ampenet_sync.dagster")
    assert "Dagster is not installed: pip install 'ampenet-sync[dagster]'" in ran.stderr


def test_the_dagster_library_is_loaded_from_the_wheel_beside_foreign_packages(
    environment: Environment, folder: Path
) -> None:
    """Dagster itself is looked up behind everything else, in the environment that runs the tests."""
    assert run(environment, folder, "ampenet-sync", "init").returncode == 0
    import dagster

    more = f"import sys; sys.path.append({str(Path(dagster.__file__).parent.parent)!r})\n"
    script = more + (
        "from ampenet_sync.dagster import AmpenetResource, build_definitions\n"
        "defs = build_definitions(AmpenetResource())\n"
        "keys = defs.resolve_asset_graph().get_all_asset_keys()\n"
        "print(sorted(key.to_user_string() for key in keys), build_definitions.__code__.co_filename)\n"
    )
    ran = run(environment, folder, "python", "-W", "ignore", "-c", script)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "'contacts_applied', 'customers', 'plan', 'quarantine'" in ran.stdout
    assert str(environment.packages) in ran.stdout
