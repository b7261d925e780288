# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory updates and jobs as a controller runs them: a private folder, an environment, files, and ansible-runner."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml

from controller import Controller
from controller.importing import Imported, imported, script, written
from controller.injection import injected

from .conftest import ROOT, User

PROJECT = ROOT / "examples" / "controller"
ROLE = ROOT / "roles" / "controller" / "files"
UPDATE = {
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_INVENTORY_EXPORT": "True",
    "ANSIBLE_VERBOSE_TO_STDERR": "True",
}
COMMAND = """
import sys, ansible_runner
settings = {"private_data_dir": sys.argv[1], "host_cwd": sys.argv[2], "quiet": True}
output, error, code = ansible_runner.run_command("ansible-inventory", sys.argv[3:], **settings)
print(output, error)
sys.exit(code)
"""
Inputs = t.Mapping[str, t.Any]

# The jobs of a rotation, and the variables that the role gives them
ROTATE, VERIFY, RETIRE = "rotate_secrets.yml", "verify_credentials.yml", "retire_secrets.yml"
PLACE = {
    "credentials_controller": {
        "credential": "Qlik Cloud",
        "organization": "Default",
        "credential_type": "Qlik Cloud",
    }
}
TURN = {**PLACE, "credentials_tiers": ["organization", "tenants"], "credentials_prove_timeout": 60}
VARIABLES: dict[str, dict[str, t.Any]] = {
    ROTATE: {**TURN, "credentials_keep_days": 7},
    VERIFY: {**PLACE, "credentials_prove_tenants": True},
    RETIRE: TURN,
}


def definition(name: str) -> t.Any:
    """What people paste into the web interface."""
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


def inputs_of(book: t.Mapping[str, t.Any], **more: str) -> dict[str, str]:
    """What somebody types into the credential."""
    lists = {tier: yaml.safe_dump(book[tier]) for tier in ("regions", "tenants") if book.get(tier)}
    return {**book.get("organization", {}), **lists, **more}


def api_credential(controller: Controller) -> str:
    """The name of a credential by which jobs change the controller."""
    inputs = {"host": controller.url, "oauth_token": controller.token}
    kind = controller.named("credential_types", "Red Hat Ansible Automation Platform")["id"]
    controller.add("credentials", name="API", credential_type=kind, organization=1, inputs=inputs)
    return "API"


def set_up(controller: Controller, inputs: dict[str, str]) -> None:
    """What of the role's work a rotation needs."""
    types = {name: definition(f"credential_type_{name}.yml") for name in ("inputs", "injectors")}
    kind = controller.add("credential_types", name="Qlik Cloud", kind="cloud", **types)
    controller.add("credentials", name="Qlik Cloud", credential_type=kind, organization=1, inputs=inputs)
    api_credential(controller)


class Site:
    """A controller's machine: what it starts has the user's network, and nothing else of the user."""

    def __init__(self, user: User) -> None:
        self._user, self._count = user, 0
        self.work = user.work
        self.playbooks: dict[str, str] = {}
        self.kept = {name: value for name, value in user.environment.items() if not name.startswith("QLIK_")}
        del self.kept["ANSIBLE_CONFIG"]

    def folder(self, inputs: Inputs, **variables: str) -> tuple[Path, dict[str, str]]:
        """The private folder of one run, and its environment."""
        self._count += 1
        folder = self._user.work / f"run-{self._count}"
        shutil.copytree(PROJECT, folder / "project")
        for name, text in self.playbooks.items():
            (folder / "project" / name).write_text(text, encoding="utf-8")
        (folder / "env").mkdir()
        files = folder / "env"
        fields = definition("credential_type_inputs.yml")
        found = injected(fields, definition("credential_type_injectors.yml"), inputs, files)
        # a run has a container of its own
        places = {name: str(folder / "home") for name in ("HOME", "TMPDIR")}
        (folder / "home").mkdir()
        return folder, {**variables, **found, **places}

    def update(self, inputs: Inputs, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, t.Any]]:
        """What came of an inventory update, and the JSON that it wrote."""
        folder, environment = self.folder(inputs, **UPDATE)
        mine = {**self.kept, **environment}
        source = {name: str(value) for name, value in definition("inventory_source_variables.yml").items()}
        project, output = folder / "project", folder / "output.json"
        command = ["--list", "--export", "-i", str(project / "org.qlik.yml"), "--playbook-dir", str(project)]
        done = self._run([COMMAND, folder, project, *command, "--output", output, *arguments], {**source, **mine})
        return done, json.loads(output.read_text(encoding="utf-8")) if output.exists() else {}

    def job(
        self,
        inputs: Inputs,
        inventory: Imported,
        playbook: str,
        *arguments: str,
        slices: tuple[int, int] = (1, 1),
        variables: t.Mapping[str, t.Any] | None = None,
        environment: t.Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """A job of a playbook of the project; slices are its number, and how many there are."""
        folder, found = self.folder(inputs, **(environment or {}))
        (folder / "inventory").mkdir()
        written(script(inventory, *slices), folder / "inventory" / "hosts")
        (folder / "env" / "extravars").write_text(json.dumps(variables or {}), encoding="utf-8")
        command = ["-m", "ansible_runner", "run", str(folder), "-p", playbook, *arguments]
        return self._run(command, {**self.kept, **found})

    def _run(self, command: t.Sequence[t.Any], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        first = [] if command[0] == "-m" else ["-c"]
        words = [sys.executable, *first, *map(str, command)]
        return subprocess.run(
            words,
            cwd=self._user.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def inventory_of(listing: t.Mapping[str, t.Any]) -> Imported:
    """What the controller makes of the JSON of an update."""
    return imported(listing, "qlik_enabled", "true")
