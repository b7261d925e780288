# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report, ready for an issue."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import version

from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

from .assumptions import show_all
from .observations import Observations
from .readings import Reading, read_all

WIDTH = 34


def report(seen: Observations) -> str:
    lines = [
        *versions(),
        "",
        "Contradictions between the documents, and the statement that the service shows",
        *(line_of(reading) for reading in read_all(seen)),
        "",
        "What the collection assumes besides, and what the service shows",
        *table(show_all(seen)),
    ]
    return "\n".join(lines)


def versions() -> list[str]:
    return [
        f"qlikops.cloud {VERSION}",
        f"requests {version('requests')}",
        f"Python {platform.python_version()}",
    ]


def line_of(reading: Reading) -> str:
    return f"{reading.row:<5}{reading.verdict:<10}{reading.sentence}"


def table(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{label:<{WIDTH}}{text}" for label, text in pairs]
