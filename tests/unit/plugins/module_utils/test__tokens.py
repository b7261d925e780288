# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import math
import typing as t
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from responses import RequestsMock

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    QlikError,
    RateLimitError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import (
    ASSERTION_TYPE,
    LONGEST_LIFE,
    LONGEST_MARGIN,
    Token,
    TokenKey,
    TokenSource,
)

CONSOLE = "https://console.qlikcloud.com"
URL = f"{CONSOLE}/oauth/token"
SECRET = "cl1ent-s3cret-0123456789"
VALUE = "acc3ss-t0ken-0123456789"
NOW = datetime(2030, 1, 1, tzinfo=timezone.utc).timestamp()
ANSWER = {
    "access_token": VALUE,
    "token_type": "Bearer",
    "scope": "cloud-console.tenants:read",
    "expires_in": 21600,
    "expires_at": "2030-01-01T06:00:00.000Z",
}
Discreet = t.Callable[..., t.Any]
Reach = t.Callable[..., Transport]


def token(**fields: t.Any) -> Token:
    return Token.from_answer({**ANSWER, **fields}, "console.qlikcloud.com", NOW)


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).isoformat()


# What an answer says


def test_token_of_an_answer() -> None:
    assert token() == Token(VALUE, NOW + 21600, 21600, "cloud-console.tenants:read")


@pytest.mark.parametrize(
    ("kind", "is_accepted"),
    [
        pytest.param("Bearer", True, id="C1: Bearer"),
        pytest.param("bearer", True, id="C1: bearer"),
        pytest.param("BEARER", True, id="C1: BEARER"),
        pytest.param(None, True, id="C1: none"),
        pytest.param("mac", False, id="C1: another"),
        pytest.param("", False, id="C1: empty"),
    ],
)
def test_type_of_a_token(kind: str | None, is_accepted: bool, discreet: Discreet) -> None:
    if is_accepted:
        assert token(token_type=kind).value == VALUE
    else:
        with discreet(AnswerError, VALUE):
            token(token_type=kind)


@pytest.mark.parametrize(
    ("expires_in", "expires_at", "life"),
    [
        pytest.param(21600, "2030-01-01T06:00:00.000Z", 21600, id="C2: both"),
        pytest.param(3600, "2030-01-01T06:00:00.000Z", 3600, id="C2: expires_in first"),
        pytest.param(None, "2030-01-01T01:00:00.000Z", 3600, id="C2: expires_at alone"),
        pytest.param(None, "2030-01-01T01:00:00.123456789Z", 3600.123456, id="C10: expires_at with 9 digits"),
        pytest.param(None, None, 300, id="C2: neither"),
        pytest.param(0, None, 300, id="zero"),
        pytest.param(-1, "2030-01-01T01:00:00Z", 3600, id="negative"),
        pytest.param(True, "2030-01-01T01:00:00Z", 3600, id="boolean"),
        pytest.param("21600", "2030-01-01T01:00:00Z", 3600, id="text"),
        pytest.param(math.nan, "2030-01-01T01:00:00Z", 3600, id="not a number"),
        pytest.param(None, "2029-12-31T23:00:00Z", 300, id="expired at birth: clocks differ"),
        pytest.param(None, "tomorrow", 300, id="expires_at that is none"),
        pytest.param(None, 1893456000, 300, id="expires_at as a number"),
        pytest.param(1.5, None, 1.5, id="fraction"),
        pytest.param(math.inf, None, 86_400, id="for ever"),
        pytest.param(10**400, None, 86_400, id="a number without end"),
        pytest.param(None, "9999-12-31T23:59:59Z", 86_400, id="until the end of time"),
    ],
)
def test_life_of_a_token(expires_in: t.Any, expires_at: t.Any, life: float) -> None:
    found = token(expires_in=expires_in, expires_at=expires_at)
    assert found.life == pytest.approx(life)
    assert found.expires_at == pytest.approx(NOW + life)


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    st.one_of(st.none(), st.integers(), st.text(), st.datetimes().map(datetime.isoformat)),
)
def test_life_is_always_positive_and_bounded(expires_in: t.Any, expires_at: t.Any) -> None:
    found = token(expires_in=expires_in, expires_at=expires_at)
    assert 0 < found.life <= LONGEST_LIFE
    assert found.expires_at == NOW + found.life


@given(st.floats(1, LONGEST_LIFE))
def test_a_token_is_fresh_until_its_margin_is_reached(life: float) -> None:
    found = token(expires_in=life)
    margin = min(LONGEST_MARGIN, life / 10)
    assert found.is_fresh(NOW)
    assert found.is_fresh(NOW + life - margin * 1.01)
    assert not found.is_fresh(NOW + life - margin * 0.99)
    assert not found.is_fresh(NOW + life)


@pytest.mark.parametrize(("life", "margin"), [(21600, 300), (3600, 300), (3000, 300), (600, 60), (10, 1)])
def test_margin_is_five_minutes_or_a_tenth(life: int, margin: int) -> None:
    found = token(expires_in=life)
    assert not found.is_fresh(NOW + life - margin)
    assert found.is_fresh(NOW + life - margin - 0.001)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="null"),
        pytest.param([ANSWER], id="list"),
        pytest.param(VALUE, id="text"),
        pytest.param({}, id="empty"),
        pytest.param({"access_token": None}, id="token null"),
        pytest.param({"access_token": ""}, id="token empty"),
        pytest.param({"access_token": {"value": VALUE}}, id="token an object"),
        pytest.param({"access_token": f"{VALUE}\r\nX-Injected: 1"}, id="line break in the token"),
        pytest.param({"access_token": f"{VALUE} "}, id="space in the token"),
        pytest.param({"access_token": f"{VALUE}é"}, id="letter that fits no header"),
    ],
)
def test_an_answer_without_a_usable_token_is_refused(answer: t.Any, discreet: Discreet) -> None:
    with discreet(AnswerError, VALUE) as caught:
        Token.from_answer(answer, "h.example", NOW)
    assert str(caught.value) == "h.example answered the token request without a usable access_token."


@pytest.mark.parametrize("scope", [None, 7, ["a"]], ids=repr)
def test_scope_is_a_text_or_nothing(scope: t.Any) -> None:
    assert token(scope=scope).scope == ""


def test_a_token_does_not_show_its_value() -> None:
    assert VALUE not in f"{token()} {token()!r}"


def test_a_token_comes_back_from_its_mapping() -> None:
    assert Token(**json.loads(json.dumps(token().as_mapping()))) == token()


# Asking for one


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(reach: Reach, clock: Clock) -> TokenSource:
    return TokenSource(by_secret(), reach(CONSOLE), MemoryStore(), clock)


def by_secret(client_id: str = "c-1") -> Credential:
    return Credential.from_mapping({"client_id": client_id, "client_secret": SECRET}, "the test")


def by_key(key: str) -> Credential:
    return Credential.from_mapping({"client_id": "c-1", "private_key": key, "key_id": "k-1"}, "the test")


def issue(service: RequestsMock, *values: str, **fields: t.Any) -> None:
    for value in values:
        service.post(URL, json={**ANSWER, "expires_at": None, **fields, "access_token": value})


def bodies(service: RequestsMock) -> list[dict[str, str]]:
    return [json.loads(call.request.body or b"") for call in service.calls]


def test_request_with_a_secret(source: TokenSource, service: RequestsMock) -> None:
    issue(service, VALUE)
    assert source.token() == Token(VALUE, NOW + 21600, 21600, "cloud-console.tenants:read")
    assert bodies(service) == [{"grant_type": "client_credentials", "client_id": "c-1", "client_secret": SECRET}]
    assert service.calls[0].request.headers["Content-Type"] == "application/json"
    assert "Authorization" not in service.calls[0].request.headers


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("https://console.qlikcloud.com", id="C15, C16: console"),
        pytest.param("https://h1.us.qlikcloud.com:8443", id="C15, C16: tenant"),
    ],
)
def test_request_with_a_key(reach: Reach, service: RequestsMock, keys: dict[str, str], host: str) -> None:
    service.post(f"{host}/oauth/token", json=ANSWER)
    TokenSource(by_key(keys["P-384"]), reach(host), MemoryStore()).token()
    (body,) = bodies(service)
    assertion = body.pop("client_assertion")
    assert body == {
        "grant_type": "client_credentials",
        "client_id": "c-1",
        "client_assertion_type": ASSERTION_TYPE,
    }
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in assertion.split(".")[:2])
    assert header["kid"] == "k-1"
    assert claims["aud"] == f"{host}/oauth/token"


def test_each_request_is_proved_afresh(reach: Reach, service: RequestsMock, keys: dict[str, str]) -> None:
    issue(service, "one", "two")
    source = TokenSource(by_key(keys["P-384"]), reach(CONSOLE), MemoryStore())
    source.renew(source.token())
    first, second = (body["client_assertion"] for body in bodies(service))
    assert first != second


def test_one_token_serves_until_it_is_about_to_expire(source: TokenSource, service: RequestsMock, clock: Clock) -> None:
    issue(service, "one", "two")
    clock.now = NOW
    assert source.token().value == "one"
    clock.now = NOW + 21600 - 301
    assert source.token().value == "one"
    clock.now = NOW + 21600 - 300
    assert source.token().value == "two"
    assert source.token().expires_at == clock.now + 21600


def test_life_is_counted_from_before_the_request(reach: Reach, service: RequestsMock, clock: Clock) -> None:
    def slow(_request: t.Any) -> tuple[int, dict[str, str], str]:
        clock.now += 50
        return 200, {}, json.dumps({"access_token": VALUE, "expires_in": 100})

    service.add_callback("POST", URL, callback=slow)
    assert TokenSource(by_secret(), reach(CONSOLE), MemoryStore(), clock).token().expires_at == NOW + 100


def test_a_rejected_token_is_replaced(source: TokenSource, service: RequestsMock) -> None:
    issue(service, "one", "two")
    assert source.renew(source.token()).value == "two"
    assert source.token().value == "two"


def test_a_rejected_token_that_another_has_replaced_already_costs_no_request(
    reach: Reach, service: RequestsMock, clock: Clock
) -> None:
    issue(service, "one", "two")
    store = MemoryStore()
    mine, theirs = (TokenSource(by_secret(), reach(CONSOLE), store, clock) for _process in range(2))
    rejected = mine.token()
    assert theirs.token() == rejected
    assert theirs.renew(rejected).value == "two"
    assert mine.renew(rejected).value == "two"
    assert len(service.calls) == 2


def test_a_kept_token_that_is_about_to_expire_replaces_no_rejected_one(
    reach: Reach, service: RequestsMock, clock: Clock
) -> None:
    store = MemoryStore()
    mine, theirs = (TokenSource(by_secret(), reach(CONSOLE), store, clock) for _process in range(2))
    issue(service, "one", "two", "three")
    rejected = mine.token()
    theirs.renew(rejected)
    clock.now += 21600 - 100
    assert mine.renew(rejected).value == "three"


def test_a_service_that_repeats_a_rejected_token_is_believed(source: TokenSource, service: RequestsMock) -> None:
    issue(service, "one", "one")
    assert source.renew(source.token()).value == "one"


class Recorder:
    """A store that keeps nothing but what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[TokenKey, str]] = []

    def obtain(self, key: TokenKey, secret: str, _accept: t.Any, fetch: t.Callable[[], Token]) -> Token:
        self.asked.append((key, secret))
        return fetch()


def test_a_token_is_kept_under_its_host_and_client(reach: Reach, service: RequestsMock) -> None:
    service.post("https://h1.us.qlikcloud.com:8443/oauth/token", json=ANSWER)
    store = Recorder()
    TokenSource(by_secret("c-7"), reach("https://h1.us.qlikcloud.com:8443"), store).token()
    assert store.asked == [(TokenKey("h1.us.qlikcloud.com:8443", "c-7", "client_credentials", ""), SECRET)]


def test_secrets_to_mask_are_the_credential_and_the_token(source: TokenSource, service: RequestsMock) -> None:
    issue(service, VALUE)
    assert source.secrets() == (SECRET,)
    source.token()
    assert source.secrets() == (SECRET, VALUE)


def test_a_source_does_not_show_what_it_holds(source: TokenSource, service: RequestsMock) -> None:
    issue(service, VALUE)
    source.token()
    shown = f"{source} {source!r} {source._store!r} {source.credential!r}"
    assert SECRET not in shown
    assert VALUE not in shown


# When it goes wrong


def problem(detail: str) -> dict[str, t.Any]:
    return {"errors": [{"code": "E-1", "title": "Refused", "detail": detail}], "traceId": detail}


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        pytest.param(400, ApiError, "are those of one OAuth client", id="400"),
        pytest.param(401, AuthenticationError, "wrong or expired credentials", id="C28: 401"),
        pytest.param(403, PermissionDeniedError, "not in a tenant", id="403"),
        pytest.param(404, ApiError, "nothing at this address", id="404"),
        pytest.param(429, RateLimitError, "raise max_wait", id="C28: 429"),
        pytest.param(500, ApiError, "status.qlikcloud.com", id="500"),
        pytest.param(201, ApiError, "failed with 201", id="a success that is none"),
    ],
)
def test_a_refused_token_request(
    reach: Reach, service: RequestsMock, discreet: Discreet, status: int, kind: type[ApiError], advice: str
) -> None:
    service.post(URL, status=status, json=problem(f"{SECRET} is wrong"))
    source = TokenSource(by_secret(), reach(CONSOLE, max_wait=0), MemoryStore())
    with discreet(kind, SECRET) as caught:
        source.token()
    assert str(caught.value).startswith(f"Getting a token on console.qlikcloud.com failed with {status} E-1 Refused: ")
    assert advice in str(caught.value)
    assert SECRET not in str(vars(caught.value))


def test_rfc_6749_refusal(source: TokenSource, service: RequestsMock, discreet: Discreet) -> None:
    service.post(URL, status=401, json={"error": "invalid_client", "error_description": f"no {SECRET}"})
    with discreet(AuthenticationError, SECRET) as caught:
        source.token()
    assert "failed with 401 invalid_client: no ***: wrong" in str(caught.value)


def test_neither_key_nor_assertion_shows_when_the_service_quotes_them(
    reach: Reach, service: RequestsMock, discreet: Discreet, keys: dict[str, str]
) -> None:
    sent: list[str] = []

    def quote(request: t.Any) -> tuple[int, dict[str, str], str]:
        sent.append(json.loads(request.body)["client_assertion"])
        return 401, {}, json.dumps(problem(f"{sent[0]} {keys['P-384']}"))

    service.add_callback("POST", URL, callback=quote)
    source = TokenSource(by_key(keys["P-384"]), reach(CONSOLE), MemoryStore())
    with discreet(AuthenticationError, keys["P-384"]) as caught:
        source.token()
    assert sent[0] not in str(caught.value)
    assert sent[0][:40] not in str(caught.value)
    assert "Refused: *** ***" in str(caught.value)


def test_the_old_token_does_not_show_when_the_service_quotes_it(
    source: TokenSource, service: RequestsMock, discreet: Discreet
) -> None:
    issue(service, VALUE)
    service.post(URL, status=403, json=problem(f"{VALUE} was revoked"))
    rejected = source.token()
    with discreet(PermissionDeniedError, SECRET, VALUE):
        source.renew(rejected)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"<html>{VALUE} {SECRET}</html>", id="HTML"),
        pytest.param(f'{{"access_token": "{VALUE}" "expires_in": 21600}}', id="C30: not well-formed"),
        pytest.param(f'["{VALUE}"]', id="a list"),
        pytest.param(f'{{"access_token": "{VALUE}", "token_type": "{SECRET}"}}', id="another type"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_answer_that_is_none(source: TokenSource, service: RequestsMock, discreet: Discreet, body: str) -> None:
    service.post(URL, body=body)
    with discreet(AnswerError, SECRET, VALUE):
        source.token()


def test_a_failed_request_is_not_kept(source: TokenSource, service: RequestsMock) -> None:
    service.post(URL, status=401)
    issue(service, VALUE)
    with pytest.raises(AuthenticationError):
        source.token()
    assert source.token().value == VALUE


def test_token_requests_are_repeated(reach: Reach, service: RequestsMock, naps: list[float]) -> None:
    service.post(URL, status=503)
    service.post(URL, status=429, headers={"Retry-After": "9"})
    issue(service, VALUE)
    assert TokenSource(by_secret(), reach(CONSOLE, retries=1), MemoryStore()).token().value == VALUE
    assert naps == [1, 9]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("kind", ["P-256", "RSA 1024", "encrypted"])
def test_a_key_that_cannot_serve_is_told_before_anything_is_sent(
    reach: Reach, keys: dict[str, str], kind: str, discreet: Discreet
) -> None:
    source = TokenSource(by_key(keys[kind]), reach(CONSOLE), MemoryStore())
    with discreet(ConfigurationError, keys[kind]):
        source.token()


@pytest.mark.usefixtures("service")
def test_an_empty_secret_is_told_before_anything_is_sent(reach: Reach) -> None:
    blank = Credential.from_mapping({"client_id": "c-1", "client_secret": " "}, "the test")
    with pytest.raises(QlikError, match="The client_secret in the test is empty"):
        TokenSource(blank, reach(CONSOLE), MemoryStore()).token()
