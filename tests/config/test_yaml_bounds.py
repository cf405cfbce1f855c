"""An ampenet.yaml that would take the machine's memory, its day or Python's stack is refused with line and bound."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from ampenet_sync.config import load
from ampenet_sync.errors import ConfigError
from tests.config.shop import SHOP, loaded, refused

BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


def refusal(folder: Path, text: str) -> ConfigError:
    (folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    started = time.monotonic()
    with pytest.raises(ConfigError) as caught:
        load(folder / "ampenet.yaml", environ={})
    assert time.monotonic() - started < 10
    return caught.value


def test_aliases_that_multiply_are_refused_where_the_first_stands(tmp_path: Path) -> None:
    error = refusal(tmp_path, "a0: &a0 [x, x]\n" + BOMB)
    assert error.code == "alias" and error.message == (
        "ampenet.yaml:2: '*a0' stands for another place; aliases aren't read"
    )
    assert error.hint.startswith("write here what stands behind '&' of that name")


def test_the_bomb_is_real_plain_yaml_reads_it_and_it_stands_for_billions(tmp_path: Path) -> None:
    """The control: nine of nine of nine …, in a file of two kilobytes."""
    tree, items = yaml.safe_load("a0: &a0 [x, x]\n" + BOMB), 1
    part = tree["a29"]
    while isinstance(part, list):
        part, items = part[0], items * len(part)
    assert items == 2 * 9**29 and len(BOMB) < 4_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key: id\n  phone: simu", "key: &it simu\n  phone: *it"),
        ("customers:", "x: &x {a: b}\ny:\n  <<: *x\ncustomers:"),
        ("fields: {CITY: mji}", "fields: &f {CITY: *f}"),
    ],
)
def test_an_alias_is_refused_also_where_it_would_do_no_harm_or_never_end(tmp_path: Path, old: str, new: str) -> None:
    assert refused(tmp_path, old, new).code == "alias"


@pytest.mark.parametrize(
    "deep",
    [
        "a: " + "[" * 50_000 + "]" * 50_000,
        "a: " + "{b: " * 50_000 + "c" + "}" * 50_000,
        "- " * 50_000,
        "a: " + "[" * 500_000,
        "".join(" " * n + f"k{n}:\n" for n in range(1_000)),
        '{"a":' * 40_000 + "1" + "}" * 40_000,
    ],
)
def test_thousands_of_parts_inside_each_other_are_refused_with_their_line(tmp_path: Path, deep: str) -> None:
    error = refusal(tmp_path, deep)
    assert error.code == "too_large" and "more than 20 sections and lists stand inside each other" in error.message
    assert error.message.startswith("ampenet.yaml:")


def test_the_depth_is_real_plain_yaml_ends_in_python_s_own_error() -> None:
    with pytest.raises(RecursionError):
        yaml.safe_load("a: " + "[" * 5_000 + "]" * 5_000)


def test_as_many_parts_inside_each_other_as_may_be_are_judged_by_what_they_say(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: " + "[" * 18 + "]" * 18).code == "unknown_key"


def test_more_keys_than_anybody_writes_are_refused_with_the_line_where_it_is_enough(tmp_path: Path) -> None:
    error = refusal(tmp_path, "".join(f"k{n}: v\n" for n in range(80_000)))
    assert error.code == "too_large" and error.message == "ampenet.yaml:10000: more than 20,000 keys and values"


@pytest.mark.parametrize("letter", ["x", "é", "\n", "#"])
def test_a_file_over_a_megabyte_is_refused_before_it_is_read_as_yaml(tmp_path: Path, letter: str) -> None:
    error = refusal(tmp_path, SHOP + letter * (1 << 20))
    assert error.code == "too_large" and "it is larger than 1 MB" in error.message


def test_a_device_without_an_end_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "ampenet.yaml").symlink_to("/dev/zero")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "ampenet.yaml", environ={})
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    "text",
    [
        "a: '" + "x" * 1_000_000 + "'",
        "a: *" + "x" * 1_000_000,
        "-" * 1_000_000,
        "? " * 300_000,
        "? " + "x" * 1_000_000 + "\n: v",
    ],
)
def test_a_huge_value_or_word_is_an_error_like_any_other(tmp_path: Path, text: str) -> None:
    error = refusal(tmp_path, text)
    assert error.code in ("unknown_key", "yaml", "too_large") and len(f"{error.message}{error.hint}") < 5_000


def test_three_hundred_segments_and_campaigns_are_read(tmp_path: Path) -> None:
    segments = "".join(f"  s{n}: {{group: 'G {n}', mode: mirror, where: \"mji = '{n}'\"}}\n" for n in range(300))
    assert len(loaded(tmp_path, "segments:\n", "segments:\n" + segments).segments) == 301


def test_line_breaks_of_windows_are_read(tmp_path: Path) -> None:
    (tmp_path / "ampenet.yaml").write_bytes(SHOP.replace("\n", "\r\n").encode())
    assert load(tmp_path / "ampenet.yaml", environ={}).customers.phone == "simu"
