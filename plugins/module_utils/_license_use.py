# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a tenant says about its licence, in a form that can be shown. Private to this collection.

Source: https://qlik.dev/apis/rest/licenses/.
"""

from __future__ import annotations

import typing as t

SHOWN = ("status", "valid", "trial", "product")
_NUMBERS = {"units": "units", "used": "unitsUsed", "overage": "overage"}

_BEYOND = 1e100  # neither JSON nor a sum holds NaN, infinity, and whole numbers of any length

Row = t.Mapping[str, t.Any]


def use_of(overview: Row) -> dict[str, t.Any]:
    """What of the overview is no secret: status, validity, and what is used of each allotment."""
    allotments = overview.get("allotments")
    rows = [row for row in allotments if isinstance(row, dict)] if isinstance(allotments, list) else []
    told = {name: _plain(overview.get(name)) for name in SHOWN}
    return {**told, "allotments": [_allotment(row) for row in rows]}


def consumption_of(rows: t.Sequence[Row], since: str) -> dict[str, t.Any]:
    """How many records there are, and the sum of each number that they hold, since their fields are not documented."""
    sums: dict[str, float] = {}
    for row in rows:
        for name, value in row.items():
            if _is_number(value):
                sums[name] = sums.get(name, 0) + value
    return {"since": since, "records": len(rows), "sums": sums}


def _allotment(row: Row) -> dict[str, t.Any]:
    numbers = {name: row.get(key) if _is_number(row.get(key)) else None for name, key in _NUMBERS.items()}
    return {"name": _plain(row.get("name")), **numbers}


def _is_number(value: t.Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _BEYOND


def _plain(value: t.Any) -> t.Any:
    return value if value is None or isinstance(value, (str, bool)) else str(value)
