"""Write customers.csv and customers.parquet: 312 rows of a shop that does not exist. Nothing here is a real person.

Names are common ones put together by arithmetic. All numbers have 000 in the middle and are valid to libphonenumber, no
more. The same rows come out each time: run `python sample_data/make_sample.py` after changing anything here.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = (
    "customer_id",
    "given_name",
    "family_name",
    "phone",
    "country",
    "city",
    "tier",
    "points",
    "sms_opt_in",
    "joined",
)
Row = dict[str, str]

GOOD_ROWS = 298
FIRST_FAULT, FAULT_EVERY = 9, 22  # rows, so that the faults are spread over the whole file

GIVEN = (
    *("Asha", "Juma", "Neema", "Baraka", "Rehema", "Hamisi", "Zawadi", "Salma", "Daudi", "Mwajuma", "Elia", "Upendo"),
    *("Zaïnabu", "José", "Désiré", "Noël", "Chloé", "Amani", "Furaha", "Rashidi", "Subira", "Yusufu", "Tumaini"),
    *("Halima", "Musa", "Imani", "Bahati", "Pendo", "Sadiki", "Mariamu", "Faraja", "Ibrahimu", "Rukia", "Stella"),
)
FAMILY = (
    *("Mushi", "Komba", "Mwakyusa", "Ng'wandu", "Massawe", "Shirima", "Lyimo", "Kessy", "Mwang'onda", "Temba", "Urio"),
    *("Mbwambo", "Chuwa", "Haule", "Ngowi", "Mdee-Kway", "Sanga", "Mrema-Joho", "Kimaro", "Msuya", "Tarimo", "Swai"),
)
FAMILY_KENYA = (
    "Ng'ang'a",
    "Wanjala",
    "Achieng",
    "Mutiso",
    "Njoroge",
    "Chebet",
    "Omondi",
    "Wambui",
    "Kiprono",
    "Mwende",
)
CITIES = (
    *("Dodoma", "Dar es Salaam", "Arusha", "Mwanza", "Mbeya", "Morogoro", "Tanga", "Moshi", "Kigoma", "Ng'ambo"),
    "Dar es Salaam, Kariakoo",
)
CITIES_KENYA = ("Nairobi", "Mombasa", "Kisumu", "Nakuru", "Eldoret")
TIERS = ("gold", "silver", "silver", "bronze", "bronze")
CONSENT = (
    *("ndiyo",) * 6,
    *("yes",) * 3,
    *("Ndiyo", "NDIYO", "TRUE", "TRUE", "1", "1", "ndio"),
    *("hapana", "hapana", "no", ""),
)

MOBILE = {
    "TZ": ("714", "716", "655", "657", "745", "755", "764", "767", "682", "687", "784", "786", "621", "623", "773"),
    "KE": ("724", "726", "728", "745", "757", "768", "790", "795", "112", "101"),
}
CODE = {"TZ": "255", "KE": "254"}

# How people write a number: {c} its country code, {a} {b} {d} three digits each, {e} all after the first digit.
WRITTEN = (
    "0{a} {b} {d}",
    "+{c} {a}-{b}-{d}",
    "{c}{a}{b}{d}",
    "0{a}{b}{d}",
    "00{c}{a}{b}{d}",
    "{a}{b}{d}",
    "(0{a}) {b}{d}",
    "{c}{a}{b}{d}.0",
    "2.{e}E+11",
    "0{a}\u00a0{b}\u00a0{d}",
    "+{c} {a} {b} {d}",
    "00{c} {a} {b} {d}",
    " 0{a}-{b}-{d} ",
    "+{c}\u00a0{a}{b}{d}",
)

# Good rows that are told apart by hand: place among the good rows → what is different there.
SPECIAL: dict[int, Row] = {
    3: {"given_name": "Françoise", "tier": "gold", "sms_opt_in": "ndiyo"},  # ç is not GSM: the text costs more
    14: {"given_name": "", "tier": "gold", "sms_opt_in": "yes"},  # default('mteja')
    21: {"given_name": "Neema 🌸", "tier": "gold", "sms_opt_in": "1"},
    27: {"given_name": "De\u0301sire\u0301", "tier": "gold", "sms_opt_in": "TRUE"},  # accents as own code points
    33: {"given_name": 'Asha "Mama Duka"', "family_name": "", "tier": "silver"},
    47: {"family_name": "Ng’ang’a", "tier": "gold", "sms_opt_in": "ndiyo"},  # curly apostrophes
    58: {"city": "", "sms_opt_in": "yes"},  # a Kenyan without a city: a missing variable
    61: {"country": ""},  # the region of ampenet.yaml is taken
    88: {"country": ""},
    # A family's one telephone: both gold, one of them without consent, so nobody may text it.
    70: {"phone": "0714 000 985", "country": "TZ", "tier": "gold", "sms_opt_in": "ndiyo", "family_name": "Lyimo"},
    71: {"phone": "+255 714 000 985", "country": "TZ", "tier": "gold", "sms_opt_in": "hapana", "family_name": "Lyimo"},
    # Another one: both gold, both consent, so it is texted once.
    120: {"phone": "255655000986", "country": "TZ", "tier": "gold", "sms_opt_in": "yes", "family_name": "Haule"},
    131: {"phone": "(0655) 000986", "country": "TZ", "tier": "gold", "sms_opt_in": "Ndiyo", "family_name": "Haule"},
    # Kenyan numbers as the platform exports them, of customers who live in Tanzania.
    150: {"phone": "254724000987", "country": "TZ"},
    151: {"phone": "+254 790 000 988", "country": "TZ"},
}

# One row for each reason to quarantine a row, in this order through the file; all else in these rows is right.
FAULTS: tuple[tuple[str, Row], ...] = (
    ("blank", {"phone": " "}),
    ("digits_lost", {"phone": "2.55714E+11"}),
    ("several_numbers", {"phone": "0714 000 991 / 0655 000 992"}),
    ("letters", {"phone": "07I4 OOO 993"}),
    ("extension", {"phone": "0714 000 994 ext. 12"}),
    ("too_short", {"phone": "0714 000"}),
    ("too_long", {"phone": "0714 000 995 12345"}),
    ("invalid", {"phone": "0314 000 996"}),
    ("country_not_allowed", {"phone": "+256 772 000 997", "city": "Kampala"}),
    ("missing_key", {"customer_id": ""}),
    ("duplicate_key", {"customer_id": "D0017"}),
    ("name_too_long", {"given_name": " ".join(["Mwanaidi"] * 32)}),
    ("bad_region", {"country": "Tanganyika"}),
    ("bad_type", {"points": "mia mbili"}),
)


def rows() -> list[Row]:
    """All rows in the order of the file, every value text."""
    faults = {FIRST_FAULT + FAULT_EVERY * at: changes for at, (_, changes) in enumerate(FAULTS)}
    found, good = [], 0
    for place in range(GOOD_ROWS + len(FAULTS)):
        if place in faults:
            found.append(_customer(place, GOOD_ROWS + place, "TZ") | faults[place])
        else:
            found.append(_customer(place, good, "KE" if good % 9 == 4 else "TZ") | SPECIAL.get(good, {}))
            good += 1
    return found


def expected_reasons() -> dict[int, str]:
    """Line of customers.csv (the heading is line 1) → the reason why this row is quarantined."""
    return {FIRST_FAULT + FAULT_EVERY * at + 2: reason for at, (reason, _) in enumerate(FAULTS)}


def write(folder: Path) -> None:
    """Both files, the same rows in both."""
    found = rows()
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    table = pa.table({name: pa.array([row[name] for row in found], pa.string()) for name in COLUMNS})
    pq.write_table(table, folder / "customers.parquet")


def _customer(place: int, number: int, country: str) -> Row:
    kenyan = country == "KE"
    return {
        "customer_id": f"D{place + 1:04d}",
        "given_name": _pick("given", number, GIVEN),
        "family_name": _pick("family", number, FAMILY_KENYA if kenyan else FAMILY),
        "phone": _written(number, country),
        "country": country,
        "city": _pick("city", number, CITIES_KENYA if kenyan else CITIES),
        "tier": _pick("tier", number, TIERS),
        "points": str(_number("points", number) % 2500),
        "sms_opt_in": _pick("consent", number, CONSENT),
        "joined": f"{2021 + _number('year', number) % 5}-{1 + number % 12:02d}-{1 + _number('day', number) % 28:02d}",
    }


def _written(number: int, country: str) -> str:
    """A number nobody else here has (37 and 979 share no factor), in one of the ways people write it."""
    first, last = _pick("prefix", number, MOBILE[country]), f"{1 + number * 37 % 979:03d}"
    whole = f"{CODE[country]}{first}000{last}"
    return _pick("written", number, WRITTEN).format(c=CODE[country], a=first, b="000", d=last, e=whole[1:])


def _pick(what: str, number: int, among: Sequence[str]) -> str:
    return among[_number(what, number) % len(among)]


def _number(what: str, number: int) -> int:
    """The same number for the same question on every machine."""
    return int.from_bytes(hashlib.sha256(f"{what} {number}".encode()).digest()[:6])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    write(target)
    sys.stdout.write(f"{len(rows())} customers written to {target}\n")
