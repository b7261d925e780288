# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    NotFoundError,
    QlikError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._recognition import Recognition

CREATE = Request("POST", "/api/v1/spaces", query=[("notify", "true")])
SPACES: list[dict[str, t.Any]] = [
    {"id": "1", "name": "Finance", "type": "data", "owner": {"id": "u-1", "role": None}, "count": 1, "open": True},
    {"id": "2", "name": "Finance", "type": "shared", "owner": {"id": "u-2"}, "count": 2, "open": False},
    {"id": "3", "name": "Sales", "type": "shared", "owner": None, "count": 2.5},
]
PLAIN = st.one_of(st.text(), st.integers(), st.booleans(), st.none())
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1)


class Service:
    """Answers with one document, cut into pages when it is a list of more than two rows."""

    host = "h.eu.qlikcloud.com"

    def __init__(self, document: t.Any, status: int = 200, kind: str = "application/json") -> None:
        self.document, self.status, self.kind = document, status, kind
        self.asked: list[Request] = []

    def call(self, operation: str, request: Request, expected: t.Container[int]) -> Response:
        self.asked.append(request)
        if self.status not in expected:
            raise NotFoundError(f"{operation} failed.", host=self.host, status=self.status)
        return Response(self.host, self.status, {"Content-Type": self.kind}, self._page(request))

    def _page(self, request: Request) -> bytes:
        if isinstance(self.document, bytes):
            return self.document
        rows = self.document.get("data") if isinstance(self.document, dict) else None
        if not isinstance(rows, list):
            return json.dumps(self.document).encode()
        start = int(dict(request.query).get("next", 0))
        links = {"next": {"href": f"?next={start + 2}"}} if start + 2 < len(rows) else {}
        return json.dumps({"data": rows[start : start + 2], "links": links}).encode()


def recognition(**options: t.Any) -> Recognition:
    return Recognition.from_options({"path": None, "query": {}, "where": {}, **options}, CREATE)


def look(service: Service, where: t.Mapping[str, t.Any], may_lack: bool = False) -> t.Any:
    known = Recognition(Request("GET", "/api/v1/spaces", repeatable=True), where, may_lack)
    result = known.look(t.cast(ApiClient, service))
    return result and result["json"]


def found(document: t.Any, where: t.Mapping[str, t.Any]) -> t.Any:
    return look(Service(document), where)


def test_without_a_path_that_of_the_call_is_read() -> None:
    request = recognition(where={"name": "Finance"}).request
    assert (request.method, request.path, list(request.query), request.repeatable) == ("GET", CREATE.path, [], True)


def test_a_path_and_a_query_may_be_given() -> None:
    request = recognition(path="/api/v1/items?sort=name", query={"limit": 100}).request
    assert (request.path, request.query) == ("/api/v1/items", [("sort", "name"), ("limit", "100")])


def test_something_must_be_said_about_the_object() -> None:
    with pytest.raises(ConfigurationError, match="The option unless needs where, path, or both"):
        recognition(query={"limit": 1})


def test_a_path_is_checked_as_any_other() -> None:
    with pytest.raises(ConfigurationError, match="must hold no blank, #, //"):
        recognition(path="//evil.example/")


@pytest.mark.parametrize(
    ("where", "identity"),
    [
        pytest.param({"name": "Finance"}, "1", id="the first of several"),
        pytest.param({"name": "Finance", "type": "shared"}, "2", id="all values count"),
        pytest.param({"name": "Sales"}, "3", id="on the second page"),
        pytest.param({"owner.id": "u-2"}, "2", id="a key within a key"),
        pytest.param({"owner": {"id": "u-2"}}, "2", id="an object"),
        pytest.param({"owner.role": None, "type": "data"}, "1", id="null"),
        pytest.param({"owner.id": None}, "3", id="a key within null"),
        pytest.param({"count": "2"}, "2", id="a number as text"),
        pytest.param({"count": "2.5"}, "3", id="a fraction as text"),
        pytest.param({"open": "False"}, "2", id="a boolean as Python writes it"),
        pytest.param({"open": "true"}, "1", id="a boolean as JSON writes it"),
        pytest.param({"id": 3}, "3", id="a text that is a number"),
        pytest.param({}, "1", id="any"),
        pytest.param({"name": "finance"}, None, id="another case"),
        pytest.param({"name": "Finance", "type": "managed"}, None, id="one value differs"),
        pytest.param({"missing": "x"}, None, id="a key that is not there"),
        pytest.param({"name.id": "Finance"}, None, id="a key within a text"),
        pytest.param({"owner": "u-1"}, None, id="an object is no text"),
    ],
)
def test_a_row_is_known_by_its_values(where: dict[str, t.Any], identity: str | None) -> None:
    row = found({"data": SPACES}, where)
    assert (row and row["id"]) == identity


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        pytest.param("true", "True", id="texts of another case"),
        pytest.param("", None, id="an empty text is not null"),
        pytest.param(None, "None", id="null is not the word"),
        pytest.param(["a"], "['a']", id="a list is no text"),
        pytest.param([1], ["1"], id="lists are compared whole"),
        pytest.param(1, "1.0", id="a number written otherwise"),
    ],
)
def test_what_only_looks_alike_is_not_the_same(known: t.Any, wanted: t.Any) -> None:
    assert found({"value": known}, {"value": wanted}) is None


@given(st.dictionaries(NAMES, VALUES), st.data())
def test_an_object_is_known_by_any_of_its_values(row: dict[str, t.Any], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(row)), unique=True)) if row else []
    assert found({"object": row}, {f"object.{name}": row[name] for name in names}) == {"object": row}


@given(st.text(), st.text())
def test_texts_are_the_same_only_when_they_are_equal(known: str, wanted: str) -> None:
    assert (found({"name": known}, {"name": wanted}) is not None) is (known == wanted)


@given(st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_value_that_a_template_made_a_text_of_is_still_known(value: t.Any) -> None:
    assert found({"value": value}, {"value": str(value)}) == {"value": value}


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=8), st.sampled_from(["a", "b", "c"]))
def test_the_first_row_that_matches_is_found_on_whichever_page(names: list[str], wanted: str) -> None:
    rows = [{"id": str(number), "name": name} for number, name in enumerate(names)]
    expected = next((row for row in rows if row["name"] == wanted), None)
    assert found({"data": rows}, {"name": wanted}) == expected


@pytest.mark.parametrize(
    ("document", "where", "row"),
    [
        pytest.param({"name": "Sales"}, {"name": "Sales"}, {"name": "Sales"}, id="an object"),
        pytest.param({"name": "Sales"}, {"name": "Finance"}, None, id="another object"),
        pytest.param(
            {"data": {"name": "Sales"}}, {"data.name": "Sales"}, {"data": {"name": "Sales"}}, id="data is one"
        ),
        pytest.param([{"name": "a"}, {"name": "b"}], {"name": "b"}, {"name": "b"}, id="a bare list"),
        pytest.param([{"name": "a"}], {"name": "b"}, None, id="a bare list without it"),
        pytest.param({"data": []}, {}, None, id="an empty list"),
        pytest.param([], {}, None, id="an empty bare list"),
        pytest.param({"data": ["Sales"]}, {}, None, id="a list of texts"),
    ],
)
def test_what_is_read_may_be_an_object_or_a_list(document: t.Any, where: dict[str, t.Any], row: t.Any) -> None:
    assert found(document, where) == row


REFUSAL = {"errors": [{"code": "HTTP-404"}]}


@pytest.mark.parametrize("refusal", [REFUSAL, [], {}, {"errors": "x", "data": [{"errors": "x"}]}], ids=str)
def test_an_object_that_is_asked_for_by_path_may_not_exist(refusal: t.Any) -> None:
    known = recognition(path="/api/v1/spaces/1")
    assert known.look(t.cast(ApiClient, Service(refusal, 404))) is None


def test_a_list_at_the_path_of_the_call_exists() -> None:
    """Without it nobody knows whether the object is there, so nothing may be sent."""
    with pytest.raises(NotFoundError):
        recognition(where={"name": "x"}).look(t.cast(ApiClient, Service(REFUSAL, 404)))


@pytest.mark.parametrize("may_lack", [True, False])
def test_another_refusal_is_none_of_an_object_that_does_not_exist(may_lack: bool) -> None:
    with pytest.raises(QlikError):
        look(Service(REFUSAL, 410), {}, may_lack)


@pytest.mark.parametrize(
    ("document", "status", "kind"),
    [
        pytest.param("Sales", 200, "application/json", id="a text in JSON"),
        pytest.param(None, 200, "application/json", id="null"),
        pytest.param(7, 200, "application/json", id="a number"),
        pytest.param(b"", 200, "application/json", id="nothing"),
        pytest.param(b"[]", 200, "text/plain", id="text"),
        pytest.param(b"\x89PN", 200, "image/png", id="bytes"),
        pytest.param(b"no such host", 404, "text/plain", id="404 of a proxy"),
        pytest.param(b"", 404, "", id="404 without words"),
    ],
)
def test_an_answer_of_another_kind_tells_not_whether_the_object_is_there(
    document: t.Any, status: int, kind: str
) -> None:
    with pytest.raises(AnswerError) as caught:
        look(Service(document, status, kind), {}, may_lack=True)
    assert str(caught.value) == (
        "h.eu.qlikcloud.com does not tell whether the object is there: /api/v1/spaces is no JSON."
    )


def test_404_with_a_web_page_tells_not_whether_the_object_is_there() -> None:
    with pytest.raises(AnswerError, match="404 with a web page"):
        look(Service(b"<html>", 404, "text/html"), {}, may_lack=True)


@pytest.mark.parametrize("where", [{"name": None}, {"type": "data", "owner.id": None}], ids=str)
def test_null_recognises_nothing(where: dict[str, t.Any]) -> None:
    """It is what a template makes of a variable that was forgotten, and all rows without the key have it."""
    (name,) = (name for name, value in where.items() if value is None)
    with pytest.raises(ConfigurationError) as caught:
        recognition(where=where)
    assert str(caught.value) == f"The value {name} of unless.where is null, which recognises nothing."


@pytest.mark.parametrize("value", ["", 0, False, []], ids=repr)
def test_values_that_count_as_nothing_in_python_recognise(value: t.Any) -> None:
    assert recognition(where={"name": value}).where == {"name": value}


def test_what_is_found_is_told_with_host_and_status() -> None:
    known = recognition(where={"name": "Sales"})
    result = known.look(t.cast(ApiClient, Service({"data": SPACES})))
    assert result == {"host": "h.eu.qlikcloud.com", "status": 200, "json": SPACES[2]}
