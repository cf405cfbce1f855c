"""Repaired rows take the place of the originals, and of nothing else."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.customers.repairs import FILE, LOCK, Repair, Repairs, changing_repairs, load_repairs, save_repairs
from ampenet_sync.customers.rowid import row_ids
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import Batch

COLUMNS = ("id", "phone", "name")
ROWS = [("1", "0712345678", "Asha"), ("2", "0754 00", "Juma"), ("3", "0754 00", "Neema")]


def batch(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS, faults: dict[int, str] | None = None) -> Batch:
    """`faults` are rows by index that can't be told apart, with the text they are written in."""
    cells = [[""] * len(columns) if at in (faults or {}) else list(row) for at, row in enumerate(rows)]
    table = pa.table([pa.array(cell, pa.string()) for cell in zip(*cells, strict=True)], names=list(columns))
    told = {} if faults is None else _told(len(rows), faults)
    return Batch(table, "customers.csv", pa.array(range(2, 2 + len(rows)), pa.int64()), 9, **told)


def _told(rows: int, faults: dict[int, str]) -> dict[str, pa.Array]:
    written = pa.array([faults.get(at, "") for at in range(rows)], pa.string())
    return {"written": written, "faults": pa.array(["ragged_row" if at in faults else "" for at in range(rows)])}


def repair(
    original: tuple[str, ...], repaired: tuple[str, ...], *, columns: tuple[str, ...] = COLUMNS, written: str = ""
) -> Repair:
    table = pa.table([[cell] for cell in original], names=list(columns))
    (name,) = row_ids(table, [written])
    return Repair(name, columns, original, repaired, written, "too_short", "customers.csv", 3, "2026-11-22T12:00:00Z")


JUMA = repair(ROWS[1], ("2", "0754000102", "Juma"))


def rows_of(found: Batch) -> list[tuple[str, ...]]:
    return list(zip(*found.table.to_pydict().values(), strict=True))


def test_a_repaired_row_takes_the_place_of_the_original() -> None:
    found, count = Repairs([JUMA]).repair(batch(*ROWS))
    assert rows_of(found) == [ROWS[0], ("2", "0754000102", "Juma"), ROWS[2]]
    assert (count, found.file, found.lines.to_pylist(), found.size) == (1, "customers.csv", [2, 3, 4], 9)


def test_a_row_that_changed_in_one_letter_is_left_alone() -> None:
    changed = batch(ROWS[0], ("2", "0754 00", "Juma "))
    assert Repairs([JUMA]).repair(changed) == (changed, 0)


def test_a_source_with_another_column_is_left_alone() -> None:
    other = batch(ROWS[1], columns=("id", "phone", "first"))
    assert Repairs([JUMA]).repair(other) == (other, 0)


def test_the_same_cells_in_other_columns_are_another_row() -> None:
    swapped = repair(("a", "b"), ("a", "c"), columns=("x", "y"))
    assert Repairs([swapped]).repair(batch(("b", "a"), columns=("x", "y")))[1] == 0


def test_a_broken_row_is_found_by_how_it_is_written_and_is_sound_afterwards() -> None:
    kept = repair(("", "", ""), ("4", "0754000104", "Neema"), written="4;0754000104;Neema")
    found, count = Repairs([kept]).repair(batch(*ROWS, ("", "", ""), faults={0: "1,2", 3: "4;0754000104;Neema"}))
    assert rows_of(found) == [("", "", ""), *ROWS[1:], ("4", "0754000104", "Neema")]
    assert (found.faults.to_pylist(), found.written.to_pylist()) == (["ragged_row", "", "", ""], ["1,2", "", "", ""])
    assert count == 1


def test_a_blank_row_and_a_broken_one_are_not_taken_for_each_other() -> None:
    kept = repair(("", "", ""), ("4", "0754000104", "Neema"))
    assert Repairs([kept]).repair(batch(("", "", ""), faults={0: "4;5"}))[1] == 0


def test_every_row_that_is_the_same_letter_by_letter_is_repaired() -> None:
    repairs = Repairs([JUMA])
    assert repairs.repair(batch(ROWS[1], ROWS[0], ROWS[1]))[1] == 2
    assert repairs.places == {JUMA.row_id: [("customers.csv", 2), ("customers.csv", 4)]}


def test_a_repair_that_found_no_row_is_known() -> None:
    repairs = Repairs([JUMA])
    repairs.repair(batch(ROWS[0]))
    assert repairs.places[JUMA.row_id] == []


def test_a_table_of_several_pieces_is_repaired_too() -> None:
    pieces = batch(*ROWS)
    table = pa.concat_tables([pieces.table.slice(0, 1), pieces.table.slice(1)])
    found, _ = Repairs([JUMA]).repair(Batch(table, "f", pieces.lines, 0))
    assert rows_of(found)[1] == ("2", "0754000102", "Juma")


def test_a_repaired_row_has_the_name_under_which_it_would_be_quarantined_again() -> None:
    found, _ = Repairs([JUMA]).repair(batch(*ROWS))
    assert row_ids(found.table, [""] * 3)[1] == JUMA.repaired_id


def test_repairs_are_kept_whole_and_private(tmp_path: Path) -> None:
    odd = repair(("\0", "=1+1", "\r\n\U0001f600"), ("", "'", " "), columns=("", "a\nb", "c"))
    save_repairs(tmp_path / "home", [JUMA, odd])
    again = load_repairs(tmp_path / "home")
    assert again is not None and set(again) == {JUMA, odd}
    assert stat.S_IMODE((tmp_path / "home" / FILE).stat().st_mode) == 0o600


def keep_beside(folder: Path, number: int) -> None:
    cells = (str(number), "0754 00", "")
    with changing_repairs(folder) as kept:
        added = repair(cells, cells)
        kept[added.row_id] = added


def test_processes_that_change_the_repairs_at_once_lose_none(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        list(processes.map(keep_beside, [tmp_path] * 24, range(24)))
    assert len(load_repairs(tmp_path) or ()) == 24
    assert stat.S_IMODE((tmp_path / LOCK).stat().st_mode) == 0o600


def test_what_goes_wrong_while_repairs_are_changed_leaves_them_as_they_were(tmp_path: Path) -> None:
    save_repairs(tmp_path, [JUMA])
    with pytest.raises(ZeroDivisionError), changing_repairs(tmp_path) as kept:
        del kept[JUMA.row_id]
        1 / 0  # noqa: B018
    assert list(load_repairs(tmp_path) or ()) == [JUMA]


def test_without_a_file_there_are_no_repairs(tmp_path: Path) -> None:
    assert load_repairs(tmp_path) is None


def test_the_file_of_repairs_keeps_the_columns_it_always_had(tmp_path: Path) -> None:
    save_repairs(tmp_path, [JUMA])
    columns = ["row_id", "columns", "original", "mended", "written", "reason", "source_file", "source_line", "imported"]
    kept = pq.read_table(tmp_path / FILE)
    assert kept.column_names == columns
    assert kept["mended"].to_pylist() == [["2", "0754000102", "Juma"]]


def test_keeping_none_leaves_no_file(tmp_path: Path) -> None:
    save_repairs(tmp_path, [JUMA])
    save_repairs(tmp_path, [])
    assert load_repairs(tmp_path) is None


@pytest.mark.parametrize("spoil", [lambda data: b"nothing", lambda data: data[:-9], lambda data: b""])
def test_a_damaged_file_is_never_taken_for_no_repairs(tmp_path: Path, spoil: object) -> None:
    save_repairs(tmp_path, [JUMA])
    (tmp_path / FILE).write_bytes(spoil((tmp_path / FILE).read_bytes()))  # type: ignore[operator]
    with pytest.raises(SourceError, match=r"repairs\.parquet can't be read") as caught:
        load_repairs(tmp_path)
    assert caught.value.code == "bad_repairs"


def test_a_name_of_a_row_begins_with_a_letter_so_that_no_spreadsheet_takes_it_for_a_number() -> None:
    names = row_ids(pa.table({"id": [str(number) for number in range(500)]}), [""] * 500)
    assert {name[0] for name in names} == set("abcdef") and len(set(names)) == 500
