# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as a table and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

FORMATS = {"s": "{:.2f} s", "x": "{:.2f} x", "MiB": "{:.0f} MiB", "requests": "{:,.0f}", "%": "{:.2%}"}


@dataclass(frozen=True)
class Figure:
    """One line of the table. `limit` is the goal: the most that `value` may be; `samples` lead to `value`."""

    study: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    samples: tuple[float, ...] = ()

    @property
    def is_missed(self) -> bool:
        return self.limit is not None and self.value > self.limit

    def cells(self) -> tuple[str, str, str, str]:
        form = FORMATS[self.unit].format
        goal = "" if self.limit is None else f"at most {form(self.limit)}"
        spread = f"{form(min(self.samples))} to {form(max(self.samples))}" if len(set(self.samples)) > 1 else ""
        return self.name, form(self.value), "MISSED: " * self.is_missed + goal, spread


def median(study: str, name: str, samples: Iterable[float], unit: str, limit: float | None = None) -> Figure:
    kept = tuple(samples)
    return Figure(study, name, statistics.median(kept), unit, limit, kept)


def worst(study: str, name: str, samples: Iterable[float], unit: str, limit: float | None = None) -> Figure:
    kept = tuple(samples)
    return Figure(study, name, max(kept), unit, limit, kept)


def ratio(name: str, ours: Figure, theirs: Figure, limit: float | None = None) -> Figure:
    return Figure(ours.study, name, ours.value / theirs.value, "x", limit)


def table(figures: Sequence[Figure]) -> str:
    """One block for each study; a goal that is missed is marked."""
    rows = [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines: list[str] = []
    for study, block in groupby(figures, key=lambda figure: figure.study):
        lines += ["", study]
        lines += [_line(figure.cells(), widths) for figure in block]
    return "\n".join(lines[1:])


def _line(cells: tuple[str, str, str, str], widths: Sequence[int]) -> str:
    name, value, goal, spread = cells
    return f"  {name:{widths[0]}}  {value:>{widths[1]}}  {goal:{widths[2]}}  {spread}".rstrip()


def write_json(path: Path, versions: Mapping[str, str], figures: Iterable[Figure]) -> None:
    rows = [asdict(figure) | {"missed": figure.is_missed} for figure in figures]
    path.write_text(json.dumps({"versions": dict(versions), "figures": rows}, indent=2) + "\n", encoding="utf-8")
