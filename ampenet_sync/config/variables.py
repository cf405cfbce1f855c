"""Which variables a message has, and what a name in it most likely means. No text is read here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ampenet_sync.config.customers import Customers
from ampenet_sync.errors import sayable

NAMES = ("first_name", "last_name")

# What people and other tools call them, folded. In prose these words may stand between such marks, so alone they only
# make a warning.
USUAL_FIRST = frozenset(
    """
    firstname fname name givenname forename fullname customername clientname contactname username yourname recipient
    recipientname customer client jina jinalakwanza jinakamili jinalamteja jinalako mteja
    """.split()  # noqa: SIM905 - words read better than a page of quotes
)
USUAL_LAST = frozenset(
    ("lastname", "lname", "surname", "familyname", "jinalamwisho", "jinalapili", "jinalaukoo", "ukoo")
)
USUAL_OTHERS = frozenset(
    """
    phone phonenumber mobile number simu namba nambayasimu email baruapepe amount kiasi balance salio date tarehe
    city mji company kampuni points pointi order orderid code otp title
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Meaning:
    """What is to be written in place of a name; `certain` where it is a variable or a column beyond doubt."""

    advice: str
    certain: bool


def variables_of(customers: Customers) -> list[str]:
    """The configured names, and each custom field under its tag in both spellings (CITY, city)."""
    names = [name for name in NAMES if getattr(customers, name)]
    return sorted({*names, *customers.fields, *(tag.lower() for tag in customers.fields)})


def folded(name: str) -> str:
    """The name as it is compared: without case, blanks, underscores, hyphens and dots."""
    return re.sub(r"[\s_.\-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def meanings(customers: Customers, *, columns: Iterable[str] = ()) -> dict[str, Meaning]:
    """Folded name → what it means: variables, columns that ampenet.yaml names, `columns` of the source, usual names.

    What is configured comes before what is only usual.
    """
    known = {name: Meaning(_for_name(customers, "first_name"), False) for name in USUAL_FIRST}
    known |= {name: Meaning(_for_name(customers, "last_name"), False) for name in USUAL_LAST}
    known |= {name: Meaning(_listed(customers), False) for name in USUAL_OTHERS - known.keys()}
    for column in (*columns, *customers.columns().values()):
        known[folded(column)] = Meaning(_for_column(column), True)
    mapped = {column: name for name in NAMES if (column := getattr(customers, name))}
    mapped |= {column: tag for tag, column in customers.fields.items()}
    known |= {folded(column): Meaning(f"write {{{{ {variable} }}}}", True) for column, variable in mapped.items()}
    known |= {folded(tag): Meaning(f"write {{{{ {tag} }}}}", True) for tag in customers.fields}
    known |= {folded(name): Meaning(_for_name(customers, name), True) for name in NAMES}
    known.pop("", None)
    return known


def tag_of(column: str) -> str:
    """A custom field's tag for a column: `Jina la duka` → JINA_LA_DUKA."""
    plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode().upper()
    tag = re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")
    return tag if tag[:1].isalpha() else "FIELD"


def _for_name(customers: Customers, name: str) -> str:
    if getattr(customers, name):
        return f"write {{{{ {name} }}}}"
    return f"name its column under customers.{name}, then write {{{{ {name} }}}}"


def _for_column(column: str) -> str:
    if sayable(column) != column:
        return "name the column under customers.fields, then write its tag in {{ }}"
    tag = tag_of(column)
    return f"make the column a variable, customers.fields: {{{tag}: {column}}}, then write {{{{ {tag} }}}}"


def _listed(customers: Customers) -> str:
    listed = ", ".join(f"{{{{ {name} }}}}" for name in variables_of(customers))
    return (
        f"variables are {listed}"
        if listed
        else "there are no variables yet: customers.first_name and customers.fields make them"
    )
