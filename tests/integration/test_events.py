# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source, killed again and again, and with the real ansible-rulebook."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from simulator import Simulator
from tools.environment import COLLECTIONS

from .conftest import ROOT, User

pytestmark = pytest.mark.once

Start = Callable[..., Simulator]
HOME = Path(os.environ.get("TESTED_COLLECTIONS_PATH", COLLECTIONS), "ansible_collections", "qlikops", "cloud")
SOURCE = HOME / "extensions" / "eda" / "plugins" / "event_source" / "tenants.py"
KILLS = 200
CHANGES = 300
HARDLY_ANY = 3
SEED = 8
PATIENCE = 60.0  # seconds
Told = tuple[str, str]


def until(holds: Callable[[], t.Any], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def told(folder: Path) -> list[dict[str, t.Any]]:
    path = folder / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def changes(simulator: Simulator) -> Iterator[Told]:
    """One change after the other, each of another tenant; tells the event that it must lead to."""
    tenants = simulator.state.tenants.copy()
    for number, tenant in enumerate(tenants):
        if number % 4 == 0:
            yield "tenant_appeared", simulator.add_tenant().id
        elif number % 4 == 1:
            tenant.name = f"renamed {number}"
            yield "tenant_changed", tenant.id
        elif number % 4 == 2:
            tenant.status = "disabled"
            yield "tenant_status_changed", tenant.id
        else:
            simulator.state.tenants.remove(tenant)
            yield "tenant_gone", tenant.id


@pytest.mark.long
def test_whenever_the_source_is_killed_each_change_is_told_once_or_once_more(user: User, organization: Start) -> None:
    simulator = organization(tenants=CHANGES, rate_limits=False)
    for tenant in simulator.state.tenants:
        tenant.status = "active"
    user.knows(simulator)
    script = ROOT / "tests" / "killing" / "event_source.py"
    command = [sys.executable, str(script), str(SOURCE), str(user.work), str(KILLS), str(SEED)]
    process = subprocess.Popen(command, env=user.environment, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdin
        until(lambda: simulator.record.count("GET", "/api/core/tenants") > 2 * CHANGES / 100)
        process.stdin.write("\n")
        process.stdin.flush()
        expected = []
        for event in changes(simulator):
            expected.append(event)
            time.sleep(0.1)
        until(lambda: process.poll() is not None or len({event["id"] for event in told(user.work)}) >= len(expected))
        process.communicate("\n", timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    events = told(user.work)
    times = Counter(event["id"] for event in events)
    by_id = {event["id"]: (event["type"], event["tenant"]["id"]) for event in events}
    assert sorted(by_id.values()) == sorted(expected)
    # a kill between an event that is taken and its mark cannot be told from one before
    assert sum(number > 2 for number in times.values()) <= HARDLY_ANY
    print(
        f"{len(expected)} changes over {KILLS} kills were told so many times: {sorted(Counter(times.values()).items())}"
    )


EXAMPLE = ROOT / "examples" / "events"
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="ansible-rulebook needs Java 17 or newer")


@dataclass
class Desk:
    """Somebody who has copied the example, and runs its rulebooks."""

    user: User
    folder: Path
    book: Path

    def leaked(self, *secrets: str) -> list[Path]:
        """The files that hold a secret now; what is removed meanwhile holds none."""
        found = []
        for path in self.user.files():
            with contextlib.suppress(OSError):
                content = path.read_bytes()
                found += [path for secret in secrets if path != self.book and secret.encode() in content]
        return found

    def rulebook(self, name: str) -> Path:
        """One of the rulebooks, with a look every second."""
        path = self.folder / "rulebooks" / name
        text = path.read_text(encoding="utf-8")
        assert "poll_interval: " in text
        path.write_text(re.sub("poll_interval: [0-9]+", "poll_interval: 1", text), encoding="utf-8")
        return path

    @contextlib.contextmanager
    def running(self, rulebook: Path, inventory: str, **environment: str) -> Iterator[Callable[[], str]]:
        """ansible-rulebook at work, killed in the end; gives a function that tells what it has printed."""
        output = self.user.temporary / "output"
        arguments = ("--rulebook", rulebook, "--inventory", self.folder / inventory)
        with output.open("w") as file:
            process = self.user.start("ansible-rulebook", *arguments, output=file, cwd=self.folder, **environment)
            try:
                yield lambda: output.read_text(encoding="utf-8")
                assert process.poll() is None, output.read_text(encoding="utf-8")
            finally:
                process.kill()
                process.wait()


@pytest.fixture
def desk(user: User, simulator: Simulator) -> Desk:
    user.knows(simulator)
    for name in ("QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET"):
        del user.environment[name]
    folder = Path(shutil.copytree(EXAMPLE, user.work / "events"))
    book = user.file("book.json", json.dumps(simulator.credentials))
    user.environment |= {"ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "QLIK_CREDENTIALS_FILE": str(book)}
    return Desk(user, folder, book)


def has_baseline(simulator: Simulator) -> bool:
    return simulator.record.count("GET", "/api/core/tenants") > 1


@needs_java
@pytest.mark.long
def test_a_new_tenant_is_set_up_by_a_playbook(desk: Desk, simulator: Simulator) -> None:
    leaked: list[Path] = []
    with desk.running(desk.rulebook("onboarding.yml"), "org.qlik.yml") as printed:
        until(lambda: has_baseline(simulator))
        simulator.add_tenant(name="{{ lookup('pipe', 'touch pwned') }}")
        secrets = [simulator.client_secret, simulator.region_client("us").secret]
        until(lambda: leaked.extend(desk.leaked(*secrets)) or "changed=1" in printed())
    assert [call.body["name"] for call in simulator.record.find("POST", "/api/v1/spaces")] == ["Shared"]
    assert not list(desk.user.work.rglob("pwned"))
    assert not leaked


@needs_java
@pytest.mark.long
def test_reminders_reach_a_webhook_also_over_a_kill(desk: Desk, simulator: Simulator, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    settings = {
        "WEBHOOK_URL": httpserver.url_for("/hook"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    rulebook = desk.rulebook("license_ends.yml")
    name = "{{ lookup('pipe', 'touch pwned') }}"
    soon = datetime.now(timezone.utc) + timedelta(days=5, hours=1)

    def texts() -> list[str]:
        return [t.cast("dict[str, str]", request.get_json())["text"] for request, _answer in httpserver.log]

    with desk.running(rulebook, "localhost.yml", **settings):
        until(lambda: has_baseline(simulator))
    gone = simulator.state.tenants.pop()
    simulator.add_tenant(name=name, license_ends_at=soon.isoformat())
    with desk.running(rulebook, "localhost.yml", **settings) as printed:
        until(lambda: len(texts()) >= 2)
    first, second = sorted(set(texts()))
    assert f"({gone.hostnames[0]}) is gone." in first + second
    assert "in 5 days." in first + second
    assert "{ { lookup('pipe', 'touch pwned') }}" in first + second
    assert not list(desk.user.work.rglob("pwned"))
    assert simulator.client_secret not in printed()
    assert not desk.leaked(simulator.client_secret)


@needs_java
def test_a_wrong_secret_is_told_at_the_start_without_the_way_to_it(desk: Desk) -> None:
    rulebook = desk.folder / "rulebooks" / "license_ends.yml"
    arguments = ("--rulebook", rulebook, "--inventory", desk.folder / "localhost.yml")
    wrong = {"QLIK_CREDENTIALS_FILE": "", "QLIK_CLIENT_ID": "c-1", "QLIK_CLIENT_SECRET": "wr0ng-secret"}
    done = desk.user.run("ansible-rulebook", *arguments, **wrong)
    assert done.returncode != 0
    assert "wrong or expired credentials" in done.stdout + done.stderr
    assert "wr0ng-secret" not in done.stdout + done.stderr
    assert "_tokens.py" not in done.stdout + done.stderr
