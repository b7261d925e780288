# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contestants that take turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.organization import Asked
from benchmarks.report import Figure, median
from benchmarks.workplace import Run
from tools.environment import say


@dataclass(frozen=True)
class Turn:
    """One run and what it asked of the service."""

    run: Run
    asked: Asked


Contestants = Mapping[str, Callable[[], Turn]]


def alternate(contestants: Contestants, turns: int) -> list[list[Turn]]:
    """Each contestant in turn, again and again: what slows the machine down for a while slows all of them."""
    results: list[list[Turn]] = [[] for name in contestants]
    for number in range(turns):
        say(f"  turn {number + 1} of {turns}: {', '.join(contestants)}")
        for result, compete in zip(results, contestants.values(), strict=True):
            result.append(compete())
    return results


def seconds(study: str, name: str, turns: list[Turn]) -> Figure:
    return median(study, name, (turn.run.seconds for turn in turns), "s")
