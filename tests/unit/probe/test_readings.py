# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row at a time: documents in, reading out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from probe.observations import Answer, Observations
from probe.readings import CONTRADICTIONS, UNSEEN, Reading, error_family, read_all

CONSOLE = "console.qlikcloud.com"
REFERENCE = "https://api.qlikcloud.com/core/tenants"
GUIDE = f"https://{CONSOLE}/api/core/tenants"
ASIAN_HOST = "h1x2y3.{}.qlikcloud.com"
ERROR = {"code": "any", "title": "any"}


def page(*rows: dict[str, Any], **links: str) -> Answer:
    return Answer(200, document={"data": list(rows), "links": {name: {"href": link} for name, link in links.items()}})


NOTHING = Observations(
    console_host=CONSOLE,
    token=Answer(200, document={"access_token": "t", "token_type": "Bearer", "expires_in": 21600}),
    count=Answer(),
    malformed=Answer(),
    first=page(),
)


def observed(**answers: Any) -> Observations:
    return dataclasses.replace(NOTHING, **answers)


def token(**fields: Any) -> Observations:
    return observed(token=Answer(200, document=fields))


def listed(**fields: Any) -> Observations:
    return observed(first=page({"id": "one", **fields}))


def linked(**links: str) -> Observations:
    return observed(first=page(**links))


def single(status: int, document: Any) -> Observations:
    return observed(single=Answer(status, document=document))


def counted(status: int) -> Observations:
    return observed(count=Answer(status))


def refused(document: Any, status: int = 400) -> Observations:
    return observed(malformed=Answer(status, document=document))


def asian(code: str, label: str) -> Observations:
    return listed(regionCode=code, hostnames=[ASIAN_HOST.format(label)])


def hosts(*labels: str, name: str = "North") -> Observations:
    return listed(name=name, hostnames=[f"{label}.us.qlikcloud.com" for label in labels])


CASES = [
    ("C1", token(token_type="Bearer"), "A"),
    ("C1", token(token_type="bearer"), "B"),
    ("C1", token(token_type=["Bearer"]), "neither"),
    ("C1", token(), "neither"),
    ("C2", token(expires_in=21600), "A"),
    ("C2", token(expires_in=3600), "B"),
    ("C2", token(expires_at="2030-01-01T06:00:00.000Z"), "B"),
    ("C2", token(expires_in=60), "neither"),
    ("C3", linked(next=f"{GUIDE}?limit=2&offset=ab"), "A"),
    ("C3", linked(next=f"{GUIDE}?limit=2&next=ab"), "B"),
    ("C3", linked(next=f"{GUIDE}?next=ab&offset=ab"), "A and B"),
    ("C3", linked(next=f"{GUIDE}?page=ab"), "neither"),
    ("C3", linked(next="https://[?next=ab"), "neither"),
    ("C3", linked(), UNSEEN),
    ("C4", linked(self=GUIDE, next=f"{GUIDE}?next=ab"), "A"),
    ("C4", linked(self=REFERENCE), "B"),
    ("C4", linked(self=GUIDE, next=REFERENCE), "A and B"),
    ("C4", linked(self=f"https://{CONSOLE}/core/tenants"), "neither"),
    ("C4", linked(), UNSEEN),
    ("C5", listed(links={"self": {"href": f"{GUIDE}/one"}}), "A"),
    ("C5", listed(links={"self": {"href": "http://foo.example/api/v1/tenants/one"}}), "B"),
    ("C5", listed(links={"self": {"href": "https://elsewhere.example/one"}}), "neither"),
    ("C5", listed(links={"self": {"href": None}}), UNSEEN),
    ("C5", listed(links="none"), UNSEEN),
    ("C6", single(200, {"id": "one"}), "A"),
    ("C6", single(200, {"data": [{"id": "one"}]}), "B"),
    ("C6", single(200, ["one"]), "neither"),
    ("C6", single(404, {}), UNSEEN),
    ("C6", observed(single=Answer()), UNSEEN),
    ("C6", NOTHING, UNSEEN),
    ("C7", listed(status="deactivated"), "A"),
    ("C7", listed(status="disabled"), "B"),
    ("C7", observed(first=page({"id": "1", "status": "disabled"}, {"id": "2", "status": "deactivated"})), "A and B"),
    ("C7", listed(status="active"), UNSEEN),
    ("C7", listed(status=["disabled"]), UNSEEN),
    ("C8", listed(licenseStartsAt="2030-01-01"), "A"),
    ("C8", listed(licenseEndsAt="2030-01-01T00:00:00Z"), "B"),
    ("C8", listed(licenseStartsAt="2030-01-01", licenseEndsAt="2030-01-01T00:00:00.123Z"), "A and B"),
    ("C8", listed(licenseStartsAt="2030-01-01", licenseEndsAt="soon"), "neither"),
    ("C8", listed(licenseStartsAt=None), UNSEEN),
    ("C11", asian("ap-southeast-1", "ap"), "A"),
    ("C11", asian("ap-southeast-2", "sg"), "A"),
    ("C11", asian("ap-southeast-1", "sg"), "B"),
    ("C11", asian("ap-southeast-2", "ap"), "B"),
    ("C11", asian("ap-southeast-2", "us"), "neither"),
    ("C11", asian("us-east-1", "ap"), UNSEEN),
    ("C13", counted(400), "A"),
    ("C13", counted(200), "B"),
    ("C13", counted(403), UNSEEN),
    ("C21", refused({"errors": [{**ERROR, "status": "400"}], "traceId": "ab"}), "A"),
    ("C21", refused({"errors": [ERROR]}), "B"),
    ("C21", refused({"errors": [{**ERROR, "status": "400"}]}), "neither"),
    ("C21", refused({"errors": []}), "neither"),
    ("C21", refused({}, status=200), UNSEEN),
    ("C21", refused({}, status=0), UNSEEN),
    ("C23", hosts("north", "h1x2y3"), "A"),
    ("C23", hosts("h1x2y3", "north"), "B"),
    ("C23", hosts("north-sales", "h1x2y3", name="North Sales!"), "A"),
    ("C23", hosts("abcdef123456", "other"), "B"),
    ("C23", hosts("other", "abcdef123456", name=""), "A"),
    ("C23", hosts("this", "that"), UNSEEN),
    ("C23", hosts("h1x2y3"), UNSEEN),
    ("C30", observed(first=Answer(200, broken=True)), "A"),
    ("C30", NOTHING, "B"),
    ("C30", observed(second=Answer(200, broken=True)), "A and B"),
]


@pytest.mark.parametrize(("row", "seen", "verdict"), CASES)
def test_each_row_tells_what_the_documents_show(row: str, seen: Observations, verdict: str) -> None:
    assert reading(seen, row).verdict == verdict


def reading(seen: Observations, row: str) -> Reading:
    return next(reading for reading in read_all(seen) if reading.row == row)


def test_every_row_of_the_facts_has_a_reading() -> None:
    assert [contradiction.row for contradiction in CONTRADICTIONS] == [f"C{number}" for number in range(1, 31)]


def test_every_judged_row_has_a_case() -> None:
    judged = {row.row for row in CONTRADICTIONS if row.a}
    assert judged == {row for row, seen, verdict in CASES}


@pytest.mark.parametrize("row", [row.row for row in CONTRADICTIONS if not row.a])
def test_what_cannot_be_seen_says_why(row: str) -> None:
    found = reading(NOTHING, row)
    assert found.verdict == UNSEEN
    assert ": " in found.sentence


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (page(), "fewer than three tenants"),
        (page({"id": "1"}, {"id": "2"}, {"id": "3"}), "the first page had no next link"),
        (Answer(200, broken=True), "the list was not well-formed JSON"),
    ],
)
def test_the_reason_for_a_missing_next_link(first: Answer, reason: str) -> None:
    assert reading(observed(first=first), "C3").sentence.endswith(reason)


@pytest.mark.parametrize(
    ("document", "family"),
    [
        ({"errors": [{**ERROR, "status": "400"}], "traceId": "ab"}, "A"),
        ({"errors": [ERROR]}, "B"),
        ({"errors": [ERROR], "message": "any"}, "C"),
        ({"errors": [{**ERROR, "status": "400"}]}, "E"),
        ({"errors": [ERROR], "traceId": "ab"}, "between A and B"),
        ({"error": "invalid_request"}, "RFC 6749"),
        ({}, "F"),
        (None, "F"),
        ({"errors": ["text"]}, "F"),
    ],
)
def test_the_family_of_an_error_body(document: Any, family: str) -> None:
    assert error_family(Answer(400, document=document)) == family


@pytest.mark.parametrize("document", [None, [], "text", 1, {}, {"data": "text", "links": []}, {"data": [1, None]}])
def test_documents_of_any_shape_are_survived(document: Any) -> None:
    answer = Answer(200, document=document)
    seen = Observations(CONSOLE, answer, answer, answer, answer, answer, answer, "one")
    assert len(read_all(seen)) == len(CONTRADICTIONS)
