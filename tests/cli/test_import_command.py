"""import: a file into a group, without a configuration; and init --from, which writes one for the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import load
from ampenet_sync.sandbox import DialectName, Sandbox
from tests.cli.conftest import Ran, Shop
from tests.cli.typed import typed
from tests.sources.excel.workbooks import sheet, text_row, workbook

ROWS = (
    "Namba ya simu,Jina,Jina la ukoo",
    "0754 000 101,Asha,Mushi",
    "0754 000 102,Juma,Said",
    "+254 722 000 103,Wanjiku,Kamau",
    "0754 00,Baraka,Kimaro",
)
FILE = "wateja.csv"
PHONES = ["254722000103", "255754000101", "255754000102"]


def write(shop: Shop, *rows: str, name: str = FILE) -> None:
    (shop.folder / name).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def bare(shop: Shop) -> Shop:
    """The same place without an ampenet.yaml and without a ledger, but with a file that nobody configured."""
    (shop.folder / "ampenet.yaml").unlink()
    (shop.folder / ".ampenet/ledger.db").unlink()
    write(shop, *ROWS)
    return shop


def imported(shop: Shop, *more: str, code: int = 0) -> Ran:
    ran = shop.run("import", FILE, "--group", "Wateja", *more)
    assert ran.code == code, ran.out + ran.err
    return ran


def test_the_people_of_a_file_become_contacts_of_a_group(bare: Shop) -> None:
    ran = imported(bare, "--yes")
    assert "  phone      ← 'Namba ya simu' (3 of 4)\n" in ran.out
    assert "  quarantined: wateja.csv:5 (too_short)\n" in ran.out
    assert sorted(bare.phones("Wateja")) == PHONES
    assert (bare.folder / ".ampenet/ledger.db").exists() and not (bare.folder / "ampenet.yaml").exists()


def test_an_import_keeps_to_its_window_and_the_next_goes_on(bare: Shop) -> None:
    ran = imported(bare, "--max-calls", "6", "--yes", code=6)
    assert 0 < len(bare.phones("Wateja")) < 3
    again = f"import {FILE} --group Wateja --max-calls 6"
    assert f"Next: ampenet-sync {again}  (it goes on where this run ended)" in ran.out
    for _ in range(3):
        bare.run(*again.split(), "--yes")
    assert sorted(bare.phones("Wateja")) == PHONES


def test_a_second_time_changes_nothing(bare: Shop) -> None:
    imported(bare, "--yes")
    before = bare.changes()
    again = imported(bare, "--yes", "--json").json
    assert [(run["done"], run["left_out"]) for run in again["segments"]] == [(0, [])]
    assert bare.changes() == before


def test_a_dry_run_changes_nothing_and_ends_with_the_command_that_does(bare: Shop) -> None:
    ran = imported(bare, "--dry-run")
    assert "Wateja (new)" in ran.out and ran.out.endswith("Next: ampenet-sync import wateja.csv --group Wateja\n")
    assert bare.changes() == []


def test_what_a_script_reads_has_the_columns_and_the_outcome(bare: Shop) -> None:
    made = imported(bare, "--yes", "--json").json
    assert made["columns"] == {"phone": "Namba ya simu", "first_name": "Jina", "last_name": "Jina la ukoo"}
    assert (made["customers"], made["quarantined"], made["reasons"]) == (3, 1, {"too_short": 1})
    (segment,) = made["segments"]
    assert (segment["done"], segment["refused"], segment["in_doubt"], segment["paused"]) == (3, 0, 0, False)
    assert made["calls"] == len(bare.sandbox.requests())
    assert made["recognised"]["phone"] == {"column": "Namba ya simu", "fits": 3, "by": "heading", "others": []}


def test_a_dry_run_tells_a_script_what_would_change(bare: Shop) -> None:
    shown = imported(bare, "--dry-run", "--json").json
    assert [(plan["creates"], plan["deletes"], plan["verdict"]) for plan in shown["plans"]] == [(3, 0, "safe")]
    assert (shown["segments"], shown["columns"]["phone"]) == ([], "Namba ya simu")


def test_who_is_no_longer_in_the_file_stays_in_the_group(bare: Shop) -> None:
    imported(bare, "--yes")
    write(bare, ROWS[0], "0754 000 104,Neema,Massawe")
    imported(bare, "--yes")
    assert sorted(bare.phones("Wateja")) == [*PHONES, "255754000104"]


def test_a_corrected_name_is_written(bare: Shop) -> None:
    imported(bare, "--yes")
    write(bare, *ROWS[:1], "0754 000 101,Aisha,Mushi", *ROWS[2:])
    imported(bare, "--yes")
    assert {contact["first_name"] for contact in bare.sandbox.contacts("Wateja")} == {"Aisha", "Juma", "Wanjiku"}


def test_two_groups_take_one_file_each_by_itself(bare: Shop) -> None:
    imported(bare, "--yes")
    assert bare.run("import", FILE, "--group", "Wateja!", "--yes").code == 0
    assert sorted(bare.phones("Wateja")) == sorted(bare.phones("Wateja!")) == PHONES


def test_whoever_is_asked_sees_the_plan_first_and_may_say_no(bare: Shop) -> None:
    screen = typed(bare.folder, "import", FILE, "--group", "Wateja", answer="hapana")
    assert "This changes import-wateja-" in screen.text and "Nothing was changed." in screen.text
    assert (screen.code, bare.changes()) == (0, [])
    assert typed(bare.folder, "import", FILE, "--group", "Wateja", answer="ndiyo").code == 0
    assert sorted(bare.phones("Wateja")) == PHONES


def test_without_a_yes_nobody_who_can_t_be_asked_changes_anything(bare: Shop) -> None:
    assert "add --yes" in imported(bare, code=2).err
    assert bare.changes() == []


@pytest.mark.parametrize("dialect", ["3.1", "3.8", "3.9"])
def test_a_rehearsal_needs_neither_token_nor_ledger(
    dialect: DialectName, bare: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPENET_SANDBOX_DIALECT", dialect)
    monkeypatch.delenv("AMPENET_API_TOKEN")
    first = imported(bare, "--yes", "--sandbox", "--json").json
    second = imported(bare, "--yes", "--sandbox", "--json").json
    assert [run["done"] for made in (first, second) for run in made["segments"]] == [3, 0]
    assert bare.sandbox.requests() == [] and not (bare.folder / ".ampenet/ledger.db").exists()


@pytest.mark.parametrize("dialect", ["3.1", "3.9"])
def test_each_generation_of_the_platform_takes_it_once(dialect: DialectName, bare: Shop) -> None:
    with Sandbox(dialect=dialect) as sandbox:
        bare.move_to(sandbox)
        done = [imported(bare, "--yes", "--json").json["segments"][0]["done"] for _ in range(2)]
        assert (done, sorted(bare.phones("Wateja"))) == ([3, 0], PHONES)


def test_without_a_token_nothing_is_made(bare: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMPENET_API_TOKEN")
    ran = imported(bare, "--yes", code=1)
    assert "[no_token]" in ran.err and "Next: export AMPENET_API_TOKEN=…, or rehearse without one: --sandbox" in ran.err
    assert not (bare.folder / ".ampenet/ledger.db").exists()


def test_a_file_without_phones_names_its_headings_and_the_option(bare: Shop) -> None:
    write(bare, "Akaunti,Jina", "0754000101,Asha")
    ran = imported(bare, "--yes", code=1)
    assert "no column of phones was recognised; there are: Akaunti, Jina [no_phone_column]" in ran.err
    assert "most cells of Akaunti are phones; if they are the customers' own: --phone Akaunti" in ran.err
    imported(bare, "--phone", "akaunti", "--first-name", "none", "--yes")
    assert [(contact["phone"], contact["first_name"]) for contact in bare.sandbox.contacts("Wateja")] == [
        ("255754000101", "")
    ]


def test_columns_can_be_named_by_hand(bare: Shop) -> None:
    hand = ("--last-name", "jina", "--first-name", "Jina la ukoo", "--key", "Namba ya simu")
    made = imported(bare, *hand, "--yes", "--json").json
    assert made["columns"] == {
        "phone": "Namba ya simu",
        "key": "Namba ya simu",
        "first_name": "Jina la ukoo",
        "last_name": "Jina",
    }


def test_numbers_of_another_country_are_read_as_it_is_said(bare: Shop) -> None:
    write(bare, "Simu", "0110000101", "0110000102")
    assert "no_phone_column" in imported(bare, "--yes", code=1).err
    imported(bare, "--region", "Kenya", "--yes")
    assert sorted(bare.phones("Wateja")) == ["254110000101", "254110000102"]
    assert "[bad_region]" in imported(bare, "--region", "Atlantis", "--yes", code=1).err


def test_a_file_of_another_country_is_told_before_anything_is_asked(bare: Shop) -> None:
    write(bare, "Simu", "0722000103", "0110000104", "0733000105")
    ran = imported(bare, "--dry-run")
    assert "read as TZ's; as KE's 3 of 3 would fit: --region KE\n" in ran.out
    assert "would fit" not in imported(bare, "--region", "Kenya", "--dry-run").out


def test_how_to_read_a_file_is_said_as_under_customers_source(bare: Shop) -> None:
    rows = "".join(text_row(at, *row.split(",")) for at, row in enumerate(ROWS, start=1))
    sheets = (("Bei", "visible", sheet(text_row(1, "Bidhaa"))), ("Wateja wetu", "visible", sheet(rows)))
    (bare.folder / "wateja.xlsx").write_bytes(workbook(*sheets))
    ran = bare.run("import", "wateja.xlsx", "--group", "Wateja", "--yes")
    assert ran.code == 1 and "here: --source sheet=Bei" in ran.err
    assert bare.run("import", "wateja.xlsx", "--group", "Wateja", "--source", "sheet=Wateja wetu", "--yes").code == 0
    assert sorted(bare.phones("Wateja")) == PHONES
    assert bare.run("import", FILE, "--group", "Wateja", "--source", "sheet", "--yes").code == 2


def test_a_separator_that_isn_t_the_file_s_is_to_be_left_out(bare: Shop) -> None:
    ran = imported(bare, "--source", "delimiter=;", "--dry-run", code=1)
    assert "[other_separator]" in ran.err and "Next: leave --source delimiter out" in ran.err


def test_ids_that_fail_some_row_are_named_and_can_be_taken_by_hand(bare: Shop) -> None:
    write(bare, "id,Simu", "1,0754000101", ",0754000102")
    assert "'id' is blank in some row, or twice the same (to take it: --key COLUMN)" in imported(bare, "--dry-run").out
    assert imported(bare, "--key", "id", "--dry-run", "--json").json["reasons"] == {"missing_key": 1}


def test_who_opted_out_as_the_file_says_is_not_made(bare: Shop) -> None:
    write(bare, "Simu,Jina,Amejitoa", "0754000101,Asha,", "0754000102,Juma,ndiyo")
    imported(bare, "--yes")
    assert bare.phones("Wateja") == ["255754000101"]


def test_a_file_of_which_most_rows_can_t_be_used_is_left_out_until_its_digest_is_allowed(bare: Shop) -> None:
    write(bare, "Simu", "0754000101", "hana", "-", "x", "y", "z")
    ran = imported(bare, "--yes", code=4)
    assert "[unsafe_source]" in ran.err and "look at it with --dry-run" in ran.err
    assert bare.changes() == []
    advised = imported(bare, "--dry-run").out.splitlines()[-1]
    digest = advised.removeprefix("Next, after a look: ampenet-sync import wateja.csv --group Wateja --allow ")
    assert "[allow_mismatch]" in imported(bare, "--allow", "0" * 32, "--yes", code=1).err
    imported(bare, "--allow", digest, "--yes")
    assert bare.phones("Wateja") == ["255754000101"]


def test_swapped_names_are_over_the_limit_of_updates(bare: Shop) -> None:
    people = [f"0754000{at},Asha,Mushi" for at in range(200, 220)]
    write(bare, ROWS[0], *people)
    imported(bare, "--yes")
    before = bare.changes()
    write(bare, ROWS[0], *(person.replace("Asha,Mushi", "Mushi,Asha") for person in people))
    ran = imported(bare, "--yes", code=4)
    assert "left out: updates 20 of 20" in ran.out and "after a look, ampenet-sync import wateja.csv" in ran.out
    assert bare.changes() == before


def test_a_group_that_a_segment_keeps_is_not_imported_into(shop: Shop) -> None:
    write(shop, *ROWS)
    ran = shop.run("import", FILE, "--group", "Gold", "--yes")
    assert ran.code == 1 and "segment gold keeps the group 'Gold'" in ran.err and "[group_shared]" in ran.err
    assert shop.run("sync", "--yes").code == 0
    (shop.folder / "ampenet.yaml").unlink()
    assert "[group_shared]" in shop.run("import", FILE, "--group", "Gold", "--yes").err


def test_a_group_that_was_deleted_at_ampenet_is_not_made_again_in_silence(bare: Shop) -> None:
    imported(bare, "--yes")
    bare.sandbox.remove_group("Wateja")
    ran = imported(bare, "--yes", code=4)
    assert "is gone at Ampenet" in ran.out and ran.out.endswith(": name another group\n")
    assert bare.run("import", FILE, "--group", "Wateja 2", "--yes").code == 0


def test_beside_an_ampenet_yaml_its_account_and_ledger_are_taken(shop: Shop) -> None:
    shop.configure("segments:", "ledger: sqlite:///ours.db\nsegments:")
    write(shop, *ROWS)
    ran = imported(shop, "--yes")
    assert (shop.folder / "ours.db").exists() and ran.out.endswith("Next: ampenet-sync groups show Wateja\n")


def test_init_from_a_file_writes_what_plan_can_go_by(bare: Shop) -> None:
    ran = bare.run("init", "--from", FILE)
    assert (ran.code, "  phone      ← 'Namba ya simu' (3 of 4)\n" in ran.out) == (0, True)
    config = load(bare.folder / "ampenet.yaml", environ={})
    assert (config.customers.phone, config.customers.first_name) == ("Namba ya simu", "Jina")
    (plan,) = bare.run("plan", "--json").json["plans"]
    assert (plan["creates"], plan["verdict"]) == (3, "safe")


def test_init_from_a_file_elsewhere_names_it_from_where_the_configuration_is(bare: Shop) -> None:
    (bare.folder / "shop").mkdir()
    ran = bare.run("init", "--from", FILE, "--config", "shop/ampenet.yaml", "--json")
    assert ran.json["columns"]["phone"] == "Namba ya simu"
    source = load(bare.folder / "shop/ampenet.yaml", environ={}).customers.source
    assert source is not None and Path(source.csv or "") == bare.folder / FILE


def test_init_from_a_file_that_isn_t_understood_writes_nothing(bare: Shop) -> None:
    write(bare, "Akaunti,Jina", "0754000101,Asha")
    ran = bare.run("init", "--from", FILE)
    assert ran.code == 1 and "--phone Akaunti" in ran.err
    assert not (bare.folder / "ampenet.yaml").exists()
    assert bare.run("init", "--from", FILE, "--phone", "Akaunti").code == 0


def test_columns_by_hand_are_about_a_file(bare: Shop) -> None:
    ran = bare.run("init", "--phone", "Simu")
    assert ran.code == 2 and "add --from FILE" in ran.err


def test_init_for_a_group_keeps_the_people_of_an_import_there_and_can_undo_it(bare: Shop) -> None:
    run = imported(bare, "--yes", "--json").json["segments"][0]["run"]
    ran = bare.run("init", "--from", FILE, "--group", "Wateja")
    assert ran.code == 0 and load(bare.folder / "ampenet.yaml", environ={}).segments["everybody"].group.name == "Wateja"
    assert bare.run("doctor").code == 0
    (kept,) = bare.run("sync", "--yes", "--json").json["segments"]
    assert (kept["segment"], kept["done"]) == ("everybody", 0)
    (undone,) = bare.run("undo", run, "--json").json["plans"]
    assert (undone["group"], undone["deletes"]) == ("Wateja", 3)


def test_a_group_needs_a_name_and_belongs_to_a_file(bare: Shop) -> None:
    for name in ("", "  ", "W" * 256):
        ran = bare.run("import", FILE, "--group", name, "--yes")
        assert ran.code == 2 and "write the group's name" in ran.err
    assert bare.run("init", "--group", "Wateja").code == 2
    assert bare.changes() == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("Asha,0754000101", "Juma,0754000102"), "write a line above the first that names each column"),
        (('"Jina,Simu"', '"Asha,0754000101"'), "take away the quotes around each line"),
        (("", "  ", ""), "look whether the export went wrong"),
    ],
)
def test_a_file_that_is_no_table_is_an_error_with_a_way_out(rows: tuple[str, ...], said: str, bare: Shop) -> None:
    write(bare, *rows)
    ran = imported(bare, "--yes", code=1)
    assert said in ran.err and "0754" not in ran.err + ran.out
    assert bare.changes() == []


def test_several_files_of_one_pattern_are_one_list(bare: Shop) -> None:
    (bare.folder / "parts").mkdir()
    for at, row in enumerate(ROWS[1:]):
        write(bare, ROWS[0], row, name=f"parts/{at}.csv")
    ran = bare.run("import", "parts/*.csv", "--group", "Wateja", "--yes")
    assert (ran.code, sorted(bare.phones("Wateja"))) == (0, PHONES)
