# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_variables import (
    GROUP_BY,
    group_name,
    groups_of,
    host_variables,
)

ROW = {
    "id": "T1",
    "name": "North",
    "hostnames": ["h1.us.qlikcloud.com", "north.us.qlikcloud.com"],
    "status": "disabled",
    "regionCode": "us-east-1",
    "countryCode": "US",
    "subscriptionId": "1000000000000001",
}


def test_variables_survive_json() -> None:
    variables = host_variables(Tenant.from_api(ROW), "acme")
    assert json.loads(json.dumps(variables)) == {
        "qlik_id": "T1",
        "qlik_name": "North",
        "qlik_hostname": "h1.us.qlikcloud.com",
        "qlik_alias": "north.us.qlikcloud.com",
        "qlik_hostnames": ["h1.us.qlikcloud.com", "north.us.qlikcloud.com"],
        "qlik_url": "https://h1.us.qlikcloud.com",
        "qlik_region": "us",
        "qlik_region_code": "us-east-1",
        "qlik_country_code": "US",
        "qlik_status": "disabled",
        "qlik_enabled": False,
        "qlik_subscription_id": "1000000000000001",
        "qlik_license_number": None,
        "qlik_license_starts_at": None,
        "qlik_license_ends_at": None,
        "qlik_deletion_starts_at": None,
        "qlik_created_at": None,
        "qlik_created_by": None,
        "qlik_updated_at": None,
        "qlik_organization": "acme",
    }


def test_groups() -> None:
    assert groups_of(Tenant.from_api(ROW), GROUP_BY, "Acme Inc") == [
        "qlik_region_us",
        "qlik_country_us",
        "qlik_subscription_1000000000000001",
        "qlik_status_deactivated",
        "qlik_organization_acme_inc",
    ]


def test_no_group_for_what_is_absent() -> None:
    assert groups_of(Tenant.from_api({"id": "T1"}), GROUP_BY, None) == []


@pytest.mark.parametrize(
    ("value", "name"), [("US", "qlik_x_us"), ("us-gov", "qlik_x_us_gov"), ("{{ a }}", "qlik_x____a___")]
)
def test_group_names_are_lower_case_and_valid(value: str, name: str) -> None:
    assert group_name("x", value) == name
