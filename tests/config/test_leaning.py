"""Which way a heading leans, and that no column is read the wrong way round."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.config.leaning import leaning
from ampenet_sync.errors import ConfigError

CONFIG = """\
customers:
  source: {csv: customers.csv}
  phone: phone
  consent: sms
  opted_out: gone
segments: {all: {}}
"""
BOTH = "yes: [b], no: [a]"


def loaded(folder: Path, *changed: tuple[str, str]) -> Config:
    text = CONFIG
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    (folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    return load(folder / "ampenet.yaml", environ={})


def refused(folder: Path, *changed: tuple[str, str]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, *changed)
    return caught.value


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "unsubscribed",
            "UNSUBSCRIBED",
            "UnSubscribed",
            "is_unsubscribed",
            "unsubscribed_at",
            "Un-subscribed",
            "unsub",
        ),
        *(
            "opt_out",
            "Opted out?",
            "opt-out",
            "OptOut",
            "SMSOptOut",
            "hs_email_optout",
            "HasOptedOutOfEmail",
            "optout_at",
        ),
        *(
            "do_not_contact",
            "DoNotCall",
            "do not text",
            "donotcall",
            "Don't text",
            "dont_text",
            "DND",
            "dnc",
            "DNDStatus",
        ),
        *(
            "stop",
            "stopped",
            "blocked",
            "is_blacklisted",
            "SMS blocklisted",
            "suppressed",
            "complained",
            "opt_out_status",
        ),
        *("kujitoa", "Amejitoa", "jitoa", "waliojitoa", "Usitume SMS", "asitumiwe", "hataki", "Sitaki ujumbe"),
        *("amekataa", "kataa", "zuia", "Amezuiwa", "hajakubali", "bila_ridhaa", "ridhaa_imekataliwa"),
        *(
            "consent_withdrawn",
            "no_consent",
            "not_subscribed",
            "no_longer_subscribed",
            "not_opted_in",
            "no sms",
            "noSms",
        ),
        *("\u200bunsub\u00adscribed", "ｕｎｓｕｂｓｃｒｉｂｅｄ", "subscription_cancelled", "does not want sms"),
    ],
)
def test_a_yes_under_these_headings_is_a_refusal(heading: str) -> None:
    assert leaning(heading) == "refused"


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "sms_opt_in",
            "OptIn",
            "opted in",
            "smsoptin",
            "consent",
            "SMS consent",
            "consented",
            "I agree",
            "subscribed",
        ),
        *("accepts_marketing", "permission", "ridhaa", "amekubali", "anataka", "allow_sms"),
        *("no_opt_out", "not_unsubscribed", "has_not_opted_out", "never unsubscribed", "notOptedOut", "nooptout"),
        *("hajajitoa", "hajakataa", "not_yet_unsubscribed", "not_blocked"),
    ],
)
def test_a_yes_under_these_headings_agrees(heading: str) -> None:
    assert leaning(heading) == "agreed"


@pytest.mark.parametrize(
    "heading",
    [
        *("sms", "marketing", "status", "ok", "email", "name", "adoption", "options", "object_id", "refund", "block"),
        *(
            "Contact No",
            "Phone No.",
            "sms_no",
            "No. of SMS",
            "piano_sms",
            "notice_sms",
            "unit",
            "discount",
            "jina",
            "nchi",
        ),
        "Would you like to receive SMS?",
    ],
)
def test_other_headings_lean_to_neither_side(heading: str) -> None:
    assert leaning(heading) == ""


@pytest.mark.parametrize("column", ["unsubscribed", "Opt out?", "amejitoa", "DoNotCall", "{column: unsubscribed}"])
def test_a_column_of_refusals_is_no_consent_and_the_right_key_is_named(tmp_path: Path, column: str) -> None:
    error = refused(tmp_path, ("consent: sms", f"consent: {column}"))
    name = column.removeprefix("{column: ").removesuffix("}")
    assert error.code == "refusal_as_consent" and error.message.startswith("ampenet.yaml:4: customers.consent: ")
    assert f"opted_out: {name} " in error.hint


@pytest.mark.parametrize("column", ["sms_opt_in", "Consent", "not_unsubscribed", "ridhaa"])
def test_a_column_of_agreements_says_nobody_left(tmp_path: Path, column: str) -> None:
    error = refused(tmp_path, ("opted_out: gone", f"opted_out: {column}"))
    assert error.code == "consent_as_refusal" and error.message.startswith("ampenet.yaml:5: customers.opted_out: ")
    assert f"consent: {column} " in error.hint


@pytest.mark.parametrize("words", ["yes: [0]", "no: [1]", ""])
def test_one_written_list_does_not_turn_a_column_round(tmp_path: Path, words: str) -> None:
    line = f"consent: {{column: unsubscribed, {words}}}"
    assert refused(tmp_path, ("consent: sms", line)).code == "refusal_as_consent"


def test_both_lists_written_do(tmp_path: Path) -> None:
    config = loaded(tmp_path, ("consent: sms", 'consent: {column: unsubscribed, yes: ["0"], no: ["1"]}'))
    assert config.customers.consent is not None and config.customers.consent.words == (("0",), ("1",), False)


@pytest.mark.parametrize(
    ("consent", "opted_out"),
    [
        ("gone", "gone"),
        ("{column: gone, yes: [in], no: [out]}", "{column: gone, yes: any}"),
        ("{column: gone, yes: [In], no: [out]}", "{column: gone, yes: [out, ' in.'], no: [x]}"),
    ],
)
def test_one_word_is_not_consent_and_refusal_at_once(tmp_path: Path, consent: str, opted_out: str) -> None:
    changed = (("consent: sms", f"consent: {consent}"), ("opted_out: gone", f"opted_out: {opted_out}"))
    assert refused(tmp_path, *changed).code == "same_yes"


@pytest.mark.parametrize("opted_out", ["{column: sms, yes: [left], no: [in]}", "{column: sms, yes: any, no: [in]}"])
def test_one_column_may_say_both_in_different_words(tmp_path: Path, opted_out: str) -> None:
    consent = "{column: sms, yes: [in], no: [left, never]}"
    changed = (("consent: sms", f"consent: {consent}"), ("opted_out: gone", f"opted_out: {opted_out}"))
    assert loaded(tmp_path, *changed).customers.columns()["opted_out"] == "sms"


@pytest.mark.parametrize("heading", ["Unakubali kupokea ujumbe?", "unaruhusu", "Unataka SMS?", "Unaridhia kupata ofa"])
def test_a_question_in_swahili_that_begins_like_an_english_un_asks_who_agrees(heading: str) -> None:
    assert leaning(heading) == "agreed"


@pytest.mark.parametrize("heading", ["disagreed", "unconsented", "dis-allow SMS", "does not agree", "hakubali"])
def test_un_and_dis_before_an_english_word_still_refuse(heading: str) -> None:
    assert leaning(heading) == "refused"
