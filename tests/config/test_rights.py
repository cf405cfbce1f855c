"""The data folder is its owner's alone, whichever way it was made; what isn't is corrected with a word, or refused."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ampenet_sync.config import Config, load, save_token
from ampenet_sync.config.folders import make_private_folder, open_lock
from ampenet_sync.errors import ConfigError
from ampenet_sync.files.private import held
from ampenet_sync.machine import HERE
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.pipeline.unmasked import note_unmasked
from tests.config.test_tokens import OWN, TEXT, TOKEN

root_only = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")


def config_in(folder: Path, **environ: str) -> Config:
    (folder / "ampenet.yaml").write_text(TEXT.replace("ADDRESS", OWN), encoding="utf-8")
    return load(folder / "ampenet.yaml", environ=environ)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


MAKERS: dict[str, Callable[[Config], object]] = {
    "login": lambda config: save_token(TOKEN, config),
    "ledger": make_ledger,
    "unmask": lambda config: note_unmasked(config, "plan", now=HERE.now()),
    "a folder within": lambda config: make_private_folder(config.home / "sandbox" / "plans"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_whatever_makes_the_folder_it_is_private_and_no_part_of_git(
    make: Callable[[Config], object], tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        make(config_in(tmp_path))
    finally:
        os.umask(before)
    home = tmp_path / ".ampenet"
    assert (mode(home), (home / ".gitignore").read_text()) == (0o700, "*\n")


def test_a_folder_that_others_may_enter_is_closed_with_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = tmp_path / ".ampenet"
    home.mkdir()
    home.chmod(0o777)
    with caplog.at_level(logging.WARNING):
        config_in(tmp_path)
    assert mode(home) == 0o700 and f"Others could look into the data folder {home}" in caplog.text
    assert (home / ".gitignore").exists()
    caplog.clear()
    config_in(tmp_path)
    assert caplog.text == ""


@pytest.mark.parametrize("shared", ["the configuration's folder", "a folder like /tmp"])
def test_a_folder_that_is_for_more_than_our_data_is_refused_and_left_as_it_is(shared: str, tmp_path: Path) -> None:
    home = tmp_path if shared == "the configuration's folder" else tmp_path / "tmp"
    home.mkdir(exist_ok=True)
    home.chmod(0o1777 if home != tmp_path else 0o755)
    before = mode(home)
    with pytest.raises(ConfigError) as refused:
        config_in(tmp_path, AMPENET_HOME=str(home))
    assert (refused.value.code, mode(home)) == ("shared_home", before)
    assert f"AMPENET_HOME={home / 'ampenet'}" in refused.value.hint


@root_only
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ".ampenet"
    home.mkdir(mode=0o700)
    os.chown(home, 12345, 12345)
    with pytest.raises(ConfigError) as refused:
        config_in(tmp_path)
    assert refused.value.code == "foreign_home"
    os.chown(tmp_path, 12345, 12345)  # as where a container's root works in somebody's folder
    config_in(tmp_path)


def test_a_lock_file_follows_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (tmp_path / "lock").symlink_to(victim)
    os.close(os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT))  # without our care it would
    assert victim.exists()
    victim.unlink()
    with pytest.raises(OSError):
        open_lock(tmp_path / "lock")
    with pytest.raises(ConfigError, match="it is a link, and is followed nowhere"), held(tmp_path / "lock"):
        pass
    assert not victim.exists()
