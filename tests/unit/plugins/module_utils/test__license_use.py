# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._license_use import consumption_of, use_of


def test_the_overview_is_shown_without_its_key_and_what_else_it_may_hold() -> None:
    allotments = [{"name": "professional", "units": 10, "unitsUsed": 3, "overage": -1, "usageClass": ""}, "odd"]
    overview = {
        "licenseKey": "a-secret",
        "status": "Ok",
        "valid": "./.",
        "trial": False,
        "product": 7,
        "more": "a-secret",
    }
    assert use_of({**overview, "allotments": allotments}) == {
        "status": "Ok",
        "valid": "./.",
        "trial": False,
        "product": "7",
        "allotments": [{"name": "professional", "units": 10, "used": 3, "overage": -1}],
    }


def test_an_overview_of_another_shape_holds_nothing() -> None:
    assert use_of({"allotments": None})["allotments"] == []
    assert use_of({"allotments": [{"units": "many", "unitsUsed": True}]})["allotments"] == [
        {"name": None, "units": None, "used": None, "overage": None}
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400, -1e101])
def test_what_no_report_could_hold_is_no_number(number: float) -> None:
    (allotment,) = use_of({"allotments": [{"units": number}]})["allotments"]
    assert allotment["units"] is None
    assert consumption_of([{"minutesUsed": number}], "2026-10-30")["sums"] == {}


def test_each_number_of_the_records_is_added_up_by_its_name() -> None:
    rows = [{"minutesUsed": 2, "endTime": "2026", "flag": True}, {"minutesUsed": 0.5, "other": 1}, {}]
    assert consumption_of(rows, "2026-10-30") == {
        "since": "2026-10-30",
        "records": 3,
        "sums": {"minutesUsed": 2.5, "other": 1},
    }
