# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follows a list from page to page. Private to this collection.

A link to the next page serves for its query string alone: published links point to other hosts and paths.
Source: https://qlik.dev/apis/rest/pagination-sorting-filtering/.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, IncompleteListError

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Query

MAX_PAGES = 10_000

Row = dict[str, t.Any]


@dataclass(frozen=True)
class Page:
    """Rows, the query of the next page (None at the end), and the number of all rows when the service tells it."""

    rows: list[Row]
    following: Query | None
    total: int | None

    @classmethod
    def from_document(cls, document: t.Mapping[str, t.Any], what: str, name: str = "data") -> Page:
        """A page from the list envelope {data, links, totalResults}. Raises AnswerError for another shape."""
        # an empty list may lack its data, but something else than a list lacks its total as well
        rows = document.get(name, [] if "totalResults" in document else "missing")
        rows = [] if rows is None else rows
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise AnswerError(f"The list of {what} came in an unexpected shape: {name} is no list of objects.")
        return cls(rows, following(document.get("links"), what), whole_number(document.get("totalResults")))


def whole_number(value: t.Any) -> int | None:
    """The value when it is one, also as text, None otherwise; to Python, though not to JSON, true is a number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def following(links: t.Any, what: str) -> Query | None:
    """The query of the next page, None at the end. Raises AnswerError for a link that names no page."""
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else link
    if not href:
        return None
    try:
        query = parse_qsl(urlsplit(href).query, keep_blank_values=True) if isinstance(href, str) else []
    except ValueError:
        query = []
    if not query:
        raise AnswerError(f"The list of {what} has a link to a next page that names no page.")
    return query


def walk(
    fetch: t.Callable[[Query], Page], first: Query, what: str, identify: t.Callable[[Row], t.Hashable]
) -> t.Iterator[Page]:
    """All pages from the first query on. Raises IncompleteListError for a list that turns in a circle or has no end."""
    query: Query | None = first
    asked: set[tuple[tuple[str, str], ...]] = set()
    seen: set[t.Hashable] = set()
    while query is not None:
        asked.add(tuple(query))
        page = fetch(query)
        yield page
        known = len(seen)
        seen.update(identify(row) for row in page.rows)
        query = page.following
        if query is not None:
            _demand(tuple(query) not in asked, what, f"page {len(asked)} points to a page already read")
            _demand(len(seen) > known, what, f"page {len(asked)} brought nothing new and is not the last")
            _demand(len(asked) < MAX_PAGES, what, f"it has more than {MAX_PAGES:,} pages")


def _demand(progress: bool, what: str, fault: str) -> None:
    if not progress:
        raise IncompleteListError(
            f"The list of {what} does not end: {fault}. "
            "Nothing of it was used; run again, and tell Qlik if the fault stays."
        )
