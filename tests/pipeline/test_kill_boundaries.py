"""SIGKILL of a sync at every boundary of ledger and HTTP by its name, in each dialect and on each database.

The names come from runs that are not killed, so whatever a sync comes to write or to ask is killed at, too. A last test
holds them against the source. With AMPENET_TEST_KILLS above 25 it is each name on each kind of day, in each dialect on
both databases. The short form has one kind of day for each dialect and database, and of its names every twelfth.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ampenet_sync.sandbox import DialectName, Fault
from ampenet_sync.sync.stages import Name
from tests.dying import CALLS, CARRIERS, Fatal
from tests.killing import CARRIED_OUT, DIALECTS, LONG, Shop, open_shop

SOURCE = Path(__file__).parents[2] / "ampenet_sync"
EVERY = 1 if LONG else 12  # so manieth name
OF_ANOTHER_TURN = 3  # a thread's turn may fall otherwise: so many days may pass until a boundary is met again
pytestmark = pytest.mark.timeout(7200 if LONG else 900)

# Who passes what a sync of segments doesn't, by the function that writes, the endpoint or the point.
OF_OTHERS = {
    "checkup.look": "doctor",
    "copies.back_up": "ledger backup",
    "erasing.erase": "forget",
    "files erased": "forget",
    "forgotten.forget_for_ever": "forget",
    "ledger erased": "forget",
    "remembered": "forget",
    "holds.hold": "undo",
    "holds.release": "release",
    "leases.Lease.renew": "a sync of more than some minutes: what it writes is seen by nobody but a second process",
    "messages.claim": "campaign send",
    "messages.note_audience": "campaign preview",
    "messages.settle": "campaign send",
    "messages.start": "campaign send",
    "migrations.migrate": "the first command after a new version",
    "slots.stop_waiting": "campaign send",
    "balance": "doctor",
    "delete_group": "groups",
    "message_pages": "campaign send",
    "rename_group": "groups",
    "send_message": "campaign send",
    "show_group": "groups",
    "view_message": "campaign status",
}


@pytest.fixture
def shop(dialect: DialectName, ledger_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, dialect, ledger_url) as shop:
        shop.faults = ""
        yield shop


def an_ordinary_day(shop: Shop) -> None:
    """One comes, one leaves who opted out, one gets another name, one another number, and a guest is linked."""
    shop.keep()
    shop.new_day(guest=True)
    shop.leaving_opts_out()


def a_new_group(shop: Shop) -> None:
    shop.keep(suffix=str(shop.day))
    shop.new_day()


def a_day_of_lost_answers(shop: Shop) -> None:
    shop.keep()
    shop.new_day()
    shop.place.trouble.on("/store", Fault.drop_after)
    shop.place.trouble.on("/update/", Fault.drop_before, times=2)


def the_day_after_a_kill(shop: Shop) -> None:
    """What is killed recovers from a kill itself, with a create and an update in doubt."""
    shop.keep()
    shop.new_day()
    assert shop.child(at_effect=1, kind="contact_updated") and shop.child(at_effect=1, kind="contact_created")


def a_day_without_a_listing(shop: Shop) -> None:
    """Somebody edits a contact that is to be changed, and removes one that is to be deleted."""
    shop.keep(actual="ledger")
    shop.new_day()
    shop.place.sandbox.edit_contact("VIP", "255712000001", first_name="Edited")
    shop.somebody_removes_the_leaving()
    shop.place.trouble.on("/update/", Fault.drop_after)


DAYS: tuple[Callable[[Shop], None], ...] = (
    an_ordinary_day,
    a_new_group,
    a_day_of_lost_answers,
    the_day_after_a_kill,
    a_day_without_a_listing,
)
SHORT = {
    ("3.1", "sqlite"): a_day_of_lost_answers,
    ("3.8", "sqlite"): a_new_group,
    ("3.9", "sqlite"): an_ordinary_day,
    ("3.1", "postgresql"): the_day_after_a_kill,
    ("3.8", "postgresql"): an_ordinary_day,
    ("3.9", "postgresql"): a_day_without_a_listing,
}


def boundaries(shop: Shop, day: Callable[[Shop], None]) -> list[str]:
    """The names that such a day's run passes when nobody kills it."""
    day(shop)
    assert not shop.child(threads=1)
    shop.recover()
    shop.check()
    return sorted(shop.passed)


def kill_at(shop: Shop, name: str, day: Callable[[Shop], None]) -> None:
    for _ in range(OF_ANOTHER_TURN):
        day(shop)
        died = shop.child(Fatal(name), threads=1)
        shop.recover()
        shop.check()
        if died:
            return
    pytest.fail(f"it did not come to '{name}' again")


def days_of(dialect: DialectName) -> tuple[Callable[[Shop], None], ...]:
    """On 3.1 a create needs a listing."""
    return DAYS[:-1] if dialect == "3.1" else DAYS


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sync_that_is_killed_at_any_boundary_is_finished_by_the_next(
    shop: Shop, ledger_url: str, dialect: DialectName
) -> None:
    number = DIALECTS.index(dialect)
    short = SHORT[dialect, ledger_url.partition(":")[0].partition("+")[0]]
    for day in days_of(dialect) if LONG else (short,):
        names = boundaries(shop, day)
        assert len(names) > 50, "the run has hardly any boundaries"
        for name in names[number * EVERY // len(DIALECTS) :: EVERY]:
            kill_at(shop, name, day)


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("dialect", ["3.9"])
def test_every_boundary_that_the_source_knows_is_passed_or_named_as_another_command_s(shop: Shop) -> None:
    passed = {name for day in DAYS for name in boundaries(shop, day)}
    known = {f"{writer}: {when}" for writer in writers() for when in ("about to commit", "committed")}
    known |= {f"{call.name}: {when}" for call in CALLS for when in ("leaves", "answered")}
    known |= points()
    others = {name for name in known if name.partition(":")[0] in OF_OTHERS}
    effects = {name for name in passed if name.endswith(CARRIED_OUT)}
    assert known - others - passed == set(), "nobody is killed there: make a day that passes it"
    assert others & passed == set(), "they are passed by a sync"
    assert passed - known - effects == set(), "the source is read wrongly"


def writers() -> set[str]:
    """The ledger's functions that write in a transaction of their own, as `file.function`."""
    files = (file for file in (SOURCE / "ledger").glob("*.py") if file.name not in CARRIERS)
    return {f"{file.stem}.{name}" for file in files for name in _functions_that(file, _writes)}


def points() -> set[str]:
    """What runs say of themselves to whoever might kill them."""
    files = [file for file in SOURCE.rglob("*.py") if "crash(" in file.read_text(encoding="utf-8")]
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    named = {point for tree in trees for node in ast.walk(tree) for point in _points(node)}
    return named | {stage.value for stage in Name}


def _functions_that(file: Path, does: Callable[[ast.AST], bool]) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inside = {node: f"{cls.name}." for cls in tree.body if isinstance(cls, ast.ClassDef) for node in cls.body}
    for node in (*tree.body, *inside):
        if isinstance(node, ast.FunctionDef) and any(does(part) for part in ast.walk(node)):
            yield inside.get(node, "") + node.name


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.withitem(ast.Call(func=ast.Attribute(value=of, attr="write" | "begun"))):
            return ast.unparse(of).endswith(("ledger", "slots"))
        case ast.withitem(ast.Call(func=ast.Name("begun"), args=[_, ast.Constant(kind)])):
            return kind != "read"
        case ast.Call(func=ast.Attribute(value=of, attr="together" | "write")):
            return ast.unparse(of).endswith(("ledger", "_together")) and node.args != []
    return False


def _points(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="crash"), args=[ast.Constant(str(point))]):
            yield point
