"""`python -m dagster_project.ui`: the Dagster UI over a sandbox of its own, to try things out. No phone rings, ever.

AMPENET_CONFIG names another configuration than the sample's, AMPENET_UI_PORT another port than 3000. What is done here
stays in `.ampenet/ui` beside the configuration and in `.dagster` here; both may be thrown away.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click
import dagster as dg

from ampenet_sync.config import load
from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.errors import AmpenetError, ConfigError
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.sandbox import LogError, Sandbox

ROOT = Path(__file__).parent.parent
HOST, UI_PORT = "127.0.0.1", 3000
SANDBOX_PORTS = range(8026, 8036)  # the port names the destination in the ledger, so each has its own ledger and log
START_WITHIN, END_WITHIN = 120.0, 20.0  # seconds
POLL = 0.25
DAGSTER_YAML = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  pools: {default_limit: 1}   # the pool `ampenet`: the permitted rate belongs to the account, not to a step
"""


@dataclass(frozen=True)
class Place:
    """A sandbox with the ledger that knows what was done to it."""

    sandbox: Sandbox
    folder: Path

    @property
    def ledger(self) -> str:
        return f"sqlite:///{self.folder / 'ledger.db'}"


def main() -> int:
    """Run until Ctrl-C. Returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return _run()
    except KeyboardInterrupt:
        click.echo("\nEnded.")
        return 0
    except AmpenetError as error:
        click.echo(f"{error.message}\n{error.hint}".strip(), err=True)
        return error.exit_code


def _run() -> int:
    config = Path(os.environ.get("AMPENET_CONFIG") or ROOT / "sample_data" / "ampenet.yaml").absolute()
    home = load(config).home / "ui"
    click.echo("Starting the sandbox and Dagster; the first time takes longer …")
    with ExitStack() as stack:
        place = stack.enter_context(_sandbox(home))
        env = environment(os.environ, config=config, place=place)
        make_ledger(load(config, environ=env))
        log = _prepare(Path(env["DAGSTER_HOME"]))
        port = _port(os.environ.get("AMPENET_UI_PORT", ""))
        dev = stack.enter_context(_dagster_dev(env, port, log))
        if _answers(dev, port):
            click.echo(_block(f"http://{HOST}:{port}", config, place, log))
            dev.wait()
    click.echo(f"Dagster ended by itself. Its last words, from {log}:\n{_tail(log)}", err=True)
    return 1


def environment(environ: Mapping[str, str], *, config: Path, place: Place) -> dict[str, str]:
    """What Dagster and its runs are started with: the sandbox, whatever live account this shell is set up for."""
    left_out = ("AMPENET_API_TOKEN_FILE", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in environ.items() if name not in left_out}
    return kept | {
        "AMPENET_CONFIG": str(config),
        "AMPENET_BASE_URL": place.sandbox.url,
        "AMPENET_API_TOKEN": place.sandbox.token,
        "AMPENET_LEDGER_URL": place.ledger,
        "AMPENET_HOME": str(place.folder),
        "DAGSTER_HOME": str(Path.cwd() / ".dagster"),
    }


@contextmanager
def _sandbox(home: Path) -> Iterator[Place]:
    """On the first port that is free, where the last one on it ended."""
    for port in SANDBOX_PORTS:
        folder = home / str(port)
        make_private_folder(folder)
        try:
            sandbox = Sandbox(port=port, log=folder / "sandbox.jsonl")
        except OSError:
            continue
        except LogError as error:
            hint = f"another one may still be running; else throw {folder} away"
            raise ConfigError(f"the sandbox can't start: {error}", code="sandbox", hint=hint) from None
        with sandbox:
            yield Place(sandbox, folder)
        return
    span = f"{SANDBOX_PORTS.start} to {SANDBOX_PORTS.stop - 1}"
    raise ConfigError(f"no port from {span} is free for the sandbox", code="sandbox", hint="end what uses them")


def _prepare(home: Path) -> Path:
    """Write dagster.yaml and make the instance's databases once, before several processes open them together."""
    make_private_folder(home)
    (home / "dagster.yaml").write_text(DAGSTER_YAML, encoding="utf-8")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.get_runs(limit=1)
    return home / "dev.log"


def _port(asked: str) -> int:
    """The port asked for, else 3000, else a free one."""
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise ConfigError(
                f"AMPENET_UI_PORT is no port: {asked}", code="bad_port", hint="write a number such as 3100"
            )
        return int(asked)
    for port in (UI_PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise ConfigError("no port is free", code="bad_port", hint="set AMPENET_UI_PORT")


@contextmanager
def _dagster_dev(env: Mapping[str, str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`dagster dev` as a process group of its own, all of which is ended with the block."""
    command = [sys.executable, "-m", "dagster", "dev", "--host", HOST, "--port", str(port)]
    with log.open("wb") as output:
        dev = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True)  # noqa: S603 - our own words
    try:
        yield dev
    finally:
        _end_group(dev)


def _end_group(dev: subprocess.Popen[bytes]) -> None:
    """First the polite way, in which a run in progress notes where it stopped; then the other one."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(dev.pid, number)
        until = time.monotonic() + END_WITHIN
        while time.monotonic() < until:
            dev.poll()
            try:
                os.killpg(dev.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(POLL)


def _answers(dev: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the UI is there; False where Dagster ended before."""
    until = time.monotonic() + START_WITHIN
    while dev.poll() is None and time.monotonic() < until:
        with closing(HTTPConnection(HOST, port, timeout=2)) as connection, suppress(OSError, HTTPException):
            connection.request("GET", "/server_info")
            if connection.getresponse().status == 200:
                return True
        time.sleep(POLL)
    return False


def _block(address: str, config: Path, place: Place, log: Path) -> str:
    line = "─" * 72
    return "\n".join(
        [
            line,
            f"  Dagster         {address}",
            f"  Configuration   {config}",
            f"  Sandbox         {place.sandbox.url}   (no phone rings)",
            f"  Log             {log}",
            "",
            "  Begin with Lineage: customers, then plan, contacts_applied, audience, send.",
            "  Ctrl-C ends both.",
            line,
        ]
    )


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


if __name__ == "__main__":
    sys.exit(main())
