"""Members → one contact for each phone."""

from __future__ import annotations

import pandas as pd

from ampenet_sync.contacts import desired_contacts


def members(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_key": pd.Series([row[0] for row in rows], dtype="str"),
            "phone": pd.Series([row[1] for row in rows], dtype="str"),
            "first_name": pd.Series([f"N{row[0]}" for row in rows], dtype="str"),
            "last_name": pd.Series(["" for _ in rows], dtype="str"),
            "consent": pd.Series([row[2] for row in rows], dtype="bool"),
            "source.x": pd.Series(["" for _ in rows], dtype="str"),
        }
    )


def test_members_with_their_own_phones_are_contacts() -> None:
    desired = desired_contacts(members(("b", "255712345678", True), ("a", "255754123456", False)))
    assert desired.contacts.to_numpy().tolist() == [
        ["b", "255712345678", "Nb", "", True],
        ["a", "255754123456", "Na", "", False],
    ]
    assert len(desired.losers) == 0


def test_the_first_of_those_who_share_a_phone_has_the_contact() -> None:
    shared = [("b", "255712345678", True), ("a", "255712345678", True), ("c", "255712345678", True)]
    desired = desired_contacts(members(*shared))
    assert list(desired.contacts["customer_key"]) == ["b"]
    assert desired.losers.to_dict("list") == {
        "customer_key": ["a", "c"],
        "phone": ["255712345678"] * 2,
        "reason": ["shared_phone"] * 2,
        "winner_key": ["b", "b"],
    }


def test_a_shared_phone_consents_only_if_every_holder_does() -> None:
    shared = [("a", "255712345678", True), ("b", "255712345678", False), ("c", "255754123456", True)]
    assert list(desired_contacts(members(*shared)).contacts["consent"]) == [False, True]


def test_a_loser_who_agrees_does_not_agree_for_the_winner() -> None:
    shared = [("a", "255712345678", False), ("b", "255712345678", True)]
    assert list(desired_contacts(members(*shared)).contacts["consent"]) == [False]


def test_nobody_gives_empty_tables_of_text() -> None:
    desired = desired_contacts(members())
    assert len(desired.contacts) == 0
    assert {str(kind) for kind in desired.losers.dtypes} == {"str"}


def test_the_members_stay_as_they_were() -> None:
    frame = members(("a", "255712345678", True), ("b", "255712345678", False))
    before = frame.copy()
    desired_contacts(frame)
    pd.testing.assert_frame_equal(frame, before)
