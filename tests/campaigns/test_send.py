"""Sending a frozen audience while things go wrong: never two messages for one number, and each is accounted for."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from ampenet_sync.campaigns.departure import Hours
from ampenet_sync.config import QuietHours
from ampenet_sync.errors import Busy, PlanRefused, Unauthorised, Unsafe
from ampenet_sync.ledger import suppressions
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people, phones

FAULTS = [
    (Fault.drop_before, 2, 1),
    (Fault.drop_after, 3, 0),
    (Fault.error_after, 3, 0),
    (Fault.garbage, 3, 0),
    (Fault.html_502, 2, 1),
    (Fault.throttled, 3, 0),
    (Fault.late(60.0), 3, 0),
    (Fault.late(9999.0), 2, 1),
]


@pytest.mark.parametrize(("fault", "sent", "unknown"), FAULTS, ids=[fault.kind.value for fault, _, _ in FAULTS])
def test_a_message_that_goes_wrong_is_looked_up_and_never_sent_twice(
    place: Place, fault: Fault, sent: int, unknown: int
) -> None:
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", fault, skip=1)
    found = place.send(digest)
    assert (found.sent, found.unknown, found.refused, found.paused) == (sent, unknown, 0, "")
    assert place.texted() == (phones(3) if sent == 3 else ["255712000001", "255712000003"])
    place.clock.now += 20_000
    again = place.send(digest)
    assert (again.sent, again.unknown) == (sent, unknown)
    assert len(set(place.texted())) == len(place.texted())


@pytest.mark.parametrize("fault", [Fault.drop_before, Fault.drop_after, Fault.late(60.0)])
def test_in_an_outage_it_pauses_and_the_rest_goes_out_later_once(place: Place, fault: Fault) -> None:
    place.write(*people(20))
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", fault, times=999, skip=4)
    first = place.send(digest)
    assert first.paused and (first.sent, first.unknown, first.remaining) == (4, 8, 8)
    place.trouble.over()
    place.clock.now += 1000
    last = place.send(digest)
    lost = 8 if fault is Fault.drop_before else 0
    assert (last.sent, last.unknown, last.remaining, last.paused) == (20 - lost, lost, 0, "")
    assert len(set(place.texted())) == len(place.texted()) == 20 - lost


def test_a_second_start_of_a_finished_edition_sends_nothing_and_asks_only_who_we_are(place: Place) -> None:
    digest = place.preview().audience.digest
    place.send(digest)
    before = len(place.sandbox.requests())
    assert place.send(digest).sent == 3
    assert place.sandbox.requests()[before:] == [("GET", "/me")]


def test_a_new_preview_of_the_edition_reaches_newcomers_only(place: Place) -> None:
    place.send(place.preview().audience.digest)
    place.write(*people(5))
    preview = place.preview()
    assert preview.audience.header.excluded == {"already_messaged": 3}
    assert place.send(preview.audience.digest).sent == 5
    assert place.texted() == phones(5)


def test_a_new_edition_reaches_everybody_again(place: Place) -> None:
    place.send(place.preview().audience.digest)
    place.write(*people(3), text=CONFIG.replace("sender_id: DUKA", 'sender_id: DUKA\n    edition: "2"'))
    place.send(place.preview().audience.digest)
    assert place.texted() == sorted(phones(3) * 2)


def test_a_text_that_turned_up_after_it_counted_as_unknown_does_not_stop_the_next_edition(place: Place) -> None:
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", Fault.late(9999.0))
    assert place.send(digest).unknown == 1
    place.clock.now += 20_000
    place.write(*people(3), text=CONFIG.replace("sender_id: DUKA", 'sender_id: DUKA\n    edition: "2"'))
    assert place.send(place.preview().audience.digest).sent == 3


def test_consent_withdrawn_after_the_preview_counts(place: Place) -> None:
    digest = place.preview().audience.digest
    place.write(*people(2), "k3,255712000003,Name3,Duka,no")
    found = place.send(digest)
    assert (found.sent, found.remaining, found.withdrawn) == (2, 1, 1)
    assert place.texted() == phones(2)


def test_a_customer_who_left_the_source_is_not_known_to_consent_any_more(place: Place) -> None:
    digest = place.preview().audience.digest
    place.write(*people(2))
    assert place.send(digest).withdrawn == 1 and place.texted() == phones(2)


def test_a_suppression_in_the_middle_of_sending_counts(place: Place) -> None:
    digest = place.preview().audience.digest

    def somebody_asks(point: str) -> None:
        with place.ledger() as ledger:
            suppressions.suppress(ledger, customer_key="k3", reason="asked")

    found = place.send(digest, crash=somebody_asks)
    assert (found.sent, found.remaining, found.withdrawn) == (2, 1, 1)
    assert place.texted() == phones(2)


def test_who_is_suppressed_after_he_was_texted_is_not_counted_as_withdrawn(place: Place) -> None:
    digest = place.preview().audience.digest
    place.send(digest)
    with place.ledger() as ledger:
        suppressions.suppress(ledger, customer_key="k3", reason="asked")
    found = place.send(digest)
    assert (found.sent, found.remaining, found.withdrawn) == (3, 0, 0)


def test_a_lost_ledger_is_noticed_before_anybody_is_texted_twice(place: Place) -> None:
    place.send(place.preview().audience.digest)
    shutil.rmtree(place.folder / ".ampenet")
    place.make_ledger()
    digest = place.preview().audience.digest
    with pytest.raises(PlanRefused) as refused:
        place.send(digest)
    assert refused.value.code == "already_there" and place.texted() == phones(3)


def test_a_ledger_restored_from_before_the_last_messages_is_noticed_too(place: Place) -> None:
    data, backup = place.folder / ".ampenet", place.folder / "backup"
    digest = place.preview().audience.digest

    def back_up(point: str) -> None:
        if point == "answered" and not backup.exists():
            shutil.copytree(data, backup)

    place.send(digest, crash=back_up)
    shutil.rmtree(data)
    backup.rename(data)
    place.clock.now += 700  # the lease that was backed up too is over
    with pytest.raises(PlanRefused) as refused:
        place.send(digest)
    assert refused.value.code == "already_there" and place.texted() == phones(3)


def crash_at(point: str, number: int):
    """An error at the given passing of a crash point."""
    passed: list[str] = []

    def crash(here: str) -> None:
        passed.append(here)
        if passed.count(point) == number and here == point:
            raise RuntimeError(point)

    return crash


def test_who_was_claimed_when_it_crashed_before_the_bytes_is_unknown_and_not_texted(place: Place) -> None:
    digest = place.preview().audience.digest
    with pytest.raises(RuntimeError):
        place.send(digest, crash=crash_at("claimed", 2))
    found = place.send(digest)
    assert (found.sent, found.unknown) == (2, 1)
    assert place.texted() == ["255712000001", "255712000003"]


def test_who_was_texted_when_it_crashed_before_the_outcome_is_looked_up(place: Place) -> None:
    digest = place.preview().audience.digest
    with pytest.raises(RuntimeError):
        place.send(digest, crash=crash_at("answered", 2))
    found = place.send(digest)
    assert (found.sent, found.unknown) == (3, 0)
    assert place.texted() == phones(3)


def test_ctrl_c_lets_go_of_the_campaign_and_the_next_start_finishes_it(place: Place) -> None:
    digest = place.preview().audience.digest

    def interrupt(what: str, done: int, total: int | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.send(digest, progress=interrupt)
    assert place.send(digest).sent == 3
    assert place.texted() == phones(3)


def test_a_wrong_token_stops_at_once_and_nobody_counts_as_messaged(place: Place) -> None:
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", Fault.refused("Unauthenticated."), times=99)
    with pytest.raises(Unauthorised):
        place.send(digest)
    assert place.count("/sms/send") == 1
    place.trouble.over()
    assert place.send(digest).sent == 3


def test_too_few_units_in_the_middle_pause_it_and_nobody_is_lost(place: Place) -> None:
    digest = place.preview().audience.digest
    message = "There is not enough balance available to send this message.You have 0 of the 1"
    place.trouble.on("/sms/send", Fault.refused(message), times=99, skip=1)
    first = place.send(digest)
    assert first.paused and (first.sent, first.refused, first.remaining) == (1, 0, 2)
    place.trouble.over()
    assert place.send(digest).sent == 3


def test_a_number_on_the_platform_s_blacklist_is_refused_and_the_others_get_theirs(place: Place) -> None:
    digest = place.preview().audience.digest
    place.sandbox.blacklist("255712000002")
    found = place.send(digest)
    assert (found.sent, found.refused, found.paused) == (2, 1, "")


def test_too_few_units_for_all_are_told_before_the_first(place: Place) -> None:
    preview = place.preview()
    place.sandbox.set_balance(2)
    with pytest.raises(PlanRefused) as refused:
        place.send(preview.audience.digest)
    assert refused.value.code == "balance" and place.texted() == []


def test_an_audience_over_its_cap_is_not_sent(place: Place) -> None:
    place.write(*people(3), text=CONFIG.replace("sender_id: DUKA", "sender_id: DUKA\n    cap: {messages: 2}"))
    preview = place.preview()
    assert any("send will refuse this" in warning for warning in preview.warnings)
    with pytest.raises(Unsafe) as refused:
        place.send(preview.audience.digest)
    assert refused.value.code == "over_cap" and place.texted() == []


EXPIRES = CONFIG.replace("sender_id: DUKA", "sender_id: DUKA\n    expires: 2026-11-24 09:01")  # a minute from now


def test_what_is_too_late_is_expired_and_nobody_gets_it(place: Place) -> None:
    place.write(*people(3), text=EXPIRES)
    digest = place.preview().audience.digest
    place.clock.now += 60
    found = place.send(digest)
    assert (found.sent, found.expired, found.remaining) == (0, 3, 0) and place.texted() == []


def test_what_becomes_too_late_while_sending_expires(place: Place) -> None:
    place.write(*people(3), text=EXPIRES)
    digest = place.preview().audience.digest

    def a_minute_passes(point: str) -> None:
        if point == "answered":
            place.clock.now += 31

    found = place.send(digest, crash=a_minute_passes)
    assert (found.sent, found.expired) == (2, 1) and place.texted() == phones(2)


def test_quiet_hours_pause_it_and_in_the_morning_it_goes_on(place: Place) -> None:
    digest = place.preview().audience.digest
    place.clock.now += 11 * 3600  # 20:00
    found = place.send(digest, rehearsal=False)
    assert "quiet hours" in found.paused and "2026-11-25 08:00" in found.paused
    assert (found.sent, found.remaining) == (0, 3) and place.texted() == []
    place.clock.now += 12 * 3600
    assert place.send(digest, rehearsal=False).sent == 3


def test_reaching_quiet_hours_in_the_middle_pauses_the_rest(place: Place) -> None:
    digest = place.preview().audience.digest
    place.clock.now += 11 * 3600 - 10

    def time_passes(point: str) -> None:
        place.clock.now += 4

    found = place.send(digest, rehearsal=False, crash=time_passes)
    assert "quiet hours" in found.paused and (found.sent, found.remaining) == (2, 1)


def test_a_rehearsal_knows_no_quiet_hours(place: Place) -> None:
    place.clock.now += 13 * 3600
    assert place.send(place.preview().audience.digest, rehearsal=True).sent == 3


@pytest.mark.parametrize(("hour", "resumes"), [(12, None), (19, None), (20, 32), (23, 32), (3, 8), (8, None)])
def test_hours_say_when_sending_may_go_on(hour: int, resumes: int | None) -> None:
    hours = Hours(UTC, QuietHours(time(20), time(8)))
    midnight = datetime(2026, 11, 24, tzinfo=UTC).timestamp()
    expected = None if resumes is None else datetime.fromtimestamp(midnight + resumes * 3600, UTC)
    assert hours.resumes_at(midnight + hour * 3600) == expected


def test_a_second_sender_at_the_same_time_is_told_and_sends_nothing(place: Place) -> None:
    digest = place.preview().audience.digest
    told: list[int] = []

    def meanwhile(point: str) -> None:
        with pytest.raises(Busy) as busy:
            place.send(digest)
        told.append(busy.value.exit_code)

    place.send(digest, crash=meanwhile)
    assert set(told) == {75} and place.texted() == phones(3)


def test_an_audience_that_nobody_previewed_or_that_was_touched_is_refused(place: Place) -> None:
    preview = place.preview()
    with pytest.raises(PlanRefused) as missing:
        place.send("0123456789abcdef")
    preview.path.write_bytes(preview.path.read_bytes()[:-20])
    with pytest.raises(PlanRefused) as touched:
        place.send(preview.audience.digest)
    assert [missing.value.code, touched.value.code] == ["no_audience", "bad_audience"]


def test_the_file_of_one_audience_does_not_pass_as_another(place: Place) -> None:
    small = place.preview()
    place.write(*people(9))
    large = place.preview()
    shutil.copy(large.path, small.path)
    with pytest.raises(PlanRefused) as refused:
        place.send(small.audience.digest)
    assert refused.value.code == "audience_mismatch" and place.texted() == []


def begin(place: Place, digest: str) -> None:
    """Send the first message of the audience; then the account is empty for a while."""
    place.trouble.on("/sms/send", Fault.refused("You have exceeded your sending limit."), times=9, skip=1)
    assert place.send(digest).sent == 1
    place.trouble.over()


def test_an_old_audience_is_refused_before_its_first_message_only(place: Place) -> None:
    digest = place.preview().audience.digest
    begin(place, digest)
    place.clock.now += 25 * 3600
    assert place.send(digest).sent == 3
    place.write(*people(4))
    late = place.preview().audience.digest
    place.clock.now += 25 * 3600
    with pytest.raises(PlanRefused) as refused:
        place.send(late)
    assert refused.value.code == "audience_old"


def test_a_changed_configuration_is_refused_before_the_first_message(place: Place) -> None:
    digest = place.preview().audience.digest
    place.write(*people(3), text=CONFIG.replace("Habari", "Karibu"))
    with pytest.raises(PlanRefused) as refused:
        place.send(digest)
    assert refused.value.code == "audience_stale"


def test_once_begun_the_frozen_audience_alone_counts(place: Place) -> None:
    digest = place.preview().audience.digest
    begin(place, digest)
    text = CONFIG.replace("Habari", "Karibu").replace("sender_id: DUKA", "sender_id: OTHER")
    place.write(
        *people(2), "k3,255712000003,Name3,Duka,no", text=text.replace("kind: marketing", "kind: transactional")
    )
    place.send(digest)
    assert {(m["from"], m["message"][:12]) for m in place.sandbox.messages()} == {("DUKA", "DUKA: Habari")}


def test_an_audience_of_another_ledger_is_refused(place: Place) -> None:
    preview = place.preview()
    (place.folder / ".ampenet" / "ledger.db").unlink()
    for side in place.folder.glob(".ampenet/ledger.db-*"):
        side.unlink()
    place.make_ledger()
    with pytest.raises(PlanRefused) as refused:
        place.send(preview.audience.digest)
    assert refused.value.code == "audience_foreign"


def test_an_audience_of_another_campaign_is_refused(place: Place) -> None:
    other = CONFIG[CONFIG.index("  hello:") :].replace("hello", "bye")
    place.write(*people(3), text=CONFIG + other)
    digest = place.preview("hello").audience.digest
    with pytest.raises(PlanRefused) as refused:
        place.send(digest, "bye")
    assert refused.value.code == "audience_mismatch"


def test_two_campaigns_with_the_same_text_do_not_answer_for_each_other(place: Place) -> None:
    other = CONFIG[CONFIG.index("  hello:") :].replace("hello", "bye")
    place.write(*people(3), text=CONFIG + other)
    place.send(place.preview("hello").audience.digest)
    place.trouble.on("/sms/send", Fault.drop_before)
    found = place.send(place.preview("bye").audience.digest, "bye")
    assert (found.sent, found.unknown) == (2, 1)


def test_patience_can_be_small(place: Place) -> None:
    place.patience = replace(place.patience, settle=1.0)
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", Fault.drop_before)
    before = place.clock.now
    assert place.send(digest).unknown == 1
    assert place.clock.now - before < 10
