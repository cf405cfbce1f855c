"""A whole plan (CSV read, phones judged, group and ledger compared, file written) against a script of one afternoon.

The script reads with pandas, asks phonenumbers row by row and merges; it keeps no ledger, no quarantine and writes no
file. The group is handed in as the client gives it, page by page, but without HTTP: calls are counted elsewhere.
Below it the comparison alone, from Parquet files, against a merge in pandas, and datacompy where that is installed; it
wants an older pandas than ours, so `pip install --no-deps datacompy ordered-set polars polars-runtime-32`.

    python benchmarks/plan.py [ROWS]
    python benchmarks/plan.py --step 10_000_000    the comparison alone; peers up to 1,000,000 rows, for their memory
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.parquet as pq
from measure import compare as measure
from measure import compare_all, in_process, show, show_all
from shop import GROUP, HOST, Platform, city, first, open_shop, paged, tails, write_customers

from ampenet_sync.api import Contact, Page
from ampenet_sync.config import load
from ampenet_sync.files.sealed import sealing
from ampenet_sync.ledger import groups, links
from ampenet_sync.ledger.links import Link
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.sync.plan import Known, Rules, Sides, compare
from ampenet_sync.sync.planfile import PLAN, plan_schema
from ampenet_sync.sync.relations import InFile, InMemory

try:
    import datacompy
except ImportError:
    datacompy = None

# pandera imports hypothesis where it is installed, as here for the tests: a third of a second that no user spends.
sys.modules["hypothesis"] = None  # type: ignore[assignment]

MOST_OF_PEERS = 1_000_000  # rows
IN_ONE_PIECE = 500_000  # rows
STEP = "--step" in sys.argv
SIZES = [int(text) for text in sys.argv[1:] if text != "--step"]
ROWS = SIZES[0] if SIZES else 100_000
ROUNDS = 3 if ROWS <= 100_000 else 1
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

    def linked(self) -> Iterator[Link]:
        for number, phone in enumerate(self.phones):
            if number % 50:
                fields = {
                    "first_name": first(number),
                    "last_name": "Mushi",
                    "CITY": city(number),
                    "TIER": "gold",
                }
                yield Link(f"{number:013x}", str(number), phone, fields, owned=True)
        for number in range(ROWS // 50):
            yield Link(f"f{number:012x}", f"G{number}", f"25562{number:07d}", {"first_name": "Gone"}, owned=True)

    def there(self) -> Iterator[Contact]:
        for number, link in enumerate(self.linked()):
            changed = "Changed" if number % 20 == 1 else link.fields["first_name"]
            yield Contact(link.uid, link.phone, changed, link.fields.get("last_name", ""))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if STEP:
            steps(folder, Shop([f"255{tail}" for tail in tails(ROWS)]))
            return
        shop = make_shop(folder)
        pages = list[Page[Contact]]()
        ours, peer = measure(
            lambda: plan(folder, pages),
            lambda: script(folder / "customers.csv", pages),
            rounds=ROUNDS,
            ready=lambda: pages.extend(paged(list(shop.there()))),
        )
        show(
            f"Whole plan of {ROWS:,} customers × {ROWS:,} contacts",
            ours,
            peer,
            peer_name="pandas + phonenumbers by row",
        )
        steps(folder, shop)


def steps(folder: Path, shop: Shop) -> None:
    """The comparison alone, and whoever else can compare."""
    in_process(lambda: write_sides(folder, shop))
    sides, works = sides_of(folder), dict[str, Callable[[], None]]()
    for side in ("ledger", "live"):
        works[f"ampenet-sync, {side} side"] = partial(step, folder, sides, live=side == "live")
    if ROWS <= MOST_OF_PEERS:
        works["pandas merge, 5 fields, no ledger"] = partial(merged, folder)
        if datacompy is not None:
            works["datacompy, 5 fields, no ledger"] = partial(compared, folder)
        else:
            print("\ndatacompy isn't installed, so it is left out")
    costs = compare_all(*works.values(), rounds=ROUNDS)
    show_all(f"The comparison alone, {ROWS:,} × {ROWS:,}", dict(zip(works, costs, strict=True)))


def make_shop(folder: Path) -> Shop:
    """TZ-shaped numbers, one in five written with spaces or +255; the ledger knows the group."""
    numbers = tails(ROWS)
    shop = Shop([f"255{tail}" for tail in numbers])
    write_customers(folder / "customers.csv", numbers)
    _, ledger, there = open_shop(folder, CONFIG)
    links.write_links(ledger, there, GROUP, shop.linked())
    groups.pin_group(ledger, there, "all", uid=GROUP, name="All")
    ledger.close()
    return shop


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


def write_sides(folder: Path, shop: Shop) -> None:
    """The same tables as Parquet files, as the program keeps them."""
    for name, pieces in (("desired", desired_pieces(shop)), ("links", link_pieces(shop)), ("live", live_pieces(shop))):
        first_piece = next(pieces)
        with pq.ParquetWriter(folder / f"{name}.parquet", first_piece.schema, compression="zstd") as file:
            for piece in itertools.chain([first_piece], pieces):
                file.write_table(piece, row_group_size=65_536)


def desired_pieces(shop: Shop) -> Iterator[pa.Table]:
    for start in range(0, ROWS, IN_ONE_PIECE):
        numbers = range(start, min(start + IN_ONE_PIECE, ROWS))
        yield pa.table(
            {
                "customer_key": pa.array(map(str, numbers)),
                "phone": pa.array(shop.phones[numbers.start : numbers.stop]),
                "first_name": pa.array(map(first, numbers)),
                "last_name": pa.repeat("Mushi", len(numbers)),
                "CITY": pa.array(map(city, numbers)),
                "TIER": pa.repeat("gold", len(numbers)),
                "source_file": pa.repeat("customers.csv", len(numbers)),
                "source_line": pa.array(range(numbers.start + 2, numbers.stop + 2)),
            }
        )


def link_pieces(shop: Shop) -> Iterator[pa.Table]:
    linked = shop.linked()
    while some := list(itertools.islice(linked, IN_ONE_PIECE)):
        columns = {name: pa.array([getattr(link, name) for link in some]) for name in ("uid", "customer_key", "phone")}
        columns |= {name: pa.array([link.fields.get(name, "") for link in some]) for name in FIELDS}
        yield pa.table({**columns, "owned": pa.repeat(True, len(some))})


def live_pieces(shop: Shop) -> Iterator[pa.Table]:
    there = shop.there()
    names = ("uid", "phone", "first_name", "last_name")
    while some := list(itertools.islice(there, IN_ONE_PIECE)):
        yield pa.table({name: pa.array([getattr(contact, name) for contact in some]) for name in names})


def sides_of(folder: Path) -> Sides:
    """What is compared, as it stands in the files."""
    names = {name: pq.read_schema(folder / f"{name}.parquet").names for name in ("desired", "links", "live")}
    places = dict.fromkeys(("customer_key", "source_file", "source_line"))
    nobody = InMemory(pa.table({name: pa.array([], pa.int64() if "line" in name else pa.string()) for name in places}))
    return Sides(
        desired=InFile(folder / "desired.parquet", {name: name for name in names["desired"]}),
        live=InFile(folder / "live.parquet", {**{n: n for n in names["live"]}, "CITY": None, "TIER": None}),
        links=InFile(folder / "links.parquet", {name: name for name in names["links"]}),
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


def compared(folder: Path) -> None:
    wanted, there = (
        pd.read_parquet(folder / f"{name}.parquet", columns=["phone", *FIELDS]) for name in ("desired", "links")
    )
    found = datacompy.PandasCompare(wanted, there, join_columns="phone")
    found.df1_unq_rows, found.df2_unq_rows, found.all_mismatch()


if __name__ == "__main__":
    main()
