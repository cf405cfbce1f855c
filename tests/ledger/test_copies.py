"""A ledger is backed up while it is written, and a lost one made again from it; one that is there is never replaced."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger, changes, copies, create_ledger, destinations, open_ledger, runs, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.runs import no_progress


def used(url: str, folder: Path, *, names: int = 20) -> Ledger:
    """A ledger that knows of changes, one suppression and one run."""
    ledger, _ = create_ledger(url, folder)
    work(ledger, names)
    suppressions.suppress(ledger, phone="255712000999", customer_key="", reason="asked", by="Asha")
    return ledger


def work(ledger: Ledger, names: int) -> None:
    there = destinations.destination_id(ledger, host="sandbox", account="a")
    run = runs.begin_run(ledger, "apply")
    for n in range(names):
        intent = changes.Intent(run, n, "g", "create", None, f"k{n}", f"255712{n:06d}", {"first_name": "Ñandú"})
        held = changes.claim(ledger, there, intent, run=run, send_before=ledger.clock() + 5)
        assert isinstance(held, changes.Claim)
        changes.finish(ledger, there, held, uid=f"{run[:6]}{n}")


def content(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger.read() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(sa.select(table))), key=repr)
            for table in copies.COPIED
        }


def test_a_lost_ledger_is_made_again_with_every_row(url: str, tmp_path: Path) -> None:
    ledger = used(url, tmp_path)
    before = content(ledger)
    copied = copies.back_up(ledger, tmp_path / "copy.db", progress=no_progress)
    ledger.close()
    assert copied.rows["changes"] == copied.rows["contacts"] == 20
    elsewhere = f"sqlite:///{tmp_path}/again.db"
    assert copies.restore(tmp_path / "copy.db", elsewhere, tmp_path, progress=no_progress).rows == copied.rows | {
        "meta": copied.rows["meta"] + 1
    }
    again = open_ledger(elsewhere, tmp_path)
    assert content(again) == before and again.id == ledger.id
    work(again, 3)
    again.close()


def test_a_ledger_moves_from_a_file_to_a_server_and_goes_on_counting(postgresql_url: str, tmp_path: Path) -> None:
    ledger = used(f"sqlite:///{tmp_path}/ledger.db", tmp_path)
    copies.back_up(ledger, tmp_path / "copy.db", progress=no_progress)
    before = content(ledger)
    ledger.close()
    copies.restore(tmp_path / "copy.db", postgresql_url, tmp_path, progress=no_progress)
    moved = open_ledger(postgresql_url, tmp_path)
    assert content(moved) == before
    work(moved, 5)
    assert len(content(moved)["changes"]) == 25
    moved.close()


def test_a_copy_is_of_one_moment_while_others_write(url: str, tmp_path: Path) -> None:
    """Each finished change has its link: a copy of two moments would have some without."""
    ledger, done = used(url, tmp_path, names=200), threading.Event()

    def go_on() -> None:
        while not done.is_set():
            work(ledger, 10)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        for number in range(3):
            file = tmp_path / f"copy{number}.db"
            rows = copies.back_up(ledger, file, progress=no_progress).rows
            with sa.create_engine(f"sqlite:///{file}").connect() as db:
                finished = set(db.scalars(sa.select(t.changes.c.uid).where(t.changes.c.state == "done")))
                linked = set(db.scalars(sa.select(t.contacts.c.uid)))
            assert finished == linked and rows["contacts"] == len(linked)
    finally:
        done.set()
        writer.join()
        ledger.close()


def test_a_ledger_that_is_there_is_left_alone_and_what_it_knows_is_named(url: str, tmp_path: Path) -> None:
    ledger = used(url, tmp_path)
    copies.back_up(ledger, tmp_path / "copy.db", progress=no_progress)
    work(ledger, 4)
    before = content(ledger)
    with pytest.raises(LedgerError) as refused:
        copies.restore(tmp_path / "copy.db", url, tmp_path, progress=no_progress)
    assert refused.value.code == "ledger_there" and "4 changes" in refused.value.message
    assert content(ledger) == before
    ledger.close()


def test_what_is_no_backup_makes_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("id,phone\n", encoding="utf-8")
    used(f"sqlite:///{tmp_path}/ledger.db", tmp_path).close()
    for file in (tmp_path / "text.db", tmp_path / "ledger.db"):
        with pytest.raises(LedgerError) as refused:
            copies.restore(file, f"sqlite:///{tmp_path}/new.db", tmp_path, progress=no_progress)
        assert refused.value.code == "no_backup" and not (tmp_path / "new.db").exists()


def test_a_restore_that_ends_half_way_leaves_no_ledger(tmp_path: Path) -> None:
    used(f"sqlite:///{tmp_path}/ledger.db", tmp_path).close()
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", tmp_path)
    copies.back_up(ledger, tmp_path / "copy.db", progress=no_progress)
    ledger.close()

    def fail(what: str, done: int, total: int | None) -> None:
        if done > 5:
            raise KeyboardInterrupt

    new = f"sqlite:///{tmp_path}/new.db"
    with pytest.raises(KeyboardInterrupt):
        copies.restore(tmp_path / "copy.db", new, tmp_path, progress=fail)
    with pytest.raises(LedgerError, match="no ledger"):
        open_ledger(new, tmp_path)
    assert copies.restore(tmp_path / "copy.db", new, tmp_path, progress=no_progress).rows["changes"] == 20


def test_of_two_restores_at_once_one_makes_the_ledger_and_the_other_says_so(url: str, tmp_path: Path) -> None:
    ledger = used(url, tmp_path, names=200)
    copies.back_up(ledger, tmp_path / "copy.db", progress=no_progress)
    ledger.close()
    target, start = f"sqlite:///{tmp_path}/again.db", threading.Barrier(2)

    def restore(number: int) -> str:
        own = tmp_path / f"own{number}.db"
        own.write_bytes((tmp_path / "copy.db").read_bytes())
        start.wait()
        try:
            return str(copies.restore(own, target, tmp_path, progress=no_progress).rows["changes"])
        except LedgerError as error:
            return error.code

    with ThreadPoolExecutor(2) as executor:
        assert sorted(executor.map(restore, range(2))) == ["200", "ledger_there"]
    again = open_ledger(target, tmp_path)
    assert len(content(again)["changes"]) == 200
    again.close()
