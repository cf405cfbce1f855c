"""Tags of other mailing and SMS tools in a text, which would be sent as they stand. It knows no configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ampenet_sync.config.variables import Meaning, folded

# Marks of other widths and scripts, sign for sign, so that every place in the text stays what it is.
_PLAIN = str.maketrans("｛｝［］＜＞〈〉《》【】％＄＠＃｜＊＿：", "{}[]<><><>[]%$@#|*_:")

_WORD = r"[^\W\d_](?:[\w.\-]{0,38}\w)?"  # first_name, contact.name
_WORDS = r"[^\W\d_](?:[\w .\-]{0,38}\w)?"  # First Name
_MORE = r"(?:\s*[|:,][^{}\[\]<>\n]{0,80})?"  # |mteja, ,fallback=mteja
_MOST_WORDS = 3

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_OURS = re.compile(
    r"""(?<!\{)\{\{(?:[^"'{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\}\}(?!\})
      | \{%-?\s*(?:if|elif|else|endif)\b.*?%\} | \{\#-?\s.*?\#\}""",
    re.DOTALL | re.VERBOSE,
)

# Of names nobody knows: all of them, those that are written as no word of prose is, those with an underscore, none.
_ANY = re.compile(r".*")
_SHOUTED = re.compile(r"[^\W\da-z]{2,}|\w*_\w*|[a-z]+[A-Z]\w*")
_JOINED = re.compile(r"\w*_\w*")
_NONE = re.compile(r"(?!)")


@dataclass(frozen=True)
class Lookalike:
    """One tag as it is `written` at the place `at`; `meaning` is None where nobody knows its name.

    `certain`: what stands between its marks is a variable or a column, so nobody wants it sent.
    """

    written: str
    at: int
    meaning: Meaning | None
    certain: bool


@dataclass(frozen=True)
class Mark:
    """How one habit writes a tag, and which names it makes a tag of although nobody knows them."""

    pattern: re.Pattern[str]
    unknown: re.Pattern[str]
    in_links: bool

    def marks(self, match: re.Match[str], meaning: Meaning | None, *, in_link: bool) -> bool:
        """Whether this is a tag and no prose."""
        if in_link and not self.in_links:
            return False
        name, sure = match["name"], self.unknown is _ANY or not in_link
        return meaning is not None or (
            sure and self.unknown.fullmatch(name) is not None and len(name.split()) <= _MOST_WORDS
        )


def _mark(pattern: str, unknown: re.Pattern[str], *, in_links: bool = True) -> Mark:
    whole = pattern.replace("WORDS", rf"(?P<name>{_WORDS}){_MORE}").replace("WORD", rf"(?P<name>{_WORD})")
    return Mark(re.compile(whole), unknown, in_links)


# In the order in which they are looked for.
_MARKS = (
    _mark(r"\*\|\s*WORD(?::[^*|\n]{0,80})?\s*\|\*", _ANY),  # *|FNAME|*
    _mark(r"<[%#?][=\-]?\s*WORDS\s*-?[%#?]>", _ANY),  # pages made by programs
    _mark(r"[$#%!@]?\{+\s*[!$#@%&=/^]*\s*WORDS\s*[#%]?\}+", _ANY),  # {x} {{x} ${x} #{x} %{x} {!x} {$x} {{{x}}} {#x#}
    _mark(r"<<\s*WORDS\s*>>", _ANY),
    _mark(r"</?WORD/?>", _ANY),
    _mark(r"\[\[\s*WORDS\s*\]\]", _ANY),
    _mark(r"%%WORD%%", _ANY),
    _mark(r"(?<!\w)__WORD__(?!\w)", _ANY),
    _mark(r"\[\s*WORDS\s*\]", _SHOUTED),
    _mark(r"«\s*WORDS\s*»", _SHOUTED),  # fields of a word processor
    _mark(r"(?<![\w%])%WORD%(?![\w%])", _SHOUTED),
    _mark(r"(?<![\w#])#{1,2}WORD#{1,2}(?!\w)", _JOINED, in_links=False),
    _mark(r"(?<![\w$])\$WORD\$?", _JOINED, in_links=False),
    _mark(r"(?<![\w|])\|WORD\|(?!\w)", _JOINED, in_links=False),
    _mark(r"(?<![\w:/]):WORD:(?![\w/])", _JOINED, in_links=False),
    _mark(r"(?<![\w.@])@WORD@?", _NONE, in_links=False),
)

# A tag that lacks one of its marks: some words behind an opening mark, or before a closing one.
_FEW = rf"(?P<name>{_WORD}(?: {_WORD}){{0,{_MOST_WORDS}}})"
_OPENED = tuple(
    re.compile(opening + _FEW + rest)
    for opening, rest in (
        (r"\{+\s*", r"(?![^}\n]*\})"),
        (r"\[{1,2}", r"(?![^\]\n]*\])"),
        (r"(?<!\w)<{1,2}", r"(?![^>\n]*>)"),
        (r"(?<![\w%])%{1,2}", r"(?![^%\n]*%)"),
    )
)
_CLOSED = tuple(re.compile(rf"(?<!\w){_FEW}{closing}") for closing in (r"\s*\}+", r"\]{1,2}"))
_BARE = re.compile(r"(?<![\w@/])_*(?P<name>[^\W\d_]+(?:_[^\W_]+)+)_*(?![\w@])")


def find_lookalikes(text: str, known: Mapping[str, Meaning]) -> list[Lookalike]:
    """Every tag of another tool outside our own `{{ … }}`, in the order of the text. `known`: folded name → meaning.

    Money, links and prose pass: {1,000}, ?a={1}, [ofa], 20%, #ofa, @duka, asha@duka.co.
    """
    plain, lookalikes = _OURS.sub(_blank, text.translate(_PLAIN)), []
    for look in (_whole, _half, _bare):
        for lookalike in look(plain, text, known):
            lookalikes.append(lookalike)
            plain = _without(plain, lookalike)
    return sorted(lookalikes, key=lambda lookalike: lookalike.at)


def _whole(plain: str, text: str, known: Mapping[str, Meaning]) -> Iterator[Lookalike]:
    """With both of its marks. What is a tag by one mark isn't looked at by the next."""
    links = [link.span() for link in _LINK.finditer(plain)]
    for mark in _MARKS:
        for match in mark.pattern.finditer(plain):
            in_link = any(start <= match.start() < end for start, end in links)
            meaning = _meaning(match["name"], known)
            if mark.marks(match, meaning, in_link=in_link):
                lookalike = _lookalike(text, match.span(), meaning, certain=meaning is not None and meaning.certain)
                plain = _without(plain, lookalike)
                yield lookalike


def _half(plain: str, text: str, known: Mapping[str, Meaning]) -> Iterator[Lookalike]:
    """With one mark missing: only where the name is known, at its longest."""
    for pattern in _OPENED:
        for match in pattern.finditer(plain):
            ends = [match.start("name") + word.end() for word in re.finditer(r"\S+", match["name"])]
            yield from _longest([(match.start(), end) for end in reversed(ends)], text, known)
    for pattern in _CLOSED:
        for match in pattern.finditer(plain):
            starts = [match.start("name") + word.start() for word in re.finditer(r"\S+", match["name"])]
            yield from _longest([(start, match.end()) for start in starts], text, known)


def _longest(spans: list[tuple[int, int]], text: str, known: Mapping[str, Meaning]) -> Iterator[Lookalike]:
    for start, end in spans:
        if meaning := _meaning(text[start:end].translate(_PLAIN).strip("{}[]<>% "), known):
            yield _lookalike(text, (start, end), meaning, certain=meaning.certain)
            return


def _bare(plain: str, text: str, known: Mapping[str, Meaning]) -> Iterator[Lookalike]:
    """`first_name` without marks, or with other ones: no prose, but not surely a tag either."""
    for match in _BARE.finditer(_LINK.sub(_blank, plain)):
        if meaning := known.get(folded(match["name"])):
            yield _lookalike(text, match.span(), meaning, certain=False)


def _meaning(name: str, known: Mapping[str, Meaning]) -> Meaning | None:
    """Of the whole name, or of what stands behind its last dot: contact.first_name."""
    return known.get(folded(name)) or known.get(folded(name.rpartition(".")[2]))


def _lookalike(text: str, span: tuple[int, int], meaning: Meaning | None, *, certain: bool) -> Lookalike:
    return Lookalike(text[slice(*span)], span[0], meaning, certain)


def _without(plain: str, lookalike: Lookalike) -> str:
    length = len(lookalike.written)
    return plain[: lookalike.at] + " " * length + plain[lookalike.at + length :]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
