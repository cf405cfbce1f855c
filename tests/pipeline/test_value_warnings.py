"""Damaged texts and cells of no type are counted in plan, report, preview and JSON, before anybody is texted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.quality import Filled, assess
from ampenet_sync.reports.intake import intake_block
from ampenet_sync.reports.plan import plans_object
from ampenet_sync.reports.preview import preview_object
from ampenet_sync.reports.quality import quality_lines, quality_object
from ampenet_sync.reports.quality_page import quality_page
from tests.world import CONFIG, Place

TYPED = CONFIG.replace("  consent: sms\n", "  consent: sms\n  types: {last: integer}\n")
DAMAGED = ("k1,0712000001,ZoÃ«,Ali &amp; co,yes", "k2,0712000002,Zo\ufffd,O&#39;Neil,yes", "k3,0712000003,Zoë,Ali,yes")


def warned(place: Place, *rows: str, text: str = CONFIG) -> list[str]:
    place.write(*rows, text=text)
    return [warning for warning in place.preview().warnings if "damaged" in warning or "fit" in warning]


@pytest.mark.parametrize(
    "name",
    ["Zo\ufffd", "A&amp;B", "O&#39;Neil", "O&#x27;Neil", "Asha&nbsp;Ali", "ZoÃ«", "Mwangi â€œMzeeâ€", "MwangÄ©", "ï¿½",
     "#REF!", "[object Object]", "Ø§Ø³"],
)  # fmt: skip
def test_a_damaged_name_is_warned_of_before_it_is_sent(place: Place, name: str) -> None:
    warnings = warned(place, f"k1,0712000001,{name},,yes", "k2,0712000002,Asha,,yes")
    assert warnings == ["1 text is damaged, as by &amp; or Ã«: correct first_name where the source is made"]


@pytest.mark.parametrize(
    "name",
    ["Zoë", "O'Neil", "Mwangĩ", "Åsa", "João", "MARIÂ", "Tom & Jerry", "R&D;", "محمد", "D’Souza", "🎉", "Ali #1"],
)
def test_a_name_that_is_as_it_should_be_is_not(place: Place, name: str) -> None:
    assert warned(place, f"k1,0712000001,{name},,yes") == []


def test_damage_that_nobody_would_read_is_not_warned_of(place: Place) -> None:
    rows = ("k1,0712000001,Asha,Ali &amp; co,yes", "k2,0712000002,ZoÃ«,,no")  # not in the text; no recipient
    assert warned(place, *rows) == []


def test_damaged_fields_are_warned_of_under_their_tag(place: Place) -> None:
    text = CONFIG.replace("  consent: sms\n", "  consent: sms\n  fields: {SHOP: last}\n")
    text = text.replace("{{ first_name }}", "{{ shop }}")
    assert warned(place, *DAMAGED, text=text) == [
        "2 texts are damaged, as by &amp; or Ã«: correct SHOP where the source is made"
    ]


def test_the_report_counts_damage_by_column_on_screen_page_and_in_json(place: Place) -> None:
    place.write(*DAMAGED, "k4,,&quot;,,yes")  # quarantined, and damaged all the same
    quality = assess(place.config, place.intake(), now=place.clock())
    assert quality.columns[2:4] == (Filled("first", "first_name", 4, 3), Filled("last", "last_name", 3, 2))
    assert "Damaged texts (as &amp; or Ã«), in rows: first 3, last 2" in list(quality_lines(quality))
    page = quality_page(quality, made_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert "first in 3 rows, last in 2 rows" in page
    figures = quality_object(quality, path=place.folder)
    assert [column["damaged"] for column in figures["columns"]] == [0, 0, 3, 2, 0]


def test_a_report_without_damage_says_nothing_of_it(place: Place) -> None:
    quality = assess(place.config, place.intake(), now=place.clock())
    assert not [line for line in quality_lines(quality) if "Damaged" in str(line)]
    assert "Damaged" not in quality_page(quality, made_at=datetime(2026, 11, 24, tzinfo=UTC))


def test_words_for_nothing_are_not_filled_in(place: Place) -> None:
    place.write("k1,0712000001,NULL,nan,yes", "k2,0712000002,Asha,-,yes", "k3,NULL,Juma,,yes")
    quality = assess(place.config, place.intake(), now=place.clock())
    assert [column.rows for column in quality.columns] == [3, 2, 2, 0, 3]
    assert quality.nameless == {"first_name": 1, "last_name": 2}


MISFITS = ("k1,0712000001,Asha,five,yes", "k2,0712000002,Juma,5,yes", "k3,0712000003,Neema,six,yes")


def test_misfits_are_told_in_plan_report_and_preview_and_cost_nobody_his_message(place: Place) -> None:
    assert warned(place, *MISFITS, text=TYPED) == [
        "2 cells of last didn't fit the column's type; nothing here needs the column"
    ]
    assert place.preview().audience.header.messages == 3
    with place.opened() as world:
        intake = place.intake()
        planned = plan_segment(world, intake, "vip")
        assert plans_object([planned], intake)["misfits"] == {"last": 2}
    line = "last: 2 cells don't fit the column's type; nothing needs the column"
    assert line in list(intake_block(intake, UTC)) and planned.plan.header.verdict == "safe"
    quality = assess(place.config, intake, now=place.clock())
    assert line in list(quality_lines(quality)) and quality_object(quality, path=place.folder)["misfits"] == {"last": 2}
    assert line in quality_page(quality, made_at=datetime(2026, 11, 24, tzinfo=UTC)).replace("&#x27;", "'")


def test_where_the_column_is_needed_the_row_waits_in_quarantine(place: Place) -> None:
    place.write(*MISFITS, text=TYPED.replace("vip: {group", 'vip: {where: "last > 1", group'))
    intake = place.intake()
    assert intake.reasons == {"bad_type": 2} and intake.misfits == {}
    assert preview_object(place.preview())["messages"] == 1


def test_a_person_named_null_gets_the_template_s_default(place: Place) -> None:
    text = CONFIG.replace("{{ first_name }}", "{{ first_name | default('mteja') }} {{ last_name | default('wetu') }}")
    place.write("k1,0712000001,NULL,nan,yes", text=text)
    assert list(place.preview().audience.recipients["text"]) == ["DUKA: Habari mteja wetu\nKujitoa: 0800"]
