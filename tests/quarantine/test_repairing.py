"""What a repaired file says: rows repaired, untouched, unknown; and what a spreadsheet did to it on its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pytest

from ampenet_sync.customers.repairs import Repair, Repairs
from ampenet_sync.errors import SourceError
from ampenet_sync.quarantine.export import Format
from ampenet_sync.quarantine.returned import Compared, compare
from tests.quarantine.sheets import COLUMNS, quarantine

ASHA, JUMA = ("1", "0754 00", "x"), ("2", "0755 00", "y")
FRAME = quarantine(ASHA, JUMA)
A, J = FRAME["row_id"]
NOW = "2026-11-22T12:00:00Z"


def given(*rows: tuple[str, ...], columns: Sequence[str] = COLUMNS) -> pa.Table:
    names = ["row_id", *(f"source.{column}" for column in columns)]
    return pa.Table.from_arrays([pa.array(cells) for cells in zip(*rows, strict=True)], names=names)


def look(
    table: pa.Table, frame: pd.DataFrame = FRAME, earlier: Sequence[Repair] = (), form: Format = "xlsx"
) -> Compared:
    return compare(table, frame, Repairs(earlier), phone="phone", key="id", form=form, name="q.csv", imported=NOW)


def test_a_row_is_repaired_untouched_unknown_or_left_out() -> None:
    found = look(given((J, "2", "0755000102", "y"), ("", "", "", ""), (A, *ASHA), ("f" * 16, *ASHA), ("", "9", "", "")))
    assert (found.rows, found.untouched, found.unknown) == (4, 1, (5, 6))
    (repaired,) = found.repaired
    assert repaired.row == 2
    assert repaired.repair == Repair(
        J, COLUMNS, JUMA, ("2", "0755000102", "y"), "", "too_short", "customers.csv", 3, NOW
    )


def test_a_row_whose_cells_were_not_told_apart_is_repaired_by_filling_them() -> None:
    frame = quarantine(("", "", ""), written=["1;0754000101;x"])
    (repaired,) = look(given((frame["row_id"][0], "1", "0754000101", "x")), frame).repaired
    assert (repaired.repair.written, repaired.repair.reason) == ("1;0754000101;x", "ragged_row")


def test_a_row_that_was_repaired_before_is_repaired_anew() -> None:
    before = look(given((A, "1", "0754000101", "x"))).repaired[0].repair
    found = look(given((A, "1", "0754000109", "x")), quarantine(JUMA), [before])
    assert [one.repair.repaired for one in found.repaired] == [("1", "0754000109", "x")]
    assert found.repaired[0].repair.original == ASHA


def test_a_repaired_row_that_was_quarantined_again_leads_back_to_the_sources_own() -> None:
    before = look(given((A, "1", "0754000101", "x"))).repaired[0].repair
    frame = quarantine(("1", "0754000101", "x"))
    (repaired,) = look(given((frame["row_id"][0], "1", "0754000109", "x")), frame, [before]).repaired
    assert (repaired.repair.row_id, repaired.repair.original) == (A, ASHA)
    assert repaired.repair.repaired == ("1", "0754000109", "x")


def test_rows_that_are_the_same_in_the_source_are_repaired_alike_or_one_of_them_alone() -> None:
    frame = quarantine(ASHA, ASHA)
    assert len(look(given((A, "1", "0754000101", "x"), (A, *ASHA)), frame).repaired) == 1
    with pytest.raises(SourceError, match="rows 2 and 3 are the same row of the source") as caught:
        look(given((A, "1", "0754000101", "x"), (A, "1", "0754000102", "x")), frame)
    assert caught.value.code == "duplicate_row_id"


def spoilt(before: Sequence[str], after: Sequence[str], column: str = "note", form: Format = "xlsx") -> Compared:
    """Rows in which only this column differs."""
    columns = ("id", "phone" if column == "note" else "note", column)
    frame = quarantine(*((str(at), "", text) for at, text in enumerate(before)), columns=columns)
    cells = ((row_id, str(at), "", text) for at, (row_id, text) in enumerate(zip(frame["row_id"], after, strict=True)))
    return look(given(*cells, columns=columns), frame, form=form)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["0712345", "0713", "+254"], ["712345", "713", "254"]),
        (["255712345678"], ["2.55712E+11"]),
        (["255712345678"], ["2,55712E+11"]),
        (["Łucja 0712"], ["?ucja 0712"]),
        (["2026-01-05"], ["1/5/2026"]),
        (["2026-01-15"], ["15.01.26"]),
    ],
)
def test_what_only_a_spreadsheet_does_stops_the_file(before: list[str], after: list[str]) -> None:
    with pytest.raises(SourceError, match=rf"cells that nobody repaired: note \({len(before)}\)") as caught:
        spoilt(before, after)
    assert caught.value.code == "spoilt_by_spreadsheet" and ".xlsx" in caught.value.hint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["07123456789", "abc"], ["7123456789", "0712345678"]),  # a person took a digit away
        (["0712", "0713", "0714", "0715"], ["712", "713", "714", "0715"]),  # a spreadsheet would have taken all
        (["255 712"], ["2.55712E+11"]),  # typed in by hand: the row is judged as it is
        (["Zoë 0712", "what?"], ["Zoe 0712", "what"]),
        (["2026-13-45"], ["2026-12-31"]),
        (["000"], [""]),
    ],
)
def test_what_a_person_does_is_a_repair(before: list[str], after: list[str]) -> None:
    assert spoilt(before, after).repaired


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("12E5", "1200000"),
        ("1E5", "100000"),
        ("1E5", "1.00E+05"),
        ("0.10", "0.1"),
        ("1,50", "1,5"),
        ("+5", "5"),
        (" 7", "7"),
        ("12345678901234567890", "12345678901234600000"),
        ("1/2", "01/02/2026"),
        ("1-2", "2026-01-02"),
        ("3.4", "03.04.26"),
        ("1/2", "01-Feb"),
        ("MAR1", "1-Mar"),
        ("Jan 2026", "Jan-26"),
        ("5.1.2026", "05/01/2026"),
    ],
)
def test_a_cell_that_became_a_number_or_a_date_stops_a_csv(before: str, after: str) -> None:
    with pytest.raises(SourceError, match=r"cells that nobody repaired: note \(1\)"):
        spoilt([before], [after], form="csv")


@pytest.mark.parametrize(
    ("before", "after"),
    [("0.10", "0.20"), ("", "2026-01-05"), ("2026-01-05", "2026-02-07"), ("x", "y"), ("5", "five"), ("nan", "0")],
)
def test_what_a_person_types_into_a_csv_is_a_repair(before: str, after: str) -> None:
    assert spoilt([before, "x"], [after, "z"], form="csv").repaired


def test_a_changed_key_is_taken_from_a_workbook_and_not_from_a_csv() -> None:
    changed = given((A, "9", "0754000101", "x"))
    assert look(changed, form="xlsx").repaired[0].repair.repaired[0] == "9"
    with pytest.raises(SourceError, match=r"q\.csv: id differs from the source's in 1 of its rows") as caught:
        look(changed, form="csv")
    assert caught.value.code == "changed_key" and ".xlsx" in caught.value.hint


def test_a_blank_key_may_be_filled_in_in_a_csv() -> None:
    frame = quarantine(("", "0754000101", "x"))
    assert look(given((frame["row_id"][0], "9", "0754000101", "x")), frame, form="csv").repaired


def test_a_single_lost_zero_is_nobodys_work_in_a_csv() -> None:
    with pytest.raises(SourceError, match=r"note \(1\)"):
        spoilt(["00712", "x"], ["712", "y"], form="csv")


def test_a_phone_may_lose_its_zeros_as_it_is_the_same_without() -> None:
    before, after = (
        ["0255712000101", "0255712000102", "0255712000103"],
        ["255712000101", "255712000102", "255712000103"],
    )
    assert len(spoilt(before, after, column="phone", form="csv").repaired) == 3


def test_a_line_break_that_a_program_writes_in_another_way_is_no_repair() -> None:
    frame = quarantine(("1", "0754 00", "a\r\nb\rc"))
    row_id = frame["row_id"][0]
    assert look(given((row_id, "1", "0754 00", "a\nb\nc")), frame).untouched == 1
    (repaired,) = look(given((row_id, "1", "0754000101", "a\nb\nc")), frame).repaired
    assert repaired.repair.repaired == ("1", "0754000101", "a\r\nb\rc")
