"""Who gets which text, and of everybody else why not. Only values and one file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.campaigns.audience import Header, choose, exclusions, read_audience, write_audience
from ampenet_sync.config import Campaign, Customers, Source
from ampenet_sync.contacts import OptOuts
from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import Suppressed

P1, P2, P3 = "255712000001", "255712000002", "255712000003"
CUSTOMERS = Customers(source=Source(csv="c.csv"), key="id", phone="phone", first_name="first", fields={"CITY": "city"})


def campaign(**said: Any) -> Campaign:
    usual = {"segment": "vip", "sender_id": "DUKA", "kind": "marketing", "message": "Habari {{ first_name }}"}
    return Campaign(**{**usual, **said})


def members(*rows: tuple[str, str, str, bool]) -> pd.DataFrame:
    """(key, phone, first name, consent); the city is Dodoma."""
    columns = ["customer_key", "phone", "first_name", "consent"]
    frame = pd.DataFrame(rows, columns=columns).astype({"consent": bool, "first_name": "str"})
    return frame.assign(last_name="", **{"field.CITY": "Dodoma"})


def chosen(frame: pd.DataFrame, said: Campaign | None = None, **known: Any) -> dict[str, tuple[str, str]]:
    """Customer → (text, why not)."""
    if "already" in known:
        known["already"] = pa.chunked_array([sorted(known["already"])], pa.string())
    table = choose(frame, said or campaign(), CUSTOMERS, **{"suppressed": Suppressed(), **known})
    return {row.customer_key: (row.text, row.excluded) for row in table.itertuples()}


def test_who_consents_gets_the_text_with_the_opt_out_line() -> None:
    found = chosen(members(("a", P1, "Asha", True), ("b", P2, "Juma", False)), campaign(opt_out="Kujitoa: 0800"))
    assert found == {"a": ("Habari Asha\nKujitoa: 0800", ""), "b": ("", "no_consent")}


def test_a_transactional_text_needs_no_consent_and_has_no_opt_out_line() -> None:
    found = chosen(members(("b", P2, "Juma", False)), campaign(kind="transactional", opt_out="Kujitoa"))
    assert found == {"b": ("Habari Juma", "")}


@pytest.mark.parametrize("suppressed", [Suppressed(frozenset({P1})), Suppressed(keys=frozenset({"a"}))])
@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_a_suppression_binds_for_every_kind(suppressed: Suppressed, kind: str) -> None:
    found = chosen(members(("a", P1, "Asha", True)), campaign(kind=kind), suppressed=suppressed)
    assert found == {"a": ("", "suppressed")}


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_who_opted_out_in_the_source_is_off_for_every_kind(kind: str) -> None:
    frame = members(("a", P1, "Asha", True), ("b", P2, "Juma", True))
    found = chosen(frame, campaign(kind=kind), opted_out=OptOuts(frozenset({P1})))
    assert found == {"a": ("", "opted_out"), "b": ("Habari Juma", "")}


def test_who_was_messaged_in_this_edition_is_left_out() -> None:
    found = chosen(members(("a", P1, "Asha", True), ("b", P2, "Juma", True)), already={P1})
    assert found == {"a": ("", "already_messaged"), "b": ("Habari Juma", "")}


def test_who_lacks_what_the_text_needs_is_left_out_unless_it_has_a_default() -> None:
    frame = members(("a", P1, "", True))
    assert chosen(frame) == {"a": ("", "missing_variable")}
    assert chosen(frame, campaign(message="Habari {{ first_name | default('mteja') }}")) == {"a": ("Habari mteja", "")}


def test_the_gravest_reason_is_the_one_that_is_told() -> None:
    frame = members(("a", P1, "", False), ("b", P2, "", False), ("c", P3, "", True))
    found = chosen(frame, suppressed=Suppressed(frozenset({P1})), already={P1, P2, P3})
    assert [why for _, why in found.values()] == ["suppressed", "no_consent", "already_messaged"]
    left = {"suppressed": Suppressed(frozenset({P1})), "opted_out": OptOuts(frozenset({P1, P2}))}
    assert [why for _, why in chosen(frame, **left).values()] == ["suppressed", "opted_out", "missing_variable"]


def test_a_shared_phone_is_texted_once_for_its_first_holder() -> None:
    found = chosen(members(("a", P1, "Asha", True), ("b", P1, "Juma", True)))
    assert found == {"a": ("Habari Asha", ""), "b": ("", "shared_phone")}


@pytest.mark.parametrize("second_is_member", [True, False])
def test_a_shared_phone_is_not_texted_where_any_holder_does_not_consent(second_is_member: bool) -> None:
    everybody = members(("a", P1, "Asha", True), ("b", P1, "Juma", False))
    frame = everybody if second_is_member else everybody[:1]
    assert chosen(frame, holders=everybody)["a"] == ("", "no_consent")


@pytest.mark.parametrize("second_is_member", [True, False])
def test_a_shared_phone_is_not_texted_where_any_holder_is_suppressed(second_is_member: bool) -> None:
    everybody = members(("a", P1, "Asha", True), ("b", P1, "Juma", True))
    frame = everybody if second_is_member else everybody[:1]
    assert chosen(frame, holders=everybody, suppressed=Suppressed(keys=frozenset({"b"})))["a"] == ("", "suppressed")


def test_parts_are_counted_for_those_who_get_it_and_nobody_else() -> None:
    frame = members(("a", P1, "Asha", True), ("b", P2, "Zoë₣", True), ("c", P3, "Juma", False))
    table = choose(frame, campaign(message="Habari {{ first_name }}" + "x" * 70), CUSTOMERS, suppressed=Suppressed())
    assert list(zip(table["encoding"], table["parts"], table["billed"], strict=True)) == [
        ("GSM-7", 1, 1), ("UCS-2", 2, 2), ("", 0, 0)
    ]  # fmt: skip
    assert exclusions(table) == {"no_consent": 1}


def test_a_custom_field_is_known_in_both_spellings() -> None:
    found = chosen(members(("a", P1, "Asha", True)), campaign(message="{{ CITY }} {{ city }}"))
    assert found["a"] == ("Dodoma Dodoma", "")


def test_a_segment_without_members_is_an_empty_audience() -> None:
    assert chosen(members(("a", P1, "Asha", True))[:0]) == {}


def test_thousands_of_different_texts_each_go_to_whom_they_belong() -> None:
    rows = [(f"k{number}", f"2557{number:08d}", f"Name{number}", True) for number in range(5_000)]
    found = chosen(members(*rows), already={rows[0][1]})
    expected = {key: (f"Habari {name}", "") for key, _, name, _ in rows[1:]}
    assert found == {"k0": ("", "already_messaged"), **expected}


HEADER = Header(
    ledger="l", host="h", account="a", campaign="hello", edition="1", kind="marketing", sender_id="DUKA",
    run_date="2026-11-24", source_digest="s", config_digest="c", messages=1, parts=1, amount="25", currency="TZS",
    excluded={"no_consent": 1},
)  # fmt: skip
TABLE = choose(
    members(("a", P1, "Asha", True), ("b", P2, "Juma", False)), campaign(), CUSTOMERS, suppressed=Suppressed()
)


def test_an_audience_reads_back_as_it_was_frozen_in_a_private_file(tmp_path: Path) -> None:
    frozen = write_audience(HEADER, TABLE, tmp_path)
    path = frozen.path
    back = read_audience(path)
    assert (back.digest, asdict(back.header)) == (frozen.digest, asdict(HEADER))
    pd.testing.assert_frame_equal(back.table, TABLE)
    assert list(back.recipients["phone"]) == [P1] and path.stat().st_mode & 0o777 == 0o600


def test_an_audience_that_was_touched_is_refused(tmp_path: Path) -> None:
    path = write_audience(HEADER, TABLE, tmp_path).path
    table = pq.ParquetFile(path).read()
    everybody = table.set_column(table.schema.names.index("excluded"), "excluded", pa.array(["", ""]))
    pq.write_table(everybody, path)
    with pytest.raises(PlanRefused) as refused:
        read_audience(path)
    assert refused.value.code == "bad_audience"
