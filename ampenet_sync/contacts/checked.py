"""A table held against its pandera model. A row that breaks it is a fault of this program: bad ones were set aside."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.contacts.keys import Keys

if TYPE_CHECKING:
    import pandera.pandas

    Verdict = Callable[["pd.Series[Any]"], bool]


def checked(frame: pd.DataFrame, model: type[pandera.pandas.DataFrameModel], *, whole: bool = True) -> pd.DataFrame:
    """The frame itself. Part of a table (`whole=False`) can't show that a value stands there once, so that is left out.

    pandera's own message holds values of rows, so only what it checked is passed on, as an AssertionError.
    """
    from pandera.errors import SchemaErrors

    try:
        return _schema(model, whole).validate(frame, lazy=True)
    except SchemaErrors as error:
        broken = sorted({f"{case['column']}: {case['check']}" for case in error.failure_cases.to_dict("records")})
    raise AssertionError(
        f"rows passed as {model.__name__} that are none ({'; '.join(broken)}): a fault in this program"
    )


@cache
def _schema(model: type[pandera.pandas.DataFrameModel], whole: bool) -> pandera.pandas.DataFrameSchema:
    """The model's own rules, each asked once of a whole column in Arrow.

    pandera's built-in ones ask each text for its type, and build tables of what failed: three times the cost.
    """
    schema = model.to_schema()
    return schema.update_columns({name: _quick(column, whole) for name, column in schema.columns.items()})


def _quick(column: Any, whole: bool) -> dict[str, Any]:
    checks = [_in_arrow(check) for check in column.checks]
    if column.unique and whole:
        checks.append(_check(_stands_once, "stands there once"))
    if not str(column.dtype).startswith("str"):
        return {"checks": checks, "unique": False}
    return {"checks": [_check(_is_text, "is text"), *checks], "unique": False, "dtype": None}


def _in_arrow(check: Any) -> Any:
    """The same rule for the whole column; one that isn't known here stays pandera's."""
    said = check.statistics or {}
    match check.name:
        case "str_matches":
            pattern = getattr(said["pattern"], "pattern", said["pattern"])
            return _check(lambda series: _all(pc.match_substring_regex(_arrow(series), pattern)), check.error)
        case "str_length":
            least, most = said.get("min_value") or 0, said.get("max_value")
            return _check(lambda series: _within(pc.utf8_length(_arrow(series)), least, most), check.error)
        case "isin":
            allowed = pa.array(list(said["allowed_values"]), pa.large_string())
            return _check(lambda series: _all(pc.is_in(_arrow(series), allowed)), check.error)
        case "greater_than_or_equal_to":
            return _check(lambda series: _within(_arrow(series), said["min_value"], None), check.error)
    return check


def _check(verdict: Verdict, error: str | None) -> Any:
    from pandera.pandas import Check

    return Check(verdict, error=error, ignore_na=False)


def _arrow(series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    return pa.array(series)


def _is_text(series: pd.Series[Any]) -> bool:
    return isinstance(series.dtype, pd.StringDtype)


def _stands_once(series: pd.Series[Any]) -> bool:
    """With eight bytes for each value, where looking each one up among the others takes hundreds."""
    keys, values = Keys(), _arrow(series)
    values = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    keys.add(values, pa.repeat(True, len(values)))
    return not series.iloc[keys.suspects()].duplicated().any()


def _all(truths: pa.Array | pa.ChunkedArray) -> bool:
    return pc.all(truths, skip_nulls=False).as_py() is not False


def _within(numbers: pa.Array | pa.ChunkedArray, least: int, most: int | None) -> bool:
    found = pc.min_max(numbers).as_py()
    return found["min"] is None or (found["min"] >= least and (most is None or found["max"] <= most))
