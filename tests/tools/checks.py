# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of one suite in order, up to the first failure: `python -m tools.checks test|check`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import sanity
from tools.environment import HOME, ROOT, VENV, say, variables
from tools.tree import fresh_copy

PLUGINS = "ansible_collections.qlikops.cloud.plugins"
PACKAGES = ("simulator", "controller", "tools", "probe", "benchmarks")


@dataclass(frozen=True)
class Check:
    """One step: what it is called, how long it takes cold, and what runs it."""

    title: str
    duration: str
    run: Callable[[], int]


def _tool(name: str, *arguments: str, folder: Path = ROOT, home: bool = True) -> int:
    """Run a tool of the environment; with a home of its own, so that nothing of the user's home comes into play."""
    env = variables() | ({"HOME": str(HOME)} if home else {})
    return subprocess.run([str(VENV / "bin" / name), *arguments], cwd=folder, env=env, check=False).returncode


def _mypy() -> int:
    return _tool("mypy", *(part for package in (PLUGINS, *PACKAGES) for part in ("-p", package)))


def _docs() -> int:
    references = ("--validate-collection-refs=all", "--check-extra-docs-refs", "--disallow-unknown-collection-refs")
    return _tool("antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, str(_copy()))


def _copy() -> Path:
    return fresh_copy(VENV / "copy" / "ansible_collections" / "qlikops" / "cloud")


def _pytest(*arguments: str) -> int:
    # More at once than there are cores: tests of whole programs wait for much of their time.
    # With the user's home: ansible's asynchronous tasks look for their job files in the home of the account.
    return _tool("python", "-m", "pytest", "-q", "-n", "4", *arguments, home=False)


RUFF = Check("ruff check", "a second", lambda: _tool("ruff", "check", "."))
FORMAT = Check("ruff format", "a second", lambda: _tool("ruff", "format", "--check", "."))
MYPY = Check("mypy", "ten seconds", _mypy)
PLUGIN_TESTS = "tests/unit/plugins"
UNIT = Check("unit tests", "half a minute", lambda: _pytest("tests/unit", "--hypothesis-profile=quick"))

SUITES = {
    "check": [RUFF, FORMAT, MYPY, UNIT],
    "test": [
        RUFF,
        FORMAT,
        MYPY,
        Check("yamllint", "a second", lambda: _tool("yamllint", "--strict", ".")),
        Check("ansible-lint", "ten seconds", lambda: _tool("ansible-lint", "--offline", "--profile", "production")),
        Check("antsibull-docs", "ten seconds", _docs),
        Check("antsibull-changelog", "two seconds", lambda: _tool("antsibull-changelog", "lint")),
        Check("reuse", "two seconds", lambda: _tool("reuse", "--root", str(_copy()), "lint", "--lines")),
        Check("ansible-test sanity", "a minute; the first time two", lambda: sanity.run(VENV)),
        # Coverage slows the simulator down by half, so it is measured where it counts.
        Check("unit tests of plugins", "a minute", lambda: _pytest(PLUGIN_TESTS, "--cov", "--cov-report=term-missing")),
        Check("all other tests", "a few minutes", lambda: _pytest("tests", f"--ignore={PLUGIN_TESTS}")),
    ],
}


def _failed(check: Check) -> int:
    say(f"\n== {check.title} (about {check.duration})")
    started = time.monotonic()
    code = check.run()
    if code:
        say(f"\nFAILED after {time.monotonic() - started:.0f} s: {check.title} (exit code {code})")
    return code


def main() -> int:
    """Run one suite."""
    return next((code for check in SUITES[sys.argv[1]] if (code := _failed(check))), 0)


if __name__ == "__main__":
    sys.exit(main())
