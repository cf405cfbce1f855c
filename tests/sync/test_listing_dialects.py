"""Reading a group in each dialect: how often, what absence it proves; and the status read before a delete."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.api import DIALECTS, Contact, Dialect, Page, connect
from ampenet_sync.config import Api
from ampenet_sync.errors import BadAnswer
from ampenet_sync.sandbox import Sandbox
from ampenet_sync.sync.listing import read_group
from tests.world import Clock, Place, Trouble, people, phones


@dataclasses.dataclass
class Pages:
    """Stands for a client whose listing was answered like this."""

    dialect: Dialect
    readings: list[list[str]]

    def contact_pages(self, group_uid: str) -> Iterator[Page[Contact]]:
        uids = self.readings.pop(0)
        contacts = [Contact(uid, "255712000001", "", "") for uid in uids]
        yield Page(tuple(contacts[:2]), 1, 2, len(uids))
        yield Page(tuple(contacts[2:]), 2, 2, len(uids))


def test_on_3_1_a_group_of_several_pages_is_read_twice_and_a_contact_of_either_reading_counts(tmp_path: Path) -> None:
    client = Pages(DIALECTS["3.1"], [["u1", "u2", "u3"], ["u1", "u2", "u4"]])
    listing = read_group(client, "g", region="TZ", folder=tmp_path, clock=Clock())
    assert [contact.uid for contact in listing.contacts] == ["u1", "u2", "u3", "u4"]
    assert (listing.pages, listing.absence_proven) == (4, True)


def test_one_reading_on_3_1_proves_nobody_absent(tmp_path: Path) -> None:
    client = Pages(DIALECTS["3.1"], [["u1", "u2", "u3"]])
    listing = read_group(client, "g", region="TZ", folder=tmp_path, clock=Clock(), readings=1)
    assert (listing.pages, listing.absence_proven) == (2, False)


@pytest.mark.parametrize("name", ["3.8", "3.9"])
def test_where_twins_are_refused_one_reading_is_enough(name: str, tmp_path: Path) -> None:
    client = Pages(DIALECTS[name], [["u1", "u2", "u3"]])
    listing = read_group(client, "g", region="TZ", folder=tmp_path, clock=Clock())
    assert (listing.pages, listing.absence_proven) == (2, True)


@pytest.mark.parametrize(("dialect", "listed"), [("3.1", 6), ("3.8", 3), ("3.9", 3)])
def test_against_the_platform_only_3_1_costs_a_second_reading(dialect: str, listed: int, tmp_path: Path) -> None:
    with Sandbox(dialect=dialect) as sandbox:
        group = sandbox.add_group("VIP")
        for phone in phones(60):
            sandbox.add_contact("VIP", phone)
        client = connect(Api(base_url=sandbox.url, requests_per_minute=100_000), sandbox.token)
        listing = read_group(client, group, region="TZ", folder=tmp_path, clock=Clock())
        assert sorted({contact.phone for contact in listing.contacts}) == phones(60)
        assert sum(path.endswith("/all") for _, path in sandbox.requests()) == listing.pages == listed


def test_a_group_of_one_page_is_read_once_in_every_dialect_because_nothing_can_slip(tmp_path: Path) -> None:
    with Sandbox(dialect="3.1") as sandbox:
        group = sandbox.add_group("VIP")
        client = connect(Api(base_url=sandbox.url), sandbox.token)
        listing = read_group(client, group, region="TZ", folder=tmp_path, clock=Clock())
        assert (listing.contacts, listing.absence_proven, client.calls) == ((), True, 1)


def test_a_group_that_can_not_be_listed_is_told_apart_with_a_way_out(tmp_path: Path) -> None:
    with Sandbox(dialect="3.9", lists_contacts=False) as sandbox:
        group = sandbox.add_group("VIP")
        client = connect(Api(base_url=sandbox.url), sandbox.token)
        with pytest.raises(BadAnswer) as bad:
            read_group(client, group, region="TZ", folder=tmp_path, clock=Clock())
        assert (bad.value.code, client.calls) == ("not_listable", 1)
        assert bad.value.hint


@pytest.mark.parametrize(("dialect", "read_by"), [("3.1", "PATCH"), ("3.8", "PATCH"), ("3.9", "/search/")])
def test_a_status_is_read_before_a_delete_with_the_call_that_shows_it(tmp_path: Path, dialect: str, read_by: str):
    clock, trouble = Clock(), Trouble()
    with Sandbox(dialect=dialect, fault=trouble, clock=clock, sleep=clock.sleep) as sandbox:
        place = Place(tmp_path, sandbox, clock, trouble, token=sandbox.token, url=sandbox.url)
        place.write(*people(4))
        place.make_ledger()
        place.sync()
        sandbox.unsubscribe("255712000004")
        before = place.count(read_by)
        place.write(*people(3))
        place.sync()
        assert sorted(place.group()) == phones(3)
        assert place.count(read_by) > before
        place.write(*people(4))
        place.sync()
        assert sorted(place.group()) == phones(3), "who opted out was created again"
