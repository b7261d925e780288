# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller makes of a credential when it starts a job or an inventory update."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from .managed import CONTROLLER, CONTROLLER_ENV
from .rules.credential_types import forbidden_variable


def injected(
    inputs_of_type: Mapping[str, Any], injectors: Mapping[str, Any], inputs: Mapping[str, Any], folder: Path
) -> dict[str, str]:
    """The environment; files that it points to are written below `folder`. `inputs` are the decrypted ones."""
    names = namespace(inputs_of_type.get("fields", []), inputs)
    files = {label: written(rendered(text, names), folder) for label, text in injectors.get("file", {}).items()}
    names["tower"] = tower(files)
    allowed = {key: text for key, text in injectors.get("env", {}).items() if not forbidden_variable(key)}
    return {key: rendered(text, names) for key, text in allowed.items()}


def controller_environment(inputs: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """What the type `Red Hat Ansible Automation Platform` gives: every variable, empty where an input is."""
    return injected({"fields": CONTROLLER}, {"env": CONTROLLER_ENV}, inputs, folder)


def namespace(fields: list[dict[str, Any]], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Empty texts count as not there, and no `default` is looked at: it is for forms alone."""
    names: dict[str, Any] = {key: value for key, value in inputs.items() if isinstance(value, bool) or value}
    for field in fields:
        key = field["id"]
        if field.get("type") == "boolean" and key not in inputs:
            names[key] = False
        if field.get("format") == "ssh_private_key" and key in names and not names[key].endswith("\n"):
            names[key] += "\n"
    return names


def rendered(template: str, names: Mapping[str, Any]) -> str:
    return ImmutableSandboxedEnvironment().from_string(template).render(**names)


def written(text: str, folder: Path) -> str:
    handle, path = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def tower(files: Mapping[str, str]) -> SimpleNamespace:
    if "template" in files:
        return SimpleNamespace(filename=files["template"])
    if not files:
        return SimpleNamespace()
    return SimpleNamespace(filename=SimpleNamespace(**{label.split(".")[1]: path for label, path in files.items()}))
