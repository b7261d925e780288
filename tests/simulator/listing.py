# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list of the service, and the page of it that a call asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic

from starlette.datastructures import QueryParams

from .messages import Call, Reply
from .paging import (
    CURSOR_PARAMETERS,
    NEXT,
    CursorStyle,
    Page,
    Pager,
    Row,
    page_links,
    read_cursor,
    read_limit,
    read_total_results,
)
from .service import Service


@dataclass
class Listing(Generic[Row]):
    """`key` tells the views of a pager apart, `stored` is the number of rows before any selection."""

    pager: Pager[Row]
    base: str
    key: str
    stored: int
    build: Callable[[], list[Row]]
    render: Callable[[Row], dict[str, Any]]
    style: CursorStyle = NEXT
    lowest_limit: int = 1
    strict_total: bool = False


def page_reply(service: Service, call: Call, listing: Listing[Row]) -> Reply:
    with_total = read_total_results(call, listing.strict_total)
    page = _cut(call, listing)
    if listing.style.overriding and page.next:
        page.next = stand_in(service, call, listing.pager, page.next)
    body: dict[str, Any] = {
        "data": [listing.render(row) for row in page.rows],
        "links": page_links(call, listing.base, page, listing.style),
    }
    if with_total:
        body["totalResults"] = page.total
    before = listing.render(page.before) if page.before else None
    return Reply(body=body, row_before=before, pager=listing.pager, style=listing.style)


def restored(call: Call, pager: Pager[Any], style: CursorStyle) -> Call:
    """The call with the query that its cursor stands for, in an overriding style."""
    cursor = read_cursor(call, style.following)
    if not style.overriding or cursor is None:
        return call
    query = pager.queries.get(cursor, QueryParams())
    return replace(call, query=QueryParams([*query.multi_items(), (style.following, cursor)]))


def stand_in(service: Service, call: Call, pager: Pager[Any], cursor: str | None) -> str:
    """A fresh cursor that leads to where another one leads, with the query of this call."""
    fresh = service.state.ids.cursor()
    pager.aliases[fresh] = pager.aliases.get(cursor, cursor) if cursor else cursor
    query = [(name, value) for name, value in call.query.multi_items() if name not in CURSOR_PARAMETERS]
    pager.queries[fresh] = QueryParams(query)
    return fresh


def _cut(call: Call, listing: Listing[Row]) -> Page[Row]:
    style = listing.style
    return listing.pager.page(
        key=listing.key,
        stored=listing.stored,
        build=listing.build,
        limit=read_limit(call, listing.lowest_limit, style.default, style.most),
        following=read_cursor(call, style.following),
        preceding=read_cursor(call, style.preceding) if style.preceding else None,
    )
