# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Timestamps as the service writes and reads them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

PATTERN = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d))?")


def write_timestamp(epoch: float, digits: int = 3) -> str:
    whole = int(epoch)
    fraction = f"{int((epoch - whole) * 1_000_000_000):09d}"[:digits]
    return f"{datetime.fromtimestamp(whole, timezone.utc):%Y-%m-%dT%H:%M:%S}.{fraction}Z"


def read_timestamp(text: str) -> float:
    """Seconds since the epoch; a date alone means its midnight."""
    match = PATTERN.fullmatch(text)
    if not match:
        raise ValueError(f"not a date or timestamp: {text!r}")
    day, time, fraction, zone = match.groups()
    offset = "+00:00" if zone in (None, "Z") else zone
    return datetime.fromisoformat(f"{day}T{time or '00:00:00'}{offset}").timestamp() + float(f"0.{fraction or 0}")
