# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else the collection assumes of the service, and what it shows: pure functions of the answers.

Text of the service never comes through: it is compared, counted or measured. The one exception are names of unknown
fields, when they look like names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ansible_collections.qlikops.cloud.plugins.module_utils._paging import whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

from .documented import (
    COUNTRY_CODES,
    DOMAIN,
    FIELDS,
    REGION_CODES,
    REGION_LABELS,
    REQUIRED_FIELDS,
    SCOPE,
    STATUSES,
    TIME_FIELDS,
)
from .observations import Answer, Observations, address
from .readings import NotSeenError, error_family, next_link, outcome, usable, why_no_next_page

RATE_HEADERS = tuple(
    f"{prefix}{name}"
    for prefix in ("RateLimit", "X-RateLimit", "X-Rate-Limit")
    for name in ("", "-Limit", "-Remaining", "-Reset", "-Policy")
)
CURSOR = re.compile(r"[0-9a-f]{24}")
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}")
MOST_NAMES = 20
LONGEST_LIFE = 1_000_000


def life_of_token(seen: Observations) -> str:
    told = seen.token.mapping.get("expires_in")
    life = (whole_number(told) or 0) if kind_of(told) == "an integer" else 0
    return f"{life} seconds" if 0 < life < LONGEST_LIFE else f"expires_in is {kind_of(told)}"


def end_of_token(seen: Observations) -> str:
    moment = seen.token.mapping.get("expires_at")
    return f"a timestamp, {precision([moment])}" if parse_iso(str(moment)) else kind_of(moment)


def scope_of_token(seen: Observations) -> str:
    scope = seen.token.mapping.get("scope")
    if not isinstance(scope, str):
        return kind_of(scope)
    others = len(set(scope.split()) - {SCOPE})
    return f"{SCOPE}, others: {others}" if SCOPE in scope.split() else f"without {SCOPE}, others: {others}"


def kind_of(value: Any) -> str:
    kinds = {bool: "a boolean", int: "an integer", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "missing")


def total_of_count(seen: Observations) -> str:
    return kind_of(usable(seen.count, "the count").mapping.get("total"))


def total_results(seen: Observations) -> str:
    return kind_of(list_document(seen.first).get("totalResults"))


def list_document(answer: Answer) -> dict[str, Any]:
    if not answer.mapping:
        raise NotSeenError("the list was not well-formed JSON" if answer.broken else f"the list {outcome(answer)}")
    return answer.mapping


def totals_agree(seen: Observations) -> str:
    total = usable(seen.count, "the count").mapping.get("total")
    return yes(total == list_document(seen.first).get("totalResults"))


def yes(holds: bool) -> str:
    return "yes" if holds else "no"


def number_read(seen: Observations) -> str:
    return f"{len(seen.tenants)} on {sum(answer.status == 200 for answer in seen.pages)} of at most 2 pages"


def form_of_cursor(seen: Observations) -> str:
    query = address(next_link(seen))[2]
    cursor = query.get("next", query.get("offset"))
    if cursor is None:
        raise NotSeenError("the next link carries neither next= nor offset=")
    return "24 hexadecimal digits" if CURSOR.fullmatch(cursor) else f"another form of {len(cursor)} characters"


def link_repeats(name: str) -> Callable[[Observations], str]:
    return lambda seen: yes(name in address(next_link(seen))[2])


def second_page_is_new(seen: Observations) -> str:
    first, second = ({str(row.get("id")) for row in answer.rows} for answer in (seen.first, second_page(seen)))
    return f"new tenants: {len(second - first)}, repeated: {len(second & first)}"


def second_page(seen: Observations) -> Answer:
    if seen.second is None:
        raise NotSeenError(why_no_next_page(seen))
    return usable(seen.second, "the second page")


def end_of_list(seen: Observations) -> str:
    links = list_document(seen.pages[-1]).get("links")
    if not isinstance(links, dict):
        return "links is missing"
    if seen.pages[-1].link("next"):
        raise NotSeenError("there are more than two pages")
    link = links.get("next")
    empty = "links.next is null" if "next" in links and link is None else "links.next is missing"
    return "links.next.href is null" if isinstance(link, dict) else empty


def right_tenant(seen: Observations) -> str:
    answer = usable(seen.single, "reading one tenant")
    row = answer.rows[0] if answer.rows else answer.mapping
    return yes(row.get("id") == seen.single_id)


def codes(name: str, known: tuple[str, ...]) -> Callable[[Observations], str]:
    """The documented values that were seen, and how many others."""

    def show(seen: Observations) -> str:
        values = [row[name] for row in demanded(seen.tenants) if row.get(name) is not None]
        found = [value for value in known if value in values]
        unknown = {repr(value) for value in values} - {repr(value) for value in known}
        return f"{', '.join(found) or 'none of the documented'}; unknown: {len(unknown)}"

    return show


def demanded(tenants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not tenants:
        raise NotSeenError("no tenant was read")
    return tenants


def host_names(seen: Observations) -> Iterator[list[str]]:
    for row in demanded(seen.tenants):
        names = row.get("hostnames")
        yield [name.lower() for name in names if isinstance(name, str)] if isinstance(names, list) else []


def hosts_per_tenant(seen: Observations) -> str:
    numbers = [len(names) for names in host_names(seen)]
    return f"{min(numbers)} to {max(numbers)}"


def foreign_hosts(seen: Observations) -> str:
    names = [name for names in host_names(seen) for name in names]
    foreign = sum(not name.endswith(f".{DOMAIN}") for name in names)
    labels = [name.split(".")[1] for name in names if name.count(".") == 3]
    return (
        f"{len(names)}; outside {DOMAIN}: {foreign}, not of four labels: {len(names) - len(labels)}, "
        f"of an unknown region: {sum(label not in REGION_LABELS for label in labels)}"
    )


def unknown_fields(seen: Observations) -> str:
    names = {name for row in demanded(seen.tenants) for name in row} - set(FIELDS)
    shown = sorted(name for name in names if FIELD_NAME.fullmatch(name) and name not in set(texts(seen.tenants)))
    shown = shown[:MOST_NAMES]
    others = len(names) - len(shown)
    return ", ".join([*shown, *([f"not shown: {others}"] if others else [])]) or "none"


def texts(value: Any) -> Iterator[str]:
    """All texts in a document; a field whose name is one of them may be named after somebody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def missing_fields(required: bool) -> Callable[[Observations], str]:
    names = [name for name in FIELDS if (name in REQUIRED_FIELDS) is required]

    def show(seen: Observations) -> str:
        rows = demanded(seen.tenants)
        missing = {name: sum(row.get(name) is None for row in rows) for name in names}
        return ", ".join(f"{name} in {number} of {len(rows)}" for name, number in missing.items() if number) or "none"

    return show


def precision_of_tenants(seen: Observations) -> str:
    values = [row[name] for row in demanded(seen.tenants) for name in TIME_FIELDS if row.get(name) is not None]
    odd = sum(parse_iso(str(value)) is None for value in values)
    return precision(values) + (f"; neither dates nor timestamps: {odd}" if odd else "")


def precision(values: Iterable[Any]) -> str:
    """The numbers of fractional digits of timestamps; plain dates are left out."""
    stamps = [str(value) for value in values if parse_iso(str(value)) and ":" in str(value)]
    digits = {len(match[1]) if (match := re.search(r"\.(\d+)", stamp)) else 0 for stamp in stamps}
    return f"{' and '.join(map(str, sorted(digits))) or 'no'} fractional digits"


def rate_headers(seen: Observations) -> str:
    names = {name for answer in seen.answers for name in answer.header_names}
    shown = [name for name in RATE_HEADERS if name.lower() in names]
    others = sum("rate" in name and "limit" in name for name in names) - len(shown)
    return ", ".join([*shown, *([f"others: {others}"] if others else [])]) or "none"


def retry_header(seen: Observations) -> str:
    return yes(any("retry-after" in answer.header_names for answer in seen.answers))


def trace_header(seen: Observations) -> str:
    return yes("x-b3-traceid" in seen.malformed.header_names)


def shape_of_error(seen: Observations) -> str:
    if seen.malformed.status < 400:
        raise NotSeenError(f"a malformed filter {outcome(seen.malformed)}")
    return f"family {error_family(seen.malformed)} with status {seen.malformed.status}"


ASSUMPTIONS: tuple[tuple[str, Callable[[Observations], str]], ...] = (
    ("life of the token", life_of_token),
    ("expires_at of the token", end_of_token),
    ("scope of the token", scope_of_token),
    ("total of the count", total_of_count),
    ("totalResults of the list", total_results),
    ("totalResults equals the count", totals_agree),
    ("tenants read", number_read),
    ("cursor", form_of_cursor),
    ("next link repeats limit", link_repeats("limit")),
    ("next link repeats totalResults", link_repeats("totalResults")),
    ("second page", second_page_is_new),
    ("end of the list", end_of_list),
    ("one tenant is the one asked for", right_tenant),
    ("values of status", codes("status", STATUSES)),
    ("values of regionCode", codes("regionCode", REGION_CODES)),
    ("values of countryCode", codes("countryCode", COUNTRY_CODES)),
    ("host names per tenant", hosts_per_tenant),
    ("host names", foreign_hosts),
    ("unknown fields of tenants", unknown_fields),
    ("missing required fields", missing_fields(True)),
    ("missing optional fields", missing_fields(False)),
    ("timestamps of tenants", precision_of_tenants),
    ("rate limit headers", rate_headers),
    ("Retry-After in an answer", retry_header),
    ("error body of a malformed filter", shape_of_error),
    ("X-B3-Traceid beside an error", trace_header),
)


def show_all(seen: Observations) -> list[tuple[str, str]]:
    return [(label, show(function, seen)) for label, function in ASSUMPTIONS]


def show(function: Callable[[Observations], str], seen: Observations) -> str:
    try:
        return function(seen)
    except NotSeenError as reason:
        return f"not seen, {reason}"
