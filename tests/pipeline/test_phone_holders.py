"""Who is quarantined and holds a phone too is heard before it is texted. Against the sandbox."""

from __future__ import annotations

import pytest

from ampenet_sync.ledger import suppressions
from tests.world import CONFIG, Place, people, phones

LONG = "x" * 300
ZED, LEA = "4,0712345679,Zed,,yes", "6,0712345671,Lea,,yes"
NO_TO_BOTH = (f"5,0712345679,{LONG},,no", "6,0712345671,Lea,,no")
YES_TO_BOTH = (f"5,0712345679,{LONG},,yes", "6,0712345671,Lea,,yes")
NUMBERS = ["255712345671", "255712345679"]
TRANSACTIONAL = CONFIG.replace("kind: marketing", "kind: transactional")
ABROAD = CONFIG.replace("  key: id\n", "  key: id\n  region: last\n")


def suppress(place: Place, **who: str) -> None:
    with place.ledger() as ledger:
        suppressions.suppress(ledger, reason="asked", **who)


def excluded(place: Place) -> dict[str, int]:
    return place.preview().audience.header.excluded


def test_the_no_of_a_row_that_is_quarantined_keeps_marketing_from_its_phone(place: Place) -> None:
    place.write(ZED, LEA, *NO_TO_BOTH)
    assert place.intake().reasons == {"name_too_long": 1, "duplicate_key": 1}
    found = place.preview().audience.header
    assert (found.messages, found.excluded) == (0, {"no_consent": 2})


def test_the_yes_of_a_row_that_is_quarantined_takes_nothing_away(place: Place) -> None:
    place.write(ZED, LEA, *YES_TO_BOTH)
    place.send(place.preview().audience.digest)
    assert place.texted() == NUMBERS


@pytest.mark.parametrize("row", [f"5,+255 712 345 679,{LONG},,", ",0712345679,Juma,,nein"])
def test_whatever_else_is_wrong_with_the_row_its_readable_phone_counts(place: Place, row: str) -> None:
    place.write(ZED, row, "5,071,Juma,,yes")
    assert excluded(place) == {"no_consent": 1}


def test_a_row_whose_phone_can_not_be_read_says_nothing_of_others(place: Place) -> None:
    place.write(ZED, "5,07123456,Juma,,no", "6,,Lea,,no")
    assert excluded(place) == {}


def test_the_phone_is_read_with_the_row_s_own_region(place: Place) -> None:
    place.write("4,+254712345678,Zed,TZ,yes", f"5,0712345678,{LONG},ke,no", "6,0712345679,Lea,,yes", text=ABROAD)
    assert excluded(place) == {"no_consent": 1}


def test_a_transactional_text_asks_nobody_who_is_quarantined_for_consent(place: Place) -> None:
    place.write(ZED, LEA, *NO_TO_BOTH, text=TRANSACTIONAL)
    place.send(place.preview().audience.digest)
    assert place.texted() == NUMBERS


@pytest.mark.parametrize("text", [CONFIG, TRANSACTIONAL])
def test_a_suppressed_customer_s_phone_is_off_while_the_row_is_quarantined(place: Place, text: str) -> None:
    place.write(ZED, LEA, *YES_TO_BOTH, text=text)
    suppress(place, customer_key="5")
    assert excluded(place) == {"suppressed": 1}


def test_an_attestation_speaks_for_rows_that_are_quarantined_too(place: Place) -> None:
    place.write(ZED, LEA, *NO_TO_BOTH, text=CONFIG.replace("consent: sms", 'consent: {attested: "signed at the till"}'))
    assert place.preview().audience.header.messages == 2


def test_a_no_that_came_since_the_preview_in_a_row_quarantined_counts(place: Place) -> None:
    digest = place.preview().audience.digest
    place.write(*people(3), f"k4,0712000003,{LONG},Duka,no", "k2,0712000002,Name2,Duka,no")
    found = place.send(digest)
    assert (found.sent, found.remaining, found.withdrawn) == (1, 2, 2)
    assert place.texted() == phones(1)


def test_a_suppression_since_the_preview_of_who_is_quarantined_counts(place: Place) -> None:
    rows = [*people(3), f"k4,0712000003,{LONG},Duka,yes"]
    place.write(*rows, text=TRANSACTIONAL)
    digest = place.preview().audience.digest
    suppress(place, customer_key="k4")
    assert place.send(digest).withdrawn == 1 and place.texted() == phones(2)


def test_a_customer_who_was_quarantined_since_the_preview_is_not_known_to_consent(place: Place) -> None:
    digest = place.preview().audience.digest
    place.write(*people(2), f"k3,0712000003,{LONG},Duka,yes")
    assert place.send(digest).withdrawn == 1 and place.texted() == phones(2)
