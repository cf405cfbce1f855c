"""Statuses read back: which words mean what, how few calls it takes, and that a reading goes on where one ended."""

from __future__ import annotations

import pytest

from ampenet_sync.campaigns.delivery import fate_of, word_of
from ampenet_sync.errors import ConfigError
from ampenet_sync.ledger.orders import What
from ampenet_sync.pipeline.delivery import DeliveryReport, each_recipient, read_deliveries
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.pipeline.steering import order
from ampenet_sync.reports.delivery import figures_line
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people

WORDS = [
    ("Delivered", "delivered", "delivered"),
    ("DELIVERED|42", "delivered", "delivered"),
    ("Enroute", "enroute", "pending"),
    (" Queued ", "queued", "pending"),
    ("Sent", "sent", "pending"),
    ("Undelivered|Absent", "undelivered", "failed"),
    ("Expired", "expired", "failed"),
    ("Zimepokelewa", "zimepokelewa", "unknown"),
    ("", "no word", "unknown"),
    ("|7", "no word", "unknown"),
    ("Failed to 255712000001", "•••", "unknown"),
    ("x" * 60, "x" * 40, "unknown"),
]


@pytest.mark.parametrize(("status", "word", "fate"), WORDS)
def test_a_status_is_kept_as_a_word_that_means_something(status: str, word: str, fate: str) -> None:
    assert (word_of(status), fate_of(word)) == (word, fate)


def sent(place: Place, count: int) -> None:
    place.write(*people(count))
    place.send(place.preview().audience.digest)


def read(place: Place, **how: object) -> DeliveryReport:
    with place.opened() as world:
        return read_deliveries(world, "hello", **how)  # type: ignore[arg-type]


def become(place: Place, status: str, *numbers: int) -> None:
    """The gateway says later what became of the messages at these places, the oldest first."""
    for number in numbers:
        place.sandbox.set_message_status(place.sandbox.messages()[number]["uid"], status)


def calls(place: Place) -> int:
    return place.count("GET /sms")


def test_the_counts_of_the_delivery_are_all_that_were_sent(place: Place) -> None:
    sent(place, 7)
    become(place, "Failed|Absent", 0)
    become(place, "Enroute", 1, 2)
    become(place, "Zimepotea", 3)
    report = read(place)
    assert dict(report.delivery) == {"delivered": 3, "pending": 2, "failed": 1, "unknown": 1}
    assert [(line.status, line.fate, line.messages) for line in report.statuses][2:] == [
        ("failed", "failed", 1),
        ("zimepotea", "unknown", 1),
    ]
    assert (report.sent, report.unread, report.remaining, report.paused) == (7, 0, 0, False)


def test_what_is_final_is_asked_for_once_and_with_refresh_again(place: Place) -> None:
    sent(place, 7)
    become(place, "Enroute", 6)
    read(place)
    before = calls(place)
    assert read(place).delivery["pending"] == 1 and calls(place) == before + 1, "the one that is pending"
    become(place, "Delivered", 6)
    read(place)
    before = calls(place)
    assert read(place).delivery["delivered"] == 7 and calls(place) == before
    become(place, "Rejected", 0)
    assert read(place).delivery["failed"] == 0
    assert read(place, refresh=True).delivery["failed"] == 1


@pytest.mark.parametrize("dialect", ["3.1", "3.8", "3.9"])
def test_a_listing_is_walked_from_whichever_end_it_begins(place: Place, dialect: str) -> None:
    place.sandbox.switch(dialect=dialect)
    sent(place, 60)
    become(place, "Failed", 0, 30, 59)
    before = calls(place)
    assert dict(read(place).delivery) == {"delivered": 57, "pending": 0, "failed": 3, "unknown": 0}
    assert calls(place) - before <= 4, "three pages, and on 3.1 the first one beside them"


def test_an_old_edition_is_looked_for_by_halves_and_not_page_by_page(place: Place) -> None:
    sent(place, 30)
    for number in range(1_500):
        place.clock.now += 1
        place.sandbox.add_stranger_message(f"255799{number:06d}", "Habari")
    before = calls(place)
    assert read(place).delivery["delivered"] == 30
    assert calls(place) - before < 20, "there are 62 pages"


def test_a_message_that_is_not_listed_is_asked_for_alone_and_then_unknown(place: Place) -> None:
    place.write(*people(8))
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", Fault.unlisted, times=2, skip=3)
    place.send(digest)
    report = read(place)
    assert dict(report.delivery) == {"delivered": 6, "pending": 0, "failed": 0, "unknown": 2}
    assert ("not listed", "unknown", 2) in [(line.status, line.fate, line.messages) for line in report.statuses]


def test_a_reading_that_may_make_no_more_calls_is_gone_on_with(place: Place) -> None:
    sent(place, 80)
    first = read(place, most_calls=1)
    assert (first.unread, first.delivery["delivered"], first.delivery["unknown"]) == (55, 25, 55)
    second = read(place, most_calls=2)
    assert second.unread < 55
    assert read(place).unread == 0 and read(place).delivery["delivered"] == 80


def test_a_refresh_goes_on_where_the_last_one_ended_and_reads_no_page_for_nothing(place: Place) -> None:
    sent(place, 80)
    read(place)
    become(place, "Failed", *range(80))
    place.clock.now += 60
    assert read(place, refresh=True, most_calls=1).unread == 55
    place.clock.now += 60
    assert read(place, refresh=True).delivery["failed"] == 80


def test_a_reading_that_is_killed_keeps_what_it_read(place: Place) -> None:
    sent(place, 80)
    place.trouble.on("GET /sms", Fault.refused("Unauthenticated."), skip=2, times=99)
    with pytest.raises(Exception, match="token"):
        read(place)
    place.trouble.over()
    assert read(place, most_calls=0).delivery["delivered"] >= 25


def test_several_editions_are_told_apart_and_the_newest_is_meant(place: Place) -> None:
    sent(place, 5)
    place.clock.now += 60
    place.write(*people(6), text=CONFIG.replace("sender_id: DUKA", 'sender_id: DUKA\n    edition: "2"'))
    place.send(place.preview().audience.digest)
    assert (read(place).edition, read(place).sent) == ("2", 6)
    assert (read(place, edition="1").edition, read(place, edition="1").sent) == ("1", 5)
    with pytest.raises(ConfigError, match="no edition 7") as refused:
        read(place, edition="7")
    assert (refused.value.code, refused.value.hint) == ("unknown_edition", "those that were begun: 1, 2")


def test_a_campaign_that_nobody_sent_has_no_edition(place: Place) -> None:
    with pytest.raises(ConfigError) as refused:
        read(place)
    assert refused.value.code == "unknown_edition" and "campaign preview hello" in refused.value.hint


def test_who_was_refused_is_a_recipient_with_a_reason_and_no_status(place: Place) -> None:
    place.sandbox.blacklist("255712000002")
    sent(place, 3)
    report = read(place)
    assert dict(report.refusals) == {"blacklisted": 1} and report.sent == 2
    with place.opened() as world:
        shown = [(who.phone[-1], who.state, who.code, who.status) for who in each_recipient(world, report)]
    assert shown == [
        ("1", "sent", "", "delivered"),
        ("2", "refused", "blacklisted", None),
        ("3", "sent", "", "delivered"),
    ]


def halfway(place: Place) -> None:
    """Two of three are sent."""
    place.write(*people(3))
    digest = place.preview().audience.digest
    with place.opened() as world:
        send_campaign(world, place.intake(), "hello", audience=digest, most=2)


def test_a_send_of_a_few_is_paused_until_the_rest_is_sent_too(place: Place) -> None:
    halfway(place)
    report = read(place)
    assert (report.state, report.paused, report.remaining) == ("begun", True, 1)
    place.send(report.audience)
    report = read(place)
    assert (report.state, report.paused, report.remaining) == ("begun", False, 0)


@pytest.mark.parametrize(("what", "state", "paused"), [("pause", "paused", True), ("cancel", "cancelled", False)])
def test_what_somebody_ordered_stands_in_the_report(place: Place, what: What, state: str, paused: bool) -> None:
    halfway(place)
    order(place.config, what, "hello", by="Juma", host="sandbox")
    report = read(place)
    assert (report.state, report.paused, report.remaining) == (state, paused, 1)
    assert figures_line(report) == f"Campaign hello, edition 1: 2 sent (2 parts), 1 remaining; {state}"


def test_the_course_ends_with_all_that_was_sent(place: Place) -> None:
    sent(place, 9)
    course = read(place).course
    assert (course[0].sent, course[-1].sent, course[-1].delivered) == (0, 9, 9)
    assert [moment.sent for moment in course] == sorted(moment.sent for moment in course)


def test_nothing_is_asked_where_nothing_may_be(place: Place) -> None:
    sent(place, 6)
    before = calls(place)
    assert read(place, most_calls=0).unread == 6 and calls(place) == before
