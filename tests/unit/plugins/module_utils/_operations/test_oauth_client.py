# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import OAuthClients
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client import OAUTH_CLIENT
from simulator import Fault

if t.TYPE_CHECKING:
    from simulator.models import Client

    from .conftest import Place

WISH: dict[str, t.Any] = {"name": "New", "description": "d", "scopes": ["b", "a"]}
AFTER = {"name": "New", "description": "d", "scopes": ["b", "a"]}


def made(place: Place, result: dict[str, t.Any]) -> Client:
    return place.simulator.state.clients[result["client"]["id"]]


def facts_of(client: Client) -> dict[str, t.Any]:
    return {"name": client.client_name, "description": client.description, "scopes": client.scopes}


def listed(value: t.Any) -> t.Any:
    return {name: list(part) if isinstance(part, tuple) else part for name, part in value.items()}


def test_a_client_is_created_once(place: Place) -> None:
    result = place.act(OAUTH_CLIENT, diff=True, consent="trusted", **WISH)
    client = made(place, result)
    assert result["changed"]
    assert facts_of(client) == AFTER
    assert (client.grant_types, client.auth_methods) == (["client_credentials"], ["client_secret"])
    assert client.consent_method == "trusted"
    assert "client_secret" not in result
    assert "hint" not in result
    assert (result["diff"]["before"], listed(result["diff"]["after"])) == ({}, AFTER)
    again = place.act(OAUTH_CLIENT, diff=True, **{**WISH, "scopes": ["a", "b", "a"]})
    assert (again["changed"], again["client"]) == (False, result["client"])
    assert again["diff"]["before"] == again["diff"]["after"]
    assert place.writes() == [("POST", "")]


def test_the_service_decides_what_is_left_out(place: Place) -> None:
    place.act(OAUTH_CLIENT, name="New")
    (body,) = [entry.body for entry in place.simulator.record.find("POST", place.path)]
    assert set(body) == {"clientName", "appType", "allowedGrantTypes", "allowedAuthMethods"}


def test_a_new_secret_is_returned_on_request(place: Place) -> None:
    result = place.act(OAUTH_CLIENT, name="New", return_secret=True)
    (secret,) = made(place, result).secrets
    assert (result["client_secret"], result["hint"]) == (secret.value, secret.hint)
    again = place.act(OAUTH_CLIENT, name="New", return_secret=True)
    assert "client_secret" not in again


def test_what_counts_at_creation_only_is_sent_then(place: Place) -> None:
    impersonation = "urn:qlik:oauth:user-impersonation"
    result = place.act(OAUTH_CLIENT, name="New", grant_types=[impersonation], auth_methods=["client_secret"])
    assert made(place, result).grant_types == [impersonation]
    assert not place.act(OAUTH_CLIENT, name="New", consent="trusted")["changed"]


CHANGES = [
    pytest.param({"description": "x"}, {"description": "x"}, id="description"),
    pytest.param({"description": ""}, {"description": ""}, id="no description"),
    pytest.param({"scopes": ["x"]}, {"scopes": ["x"]}, id="scopes"),
    pytest.param({"scopes": []}, {"scopes": []}, id="no scopes"),
    pytest.param({"description": "x", "scopes": ["b"]}, {"description": "x", "scopes": ["b"]}, id="both"),
    pytest.param({}, {}, id="nothing"),
    pytest.param({"description": "d", "scopes": ["b", "a"]}, {}, id="the same"),
]


@pytest.mark.parametrize(("given", "set_"), CHANGES)
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_differs_is_set(place: Place, given: dict[str, t.Any], set_: dict[str, t.Any], check_mode: bool) -> None:
    client = place.add("Old")
    client.description, client.scopes = "d", ["a", "b"]
    before = facts_of(client)
    result = place.act(OAUTH_CLIENT, check_mode=check_mode, diff=True, name="Old", **given)
    assert result["changed"] is bool(set_)
    assert (result["diff"]["before"], result["diff"]["after"]) == (
        {**before, "scopes": ("a", "b")},
        {**before, "scopes": ("a", "b"), **{n: tuple(v) if n == "scopes" else v for n, v in set_.items()}},
    )
    assert {name: result["client"][name] for name in before} == {**before, **set_}
    assert facts_of(client) == (before if check_mode else {**before, **set_})
    writes = [("PATCH", f"/{client.client_id}")] if set_ and not check_mode else []
    assert place.writes() == writes
    if not check_mode:
        assert not place.act(OAUTH_CLIENT, name="Old", **given)["changed"]


def test_a_client_is_renamed_by_its_id(place: Place) -> None:
    client = place.add("Old")
    assert place.act(OAUTH_CLIENT, id=client.client_id, name="New")["client"]["name"] == "New"
    assert client.client_name == "New"
    assert not place.act(OAUTH_CLIENT, id=client.client_id, name="New")["changed"]


def test_an_id_that_is_not_there_fails_and_creates_nothing(place: Place) -> None:
    assert place.act(OAUTH_CLIENT, id="none", name="New")["error"]["kind"] == "not_found"
    assert place.writes() == []


def test_two_of_a_name_fail_and_are_named(place: Place) -> None:
    ids = sorted(place.add("Same").client_id for _client in range(2))
    result = place.act(OAUTH_CLIENT, name="Same", description="x")
    assert result["error"]["kind"] == "configuration"
    assert result["msg"] == (f"2 OAuth clients of {place.host} have the name Same: give as id one of {', '.join(ids)}.")
    assert place.writes() == []


def test_check_mode_creates_nothing(place: Place) -> None:
    result = place.act(OAUTH_CLIENT, check_mode=True, diff=True, return_secret=True, **WISH)
    diff = result.pop("diff")
    assert result == {"changed": True, "client": None}
    assert (diff["before"], listed(diff["after"])) == ({}, AFTER)
    assert place.writes() == []


@pytest.mark.parametrize("kind", ["lost", "malformed"])
def test_a_creation_of_unknown_outcome_is_found_by_the_next_run(place: Place, kind: str) -> None:
    place.simulator.faults.append(Fault(f"POST {place.path}", kind, times=1))
    result = place.act(OAUTH_CLIENT, retries=3, return_secret=True, **WISH)
    assert result["error"]["kind"] == "unknown_outcome"
    assert result["msg"].endswith("It may have been created all the same; the next run finds it by its name.")
    assert place.writes() == [("POST", "")]
    again = place.act(OAUTH_CLIENT, **WISH)
    assert not again["changed"]
    assert facts_of(made(place, again)) == AFTER


@pytest.mark.parametrize("then", ["found", "two", "none"])
@pytest.mark.parametrize("wanted", [True, False])
def test_a_secret_that_a_change_brings_is_returned_on_request(
    place: Place, monkeypatch: pytest.MonkeyPatch, then: str, wanted: bool
) -> None:
    client, values = place.add("Old"), []
    change = OAuthClients.update

    def update(self: OAuthClients, client_id: str, changes: t.Any) -> str | None:
        assert change(self, client_id, changes) is None
        values.extend(place.simulator.add_secret(client_id) for _secret in range(2 if then == "two" else 1))
        if then == "none":
            place.simulator.faults.append(Fault(f"GET {place.path}/", "status", status=503))
        return values[0].value

    monkeypatch.setattr(OAuthClients, "update", update)
    result = place.act(OAUTH_CLIENT, id=client.client_id, description="x", return_secret=wanted)
    assert result["changed"]
    secret = {"client_secret": values[0].value, "hint": values[0].hint if then == "found" else None}
    assert {name: result[name] for name in secret if name in result} == (secret if wanted else {})


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_client_is_deleted_once(place: Place, check_mode: bool) -> None:
    client = place.add("Old")
    arguments: dict[str, t.Any] = {"state": "absent", "id": client.client_id}
    result = place.act(OAUTH_CLIENT, check_mode=check_mode, diff=True, **arguments)
    assert (result["changed"], result["client"], result["diff"]["after"]) == (True, None, {})
    assert result["diff"]["before"]["name"] == "Old"
    assert (client.client_id in place.simulator.state.clients) is check_mode
    if not check_mode:
        (entry,) = place.simulator.record.find("DELETE")
        assert entry.headers["qlik-confirm-delete"] == client.client_id
        assert place.act(OAUTH_CLIENT, diff=True, **arguments) == {
            "changed": False,
            "client": None,
            "diff": {"before": {}, "after": {}},
        }
    assert len(place.writes()) == (not check_mode)


def test_a_deletion_whose_answer_is_lost_is_repeated(place: Place) -> None:
    client = place.add("Old")
    place.simulator.faults.append(Fault(f"DELETE {place.path}", "lost", times=1))
    result = place.act(OAUTH_CLIENT, state="absent", id=client.client_id, retries=1, max_wait=30)
    assert result["changed"]
    assert client.client_id not in place.simulator.state.clients


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_own_client_is_deleted_on_demand_alone(place: Place, check_mode: bool) -> None:
    own = place.own.client_id
    result = place.act(OAUTH_CLIENT, check_mode=check_mode, state="absent", id=own)
    assert result["error"]["kind"] == "configuration"
    assert result["msg"] == (
        f"The OAuth client {own} is the one that authenticates this task; to delete it all the same, say "
        "'allow_own: true'."
    )
    assert place.writes() == []
    assert place.act(OAUTH_CLIENT, check_mode=check_mode, state="absent", id=own, allow_own=True)["changed"]
    assert (own in place.simulator.state.clients) is check_mode


def test_the_own_client_is_changed_like_any_other(place: Place) -> None:
    assert place.act(OAUTH_CLIENT, id=place.own.client_id, description="x")["changed"]


def faults_of(**arguments: t.Any) -> list[str]:
    found = ArgumentSpecValidator(OAUTH_CLIENT.arguments, **OAUTH_CLIENT.rules).validate(arguments)
    return t.cast("list[str]", found.error_messages)


def test_what_must_be_given() -> None:
    assert faults_of(description="x") == ["one of the following is required: id, name"]
    assert faults_of(state="absent", name="x") == ["state is absent but all of the following are missing: id"]
    assert faults_of(name="x") == faults_of(state="absent", id="c") == []


def test_a_result_with_a_secret_is_hidden() -> None:
    assert [OAUTH_CLIENT.is_confidential({"return_secret": wish}) for wish in (True, False)] == [True, False]
    assert set(OAUTH_CLIENT.left_out) == {"host", "id", "name"}
    assert not OAUTH_CLIENT.acts_on_tenant
