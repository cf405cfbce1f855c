"""The pages of docs/ that are made from the program: `make docs` writes them, a test holds them against it.

python -m tests.docs.pages    writes each page as the program makes it now
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.docs.commands_page import commands_page
from tests.docs.configuration_page import configuration_page

DOCS: Final = Path(__file__).parent.parent.parent / "docs"
MADE: Final[dict[str, Callable[[], str]]] = {"configuration.md": configuration_page, "commands.md": commands_page}


def write_pages() -> None:
    for name, make in MADE.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
