# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that fields take, and what becomes of them."""

from __future__ import annotations

import pytest

from controller import Controller

from .conftest import GIT, RRULE


@pytest.mark.parametrize(
    ("endpoint", "body", "field", "message"),
    [
        ("projects", {}, "name", "This field is required."),
        ("projects", {"name": " "}, "name", "This field may not be blank."),
        ("projects", {"name": "p", "scm_type": "cvs"}, "scm_type", '"cvs" is not a valid choice.'),
        ("projects", {"name": "p", "organization": 9}, "organization", 'Invalid pk "9" - object does not exist.'),
        ("projects", {"name": "p", "timeout": "soon"}, "timeout", "A valid integer is required."),
        ("projects", {"name": "p", "scm_clean": "maybe"}, "scm_clean", "Must be a valid boolean."),
        ("projects", {"name": ["p"]}, "name", "Not a valid string."),
        ("projects", {"name": "p", **GIT, "scm_url": ""}, "scm_url", "SCM URL is required."),
        ("inventories", {"name": "i"}, "organization", "This field is required."),
        ("inventories", {"name": "i", "organization": None}, "organization", "This field may not be null."),
        ("inventories", {"name": "n" * 513, "organization": 1}, "name", "no more than 512 characters"),
        ("inventories", {"name": "i", "organization": 1, "variables": "[1]"}, "variables", "must be a mapping"),
        ("execution_environments", {"name": "e"}, "image", "This field is required."),
        ("execution_environments", {"name": "e", "image": "i", "pull": "often"}, "pull", "not a valid choice"),
        ("workflow_job_templates", {"name": "w", "extra_vars": "{"}, "extra_vars", "Cannot parse as JSON"),
        ("organizations", {"name": "Default"}, "name", "Organization with this Name already exists."),
    ],
)
def test_refused(call, endpoint, body, field, message):
    (told,) = call.refusal("POST", f"{endpoint}/", **body)[field]
    assert message in told


def test_nothing_is_an_empty_text_or_false_where_null_cannot_be(call):
    made = call.make("inventories", name="i", organization=1, kind=None, host_filter=None, description=None)
    assert (made["kind"], made["host_filter"], made["description"]) == ("", None, "")
    assert made["prevent_instance_group_fallback"] is False


def test_text_loses_what_surrounds_it(call):
    assert call.make("labels", name=" ours\n", description="a\nb\n", organization=1)["description"] == "a\nb"
    assert call.names("labels/") == ["ours"]


def test_variables_stay_the_text_they_came_as(call):
    assert call.make("inventories", name="i", organization=1, variables='{"a":  1}')["variables"] == '{"a":  1}'
    assert call.make("inventories", name="j", organization=1, variables={})["variables"] == ""
    told = call.refusal("POST", "inventories/", name="k", organization=1, variables={"a": 1})
    assert told == {"variables": ["Not a valid string."]}


def test_unknown_and_read_only_fields_are_ignored(call, plant):
    made = call.make("labels", name="ours", organization=1, colour="red", id=77)
    assert "colour" not in made
    assert made["id"] == 1
    status, _body = call("PATCH", f"inventory_sources/{plant.source}/", {"inventory": 99, "status": "failed"})
    assert status == 200
    assert call.controller.named("inventory_sources", "Source")["inventory"] == plant.inventory


UNIQUE = "already exists."


@pytest.mark.parametrize(
    ("endpoint", "name", "message"),
    [
        ("projects", "Project", "Project with this (name, organization) combination already exists."),
        ("credentials", "Key", "Credential with this Organization, Name and Credential type already exists."),
        ("inventories", "Inventory", "Inventory with this Name and Organization already exists."),
        ("inventory_sources", "Source", "Inventory Source with this (name, inventory) combination already exists."),
    ],
)
def test_names_are_unique(call, plant, endpoint, name, message):
    known = call.controller.named(endpoint, name)
    fields = {key: value for key, value in known.items() if key not in ("id", "type")}
    assert call.refusal("POST", f"{endpoint}/", **fields) == {"__all__": [message]}
    assert call("PATCH", f"{endpoint}/{known['id']}/", {"name": name})[0] == 200


def test_schedules_and_nodes_are_unique_where_they_belong(call, plant):
    schedule = {"name": "Nightly", "rrule": RRULE, "unified_job_template": plant.template}
    call.make("schedules", **schedule)
    assert UNIQUE in call.refusal("POST", "schedules/", **schedule)["__all__"][0]
    call.make("schedules", **{**schedule, "unified_job_template": plant.project})
    node = {"identifier": "run", "workflow_job_template": plant.workflow}
    call.make("workflow_job_template_nodes", **node)
    assert UNIQUE in call.refusal("POST", "workflow_job_template_nodes/", **node)["__all__"][0]
    assert len(call.make("workflow_job_template_nodes", workflow_job_template=plant.workflow)["identifier"]) == 36


def test_objects_can_be_added_beforehand(call, controller):
    number = controller.add("organizations", name="Ours", instance_groups=[1])
    assert controller.named("organizations", "Ours")["instance_groups"] == [1]
    assert call.get(f"organizations/{number}/")["name"] == "Ours"
    controller.add("users", username="somebody")
    assert [user["username"] for user in controller.of("users")] == ["admin", "somebody"]
    with pytest.raises(ValueError, match=r"organizations: .*already exists"):
        controller.add("organizations", name="Ours")
    with pytest.raises(LookupError, match="there are 0 projects named 'Ours'"):
        controller.named("projects", "Ours")


def test_playbooks_of_a_folder(tmp_path):
    for name in ("site.yml", "site.txt"):
        (tmp_path / name).touch()
    with Controller(tmp_path) as running:
        project = running.add("projects", name="p", **GIT)
        place = {"project": project, "ask_inventory_on_launch": True}
        running.add("job_templates", name="t", playbook="site.yml", **place)
        with pytest.raises(ValueError, match="Playbook not found for project"):
            running.add("job_templates", name="u", playbook="site.txt", **place)
