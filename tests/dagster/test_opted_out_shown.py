"""Consent and opting out as Dagster shows them: numbers to plot, the words nobody understands, the line to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dagster.conftest import Shop, metadata

KARIBU = "campaigns/karibu/audience"
KINDS = ("yes", "no", "nothing", "unclear")


def say(shop: Shop, left: Callable[[str], str]) -> None:
    """A last column `gone` of the source: what `left` says of the row."""
    source = shop.folder / "customers.csv"
    head, *rows = source.read_text(encoding="utf-8").splitlines()
    bare = [row.removesuffix(",2026-11-24").removesuffix(",") for row in rows]
    lines = [f"{head.removesuffix(',gone')},gone", *(f"{row},{left(row)}" for row in bare)]
    source.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.fixture
def asked(shop: Shop) -> Shop:
    """The sample with a column of who left, nobody so far; Labda stands for hapana, and a number for NDIYO."""
    config = shop.folder / "ampenet.yaml"
    text = config.read_text(encoding="utf-8").replace("  consent: sms", "  opted_out: gone\n  consent: sms")
    config.write_text(text, encoding="utf-8")
    source = shop.folder / "customers.csv"
    text = source.read_text(encoding="utf-8").replace(",hapana,", ",Labda,").replace(",NDIYO,", ",0714 000 111,")
    source.write_text(text, encoding="utf-8")
    say(shop, lambda row: "")
    return shop


def test_the_customers_show_four_counts_of_each(asked: Shop) -> None:
    say(asked, lambda row: "2026-11-24" if ",Mbeya," in row else "")
    shown = metadata(asked.read(), "customers")
    assert [shown[f"consent/{kind}"] for kind in KINDS] == [226, 13, 14, 45]
    assert shown["consent/words"] == "labda (32), 07•••111 (13)"
    assert shown["consent/line"].startswith("consent: {column: sms_opt_in, yes: [yes, ")
    assert [shown[f"opted_out/{kind}"] for kind in KINDS] == [0, 0, 280, 18]
    assert (shown["opted_out/words"], shown["opted_out/line"]) == (
        "2026-11-24 (18)",
        "opted_out: {column: gone, yes: any}",
    )


def test_a_plan_and_an_audience_show_who_is_left_out(asked: Shop) -> None:
    say(asked, lambda row: "2026-11-24" if ",Mbeya," in row else "")
    asked.read()
    plan = metadata(asked.materialize("plan", partition="customers"), "plan")
    assert (plan["creates"], plan["opted_out"], plan["suppressed"]) == (278, 18, 0)
    assert (plan["consent/unclear"], plan["opted_out/unclear"]) == (45, 18)
    audience = metadata(asked.materialize(KARIBU), KARIBU)
    assert audience["excluded/opted_out"] == audience["opted_out/unclear"] == 6
    assert [audience[f"consent/{kind}"] for kind in KINDS] == [53, 1, 2, 7]


def test_who_left_since_the_preview_is_not_texted(asked: Shop) -> None:
    asked.read()
    preview = metadata(asked.materialize(KARIBU), KARIBU)
    say(asked, lambda row: "2026-11-24" if ",Mbeya," in row else "")
    sent = metadata(asked.send("karibu", preview["audience"]), "campaigns/karibu/send")
    assert sent["withdrawn"] > 0 and len(asked.texted()) == sent["sent"] == preview["messages"] - sent["withdrawn"]


def test_without_a_column_nothing_is_shown(shop: Shop) -> None:
    config = shop.folder / "ampenet.yaml"
    text = config.read_text(encoding="utf-8").replace("consent: sms_opt_in", "consent: {attested: at the till}")
    config.write_text(text, encoding="utf-8")
    shown = metadata(shop.read(), "customers")
    assert shown["consenting"] == 298 and not [name for name in shown if name.startswith(("consent/", "opted_out/"))]
