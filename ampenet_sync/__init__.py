"""Keep Ampenet SMS contact groups equal to segments of customer data, and text those segments at most once.

    import ampenet_sync

    with ampenet_sync.open("ampenet.yaml") as ampenet:
        for plan in ampenet.plan():
            if plan.verdict == "safe":
                ampenet.apply(plan)

What stands in `__all__` is stable: docs/python.md says what that means. Everything else may change in any version.
"""

from ampenet_sync.errors import (
    AmpenetError,
    ApiError,
    BadAnswer,
    Busy,
    ConfigError,
    InDoubt,
    LedgerError,
    Paused,
    PlanRefused,
    Refused,
    SourceError,
    Throttled,
    Unauthorised,
    Unreachable,
    Unsafe,
)
from ampenet_sync.front.ampenet import Ampenet, open
from ampenet_sync.front.results import (
    Applied,
    CampaignStatus,
    Customers,
    Due,
    OptOutsKnown,
    Plan,
    Preview,
    SegmentStatus,
    Sent,
    Status,
    Synced,
)

__version__ = "0.1.0"

__all__ = [
    "Ampenet",
    "AmpenetError",
    "ApiError",
    "Applied",
    "BadAnswer",
    "Busy",
    "CampaignStatus",
    "ConfigError",
    "Customers",
    "Due",
    "InDoubt",
    "LedgerError",
    "OptOutsKnown",
    "Paused",
    "Plan",
    "PlanRefused",
    "Preview",
    "Refused",
    "SegmentStatus",
    "Sent",
    "SourceError",
    "Status",
    "Synced",
    "Throttled",
    "Unauthorised",
    "Unreachable",
    "Unsafe",
    "__version__",
    "open",
]
