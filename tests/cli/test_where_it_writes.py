"""Every command that writes at Ampenet says where before it does, and does nothing without a yes."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shop
from tests.cli.typed import typed

# Command → its yes for scripts. GOLD and AUDIENCE stand for a digest.
WRITING = {
    ("apply", "GOLD"): ("--yes",),
    ("sync",): ("--yes",),
    ("campaign", "send", "hello", "--audience", "AUDIENCE"): ("--yes",),
    ("groups", "create", "Wateja"): ("--yes",),
    ("groups", "rename", "Old", "New"): ("--confirm", "Old"),
    ("groups", "delete", "Old"): ("--confirm", "Old"),
}
COMMANDS = pytest.mark.parametrize("command", WRITING, ids=" ".join)


def filled(shop: Shop, command: tuple[str, ...]) -> list[str]:
    shop.sandbox.add_group("Old")
    digests = {
        "GOLD": lambda: shop.run("plan", "gold", "--json").json["plans"][0]["digest"],
        "AUDIENCE": lambda: shop.run("campaign", "preview", "hello", "--json").json["audience"],
    }
    return [str(digests[word]()) if word in digests else word for word in command]


@COMMANDS
def test_it_says_where_before_it_writes(shop: Shop, command: tuple[str, ...]) -> None:
    words = filled(shop, command)
    before = len(shop.changes())
    ran = shop.run(*words, *WRITING[command])
    assert ran.code == 0 and ran.out.startswith("LOCAL 127.0.0.1"), ran.err
    assert len(shop.changes()) > before, "nothing was written, so nothing was tried"


@COMMANDS
def test_a_script_without_a_yes_writes_nothing(shop: Shop, command: tuple[str, ...]) -> None:
    words = filled(shop, command)
    before = shop.changes()
    assert shop.run(*words).code == shop.run(*words, "--json").code == 2
    assert shop.changes() == before


@COMMANDS
def test_a_person_reads_where_and_may_say_no(shop: Shop, command: tuple[str, ...]) -> None:
    words = filled(shop, command)
    before = shop.changes()
    screen = typed(shop.folder, *words, answer="hapana")
    assert (screen.code, screen.text.endswith("Nothing was changed.")) == (0, True)
    assert screen.text.index("LOCAL 127.0.0.1") < screen.text.index("to go on, no to leave it")
    assert shop.changes() == before


def test_a_rehearsal_says_sandbox(shop: Shop) -> None:
    assert shop.run("--sandbox", "groups", "create", "Wateja", "--yes").out.startswith("SANDBOX embedded · account ")
    assert shop.sandbox.groups() == []
