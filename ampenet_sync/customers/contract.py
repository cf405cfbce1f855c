"""A table held against its pandera model. A row that breaks it is a fault of this program: bad ones are quarantined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.keys import Keys

if TYPE_CHECKING:
    import pandera.pandas

    Verdict = Callable[["pd.Series[Any]"], bool]


def checked(frame: pd.DataFrame, model: type[pandera.pandas.DataFrameModel], *, whole: bool = True) -> pd.DataFrame:
    """The frame itself. Part of a table (`whole=False`) can't show that a value stands there once, so that is left out.

    pandera's own message holds values of rows, so only what it checked is passed on, as an AssertionError.
    """
    from pandera.errors import SchemaErrors

    try:
        return _schema(model, whole).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as error:
        broken = sorted({str(case["check"]) for case in error.failure_cases.to_dict("records")})
    raise AssertionError(
        f"rows passed as {model.__name__} that are none ({'; '.join(broken)}): a fault in this program"
    )


def check_table(table: pa.Table, model: type[pandera.pandas.DataFrameModel], *, whole: bool = False) -> None:
    """Hold a table that came from a file against its model. Raises ValueError, which shows none of its cells."""
    from pandera.errors import SchemaErrors

    try:
        _schema(model, whole).validate(table.to_pandas(), lazy=True, inplace=True)
    except SchemaErrors:
        raise ValueError(f"no {model.__name__}") from None


def arrow_schema(model: type[pandera.pandas.DataFrameModel]) -> pa.Schema:
    """The columns that the model names one by one, in its order: text, bool or int64."""
    types = {"bool": pa.bool_(), "int64": pa.int64()}  # whatever pandas calls text
    columns = model.to_schema().columns.items()
    return pa.schema(
        [(name, types.get(str(column.dtype), pa.string())) for name, column in columns if not column.regex]
    )


@cache
def _schema(model: type[pandera.pandas.DataFrameModel], whole: bool) -> pandera.pandas.DataFrameSchema:
    """The model's own rules, each asked once of a whole column in Arrow.

    pandera's columns ask each text for its type, and build tables of what failed: three times the cost.
    """
    from pandera.pandas import DataFrameSchema

    schema = model.to_schema()
    named = [name for name, column in schema.columns.items() if not column.regex]
    checks = [_of_table(lambda frame: _has(frame, named, schema), "columns")]
    for name, column in schema.columns.items():
        for rule, error in _rules(column, whole):
            checks.append(_of_column(name, rule, error, regex=column.regex))
    return DataFrameSchema(checks=checks)


def _has(frame: pd.DataFrame, named: list[str], schema: pandera.pandas.DataFrameSchema) -> bool:
    return list(frame.columns) == named if schema.strict else set(named) <= set(frame.columns)


def _of_column(name: str, rule: Verdict, error: str, *, regex: bool) -> Any:
    pattern = re.compile(name)
    if regex:
        return _of_table(
            lambda frame: all(rule(frame[column]) for column in frame.columns if pattern.match(column)),
            f"{name}: {error}",
        )
    return _of_table(lambda frame: name in frame.columns and rule(frame[name]), f"{name}: {error}")


def _of_table(verdict: Callable[[pd.DataFrame], bool], error: str) -> Any:
    from pandera.pandas import Check

    return Check(verdict, error=error, ignore_na=False)


def _rules(column: Any, whole: bool) -> Iterator[tuple[Verdict, str]]:
    """Type, no gaps, the column's own checks, and that each value stands there once."""
    is_text = str(column.dtype).startswith("str")
    yield (_is_text if is_text else lambda series: str(series.dtype) == str(column.dtype)), "type"
    if not column.nullable:
        yield lambda series: not _arrow(series).null_count, "not blank"
    for check in column.checks:
        yield _in_arrow(check), str(check.error)
    if column.unique and whole:
        yield _stands_once, "unique"


def _in_arrow(check: Any) -> Verdict:
    """The same rule for the whole column. A kind of check that isn't known here must be added."""
    arguments = check.statistics or {}
    match check.name:
        case "str_matches":
            pattern = getattr(arguments["pattern"], "pattern", arguments["pattern"])
            return lambda series: _all(pc.match_substring_regex(_arrow(series), pattern))
        case "str_length":
            least, most = arguments.get("min_value") or 0, arguments.get("max_value")
            return lambda series: _within(pc.utf8_length(_arrow(series)), least, most)
        case "isin":
            allowed = pa.array(list(arguments["allowed_values"]), pa.large_string())
            return lambda series: _all(pc.is_in(_arrow(series), allowed))
        case "greater_than_or_equal_to":
            return lambda series: _within(_arrow(series), arguments["min_value"], None)
    raise NotImplementedError(check.name)


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
    extremes = pc.min_max(numbers).as_py()
    return extremes["min"] is None or (extremes["min"] >= least and (most is None or extremes["max"] <= most))
