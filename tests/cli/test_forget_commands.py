"""forget: one person out of the ledger, the data folder and every group, and never made or texted again."""

from __future__ import annotations

import os
import random
import shutil
import stat
import time
from pathlib import Path

import pytest

from tests.cli.conftest import ROWS, Shop
from tests.cli.test_interrupts import running
from tests.traces import files_with, tables_with

ASHA, DIGITS = "255754000101", "754000101"
JUMA = "255754000102"
HOME = Path(".ampenet")


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the shop's ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{shop.folder / HOME / 'ledger.db'}"
    url = str(request.getfixturevalue("postgresql_url"))
    monkeypatch.setenv("AMPENET_LEDGER_URL", url)
    assert shop.run("ledger", "init").code == 0
    return url


def a_month(shop: Shop) -> None:
    """Asha is made a contact, texted, renamed, planned, quarantined, repaired, exported and suppressed."""
    shop.run("sync", "--yes")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    shop.write(ROWS.replace("Asha", "Asha Maria") + "7,0754 000 101 / 0754 000 107,Asha,1,yes\n")
    shop.run("sync", "--yes")
    shop.run("quarantine", "export")
    shop.run("quarantine", "export", "--out", str(HOME / "aside.csv"))
    shop.run("suppress", "add", "0754 000 101")
    shop.run("suppress", "export", "--out", str(HOME / "stop.csv"))
    shop.run("plan")
    shop.run("--sandbox", "sync", "all", "--yes")


def everywhere(shop: Shop, url: str) -> list[str]:
    tables = tables_with(DIGITS, url)
    return [*files_with(DIGITS, shop.folder / HOME), *tables]


def test_nothing_of_the_number_is_left_and_the_person_is_not_made_or_texted_again(shop: Shop, kept: str) -> None:
    a_month(shop)
    before = everywhere(shop, kept)
    assert {"contacts", "changes", "messages", "suppressions"} <= set(before) and len(before) > 9
    runs, status = shop.run("runs", "--json").json, shop.run("status", "--json").json

    told = shop.run("forget", "0754 000 101", "--yes", "--json")
    assert told.code == 0, told.err
    assert told.json["phones"][0] == "2557•••101" and "1" in told.json["keys"] and told.json["done"]
    assert told.json["contacts"] == {"deleted": 2, "left": 0}
    assert told.json["rows"]["messages"] == 1 and told.json["rows"]["suppressions"] == 1
    assert everywhere(shop, kept) == []
    assert ASHA not in shop.phones("Everybody") + shop.phones("Gold") and JUMA in shop.phones("Everybody")

    after = shop.run("runs", "--json").json["runs"]
    assert [run["outcomes"] for run in after if run["kind"] != "forget"] == [run["outcomes"] for run in runs["runs"]]
    assert shop.run("status", "--json").json["campaigns"] == status["campaigns"]

    texts = len(shop.sandbox.messages())
    assert shop.run("plan", "--json").json["plans"][0]["creates"] == 0
    shop.run("sync", "--yes")
    shop.configure("message: ", "edition: '%Y-%j-%H', message: ")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    shop.run("quarantine", "export")
    assert len(shop.sandbox.messages()) > texts
    assert ASHA not in [message["to"] for message in shop.sandbox.messages()][texts:]
    assert ASHA not in shop.phones("Everybody") + shop.phones("Gold")
    assert everywhere(shop, kept) == []


def test_they_are_known_again_by_a_key_that_only_its_owner_may_read(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    shop.run("forget", "1", "--yes")
    assert stat.S_IMODE((shop.folder / HOME / "forgotten.key").stat().st_mode) == 0o600
    shop.write(ROWS.replace("0754 000 101", "0754 000 109"))  # the same customer with another number
    shop.run("sync", "all", "--yes")
    assert "255754000109" not in shop.phones("Everybody")
    assert shop.run("suppress", "check", "0754 000 101", "--json").json["suppressed"]
    told = shop.run("explain", "0754 000 101", "--json").json
    assert told["suppressed"] and [event["kind"] for event in told["events"]] == ["forgotten"]


def test_without_that_key_nothing_is_planned_or_sent(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    shop.run("forget", "0754 000 101", "--yes")
    (shop.folder / HOME / "forgotten.key").unlink()
    refused = shop.run("sync", "all", "--yes")
    assert refused.code == 1 and "[forgotten_key]" in refused.err
    assert ASHA not in shop.phones("Everybody")


def test_a_plan_and_an_audience_that_are_kept_elsewhere_make_and_text_nobody_who_was_forgotten(shop: Shop) -> None:
    shop.run("plan", "all", "--out", "elsewhere")
    [plan] = (shop.folder / "elsewhere").glob("*.parquet")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    audience = (shop.folder / HOME / "audiences" / f"{preview['audience']}.audience.parquet").read_bytes()
    shop.run("forget", "0754 000 101", "--yes")
    (shop.folder / HOME / "audiences" / f"{preview['audience']}.audience.parquet").write_bytes(audience)
    shop.run("apply", str(plan), "--yes")
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    assert JUMA in shop.phones("Everybody") and ASHA not in shop.phones("Everybody")
    texted = [message["to"] for message in shop.sandbox.messages()]
    assert JUMA in texted and ASHA not in texted


def test_a_stop_list_does_not_bring_the_number_back(shop: Shop) -> None:
    shop.configure("segments:", "suppressions: [{csv: stop.csv}]\nsegments:")
    (shop.folder / "stop.csv").write_text(f"phone\n+{ASHA}\n+{JUMA}\n")
    shop.run("forget", "0754 000 101", "--yes")
    shop.run("sync", "all", "--yes")
    shop.run("suppress", "add", "0754 000 101")
    assert len(shop.run("suppress", "list", "--json").json["suppressions"]) == 1
    assert files_with(DIGITS, shop.folder / HOME) == []


def test_a_repaired_row_is_taken_out_and_the_other_repairs_stay(shop: Shop) -> None:
    import openpyxl

    shop.run("quarantine", "export", "--out", "aside.xlsx")
    shop.write(ROWS + "6,0754,Zawadi,1,yes\n")
    shop.run("quarantine", "export", "--out", "repair.xlsx")
    book = openpyxl.load_workbook("repair.xlsx")
    rows = book.active
    heads = [cell.value for cell in next(rows.iter_rows(max_row=1))]
    for number, phone in ((2, "0754 000 105"), (3, "0754 000 106")):
        rows.cell(number, heads.index("phone") + 1).value = phone
    book.save("repair.xlsx")
    assert shop.run("quarantine", "import", "repair.xlsx", "--json").json["repairs"] == 2
    told = shop.run("forget", "0754 000 106", "--yes", "--json").json
    assert told["repairs"] == 1 and told["keys"] == ["6"]
    assert files_with("754000106", shop.folder / HOME) == []
    assert len(shop.run("quarantine", "repairs", "--json").json["repairs"]) == 1


def test_where_nobody_can_be_asked_nothing_is_erased_without_yes(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    assert shop.run("forget", "0754 000 101").code == 2
    assert ASHA in shop.phones("Everybody")
    assert shop.run("explain", "0754 000 101", "--json").json["groups"]


def test_it_says_what_it_cannot_erase(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    said = shop.run("forget", "0754 000 101", "--yes").out
    assert "the source still has them" in said and "Ampenet's own list of messages" in said and "backups" in said
    assert "Removed: all-" in said


def test_all_who_share_the_phone_are_forgotten_and_it_says_so(shop: Shop) -> None:
    shop.write(ROWS + "6,0754 000 101,Zawadi,1,yes\n")
    shop.run("sync", "all", "--yes")
    said = shop.run("forget", "0754 000 101", "--yes").out
    assert "2 customers share this phone" in said
    shop.run("sync", "all", "--yes")
    assert ASHA not in shop.phones("Everybody")


def test_whoever_nobody_knows_is_kept_out_all_the_same(shop: Shop) -> None:
    told = shop.run("forget", "+255 754 000 108", "--yes", "--json").json
    assert told["done"] and told["contacts"]["deleted"] == 0
    shop.write(ROWS + "8,0754 000 108,Rehema,1,yes\n")
    shop.run("sync", "all", "--yes")
    assert "255754000108" not in shop.phones("Everybody")


def lost(shop: Shop) -> None:
    """The data folder is gone; what was backed up outside of it stays."""
    shutil.rmtree(shop.folder / HOME)


def test_a_backup_takes_the_key_along_and_a_restored_ledger_knows_them_again(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    shop.run("forget", "0754 000 101", "--yes")
    ran = shop.run("ledger", "backup", "kept.db")
    assert "With it goes kept.db.forgotten.key" in ran.out
    assert stat.S_IMODE(Path("kept.db.forgotten.key").stat().st_mode) == 0o600
    lost(shop)
    ran = shop.run("ledger", "restore", "kept.db")
    assert ran.code == 0 and "People who were forgotten in it are known again" in ran.out
    assert stat.S_IMODE((HOME / "forgotten.key").stat().st_mode) == 0o600
    assert shop.run("sync", "all", "--yes").code == 0
    assert ASHA not in shop.phones("Everybody") and JUMA in shop.phones("Everybody")


def test_without_the_key_beside_it_a_ledger_is_restored_but_texts_nobody_until_it_is_there(shop: Shop) -> None:
    shop.run("sync", "all", "--yes")
    shop.run("forget", "0754 000 101", "--yes")
    shop.run("ledger", "backup", "kept.db")
    key = Path("kept.db.forgotten.key").rename("key")
    lost(shop)
    assert shop.run("ledger", "restore", "kept.db", "--json").json["forgotten_key"] == "missing"
    assert "[forgotten_key]" in shop.run("sync", "all", "--yes").err
    key.rename(HOME / "forgotten.key")
    assert shop.run("sync", "all", "--yes").code == 0 and ASHA not in shop.phones("Everybody")


def test_a_key_of_other_people_is_never_written_over(shop: Shop) -> None:
    shop.run("forget", "0754 000 101", "--yes")
    shop.run("ledger", "backup", "kept.db")
    (HOME / "ledger.db").unlink()
    (HOME / "forgotten.key").write_text("ab" * 32)
    ran = shop.run("ledger", "restore", "kept.db")
    assert ran.code == 1 and "[forgotten_key]" in ran.err and "move it away" in ran.err
    assert (HOME / "forgotten.key").read_text() == "ab" * 32
    (HOME / "forgotten.key").unlink()
    assert shop.run("ledger", "restore", "kept.db").code == 0


def test_a_backup_where_the_key_is_lost_already_says_so(shop: Shop) -> None:
    shop.run("forget", "0754 000 101", "--yes")
    (HOME / "forgotten.key").unlink()
    ran = shop.run("ledger", "backup", "kept.db")
    assert ran.code == 0 and "Careful: people were forgotten in it" in ran.out
    assert not Path("kept.db.forgotten.key").exists()


def test_where_nobody_was_forgotten_there_is_no_key(shop: Shop) -> None:
    assert shop.run("ledger", "backup", "kept.db", "--json").json["forgotten_key"] == "not needed"
    assert not Path("kept.db.forgotten.key").exists()


@pytest.mark.parametrize("seed", range(int(os.environ.get("AMPENET_TEST_KILLS", "3"))))
def test_killed_at_any_moment_and_run_again_nothing_of_the_number_is_left(shop: Shop, seed: int) -> None:
    shop.run("sync", "--yes")
    preview = shop.run("campaign", "preview", "hello", "--json").json
    shop.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    calls = len(shop.sandbox.requests())
    with running(shop, "forget", "0754 000 101", "--yes") as process:
        while process.poll() is None and len(shop.sandbox.requests()) == calls:
            time.sleep(0.01)
        time.sleep(random.Random(seed).uniform(0.0, 0.5))
        process.kill()
        process.communicate()
    ran = shop.run("forget", "0754 000 101", "--yes", "--json")
    assert (ran.code, ran.json["done"]) == (0, True), ran.err
    assert everywhere(shop, f"sqlite:///{shop.folder / HOME / 'ledger.db'}") == []
    assert ASHA not in shop.phones("Everybody") + shop.phones("Gold") and JUMA in shop.phones("Everybody")
