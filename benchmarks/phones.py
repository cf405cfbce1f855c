"""Phones of a million messy rows against phonenumbers row by row. `--rows 100000` for fewer."""

from __future__ import annotations

import argparse

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from measure import Cost, compare, show
from phone_lists import phone_list

PEER_ROWS = 200_000  # the peer reads that many and its time is scaled: each row costs it the same
BATCH_ROWS = 65_536  # as the sources hand them on
COUNTRIES = ("TZ", "KE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows: int = parser.parse_args().rows
    for region, code in (("TZ", "255"), ("KE", "254")):
        column = pa.array(phone_list(rows, code=code, seed=4), pa.string())
        _compare(column, region)


def _compare(column: pa.StringArray, region: str) -> None:
    sample = column.slice(0, PEER_ROWS)
    _peer(column.slice(0, 5_000), region)  # loads libphonenumber's metadata, for both
    ours, part = compare(lambda: _ours(column, region), lambda: _peer(sample, region))
    peer = Cost(part.cpu * len(column) / len(sample), part.megabytes)
    _, batches = compare(lambda: None, lambda: _in_batches(column, region))
    scaled = f", {PEER_ROWS:,} scaled" if len(column) > PEER_ROWS else ""
    distinct = pc.count_distinct(column).as_py()
    show(
        f"Phones of {len(column):,} rows, {distinct:,} distinct, region {region}",
        ours,
        peer,
        peer_name=f"phonenumbers by row{scaled}",
    )
    print(f"  {peer.cpu / ours.cpu:.1f} times as fast (12 needed, 20 wanted), 150 MB more are allowed")
    print(f"  in batches of {BATCH_ROWS:,}: {peer.cpu / batches.cpu:.1f} times as fast, {batches.megabytes:.0f} MB")


def _ours(column: pa.StringArray, region: str) -> None:
    # Imported in the process that is measured: it has phonenumbers keep its compiled patterns, and the peer hasn't.
    from ampenet_sync.phones import normalise

    normalise(column, region, countries=COUNTRIES)


def _in_batches(column: pa.StringArray, region: str) -> None:
    for start in range(0, len(column), BATCH_ROWS):
        _ours(column.slice(start, BATCH_ROWS), region)


def _peer(column: pa.StringArray, region: str) -> None:
    """What one would write in an afternoon: it knows none of our rules, takes fewer numbers and gives no reasons."""
    for text in column.to_pylist():
        _e164(text, region)


def _e164(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.region_code_for_number(number) not in COUNTRIES:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


if __name__ == "__main__":
    main()
