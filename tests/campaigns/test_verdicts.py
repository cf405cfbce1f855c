"""What stands against leaving: each ground by itself, which of several counts, and that the table says what is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.api import Balance
from ampenet_sync.campaigns import verdicts
from ampenet_sync.campaigns.audience import AudienceFile
from ampenet_sync.campaigns.departure import Departure, Hours
from ampenet_sync.campaigns.verdicts import GROUNDS, BudgetLeft, Facts, against_claim, check_start, warnings
from ampenet_sync.config import QuietHours
from ampenet_sync.config.campaign import Cap
from ampenet_sync.errors import PlanRefused, Unsafe
from tests.campaigns.test_audience import HEADER, TABLE, campaign

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = QuietHours(time(11), time(13))
GOOD = Facts(
    campaign=campaign(),
    audience=AudienceFile(HEADER, TABLE, "d", Path("d")),
    hours=Hours(),
    now=NOON.timestamp(),
    leaves_at=NOON.timestamp() + 60,
    live=Departure(NOON, 0, None),
    made_at=NOON.timestamp(),
    config_digest=HEADER.config_digest,
    balance=lambda: Balance("100", 100.0),
)


def with_header(**changed: Any) -> Facts:
    return replace(GOOD, audience=replace(GOOD.audience, header=replace(HEADER, **changed)))


def with_rows(**changed: Any) -> Facts:
    return replace(GOOD, audience=replace(GOOD.audience, table=TABLE.assign(**changed)))


def over_cap(facts: Facts = GOOD) -> Facts:
    header = replace(HEADER, messages=3, parts=3)
    return replace(
        facts, campaign=campaign(cap=Cap(parts=2)), audience=replace(facts.audience, header=header), balance=empty
    )


def empty() -> Balance:
    return Balance("0", 0.0)


SOME_WAIT = Departure(NOON, 1, datetime(2026, 11, 25, 8, tzinfo=UTC))
EACH: dict[str, Facts] = {
    "audience_foreign": replace(GOOD, made_at=None),
    "audience_old": replace(GOOD, made_at=GOOD.now - 24 * 3600 - 1),
    "audience_stale": replace(GOOD, config_digest="another"),
    "nobody": with_header(messages=0, parts=0),
    "over_cap": replace(over_cap(), balance=GOOD.balance),
    "over_budget": replace(GOOD, budget=BudgetLeft("2026-11", 9, 9)),
    "balance": replace(GOOD, balance=empty),
    "letters": with_rows(encoding="UCS-2"),
    "split": with_rows(parts=2),
    "expired": replace(GOOD, hours=Hours(expires=GOOD.now + 30)),
    "quiet_hours": replace(GOOD, hours=Hours(UTC, NIGHT)),
    "wait": replace(GOOD, hours=Hours(UTC, QuietHours(time(20), time(8))), live=SOME_WAIT),
}


@pytest.mark.parametrize("code", EACH)
def test_each_ground_is_warned_of_alone_where_it_alone_applies(code: str) -> None:
    assert [verdict.code for verdict in warnings(EACH[code])] == [code]
    assert warnings(GOOD) == [] and [ground.code for ground in GROUNDS] == list(EACH)


def refusal(facts: Facts) -> PlanRefused | None:
    try:
        check_start(facts)
    except PlanRefused as refused:
        return refused
    return None


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.code)
def test_a_start_is_refused_by_those_grounds_that_have_an_error(ground: verdicts.Ground) -> None:
    refused = refusal(EACH[ground.code])
    assert type(refused) is (ground.start or type(None))
    if refused:
        (warned,) = warnings(EACH[ground.code])
        assert (refused.code, refused.message, refused.hint) == (ground.code, warned.sentence, warned.hint)


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.code)
def test_a_claim_is_stopped_by_those_grounds_that_have_an_effect(ground: verdicts.Ground) -> None:
    stopped = against_claim(EACH[ground.code].at(GOOD.now + 30))
    assert (stopped.effect if stopped else None) == ground.claim


def test_of_a_cap_and_an_empty_account_the_cap_is_named_and_the_balance_never_asked() -> None:
    def never() -> Balance:
        raise AssertionError("this costs a call")

    assert isinstance(refusal(over_cap()), Unsafe)
    assert isinstance(refusal(replace(over_cap(), balance=never)), Unsafe)


def test_a_preview_says_the_account_first_then_the_cap_and_the_hours_last() -> None:
    facts = replace(over_cap(), hours=Hours(UTC, NIGHT, GOOD.now))
    assert [verdict.code for verdict in warnings(facts)] == ["balance", "over_cap", "quiet_hours", "expired"]


def test_what_expired_in_quiet_hours_is_over_and_does_not_wait_for_the_morning() -> None:
    stopped = against_claim(replace(GOOD, hours=Hours(UTC, NIGHT, GOOD.now)).at(GOOD.now))
    assert stopped is not None and stopped.code == "expired"


def test_the_table_that_is_written_down_is_the_one_that_is_asked() -> None:
    start = {None: "", PlanRefused: "refuses", Unsafe: "refuses, as unsafe"}
    claim = {None: "", "expires": "the message expires", "pauses": "the run pauses"}
    rows = [line.split("|")[1:-1] for line in (verdicts.__doc__ or "").splitlines() if line.startswith("| ")]
    assert [[cell.strip() for cell in row] for row in rows[1:]] == [
        [ground.code, ground.concerns, "warns", start[ground.start], claim[ground.claim]] for ground in GROUNDS
    ]
