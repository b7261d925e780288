# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run unit and integration tests on every supported ansible-core that some Python of this machine runs.

`python -m tools.matrix [--oldest] [--sanity] [2.16 2.21 ...]`
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools import sanity
from tools.environment import REQUIREMENTS, ROOT, VENV, PreparationError, prepare, say, variables
from tools.pythons import CORES, for_core

# Fewer cores than this prove too little to let a change land.
ENOUGH_IN_CI = 4
_COUNT = re.compile(r"(\d+) (passed|failed|error)")


@dataclass(frozen=True)
class Result:
    """What became of one ansible-core."""

    core: str
    state: str
    python: str = ""
    seconds: float = 0
    passed: int = 0
    failed: int = 0


def _counts(output: str) -> tuple[int, int]:
    """How many tests passed and failed, by pytest's last line."""
    last = output.rstrip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in _COUNT.findall(last)}
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0)


def _pytest(venv: Path) -> tuple[int, str]:
    command = [str(venv / "bin" / "python"), "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=ROOT, env=variables(venv), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def _test(venv: Path, core: str, python: str, with_sanity: bool) -> Result:
    started = time.monotonic()
    code, output = _pytest(venv)
    say(output if code else output.rstrip().rpartition("\n")[2])
    passed, failed = _counts(output)
    if with_sanity and not code:
        code = sanity.run(venv)
    return Result(core, "FAILED" if code else "passed", python, time.monotonic() - started, passed, failed)


def _run(core: str, oldest: bool, with_sanity: bool) -> Result:
    first, last = CORES[core]
    found = for_core(core, oldest=oldest)
    if found is None:
        say(f"\nSKIPPED {core}: no Python 3.{first} to 3.{last} found")
        return Result(core, "SKIPPED")
    python, venv = f"3.{found[0]}", VENV / "matrix" / core
    title = f"Installing ansible-core {core} and test requirements (about 15 seconds) ..."
    say(f"\n== ansible-core {core} on Python {python}")
    try:
        prepare(venv, found[1], REQUIREMENTS / "unit.txt", [f"ansible-core=={core}.*"], title=title)
    except PreparationError as error:
        say(str(error))
        return Result(core, "FAILED", python)
    return _test(venv, core, python, with_sanity)


def _summary(results: list[Result]) -> None:
    say("\ncore   python  result   seconds  tests")
    for result in results:
        tests = f"{result.passed} passed, {result.failed} failed" if result.python else ""
        say(f"{result.core:6} {result.python:7} {result.state:8} {result.seconds:7.0f}  {tests}".rstrip())
    say(f"\n{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")


def _verdict(results: list[Result]) -> int:
    tested = sum(result.state != "SKIPPED" for result in results)
    wanted = min(ENOUGH_IN_CI, len(results)) if os.environ.get("CI") == "true" else 1
    if tested < wanted:
        say(f"ERROR: {tested} versions of ansible-core were tested, at least {wanted} must be.")
        return 1
    return int(any(result.state == "FAILED" for result in results))


def main() -> int:
    """Test the versions named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cores", nargs="*", help=f"of {', '.join(CORES)}; default: all")
    parser.add_argument("--oldest", action="store_true", help="take the oldest Python of each core, not the newest")
    parser.add_argument("--sanity", action="store_true", help="also run ansible-test sanity on each core")
    arguments = parser.parse_args()
    if unknown := [core for core in arguments.cores if core not in CORES]:
        parser.error(f"not a supported ansible-core: {', '.join(unknown)}; supported: {', '.join(CORES)}")
    results = [_run(core, arguments.oldest, arguments.sanity) for core in arguments.cores or CORES]
    _summary(results)
    return _verdict(results)


if __name__ == "__main__":
    sys.exit(main())
