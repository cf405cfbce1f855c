"""Each line of the two decision tables of `decisions.sql`, its modes and its order. Only values, no platform."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from ampenet_sync.api import Contact
from ampenet_sync.contacts import OptOuts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync.plan import Doubts, Held, Rules
from ampenet_sync.sync.rows import SHOWN, Change, Reason, Values
from tests.sync.deciding import compare
from tests.sync.oracle import Comparison, Desired, Known

MIRROR = Rules("mirror")
P1, P2, P3 = "255712000001", "255712000002", "255712000003"


def values(phone: str, first: str = "Asha") -> Values:
    return Values(phone, {"first_name": first, "last_name": "Duka"})


def want(key: str, phone: str, first: str = "Asha") -> Desired:
    return Desired(key, values(phone, first))


def live(uid: str, phone: str, first: str = "Asha") -> Contact:
    return Contact(uid, phone, first, "Duka")


def link(uid: str, key: str, phone: str, *, first: str = "Asha", owned: bool = True) -> Link:
    return Link(uid, key, phone, values(phone, first).fields, owned)


def plan(
    desired: list[Desired],
    there: list[Contact],
    links: list[Link] | None = None,
    *,
    rules: Rules = MIRROR,
    mapped: Collection[str] = SHOWN,
    **known: Any,
) -> Comparison:
    return compare(desired, there, Known(links=links or [], **known), rules=rules, mapped=mapped)


def said(found: Comparison) -> list[tuple[str, str, str | None, str]]:
    return [(str(row.change), str(row.reason), row.uid, row.customer_key) for row in found.rows]


def test_a_matching_phone_of_nobody_s_is_linked_and_not_ours_to_delete() -> None:
    found = plan([want("a", P1)], [live("u1", P1)])
    assert said(found) == [("link", "matches", "u1", "a")]
    assert not found.rows[0].owned


def test_a_matching_phone_becomes_ours_by_choice() -> None:
    found = plan([want("a", P1)], [live("u1", P1)], rules=Rules("mirror", adopt_matched=True))
    assert said(found) == [("link", "matches", "u1", "a")]
    assert found.rows[0].owned


def test_a_linked_contact_that_is_as_wanted_needs_nothing() -> None:
    found = plan([want("a", P1)], [live("u1", P1)], [link("u1", "a", P1)])
    assert (found.rows, found.unchanged, found.linked) == ((), 1, 1)


def test_a_matching_phone_with_other_names_is_updated() -> None:
    found = plan([want("a", P1, "Neema")], [live("u1", P1)], [link("u1", "a", P1)])
    assert said(found) == [("update", "differs", "u1", "a")]
    assert (found.rows[0].before, found.rows[0].after) == (values(P1, "Asha"), values(P1, "Neema"))


def test_a_field_that_is_not_managed_keeps_what_stands_there() -> None:
    assert plan([want("a", P1, "")], [live("u1", P1)], [link("u1", "a", P1)], mapped=()).rows == ()


def test_what_somebody_changed_there_is_drift_and_ours_wins() -> None:
    found = plan([want("a", P1)], [live("u1", P1, "Rehema")], [link("u1", "a", P1)])
    assert said(found) == [("update", "changed_there", "u1", "a")]


def test_a_phone_changed_there_is_moved_back() -> None:
    found = plan([want("a", P1)], [live("u1", P2)], [link("u1", "a", P1)])
    assert said(found) == [("update", "changed_there", "u1", "a")]
    assert found.rows[0].values.phone == P1


def test_a_new_number_moves_the_contact_of_the_key() -> None:
    found = plan([want("a", P2)], [live("u1", P1)], [link("u1", "a", P1)])
    assert said(found) == [("update", "differs", "u1", "a")]
    assert found.rows[0].values.phone == P2


def test_a_phone_match_beats_the_key_match_and_the_old_contact_goes() -> None:
    found = plan([want("a", P2)], [live("u1", P1), live("u2", P2)], [link("u1", "a", P1)])
    assert said(found) == [("delete", "left_segment", "u1", "a"), ("link", "matches", "u2", "a")]


def test_whose_contact_was_taken_by_a_phone_match_gets_a_new_one() -> None:
    found = plan([want("a", P2), want("b", P3)], [live("u2", P2)], [link("u2", "b", P2)])
    assert said(found) == [("create", "new", None, "b"), ("link", "matches", "u2", "a")]


def test_two_customers_who_swap_numbers_keep_both_contacts() -> None:
    there, links = [live("u1", P1), live("u2", P2)], [link("u1", "a", P1), link("u2", "b", P2)]
    found = plan([want("a", P2), want("b", P1)], there, links)
    assert said(found) == [("link", "matches", "u1", "b"), ("link", "matches", "u2", "a")]


def test_a_contact_removed_there_is_reported_and_not_made_again() -> None:
    found = plan([want("a", P1)], [], [link("u1", "a", P1)])
    assert said(found) == [("skip", "removed_there", "u1", "a")]


def test_a_removed_number_is_not_made_again_for_another_customer_either() -> None:
    found = plan([want("b", P1)], [], [link("u1", "a", P1)])
    assert said(found) == [("skip", "removed_there", None, "b")]


KEEP, AGAIN = Rules("mirror", keep_changed=True), Rules("mirror", make_removed_again=True)


def test_what_somebody_changed_there_is_kept_by_choice() -> None:
    edited = [live("u1", P1, "Rehema")], [link("u1", "a", P1)]
    assert said(plan([want("a", P1, "Neema")], *edited, rules=KEEP)) == [("skip", "kept_there", "u1", "a")]
    assert said(plan([want("a", P1, "Rehema")], *edited, rules=KEEP)) == [("link", "matches", "u1", "a")]
    assert said(plan([want("a", P1)], [live("u1", P2)], [link("u1", "a", P1)], rules=KEEP)) == [
        ("skip", "kept_there", "u1", "a")
    ]
    unchanged = [live("u1", P1)], [link("u1", "a", P1)]
    assert said(plan([want("a", P1, "Neema")], *unchanged, rules=KEEP)) == [("update", "differs", "u1", "a")]


def test_a_contact_removed_there_is_made_again_by_choice_and_stands_for_the_old_one() -> None:
    found = plan([want("a", P1)], [], [link("u1", "a", P1)], rules=AGAIN)
    assert said(found) == [("create", "made_again", "u1", "a")]
    assert found.rows[0].owned
    assert said(plan([want("b", P1)], [], [link("u1", "a", P1)], rules=AGAIN)) == [("create", "made_again", "u1", "b")]


def test_who_is_never_to_be_texted_is_not_made_again_either() -> None:
    rules, links = AGAIN, [link("u1", "a", P1)]
    silent = plan([want("a", P1)], [], links, rules=rules, suppressed=Suppressed(frozenset({P1})))
    assert said(silent) == [("skip", "suppressed", "u1", "a")]
    left = plan([want("a", P1)], [], links, rules=rules, opted_out=OptOuts(frozenset({P1})))
    assert said(left) == [("skip", "opted_out", "u1", "a")]
    no_creates = Rules("update_only", make_removed_again=True)
    assert said(plan([want("a", P1)], [], links, rules=no_creates)) == [("skip", "removed_there", "u1", "a")]


def test_a_new_customer_is_created_as_ours() -> None:
    found = plan([want("a", P1)], [])
    assert said(found) == [("create", "new", None, "a")]
    assert found.rows[0].owned


@pytest.mark.parametrize("suppressed", [Suppressed(frozenset({P1})), Suppressed(keys=frozenset({"a"}))])
def test_a_suppressed_phone_or_customer_is_not_created(suppressed: Suppressed) -> None:
    found = plan([want("a", P1)], [], suppressed=suppressed)
    assert said(found) == [("skip", "suppressed", None, "a")]


@pytest.mark.parametrize("opted_out", [OptOuts(frozenset({P1})), OptOuts(keys=frozenset({"a"}))])
def test_who_opted_out_in_the_source_is_not_created_and_keeps_what_he_has(opted_out: OptOuts) -> None:
    assert said(plan([want("a", P1)], [], opted_out=opted_out)) == [("skip", "opted_out", None, "a")]
    found = plan([want("a", P1, "Neema")], [live("u1", P1)], [link("u1", "a", P1)], opted_out=opted_out)
    assert said(found) == [("update", "differs", "u1", "a")]
    both = plan([want("a", P1)], [], opted_out=opted_out, suppressed=Suppressed(frozenset({P1})))
    assert said(both) == [("skip", "suppressed", None, "a")]


def test_a_contact_that_is_not_ours_is_kept() -> None:
    found = plan([], [live("u1", P1)])
    assert (found.rows, found.foreign, found.linked) == ((), 1, 0)


@pytest.mark.parametrize("links", [[], [link("u1", "a", P1, owned=False)]], ids=["unknown", "linked, not owned"])
def test_a_contact_that_is_not_ours_is_deleted_only_by_choice(links: list[Link]) -> None:
    assert plan([], [live("u1", P1)], links).foreign == 1
    found = plan([], [live("u1", P1)], links, rules=Rules("mirror", delete_foreign=True))
    assert [row.change for row in found.rows] == [Change.DELETE] and found.rows[0].reason is Reason.FOREIGN


@pytest.mark.parametrize("held", [Held(frozenset({"a"})), Held(everybody=True), Held(phones=frozenset({P1}))])
def test_a_held_customer_keeps_his_contact(held: Held) -> None:
    found = plan([], [live("u1", P1)], [link("u1", "a", P1)], held=held)
    assert said(found) == [("skip", "held", "u1", "a")]


@pytest.mark.parametrize("held", [Held(everybody=True), Held(phones=frozenset({P1}))])
def test_deleting_all_spares_a_number_that_a_bad_row_may_mean(held: Held) -> None:
    found = plan([], [live("u1", P1)], held=held, rules=Rules("mirror", delete_foreign=True))
    assert said(found) == [("skip", "held", "u1", "")]


def test_a_customer_held_by_key_does_not_save_another_one() -> None:
    found = plan([], [live("u1", P1)], [link("u1", "a", P1)], held=Held(frozenset({"b"})))
    assert said(found) == [("delete", "left_segment", "u1", "a")]


@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        ("mirror", ["update", "create", "delete"]),
        ("upsert", ["update", "create"]),
        ("create_only", ["create"]),
        ("update_only", ["update"]),
    ],
)
def test_each_mode_makes_its_own_kinds_of_changes(mode: Any, changes: list[str]) -> None:
    there, links = [live("u1", P1), live("u3", P3)], [link("u1", "a", P1), link("u3", "c", P3)]
    found = plan([want("a", P1, "Neema"), want("b", P2)], there, links, rules=Rules(mode, delete_foreign=True))
    assert [str(row.change) for row in found.rows] == changes


@pytest.mark.parametrize("doubts", [Doubts(phones=frozenset({P1})), Doubts(uids=frozenset({"u1"}))])
@pytest.mark.parametrize("desired", [[], [want("a", P1, "Neema")], [want("a", P2)]], ids=["delete", "update", "move"])
def test_nothing_is_planned_for_a_contact_in_doubt(desired: list[Desired], doubts: Doubts) -> None:
    found = plan(desired, [live("u1", P1)], [link("u1", "a", P1)], doubts=doubts)
    assert said(found) == [("skip", "in_doubt", "u1", "a")]


def test_nothing_is_created_while_an_earlier_create_is_in_doubt() -> None:
    assert said(plan([want("a", P1)], [], doubts=Doubts(frozenset({P1})))) == [("skip", "in_doubt", None, "a")]


def test_of_two_live_contacts_with_one_phone_ours_stays_and_the_other_is_kept_or_deleted_by_the_rules() -> None:
    twins = [live("u1", P1), live("u2", P1)]
    assert plan([want("a", P1)], twins, [link("u2", "a", P1)]).foreign == 1
    found = plan([want("a", P1)], twins, [link("u2", "a", P1), link("u1", "a", P1)])
    assert said(found) == [("delete", "left_segment", "u2", "a")]


def test_rows_stand_in_the_order_in_which_they_are_carried_out_whatever_came_first() -> None:
    there = [live("u3", P3), live("u2", P2), live("u1", P1)]
    links = [link("u3", "c", P3), link("u1", "a", P1)]
    desired = [want("d", "255712000009"), want("b", P2), want("a", P1, "Neema"), want("e", "255712000008")]
    found = plan(desired, there, links)
    assert [str(row.change) for row in found.rows] == ["update", "create", "create", "delete", "link"]
    assert [row.values.phone for row in found.rows if row.change is Change.CREATE] == ["255712000008", "255712000009"]
    assert plan(desired[::-1], there[::-1], links[::-1]).rows == found.rows
