"""Columns whose headings say nothing, or the wrong thing, by what stands in them; and columns named by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.errors import ConfigError, SourceError
from tests.recognition.sheets import PHONES, columns, recognised, sheet

WHOLE = ("Asha Mushi", "Juma Said", "Neema Massawe", "Baraka Kimaro", "Zawadi Juma")
TOWNS = ("Dar es Salaam", "Dar es Salaam", "Moshi Mjini", "Dar es Salaam", "Moshi Mjini")


def test_phones_are_known_where_no_heading_tells(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "A,B,C", {"A": ("1", "2", "3", "4", "5"), "B": PHONES, "C": TOWNS}))
    assert columns(seen) == {"phone": "B"}
    assert (seen.columns["phone"].by, seen.columns["phone"].fits) == ("content", 5)


def test_whole_names_are_known_where_no_heading_tells_but_towns_are_none(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "A,B,C", {"A": WHOLE, "B": PHONES, "C": TOWNS}))
    assert columns(seen) == {"phone": "B", "first_name": "A"}


def test_two_columns_that_may_be_names_are_nobodys_to_guess(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "A,B,C", {"A": WHOLE, "B": PHONES, "C": tuple(reversed(WHOLE))}))
    assert columns(seen) == {"phone": "B"}


def test_a_heading_that_says_phone_goes_before_numbers_that_look_like_some(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "Meter,Simu", {"Meter": PHONES, "Simu": (*PHONES[:3], "", "")}))
    assert (seen.columns["phone"].column, seen.columns["phone"].others) == ("Simu", (("Meter", 5),))


def test_a_heading_that_says_phone_over_names_gives_way_to_a_column_of_phones(tmp_path: Path) -> None:
    cells = {"Contact": (*WHOLE[:4], PHONES[0]), "X": PHONES}
    assert recognised(sheet(tmp_path, "Contact,X", cells)).columns["phone"].column == "X"


def test_a_column_that_is_called_otherwise_is_never_taken_for_phones(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        recognised(sheet(tmp_path, "Account,Fax", {"Account": PHONES, "Fax": PHONES}))
    assert caught.value.code == "no_phone_column"
    assert caught.value.message == "c.csv: no column of phones was recognised; there are: Account, Fax"
    assert caught.value.hint == "most cells of Account are phones; if they are the customers' own: --phone Account"


def test_somebody_else_s_phones_are_not_even_suggested(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        recognised(sheet(tmp_path, "Jina,Next of kin", {"Jina": WHOLE, "Next of kin": PHONES}))
    assert caught.value.hint == "name it by hand: --phone COLUMN"


def test_a_phone_column_without_a_phone_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no cell below Simu can be texted; there are: Simu, Jina") as caught:
        recognised(sheet(tmp_path, "Simu,Jina", {"Simu": ("hana", "-"), "Jina": WHOLE[:2]}))
    assert caught.value.code == "no_phone_column"


def test_half_a_column_of_phones_isn_t_enough_without_a_heading(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column of phones"):
        recognised(sheet(tmp_path, "A", {"A": (*PHONES[:2], "1", "2")}))


def test_kenyan_numbers_are_read_as_kenya_s_where_that_is_said(tmp_path: Path) -> None:
    path = sheet(tmp_path, "A", {"A": ("0110000101", "0110000102")})
    with pytest.raises(SourceError, match="no column of phones"):
        recognised(path)
    assert recognised(path, region="KE").columns["phone"].fits == 2


def test_a_country_by_which_clearly_more_numbers_fit_is_told(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Phone", {"Phone": ("0722000103", "0110000104", "0733000105")})
    assert recognised(path).elsewhere == ("KE", 3)
    assert recognised(path, region="KE").elsewhere is None


def test_one_number_more_of_many_says_nothing_of_the_country(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Phone", {"Phone": (*[f"07540001{at}" for at in range(10, 30)], "0110000104")})
    assert recognised(path).elsewhere is None


def test_with_a_column_of_countries_no_other_is_suggested(tmp_path: Path) -> None:
    cells = {"Phone": ("0754000101", "0110000104", "0110000105"), "Country": ("TZ", "TZ", "TZ")}
    assert recognised(sheet(tmp_path, "Phone,Country", cells)).elsewhere is None


def test_where_only_another_country_fits_the_way_out_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        recognised(sheet(tmp_path, "Phone", {"Phone": ("0110000104", "0110000105")}))
    assert (caught.value.code, caught.value.hint[-11:]) == ("no_phone_column", "--region KE")


def test_a_column_named_by_hand_is_taken_whatever_it_holds(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Account,Simu,Jina", {"Account": ("x", "y"), "Simu": PHONES[:2], "Jina": WHOLE[:2]})
    seen = recognised(path, phone="account", key=" Simu", first_name="none")
    assert columns(seen) == {"phone": "Account", "key": "Simu"}
    assert (seen.columns["phone"].fits, seen.columns["phone"].by) == (0, "hand")


def test_a_name_by_hand_that_isn_t_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Simu,Jina", {"Simu": PHONES, "Jina": WHOLE})
    with pytest.raises(ConfigError, match=r"c\.csv has no column 'phone'") as caught:
        recognised(path, phone="phone")
    assert (caught.value.code, caught.value.hint) == ("missing_column", "did you mean Simu? columns: Simu, Jina")


def test_somebody_s_number_as_a_heading_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        recognised(sheet(tmp_path, "0754000101,Asha", {"Asha": ("Juma",), "0754000101": ("0754000102",)}))
    assert caught.value.code == "no_header" and "0754" not in caught.value.message + caught.value.hint
