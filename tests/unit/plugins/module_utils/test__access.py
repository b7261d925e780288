# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._access import LONGEST_CREATION, Access
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

CONNECTION = Connection("https://console.qlikcloud.com", HttpSettings(), "none", None, None)
CREDENTIAL = Credential.from_mapping({"client_id": "client-1", "client_secret": "a-secret"}, "the test")
Asked = list[tuple[str, tuple[str, ...], tuple[str, ...]]]


@pytest.fixture
def asked() -> Asked:
    """What credentials were looked for."""
    return []


def access(asked: Asked, credential: Credential = CREDENTIAL, connection: Connection = CONNECTION) -> Access:
    def find(url: str, subscriptions: tuple[str, ...], names: tuple[str, ...]) -> Credential:
        asked.append((url, subscriptions, names))
        return credential

    return Access(connection, find, lambda sentence: None)


def test_the_organization_is_opened_by_the_credential_of_the_console(asked: Asked) -> None:
    access(asked).organization()
    assert asked == [("https://console.qlikcloud.com", (), ())]


@pytest.mark.parametrize("domain", [".qlikcloud.com", ".qlikcloudgov.com"])
def test_the_register_host_is_that_of_region_and_domain(asked: Asked, domain: str) -> None:
    tokens = access(asked).register(("eu", domain), ("1000", "2000"))
    assert asked == [(f"https://register.eu{domain}", ("1000", "2000"), ())]
    assert tokens.transport.origin == f"https://register.eu{domain}"
    assert tokens.credential is CREDENTIAL


def test_a_credential_may_name_its_register_host(asked: Asked) -> None:
    tokens = access(asked, replace(CREDENTIAL, register_url="https://register.other.example/")).register(
        ("eu", ".qlikcloud.com"), ()
    )
    assert tokens.transport.origin == "https://register.other.example"
    assert asked == [("https://register.eu.qlikcloud.com", (), ())]


def test_a_credential_is_sent_to_no_plain_register_host(asked: Asked) -> None:
    wrong = replace(CREDENTIAL, register_url="http://register.other.example")
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        access(asked, wrong).register(("eu", ".qlikcloud.com"), ())


@pytest.mark.parametrize(("given", "taken"), [(30.0, LONGEST_CREATION), (600.0, 600.0)], ids=["shorter", "longer"])
def test_a_creation_has_its_time(asked: Asked, given: float, taken: float) -> None:
    connection = replace(CONNECTION, http=HttpSettings(timeout=given, retries=2))
    tokens = access(asked, connection=connection).register(("eu", ".qlikcloud.com"), ())
    assert tokens.transport._settings == HttpSettings(timeout=taken, retries=2)


def test_a_tenant_is_opened_by_what_is_found_for_its_subscriptions_and_host_names(asked: Asked) -> None:
    names = ("h1.eu.qlikcloud.com", "north.eu.qlikcloud.com")
    known = Tenant.from_api(
        {"id": "t-1", "hostnames": list(names), "subscriptionId": "1000", "licenseNumber": "L-1", "status": "active"}
    )
    tenant = access(asked).tenant("h1.eu.qlikcloud.com", known)
    assert asked == [("https://h1.eu.qlikcloud.com", ("1000", "L-1"), names)]
    assert tenant._client.host == "h1.eu.qlikcloud.com"
