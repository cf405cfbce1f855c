"""Headings that tell which way a yes below them leans: one under `unsubscribed` refuses. No cell is read here."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

from ampenet_sync.config.consent import Consent, OptedOut, Words, is_spelt_out
from ampenet_sync.config.words import folded
from ampenet_sync.config.yamltree import Tree
from ampenet_sync.errors import ConfigError, sayable

if TYPE_CHECKING:
    from ampenet_sync.config.customers import Customers

Leaning = Literal["agreed", "refused", ""]

_VERB = "(?:ku|a|wa|ni|tu|u|i)?(?:me|li|na|ka|ta)?(?:ye|o)?"  # Swahili: kujitoa, amejitoa, waliojitoa

# Under these a yes means no. The first ones are found within a heading without blanks, too, such as `emailoptout`.
_REFUSED_ANYWHERE = "|".join((r"un ?subscri\w*", r"opt(?:ed|s|ing)? ?outs?", r"bl(?:ack|ock) ?list\w*"))
_REFUSED = "|".join(
    (
        *(
            r"unsub\w*",
            r"dn[cd]\b",
            r"stop(?:s|ped)?\b",
            r"blocked\b",
            r"suppress\w*",
            r"complain\w*",
            r"bounce[ds]?\b",
        ),
        *(r"refus(?:ed?|es|al)\b", r"decline[ds]?\b", r"reject\w*", r"object(?:ed|ions?)\b", r"revoke\w*", r"muted\b"),
        *(r"withdr[ae]w\w*", r"excluded?\b", r"banned\b", r"cancell?ed\b", r"removed\b", r"deleted\b", r"marufuku\b"),
        rf"{_VERB}(?:jitoa|jiondoa|kataa|kataliwa|zuia|zuiwa|zuiliwa|acha|sitisha|sitishwa|ondolewa|ondoka)\b",
        *(r"(?:ha|hawa|hatu|si)taki\b", r"(?:ha|hawa|si)(?:ja|ku)?(?:kubali|ridhia|ruhusu)\w*"),
        r"(?:u|a|wa|m)si(?:m|wa|ni)?(?:tum|pig|andik)\w*",  # usitume, asitumiwe, usimpigie
    )
)
_AGREED = "|".join(
    (
        *(r"opt(?:ed|s|ing)? ?in\b", r"consent\w*", r"agree\w*", r"subscri\w*", r"accept\w*", r"allow\w*"),
        *(r"permi(?:t|ssion)\w*", r"ridhaa\b", rf"{_VERB}(?:kubali|ridhia|ruhusu)\w*", r"[anwu]+taka\b"),
    )
)
_AGREED_ANYWHERE = r"opt(?:ed|s)? ?in\b"
# Neither by themselves, but a refusal after a no: `no_sms`, `do not contact`.
_WAYS = "|".join(
    (
        *(
            "sms",
            "text",
            "messag",
            "contact",
            "call",
            "e ?mail",
            "mail",
            "market",
            "promo",
            "offer",
            r"ads?\b",
            "advert",
        ),
        *("news ?letter", "disturb", "whats ?app", "send", "notif", "ujumbe", "matangazo"),
    )
)
_NOT = (
    r"\b(?:no|non|never|without|(?:do|does|did|is|has|have|was|will)? ?not|(?:do|does|did|is|has|have|was|wo|ca)nt"
    "|cannot|bila|hana|hawana|si|siyo|sio)"
    "(?: (?:to|be|been|is|has|have|had|was|wants?|wanted|wish(?:es)?|any|more|longer|ever|yet|send|receives?|gets?|a))*"
)
# Before an English word only: `Unakubali?` asks who agrees.
_UN = r"\b(?:un|dis) ?(?:consent|agree|subscri|accept|allow|permi)"
_NOT_REFUSED = re.compile(rf"(?:{_NOT} ?|\b(?:ha|hawa|si)(?:ja|ku))(?:{_REFUSED_ANYWHERE}|{_REFUSED})")
_REFUSES = re.compile(rf"{_REFUSED_ANYWHERE}|\b(?:{_REFUSED})|{_UN}|{_NOT} ?(?:{_AGREED}|{_WAYS})")
_AGREES = re.compile(rf"{_AGREED_ANYWHERE}|\b(?:{_AGREED})")


def leaning(heading: str) -> Leaning:
    """What a yes in the column means, where its name tells: `sms_opt_in`, `Amejitoa`; "" for `sms` or `status`.

    Letter case, blanks, hyphens and underscores don't matter; `not_unsubscribed` leans the other way round.
    """
    rest, negated = _NOT_REFUSED.subn(" ", _spaced(heading))
    if _REFUSES.search(rest):
        return "refused"
    return "agreed" if negated or _AGREES.search(rest) else ""


def check_headings(customers: Customers, tree: Tree, *, name: str) -> None:
    """Raises ConfigError where a column would be read the wrong way round, unless both lists of words are written.

    `refusal_as_consent`: its yes would text exactly those who left. `consent_as_refusal`: its yes would leave out those
    who agreed. `same_yes`: one word of one column would be both.
    """
    consent, out = customers.consent, customers.opted_out
    if consent and consent.column and _leans(consent, consent.column) == "refused":
        message = f"{_at('consent', tree, name)}: '{sayable(consent.column)}' says who refused: its yes is no consent"
        hint = f"write  opted_out: {sayable(consent.column)}  and under consent the column that says yes; {_SPELT_OUT}"
        raise ConfigError(message, code="refusal_as_consent", hint=hint)
    if out and _leans(out, out.column) == "agreed":
        message = f"{_at('opted_out', tree, name)}: '{sayable(out.column)}' says who agreed: its yes is no refusal"
        hint = f"write  consent: {sayable(out.column)}  and under opted_out the column that says who left; {_SPELT_OUT}"
        raise ConfigError(message, code="consent_as_refusal", hint=hint)
    if consent and out and consent.column == out.column and _both(consent.words, out.words):
        message = (
            f"{_at('opted_out', tree, name)}: a yes in '{sayable(out.column)}' would be consent and refusal at once"
        )
        hint = "name another column, or write for each key which words are its yes: {column: …, yes: […], no: […]}"
        raise ConfigError(message, code="same_yes", hint=hint)


_SPELT_OUT = "where its words mean something else, write both lists: {column: …, yes: […], no: […]}"


def _leans(rule: Consent | OptedOut, column: str) -> Leaning:
    return "" if is_spelt_out(rule) else leaning(column)


def _both(consent: Words, out: Words) -> bool:
    """Whether some word would be a yes for consent and one for having left."""
    left = set(map(folded, out.no if out.anything else out.yes))
    agreed = set(map(folded, consent.yes))
    return bool(agreed - left) if out.anything else bool(agreed & left)


def _at(key: str, tree: Tree, name: str) -> str:
    return f"{name}:{tree.line(('customers', key))}: customers.{key}"


def _spaced(heading: str) -> str:
    """`smsOptOut`, `SMS-Opt out?` → `sms opt out`."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", heading) if unicodedata.category(sign) != "Cf")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", re.sub("['’`]", "", text.casefold())).split())
