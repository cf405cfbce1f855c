"""Read YAML with every scalar as text, and remember where each key stands. Plain YAML would read 20:00 as 1200."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ampenet_sync.config.yamlbounds import compose
from ampenet_sync.config.yamlfaults import check_marks, unreadable
from ampenet_sync.errors import ConfigError

Path = tuple[str | int, ...]

# What YAML calls null where it stands unquoted as the value of a key: then the key counts as not written. Items of
# lists stay text, since customers.null_words lists just such words.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Remark:
    """A comment behind an unquoted value, which may have been meant as part of it."""

    value: str
    comment: str


@dataclass(frozen=True)
class Tree:
    """Plain dicts, lists and text, beside the line (from 1) of each path in them.

    `empty` are the keys with nothing behind them, with their lines; they are not in `value`. `remarks` are the comments
    behind unquoted values, `spans` where in `text` each value begins and ends.
    """

    value: Any
    lines: dict[Path, int]
    text: str = ""
    empty: dict[Path, int] = field(default_factory=dict)
    remarks: dict[Path, Remark] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing above it that is written."""
        while path and path not in self.lines and path not in self.empty:
            path = path[:-1]
        return self.lines.get(path) or self.empty.get(path) or 1

    def spot(self, path: Path, value: str, at: int) -> str:
        """`14:22`, line and column (from 1) of what stands at `at` in the text `value` of `path`.

        Only the line where the file writes it otherwise, as with `\\u00e9`, or doesn't hold that value.
        """
        start, end = self.spans.get(path, (0, 0))
        word = re.match(r"[^\s'\"\\]*", value[at:])
        place, left = start, value.count(word[0], 0, at) if word else 0
        while word and word[0] and (place := self.text.find(word[0], place, end)) >= 0:
            if not left:
                column = place - self.text.rfind("\n", 0, place)
                return f"{self.text.count(chr(10), 0, place) + 1}:{column}"
            place, left = place + 1, left - 1
        return str(self.line(path))


def read_tree(text: str, *, name: str) -> Tree:
    """Raises ConfigError `too_large` or `alias` (see `compose`), `yaml` with file and line where the text is no YAML
    mapping, `duplicate_key` where a key stands twice, `not_text` where the first sign of an unquoted value means
    something else to YAML."""
    try:
        node = compose(text, name=name)
    except yaml.YAMLError as error:
        raise unreadable(error, text, name=name) from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{name}: holds no settings", code="yaml", hint="fill it in, or remove it and begin anew")
    tree = Tree({}, {}, text)
    tree.value.update(_value(node, (), tree, name))
    return tree


def _value(node: yaml.Node, path: Path, tree: Tree, name: str) -> Any:
    tree.lines.setdefault(path, node.start_mark.line + 1)
    tree.spans[path] = (node.start_mark.index, node.end_mark.index)
    check_marks(node, tree.text, name=name)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, tree, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, at), tree, name) for at, item in enumerate(node.value)]
    if getattr(node, "style", "") is None and (
        comment := re.compile(r"[ \t]+#(.*)").match(tree.text, node.end_mark.index)
    ):
        tree.remarks[path] = Remark(node.value, comment[1])
    return node.value


def _mapping(node: yaml.MappingNode, path: Path, tree: Tree, name: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        inner = (*path, key)
        if key in mapping or inner in tree.empty:
            raise ConfigError(f"{name}:{line}: '{key}' stands here a second time", code="duplicate_key")
        tree.lines[inner] = line
        value = _value(value_node, inner, tree, name)
        if _is_null(value_node, tree.text):
            tree.empty[inner] = tree.lines.pop(inner)
        else:
            mapping[key] = value
    return mapping


def _is_null(node: yaml.Node, text: str) -> bool:
    """Unquoted, and without `!!str` before it."""
    plain = isinstance(node, yaml.ScalarNode) and node.style is None and node.value in NULLS
    return plain and text[node.start_mark.index : node.end_mark.index] == node.value
