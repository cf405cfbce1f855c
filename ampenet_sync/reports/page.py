"""What our pages have in common: `head.html`, the look in `page.css`, and that whatever they show is escaped. Pure."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import minijinja

HEAD, STYLE = "head.html", "page.css"


def page_environment(template: str, **known: Any) -> minijinja.Environment:
    """An environment that renders this template of ours, in which `known` may be used beside what it is given.

    Every value is escaped for HTML, unless `minijinja.safe` says that it is ours. A name that isn't there is an error.
    """
    return minijinja.Environment(
        templates={name: _text(name) for name in (template, HEAD, STYLE)},
        filters={"number": "{:,}".format},
        globals=known,
        auto_escape_callback=_escaping,
        undefined_behavior="strict",
        debug=False,  # else an error would tell every value
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _escaping(name: str) -> str:
    """The style holds no value, and its quotes stay quotes."""
    return "none" if name == STYLE else "html"


def _text(name: str) -> str:
    return files("ampenet_sync.reports").joinpath(name).read_text(encoding="utf-8")
