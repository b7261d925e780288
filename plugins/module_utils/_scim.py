# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter expressions of RFC 7644, section 3.4.2.2, built from values. Private to this collection."""

from __future__ import annotations

import json

OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "co")


def compare(attribute: str, operator: str, value: str) -> str:
    """attribute operator "value", with the value quoted as JSON, whatever it holds."""
    if operator not in OPERATORS or not attribute.replace(".", "").isalnum():
        raise ValueError(f"{attribute} {operator} is no comparison")
    return f"{attribute} {operator} {json.dumps(value, ensure_ascii=False)}"


def equal(attribute: str, value: str) -> str:
    return compare(attribute, "eq", value)


def all_of(*filters: str) -> str:
    return _join("and", filters)


def any_of(*filters: str) -> str:
    return _join("or", filters)


def negation(expression: str) -> str:
    return f"not ({expression})"


def _join(operator: str, filters: tuple[str, ...]) -> str:
    if not filters:
        raise ValueError(f"{operator} of no filters")  # as a filter, nothing selects everything
    if len(filters) == 1:
        return filters[0]
    return f" {operator} ".join(f"({part})" for part in filters)
