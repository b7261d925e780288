# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import string
import typing as t
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.util import parse_url

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    IncompleteListError,
    PartlyRefusedError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import SUCCESSES, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import (
    Answer,
    Place,
    answers_secrets,
    headers_of,
    send,
    send_for_all,
)

HOST = "h.eu.qlikcloud.com"
JSON = {"Content-Type": "application/json"}
GET = Request("GET", "/api/v1/items", query=[("limit", "2"), ("sort", "name")], repeatable=True)
STYLES = ("next", "page", "startingAfter", "cursor", "offset")
TROUBLE = ["é", "\ud800", "%2f", "%2E", "%25", "//", "/..", "/.", "@", "\\", "%5c", "oauth", "?", "#", ";"]
PIECES = st.one_of(st.sampled_from(string.printable), st.sampled_from(TROUBLE))
PATHS = st.lists(PIECES).map(lambda pieces: "/" + "".join(pieces))
WORDS = st.text(st.characters(codec="utf-8"))


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


def answered(document: t.Any, status: int = 200, **headers: str) -> Response:
    return Response(
        HOST, status, requests.structures.CaseInsensitiveDict({**JSON, **headers}), json.dumps(document).encode()
    )


def of_kind(kind: str, body: bytes) -> Response:
    return Response(HOST, 200, {"Content-Type": kind} if kind else {}, body)


def sent(service: Service, request: Request = GET, expected: t.Container[int] = SUCCESSES) -> Answer:
    return send(t.cast(ApiClient, service), request, expected)


def all_of(service: Service, request: Request = GET, **more: t.Any) -> Answer:
    return send_for_all(t.cast(ApiClient, service), request, **more)


def url_of(place: Place) -> str:
    """What a Transport makes of it."""
    query = f"?{urlencode(place.query)}" if place.query else ""
    url = requests.Request("GET", f"https://{HOST}{place.path}{query}").prepare().url
    assert url
    return url


# Places


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        pytest.param("/api/v1/users/me", {}, ("/api/v1/users/me", []), id="a path"),
        pytest.param("/api/v1/users/me", None, ("/api/v1/users/me", []), id="no query"),
        pytest.param("/", {}, ("/", []), id="the root"),
        pytest.param("/a?x=1&y=%26&z=", {}, ("/a", [("x", "1"), ("y", "&"), ("z", "")]), id="a query in the path"),
        pytest.param("/a?x=1", {"x": 2}, ("/a", [("x", "1"), ("x", "2")]), id="both"),
        pytest.param("/a", {"b": True, "c": False}, ("/a", [("b", "true"), ("c", "false")]), id="booleans"),
        pytest.param("/a", {"b": 1, "c": 1.5, "d": 0}, ("/a", [("b", "1"), ("c", "1.5"), ("d", "0")]), id="numbers"),
        pytest.param("/a", {"b": ["x", 1, None]}, ("/a", [("b", "x"), ("b", "1")]), id="a list"),
        pytest.param("/a", {"b": None, "c": []}, ("/a", []), id="null and an empty list"),
        pytest.param("/a", {"b": ""}, ("/a", [("b", "")]), id="an empty text"),
        pytest.param("/a?sort=%2Bname", {}, ("/a", [("sort", "+name")]), id="an encoded sign"),
        pytest.param("/a%2Fb/%25%20%C3%A4", {}, ("/a%2Fb/%25%20%C3%A4", []), id="encoded parts"),
        pytest.param("/a:b@c;d,e!f'g(h)*~_-.x", {}, ("/a:b@c;d,e!f'g(h)*~_-.x", []), id="signs that mean nothing"),
        pytest.param("/a/..b/c../.d/...", {}, ("/a/..b/c../.d/...", []), id="dots within parts"),
        pytest.param("/a?next=//evil/../#", {}, ("/a", [("next", "//evil/../#")]), id="a query is free"),
    ],
)
def test_place(path: str, query: t.Any, expected: tuple[str, list[tuple[str, str]]]) -> None:
    place = Place.of(path, query)
    assert (place.path, place.query) == expected


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("", id="nothing"),
        pytest.param("api/v1", id="relative"),
        pytest.param("?x=1", id="a query alone"),
        pytest.param("//evil.example/", id="another host"),
        pytest.param("https://evil.example/", id="an address"),
        pytest.param("@evil.example", id="our host as user"),
        pytest.param("/a//b", id="two slashes"),
        pytest.param("/%2Fevil.example", id="an encoded second slash"),
        pytest.param("/\\evil.example", id="a backslash"),
        pytest.param("/%5cevil.example", id="an encoded backslash"),
        pytest.param("/a/../b", id="dots"),
        pytest.param("/a/%2e%2E/b", id="encoded dots"),
        pytest.param("/a/.%2e", id="half encoded dots at the end"),
        pytest.param("/./a", id="one dot"),
        pytest.param("/a%2f../b", id="dots behind an encoded slash"),
        pytest.param("/%%32e%%32e/a", id="dots once encoding is mended"),
        pytest.param("/100%", id="a sign that is not encoded"),
        pytest.param("/a b", id="blank"),
        pytest.param("/a\nb", id="line break"),
        pytest.param("/a\n", id="line break at the end"),
        pytest.param("/a?x=\x00", id="NUL"),
        pytest.param("/größe", id="letters beyond ASCII"),
        pytest.param("/a#b", id="fragment"),
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="fill values in with the filter urlencode"):
        Place.of(path, {})


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token?x=1", "/%6Fauth/token", "/oauth%2Ftoken"])
def test_tokens_are_not_asked_for_by_path(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"use the module qlikops\.cloud\.oauth_token"):
        Place.of(path, {})


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], [{"a": 1}]], ids=["a mapping", "lists in a list", "mappings"])
def test_parameters_of_another_shape_are_refused(value: t.Any) -> None:
    with pytest.raises(ConfigurationError, match="parameter filter of query must be text, a number, or a list of them"):
        Place.of("/a", {"filter": value})


@given(PATHS)
@example("/%%32e%%32e/oauth/token")
@example("/%6fauth/token")
@example("/\\@evil.example/")
def test_no_path_reaches_another_host_or_climbs(path: str) -> None:
    try:
        url = url_of(Place.of(path, {}))
    except ConfigurationError:
        return
    seen = parse_url(url)
    assert (urlsplit(url).netloc, seen.netloc, urlsplit(url).fragment) == (HOST, HOST, "")
    raw = urlsplit(url).path
    assert raw.startswith("/")
    assert "//" not in raw
    bare = unquote(raw)
    assert not {".", ".."} & set(bare.split("/"))
    assert not bare.lstrip("/").startswith("oauth/")


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="/\\#"), min_size=1).filter(lambda x: x not in (".", ".."))
)
def test_any_name_can_stand_in_a_path_once_it_is_encoded(name: str) -> None:
    url = url_of(Place.of(f"/api/v1/spaces/{quote(name, safe='')}", {}))
    assert unquote(urlsplit(url).path) == f"/api/v1/spaces/{name}"


@given(st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS))), st.lists(st.tuples(WORDS, WORDS)))
def test_any_query_arrives_as_it_was_meant(given_: dict[str, t.Any], own: list[tuple[str, str]]) -> None:
    place = Place.of(f"/api?{urlencode(own)}", given_)
    flat = [(name, item) for name, value in given_.items() for item in (value if isinstance(value, list) else [value])]
    assert parse_qsl(urlsplit(url_of(place)).query, keep_blank_values=True) == [*own, *flat]


# Secrets


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/licenses/overview", True),
        ("GET", "/api/v1/licenses/overview/?fields=a", True),
        ("GET", "/api/v1/%6Cicenses/overview", True),
        ("GET", "/api/v1/licenses/status", False),
        ("GET", "/api/v1/licenses/overview/parts", False),
        ("POST", "/api/v1/oauth-clients", True),
        ("POST", "/api/core/oauth-clients", True),
        ("POST", "/api/v1/oauth-clients/c-1/client-secrets", True),
        ("POST", "/api/v1/oauth-clients/c-1/actions/publish", False),
        ("GET", "/api/v1/oauth-clients", False),
        ("DELETE", "/api/v1/oauth-clients/c-1/client-secrets/hint", False),
        ("PATCH", "/api/v1/oauth-clients/c-1", True),
        ("PATCH", "/api/v1/oauth-clients/c-1/connection-configs/me", False),
        ("POST", "/api/v1/api-keys", True),
        ("GET", "/api/v1/api-keys", False),
        ("POST", "/api/v1/tenants", True),
        ("POST", "/api/v1/tenants/t-1/actions/deactivate", False),
        ("GET", "/api/v1/tenants", False),
    ],
)
def test_answers_that_hold_secrets(method: str, path: str, expected: bool) -> None:
    assert answers_secrets(method, path) is expected


# Headers


@pytest.mark.parametrize(
    ("given_headers", "expected"),
    [
        pytest.param(None, {}, id="none"),
        pytest.param(
            {"Accept": "text/csv", "qlik-confirm": True}, {"Accept": "text/csv", "qlik-confirm": "True"}, id="texts"
        ),
        pytest.param({"A": None, "B": ""}, {"B": ""}, id="null is left out"),
        pytest.param({1: 2}, {"1": "2"}, id="numbers"),
        pytest.param({"If-Match": '"a: b; c=d"'}, {"If-Match": '"a: b; c=d"'}, id="signs in a value"),
    ],
)
def test_headers(given_headers: t.Any, expected: dict[str, str]) -> None:
    headers = headers_of(given_headers)
    assert headers == expected
    assert requests.Request("GET", f"https://{HOST}/", headers).prepare().headers == expected


@pytest.mark.parametrize("name", ["Authorization", "AUTHORIZATION", "Host", "content-length", "Transfer-Encoding"])
def test_headers_of_this_module_cannot_be_set(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"The header {name} is set by this module"):
        headers_of({name: "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "x\r\nAuthorization: y"),
        ("A", "x\n"),
        ("A", "\x00"),
        ("A", "€"),
        ("A", " x"),
        ("A\r\nB", "x"),
        ("A:B", "x"),
        ("A B", "x"),
        ("Authorization ", "x"),
        ("Ä", "x"),
        ("", "x"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match="holds a sign that no header can hold"):
        headers_of({name: value})


# Answers


def test_facts_of_an_object() -> None:
    facts = sent(Service(answered({"id": 1}, 201, Location="/api/v1/items/1"))).facts()
    assert facts == {
        "status": 201,
        "host": HOST,
        "location": "/api/v1/items/1",
        "json": {"id": 1},
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("response", "content"),
    [
        pytest.param(of_kind("text/plain; charset=utf-8", "Größe".encode()), {"content": "Größe"}, id="text"),
        pytest.param(of_kind("Text/CSV", b"a\xffb"), {"content": "a\ufffdb"}, id="text with a byte that is none"),
        pytest.param(of_kind("application/octet-stream", b""), {}, id="nothing"),
        pytest.param(of_kind("", b""), {}, id="nothing of no kind"),
        pytest.param(of_kind("application/json", b""), {}, id="nothing, called JSON"),
        pytest.param(of_kind("", b"[1, 2]"), {"json": [1, 2], "count": 2}, id="JSON without a kind"),
        pytest.param(of_kind("application/scim+json;v=1", b"null"), {"json": None}, id="a kind of JSON"),
    ],
)
def test_facts_hold_what_came(response: Response, content: dict[str, t.Any]) -> None:
    assert sent(Service(response)).facts() == {"status": 200, "host": HOST, **content, "truncated": False}


def test_bytes_are_no_result() -> None:
    answer = sent(Service(of_kind("image/png", b"\x89PN")))
    assert answer.is_binary
    assert answer.facts() == {"status": 200, "host": HOST, "truncated": False}


def test_a_web_page_is_no_answer_unless_its_status_is_named() -> None:
    page = of_kind("text/html; charset=utf-8", b"<html>")
    with pytest.raises(AnswerError, match="200 with a web page; a proxy or gateway on the way may have answered"):
        sent(Service(page))
    assert sent(Service(page), expected=[200]).facts()["content"] == "<html>"


def test_what_an_encoded_value_holds_is_its_own_affair() -> None:
    assert Place.of("/clients/%2F%23%5C%25/secrets", {}).path == "/clients/%2F%23%5C%25/secrets"


def test_what_is_called_json_and_is_none_is_refused() -> None:
    with pytest.raises(AnswerError, match="that are no JSON"):
        sent(Service(of_kind("application/json", b"<html>")))


@pytest.mark.parametrize(
    ("key", "part"),
    [
        pytest.param("id", {"json": 1}, id="a value"),
        pytest.param("a.b", {"json": {"c": None}}, id="a key within a key"),
        pytest.param("a.b.c", {"json": None}, id="null"),
        pytest.param("rows", {"json": [1, 2, 3], "count": 3}, id="a list"),
    ],
)
def test_facts_of_a_part(key: str, part: dict[str, t.Any]) -> None:
    answer = sent(Service({"id": 1, "a": {"b": {"c": None}}, "rows": [1, 2, 3]}))
    assert answer.facts(key) == {"status": 200, "host": HOST, **part, "truncated": False}


@pytest.mark.parametrize(
    ("document", "key", "told"),
    [
        pytest.param({"a": 1, "b": 2}, "c", "holds no c: there is a, b.", id="another key"),
        pytest.param({"a": {}}, "a.c", "holds no a.c: there is nothing.", id="an empty object"),
        pytest.param({"a": [1]}, "a.0", "holds no a.0: there is no object.", id="a list"),
        pytest.param("text", "a", "holds no a: there is no object.", id="a text"),
    ],
)
def test_a_part_that_is_not_there_is_told(document: t.Any, key: str, told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        sent(Service(document)).facts(key)
    assert str(caught.value) == f"The answer of {HOST} {told}"


def test_a_part_of_no_json_is_told() -> None:
    with pytest.raises(AnswerError, match="holds no a: there is no object"):
        sent(Service(of_kind("text/plain", b"OK"))).facts("a")


# Answers of 207

ASSIGN = Request("POST", "/api/v1/licenses/assignments/actions/add", body={})


def test_rows_that_were_all_done_are_a_success() -> None:
    rows = [{"status": 201}, {"status": "200"}, {"subject": "x"}, {"status": True}]
    assert sent(Service(answered({"data": rows}, 207)), ASSIGN).document == {"data": rows}


@pytest.mark.parametrize("document", [[], {"data": None}, {"data": {"status": 400}}, {"data": ["x", 400]}, {}, "x"])
def test_an_answer_without_rows_to_judge_is_a_success(document: t.Any) -> None:
    assert sent(Service(answered(document, 207)), ASSIGN).document == document


def test_a_row_that_was_refused_is_told() -> None:
    rows = [
        {"status": 201, "subject": "a"},
        {"status": "400", "code": "LICENSES-011", "title": "No\r\nallotment"},
        {"status": 500},
    ]
    with pytest.raises(PartlyRefusedError) as caught:
        sent(Service(answered({"data": rows}, 207)), ASSIGN)
    assert str(caught.value) == (
        f"POST /api/v1/licenses/assignments/actions/add on {HOST} did not do 2 of 3 rows; "
        "the first is row 2, 400 LICENSES-011 No allotment."
    )
    assert caught.value.facts()["rows"] == [
        {"row": 2, "status": 400, "code": "LICENSES-011", "title": "No allotment"},
        {"row": 3, "status": 500, "code": "", "title": ""},
    ]
    assert (caught.value.status, caught.value.code, caught.value.host) == (207, "LICENSES-011", HOST)


def test_a_refused_row_without_words_is_told() -> None:
    with pytest.raises(PartlyRefusedError, match=r"1 of 1 rows; the first is row 1, 404\.$"):
        sent(Service(answered({"data": [{"status": 404, "code": 7}]}, 207)), ASSIGN)


def test_rows_of_another_status_are_not_judged() -> None:
    document = {"data": [{"status": 400}]}
    assert sent(Service(document)).document == document


# Lists of pages


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


def test_a_list_of_texts_is_cut_as_any_other() -> None:
    answer = all_of(Service({"data": ["a", "b", "c"]}), most=2)
    assert (answer.document, answer.is_cut) == ({"data": ["a", "b"]}, True)


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
