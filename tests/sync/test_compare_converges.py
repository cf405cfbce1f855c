"""Whatever stands in the group: once a plan is carried out, the next one changes nothing. Simulated, no platform."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.api import Contact
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync.plan import Held, Rules
from ampenet_sync.sync.rows import CALLS, Change, Row, Values
from tests.examples import examples
from tests.sync.oracle import Desired, Known, compare

PHONES = st.sampled_from([f"25571200000{n}" for n in range(6)])
KEYS = st.sampled_from("abcdef")
NAMES = st.sampled_from(["", "Asha", "Juma"])
UIDS = st.sampled_from([f"u{n}" for n in range(6)])
VALUES = st.builds(Values, PHONES, st.fixed_dictionaries({"first_name": NAMES, "last_name": NAMES}))

DESIRED = st.lists(st.builds(Desired, KEYS, VALUES), max_size=6).map(
    lambda rows: list({row.values.phone: row for row in {row.customer_key: row for row in rows}.values()}.values())
)
LIVE = st.dictionaries(UIDS, VALUES, max_size=6).map(
    lambda found: [Contact(uid, values.phone, **values.fields) for uid, values in found.items()]
)
LINKS = st.dictionaries(UIDS, st.tuples(KEYS, VALUES, st.booleans()), max_size=6).map(
    lambda found: [Link(uid, key, values.phone, values.fields, owned) for uid, (key, values, owned) in found.items()]
)
RULES = st.builds(
    Rules,
    st.sampled_from(["mirror", "upsert", "create_only", "update_only"]),
    *[st.booleans()] * 2,
)
MAPPED = st.frozensets(st.sampled_from(["first_name", "last_name"]))

HELD = st.builds(Held, st.frozensets(KEYS, max_size=2), st.frozensets(PHONES, max_size=1), st.booleans())
OFF = st.builds(Suppressed, st.frozensets(PHONES, max_size=1), st.frozensets(KEYS, max_size=1))


@examples(400)
@given(DESIRED, LIVE, LINKS, RULES, MAPPED, HELD, OFF)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(
    desired: list[Desired],
    live: list[Contact],
    links: list[Link],
    rules: Rules,
    mapped: frozenset[str],
    held: Held,
    off: Suppressed,
) -> None:
    known = Known(links=links, held=held, suppressed=off)
    first = compare(desired, live, known, rules=rules, mapped=mapped)
    live, links = carried_out(first.rows, live, links)
    again = compare(desired, live, Known(links=links, held=held, suppressed=off), rules=rules, mapped=mapped)
    assert [row for row in again.rows if row.change in (*CALLS, Change.LINK)] == []


@examples(400)
@given(DESIRED, LIVE, LINKS, RULES, MAPPED)
def test_a_plan_never_touches_a_contact_twice_and_never_puts_a_phone_where_it_stands_already(
    desired: list[Desired], live: list[Contact], links: list[Link], rules: Rules, mapped: frozenset[str]
) -> None:
    rows = compare(desired, live, Known(links=links), rules=rules, mapped=mapped).rows
    touched = [row.uid for row in rows if row.change in CALLS and row.uid]
    assert len(touched) == len(set(touched))
    arriving = [
        row.values.phone
        for row in rows
        if row.change in (Change.CREATE, Change.UPDATE) and (row.before is None or row.before.phone != row.values.phone)
    ]
    assert not set(arriving) & {contact.phone for contact in live}
    assert len(arriving) == len(set(arriving))


def carried_out(rows: Sequence[Row], live: list[Contact], links: list[Link]) -> tuple[list[Contact], list[Link]]:
    there, known = {contact.uid: contact for contact in live}, {link.uid: link for link in links}
    fresh = (f"new{number}" for number in count())
    for row in rows:
        if row.change is Change.DELETE:
            del there[row.uid or ""]
            known.pop(row.uid or "", None)
        elif row.change is not Change.SKIP:
            uid = row.uid or next(fresh)
            there[uid] = Contact(uid, row.values.phone, **row.values.fields)
            known[uid] = Link(uid, row.customer_key, row.values.phone, row.values.fields, row.owned)
    return list(there.values()), list(known.values())
