"""`ampenet-sync report`: figures on the screen, a page in a file, nobody called."""

from __future__ import annotations

from tests.cli.conftest import HEAD, ROWS, Shop


def test_it_shows_the_figures_and_keeps_a_page(shop: Shop) -> None:
    ran = shop.run("report")
    assert ran.code == 0 and ran.out.startswith("5 rows of customers.csv: 4 customers, 1 quarantined\n")
    assert "Countries: TZ 3, KE 1\nConsent: 3 yes, 1 no, 0 didn't say\n" in ran.out
    assert "Next: ampenet-sync quarantine export" in ran.out
    page = shop.folder / ".ampenet" / "report.html"
    assert f"Report: {page.relative_to(shop.folder)} " in ran.out
    assert page.stat().st_mode & 0o777 == 0o600 and "0754" not in page.read_text(encoding="utf-8")
    assert shop.sandbox.requests() == []


def test_a_script_gets_the_figures_and_the_path(shop: Shop) -> None:
    found = shop.run("report", "--out", "here.html", "--json").json
    assert (found["path"], found["rows"], found["usable"], found["quarantined"]) == ("here.html", 5, 4, 1)
    assert (found["reasons"], found["countries"]) == ({"too_short": 1}, {"TZ": 3, "KE": 1})
    assert found["source"]["name"] == "customers.csv" and found["trend"][-1]["usable"] == 4
    assert (shop.folder / "here.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_it_needs_no_ledger_and_makes_none(shop: Shop) -> None:
    (shop.folder / ".ampenet" / "ledger.db").unlink()
    assert shop.run("report").code == 0
    assert not (shop.folder / ".ampenet" / "ledger.db").exists()


def test_plans_made_before_are_its_trend(shop: Shop) -> None:
    shop.run("plan")
    shop.write(ROWS + "6,0754 000 106,Zuhura,1,\n")
    assert [reading["usable"] for reading in shop.run("report", "--json").json["trend"]] == [4, 5]


def test_shared_phones_and_customers_without_a_name_are_mentioned(shop: Shop) -> None:
    shop.write(ROWS + "6,0754 000 101,,1,yes\n")
    assert "Shared: 2 customers with 1 phone\nWithout a first name: 1 customer\n" in shop.run("report").out


def test_a_source_without_a_fault_leads_to_a_plan(shop: Shop) -> None:
    shop.write(ROWS.replace("5,0754 00,Baraka,300,yes\n", ""))
    assert shop.run("report").out.endswith("Next: ampenet-sync plan\n")


def test_a_column_named_like_a_script_is_shown_as_text(shop: Shop) -> None:
    shop.write("1,0754 000 101,Asha,1,yes,x\n", head=HEAD.strip() + ",<script>alert(1)</script>\n")
    assert shop.run("report", "--out", "r.html").code == 0
    page = (shop.folder / "r.html").read_text(encoding="utf-8")
    assert "<script>" not in page and "&lt;script&gt;alert(1)&lt;" in page


def test_blank_rows_and_titles_are_passed_over_and_told(shop: Shop) -> None:
    (shop.folder / "customers.csv").write_text(f"Wateja,,\n{HEAD}{ROWS},,,,\n , ,,,\n", encoding="utf-8")
    ran = shop.run("report")
    assert ran.out.startswith(
        "5 rows of customers.csv: 4 customers, 1 quarantined\nPassed over: 2 blank rows and 1 row above the heading\n"
    )
    page = (shop.folder / ".ampenet" / "report.html").read_text(encoding="utf-8")
    assert "<dt>Passed over</dt><dd>2 blank rows and 1 row above the heading</dd>" in page
    source = shop.run("report", "--json").json["source"]
    assert (source["blank_rows"], source["rows_above"]) == (2, 1)


MISFITS = ROWS.replace(
    "5,0754 00,Baraka,300,yes\n", "5,0754 000 105,Bara&amp;ka,NULL,yes\n6,0754 000 106,NULL,five,yes\n"
)


def test_cells_that_do_not_fit_are_told_by_every_command_that_reads(shop: Shop) -> None:
    shop.write(MISFITS)
    shop.configure("points >= 100", "optin = 'yes'")
    line = "points: 1 cell doesn't fit the column's type; nothing needs the column"
    for command in (["plan"], ["report"], ["sync", "--yes"]):
        assert line in shop.run(*command).out
        assert shop.run(*command, "--json").json["misfits"] == {"points": 1}
    preview = shop.run("campaign", "preview", "hello", "--json").json
    assert preview["misfits"] == {"points": 1} and preview["messages"] == 4  # NULL is no name
    assert any("1 text is damaged" in warning for warning in preview["warnings"])
    assert "Damaged texts (as &amp; or Ã«), in rows: name 1" in shop.run("report").out
    assert "Warning: 1 cell of points didn't fit" in shop.run("campaign", "preview", "hello").out
