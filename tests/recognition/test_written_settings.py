"""An ampenet.yaml written for a file: it loads, and the customers are read by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.customers import read_customers
from ampenet_sync.pipeline.importing import configured, see, written_settings
from ampenet_sync.recognition import segment_name
from tests.recognition.sheets import PHONES, lines, sheet
from tests.sources.kinds import written


def config_for(path: Path, *, region: str | None = None) -> Config:
    """The configuration that `init --from` would write beside the file."""
    seen = see(Path(path.name), folder=path.parent, region=region)
    (path.parent / "ampenet.yaml").write_text(written_settings(seen), encoding="utf-8")
    return load(path.parent / "ampenet.yaml", environ={})


def comments(folder: Path) -> str:
    return (folder / "ampenet.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_customers_of_each_kind_of_file_are_read_by_what_was_written(kind: str, tmp_path: Path) -> None:
    written(kind, tmp_path, (("id", "Simu", "Jina"), ("1", "0754000101", "Asha"), ("2", "hana", "Juma")))
    config = config_for(tmp_path / f"c.{kind}")
    assert (config.customers.key, config.customers.phone, config.customers.first_name) == ("id", "Simu", "Jina")
    intake = read_customers(config)
    assert (intake.usable, intake.quarantined) == (1, 1)


def test_each_line_says_what_it_rests_on_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    config_for(sheet(tmp_path, "Simu,Mji,Pointi", {"Simu": (*PHONES, ""), "Mji": ("Moshi",) * 6, "Pointi": ("5",) * 6}))
    text = comments(tmp_path)
    assert "  phone: Simu                         # 5 of 6; the number to text\n" in text
    assert "  # key: …                            # no column is called like an id" in text
    assert "  # fields: {CITY: Mji}" in text and "  # types: {Pointi: integer}" in text
    assert "  # not used: Mji, Pointi\n" in text


def test_a_column_of_ids_that_fails_some_row_is_named_but_not_taken(tmp_path: Path) -> None:
    config = config_for(sheet(tmp_path, "id,Simu", {"id": ("1", "1"), "Simu": PHONES[:2]}))
    assert config.customers.key is None
    assert "  # key: id                           # blank in some row, or twice the same" in comments(tmp_path)


def test_without_a_column_of_names_the_message_greets_nobody_by_name(tmp_path: Path) -> None:
    config = config_for(sheet(tmp_path, "Simu", {"Simu": PHONES}))
    assert "{{" not in config.campaigns["welcome"].message


def test_consent_and_who_left_are_written_where_columns_say_so(tmp_path: Path) -> None:
    cells = {"Simu": PHONES[:2], "sms_opt_in": ("yes", "no"), "Unsubscribed": ("", "2026-01-01")}
    config = config_for(sheet(tmp_path, "Simu,sms_opt_in,Unsubscribed", cells))
    assert config.customers.consent is not None and config.customers.consent.column == "sms_opt_in"
    assert config.customers.opted_out is not None and config.customers.opted_out.column == "Unsubscribed"


@pytest.mark.parametrize(
    "heading",
    ["Simu: #1", "Simu #", "'Simu'", '"Simu" ya mteja', "Simu, mkononi", "{simu}", "[simu]", "Simu – 😀", "simu: yes",
     "*simu", "&simu", "!simu", "%simu", "- simu", "? simu", "Simu \\ mkononi", "simu @ duka", "1 simu", "simu | x"],
)  # fmt: skip
def test_a_heading_of_any_signs_is_written_so_that_it_is_read_again(heading: str, tmp_path: Path) -> None:
    quoted = heading.replace('"', '""')
    config = config_for(lines(tmp_path, f'"{quoted}",Jina', "0754000101,Asha"))
    assert config.customers.phone == heading
    assert read_customers(config).usable == 1


def test_a_file_of_any_name_is_found_again(tmp_path: Path) -> None:
    config = config_for(lines(tmp_path, "Simu", "0754000101", name="wateja: [2026] #1.csv"))
    assert read_customers(config).usable == 1


def test_the_country_that_was_said_stands_in_it(tmp_path: Path) -> None:
    config = config_for(lines(tmp_path, "Simu", "0772123456"), region="Uganda")
    assert (config.region, config.countries) == ("UG", ("UG", "TZ", "KE"))
    assert read_customers(config).usable == 1


def test_titles_and_twins_are_read_by_what_was_written(tmp_path: Path) -> None:
    path = lines(tmp_path, "UMOJA,,", "Simu,Simu,Jina", ",0754000101,Asha", "0754000103,0754000102,Juma")
    config = config_for(path)
    assert config.customers.phone == "Simu (2)" and read_customers(config).usable == 2


def test_an_import_s_segment_is_named_after_its_group_alike_each_time() -> None:
    assert segment_name("Wateja wa Dodoma") == segment_name("Wateja wa Dodoma") != segment_name("Wateja wa Dodoma!")
    assert segment_name("Wateja wa Dodoma").startswith("import-wateja-wa-dodoma-")


@pytest.mark.parametrize("group", ["Wateja", "客户", "x" * 255, "--", "😀 Ofa"])
def test_a_group_of_any_name_can_be_imported_into(group: str, tmp_path: Path) -> None:
    lines(tmp_path, "Simu", "0754000101")
    config = configured(see(Path("c.csv"), folder=tmp_path), group=group, folder=tmp_path)
    (segment,) = config.segments.values()
    assert (str(segment.group), segment.mode, segment.deletes) == (group, "upsert", "owned")


def test_a_configuration_beside_it_lends_its_account_and_countries(tmp_path: Path) -> None:
    text = "api: {requests_per_minute: 7}\nregion: KE\ncountries: [KE]\ncustomers: {phone: a}\nsegments: {b: {}}\n"
    (tmp_path / "ampenet.yaml").write_text(text)
    beside = load(tmp_path / "ampenet.yaml", environ={})
    lines(tmp_path, "Simu", "0110000101")
    config = configured(see(Path("c.csv"), folder=tmp_path, beside=beside), group="G", folder=tmp_path, beside=beside)
    assert (config.api.requests_per_minute, config.region, config.countries) == (7, "KE", ("KE",))
    assert (config.customers.phone, list(config.segments)) == ("Simu", [segment_name("G")])
