# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the Pythons of this machine. Whether one runs is tried: pyenv leaves commands on PATH that only fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# The first and last Python 3 minor version that each ansible-core runs on.
CORES = {"2.16": (10, 12), "2.17": (10, 12), "2.18": (11, 13), "2.19": (11, 13), "2.20": (12, 14), "2.21": (12, 14)}

# Prints the minor version and the real executable, also from within a virtual environment. Debian splits ensurepip off.
_QUESTION = """
import ensurepip, sys
print(sys.version_info[0], sys.version_info[1], getattr(sys, "_base_executable", "") or sys.executable)
"""


def _folders() -> Iterator[Path]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder or ".")
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from (version / "bin" for version in sorted(versions.glob("3.*"), reverse=True))


def _candidates(minor: int) -> Iterator[Path]:
    for folder in _folders():
        for name in (f"python3.{minor}", "python3"):
            if (folder / name).is_file():
                yield folder / name


@cache
def _answer(command: Path) -> tuple[int, str] | None:
    """The minor version and the real executable behind a command, or None when it is no usable Python 3."""
    try:
        done = subprocess.run([command, "-c", _QUESTION], capture_output=True, text=True, timeout=30, check=True)
        major, minor, executable = done.stdout.strip().split(" ", 2)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return (int(minor), executable) if major == "3" else None


@cache
def find(minor: int) -> str | None:
    """A Python 3.<minor> that runs."""
    answers = (_answer(command) for command in _candidates(minor))
    return next((answer[1] for answer in answers if answer and answer[0] == minor), None)


def between(first: int, last: int, *, oldest: bool = False) -> tuple[int, str] | None:
    """The newest (or oldest) Python 3.<first> to 3.<last> on this machine: its minor version and its executable."""
    minors = range(first, last + 1) if oldest else range(last, first - 1, -1)
    return next(((minor, found) for minor in minors if (found := find(minor))), None)
