# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _side_by_side
from ansible_collections.qlikops.cloud.plugins.module_utils._access import Access
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_visits import Questions, Visits
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from simulator import Simulator

CREDENTIAL = Credential.from_mapping({"client_id": "client-1", "client_secret": "a-secret"}, "the test")


def visits(questions: Questions) -> Visits:
    connection = Connection(
        "https://console.qlikcloud.com",
        HttpSettings(timeout=10, retries=0, ca_path=os.environ.get("QLIK_CA_PATH")),
        "none",
        None,
        None,
    )
    return Visits(Access(connection, lambda *known: CREDENTIAL, print), questions)


def known(simulator: Simulator) -> list[Tenant]:
    rows = [tenant for tenant in simulator.state.tenants if tenant.status == "active"]
    return [Tenant.from_api({"id": x.id, "hostnames": x.hostnames, "subscriptionId": x.subscription_id}) for x in rows]


def own(simulator: Simulator, tenant: Tenant) -> Credential:
    client = simulator.region_client(str(tenant.region), tenant.subscription_id)
    return Credential.from_mapping({"client_id": client.client_id, "client_secret": client.secret}, "the test")


def test_only_what_was_asked_is_answered(simulator: Simulator) -> None:
    (tenant, *_others) = known(simulator)
    for questions, names in (
        (Questions(verify=True), {"access"}),
        (Questions(license_use=True), {"license"}),
        (Questions(), set()),
    ):
        answers = visits(questions).answers({tenant: own(simulator, tenant)})
        assert set(answers[tenant.id]) == names
        assert questions.are_any is bool(names)


def test_another_tenant_behind_a_name_is_told(simulator: Simulator) -> None:
    (tenant, *_others) = known(simulator)
    moved = Tenant.from_api({**tenant.as_row(), "id": "another"})
    answers = visits(Questions(verify=True)).answers({moved: own(simulator, moved)})
    assert answers["another"]["access"]["kind"] == "wrong_tenant"


def test_an_interruption_ends_what_others_wait_for(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_others = known(simulator)
    tried = visits(Questions(license_use=True))
    seen: list[str] = []

    def overview(api: TenantApi) -> dict[str, t.Any]:
        seen.append(api._client.host)
        if len(seen) == 2:
            raise MemoryError
        while True:
            api.me()

    monkeypatch.setattr(TenantApi, "license_overview", overview)
    with pytest.raises(MemoryError):
        tried.answers({first: own(simulator, first), second: own(simulator, second)})
    assert len(seen) == 2


def test_after_an_interruption_no_tenant_is_asked_any_more(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = visits(Questions(verify=True, license_use=True))
    seen: list[str] = []

    def overview(api: TenantApi) -> dict[str, t.Any]:
        seen.append(api._client.host)
        if len(seen) > 1:  # the pool has begun with another one meanwhile
            tried._over.wait(60)
        raise MemoryError

    monkeypatch.setattr(_side_by_side, "AT_ONCE", 1)
    monkeypatch.setattr(TenantApi, "license_overview", overview)
    with pytest.raises(MemoryError):
        tried.answers({x: own(simulator, x) for x in known(simulator)})
    assert simulator.record.count("POST", "/oauth/token") <= 2 < len(known(simulator))


def test_a_secret_that_cannot_be_opened_is_an_answer_and_a_tenant_that_refuses_is_asked_nothing_more(
    simulator: Simulator,
) -> None:
    first, second, *_others = known(simulator)
    closed = Credential.from_mapping({"client_id": "c", "client_secret": "{{ template }}"}, "the book")
    moved = Tenant.from_api({**second.as_row(), "id": "another"})
    asked = Questions(verify=True, license_use=True)
    answers = visits(asked).answers({first: closed, moved: own(simulator, second)})
    assert {key: set(answer) for key, answer in answers.items()} == {first.id: {"access"}, "another": {"access"}}
    assert answers[first.id]["access"]["kind"] == "configuration"
    assert "{{" not in answers[first.id]["access"]["msg"]
    unread = visits(Questions(license_use=True)).answers({first: closed})[first.id]["license"]
    assert (unread["consumption"], "holds a template" in unread["error"]) == (None, True)
