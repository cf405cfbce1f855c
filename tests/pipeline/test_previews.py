"""What a preview and a plan say of texts and conditions, and what they refuse. Against the sandbox."""

from __future__ import annotations

import pytest

from ampenet_sync.errors import ConfigError
from ampenet_sync.pipeline.planning import Planned, kept_segments, plan_segment
from ampenet_sync.pipeline.previewing import warnings_of_texts
from ampenet_sync.reports.plan import plan_block, plans_object
from ampenet_sync.reports.preview import preview_lines, preview_object
from tests.world import CONFIG, Place, people

MESSAGE, OPT_OUT = '"DUKA: Habari {{ first_name }}"', 'opt_out: "Kujitoa: 0800"'
WHERE = "segments.vip.where names no column, so it is the same for everybody; it chooses {whom}"


def written(place: Place, old: str, new: str, *rows: str) -> Place:
    assert old in CONFIG
    place.write(*(rows or people(3)), text=CONFIG.replace(old, new))
    return place


def planned(place: Place) -> Planned:
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def test_a_sound_campaign_has_neither_warnings_nor_notes(place: Place) -> None:
    preview = place.preview()
    assert (preview.warnings, preview.notes) == ((), ())


def test_another_tools_tag_stops_plans_and_previews_before_anything_is_read(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"ampenet.yaml:16:28: .*'\{first\}' would be sent as it stands") as caught:
        planned(written(place, MESSAGE, '"DUKA: Habari {first}"'))
    assert caught.value.code == "bad_template"


@pytest.mark.parametrize("tag", ["{mji}", "[Mji]", "{ MJI }", "*|MJI|*", "{mji"])
def test_a_tag_with_the_name_of_a_column_nobody_configured_stops_the_preview(place: Place, tag: str) -> None:
    written(place, MESSAGE, f'"DUKA: Habari {tag}"')
    (place.folder / "customers.csv").write_text("id,phone,first,last,sms,mji\nk1,255712000001,Asha,Duka,yes,Dodoma\n")
    assert planned(place).plan.header.counts.creates == 1, "the text concerns no plan"
    with pytest.raises(ConfigError, match=r"ampenet.yaml:16:28: campaigns.hello.message") as caught:
        place.preview()
    assert caught.value.code == "bad_template"
    assert "customers.fields: {MJI: mji}, then write {{ MJI }}" in caught.value.hint
    assert not list((place.folder / ".ampenet").glob("audiences/*"))


def test_look_alikes_are_warned_of_in_preview_and_again_before_the_send(place: Place) -> None:
    preview = written(place, MESSAGE, '"DUKA: Habari {mteja}, {ofa}"').preview()
    assert [warning.split(" ")[0] for warning in preview.warnings] == ["'{mteja}'", "'{ofa}'"]
    assert preview.notes == ("everybody reads the same text: the message has no variable",)
    with place.opened() as world:
        assert warnings_of_texts(world, place.intake(), "hello") == preview.warnings
    lines = list(preview_lines(preview))
    assert f"Note: {preview.notes[0]}" in lines and f"Warning: {preview.warnings[1]}" in lines
    shown = preview_object(preview)
    assert (shown["warnings"], shown["notes"]) == (list(preview.warnings), list(preview.notes))


@pytest.mark.parametrize("nothing", ["null", "~", ""])
def test_an_opt_out_of_null_ends_no_text_and_is_warned_of(place: Place, nothing: str) -> None:
    preview = written(place, OPT_OUT, f"opt_out: {nothing}").preview()
    assert preview.warnings == ("the message says no way to opt out: write opt_out",)
    assert preview.audience.recipients["text"].tolist()[0] == "DUKA: Habari Name1"


def test_an_opt_out_of_none_ends_no_text_and_is_noted(place: Place) -> None:
    preview = written(place, OPT_OUT, "opt_out: none").preview()
    assert (preview.warnings, preview.notes) == ((), ("no way to opt out is added, as opt_out is none",))
    assert preview.audience.recipients["text"].tolist()[0] == "DUKA: Habari Name1"


def test_the_starters_words_are_warned_of_where_a_phone_can_ring(place: Place) -> None:
    written(place, "sender_id: DUKA", "sender_id: AMPENET")
    assert place.preview().warnings == ()
    assert place.preview(rehearsal=False).warnings == (
        "still as init wrote it, as an example: sender_id. Write your own",
    )


def test_texts_with_damaged_names_are_counted(place: Place) -> None:
    rows = ["k1,255712000001,Zoe,Duka,yes", "k2,255712000002,JosÃ©,Duka,yes", "k3,255712000003,Ng&#39;ombe,Duka,yes"]
    place.write(*rows, "k4,255712000004,Asha\ufffd,Duka,no")
    assert [warning for warning in place.preview().warnings if "damaged" in warning] == [
        "2 texts are damaged, as by &amp; or Ã«: correct first_name where the source is made"
    ]


def test_a_damaged_message_is_warned_of_as_such(place: Place) -> None:
    preview = written(place, MESSAGE, '"DUKA &amp; WANA: Habari {{ first_name }}"').preview()
    assert "message was damaged before it came here: it holds '&amp;'. Type that place in again" in preview.warnings


@pytest.mark.parametrize(
    ("where", "whom"),
    [
        ("true", "all customers"),
        ("1 = 1", "all customers"),
        ("'gold' = 'gold'", "all customers"),
        ("run_date > date '2020-01-01'", "all customers"),
        ("false", "nobody"),
        ("'vip' = 'gold'", "nobody"),
    ],
)
def test_a_where_that_names_no_column_is_warned_of_in_plan_and_preview(place: Place, where: str, whom: str) -> None:
    written(place, "{group: VIP,", f'{{group: VIP, where: "{where}",')
    found, warning = planned(place), WHERE.format(whom=whom)
    assert found.warnings == (warning,) and warning in place.preview().warnings
    assert f"Warning: {warning}" in [line for line in plan_block([found]) if isinstance(line, str)]
    assert plans_object([found], place.intake())["plans"][0]["warnings"] == [warning]


@pytest.mark.parametrize("where", ["first = 'Name1'", "first <> 'a' or true", "first is not null", "null", "~"])
def test_a_where_that_names_one_or_is_not_there_is_not(place: Place, where: str) -> None:
    written(place, "{group: VIP,", f"{{group: VIP, where: {where},")
    assert planned(place).warnings == () == place.preview().warnings
    assert planned(place).plan.header.counts.creates == (1 if where == "first = 'Name1'" else 3)


def test_a_segment_whose_group_is_null_is_kept_in_none_and_says_so(place: Place) -> None:
    config = written(place, "group: VIP", "group: null").config
    assert kept_segments(config) == []
    with pytest.raises(ConfigError, match=r"segment vip is kept in no group: there is no segments\.vip\.group"):
        kept_segments(config, ["vip"])
    assert len(place.preview().audience.recipients) == 3
