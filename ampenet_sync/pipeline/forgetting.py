"""The story of forgetting somebody: known again by a hash first, then out of the groups, the files and the ledger.

In this order whoever is stopped half-way finds the person again: the ledger, by which they are known, comes last.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

from ampenet_sync.config import Config
from ampenet_sync.contacts import Holders
from ampenet_sync.customers import read_customers, settings_of
from ampenet_sync.errors import Busy, ConfigError, SourceError
from ampenet_sync.files.growing import ABANDONED_AFTER, private_folder, sweep_folders
from ampenet_sync.ledger import Ledger, changes, erasing, forgotten, groups
from ampenet_sync.ledger.erasing import PersonRows
from ampenet_sync.ledger.people import KnownContact, KnownPerson, Person, known_of, with_keys
from ampenet_sync.pipeline.erasing import ErasedFiles, erase_files, files_with, traces_of
from ampenet_sync.pipeline.explaining import asked_for
from ampenet_sync.pipeline.insource import person_in
from ampenet_sync.pipeline.intake import repairs_of
from ampenet_sync.pipeline.planning import kept_segments
from ampenet_sync.pipeline.world import World
from ampenet_sync.runs import Run
from ampenet_sync.sync.change import carry_out

READING = ".forget-"  # before the run's id: a reading of the source that is gone when the person is found


@dataclass(frozen=True)
class Sought:
    """Who is to be forgotten, and what there is of them. `elsewhere` are contacts of other accounts; `source` says what
    the source has: its name, or why it couldn't be read."""

    someone: Person
    rows: PersonRows
    files: int
    contacts: tuple[KnownContact, ...] = ()
    elsewhere: tuple[KnownContact, ...] = ()
    known_before: bool = False
    source_read: bool = True
    in_source: bool = False


@dataclass(frozen=True)
class Forgot:
    """What was erased. `left` contacts could not be deleted: then the ledger keeps its rows, for the next try."""

    sought: Sought
    deleted: int
    left: int
    rows: PersonRows
    files: ErasedFiles = field(default_factory=ErasedFiles)

    @property
    def done(self) -> bool:
        return not self.left


def find(world: World, text: str, *, key: bool = False) -> Sought:
    """Who is meant by a phone in any writing or by a key, and where they stand. Nothing is changed.

    Of a phone that was several customers' in turn, only those who have it now are forgotten with it.
    """
    asked = asked_for(world.config, text, key=key)
    someone = _current(world.ledger, asked)
    in_source, source_read = _in_source(world, asked if asked.phones else someone)
    someone |= in_source
    someone |= Person(_phones_now(world.ledger, someone.keys))
    known = known_of(world.ledger, someone)
    live = [contact for contact in known.contacts if contact.state == "live"]
    here, elsewhere = (
        tuple(contact for contact in live if (contact.destination == world.destination) is ours)
        for ours in (True, False)
    )
    return Sought(
        someone,
        erasing.rows_of(world.ledger, someone),
        len(files_with(world.config, traces_of(world.config, someone))),
        here,
        elsewhere,
        forgotten.forgotten_since(world.ledger, phones=someone.phones, keys=someone.keys) is not None,
        source_read,
        bool(in_source.keys or in_source.phones - asked.phones),
    )


def forget(world: World, sought: Sought) -> Forgot:
    """Erase them. Who was stopped half-way runs it again: what was done is done, and the rest follows.

    Raises Busy where another process works on a segment, or a request for them has no outcome yet (`forget_waits`),
    LedgerError `ledger_in_use`.
    """
    someone, ledger = sought.someone, world.ledger
    forgotten.forget_for_ever(ledger, phones=someone.phones, keys=someone.keys)
    with ExitStack() as held:
        runs = {name: held.enter_context(world.working("forget", name)) for name in kept_segments(world.config)}
        other = held.enter_context(
            world.running("forget", f"forgetting at {world.host}/{world.account.uid}", subject="")
        )
        other.crash("remembered")
        _settle(world, someone, runs, other)
        left = _delete_contacts(world, someone, runs, other)
        files = erase_files(world.config, traces_of(world.config, someone))
        other.crash("files erased")
        if left:
            return Forgot(sought, len(sought.contacts) - left, left, PersonRows(0, 0, 0, 0), files)
        rows = erasing.erase(ledger, someone)
    world.crash("ledger erased")
    erasing.scrub(ledger)
    return Forgot(sought, len(sought.contacts), 0, rows, files)


def _current(ledger: Ledger, asked: Person) -> Person:
    """With a phone the customers who have it now, as far as the ledger knows."""
    if not asked.phones:
        return asked
    [phone] = asked.phones
    keys = with_keys(ledger, phone).keys
    return asked | Person(keys=frozenset(key for key in keys if phone in _phones_now(ledger, frozenset({key}))))


def _phones_now(ledger: Ledger, keys: frozenset[str]) -> frozenset[str]:
    """The phones of their contacts, or else the last that a change or a message of theirs had."""
    phones = frozenset[str]()
    for key in keys:
        known = known_of(ledger, Person(keys=frozenset({key})))
        live = frozenset(contact.phone for contact in known.contacts if contact.state == "live" and contact.key == key)
        phones |= live or _last_phone(known, key)
    return phones - {""}


def _last_phone(known: KnownPerson, key: str) -> frozenset[str]:
    times = [(entry.at, entry.phone) for entry in known.changes if entry.key == key]
    times += [(entry.at, entry.phone) for entry in known.messages if entry.key == key]
    return frozenset({max(times)[1]}) if times else frozenset()


def _in_source(world: World, asked: Person) -> tuple[Person, bool]:
    """Whom the source has of them now, and whether it could be read. The reading is gone afterwards."""
    config: Config = world.config
    sweep_folders(config.home, pattern=f"{READING}*", older=ABANDONED_AFTER)  # what a killed process left
    try:
        with private_folder(config.home / f"{READING}{world.ledger.machine.uuid4().hex[:8]}") as folder:
            intake = read_customers(settings_of(config), repairs=repairs_of(config), folder=folder)
            there = person_in(intake, asked, by_phone=bool(asked.phones))
            if asked.keys:
                there |= person_in(intake, Person(keys=asked.keys), by_phone=False)
            aside = Holders(intake, config).quarantined_of(asked.phones, asked.keys)
            keys, phones = (frozenset(map(str, aside[name])) - {""} for name in ("customer_key", "phone"))
            return there | Person(phones, keys), True
    except (SourceError, ConfigError):
        return Person(), False


def _settle(world: World, someone: Person, runs: dict[str, Run], other: Run) -> None:
    """Look up what an earlier run left without an outcome: that needs the number."""
    waiting, _ = erasing.unanswered(world.ledger, someone)
    for group_uid in waiting:
        world.group_run(_run_for(world, group_uid, runs, other), group_uid).wait_and_settle()
    waiting, campaigns = erasing.unanswered(world.ledger, someone)
    if waiting or campaigns:
        what = f"campaign {', '.join(campaigns)}" if campaigns else f"group {', '.join(waiting)}"
        message = f"a request for them has no outcome yet, in {what}; from now on nobody makes or texts them"
        hint = "run the send or the sync again, which looks it up, and then this command"
        raise Busy(message, code="forget_waits", hint=hint)


def _delete_contacts(world: World, someone: Person, runs: dict[str, Run], other: Run) -> int:
    """A call for each contact, claimed like any change. Returns how many are still there."""
    there = _live_here(world, someone)
    for position, contact in enumerate(there):
        world.progress("forgetting", position, len(there))
        run = _run_for(world, contact.group_uid, runs, other)
        fields = dict(contact.fields)
        carry_out(
            run,
            changes.Intent(
                plan=f"forget-{other.id}",
                position=position,
                group_uid=contact.group_uid,
                change="delete",
                uid=contact.uid,
                customer_key=contact.key,
                phone=contact.phone,
                fields=fields,
                before={"phone": contact.phone, **fields},
                owned=contact.owned,
            ),
        )
    return len(_live_here(world, someone))


def _live_here(world: World, someone: Person) -> list[KnownContact]:
    contacts = known_of(world.ledger, someone).contacts
    return [contact for contact in contacts if contact.state == "live" and contact.destination == world.destination]


def _run_for(world: World, group_uid: str, runs: dict[str, Run], other: Run) -> Run:
    """The run that holds the group's segment; a group of no segment any more is nobody else's."""
    segment = groups.segment_of_group(world.ledger, world.destination, group_uid)
    return runs.get(segment or "", other)
