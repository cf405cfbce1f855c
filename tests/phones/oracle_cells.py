"""What a cell is before any country is thought of, by the rules in words: wrapped, hidden, negative, several, letters.

It goes through the text sign by sign where the package has patterns, and shares no code with it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

QUOTES = set("\"'`‘’“”„«»")
DASHES = set("-‐‑‒–—―−－")
HIDDEN = set("*＊∗⁎✱﹡•●⬤○◦▪■□█▒░▓?？\N{REPLACEMENT CHARACTER}…⋯‥")
DOUBTFUL = set("_＿#＃xX×·∙⋅‧・")
GAPS = set(" ().[]") | DASHES


def seen(text: str) -> str:
    """Digits of any script in ASCII, every space one kind, and nothing that can't be seen."""
    return "".join(map(_letter, text))


def unwrapped(text: str) -> str:
    """Without blanks, quotes and equals signs in front, and without blanks, quotes, commas and colons behind."""
    while text and (text[0] in " =" or text[0] in QUOTES):
        text = text[1:]
    while text and (text[-1] in " ,;:" or text[-1] in QUOTES):
        text = text[:-1]
    return text


def spreadsheet(text: str) -> str:
    """`.0` and thousands marks are cut, 2.55712345678E+11 written out; LOST where digits were rounded away."""
    if re.fullmatch(r"\+?[0-9]+[.,]0+", text):
        return re.split("[.,]", text)[0]
    if re.fullmatch(r"\+?[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,3}", text):
        value = Decimal(text.replace(",", "."))
        written = len(value.as_tuple().digits)
        whole = value == value.to_integral_value() and written > value.adjusted()
        return text[: text.startswith("+")] + str(int(value)) if whole else "LOST"
    return next((whole for mark in ",.'’ " if (whole := _without_thousands(text, mark))), text)


def fault(text: str) -> str:
    """The first reason against the text, "" for none."""
    letters = any(letter.isalpha() or unicodedata.category(letter) in ("No", "Nl") for letter in text)
    if text == "LOST":
        return "digits_lost"
    if not letters and not re.search("[0-9]", text):
        marks = [sign for sign in text if sign != " "]
        strong = re.search("[*＊•●■█#＃]{3}", text)
        return "hidden_digits" if strong and all(sign in HIDDEN or sign in "#＃" for sign in marks) else "blank"
    if _several(text):
        return "several_numbers"
    if _hidden(text):
        return "hidden_digits"
    if _extension(text):
        return "extension"
    if re.search("[0-9][xX×#＃][0-9]", text):
        return "hidden_digits"
    if _negative(text):
        return "negative"
    return "letters" if letters else ""


def without_dates(text: str) -> str:
    time = r"([ T]+\d{1,2}:\d\d(:\d\d)?)?(?!\d)"
    for mark in "-./":
        day, sign = r"\d{1,2}", re.escape(mark)
        year_first, year_last = rf"(19|20)\d\d{sign}{day}{sign}{day}", rf"{day}{sign}{day}{sign}(19|20)\d\d"
        text = re.sub(rf"(?<!\d)({year_first}|{year_last}){time}", "|", text)
    return text


def _letter(letter: str) -> str:
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.digit(letter))
    if letter in "＋﹢":
        return "+"
    if letter.isspace():
        return " "
    unseen = unicodedata.category(letter) in ("Cc", "Cf") or unicodedata.name(letter, "").startswith("VARIATION SEL")
    return "" if unseen or letter == "\N{COMBINING GRAPHEME JOINER}" else letter


def _without_thousands(text: str, mark: str) -> str:
    """The digits of 255,712,345,678 with any decimals of zeros behind another mark; "" for anything else."""
    plus, body = text[: text.startswith("+")], text.removeprefix("+")
    for point in {",", "."} - {mark}:
        head, mark_there, zeros = body.rpartition(point)
        if mark_there and zeros and not zeros.strip("0"):
            body = head
            break
    first, *others = body.split(mark)
    right = others and all(re.fullmatch("[0-9]{3}", group) for group in others)
    return plus + "".join((first, *others)) if right and re.fullmatch("[1-9][0-9]{0,2}", first) else ""


def _several(text: str) -> bool:
    """Seen without any country: two pluses, two long runs, two long pieces, or a number with another ending."""
    text = without_dates(text)
    if len(re.findall(r"\+[ (]*[0-9]", text)) > 1 or len(re.findall("[0-9]{9,}", text)) > 1:
        return True
    pieces = "".join(sign if _within(sign) else "\n" for sign in text).split("\n")
    counts = [len(re.sub("[^0-9]", "", piece)) for piece in pieces]
    another_end = counts[0] >= 7 and re.search(r"[0-9]{3} */ *[0-9]", text)
    return len([count for count in counts if count >= 7]) > 1 or bool(another_end)


def _within(sign: str) -> bool:
    return sign.isalnum() or sign in "+_" or sign in GAPS or sign in HIDDEN or sign in DOUBTFUL


def _hidden(text: str) -> bool:
    """A sign for a digit between digits; two of any, an ellipsis or three dots beside one."""
    for at, sign in enumerate(text):
        around = HIDDEN | DOUBTFUL | GAPS
        if sign in HIDDEN and _digit(text[:at], around, -1) and _digit(text[at + 1 :], around, 0):
            return True
        twice = at + 1 < len(text) and {sign, text[at + 1]} <= HIDDEN | DOUBTFUL
        if (twice or sign in "…⋯") and (_digit(text[:at], GAPS, -1) or _digit(text[at + 1 + twice :], GAPS, 0)):
            return True
        dots = re.match(r"\. ?\. ?\.", text[at:])
        if dots and (_digit(text[:at], set(" (["), -1) or _digit(text[at + dots.end() :], set(" )]"), 0)):
            return True
    return False


def _digit(text: str, skipped: set[str], end: int) -> bool:
    """Whether the first sign from that end that isn't skipped is a digit."""
    text = text.lstrip("".join(skipped)) if end == 0 else text.rstrip("".join(skipped))
    return bool(text) and text[end] in "0123456789"


def _extension(text: str) -> bool:
    tail = re.search(r"(ext(n|ension)?\.?|x\.?|#|;ext=) *:? *[0-9]{1,7} *#?$", text, re.IGNORECASE)
    if not tail or not re.match(r"[+( ]*[0-9]", text):
        return False
    if tail[0][0] in "exEX" and re.search(r"[a-z]$", text[: tail.start()], re.I):
        return False
    return tail[0][0] in "eE;" or len(re.sub("[^0-9]", "", text[: tail.start()])) >= 7


def _negative(text: str) -> bool:
    """-255712345678, 255712345678- and (255,712,345,678); a dash, a blank and then 0 or + is a list's."""
    body = text.lstrip(" (")
    if body and body[0] in DASHES:
        rest = body.lstrip("".join(DASHES))
        if rest.startswith(" ") and re.match(r"\(?[0+]", rest.lstrip(" ")):
            return False
        rest = re.sub(r"[eE]\+?[0-9]+$", "", rest.rstrip(" )"))
        return all(sign in "+0123456789 ().,'’/" or sign in DASHES for sign in rest)
    if text[-1] in DASHES:
        return bool(re.fullmatch(r"[1-9][0-9]*([.,'’][0-9]+)*", text[:-1]))
    inside = re.fullmatch(r"\(([0-9,]+)(\.[0-9]+)?\)", text)
    return bool(inside and _without_thousands(inside[1], ","))
