"""What is erased of somebody, and what can't be. Phones and keys are masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ampenet_sync.phones import shown_key, shown_phone
from ampenet_sync.pipeline.forgetting import Forgot, Sought
from ampenet_sync.reports.names import counted


def forgot_object(forgot: Forgot) -> dict[str, Any]:
    """`done` is false where contacts are left: then the ledger still has its rows."""
    sought, rows, files = forgot.sought, forgot.rows, forgot.files
    return {
        "phones": _phones(sought),
        "keys": _keys(sought),
        "done": forgot.done,
        "contacts": {"deleted": forgot.deleted, "left": forgot.left},
        "rows": {
            "contacts": rows.contacts,
            "changes": rows.changes,
            "messages": rows.messages,
            "suppressions": rows.suppressions,
        },
        "files": [str(path) for path in files.removed],
        "repairs": files.repairs,
        "kept": list(_kept(forgot)),
    }


def sought_lines(sought: Sought) -> Iterator[str]:
    """Who it is about, and what there is of them."""
    phones, keys = ", ".join(_phones(sought)) or "no phone known", ", ".join(_keys(sought)) or "none known"
    yield f"{phones}  (keys: {keys})"
    if len(sought.someone.keys) > 1:
        yield f"{len(sought.someone.keys)} customers share this phone: all of them are forgotten."
    rows = sought.rows
    yield (
        f"In the ledger: {counted(rows.changes, 'change')}, {counted(rows.messages, 'message')}, "
        f"{counted(rows.suppressions, 'suppression')}. Files that hold them: {sought.files:,}."
    )
    if sought.known_before:
        yield "They were forgotten before: what is left of them is erased now."


def question(sought: Sought) -> str:
    contacts = counted(len(sought.contacts), "contact")
    return f"This deletes {contacts} at Ampenet and erases them here. Nothing brings them back."


def forgot_lines(forgot: Forgot) -> Iterator[str]:
    """What was done, whether that was all, and what nobody here can erase."""
    yield f"Deleted at Ampenet: {counted(forgot.deleted, 'contact')}."
    yield from (f"Removed: {path.name}" for path in forgot.files.removed)
    if forgot.files.repairs:
        yield f"Taken out of the repairs: {counted(forgot.files.repairs, 'row')}."
    if not forgot.done:
        yield (
            f"Not deleted: {counted(forgot.left, 'contact')}. The ledger still knows them; from now on nobody makes or "
            "texts them. Run the same command again."
        )
    else:
        rows = forgot.rows
        yield (
            f"Erased from the ledger: {counted(rows.contacts, 'link')}, {counted(rows.suppressions, 'suppression')}; "
            f"phone and text of {counted(rows.changes, 'change')} and {counted(rows.messages, 'message')}."
        )
        yield "Forgotten. While the source has them, they are left out of it."
    yield "What can't be erased from here:"
    yield from (f"  {line}" for line in _kept(forgot))


def _kept(forgot: Forgot) -> Iterator[str]:
    sought = forgot.sought
    if not sought.source_read:
        yield "the source couldn't be read: look there yourself"
    elif sought.in_source:
        yield "the source still has them: take them out there"
    yield "Ampenet's own list of messages, and what it keeps otherwise; groups that this tool doesn't keep"
    for contact in sought.elsewhere:
        yield f"contact {contact.uid} in group {contact.group_uid} of another account or host: delete it there"
    for path in forgot.files.backups:
        yield f"{path.name}, a backup in the data folder: delete it"
    yield "backups, and what was written outside of the data folder: plans, exports, logs of other programs"


def _phones(sought: Sought) -> list[str]:
    return [shown_phone(phone) for phone in sorted(sought.someone.phones)]


def _keys(sought: Sought) -> list[str]:
    phones = sorted(sought.someone.phones) or [""]
    masked = ([shown_key(key, phone) for phone in phones] for key in sorted(sought.someone.keys))
    keys = sorted(sought.someone.keys)
    return [next((text for text in shown if text != key), key) for key, shown in zip(keys, masked, strict=True)]
