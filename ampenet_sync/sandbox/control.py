"""The control endpoint: turn switches, do what people do elsewhere, look. Not part of the platform it pretends to be.

It answers only this machine, and only who has the token, or for the page's figures the key of the page's link.
"""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, get_origin, get_type_hints
from urllib.parse import parse_qs, urlsplit

from ampenet_sync.sandbox import outside, routes, views, watching
from ampenet_sync.sandbox.answers import Answer
from ampenet_sync.sandbox.keys import Keys, is_local
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.visit import stranger_message
from ampenet_sync.sandbox.wire import Incoming

PREFIX = "/_sandbox/"

DEEDS: dict[str, Callable[..., Any]] = {
    "add_contact": outside.add_contact,
    "add_group": outside.add_group,
    "blacklist": outside.blacklist,
    "edit_contact": outside.edit_contact,
    "receive": outside.receive,
    "remove_contact": outside.remove_contact,
    "remove_group": outside.remove_group,
    "rename_group": outside.rename_group,
    "reset": outside.reset,
    "set_balance": outside.set_balance,
    "set_group_fields": outside.set_group_fields,
    "set_group_texts": outside.set_group_texts,
    "set_message_status": outside.set_message_status,
    "stranger_message": stranger_message,
    "unsubscribe": outside.unsubscribe,
}
LOOKS: dict[str, Callable[..., Any]] = {
    "contacts": views.contacts,
    "effects": views.effects,
    "groups": views.groups,
    "messages": views.messages,
    "received": views.received,
}
NAMES = sorted({*DEEDS, *LOOKS, "requests", "switches"})


def respond(serving: Serving, incoming: Incoming, keys: Keys) -> Answer:
    """Do or show what the path says, with the fields of a JSON object: {"result": …}, or {"error": …}."""
    target = urlsplit(incoming.target)
    name = target.path.removeprefix(PREFIX)
    if not is_local(incoming):
        return refusal(403, "the sandbox is controlled from its own machine only")
    looks_on = name == "state" and incoming.method == "GET"
    if not (keys.open_page(incoming) if looks_on else keys.open_control(incoming)):
        return refusal(401, "this needs the sandbox's token, as `Authorization: Bearer …`")
    if looks_on:
        asked = {key: values[-1] for key, values in parse_qs(target.query).items()}
        return watching.state(serving, asked)
    if name not in NAMES:
        return refusal(404, f"there is no {name!r}; there are {', '.join(NAMES)}")
    if incoming.method != "POST":
        return refusal(405, "ask with POST")
    try:
        return Answer(200, routes.as_json({"result": _result(serving, name, _fields(incoming.body))}))
    except (ValueError, LookupError) as error:
        return refusal(400, str(error.args[0]) if error.args else "that can't be done")


def _result(serving: Serving, name: str, fields: dict[str, Any]) -> Any:
    if name == "switches":
        return asdict(serving.turn(fields) if fields else serving.rules.switches)
    if name == "requests":
        return [list(request) for request in serving.requests]
    do = DEEDS.get(name) or LOOKS[name]
    _check(do, fields)
    with serving.looking() as (world, now):
        return do(world, now, **fields) if name in DEEDS else do(world, **fields)


def _check(do: Callable[..., Any], fields: dict[str, Any]) -> None:
    """The fields are those of the function, and of their kinds."""
    hints = get_type_hints(do)
    known = {key: value for key, value in inspect.signature(do).parameters.items() if key not in ("world", "now")}
    missing = [key for key, value in known.items() if value.default is value.empty and key not in fields]
    if unknown := sorted(fields.keys() - known.keys()):
        raise ValueError(f"unknown: {', '.join(unknown)}; it takes {', '.join(known) or 'nothing'}")
    if missing:
        raise ValueError(f"missing: {', '.join(missing)}")
    for key, value in fields.items():
        if not _fits(value, hints[key]):
            raise ValueError(f"{key} is of the wrong kind")


def _fits(value: object, hint: Any) -> bool:
    if isinstance(value, bool):
        return False
    if get_origin(hint) is list:
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return isinstance(value, hint if isinstance(hint, type | types.UnionType) else object)


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        fields = None
    if isinstance(fields, dict):
        return fields
    raise ValueError("the body must be a JSON object")


def refusal(status: int, message: str) -> Answer:
    return Answer(status, routes.as_json({"error": message}))
