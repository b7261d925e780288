# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    TenantDisabledError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Response
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import (
    Problem,
    error_for,
    is_tenant_disabled,
    problem_of,
)

HOST = "console.qlikcloud.com"
HTML = b"<html><title>502 Bad Gateway</title></html>"


def answer(status: int, document: t.Any = None, headers: dict[str, str] | None = None) -> Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Response(HOST, status, headers or {}, body)


def errors(*rows: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return {"errors": list(rows), **more}


FULL = errors(
    {"code": "T-1", "title": "Bad filter", "detail": "at 7", "status": "400", "source": {"parameter": "filter"}},
    traceId="f00",
)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(FULL, Problem("T-1", "Bad filter", "at 7", "f00"), id="C21: with status and traceId"),
        pytest.param(errors({"code": "C-2", "title": "No"}), Problem("C-2", "No"), id="C21: without"),
        pytest.param(errors({"code": "1"}, {"code": "2"}), Problem("1"), id="the first of several"),
        pytest.param({"errors": [], "traceId": "f00"}, Problem(trace_id="f00"), id="no errors in it"),
        pytest.param(
            {"error": "invalid_client", "error_description": "Unknown client"},
            Problem("invalid_client", "", "Unknown client"),
            id="RFC 6749",
        ),
        pytest.param({"error": {"code": 1}, "errors": "x"}, Problem(), id="other types"),
        pytest.param(errors({"code": 7, "title": None, "detail": ["a"]}), Problem(), id="parts of other types"),
        pytest.param({"errors": ["text"]}, Problem(), id="errors that are text"),
        pytest.param({"errors": {"code": "T-1"}}, Problem(), id="errors that are an object"),
        pytest.param([FULL], Problem(), id="a list"),
        pytest.param(None, Problem(), id="null"),
        pytest.param(HTML, Problem(), id="F: HTML"),
        pytest.param(b"", Problem(), id="F: empty"),
        pytest.param(b"\xff\xfe\x00", Problem(), id="F: bytes"),
        pytest.param(b"[" * 100_000, Problem(), id="nested without end"),
    ],
)
def test_what_an_error_body_says(document: t.Any, expected: Problem) -> None:
    assert problem_of(answer(400, document)) == expected


def test_trace_id_may_stand_in_a_header() -> None:
    assert problem_of(answer(502, HTML, {"X-B3-Traceid": "beef"})).trace_id == "beef"


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(Problem(), "", id="nothing"),
        pytest.param(Problem("C", "T", "D", "f00"), "C T: D (trace id f00)", id="all"),
        pytest.param(Problem("C"), "C", id="code alone"),
        pytest.param(Problem(title="T"), "T", id="title alone"),
        pytest.param(Problem(detail="D"), "D", id="detail alone"),
        pytest.param(Problem("C", detail="D"), "C: D", id="no title"),
    ],
)
def test_problem_as_text(problem: Problem, expected: str) -> None:
    assert str(problem) == expected


def test_text_of_the_service_becomes_one_bounded_line() -> None:
    hostile = "a\r\nb\t\x1b[31mred\x00\u2028" + "x" * 10_000
    title = problem_of(answer(400, errors({"title": hostile}))).title
    assert title.startswith("a b [31mred x")
    assert title.isprintable()
    assert len(title) == 301


@pytest.mark.parametrize(("length", "is_cut"), [(300, False), (301, True)])
def test_long_text_is_cut(length: int, is_cut: bool) -> None:
    title = problem_of(answer(400, errors({"title": "x" * length}))).title
    assert title == "x" * 300 + ("…" if is_cut else "")


@given(st.text(), st.text(min_size=6))
def test_no_text_shows_a_secret_or_a_control_character(text: str, secret: str) -> None:
    row = dict.fromkeys(("code", "title", "detail"), text + secret + text)
    problem = problem_of(answer(400, errors(row, traceId=secret)), secrets=["", secret])
    shown = str(problem)
    assert "*" in secret or secret not in shown
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        pytest.param(400, ApiError, "check the options", id="400"),
        pytest.param(401, AuthenticationError, "check client id and secret", id="C28: 401"),
        pytest.param(403, PermissionDeniedError, "made in the Cloud Console", id="403"),
        pytest.param(404, NotFoundError, "nothing at this address", id="404"),
        pytest.param(429, RateLimitError, "raise max_wait", id="C28: 429"),
        pytest.param(500, ApiError, "status.qlikcloud.com", id="500"),
        pytest.param(503, ApiError, "status.qlikcloud.com", id="503"),
    ],
)
def test_status_decides_on_kind_and_advice(status: int, kind: type[ApiError], advice: str) -> None:
    error = error_for(answer(status, FULL), "Listing tenants")
    assert error.__class__ is kind
    assert (error.host, error.status, error.code, error.trace_id) == (HOST, status, "T-1", "f00")
    start = f"Listing tenants on {HOST} failed with {status} T-1 Bad filter: at 7 (trace id f00): "
    assert str(error).startswith(start)
    assert advice in str(error)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(errors({"code": "TEA"}), f"Brewing on {HOST} failed with 418 TEA.", id="with a code"),
        pytest.param(HTML, f"Brewing on {HOST} failed with 418.", id="with nothing"),
    ],
)
def test_a_status_without_advice(document: t.Any, expected: str) -> None:
    assert str(error_for(answer(418, document), "Brewing")) == expected


def test_given_advice_comes_first() -> None:
    assert str(error_for(answer(400), "Asking", advice="ask again")) == f"Asking on {HOST} failed with 400: ask again."


@pytest.mark.parametrize(
    ("status", "scope", "is_told"),
    [
        pytest.param(403, "cloud-console.tenants:read", True, id="C18: scope granted, call refused"),
        pytest.param(403, "", False, id="C18: no scope in the answer"),
        pytest.param(404, "cloud-console.tenants:read", False, id="another status"),
    ],
)
def test_scope_is_told_where_permission_is_missing(status: int, scope: str, is_told: bool) -> None:
    text = str(error_for(answer(status), "Listing", scope=scope))
    assert text.endswith(" The token was granted the scope cloud-console.tenants:read.") is is_told
    assert ("scope" in text) is is_told


DISABLED = errors({"code": "TENANT_DISABLED", "title": "tenant is deactivated", "status": "401"}, traceId="f00")


def test_deactivated_tenant_is_told_from_a_wrong_credential() -> None:
    error = error_for(answer(401, DISABLED), "Pinging", advice="check the secret")
    assert error.__class__ is TenantDisabledError
    assert str(error).endswith(": the tenant is deactivated.")


@pytest.mark.parametrize(
    ("status", "document", "expected"),
    [
        pytest.param(401, DISABLED, True, id="deactivated"),
        pytest.param(403, DISABLED, False, id="another status"),
        pytest.param(401, FULL, False, id="another code"),
        pytest.param(401, HTML, False, id="HTML"),
    ],
)
def test_tenant_disabled(status: int, document: t.Any, expected: bool) -> None:
    assert is_tenant_disabled(answer(status, document)) is expected


def test_secrets_are_masked_in_every_part() -> None:
    token, secret = "t-0123456789", "s-9876543210"
    row = {"code": f"C {token}", "title": f"{secret}{token}", "detail": f"Bearer {token} is not {secret}"}
    response = answer(403, errors(row, traceId=token))
    error = error_for(response, "Listing", secrets=(secret, token), scope=f"all {token}")
    shown = f"{error} {error!r} {vars(error)}"
    assert token not in shown
    assert secret not in shown
    assert "Bearer *** is not ***" in str(error)
