# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials and their types."""

from __future__ import annotations

import pytest

from .conftest import SECRETIVE

FULL = {"host": "here", "token": "invented", "region": "eu", "verify": True}


def fields(*items):
    return {"fields": [{"id": "a", "label": "A", **item} for item in items]}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (fields({"id": "1st"}), "1st is an invalid variable name"),
        (fields({"id": "tower"}), '"tower" is a reserved field name'),
        (fields({}, {}), "field IDs must be unique (a)"),
        (fields({"type": "integer"}), "'integer' is not one of ['string', 'boolean']"),
        (fields({"type": "boolean", "secret": True}), "secret not allowed for boolean type (a)"),
        (fields({"type": "boolean", "multiline": True}), "multiline not allowed for boolean type (a)"),
        (fields({"type": "boolean", "default": "yes"}), "yes is not a boolean"),
        (fields({"secret": "yes"}), "str provided in relative path ['secret'], expected bool"),
        (fields({"colour": "red"}), "Additional properties are not allowed ('colour' was unexpected)"),
        (fields({"choices": []}), "[] is too short"),
        (fields({"ask_at_runtime": True}), "'ask_at_runtime' is not supported for custom credentials."),
        ({"fields": [{"id": "a"}]}, "'label' is a required property"),
        ({"fields": [], "dependencies": {}}, "'dependencies' is not supported for custom credentials."),
        ({"required": [1]}, "1 is not of type 'string'"),
        ({"more": []}, "Additional properties are not allowed ('more' was unexpected)"),
    ],
)
def test_inputs_of_types_that_are_refused(call, inputs, message):
    told = call.refusal("POST", "credential_types/", name="t", kind="cloud", inputs=inputs)
    assert told == {"inputs": [message]}


def test_a_field_without_a_type_is_a_string(call):
    made = call.make("credential_types", name="t", kind="cloud", inputs=fields({}))
    assert made["inputs"]["fields"] == [{"id": "a", "label": "A", "type": "string"}]


@pytest.mark.parametrize(
    ("injectors", "message"),
    [
        ({"env": {"1ST": "x"}}, "'1ST' does not match any of the regexes"),
        ({"env": {"ANSIBLE_HOME": "x"}}, "Environment variable ANSIBLE_HOME may affect Ansible configuration"),
        ({"env": {"PATH": "x"}}, "Environment variable PATH is not allowed to be used in credentials."),
        ({"env": {"A": "{{ b }}"}}, "A uses an undefined field ('b' is undefined)"),
        ({"env": {"A": "{{ a"}}, "Syntax error rendering template for A inside of env"),
        ({"env": {"A": "{{ a.__class__.mro() }}"}}, "Encountered unsafe code execution"),
        ({"env": {"A": "{{ tower.filename }}"}}, "Must define unnamed file injector"),
        ({"env": {"A": "{{ tower }}"}}, "Cannot directly reference reserved `tower`"),
        ({"file": {"template.one": "x"}, "env": {"A": "{{ tower.filename }}"}}, "Must define unnamed file injector"),
        ({"file": {"template.one": "x"}, "env": {"A": "{{ tower.filename.two }}"}}, "has no attribute 'two'"),
        ({"file": {"template": "x", "template.one": "x"}}, "Must use multi-file syntax when injecting multiple files"),
        ({"file": {"other": "x"}}, "'other' does not match any of the regexes"),
        ({"env": {"A": "ä"}}, "does not match"),
        ({"env": {"A": 1}}, "int provided in relative path ['env', 'A'], expected string"),
        ({"more": {}}, "'more'"),
    ],
)
def test_injectors_that_are_refused(call, injectors, message):
    body = {"name": "t", "kind": "cloud", "inputs": fields({}), "injectors": injectors}
    (told,) = call.refusal("POST", "credential_types/", **body)["injectors"]
    assert message in told


@pytest.mark.parametrize(
    "injectors",
    [
        {"env": {"A": "{{ a }}", "_B": "x"}, "extra_vars": {"c": "{{ a | lower }}"}},
        {"file": {"template": "{{ a }}"}, "env": {"A": "{{ tower.filename }}"}},
        {"file": {"template.one": "{{ a }}", "template.two": "x"}, "env": {"A": "{{ tower.filename.two }}"}},
        {"env": {"A": "{% if a is defined %}{{ a }}{% endif %}"}},
    ],
)
def test_injectors_that_are_taken(call, injectors):
    body = {"name": "t", "kind": "cloud", "inputs": fields({}), "injectors": injectors}
    assert call.make("credential_types", **body)["injectors"] == injectors


def test_kinds_of_custom_types(call):
    told = call.refusal("POST", "credential_types/", name="t", kind="vault")
    assert told == {"kind": ["Must be 'cloud' or 'net', not vault"]}
    assert "not a valid choice" in call.refusal("POST", "credential_types/", name="t", kind="x")["kind"][0]


def test_a_type_in_use_keeps_its_inputs(call, plant):
    path = f"credential_types/{plant.kind}/"
    assert call("PATCH", path, {"inputs": SECRETIVE, "injectors": {"env": {"A": "{{ host }}"}}})[0] == 200
    told = {"detail": "Modifications to inputs are not allowed for credential types that are in use"}
    assert call("PATCH", path, {"inputs": fields({"id": "host"})}) == (403, told)
    assert "host" in call.refusal("PATCH", path, inputs=fields({}))["injectors"][0]
    assert call("DELETE", path) == (403, {"detail": "Credential types that are in use cannot be deleted"})
    assert call("DELETE", f"credentials/{plant.credential}/") == (204, None)
    assert call("DELETE", path) == (204, None)


def test_managed_types(call):
    names = ("Machine", "Source Control", "Vault", "Container Registry", "Red Hat Ansible Automation Platform")
    assert all(call.names("credential_types/", name=name) == [name] for name in names)
    assert call("PATCH", "credential_types/1/", {"name": "Ours"})[0] == 403
    assert call("DELETE", "credential_types/1/")[0] == 403
    assert call.get("credential_types/", namespace="controller")["count"] == 1


def test_secrets_are_hidden_from_callers_alone(call, controller, plant):
    made = call.make("credentials", name="c", organization=1, credential_type=plant.kind, inputs=FULL)
    assert made["inputs"] == {**FULL, "token": "$encrypted$"}
    assert controller.named("credentials", "c")["inputs"] == FULL
    assert (made["kind"], made["cloud"]) == (None, True)


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"colour": "red"}, ["Additional properties are not allowed ('colour' was unexpected)"]),
        ({"token": "$encrypted$"}, ["$encrypted$ is a reserved keyword, and cannot be used for token."]),
        ({"host": 1}, {"host": ["1 is not of type 'string'"]}),
        ({"verify": "yes"}, {"verify": ["'yes' is not of type 'boolean'"]}),
        ({"region": "ap"}, {"region": ["'ap' is not one of ['us', 'eu']"]}),
    ],
)
def test_inputs_that_are_refused(call, plant, inputs, told):
    body = {"name": "c", "organization": 1, "credential_type": plant.kind, "inputs": inputs}
    assert call.refusal("POST", "credentials/", **body) == {"inputs": told}


def test_what_is_empty(call, plant):
    empty = {"host": "", "token": "", "region": "", "verify": None}
    made = call.make("credentials", name="c", organization=1, credential_type=plant.kind, inputs=empty)
    assert made["inputs"] == {"host": "", "region": "us", "verify": False}


def test_inputs_are_replaced_whole(call, controller, plant):
    number = controller.add("credentials", name="c", organization=1, credential_type=plant.kind, inputs=FULL)
    path = f"credentials/{number}/"
    assert call("PATCH", path, {"inputs": {"host": "there", "token": "$encrypted$"}})[0] == 200
    assert controller.named("credentials", "c")["inputs"] == {"host": "there", "token": "invented"}
    assert call("PATCH", path, {"description": "ours"})[0] == 200
    assert call("PATCH", path, {"inputs": {"host": "there"}})[0] == 200
    assert controller.named("credentials", "c")["inputs"] == {"host": "there"}
    assert call("PATCH", path, {"inputs": {"token": "$encrypted$"}}) == (500, None)
    assert controller.named("credentials", "c")["inputs"] == {"host": "there"}


def test_owners(call, controller, plant):
    user, team = controller.add("users", username="u"), controller.add("teams", name="t")
    body = {"name": "c", "credential_type": plant.kind}
    assert call.refusal("POST", "credentials/", **body) == {"detail": ["Missing 'user', 'team', or 'organization'."]}
    both = call.refusal("POST", "credentials/", **body, user=user, team=team)
    assert "received team, user fields" in both["detail"][0]
    assert "user" not in call.make("credentials", **body, user=user)


def test_the_type_of_a_credential_in_use_stays(call, controller, plant):
    path = f"job_templates/{plant.template}/credentials/"
    assert call("POST", path, {"id": plant.credential}) == (204, None)
    told = call.refusal("PATCH", f"credentials/{plant.credential}/", credential_type=1)
    assert "You cannot change the credential type" in told["credential_type"][0]
    assert call("POST", path, {"id": plant.credential, "disassociate": True}) == (204, None)
    assert call("PATCH", f"credentials/{plant.credential}/", {"credential_type": 1})[0] == 200


def test_vault_ids_stay(call, controller):
    kind = next(row["id"] for row in controller.of("credential_types") if row["name"] == "Vault")
    inputs = {"vault_id": "one", "vault_password": "invented"}
    number = controller.add("credentials", name="v", organization=1, credential_type=kind, inputs=inputs)
    told = call.refusal("PATCH", f"credentials/{number}/", inputs={**inputs, "vault_id": "two"})
    assert told == {"inputs": ["Vault IDs cannot be changed once they have been created."]}
    told = call.refusal(
        "POST", "credentials/", name="w", organization=1, credential_type=kind, inputs={"vault_id": "a@b"}
    )
    assert told == {"inputs": {"vault_id": ["@ is not an allowed character"]}}
