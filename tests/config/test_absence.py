"""Nothing, null and none: a key without a value is not written, and `none` is a word where a person may expect it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.config import Campaign, Config, Customers, Limit
from ampenet_sync.config.campaign import Cap
from ampenet_sync.config.segment import Segment
from ampenet_sync.config.server import Api
from ampenet_sync.config.source import Model, Source
from ampenet_sync.config.yamltree import read_tree
from tests.config.shop import OPT_OUT, loaded, refused


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL", "null   # none yet"])
def test_a_key_with_nothing_behind_it_is_as_if_it_were_not_written(tmp_path: Path, nothing: str) -> None:
    campaign = loaded(tmp_path, f"opt_out: {OPT_OUT}", f"opt_out: {nothing}").campaigns["hello"]
    assert (campaign.opt_out, campaign.no_opt_out_on_purpose) == (None, False)
    assert loaded(tmp_path, "group: VIP", f"group: {nothing}").segments["vip"].group is None
    assert loaded(tmp_path, "group: VIP", f"group: VIP\n    where: {nothing}").segments["vip"].where is None
    assert loaded(tmp_path, "last_name: ukoo", f"last_name: {nothing}").customers.last_name is None
    assert loaded(tmp_path, "customers:", f"region: {nothing}\ncustomers:").region == "TZ"
    assert loaded(tmp_path, "group: VIP", f"group: VIP\n    limits: {nothing}").segments["vip"].limits.deletes == Limit(
        10
    )


def test_in_quotes_null_is_a_text_and_so_it_is_in_a_list() -> None:
    tree = read_tree("a: 'null'\nb: \"~\"\nc: [null, ~, '']\nd: !!str null\ne:\n- null\n-\n", name="x")
    assert tree.value == {"a": "null", "b": "~", "c": ["null", "~", ""], "d": "null", "e": ["null", ""]}


def test_a_later_key_without_a_value_is_no_mistake_and_a_key_twice_is_one(tmp_path: Path) -> None:
    assert loaded(tmp_path, "kind: marketing", "kind: marketing\n    send_at: null").campaigns
    assert refused(tmp_path, "kind: marketing", "kind: null\n    kind: marketing").code == "duplicate_key"


@pytest.mark.parametrize(
    ("old", "line", "dotted"),
    [
        ("phone: simu", 4, "customers.phone"),
        ("segment: vip", 16, "campaigns.hello.segment"),
        ("source: {csv: a.csv}", 2, ""),
    ],
)
def test_a_key_that_is_needed_is_missed_in_its_own_line(tmp_path: Path, old: str, line: int, dotted: str) -> None:
    key = old.partition(":")[0]
    if not dotted:
        assert loaded(tmp_path, old, f"{key}:").customers.source is None
        return
    error = refused(tmp_path, old, f"{key}:")
    assert error.message.startswith(f"ampenet.yaml:{line}: {dotted} has nothing behind it")
    assert error.code == "missing_key"


@pytest.mark.parametrize(
    ("old", "new", "line", "dotted"),
    [
        ("  vip:\n    group: VIP\n    mode: mirror\n", "  vip:\n    # group: VIP\n", 11, "segments.vip"),
        ("  vip:\n    group: VIP\n    mode: mirror\n", "  vip: null\n", 11, "segments.vip"),
        ("campaigns:\n", "campaigns:\n  later: ~\n", 15, "campaigns.later"),
        ("{CITY: mji}", "{CITY: }", 7, "customers.fields.CITY"),
        ("{points: integer}", "{points}", 8, "customers.types.points"),
    ],
)
def test_a_name_of_ones_own_with_nothing_under_it_is_asked_about(
    tmp_path: Path, old: str, new: str, line: int, dotted: str
) -> None:
    error = refused(tmp_path, old, new)
    assert error.message == f"ampenet.yaml:{line}: {dotted}: nothing is written under it"
    assert error.code == "empty_name" and error.hint


def test_a_section_without_names_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path, "  vip:\n    group: VIP\n    mode: mirror\n", "").message.startswith(
        "ampenet.yaml:10: segments has nothing behind it"
    )
    assert loaded(tmp_path, "segments:", "api:\npricing:\nsegments:").api == Api()


NEEDED = {
    Customers: {"phone": "simu"},
    Campaign: {"segment": "vip", "sender_id": "SHOP", "kind": "marketing", "message": "Habari"},
    Config: {"customers": {"phone": "simu"}, "segments": {"vip": {}}},
}
NO_COLUMN = [(Customers, key, None) for key in ("key", "first_name", "last_name", "region", "consent")]
NONE_MEANS = [
    *NO_COLUMN,
    (Customers, "source", None),
    (Customers, "fields", {}),
    (Customers, "types", {}),
    (Api, "proxy", None),
    (Segment, "group", None),
    (Segment, "members", None),
    (Segment, "adopt", "none"),
    (Campaign, "opt_out", None),
    (Campaign, "expires", None),
    (Campaign, "quiet_hours", None),
    (Campaign, "cap", Cap()),
    (Cap, "messages", None),
    (Cap, "parts", None),
    (Config, "countries", ()),
    (Config, "campaigns", {}),
]


@pytest.mark.parametrize(("model", "key", "value"), NONE_MEANS, ids=[f"{m.__name__}.{k}" for m, k, _ in NONE_MEANS])
def test_none_says_outright_that_there_is_none(model: type[Model], key: str, value: Any) -> None:
    assert getattr(model.model_validate({**NEEDED.get(model, {}), key: "none"}), key) == value


@pytest.mark.parametrize("key", ["deletes", "updates", "creates", "source_shrink", "quarantined"])
def test_none_lifts_one_limit_but_not_all_at_once(tmp_path: Path, key: str) -> None:
    limits = loaded(tmp_path, "group: VIP", f"group: VIP\n    limits: {{{key}: none}}").segments["vip"].limits
    assert getattr(limits, key) == Limit()
    assert "write each limit by itself" in refused(tmp_path, "group: VIP", "group: VIP\n    limits: none").message


def test_none_is_a_name_where_a_name_may_be_anything() -> None:
    assert Source(xlsx="a.xlsx", sheet="none").sheet == "none"
    assert Customers(phone="none").phone == "none"
    assert Segment.model_validate({"group": {"name": "none"}, "mode": "mirror"}).group.name == "none"  # type: ignore[union-attr]


def test_no_opt_out_on_purpose_is_another_thing_than_none_written(tmp_path: Path) -> None:
    on_purpose = loaded(tmp_path, OPT_OUT, "None  # it is in the text").campaigns["hello"]
    assert (on_purpose.opt_out, on_purpose.no_opt_out_on_purpose) == (None, True)
    assert loaded(tmp_path, OPT_OUT, '"null"').campaigns["hello"].opt_out == "null"
    assert "write none" in refused(tmp_path, OPT_OUT, '" "').message


@pytest.mark.parametrize("written", ["''", "' '", "none"])
def test_a_where_that_says_nothing_is_no_condition(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, "group: VIP", f"group: VIP\n    where: {written}")
    assert error.message.startswith("ampenet.yaml:13: segments.vip.where: this is no condition")
    assert error.code == "bad_where"
