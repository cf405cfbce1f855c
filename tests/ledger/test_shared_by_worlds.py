"""Whoever is given the token takes slots from the ledger's throttle, which never sees the token."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.config import load
from ampenet_sync.errors import ConfigError
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


@pytest.mark.parametrize("begin", ["postgresql", "postgres"])
def test_a_configuration_is_told_to_write_the_driver_out(tmp_path: Path, begin: str) -> None:
    (tmp_path / "ampenet.yaml").write_text(f"ledger: {begin}://user:hunter2@host/db\n{CONFIG}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ledger: write the driver out: postgresql\+psycopg://") as refused:
        load(tmp_path / "ampenet.yaml", environ={})
    assert "hunter2" not in str(refused.value)
