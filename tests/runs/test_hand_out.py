"""Handing items to threads: a few ahead and no more, and an error comes out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ampenet_sync.runs import hand_out
from ampenet_sync.runs.run import AHEAD


def test_items_are_taken_as_they_are_needed_and_each_is_done_once() -> None:
    done, ahead = list[int](), list[int]()

    def items() -> Iterator[int]:
        for number in range(3 * AHEAD):
            ahead.append(number - len(done))
            yield number

    with ThreadPoolExecutor(1) as executor:
        hand_out(items(), done.append, executor=executor)
    assert done == list(range(3 * AHEAD)) and max(ahead) <= AHEAD + 1


def test_what_goes_wrong_with_an_item_ends_it() -> None:
    def work(number: int) -> None:
        if number == 2:
            raise ValueError("the third")

    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="the third"):
        hand_out(range(5), work, executor=executor)
