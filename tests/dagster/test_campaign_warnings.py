"""What an analyst sees of a campaign's texts in Dagster: warnings and notes beside the audience, and before a send."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from ampenet_sync.errors import ConfigError
from tests.dagster.conftest import Shop, metadata

AUDIENCE = "campaigns/karibu/audience"


def rewritten(shop: Shop, old: str, new: str) -> Shop:
    path = shop.folder / "ampenet.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return shop


def warned(shop: Shop, result: Any) -> list[str]:
    """The warnings in a run's log."""
    logs = shop.instance.all_logs(result.run_id)
    return [entry.user_message for entry in logs if entry.level == 30]


def test_a_look_alike_is_a_warning_of_the_audience_and_of_the_send(shop: Shop) -> None:
    rewritten(shop, "Habari {{ first_name | default('mteja') }}", "Habari {mteja}").read()
    preview = shop.materialize(AUDIENCE)
    warning = "'{mteja}' is sent as it stands; if it is meant as a variable, write {{ first_name }}"
    shown = metadata(preview, AUDIENCE)
    assert (shown["warnings"], shown["notes"]) == (
        f"- {warning}",
        "- everybody reads the same text: the message has no variable",
    )
    assert warned(shop, preview) == [warning]
    assert warned(shop, shop.send("karibu", shown["audience"])) == [warning]


def test_another_tools_tag_keeps_the_definitions_from_loading(shop: Shop) -> None:
    rewritten(shop, "Habari {{ first_name | default('mteja') }}", "Habari {first_name}")
    with pytest.raises(ConfigError, match=r"campaigns\.karibu\.message: '\{first_name\}' would be sent as it stands"):
        shop.read()


def test_a_column_s_name_in_another_tools_tag_fails_the_audience_alone(shop: Shop) -> None:
    rewritten(shop, "Habari {{ first_name | default('mteja') }}", "Habari [Points]")
    rewritten(shop, "where: tier = 'gold' and points >= 50", "where: tier = 'gold'")
    rewritten(shop, "  types: {points: integer}            # every other column is text in `where`\n", "").read()
    assert shop.materialize("plan", partition="vip").success
    ran = shop.materialize(AUDIENCE)
    (failed,) = [event for event in ran.all_events if event.is_step_failure]
    assert "write {{ POINTS }}" in failed.step_failure_data.error_display_string


def test_a_constant_condition_is_a_warning_of_the_plan(shop: Shop) -> None:
    rewritten(shop, "where: tier = 'gold' and points >= 50", "where: \"'gold' = 'gold'\"").read()
    ran = shop.materialize("plan", partition="vip")
    assert metadata(ran, "plan")["warnings"].startswith("- segments.vip.where names no column")
    assert len(warned(shop, ran)) == 1
    assert metadata(shop.materialize("plan", partition="kenya"), "plan")["warnings"] == "none"
    assert dg.AssetKey("plan") in {event.asset_key for event in ran.all_events if event.is_step_materialization}
