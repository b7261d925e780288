# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of one suite, up to the first failure: `python -m tools.checks test|check`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from tools import sanity
from tools.beside import Out, kept
from tools.environment import HOME, ROOT, VENV, say, variables
from tools.tree import fresh_copy

PLUGINS = "ansible_collections.qlikops.cloud.plugins"
PACKAGES = ("simulator", "controller", "tools", "probe", "benchmarks")


# How many checks run at once where they may: most keep one core busy, and ansible-test waits for packages.
LANES = 3


@dataclass(frozen=True)
class Check:
    """One step: what it is called, how long it takes cold, and what runs it and prints there."""

    title: str
    duration: str
    run: Callable[[Out], int]


def _tool(out: Out, name: str, *arguments: str, home: bool = True) -> int:
    """Run a tool of the environment; with a home of its own, so that nothing of the user's home comes into play."""
    env = variables() | ({"HOME": str(HOME)} if home else {})
    command, both = [str(VENV / "bin" / name), *arguments], subprocess.STDOUT if out else None
    return subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=both, check=False).returncode


def _mypy(out: Out) -> int:
    return _tool(out, "mypy", *(part for package in (PLUGINS, *PACKAGES) for part in ("-p", package)))


def _docs(out: Out) -> int:
    references = ("--validate-collection-refs=all", "--check-extra-docs-refs", "--disallow-unknown-collection-refs")
    copy = fresh_copy(VENV / "copy" / "docs" / "ansible_collections" / "qlikops" / "cloud")
    return _tool(out, "antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, str(copy))


def _reuse(out: Out) -> int:
    return _tool(out, "reuse", "--root", str(fresh_copy(VENV / "copy" / "reuse")), "lint", "--lines")


def _pytest(out: Out, *arguments: str) -> int:
    # More at once than there are cores: tests of whole programs wait for much of their time.
    # With the user's home: ansible's asynchronous tasks look for their job files in the home of the account.
    return _tool(out, "python", "-m", "pytest", "-q", "-n", "4", "--dist=worksteal", *arguments, home=False)


RUFF = Check("ruff check", "a second", lambda out: _tool(out, "ruff", "check", "."))
FORMAT = Check("ruff format", "a second", lambda out: _tool(out, "ruff", "format", "--check", "."))
MYPY = Check("mypy", "ten seconds", _mypy)
PLUGIN_TESTS = "tests/unit/plugins"
QUICK = "--hypothesis-profile=quick"
COVERAGE = ("--cov", "--cov-report=term-missing")

# Stage after stage; the checks of one run side by side.
SUITES = {
    "check": [
        [RUFF],
        [FORMAT],
        [MYPY],
        [Check("unit tests", "three quarters of a minute", lambda out: _pytest(out, "tests/unit", QUICK))],
    ],
    "test": [
        [RUFF],
        [FORMAT],
        [
            Check("ansible-test sanity", "two minutes", lambda out: sanity.run(VENV, out=out)),
            MYPY,
            Check("yamllint", "a second", lambda out: _tool(out, "yamllint", "--strict", ".")),
            Check(
                "ansible-lint",
                "twenty seconds",
                lambda out: _tool(out, "ansible-lint", "--offline", "--profile", "production"),
            ),
            Check("antsibull-docs", "twenty seconds", _docs),
            Check("documentation site", "ten seconds", lambda out: _tool(out, "python", "-m", "tools.site")),
            Check("antsibull-changelog", "two seconds", lambda out: _tool(out, "antsibull-changelog", "lint")),
            Check("reuse", "two seconds", _reuse),
            # Coverage doubles the time of a test: it is measured where it counts, and with few random examples.
            Check("unit tests of plugins", "two minutes", lambda out: _pytest(out, PLUGIN_TESTS, QUICK, *COVERAGE)),
            Check("property-based tests", "half a minute", lambda out: _pytest(out, PLUGIN_TESTS, "-m", "hypothesis")),
        ],
        [Check("all other tests", "six minutes", lambda out: _pytest(out, "tests", f"--ignore={PLUGIN_TESTS}"))],
    ],
}


def _failed(check: Check, code: int, seconds: float) -> int:
    if code:
        say(f"\nFAILED after {seconds:.0f} s: {check.title} (exit code {code})")
    return code


def _alone(check: Check) -> int:
    say(f"\n== {check.title} (about {check.duration})")
    started = time.monotonic()
    code = check.run(None)
    return _failed(check, code, time.monotonic() - started)


def _side_by_side(checks: Sequence[Check]) -> int:
    """Show each check when it is done; after a failure no other one begins."""
    say("\nSide by side: " + ", ".join(f"{check.title} (about {check.duration})" for check in checks))
    codes, lanes = [], ThreadPoolExecutor(LANES)
    try:
        running = {lanes.submit(kept, check.run): check for check in checks}
        for future in as_completed(running):
            if future.cancelled():
                continue
            check, done = running[future], future.result()
            say(f"\n== {check.title} ({done.seconds:.0f} s)\n{done.output}".rstrip())
            codes.append(_failed(check, done.result, done.seconds))
            if done.result:
                lanes.shutdown(wait=False, cancel_futures=True)
    finally:
        lanes.shutdown(cancel_futures=True)
    return next(filter(None, codes), 0)


def main() -> int:
    """Run one suite."""
    stages = SUITES[sys.argv[1]]
    codes = (_alone(checks[0]) if len(checks) == 1 else _side_by_side(checks) for checks in stages)
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
