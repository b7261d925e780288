# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time as the service writes them and HTTP writes them. Private to this collection."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}:\d{2})(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?"
)


def parse_iso(text: str) -> datetime | None:
    """A date or timestamp with any number of fractional digits as an aware datetime, None when it is neither.

    Dates mean midnight, a missing zone means UTC. Source: Qlik shows 3, 6 and 9 digits, and bare dates.
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        return None
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    zone = "+00:00" if match["zone"] in (None, "Z") else match["zone"]
    try:
        return datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00:00'}.{fraction}{zone}")
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """The day in UTC of a date or timestamp, None when it is neither, or in UTC before the year 1 or after 9999."""
    moment = parse_iso(text)
    try:
        return moment.astimezone(timezone.utc).date() if moment else None
    except OverflowError:
        return None


def iso_of(moment: float) -> str:
    """Seconds since the epoch as a timestamp in UTC."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7) as an aware datetime, None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
