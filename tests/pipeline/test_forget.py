"""Forgetting somebody: stopped anywhere it is finished by running it again, and what is in doubt is looked up first."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.errors import Busy, LedgerError
from ampenet_sync.ledger import destinations, groups, leases, runs
from ampenet_sync.pipeline.forgetting import Forgot, find, forget
from ampenet_sync.sandbox import Fault
from tests.traces import files_with
from tests.world import ACCOUNT, CONFIG, Place, people, phones

WHO, DIGITS = "255712000003", "712000003"
POINTS = ("remembered", "claimed", "status read", "answered", "files erased", "ledger erased")


class Killed(BaseException):
    """Nothing after it runs."""


@pytest.fixture
def texted(place: Place) -> Place:
    """A shop whose five customers are contacts and have been texted."""
    place.write(*people(5))
    place.sync()
    place.send(place.preview().audience.digest)
    return place


def forgot(place: Place, who: str = WHO, **handed: object) -> Forgot:
    with place.opened(**handed) as world:
        return forget(world, find(world, who))


def left(place: Place) -> list[str]:
    return files_with(DIGITS, place.folder / ".ampenet")


@pytest.mark.parametrize("dialect", ["3.8", "3.9"])
@pytest.mark.parametrize("point", POINTS)
def test_who_is_killed_half_way_runs_it_again(texted: Place, point: str, dialect: str) -> None:
    texted.sandbox.switch(dialect=dialect)

    def crash(here: str) -> None:
        if here == point:
            raise Killed

    assert left(texted)
    with pytest.raises(Killed):
        forgot(texted, crash=crash)
    texted.clock.now += 600
    assert forgot(texted).done
    assert left(texted) == [] and set(texted.group()) == set(phones(5)) - {WHO}


@pytest.mark.parametrize("point", POINTS[:2])
def test_from_the_first_moment_nobody_makes_or_texts_them(texted: Place, point: str) -> None:
    """Not even by a plan of customers who were read before."""

    def crash(here: str) -> None:
        if here == point:
            raise Killed

    texted.sandbox.remove_contact("VIP", WHO)
    with pytest.raises(Killed):
        forgot(texted, crash=crash)
    texted.clock.now += 600
    assert forgot(texted).done
    assert texted.sync().suppressed == 1  # its customers are read without leaving anybody out
    assert WHO not in texted.group()


def test_a_send_that_knows_nothing_of_it_texts_everybody_else(place: Place) -> None:
    """An audience that was frozen before, and customers who were read before."""
    place.write(*people(5))
    preview, intake = place.preview(), place.intake()
    kept = preview.path.read_bytes()
    assert forgot(place).done and not preview.path.exists()
    preview.path.write_bytes(kept)
    assert intake.usable == 5
    place.send(preview.audience.digest)
    assert place.texted() == sorted(set(phones(5)) - {WHO})


def test_a_lost_answer_to_the_deletion_is_looked_up_by_the_next_try(texted: Place) -> None:
    texted.trouble.on("DELETE", Fault.drop_after)
    first = forgot(texted)
    assert not first.done and first.left == 1 and first.rows.messages == 0
    texted.clock.now += 600
    again = forgot(texted)
    assert again.done and again.rows.messages == 1
    assert left(texted) == [] and WHO not in texted.group()


def test_a_deletion_that_is_refused_keeps_the_ledgers_rows_for_the_next_try(texted: Place) -> None:
    texted.trouble.on("DELETE", Fault.refused("not today"))
    assert forgot(texted).left == 1 and WHO in texted.group()
    assert forgot(texted).done and WHO not in texted.group() and left(texted) == []


def test_a_message_without_an_outcome_is_waited_for(place: Place) -> None:
    place.write(*people(5))
    digest = place.preview().audience.digest

    def crash(here: str) -> None:
        if here == "claimed":
            raise Killed

    with pytest.raises(Killed):
        place.send(digest, crash=crash)
    with pytest.raises(Busy) as waits:
        forgot(place, phones(1)[0])
    assert waits.value.code == "forget_waits" and "campaign hello" in waits.value.message
    assert phones(1)[0] not in waits.value.message
    place.clock.now += 600
    place.send(digest)  # who was forgotten meanwhile isn't texted by it
    assert phones(1)[0] not in place.texted()
    assert forgot(place, phones(1)[0]).done
    assert files_with("712000001", place.folder / ".ampenet") == []


def test_while_another_process_reads_the_ledger_its_log_keeps_them_and_the_next_try_finishes(texted: Place) -> None:
    with texted.ledger() as reader, reader.read() as reading:
        assert reading.execute(sa.text("SELECT count(*) FROM messages")).scalar_one() == 5
        with texted.opened() as world, pytest.raises(LedgerError) as in_use:
            sa.event.listen(world.ledger.engine, "checkout", lambda db, *_: db.execute("PRAGMA busy_timeout = 50"))
            forget(world, find(world, WHO))
        assert in_use.value.code == "ledger_in_use" and left(texted) != []
    assert forgot(texted).done and left(texted) == [] and WHO not in texted.group()


def test_where_another_process_works_on_a_segment_nothing_but_the_hash_is_written(texted: Place) -> None:
    with texted.ledger() as ledger:
        run = runs.begin_run(ledger, "sync")
        with leases.held(ledger, f"segment vip at sandbox/{ACCOUNT}", run=run), pytest.raises(Busy):
            forgot(texted)
    assert WHO in texted.group()
    assert forgot(texted).done and left(texted) == []


def test_a_number_that_somebody_else_has_now_takes_only_them(place: Place) -> None:
    place.write("k1,255712000001,Asha,Duka,yes", "k2,255712000002,Juma,Duka,yes")
    place.sync()
    place.write("k1,255712000009,Asha,Duka,yes", "k2,255712000001,Juma,Duka,yes")
    place.sync()
    assert place.group() == {"255712000009": "Asha", "255712000001": "Juma"}
    with place.opened() as world:
        found = find(world, "255712000001")
        assert found.someone.keys == {"k2"}
        assert forget(world, found).done
    assert place.group() == {"255712000009": "Asha"}
    assert files_with("712000001", place.folder / ".ampenet") == []


def test_a_contact_we_did_not_make_goes_too(place: Place) -> None:
    place.sandbox.add_group("VIP")
    place.sandbox.add_contact("VIP", WHO, "Name3")
    place.write(*people(5))
    place.sync()
    assert forgot(place).deleted == 1 and WHO not in place.group()


def test_a_contact_of_another_account_is_named(texted: Place) -> None:
    with texted.ledger() as ledger, ledger.write() as db:
        db.exec_driver_sql("INSERT INTO destinations (id, host, account) VALUES (77, 'elsewhere', 'a')")
        db.exec_driver_sql("UPDATE contacts SET destination = 77 WHERE phone = ?", (WHO,))
    told = forgot(texted)
    assert [one.destination for one in told.sought.elsewhere] == [77] and told.done and left(texted) == []


def test_a_backup_in_the_data_folder_stays_and_is_named(texted: Place) -> None:
    home = texted.folder / ".ampenet"
    (home / "backups").mkdir()
    (home / "backups/ledger.db").write_bytes((home / "ledger.db").read_bytes())
    with texted.ledger() as ledger, ledger.write() as db:
        db.exec_driver_sql("UPDATE meta SET value = value")
    assert [path.name for path in forgot(texted).files.backups] == ["ledger.db"]
    assert left(texted) == ["backups/ledger.db"]


@pytest.mark.parametrize("name", ["ledger.db", "memory.db"])
def test_a_ledger_elsewhere_in_the_data_folder_is_no_backup_and_no_rehearsal(place: Place, name: str) -> None:
    place.write(*people(5), text=f"ledger: sqlite:///.ampenet/inside/{name}\n{CONFIG}")
    place.make_ledger()
    place.sync()
    told = forgot(place)
    assert told.done and told.files.backups == () and left(place) == []
    assert len(place.links()) == 4


@pytest.mark.parametrize(
    "written",
    [
        "0712 000 003",
        "+255 (712) 000-003",
        "255.712.000.003",
        "712\u00a0000\u2013003",
    ],
)
@pytest.mark.parametrize("name", ["note.txt", "old.csv", "old.csv.gz", "old.zip"])
def test_a_file_that_holds_the_number_in_any_writing_is_removed(texted: Place, written: str, name: str) -> None:
    import gzip
    import zipfile

    path = texted.folder / ".ampenet" / name
    packed = {".gz": lambda text: gzip.compress(text.encode())}.get(Path(name).suffix, lambda text: text.encode())
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside.txt", f"x {written} y")
    else:
        path.write_bytes(packed(f"call {written}\n"))
    (texted.folder / ".ampenet" / f"other-{name}").write_bytes(packed("call 0712 000 004\n"))
    forgot(texted)
    assert not path.exists() and (texted.folder / ".ampenet" / f"other-{name}").exists()


def test_the_groups_of_others_and_other_peoples_rows_stay(texted: Place) -> None:
    forgot(texted)
    assert {link.phone for link in texted.links()} == set(phones(5)) - {WHO}
    with texted.ledger() as ledger:
        there = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
        assert groups.pinned_group(ledger, there, "vip") is not None
