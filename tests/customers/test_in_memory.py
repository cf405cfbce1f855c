"""An intake by settings that were made in memory: no ampenet.yaml is there, and none is looked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ampenet_sync.config import Customers, Source
from ampenet_sync.customers import IntakeSettings, read_customers
from ampenet_sync.errors import ConfigError

ROWS = "Jina,Simu,Pointi\nAsha,0712345678,5\nJuma,+254723581963,tano\n"
LIST = Customers(
    source=Source(csv="list.csv"), phone="Simu", first_name="Jina", fields={"P": "Pointi"}, types={"Pointi": "integer"}
)


@pytest.fixture
def reading(tmp_path: Path) -> IntakeSettings:
    """A list of two customers, and beside it nothing."""
    (tmp_path / "list.csv").write_text(ROWS, encoding="utf-8")
    return IntakeSettings(customers=LIST, folder=tmp_path, home=tmp_path / "home", countries=("TZ", "KE"))


def test_a_list_is_read_with_no_file_of_settings_on_disk(reading: IntakeSettings, tmp_path: Path) -> None:
    intake = read_customers(reading)
    assert list(intake.customers["phone"]) == ["255712345678", "254723581963"]
    assert list(intake.customers["first_name"]) == ["Asha", "Juma"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "list.csv"]
    assert intake.customers_path.parent == tmp_path / "home" / "customers"


def test_customers_that_are_handed_over_need_no_source_either(reading: IntakeSettings) -> None:
    frame = pd.DataFrame({"Jina": ["Neema"], "Simu": ["0754123456"], "Pointi": ["7"]})
    without = replace(reading, customers=LIST.model_copy(update={"source": None}))
    assert list(read_customers(without, handed=frame).customers["phone"]) == ["255754123456"]


@pytest.mark.parametrize(
    ("uses", "reasons", "misfits"),
    [
        ({}, {}, {"Pointi": 1}),
        ({"messages": ("Habari {{ first_name }}",)}, {}, {"Pointi": 1}),
        ({"messages": ("Una {{ P }}",)}, {"bad_type": 1}, {}),
        ({"wheres": ("Pointi > 3",)}, {"bad_type": 1}, {}),
    ],
)
def test_what_the_customers_are_for_says_which_typed_columns_count(
    reading: IntakeSettings, uses: dict[str, tuple[str, ...]], reasons: dict[str, int], misfits: dict[str, int]
) -> None:
    intake = read_customers(replace(reading, wheres=uses.get("wheres", ()), messages=uses.get("messages", ())))
    assert (intake.reasons, intake.misfits) == (reasons, misfits)


def test_an_error_names_the_setting_and_no_file(reading: IntakeSettings) -> None:
    with pytest.raises(ConfigError) as caught:
        read_customers(replace(reading, customers=LIST.model_copy(update={"phone": "Namba"})))
    assert caught.value.message == "customers.phone: the source has no column 'Namba'"
