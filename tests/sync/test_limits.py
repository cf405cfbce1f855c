"""How much may change before a person must say yes. Only numbers."""

from __future__ import annotations

import pytest

from ampenet_sync.config import Limit, Limits
from ampenet_sync.ledger.plans import AcceptedSource
from ampenet_sync.sync.limits import Amounts, SourceFigures, judge_plan, judge_source

DEFAULTS = Limits()


def amounts(*, creates: int = 0, updates: int = 0, deletes: int = 0, linked: int = 200) -> Amounts:
    return Amounts(creates, updates, deletes, linked)


@pytest.mark.parametrize("harmless", [{"deletes": 20}, {"updates": 60}, {"creates": 99_999}])
def test_a_plan_at_its_limits_is_safe(harmless: dict[str, int]) -> None:
    assert judge_plan(amounts(**harmless), DEFAULTS) == ()


def test_one_delete_too_many_is_named_with_count_share_and_limit() -> None:
    found = judge_plan(amounts(deletes=21), DEFAULTS)
    assert [str(one) for one in found] == ["deletes 21 of 200 contacts (10.5 %); the limit is 10%"]


def test_each_exceeded_limit_is_named() -> None:
    found = judge_plan(amounts(updates=61, deletes=50, creates=6), Limits(creates=Limit(count=5)))
    assert [one.kind for one in found] == ["deletes", "updates", "creates"]


@pytest.mark.parametrize(("linked", "deletes", "safe"), [(5, 3, True), (5, 4, False), (4, 3, True), (3, 3, False)])
def test_a_small_group_may_lose_three_but_never_all(linked: int, deletes: int, safe: bool) -> None:
    assert (judge_plan(amounts(deletes=deletes, linked=linked), DEFAULTS) == ()) is safe


def test_deleting_all_is_unsafe_even_without_a_limit() -> None:
    found = judge_plan(amounts(deletes=200), Limits(deletes=Limit()))
    assert [one.limit for one in found] == ["never all of them"]


def test_deleting_what_is_foreign_from_a_group_without_links_is_unsafe() -> None:
    assert judge_plan(amounts(deletes=1, linked=0), DEFAULTS) != ()


def source(*, rows: int = 100, quarantined: int = 0, open_end: bool = False) -> SourceFigures:
    return SourceFigures("customers.csv", rows, quarantined, open_end)


def test_a_source_that_shrank_by_a_fifth_is_safe_and_by_more_is_not() -> None:
    accepted = AcceptedSource(rows=100, open_end=False)
    assert judge_source(source(rows=80), accepted=accepted, limits=DEFAULTS) == ()
    found = judge_source(source(rows=79), accepted=accepted, limits=DEFAULTS)
    assert [str(one) for one in found] == ["source_shrink 21 of 100 rows (21 %); the limit is 20%"]
    assert found[0].source


def test_a_source_with_too_many_bad_rows_is_unsafe_from_the_first_time_on() -> None:
    found = judge_source(source(quarantined=6), accepted=None, limits=DEFAULTS)
    assert [str(one) for one in found] == ["quarantined 6 of 100 rows (6 %); the limit is 5%"]


def test_a_source_that_grew_is_safe() -> None:
    assert judge_source(source(rows=500), accepted=AcceptedSource(100, False), limits=DEFAULTS) == ()


def test_an_end_that_is_open_for_the_first_time_is_unsafe() -> None:
    (found,) = judge_source(source(open_end=True), accepted=AcceptedSource(100, open_end=False), limits=DEFAULTS)
    assert (found.kind, found.source) == ("truncated", True)
    assert str(found).startswith("the last line of customers.csv has no line break, unlike at the last run")


@pytest.mark.parametrize("accepted", [None, AcceptedSource(100, open_end=None), AcceptedSource(100, open_end=True)])
def test_an_end_that_was_open_before_or_of_which_nothing_is_known_is_safe(accepted: AcceptedSource | None) -> None:
    assert judge_source(source(open_end=True), accepted=accepted, limits=DEFAULTS) == ()


def test_updates_of_contacts_that_we_did_not_make_are_called_so() -> None:
    (found,) = judge_plan(Amounts(0, 200, 0, linked=0, stranger_updates=200), DEFAULTS)
    assert str(found) == "updates 200 contacts we did not make (none of ours is there yet); the limit is 30%"
    (some,) = judge_plan(Amounts(0, 250, 0, linked=100, stranger_updates=200), DEFAULTS)
    assert str(some) == ("updates 250 of 100 contacts (250 %), 200 of them contacts we did not make; the limit is 30%")


def test_creates_in_a_group_without_any_of_ours_have_no_share() -> None:
    (found,) = judge_plan(amounts(creates=50, linked=0), Limits(creates=Limit(count=5)))
    assert str(found) == "creates 50 contacts (none of ours is there yet); the limit is 5"
