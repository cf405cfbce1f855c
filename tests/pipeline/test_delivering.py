"""Apprise hands a notice over: what arrives, what is refused, and that no address is ever repeated."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from ampenet_sync.errors import AmpenetError
from ampenet_sync.pipeline.delivering import check_address, deliver, name_of, through_apprise
from ampenet_sync.pipeline.notices import Notice
from tests.inbox import Inbox
from tests.world import CONFIG, Place

NOTICE = Notice("morning", "ampenet-sync sync: needs a person", "vip: left out\nNext: look")
WITHOUT_APPRISE = """
import sys
sys.modules["apprise"] = None  # as where the extra isn't installed
from ampenet_sync.errors import AmpenetError
from ampenet_sync.pipeline.delivering import check_address
try: check_address("json://127.0.0.1/secret")
except AmpenetError as error: print(error.code, error.hint)
"""
LOGGING_ALL = """
import logging, sys
logging.basicConfig(level=logging.INFO)
from ampenet_sync.errors import AmpenetError
from ampenet_sync.pipeline.delivering import through_apprise
from ampenet_sync.pipeline.notices import Notice
try: through_apprise(sys.argv[1], Notice("info", "title", "body"))
except AmpenetError as error: print(error.code)
"""


def test_a_notice_arrives_with_its_lines_and_its_urgency() -> None:
    with Inbox() as inbox:
        through_apprise(inbox.address, NOTICE)
    assert inbox.taken() == [("ampenet-sync sync: needs a person", "vip: left out\nNext: look")]
    assert inbox.notices[0]["type"] == "warning"


def test_a_service_that_refuses_is_told_by_its_status_alone() -> None:
    with Inbox(status=403) as inbox, pytest.raises(AmpenetError) as refused:
        through_apprise(inbox.address, NOTICE)
    assert (refused.value.code, refused.value.message) == ("not_delivered", "the service answered with 403")


def test_what_apprise_logs_reaches_nobody_s_log() -> None:
    with Inbox(status=403) as inbox:
        ran = subprocess.run(
            [sys.executable, "-c", LOGGING_ALL, inbox.address], capture_output=True, text=True, check=True
        )
    assert "not_delivered" in ran.stdout and "secret-hook" not in ran.stdout + ran.stderr


def test_a_host_that_nobody_answers_at_is_not_delivered() -> None:
    with pytest.raises(AmpenetError, match="did not take it"):
        through_apprise("json://127.0.0.1:9/secret-hook", NOTICE)


def test_a_slow_service_keeps_nobody_waiting(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with Inbox(wait=threading.Event()) as inbox:
        monkeypatch.setenv("SLOW", inbox.address)
        place.write(text=CONFIG + "notify: [env:SLOW]\n")
        (delivery,) = deliver(place.config.notify, NOTICE, send=through_apprise, within=0.1)
    assert delivery.error is not None and delivery.error.message == "there was no answer within 0.1 seconds"


@pytest.mark.parametrize("address", ["geheim", "postgresql://user:geheim@db/shop", "json://", "7|geheimgeheim", ""])
def test_what_apprise_does_not_know_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(AmpenetError) as refused:
        check_address(address)
    assert refused.value.code == "bad_notify" and "geheim" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("jsons://user:geheim@hooks.example/geheim", "OPS (jsons://hooks.example)"),
        ("mailtos://me:geheim@example.com", "OPS (mailtos://example.com)"),
        ("tgram://123456789:geheim/4", "OPS (tgram://…)"),
        ("slack://geheim/geheim/geheim", "OPS (slack://…)"),
        ("geheim", "OPS"),
        ("json://[geheim", "OPS"),
    ],
)
def test_a_recipient_is_called_by_what_is_no_secret(
    place: Place, monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    monkeypatch.setenv("OPS", address)
    place.write(text=CONFIG + "notify: [env:OPS]\n")
    assert name_of(place.config.notify[0]) == name


def test_without_the_extra_it_is_named() -> None:
    command = [sys.executable, "-c", WITHOUT_APPRISE]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "missing_extra install the extra: pip install 'ampenet-sync[notify]'"
