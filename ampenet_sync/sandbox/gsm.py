"""How the platform bills a text: parts by units alone. It knows nothing of the rule that a pair is never split."""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
GSM = BASIC | EXTENDED

GSM_ALONE, GSM_JOINED = 160, 153
UNICODE_ALONE, UNICODE_JOINED = 70, 67


def billed_parts(text: str, *, unicode: bool = False) -> int:
    """The units an account pays for one message; `unicode` bills a plain text as if it needed UCS-2."""
    if unicode or not GSM.issuperset(text):
        return _parts(len(text.encode("utf-16-le")) // 2, UNICODE_ALONE, UNICODE_JOINED)
    return _parts(len(text) + sum(map(text.count, EXTENDED)), GSM_ALONE, GSM_JOINED)


def _parts(units: int, alone: int, joined: int) -> int:
    return 1 if units <= alone else -(-units // joined)
