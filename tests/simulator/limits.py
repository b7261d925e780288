# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits per tier, caller and tenant.

Source: https://qlik.dev/apis/rest/rate-limiting/.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from .errors import ApiError
from .readings import Readings

NEW_LIMITS = {1: 1000, 2: 100}
OLD_LIMITS = {1: 600, 2: 60}


class Limiter:
    """Counts requests in a sliding window; a refused request is not counted."""

    def __init__(self, readings: Readings, clock: Callable[[], float], enabled: bool = True) -> None:
        self.enabled = enabled
        self._readings = readings
        self._clock = clock
        self._buckets: dict[tuple[str, str, int], deque[float]] = {}

    def admit(self, realm: str, client_id: str, tier: int, users: int | None = None) -> None:
        """`users` is the number of users of a tenant, None where no tenant is meant."""
        if not self.enabled:
            return
        minute = (OLD_LIMITS if self._readings.a("C24") else NEW_LIMITS)[tier]
        allowed = [((realm, client_id, tier), minute)]
        if users is not None:
            allowed.append(((realm, "", tier), minute * max(1, users) // 2))
        for key, limit in allowed:
            self._check(key, limit)
        for key, _unused in allowed:
            self._buckets[key].append(self._clock())

    def _check(self, key: tuple[str, str, int], per_minute: int) -> None:
        minutes = 1 if self._readings.a("C25") else 5
        bucket = self._buckets.setdefault(key, deque())
        oldest_counted = self._clock() - 60 * minutes
        while bucket and bucket[0] <= oldest_counted:
            bucket.popleft()
        if len(bucket) >= per_minute * minutes:
            wait = max(1, math.ceil(bucket[0] - oldest_counted))
            raise ApiError(429, "Too many requests", code="HTTP-429", headers={"Retry-After": str(wait)})
