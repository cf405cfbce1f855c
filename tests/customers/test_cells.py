"""What a cell says: words for nothing are nothing, and a spreadsheet's guards are no part of a text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from ampenet_sync.config import Config
from ampenet_sync.config.words import NULL_WORDS
from ampenet_sync.contacts import Holders, select_members
from ampenet_sync.customers import Intake
from ampenet_sync.customers.cells import content
from ampenet_sync.errors import ConfigError
from tests.customers.shop import CONFIG, Shop, read_customers

FIELDS = CONFIG.replace("  key: id\n", "  key: id\n  fields: {TIER: tier, POINTS: points}\n")


def contents_of(*cells: str, words: tuple[str, ...] = NULL_WORDS) -> list[str]:
    return list(content(pa.chunked_array([cells], pa.string()), words).to_pylist())


def with_words(words: str, text: str = CONFIG) -> str:
    return text.replace("  key: id\n", f"  key: id\n  null_words: {words}\n")


@pytest.mark.parametrize("word", NULL_WORDS)
def test_a_whole_cell_that_is_a_word_for_nothing_says_nothing(word: str) -> None:
    assert contents_of(word, f"  {word}\u00a0", f'="{word}"', f"'{word}", f"x{word}") == ["", "", "", "", f"x{word}"]


@pytest.mark.parametrize(
    "text", ["Null", "Nan", "NAN", "none", "NA", "na", "N", "Nullah", "NULL NULL", "nan Mushi", "----", "- -", "0", "?"]
)
def test_every_other_spelling_is_somebody_s_text(text: str) -> None:
    assert contents_of(text) == [text]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('="Asha"', "Asha"),
        (' ="Asha" ', "Asha"),
        ('="a ""b"""', 'a "b"'),
        ('=""', ""),
        ('="\'Ali"', "'Ali"),
        ("'Neema", "Neema"),
        (" 'Neema", "Neema"),
        ("'Ali Ng'ombe", "Ali Ng'ombe"),
        ("'", ""),
        ("'+255712345678", "+255712345678"),
        ("'=1+2", "=1+2"),
        ("'two\nlines", "two\nlines"),
    ],
)
def test_a_spreadsheet_s_guard_comes_off(written: str, text: str) -> None:
    assert contents_of(written) == [text]


@pytest.mark.parametrize(
    "text",
    ["O'Neil", "D'Souza", "N'golo", "Ng'", "'Mzee'", "''", "’Ali", "ʿAli", "`Ali", '="A"&"B"', '=T("A")', "=Asha",
     '"Asha"', '="Asha', '=“Asha”'],
)  # fmt: skip
def test_what_is_no_guard_stays(text: str) -> None:
    assert contents_of(text) == [text]


def test_a_column_without_guards_and_words_stays_the_same_object() -> None:
    column = pa.chunked_array([["Asha", " Juma "], ["O'Neil"]])
    assert content(column, NULL_WORDS) is column


def test_names_and_fields_are_blank_and_the_source_stays_as_written(shop: Shop) -> None:
    customers = read_customers(shop("1,0712345678,NULL,nan,,yes,-,,,,N/A", text=FIELDS)).customers
    row = customers.iloc[0]
    assert (row["first_name"], row["last_name"], row["field.TIER"], row["field.POINTS"]) == ("", "", "", "")
    assert (row["source.jina"], row["source.tier"], row["source.points"]) == ("NULL", "N/A", "-")


def test_guards_come_off_names_keys_phones_and_regions(shop: Shop) -> None:
    row = '"=""7""","=""0712345678""","=""Asha""",\'Mushi,"=""ke""",,,,,,\'gold'
    row = read_customers(shop(row, text=FIELDS)).customers.iloc[0]
    assert (row["customer_key"], row["phone"], row["first_name"]) == ("7", "254712345678", "Asha")
    assert (row["last_name"], row["field.TIER"], row["source.ukoo"]) == ("Mushi", "gold", "'Mushi")


@pytest.mark.parametrize("word", ["NULL", "nan", "None", "-", "\\N", "#N/A", "<NA>"])
def test_a_phone_that_is_a_word_for_nothing_is_blank_and_a_key_is_missing(shop: Shop, word: str) -> None:
    quarantine = read_customers(shop(f"1,{word},,,,,,,,,", f"{word},0712345678,,,,,,,,,")).quarantine
    assert list(quarantine["reason"]) == ["blank", "missing_key"]
    assert list(quarantine["customer_key"]) == ["1", ""] and list(quarantine["source.simu"]) == [word, "0712345678"]


def test_two_rows_whose_key_is_null_are_no_duplicates(shop: Shop) -> None:
    assert read_customers(shop("NULL,0712345678,,,,,,,,,", "NULL,0712345679,,,,,,,,,")).reasons == {"missing_key": 2}


def test_a_region_of_null_is_the_default_and_namibia_stays_namibia(shop: Shop) -> None:
    text = CONFIG.replace("[TZ, KE]", "[TZ, NA]")
    customers = read_customers(shop("1,0712345678,,,NULL,,,,,,", "2,0811234567,,,NA,,,,,,", text=text)).customers
    assert list(customers["phone"]) == ["255712345678", "264811234567"]


def test_consent_of_null_is_no_yes_and_a_guarded_yes_is_one(shop: Shop) -> None:
    intake = read_customers(shop("1,0712345678,,,,NULL,,,,,", '2,0712345679,,,,"=""yes""",,,,,'))
    assert list(intake.customers["consent"]) == [False, True]


def test_typed_columns_are_null_and_nobody_is_quarantined(shop: Shop) -> None:
    where = "points is null and spent is null and since is null and vip is null"
    config = shop("1,0712345678,,,,,NULL,nan,0000-00-00,N/A,", where=where)
    intake = read_customers(config)
    assert intake.reasons == {} and members(intake, config) == ["1"]


def members(intake: Intake, config: Config) -> list[str]:
    chosen = select_members(intake, config, segment="s", run_date=date(2026, 11, 30)).members
    return list(chosen["customer_key"])


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("tier is null", ["1", "2"]),
        ("tier = 'NULL'", []),
        ("coalesce(tier, '') = ''", ["1", "2", "3"]),
        ("tier = ''", ["3"]),
        ("tier = 'gold'", ["4"]),
        ("tier <> 'silver'", ["3", "4"]),
    ],
)
def test_where_sees_null_where_null_is_written(shop: Shop, where: str, keys: list[str]) -> None:
    rows = [f"{n},071234567{n},,,,,,,,,{tier}" for n, tier in enumerate(("NULL", "-", "", "'gold"), start=1)]
    config = shop(*rows, where=where)
    assert members(read_customers(config), config) == keys


def test_the_newest_of_a_key_is_never_the_one_that_says_nothing(shop: Shop) -> None:
    for column, newer in (("tier", "2026-01-05"), ("since", "2026-01-05"), ("points", "7")):
        text = CONFIG.replace("  key: id\n", f"  key: id\n  collisions: {{newest: {column}}}\n")
        place = {"tier": ",,,,", "since": ",,", "points": ""}[column]
        rest = "," * (4 - len(place))
        rows = [f"1,071234567{n},N{n},,,,{place}{cell}{rest}" for n, cell in enumerate(("NULL", newer, "-"))]
        assert list(read_customers(shop(*rows, text=text)).customers["first_name"]) == ["N1"], column


def test_members_named_null_are_nobody(shop: Shop, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table vip (id text)")
        connection.exec_driver_sql("""insert into vip values ('NULL'), ('="1"'), ('nan')""")
    engine.dispose()
    members_of = 'members: {sql: {url: "sqlite:///crm.db", table: vip}}'
    config = shop("1,0712345678,,,,,,,,,", "2,0712345679,,,,,,,,,", text=CONFIG.replace("where: WHERE", members_of))
    chosen = select_members(read_customers(config), config, segment="s", run_date=date(2026, 11, 30))
    assert list(chosen.members["customer_key"]) == ["1"] and chosen.unknown == 0


def test_a_row_in_quarantine_holds_its_guarded_phone_and_says_no(shop: Shop) -> None:
    rows = ("1,0712345678,,,,yes,,,,,", '2,"=""0712345678""",,,XX,NULL,,,,,', "3,NULL,,,XX,yes,,,,,")
    config = shop(*rows)
    holders = Holders(read_customers(config), config).everybody()
    assert holders[["customer_key", "phone", "consent"]].values.tolist() == [
        ["1", "255712345678", True],
        ["2", "255712345678", False],
    ]


def test_a_list_of_one_s_own_takes_the_place_of_the_usual_one(shop: Shop) -> None:
    rows = ("1,0712345678,NULL,hakuna,,,,,,,", "2,0712345679, Hakuna ,nan,,,,,,,")
    customers = read_customers(shop(*rows, text=with_words('[" hakuna", "?"]'))).customers
    assert list(customers["first_name"]) == ["NULL", "Hakuna"] and list(customers["last_name"]) == ["", "nan"]


@pytest.mark.parametrize("words", ["none", "[]"])
def test_a_person_may_really_be_called_null(shop: Shop, words: str) -> None:
    customers = read_customers(shop("1,0712345678,NULL,nan,,,,,,,", text=with_words(words))).customers
    assert (customers["first_name"][0], customers["last_name"][0]) == ("NULL", "nan")


def test_the_words_are_text_whatever_yaml_makes_of_them(shop: Shop) -> None:
    config = shop("1,0712345678,,,,,,,,,", text=with_words('[NULL, nan, ~, \\N, "#N/A", N/A, no, 0]'))
    assert config.customers.null_words == ("NULL", "nan", "~", "\\N", "#N/A", "N/A", "no", "0")


def test_words_that_are_no_list_are_refused_with_their_place(shop: Shop) -> None:
    with pytest.raises(ConfigError) as refused:
        shop(text=with_words('"NULL"'))
    assert refused.value.message.startswith("ampenet.yaml:6: customers.null_words: write them as a list")


def test_other_words_make_another_reading_and_another_digest(shop: Shop) -> None:
    row = "1,0712345678,NULL,,,,,,,,"
    usual, other = (shop(row, text=text) for text in (CONFIG, with_words("none")))
    assert usual.digest(segment="s") != other.digest(segment="s")
    assert read_customers(usual).customers_path != read_customers(other).customers_path


def test_the_source_s_digest_is_over_what_is_written(shop: Shop) -> None:
    row = "1,0712345678,NULL,,,,,,,,"
    digests = {read_customers(shop(row, text=text)).identity.digest for text in (CONFIG, with_words("none"))}
    assert len(digests) == 1


def test_a_frame_and_a_file_say_the_same(shop: Shop) -> None:
    names = ["id", "simu", "jina", "ukoo", "nchi", "sms", "points", "spent", "since", "vip", "tier"]
    frame = pd.DataFrame([["1", "'0712345678", "NULL", '="Mushi"', "", "yes", "", "", "", "", ""]], columns=names)
    handed = read_customers(shop("9,,,,,,,,,,"), handed=frame).customers
    assert list(handed[["phone", "first_name", "last_name"]].iloc[0]) == ["255712345678", "", "Mushi"]
