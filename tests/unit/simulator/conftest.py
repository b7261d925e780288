# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that talks to the simulator as any HTTP client would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from simulator import Simulator

CONSOLE = "https://console.qlikcloud.com"
TENANTS = "/api/core/tenants"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """Requests without anything taken from the environment; paths mean the console, or what `base` says."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers: dict[str, str] = {}
        self.base = CONSOLE

    def __call__(self, method: str, url: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.session.request(
            method,
            url if "://" in url else self.base + url,
            headers={name: value for name, value in headers.items() if value is not None},
            proxies={"https": self.sim.proxy_url, "http": self.sim.proxy_url},
            verify=str(self.sim.ca_path),
            timeout=10,
            allow_redirects=False,
            **options,
        )

    def grant(self, host: str = "console.qlikcloud.com", **fields: Any) -> requests.Response:
        form = {"grant_type": "client_credentials", "client_id": self.sim.client_id, **fields}
        if "client_secret" not in form and "client_assertion" not in form:
            form["client_secret"] = self.sim.state.clients[form["client_id"]].secret
        return self("POST", f"https://{host}/oauth/token", json={k: v for k, v in form.items() if v is not None})

    def log_in(self, host: str = "console.qlikcloud.com", client_id: str | None = None) -> Caller:
        answer = self.grant(host, client_id=client_id or self.sim.client_id)
        assert answer.status_code == 200, answer.text
        self.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self

    def pages(self, path: str, method: str = "GET", json: Any = None, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list, by the query of each next link."""
        pages: list[dict[str, Any]] = []
        url = f"{path}?{urlencode(query)}"
        while url:
            answer = self(method, url, json=json)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json())
            link = pages[-1]["links"].get("next")
            url = f"{path}?{urlsplit(link['href']).query}" if link else ""
        return pages

    def walk(self, **query: Any) -> list[dict[str, Any]]:
        """All rows of the tenants, by the query of each next link."""
        rows: list[dict[str, Any]] = []
        url = requests.Request("GET", CONSOLE + TENANTS, params=query).prepare().url
        while url:
            page = self("GET", url).json()
            rows += page["data"]
            link = page["links"].get("next")
            url = f"{CONSOLE}{TENANTS}?{urlsplit(link['href']).query}" if link else None
        return rows


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_caller() -> type[Caller]:
    return Caller


@pytest.fixture
def open_simulator() -> Iterator[Callable[..., Caller]]:
    with ExitStack() as stack:
        yield lambda **options: Caller(stack.enter_context(Simulator(**options)))


@pytest.fixture
def call(open_simulator: Callable[..., Caller]) -> Caller:
    """A caller with a console token, and the default simulator."""
    return open_simulator().log_in()


@pytest.fixture
def open_home(open_simulator: Callable[..., Caller]) -> Callable[..., Caller]:
    """Opens a simulator, and logs its region client in at the generated host of the first tenant."""

    def log_in(**options: Any) -> Caller:
        caller = open_simulator(**options)
        host = caller.sim.state.tenants[0].hostnames[0]
        caller.base = f"https://{host}"
        return caller.log_in(host, caller.sim.region_client("us").client_id)

    return log_in


@pytest.fixture
def home(open_home: Callable[..., Caller]) -> Caller:
    return open_home()
