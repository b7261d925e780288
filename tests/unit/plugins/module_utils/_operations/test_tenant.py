# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import time
import types
import typing as t
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils import _creation, _watch
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Find, Invocation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.tenant import TENANT
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import OrganizationApi, TenantList
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from simulator import Fault, Simulator
from simulator.models import Tenant

CONSOLE, REGISTER = "console.qlikcloud.com", "register.us.qlikcloud.com"
CREATE = f"POST {REGISTER}/api/v1/tenants"
ALIAS, OTHER = "new.us.qlikcloud.com", "newer.us.qlikcloud.com"
FOREVER = 9e9
Start = t.Callable[..., Simulator]


@pytest.fixture(autouse=True)
def briskly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Looks follow each other at once, their time runs fast, and what is kept is kept in a folder of the test."""
    clock = types.SimpleNamespace(monotonic=lambda: time.monotonic() * 20)
    for room in (_creation, _watch):
        monkeypatch.setattr(room, "LOOK_AGAIN", 0.01)
        monkeypatch.setattr(room, "time", clock)
    monkeypatch.setattr(_creation, "TURN", 60.0)
    monkeypatch.setenv("QLIK_RETRIES", "0")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def simulator(organization: Start) -> Simulator:
    return organization()


def finder(credentials: dict[str, t.Any]) -> Find:
    book = CredentialBook.from_mapping(credentials, "the test")

    def find(url: str, subscriptions: tuple[str, ...], names: tuple[str, ...]) -> Credential:
        credential = book.find(Target.of(url, f"https://{CONSOLE}").known_as(subscriptions, names))
        assert credential
        return credential

    return find


def faults_of(**options: t.Any) -> list[str]:
    found = ArgumentSpecValidator(TENANT.arguments, **TENANT.rules).validate(options).error_messages
    return t.cast("list[str]", found)


def run(
    simulator: Simulator,
    check_mode: t.Any = False,
    diff: t.Any = False,
    credentials: t.Any = None,
    **options: t.Any,
) -> Result:
    checked = ArgumentSpecValidator(TENANT.arguments, **TENANT.rules).validate(options)
    assert not checked.error_messages
    find = finder(credentials or simulator.credentials)
    invocation = Invocation(checked.validated_parameters, check_mode, diff, None, print, find)
    result = TENANT.outcome(invocation)
    assert json.loads(json.dumps(result)) == result
    return result


def source_of(simulator: Simulator) -> Tenant:
    return simulator.state.tenants[0]


def create(simulator: Simulator, alias: str = ALIAS, **options: t.Any) -> Result:
    return run(simulator, **{"alias": alias, "source": source_of(simulator).hostnames[0], **options})


def made(simulator: Simulator, alias: str = ALIAS) -> Tenant:
    (found,) = (tenant for tenant in simulator.state.tenants if alias in tenant.hostnames)
    return found


def entries(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("state/qlikops.cloud/*.json"))


def written(simulator: Simulator) -> list[tuple[str, str]]:
    """All that was asked but tokens and reads."""
    return [(x.method, x.path) for x in simulator.record if x.method != "GET" and x.path != "/oauth/token"]


def hosts_asked(simulator: Simulator) -> set[str]:
    return {entry.host for entry in simulator.record}


def kind(result: Result) -> str:
    assert result["failed"], result
    return str(result["error"]["kind"])


def test_a_tenant_is_created_with_name_and_alias(simulator: Simulator, tmp_path: Path) -> None:
    result = create(simulator, name="New")
    tenant = made(simulator)
    assert (result["changed"], result["actions"], "diff" in result) == (True, ["create", "configure"], False)
    shown = {name: result["tenant"][name] for name in ("id", "name", "alias", "status", "hostnames")}
    assert shown == {
        "id": tenant.id,
        "name": "New",
        "alias": ALIAS,
        "status": "active",
        "hostnames": tenant.hostnames,
    }
    assert (len(simulator.state.tenants), tenant.subscription_id) == (13, source_of(simulator).subscription_id)
    assert entries(tmp_path) == []


def test_a_second_run_changes_nothing_and_asks_the_organization_alone(simulator: Simulator) -> None:
    create(simulator, name="New")
    simulator.record.clear()
    result = create(simulator, name="New")
    assert (result["changed"], result["actions"], result["tenant"]["id"]) == (False, [], made(simulator).id)
    assert (hosts_asked(simulator), written(simulator)) == ({CONSOLE}, [])


@pytest.mark.parametrize(
    ("alias", "region"),
    [("new", "us"), ("NEW", " US "), (ALIAS, "us"), (f" {ALIAS.upper()} ", None)],
    ids=["label", "label in capitals", "both", "capitals"],
)
def test_an_alias_may_be_written_in_several_ways(simulator: Simulator, alias: str, region: str | None) -> None:
    assert create(simulator, alias, region=region)["tenant"]["alias"] == ALIAS
    assert create(simulator)["changed"] is False


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"alias": "new"}, "or its first part beside region."),
        ({"alias": ALIAS, "region": "eu"}, "beside region, and lie in region eu."),
        ({"alias": "new.example.com"}, "such as north.eu.qlikcloud.com"),
        ({"alias": "-new", "region": "us"}, "The alias -new must be"),
        ({"alias": "n_w", "region": "us"}, "The alias n_w must be"),
        ({"alias": "a/b", "region": "us"}, "The alias a/b must be"),
        ({"alias": "https://new.us.qlikcloud.com"}, "must be a host name"),
        (
            {"alias": "new", "region": "US-east-1"},
            "The option region needs region as the label in its tenants' host names, such as us in "
            "north.us.qlikcloud.com, not the code us-east-1.",
        ),
    ],
    ids=str,
)
def test_an_alias_that_is_none_is_refused(simulator: Simulator, options: dict[str, str], hint: str) -> None:
    result = create(simulator, **options)
    assert (kind(result), hint in result["msg"]) == ("configuration", True), result["msg"]
    assert written(simulator) == []


def test_a_licence_key_creates_without_a_source(simulator: Simulator) -> None:
    subscription = simulator.state.subscriptions[1]
    key = simulator.license_key(subscription)
    result = run(simulator, alias=ALIAS, license_key=f" {key}\n", subscription_id=subscription, datacenter="us-east-1")
    assert result["tenant"]["subscription_id"] == subscription
    (sent,) = simulator.record.find("POST", "/api/v1/tenants")
    assert (sent.body, sent.host) == ({"licenseKey": "***", "datacenter": "us-east-1"}, REGISTER)


def test_neither_key_nor_source_creates_nothing(simulator: Simulator) -> None:
    result = run(simulator, alias=ALIAS)
    assert f"There is no tenant {ALIAS}; to create it, give license_key, or as source one of its" in result["msg"]
    assert hosts_asked(simulator) == {CONSOLE}


@pytest.mark.parametrize("state", ["active", "deactivated"])
def test_what_is_not_there_is_neither_activated_nor_deactivated(simulator: Simulator, state: str) -> None:
    result = create(simulator, state=state, confirm_hostname=ALIAS)
    assert f"has the host name {ALIAS}, so none can be made {state}." in result["msg"]
    assert written(simulator) == []


def test_a_source_must_be_an_active_tenant_of_the_subscription(simulator: Simulator) -> None:
    spent = next(tenant for tenant in simulator.state.tenants if tenant.status == "deactivated")
    for name in ("none.us.qlikcloud.com", spent.hostnames[0]):
        assert f"The source {name} is no active tenant of the organization" in create(simulator, source=name)["msg"]
    other = simulator.state.subscriptions[1]
    assert f"is not of subscription {other}." in create(simulator, subscription_id=other)["msg"]
    assert written(simulator) == []


def test_the_client_of_a_task_opens_no_source_of_another_region(simulator: Simulator) -> None:
    subscription = source_of(simulator).subscription_id
    far = simulator.add_tenant("eu", subscription_id=subscription)
    client = {"client_id": "client-1", "client_secret": "a-secret"}
    for check_mode in (True, False):
        result = create(simulator, check_mode=check_mode, source=far.hostnames[0], **client)
        assert result["msg"] == (
            f"The source {far.hostnames[0]} is of another region, which the client_id of the task does not open."
        )
    assert (hosts_asked(simulator), written(simulator)) == ({CONSOLE}, [])
    assert create(simulator, **client)["changed"] is True
    assert create(simulator, OTHER, source=far.hostnames[0])["changed"] is True


def test_a_tenant_may_be_kept_in_the_book_under_its_alias(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    client = simulator.region_client("us", tenant.subscription_id)
    opened = {"client_id": client.client_id, "client_secret": client.secret}
    book = {
        "organization": simulator.credentials["organization"],
        "tenants": [{"hostname": tenant.hostnames[1], **opened}],
    }
    assert run(simulator, credentials=book, id=tenant.id, name="Other")["changed"] is True
    assert tenant.name == "Other"


def test_a_source_that_keeps_us_out_creates_nothing(simulator: Simulator, tmp_path: Path) -> None:
    source_of(simulator).blocked = True
    assert kind(create(simulator)) == "permission"
    assert (len(simulator.state.tenants), entries(tmp_path)) == (12, [])


LIMITS = [
    ({"wait_timeout": 0}, "The option wait_timeout must be from 1 to 3600, not 0."),
    ({"wait_timeout": 3601}, "The option wait_timeout must be from 1 to 3600, not 3601."),
    ({"purge_after_days": 9}, "The option purge_after_days must be from 10 to 90, not 9."),
    ({"purge_after_days": 91}, "The option purge_after_days must be from 10 to 90, not 91."),
]


@pytest.mark.parametrize(("options", "sentence"), LIMITS, ids=str)
def test_numbers_have_their_limits(simulator: Simulator, options: dict[str, t.Any], sentence: str) -> None:
    assert create(simulator, **options)["msg"] == sentence
    assert len(simulator.record) == 0


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        pytest.param({}, "one of the following is required: id, alias", id="nothing"),
        pytest.param({"id": "t", "license_key": "k", "source": "s"}, "mutually exclusive", id="key and source"),
        pytest.param({"id": "t", "state": "deactivated"}, "missing: confirm_hostname", id="unconfirmed deactivation"),
        pytest.param({"id": "t", "state": "active"}, "missing: confirm_hostname", id="unconfirmed reactivation"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, str], fault: str) -> None:
    assert fault in " ".join(faults_of(**options))


WRITES = {
    "creation": {"alias": ALIAS, "source": "SOURCE", "name": "New"},
    "configuration": {"id": "ID", "name": "Other", "alias": OTHER, "replace_alias": True},
    "deactivation": {"id": "ID", "state": "deactivated", "confirm_hostname": "SOURCE"},
    "reactivation": {"id": "SPENT", "state": "active", "confirm_hostname": "SPENT_HOST", "name": "Back"},
}


def filled(simulator: Simulator, options: dict[str, t.Any]) -> dict[str, t.Any]:
    spent = next(x for x in simulator.state.tenants if x.status == "deactivated")
    source = source_of(simulator)
    names = {"ID": source.id, "SOURCE": source.hostnames[0], "SPENT": spent.id, "SPENT_HOST": spent.hostnames[0]}
    return {name: names.get(str(value), value) for name, value in options.items()}


@pytest.mark.parametrize("options", WRITES.values(), ids=WRITES)
def test_check_mode_tells_the_same_and_asks_the_organization_alone(
    simulator: Simulator, tmp_path: Path, options: dict[str, t.Any]
) -> None:
    wanted = filled(simulator, options)
    foreseen = run(simulator, check_mode=True, diff=True, **wanted)
    assert hosts_asked(simulator) == {CONSOLE}
    assert (written(simulator), list(tmp_path.glob("state/**/*"))) == ([], [])
    done = run(simulator, diff=True, **wanted)
    ends = [result["diff"]["after"].pop("deletion_starts_at") for result in (foreseen, done)]
    assert (foreseen["changed"], foreseen["actions"], foreseen["diff"]) == (True, done["actions"], done["diff"])
    # nobody knows before the service has told it
    assert ends == [None, done["tenant"]["deletion_starts_at"]]


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [("cut", {}), ("cut", {"adopt_id": "none"}), ("no_total", {})],
    ids=["unknown outcome", "nothing to adopt", "no total"],
)
def test_check_mode_refuses_what_a_run_would_refuse(
    simulator: Simulator, tmp_path: Path, fault: str, wanted: dict[str, str]
) -> None:
    if fault == "cut":
        simulator.faults.append(Fault.parse(f"{CREATE} cut times=1"))
        create(simulator, wait_timeout=1)
    else:
        simulator.faults.append(Fault.parse(f"GET {CONSOLE}/api/core/tenants no_total"))
    kept = [path.read_bytes() for path in entries(tmp_path)]
    simulator.record.clear()
    foreseen = create(simulator, check_mode=True, **wanted)
    assert hosts_asked(simulator) == {CONSOLE}
    done = create(simulator, **wanted)
    assert (foreseen["failed"], foreseen["msg"], foreseen["error"]) == (True, done["msg"], done["error"])
    assert (written(simulator), [path.read_bytes() for path in entries(tmp_path)]) == ([], kept)


def test_check_mode_tells_that_a_tenant_is_adopted_and_not_created(simulator: Simulator) -> None:
    tenant = simulator.add_tenant("us", hostnames=["h9.us.qlikcloud.com"])
    wanted = {"alias": ALIAS, "adopt_id": tenant.id, "subscription_id": tenant.subscription_id}
    assert run(simulator, check_mode=True, **wanted)["actions"] == ["configure"]
    assert run(simulator, **wanted)["actions"] == ["configure"]


def test_an_adoption_needs_no_licence_key(simulator: Simulator) -> None:
    tenant = simulator.add_tenant("us", hostnames=["h9.us.qlikcloud.com"])
    result = run(simulator, alias=ALIAS, adopt_id=tenant.id, subscription_id=tenant.subscription_id, name="New")
    assert (result["tenant"]["id"], tenant.hostnames[1], tenant.name) == (tenant.id, ALIAS, "New")
    assert hosts_asked(simulator) == {CONSOLE, "h9.us.qlikcloud.com"}
    assert [method for method, _path in written(simulator)] == ["PATCH"]


def test_a_difference_shows_before_and_after(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    kept = {"status": "active", "subscription_id": tenant.subscription_id, "deletion_starts_at": None}
    before = {"alias": tenant.hostnames[1], "name": tenant.name, **kept}
    wanted = {"id": tenant.id, "name": "Other", "alias": OTHER, "replace_alias": True}
    after = {"alias": OTHER, "name": "Other", **kept}
    assert run(simulator, diff=True, **wanted)["diff"] == {"before": before, "after": after}
    assert run(simulator, diff=True, **wanted)["diff"] == {"before": after, "after": after}


def test_a_difference_shows_when_a_tenant_is_to_be_deleted(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    confirmed = {"id": tenant.id, "confirm_hostname": tenant.hostnames[0], "diff": True}
    gone = run(simulator, state="deactivated", **confirmed)["diff"]
    end = tenant.deletion_starts_at
    assert end
    back = run(simulator, state="active", **confirmed)["diff"]
    for diff, dates in ((gone, [None, end]), (back, [end, None])):
        assert [diff[side]["deletion_starts_at"] for side in ("before", "after")] == dates
    made_now = create(simulator, diff=True)["diff"]
    assert (made_now["before"], made_now["after"]["alias"]) == ({}, ALIAS)


def test_a_name_is_set_once(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    result = run(simulator, alias=tenant.hostnames[1], name="Other")
    assert (result["actions"], result["tenant"]["name"], tenant.name) == (["configure"], "Other", "Other")
    assert run(simulator, id=tenant.id, name="Other")["changed"] is False
    assert len(written(simulator)) == 1


def test_a_tenant_keeps_what_is_left_out(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    for empty in ({}, {"name": None}, {"name": ""}):
        assert run(simulator, id=tenant.id, **empty)["changed"] is False
    assert written(simulator) == []


def test_an_alias_is_replaced_for_those_who_say_so(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    before = tenant.hostnames[1]
    refused = run(simulator, id=tenant.id, alias="newer")
    assert f"The tenant {tenant.id} has the alias {before}, which others can take once it is {OTHER};" in refused["msg"]
    assert (kind(refused), written(simulator)) == ("configuration", [])
    result = run(simulator, id=tenant.id, alias="newer", replace_alias=True)
    assert (result["tenant"]["alias"], tenant.hostnames[1:]) == (OTHER, [OTHER])
    assert run(simulator, id=tenant.id, alias="newer")["changed"] is False


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ({"alias": "new.eu.qlikcloud.com"}, "and lie in region us."),
        ({"alias": "new", "region": "eu"}, "The alias new.eu.qlikcloud.com is of another region than the tenant"),
        ({"alias": "new.us.qlikcloudgov.com"}, "The alias new.us.qlikcloudgov.com is of another region than"),
    ],
    ids=str,
)
def test_an_alias_of_another_region_is_refused(simulator: Simulator, wanted: dict[str, str], hint: str) -> None:
    tenant = simulator.add_tenant("us", hostnames=["h1.us.qlikcloud.com"])
    result = run(simulator, id=tenant.id, **wanted)
    assert (kind(result), hint in result["msg"]) == ("configuration", True), result["msg"]
    assert written(simulator) == []


def test_a_new_alias_is_waited_for_in_the_list(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a task that looks for it there at once finds none, and creates a tenant."""
    right, looks, tenant = OrganizationApi.tenants, list[int](), source_of(simulator)

    def late(organization: OrganizationApi) -> TenantList:
        looks.append(len(written(simulator)))
        found = right(organization)
        return replace(found, tenants=tuple(x for x in found.tenants if x.id != tenant.id or len(looks) > 3))

    monkeypatch.setattr(OrganizationApi, "tenants", late)
    assert run(simulator, id=tenant.id, alias=OTHER, replace_alias=True)["changed"] is True
    assert looks == [0, 1, 1, 1]


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_alias_of_another_tenant_is_refused_before_anything_is_sent(simulator: Simulator, check_mode: bool) -> None:
    tenant = source_of(simulator)
    other = simulator.add_tenant("us", hostnames=["h9.us.qlikcloud.com", OTHER])
    result = run(simulator, check_mode, id=tenant.id, alias=OTHER, replace_alias=True, name="Other")
    assert result["msg"] == f"The alias {OTHER} is that of another tenant of the organization, {other.id}."
    assert (kind(result), written(simulator)) == ("configuration", [])
    other.hostnames.pop()
    assert run(simulator, check_mode, id=tenant.id, alias=OTHER, replace_alias=True)["changed"] is True


@pytest.mark.parametrize("wanted", [{"alias": OTHER}, {"id": "none"}], ids=["by alias", "by id"])
def test_a_tenant_that_is_not_there_is_not_configured(simulator: Simulator, wanted: dict[str, str]) -> None:
    assert kind(run(simulator, name="New", **wanted)) in ("configuration", "not_found")
    assert written(simulator) == []


@pytest.mark.parametrize("status", ["deleted", "user-access-disabled", "hibernating"])
@pytest.mark.parametrize("state", ["present", "active"])
def test_a_tenant_that_cannot_be_used_is_left_alone(simulator: Simulator, status: str, state: str) -> None:
    tenant = simulator.add_tenant("us", status=status)
    result = run(simulator, id=tenant.id, state=state, confirm_hostname=tenant.hostnames[0], name="New")
    assert f"is {status}; nothing was done." in result["msg"]
    assert written(simulator) == []


@pytest.mark.parametrize("position", [0, 1])
def test_a_deactivation_carries_the_confirmation_as_it_was_typed(simulator: Simulator, position: int) -> None:
    tenant = source_of(simulator)
    typed = tenant.hostnames[position].title()
    result = run(simulator, id=tenant.id, state="deactivated", confirm_hostname=typed, purge_after_days=10)
    (sent,) = simulator.record.find("POST", f"/api/v1/tenants/{tenant.id}/actions/deactivate")
    assert (sent.headers["qlik-confirm-hostname"], sent.body) == (typed, {"purgeAfterDays": 10})
    assert (result["actions"], tenant.status) == (["deactivate"], "deactivated")
    assert result["tenant"]["deletion_starts_at"] == tenant.deletion_starts_at


@pytest.mark.parametrize("reading", ["A", "B"], ids="C7: {}".format)
@pytest.mark.parametrize("confirmed", ["right", "wrong.us.qlikcloud.com"])
def test_deactivating_again_sends_nothing(organization: Start, reading: str, confirmed: str) -> None:
    simulator = organization(readings={"C7": reading})
    tenant = source_of(simulator)
    right = {"alias": tenant.hostnames[1], "state": "deactivated", "confirm_hostname": tenant.hostnames[1]}
    run(simulator, **right)
    simulator.record.clear()
    again = run(simulator, **{**right, **({} if confirmed == "right" else {"confirm_hostname": confirmed})})
    assert (again["changed"], again["actions"], again["tenant"]["enabled"]) == (False, [], False)
    assert (hosts_asked(simulator), written(simulator)) == ({CONSOLE}, [])


def test_a_deleted_tenant_is_not_deactivated(simulator: Simulator) -> None:
    tenant = simulator.add_tenant("us", status="deleted")
    result = run(simulator, id=tenant.id, state="deactivated", confirm_hostname=tenant.hostnames[0])
    assert (result["changed"], result["tenant"]["status"], written(simulator)) == (False, "deleted", [])


@pytest.mark.parametrize("state", ["deactivated", "active"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_wrong_confirmation_sends_nothing(simulator: Simulator, state: str, check_mode: bool) -> None:
    wanted = "active" if state == "deactivated" else "deactivated"
    tenant = next(x for x in simulator.state.tenants if x.status == wanted)
    other = next(x for x in simulator.state.tenants if x is not tenant)
    result = run(simulator, check_mode, id=tenant.id, state=state, confirm_hostname=other.hostnames[0])
    assert "which is no host name of tenant" in result["msg"]
    assert (kind(result), written(simulator)) == ("configuration", [])


def test_a_deactivated_tenant_comes_back_and_is_configured(simulator: Simulator) -> None:
    tenant = source_of(simulator)
    host = tenant.hostnames[0]
    run(simulator, id=tenant.id, state="deactivated", confirm_hostname=host)
    refused = run(simulator, id=tenant.id)
    told = f"is deactivated and will be deleted from {tenant.deletion_starts_at} on; to keep it, give 'state: active'"
    assert told in refused["msg"]
    result = run(simulator, id=tenant.id, state="active", confirm_hostname=host.upper(), name="Back")
    assert (result["actions"], tenant.status, tenant.name) == (["reactivate", "configure"], "active", "Back")
    assert (result["tenant"]["status"], result["tenant"]["deletion_starts_at"]) == ("active", None)
    (sent,) = simulator.record.find("POST", "*/actions/reactivate")
    assert sent.headers["qlik-confirm-hostname"] == host.upper()
    assert run(simulator, id=tenant.id, state="active", confirm_hostname="any")["changed"] is False


def test_a_countdown_that_is_not_told_is_not_made_up(simulator: Simulator) -> None:
    tenant = simulator.add_tenant("us", status="deactivated")
    assert f"{tenant.id} (" in run(simulator, id=tenant.id)["msg"]
    assert "will be deleted; to keep it" in run(simulator, id=tenant.id)["msg"]


@pytest.mark.parametrize("fault", ["lost", "status=503"])
def test_a_lost_deactivation_is_looked_for_and_not_repeated(simulator: Simulator, fault: str) -> None:
    simulator.faults.append(Fault.parse(f"POST {REGISTER}/api/v1/tenants/ {fault} times=1"))
    tenant = source_of(simulator)
    wanted = {"id": tenant.id, "state": "deactivated", "confirm_hostname": tenant.hostnames[0]}
    result = run(simulator, **wanted)
    assert result.get("failed", False) is (fault != "lost")
    assert simulator.record.count("POST", "*/actions/deactivate") == 1
    assert run(simulator, **wanted)["changed"] is (fault != "lost")
    assert tenant.status == "deactivated"


@pytest.mark.parametrize("row", ["C7", "C12", "C22", "C23"])
@pytest.mark.parametrize("statement", ["A", "B"])
def test_a_whole_life_in_every_reading(organization: Start, row: str, statement: str) -> None:
    simulator = organization(readings={row: statement})
    tenant_id = create(simulator, name="New")["tenant"]["id"]
    assert create(simulator, name="New")["changed"] is False
    confirmed = {"id": tenant_id, "confirm_hostname": ALIAS}
    assert run(simulator, state="deactivated", **confirmed)["actions"] == ["deactivate"]
    assert run(simulator, state="deactivated", **confirmed)["actions"] == []
    assert run(simulator, state="active", **confirmed)["actions"] == ["reactivate"]
    assert run(simulator, id=tenant_id, alias=OTHER, replace_alias=True)["actions"] == ["configure"]
    assert (len(simulator.state.tenants), made(simulator, OTHER).id) == (13, tenant_id)
    assert simulator.record.count("POST", "/api/v1/tenants") == 1


def test_an_exhausted_entitlement_is_told_and_leaves_no_trace(simulator: Simulator, tmp_path: Path) -> None:
    simulator.state.entitled = 1
    result = create(simulator)
    assert (kind(result), "The entitlement allows no more tenants" in result["msg"]) == ("permission", True)
    assert (len(simulator.state.tenants), entries(tmp_path)) == (12, [])
    simulator.state.entitled = None
    assert create(simulator)["changed"] is True


def test_a_rate_limit_is_waited_for(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    naps: list[float] = []
    monkeypatch.setitem(t.cast("t.Any", Transport.__init__).__kwdefaults__, "sleep", naps.append)
    simulator.faults.append(Fault.parse(f"{CREATE} status=429 retry_after=7 times=2"))
    assert create(simulator)["changed"] is True
    assert [int(nap) for nap in naps] == [7, 7]
    simulator.faults.append(Fault.parse(f"{CREATE} status=429 retry_after=7"))
    assert kind(create(simulator, OTHER, max_wait=5)) == "rate_limit"
    assert (len(simulator.state.tenants), entries(tmp_path)) == (13, [])


def test_a_token_that_expires_before_the_creation_is_renewed(simulator: Simulator) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} expire_tokens times=1"))
    assert create(simulator)["changed"] is True
    statuses = [entry.status for entry in simulator.record.find("POST", "/api/v1/tenants")]
    assert (statuses, len(simulator.state.tenants)) == ([401, 201], 13)


@pytest.mark.parametrize("fault", ["lost", "malformed", "shape=list", "shape=empty"])
def test_a_tenant_whose_answer_is_of_no_use_is_found(simulator: Simulator, fault: str, tmp_path: Path) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} {fault} times=1"))
    assert create(simulator)["actions"] == ["create", "configure"]
    assert (len(simulator.state.tenants), made(simulator).status, entries(tmp_path)) == (13, "active", [])
    assert create(simulator)["changed"] is False


def test_a_conflict_is_a_refusal_and_leaves_no_trace(simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} status=409 times=1"))
    result = create(simulator)
    assert (kind(result), result["error"]["status"], "changed" in result) == ("refused", 409, False)
    assert entries(tmp_path) == []
    assert create(simulator)["changed"] is True


FAULTS = ["cut", "status=408", "status=499", "status=503", "status=500 body=html", "html", "redirect=other"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_creation_without_a_trace_is_refused_until_the_user_has_looked(
    simulator: Simulator, fault: str, tmp_path: Path
) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} {fault} times=1"))
    first = create(simulator, wait_timeout=1)
    (entry,) = entries(tmp_path)
    name = json.loads(entry.read_bytes())["name"]
    assert (kind(first), f"confirm_not_created: [{name}]" in first["msg"]) == ("unknown_outcome", True)
    told = re.findall(r"status=(\d+)", fault)
    assert [str(first["error"]["status"])] * len(told) == told if told else "status" not in first["error"]
    for alias in (ALIAS, OTHER):
        assert kind(create(simulator, alias)) == "unknown_outcome"
    assert simulator.record.count("POST", "/api/v1/tenants") == 1
    assert create(simulator, confirm_not_created=[name])["actions"] == ["create", "configure"]
    assert (len(simulator.state.tenants), entries(tmp_path)) == (13, [])


def test_a_lost_creation_that_is_listed_too_late_is_adopted(organization: Start, tmp_path: Path) -> None:
    simulator = organization(listing_delay=FOREVER)
    simulator.faults.append(Fault.parse(f"{CREATE} lost times=1"))
    assert kind(create(simulator, wait_timeout=1)) == "unknown_outcome"
    tenant = simulator.state.tenants[-1]
    assert "cannot be adopted" in create(simulator, adopt_id=tenant.id)["msg"]
    tenant.listed_at = 0.0
    assert f"{tenant.id} (" in create(simulator)["msg"]
    assert create(simulator, adopt_id=tenant.id)["actions"] == ["configure"]
    assert (len(simulator.state.tenants), made(simulator).id, entries(tmp_path)) == (13, tenant.id, [])
    assert create(simulator, adopt_id=tenant.id)["changed"] is False


@pytest.mark.parametrize("delays", [{"listing_delay": 0.2}, {"readiness_delay": 0.2}], ids=str)
@pytest.mark.parametrize("fault", ["", "lost"])
def test_a_new_tenant_may_take_its_time(organization: Start, delays: dict[str, float], fault: str) -> None:
    simulator = organization(**delays)
    simulator.faults.extend([Fault.parse(f"{CREATE} {fault} times=1")] if fault else [])
    assert create(simulator, wait_timeout=10)["actions"] == ["create", "configure"]
    assert (len(simulator.state.tenants), made(simulator).status) == (13, "active")


@pytest.mark.parametrize("delay", ["listed_at", "ready_at"])
def test_a_tenant_that_never_comes_is_kept_in_mind(
    organization: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, delay: str
) -> None:
    simulator = organization(**{"listing_delay" if delay == "listed_at" else "readiness_delay": FOREVER})
    result = create(simulator, wait_timeout=1)
    tenant, (entry,) = simulator.state.tenants[-1], entries(tmp_path)
    attempt = json.loads(entry.read_bytes())
    assert (result["changed"], attempt["created"]) == (True, tenant.id)
    if delay == "listed_at":
        assert result["error"] == {"kind": "not_listed"}
        assert result["msg"] == (
            f"The tenant {tenant.id} was created, but the organization did not list it within 1 seconds: run this task "
            f"again, and it will be finished; if it is gone, give 'confirm_not_created: [{attempt['name']}]'."
        )
    else:
        assert kind(result) == "not_found"
    setattr(tenant, delay, 0.0)
    assert create(simulator)["actions"] == ["configure"]
    assert (len(simulator.state.tenants), made(simulator).id, entries(tmp_path)) == (13, tenant.id, [])


def test_a_tenant_that_is_gone_before_it_was_listed_may_be_given_up(organization: Start, tmp_path: Path) -> None:
    simulator = organization(listing_delay=FOREVER)
    assert kind(create(simulator, wait_timeout=1)) == "not_listed"
    (entry,) = entries(tmp_path)
    gone = simulator.state.tenants.pop()
    assert kind(create(simulator, wait_timeout=1)) == "not_listed"
    assert simulator.record.count("POST", "/api/v1/tenants") == 1
    name = json.loads(entry.read_bytes())["name"]
    assert kind(create(simulator, wait_timeout=1, confirm_not_created=[name])) == "not_listed"
    tenant, (entry,) = simulator.state.tenants[-1], entries(tmp_path)
    assert json.loads(entry.read_bytes())["created"] == tenant.id != gone.id


def test_an_error_after_all_was_done_tells_that_something_changed(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    right = OrganizationApi.tenant

    def tenant(organization: OrganizationApi, identity: str) -> t.Any:
        if entries(tmp_path):
            return right(organization, identity)
        raise AnswerError("It makes no sense.")

    monkeypatch.setattr(OrganizationApi, "tenant", tenant)
    result = create(simulator)
    assert (kind(result), result["changed"]) == ("unexpected_answer", True)


def test_an_alias_of_another_customer_does_not_make_a_second_tenant(simulator: Simulator, tmp_path: Path) -> None:
    customer = simulator.add_tenant("us", hostnames=["h9.us.qlikcloud.com", ALIAS], listed_at=FOREVER)
    for number in range(2):
        result = create(simulator)
        assert (kind(result), result["error"]["status"]) == ("refused", 400)
        assert result.get("changed", False) is (number == 0)
    tenant = simulator.state.tenants[-1]
    assert (len(simulator.state.tenants), len(entries(tmp_path))) == (14, 1)
    refused = create(simulator, OTHER)["msg"]
    assert refused.startswith(f"The tenant {tenant.id} (")
    assert f"was created for {ALIAS}, begun at" in refused
    assert f"run the task for {ALIAS} again" in refused
    customer.hostnames.pop()
    assert create(simulator)["tenant"]["id"] == tenant.id
    assert (len(simulator.state.tenants), entries(tmp_path)) == (14, [])


def test_the_tenant_may_get_a_free_alias_instead(simulator: Simulator, tmp_path: Path) -> None:
    simulator.add_tenant("us", hostnames=["h9.us.qlikcloud.com", ALIAS], listed_at=FOREVER)
    create(simulator)
    tenant = simulator.state.tenants[-1]
    assert create(simulator, OTHER, adopt_id=tenant.id)["tenant"]["alias"] == OTHER
    assert entries(tmp_path) == []


def test_a_host_that_is_another_tenant_is_not_configured(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(TenantApi, "me", lambda api: {"tenantId": "t-9"})
    assert kind(create(simulator)) == "wrong_tenant"
    assert simulator.record.count("PATCH") == 0
    assert len(entries(tmp_path)) == 1


def test_the_list_is_waited_for_before_a_creation_is_forgotten(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One tenant may show its alias before the list does, by which the next run decides."""
    right = OrganizationApi.tenants

    def late(organization: OrganizationApi) -> TenantList:
        found = right(organization)
        return replace(found, tenants=tuple(x for x in found.tenants if ALIAS not in x.hostnames))

    monkeypatch.setattr(OrganizationApi, "tenants", late)
    for _run in range(2):
        assert kind(create(simulator, wait_timeout=1)) == "unexpected_answer"
    assert (len(simulator.state.tenants), len(entries(tmp_path))) == (13, 1)


def test_a_journal_has_one_place_wherever_a_run_starts(simulator: Simulator) -> None:
    assert "journal_dir must be absolute" in create(simulator, journal_dir="journal")["msg"]
    assert not simulator.record.find("POST", "/api/v1/tenants")


def test_a_journal_may_be_kept_elsewhere(simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} cut times=1"))
    create(simulator, journal_dir=str(tmp_path / "mine"), wait_timeout=1)
    assert (len(list(tmp_path.glob("mine/*.json"))), entries(tmp_path)) == (1, [])
    (tmp_path / "mine").chmod(0o770)
    assert "can be written by others" in create(simulator, journal_dir=str(tmp_path / "mine"))["msg"]
    assert simulator.record.count("POST", "/api/v1/tenants") == 1


@pytest.mark.parametrize("fault", ["lost", "cut", "echo_secret", "html", "status=403"])
def test_no_secret_is_told_or_written(simulator: Simulator, tmp_path: Path, fault: str) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} {fault} times=1"))
    key = simulator.license_key(simulator.state.subscriptions[0])
    results = [create(simulator, diff=True, wait_timeout=1)]
    results.append(run(simulator, alias=OTHER, license_key=key, subscription_id=simulator.state.subscriptions[0]))
    files = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    secrets = {key, *simulator.state.tokens, *(client.secret for client in simulator.state.clients.values())}
    assert not [secret for secret in secrets for text in (str(results), *files) if secret in text]


def _work(simulator: Simulator, alias: str, answer: Path) -> None:
    result = create(simulator, alias)
    answer.write_text(json.dumps(result))


def child(simulator: Simulator, alias: str, answer: Path) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=_work, args=(simulator, alias, answer))
    process.start()
    return process


def kill_after(process: BaseProcess, simulator: Simulator, requests: int) -> None:
    deadline = time.monotonic() + 20
    while len(simulator.record) < requests and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.0005)
    if process.pid and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join(20)


def finish_as_a_user(simulator: Simulator, alias: str, known: set[str]) -> None:
    """Run again, and do as each refusal says of what the console shows."""
    said: dict[str, t.Any] = {}
    for _run in range(5):
        result = create(simulator, alias, **said)
        if not result.get("failed"):
            return
        assert kind(result) == "unknown_outcome"
        there = [x.id for x in simulator.state.tenants if x.id not in known and len(x.hostnames) == 1]
        names = re.findall(r"confirm_not_created: \[([^]]*)\]", result["msg"])[0].split(", ")
        said = {"adopt_id": there[0]} if there else {"confirm_not_created": names}
    pytest.fail(f"{alias} came to no end")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_killed_run_makes_no_second_tenant(organization: Start, tmp_path: Path) -> None:
    simulator = organization(tenants=3, latency=0.004)
    killed_at: set[str] = set()
    for number in range(16):
        alias, known = f"kill-{number}.us.qlikcloud.com", {x.id for x in simulator.state.tenants}
        simulator.record.clear()
        kill_after(child(simulator, alias, tmp_path / "answer"), simulator, number)
        killed_at.add(f"{len(simulator.state.tenants) - len(known)} tenants, {len(entries(tmp_path))} entries")
        finish_as_a_user(simulator, alias, known)
        assert len(simulator.state.tenants) == len(known) + 1
        made(simulator, alias)
    assert {"0 tenants, 0 entries", "1 tenants, 1 entries"} <= killed_at


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("aliases", [(ALIAS, OTHER), (ALIAS, ALIAS)], ids=["two aliases", "one alias"])
def test_two_runs_at_once_take_turns(organization: Start, tmp_path: Path, aliases: tuple[str, str]) -> None:
    simulator = organization(faults=[f"{CREATE} latency=0.2"])
    answers = [tmp_path / "first", tmp_path / "second"]
    runs = [child(simulator, alias, answer) for alias, answer in zip(aliases, answers, strict=True)]
    for process in runs:
        process.join(30)
    results = [json.loads(answer.read_text()) for answer in answers]
    wanted = len(set(aliases))
    assert sorted(result["changed"] for result in results) == [wanted == 2, True]
    assert [result["tenant"]["alias"] for result in results] == list(aliases)
    assert len(simulator.state.tenants) == 12 + wanted
    assert [method for method, _path in written(simulator)] == ["POST", "PATCH"] * wanted
