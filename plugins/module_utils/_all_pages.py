# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads lists as though they had one page. Private to this collection.

Source: https://qlik.dev/apis/rest/pagination-sorting-filtering/.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, replace
from itertools import islice

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, IncompleteListError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Query, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, walk
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import Answer, has_more, send

ROWS = "data"
WALKS = 2  # rows made or removed during a walk can make it miss one


def send_for_all(
    client: ApiClient,
    request: Request,
    expected: t.Container[int] = SUCCESSES,
    key: str | None = None,
    most: int | None = None,
    takes_pages: bool = False,
    identity: str = "id",
) -> Answer:
    """The answer as though a list had one page: its rows are below key, else below data. Anything else as of send.

    Rows of one identity are one row.
    """
    first = send(client, request, expected, takes_pages)
    name = key if key and _has_rows(first.document, key) else ROWS
    if not _has_rows(first.document, name):
        if first.is_cut:
            raise AnswerError(
                f"{client.host} answered with a list of several pages that is not below {name}: give key."
            )
        return first
    rows = _List(client, request, first, name, expected, identity).rows(most)
    rest = {part: value for part, value in first.document.items() if part != "links"}
    return replace(first, document={**rest, name: rows[:most]}, is_cut=most is not None and len(rows) > most)


def _has_rows(document: t.Any, name: str) -> bool:
    return isinstance(document, dict) and isinstance(document.get(name), list)


@dataclass(frozen=True)
class _List:
    """A list by its first page."""

    client: ApiClient
    request: Request
    first: Answer
    name: str
    expected: t.Container[int]
    identity: str

    def rows(self, most: int | None) -> list[t.Any]:
        """All rows, or one more than most. Raises IncompleteListError when they are not as many as announced."""
        plain = self.first.document[self.name]
        if not has_more(self.first.document) and not all(isinstance(row, dict) for row in plain):
            return list(plain[: None if most is None else most + 1])
        for first in (self.first, *[None] * (WALKS - 1)):
            totals: set[int] = set()
            found = list(islice(self._walked(first, totals), None if most is None else most + 1))
            if (most is not None and len(found) > most) or totals <= {len(found)}:
                return found
        announced = " and then ".join(map(str, sorted(totals)))
        raise IncompleteListError(
            f"{self.client.host} announced {announced} rows of {self.request.path} but listed {len(found)}, {WALKS} "
            "times over; run again when none are being made or removed."
        )

    def _walked(self, first: Answer | None, totals: set[int]) -> t.Iterator[t.Any]:
        """Rows, without those of earlier pages that come again; a page is asked for when those before are used up."""
        what, pending = f"{self.request.method} {self.request.path}", [first] if first else []
        before: set[str] = set()

        def fetch(query: Query) -> Page:
            request = replace(self.request, query=query)
            document = (pending.pop() if pending else send(self.client, request, self.expected)).document
            return Page.from_document(document if isinstance(document, dict) else {}, what, self.name)

        for page in walk(fetch, self.request.query, what, self._identity):
            totals |= set() if page.total is None else {page.total}
            yield from (row for row in page.rows if not self._has_id(row) or self._identity(row) not in before)
            before.update(map(self._identity, page.rows))

    def _has_id(self, row: t.Any) -> bool:
        return isinstance(row, dict) and row.get(self.identity) is not None

    def _identity(self, row: t.Any) -> str:
        return json.dumps(row[self.identity] if self._has_id(row) else row, sort_keys=True)
