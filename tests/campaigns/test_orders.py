"""What people order about campaigns: approved for a time, paused in the middle, cancelled for good, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import approvals
from ampenet_sync.ledger.orders import What
from ampenet_sync.pipeline.scheduling import TAKEN_FOR, DueSends, approve_campaign, send_due
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.pipeline.steering import campaign_states, order
from tests.world import ACCOUNT, CONFIG, NOON, Place, people, phones

HOUR = 3600.0
AT_TEN = CONFIG.replace(
    "    segment: vip\n", "    segment: vip\n    send_at: 2026-11-24 10:00\n"
)  # the clock says 9:00


@pytest.fixture
def planned(place: Place) -> Place:
    """A shop whose campaign has a send_at."""
    place.write(*people(3), text=AT_TEN)
    return place


def approved(place: Place, *, by: str = "Neema") -> str:
    digest = place.preview().audience.digest
    with place.opened() as world:
        approve_campaign(world, "hello", audience=digest, by=by)
    return digest


def due(place: Place, **handed: Any) -> DueSends:
    with place.opened(**handed) as world:
        return send_due(world, place.intake)


def ordering(place: Place, what: What, *, after: int) -> Callable[[str], None]:
    """Give the order when so many messages were answered."""
    answered = 0

    def crash(point: str) -> None:
        nonlocal answered
        answered += point == "answered"
        if point == "answered" and answered == after:
            order(place.config, what, "hello", by="Juma", host="sandbox")

    return crash


def test_an_approved_campaign_starts_at_its_time_and_once(planned: Place) -> None:
    approved(planned)
    early = due(planned)
    assert (early.runs, early.next_at.isoformat() if early.next_at else "") == ((), "2026-11-24T10:00:00+03:00")
    planned.clock.now = NOON + HOUR
    assert [run.sent.sent for run in due(planned).runs if run.sent] == [3]
    assert due(planned) == DueSends((), None)
    assert planned.texted() == phones(3)


@pytest.mark.parametrize(("late", "texted"), [(3 * HOUR, 3), (3 * HOUR + 1, 0)])
def test_over_two_hours_late_it_waits_for_a_person(planned: Place, late: float, texted: int) -> None:
    approved(planned)
    planned.clock.now = NOON + late
    (run,) = due(planned).runs
    assert len(planned.texted()) == texted
    assert (run.refused.code if run.refused else "") == ("" if texted else "approval_late")


def test_of_two_that_start_it_at_once_one_does(planned: Place) -> None:
    approved(planned)
    with planned.ledger() as ledger:
        (approval,) = approvals.approved(ledger, 1)
        assert [approvals.begin(ledger, approval, until=NOON + 2 * HOUR) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("point", ["approval taken", "claimed", "answered"])
def test_whoever_is_killed_in_the_start_leaves_it_to_the_next_one(planned: Place, point: str) -> None:
    """After the time in which one that lives is done, or still holds the campaign."""
    approved(planned)
    planned.clock.now = NOON + HOUR

    def crash(here: str) -> None:
        if here == point:
            raise SystemExit

    with pytest.raises(SystemExit):
        due(planned, crash=crash)
    assert due(planned).runs == ()
    planned.clock.now += TAKEN_FOR
    (sent,) = (run.sent for run in due(planned).runs if run.sent)
    texted = planned.texted()
    assert (sent.remaining, len(texted) + sent.unknown, len(set(texted))) == (0, 3, len(texted))
    assert due(planned) == DueSends((), None)


def test_a_start_that_another_process_still_sends_is_named_and_asked_again(planned: Place) -> None:
    approved(planned)
    planned.clock.now = NOON + HOUR
    with (
        planned.opened() as world,
        world.running("send", f"campaign hello edition 1 at sandbox/{ACCOUNT}", subject="hello"),
    ):
        (run,) = due(planned).runs
        assert run.busy and not run.sent and planned.texted() == []
    planned.clock.now += TAKEN_FOR
    assert [run.sent.sent for run in due(planned).runs if run.sent] == [3]


def test_who_interrupts_a_start_goes_on_by_hand(planned: Place) -> None:
    approved(planned)
    planned.clock.now = NOON + HOUR

    def crash(here: str) -> None:
        if here == "answered":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        due(planned, crash=crash)
    planned.clock.now += TAKEN_FOR
    assert due(planned) == DueSends((), None)


def test_a_moved_send_at_needs_another_yes(planned: Place) -> None:
    approved(planned)
    planned.write(*people(3), text=AT_TEN.replace("10:00", "09:30"))
    planned.clock.now = NOON + HOUR
    (run,) = due(planned).runs
    assert run.refused and run.refused.code == "approval_moved" and planned.texted() == []
    with planned.opened() as world:
        approve_campaign(world, "hello", audience=run.audience, by="Neema")
    assert due(planned).runs[0].sent and planned.texted() == phones(3)


@pytest.mark.parametrize(
    ("send_at", "code"),
    [("", "no_send_at"), ("send_at: 2026-11-24 06:59", "not_by_then"), ("send_at: 2026-11-25 09:30", "not_by_then")],
)
def test_a_time_that_could_not_be_kept_is_refused_at_once(place: Place, send_at: str, code: str) -> None:
    place.write(*people(3), text=AT_TEN.replace("send_at: 2026-11-24 10:00", send_at))
    with pytest.raises(PlanRefused) as refused:
        approved(place)
    assert refused.value.code == code


def test_what_quiet_hours_stopped_goes_on_by_itself_in_the_morning(place: Place) -> None:
    place.write(*people(3), text=AT_TEN.replace("    sender_id", "    quiet_hours: 10:00-12:00\n    sender_id"))
    approved(place)
    place.clock.now = NOON + HOUR
    (run,) = due(place, rehearsal=False).runs
    assert run.sent and "quiet hours" in run.sent.paused and place.texted() == []
    place.clock.now = NOON + 3 * HOUR
    assert due(place, rehearsal=False).runs[0].sent and place.texted() == phones(3)


def test_an_outage_is_not_gone_on_with_by_itself(planned: Place) -> None:
    approved(planned)
    planned.clock.now = NOON + HOUR
    due(planned, crash=ordering(planned, "pause", after=1))
    order(planned.config, "resume", "hello", by="Juma", host="sandbox")
    assert due(planned).runs == () and len(planned.texted()) == 1


def test_a_pause_in_the_middle_ends_the_run_and_after_resume_it_goes_on(place: Place) -> None:
    digest = place.preview().audience.digest
    first = place.send(digest, crash=ordering(place, "pause", after=1))
    assert (first.sent, first.remaining, first.paused) == (1, 2, "somebody paused the campaign")
    again = place.send(digest)
    assert (again.sent, again.paused) == (1, "Juma paused the campaign")
    order(place.config, "resume", "hello", by="Juma", host="sandbox")
    assert place.send(digest).sent == 3 and place.texted() == phones(3)


def test_a_cancelled_edition_is_never_sent_again_and_the_next_edition_is(place: Place) -> None:
    digest = place.preview().audience.digest
    stopped = place.send(digest, crash=ordering(place, "cancel", after=1))
    assert (stopped.sent, stopped.remaining, stopped.paused) == (1, 2, "somebody cancelled this edition")
    with pytest.raises(PlanRefused) as cancelled:
        place.send(digest)
    assert cancelled.value.code == "campaign_cancelled" and "1 sent" in cancelled.value.message
    order(place.config, "resume", "hello", by="Juma", host="sandbox")  # takes back a pause alone
    with pytest.raises(PlanRefused):
        place.send(place.preview().audience.digest)
    assert place.texted() == phones(1)
    place.write(*people(3), text=CONFIG.replace("sender_id: DUKA", 'sender_id: DUKA\n    edition: "2"'))
    assert place.send(place.preview().audience.digest).sent == 3


def test_a_campaign_is_paused_while_the_platform_is_away(place: Place) -> None:
    place.preview()
    before = len(place.sandbox.requests())
    order(place.config, "pause", "hello", by="Juma", host="sandbox")
    (state,) = campaign_states(place.config, host="sandbox")
    assert (state.state, state.edition, len(place.sandbox.requests())) == ("paused", "1", before)


def test_an_order_before_anything_was_done_there_says_so(place: Place) -> None:
    with pytest.raises(PlanRefused) as refused:
        order(place.config, "pause", "hello", by="Juma", host="elsewhere")
    assert refused.value.code == "no_audience"


def test_at_most_so_many_leave_and_the_next_run_goes_on(place: Place) -> None:
    digest = place.preview().audience.digest
    for sent, paused in ((2, "the messages it may send are sent"), (3, "")):
        with place.opened() as world:
            now = send_campaign(world, place.intake(), "hello", audience=digest, most=2)
        assert (now.sent, now.remaining, now.paused) == (sent, 3 - sent, paused)
    assert place.texted() == phones(3)
