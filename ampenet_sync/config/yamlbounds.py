"""YAML's own parts of a text, composed against the bounds of ampenet.yaml: size, number, depth, and no aliases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ampenet_sync.config.bounds import CONFIG_BYTES, CONFIG_DEPTH, CONFIG_NODES
from ampenet_sync.config.origins import settings_near
from ampenet_sync.errors import ConfigError, sayable

SHOWN = 50  # letters of a name in a message
OTHER_FILE = (
    "is this the configuration? a long list of customers belongs into a file or a database under customers.source"
)


def read_text(path: Path) -> str:
    """The file's text. Raises ConfigError `no_config` where it can't be read, `too_large` over the bound."""
    try:
        with path.open("rb") as file:
            written = file.read(CONFIG_BYTES + 1)
        text = written.decode("utf-8-sig")
    except FileNotFoundError:
        near = settings_near(path)
        hint = f"name the one at {near[0]}" if near else "write one: ampenet-sync init"
        raise ConfigError(f"there is no configuration at {path}", code="no_config", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError) and len(written) > CONFIG_BYTES:
            raise _too_big(path.name) from None
        raise ConfigError(f"{path} can't be read: {error}", code="no_config") from None
    if len(written) > CONFIG_BYTES:
        raise _too_big(path.name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def compose(text: str, *, name: str) -> yaml.Node | None:
    """As `yaml.compose`, with its errors. Raises ConfigError `too_large` over a bound, `alias` for `*x`."""
    loader = _Loader(text, name)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Loader(yaml.BaseLoader):
    """Looks at each part before it is composed, since the parts inside it are composed within."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._file, self._depth, self._nodes = name, 0, 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) and event.anchor and event.anchor in self.anchors:
            raise _alias(self._place(event), event.anchor)
        self._nodes += 1
        self._depth += 1
        if self._depth > CONFIG_DEPTH:
            raise self._over(event, f"more than {CONFIG_DEPTH} sections and lists stand inside each other")
        if self._nodes > CONFIG_NODES:
            raise self._over(event, f"more than {CONFIG_NODES:,} keys and values")
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _over(self, event: yaml.Event, what: str) -> ConfigError:
        return ConfigError(f"{self._place(event)}: {what}", code="too_large", hint=OTHER_FILE)

    def _place(self, event: yaml.Event) -> str:
        return f"{self._file}:{event.start_mark.line + 1 if event.start_mark else 1}"


def _alias(place: str, anchor: str) -> ConfigError:
    message = f"{place}: '*{sayable(anchor[:SHOWN])}' stands for another place; aliases aren't read"
    hint = "write here what stands behind '&' of that name; a text that begins with * goes into quotes"
    return ConfigError(message, code="alias", hint=hint)


def _too_big(name: str) -> ConfigError:
    message = f"{name}: it is larger than {CONFIG_BYTES >> 20} MB, which is all that is read of a configuration"
    return ConfigError(message, code="too_large", hint=OTHER_FILE)
