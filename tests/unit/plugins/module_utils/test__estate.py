# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._estate import MONTHS, NONE, Estate, Finding
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

NOW = datetime(2026, 11, 29, 23, 30, tzinfo=timezone.utc)
DAYS = st.integers(-800, 1600)


def tenant(number: int | str, **row: t.Any) -> Tenant:
    return Tenant.from_api({"id": str(number), "hostnames": [f"h{number}.eu.qlikcloud.com"], "status": "active", **row})


def document(*tenants: Tenant, previous: dict[str, t.Any] | None = None, **findings: Finding) -> dict[str, t.Any]:
    found = {row.id: findings.get(f"of_{row.id}", Finding()) for row in tenants}
    return Estate("The estate", NOW, tenants, found, previous).document()


def day(number: int) -> str:
    return (NOW.date() + timedelta(days=number)).isoformat()


def test_tenants_are_counted_the_most_frequent_first_and_those_without_a_value_too() -> None:
    rows = [
        tenant(1, status="disabled"),
        tenant(2, countryCode="IE"),
        tenant(3, countryCode="IE", status="deactivated"),
    ]
    report = document(*rows, tenant(4, hostnames=[], regionCode="us-east-1", subscriptionId="1000"))
    assert report["by"] == {
        "region": {"eu": 3, "us-east-1": 1},
        "country": {"IE": 2, NONE: 2},
        "subscription": {NONE: 3, "1000": 1},
        "status": {"active": 2, "deactivated": 2},
    }
    assert report["totals"] == {"tenants": 4, "active": 2, "regions": 2, "countries": 1, "subscriptions": 1}


def test_an_organization_without_tenants_is_one() -> None:
    report = document()
    assert report["totals"]["tenants"] == 0
    assert (report["due"], report["changes"], report["access"]) == ([], None, None)


@pytest.mark.parametrize(
    ("number", "counted"),
    [
        (-1, (1, 0, 0, 0)),
        (0, (0, 1, 1, 1)),
        (30, (0, 1, 1, 1)),
        (31, (0, 0, 1, 1)),
        (90, (0, 0, 0, 1)),
        (91, (0, 0, 0, 0)),
    ],
)
def test_what_is_due_is_counted_by_days_of_the_calendar(number: int, counted: tuple[int, ...]) -> None:
    report = document(tenant(1, licenseEndsAt=day(number)))
    assert tuple(report["due_totals"]["license"].values()) == counted
    assert sum(report["due_totals"]["deletion"].values()) == 0
    assert [row["days"] for row in report["due"]] == [number] * (sum(counted) > 0)


def test_a_timestamp_means_its_day_in_utc() -> None:
    report = document(tenant(1, deletionStartsAt=f"{day(1)}T01:00:00.123456789+02:00"))
    assert [(row["what"], row["days"]) for row in report["due"]] == [("deletion", 0)]


def test_deleted_tenants_are_due_for_nothing() -> None:
    report = document(tenant(1, status="deleted", licenseEndsAt=day(3), deletionStartsAt=day(-3)))
    assert report["due"] == report["unreadable_dates"] == []


@pytest.mark.parametrize("text", ["soon", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_date_that_cannot_be_read_is_told_and_not_lost(text: str) -> None:
    report = document(tenant(1, licenseEndsAt=text))
    assert [(row["id"], row["field"], row["value"]) for row in report["unreadable_dates"]] == [
        ("1", "license_ends_at", text)
    ]


@given(st.lists(st.tuples(DAYS, DAYS), max_size=30))
def test_each_date_from_this_month_on_is_in_one_month_of_the_timeline(dates: list[tuple[int, int]]) -> None:
    rows = [tenant(n, licenseEndsAt=day(a), deletionStartsAt=day(b)) for n, (a, b) in enumerate(dates)]
    timeline = document(*rows)["timeline"]
    assert [row["month"] for row in timeline][:3] == ["2026-11", "2026-12", "2027-01"]
    assert len(timeline) == MONTHS + 1
    for place, kind in enumerate(("license", "deletion")):
        months = [date.fromisoformat(day(pair[place])).isoformat()[:7] for pair in dates]
        expected = [months.count(row["month"]) for row in timeline[:-1]]
        assert [row[kind] for row in timeline] == [*expected, sum(month > timeline[-2]["month"] for month in months)]


def test_changes_since_the_previous_report() -> None:
    before = document(tenant(1), tenant(2, name="Old"), tenant(3, status="deactivated"), tenant(4))
    changes = document(tenant(1), tenant(3, status="disabled"), tenant(4, status="gone"), tenant(5), previous=before)[
        "changes"
    ]
    assert changes["since"] == before["generated_at"]
    assert [row["id"] for row in changes["appeared"]] == ["5"]
    assert [(row["id"], row["name"]) for row in changes["vanished"]] == [("2", "Old")]
    assert [(row["id"], row["before"], row["status"]) for row in changes["status"]] == [("4", "active", "gone")]


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_who_appeared_and_vanished_makes_the_list_before_into_that_of_now(before: set[int], now: set[int]) -> None:
    changes = document(*map(tenant, now), previous=document(*map(tenant, before)))["changes"]
    appeared, vanished = ({int(row["id"]) for row in changes[name]} for name in ("appeared", "vanished"))
    assert before - vanished | appeared == now
    assert not appeared & vanished


def test_those_lack_a_credential_that_should_open_and_have_none() -> None:
    findings = {
        "of_1": Finding(is_expected_to_open=True),
        "of_2": Finding(client_id="client", is_expected_to_open=True),
    }
    report = document(tenant(1), tenant(2), tenant(3), **findings)
    assert [row["id"] for row in report["without_credential"]] == ["1"]


def test_what_tenants_told_is_with_them_and_counted() -> None:
    told = {"access": {"kind": "reached", "msg": None}}
    report = document(tenant(1, name="B"), tenant(2, name="a"), of_1=Finding(host="one", answer=told))
    assert report["access"] == {"reached": 1}
    assert [(row["name"], row["host"], row["access"]) for row in report["tenants"]] == [
        ("a", None, None),
        ("B", "one", told["access"]),
    ]
