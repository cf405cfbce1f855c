"""suppress add, import, list, check and export; and lists that ampenet.yaml names, read at each run."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Shop

ASHA, JUMA = "255754000101", "255754000102"


@pytest.fixture
def ready(shop: Shop) -> Shop:
    shop.run("ledger", "init")
    return shop


def texted(shop: Shop) -> list[str]:
    return sorted(message["to"] for message in shop.sandbox.messages())


def group(shop: Shop) -> set[str]:
    return {contact["phone"] for contact in shop.sandbox.contacts("Everybody")}


def test_a_number_in_any_writing_is_suppressed_listed_and_found(ready: Shop) -> None:
    added = ready.run("suppress", "add", "+255 (754) 000-101", "--reason", "called on Monday", "--json").json
    assert added["new"] and added["suppressions"][0]["reason"] == "called on Monday"
    assert not ready.run("suppress", "add", ASHA, "--json").json["new"]
    [one] = ready.run("suppress", "list", "--json").json["suppressions"]
    assert one["phone"] == "2557•••101" and one["key"] == "" and one["by"] and one["at"].endswith("+00:00")
    assert ready.run("suppress", "list", "--unmask", "--json").json["suppressions"][0]["phone"] == ASHA
    assert ready.run("suppress", "check", "+255754000101", "--json").json["suppressed"]
    assert "Not suppressed" in ready.run("suppress", "check", "254722000999").out


def test_what_is_no_phone_is_refused_and_with_key_it_is_a_customer(ready: Shop) -> None:
    refused = ready.run("suppress", "add", "K-77")
    assert refused.code == 1 and "[no_phone]" in refused.err and "--key" in refused.err
    ready.run("suppress", "add", "1", "--key")
    ready.run("sync", "all", "--yes")
    assert len(group(ready)) == 3
    assert ready.run("suppress", "check", "1", "--key", "--json").json["suppressed"]


def test_nobody_on_a_list_is_made_or_texted_and_what_cannot_be_read_is_named(ready: Shop) -> None:
    (ready.folder / "stop.csv").write_text(f"Jina,Namba ya simu\nAsha,+{ASHA}\n?,07540\nJuma,+{JUMA}\nx,\n")
    dry = ready.run("suppress", "import", "stop.csv", "--dry-run", "--json").json
    assert (dry["numbers"], dry["new"], dry["unread"], dry["column"]) == (2, 2, 1, "Namba ya simu")
    assert dry["unread_rows"][0]["line"] == 3
    assert ready.run("suppress", "list", "--json").json["suppressions"] == []
    said = ready.run("suppress", "import", "stop.csv").out
    assert "2 numbers, 2 of them new" in said and "stop.csv:3" in said
    assert ready.run("suppress", "import", "stop.csv", "--json").json["new"] == 0
    planned = ready.run("plan", "all", "--json").json["plans"][0]
    assert (planned["creates"], planned["suppressed"]) == (2, 2)
    ready.run("sync", "all", "--yes")
    assert not {ASHA, JUMA} & group(ready)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "'a', 'b'"),
        ("phone,mobile\n0754000101,0754000102\n", "'phone', 'mobile'"),
    ],
)
def test_where_it_is_not_clear_which_column_is_meant_nobody_is_suppressed(
    ready: Shop, content: str, words: str
) -> None:
    (ready.folder / "stop.csv").write_text(content)
    refused = ready.run("suppress", "import", "stop.csv")
    assert refused.code == 1 and "[missing_column]" in refused.err and words in refused.err
    assert ready.run("suppress", "list", "--json").json["suppressions"] == []


def test_a_list_in_ampenet_yaml_is_read_at_each_run_and_only_ever_adds(ready: Shop) -> None:
    ready.configure("segments:", "suppressions: [{csv: stop.csv, phone: number}]\nsegments:")
    stop = ready.folder / "stop.csv"
    stop.write_text(f"number,note\n+{ASHA},called\n")
    assert "Never texted, by stop.csv: 1 number, 1 of them new" in ready.run("plan", "all").out
    ready.run("sync", "all", "--yes")
    assert ASHA not in group(ready) and JUMA in group(ready)
    stop.write_text(f"number,note\n+{JUMA},wrote\n")  # Asha is gone from the list, but stays suppressed
    preview = ready.run("campaign", "preview", "hello", "--json").json
    assert preview["excluded"]["suppressed"] == 2
    ready.run("campaign", "send", "hello", "--audience", preview["audience"], "--yes")
    assert not {ASHA, JUMA} & set(texted(ready))
    found = ready.run("suppress", "list", "--json").json["suppressions"]
    assert [(one["reason"], one["by"]) for one in found] == [("on_a_list", "stop.csv")] * 2


def test_a_list_that_is_missing_or_cut_off_stops_the_run_before_anything_is_changed(ready: Shop) -> None:
    ready.configure("segments:", "suppressions: [{csv: stop.csv}]\nsegments:")
    refused = ready.run("sync", "all", "--yes")
    assert refused.code == 1 and "[missing_file]" in refused.err and "stop.csv" in refused.err
    assert ready.sandbox.effects() == []


def test_an_export_holds_whole_numbers_in_a_private_file_and_is_noted(ready: Shop) -> None:
    ready.run("suppress", "add", f"+{ASHA}")
    ready.run("suppress", "add", "K9", "--key")
    told = ready.run("suppress", "export", "--out", "out.csv", "--json").json
    path = Path(told["path"])
    assert told["rows"] == 2 and stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].replace('"', "") == "phone,key,reason,by,at" and ASHA in lines[1] and "K9" in lines[2]
    assert "suppress export" in (ready.folder / ".ampenet" / "unmasked.log").read_text()


def test_an_empty_ledger_lists_and_exports_nobody(ready: Shop) -> None:
    assert "Nobody is suppressed." in ready.run("suppress", "list").out
    assert ready.run("suppress", "export", "--json").json["rows"] == 0
