"""When an answer last showed whether somebody opted out: the longest unheard first, whoever may be texted alone."""

from __future__ import annotations

from ampenet_sync.ledger import Ledger, changes, links, statuses, suppressions
from ampenet_sync.ledger.changes import Claim, Intent
from ampenet_sync.ledger.links import Link
from ampenet_sync.ledger.statuses import Evidence, evidence_of, evidence_of_phones
from tests.world import NOON, Clock


def linked(ledger: Ledger, there: int, clock: Clock) -> None:
    """u1 and u2 were heard, an hour apart, u3 never; u4 is suppressed by phone, u5 by key."""
    rows = [Link(f"u{n}", f"k{n}", f"25571200000{n}", {"first_name": "Asha"}, True) for n in range(1, 6)]
    links.write_links(ledger, there, "g1", rows)
    suppressions.suppress(ledger, phone="255712000004", reason="by hand")
    suppressions.suppress(ledger, customer_key="k5", reason="by hand")
    for uid in ("u2", "u1", "u4"):
        statuses.note_status(ledger, there, "g1", uid)
        clock.sleep(3600)


def test_evidence_counts_who_may_be_texted_and_is_as_old_as_its_oldest(
    ledger: Ledger, there: int, clock: Clock
) -> None:
    linked(ledger, there, clock)
    assert evidence_of(ledger, there, "g1") == Evidence(seen=2, never=1, known_as_of=NOON)
    assert evidence_of(ledger, there, "g2") == Evidence()
    statuses.note_status(ledger, there, "g1", "u2")
    assert evidence_of(ledger, there, "g1").known_as_of == NOON + 3600


def test_people_are_known_by_the_newest_answer_about_their_phone_in_any_group(
    ledger: Ledger, there: int, clock: Clock
) -> None:
    linked(ledger, there, clock)
    links.write_links(ledger, there, "g2", [Link("u9", "k2", "255712000002", {}, True)])
    statuses.note_status(ledger, there, "g2", "u9")
    wanted = ["255712000002", "255712000003", "255712000077"]
    assert evidence_of_phones(ledger, there, wanted) == Evidence(seen=1, never=2, known_as_of=clock())


def test_who_was_never_heard_is_asked_first_and_nobody_who_was_heard_since(
    ledger: Ledger, there: int, clock: Clock
) -> None:
    linked(ledger, there, clock)
    ids = statuses.ids_to_ask(ledger, there, "g1", since=clock())
    assert [link.uid for _, link in statuses.links_at(ledger, ids)] == ["u3", "u2", "u1"]
    ids = statuses.ids_to_ask(ledger, there, "g1", since=NOON + 3600)
    assert [link.uid for _, link in statuses.links_at(ledger, ids)] == ["u3", "u2"]


def ask(ledger: Ledger, there: int, run: str, position: int) -> Claim:
    plan = statuses.asks_of("3f9a")
    intent = Intent(plan, position, "g1", "ask", "u1", "k1", "255712000001", {"first_name": "Asha"})
    held = changes.claim(ledger, there, intent, run=run, send_before=NOON + 5)
    assert isinstance(held, Claim)
    return held


def test_an_ask_keeps_others_off_while_it_is_open_and_leaves_no_row(ledger: Ledger, there: int, run: str) -> None:
    held = ask(ledger, there, run, 1)
    update = Intent("3f9a", 1, "g1", "update", "u1", "k1", "255712000001", {"first_name": "Ashaa"})
    assert changes.claim(ledger, there, update, run=run, send_before=NOON + 5) == "in_doubt"
    assert changes.finish(ledger, there, held, status_seen=True)
    assert changes.open_claims(ledger, there, "g1") == []
    assert changes.outcomes(ledger, there, statuses.asks_of("3f9a")) == {}
    assert isinstance(changes.claim(ledger, there, update, run=run, send_before=NOON + 5), Claim)


def test_an_ask_that_is_given_back_can_be_made_again_and_a_refused_one_not(
    ledger: Ledger, there: int, run: str
) -> None:
    changes.leave(ledger, ask(ledger, there, run, 1), "planned", code="rate")
    held = ask(ledger, there, run, 1)
    changes.leave(ledger, held, "refused", code="invalid_phone")
    assert changes.claim(ledger, there, held.intent, run=run, send_before=NOON + 5) == "settled"
