"""Pages asked for together: in their order, each once, never more at once than allowed, and no short list."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ampenet_sync.api import Page
from ampenet_sync.api.paging import in_order
from ampenet_sync.errors import BadAnswer


class Pages:
    """`last` pages of one number each; notes what was asked for, and the most at one time."""

    def __init__(self, last: int, *, broken: int = 0, pause: float = 0.0) -> None:
        self.last, self.broken, self.pause = last, broken, pause
        self.asked: list[int] = []
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, number: int) -> Page[int]:
        with self.lock:
            self.asked.append(number)
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.pause * (number % 3))
        with self.lock:
            self.now -= 1
        if number == self.broken:
            raise BadAnswer("no page", code="lost_answer")
        return Page((number,), number, self.last, self.last)


@pytest.mark.parametrize("at_once", [1, 4])
def test_every_page_comes_once_and_in_its_order_however_long_each_takes(at_once: int):
    pages = Pages(20, pause=0.005)
    assert [page.number for page in in_order(pages, at_once=at_once, executor=ThreadPoolExecutor)] == list(range(1, 21))
    assert sorted(pages.asked) == list(range(1, 21))
    assert pages.most <= at_once


def test_pages_are_under_way_together():
    pages = Pages(12, pause=0.02)
    list(in_order(pages, at_once=4, executor=ThreadPoolExecutor))
    assert pages.most == 4


def test_the_first_page_is_asked_for_alone_because_it_says_how_many_there_are():
    pages = Pages(1)
    assert len(list(in_order(pages, at_once=8, executor=ThreadPoolExecutor))) == 1
    assert pages.asked == [1]


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_page_that_fails_raises_in_its_turn_and_the_rest_is_never_asked_for(at_once: int):
    pages, seen = Pages(100, broken=5), []
    with pytest.raises(BadAnswer):
        for page in in_order(pages, at_once=at_once, executor=ThreadPoolExecutor):
            seen.append(page.number)
    assert seen == [1, 2, 3, 4]
    assert len(pages.asked) < 20


def test_a_listing_that_grows_meanwhile_is_read_to_its_new_end():
    pages = Pages(3)

    def growing(number: int) -> Page[int]:
        pages.last = 5 if number >= 3 else 3
        return pages(number)

    assert [page.number for page in in_order(growing, at_once=2, executor=ThreadPoolExecutor)] == [1, 2, 3, 4, 5]


def test_a_listing_that_shrinks_meanwhile_ends_where_it_ends_now():
    pages = Pages(9)

    def shrinking(number: int) -> Page[int]:
        pages.last = 9 if number == 1 else 2
        return pages(number)

    assert [page.number for page in in_order(shrinking, at_once=4, executor=ThreadPoolExecutor)] == [1, 2]


def test_who_stops_looking_leaves_nothing_under_way():
    pages = Pages(100, pause=0.01)
    listing = in_order(pages, at_once=4, executor=ThreadPoolExecutor)
    next(listing), next(listing)
    listing.close()
    assert (pages.now, len(pages.asked) < 20) == (0, True)
