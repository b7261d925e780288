# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects of a list are asked for, and which page of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .errors import malformed, not_found
from .fields import FALSE, TRUE, Field, Values
from .resources import RESOURCES, UNIFIED_FIELDS
from .state import Row, State

RESERVED = ("page", "page_size", "order_by", "order", "search", "type", "format")
PAGE_SIZE, LARGEST_PAGE = 25, 200
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda held, wanted: bool(held == wanted),
    "iexact": lambda held, wanted: str(held).lower() == str(wanted).lower(),
    "contains": lambda held, wanted: str(wanted) in str(held),
    "icontains": lambda held, wanted: str(wanted).lower() in str(held).lower(),
    "startswith": lambda held, wanted: str(held).startswith(str(wanted)),
    "endswith": lambda held, wanted: str(held).endswith(str(wanted)),
    "in": lambda held, wanted: held in wanted,
    "isnull": lambda held, wanted: (held is None) == wanted,
}
OWN = {name: Field("number") for name in ("id", "pk")} | {name: Field("text") for name in ("created", "modified")}
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Condition:
    """One look-up: the way to a value, how it is compared, and with what."""

    path: tuple[str, ...]
    comparison: str
    wanted: Any
    negated: bool

    def holds(self, state: State, row: Row) -> bool:
        found = [COMPARISONS[self.comparison](held, self.wanted) for held in reached(state, row, self.path)]
        return any(found) != self.negated


def reached(state: State, row: Row, path: tuple[str, ...]) -> list[Any]:
    name, rest = path[0], path[1:]
    if name in ("id", "pk"):
        return [row.id]
    if name in ("created", "modified"):
        return [getattr(row, name)]
    if name in row.resource.associations:
        others = state.linked(row, name)
        return [value for other in others for value in (reached(state, other, rest) if rest else [other.id])]
    value = row.values.get(name)
    if not rest:
        return [value]
    other = state.find(row.resource.fields[name].link, value)
    return reached(state, other, rest) if other else [None]


def selected(state: State, endpoint: str, rows: Sequence[Row], query: Query) -> list[Row]:
    all_of: list[Condition] = []
    any_of: list[Condition] = []
    for key, value in query:
        if key == "type":
            rows = [row for row in rows if row.resource.type in value.split(",")]
        elif key not in RESERVED:
            (any_of if key.startswith("or__") else all_of).append(condition(endpoint, key.removeprefix("or__"), value))
    return [
        row
        for row in rows
        if all(one.holds(state, row) for one in all_of) and (not any_of or any(one.holds(state, row) for one in any_of))
    ]


def condition(endpoint: str, key: str, value: str) -> Condition:
    negated, parts = key.startswith("not__"), key.removeprefix("not__").split("__")
    comparison = parts.pop() if len(parts) > 1 and parts[-1] in COMPARISONS else "exact"
    field = field_at(endpoint, parts)
    return Condition(tuple(parts), comparison, wanted(field, comparison, value), negated)


def field_at(endpoint: str, parts: list[str]) -> Field:
    fields = RESOURCES[endpoint].fields if endpoint in RESOURCES else UNIFIED_FIELDS
    associations = RESOURCES[endpoint].associations if endpoint in RESOURCES else {}
    links = {name: Field("link", link=target) for name, target in associations.items()}
    field = (OWN | fields | links).get(parts[0])
    if field is None:
        model = RESOURCES[endpoint].model.title().replace(" ", "") if endpoint in RESOURCES else "UnifiedJobTemplate"
        raise malformed(f"{model} has no field named '{parts[0]}'")
    if len(parts) == 1:
        return field
    if not field.link:
        raise malformed(f"Unsupported lookup '{parts[1]}' for field '{parts[0]}'")
    return field_at(field.link, parts[1:])


def wanted(field: Field, comparison: str, value: str) -> Any:
    if comparison == "isnull":
        return value.lower() in TRUE
    if comparison == "in":
        return [wanted(field, "exact", item) for item in value.split(",")]
    if field.kind == "flag" or isinstance(field.default, bool):
        if value not in (*TRUE, *FALSE):
            raise malformed(f'Unable to convert "{value}" to boolean')
        return value in TRUE
    return wanted_number(value) if field.kind in ("number", "link") or isinstance(field.default, int) else value


def wanted_number(value: str) -> int | None:
    if value.lower() in ("none", "null"):
        return None
    try:
        return int(value)
    except ValueError:
        raise malformed(f"Field 'id' expected a number but got '{value}'.") from None


def ordered(state: State, rows: list[Row], query: Query) -> list[Row]:
    names = next((value.split(",") for key, value in query if key in ("order_by", "order")), [])
    for name in reversed(names):
        path = tuple(name.removeprefix("-").split("__"))
        rows = sorted(rows, key=lambda row: str(reached(state, row, path)[0]), reverse=name.startswith("-"))
    return rows


def page(path: str, rows: list[Row], query: Query, show: Callable[[Row], Values]) -> Values:
    options = dict(query)
    size = min(int(options.get("page_size", PAGE_SIZE)), LARGEST_PAGE)
    number, last = int(options.get("page", 1)), max(1, -(-len(rows) // size))
    if not 1 <= number <= last:
        raise not_found("Invalid page.")

    def url(other: int) -> str | None:
        return f"{path}?{urlencode({**options, 'page': other})}" if 1 <= other <= last else None

    results = [show(row) for row in rows[(number - 1) * size : number * size]]
    return {"count": len(rows), "next": url(number + 1), "previous": url(number - 1), "results": results}
