# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job templates, schedules and workflows."""

from __future__ import annotations

import pytest

from .conftest import RRULE

NODES = "workflow_job_template_nodes"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"playbook": "other.yml"}, {"playbook": ["Playbook not found for project."]}),
        ({"playbook": ""}, {"playbook": ["Must select playbook for project."]}),
        ({"project": None}, {"project": ["Job Templates must have a project assigned."]}),
        ({"inventory": None}, {"inventory": ["You must either set a default value or ask to prompt on launch."]}),
        ({"scm_branch": "b"}, {"scm_branch": ["Project does not allow overriding branch."]}),
        (
            {"ask_scm_branch_on_launch": True},
            {"ask_scm_branch_on_launch": ["Project does not allow overriding branch."]},
        ),
        (
            {"name": "Template"},
            {"__all__": ["Job Template with this (name, organization) combination already exists."]},
        ),
        ({"verbosity": 6}, {"verbosity": ['"6" is not a valid choice.']}),
    ],
)
def test_templates_that_are_refused(call, plant, body, told):
    place = {"name": "t", "inventory": plant.inventory, "project": plant.project, "playbook": "site.yml"}
    assert call.refusal("POST", "job_templates/", **{**place, **body}) == told


def test_a_template_belongs_where_its_project_does(call, controller, plant):
    other = controller.add("organizations", name="Other")
    _status, changed = call("PATCH", f"job_templates/{plant.template}/", {"organization": other})
    assert changed["organization"] == 1


def test_one_credential_of_each_type(call, controller, plant):
    path = f"job_templates/{plant.template}/credentials/"
    second = controller.add("credentials", name="Second", organization=1, credential_type=plant.kind)
    assert call("POST", path, {"id": plant.credential}) == (204, None)
    assert call.refusal("POST", path, id=second) == {"error": "Cannot assign multiple Kind credentials."}
    assert call.names(path) == ["Key"]
    summary = call.get(f"job_templates/{plant.template}/")["summary_fields"]["credentials"]
    assert [(one["id"], one["name"]) for one in summary] == [(plant.credential, "Key")]
    source_control = controller.add("credentials", name="Git", organization=1, credential_type=2)
    assert call.refusal("POST", path, id=source_control) == {"error": "Cannot assign a Credential of kind `scm`."}
    assert call("POST", path, {"id": 99})[0] == 400
    assert "id" in call.refusal("POST", path)


def test_vault_credentials_are_told_apart_by_their_ids(call, controller, plant):
    path = f"job_templates/{plant.template}/credentials/"
    for name, inputs in (("a", {"vault_id": "one"}), ("b", {"vault_id": "two"}), ("c", {})):
        number = controller.add("credentials", name=name, organization=1, credential_type=3, inputs=inputs)
        assert call("POST", path, {"id": number}) == (204, None)
    again = controller.add("credentials", name="d", organization=1, credential_type=3, inputs={"vault_id": "one"})
    assert call.refusal("POST", path, id=again) == {"error": "Cannot assign multiple Vault (id=one) credentials."}


@pytest.mark.parametrize(
    ("rrule", "message"),
    [
        ("DTSTART:NONSENSE", "Valid DTSTART required in rrule"),
        ("DTSTART:20300308T050000 RRULE:FREQ=DAILY;INTERVAL=1", "DTSTART cannot be a naive datetime"),
        ("DTSTART:20300308T050000Z DTSTART:20310308T050000Z RRULE:FREQ=DAILY;INTERVAL=1", "Multiple DTSTART"),
        ("DTSTART:20300308T050000Z", "One or more rule required in rrule"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=DAILY", "INTERVAL required in rrule"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=SECONDLY;INTERVAL=5", "SECONDLY is not supported"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=5MO", "BYDAY with numeric prefix"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=5;UNTIL=20310101T000000Z", "both COUNT and UNTIL"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1000", "COUNT > 999 is unsupported"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=DAILY;INTERVAL=1 EXDATE:20300309T050000Z", "EXDATE not allowed"),
        ("DTSTART;TZID=Nowhere/Town:20300308T050000 RRULE:FREQ=DAILY;INTERVAL=1", "A valid TZID must be provided"),
        ("DTSTART:20300308T050000Z RRULE:FREQ=OFTEN;INTERVAL=1", "rrule parsing failed validation"),
    ],
)
def test_rules_that_are_refused(call, plant, rrule, message):
    body = {"name": "s", "unified_job_template": plant.template, "rrule": rrule}
    assert any(message in told for told in call.refusal("POST", "schedules/", **body)["rrule"])


@pytest.mark.parametrize(
    "rrule", [RRULE, "DTSTART:20300308T050000Z RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO RRULE:FREQ=DAILY;INTERVAL=9"]
)
def test_rules_that_are_taken(call, plant, rrule):
    made = call.make("schedules", name="s", unified_job_template=plant.template, rrule=rrule)
    assert (made["enabled"], made["extra_data"], made["limit"], made["diff_mode"]) == (True, {}, None, None)
    assert made["timezone"] == ("Europe/Berlin" if "Berlin" in rrule else "UTC")


def test_a_manual_project_has_no_schedule(call):
    manual = call.make("projects", name="m")["id"]
    told = call.refusal("POST", "schedules/", name="s", unified_job_template=manual, rrule=RRULE)
    assert told == {"unified_job_template": ["Manual Project cannot have a schedule set."]}


def test_variables_only_for_a_template_that_asks(call, plant):
    body = {"name": "s", "rrule": RRULE, "extra_data": {"a": 1, "b": 2}}
    told = call.refusal("POST", "schedules/", **body, unified_job_template=plant.template)
    assert told["extra_data"][0].startswith("Variables a, b are not allowed on launch. Check the Prompt on Launch")
    call.make("schedules", **body, unified_job_template=plant.asking)
    told = call.refusal("POST", "schedules/", **body, unified_job_template=plant.project)
    assert told == {"extra_data": ["Field is not allowed on launch."]}


def test_variables_of_a_survey(call, plant):
    spec = {"name": "", "description": "", "spec": [{"variable": "a", "type": "text"}]}
    path = f"job_templates/{plant.template}/survey_spec/"
    assert call("POST", path, spec) == (200, None)
    assert call.get(path) == spec
    call("PATCH", f"job_templates/{plant.template}/", {"survey_enabled": True})
    body = {"name": "s", "rrule": RRULE, "unified_job_template": plant.template}
    assert "Variables b are not allowed" in str(call.refusal("POST", "schedules/", **body, extra_data={"b": 1}))
    call.make("schedules", **body, extra_data={"a": 1})
    assert call.refusal("POST", path, name="x") == {"error": "Field 'description' is missing from survey spec."}
    assert call("DELETE", path) == (200, None)
    assert call.get(path) == {}


def test_other_prompts(call, plant):
    body = {"workflow_job_template": plant.workflow, "identifier": "n", "unified_job_template": plant.template}
    told = call.refusal("POST", f"{NODES}/", **body, limit="web", verbosity=0)
    assert told == {"limit": ["Field is not configured to prompt on launch."]}
    call("PATCH", f"job_templates/{plant.template}/", {"ask_limit_on_launch": True})
    assert call.make(NODES, **body, limit="web")["limit"] == "web"


def test_credentials_of_a_node_want_a_template_that_asks(call, controller, plant):
    node = call.make(NODES, workflow_job_template=plant.workflow, unified_job_template=plant.template)["id"]
    path = f"{NODES}/{node}/credentials/"
    told = call.refusal("POST", path, id=plant.credential)
    assert told == {"msg": "Related template is not configured to accept credentials on launch."}
    call("PATCH", f"job_templates/{plant.template}/", {"ask_credential_on_launch": True})
    assert call("POST", path, {"id": plant.credential}) == (204, None)
    bare = call.make(NODES, workflow_job_template=plant.workflow)["id"]
    assert "related template is null" in str(call.refusal("POST", f"{NODES}/{bare}/credentials/", id=plant.credential))


def test_a_node_without_a_template_forgets_what_it_would_ask(call, plant):
    made = call.make(NODES, workflow_job_template=plant.workflow, identifier="n", limit="web", extra_data={"a": 1})
    assert (made["limit"], made["extra_data"]) == (None, {})


def test_paths_between_nodes(call, plant):
    one, two, three = (call.make(NODES, workflow_job_template=plant.workflow)["id"] for _number in range(3))
    assert call("POST", f"{NODES}/{one}/success_nodes/", {"id": two}) == (204, None)
    assert call("POST", f"{NODES}/{two}/failure_nodes/", {"id": three}) == (204, None)
    assert call.refusal("POST", f"{NODES}/{three}/always_nodes/", id=one) == {"Error": "Cycle detected."}
    assert call.refusal("POST", f"{NODES}/{one}/always_nodes/", id=one) == {"Error": "Cycle detected."}
    assert call.refusal("POST", f"{NODES}/{one}/always_nodes/", id=two) == {"Error": "Relationship not allowed."}
    assert call.get(f"{NODES}/{one}/")["success_nodes"] == [two]
    assert call("POST", f"{NODES}/{one}/success_nodes/", {"id": two, "disassociate": True}) == (204, None)
    assert call("POST", f"{NODES}/{three}/always_nodes/", {"id": one}) == (204, None)
    assert call("DELETE", f"{NODES}/{one}/") == (204, None)
    assert call.get(f"{NODES}/{three}/")["always_nodes"] == []
    assert len(call.get(f"workflow_job_templates/{plant.workflow}/workflow_nodes/")["results"]) == 2
    call("DELETE", f"workflow_job_templates/{plant.workflow}/")
    assert call.get(f"{NODES}/")["count"] == 0
