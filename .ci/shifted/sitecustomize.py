"""Sleep by `select` in a run under a shifted day: faketime 0.9.10 breaks the system call that time.sleep is made of."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
