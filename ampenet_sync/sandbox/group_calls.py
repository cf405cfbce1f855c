"""The documented calls on groups. Each looks, refuses or records an effect, and shows the row."""

from __future__ import annotations

from itertools import islice

from ampenet_sync.sandbox import inputs, refusals, rows
from ampenet_sync.sandbox.lookup import group_of_path
from ampenet_sync.sandbox.visit import Reply, Visit


def create_group(visit: Visit) -> Reply:
    name = _group_name(visit)
    if visit.world.group_named(name):
        raise refusals.group_name_taken(name)
    uid = visit.world.next_uid(visit.now)
    visit.world.record("group_created", visit.now, uid=uid, id=visit.world.next_id(), name=name)
    return "Group successfully added", rows.group_item(visit.world.groups[uid])


def show_group(visit: Visit, group_uid: str) -> Reply:
    return None, rows.group_item(group_of_path(visit.world, group_uid))


def rename_group(visit: Visit, group_uid: str) -> Reply:
    """Also empties the group's automatic texts: the effect does, since the platform says nothing of it either."""
    group, name = group_of_path(visit.world, group_uid), _group_name(visit)
    if visit.rules.dialect.rename_needs_server:
        inputs.required(visit.fields, "sending_server")
    if visit.world.group_named(name) not in (None, group):
        raise refusals.group_name_taken(name)
    visit.world.record("group_renamed", visit.now, uid=group.uid, name=name)
    return "Group successfully updated", rows.group_item(group)


def delete_group(visit: Visit, group_uid: str) -> Reply:
    group = group_of_path(visit.world, group_uid)
    visit.world.record("group_deleted", visit.now, uid=group.uid, name=group.name, contacts=len(group.contacts))
    return "Group successfully deleted", None


def all_groups(visit: Visit) -> Reply:
    number = inputs.page_number(visit.fields)
    start = (number - 1) * rows.PER_PAGE
    items = [rows.group_item(group) for group in islice(visit.world.groups.values(), start, start + rows.PER_PAGE)]
    return None, rows.page(items, number=number, total=len(visit.world.groups), path="/contacts")


def _group_name(visit: Visit) -> str:
    name = inputs.required(visit.fields, "name")
    if len(name) > inputs.LONGEST_NAME:
        raise refusals.data_too_long("name")
    return name
