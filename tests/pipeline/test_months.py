"""A month's account: in the shop's time zone, from the ledger, beside what the balance says. Against the sandbox."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from ampenet_sync.errors import ConfigError
from ampenet_sync.pipeline.accounting import month_named, month_of
from ampenet_sync.pipeline.delivery import read_deliveries
from ampenet_sync.pipeline.monthly import MonthReport, month_report
from ampenet_sync.pipeline.scheduling import approve_campaign
from ampenet_sync.reports.monthly import month_block, month_csv, month_markdown, month_object
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people

DAR = ZoneInfo("Africa/Dar_es_Salaam")
MIDNIGHT = datetime(2026, 12, 1, tzinfo=DAR).timestamp()  # in UTC it is November for three hours more
OPEN = CONFIG.replace("kind: marketing", "kind: marketing\n    quiet_hours: none")


def report(place: Place, month: str) -> MonthReport:
    return month_report(place.config, month, host="sandbox")


def send(place: Place, edition: str = "1") -> None:
    place.write(*people(3), text=OPEN.replace("sender_id: DUKA", f'sender_id: DUKA\n    edition: "{edition}"'))
    place.send(place.preview().audience.digest)


@pytest.mark.parametrize(("name", "since", "until"), [
    ("2026-11", (2026, 11), (2026, 12)),
    ("2026-12", (2026, 12), (2027, 1)),
    ("2027-02", (2027, 2), (2027, 3)),
])  # fmt: skip
def test_a_month_begins_and_ends_at_midnight_there(name: str, since: tuple, until: tuple) -> None:
    month = month_named(name, DAR)
    assert month.since == datetime(*since, 1, tzinfo=DAR).timestamp()
    assert month.until == datetime(*until, 1, tzinfo=DAR).timestamp()
    assert month_of(datetime(*since, 17, 23, 59, tzinfo=DAR)) == month


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-00", "November", "11-2026", "2026-1", "", "0000-01"])
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        month_named(name, DAR)
    assert refused.value.code == "bad_month"


def test_a_month_has_each_edition_with_sender_parts_and_money(place: Place) -> None:
    send(place)
    assert month_object(report(place, "2026-11"))["campaigns"] == [
        {
            "campaign": "hello", "edition": "1", "segment": "vip", "sender": "DUKA", "approved_by": None,
            "sent": 3, "unknown": 0, "parts": 3, "units": 3, "amount": 75.0, "currency": "TZS",
        }
    ]  # fmt: skip
    assert month_object(report(place, "2026-10")) == {"month": "2026-10", "campaigns": [], "balance": None}


def approve(place: Place, by: str) -> str:
    digest = place.preview().audience.digest
    with place.opened() as world:
        approve_campaign(world, "hello", audience=digest, by=by)
    return digest


def test_a_month_names_who_approved_what_was_sent(place: Place) -> None:
    """Two audiences of one edition, each approved by somebody; of one of them the last approval counts."""
    timed = OPEN.replace("    segment: vip\n", "    segment: vip\n    send_at: 2026-11-24 10:00\n")
    place.write(*people(2), text=timed)
    approve(place, "Juma")
    place.send(approve(place, "Neema"))
    place.write(*people(3))
    digest = approve(place, "Asha")
    (campaign,) = report(place, "2026-11").campaigns
    assert campaign.approved_by == "Neema", "nothing of the other audience was sent yet"
    place.send(digest)
    month = report(place, "2026-11")
    assert (month.campaigns[0].sent, month.campaigns[0].approved_by) == (3, "Neema, Asha")
    table = Console(width=120, file=StringIO(), color_system=None)
    table.print(*month_block(month, DAR))
    assert "approved by" in table.file.getvalue() and "Neema, Asha" in table.file.getvalue()  # type: ignore[attr-defined]


def test_a_segment_that_left_ampenet_yaml_is_known_as_it_was_when_it_was_sent(place: Place) -> None:
    send(place)
    place.write(*people(3), text=OPEN.replace("vip", "golden"))
    (campaign,) = report(place, "2026-11").campaigns
    assert campaign.segment == "vip"


def test_a_send_over_midnight_is_of_both_months(place: Place) -> None:
    place.write(*people(3), text=OPEN)
    place.clock.now = MIDNIGHT - 60
    digest = place.preview().audience.digest

    def midnight_passes(point: str) -> None:
        if point == "answered" and place.clock.now < MIDNIGHT:
            place.clock.now = MIDNIGHT

    place.send(digest, crash=midnight_passes)
    assert [[c.sent for c in report(place, month).campaigns] for month in ("2026-11", "2026-12")] == [[1], [2]]


def test_the_balance_is_noted_before_and_after_and_compared_with_our_count(place: Place) -> None:
    place.sandbox.set_balance(100)
    send(place)
    place.clock.now += 60
    place.sandbox.set_balance(90)  # somebody else used seven
    send(place, "2")
    balance = month_object(report(place, "2026-11"))["balance"]
    assert {key: balance[key] for key in ("before", "after", "used", "counted", "difference")} == {
        "before": "100", "after": "87", "used": 13.0, "counted": 6, "difference": 7.0,
    }  # fmt: skip


def test_an_unlimited_balance_is_no_number_and_says_nothing_of_use(place: Place) -> None:
    place.sandbox.set_balance(None)
    send(place)
    balance = month_object(report(place, "2026-11"))["balance"]
    assert (balance["before"], balance["used"], balance["difference"]) == ("Unlimited", None, None)


def test_a_balance_that_cannot_be_read_stops_no_send(place: Place) -> None:
    digest = place.preview().audience.digest
    place.trouble.on("/balance", Fault.error_after, times=99, skip=1)
    assert place.send(digest).sent == 3
    assert report(place, "2026-11").balance is None


def test_what_is_unknown_stands_beside_what_was_sent(place: Place) -> None:
    digest = place.preview().audience.digest
    place.trouble.on("/sms/send", Fault.late(9999.0))
    place.send(digest)
    (campaign,) = report(place, "2026-11").campaigns
    assert (campaign.sent, campaign.unknown, campaign.parts) == (2, 1, 2)


def test_units_are_those_that_the_platform_billed_where_they_were_read(place: Place) -> None:
    long = CONFIG.replace("Habari {{ first_name }}", "x" * 170)
    place.write(*people(3), text=long)
    place.send(place.preview().audience.digest)
    with place.opened() as world:
        read_deliveries(world, "hello")
    (campaign,) = report(place, "2026-11").campaigns
    assert (campaign.parts, campaign.units) == (6, 6)


def test_markdown_and_csv_hold_the_same_figures(place: Place) -> None:
    send(place)
    month = report(place, "2026-11")
    assert month_csv(month).splitlines()[1] == "2026-11,hello,1,vip,DUKA,,3,0,3,3,75,TZS"
    assert "| hello | 1 | vip | DUKA |  | 3 | 0 | 3 | 3 | 75 | TZS |" in month_markdown(month, DAR)
