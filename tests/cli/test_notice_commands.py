"""Runs of the command line are told of when they are over, and `notify test` says whether that works."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Shop
from tests.cli.test_interrupts import heard_until, running, slowed
from tests.cli.typed import typed
from tests.inbox import Inbox

NOTIFY = 'notify: ["env:OPS_URL"]\n'


@pytest.fixture
def inbox(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """What whoever is named in ampenet.yaml got."""
    with Inbox() as inbox:
        monkeypatch.setenv("OPS_URL", inbox.address)
        shop.configure("segments:", f"{NOTIFY}segments:")
        yield inbox


def test_a_sync_is_told_of_with_its_figures_and_the_next_command(shop: Shop, inbox: Inbox) -> None:
    ran = shop.run("--config", "ampenet.yaml", "sync", "--yes")
    ((title, text),) = inbox.taken()
    assert title == "ampenet-sync sync: all went well" and inbox.notices[0]["type"] == "info"
    assert "all: 4 of 4 done (in this run 4 creates, 0 updates, 0 deletes)" in text
    assert text.splitlines()[-1] == ran.out.splitlines()[-1], "the same next command as on the screen"


def test_apply_import_and_send_are_told_of_too(shop: Shop, inbox: Inbox) -> None:
    digest = shop.run("plan", "all", "--json").json["plans"][0]["digest"]
    shop.run("apply", digest, "--yes")
    shop.run("import", "customers.csv", "--group", "Wateja", "--yes")
    audience = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    shop.run("campaign", "send", "hello", "--audience", audience, "--yes", "--json")
    assert [title for title, _ in inbox.taken()] == [
        "ampenet-sync apply all: all went well",
        "ampenet-sync import Wateja: all went well",
        "ampenet-sync campaign send hello: all went well",
    ]
    assert "edition 1: 3 sent (3 parts)" in inbox.taken()[-1][1]


def test_an_error_before_anything_was_called_is_told_of(
    shop: Shop, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPENET_API_TOKEN", "1|wrong")
    assert shop.run("sync", "--yes").code == 1
    ((title, text),) = inbox.taken()
    assert title == "ampenet-sync sync: needs a person now"
    assert "[unauthenticated]\nNothing was changed at Ampenet.\nNext: correct the variable AMPENET_API_TOKEN" in text


def test_who_only_looks_declines_or_mistypes_disturbs_nobody(shop: Shop, inbox: Inbox) -> None:
    shop.run("plan")
    shop.run("sync", "--json")  # without --yes
    shop.run("import", "customers.csv", "--group", "Wateja", "--dry-run")
    typed(shop.folder, "sync", answer="no")
    typed(shop.folder, "sync", answer="perhaps")
    assert inbox.taken() == []


def test_a_rehearsal_tells_nobody_and_says_so(shop: Shop, inbox: Inbox) -> None:
    ran = shop.run("--sandbox", "sync", "--yes")
    assert (ran.code, inbox.taken()) == (0, []) and "A rehearsal: nobody of notify is told." in ran.log


def test_a_notice_that_is_refused_changes_neither_output_nor_exit_code(shop: Shop, inbox: Inbox) -> None:
    inbox.status = 500
    ran = shop.run("sync", "--yes", "--json")
    assert ran.code == 0 and ran.json["segments"][0]["done"] == 4
    warned = re.search(r"Warning: notice to OPS_URL \(json://127\.0\.0\.1\) was not delivered: (.*)", ran.log)
    assert warned and warned[1] == "the service answered with 500 [not_delivered]"
    assert "secret-hook" not in ran.out + ran.err + ran.log


def test_a_stopped_run_is_told_of(shop: Shop, inbox: Inbox) -> None:
    slowed(shop, 8)
    with running(shop, "sync", "--yes") as process:
        heard_until(process, "the permitted rate is used up")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    ((title, text),) = inbox.taken()
    assert (process.returncode, title) == (130, "ampenet-sync sync: needs a person")
    assert "stopped from outside [interrupted]\nWhatever was done stands in the ledger" in text


def test_a_test_notice_reaches_whom_it_can_and_names_whom_it_can_t(
    shop: Shop, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "nowhere://geheim")
    shop.configure(NOTIFY, 'notify: ["env:OPS_URL", {to: "env:PAGER", on: page}]\n')
    ran = shop.run("notify", "test")
    assert ran.code == 1 and "OPS_URL (json://127.0.0.1): delivered; hears of page, morning, info" in ran.out
    assert "PAGER (nowhere://…): NOT delivered: this is no address that Apprise knows [bad_notify]" in ran.out
    assert [text.splitlines()[1] for _, text in inbox.taken()] == ["This is a test: nothing happened."]


def test_doctor_looks_at_each_address_and_calls_nobody(
    shop: Shop, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = {check["name"]: check for check in shop.run("doctor", "--json").json["checks"]}
    assert checks["notify OPS_URL"]["ok"] and inbox.taken() == []
    monkeypatch.setenv("OPS_URL", "nowhere://geheim")
    ran = shop.run("doctor")
    assert ran.code == 1 and "Next, for notify OPS_URL: write an address as Apprise has it" in ran.out
    assert "geheim" not in ran.out


def test_without_anybody_a_test_says_so(shop: Shop) -> None:
    assert shop.run("notify", "test").out == "Nobody is told of anything: ampenet.yaml has no notify.\n"
    assert shop.run("--sandbox", "notify", "test").code == 2
