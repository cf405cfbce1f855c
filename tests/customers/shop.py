"""The small shop of these tests: its ampenet.yaml the header of its source, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ampenet_sync import customers
from ampenet_sync.config import Config

CONFIG = """\
region: TZ
countries: [TZ, KE]
customers:
  source: {csv: customers.csv}
  key: id
  phone: simu
  first_name: jina
  last_name: ukoo
  region: nchi
  consent: sms
  types: {points: integer, spent: number, since: date, vip: boolean}
segments:
  s:
    where: WHERE
"""

HEADER = "id,simu,jina,ukoo,nchi,sms,points,spent,since,vip,tier\n"

Shop = Callable[..., Config]


def read_customers(config: Config, **options: Any) -> customers.Intake:
    """As `config` says, wherever it came from."""
    return customers.read_customers(customers.settings_of(config), **options)
