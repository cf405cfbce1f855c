"""Output on screens that lack letters or are narrow: nothing crashes, and no word is cut."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from ampenet_sync.reports.plain import spelt
from tests.cli.conftest import ROWS, Shop

TABLES = (
    ("plan",),
    ("plan", "gold", "--unmask"),
    ("show", "DIGEST"),
    ("sync", "--yes"),
    ("status",),
    ("campaign", "preview", "hello"),
    ("quarantine", "export", "--replace"),
    ("quarantine", "repairs"),
    ("report",),
    ("groups", "list"),
    ("groups", "show", "Everybody"),
    ("doctor",),
    ("apply", "nowhere→.parquet"),
    ("--help",),
)
COLD = (("plan",), ("apply", "nowhere→.parquet"), ("--help",))
FOREIGN = "6,0754 000 106,Désiré Ŵ → Юлия,500,yes\n"


def _process(*command: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    known = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "PYTHONIOENCODING")}
    return subprocess.run([sys.executable, *command], capture_output=True, check=False, timeout=120, env=known | env)


def _ampenet(*words: str, **env: str) -> tuple[int, bytes]:
    """As a process of its own, whose streams Python makes."""
    ran = _process("-m", "ampenet_sync", *words, **env)
    return ran.returncode, ran.stdout + ran.stderr


def _warm(*words: str, **env: str) -> tuple[int, bytes]:
    """As one that starts at once; its streams are made as Python would make them of PYTHONIOENCODING."""
    ran = subprocess.run(["ampenet-sync", *words], capture_output=True, check=False, timeout=120, env=os.environ | env)
    return ran.returncode, ran.stdout + ran.stderr


SCREENS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp437": {"PYTHONIOENCODING": "cp437"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "LC_ALL=C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.timeout(300)  # many commands, each a process of its own
def test_a_screen_without_our_letters_gets_plain_ones(screen: str, shop: Shop) -> None:
    shop.write(ROWS + FOREIGN)
    env, encoding = SCREENS[screen], "ascii" if screen == "LC_ALL=C" else screen
    control = _process("-c", "print('2557•••101 → Ŵ')", **{**env, "PYTHONIOENCODING": f"{encoding}:strict"})
    assert control.returncode == 1 and b"UnicodeEncodeError" in control.stderr, "the letters are a trial"
    digest = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    everything = ""
    for words in TABLES if "PYTHONIOENCODING" in env else (*TABLES[:4], *COLD):
        run = _warm if "PYTHONIOENCODING" in env and words not in COLD else _ampenet
        code, printed = run(*(digest if word == "DIGEST" else word for word in words), **env)
        text = printed.decode(encoding)
        assert (code, "Traceback" in text, "unforeseen" in text) == (int(words[0] == "apply"), False, False), text
        everything += text
    assert "before -> after" in everything
    assert ("nowhere->.parquet" in everything) != (screen == "LC_ALL=C"), "there the name itself comes as bytes"
    assert ("2557***101" in everything) != (encoding == "cp1252"), "a screen that has the letter shows it"
    first = {contact["phone"]: contact["first_name"] for contact in shop.sandbox.contacts("Everybody")}
    assert first["255754000106"] == "Désiré Ŵ → Юлия", "what is read and sent stays as it is"


def test_a_table_spelt_otherwise_stays_in_its_columns(shop: Shop) -> None:
    digest = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    _, printed = _ampenet("show", digest, PYTHONIOENCODING="ascii")
    head, *rows = [line for line in printed.decode().splitlines() if re.match("change  |create  ", line)]
    assert rows and all(row[head.index("reason") :].startswith("new") for row in rows)


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("a → b … • │", "ascii", "a -> b ... * |"),
        ("Désiré", "ascii", "Desire"),
        ("Désiré", "cp1252", "Désiré"),
        ("Юлия ok", "cp437", "???? ok"),
        ("\udcff", "utf-8", "?"),
        ("│", "cp437", "│"),
    ],
)
def test_a_letter_is_spelt_only_where_the_screen_doesn_t_have_it(text: str, encoding: str, shown: str) -> None:
    assert spelt(text, encoding) == shown


@pytest.mark.parametrize(
    "words", [words for words in TABLES if words[0] not in ("apply", "report", "--help")], ids=" ".join
)
def test_on_60_columns_no_word_is_cut(words: tuple[str, ...], shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    typed = [digest if word == "DIGEST" else word for word in words]
    shop.run("sync", "--yes")
    wide = shop.run(*typed).out.split()
    monkeypatch.setenv("COLUMNS", "60")
    narrow = shop.run(*typed).out
    for line in narrow.splitlines():
        whole = "ampenet-sync" in line or "/" in line  # to be copied, so in one line
        assert whole or len(line) <= 60, line
    assert set(narrow.split()) <= {*wide, "|"} | set(_changing(narrow)), "a part of a word stands for itself"


def test_a_row_that_doesn_t_fit_becomes_a_block(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = shop.run("plan", "gold").out
    assert "\nsegment    gold\ngroup      Gold (new)\ncreates    2\n" in shown
    monkeypatch.setenv("COLUMNS", "100")
    assert "\ngold     Gold (new)        2 " in shop.run("plan", "gold").out


def test_a_pipe_that_says_no_width_is_folded_by_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = shop.run("campaign", "preview", "hello").out
    assert "Quarantined: 1 row of the source is not usable and gets no message. To see why: ampenet-sync" in shown


def _changing(text: str) -> list[str]:
    """Times, ports and digests, which differ between two runs."""
    return [word for word in text.split() if re.search(r"\d\d:\d\d|[0-9a-f]{16}|^\d+\.\d+$|quarantine-\d", word)]
