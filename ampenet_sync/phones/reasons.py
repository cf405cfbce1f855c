"""Why a row is quarantined: every reason's stable code and a sentence for the clerk who repairs it."""

from __future__ import annotations

from typing import Final, NamedTuple


class Hint(NamedTuple):
    """The same sentence twice, for the person who repairs the row."""

    en: str
    sw: str


# In the order in which a row's first reason is chosen.
HINTS: Final[dict[str, Hint]] = {
    "ragged_row": Hint(
        "The row has more or fewer values than the header; a separator or a quote stands where it shouldn't.",
        "Safu hii ina thamani nyingi au chache kuliko vichwa; kuna kitenganishi au alama ya nukuu mahali pasipofaa.",
    ),
    "unreadable_bytes": Hint(
        "The row holds bytes that are no text; type it in again.",
        "Safu hii ina alama zisizo maandishi; iandike upya.",
    ),
    "cell_too_long": Hint(
        "A cell holds more text than any customer's record; a quote is probably missing.",
        "Kisanduku kina maandishi mengi mno; huenda alama ya nukuu imekosekana.",
    ),
    "formula": Hint(
        "A cell holds a formula without its result, or an error such as #VALUE!; "
        "correct it in Excel, save and give it again.",
        "Kisanduku kina fomula isiyo na jibu, au kosa kama #VALUE!; "
        "lirekebishe katika Excel, hifadhi, kisha ulete tena.",
    ),
    "blank": Hint(
        "No phone number is written here.",
        "Hakuna namba ya simu iliyoandikwa hapa.",
    ),
    "digits_lost": Hint(
        "A spreadsheet rounded the number and its last digits are gone; give the workbook the CSV was made from, "
        "not this CSV saved again as .xlsx, or type the number in again as text.",
        "Excel imepunguza namba na tarakimu za mwisho zimepotea; lete faili la Excel ambalo CSV ilitokana nalo, "
        "si CSV hii iliyohifadhiwa tena kama .xlsx, au andika namba upya kama maandishi.",
    ),
    "several_numbers": Hint(
        "Two or more numbers stand in one cell; keep the one that is to be texted.",
        "Kuna namba mbili au zaidi katika kisanduku kimoja; bakiza ile itakayotumiwa ujumbe.",
    ),
    "hidden_digits": Hint(
        "Some digits are hidden or left out (***, xxx, ___ or …); write the whole number.",
        "Baadhi ya tarakimu zimefichwa au zimeachwa (***, xxx, ___ au …); andika namba nzima.",
    ),
    "negative": Hint(
        "The number has a minus, as if a formula or a ledger had made it; write it without, if it is a phone number.",
        "Namba ina alama ya kutoa, kana kwamba imetokana na fomula au leja; kama ni namba ya simu, iandike bila alama "
        "hiyo.",
    ),
    "letters": Hint(
        "There are letters among the digits, or other signs; write the number with digits only.",
        "Kuna herufi au alama nyingine kati ya tarakimu; andika namba kwa tarakimu tu.",
    ),
    "extension": Hint(
        "An extension can't be texted; write the number without it, or another one.",
        "Namba ya ndani (extension) haiwezi kutumiwa ujumbe; andika namba bila hiyo, au namba nyingine.",
    ),
    "too_short": Hint(
        "The number has too few digits for its country.",
        "Namba ina tarakimu chache mno kwa nchi yake.",
    ),
    "too_long": Hint(
        "The number has too many digits for its country; one of another country is written with + in front.",
        "Namba ina tarakimu nyingi mno kwa nchi yake; namba ya nchi nyingine huandikwa na + mbele.",
    ),
    "invalid": Hint(
        "No such number is in use in its country; ask for it again.",
        "Namba kama hii haitumiki katika nchi yake; muulize mteja tena.",
    ),
    "country_not_allowed": Hint(
        "The number belongs to a country that is not listed under countries.",
        "Namba ni ya nchi ambayo haimo katika orodha ya nchi zinazoruhusiwa (countries).",
    ),
    "not_mobile": Hint(
        "The number is a fixed line or a service, which gets no SMS; write a mobile number.",
        "Namba ni ya simu ya mezani au ya huduma, haipokei SMS; andika namba ya simu ya mkononi.",
    ),
    "missing_key": Hint(
        "The customer's key is blank.",
        "Namba ya utambulisho ya mteja haijaandikwa.",
    ),
    "duplicate_key": Hint(
        "Another row has the same key, and only one row counts.",
        "Safu nyingine ina namba ya utambulisho ileile, na ni safu moja tu inayohesabiwa.",
    ),
    "name_too_long": Hint(
        "A name has more than 255 characters.",
        "Jina lina herufi zaidi ya 255.",
    ),
    "field_too_long": Hint(
        "A custom field has more than 255 characters.",
        "Sehemu ya taarifa ina herufi zaidi ya 255.",
    ),
    "bad_region": Hint(
        "The country column holds no known country; write Kenya, KE, KEN or +254 (a code that several countries share, "
        "such as +1, is none), or write the number with + and its code.",
        "Safu wima ya nchi haina nchi inayojulikana; andika Kenya, KE, KEN au +254 (kodi ya nchi kadhaa, kama +1, "
        "haitoshi), au andika namba yenyewe kwa + na kodi yake.",
    ),
    "bad_type": Hint(
        "A value is not of the type written under types.",
        "Thamani si ya aina iliyoandikwa chini ya types.",
    ),
}

_CODES: Final = tuple(HINTS)

# Faults of the row itself: its cells can't be told apart or read, so not even its key is known.
ROW_REASONS: Final[tuple[str, ...]] = _CODES[: _CODES.index("blank")]
PHONE_REASONS: Final[tuple[str, ...]] = _CODES[_CODES.index("blank") : _CODES.index("missing_key")]
