"""What goes back over the wire, or how the connection ends without. Values only; the wire writes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Headers = tuple[tuple[str, str], ...]

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """`message` is the platform's refusal in words. Spoiled answers: `leaves` is how much of the announced body is
    written before the connection closes; `blanks` follow the body."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Headers = ()
    message: str = ""
    leaves: int | None = None
    blanks: int = 0


class Hangup(Enum):
    """No answer at all."""

    CLOSE = "closed"
    RESET = "reset"


def html(status: int) -> Answer:
    """A page for people, as the framework or a proxy makes it."""
    page = f"<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    return Answer(status, page.encode(), content_type=HTML)


def redirect() -> Answer:
    return Answer(302, html(302).body, content_type=HTML, headers=(("Location", "/"),))
