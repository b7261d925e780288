# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target, demand_label

NORTH = {
    "qlik_hostnames": ["h1x2y3.us.qlikcloud.com", "North.US.qlikcloud.com"],
    "qlik_subscription_id": "1000000000000001",
    "qlik_license_number": 2000000000000002,
}
NAMES = frozenset({"h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com"})


def target(host: str, tenant: t.Mapping[str, t.Any] | None = None, console_url: str = CONSOLE_URL) -> Target:
    return Target.of(origin_of(f"https://{host}"), console_url, tenant)


@pytest.mark.parametrize("host", ["h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com", "NORTH.us.QlikCloud.com"])
def test_a_tenant_is_known_by_all_its_names(host: str) -> None:
    ids = ("1000000000000001", "2000000000000002")
    assert target(host, NORTH) == Target(host.lower(), False, NAMES, ("us", ".qlikcloud.com"), ids)


@pytest.mark.parametrize(
    "tenant",
    [
        pytest.param(None, id="nothing known"),
        pytest.param({}, id="no host variables"),
        pytest.param(NORTH, id="another tenant"),
        pytest.param({**NORTH, "qlik_hostnames": None}, id="a tenant without host names"),
        pytest.param({**NORTH, "qlik_hostnames": []}, id="a tenant with no host name"),
        pytest.param({**NORTH, "qlik_hostnames": 5}, id="a variable of the user's own"),
        pytest.param({**NORTH, "qlik_hostnames": ["south.eu.qlikcloud.com.example"]}, id="a longer name"),
    ],
)
def test_host_variables_of_another_tenant_say_nothing(tenant: dict[str, t.Any] | None) -> None:
    place = ("eu", ".qlikcloud.com")
    expected = Target("south.eu.qlikcloud.com", False, frozenset({"south.eu.qlikcloud.com"}), place, ())
    assert target("south.eu.qlikcloud.com", tenant) == expected


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        pytest.param({}, (), id="neither"),
        pytest.param({"qlik_subscription_id": "1", "qlik_license_number": None}, ("1",), id="a subscription"),
        pytest.param({"qlik_subscription_id": "", "qlik_license_number": "2"}, ("2",), id="a licence"),
        pytest.param(
            {"qlik_license_number": "2", "qlik_subscription_id": "1"}, ("1", "2"), id="the subscription first"
        ),
    ],
)
def test_the_subscription_is_known_by_what_the_tenant_has(ids: dict[str, t.Any], expected: tuple[str, ...]) -> None:
    tenant = {"qlik_hostnames": ["h1.us.qlikcloud.com"], **ids}
    assert target("h1.us.qlikcloud.com", tenant).subscriptions == expected


@pytest.mark.parametrize(
    ("host", "region"),
    [
        pytest.param("north.us.qlikcloud.com", "us", id="commercial"),
        pytest.param("north.gov1.qlikcloudgov.com", "gov1", id="government"),
        pytest.param("North.US.QLIKCLOUD.com", "us", id="any case"),
        pytest.param("north.us.qlikcloud.com:8443", None, id="another port"),
        pytest.param("register.us.qlikcloud.com", "us", id="where tenants are created"),
        pytest.param("console.qlikcloud.com", None, id="the console"),
        pytest.param("us.qlikcloud.com", None, id="a region alone"),
        pytest.param("qlikcloud.com", None, id="the domain alone"),
        pytest.param("north.us.qlikcloud.com.", None, id="a dot at the end"),
        pytest.param("north.us.qlikcloud.com.evil.example", None, id="the domain inside"),
        pytest.param("evil-qlikcloud.com", None, id="an end alike"),
        pytest.param("north.us.evil-qlikcloud.com", None, id="a domain with an end alike"),
        pytest.param("north.us.qlikcloud.co", None, id="a domain cut short"),
        pytest.param("north.us.qlik.example", None, id="another domain"),
        pytest.param("north.us.qlikcloudgov.com.evil.example", None, id="the government's domain inside"),
        pytest.param("127.0.0.1", None, id="an address"),
        pytest.param("[::1]", None, id="an address of version 6"),
    ],
)
def test_the_region_is_read_from_host_names_of_the_service_alone(host: str, region: str | None) -> None:
    assert target(host).region == region


def test_the_region_is_that_of_the_address_and_not_of_host_variables() -> None:
    tenant = {**NORTH, "qlik_hostnames": ["north.us.qlikcloud.com", "south.eu.qlikcloud.com"], "qlik_region": "jp"}
    assert target("south.eu.qlikcloud.com", tenant).region == "eu"


@pytest.mark.parametrize(
    ("host", "console_url", "expected"),
    [
        pytest.param("console.qlikcloud.com", CONSOLE_URL, True, id="the console"),
        pytest.param("Console.QlikCloud.com", CONSOLE_URL, True, id="in another case"),
        pytest.param("console.example", "https://console.example", True, id="another console"),
        pytest.param("console.qlikcloud.com", "https://console.example", False, id="not the console that is meant"),
        pytest.param("console.qlikcloud.com:8443", CONSOLE_URL, False, id="another port"),
        pytest.param("north.us.qlikcloud.com", CONSOLE_URL, False, id="a tenant"),
        pytest.param("console.qlikcloud.com.evil.example", CONSOLE_URL, False, id="the console's name inside"),
    ],
)
def test_the_console_is_the_one_address(host: str, console_url: str, expected: bool) -> None:
    assert target(host, NORTH, console_url).is_console is expected


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (
            target("north.us.qlikcloud.com", NORTH),
            "north.us.qlikcloud.com of region us and subscription 1000000000000001",
        ),
        (
            target("north.us.qlikcloud.com"),
            "north.us.qlikcloud.com of region us (subscription unknown)",
        ),
        (target("north.example"), "north.example"),
    ],
    ids=["all", "no subscription", "no region"],
)
def test_a_target_is_told_with_what_is_known(shown: Target, sentence: str) -> None:
    assert str(shown) == sentence


HOSTS = [f"{name}.{region}.qlikcloud.com" for name in ("north", "south", "h1") for region in ("us", "eu")]


@given(st.sampled_from(HOSTS), st.lists(st.sampled_from(HOSTS)), st.booleans())
def test_only_host_variables_of_the_very_tenant_add_names(host: str, names: list[str], shout: bool) -> None:
    known = [name.upper() if shout else name for name in names]
    found = target(host, {"qlik_hostnames": known, "qlik_subscription_id": "1"})
    of_its_region = {name for name in names if name.split(".")[1] == host.split(".")[1]}
    assert found.names == (of_its_region if host in names else {host})
    assert found.subscriptions == (("1",) if host in names else ())


@pytest.mark.parametrize(
    "host", ["deep.us.er.qlikcloud.com", "a.us.b.c.qlikcloud.com", ".us.qlikcloud.com", "north..qlikcloud.com"]
)
def test_a_name_of_another_depth_lies_in_no_region(host: str) -> None:
    assert target(host).place is None


def test_names_of_a_tenant_reach_no_host_outside_of_the_domains() -> None:
    known = {"qlik_hostnames": ["evil.example", "north.us.qlikcloud.com"], "qlik_subscription_id": "1"}
    assert target("evil.example", known) == Target("evil.example", False, frozenset({"evil.example"}), None, ())


def test_more_is_known_of_a_tenant_than_its_host_variables_tell() -> None:
    known = target("h1x2y3.us.qlikcloud.com", NORTH)
    told = known.known_as(("7",), ("other.us.qlikcloud.com",))
    assert told.subscriptions == ("7",)
    assert told.names == NAMES | {"other.us.qlikcloud.com"}
    assert (told.hostname, told.place, told.is_console) == (known.hostname, known.place, known.is_console)


def test_what_is_not_told_remains_as_it_was_known() -> None:
    known = target("h1x2y3.us.qlikcloud.com", NORTH)
    assert known.known_as((), ()) == known


@pytest.mark.parametrize("name", ["h1.eu.qlikcloud.com", "h1.us.qlikcloudgov.com", "evil.example"])
def test_names_of_another_place_are_none_of_the_tenant(name: str) -> None:
    known = target("north.us.qlikcloud.com").known_as(("7",), (name, "south.us.qlikcloud.com"))
    assert known.names == {"north.us.qlikcloud.com", "south.us.qlikcloud.com"}


@pytest.mark.parametrize("hostname", ["evil.example", "north.us.qlikcloud.com:8443"])
def test_a_host_that_is_no_place_of_the_service_has_no_other_names(hostname: str) -> None:
    assert target(hostname).known_as((), ("trusted.example",)).names == {hostname}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("register.us.qlikcloud.com", True),
        ("Register.GOV1.qlikcloudgov.com", True),
        ("register.us.qlikcloud.com:8443", False),
        ("register.example", False),
        ("register.a.us.qlikcloud.com", False),
        ("registers.us.qlikcloud.com", False),
        ("north.us.qlikcloud.com", False),
    ],
)
def test_register_hosts_are_those_of_the_service(host: str, expected: bool) -> None:
    assert target(host).is_register is expected


@pytest.mark.parametrize("region", ["us", "gov1", "ap", "us-east", "east-1"])
def test_a_label_is_a_region(region: str) -> None:
    demand_label(region, "the entry")


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2"])
def test_the_code_of_a_region_is_not_its_label(region: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        demand_label(region, "the entry")
    assert str(caught.value) == (
        "the entry needs region as the label in its tenants' host names, such as us in north.us.qlikcloud.com, "
        f"not the code {region}."
    )
