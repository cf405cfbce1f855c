"""campaign report and report --month at the command line: their files, who is masked in them, and what is noted."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Shop


@pytest.fixture
def texted(shop: Shop) -> Shop:
    """Hello is sent to all but a person whom Ampenet refuses."""
    shop.sandbox.blacklist("255754000104")
    digest = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    shop.run("campaign", "send", "hello", "--audience", digest, "--yes")
    return shop


def table(path: Path) -> list[dict[str, str]]:
    match path.suffix:
        case ".csv":
            text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(("phone", "key", "parts"), pyarrow.string()))
            rows = pyarrow.csv.read_csv(path, convert_options=text).to_pylist()
        case ".parquet":
            rows = pq.read_table(path).to_pylist()
        case _:
            head, *cells = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
            rows = [dict(zip(head, row, strict=True)) for row in cells]
    return [{name: str(value or "") for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_every_recipient_is_in_the_file_and_masked(texted: Shop, ending: str) -> None:
    ran = texted.run("campaign", "report", "hello", "--out", f"hello.{ending}", "--json")
    assert (ran.code, ran.json["masked"]) == (0, True)
    rows = table(Path(ran.json["path"]))
    assert len(rows) == ran.json["sent"] + ran.json["refused"]
    assert {row["delivery"] for row in rows} == {"delivered", ""}
    assert [row["reason"] for row in rows if row["state"] == "refused"] == ["blacklisted"]
    assert not [row for row in rows if row["phone"].isdigit()]
    assert Path(ran.json["path"]).stat().st_mode & 0o777 == 0o600


def test_whole_phones_are_for_who_asks_and_that_is_noted(texted: Shop) -> None:
    texted.run("campaign", "report", "hello", "--recipients")
    log = texted.folder / ".ampenet" / "unmasked.log"
    assert not log.exists()
    ran = texted.run("campaign", "report", "hello", "--recipients", "--out", "hello.csv", "--unmask", "--json")
    assert "255754000104" in {row["phone"] for row in table(Path("hello.csv"))}
    assert "255754000104" in {row["phone"] for row in ran.json["recipients"]}
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert line["command"] == "ampenet-sync campaign report" and "0754" not in log.read_text()


def test_unmask_without_anybody_to_show_is_a_slip(texted: Shop) -> None:
    ran = texted.run("campaign", "report", "hello", "--unmask")
    assert ran.code == 2 and "add --recipients or --out FILE" in ran.err


@pytest.mark.parametrize(("out", "code"), [("hello.pdf", "bad_ending"), ("customers.csv", "precious_target")])
def test_a_file_that_may_not_stand_there_is_refused_before_any_call(texted: Shop, out: str, code: str) -> None:
    before = len(texted.sandbox.requests())
    ran = texted.run("campaign", "report", "hello", "--out", out)
    assert (ran.code, f"[{code}]" in ran.err, len(texted.sandbox.requests())) == (1, True, before)


def month() -> str:
    return f"{datetime.now(ZoneInfo('Africa/Dar_es_Salaam')):%Y-%m}"


def test_a_month_names_who_approved_it(shop: Shop) -> None:
    shop.configure("segment: all, ", f"segment: all, send_at: '{datetime.now().astimezone().isoformat()}', ")
    digest = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    shop.run("campaign", "approve", "hello", "--audience", digest, "--by", "Neema", "--yes")
    before = month()
    assert shop.run("campaign", "send", "--due", "--yes").code == 0
    reports = [shop.run("report", "--month", name, "--json").json for name in {before, month()}]
    sent = [campaign for report in reports for campaign in report["campaigns"]][-1]
    assert (sent["segment"], sent["approved_by"], sent["sender"]) == ("all", "Neema", "SHOP")
