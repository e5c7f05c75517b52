"""How often a client may call: so many a minute, and a burst of a tenth of them, in each process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from preceptor.service.hooks.refusing import Refusal


class Pace:
    """A bucket a client, that fills at its pace and from which each call takes one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # issuer: calls left, as of

    def take(self, issuer: str, a_minute: int) -> None:
        """Raises Refusal(429) where the client has to wait, and says for how long."""
        burst, pace = max(1.0, a_minute / 10), a_minute / 60
        with self._lock:
            now = self._clock()
            left, then = self._left.get(issuer, (burst, now))
            left = min(burst, left + (now - then) * pace)
            self._left[issuer] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            wait = {"Retry-After": str(math.ceil((1 - left) / pace))}
            raise Refusal(429, f"More than {a_minute} calls a minute. Wait, then try again.", wait)


PACE = Pace()
