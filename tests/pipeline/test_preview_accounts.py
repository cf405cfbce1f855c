"""A preview accounts for everybody of the segment, whatever excludes them, and says who would wait live."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ampenet_sync.ledger import suppressions
from ampenet_sync.pipeline.previewing import Preview
from ampenet_sync.reports.preview import EXCLUDED_WORDS, preview_lines, preview_object
from tests.world import CONFIG, NOON, Place, people

MESSAGE = 'message: "DUKA: Habari {{ first_name }}"'
BRIEF = CONFIG.replace("kind: marketing", "kind: transactional").replace('    opt_out: "Kujitoa: 0800"\n', "")


def no_consent(place: Place) -> None:
    place.write(*people(2), "k3,255712000003,Name3,Duka,no")


def suppressed(place: Place) -> None:
    with place.ledger() as ledger:
        suppressions.suppress(ledger, phone="255712000003", reason="asked")


def opted_out(place: Place) -> None:
    rows = [row.replace("Duka", "no") for row in people(2)]
    text = CONFIG.replace("last_name: last", "opted_out: last")
    place.write(*rows, "k3,255712000003,Name3,yes,yes", text=text)


def shared_phone(place: Place) -> None:
    place.write(*people(2), "k3,255712000001,Name3,Duka,yes")


def already_messaged(place: Place) -> None:
    place.write(*people(1, first=3))
    place.send(place.preview().audience.digest)
    place.write(*people(3))


def missing_variable(place: Place) -> None:
    place.write(*people(2), "k3,255712000003,,Duka,yes")


def value_too_long(place: Place) -> None:
    place.write(*people(2), f"k3,255712000003,{'N' * 201},Duka,yes")


def empty_text(place: Place) -> None:
    text = BRIEF.replace(MESSAGE, "message: \"{{ first_name | default('') }}\"")
    place.write(*people(2), "k3,255712000003,,Duka,yes", text=text)


def text_too_long(place: Place) -> None:
    text = CONFIG.replace("{{ first_name }}", "{{ first_name" + " ~ first_name" * 20 + " }}")
    place.write(*people(2), f"k3,255712000003,{'N' * 200},Duka,yes", text=text)


REASONS: list[Callable[[Place], None]] = [
    *(no_consent, suppressed, opted_out, shared_phone),
    *(already_messaged, missing_variable, value_too_long, empty_text, text_too_long),
]


def adds_up(preview: Preview) -> bool:
    header = preview.audience.header
    return header.messages + sum(header.excluded.values()) == preview.members


@pytest.mark.parametrize("arrange", REASONS, ids=lambda arrange: arrange.__name__)
def test_messages_and_excluded_are_the_customers_of_the_segment(place: Place, arrange: Callable[[Place], None]) -> None:
    arrange(place)
    preview = place.preview()
    assert preview.audience.header.excluded == {arrange.__name__: 1}
    assert (preview.audience.header.messages, preview.members) == (2, 3) and adds_up(preview)
    assert "  2 with a message + 1 without = 3 customers of segment vip" in list(preview_lines(preview))


def test_every_reason_has_its_words_and_its_test() -> None:
    assert sorted(EXCLUDED_WORDS) == sorted(arrange.__name__ for arrange in REASONS)


def test_with_several_reasons_at_once_each_customer_counts_once(place: Place) -> None:
    with place.ledger() as ledger:
        suppressions.suppress(ledger, phone="255712000002", reason="asked")
    place.write(*people(4), "k5,255712000005,Name5,Duka,no", "k6,255712000001,,Duka,no", "k7,255712000002,,Duka,no")
    preview = place.preview()
    assert preview.members == 7 and adds_up(preview)
    assert preview.audience.header.excluded == {"no_consent": 2, "shared_phone": 2, "suppressed": 1}


def test_who_is_quarantined_is_counted_and_not_among_the_members(place: Place) -> None:
    place.write(*people(2), "k3,0712 garbled,Name3,Duka,yes")
    preview = place.preview()
    assert (preview.members, preview.quarantined) == (2, 1)
    assert preview_object(preview)["quarantined"] == 1


def quiet_lines(preview: Preview) -> list[str]:
    return [line for line in preview_lines(preview) if line.startswith("Quiet hours")]


def test_a_rehearsal_by_night_says_who_would_wait_live(place: Place) -> None:
    place.clock.now = NOON + 13 * 3600  # 22:00 there
    preview = place.preview()
    assert quiet_lines(preview) == ["Quiet hours 20:00-08:00: live, 3 would wait until 2026-11-25 08:00."]
    assert preview.warnings == ()
    shown = preview_object(preview)["quiet_hours"]
    assert shown == {"span": "20:00-08:00", "waiting": 3, "until": "2026-11-25T05:00:00+00:00", "binding": False}


def test_live_by_night_they_wait_and_the_end_is_in_the_morning(place: Place) -> None:
    place.clock.now = NOON + 13 * 3600
    preview = place.preview(rehearsal=False)
    assert quiet_lines(preview) == ["Quiet hours 20:00-08:00: 3 would wait until 2026-11-25 08:00."]
    assert f"{preview.ends_at:%Y-%m-%d %H:%M}" == "2026-11-25 08:00"
    assert preview_object(preview)["quiet_hours"]["binding"]


def test_by_day_nobody_would_wait(place: Place) -> None:
    assert quiet_lines(place.preview()) == ["Quiet hours 20:00-08:00: live, nobody would wait."]


def test_a_campaign_without_quiet_hours_has_no_such_line(place: Place) -> None:
    place.write(*people(3), text=CONFIG.replace("kind: marketing", "kind: marketing\n    quiet_hours: none"))
    preview = place.preview()
    assert quiet_lines(preview) == [] and preview_object(preview)["quiet_hours"] is None


def test_the_sandbox_s_own_rate_does_not_make_the_live_one_look_faster(place: Place) -> None:
    place.write(*people(3), text=CONFIG.replace("requests_per_minute: 6000", "requests_per_minute: 1"))
    turned = place.config.with_home(
        place.folder / "s", base_url=place.url, requests_per_minute=60_000, settle_seconds=1
    )
    again = turned.with_home(place.folder / "s", base_url=place.url, requests_per_minute=60_000, settle_seconds=1)
    assert (turned.api.requests_per_minute, turned.live_rate, again.live_rate) == (60_000, 1, 1)


def test_live_in_the_evening_is_warned_of_who_has_to_wait_for_the_morning(place: Place) -> None:
    place.clock.now = NOON + 11 * 3600 - 60  # 19:59 there
    place.write(*people(3), text=CONFIG.replace("requests_per_minute: 6000", "requests_per_minute: 2"))
    preview = place.preview(rehearsal=False)
    assert preview.warnings == ("1 of 3 messages would fall into quiet hours and wait until 2026-11-25 08:00",)
    assert quiet_lines(preview) == ["Quiet hours 20:00-08:00: 1 would wait until 2026-11-25 08:00."]
