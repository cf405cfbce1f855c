"""Source rows → customers and quarantine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.customers.contract import checked
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.phones import HINTS
from ampenet_sync.schemas import Customers
from tests.customers.shop import CONFIG, Shop, read_customers
from tests.sources.excel.workbooks import sheet, text_row, workbook

ASHA = "1,0712 345 678,  Asha ,Mushi,,Ndiyo,5,12.5,2026-01-05,yes,gold"
JUMA = "2,0754123456,Juma,Ali,tz,no,,,,,silver"
TYPED = "points > 1 and spent > 1 and since < run_date and vip"  # needs every typed column
WANJIKU = "3,0723581963,Wanjiku,,KE,1,1.0,1e3,,no,gold"


def reasons(config: object) -> list[str]:
    return list(read_customers(config).quarantine["reason"])


def test_good_rows_become_customers_in_the_order_of_the_source(shop: Shop) -> None:
    intake = read_customers(shop(ASHA, JUMA, WANJIKU))
    columns = ["customer_key", "phone", "first_name", "last_name", "consent", "source_file", "source_line"]
    assert intake.customers[columns].to_numpy().tolist() == [
        ["1", "255712345678", "Asha", "Mushi", True, "customers.csv", 2],
        ["2", "255754123456", "Juma", "Ali", False, "customers.csv", 3],
        ["3", "254723581963", "Wanjiku", "", True, "customers.csv", 4],
    ]
    assert (len(intake.quarantine), intake.rows, intake.identity.rows) == (0, 3, 3)


def test_the_source_stays_beside_as_it_was_written(shop: Shop) -> None:
    customers = read_customers(shop(ASHA)).customers
    assert customers["source.simu"].to_list() == ["0712 345 678"] and customers["source.jina"].to_list() == ["  Asha "]


def test_columns_are_text_and_never_objects(shop: Shop) -> None:
    intake = read_customers(shop(ASHA, "4,,,,,,,,,,"))
    kinds = {str(kind) for frame in (intake.customers, intake.quarantine) for kind in frame.dtypes}
    assert kinds == {"str", "bool", "int64"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9,,,,,,,,,,", "blank"),
        ("9,2.55712E+11,,,,,,,,,", "digits_lost"),
        ("9,0712345678/0754123456,,,,,,,,,", "several_numbers"),
        ("9,O712345678,,,,,,,,,", "letters"),
        ("9,0712345678 ext 3,,,,,,,,,", "extension"),
        ("9,071234567,,,,,,,,,", "too_short"),
        ("9,07123456789,,,,,,,,,", "too_long"),
        ("9,0912345678,,,,,,,,,", "invalid"),
        ("9,+447911123456,,,,,,,,,", "country_not_allowed"),
        (" ,0712345678,,,,,,,,,", "missing_key"),
        (f"9,0712345678,{'a' * 256},,,,,,,,", "name_too_long"),
        (f"9,0712345678,,{'a' * 256},,,,,,,", "name_too_long"),
        ("9,0712345678,,,Tanganyika,,,,,,", "bad_region"),
        ("9,0712345678,,,,,five,,,,", "bad_type"),
        ("9,0712345678,,,,,1.5,,,,", "bad_type"),
        ("9,0712345678,,,,,,1;5,,,", "bad_type"),
        ("9,0712345678,,,,,,,30/11/2026,,", "bad_type"),
        ("9,0712345678,,,,,,,2026-02-30,,", "bad_type"),
        ("9,0712345678,,,,,,,,perhaps,", "bad_type"),
        (" ,0912345678,,,TZ,,five,,,,", "invalid"),
        ("9,0912345678,,,XX,,five,,,,", "bad_region"),
        (" ,0712345678,,,XX,,five,,,,", "missing_key"),
        ("9,0712345678,,,XX,,five,,,,", "bad_region"),
    ],
)
def test_a_row_is_quarantined_once_with_its_first_reason(shop: Shop, row: str, reason: str) -> None:
    intake = read_customers(shop(ASHA, row, where=TYPED))
    assert list(intake.quarantine["reason"]) == [reason] and list(intake.customers["customer_key"]) == ["1"]
    assert intake.quarantine["source_line"].to_list() == [3]


def test_the_hint_is_a_sentence_and_names_the_column_of_a_wrong_type(shop: Shop) -> None:
    quarantine = read_customers(shop("8,,,,,,,,,,", "9,0712345678,,,,,five,,soon,,", where=TYPED)).quarantine
    assert list(quarantine["hint"]) == [
        HINTS["blank"].en,
        "Column points does not hold a whole number such as 250.",
    ]


def test_the_key_stands_in_quarantine_where_it_is_known(shop: Shop) -> None:
    quarantine = read_customers(shop("8,,,,,,,,,,", " ,0712345678,,,,,,,,,")).quarantine
    assert list(quarantine["customer_key"]) == ["8", ""]


def test_of_one_key_written_twice_the_first_row_wins(shop: Shop) -> None:
    intake = read_customers(shop(ASHA, "2,0754123456,,,,,,,,,", " 1 ,0754000000,,,,,,,,,"))
    assert list(intake.customers["customer_key"]) == ["1", "2"]
    assert list(intake.quarantine["reason"]) == ["duplicate_key"]


def test_a_first_row_that_is_quarantined_still_has_its_key(shop: Shop) -> None:
    intake = read_customers(shop("1,,,,,,,,,,", "1,0712345678,,,,,,,,,"))
    assert list(intake.quarantine["reason"]) == ["blank", "duplicate_key"]


def test_two_customers_may_have_one_phone(shop: Shop) -> None:
    assert list(read_customers(shop(ASHA, "2,+255712345678,,,,,,,,,")).customers["phone"]) == ["255712345678"] * 2


def test_a_blank_region_is_the_default_and_small_letters_are_taken(shop: Shop) -> None:
    customers = read_customers(shop("1,0723581963,,,ke,,,,,,", "2,0712345678,,, ,,,,,,")).customers
    assert list(customers["phone"]) == ["254723581963", "255712345678"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Asha   Neema ", "Asha Neema"),
        ("Asha\tNeema", "Asha Neema"),
        ("\u00a0Zoë\u00a0", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("\u202eAsha\u202c\u200b", "Asha"),
        ("As\x07ha", "Asha"),
        ("N'gasa 😀", "N'gasa 😀"),
        ("a" * 255, "a" * 255),
    ],
)
def test_names_are_tidied_and_not_changed(shop: Shop, written: str, name: str) -> None:
    assert list(read_customers(shop(f'1,0712345678,"{written}",,,,,,,,')).customers["first_name"]) == [name]


@pytest.mark.parametrize("word", ["yes", "Y", " TRUE ", "1", "Ndiyo", "ndio"])
def test_words_that_say_yes(shop: Shop, word: str) -> None:
    assert list(read_customers(shop(f"1,0712345678,,,,{word},,,,,")).customers["consent"]) == [True]


@pytest.mark.parametrize("word", ["", "no", "0", "hapana", "yes please", "ja"])
def test_all_other_words_are_no_consent(shop: Shop, word: str) -> None:
    assert list(read_customers(shop(f"1,0712345678,,,,{word},,,,,")).customers["consent"]) == [False]


@pytest.mark.parametrize(
    ("line", "consent"),
    [
        ("  consent: {column: sms, yes: [Ja]}\n", [True, False]),
        ("  consent: {attested: 'Neema, 2026-01-05, on paper'}\n", [True, True]),
        ("", [False, False]),
    ],
)
def test_consent_is_what_the_configuration_says(shop: Shop, line: str, consent: list[bool]) -> None:
    config = shop("1,0712345678,,,,ja,,,,,", "2,0754123456,,,,yes,,,,,", text=CONFIG.replace("  consent: sms\n", line))
    assert list(read_customers(config).customers["consent"]) == consent


def test_without_a_key_the_phone_is_the_key(shop: Shop) -> None:
    text = CONFIG.replace("  key: id\n", "")
    intake = read_customers(shop("7,0712345678,,,,,,,,,", "8,,,,,,,,,,", "9,255712345678,,,,,,,,,", text=text))
    assert list(intake.customers["customer_key"]) == ["255712345678"]
    assert intake.quarantine[["customer_key", "reason"]].to_numpy().tolist() == [
        ["", "blank"],
        ["255712345678", "duplicate_key"],
    ]


def test_names_are_blank_where_none_are_configured(shop: Shop) -> None:
    text = CONFIG.replace("  first_name: jina\n  last_name: ukoo\n", "")
    customers = read_customers(shop(ASHA, text=text)).customers
    assert customers[["first_name", "last_name"]].to_numpy().tolist() == [["", ""]]


def test_a_missing_column_names_its_line_key_and_the_nearest_one(shop: Shop) -> None:
    with pytest.raises(ConfigError) as caught:
        read_customers(shop(ASHA, text=CONFIG.replace("phone: simu", "phone: Simuu")))
    assert caught.value.code == "missing_column"
    assert caught.value.message == "ampenet.yaml:6: customers.phone: the source has no column 'Simuu'"
    assert caught.value.hint.startswith("did you mean simu? columns: id, simu, jina")


HEADLESS = (("k1", "0712345678", "Asha"), ("k2", "0712345679", "Juma"))


def test_a_row_in_the_place_of_the_heading_is_said_to_be_one_whatever_the_source(shop: Shop, tmp_path: Path) -> None:
    names, rows = HEADLESS[0], pd.DataFrame([HEADLESS[1]], columns=list(HEADLESS[0]))
    pq.write_table(pa.table({name: ["x"] for name in names}), tmp_path / "c.parquet")
    cells = (text_row(at, *row) for at, row in enumerate(HEADLESS, start=1))
    (tmp_path / "c.xlsx").write_bytes(workbook(sheet("".join(cells))))
    for text, handed in (("csv: customers.csv", rows), ("parquet: c.parquet", None), ("xlsx: c.xlsx", None)):
        with pytest.raises(SourceError, match="there is no header: column 2") as caught:
            read_customers(shop(ASHA, text=CONFIG.replace("csv: customers.csv", text)), handed=handed)
        assert caught.value.code == "no_header" and "34567" not in caught.value.message + caught.value.hint


def test_a_column_named_like_a_phone_beside_needed_ones_is_masked_where_columns_are_listed(
    shop: Shop,
) -> None:
    frame = pd.DataFrame([["1", "0712345678"]], columns=["id", "0712345679"])
    with pytest.raises(ConfigError) as caught:
        read_customers(shop(ASHA), handed=frame)
    assert (caught.value.code, caught.value.hint) == ("missing_column", "columns: id, •••")


def test_a_phone_that_the_configuration_takes_for_a_column_is_not_repeated(shop: Shop) -> None:
    with pytest.raises(ConfigError) as caught:
        read_customers(shop(ASHA, text=CONFIG.replace("phone: simu", 'phone: "0712345679"')))
    assert caught.value.message == "ampenet.yaml:6: customers.phone: the source has no column '•••'"


def test_a_typed_column_must_be_there(shop: Shop) -> None:
    with pytest.raises(ConfigError, match=r"ampenet\.yaml:11: customers\.types\.pointz: "):
        read_customers(shop(ASHA, text=CONFIG.replace("{points:", "{pointz:")))


@pytest.mark.parametrize("line", ["region: XX\ncountries: [TZ, KE]", "region: TZ\ncountries: [TZ, XX]"])
def test_a_country_that_does_not_exist_is_an_error_of_the_configuration(shop: Shop, line: str) -> None:
    with pytest.raises(ConfigError, match="XX is no country") as caught:
        read_customers(shop(ASHA, text=CONFIG.replace("region: TZ\ncountries: [TZ, KE]", line)))
    assert caught.value.code == "bad_region"


def test_an_empty_source_is_an_error(shop: Shop) -> None:
    with pytest.raises(SourceError) as caught:
        read_customers(shop())
    assert caught.value.code == "empty_source"


def test_a_source_without_one_good_row_still_has_its_shape(shop: Shop) -> None:
    intake = read_customers(shop("8,,,,,,,,,,"))
    assert len(intake.customers) == 0 and str(intake.customers["consent"].dtype) == "bool"


def test_progress_is_told(shop: Shop) -> None:
    seen: list[tuple[int, int | None]] = []
    read_customers(shop(ASHA, JUMA), progress=lambda rows, total: seen.append((rows, total)))
    assert seen == [(2, 2)]


def test_a_row_that_breaks_the_schema_is_our_own_fault_and_is_not_shown(shop: Shop) -> None:
    customers = read_customers(shop(ASHA)).customers.assign(phone="+255712345678")
    with pytest.raises(AssertionError, match="phone: str_matches") as caught:
        checked(customers, Customers)
    assert "255712345678" not in str(caught.value) and caught.value.__context__ is None


def test_reading_the_package_costs_neither_duckdb_nor_pandera_nor_sqlalchemy() -> None:
    program = "import sys, ampenet_sync.contacts;print(sorted({'duckdb', 'pandera', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
