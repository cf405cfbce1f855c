"""A month's budget: shown, refused before the first message, and kept to the part by whoever sends at once."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ampenet_sync.errors import Unsafe
from ampenet_sync.ledger import messages, spending
from ampenet_sync.ledger.bounds import ClaimBounds, PartsBound
from ampenet_sync.ledger.messages import Claim, Draft, Edition
from ampenet_sync.pipeline.scheduling import DueRun, approve_campaign, send_due
from ampenet_sync.reports.preview import preview_lines, preview_object
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, NOON, Place, people

ALWAYS = (0.0, 1e12)
OPEN = CONFIG.replace("kind: marketing", "kind: marketing\n    quiet_hours: none")


def budgeted(place: Place, parts: int, *, count: int = 3, edition: str = "1") -> str:
    """The digest of a preview of so many people under a budget."""
    text = OPEN.replace("sender_id: DUKA", f'sender_id: DUKA\n    edition: "{edition}"')
    place.write(*people(count), text=f"budget: {{month: {parts}}}\n{text}")
    return place.preview().audience.digest


def test_a_preview_shows_what_is_left_and_warns_where_it_is_too_little(place: Place) -> None:
    place.send(budgeted(place, 10))
    budgeted(place, 5, edition="2")
    preview = place.preview()
    assert preview_object(preview)["budget"] == {"month": "2026-11", "parts": 5, "spent": 3, "left": 2}
    assert "Budget of 2026-11: 2 of 5 parts left." in list(preview_lines(preview))
    assert preview.warnings == ("send will refuse this: 3 parts; of the 5 of 2026-11 2 are left",)


def test_without_a_budget_nothing_is_said_of_it(place: Place) -> None:
    assert preview_object(place.preview())["budget"] is None


def test_a_send_that_would_pass_it_is_refused_before_its_first_message(place: Place) -> None:
    with pytest.raises(Unsafe) as refused:
        place.send(budgeted(place, 2))
    assert (refused.value.code, place.texted()) == ("over_budget", [])


def test_a_send_pauses_at_the_bound_and_goes_on_when_the_month_is_over(place: Place) -> None:
    digest = budgeted(place, 3)

    def another_campaign_sends(point: str) -> None:
        if point == "claimed" and place.count("/sms/send") == 0:
            other(place)

    first = place.send(digest, crash=another_campaign_sends)
    assert (first.sent, first.remaining, "budget" in first.paused) == (2, 1, True)
    place.clock.now = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Africa/Dar_es_Salaam")).timestamp()
    assert (place.send(digest).sent, len(place.texted())) == (3, 3)


def other(place: Place) -> None:
    """One part of a campaign of another process."""
    with place.ledger() as ledger:
        draft = Draft("255712999999", "k9", "Habari", 1)
        run = "other"
        with ledger.write() as db:
            db.exec_driver_sql("INSERT INTO runs VALUES ('other', 'send', 'h', 1, 0, NULL, '', '')")
        claim = messages.claim(ledger, Edition(1, "other", "1"), draft, audience="a", run=run, send_before=0.0)
        assert isinstance(claim, Claim)


def test_what_is_refused_is_not_counted_and_what_is_unknown_is(place: Place) -> None:
    digest = budgeted(place, 10)
    place.sandbox.blacklist("255712000001")
    place.trouble.on("/sms/send", Fault.late(9999.0), skip=1)
    sent = place.send(digest)
    assert (sent.sent, sent.refused, sent.unknown) == (1, 1, 1)
    budgeted(place, 10, edition="2")
    assert preview_object(place.preview())["budget"]["spent"] == 2


def test_sends_at_once_never_pass_it_together(place: Place) -> None:
    """Twelve threads of three ledgers claim as fast as they can."""
    with place.ledger() as ledger, ledger.write() as db:
        db.exec_driver_sql("INSERT INTO destinations VALUES (1, 'sandbox', 'a')")
        db.exec_driver_sql("INSERT INTO runs VALUES ('r', 'send', 'h', 1, 0, NULL, '', '')")

    def send(worker: int) -> None:
        bounds = ClaimBounds(PartsBound(50, lambda _: ALWAYS))
        with place.ledger() as ledger:
            for number in range(10):
                draft = Draft(f"2557120{worker:02d}{number:03d}", f"k{worker}-{number}", "Habari", 3)
                edition = Edition(1, f"c{worker % 3}", "1")
                messages.claim(ledger, edition, draft, audience="a", run="r", send_before=0.0, bounds=bounds)

    threads = [threading.Thread(target=send, args=(worker,)) for worker in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with place.ledger() as ledger:
        assert spending.parts_spent(ledger, 1, since=0.0, until=1e12) == 48


def test_a_count_that_is_minutes_old_is_never_too_low(place: Place) -> None:
    """Messages of others, one given back and claimed again, one refused: each time it is what a new count says."""
    bound = PartsBound(6, lambda _: ALWAYS)
    with place.ledger() as ledger:
        with ledger.write() as db:
            db.exec_driver_sql("INSERT INTO destinations VALUES (1, 'sandbox', 'a')")
            db.exec_driver_sql("INSERT INTO runs VALUES ('r', 'send', 'h', 1, 0, NULL, '', '')")

        def claim(number: int, parts: int, **how: ClaimBounds) -> Claim | str:
            draft = Draft(f"25571200000{number}", f"k{number}", "Habari", parts)
            return messages.claim(ledger, Edition(1, "c", "1"), draft, audience="a", run="r", send_before=0.0, **how)

        ours = {"bounds": ClaimBounds(bound)}
        first = claim(1, 2, **ours)
        assert isinstance(first, Claim) and messages.settle(ledger, first, "planned")
        place.clock.now += 100
        assert isinstance(claim(2, 2, **ours), Claim)
        assert isinstance(claim(1, 2), Claim), "claimed again by somebody else"
        assert claim(3, 3, **ours) == "over_budget"
        last = claim(4, 2, **ours)
        assert isinstance(last, Claim) and claim(5, 1, **ours) == "over_budget"
        messages.settle(ledger, last, "refused")
        assert isinstance(claim(5, 2, **ours), Claim)


def at_ten(place: Place, parts: int) -> None:
    """Three people, a budget, and a campaign that was approved for ten; the clock says nine."""
    timed = OPEN.replace("    segment: vip\n", "    segment: vip\n    send_at: 2026-11-24 10:00\n")
    place.write(*people(3), text=f"budget: {{month: {parts}}}\n{timed}")
    digest = place.preview().audience.digest
    with place.opened() as world:
        approve_campaign(world, "hello", audience=digest, by="Neema")
    place.clock.now = NOON + 3600


def due(place: Place, **handed: Any) -> DueRun:
    with place.opened(**handed) as world:
        (run,) = send_due(world, place.intake).runs
    return run


def test_an_approved_campaign_that_would_pass_it_waits_for_a_person(place: Place) -> None:
    at_ten(place, 3)
    other(place)
    run = due(place)
    assert (run.refused.code if run.refused else "", place.texted()) == ("over_budget", [])


def test_an_approved_campaign_pauses_at_the_bound_too(place: Place) -> None:
    at_ten(place, 3)

    def another_campaign_sends(point: str) -> None:
        if point == "claimed" and place.count("/sms/send") == 0:
            other(place)

    sent = due(place, crash=another_campaign_sends).sent
    assert sent and (sent.sent, sent.remaining, "budget" in sent.paused) == (2, 1, True)


@pytest.mark.parametrize(("send_at", "code"), [("2026-11-30 22:00", "over_budget"), ("2026-12-01 08:30", "")])
def test_an_approval_goes_by_the_month_in_which_it_will_be_sent(place: Place, send_at: str, code: str) -> None:
    place.clock.now = datetime(2026, 11, 30, 21, tzinfo=ZoneInfo("Africa/Dar_es_Salaam")).timestamp()
    timed = OPEN.replace("    segment: vip\n", f"    segment: vip\n    send_at: {send_at}\n")
    place.write(*people(3), text=f"budget: {{month: 3}}\n{timed}")
    digest = place.preview().audience.digest
    other(place)
    with place.opened() as world, pytest.raises(Unsafe) if code else nullcontext() as refused:
        approve_campaign(world, "hello", audience=digest, by="Neema")
    assert (refused.value.code if refused else "") == code
