# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook configure_controller with the released modules of awx.awx, against a stand-in of the controller."""

from __future__ import annotations

import ast
import json
import os
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from controller import Controller
from simulator import Simulator
from tools.packaged import packaged_collections

from .conftest import ROOT, User
from .jobs import PROJECT, VARIABLES, api_credential, definition, inputs_of, set_up

ROLE = ROOT / "roles" / "controller"
PLAYBOOK = "qlikops.cloud.configure_controller"
URL = "https://git.example.com/qlik.git"
SCHEDULES = {"Qlik Cloud: verify access", "Qlik Cloud: rotate secrets", "Qlik Cloud: retire"}
STORE = "Store it, and leave what is not named as it is"
KINDS = (
    "organizations",
    "credential_types",
    "credentials",
    "projects",
    "execution_environments",
    "inventories",
    "inventory_sources",
    "job_templates",
    "workflow_job_templates",
    "workflow_job_template_nodes",
    "schedules",
)


@pytest.fixture
def controller() -> t.Iterator[Controller]:
    with Controller(PROJECT) as controller:
        yield controller


@pytest.fixture
def admin(member: User, simulator: Simulator, controller: Controller) -> User:
    """Somebody with a credential book, awx.awx and a controller."""
    member.environment |= controller.environment
    member.environment["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{packaged_collections()}"
    member.environment["QLIK_CREDENTIALS_FILE"] = str(member.file("book.yml", json.dumps(simulator.credentials)))
    return member


def configure(user: User, *arguments: t.Any, **variables: t.Any) -> tuple[int, str, list[str]]:
    """Exit code, output and the tasks that changed something."""
    given = {"controller_project_url": URL, **variables}
    done = user.run("ansible-playbook", "-i", user.source, PLAYBOOK, "-e", json.dumps(given), *arguments)
    output = done.stdout + done.stderr
    changed = [block.split("]")[0] for block in output.split("TASK [")[1:] if re.search("^changed: ", block, re.M)]
    return done.returncode, output, [name.split(" : ")[-1] for name in changed]


@pytest.mark.long
def test_everything_is_set_up_and_neither_a_second_run_nor_check_mode_changes_anything(
    admin: User, controller: Controller, simulator: Simulator
) -> None:
    wishes = {
        "controller_api_credential": api_credential(controller),
        "controller_execution_environment_image": "registry.example.com/qlik-ee:latest",
        "controller_rotation_rrule": "DTSTART:20260101T020000Z RRULE:FREQ=MONTHLY;INTERVAL=1",
    }
    code, output, changed = configure(admin, **wishes)
    assert code == 0, output
    assert "Have the credential type" in changed
    first = {kind: controller.of(kind) for kind in KINDS}
    _assert_set_up(controller, simulator)
    controller.forget()
    code, output, changed = configure(admin, **wishes)
    assert (code, changed) == (0, []), output
    assert {kind: controller.of(kind) for kind in KINDS} == first
    assert controller.changes == []
    book = admin.file("other.yml", "regions: [{region: eu, client_id: other, client_secret: s}]\n")
    wishes = {"controller_credentials_file": str(book), "controller_replace_credential": True, **wishes}
    code, output, changed = configure(
        admin, "--check", **{**wishes, "controller_slices": 7, "controller_rotation_rrule": ""}
    )
    assert (code, controller.changes) == (0, []), output
    assert set(changed) == {"Have the job template that verifies access", STORE, "Have the schedules that are wanted"}
    assert {row["name"] for row in controller.of("schedules")} == SCHEDULES
    secrets = [client.secret for client in simulator.state.clients.values()]
    assert not [secret for secret in (*secrets, controller.token) if secret in output]


def _assert_set_up(controller: Controller, simulator: Simulator) -> None:
    kind = controller.named("credential_types", "Qlik Cloud")
    assert kind["inputs"] == definition("credential_type_inputs.yml")
    assert kind["injectors"] == definition("credential_type_injectors.yml")
    held = controller.named("credentials", "Qlik Cloud")["inputs"]
    assert (held["client_id"], held["client_secret"]) == (simulator.client_id, simulator.client_secret)
    assert yaml.safe_load(held["regions"]) == simulator.credentials["regions"]
    assert held["ca"].strip() == Path(simulator.ca_path).read_text(encoding="utf-8").strip()
    source = controller.named("inventory_sources", "Tenants")
    assert json.loads(source["source_vars"]) == definition("inventory_source_variables.yml")
    assert (source["enabled_var"], source["enabled_value"], source["source_path"]) == (
        "qlik_enabled",
        "true",
        "org.qlik.yml",
    )
    assert (source["overwrite"], source["update_on_launch"], source["update_cache_timeout"]) == (True, True, 3600)
    fleet = controller.named("job_templates", "Qlik Cloud: verify access")
    assert (fleet["job_slice_count"], json.loads(fleet["extra_vars"])) == (3, {"confirm_bot_users": False})
    assert controller.named("schedules", "Qlik Cloud: verify access")["enabled"] is False
    turns = {row["playbook"]: json.loads(row["extra_vars"]) for row in controller.of("job_templates")}
    assert {playbook: turns[playbook] for playbook in VARIABLES} == VARIABLES
    nodes = {node["identifier"]: node for node in controller.of("workflow_job_template_nodes")}
    order = {
        name: [row["identifier"] for row in nodes.values() if row["id"] in nodes[name]["success_nodes"]]
        for name in nodes
    }
    assert order == {"rotate": ["verify"], "verify": ["retire"], "retire": []}


@pytest.mark.long
@pytest.mark.once
def test_a_credential_is_replaced_when_asked_and_other_tiers_stay(
    admin: User, controller: Controller, simulator: Simulator
) -> None:
    set_up(controller, inputs_of({**simulator.credentials}, rotation="hint: a\n", ca="PEM"))
    region = {"region": "de", "client_id": "r", "client_secret": 'a "b"\n{{ c }} #'}
    admin.file("regions.yml", yaml.safe_dump({"regions": [region]}))
    wishes = {"controller_credentials_file": "regions.yml", "controller_replace_credential": True}
    code, output, changed = configure(admin, **wishes)
    assert (code, STORE in changed) == (0, True), output
    held = controller.named("credentials", "Qlik Cloud")["inputs"]
    assert yaml.safe_load(held["regions"]) == [region]
    assert (held["client_secret"], held["rotation"]) == (simulator.client_secret, "hint: a\n")


@pytest.mark.once
@pytest.mark.parametrize(
    ("inputs", "entry", "message"),
    [
        ({"rotation": "hint: a\n"}, {}, "The controller has rotated the secret of the organization"),
        ({}, {"client_secret": "s3cret-no-more"}, "wrong or expired credentials"),
    ],
    ids=["rotated", "dead"],
)
def test_a_good_secret_is_not_replaced_by_a_bad_one(
    inputs: dict[str, str],
    entry: dict[str, str],
    message: str,
    admin: User,
    controller: Controller,
    simulator: Simulator,
) -> None:
    set_up(controller, inputs_of(simulator.credentials, **inputs))
    before = controller.of("credentials")
    book = {"organization": {**simulator.credentials["organization"], **entry}}
    admin.file("book2.yml", yaml.safe_dump(book))
    wishes = {"controller_credentials_file": "book2.yml", "controller_replace_credential": True}
    # the inventory proves the client of the environment, not that of the book
    admin.environment |= {**simulator.environment, "QLIK_CREDENTIALS_FILE": ""}
    code, output, _changed = configure(admin, **wishes)
    assert (code, message in " ".join(output.split())) == (2, True), output
    assert controller.of("credentials") == before


@pytest.mark.parametrize(
    ("variables", "environment", "message"),
    [
        ({"controller_project_url": ""}, {}, "Name the git repository with the playbooks and the inventory source by"),
        ({"controller_slices": "many"}, {}, "controller_slices"),
        ({"controller_slices": 0}, {}, "The variable controller_slices must be at least 1"),
        ({"controller_inventory": ""}, {}, "controller_inventory is empty; leave it out to have its default."),
        ({"controller_credentials_file": "nowhere.yml"}, {}, "nowhere.yml is not there, or holds no credentials"),
        ({}, {"QLIK_CREDENTIALS_FILE": "", "QLIK_CLIENT_ID": ""}, "The group qlik is empty"),
        ({"controller_project_url": URL}, {"CONTROLLER_OAUTH_TOKEN": "wrong"}, "Invalid authentication credentials"),
    ],
    ids=["project", "type", "number", "name", "file", "tenants", "token"],
)
@pytest.mark.once
def test_what_is_wrong_is_said(
    variables: dict[str, t.Any], environment: dict[str, str], message: str, admin: User, controller: Controller
) -> None:
    admin.environment |= environment | {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "false"}
    code, output, _changed = configure(admin, **variables)
    assert (code, message in " ".join(output.split())) == (2, True), output


@pytest.mark.once
def test_a_name_that_another_organization_uses_is_refused_before_anything_is_changed(
    admin: User, controller: Controller, simulator: Simulator
) -> None:
    set_up(controller, inputs_of(simulator.credentials))
    controller.forget()
    code, output, _changed = configure(admin, controller_organization="Other")
    assert (code, controller.changes) == (2, []), output
    assert "has credentials of the name Qlik Cloud outside of the organization Other already" in " ".join(
        output.split()
    )


@pytest.mark.once
def test_a_first_credential_needs_the_client_of_the_organization(
    admin: User, controller: Controller, simulator: Simulator
) -> None:
    admin.file("regions.yml", yaml.safe_dump({"regions": simulator.credentials["regions"]}))
    code, output, _changed = configure(admin, controller_credentials_file="regions.yml")
    assert code == 2
    assert "The credential Qlik Cloud needs the client of the organization first" in " ".join(output.split())
    assert controller.of("credentials") == []


def test_without_awx_there_is_one_clear_sentence(member: User) -> None:
    code, output, _changed = configure(member)
    assert code == 2
    assert output.count("fatal: ") == 1
    assert "needs the collection awx.awx 24.6.1: install it with 'ansible-galaxy collection install" in output


def tasks_of_awx() -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    for path in sorted((ROLE / "tasks").glob("*.yml")):
        for task in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield from ((name, task[name]) for name in task if name.startswith("awx.awx."))


def arguments_of(module: str) -> dict[str, dict[str, t.Any]]:
    """The argument spec of a released module, read without running it."""
    folder = packaged_collections() / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    tree = ast.parse((folder / f"{module.rpartition('.')[2]}.py").read_text(encoding="utf-8"))
    assignments = (node for node in ast.walk(tree) if isinstance(node, ast.Assign))
    spec = next(node.value for node in assignments if getattr(node.targets[0], "id", "") == "argument_spec")
    assert isinstance(spec, ast.Call)
    return {str(word.arg): _argument(word.value) for word in spec.keywords}


def _argument(given: ast.expr) -> dict[str, t.Any]:
    words = given.keywords if isinstance(given, ast.Call) else []
    # some choices are computed, such as those of kind
    return {str(word.arg): _literal(word.value) for word in words}


def _literal(value: ast.expr) -> t.Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        return None


KINDS_OF_VALUES = {"str": str, "dict": dict, "list": list, "bool": bool, "int": int}


@pytest.mark.once
@pytest.mark.parametrize(("module", "arguments"), list(tasks_of_awx()))
def test_each_task_fits_the_argument_spec_of_the_released_module(module: str, arguments: dict[str, t.Any]) -> None:
    known = arguments_of(module)
    assert set(arguments) <= set(known)
    assert {name for name, spec in known.items() if spec.get("required")} <= set(arguments)
    for name, value in arguments.items():
        if isinstance(value, str) and "{{" in value:
            continue
        assert isinstance(value, KINDS_OF_VALUES[known[name].get("type") or "str"])
        assert value in (known[name].get("choices") or [value])


@pytest.mark.once
def test_all_modules_of_the_role_are_named_to_the_linter() -> None:
    settings = yaml.safe_load((ROOT / ".ansible-lint").read_text(encoding="utf-8"))
    assert settings["mock_modules"] == sorted({module for module, _arguments in tasks_of_awx()})


@pytest.mark.once
def test_every_variable_is_documented_with_its_default() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    assert set(options) == set(defaults)
    told = {name: option["default"] for name, option in options.items() if "default" in option}
    assert told == {name: defaults[name] for name in told}
    # without a default that can be told: what the user must give, and what the environment gives
    rest = {name: value for name, value in defaults.items() if name not in told}
    assert all(value == "" or "ansible.builtin.env" in value for value in rest.values())
