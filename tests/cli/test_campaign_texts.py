"""What the command line says of texts before they are sent, to a script and to a person at a terminal."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shop
from tests.cli.typed import typed

TAG = ("Habari {{ first_name }}", "Habari {mteja}")
WARNING = "'{mteja}' is sent as it stands; if it is meant as a variable, write {{ first_name }}"
NOTE = "everybody reads the same text: the message has no variable"


def digest_of(shop: Shop) -> str:
    return str(shop.run("campaign", "preview", "hello", "--json").json["audience"])


@pytest.mark.parametrize(
    "command", ["plan", "doctor", "sync", "report", "campaign preview hello", "quarantine export", "status", "balance"]
)
def test_another_tools_tag_stops_every_command_with_its_place_and_the_way_out(shop: Shop, command: str) -> None:
    shop.configure("Habari {{ first_name }}", "Habari {first_name}")
    ran = shop.run(*command.split())
    assert (
        ran.code == 1 and "campaigns.hello.message: '{first_name}' would be sent as it stands [bad_template]" in ran.err
    )
    assert "ampenet.yaml:13:82: " in ran.err and "Next: write {{ first_name }}" in ran.err
    assert shop.sandbox.requests() == []


def test_preview_shows_warnings_and_notes(shop: Shop) -> None:
    shop.configure(*TAG)
    assert {f"Warning: {WARNING}", f"Note: {NOTE}"} <= set(shop.run("campaign", "preview", "hello").out.splitlines())
    found = shop.run("campaign", "preview", "hello", "--json").json
    assert (found["warnings"], found["notes"]) == ([WARNING], [NOTE])


def test_send_repeats_the_warnings_before_it_sends(shop: Shop) -> None:
    shop.configure(*TAG)
    digest = digest_of(shop)
    ran = shop.run("campaign", "send", "hello", "--audience", digest, "--yes")
    assert ran.code == 0 and f"Warning: {WARNING}" in ran.out.splitlines()
    again = shop.run("campaign", "send", "hello", "--audience", digest, "--yes", "--json").json
    assert (again["sent"], again["warnings"]) == (3, [WARNING])


def test_a_sound_campaign_is_sent_without_a_warning(shop: Shop) -> None:
    ran = shop.run("campaign", "send", "hello", "--audience", digest_of(shop), "--yes", "--json")
    assert ran.json["warnings"] == []


def test_who_is_asked_reads_the_warning_and_the_question_points_to_it(shop: Shop) -> None:
    shop.configure(*TAG)
    screen = typed(shop.folder, "campaign", "send", "hello", "--audience", digest_of(shop)).text
    warning, question = screen.index("Warning: '{mteja}'"), screen.index("although there is a warning above")
    assert warning < question and "Type 3 to go on" in screen
    assert shop.sandbox.messages() == []


def test_a_constant_condition_is_warned_of_in_plan_and_in_what_sync_asks(shop: Shop) -> None:
    shop.configure('where: "points >= 100"', "where: 'true'")
    warning = "segments.gold.where names no column, so it is the same for everybody; it chooses all customers"
    assert f"Warning: {warning}" in shop.run("plan").out.splitlines()
    assert [plan["warnings"] for plan in shop.run("plan", "--json").json["plans"]] == [[], [warning]]
    ran = shop.run("sync", "--yes")
    assert ran.code == 0 and f"gold: Warning: {warning}" in ran.out.splitlines()
    assert [found["warnings"] for found in shop.run("sync", "--yes", "--json").json["segments"]] == [[], [warning]]


def test_a_cut_text_stops_plan_with_the_line_in_quotes(shop: Shop) -> None:
    shop.configure("  gold: {group: Gold,", "  silver:\n    where: tier = 'silver' # or gold\n  gold: {group: Gold,")
    ran = shop.run("plan")
    assert (ran.code, "[cut_by_comment]" in ran.err) == (1, True)
    assert "put it in quotes: where: \"tier = 'silver' # or gold\"" in ran.err
