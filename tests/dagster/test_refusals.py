"""What must not happen does not, and what went wrong shows red with the way out, but no values."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import dagster as dg
import pytest

from ampenet_sync.config import Config, token
from ampenet_sync.dagster import AmpenetResource
from ampenet_sync.sandbox import Fault
from tests.dagster.conftest import SAMPLE, Shop, failure, metadata
from tests.dagster.test_whole_job import newest_metadata
from tests.inbox import Inbox

PHONE = "255712345678"


@pytest.fixture
def shrunk(shop: Shop) -> Shop:
    """Applied once; then two thirds of the source are gone, and a new plan was made of what is left."""
    shop.read()
    assert shop.materialize("plan", "contacts_applied", partition="vip").success
    shop.drop_rows(keep=100)
    shop.read()
    return shop


def test_an_unsafe_plan_blocks_what_comes_after_it(shrunk: Shop) -> None:
    before = shrunk.group("Duka VIP")
    ran = shrunk.materialize("plan", "contacts_applied", partition="vip")
    assert not ran.success
    assert [event.step_key for event in ran.all_events if event.is_step_start] == ["plan"]
    assert "Read the plan" in ran.get_asset_check_evaluations()[0].description
    assert shrunk.group("Duka VIP") == before


def test_an_unsafe_plan_is_refused_by_apply_on_its_own(shrunk: Shop) -> None:
    before = shrunk.group("Duka VIP")
    shrunk.materialize("plan", partition="vip")
    ran = shrunk.apply("vip")
    assert not ran.success and "the limit is 10%" in failure(ran)
    assert shrunk.group("Duka VIP") == before


def test_the_digest_of_another_plan_lets_nothing_through(shrunk: Shop) -> None:
    before = shrunk.group("Duka VIP")
    shrunk.materialize("plan", partition="vip")
    ran = shrunk.apply("vip", allow="0123456789abcdef")
    assert not ran.success and "names another plan" in failure(ran)
    assert shrunk.group("Duka VIP") == before


def test_the_digest_of_the_unsafe_plan_lets_it_through(shrunk: Shop) -> None:
    before = shrunk.group("Duka VIP")
    planned = metadata(shrunk.materialize("plan", partition="vip"), "plan")
    assert shrunk.apply("vip", allow=planned["digest"]).success
    assert len(shrunk.group("Duka VIP")) == len(before) - planned["deletes"] < len(before)


def test_a_segments_own_plan_is_applied_though_another_was_made_since(shop: Shop) -> None:
    shop.read()
    shop.materialize("plan", partition="vip")
    shop.materialize("plan", partition="kenya")
    assert shop.apply("vip").success
    assert [group["name"] for group in shop.sandbox.groups()] == ["Duka VIP"]


def test_send_without_an_audience_does_not_start(shop: Shop) -> None:
    shop.read()
    shop.materialize("campaigns/karibu/audience")
    with pytest.raises(dg.DagsterInvalidConfigError, match="audience"):
        shop.materialize("campaigns/karibu/send")
    assert shop.texted() == []


@pytest.mark.parametrize("audience", ["0123456789abcdef", "", "../../etc/passwd"])
def test_an_unknown_audience_is_refused(shop: Shop, audience: str) -> None:
    ran = shop.send("karibu", audience)
    assert not ran.success and "there is no audience" in failure(ran)
    assert shop.texted() == []


def test_another_campaigns_audience_is_refused(shop: Shop) -> None:
    shop.read()
    shop.materialize("campaigns/risiti/audience")
    ran = shop.send("karibu", str(newest_metadata(shop, "campaigns/risiti/audience")["audience"]))
    assert not ran.success and "was previewed for campaign risiti" in failure(ran)
    assert shop.texted() == []


def test_consent_withdrawn_since_the_customers_were_read_is_heard(shop: Shop) -> None:
    shop.read()
    audience = metadata(shop.materialize("campaigns/karibu/audience"), "campaigns/karibu/audience")["audience"]
    source = shop.folder / "customers.csv"
    source.write_text(source.read_text(encoding="utf-8").replace(",ndiyo,", ",hapana,"), encoding="utf-8")
    sent = metadata(shop.send("karibu", audience), "campaigns/karibu/send")
    assert sent["withdrawn"] > 0 and len(shop.texted()) == sent["sent"] == 52 - sent["withdrawn"]


def test_too_many_rejected_rows_block_the_plan(shop: Shop) -> None:
    source = shop.folder / "customers.csv"
    source.write_text(source.read_text(encoding="utf-8").replace(",KE,", ",XX,"), encoding="utf-8")
    ran = shop.materialize("customers", "quarantine", "plan", partition="kenya")
    assert not ran.success
    assert [check.check_name for check in ran.get_asset_check_evaluations() if not check.passed] == ["quarantine_rate"]
    assert metadata(ran, "quarantine")["reason/bad_region"] > 16
    assert shop.sandbox.requests() == []


def test_a_refused_change_is_red_and_its_counts_are_kept(shop: Shop) -> None:
    shop.read()
    shop.trouble.on("/store", Fault.refused("This phone was blacklisted."), skip=5)
    ran = shop.materialize("plan", "contacts_applied", partition="kenya")
    assert not ran.success and "1 changes were refused" in failure(ran)
    seen = shop.observed("contacts_applied")
    assert (seen["done"], seen["refused"], seen["refused/blacklisted"]) == (32, 1, 1)
    assert shop.instance.get_latest_materialization_event(dg.AssetKey("contacts_applied")) is None


def test_an_outage_is_red_and_materializing_again_goes_on(shop: Shop) -> None:
    shop.read()
    shop.trouble.on("/store", Fault.html_502, times=1000, skip=5)
    ran = shop.materialize("plan", "contacts_applied", partition="kenya")
    assert not ran.success and "paused: " in failure(ran)
    shop.trouble.over()
    shop.clock.sleep(600)
    assert shop.materialize("plan", "contacts_applied", partition="kenya").success
    assert len(shop.group("Duka Kenya")) == 33


def test_a_message_whose_answer_is_lost_is_looked_up_and_green(shop: Shop) -> None:
    shop.read()
    audience = metadata(shop.materialize("campaigns/risiti/audience"), "campaigns/risiti/audience")["audience"]
    shop.trouble.on("/sms/send", Fault.drop_after)
    assert shop.send("risiti", audience).success
    assert len(shop.texted()) == len(set(shop.texted())) == 32


def test_a_message_of_unknown_outcome_is_red(shop: Shop) -> None:
    shop.read()
    audience = metadata(shop.materialize("campaigns/risiti/audience"), "campaigns/risiti/audience")["audience"]
    shop.trouble.on("/sms/send", Fault.drop_before)
    ran = shop.send("risiti", audience)
    assert not ran.success and "1 had no answer" in failure(ran)
    assert shop.observed("campaigns/risiti/send")["unknown"] == 1
    assert len(shop.texted()) == 31


def test_a_plan_before_any_customers_says_what_to_do_first(shop: Shop) -> None:
    assert "no file of customers yet: materialize it first" in failure(shop.materialize("plan", partition="vip"))
    assert "no file of plan of vip yet" in failure(shop.apply("vip"))


def test_a_missing_ledger_is_told_with_the_way_out_and_never_made(shop: Shop) -> None:
    shop.read()
    ledger = shop.folder / ".ampenet" / "ledger.db"
    ledger.unlink()
    assert "ampenet-sync ledger init" in failure(shop.materialize("plan", partition="vip"))
    assert not ledger.exists()


def test_a_missing_token_is_told_with_the_way_out(shop: Shop) -> None:
    def nobody(config: Config) -> str:
        return token(config, environ={})

    shop.read()
    ran = shop.materialize("plan", partition="vip", ampenet=dataclasses.replace(shop.ampenet, client=nobody))
    assert "no API token is set. Export AMPENET_API_TOKEN" in failure(ran)


def test_an_unforeseen_error_shows_where_it_happened_but_not_what_it_said(shop: Shop) -> None:
    def broken() -> Any:
        raise ValueError(f"{PHONE} is not a row")

    ran = shop.materialize("customers", "quarantine", ampenet=AmpenetResource(read=broken))
    event = next(event for event in ran.all_events if event.is_step_failure)
    everything = "\n".join(str(entry) for entry in shop.instance.all_logs(ran.run_id))
    assert "ValueError, which this program did not foresee" in failure(ran)
    assert "in broken" in event.step_failure_data.user_failure_data.metadata["where"].value
    assert PHONE not in everything


def test_a_failure_is_never_retried_by_itself(shop: Shop) -> None:
    event = next(event for event in shop.apply("vip").all_events if event.is_step_failure)
    assert event.step_failure_data.user_failure_data is not None
    assert not any(event.is_step_up_for_retry for event in shop.apply("vip").all_events)


def test_cells_that_do_not_fit_and_damaged_texts_are_numbers_of_their_own(shop: Shop) -> None:
    source, settings = shop.folder / "customers.csv", shop.folder / "ampenet.yaml"
    head, first, rest = source.read_text(encoding="utf-8").split("\n", 2)
    first = first.replace("Msuya", "Msuya &amp; Co").replace("2023-01-14", "jana")
    source.write_text("\n".join((head, first, rest)), encoding="utf-8")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("{points: integer}", "{points: integer, joined: date}")
    )
    shown = metadata(shop.read(), "customers")
    assert (shown["misfit/joined"], shown["damaged/family_name"]) == (1, 1)
    assert "misfit/points" not in shown and "damaged/city" not in shown


WITHOUT_MATPLOTLIB = """\
import sys
sys.modules["matplotlib"] = None  # as where the extra isn't installed: every import of it fails
import dagster as dg
from ampenet_sync.config import load
from ampenet_sync.dagster import AmpenetResource, read_customers
from pathlib import Path
ampenet = AmpenetResource(read=lambda: load(Path(sys.argv[1]), environ={}))
result = dg.materialize([read_customers], resources={"ampenet": ampenet})
labels = [set(event.materialization.metadata) for event in result.get_asset_materialization_events()]
print(result.success, "report" in set.union(*labels), "sample" in set.intersection(*labels))
"""


def test_where_matplotlib_is_missing_customers_are_read_and_only_the_page_is_left_out(shop: Shop) -> None:
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_MATPLOTLIB, str(shop.folder / "ampenet.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=SAMPLE.parent)
    assert ran.stdout.split() == ["True", "False", "True"], ran.stderr[-2000:]
    assert "pip install 'ampenet-sync[report]'" in ran.stderr
    assert not (shop.config().home / "report.html").exists()


def test_whoever_ampenet_yaml_names_is_told_of_a_step(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.folder / "ampenet.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nnotify: [env:OPS_URL]\n", encoding="utf-8")
    with Inbox() as inbox:
        monkeypatch.setenv("OPS_URL", inbox.address)
        shop.read()
        assert shop.materialize("plan", "contacts_applied", partition="vip").success
        assert not shop.apply("vip", allow="0" * 16).success
    (well, _), (refused, text) = inbox.taken()
    assert (well, refused) == ("ampenet-sync apply vip: all went well", "ampenet-sync apply vip: needs a person")
    assert "[allow_mismatch]" in text
