"""Read a Markdown page's shell blocks, run them, and hold what they print against what the page shows.

    ```sh        a script; it has to succeed
    ```console   commands after `$ `, each followed by its whole output; a line `…` stands for any lines

A comment before a block changes how it is taken: `<!-- in the checkout -->` runs it there instead of in an empty
folder, `<!-- not run: why -->` leaves it out. What differs between runs (digests, times) may differ from the page.

    python tests/docs/console.py README.md    writes what the commands print now into the page
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT, BIN = Path(__file__).parent.parent.parent, Path(sys.executable).parent
DIGEST = re.compile(r"\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b")
CHANGING = re.compile(r"\b\d{4}-\d\d-\d\dT\S+ [0-9a-f]{8}\b|\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?\b|\b\d+\.\d s\b")
BY_THE_HOUR = re.compile(r"(?<=: live, )(?:nobody would wait|[\d,]+ would wait until ▪)(?=\.)")  # of quiet hours
PROGRESS = re.compile(r"^[a-z][a-z ]*: [\d,]+(?: of [\d,]+)?\n", re.MULTILINE)  # shown where work takes seconds
STAMPED = re.compile(r"^\d{4}-\d\d-\d\dT\S+ [0-9a-f]{8} .*\n", re.MULTILINE)  # what a terminal doesn't show
BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]*) -->\n)?```(?P<kind>sh|console)\n(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command, its whole expected output (None: any), and where it runs."""

    command: str
    expected: str | None
    in_checkout: bool


def steps(page: str) -> Iterator[Step]:
    for block in BLOCK.finditer(page):
        note, here = block["note"] or "", (block["note"] or "") == "in the checkout"
        if note.startswith("not run"):
            continue
        if block["kind"] == "sh":
            yield Step(block["body"], None, here)
            continue
        for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            yield Step(command, expected, here)


class Shell:
    """A folder and an environment in which the steps of one page run one after the other.

    `commands` are the folders where `ampenet-sync` and `python` are looked for first; `more` stands in the environment.
    """

    def __init__(self, folder: Path, *, commands: Sequence[Path] = (BIN,), **more: str) -> None:
        self.folder, self.commands, self.more = folder, commands, more
        self.digests: dict[str, str] = {}

    def run(self, step: Step) -> str:
        """Both outputs without progress lines; digests that the page shows are replaced by those of this run."""
        command = DIGEST.sub(lambda shown: self.digests.get(shown[0], shown[0]), step.command)
        env = {
            name: value for name, value in os.environ.items() if not name.startswith("AMPENET_") and name != "COLUMNS"
        }
        env |= {
            "PATH": os.pathsep.join([*map(str, self.commands), env["PATH"]]),
            "MAKEFLAGS": "--no-print-directory -s",
            **self.more,
        }
        ran = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=ROOT if step.in_checkout else self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        if step.expected is None and ran.returncode:
            raise AssertionError(f"{command} ended with {ran.returncode}:\n{ran.stdout}")
        unstamped = ran.stdout if STAMPED.search(step.expected or "") else STAMPED.sub("", ran.stdout)
        printed = PROGRESS.sub("", unstamped)
        self._learn(step.expected or "", printed)
        return printed

    def _learn(self, shown: str, printed: str) -> None:
        """The n-th new digest of the page is the n-th of this run."""
        pairs = zip(DIGEST.findall(shown), DIGEST.findall(printed), strict=False)
        self.digests |= {old: new for old, new in pairs if old not in self.digests}


def steady(text: str) -> str:
    """The text without what differs from run to run, and without spaces at line ends."""
    text = BY_THE_HOUR.sub("▪", CHANGING.sub("▪", DIGEST.sub("▪", text)))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def fits(expected: str, printed: str) -> bool:
    pattern = "\n".join(r"(?:.*\n?)*?" if line == "…" else re.escape(line) for line in steady(expected).split("\n"))
    return re.fullmatch(pattern.replace("(?:.*\\n?)*?\n", "(?:.*\\n)*?"), steady(printed)) is not None


def rewritten(page: str, folder: Path) -> str:
    """The page with what its commands print now; outputs with `…` stay as they are written."""
    shell, done, rest = Shell(folder), "", page
    for step in list(steps(page)):
        printed = shell.run(step)
        if step.expected is None or "…" in step.expected.split("\n"):
            continue
        before, shown, rest = rest.partition(f"$ {step.command}\n{step.expected}")
        body = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
        done += before + (
            f"$ {DIGEST.sub(lambda old: shell.digests.get(old[0], old[0]), step.command)}\n{body}" if shown else ""
        )
    return done + rest


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as empty:
            Path(name).write_text(rewritten(Path(name).read_text(encoding="utf-8"), Path(empty)), encoding="utf-8")
