"""Retention: what is older than it says is nobody's any more, and what keeps people from harm stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ampenet_sync.config.retention import KeptFor, read_kept
from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import messages, pruning
from ampenet_sync.ledger.runs import newest_runs
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.explaining import explain
from ampenet_sync.pipeline.retaining import Removal, look, remove
from ampenet_sync.pipeline.undoing import plan_undo
from ampenet_sync.reports.removal import FOREVER, removal_lines
from ampenet_sync.sandbox import Fault, Sandbox
from tests.traces import files_with, tables_with
from tests.world import CONFIG, Clock, Place, Trouble, people, phones

DAY = 86_400.0
LEFT, TEXTED = (
    people(1, first=8)[0].replace(",yes", ",no"),
    people(1, first=9)[0],
)  # who leaves, without and with a text
KEEPS = "retention: {plans: 90d, outcomes: 24mo, quarantine: 14d}\n"


@pytest.fixture
def shop(ledger_url: str, tmp_path: Path) -> Iterator[Place]:
    """A shop that keeps outcomes for two years. Three years ago five people came, some were texted, two left."""
    clock, trouble = Clock(), Trouble()
    with Sandbox(clock=clock, sleep=clock.sleep, fault=trouble) as sandbox:
        sandbox.add_group("VIP")
        place = Place(tmp_path, sandbox, clock, trouble, token=sandbox.token, url=sandbox.url)
        place.write(*people(3), LEFT, TEXTED, text=f'ledger: "{ledger_url}"\n{KEEPS}{CONFIG}')
        place.make_ledger()
        place.sync()
        place.send(place.preview().audience.digest)
        place.clock.now += DAY
        place.write(*people(3))
        place.sync()
        place.clock.now += 3 * 365 * DAY
        place.write(*people(4))
        yield place


def removed(place: Place) -> Removal:
    with place.ledger() as ledger:
        return remove(place.config, ledger)


def undo(place: Place, run: str) -> None:
    with place.opened() as world:
        plan_undo(world, run)


def sync_runs(place: Place) -> list[str]:
    """The newest first."""
    with place.ledger() as ledger:
        return [run.id for run in newest_runs(ledger, kinds=("sync",), most=9)]


def traces(place: Place, digits: str, url: str) -> tuple[list[str], list[str]]:
    """The files and the tables that hold them; a database in a file is looked at table by table."""
    files = [name for name in files_with(digits, place.folder) if not name.startswith("ledger.db")]
    where = f"sqlite:///{place.folder / 'ledger.db'}" if url.startswith("sqlite") else url
    return files, sorted(tables_with(digits, where))


def test_the_run_that_comes_next_leaves_nothing_of_who_left_long_ago(shop: Place, ledger_url: str) -> None:
    digits = LEFT.split(",")[1].removeprefix("255")
    files, tables = traces(shop, digits, ledger_url)
    assert tables == ["changes", "contacts"] and len(files) > 2
    shop.sync()
    shop.clock.now += DAY
    shop.write(*people(5))
    shop.sync()  # the run before it was the last one of its plan until here
    assert traces(shop, digits, ledger_url) == ([], [])


def test_on_sqlite_no_byte_of_them_is_left(place: Place) -> None:
    place.write(*people(3), LEFT, text=f"{KEEPS}{CONFIG}")
    place.sync()
    place.write(*people(3))
    place.sync()
    place.clock.now += 3 * 365 * DAY
    digits = LEFT.split(",")[1].removeprefix("255")
    assert any(name.endswith(".db") for name in files_with(digits, place.folder))
    for count in (4, 5):
        place.write(*people(count))
        place.clock.now += 2 * DAY
        place.sync()
    assert files_with(digits, place.folder) == []


def test_which_number_got_which_campaign_stays_so_nobody_gets_it_twice(shop: Place, ledger_url: str) -> None:
    shop.sync()
    shop.clock.now += DAY
    shop.write(*people(5))
    shop.sync()
    removed(shop)
    assert traces(shop, TEXTED.split(",")[1].removeprefix("255"), ledger_url)[1] == ["messages"]
    shop.write(*people(5), TEXTED)
    shop.sync()
    shop.send(shop.preview().audience.digest)
    assert shop.texted() == sorted([*phones(5), TEXTED.split(",")[1]])


def test_a_look_counts_what_is_removed_and_a_second_time_there_is_nothing(shop: Place) -> None:
    shop.sync()  # removed some itself; its predecessor was the last changing plan then
    with shop.ledger() as ledger:
        seen = look(shop.config, ledger)
    assert (seen.rows.changes, seen.rows.messages, seen.rows.contacts) == (2, 0, 2)
    assert removed(shop) == seen
    assert not removed(shop)


def test_before_any_run_a_look_shows_all_and_changes_nothing(shop: Place) -> None:
    with shop.ledger() as ledger:
        seen = look(shop.config, ledger)
        assert seen == look(shop.config, ledger) and pruning.pruned(ledger) is None
    assert (seen.rows.changes, seen.rows.messages, len(seen.plans), len(seen.audiences)) == (5, 4, 2, 1)


def test_what_goes_is_said_with_the_day_before_which_it_is_older(shop: Place) -> None:
    with shop.ledger() as ledger:
        seen = look(shop.config, ledger)
    assert list(removal_lines(seen, shop.config.zone, done=False)) == [
        "plans before 2029-08-26: 2 plans, 1 audience to be removed",
        "outcomes before 2027-11-24: 5 changes, 4 messages to be removed",
        f"quarantine before 2029-11-10: {len(seen.readings)} files to be removed",
        "Changes and messages lose whose they were; counts, times, and which number got which campaign stay.",
    ]
    assert list(removal_lines(Removal({}), shop.config.zone, done=True)) == [FOREVER]


def test_files_are_as_old_as_their_last_writing(shop: Place) -> None:
    plans = sorted((shop.folder / ".ampenet" / "plans").glob("*.plan.parquet"))
    for path in plans[:1]:
        os.utime(path, (shop.clock.now - 91 * DAY, shop.clock.now - 91 * DAY))
    for path in plans[1:]:
        os.utime(path, (shop.clock.now - 89 * DAY, shop.clock.now - 89 * DAY))
    assert removed(shop).plans == tuple(plans[:1]) and not plans[0].exists() and plans[1].exists()


def test_a_plan_with_a_request_without_an_outcome_stays(place: Place) -> None:
    place.write(
        *people(2), text=f"{KEEPS}{CONFIG}".replace("  vip:", "  v_i-p:").replace("segment: vip", "segment: v_i-p")
    )

    def crash(point: str) -> None:
        if point == "claimed":
            raise SystemExit

    with pytest.raises(SystemExit), place.opened(crash=crash) as world:
        sync_segments(world, place.intake())
    place.clock.now += 3 * 365 * DAY
    assert removed(place).plans == () and len(list((place.folder / ".ampenet" / "plans").glob("*.plan.parquet"))) == 1


def test_the_last_run_that_changed_something_can_be_undone_however_old_it_is(shop: Place) -> None:
    """Of those that were pruned the refusal says why, and that is not for want of a change."""
    shop.write(*people(3))
    removed(shop)
    newest, oldest = sync_runs(shop)
    undo(shop, newest)
    with pytest.raises(PlanRefused) as refused:
        undo(shop, oldest)
    assert refused.value.code == "pruned" and "5 of its changes" in refused.value.message
    assert "retention.outcomes in ampenet.yaml" in refused.value.message


def test_explain_says_up_to_when_nobody_knows_any_more(shop: Place) -> None:
    shop.sync()
    story = explain(shop.config, phones(1)[0], machine=Machine(clock=shop.clock))
    assert [event.kind for event in story.events if event.kind == "change"] == []
    assert [part.name for part in story.not_read] == ["outcomes before 2027-11-24"]
    assert story.contacts and any(event.kind == "message" for event in story.events)


def test_what_has_no_outcome_yet_keeps_all_that_it_is_looked_up_by(place: Place) -> None:
    place.write(*people(2), text=f"{KEEPS}{CONFIG}")
    place.sync()
    digest = place.preview().audience.digest

    def crash(point: str) -> None:
        if point == "claimed":
            raise SystemExit

    with pytest.raises(SystemExit):
        place.send(digest, crash=crash)
    place.clock.now += 3 * 365 * DAY
    with place.ledger() as ledger:
        held = messages.unanswered(ledger, 1)
        gone = removed(place)
        assert held and messages.unanswered(ledger, 1) == held
    assert (gone.rows.messages, gone.audiences) == (0, ())


def test_a_sync_after_it_finds_everybody_as_they_were(shop: Place) -> None:
    shop.sync()
    removed(shop)
    shop.clock.now += 60
    again = shop.sync()
    assert (again.done, len(shop.group())) == (0, 4)


def test_whoever_is_killed_in_the_middle_runs_it_again(shop: Place, ledger_url: str) -> None:
    shop.sync()
    with shop.ledger() as ledger:
        before = shop.clock.now - 2 * 365 * DAY

        def crash(point: str) -> None:
            raise SystemExit

        whole = pruning.prunable(ledger, before=before)
        for _ in range(whole.changes + whole.messages + whole.contacts):
            with pytest.raises(SystemExit):
                pruning.prune(ledger, before=before, at_once=1, crash=crash)
        assert not pruning.prunable(ledger, before=before)
    assert len(shop.group()) == 4 and not shop.sync().done


def test_runs_do_it_once_a_day(shop: Place) -> None:
    shop.sync()
    with shop.ledger() as ledger:
        first = pruning.last_removal(ledger)
        shop.clock.now += DAY / 2
        shop.sync()
        assert pruning.last_removal(ledger) == first
        shop.clock.now += DAY
        shop.sync()
        assert (pruning.last_removal(ledger) or 0.0) > (first or 0.0)


def test_without_retention_everything_is_kept(shop: Place) -> None:
    shop.text = shop.text.replace(KEEPS, "")
    shop.write(*people(4))
    shop.sync()
    with shop.ledger() as ledger:
        assert pruning.pruned(ledger) is None and not look(shop.config, ledger)
    undo(shop, sync_runs(shop)[-1])


def test_what_was_refused_keeps_its_reason_and_loses_whose_it_was(place: Place) -> None:
    place.write(*people(3), text=f"{KEEPS}{CONFIG}")
    place.trouble.on("/store", Fault.refused("This phone was blacklisted"))
    assert place.sync().refused == 1
    place.clock.now += 60
    place.sync()
    place.clock.now += 3 * 365 * DAY
    with place.ledger() as ledger:
        rows = pruning.prune(ledger, before=place.clock.now - 365 * DAY)
    assert rows.changes == 3
    place.write(*people(2))
    assert place.sync().done == 1


@pytest.mark.parametrize(
    ("written", "now", "before"),
    [
        ("1mo", "2026-03-31T10:00:00", "2026-02-28T10:00:00"),
        ("24mo", "2028-02-29T00:00:00", "2026-02-28T00:00:00"),
        ("12mo", "2026-01-15T00:00:00", "2025-01-15T00:00:00"),
        ("90d", "2026-03-01T00:00:00", "2025-12-01T00:00:00"),
    ],
)
def test_months_are_those_of_the_calendar(written: str, now: str, before: str) -> None:
    span = read_kept(written)
    assert span.before(datetime.fromisoformat(now).replace(tzinfo=UTC)).replace(tzinfo=None).isoformat() == before
    assert str(span) == written and read_kept(span) is span


@pytest.mark.parametrize("written", ["0d", "12", "2y", "", "-3d", "d", "24 months", None])
def test_what_is_no_span_is_refused_with_examples(written: object) -> None:
    with pytest.raises(ValueError, match="90d, or months such as 24mo"):
        read_kept(written)


def test_spans_are_values() -> None:
    assert read_kept("14D") == KeptFor(days=14)
