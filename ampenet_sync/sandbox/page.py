"""The page for people, one file with everything in it. What it shows it asks for itself; nothing of that is here."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from ampenet_sync.sandbox.answers import HTML, Answer

INLINE = re.compile(rb"<(style|script)>(.*?)</\1>", re.DOTALL)


@cache
def show() -> Answer:
    """The page, with a policy that lets it load nothing, run nothing but itself, and ask nobody but its own server."""
    content = files("ampenet_sync.sandbox").joinpath("page.html").read_bytes()
    allowed = {kind.decode(): _digest(text) for kind, text in INLINE.findall(content)}
    policy = (
        f"default-src 'none'; style-src '{allowed['style']}'; script-src '{allowed['script']}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = (
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
    return Answer(200, content, content_type=HTML, headers=headers)


def _digest(text: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}"
