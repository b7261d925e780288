# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant, same_status

ROW = {
    "id": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1",
    "name": "North",
    "hostnames": ["h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com"],
    "regionCode": "us-east-1",
    "countryCode": "US",
    "status": "active",
    "createdAt": "2030-01-01T00:00:00.000Z",
    "createdBy": "user-1",
    "updatedAt": "2030-01-02T00:00:00.000Z",
    "subscriptionId": "1000000000000001",
    "licenseNumber": "2000000000000002",
    "licenseStartsAt": "2029-12-31",
    "licenseEndsAt": "2031-12-31",
    "deletionStartsAt": "2032-01-01T00:00:00.000Z",
    "links": {"self": {"href": "http://foo.example/api/v1/tenants/AAAA"}},
}


def tenant(**fields: t.Any) -> Tenant:
    return Tenant.from_api({**ROW, **fields})


def test_every_field_is_taken_from_the_row() -> None:
    assert Tenant.from_api(ROW) == Tenant(
        id="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1",
        name="North",
        hostnames=("h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com"),
        status="active",
        region_code="us-east-1",
        country_code="US",
        subscription_id="1000000000000001",
        license_number="2000000000000002",
        license_starts_at="2029-12-31",
        license_ends_at="2031-12-31",
        deletion_starts_at="2032-01-01T00:00:00.000Z",
        created_at="2030-01-01T00:00:00.000Z",
        created_by="user-1",
        updated_at="2030-01-02T00:00:00.000Z",
    )


@pytest.mark.parametrize("href", ["https://console.qlikcloud.com/x", "http://foo.example/x", None], ids="C5: {}".format)
def test_links_of_a_tenant_do_not_matter(href: str | None) -> None:
    assert tenant(links={"self": {"href": href}}) == Tenant.from_api(ROW)


def test_a_row_with_nothing_but_an_id_is_a_tenant() -> None:
    bare = Tenant.from_api({"id": "t-1"})
    assert bare.as_row() == {**dict.fromkeys(Tenant.from_api(ROW).as_row()), "id": "t-1", "hostnames": []}
    assert (bare.hostname, bare.alias, bare.region, bare.is_enabled) == (None, None, None, False)


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["t-1"]}], ids=str)
def test_a_row_without_an_id_is_refused(row: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="without an id"):
        Tenant.from_api(row)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2024-12-31", "2024-12-31", id="C8: date"),
        pytest.param("2024-12-31T00:00:00.000Z", "2024-12-31T00:00:00.000Z", id="C8: timestamp"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
        pytest.param(20241231, "20241231", id="number"),
    ],
)
def test_texts_stay_as_given(value: t.Any, expected: str | None) -> None:
    assert tenant(licenseEndsAt=value).license_ends_at == expected


@pytest.mark.parametrize(
    ("hostnames", "hostname", "alias", "region"),
    [
        pytest.param(
            ["H1.US.qlikcloud.com", "North.us.qlikcloud.com"],
            "h1.us.qlikcloud.com",
            "north.us.qlikcloud.com",
            "us",
            id="both, any case",
        ),
        pytest.param(["h1.eu.qlikcloud.com"], "h1.eu.qlikcloud.com", None, "eu", id="no alias"),
        pytest.param(["h1.eu.qlikcloud.com", ""], "h1.eu.qlikcloud.com", None, "eu", id="empty alias"),
        pytest.param(["h1.us.qlikcloudgov.com"], "h1.us.qlikcloudgov.com", None, "us", id="government"),
        pytest.param([None, "north.uk.qlikcloud.com"], None, "north.uk.qlikcloud.com", "uk", id="alias alone"),
        pytest.param(["", "north.uk.qlikcloud.com"], None, "north.uk.qlikcloud.com", "uk", id="alias after empty"),
        pytest.param(["h1.qlikcloud.com"], "h1.qlikcloud.com", None, None, id="no region in it"),
        pytest.param(["localhost"], "localhost", None, None, id="one label"),
        pytest.param([], None, None, None, id="none"),
        pytest.param(None, None, None, None, id="null"),
        pytest.param("h1.us.qlikcloud.com", None, None, None, id="text"),
    ],
)
def test_host_names(hostnames: t.Any, hostname: str | None, alias: str | None, region: str | None) -> None:
    found = tenant(hostnames=hostnames)
    assert (found.hostname, found.alias, found.region) == (hostname, alias, region)


@pytest.mark.parametrize("code", ["ap-southeast-1", "ap-southeast-2"], ids="C11: {}".format)
@pytest.mark.parametrize("label", ["ap", "sg"])
def test_region_is_the_label_whatever_the_code_says(code: str, label: str) -> None:
    assert tenant(hostnames=[f"h1.{label}.qlikcloud.com"], regionCode=code).region == label


@pytest.mark.parametrize(
    ("status", "same", "is_enabled"),
    [
        pytest.param("active", "active", True, id="C7: active"),
        pytest.param("disabled", "deactivated", False, id="C7: disabled"),
        pytest.param("deactivated", "deactivated", False, id="C7: deactivated"),
        pytest.param("Deactivated", "deactivated", False, id="C7: another case"),
        pytest.param("DISABLED", "deactivated", False, id="C7: disabled in another case"),
        pytest.param("deleted", "deleted", False, id="C7: deleted"),
        pytest.param("user-access-disabled", "user-access-disabled", False, id="C7: access disabled"),
        pytest.param("hibernating", "hibernating", False, id="C7: unknown"),
    ],
)
def test_status_stays_raw_and_only_active_is_enabled(status: str, same: str, is_enabled: bool) -> None:
    found = tenant(status=status)
    assert (found.status, same_status(status), found.is_enabled) == (status, same, is_enabled)


@pytest.mark.parametrize(
    ("status", "is_deactivated", "is_deleted"),
    [
        pytest.param("active", False, False, id="C7: active"),
        pytest.param("disabled", True, False, id="C7: disabled"),
        pytest.param("Deactivated", True, False, id="C7: deactivated in another case"),
        pytest.param("deleted", False, True, id="C7: deleted"),
        pytest.param("DELETED", False, True, id="C7: deleted in another case"),
        pytest.param("user-access-disabled", False, False, id="C7: access disabled"),
        pytest.param(None, False, False, id="none"),
    ],
)
def test_only_known_words_are_an_end(status: str | None, is_deactivated: bool, is_deleted: bool) -> None:
    found = tenant(status=status)
    assert (found.is_deactivated, found.is_deleted) == (is_deactivated, is_deleted)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, ("1000000000000001", "2000000000000002"), id="both"),
        pytest.param({"licenseNumber": None}, ("1000000000000001",), id="subscription alone"),
        pytest.param({"subscriptionId": ""}, ("2000000000000002",), id="licence alone"),
        pytest.param({"subscriptionId": None, "licenseNumber": ""}, (), id="neither"),
    ],
)
def test_a_credential_may_be_kept_by_subscription_or_licence(
    fields: dict[str, t.Any], expected: tuple[str, ...]
) -> None:
    assert tenant(**fields).subscriptions == expected


@pytest.mark.parametrize(
    ("hostnames", "shown"),
    [
        pytest.param(["h1.us.qlikcloud.com", "north.us.qlikcloud.com"], "t-1 (north.us.qlikcloud.com)", id="alias"),
        pytest.param(["h1.us.qlikcloud.com"], "t-1 (h1.us.qlikcloud.com)", id="no alias"),
        pytest.param([], "t-1 (without a host name)", id="none"),
    ],
)
def test_a_sentence_names_a_tenant_by_id_and_host(hostnames: list[str], shown: str) -> None:
    assert str(tenant(id="t-1", hostnames=hostnames)) == shown


VALUES = st.one_of(st.none(), st.text(), st.integers(), st.booleans())
ROWS = st.fixed_dictionaries(
    {"id": st.text(min_size=1)},
    optional={key: VALUES for key in ROW if key not in ("id", "hostnames")}
    | {"hostnames": st.one_of(st.none(), st.lists(st.one_of(st.text(), st.none()), max_size=3))},
)


@given(ROWS)
def test_a_row_that_is_kept_brings_the_same_tenant_back(row: dict[str, t.Any]) -> None:
    before = Tenant.from_api(row)
    kept = json.loads(json.dumps(before.as_row()))
    assert Tenant.from_api(kept) == before
    assert Tenant.from_api(kept).as_row() == kept
