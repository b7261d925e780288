# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a filter and a sort leave of a list, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .errors import ApiError
from .scim import Attribute, FilterError, parse_filter

Item = TypeVar("Item")


def by_name(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    return {attribute.name.lower(): attribute for attribute in attributes}


def select(rows: Iterable[Item], expression: str | None, attributes: Mapping[str, Attribute]) -> list[Item]:
    if expression is None:
        return list(rows)
    try:
        node = parse_filter(expression, attributes)
    except FilterError as error:
        raise ApiError(400, "Invalid filter", detail=str(error), parameter="filter") from None
    return [row for row in rows if node.matches(row)]


def order(rows: list[Item], sort: str | None, keys: Mapping[str, Callable[[Item], Any]]) -> list[Item]:
    """By a single field, descending behind a minus sign."""
    if sort is None:
        return rows
    name = sort[1:] if sort[:1] in ("+", "-") else sort
    if name not in keys:
        raise ApiError(400, "Invalid sort", detail=f"cannot sort by {name!r}", parameter="sort")
    return sorted(rows, key=keys[name], reverse=sort.startswith("-"))
