"""The documented routes and the envelope around each answer. No sockets; every call works on values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from ampenet_sync.sandbox import contact_calls, group_calls, message_calls, refusals
from ampenet_sync.sandbox.answers import Answer, Headers, html, redirect
from ampenet_sync.sandbox.inputs import Call
from ampenet_sync.sandbox.keys import same
from ampenet_sync.sandbox.refusals import Refusal
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.visit import Gateway, Reply, Visit
from ampenet_sync.sandbox.window import Window
from ampenet_sync.sandbox.world import World

Handle = Callable[..., Reply]

BASE_PATH = "/api/v3"
ANY = "*"

ROUTES: dict[tuple[str, ...], dict[str, Handle]] = {
    ("contacts",): {"GET": group_calls.all_groups, "POST": group_calls.create_group},
    ("contacts", ANY): {"PATCH": group_calls.rename_group, "DELETE": group_calls.delete_group},
    ("contacts", ANY, "show"): {"POST": group_calls.show_group},
    ("contacts", ANY, "store"): {"POST": contact_calls.store_contact},
    ("contacts", ANY, "all"): {"POST": contact_calls.all_contacts},
    ("contacts", ANY, "search", ANY): {"POST": contact_calls.search_contact},
    ("contacts", ANY, "update", ANY): {"PATCH": contact_calls.update_contact},
    ("contacts", ANY, "delete", ANY): {"DELETE": contact_calls.delete_contact},
    ("sms", "send"): {"POST": message_calls.send_message},
    ("sms",): {"GET": message_calls.all_messages},
    ("sms", ANY): {"GET": message_calls.view_message},
    ("balance",): {"GET": message_calls.show_balance},
    ("me",): {"GET": message_calls.show_account},
}
SLASH_DOCUMENTED = frozenset({("contacts",), ("contacts", ANY, "show"), ("sms",)})


def answer(
    world: World, rules: Rules, call: Call, *, now: float, window: Window | None, gateway: Gateway | None = None
) -> Answer:
    """Carry out one call and say what became of it; errors become the platform's own answers."""
    try:
        handle, uids = _route(call)
        if not same(call.token, rules.token):
            raise refusals.unauthenticated()
        headers = _count(window, now)
        visit = Visit(world=world, rules=rules, fields=call.fields, now=now, gateway=gateway or Gateway())
        message, data = handle(visit, *uids)
    except Refusal as refusal:
        return refused(refusal, rules, call, wait=window.wait(now) if window else None)
    return Answer(200, as_json({"status": "success", "message": message, "data": data}), headers=headers)


def refused(refusal: Refusal, rules: Rules, call: Call, *, wait: float | None = None) -> Answer:
    """The error as JSON, or as the page a client gets that did not ask for JSON."""
    message = refusal.fault if rules.dialect.names_fault and refusal.fault else refusal.message
    if refusal.page is not None and not call.wants_json:
        return replace(redirect() if refusal.page == 302 else html(refusal.page), message=message)
    status = refusal.strict if rules.switches.strict_http else refusal.http
    headers = (("Retry-After", str(max(1, math.ceil(wait)))),) if status == 429 and wait is not None else ()
    return Answer(status, as_json({"status": "error", "message": message}), headers=headers, message=message)


def as_json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _route(call: Call) -> tuple[Handle, list[str]]:
    """The handler of a path and the uids in it; a trailing slash passes only where the documentation writes one."""
    segments = tuple(call.path.removeprefix("/").split("/"))
    slash = segments[-1] == ""
    shape = _shape(segments[:-1] if slash else segments)
    if shape is None or (slash and shape not in SLASH_DOCUMENTED):
        raise refusals.no_such_route(BASE_PATH + call.path)
    handle = ROUTES[shape].get(call.method)
    if handle is None and call.method == "GET" and shape == ("sms", "send"):
        shape, handle = ("sms", ANY), message_calls.view_message
    if handle is None:
        raise refusals.wrong_method(call.method, sorted(ROUTES[shape]))
    return handle, [unquote(segment) for segment, part in zip(segments, shape, strict=False) if part == ANY]


def _shape(segments: tuple[str, ...]) -> tuple[str, ...] | None:
    """The route these segments fit; exact words win over uids."""
    if segments in ROUTES:
        return segments
    shape = tuple(ANY if position % 2 else segment for position, segment in enumerate(segments))
    return shape if shape in ROUTES and all(segments) else None


def _count(window: Window | None, now: float) -> Headers:
    if window is None:
        return ()
    remaining = window.take(now)
    if remaining is None:
        raise refusals.too_many_attempts()
    return (("X-RateLimit-Limit", str(window.limit)), ("X-RateLimit-Remaining", str(remaining)))
