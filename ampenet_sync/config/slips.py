"""What YAML reads without a word in ampenet.yaml, but nobody means: a text cut by a comment, a name with nothing."""

from __future__ import annotations

import re

from ampenet_sync.config.yamlfaults import quoted_line
from ampenet_sync.config.yamltree import NULLS, Path, Remark, Tree
from ampenet_sync.errors import ConfigError

# Texts in which `#` is as likely as in any other prose: no comment is taken behind them.
FREE_TEXTS = ("message", "opt_out", "where", "query")

# Sections whose keys are the user's own names, and what they may have meant by a name alone.
OWN_NAMES: dict[Path, str] = {
    ("segments",): "for a segment of all customers write {name}: {{}}",
    ("campaigns",): "write its segment, sender_id, kind and message, or leave the name out",
    ("customers", "fields"): "write the column of the source, or leave the name out",
    ("customers", "types"): "write text, integer, number, date or boolean, or leave the name out",
}


def refuse_slips(tree: Tree, *, name: str) -> None:
    """Raises ConfigError `cut_by_comment` or `empty_name`, the first of the file."""
    cut = {path: line for path in tree.remarks if _is_cut(path, tree.remarks[path]) for line in [tree.line(path)]}
    nameless = {path: line for path, line in tree.empty.items() if path[:-1] in OWN_NAMES}
    for path, line in sorted((cut | nameless).items(), key=lambda item: item[1]):
        dotted = ".".join(map(str, path))
        if path in cut:
            message = f"{name}:{line}: {dotted}: YAML takes what follows ' #' for a comment and cuts it off"
            raise ConfigError(message, code="cut_by_comment", hint=_uncut(tree, path, line))
        hint = OWN_NAMES[path[:-1]].format(name=path[-1])
        raise ConfigError(f"{name}:{line}: {dotted}: nothing is written under it", code="empty_name", hint=hint)


def _is_cut(path: Path, remark: Remark) -> bool:
    """A comment has a blank behind its `#`; `Phone #` and `Group #1` are names."""
    if not re.match(r"#*\s+\S", remark.comment):
        return True
    is_word = remark.value.lower() == "none" or (remark.value and remark.value in NULLS)
    return path[-1] in FREE_TEXTS and not is_word


def _uncut(tree: Tree, path: Path, line: int) -> str:
    """The line in quotes; of a longer text, its last line is where it was cut."""
    end = tree.spans[path][1]
    last = tree.text.count("\n", 0, end) + 1
    if last != line:
        return f"put the whole text in quotes, or begin it with >- on a line of its own; it is cut in line {last}"
    words = quoted_line(tree.text.splitlines()[line - 1])
    return f"{words}; or put the comment on a line of its own"
