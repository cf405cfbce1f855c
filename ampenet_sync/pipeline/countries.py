"""Phones → how many belong to which country. It knows calling codes only; whether a number is in use isn't asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

LONGEST_CODE = 3
# Several countries share a code, and tell their numbers apart by the digits that follow: area codes in North America,
# elsewhere five digits.
AREA, AREA_ELSEWHERE = 3, 5
NOWHERE = "001"  # what libphonenumber calls a code of no country, such as that of satellites
_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def count_countries(phones: Iterable[pa.ChunkedArray]) -> dict[str, int]:
    """ISO code → phones, the most frequent first; "" counts those of no country.

    A code that several countries share is looked into once for each beginning, not for each phone.
    """
    countries: Counter[str] = Counter()
    for column in phones:
        beginnings = pc.value_counts(pc.utf8_slice_codeunits(column, 0, LONGEST_CODE)).to_pylist()
        codes = {calling_code(row["values"]) for row in beginnings}
        shared = [code for code in codes if len(_CODES.get(code, ())) > 1]
        for row in beginnings:
            code = calling_code(row["values"])
            if code not in shared:
                countries[_only_country(code)] += row["counts"]
        for code in shared:
            countries.update(_by_area(column, code))
    return dict(sorted(countries.items(), key=lambda item: (-item[1], item[0])))


def country_name(code: str) -> str:
    """`TZ` → `Tanzania`; "" where no such country is known."""
    return _names().get(code, "")


def code_of_country(country: str) -> int:
    """`TZ` → 255; 0 where no such country is known."""
    return phonenumbers.country_code_for_region(country) if country else 0


def calling_code(phone: str) -> int:
    """The country code that the digits begin with, 0 where they begin with none: no code is another's beginning."""
    codes = (int(phone[:length] or 0) for length in range(1, LONGEST_CODE + 1))
    return next((code for code in codes if code in _CODES), 0)


def _only_country(code: int) -> str:
    (country,) = _CODES.get(code, ("",))
    return "" if country == NOWHERE else country


def _by_area(column: pa.ChunkedArray, code: int) -> dict[str, int]:
    here = column.filter(pc.starts_with(column, str(code)))
    length = len(str(code)) + (AREA if code == 1 else AREA_ELSEWHERE)
    areas = pa.table({"area": pc.utf8_slice_codeunits(here, 0, length), "phone": here})
    countries: Counter[str] = Counter()
    for row in areas.group_by("area").aggregate([("phone", "min"), ("phone", "count")]).to_pylist():
        parsed = phonenumbers.parse(f"+{row['phone_min']}")
        countries[phonenumbers.region_code_for_number(parsed) or ""] += row["phone_count"]
    return countries


@cache
def _names() -> dict[str, str]:
    """From the table that comes with the time zones."""
    lines = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))
