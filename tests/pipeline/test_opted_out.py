"""Whoever the source calls opted out is neither texted nor made a contact, under no number. Against the sandbox."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict

import pytest

from ampenet_sync.config import Config
from ampenet_sync.contacts import Holders
from ampenet_sync.errors import ConfigError, PlanRefused
from ampenet_sync.ledger import suppressions
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.sync.planfile import read_plan
from tests.world import CONFIG, Place

LEFT = CONFIG.replace("  last_name: last\n", "  opted_out: last\n")
TRANSACTIONAL = LEFT.replace("kind: marketing", "kind: transactional")
LONG = "x" * 300
ASHA, JUMA, NEEMA = "k1,0712000001,Asha,,yes", "k2,0712000002,Juma,ndiyo,yes", "k3,0712000003,Neema,no,yes"
A, J, N = "255712000001", "255712000002", "255712000003"


def excluded(place: Place) -> dict[str, int]:
    return place.preview().audience.header.excluded


def planned(place: Place) -> Planned:
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def off(place: Place) -> tuple[list[str], list[str]]:
    found = Holders(place.intake(), place.config).opted_out()
    return sorted(found.phones), sorted(found.keys)


@pytest.mark.parametrize("text", [LEFT, TRANSACTIONAL], ids=["marketing", "transactional"])
def test_who_opted_out_gets_no_message_of_any_kind(place: Place, text: str) -> None:
    place.write(ASHA, JUMA, NEEMA, text=text)
    preview = place.preview()
    assert preview.audience.header.excluded == {"opted_out": 1}
    place.send(preview.audience.digest)
    assert place.texted() == [A, N]


def test_who_opted_out_is_not_made_a_contact_and_the_plan_says_why(place: Place) -> None:
    place.write(ASHA, JUMA, NEEMA, text=LEFT)
    found = planned(place)
    assert [(row.reason.value, row.customer_key) for row in found.plan.rows if row.change == "skip"] == [
        ("opted_out", "k2")
    ]
    header = read_plan(found.path).header
    assert (header.counts.creates, header.counts.opted_out, header.counts.suppressed) == (2, 1, 0)
    assert header.opted_out_answers == {"yes": 1, "no": 1, "nothing": 1, "unclear": 0}
    assert header.consent_answers == {"yes": 3, "no": 0, "nothing": 0, "unclear": 0}
    place.sync()
    assert place.group() == {A: "Asha", N: "Neema"}


def test_a_contact_that_stands_there_already_is_kept_and_updated_like_a_suppressed_one_s(place: Place) -> None:
    place.write(ASHA, JUMA.replace("ndiyo", ""), text=LEFT)
    place.sync()
    place.write(ASHA, JUMA.replace("Juma", "Jumanne"), text=LEFT)
    place.sync()
    assert place.group() == {A: "Asha", J: "Jumanne"}
    assert excluded(place) == {"opted_out": 1}


@pytest.mark.parametrize("word", ["2026-01-02", "labda", "STOP", "1", "x"])
def test_what_is_not_understood_binds_too(place: Place, word: str) -> None:
    place.write(ASHA, JUMA.replace("ndiyo", word), text=LEFT)
    assert excluded(place) == {"opted_out": 1}


def test_a_phone_is_off_for_everybody_who_has_it(place: Place) -> None:
    place.write(ASHA, JUMA, "k9,+255 712 000 002,Zed,,yes", text=LEFT)
    assert excluded(place) == {"opted_out": 1, "shared_phone": 1}
    place.sync()
    assert place.group() == {A: "Asha"}


@pytest.mark.parametrize("text", [LEFT, TRANSACTIONAL], ids=["marketing", "transactional"])
def test_a_customer_outside_the_segment_takes_his_phone_along(place: Place, text: str) -> None:
    place.write(
        ASHA, JUMA, "k9,0712000002,Zed,,yes", text=text.replace("{group: VIP,", "{group: VIP, where: id <> 'k2',")
    )
    assert excluded(place) == {"opted_out": 1}
    place.sync()
    assert place.group() == {A: "Asha"}


def test_members_that_a_query_names_are_asked_too(place: Place) -> None:
    with sqlite3.connect(place.folder / "crm.db") as crm:
        crm.execute("create table vip as select 'k1' as k union select 'k2'")
    members = 'members: {sql: {url: "sqlite:///crm.db", query: "select k from vip"}}'
    place.write(ASHA, JUMA, NEEMA, text=LEFT.replace("{group: VIP,", f"{{group: VIP, {members},"))
    assert excluded(place) == {"opted_out": 1} and place.sync().done == 1


@pytest.mark.parametrize(
    "row",
    [
        f"k8,+255 712 000 001,{LONG},2026-01-02,yes",
        ",0712000001,Zed,yes,yes",
        "k2,0712000001,Zed,ndiyo,yes",
    ],
    ids=["long name", "no key", "duplicate key"],
)
def test_a_row_that_is_quarantined_says_it_for_its_phone(place: Place, row: str) -> None:
    place.write(ASHA, NEEMA, JUMA.replace("ndiyo", ""), row, text=TRANSACTIONAL)
    assert place.intake().quarantined == 1 and excluded(place)["opted_out"] >= 1
    place.send(place.preview().audience.digest)
    assert A not in place.texted()


@pytest.mark.parametrize("phone", ["", "0712", "0712 000 007"])
def test_a_row_that_is_quarantined_says_it_for_its_customer_too(place: Place, phone: str) -> None:
    place.write(ASHA, NEEMA, f"k1,{phone},Asha,yes,yes", text=LEFT)
    assert place.intake().quarantined == 1 and excluded(place) == {"opted_out": 1}


def test_whoever_shares_a_phone_with_a_customer_who_said_it_elsewhere_is_off(place: Place) -> None:
    place.write("k1,071,Asha,yes,yes", "k1,0712000003,Asha,,yes", NEEMA, text=LEFT)
    assert place.intake().reasons == {"duplicate_key": 1, "too_short": 1}
    assert off(place) == ([N], ["k1"]) and excluded(place) == {"opted_out": 1}


def test_where_customers_have_no_key_the_phone_is_off(place: Place) -> None:
    place.write(ASHA, JUMA, f",0712000001,{LONG},yes,yes", text=LEFT.replace("  key: id\n", ""))
    assert off(place)[0] == [A, J] and excluded(place) == {"opted_out": 2}


def test_what_was_said_since_the_preview_takes_people_out_and_lets_nobody_in(place: Place) -> None:
    place.write(ASHA, JUMA, NEEMA, text=LEFT)
    digest = place.preview().audience.digest
    place.write(ASHA, JUMA.replace("ndiyo", "no"), NEEMA.replace("no", "2026-11-24"))
    sent = place.send(digest)
    assert (sent.sent, sent.withdrawn) == (1, 1) and place.texted() == [A]


def test_a_customer_who_left_under_a_new_number_is_not_texted_under_the_old_one(place: Place) -> None:
    place.write(ASHA, NEEMA, text=TRANSACTIONAL)
    digest = place.preview().audience.digest
    place.write("k1,0712000009,Asha,yes,yes", NEEMA)
    assert place.send(digest).withdrawn == 1 and place.texted() == [N]


def test_it_is_read_at_each_run_and_leaves_nothing_in_the_ledger(place: Place) -> None:
    place.write(ASHA, JUMA, text=LEFT)
    place.sync()
    assert excluded(place) == {"opted_out": 1}
    with place.ledger() as ledger:
        assert suppressions.count(ledger) == 0
    place.write(ASHA, JUMA.replace("ndiyo", "hapana"))
    assert excluded(place) == {} and place.sync().done == 1


def test_a_suppression_is_told_before_it_and_a_missing_consent_after_it(place: Place) -> None:
    place.write("k1,0712000001,A,yes,no", "k2,0712000002,B,yes,no", "k3,0712000003,C,,no", text=LEFT)
    with place.ledger() as ledger:
        suppressions.suppress(ledger, customer_key="k1", reason="asked")
    assert excluded(place) == {"no_consent": 1, "opted_out": 1, "suppressed": 1}
    place.sync()
    assert planned(place).plan.header.counts.opted_out == planned(place).plan.header.counts.suppressed == 1


def test_an_attestation_speaks_for_nobody_who_left(place: Place) -> None:
    place.write(ASHA, JUMA, text=LEFT.replace("consent: sms", 'consent: {attested: "signed at the till"}'))
    assert excluded(place) == {"opted_out": 1}


def test_to_have_left_is_no_consent_of_the_others(place: Place) -> None:
    place.write(ASHA, text=LEFT.replace("  consent: sms\n", ""))
    with pytest.raises(ConfigError) as caught:
        place.preview()
    assert caught.value.code == "no_consent"


def test_a_column_that_is_not_there_is_an_error(place: Place) -> None:
    place.write(ASHA, text=LEFT.replace("opted_out: last", "opted_out: lost"))
    with pytest.raises(ConfigError, match=r"ampenet.yaml:7: customers.opted_out: .* 'lost'") as caught:
        place.intake()
    assert caught.value.code == "missing_column" and "did you mean last?" in caught.value.hint


def test_an_audience_and_a_plan_from_before_it_was_configured_are_stale(place: Place) -> None:
    place.write(ASHA, JUMA)
    digest, plan = place.preview().audience.digest, planned(place)
    place.write(ASHA, JUMA, text=LEFT)
    with pytest.raises(PlanRefused) as caught:
        place.send(digest)
    assert caught.value.code == "audience_stale"
    with place.opened() as world, pytest.raises(PlanRefused) as caught:
        apply_file(world, plan.path)
    assert caught.value.code == "plan_stale" and place.texted() == []


def test_without_the_key_nobody_is_asked(place: Place) -> None:
    place.write(ASHA, JUMA)
    assert off(place) == ([], []) and place.preview().opted_out is None


def test_a_preview_counts_what_the_segment_s_customers_say(place: Place) -> None:
    zed = "k9,0712000009,Zed,labda,sijui"
    place.write(ASHA, JUMA, zed, text=LEFT.replace("{group: VIP,", "{group: VIP, where: id <> 'k2',"))
    preview = place.preview()
    assert asdict(preview.consent) | {"line": ""} == {
        "column": "sms", "yes": 1, "no": 0, "nothing": 0, "unclear": 1, "words": (("sijui", 1),), "line": ""
    }  # fmt: skip
    assert preview.opted_out.counts == {"yes": 0, "no": 0, "nothing": 1, "unclear": 1}
    place.write(ASHA, JUMA, zed, text=TRANSACTIONAL)
    assert place.preview().consent is None and place.preview().opted_out.counts["yes"] == 1


def test_one_column_may_hold_both_answers_in_different_words(place: Place) -> None:
    consent, left = (f"{{column: last, yes: [{yes}], no: [{no}]}}" for yes, no in (("in", "left"), ("left", "in")))
    text = CONFIG.replace("  last_name: last\n", f"  opted_out: {left}\n").replace(
        "consent: sms", f"consent: {consent}"
    )
    place.write("k1,0712000001,A,In,", "k2,0712000002,B,left,", "k3,0712000003,C,,", text=text)
    assert isinstance(place.config, Config) and excluded(place) == {"no_consent": 1, "opted_out": 1}
