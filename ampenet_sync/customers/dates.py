"""Cells that hold dates or moments → days in one time zone, or texts that stand in the order of time. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.types import DateForm, date_tokens
from ampenet_sync.customers.zones import offsets

# The one plain spelling; every other one is rewritten to it. `+03`, `+0300`, `UTC` and blanks are what databases write.
_ZONE = r"(?:Z|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d(?::?[0-5]\d)?)?)"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d+)?)?"
_MOMENT = rf"^\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK}(?: ?{_ZONE})?)?$"
_ZONED = r"(?:Z|UTC|:\d\d(?:\.\d+)? ?[+-]\d\d[\d:]*)$"
_DAY_LENGTH, _TIME_AT = 10, 11
_TAIL = rf"^(?::(?P<second>\d\d))?(?:\.(?P<fraction>\d+))? ?(?P<zone>{_ZONE})?$"
_OFFSET = r"^(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?(?::?(?P<seconds>\d\d))?$"

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, counted from 1970
_BEFORE = (2 - _FIRST_DAY) * 86_400  # seconds that make those of every moment positive, whatever its zone
_WIDTH = 12  # digits that such seconds have at most
_TWO_DIGITS = "69"  # strptime's %y: from here on 19…, below 20…

_MONTHS = (
    ("january", "jan", "januari"),
    ("february", "feb", "februari"),
    ("march", "mar", "machi", "mac"),
    ("april", "apr", "aprili"),
    ("may", "mei"),
    ("june", "jun", "juni"),
    ("july", "jul", "julai"),
    ("august", "aug", "agosti", "ago"),
    ("september", "sep", "sept", "septemba"),
    ("october", "oct", "oktoba", "okt"),
    ("november", "nov", "novemba"),
    ("december", "dec", "desemba", "des"),
)
_MONTH_OF = {name: f"{number:02d}" for number, names in enumerate(_MONTHS, start=1) for name in names}
_NAMES = "|".join(sorted(_MONTH_OF, key=lambda name: (-len(name), name)))

_PARTS = {
    "d": r"(?P<d>{digits})",
    "m": r"(?P<m>{digits})",
    "b": rf"(?P<b>(?i:{_NAMES}))",
    "B": rf"(?P<b>(?i:{_NAMES}))",
    "Y": r"(?P<Y>\d{{4}})",
    "y": r"(?P<y>\d\d)",
    "H": r"(?P<H>{digits})",
    "I": r"(?P<I>{digits})",
    "p": r"(?P<p>(?i:[ap]\.?m\.?))",
    "M": r"(?P<M>\d\d)",
    "S": r"(?P<S>\d\d)",
    "f": r"(?P<f>\d{{1,9}})",
    "z": rf"(?P<z>{_ZONE.replace('{', '{{').replace('}', '}}')})",
}
_NUMBERS = frozenset("dmYyHIMSf")


def read_days(text: pa.ChunkedArray, form: DateForm | None, *, zone: str) -> pa.ChunkedArray:
    """The day of each trimmed text (date32), null where it is no date. A moment with a zone is read in `zone`."""
    plain = _plain(text, form)
    days = _days(plain)
    if (pc.max(pc.binary_length(plain)).as_py() or 0) <= _DAY_LENGTH:
        return days
    zoned = pc.fill_null(pc.match_substring_regex(plain, pattern=_ZONED), False)
    if not pc.any(zoned).as_py():
        return days
    seconds = _seconds(plain.filter(zoned), days.filter(zoned))
    local = _possible(pc.add(seconds, offsets(seconds, zone)))
    return pa.chunked_array([pc.replace_with_mask(*(each.combine_chunks() for each in (days, zoned, local)))])


def example_of(form: DateForm) -> str:
    """30 November 2026, half past two in the afternoon, as the form writes it."""
    return datetime(2026, 11, 30, 14, 30, tzinfo=UTC).strftime(form.format)


def read_order(text: pa.ChunkedArray, form: DateForm | None, *, zone: str) -> pa.ChunkedArray:
    """Texts that compare as the moments do, null where a trimmed text is none. Without a zone they are in `zone`."""
    plain = _plain(text, form)
    days = _days(plain)
    plain = pc.if_else(pc.is_valid(days), plain, pa.scalar(None, plain.type))
    seconds = _seconds(plain, days)
    zoned = pc.match_substring_regex(plain, pattern=_ZONED)
    if pc.any(zoned).as_py() and not pc.all(zoned).as_py():
        here = pc.subtract(seconds, offsets(seconds, zone, on_the_wall=True))
        seconds = pc.if_else(zoned, seconds, here)
    counted = pc.utf8_lpad(pc.add(seconds, _BEFORE).cast(pa.string()), width=_WIDTH, padding="0")
    fraction = pc.utf8_rtrim(pc.struct_field(_tail(plain), "fraction"), characters="0")
    return pc.binary_join_element_wise(counted, fraction, ".")


def _plain(text: pa.ChunkedArray, form: DateForm | None) -> pa.ChunkedArray:
    """Each text in the plain spelling, null where it has another shape. What has the plain one already is taken too:
    so databases and workbooks hand over true dates, whatever the texts beside them look like."""
    text = text.cast(pa.string())
    good = pc.match_substring_regex(text, pattern=_MOMENT)
    if form is not None:
        pattern = _pattern(form.format)
        fits = pc.match_substring_regex(text, pattern=pattern)
        if pc.any(fits).as_py():
            text = pc.if_else(fits, _rewritten(pc.extract_regex(text, pattern=pattern)), text)
            good = pc.match_substring_regex(text, pattern=_MOMENT)
    return pc.if_else(good, text, pa.scalar(None, pa.string()))


def _days(plain: pa.ChunkedArray) -> pa.ChunkedArray:
    """strptime turns 30 February into 2 March; only dates that are written back the same are dates."""
    text = pc.utf8_slice_codeunits(plain, 0, _DAY_LENGTH)
    days = pc.strptime(text, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    same = pc.fill_null(pc.equal(days.cast(pa.string()), text), False)
    return pc.if_else(same, days, pa.scalar(None, pa.date32()))


def _possible(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    """The days, null where a zone has moved one beyond the years that can be written."""
    days = seconds.cast(pa.timestamp("s")).cast(pa.date32())
    number = days.cast(pa.int32())
    inside = pc.and_(pc.greater_equal(number, _FIRST_DAY), pc.less_equal(number, _LAST_DAY))
    return pc.if_else(inside, days, pa.scalar(None, pa.date32()))


def _seconds(plain: pa.ChunkedArray, days: pa.ChunkedArray) -> pa.ChunkedArray:
    """Since 1970: in UTC where a zone is named, else by the clock on the wall."""
    hours, minutes = (_number(pc.utf8_slice_codeunits(plain, at, at + 2)) for at in (_TIME_AT, _TIME_AT + 3))
    tail = _tail(plain)
    seconds, zone = (pc.struct_field(tail, name) for name in ("second", "zone"))
    clock = pc.add(pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60)), _number(seconds))
    at = pc.add(pc.multiply(days.cast(pa.int32()).cast(pa.int64()), 86_400), clock)
    return pc.subtract(at, _offset(zone))


def _tail(plain: pa.ChunkedArray) -> pa.ChunkedArray:
    """What stands behind the minutes: second, fraction and zone, each "" where it isn't written."""
    return pc.extract_regex(pc.utf8_slice_codeunits(plain, _TIME_AT + 5), pattern=_TAIL)


def _offset(zone: pa.ChunkedArray) -> pa.ChunkedArray:
    """Seconds east of UTC."""
    parts = pc.extract_regex(zone, pattern=_OFFSET)
    sign, hours, minutes, seconds = (pc.struct_field(parts, name) for name in ("sign", "hours", "minutes", "seconds"))
    distance = pc.add(pc.multiply(_number(hours), 3600), pc.add(pc.multiply(_number(minutes), 60), _number(seconds)))
    east = pc.if_else(pc.equal(sign, "-"), pc.negate(distance), distance)
    return pc.fill_null(east, 0)


def _number(digits: pa.ChunkedArray) -> pa.ChunkedArray:
    """Nothing is 0, null stays null."""
    return pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())


@cache
def _pattern(format: str) -> str:
    """A strptime format as RE2. Parts of one or two digits have two where they touch another number."""
    tokens = date_tokens(format)
    pattern = ""
    for at, (sign, text) in enumerate(tokens):
        around = {tokens[beside][0] for beside in (at - 1, at + 1) if 0 <= beside < len(tokens)}
        digits = r"\d\d" if around & _NUMBERS else r"\d\d?"
        pattern += _PARTS[sign].format(digits=digits) if sign else _literal(text)
    return f"^{pattern}$"


def _literal(text: str) -> str:
    return r"[\s\p{Z}]+".join(map(re.escape, re.split(r"\s+", text)))


def _rewritten(struct: pa.ChunkedArray) -> pa.ChunkedArray:
    """The parts of a date, and of a time if there is one, in the plain spelling."""
    parts = {field.name: pc.struct_field(struct, field.name) for field in struct.type}
    if "y" in parts:
        parts["Y"] = _joined(pc.if_else(pc.greater_equal(parts["y"], _TWO_DIGITS), "19", "20"), parts["y"], "")
    if "b" in parts:
        parts["m"] = _month(parts["b"])
    text = _joined(parts["Y"], _two(parts["m"]), _two(parts["d"]), "-")
    if "I" in parts:
        parts["H"] = _hour(parts["I"], parts["p"])
    if "H" in parts:
        text = _joined(text, _two(parts["H"]), " ")
        text = _joined(text, parts.get("M", "00"), ":")
    for name, mark in (("S", ":"), ("f", "."), ("z", "")):
        text = _joined(text, parts[name], mark) if name in parts else text
    return text


def _month(names: pa.ChunkedArray) -> pa.ChunkedArray:
    at = pc.index_in(pc.utf8_lower(names), pa.array(list(_MONTH_OF), names.type))
    return pc.take(pa.array(list(_MONTH_OF.values()), names.type), at)


def _hour(hours: pa.ChunkedArray, half: pa.ChunkedArray) -> pa.ChunkedArray:
    """12 AM is 0, 12 PM is 12; 0 and 13 are no hours of a half day, and become none at all."""
    number = hours.cast(pa.int64())
    later = pc.if_else(pc.starts_with(pc.utf8_lower(half), "p"), 12, 0)
    whole = pc.add(pc.if_else(pc.equal(number, 12), 0, number), later)
    there = pc.and_(pc.greater(number, 0), pc.less_equal(number, 12))
    return pc.if_else(there, whole.cast(hours.type), pa.scalar(None, hours.type))


def _two(digits: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lpad(digits, width=2, padding="0")


def _joined(*parts: pa.ChunkedArray | str) -> pa.ChunkedArray:
    """The parts with the last one, a sign, between them."""
    kind = next(part.type for part in parts if isinstance(part, pa.ChunkedArray))
    return pc.binary_join_element_wise(*(pa.scalar(part, kind) if isinstance(part, str) else part for part in parts))
