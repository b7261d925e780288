# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the controller shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .fields import Values
from .resources import NODES
from .rules import credentials
from .rules.projects import last_update
from .rules.schedules import zone_of
from .state import Row, State


def shown(state: State, row: Row, started: Row | None = None) -> Values:
    """`started` is an update that this very request has started."""
    frame = {"id": row.id, "type": row.resource.type, "url": row.url, "related": related(state, row)}
    times = {"created": row.created, "modified": row.modified}
    fields = {name: row.values[name] for name, field in row.resource.fields.items() if field.shown}
    derived = DERIVED[row.endpoint](state, row) if row.endpoint in DERIVED else {}
    summary = summaries(state, row) | ({"current_update": update_summary(started, "pending")} if started else {})
    return {**frame, "summary_fields": summary, **times, **fields, **derived}


def related(state: State, row: Row) -> Values:
    links = {association: f"{row.url}{association}/" for association in row.resource.associations}
    for name, field in row.resource.fields.items():
        if field.shown and field.link and (other := state.find(field.link, row.values[name])):
            links[name] = other.url
    for name in SUBLISTS.get(row.endpoint, ()):
        links[name] = f"{row.url}{name}/"
    return links


SUBLISTS = {
    "projects": ("update", "playbooks"),
    "job_templates": ("survey_spec",),
    "workflow_job_templates": ("survey_spec", "workflow_nodes"),
    "inventories": ("inventory_sources",),
    "credentials": ("input_sources",),
}


def summaries(state: State, row: Row) -> Values:
    found: Values = {}
    for name, field in row.resource.fields.items():
        other = state.find(field.link, row.values[name]) if field.shown and field.link else None
        if other:
            found[name] = summary(state, other)
    for association in ("credentials", "labels"):
        if association in row.resource.associations and row.resource.unified:
            others = [summary(state, other) for other in state.linked(row, association)]
            found[association] = others if association == "credentials" else {"count": len(others), "results": others}
    update = last_update(state, row) if row.endpoint == "projects" else None
    return found | ({"last_update": update_summary(update), "last_job": update_summary(update)} if update else {})


def summary(state: State, row: Row) -> Values:
    told = {"id": row.id, row.resource.label: row.label, "description": row.values.get("description", "")}
    if row.endpoint == "credentials":
        kind = credentials.type_of(state, row.values)
        return told | {"kind": kind["namespace"], "cloud": kind["kind"] == "cloud"}
    if row.resource.unified:
        return told | {"unified_job_type": JOBS[row.endpoint]}
    return told


JOBS = {
    "projects": "project_update",
    "inventory_sources": "inventory_update",
    "job_templates": "job",
    "workflow_job_templates": "workflow_job",
}


def update_summary(row: Row, status: str = "") -> Values:
    status = status or row.values["status"]
    return {"id": row.id, "name": row.label, "description": "", "status": status, "failed": False}


def credential(state: State, row: Row) -> Values:
    kind = credentials.type_of(state, row.values)
    told = {"kind": kind["namespace"], "cloud": kind["kind"] == "cloud", "kubernetes": kind["kind"] == "kubernetes"}
    return {"inputs": credentials.shown(state, row.values), **told}


def node(_state: State, row: Row) -> Values:
    return {association: list(row.links.get(association, [])) for association in NODES}


def schedule(_state: State, row: Row) -> Values:
    return {"timezone": zone_of(row.values["rrule"]), "until": ""}


DERIVED: dict[str, Callable[[State, Row], dict[str, Any]]] = {
    "credentials": credential,
    "workflow_job_template_nodes": node,
    "schedules": schedule,
}
