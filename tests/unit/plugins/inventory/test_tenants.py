# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin, feature by feature, against the simulator."""

from __future__ import annotations

import json
import re
import sys
import time
import traceback
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

from ansible_collections.qlikops.cloud.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import KINDS
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_variables import GROUP_BY
from simulator import Fault, Simulator

TENANTS = "/api/core/tenants"
TOKEN = "/oauth/token"
VARIABLES = {
    "qlik_id",
    "qlik_name",
    "qlik_hostname",
    "qlik_alias",
    "qlik_hostnames",
    "qlik_url",
    "qlik_region",
    "qlik_region_code",
    "qlik_country_code",
    "qlik_status",
    "qlik_enabled",
    "qlik_subscription_id",
    "qlik_license_number",
    "qlik_license_starts_at",
    "qlik_license_ends_at",
    "qlik_deletion_starts_at",
    "qlik_created_at",
    "qlik_created_by",
    "qlik_updated_at",
    "qlik_organization",
}

Read = t.Callable[..., InventoryData]
Start = t.Callable[..., Simulator]


def active(simulator: Simulator) -> set[str]:
    return {tenant.id for tenant in simulator.state.tenants if tenant.status == "active"}


def ids(inventory: InventoryData) -> set[str]:
    return {host.vars["qlik_id"] for host in inventory.hosts.values()}


def refusal(read: Read, *arguments: t.Any, **options: t.Any) -> str:
    """What the user reads when a source fails; proves that nothing of the file is quoted with it."""
    with pytest.raises(AnsibleParserError) as caught:
        read(*arguments, **options)
    assert caught.value.obj is None
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return str(caught.value)


# the list


def test_every_active_tenant_is_a_host_named_by_its_generated_host_name(simulator: Simulator, read: Read) -> None:
    inventory = read()
    assert ids(inventory) == active(simulator)
    assert {name: host.vars["qlik_hostname"] for name, host in inventory.hosts.items()} == {
        tenant.hostnames[0]: tenant.hostnames[0] for tenant in simulator.state.tenants if tenant.status == "active"
    }


def test_listing_speaks_to_the_console_alone(simulator: Simulator, read: Read) -> None:
    read({"statuses": ["all"]})
    assert {entry.host for entry in simulator.record} == {"console.qlikcloud.com"}


def test_a_second_run_uses_the_stored_token(simulator: Simulator, read: Read) -> None:
    read()
    read()
    assert simulator.record.count("POST", TOKEN) == 1
    assert simulator.record.count("GET", TENANTS) == 2


def test_pages_hold_a_hundred(organization: Start, read: Read) -> None:
    simulator = organization(tenants=250)
    assert len(read({"statuses": ["all"]}).hosts) == 250
    assert simulator.record.count("GET", TENANTS) == 3


def test_an_empty_organization_is_an_empty_success(organization: Start, read: Read) -> None:
    organization(tenants=0)
    assert not read().hosts


@pytest.mark.parametrize("statement", ["A", "B"])
@pytest.mark.parametrize(
    "row",
    [
        "C1",
        "C2",
        "C3",
        "C4",
        "C5",
        "C7",
        "C8",
        "C9",
        "C10",
        "C11",
        "C13",
        "C17",
        "C18",
        "C21",
        "C23",
        "C24",
        "C25",
    ],
)
def test_both_readings_of_a_contradiction_list_everything(
    row: str, statement: str, organization: Start, read: Read
) -> None:
    simulator = organization(tenants=120, readings={row: statement})
    assert ids(read({"statuses": ["all"]})) == {tenant.id for tenant in simulator.state.tenants}


@pytest.mark.parametrize(("statement", "sentence"), [("A", "failed with 403"), ("B", "failed with 401")])
def test_c28_a_token_that_is_never_accepted_fails_after_one_renewal(
    statement: str, sentence: str, organization: Start, read: Read
) -> None:
    simulator = organization(readings={"C28": statement}, faults=[Fault("GET /api/core/tenants", "expire_tokens")])
    assert sentence in refusal(read)
    assert simulator.record.count("GET", TENANTS) == {"A": 1, "B": 2}[statement]


def test_c30_a_body_that_is_no_json_fails_in_one_sentence(organization: Start, read: Read) -> None:
    organization(readings={"C30": "A"})
    assert "are no JSON" in refusal(read)


@pytest.mark.parametrize("statement", ["A", "B"])
def test_c7_deactivated_and_disabled_mean_the_same(statement: str, organization: Start, read: Read) -> None:
    simulator = organization(tenants=40, readings={"C7": statement})
    inactive = {tenant.id for tenant in simulator.state.tenants} - active(simulator)
    assert inactive
    for status in ("deactivated", "disabled"):
        inventory = read({"statuses": [status]})
        assert ids(inventory) == inactive
        raw = {"A": "deactivated", "B": "disabled"}[statement]
        assert {host.vars["qlik_status"] for host in inventory.hosts.values()} == {raw}
        assert len(inventory.groups["qlik_status_deactivated"].get_hosts()) == len(inactive)
        assert not any(host.vars["qlik_enabled"] for host in inventory.hosts.values())


@pytest.mark.parametrize("statement", ["A", "B"])
def test_c11_the_region_is_the_label_of_the_host_name(statement: str, organization: Start, read: Read) -> None:
    simulator = organization(regions=("ap", "sg"), readings={"C11": statement})
    hosts = read().hosts
    assert {name: host.vars["qlik_region"] for name, host in hosts.items()} == {
        name: name.split(".")[1] for name in hosts
    }
    assert len(hosts) == len(active(simulator))


FINISHED = [
    "repeat_cursor",
    "endless_same",
    "empty_page",
    "bare_link",
    "malformed",
    "html",
    "cut",
    "cut_body",
    "wrong_total",
]


@pytest.mark.parametrize("kind", FINISHED)
def test_a_list_that_cannot_be_finished_fails_the_source(kind: str, organization: Start, read: Read) -> None:
    organization(tenants=250, faults=[Fault("GET /api/core/tenants", kind, after=1)])
    inventory = InventoryData()
    refusal(read, inventory=inventory)
    assert not inventory.hosts
    assert "qlik" not in inventory.groups


@pytest.mark.parametrize("kind", ["foreign_cursor", "null_link", "null_href", "no_links", "duplicate"])
def test_odd_lists_are_read_whole(kind: str, organization: Start, read: Read) -> None:
    simulator = organization(tenants=100 if kind == "no_links" else 250, faults=[Fault("GET /api/core/tenants", kind)])
    assert len(read({"statuses": ["all"]}).hosts) == len(simulator.state.tenants)
    assert {entry.host for entry in simulator.record} == {"console.qlikcloud.com"}


def test_a_total_that_is_once_wrong_makes_a_second_walk(organization: Start, read: Read) -> None:
    simulator = organization(faults=[Fault("GET /api/core/tenants", "wrong_total", times=1)])
    assert ids(read()) == active(simulator)
    assert simulator.record.count("GET", TENANTS) == 2


def test_a_missing_total_is_told_at_v(organization: Start, read: Read, said: t.Any) -> None:
    organization(faults=[Fault("GET /api/core/tenants", "no_total")])
    assert read().hosts
    assert any("gave no total" in line for line in said.v)


def test_progress_is_told_at_v(organization: Start, read: Read, said: t.Any) -> None:
    organization(tenants=150)
    read({"statuses": ["all"]})
    told = [line.split(": ", 1)[1] for line in said.v]
    assert told == ["100 tenants of 150", "150 tenants of 150", "150 tenants are hosts, 0 are left out"]


def test_expired_tokens_in_mid_list_are_renewed_once(organization: Start, read: Read) -> None:
    simulator = organization(tenants=250, faults=[Fault("GET /api/core/tenants", "expire_tokens", after=1, times=1)])
    assert ids(read()) == active(simulator)
    assert simulator.record.count("POST", TOKEN) == 2


def test_an_old_token_that_is_refused_is_renewed_once(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.qlikops.cloud.plugins.module_utils._tokens.RECENT", -1.0)
    read()
    simulator.record.clear()
    simulator.faults.append(Fault("GET /api/core/tenants", "status", status=403, times=1))
    assert ids(read()) == active(simulator)
    assert simulator.record.count("POST", TOKEN) == 1


def test_a_new_token_that_is_refused_is_not_renewed(organization: Start, read: Read) -> None:
    simulator = organization(faults=["GET /api/core/tenants status=403"])
    refusal(read)
    assert simulator.record.count("POST", TOKEN) == 1
    assert simulator.record.count("GET", TENANTS) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("POST /oauth/token status=401", "wrong or expired credentials"),
        ("POST /oauth/token status=400", "malformed"),
        ("POST /oauth/token status=403", "Cloud Console"),
        ("GET /api/core/tenants status=403", "The token was granted the scope cloud-console.tenants:read"),
        ("GET /api/core/tenants status=503", "status.qlikcloud.com"),
        ("GET /api/core/tenants status=500 body=html", "failed with 500"),
        ("GET /api/core/tenants redirect=other", "a credential is not sent on"),
        ("GET /api/core/tenants shape=list", "no object"),
        ("GET /api/core/tenants shape=rows", "unexpected shape"),
        ("GET /api/core/tenants shape=empty", "unexpected shape"),
        ("GET /api/core/tenants status=404", "base URL"),
    ],
)
def test_the_services_refusals_say_what_to_do(fault: str, sentence: str, organization: Start, read: Read) -> None:
    organization(faults=[fault])
    told = refusal(read)
    assert sentence in told
    assert "console.qlikcloud.com" in told or told.startswith(("The list of tenants", "Listing tenants"))


def test_a_rate_limit_longer_than_max_wait_fails_at_once(organization: Start, read: Read) -> None:
    organization(faults=["GET /api/core/tenants status=429 retry_after=30"])
    assert "max_wait" in refusal(read, {"max_wait": 5})


def test_an_echoed_secret_is_masked(organization: Start, read: Read) -> None:
    simulator = organization(faults=["POST /oauth/token echo_secret"])
    told = refusal(read)
    assert simulator.client_secret not in told
    assert "***" in told


# variables and groups


def test_every_variable_is_always_there(organization: Start, read: Read) -> None:
    simulator = organization(tenants=0)
    simulator.add_tenant(name=None, hostnames=["bare.us.qlikcloud.com"])
    host = read().hosts["bare.us.qlikcloud.com"]
    assert set(host.vars) >= VARIABLES
    assert host.vars["qlik_name"] is None
    assert host.vars["qlik_alias"] is None
    assert host.vars["qlik_organization"] is None
    assert host.vars["qlik_url"] == "https://bare.us.qlikcloud.com"


def test_the_connection_is_local_unless_left_out(simulator: Simulator, read: Read) -> None:
    assert {host.vars["ansible_connection"] for host in read().hosts.values()} == {"local"}
    interpreters = {host.vars["ansible_python_interpreter"] for host in read().hosts.values()}
    assert interpreters == {"{{ ansible_playbook_python }}"}
    bare = next(iter(read({"connection": "none"}).hosts.values()))
    assert not {"ansible_connection", "ansible_python_interpreter"} & set(bare.vars)


def test_groups_lie_below_qlik(simulator: Simulator, read: Read) -> None:
    groups = read({"organization": "acme"}).groups
    below = {group.name for group in groups["qlik"].child_groups}
    subscriptions = {f"qlik_subscription_{tenant.subscription_id}" for tenant in simulator.state.tenants}
    assert below == {
        "qlik_region_us",
        "qlik_region_eu",
        "qlik_country_us",
        "qlik_country_ie",
        "qlik_status_active",
        "qlik_organization_acme",
        *subscriptions,
    }
    assert {host.name.split(".")[1] for host in groups["qlik_region_eu"].get_hosts()} == {"eu"}


def test_without_groups_hosts_lie_in_qlik_itself(simulator: Simulator, read: Read) -> None:
    inventory = read({"group_by": []})
    assert {host.vars["qlik_id"] for host in inventory.groups["qlik"].get_hosts()} == active(simulator)
    assert not inventory.groups["qlik"].child_groups


def test_two_runs_give_the_same_order(simulator: Simulator, read: Read) -> None:
    first = list(read().hosts)
    simulator.state.tenants.reverse()
    assert list(read(cache=False).hosts) == first


# selection


def test_statuses_all_takes_everything(simulator: Simulator, read: Read) -> None:
    assert ids(read({"statuses": ["all"]})) == {tenant.id for tenant in simulator.state.tenants}


@pytest.mark.parametrize("region", ["eu", "EU", "eu-west-1"])
def test_regions_by_label_or_code(region: str, simulator: Simulator, read: Read) -> None:
    names = list(read({"regions": [region]}).hosts)
    assert names
    assert all(name.endswith(".eu.qlikcloud.com") for name in names)


def test_subscriptions(simulator: Simulator, read: Read) -> None:
    wanted = simulator.state.subscriptions[0]
    expected = {x.id for x in simulator.state.tenants if x.subscription_id == wanted} & active(simulator)
    assert ids(read({"subscriptions": [int(wanted)]})) == expected
    assert {entry.query["filter"] for entry in simulator.record.find("GET")} == {f'subscriptionId eq "{wanted}"'}


def test_several_subscriptions_are_listed_on_one_token(organization: Start, read: Read, said: t.Any) -> None:
    simulator = organization(tenants=260, subscriptions=3)
    wanted = simulator.state.subscriptions[:2]
    expected = {x.id for x in simulator.state.tenants if x.subscription_id in wanted}
    assert ids(read({"subscriptions": wanted, "statuses": ["all"]})) == expected
    assert len(list(simulator.record.find("POST", path="/oauth/token"))) == 1
    assert said.v[-2].endswith(f" {len(expected)} tenants of {len(expected)}")


def test_a_token_that_expires_for_several_lists_is_renewed_once(organization: Start, read: Read) -> None:
    fault = Fault.parse("GET /api/core/tenants expire_tokens times=1 after=4")
    simulator = organization(tenants=900, subscriptions=3, latency=0.05, faults=[fault])
    assert len(read({"subscriptions": simulator.state.subscriptions, "statuses": ["all"]}).hosts) == 900
    assert len(list(simulator.record.find("POST", path="/oauth/token"))) == 2


def test_a_subscription_of_somebody_else_fails_the_source(simulator: Simulator, read: Read) -> None:
    wanted = [*simulator.state.subscriptions, "1"]
    told = refusal(read, {"subscriptions": wanted})
    assert told.startswith("Listing tenants of subscription 1 on console.qlikcloud.com failed with 403 ")
    assert "a subscription must be of its own organization" in told


@pytest.mark.parametrize("option", ["subscriptions", "regions", "statuses"])
@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("", "has an empty entry; an empty list means all"),
        (None, "has an empty entry; an empty list means all"),
        (True, "must be a list of words or numbers"),
        (["1"], "must be a list of words or numbers"),
        ({"1": 2}, "must be a list of words or numbers"),
    ],
)
def test_an_entry_that_names_nothing_is_refused(
    entry: t.Any, sentence: str, option: str, simulator: Simulator, read: Read
) -> None:
    assert f"The option {option} {sentence}." in refusal(read, {option: ["1000000000000001", entry]})
    assert not len(simulator.record)


def test_an_empty_subscription_means_not_all_of_them(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLIK_SUBSCRIPTIONS", f"{simulator.state.subscriptions[0]}, ")
    assert "The option subscriptions has an empty entry" in refusal(read)
    assert not len(simulator.record)


def test_another_choice_of_subscriptions_has_another_cache_entry(
    simulator: Simulator, read: Read, cached: dict[str, t.Any]
) -> None:
    one, other = simulator.state.subscriptions
    first = ids(read({**cached, "subscriptions": [one]}))
    second = ids(read({**cached, "subscriptions": [other]}))
    assert first.isdisjoint(second)
    assert ids(read({**cached, "subscriptions": [other, one]})) == first | second


def test_what_no_tenant_has_is_warned_of(simulator: Simulator, read: Read, said: t.Any) -> None:
    simulator.state.subscriptions.append("1")
    assert not read({"regions": ["atlantis"], "subscriptions": [*simulator.state.subscriptions]}).hosts
    assert [line.split(": ")[-1] for line in said.warning] == [
        "no tenant of the named subscriptions has the region atlantis; there are eu, us",
        "no tenant has the subscription 1",
        "none of 12 tenants is a host; -vvv tells why",
    ]


def test_what_the_service_says_moves_no_cursor(organization: Start, read: Read, said: t.Any) -> None:
    simulator = organization(tenants=0)
    simulator.add_tenant(status="\x1b[2Jgone", hostnames=["a.\x1b[2J.qlikcloud.com"])
    read({"regions": ["us"]})
    assert not [line for line in said.v + said.vvv + said.warning if "\x1b" in line]
    assert any("its status is '\\x1b[2Jgone'" in line for line in said.vvv)


def test_a_status_that_does_not_exist_is_warned_of(simulator: Simulator, read: Read, said: t.Any) -> None:
    read({"statuses": ["actve", "deleted"]})
    assert [line.split(": ")[-1] for line in said.warning][:1] == [
        "no tenant has the status actve; there are active, deactivated, deleted"
    ]


def test_the_first_condition_that_holds_decides(organization: Start, read: Read, said: t.Any) -> None:
    simulator = organization(tenants=0)
    for name in ("red", "redder", "blue", "green"):
        simulator.add_tenant(name=name, hostnames=[f"{name}.us.qlikcloud.com"])
    filters = [
        {"include": "qlik_name == 'redder'"},
        {"exclude": "qlik_name is match('red')"},
        {"include": "qlik_name == 'blue'"},
    ]
    assert {host.split(".")[0] for host in read({"filters": filters}).hosts} == {"redder", "blue", "green"}
    assert {host.split(".")[0] for host in read({"filters": [*filters, {"exclude": True}]}).hosts} == {"redder", "blue"}
    assert any("excluded by the condition qlik_name is match('red')" in line for line in said.vvv)


def test_a_condition_is_true_in_the_sense_of_jinja(organization: Start, read: Read) -> None:
    simulator = organization(tenants=0)
    simulator.add_tenant(hostnames=["a.us.qlikcloud.com", "alias.us.qlikcloud.com"])
    simulator.add_tenant(hostnames=["b.us.qlikcloud.com"])
    assert list(read({"filters": [{"include": "qlik_alias"}, {"exclude": True}]}).hosts) == ["a.us.qlikcloud.com"]


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ([{"include": "qlik_nmae == 'x'"}], "qlik_nmae"),
        ([{"include": "qlik_name =="}], "The condition 'qlik_name =='"),
        ([{"inclde": "true"}], "Entry 1 of the option filters must be one of include or exclude"),
        ([{"include": ["a"]}], "neither text nor a boolean"),
        ({"include": "true"}, "must be a list"),
        ("[unclosed", "no valid YAML"),
    ],
    ids=str,
)
def test_a_faulty_condition_fails_the_source(filters: t.Any, sentence: str, simulator: Simulator, read: Read) -> None:
    assert sentence in refusal(read, {"filters": filters})


def test_filters_from_the_environment(simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_FILTERS", "[{exclude: \"qlik_region == 'us'\"}]")
    assert {name.split(".")[1] for name in read().hosts} == {"eu"}


def test_expect_at_least(simulator: Simulator, read: Read) -> None:
    count = len(active(simulator))
    assert len(read({"expect_at_least": count}).hosts) == count
    assert f"{count} tenants would become hosts, but expect_at_least wants {count + 1}" in refusal(
        read, {"expect_at_least": count + 1}
    )


# host names


def test_hostnames_are_an_ordered_preference(organization: Start, read: Read) -> None:
    simulator = organization(tenants=0)
    simulator.add_tenant(name="One", hostnames=["h1.us.qlikcloud.com", "One.US.qlikcloud.com"])
    simulator.add_tenant(name="Two", hostnames=["h2.us.qlikcloud.com"])
    assert set(read({"hostnames": ["qlik_alias", "qlik_name | lower"]}).hosts) == {"one.us.qlikcloud.com", "two"}


def test_shared_names_and_names_of_groups_give_way_to_ids(organization: Start, read: Read, said: t.Any) -> None:
    simulator = organization(tenants=0)
    names = ["twin", "TWIN", "localhost", "all", "qlik", "qlik_region_us", "mine", "with space", "fine"]
    tenants = [simulator.add_tenant(name=name, hostnames=[f"h{n}.us.qlikcloud.com"]) for n, name in enumerate(names)]
    inventory = read({"hostnames": ["qlik_name"], "groups": {"mine": "true"}})
    assert set(inventory.hosts) == {*(tenant.id for tenant in tenants[:-1]), "fine"}
    assert len(said.warning) == 4
    assert said.warning[-1] == f"{len(tenants) - 1 - 3} more tenants are named by their ids."
    assert "is named by its id, since" in refusal(read, {"hostnames": ["qlik_name"], "strict": True})


def test_a_host_never_bears_the_name_of_a_group_that_is_made_on_the_way(
    simulator: Simulator, read: Read, said: t.Any
) -> None:
    hostile = simulator.add_tenant(name="code_eu", region="us")
    options = {
        "hostnames": ["qlik_name | replace(' ', '_')"],
        "keyed_groups": [{"key": "qlik_region", "prefix": "code"}],
        "statuses": ["all"],
    }
    inventory = read(options)
    assert hostile.id in inventory.hosts
    assert ids(inventory) == {tenant.id for tenant in simulator.state.tenants}
    assert {host.vars["qlik_region"] for host in inventory.groups["qlik_region_us"].get_hosts()} == {"us"}
    assert any("code_eu is the name of a group" in line for line in said.warning)


def test_a_host_never_bears_the_name_of_a_composed_group(simulator: Simulator, read: Read) -> None:
    hostile = simulator.add_tenant(name="my_group")
    assert hostile.id in read({"hostnames": ["qlik_name"], "groups": {"my-group": True}}).hosts


def test_two_sources_never_merge_tenants_nor_take_a_machine(organization: Start, read: Read, said: t.Any) -> None:
    inventory = InventoryData()
    inventory.add_host("db1")
    tenants = []
    for seed in range(2):
        simulator = organization(tenants=0, seed=seed)
        tenants += [simulator.add_tenant(name="Production"), simulator.add_tenant(name="db1")]
        read({"hostnames": ["qlik_name"]}, inventory=inventory)
        read({"hostnames": ["qlik_name"]}, inventory=inventory)
    assert set(inventory.hosts) == {"db1", "production", tenants[1].id, tenants[2].id, tenants[3].id}
    assert "ansible_connection" not in inventory.hosts["db1"].vars
    assert inventory.hosts["production"].vars["qlik_id"] == tenants[0].id


def test_a_host_of_the_same_name_in_a_static_source_gets_the_variables(simulator: Simulator, read: Read) -> None:
    name = next(tenant.hostnames[0] for tenant in simulator.state.tenants if tenant.status == "active")
    inventory = InventoryData()
    inventory.add_host(name)
    inventory.set_variable(name, "mine", 1)
    read(inventory=inventory)
    assert {"mine", "qlik_id"} <= set(inventory.hosts[name].vars)


@pytest.mark.parametrize("name", [".", ".."])
def test_no_host_is_called_like_a_folder(name: str, organization: Start, read: Read) -> None:
    tenant = organization(tenants=0).add_tenant(name=name)
    assert list(read({"hostnames": ["qlik_name"]}).hosts) == [tenant.id]


def test_a_blank_name_gives_way_to_the_next(organization: Start, read: Read) -> None:
    organization(tenants=0).add_tenant(name="  ", hostnames=["h1.us.qlikcloud.com"])
    assert list(read({"hostnames": ["qlik_name", "qlik_hostname"]}).hosts) == ["h1.us.qlikcloud.com"]


def test_a_faulty_expression_for_names_warns_or_fails(simulator: Simulator, read: Read, said: t.Any) -> None:
    assert set(read({"hostnames": ["qlik_nmae", "qlik_hostname"]}).hosts) == set(read().hosts)
    assert "qlik_nmae" in said.warning[0]
    assert "qlik_nmae" in refusal(read, {"hostnames": ["qlik_nmae"], "strict": True})


def test_a_tenant_without_host_names_is_named_by_its_id(organization: Start, read: Read) -> None:
    simulator = organization(tenants=0)
    tenant = simulator.add_tenant(hostnames=[])
    assert list(read().hosts) == [tenant.id]


# constructed features


def test_constructed_features(simulator: Simulator, read: Read) -> None:
    inventory = read(
        {
            "compose": {"region_upper": "qlik_region | upper"},
            "groups": {"europe": "qlik_region == 'eu'"},
            "keyed_groups": [{"key": "qlik_region_code", "prefix": "code"}],
        }
    )
    assert {host.vars["region_upper"] for host in inventory.groups["europe"].get_hosts()} == {"EU"}
    assert {"code_us_east_1", "code_eu_west_1"} <= set(inventory.groups)


def test_strict_errors_leave_no_host_behind(simulator: Simulator, read: Read) -> None:
    inventory = InventoryData()
    inventory.add_group("mine")
    inventory.add_host("kept", "mine")
    first_region = "'x' if qlik_region == 'us' else missing"
    with pytest.raises(AnsibleError, match="missing"):
        read(
            {
                "keyed_groups": [{"key": "qlik_region", "prefix": "x", "parent_group": "mine"}],
                "compose": {"a": first_region},
                "strict": True,
            },
            inventory=inventory,
        )
    assert set(inventory.hosts) == {"kept"}
    assert set(inventory.groups) == {"all", "ungrouped", "mine"}
    assert not inventory.groups["mine"].child_groups


# cache


@pytest.fixture
def cached(tmp_path: Path) -> dict[str, t.Any]:
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "lists")}


def test_a_warm_cache_makes_no_request(simulator: Simulator, read: Read, cached: dict[str, t.Any]) -> None:
    first = read(cached)
    simulator.record.clear()
    second = read({**cached, "statuses": ["all"]})
    assert not len(simulator.record)
    assert set(first.hosts) < set(second.hosts)
    assert {k: first.hosts[k].vars for k in first.hosts} == {k: second.hosts[k].vars for k in first.hosts}


def test_flush_cache_reads_anew(simulator: Simulator, read: Read, cached: dict[str, t.Any]) -> None:
    read(cached)
    added = simulator.add_tenant()
    assert added.id not in ids(read(cached))
    assert added.id in ids(read(cached, cache=False))
    assert added.id in ids(read(cached))


def test_a_failed_refresh_keeps_the_entry(simulator: Simulator, read: Read, cached: dict[str, t.Any]) -> None:
    read(cached)
    simulator.faults.append(Fault("GET /api/core/tenants", "status", status=503))
    refusal(read, cached, cache=False)
    assert ids(read(cached)) == active(simulator)


def test_a_short_list_is_not_cached(simulator: Simulator, read: Read, cached: dict[str, t.Any], tmp_path: Path) -> None:
    refusal(read, {**cached, "expect_at_least": 1000})
    assert not list(tmp_path.glob("lists/*"))


def test_another_client_has_another_entry(
    simulator: Simulator, read: Read, cached: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(cached)
    other = simulator.add_client("other")
    monkeypatch.setenv("QLIK_CLIENT_ID", other.client_id)
    monkeypatch.setenv("QLIK_CLIENT_SECRET", other.secret)
    simulator.record.clear()
    read(cached)
    assert simulator.record.count("GET", TENANTS) == 1


def test_an_entry_of_another_kind_counts_as_none(
    simulator: Simulator, read: Read, cached: dict[str, t.Any], tmp_path: Path
) -> None:
    read(cached)
    for path in tmp_path.glob("lists/*"):
        path.write_text(json.dumps([{"no": "id"}]))
    assert ids(read(cached)) == active(simulator)


def test_the_cache_holds_no_secret(simulator: Simulator, read: Read, cached: dict[str, t.Any], tmp_path: Path) -> None:
    read({**cached, "stale_if_error": 60})
    tokens = set(simulator.state.tokens)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        text = path.read_bytes().decode("latin-1") + path.name
        assert simulator.client_secret not in text
        assert not any(token in text for token in tokens)


# an outage


@pytest.mark.parametrize("fault", ["status=503", "cut", "status=429 retry_after=500", "html", "wrong_total"])
def test_stale_if_error_serves_the_last_list_in_an_outage(
    fault: str, simulator: Simulator, read: Read, said: t.Any
) -> None:
    expected = ids(read({"stale_if_error": 60}))
    simulator.faults.append(Fault.parse(f"GET /api/core/tenants {fault}"))
    simulator.add_tenant()
    assert ids(read({"stale_if_error": 60})) == expected
    assert re.search(r"The list of 2\S+Z is used instead \(stale_if_error\)\.$", said.warning[-1])
    refusal(read)


@pytest.mark.parametrize("fault", ["status=401", "status=403"])
def test_refused_credentials_are_no_outage(fault: str, simulator: Simulator, read: Read) -> None:
    read({"stale_if_error": 60})
    simulator.faults.append(Fault.parse(f"* {fault}"))
    assert "failed with" in refusal(read, {"stale_if_error": 60})


def test_a_list_too_old_is_not_served(
    simulator: Simulator, read: Read, said: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read({"stale_if_error": 60})
    simulator.faults.append(Fault.parse("GET /api/core/tenants status=503"))
    later = time.time() + 61
    monkeypatch.setattr("ansible_collections.qlikops.cloud.plugins.plugin_utils._last_list.time.time", lambda: later)
    assert "503" in refusal(read, {"stale_if_error": 60})
    assert "no list is kept that this client and these subscriptions brought in the last 60 seconds" in said.warning[-1]


def test_a_list_that_cannot_be_kept_is_warned_of(simulator: Simulator, read: Read, said: t.Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read({"stale_if_error": 60, "cache_dir": str(tmp_path / "file")}).hosts
    assert "could not be kept" in said.warning[-1]


# options


def documented_variables() -> list[str]:
    plugin = inventory_loader.get("qlikops.cloud.tenants")
    options = plugin.option_definitions.values()
    return sorted(
        entry["name"] for option in options for entry in option.get("env") or () if entry["name"].startswith("QLIK_")
    )


def test_every_connection_option_has_an_environment_variable() -> None:
    options = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    environment = yaml.safe_load(ModuleDocFragment.PLUGINS)["options"]
    assert {name: [{"name": f"QLIK_{name.upper()}"}] for name in options} == {
        name: option["env"] for name, option in environment.items()
    }


def test_what_is_documented_is_what_the_code_does() -> None:
    options = inventory_loader.get("qlikops.cloud.tenants").option_definitions
    settings = {name: options[name]["default"] for name in ("timeout", "retries", "max_wait")}
    assert HttpSettings(**settings) == HttpSettings()
    assert options["console_url"]["default"] == CONSOLE_URL
    assert tuple(options["token_cache"]["choices"]) == KINDS
    assert tuple(options["group_by"]["choices"]) == tuple(options["group_by"]["default"]) == GROUP_BY
    assert {options[name]["type"] for name in ("client_secret", "private_key")} == {"str"}


def test_blank_environment_variables_count_as_unset(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in documented_variables() if name not in simulator.environment]
    assert len(names) > 15
    for name in names:
        monkeypatch.setenv(name, " " if name == "QLIK_TIMEOUT" else "")
    assert ids(read()) == active(simulator)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"timeout": "soon"}, "timeout"),
        ({"region": ["us"]}, "has the unknown option region; did you mean regions?"),
        ({"client_secret:topsecret": None}, "has an unknown option; did you mean client_secret?"),
        ({"hostnames": [{"a": "b"}]}, "hostnames"),
        ({"statuses": {"a": "b"}}, "statuses"),
        ({"timeout": 0}, "The option timeout must be from 1 to 3600, not 0."),
        ({"token_cache": "disk"}, "token_cache"),
        ({"group_by": ["planet"]}, "planet"),
        ({"console_url": "http://console.qlikcloud.com"}, "must begin with https://"),
        ({"client_id": "x", "client_secret": ""}, "Client x in the inventory source has no client_secret"),
        ({"client_secret": {"a": "topsecret"}}, "The option client_secret in"),
        ({"client_id": "{{ nothing_of_the_kind }}"}, "nothing_of_the_kind"),
        ({"client_secret": "{{ 'topsecret' | nofilter }}"}, "the template is faulty"),
        ({"client_secret": "{{ topsecret }}"}, "a variable in it is undefined"),
        ({"ca_path": "/no/such/file"}, "/no/such/file"),
        ({"credentials_file": "none.yml"}, "there is no such file"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_options_get_one_sentence(
    options: dict[str, t.Any], sentence: str, simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    if set(options) & {"client_id", "client_secret", "credentials_file"}:
        monkeypatch.delenv("QLIK_CLIENT_SECRET")
    told = refusal(read, options)
    assert sentence in told
    assert "topsecret" not in told.replace("{{ topsecret }}", "")
    assert "\n" not in told
    assert not len(simulator.record)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('plugin: qlikops.cloud.tenants\nclient_secret: "topsecret\nfoo: [bar\n', "line 4"),
        ("- topsecret\n", "must be a mapping"),
        ("", "must be a mapping"),
        (
            "plugin: other.cloud.thing\nclient_secret: topsecret\n",
            "must be a mapping of options with plugin: qlikops.cloud.tenants",
        ),
    ],
    ids=["syntax", "list", "empty", "other plugin"],
)
def test_a_bad_file_is_not_quoted(text: str, sentence: str, read: Read) -> None:
    with pytest.raises(AnsibleError) as caught:
        read(text)
    assert sentence in str(caught.value)
    assert "topsecret" not in "".join(traceback.format_exception(caught.value))


def test_templates_in_options_see_extra_variables(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QLIK_CLIENT_SECRET")
    text = 'plugin: qlikops.cloud.tenants\nclient_secret: "{{ secret_of_ours }}"\nregions: ["{{ where }}"]\n'
    inventory = read(text, extra_vars={"secret_of_ours": simulator.client_secret, "where": "eu"})
    assert {name.split(".")[1] for name in inventory.hosts} == {"eu"}


# credentials


def test_sources_of_the_credential_in_their_order(
    simulator: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = {name: simulator.add_client(name) for name in ("file", "variable", "book", "environment")}

    def entry(name: str) -> dict[str, str]:
        return {"client_id": clients[name].client_id, "client_secret": clients[name].secret}

    (tmp_path / "book.yml").write_text(yaml.safe_dump({"qlik_credentials": {"organization": entry("book")}}))
    for key, value in entry("environment").items():
        monkeypatch.setenv(f"QLIK_{key.upper()}", value)
    options: dict[str, t.Any] = {"credentials_file": "book.yml"}
    variable = {"qlik_credentials": {"organization": entry("variable")}}
    for name, source, extra in (
        ("file", {**options, **entry("file")}, variable),
        ("variable", options, variable),
        ("book", options, {}),
        ("environment", {}, {}),
    ):
        simulator.record.clear()
        read(source, extra_vars=extra)
        asked = [token.client_id for token in simulator.state.tokens.values()]
        assert asked[-1] == clients[name].client_id


def test_a_credential_in_the_file_is_not_mixed_with_the_environment(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLIK_PRIVATE_KEY", "another")
    monkeypatch.setenv("QLIK_KEY_ID", "another")
    assert read({"client_id": simulator.client_id, "client_secret": simulator.client_secret}).hosts


def test_what_the_sources_hold_is_told_when_none_matches(
    simulator: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QLIK_CLIENT_ID")
    monkeypatch.delenv("QLIK_CLIENT_SECRET")
    book = {"regions": [{"region": "us", "client_id": "c-1", "client_secret": "topsecret"}]}
    (tmp_path / "book.yml").write_text(json.dumps(book))
    told = refusal(read, {"credentials_file": "book.yml"})
    assert "book.yml holds region us" in told
    assert "QLIK_CLIENT_ID" in told
    assert "topsecret" not in told


def test_a_private_key_in_place_of_a_secret(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch, key_pair: t.Any
) -> None:
    private_key, jwk = key_pair
    client = simulator.add_client("keyed")
    simulator.add_public_key(client.client_id, jwk)
    monkeypatch.delenv("QLIK_CLIENT_SECRET")
    monkeypatch.setenv("QLIK_CLIENT_ID", client.client_id)
    monkeypatch.setenv("QLIK_PRIVATE_KEY", private_key)
    monkeypatch.setenv("QLIK_KEY_ID", jwk["kid"])
    assert ids(read()) == active(simulator)


# the documentation


DOCUMENTED = ["org", "vault", "regions", "filtered", "grouped", "guarded"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_examples_run(
    name: str, simulator: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", simulator.client_secret)
    monkeypatch.setenv("HOME", str(tmp_path))
    entry = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    (tmp_path / "credentials.yml").write_text(yaml.safe_dump({"organization": entry}))
    module = sys.modules[inventory_loader.get("qlikops.cloud.tenants").__class__.__module__]
    examples = yaml.safe_load(module.EXAMPLES)
    assert list(examples) == [f"{file}.qlik.yml" for file in DOCUMENTED]
    text = yaml.safe_dump(examples[f"{name}.qlik.yml"])
    text = text.replace("0123456789abcdef0123456789abcdef", simulator.client_id)
    assert read(text.replace("expect_at_least: 40", "expect_at_least: 4")).hosts


# the file


@pytest.mark.parametrize("name", ["qlik.yml", "qlik.yaml", "org.qlik.yml", "my-qlik.yaml"])
def test_files_of_ours_by_their_ending(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("plugin: qlikops.cloud.tenants\n")
    assert inventory_loader.get("qlikops.cloud.tenants").verify_file(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "text", "warned"),
    [
        ("tenants.yml", "---\nplugin: 'qlikops.cloud.tenants'\n", True),
        ("tenants.yml", "plugin: other\n", False),
        ("tenants.ini", "plugin: qlikops.cloud.tenants\n", False),
        ("missing.yml", None, False),
    ],
    ids=["ours", "another's", "another ending", "missing"],
)
def test_a_file_of_ours_with_another_name_is_warned_of(
    name: str, text: str | None, warned: bool, tmp_path: Path, said: t.Any
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert not inventory_loader.get("qlikops.cloud.tenants").verify_file(str(tmp_path / name))
    assert [("its name must end in qlik.yml or qlik.yaml" in line) for line in said.warning] == [True] * warned


def test_a_missing_library_names_the_interpreter_and_the_command(
    simulator: Simulator, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = "ansible_collections.qlikops.cloud.plugins.module_utils._exchange.REQUESTS_PROBLEM"
    monkeypatch.setattr(problem, ModuleNotFoundError("No module named 'requests'", name="requests"))
    assert "requests is missing" in refusal(read)
    assert "-m pip install --upgrade requests" in refusal(read)
    monkeypatch.setattr(problem, ImportError("no six.moves", name="urllib3"))
    assert "requests cannot be imported (no six.moves)" in refusal(read)


def test_an_unreadable_inventory_is_declined(tmp_path: Path) -> None:
    assert not inventory_loader.get("qlikops.cloud.tenants").verify_file(str(tmp_path / "gone.qlik.yml"))


def test_a_loader_of_ansibles_own_reads_it_too(simulator: Simulator, tmp_path: Path) -> None:
    from ansible.inventory.manager import InventoryManager

    path = tmp_path / "org.qlik.yml"
    path.write_text("plugin: qlikops.cloud.tenants\n")
    manager = InventoryManager(loader=DataLoader(), sources=[str(path)])
    assert {host.vars["qlik_id"] for host in manager.get_hosts("qlik")} == active(simulator)
