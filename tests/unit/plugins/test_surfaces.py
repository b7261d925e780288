# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing is missing among modules, their actions, their documentation and the action group."""

from __future__ import annotations

import importlib
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Operation
from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import OperationAction

ROOT = Path(__file__).parents[3]
PLUGINS = "ansible_collections.qlikops.cloud.plugins"


def named_in(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__")


def load(folder: str, name: str) -> t.Any:
    return importlib.import_module(f"{PLUGINS}.{folder}.{name}")


MODULES, ACTIONS = named_in("modules"), named_in("action")


def documentation(name: str) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", yaml.safe_load(load("modules", name).DOCUMENTATION))


def takes_connection_options(operation: Operation) -> bool:
    return set(CONNECTION_ARGUMENTS) <= set(operation.arguments)


@pytest.fixture
def operation_of(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], Operation]:
    """The operation that a module runs."""

    def find(name: str) -> Operation:
        started: list[Operation] = []
        module = load("modules", name)
        monkeypatch.setattr(module, "run_module", started.append)
        module.main()
        (operation,) = started
        return operation

    return find


OperationOf = t.Callable[[str], Operation]


def test_there_are_modules_to_look_at() -> None:
    assert {"oauth_token", "tenant_info"} <= set(MODULES)


def test_each_module_has_an_action_and_each_action_a_module() -> None:
    assert ACTIONS == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_and_its_action_do_the_same_under_the_same_name(name: str, operation_of: OperationOf) -> None:
    operation, action = operation_of(name), load("action", name).ActionModule
    assert issubclass(action, OperationAction)
    assert replace(action.operation, work=operation.work) == operation
    assert operation.name == f"qlikops.cloud.{name}"
    assert documentation(name)["module"] == name


def test_the_action_group_holds_the_modules_with_connection_options(operation_of: OperationOf) -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    group = runtime["action_groups"]["qlik"]
    assert group == [name for name in MODULES if takes_connection_options(operation_of(name))]


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_says_what_holds_for_all_modules(name: str, operation_of: OperationOf) -> None:
    fragments = documentation(name)["extends_documentation_fragment"]
    assert "qlikops.cloud.attributes" in fragments
    assert ("qlikops.cloud.connection" in fragments) is takes_connection_options(operation_of(name))
    assert ("qlikops.cloud.attributes.info" in fragments) >= name.endswith("_info")


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_names_the_options_there_are(name: str, operation_of: OperationOf) -> None:
    written = documentation(name)
    own = set(written["options"])
    if "qlikops.cloud.call" in written["extends_documentation_fragment"]:
        own |= set(yaml.safe_load(load("doc_fragments", "call").ModuleDocFragment.DOCUMENTATION)["options"])
    assert own - set(CONNECTION_ARGUMENTS) == set(operation_of(name).arguments) - set(CONNECTION_ARGUMENTS)


def test_each_fragment_that_a_module_extends_exists() -> None:
    for name in MODULES:
        for fragment in documentation(name)["extends_documentation_fragment"]:
            namespace, collection, file, *part = fragment.split(".")
            assert (namespace, collection) == ("qlikops", "cloud")
            assert getattr(load("doc_fragments", file).ModuleDocFragment, (part or ["documentation"])[0].upper())


@pytest.mark.parametrize("name", MODULES)
def test_failures_are_documented_with_the_kinds_that_playbooks_branch_on(name: str, operation_of: OperationOf) -> None:
    error = yaml.safe_load(load("modules", name).RETURN)["error"]
    told_by_hosts = ["host", "status", "code", "trace_id"] if takes_connection_options(operation_of(name)) else []
    assert list(error["contains"])[:5] == ["kind", *told_by_hosts]
