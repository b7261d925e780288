# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Associations of one object with others: attaching, detaching, and what forbids it."""

from __future__ import annotations

from .errors import ApiError, invalid, malformed
from .fields import Values
from .resources import NODES
from .rules.credentials import type_of, unique_hash
from .rules.templates import ASSOCIATION_ASKS
from .state import Row, State

OF_JOBS = ("ssh", "vault", "cloud", "net", "kubernetes")


def associate(state: State, row: Row, association: str, body: Values) -> None:
    target = row.resource.associations[association]
    if not isinstance(body.get("id"), int):
        raise invalid("id", '"id" is required to disassociate' if body.get("disassociate") else '"id" is required')
    other = state.find(target, body["id"])
    links = row.links.setdefault(association, [])
    if other is None:
        raise malformed(f"No {target} matches the given query.")
    if body.get("disassociate"):
        row.links[association] = [row_id for row_id in links if row_id != other.id]
    elif other.id not in links:
        check(state, row, association, other)
        links.append(other.id)


def check(state: State, row: Row, association: str, other: Row) -> None:
    if association in NODES:
        check_node(state, row, association, other)
    elif association == "galaxy_credentials":
        check_galaxy(state, other)
    elif row.endpoint == "job_templates" and association == "credentials":
        check_job_credential(state, row, other)
    elif row.endpoint in ("schedules", "workflow_job_template_nodes"):
        check_prompt(state, row, association, other)


def check_galaxy(state: State, credential: Row) -> None:
    kind = type_of(state, credential.values)
    if kind["kind"] != "galaxy":
        raise ApiError(400, {"msg": f"Credential must be a Galaxy credential, not {kind['name']}."})


def check_job_credential(state: State, row: Row, credential: Row) -> None:
    mark = unique_hash(state, credential)
    if mark in [unique_hash(state, other) for other in state.linked(row, "credentials")]:
        raise ApiError(400, {"error": f"Cannot assign multiple {mark} credentials."})
    kind = type_of(state, credential.values)["kind"]
    if kind not in OF_JOBS:
        raise ApiError(400, {"error": f"Cannot assign a Credential of kind `{kind}`."})


def check_prompt(state: State, row: Row, association: str, other: Row) -> None:
    template = state.find("unified_job_templates", row.values["unified_job_template"])
    what = association.replace("_", " ")
    if template is None:
        raise refused(f"Cannot assign {what} when related template is null.")
    ask = ASSOCIATION_ASKS[association]
    if ask not in template.resource.fields:
        raise refused(f"Related template cannot accept {association} on launch.")
    if not template.values[ask]:
        raise refused(f"Related template is not configured to accept {what} on launch.")
    if association == "credentials":
        check_launch_credential(state, row, template, other)


def check_launch_credential(state: State, row: Row, template: Row, credential: Row) -> None:
    mark = unique_hash(state, credential)
    if mark in [unique_hash(state, other) for other in state.linked(row, "credentials")]:
        raise refused(f"This launch configuration already provides a {mark} credential.")
    if credential.id in template.links.get("credentials", ()):
        raise refused(f"Related template already uses {mark} credential.")


def refused(message: str) -> ApiError:
    return ApiError(400, {"msg": message})


def check_node(state: State, row: Row, association: str, child: Row) -> None:
    if row.values["workflow_job_template"] != child.values["workflow_job_template"]:
        raise malformed("Nodes must belong to the same workflow.")
    if any(child.id in row.links.get(name, ()) for name in NODES if name != association):
        raise ApiError(400, {"Error": "Relationship not allowed."})
    if row.id in reachable(state, child):
        raise ApiError(400, {"Error": "Cycle detected."})


def reachable(state: State, start: Row) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node.id not in seen:
            seen.add(node.id)
            waiting += [child for name in NODES for child in state.linked(node, name)]
    return seen
