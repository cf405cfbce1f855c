"""plan, apply, sync and status, typed as a person or a script types them."""

from __future__ import annotations

import re
import stat

import pandas
import sqlalchemy

from ampenet_sync.api import connect
from ampenet_sync.config import load
from ampenet_sync.ledger import leases, open_ledger, runs
from ampenet_sync.sandbox import Fault, Sandbox, SandboxRequest
from tests.cli.conftest import ROWS, Shop

JUMA = "255754000102"
EVERYBODY = ["254722000103", "255754000101", "255754000102", "255754000104"]


def test_plan_shows_changes_and_changes_nothing(shop: Shop) -> None:
    ran = shop.run("plan", "--exit-code")
    assert ran.code == 3
    assert "5 rows of customers.csv: 4 customers, 1 quarantined" in ran.out
    assert shop.changes() == []


def test_after_sync_the_groups_hold_exactly_the_segments_and_plan_finds_nothing_to_do(shop: Shop) -> None:
    assert shop.run("sync", "--yes").code == 0
    assert shop.phones("Everybody") == EVERYBODY
    assert shop.phones("Gold") == ["254722000103", "255754000101"]
    again = shop.run("plan", "--exit-code")
    assert again.code == 0
    assert "Nothing to do" in again.out


def test_what_is_not_ours_stays_beside_it(shop: Shop) -> None:
    shop.sandbox.add_group("Everybody")
    shop.sandbox.add_contact("Everybody", "255754000999", "Somebody", "Else")
    shop.run("sync", "--yes")
    assert shop.phones("Everybody") == sorted([*EVERYBODY, "255754000999"])


def test_plan_gives_a_script_one_object_with_the_agreed_keys(shop: Shop) -> None:
    found = shop.run("plan", "--json").json
    assert set(found) >= {"plans", "customers", "quarantined", "forecast"}
    assert set(found["forecast"]) >= {"calls", "pages", "seconds"}
    gold = found["plans"][1]
    counted = ("segment", "group", "creates", "updates", "deletes", "unchanged", "drift", "foreign", "held")
    assert [gold[key] for key in counted] == ["gold", "Gold", 2, 0, 0, 0, 0, 0, 0]
    assert (gold["verdict"], gold["violations"]) == ("safe", [])


def test_a_plan_file_is_private_and_applies_exactly_what_was_shown(shop: Shop) -> None:
    path = shop.run("plan", "gold", "--out", "kept", "--json").json["plans"][0]["path"]
    assert stat.S_IMODE((shop.folder / path).stat().st_mode) == 0o600
    done = shop.run("apply", path, "--yes", "--json").json
    assert done["segments"][0]["done"] == 2
    assert set(done["segments"][0]) >= {"segment", "done", "refused", "in_doubt", "moved", "paused"}
    assert shop.phones("Gold") == ["254722000103", "255754000101"]


def test_without_yes_a_script_is_refused_before_anything_happens(shop: Shop) -> None:
    path = shop.run("plan", "gold", "--json").json["plans"][0]["path"]
    assert [shop.run("sync").code, shop.run("apply", path).code, shop.run("sync", "--json").code] == [2, 2, 2]
    assert shop.changes() == []


def test_a_source_with_half_its_rows_stops_everything(shop: Shop) -> None:
    shop.write("".join(f"{n},0754 000 {n},Jina,0,yes\n" for n in range(200, 220)))
    shop.run("sync", "--yes")
    shop.write("".join(f"{n},0754 000 {n},Jina,0,yes\n" for n in range(200, 210)))
    ran = shop.run("sync", "--yes")
    assert ran.code == 4
    assert "source_shrink 10 of 20 rows (50 %); the limit is 20%" in ran.err
    assert len(shop.phones("Everybody")) == 20


def test_an_unsafe_segment_is_left_out_and_the_others_go_on(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.write(ROWS.replace("Asha,150", "Asha,1").replace("Wanjiku,100", "Wanjiku,1").replace("Juma", "Jumaa"))
    ran = shop.run("sync", "--yes", "--json")
    assert ran.code == 4
    everybody, gold = ran.json["segments"]
    assert (everybody["done"], gold["done"]) == (1, 0)
    assert gold["left_out"] == ["deletes 2 of 2 contacts (100 %); the limit is never all of them"]
    assert len(shop.phones("Gold")) == 2


def test_allow_lets_exactly_the_named_plan_through(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.write(ROWS.replace("Asha,150", "Asha,1").replace("Wanjiku,100", "Wanjiku,1"))
    plan = shop.run("plan", "gold", "--json").json["plans"][0]
    assert shop.run("apply", plan["path"], "--yes").code == 4
    assert shop.run("apply", plan["path"], "--yes", "--allow", "0" * 16).code == 1
    assert shop.run("apply", plan["path"], "--yes", "--allow", plan["digest"]).code == 0
    assert shop.phones("Gold") == []


def test_a_refused_row_is_counted_and_ends_in_exit_5(shop: Shop) -> None:
    with Sandbox(fault=_refuse_juma) as sandbox:
        shop.move_to(sandbox)
        ran = shop.run("sync", "all", "--yes", "--json")
        (segment,) = ran.json["segments"]
        assert (ran.code, segment["done"], segment["refused"]) == (5, 3, 1)
        assert segment["refusals"] == {"invalid_phone": 1}
        assert [contact["phone"] for contact in sandbox.contacts("Everybody")] == sorted({*EVERYBODY} - {JUMA})


def test_status_tells_the_same_figures_without_a_call(shop: Shop) -> None:
    shop.run("sync", "--yes")
    before = len(shop.sandbox.requests())
    found = shop.run("status", "--json").json
    assert [(s["segment"], s["contacts"], s["done"], s["state"]) for s in found["segments"]] == [
        ("all", 4, 4, "applied"),
        ("gold", 2, 2, "applied"),
    ]
    assert len(shop.sandbox.requests()) == before


def test_a_segment_held_by_another_run_ends_in_exit_75(shop: Shop) -> None:
    shop.run("sync", "--yes")
    config = load(shop.folder / "ampenet.yaml")
    ledger = open_ledger(config.ledger, config.folder)
    run = runs.begin_run(ledger, "sync")
    account = connect(config.api, shop.sandbox.token).me().uid
    with leases.held(ledger, f"segment all at {config.api.host}/{account}", run=run):
        ran = shop.run("sync", "--yes")
    ledger.close()
    assert ran.code == 75
    assert "all: left out: segment all at" in ran.out and "is held by process" in ran.out
    assert "gold: 0 done" in ran.out


def test_one_bad_segment_is_left_out_and_the_others_are_told(shop: Shop) -> None:
    shop.configure("gold: {group: Gold,", "gold: {group: {uid: 0000000000abc},")
    ran = shop.run("sync", "--yes", "--json")
    assert ran.code == 4
    everybody, gold = ran.json["segments"]
    assert (everybody["done"], gold["done"], gold["code"]) == (4, 0, "group_gone")


def test_the_next_command_keeps_the_options_it_was_started_with(shop: Shop) -> None:
    ran = shop.run("--config", "./ampenet.yaml", "--sandbox", "plan", "gold")
    assert "Next: ampenet-sync --sandbox apply " in ran.out
    (shop.folder / "other.yaml").write_bytes((shop.folder / "ampenet.yaml").read_bytes())
    refused = shop.run("--config", "other.yaml", "apply", "nowhere.parquet", "--yes")
    assert "Next: make one: ampenet-sync --config other.yaml plan" in refused.err


def test_a_place_that_takes_no_file_is_one_clear_line(shop: Shop) -> None:
    ran = shop.run("plan", "--out", "ampenet.yaml/plans")
    assert (ran.code, "can't be written" in ran.err, "Traceback" in ran.err) == (1, True, False)


def test_who_was_removed_there_is_named_and_not_made_again(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.sandbox.remove_contact("Gold", "255754000101")
    ran = shop.run("plan", "gold")
    assert "gold: 1 removed there by somebody else, and not made again: 2557•••101" in ran.out
    shop.run("sync", "--yes")
    assert shop.phones("Gold") == ["254722000103"]


def test_customers_of_a_table_are_planned_like_those_of_a_file(shop: Shop) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{shop.folder / 'shop.db'}")
    pandas.read_csv(shop.folder / "customers.csv", dtype=str).to_sql("customers", engine, index=False)
    engine.dispose()
    shop.configure("{csv: customers.csv}", '{sql: {url: "sqlite:///shop.db", table: customers}}')
    assert shop.run("sync", "--yes").code == 0
    assert shop.phones("Everybody") == EVERYBODY


def test_with_json_even_a_usage_error_is_one_object(shop: Shop) -> None:
    assert shop.run("sync", "--json").json["error"]["code"] == "usage"
    assert shop.run("campaign", "send", "hello", "--json").json["error"]["code"] == "usage"


def test_an_outage_pauses_with_exit_6_and_the_next_run_finishes(shop: Shop) -> None:
    down = Outage()
    with Sandbox(fault=down.choose) as sandbox:
        shop.move_to(sandbox)
        assert shop.run("sync", "all", "--yes").code == 6
        down.over = True
        assert shop.run("sync", "all", "--yes").code == 0
        assert [contact["phone"] for contact in sandbox.contacts("Everybody")] == EVERYBODY


def _refuse_juma(request: SandboxRequest) -> Fault | None:
    wanted = str((request.body or {}).get("phone"))
    return Fault.refused(f"{wanted} is a invalid phone number") if wanted == JUMA else None


class Outage:
    """Every create meets a dead connection until it is over."""

    over = False

    def choose(self, request: SandboxRequest) -> Fault | None:
        return None if self.over or not request.path.endswith("/store") else Fault.drop_before


def test_sync_counts_the_customers_and_the_quarantined_by_reason_for_scripts_as_plan_does(shop: Shop) -> None:
    planned, done = shop.run("plan", "--json").json, shop.run("sync", "--yes", "--json").json
    counts = {"customers": 4, "quarantined": 1, "repaired": 0, "reasons": {"too_short": 1}}
    assert {name: planned[name] for name in counts} == {name: done[name] for name in counts} == counts


def test_keys_that_are_or_hold_other_phones_are_masked_for_people_and_scripts(shop: Shop) -> None:
    keys = ("+255 754 000 101", "0754000102", "cust-255754000103", "D-17")
    shop.write("".join(f"{key},0754 000 104,Asha,150,yes\n" for key in keys))
    for option in ("--json", "--exit-code"):
        ran = shop.run("plan", "all", option)
        out = str(ran.json) if option == "--json" else ran.out
        assert "07•••102" in out and "D-17" in out, "nobody's key is shown"
        assert not re.search(r"754\D?000\D?10\d", ran.out), "a key is a whole phone"


def test_who_opted_out_there_is_found_where_somebody_asks(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.sandbox.unsubscribe(JUMA)
    planned = shop.run("plan", "all", "--refresh-opt-outs", "--exit-code")
    assert planned.code == 3
    assert "all: at its end up to 4 contacts are asked whether they opted out there (2 calls each)" in planned.out
    ran = shop.run("sync", "all", "--refresh-opt-outs", "--yes")
    assert "asked 4 contacts: 1 opted out there, suppressed from now on" in ran.out
    assert "all: opt-outs known as of" in shop.run("status").out


def test_a_sync_that_paused_while_asking_advises_to_ask_on(shop: Shop) -> None:
    shop.run("sync", "--yes")
    ran = shop.run("sync", "all", "--refresh-opt-outs", "--max-calls", "8", "--yes")
    assert ran.code == 6
    assert "Next: ampenet-sync sync all --refresh-opt-outs --max-calls 8 --yes" in ran.out
