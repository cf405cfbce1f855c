"""ampenet.yaml and the environment: what is read, and what a person is told about each mistake."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from ampenet_sync.config import Config, Limit, load, secret_url
from ampenet_sync.config.values import read_quiet_hours
from ampenet_sync.errors import ConfigError, Throttled

GOOD = """\
api:
  requests_per_minute: 60
customers:
  source: {csv: a.csv}
  phone: phone
  consent: sms_opt_in
segments:
  vip: {group: VIP, mode: mirror}
  all: {group: {uid: 6065ecdc9184a}, mode: upsert, limits: {deletes: 5, creates: none}}
campaigns:
  hello: {segment: vip, sender_id: SHOP, kind: marketing, message: "x", quiet_hours: 20:00-08:00}
"""


def loaded(folder: Path, text: str = GOOD, **environ: str) -> Config:
    (folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    return load(folder / "ampenet.yaml", environ=environ)


def refused(folder: Path, old: str, new: str) -> ConfigError:
    assert old in GOOD
    with pytest.raises(ConfigError) as told:
        loaded(folder, GOOD.replace(old, new, 1))
    return told.value


def test_scalars_are_text_until_they_are_typed(tmp_path: Path) -> None:
    config = loaded(tmp_path, GOOD.replace("VIP", "NO"))
    assert str(config.segments["vip"].group) == "NO"
    assert str(config.campaigns["hello"].quiet) == "20:00-08:00"
    assert config.api.requests_per_minute == 60


def test_defaults_are_those_that_protect(tmp_path: Path) -> None:
    limits = loaded(tmp_path).segments["vip"].limits
    assert [
        str(v) for v in (limits.deletes, limits.updates, limits.creates, limits.source_shrink, limits.quarantined)
    ] == [
        "10%",
        "30%",
        "none",
        "20%",
        "5%",
    ]


def test_the_environment_overrides_server_and_ledger(tmp_path: Path) -> None:
    config = loaded(tmp_path, AMPENET_BASE_URL="http://127.0.0.1:8025/api/v3/", AMPENET_LEDGER_URL="sqlite:///x.db")
    assert (config.api.base_url, config.ledger) == ("http://127.0.0.1:8025/api/v3", "sqlite:///x.db")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("mode: mirror", "mdoe: mirror", 8, "did you mean mode?"),
        ("requests_per_minute: 60", "requests_per_minute: lots", 2, ""),
        ("deletes: 5", "deletes: 5 percent", 9, ""),
        ("deletes: 5", "deletes: 101%", 9, ""),
        ("segment: vip", "segment: vp", 11, "did you mean vip?"),
        ("mode: mirror", "mode: merge", 8, ""),
        (", mode: mirror", "", 8, ""),
        ("phone: phone", "fone: phone", 5, "did you mean phone?"),
        ("20:00-08:00", "20-8", 11, ""),
        ("sender_id: SHOP", "sender_id: A-VERY-LONG-ONE", 11, ""),
        ("vip: {", "very important: {", 8, ""),
        ("csv: a.csv", "csv: a.csv, parquet: b", 4, ""),
        ("{uid: 6065ecdc9184a}", "VIP", 9, "a group of its own"),
        ("requests_per_minute: 60", "base_url: http://sms.example.com/api", 2, ""),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_way_out(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    error = refused(tmp_path, old, new)
    assert error.message.startswith(f"ampenet.yaml:{line}: ")
    assert says in error.hint


@pytest.mark.parametrize("zone", ["localtime", "EAT+3", "Africa/Dodoma", "../etc/localtime"])
def test_a_time_zone_is_one_that_is_the_same_on_every_machine(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ConfigError, match="Africa/Dar_es_Salaam"):
        loaded(tmp_path, f"time_zone: {zone}\n{GOOD}")


def test_what_comes_later_is_refused_not_ignored(tmp_path: Path) -> None:
    later = "kind: marketing, recipients_per_request: 20"
    assert refused(tmp_path, "kind: marketing", later).code == "not_supported_yet"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "yaml"),
        ("- a", "yaml"),
        ("a: [", "yaml"),
        ("api: {}\napi: {}", "duplicate_key"),
        ("api: {}", "missing_key"),
    ],
)
def test_a_file_that_is_no_configuration_is_said_to_be_none(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(ConfigError) as told:
        loaded(tmp_path, text)
    assert told.value.code == code


@pytest.mark.parametrize("path", [r'"C:\Users\Asha\a.csv"', r'"data\customers.csv"', r'"a\x.csv"'])
def test_a_backslash_in_double_quotes_is_said_to_be_no_separator_of_folders(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match=r"ampenet\.yaml:4: not readable as YAML") as told:
        loaded(tmp_path, GOOD.replace("a.csv", path))
    assert "write single quotes, or paths with /" in told.value.hint


def test_two_campaigns_may_not_differ_in_a_dash_alone(tmp_path: Path) -> None:
    twin = GOOD.split("campaigns:\n")[1]
    with pytest.raises(ConfigError, match="differs from"):
        loaded(tmp_path, GOOD.replace("  hello:", "  a-b:") + twin.replace("  hello:", "  a_b:"))


def test_a_url_may_stand_in_the_environment() -> None:
    assert secret_url("env:SHOP_DB", environ={"SHOP_DB": "sqlite://"}) == "sqlite://"
    with pytest.raises(ConfigError):
        secret_url("env:SHOP_DB", environ={})


@pytest.mark.parametrize(
    ("limit", "base", "allowed"), [("10%", 200, 20), ("10%", 5, 3), ("7", 5, 7), ("none", 5, None)]
)
def test_a_limit_allows_a_share_but_never_fewer_than_three(limit: str, base: int, allowed: int | None) -> None:
    found = Limit() if limit == "none" else Limit(percent=10) if "%" in limit else Limit(count=int(limit))
    assert found.allowed(base) == allowed


@pytest.mark.parametrize("text", ["8:00-20:00", "20:00", "20:00-20:00", "25:00-08:00"])
def test_quiet_hours_are_written_exactly(text: str) -> None:
    with pytest.raises(ValueError):
        read_quiet_hours(text)


def test_the_digest_names_what_decides_and_nothing_else(tmp_path: Path) -> None:
    first = loaded(tmp_path).digest(segment="vip", campaign="hello")
    assert loaded(tmp_path, GOOD.replace("60", "600", 1)).digest(segment="vip", campaign="hello") == first
    assert loaded(tmp_path, GOOD.replace('"x"', '"y"')).digest(segment="vip", campaign="hello") != first


def test_an_error_survives_pickling_with_everything_it_says() -> None:
    error = pickle.loads(pickle.dumps(Throttled("slow down", hint="wait", status=429, wait=7.5)))
    assert (error.message, error.code, error.hint, error.status, error.wait) == (
        "slow down",
        "throttled",
        "wait",
        429,
        7.5,
    )


@pytest.mark.parametrize(
    ("line", "place", "meant"),
    [
        ("region: Tanzania", "region", "TZ"),
        ("region: tz", "region", "TZ"),
        ("region: KEN", "region", "KE"),
        ("region: 254", "region", "KE"),
        ("region: +1", "region", "TZ or KE"),
        ("countries: [TZ, Uganda]", "countries.1", "UG"),
        ("countries: [Uingereza]", "countries.0", "GB"),
    ],
)
def test_a_country_is_written_with_two_letters_and_the_error_names_them(
    tmp_path: Path, line: str, place: str, meant: str
) -> None:
    error = refused(tmp_path, "api:\n", f"{line}\napi:\n")
    assert str(error) == f"ampenet.yaml:1: {place}: write a country's two letters: {meant}"
