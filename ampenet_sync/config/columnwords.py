"""What columns of customer lists are called, in English and in Swahili, and what a heading therefore seems to hold.

It is for suggestions that a person confirms: no column is taken for another by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from ampenet_sync.config.headings import heading

Meaning = Literal[
    "phone",
    "key",
    "first_name",
    "last_name",
    "full_name",
    "consent",
    "opted_out",
    "city",
    "region",
    "email",
    "birthday",
]

# Meaning → words for it, in small letters without signs. Those of `customers` in ampenet.yaml bear the names they have
# there. A heading means what the words of most parts in it say: `Namba ya simu ya mteja` is a phone and no key, `Jina
# la ukoo` no first name. They may stand anywhere in it, but a word is never part of another.
_WORDS: Final[dict[Meaning, str]] = {
    "phone": """
        phone, phones, phone number, phone no, telephone, telephone number, tel, tel no, mobile, mobile number,
        mobile no, mobile phone, cell, cellphone, cell phone, cell number, msisdn, gsm, whatsapp, whatsapp number,
        sms number, contact, contacts, contact number, contact no, simu, namba ya simu, nambari ya simu, namba za simu,
        nambari, namba, simu ya mkononi, no ya simu, na ya simu, rununu, mawasiliano, namba ya whatsapp
        """,
    "key": """
        id, key, code, id no, customer id, customer no, customer number, customer code, client id, client no,
        client code, member id, member no, member number, membership no, membership number, account, account no,
        account number, acc no, reference, ref no, user id, uid, staff no, employee no, reg no, registration number,
        admission no, loan no, policy no, kitambulisho, utambulisho, namba ya mteja, nambari ya mteja,
        namba ya mwanachama, nambari ya mwanachama, na ya mwanachama, namba ya kitambulisho, namba ya usajili,
        namba ya akaunti, akaunti
        """,
    "first_name": """
        first name, firstname, fname, given name, given names, forename, christian name, other names, name, names,
        customer name, client name, member name, contact name, jina, majina, jina la kwanza, jina la mteja,
        jina la mwanachama
        """,
    "last_name": """
        last name, lastname, lname, surname, family name, second name, sir name, ukoo, jina la ukoo, jina la mwisho,
        jina la familia, jina la pili, jina la baba
        """,
    "full_name": "full name, fullname, full names, jina kamili, majina kamili, majina matatu",
    "consent": """
        consent, consented, sms consent, marketing consent, phone consent, opt in, optin, opted in, sms opt in, agreed,
        permission, accepts marketing, accepts sms, allow sms, ridhaa, idhini, ruhusa, ridhaa ya simu, amekubali,
        amekubali sms, anapokea sms
        """,
    "opted_out": """
        opt out, optout, opted out, sms opt out, unsubscribe, unsubscribed, do not contact, do not text, do not sms,
        dnd, no sms, blocked, blacklisted, amejitoa, kujitoa, amekataa, amekataa sms, hataki, hataki sms, hapokei sms
        """,
    "city": "city, town, location, municipality, district, mji, jiji, mahali, eneo, makazi, mtaa, kata, wilaya",
    "region": "country, country code, nation, nationality, nchi, taifa, uraia",
    "email": "email, e mail, mail, email address, barua pepe",
    "birthday": "birthday, date of birth, dob, birth date, birthdate, tarehe ya kuzaliwa",
}
COLUMN_WORDS: Final[dict[Meaning, tuple[str, ...]]] = {
    meaning: tuple(" ".join(words.split()) for words in several.split(",")) for meaning, several in _WORDS.items()
}
_BY_WORDS: Final[dict[str, Meaning]] = {words: meaning for meaning in COLUMN_WORDS for words in COLUMN_WORDS[meaning]}

_SIGNS = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def meaning_of(name: str) -> Meaning | None:
    """What a heading seems to hold: `Namba ya Simu`, `phone_no` and `PhoneNumber` are phones; None where nothing says.

    Of words with as many parts those count that stand first.
    """
    seen = heading(name)
    return _meaning(seen) or _meaning(_HUMPS.sub(" ", seen))


def with_meaning(meaning: Meaning | None, names: Iterable[str]) -> list[str]:
    """Those of the names that seem to hold it."""
    return [name for name in names if meaning is not None and meaning_of(name) == meaning]


def _meaning(text: str) -> Meaning | None:
    parts = _SIGNS.sub(" ", text).casefold().split()
    for length in range(len(parts), 0, -1):
        for at in range(len(parts) - length + 1):
            if known := _BY_WORDS.get(" ".join(parts[at : at + length])):
                return known
    return None
