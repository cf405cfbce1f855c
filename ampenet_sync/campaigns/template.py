"""One message text with variables → the text each recipient reads. It knows no recipients, consent, parts or prices.

minijinja runs the templates, but its fuel counts steps, not memory: `indent`, `.replace` and a doubling loop were seen
to take a gigabyte or the whole process. So a template is read here first, word by word, and only what keeps the output
proportional to template × values passes: variables, quoted text, == != ~ and or not, if/elif/else, `is defined`,
and a few filters. Calls, loops, arithmetic, attributes and lists are refused when the configuration is loaded.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from minijinja import Environment, TemplateError

from ampenet_sync.errors import AmpenetError, ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MAX_TEMPLATE = 2_000  # characters
MAX_VALUE = 200  # characters
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

_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Control characters, lone surrogates, and the marks that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Unfilled(AmpenetError):
    """One recipient's values don't make a text; the others are not concerned.

    `code` is missing_variable, value_too_long (both name `variable`) or empty_text. Values are never in the message.
    """

    def __init__(self, message: str, *, code: str = "missing_variable", hint: str = "", variable: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.variable = variable


@dataclass(frozen=True)
class Template:
    """A template found harmless; `variables` are all names it uses, in taken and untaken branches alike."""

    source: str
    variables: frozenset[str]
    name: str = "message"
    _environment: Environment = field(repr=False, compare=False, kw_only=True)

    def render(self, values: Mapping[str, str | None]) -> str:
        """The text for one recipient: NFC, newlines as `\\n`, without control and bidi characters, trimmed.

        None, NaN and blank values count as not there, so `default` works. Raises Unfilled where a variable without
        `default` is not there, a value is over 200 characters, or nothing is left to read.
        """
        there = {name: _checked(name, values[name]) for name in sorted(self.variables) if _is_there(values.get(name))}
        try:
            text = clean(self._environment.render_template("message", **there))
        except TemplateError as error:
            raise self._not_rendered(error) from None
        if not text:
            raise Unfilled("the text is empty for these values", code="empty_text")
        return text

    def _not_rendered(self, error: TemplateError) -> AmpenetError:
        missing = re.search(r"`(\w+)` is undefined", error.detail or "")
        if missing is None:
            return _bad(self.name, self.source, _offset(self.source, error), error.detail or error.kind)
        hint = f"fill the column, or write {{{{ {missing[1]} | default('…') }}}}"
        return Unfilled(f"there is no value for {missing[1]}", hint=hint, variable=missing[1])


def compile_template(source: str, *, known: Collection[str] | None = None, name: str = "message") -> Template:
    """Read a template once. `known` are the variables there are (None: any); `name` is how errors call this text.

    Raises ConfigError `bad_template` with line and column, and for an unknown variable the nearest and all known ones.
    """
    if len(source) > MAX_TEMPLATE:
        said = f"{len(source)} characters; a template has at most {MAX_TEMPLATE}"
        raise ConfigError(f"{name}: {said}", code="bad_template", hint="shorten it")
    environment = _environment()
    used = dict(reversed(list(_variables(name, source))))
    try:
        environment.add_template("message", source)
    except TemplateError as error:
        raise _bad(name, source, _offset(source, error), error.detail or error.kind) from None
    for variable, at in sorted(used.items(), key=lambda item: item[1]):
        if _is_reserved(variable, environment):
            raise _bad(name, source, at, f"'{variable}' is a word of the template language, not a variable")
        if known is not None and variable not in known:
            raise _bad(name, source, at, f"there is no variable '{variable}'", _near(variable, known))
    return Template(source, frozenset(used), name, _environment=environment)


def render_distinct(
    template: Template, columns: pd.DataFrame | Mapping[str, pd.Series[str] | pa.Array | pa.ChunkedArray]
) -> pd.DataFrame:
    """Render once for each distinct combination of the variables used, for all rows of equally long text columns.

    → a frame with the columns' index (a running number for Arrow): `text` (str, "" where not rendered), `fault` (str:
    "", missing_variable, value_too_long or empty_text) and `variable` (str: the one at fault, else "").
    A variable without a column is a ConfigError: `default` would silently serve everybody.
    """
    import pandas as pd

    names = sorted(template.variables)
    for name in names:
        if name not in columns:
            said = f"{template.name}: there is no column for the variable '{name}'"
            raise ConfigError(said, code="bad_template", hint=_near(name, [str(column) for column in columns]))
    series, index = [_text_column(columns[name], name) for name in names], _index(columns)
    codes, first = _combinations(series, len(index))
    distinct = zip(*(column.iloc[first].tolist() for column in series), strict=True) if names else [()]
    rows = [_outcome(template, dict(zip(names, values, strict=True))) for values in distinct]
    table = pd.DataFrame(rows, columns=["text", "fault", "variable"], dtype="str")
    return table.take(codes).set_axis(index)


def clean(text: str) -> str:
    """NFC; newlines as `\\n`; tabs as spaces; control and bidi characters out; trimmed."""
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return _UNSEEN.sub("", text).strip()


def _environment() -> Environment:
    strictness: Any = "semi_strict"  # an undefined variable may be asked for (`if`), never printed
    # Only with `debug` do errors name the undefined variable. They then hold values too, so only `detail` is passed on.
    return Environment(pycompat=False, undefined_behavior=strictness, fuel=FUEL, debug=True)


def _variables(name: str, source: str) -> Iterator[tuple[str, int]]:
    """Each variable with its offset. Refuses every word that is not on the lists above."""
    at = 0
    while opening := _OPENING.search(source, at):
        if opening[0] == "{#":
            end = source.find("#}", opening.end())
            at = end + 2 if end >= 0 else len(source)
            continue
        words = list(_words(name, source, opening))
        at = words[-1].end()
        if opening[0].startswith("{%"):
            _require(name, source, words.pop(0), STATEMENTS, "statement")
        yield from _expression(name, source, words[:-1])


def _words(name: str, source: str, opening: re.Match[str]) -> Iterator[re.Match[str]]:
    """The words of one tag, its closing one last."""
    at = opening.end()
    while word := _WORD.match(source, at):
        yield word
        if word["end"]:
            _check_closing(name, source, opening, word)
            return
        at = word.end()
    raise _bad(name, source, opening.start(), f"'{opening[0]}' is not closed")


def _check_closing(name: str, source: str, opening: re.Match[str], word: re.Match[str]) -> None:
    closing = "}}" if opening[0].startswith("{{") else "%}"
    if not word["end"].endswith(closing):
        raise _bad(
            name, source, _start(word), f"'{opening[0]}' is closed by '{word['end']}'", f"close it with {closing}"
        )


def _expression(name: str, source: str, words: list[re.Match[str]]) -> Iterator[tuple[str, int]]:
    before, before_that = "", ""
    for word in words:
        said = word[0].strip()
        match word.lastgroup:
            case "name" if before == "|":
                _require(name, source, word, FILTERS, "filter")
            case "name" if before == "is" or (before, before_that) == ("not", "is"):
                _require(name, source, word, (*TESTS, "not"), "test")
            case "name" if said not in OPERATORS:
                yield said, _start(word)
            case "sign" if said == "(":
                _check_bracket(name, source, word, before, before_that)
            case "other":
                _refuse_sign(name, source, word)
        before, before_that = said, before


def _require(name: str, source: str, word: re.Match[str], allowed: tuple[str, ...], kind: str) -> None:
    said = word[0].strip()
    if said not in allowed:
        hint = f"there are {', '.join(allowed)}"
        raise _bad(name, source, _start(word), f"'{said}' is no {kind} of a message", hint)


def _check_bracket(name: str, source: str, word: re.Match[str], before: str, before_that: str) -> None:
    if before_that == "|" and before in FILTERS_WITH_ARGUMENT:
        return
    if before not in ("", "(", "~", "==", "!=", *OPERATORS):
        raise _bad(name, source, _start(word), f"'{before}(…)' would be a call", "only default('…') takes an argument")


def _refuse_sign(name: str, source: str, word: re.Match[str]) -> NoReturn:
    sign = word["other"]
    hint = "put it in quotes: all values are text" if sign.isdigit() else "use quoted text, ==, !=, ~, and, or, not, |"
    raise _bad(name, source, _start(word), f"'{sign}' has no place in a message's tags", hint)


def _is_reserved(variable: str, environment: Environment) -> bool:
    """Whether the language itself has this name (`true`, `in`, `range`), so that no value would be asked for."""
    return variable == "in" or bool(environment.eval_expr(f"{variable} is defined"))


def _start(word: re.Match[str]) -> int:
    return word.start(word.lastgroup or 0)


def _bad(name: str, source: str, at: int, said: str, hint: str = "") -> ConfigError:
    line = source.count("\n", 0, at) + 1
    column = at - (source.rfind("\n", 0, at) + 1) + 1
    return ConfigError(f"{name}, line {line}, column {column}: {said}", code="bad_template", hint=hint)


def _offset(source: str, error: TemplateError) -> int:
    """minijinja counts bytes."""
    start = error.range[0] if error.range else 0
    return len(source.encode()[:start].decode(errors="ignore"))


def _near(variable: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(variable, sorted(known), n=1)
    listed = f"known: {', '.join(sorted(known)) or 'none'}"
    return f"did you mean {near[0]}? {listed}" if near else listed


def _is_there(value: str | float | None) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if value is None or value != value:
        return False
    raise TypeError("a template's values are text")


def _checked(name: str, value: str | None) -> str:
    if value is not None and len(value) <= MAX_VALUE:
        return value
    said = f"the value of {name} has {len(value or '')} characters; at most {MAX_VALUE} go into a text"
    raise Unfilled(said, code="value_too_long", variable=name)


def _text_column(column: Any, name: str) -> pd.Series[str]:
    import pandas as pd

    series = column if isinstance(column, pd.Series) else pd.Series(column.to_pandas())
    if not isinstance(series.dtype, pd.StringDtype):
        raise TypeError(f"the column of {name} is {series.dtype}, not text")
    return series


def _index(columns: Any) -> pd.Index:
    import pandas as pd

    some = columns if isinstance(columns, pd.DataFrame) else next(iter(columns.values()), ())
    return some.index if isinstance(some, pd.DataFrame | pd.Series) else pd.RangeIndex(len(some))


def _combinations(columns: list[pd.Series[str]], rows: int) -> tuple[Any, Any]:
    """(each row's combination, numbered in order of appearance; the position where each combination stands first)."""
    import numpy as np
    import pandas as pd

    codes = np.zeros(rows, dtype=np.int64)
    for column in columns:
        own, values = pd.factorize(column)
        codes = pd.factorize(codes * (len(values) + 1) + own + 1)[0]
    return codes, np.flatnonzero(~pd.Series(codes).duplicated())


def _outcome(template: Template, values: dict[str, str | None]) -> tuple[str, str, str]:
    try:
        return template.render(values), "", ""
    except Unfilled as unfilled:
        return "", unfilled.code, unfilled.variable
