"""What every dialect must do for our client: against the pretend platform, and (marked live) against a real account.

Live needs AMPENET_LIVE_TOKEN, AMPENET_LIVE_BASE_URL and AMPENET_LIVE_PHONE, a number of one's own: `pytest -m live`. It
makes a group of its own, stores that number in it and deletes the group again; it sends nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ampenet_sync.api import Client, Group, connect
from ampenet_sync.config import Api
from ampenet_sync.errors import ApiError, InDoubt, Refused, Unauthorised
from ampenet_sync.sandbox import Sandbox

ASHA, NOBODY = {"first_name": "Asha", "last_name": "Juma"}, "606732aec8705"
DIALECTS = ("3.1", "3.8", "3.9")
LIVE = ("AMPENET_LIVE_TOKEN", "AMPENET_LIVE_BASE_URL", "AMPENET_LIVE_PHONE")


@dataclass
class Platform:
    """Where the contract is looked at. `sandbox` is None for a real account."""

    client: Client
    phone: str
    sandbox: Sandbox | None = None


def client_of(sandbox: Sandbox, dialect: str = "auto") -> Client:
    return connect(Api(base_url=sandbox.url, dialect=dialect, requests_per_minute=100_000), sandbox.token)


@pytest.fixture(params=[*DIALECTS, pytest.param("live", marks=pytest.mark.live)])
def platform(request) -> Iterator[Platform]:
    if request.param != "live":
        with Sandbox(dialect=request.param) as sandbox:
            yield Platform(client_of(sandbox), "255712345678", sandbox)
        return
    if not all(os.environ.get(name) for name in LIVE):
        pytest.skip(f"needs {', '.join(LIVE)}")
    token, url, phone = (os.environ[name] for name in LIVE)
    yield Platform(connect(Api(base_url=url, requests_per_minute=30), token), phone)


@pytest.fixture
def group(platform: Platform) -> Iterator[Group]:
    group = platform.client.create_group(f"ampenet-sync contract {time.time():.0f}")
    yield group
    platform.client.delete_group(group.uid)


def store(platform: Platform, group: Group, **more: object):
    return platform.client.store_contact(group.uid, phone=platform.phone, **ASHA, **more)


def test_a_group_is_created_shown_and_listed(platform: Platform, group: Group):
    assert platform.client.show_group(group.uid) == group
    assert group in [found for page in platform.client.group_pages() for found in page.items]


def test_a_stored_contact_is_subscribed_and_its_phone_is_text(platform: Platform, group: Group):
    contact = store(platform, group)
    assert (contact.phone, contact.first_name, contact.status) == (platform.phone, "Asha", "subscribe")


def test_a_stored_contact_is_found_with_its_names(platform: Platform, group: Group):
    uid = store(platform, group).uid
    found = platform.client.search_contact(group.uid, uid)
    assert (found.phone, found.first_name, found.last_name) == (platform.phone, "Asha", "Juma")


def test_an_update_changes_the_names(platform: Platform, group: Group):
    uid = store(platform, group).uid
    written = platform.client.update_contact(group.uid, uid, phone=platform.phone, first_name="Neema", last_name="M")
    found = platform.client.search_contact(group.uid, uid)
    assert (written.first_name, found.first_name, found.last_name) == ("Neema", "Neema", "M")


def test_a_listing_shows_the_stored_contact_or_says_that_it_can_not(platform: Platform, group: Group):
    uid = store(platform, group).uid
    try:
        listed = [contact.uid for page in platform.client.contact_pages(group.uid) for contact in page.items]
    except ApiError as error:
        assert error.code == "not_listable"
    else:
        assert listed == [uid]


def test_a_deleted_contact_is_gone(platform: Platform, group: Group):
    uid = store(platform, group).uid
    platform.client.delete_contact(group.uid, uid)
    assert platform.client.search_contact(group.uid, uid) is None


def test_a_contact_nobody_has_is_refused_for_a_write(platform: Platform, group: Group):
    for write in (
        lambda: platform.client.delete_contact(group.uid, NOBODY),
        lambda: platform.client.update_contact(group.uid, NOBODY, phone=platform.phone, **ASHA),
    ):
        with pytest.raises(Refused) as caught:
            write()
        assert caught.value.code == "not_found"


def test_a_second_contact_of_a_phone_is_refused_or_made_as_the_dialect_says(platform: Platform, group: Group):
    store(platform, group)
    if platform.client.dialect.refuses_twins:
        with pytest.raises(Refused) as caught:
            store(platform, group)
        assert caught.value.code == "duplicate"
    else:
        assert store(platform, group).uid


def test_an_empty_name_clears_the_field_or_shows_what_stayed_as_the_dialect_says(platform: Platform, group: Group):
    uid = store(platform, group).uid
    written = platform.client.update_contact(group.uid, uid, phone=platform.phone, first_name="", last_name="Juma")
    assert written.first_name == ("" if platform.client.dialect.clears_with_empty else "Asha")


def test_the_dialect_says_which_call_shows_the_status(platform: Platform, group: Group):
    uid = store(platform, group).uid
    if platform.client.dialect.status_read == "search":
        shown = platform.client.search_contact(group.uid, uid)
    else:
        shown = platform.client.update_contact(group.uid, uid, phone=platform.phone, **ASHA)
    assert shown.status == "subscribe"


def test_balance_and_account_are_read(platform: Platform):
    assert platform.client.balance().text
    assert platform.client.me().uid


def test_the_dialect_is_found_out_with_evidence(platform: Platform, group: Group):
    store(platform, group)
    found = platform.client.detected
    assert found.certain, found.evidence
    assert found.evidence


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_told_apart_where_somebody_can_be_looked_at(dialect: str):
    with Sandbox(dialect=dialect) as sandbox:
        group = sandbox.add_group("VIP")
        sandbox.add_contact(group, "255712345678")
        before = len(sandbox.effects())
        client = client_of(sandbox)
        assert client.dialect.name == dialect
        assert client.calls <= 4
        assert len(sandbox.effects()) == before


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_end_of_the_messages_is_where_the_dialect_says(dialect: str):
    with Sandbox(dialect=dialect) as sandbox:
        client = client_of(sandbox, dialect)
        sent = [client.send_message(phone="255712345678", sender_id="DUKA", text=str(n)).uid for n in range(2)]
        listed = [message.uid for page in client.message_pages() for message in page.items]
        assert listed == (sent[::-1] if client.dialect.messages_newest_first else sent)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_opt_out_is_seen_with_the_call_the_dialect_names(dialect: str):
    with Sandbox(dialect=dialect) as sandbox:
        client, phone = client_of(sandbox, dialect), "255712345678"
        group = client.create_group("VIP")
        uid = client.store_contact(group.uid, phone=phone, **ASHA).uid
        sandbox.unsubscribe(phone)
        if client.dialect.status_read == "search":
            assert client.search_contact(group.uid, uid).status == "unsubscribe"
        else:
            assert client.update_contact(group.uid, uid, phone=phone, **ASHA).status == "unsubscribe"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_token_is_told_in_each_dialect_loose_and_strict(dialect: str, strict: bool):
    with Sandbox(dialect=dialect, strict_http=strict) as sandbox, pytest.raises(Unauthorised):
        connect(Api(base_url=sandbox.url), "7|wrong").balance()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_invalid_phone_is_refused_only_where_that_proves_it_was_not_stored(dialect: str, strict: bool):
    with Sandbox(dialect=dialect, strict_http=strict) as sandbox:
        group = sandbox.add_group("VIP")
        sandbox.add_contact(group, "255712345678")
        with pytest.raises((Refused, InDoubt)) as caught:
            client_of(sandbox).store_contact(group, phone="12", **ASHA)
        stored = len(sandbox.contacts("VIP")) == 2
        assert (type(caught.value) is InDoubt) == stored == (dialect == "3.1")


def test_custom_fields_are_written_and_read_on_3_9():
    with Sandbox(dialect="3.9") as sandbox:
        client = client_of(sandbox)
        group = client.create_group("VIP")
        written = client.store_contact(group.uid, phone="255712345678", fields={"CITY": "Dodoma"}, **ASHA)
        found = client.search_contact(group.uid, written.uid)
        assert written.fields == found.fields
        assert dict(found.fields).get("CITY") in ("Dodoma", None)  # only tags the group defines are kept


def test_a_plus_before_a_number_never_leaves_because_it_would_subscribe_again_who_opted_out_on_3_9():
    with Sandbox(dialect="3.9") as sandbox:
        group = sandbox.add_group("VIP")
        sandbox.add_contact(group, "255712345678")
        sandbox.unsubscribe("255712345678")
        with pytest.raises(Refused) as caught:
            client_of(sandbox).store_contact(group, phone="+255712345678", **ASHA)
        assert caught.value.code == "bad_phone"
        assert sandbox.contacts("VIP")[0]["status"] == "unsubscribe"


def test_an_install_that_can_not_list_contacts_is_3_9():
    with Sandbox(dialect="3.9", lists_contacts=False) as sandbox:
        sandbox.add_group("VIP")
        assert client_of(sandbox).dialect.name == "3.9"


def test_an_account_without_anybody_in_it_counts_as_3_1_and_says_so():
    with Sandbox(dialect="3.8") as sandbox:
        found = client_of(sandbox).detected
    assert (found.dialect.name, found.certain) == ("3.1", False)
    assert found.evidence == ("the balance is called remaining_balance", "fits 3.8 or 3.9: treated as 3.1")


def test_what_was_uncertain_becomes_certain_by_ordinary_answers():
    with Sandbox(dialect="3.8") as sandbox:
        client = client_of(sandbox)
        assert not client.detected.certain
        group = client.create_group("VIP")
        client.store_contact(group.uid, phone="255712345678", **ASHA)
        assert (client.dialect.name, client.detected.certain) == ("3.8", True)


def test_a_configured_dialect_is_believed_without_asking():
    with Sandbox(dialect="3.8") as sandbox:
        client = client_of(sandbox, "3.9")
        assert (client.dialect.name, client.calls) == ("3.9", 0)
        assert client.detected.evidence == ("api.dialect is 3.9",)
