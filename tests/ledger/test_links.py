"""Links: written in sets, read as a table, counted and asked for in the database; and what stood before a change."""

from __future__ import annotations

import json

from sqlalchemy import text

from ampenet_sync.ledger import Ledger, changes, links
from ampenet_sync.ledger.changes import Claim, Intent
from ampenet_sync.ledger.links import IN_ONE_SET, Link
from ampenet_sync.ledger.linktable import read_links
from tests.links import links_of

ODD = [
    Link("u1", 'k"1', "255712000001", {"first_name": 'Asha "A"', "last_name": "O'Neil, Mollel"}, True),
    Link("u2", "k,\n2", "255712000002", {"first_name": "Ñeé\u2028 \\n", "last_name": ""}, False),
    Link("u3", "\x1ek3", "+255", {"first_name": "\x1e", "last_name": "x\ty", "CITY": "Dodoma"}, True),
    Link("u4", "", "", {}, True),
]


def test_a_table_of_links_holds_what_was_written_whatever_signs_are_in_it(ledger: Ledger, there: int) -> None:
    links.write_links(ledger, there, "g1", ODD)
    assert links_of(ledger, there, "g1") == ODD
    fields = ("first_name", "last_name", "CITY")
    rows = read_links(ledger, there, "g1", fields).sort_by("uid").to_pylist()
    assert rows == [
        {"uid": link.uid, "customer_key": link.customer_key, "phone": link.phone, "owned": link.owned, "gone": False}
        | {name: link.fields.get(name, "") for name in fields}
        for link in ODD
    ]


def test_a_table_of_links_has_the_fields_asked_for_also_where_nobody_has_them(ledger: Ledger, there: int) -> None:
    links.write_links(ledger, there, "g1", ODD)
    assert set(read_links(ledger, there, "g1", ["VILLAGE"])["VILLAGE"].to_pylist()) == {""}
    assert read_links(ledger, there, "g3", ["VILLAGE"]).column_names[-1] == "VILLAGE"


def test_a_table_of_links_has_nobody_of_another_group_or_who_was_deleted(ledger: Ledger, there: int) -> None:
    links.write_links(ledger, there, "g1", ODD[:2])
    links.write_links(ledger, there, "g2", ODD[2:])
    with ledger.write() as db:
        links.drop_link_in(db, there, "g1", "u1", at=1.0)
    assert links_of(ledger, there, "g1") == ODD[1:2]
    assert read_links(ledger, there, "g3").num_rows == 0
    assert (links.count_links(ledger, there, "g1"), links.count_links(ledger, there, "g3")) == (1, 0)


def test_links_are_written_in_sets_and_the_lease_is_renewed_before_each(ledger: Ledger, there: int) -> None:
    many = [Link(f"u{number:06d}", f"k{number}", f"2557{number:08d}") for number in range(2 * IN_ONE_SET + 1)]
    seen: list[int] = []
    links.write_links(ledger, there, "g1", many, renew=lambda: seen.append(links.count_links(ledger, there, "g1")))
    assert seen == [0, IN_ONE_SET, 2 * IN_ONE_SET] and links.count_links(ledger, there, "g1") == len(many)
    assert read_links(ledger, there, "g1").num_rows == len(many)


def test_a_link_written_again_takes_the_place_of_the_first(ledger: Ledger, there: int) -> None:
    newer = Link("u1", "k9", "255712000009", {"first_name": "Neema"}, False)
    links.write_links(ledger, there, "g1", ODD)
    links.write_links(ledger, there, "g1", [newer])
    assert links.link_of(ledger, there, "g1", "u1") == newer and links.count_links(ledger, there, "g1") == 4


def test_of_two_links_of_one_contact_in_a_set_the_later_counts(ledger: Ledger, there: int) -> None:
    links.write_links(ledger, there, "g1", [ODD[0], ODD[1], Link("u1", "k9", "255712000009", {"CITY": "Moshi"})])
    assert links_of(ledger, there, "g1") == [Link("u1", "k9", "255712000009", {"CITY": "Moshi"}), ODD[1]]


def test_of_many_uids_those_that_are_linked_are_known(ledger: Ledger, there: int) -> None:
    links.write_links(ledger, there, "g1", ODD)
    asked = [f"x{number}" for number in range(1_200)] + ["u2", "u4"]
    assert links.linked_among(ledger, there, "g1", asked) == {"u2", "u4"}


def test_a_claimed_change_keeps_what_stood_there_before_it(ledger: Ledger, there: int, run: str) -> None:
    before = {"phone": "255712000009", "first_name": "Juma", "CITY": "Arusha"}
    intent = Intent("p1", 0, "g1", "update", "u1", "k1", "255712000001", {"first_name": "Asha"}, before)
    held = changes.claim(ledger, there, intent, run=run, send_before=100.0)
    assert isinstance(held, Claim)
    assert [claim.intent.before for claim in changes.open_claims(ledger, there, "g1")] == [before]
    changes.finish(ledger, there, held)
    with ledger.read() as db:
        assert json.loads(db.scalar(text("SELECT before FROM changes")) or "") == before


def test_a_create_has_nothing_before_it(ledger: Ledger, there: int, run: str) -> None:
    changes.claim(ledger, there, Intent("p1", 0, "g1", "create", None, "k1", "255712"), run=run, send_before=100.0)
    assert [claim.intent.before for claim in changes.open_claims(ledger, there, "g1")] == [None]
