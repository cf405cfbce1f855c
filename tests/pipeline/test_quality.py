"""What a report counts, on a file alone; and what the ledger remembers for its trend."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.config import load
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.quality import Consent, Filled, Quality, assess, keep_page
from ampenet_sync.pipeline.sharing import SharedPhone
from ampenet_sync.pipeline.trend import past_readings
from tests.world import CONFIG, Place, people

ROWS = (
    "k1,0712000001,Asha,Mollel,yes",
    "k2,0712000001,Juma,,no",
    "k3,0712 000 001,, ,",
    "k4,0722000004,Neema,Said,ndiyo",
    "k5,+254712000005,Wanjiku,Kamau,",
    "k6,+254712000005,Otieno,Kamau,hapana",
    "k7,2.55712E+11,Baraka,Ally,yes",
    "k8,,Zuhura,Ally,yes",
)


def assessed(place: Place, *rows: str, text: str = CONFIG) -> Quality:
    place.write(*rows, text=text)
    return assess(place.config, place.intake(), past=past_readings(place.config, "customers.csv"), now=place.clock())


def test_rows_reasons_and_countries_are_counted(place: Place) -> None:
    found = assessed(place, *ROWS)
    assert (found.rows, found.usable, found.quarantined, found.repaired) == (8, 6, 2, 0)
    assert found.reasons == {"blank": 1, "digits_lost": 1}
    assert found.countries == {"TZ": 4, "KE": 2}


def test_shared_phones_are_named_by_their_customers_keys_the_largest_first(place: Place) -> None:
    found = assessed(place, *ROWS).shared
    assert found.sizes == {2: 1, 3: 1} and (found.phones, found.customers) == (2, 5)
    assert found.largest == (SharedPhone(3, "k1", ("k2", "k3")), SharedPhone(2, "k5", ("k6",)))


def test_who_counts_is_as_the_configured_rule_says(place: Place) -> None:
    found = assessed(place, *ROWS, text=CONFIG.replace("  consent: sms", "  consent: sms\n  collisions: last"))
    assert [phone.winner for phone in found.shared.largest] == ["k3", "k6"]


def test_consent_is_yes_no_or_not_written(place: Place) -> None:
    assert assessed(place, *ROWS).consent == Consent("column", "sms", yes=2, no=2, unknown=2)


def test_consent_may_be_attested_for_all_or_nowhere(place: Place) -> None:
    attested = CONFIG.replace("consent: sms", 'consent: {attested: "signed at the till"}')
    assert assessed(place, *ROWS, text=attested).consent == Consent("attested", "signed at the till", 6, 0, 0)
    nowhere = CONFIG.partition("  consent: sms\n")
    text = nowhere[0] + nowhere[2].partition("campaigns:")[0]
    assert assessed(place, *ROWS, text=text).consent == Consent("nowhere", "", 0, 0, 6)


def test_columns_are_counted_over_customers_and_quarantine(place: Place) -> None:
    found = assessed(place, *ROWS)
    assert found.columns[:3] == (Filled("id", "key", 8), Filled("phone", "phone", 7), Filled("first", "first_name", 7))
    assert found.legible == 8 and found.nameless == {"first_name": 1, "last_name": 2}


def test_rows_whose_cells_cannot_be_told_apart_do_not_count_as_blank(place: Place) -> None:
    found = assessed(place, *ROWS[:4], "k9,0712000009,one,comma,too,many")
    assert (found.rows, found.legible, found.reasons) == (5, 4, {"ragged_row": 1})
    assert found.columns[0] == Filled("id", "key", 4)


def test_without_keys_no_phone_is_named(place: Place) -> None:
    found = assessed(place, *ROWS, text=CONFIG.replace("  key: id\n", ""))
    assert found.shared.sizes == {} and found.shared.largest == ()


def test_no_phone_stands_in_the_figures(place: Place) -> None:
    told = str(asdict(assessed(place, *ROWS, "0733000009,0733000009,A,B,yes", "0733000010,0733000009,A,B,yes")))
    assert "712000001" not in told and "733000009" not in told and "07•••010" in told


def test_a_column_named_like_a_phone_is_masked(place: Place) -> None:
    cells = {name: [name] for name in ("id", "first", "last", "sms")} | {
        "phone": ["255712000001"],
        "255754000111": [""],
    }
    pq.write_table(pa.table(cells), place.folder / "customers.parquet")
    found = assessed(place, text=CONFIG.replace("csv: customers.csv", "parquet: customers.parquet"))
    assert found.columns[-1] == Filled("2557•••111", "", 0)


def test_it_works_on_a_file_alone_before_there_is_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ampenet.yaml").write_text(CONFIG, encoding="utf-8")
    config = load(tmp_path / "ampenet.yaml", environ={})
    assert past_readings(config, "customers.csv") == []
    assert not config.home.exists()


def test_each_reading_that_a_plan_is_made_from_is_remembered_once(place: Place) -> None:
    for rows in (ROWS, ROWS, people(3)):
        place.write(*rows)
        for _ in range(2):
            with place.opened() as world:
                plan_segment(world, place.intake(), "vip")
        place.clock.now += 86_400
    known = past_readings(place.config, "customers.csv")
    assert [(reading.usable, reading.consenting, reading.shared) for reading in known] == [(6, 2, 5), (3, 3, 0)]
    assert known[0].countries == {"TZ": 4, "KE": 2} and known[1].at - known[0].at == 2 * 86_400


def test_the_trend_ends_with_the_reading_at_hand_even_if_no_plan_was_made_from_it(place: Place) -> None:
    with place.opened() as world:
        plan_segment(world, place.intake(), "vip")
    assert [reading.usable for reading in assessed(place, *people(3)).trend] == [3]
    place.clock.now += 60
    trend = assessed(place, *people(5)).trend
    assert [reading.usable for reading in trend] == [3, 5] and trend[1].at == place.clock()
    assert len(past_readings(place.config, "customers.csv")) == 1


def test_the_ledger_remembers_counts_and_no_person(place: Place) -> None:
    place.write(*ROWS)
    with place.opened() as world:
        plan_segment(world, place.intake(), "vip")
    with place.ledger() as ledger, ledger.read() as db:
        kept = str(db.exec_driver_sql("SELECT * FROM intakes").fetchall())
    assert "712000001" not in kept and "k1" not in kept and "Asha" not in kept


def test_the_page_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    keep_page("<p>ndiyo</p>", tmp_path / "new" / "report.html")
    path = tmp_path / "new" / "report.html"
    assert path.read_text(encoding="utf-8") == "<p>ndiyo</p>"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
