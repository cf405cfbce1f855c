"""A page in headless Chromium, from the file as a person opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium

Show = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Show]:
    """Opens a page's text at a width; what it complains about or asks for in the end fails the test."""
    complaints, asked, contexts = [], [], []
    file = tmp_path / "page.html"

    def open_page(text: str, width: int, **options: Any) -> Any:
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url) if not ours(request.url) else None)
        page.goto(file.as_uri())
        return page

    def ours(url: str) -> bool:
        return url.partition("#")[0] == file.as_uri() or url.startswith("data:")

    yield open_page
    for context in contexts:
        context.close()
    assert (complaints, asked) == ([], [])
