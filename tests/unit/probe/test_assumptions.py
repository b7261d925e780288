# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is assumed besides: documents in, measured facts out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from probe.assumptions import ASSUMPTIONS, show_all
from probe.documented import FIELDS
from probe.observations import Answer, Observations

NEXT = "https://api.qlikcloud.com/core/tenants?limit=2&next=0123456789abcdef01234567"
TENANT = {
    "id": "one",
    "name": "North",
    "hostnames": ["h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com"],
    "status": "active",
    "regionCode": "us-east-1",
    "countryCode": "US",
    "createdAt": "2030-01-01T00:00:00.000Z",
    "updatedAt": "2030-01-02T00:00:00.000000Z",
    "licenseEndsAt": "2031-12-31",
}


def page(*rows: dict[str, Any], links: Any = None, **fields: Any) -> Answer:
    return Answer(200, document={"data": list(rows), "links": links or {}, **fields})


SEEN = Observations(
    console_host="console.qlikcloud.com",
    token=Answer(200, document={"expires_in": 21600, "expires_at": "2030-01-01T06:00:00.000Z"}),
    count=Answer(200, document={"total": 2}),
    malformed=Answer(400, frozenset({"x-b3-traceid"}), {"errors": [{"code": "any", "title": "any"}]}),
    first=page(TENANT, links={"next": {"href": NEXT}}, totalResults=2),
    second=page({**TENANT, "id": "two"}),
    single=Answer(200, document=TENANT),
    single_id="one",
)


def shown(label: str, **answers: Any) -> str:
    return dict(show_all(dataclasses.replace(SEEN, **answers)))[label]


def of_tenant(label: str, **fields: Any) -> str:
    return shown(label, first=page({**TENANT, **fields}), second=None)


def of_token(label: str, **fields: Any) -> str:
    return shown(label, token=Answer(200, document=fields))


def linking(href: str) -> Answer:
    return page(TENANT, links={"next": {"href": href}})


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"expires_in": 60}, "60 seconds"),
        ({"expires_in": "60"}, "expires_in is a text"),
        ({"expires_in": 12345678901234567890}, "expires_in is an integer"),
        ({}, "expires_in is missing"),
    ],
)
def test_the_life_of_a_token(fields: dict[str, Any], text: str) -> None:
    assert of_token("life of the token", **fields) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [("2030-01-01T06:00:00.000Z", "a timestamp, 3 fractional digits"), ("later", "a text"), (None, "missing")],
)
def test_the_end_of_a_token(moment: Any, text: str) -> None:
    assert of_token("expires_at of the token", expires_at=moment) == text


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ("cloud-console.tenants:read", "cloud-console.tenants:read, others: 0"),
        ("a cloud-console.tenants:read b", "cloud-console.tenants:read, others: 2"),
        ("a", "without cloud-console.tenants:read, others: 1"),
        (None, "missing"),
    ],
)
def test_the_scope(scope: Any, text: str) -> None:
    assert of_token("scope of the token", scope=scope) == text


def test_totals() -> None:
    assert shown("total of the count") == "an integer"
    assert shown("totalResults of the list") == "an integer"
    assert shown("totalResults equals the count") == "yes"
    assert shown("totalResults equals the count", count=Answer(200, document={"total": 3})) == "no"
    assert shown("total of the count", count=Answer(403)) == "not seen, the count was answered with 403"
    assert shown("totalResults of the list", first=page(totalResults="2")) == "a text"


@pytest.mark.parametrize(
    ("cursor", "text"),
    [
        ("next=0123456789abcdef01234567", "24 hexadecimal digits"),
        ("offset=0123456789abcdef01234567", "24 hexadecimal digits"),
        ("next=0123456789ABCDEF01234567", "another form of 24 characters"),
        ("next=secret", "another form of 6 characters"),
        ("page=2", "not seen, the next link carries neither next= nor offset="),
    ],
)
def test_the_form_of_cursors(cursor: str, text: str) -> None:
    assert shown("cursor", first=linking(f"https://any.example/?{cursor}")) == text


def test_what_a_next_link_repeats() -> None:
    assert shown("next link repeats limit") == "yes"
    assert shown("next link repeats totalResults") == "no"


def test_the_second_page() -> None:
    assert shown("second page") == "new tenants: 1, repeated: 0"
    assert shown("second page", second=page(TENANT)) == "new tenants: 0, repeated: 1"
    assert shown("second page", second=Answer(500)) == "not seen, the second page was answered with 500"
    assert shown("second page", first=page(), second=None) == "not seen, fewer than three tenants"


@pytest.mark.parametrize(
    ("links", "text"),
    [
        ({"self": {}}, "links.next is missing"),
        ({"next": None}, "links.next is null"),
        ({"next": {"href": None}}, "links.next.href is null"),
        ({"next": {"href": NEXT}}, "not seen, there are more than two pages"),
        ("text", "links is missing"),
    ],
)
def test_the_end_of_the_list(links: Any, text: str) -> None:
    assert shown("end of the list", second=page(links=links)) == text


def test_whether_the_tenant_is_the_one_asked_for() -> None:
    label = "one tenant is the one asked for"
    assert shown(label) == "yes"
    assert shown(label, single=page(TENANT)) == "yes"
    assert shown(label, single=page({**TENANT, "id": "other"})) == "no"
    assert shown(label, single=None) == "not seen, no tenant was listed"


def test_codes_are_shown_when_documented_and_counted_when_not() -> None:
    assert of_tenant("values of status") == "active; unknown: 0"
    assert of_tenant("values of status", status="user-access-disabled") == "none of the documented; unknown: 1"
    assert of_tenant("values of regionCode", regionCode=["xx"]) == "none of the documented; unknown: 1"
    assert shown("values of status", first=page(), second=None) == "not seen, no tenant was read"


def test_host_names() -> None:
    odd = ["One.US.qlikcloud.com", "two.xx.qlikcloud.com", "three.example", 4]
    assert of_tenant("host names per tenant", hostnames=odd) == "3 to 3"
    text = "3; outside qlikcloud.com: 1, not of four labels: 1, of an unknown region: 1"
    assert of_tenant("host names", hostnames=odd) == text
    assert of_tenant("host names per tenant", hostnames="one") == "0 to 0"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "none"),
        ({"edition": 1, "datacenter": None}, "datacenter, edition"),
        ({"{{ key }}": 1, "with space": 1, "": 1, "x" * 42: 1}, "not shown: 4"),
        ({"edition": 1, "Acme": 1, "owner": {"name": ["Acme"]}}, "edition, owner, not shown: 1"),
        ({f"field{number:02}": 1 for number in range(21)}, None),
    ],
)
def test_unknown_fields_by_name(fields: dict[str, Any], text: str | None) -> None:
    found = of_tenant("unknown fields of tenants", **fields)
    assert found.endswith("field19, not shown: 1") if text is None else found == text


def test_missing_fields() -> None:
    assert shown("missing required fields") == "none"
    assert of_tenant("missing required fields", regionCode=None) == "regionCode in 1 of 1"
    everything = dict.fromkeys(FIELDS, "any")
    assert of_tenant("missing optional fields", **everything) == "none"
    assert of_tenant("missing optional fields", **{**everything, "name": None}) == "name in 1 of 1"


def test_the_precision_of_timestamps() -> None:
    label = "timestamps of tenants"
    assert of_tenant(label) == "3 and 6 fractional digits"
    assert of_tenant(label, createdAt="2030-01-01T00:00:00Z") == "0 and 6 fractional digits"
    assert of_tenant(label, createdAt="soon") == "6 fractional digits; neither dates nor timestamps: 1"


def test_headers_by_documented_names_alone() -> None:
    names = frozenset({"ratelimit-limit", "x-ratelimit-reset", "x-acme-rate-limit", "retry-after", "date"})
    answer = Answer(200, names, {})
    assert shown("rate limit headers") == "none"
    assert shown("rate limit headers", count=answer) == "RateLimit-Limit, X-RateLimit-Reset, others: 1"
    assert shown("Retry-After in an answer", single=answer) == "yes"
    assert shown("Retry-After in an answer") == "no"


def test_the_error_body() -> None:
    label = "error body of a malformed filter"
    assert shown(label) == "family B with status 400"
    assert shown(label, malformed=Answer(200)) == "not seen, a malformed filter was answered with 200"
    assert shown(label, malformed=Answer()) == "not seen, a malformed filter brought no usable answer"
    assert shown("X-B3-Traceid beside an error") == "yes"


@pytest.mark.parametrize("document", [None, [], "text", 1, {}, {"data": "text", "links": []}, {"data": [1, None]}])
def test_documents_of_any_shape_are_survived(document: Any) -> None:
    answer = Answer(200, document=document)
    seen = Observations("console.qlikcloud.com", answer, answer, answer, answer, answer, answer, "one")
    assert len(show_all(seen)) == len(ASSUMPTIONS)
