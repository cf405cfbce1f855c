"""The client against the pretend platform over real HTTP: every endpoint once, then what faults leave behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ampenet_sync.api import Client, Group, SlotThrottle, connect
from ampenet_sync.config import Api
from ampenet_sync.errors import InDoubt, Refused, Unauthorised, Unreachable
from ampenet_sync.sandbox import Fault, Sandbox, SandboxRequest

PHONE, OTHER = "255712345678", "255713345678"
ASHA = {"first_name": "Asha", "last_name": "Juma"}


def client_of(sandbox: Sandbox, token: str | None = None) -> Client:
    return connect(Api(base_url=sandbox.url, requests_per_minute=100_000), token or sandbox.token)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return client_of(sandbox)


@pytest.fixture
def group(client: Client) -> Group:
    return client.create_group("VIP")


def test_a_group_is_created_shown_renamed_listed_and_deleted(sandbox, client):
    group = client.create_group("VIP")
    assert client.show_group(group.uid) == group
    assert client.rename_group(group.uid, "Gold").name == "Gold"
    assert [found.name for page in client.group_pages() for found in page.items] == ["Gold"]
    client.delete_group(group.uid)
    assert sandbox.groups() == []


def test_a_contact_is_stored_found_updated_and_deleted(sandbox, client, group):
    contact = client.store_contact(group.uid, phone=PHONE, **ASHA)
    assert (contact.phone, contact.status) == (PHONE, "subscribe")
    assert client.search_contact(group.uid, contact.uid).phone == PHONE
    moved = client.update_contact(group.uid, contact.uid, phone=OTHER, first_name="Zaïnabu", last_name="")
    assert (moved.uid, moved.phone, moved.first_name, moved.last_name) == (contact.uid, OTHER, "Zaïnabu", "")
    client.delete_contact(group.uid, contact.uid)
    assert client.search_contact(group.uid, contact.uid) is None
    assert sandbox.contacts("VIP") == []


def test_a_group_of_several_pages_is_listed_whole_with_phones_as_text(sandbox, client, group):
    phones = [str(255712000000 + number) for number in range(60)]
    for phone in phones:
        sandbox.add_contact("VIP", phone, "A", "B")
    pages = list(client.contact_pages(group.uid))
    assert [len(page.items) for page in pages] == [25, 25, 10]
    assert sorted(contact.phone for page in pages for contact in page.items) == phones


def test_an_empty_group_is_one_empty_page(client, group):
    assert [(page.items, page.total) for page in client.contact_pages(group.uid)] == [((), 0)]


def test_a_message_is_sent_viewed_and_listed(sandbox, client):
    sent = client.send_message(phone=PHONE, sender_id="DUKA", text="Habari Zaïnabu")
    assert client.view_message(sent.uid) == sent
    assert [message for page in client.message_pages() for message in page.items] == [sent]
    assert (sent.to, sent.sender, sent.text, sent.parts) == (PHONE, "DUKA", "Habari Zaïnabu", 1)
    assert len(sandbox.messages()) == 1


def test_balance_and_account_can_be_read(sandbox, client):
    sandbox.set_balance(1250)
    assert client.balance().units == 1250
    account = client.me()
    assert account.uid
    assert sandbox.token not in repr(account)


def test_an_opt_out_shows_in_the_answer_to_an_unchanged_update(sandbox, client, group):
    contact = client.store_contact(group.uid, phone=PHONE, **ASHA)
    sandbox.unsubscribe(PHONE)
    assert client.update_contact(group.uid, contact.uid, phone=PHONE, **ASHA).status == "unsubscribe"


def test_what_the_platform_refuses_has_a_code_for_it(sandbox, client, group):
    contact = client.store_contact(group.uid, phone=PHONE, **ASHA)
    other = client.create_group("Other")
    sandbox.blacklist(OTHER)
    refused = {
        "duplicate": lambda: client.store_contact(group.uid, phone=PHONE, **ASHA),
        "group_not_found": lambda: client.store_contact("6065ecdc9184a", phone=OTHER, **ASHA),
        "not_found": lambda: client.delete_contact(group.uid, "606732aec8705"),
        "wrong_group": lambda: client.update_contact(other.uid, contact.uid, phone=PHONE, **ASHA),
        "invalid_phone": lambda: client.store_contact(group.uid, phone="12", **ASHA),
        "blacklisted": lambda: client.send_message(phone=OTHER, sender_id="DUKA", text="Habari"),
    }
    assert {code: code_of(call) for code, call in refused.items()} == {code: code for code in refused}
    assert code_of(lambda: client.create_group("VIP")) == "duplicate"
    assert code_of(lambda: client.delete_contact(other.uid, contact.uid)) == "not_deleted"
    sandbox.set_balance(0)
    assert code_of(lambda: client.send_message(phone=PHONE, sender_id="DUKA", text="Habari")) == "balance"


def code_of(call: object) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("strict", [False, True])
def test_a_wrong_token_stops_at_once_in_the_loose_and_in_the_strict_form(strict):
    with Sandbox(strict_http=strict) as sandbox, pytest.raises(Unauthorised):
        client_of(sandbox, token="7|wrong").me()


def test_a_closed_platform_is_unreachable_and_no_call_counts(sandbox):
    client = client_of(sandbox)
    sandbox.close()
    with pytest.raises(Unreachable):
        client.create_group("VIP")
    assert client.calls == 0


@pytest.mark.parametrize(
    ("fault", "stored"),
    [
        (Fault.drop_before, 0),
        (Fault.drop_after, 1),
        (Fault.error_after, 1),
        (Fault.html_502, 0),
        (Fault.garbage, 1),
    ],
)
def test_a_store_with_a_lost_answer_is_in_doubt_whether_it_took_effect_or_not(fault, stored):
    def on_store(request: SandboxRequest) -> Fault | None:
        return fault if request.path.endswith("/store") else None

    with Sandbox(fault=on_store) as sandbox:
        client = client_of(sandbox)
        group = client.create_group("VIP")
        with pytest.raises(InDoubt):
            client.store_contact(group.uid, phone=PHONE, **ASHA)
        assert len(sandbox.contacts("VIP")) == stored


def test_a_listing_goes_on_after_a_fault_that_passes(clock):
    faults = iter([Fault.html_502, Fault.drop_after, Fault.garbage])

    def on_list(request: SandboxRequest) -> Fault | None:
        return next(faults, None) if request.path.endswith("/all") else None

    with Sandbox(fault=on_list) as sandbox:
        client = connect(Api(base_url=sandbox.url), sandbox.token, clock=clock, sleep=clock.sleep)
        group = client.create_group("VIP")
        sandbox.add_contact("VIP", PHONE)
        assert [len(page.items) for page in client.contact_pages(group.uid)] == [1]


def test_at_the_full_permitted_rate_nothing_is_throttled(clock):
    start = clock.now
    with Sandbox(requests_per_minute=20, clock=clock) as sandbox:
        throttle = SlotThrottle(20, clock=clock, sleep=clock.sleep)
        client = connect(Api(base_url=sandbox.url), sandbox.token, throttle=throttle, sleep=clock.sleep)
        for number in range(100):
            client.create_group(f"G{number}")
        assert len(sandbox.groups()) == len(sandbox.requests()) == 100
        assert clock.now - start == 240
