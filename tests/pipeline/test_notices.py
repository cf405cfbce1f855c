"""Whoever is named under `notify` hears how a run ended, and a notice that can't be delivered changes nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.errors import AmpenetError, Busy, LedgerError, PlanRefused, SourceError, Unauthorised, Unsafe
from ampenet_sync.pipeline.applying import SegmentRun, sync_segments
from ampenet_sync.pipeline.delivering import deliver
from ampenet_sync.pipeline.notices import (
    Ending,
    Notice,
    ending_of_due,
    ending_of_error,
    ending_of_runs,
    ending_of_sent,
    notice_of,
)
from ampenet_sync.pipeline.noticing import noticing
from ampenet_sync.pipeline.scheduling import DueRun, DueSends
from ampenet_sync.pipeline.sending import Sent, send_campaign
from ampenet_sync.rehearsal import rehearsal
from ampenet_sync.runs.window import CALLS_MADE
from ampenet_sync.sandbox import Fault
from ampenet_sync.sync.applied import Applied, not_begun
from tests.world import CONFIG, Place, people

NOTIFIED = CONFIG + 'notify: ["env:EVERYBODY", {to: "env:PAGER", on: page}]\n'
PACKAGE = Path(__file__).parent.parent.parent / "ampenet_sync"
STORIES = ("sync_segments", "apply_file", "send_campaign", "send_due", "run_import")
CALLED = rf"(?<!def )\b({'|'.join(STORIES)})\("


@dataclass
class Told:
    """Who would have been told what, in place of a service; `fails` is raised instead."""

    fails: BaseException | None = None
    notices: list[tuple[str, Notice]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def send(self, address: str, notice: Notice) -> None:
        if self.fails is not None:
            raise self.fails
        self.notices.append((address, notice))

    def sync(self, place: Place, **handed: Any) -> list[SegmentRun]:
        with (
            noticing("sync", lambda: place.config, warn=self.warnings.append, send=self.send) as occasion,
            place.opened(**handed) as world,
        ):
            occasion.at(world)
            runs = sync_segments(world, place.intake())
            occasion.came_to(runs)
        return runs

    @property
    def everybody(self) -> Notice:
        """The one notice to the first of them."""
        (notice,) = [notice for address, notice in self.notices if address == "json://everybody"]
        return notice


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("EVERYBODY", "json://everybody")
    monkeypatch.setenv("PAGER", "json://pager")
    return Told()


@pytest.fixture
def notified(place: Place) -> Iterator[Place]:
    place.write(*people(3), text=NOTIFIED)
    return place


def test_all_went_well_and_who_wants_to_know_hears_the_figures(notified: Place, told: Told) -> None:
    told.sync(notified)
    assert [address for address, _ in told.notices] == ["json://everybody"], "the pager sleeps"
    assert told.everybody.urgency == "info"
    assert "vip: 3 of 3 done (in this run 3 creates, 0 updates, 0 deletes), 0 refused" in told.everybody.body
    assert "source: 3 customers, 0 quarantined" in told.everybody.body and " calls" in told.everybody.body


def test_changes_are_told_by_their_kind(notified: Place, told: Told) -> None:
    notified.sync()
    notified.write("k1,255712000001,Other,Duka,yes", "k4,255712000004,Name4,Duka,yes")
    told.sync(notified)
    assert "(in this run 1 create, 1 update, 2 deletes)" in told.everybody.body


def test_a_run_that_an_outage_ended_with_doubts_pages_somebody(notified: Place, told: Told) -> None:
    notified.write(*people(20))
    notified.trouble.on("/store", Fault.drop_after, times=100)
    told.sync(notified)
    assert [(address, notice.urgency) for address, notice in told.notices] == [
        ("json://everybody", "page"),
        ("json://pager", "page"),
    ]
    assert "paused: " in told.everybody.body and " in doubt" in told.everybody.body


def test_a_segment_over_its_limits_waits_for_the_morning(notified: Place, told: Told) -> None:
    notified.write(*people(20), text=NOTIFIED.replace("deletes: none", "deletes: 10%"))
    notified.sync()
    notified.write(*people(10))
    told.sync(notified)
    assert told.everybody.urgency == "morning"
    assert "vip: left out: " in told.everybody.body and [address for address, _ in told.notices] == ["json://everybody"]


def test_a_source_that_can_t_be_read_is_told_and_stays_the_same_error(notified: Place, told: Told) -> None:
    (notified.folder / "customers.csv").write_bytes(b"")
    with pytest.raises(SourceError):
        told.sync(notified)
    assert told.everybody.urgency == "morning" and "[empty_source]" in told.everybody.body


def test_a_text_that_is_out_already_pages_somebody(notified: Place, told: Told) -> None:
    notified.sync()
    digest = notified.preview().audience.digest
    notified.send(digest)
    assert ending_of_error(PlanRefused("sent already", code="already_there")).urgency == "page"
    with (
        noticing("campaign send", lambda: notified.config, warn=told.warnings.append, send=told.send) as occasion,
        notified.opened() as world,
    ):
        occasion.at(world)
        occasion.came_to(send_campaign(world, notified.intake(), "hello", audience=digest))
    assert "edition 1: 3 sent (3 parts), 0 refused, 0 unknown, 0 expired, 0 remaining" in told.everybody.body


def test_approved_campaigns_are_told_of_in_one_notice_as_urgent_as_its_worst() -> None:
    sent = Sent("hello", "1", "a1", sent=3, refused=0, unknown=0, expired=0, remaining=0, withdrawn=0, paused="")
    well = DueRun("hello", "1", "a1", sent)
    late = DueRun("bye", "1", "b1", None, PlanRefused("campaign bye edition 1 is 3.0 hours late", code="approval_late"))
    held = DueRun("bye", "1", "b1", None, busy=Busy("another process sends it", code="busy"))
    for runs, urgency in (((well,), "info"), ((well, held), "morning"), ((well, late), "page")):
        ending = ending_of_due(DueSends(runs, None), parts={"hello": 4}, calls=9)
        assert ending and ending.urgency == urgency and ending.lines[0].startswith("hello: edition 1: 3 sent (4 parts)")
    assert ending and ending.lines[1] == "bye: not started: campaign bye edition 1 is 3.0 hours late [approval_late]"
    assert ending_of_due(DueSends((), None), parts={}, calls=1) is None


def test_a_notice_that_is_refused_is_a_warning_that_names_no_secret(notified: Place, told: Told) -> None:
    told.fails = AmpenetError("the service answered with 404", code="not_delivered")
    runs = told.sync(notified)
    assert runs[0].applied is not None and runs[0].applied.done == 3
    (warning,) = told.warnings
    assert (
        warning
        == "notice to EVERYBODY (json://everybody) was not delivered: the service answered with 404 [not_delivered]"
    )


@pytest.mark.parametrize("fails", [RuntimeError("token"), KeyboardInterrupt(), SystemExit(3)])
def test_whatever_a_service_does_the_run_ends_as_it_did(notified: Place, told: Told, fails: BaseException) -> None:
    told.fails = fails
    assert told.sync(notified)[0].applied is not None
    assert f"it ended in a {type(fails).__name__} [not_delivered]" in told.warnings[0]


def test_a_service_that_never_answers_is_not_waited_for(told: Told, place: Place) -> None:
    place.write(text=NOTIFIED)
    never = threading.Event()
    notice = Notice("info", "a title", "a body")
    first, second = deliver(place.config.notify, notice, send=lambda *_: bool(never.wait(60)), within=0.05)  # type: ignore[arg-type, return-value]
    never.set()
    assert [delivery.error.message for delivery in (first, second) if delivery.error] == [
        "there was no answer within 0.05 seconds"
    ] * 2


def test_an_address_that_is_not_there_is_a_warning(
    notified: Place, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVERYBODY")
    told.sync(notified)
    assert told.warnings == ["notice to EVERYBODY was not delivered: the variable EVERYBODY is not set [no_url]"]


def test_of_a_rehearsal_nobody_hears(notified: Place, told: Told) -> None:
    turned = rehearsal(notified.config, notified.folder / "sandbox", base_url="http://127.0.0.1:1")
    with pytest.raises(LedgerError), noticing("sync", lambda: turned, warn=told.warnings.append, send=told.send):
        raise LedgerError("there is no ledger", code="no_ledger")
    assert (told.notices, told.warnings) == ([], [])


def test_where_nothing_was_begun_nobody_hears(notified: Place, told: Told) -> None:
    with noticing("sync", lambda: notified.config, warn=told.warnings.append, send=told.send):
        pass
    assert told.notices == []


def test_a_configuration_that_can_t_be_read_tells_nobody_and_ends_as_it_did(notified: Place, told: Told) -> None:
    (notified.folder / "ampenet.yaml").write_text("segments: [")
    with pytest.raises(AmpenetError) as ended:
        told.sync(notified)
    assert ended.value.code == "yaml" and told.warnings == []


@pytest.mark.parametrize(
    ("error", "urgency"),
    [
        (Unauthorised("the token is refused", code="unauthenticated"), "page"),
        (LedgerError("there is no ledger", code="no_ledger"), "page"),
        (AmpenetError("a fault", code="unforeseen"), "page"),
        (ValueError("255712345678"), "page"),
        (Unsafe("10 of 20 rows are quarantined", code="unsafe_source"), "morning"),
        (Busy("another process holds it", code="busy"), "morning"),
        (KeyboardInterrupt(), "morning"),
    ],
)
def test_an_error_is_as_urgent_as_what_has_to_be_done(error: BaseException, urgency: str) -> None:
    ending = ending_of_error(error)
    assert ending.urgency == urgency and "2557" not in " ".join(ending.lines)


APPLIED = Applied("vip", done=2, refused=0, in_doubt=0, moved=0, suppressed=0, paused="")


@pytest.mark.parametrize(
    ("applied", "urgency"),
    [
        (APPLIED, "info"),
        (not_begun("vip", CALLS_MADE), "info"),
        (not_begun("vip", "the group is gone"), "morning"),
        (Applied("vip", done=2, refused=1, in_doubt=0, moved=0, suppressed=0, paused=""), "morning"),
        (Applied("vip", done=2, refused=0, in_doubt=1, moved=0, suppressed=0, paused=""), "morning"),
        (Applied("vip", done=2, refused=0, in_doubt=1, moved=0, suppressed=0, paused="no answer"), "page"),
    ],
)
def test_a_run_is_as_urgent_as_its_worst_segment(applied: Applied, urgency: str) -> None:
    runs = [SegmentRun("gold", None, APPLIED), SegmentRun("vip", None, applied)]
    assert ending_of_runs(runs, calls=3).urgency == urgency


@pytest.mark.parametrize(
    ("paused", "refused", "urgency"),
    [
        ("", 0, "info"),
        ("", 1, "morning"),
        ("quiet hours: nobody is texted before 2026-11-25 08:00 EAT", 0, "morning"),
        ("message after message is refused: no sender", 8, "page"),
    ],
)
def test_a_campaign_that_paused_itself_pages_somebody(paused: str, refused: int, urgency: str) -> None:
    sent = Sent("hello", "1", "3f9a", 5, refused, 0, 0, remaining=9, withdrawn=0, paused=paused)
    assert ending_of_sent(sent, parts=5, calls=7).urgency == urgency


@pytest.mark.parametrize(
    "phone",
    [
        "255712345678",
        "+255 712 345 678",
        "0712-345-678",
        "(0712) 345678",
        "k255712345678",
        "٠٧١٢٣٤٥٦٧٨",
        "712 345 6789.",
    ],
)
def test_a_number_is_hidden_wherever_it_stands(phone: str) -> None:
    ending = Ending("info", (f"the group {phone} is gone",))
    shown = notice_of(f"import {phone}", ending, where="LIVE", next_lines=[f"show {phone}"])
    assert phone not in shown.title + shown.body and not re.search(r"\d{5}", shown.title + shown.body)


@pytest.mark.parametrize("kept", ["3f9a2b71c04d8e65", "apply 1234567890123456", "2026-11-24 09:00", "12,345 calls"])
def test_digests_dates_and_counts_stay(kept: str) -> None:
    assert kept in notice_of("sync", Ending("info", (kept,)), where="LIVE", next_lines=()).body


def test_no_phone_key_name_or_token_is_in_any_notice_of_a_bad_day(notified: Place, told: Told) -> None:
    """Refusals, doubts, an outage and an unusable token, one after the other."""
    notified.write(*people(12))
    for part, fault in (("/store", Fault.drop_after), ("/store", Fault.error_after), ("/me", Fault.garbage)):
        notified.trouble.on(part, fault, times=9)
        try:
            told.sync(notified)
        except AmpenetError:
            notified.trouble.over()
    shown = " ".join(f"{notice.title} {notice.body}" for _, notice in told.notices) + " ".join(told.warnings)
    assert len(told.notices) > 2 and notified.token
    assert not re.search(rf"2557|\bk\d|Name\d|{re.escape(notified.token)}", shown)


def test_every_door_that_starts_a_run_holds_an_occasion() -> None:
    """A new way in that carries out or sends has to tell of it, too. The demo is a rehearsal."""
    doors = [path for path in PACKAGE.rglob("*.py") if path.parent.name in ("cli", "front", "dagster")]
    calling = {path for path in doors if re.search(CALLED, path.read_text(encoding="utf-8"))}
    calling = {path for path in calling if path.name != "demo.py"}
    assert len(calling) == 6
    for path in calling:
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(r"\.came_to\(", text)) == len(re.findall(CALLED, text)), path
