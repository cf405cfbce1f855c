"""How people write yes, no and nothing. Yes and no are compared tidied and in lower case, nothing exactly as it is."""

from __future__ import annotations

from typing import Final

YES: Final = ("yes", "y", "true", "t", "1", "1.0", "on", "ndiyo", "ndio", "naam", "sawa")
NO: Final = ("no", "n", "false", "f", "0", "0.0", "off", "hapana", "la", "sio", "siyo")

# What databases and spreadsheets write into a cell that holds nothing. A person may really be called Null or Nan, so
# the spelling counts.
NULL_WORDS: Final = ("NULL", "nan", "NaN", "None", "<NA>", "NaT", "\\N", "N/A", "n/a", "#N/A", "-", "--", "---")
