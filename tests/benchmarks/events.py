# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event source costs: the share of a core that a look each minute takes, and whether memory grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import polls
from benchmarks.organization import organization
from benchmarks.report import Figure
from benchmarks.workplace import BenchmarkError, workplace
from tools.environment import ROOT, say

MINUTE = 60.0
GROWTH_GOAL = 1.05


def polling(tenants: int, looks: int) -> Iterator[Figure]:
    """So many looks at so many tenants, one after the other."""
    study = f"event source, {tenants:,} tenants, {looks} looks"
    say(f"Looking {looks} times at {tenants:,} tenants ...")
    with workplace() as place, organization(place, tenants):
        place.environment["PYTHONPATH"] = str(ROOT / "tests")
        output = place.folder / "polls"
        place.run(output, str(Path(polls.__file__)), str(looks))
        lines = [[float(part) for part in line.split()] for line in output.read_text(encoding="utf-8").splitlines()]
    if len(lines) != 2:
        raise BenchmarkError("the event source ended before its last look")
    (early, first), (late, last) = lines
    look = (late - early) / (looks - looks // 10)
    yield Figure(study, "CPU time of one look", look, "s")
    yield Figure(study, "share of a core with a look each minute", look / MINUTE, "%")
    yield Figure(study, f"peak memory after {looks // 10} looks", first, "MiB")
    yield Figure(study, f"peak memory after {looks} looks", last, "MiB")
    yield Figure(study, f"memory after {looks} / after {looks // 10}", last / first, "x", GROWTH_GOAL)
