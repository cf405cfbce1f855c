"""Find out which dialect answers, with reads that change nothing. What a sign means is the table's business."""

from __future__ import annotations

from functools import partial

from ampenet_sync.api import calls, shapes
from ampenet_sync.api.dialect import NOT_LISTABLE, Detected, Evidence
from ampenet_sync.api.dispatch import Dispatch
from ampenet_sync.errors import BadAnswer, Refused, Unauthorised

GROUPS_TRIED = 3  # the first groups may be empty


def detect(dispatch: Dispatch, evidence: Evidence) -> Detected:
    """Ask while more than one dialect is possible: the balance, one listing, one contact.

    Raises what says that nothing can be asked now: Unauthorised, Throttled or Unreachable. What is refused or can't be
    understood is no evidence.
    """
    for question in (_balance, _listing, _contact):
        if len(evidence.possible) <= 1:
            break
        try:
            question(dispatch, evidence)
        except (Refused, BadAnswer):
            continue
        except Unauthorised as error:
            if error.code != "permission":
                raise
    return evidence.concluded()


def _balance(dispatch: Dispatch, evidence: Evidence) -> None:
    dispatch.read(calls.BALANCE, shapes.balance)


def _listing(dispatch: Dispatch, evidence: Evidence) -> None:
    if evidence.somebody is None:
        groups = dispatch.read(calls.LIST_GROUPS, partial(shapes.page, read=shapes.group, number=1), page=1)
        any(_tells(dispatch, evidence, group.uid) for group in groups.items[:GROUPS_TRIED])


def _tells(dispatch: Dispatch, evidence: Evidence, group_uid: str) -> bool:
    """Whether the group's first page shows somebody, or that nobody can be listed."""
    try:
        read = partial(shapes.page, read=shapes.contact, number=1)
        return bool(dispatch.read(calls.LIST_CONTACTS, read, page=1, group=group_uid).items)
    except BadAnswer as error:
        if error.code == "not_listable":
            evidence.add(NOT_LISTABLE)
        return error.code == "not_listable"


def _contact(dispatch: Dispatch, evidence: Evidence) -> None:
    if evidence.somebody is not None:
        group_uid, uid = evidence.somebody
        read = partial(shapes.contact_or_none, uid=uid)
        dispatch.read(calls.SEARCH_CONTACT, read, group=group_uid, contact=uid)
