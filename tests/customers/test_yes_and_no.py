"""What cells say of consent and of having left: yes, no, nothing, not understood; whatever source they come from."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from ampenet_sync.config import Config, load
from ampenet_sync.contacts import Holders
from ampenet_sync.customers import Answered, load_intake
from ampenet_sync.errors import SourceError
from tests.customers.shop import CONFIG, Shop, read_customers
from tests.services import MYSQL_URL, POSTGRES_URL, require

LEFT = CONFIG.replace("  consent: sms\n", "  consent: sms\n  opted_out: tier\n")


def rows(*cells: str) -> list[str]:
    """A good row for each cell of column sms."""
    return [f"{at},0712{at:06d},,,,{cell},,,,," for at, cell in enumerate(cells, start=1)]


def leavers(*cells: str) -> list[str]:
    """A good row for each cell of column tier."""
    return [f"{at},0712{at:06d},,,,,,,,,{cell}" for at, cell in enumerate(cells, start=1)]


def left(config: Config) -> list[str]:
    """The keys of those who opted out."""
    return sorted(Holders(read_customers(config, environ={}), config).opted_out().keys)


def counts(found: Answered | None) -> tuple[int, int, int, int]:
    assert found is not None
    return found.yes, found.no, found.nothing, found.unclear


@pytest.mark.parametrize(
    "word",
    [
        *(
            "t",
            "1.0",
            "on",
            "naam",
            "Sawa",
            "ndiyo.",
            "YES!",
            "ｙｅｓ",
            "１",
            "\u200byes",
            "y\u00ades",
            "\u00a0ndio\u00a0",
        ),
        *("'yes", '="yes"', '"=""yes"""', "' ndiyo "),
    ],
)
def test_a_yes_is_a_yes_however_it_was_copied(shop: Shop, word: str) -> None:
    intake = read_customers(shop(*rows(word)))
    assert list(intake.customers["consent"]) == [True] and counts(intake.consent) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "word", ["no", "N", "false", "F", "0", "0.0", "off", "Hapana", "la", "sio", "siyo.", "'no", "０"]
)
def test_a_no_is_counted_as_one(shop: Shop, word: str) -> None:
    intake = read_customers(shop(*rows(word)))
    assert list(intake.customers["consent"]) == [False] and counts(intake.consent) == (0, 1, 0, 0)


@pytest.mark.parametrize("cell", ["", "  ", "\u00a0", "\u200b", "NULL", "nan", "N/A", "-", '=""', "'"])
def test_a_cell_without_a_word_says_nothing(shop: Shop, cell: str) -> None:
    assert counts(read_customers(shop(*rows(cell))).consent) == (0, 0, 1, 0)


@pytest.mark.parametrize("word", ["labda", "yes please", "ja", "2", "x", "opted in", "yesno", "!", "y/n"])
def test_a_word_nobody_knows_is_no_consent_and_is_not_called_a_no(shop: Shop, word: str) -> None:
    intake = read_customers(shop(*rows(word)))
    assert list(intake.customers["consent"]) == [False] and counts(intake.consent) == (0, 0, 0, 1)


def test_the_commonest_words_not_understood_are_named_whatever_their_case(shop: Shop) -> None:
    said = ("Labda", "labda ", "LABDA.", "ja", "'ja", "kesho", "a", "b", "c", "yes", "no", "")
    found = read_customers(shop(*rows(*said))).consent
    assert counts(found) == (1, 1, 1, 9)
    assert found.words == (("labda", 3), ("ja", 2), ("a", 1), ("b", 1), ("c", 1))


def test_the_line_to_write_holds_each_word_in_both_lists_until_somebody_sorts_it(shop: Shop) -> None:
    text = CONFIG.replace("consent: sms", "consent: {column: sms, yes: [ndiyo], no: [hapana, '0']}")
    found = read_customers(shop(*rows("Labda", '"ja, gern"', "none"), text=text)).consent
    assert found.line == (
        'consent: {column: sms, yes: [ndiyo, "ja, gern", labda, "none"], no: [hapana, "0", "ja, gern", labda, "none"]}'
    )


def test_where_all_is_understood_there_is_nothing_to_write(shop: Shop) -> None:
    assert read_customers(shop(*rows("yes", "no", ""))).consent == Answered("sms", 1, 1, 1)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("0712 000 222", "07•••222"),
        ("+255712000222 yes", "2557•••222"),
        ("a\x1b[31mb", "a[31mb"),
        ("x" * 80, "x" * 29 + "…"),
        ("\ue000\ue001ab", "ab…"),
        ("2026-01-02 06:14:30+03:00", "2026-01-02 06:14:30+03:00"),
        ("2026-01-02 0712000222", "•••222"),
        ("02/01/2026", "02/01/2026"),
    ],
)
def test_a_word_is_shown_short_masked_and_in_plain_letters(shop: Shop, cell: str, shown: str) -> None:
    assert read_customers(shop(*rows(cell))).consent.words == ((shown, 1),)


def test_what_can_not_be_shown_is_no_word_to_list(shop: Shop) -> None:
    assert read_customers(shop(*rows("0712 000 222", "x" * 80))).consent.line == ""


def test_a_listed_word_counts_though_it_is_one_for_nothing(shop: Shop) -> None:
    text = LEFT.replace("opted_out: tier", "opted_out: {column: tier, yes: ['-', 'n/a'], no: [hapana]}")
    config = shop(*leavers("-", "N/A", "NULL", "hapana"), text=text)
    assert left(config) == ["1", "2"] and counts(read_customers(config).opted_out) == (2, 1, 1, 0)


def test_a_column_of_thousands_of_different_words_is_counted_to_the_last(shop: Shop) -> None:
    found = read_customers(shop(*rows(*(f"w{at:05d}" for at in range(3000)), "w00007"))).consent
    assert counts(found) == (0, 0, 0, 3001) and found.words[0] == ("w00007", 2)


@pytest.mark.parametrize(
    "cell", ["yes", "1", "ndiyo", "2026-01-02", "2026-01-02 06:14:30", "labda", "STOP", "x", "0712 000 222", "?"]
)
def test_whatever_stands_under_opted_out_binds(shop: Shop, cell: str) -> None:
    assert left(shop(*leavers(cell), text=LEFT)) == ["1"]


@pytest.mark.parametrize("cell", ["", "no", "0", "FALSE", "hapana.", "la", "NULL", "-", "0000-00-00 00:00:00"])
def test_but_for_a_clear_no_and_for_nothing(shop: Shop, cell: str) -> None:
    assert left(shop(*leavers(cell), text=LEFT)) == []


def test_what_is_not_understood_under_opted_out_is_counted_and_told(shop: Shop) -> None:
    found = read_customers(shop(*leavers("yes", "no", "", "labda", "labda"), text=LEFT)).opted_out
    assert counts(found) == (1, 1, 1, 2) and found.words == (("labda", 2),)
    assert found.line.startswith("opted_out: {column: tier, yes: [yes, ") and found.line.count("labda") == 2


def test_dates_under_opted_out_are_settled_by_one_word(shop: Shop) -> None:
    cells = ("2026-01-02", "02/01/2026", "", "no")
    found = read_customers(shop(*leavers(*cells), text=LEFT)).opted_out
    assert (found.unclear, found.line) == (2, "opted_out: {column: tier, yes: any}")
    any_date = LEFT.replace("opted_out: tier", "opted_out: {column: tier, yes: any}")
    assert counts(read_customers(shop(*leavers(*cells), text=any_date)).opted_out) == (2, 1, 1, 0)


def test_rows_quarantined_are_not_counted_for_whatever_reason(shop: Shop) -> None:
    said = ("yes", "labda")
    twin = "1,0712999999,,,,labda,,,,,"
    intake = read_customers(shop(*rows(*said), twin, twin.replace("labda", "no"), "9,071,,,,yes,,,,,"))
    assert intake.reasons == {"duplicate_key": 2, "too_short": 1}
    assert counts(intake.consent) == (1, 0, 0, 1) and intake.consent.words == (("labda", 1),)


def test_the_counts_are_read_back_with_the_customers(shop: Shop) -> None:
    intake = read_customers(shop(*leavers("yes", "labda"), text=LEFT))
    again = load_intake(intake.customers_path)
    assert again == intake and again.opted_out == intake.opted_out and again.consent == Answered("sms", nothing=2)


def test_customers_that_were_read_before_the_column_was_there_are_to_be_read_again(shop: Shop) -> None:
    intake = read_customers(shop(*rows("yes")))
    with pytest.raises(SourceError, match="have no column 'gone'") as caught:
        Holders(intake, shop(*rows("yes"), text=LEFT.replace("tier", "gone"))).opted_out()
    assert caught.value.code == "no_intake"


def test_the_setting_counts_that_holds_now_and_not_that_of_the_reading(shop: Shop) -> None:
    intake = read_customers(shop(*leavers("yes", "no")))
    assert Holders(intake, shop(*leavers("yes", "no"), text=LEFT)).opted_out().keys == {"1"}


def test_an_attestation_and_no_word_at_all_are_not_counted(shop: Shop) -> None:
    for line in ("  consent: {attested: 'signed at the till'}\n", ""):
        intake = read_customers(shop(*rows("no"), text=CONFIG.replace("  consent: sms\n", line)))
        assert (intake.consent, intake.opted_out) == (None, None)


def assert_truths(folder: Path, source: str) -> None:
    """Of three customers true and false, false and true, and nothing."""
    customers = f"{{source: {source}, key: id, phone: phone, consent: sms, opted_out: gone}}"
    (folder / "ampenet.yaml").write_text(f"customers: {customers}\nsegments: {{s: {{}}}}\n", encoding="utf-8")
    config = load(folder / "ampenet.yaml", environ={})
    intake = read_customers(config, environ={})
    assert list(intake.customers["consent"]) == [True, False, False] and left(config) == ["2"]
    assert counts(intake.consent) == counts(intake.opted_out) == (1, 1, 1, 0)


TRUTHS = {
    "id": ["1", "2", "3"],
    "phone": ["0712000001", "0712000002", "0712000003"],
    "sms": [True, False, None],
    "gone": [False, True, None],
}


@pytest.mark.parametrize("kind", [pa.bool_(), pa.int8(), pa.float64()])
def test_truths_of_parquet_are_understood(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table(
        {name: pa.array(cells).cast(kind) if name in ("sms", "gone") else cells for name, cells in TRUTHS.items()}
    )
    pq.write_table(table, tmp_path / "c.parquet")
    assert_truths(tmp_path, "{parquet: c.parquet}")


def test_truths_of_a_workbook_are_understood(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (TRUTHS.keys(), *zip(*TRUTHS.values(), strict=True)):
        book.active.append(list(row))
    book.save(tmp_path / "c.xlsx")
    assert_truths(tmp_path, "{xlsx: c.xlsx}")


def test_truths_of_sqlite_are_understood(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "c.db") as database:
        database.execute("create table c (id text, phone text, sms boolean, gone boolean)")
        database.executemany("insert into c values (?, ?, ?, ?)", list(zip(*TRUTHS.values(), strict=True)))
    assert_truths(tmp_path, '{sql: {url: "sqlite:///c.db", table: c}}')


@pytest.mark.parametrize("url", [POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def test_truths_of_a_database_server_are_understood(tmp_path: Path, url: str) -> None:
    engine, table = require(url), f"truths_{os.getpid()}"
    frame = pd.DataFrame(TRUTHS).astype({"sms": "boolean", "gone": "boolean"})
    kinds = {"sms": sa.Boolean(), "gone": sa.Boolean(), "id": sa.String(9), "phone": sa.String(20)}
    frame.to_sql(table, engine, index=False, if_exists="replace", dtype=kinds)
    try:
        assert_truths(tmp_path, f'{{sql: {{url: "{url}", query: "select * from {table} order by id"}}}}')
    finally:
        with engine.begin() as db:
            db.exec_driver_sql(f"drop table {table}")


def test_a_typed_boolean_knows_the_same_words(shop: Shop) -> None:
    cells = ("t", "sawa", "1.0", "naam", "f", "hapana", "la", "0.0", "off", "labda")
    written = [f"{at},0712{at:06d},,,,,,,,{cell}," for at, cell in enumerate(cells, start=1)]
    text = CONFIG.replace("  consent: sms\n", "  fields: {VIP: vip}\n")
    intake = read_customers(shop(*written, text=text))
    assert list(intake.customers["field.VIP"]) == ["true"] * 4 + ["false"] * 5 + [""]
    assert intake.misfits == {"vip": 1} and intake.reasons == {}
