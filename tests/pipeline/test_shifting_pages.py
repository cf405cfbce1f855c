"""Pages that shift while a group is read: nobody is made or deleted beyond what the source says, in any dialect."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.errors import BadAnswer
from ampenet_sync.sandbox import DialectName, Fault, Sandbox
from tests.examples import examples
from tests.world import CONFIG, Clock, Place, Trouble, people, phones

DIALECTS: tuple[DialectName, ...] = ("3.1", "3.8", "3.9")
STAYING, LEAVES, COMES = 70, "255712000070", "255712000071"  # three pages of 25
STRANGER = "255713000001"
Elsewhere = Callable[[Sandbox], object]


def slides(sandbox: Sandbox) -> None:
    """One that was read is removed and one that wasn't is added: the total is equal, and a contact slides to a page
    that was read already."""
    sandbox.remove_contact("VIP", "255712000003")
    sandbox.add_contact("VIP", STRANGER, "Stranger")


def moves(sandbox: Sandbox) -> None:
    """Removed and added again, so that it stands at the end: it is read twice, and its neighbours slide."""
    sandbox.remove_contact("VIP", "255712000003")
    sandbox.add_contact("VIP", "255712000003", "Name3", "Duka")


def inserts_anywhere(sandbox: Sandbox) -> None:
    """As without an order: where the new one stands, before or behind, is chance, and so is where the others do."""
    sandbox.switch(page_drift=True)
    sandbox.add_contact("VIP", STRANGER, "Stranger")


SHIFTS: dict[str, Elsewhere] = {
    "inserted behind": lambda sandbox: sandbox.add_contact("VIP", STRANGER, "Stranger"),
    "deleted before": lambda sandbox: sandbox.remove_contact("VIP", "255712000003"),
    "deleted behind": lambda sandbox: sandbox.remove_contact("VIP", "255712000060"),
    "moved": moves,
    "swapped at equal total": slides,
    "inserted anywhere": inserts_anywhere,
    "dealt anew": lambda sandbox: sandbox.switch(page_drift=True),
}


class Shifting:
    """Does something in the group between two pages of a listing: at its second page, then at each nth request."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, Elsewhere]] = []
        self.sandbox: Sandbox | None = None
        self.pages = 0
        self.trouble = Trouble()

    def at(self, page: int, shift: Elsewhere) -> None:
        self.pages = 0
        self.waiting.append((page, shift))

    def __call__(self, request: Any) -> Fault | None:
        if request.path.endswith("/all") and self.sandbox is not None:
            self.turn_page()
        return self.trouble(request)

    def turn_page(self) -> None:
        self.pages += 1
        due = [shift for page, shift in self.waiting if page <= self.pages]
        self.waiting = [(page, shift) for page, shift in self.waiting if page > self.pages]
        for shift in due:
            assert self.sandbox is not None
            shift(self.sandbox)


@pytest.fixture
def shifting() -> Shifting:
    return Shifting()


def opened(folder: Path, dialect: DialectName, shifting: Shifting) -> Iterator[Place]:
    """A group of 70 contacts of ours."""
    clock = Clock()
    with Sandbox(dialect=dialect, fault=shifting, clock=clock, sleep=clock.sleep) as sandbox:
        place = Place(folder, sandbox, clock, token=sandbox.token, url=sandbox.url)
        text = CONFIG.replace("api: {", f'api: {{dialect: "{dialect}", ').replace("mirror", "mirror, actual: live", 1)
        place.write(*people(STAYING), text=text)
        place.make_ledger()
        place.sync(executor=None)
        shifting.sandbox = sandbox
        yield place


@pytest.fixture
def shop(dialect: DialectName, shifting: Shifting, tmp_path: Path) -> Iterator[Place]:
    yield from opened(tmp_path, dialect, shifting)


def ours(place: Place, kind: str, since: int) -> list[str]:
    """The numbers of contacts that we made or deleted."""
    effects = place.sandbox.effects()[since:]
    return sorted(effect["phone"] for effect in effects if effect["kind"] == kind and effect["by"] == "api")


def check(place: Place, since: int) -> None:
    """One came and one left, in this run or in the quiet one after it; nobody else was made or deleted, or twice."""
    assert set(ours(place, "contact_created", since)) <= {COMES}
    assert set(ours(place, "contact_deleted", since)) <= {LEAVES}
    place.sync(executor=None)
    assert ours(place, "contact_created", since) == [COMES]
    assert ours(place, "contact_deleted", since) == [LEAVES]
    assert len(place.group()) == len(place.sandbox.contacts("VIP"))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("shift", SHIFTS)
def test_whatever_shifts_nobody_is_made_or_deleted_beyond_the_source(
    shop: Place, shifting: Shifting, shift: str
) -> None:
    since = len(shop.sandbox.effects())
    shop.write(*people(STAYING - 1), *people(1, first=STAYING + 1))
    shifting.at(2, SHIFTS[shift])
    shop.sync(executor=None)
    assert not shifting.waiting, "nothing shifted"
    shop.sandbox.switch(page_drift=False)
    check(shop, since)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_customer_s_number_that_hides_between_two_pages_gets_no_twin(shop: Place, shifting: Shifting) -> None:
    """Somebody else has the number of a new customer in the group, and it slides to a page that was read already."""
    shop.sandbox.remove_contact("VIP", "255712000026")  # now the last of page 1 is number 26
    shop.sandbox.add_contact("VIP", COMES, "Stranger")
    for phone in phones(44, first=27):  # everybody behind stands behind the stranger
        shop.sandbox.remove_contact("VIP", phone)
        shop.sandbox.add_contact("VIP", phone, "Again")
    shop.write(*people(1, first=STAYING + 1), *people(25), *people(44, first=27))
    shifting.at(2, slides)
    shop.sync(executor=None)
    assert not shifting.waiting
    shop.sync(executor=None)
    assert sum(contact["phone"] == COMES for contact in shop.sandbox.contacts("VIP")) == 1
    assert ours(shop, "contact_deleted", 0) == []


@pytest.mark.parametrize("dialect", ["3.8", "3.9"])
def test_a_delete_without_an_answer_is_not_taken_for_done_as_its_contact_hides(shop: Place, shifting: Shifting) -> None:
    """It never arrived, and when it is looked up its contact, the first of page 3, slides to page 2."""
    shop.write(*people(50), *people(STAYING - 51, first=52))
    shifting.trouble.on("DELETE", Fault.drop_before)
    shifting.at(6, slides)  # the last page of the second listing
    shop.sync(executor=None)
    assert not shifting.waiting
    assert ours(shop, "contact_deleted", 0) == ["255712000051"]


@pytest.mark.parametrize("dialect", DIALECTS)
@examples(3)
@given(seed=st.integers(0, 2**32))
def test_however_often_somebody_writes_between_pages(
    dialect: DialectName, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance, shifting = random.Random(seed), Shifting()
    for place in opened(tmp_path_factory.mktemp("shop"), dialect, shifting):
        since = len(place.sandbox.effects())
        place.write(*people(STAYING - 1), *people(1, first=STAYING + 1))
        removed = chance.sample(phones(STAYING - 1), 4)
        for number, phone in enumerate(removed):
            shifting.at(chance.randint(2, 9), lambda sandbox, phone=phone: sandbox.remove_contact("VIP", phone))
            added = f"25571400000{number}"
            shifting.at(chance.randint(2, 9), lambda sandbox, phone=added: sandbox.add_contact("VIP", phone, "Other"))
        with suppress(BadAnswer):  # where no reading adds up
            place.sync(executor=None)
        shifting.waiting.clear()
        check(place, since)
