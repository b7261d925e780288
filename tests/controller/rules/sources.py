# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory sources."""

from __future__ import annotations

from ..errors import ApiError, invalid, malformed
from ..fields import Unfit, Values, parsed_vars
from ..state import Row, State
from .credentials import type_of

BLOCKED = ("HOME", "USER", "_", "TERM", "PATH")
OF_PROJECTS = ("source_project", "source_path", "scm_branch")


def check_project(state: State, attrs: Values, values: Values, row: Row | None) -> None:
    if not values["source"]:
        raise invalid("source", "This field cannot be null.")
    project = state.find("projects", values["source_project"])
    if values["source"] == "constructed":
        raise invalid("error", "constructed not a valid source for inventory")
    if values["source"] != "scm":
        if redundant := [name for name in OF_PROJECTS if attrs.get(name)]:
            raise ApiError(400, {"detail": [f"Cannot set {' '.join(redundant)} if not SCM type."]})
    elif project is None and (row is None or "source" in attrs or "source_project" in attrs):
        raise invalid("source_project", "Project required for scm type sources.")
    check_branch(project, values)
    check_inventory(state, values)


def check_branch(project: Row | None, values: Values) -> None:
    if project and not project.values["scm_type"]:
        raise invalid("source_project", "Cannot use manual project for SCM-based inventory.")
    if project and values["scm_branch"] and not project.values["allow_override"]:
        raise invalid("scm_branch", "Project does not allow overriding branch.")


def check_inventory(state: State, values: Values) -> None:
    inventory = state.get("inventories", values["inventory"])
    if inventory.values["kind"] in ("smart", "constructed"):
        raise malformed("Cannot create Inventory Source for Smart or Constructed Inventories")
    values["organization"] = values["organization"] or inventory.values["organization"]


def check_credential(state: State, attrs: Values, values: Values, _row: Row | None) -> None:
    if "credential" not in attrs:
        return
    credential = state.find("credentials", attrs["credential"])
    kind = type_of(state, credential.values) if credential else {}
    source = values["source"]
    if source in ("scm", "file"):
        if source == "scm" and kind.get("kind") in ("vault", "insights"):
            told = "Credentials of type insights and vault are disallowed for scm inventory sources."
            raise invalid("credential", told)
    elif credential is None and source != "ec2":
        raise invalid("credential", "Credential is required for a cloud source.")
    elif credential is not None and kind["namespace"] != source.replace("ec2", "aws"):
        told = "require credentials for the matching cloud service."
        raise invalid("credential", f"Cloud-based inventory sources (such as {source}) {told}")


def check_variables(_state: State, attrs: Values, _values: Values, _row: Row | None) -> None:
    try:
        names = parsed_vars(attrs.get("source_vars", ""))
    except Unfit as error:
        raise invalid("source_vars", str(error)) from None
    for name in names:
        if name in BLOCKED:
            raise invalid("source_vars", f"`{name}` is a prohibited environment variable")
