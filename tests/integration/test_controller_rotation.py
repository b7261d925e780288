# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow that a controller rotates secrets with: each job gets the credential as it is when the job starts."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
import yaml

from controller import Controller
from controller.importing import imported
from controller.injection import controller_environment
from simulator import Fault, Simulator
from tools.packaged import packaged_collections

from .conftest import User
from .jobs import PLACE, PROJECT, RETIRE, ROTATE, VARIABLES, VERIFY, Site, inputs_of, set_up

INVENTORY = imported({"qlik": {"hosts": ["north.eu.qlikcloud.com"]}})


ROTATE_ALONE = "rotate_alone.yml"
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: qlikops.cloud.credentials, tasks_from: rotate}
"""


class Workflow:
    """How a controller carries out the workflow that the role sets up."""

    def __init__(self, controller: Controller, simulator: Simulator, site: Site) -> None:
        self.controller, self.simulator, self.site = controller, simulator, site
        self.output = ""
        self.stale: dict[str, str] | None = None
        site.playbooks[ROTATE_ALONE] = PLAY

    @property
    def inputs(self) -> dict[str, str]:
        return t.cast("dict[str, str]", self.controller.named("credentials", "Qlik Cloud")["inputs"])

    @property
    def hints(self) -> list[str]:
        return [secret.hint for secret in self.simulator.state.clients[self.simulator.client_id].secrets]

    def launch(self, playbook: str, *arguments: str, **variables: t.Any) -> bool:
        """Run a job; whether that succeeded."""
        api = controller_environment(self.controller.named("credentials", "API")["inputs"], self.site.work)
        wishes = {**VARIABLES.get(playbook, VARIABLES[ROTATE]), **variables}
        done = self.site.job(
            self.stale or self.inputs, INVENTORY, playbook, *arguments, variables=wishes, environment=api
        )
        self.output = done.stdout + done.stderr
        secrets = [secret.value for client in self.simulator.state.clients.values() for secret in client.secrets]
        assert not [secret for secret in (*secrets, self.controller.token) if secret in self.output]
        return done.returncode == 0

    def opens(self) -> bool:
        client = self.simulator.state.clients[self.inputs["client_id"]]
        return self.inputs["client_secret"] in [secret.value for secret in client.secrets]


@pytest.fixture
def workflow(member: User, simulator: Simulator) -> t.Iterator[t.Callable[..., Workflow]]:
    with Controller(PROJECT) as controller:

        def build(**more: t.Any) -> Workflow:
            member.environment["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{packaged_collections()}"
            authority = Path(simulator.ca_path).read_text(encoding="utf-8")
            set_up(controller, inputs_of({**simulator.credentials, **more}, ca=authority))
            return Workflow(controller, simulator, Site(member))

        yield build


@pytest.mark.long
def test_a_rotation_is_proved_by_a_new_job_and_then_retired(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    (old,), before = flow.hints, flow.inputs
    assert flow.launch(ROTATE, credentials_keep_days=0), flow.output
    assert (flow.hints[0], len(flow.hints), flow.opens()) == (old, 2, True)
    assert flow.inputs["client_secret"] != before["client_secret"]
    rotation = yaml.safe_load(flow.inputs["rotation"])
    assert (flow.inputs["hint"], rotation["previous"]["hint"]) == (flow.hints[1], old)
    assert [flow.inputs[name] for name in ("regions", "ca")] == [before[name] for name in ("regions", "ca")]
    now, flow.stale = flow.inputs, before
    assert not flow.launch(ROTATE)
    assert "or not as this job has been given it; nothing was changed" in " ".join(flow.output.split())
    assert (flow.inputs, len(flow.hints)) == (now, 2)
    flow.stale = None
    assert flow.launch(VERIFY), flow.output
    assert "All entries that were asked are good." in flow.output
    assert flow.launch(RETIRE), flow.output
    assert (flow.hints, flow.opens(), old in flow.inputs["rotation"]) == ([flow.inputs["hint"]], True, False)
    assert f"retired the secret {old}" in flow.output


@pytest.mark.long
@pytest.mark.once
def test_clients_of_tenants_are_rotated_too(workflow: t.Callable[..., Workflow], simulator: Simulator) -> None:
    tenant = next(tenant for tenant in simulator.state.tenants if tenant.status == "active")
    client = simulator.add_client("Own", tenant)
    row = {"hostname": tenant.hostnames[0], "client_id": client.client_id, "client_secret": client.secret}
    flow = workflow(tenants=[row])
    assert flow.launch(ROTATE_ALONE, credentials_keep_days=0), flow.output
    assert flow.launch(RETIRE), flow.output
    assert [row["client_secret"] for row in yaml.safe_load(flow.inputs["tenants"])] == [client.secret]
    assert client.secret != row["client_secret"]
    assert (len(client.secrets), len(flow.hints), flow.opens()) == (1, 1, True)


@pytest.mark.once
def test_a_job_that_can_store_nothing_makes_no_secret(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    flow.controller.let_through(0)
    assert not flow.launch(ROTATE_ALONE)
    assert (flow.opens(), len(flow.hints)) == (True, 1)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize("stored", [1, 2])
def test_a_job_that_cannot_store_loses_nothing_and_the_next_goes_on(
    stored: int, workflow: t.Callable[..., Workflow]
) -> None:
    flow = workflow()
    (old,) = flow.hints
    flow.controller.let_through(stored)
    assert not flow.launch(ROTATE_ALONE)
    assert (flow.opens(), len(flow.hints)) == (True, 2)
    flow.controller.let_through(None)
    assert flow.launch(ROTATE_ALONE, credentials_keep_days=0), flow.output
    assert (flow.hints[0], len(flow.hints), flow.opens()) == (old, 2, True)


@pytest.mark.long
@pytest.mark.once
def test_an_answer_that_was_lost_is_put_right_and_the_job_after_that_retires_and_rotates(
    workflow: t.Callable[..., Workflow],
) -> None:
    flow = workflow()
    flow.simulator.faults.append(Fault("POST /api/core/oauth-clients", "lost", times=1))
    assert not flow.launch(ROTATE_ALONE)
    assert "run again, and what this run may have left is removed" in " ".join(flow.output.split())
    assert (len(flow.hints), flow.opens()) == (2, True)
    assert flow.launch(ROTATE_ALONE, credentials_keep_days=0), flow.output
    old, new = flow.hints
    assert flow.launch(ROTATE), flow.output
    assert f"retired the secret {old}" in flow.output
    assert (flow.hints[0], len(flow.hints), flow.opens()) == (new, 2, True)
    assert yaml.safe_load(flow.inputs["rotation"])["previous"]["hint"] == new


@pytest.mark.once
def test_check_mode_stores_nothing_and_makes_no_secret(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    before = flow.inputs
    assert flow.launch(ROTATE_ALONE, "--cmdline=--check"), flow.output
    assert "would be rotated" in flow.output
    assert (flow.inputs, len(flow.hints), flow.controller.changes) == (before, 1, [])


@pytest.mark.once
def test_a_rotation_without_awx_makes_no_secret(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    flow.site.kept["ANSIBLE_COLLECTIONS_PATH"] = os.environ["ANSIBLE_COLLECTIONS_PATH"]
    assert not flow.launch(ROTATE_ALONE)
    assert "needs the collection awx.awx" in flow.output
    assert len(flow.hints) == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"credentials_controller": {"credential": "Qlik Cloud"}}, "name the credential, its organization and its"),
        (
            {"credentials_regenerated": [{"region": "us", "client_secret": "x"}]},
            "A job cannot store secrets of regions",
        ),
    ],
    ids=["place", "regions"],
)
def test_what_a_controller_cannot_keep_is_said_before_anything_is_done(
    variables: dict[str, t.Any], message: str, workflow: t.Callable[..., Workflow], simulator: Simulator
) -> None:
    flow = workflow(regions=[{"region": "us", "client_id": "r", "client_secret": "s"}])
    assert not flow.launch(ROTATE_ALONE, credentials_tiers=["organization", "regions"], **variables)
    assert message in " ".join(flow.output.split())
    assert len(flow.hints) == 1


@pytest.mark.once
@pytest.mark.parametrize("there", [True, False])
def test_a_credential_that_the_job_was_not_given_is_left_alone(
    there: bool, workflow: t.Callable[..., Workflow]
) -> None:
    flow = workflow()
    kind = flow.controller.named("credential_types", "Qlik Cloud")["id"]
    other = {"client_id": "another", "client_secret": "s3cret"}
    if there:
        flow.controller.add("credentials", name="Other", credential_type=kind, organization=1, inputs=other)
    place = {**PLACE["credentials_controller"], "credential": "Other"}
    assert not flow.launch(ROTATE_ALONE, credentials_controller=place)
    assert "or not as this job has been given it; nothing was changed" in " ".join(flow.output.split())
    assert (len(flow.hints), flow.controller.changes) == (1, [])


@pytest.mark.once
def test_inputs_of_a_secret_manager_are_no_place_to_store(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    row = flow.controller.named("credentials", "Qlik Cloud")["id"]
    flow.controller.add("credential_input_sources", input_field_name="client_secret", target_credential=row)
    assert not flow.launch(ROTATE_ALONE)
    assert "The inputs client_secret of the credential Qlik Cloud come from a secret manager" in " ".join(
        flow.output.split()
    )
    assert (len(flow.hints), flow.controller.changes) == (1, [])


class Meddler(list[t.Any]):
    """The requests of a controller whose credential somebody changes right after the first step was stored."""

    def __init__(self, change: t.Callable[[], None]) -> None:
        super().__init__()
        self._change = change

    def append(self, asked: t.Any) -> None:
        super().append(asked)
        methods = [row.method for row in self if row.path.startswith("/api/v2/credentials/")]
        if methods[-2:] == ["PATCH", "GET"] and methods.count("PATCH") == 1:
            self._change()


@pytest.mark.once
def test_what_somebody_has_typed_in_meanwhile_stays(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    (row,) = (row for row in flow.controller._state.rows("credentials") if row.values["name"] == "Qlik Cloud")

    def change() -> None:
        row.values["inputs"]["regions"] = "[]"
        row.modified = "2031-01-01T00:00:00.000000Z"

    flow.controller._application.requests = Meddler(change)
    assert not flow.launch(ROTATE_ALONE)
    assert "Somebody has changed the credential Qlik Cloud since this job has looked at it" in " ".join(
        flow.output.split()
    )
    assert (flow.opens(), flow.inputs["regions"]) == (True, "[]")
