# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    PermissionDeniedError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._region import RegionApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import Token

HOST = "register.eu.qlikcloud.com"
KEY = "4711471147114711"


class Register:
    """Tokens and transport of a register host, whose answers are given."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.host, self.transport = HOST, self
        self.answers, self.sent, self.renewed = list(answers), list[Request](), 0

    def token(self) -> Token:
        return Token(f"token-{self.renewed}", 4e9, 3600.0)

    def renew(self, rejected: Token) -> Token:
        self.renewed += 1
        return self.token()

    def is_of_old(self, token: Token) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return ("the-client-secret",)

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(body: t.Any, status: int = 200) -> Response:
    return Response(HOST, status, {}, json.dumps(body).encode())


def api(register: Register) -> RegionApi:
    return RegionApi(t.cast("t.Any", register))


@pytest.mark.parametrize(
    ("datacenter", "body"),
    [
        pytest.param(None, {"licenseKey": KEY}, id="C22: the key alone"),
        pytest.param("", {"licenseKey": KEY}, id="an empty datacenter"),
        pytest.param("eu-west-1", {"licenseKey": KEY, "datacenter": "eu-west-1"}, id="a datacenter"),
    ],
)
def test_a_creation_sends_what_is_documented(datacenter: str | None, body: dict[str, str]) -> None:
    register = Register(answer({"id": "t-1", "status": "active"}, 201))
    assert api(register).create(KEY, datacenter) == "t-1"
    (sent,) = register.sent
    assert (sent.method, sent.path, sent.body) == ("POST", "/api/v1/tenants", body)
    assert sent.headers["Authorization"] == "Bearer token-0"


def test_a_creation_is_never_repeated_by_itself() -> None:
    register = Register(TransportError("No answer came.", transient=True))
    with pytest.raises(TransportError):
        api(register).create(KEY, None)
    assert [sent.repeatable for sent in register.sent] == [False]


def test_a_creation_refused_for_its_token_is_tried_with_another() -> None:
    register = Register(answer({}, 401), answer({"id": "t-1"}, 201))
    assert api(register).create(KEY, None) == "t-1"
    assert [sent.headers["Authorization"] for sent in register.sent] == ["Bearer token-0", "Bearer token-1"]


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["t-1"]}, [{"id": "t-1"}]], ids=str)
def test_a_creation_answered_without_an_id_makes_no_sense(body: t.Any) -> None:
    with pytest.raises(AnswerError, match=HOST):
        api(Register(answer(body, 201))).create(KEY, None)


def test_no_error_repeats_the_licence_key(discreet: t.Callable[..., t.Any]) -> None:
    error = {"code": "HTTP-403", "title": "Forbidden", "detail": f"no {KEY}, no the-client-secret"}
    register = Register(answer({"errors": [error]}, 403))
    with discreet(PermissionDeniedError, KEY, "the-client-secret") as caught:
        api(register).create(KEY, None)
    assert "no ***, no ***" in str(caught.value)
    assert KEY not in repr(register.sent)


@pytest.mark.parametrize("confirmed", ["north.eu.qlikcloud.com", "North.EU.qlikcloud.com"])
@pytest.mark.parametrize(("days", "body"), [(None, {}), (10, {"purgeAfterDays": 10})], ids=str)
def test_a_deactivation_carries_what_the_user_typed(confirmed: str, days: int | None, body: dict[str, int]) -> None:
    register = Register(answer({"id": "t-1", "estimatedPurgeDate": "2030-01-01T00:00:00.000Z"}))
    assert api(register).deactivate("t-1", confirmed, days) == "2030-01-01T00:00:00.000Z"
    (sent,) = register.sent
    assert (sent.path, sent.body, sent.repeatable) == ("/api/v1/tenants/t-1/actions/deactivate", body, False)
    assert sent.headers["qlik-confirm-hostname"] == confirmed


@pytest.mark.parametrize("body", [{}, {"estimatedPurgeDate": None}, {"estimatedPurgeDate": 7}], ids=str)
def test_a_deactivation_may_not_tell_its_date(body: dict[str, t.Any]) -> None:
    assert api(Register(answer(body))).deactivate("t-1", "h", None) is None


def test_a_reactivation_carries_what_the_user_typed() -> None:
    register = Register(answer({"id": "t-1", "status": "active"}))
    api(register).reactivate("t-1", "North.eu.qlikcloud.com")
    (sent,) = register.sent
    assert (sent.path, sent.body) == ("/api/v1/tenants/t-1/actions/reactivate", {})
    assert sent.headers["qlik-confirm-hostname"] == "North.eu.qlikcloud.com"


def test_an_id_leads_to_no_other_path() -> None:
    register = Register(answer({}))
    api(register).reactivate("../x?y", "h")
    assert register.sent[0].path == "/api/v1/tenants/..%2Fx%3Fy/actions/reactivate"


def test_preparing_asks_for_a_token_and_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    register, asked = Register(), list[bool]()
    monkeypatch.setattr(register, "token", lambda: asked.append(True))
    api(register).prepare()
    assert (asked, register.sent) == ([True], [])
