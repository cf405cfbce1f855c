"""Read the tags of a message word by word: which variables they name, and what has no place in them.

minijinja runs the templates, but its fuel counts steps, not memory: `indent`, `.replace` and a doubling loop were seen
to take a gigabyte or the whole process. So only what keeps the output proportional to template × values passes:
variables, quoted text, == != ~ and or not, if/elif/else, `is defined`, and a few filters. Calls, loops, arithmetic,
attributes and lists are refused when the configuration is loaded.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any, NoReturn

from minijinja import Environment, TemplateError

MAX_TEMPLATE = 2_000  # characters
FUEL = 10_000  # steps of one rendering: no template of 2,000 characters needs half of it

# None of them makes a text longer than its inputs (a few letters grow to three in upper case). `replace` is not among
# them: each one in a chain multiplies the length.
FILTERS = ("capitalize", "d", "default", "lower", "title", "trim", "upper")
FILTERS_WITH_ARGUMENT = ("d", "default")
STATEMENTS = ("if", "elif", "else", "endif")
TESTS = ("defined", "undefined")
OPERATORS = ("and", "or", "not", "if", "else", "is")

_OPENING = re.compile(r"\{\{-?|\{%-?|\{#")
_WORD = re.compile(r"""\s*(?:
    (?P<end>-?(?:\}\}|%\}))
  | (?P<name>[^\W\d]\w*)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<sign>==|!=|[|~()])
  | (?P<other>\S)
)""", re.VERBOSE | re.DOTALL)  # fmt: skip


class TagFault(Exception):
    """What is wrong in a message at the place `at`; `variable` is the one that isn't there."""

    def __init__(self, message: str, *, at: int, hint: str = "", variable: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint
        self.variable = variable


def template_environment(source: str) -> Environment:
    """What renders the template `message`. Raises minijinja's TemplateError where its syntax is wrong."""
    strictness: Any = "semi_strict"  # an undefined variable may be asked for (`if`), never printed
    # Only with `debug` do errors name the undefined variable. They then hold values too, so only `detail` is passed on.
    environment = Environment(pycompat=False, undefined_behavior=strictness, fuel=FUEL, debug=True)
    environment.add_template("message", source)
    return environment


def read_tags(source: str, *, known: Collection[str] | None = None) -> frozenset[str]:
    """The variables a message names, in taken and untaken branches alike. `known` are those there are (None: any).

    Raises TagFault for whatever may not be rendered, and for an unknown variable with the nearest and all known ones.
    """
    if len(source) > MAX_TEMPLATE:
        raise TagFault(f"{len(source)} characters; a template has at most {MAX_TEMPLATE}", at=0, hint="shorten it")
    used = dict(reversed(list(_variables(source))))
    try:
        environment = template_environment(source)
    except TemplateError as error:
        raise TagFault(error.detail or error.kind, at=offset(source, error)) from None
    for variable, at in sorted(used.items(), key=lambda item: item[1]):
        if _is_reserved(variable, environment):
            raise TagFault(f"'{variable}' is a word of the template language, not a variable", at=at)
        if known is not None and variable not in known:
            raise TagFault(
                f"there is no variable '{variable}'", at=at, hint=nearest_variable(variable, known), variable=variable
            )
    return frozenset(used)


def nearest_variable(variable: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(variable, sorted(known), n=1)
    listed = f"known: {', '.join(sorted(known)) or 'none'}"
    return f"did you mean {near[0]}? {listed}" if near else listed


def offset(source: str, error: TemplateError) -> int:
    """Where a TemplateError stands, in characters: minijinja counts bytes."""
    start = error.range[0] if error.range else 0
    return len(source.encode()[:start].decode(errors="ignore"))


def _variables(source: str) -> Iterator[tuple[str, int]]:
    """Each variable with its offset. Refuses every word that is not on the lists above."""
    at = 0
    while opening := _OPENING.search(source, at):
        if opening[0] == "{#":
            end = source.find("#}", opening.end())
            at = end + 2 if end >= 0 else len(source)
            continue
        words = list(_words(source, opening))
        at = words[-1].end()
        if opening[0].startswith("{%"):
            _require(words.pop(0), STATEMENTS, "statement")
        yield from _expression(words[:-1])


def _words(source: str, opening: re.Match[str]) -> Iterator[re.Match[str]]:
    """The words of one tag, its closing one last."""
    at = opening.end()
    while word := _WORD.match(source, at):
        yield word
        if word["end"]:
            _check_closing(opening, word)
            return
        at = word.end()
    raise TagFault(f"'{opening[0]}' is not closed", at=opening.start())


def _check_closing(opening: re.Match[str], word: re.Match[str]) -> None:
    closing = "}}" if opening[0].startswith("{{") else "%}"
    if not word["end"].endswith(closing):
        message = f"'{opening[0]}' is closed by '{word['end']}'"
        raise TagFault(message, at=_start(word), hint=f"close it with {closing}")


def _expression(words: list[re.Match[str]]) -> Iterator[tuple[str, int]]:
    before, before_that = "", ""
    for word in words:
        written = word[0].strip()
        match word.lastgroup:
            case "name" if before == "|":
                _require(word, FILTERS, "filter")
            case "name" if before == "is" or (before, before_that) == ("not", "is"):
                _require(word, (*TESTS, "not"), "test")
            case "name" if written not in OPERATORS:
                yield written, _start(word)
            case "sign" if written == "(":
                _check_bracket(word, before, before_that)
            case "other":
                _refuse_sign(word)
        before, before_that = written, before


def _require(word: re.Match[str], allowed: tuple[str, ...], kind: str) -> None:
    written = word[0].strip()
    if written not in allowed:
        message = f"'{written}' is no {kind} of a message"
        raise TagFault(message, at=_start(word), hint=f"there are {', '.join(allowed)}")


def _check_bracket(word: re.Match[str], before: str, before_that: str) -> None:
    if before_that == "|" and before in FILTERS_WITH_ARGUMENT:
        return
    if before not in ("", "(", "~", "==", "!=", *OPERATORS):
        message = f"'{before}(…)' would be a call"
        raise TagFault(message, at=_start(word), hint="only default('…') takes an argument")


def _refuse_sign(word: re.Match[str]) -> NoReturn:
    sign = word["other"]
    hint = "put it in quotes: all values are text" if sign.isdigit() else "use quoted text, ==, !=, ~, and, or, not, |"
    raise TagFault(f"'{sign}' has no place in a message's tags", at=_start(word), hint=hint)


def _is_reserved(variable: str, environment: Environment) -> bool:
    """Whether the language itself has this name (`true`, `in`, `range`), so that no value would be asked for."""
    return variable == "in" or bool(environment.eval_expr(f"{variable} is defined"))


def _start(word: re.Match[str]) -> int:
    return word.start(word.lastgroup or 0)
