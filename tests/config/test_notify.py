"""`notify` names variables, never addresses, and says which runs somebody hears of."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from ampenet_sync.errors import ConfigError

WHOLE = "customers: {source: {csv: c.csv}, phone: phone}\nsegments: {gold: {}}\n"


def loaded(folder: Path, notify: str) -> Config:
    path = folder / "ampenet.yaml"
    path.write_text(f"{WHOLE}notify: {notify}\n", encoding="utf-8")
    return load(path, environ={})


def test_a_text_alone_hears_of_everything(tmp_path: Path) -> None:
    (recipient,) = loaded(tmp_path, "[env:OPS_URL]").notify
    assert (recipient.variable, recipient.on) == ("OPS_URL", ("page", "morning", "info"))


@pytest.mark.parametrize("on", ["page", "[page]"])
def test_one_urgency_may_stand_alone(tmp_path: Path, on: str) -> None:
    assert loaded(tmp_path, f'[{{to: "env:PAGER", on: {on}}}]').notify[0].on == ("page",)


@pytest.mark.parametrize("address", ["slack://geheim/a/b", "env:", "env:OPS URL", "$OPS_URL", "mailto://me:geheim@x"])
def test_an_address_in_the_file_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, f'["{address}"]')
    assert refused.value.message.startswith("ampenet.yaml:3: notify.0.to: an address of Apprise holds a secret")
    assert "geheim" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("written", ['[{to: "env:A", on: []}]', '[{to: "env:A", on: [night]}]', "env:A", "[[env:A]]"])
def test_what_says_nothing_is_an_error_with_its_line(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, written)
    assert refused.value.code == "bad_value" and "ampenet.yaml:3: notify" in refused.value.message
