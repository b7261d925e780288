# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, and the updates that fetch them: finished and successful at once."""

from __future__ import annotations

import hashlib

from ..errors import ApiError, invalid
from ..fields import Values
from ..state import Row, State, moment
from .credentials import type_of

UPDATING = ("scm_url", "scm_branch", "scm_type", "scm_refspec")
OPTIONS = ("scm_update_on_launch", "scm_delete_on_update", "scm_track_submodules", "scm_clean")
GIT_ALONE = {"scm_refspec": "refspec", "scm_track_submodules": "track_submodules"}


def check_manual(_state: State, attrs: Values, values: Values, row: Row | None) -> None:
    if values["scm_type"]:
        values["local_path"] = row.values["local_path"] if row else ""
        return
    for name in OPTIONS:
        if values[name]:
            raise invalid(name, "Update options must be set to false for manual projects.")
    if attrs.get("local_path"):
        raise invalid("local_path", "This path is already being used by another manual project.")


def check_source(state: State, attrs: Values, values: Values, _row: Row | None) -> None:
    kind, errors = values["scm_type"], {}
    if attrs.get("scm_branch") and kind == "archive":
        errors["scm_branch"] = ["SCM branch cannot be used with archive projects."]
    for name, told in GIT_ALONE.items():
        if attrs.get(name) and kind != "git":
            errors[name] = [f"SCM {told} can only be used with git projects."]
    if kind in ("git", "svn", "archive") and not values["scm_url"]:
        errors["scm_url"] = ["SCM URL is required."]
    credential = state.find("credentials", values["credential"]) if kind else None
    if credential and type_of(state, credential.values)["namespace"] != "scm":
        errors["credential"] = ["Credential kind must be 'scm'."]
    if errors:
        raise ApiError(400, errors)
    values |= {} if kind else {"scm_url": "", "credential": None}


def check_override(state: State, attrs: Values, _values: Values, row: Row | None) -> None:
    if row is None:
        return
    used = [template for template in state.rows("job_templates") if template.values["project"] == row.id]
    branching = [t.id for t in used if t.values["ask_scm_branch_on_launch"] or t.values["scm_branch"]]
    if row.values["allow_override"] and attrs.get("allow_override") is False and branching:
        told = "One or more job templates depend on branch override behavior for this project"
        raise invalid("allow_override", f"{told} (ids: {' '.join(map(str, branching))}).")
    if "organization" in attrs and attrs["organization"] != row.values["organization"] and used:
        raise invalid("organization", "Organization cannot be changed when in use by job templates.")


def after(state: State, row: Row, before: Values) -> None:
    """A new project of a source control is fetched, and one whose source has changed."""
    row.values["local_path"] = f"_{row.id}__{row.values['name'].lower()}" if row.values["scm_type"] else ""
    if row.values["scm_type"] and any(before.get(name) != row.values[name] for name in UPDATING):
        update(state, row)


def update(state: State, row: Row) -> Row:
    revision = hashlib.sha1("\0".join(row.values[name] for name in UPDATING).encode()).hexdigest()  # noqa: S324
    now = moment()
    done = {"name": row.values["name"], "status": "successful", "failed": False, "event_processing_finished": True}
    times = {"started": now, "finished": now, "elapsed": 0.1}
    told = {"scm_revision": revision, "job_explanation": "", "launch_type": "manual", "project": row.id}
    row.values |= {"scm_revision": revision, "status": "successful", "last_job_run": now, "last_updated": now}
    return state.add("project_updates", done | times | told)


def last_update(state: State, row: Row) -> Row | None:
    updates = [update for update in state.rows("project_updates") if update.values["project"] == row.id]
    return updates[-1] if updates else None
