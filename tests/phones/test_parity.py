"""Columns, single numbers and the oracle agree on everything: a corpus, every country's numbers, and any text.

The whole corpus and a long fuzz: AMPENET_TEST_PHONES=1000000 pytest tests/phones/test_parity.py
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import Refusal, normalise, read_phone
from benchmarks.phone_lists import phone_list
from tests.phones.fuzz import REGIONS, cases, spoilt
from tests.phones.oracle import Read, oracle

ROWS = int(os.environ.get("AMPENET_TEST_PHONES", "60000"))
LONG = ROWS >= 1_000_000
pytestmark = pytest.mark.timeout(4 * 3600 if LONG else 180)
ORDINARY = [f"07{number:08d}" for number in range(40)]  # enough rows that a column isn't read one by one


def together(texts: Sequence[str], region: str, countries: Sequence[str], mobile: bool) -> Iterator[Read]:
    read = normalise(pa.array(texts, pa.string()), region, countries=countries, mobile=mobile)
    return zip(read.phone.to_pylist(), read.reason.to_pylist(), strict=True)


def alone(text: str, region: str, countries: Sequence[str], mobile: bool) -> Read:
    read = read_phone(text, region=region, countries=countries, mobile=mobile)
    return ("", read.reason) if isinstance(read, Refusal) else (read, "")


def differing(texts: Sequence[str], region: str, countries: Sequence[str], mobile: bool) -> list[tuple[str, Read]]:
    """Those of which the column says something else than the oracle, or the single number does."""
    found = []
    for text, read in zip(texts, together(texts, region, countries, mobile), strict=True):
        if not read == oracle(text, region, countries, mobile) == alone(text, region, countries, mobile):
            found.append((text, read))
    return found


@pytest.mark.parametrize(("region", "code"), [("TZ", "255"), ("KE", "254")])
def test_a_corpus_of_messy_lists_is_read_as_the_oracle_reads_it(region: str, code: str) -> None:
    texts = sorted(set(phone_list(ROWS // 2, code=code, seed=4)))
    assert len(texts) > ROWS * 0.4
    assert differing(texts, region, ("TZ", "KE"), True) == []


@pytest.mark.parametrize("share", range(4))
def test_numbers_of_every_country_are_read_as_the_oracle_reads_them(share: int) -> None:
    chance = random.Random(share if not LONG else ROWS + share)
    for home in REGIONS[share::4]:
        texts = cases(home, chance, ways=12 if LONG else 1)
        others = chance.sample(REGIONS, 20 if LONG else 2)
        texts += [text for other in others for text in cases(other, chance, ways=4 if LONG else 1)]
        choices = [(), (home,), (home, others[0]), (others[0], others[1]), ("TZ", "KE")]
        for countries in choices if LONG else chance.sample(choices, 1):
            assert differing(texts, home, countries, chance.random() < 0.5) == [], (home, countries)


@pytest.mark.parametrize("home", ["TZ", "KE", "UG", "RW", "US", "DE", "SG", "BR", "AU", "IT"])
def test_cells_of_other_signs_are_read_as_the_oracle_reads_them(home: str) -> None:
    chance = random.Random(len(home) + ROWS)
    texts = cases(home, chance, ways=3) + cases("TZ", chance, ways=2) + cases("KE", chance, ways=2)
    cells = [spoilt(texts, chance) for _ in range(max(300, ROWS // 200))]
    for countries in ((), (home, "KE"), ("TZ", "KE", "UG", "RW")):
        assert differing([*cells, *ORDINARY], home, countries, chance.random() < 0.7) == []


@given(st.lists(st.text(alphabet="0123456789+ ()-./xX'E,;#٧\u200e\u2013*•…_?=\"~:|na", max_size=30), max_size=30))
def test_any_text_is_read_alike_in_a_column_and_alone(texts: list[str]) -> None:
    for region in ("TZ", "US"):
        read = list(together([*texts, *ORDINARY], region, ("TZ", "KE"), False))[: len(texts)]
        assert read == [alone(text, region, ("TZ", "KE"), False) for text in texts]


@given(st.lists(st.text(alphabet="0123456789+ ()-./", min_size=6, max_size=16), max_size=30))
def test_any_digits_are_read_as_the_oracle_reads_them(texts: list[str]) -> None:
    assert differing([*texts, *ORDINARY], "KE", ("KE", "TZ", "UG"), True) == []
