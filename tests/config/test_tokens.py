"""The token: where it comes from, which host it is for, and who else may read the file it stands in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ampenet_sync.config import Config, load, save_token, token
from ampenet_sync.errors import ConfigError

TEXT = """\
customers: {source: {csv: customers.csv}, key: id, phone: phone, consent: {attested: "by hand"}}
segments: {vip: {group: VIP, mode: mirror}}
api: {base_url: ADDRESS}
"""
OWN, OTHER, HERE = "https://sms.ampenet.com/api/v3", "https://sms.example.co.tz/api/v3", "http://127.0.0.1:8081/api/v3"
TOKEN = "7|abcdefgh"


def config_of(folder: Path, address: str, **environ: str) -> Config:
    (folder / "ampenet.yaml").write_text(TEXT.replace("ADDRESS", address), encoding="utf-8")
    return load(folder / "ampenet.yaml", environ=environ)


def refusal(config: Config, **environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as refused:
        token(config, environ=environ)
    assert "7|" not in str(refused.value) + (refused.value.hint or "")
    return refused.value


def kept(folder: Path, text: str = f"{TOKEN}\n", mode: int = 0o600) -> Path:
    path = folder / "kept"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_token_comes_from_the_environment_or_a_file_and_is_stripped(tmp_path: Path) -> None:
    config = config_of(tmp_path, OWN)
    assert token(config, environ={"AMPENET_API_TOKEN": " 7|xyz "}) == "7|xyz"
    assert token(config, environ={"AMPENET_API_TOKEN_FILE": str(kept(tmp_path, "7|abc\n"))}) == "7|abc"


@pytest.mark.parametrize("environ", [{}, {"AMPENET_API_TOKEN": "7|a b"}, {"AMPENET_API_TOKEN_FILE": "/nowhere"}])
def test_a_missing_or_broken_token_is_an_error_that_does_not_show_it(environ: dict[str, str], tmp_path: Path) -> None:
    assert refusal(config_of(tmp_path, OWN), **environ).code in ("no_token", "bad_token")


@pytest.mark.parametrize("address", [OWN, HERE, "https://localhost/api/v3", "https://SMS.ampenet.com/api/v3"])
def test_the_environments_token_goes_to_ampenet_and_to_this_machine(address: str, tmp_path: Path) -> None:
    assert token(config_of(tmp_path, address), environ={"AMPENET_API_TOKEN": TOKEN}) == TOKEN


@pytest.mark.parametrize(
    "address",
    [
        OTHER,
        "https://sms.ampenet.com.evil.example/api/v3",
        "https://sms.ampenet.com:8443/api/v3",
        "https://evil.example/sms.ampenet.com",
        "https://127.0.0.1.evil.example/api/v3",
    ],
)
def test_a_file_that_names_another_host_does_not_get_the_environments_token(address: str, tmp_path: Path) -> None:
    config = config_of(tmp_path, address)
    error = refusal(config, AMPENET_API_TOKEN=TOKEN)
    assert (error.code, f"export AMPENET_BASE_URL={address}" in error.hint) == ("token_elsewhere", True)
    assert refusal(config, AMPENET_API_TOKEN_FILE=str(kept(tmp_path))).code == "token_elsewhere"


def test_it_goes_to_the_host_that_the_same_environment_names(tmp_path: Path) -> None:
    environ = {"AMPENET_API_TOKEN": TOKEN, "AMPENET_BASE_URL": OTHER}
    assert token(config_of(tmp_path, OWN, **environ), environ=environ) == TOKEN
    assert refusal(config_of(tmp_path, "https://third.example/api"), **environ).code == "token_elsewhere"


def test_the_token_of_login_is_for_the_host_that_accepted_it(tmp_path: Path) -> None:
    save_token(TOKEN, config_of(tmp_path, OTHER))
    assert token(config_of(tmp_path, OTHER), environ={}) == TOKEN
    error = refusal(config_of(tmp_path, OWN))
    assert (error.code, "ampenet-sync login" in error.hint) == ("token_elsewhere", True)
    assert "sms.example.co.tz" in error.message and "sms.ampenet.com" in error.message


def test_what_an_earlier_login_kept_without_a_host_is_for_ampenet(tmp_path: Path) -> None:
    config = config_of(tmp_path, OWN)
    save_token(TOKEN, config).write_text(f"{TOKEN}\n")
    assert token(config, environ={}) == TOKEN
    assert refusal(config_of(tmp_path, OTHER)).code == "token_elsewhere"


def test_login_keeps_the_token_and_its_host_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = save_token(TOKEN, config_of(tmp_path, OTHER))
    finally:
        os.umask(before)
    assert path.read_text() == f"{TOKEN}\nsms.example.co.tz\n"
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


@pytest.mark.parametrize(("mode", "doing"), [(0o640, "read"), (0o604, "read"), (0o622, "change"), (0o666, "change")])
def test_a_token_file_that_others_may_read_or_change_is_refused_from_wherever_it_comes(
    mode: int, doing: str, tmp_path: Path
) -> None:
    config = config_of(tmp_path, OWN)
    named = refusal(config, AMPENET_API_TOKEN_FILE=str(kept(tmp_path, mode=mode)))
    save_token(TOKEN, config).chmod(mode)
    for error in (named, refusal(config)):
        assert (error.code, f"others may {doing}" in error.message) == ("token_exposed", True)
        assert "chmod 600" in error.hint


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_a_secret_that_the_machine_hands_out_may_be_readable_but_not_changeable(tmp_path: Path) -> None:
    config, path = config_of(tmp_path, OWN), kept(tmp_path, mode=0o444)
    os.chown(path, 12345, 12345)
    assert token(config, environ={"AMPENET_API_TOKEN_FILE": str(path)}) == TOKEN
    path.chmod(0o464)
    assert refusal(config, AMPENET_API_TOKEN_FILE=str(path)).code == "token_exposed"


@pytest.mark.parametrize(
    "address",
    [
        "https://:hunter2@sms.ampenet.com/api/v3",
        "https://user:hunter2@sms.ampenet.com/api/v3",
        "https://hunter2@sms.ampenet.com/api/v3",
        "https://@sms.ampenet.com/api/v3",
        "https://sms.ampenet.com:99999/api/v3",
        "https://sms.ampenet.com:0/api/v3",
        "https://sms.ampenet.com:/api/v3",
        "https://sms.ampenet.com:port/api/v3",
        "https://sms.ampenet.com /api/v3",
        "https://sms.ampenet.com/api/v3?",
        "https://sms.ampenet.com/api/v3#",
        "https://[::1/api/v3",
        "https://evil.example\\\\@sms.ampenet.com/api/v3",
        "https://sms.ampenet.com/\\tapi",
        "https:///api/v3",
        "ftp://sms.ampenet.com",
    ],
)
def test_an_address_that_is_no_plain_one_is_an_error_of_the_configuration(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        config_of(tmp_path, f'"{address}"')
    assert refused.value.code == "bad_value" and "ampenet.yaml:3: api.base_url" in refused.value.message
    assert "hunter2" not in str(refused.value) + (refused.value.hint or "") and refused.value.__cause__ is None
