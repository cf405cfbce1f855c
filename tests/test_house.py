"""The house rules, read from the source: which room may import which, how long functions are, how a file begins."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ampenet_sync", "dagster_project", "schemas")

# Room → the rooms of ours it may import. Beside them each may import itself.
MAY_IMPORT = {
    "codes": (),
    "errors": ("codes",),
    "stopping": (),
    "machine": (),
    "config": ("errors", "phones"),
    "phones": ("errors",),
    "schemas": ("phones",),
    "throttle": ("errors",),
    "api": ("errors", "machine", "config", "throttle"),
    "ledger": ("errors", "machine", "config", "throttle"),
    "files": ("errors", "config"),
    "sources": ("errors", "machine", "config", "files"),
    "customers": ("errors", "config", "files", "phones", "schemas", "sources", "where"),
    "where": ("errors", "machine", "config"),
    "quarantine": ("errors", "config", "files", "phones", "schemas", "sources", "customers"),
    "recognition": ("errors", "config", "phones", "sources", "customers"),
    "contacts": ("errors", "config", "phones", "schemas", "sources", "customers", "where"),
    "runs": ("errors", "stopping", "config", "api", "ledger"),
    "sync": (
        *("errors", "stopping", "config", "files", "phones", "schemas", "customers", "contacts", "api", "ledger"),
        "runs",
    ),
    "campaigns": (
        *("errors", "config", "files", "phones", "schemas", "customers", "contacts", "api", "ledger", "runs"),
    ),
    "pipeline": (
        *("errors", "stopping", "config", "files", "phones", "schemas", "customers", "quarantine", "contacts", "api"),
        *("ledger", "runs", "sync", "campaigns", "machine", "recognition"),
    ),
    "reports": ("errors", "config", "phones", "schemas", "customers", "contacts", "sync", "campaigns", "pipeline"),
    "sandbox": (),
    "rehearsal": ("stopping", "machine", "config", "sandbox", "pipeline"),
    "front": ("errors", "config", "customers", "contacts", "sandbox", "pipeline", "rehearsal"),
    "cli": ("errors", "stopping", "machine", "config", "sandbox", "pipeline", "reports", "rehearsal"),
    "__main__": ("cli",),
}
DOORS = ("cli", "__main__", "front", "rehearsal", "sandbox")
MAY_IMPORT["dagster"] = tuple(room for room in MAY_IMPORT if room not in DOORS)
MAY_IMPORT["dagster_project"] = ("errors", "config", "sandbox", "pipeline", "dagster")

# They say nothing of the thing they are given to; an underscore before them doesn't either.
NO_NAMES = {"told", "found", "said", "one"}

# What differs from run to run: named only at the edge, so that whoever hands a Machine in gets the same trace again.
# The sandbox shares no code with the client, and so has an edge of its own; `ui.py` waits for processes it started.
FROM_OUTSIDE = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "sleep"},
    "random": {"random", "randrange", "randint", "choice", "shuffle", "uniform", "SystemRandom"},
    "uuid": {"uuid1", "uuid4"},
    "os": {"getpid", "urandom"},
    "socket": {"gethostname"},
    "secrets": {"token_hex", "token_urlsafe", "token_bytes", "randbelow", "choice"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
EDGE = {"ampenet_sync/machine.py", "ampenet_sync/sandbox/sandbox.py", "ampenet_sync/sandbox/keys.py"}
EDGE |= {"dagster_project/ui.py"}
# Files in which the real machine is what is taken where none is handed in.
TAKES_THE_REAL = {
    "api/connect.py",
    "cli/session.py",
    "cli/terminal.py",  # progress of a terminal without a session
    "dagster/resources.py",
    "ledger/database.py",
    "pipeline/quarantine.py",
    "pipeline/status.py",
    "pipeline/world.py",
    "rehearsal.py",
    "sources/sql/sqlite.py",  # how long a database may take
    "where/run.py",  # how long an expression may take
}

LONGEST_FUNCTION, MEDIAN_FUNCTION, LONGEST_FILE, SHORTEST_FILE = 50, 12, 330, 40

# Classes whose name stands twice among rooms that meet. The list only gets shorter.
NAMED_TWICE = {
    "CampaignStatus",
    "Claim",
    "Consent",
    "Customers",
    "Group",
    "Preview",
    "Row",
    "Rules",
    "SegmentStatus",
    "Sent",
    "Status",
    "Tree",
}
# Files of a few lines that had their reasons, by name, as rooms move; and those that only open a room. A new one joins
# a neighbour of its subject, or comes here with its reason behind it. The list only gets shorter.
SMALL = {
    "advised.py",
    "answers.py",
    "audience.py",
    "checkup.py",
    "clocks.py",
    "contacts.py",
    "damage.py",
    "definitions.py",
    "destinations.py",  # one of the four that the ledger's records are, by what they remember
    "door.py",
    "drawing.py",
    "gsm.py",
    "handed.py",
    "health.py",
    "lookup.py",
    "names.py",
    "nearness.py",
    "page.py",
    "protocol.py",  # what the callers of every throttle see
    "quarantine.py",
    "rowid.py",
    "sample.py",
    "schedules.py",
    "sharing.py",
    "signs.py",
    "sqllogs.py",
    "tidy.py",
    "valuewarnings.py",
    "window.py",
    "zones.py",
}
OPENS_A_ROOM = ("__init__.py", "__main__.py")


def _files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _room(module: str) -> str | None:
    """`ampenet_sync.sync.plan` → sync; None for what isn't ours, or the bare package."""
    top, _, rest = module.partition(".")
    if top in ("schemas", "dagster_project"):
        return top
    return rest.partition(".")[0] or None if top == "ampenet_sync" else None


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def _functions() -> Iterator[tuple[str, int]]:
    for path in _files():
        for node in ast.walk(_tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{path.name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_the_design_allows(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    room = _room(".".join(parts))
    if room is None or parts == ("ampenet_sync", "__init__"):
        return
    allowed = {*MAY_IMPORT[room], room, *(["codes"] if "errors" in MAY_IMPORT[room] else [])}
    imported = {found for module in _imports(_tree(path)) if (found := _room(module))}
    assert imported <= allowed, f"{room} may not import {sorted(imported - allowed)}"


def test_the_contracts_are_imported_by_the_one_name_that_the_wheel_owns() -> None:
    finder = ROOT / "ampenet_sync/schemas/__init__.py"  # for the type checker alone it names them where they stand
    folders = [ROOT / name for name in (*PACKAGES, "tests", "benchmarks")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    bare = {path for path in files for name in _imports(_tree(path)) if name.partition(".")[0] == "schemas"}
    assert bare == {finder}


def test_the_customers_room_takes_its_own_settings_and_never_the_whole_configuration() -> None:
    files = [path for room in ("customers", "quarantine") for path in (ROOT / "ampenet_sync" / room).rglob("*.py")]
    taking = {path.name for path in files if re.search(r"\bConfig\b", path.read_text(encoding="utf-8"))}
    assert taking == {"settings.py"}, "what is needed goes into IntakeSettings, which one function makes of a Config"


def _asked_outside(tree: ast.Module) -> Iterator[str]:
    """`time.time` and the like, under whatever name they were imported."""
    names = {name: name for name in FROM_OUTSIDE}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
            yield from (alias.name for alias in node.names if alias.name in FROM_OUTSIDE.get(node.module or "", ()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
            asked = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if node.attr in FROM_OUTSIDE.get(names.get(asked, asked), ()):
                yield f"{asked}.{node.attr}"


def test_time_chance_and_this_process_are_asked_for_at_the_edge_alone() -> None:
    asking = {str(path.relative_to(ROOT)): sorted(set(_asked_outside(_tree(path)))) for path in _files()}
    assert {name: what for name, what in asking.items() if what and name not in EDGE} == {}
    assert all(asking[name] for name in EDGE), "what asks no more is no edge"


def test_only_few_files_take_the_real_machine_where_none_is_handed_in() -> None:
    inside = ROOT / "ampenet_sync"
    taking = {path for path in inside.rglob("*.py") if re.search(r"\bHERE\b", path.read_text(encoding="utf-8"))}
    assert {str(path.relative_to(inside)) for path in taking} - {"machine.py"} == TAKES_THE_REAL


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("import random as chance\nchance.random()", ["chance.random"]),
        ("from time import time", ["time"]),
        ("import datetime\ndatetime.datetime.now()", ["datetime.now"]),
        ("from random import Random\nRandom(7).random()", []),
        ("machine.random()\nself.machine.sleep(1)\nrun.sleep(1)", []),
    ],
)
def test_whoever_asks_is_seen_under_any_name(written: str, asked: list[str]) -> None:
    assert list(_asked_outside(ast.parse(written))) == asked


def test_the_table_has_no_circle() -> None:
    for room, allowed in MAY_IMPORT.items():
        assert all(room not in MAY_IMPORT[other] for other in allowed), room


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_says_first_what_it_is_and_is_no_drawer(path: Path) -> None:
    assert ast.get_docstring(_tree(path)), "begin with one sentence: what it is, and what it is not"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert path.stem not in ("utils", "helpers", "base", "manager", "common", "misc")


def _classes() -> dict[str, list[str]]:
    """The name of each class that isn't private to its file → the rooms it stands in, one for each time."""
    found: dict[str, list[str]] = {}
    for path in _files():
        room = _room(".".join(path.relative_to(ROOT).with_suffix("").parts)) or ""
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(room)
    return found


def _meet(rooms: list[str]) -> bool:
    """Whether one of them is there twice, or may import another."""
    return len(set(rooms)) < len(rooms) or any(other in MAY_IMPORT.get(room, ()) for room in rooms for other in rooms)


def test_a_class_name_stands_once_among_rooms_that_meet() -> None:
    assert {name for name, rooms in _classes().items() if _meet(rooms)} == NAMED_TWICE


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions, classes, parameters, variables and attributes that are set, and the other names of imports."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((node.lineno, alias.asname) for alias in aliases if alias.asname)


def _saying_nothing(tree: ast.Module) -> list[tuple[int, str]]:
    return sorted((line, name) for line, name in _named(tree) if name.strip("_").lower() in NO_NAMES)


def test_each_name_says_the_thing() -> None:
    nothing = {str(path.relative_to(ROOT)): _saying_nothing(_tree(path)) for path in _files()}
    assert {name: lines for name, lines in nothing.items() if lines} == {}


@pytest.mark.parametrize(
    "written",
    [
        "def read(*, told): ...",
        "rows = [one for one in rows]",
        "class Check:\n    found: str",
        "class Told: ...",
        "def _said(): ...",
        "self.found = []",
        "if found := look(): ...",
        "wait(lambda **said: None)",
        "with look() as (found, _): ...",
        "match row:\n    case {**found}: ...",
        "try: ...\nexcept OSError as found: ...",
        "import numpy as one",
    ],
)
def test_a_name_that_says_nothing_is_seen_wherever_it_is_given(written: str) -> None:
    assert len(_saying_nothing(ast.parse(written))) == 1


def test_no_new_file_is_a_splinter() -> None:
    small = {path.name for path in _files() if len(path.read_text(encoding="utf-8").splitlines()) < SHORTEST_FILE}
    assert small - set(OPENS_A_ROOM) == SMALL


def test_functions_are_short() -> None:
    lengths = dict(_functions())
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_FUNCTION


@pytest.mark.parametrize(
    "heavy", ["pandas", "pandera", "duckdb", "dagster", "pyarrow", "sqlalchemy", "requests", "matplotlib", "apprise"]
)
def test_help_imports_nothing_heavy(heavy: str) -> None:
    assert heavy not in _modules_after("--help")


@pytest.mark.parametrize("heavy", ["pandas", "pandera", "duckdb", "dagster", "pyarrow", "matplotlib", "apprise"])
def test_status_imports_no_tables(heavy: str, tmp_path: Path) -> None:
    assert heavy not in _modules_after("--config", str(ROOT / "sample_data/ampenet.yaml"), "status")


def _modules_after(*arguments: str) -> set[str]:
    """The modules loaded when a command has run; it may end in an error."""
    code = f"import sys\nfrom ampenet_sync.cli import main\ntry: main({list(arguments)!r})\nexcept SystemExit: pass\n"
    code += "print('\\n', *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(ran.stdout.rsplit("\n", 2)[-2].split())


def _committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout to know what is committed")
def test_nothing_committed_names_a_registry_or_a_path_of_this_machine() -> None:
    unwanted = re.compile(rb"pypi\.org|files\.pythonhosted|registry\.npmjs|--index-url|/home/\w+/|/root/|/work/")
    texts = [path for path in _committed() if path.suffix not in (".png", ".parquet")]
    assert [str(path) for path in texts if path != Path(__file__) and unwanted.search(path.read_bytes())] == []


def test_the_top_level_holds_what_was_given_and_no_more() -> None:
    given = {"pyproject.toml", "README.md", "ampenet_sync", "dagster_project", "schemas", "tests", "sample_data"}
    beside = {"Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs", "benchmarks"}
    top = {path.relative_to(ROOT).parts[0] for path in _committed()}
    assert {name for name in top if not name.startswith(".")} <= given | beside
