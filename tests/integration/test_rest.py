# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""rest_info, rest and ping as playbooks use them, in the worker process and as ordinary modules."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import typing as t
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
import yaml

from simulator import Fault, Simulator
from simulator.models import Tenant, Token

from .conftest import User
from .test_secrets import assert_absent
from .ways import BOTH, Outcome, Task, assert_same, play

SPACES, ASSIGN = "/api/v1/spaces", "/api/v1/licenses/assignments/actions/add"
ROBOTS = "/api/v1/automations"
ME, OVERVIEW = "/api/v1/users/me", "/api/v1/licenses/overview"
LISTS = {
    "next": (SPACES, 23, {}),
    "next of another host": ("/api/v1/items", 34, {}),
    "page": ("/api/v1/licenses/assignments", 50, {}),
    "page alone": ("/api/v1/oauth-tokens", 26, {"userId": "u-1"}),
    "startingAfter": ("/api/v1/api-keys", 24, {}),
    "cursor": ("/api/v1/automations", 23, {"filter": 'state eq "available"'}),
}
FINANCE = {"name": "Finance", "type": "shared"}
MOMENTS = {
    "id",
    "location",
    "createdAt",
    "updatedAt",
    "lastUsed",
    "round_trip_ms",
    "token_expires_at",
    "token_expires_in",
}
MEGABYTE = 1 << 20
CHILD = """
import sys
import tracemalloc
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest import REST
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

def done(**options):
    given = {"host": sys.argv[1], "client_id": sys.argv[2], "client_secret": sys.argv[3], **options}
    checked = ArgumentSpecValidator(REST.arguments).validate(given)
    result = REST.outcome(Invocation(checked.validated_parameters, False, False, None, print))
    assert result["changed"], result
    return result

done(method="POST", path="/api/v1/spaces", body={"name": "x"})
tracemalloc.start()
app = done(method="POST", path="/api/v1/apps/import", src=sys.argv[4])["json"]
done(method="POST", path="/api/v1/data-files", form={"File": {"path": sys.argv[4]}})
place = done(method="POST", path="/api/v1/apps/%s/export" % app["id"])["location"]
print(done(method="GET", path=place, dest=sys.argv[5])["checksum"], tracemalloc.get_traced_memory()[1])
"""


def rest(method: str, path: str, **options: t.Any) -> Task:
    return {"qlikops.cloud.rest": {"method": method, "path": path, **options}}


def rest_info(path: str, **options: t.Any) -> Task:
    return {"qlikops.cloud.rest_info": {"path": path, **options}}


def ping(**options: t.Any) -> Task:
    return {"qlikops.cloud.ping": options}


@pytest.fixture
def simulator(organization: t.Callable[..., Simulator]) -> Simulator:
    """An organization of a few tenants, whose lists of items are linked to a host of another network."""
    return organization(tenants=3, readings={"C4": "B"})


@pytest.fixture
def tenant(simulator: Simulator) -> Tenant:
    return simulator.state.tenants[0]


@pytest.fixture
def owner(member: User, simulator: Simulator) -> User:
    """A user with a credential book that opens all tenants."""
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    member.environment |= {"QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": "", "QLIK_CREDENTIALS_FILE": "credentials.yml"}
    return member


def known(tenant: Tenant) -> dict[str, t.Any]:
    """What the inventory knows of a tenant."""
    return {
        "qlik_id": tenant.id,
        "qlik_hostname": tenant.hostnames[0],
        "qlik_hostnames": tenant.hostnames,
        "qlik_subscription_id": tenant.subscription_id,
    }


def timeless(value: t.Any) -> t.Any:
    """A result without what differs from one time to the next."""
    if isinstance(value, dict):
        return {key: "some" if key in MOMENTS and item else timeless(item) for key, item in value.items()}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def results_of(outcome: Outcome, tasks: t.Iterable[str]) -> dict[str, t.Any]:
    """The results by task, once they are the same both ways."""
    names = list(tasks)
    assert_same(replace(outcome, results=timeless(outcome.results)), names)
    return dict(zip(names, outcome.results["worker"], strict=True))


def kinds(results: t.Mapping[str, t.Any]) -> dict[str, str]:
    """How the tasks that failed did so."""
    errors = {
        name: result.get("error", {"kind": result["msg"]}) for name, result in results.items() if result["failed"]
    }
    return {name: error["kind"] for name, error in errors.items()}


def in_turn(user: User, tasks: dict[str, Task], tenant: Tenant, *arguments: str) -> dict[str, t.Any]:
    """The results of tasks that are done on one host after the other."""
    return results_of(play(user, list(tasks.values()), BOTH, *arguments, serial=1, vars=known(tenant)), tasks)


READ: dict[str, Task] = {
    "who we are": rest_info(ME),
    "our roles": rest_info(ME, key="roles"),
    "the tenant": rest_info("/api/v1/tenants/me", key="name"),
    "a few": rest_info(SPACES, key="data", max_items=12, query={"limit": 10}),
    "some": rest_info(f"{SPACES}?limit=2", query={"type": ["data"], "sort": None}, key="data"),
    "a filter": rest_info("/api/v1/users/actions/filter", body={"filter": 'email co "@example"'}, query={"limit": 20}),
    "nothing there": rest_info(f"{SPACES}/{{{{ 'a b' | urlencode }}}}"),
    "nothing there, as it may": rest_info(f"{SPACES}/none", status_code=[200, 404]),
    "no key": rest_info(ME, key="nmae"),
    "a wrong path": rest_info("//evil.example/"),
    "a header": rest_info(ME, headers={"authorization": "Bearer x"}),
    "a token": rest_info("/%6fauth/token"),
    "an empty host": rest_info(ME, host="{{ nothing }}"),
    "no host of the service": rest_info(ME, host="h.us.qlikcloud.com.example"),
}


def test_reading_is_the_same_both_ways(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    lists = {style: rest_info(path, query=query, key="data") for style, (path, _count, query) in LISTS.items()}
    template = {"qlik_hostname": "{{ names | first }}", "names": tenant.hostnames}
    named = {
        "by name": rest_info(ME, host=tenant.hostnames[1].upper()),
        "by template": {**rest_info(ME), "vars": template},
    }
    tasks = {**READ, **named, **lists}
    tenant.people = 60
    add_tokens(simulator, tenant, 26)
    outcome = play(owner, list(tasks.values()), BOTH, "-v", vars={**known(tenant), "nothing": None})
    results = results_of(outcome, tasks)
    assert_whole({style: results.pop(style) for style in lists}, simulator)
    assert kinds(results) == {
        "nothing there": "not_found",
        "no key": "unexpected_answer",
        "a wrong path": "configuration",
        "a header": "configuration",
        "a token": "configuration",
        "an empty host": "configuration",
        "no host of the service": "configuration",
    }
    (bot,) = simulator.state.bots_of(tenant)
    assert results["who we are"]["json"]["id"] == bot.id
    assert results["our roles"]["json"] == ["TenantAdmin"]
    assert results["the tenant"]["json"] == tenant.name
    assert outcome.lines("worker")[: len(READ)] == outcome.lines("elsewhere")[: len(READ)]
    counts = {name: (result["count"], result["truncated"]) for name, result in results.items() if "count" in result}
    assert counts == {"our roles": (1, False), "a few": (12, True), "some": (7, False)}
    assert len(results["a filter"]["json"]["data"]) == 60
    assert (results["who we are"]["host"], results["by name"]["host"]) == tuple(tenant.hostnames)
    assert results["by template"]["host"] == tenant.hostnames[0]
    assert results["nothing there, as it may"]["status"] == 404
    assert simulator.record.count("POST", "/oauth/token") == len(tenant.hostnames)


def assert_whole(results: dict[str, t.Any], simulator: Simulator) -> None:
    for style, (path, count, _query) in LISTS.items():
        assert (results[style]["count"], results[style]["truncated"]) == (count, False)
        assert len({str(sorted(row.items())) for row in results[style]["json"]}) == count
        assert simulator.record.count("GET", path) > len(BOTH)


def add_tokens(simulator: Simulator, tenant: Tenant, count: int) -> None:
    for number in range(count):
        token = Token(f"t-{number}", tenant.hostnames[0], "c", "region", "", 1e11, "u-1", None, tenant.id)
        token.id, token.cursor = f"token-{number}", f"{number:024x}"
        simulator.state.tokens[token.value] = token


def writing() -> dict[str, Task]:
    """Creates, changes and removes one space and some others; afterwards everything is as it was."""
    made, unless = "{{ result_0.json.id }}", {"where": FINANCE, "query": {"limit": 100}}
    return {
        "create": rest("POST", SPACES, body=FINANCE, unless=unless),
        "create again": rest("POST", SPACES, body=FINANCE, unless=unless),
        "check what is there": {**rest("POST", SPACES, body=FINANCE, unless=unless), "check_mode": True},
        "set": rest("PATCH", f"{SPACES}/{made}", body=[{"op": "replace", "path": "/description", "value": "x"}]),
        "replace": {**rest("PUT", f"{SPACES}/{made}", body="{{ wanted }}"), "vars": {"wanted": {"name": "Sales"}}},
        "read": rest("GET", f"{SPACES}/{made}"),
        "remove": rest("DELETE", f"{SPACES}/{made}", status_code=[204, 404]),
        "remove again": rest("DELETE", f"{SPACES}/{made}", status_code=[204, 404]),
        "a date": rest("POST", SPACES, body={"name": date(2026, 1, 2)}),
        "remove the date": rest("DELETE", f"{SPACES}/{{{{ result_8.json.id }}}}"),
        "me": rest("GET", ME),
        "rows": rest(
            "POST",
            ASSIGN,
            body={"add": [{"subject": s, "type": "analyzer"} for s in ("{{ result_10.json.subject }}", "x")]},
        ),
        "defaults": {**rest("GET", ME), "module_defaults": {"group/qlikops.cloud.qlik": {"timeout": 0}}},
    }


CHECKED: dict[str, Task] = {
    "check what is missing": rest("POST", SPACES, body={"name": "Checked"}, unless={"where": {"name": "Checked"}}),
    "check a change": rest("PATCH", f"{SPACES}/none?x=1", body=[]),
    "check a file": rest("GET", ME, dest="me.json"),
}
LOST: dict[str, Task] = {
    "lost, with a look": rest("POST", ROBOTS, body={"name": "R"}, unless={"where": {"name": "R"}}, retries=3),
    "tidy": rest("DELETE", f"{ROBOTS}/{{{{ result_16.json.id }}}}"),
    "lost": rest("POST", ROBOTS, body={"name": "S"}, retries=3),
}


@pytest.mark.ends
def test_writing_is_the_same_both_ways(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    checked = {name: {**task, "check_mode": True} for name, task in CHECKED.items()}
    tasks = {**writing(), **checked, **LOST}
    simulator.faults.append(Fault(f"POST {ROBOTS}", "lost"))
    results = in_turn(owner, tasks, tenant)
    assert kinds(results) == {"rows": "partly_refused", "defaults": "configuration", "lost": "unknown_outcome"}
    unchanged = {name for name, result in results.items() if not result["changed"]} - set(kinds(results))
    assert unchanged == {"create again", "check what is there", "read", "remove again", "me"}
    assert results["create again"]["found"]
    assert results["create again"]["json"] == results["create"]["json"]
    assert results["check what is there"]["found"]
    assert (results["read"]["json"]["name"], results["read"]["json"]["description"]) == ("Sales", "")
    assert results["a date"]["json"]["name"] == "2026-01-02"
    assert [row["row"] for row in results["rows"]["error"]["rows"]] == [2]
    assert results["rows"]["changed"]
    host = tenant.hostnames[0]
    assert results["check what is missing"] == {"changed": True, "failed": False, "would_send": f"POST {host}{SPACES}"}
    assert results["check a change"]["would_send"] == f"PATCH {host}{SPACES}/none"
    assert (results["lost, with a look"]["found"], results["lost, with a look"]["json"]["name"]) == (True, "R")
    assert posted(simulator, SPACES) == {"Finance": 2, "2026-01-02": 2}
    assert posted(simulator, ROBOTS) == {"R": 2, "S": 2}
    assert simulator.record.count(path=f"{SPACES}/none") == 0
    assert not (owner.work / "me.json").exists()


def posted(simulator: Simulator, path: str) -> Counter[str]:
    """How often objects of each name were asked for."""
    return Counter(entry.body["name"] for entry in simulator.record.find("POST", path))


@pytest.mark.once
def test_files_travel_the_same_both_ways(owner: User, tenant: Tenant) -> None:
    content = bytes(range(256)) * 1000
    (owner.work / "app.qvf").write_bytes(content)
    keep = rest("GET", "{{ result_1.location }}", dest="kept.qvf")
    form = {"File": {"path": "{{ playbook_dir }}/app.qvf", "filename": "a.csv"}, "Json": '{"name": "Kurse"}'}
    tasks = {
        "import": rest("POST", "/api/v1/apps/import", src="app.qvf", query={"name": "App"}),
        "export": rest("POST", "/api/v1/apps/{{ result_0.json.id }}/export"),
        "keep in check mode": {**keep, "check_mode": True},
        "keep": keep,
        "keep again": keep,
        "form": rest("POST", "/api/v1/data-files", form=form),
        "text": rest("POST", SPACES, text="no JSON", headers={"Content-Type": "text/x"}),
        "missing": rest("GET", "/api/v1/temp-contents/none", dest="kept.qvf", status_code=[200, 404]),
        "no folder": rest("GET", ME, dest="none/me.json"),
        "no file": rest("POST", "/api/v1/apps/import", src="{{ playbook_dir }}/none.qvf"),
        "empty src": rest("POST", "/api/v1/apps/import", src="{{ nowhere | default('') }}"),
        "empty dest": rest("GET", ME, dest=" "),
        "forget": {"ansible.builtin.file": {"path": "{{ playbook_dir }}/kept.qvf", "state": "absent"}},
    }
    results = in_turn(owner, tasks, tenant)
    checksum = hashlib.sha256(content).hexdigest()
    changes = {name: results[name]["changed"] for name in tasks if name.startswith("keep") or name == "missing"}
    assert changes == {"keep in check mode": True, "keep": True, "keep again": False, "missing": False}
    assert results["import"]["json"]["sha256"] == results["form"]["json"]["sha256"] == checksum
    assert (results["keep"]["checksum"], results["keep"]["size"]) == (checksum, len(content))
    assert results["keep"]["file"] == str((owner.work / "kept.qvf").resolve())
    assert results["text"]["error"]["kind"] == "refused"
    assert results["no folder"]["msg"].endswith("none/me.json cannot be written: No such file or directory.")
    assert results["no file"]["msg"].endswith("none.qvf cannot be read: No such file or directory.")
    for name in ("src", "dest"):
        assert results[f"empty {name}"]["msg"] == f"The option {name} is empty; leave it out to mean no file."


@pytest.mark.once
def test_each_way_to_be_out_of_reach_has_its_kind_both_ways(
    owner: User, organization: t.Callable[..., Simulator]
) -> None:
    simulator = organization(tenants=6, subscriptions=1)
    owner.environment |= {name: simulator.environment[name] for name in ("HTTPS_PROXY", "https_proxy", "QLIK_CA_PATH")}
    entries = [{**entry, "subscription_id": None} for entry in simulator.credentials["regions"]]
    owner.file("credentials.yml", yaml.safe_dump({"regions": entries}))
    here, blocked, limited, cut, _active, gone = simulator.state.tenants
    blocked.blocked = True
    simulator.faults.append(Fault(f"GET {limited.hostnames[0]}", "status", status=429, retry_after=60))
    simulator.faults.append(Fault(f"GET {cut.hostnames[0]}", "cut"))
    tasks = {
        "here": ping(bots=True),
        "tenant_disabled": ping(host=gone.hostnames[0]),
        "permission": ping(host=blocked.hostnames[0]),
        "rate_limit": ping(host=limited.hostnames[0], max_wait=1),
        "unreachable": ping(host=cut.hostnames[0]),
        "authentication": ping(client_id=simulator.region_client("us").client_id, client_secret="{{ wrong }}"),
        "wrong_tenant": {**ping(), "vars": {"qlik_id": "another"}},
        "configuration": ping(host="h.se.qlikcloud.com"),
    }
    results = results_of(play(owner, list(tasks.values()), BOTH, vars={**known(here), "wrong": "wr0ng"}), tasks)
    assert kinds(results) == {name: name for name in tasks if name != "here"}
    assert (results["here"]["tenant_id"], results["here"]["unowned_bots"]) == (here.id, [])
    assert results["here"]["user"]["roles"] == ["TenantAdmin"]
    assert f"{here.hostnames[0]} is the tenant {here.id}, not another" in results["wrong_tenant"]["msg"]


@pytest.mark.ends
def test_a_host_that_the_inventory_does_not_know_is_opened_by_its_subscription(
    owner: User, simulator: Simulator, tenant: Tenant
) -> None:
    other = simulator.state.tenants[1]
    host, subscription = other.hostnames[0], other.subscription_id
    region = tenant.hostnames[0].split(".")[1]
    create, order = "/api/v1/tenants", {"name": "no order"}
    ours, theirs = (f"register.{name}.qlikcloud.com" for name in (region, "sg"))
    tasks = {
        "unknown": ping(host=host),
        "another": ping(host=host, subscription_id="1"),
        "rest_info": rest_info(ME, host=host, subscription_id=subscription),
        "rest": rest("GET", ME, host=host, subscription_id=subscription),
        "ping": ping(host=host, subscription_id=subscription, new_token=True),
        "our register host": rest("POST", create, host=ours, body=order),
        "another's register host": rest("POST", create, host=theirs, body=order),
        "at once": ping(host=host, tenant_id=tenant.id, subscription_id=subscription),
    }
    results = results_of(play(owner, list(tasks.values()), BOTH, vars=known(tenant)), tasks)
    assert kinds(results) == {
        "unknown": "configuration",
        "another": "configuration",
        "our register host": "refused",
        "another's register host": "configuration",
        "at once": "wrong_tenant",
    }
    assert f"{host} of region " in results["unknown"]["msg"]
    assert "(subscription unknown)" in results["unknown"]["msg"]
    assert "and subscription 1 was found" in results["another"]["msg"]
    assert {results[name]["host"] for name in ("rest_info", "rest", "ping")} == {host}
    assert simulator.record.count("POST", create, ours) == len(BOTH)


def test_what_is_secret_is_not_shown_and_can_be_used(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    key = simulator.license_key(tenant.subscription_id or "")
    tasks = {
        "licence": rest_info(OVERVIEW),
        "licence by rest": rest("GET", OVERVIEW),
        "licence in a look": rest("POST", SPACES, body=FINANCE, unless={"path": OVERVIEW}),
        "licence in a file": rest("GET", OVERVIEW, dest="licence.json"),
        "key": rest("POST", "/api/v1/api-keys", body={"description": "x"}),
        "used": {"ansible.builtin.debug": {"msg": "{{ result_0.json.licenseKey | length }}"}},
        "no secret": rest_info("/api/v1/licenses/status"),
    }
    outcome = play(owner, list(tasks.values()), BOTH, "-vvvvv", vars=known(tenant))
    (owner.work / "licence.json").unlink()
    for results in (dict(zip(tasks, rows, strict=True)) for rows in outcome.results.values()):
        assert [results[name]["json"]["licenseKey"] for name in tasks if name in list(tasks)[:3]] == [key] * 3
        assert int(results["used"]["msg"]) == len(key)
        assert results["licence in a file"]["size"] > len(key)
        assert results["no secret"]["json"]["type"] == "Signed"
        assert_absent({key, results["key"]["json"]["token"], *simulator.state.tokens}, owner, outcome.output)
    assert outcome.output.count('"Signed"') == len(BOTH)


@pytest.mark.once
def test_memory_stays_flat_however_large_a_file_is(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    large, kept = owner.work / "large.qvf", owner.work / "kept.qvf"
    with large.open("wb") as file:
        file.truncate(100 * MEGABYTE)
    client = simulator.region_client("us", tenant.subscription_id)
    command = [sys.executable, "-c", CHILD, tenant.hostnames[0], client.client_id, client.secret, str(large), str(kept)]
    environment = {**owner.environment, "PYTHONPATH": owner.environment["ANSIBLE_COLLECTIONS_PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    checksum, most = done.stdout.split()
    assert kept.stat().st_size == large.stat().st_size
    assert checksum == hashlib.sha256(bytes(100 * MEGABYTE)).hexdigest()
    assert int(most) < 20 * MEGABYTE
