"""What a script does with `import ampenet_sync`: what stands at Ampenet afterwards, and what is refused."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ampenet_sync
from tests.front.conftest import LIMITED, Shop
from tests.inbox import Inbox
from tests.world import people, phones


def test_a_plan_is_made_and_applied(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        (plan,) = ampenet.plan()
        assert (plan.segment, plan.creates, plan.verdict, plan.violations) == ("vip", 10, "safe", ())
        assert shop.sandbox.groups() == []
        applied = ampenet.apply(plan)
        (again,) = ampenet.plan("vip")
    assert (applied.done, applied.paused, shop.group()) == (10, "", phones(10))
    assert (again.creates, again.unchanged) == (0, 10)


def test_a_plan_file_is_as_good_as_the_plan(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        (plan,) = ampenet.plan()
    with ampenet_sync.open(shop.path) as ampenet:
        assert ampenet.apply(str(plan.path)).done == 10


def test_everybody_of_a_previewed_audience_is_texted_once(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        preview = ampenet.preview("hello")
        assert (preview.messages, preview.excluded, shop.texted()) == (10, (), [])
        sent = [ampenet.send("hello", audience=preview.audience) for _ in range(2)]
    assert [found.sent for found in sent] == [10, 10]
    assert shop.texted() == phones(10)


def test_an_unsafe_plan_changes_nothing_until_its_digest_is_allowed(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        ampenet.sync()
        shop.write(*people(5))
        (plan,) = ampenet.plan()
        assert (plan.verdict, plan.deletes) == ("unsafe", 5)
        with pytest.raises(ampenet_sync.Unsafe, match="the limit is 10%"):
            ampenet.apply(plan)
        with pytest.raises(ampenet_sync.PlanRefused, match="names another plan"):
            ampenet.apply(plan, allow="0" * len(plan.digest))
        assert shop.group() == phones(10)
        ampenet.apply(plan, allow=plan.digest)
    assert shop.group() == phones(5)


def test_sync_leaves_an_unsafe_segment_out_and_says_why(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        (first,) = ampenet.sync()
        assert first.applied is not None and (first.applied.done, first.left_out) == (10, ())
        shop.write(*people(5))
        (second,) = ampenet.sync("vip")
    assert (second.applied, second.code, shop.group()) == (None, "unsafe_plan", phones(10))
    assert second.plan is not None and second.left_out == second.plan.violations != ()


def test_a_shrunken_source_stops_sync_before_anything_is_changed(shop: Shop) -> None:
    shop.path.write_text(shop.path.read_text("utf-8").replace("source_shrink: none", "deletes: none"), encoding="utf-8")
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        ampenet.sync()
        shop.write(*people(5))
        with pytest.raises(ampenet_sync.Unsafe) as refused:
            ampenet.sync()
    assert (refused.value.code, shop.group()) == ("unsafe_source", phones(10))


def test_nobody_is_texted_without_the_digest_of_what_was_looked_at(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        preview = ampenet.preview("hello")
        with pytest.raises(TypeError, match="audience"):
            ampenet.send("hello")  # type: ignore[call-arg]
        with pytest.raises(ampenet_sync.PlanRefused):
            ampenet.send("hello", audience="0" * len(preview.audience))
    assert shop.texted() == []


def test_who_takes_a_yes_back_after_the_preview_is_not_texted(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        preview = ampenet.preview("hello")
        shop.write(*people(9), people(1, first=10)[0].replace(",yes", ",no"))
        sent = ampenet.send("hello", audience=preview.audience)
    assert (sent.sent, sent.withdrawn, shop.texted()) == (9, 1, phones(9))


def test_without_a_ledger_nothing_is_called_and_none_is_made_in_passing(shop: Shop) -> None:
    with ampenet_sync.open(shop.path) as ampenet, pytest.raises(ampenet_sync.LedgerError) as refused:
        ampenet.sync()
    assert (refused.value.code, list(shop.sandbox.requests())) == ("no_ledger", [])
    assert list(shop.folder.rglob("ledger.db")) == []


def test_without_a_token_nothing_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.make_ledger()
    monkeypatch.delenv("AMPENET_API_TOKEN")
    (shop.folder / "customers.csv").unlink()
    with ampenet_sync.open(shop.path) as ampenet, pytest.raises(ampenet_sync.ConfigError) as refused:
        ampenet.plan()
    assert refused.value.code == "no_token"


def test_opening_makes_no_call_and_no_file(shop: Shop) -> None:
    before = sorted(shop.folder.rglob("*"))
    for sandbox in (False, True):
        ampenet_sync.open(shop.path, sandbox=sandbox).close()
    assert (sorted(shop.folder.rglob("*")), list(shop.sandbox.requests())) == (before, [])


def test_a_rehearsal_touches_neither_the_platform_nor_its_ledger(shop: Shop) -> None:
    with ampenet_sync.open(shop.path, sandbox=True) as ampenet:
        (run,) = ampenet.sync()
        preview = ampenet.preview("hello")
        assert ampenet.send("hello", audience=preview.audience).sent == 10
    assert run.applied is not None and run.applied.done == 10
    assert list(shop.sandbox.requests()) == []
    assert [path.parent.name for path in shop.folder.rglob("ledger.db")] == ["sandbox"]


def test_the_command_lines_rehearsal_goes_on_where_that_of_a_script_ended(shop: Shop) -> None:
    with ampenet_sync.open(shop.path, sandbox=True) as ampenet:
        ampenet.sync()
    command = [sys.executable, "-m", "ampenet_sync", "--config", str(shop.path), "--sandbox", "plan"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "Nothing to do: the groups are as they should be." in ran.stdout


def test_the_ledger_tells_what_was_done(shop: Shop) -> None:
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        (run,) = ampenet.sync()
        preview = ampenet.preview("hello")
        ampenet.send("hello", audience=preview.audience)
        calls = len(list(shop.sandbox.requests()))
        status = ampenet.status()
    (segment,), (campaign,) = status.segments, status.campaigns
    assert run.plan is not None and (segment.plan, segment.contacts, segment.done) == (run.plan.digest, 10, 10)
    assert (campaign.audience, campaign.sent, campaign.parts) == (preview.audience, 10, 10)
    assert segment.made_at.tzinfo is not None and len(list(shop.sandbox.requests())) == calls


def test_customers_are_read_once_and_used_for_all(shop: Shop) -> None:
    shop.make_ledger()
    shop.write(*people(3), "k4,0712,Short,Duka,yes")
    with ampenet_sync.open(shop.path) as ampenet:
        customers = ampenet.read_customers()
        (shop.folder / "customers.csv").unlink()
        (plan,) = ampenet.plan(customers=customers)
    assert (customers.rows, customers.usable, customers.quarantined) == (4, 3, 1)
    assert customers.reasons == (("too_short", 1),)
    assert list(customers.table()["phone"]) == phones(3)
    assert list(customers.quarantine()["reason"]) == ["too_short"]
    assert plan.creates == 3


def test_customers_that_were_read_by_other_rules_are_refused(shop: Shop) -> None:
    """Whoever counts as consenting is decided when customers are read."""
    shop.make_ledger()
    with ampenet_sync.open(shop.path) as ampenet:
        customers = ampenet.read_customers()
        preview = ampenet.preview("hello", customers=customers)
    shop.path.write_text(LIMITED.replace("consent: sms", "consent: {column: sms, yes: [ndiyo], no: ['yes']}"), "utf-8")
    with ampenet_sync.open(shop.path) as ampenet:
        with pytest.raises(ampenet_sync.ConfigError) as refused:
            ampenet.send("hello", audience=preview.audience, customers=customers)
        assert ampenet.read_customers().table()["consent"].sum() == 0
    assert (refused.value.code, shop.texted()) == ("other_customers", [])


def test_customers_may_be_handed_over_as_a_frame(shop: Shop) -> None:
    frame = pd.DataFrame({"id": ["a"], "phone": ["255712000001"], "first": ["Asha"], "last": [""], "sms": ["yes"]})
    with ampenet_sync.open(shop.path) as ampenet:
        customers = ampenet.read_customers(frame)
    assert (customers.usable, list(customers.table()["customer_key"])) == (1, ["a"])


def test_long_work_is_told_to_whoever_asks(shop: Shop) -> None:
    heard: list[tuple[str, int, int | None]] = []
    with ampenet_sync.open(shop.path, sandbox=True, progress=lambda *what: heard.append(what)) as ampenet:
        ampenet.sync()
    assert {what for what, _, _ in heard} >= {"reading"}
    assert max(done for _, done, _ in heard) == 10


def test_results_are_frozen_and_survive_pickling(shop: Shop) -> None:
    with ampenet_sync.open(shop.path, sandbox=True) as ampenet:
        customers = ampenet.read_customers()
        (run,) = ampenet.sync(customers=customers)
        preview = ampenet.preview("hello")
        results = [customers, run, run.plan, run.applied, preview, ampenet.status()]
    for result in results:
        assert dataclasses.is_dataclass(result) and not isinstance(result, type)
        name = dataclasses.fields(result)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, name, "another")
        assert pickle.loads(pickle.dumps(result)) == result


def test_after_closing_results_stay_and_calls_are_refused(shop: Shop) -> None:
    with ampenet_sync.open(shop.path, sandbox=True) as ampenet:
        customers = ampenet.read_customers()
    assert len(customers.table()) == 10
    with pytest.raises(ValueError, match="was closed"):
        ampenet.plan()


def test_a_bad_configuration_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "ampenet.yaml").write_text("customers: {phon: p}\n", encoding="utf-8")
    with pytest.raises(ampenet_sync.ConfigError, match="phon"):
        ampenet_sync.open(tmp_path / "ampenet.yaml")


def test_whoever_ampenet_yaml_names_is_told_of_what_a_script_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.make_ledger()
    shop.path.write_text(shop.path.read_text(encoding="utf-8") + "notify: [env:OPS_URL]\n", encoding="utf-8")
    with Inbox() as inbox, ampenet_sync.open(shop.path) as ampenet:
        monkeypatch.setenv("OPS_URL", inbox.address)
        ampenet.sync("vip")
        ampenet.apply(ampenet.plan("vip")[0])
        ampenet.send("hello", audience=ampenet.preview("hello").audience)
        shop.write(*people(1))
        with pytest.raises(ampenet_sync.Unsafe):
            ampenet.apply(ampenet.plan("vip")[0])
    assert [title for title, _ in inbox.taken()] == [
        "ampenet-sync sync vip: all went well",
        "ampenet-sync apply vip: all went well",
        "ampenet-sync campaign send hello: all went well",
        "ampenet-sync apply vip: needs a person",
    ]
