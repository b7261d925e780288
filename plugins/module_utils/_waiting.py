# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long to wait before a request is sent again, and when to give up. Private to this collection."""

from __future__ import annotations

import math
import threading
import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_http_date

FIRST_BACKOFF = 1.0
SHORTEST = 1.0
LONGEST = 300.0  # the service evaluates its limits over five minutes
WORTH_TELLING = 3.0

Tell = t.Callable[[str], None]


def silence(sentence: str) -> None:
    """Tell nobody."""


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (seconds or HTTP date) asks for, clamped to 1..300, None if it says nothing."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        moment = parse_http_date(value)
        if moment is None:
            return None
        seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, SHORTEST), LONGEST)


@dataclass
class Patience:
    """What one Transport may spend on waiting: repeats per request, and seconds in all.

    Threads that wait at the same time spend the same seconds. sleep is given in tests alone.
    """

    retries: int
    max_wait: float
    sleep: t.Callable[[float], t.Any] | None
    jitter: t.Callable[[], float]
    tell: Tell = silence
    waited: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)
    ends: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tries(self) -> Tries:
        return Tries(self)

    def spend(self, seconds: float, reason: str) -> bool:
        """Sleep that long, or return False: at once when it would exceed max_wait, later when it is over meanwhile."""
        now = time.monotonic()
        with self._lock:
            more = seconds - max([0.0, *(end - now for end in self.ends)])
            if self.over.is_set() or self.waited + more > self.max_wait:
                return False
            self.waited += max(0.0, more)
            self.ends.append(now + seconds)
        if more >= WORTH_TELLING:
            self.tell(f"{reason} Trying again in {seconds:.0f} seconds.")
        (self.sleep or self.over.wait)(seconds)
        self.ends.remove(now + seconds)
        return not self.over.is_set()


@dataclass
class Tries:
    """The repeats of one request."""

    patience: Patience
    failures: int = 0
    turned_away: int = 0

    def pause(self, reason: str, told: float | None = None) -> bool:
        """After a failure: wait and return True, or return False when it was the last try."""
        if self.failures >= self.patience.retries:
            return False
        self.failures += 1
        return self._spend(reason, told, self.failures)

    def wait_for_turn(self, reason: str, told: float | None) -> bool:
        """After 429: wait as told; only max_wait ends it, since the service did not work on the request."""
        self.turned_away += 1
        return self._spend(reason, told, self.turned_away)

    def _spend(self, reason: str, told: float | None, nth: int) -> bool:
        planned = told if told is not None else min(FIRST_BACKOFF * 2 ** min(nth - 1, 10), LONGEST)
        return self.patience.spend(planned + self.patience.jitter(), reason)
