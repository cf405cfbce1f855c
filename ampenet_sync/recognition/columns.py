"""Headings and cells → which column holds the phones, the names and the rest. What nobody can tell is left out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Consent, OptedOut
from ampenet_sync.config.columnwords import Meaning, meaning_of, sense_of
from ampenet_sync.config.headings import heading, shown_heading
from ampenet_sync.config.leaning import leaning
from ampenet_sync.config.words import NULL_WORDS
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.consent import answers_in, have_left
from ampenet_sync.customers.regions import regions
from ampenet_sync.customers.written import nearest_name
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.phones import country_of, normalise
from ampenet_sync.recognition.look import Look

# The keys of `customers` in ampenet.yaml that a file can tell by itself, in the order in which they are shown.
Role = Literal["phone", "key", "first_name", "last_name", "region", "opted_out", "consent"]
By = Literal["heading", "content", "hand"]

MOST: Final = 0.5  # more than this share of a column's cells is most
CLEARLY: Final = 0.1  # more than this share of a column's cells is clearly more
NEARLY_ALL: Final = 0.95  # of a country column must be countries
ALMOST: Final = 0.8  # of a nameless column must be names, and as many of them different
TRIED: Final = 500  # cells that tell whether the others of a silent column are worth reading
OTHERS: Final[Meaning] = "another_phone"  # somebody else's
NONE: Final = "none"  # in the place of a column: there is none
COUNTRIES: Final = 300  # different words that a column of countries may hold
_LETTERS: Final = r"\p{L}"
_FULL_NAME: Final = r"^\p{L}[\p{L}.'’-]*(?: \p{L}[\p{L}.'’-]*){1,3}$"


@dataclass(frozen=True)
class Recognised:
    """A column, how many of its cells fit, and by what it was known; `others` are those that might be meant, too."""

    column: str
    fits: int
    by: By
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Recognition:
    """What became of a file's columns; `rows` were looked at, `whole` is whether these are all."""

    file: str
    columns: dict[Role, Recognised]
    rows: int
    whole: bool
    headings: tuple[str, ...]
    elsewhere: tuple[str, int] | None = None  # a country by which clearly more numbers fit, and how many


def recognise(
    look: Look, *, region: str, countries: Sequence[str] = (), by_hand: Mapping[Role, str] | None = None
) -> Recognition:
    """`region` is the country of numbers without one, and `countries` are the only ones that count, if any are given.

    `by_hand` are columns that somebody named; `none` means that there is none. Raises ConfigError `missing_column`
    for a name that isn't there, and SourceError `no_phone_column`.
    """
    seeing = _Seeing(look, region, tuple(countries), by_hand or {})
    columns = {role: seen for role, seen in seeing.all() if seen is not None}
    if "phone" not in columns:
        raise _no_phones(look, _by_hand_instead(seeing))
    elsewhere = seeing.elsewhere(columns["phone"]) if "region" not in columns else None
    return Recognition(look.file, columns, look.rows, look.whole, look.headings, elsewhere)


class _Seeing:
    """The columns of one look, and what can be asked of them."""

    def __init__(self, look: Look, region: str, countries: tuple[str, ...], by_hand: Mapping[Role, str]) -> None:
        self._look, self._region, self._countries = look, region, countries
        self._senses = {name: sense_of(name) for name in look.headings if name.casefold() != NONE}
        self._contents: dict[str, pa.ChunkedArray] = {}
        self._hand = {role: _named(look, column, may_be_none=role != "phone") for role, column in by_hand.items()}
        places = self._by_hand("region") if "region" in self._hand else self.country_column()
        self._places = places.column if places else None

    def all(self) -> Iterator[tuple[Role, Recognised | None]]:
        """Each role in turn, by hand where somebody named its column."""
        names = {} if {"first_name", "last_name"} <= self._hand.keys() else self.names()
        seeing: dict[Role, Callable[[], Recognised | None]] = {
            "phone": self.phones,
            "key": self.key,
            "first_name": lambda: names.get("first_name"),
            "last_name": lambda: names.get("last_name"),
            "region": self.country_column,
            "opted_out": self.opted_out,
            "consent": self.consent,
        }
        for role, see in seeing.items():
            yield role, self._by_hand(role) if role in self._hand else see()

    def phones(self) -> Recognised | None:
        """Called so and mostly phones, or silent and mostly phones, or called so; each time the one with most."""
        called = [(name, self.valid(name)) for name in self._meaning("phone")]
        silent = [(name, self.valid(name)) for name in self._silent() if self._may_be_phones(name)]
        able = [(name, valid) for name, valid in called if valid and valid >= MOST * self.filled(name)]
        some = [(name, valid) for name, valid in called if valid]
        chosen = _greatest(able or silent or some)
        if chosen is None:
            return None
        others = tuple(pair for pair in (*some, *silent) if pair != chosen)
        return Recognised(*chosen, by="content" if chosen in silent else "heading", others=others)

    def elsewhere(self, phones: Recognised) -> tuple[str, int] | None:
        """The country by which clearly more cells are phones than by the one that numbers are read by, if any."""
        filled = self.filled(phones.column)
        others = [(code, self.valid(phones.column, code)) for code in self._countries if code != self._region]
        most = _greatest(others) if phones.fits < filled else None
        return most if most and most[1] - phones.fits > CLEARLY * filled else None

    def foreign(self) -> str | None:
        """The country by which cells of a column called so are phones, where none are by the one they are read by."""
        others = [code for code in self._countries if code != self._region]
        return next((code for code in others if any(self.valid(name, code) for name in self._meaning("phone"))), None)

    def called_otherwise(self) -> list[str]:
        """Columns of phones whose headings say something else, somebody else's phones aside."""
        others = [name for name, sense in self._senses.items() if sense and sense.meaning not in ("phone", OTHERS)]
        return [name for name in others if self.filled(name) and self._may_be_phones(name)]

    def key(self) -> Recognised | None:
        """Called like an id, filled in every row, and nowhere twice."""
        for name in self._meaning("key"):
            if self.filled(name) == self._rows and self._different(name) == self._rows:
                return Recognised(name, self._rows, "heading")
        return None

    def names(self) -> dict[Role, Recognised]:
        """First and last name; a whole name stands for the first where neither has a column."""
        first, last = self._called("first_name"), self._called("last_name")
        if first is None:
            whole = self._called("full_name") or (None if last else self._names_by_content())
            first, last = whole or first, None if whole else last
        names: dict[Role, Recognised | None] = {"first_name": first, "last_name": last}
        return {role: seen for role, seen in names.items() if seen}

    def country_column(self) -> Recognised | None:
        for name in self._meaning("region"):
            filled, words = self._filled(name), pc.unique(self._filled(name)).to_pylist()
            if not words or len(words) > COUNTRIES:
                continue
            known = pa.array([word for word in words if country_of(word)], pa.string())
            fits = _count(pc.is_in(filled, known))
            if fits >= NEARLY_ALL * len(filled):
                return Recognised(name, fits, "heading")
        return None

    def opted_out(self) -> Recognised | None:
        """Whatever a heading says of who left is taken; with several, the one in which most did."""
        seen = [
            (name, _count(have_left(self._look.table[name], OptedOut(column=name), NULL_WORDS)))
            for name in self._meaning("opted_out")
            if leaning(name) != "agreed"
        ]
        chosen = _greatest(seen)
        others = tuple(pair for pair in seen if pair != chosen and pair[1])
        return Recognised(*chosen, by="heading", others=others) if chosen else None

    def consent(self) -> Recognised | None:
        """A column called so whose cells mostly say yes or no."""
        for name in self._meaning("consent"):
            answers = answers_in(self._look.table[name], Consent(column=name).words, NULL_WORDS)
            yes, no, unclear = map(_count, (answers.yes, answers.no, answers.unclear))
            if leaning(name) != "refused" and yes + no > unclear:
                return Recognised(name, yes, "heading")
        return None

    def valid(self, name: str, region: str | None = None) -> int:
        """How many cells hold a phone that can be texted; `region` stands for the country of numbers without one."""
        codes, _ = regions(self._look.table, self._places, region or self._region)
        read = normalise(self._contents_of(name), codes, countries=self._countries).phone
        return _count(pc.not_equal(read, ""))

    def filled(self, name: str) -> int:
        return len(self._filled(name))

    @property
    def _rows(self) -> int:
        return self._look.rows

    def _by_hand(self, role: Role) -> Recognised | None:
        column = self._hand[role]
        if column is None:
            return None
        return Recognised(column, self.valid(column) if role == "phone" else self.filled(column), "hand")

    def _meaning(self, meaning: Meaning) -> list[str]:
        """The columns called so, the plainest first."""
        senses = [(name, sense) for name, sense in self._senses.items() if sense and sense.meaning == meaning]
        return [name for name, sense in sorted(senses, key=lambda pair: (pair[1].others, -pair[1].words))]

    def _silent(self) -> list[str]:
        return [name for name, sense in self._senses.items() if sense is None]

    def _may_be_phones(self, name: str) -> bool:
        """Whether most of a silent column's first cells are phones, and then most of them all."""
        first = self._filled(name).slice(0, TRIED)
        read = normalise(first, self._region, countries=self._countries).phone
        valid = _count(pc.not_equal(read, ""))
        return valid > MOST * len(first) and self.valid(name) > MOST * self.filled(name)

    def _called(self, meaning: Meaning) -> Recognised | None:
        for name in self._meaning(meaning):
            words = _count(pc.match_substring_regex(self._filled(name), _LETTERS))
            if words > MOST * self.filled(name):
                return Recognised(name, words, "heading")
        return None

    def _names_by_content(self) -> Recognised | None:
        """The only silent column of whole names, hardly two of them alike: cities and shops stand there more often."""
        seen = []
        for name in self._silent():
            cells = pc.utf8_trim_whitespace(self._filled(name))
            fits = _count(pc.match_substring_regex(cells, _FULL_NAME))
            if fits > ALMOST * self._rows and self._different(name) > ALMOST * len(cells):
                seen.append(Recognised(name, fits, "content"))
        return seen[0] if len(seen) == 1 else None

    def _different(self, name: str) -> int:
        return len(pc.unique(pc.utf8_trim_whitespace(self._filled(name))))

    def _filled(self, name: str) -> pa.ChunkedArray:
        cells = self._contents_of(name)
        return cells.filter(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))

    def _contents_of(self, name: str) -> pa.ChunkedArray:
        if name not in self._contents:
            self._contents[name] = content(self._look.table[name], NULL_WORDS)
        return self._contents[name]


def listed(headings: Sequence[str], most: int = 30) -> str:
    """The headings as a message may hold them."""
    more = f" and {len(headings) - most} more" if len(headings) > most else ""
    return ", ".join(map(shown_heading, headings[:most])) + more


def _count(truths: pa.ChunkedArray | pa.Array) -> int:
    """How many of them are true."""
    return int(pc.sum(truths).as_py() or 0)


def _greatest(pairs: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """The first of those with most."""
    return max(pairs, key=lambda pair: pair[1], default=None)


def _named(look: Look, column: str, *, may_be_none: bool) -> str | None:
    """The column that somebody wrote, as it is called inside; letter case counts only where two differ in nothing else.

    None for the word none. Raises ConfigError `missing_column`.
    """
    seen = heading(column)
    if may_be_none and seen.casefold() == NONE:
        return None
    alike = [name for name in look.headings if name.casefold() == seen.casefold()]
    if seen in alike or alike:
        return seen if seen in alike else alike[0]
    near = nearest_name(seen, look.headings, meaning=meaning_of(seen))
    hint = f"did you mean {shown_heading(near)}? " if near else ""
    message = f"{look.file} has no column '{shown_heading(column)}'"
    raise ConfigError(message, code="missing_column", hint=f"{hint}columns: {listed(look.headings)}")


def _by_hand_instead(seeing: _Seeing) -> str:
    """The option that says what wasn't recognised, with what may well be meant."""
    if code := seeing.foreign():
        return f"as {code}'s some of its numbers can be: --region {code}"
    if others := seeing.called_otherwise():
        shown = shown_heading(others[0])
        return f"most cells of {shown} are phones; if they are the customers' own: --phone {shlex.quote(shown)}"
    return "name it by hand: --phone COLUMN"


def _no_phones(look: Look, hint: str) -> SourceError:
    called = [shown_heading(name) for name in look.headings if meaning_of(name) == "phone"]
    empty = f"; no cell below {' or '.join(called)} can be texted" if called else ""
    message = f"{look.file}: no column of phones was recognised{empty}; there are: {listed(look.headings)}"
    return SourceError(message, code="no_phone_column", hint=hint)
