"""Read YAML with every scalar as text, and remember the line of each key. Plain YAML would read 20:00 as 1200."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from ampenet_sync.errors import ConfigError

MEND = "mend that place, then run the command again"
BACKSLASHES = "in double quotes a backslash means the sign behind it: write paths in single quotes, or with /"

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """Plain dicts, lists and text, beside the line (from 1) of each path in them."""

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing above it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_tree(text: str, *, name: str) -> Tree:
    """Raises ConfigError `yaml` with file and line where the text is no YAML mapping or a key stands twice."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = BACKSLASHES if "escape" in (error.problem or "") else MEND
        raise ConfigError(f"{name}:{line}: not readable as YAML: {error.problem}", code="yaml", hint=hint) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: not readable as YAML", code="yaml", hint=MEND) from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(
            f"{name}: holds no settings", code="yaml", hint="ampenet-sync init writes a commented example"
        )
    lines: dict[Path, int] = {}
    return Tree(_value(node, (), lines, name), lines)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, at), lines, name) for at, item in enumerate(node.value)]
    return node.value


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in found:
            raise ConfigError(f"{name}:{line}: '{key}' stands here a second time", code="duplicate_key")
        lines[(*path, key)] = line
        found[key] = _value(value_node, (*path, key), lines, name)
    return found
