"""How people write yes, no and nothing. Yes and no are compared tidied and in lower case, nothing exactly as it is."""

from __future__ import annotations

from typing import Final

YES: Final = ("yes", "y", "true", "t", "1", "1.0", "on", "ndiyo", "ndio", "naam", "sawa")
NO: Final = ("no", "n", "false", "f", "0", "0.0", "off", "hapana", "la", "sio", "siyo")

# What databases and spreadsheets write into a cell that holds nothing. A person may really be called Null or Nan, so
# the spelling counts.
NULL_WORDS: Final = ("NULL", "nan", "NaN", "None", "<NA>", "NaT", "\\N", "N/A", "n/a", "#N/A", "-", "--", "---")

# Signs of a text that was damaged on its way here, for `re` and RE2 alike: the sign for what could not be decoded,
# letters written for a web page (&amp; &#39; &eacute;), JSON's and mail's spelling of letters (\\u00e9, =C3=A9), and
# UTF-8 read as if it were Windows-1252 (Ã« â€™ Â, ðŸ˜€).
DAMAGE: Final = (
    "\ufffd"
    "|&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|euro|copy|reg|trade|bull|middot|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5}"
    "|[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron));"
    r"|\\u[0-9A-Fa-f]{4}|=C3=[89ABab][0-9A-Fa-f]"
    "|Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
    "|Â(?:[\u0080-\u00bf ]|$)"
    "|â(?:[\u0080-\u009f€]|‚¬|„¢|†[\u0080-\u00bf‘’“”])"
    "|ðŸ|ï»¿"
)
