"""A tag that nobody would fill stops the configuration, with file, line, column and the right spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Campaign, Config
from ampenet_sync.config.texts import check_texts, tree_of
from ampenet_sync.errors import ConfigError
from tests.config.shop import MESSAGE, OPT_OUT, loaded, refused


def test_the_tag_that_the_platform_s_web_page_teaches_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, MESSAGE, '"Habari {first_name}, ofa hadi Jumamosi"')
    assert error.code == "bad_template"
    assert error.message == "ampenet.yaml:19:22: campaigns.hello.message: '{first_name}' would be sent as it stands"
    assert error.hint == "write {{ first_name }}; if it is to be sent as it stands, {{ '{first_name}' }}"


@pytest.mark.parametrize(
    ("message", "spot"),
    [
        ("Habari [city] leo", "19:21"),
        ("'Ng''ombe [city]'", "19:24"),
        (r'"Ofa \"kubwa\" \u00e9 [city]"', "19:36"),
        ("|\n      Ofa #1\n      Karibu [city]", "21:14"),
        (">-\n      Ofa city\n      Karibu [city]", "21:14"),
        ("Habari [ofa] na\n      wateja wa [city]", "20:17"),
        ('"{{ first_name }} [ofa] [CITY]"', "19:38"),
        (r'"Habari \x5bcity]"', "19"),
    ],
)
def test_the_place_is_where_the_file_has_it(tmp_path: Path, message: str, spot: str) -> None:
    error = refused(tmp_path, MESSAGE, message)
    assert error.code == "bad_template" and error.message.startswith(f"ampenet.yaml:{spot}: campaigns.hello.message: ")


def test_further_tags_are_counted(tmp_path: Path) -> None:
    assert "(and 2 more)" in refused(tmp_path, MESSAGE, '"{first_name} [city] %mji% {ofa}"').message


@pytest.mark.parametrize(
    "line", ["Kujitoa {first_name}", "Kujitoa {{ first_name }}", "{% if CITY %}a{% endif %}", "{# x #}"]
)
def test_the_opt_out_line_is_no_template_and_holds_no_tag_of_anybody(tmp_path: Path, line: str) -> None:
    error = refused(tmp_path, OPT_OUT, f'"{line}"')
    assert error.code == "bad_template" and error.message.startswith("ampenet.yaml:20:")
    assert error.hint.startswith("opt_out has no variables")


@pytest.mark.parametrize(
    ("message", "spot", "hint"),
    [
        ("{{ frist_name }}", "19:18", "did you mean first_name? known: CITY, city, first_name, last_name"),
        ("{{ given_name }}", "19:18", "write {{ first_name }}"),
        ("{{ FirstName }}", "19:18", "write {{ first_name }}"),
        (
            "{{ jina }}",
            "19:18",
            "write {{ first_name }}; a column of the source becomes a variable under customers.fields",
        ),
        ("{{ points }}", "19:18", "customers.fields: {POINTS: points}"),
        ("{{ first_name | uper }}", "19:31", "there are capitalize"),
        ("{{ first_name", "19:15", "write {{ first_name }}"),
        ("Habari {{ first_name }", "19:22", "write {{ first_name }}"),
        ("{% if CITY %}a", "19:", ""),
    ],
)
def test_a_bad_tag_of_our_own_is_found_when_the_configuration_loads(
    tmp_path: Path, message: str, spot: str, hint: str
) -> None:
    error = refused(tmp_path, MESSAGE, f'"{message}"')
    assert error.code == "bad_template" and error.message.startswith(f"ampenet.yaml:{spot}")
    assert hint in error.hint


@pytest.mark.parametrize(
    "message", ["Bei {1,000} [ofa] https://x.co/?a={1}", "Habari {jina}", "{{ '{first_name}' }} ndiyo"]
)
def test_what_passes_or_is_only_warned_of_loads(tmp_path: Path, message: str) -> None:
    assert loaded(tmp_path, MESSAGE, f'"{message}"').campaigns["hello"].message == message


def test_a_column_of_the_source_is_found_as_soon_as_the_source_is_known(tmp_path: Path) -> None:
    config = loaded(tmp_path, MESSAGE, '"Kadi {namba_ya_kadi}"')
    check_texts(config, "hello", tree_of(config.path), columns=["duka"])
    with pytest.raises(ConfigError) as caught:
        check_texts(config, "hello", tree_of(config.path), columns=["Namba ya kadi"])
    assert caught.value.message.startswith("ampenet.yaml:19:20: campaigns.hello.message: '{namba_ya_kadi}'")
    assert "customers.fields: {NAMBA_YA_KADI: Namba ya kadi}" in caught.value.hint


def test_without_a_file_the_key_alone_says_where() -> None:
    campaign = Campaign(segment="vip", sender_id="SHOP", kind="marketing", message="Habari [first_name]")
    config = Config.model_validate(
        {"customers": {"phone": "p"}, "segments": {"vip": {}}, "campaigns": {"hello": campaign}}
    )
    with pytest.raises(ConfigError, match=r"^campaigns\.hello\.message: '\[first_name\]' would be sent") as caught:
        check_texts(config, "hello", tree_of(config.path))
    assert caught.value.hint.startswith("name its column under customers.first_name")


def test_no_number_that_stands_as_a_column_s_name_is_repeated(tmp_path: Path) -> None:
    config = loaded(tmp_path, MESSAGE, '"Habari [a255712345678]"')
    with pytest.raises(ConfigError) as caught:
        check_texts(config, "hello", tree_of(config.path), columns=["a255712345678"])
    assert "255712345678" not in f"{caught.value}{caught.value.hint}"
