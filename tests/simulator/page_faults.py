# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of lists: each changes a page and tells whether it found something to change."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .listing import restored, stand_in
from .messages import Call, Reply
from .paging import CURSOR_PARAMETERS
from .regions import region_of_host
from .service import Service

FOREIGN_HOST = "collector.example.net"
IDENTIFIERS = ("id", "clientId", "subject")
PageFault = Callable[[Service, Call, Reply], bool]


def repeat_cursor(service: Service, call: Call, reply: Reply) -> bool:
    name = parameter(reply)
    return name in call.query and set_cursor(reply, name, call.query[name])


def foreign_cursor(service: Service, call: Call, reply: Reply) -> bool:
    link = next_link(reply)
    if link:
        link["href"] = urlunsplit(urlsplit(link["href"])._replace(netloc=FOREIGN_HOST))
    return bool(link)


def bare_link(service: Service, call: Call, reply: Reply) -> bool:
    link = next_link(reply)
    if link:
        link["href"] = link["href"].partition("?")[0]
    return bool(link)


def null_link(service: Service, call: Call, reply: Reply) -> bool:
    return end_with(reply, None)


def null_href(service: Service, call: Call, reply: Reply) -> bool:
    return end_with(reply, {"href": None})


def no_links(service: Service, call: Call, reply: Reply) -> bool:
    del reply.body["links"]
    return True


def endless_same(service: Service, call: Call, reply: Reply) -> bool:
    return set_cursor(reply, parameter(reply), alias(service, call, reply, None))


def endless(service: Service, call: Call, reply: Reply) -> bool:
    for row in reply.body["data"]:
        row.update({name: service.state.ids.id() for name in IDENTIFIERS if name in row})
        if row.get("hostnames"):
            region = region_of_host(row["hostnames"][0])
            row["hostnames"] = [service.state.ids.hostname(region or "us")]
    return endless_same(service, call, reply)


def empty_page(service: Service, call: Call, reply: Reply) -> bool:
    withheld = alias(service, call, reply, call.query.get(parameter(reply)))
    reply.body["data"] = []
    return set_cursor(reply, parameter(reply), withheld)


def wrong_total(service: Service, call: Call, reply: Reply) -> bool:
    if "totalResults" in reply.body:
        reply.body["totalResults"] += 1
    return "totalResults" in reply.body


def no_total(service: Service, call: Call, reply: Reply) -> bool:
    return reply.body.pop("totalResults", None) is not None


def duplicate(service: Service, call: Call, reply: Reply) -> bool:
    if reply.row_before:
        reply.body["data"].insert(0, reply.row_before)
    return bool(reply.row_before)


def left_out(service: Service, call: Call, reply: Reply) -> bool:
    rows = reply.body["data"]
    if rows:
        rows.pop()
        reply.body["totalResults"] = reply.body.get("totalResults", 1) - 1
    return bool(rows)


PAGE_FAULTS: dict[str, PageFault] = {
    function.__name__: function
    for function in (
        repeat_cursor,
        foreign_cursor,
        bare_link,
        null_link,
        null_href,
        no_links,
        endless,
        endless_same,
        empty_page,
        wrong_total,
        no_total,
        duplicate,
        left_out,
    )
}


def next_link(reply: Reply) -> dict[str, str] | None:
    link: dict[str, str] | None = reply.body["links"].get("next")
    return link


def parameter(reply: Reply) -> str:
    return reply.style.following if reply.style else "next"


def alias(service: Service, call: Call, reply: Reply, cursor: str | None) -> str:
    if reply.pager is None or reply.style is None:
        return service.state.ids.cursor()
    return stand_in(service, restored(call, reply.pager, reply.style), reply.pager, cursor)


def set_cursor(reply: Reply, name: str, cursor: str) -> bool:
    links = reply.body["links"]
    parts = urlsplit((links.get("next") or links["self"])["href"])
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in CURSOR_PARAMETERS]
    links["next"] = {"href": urlunsplit(parts._replace(query=urlencode([*kept, (name, cursor)])))}
    return True


def end_with(reply: Reply, link: dict[str, None] | None) -> bool:
    at_end = next_link(reply) is None
    if at_end:
        reply.body["links"]["next"] = link
    return at_end
