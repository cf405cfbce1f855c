"""What a failed step may say: our own errors as one line with the way out, of any other only where it happened."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from ampenet_sync.errors import AmpenetError


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn errors into a Failure that nothing retries by itself.

    Everybody with the UI reads the event log, and messages of other libraries may hold a row's values (pandera's show
    the failing cells, a database's its parameters). Ours never hold a whole phone or the token.
    """
    try:
        yield
    except dg.Failure:
        raise
    except AmpenetError as error:
        raise _ours(error) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its message may hold somebody's number
        raise _unforeseen(error) from None


def _ours(error: AmpenetError) -> dg.Failure:
    message = f"{error.message}. {error.hint[:1].upper()}{error.hint[1:]}" if error.hint else error.message
    return dg.Failure(message, metadata={"code": error.code}, allow_retries=False)


def _unforeseen(error: Exception) -> dg.Failure:
    """File, line and source line of each frame: no values."""
    where = "".join(traceback.format_tb(error.__traceback__))
    text = f"{type(error).__name__}, which this program did not foresee; its message is left out, as it may hold values"
    code = dg.MetadataValue.text("unforeseen")
    frames = dg.MetadataValue.md(f"```\n{where}\n```")
    return dg.Failure(text, metadata={"code": code, "where": frames}, allow_retries=False)
