# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _lifecycle
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    ConfigurationError,
    QlikError,
    TransportError,
    WrongTenantError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._lifecycle import NAME, Subject
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import TenantList
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

HOST, NORTH = "h1.eu.qlikcloud.com", "north.eu.qlikcloud.com"
TENANT = Tenant.from_api(
    {"id": "t-1", "name": "North", "hostnames": [HOST, NORTH], "status": "active", "subscriptionId": "1000"}
)
SPENT = replace(TENANT, status="deactivated", deletion_starts_at="2030-01-01T00:00:00.000Z")
LOST = TransportError("No answer came.", transient=True)


class Service:
    """Stands for all hosts; `error` is what a call to the register host ends with, after it was carried out."""

    def __init__(self, *tenants: Tenant, error: QlikError | None = None) -> None:
        self.tenants_there, self.error = tenants, error
        self.calls: list[tuple[t.Any, ...]] = []

    def organization(self) -> Service:
        return self

    def tenants(self) -> TenantList:
        return TenantList(self.tenants_there, None)

    def register(self, place: tuple[str, str], subscriptions: tuple[str, ...]) -> Service:
        self.calls.append(("register", place, subscriptions))
        return self

    def tenant(self, name: str, known: Tenant | None = None) -> t.Any:
        """The organization's row of an id, or the host of a host name."""
        if known is None:
            return self.tenants_there[0]
        self.calls.append(("open", name, known))
        return self

    def me(self) -> dict[str, t.Any]:
        return {"id": "u-1", "tenantId": self.tenants_there[0].id}

    def license_key(self) -> str:
        return "a-key"

    def configure(self, tenant_id: str, values: dict[str, str]) -> None:
        self.calls.append(("configure", tenant_id, values))

    def deactivate(self, *arguments: t.Any) -> str:
        return self._acted("deactivate", *arguments)

    def reactivate(self, *arguments: t.Any) -> str:
        return self._acted("reactivate", *arguments)

    def _acted(self, *call: t.Any) -> str:
        self.calls.append(call)
        if self.error:
            raise self.error
        return "2031-01-01T00:00:00.000Z"


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lifecycle, "RegionApi", lambda service: service)


def subject(service: Service, tenant: Tenant = TENANT) -> Subject:
    return Subject(t.cast("t.Any", service), tenant)


def test_a_deactivation_goes_to_the_register_host_of_the_tenant() -> None:
    service = Service(SPENT)
    assert subject(service).deactivate("North.eu.qlikcloud.com", 10) == "2031-01-01T00:00:00.000Z"
    assert service.calls == [
        ("register", ("eu", ".qlikcloud.com"), ("1000",)),
        ("deactivate", "t-1", "North.eu.qlikcloud.com", 10),
    ]


def test_a_reactivation_goes_to_the_register_host_of_the_tenant() -> None:
    service = Service(TENANT)
    subject(service, SPENT).reactivate(NORTH)
    assert service.calls[-1] == ("reactivate", "t-1", NORTH)


@pytest.mark.parametrize(
    "error", [LOST, AnswerError("Nonsense."), ApiError("Out.", host="h", status=503)], ids=["lost", "nonsense", "503"]
)
def test_a_lost_answer_is_looked_for_in_the_organization(error: QlikError) -> None:
    assert subject(Service(SPENT, error=error)).deactivate(NORTH, None) == SPENT.deletion_starts_at
    service = Service(TENANT, error=error)
    subject(service, SPENT).reactivate(NORTH)
    assert [call[0] for call in service.calls] == ["register", "reactivate"]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(LOST, id="lost, without effect"),
        pytest.param(TransportError("Nobody listens.", transient=True, unsent=True), id="unsent"),
        pytest.param(ApiError("No.", host="h", status=412), id="refused"),
    ],
)
def test_a_call_without_effect_fails_with_its_error(error: QlikError) -> None:
    with pytest.raises(error.__class__, match=str(error)):
        subject(Service(TENANT, error=error)).deactivate(NORTH, None)
    with pytest.raises(error.__class__, match=str(error)):
        subject(Service(SPENT, error=error), SPENT).reactivate(NORTH)


def test_a_refusal_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(SPENT, error=ApiError("No.", host="h", status=403))
    monkeypatch.setattr(service, "organization", pytest.fail)
    with pytest.raises(ApiError, match="No"):
        subject(service).deactivate(NORTH, None)


def test_the_host_of_a_tenant_must_be_that_tenant() -> None:
    subject(Service(TENANT)).answers()
    with pytest.raises(WrongTenantError, match=f"^{HOST} is the tenant t-2, not t-1"):
        subject(Service(replace(TENANT, id="t-2"))).answers()


def test_a_tenant_is_configured_on_its_own_host() -> None:
    service = Service(TENANT)
    subject(service).configure({NAME: "South"})
    assert service.calls == [("open", HOST, TENANT), ("configure", "t-1", {NAME: "South"})]
    assert subject(service).license_key() == "a-key"


def test_the_list_is_what_has_to_show_an_alias() -> None:
    other = replace(TENANT, id="t-0", hostnames=("h0.eu.qlikcloud.com", "south.eu.qlikcloud.com"))
    service = Service(other, TENANT)
    subject(service).shows(NORTH)
    with pytest.raises(AnswerError, match=r"does not show the alias south\.eu\.qlikcloud\.com of tenant t-1 yet"):
        subject(service).shows("south.eu.qlikcloud.com")


def test_a_tenant_that_is_not_listed_is_not_shown() -> None:
    with pytest.raises(AnswerError, match="does not show"):
        subject(Service(replace(TENANT, id="t-2"))).shows(NORTH)


@pytest.mark.parametrize("confirmed", [HOST, NORTH, NORTH.upper()])
def test_any_host_name_of_the_tenant_confirms_it(confirmed: str) -> None:
    subject(Service()).demand(confirmed)


@pytest.mark.parametrize("confirmed", ["", "north", "t-1", f" {NORTH}", "south.eu.qlikcloud.com"], ids=repr)
def test_nothing_else_confirms_it(confirmed: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"no host name of tenant t-1 \({HOST}, {NORTH}\); nothing was sent"):
        subject(Service()).demand(confirmed)


def test_a_tenant_without_host_names_cannot_be_confirmed_or_called() -> None:
    bare = subject(Service(), replace(TENANT, hostnames=()))
    with pytest.raises(ConfigurationError, match=r"\(it has none\)"):
        bare.demand(NORTH)
    with pytest.raises(ConfigurationError, match="t-1 has no host name to call"):
        bare.license_key()


def test_a_tenant_elsewhere_has_no_register_host() -> None:
    service = Service()
    with pytest.raises(ConfigurationError, match=r"region of tenant t-1 cannot be told from h1\.example"):
        subject(service, replace(TENANT, hostnames=("h1.example",))).deactivate("h1.example", None)
    assert service.calls == []
