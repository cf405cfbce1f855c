"""Templates: what renders, what is refused at load, and that no accepted template grows out of bounds."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minijinja import Environment

from ampenet_sync.campaigns import Unfilled, clean, compile_template
from ampenet_sync.errors import ConfigError
from tests.rendering import render_distinct

HOSTILE = [
    "{{ x | indent(1000000000) }}",
    "{{ x | replace('a', 'aaaaaaaa') | replace('a', 'aaaaaaaa') }}",
    "{{ x.replace('a', 'aaaaaaaa') }}",
    "{{ x * 1000000000 }}",
    "{{ 'a' * 1000000000 }}",
    "{% set x = x ~ x %}{% set x = x ~ x %}{{ x }}",
    "{% for a in x %}{% for b in x %}{{ x }}{% endfor %}{% endfor %}",
    "{% for i in range(100000) %}a{% endfor %}",
    "{{ range(100000) }}",
    "{{ x | join(x) }}",
    "{{ x | format(x) }}",
    "{{ '%999999999d' | format(1) }}",
    "{{ 2 ** 400 }}",
    "{{ [x, x] }}",
    "{{ {'a': x} }}",
    "{{ (x, x) }}",
    "{{ x[0] }}",
    "{{ x.upper }}",
    "{{ x + x }}",
    "{{ x() }}",
    "{{ (x)(x) }}",
    "{{ 'a'('b') }}",
    "{{ x | upper('a') }}",
    "{{ x | default('a')('b') }}",
    "{{ x | default('a', true) }}",
    "{{ x | default(default_value='a') }}",
    "{{ x is startingwith('a') }}",
    "{{ x in 'abc' }}",
    "{{ debug() }}",
    "{{ range }}",
    "{{ true }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include 'message' %}",
    "{% import 'message' as m %}",
    "{% extends 'message' %}",
    "{% block a %}{% endblock %}{{ self.a() }}",
    "{% filter upper %}a{% endfilter %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{% with x = 'a' %}{{ x }}{% endwith %}",
    "{% call x() %}{% endcall %}",
    "{% do x() %}",
    "{%- raw -%}{{ x * 9 }}{%- endraw -%}",
    "{{ x %} * 9 }}",
    "{% if x }} * 9 %}",
    "{{ x",
    "{{ 'a }}",
    "{% if x %}a",
    "{{ }}",
    "{% %}",
    "{# never closed",
    "{{ " + "(" * 500 + "x" + ")" * 500 + " }}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_or_broken_template_is_refused_at_load(source: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compile_template(source)
    assert refused.value.code == "bad_template"


def text(source: str, **values: str | None) -> str:
    return compile_template(source).render(values)


def test_a_greeting_by_name() -> None:
    assert text("DUKA: Habari {{ first_name | default('mteja') }}, karibu.", first_name="Zaïnabu") == (
        "DUKA: Habari Zaïnabu, karibu."
    )


@pytest.mark.parametrize("absent", [None, "", "  ", float("nan"), "\u00a0"])
def test_null_blank_and_nan_take_the_default(absent: Any) -> None:
    assert text("Habari {{ first_name | default('mteja') }}", first_name=absent) == "Habari mteja"


def test_if_elif_else_choose_by_text() -> None:
    source = (
        "{% if t | d() == 'gold' %}VIP{% elif t is defined and not (t != 'tin') %}{{ t | upper }}{% else %}-{% endif %}"
    )
    assert [text(source, t=tier) for tier in ("gold", "tin", "silver", None)] == ["VIP", "TIN", "-", "-"]


def test_if_takes_an_absent_variable_for_no() -> None:
    assert text("a{% if city %} {{ city }}{% endif %}") == "a"


@pytest.mark.parametrize(
    ("filtered", "expected"),
    [
        ("title", "Ng'ang'a Désiré"),
        ("capitalize", "Ng'ang'a désiré"),
        ("upper", "NG'ANG'A DÉSIRÉ"),
        ("lower", "ng'ang'a désiré"),
    ],
)
def test_filters_know_names_of_here(filtered: str, expected: str) -> None:
    assert text("{{ name | %s }}" % filtered, name="ng'ang'a DÉSIRÉ") == expected  # noqa: UP031


def test_values_are_never_read_as_templates_nor_escaped() -> None:
    assert text("{{ name }}", name="{{ 7 }} <b> & 'x'") == "{{ 7 }} <b> & 'x'"


def test_variables_are_all_names_used_in_any_branch() -> None:
    template = compile_template("{% if tier == 'x' %}{{ city | upper }}{% else %}{{ a ~ 'tier' }}{% endif %}{# b #}")
    assert template.variables == {"tier", "city", "a"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ city }}",
        "{{ city | upper }}",
        "{{ city ~ 'x' }}",
        "{{ first | default(city) }}",
        "{% if city == 'x' %}y{% endif %}",
    ],
)
def test_a_variable_without_value_and_default_is_named_as_missing(source: str) -> None:
    with pytest.raises(Unfilled) as unfilled:
        text(source, city=" ")
    assert (unfilled.value.code, unfilled.value.variable) == ("missing_variable", "city")


def test_a_value_over_200_characters_is_a_fault_of_that_recipient_and_is_not_shown() -> None:
    assert text("{{ city }}", city="x" * 200) == "x" * 200
    with pytest.raises(Unfilled) as unfilled:
        text("{{ city }}", city="x" * 201)
    assert (unfilled.value.code, unfilled.value.variable) == ("value_too_long", "city")
    assert "xxx" not in str(unfilled.value)


def test_a_text_with_nothing_to_read_is_a_fault_of_that_recipient() -> None:
    with pytest.raises(Unfilled) as unfilled:
        text(" {% if city %}{{ city }}{% endif %} ")
    assert unfilled.value.code == "empty_text"


def test_a_text_that_values_make_longer_than_4000_characters_is_a_fault_of_that_recipient() -> None:
    template = "{{ city" + " ~ city" * 200 + " }}"
    assert len(text(template, city="x" * 19)) == 3_819
    with pytest.raises(Unfilled, match="a text of 4020 characters; at most 4000 are sent") as unfilled:
        text(template, city="x" * 20)
    assert unfilled.value.code == "text_too_long"


def test_a_template_of_over_2000_characters_is_refused() -> None:
    assert compile_template("x" * 2000).variables == frozenset()
    with pytest.raises(ConfigError, match="2001 characters"):
        compile_template("x" * 2001)


def test_an_unknown_variable_is_named_with_position_the_nearest_and_all_known() -> None:
    with pytest.raises(ConfigError) as refused:
        compile_template(
            "Désiré,\nHabari {{ frist_name }}", known=["first_name", "CITY"], name="campaigns.karibu.message"
        )
    assert str(refused.value) == "campaigns.karibu.message, line 2, column 11: there is no variable 'frist_name'"
    assert refused.value.hint == "did you mean first_name? known: CITY, first_name"


def test_a_syntax_error_is_placed_in_characters_not_bytes() -> None:
    with pytest.raises(ConfigError, match="line 1, column 13"):
        compile_template("ééé {% if x y %}a{% endif %}")


def test_a_bare_number_is_refused_because_values_are_text() -> None:
    with pytest.raises(ConfigError) as refused:
        compile_template("{% if points == 100 %}a{% endif %}")
    assert refused.value.hint == "put it in quotes: all values are text"


def test_numbers_as_values_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        compile_template("{{ points }}").render({"points": 7})  # type: ignore[dict-item]


def test_rendered_text_is_composed_and_without_control_and_bidi_characters() -> None:
    assert clean(" De\u0301sire\u0301\r\nna\tZa\u202e\u200f\x00\x1b\x7f\ud800\u2066 \n") == "Désiré\nna Za"


def test_unfilled_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(Unfilled("no", code="value_too_long", variable="city")))
    assert (error.code, error.variable) == ("value_too_long", "city")


def test_rows_get_their_own_text_or_fault_under_their_own_index() -> None:
    frame = pd.DataFrame(
        {"name": ["Asha", None, "Juma", "Asha", "y" * 201], "city": ["Moshi", "Moshi", None, "Moshi", "a"]}
    )
    frame.index = pd.Index([9, 8, 7, 6, 5])
    table = render_distinct(compile_template("{{ name | default('mteja') }}, {{ city }}"), frame)
    assert table.index.tolist() == [9, 8, 7, 6, 5]
    assert table["text"].tolist() == ["Asha, Moshi", "mteja, Moshi", "", "Asha, Moshi", ""]
    assert table["fault"].tolist() == ["", "", "missing_variable", "", "value_too_long"]
    assert table["variable"].tolist() == ["", "", "city", "", "name"]
    assert {str(kind) for kind in table.dtypes} == {"str"}


def test_rows_from_arrow_and_without_variables_and_without_rows() -> None:
    names = {"name": pa.array(["Asha", "Juma"])}
    assert render_distinct(compile_template("{{ name }}"), names)["text"].tolist() == ["Asha", "Juma"]
    assert render_distinct(compile_template("Sawa"), names)["text"].tolist() == ["Sawa", "Sawa"]
    none = render_distinct(compile_template("{{ name }}"), pd.DataFrame({"name": pd.Series([], dtype="str")}))
    assert none.columns.tolist() == ["text", "fault", "variable"] and len(none) == 0


def test_a_text_without_variables_is_each_row_s_of_a_table_without_columns() -> None:
    assert render_distinct(compile_template("Sawa"), pd.DataFrame(index=[1, 2]))["text"].tolist() == ["Sawa", "Sawa"]


def test_a_variable_without_a_column_is_an_error_even_with_a_default() -> None:
    with pytest.raises(ConfigError, match="no column for the variable 'nmae'"):
        render_distinct(compile_template("{{ nmae | default('x') }}"), pd.DataFrame({"name": ["Asha"]}))


def test_columns_that_are_not_text_are_refused() -> None:
    with pytest.raises(TypeError, match="not text"):
        render_distinct(compile_template("{{ points }}"), pd.DataFrame({"points": [1]}))


ROWS = st.lists(st.tuples(*[st.one_of(st.none(), st.sampled_from(["", "a", "b", "Ä"]))] * 3), max_size=20)


@given(ROWS)
def test_distinct_rendering_equals_rendering_row_by_row(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    template = compile_template("{{ x | d('-') }}{% if y %}{{ z }}{% endif %}")
    frame = pd.DataFrame(rows, columns=["x", "y", "z"], dtype="str")
    table = render_distinct(template, frame)
    for (x, y, z), said, fault in zip(rows, table["text"], table["fault"], strict=True):
        try:
            assert (template.render({"x": x, "y": y, "z": z}), "") == (said, fault)
        except Unfilled as unfilled:
            assert (said, fault) == ("", unfilled.code)


WORDS = [
    "x",
    "'a'",
    "|upper",
    "|default(",
    "|replace(",
    "|d(x)",
    "(",
    ")",
    "~",
    "==",
    "*",
    "if",
    "else",
    "not",
    "is",
    "defined",
    "{{",
    "}}",
]
WORDS += [
    "{%",
    "%}",
    "{%if x%}",
    "{%endif%}",
    "{%else%}",
    "{#",
    "#}",
    "'",
    '"',
    "\\",
    "-",
    "for",
    "in",
    "set",
    "raw",
    ".",
    "[",
    " ",
    "\n",
    ",",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_whatever_is_accepted_at_load_stays_within_template_times_value(source: str) -> None:
    try:
        template = compile_template(source)
    except ConfigError:
        return
    try:
        rendered = template.render({"x": "ΐ" * 200})
    except Unfilled:
        return
    assert len(rendered) <= (len(source) + 1) * 200 * 3


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_no_variable_of_an_accepted_template_is_overlooked(source: str) -> None:
    try:
        template = compile_template(source)
    except ConfigError:
        return
    assert Environment().undeclared_variables_in_str(source) <= template.variables


def test_the_longest_output_of_the_longest_template_is_small_and_not_sent() -> None:
    source = "{{x~" + "x~" * 900 + "x|upper}}"
    with pytest.raises(Unfilled, match="a text of 180600 characters") as unfilled:
        text(source, x="ΐ" * 200)
    assert unfilled.value.code == "text_too_long"
