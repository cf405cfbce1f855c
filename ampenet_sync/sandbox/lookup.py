"""Find what the uids of a path name, or refuse in the platform's words. Nothing is changed here."""

from __future__ import annotations

from ampenet_sync.sandbox import refusals
from ampenet_sync.sandbox.entries import Contact, Group
from ampenet_sync.sandbox.world import World


def group_of_path(world: World, uid: str) -> Group:
    group = world.groups.get(uid)
    if group is None:
        raise refusals.no_such_row("ContactGroups", uid)
    return group


def contact_of_path(world: World, group_uid: str, uid: str) -> tuple[Group, Contact, Group]:
    """The group of the path, the contact, and the group the contact is really in."""
    group = group_of_path(world, group_uid)
    home = world.group_of.get(uid)
    if home is None:
        raise refusals.no_such_row("Contacts", uid)
    return group, home.contacts[uid], home
