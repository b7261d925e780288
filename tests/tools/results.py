# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make matrix` found: counts, the table, the last line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_COUNT = re.compile(r"(\d+) (passed|failed|error)")
_COMPLAINT = re.compile(r"^(?:FAILED|ERROR) .+", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """How many tests of a part passed and failed, and which; a part that knows no tests counts as one."""

    passed: int
    failed: int
    complaints: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return "FAILED" if self.failed else "passed" if self.passed else "SKIPPED"


@dataclass(frozen=True)
class Result:
    """What became of the collection itself, or of one ansible-core; without parts it was skipped."""

    title: str
    seconds: float = 0
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        return sum(part.passed for part in self.parts.values())

    @property
    def failed(self) -> int:
        return sum(part.failed for part in self.parts.values())


def whole(succeeded: bool) -> Part:
    """A part that passes or fails as a whole."""
    return Part(int(succeeded), int(not succeeded))


def of_pytest(code: int, output: str) -> Part:
    """The counts of pytest's last line and what failed; an exit code other than 0 is at least one failure."""
    counts = {word: int(number) for number, word in _COUNT.findall(last_line(output))}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    return Part(counts.get("passed", 0), max(failed, int(code != 0)), tuple(_COMPLAINT.findall(output)))


def last_line(output: str) -> str:
    return output.rstrip().rpartition("\n")[2]


def table(results: Sequence[Result]) -> list[str]:
    """A row for each result, with a column for each part that any of them has."""
    names = list(dict.fromkeys(name for result in results for name in result.parts))
    rows = [["", *names, "seconds", "tests"], *(_cells(result, names) for result in results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _cells(result: Result, names: Sequence[str]) -> list[str]:
    states = [result.parts[name].state if name in result.parts else "-" for name in names]
    tests = f"{result.passed} passed, {result.failed} failed" if result.parts else "SKIPPED"
    return [result.title, *states, f"{result.seconds:.0f}", tests]


def complaints(results: Sequence[Result]) -> list[str]:
    """What failed where, for the end of a long output."""
    parts = [(result.title, name, part) for result in results for name, part in result.parts.items() if part.failed]
    return [f"{title} {name}: {text}" for title, name, part in parts for text in part.complaints or ("FAILED",)]


def total(results: Sequence[Result]) -> str:
    return f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed"
