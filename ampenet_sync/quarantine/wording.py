"""What stands on the second page of a quarantine workbook, in English and Swahili. It writes no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ampenet_sync.phones import HINTS

_ENGLISH = (
    "These rows of your customers' source could not be used. The columns reason and hint say why.",
    "1. Repair the cells to the right of our own columns. A row you can't repair, leave as it is or delete it here.",
    "2. Keep the headings and the column row_id as they are. Add no rows and no columns.",
    "3. Save the file as .xlsx, then type:  ampenet-sync quarantine import FILE",
    "Where the column written is filled, the row's cells couldn't be told apart: fill in its cells from it.",
    "The source itself is not changed. Correct it there too when you can: then this repair is no longer needed.",
    "This file holds people's phone numbers: don't pass it on, and delete it when you are done.",
)
_SWAHILI = (
    "Safu hizi za orodha ya wateja wako hazikuweza kutumika. Safu wima reason na hint_sw zinaeleza sababu.",
    "1. Sahihisha visanduku vilivyo kulia kwa safu wima zetu. Safu usiyoweza kusahihisha, iache ilivyo au ifute hapa.",
    "2. Usibadilishe vichwa wala safu wima row_id. Usiongeze safu wala safu wima.",
    "3. Hifadhi faili kama .xlsx, kisha andika:  ampenet-sync quarantine import FAILI",
    "Pale ambapo safu wima written imejazwa, visanduku havikuweza kutenganishwa: vijaze kutokana na maandishi hayo.",
    "Orodha ya awali haibadilishwi. Irekebishe pia huko ukiweza: ndipo marekebisho haya hayatahitajika tena.",
    "Faili hili lina namba za simu za watu: usilisambaze, na ulifute ukimaliza.",
)


def how_to(reasons: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Lines of one or two cells: what to do, then each reason with its count and what it means."""
    yield ("English",)
    yield from (("", line) for line in _ENGLISH)
    yield ()
    yield ("Kiswahili",)
    yield from (("", line) for line in _SWAHILI)
    yield ()
    yield ("Reason · Sababu",)
    for reason, count in reasons.items():
        yield (f"{reason}: {count:,}", HINTS[reason].en)
        yield ("", HINTS[reason].sw)
