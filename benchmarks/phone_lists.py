"""Lists of customers' phones as Tanzania and Kenya write them, messy ones included: a fixed mix. It judges none."""

from __future__ import annotations

import random
from collections.abc import Callable

SHARED = 12  # in a hundred rows, how many repeat an earlier one
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
NEIGHBOUR = {"255": "254", "254": "255"}
MOBILE = {
    "255": ("71", "74", "75", "76", "78", "65", "67", "68", "62"),
    "254": ("70", "71", "72", "79", "74", "11", "10"),
}
FIXED = {"255": ("22", "27", "28", "24"), "254": ("20", "41", "51")}
FOREIGN = (
    *(("256", "77", 7), ("250", "78", 7), ("971", "50", 7), ("91", "98", 8), ("27", "82", 7), ("44", "79", 8)),
    *(("1", "2127", 6), ("49", "1512", 7), ("86", "139", 8), ("260", "97", 7), ("243", "81", 7), ("39", "347", 7)),
)
NOTHING = ("", "", "", "-", "n/a", "N/A", "hana", "0", " ", "NULL", "?")
WORDS = ("mama", "Asha", "nyumbani", "ofisi")

# Of 1000 rows 790 hold a mobile of the country, 115 one of another country, a fixed line or a service, and 95 nothing
# that can be used as it stands. Each line: how many rows, and what is written for a mobile's nine national digits.
Way = Callable[[str, str, random.Random], str]
MIX: list[tuple[int, Way]] = [
    (330, lambda code, mobile, chance: f"0{mobile}"),
    (120, lambda code, mobile, chance: f"{code}{mobile}"),
    (110, lambda code, mobile, chance: f"+{code}{mobile}"),
    (60, lambda code, mobile, chance: mobile),
    (50, lambda code, mobile, chance: f"0{mobile[:3]} {mobile[3:6]} {mobile[6:]}"),
    (40, lambda code, mobile, chance: f"+{code} {mobile[:3]} {mobile[3:6]} {mobile[6:]}"),
    (20, lambda code, mobile, chance: f"0{mobile[:3]}-{mobile[3:6]}-{mobile[6:]}"),
    (20, lambda code, mobile, chance: f"{code}{mobile}.0"),
    (10, lambda code, mobile, chance: f"{mobile}.0"),
    (10, lambda code, mobile, chance: f"00{code}{mobile}"),
    (5, lambda code, mobile, chance: f"{mobile[0]}.{mobile[1:]}E+08"),
    (5, lambda code, mobile, chance: f"'0{mobile}"),
    (4, lambda code, mobile, chance: f"\u200e+{code}{mobile}"),
    (3, lambda code, mobile, chance: f"0{mobile[:3]}\u00a0{mobile[3:]}"),
    (2, lambda code, mobile, chance: f"0{mobile}".translate(ARABIC)),
    (1, lambda code, mobile, chance: f"0{mobile[:3]}\u2013{mobile[3:]}"),
    (30, lambda code, mobile, chance: NEIGHBOUR[code] + chance.choice(MOBILE[NEIGHBOUR[code]]) + mobile[2:]),
    (30, lambda code, mobile, chance: f"+{NEIGHBOUR[code]}{chance.choice(MOBILE[NEIGHBOUR[code]])}{mobile[2:]}"),
    (20, lambda code, mobile, chance: _foreign(chance)),
    (5, lambda code, mobile, chance: f"+{_digits(chance.randint(9, 13), chance)}"),
    (20, lambda code, mobile, chance: f"0{chance.choice(FIXED[code])}{_digits(7, chance)}"),
    (10, lambda code, mobile, chance: f"0800{_digits(6, chance)}"),
    (30, lambda code, mobile, chance: chance.choice(NOTHING)),
    (15, lambda code, mobile, chance: f"0{mobile[: chance.randint(4, 8)]}"),
    (10, lambda code, mobile, chance: f"0{mobile}{_digits(chance.randint(1, 3), chance)}"),
    (10, lambda code, mobile, chance: f"0{chance.choice('39')}{mobile[1:]}"),
    (8, lambda code, mobile, chance: f"0{mobile} / 0{mobile[:2]}{_digits(7, chance)}"),
    (5, lambda code, mobile, chance: f"0{mobile} {chance.choice(WORDS)}"),
    (5, lambda code, mobile, chance: f"0{mobile}".replace("0", "O")),
    (5, lambda code, mobile, chance: f"{code[0]}.{code[1:]}{mobile[:2]}E+11"),
    (4, lambda code, mobile, chance: f"0{mobile} ext {_digits(2, chance)}"),
    (3, lambda code, mobile, chance: f"0{mobile}{chance.choice((';', ',', '#', '*'))}{_digits(1, chance)}"),
]


def phone_list(rows: int, *, code: str, seed: int) -> list[str]:
    """So many written numbers of a Tanzanian (code 255) or Kenyan (254) list; the same for the same arguments."""
    chance = random.Random(seed)
    ways = [way for share, way in MIX for _ in range(share)]
    found: list[str] = []
    for _ in range(rows):
        if found and chance.randrange(100) < SHARED:
            found.append(found[chance.randrange(len(found))])
            continue
        mobile = chance.choice(MOBILE[code]) + _digits(7, chance)
        found.append(chance.choice(ways)(code, mobile, chance))
    return found


def _foreign(chance: random.Random) -> str:
    code, start, rest = chance.choice(FOREIGN)
    return f"+{code}{start}{_digits(rest, chance)}"


def _digits(many: int, chance: random.Random) -> str:
    return f"{chance.randrange(10**many):0{many}d}"
