"""One message text with variables → the text each recipient reads. It knows no recipients, consent, parts or prices.

Which tags a message may hold is read in config, when the configuration is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minijinja import Environment, TemplateError

from ampenet_sync.codes import TextCode
from ampenet_sync.config.tags import TagFault, nearest_variable, offset, read_tags, template_environment
from ampenet_sync.errors import AmpenetError, ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MAX_VALUE = 200  # characters
AT_ONCE = 50_000  # distinct combinations that are Python's at one time
MAX_TEXT = 4_000  # characters: twice a template, and more parts than any network joins again

_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Control characters, lone surrogates, and the marks that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Unfilled(AmpenetError):
    """One recipient's values don't make a text; the others are not concerned.

    `code` is missing_variable, value_too_long (both name `variable`), empty_text or text_too_long. Values are never in
    the message.
    """

    def __init__(
        self, message: str, *, code: TextCode = "missing_variable", hint: str = "", variable: str = ""
    ) -> None:
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
        `default` is not there, a value is over 200 characters, nothing is left to read, or the text is over 4,000.
        """
        there = {name: _checked(name, values[name]) for name in sorted(self.variables) if _is_there(values.get(name))}
        try:
            text = clean(self._environment.render_template("message", **there))
        except TemplateError as error:
            raise self._not_rendered(error) from None
        if not text:
            raise Unfilled("the text is empty for these values", code="empty_text")
        if len(text) > MAX_TEXT:
            raise Unfilled(f"a text of {len(text)} characters; at most {MAX_TEXT} are sent", code="text_too_long")
        return text

    def _not_rendered(self, error: TemplateError) -> AmpenetError:
        missing = re.search(r"`(\w+)` is undefined", error.detail or "")
        if missing is None:
            return _bad(self.name, self.source, offset(self.source, error), error.detail or error.kind)
        hint = f"fill the column, or write {{{{ {missing[1]} | default('…') }}}}"
        return Unfilled(f"there is no value for {missing[1]}", hint=hint, variable=missing[1])


def compile_template(source: str, *, known: Collection[str] | None = None, name: str = "message") -> Template:
    """Read a template once. `known` are the variables there are (None: any); `name` is how errors call this text.

    Raises ConfigError `bad_template` with line and column, and for an unknown variable the nearest and all known ones.
    """
    try:
        variables = read_tags(source, known=known)
    except TagFault as fault:
        raise _bad(name, source, fault.at, fault.message, fault.hint) from None
    return Template(source, variables, name, _environment=template_environment(source))


def render_distinct(
    template: Template, columns: pd.DataFrame | Mapping[str, pd.Series[str] | pa.Array | pa.ChunkedArray]
) -> pd.DataFrame:
    """Render once for each distinct combination of the variables used, for all rows of equally long text columns.

    → a frame with the columns' index (a running number for Arrow): `text` (str, "" where not rendered), `fault` (str:
    "", missing_variable, value_too_long, empty_text or text_too_long) and `variable` (str: the one at fault, else "").
    A variable without a column is a ConfigError: `default` would silently serve everybody.
    """
    import pandas as pd

    names = sorted(template.variables)
    for name in names:
        if name not in columns:
            said = f"{template.name}: there is no column for the variable '{name}'"
            raise ConfigError(
                said, code="bad_template", hint=nearest_variable(name, [str(column) for column in columns])
            )
    series, index = [_text_column(columns[name], name) for name in names], _index(columns)
    codes, first = _combinations(series, len(index))
    pieces = (first[start : start + AT_ONCE] for start in range(0, max(len(first), 1), AT_ONCE))
    outcomes = [
        _outcomes(template, dict(zip(names, (column.iloc[at] for column in series), strict=True))) for at in pieces
    ]
    return pd.concat(outcomes, ignore_index=True).take(codes).set_axis(index)


def clean(text: str) -> str:
    """NFC; newlines as `\\n`; tabs as spaces; control and bidi characters out; trimmed."""
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return _UNSEEN.sub("", text).strip()


def _bad(name: str, source: str, at: int, said: str, hint: str = "") -> ConfigError:
    line = source.count("\n", 0, at) + 1
    column = at - (source.rfind("\n", 0, at) + 1) + 1
    return ConfigError(f"{name}, line {line}, column {column}: {said}", code="bad_template", hint=hint)


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


def _outcomes(template: Template, columns: Mapping[str, pd.Series[str]]) -> pd.DataFrame:
    """text, fault and variable of each row; of no columns there is one."""
    import pandas as pd

    rows = zip(*(column.tolist() for column in columns.values()), strict=True) if columns else [()]
    outcomes = [_outcome(template, dict(zip(columns, values, strict=True))) for values in rows]
    return pd.DataFrame(outcomes, columns=["text", "fault", "variable"], dtype="str")


def _outcome(template: Template, values: dict[str, str | None]) -> tuple[str, str, str]:
    try:
        return template.render(values), "", ""
    except Unfilled as unfilled:
        return "", unfilled.code, unfilled.variable
