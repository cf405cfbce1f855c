"""The commented ampenet.yaml that `init` writes. It loads as it is; names that are only examples are to be replaced."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ampenet_sync.errors import ConfigError

# Written there to show their form. Who sends them as they are texts their own customers under our name, with a
# number nobody answers.
SENDER: Final = "AMPENET"
MESSAGE: Final = "AMPENET: Habari {{ first_name | default('mteja') }}, karibu."
NAMELESS: Final = "AMPENET: Habari, karibu."  # where the source has no names
GROUP: Final = "Customers"
OPT_OUT: Final = "Kujitoa: piga 0800 000 000"

# Under customers: of a source that nobody has seen yet.
CUSTOMERS: Final = """\
  source: {csv: customers.csv}        # or {xlsx: …}, {parquet: …}, {sql: {url: "env:CUSTOMERS_URL", query: "select …"}}
  key: customer_id                    # the customer's own id: a changed number stays the same customer
  phone: phone                        # on the right: column names of your source
  first_name: first_name
  last_name: last_name
  # fields: {CITY: city}              # more variables for messages
  # types: {points: integer}          # for `where`; everything else is text
  # region: country                   # a column with TZ, KE … where numbers are of several countries
  consent: sms_opt_in                 # the column that says yes to marketing (yes, true, 1, ndiyo)
  # opted_out: unsubscribed           # a column that says who left: a yes or a date there, and nobody is texted
"""

_TEMPLATE: Final = """\
# ampenet-sync: which customers are kept in which Ampenet groups, and which texts they get.
# The API token is never written here: export AMPENET_API_TOKEN=…  (or AMPENET_API_TOKEN_FILE=…)

api:
  base_url: https://sms.ampenet.com/api/v3   # AMPENET_BASE_URL overrides
  requests_per_minute: 60             # what your account permits
  # dialect: auto                     # 3.1 | 3.8 | 3.9: which generation of the API answers; doctor tells
  # page_concurrency: 8               # pages of a group read at once
  # proxy: http://proxy.example:3128  # the environment's proxies are not used

ledger: sqlite:///.ampenet/ledger.db  # relative to this file. Back it up: it keeps people from being texted twice
time_zone: Africa/Dar_es_Salaam       # for quiet hours and every time shown
REGION
COUNTRIES

customers:
CUSTOMERS
segments:
  everybody:
GROUP
    mode: mirror                      # mirror | upsert | create_only | update_only
  # gold:
  #   group: Gold customers
  #   where: tier = 'gold' and city = 'Dodoma'
  #   mode: mirror
  #   limits: {deletes: 10%, updates: 30%}

campaigns:
  welcome:
    segment: everybody
    edition: "1"                      # nobody gets an edition twice; "%Y-%m" makes a monthly one
    sender_id: SENDER
    kind: marketing                   # marketing | transactional
    message: "MESSAGE"
    opt_out: "OPT_OUT"
"""

_COLUMN = 38  # where comments begin
_PLAIN = re.compile(r"[^\W\d_]\w*(?:[ ./-]\w+)*")
_WORDS = frozenset(("yes", "no", "true", "false", "on", "off", "null", "none", "y", "n"))


def starter(
    customers: str = CUSTOMERS,
    *,
    region: str = "TZ",
    countries: Sequence[str] = ("TZ", "KE"),
    message: str = MESSAGE,
    group: str = GROUP,
) -> str:
    """The whole file. `customers` are the lines of that section; `region` is the country of numbers without one."""
    filled = {
        "REGION": line(f"region: {region}", "country of numbers written without one", indent=0),
        "COUNTRIES": line(
            f"countries: [{', '.join(countries)}]", "numbers of other countries are quarantined", indent=0
        ),
        "CUSTOMERS": customers,
        "GROUP": line(f"group: {scalar(group)}", "the Ampenet group; made if it isn't there", indent=4),
        "SENDER": SENDER,
        "MESSAGE": message,
        "OPT_OUT": OPT_OUT,
    }
    return re.sub("|".join(sorted(filled, reverse=True)), lambda name: filled[name[0]], _TEMPLATE)


def line(written: str, comment: str = "", *, indent: int = 2) -> str:
    """One line of the file, its comment in the column of the others'."""
    text = " " * indent + written
    return f"{text.ljust(max(_COLUMN, len(text) + 2))}# {comment}" if comment else text


def scalar(text: str) -> str:
    """The text as ampenet.yaml holds it: in quotes where YAML would read it otherwise."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


STARTER: Final = starter()


def write_starter(path: Path, text: str = STARTER) -> None:
    """Write it to `path`. Raises ConfigError `config_exists` where something stands there: nothing is overwritten."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        hint = "edit it, or take another name"
        raise ConfigError(f"{path} is there already", code="config_exists", hint=hint) from None
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}", code="config_unwritable") from None
