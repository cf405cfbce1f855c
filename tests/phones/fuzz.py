"""Numbers of every country, right and wrong, in the ways people write them. It judges none."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
BETWEEN = (
    *(" ", "", "\n", "\t", " / ", " ::: ", " -> ", " (work) ", "~", " + ", "+", " na ", "|", "***", " • ", "; ", ", "),
    *("--", "=", "_", " x ", " ext 12 ", " kazi ", "1) ", "? ", " 15/01/2024 ", " 2024-01-15 ", "…", ". . ."),
)
AROUND = (
    *("{}", '="{}"', "={}", "'{}", '"{}"', "-{}", "- {}", "({})", "{}-", "*{}*", "{}...", "…{}", "{};", "{},", "(-{})"),
    *("\u2212{}", "• {}", "{}?", "#{}", "**{}", "{}.00", "{} (2019-05-15)", "-{}.0", "-{}E+11", " -- ({}) ", "{} mama"),
)
MASKS = ("***", "xx", "•••", "...", "…", "___", "##", "?", "*", "x", "#", "_", "·", "xXx", " ** ", "[...]", "�", "~")


def numbers(region: str, chance: random.Random) -> Iterator[str]:
    """National numbers of every type the region has, each also with another tail, a digit more, less and changed."""
    for example in _examples(region):
        national = phonenumbers.national_significant_number(example)
        kept = chance.randint(1, 4)
        yield from (national, national[:kept] + _digits(len(national) - kept, chance))
        yield from (national + _digits(1, chance), national[:-1], national[: chance.randint(2, len(national))])
        place = chance.randrange(len(national))
        yield national[:place] + _digits(1, chance) + national[place + 1 :]


def written(national: str, region: str, chance: random.Random) -> str:
    """The number in one of the ways it could be written, among them many a wrong one."""
    code, prefix = phonenumbers.country_code_for_region(region), phonenumbers.ndd_prefix_for_region(region, True) or "0"
    ways = [
        *(national, f"{prefix}{national}", f"0{national}", f"{code}{national}", f"+{code}{national}"),
        *(f"00{code}{national}", f"{code}{prefix}{national}", f"+{code}{prefix}{national}", f"+{code} (0) {national}"),
        *(f"{code}{code}{national}", f"{prefix}{prefix}{national}", f"{code}{prefix}{prefix}{national}"),
        *(f"000{code}{national}", f"011{code}{national}", f"8{national}", f"1{national}", f"+{national}"),
        *(f"{national}.0", f"{code}{national}.0", f"00{national}", f"0{code}{national}", f"(00){code} {national}"),
        *(_formatted(national, code, form) for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL)),
        *(_spaced(f"{prefix}{national}", chance), _spaced(f"+{code}{national}", chance), f"'{prefix}{national}"),
    ]
    return chance.choice(ways)


def cases(region: str, chance: random.Random, *, ways: int) -> list[str]:
    """Every number of the region in so many ways."""
    return [written(national, region, chance) for national in numbers(region, chance) for _ in range(ways)]


def spoilt(texts: Sequence[str], chance: random.Random) -> str:
    """One or two of the numbers as they stand in a cell with other signs: guarded, masked, negative, side by side."""
    first, second = chance.choice(texts), chance.choice(texts)
    match chance.randrange(4):
        case 0:
            return f"{first}{chance.choice(BETWEEN)}{second}"
        case 1:
            return chance.choice(AROUND).format(_masked(first, chance))
        case 2:
            return chance.choice(AROUND).format(_thousands(first, chance))
        case _:
            return chance.choice(AROUND).format(first)


def _masked(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + chance.choice(MASKS) + text[start + chance.randrange(5) :]


def _thousands(text: str, chance: random.Random) -> str:
    digits = "".join(letter for letter in text if letter in "0123456789")
    return f"{int(digits or 0):,}".replace(",", chance.choice(",.' ’")) + chance.choice(["", "", ".00", ",0"])


def _examples(region: str) -> Iterator[PhoneNumber]:
    for kind in PhoneNumberType.values():
        found = phonenumbers.example_number_for_type(region, kind)
        if found is not None:
            yield found
    wrong = phonenumbers.invalid_example_number(region)
    if wrong is not None:
        yield wrong


def _formatted(national: str, code: int, form: int) -> str:
    zeros = len(national) - len(national.lstrip("0"))
    number = PhoneNumber(
        country_code=code,
        national_number=int(national),
        italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )
    return phonenumbers.format_number(number, form)


def _spaced(text: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(["", "", "", " ", "-", ".", " (", ") ", "/"]) for letter in text)


def _digits(many: int, chance: random.Random) -> str:
    return "".join(chance.choice("0123456789") for _ in range(many))
