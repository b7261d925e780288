# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._all_pages import send_for_all
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    IncompleteListError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import Answer

HOST = "h.eu.qlikcloud.com"
GET = Request("GET", "/api/v1/items", query=[("limit", "2"), ("sort", "name")], repeatable=True)
STYLES = ("next", "page", "startingAfter", "cursor", "offset")


class Service:
    """Gives the answers in turn, or what a function makes of each request."""

    host = HOST

    def __init__(self, *answers: t.Any, answer: t.Callable[[Request], t.Any] | None = None) -> None:
        turns = iter(answers)
        self._answer = answer or (lambda _request: next(turns))
        self.asked: list[Request] = []

    def call(self, operation: str, request: Request, expected: t.Container[int]) -> Response:
        assert operation == f"{request.method} {request.path}"
        self.asked.append(request)
        given = self._answer(request)
        response = given if isinstance(given, Response) else answered(given)
        assert response.status in expected
        return response


def answered(document: t.Any, status: int = 200) -> Response:
    return Response(HOST, status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def of_kind(kind: str, body: bytes) -> Response:
    return Response(HOST, 200, {"Content-Type": kind}, body)


def all_of(service: Service, request: Request = GET, **more: t.Any) -> Answer:
    return send_for_all(t.cast(ApiClient, service), request, **more)


class List:
    """A list in pages, linked in one of the service's ways. Its links lead elsewhere but for their query."""

    def __init__(self, rows: list[t.Any], size: int, style: str, name: str = "data", overlap: int = 0) -> None:
        self.rows, self.size, self.style, self.name, self.overlap = rows, size, style, name, overlap

    def __call__(self, request: Request) -> t.Any:
        query = dict(request.query)
        start = int(query.pop(self.style, 0))
        end = start + self.size
        links: dict[str, t.Any] = {"self": {"href": "http://internal.example/"}, "next": None}
        if end < len(self.rows):
            href = urlencode({**query, self.style: end})
            links["next"] = {"href": f"http://internal.example/x?{href}"}
        return {self.name: self.rows[max(0, start - self.overlap) : end], "links": links}


ROWS = st.lists(
    st.one_of(st.fixed_dictionaries({"name": st.text(max_size=2)}), st.just({"id": None, "name": "x"})), max_size=25
)


@given(st.integers(0, 25), st.integers(1, 7), st.sampled_from(STYLES), st.sampled_from(["data", "allotments"]))
def test_a_list_in_pages_of_any_style_is_the_whole_list(count: int, size: int, style: str, name: str) -> None:
    rows = [{"id": str(number), "name": f"Row {number}"} for number in range(count)]
    service = Service(answer=List(rows, size, style, name))
    answer = all_of(service, key=name)
    assert (answer.document, answer.is_cut) == ({name: rows}, False)
    assert len(service.asked) == max(1, -(-count // size))
    assert {request.path for request in service.asked} == {GET.path}
    assert all(("sort", "name") in request.query for request in service.asked)


@given(ROWS, st.integers(1, 7), st.sampled_from(STYLES))
def test_rows_without_id_are_kept_though_they_are_alike(rows: list[t.Any], size: int, style: str) -> None:
    """But a page that is like those before it, and not the last, could go on for ever."""
    service = Service(answer=List(rows, size, style))
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    seen: list[t.Any] = []
    for page in pages[:-1]:
        if all(row in seen for row in page):
            with pytest.raises(IncompleteListError):
                all_of(service)
            return
        seen += page
    assert all_of(service).document == {"data": rows}


def linked(rows: list[t.Any], following: int | None = None, total: t.Any = None) -> dict[str, t.Any]:
    """A page."""
    links = {"links": {"next": {"href": f"?next={following}"}}} if following else {}
    return {"data": rows, **links, **({} if total is None else {"totalResults": total})}


def test_rows_of_one_page_are_kept_though_they_have_one_id() -> None:
    rows = [{"id": 1, "type": "user"}, {"id": 1, "type": "group"}]
    assert all_of(Service(linked(rows))).document == {"data": rows}
    assert all_of(Service(linked(rows, 2), linked([{"id": 2}]))).document == {"data": [*rows, {"id": 2}]}


def test_rows_of_earlier_pages_come_once_though_something_in_them_changed() -> None:
    pages = (linked([{"id": 1, "n": 1}], 2), linked([{"id": 1, "n": 2}, {"id": 2}, {"id": 2, "n": 3}]))
    assert all_of(Service(*pages)).document == {"data": [{"id": 1, "n": 1}, {"id": 2}, {"id": 2, "n": 3}]}


def test_ids_of_another_kind_are_others() -> None:
    rows = [{"id": 1}, {"id": "1"}, {"id": [1]}, {"id": {"a": 1}}]
    pages = [linked([row], number + 1 if number < 3 else None) for number, row in enumerate(rows)]
    assert all_of(Service(*pages)).document == {"data": rows}


@given(st.integers(0, 25), st.integers(2, 7), st.integers(1, 3))
def test_rows_that_come_again_are_returned_once(count: int, size: int, overlap: int) -> None:
    rows = [{"id": number} for number in range(count)]
    service = Service(answer=List(rows, size, "next", overlap=min(overlap, size - 1)))
    assert all_of(service).document == {"data": rows}


@given(st.integers(0, 25), st.integers(1, 7), st.integers(1, 30))
def test_no_more_rows_are_read_than_wanted(count: int, size: int, most: int) -> None:
    rows = [{"id": number} for number in range(count)]
    service = Service(answer=List(rows, size, "next"))
    answer = all_of(service, most=most)
    assert (answer.document, answer.is_cut) == ({"data": rows[:most]}, count > most)
    assert len(service.asked) <= most // size + 1
    assert answer.facts("data")["truncated"] is (count > most)


def test_the_body_goes_along_with_each_page() -> None:
    request = Request("POST", "/api/v1/users/actions/filter", (), {"filter": "x"}, {"A": "b"}, repeatable=True)
    service = Service(answer=List([{"id": number} for number in range(5)], 2, "next"))
    assert len(all_of(service, request).document["data"]) == 5
    assert [(asked.method, asked.body, asked.headers) for asked in service.asked] == [
        ("POST", {"filter": "x"}, {"A": "b"})
    ] * 3


def test_what_stands_beside_the_rows_is_that_of_the_first_page() -> None:
    link = {"next": {"href": "?next=2"}}
    service = Service({"data": [{"id": 1}], "total": 2, "links": link}, {"data": [{"id": 2}], "total": 9})
    assert all_of(service).document == {"data": [{"id": 1}, {"id": 2}], "total": 2}


@pytest.mark.parametrize(("identity", "count"), [("clientId", 2), ("id", 3)])
def test_rows_are_told_apart_by_what_identifies_them(identity: str, count: int) -> None:
    first = {"data": [{"clientId": "1", "at": 1}], "links": {"next": {"href": "?next=2"}}}
    service = Service(first, {"data": [{"clientId": "1", "at": 2}, {"clientId": "2", "at": 1}]})
    assert len(all_of(service, identity=identity).document["data"]) == count


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"id": 1, "links": {"self": {"href": "x"}}}, id="an object"),
        pytest.param([1, 2], id="a bare list"),
        pytest.param({"data": {"id": 1}}, id="data that is an object"),
        pytest.param({"data": ["a", "b"]}, id="a list of texts"),
        pytest.param(None, id="null"),
    ],
)
def test_what_has_no_pages_is_returned_as_it_came(document: t.Any) -> None:
    assert all_of(Service(document)).document == document


def test_a_list_of_texts_within_an_object_that_has_links_is_a_part_like_any_other() -> None:
    """The user that is asked for by /users/me has roles and a link to itself."""
    service = Service({"id": 1, "roles": ["TenantAdmin"], "links": {"self": {"href": "https://x.example/"}}})
    assert all_of(service, key="roles").facts("roles")["json"] == ["TenantAdmin"]


@pytest.mark.parametrize(("most", "is_cut"), [(2, True), (3, False), (4, False), (None, False)])
def test_a_list_of_texts_is_cut_as_any_other(most: int | None, is_cut: bool) -> None:
    answer = all_of(Service({"data": ["a", "b", "c"]}), most=most)
    assert (answer.document, answer.is_cut) == ({"data": ["a", "b", "c"][:most]}, is_cut)


@pytest.mark.parametrize("more", [{}, {"key": "x"}, {"key": "rows.x"}, {"key": "count"}], ids=str)
def test_a_list_in_pages_that_is_below_no_known_key_is_refused(more: dict[str, t.Any]) -> None:
    """Its first page would pass for the whole."""
    with pytest.raises(AnswerError) as caught:
        all_of(Service({"rows": [{"id": 1}], "count": 9, "links": {"next": {"href": "?next=1"}}}), **more)
    assert str(caught.value) == f"{HOST} answered with a list of several pages that is not below data: give key."


def test_an_incomplete_list_is_taken_when_its_key_is_given() -> None:
    service = Service(answer=List([{"id": number} for number in range(5)], 2, "next", "rows"))
    assert len(all_of(service, key="rows").document["rows"]) == 5


@pytest.mark.parametrize("most", [None, 1])
def test_a_web_page_is_taken_as_send_takes_it(most: int | None) -> None:
    page = of_kind("text/html", b"<html>")
    assert all_of(Service(page), takes_pages=True, most=most).response is page
    with pytest.raises(AnswerError, match="with a web page"):
        all_of(Service(page), most=most)


def test_a_further_page_is_never_a_web_page() -> None:
    with pytest.raises(AnswerError, match="with a web page"):
        all_of(Service(linked([{"id": 1}], 1), of_kind("text/html", b"<html>")), takes_pages=True)


def test_a_list_of_texts_in_pages_is_refused() -> None:
    with pytest.raises(AnswerError, match="data is no list of objects"):
        all_of(Service({"data": ["a"], "links": {"next": {"href": "?next=1"}}}))


def test_a_key_that_names_no_list_leaves_the_pages_of_data() -> None:
    service = Service(answer=List([{"id": number} for number in range(3)], 2, "next"))
    assert all_of(service, key="links").document == {"data": [{"id": 0}, {"id": 1}, {"id": 2}]}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(["x"], id="a bare list"),
        pytest.param({"id": 1}, id="an object"),
        pytest.param({"data": "x"}, id="data that is none"),
        pytest.param(of_kind("text/plain", b"OK"), id="text"),
    ],
)
def test_a_further_page_of_another_shape_fails_the_list(second: t.Any) -> None:
    with pytest.raises(AnswerError, match="unexpected shape"):
        all_of(Service({"data": [{"id": 1}], "links": {"next": {"href": "?next=1"}}}, second))


def test_a_further_page_that_does_not_come_fails_the_list() -> None:
    def answer(request: Request) -> t.Any:
        if dict(request.query).get("next"):
            raise TransportError("Cut.", transient=True)
        return {"data": [{"id": 1}], "links": {"next": {"href": "?next=1"}}}

    with pytest.raises(TransportError):
        all_of(Service(answer=answer))


def test_a_list_that_ends_nowhere_fails() -> None:
    with pytest.raises(IncompleteListError, match="GET /api/v1/items does not end"):
        all_of(Service(answer=lambda _request: {"data": [{"id": 1}], "links": {"next": {"href": "?next=1"}}}))


def test_an_expected_refusal_is_no_list() -> None:
    service = Service(answered({"errors": [{"code": "x"}]}, 404))
    answer = all_of(service, expected=(200, 404))
    assert (answer.response.status, answer.document) == (404, {"errors": [{"code": "x"}]})


# The number of rows that is announced


@pytest.mark.parametrize("total", [2, "2", None, "many", True], ids=repr)
def test_a_list_of_as_many_rows_as_announced_is_read_once(total: t.Any) -> None:
    service = Service(linked([{"id": 1}], 2, total), linked([{"id": 2}], None, total))
    assert all_of(service).document["data"] == [{"id": 1}, {"id": 2}]
    assert len(service.asked) == 2


def test_a_list_that_lacks_a_row_is_read_once_more() -> None:
    """A row that was removed meanwhile moves another to a page that was read before."""
    first = (linked([{"id": 1}, {"id": 2}], 2, 4), linked([{"id": 4}], None, 4))
    second = (linked([{"id": 2}, {"id": 3}], 2, 3), linked([{"id": 4}], None, 3))
    service = Service(*first, *second)
    assert [row["id"] for row in all_of(service).document["data"]] == [2, 3, 4]
    assert [request.query for request in service.asked] == [GET.query, [("next", "2")]] * 2


def test_the_total_may_differ_from_page_to_page_in_the_first_walk_alone() -> None:
    pages = (linked([{"id": 1}], 2, 3), linked([{"id": 2}], None, 2))
    service = Service(*pages, linked([{"id": 1}], 2, 2), linked([{"id": 2}], None, 2))
    assert all_of(service).document["data"] == [{"id": 1}, {"id": 2}]
    with pytest.raises(IncompleteListError, match=r"announced 2 and then 3 rows of /api/v1/items but listed 2, "):
        all_of(Service(*pages, *pages))


@pytest.mark.parametrize("total", [1, 3], ids=["too many", "too few"])
def test_a_list_of_another_number_twice_over_fails(total: int) -> None:
    service = Service(answer=lambda _request: linked([{"id": 1}, {"id": 2}], None, total))
    with pytest.raises(IncompleteListError) as caught:
        all_of(service)
    assert str(caught.value) == (
        f"{HOST} announced {total} rows of /api/v1/items but listed 2, 2 times over; run again when none are being "
        "made or removed."
    )
    assert len(service.asked) == 2


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 2), (9, 2)])
def test_the_number_counts_only_when_all_rows_are_wanted(most: int, asked: int) -> None:
    service = Service(answer=lambda _request: linked([{"id": 1}, {"id": 2}], None, 7))
    if asked == 1:
        answer = all_of(service, most=most)
        assert (answer.document["data"], answer.is_cut) == ([{"id": 1}], True)
    else:
        with pytest.raises(IncompleteListError):
            all_of(service, most=most)
    assert len(service.asked) == asked


def test_an_empty_list_of_none_is_whole() -> None:
    service = Service(linked([], None, 0))
    assert all_of(service).document == {"data": [], "totalResults": 0}
    assert len(service.asked) == 1
