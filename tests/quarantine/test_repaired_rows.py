"""Export, repair, import: the next reading takes what a person repaired, until the source itself is corrected."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from ampenet_sync.config import Config
from ampenet_sync.customers import Intake
from ampenet_sync.customers.repairs import load_repairs
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.quarantine import Imported, drop_repairs, export_quarantined, import_repaired, kept_repairs
from tests.customers.shop import CONFIG, Shop
from tests.quarantine.sheets import edit

ASHA, JUMA, NEEMA = "1,0712345678,Asha,,,yes,,,,,a", "2,0754 00,Juma,,,yes,,,,,b", "3,,Neema,,,no,,,,,c"


def given_back(config: Config, *edits: tuple[int, str, object], dry_run: bool = False) -> Imported:
    """Export the workbook, type these values into (row, column), and import it."""
    path = export_quarantined(config).path
    for row, column, value in edits:
        edit(path, row, column, value)
    return import_repaired(config, path, dry_run=dry_run, now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))


def keys(intake: Intake) -> tuple[list[str], list[str]]:
    """Keys of the customers and of the quarantine."""
    return list(intake.customers["customer_key"]), list(intake.quarantine["customer_key"])


def test_a_repaired_row_is_a_customer_and_the_others_stay_where_they_were(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    before = take_in(config)
    found = given_back(config, (2, "simu", "0754000102"))
    after = take_in(config)
    assert (found.rows, found.repaired, found.problems, found.untouched, found.repairs) == (2, 1, (), 1, 1)
    assert keys(after) == (["1", "2"], ["3"])
    assert (after.repaired, after.rows) == (1, 3)
    assert list(after.customers["phone"]) == ["255712345678", "255754000102"]
    assert after.identity.digest != before.identity.digest


def test_what_was_not_touched_in_a_repaired_row_is_as_the_source_has_it(shop: Shop) -> None:
    config = shop('2,0754 00," =1+1 ",\'Juma,TZ,yes,,,,,"a\r\n_x0041_ ""00123"""')
    given_back(config, (2, "simu", 255754000102))
    (row,) = take_in(config).customers.to_dict("records")
    assert row["phone"] == "255754000102"
    assert (row["source.jina"], row["source.ukoo"], row["source.tier"]) == (" =1+1 ", "'Juma", 'a\r\n_x0041_ "00123"')


def test_a_repaired_row_that_cannot_be_used_all_the_same_is_named_and_not_kept(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    found = given_back(config, (2, "simu", "0754 0"), (3, "id", "1"), (3, "simu", "0754000103"))
    assert [(one.row, one.reason) for one in found.problems] == [(2, "too_short"), (3, "duplicate_key")]
    assert "chache mno" in found.problems[0].hint_sw
    assert (found.repaired, found.repairs, load_repairs(config.home)) == (0, 0, None)


def test_a_dry_run_judges_and_keeps_nothing(shop: Shop) -> None:
    config = shop(ASHA, JUMA)
    assert given_back(config, (2, "simu", "0754000102"), dry_run=True).repaired == 1
    assert take_in(config).repaired == 0


def test_import_leaves_only_the_repairs_behind(shop: Shop) -> None:
    config = shop(ASHA, JUMA)
    given_back(config, (2, "simu", "0754000102"))
    assert sorted(path.name for path in config.home.iterdir()) == [
        ".gitignore",
        ".repairs.lock",
        "quarantine.xlsx",
        "repairs.parquet",
    ]


def test_a_row_that_is_repaired_is_not_exported_again(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    given_back(config, (2, "simu", "0754000102"))
    exported = export_quarantined(config)
    assert (exported.reasons, exported.repaired) == ({"blank": 1}, 1)


def test_importing_more_of_the_same_file_later_keeps_what_was_repaired_before(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    path = export_quarantined(config).path
    edit(path, 2, "simu", "0754000102")
    import_repaired(config, path)
    edit(path, 3, "simu", "0754000103")
    found = import_repaired(config, path)
    assert (found.repaired, found.repairs) == (2, 2)
    assert keys(take_in(config)) == (["1", "2", "3"], [])


def test_a_later_import_of_a_row_takes_the_place_of_the_earlier_one(shop: Shop) -> None:
    config = shop(JUMA)
    path = export_quarantined(config).path
    for phone in ("0754000102", "0754000199"):
        edit(path, 2, "simu", phone)
        import_repaired(config, path)
    assert list(take_in(config).customers["phone"]) == ["255754000199"]


def test_once_the_source_is_repaired_its_own_row_counts_and_the_repair_is_no_longer_needed(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    path = export_quarantined(config).path
    edit(path, 2, "simu", "0754000102")
    import_repaired(config, path)
    shop(ASHA, JUMA.replace("0754 00", "0754000155"), NEEMA)
    intake = take_in(config)
    assert (intake.repaired, list(intake.customers["phone"])) == (0, ["255712345678", "255754000155"])
    assert [one.used for one in kept_repairs(config)] == [False]
    found = import_repaired(config, path)
    assert (found.unneeded, found.repairs, found.unknown) == (1, 1, (2,))
    assert drop_repairs(config, ["unused"]) == 1
    assert load_repairs(config.home) is None


def test_a_repair_outlives_an_import_while_its_row_is_missing_from_the_source(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    path = export_quarantined(config).path
    edit(path, 2, "simu", "0754000102")
    import_repaired(config, path)
    shop(ASHA, NEEMA)
    edit(path, 3, "simu", "0754000103")
    found = import_repaired(config, path)
    assert (found.repaired, found.unneeded, found.repairs) == (1, 1, 2)
    shop(ASHA, JUMA, NEEMA)
    assert keys(take_in(config)) == (["1", "2", "3"], [])


def test_of_two_imports_at_once_each_keeps_what_it_repaired(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    paths = [export_quarantined(config, out=config.home / f"{name}.xlsx").path for name in ("one", "two")]
    edit(paths[0], 2, "simu", "0754000102")
    edit(paths[1], 3, "simu", "0754000103")
    both = threading.Barrier(2, timeout=60)

    def when_both_have_read() -> datetime:
        both.wait()
        return datetime(2026, 11, 22, 12, tzinfo=UTC)

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda path: import_repaired(config, path, now=when_both_have_read), paths))
    assert [one.repaired for one in found] == [1, 1]
    assert keys(take_in(config)) == (["1", "2", "3"], [])


def test_what_is_dropped_while_a_file_is_imported_stays_dropped(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    given_back(config, (2, "simu", "0754000102"))
    path = export_quarantined(config, out=config.home / "rest.xlsx").path
    edit(path, 2, "simu", "0754000103")

    def drop_meanwhile() -> datetime:
        assert drop_repairs(config, ["all"]) == 1
        return datetime(2026, 11, 22, 12, tzinfo=UTC)

    assert import_repaired(config, path, now=drop_meanwhile).repairs == 1
    assert keys(take_in(config)) == (["1", "3"], ["2"])


def test_a_row_that_was_removed_from_the_source_or_added_to_the_file_is_unknown(shop: Shop) -> None:
    config = shop(ASHA, JUMA, NEEMA)
    path = export_quarantined(config).path
    edit(path, 4, "simu", "0754000104")
    shop(ASHA, NEEMA)
    found = import_repaired(config, path)
    assert (found.rows, found.unknown, found.untouched) == (3, (2, 4), 1)


def test_a_row_whose_cells_were_not_told_apart_is_repaired_by_filling_them(shop: Shop) -> None:
    config = shop(ASHA, "2,0754000102,Juma")
    cells = {"id": "2", "simu": "0754000102", "jina": "Juma"}
    found = given_back(config, *((2, column, value) for column, value in cells.items()))
    assert (found.repaired, keys(take_in(config))) == (1, (["1", "2"], []))


def test_mending_never_changes_a_good_customer_who_has_the_same_row(shop: Shop) -> None:
    config = shop(ASHA, ASHA)
    found = given_back(config, (2, "id", "9"))
    assert [one.reason for one in found.problems] == ["duplicate_key"]
    assert "once more, letter by letter" in found.problems[0].hint
    assert keys(take_in(config))[0] == ["1"]


def test_a_good_row_that_gives_way_to_a_repaired_one_with_its_key_is_counted(shop: Shop) -> None:
    config = shop(JUMA, ASHA)
    found = given_back(config, (2, "simu", "0754000102"), (2, "id", "1"))
    assert (found.repaired, found.displaced, found.problems) == (1, 1, ())
    assert list(take_in(config).customers["phone"]) == ["255754000102"]


def test_two_rows_that_are_the_same_letter_by_letter_give_one_customer(shop: Shop) -> None:
    config = shop(JUMA, JUMA)
    found = given_back(config, (2, "simu", "0754000102"))
    assert (found.repaired, found.untouched) == (1, 1)
    assert keys(take_in(config)) == (["2"], ["2"])


def test_a_repair_that_a_changed_configuration_quarantined_can_be_repaired_anew(shop: Shop) -> None:
    config = shop(ASHA, JUMA)
    given_back(config, (2, "simu", "+14155550100"))
    text = CONFIG.replace("[TZ, KE]", "[TZ, KE, US]")
    abroad = shop(ASHA, JUMA, text=text)
    assert given_back(abroad, (2, "simu", "+12025550123")).repaired == 1
    home = shop(ASHA, JUMA)
    assert keys(take_in(home)) == (["1"], ["2"])
    assert given_back(home, (2, "simu", "0754000102")).repairs == 1
    assert keys(take_in(home)) == (["1", "2"], [])


def test_a_file_that_is_wrong_as_a_whole_changes_nothing(shop: Shop) -> None:
    config = shop(ASHA, JUMA)
    given_back(config, (2, "simu", "0754000102"))
    before = (config.home / "repairs.parquet").read_bytes()
    (config.home / "bad.csv").write_text("id,simu\n1,0712345678\n")
    with pytest.raises(SourceError, match="no column row_id"):
        import_repaired(config, config.home / "bad.csv")
    assert (config.home / "repairs.parquet").read_bytes() == before


def test_a_csv_saved_by_a_spreadsheet_with_a_number_typed_in_loses_its_digits(shop: Shop) -> None:
    config = shop(ASHA, JUMA)
    path = export_quarantined(config, form="csv").path
    path.write_text(path.read_text(encoding="utf-8-sig").replace("0754 00", "2.55754E+11"), encoding="utf-8")
    assert [(one.row, one.reason) for one in import_repaired(config, path).problems] == [(2, "digits_lost")]


def test_a_key_that_lost_its_zeros_in_a_csv_stops_the_file(shop: Shop) -> None:
    config = shop(ASHA, "0012,0754 00,Juma,,,yes,,,,,b")
    path = export_quarantined(config, form="csv").path
    text = path.read_text(encoding="utf-8-sig").replace('"0012"', "12").replace("0754 00", "0754000102")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"cells that nobody repaired: id \(1\)"):
        import_repaired(config, path)


def test_repairs_can_be_dropped_one_by_one(shop: Shop) -> None:
    config = shop(JUMA, NEEMA)
    given_back(config, (2, "simu", "0754000102"), (3, "simu", "0754000103"))
    first, second = (one.repair.row_id for one in kept_repairs(config))
    assert drop_repairs(config, [first]) == 1
    assert [one.repair.row_id for one in kept_repairs(config)] == [second]
    with pytest.raises(ConfigError, match="1 of 1 names are no repair's") as caught:
        drop_repairs(config, ["beef"])
    assert caught.value.code == "unknown_repair"


def test_all_repairs_can_be_dropped_though_the_source_cannot_be_read(shop: Shop, tmp_path: Path) -> None:
    config = shop(JUMA, NEEMA)
    given_back(config, (2, "simu", "0754000102"), (3, "simu", "0754000103"))
    (tmp_path / "customers.csv").unlink()
    assert (drop_repairs(config, ["all"]), kept_repairs(config)) == (2, [])


def test_a_name_that_contradicts_the_format_is_an_error(shop: Shop) -> None:
    with pytest.raises(ConfigError, match=r"q\.xlsx would be a xlsx file by its name"):
        export_quarantined(shop(JUMA), out=Path("q.xlsx"), form="csv")


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "sql"])
def test_rows_of_every_kind_of_source_are_repaired(kind: str, shop: Shop, tmp_path: Path) -> None:
    sources = {
        "parquet": "{parquet: c.parquet}",
        "xlsx": "{xlsx: c.xlsx}",
        "sql": "{sql: {url: 'sqlite:///c.db', table: c}}",
    }
    config = shop(ASHA, JUMA, NEEMA, text=CONFIG.replace("{csv: customers.csv}", sources[kind]))
    frame = pd.read_csv(tmp_path / "customers.csv", dtype=str, keep_default_na=False)
    frame.to_parquet(tmp_path / "c.parquet")
    frame.to_excel(tmp_path / "c.xlsx", index=False)
    with closing(sqlite3.connect(tmp_path / "c.db")) as database:
        frame.to_sql("c", database, index=False)
    assert given_back(config, (2, "simu", "0754000102")).repaired == 1
    assert keys(take_in(config)) == (["1", "2"], ["3"])
