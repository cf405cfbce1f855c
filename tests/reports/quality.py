"""The figures of a source that these tests show, harmless or hostile. They come from no file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ampenet_sync.customers import Answered
from ampenet_sync.pipeline.quality import Consent, Filled, Origin, Quality
from ampenet_sync.pipeline.sharing import Shared, SharedPhone
from ampenet_sync.pipeline.trend import Reading

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Africa/Dar_es_Salaam"))
DAYS = tuple(
    Reading(
        "wateja.csv",
        f"{day:02d}",
        rows=1000 + day % 20,
        usable=950 + day % 3,
        consenting=700,
        shared=23,
        at=day * 86_400.0,
    )
    for day in range(20_000, 20_020)
)
SHOP = Quality(
    origin=Origin("csv", "wateja.csv", 1, 90_210, "2026-11-24T05:00:00Z", "3f9a2b71c04d8e65aa", False),
    rows=1019,
    usable=951,
    repaired=3,
    reasons={"digits_lost": 40, "blank": 27, "duplicate_key": 1},
    countries={"TZ": 900, "KE": 50, "": 1},
    shared=Shared({2: 9, 5: 1}, (SharedPhone(5, "D1", ("D2", "D3", "D4")), SharedPhone(2, "D7", ("D8",)))),
    consent=Consent("column", "sms_opt_in", 700, 200, 51),
    nameless={"first_name": 4, "last_name": 0},
    columns=(Filled("id", "key", 1019), Filled("simu", "phone", 992), Filled("fax", "", 1)),
    legible=1019,
    trend=DAYS,
)
EMPTY = replace(
    SHOP,
    rows=0,
    usable=0,
    repaired=0,
    reasons={},
    countries={},
    shared=Shared({}, ()),
    consent=Consent("nowhere", "", 0, 0, 0),
    nameless={},
    columns=(),
    legible=0,
    trend=DAYS[:1],
)
SCRIPT = "<script>document.title='run'</script>"
IMAGE = '"><img src=https://elsewhere.example/x onerror="document.title=\'run\'">'
LONG = "Waliokuwa-wateja-wetu-" * 12
HOSTILE = replace(
    SHOP,
    origin=replace(SHOP.origin, name=SCRIPT + LONG, open_end=True),
    shared=Shared({2: 1}, (SharedPhone(2, SCRIPT, (IMAGE, LONG)),)),
    consent=Consent("attested", IMAGE + "{{ quality }}", 951, 0, 0),
    columns=(Filled(SCRIPT, "key", 3), Filled(IMAGE, "fields." + LONG, 2), Filled(LONG, "</table></style>", 1)),
    opted_out=Answered(
        SCRIPT, 1, 2, 3, 945, ((IMAGE, 900), (LONG, 1)), f"opted_out: {{column: {SCRIPT}, yes: [{LONG}]}}"
    ),
)
LINE = "consent: {column: sms_opt_in, yes: [ndiyo, labda], no: [hapana, labda]}"
ASKED = replace(
    SHOP,
    consent=Consent("column", "sms_opt_in", 700, 190, 51, 10, (("labda", 7), ("subscribed", 2)), LINE),
    opted_out=Answered("unsubscribed_at", 3, 0, 940, 8, (("2026-01-02", 8),), "opted_out: {column: at, yes: any}"),
)
