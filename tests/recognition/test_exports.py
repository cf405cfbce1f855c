"""The columns of what other programs and people write, by their headings and by what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.recognition.sheets import PHONES, columns, recognised, sheet

FIRST = ("Asha", "Juma", "Neema", "Baraka", "Zawadi")
LAST = ("Mushi", "Said", "Massawe", "Kimaro", "Juma")
WHOLE = tuple(f"{first} {last}" for first, last in zip(FIRST, LAST, strict=True))
IDS = ("A1", "A2", "A3", "A4", "A5")
KINDS = ("Mobile",) * 5

# Export → its heading line, some cells, and what is recognised.
EXPORTS: dict[str, tuple[str, dict[str, Sequence[str]], dict[str, str]]] = {
    "Google Contacts": (
        "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
        "Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,"
        "Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - City",
        {"First Name": FIRST, "Last Name": LAST, "Phone 1 - Label": KINDS, "Phone 1 - Value": PHONES,
         "Phonetic First Name": LAST, "Organization Name": WHOLE},
        {"phone": "Phone 1 - Value", "first_name": "First Name", "last_name": "Last Name"},
    ),
    "Google Contacts, older": (
        "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Group Membership,E-mail 1 - Type,"
        "E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value",
        {"Name": WHOLE, "Given Name": FIRST, "Family Name": LAST, "Phone 1 - Type": KINDS, "Phone 1 - Value": PHONES},
        {"phone": "Phone 1 - Value", "first_name": "Given Name", "last_name": "Family Name"},
    ),
    "Outlook": (
        "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,Home Phone,"
        "Home Phone 2,Business Phone,Mobile Phone,Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Home Fax,"
        "Company Main Phone,Company,Job Title,Home City,Home Country/Region",
        {"First Name": FIRST, "Last Name": LAST, "Mobile Phone": PHONES, "Business Fax": PHONES,
         "Home Phone": ("022 211 0001",) * 5, "Company": WHOLE},
        {"phone": "Mobile Phone", "first_name": "First Name", "last_name": "Last Name"},
    ),
    "a vCard made a table": (
        "FN,N,TEL;CELL,TEL;HOME,EMAIL,ORG",
        {"FN": WHOLE, "TEL;CELL": PHONES},
        {"phone": "TEL;CELL", "first_name": "FN"},
    ),
    "iCloud": (
        "First name,Last name,Nickname,Organization,Phone (Mobile),Phone (Home),Email",
        {"First name": FIRST, "Last name": LAST, "Phone (Mobile)": PHONES},
        {"phone": "Phone (Mobile)", "first_name": "First name", "last_name": "Last name"},
    ),
    "Odoo": (
        "External ID,Display Name,Phone,Mobile,Email,City,Country,Tags",
        {"External ID": [f"__export__.res_partner_{at}" for at in range(5)], "Display Name": WHOLE, "Mobile": PHONES,
         "Phone": ("022 211 0001", *[""] * 4), "Country": ("Tanzania",) * 5},
        {"phone": "Mobile", "key": "External ID", "first_name": "Display Name", "region": "Country"},
    ),
    "WhatsApp": (
        "Country Code,Phone Number,Saved Name,Public Display Name,Group Name,Is Admin",
        {"Country Code": ("255",) * 5, "Phone Number": PHONES, "Saved Name": WHOLE, "Public Display Name": FIRST,
         "Group Name": ("Kikoba cha Umoja",) * 5},
        {"phone": "Phone Number", "first_name": "Saved Name", "region": "Country Code"},
    ),
    "Mailchimp": (
        "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,LEID,TAGS",
        {"First Name": FIRST, "Last Name": LAST, "Phone Number": PHONES, "LEID": IDS},
        {"phone": "Phone Number", "first_name": "First Name", "last_name": "Last Name"},
    ),
    "Shopify": (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address City,Phone,Accepts SMS Marketing,Total Spent",
        {"Customer ID": IDS, "First Name": FIRST, "Last Name": LAST, "Phone": PHONES,
         "Accepts SMS Marketing": ("yes", "no", "yes", "yes", "no")},
        {"phone": "Phone", "key": "Customer ID", "first_name": "First Name", "last_name": "Last Name",
         "consent": "Accepts SMS Marketing"},
    ),
    "HubSpot": (
        "Record ID - Contact,First Name,Last Name,Email,Phone Number,Lead Status",
        {"Record ID - Contact": IDS, "First Name": FIRST, "Last Name": LAST, "Phone Number": PHONES},
        {"phone": "Phone Number", "key": "Record ID - Contact", "first_name": "First Name", "last_name": "Last Name"},
    ),
    "KoboToolbox": (
        "start,end,Jina lako nani?,Namba yako ya simu,Unaishi wilaya gani?,_id,_uuid,_submission_time",
        {"Jina lako nani?": WHOLE, "Namba yako ya simu": PHONES, "_id": IDS},
        {"phone": "Namba yako ya simu", "key": "_id", "first_name": "Jina lako nani?"},
    ),
    "a SACCO's sheet": (
        "Na.,Namba ya mwanachama,Jina la kwanza,Jina la ukoo,Simu ya mkononi,Simu ya mdhamini,Tawi,Amejitoa",
        {"Namba ya mwanachama": IDS, "Jina la kwanza": FIRST, "Jina la ukoo": LAST, "Simu ya mkononi": PHONES,
         "Simu ya mdhamini": PHONES, "Amejitoa": ("", "ndiyo", "", "", "")},
        {"phone": "Simu ya mkononi", "key": "Namba ya mwanachama", "first_name": "Jina la kwanza",
         "last_name": "Jina la ukoo", "opted_out": "Amejitoa"},
    ),
    "a shop's sheet": (
        "NAMBA YA SIMU,MAJINA KAMILI,MTAA,RIDHAA",
        {"NAMBA YA SIMU": PHONES, "MAJINA KAMILI": WHOLE, "RIDHAA": ("ndiyo", "hapana", "ndiyo", "", "ndiyo")},
        {"phone": "NAMBA YA SIMU", "first_name": "MAJINA KAMILI", "consent": "RIDHAA"},
    ),
    "a school's sheet": (
        "Admission No,Student Name,Class,Parent Name,Parent Phone,Emergency Contact",
        {"Admission No": IDS, "Student Name": WHOLE, "Parent Name": WHOLE, "Parent Phone": PHONES,
         "Emergency Contact": PHONES},
        {"phone": "Parent Phone", "key": "Admission No", "first_name": "Student Name"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
def test_the_columns_of_an_export_are_recognised(export: str, tmp_path: Path) -> None:
    headings, cells, meant = EXPORTS[export]
    assert columns(recognised(sheet(tmp_path, headings, cells))) == meant


def test_how_many_cells_fit_is_told_and_whether_these_are_all(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "Simu,Jina", {"Simu": (*PHONES[:4], "hana"), "Jina": (*FIRST[:3], "", "-")}))
    assert (seen.columns["phone"].fits, seen.columns["first_name"].fits, seen.rows, seen.whole) == (4, 3, 5, True)
    assert seen.columns["phone"].by == "heading"


def test_of_two_phone_columns_the_one_with_more_phones_is_taken_and_the_other_is_named(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "Simu 1,Simu 2", {"Simu 1": (*PHONES[:2], "", "", ""), "Simu 2": PHONES}))
    assert (seen.columns["phone"].column, seen.columns["phone"].others) == ("Simu 2", (("Simu 1", 2),))


def test_of_two_columns_with_as_many_phones_the_first_is_taken(tmp_path: Path) -> None:
    seen = recognised(sheet(tmp_path, "Mobile,Phone", {"Mobile": PHONES, "Phone": PHONES}))
    assert seen.columns["phone"].column == "Mobile"


def test_two_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("Simu,Jina,Simu\n,Asha,0754000101\n0754000102,Juma,0754000103\n", encoding="utf-8")
    assert recognised(path).columns["phone"].column == "Simu (2)"


@pytest.mark.parametrize(
    ("ids", "why"),
    [(("A1", "A1", "A3", "A4", "A5"), "one stands twice"), (("A1", "", "A3", "A4", "A5"), "one is blank")],
)
def test_a_column_of_ids_is_the_key_only_where_it_names_each_customer(
    ids: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    assert "key" not in recognised(sheet(tmp_path, "id,Simu", {"id": ids, "Simu": PHONES})).columns, why
    assert "key" in recognised(sheet(tmp_path, "id,Simu", {"id": IDS, "Simu": PHONES})).columns


def test_a_column_that_isn_t_called_an_id_is_no_key_however_unique(tmp_path: Path) -> None:
    assert (
        "key" not in recognised(sheet(tmp_path, "Na.,Simu", {"Na.": ("1", "2", "3", "4", "5"), "Simu": PHONES})).columns
    )


def test_words_that_are_no_countries_are_no_region(tmp_path: Path) -> None:
    cells = {"Country": ("Tanzania", "Kaskazini", "Mjini", "KE", "TZ"), "Simu": PHONES}
    assert "region" not in recognised(sheet(tmp_path, "Country,Simu", cells)).columns


def test_numbers_are_counted_with_the_country_of_their_row(tmp_path: Path) -> None:
    cells = {"Nchi": ("Kenya", "Tanzania"), "Simu": ("0110000101", "0110000102")}
    seen = recognised(sheet(tmp_path, "Nchi,Simu", cells))
    assert columns(seen) == {"phone": "Simu", "region": "Nchi"} and seen.columns["phone"].fits == 1
