"""What SQLAlchemy may log of our databases: statements where somebody wants them, never a parameter and never a row."""

from __future__ import annotations

import logging
from typing import Any, Final

_NAME: Final = "ampenet"

# For each engine of ours. Parameters are phones, names and texts; they would stand in exceptions' messages, too.
ENGINE_OPTIONS: Final[dict[str, Any]] = {"hide_parameters": True, "logging_name": _NAME}


def _is_no_row(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# An engine with a name of its own logs under it; at DEBUG it would print each row that it fetches.
logging.getLogger(f"sqlalchemy.engine.Engine.{_NAME}").addFilter(_is_no_row)
