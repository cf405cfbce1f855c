"""Pages of a listing in their order, several asked for at once. It knows neither calls nor items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

from ampenet_sync.api.shapes import Page

T = TypeVar("T")

AHEAD = 2  # pages asked for beforehand, for each that may be under way: so that one slow page stops nobody


def in_order(read: Callable[[int], Page[T]], *, at_once: int, executor: Callable[[int], Executor]) -> Iterator[Page[T]]:
    """Page 1, then the others up to the last one named by the page before; never a later page before an earlier one.

    `executor` makes so many threads. An error of a page is raised in its turn; what is under way then is waited for,
    what isn't is never asked.
    """
    page = read(1)
    yield page
    if at_once > 1 and page.last_page > 1:
        yield from _together(read, page, at_once, executor)
        return
    while page.number < page.last_page:
        page = read(page.number + 1)
        yield page


def _together(
    read: Callable[[int], Page[T]], page: Page[T], at_once: int, executor: Callable[[int], Executor]
) -> Iterator[Page[T]]:
    asked, waiting = page.number, deque[Future[Page[T]]]()
    with executor(at_once) as pool:
        try:
            while page.number < page.last_page:
                while asked < min(page.last_page, page.number + AHEAD * at_once):
                    asked += 1
                    waiting.append(pool.submit(read, asked))
                page = waiting.popleft().result()
                yield page
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
