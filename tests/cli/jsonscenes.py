"""Days at a shop in which every command answers with --json, and each key of its object is there once. No expectations.

A command is the words before its arguments, as in docs/json.md: `campaign send`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import openpyxl

from tests.cli.conftest import Shop

Answer = tuple[str, Any]


@dataclass(frozen=True)
class Scene:
    """What happens, and the commands whose objects are whole when it is over, but for keys that begin as `elsewhere`:
    those are seen in another scene, where the same part of an object is shown."""

    play: Callable[[Shop], Iterator[Answer]]
    commands: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


def _answer(shop: Shop, command: str, *arguments: str) -> Answer:
    return command, shop.run(*command.split(), *arguments, "--json").json


def _first_steps(shop: Shop) -> Iterator[Answer]:
    yield _answer(shop, "ledger init")
    yield _answer(shop, "config", "api.dialect")
    yield _answer(shop, "doctor")
    shop.configure("segments:", "notify: [env:NOT_SET]\nsegments:")
    yield _answer(shop, "notify test")
    yield _answer(shop, "balance")
    Path("ampenet.yaml").rename("other.yaml")
    Path("wateja.csv").write_text("Simu,Simu 2\n0754000101,0754000102\n", encoding="utf-8")
    yield _answer(shop, "init", "--from", "wateja.csv")


def _a_lost_ledger(shop: Shop) -> Iterator[Answer]:
    shop.run("sync", "--yes")
    yield _answer(shop, "ledger export", "analysis")
    yield _answer(shop, "ledger backup", "ledger.bak")
    shop.configure("segments:", "retention: {plans: 90d, outcomes: 24mo, quarantine: 14d}\nsegments:")
    yield _answer(shop, "ledger prune", "--dry-run")
    Path(".ampenet/ledger.db").unlink()
    yield _answer(shop, "ledger restore", "ledger.bak")


def _groups(shop: Shop) -> Iterator[Answer]:
    yield _answer(shop, "groups create", "Old list", "--yes")
    yield _answer(shop, "groups list")
    yield _answer(shop, "groups show", "Old list")
    yield _answer(shop, "groups rename", "Old list", "Older list", "--confirm", "Old list")
    yield _answer(shop, "groups delete", "Older list", "--confirm", "Older list")


def _a_plan(shop: Shop) -> Iterator[Answer]:
    """A name changes before the plan, and once more before it is applied."""
    _make_odd(shop)
    shop.run("sync", "--yes")
    _replace("Juma", "Jumaa")
    _, plan = planned = _answer(shop, "plan", "all", "--html", "plan.html")
    yield planned
    digest = plan["plans"][0]["digest"]
    yield _answer(shop, "show", digest, "--out", "rows.csv", "--html", "plan.html")
    _replace("Jumaa", "Jumaaa")
    yield _answer(shop, "apply", digest, "--yes")


def _a_sync(shop: Shop) -> Iterator[Answer]:
    """One number is refused; the second time a segment is over its limits and left out."""
    _make_odd(shop)
    shop.sandbox.switch(dialect="3.9")
    shop.sandbox.blacklist("255754000104")
    yield _answer(shop, "sync", "--yes")
    shop.configure("gold: {", "gold: {limits: {deletes: 0}, ")
    shop.configure("points >= 100", "points >= 120")
    yield _answer(shop, "sync", "--yes")


def _an_import(shop: Shop) -> Iterator[Answer]:
    """Two share a phone. A dry run, then for good; then more names change than one run may."""
    people = "".join(f"{at},0754000{at},,Asha,hapana\n" for at in range(200, 220))
    file = Path("wateja.csv")
    file.write_text(f"ID,Simu,Simu 2,Jina,Amejitoa\n1,0754000200,0754000102,Juma,hapana\n{people}2,07,,Neema,ndiyo\n")
    typed = (str(file), "--group", "Wateja")
    yield _answer(shop, "import", *typed, "--dry-run")
    yield _answer(shop, "import", *typed, "--yes")
    _replace("Asha", "Aisha", file)
    yield _answer(shop, "import", *typed, "--yes")


def _a_campaign(shop: Shop) -> Iterator[Answer]:
    _make_odd(shop)
    shop.run("sync", "--yes")
    shop.configure("campaigns:\n", "budget: {month: 1000}\ncampaigns:\n")
    _, audience = preview = _answer(shop, "campaign preview", "hello")
    yield preview
    shop.run("campaign", "send", "hello", "--audience", audience["audience"], "--yes")
    typed = ("hello", "--recipients", "--out", "hello.csv", "--html", "hello.html")
    yield _answer(shop, "campaign report", *typed)
    yield _answer(shop, "status")


def _orders(shop: Shop) -> Iterator[Answer]:
    """A campaign is approved for this minute, and sent; then somebody pauses it."""
    shop.configure("segment: all, ", f"segment: all, send_at: '{datetime.now().astimezone().isoformat()}', ")
    digest = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    yield _answer(shop, "campaign approve", "hello", "--audience", digest, "--by", "Neema", "--yes")
    yield _answer(shop, "campaign send", "--due", "--yes")
    yield _answer(shop, "campaign send", "hello", "--audience", digest, "--yes")
    yield _answer(shop, "campaign pause", "hello")
    yield _answer(shop, "campaign list")
    yield _answer(shop, "campaign status", "hello")
    yield _answer(shop, "campaign resume", "hello")
    yield _answer(shop, "campaign cancel", "hello", "--yes")


def _a_quarantine(shop: Shop) -> Iterator[Answer]:
    """Of two rows one is repaired, and the other made no better."""
    _make_odd(shop)
    _replace("4,0754 000 104", "4,0712")
    yield _answer(shop, "report")
    yield _answer(shop, "report", "--month", _month_of_a_send(shop))
    yield _answer(shop, "quarantine export", "--out", "rows.xlsx")
    _repair(Path("rows.xlsx"), "0754 000 104", "07")
    yield _answer(shop, "quarantine import", "rows.xlsx")
    yield _answer(shop, "quarantine repairs")


def _an_undo(shop: Shop) -> Iterator[Answer]:
    """Of a run in whose segment two share a phone; then the segment is held."""
    _make_odd(shop)
    shop.run("sync", "all", "--yes")
    _replace("Juma", "Jumaa")
    run = shop.run("sync", "all", "--yes", "--json").json["segments"][0]["run"]
    _, plan = undo = _answer(shop, "undo", run, "--html", "plan.html")
    yield undo
    shop.run("apply", plan["plans"][0]["digest"], "--yes")
    yield _answer(shop, "runs")
    yield _answer(shop, "release", "all", "--yes")


def _suppressions(shop: Shop) -> Iterator[Answer]:
    yield _answer(shop, "suppress add", "0754 000 101")
    Path("stop.csv").write_text("phone\n0754 000 102\n07\n", encoding="utf-8")
    yield _answer(shop, "suppress import", "stop.csv")
    yield _answer(shop, "suppress list")
    yield _answer(shop, "suppress check", "0754 000 101")
    yield _answer(shop, "suppress export")


def _a_person(shop: Shop) -> Iterator[Answer]:
    """Somebody is made, texted, changed and suppressed, and one of their plans can't be read any more."""
    shop.run("sync", "--yes")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    _replace("Asha", "Ashaa")
    shop.run("sync", "all", "--yes")
    shop.run("suppress", "add", "0754 000 101")
    next(Path(".ampenet/plans").glob("gold-*")).write_bytes(b"")
    yield _answer(shop, "explain", "0754 000 101")
    yield _answer(shop, "forget", "0754 000 101", "--yes")


def _errors(shop: Shop) -> Iterator[Answer]:
    yield "error", _answer(shop, "campaign preview", "nobody")[1]
    yield "error", _answer(shop, "groups create", "Nobody")[1]


SCENES: Final = {
    "first steps": Scene(_first_steps, ("ledger init", "config", "doctor", "notify test", "balance", "init")),
    "a lost ledger": Scene(_a_lost_ledger, ("ledger export", "ledger backup", "ledger prune", "ledger restore")),
    "groups": Scene(_groups, ("groups create", "groups list", "groups show", "groups rename", "groups delete")),
    "a plan": Scene(_a_plan, ("plan", "show", "apply"), elsewhere=("segments[].refused_rows[].",)),
    "a sync": Scene(_a_sync, ("sync",), elsewhere=("segments[].moved_rows[].",)),
    "an import": Scene(
        _an_import, ("import",), elsewhere=("segments[].moved_rows[].", "segments[].refused_rows[].", "consent.")
    ),
    "a campaign": Scene(_a_campaign, ("campaign preview", "campaign report", "status")),
    "orders": Scene(
        _orders,
        (
            *("campaign approve", "campaign send", "campaign pause", "campaign list", "campaign status"),
            *("campaign resume", "campaign cancel"),
        ),
    ),
    "a quarantine": Scene(_a_quarantine, ("report", "quarantine export", "quarantine import", "quarantine repairs")),
    "an undo": Scene(_an_undo, ("undo", "runs", "release"), elsewhere=("plans[].collisions[].",)),
    "suppressions": Scene(
        _suppressions, ("suppress add", "suppress import", "suppress list", "suppress check", "suppress export")
    ),
    "a person": Scene(_a_person, ("explain", "forget")),
    "errors": Scene(_errors, ("error",)),
}


def _month_of_a_send(shop: Shop) -> str:
    audience = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    sent = shop.run("campaign", "send", "hello", "--audience", audience, "--yes", "--json").json
    return f"{datetime.fromisoformat(sent['ended']).astimezone(ZoneInfo('Africa/Dar_es_Salaam')):%Y-%m}"


def _make_odd(shop: Shop) -> None:
    """Two share a phone, a word says neither yes nor no, somebody opted out, and a column isn't of its type."""
    path = Path("customers.csv")
    head, *rows = [*path.read_text(encoding="utf-8").splitlines(), "6,0754 000 101,Zawadi,10,labda"]
    cells = ["no"] * (len(rows) - 1) + ["soon"]
    lines = [f"{head},left,born", *(f"{row},{cell},long ago" for row, cell in zip(rows, cells, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shop.configure("consent: optin", "consent: optin\n  opted_out: left")
    shop.configure("types: {points: integer}", "types: {points: integer, born: date}")


def _replace(old: str, new: str, path: Path = Path("customers.csv")) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _repair(path: Path, *phones: str) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value == "phone")
    for row, phone in enumerate(phones, start=2):
        sheet.cell(row, column).value = phone
    book.save(path)
