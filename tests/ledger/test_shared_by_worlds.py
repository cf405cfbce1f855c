"""Whoever is given the token takes slots from the ledger's throttle, which never sees the token."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ampenet_sync.pipeline.world import open_world
from tests.world import CONFIG, Place


def test_worlds_of_one_token_share_the_configured_rate(place: Place) -> None:
    place.write(text=CONFIG.replace("6000", "2"))
    start, handed = place.clock.now, {"clock": place.clock, "sleep": place.clock.sleep}
    for _ in range(2):
        with open_world(place.config, place.token, **handed):
            assert place.clock.now == start
    with open_world(place.config, place.token, **handed):
        assert place.clock.now == pytest.approx(start + 60, abs=0.01)


def test_another_rate_in_the_configuration_takes_effect(place: Place) -> None:
    start, handed = place.clock.now, {"clock": place.clock, "sleep": place.clock.sleep}
    for rate in ("1", "2"):
        place.write(text=CONFIG.replace("6000", rate))
        with open_world(place.config, place.token, **handed):
            assert place.clock.now == start


def test_the_token_is_in_no_file_of_the_ledger(place: Place) -> None:
    with open_world(place.config, place.token, clock=place.clock, sleep=place.clock.sleep):
        files = [file for file in (place.folder / ".ampenet").iterdir() if file.is_file()]
        assert "throttle.db" in {file.name for file in files}
        secret = place.token.partition("|")[2] or place.token
        assert all(secret.encode() not in file.read_bytes() for file in files)


def test_a_world_on_postgresql_is_like_any_other(place: Place, postgresql_url: str) -> None:
    place.write("k1,255712000001,Asha,Duka,yes", text=f"ledger: {postgresql_url}\n{CONFIG}")
    place.make_ledger()
    place.sync()
    assert place.group() == {"255712000001": "Asha"} and [link.phone for link in place.links()] == ["255712000001"]
    place.send(place.preview().audience.digest)
    assert place.texted() == ["255712000001"]
    with sa.create_engine(postgresql_url, poolclass=sa.NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT state FROM messages").scalars().all() == ["sent"]


@pytest.mark.parametrize("begin", ["postgresql", "postgres", "Postgres"])
def test_a_ledger_s_address_needs_no_driver(place: Place, postgresql_url: str, begin: str) -> None:
    address = postgresql_url.replace("postgresql+psycopg://", f"{begin}://")
    place.write("k1,255712000001,Asha,Duka,yes", text=f"ledger: {address}\n{CONFIG}")
    place.make_ledger()
    place.sync()
    with sa.create_engine(postgresql_url, poolclass=sa.NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT phone FROM contacts").scalars().all() == ["255712000001"]
