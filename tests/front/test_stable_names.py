"""What is declared stable stays: names, signatures and fields. Something may be added at an end, nothing taken away."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys

import pytest

import ampenet_sync

ERRORS = [
    *("AmpenetError", "ApiError", "BadAnswer", "Busy", "ConfigError", "InDoubt", "LedgerError", "Paused"),
    *("PlanRefused", "Refused", "SourceError", "Throttled", "Unauthorised", "Unreachable", "Unsafe"),
]
RESULTS = {
    "Applied": "segment done refused in_doubt moved suppressed paused refusals run asked opted_out_there unasked",
    "CampaignStatus": "campaign edition audience sent refused unknown expired parts",
    "Customers": "source digest rows usable quarantined repaired reasons",
    "OptOutsKnown": "known_as_of asked never_asked",
    "Due": "campaign edition audience sent code why",
    "Plan": "segment group digest path verdict violations warnings creates updates deletes unchanged drift foreign "
    "held suppressed opted_out in_doubt unlisted actual read_at calls pages seconds asks opt_outs",
    "Preview": "campaign edition audience path messages parts amount currency balance ends_at excluded warnings notes "
    "opt_outs",
    "SegmentStatus": "segment contacts plan state made_at done refused in_doubt opt_outs",
    "Sent": "campaign edition audience sent refused unknown expired remaining withdrawn paused",
    "Status": "segments campaigns suppressed",
    "Synced": "segment plan applied left_out code",
}
SIGNATURES = {
    "open": "(path: 'str | PathLike[str]' = 'ampenet.yaml', *, sandbox: 'bool' = False, "
    "progress: 'Progress' = <function silent>) -> 'Ampenet'",
    "Ampenet.apply": "(self, plan: 'Plan | str | PathLike[str]', *, allow: 'str | None' = None, "
    "customers: 'Customers | None' = None, max_calls: 'int | None' = None, max_seconds: 'float | None' = None) "
    "-> 'Applied'",
    "Ampenet.approve": "(self, campaign: 'str', *, audience: 'str', by: 'str') -> 'None'",
    "Ampenet.cancel": "(self, campaign: 'str', *, by: 'str', edition: 'str | None' = None) -> 'None'",
    "Ampenet.pause": "(self, campaign: 'str', *, by: 'str') -> 'None'",
    "Ampenet.resume": "(self, campaign: 'str', *, by: 'str') -> 'None'",
    "Ampenet.send_due": "(self, *, customers: 'Customers | None' = None) -> 'tuple[Due, ...]'",
    "Ampenet.close": "(self) -> 'None'",
    "Ampenet.plan": "(self, *segments: 'str', customers: 'Customers | None' = None, "
    "refresh_opt_outs: 'bool' = False) -> 'tuple[Plan, ...]'",
    "Ampenet.preview": "(self, campaign: 'str', *, customers: 'Customers | None' = None) -> 'Preview'",
    "Ampenet.read_customers": "(self, customers: 'Any' = None) -> 'Customers'",
    "Ampenet.send": "(self, campaign: 'str', *, audience: 'str', customers: 'Customers | None' = None) -> 'Sent'",
    "Ampenet.status": "(self) -> 'Status'",
    "Ampenet.sync": "(self, *segments: 'str', customers: 'Customers | None' = None, "
    "max_calls: 'int | None' = None, max_seconds: 'float | None' = None, refresh_opt_outs: 'bool' = False) "
    "-> 'tuple[Synced, ...]'",
    "Customers.quarantine": "(self) -> 'pd.DataFrame'",
    "Customers.table": "(self) -> 'pd.DataFrame'",
}


def test_the_public_names_are_these_and_sorted() -> None:
    assert sorted([*ERRORS, *RESULTS, "Ampenet", "__version__", "open"]) == ampenet_sync.__all__
    assert all(hasattr(ampenet_sync, name) for name in ampenet_sync.__all__)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_these_fields(name: str) -> None:
    fields = [found.name for found in dataclasses.fields(getattr(ampenet_sync, name))]
    assert [field for field in fields if not field.startswith("_")] == RESULTS[name].split()


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_is_called_like_this(name: str) -> None:
    place, _, method = name.rpartition(".")
    function = getattr(getattr(ampenet_sync, place) if place else ampenet_sync, method)
    shown = str(inspect.signature(function))
    assert shown.partition(" at 0x")[0] == SIGNATURES[name].partition(">)")[0]


def test_there_is_no_other_method() -> None:
    methods = {
        f"{name}.{method}"
        for name in ("Ampenet", *RESULTS)
        for method, found in vars(getattr(ampenet_sync, name)).items()
        if inspect.isfunction(found) and not method.startswith("_")
    }
    assert methods == {name for name in SIGNATURES if "." in name}


@pytest.mark.parametrize("name", [*RESULTS, "Ampenet", "open"])
def test_each_public_thing_says_what_it_is(name: str) -> None:
    assert len(inspect.getdoc(getattr(ampenet_sync, name)) or "") > 20


def test_errors_are_one_tree_with_code_and_hint() -> None:
    assert all(issubclass(getattr(ampenet_sync, name), ampenet_sync.AmpenetError) for name in ERRORS)


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import sys, ampenet_sync\nprint(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    heavy = {"pandas", "pandera", "duckdb", "dagster", "pyarrow", "sqlalchemy", "requests", "pydantic", "matplotlib"}
    assert "ampenet_sync.front.ampenet" in loaded
    assert heavy & loaded == set()
