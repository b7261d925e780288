# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings, Request, Response

TOKEN = "t0ken-0123456789"
Discreet = t.Callable[..., t.Any]


def test_neither_bodies_nor_headers_show_in_representations() -> None:
    request = Request("POST", "/oauth/token", body={"client_secret": TOKEN}).with_header("Authorization", TOKEN)
    response = Response("h", 200, {"Set-Cookie": TOKEN}, TOKEN.encode())
    assert TOKEN not in f"{request} {request!r} {response} {response!r}"


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [(HttpSettings(), 450), (HttpSettings(10, 0, 0), 10), (HttpSettings(10, 2, 5), 35)],
    ids=["defaults", "one try", "three tries and a wait"],
)
def test_how_long_a_request_may_take(settings: HttpSettings, seconds: float) -> None:
    assert settings.longest() == seconds


def test_a_header_is_added_to_a_copy() -> None:
    before = Request("GET", "/api", headers={"A": "1"})
    assert before.with_header("B", "2").headers == {"A": "1", "B": "2"}
    assert before.headers == {"A": "1"}


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        pytest.param(rb"\ud800", "?", id="a half"),
        pytest.param(rb"a\uDC00b\uD800", "a?b?", id="halves in upper case"),
        pytest.param(rb"\ud83d\ude00", "\U0001f600", id="a whole pair"),
        pytest.param(rb"\\ud800", r"\ud800", id="no escape at all"),
    ],
)
def test_what_cannot_be_written_is_not_read(escaped: bytes, text: str) -> None:
    assert Response("h.example", 200, {}, b'{"name": "' + escaped + b'"}').json() == {"name": text}


def test_json_of_a_response() -> None:
    assert Response("h", 200, {}, '{"name": "Größe"}'.encode()).json() == {"name": "Größe"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b'\xef\xbb\xbf{"name": "North"}', {"name": "North"}, id="a byte order mark"),
        pytest.param(b'{"name": "a\xff"}', {"name": "a\ufffd"}, id="a byte that is no UTF-8"),
        pytest.param(rb'{"name": "\ud83d\ude00"}', {"name": "\N{GRINNING FACE}"}, id="a pair"),
        pytest.param(rb'{"name": "a\ud83d"}', {"name": "a?"}, id="half a pair"),
        pytest.param(rb'{"a\uDE00": ["\uDE00b", 1, null]}', {"a?": ["?b", 1, None]}, id="halves everywhere"),
        pytest.param(rb'{"name": "\\ud83d"}', {"name": r"\ud83d"}, id="only looks like one"),
    ],
)
def test_json_of_a_response_can_be_written_again(body: bytes, expected: t.Any) -> None:
    document = Response("h", 200, {}, body).json()
    assert document == expected
    json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(f"<html>{TOKEN}</html>".encode(), id="HTML"),
        pytest.param(f'{{"access_token": "{TOKEN}", "expires_in": 21600, }}'.encode(), id="C30: not well-formed"),
        pytest.param(b'\xff{"access_token": "' + TOKEN.encode(), id="no UTF-8"),
        pytest.param(b"[" * 100_000 + TOKEN.encode(), id="nested without end"),
    ],
)
def test_a_body_that_is_no_json_is_told_and_not_shown(body: bytes, discreet: Discreet) -> None:
    with discreet(AnswerError, TOKEN) as caught:
        Response("h.example", 200, {"Content-Type": "text/html; charset=utf-8"}, body).json()
    assert str(caught.value).startswith(f"h.example answered 200 with {len(body)} bytes (text/html) that are no JSON; ")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        pytest.param({}, "", id="none"),
        pytest.param({"Content-Type": "Text/HTML; charset=utf-8"}, " (text/html)", id="known"),
        pytest.param({"Content-Type": "a\r\n b\x1b[31m"}, "", id="control characters"),
        pytest.param({"Content-Type": f"text/{TOKEN}"}, "", id="a secret"),
    ],
)
def test_content_type_is_told_when_it_is_a_known_one(headers: dict[str, str], kind: str) -> None:
    with pytest.raises(AnswerError) as caught:
        Response("h", 200, headers, b"").json()
    assert f" bytes{kind} that " in str(caught.value)
