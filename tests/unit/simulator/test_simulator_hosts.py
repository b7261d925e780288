# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant hosts, tiers and audiences."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests


@pytest.fixture
def tenant(call):
    return call.sim.state.tenants[0]


@pytest.fixture
def at_home(call, tenant):
    """A caller with a token of the region client for the generated host of the first tenant."""
    return call.log_in(tenant.hostnames[0], call.sim.region_client("us").client_id)


def url(tenant, path, position=0):
    return f"https://{tenant.hostnames[position]}{path}"


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_the_tenant_shows_itself(at_home, tenant):
    moved = at_home("GET", url(tenant, "/api/v1/tenants/me"))
    assert (moved.status_code, moved.headers["Location"]) == (302, url(tenant, f"/api/v1/tenants/{tenant.id}"))
    body = at_home("GET", moved.headers["Location"]).json()
    assert (body["id"], body["name"], body["hostnames"]) == (tenant.id, tenant.name, tenant.hostnames)
    assert body["datacenter"] == "us-east-1"


def test_the_first_token_makes_a_bot_user(call, tenant):
    assert call.sim.state.bots_of(tenant) == []
    client = call.sim.region_client("us")
    call.log_in(tenant.hostnames[0], client.client_id).log_in(tenant.hostnames[0], client.client_id)
    assert len(call.sim.state.bots_of(tenant)) == 1
    moved = call("GET", url(tenant, "/api/v1/users/me"))
    assert moved.status_code == 301
    user = call("GET", moved.headers["Location"]).json()
    assert user["subject"] == f"qlikbot\\{client.client_id}"
    assert (user["clientId"], user["tenantId"], user["name"]) == (client.client_id, tenant.id, "US OAuth client")


def test_listing_makes_no_bot_user(call):
    call.walk(limit=100)
    assert call.sim.state.bots == {}


def test_host_names_ignore_case(at_home, tenant):
    assert at_home("GET", f"https://{tenant.hostnames[0].upper()}/api/v1/tenants/me").status_code == 302


def test_a_token_is_good_for_its_own_host_only(at_home, tenant):
    other = at_home.sim.add_tenant(subscription_id=tenant.subscription_id)
    assert at_home("GET", url(tenant, "/api/v1/tenants/me")).status_code == 302
    for foreign in (
        url(tenant, "/api/v1/tenants/me", position=1),
        url(other, "/api/v1/tenants/me"),
        "/api/core/tenants",
        "/api/core/oauth-clients",
    ):
        assert at_home("GET", foreign).status_code == 401


def test_the_alias_issues_tokens_too(call, tenant):
    call.log_in(tenant.hostnames[1], call.sim.region_client("us").client_id)
    assert call("GET", url(tenant, "/api/v1/tenants/me", position=1)).status_code == 302


def test_a_tenant_client_opens_its_tenant_only(call, tenant):
    client = call.sim.add_client("Tenant automation", tenant)
    body = call.grant(tenant.hostnames[0], client_id=client.client_id).json()
    assert body["scope"] == "user_default"
    other = call.sim.add_tenant(subscription_id=tenant.subscription_id)
    assert call.grant(other.hostnames[0], client_id=client.client_id).status_code == 401
    call.log_in(tenant.hostnames[0], client.client_id)
    user = call("GET", call("GET", url(tenant, "/api/v1/users/me")).headers["Location"]).json()
    assert user["name"] == "Tenant automation"


def test_a_tenant_client_must_be_trusted(call, tenant):
    client = call.sim.add_client("Tenant automation", tenant)
    client.consent_method = "required"
    assert code(call.grant(tenant.hostnames[0], client_id=client.client_id)) == (401, "unauthorized_client")


def test_a_region_client_opens_its_region_and_subscription_only(call):
    first, second = call.sim.state.subscriptions
    client = call.sim.region_client("us", first)
    for region, subscription, status in (("us", first, 200), ("eu", first, 401), ("us", second, 401)):
        tenant = call.sim.add_tenant(region, subscription_id=subscription)
        assert call.grant(tenant.hostnames[0], client_id=client.client_id).status_code == status


def test_a_client_of_a_wrong_tier(call, tenant):
    assert call.grant(tenant.hostnames[0]).status_code == 403
    assert call.grant(client_id=call.sim.region_client("us").client_id).status_code == 403
    assert call.grant(tenant.hostnames[0], client_secret="wrong").status_code == 401


def test_a_disabled_bot_user(at_home, tenant):
    at_home.sim.state.bots_of(tenant)[0].status = "disabled"
    client = at_home.sim.region_client("us")
    assert at_home.grant(tenant.hostnames[0], client_id=client.client_id).status_code == 403


@pytest.mark.parametrize("status", ["deactivated", "disabled"])
def test_a_deactivated_tenant(at_home, tenant, status):
    tenant.status = status
    client = at_home.sim.region_client("us")
    assert code(at_home("GET", url(tenant, "/api/v1/tenants/me"))) == (401, "TENANT_DISABLED")
    assert code(at_home.grant(tenant.hostnames[0], client_id=client.client_id)) == (401, "TENANT_DISABLED")


def test_other_ids_are_not_here(at_home, tenant):
    assert code(at_home("GET", url(tenant, "/api/v1/tenants/other"))) == (404, "TENANTS-8")
    assert at_home("GET", url(tenant, "/api/v1/users/other")).status_code == 404


@pytest.mark.parametrize("host", ["nobody.us.qlikcloud.com", "api.qlikcloud.com", "register.us.qlikcloud.com"])
def test_hosts_that_are_nobodys(call, host):
    answer = call("GET", f"https://{host}/api/core/tenants")
    assert answer.status_code == 404
    assert answer.json()["traceId"]


def test_a_deleted_tenant_is_gone(at_home, tenant):
    tenant.status = "deleted"
    assert at_home("GET", url(tenant, "/api/v1/tenants/me")).status_code == 404


def test_a_new_host_name_answers_and_an_old_one_does_not(call, tenant):
    client = call.sim.region_client("us")
    old = tenant.hostnames[1]
    assert call.grant(old, client_id=client.client_id).status_code == 200
    tenant.hostnames[1] = "fresh.us.qlikcloud.com"
    assert call.grant("fresh.us.qlikcloud.com", client_id=client.client_id).status_code == 200
    assert call.grant(old, client_id=client.client_id).status_code == 404


def test_the_credentials_open_every_active_tenant(call):
    book = call.sim.credentials
    assert book["organization"] == {"client_id": call.sim.client_id, "client_secret": call.sim.client_secret}
    by_place = {(entry["region"], entry["subscription_id"]): entry for entry in book["regions"]}
    for tenant in call.sim.state.tenants:
        entry = by_place[tenant.region, tenant.subscription_id]
        fields = {name: entry[name] for name in ("client_id", "client_secret")}
        expected = 200 if tenant.status == "active" else 401
        assert call.grant(tenant.hostnames[0], **fields).status_code == expected


@pytest.mark.parametrize("host", ["evilqlikcloud.com", "qlikcloud.com.example.net", "qlikcloud.com", "example.net"])
def test_the_proxy_opens_no_other_host(call, host):
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        call("GET", f"https://{host}/")
    assert call.sim.record.count("CONNECT", host=host, status=403) == 1


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("CONNECT console.qlikcloud.com:443 HTTP/1.1", 200),
        ("CONNECT A.B.C.QlikCloud.Com:443 HTTP/1.1", 200),
        ("CONNECT a..qlikcloud.com:443 HTTP/1.1", 403),
        ("CONNECT console.qlikcloud.com:80 HTTP/1.1", 403),
        ("CONNECT console.qlikcloud.com HTTP/1.1", 403),
        ("CONNECT 127.0.0.1:443 HTTP/1.1", 403),
        ("GET / HTTP/1.1", 403),
        ("POST /record HTTP/1.1", 403),
        ("nonsense", 403),
    ],
)
def test_what_the_proxy_understands(call, line, status):
    address = urlsplit(call.sim.proxy_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(f"{line}\r\n\r\n".encode())
        assert connection.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_the_proxy_opens_no_other_port(call):
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        call("GET", "https://console.qlikcloud.com:8443/")


def test_the_proxy_forwards_no_plain_http(call):
    answer = call("GET", "http://console.qlikcloud.com/api/core/tenants")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/plain")


def test_certificates_are_checked(call):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get("https://console.qlikcloud.com/", proxies={"https": call.sim.proxy_url}, verify=True, timeout=5)
