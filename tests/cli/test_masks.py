"""What a terminal and a script may read of people: keys and phones masked, in full for who asks, JSON in ASCII."""

from __future__ import annotations

import getpass
import json
import stat

import pytest

from tests.cli.conftest import Shop

MAIL, NAME, IDENTITY = "neema@duka.co.tz", "Neema Mushi", "19900101-14101-00001-23"
PEOPLE = "".join(f"{key},0754 000 104,Asha,150,yes\n" for key in ("D-17", MAIL, NAME, IDENTITY))
SHOWING = (("plan", "all"), ("campaign", "preview", "hello"))


@pytest.fixture
def shared(shop: Shop) -> Shop:
    """Four customers of one phone, three of whom have keys that tell who they are."""
    shop.write(PEOPLE)
    return shop


@pytest.mark.parametrize("command", SHOWING)
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_keys_that_tell_who_somebody_is_are_masked_and_shown_to_who_asks(
    shared: Shop, command: tuple[str, ...], option: tuple[str, ...]
) -> None:
    masked, full = shared.run(*command, *option), shared.run(*command, *option, "--unmask")
    assert masked.code == full.code == 0
    for personal in (MAIL, NAME, IDENTITY, "255754000104"):
        assert personal not in masked.out + masked.err
        assert personal in full.out, "it would not be there to be masked"
    assert "D-17" in masked.out
    assert "Phones and keys are shown in full; noted in .ampenet/unmasked.log." in full.err


def test_who_asked_when_and_for_what_is_written_down_in_a_private_file(shared: Shop) -> None:
    shared.run("plan", "all")
    log = shared.folder / ".ampenet" / "unmasked.log"
    assert not log.exists()
    shared.run("plan", "all", "--unmask")
    shared.run("campaign", "preview", "hello", "--unmask", "--json")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["command"] for line in lines] == ["ampenet-sync plan", "ampenet-sync campaign preview"]
    assert {line["user"] for line in lines} == {getpass.getuser()} and all(
        line["at"].endswith("+00:00") for line in lines
    )
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "0754" not in log.read_text()


def test_where_it_can_t_be_written_down_nothing_is_shown(shared: Shop) -> None:
    shared.run("plan", "all")
    (shared.folder / "elsewhere").write_text("")
    (shared.folder / ".ampenet" / "unmasked.log").symlink_to(shared.folder / "elsewhere")
    ran = shared.run("plan", "all", "--unmask")
    assert ran.code == 1 and "[unmasked_log]" in ran.err
    assert MAIL not in ran.out + ran.err and (shared.folder / "elsewhere").read_text() == ""


def test_the_examples_of_a_plan_and_of_its_file_show_whole_phones_to_who_asks(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.write("2,0754 000 102,Juma,20,ndiyo\n3,+254 722 000 103,Wanjiku,100,no\n4,0754 000 104,Neema,0,1\n")
    assert "delete 2557•••101" in shop.run("plan", "all").out
    path = shop.run("plan", "all", "--json").json["plans"][0]["path"]
    assert "delete 255754000101" in shop.run("plan", "all", "--unmask").out
    assert "delete 2557•••101" in shop.run("apply", path).out
    assert "delete 255754000101" in shop.run("apply", path, "--unmask").out


@pytest.mark.parametrize(
    "command", [("plan", "all"), ("plan", "nobody's"), ("sync", "--yes"), ("status",), ("campaign", "preview", "hello")]
)
def test_json_is_ascii_whatever_the_names_are(shop: Shop, command: tuple[str, ...]) -> None:
    text = (shop.folder / "ampenet.yaml").read_text(encoding="utf-8")
    text = text.replace("Everybody", "Wateja wéma ✓").replace(
        "  all: ", '  "yôte": {group: "Á", mode: mirror}\n  all: '
    )
    (shop.folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    out = shop.run(*command, "--json").out
    assert out.isascii() and json.loads(out)


def test_the_ascii_stands_for_the_same_letters(shop: Shop) -> None:
    text = (shop.folder / "ampenet.yaml").read_text(encoding="utf-8").replace("Everybody", "Wateja wéma ✓")
    (shop.folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    ran = shop.run("plan", "all", "--json")
    assert ran.json["plans"][0]["group"] == "Wateja wéma ✓" and "\\u2713" in ran.out
