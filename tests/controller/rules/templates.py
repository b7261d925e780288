# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job templates, and what a schedule or a workflow node may ask of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import ApiError, invalid
from ..fields import Values
from ..resources import launching
from ..state import Row, State

ASKS = {
    name: f"ask_{name}_on_launch"
    for name in (
        *("scm_branch", "job_type", "limit", "skip_tags", "diff_mode", "verbosity"),
        *("execution_environment", "forks", "job_slice_count", "timeout", "inventory"),
    )
} | {"job_tags": "ask_tags_on_launch"}
ASSOCIATION_ASKS = {
    "credentials": "ask_credential_on_launch",
    "labels": "ask_labels_on_launch",
    "instance_groups": "ask_instance_groups_on_launch",
}


def check_inventory(state: State, _attrs: Values, values: Values, _row: Row | None) -> None:
    if values["host_config_key"] and not values["inventory"]:
        raise invalid("host_config_key", "Cannot enable provisioning callback without an inventory set.")
    project = state.find("projects", values["project"])
    if project is None:
        raise invalid("project", "Job Templates must have a project assigned.")
    if not values["inventory"] and not values["ask_inventory_on_launch"]:
        raise invalid("inventory", "You must either set a default value or ask to prompt on launch.")
    values["organization"] = project.values["organization"]


def check_playbook(state: State, _attrs: Values, values: Values, _row: Row | None) -> None:
    project, playbook = state.get("projects", values["project"]), values["playbook"]
    free = project.values["scm_type"] and project.values["allow_override"]
    if playbook and not free and playbook not in state.playbooks:
        raise invalid("playbook", "Playbook not found for project.")
    if not playbook:
        raise invalid("playbook", "Must select playbook for project.")


def check_branch(state: State, _attrs: Values, values: Values, _row: Row | None) -> None:
    project = state.get("projects", values["project"])
    for name in ("scm_branch", "ask_scm_branch_on_launch"):
        if values[name] and not project.values["allow_override"]:
            raise invalid(name, "Project does not allow overriding branch.")


def check_prompts(state: State, attrs: Values, values: Values, row: Row | None) -> None:
    template = state.find("unified_job_templates", values["unified_job_template"])
    if template is None:
        for name in launching():
            values[name] = row.values[name] if row else launching()[name].start()
        return
    touched = row is None or "unified_job_template" in attrs or attrs.keys() & launching().keys()
    if touched and (errors := dict(prompt_errors(template, values))):
        raise ApiError(400, errors)


def prompt_errors(template: Row, values: Values) -> Iterator[tuple[str, Any]]:
    has_prompts = template.endpoint in ("job_templates", "workflow_job_templates")
    if values["extra_data"] and not has_prompts:
        yield "extra_data", ["Field is not allowed on launch."]
    elif values["extra_data"] and (refused := refused_variables(template, values["extra_data"])):
        where = f"Check the Prompt on Launch setting on the {template.resource.model} to include Extra Variables."
        yield "extra_data", [f"Variables {', '.join(refused)} are not allowed on launch. {where}"]
    for name, ask in ASKS.items():
        value = values[name]
        if value is None or (has_prompts and value == template.values.get(name)):
            continue
        if not has_prompts:
            yield name, ["Field is not allowed on launch."]
        elif not template.values.get(ask):
            yield name, ["Field is not configured to prompt on launch."]


def refused_variables(template: Row, variables: Values) -> list[str]:
    """Variables that neither the prompt for variables nor the survey takes."""
    if template.values["ask_variables_on_launch"]:
        return []
    questions = template.values["survey_spec"].get("spec", []) if template.values["survey_enabled"] else []
    asked = {question["variable"] for question in questions}
    return [name for name in variables if name not in asked]
