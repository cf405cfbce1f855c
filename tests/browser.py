"""The system's Chromium for tests that look at a page as a person does; without one they skip, and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]


def missing(why: str) -> None:
    if os.environ.get("AMPENET_TEST_NO_SKIP") == "1":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that fetches nothing by itself."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        missing("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        # In a run under a shifted day (.ci/days) the browser keeps its own: it doesn't start with faketime in it.
        env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        browser = playwright.chromium.launch(executable_path=found, args=QUIET, env=env)
        yield browser
        browser.close()


def contrast(one: str, other: str) -> float:
    """How far two colours such as #24211c stand apart, from 1 to 21 (WCAG 2)."""
    high, low = sorted((_luminance(colour) for colour in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
