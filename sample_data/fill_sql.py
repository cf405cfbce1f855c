"""Put the sample's customers into an SQL table of any database SQLAlchemy knows. It replaces the table `customers`.

    python sample_data/fill_sql.py sqlite:///sample_data/customers.db

Then, in ampenet.yaml:  source: {sql: {url: "sqlite:///customers.db", table: customers}}
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

CSV = Path(__file__).parent / "customers.csv"


def fill(url: str) -> int:
    """Make the table anew with all columns as text (a phone is text everywhere); → the number of rows."""
    with CSV.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    metadata = MetaData()
    customers = Table("customers", metadata, *(Column(name, Text, nullable=False) for name in found[0]))
    engine = create_engine(url)
    try:
        metadata.drop_all(engine)
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(customers), found)
    finally:
        engine.dispose()
    return len(found)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python sample_data/fill_sql.py sqlite:///sample_data/customers.db")
    sys.stdout.write(f"{fill(sys.argv[1])} customers in table customers\n")
