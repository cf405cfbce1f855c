"""Reading a whole group and finding the group of a segment: all of it or an error, never a short list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.api import Client, Contact, Page, connect
from ampenet_sync.api.tally import Tally
from ampenet_sync.config import Api, Group
from ampenet_sync.errors import ApiError, BadAnswer, PlanRefused
from ampenet_sync.ledger.groups import PinnedGroup
from ampenet_sync.sandbox import Fault, Sandbox
from ampenet_sync.sync.listing import find_group, read_group
from tests.world import Clock, Place, phones

WANTED = Group(name="VIP")


@pytest.fixture
def client(place: Place) -> Client:
    return connect(Api(base_url=place.sandbox.url), place.sandbox.token, clock=place.clock, sleep=place.clock.sleep)


def filled(sandbox: Sandbox, count: int) -> str:
    uid = sandbox.add_group("VIP")
    for phone in phones(count):
        sandbox.add_contact("VIP", phone, " Asha ")
    return uid


class Pages:
    """Stands for a client whose listing was answered like this."""

    def __init__(self, *readings: list[Page[Contact]]) -> None:
        self.readings = list(readings)
        self.tally = Tally()

    def contact_pages(self, group_uid: str) -> Iterator[Page[Contact]]:
        yield from self.readings.pop(0)


def page(*uids: str, number: int = 1, last: int = 1, total: int) -> Page[Contact]:
    return Page(tuple(Contact(uid, "255712000001", "", "") for uid in uids), number, last, total)


def test_a_group_of_three_pages_is_read_whole_trimmed_and_in_order(
    place: Place, client: Client, tmp_path: Path
) -> None:
    listing = read_group(client, filled(place.sandbox, 60), region="TZ", folder=tmp_path, clock=place.clock)
    assert [contact.phone for contact in listing.contacts] == phones(60)
    assert {contact.first_name for contact in listing.contacts} == {"Asha"}
    assert (listing.pages, listing.begun_at) == (3, place.clock.now)


def test_a_group_that_changes_between_two_pages_is_read_again(place: Place, tmp_path: Path) -> None:
    clock, removed = Clock(), []

    def somebody_removes_one(request) -> None:
        if request.path.endswith("/all") and not removed and request.number > 1:
            removed.append(sandbox.remove_contact("VIP", "255712000001"))

    with Sandbox(fault=somebody_removes_one, clock=clock) as sandbox:
        uid = filled(sandbox, 50)
        client = connect(Api(base_url=sandbox.url), sandbox.token, clock=clock, sleep=clock.sleep)
        listing = read_group(client, uid, region="TZ", folder=tmp_path, clock=clock)
    assert sorted({contact.phone for contact in listing.contacts}) == phones(49, first=2)
    assert listing.pages > 2


def test_a_listing_that_never_adds_up_is_no_listing(tmp_path: Path) -> None:
    short = [page("u1", "u2", number=1, last=2, total=3), page("u2", number=2, last=2, total=3)]
    with pytest.raises(BadAnswer) as bad:
        read_group(Pages(short, short, short), "g", region="TZ", folder=tmp_path, clock=Clock())
    assert bad.value.code == "listing_incomplete"


def test_a_page_that_can_not_be_read_ends_in_an_error_not_in_a_short_list(
    place: Place, client: Client, tmp_path: Path
) -> None:
    uid = filled(place.sandbox, 60)
    place.trouble.on("/all", Fault.html_502, times=99, skip=2)
    with pytest.raises(ApiError):
        read_group(client, uid, region="TZ", folder=tmp_path, clock=place.clock)


@pytest.mark.parametrize("written", ["0712000001", "712000001", "+255 712 000 001", "255712000001"])
def test_a_number_typed_there_as_at_home_is_the_same_number(written: str, tmp_path: Path) -> None:
    there = Page((Contact("u1", written, "", ""),), 1, 1, 1)
    assert (
        read_group(Pages([there]), "g", region="TZ", folder=tmp_path, clock=Clock()).contacts[0].phone == "255712000001"
    )


def test_what_is_no_number_at_all_stays_as_it_stands_there(tmp_path: Path) -> None:
    there = Page((Contact("u1", "0712", "", ""),), 1, 1, 1)
    assert read_group(Pages([there]), "g", region="TZ", folder=tmp_path, clock=Clock()).contacts[0].phone == "0712"


def test_a_group_is_found_by_its_name(place: Place, client: Client) -> None:
    uid = place.sandbox.add_group("VIP")
    found = find_group(client, WANTED, pinned=None)
    assert found is not None and found.uid == uid
    assert find_group(client, Group(name="Other"), pinned=None) is None


def test_a_pinned_group_that_was_renamed_there_is_still_the_one(place: Place, client: Client) -> None:
    uid = place.sandbox.add_group("VIP")
    place.sandbox.rename_group("VIP", "Gold")
    found = find_group(client, WANTED, pinned=PinnedGroup(uid, "VIP"))
    assert found is not None and (found.uid, found.name) == (uid, "Gold")


def test_a_pinned_group_that_is_gone_stops_even_where_another_has_its_name(place: Place, client: Client) -> None:
    place.sandbox.add_group("VIP")
    with pytest.raises(PlanRefused) as refused:
        find_group(client, WANTED, pinned=PinnedGroup("6065ecdc9184a", "VIP"))
    assert refused.value.code == "group_gone"


@pytest.mark.parametrize("wanted", [Group(name="Other"), Group(uid="6065ecdc9184a")])
def test_a_segment_does_not_change_its_group_in_passing(place: Place, client: Client, wanted: Group) -> None:
    uid = place.sandbox.add_group("VIP")
    with pytest.raises(PlanRefused) as refused:
        find_group(client, wanted, pinned=PinnedGroup(uid, "VIP"))
    assert refused.value.code == "group_changed"


def test_a_configured_uid_that_is_not_there_is_refused(client: Client) -> None:
    with pytest.raises(PlanRefused) as refused:
        find_group(client, Group(uid="6065ecdc9184a"), pinned=None)
    assert refused.value.code == "group_gone"
