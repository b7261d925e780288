# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_info import OAUTH_CLIENT_INFO
from simulator import Fault

if t.TYPE_CHECKING:
    from .conftest import Place


def ids(result: dict[str, t.Any]) -> list[str]:
    return [client["id"] for client in result["clients"]]


@pytest.mark.parametrize("check_mode", [True, False])
def test_all_clients_of_the_place_are_listed(place: Place, check_mode: bool) -> None:
    others = [place.add(f"Client {number}") for number in range(150)]
    result = place.act(OAUTH_CLIENT_INFO, check_mode=check_mode)
    assert ids(result) == sorted(client.client_id for client in (place.own, *others))
    assert (result["changed"], result["count"]) == (False, 151)
    assert place.writes() == []


def test_one_client_is_read(place: Place) -> None:
    client = place.add("Another", secrets=2)
    (found,) = place.act(OAUTH_CLIENT_INFO, id=client.client_id)["clients"]
    assert (found["id"], found["name"]) == (client.client_id, "Another")
    assert [mark["hint"] for mark in found["secrets"]] == [secret.hint for secret in client.secrets]
    assert place.simulator.record.count("GET", place.path) == 0


def test_clients_of_a_name_are_found(place: Place) -> None:
    same = [place.add("Same") for _client in range(2)]
    for name in ("same", "Same one"):
        place.add(name)
    result = place.act(OAUTH_CLIENT_INFO, name="Same")
    assert ids(result) == sorted(client.client_id for client in same)
    assert place.act(OAUTH_CLIENT_INFO, name="None")["clients"] == []


def test_a_client_that_is_not_there_fails(place: Place) -> None:
    assert place.act(OAUTH_CLIENT_INFO, id="none")["error"]["kind"] == "not_found"


def test_a_part_of_the_clients_fails(place: Place) -> None:
    place.simulator.faults.append(Fault(f"GET {place.path}", "wrong_total"))
    assert place.act(OAUTH_CLIENT_INFO)["error"]["kind"] == "incomplete_list"


def test_what_the_client_may_not_do_is_explained(place: Place) -> None:
    place.simulator.faults.append(Fault(f"GET {place.path}", "status", status=403))
    result = place.act(OAUTH_CLIENT_INFO)
    assert result["error"]["kind"] == "permission"
    assert ("TenantAdmin" in result["msg"]) is bool(place.tenant)


@pytest.mark.parametrize("host", ["register.us.qlikcloud.com", "https://Register.EU.qlikcloud.com/"])
def test_a_region_has_no_clients(place: Place, host: str) -> None:
    before = len(place.simulator.record)
    result = place.act(OAUTH_CLIENT_INFO, host=host)
    assert result["error"]["kind"] == "configuration"
    assert "has no OAuth clients: those of a region are made in My Qlik alone" in result["msg"]
    assert len(place.simulator.record) == before


def test_the_console_by_its_name_is_the_console(place: Place) -> None:
    console = place.simulator.state.clients[place.simulator.client_id]
    opened = {"client_id": console.client_id, "client_secret": console.secret}
    result = place.act(OAUTH_CLIENT_INFO, host="console.qlikcloud.com", **opened)
    assert ids(result) == [console.client_id]


def test_an_id_and_a_name_are_one_too_many() -> None:
    checked = ArgumentSpecValidator(OAUTH_CLIENT_INFO.arguments, **OAUTH_CLIENT_INFO.rules).validate(
        {"id": "c", "name": "n"}
    )
    assert checked.error_messages == ["parameters are mutually exclusive: id|name"]
    assert OAUTH_CLIENT_INFO.left_out["host"] == "the Cloud Console"
    assert not OAUTH_CLIENT_INFO.acts_on_tenant
