"""Written names → names as they are compared and sent. No name is shortened or changed in its letters."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# What no name holds but copying brings along: control characters, marks of writing direction, invisible joints.
_UNSEEN = (
    r"[\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F\x{00AD}\x{061C}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}\x{2066}-\x{2069}\x{FEFF}]+"
)
_SPACES = r"[\s\v\x{0085}\p{Z}]+"


# What may not be tidy: anything but signs of ASCII and single spaces between them. Most texts have none of it.
_PERHAPS = r"[^\x20-\x7E]|^ | $|  "


def tidy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trimmed, in NFC, runs of spaces as one, without control and direction characters."""
    perhaps = pc.match_substring_regex(column, pattern=_PERHAPS)
    if not pc.any(perhaps).as_py():
        return column
    tidied = _tidied(column.filter(perhaps))
    changed = pc.replace_with_mask(column.combine_chunks(), perhaps.combine_chunks(), tidied.combine_chunks())
    return pa.chunked_array([changed])


def _tidied(column: pa.ChunkedArray) -> pa.ChunkedArray:
    seen = pc.replace_substring_regex(column, pattern=_UNSEEN, replacement="")
    spaced = pc.replace_substring_regex(pc.utf8_normalize(seen, form="NFC"), pattern=_SPACES, replacement=" ")
    return pc.utf8_trim_whitespace(spaced)
