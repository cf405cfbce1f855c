"""The story of an account: log in, look at balance and groups, and change a group. It writes into no ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ampenet_sync.api import Account, Client, Group
from ampenet_sync.config import Config, checked_token, did_you_mean, save_token
from ampenet_sync.errors import BadAnswer, Refused
from ampenet_sync.pipeline.world import OnWait, no_notice, open_client

__all__ = [
    "Account",
    "Client",
    "GroupSize",
    "create_group",
    "delete_group",
    "find_group",
    "group_size",
    "list_groups",
    "log_in",
    "open_client",
    "rename_group",
]

LOGIN_AGAIN = "copy it anew from the Ampenet web interface, then: ampenet-sync login"
RENAMING = "renaming switches the group's welcome, unsubscribe and keyword messages off"
DELETING = "deleting removes the group and every contact in it, and with them who had opted out"


@dataclass(frozen=True)
class GroupSize:
    """A group and how many contacts it holds; None where the install can't list them."""

    group: Group
    contacts: int | None


def log_in(config: Config, token: str, *, on_wait: OnWait = no_notice) -> tuple[Account, Path]:
    """Ask the platform whose token this is, then keep it in its private file. Raises Unauthorised and keeps nothing."""
    with open_client(config, checked_token(token, hint=LOGIN_AGAIN), token_hint=LOGIN_AGAIN, on_wait=on_wait) as client:
        account = client.me()
    return account, save_token(token, config)


def list_groups(client: Client) -> list[Group]:
    """All groups by name."""
    groups = [group for page in client.group_pages() for group in page.items]
    return sorted(groups, key=lambda group: (group.name, group.uid))


def find_group(client: Client, wanted: str) -> Group:
    """The group of that uid or name. Raises Refused `not_found`."""
    groups = list_groups(client)
    for group in groups:
        if wanted in (group.uid, group.name):
            return group
    near = did_you_mean(wanted, [group.name for group in groups])
    raise Refused(
        f"there is no group '{wanted}'", code="not_found", hint=f"{near}to see them: ampenet-sync groups list"
    )


def group_size(client: Client, group: Group) -> GroupSize:
    """How many contacts stand in the group, from its first page alone."""
    try:
        first = next(iter(client.contact_pages(group.uid)))
    except BadAnswer as error:
        if error.code != "not_listable":
            raise
        return GroupSize(group, None)
    return GroupSize(group, first.total)


def create_group(client: Client, name: str) -> Group:
    return client.create_group(name)


def rename_group(client: Client, group: Group, name: str, *, sending_server: str | None = None) -> Group:
    """See RENAMING for what it does beside. Raises Refused; where 3.1 wanted its sending server, the hint says so."""
    try:
        return client.rename_group(group.uid, name, sending_server=sending_server)
    except Refused as error:
        if error.code == "validation" and sending_server is None and client.dialect.name == "3.1":
            error.hint = "installs of 3.1 want a sending server too: add --sending-server with its id"
        raise


def delete_group(client: Client, group: Group) -> None:
    """See DELETING for what it does beside."""
    client.delete_group(group.uid)
