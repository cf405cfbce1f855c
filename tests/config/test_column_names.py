"""Names of columns as people see them, in ampenet.yaml and everywhere else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.config import Config, load
from ampenet_sync.config.headings import heading, marked, shown_heading
from ampenet_sync.config.unseen import BLANK_RE2, is_blank
from ampenet_sync.errors import ConfigError

CONFIG = """\
customers:
  phone: "Namba  ya\\u00a0simu "
  key: "\\ufeffid"
  fields: {CITY: " Mji"}
  types: {"points\\u200b": integer}
  consent: {column: "SMS\\n(ndiyo)"}
  collisions: {newest: "updated  at"}
segments: {all: {}}
"""


def loaded(folder: Path, text: str = CONFIG) -> Config:
    (folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={})


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Phone ", "Phone"),
        ("Phone\u00a0Number", "Phone Number"),
        ("jina  la \t kwanza", "jina la kwanza"),
        ("Namba\nya simu", "Namba ya simu"),
        ("\ufeffid", "id"),
        ("pho\u00adne\u200b", "phone"),
        ("\u202bsimu\u202c\u200f", "simu"),
        ("Zoe\u0308", "Zoë"),
        ("\u3000電話\u3000", "電話"),
        ("Simu\ufe0f", "Simu"),
        ("Phone", "Phone"),
        ("\u200b \ufeff", ""),
    ],
)
def test_a_heading_is_what_is_seen_of_it(written: str, seen: str) -> None:
    assert heading(written) == seen


@pytest.mark.parametrize("name", ["Phone", "phone", "namba_ya_simu", "points > 10", "a.b", "☎ simu", "naïve"])
def test_letters_case_and_signs_of_a_heading_stay(name: str) -> None:
    assert heading(name) == name


@given(st.text())
def test_a_heading_stays_as_it_is_once_it_was_read(text: str) -> None:
    assert heading(heading(text)) == heading(text)


@given(st.text(alphabet=" \t\n\u00a0\u200b\u3000\ufeffx\u00ad0", max_size=6))
def test_nothing_is_seen_of_a_blank_text_whoever_asks(text: str) -> None:
    assert is_blank(text) == (heading(text) == "")
    assert is_blank(text) == pc.match_substring_regex(pa.array([text]), BLANK_RE2)[0].as_py()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Phone ", "Phone␣"),
        ("Phone\u00a0Number", "Phone⟨NBSP⟩Number"),
        ("jina  la kwanza", "jina␣␣la kwanza"),
        ("Namba\nya simu", "Namba⟨line break⟩ya simu"),
        ("\ufeffid", "⟨U+FEFF⟩id"),
        ("Zoe\u0308", "Zoe⟨U+0308⟩"),
        ("Namba ya simu", "Namba ya simu"),
    ],
)
def test_what_is_not_seen_is_shown_in_messages(written: str, shown: str) -> None:
    assert marked(written) == shown


def test_a_heading_that_may_be_a_phone_is_not_shown() -> None:
    assert shown_heading(" 0712345678") == "•••"


def test_the_configurations_names_are_read_by_the_same_rule(tmp_path: Path) -> None:
    customers = loaded(tmp_path).customers
    assert customers.columns() == {
        "key": "id",
        "phone": "Namba ya simu",
        "fields.CITY": "Mji",
        "types.points": "points",
        "consent": "SMS (ndiyo)",
        "collisions.newest": "updated at",
    }


@pytest.mark.parametrize("name", ['""', '" "', '"\\u200b"'])
def test_a_name_of_which_nothing_is_seen_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ampenet\.yaml:3: customers\.key: write the name of a column"):
        loaded(tmp_path, CONFIG.replace('"\\ufeffid"', name))


def test_two_types_of_what_is_one_column_are_an_error(tmp_path: Path) -> None:
    text = CONFIG.replace('"points\\u200b": integer', '"points": integer, "points ": text')
    with pytest.raises(ConfigError, match=r"customers\.types: points and points␣ are one column"):
        loaded(tmp_path, text)
