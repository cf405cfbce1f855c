"""One execution against one account: what it works with, what an error of a call means to it, when it stops."""

from ampenet_sync.runs.breaker import Breaker
from ampenet_sync.runs.run import CrashPoint, Patience, Progress, Run, hand_out, no_crash, no_progress
from ampenet_sync.runs.window import UNBOUNDED, Window

__all__ = [
    "UNBOUNDED",
    "Breaker",
    "CrashPoint",
    "Patience",
    "Progress",
    "Run",
    "Window",
    "hand_out",
    "no_crash",
    "no_progress",
]
