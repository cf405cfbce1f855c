"""What a person reads where YAML can't read ampenet.yaml, or would read something else than the text that is meant."""

from __future__ import annotations

import json
import re

import yaml
from yaml.reader import ReaderError

from ampenet_sync.errors import PHONE_LIKE, ConfigError, sayable

CORRECT = "correct that place, then run the command again"
QUOTES = "put it in quotes"
QUOTE_INSIDE = 'a quote ends at the next one like it: within single quotes write two of them, within double quotes \\"'

_ENTRY = re.compile(r"^(?P<before>[\s\-]*(?:[^\s:#'\"{][^:#'\"{]*))(?P<colon>:[ \t]+)(?P<value>\S.*?)\s*$")
SHOWN = 200  # letters of what YAML says
LINE = 2_000  # letters of a line that are looked at: these patterns go back and forth in it
_CUT = re.compile(r"\s#")
_STANDARD = "tag:yaml.org,2002:"


def unreadable(error: yaml.YAMLError, text: str, *, name: str) -> ConfigError:
    """The error with file, line, and the line as it would be read, where quotes are the way out."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        message = f"{name}:{line}: not readable as YAML: it holds a character that can't be printed"
        return ConfigError(message, code="yaml", hint="delete it, or type the line in again")
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ConfigError(f"{name}: not readable as YAML", code="yaml", hint=CORRECT)
    mark, problem = error.problem_mark, re.sub(r"\d{7,}", "…", (error.problem or "")[:SHOWN])
    if error.context_mark is not None and re.search("scalar|flow", error.context or ""):
        mark = error.context_mark  # where it begins; the problem shows at the end of what was swallowed
    message = f"{name}:{mark.line + 1}: not readable as YAML: {problem}"
    return ConfigError(message, code="yaml", hint=_way_out(text, mark.line, problem))


def check_marks(node: yaml.Node, text: str, *, name: str) -> None:
    """Raises ConfigError `not_text` where `!` or `&` begins a text: YAML takes its first word for a tag or an anchor
    and leaves it out. YAML's own tags are let through."""
    start = node.start_mark.index
    sign, word = text[start : start + 1], re.compile(r"\S*").match(text, start)
    own_tag = sign == "!" and not str(node.tag).startswith(_STANDARD)
    if word and isinstance(node, yaml.ScalarNode) and (own_tag or sign == "&"):
        at, shown = node.start_mark.line, sayable(word[0])
        message = f"{name}:{at + 1}: YAML takes '{shown}' for a mark of its own and leaves it out"
        raise ConfigError(message, code="not_text", hint=quoted_line(text.splitlines()[at]))


def quoted_line(line: str) -> str:
    """`put it in quotes: message: "Ofa #1 kwa wote"`, without the value where it may hold a password or a phone."""
    entry = _ENTRY.match(line[:LINE])
    if entry is None:
        return QUOTES
    key, value = entry["before"].strip(" \t-"), entry["value"]
    shown = "…" if "://" in value or PHONE_LIKE.search(value) else value
    return f"{QUOTES}: {key}: {json.dumps(shown, ensure_ascii=False)}"


def _way_out(text: str, at: int, problem: str) -> str:
    """What to do about line `at` (from 0)."""
    if r"'\t'" in problem:
        return "there is a tab: indent with spaces, and put a blank behind the colon"
    if "escape" in problem:
        return "within double quotes a backslash means something to YAML: write single quotes, or paths with /"
    lines = [*text.splitlines(), ""]
    entry = _ENTRY.match(lines[min(at, len(lines) - 1)][:LINE])
    if entry is None:
        cut = at and "'<scalar>'" in problem and _CUT.search(lines[at - 1][:LINE])
        return f"the ' #' in line {at} ends the text: put all of it in quotes" if cut else CORRECT
    if re.match(r"[{\[].*:[ \t]", entry["value"]):
        return f"{CORRECT}; within {{…}} and […] put texts in quotes that hold a comma, a bracket, ' #' or ': '"
    if entry["value"][0] in "'\"":
        return f"{CORRECT}; {QUOTE_INSIDE}"
    return f"if this line is meant as one text, {quoted_line(lines[at])}"
