"""The plan's query decides what the comparison in plain Python decides, in small worlds drawn at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.api import Contact
from ampenet_sync.config import Mode
from ampenet_sync.contacts import OptOuts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync.plan import Doubts, Held, Rules
from ampenet_sync.sync.rows import SHOWN, Values
from tests.examples import examples
from tests.sync import deciding, oracle
from tests.sync.oracle import Comparison, Desired, Known

FIELDS = (*SHOWN, "CITY")
ODD_PHONES = ["0712", "712", "+255", "abc", "", "9" * 25]
NAMES = ["Asha", "Juma", "", "Ñeé"]
MODES: list[Mode] = ["mirror", "mirror", "upsert", "create_only", "update_only"]


@dataclass(frozen=True)
class World:
    """Everything a comparison is asked with. `live` is None where the ledger stands for the group."""

    desired: list[Desired]
    live: list[Contact] | None
    known: Known
    rules: Rules
    mapped: frozenset[str]


@pytest.mark.timeout(3600)
@examples(500)
@given(st.integers(0, 2**40))
def test_the_query_decides_as_the_comparison_row_by_row(seed: int) -> None:
    world = draw(random.Random(seed))
    asked = {"rules": world.rules, "mapped": world.mapped, "fields": FIELDS}
    there = world.live if world.live is not None else as_linked(world.known.links)
    expected = as_in_a_file(oracle.compare(world.desired, there, world.known, **asked))
    assert deciding.compare(world.desired, world.live, world.known, **asked) == expected


def as_in_a_file(found: Comparison) -> Comparison:
    """A contact without a phone has no values there."""
    rows = (replace(row, before=or_none(row.before), after=or_none(row.after)) for row in found.rows)
    return replace(found, rows=tuple(rows))


def or_none(values: Values | None) -> Values | None:
    return values if values and values.phone else None


def draw(chance: random.Random) -> World:
    """A world of up to thirty people, with twins, moved numbers in chains and circles, and everything known of them."""
    size = chance.choice([0, 1, 2, 3, 5, 8, 14, 30])
    phones = [f"25571{number:07d}" for number in range(max(1, size))]
    phones += ODD_PHONES if chance.random() < 0.2 else []
    keys, uids = [f"k{number}" for number in range(max(1, size))], new_uids(chance, 2 * size + 4)
    mapped = frozenset(name for name in FIELDS if chance.random() < 0.85)
    live = some_live(chance, phones, uids, size)
    desired = some_desired(chance, phones, keys, mapped)
    links = some_links(chance, phones, keys, uids, live)
    if chance.random() < 0.5:
        links = with_moves(chance, links, desired, live, phones)
    return World(
        desired,
        None if chance.random() < 0.25 else live,
        some_facts(chance, sorted(links, key=lambda link: link.uid), phones=phones, keys=keys, uids=uids),
        Rules(
            chance.choice(MODES),
            chance.random() < 0.3,
            chance.random() < 0.3,
            keep_changed=chance.random() < 0.3,
            make_removed_again=chance.random() < 0.3,
        ),
        mapped,
    )


def new_uids(chance: random.Random, count: int) -> list[str]:
    """Some begin as others do: a uid is text."""
    uids = {f"{chance.randrange(16**13):013x}"[: chance.choice([13, 13, 13, 2])] for _ in range(count)}
    return sorted(uids, key=lambda uid: chance.random())


def fields(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice(NAMES) for name in FIELDS}


def some_live(chance: random.Random, phones: list[str], uids: list[str], size: int) -> list[Contact]:
    """In four of ten groups a phone may stand twice; some installs show a custom field in their listing."""
    count = min(chance.randint(0, size + 2), len(uids), len(phones))
    twins = chance.random() < 0.4
    there = [chance.choice(phones) for _ in range(count)] if twins else chance.sample(phones, count)
    shown = chance.random() < 0.2
    found = []
    for uid, phone in zip(uids, there, strict=False):
        values = fields(chance)
        custom = (("CITY", values["CITY"]),) if shown else ()
        found.append(Contact(uid, phone, values["first_name"], values["last_name"], fields=custom))
    return found


def some_desired(chance: random.Random, phones: list[str], keys: list[str], mapped: frozenset[str]) -> list[Desired]:
    usable = [phone for phone in phones if phone]
    count = chance.randint(0, min(len(usable), len(keys)))
    chosen = zip(chance.sample(keys, count), chance.sample(usable, count), strict=True)
    return [
        Desired(key, Values(phone, {n: v if n in mapped else "" for n, v in fields(chance).items()}))
        for key, phone in chosen
    ]


def some_links(
    chance: random.Random, phones: list[str], keys: list[str], uids: list[str], live: Sequence[Contact]
) -> list[Link]:
    """Half of the contacts are linked, most of them as they stand in the group, some to nobody's key."""
    links, there = [], {contact.uid: contact for contact in live}
    for uid in uids:
        if chance.random() < 0.5:
            continue
        contact, values = there.get(uid), fields(chance)
        phone = chance.choice(phones)
        if contact and chance.random() < 0.7:
            phone = contact.phone
            values |= {"first_name": contact.first_name, "last_name": contact.last_name}
        if chance.random() < 0.2:
            del values["CITY"]  # linked before the field was configured
        key = chance.choice(keys) if chance.random() < 0.95 else ""
        links.append(Link(uid, key, phone, values, chance.random() < 0.7))
    return links


def with_moves(
    chance: random.Random, links: list[Link], desired: list[Desired], live: list[Contact], phones: list[str]
) -> list[Link]:
    """The desired contacts have each other's old numbers: chains and circles of moved numbers."""
    count = min(len(desired), len(live))
    moving = live[:count]
    kept = [link for link in links if link.uid not in {contact.uid for contact in moving}]
    order = chance.sample(range(count), count)
    for contact, at in zip(moving, order, strict=True):
        phone = contact.phone if chance.random() < 0.8 else chance.choice(phones)
        values = {"first_name": contact.first_name, "last_name": contact.last_name, "CITY": chance.choice(NAMES)}
        kept.append(Link(contact.uid, desired[at].customer_key, phone, values, chance.random() < 0.8))
    return kept


def some_facts(
    chance: random.Random, links: list[Link], *, phones: list[str], keys: list[str], uids: list[str]
) -> Known:
    share, doubtful = chance.choice([0, 0, 0.1, 0.4]), chance.choice([0, 0, 0.2])

    def some(values: list[str], of: float) -> frozenset[str]:
        return frozenset(value for value in values if value and chance.random() < of)

    return Known(
        links=links,
        held=Held(some(keys, share), some(phones, share), chance.random() < 0.05),
        suppressed=Suppressed(some(phones, share), some(keys, share)),
        opted_out=OptOuts(some(phones, share), some(keys, share)),
        doubts=Doubts(some(phones, doubtful), some(uids, doubtful)),
    )


def as_linked(links: Sequence[Link]) -> list[Contact]:
    """The group as the ledger has it."""
    return [
        Contact(
            link.uid,
            link.phone,
            link.fields["first_name"],
            link.fields["last_name"],
            fields=(("CITY", link.fields.get("CITY", "")),),
        )
        for link in links
    ]
