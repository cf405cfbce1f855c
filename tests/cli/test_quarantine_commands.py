"""quarantine export, import and repairs, typed as a person or a script types them."""

from __future__ import annotations

import csv
import stat

import pytest

from ampenet_sync.cli import quarantine
from ampenet_sync.quarantine import export
from tests.cli.conftest import ROWS, Shop
from tests.quarantine.sheets import edit


def test_export_writes_a_private_workbook_and_says_what_comes_next(shop: Shop) -> None:
    ran = shop.run("quarantine", "export")
    assert ran.code == 0 and "too_short     1  The number has too few digits" in ran.out
    assert "1 row written to .ampenet/quarantine.xlsx (it holds phones)" in ran.out
    assert "then  ampenet-sync quarantine import .ampenet/quarantine.xlsx" in ran.out
    assert stat.S_IMODE((shop.folder / ".ampenet/quarantine.xlsx").stat().st_mode) == 0o600


def test_export_names_file_line_and_reason_of_each_row(shop: Shop) -> None:
    ran = shop.run("quarantine", "export", "--out", "quarantine.csv", "--json")
    assert ran.json == {"path": "quarantine.csv", "rows": 1, "reasons": {"too_short": 1}, "repaired": 0}
    with (shop.folder / "quarantine.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in ("source_file", "source_line", "reason", "name")] == [
        *("customers.csv", "6", "too_short", "Baraka")
    ]


def test_a_half_repaired_file_is_never_replaced_unless_that_is_asked_for(shop: Shop) -> None:
    shop.run("quarantine", "export")
    edit(shop.folder / ".ampenet/quarantine.xlsx", 2, "phone", "0754 000 105")
    half_repaired = (shop.folder / ".ampenet/quarantine.xlsx").read_bytes()
    ran = shop.run("quarantine", "export")
    assert "1 row written to .ampenet/quarantine-2.xlsx (it holds phones)" in ran.out
    assert ".ampenet/quarantine.xlsx was there already and stays as it is; --replace would overwrite it" in ran.out
    assert shop.run("quarantine", "export", "--json").json["path"].endswith("/quarantine-3.xlsx")
    assert (shop.folder / ".ampenet/quarantine.xlsx").read_bytes() == half_repaired
    assert "written to .ampenet/quarantine.xlsx" in shop.run("quarantine", "export", "--replace").out
    assert (shop.folder / ".ampenet/quarantine.xlsx").read_bytes() != half_repaired


@pytest.mark.parametrize(
    "typed",
    [
        ("quarantine", "export", "--replace", "--out", "customers.csv"),
        ("quarantine", "export", "--replace", "--format", "csv", "--out", "ampenet.yaml"),
        ("report", "--out", "./ampenet.yaml"),
        ("report", "--out", "customers.csv"),
    ],
)
def test_the_configuration_and_the_source_are_never_written_over(typed: tuple[str, ...], shop: Shop) -> None:
    before = {name: (shop.folder / name).read_bytes() for name in ("customers.csv", "ampenet.yaml")}
    ran = shop.run(*typed)
    assert (ran.code, "[precious_target]" in ran.err, "name another file" in ran.err) == (1, True, True)
    assert {name: (shop.folder / name).read_bytes() for name in before} == before


def test_with_nothing_to_mend_export_says_so(shop: Shop) -> None:
    shop.write("1,0754 000 101,Asha,150,yes\n")
    assert "Nothing to repair" in shop.run("quarantine", "export", "--out", "q.parquet").out


def test_a_repaired_row_is_in_the_next_plan_and_every_command_says_so(shop: Shop) -> None:
    shop.run("quarantine", "export", "--out", "q.xlsx")
    edit(shop.folder / "q.xlsx", 2, "phone", "0754 000 105")
    ran = shop.run("quarantine", "import", "q.xlsx")
    assert (ran.code, "1 row of q.xlsx: 1 repaired and usable now, 0 untouched" in ran.out) == (0, True)
    assert "Next: ampenet-sync plan  (repaired rows in it: 1)" in ran.out
    assert "5 customers, 0 quarantined, 1 repaired by hand" in shop.run("plan").out
    assert shop.run("plan", "--json").json["repaired"] == 1
    assert shop.run("sync", "--yes", "--json").json["repaired"] == 1
    assert "255754000105" in shop.phones("Everybody")
    assert "Repaired by hand: 1 row of the source." in shop.run("campaign", "preview", "hello").out


def test_a_row_that_is_still_wrong_is_named_with_its_row_in_the_file(shop: Shop) -> None:
    shop.run("quarantine", "export", "--out", "q.xlsx")
    edit(shop.folder / "q.xlsx", 2, "phone", "0754 x")
    out = shop.run("quarantine", "import", "q.xlsx").out
    assert "0 repaired and usable now, 1 repaired, but still not usable" in out
    assert "  2  letters  There are letters among the digits" in out
    assert "Next: repair rows in q.xlsx, then the same command again" in out


def test_import_tells_a_script_the_same(shop: Shop) -> None:
    shop.run("quarantine", "export", "--out", "q.xlsx")
    edit(shop.folder / "q.xlsx", 2, "phone", "0754 x")
    found = shop.run("quarantine", "import", "q.xlsx", "--dry-run", "--json").json
    (problem,) = found.pop("not_usable")
    assert (problem["row"], problem["reason"]) == (2, "letters")
    assert found.pop("reasons") == {"letters": 1}
    assert {name: value for name, value in found.items() if value} == {"path": "q.xlsx", "rows": 1, "dry_run": True}
    assert set(found) == {
        "path",
        "rows",
        "repaired",
        "untouched",
        "unknown",
        "displaced",
        "repairs",
        "unneeded",
        "dry_run",
    }


def test_a_file_that_is_none_is_a_clear_error(shop: Shop) -> None:
    ran = shop.run("quarantine", "import", "customers.csv")
    assert (ran.code, "its first row has no column row_id [no_row_id]" in ran.err) == (1, True)
    assert shop.run("quarantine", "import", "missing.xlsx").code == 2


def test_repairs_are_listed_and_dropped(shop: Shop) -> None:
    shop.run("quarantine", "export", "--out", "q.xlsx")
    edit(shop.folder / "q.xlsx", 2, "phone", "0754 000 105")
    shop.run("quarantine", "import", "q.xlsx")
    assert "customers.csv:6  too_short" in shop.run("quarantine", "repairs").out
    (kept,) = shop.run("quarantine", "repairs", "--json").json["repairs"]
    assert kept["used"] is True
    assert "1 repair: 1 in use, 0 no longer needed" in shop.run("quarantine", "repairs", "--drop", "unused").out
    assert "1 dropped.\n0 repairs" in shop.run("quarantine", "repairs", "--drop", kept["row_id"]).out
    assert shop.run("plan", "--json").json["quarantined"] == 1


def test_a_rehearsal_has_the_live_repairs_and_keeps_its_own_apart(shop: Shop) -> None:
    shop.write(ROWS + "6,0754 x,Zawadi,0,yes\n")
    shop.run("quarantine", "export", "--out", "q.xlsx")
    edit(shop.folder / "q.xlsx", 2, "phone", "0754 000 105")
    shop.run("quarantine", "import", "q.xlsx")
    assert shop.run("--sandbox", "plan", "--json").json["repaired"] == 1
    (live,) = shop.run("quarantine", "repairs", "--json").json["repairs"]
    ran = shop.run("--sandbox", "quarantine", "repairs", "--drop", live["row_id"])
    assert (ran.code, "drop them without --sandbox" in ran.err) == (1, True)
    edit(shop.folder / "q.xlsx", 3, "phone", "0754 000 106")
    shop.run("--sandbox", "quarantine", "import", "q.xlsx")
    assert shop.run("--sandbox", "plan", "--json").json["repaired"] == 2
    assert shop.run("plan", "--json").json["repaired"] == 1
    ran = shop.run("--sandbox", "quarantine", "repairs", "--drop", "all")
    assert (ran.code, "1 repair: 1 in use" in ran.out) == (0, True)
    assert shop.run("--sandbox", "plan", "--json").json["repaired"] == 1


def test_the_command_offers_every_format_that_a_quarantine_can_be_written_in() -> None:
    assert quarantine.FORMATS == export.FORMATS
