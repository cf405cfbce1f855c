"""Whether plots can be drawn here: matplotlib comes with the extra `report` alone."""

from __future__ import annotations

from importlib.util import find_spec

from ampenet_sync.errors import ConfigError

INSTALL = "pip install 'ampenet-sync[report]'"


def can_draw() -> bool:
    return find_spec("matplotlib") is not None


def check_drawing() -> None:
    """Raises ConfigError `missing_extra` where matplotlib isn't installed."""
    if not can_draw():
        message = "the report's plots are drawn by matplotlib, which is not installed"
        raise ConfigError(message, code="missing_extra", hint=INSTALL)
