"""A whole plan (CSV read, phones judged, group and ledger compared, file written) against a script of one afternoon.

The script reads with pandas, asks phonenumbers row by row and merges; it keeps no ledger, no quarantine and writes no
file. The group is handed in as the client gives it, page by page, but without HTTP: calls are counted elsewhere.
Below it the comparison alone, from Parquet files, against a merge in pandas and datacompy (pip install datacompy).
`python benchmarks/plan.py ROWS` for both, `python benchmarks/plan.py --step ROWS` for the comparison alone.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from measure import compare as measure
from measure import compare_all, show, show_all

from ampenet_sync.api import DIALECTS, Account, Contact, Detected, Dialect, Group, Page
from ampenet_sync.config import load
from ampenet_sync.files.sealed import sealing
from ampenet_sync.ledger import create_ledger, destinations, groups, links
from ampenet_sync.ledger.links import Link
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.sync.plan import Known, Rules, Sides, compare
from ampenet_sync.sync.planfile import PLAN, plan_schema
from ampenet_sync.sync.relations import InFile, InMemory

# pandera imports hypothesis where it is installed, as here for the tests: a third of a second that no user spends.
sys.modules["hypothesis"] = None  # type: ignore[assignment]

STEP_ALONE = "--step" in sys.argv
NUMBERS = [int(word.replace("_", "")) for word in sys.argv[1:] if word != "--step"]
ROWS = NUMBERS[0] if NUMBERS else 100_000
ROUNDS = 3 if ROWS <= 100_000 else 1
PAGE = 1_000
HOST, ACCOUNT, GROUP = "sms.ampenet.com", "a1", "g1"
FIELDS = ("first_name", "last_name", "CITY", "TIER")
CONFIG = """
customers:
  source: {csv: customers.csv}
  key: id
  phone: phone
  first_name: first
  last_name: last
  fields: {CITY: city, TIER: tier}
  consent: ok
segments: {all: {group: All, mode: mirror}}
"""


@dataclass(frozen=True)
class Shop:
    """ROWS customers and as many links; of the contacts 5 % were changed there, 2 % are new and 2 % gone here."""

    phones: list[str]

    def first(self, number: int) -> str:
        return f"Asha {number % 900}"

    def city(self, number: int) -> str:
        return ("Dodoma", "Arusha", "Mwanza")[number % 3]

    def linked(self) -> Iterator[Link]:
        for number, phone in enumerate(self.phones):
            if number % 50:
                fields = {
                    "first_name": self.first(number),
                    "last_name": "Mushi",
                    "CITY": self.city(number),
                    "TIER": "gold",
                }
                yield Link(f"{number:013x}", str(number), phone, fields, owned=True)
        for number in range(ROWS // 50):
            yield Link(f"f{number:012x}", f"G{number}", f"25562{number:07d}", {"first_name": "Gone"}, owned=True)

    def there(self) -> Iterator[Contact]:
        for number, link in enumerate(self.linked()):
            changed = "Changed" if number % 20 == 1 else link.fields["first_name"]
            yield Contact(link.uid, link.phone, changed, link.fields.get("last_name", ""))


class Platform:
    """What planning asks a client for, answered from memory."""

    dialect: Dialect = DIALECTS["3.9"]
    believed = detected = Detected(DIALECTS["3.9"], ())
    calls = under_way = 0

    def __init__(self, pages: list[Page[Contact]]) -> None:
        self._pages = pages

    def me(self) -> Account:
        return Account(ACCOUNT, "Duka", None)

    def group_pages(self) -> Iterator[Page[Group]]:
        yield Page((Group(GROUP, "All"),), 1, 1, 1)

    def contact_pages(self, group_uid: str) -> Iterator[Page[Contact]]:
        return iter(self._pages)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not STEP_ALONE:
            whole(folder, make_shop(folder))
        comparison(folder, write_sides(folder, shop_of()))


def whole(folder: Path, shop: Shop) -> None:
    pages = paged(list(shop.there()))
    ours, peer = measure(lambda: plan(folder, pages), lambda: script(folder / "customers.csv", pages), rounds=ROUNDS)
    title = f"Whole plan of {ROWS:,} customers × {ROWS:,} contacts"
    show(title, ours, peer, peer_name="pandas + phonenumbers by row")


def comparison(folder: Path, sides: Sides) -> None:
    """Beyond a few million rows the peers would need more memory than most machines have."""
    works: dict[str, Callable[[], None]] = {
        "ampenet-sync, ledger side": lambda: step(folder, sides, live=False),
        "ampenet-sync, live side": lambda: step(folder, sides, live=True),
    }
    if ROWS <= 2_000_000:
        works["pandas merge, 5 fields, no ledger"] = lambda: merged(folder)
        if find_spec("datacompy"):
            works["datacompy, the same"] = lambda: datacompared(folder)
        else:
            print("datacompy is not installed, so it is left out.")
    costs = compare_all(*works.values(), rounds=ROUNDS)
    show_all(f"The comparison alone, {ROWS:,} × {ROWS:,}", dict(zip(works, costs, strict=True)))


def shop_of() -> Shop:
    return Shop([f"255{tail}" for tail in tails()])


def tails() -> list[str]:
    return [f"7{number:08d}" for number in random.Random(7).sample(range(30_000_000, 90_000_000), ROWS)]


def make_shop(folder: Path) -> Shop:
    """TZ-shaped numbers, one in five written with spaces or +255; the ledger knows the group."""
    numbers, shop = tails(), shop_of()
    with (folder / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,city,tier,ok\n")
        for number, tail in enumerate(numbers):
            written = (f"0{tail}", f"0{tail}", f"0{tail}", f"+255 {tail[:3]} {tail[3:]}", f"255{tail}")[number % 5]
            file.write(f"{number},{written},{shop.first(number)},Mushi,{shop.city(number)},gold,yes\n")
    (folder / "ampenet.yaml").write_text(CONFIG)
    config = load(folder / "ampenet.yaml", environ={})
    ledger, _ = create_ledger(config.ledger, config.folder)
    there = destinations.destination_id(ledger, host=HOST, account=ACCOUNT)
    links.write_links(ledger, there, GROUP, shop.linked())
    groups.pin_group(ledger, there, "all", uid=GROUP, name="All")
    ledger.close()
    return shop


def paged(contacts: list[Contact]) -> list[Page[Contact]]:
    last = -(-len(contacts) // PAGE)
    return [
        Page(tuple(contacts[at : at + PAGE]), number, last, len(contacts))
        for number, at in enumerate(range(0, len(contacts), PAGE), start=1)
    ]


def plan(folder: Path, pages: list[Page[Contact]]) -> None:
    config = load(folder / "ampenet.yaml", environ={})
    with open_world(config, Platform(pages), host=HOST) as world:  # type: ignore[arg-type]
        planned = plan_segment(world, take_in(config), "all")
    assert planned.plan.header.counts.creates == -(-ROWS // 50)


def script(path: Path, pages: list[Page[Contact]]) -> None:
    customers = pd.read_csv(path, dtype=str)
    customers["e164"] = [e164(text) for text in customers["phone"]]
    good = customers.dropna(subset=["e164"]).drop_duplicates("e164")
    rows = [(c.uid, c.phone, c.first_name) for page in pages for c in page.items]
    there = pd.DataFrame(rows, columns=["uid", "e164", "there"])
    both = good.merge(there, on="e164", how="outer", indicator=True)
    changed = both[(both["_merge"] == "both") & (both["first"] != both["there"])]
    both["_merge"].value_counts(), len(changed)


def e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "TZ")
    except phonenumbers.NumberParseException:
        return None
    good = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:] if good else None


def write_sides(folder: Path, shop: Shop) -> Sides:
    """The same tables as Parquet files, as the program keeps them."""
    numbers = range(ROWS)
    desired = pa.table(
        {
            "customer_key": pa.array(map(str, numbers)),
            "phone": pa.array(shop.phones),
            "first_name": pa.array(map(shop.first, numbers)),
            "last_name": pa.repeat("Mushi", ROWS),
            "CITY": pa.array(map(shop.city, numbers)),
            "TIER": pa.repeat("gold", ROWS),
            "source_file": pa.repeat("customers.csv", ROWS),
            "source_line": pa.array(range(2, ROWS + 2)),
        }
    )
    known = list(shop.linked())
    columns = {name: pa.array([getattr(link, name) for link in known]) for name in ("uid", "customer_key", "phone")}
    columns |= {name: pa.array([link.fields.get(name, "") for link in known]) for name in FIELDS}
    linked = pa.table({**columns, "owned": pa.repeat(True, len(known))})
    every_twentieth = pa.array([number % 20 == 1 for number in range(len(known))])
    first = pc.if_else(every_twentieth, "Changed", linked["first_name"])
    live = pa.table(
        {"uid": linked["uid"], "phone": linked["phone"], "first_name": first, "last_name": linked["last_name"]}
    )
    for name, table in (("desired", desired), ("links", linked), ("live", live)):
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=65_536, compression="zstd")
    places = dict.fromkeys(("customer_key", "source_file", "source_line"))
    nobody = InMemory(desired.select(list(places))[:0])
    return Sides(
        desired=InFile(folder / "desired.parquet", {name: name for name in desired.column_names}),
        live=InFile(folder / "live.parquet", {**{n: n for n in live.column_names}, "CITY": None, "TIER": None}),
        links=InFile(folder / "links.parquet", {name: name for name in linked.column_names}),
        customers=InFile(folder / "desired.parquet", {name: name for name in places}),
        quarantined=nobody,
    )


def step(folder: Path, sides: Sides, *, live: bool) -> None:
    chosen = sides if live else Sides(sides.desired, None, sides.links, sides.customers, sides.quarantined)
    with (
        compare(chosen, Known(), rules=Rules("mirror"), fields=FIELDS, folder=folder) as decided,
        sealing(PLAN, plan_schema(FIELDS), folder) as file,
    ):
        for batch in decided.batches():
            file.add(batch)
        file.end({}, lambda digest: folder / digest)


def merged(folder: Path) -> None:
    wanted, there = (pd.read_parquet(folder / f"{name}.parquet") for name in ("desired", "links"))
    both = wanted.merge(there, on="phone", how="outer", suffixes=("", "_there"), indicator=True)
    met = both["_merge"] == "both"
    differs = pd.concat([both[name] != both[f"{name}_there"] for name in FIELDS], axis=1).any(axis=1)
    both[met & differs], both[~met]


def datacompared(folder: Path) -> None:
    import datacompy

    wanted, there = (pd.read_parquet(folder / f"{name}.parquet") for name in ("desired", "links"))
    found = datacompy.PandasCompare(wanted[["phone", *FIELDS]], there[["phone", *FIELDS]], join_columns="phone")
    found.all_mismatch(), found.df1_unq_rows, found.df2_unq_rows


if __name__ == "__main__":
    main()
