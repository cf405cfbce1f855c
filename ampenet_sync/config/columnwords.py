"""What columns of customer lists are called, in English and in Swahili, and what a heading therefore seems to hold.

A column that ampenet.yaml names is never taken for another by it: it is for suggestions, and for files that nobody
configured, whose cells are looked at, too (`recognition`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
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
    "another_name",
    "another_phone",
]

# Meaning → words for it, in small letters without signs. Those of `customers` in ampenet.yaml bear the names they have
# there. A heading means what the words of most parts in it say: `Namba ya simu ya mteja` is a phone and no key, `Jina
# la ukoo` no first name. They may stand anywhere in it, but a word is never part of another. What stands under
# another_… is called as a name or phone is, but it is not the customer's own.
_WORDS: Final[dict[Meaning, str]] = {
    "phone": """
        phone, phones, phone number, phone no, telephone, telephone number, tel, tel no, mobile, mobile number,
        mobile no, mobile phone, cell, cellphone, cell phone, cell number, msisdn, gsm, whatsapp, whatsapp number,
        sms number, contact, contacts, contact number, contact no, ph no, phone num, mob, mob no, mobile num, phone1,
        mobile1, tel1, simu1, handphone, m pesa number, mpesa number, waid, simu, namba ya simu, nambari ya simu,
        namba za simu, nambari, namba, simu ya mkononi, no ya simu, na ya simu, rununu, mawasiliano, namba ya whatsapp,
        namba ya m pesa, namba ya mpesa
        """,
    "key": """
        id, key, code, id no, customer id, customer no, customer number, customer code, client id, client no,
        client code, member id, member no, member number, membership no, membership number, account, account no,
        account number, acc no, reference, ref no, user id, uid, staff no, employee no, reg no, registration number,
        admission no, loan no, policy no, external id, record id, contact id, kitambulisho,
        utambulisho, namba ya mteja, nambari ya mteja,
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
    "full_name": """
        full name, fullname, full names, fn, formatted name, display name, displayname, saved name, jina kamili,
        majina kamili, majina matatu
        """,
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
    "another_name": """
        middle name, additional name, nickname, nick name, user name, username, maiden name, phonetic first name,
        phonetic middle name, phonetic last name, phonetic given name, phonetic family name, name prefix, name suffix,
        company, company name, organization, organization name, organisation, organisation name, business name,
        shop name, school name, branch, branch name, group name, product, product name, file name, bank name,
        assistant s name, manager s name, spouse, spouse name, public name, public display name, parent name,
        guardian name, jina la kati, jina la utani, jina la kampuni, kampuni, jina la duka, jina la biashara,
        jina la shule, jina la tawi, jina la kikundi, jina la bidhaa, jina la mume, jina la mke, jina la mdhamini,
        jina la mzazi, jina la mlezi, tawi
        """,
    "another_phone": """
        fax, fax number, home fax, business fax, other fax, emergency contact, emergency phone, emergency number,
        next of kin, next of kin phone, next of kin contact, next of kin number, kin phone, guarantor, guarantor phone,
        guarantor contact, guarantor number, referee, referee phone, referee contact, assistant s phone, faksi,
        simu ya dharura, namba ya dharura, simu ya mdhamini, namba ya mdhamini, namba ya simu ya mdhamini,
        simu ya ndugu, namba ya ndugu, namba ya simu ya ndugu, simu ya mrithi, namba ya simu ya mrithi
        """,
}
COLUMN_WORDS: Final[dict[Meaning, tuple[str, ...]]] = {
    meaning: tuple(" ".join(words.split()) for words in several.split(",")) for meaning, several in _WORDS.items()
}
_BY_WORDS: Final[dict[str, Meaning]] = {words: meaning for meaning in COLUMN_WORDS for words in COLUMN_WORDS[meaning]}

_SIGNS = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Sense:
    """What a heading seems to hold; how many parts its words have, and how many others stand beside them."""

    meaning: Meaning
    words: int
    others: int


def meaning_of(name: str) -> Meaning | None:
    """What a heading seems to hold: `Namba ya Simu`, `phone_no` and `PhoneNumber` are phones; None where nothing says.

    Of words with as many parts those count that stand first.
    """
    sense = sense_of(name)
    return sense.meaning if sense else None


def sense_of(name: str) -> Sense | None:
    """The same, and how plainly the heading says so: `Jina` more than `Jina (herufi kubwa)`."""
    seen = heading(name)
    return _sense(seen) or _sense(_HUMPS.sub(" ", seen))


def with_meaning(meaning: Meaning | None, names: Iterable[str]) -> list[str]:
    """Those of the names that seem to hold it."""
    return [name for name in names if meaning is not None and meaning_of(name) == meaning]


def _sense(text: str) -> Sense | None:
    parts = _SIGNS.sub(" ", text).casefold().split()
    for length in range(len(parts), 0, -1):
        for at in range(len(parts) - length + 1):
            if known := _BY_WORDS.get(" ".join(parts[at : at + length])):
                return Sense(known, length, len(parts) - length)
    return None
