"""What is passed over in a source costs nobody his place: blank rows, and rows above the heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.customers import load_intake
from ampenet_sync.errors import SourceError
from tests.customers.shop import HEADER, Shop, read_customers

ASHA = "1,0712345678,Asha,Mushi,,yes,,,,,gold"
JUMA = "2,0754123456,Juma,Ali,,no,,,,,silver"
BLANK = ",,,,,,,,,,"


def test_blank_rows_are_neither_customers_nor_quarantined(shop: Shop) -> None:
    intake = read_customers(shop(ASHA, *[BLANK] * 3, JUMA, " , ,,,,,,,,,", ",,"))
    assert (intake.rows, intake.usable, intake.quarantined) == (2, 2, 0)
    assert (intake.identity.rows, intake.identity.blank_rows) == (2, 5)
    assert list(intake.customers["source_line"]) == [2, 6]


def test_what_was_passed_over_is_still_known_when_the_files_are_opened_again(shop: Shop) -> None:
    intake = read_customers(shop(BLANK, ASHA, header=f"Wateja wetu\n\n{HEADER}"))
    again = load_intake(intake.customers_path)
    assert (again.identity.blank_rows, again.identity.rows_above) == (1, 1) and again == intake


def test_a_source_of_blank_rows_alone_is_empty(shop: Shop) -> None:
    with pytest.raises(SourceError, match=r"customers\.csv holds no rows but 2 blank ones") as caught:
        read_customers(shop(BLANK, BLANK))
    assert caught.value.code == "empty_source"


def test_a_row_of_words_for_nothing_is_a_row(shop: Shop) -> None:
    intake = read_customers(shop(ASHA, ",".join(["NULL"] * 11)))
    assert (intake.rows, intake.identity.blank_rows) == (2, 0)


def test_a_title_above_the_table_changes_neither_rows_nor_lines(shop: Shop, tmp_path: Path) -> None:
    plain = read_customers(shop(ASHA, JUMA))
    titled = read_customers(shop(ASHA, JUMA, header=f"CHAMA CHA UMOJA,,\n,,\n{HEADER}"))
    assert titled.identity.digest == plain.identity.digest
    assert list(titled.customers["source_line"]) == [4, 5] and titled.identity.rows_above == 1
