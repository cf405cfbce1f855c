"""A path of ampenet.yaml that leads nowhere → an error that says why it may, and what is there instead."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ampenet_sync.config.headings import marked
from ampenet_sync.errors import SourceError, sayable

_CHECK = "check customers.source; a relative path starts at the folder of ampenet.yaml"
_LISTED = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_VARIABLE = re.compile(r"\$\{?\w+|%\w+%")
_MAGIC = re.compile(r"[*?\[]")


def missing_file(pattern: str, folder: Path, *, path: Path) -> SourceError:
    """`missing_file`, where `path` is what was looked for."""
    hint = f"{near_path(pattern, folder, path=path)}; {_CHECK}"
    return SourceError(f"there is no file {marked(pattern)} in {folder}", code="missing_file", hint=hint)


def near_path(pattern: str, folder: Path, *, path: Path) -> str:
    """What may have been meant: what is wrong with the path as it is written comes before what stands near it."""
    if _CONTROL.search(pattern):
        return "in double quotes YAML reads \\n and \\t as one sign: write the path in single quotes, or with /"
    if address := _ADDRESS.match(pattern):
        return f"write the path alone: {address[2]}" if address[1] == "file" else "fetch it first, then name the file"
    if os.sep == "/" and _WINDOWS.match(pattern):
        return "this is a path of Windows: write one of this machine, such as data/customers.csv"
    if _VARIABLE.search(pattern):
        return "variables are not filled in: write the path itself"
    if os.sep == "/" and "\\" in pattern:
        turned = pattern.replace("\\", "/")
        there = ", which is there" if _is(Path.is_file, folder / turned) else ""
        return f"write / between folders: {turned}{there}"
    if pattern.startswith("~") and path == folder / pattern:
        return f"{pattern.partition('/')[0]} stands for nobody's home here: write the whole path"
    return _beside(pattern, folder, path)


def _beside(pattern: str, folder: Path, path: Path) -> str:
    """What stands where the path was looked for."""
    if _is(Path.is_dir, path):
        return f"it is a folder: name a file in it, or several as in {pattern.rstrip('/')}/*.csv"
    if pattern != pattern.strip() and _is(Path.is_file, folder / pattern.strip()):
        return f"there is one without the blank at its {'end' if pattern[-1:].isspace() else 'beginning'}"
    parent, name = path.parent, path.name
    while not _is(Path.is_dir, parent) and parent != parent.parent:
        parent, name = parent.parent, parent.name
    names = sorted(_names(parent))
    near = "" if _MAGIC.search(name) else _nearest(name, names)
    if near:
        likely = parent / near
        return f"did you mean {likely.relative_to(folder) if likely.is_relative_to(folder) else likely}?"
    return f"in {parent} there are: {_listed(names)}" if names else f"{parent} is empty"


def _nearest(name: str, names: list[str]) -> str:
    """The same name in other letters, with another or one more ending, or one written almost alike."""
    plain = name.casefold()
    ended = [other for other in names if other.casefold().startswith(f"{plain.partition('.')[0]}.")]
    same = [other for other in names if other.casefold() == plain]
    alike = difflib.get_close_matches(name, names, n=1)
    return next((sayable(other) for other in [*same, *alike, *ended]), "")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(map(sayable, names[:_LISTED])) + more


def _names(folder: Path) -> Iterator[str]:
    """What is in the folder, hidden things aside; nothing where nobody may look."""
    try:
        yield from (entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    try:
        return kind(path)
    except (OSError, ValueError):  # no file can have such a name, or nobody may look
        return False
