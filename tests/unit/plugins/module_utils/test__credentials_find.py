# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential of a book opens which host."""

from __future__ import annotations

import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target

CONSOLE = "console.qlikcloud.com"
SUBSCRIPTION, LICENCE = "1000000000000001", "2000000000000002"
NORTH = {
    "qlik_hostnames": ["h1x2y3.us.qlikcloud.com", "north.us.qlikcloud.com"],
    "qlik_subscription_id": SUBSCRIPTION,
    "qlik_license_number": LICENCE,
}
Entry = dict[str, t.Any]
Document = dict[str, t.Any]


def owned(owner: str, **fields: t.Any) -> Entry:
    """An entry whose secret names its owner."""
    return {**fields, "client_id": f"client of {owner}", "client_secret": f"secret of {owner}"}


FULL: Document = {
    "organization": owned("the organization"),
    "regions": [
        owned("us", region="us"),
        owned("us by licence", region="us", license_number=LICENCE),
        owned("us by subscription", region="US", subscription_id=SUBSCRIPTION),
        owned("eu of another", region="eu", subscription_id="9"),
        owned("gov1", region="gov1", register_url="https://register.gov1.qlikcloudgov.com"),
    ],
    "tenants": [owned("h1x2y3", hostname="H1X2Y3.us.QlikCloud.com"), owned("example", hostname="tenant.example")],
}


def without(*owners: str) -> Document:
    """The full book but for some entries."""
    absent = {f"secret of {owner}" for owner in owners}
    tiers = {
        tier: [entry for entry in FULL[tier] if entry["client_secret"] not in absent]
        for tier in FULL
        if tier != "organization"
    }
    return {"organization": FULL["organization"], **tiers}


def opener(
    document: Document, host: str, tenant: t.Mapping[str, t.Any] | None = None, console: str = CONSOLE_URL
) -> str | None:
    """Whose credential opens a host."""
    target = Target.of(origin_of(f"https://{host}"), console, tenant)
    credential = CredentialBook.from_mapping(document, "the book").find(target)
    return credential.material().removeprefix("secret of ") if credential else None


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        pytest.param([], "h1x2y3", id="its own"),
        pytest.param(["h1x2y3"], "us by subscription", id="its region and subscription"),
        pytest.param(["h1x2y3", "us by subscription"], "us by licence", id="its region and licence"),
        pytest.param(["h1x2y3", "us by subscription", "us by licence"], "us", id="its region"),
        pytest.param(["h1x2y3", "us by subscription", "us by licence", "us"], None, id="nothing"),
    ],
)
@pytest.mark.parametrize("host", NORTH["qlik_hostnames"], ids=["generated name", "alias"])
def test_the_most_specific_entry_opens_a_tenant(host: str, absent: list[str], expected: str | None) -> None:
    assert opener(without(*absent), host, NORTH) == expected


@pytest.mark.parametrize(
    ("host", "tenant", "expected"),
    [
        pytest.param("h1x2y3.us.qlikcloud.com", None, "h1x2y3", id="the name in the book"),
        pytest.param("H1x2Y3.US.QLIKCLOUD.COM", None, "h1x2y3", id="in another case"),
        pytest.param("NORTH.us.qlikcloud.com", NORTH, "h1x2y3", id="an alias in another case"),
        pytest.param("north.us.qlikcloud.com", None, "us", id="an alias that nobody knows"),
        pytest.param("south.us.qlikcloud.com", NORTH, "us", id="another tenant of the region"),
        pytest.param("south.eu.qlikcloud.com", NORTH, None, id="another tenant elsewhere"),
        pytest.param("north.eu.qlikcloud.com", None, None, id="a subscription that nobody knows"),
        pytest.param("north.gov1.qlikcloudgov.com", None, "gov1", id="government"),
        pytest.param("north.gov1.qlikcloud.com", None, None, id="a region of the government elsewhere"),
        pytest.param("north.us.qlikcloudgov.com", None, None, id="a commercial region at the government's"),
        pytest.param("tenant.example", None, "example", id="a tenant outside of the domains, named in the book"),
    ],
)
def test_a_host_is_opened_by_what_is_known_of_it(
    host: str, tenant: t.Mapping[str, t.Any] | None, expected: str | None
) -> None:
    assert opener(FULL, host, tenant) == expected


@pytest.mark.parametrize(
    ("host", "console", "expected"),
    [
        pytest.param(CONSOLE, CONSOLE_URL, "the organization", id="the console"),
        pytest.param("CONSOLE.qlikcloud.com", CONSOLE_URL, "the organization", id="in another case"),
        pytest.param("console.example", "https://console.example", "the organization", id="another console"),
        pytest.param(CONSOLE, "https://console.example", None, id="not the console that is meant"),
        pytest.param(f"{CONSOLE}:8443", CONSOLE_URL, None, id="another port"),
        pytest.param(f"{CONSOLE}.evil.example", CONSOLE_URL, None, id="a name that begins like it"),
        pytest.param("south.jp.qlikcloud.com", CONSOLE_URL, None, id="a tenant"),
    ],
)
def test_the_organization_credential_opens_the_console_alone(host: str, console: str, expected: str | None) -> None:
    assert opener(FULL, host, console=console) == expected


@pytest.mark.parametrize(
    "console", [CONSOLE_URL, "https://north.us.qlikcloud.com"], ids=["the usual", "named as a tenant"]
)
def test_nothing_but_the_organization_credential_opens_the_console(console: str) -> None:
    host = console.removeprefix("https://")
    document = {"regions": [owned("us", region="us")], "tenants": [owned("a tenant", hostname=host)]}
    assert opener(document, host, {"qlik_hostnames": [host]}, console) is None


@pytest.mark.parametrize(
    "host",
    [
        "north.us.qlikcloud.com.evil.example",
        "north.us.qlikcloudgov.com.evil.example",
        "evil-qlikcloud.com",
        "north.us.evil-qlikcloud.com",
        "north.us.qlikcloud.co",
        "us.qlikcloud.com",
        "deep.er.us.qlikcloud.com",
        "qlikcloud.com",
        "us.example",
        "127.0.0.1",
    ],
)
def test_a_region_credential_opens_nothing_outside_of_its_region(host: str) -> None:
    known = {
        "qlik_hostnames": [host],
        "qlik_subscription_id": SUBSCRIPTION,
        "qlik_license_number": LICENCE,
        "qlik_region": "us",
    }
    assert opener(FULL, host, known) is None


@pytest.mark.parametrize(
    ("entry", "options"),
    [
        pytest.param(
            {"client_id": "c-1", "client_secret": " s3cret\n", "key_id": "k"},
            {"client_id": "c-1", "client_secret": "s3cret"},
            id="a secret",
        ),
        pytest.param(
            {"client_id": 17, "private_key": "a\nkey\n", "key_id": 8},
            {"client_id": "17", "private_key": "a\nkey", "key_id": "8"},
            id="a key",
        ),
    ],
)
def test_a_credential_is_given_to_a_task_as_options(entry: Entry, options: dict[str, str]) -> None:
    credential = Credential.from_mapping(entry, "here")
    assert credential.as_options() == options
    assert Credential.from_mapping(credential.as_options(), "there").as_options() == options


def test_a_secret_that_cannot_be_used_is_told_when_it_is_given_to_a_task() -> None:
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": " "}, "here")
    with pytest.raises(ConfigurationError, match=r"^The client_secret in here is empty\.$"):
        credential.as_options()


# A model: secrets tell whom they belong to, and belonging is defined here anew.

LABELS = st.sampled_from(["north", "h1", "console", "register"])
REGIONS = st.sampled_from(["us", "eu", "gov1"])
ENDS = st.sampled_from(
    [
        ".qlikcloud.com",
        ".qlikcloudgov.com",
        ".qlikcloud.com.evil.example",
        ".evil-qlikcloud.com",
        ".example",
        "-qlikcloud.com",
    ]
)
HOSTS = st.one_of(st.builds(lambda *parts: ".".join(parts[:2]) + parts[2], LABELS, REGIONS, ENDS), st.just(CONSOLE))
IDS = st.none() | st.sampled_from(["1", "2", "3"])
TENANTS = st.fixed_dictionaries(
    {"qlik_hostnames": st.lists(HOSTS, max_size=2), "qlik_subscription_id": IDS, "qlik_license_number": IDS}
)


def books() -> st.SearchStrategy[Document]:
    regions = st.lists(st.tuples(REGIONS, IDS), unique=True, max_size=4)
    return st.builds(
        lambda organization, wide, narrow: {
            "organization": owned("organization") if organization else None,
            "regions": [owned(f"region {name} {number}", region=name, subscription_id=number) for name, number in wide],
            "tenants": [owned(f"tenant {name}", hostname=name) for name in narrow],
        },
        st.booleans(),
        regions,
        st.lists(HOSTS, unique=True, max_size=3),
    )


def belongs(owner: str, host: str, tenant: t.Mapping[str, t.Any]) -> bool:
    tier, *parts = owner.split()
    place = re.fullmatch(r"[^.]+\.([^.]+)\.(qlikcloud|qlikcloudgov)\.com", host)
    is_described = place is not None and host in tenant["qlik_hostnames"]
    if tier == "organization" or host == CONSOLE:
        return (tier, host) == ("organization", CONSOLE)
    if tier == "tenant":
        same_place = r"[^.]+" + re.escape(host[host.index(".") :])
        return parts[0] in (tenant["qlik_hostnames"] if is_described else [host]) and bool(
            re.fullmatch(same_place, parts[0])
        )
    ids = (tenant["qlik_subscription_id"], tenant["qlik_license_number"])
    return (
        place is not None
        and place.groups() == (parts[0], "qlikcloud")
        and (parts[1] == "None" or (is_described and parts[1] in ids))
    )


def owners(document: Document) -> list[str]:
    entries = [*filter(None, [document["organization"]]), *document["regions"], *document["tenants"]]
    return [entry["client_secret"].removeprefix("secret of ") for entry in entries]


@given(books(), HOSTS, TENANTS)
def test_no_secret_of_another_host_is_ever_found(document: Document, host: str, tenant: dict[str, t.Any]) -> None:
    found = opener(document, host, tenant)
    assert found is None or belongs(found, host, tenant)


@given(books(), HOSTS, TENANTS)
def test_a_host_is_opened_when_and_only_when_an_entry_belongs_to_it(
    document: Document, host: str, tenant: dict[str, t.Any]
) -> None:
    assert bool(opener(document, host, tenant)) is any(belongs(owner, host, tenant) for owner in owners(document))


@given(books(), HOSTS, TENANTS, st.randoms(use_true_random=False))
def test_the_order_of_regions_in_a_book_does_not_matter(
    document: Document, host: str, tenant: dict[str, t.Any], chance: t.Any
) -> None:
    before = opener(document, host, tenant)
    chance.shuffle(document["regions"])
    assert opener(document, host, tenant) == before
