# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow that a controller rotates secrets with: each job gets the credential as it is when the job starts."""

from __future__ import annotations

import json
import os
import typing as t

import pytest
import yaml

from controller import Controller
from controller.importing import Imported
from controller.injection import controller_environment
from simulator import Fault, Simulator
from tools.awx import awx_collections

from .conftest import User
from .jobs import Site, inventory_of
from .test_configure_controller import api_credential, configure

ROTATE, VERIFY, RETIRE = "Qlik Cloud: rotate", "Qlik Cloud: verify credentials", "Qlik Cloud: retire"


class Workflow:
    """What the role has set up, and how the controller carries it out."""

    def __init__(self, controller: Controller, simulator: Simulator, site: Site, inventory: Imported) -> None:
        self.controller, self.simulator = controller, simulator
        self._site, self._inventory = site, inventory
        self.output = ""

    @property
    def inputs(self) -> dict[str, str]:
        return t.cast("dict[str, str]", self.controller.named("credentials", "Qlik Cloud")["inputs"])

    @property
    def hints(self) -> list[str]:
        return [secret.hint for secret in self.simulator.state.clients[self.simulator.client_id].secrets]

    def launch(self, name: str) -> bool:
        """Run a job template; whether that succeeded."""
        template = self.controller.named("job_templates", name)
        held = {row["name"]: row for row in self.controller.of("credentials") if row["id"] in template["credentials"]}
        assert set(held) == {"Qlik Cloud", "API"}
        done = self._site.job(
            self.inputs,
            self._inventory,
            template["playbook"],
            variables=json.loads(template["extra_vars"]),
            environment=controller_environment(held["API"]["inputs"], self._site.work),
        )
        self.output = done.stdout + done.stderr
        secrets = [secret.value for client in self.simulator.state.clients.values() for secret in client.secrets]
        assert not [secret for secret in (*secrets, self.controller.token) if secret in self.output]
        return done.returncode == 0

    def run(self) -> list[str]:
        """The names of the jobs that succeeded, of the nodes in their order."""
        succeeded = []
        for name in (ROTATE, VERIFY, RETIRE):
            if not self.launch(name):
                break
            succeeded.append(name)
        return succeeded

    def opens(self) -> bool:
        client = self.simulator.state.clients[self.inputs["client_id"]]
        return self.inputs["client_secret"] in [secret.value for secret in client.secrets]


@pytest.fixture
def controller() -> t.Iterator[Controller]:
    with Controller(
        ("verify_access.yml", "rotate_secrets.yml", "verify_credentials.yml", "retire_secrets.yml")
    ) as controller:
        yield controller


@pytest.fixture
def workflow(member: User, simulator: Simulator, controller: Controller) -> t.Callable[..., Workflow]:
    def build(book: dict[str, t.Any] | None = None, **variables: t.Any) -> Workflow:
        member.environment["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{awx_collections()}"
        site = Site(member)
        path = member.file("book.yml", json.dumps(book or simulator.credentials))
        member.environment |= {**controller.environment, "QLIK_CREDENTIALS_FILE": str(path)}
        code, output, _changed = configure(member, controller_api_credential=api_credential(controller), **variables)
        assert code == 0, output
        inputs = controller.named("credentials", "Qlik Cloud")["inputs"]
        done, listing = site.update(inputs)
        assert done.returncode == 0, done.stdout
        return Workflow(controller, simulator, site, inventory_of(listing))

    return build


def test_a_rotation_is_proved_by_a_new_job_and_then_retired(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow(controller_keep_days=0)
    (old,), before = flow.hints, flow.inputs
    assert flow.launch(ROTATE), flow.output
    assert flow.hints[0] == old
    assert len(flow.hints) == 2
    assert flow.opens()
    assert flow.inputs["client_secret"] != before["client_secret"]
    rotation = yaml.safe_load(flow.inputs["rotation"])
    assert (rotation["hint"], rotation["previous"]["hint"]) == (flow.hints[1], old)
    assert [flow.inputs[name] for name in ("regions", "ca")] == [before[name] for name in ("regions", "ca")]
    assert flow.launch(VERIFY), flow.output
    assert "All entries that were asked are good." in flow.output
    assert flow.launch(RETIRE), flow.output
    assert (flow.hints, flow.opens(), old in flow.inputs["rotation"]) == ([rotation["hint"]], True, False)
    assert f"retired the secret {old}" in flow.output


def test_the_old_secret_stays_good_for_the_days_that_are_wanted(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    assert flow.run() == [ROTATE, VERIFY, RETIRE], flow.output
    assert len(flow.hints) == 2
    assert "stays good until retired" in flow.output
    assert flow.run() == [ROTATE, VERIFY, RETIRE], flow.output
    assert len(flow.hints) == 2


@pytest.mark.once
def test_clients_of_tenants_are_rotated_too(workflow: t.Callable[..., Workflow], simulator: Simulator) -> None:
    tenant = next(tenant for tenant in simulator.state.tenants if tenant.status == "active")
    client = simulator.add_client("Own", tenant)
    row = {"hostname": tenant.hostnames[0], "client_id": client.client_id, "client_secret": client.secret}
    flow = workflow({**simulator.credentials, "tenants": [row]}, controller_keep_days=0)
    assert flow.run() == [ROTATE, VERIFY, RETIRE], flow.output
    assert [row["client_secret"] for row in yaml.safe_load(flow.inputs["tenants"])] == [client.secret]
    assert client.secret != row["client_secret"]
    assert len(client.secrets) == 1
    assert flow.opens()


@pytest.mark.once
@pytest.mark.parametrize("refused", [1, 2, 3])
def test_a_job_that_cannot_store_loses_nothing_and_the_next_goes_on(
    refused: int, workflow: t.Callable[..., Workflow]
) -> None:
    flow = workflow(controller_keep_days=0)
    (old,) = flow.hints
    flow.controller.let_through(refused - 1)
    assert flow.run() == []
    assert flow.opens()
    flow.controller.let_through(None)
    assert flow.run() == [ROTATE, VERIFY, RETIRE], flow.output
    assert (len(flow.hints), flow.opens(), old in flow.hints) == (1, True, False)


@pytest.mark.once
def test_an_answer_that_was_lost_is_put_right_by_the_next_job(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow(controller_keep_days=0)
    flow.simulator.faults.append(Fault("POST /api/core/oauth-clients", "lost", times=1))
    assert flow.run() == []
    assert "run again, and what this run may have left is removed" in " ".join(flow.output.split())
    assert (len(flow.hints), flow.opens()) == (2, True)
    assert flow.run() == [ROTATE, VERIFY, RETIRE], flow.output
    assert (len(flow.hints), flow.opens()) == (1, True)


@pytest.mark.once
def test_a_rotation_without_awx_makes_no_secret(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    flow._site.kept["ANSIBLE_COLLECTIONS_PATH"] = os.environ["ANSIBLE_COLLECTIONS_PATH"]
    assert flow.run() == []
    assert "needs the collection awx.awx" in flow.output
    assert len(flow.hints) == 1


@pytest.mark.once
def test_secrets_of_regions_are_no_work_of_a_job(workflow: t.Callable[..., Workflow]) -> None:
    flow = workflow()
    template = flow.controller.named("job_templates", ROTATE)
    given = json.loads(template["extra_vars"])
    assert given["credentials_tiers"] == ["organization", "tenants"]
