"""A table held against its pandera model. A row that breaks it is a fault of this program: bad ones were set aside."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas


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
    schema = model.to_schema()
    if whole:
        return schema
    return schema.update_columns({name: {"unique": False} for name, column in schema.columns.items() if column.unique})
