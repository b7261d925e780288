# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patience with what takes effect a while after it was done. Private to this collection."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    IncompleteListError,
    QlikError,
    TransportError,
)

LOOK_AGAIN = 5.0  # seconds
BAD_REQUEST = 400
LATE = (ApiError, AnswerError, IncompleteListError, TransportError)

T = t.TypeVar("T")


@dataclass(frozen=True)
class Watch:
    """Looks again until something shows, for so many seconds."""

    wait: float
    pause: t.Callable[[float], None] = field(default=time.sleep, repr=False)

    def until(self, look: t.Callable[[], T], late: tuple[type[QlikError], ...] = LATE) -> T:
        """What look returns. Raises what it raises when that is not late, or when the time is over."""
        deadline = time.monotonic() + self.wait
        while True:
            try:
                return look()
            except late as error:
                is_final = isinstance(error, ApiError) and error.status == BAD_REQUEST
                if is_final or time.monotonic() > deadline:
                    raise
            self.pause(LOOK_AGAIN)
