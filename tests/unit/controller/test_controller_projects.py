# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, inventory sources, execution environments."""

from __future__ import annotations

import pytest

from .conftest import GIT, RRULE


def kind_of(controller, name):
    return next(row["id"] for row in controller.of("credential_types") if row["name"] == name)


def credential_of(controller, name):
    return controller.add("credentials", name=name, organization=1, credential_type=kind_of(controller, name))


def test_a_new_project_is_fetched_at_once(call):
    made = call.make("projects", name="p", organization=1, **GIT)
    update = made["summary_fields"]["current_update"]
    assert update["status"] == "pending"
    done = call.get(f"project_updates/{update['id']}/")
    assert (done["status"], done["failed"], done["event_processing_finished"]) == ("successful", False, True)
    project = call.get(f"projects/{made['id']}/")
    assert "current_update" not in project["summary_fields"]
    assert (project["status"], project["scm_revision"]) == ("successful", done["scm_revision"])


def test_only_another_source_is_fetched_again(call, plant):
    path = f"projects/{plant.project}/"
    _status, same = call("PATCH", path, {"description": "ours", "scm_url": GIT["scm_url"]})
    assert "current_update" not in same["summary_fields"]
    _status, other = call("PATCH", path, {"scm_branch": "main"})
    assert other["scm_revision"] != same["scm_revision"]
    assert "current_update" in other["summary_fields"]


def test_an_update_on_demand(call, plant):
    status, started = call("POST", f"projects/{plant.project}/update/", {})
    assert (status, started["type"]) == (202, "project_update")
    assert call.get(started["url"])["finished"]
    manual = call.make("projects", name="m")
    assert call("POST", f"projects/{manual['id']}/update/", {})[0] == 405


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scm_clean": True}, "scm_clean"),
        ({"scm_type": "svn", "scm_url": "https://x", "scm_refspec": "r"}, "scm_refspec"),
        ({"scm_type": "archive", "scm_url": "https://x", "scm_branch": "b"}, "scm_branch"),
    ],
)
def test_options_that_a_kind_of_project_has_not(call, body, field):
    assert list(call.refusal("POST", "projects/", name="p", **body)) == [field]


def test_a_project_takes_credentials_of_its_kind(call, controller):
    told = call.refusal("POST", "projects/", name="p", credential=credential_of(controller, "Machine"), **GIT)
    assert told == {"credential": ["Credential kind must be 'scm'."]}
    call.make("projects", name="p", credential=credential_of(controller, "Source Control"), **GIT)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"source": None}, {"source": ["This field cannot be null."]}),
        ({"source": "scm", "source_project": None}, {"source_project": ["Project required for scm type sources."]}),
        ({"source": "ec2"}, {"detail": ["Cannot set source_project if not SCM type."]}),
        ({"source_vars": "PATH: x"}, {"source_vars": ["`PATH` is a prohibited environment variable"]}),
        ({"scm_branch": "b"}, {"scm_branch": ["Project does not allow overriding branch."]}),
        ({"verbosity": 3}, {"verbosity": ['"3" is not a valid choice.']}),
    ],
)
def test_sources_that_are_refused(call, plant, body, told):
    place = {"inventory": plant.inventory, "source": "scm", "source_project": plant.project}
    assert call.refusal("POST", "inventory_sources/", name="s", **{**place, **body}) == told


def test_a_source_takes_no_manual_project(call, plant):
    manual = call.make("projects", name="m")["id"]
    place = {"inventory": plant.inventory, "source": "scm", "source_project": manual}
    told = call.refusal("POST", "inventory_sources/", name="s", **place)
    assert told == {"source_project": ["Cannot use manual project for SCM-based inventory."]}


def test_a_source_of_a_project_takes_any_credential_but_a_vault(call, controller, plant):
    path = f"inventory_sources/{plant.source}/"
    told = call.refusal("PATCH", path, credential=credential_of(controller, "Vault"))
    assert "vault are disallowed for scm inventory sources" in told["credential"][0]
    assert call("PATCH", path, {"credential": plant.credential})[0] == 200
    assert call("PATCH", path, {"credential": credential_of(controller, "Machine")})[0] == 200


def test_an_environment_takes_credentials_of_registries(call, controller):
    body = {"name": "e", "image": "registry.example.com/e", "organization": 1}
    told = call.refusal("POST", "execution_environments/", **body, credential=credential_of(controller, "Machine"))
    assert "Only Container Registry credentials" in told["credential"][0]
    made = call.make("execution_environments", **body, credential=credential_of(controller, "Container Registry"))
    other = controller.add("organizations", name="Other")
    told = call.refusal("PATCH", f"execution_environments/{made['id']}/", organization=other)
    assert told == {"organization": ["Cannot change the organization of an execution environment"]}


def test_removals(call, controller, plant):
    call.make("schedules", name="s", unified_job_template=plant.project, rrule=RRULE)
    assert call("DELETE", f"projects/{plant.project}/") == (204, None)
    assert not controller.of("inventory_sources")
    assert not controller.of("schedules")
    assert controller.named("job_templates", "Template")["project"] is None
    assert call("DELETE", f"inventories/{plant.inventory}/") == (202, None)
    assert controller.named("job_templates", "Template")["inventory"] is None
