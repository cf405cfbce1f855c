"""Ready for an index: metadata that twine takes, one version, no dead link, and files for contributors that load."""

from __future__ import annotations

import re
import subprocess
import sys
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from trove_classifiers import classifiers

import ampenet_sync
from tests.install.conftest import ROOT
from tests.install.environments import Environment

RELATIVE = re.compile(r"\]\((?!https?://)")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def check(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_twine_has_nothing_to_say_against_wheel_and_sdist(built: Path) -> None:
    files = sorted(built.iterdir())
    assert [path.name for path in files] == [
        f"ampenet_sync-{ampenet_sync.__version__}-py3-none-any.whl",
        f"ampenet_sync-{ampenet_sync.__version__}.tar.gz",
    ]
    ran = check(*files)
    assert (ran.returncode, ran.stdout.count("PASSED")) == (0, 2), ran.stdout


def test_twine_would_see_a_wheel_without_a_description(wheel: Path, tmp_path: Path) -> None:
    bare = tmp_path / wheel.name
    with ZipFile(wheel) as origin, ZipFile(bare, "w") as copy:
        for name in origin.namelist():
            content = origin.read(name)
            copy.writestr(name, content.partition(b"\n\n")[0] + b"\n" if name.endswith("/METADATA") else content)
    assert check(bare).returncode == 1


def test_there_is_one_version(metadata: Message, environment: Environment) -> None:
    command = [str(environment.commands / "ampenet-sync"), "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert (metadata["Version"], shown) == (
        ampenet_sync.__version__,
        f"ampenet-sync, version {ampenet_sync.__version__}\n",
    )
    assert f'"{ampenet_sync.__version__}"' not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_changelogs_newest_version_is_this_one() -> None:
    headings = re.findall(r"^## \[(\d.*?)\] - (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert headings[0][0] == ampenet_sync.__version__


def test_the_page_of_an_index_has_no_link_into_a_tree_that_is_not_there(metadata: Message) -> None:
    page, readme = str(metadata.get_payload()), (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(RELATIVE.findall(readme)) > 10
    assert RELATIVE.findall(page) == []
    assert "docs/quarantine.md" in page and "CSV files (docs/csv.md)" in page


def test_the_sdist_has_the_pages_that_the_readme_names(built: Path, metadata: Message) -> None:
    import tarfile

    (sdist,) = built.glob("*.tar.gz")
    named = set(re.findall(r"\b(?:docs/[\w-]+\.md|CONTRIBUTING\.md|CHANGELOG\.md)", str(metadata.get_payload())))
    with tarfile.open(sdist) as archive:
        there = {name.partition("/")[2] for name in archive.getnames()}
    assert len(named) > 8 and named <= there


def test_classifiers_are_known_and_name_the_systems_tested(metadata: Message) -> None:
    ours = metadata.get_all("Classifier") or []
    assert set(ours) <= classifiers
    assert "Operating System :: POSIX :: Linux" in ours


def test_the_extras_are_these(metadata: Message) -> None:
    assert sorted(metadata.get_all("Provides-Extra") or []) == [
        "all",
        "dagster",
        "mysql",
        "notify",
        "postgres",
        "report",
    ]
    always = [need for need in metadata.get_all("Requires-Dist") or [] if "extra ==" not in need]
    assert not [need for need in always if need.startswith(("matplotlib", "apprise", "dagster", "psycopg", "pymysql"))]


def test_the_workflow_runs_what_runs_here() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    commands = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert commands[-1] == ".ci/run"


def test_hooks_before_a_commit_are_the_tools_of_the_environment() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    entries = [hook["entry"] for repository in hooks["repos"] for hook in repository["hooks"]]
    assert entries == [".venv/bin/ruff format", ".venv/bin/ruff check", ".venv/bin/mypy"]


def test_forms_ask_for_no_secret() -> None:
    forms = [
        yaml.safe_load((ROOT / f".github/ISSUE_TEMPLATE/{name}.yml").read_text("utf-8")) for name in ("bug", "idea")
    ]
    assert all(form["name"] and form["description"] and form["body"] for form in forms)
    assert "No token, no phone number" in forms[0]["body"][0]["attributes"]["value"]
