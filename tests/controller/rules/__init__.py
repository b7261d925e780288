# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules beyond single fields. A check may change `values`, which are what will be stored."""

from __future__ import annotations

from collections.abc import Callable

from ..fields import Values
from ..state import Row, State
from . import credential_types, credentials, environments, inventories, projects, schedules, sources, templates

Check = Callable[[State, Values, Values, "Row | None"], None]

CHECKS: dict[str, tuple[Check, ...]] = {
    "credential_types": (credential_types.check,),
    "credentials": (credentials.check_owner, credentials.check_type, credentials.check_inputs),
    "execution_environments": (environments.check,),
    "projects": (projects.check_manual, projects.check_source, projects.check_override),
    "inventories": (inventories.check,),
    "inventory_sources": (sources.check_project, sources.check_credential, sources.check_variables),
    "job_templates": (templates.check_inventory, templates.check_playbook, templates.check_branch),
    "workflow_job_template_nodes": (templates.check_prompts,),
    "schedules": (schedules.check_rule, schedules.check_template, templates.check_prompts),
}
AFTER: dict[str, Callable[[State, Row, Values], None]] = {"projects": projects.after}
