# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import typing as t
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _event_source
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AuthenticationError,
    ConfigurationError,
    QlikError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory
from simulator import Fault, Simulator

Event = dict[str, t.Any]
PATIENCE = 20.0  # seconds
SETTINGS = {"poll_interval": 1, "tell_again_within": 0, "retries": 0}


@dataclass
class Rules:
    """What ansible-rulebook is to a source: a queue with room for one event, and somebody who takes events from it."""

    tmp_path: Path
    arguments: dict[str, t.Any] = field(default_factory=dict)
    taken: list[Event] = field(default_factory=list)
    stop_after: int | None = None
    feedback: asyncio.Queue[Event] | None = None

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[asyncio.Task[None]]:
        queue: asyncio.Queue[Event] = asyncio.Queue(1)
        arguments = {"state_file": str(self.tmp_path / "state.db"), **SETTINGS, **self.arguments}
        if self.feedback:
            arguments |= {"feedback": True, "eda_feedback_queue": self.feedback}
        tasks = [asyncio.create_task(_event_source.run(queue, arguments)), asyncio.create_task(self._take(queue))]
        try:
            yield t.cast("asyncio.Task[None]", tasks[0])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, queue: asyncio.Queue[Event]) -> None:
        while self.stop_after is None or len(self.taken) < self.stop_after:
            self.taken.append(await queue.get())
            if self.feedback:
                await self.feedback.put(self.taken[-1])

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["type"], event["tenant"]["id"]) for event in self.taken]


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(_event_source._Rounds, "_pause", 0.1)
    return Rules(tmp_path)


async def until(holds: Callable[[], t.Any], task: asyncio.Task[None] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds() and not (task and task.done()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def lists(simulator: Simulator) -> int:
    return simulator.record.count("GET", "/api/core/tenants")


async def looks(number: int, simulator: Simulator, task: asyncio.Task[None]) -> None:
    """Wait until so many more lists were asked for; all but the last are put down then."""
    asked = lists(simulator)
    await until(lambda: lists(simulator) >= asked + number, task)


@pytest.mark.parametrize("with_feedback", [False, True])
def test_changes_reach_the_rules_once_also_over_a_restart(with_feedback, organization, rules):
    simulator = organization(tenants=3)
    added = []

    async def scenario() -> None:
        rules.feedback = asyncio.Queue(1) if with_feedback else None
        for _turn in range(2):
            async with rules.watching() as task:
                await looks(2, simulator, task)
                added.append(simulator.add_tenant().id)
                await until(lambda: len(rules.told) == len(added), task)
                await looks(2, simulator, task)

    asyncio.run(scenario())
    assert rules.told == [("tenant_appeared", identity) for identity in added]
    assert [event["meta"]["uuid"] for event in rules.taken] == [event["id"] for event in rules.taken]


def test_an_event_that_nobody_took_is_told_after_a_restart(organization, rules):
    simulator, added = organization(tenants=2), list[str]()

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(2, simulator, task)
            rules.stop_after = 1
            added.extend(simulator.add_tenant().id for _turn in range(3))
            await until(lambda: rules.taken, task)
            await asyncio.sleep(1)
        rules.stop_after = None
        async with rules.watching() as task:
            await until(lambda: len(set(rules.told)) == 3, task)
            await looks(2, simulator, task)

    asyncio.run(scenario())
    assert [identity for _kind, identity in rules.told] == sorted(added)


def test_what_was_told_of_late_is_told_once_more_after_a_restart(organization, rules):
    simulator = organization(tenants=2)
    rules.arguments = {"tell_again_within": 60}

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(2, simulator, task)
            simulator.add_tenant()
            await until(lambda: rules.taken, task)
            await looks(2, simulator, task)
        for _turn in range(2):
            async with rules.watching() as task:
                await looks(2, simulator, task)

    asyncio.run(scenario())
    first, second = rules.taken
    assert first == second


def test_events_told_before_are_confirmed_too(organization, rules):
    simulator, added = organization(tenants=2), list[str]()

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(2, simulator, task)
            added.extend(simulator.add_tenant().id for _turn in range(4))
            await until(lambda: len(rules.told) == 4, task)
            await asyncio.sleep(0.2)
        rules.feedback = asyncio.Queue(1)
        async with rules.watching() as task:
            await until(lambda: len(rules.told) == 8, task)
            await looks(2, simulator, task)

    rules.arguments = {"tell_again_within": 60}
    asyncio.run(scenario())
    assert rules.taken[:4] == rules.taken[4:]


def test_a_disk_that_fills_is_waited_out(organization, rules, monkeypatch, caplog):
    simulator = organization(tenants=2)
    mark, failures = EventMemory.mark, [1]

    def failing(memory: EventMemory, number: int, moment: float) -> None:
        if failures:
            failures.pop()
            raise ConfigurationError("The disk is full.")
        mark(memory, number, moment)

    monkeypatch.setattr(EventMemory, "mark", failing)

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(2, simulator, task)
            for _turn in range(2):
                simulator.add_tenant()
            await until(lambda: len(rules.told) == 2, task)
            await looks(2, simulator, task)
            assert not task.done()

    asyncio.run(scenario())
    assert len(rules.told) == 2
    assert "The disk is full. Looking again" in caplog.text


def test_feedback_that_never_comes_stops_nothing(organization, rules, monkeypatch):
    monkeypatch.setattr(_event_source, "FEEDBACK_WAIT", 0.05)
    simulator = organization(tenants=2)

    async def scenario() -> None:
        rules.feedback = t.cast("asyncio.Queue[Event]", Silent())
        async with rules.watching() as task:
            await looks(2, simulator, task)
            for _turn in range(2):
                simulator.add_tenant()
            await until(lambda: len(rules.told) == 2, task)

    asyncio.run(scenario())
    assert len(rules.told) == 2


class Silent:
    """Feedback that never comes."""

    async def get(self) -> Event:
        await asyncio.sleep(PATIENCE)
        raise AssertionError

    async def put(self, event: Event) -> None:
        """Lost."""


def test_failures_are_told_and_waited_out(organization, rules, caplog):
    simulator = organization(tenants=2, faults=[Fault("GET /api/core/tenants", "status", status=503, times=2)])

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(4, simulator, task)
            simulator.add_tenant()
            await until(lambda: rules.told, task)

    asyncio.run(scenario())
    assert [kind for kind, _identity in rules.told] == ["tenant_appeared"]
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 2
    assert all("503" in sentence and sentence.endswith(" Looking again in 0 seconds.") for sentence in told)


@pytest.mark.parametrize(
    ("interval", "failures", "seconds"),
    [(60, 0, 60), (60, 1, 120), (60, 3, 480), (60, 4, 900), (60, 10, 900), (3600, 0, 3600), (3600, 5, 3600)],
)
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(interval, failures, seconds):
    nothing = t.cast("t.Any", None)
    assert _event_source._Rounds(nothing, nothing, None, interval, 300, failures)._pause == seconds


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"client_secret": "wr0ng"}, AuthenticationError, "wrong or expired credentials"),
        ({"credentials_file": "nothing.yml"}, ConfigurationError, r"nothing\.yml cannot be read"),
        ({"timeout": 0}, ConfigurationError, "timeout must be from 1"),
        ({"tenants": "all"}, ConfigurationError, "has the unknown option tenants"),
        ({"state_file": "/dev/null/state.db"}, ConfigurationError, "cannot be used: File exists"),
    ],
)
def test_what_waiting_does_not_mend_ends_the_source_at_its_start(arguments, kind, words, organization, rules):
    organization(tenants=2)
    rules.arguments = {**arguments}

    async def scenario() -> None:
        async with rules.watching() as task:
            await asyncio.wait_for(task, PATIENCE)

    with pytest.raises(kind, match=words):
        asyncio.run(scenario())


def test_later_it_is_waited_out_too(organization, rules, caplog):
    simulator = organization(tenants=2)

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(2, simulator, task)
            simulator.faults.append(Fault("GET /api/core/tenants", "status", status=403, times=1))
            await until(lambda: any("Looking again" in record.getMessage() for record in caplog.records), task)
            assert not task.done()

    asyncio.run(scenario())


def test_the_state_file_stands_in_the_state_folder_of_the_user(organization, rules, monkeypatch):
    simulator = organization(tenants=2)
    monkeypatch.setenv("XDG_STATE_HOME", str(rules.tmp_path / "xdg"))
    rules.arguments = {"state_file": None, "organization": "acme"}

    async def scenario() -> None:
        async with rules.watching():
            await until(lambda: lists(simulator))

    asyncio.run(scenario())
    assert (rules.tmp_path / "xdg" / "qlikops.cloud" / "tenants-acme.db").exists()


def test_a_secret_in_the_environment_is_warned_of(organization, rules, caplog):
    simulator = organization(tenants=2)

    async def scenario() -> None:
        async with rules.watching() as task:
            await looks(1, simulator, task)

    asyncio.run(scenario())
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("QLIK_CLIENT_SECRET is set: ansible-rulebook writes its environment in plain text")
    assert simulator.client_secret not in caplog.text


def test_cancelling_waits_for_no_answer(organization, rules):
    simulator = organization(tenants=2, faults=[Fault("GET /api/core/tenants", "latency", seconds=10)])

    async def scenario() -> float:
        async with rules.watching():
            await until(lambda: simulator.record.count("POST", "/oauth/token"))
            started = time.monotonic()
        return time.monotonic() - started

    assert asyncio.run(scenario()) < 5


def test_the_event_loop_goes_on_while_a_thread_waits():
    def slow() -> str:
        time.sleep(0.2)
        return threading.current_thread().name

    async def scenario() -> tuple[str, int]:
        task, steps = asyncio.create_task(_event_source._aside(slow)), 0
        while not task.done():
            steps += 1
            await asyncio.sleep(0.01)
        return task.result(), steps

    name, steps = asyncio.run(scenario())
    assert name != threading.main_thread().name
    assert steps > 5


@pytest.mark.parametrize("error", [QlikError("broken"), None])
def test_a_thread_that_outlives_its_task_or_its_loop_harms_nobody(error):
    go, seen = threading.Event(), []

    def work() -> None:
        go.wait(PATIENCE)
        if error:
            raise error

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: seen.append(context))
        task = asyncio.create_task(_event_source._aside(work))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if error:
            go.set()
            await asyncio.sleep(0.1)

    asyncio.run(scenario())
    go.set()
    assert seen == []
