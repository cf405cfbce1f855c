"""What a preview warns of is what a start refuses and what the claims do, at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import strategies as st

from ampenet_sync.campaigns.verdicts import Verdict, warnings
from ampenet_sync.errors import PlanRefused
from ampenet_sync.pipeline.previewing import Preview, facts_of
from ampenet_sync.pipeline.sending import Sent
from tests.examples import examples
from tests.world import CONFIG, Place, people

ZONE = timedelta(hours=3)


@dataclass(frozen=True)
class Case:
    """`minute` of the day; `expires` so many minutes later; `units` of the account; None is without."""

    consenting: int
    minute: int
    messages: int | None
    parts: int | None
    units: int | None
    expires: int | None


CASES = st.builds(
    Case,
    consenting=st.sampled_from([3, 2, 3, 0]),
    minute=st.sampled_from([9 * 60, 22 * 60, 8 * 60 - 1, 20 * 60]) | st.integers(0, 24 * 60 - 1),
    messages=st.sampled_from([None, None, 2, 3, 4]),
    parts=st.sampled_from([None, None, 2, 3, 4]),
    units=st.sampled_from([None, 9, 3, 2, 0]),
    expires=st.sampled_from([None, 1, 0, -1]) | st.integers(-800, 800),
)


def refusal_of(case: Case) -> str:
    """The code of the error that a start ends with; "" where it begins. Each text is one part."""
    over = any(most is not None and case.consenting > most for most in (case.messages, case.parts))
    short = case.units is not None and case.consenting > case.units
    return "over_cap" if over else "balance" if short else ""


def arranged(place: Place, case: Case) -> None:
    """Another day, and another edition, for each case."""
    midnight = (place.clock.now // 86_400 + 2) * 86_400 - ZONE.total_seconds()
    place.clock.now = midnight + 60 * case.minute
    lines = [f'    edition: "{place.clock.now:.0f}"']
    cap = {name: most for name, most in (("messages", case.messages), ("parts", case.parts)) if most}
    lines += [f"    cap: {cap}".replace("'", "")] if cap else []
    if case.expires is not None:
        at = datetime.fromtimestamp(place.clock.now + 60 * case.expires, UTC) + ZONE
        lines.append(f"    expires: {at:%Y-%m-%d %H:%M}")
    rows = [row.replace("yes", "no") if n >= case.consenting else row for n, row in enumerate(people(4))]
    place.write(*rows, text=CONFIG + "\n".join(lines) + "\n")
    place.sandbox.set_balance(case.units)


def verdicts_of(place: Place, preview: Preview) -> dict[str, Verdict]:
    """Code → verdict, as the same moment sees them."""
    with place.opened(rehearsal=False) as world:
        facts = facts_of(world, world.config.campaigns["hello"], preview.audience, balance=world.client.balance)
        return {verdict.code: verdict for verdict in warnings(facts)}


def sent_or_refused(place: Place, preview: Preview) -> Sent | PlanRefused:
    try:
        return place.send(preview.audience.digest, rehearsal=False)
    except PlanRefused as refused:
        return refused


@examples(40, HealthCheck.function_scoped_fixture)
@given(case=CASES)
def test_preview_start_and_claims_agree(place: Place, case: Case) -> None:
    arranged(place, case)
    preview, moment = place.preview(rehearsal=False), place.clock.now
    verdicts = verdicts_of(place, preview)
    assert tuple(verdict.warning for verdict in verdicts.values()) == preview.warnings
    outcome = sent_or_refused(place, preview)
    code = refusal_of(case)
    if isinstance(outcome, PlanRefused):
        event("refused")
        assert (outcome.code, outcome.message) == (code, verdicts[code].sentence)
        return
    assert not code and not any(verdict.error for verdict in verdicts.values())
    count = preview.audience.header.messages
    assert (count == 0) == ("nobody" in verdicts)
    over = case.expires is not None and case.expires <= 0
    assert not over or "expired" in verdicts
    paused = "quiet_hours" in verdicts and not over and count > 0
    event("expired" if over else "paused" if paused else "sent")
    assert outcome.paused == (verdicts["quiet_hours"].sentence if paused else "")
    assert outcome.expired == (count if over else 0)
    assert outcome.sent == (0 if over or paused else count)
    assert place.clock.now - moment < 30, "it was the same moment"


@pytest.mark.parametrize("warned", [True, False])
def test_by_the_moment_that_the_preview_foresees_the_claims_expire_where_it_warned(place: Place, warned: bool) -> None:
    arranged(place, Case(3, 21 * 60, None, None, None, 600 if warned else 700))  # in the evening; they wait till 8:00
    preview = place.preview(rehearsal=False)
    assert ("the campaign expires before its last message would leave" in preview.warnings) is warned
    place.clock.now = preview.ends_at.timestamp()
    sent = place.send(preview.audience.digest, rehearsal=False)
    assert (sent.expired, sent.sent) == ((3, 0) if warned else (0, 3))
