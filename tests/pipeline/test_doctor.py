"""What a check-up says of the clocks; the other checks are tried by typing the command."""

from __future__ import annotations

import pytest

from ampenet_sync.api import connect
from ampenet_sync.config import Api
from ampenet_sync.pipeline.doctor import Check, examine
from ampenet_sync.sandbox import Sandbox
from tests.world import NOON, Clock, Place


def clocks(place: Place, *, server: float) -> Check:
    """The check of a platform whose clock is `server` seconds before ours."""
    clock = Clock()
    with Sandbox(clock=lambda: NOON + server) as sandbox:
        client = connect(Api(base_url=sandbox.url), sandbox.token, clock=clock, sleep=clock.sleep)
        health = examine(place.config, clock=clock, client=client)
    return next(check for check in health.checks if check.name == "server clock")


@pytest.mark.parametrize(("server", "said"), [(600.0, "600 seconds behind"), (-7200.0, "7,200 seconds before")])
def test_a_clock_that_is_wrong_is_named_with_the_way_out(place: Place, server: float, said: str) -> None:
    found = clocks(place, server=server)
    assert not found.ok and said in found.detail and "NTP" in found.detail


@pytest.mark.parametrize("server", [0.0, 100.0, -100.0])
def test_clocks_that_agree_are_well(place: Place, server: float) -> None:
    assert clocks(place, server=server).ok
