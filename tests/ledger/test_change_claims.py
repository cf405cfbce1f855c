"""Claims of contact changes: one open one for a phone or contact, settled once, by its owner alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from ampenet_sync.ledger import Ledger, changes, destinations, groups, links, plans, runs, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.changes import Claim, Intent
from ampenet_sync.ledger.links import Link
from ampenet_sync.ledger.plans import AcceptedSource
from tests.links import links_of
from tests.world import Clock

ASHA, JUMA = {"first_name": "Asha", "last_name": "Mollel"}, {"first_name": "Juma", "last_name": ""}
CREATE = Intent("p1", 0, "g1", "create", None, "k1", "255712000001", ASHA)
UPDATE = Intent("p1", 1, "g1", "update", "u2", "k2", "255712000002", JUMA, {"phone": "255712000009", **ASHA})
DELETE = replace(UPDATE, change="delete")


def claimed(ledger: Ledger, there: int, intent: Intent, run: str) -> Claim:
    held = changes.claim(ledger, there, intent, run=run, send_before=100.0)
    assert isinstance(held, Claim), held
    return held


def test_a_finished_create_is_a_link_that_we_own(ledger: Ledger, there: int, run: str) -> None:
    held = claimed(ledger, there, CREATE, run)
    assert changes.finish(ledger, there, held, uid="u1")
    assert links_of(ledger, there, "g1") == [Link("u1", "k1", "255712000001", ASHA, True)]
    assert changes.outcomes(ledger, there, "p1") == {0: ("done", "")}


def test_a_finished_delete_forgets_the_link(ledger: Ledger, there: int, run: str) -> None:
    links.write_links(ledger, there, "g1", [Link("u2", "k2", "255712000002", JUMA, True)])
    changes.finish(ledger, there, claimed(ledger, there, DELETE, run), uid="u2")
    assert links_of(ledger, there, "g1") == []


@pytest.mark.parametrize(
    "other",
    [
        replace(CREATE, plan="p2", customer_key="k9"),
        replace(UPDATE, plan="p2", uid="u9", phone="255712000001"),
    ],
    ids=["the same create", "a move onto the number"],
)
def test_while_a_claim_is_open_nobody_else_may_claim_its_phone(
    ledger: Ledger, there: int, run: str, other: Intent
) -> None:
    claimed(ledger, there, CREATE, run)
    assert changes.claim(ledger, there, other, run=run, send_before=100.0) == "in_doubt"


def test_while_a_claim_is_open_nobody_else_may_claim_its_contact(ledger: Ledger, there: int, run: str) -> None:
    changes.leave(ledger, claimed(ledger, there, UPDATE, run), "in_doubt", code="timeout")
    other = replace(UPDATE, plan="p2", phone="255712000009")
    assert changes.claim(ledger, there, other, run=run, send_before=100.0) == "in_doubt"


def test_the_same_phone_in_another_group_or_account_is_another_matter(ledger: Ledger, there: int, run: str) -> None:
    claimed(ledger, there, CREATE, run)
    claimed(ledger, there, replace(CREATE, plan="p2", group_uid="g2"), run)
    elsewhere = destinations.destination_id(ledger, host="sms.ampenet.com", account="another")
    claimed(ledger, elsewhere, CREATE, run)


@pytest.mark.parametrize("same", ["phone", "uid"])
def test_the_database_itself_forbids_two_open_claims(ledger: Ledger, there: int, run: str, same: str) -> None:
    held = claimed(ledger, there, UPDATE, run)
    values = {"fields": "{}", "before": None}
    row = {**held.intent.__dict__, **values, "destination": there, "plan": "p2", "state": "in_doubt", "run": run}
    row |= {"attempts": 1, "send_before": 1.0, "claimed_at": 1.0, "phone": "255700", "uid": "u9"}
    row[same] = getattr(UPDATE, same)
    with pytest.raises(IntegrityError), ledger.write() as db:
        db.execute(insert(t.changes).values(row))


@pytest.mark.parametrize("state", ["done", "refused"])
def test_a_settled_change_is_not_claimed_again(ledger: Ledger, there: int, run: str, state: str) -> None:
    held = claimed(ledger, there, CREATE, run)
    if state == "done":
        changes.finish(ledger, there, held, uid="u1")
    else:
        changes.leave(ledger, held, "refused", code="validation")
    assert changes.claim(ledger, there, CREATE, run=run, send_before=100.0) == "settled"


def test_a_claim_that_was_given_back_is_claimed_again_and_counted(ledger: Ledger, there: int, run: str) -> None:
    held = claimed(ledger, there, CREATE, run)
    changes.leave(ledger, held, "planned", code="throttled")
    assert changes.outcomes(ledger, there, "p1") == {0: ("planned", "throttled")}
    again = claimed(ledger, there, CREATE, run)
    assert (again.id, again.attempts) == (held.id, 2)


def test_who_lost_a_claim_can_not_write_its_outcome(ledger: Ledger, there: int, run: str) -> None:
    held = claimed(ledger, there, CREATE, run)
    changes.leave(ledger, held, "planned", code="not_applied")
    claimed(ledger, there, CREATE, runs.begin_run(ledger, "another"))
    assert not changes.finish(ledger, there, held, uid="u1")
    assert not changes.leave(ledger, held, "refused", code="late")
    assert not changes.extend(ledger, held, send_before=200.0)
    assert links_of(ledger, there, "g1") == []


def test_a_claim_is_settled_once(ledger: Ledger, there: int, run: str) -> None:
    held = claimed(ledger, there, CREATE, run)
    assert changes.finish(ledger, there, held, uid="u1")
    assert not changes.leave(ledger, held, "in_doubt", code="timeout")


@pytest.mark.parametrize(("phone", "key"), [("255712000001", ""), ("", "k1")])
def test_a_suppressed_phone_or_customer_is_not_created_but_may_be_deleted(
    ledger: Ledger, there: int, run: str, phone: str, key: str
) -> None:
    suppressions.suppress(ledger, phone=phone, customer_key=key, reason="asked")
    assert changes.claim(ledger, there, CREATE, run=run, send_before=100.0) == "suppressed"
    claimed(ledger, there, replace(DELETE, phone="255712000001", customer_key="k1"), run)


def begin(ledger: Ledger, there: int, digest: str) -> None:
    plans.note_plan(ledger, there, digest=digest, segment="vip")
    plans.start_plan(ledger, there, digest)
    plans.accept_source(ledger, "s", rows=1, open_end=True)


def test_the_newest_changing_plan_is_the_newest_though_the_clock_was_set_back(
    ledger: Ledger, there: int, run: str, clock: Clock
) -> None:
    for digest in ("d1", "a2"):
        begin(ledger, there, digest)
        changes.finish(ledger, there, claimed(ledger, there, replace(CREATE, plan=digest), run), uid="u1")
        assert plans.last_changing_plan(ledger, there, "vip") == digest
        clock.now -= 3600
    assert plans.accepted_source(ledger, "s") == AcceptedSource(rows=1, open_end=True)


def test_a_plan_that_was_begun_with_nothing_to_do_changed_nothing(ledger: Ledger, there: int, run: str) -> None:
    begin(ledger, there, "d1")
    assert plans.last_changing_plan(ledger, there, "vip") == ""
    claimed(ledger, there, replace(CREATE, plan="d1"), run)
    begin(ledger, there, "a2")
    assert plans.last_changing_plan(ledger, there, "vip") == "d1"


def test_a_group_is_kept_for_one_segment_only(ledger: Ledger, there: int) -> None:
    groups.pin_group(ledger, there, "old", uid="g1", name="VIP")
    groups.pin_group(ledger, there, "new", uid="g1", name="VIP")
    assert groups.segment_of_group(ledger, there, "g1") == "new"
    assert groups.pinned_group(ledger, there, "old") is None
