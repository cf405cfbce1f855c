"""Judging a change whose answer was lost, from a listing: what it shows, what it doesn't, and when that counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.api import Contact
from ampenet_sync.ledger import Ledger, changes, create_ledger, destinations, runs
from ampenet_sync.ledger.changes import Claim, Intent
from ampenet_sync.runs import Patience
from ampenet_sync.sync.listing import Listing, table_of
from ampenet_sync.sync.reconcile import Settled, own_late_creates, settle_doubts
from tests.links import links_of
from tests.world import Clock

ASHA = ("255712000001", "Asha", "Mollel")
FIELDS = {"first_name": "Asha", "last_name": "Mollel"}
CREATE = Intent("p", 0, "g", "create", None, "k1", ASHA[0], FIELDS)
UPDATE = Intent("p", 0, "g", "update", "u1", "k1", ASHA[0], FIELDS, {"phone": ASHA[0]})
DELETE = Intent("p", 0, "g", "delete", "u1", "k1", ASHA[0], FIELDS, {"phone": ASHA[0]})
SENT_BEFORE = 1000.0
SETTLED = SENT_BEFORE + 120  # for a run that is gone


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found, _ = create_ledger("sqlite:///ledger.db", tmp_path, clock=Clock(SENT_BEFORE))
    yield found
    found.close()


def judged(
    ledger: Ledger, intent: Intent, *there: Contact, at: float, alive: bool = False, ours: frozenset[str] = frozenset()
) -> tuple[Settled, str]:
    """Claim the change, lose its answer, and judge it from a listing that began at that time."""
    run = runs.begin_run(ledger, "sync")
    held = changes.claim(ledger, 1, intent, run=run, send_before=SENT_BEFORE)
    assert isinstance(held, Claim)
    listing = Listing(table_of(there, ()), 1, at)
    judge = runs.begin_run(ledger, "sync") if alive else run
    claims = changes.open_claims(ledger, 1, "g")
    settled = settle_doubts(ledger, 1, claims, listing, run=judge, ours=ours, patience=Patience())
    return settled, changes.outcomes(ledger, 1, "p")[0][0]


@pytest.fixture(autouse=True)
def destination(ledger: Ledger) -> None:
    destinations.destination_id(ledger, host="h", account="a")


@pytest.mark.parametrize(
    ("intent", "there"),
    [(CREATE, [Contact("u1", *ASHA)]), (UPDATE, [Contact("u1", *ASHA)]), (DELETE, [])],
    ids=["create", "update", "delete"],
)
def test_what_the_listing_shows_was_done_settles_it_at_once(
    ledger: Ledger, intent: Intent, there: list[Contact]
) -> None:
    settled, state = judged(ledger, intent, *there, at=SENT_BEFORE)
    assert (settled.applied, settled.waiting, state) == (1, (), "done")


NOT_DONE = [(CREATE, []), (UPDATE, [Contact("u1", "255712000001", "Old", "")]), (DELETE, [Contact("u1", *ASHA)])]


@pytest.mark.parametrize(("intent", "there"), NOT_DONE, ids=["create", "update", "delete"])
def test_what_it_does_not_show_waits_until_the_platform_had_its_time(
    ledger: Ledger, intent: Intent, there: list[Contact]
) -> None:
    settled, state = judged(ledger, intent, *there, at=SETTLED - 0.1)
    assert (state, settled.until, len(settled.waiting)) == ("claimed", SETTLED, 1)


@pytest.mark.parametrize(("intent", "there"), NOT_DONE, ids=["create", "update", "delete"])
def test_afterwards_it_was_not_applied_and_may_be_done_again(
    ledger: Ledger, intent: Intent, there: list[Contact]
) -> None:
    settled, state = judged(ledger, intent, *there, at=SETTLED)
    assert (settled.not_applied, state) == (1, "planned")


def test_a_listing_that_began_too_early_proves_nothing_however_long_it_took(ledger: Ledger) -> None:
    ledger.clock.now = SETTLED + 3600
    assert judged(ledger, CREATE, at=SETTLED - 1)[1] == "claimed"


def test_who_may_still_wait_for_his_answer_gets_more_time(ledger: Ledger) -> None:
    settled, state = judged(ledger, CREATE, at=SETTLED + 59, alive=True)
    assert (state, settled.until) == ("claimed", SETTLED + 60)


def test_a_contact_that_is_linked_already_is_not_the_one_that_was_created(ledger: Ledger) -> None:
    assert judged(ledger, CREATE, Contact("u1", *ASHA), at=SENT_BEFORE, ours=frozenset({"u1"}))[1] == "claimed"


def test_somebody_else_s_contact_with_the_number_is_linked_but_not_ours(ledger: Ledger) -> None:
    judged(ledger, CREATE, Contact("u9", "255712000001", "Rehema", ""), at=SENT_BEFORE)
    assert [(link.uid, link.owned) for link in links_of(ledger, 1, "g")] == [("u9", False)]


def _look_again(ledger: Ledger, *there: Contact) -> list[tuple[str, bool]]:
    given_up = changes.given_up_creates(ledger, 1, "g")
    own_late_creates(ledger, 1, given_up, Listing(table_of(there, ()), 1, SETTLED + 999), ours=frozenset())
    return [(link.uid, link.owned) for link in links_of(ledger, 1, "g")]


def test_a_create_that_comes_later_than_any_patience_is_ours_all_the_same(ledger: Ledger) -> None:
    judged(ledger, CREATE, at=SETTLED)
    assert _look_again(ledger) == []
    assert _look_again(ledger, Contact("u9", *ASHA)) == [("u9", True)]
    assert changes.given_up_creates(ledger, 1, "g") == []


def test_a_given_up_number_that_somebody_else_added_stays_his(ledger: Ledger) -> None:
    judged(ledger, CREATE, at=SETTLED)
    assert _look_again(ledger, Contact("u9", "255712000001", "Rehema", "")) == []


def test_what_had_its_answer_while_the_group_was_read_is_in_doubt(ledger: Ledger) -> None:
    held = changes.claim(ledger, 1, CREATE, run=runs.begin_run(ledger, "sync"), send_before=SENT_BEFORE)
    assert isinstance(held, Claim)
    before = changes.open_claims(ledger, 1, "g")
    changes.finish(ledger, 1, held, uid="u1")  # by whoever made it, after the pages were read
    settled = settle_doubts(
        ledger, 1, [], Listing(table_of([], ()), 1, SETTLED), run="r", ours=frozenset(), patience=Patience()
    )
    assert settled.doubts.phones == frozenset()
    assert settled.doubts_since(before).phones == frozenset({ASHA[0]})


def test_doubts_name_the_phones_and_contacts_that_are_left_out(ledger: Ledger) -> None:
    settled, _ = judged(ledger, UPDATE, Contact("u1", "255712000009", "Old", ""), at=SENT_BEFORE)
    assert (settled.doubts.phones, settled.doubts.uids) == (frozenset({"255712000001"}), frozenset({"u1"}))
