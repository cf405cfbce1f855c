"""A small ampenet.yaml for the tests of what is read in it, and how to load it changed. It holds no expectations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.errors import ConfigError

SHOP = """\
customers:
  source: {csv: a.csv}
  key: id
  phone: simu
  first_name: given_name
  last_name: ukoo
  fields: {CITY: mji}
  types: {points: integer}
  consent: sms
segments:
  vip:
    group: VIP
    mode: mirror
campaigns:
  hello:
    segment: vip
    sender_id: SHOP
    kind: marketing
    message: "Habari {{ first_name }}"
    opt_out: "Kujitoa: 0800"
"""
MESSAGE = '"Habari {{ first_name }}"'  # in line 19
OPT_OUT = '"Kujitoa: 0800"'  # in line 20


def loaded(folder: Path, old: str = "", new: str = "") -> Config:
    """The shop with one place written otherwise."""
    assert old in SHOP
    (folder / "ampenet.yaml").write_text(SHOP.replace(old, new, 1) if old else SHOP, encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={})


def refused(folder: Path, old: str, new: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, old, new)
    return caught.value
