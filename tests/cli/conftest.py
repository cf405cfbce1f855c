"""A shop folder, a sandbox behind its address, and a way to run a command as a person or a script would."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.cli import main
from ampenet_sync.sandbox import Sandbox

CONFIG = """\
api: {requests_per_minute: 60000, settle_seconds: 0}
customers:
  source: {csv: customers.csv}
  key: id
  phone: phone
  first_name: name
  types: {points: integer}
  consent: optin
segments:
  all: {group: Everybody, mode: mirror}
  gold: {group: Gold, where: "points >= 100", mode: mirror}
campaigns:
  hello: {segment: all, sender_id: SHOP, kind: marketing, message: "SHOP: Habari {{ name }}", opt_out: "Acha: 0800"}
""".replace("{{ name }}", "{{ first_name }}")

HEAD = "id,phone,name,points,optin\n"
ROWS = (
    "1,0754 000 101,Asha,150,yes\n"
    "2,0754 000 102,Juma,20,ndiyo\n"
    "3,+254 722 000 103,Wanjiku,100,no\n"
    "4,0754 000 104,Neema,0,1\n"
    "5,0754 00,Baraka,300,yes\n"
)


STAMPED = re.compile(r"^\d{4}-\d\d-\d\dT\S+ [0-9a-f]{8} .*\n", re.MULTILINE)  # what a terminal doesn't show


@dataclass
class Ran:
    """What a command left behind; `log` are the lines of standard error that only a file gets."""

    code: int
    out: str
    err: str
    log: str = ""

    @property
    def json(self) -> Any:
        """The one object on standard output; fails where anything else stands there."""
        return json.loads(self.out)


class Shop:
    """A folder with ampenet.yaml and customers.csv, and the server its commands write to."""

    def __init__(
        self, folder: Path, sandbox: Sandbox, run: Callable[..., Ran], set_env: Callable[[str, str], None]
    ) -> None:
        self.folder, self.sandbox, self.run, self._set_env = folder, sandbox, run, set_env

    def move_to(self, sandbox: Sandbox) -> None:
        """From here on the commands write to another server."""
        self.sandbox = sandbox
        self._set_env("AMPENET_BASE_URL", sandbox.url)
        self._set_env("AMPENET_API_TOKEN", sandbox.token)

    def write(self, rows: str, *, name: str = "customers.csv", head: str = HEAD) -> None:
        (self.folder / name).write_text(head + rows, encoding="utf-8")

    def configure(self, old: str, new: str) -> None:
        path = self.folder / "ampenet.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def phones(self, group: str) -> list[str]:
        return [contact["phone"] for contact in self.sandbox.contacts(group)]

    def changes(self) -> list[str]:
        """What happened at the platform, without the opening balance."""
        return [effect["kind"] for effect in self.sandbox.effects() if effect["kind"] != "balance_set"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def shop(
    tmp_path: Path,
    sandbox: Sandbox,
    warm: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Shop:
    """Everything is there: configuration, customers, token, ledger."""

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capfd.readouterr()
        shown = err if "--unmask" in arguments else out + err  # asked for, and then in the answer alone
        assert not re.search(r"25[45]\d{9}|0754 ?000 ?10\d", shown), "a full phone was printed"
        assert sandbox.token not in out + err
        log = "".join(found[0] for found in STAMPED.finditer(err))
        return Ran(int(ended.value.code or 0), out, STAMPED.sub("", err), log)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{warm}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("AMPENET_BASE_URL", sandbox.url)
    monkeypatch.setenv("AMPENET_API_TOKEN", sandbox.token)
    (tmp_path / "ampenet.yaml").write_text(CONFIG, encoding="utf-8")
    shop = Shop(tmp_path, sandbox, run, monkeypatch.setenv)
    shop.write(ROWS)
    assert shop.run("ledger", "init").code == 0
    return shop
