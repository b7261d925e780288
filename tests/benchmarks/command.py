# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m benchmarks`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from benchmarks import events, fleet, listing, play
from benchmarks.report import Figure, table, write_json
from benchmarks.workplace import BenchmarkError
from tools.environment import VENV, PreparationError, say

MISSED, FAILED, INTERRUPTED = 1, 2, 130
SIZES = {100: 7, 1_000: 7, 10_000: 3, 50_000: 1}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--turns", type=int, metavar="N", help="turns of each contestant (7; of large organizations 3 or 1)")
    add("--quick", action="store_true", help="1 turn with few tenants: proves that it runs, measures nothing")
    add("--check", action="store_true", help=f"exit with {MISSED} when a goal is missed")
    add("--json", type=Path, default=VENV / "bench.json", metavar="FILE", help="the results (.venv/bench.json)")
    options = parser.parse_args(arguments)
    if options.turns is not None and options.turns < 1:
        parser.error("--turns must be at least 1")
    return options


def _measure(options: argparse.Namespace) -> Iterator[Figure]:
    quick, turns = options.quick, options.turns or (1 if options.quick else None)
    sizes = {20: 1} if quick else {tenants: turns or usual for tenants, usual in SIZES.items()}
    yield from listing.lists(sizes)
    yield from play.one_task(hosts=5 if quick else 100, turns=turns or 7)
    yield from fleet.one_call(hosts=2 if quick else 200, turns=turns or 5, entries=10 if quick else 1_000)
    yield from events.polling(tenants=20 if quick else 5_000, looks=10 if quick else 500)


class _Interrupts:
    """Signals that end a run; whatever clean-up is cut short by one may fail in its own way."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, frame: object) -> None:
        self.came = True
        raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and write the results."""
    options = _options(arguments)
    interrupts = _Interrupts()
    versions = {"ansible-core": version("ansible-core"), "python": python_version()}
    say("Measuring with " + ", ".join(f"{name} {number}" for name, number in versions.items()))
    try:
        figures = list(_measure(options))
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except (BenchmarkError, PreparationError) as error:
        return _complain(str(error), FAILED)
    except OSError:
        if not interrupts.came:
            raise
        return _complain("interrupted", INTERRUPTED)
    write_json(options.json, versions, figures)
    say(f"\n{table(figures)}\n\nWritten to {options.json}")
    return MISSED if options.check and any(figure.is_missed for figure in figures) else 0


def _complain(message: str, code: int) -> int:
    print(f"benchmarks: {message}", file=sys.stderr)
    return code
