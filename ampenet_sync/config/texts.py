"""What campaigns send, looked at before anything is rendered: no tag may stay in it that nobody would fill."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ampenet_sync.config.campaign import Campaign
from ampenet_sync.config.lookalikes import Lookalike, find_lookalikes
from ampenet_sync.config.models import Config
from ampenet_sync.config.tags import TagFault, read_tags
from ampenet_sync.config.variables import folded, meanings, variables_of
from ampenet_sync.config.yamlbounds import read_text
from ampenet_sync.config.yamltree import Tree, read_tree
from ampenet_sync.errors import ConfigError, sayable

TEXTS = ("message", "opt_out")
NO_TEMPLATE = "opt_out has no variables; write the line at the end of message instead, with opt_out: none"

_OUR_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def tree_of(path: Path) -> Tree:
    """ampenet.yaml as it stands now, to say where something is; empty where there is none, as for a relative path."""
    if not path.is_absolute():
        return Tree({}, {})
    try:
        return read_tree(read_text(path), name=path.name)
    except ConfigError:
        return Tree({}, {})


def check_texts(config: Config, name: str, tree: Tree, *, columns: Iterable[str] = ()) -> None:
    """Raises ConfigError `bad_template`, with file, line, column and the right spelling, for the campaign's first tag
    that can't be filled, ours or another tool's. `columns` are those of the source, where they are known."""
    campaign, known = config.campaigns[name], meanings(config.customers, columns=columns)
    for key in TEXTS:
        text = getattr(campaign, key) or ""
        certain = [tag for tag in find_lookalikes(text, known) if tag.certain]
        ours = _OUR_TAG.search(text) if key == "opt_out" else None
        if certain:
            more = f" (and {len(certain) - 1} more)" if len(certain) > 1 else ""
            message = f"'{sayable(certain[0].written)}' would be sent as it stands{more}"
            raise _bad(config, tree, (name, key), certain[0].at, message, _way_out(certain[0], key))
        if ours:
            raise _bad(config, tree, (name, key), ours.start(), f"'{ours[0]}' would be sent as it stands", NO_TEMPLATE)
    _check_tags(config, name, campaign, tree)


def lookalikes_of(config: Config, campaign: Campaign, *, columns: Iterable[str] = ()) -> list[Lookalike]:
    """The tags of other tools in both texts, in their order."""
    known = meanings(config.customers, columns=columns)
    return [tag for key in TEXTS for tag in find_lookalikes(getattr(campaign, key) or "", known)]


def _check_tags(config: Config, name: str, campaign: Campaign, tree: Tree) -> None:
    try:
        read_tags(campaign.message, known=variables_of(config.customers))
    except TagFault as fault:
        meaning = meanings(config.customers).get(folded(fault.variable))
        hint = meaning.advice if meaning else fault.hint
        if fault.variable and not (meaning and meaning.certain):
            hint += "; a column of the source becomes a variable under customers.fields"
        raise _bad(config, tree, (name, "message"), fault.at, fault.message, hint) from None


def _way_out(tag: Lookalike, key: str) -> str:
    advice = tag.meaning.advice if tag.meaning else ""
    if key == "opt_out":
        return NO_TEMPLATE
    quote, shown = '"' if "'" in tag.written else "'", sayable(tag.written)
    return f"{advice}; if it is to be sent as it stands, {{{{ {quote}{shown}{quote} }}}}"


def _bad(config: Config, tree: Tree, text: tuple[str, str], at: int, message: str, hint: str) -> ConfigError:
    path = ("campaigns", *text)
    dotted = ".".join(path)
    value = getattr(config.campaigns[text[0]], text[1])
    where = f"{config.path.name}:{tree.spot(path, value, at)}: {dotted}" if tree.spans else dotted
    return ConfigError(f"{where}: {message}", code="bad_template", hint=hint)
