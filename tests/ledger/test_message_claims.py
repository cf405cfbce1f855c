"""Claims of messages and suppressions: whoever was claimed in an edition is never claimed in it again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import insert

from ampenet_sync.ledger import Ledger, create_ledger, messages, runs, suppressions, tables
from ampenet_sync.ledger.messages import Claim, Draft, Edition
from ampenet_sync.ledger.messagetable import IN_ONE_TEXT
from tests.messaged import messaged_phones
from tests.world import Clock

ASHA = Draft("255712000001", "k1", "Habari Asha", 1)


@pytest.fixture
def edition(there: int) -> Edition:
    return Edition(there, "hello", "1")


def claim(ledger: Ledger, edition: Edition, run: str, draft: Draft = ASHA) -> Claim | str:
    return messages.claim(ledger, edition, draft, audience="a1", run=run, send_before=100.0)


@pytest.mark.parametrize("state", ["claimed", "sent", "refused", "unknown", "expired"])
def test_whatever_became_of_a_message_there_is_no_second_one(
    ledger: Ledger, edition: Edition, run: str, state: messages.State
) -> None:
    held = claim(ledger, edition, run)
    assert isinstance(held, Claim)
    messages.settle(ledger, held, state)
    assert claim(ledger, edition, run, Draft("255712000001", "k2", "Other text", 1)) == "already_messaged"
    assert messaged_phones(ledger, edition) == {"255712000001"}


def test_the_phones_of_an_edition_are_those_it_claimed_and_did_not_give_back(
    ledger: Ledger, there: int, run: str
) -> None:
    for name, number in (("hello", "1"), ("hello", "2"), ("bye", "1")):
        held = claim(ledger, Edition(there, name, number), run)
        assert isinstance(held, Claim)
        if number == "2":
            messages.settle(ledger, held, "planned", code="throttled")
    claim(ledger, Edition(there, "hello", "1"), run, Draft("255712000002", "k2", "Habari Juma", 1))
    editions = (Edition(there, name, number) for name, number in (("hello", "1"), ("hello", "2"), ("bye", "1")))
    counts = [len(messaged_phones(ledger, edition)) for edition in editions]
    assert counts == [2, 0, 1]


def test_more_phones_than_one_text_holds_are_each_there_once(ledger: Ledger, edition: Edition, run: str) -> None:
    count = 2 * IN_ONE_TEXT + 1
    row = {"destination": edition.destination, "campaign": "hello", "edition": "1", "customer_key": "k", "parts": 1}
    row |= {"audience": "a", "text": "x", "state": "sent", "run": run, "send_before": 0.0, "claimed_at": 0.0}
    with ledger.write() as db:
        db.execute(insert(tables.messages), [{**row, "phone": f"2557{number:08d}"} for number in range(count)])
    assert messaged_phones(ledger, edition) == {f"2557{number:08d}" for number in range(count)}


def test_what_was_certainly_not_sent_may_be_claimed_again_with_its_newer_text(
    ledger: Ledger, edition: Edition, run: str
) -> None:
    held = claim(ledger, edition, run)
    assert isinstance(held, Claim)
    messages.settle(ledger, held, "planned", code="throttled")
    again = claim(ledger, edition, run, Draft("255712000001", "k1", "Habari Neema", 2))
    assert isinstance(again, Claim) and again.id == held.id
    assert [one.draft.text for one in messages.open_claims(ledger, edition)] == ["Habari Neema"]


def test_another_edition_or_campaign_is_another_message(ledger: Ledger, there: int, run: str) -> None:
    for name, number in (("hello", "1"), ("hello", "2"), ("bye", "1")):
        assert isinstance(claim(ledger, Edition(there, name, number), run), Claim)


def test_of_eight_threads_with_handles_of_their_own_one_gets_the_claim(
    url: str, tmp_path: Path, ledger: Ledger, edition: Edition, run: str
) -> None:
    won: list[Claim | str] = []
    start = threading.Barrier(8)

    def try_it() -> None:
        own, _ = create_ledger(url, tmp_path, clock=Clock())
        start.wait()
        won.append(claim(own, edition, run))
        own.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Claim) for one in won) == 1 and won.count("already_messaged") == 7


def test_an_outcome_is_written_once_and_by_its_owner_alone(ledger: Ledger, edition: Edition, run: str) -> None:
    held = claim(ledger, edition, run)
    assert isinstance(held, Claim)
    stranger = Claim(held.id, held.draft, runs.begin_run(ledger, "other"), held.send_before)
    assert not messages.settle(ledger, stranger, "planned")
    assert messages.settle(ledger, held, "sent", uid="m1")
    assert not messages.settle(ledger, held, "unknown")
    assert messages.figures(ledger, edition) == {"sent": 1} and messages.KnownUids(ledger, edition.destination) == {
        "m1"
    }


def test_a_text_whose_answer_is_missing_is_remembered_as_perhaps_sent(
    ledger: Ledger, edition: Edition, run: str
) -> None:
    held = claim(ledger, edition, run)
    assert isinstance(held, Claim)
    assert messages.unanswered(ledger, edition.destination) == {("255712000001", "Habari Asha")}
    messages.settle(ledger, held, "sent", uid="m1")
    assert messages.unanswered(ledger, edition.destination) == frozenset()


def test_the_first_baseline_of_an_edition_stays(ledger: Ledger, edition: Edition) -> None:
    messages.start(ledger, edition, audience="a1", baseline_uid="m1")
    messages.start(ledger, edition, audience="a2", baseline_uid="m9")
    begun = messages.started(ledger, edition)
    assert begun is not None and (begun.audience, begun.baseline_uid) == ("a2", "m1")


@pytest.mark.parametrize(("phone", "key"), [("255712000001", ""), ("", "k1"), ("255712000001", "k1")])
def test_a_suppressed_phone_or_customer_gets_no_claim(
    ledger: Ledger, edition: Edition, run: str, phone: str, key: str
) -> None:
    suppressions.suppress(ledger, phone=phone, customer_key=key, reason="asked")
    assert claim(ledger, edition, run) == "suppressed"
    assert isinstance(claim(ledger, edition, run, Draft("255712000002", "k2", "Habari Juma", 1)), Claim)


def test_a_suppression_is_noted_once_and_needs_somebody(ledger: Ledger) -> None:
    assert suppressions.suppress(ledger, phone="255712000001", customer_key="k1", reason="asked")
    assert not suppressions.suppress(ledger, phone="255712000001", customer_key="k1", reason="asked again")
    with pytest.raises(ValueError):
        suppressions.suppress(ledger, reason="nobody")
    everybody = suppressions.all_suppressed(ledger)
    assert everybody.covers("255712000001", "k7") and everybody.covers("255799999999", "k1")
    assert not everybody.covers("255799999999", "") and not everybody.covers("", "k7")
