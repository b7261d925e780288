# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import typing as t
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils import _paging
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, IncompleteListError
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, walk

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Query

FIRST = (("limit", "100"),)
CONSOLE = "https://console.qlikcloud.com/api/core/tenants"
Rows = list[dict[str, t.Any]]


def page(rows: Rows, href: t.Any = None) -> Page:
    return Page.from_document({"data": rows, "links": {"next": {"href": href}}}, "tenants")


def walked(fetch: t.Callable[[Query], Page]) -> Rows:
    return [row for one in walk(fetch, FIRST, "tenants", lambda row: row["id"]) for row in one.rows]


def numbered(*numbers: int) -> Rows:
    return [{"id": number} for number in numbers]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        pytest.param(f"{CONSOLE}?limit=20&offset=64f0", [("limit", "20"), ("offset", "64f0")], id="C3: offset"),
        pytest.param(f"{CONSOLE}?limit=20&next=64f0", [("limit", "20"), ("next", "64f0")], id="C3: next"),
        pytest.param("https://api.qlikcloud.com/core/tenants?next=64f0", [("next", "64f0")], id="C4: another host"),
        pytest.param("http://foo.example/api/v1/tenants?next=64f0", [("next", "64f0")], id="C4: plain http"),
        pytest.param("?next=64f0", [("next", "64f0")], id="query alone"),
        pytest.param("/api?sort=%2Bname&next=a%26b", [("sort", "+name"), ("next", "a&b")], id="encoded signs"),
        pytest.param("/api?filter=&next=1", [("filter", ""), ("next", "1")], id="empty value"),
        pytest.param("/api?next=1&next=2", [("next", "1"), ("next", "2")], id="repeated name"),
        pytest.param("/api?next=1#next=2", [("next", "1")], id="fragment"),
    ],
)
def test_next_page_is_the_whole_query_of_the_link_and_nothing_else_of_it(
    href: str, expected: list[tuple[str, str]]
) -> None:
    assert page([], href).following == expected


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="no links"),
        pytest.param({"links": None}, id="links null"),
        pytest.param({"links": {}}, id="no next"),
        pytest.param({"links": {"next": None}}, id="next null"),
        pytest.param({"links": {"next": {}}}, id="no href"),
        pytest.param({"links": {"next": {"href": None}}}, id="href null"),
        pytest.param({"links": {"next": {"href": ""}}}, id="href empty"),
        pytest.param({"links": []}, id="links is a list"),
    ],
)
def test_end_of_the_list(document: dict[str, t.Any]) -> None:
    assert Page.from_document({"data": [], **document}, "tenants").following is None


def test_next_may_be_the_address_itself() -> None:
    assert Page.from_document({"data": [], "links": {"next": "/x?next=1"}}, "tenants").following == [("next", "1")]


@pytest.mark.parametrize(
    "href",
    [
        pytest.param(CONSOLE, id="no query"),
        pytest.param(f"{CONSOLE}?", id="empty query"),
        pytest.param(42, id="a number"),
        pytest.param({"a": 1}, id="an object"),
        pytest.param(" ", id="white space"),
        pytest.param("http://[?next=1", id="no address at all"),
    ],
)
def test_a_link_that_names_no_page_is_no_end_of_the_list(href: t.Any) -> None:
    with pytest.raises(AnswerError, match=r"tenants.*names no page"):
        page([], href)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"id": "1"}, id="object"),
        pytest.param("rows", id="text"),
        pytest.param(0, id="zero"),
        pytest.param(False, id="false"),
        pytest.param("", id="empty text"),
        pytest.param([{"id": "1"}, "2"], id="a row that is text"),
        pytest.param([None], id="a row that is null"),
    ],
)
def test_data_of_another_shape_is_refused(data: t.Any) -> None:
    with pytest.raises(AnswerError, match=r"tenants.*no list of objects"):
        Page.from_document({"data": data}, "tenants")


@pytest.mark.parametrize(
    "document", [{"totalResults": 0}, {"data": None}, {"data": []}], ids=["missing", "null", "empty"]
)
def test_missing_data_is_an_empty_page(document: dict[str, t.Any]) -> None:
    assert Page.from_document(document, "tenants").rows == []


@pytest.mark.parametrize("document", [{}, {"errors": []}, {"links": {}}], ids=str)
def test_what_is_no_list_is_no_empty_page(document: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="unexpected shape"):
        Page.from_document(document, "tenants")


@pytest.mark.parametrize(
    ("given_total", "expected"),
    [
        pytest.param(2, 2, id="C9: an integer, whatever was asked for"),
        pytest.param(0, 0, id="zero"),
        pytest.param("2", 2, id="C9: text"),
        pytest.param("two", None, id="C9: text that is no number"),
        pytest.param("-2", None, id="C9: text that is no count"),
        pytest.param("\N{FULLWIDTH DIGIT TWO}", None, id="digit of another script"),
        pytest.param("9" * 5_000, None, id="more digits than Python reads"),
        pytest.param(True, None, id="C9: boolean"),
        pytest.param(2.0, None, id="a fraction"),
        pytest.param(None, None, id="null"),
    ],
)
def test_total(given_total: t.Any, expected: int | None) -> None:
    assert Page.from_document({"totalResults": given_total}, "tenants").total == expected


@given(st.lists(st.lists(st.integers(), min_size=1, max_size=5), min_size=1, max_size=30))
def test_any_list_split_into_pages_is_walked_whole_and_in_order(chunks: list[list[int]]) -> None:
    rows = iter(range(10_000))
    pages = [numbered(*(next(rows) for _row in chunk)) for chunk in chunks]
    asked: list[Query] = []

    def fetch(query: Query) -> Page:
        asked.append(query)
        number = int(dict(query).get("next", 0))
        link = f"https://elsewhere.example/?{urlencode({'next': number + 1})}" if number + 1 < len(pages) else None
        return page(pages[number], link)

    assert walked(fetch) == list(itertools.chain(*pages))
    assert asked == [FIRST, *([("next", str(number))] for number in range(1, len(pages)))]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 5))
def test_a_cursor_that_returns_ends_the_walk(cursors: list[int], first: int) -> None:
    """Whatever the pages bring: links among a few pages must end in an error, never in an endless walk."""
    fresh, turns = itertools.count(), itertools.cycle(cursors)

    def fetch(_query: Query) -> Page:
        return page(numbered(next(fresh)), f"?next={next(turns)}")

    with pytest.raises(IncompleteListError, match="does not end"):
        walked(fetch)
    assert next(fresh) <= len(set(cursors)) + 1


def test_a_list_that_brings_nothing_new_ends_the_walk() -> None:
    cursors = itertools.count(1)
    asked: list[Query] = []

    def fetch(query: Query) -> Page:
        asked.append(query)
        return page(numbered(1, 2), f"?next={next(cursors)}")

    with pytest.raises(IncompleteListError, match="page 2 brought nothing new"):
        walked(fetch)
    assert len(asked) == 2


def test_an_endless_list_ends_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_paging, "MAX_PAGES", 7)
    rows = itertools.count()
    with pytest.raises(IncompleteListError, match="more than 7"):
        walked(lambda _query: page(numbered(next(rows)), f"?next={next(rows)}"))
    assert next(rows) == 14


def test_a_list_as_long_as_allowed_is_walked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_paging, "MAX_PAGES", 7)
    numbers = iter(range(7))

    def fetch(_query: Query) -> Page:
        number = next(numbers)
        return page(numbered(number), f"?next={number}" if number < 6 else None)

    assert walked(fetch) == numbered(*range(7))


@pytest.mark.parametrize("second", [(1, 2), (2, 1)], ids=["known row first", "new row first"])
def test_rows_that_move_between_pages_do_not_end_the_walk(second: tuple[int, int]) -> None:
    pages = {None: page(numbered(1), "?next=a"), "a": page(numbered(*second), "?next=b"), "b": page(numbered(2))}
    assert walked(lambda query: pages[dict(query).get("next")]) == numbered(1, *second, 2)


def test_a_last_page_may_be_empty() -> None:
    pages = {None: page(numbered(1), "?next=a"), "a": page([])}
    assert walked(lambda query: pages[dict(query).get("next")]) == numbered(1)


def test_a_page_that_fails_fails_the_walk() -> None:
    def fetch(query: Query) -> Page:
        if dict(query).get("next"):
            raise AnswerError("The second page failed.")
        return page(numbered(1), "?next=2")

    with pytest.raises(AnswerError, match="second page"):
        walked(fetch)
