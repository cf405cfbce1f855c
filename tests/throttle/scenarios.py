"""What may happen to the slots of a token, in the words of `scenario`: name → calls permitted, and steps."""

from __future__ import annotations

SCENARIOS: dict[str, tuple[int, str]] = {
    "the rate is used up, and free again a window after its answers": (
        2,
        "sync sync sync +2 answered:0 answered:1 sync +59 sync +1 sync sync sync",
    ),
    "a slot without an answer is busy for deadline and window": (1, "sync +89 sync +1 sync"),
    "an answer after that uses the slot up once more": (
        1,
        "sync +1000 answered:0,remaining=0 sync +60 sync",
    ),
    "an answer to a slot nobody took counts": (2, "answered:7,remaining=1 sync sync +60 sync"),
    "a slot given back is free at once, but not twice": (1, "sync back:0 back:0 sync sync"),
    "a silence binds every lane, and a shorter one doesn't cut it": (
        9,
        "sync sync answered:0,wait=17 answered:1,wait=5 campaign:2 sync stop:2 +17 campaign:2 sync",
    ),
    "an absurd wait silences for ten minutes, and one that is none nobody": (
        9,
        "sync answered:0,wait=0 sync answered:1,wait=-5 sync answered:2,wait=nan sync answered:3,wait=inf sync",
    ),
    "a lower limit holds, a higher one doesn't lift it, and it is forgotten after ten windows": (
        4,
        "sync answered:0,limit=2 sync answered:1,limit=3 sync +60 sync sync sync +540 sync sync sync sync sync",
    ),
    "a lower one yet is believed anew": (
        4,
        "sync answered:0,limit=3 +500 sync answered:1,limit=1 +120 sync sync +600 sync sync sync",
    ),
    "an absurd limit changes nothing": (
        2,
        "sync answered:0,limit=0 sync answered:1,limit=1000000000 sync",
    ),
    "what somebody else used of the token counts once": (
        9,
        "sync sync sync answered:0,remaining=3 answered:1,remaining=2 sync sync sync sync answered:2,remaining=0 sync "
        "+60 sync sync sync sync sync",
    ),
    "an old answer takes nothing away that came free since": (
        3,
        "sync sync answered:0,remaining=2 answered:1,remaining=1 +59 sync +2 answered:2,remaining=0 sync sync sync",
    ),
    "a free slot is left to each campaign that waits": (
        2,
        "sync sync campaign:2 campaign:3 back:0 sync back:1 sync campaign:2 sync campaign:3 back:2 sync back:3 sync",
    ),
    "a campaign that gives up keeps nobody waiting": (1, "sync campaign:2 back:0 sync stop:2 sync"),
    "a campaign that waits long is still waited for": (1, "sync campaign:2 +80 sync +30 sync +90 sync"),
    "while a campaign is at work a quarter of the slots is kept for it": (
        12,
        "campaign:2 sync sync sync sync sync sync sync sync sync campaign:2 sync +9 sync campaign:2 +10 sync sync",
    ),
    "a clock that was set back stops nobody for long": (
        2,
        "sync answered:0,wait=50,limit=1 sync -86400 sync sync sync +120 sync +500 sync sync sync",
    ),
    "slots taken before and after a clock was set back": (
        3,
        "sync sync -86400 sync sync +90 sync sync sync +510 sync sync",
    ),
}
