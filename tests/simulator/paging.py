# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a list by opaque cursors. A view is made with the first page and serves those that follow."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from .errors import ApiError
from .messages import Call

CURSOR = re.compile(r"[0-9a-f]{24}")
VIEW_LIMIT = 32
HIGHEST_LIMIT = 100


@dataclass(frozen=True)
class CursorStyle:
    """By which parameters a list is paged; without `preceding` there is no way back.

    In an `overriding` style a cursor stands for a whole query, and every other parameter is ignored.
    """

    following: str
    preceding: str = ""
    default: int = 20
    overriding: bool = False
    most: int = HIGHEST_LIMIT


NEXT = CursorStyle("next", "prev")
NEXT_BY_TEN = CursorStyle("next", "prev", default=10)
OFFSET = CursorStyle("offset", "prev")
PAGE = CursorStyle("page")
PAGE_BY_200 = CursorStyle("page", default=200, most=200)
OVERRIDING_PAGE = CursorStyle("page", overriding=True)
AROUND = CursorStyle("startingAfter", "endingBefore")
CURSOR_STYLE = CursorStyle("cursor")
STYLES = (NEXT, OFFSET, PAGE, AROUND, CURSOR_STYLE)
CURSOR_PARAMETERS = {name for style in STYLES for name in (style.following, style.preceding) if name}


class HasCursor(Protocol):
    cursor: str


Row = TypeVar("Row", bound=HasCursor)


@dataclass
class Page(Generic[Row]):
    rows: list[Row]
    total: int
    next: str | None
    prev: str | None
    before: Row | None


@dataclass
class View(Generic[Row]):
    rows: list[Row]
    positions: dict[str, int]
    stored: int

    @classmethod
    def of(cls, rows: list[Row], stored: int) -> View[Row]:
        return cls(rows, {row.cursor: position for position, row in enumerate(rows)}, stored)

    def position(self, cursor: str) -> int:
        if cursor not in self.positions:
            raise ApiError(400, "Invalid cursor", parameter="next")
        return self.positions[cursor]

    def page(self, limit: int, following: str | None, preceding: str | None) -> Page[Row]:
        if preceding is not None:
            end = self.position(preceding)
            start = max(0, end - limit)
        else:
            start = 0 if following is None else self.position(following) + 1
            end = min(len(self.rows), start + limit)
        rows = self.rows[start:end]
        return Page(
            rows=rows,
            total=len(self.rows),
            next=rows[-1].cursor if rows and end < len(self.rows) else None,
            prev=rows[0].cursor if rows and start > 0 else None,
            before=self.rows[start - 1] if start > 0 else None,
        )


class Pager(Generic[Row]):
    """`aliases` maps made-up cursors to true ones (None: the beginning), `queries` to the query they stand for."""

    def __init__(self) -> None:
        self.aliases: dict[str, str | None] = {}
        self.queries: dict[str, QueryParams] = {}
        self._views: OrderedDict[str, View[Row]] = OrderedDict()

    def page(
        self,
        key: str,
        stored: int,
        build: Callable[[], list[Row]],
        limit: int,
        following: str | None,
        preceding: str | None,
    ) -> Page[Row]:
        if following is not None and preceding is not None:
            raise ApiError(400, "A page follows one cursor only")
        following = self.aliases.get(following, following) if following else following
        view = self._views.get(key)
        if view is None or view.stored != stored or following is preceding is None:
            view = View.of(build(), stored)
        self._remember(key, view)
        return view.page(limit, following, preceding)

    def _remember(self, key: str, view: View[Row]) -> None:
        self._views[key] = view
        self._views.move_to_end(key)
        if len(self._views) > VIEW_LIMIT:
            self._views.popitem(last=False)


def read_cursor(call: Call, name: str) -> str | None:
    cursor = call.query.get(name)
    if cursor is not None and not CURSOR.fullmatch(cursor):
        raise ApiError(400, "Invalid cursor", parameter=name)
    return cursor


def read_limit(call: Call, lowest: int = 1, default: int = 20, most: int = HIGHEST_LIMIT) -> int:
    text = call.query.get("limit", str(default))
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or not lowest <= int(text) <= most:
        raise ApiError(400, f"limit must be a number from {lowest} to {most}", parameter="limit")
    return int(text)


def read_total_results(call: Call, strict: bool) -> bool:
    text = call.query.get("totalResults", "false")
    word = text if strict else {"1": "true", "0": "false"}.get(text, text.lower())
    if word not in ("true", "false"):
        raise ApiError(400, "totalResults must be true or false", parameter="totalResults")
    return word == "true"


def page_links(call: Call, base: str, page: Page[Row], style: CursorStyle) -> dict[str, dict[str, str]]:
    kept = [] if style.overriding else kept_query(call, style)
    links = {"self": {"href": _url(base, call.query.multi_items())}}
    if page.next:
        links["next"] = {"href": _url(base, [*kept, (style.following, page.next)])}
    if page.prev and style.preceding:
        links["prev"] = {"href": _url(base, [*kept, (style.preceding, page.prev)])}
    return links


def kept_query(call: Call, style: CursorStyle) -> list[tuple[str, str]]:
    """What the links of a page keep of its query."""
    kept = [(name, value) for name, value in call.query.multi_items() if name not in CURSOR_PARAMETERS]
    return kept if "limit" in call.query else [("limit", str(style.default)), *kept]


def _url(base: str, query: list[tuple[str, str]]) -> str:
    return f"{base}?{urlencode(query)}" if query else base
