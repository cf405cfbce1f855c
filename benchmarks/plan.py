"""A whole plan (read, validate, compare) against what one would write in an afternoon with pandas and phonenumbers."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pandas as pd
import phonenumbers
from measure import compare as measure
from measure import show

from ampenet_sync.api import Contact
from ampenet_sync.config import Config, load
from ampenet_sync.contacts import desired_contacts, read_customers, select_members
from ampenet_sync.sync.plan import Desired, Known, Rules, compare
from ampenet_sync.sync.rows import Values

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
CONFIG = """
customers: {source: {csv: customers.csv}, key: id, phone: phone, first_name: first, last_name: last, consent: ok}
segments: {all: {group: All, mode: mirror}}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live = _make(folder)
        (folder / "ampenet.yaml").write_text(CONFIG)
        config = load(folder / "ampenet.yaml", environ={})
        ours, peer = measure(lambda: _ours(config, live), lambda: _peer(folder / "customers.csv", live))
        show(
            f"Plan of {ROWS:,} customers × {len(live):,} contacts", ours, peer, peer_name="pandas + phonenumbers by row"
        )


def _make(folder: Path) -> list[Contact]:
    """TZ-shaped numbers, one in five written with spaces or +255; 5 % changed there, 2 % new, 2 % gone."""
    chance = random.Random(7)
    numbers = chance.sample(range(10_000_000), ROWS)
    with (folder / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,ok\n")
        for key, number in enumerate(numbers):
            tail = f"75{number:07d}"
            written = (f"0{tail}", f"0{tail}", f"0{tail}", f"+255 {tail[:3]} {tail[3:]}", f"255{tail}")[key % 5]
            file.write(f"{key},{written},Asha {key % 900},Mushi,yes\n")
    live = []
    for key, number in enumerate(numbers):
        if key % 50:
            first = "Changed" if key % 20 == 1 else f"Asha {key % 900}"
            live.append(Contact(f"{key:013x}", f"25575{number:07d}", first, "Mushi", None))
    return live + [Contact(f"f{key:012x}", f"2556{key:08d}", "Gone", "", None) for key in range(ROWS // 50)]


def _ours(config: Config, live: list[Contact]) -> None:
    intake = read_customers(config, environ={})
    today = pd.Timestamp("2026-11-22").date()
    found = desired_contacts(select_members(intake, config, segment="all", run_date=today).members).contacts
    columns = (found[name] for name in ("customer_key", "phone", "first_name", "last_name"))
    desired = [Desired(key, Values(phone, first, last)) for key, phone, first, last in zip(*columns, strict=True)]
    compare(desired, live, Known(), rules=Rules("mirror", delete_foreign=True))


def _peer(path: Path, live: list[Contact]) -> None:
    customers = pd.read_csv(path, dtype=str)
    customers["e164"] = [_e164(text) for text in customers["phone"]]
    good = customers.dropna(subset=["e164"]).drop_duplicates("e164")
    there = pd.DataFrame([(c.uid, c.phone, c.first_name) for c in live], columns=["uid", "e164", "there"])
    merged = good.merge(there, on="e164", how="outer", indicator=True)
    changed = merged[(merged["_merge"] == "both") & (merged["first"] != merged["there"])]
    merged["_merge"].value_counts(), len(changed)


def _e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "TZ")
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:] if valid else None


if __name__ == "__main__":
    main()
