"""ampenet.yaml and the environment → one frozen Config, or one clear error. Nothing else reads the environment."""

from __future__ import annotations

import difflib
import os
import types
import typing
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ampenet_sync.codes import ConfigCode
from ampenet_sync.config.leaning import check_headings
from ampenet_sync.config.models import Config
from ampenet_sync.config.rights import protect_data_folder
from ampenet_sync.config.slips import refuse_slips
from ampenet_sync.config.texts import check_texts
from ampenet_sync.config.yamlbounds import read_text
from ampenet_sync.config.yamltree import Tree, read_tree
from ampenet_sync.errors import ConfigError

Environ = Mapping[str, str]

CORRECT = "correct that line, then run the command again"

SHOWN = 100  # letters of a key in a message
NO_FILE = "(no file)"  # the name of a configuration that stands in none
OWN_CODES: tuple[ConfigCode, ...] = ("bad_where",)  # faults that we name ourselves

# Known words whose meaning a later version brings; `*` stands for any name. Taking them silently would promise it now.
LATER: tuple[tuple[str, ...], ...] = (
    ("campaigns", "*", "recipients_per_request"),
    ("test_numbers",),
    ("pricing", "tiers"),
)


def load(path: Path, *, environ: Environ | None = None) -> Config:
    """Read one configuration file; AMPENET_BASE_URL and AMPENET_LEDGER_URL override it, AMPENET_HOME its data folder.

    Raises ConfigError with file, line and the nearest right word.
    """
    env = os.environ if environ is None else environ
    tree = read_tree(read_text(path), name=path.name)
    refuse_slips(tree, name=path.name)
    _refuse_later_words(tree, path.name)
    config = _validated(tree, path, env)
    _check_references(config, tree)
    check_headings(config.customers, tree, name=path.name)
    for campaign in config.campaigns:
        check_texts(config, campaign, tree)
    return config


def unwritten(values: dict[str, Any], *, folder: Path, environ: Environ | None = None) -> Config:
    """A configuration that stands in no file: `values` as they would be written in one in `folder`, or as models.

    The environment overrides it as it does a written one. Raises ConfigError.
    """
    tree = Tree(dict(values), {})
    config = _validated(tree, folder / NO_FILE, os.environ if environ is None else environ)
    check_headings(config.customers, tree, name=NO_FILE)
    return config


def _validated(tree: Tree, path: Path, env: Environ) -> Config:
    """The tree with what the environment overrides, and its data folder closed to others."""
    _override(tree.value, "api", "base_url", env.get("AMPENET_BASE_URL"))
    if env.get("AMPENET_LEDGER_URL"):
        tree.value["ledger"] = env["AMPENET_LEDGER_URL"]
    try:
        config = Config.model_validate(tree.value)
    except ValidationError as error:
        raise _config_error(error, tree, path.name) from None
    config._path = path.absolute()
    config._home = Path(env["AMPENET_HOME"]).absolute() if env.get("AMPENET_HOME") else None
    protect_data_folder(config.home, beside=config.folder)
    return config


def secret_url(url: str, *, environ: Environ | None = None) -> str:
    """`env:NAME` → the variable's value; anything else as it is."""
    if not url.startswith("env:"):
        return url
    env = os.environ if environ is None else environ
    name = url.removeprefix("env:")
    if not env.get(name):
        raise ConfigError(f"the variable {name} is not set", code="no_url", hint=f"export {name}=…")
    return env[name]


def _override(tree: dict[str, Any], section: str, key: str, value: str | None) -> None:
    if value and isinstance(tree.setdefault(section, {}), dict):
        tree[section][key] = value


def _refuse_later_words(tree: Tree, name: str) -> None:
    for path in tree.lines:
        for word in LATER:
            if len(path) == len(word) and all(w in ("*", p) for p, w in zip(path, word, strict=True)):
                dotted = ".".join(map(str, path))
                raise ConfigError(
                    f"{name}:{tree.line(path)}: {dotted} is not supported yet",
                    code="not_supported_yet",
                    hint="leave it out",
                )


def _config_error(error: ValidationError, tree: Tree, name: str) -> ConfigError:
    """The first fault in the order of the file, but a misspelt key before what it leaves missing."""
    faults = sorted(error.errors(), key=lambda fault: (fault["type"] != "extra_forbidden", tree.line(fault["loc"])))
    fault = faults[0]
    where = f"{name}:{tree.line(fault['loc'])}"
    dotted = ".".join(str(step)[:SHOWN] for step in fault["loc"] if step != "[key]") or "the file"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    if fault["type"] == "extra_forbidden":
        near = _nearest(str(fault["loc"][-1]), _known_keys(fault["loc"][:-1]))
        return ConfigError(f"{where}: {dotted} is no known key{more}", code="unknown_key", hint=near)
    if fault["type"] == "missing":
        lacks = "has nothing behind it" if fault["loc"] in tree.empty else "is missing"
        return ConfigError(f"{where}: {dotted} {lacks}{more}", code="missing_key", hint=CORRECT)
    code: ConfigCode = next((own for own in OWN_CODES if own == fault["type"]), "bad_value")
    return ConfigError(f"{where}: {dotted}: {_what_is_wrong(fault)}{more}", code=code, hint=CORRECT)


def _what_is_wrong(fault: ErrorDetails) -> str:
    """Our own words, or pydantic's where they help somebody who writes YAML."""
    is_collection = isinstance(fault["input"], dict | list)
    if fault["type"] == "string_type" and is_collection:
        return "a text is wanted here; one that begins with { or [ goes into quotes"
    if fault["type"] in ("model_type", "dict_type") and not is_collection:
        known = _known_keys(fault["loc"])
        return "a section is wanted here" + (f", with the keys {', '.join(known)}" if known else "")
    words = fault["msg"].removeprefix("Value error, ")
    return f"{words[:1].lower()}{words[1:]}"


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys of the model at `path`, walking through dictionaries by name."""
    kind: Any = Config
    for step in path:
        model = _model_in(kind)
        if model is not None and str(step) in model.model_fields:
            kind = model.model_fields[str(step)].annotation
        elif model is None:
            kind = typing.get_args(kind)[-1] if typing.get_args(kind) else kind
    model = _model_in(kind)
    return sorted(model.model_fields) if model else []


def _model_in(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) in (typing.Union, typing.Annotated):
        return next((model for part in typing.get_args(kind) if (model := _model_in(part))), None)
    return None


def _check_references(config: Config, tree: Tree) -> None:
    """Names that point to other names, and two segments on one group."""
    where = config.path.name
    for name, campaign in config.campaigns.items():
        if campaign.segment not in config.segments:
            line = tree.line(("campaigns", name, "segment"))
            hint = _nearest(campaign.segment, sorted(config.segments))
            message = f"{where}:{line}: campaigns.{name}.segment: there is no segment '{campaign.segment}'"
            raise ConfigError(message, code="unknown_segment", hint=hint)
    _check_names_differ(config.campaigns, "campaigns", tree, where)
    seen: dict[str, str] = {}
    for name, segment in config.segments.items():
        if segment.group and str(segment.group) in seen:
            line, other = tree.line(("segments", name, "group")), seen[str(segment.group)]
            message = f"{where}:{line}: segments {other} and {name} are kept in one group, '{segment.group}'"
            raise ConfigError(message, code="shared_group", hint="each segment needs a group of its own")
        if segment.group:
            seen[str(segment.group)] = name


def _check_names_differ(names: Collection[str], section: str, tree: Tree, where: str) -> None:
    """Dagster writes - as _ in the names of its steps, so two names may not differ in that alone."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.replace("-", "_"), name)
        if other != name:
            message = f"{where}:{tree.line((section, name))}: {section}.{name} differs from {other} in - and _ alone"
            raise ConfigError(message, code="bad_value")
