"""What an answer shows of whether a person opted out: a suppression where they did, and evidence either way."""

from __future__ import annotations

from ampenet_sync.api import Client, Contact
from ampenet_sync.ledger import links, statuses, suppressions
from ampenet_sync.runs import Run

UNSUBSCRIBED = "unsubscribe"
BY_PLATFORM = "Ampenet"  # who a suppression comes from that an answer showed


def note_opt_out(run: Run, group_uid: str, contact: Contact, *, phone: str, customer_key: str) -> bool:
    """Any answer that shows an opt-out binds the phone and the customer from now on; True where it shows one.

    It came from whoever had the contact until now, under the number it had until now: as the ledger knows them, else
    those given.
    """
    if contact.status != UNSUBSCRIBED:
        return False
    link = links.link_of(run.ledger, run.destination, group_uid, contact.uid)
    key = link.customer_key if link else customer_key
    for number in sorted({phone, link.phone if link else phone}):
        suppressions.suppress(run.ledger, phone=number, customer_key=key, reason="opted_out_there", by=BY_PLATFORM)
    return True


def note_status(run: Run, group_uid: str, contact: Contact) -> bool:
    """The same of a contact that was only read, and when it was heard. True where the answer shows its status.

    Whose it is, the ledger knows: of a contact it doesn't know, the phone alone is bound.
    """
    if not contact.status:
        return False
    note_opt_out(run, group_uid, contact, phone=contact.phone, customer_key="")
    statuses.note_status(run.ledger, run.destination, group_uid, contact.uid)
    return True


def calls_of_an_ask(client: Client) -> int:
    """One where a search shows the status; elsewhere a search, so that nothing newer is written over, and an update."""
    return 1 if client.dialect.status_read == "search" else 2
