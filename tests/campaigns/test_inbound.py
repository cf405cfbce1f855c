"""Who writes STOP back, and nothing else, is never texted again: read on from the last look, before anything leaves."""

from __future__ import annotations

from typing import Any

import pytest

from ampenet_sync.campaigns.inbound import bare
from ampenet_sync.ledger import suppressions
from ampenet_sync.pipeline.inbound import InboundRead, take_in_inbound
from ampenet_sync.reports.preview import preview_object
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people


def look(place: Place, **how: Any) -> InboundRead:
    with place.opened() as world:
        return take_in_inbound(world, **how)


def suppressed(place: Place) -> dict[str, str]:
    with place.ledger() as ledger:
        return {row.phone: f"{row.reason}, {row.by}" for row in suppressions.each_suppression(ledger)}


def writes(place: Place, number: int, text: str, *, to: str = "DUKA") -> None:
    place.clock.now += 1
    place.sandbox.receive(f"255712{number:06d}", text, to=to)


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop! ", "«ACHA»", "Ondoa.", "STOP 🙏", "\nunsubscribe\n", "STOP"])
def test_a_word_that_is_the_whole_text_counts_however_it_is_written(place: Place, text: str) -> None:
    writes(place, 1, text)
    assert (look(place).suppressed, [*suppressed(place)]) == (1, ["255712000001"])


@pytest.mark.parametrize(
    "text", ["please stop", "STOP it", "Don't stop", "stopped", "ACHA?? kwa nini", "", "...", "s t o p"]
)
def test_a_text_that_only_holds_such_a_word_does_not(place: Place, text: str) -> None:
    writes(place, 1, text or ".")
    assert look(place).suppressed == 0 and suppressed(place) == {}


def test_the_suppression_says_why_and_by_what(place: Place) -> None:
    writes(place, 1, "acha")
    look(place)
    assert suppressed(place) == {"255712000001": "wrote ACHA, inbound"}


def test_what_was_written_to_somebody_else_is_none_of_ours(place: Place) -> None:
    writes(place, 1, "STOP", to="OTHERS")
    place.sandbox.add_stranger_message("255712000002", "STOP", sender="DUKA")
    assert look(place) == InboundRead(calls=1, messages=0, suppressed=0, complete=True, listed=False)


def test_words_are_those_of_the_configuration(place: Place) -> None:
    place.write(*people(3), text=f"stop_words: [SITAKI TENA]\n{CONFIG}")
    writes(place, 1, "STOP")
    writes(place, 2, "sitaki  tena!")
    look(place)
    assert [*suppressed(place)] == ["255712000002"]


def test_a_preview_looks_first_and_says_what_it_took(place: Place) -> None:
    writes(place, 2, "STOP")
    preview = place.preview()
    assert preview.audience.header.excluded == {"suppressed": 1}
    assert preview_object(preview)["inbound"] == {
        "calls": 1, "messages": 1, "suppressed": 1, "complete": True, "listed": True, "refused": "",
    }  # fmt: skip


def test_a_send_looks_before_its_first_message(place: Place) -> None:
    digest = place.preview().audience.digest
    writes(place, 3, "STOP")
    sent = place.send(digest)
    assert (sent.sent, sent.withdrawn, place.texted()) == (2, 1, ["255712000001", "255712000002"])


@pytest.mark.parametrize("dialect", ["3.8", "3.9"])
def test_only_what_came_since_is_read(place: Place, dialect: str) -> None:
    place.sandbox.switch(dialect=dialect)
    for number in range(200):
        writes(place, number, "Asante")
    first = look(place, everything=True)
    assert (first.messages, first.calls, first.complete) == (200, 8, True)
    for number in range(30):
        writes(place, number, "Asante sana")
    writes(place, 77, "STOP")
    second = look(place)
    assert second.calls <= 8 and second.suppressed == 1 and second.messages < 150
    assert look(place).suppressed == 0


def test_a_look_that_may_make_no_more_calls_is_gone_on_with(place: Place) -> None:
    writes(place, 1, "STOP")
    look(place)
    for number in range(10, 160):
        writes(place, number, "STOP")
    reads = [look(place, most_calls=5) for _ in range(8)]
    assert not reads[0].complete and reads[-1].complete
    assert len(suppressed(place)) == 151


def test_a_preview_warns_where_not_all_was_read(place: Place) -> None:
    writes(place, 1, "Asante")
    look(place)
    for number in range(1_300):
        writes(place, number, "Asante")
    assert place.preview().warnings == (
        "not all that people wrote back was read yet: ampenet-sync suppress inbound reads the rest",
    )


def test_nothing_is_missed_where_messages_arrive_while_it_reads(place: Place) -> None:
    writes(place, 500, "Asante")
    look(place)
    for number in range(100):
        writes(place, number, "STOP")
    arriving = iter(range(200, 260))

    def more(what: str, done: int, total: int | None) -> None:
        for number in [next(arriving, 0) for _ in range(7)]:
            writes(place, number or 999, "Asante")

    with place.opened(progress=more) as world:
        take_in_inbound(world)
    assert len(suppressed(place)) == 100


def test_an_install_that_lists_no_messages_stops_no_preview(place: Place) -> None:
    place.trouble.on("GET /sms", Fault.refused("You do not have permission to access API"), times=9)
    preview = place.preview()
    assert preview.warnings == ("what people wrote back can't be read here (permission)",)


def test_words_are_compared_bare() -> None:
    assert [bare(text) for text in (" Stop! ", "STOP_", "ａｃｈａ", "na--acha")] == ["stop", "stop", "acha", "na acha"]
