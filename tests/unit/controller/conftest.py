# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that talks to the controller as any HTTP client would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from controller import Controller

GIT = {"scm_type": "git", "scm_url": "https://git.example.com/ours.git"}
RRULE = "DTSTART;TZID=Europe/Berlin:20260101T030000 RRULE:FREQ=DAILY;INTERVAL=1"
SECRETIVE = {
    "fields": [
        {"id": "host", "label": "Host", "type": "string"},
        {"id": "token", "label": "Token", "type": "string", "secret": True},
        {"id": "region", "label": "Region", "type": "string", "choices": ["us", "eu"]},
        {"id": "verify", "label": "Verify", "type": "boolean"},
    ],
    "required": ["host"],
}


class Caller:
    """Requests below /api/v2/, with the token of the controller."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {controller.token}"

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        place = path if path.startswith("/api") else f"/api/v2/{path}"
        done = self.session.request(method, self.controller.url + place, json=body, timeout=30, **options)
        return done.status_code, done.json() if done.content and done.status_code != 500 else None

    def get(self, path: str, **query: Any) -> Any:
        status, body = self("GET", path, params=query)
        assert status == 200, body
        return body

    def names(self, path: str, **query: Any) -> list[str]:
        return [row["name"] for row in self.get(path, **query)["results"]]

    def make(self, endpoint: str, **body: Any) -> Any:
        status, made = self("POST", f"{endpoint}/", body)
        assert status == 201, made
        return made

    def refusal(self, method: str, path: str, **body: Any) -> Any:
        status, told = self(method, path, body)
        assert status == 400, (status, told)
        return told


@pytest.fixture
def controller() -> Iterator[Controller]:
    with Controller(playbooks=["site.yml", "verify.yml"]) as running:
        yield running


@pytest.fixture
def call(controller: Controller) -> Caller:
    return Caller(controller)


class Plant:
    """One of each object, by id; names are those of their kinds."""

    def __init__(self, controller: Controller) -> None:
        add = controller.add
        self.kind = add("credential_types", name="Kind", kind="cloud", inputs=SECRETIVE)
        self.credential = add("credentials", name="Key", organization=1, credential_type=self.kind)
        self.project = add("projects", name="Project", organization=1, **GIT)
        self.inventory = add("inventories", name="Inventory", organization=1)
        place = {"inventory": self.inventory, "source": "scm", "source_project": self.project}
        self.source = add("inventory_sources", name="Source", **place)
        place = {"inventory": self.inventory, "project": self.project, "playbook": "site.yml"}
        self.template = add("job_templates", name="Template", **place)
        self.asking = add("job_templates", name="Asking", ask_variables_on_launch=True, **place)
        self.workflow = add("workflow_job_templates", name="Workflow", organization=1)


@pytest.fixture
def plant(controller: Controller) -> Plant:
    return Plant(controller)
