"""The way out of an error of the platform, told by where token and address came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ampenet_sync.config import token_way_out, with_address
from ampenet_sync.errors import ApiError


@contextmanager
def advised(token_hint: str | None = None) -> Iterator[None]:
    """Errors leave the block with a hint for this machine; `token_hint` where the token came from elsewhere."""
    try:
        yield
    except ApiError as error:
        advise(error, token_hint)
        raise


def advise(error: ApiError, token_hint: str | None = None) -> None:
    if error.code == "unauthenticated":
        error.hint = token_hint or token_way_out()
    error.hint = with_address(error.hint)
