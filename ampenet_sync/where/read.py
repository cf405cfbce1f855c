"""A segment's `where` before it runs: which columns, values and functions it may name, and where it is run."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ampenet_sync.config.bounds import WHERE_LETTERS, WHERE_MEMORY
from ampenet_sync.where.cost import Fault, Node, cost

if TYPE_CHECKING:
    import duckdb

RUN_DATE = "run_date"

# Functions whose answer depends on their arguments alone. Everything else (time, chance, files, settings) is refused.
FUNCTIONS = frozenset(
    """
    + - * / // % ** ^ || & | << >> ~~ !~~ ~~* !~~* ~~~ @ like_escape not_like_escape ilike_escape not_ilike_escape
    abs ceil ceiling floor round trunc sign mod greatest least sqrt pow power fdiv fmod
    lower lcase upper ucase trim ltrim rtrim length len strlen left right substr substring replace concat concat_ws
    reverse repeat lpad rpad position strpos instr contains starts_with prefix ends_with suffix split_part
    string_split str_split split regexp_matches regexp_full_match regexp_extract regexp_replace strip_accents
    nfc_normalize ascii chr unicode md5 translate levenshtein damerau_levenshtein jaccard jaro_winkler_similarity
    date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub date_add year month day dayofmonth
    dayofweek isodow dayofyear week weekofyear quarter hour minute second last_day monthname dayname make_date strftime
    strptime try_strptime to_years to_months to_weeks to_days to_hours to_minutes to_seconds
    list_value list_contains list_has array_contains row coalesce nullif ifnull if
    """.split()  # noqa: SIM905 - a page of words reads better than a page of quotes
)

# Shapes of an expression that look at one row only.
_SHAPES = {
    "CONJUNCTION",
    "COMPARISON",
    "COLUMN_REF",
    "CONSTANT",
    "FUNCTION",
    "OPERATOR",
    "BETWEEN",
    "CAST",
    "CASE",
    "TYPE",
    "COLLATE",
}
_REFUSED = {
    "SUBQUERY": "a query inside",
    "PARAMETER": "a parameter",
    "WINDOW": "a window over other rows",
    "STAR": "a star",
    "LAMBDA": "a lambda",
}


_OF_TIME = ("now", "today", "current", "time", "age", "ago")


# In this order: after the last one nothing can be set any more.
_CLOSED = (
    "python_enable_replacements = false",
    "autoload_known_extensions = false",
    "autoinstall_known_extensions = false",
    "enable_external_access = false",
    f"memory_limit = '{WHERE_MEMORY}'",
    "lock_configuration = true",
)


@dataclass(frozen=True)
class Where:
    """An expression that may be run: its text, the parts of its parse (outer ones first), and the columns it names."""

    text: str
    parts: list[Node]
    names: set[str]


DEEPEST = 600  # lists and objects inside each other in DuckDB's parse; some Pythons stop near a thousand, some later
TOO_DEEP = "it is too deep: it has hundreds of parts inside each other"


def closed_connection(time_zone: str) -> duckdb.DuckDBPyConnection:
    """A database in memory that reaches no file and no network, not even to spill, and takes one core."""
    import duckdb  # slow to import

    connection = duckdb.connect(":memory:", config={"temp_directory": "", "threads": 1})
    # Not the machine's zone: a moment read in `where` is on the same day and hour wherever this runs.
    for setting in (f"TimeZone = '{time_zone}'", *_CLOSED):
        connection.execute(f"SET {setting}")
    return connection


def names_in(where: str, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The columns the expression names, as written there. Raises Fault, or duckdb.Error, where it may not be run."""
    return read_where(where, connection).names


def read_where(where: str, connection: duckdb.DuckDBPyConnection) -> Where:
    """The expression as it may be run. Raises Fault, or duckdb.Error, where it may not."""
    import duckdb  # slow to import

    if len(where) > WHERE_LETTERS:
        hint = "for a long list of customers write members: with a query of their keys"
        raise Fault(f"it has {len(where):,} letters; at most {WHERE_LETTERS:,} are read", hint=hint)
    duckdb.SQLExpression(where)  # the parser refuses whatever is more than one expression
    parts = list(_nodes(_tree(where, connection)))
    for node in parts:
        shape = node["class"]
        if shape not in _SHAPES:
            raise Fault(f"{_REFUSED.get(shape, shape.lower())} is not allowed; where looks at one row at a time")
        if shape == "FUNCTION":
            _check_function(node)
    cost(parts)
    return Where(where, parts, {_bare(node["column_names"]) for node in parts if node["class"] == "COLUMN_REF"})


def _tree(where: str, connection: duckdb.DuckDBPyConnection) -> Node:
    """DuckDB's own parse of a text that is one expression and no more."""
    asked = "SELECT json_serialize_sql('SELECT 1 WHERE (' || ? || chr(10) || ')')"
    serialised = connection.execute(asked, [where]).fetchall()[0][0]
    try:
        parsed: Node = json.loads(serialised)
    except RecursionError:
        raise Fault(TOO_DEEP) from None
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise Fault("it is not an expression")
    tree: Node = parsed["statements"][0]["node"]["where_clause"]
    return tree


def _nodes(tree: Node) -> Iterator[Node]:
    """Every part of the tree that is an expression; with a stack, since it may be deep."""
    left: list[tuple[Any, int]] = [(tree, 0)]
    while left:
        part, depth = left.pop()
        if depth > DEEPEST:
            raise Fault(TOO_DEEP)
        if isinstance(part, dict):
            if "class" in part:
                yield part
            left.extend((inner, depth + 1) for inner in part.values())
        elif isinstance(part, list):
            left.extend((inner, depth + 1) for inner in part)


def _check_function(node: Node) -> None:
    name = str(node["function_name"]).lower()
    if name in FUNCTIONS and not node.get("schema") and not node.get("catalog"):
        if any(argument.get("name") for argument in node["arguments"]):
            raise Fault(f"the arguments of {name} are written without names")
        return
    if any(word in name for word in _OF_TIME):
        raise Fault(f"the function {name} is not allowed; for the day of the run write {RUN_DATE}")
    near = difflib.get_close_matches(name, sorted(FUNCTIONS), n=1)
    raise Fault(f"the function {name} is not allowed" + (f"; did you mean {near[0]}?" if near else ""))


def _bare(path: list[str]) -> str:
    if len(path) != 1:
        raise Fault(f"{'.'.join(path)} is no column: write the column's name alone, in double quotes if it has a dot")
    return path[0]
