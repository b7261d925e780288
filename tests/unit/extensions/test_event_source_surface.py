# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source as ansible-rulebook finds it: a file with documentation and main, far from Ansible."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys

import pytest
import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._event_options import ARGUMENTS
from tools.environment import COLLECTIONS, ROOT

HOME = COLLECTIONS / "ansible_collections" / "qlikops" / "cloud"
SOURCE = HOME / "extensions" / "eda" / "plugins" / "event_source" / "tenants.py"
EVENTS = ROOT / "examples" / "events"

# Runs the source where nothing of Ansible can be imported, and where it has to find the collection by itself.
ALONE = """
import asyncio, runpy, sys
sys.modules["ansible"] = None
main = runpy.run_path(sys.argv[1])["main"]
asyncio.run(main(None, {"credentials_file": "/nowhere.yml", "state_file": sys.argv[2]}))
"""


@pytest.fixture(scope="module")
def source():
    spec = importlib.util.spec_from_file_location("tenants", SOURCE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def documented(source):
    return yaml.safe_load(source.DOCUMENTATION)["options"]


def test_each_option_is_documented_as_it_is(documented):
    types = {"days": "list"}
    assert {
        name: (option["type"], option.get("default"), option.get("env")) for name, option in documented.items()
    } == {
        name: (
            types.get(argument["type"], argument["type"]) if name != "credentials_file" else "path",
            list(argument["default"]) if argument["type"] == "days" else argument.get("default"),
            [{"name": variable_of(name)}] if name != "feedback" else None,
        )
        for name, argument in ARGUMENTS.items()
    }


def test_choices_are_documented(documented):
    chosen = {name: argument["choices"] for name, argument in ARGUMENTS.items() if "choices" in argument}
    assert {name: option["choices"] for name, option in documented.items() if "choices" in option} == chosen


def test_its_main_is_a_coroutine_function(source):
    assert asyncio.iscoroutinefunction(source.main)


def test_it_needs_nothing_of_ansible_and_no_path(tmp_path):
    command = [sys.executable, "-I", "-c", ALONE, str(SOURCE), str(tmp_path / "state.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "ConfigurationError: /nowhere.yml cannot be read: No such file or directory."
    )


def test_the_credential_type_fills_variables_of_options():
    inputs, injectors = (
        yaml.safe_load((EVENTS / f"credential_type_{part}.yml").read_text(encoding="utf-8"))
        for part in ("inputs", "injectors")
    )
    names = [field["id"] for field in inputs["fields"]]
    assert injectors == {"env": {variable_of(name): f"{{{{ {name} }}}}" for name in names}}
    assert set(names) <= set(ARGUMENTS)
    assert set(inputs["required"]) <= set(names)
