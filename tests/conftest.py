# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a bare `.venv/bin/pytest` find the collection and ansible's programs as `make test` does."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import typing as t
from pathlib import Path

import pytest
from hypothesis import settings

from simulator import Simulator
from tools.environment import variables

SUMMARY = {
    "points of killing": "runs were killed at {} points, and run again",
    "examples for a live service": "{} examples of the guides need a live service, and were only looked at",
}

_settings = variables(Path(sys.prefix))
if os.environ.get("ANSIBLE_HOME") != _settings["ANSIBLE_HOME"]:
    os.environ.update(_settings)

# No test is timed: machines that are busy would fail it. `make check` takes the profile "quick".
settings.register_profile("untimed", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=20)
settings.load_profile("untimed")

# A shell starts what runs in its background deaf to Ctrl-C, and tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the long tests evenly, since workers begin with neighbours."""
    marked = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    stride = len(others) // len(marked) + 1 if marked else 1
    for place, item in enumerate(marked):
        others.insert(place * (stride + 1), item)
    items[:] = others


@pytest.fixture
def organization() -> t.Iterator[t.Callable[..., Simulator]]:
    """Starts simulated organizations, and stops them at the end of the test."""
    with contextlib.ExitStack() as running:
        yield lambda **options: running.enter_context(Simulator(**{"tenants": 12, **options}))


@pytest.fixture
def simulator(organization: t.Callable[..., Simulator]) -> Simulator:
    return organization()


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """Say at how many points runs were killed, and how many examples were not run."""
    properties = [pair for report in terminalreporter.stats.get("passed", []) for pair in report.user_properties]
    for counted, sentence in SUMMARY.items():
        if numbers := [number for name, number in properties if name == counted]:
            terminalreporter.write_line(sentence.format(sum(numbers)))
