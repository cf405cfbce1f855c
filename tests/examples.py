"""Which examples hypothesis tries: in `make test` the same few each time, in the long form many and always new ones.

A test that wants another number than 100 says so by `@examples(30)`; what else holds is the profile's.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

USUAL = 100  # examples of a test that says nothing
LONGER = 20  # so many times as many in the long form

# No deadline and no look at the speed in either: how fast a machine is must fail nothing. A hang meets the time limit.
settings.register_profile(
    "steady",
    max_examples=USUAL,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# What fails is kept in .hypothesis and tried first in the next long run.
settings.register_profile(
    "long",
    settings.get_profile("default"),
    max_examples=USUAL * LONGER,
    derandomize=False,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")  # pytest's --hypothesis-profile comes later and wins


def examples(count: int, *more: HealthCheck) -> settings:
    """So many examples, times twenty in the long form; the health checks named may fail, too."""
    chosen = settings.default
    return settings(
        max_examples=count * chosen.max_examples // USUAL,
        suppress_health_check=[*chosen.suppress_health_check, *more],
    )
