"""Commands without the second that each process takes to import what it needs: forked from one that has it already.

The fixture `warm` is a folder with an `ampenet-sync` that behaves as the real one does: arguments, folder, environment,
the three streams and the exit code are those of whoever calls it. How the real one starts is another test's question.
With AMPENET_TEST_COLD=1, as in `.ci/run`, the pages of the documentation are tried with the real one.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from tests.processes import finding

ROOT = Path(__file__).parent.parent
ENDED = 255  # of a command that was ended before it could say its exit code
LONGEST = 1 << 20  # bytes of arguments and environment

CALLER = """\
#!{python} -SE
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    said = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(server, [json.dumps(said).encode() + b"\\n"], [0, 1, 2])
    code = server.recv(1)
sys.exit(code[0] if code else {ended})
"""


@contextmanager
def warm_commands() -> Iterator[Path]:
    """Start the process that has everything; gives the folder with the command."""
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        address = str(Path(folder) / "socket")
        command = Path(folder) / "ampenet-sync"
        command.write_text(CALLER.format(python=sys.executable, address=address, ended=ENDED))
        command.chmod(0o700)
        with subprocess.Popen(
            [sys.executable, "-m", "tests.warm", address], env=finding(ROOT), stdout=subprocess.PIPE
        ) as server:
            assert server.stdout and server.stdout.readline(), "it could not be started"
            try:
                yield Path(folder)
            finally:
                server.terminate()


def serve(address: str) -> NoReturn:
    """Fork for each call. The calls' processes are nobody's: they are gone when they are done."""
    import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        os.write(1, b"ready\n")
        while True:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                carry_out(caller)
            caller.close()


def import_everything() -> None:
    import ampenet_sync

    for module in pkgutil.walk_packages(ampenet_sync.__path__, "ampenet_sync."):
        if not module.name.startswith("ampenet_sync.dagster") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def carry_out(caller: socket.socket) -> NoReturn:
    """Become the command that was called, and tell the caller how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said, streams = b"", []
    while not said.endswith(b"\n"):
        part, fds, *_ = socket.recv_fds(caller, LONGEST, 3)
        said, streams = said + part, [*streams, *fds]
    call = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(call["environment"])
    time.tzset()
    os.chdir(call["folder"])
    code = run(call["arguments"])
    caller.sendall(bytes([code % 256]))
    os._exit(0)


def run(arguments: list[str]) -> int:
    from ampenet_sync.cli import main

    sys.argv = ["ampenet-sync", *arguments]
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    encoding = os.environ.get("PYTHONIOENCODING", "").partition(":")[0] or "utf-8"
    sys.stdout = os.fdopen(1, "w", encoding=encoding, buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding=encoding, buffering=1, closefd=False)
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve(sys.argv[1])
