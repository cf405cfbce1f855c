"""campaign preview and send, typed as a person or a script types them."""

from __future__ import annotations

from ampenet_sync.ledger import open_ledger, suppressions
from tests.cli.conftest import Shop

CONSENTING = ["255754000101", "255754000102", "255754000104"]


def _digest(shop: Shop) -> str:
    return str(shop.run("campaign", "preview", "hello", "--json").json["audience"])


def test_preview_gives_a_script_people_parts_cost_and_exclusions(shop: Shop) -> None:
    found = shop.run("campaign", "preview", "hello", "--json").json
    assert (found["campaign"], found["edition"], found["messages"], found["parts"]) == ("hello", "1", 3, 3)
    assert (found["cost"], found["excluded"]) == ({"amount": 75.0, "currency": "TZS"}, {"no_consent": 1})
    assert set(found) >= {"audience", "ends_at", "warnings"}
    assert shop.sandbox.messages() == []


def test_each_consenting_customer_gets_exactly_one_message(shop: Shop) -> None:
    ran = shop.run("campaign", "send", "hello", "--audience", _digest(shop), "--yes", "--json")
    assert ran.code == 0
    assert (ran.json["sent"], ran.json["remaining"], ran.json["paused"]) == (3, 0, False)
    assert sorted(message["to"] for message in shop.sandbox.messages()) == CONSENTING


def test_a_second_start_sends_nothing(shop: Shop) -> None:
    digest = _digest(shop)
    shop.run("campaign", "send", "hello", "--audience", digest, "--yes")
    sends = len([path for _, path in shop.sandbox.requests() if path == "/sms/send"])
    again = shop.run("campaign", "send", "hello", "--audience", digest, "--yes", "--json")
    assert (again.code, again.json["sent"]) == (0, 3)
    assert len([path for _, path in shop.sandbox.requests() if path == "/sms/send"]) == sends == 3


def test_previewing_again_reaches_nobody_twice(shop: Shop) -> None:
    shop.run("campaign", "send", "hello", "--audience", _digest(shop), "--yes")
    again = shop.run("campaign", "preview", "hello", "--json").json
    assert (again["messages"], again["excluded"]) == (0, {"already_messaged": 3, "no_consent": 1})


def test_send_needs_a_digest_and_a_yes(shop: Shop) -> None:
    assert shop.run("campaign", "send", "hello", "--yes").code == 2
    assert shop.run("campaign", "send", "hello", "--audience", _digest(shop)).code == 2
    assert shop.sandbox.messages() == []


def test_a_wrong_digest_or_campaign_is_refused_with_the_next_step(shop: Shop) -> None:
    wrong = shop.run("campaign", "send", "hello", "--audience", "0" * 16, "--yes")
    assert (wrong.code, "campaign preview" in wrong.err) == (1, True)
    other = shop.run("campaign", "preview", "helo")
    assert (other.code, "campaigns: hello" in other.err) == (1, True)


def test_a_changed_text_needs_a_new_preview(shop: Shop) -> None:
    digest = _digest(shop)
    shop.configure("Habari", "Karibu")
    ran = shop.run("campaign", "send", "hello", "--audience", digest, "--yes")
    assert (ran.code, "the configuration changed since the preview" in ran.err) == (1, True)
    assert shop.sandbox.messages() == []


def test_consent_withdrawn_after_the_preview_binds(shop: Shop) -> None:
    digest = _digest(shop)
    shop.write((shop.folder / "customers.csv").read_text().split("\n", 1)[1].replace("Juma,20,ndiyo", "Juma,20,no"))
    ran = shop.run("campaign", "send", "hello", "--audience", digest, "--yes", "--json")
    assert (ran.json["sent"], ran.json["withdrawn"]) == (2, 1)
    assert "255754000102" not in [message["to"] for message in shop.sandbox.messages()]


def test_a_suppressed_phone_is_never_texted(shop: Shop) -> None:
    ledger = open_ledger("sqlite:///.ampenet/ledger.db", shop.folder)
    suppressions.suppress(ledger, phone="255754000104", reason="asked")
    ledger.close()
    shop.run("campaign", "send", "hello", "--audience", _digest(shop), "--yes")
    assert sorted(message["to"] for message in shop.sandbox.messages()) == ["255754000101", "255754000102"]


def test_marketing_without_a_consent_column_is_refused(shop: Shop) -> None:
    shop.configure("  consent: optin\n", "")
    ran = shop.run("campaign", "preview", "hello")
    assert (ran.code, "nothing says who agreed" in ran.err) == (1, True)


def test_a_preview_tells_what_of_the_source_was_passed_over(shop: Shop) -> None:
    path = shop.folder / "customers.csv"
    path.write_text(f"{path.read_text(encoding='utf-8')},,,,\n", encoding="utf-8")
    assert "Passed over: 1 blank row\n" in shop.run("campaign", "preview", "hello").out
    assert shop.run("campaign", "preview", "hello", "--json").json["blank_rows"] == 1
