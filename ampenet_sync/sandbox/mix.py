"""A mix of faults by share, dealt alike under the same seed. It chooses; what a fault does is not known here."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ampenet_sync.sandbox.faults import ChooseFault, Fault, SandboxRequest

UID = re.compile(r"\b[0-9a-f]{13}\b")
SLOW_SECONDS, LATE_SECONDS, LONGEST_SECONDS = 2.0, 5.0, 600.0

PLAIN: dict[str, Fault] = {
    "drop_before": Fault.drop_before,
    "drop_after": Fault.drop_after,
    "reset_before": Fault.reset_before,
    "reset_after": Fault.reset_after,
    "half": Fault.half,
    "error_after": Fault.error_after,
    "html_502": Fault.html_502,
    "html_503": Fault.html_503,
    "throttled": Fault.throttled,
    "maintenance": Fault.maintenance,
    "truncated": Fault.garbage,
    "cut": Fault.cut,
    "empty": Fault.empty,
    "huge": Fault.huge,
    "unlisted": Fault.unlisted,
    "undelivered": Fault.undelivered(),
    "failed": Fault.status("Failed"),
}
TIMED: dict[str, tuple[Callable[[float], Fault], float]] = {
    "slow": (Fault.slow, SLOW_SECONDS),
    "late": (Fault.late, LATE_SECONDS),
    "queued": (Fault.queued, 0.0),
}
NAMES = (*PLAIN, *TIMED)


@dataclass(frozen=True, slots=True)
class Share:
    """One fault and the part of all requests that meet it."""

    share: float
    fault: Fault


def parse_mix(text: str) -> list[Share]:
    """Read "drop_after:0.03,slow:0.02:5": name, share, and for slow, late and queued seconds. Raises ValueError."""
    shares = [_parse_share(entry.strip()) for entry in text.split(",") if entry.strip()]
    if sum(part.share for part in shares) > 1:
        raise ValueError("the shares of the faults add up to more than 1")
    return shares


def mixed(text: str, *, seed: int) -> ChooseFault | None:
    """A chooser that deals by what a request is, not by when it comes: the n-th request of the same method, path (uids
    aside) and fields meets the same fate in each run, also where several threads ask. None for an empty mix."""
    shares = parse_mix(text)
    if not shares:
        return None
    seen: Counter[str] = Counter()
    guard = threading.Lock()

    def choose(request: SandboxRequest) -> Fault | None:
        fields = json.dumps(dict(request.body), sort_keys=True)
        kind = f"{request.method} {UID.sub('*', request.path)} {UID.sub('*', fields)}"
        with guard:
            seen[kind] += 1
            draw = f"{seed} {seen[kind]} {kind}"
        return _dealt(shares, Random(draw).random())

    return choose


def _dealt(shares: list[Share], drawn: float) -> Fault | None:
    for part in shares:
        drawn -= part.share
        if drawn < 0:
            return part.fault
    return None


def _parse_share(entry: str) -> Share:
    name, *numbers = entry.split(":")
    most = 2 if name in TIMED else 1
    if name not in NAMES:
        raise ValueError(f"no fault is called {name!r}; there are {', '.join(NAMES)}")
    if not 1 <= len(numbers) <= most:
        wanted = f"{name}:SHARE:SECONDS" if name in TIMED else f"{name}:SHARE"
        raise ValueError(f"{entry!r} is no fault of a mix; write {wanted}, such as {name}:0.03")
    share = _number(entry, numbers[0], most=1.0)
    if name in PLAIN:
        return Share(share, PLAIN[name])
    make, usual = TIMED[name]
    return Share(share, make(_number(entry, numbers[1], most=LONGEST_SECONDS) if numbers[1:] else usual))


def _number(entry: str, written: str, *, most: float) -> float:
    try:
        number = float(written)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise ValueError(f"{entry!r}: {written!r} is no number from 0 to {most:g}")
    return number
