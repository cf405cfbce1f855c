"""One message text with variables → the text each recipient reads. It knows no recipients, consent, parts or prices.

Which tags a message may hold is read in config, when the configuration is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from minijinja import Environment, TemplateError

from ampenet_sync.codes import TextCode
from ampenet_sync.config.tags import TagFault, nearest_variable, offset, read_tags, template_environment
from ampenet_sync.errors import AmpenetError, ConfigError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    Columns: TypeAlias = pd.DataFrame | Mapping[str, pd.Series[str] | pa.Array | pa.ChunkedArray]
    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

MAX_VALUE = 200  # characters
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


def render_distinct(template: Template, columns: Columns) -> tuple[pd.DataFrame, Numbers]:
    """Render once for each distinct combination of the variables used, for all rows of equally long text columns.

    → the different outcomes, and the position among them of each row's. An outcome has `text` (str, "" where not
    rendered), `fault` (str: "", missing_variable, value_too_long, empty_text or text_too_long) and `variable` (str: the
    one at fault, else ""). A variable without a column is a ConfigError: `default` would silently serve everybody.
    """
    import pandas as pd

    names = sorted(template.variables)
    for name in names:
        if name not in columns:
            message = f"{template.name}: there is no column for the variable '{name}'"
            raise ConfigError(
                message, code="bad_template", hint=nearest_variable(name, [str(column) for column in columns])
            )
    series = [_text_column(columns[name], name) for name in names]
    codes, first = _combinations(series, _rows(columns))
    distinct = zip(*(column.iloc[first].tolist() for column in series), strict=True) if names else [()]
    rows = [_outcome(template, dict(zip(names, values, strict=True))) for values in distinct]
    return pd.DataFrame(rows, columns=["text", "fault", "variable"], dtype="str"), codes


def clean(text: str) -> str:
    """NFC; newlines as `\\n`; tabs as spaces; control and bidi characters out; trimmed."""
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return _UNSEEN.sub("", text).strip()


def _bad(name: str, source: str, at: int, message: str, hint: str = "") -> ConfigError:
    line = source.count("\n", 0, at) + 1
    column = at - (source.rfind("\n", 0, at) + 1) + 1
    return ConfigError(f"{name}, line {line}, column {column}: {message}", code="bad_template", hint=hint)


def _is_there(value: str | float | None) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if value is None or value != value:
        return False
    raise TypeError("a template's values are text")


def _checked(name: str, value: str | None) -> str:
    if value is not None and len(value) <= MAX_VALUE:
        return value
    message = f"the value of {name} has {len(value or '')} characters; at most {MAX_VALUE} go into a text"
    raise Unfilled(message, code="value_too_long", variable=name)


def _text_column(column: Any, name: str) -> pd.Series[str]:
    import pandas as pd

    series = column if isinstance(column, pd.Series) else pd.Series(column.to_pandas())
    if not isinstance(series.dtype, pd.StringDtype):
        raise TypeError(f"the column of {name} is {series.dtype}, not text")
    return series


def _rows(columns: Columns) -> int:
    import pandas as pd

    return len(columns if isinstance(columns, pd.DataFrame) else next(iter(columns.values()), ()))


def _combinations(columns: list[pd.Series[str]], rows: int) -> tuple[Numbers, Numbers]:
    """(each row's combination, numbered in order of appearance; the position where each combination stands first)."""
    import numpy as np
    import pandas as pd

    codes = np.zeros(rows, dtype=np.int64)
    for at, column in enumerate(columns):
        own, values = pd.factorize(column, use_na_sentinel=False)
        codes = pd.factorize(codes * len(values) + own)[0] if at else own
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(rows)[::-1]  # of several the last to be written is the one that stands first
    return codes, first


def _outcome(template: Template, values: dict[str, str | None]) -> tuple[str, str, str]:
    try:
        return template.render(values), "", ""
    except Unfilled as unfilled:
        return "", unfilled.code, unfilled.variable
