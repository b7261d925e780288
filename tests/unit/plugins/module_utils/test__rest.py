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
    PartlyRefusedError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import (
    Address,
    Answer,
    answers_secrets,
    demand_no_page,
    has_more,
    headers_of,
    part_at,
    send,
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
    SECRET = "cl1ent-s3cret"

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

    def secrets(self) -> tuple[str, ...]:
        return (self.SECRET,)


def answered(document: t.Any, status: int = 200, **headers: str) -> Response:
    return Response(
        HOST, status, requests.structures.CaseInsensitiveDict({**JSON, **headers}), json.dumps(document).encode()
    )


def of_kind(kind: str, body: bytes) -> Response:
    return Response(HOST, 200, {"Content-Type": kind} if kind else {}, body)


def sent(
    service: Service, request: Request = GET, expected: t.Container[int] = SUCCESSES, takes_pages: bool = False
) -> Answer:
    return send(t.cast(ApiClient, service), request, expected, takes_pages)


def url_of(address: Address) -> str:
    """What a Transport makes of it."""
    query = f"?{urlencode(address.query)}" if address.query else ""
    url = requests.Request("GET", f"https://{HOST}{address.path}{query}").prepare().url
    assert url
    return url


# Addresses


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
def test_address(path: str, query: t.Any, expected: tuple[str, list[tuple[str, str]]]) -> None:
    address = Address.of(path, query)
    assert (address.path, address.query) == expected


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("//evil.example/", id="another host"),
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
    with pytest.raises(ConfigurationError) as caught:
        Address.of(path, {})
    assert str(caught.value) == (
        f"The path {path!r} must hold no blank, #, // and no . or .. between slashes; fill values in with the filter "
        "urlencode."
    )


@pytest.mark.parametrize("path", ["", "api/v1", "?x=1", "https://evil.example/", "@evil.example", " /a"], ids=repr)
def test_a_path_that_does_not_begin_with_a_slash_is_told_as_that(path: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Address.of(path, {})
    assert str(caught.value) == f"The path must begin with /, such as /api/v1/users, unlike {path!r}."


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token?x=1", "/%6Fauth/token", "/oauth%2Ftoken"])
def test_tokens_are_not_asked_for_by_path(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"use the module qlikops\.cloud\.oauth_token"):
        Address.of(path, {})


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], [{"a": 1}]], ids=["a mapping", "lists in a list", "mappings"])
def test_parameters_of_another_shape_are_refused(value: t.Any) -> None:
    with pytest.raises(ConfigurationError, match="parameter filter of query must be text, a number, or a list of them"):
        Address.of("/a", {"filter": value})


@given(PATHS)
@example("/%%32e%%32e/oauth/token")
@example("/%6fauth/token")
@example("/\\@evil.example/")
def test_no_path_reaches_another_host_or_climbs(path: str) -> None:
    try:
        url = url_of(Address.of(path, {}))
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
    url = url_of(Address.of(f"/api/v1/spaces/{quote(name, safe='')}", {}))
    assert unquote(urlsplit(url).path) == f"/api/v1/spaces/{name}"


@given(st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS))), st.lists(st.tuples(WORDS, WORDS)))
def test_any_query_arrives_as_it_was_meant(given_: dict[str, t.Any], own: list[tuple[str, str]]) -> None:
    address = Address.of(f"/api?{urlencode(own)}", given_)
    flat = [(name, item) for name, value in given_.items() for item in (value if isinstance(value, list) else [value])]
    assert parse_qsl(urlsplit(url_of(address)).query, keep_blank_values=True) == [*own, *flat]


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
        ("GET", "/api/v1/identity-providers", True),
        ("GET", "/api/v1/identity-providers?active=true", True),
        ("GET", "/api/v1/identity-providers/i-1", True),
        ("GET", "/api/v1/identity-providers-of-others", False),
        ("POST", "/api/v1/identity-providers", True),
        ("PATCH", "/api/v1/identity-providers/i-1", True),
        ("DELETE", "/api/v1/identity-providers/i-1", False),
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


PAGE = of_kind("Text/HTML; charset=utf-8", b"<html>")


@pytest.mark.parametrize("expected", [SUCCESSES, [200]], ids=["any success", "200"])
def test_a_web_page_is_no_answer(expected: t.Container[int]) -> None:
    with pytest.raises(AnswerError) as caught:
        sent(Service(PAGE), expected=expected)
    assert str(caught.value) == (
        f"{HOST} answered 200 with a web page; a proxy or gateway on the way may have answered in its place. "
        "Where a page is right, name its status with status_code."
    )


def test_a_web_page_is_an_answer_where_pages_are_taken() -> None:
    assert sent(Service(PAGE), takes_pages=True).facts()["content"] == "<html>"


@pytest.mark.parametrize("kind", ["text/plain", "application/xhtml+json", ""])
def test_what_is_no_web_page_passes(kind: str) -> None:
    response = of_kind(kind, b"1")
    assert sent(Service(response)).response is response


def test_an_empty_web_page_is_no_answer_either() -> None:
    with pytest.raises(AnswerError, match="with a web page"):
        demand_no_page(of_kind("text/html", b""))


def test_what_an_encoded_value_holds_is_its_own_affair() -> None:
    assert Address.of("/clients/%2F%23%5C%25/secrets", {}).path == "/clients/%2F%23%5C%25/secrets"


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
        pytest.param({"a": 1, "b": 2}, "c", "has no c; its keys are a, b.", id="another key"),
        pytest.param({"a": {"b": 1}}, "a.c", "has no a.c; its keys are b.", id="another key within a key"),
        pytest.param({"a": None}, "a.c", "has no a.c; it is no object.", id="a key within null"),
        pytest.param({"a": {}}, "a.c", "has no a.c; its keys are none.", id="an empty object"),
        pytest.param({"a": [1]}, "a.0", "has no a.0; it is no object.", id="a list"),
        pytest.param("text", "a", "has no a; it is no object.", id="a text"),
    ],
)
def test_a_part_that_is_not_there_is_told(document: t.Any, key: str, told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        sent(Service(document)).facts(key)
    assert str(caught.value) == f"The answer of {HOST} {told}"


def test_a_part_of_no_json_is_told() -> None:
    with pytest.raises(AnswerError, match="has no a; it is no object"):
        sent(Service(of_kind("text/plain", b"OK"))).facts("a")


@pytest.mark.parametrize(
    ("document", "lacking"),
    [
        pytest.param({"a": {"b": 1}}, {"b": 1}, id="the last key"),
        pytest.param({"b": 1}, {"b": 1}, id="the first key"),
        pytest.param({"a": [1]}, [1], id="no object"),
    ],
)
def test_the_part_that_lacks_a_key_is_told_with_it(document: t.Any, lacking: t.Any) -> None:
    with pytest.raises(KeyError) as caught:
        part_at(document, "a.c")
    assert caught.value.args == (lacking,)


# Lists of one page

MORE = {"next": {"href": "?next=2"}}


@pytest.mark.parametrize(
    ("document", "is_cut"),
    [
        pytest.param({"data": [{"id": 1}], "links": MORE}, True, id="a page with a next one"),
        pytest.param({"rows": [1], "links": {"next": "?next=2"}}, True, id="below another key"),
        pytest.param({"data": [{"id": 1}], "links": {"next": None, "prev": {"href": "?x=1"}}}, False, id="the last"),
        pytest.param({"data": []}, False, id="no links"),
        pytest.param({"links": [MORE]}, False, id="links that are none"),
        pytest.param([{"links": MORE}], False, id="a bare list"),
        pytest.param(None, False, id="null"),
    ],
)
def test_a_page_with_a_next_one_is_not_the_whole_list(document: t.Any, is_cut: bool) -> None:
    answer = sent(Service(document))
    assert (answer.is_cut, answer.facts()["truncated"], has_more(document)) == (is_cut, is_cut, is_cut)


# Answers of 207


def test_rows_of_a_call_are_judged() -> None:
    service = Service(answered({"data": [{"status": 400, "title": f"No {Service.SECRET}"}]}, 207))
    with pytest.raises(PartlyRefusedError) as caught:
        sent(service, Request("POST", "/api/v1/x", body={}))
    assert (caught.value.rows[0]["status"], Service.SECRET in str(caught.value.facts())) == (400, False)


def test_rows_that_were_all_done_are_a_success() -> None:
    document = {"data": [{"status": 201}, {"status": "200"}]}
    assert sent(Service(answered(document, 207))).document == document


@pytest.mark.parametrize(
    "response",
    [Response(HOST, 207, {"Content-Type": kind}, b"OK") for kind in ("text/plain", "image/png")],
    ids=["text", "bytes"],
)
def test_without_json_it_cannot_be_told_whether_rows_were_done(response: Response) -> None:
    with pytest.raises(AnswerError, match="answered 207 without a row for each part of the call"):
        sent(Service(response))


def test_rows_of_another_status_are_not_judged() -> None:
    document = {"data": [{"status": 400}]}
    assert sent(Service(document)).document == document
