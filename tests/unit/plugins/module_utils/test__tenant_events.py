# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_events import (
    APPEARED,
    CHANGED,
    DAY,
    LICENSE_ENDS_SOON,
    STATUS_CHANGED,
    Calendar,
    Event,
    Known,
    Reminder,
    first_seen,
    seen_again,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

END = 1_900_000_000.0  # 2030-03-17T17:46:40Z
TENANT = Tenant.from_api(
    {
        "id": "t-1",
        "name": "North",
        "hostnames": ["a1.us.qlikcloud.com"],
        "status": "active",
        "licenseEndsAt": "2030-03-17T17:46:40Z",
        "updatedAt": "2029-01-01T00:00:00Z",
    }
)


def days_before(days: float, *thresholds: int) -> Calendar:
    return Calendar(END - days * DAY, thresholds or (90, 30, 7))


def types(events: list[Event]) -> list[str]:
    return [event.type for event in events]


def test_a_tenant_that_was_not_known_has_appeared():
    known, events = first_seen(TENANT, days_before(400))
    assert known == Known(TENANT)
    assert [event.as_mapping() for event in events] == [{"type": APPEARED, "tenant": TENANT.facts()}]


def test_a_change_tells_each_field_before_and_after():
    after = replace(TENANT, name=None, hostnames=("a1.us.qlikcloud.com", "north.us.qlikcloud.com"))
    known, events = seen_again(Known(TENANT), after, days_before(400))
    assert known.tenant == after
    assert [event.as_mapping() for event in events] == [
        {
            "type": CHANGED,
            "tenant": after.facts(),
            "changes": {
                "name": {"before": "North", "after": None},
                "hostnames": {
                    "before": ["a1.us.qlikcloud.com"],
                    "after": ["a1.us.qlikcloud.com", "north.us.qlikcloud.com"],
                },
                "alias": {"before": None, "after": "north.us.qlikcloud.com"},
            },
        }
    ]


def test_a_status_has_an_event_of_its_own():
    after = replace(TENANT, status="disabled", name="South")
    events = seen_again(Known(TENANT), after, days_before(400))[1]
    assert types(events) == [CHANGED, STATUS_CHANGED]
    assert events[1].details == {
        "changes": {
            "status": {"before": "active", "after": "disabled"},
            "enabled": {"before": True, "after": False},
        }
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({}, {"updated_at": "2029-02-02T00:00:00Z"}),
        ({"status": "disabled"}, {"status": "deactivated"}),
        ({"status": "Active"}, {"status": "active"}),
    ],
)
def test_what_means_the_same_is_remembered_but_no_news(before, after):
    known, events = seen_again(Known(replace(TENANT, **before)), replace(TENANT, **after), days_before(400))
    assert (known.tenant, events) == (replace(TENANT, **after), [])


def reminders(*days: float, known: Known | None = None, **thresholds: t.Any) -> list[tuple[int, int]]:
    """What is told when a tenant is seen so many days before its licence ends, one time after the other."""
    told = []
    for left in days:
        calendar = days_before(left, *thresholds.get("thresholds", ()))
        known, events = seen_again(known, TENANT, calendar) if known else first_seen(TENANT, calendar)
        told += [
            (event.details["within_days"], event.details["days_left"])
            for event in events
            if event.type == LICENSE_ENDS_SOON
        ]
    return told


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((91, 90, 89, 30, 29, 7, 1), [(90, 90), (30, 30), (7, 7)]),
        ((91, 6.5), [(7, 6)]),
        ((6.5, 6), [(7, 6)]),
        ((91, -2, -3), [(7, -2)]),
        ((-2, -3), []),
        ((29, 91, 29), [(30, 29)]),
    ],
)
def test_each_threshold_reminds_once_of_a_licence_end(days, told):
    assert reminders(*days) == told


def test_nothing_reminds_without_thresholds():
    assert first_seen(TENANT, Calendar(END, ()))[1] == [Event(APPEARED, TENANT)]


def test_another_licence_end_reminds_anew():
    known = Known(TENANT, Reminder("2029-01-01", 7))
    assert reminders(20, known=known) == [(30, 20)]


@pytest.mark.parametrize("fields", [{"license_ends_at": None}, {"license_ends_at": "soon"}, {"status": "deleted"}])
def test_tenants_without_an_end_and_deleted_ones_need_no_reminder(fields):
    tenant = replace(TENANT, **fields)
    assert types(first_seen(tenant, days_before(5))[1]) == [APPEARED]


@pytest.mark.parametrize("known", [Known(TENANT), Known(TENANT, Reminder("2030-03-17T17:46:40Z", 30))])
def test_what_is_known_can_be_kept_as_a_row(known):
    assert Known.from_row(known.as_row()) == known
