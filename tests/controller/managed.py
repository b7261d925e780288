# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential types that every controller comes with (those that tests need)."""

from __future__ import annotations

from typing import Any

from .resources import RESOURCES
from .state import State

TWINS = ("TOWER", "CONTROLLER")


def line(name: str, **options: Any) -> dict[str, Any]:
    return {"id": name, "label": name.replace("_", " ").title(), "type": "string", **options}


def secret(name: str, **options: Any) -> dict[str, Any]:
    return line(name, secret=True, **options)


def key(name: str) -> dict[str, Any]:
    return secret(name, format="ssh_private_key", multiline=True)


def asked(name: str) -> dict[str, Any]:
    return secret(name, ask_at_runtime=True)


VERIFY = {"id": "verify_ssl", "label": "Verify SSL", "type": "boolean"}
MACHINE = [
    *(line("username"), asked("password"), key("ssh_key_data"), secret("ssh_public_key_data", multiline=True)),
    *(asked("ssh_key_unlock"), line("become_method"), line("become_username"), asked("become_password")),
]
SOURCE_CONTROL = [line("username"), secret("password"), key("ssh_key_data"), secret("ssh_key_unlock")]
VAULT = [asked("vault_password"), line("vault_id", format="vault_id")]
REGISTRY = [
    *(line("host", default="registry.example.com"), line("username"), secret("password")),
    VERIFY | {"default": True},
]
GALAXY = [line("url"), line("auth_url"), secret("token")]
CONTROLLER = [line("host"), line("username"), secret("password"), secret("oauth_token"), VERIFY | {"secret": False}]
CONTROLLER_ENV = {
    f"{twin}_{name.upper()}": f"{{{{{name}}}}}"
    for twin in TWINS
    for name in ("host", "username", "password", "verify_ssl", "oauth_token")
}
TYPES: tuple[tuple[str, str, str, list[dict[str, Any]], list[str], dict[str, Any]], ...] = (
    ("Machine", "ssh", "ssh", MACHINE, [], {}),
    ("Source Control", "scm", "scm", SOURCE_CONTROL, [], {}),
    ("Vault", "vault", "vault", VAULT, ["vault_password"], {}),
    ("Container Registry", "registry", "registry", REGISTRY, ["host"], {}),
    ("Ansible Galaxy/Automation Hub API Token", "galaxy", "galaxy_api_token", GALAXY, ["url"], {}),
    ("Red Hat Ansible Automation Platform", "cloud", "controller", CONTROLLER, ["host"], {"env": CONTROLLER_ENV}),
)


def install(state: State) -> None:
    """The objects of a controller that nobody has touched yet."""
    state.add("organizations", filled("organizations", name="Default"))
    state.add("users", filled("users", username="admin"))
    for name, kind, namespace, fields, required, injectors in TYPES:
        inputs = {"fields": fields} | ({"required": required} if required else {})
        options = {"name": name, "kind": kind, "namespace": namespace, "inputs": inputs, "injectors": injectors}
        state.add("credential_types", filled("credential_types", managed=True, **options))
    image = "registry.example.com/awx-ee:24.6.1"
    for name, managed in (("Control Plane Execution Environment", True), ("AWX EE (24.6.1)", False)):
        state.add("execution_environments", filled("execution_environments", name=name, image=image, managed=managed))
    for name in ("controlplane", "default"):
        state.add("instance_groups", filled("instance_groups", name=name))


def filled(endpoint: str, **values: Any) -> dict[str, Any]:
    return {name: field.start() for name, field in RESOURCES[endpoint].fields.items()} | values
