"""Plans that the tests of their page and their Markdown show, harmless or hostile. They hold no expectations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ampenet_sync.reports.planfacts import Proposal
from ampenet_sync.sync.planfile import Counts, Forecast, Header, PlanSource
from ampenet_sync.sync.rows import CHANGE_OF, Change, Reason, Row, Values
from tests.sealing import written_plan

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Africa/Dar_es_Salaam"))
FIELDS = ("first_name", "last_name", "CITY")
NONE = Counts(
    creates=0, updates=0, deletes=0, links=0, unchanged=0, drift=0, foreign=0, held=0, suppressed=0, opted_out=0,
    in_doubt=0, linked=2_400,
)  # fmt: skip
SOURCE = PlanSource(
    name="wateja.csv", kind="csv", digest="s", rows=2_500, size=90_210, files=1, modified="", open_end=False,
    blank_rows=0, rows_above=0, repaired=0,
)  # fmt: skip
HEADER = Header(
    ledger="l", host="api.ampenet.example", account="5f0c3a9b1d2e4", segment="vip", group_name="VIP Dar es Salaam",
    group_uid="65f0c3a9b1d2e", mode="mirror", run_date="2026-11-24", fields=FIELDS, config_digest="c", after="",
    customers=2_488, quarantined=12, violations=(), forecast=Forecast(calls=0, pages=96, seconds=96), source=SOURCE,
    counts=replace(NONE, unchanged=2_400),
)  # fmt: skip
SCRIPT = "<script>document.title='run'</script>"
IMAGE = '"><img src=https://elsewhere.example/x onerror="document.title=\'run\'">'
MARKUP = "**`a`** | [b](https://elsewhere.example) @everyone #12 <!-- www.elsewhere.example\n# c"
TURNED = "\u202eabc\u202c نيما 😀 \"quoted\" 'so' & too"
LONG = "Wateja-wetu-wa-zamani-" * 12


def row(reason: Reason, number: int, *, name: str = "", before: str = "", source: str = "wateja.csv") -> Row:
    """A row of this reason, with what such a row has."""
    change = CHANGE_OF[reason]
    after = Values(f"255712{number:06d}", {"first_name": name or f"Asha{number}", "last_name": "", "CITY": "Moshi"})
    was = replace(after, fields={**after.fields, "first_name": before or "Neema", "CITY": ""})
    none_before = change is Change.CREATE or reason in (Reason.SUPPRESSED, Reason.OPTED_OUT)
    stays = change in (Change.LINK, Change.SKIP)
    return Row(
        change,
        reason,
        None if none_before else f"u{number}",
        f"D-{number}",
        None if none_before else after if stays else was,
        None if change is Change.DELETE else after,
        True,
        f"{source}:{number + 1}" if change is not Change.DELETE else "",
    )


def proposal(folder: Path, header: Header = HEADER, rows: Sequence[Row] = (), **known: object) -> Proposal:
    """The plan of these rows in a file, with what somebody knows who made it at noon."""
    plan = written_plan(header, rows, folder)
    allowed = f" --allow {plan.digest}" if header.violations else ""
    given = {"place": "LIVE", "rate": 60, "made_at": NOON, "apply": f"ampenet-sync apply {plan.digest}{allowed}"}
    return Proposal(plan, **{**given, **known})  # type: ignore[arg-type]


def several(*reasons: tuple[Reason, int]) -> list[Row]:
    """So many rows of each reason, in the order of a plan's file."""
    rows = [row(reason, 1000 * at + n) for at, (reason, count) in enumerate(reasons) for n in range(count)]
    return sorted(rows, key=lambda one: list(Change).index(one.change))


def idle(folder: Path) -> Proposal:
    """Nothing to do."""
    return proposal(folder)


def busy(folder: Path) -> Proposal:
    """Something of each kind, within the limits."""
    rows = several(
        (Reason.DIFFERS, 14), (Reason.CHANGED_THERE, 2), (Reason.NEW, 31), (Reason.LEFT_SEGMENT, 3),
        (Reason.MATCHES, 4), (Reason.REMOVED_THERE, 2), (Reason.HELD, 5), (Reason.SUPPRESSED, 1),
        (Reason.OPTED_OUT, 2), (Reason.IN_DOUBT, 1),
    )  # fmt: skip
    counts = replace(
        NONE, updates=16, creates=31, deletes=3, links=4, unchanged=2_300, drift=4, foreign=7, held=5, suppressed=1,
        opted_out=2, in_doubt=1,
    )  # fmt: skip
    header = replace(HEADER, counts=counts, forecast=Forecast(53, 96, 149), shared_phones=3, unknown_members=2)
    return proposal(folder, header, rows)


def unsafe(folder: Path, *, segment: str = "vip") -> Proposal:
    """Over two limits, and more than a night's work."""
    rows = several((Reason.NEW, 12), (Reason.LEFT_SEGMENT, 40))
    counts = replace(NONE, creates=12, deletes=40, unchanged=60, linked=100)
    violations = (
        "deletes 40 of 100 contacts (40 %); the limit is 10%",
        "quarantined 300 of 2,500 rows (12 %); the limit is 5%",
    )
    forecast = Forecast(47_904, 96, 48_000)
    return proposal(
        folder, replace(HEADER, segment=segment, counts=counts, violations=violations, forecast=forecast), rows
    )


def undone(folder: Path) -> Proposal:
    """What a run did, turned round."""
    counts = replace(NONE, creates=1, deletes=2)
    header = replace(HEADER, counts=counts, undoes="3f9a2b71", forecast=Forecast(5, 96, 101))
    return proposal(folder, header, several((Reason.REMOVED_BY_RUN, 1), (Reason.MADE_BY_RUN, 2)))


def hostile(folder: Path) -> Proposal:
    """Whatever a file or the platform may say, where a name is expected."""
    names = (SCRIPT, IMAGE, MARKUP, TURNED, LONG, "0712 345 678", "'; DROP TABLE", "|", "\\", "`", "-", "{{ 7 * 7 }}")
    rows = [row(Reason.DIFFERS, n, name=name, before=names[n - 1], source=SCRIPT) for n, name in enumerate(names)]
    rows += [row(Reason.NEW, 100 + n, name=name) for n, name in enumerate(names)]
    counts = replace(NONE, updates=len(names), creates=len(names))
    header = replace(HEADER, group_name=SCRIPT + LONG, counts=counts, source=replace(SOURCE, name=MARKUP))
    header = replace(header, violations=(f"the last line of {IMAGE} has no line break",), account=MARKUP)
    return proposal(
        folder, header, rows, warnings=(MARKUP,), group_now=IMAGE, apply=f"ampenet-sync --config '{SCRIPT}```' apply 1"
    )


def twelve(folder: Path) -> list[Proposal]:
    """As many segments, of which two are unsafe and one has nothing to do."""
    made = [unsafe(folder, segment="old"), idle(folder), unsafe(folder, segment="older")]
    for number in range(9):
        counts = replace(NONE, creates=number + 1, unchanged=number * 1_000)
        header = replace(HEADER, segment=f"mkoa_{number}", group_name=f"Mkoa {number}", counts=counts)
        header = replace(header, forecast=Forecast(number + 1, 40, number + 41))
        made.append(proposal(folder, header, several((Reason.NEW, number + 1))))
    return made
